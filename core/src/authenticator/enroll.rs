//! Enrollment, from the link to the active device. The numbers are those of `docs/protocol.md`, "Enrollment".
//!
//! ```text
//! (1) link ─▶ Begun ─(2) keys, message signed─▶ Signed ─(3) sent─(4) answer verified─▶ Claimed ─(5) record─▶ account
//!               └──────────────┬──────────────────┴──────────────────┬──────────────────────┘
//!                              └──────────▶ Ended (keys are deleted) ◀┘
//! ```
//!
//! Each stage is on disk before the next begins. The message is kept before it is sent: whatever is lost on the way,
//! the same bytes are sent again, and the server gives them the same answer.

use std::time::Duration;

use inkan_protocol::{
    device_api::{DeviceState, DeviceStatus, Enrolled, Typed, TypedUri},
    encoding::encode,
    enrollment::{
        Attestation, AttestationStatement, DeviceRecord, Enroll, EnrollmentAnswer, EnrollmentUri,
        KeyStatement, TypedCode, derive_confirmation_code,
    },
    ids::{DeviceId, Digest, ServerName, Ticket},
    jwk::PublicKey,
    jws::Unverified,
};
use serde::{Deserialize, Serialize};

use super::{
    Authenticator, Inner,
    line::{Call, Caller, parse},
    records::{Kept, SecretText, delete, put},
    renew::shown_phone,
};
use crate::{
    account::{AccountId, AccountRecord, AccountState, Described, HeldKey, KeyPair},
    error::{Error, InputError, TrustError},
    link::read_enrollment,
    ports::{CreatedKey, KeyAttestation, KeyLabel, KeyPurpose, KeyVault as _, Method, Pin, VaultError},
    store::RecordKind,
    trust::{Trust, check_own},
};

/// An enrollment that came no farther than this is given up at the next start after a day.
const FORGOTTEN_AFTER: u64 = 24 * 3600;

/// What the app shows before it asks "is this your account?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrollmentPreview {
    /// Names the enrollment, and the account once it is active.
    pub id: AccountId,
    /// The device host.
    pub server: ServerName,
    /// The relying party's name.
    pub relying_party: String,
    /// Whose account it is, masked.
    pub display_name: String,
}

/// Where an enrollment stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnrollmentProgress {
    /// The six digits have not been typed into the page yet.
    Claimed,
    /// Done: the account is there.
    Active(AccountId),
    /// It came to nothing; its keys are deleted. Begin with a new code.
    Failed(EnrollmentFailure),
}

/// Why an enrollment came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnrollmentFailure {
    /// The server ended it: wrong digits, too late, or somebody else used the same code.
    Ended,
    /// The server's record of this device holds other keys or hashes than this phone's: somebody stands between.
    ForeignRecord,
}

#[derive(Serialize, Deserialize)]
struct Enrollment {
    id: AccountId,
    server: ServerName,
    ticket: Ticket,
    begun_at: u64,
    possession: KeyLabel,
    approval: KeyLabel,
    stage: Stage,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// The link holds the secret.
    Begun { link: SecretText },
    /// `inkan-enroll+jwt` is ready, or on its way.
    Signed { link: SecretText, keys: Box<KeyPair>, message: String },
    /// The server has answered; the secret is gone.
    Claimed(Box<Claim>),
    /// It came to nothing, and its keys may still be in the vault.
    Ended,
}

#[derive(Clone, Serialize, Deserialize)]
struct Claim {
    keys: KeyPair,
    trust: Trust,
    device: DeviceId,
    enroll_hash: Digest,
    enrollment_hash: Digest,
    relying_party: String,
    display_name: String,
    /// The six digits.
    code: SecretText,
    /// What the message said of the phone.
    #[serde(default)]
    told: Option<Described>,
}

impl Kept for Enrollment {
    const KIND: RecordKind = RecordKind::Enrollment;

    fn name(&self) -> String {
        self.id.to_string()
    }
}

impl Enrollment {
    fn preview(&self, claim: &Claim) -> EnrollmentPreview {
        EnrollmentPreview {
            id: self.id,
            server: self.server.clone(),
            relying_party: claim.relying_party.clone(),
            display_name: claim.display_name.clone(),
        }
    }
}

impl Authenticator {
    /// Steps 1 to 4 with the link of a QR code or an app link. The same link goes on where it stood.
    pub async fn begin_enrollment(&self, uri: &str) -> Result<EnrollmentPreview, Error> {
        let uri = read_enrollment(uri)?;
        self.inner.check_allowed(&uri.server)?;
        self.inner.sweep_enrollments().await?;
        let id = self.inner.take_up(&uri)?;
        self.inner.advance(id).await
    }

