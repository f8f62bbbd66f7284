//! Everything that can be asked of a virtual phone, and what comes back: one list for the command, the local API and
//! tests. `POST /api/<action>` takes the other members as its body; the members' names are a contract.

use std::collections::BTreeMap;

use inkan_protocol::answer::DenyReason;
use serde::{Deserialize, Serialize};

use crate::{
    browser::Page,
    phone::{Biometrics, Theme},
    view::{AccountView, AnswerView, EndedView, EnrollmentView, HistoryView, RequestView},
};
use inkan_protocol::details::Locale;

/// Something asked of the phone. `account` may be left out where there is one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// Begins an enrollment and says yes to "is this your account?": the six digits come back.
    Enroll {
        /// The content of the QR code.
        uri: String,
    },
    /// The same with a typed code.
    EnrollTyped {
        /// The server's host name, or `https://host[:port]`.
        host: String,
        /// The twelve characters.
        code: String,
    },
    /// Begins an enrollment and stops at "is this your account?".
    Begin {
        /// The content of the QR code.
        uri: String,
    },
    /// The same with a typed code.
    BeginTyped {
        /// The server's host name, or `https://host[:port]`.
        host: String,
        /// The twelve characters.
        code: String,
    },
    /// "Yes, this is my account."
    Confirm {
        /// The enrollment's id.
        enrollment: String,
    },
    /// Where an enrollment stands.
    Enrollment {
        /// Its id.
        enrollment: String,
        /// Wait for a change, in seconds.
        #[serde(default)]
        wait: u64,
    },
    /// Gives an enrollment up.
    Abandon {
        /// Its id.
        enrollment: String,
    },
    /// A page's code was scanned, or its link opened.
    Open {
        /// `https://…/c#…`
        link: String,
    },
    /// What waits.
    Inbox {
        /// Wait for the first to come, in seconds.
        #[serde(default)]
        wait: u64,
    },
    /// One request.
    Show {
        /// The challenge's id.
        challenge: String,
    },
    /// Approves a request.
    Approve {
        /// The challenge's id.
        challenge: String,
        /// The digits that the page shows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        number: Option<String>,
        /// The browser profile that a return goes to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
    },
    /// Denies a request.
    Deny {
        /// The challenge's id.
        challenge: String,
        /// Why; `changed_mind` where nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<DenyReason>,
    },
    /// "This was not me", also of what was decided within the last 30 days.
    Report {
        /// The challenge's id.
        challenge: String,
    },
    /// What was decided on this phone.
    History {},
    /// The accounts, as the server sees them now.
    Accounts {},
    /// Renames this phone.
    Rename {
        /// Which account.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
        /// 1–64 characters.
        name: String,
    },
    /// New keys.
    RotateKeys {
        /// Which account.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
    },
    /// Removes the account from this phone and this phone from the account.
    Leave {
        /// Which account.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
    },
    /// Stops all approvals.
    Freeze {
        /// Which account.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        account: Option<String>,
    },
    /// Opens a page in the virtual browser, and sends one of its forms if asked.
    Browse {
        /// `https://…`
        url: String,
        /// The id of the form to send.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        submit: Option<String>,
        /// Fields to fill in.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        set: BTreeMap<String, String>,
        /// Which profile: `main` where nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        profile: Option<String>,
    },
    /// Moves the switches of the page.
    Switch {
        /// Whether there is a connection.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        network: Option<bool>,
        /// How user verification ends.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        biometrics: Option<Biometrics>,
        /// The phone's language.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        locale: Option<Locale>,
        /// Light or dark.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        theme: Option<Theme>,
    },
    /// Everything at once.
    State {},
}

/// What comes back. `kind` says which; the other members stand beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reply {
    /// An enrollment.
    Enrollment(EnrollmentView),
    /// What waits.
    Inbox(InboxView),
    /// One request.
    Request(RequestView),
    /// A decision, with its receipt.
    Answer(AnswerView),
    /// What was decided.
    History {
        /// The newest first.
        entries: Vec<HistoryView>,
    },
    /// The accounts.
    Accounts {
        /// In the order of their enrollment.
        accounts: Vec<AccountView>,
    },
    /// A page of the virtual browser.
    Page(Page),
    /// The switches and everything else.
    State(Box<StateView>),
    /// Done, and nothing more to say.
    Done {},
}

/// What waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxView {
    /// The oldest first.
    pub requests: Vec<RequestView>,
    /// What could not be fetched or verified, in words.
    #[serde(default)]
    pub problems: Vec<crate::failure::Failure>,
}

/// The whole phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateView {
    /// The phone's name.
    pub name: String,
    /// Its language.
    pub locale: Locale,
    /// Light or dark.
    pub theme: Theme,
    /// Whether there is a connection.
    pub network: bool,
    /// How user verification ends.
    pub biometrics: Biometrics,
    /// The accounts, as last seen.
    pub accounts: Vec<AccountView>,
    /// Enrollments that have begun.
    pub enrollments: Vec<EnrollmentView>,
    /// What waits, as last seen.
    pub inbox: InboxView,
    /// What has ended while the phone ran, the newest first.
    pub ended: Vec<EndedView>,
    /// Rises with every change.
    pub version: u64,
}
