//! The virtual phone: the real authenticator, a software vault, a switched transport and a browser, behind one list of
//! [`Action`]s.
//!
//! ```text
//! command ─┐                      ┌─ Authenticator (inkan-core)
//! page    ─┼─▶ Phone::perform ────┼─ SoftwareVault, SwitchedTransport   the switches of the page
//! /api    ─┘     │                └─ Browser, one a profile
//!                └─▶ Live: what the page shows; each change wakes those who watch
//! ```
//!
//! Reading order: [`Phone::perform`], then `enroll`, `answer` (decisions and returns), `live` (what is known now), `opening`
//! (where the parts come from).

mod answer;
mod auto;
mod browsing;
mod enroll;
mod live;
mod opening;
mod switches;
mod trace;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use inkan_core::{
    account::AccountId,
    authenticator::{Authenticator, DeviceProfile, Parts, Request},
    error::Error,
    ports::{Clock, Random, Transport},
    store::{Store, StoreReport},
    vault::SoftwareVault,
};
use inkan_protocol::{
    details::{Locale, Operation},
    ids::ChallengeId,
};
use tokio::sync::{RwLock, watch};

pub use self::{
    auto::{AutoAnswer, NumberSource},
    browsing::MAIN_PROFILE,
    opening::PhoneConfig,
    switches::{Biometrics, Theme},
};
use self::{
    enroll::Enrolling,
    live::Live,
    switches::{Settings, SwitchedTransport},
    trace::Event,
};
use crate::{
    action::{Action, InboxView, Reply, StateView},
    browser::Browser,
    failure::{Failure, Fault, Task},
    home::Home,
    view::{AccountView, EnrollmentView, HistoryView, RequestView},
};

/// The longest that a call waits, in seconds.
const MAX_WAIT: u64 = 60;
/// Between two looks that ended early.
const SHORT_PAUSE: Duration = Duration::from_millis(200);

/// What a virtual phone is put together from. [`PhoneConfig`] makes the real ones; tests bring their own.
pub struct PhoneParts {
    /// The keys.
    pub vault: Arc<SoftwareVault>,
    /// The way to servers and pages.
    pub transport: Arc<dyn Transport>,
    /// Time and waiting.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Where the authenticator keeps its state.
    pub store: Arc<dyn Store>,
    /// In which condition it was found.
    pub report: StoreReport,
    /// Where browser profiles and settings are kept; `None`: nowhere.
    pub home: Option<Home>,
    /// The phone's name.
    pub name: String,
    /// Its language; `None`: as it was set last, or Japanese.
    pub locale: Option<Locale>,
}

/// A virtual phone.
pub struct Phone {
    vault: Arc<SoftwareVault>,
    transport: Arc<SwitchedTransport>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    store: Arc<dyn Store>,
    home: Option<Home>,
    name: String,
    /// Replaced when the language changes; every ceremony holds it for reading.
    authenticator: RwLock<Authenticator>,
    /// Counts changes of the language; breaks off whoever waits meanwhile.
    language: watch::Sender<u64>,
    browsers: tokio::sync::Mutex<BTreeMap<String, Arc<Browser>>>,
    settings: Mutex<Settings>,
    live: Live,
}

impl Phone {
    /// Puts a phone together.
    pub async fn open(parts: PhoneParts) -> Result<Arc<Self>, Fault> {
        let mut settings = Settings::read(parts.home.as_ref())?;
        if let Some(locale) = parts.locale {
            settings.locale = locale;
        }
        let transport = Arc::new(SwitchedTransport::new(parts.transport));
        let authenticator = authenticator(
            &parts.vault,
            &transport,
            &parts.clock,
            &parts.random,
            &parts.store,
            &parts.name,
            settings.locale,
        )
        .await?;
        let phone = Self {
            vault: parts.vault,
            transport,
            clock: parts.clock,
            random: parts.random,
            store: parts.store,
            home: parts.home,
            name: parts.name,
            authenticator: RwLock::new(authenticator),
            language: watch::Sender::new(0),
            browsers: tokio::sync::Mutex::default(),
            settings: Mutex::new(settings),
            live: Live::default(),
        };
        let accounts = phone.authenticator.read().await.accounts()?;
        phone.live.accounts(accounts.iter().map(AccountView::from).collect());
        for begun in phone.authenticator.read().await.enrollments().await? {
            phone.live.enrollment(EnrollmentView::begun(&begun));
        }
        if !parts.report.is_sound() {
            phone.note(Event::StoreDamaged);
        }
        Ok(Arc::new(phone))
    }

