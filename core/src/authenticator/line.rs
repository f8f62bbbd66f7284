//! The line to a server: requests signed by the possession key, the short read-only session, the server's clock.
//!
//! ```text
//! GET  ── session? ──▶ Authorization ── 401 ──▶ POST /session (signed) ──▶ Authorization once more
//! else ──────────────▶ Inkan-Request ── 401 ──▶ signed anew, once, with the time that the 401 brought
//! ```

use std::{collections::HashMap, sync::PoisonError, time::Duration};

use inkan_protocol::{
    answer::UserVerification,
    challenge::DeviceRequest,
    device_api::{JOSE, REQUEST_HEADER, SESSION_SCHEME, Session},
    ids::{DeviceId, Digest, MessageId, NumericDate, ServerName},
    json,
    jwk::Signature,
    jws::{Draft, KeyReference, Message},
    problem,
};
use serde::de::DeserializeOwned;
use uuid::Builder;

use super::{Inner, records::SecretText};
use crate::{
    account::{AccountId, AccountRecord, AccountState, HeldKey},
    error::{Error, Refusal, RefusalReason, TrustError},
    ports::{self, KeySignature, KeyVault as _, Method, Pin, Request, Response, Transport as _, make_bytes},
};

/// For an answer that the server gives at once.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Larger than any answer of the device API: a list of challenges of 16 KiB each, or a key set.
const ANSWER_LIMIT: usize = 256 * 1024;
/// A session is not begun to be used this close to its end.
const SESSION_MARGIN: u64 = 5;
/// So many calls refused by 401 in a row, and the phone says so.
const SEVERAL: u32 = 3;
/// The longest wait that is asked of a server.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// One call of the device API.
pub(super) struct Call {
    method: Method,
    path: String,
    body: Vec<u8>,
    media: Option<&'static str>,
    wait: Duration,
    same_bytes: bool,
}

impl Call {
    /// Reads `path`; the server may wait so long before it answers.
    pub(super) fn read(path: &str, wait: Duration) -> Self {
        let wait = wait.min(LONGEST_WAIT);
        let path = match (wait.as_secs(), path.contains('?')) {
            (0, _) => path.to_owned(),
            (seconds, false) => format!("{path}?wait={seconds}"),
            (seconds, true) => format!("{path}&wait={seconds}"),
        };
        Self { method: Method::Get, path, body: Vec::new(), media: None, wait, same_bytes: false }
    }

    /// Sends a signed message, which the server treats alike however often it comes.
    pub(super) fn message(path: &str, compact: &str) -> Self {
        Self {
            method: Method::Post,
            path: path.to_owned(),
            body: compact.as_bytes().to_vec(),
            media: Some(JOSE),
            wait: Duration::ZERO,
            same_bytes: true,
        }
    }

    /// Asks for a change, with an unsigned body of JSON or none.
    pub(super) fn change(method: Method, path: &str, body: Vec<u8>) -> Self {
        let media = (!body.is_empty()).then_some("application/json");
        Self { method, path: path.to_owned(), body, media, wait: Duration::ZERO, same_bytes: false }
    }
}

/// Who speaks to which server.
pub(super) struct Caller {
    pub(super) server: ServerName,
    pub(super) pins: Vec<Pin>,
    pub(super) device: DeviceId,
    pub(super) key: HeldKey,
}

impl Caller {
    pub(super) fn of(account: &AccountRecord) -> Result<Self, Error> {
        Ok(Self {
            server: account.server.clone(),
            pins: account.trust.pins(&account.server)?,
            device: account.device,
            key: account.keys.possession.clone(),
        })
    }
}

/// A read-only session; whoever holds its text may read.
#[derive(Clone)]
pub(super) struct OpenSession {
    text: SecretText,
    expires_at: NumericDate,
}

/// Sessions by account, in memory alone.
pub(super) type Sessions = HashMap<AccountId, OpenSession>;

impl Inner {
    /// The server's time as far as it is known, in seconds.
    pub(super) fn server_time(&self, server: &ServerName) -> NumericDate {
        self.clock.now().seconds().saturating_add_signed(self.clock_offset(server))
    }

    /// Seconds to add to the phone's clock; 0 before the server's first answer.
    pub(super) fn clock_offset(&self, server: &ServerName) -> i64 {
        self.offsets.lock().unwrap_or_else(PoisonError::into_inner).get(server).copied().unwrap_or_default()
    }

    /// A new UUIDv7.
    pub(super) fn make_message_id(&self) -> Result<MessageId, Error> {
        let random: [u8; 10] = make_bytes(self.random.as_ref())?;
        Ok(MessageId(Builder::from_unix_timestamp_millis(self.clock.now().millis(), &random).into_uuid()))
    }

