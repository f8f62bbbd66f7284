//! Row 28: a man in the middle of an enrollment, who tries a million transcripts until two short codes agree.
//!
//! ```text
//! server ── ticket, k ──▶ page ── his own link ──▶ phone      his ticket and k stand in the link before the phone speaks
//! server ◀── his message ── man ◀── her message ── phone       he learns `reveal` when his message is in, not before
//! server ── reveal ──▶ man ── his own reveal ──▶ phone          and must then find one that makes both codes agree
//! ```

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use inkan_core::error::{Error, TrustError};
use inkan_core::ports::{Request, Response, TransportError};
use inkan_protocol::device_api::Enrolled;
use inkan_protocol::enrollment::{
    EnrollmentAnswer, EnrollmentUri, Policy, RelyingParty, derive_confirmation_code,
};
use inkan_protocol::ids::{DeviceId, Digest, Reveal, ServerName, Thumbprint, Ticket};
use inkan_protocol::jwk::PublicKey;
use inkan_server::keys::ServerKeys;
use ring::digest::{Context, SHA256};

use crate::signer::{Claiming, SigningPhone};
use crate::support::{Middle, Net, Server, World};

const A_MILLION: u64 = 1_000_000;
const BASE64URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What makes up the code that a phone shows, all but `reveal`.
struct Transcript {
    server: ServerName,
    ticket: Ticket,
    identity: Thumbprint,
    enroll_hash: Digest,
}

impl Transcript {
    fn code(&self, reveal: Reveal) -> String {
        derive_confirmation_code(&self.server, self.ticket, self.identity, self.enroll_hash, reveal)
    }

    /// Tries one `reveal` after another until the code is this one. Only what changes is hashed anew.
    fn grind(&self, wanted: &str, tries: u64) -> Option<Reveal> {
        let wanted: u64 = wanted.parse().unwrap();
        let mut before = Context::new(&SHA256);
        let lines = format!(
            "inkan-code-v1\n{}\n{}\n{}\n{}\n",
            self.server, self.ticket, self.identity, self.enroll_hash
        );
        before.update(lines.as_bytes());
        let mut reveal = *b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        for number in 0..tries {
            for (place, letter) in reveal.iter_mut().take(5).enumerate() {
                *letter = BASE64URL[usize::try_from(number >> (6 * place) & 63).unwrap()];
            }
            let mut context = before.clone();
            context.update(&reveal);
            let hash: [u8; 8] = context.finish().as_ref()[..8].try_into().unwrap();
            if u64::from_be_bytes(hash) % 1_000_000 == wanted {
                return Some(std::str::from_utf8(&reveal).unwrap().parse().unwrap());
            }
        }
        None
    }
}

/// He has seen the page, shows the customer a link of his own, and answers the phone in the server's place.
struct Man {
    server: Arc<Server>,
    page: String,
    keys: ServerKeys,
    reveal: Reveal,
    /// Whether he hands the phone the `reveal` that fits the server's code and not his ticket.
    cheats: bool,
    caught: Mutex<Option<Caught>>,
}

/// What he holds afterwards.
struct Caught {
    phone: SigningPhone,
    server_code: String,
    shown: Transcript,
    ground: Option<Reveal>,
}

impl Man {
    fn between(world: &World, page: &str, cheats: bool) -> Arc<Self> {
        Arc::new(Self {
            server: Arc::clone(&world.server),
            page: page.to_owned(),
            keys: ServerKeys::in_memory(world.now(), &world.server.name).unwrap(),
            reveal: Reveal([28; 32]),
            cheats,
            caught: Mutex::default(),
        })
    }

    /// The link that he shows: his own ticket and identity, fixed before the phone has spoken.
    fn link(&self) -> String {
        let page: EnrollmentUri = self.page.parse().unwrap();
        let link = EnrollmentUri { ticket: self.reveal.ticket(), identity: self.keys.identity(), ..page };
        link.expose_text()
    }

