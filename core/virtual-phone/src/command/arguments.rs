//! What can be said on the command line, and the action that each command is.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use inkan_protocol::{answer::DenyReason, details::Locale};

use crate::{action::Action, failure::Fault, phone::DEFAULT_HOME};

/// A phone without a phone, for tests and demos: the real authenticator, with its keys in software.
#[derive(Debug, Parser)]
#[command(
    name = "inkan-phone",
    version,
    about,
    after_help = "Exit codes: 0 done, 1 refused or failed, 2 asked wrongly."
)]
pub(super) struct Arguments {
    /// The phone's folder: its keys, accounts and browser profiles
    #[arg(long, global = true, env = "INKAN_PHONE_HOME", value_name = "DIR", default_value = DEFAULT_HOME)]
    pub(super) home: PathBuf,
    /// A certificate authority to trust beside the public ones (PEM); may be given several times
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) trust: Vec<PathBuf>,
    /// The phone's language: ja or en
    #[arg(long, global = true, value_parser = locale)]
    pub(super) locale: Option<Locale>,
    /// The phone's name in new enrollments
    #[arg(long, global = true, default_value = "仮想端末1")]
    pub(super) name: String,
    /// Results as JSON, a line each
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    pub(super) command: Command,
}

fn locale(text: &str) -> Result<Locale, String> {
    match text {
        "ja" => Ok(Locale::Ja),
        "en" => Ok(Locale::En),
        _ => Err("ja or en".to_owned()),
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Enroll with the content of the QR code, or with a typed code and --host
    Enroll(Enroll),
    /// The page's code was scanned: its content is a link with a step and a MAC
    Scan {
        /// https://…/c#v=1&c=…&n=…&m=…
        uri: String,
    },
    /// The page's link was opened on this phone
    Open {
        /// https://…/c#v=1&c=…&t=…
        uri: String,
    },
    /// What waits for an answer
    Inbox {
        /// Wait so many seconds for the first to come (at most 60)
        #[arg(long, default_value_t = 0)]
        wait: u64,
    },
    /// One request, as the phone shows it
    Show {
        /// Its id, as inbox says it
        id: String,
    },
    /// Approve a request
    Approve {
        /// Its id
        id: String,
        /// The digits that the page shows
        #[arg(long)]
        number: Option<String>,
        /// The browser profile that a return goes to
        #[arg(long)]
        profile: Option<String>,
    },
    /// Decline a request: "it was me, and I do not want it any more"
    Deny {
        /// Its id
        id: String,
        /// Why
        #[arg(long, value_enum, default_value_t = Reason::ChangedMind)]
        reason: Reason,
    },
    /// Report a request: "this was not me"
    Report {
        /// Its id; also of what was decided within the last 30 days
        id: String,
    },
    /// What was decided on this phone, with receipts
    History,
    /// The accounts on this phone
    Accounts,
    /// Rename this phone
    Rename {
        /// 1–64 characters
        name: String,
        #[command(flatten)]
        account: Account,
    },
    /// Make new keys; the old ones vouch for them
    RotateKeys {
        #[command(flatten)]
        account: Account,
    },
    /// Remove the account from this phone, and this phone from the account
    Leave {
        #[command(flatten)]
        account: Account,
    },
    /// Stop all approvals; starting again takes an identity check
    Freeze {
        #[command(flatten)]
        account: Account,
    },
    /// Open a page in the virtual browser; its cookies are kept
    Browse {
        /// https://…
        url: String,
        /// Send the form of this id
        #[arg(long, value_name = "FORM_ID")]
        submit: Option<String>,
        /// Fill in a field before sending; may be given several times
        #[arg(long, value_name = "NAME=VALUE", requires = "submit")]
        set: Vec<String>,
        /// Another browser, without the cookies of the first
        #[arg(long)]
        profile: Option<String>,
    },
    /// Answer by itself whatever comes, until it is stopped
    Watch(Watch),
    /// Show the phone on a local page, with a local API for programs
    Serve(Serve),
}

#[derive(Debug, Args)]
pub(super) struct Enroll {
    /// The content of the QR code (https://…/e#…), or the 12 characters of a typed code
    uri: String,
    /// The server of a typed code
    #[arg(long)]
    host: Option<String>,
    /// Do not ask "is this your account?"
    #[arg(long)]
    pub(super) yes: bool,
    /// Print the six digits alone, and go on waiting; asks nothing
    #[arg(long)]
    pub(super) code_only: bool,
}

#[derive(Debug, Args)]
pub(super) struct Account {
    /// Which account, where there are several: its id, as accounts says it
    #[arg(long)]
    account: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Numbers {
    /// A shell command that prints the number; it finds the request's id in INKAN_CHALLENGE
    #[arg(long, value_name = "COMMAND", conflicts_with = "number_stdin")]
    pub(super) number_command: Option<String>,
    /// Numbers come on standard input, a line each
    #[arg(long)]
    pub(super) number_stdin: bool,
}

#[derive(Debug, Args)]
pub(super) struct Watch {
    /// The answer
    #[arg(long, value_enum)]
    pub(super) auto: Auto,
    #[command(flatten)]
    pub(super) numbers: Numbers,
}

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Where: loopback alone. Port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:7080")]
    pub(super) listen: SocketAddr,
    /// The local API takes calls without the token of control.json: any program of this machine may move the phone
    #[arg(long)]
    pub(super) open_control: bool,
    /// Answer by itself whatever comes
    #[arg(long, value_enum)]
    pub(super) auto: Option<Auto>,
    #[command(flatten)]
    pub(super) numbers: Numbers,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Auto {
    /// Approve
    Approve,
    /// Decline
    Deny,
    /// Report
    Report,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum Reason {
    /// It was me, and I do not want it any more
    ChangedMind,
    /// Anything else
    Other,
}

impl Enroll {
    pub(super) fn action(&self) -> Result<Action, Fault> {
        match &self.host {
            Some(host) => Ok(Action::BeginTyped { host: host.clone(), code: self.uri.clone() }),
            None if self.uri.contains("://") => Ok(Action::Begin { uri: self.uri.clone() }),
            None => Err(Fault::Call("a typed code needs --host".to_owned())),
        }
    }
}

impl Command {
    /// The action of a command that is one.
    pub(super) fn action(&self) -> Result<Action, Fault> {
        Ok(match self {
            Self::Enroll(options) => options.action()?,
            Self::Scan { uri } | Self::Open { uri } => Action::Open { link: uri.clone() },
            Self::Inbox { wait } => Action::Inbox { wait: *wait },
            Self::Show { id } => Action::Show { challenge: id.clone() },
            Self::Approve { id, number, profile } => {
                Action::Approve { challenge: id.clone(), number: number.clone(), profile: profile.clone() }
            }
            Self::Deny { id, reason } => {
                let reason = match reason {
                    Reason::ChangedMind => DenyReason::ChangedMind,
                    Reason::Other => DenyReason::Other,
                };
                Action::Deny { challenge: id.clone(), reason: Some(reason) }
            }
            Self::Report { id } => Action::Report { challenge: id.clone() },
            Self::History => Action::History {},
            Self::Accounts => Action::Accounts {},
            Self::Rename { name, account } => {
                Action::Rename { account: account.account.clone(), name: name.clone() }
            }
            Self::RotateKeys { account } => Action::RotateKeys { account: account.account.clone() },
            Self::Leave { account } => Action::Leave { account: account.account.clone() },
            Self::Freeze { account } => Action::Freeze { account: account.account.clone() },
            Self::Browse { url, submit, set, profile } => Action::Browse {
                url: url.clone(),
                submit: submit.clone(),
                set: fields(set)?,
                profile: profile.clone(),
            },
            Self::Watch(_) | Self::Serve(_) => Action::State {},
        })
    }
}

fn fields(set: &[String]) -> Result<BTreeMap<String, String>, Fault> {
    set.iter()
        .map(|field| {
            let (name, value) = field
                .split_once('=')
                .ok_or_else(|| Fault::Call(format!("--set {field}: name=value is needed")))?;
            Ok((name.to_owned(), value.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_typed_code_needs_its_host() {
        let enroll = |host: Option<&str>, uri: &str| {
            Enroll { uri: uri.to_owned(), host: host.map(str::to_owned), yes: true, code_only: false }
                .action()
        };
        assert!(matches!(enroll(None, "https://a.example/e#v=1"), Ok(Action::Begin { .. })));
        assert!(matches!(enroll(Some("a.example"), "ABCD"), Ok(Action::BeginTyped { .. })));
        assert!(matches!(enroll(None, "ABCD-EFGH-JKMN"), Err(Fault::Call(_))));
        assert!(fields(&["a=b=c".to_owned()]).unwrap().contains_key("a"));
        assert!(fields(&["a".to_owned()]).is_err());
    }
}
