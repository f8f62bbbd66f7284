//! Decisions: what was shown is read again, decided, and, in tier `returned`, brought back to the browser.

use inkan_core::{
    account::AccountId,
    authenticator::{Authenticator, DecisionKept, Outcome, ReturnAddress},
    error::{Error, ErrorKind, RefusalReason},
};
use inkan_protocol::{
    answer::{Decision, DenyReason},
    details::Operation,
    ids::ChallengeId,
};

use super::{Phone, challenge_id, trace::Event};
use crate::{
    browser::Browser,
    failure::{Failure, Fault, Task},
    view::{AnswerView, Decided, Ending, RequestView, ReturnView},
};

impl Phone {
    pub(super) async fn approve(
        &self,
        challenge: &str,
        number: Option<&str>,
        profile: Option<&str>,
        task: &mut Task,
    ) -> Result<AnswerView, Fault> {
        // before anything is signed: a profile that does not exist would lose the return
        let browser = self.browser(profile).await?;
        let (request, outcome) = self.approved(challenge, number, task).await?;
        let answer = self.bring_back(&outcome, &browser).await;
        self.ended(request, &answer);
        Ok(answer)
    }

    /// Approves for a person who looks at the page: their own browser, which began at the broker's, goes back by itself.
    /// Tier `returned`: gives the address for it.
    pub(crate) async fn approve_on_page(
        &self,
        challenge: &str,
        number: Option<&str>,
    ) -> Result<Option<ReturnAddress>, Failure> {
        let mut task = Task::Look;
        match self.approved(challenge, number, &mut task).await {
            Ok((request, outcome)) => {
                self.ended(request, &AnswerView::of(&outcome));
                Ok(outcome.return_to)
            }
            Err(fault) => Err(self.refused(&fault, task)),
        }
    }

    async fn approved(
        &self,
        challenge: &str,
        number: Option<&str>,
        task: &mut Task,
    ) -> Result<(RequestView, Outcome), Fault> {
        let (request, account, id) = self.shown(challenge).await?;
        *task = Task::Answer(Decision::Approve, request.operation);
        let outcome = self.authenticator.read().await.approve(account, id, number.map(str::trim)).await;
        let outcome = self.decided(&request, Decision::Approve, outcome)?;
        Ok((request, outcome))
    }

    /// The request as it was shown: what waits here has been; anything else is read from the server, which shows it.
    async fn shown(&self, challenge: &str) -> Result<(RequestView, AccountId, ChallengeId), Fault> {
        let id = challenge_id(challenge)?;
        if let Some(waiting) = self.live.waiting(challenge)
            && let Ok(account) = waiting.account.parse()
        {
            return Ok((waiting, account, id));
        }
        let request = self.request(challenge).await?;
        Ok((RequestView::from(&request), request.account, id))
    }

    /// Tier `returned`: the browser opens the page again and gives it the token.
    async fn bring_back(&self, outcome: &Outcome, browser: &Browser) -> AnswerView {
        let mut answer = AnswerView::of(outcome);
        if let Some(address) = &outcome.return_to {
            answer.returned = Some(match browser.bring_back(address.expose_url()).await {
                Ok(page) => {
                    self.note(Event::Returned);
                    ReturnView { status: page.status, url: page.url, title: page.title, text: page.text }
                }
                // the approval stands; what failed is the way back
                Err(error) => ReturnView {
                    status: 0,
                    url: String::new(),
                    title: String::new(),
                    text: error.to_string(),
                },
            });
        }
        answer
    }

    /// What became of a decision that was kept while there was no connection.
    pub(super) async fn settle(&self, authenticator: &Authenticator, kept: DecisionKept) {
        let id = kept.challenge.to_string();
        let waiting = self.live.waiting(&id);
        match kept.result {
            Ok(outcome) => {
                self.note_decision(&outcome);
                let answer = match self.browser(None).await {
                    Ok(browser) => self.bring_back(&outcome, &browser).await,
                    Err(_) => AnswerView::of(&outcome),
                };
                let request = match waiting {
                    Some(request) => Some(request),
                    None => authenticator
                        .request(kept.account, kept.challenge)
                        .await
                        .ok()
                        .map(|request| RequestView::from(&request)),
                };
                if let Some(request) = request {
                    self.ended(request, &answer);
                }
            }
            Err(error) => {
                if let (Some(ending), Some(request)) = (ending_of(&error), waiting) {
                    self.live.end(request, ending, None, self.clock.now().seconds());
                }
            }
        }
    }

