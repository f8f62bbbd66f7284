//! The storage traits, one per aggregate. All methods run inside a transaction and see what it has written.

use inkan_protocol::device_api::ChallengeState;
use inkan_protocol::ids::{
    ChallengeId, DeviceId, Digest, EnrollmentId, MessageId, NumericDate, Subject, Thumbprint, Ticket,
};
use inkan_protocol::receipt::LogReference;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StorageError;
use crate::hub::Topic;
use crate::model::api_key::ApiKey;
use crate::model::challenge::Challenge;
use crate::model::ciba::CibaRequest;
use crate::model::device::Device;
use crate::model::enrollment::Enrollment;
use crate::model::event::Event;
use crate::model::intent::Intent;
use crate::model::keycloak::KeycloakRequest;
use crate::model::openid_client::OpenidClient;
use crate::model::outbox::{OutboxMessage, Queue};
use crate::model::sealed::SealedBytes;
use crate::model::user::{User, UserKey};
use crate::model::webhook::{Delivery, Webhook};

type Result<T> = std::result::Result<T, StorageError>;

/// Everything that can be done inside one transaction.
pub trait Transaction:
    EnrollmentStore
    + DeviceStore
    + ChallengeStore
    + UserStore
    + AuditStore
    + EventStore
    + ApiKeyStore
    + ReplyStore
    + MetaStore
    + OutboxStore
    + WebhookStore
    + OpenidStore
    + KeycloakStore
    + IntentStore
{
    /// Rings this topic after the commit.
    fn notify(&mut self, topic: Topic);
}

/// Enrollments.
pub trait EnrollmentStore {
    /// By id.
    fn enrollment(&mut self, id: EnrollmentId) -> Result<Option<Enrollment>>;
    /// By ticket.
    fn enrollment_by_ticket(&mut self, ticket: Ticket) -> Result<Option<Enrollment>>;
    /// By SHA-256 of the typed code.
    fn enrollment_by_typed_code(&mut self, code: Digest) -> Result<Option<Enrollment>>;
    /// Inserts or replaces.
    fn put_enrollment(&mut self, enrollment: &Enrollment) -> Result<()>;
    /// Open ones whose time is over, oldest first.
    fn overdue_enrollments(&mut self, now: NumericDate, limit: usize) -> Result<Vec<Enrollment>>;
    /// All of a user's.
    fn enrollments_of(&mut self, owner: &UserKey) -> Result<Vec<Enrollment>>;
    /// Removes all of a user's.
    fn erase_enrollments(&mut self, owner: &UserKey) -> Result<()>;
}

/// Devices, their keys, their messages.
pub trait DeviceStore {
    /// By id.
    fn device(&mut self, id: DeviceId) -> Result<Option<Device>>;
    /// The newest device that has this key, or had it before its last renewal.
    fn device_by_key(&mut self, kid: Thumbprint) -> Result<Option<Device>>;
    /// All of a user's, newest first, revoked ones too.
    fn devices_of(&mut self, owner: &UserKey) -> Result<Vec<Device>>;
    /// Inserts or replaces.
    fn put_device(&mut self, device: &Device) -> Result<()>;
    /// Notes that a device that was active has this key; `false`, and nothing noted, if any device had it before.
    fn claim_key(&mut self, key: Thumbprint, device: DeviceId) -> Result<bool>;
    /// Whether any device that was active has or had this key.
    fn is_key_taken(&mut self, key: Thumbprint) -> Result<bool>;
    /// Uses a `jti` of a device until its window is over; `false` if it was used.
    fn use_jti(&mut self, device: DeviceId, jti: MessageId, until: NumericDate) -> Result<bool>;
    /// Opens a read-only session, kept by the SHA-256 of its token.
    fn put_session(&mut self, token: Digest, device: DeviceId, until: NumericDate) -> Result<()>;
    /// The device of a session that has not ended.
    fn session(&mut self, token: Digest, now: NumericDate) -> Result<Option<DeviceId>>;
    /// Ends all sessions of a device.
    fn end_sessions(&mut self, device: DeviceId) -> Result<()>;
    /// The answer that these same bytes got before.
    fn kept(&mut self, device: DeviceId, signing_hash: Digest) -> Result<Option<Kept>>;
    /// Keeps an answer for the same bytes.
    fn keep(&mut self, device: DeviceId, signing_hash: Digest, kept: &Kept) -> Result<()>;
    /// Forgets kept answers of counters at or below this, but for those kept for ever, and those past their time.
    fn forget_kept(&mut self, device: DeviceId, counter: u64, now: NumericDate) -> Result<()>;
    /// Removes all of a user's devices with all that belongs to them. Taken keys stay taken.
    fn erase_devices(&mut self, owner: &UserKey) -> Result<()>;
    /// Forgets `jti`s and sessions whose time is over.
    fn sweep_devices(&mut self, now: NumericDate) -> Result<()>;
}

