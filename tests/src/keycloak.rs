//! A walk with a real Keycloak, unchanged, over loopback: its CIBA grant asks the real `inkan` program, phones answer, its
//! client gets its tokens or does not. `cargo xtask keycloak` fetches Keycloak and runs this.
//!
//! ```text
//! client ─▶ line ─▶ Keycloak ─▶ inkan ◀─ phone
//!             ▲                   │
//!             └──── callback ─────┘       the line notes callbacks, and can be cut
//! ```

mod guide;
mod line;
mod realm;
mod tied;

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use tokio::signal::unix::{SignalKind, signal};

use self::guide::Guide;
use self::line::Line;
use self::realm::{PING, POLL, Realm};
use crate::live::{LiveServer, now};
use crate::signer::SigningPhone;

const NUMBER: &str = "471108";
/// For what follows by itself.
const SOON: Duration = Duration::from_secs(20);

/// Its standard input is a pipe of whoever started it, and ends with that.
const TIED: &str = "--tied";

struct Walk {
    line: Line,
    guide: Guide,
    realm: Realm,
    server: LiveServer,
    counter: u64,
}

/// Waits for whatever ends a walk from outside. The walk is then dropped, and with it what it started.
pub async fn until_ended(arguments: &[String]) {
    let [mut interrupt, mut terminate, mut hang_up] =
        [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()]
            .map(|kind| signal(kind).unwrap());
    let (tie, mut tied) = tokio::sync::mpsc::channel::<()>(1);
    if arguments.iter().any(|argument| argument == TIED) {
        let tie = tie.clone();
        // A thread of its own: for one of the runtime's, that would wait before it ends.
        std::thread::spawn(move || {
            drop(std::io::stdin().read_to_end(&mut Vec::new()));
            tie.blocking_send(()).ok();
        });
    }
    let why = tokio::select! {
        _ = interrupt.recv() => "SIGINT",
        _ = terminate.recv() => "SIGTERM",
        _ = hang_up.recv() => "SIGHUP",
        _ = tied.recv() => "the end of whoever started it",
    };
    println!("ended by {why}");
}

/// Walks, with the unpacked Keycloak of the folder and by the guide that are named. It and the server end with this,
/// however it ends.
pub async fn run(arguments: &[String]) {
    let [folder, guide, ..] = arguments else {
        panic!("give the folder of an unpacked Keycloak, and the guide")
    };
    let folder: &Path = folder.as_ref();
    let line = Line::new().await;
    let guide = Guide::read(guide.as_ref(), &line.origin(), &format!("{}/pinged", line.origin()));
    let version = folder.file_name().unwrap().to_str().unwrap().trim_start_matches("keycloak-");
    assert!(guide.names_version(version), "the guide was checked with another Keycloak than {version}");
    let server = LiveServer::start_with(guide.settings()).await;
    println!("starting Keycloak");
    let realm = Realm::start(folder, &line, &guide, &server).await;
    let mut walk = Walk { line, guide, realm, server, counter: 0 };
    walk.by_the_guide().await;
    walk.approve_and_once().await;
    walk.details().await;
    walk.intent().await;
    walk.deny().await;
    walk.report().await;
    walk.unknown().await;
    walk.line_is_cut().await;
    walk.restart().await;
    walk.drain().await;
    walk.ping().await;
    walk.expire().await;
    println!("walked all the way");
}

impl Walk {
    async fn enroll(&mut self, user: &str) -> SigningPhone {
        self.realm.add_user(user).await;
        self.server.enroll(user).await.unwrap()
    }

    /// The request that has reached a phone.
    async fn sent(&self, phone: &SigningPhone) -> String {
        let session = self.server.session(phone).await.unwrap();
        self.server.first_pending(&session).await.unwrap().expect("it was made before the 201")
    }

    async fn answer(&mut self, message: &str) {
        let answered = self.server.post("/d/v1/answer", message).await.unwrap();
        assert_eq!(answered.status, 200, "{answered:?}");
    }

    async fn approve(&mut self, phone: &SigningPhone) {
        let sent = self.sent(phone).await;
        self.counter += 1;
        let message = phone.approve(&sent, Some(NUMBER), self.counter, now());
        self.answer(&message).await;
    }