    pub(super) async fn deny(
        &self,
        challenge: &str,
        reason: Option<DenyReason>,
        task: &mut Task,
    ) -> Result<AnswerView, Fault> {
        let (request, account, id) = self.shown(challenge).await?;
        *task = Task::Answer(Decision::Deny, request.operation);
        let reason = reason.unwrap_or(DenyReason::ChangedMind);
        let outcome = self.authenticator.read().await.deny(account, id, reason).await;
        let answer = AnswerView::of(&self.decided(&request, Decision::Deny, outcome)?);
        self.ended(request, &answer);
        Ok(answer)
    }

    /// Also of what has ended: then the request may be gone, and the account is the one that is known for it.
    pub(super) async fn report(&self, challenge: &str, task: &mut Task) -> Result<AnswerView, Fault> {
        let id = challenge_id(challenge)?;
        let shown = self.shown(challenge).await;
        let (account, operation) = match &shown {
            Ok((request, account, _)) => (*account, request.operation),
            Err(_) => self.decided_here(id).await?,
        };
        *task = Task::Answer(Decision::Report, operation);
        let outcome = self.authenticator.read().await.report(account, id).await;
        let answer = if let Ok((request, ..)) = shown {
            let answer = AnswerView::of(&self.decided(&request, Decision::Report, outcome)?);
            self.ended(request, &answer);
            answer
        } else {
            let answer = AnswerView::of(&outcome?);
            self.note(Event::Reported);
            self.live.reported(&answer, self.clock.now().seconds());
            answer
        };
        // everything else that waited in the account has been closed too
        let _ = self.inbox(0).await;
        Ok(answer)
    }

    /// The account and operation of something decided on this phone.
    async fn decided_here(&self, id: ChallengeId) -> Result<(AccountId, Operation), Fault> {
        {
            let authenticator = self.authenticator.read().await;
            for account in authenticator.accounts()? {
                let entries = authenticator.history(account.id)?;
                if let Some(entry) = entries.into_iter().find(|entry| entry.outcome.challenge == id) {
                    return Ok((account.id, entry.asked.operation));
                }
            }
        }
        if let Some(ended) = self.live.ended(&id.to_string())
            && let Ok(account) = ended.request.account.parse()
        {
            return Ok((account, ended.request.operation));
        }
        let account = self.account(None).await?;
        Ok((account, super::UNKNOWN_OPERATION))
    }

    fn decided(
        &self,
        request: &RequestView,
        decision: Decision,
        outcome: Result<Outcome, Error>,
    ) -> Result<Outcome, Fault> {
        match outcome {
            Ok(outcome) => {
                self.note_decision(&outcome);
                Ok(outcome)
            }
            Err(error) => {
                if error.kind() == ErrorKind::Offline {
                    self.live.kept(&request.challenge, decision);
                } else if let Some(ending) = ending_of(&error) {
                    self.live.end(request.clone(), ending, None, self.clock.now().seconds());
                }
                Err(Fault::Core(error))
            }
        }
    }

    fn note_decision(&self, outcome: &Outcome) {
        self.note(match Decided::from(outcome.decision) {
            Decided::Approved => Event::Approved,
            Decided::Denied => Event::Denied,
            Decided::Reported => Event::Reported,
        });
    }

    fn ended(&self, request: RequestView, answer: &AnswerView) {
        let now = self.clock.now().seconds();
        self.live.end(request, Ending::Here(answer.outcome), Some(answer.clone()), now);
    }
}

/// The end that a refusal tells of, if it tells of one.
fn ending_of(error: &Error) -> Option<Ending> {
    let refusal = error.refusal()?;
    match refusal.reason {
        RefusalReason::NumberWrong => Some(Ending::NumberWrong),
        RefusalReason::Expired => Some(Ending::Expired),
        RefusalReason::AlreadyDecided => refusal.state.map(Ending::from),
        _ => None,
    }
}