    /// The same with a typed code at `host` (a host name, or `https://host[:port]`).
    pub async fn begin_enrollment_typed(&self, host: &str, code: &str) -> Result<EnrollmentPreview, Error> {
        let host = host.trim().to_ascii_lowercase();
        let name = if host.contains("://") { host } else { format!("https://{host}") };
        let server: ServerName = name.trim_end_matches('/').parse().map_err(|_| InputError::ServerName)?;
        self.inner.check_allowed(&server)?;
        let code: TypedCode = code.parse()?;
        let body = serde_json::to_vec(&Typed { code: code.expose_text().to_owned() })
            .map_err(|_| Error::Internal("a body that cannot be written"))?;
        // the code buys the link once: this is not repeated by the transport
        let answer = self.inner.send(&server, &[], &Call::change(Method::Post, "/d/v1/typed", body)).await?;
        let TypedUri { uri } = parse(&answer)?;
        if uri.parse::<EnrollmentUri>()?.server != server {
            return Err(TrustError::Parties.into());
        }
        self.begin_enrollment(&uri).await
    }

    /// Enrollments that have begun and not ended, for an app that was killed in between. One whose message was signed is
    /// sent again; one that cannot go on now is left out.
    pub async fn enrollments(&self) -> Result<Vec<EnrollmentPreview>, Error> {
        let mut previews = Vec::new();
        for enrollment in self.inner.list::<Enrollment>()? {
            if matches!(enrollment.stage, Stage::Signed { .. } | Stage::Claimed(_))
                && let Ok(preview) = self.inner.advance(enrollment.id).await
            {
                previews.push(preview);
            }
        }
        Ok(previews)
    }

    /// "Yes, this is my account": the six digits to type into the page that showed the code.
    #[expect(clippy::unused_async, reason = "every method of a ceremony is awaited alike")]
    pub async fn confirm_account(&self, id: AccountId) -> Result<String, Error> {
        match self.inner.enrollment(id)?.stage {
            Stage::Claimed(claim) => Ok(claim.code.expose().to_owned()),
            _ => Err(InputError::Step.into()),
        }
    }

    /// Step 5. Where the enrollment stands; waits up to `wait` for a change.
    pub async fn enrollment_status(
        &self,
        id: AccountId,
        wait: Duration,
    ) -> Result<EnrollmentProgress, Error> {
        let inner = &self.inner;
        if inner.load::<AccountRecord>(&id.to_string())?.is_some() {
            return Ok(EnrollmentProgress::Active(id));
        }
        let enrollment = inner.enrollment(id)?;
        let claim = match enrollment.stage {
            Stage::Claimed(claim) => claim,
            Stage::Ended => return Ok(EnrollmentProgress::Failed(EnrollmentFailure::Ended)),
            Stage::Begun { .. } | Stage::Signed { .. } => return Err(InputError::Step.into()),
        };
        let caller = Caller {
            pins: claim.trust.pins(&enrollment.server)?,
            server: enrollment.server,
            device: claim.device,
            key: claim.keys.possession.clone(),
        };
        let status: DeviceStatus = parse(&inner.signed(&caller, &Call::read("/d/v1/device", wait)).await?)?;
        match status.state {
            DeviceState::Claimed => Ok(EnrollmentProgress::Claimed),
            DeviceState::Active => inner.adopt(id, &status).await,
            DeviceState::Failed | DeviceState::Suspended => {
                inner.end_enrollment(id).await?;
                Ok(EnrollmentProgress::Failed(EnrollmentFailure::Ended))
            }
        }
    }

    /// Gives it up and deletes its keys.
    pub async fn abandon_enrollment(&self, id: AccountId) -> Result<(), Error> {
        let _ceremony = self.inner.ceremony(id).await;
        self.inner.enrollment(id)?;
        self.inner.end_enrollment(id).await
    }
}

impl Inner {
    fn check_allowed(&self, server: &ServerName) -> Result<(), Error> {
        match &self.allowed_servers {
            Some(allowed) if !allowed.contains(server) => Err(InputError::ServerNotAllowed.into()),
            _ => Ok(()),
        }
    }

    fn enrollment(&self, id: AccountId) -> Result<Enrollment, Error> {
        self.load(&id.to_string())?.ok_or(Error::Input(InputError::UnknownEnrollment))
    }