    async fn by_the_guide(&mut self) {
        println!("the guide's own call");
        let phone = self.enroll("walk-guide").await;
        let ask = self.guide.ask("walk-guide");
        let asked = self.realm.ask_by(&ask).await;
        let (_, number) = ask.form.iter().find(|(name, _)| name == "binding_message").unwrap();
        let sent = self.sent(&phone).await;
        self.counter += 1;
        let message = phone.approve(&sent, Some(number), self.counter, now());
        self.answer(&message).await;
        assert_eq!(self.line.callbacks(1).await[0].word, "SUCCEED");
        self.realm.settled(&ask.client, &asked).await.unwrap();
    }

    async fn newest(&self, user: &str) -> Value {
        let list = self.server.call(Method::GET, &format!("/v1/challenges?user={user}"), None).await.unwrap();
        list.body["data"][0].clone()
    }

    async fn details(&mut self) {
        println!("typed details in a parameter: shown, and signed");
        let phone = self.enroll("walk-details").await;
        let request = r#"{"operation":"withdrawal","details":[{"type":"amount","value":"1250000","currency":"JPY"},{"type":"bank_account","bank":"みほん銀行","kind":"普通","masked":"***4567","id":"b-1"}]}"#;
        let more = [("binding_message", NUMBER), ("inkan_request", request)];
        let asked = self.realm.ask(POLL, "walk-details", &more).await;
        let challenge = self.newest("walk-details").await;
        let asked_for: Value = serde_json::from_str(request).unwrap();
        assert_eq!(
            (&challenge["operation"], &challenge["details"]),
            (&asked_for["operation"], &asked_for["details"])
        );
        self.approve(&phone).await;
        assert_eq!(self.line.callbacks(1).await[0].word, "SUCCEED");
        self.realm.settled(POLL, &asked).await.unwrap();
    }

    async fn intent(&mut self) {
        println!("an intent that was registered before: shown, signed, and used once");
        let phone = self.enroll("walk-intent").await;
        let intent = self.guide.intent("walk-intent");
        let registered = self.server.call(Method::POST, "/v1/intents", Some(&intent)).await.unwrap();
        assert_eq!(registered.status, 201, "{registered:?}");
        let more = [("binding_message", NUMBER), ("inkan_request", registered.text("id"))];
        let asked = self.realm.ask(POLL, "walk-intent", &more).await;
        let challenge = self.newest("walk-intent").await;
        assert_eq!(
            (&challenge["operation"], &challenge["details"]),
            (&intent["operation"], &intent["details"])
        );
        self.approve(&phone).await;
        assert_eq!(self.line.callbacks(1).await[0].word, "SUCCEED");
        self.realm.settled(POLL, &asked).await.unwrap();
        assert_eq!(self.realm.ask_refused(POLL, "walk-intent", &more).await, 503, "once");
    }

    async fn approve_and_once(&mut self) {
        println!("approve: tokens, and a second callback changes nothing");
        let phone = self.enroll("walk-approve").await;
        let asked = self.realm.ask(POLL, "walk-approve", &[("binding_message", NUMBER)]).await;
        assert_eq!(self.realm.token(POLL, &asked).await.unwrap_err(), "authorization_pending");
        self.approve(&phone).await;
        let heard = self.line.callbacks(1).await;
        assert_eq!((heard[0].word.as_str(), heard[0].status), ("SUCCEED", 200), "{heard:?}");
        let tokens = self.realm.settled(POLL, &asked).await.unwrap();
        assert!(tokens["id_token"].is_string(), "{tokens}");
        let again = self.line.call_back(&heard[0].bearer, "SUCCEED").await;
        assert_ne!(again, 200, "a second callback is refused");
        let challenge = self.newest("walk-approve").await;
        assert!(challenge["redeemed"].is_object(), "{challenge}");
        let path = format!("/v1/challenges/{}/redeem", challenge["id"].as_str().unwrap());
        let body = json!({ "reference": challenge["reference"] });
        let spent = self.server.call(Method::POST, &path, Some(&body)).await.unwrap();
        assert_eq!((spent.status, spent.text("code")), (409, "already_redeemed"));
    }

    async fn deny(&mut self) {
        println!("deny: access_denied");
        let phone = self.enroll("walk-deny").await;
        let asked = self.realm.ask(POLL, "walk-deny", &[("binding_message", NUMBER)]).await;
        let sent = self.sent(&phone).await;
        self.counter += 1;
        let message = phone.deny(&sent, self.counter, now());
        self.answer(&message).await;
        assert_eq!(self.line.callbacks(1).await[0].word, "UNAUTHORIZED");
        assert_eq!(self.realm.settled(POLL, &asked).await.unwrap_err(), "access_denied");
    }