    /// Signs a message by a key of the vault. The signature is verified under the key's public half before it is used.
    /// An approval key shows `prompt` first; a possession key, and a key whose user was verified just before, have none.
    pub(super) async fn sign<M: Message>(
        &self,
        key: &HeldKey,
        introduce: bool,
        message: &M,
        prompt: &str,
    ) -> Result<String, Error> {
        let signer = if introduce {
            KeyReference::Jwk(key.public)
        } else {
            KeyReference::Kid(key.public.thumbprint())
        };
        let draft = Draft::new(signer, message)?;
        if !prompt.is_empty() {
            self.verify_user(key, prompt).await?;
        }
        let signature = match self.vault.sign(key.label.clone(), draft.signing_input().to_vec()).await? {
            KeySignature::Der(der) => Signature::from_der(&der),
            KeySignature::Fixed(fixed) => Signature::from_fixed(&fixed),
        }
        .map_err(|_| TrustError::VaultSignature)?;
        key.public.verify(draft.signing_input(), &signature).map_err(|_| TrustError::VaultSignature)?;
        Ok(draft.finish(&signature))
    }

    /// Verifies the user for the next use of an approval key; the answer says how, before it is signed.
    pub(super) async fn verify_user(&self, key: &HeldKey, prompt: &str) -> Result<UserVerification, Error> {
        let how = self.vault.verify_user(key.label.clone(), prompt.to_owned()).await?;
        Ok(match how {
            ports::UserVerification::Biometric => UserVerification::Biometric,
            ports::UserVerification::DeviceCredential => UserVerification::DeviceCredential,
            ports::UserVerification::Unknown => UserVerification::Unknown,
        })
    }

    /// Sends a call as it is, with no proof of who calls but its body.
    pub(super) async fn send(
        &self,
        server: &ServerName,
        pins: &[Pin],
        call: &Call,
    ) -> Result<Vec<u8>, Error> {
        self.dispatch(server, pins, call, None, call.same_bytes || call.method == Method::Get).await
    }

    /// Sends a call signed by the possession key; after a 401 it is signed anew, once.
    pub(super) async fn signed(&self, caller: &Caller, call: &Call) -> Result<Vec<u8>, Error> {
        match self.sign_and_send(caller, call).await {
            Err(Error::NotRecognised) => self.sign_and_send(caller, call).await,
            other => other,
        }
    }

    async fn sign_and_send(&self, caller: &Caller, call: &Call) -> Result<Vec<u8>, Error> {
        let request = DeviceRequest {
            iss: caller.device,
            aud: caller.server.clone(),
            iat: self.server_time(&caller.server),
            jti: self.make_message_id()?,
            htm: call.method.as_str().to_owned(),
            htu: format!("{}{}", caller.server, call.path),
            bh: Digest::of(&call.body),
        };
        let proof = self.sign(&caller.key, false, &request, "").await?;
        // its jti is good once: a transport that repeats it would earn a 401
        self.dispatch(&caller.server, &caller.pins, call, Some((REQUEST_HEADER, proof)), false).await
    }

