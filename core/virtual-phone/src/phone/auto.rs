//! A phone that answers by itself, for tests that have nobody to tap.
//!
//! It approves what can be approved: a request in mode `number` only if somebody tells it the number, one in mode
//! `scan` or `link` only after its code or link was opened here. Everything else is left to wait.

use std::{collections::BTreeSet, process::Stdio, sync::Arc};

use inkan_protocol::answer::Decision;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines, Stdin},
    process::Command,
    sync::Mutex,
};

use super::Phone;
use crate::{
    action::{Action, Reply},
    failure::Failure,
    view::{ApprovalView, RequestView},
};

/// Where numbers come from.
pub enum NumberSource {
    /// Nobody says them.
    None,
    /// A shell command: it finds the challenge's id in `INKAN_CHALLENGE` and prints the digits.
    Command(String),
    /// A line each on standard input.
    Stdin(Mutex<Lines<BufReader<Stdin>>>),
}

impl NumberSource {
    /// A line each on standard input.
    pub fn stdin() -> Self {
        Self::Stdin(Mutex::new(BufReader::new(tokio::io::stdin()).lines()))
    }

    async fn number(&self, challenge: &str) -> Option<String> {
        let said = match self {
            Self::None => None,
            Self::Stdin(lines) => lines.lock().await.next_line().await.ok().flatten(),
            Self::Command(command) => {
                let output = Command::new("sh")
                    .arg("-c")
                    .arg(command)
                    .env("INKAN_CHALLENGE", challenge)
                    .stdin(Stdio::null())
                    .stderr(Stdio::inherit())
                    .output()
                    .await
                    .ok()?;
                output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
            }
        };
        said.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}

/// What a phone answers by itself.
pub struct AutoAnswer {
    /// The decision.
    pub decision: Decision,
    /// Where numbers come from.
    pub numbers: NumberSource,
}

impl Phone {
    /// Answers what waits and what comes, each request once, and hands every result to `told`. Needs
    /// [`Phone::keep_looking`] beside it.
    pub async fn answer_by_itself(
        self: &Arc<Self>,
        auto: &AutoAnswer,
        told: impl Fn(&RequestView, &Result<Reply, Failure>),
    ) {
        let mut tried = BTreeSet::new();
        let mut changes = self.watch();
        loop {
            changes.borrow_and_update();
            for request in self.state().inbox.requests {
                if tried.contains(&request.challenge) {
                    continue;
                }
                let Some(action) = self.action_for(auto, &request).await else { continue };
                tried.insert(request.challenge.clone());
                let result = self.perform(action).await;
                told(&request, &result);
            }
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    async fn action_for(&self, auto: &AutoAnswer, request: &RequestView) -> Option<Action> {
        let challenge = request.challenge.clone();
        match auto.decision {
            Decision::Deny => Some(Action::Deny { challenge, reason: None }),
            Decision::Report => Some(Action::Report { challenge }),
            Decision::Approve => match request.approval {
                ApprovalView::Confirmation => {
                    Some(Action::Approve { challenge, number: None, profile: None })
                }
                ApprovalView::Number { .. } => {
                    let number = Some(auto.numbers.number(&request.challenge).await?);
                    Some(Action::Approve { challenge, number, profile: None })
                }
                ApprovalView::Scan | ApprovalView::Link | ApprovalView::Blocked { .. } => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_command_says_the_number_of_its_challenge() {
        let said = |command: &str| NumberSource::Command(command.to_owned());
        assert_eq!(said("echo \" 12$INKAN_CHALLENGE \"").number("34").await.as_deref(), Some("1234"));
        assert_eq!(said("echo 12; exit 1").number("34").await, None);
        assert_eq!(said("true").number("34").await, None);
        assert_eq!(NumberSource::None.number("34").await, None);
    }
}