    async fn report(&mut self) {
        println!("report: access_denied");
        let phone = self.enroll("walk-report").await;
        let asked = self.realm.ask(POLL, "walk-report", &[("binding_message", NUMBER)]).await;
        let sent = self.sent(&phone).await;
        self.counter += 1;
        let message = phone.report(&sent, self.counter, now());
        self.answer(&message).await;
        assert_eq!(self.line.callbacks(1).await[0].word, "CANCELLED");
        assert_eq!(self.realm.settled(POLL, &asked).await.unwrap_err(), "access_denied");
    }

    async fn unknown(&mut self) {
        println!("a user without a phone: taken, then access_denied");
        self.realm.add_user("walk-unknown").await;
        let asked = self.realm.ask(POLL, "walk-unknown", &[("binding_message", NUMBER)]).await;
        assert_eq!(self.line.callbacks(1).await[0].word, "UNAUTHORIZED");
        assert_eq!(self.realm.settled(POLL, &asked).await.unwrap_err(), "access_denied");
    }

    async fn expire(&mut self) {
        println!("expire: expired_token, and nothing is called back");
        self.enroll("walk-expire").await;
        self.realm.give_seconds(10).await;
        let asked = self.realm.ask(POLL, "walk-expire", &[("binding_message", NUMBER)]).await;
        assert_eq!(self.realm.settled(POLL, &asked).await.unwrap_err(), "expired_token");
        assert_eq!(self.line.heard(), []);
    }

    async fn line_is_cut(&mut self) {
        println!("Keycloak is down for the callback and comes back: tokens");
        let phone = self.enroll("walk-cut").await;
        let asked = self.realm.ask(POLL, "walk-cut", &[("binding_message", NUMBER)]).await;
        self.line.cut().await;
        self.approve(&phone).await;
        self.server.wait_for_log("Keycloak did not answer a callback", SOON).await;
        self.line.mend().await;
        let heard = self.line.callbacks(1).await;
        assert_eq!((heard[0].word.as_str(), heard[0].status), ("SUCCEED", 200));
        self.realm.settled(POLL, &asked).await.unwrap();
    }

    async fn restart(&mut self) {
        println!("this server is killed between the 201 and the decision: tokens");
        let phone = self.enroll("walk-restart").await;
        let asked = self.realm.ask(POLL, "walk-restart", &[("binding_message", NUMBER)]).await;
        self.server.strike();
        self.server.gone().await;
        self.server.resume().await;
        self.approve(&phone).await;
        assert_eq!(self.line.callbacks(1).await[0].word, "SUCCEED");
        self.realm.settled(POLL, &asked).await.unwrap();
    }

    async fn drain(&mut self) {
        println!("this server drains while a callback is owed: it is told after the next start, once");
        let phone = self.enroll("walk-drain").await;
        let asked = self.realm.ask(POLL, "walk-drain", &[("binding_message", NUMBER)]).await;
        self.line.cut().await;
        self.approve(&phone).await;
        self.server.wait_for_log("Keycloak did not answer a callback", SOON).await;
        self.server.end();
        assert!(self.server.gone().await, "it ends in order");
        self.line.mend().await;
        self.server.resume().await;
        let heard = self.line.callbacks(1).await;
        assert_eq!((heard[0].word.as_str(), heard[0].status), ("SUCCEED", 200));
        self.realm.settled(POLL, &asked).await.unwrap();
        let asked = self.realm.ask(POLL, "walk-drain", &[("binding_message", NUMBER)]).await;
        self.approve(&phone).await;
        assert_eq!(
            self.line.callbacks(1).await[0].word,
            "SUCCEED",
            "Keycloak keeps no connection that has ended"
        );
        self.realm.settled(POLL, &asked).await.unwrap();
    }

    async fn ping(&mut self) {
        println!("ping: the client is called, and gets tokens");
        let phone = self.enroll("walk-ping").await;
        let token = "walk-notification-token";
        let more = [("binding_message", NUMBER), ("client_notification_token", token)];
        let asked = self.realm.ask(PING, "walk-ping", &more).await;
        self.approve(&phone).await;
        let pinged = self.line.ping(SOON).await;
        assert_eq!(
            (pinged.0, &pinged.1["auth_req_id"]),
            (format!("Bearer {token}"), &Value::from(asked.as_str()))
        );
        assert_eq!(self.line.callbacks(1).await[0].word, "SUCCEED");
        self.realm.settled(PING, &asked).await.unwrap();
    }
}
