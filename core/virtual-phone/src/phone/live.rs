//! What the phone knows now, and the bell that rings when it changes.
//!
//! ```text
//! arrives ─▶ inbox ─┬─▶ ended: here, with an answer
//!                   └─▶ ended: elsewhere, expired, replaced, withdrawn      (asked of the server once it has gone)
//! ```

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use inkan_core::authenticator::Authenticator;
use inkan_protocol::answer::Decision;
use tokio::sync::watch;

use super::{Phone, trace::Event};
use crate::{
    action::InboxView,
    view::{AccountView, AnswerView, Decided, EndedView, Ending, EnrollmentView, RequestView},
};

/// Lines of the trace, ended requests and enrollments that are kept.
const KEPT: usize = 20;
/// Between two looks while something waits, and after a failure.
const PAUSE: Duration = Duration::from_secs(1);
/// A look while nothing waits.
const LONG_LOOK: u64 = 25;

/// What is known now.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub(super) accounts: Vec<AccountView>,
    pub(super) enrollments: Vec<EnrollmentView>,
    pub(super) inbox: InboxView,
    /// The newest first.
    pub(super) ended: Vec<EndedView>,
    /// Unix seconds and what happened, the newest last.
    pub(super) trace: VecDeque<(u64, Event)>,
    pub(super) version: u64,
}

/// What is known, shared.
#[derive(Default)]
pub(super) struct Live {
    known: Mutex<Known>,
    version: watch::Sender<u64>,
}

impl Live {
    fn lock(&self) -> MutexGuard<'_, Known> {
        // each change below leaves whole values behind
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Known) -> T) -> T {
        let (value, version) = {
            let mut known = self.lock();
            let value = change(&mut known);
            known.version += 1;
            (value, known.version)
        };
        self.version.send_replace(version);
        value
    }

    pub(super) fn snapshot(&self) -> Known {
        self.lock().clone()
    }

    pub(super) fn touch(&self) {
        self.change(|_| ());
    }

    pub(super) fn note(&self, at: u64, event: Event) {
        self.change(|known| {
            // a connection that stays away is one line, not one a second
            if known.trace.back().is_none_or(|(_, last)| *last != event || event != Event::Offline) {
                known.trace.push_back((at, event));
            }
            while known.trace.len() > KEPT {
                known.trace.pop_front();
            }
        });
    }

    pub(super) fn accounts(&self, accounts: Vec<AccountView>) {
        let same = self.lock().accounts == accounts;
        if !same {
            self.change(|known| known.accounts = accounts);
        }
    }

    pub(super) fn enrollment(&self, view: EnrollmentView) {
        if self.known_enrollment(&view.enrollment).as_ref() == Some(&view) {
            return;
        }
        self.change(|known| {
            known.enrollments.retain(|other| other.enrollment != view.enrollment);
            known.enrollments.push(view);
            let surplus = known.enrollments.len().saturating_sub(KEPT);
            known.enrollments.drain(..surplus);
        });
    }

    pub(super) fn known_enrollment(&self, id: &str) -> Option<EnrollmentView> {
        self.lock().enrollments.iter().find(|view| view.enrollment == id).cloned()
    }

    pub(super) fn forget_enrollment(&self, id: &str) {
        self.change(|known| known.enrollments.retain(|view| view.enrollment != id));
    }

    /// A request that a link brought: in the inbox at once, in the place of its older self.
    pub(super) fn opened(&self, view: RequestView) {
        self.change(|known| {
            known.inbox.requests.retain(|other| other.challenge != view.challenge);
            known.inbox.requests.push(view);
        });
    }

    pub(super) fn waiting(&self, challenge: &str) -> Option<RequestView> {
        self.lock().inbox.requests.iter().find(|request| request.challenge == challenge).cloned()
    }

    /// A decision is signed and kept, for the server could not be reached.
    pub(super) fn kept(&self, challenge: &str, decision: Decision) {
        self.change(|known| {
            if let Some(request) =
                known.inbox.requests.iter_mut().find(|request| request.challenge == challenge)
            {
                request.kept = Some(decision);
            }
        });
    }

    pub(super) fn account_of(&self, challenge: &str) -> Option<String> {
        let known = self.lock();
        let waiting = known.inbox.requests.iter().find(|request| request.challenge == challenge);
        waiting.map(|request| request.account.clone()).or_else(|| {
            let ended = known.ended.iter().find(|ended| ended.request.challenge == challenge);
            ended.map(|ended| ended.request.account.clone())
        })
    }

    pub(super) fn ended(&self, challenge: &str) -> Option<EndedView> {
        self.lock().ended.iter().find(|ended| ended.request.challenge == challenge).cloned()
    }

    /// A request has ended. What this phone decided with a receipt stands against any later news.
    pub(super) fn end(&self, request: RequestView, ending: Ending, answer: Option<AnswerView>, at: u64) {
        self.change(|known| {
            known.inbox.requests.retain(|other| other.challenge != request.challenge);
            let here =
                |ended: &EndedView| ended.request.challenge == request.challenge && ended.answer.is_some();
            if answer.is_none() && known.ended.iter().any(here) {
                return;
            }
            known.ended.retain(|other| other.request.challenge != request.challenge);
            known.ended.insert(0, EndedView { request, ending, at, answer });
            known.ended.truncate(KEPT);
        });
    }

    /// A late report of something that has ended.
    pub(super) fn reported(&self, answer: &AnswerView, at: u64) {
        self.change(|known| {
            if let Some(ended) =
                known.ended.iter_mut().find(|ended| ended.request.challenge == answer.challenge)
            {
                ended.ending = Ending::Here(Decided::Reported);
                ended.answer = Some(answer.clone());
                ended.at = at;
            }
        });
    }

    /// Takes a look at the inbox; returns the requests that came and those that went.
    fn take(&self, inbox: InboxView) -> (usize, Vec<RequestView>) {
        let (arrived, gone, changed) = {
            let known = self.lock();
            let came = |request: &&RequestView| {
                known.inbox.requests.iter().all(|other| other.challenge != request.challenge)
            };
            let arrived = inbox.requests.iter().filter(came).count();
            let left = |request: &&RequestView| {
                inbox.requests.iter().all(|other| other.challenge != request.challenge)
            };
            let gone: Vec<RequestView> = known.inbox.requests.iter().filter(left).cloned().collect();
            (arrived, gone, !same(&known.inbox, &inbox))
        };
        if changed {
            self.change(|known| known.inbox = inbox);
        } else {
            self.lock().inbox = inbox;
        }
        (arrived, gone)
    }
}

