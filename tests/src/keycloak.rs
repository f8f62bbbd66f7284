//! A walk with a real Keycloak, unchanged, over loopback: its CIBA grant asks the real `inkan` program, phones answer, its
//! client gets its tokens or does not. `cargo xtask keycloak` fetches Keycloak and runs this.
//!
//! ```text
//! client ─▶ line ─▶ Keycloak ─▶ inkan ◀─ phone
//!             ▲                   │
//!             └──── callback ─────┘       the line notes callbacks, and can be cut
//! ```

mod line;
mod realm;

use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use self::line::Line;
use self::realm::{PING, POLL, Realm};
use crate::live::{LiveServer, now};
use crate::signer::SigningPhone;

const NUMBER: &str = "471108";
/// For what follows by itself.
const SOON: Duration = Duration::from_secs(20);

struct Walk {
    line: Line,
    realm: Realm,
    server: LiveServer,
    counter: u64,
}

/// Walks, with the unpacked Keycloak of the folder that is named. It and the server end with this, however it ends.
pub async fn run(arguments: &[String]) {
    let folder: &Path = arguments.first().expect("the folder of an unpacked Keycloak").as_ref();
    let line = Line::new().await;
    let issuer = format!("{}/realms/{}", line.origin(), realm::NAME);
    let settings = vec![format!("keycloak.issuers={issuer}"), format!("keycloak.clients={POLL},{PING}")];
    let server = LiveServer::start_with(settings).await;
    println!("starting Keycloak");
    let channel = format!("{}/keycloak/ciba", server.origin);
    let realm = Realm::start(folder, &line, &channel, &server.root_file()).await;
    let mut walk = Walk { line, realm, server, counter: 0 };
    walk.approve_and_once().await;
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
        let list = self.server.call(Method::GET, "/v1/challenges?user=walk-approve", None).await.unwrap();
        let challenge = &list.body["data"][0];
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