    /// Does what is asked. A failure is in the phone's language.
    pub async fn perform(&self, action: Action) -> Result<Reply, Failure> {
        let mut task = task_of(&action);
        let result = Box::pin(self.carry_out(action, &mut task)).await;
        result.map_err(|fault| self.refused(&fault, task))
    }

    /// A failure in the phone's language, and in its trace.
    fn refused(&self, fault: &Fault, task: Task) -> Failure {
        let failure = Failure::of(fault, task, self.locale());
        self.note(Event::Refused(failure.happened.clone()));
        failure
    }

    async fn carry_out(&self, action: Action, task: &mut Task) -> Result<Reply, Fault> {
        let done = |()| Reply::Done {};
        match action {
            Action::Enroll { uri } => {
                let begun = self.begin(Enrolling::Uri(&uri)).await?;
                self.confirm(&begun.enrollment).await.map(Reply::Enrollment)
            }
            Action::EnrollTyped { host, code } => {
                let begun = self.begin(Enrolling::Typed(&host, &code)).await?;
                self.confirm(&begun.enrollment).await.map(Reply::Enrollment)
            }
            Action::Begin { uri } => self.begin(Enrolling::Uri(&uri)).await.map(Reply::Enrollment),
            Action::BeginTyped { host, code } => {
                self.begin(Enrolling::Typed(&host, &code)).await.map(Reply::Enrollment)
            }
            Action::Confirm { enrollment } => self.confirm(&enrollment).await.map(Reply::Enrollment),
            Action::Enrollment { enrollment, wait } => {
                self.enrollment(&enrollment, wait).await.map(Reply::Enrollment)
            }
            Action::Abandon { enrollment } => self.abandon(&enrollment).await.map(done),
            Action::Open { link } => self.open_link(&link).await.map(Reply::Request),
            Action::Inbox { wait } => self.inbox(wait).await.map(Reply::Inbox),
            Action::Show { challenge } => {
                self.request(&challenge).await.map(|request| Reply::Request(RequestView::from(&request)))
            }
            Action::Approve { challenge, number, profile } => {
                self.approve(&challenge, number.as_deref(), profile.as_deref(), task).await.map(Reply::Answer)
            }
            Action::Deny { challenge, reason } => {
                self.deny(&challenge, reason, task).await.map(Reply::Answer)
            }
            Action::Report { challenge } => self.report(&challenge, task).await.map(Reply::Answer),
            Action::History {} => self.history().await.map(|entries| Reply::History { entries }),
            Action::Accounts {} => self.refresh_accounts().await.map(|accounts| Reply::Accounts { accounts }),
            Action::Rename { account, name } => {
                let account = self.account(account.as_deref()).await?;
                self.authenticator.read().await.rename(account, &name).await?;
                self.remember_accounts().await.map(done)
            }
            Action::RotateKeys { account } => {
                let account = self.account(account.as_deref()).await?;
                self.authenticator.read().await.rotate_keys(account).await?;
                self.remember_accounts().await.map(done)
            }
            Action::Leave { account } => {
                let account = self.account(account.as_deref()).await?;
                self.authenticator.read().await.leave(account).await?;
                self.remember_accounts().await.map(done)
            }
            Action::Freeze { account } => {
                let account = self.account(account.as_deref()).await?;
                self.authenticator.read().await.freeze(account).await?;
                self.remember_accounts().await.map(done)
            }
            Action::Browse { url, submit, set, profile } => {
                self.browse(&url, submit, set, profile.as_deref()).await.map(Reply::Page)
            }
            Action::Switch { network, biometrics, locale, theme } => {
                self.switch(network, biometrics, locale, theme).await.map(done)
            }
            Action::State {} => Ok(Reply::State(Box::new(self.state()))),
        }
    }

