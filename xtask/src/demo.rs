//! `cargo xtask demo`: server, virtual phone and demo broker on this machine, and one walk from the QR code to the
//! verified evidence. Nothing needs to be set up before.
//!
//! ```text
//! machine, ports → build → fresh target/demo → inkan → inkan-phone → inkan-demo-broker → walk → evidence
//!                                                                                         └ stays up, or ends (--once)
//! ```
//!
//! The programs and how each is called: `demo/programs.rs`. Starting and ending them: `demo/children.rs`.

mod children;
mod ports;
mod programs;

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use clap::Args;

use self::{
    children::{Children, ChildrenError, READY, Stop, WALK},
    ports::{Ports, PortsError},
    programs::{Programs, State},
};
use crate::{
    clock::{Stopwatch, in_words},
    machine::{self, MachineError},
    process::{ProcessError, Workspace},
};

/// What `cargo xtask demo` takes.
#[derive(Args)]
pub(crate) struct Options {
    /// End after the walk instead of staying up
    #[arg(long)]
    once: bool,
    /// Use the four ports from N on instead of 8443, 7070, 9080 and 9443
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1024..=65532))]
    port_base: Option<u16>,
}

impl Options {
    /// The walk alone, as in the tests.
    pub(crate) fn once() -> Self {
        Self { once: true, port_base: None }
    }
}

/// Why the demo did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    #[error(transparent)]
    Machine(#[from] MachineError),
    #[error(transparent)]
    Ports(#[from] PortsError),
    #[error("another demo is running from this folder; end it first (Ctrl-C where it runs)")]
    AlreadyRunning,
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the build did not make `{0}`")]
    NotBuilt(&'static str),
    #[error("`inkan key create` did not print a key alone")]
    NoKey,
    #[error("`inkan identity` did not print a thumbprint alone")]
    NoIdentity,
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Children(#[from] ChildrenError),
}

impl DemoError {
    /// Can the person at the terminal put it right before trying again?
    pub(crate) fn is_about_the_machine(&self) -> bool {
        matches!(self, Self::Machine(_) | Self::Ports(_) | Self::AlreadyRunning)
    }

    fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<(), DemoError> {
    machine::check(workspace, &[&machine::C_COMPILER])?;
    let ports = Ports::from(options.port_base);
    let _only_one = only_one(workspace)?;
    ports.check()?;

    let stop = Stop::on_signals()
        .map_err(|source| ProcessError::NotStarted { command: "the demo".into(), source })?;
    let state = State::below(workspace.target.join("demo"));
    make_fresh(&state.folder)?;
    let mut children = Children::new(&stop, READY);

    heading("building the server, the virtual phone and the demo broker");
    let time = Stopwatch::start();
    let programs = Programs::build(workspace, &mut children, &state)?;
    println!("built in {}", in_words(time.elapsed()));

    start(workspace, &programs, &state, ports, &mut children)?;
    walk(workspace, &programs, &state, ports, &mut children)?;

    if !options.once {
        println!("{}", pages(ports, &state));
        children.stay_up()?;
    }
    heading("stopping");
    children.end();
    println!(
        "server, virtual phone and demo broker have ended; what they wrote is in {}",
        state.folder.display()
    );
    Ok(())
}

/// Sets the server up and starts the three programs, each when the one before it is ready.
fn start(
    workspace: &Workspace,
    programs: &Programs,
    state: &State,
    ports: Ports,
    children: &mut Children<'_>,
) -> Result<(), DemoError> {
    heading("setting up the server: its keys, its own certificate authority, its configuration");
    children.run(&mut programs.init(workspace, state, ports), WALK)?;
    let key = programs.make_key(workspace, state)?;
    fs::write(&state.api_key, key).map_err(DemoError::file(&state.api_key))?;

    heading("starting server, virtual phone and demo broker");
    children.start("inkan", programs.server(workspace, state), &state.logs)?;
    children.start("inkan-phone", programs.phone(workspace, state, ports), &state.logs)?;
    children.start("inkan-demo-broker", programs.broker(workspace, state, ports), &state.logs)?;
    Ok(())
}

/// From the QR code to the verdict, and the evidence checked by a program that has not seen any of it.
fn walk(
    workspace: &Workspace,
    programs: &Programs,
    state: &State,
    ports: Ports,
    children: &mut Children<'_>,
) -> Result<(), DemoError> {
    heading("one walk, from the QR code to the verdict");
    children.run(&mut programs.walk(workspace, state, ports), WALK)?;
    heading("checking the evidence offline");
    let identity = programs.identity(workspace, state)?;
    children.run(&mut programs.verify_evidence(workspace, state, &identity), WALK)?;
    Ok(())
}

fn heading(text: &str) {
    println!("\n==> {text}");
}

/// The broker by its name: the browser that comes back to `https://localhost:…/return` must bring the same cookie.
fn pages(ports: Ports, state: &State) -> String {
    format!(
        "\n==> everything is up. Open\n\
         \x20     demo broker    http://localhost:{broker}/\n\
         \x20     virtual phone  http://127.0.0.1:{phone}/\n\
         \x20     API docs       http://localhost:{broker}/api-docs\n\
         After a withdrawal the browser goes back to https://localhost:{tls}/ with the demo's own certificate, so it\n\
         warns; or let it trust {trust} first.\n\
         Ctrl-C ends all of it.",
        tls = ports.broker_tls,
        trust = state.trust.display(),
        broker = ports.broker,
        phone = ports.phone,
    )
}

/// Two demos would take the state folder away from each other. The lock ends with this program, however it ends.
fn only_one(workspace: &Workspace) -> Result<File, DemoError> {
    let path = workspace.target.join("demo.lock");
    let file = File::create(&path).map_err(DemoError::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(DemoError::AlreadyRunning),
        Err(TryLockError::Error(source)) => Err(DemoError::File { path, source }),
    }
}

/// An empty folder that nobody else may look into: it will hold keys.
fn make_fresh(folder: &Path) -> Result<(), DemoError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(DemoError::file(folder)(error)),
        _ => {}
    }
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(DemoError::file(folder))?;
    let logs = folder.join("logs");
    fs::create_dir(&logs).map_err(DemoError::file(&logs))
}

#[cfg(test)]
mod tests;