/// Whether two looks differ in nothing but the seconds that are left.
fn same(first: &InboxView, second: &InboxView) -> bool {
    let timeless = |inbox: &InboxView| {
        let mut inbox = inbox.clone();
        inbox.requests.iter_mut().for_each(|request| request.remaining = 0);
        inbox
    };
    timeless(first) == timeless(second)
}

impl Phone {
    /// Takes a look, and returns it together with what still waits where nobody could look.
    pub(super) async fn take_inbox(&self, authenticator: &Authenticator, inbox: InboxView) -> InboxView {
        let unreachable = inbox.problems.iter().any(|problem| problem.code == "offline");
        let mut inbox = inbox;
        // a look that began before a decision may end after it
        inbox
            .requests
            .retain(|request| self.live.ended(&request.challenge).is_none_or(|ended| ended.answer.is_none()));
        if unreachable {
            self.note(Event::Offline);
            // what waited still waits, as far as anybody here knows; its time runs on
            let now = self.clock.now().seconds();
            for mut request in self.live.snapshot().inbox.requests {
                if inbox.requests.iter().all(|other| other.challenge != request.challenge)
                    && request.expires_at > now
                {
                    request.remaining = request.expires_at.saturating_sub(now);
                    inbox.requests.push(request);
                }
            }
        }
        let (arrived, gone) = self.live.take(inbox.clone());
        (0..arrived).for_each(|_| self.note(Event::Arrived));
        for request in gone {
            if self.live.ended(&request.challenge).is_some() {
                continue;
            }
            let ending = match (request.account.parse(), request.challenge.parse()) {
                (Ok(account), Ok(challenge)) => authenticator
                    .request_state(account, challenge, Duration::ZERO)
                    .await
                    .map_or(Ending::Gone, Ending::from),
                _ => Ending::Gone,
            };
            let ending = match ending {
                Ending::Gone if request.expires_at <= self.clock.now().seconds() => Ending::Expired,
                other => other,
            };
            self.live.end(request, ending, None, self.clock.now().seconds());
            self.note(Event::Ended);
        }
        inbox
    }

    /// Looks at the inbox for as long as the phone runs. Ends when it is dropped.
    pub async fn keep_looking(&self) {
        loop {
            let known = self.live.snapshot();
            let wait = if known.inbox.requests.is_empty() { LONG_LOOK } else { 0 };
            let pause = match self.inbox(wait).await {
                Ok(inbox) => {
                    !inbox.requests.is_empty() || !inbox.problems.is_empty() || known.accounts.is_empty()
                }
                Err(_) => true,
            };
            if pause {
                self.clock.sleep(PAUSE).await;
            }
        }
    }

    /// Follows an enrollment until it has ended one way or the other.
    pub async fn follow_enrollment(&self, enrollment: &str) {
        use crate::view::EnrollmentState;
        loop {
            match self.enrollment(enrollment, LONG_LOOK).await {
                Ok(view) if matches!(view.state, EnrollmentState::Claimed | EnrollmentState::Begun) => {
                    // a server that does not wait must not be asked in a circle
                    self.clock.sleep(PAUSE).await;
                }
                Err(crate::failure::Fault::Core(error))
                    if error.kind() == inkan_core::error::ErrorKind::Offline =>
                {
                    self.clock.sleep(PAUSE).await;
                }
                Ok(_) | Err(_) => return,
            }
        }
    }

    /// Rings at every change; holds the version.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.live.version.subscribe()
    }

    /// What happened, the newest last: Unix seconds, and the words.
    pub(crate) fn trace(&self) -> Vec<(u64, String)> {
        let locale = self.locale();
        self.live.snapshot().trace.iter().map(|(at, event)| (*at, event.text(locale))).collect()
    }

    /// How a request ended while this phone ran.
    pub fn ended_request(&self, challenge: &str) -> Option<EndedView> {
        self.live.ended(challenge)
    }
}