/// An answer kept for the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Its HTTP status.
    pub status: u16,
    /// Its JSON body.
    pub body: String,
    /// The counter that the message used; `None` for messages without one.
    pub counter: Option<u64>,
    /// The winner's: kept as long as the device.
    pub for_ever: bool,
    /// Kept until then at least, where it is not about counters.
    pub until: Option<NumericDate>,
}

/// Challenges.
pub trait ChallengeStore {
    /// By id.
    fn challenge(&mut self, id: ChallengeId) -> Result<Option<Challenge>>;
    /// By SHA-256 of the watch token.
    fn challenge_by_watch(&mut self, token: Digest) -> Result<Option<Challenge>>;
    /// By SHA-256 of the token of the page's changing code.
    fn challenge_by_scan(&mut self, token: Digest) -> Result<Option<Challenge>>;
    /// Inserts or replaces.
    fn put_challenge(&mut self, challenge: &Challenge) -> Result<()>;
    /// A user's whose stored state is pending (their time may be over), oldest first.
    fn pending_of(&mut self, owner: &UserKey) -> Result<Vec<Challenge>>;
    /// Newest first.
    fn challenges(&mut self, filter: &ChallengeFilter) -> Result<Vec<Challenge>>;
    /// Pending ones whose time is over, oldest first.
    fn overdue_challenges(&mut self, now: NumericDate, limit: usize) -> Result<Vec<Challenge>>;
    /// Removes all of a user's.
    fn erase_challenges(&mut self, owner: &UserKey) -> Result<()>;
}

/// Which challenges a list holds.
#[derive(Clone, Debug)]
pub struct ChallengeFilter {
    /// Live or test mode.
    pub live: bool,
    /// Of this user alone.
    pub owner: Option<UserKey>,
    /// In this state alone (pending ones whose time is over count as expired at `now`).
    pub state: Option<ChallengeState>,
    /// Older than this one.
    pub after: Option<ChallengeId>,
    /// At most this many.
    pub limit: usize,
    /// The present.
    pub now: NumericDate,
}

/// Users.
pub trait UserStore {
    /// By the relying party's id.
    fn user(&mut self, key: &UserKey) -> Result<Option<User>>;
    /// By pseudonym.
    fn user_by_sub(&mut self, sub: Subject) -> Result<Option<User>>;
    /// Inserts or replaces.
    fn put_user(&mut self, user: &User) -> Result<()>;
    /// Removes the user's own row.
    fn erase_user(&mut self, key: &UserKey) -> Result<()>;
}

/// One row of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// From 1.
    pub row: u64,
    /// When.
    pub time: NumericDate,
    /// For instance `challenge.approved`.
    pub kind: String,
    /// SHA-256 of what happened.
    pub body: Digest,
    /// [`inkan_protocol::log::derive_row_hash`] over all of it and the row before.
    pub hash: Digest,
}

/// The hash-chained log. Rows hold hashes alone.
pub trait AuditStore {
    /// Appends a row and says which.
    fn append_audit(&mut self, time: NumericDate, kind: &str, body: Digest) -> Result<LogReference>;
    /// The newest row.
    fn audit_head(&mut self) -> Result<Option<AuditRow>>;
    /// Rows from this one on.
    fn audit_rows(&mut self, from: u64, limit: usize) -> Result<Vec<AuditRow>>;
}

/// Events for the relying party.
pub trait EventStore {
    /// Appends.
    fn append_event(&mut self, event: &Event) -> Result<()>;
    /// Oldest first, after this one.
    fn events(&mut self, live: bool, after: Option<Uuid>, limit: usize) -> Result<Vec<Event>>;
    /// All that name this user, oldest first.
    fn events_of(&mut self, key: &UserKey) -> Result<Vec<Event>>;
    /// The id that sorts last, of both modes.
    fn newest_event(&mut self) -> Result<Option<Uuid>>;
    /// Removes those before this time.
    fn sweep_events(&mut self, before: NumericDate) -> Result<()>;
    /// Removes all that name this user.
    fn erase_events(&mut self, key: &UserKey) -> Result<()>;
}

