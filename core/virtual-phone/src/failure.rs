//! What is said when something was not done: what happened, what did not happen, and what to do next.
//!
//! Inside, a [`Fault`] says why; outward, a [`Failure`] is three sentences in the phone's language, a stable code and an
//! exit code: 2 where the caller can put it right by asking differently, 1 where the answer is no.

use std::{fmt, io};

use inkan_core::{
    error::{Error, ErrorKind, InputError, Refusal, RefusalReason},
    ports::VaultError,
    store::StoreError,
};
use inkan_protocol::{
    answer::Decision,
    details::{Locale, Operation},
    device_api::ChallengeState,
    enrollment::UriError,
};
use serde::{Deserialize, Serialize};

use crate::{
    browser::BrowserError,
    words::{Words, fill, moment},
};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The authenticator.
    #[error(transparent)]
    Core(#[from] Error),
    /// The virtual browser.
    #[error(transparent)]
    Browser(#[from] BrowserError),
    /// The phone's folder.
    #[error("the phone's folder: {0}")]
    Home(#[from] io::Error),
    /// Another process has this phone open and does not answer.
    #[error("another process uses this phone")]
    InUse,
    /// No account is enrolled.
    #[error("no account is enrolled")]
    NoAccounts,
    /// More than one account, and nobody said which.
    #[error("there are several accounts")]
    SeveralAccounts,
    /// No such account.
    #[error("no such account")]
    UnknownAccount,
    /// Not the id of a challenge.
    #[error("not the id of a request")]
    ChallengeId,
    /// Not the name of a browser profile.
    #[error("not the name of a browser profile")]
    Profile,
    /// A call or an option that is not what it has to be.
    #[error("{0}")]
    Call(String),
}

/// What was being done: it decides what did not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// Looking: nothing would have been sent.
    Look,
    /// Enrolling.
    Enroll,
    /// Answering a request.
    Answer(Decision, Operation),
    /// Renaming, new keys, leaving, freezing, switching.
    Change,
    /// The virtual browser.
    Browse,
}

/// A failure, in the phone's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Stable; what a program decides on.
    pub code: String,
    /// What happened.
    pub happened: String,
    /// What did not happen.
    pub not_happened: String,
    /// What to do next.
    pub next: String,
    /// Where the challenge stands, if the server said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ChallengeState>,
    /// Until when a new device waits (Unix seconds).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<u64>,
    /// 2: ask differently. 1: the answer is no.
    pub exit: u8,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentences = [self.happened.as_str(), self.not_happened.as_str(), self.next.as_str()];
        let said: Vec<&str> = sentences.into_iter().filter(|sentence| !sentence.is_empty()).collect();
        // Japanese sentences follow each other without a space
        let gap = if self.happened.starts_with(|first: char| first.is_ascii()) { " " } else { "" };
        formatter.write_str(&said.join(gap))
    }
}

impl std::error::Error for Failure {}

/// Code, what happened, what to do next, exit code.
type Said = (&'static str, String, &'static str, u8);

impl Failure {
    /// Says a fault in a language.
    pub fn of(fault: &Fault, task: Task, locale: Locale) -> Self {
        let words = Words::of(locale);
        let (code, happened, next, exit) = said(fault, words);
        let refusal = match fault {
            Fault::Core(error) => error.refusal(),
            _ => None,
        };
        let until = refusal.and_then(|refusal| refusal.until);
        let happened = match until {
            Some(until) => fill(words.blocked_waiting, &[("until", &moment(until, locale))]),
            None => happened,
        };
        let kept = matches!((fault, task), (Fault::Core(error), Task::Answer(..)) if error.kind() == ErrorKind::Offline);
        let next = match task {
            Task::Answer(Decision::Approve, _) if kept => words.kept_approve,
            Task::Answer(Decision::Deny, _) if kept => words.kept_deny,
            Task::Answer(Decision::Report, _) if kept => words.kept_report,
            _ => next,
        };
        Self {
            code: code.to_owned(),
            happened,
            not_happened: if kept { words.nothing_known } else { nothing(task, refusal, words) }.to_owned(),
            next: next.to_owned(),
            state: refusal.and_then(|refusal| refusal.state),
            until,
            exit,
        }
    }
}

