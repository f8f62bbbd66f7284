//! The secrets of a challenge and the JWS that each device is sent. Secrets are kept sealed where they are needed
//! again, hashed where they only have to be recognised.

use inkan_protocol::challenge::{Challenge as Message, ChallengeLink, LinkToken, ScanSecret, Start as Shown};
use inkan_protocol::display::Template;
use inkan_protocol::encoding::encode;
use inkan_protocol::ids::{ChallengeId, DeviceId, Digest, Nonce};
use zeroize::Zeroizing;

use crate::app::App;
use crate::asking::Tie;
use crate::keys::KeysError;
use crate::model::challenge::{Challenge, Issued, StartMode};
use crate::model::sealed::SealedBytes;
use crate::policy::tier::Start;
use crate::random::{make_bytes, make_digits};
use crate::routes::refusal::Refusal;

/// What the page needs; each in its mode alone.
#[derive(Default)]
pub(crate) struct Secrets {
    /// `number`: what the page shows and the customer types.
    pub(crate) number: Option<Zeroizing<String>>,
    /// `link`: what opens the app.
    pub(crate) link: Option<String>,
    /// `scan`: where the page loads the changing code.
    pub(crate) scan_url: Option<String>,
}

/// Under which context a challenge's number is sealed.
pub(crate) fn number_context(challenge: ChallengeId) -> String {
    format!("challenge/{challenge}/number")
}

/// Under which context the secret of a challenge's changing code is sealed.
pub(crate) fn scan_context(challenge: ChallengeId) -> String {
    format!("challenge/{challenge}/scan")
}

/// Makes the secrets of a start mode, or takes the number that was given.
pub(crate) fn make_start(app: &App, id: ChallengeId, tie: Tie) -> Result<(StartMode, Secrets), Refusal> {
    let random = app.random.as_ref();
    let mut secrets = Secrets::default();
    let start = match tie {
        Tie::Page(start) => start,
        Tie::Given(number) => {
            let sealed = app.sealer.seal(&number_context(id), number.expose().as_bytes())?;
            let start = StartMode::Number { digits: number.digits(), number: Some(SealedBytes(sealed)) };
            return Ok((start, secrets));
        }
        Tie::None => return Ok((StartMode::None, secrets)),
    };
    let mode = match start {
        Start::Number => {
            let digits = app.settings.number_digits;
            let number = make_digits(digits, random)?;
            let sealed = app.sealer.seal(&number_context(id), number.as_bytes())?;
            secrets.number = Some(number);
            StartMode::Number { digits, number: Some(SealedBytes(sealed)) }
        }
        Start::Scan => {
            let secret = ScanSecret::new(make_bytes(random)?);
            let sealed = app.sealer.seal(&scan_context(id), secret.expose())?;
            let token = encode(make_bytes::<32>(random)?);
            let page = Digest::of(token.as_bytes());
            secrets.scan_url = Some(format!("{}/scan/{token}", app.settings.api_origin));
            StartMode::Scan { secret: Some(SealedBytes(sealed)), page }
        }
        Start::Link => {
            let token = LinkToken::new(make_bytes(random)?);
            let digest = token.digest();
            let server = app.settings.server.clone();
            secrets.link = Some(ChallengeLink::Open { server, challenge: id, token }.expose_text());
            StartMode::Link { token: digest }
        }
    };
    Ok((mode, secrets))
}

/// A watch token and the hash that is kept of it.
pub(crate) fn make_watch_token(app: &App) -> Result<(String, Digest), Refusal> {
    let token = encode(make_bytes::<32>(app.random.as_ref())?);
    let digest = Digest::of(token.as_bytes());
    Ok((token, digest))
}

/// Signs the challenge for each device, with the account as that device shows it. Signing renders it in every language
/// first, so nothing is issued that cannot be shown.
pub(crate) fn issue(
    app: &App,
    challenge: &mut Challenge,
    recipients: Vec<(DeviceId, String)>,
) -> Result<(), Refusal> {
    let keys = app.keys(challenge.owner.live);
    for (device, account) in recipients {
        let message = Message {
            iss: app.settings.server.clone(),
            aud: device,
            jti: challenge.id,
            sub: challenge.sub,
            iat: challenge.created_at,
            exp: challenge.expires_at,
            relying_party: app.settings.relying_party.name.clone(),
            account,
            operation: challenge.operation,
            details: challenge.details.clone(),
            origin: challenge.origin.clone(),
            reasons: challenge.reasons.clone(),
            start: shown(&challenge.start),
            return_url: challenge.return_url.clone(),
            zone: app.settings.zone.clone(),
            locale: challenge.locale,
            display: Template::newest(challenge.operation),
            nonce: Nonce(make_bytes(app.random.as_ref())?),
        };
        let jws = keys.sign(challenge.created_at, &message).map_err(|error| match error {
            KeysError::Message(why) => {
                Refusal::invalid("/details", format!("this cannot be sent to a phone: {why}"))
            }
            other => other.into(),
        })?;
        challenge.issued.push(Issued { device, jws });
    }
    Ok(())
}

fn shown(start: &StartMode) -> Shown {
    match start {
        StartMode::Number { digits, .. } => Shown::Number { digits: *digits },
        StartMode::Scan { .. } => Shown::Scan {},
        StartMode::Link { .. } => Shown::Link {},
        StartMode::None => Shown::None {},
    }
}