    async fn open_link(&self, link: &str) -> Result<RequestView, Fault> {
        let request = self.authenticator.read().await.open_link(link.trim()).await?;
        let view = RequestView::from(&request);
        self.live.opened(view.clone());
        self.note(Event::Opened);
        Ok(view)
    }

    /// Waits too while an enrollment that has just been confirmed is not an account yet.
    async fn inbox(&self, wait: u64) -> Result<InboxView, Fault> {
        let end = self.clock.now().plus(seconds(wait));
        loop {
            let left = end.millis().saturating_sub(self.clock.now().millis());
            let inbox = self.look(Duration::from_millis(left)).await?;
            if !inbox.requests.is_empty() || !inbox.problems.is_empty() || self.clock.now() >= end {
                return Ok(inbox);
            }
            self.clock.sleep(SHORT_PAUSE).await;
        }
    }

    async fn look(&self, wait: Duration) -> Result<InboxView, Fault> {
        let mut language = self.language.subscribe();
        let authenticator = self.authenticator.read().await;
        let inbox = tokio::select! {
            inbox = authenticator.inbox(wait) => inbox?,
            _ = language.changed() => return Ok(self.live.snapshot().inbox),
        };
        for kept in inbox.settled {
            self.settle(&authenticator, kept).await;
        }
        let problems = inbox
            .problems
            .into_iter()
            .map(|problem| Failure::of(&Fault::Core(problem.error), Task::Look, self.locale()));
        let view = InboxView {
            requests: inbox.requests.iter().map(RequestView::from).collect(),
            problems: problems.collect(),
        };
        Ok(self.take_inbox(&authenticator, view).await)
    }

    /// The request, wherever it is: in the account that is known for it, or in any.
    async fn request(&self, challenge: &str) -> Result<Request, Fault> {
        let id = challenge_id(challenge)?;
        let authenticator = self.authenticator.read().await;
        if let Some(account) = self.live.account_of(challenge)
            && let Ok(account) = account.parse()
        {
            return Ok(authenticator.request(account, id).await?);
        }
        let mut last = Fault::NoAccounts;
        for account in authenticator.accounts()? {
            match authenticator.request(account.id, id).await {
                Ok(request) => return Ok(request),
                Err(error) => last = Fault::Core(error),
            }
        }
        Err(last)
    }