    async fn take_over(&self, message: &[u8]) -> Response {
        // his own phone claims the page's enrollment, and the server reveals its half
        let claiming = Claiming::new(&self.page, self.server.now());
        let answer: Enrolled = self.server.jose("/d/v1/enroll", claiming.message()).await.read();
        let (phone, server_code) = claiming.finish(&answer.enrollment, &answer.keys);
        let shown = Transcript {
            server: self.server.name.clone(),
            ticket: self.reveal.ticket(),
            identity: self.keys.identity(),
            enroll_hash: Digest::of(message),
        };
        let ground = shown.grind(&server_code, 40 * A_MILLION);
        let reveal = if self.cheats { ground.unwrap() } else { self.reveal };
        let said = EnrollmentAnswer {
            iss: self.server.name.clone(),
            aud: introduced(message).thumbprint(),
            iat: self.server.now(),
            device: DeviceId(uuid::Uuid::from_u128(0x0189_0a5d_ac96_774b_bcce_b302_099a_8057)),
            enroll_hash: shown.enroll_hash,
            reveal,
            display_name: "山田 *郎 様（***1234）".into(),
            relying_party: RelyingParty { id: "mirai".into(), name: "みらい証券（デモ）".into() },
            policy: Policy {},
        };
        let enrollment = self.keys.sign(self.server.now(), &said).unwrap();
        *self.caught.lock().unwrap() = Some(Caught { phone, server_code, shown, ground });
        let body = serde_json::to_vec(&Enrolled { enrollment, keys: self.keys.newest_set().1 }).unwrap();
        Response { status: 200, headers: Vec::new(), body }
    }
}

/// The key that an enroll message introduces.
fn introduced(message: &[u8]) -> PublicKey {
    let header = std::str::from_utf8(message).unwrap().split('.').next().unwrap();
    let header: serde_json::Value =
        serde_json::from_slice(&inkan_protocol::encoding::decode(header).unwrap()).unwrap();
    serde_json::from_value(header["jwk"].clone()).unwrap()
}

#[async_trait]
impl Middle for Man {
    async fn pass(&self, request: Request, net: &Net) -> Result<Response, TransportError> {
        if request.url.ends_with("/d/v1/enroll") {
            return Ok(self.take_over(&request.body).await);
        }
        net.carry(&request).await
    }
}

#[tokio::test]
async fn row_28_a_phone_refuses_the_half_that_was_found_by_a_million_tries() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    let man = Man::between(&world, &begun.uri, true);
    phone.line.put_between(man.clone());
    let refused = phone.begin_enrollment(&man.link()).await.unwrap_err();
    assert!(matches!(refused, Error::Untrusted(TrustError::Reveal)), "{refused}");
    assert!(phone.enrollments().await.unwrap().is_empty(), "it shows no digits at all");

    // the control: without the ticket's commitment the phone would have shown the server's code, and he would have won
    let caught = man.caught.lock().unwrap().take().unwrap();
    let would_show = caught.shown.code(caught.ground.unwrap());
    assert_eq!(would_show, caught.server_code);
    let won = world.broker.confirm(&begun.id, &would_show).await.ok(200);
    assert_eq!(won["device"], caught.phone.device.to_string(), "his phone, not hers");
}

#[tokio::test]
async fn row_28_a_man_who_keeps_to_his_own_ticket_shows_other_digits() {
    let world = World::new().await;
    let phone = world.phone("わたしの電話").await;
    let begun = world.broker.begin("c-1").await;
    let man = Man::between(&world, &begun.uri, false);
    phone.line.put_between(man.clone());
    let preview = phone.begin_enrollment(&man.link()).await.unwrap();
    let digits = phone.confirm_account(preview.id).await.unwrap();
    let caught = man.caught.lock().unwrap().take().unwrap();
    assert_eq!(digits, caught.shown.code(man.reveal));
    if digits == caught.server_code {
        // one in a million: he was lucky, which no protocol with six digits can exclude
        return;
    }
    let problem = world.broker.confirm(&begun.id, &digits).await.refused(422, "confirmation_code_wrong");
    assert_eq!(problem["tries_left"], 2);
    assert_eq!(world.broker.enrollment(&begun.id).await["state"], "claimed");
    assert!(world.broker.devices("c-1").await.iter().all(|device| device["state"] != "active"));
}

#[tokio::test]
async fn row_28_another_message_after_the_reveal_voids_everything() {
    let world = World::new().await;
    let begun = world.broker.begin("c-1").await;
    let first = Claiming::new(&begun.uri, world.now());
    let answer: Enrolled = world.server.jose("/d/v1/enroll", first.message()).await.read();
    let again: Enrolled = world.server.jose("/d/v1/enroll", first.message()).await.read();
    assert_eq!(again, answer, "the control: the same bytes get the same answer");
    let (_, code) = first.finish(&answer.enrollment, &answer.keys);
    // now that he knows `reveal` he could try messages by the million, and may send not even one
    let second = Claiming::new(&begun.uri, world.now());
    world.server.jose("/d/v1/enroll", second.message()).await.refused(401, "not_recognised");
    world.broker.confirm(&begun.id, &code).await.refused(409, "not_claimed");
    assert_eq!(world.broker.enrollment(&begun.id).await["reason"], "claimed_twice");
}