    /// Reads over the account's session, which is opened or renewed where needed.
    pub(super) async fn read(&self, account: &AccountRecord, call: &Call) -> Result<Vec<u8>, Error> {
        let caller = Caller::of(account)?;
        if let Some(session) = self.known_session(account) {
            match self.read_with(&caller, call, &session).await {
                Err(Error::NotRecognised) => self.forget_session(account.id),
                other => return self.noted(account.id, other),
            }
        }
        let opened = self.signed(&caller, &Call::change(Method::Post, "/d/v1/session", Vec::new())).await;
        let Session { session, expires_at } = parse(&self.noted(account.id, opened)?)?;
        let session = OpenSession { text: SecretText::new(session), expires_at };
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).insert(account.id, session.clone());
        let answer = self.read_with(&caller, call, &session).await;
        self.noted(account.id, answer)
    }

    async fn read_with(&self, caller: &Caller, call: &Call, session: &OpenSession) -> Result<Vec<u8>, Error> {
        let proof = ("authorization", format!("{SESSION_SCHEME} {}", session.text.expose()));
        self.dispatch(&caller.server, &caller.pins, call, Some(proof), true).await
    }

    fn known_session(&self, account: &AccountRecord) -> Option<OpenSession> {
        let soon = self.server_time(&account.server).saturating_add(SESSION_MARGIN);
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.get(&account.id).filter(|session| session.expires_at > soon).cloned()
    }

    pub(super) fn forget_session(&self, account: AccountId) {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner).remove(&account);
    }

    /// Counts 401s in a row. Several of them are said; nothing is deleted, and the next success takes it back.
    pub(super) fn noted<T>(&self, account: AccountId, result: Result<T, Error>) -> Result<T, Error> {
        match &result {
            Err(Error::NotRecognised) => {
                self.change_account(account, |account| {
                    account.refusals = account.refusals.saturating_add(1).min(SEVERAL);
                    if account.refusals >= SEVERAL && account.state == AccountState::Active {
                        account.state = AccountState::NotRecognised;
                    }
                })?;
            }
            Ok(_) | Err(Error::Refused(_)) => {
                self.change_account(account, |account| {
                    account.refusals = 0;
                    if account.state == AccountState::NotRecognised {
                        account.state = AccountState::Active;
                    }
                })?;
            }
            // without the possession key nothing can be asked any more
            Err(error @ Error::Vault(_)) => self.note_lost_key(account, error),
            Err(_) => {}
        }
        result
    }

    async fn dispatch(
        &self,
        server: &ServerName,
        pins: &[Pin],
        call: &Call,
        proof: Option<(&str, String)>,
        safe_to_repeat: bool,
    ) -> Result<Vec<u8>, Error> {
        let media = call.media.map(|media| ("content-type", media.to_owned()));
        let request = Request {
            method: call.method,
            url: format!("{server}{}", call.path),
            headers: media.into_iter().chain(proof).map(|(name, value)| (name.to_owned(), value)).collect(),
            body: call.body.clone(),
            pins: pins.to_vec(),
            timeout: TIMEOUT.saturating_add(call.wait),
            answer_limit: ANSWER_LIMIT,
            safe_to_repeat,
        };
        let response = self.transport.send(request).await?;
        self.note_time(server, &response);
        let now = self.server_time(server);
        judge(response, now)
    }

    /// Every answer tells the server's time, a refusal too.
    fn note_time(&self, server: &ServerName, response: &Response) {
        let Some(theirs) = response.header("date").and_then(seconds_of_http_date) else { return };
        let ours = self.clock.now().seconds();
        let offset = i64::try_from(i128::from(theirs) - i128::from(ours)).unwrap_or_default();
        self.offsets.lock().unwrap_or_else(PoisonError::into_inner).insert(server.clone(), offset);
    }
}

/// Reads the unsigned body of an answer.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    Ok(json::from_unsigned(body)?)
}

fn judge(response: Response, now: NumericDate) -> Result<Vec<u8>, Error> {
    match response.status {
        200..=299 => return Ok(response.body),
        401 => return Err(Error::NotRecognised),
        _ => {}
    }
    let pause = response.header("retry-after").and_then(|pause| pause.parse::<u64>().ok());
    let problem: Option<problem::Problem> = json::from_unsigned(&response.body).ok();
    match problem.as_ref().and_then(|problem| RefusalReason::from_code(&problem.code)) {
        Some(reason) => Err(Error::Refused(Refusal {
            reason,
            state: None,
            until: pause.map(|pause| now.saturating_add(pause)),
        })),
        None => Err(Error::Server { status: response.status, code: problem.map(|problem| problem.code) }),
    }
}

/// RFC 9110 section 5.6.7, the one form that servers send: `Sun, 06 Nov 1994 08:49:37 GMT`.
fn seconds_of_http_date(text: &str) -> Option<NumericDate> {
    let time = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    u64::try_from(time.as_second()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_an_answer_is_read() {
        assert_eq!(seconds_of_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
        for wrong in ["", "yesterday", "1994-11-06T08:49:37Z", "Thu, 01 Jan 1960 00:00:00 GMT"] {
            assert_eq!(seconds_of_http_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_wait_stands_in_the_path() {
        assert_eq!(Call::read("/d/v1/device", Duration::ZERO).path, "/d/v1/device");
        assert_eq!(Call::read("/d/v1/device", Duration::from_secs(30)).path, "/d/v1/device?wait=30");
        assert_eq!(Call::read("/a?b=c", Duration::from_secs(999)).path, "/a?b=c&wait=60");
    }

    #[test]
    fn a_refusal_is_read_by_its_code() {
        let answer = |status, body: &str| {
            let headers = vec![("retry-after".to_owned(), "30".to_owned())];
            judge(Response { status, headers, body: body.as_bytes().to_vec() }, 1000)
        };
        assert!(matches!(answer(204, ""), Ok(body) if body.is_empty()));
        assert!(matches!(answer(401, "{}"), Err(Error::NotRecognised)));
        assert!(matches!(
            answer(409, r#"{"code":"number_wrong","title":"x"}"#),
            Err(Error::Refused(Refusal { reason: RefusalReason::NumberWrong, until: Some(1030), .. }))
        ));
        assert!(matches!(
            answer(409, r#"{"code":"of_tomorrow","title":"x"}"#),
            Err(Error::Server { status: 409, code: Some(_) })
        ));
        assert!(matches!(answer(502, "<html>"), Err(Error::Server { status: 502, code: None })));
    }
}
