//! The command `inkan-phone`.
//!
//! Exit codes: 0 done; 1 the answer is no (refused, failed, ended otherwise); 2 asked wrongly, and the sentence says
//! what to do. Results go to standard output, everything else to standard error.
//!
//! ```text
//! arguments ─▶ a phone runs in this folder? ── yes ─▶ asked over its local API (control.json)
//!                                           └─ no ──▶ opened here
//! ```

mod arguments;
mod text;

use std::{
    io::{self, BufRead as _, Write as _},
    process::ExitCode,
    sync::Arc,
};

use clap::Parser as _;
use inkan_core::system::SystemRandom;
use inkan_protocol::{answer::Decision, details::Locale};

use self::arguments::{Arguments, Auto, Command, Enroll};
use crate::{
    action::{Action, Reply},
    control::{Control, ControlToken, RunningPhone},
    failure::{Failure, Fault, Task},
    home::Home,
    phone::{AutoAnswer, NumberSource, Phone, PhoneConfig},
    serve::{self, Service},
    view::{EnrollmentState, EnrollmentView},
    words::Words,
};

/// Refused, failed, ended otherwise.
const NO: u8 = 1;

/// Runs the command of this process's arguments.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let locale = arguments.locale.unwrap_or(Locale::Ja);
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(&arguments)),
        Err(error) => Err(Failure::of(&Fault::Home(error), Task::Look, locale)),
    };
    match result {
        Ok(code) => code,
        Err(failure) => {
            if arguments.json {
                say(&serde_json::to_string(&failure).unwrap_or_default());
            }
            tell(&failure.to_string());
            ExitCode::from(failure.exit)
        }
    }
}

/// A line of result.
fn say(line: &str) {
    // a reader that has gone away is no failure of the phone
    let _ = writeln!(io::stdout(), "{line}");
}

/// A line beside the result.
fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// The phone, wherever it runs.
enum Engine {
    Here(Arc<Phone>),
    There(RunningPhone, Locale),
}

impl Engine {
    async fn perform(&self, action: Action) -> Result<Reply, Failure> {
        match self {
            Self::Here(phone) => phone.perform(action).await,
            Self::There(running, locale) => running.perform(&action, *locale).await,
        }
    }

    fn locale(&self) -> Locale {
        match self {
            Self::Here(phone) => phone.locale(),
            Self::There(_, locale) => *locale,
        }
    }
}

async fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let first = arguments.locale.unwrap_or(Locale::Ja);
    let opened = open(arguments).await;
    let engine = opened.map_err(|fault| Failure::of(&fault, Task::Look, first))?;
    let locale = arguments.locale.unwrap_or_else(|| engine.locale());
    match (&arguments.command, &engine) {
        (Command::Serve(options), Engine::Here(phone)) => serve_page(arguments, options, phone).await,
        (Command::Watch(options), Engine::Here(phone)) => watch(arguments, options, phone).await,
        (Command::Serve(_) | Command::Watch(_), Engine::There(running, _)) => {
            tell(&format!("http://{}/", running.address()));
            Err(Failure::of(&Fault::InUse, Task::Look, locale))
        }
        (Command::Enroll(options), _) => enroll(arguments, options, &engine, locale).await,
        (command, _) => {
            let action = command.action().map_err(|fault| Failure::of(&fault, Task::Look, locale))?;
            // what is approved is said before it is approved
            if let (Action::Approve { challenge, .. }, false) = (&action, arguments.json) {
                let shown = engine.perform(Action::Show { challenge: challenge.clone() }).await?;
                tell(&text::of(&shown, Words::of(locale)));
            }
            let reply = engine.perform(action).await?;
            show(arguments, &reply, locale);
            Ok(ExitCode::SUCCESS)
        }
    }
}

async fn open(arguments: &Arguments) -> Result<Engine, Fault> {
    let home = Home::open(&arguments.home)?;
    if let Some(running) = Control::find(&home).await? {
        let locale = match arguments.locale {
            Some(locale) => locale,
            None => match running.perform(&Action::State {}, Locale::Ja).await {
                Ok(Reply::State(state)) => state.locale,
                _ => Locale::Ja,
            },
        };
        return Ok(Engine::There(running, locale));
    }
    let config = PhoneConfig {
        home: arguments.home.clone(),
        trust: arguments.trust.clone(),
        locale: arguments.locale,
        name: arguments.name.clone(),
    };
    Ok(Engine::Here(config.open().await?))
}

fn show(arguments: &Arguments, reply: &Reply, locale: Locale) {
    if arguments.json {
        say(&serde_json::to_string(reply).unwrap_or_default());
    } else {
        say(&text::of(reply, Words::of(locale)));
    }
}