/// What did not happen. A request that was decided elsewhere may well have been carried out: then only what this phone
/// did not do can be said.
fn nothing(task: Task, refusal: Option<Refusal>, words: &'static Words) -> &'static str {
    match task {
        Task::Enroll => words.nothing_enrolled,
        Task::Change => words.nothing_changed,
        Task::Browse => words.nothing_sent,
        Task::Answer(Decision::Approve, operation) => {
            let elsewhere = refusal.is_some_and(|refusal| match refusal.state {
                Some(ChallengeState::Approved) => true,
                None => refusal.reason == RefusalReason::AlreadyDecided,
                Some(_) => false,
            });
            if elsewhere { words.nothing_by_you } else { words.nothing(operation) }
        }
        Task::Look | Task::Answer(..) => words.nothing_answered,
    }
}

fn said(fault: &Fault, words: &'static Words) -> Said {
    let plain = |code, happened: &'static str, next, exit| (code, happened.to_owned(), next, exit);
    match fault {
        Fault::Core(error) => core(error, words),
        Fault::Browser(error) => browser(error, words),
        Fault::Home(error) => {
            ("internal", fill(words.internal, &[("what", &error.to_string())]), words.internal_next, 1)
        }
        Fault::InUse => plain("in_use", words.in_use, words.in_use_next, 2),
        Fault::NoAccounts => plain("no_accounts", words.no_accounts, words.no_accounts_next, 2),
        Fault::SeveralAccounts => {
            plain("several_accounts", words.several_accounts, words.several_accounts_next, 2)
        }
        Fault::UnknownAccount => plain("unknown_account", words.bad_account, words.bad_account_next, 2),
        Fault::ChallengeId => plain("bad_id", words.bad_id, words.not_found_next, 2),
        Fault::Profile => plain("bad_profile", words.bad_profile, words.bad_profile_next, 2),
        Fault::Call(what) => {
            ("bad_request", fill(words.bad_request, &[("what", what)]), words.bad_request_next, 2)
        }
    }
}

fn core(error: &Error, words: &'static Words) -> Said {
    let plain = |code, happened: &'static str, next, exit| (code, happened.to_owned(), next, exit);
    let what = || error.to_string();
    match error {
        Error::Refused(refusal) => return refused(refusal.reason, words),
        Error::Input(input) => return asked_wrongly(*input, words),
        Error::Link(UriError::NotOurs) => return plain("bad_link", words.bad_link, words.bad_link_next, 2),
        Error::Store(StoreError::Locked) => return plain("in_use", words.in_use, words.in_use_next, 2),
        Error::Store(_) => {
            return ("store", fill(words.store_damaged, &[("what", &what())]), words.store_damaged_next, 1);
        }
        Error::Vault(VaultError::UserCancelled) => {
            return plain("user_verification", words.verification_cancelled, words.verification_next, 1);
        }
        Error::Vault(VaultError::Locked) => {
            return plain("user_verification", words.verification_locked, words.verification_next, 1);
        }
        _ => {}
    }
    match error.kind() {
        ErrorKind::Offline => plain("offline", words.offline, words.offline_next, 1),
        ErrorKind::Untrusted => plain("untrusted", words.untrusted, words.untrusted_next, 1),
        ErrorKind::NotRecognised => {
            plain("not_recognised", words.not_recognised, words.not_recognised_next, 1)
        }
        ErrorKind::UpdateNeeded => plain("update_needed", words.update_needed, words.update_needed_next, 1),
        ErrorKind::UserVerification => {
            plain("user_verification", words.verification, words.verification_next, 1)
        }
        ErrorKind::KeyInvalid => plain("key_invalid", words.key_invalid, words.key_invalid_next, 1),
        ErrorKind::ServerUnavailable | ErrorKind::Refused | ErrorKind::InvalidInput => {
            plain("server_unavailable", words.unavailable, words.unavailable_next, 1)
        }
        ErrorKind::Internal => {
            ("internal", fill(words.internal, &[("what", &what())]), words.internal_next, 1)
        }
    }
}

fn refused(reason: RefusalReason, words: &'static Words) -> Said {
    let (happened, next) = match reason {
        RefusalReason::AlreadyDecided => (words.already_decided, words.again_next),
        RefusalReason::Expired => (words.expired, words.again_next),
        RefusalReason::NumberWrong => (words.number_wrong, words.again_next),
        RefusalReason::StartNeeded => (words.start_needed, words.start_needed_next),
        RefusalReason::UserLocked => (words.locked, words.locked_next),
        RefusalReason::DeviceWaiting => (words.waiting, words.waiting_next),
        RefusalReason::NumberNeeded => (words.bad_number, words.bad_number_next),
        RefusalReason::HashMismatch | RefusalReason::ReturnHashNeeded => {
            (words.hash_mismatch, words.update_needed_next)
        }
        RefusalReason::NotFound => (words.not_found, words.not_found_next),
        RefusalReason::TooManyRequests => (words.too_many, words.unavailable_next),
    };
    (reason.code(), happened.to_owned(), next, 1)
}

fn asked_wrongly(input: InputError, words: &'static Words) -> Said {
    let (code, happened, next) = match input {
        InputError::ServerNotAllowed | InputError::ServerName => {
            ("bad_server", words.bad_server, words.bad_server_next)
        }
        InputError::UnknownAccount | InputError::UnknownEnrollment => {
            ("unknown_account", words.bad_account, words.bad_account_next)
        }
        InputError::NoAccountForLink => {
            ("no_account_for_link", words.no_account_for_link, words.no_accounts_next)
        }
        InputError::NotShown => ("not_shown", words.not_shown, words.not_shown_next),
        InputError::Number => ("bad_number", words.bad_number, words.bad_number_next),
        InputError::StartFirst => ("start_needed", words.start_needed, words.start_needed_next),
        InputError::Expired => return ("expired", words.expired.to_owned(), words.again_next, 1),
        InputError::Step => ("bad_step", words.bad_step, words.enroll_failed_next),
        InputError::Name => ("bad_name", words.bad_name, words.bad_name_next),
    };
    (code, happened.to_owned(), next, 2)
}

fn browser(error: &BrowserError, words: &'static Words) -> Said {
    let (code, happened, next, exit) = match error {
        BrowserError::Address => ("bad_address", words.bad_address, words.bad_link_next, 2),
        BrowserError::NoForm(_) => ("bad_form", words.bad_form, words.bad_form_next, 2),
        BrowserError::NoReturnForm | BrowserError::ForeignAction => {
            ("bad_return", words.bad_return, words.bad_return_next, 1)
        }
        BrowserError::Transport(_) => ("offline", words.offline, words.offline_next, 1),
        BrowserError::Redirects | BrowserError::Redirect => {
            ("server_unavailable", words.unavailable, words.unavailable_next, 1)
        }
        BrowserError::Profile(what) => {
            return ("internal", fill(words.internal, &[("what", what)]), words.internal_next, 1);
        }
    };
    (code, happened.to_owned(), next, exit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHDRAW: Task = Task::Answer(Decision::Approve, Operation::Withdrawal);

    fn refusal(reason: RefusalReason, state: Option<ChallengeState>) -> Fault {
        Fault::Core(Error::Refused(Refusal { reason, state, until: None }))
    }

    #[test]
    fn a_failure_says_what_did_not_happen() {
        let cancelled = Fault::Core(Error::Vault(VaultError::UserCancelled));
        let failure = Failure::of(&cancelled, WITHDRAW, Locale::En);
        assert_eq!(failure.to_string(), "You cancelled the check. Nothing was withdrawn. Try again.");
        assert_eq!((failure.exit, failure.code.as_str()), (1, "user_verification"));
        let failure = Failure::of(&cancelled, WITHDRAW, Locale::Ja);
        assert_eq!(
            failure.to_string(),
            "本人確認を取り消しました。出金は行われていません。もう一度お試しください。"
        );
    }

    #[test]
    fn nothing_is_claimed_that_the_phone_cannot_know() {
        let offline = Fault::Core(Error::Transport(inkan_core::ports::TransportError::Offline));
        let not_happened = |fault: &Fault| Failure::of(fault, WITHDRAW, Locale::En).not_happened;
        assert_eq!(not_happened(&offline), "It is not known yet whether the server has taken it.");
        for state in [None, Some(ChallengeState::Approved)] {
            let fault = refusal(RefusalReason::AlreadyDecided, state);
            assert_eq!(not_happened(&fault), "This phone’s answer was not taken.", "{state:?}");
        }
        let denied = refusal(RefusalReason::AlreadyDecided, Some(ChallengeState::Denied));
        assert_eq!(not_happened(&denied), "Nothing was withdrawn.");
    }

    #[test]
    fn bad_input_is_2_and_a_refusal_is_1() {
        for (fault, exit) in [
            (Fault::Core(Error::Link(UriError::NotOurs)), 2),
            (Fault::Core(Error::Input(InputError::Number)), 2),
            (Fault::NoAccounts, 2),
            (Fault::InUse, 2),
            (Fault::Browser(BrowserError::Address), 2),
            (refusal(RefusalReason::NumberWrong, None), 1),
            (Fault::Core(Error::Input(InputError::Expired)), 1),
            (Fault::Core(Error::NotRecognised), 1),
        ] {
            for locale in [Locale::Ja, Locale::En] {
                let failure = Failure::of(&fault, Task::Look, locale);
                assert_eq!(failure.exit, exit, "{fault}");
                assert!(!failure.happened.is_empty() && !failure.next.is_empty(), "{fault}");
            }
        }
    }
}