    /// Step 1: the enrollment of this link, the one that has begun or a new one. The labels are on disk before there are
    /// keys, so that no key is ever without an owner.
    fn take_up(&self, uri: &EnrollmentUri) -> Result<AccountId, Error> {
        let _writing = self.writing();
        let known = self.list::<Enrollment>()?;
        if let Some(enrollment) =
            known.iter().find(|known| known.ticket == uri.ticket && !matches!(known.stage, Stage::Ended))
        {
            return Ok(enrollment.id);
        }
        let enrollment = Enrollment {
            id: AccountId(self.make_message_id()?.0),
            server: uri.server.clone(),
            ticket: uri.ticket,
            begun_at: self.clock.now().seconds(),
            possession: self.make_label()?,
            approval: self.make_label()?,
            stage: Stage::Begun { link: SecretText::new(uri.expose_text()) },
        };
        self.save(&enrollment)?;
        Ok(enrollment.id)
    }

    /// Steps 2 to 4, from wherever it stands.
    async fn advance(&self, id: AccountId) -> Result<EnrollmentPreview, Error> {
        let _ceremony = self.ceremony(id).await;
        loop {
            let mut enrollment = self.enrollment(id)?;
            enrollment.stage = match &enrollment.stage {
                Stage::Claimed(claim) => return Ok(enrollment.preview(claim)),
                Stage::Ended => return Err(InputError::UnknownEnrollment.into()),
                Stage::Begun { link } => self.make_message(&enrollment, link).await?,
                Stage::Signed { link, keys, message } => match self.claim(link, keys, message).await {
                    Ok(claim) => Stage::Claimed(Box::new(claim)),
                    // the one 401 is final here, and what cannot be verified is not tried twice: the link is spent
                    Err(error @ (Error::NotRecognised | Error::Untrusted(_))) => {
                        self.end_enrollment(id).await?;
                        return Err(error);
                    }
                    Err(error) => return Err(error),
                },
            };
            self.save(&enrollment)?;
        }
    }

    /// Step 2: both keys, the approval key's statement, the message.
    async fn make_message(&self, enrollment: &Enrollment, link: &SecretText) -> Result<Stage, Error> {
        let uri: EnrollmentUri = link.expose().parse()?;
        let (server, ticket, secret) = (&uri.server, uri.ticket, &uri.secret);
        let challenge = secret.derive_possession_challenge(server, ticket);
        let (possession, first) =
            self.make_key(enrollment.possession.clone(), KeyPurpose::Possession, challenge).await?;
        let thumbprint = possession.public.thumbprint();
        let challenge = secret.derive_approval_challenge(server, ticket, thumbprint);
        let (approval, second) =
            self.make_key(enrollment.approval.clone(), KeyPurpose::Approval, challenge).await?;
        let approval_thumbprint = approval.public.thumbprint();
        let statement = KeyStatement::of_enrollment(server, ticket, thumbprint, approval_thumbprint);
        let prompt = self.prompt("この端末を登録します", "Enroll this phone");
        let message = Enroll {
            iss: thumbprint,
            aud: server.clone(),
            iat: self.server_time(server),
            ticket,
            proof: secret.derive_proof(server, ticket, thumbprint, approval_thumbprint),
            approval_key: approval.public,
            approval_signature: self.sign(&approval, true, &statement, &prompt).await?,
            device: self.describe(),
            push: None,
            attestation: attestation(first, second),
        };
        let message = self.sign(&possession, true, &message, "").await?;
        Ok(Stage::Signed { link: link.clone(), keys: Box::new(KeyPair { possession, approval }), message })
    }

    /// A new key in the vault under `label`, with its attestation.
    pub(super) async fn make_key(
        &self,
        label: KeyLabel,
        purpose: KeyPurpose,
        challenge: [u8; 32],
    ) -> Result<(HeldKey, Option<KeyAttestation>), Error> {
        let CreatedKey { public_key, attestation } =
            self.vault.create_key(label.clone(), purpose, challenge.to_vec()).await?;
        let public = PublicKey::from_uncompressed(&public_key)
            .map_err(|_| VaultError::Unexpected("a key that is not on P-256".to_owned()))?;
        Ok((HeldKey { label, public }, attestation))
    }