/// API keys.
pub trait ApiKeyStore {
    /// By SHA-256 of its text.
    fn api_key(&mut self, digest: Digest) -> Result<Option<ApiKey>>;
    /// All, oldest first.
    fn api_keys(&mut self) -> Result<Vec<ApiKey>>;
    /// Inserts or replaces.
    fn put_api_key(&mut self, key: &ApiKey) -> Result<()>;
}

/// What an `Idempotency-Key` got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredReply {
    /// SHA-256 of method, path and body.
    pub request: Digest,
    /// Status and body, sealed; `None` while it is running.
    pub reply: Option<SealedBytes>,
    /// Kept until then.
    pub until: NumericDate,
}

/// Replies kept for `Idempotency-Key`.
pub trait ReplyStore {
    /// By API key, path and the key that the client chose.
    fn reply(
        &mut self,
        api_key: Uuid,
        path: &str,
        key: &str,
        now: NumericDate,
    ) -> Result<Option<StoredReply>>;
    /// Inserts or replaces.
    fn put_reply(&mut self, api_key: Uuid, path: &str, key: &str, reply: &StoredReply) -> Result<()>;
    /// Removes.
    fn drop_reply(&mut self, api_key: Uuid, path: &str, key: &str) -> Result<()>;
    /// Removes those that were running: at the start of a server nothing runs.
    fn drop_running_replies(&mut self) -> Result<()>;
    /// Removes those past their time.
    fn sweep_replies(&mut self, now: NumericDate) -> Result<()>;
}

/// Single values.
pub trait MetaStore {
    /// By name.
    fn meta(&mut self, name: &str) -> Result<Option<String>>;
    /// Sets one.
    fn put_meta(&mut self, name: &str, value: &str) -> Result<()>;
}

/// What is to be said to others.
pub trait OutboxStore {
    /// Puts one in, or replaces it by its id; nobody carries it then. It takes the place of an older one of the same
    /// queue and name. If that is being carried it is due when the older one's carrier is lost, or when it is put again: the
    /// two do not overtake each other.
    fn put_message(&mut self, message: &OutboxMessage) -> Result<()>;
    /// By id; `None` also where a newer one took its place.
    fn message(&mut self, id: Uuid) -> Result<Option<OutboxMessage>>;
    /// The one of this queue and name.
    fn named_message(&mut self, queue: Queue, name: &str) -> Result<Option<OutboxMessage>>;
    /// Takes those that are due, longest due first, to be carried: each counts one more try. One whose carrier is lost is
    /// due again at `lost_at_millis`.
    fn take_messages(
        &mut self,
        queue: Queue,
        now_millis: u64,
        lost_at_millis: u64,
        most: usize,
    ) -> Result<Vec<OutboxMessage>>;
    /// When the next one of a queue is due, in milliseconds since 1970.
    fn next_due(&mut self, queue: Queue) -> Result<Option<u64>>;
    /// Removes one.
    fn drop_message(&mut self, id: Uuid) -> Result<()>;
    /// Those that somebody carried, and those that wait for one of them, are due now: at the start of a server nobody carries anything.
    fn release_messages(&mut self, now_millis: u64) -> Result<()>;
    /// Removes all that are about this user.
    fn erase_messages(&mut self, owner: &UserKey) -> Result<()>;
}

/// Who is told of events, and every telling.
pub trait WebhookStore {
    /// By id.
    fn webhook(&mut self, id: Uuid) -> Result<Option<Webhook>>;
    /// Those of a mode, oldest first, disabled ones too.
    fn webhooks(&mut self, live: bool) -> Result<Vec<Webhook>>;
    /// Inserts or replaces.
    fn put_webhook(&mut self, webhook: &Webhook) -> Result<()>;
    /// Removes one with its deliveries.
    fn drop_webhook(&mut self, id: Uuid) -> Result<()>;
    /// By id.
    fn delivery(&mut self, id: Uuid) -> Result<Option<Delivery>>;
    /// Newest first.
    fn deliveries(&mut self, filter: &DeliveryFilter) -> Result<Vec<Delivery>>;
    /// All that are about this user, oldest first.
    fn deliveries_of(&mut self, owner: &UserKey) -> Result<Vec<Delivery>>;
    /// Inserts or replaces.
    fn put_delivery(&mut self, delivery: &Delivery) -> Result<()>;
    /// A webhook's that are due, longest due first.
    fn due_deliveries(&mut self, webhook: Uuid, now_millis: u64, most: usize) -> Result<Vec<Delivery>>;
    /// When the next one of a webhook is due, in milliseconds since 1970.
    fn next_delivery(&mut self, webhook: Uuid) -> Result<Option<u64>>;
    /// Removes those of events before this time.
    fn sweep_deliveries(&mut self, before: NumericDate) -> Result<()>;
    /// Removes all that are about this user.
    fn erase_deliveries(&mut self, owner: &UserKey) -> Result<()>;
}