/// Begins, asks whose account it is, shows the six digits, and waits until the page has taken them.
async fn enroll(
    arguments: &Arguments,
    options: &Enroll,
    engine: &Engine,
    locale: Locale,
) -> Result<ExitCode, Failure> {
    let words = Words::of(locale);
    let begun = options.action().map_err(|fault| Failure::of(&fault, Task::Enroll, locale))?;
    let view = enrollment(engine.perform(begun).await?, locale)?;
    if !options.yes && !options.code_only {
        let account = &view.account;
        tell(&format!(
            "{}\n{}  {}\n{}",
            words.enroll_yours, account.relying_party, account.display_name, account.server
        ));
        tell("[y/N]");
        if !said_yes() {
            engine.perform(Action::Abandon { enrollment: view.enrollment }).await?;
            tell(words.nothing_enrolled);
            return Ok(ExitCode::from(NO));
        }
    }
    let mut view =
        enrollment(engine.perform(Action::Confirm { enrollment: view.enrollment }).await?, locale)?;
    match &view.code {
        Some(code) if options.code_only => say(code),
        _ => show(arguments, &Reply::Enrollment(view.clone()), locale),
    }
    while view.state == EnrollmentState::Claimed {
        let next = Action::Enrollment { enrollment: view.enrollment.clone(), wait: 25 };
        view = enrollment(engine.perform(next).await?, locale)?;
    }
    if options.code_only {
        tell(&text::of(&Reply::Enrollment(view.clone()), words));
    } else {
        show(arguments, &Reply::Enrollment(view.clone()), locale);
    }
    Ok(if view.state == EnrollmentState::Active { ExitCode::SUCCESS } else { ExitCode::from(NO) })
}

fn enrollment(reply: Reply, locale: Locale) -> Result<EnrollmentView, Failure> {
    match reply {
        Reply::Enrollment(view) => Ok(view),
        _ => Err(Failure::of(&Fault::Call("enrollment".to_owned()), Task::Enroll, locale)),
    }
}

fn said_yes() -> bool {
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    read.is_ok() && matches!(line.trim().to_lowercase().as_str(), "y" | "yes" | "はい")
}

fn auto_answer(auto: Auto, numbers: &arguments::Numbers) -> AutoAnswer {
    let numbers = match &numbers.number_command {
        Some(command) => NumberSource::Command(command.clone()),
        None if numbers.number_stdin => NumberSource::stdin(),
        None => NumberSource::None,
    };
    AutoAnswer { decision: auto.decision(), numbers }
}

/// Says what was answered, each as a line.
fn told(json: bool, locale: Locale) -> impl Fn(&crate::view::RequestView, &Result<Reply, Failure>) {
    move |_, result| match result {
        Ok(reply) if json => say(&serde_json::to_string(reply).unwrap_or_default()),
        Ok(reply) => say(&text::of(reply, Words::of(locale))),
        Err(failure) if json => say(&serde_json::to_string(failure).unwrap_or_default()),
        Err(failure) => tell(&failure.to_string()),
    }
}

async fn watch(
    arguments: &Arguments,
    options: &arguments::Watch,
    phone: &Arc<Phone>,
) -> Result<ExitCode, Failure> {
    let auto = auto_answer(options.auto, &options.numbers);
    let told = told(arguments.json, phone.locale());
    tokio::select! {
        () = phone.keep_looking() => {}
        () = phone.answer_by_itself(&auto, told) => {}
        () = ended() => {}
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve_page(
    arguments: &Arguments,
    options: &arguments::Serve,
    phone: &Arc<Phone>,
) -> Result<ExitCode, Failure> {
    let locale = phone.locale();
    let failed = |fault: Fault| Failure::of(&fault, Task::Look, locale);
    let home = Home::open(&arguments.home).map_err(|error| failed(error.into()))?;
    let listener = serve::bind(options.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(|error| failed(error.into()))?;
    let service = Service {
        phone: Arc::clone(phone),
        address,
        token: ControlToken::make(&SystemRandom).map_err(failed)?,
        open_control: options.open_control,
        auto: options.auto.map(Auto::decision),
    };
    // after `control.json` is there: a script that reads this line may ask at once
    let ready = || {
        if arguments.json {
            say(&serde_json::json!({ "kind": "serving", "url": format!("http://{address}/") }).to_string());
        } else {
            say(&format!("ready http://{address}/"));
        }
    };
    let run = serve::run(listener, service, Some(home), ready, ended());
    match options.auto {
        None => run.await.map_err(failed)?,
        Some(auto) => {
            let auto = auto_answer(auto, &options.numbers);
            let told = told(arguments.json, locale);
            tokio::select! {
                result = run => result.map_err(failed)?,
                () = phone.answer_by_itself(&auto, told) => {}
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Ctrl-C, or the polite signal of whoever started this.
async fn ended() {
    #[cfg(unix)]
    if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
        return;
    }
    let _ = tokio::signal::ctrl_c().await;
}

impl Auto {
    fn decision(self) -> Decision {
        match self {
            Self::Approve => Decision::Approve,
            Self::Deny => Decision::Deny,
            Self::Report => Decision::Report,
        }
    }
}