    /// Steps 3 and 4: sends the message and verifies what comes back.
    async fn claim(&self, link: &SecretText, keys: &KeyPair, message: &str) -> Result<Claim, Error> {
        let uri: EnrollmentUri = link.expose().parse()?;
        let server = &uri.server;
        let pins: Vec<Pin> = uri.pins.iter().map(|pin| Pin { sha256: pin.0, not_after: None }).collect();
        let answer = self.send(server, &pins, &Call::message("/d/v1/enroll", message)).await?;
        let answer: Enrolled = parse(&answer)?;
        let trust = Trust::first(&answer.keys, server, uri.identity, uri.key_set_version)?;
        let enrollment = trust.verify::<EnrollmentAnswer>(&answer.enrollment, server)?;
        let enroll = Unverified::<Enroll>::parse(message)?.verify_introduced()?;
        let (said, enroll_hash) = (enrollment.payload(), Digest::of(message.as_bytes()));
        if said.aud != keys.possession.public.thumbprint() {
            return Err(TrustError::Parties.into());
        }
        if said.enroll_hash != enroll_hash {
            return Err(TrustError::EnrollHash.into());
        }
        if said.reveal.ticket() != uri.ticket {
            return Err(TrustError::Reveal.into());
        }
        Ok(Claim {
            keys: keys.clone(),
            trust,
            device: said.device,
            enroll_hash,
            enrollment_hash: enrollment.hash(),
            relying_party: said.relying_party.name.clone(),
            display_name: said.display_name.clone(),
            told: Some(Described::of(&enroll.payload().device)),
            code: SecretText::new(derive_confirmation_code(
                server,
                uri.ticket,
                uri.identity,
                enroll_hash,
                said.reveal,
            )),
        })
    }

    /// Step 5: the record is kept only if it is this phone's own; then the enrollment is an account.
    async fn adopt(&self, id: AccountId, status: &DeviceStatus) -> Result<EnrollmentProgress, Error> {
        let _ceremony = self.ceremony(id).await;
        if self.load::<AccountRecord>(&id.to_string())?.is_some() {
            return Ok(EnrollmentProgress::Active(id));
        }
        let enrollment = self.enrollment(id)?;
        let Stage::Claimed(claim) = enrollment.stage else { return Err(InputError::Step.into()) };
        let record = status.record.as_deref().ok_or(Error::Internal("an active device without a record"))?;
        let (record, trust) =
            self.verify_following::<DeviceRecord>(&enrollment.server, &claim.trust, record).await?;
        let said = record.payload();
        if check_own(said, claim.device, &claim.keys, claim.enroll_hash, claim.enrollment_hash).is_err() {
            self.end_enrollment(id).await?;
            return Ok(EnrollmentProgress::Failed(EnrollmentFailure::ForeignRecord));
        }
        let account = AccountRecord {
            id,
            server: enrollment.server,
            relying_party: claim.relying_party,
            display_name: claim.display_name,
            device_name: self.profile.name.clone(),
            device: claim.device,
            subject: said.sub,
            keys: claim.keys,
            trust,
            record: record.compact().to_owned(),
            enrollment_hash: claim.enrollment_hash,
            counter: 0,
            state: AccountState::Active,
            frozen: status.frozen,
            restricted_until: status.restricted_until,
            enrolled_at: said.iat,
            refusals: 0,
            renewal: None,
            retired: Vec::new(),
            leaving: false,
            muted_until: status.muted_until,
            support_phone: shown_phone(status),
            told: claim.told,
        };
        let _writing = self.writing();
        self.store.commit(vec![put(&account)?, delete::<Enrollment>(id.to_string())])?;
        Ok(EnrollmentProgress::Active(id))
    }

    /// Marks it as ended, deletes its keys, then the record: in this order, so that an end in the middle is finished by
    /// the next sweep.
    async fn end_enrollment(&self, id: AccountId) -> Result<(), Error> {
        let Some(mut enrollment) = self.load::<Enrollment>(&id.to_string())? else { return Ok(()) };
        if !matches!(enrollment.stage, Stage::Ended) {
            enrollment.stage = Stage::Ended;
            self.save(&enrollment)?;
        }
        for label in [&enrollment.possession, &enrollment.approval] {
            if self.vault.delete_key(label.clone()).await.is_err() {
                return Ok(());
            }
        }
        Ok(self.store.commit(vec![delete::<Enrollment>(id.to_string())])?)
    }

    /// Finishes what has ended, and ends what was never taken up again.
    pub(super) async fn sweep_enrollments(&self) -> Result<(), Error> {
        let now = self.clock.now().seconds();
        for enrollment in self.list::<Enrollment>()? {
            let forgotten = now > enrollment.begun_at.saturating_add(FORGOTTEN_AFTER)
                && matches!(enrollment.stage, Stage::Begun { .. } | Stage::Signed { .. });
            if forgotten || matches!(enrollment.stage, Stage::Ended) {
                self.end_enrollment(enrollment.id).await?;
            }
        }
        Ok(())
    }
}

/// Statements of both keys, or none: half a proof proves nothing.
pub(super) fn attestation(
    possession: Option<KeyAttestation>,
    approval: Option<KeyAttestation>,
) -> Option<Attestation> {
    let statement = |attestation: KeyAttestation| AttestationStatement {
        format: attestation.format,
        statement: encode(attestation.statement),
    };
    Some(Attestation { possession: statement(possession?), approval: statement(approval?) })
}