/// Which deliveries a list holds.
#[derive(Clone, Debug)]
pub struct DeliveryFilter {
    /// Of this webhook.
    pub webhook: Uuid,
    /// In this state alone.
    pub state: Option<&'static str>,
    /// Older than this one.
    pub after: Option<Uuid>,
    /// At most this many.
    pub limit: usize,
}

/// Clients of OpenID CIBA and what they have asked.
pub trait OpenidStore {
    /// By its `client_id`, revoked ones too.
    fn openid_client(&mut self, id: &str) -> Result<Option<OpenidClient>>;
    /// All, by id.
    fn openid_clients(&mut self) -> Result<Vec<OpenidClient>>;
    /// Inserts or replaces.
    fn put_openid_client(&mut self, client: &OpenidClient) -> Result<()>;
    /// Uses the `jti` of what a client has signed, kept as its SHA-256 until its time is over; `false` if it was used.
    fn use_assertion(&mut self, client: &str, jti: Digest, until: NumericDate) -> Result<bool>;
    /// By SHA-256 of the `auth_req_id`.
    fn ciba_request(&mut self, id: Digest) -> Result<Option<CibaRequest>>;
    /// By the challenge that it became.
    fn ciba_request_of(&mut self, challenge: ChallengeId) -> Result<Option<CibaRequest>>;
    /// All that are about a user, the first to be forgotten first.
    fn ciba_requests_of(&mut self, owner: &UserKey) -> Result<Vec<CibaRequest>>;
    /// Inserts or replaces.
    fn put_ciba_request(&mut self, request: &CibaRequest) -> Result<()>;
    /// Removes all of a user's.
    fn erase_ciba_requests(&mut self, owner: &UserKey) -> Result<()>;
    /// Forgets assertions and requests whose time is over.
    fn sweep_openid(&mut self, now: NumericDate) -> Result<()>;
}

/// Sign-ins that Keycloak waits for.
pub trait KeycloakStore {
    /// Keeps a call; `false`, and nothing changed, if it was kept before.
    fn add_keycloak_request(&mut self, request: &KeycloakRequest) -> Result<bool>;
    /// By id.
    fn keycloak_request(&mut self, id: Digest) -> Result<Option<KeycloakRequest>>;
    /// By what the customer is asked.
    fn keycloak_request_for(&mut self, challenge: ChallengeId) -> Result<Option<KeycloakRequest>>;
    /// All that are about a user, the first to be forgotten first.
    fn keycloak_requests_of(&mut self, owner: &UserKey) -> Result<Vec<KeycloakRequest>>;
    /// Lets its token go.
    fn spend_keycloak_request(&mut self, id: Digest) -> Result<()>;
    /// Forgets those that need not be remembered any more.
    fn sweep_keycloak_requests(&mut self, now: NumericDate) -> Result<()>;
    /// Removes all that are about this user.
    fn erase_keycloak_requests(&mut self, owner: &UserKey) -> Result<()>;
}

/// What backends have registered for sign-ins that come by others.
pub trait IntentStore {
    /// By id, used and over ones too while they are there.
    fn intent(&mut self, id: Uuid) -> Result<Option<Intent>>;
    /// All of a user, oldest first.
    fn intents_of(&mut self, owner: &UserKey) -> Result<Vec<Intent>>;
    /// Inserts or replaces; when it ends stays as it was.
    fn put_intent(&mut self, intent: &Intent) -> Result<()>;
    /// Forgets those whose time is over.
    fn sweep_intents(&mut self, now: NumericDate) -> Result<()>;
    /// Removes all of a user.
    fn erase_intents(&mut self, owner: &UserKey) -> Result<()>;
}