    async fn history(&self) -> Result<Vec<HistoryView>, Fault> {
        let authenticator = self.authenticator.read().await;
        let mut entries = Vec::new();
        for account in authenticator.accounts()? {
            entries.extend(authenticator.history(account.id)?.iter().map(HistoryView::from));
        }
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.answer.decided_at));
        Ok(entries)
    }

    /// Asks each server; what cannot be asked is shown as it was.
    async fn refresh_accounts(&self) -> Result<Vec<AccountView>, Fault> {
        {
            let authenticator = self.authenticator.read().await;
            for account in authenticator.accounts()? {
                // a refusal changes the account's own state, which is what is shown
                let _ = authenticator.refresh_account(account.id).await;
            }
        }
        self.remember_accounts().await?;
        Ok(self.live.snapshot().accounts)
    }

    async fn remember_accounts(&self) -> Result<(), Fault> {
        let accounts = self.authenticator.read().await.accounts()?;
        self.live.accounts(accounts.iter().map(AccountView::from).collect());
        Ok(())
    }

    async fn account(&self, named: Option<&str>) -> Result<AccountId, Fault> {
        let accounts = self.authenticator.read().await.accounts()?;
        if let Some(named) = named {
            return accounts
                .iter()
                .map(|account| account.id)
                .find(|id| id.to_string() == named)
                .ok_or(Fault::UnknownAccount);
        }
        match accounts.as_slice() {
            [] => Err(Fault::NoAccounts),
            [only] => Ok(only.id),
            _ => Err(Fault::SeveralAccounts),
        }
    }

    async fn switch(
        &self,
        network: Option<bool>,
        biometrics: Option<Biometrics>,
        locale: Option<Locale>,
        theme: Option<Theme>,
    ) -> Result<(), Fault> {
        if let Some(network) = network {
            self.transport.connect(network);
        }
        if let Some(biometrics) = biometrics {
            self.vault.set_user_verification(biometrics.outcome());
        }
        if let Some(locale) = locale
            && locale != self.locale()
        {
            // all ceremonies end, and all waiting is broken off, before the accounts pass to the next authenticator: two
            // over one store would not know of each other's counters
            self.language.send_modify(|changes| *changes += 1);
            let mut held = self.authenticator.write().await;
            *held = authenticator(
                &self.vault,
                &self.transport,
                &self.clock,
                &self.random,
                &self.store,
                &self.name,
                locale,
            )
            .await?;
        }
        let settings = {
            let mut settings = self.settings.lock().unwrap_or_else(PoisonError::into_inner);
            settings.biometrics = biometrics.unwrap_or(settings.biometrics);
            settings.locale = locale.unwrap_or(settings.locale);
            settings.theme = theme.unwrap_or(settings.theme);
            *settings
        };
        settings.write(self.home.as_ref())?;
        self.live.touch();
        Ok(())
    }

    /// Everything as last seen, without asking a server.
    pub fn state(&self) -> StateView {
        let live = self.live.snapshot();
        let settings = self.settings();
        StateView {
            name: self.name.clone(),
            locale: settings.locale,
            theme: settings.theme,
            network: self.transport.is_connected(),
            biometrics: settings.biometrics,
            accounts: live.accounts,
            enrollments: live.enrollments,
            inbox: live.inbox,
            ended: live.ended,
            version: live.version,
        }
    }

    /// The phone's language.
    pub fn locale(&self) -> Locale {
        self.settings().locale
    }

    fn settings(&self) -> Settings {
        *self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, event: Event) {
        self.live.note(self.clock.now().seconds(), event);
    }
}

async fn authenticator(
    vault: &Arc<SoftwareVault>,
    transport: &Arc<SwitchedTransport>,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
    store: &Arc<dyn Store>,
    name: &str,
    locale: Locale,
) -> Result<Authenticator, Error> {
    let parts = Parts {
        vault: vault.clone(),
        transport: transport.clone(),
        clock: clock.clone(),
        random: random.clone(),
        store: store.clone(),
        profile: DeviceProfile {
            name: name.to_owned(),
            model: "Virtual phone".to_owned(),
            os: std::env::consts::OS.to_owned(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            locale,
        },
        allowed_servers: None,
    };
    Authenticator::open(parts).await
}

fn task_of(action: &Action) -> Task {
    match action {
        Action::Enroll { .. }
        | Action::EnrollTyped { .. }
        | Action::Begin { .. }
        | Action::BeginTyped { .. }
        | Action::Confirm { .. }
        | Action::Enrollment { .. }
        | Action::Abandon { .. } => Task::Enroll,
        Action::Rename { .. }
        | Action::RotateKeys { .. }
        | Action::Leave { .. }
        | Action::Freeze { .. }
        | Action::Switch { .. } => Task::Change,
        Action::Browse { .. } => Task::Browse,
        // an answer becomes `Task::Answer` once the request has been read
        _ => Task::Look,
    }
}

fn challenge_id(text: &str) -> Result<ChallengeId, Fault> {
    text.trim().parse().map_err(|_| Fault::ChallengeId)
}

fn seconds(wait: u64) -> Duration {
    Duration::from_secs(wait.min(MAX_WAIT))
}

/// The operation of a request that could not be read, for what is said of it.
const UNKNOWN_OPERATION: Operation = Operation::Other;

/// Where a phone's folder is if nobody says: beside whoever runs it.
pub const DEFAULT_HOME: &str = ".inkan-phone";
