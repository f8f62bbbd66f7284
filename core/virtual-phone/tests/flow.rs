//! The phone from the QR code to the return, against the small server of the authenticator's own tests: what it
//! answers, what it keeps, and what it shows of each ending.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "what is not as the test needs it fails the test"
)]

/// Where the shared files look for what they need.
mod ports {
    pub(crate) use inkan_core::ports::*;
}

#[allow(dead_code, reason = "shared with the authenticator's tests; each takes what it needs")]
#[path = "../../src/test_support.rs"]
mod test_support;

#[allow(dead_code, reason = "shared with the authenticator's tests; each takes what it needs")]
#[path = "../../src/authenticator/tests/server.rs"]
mod server;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    body::{Body, to_bytes},
    http,
};
use inkan_core::{
    ports::{Method, Request, Response, Transport, TransportError},
    store::{MemoryStore, StoreReport},
    system::SystemRandom,
    vault::SoftwareVault,
};
use inkan_protocol::{
    answer::Decision, challenge::Start, details::Locale, device_api::ChallengeState, ids::ChallengeId,
};
use inkan_virtual_phone::{
    action::{Action, InboxView, Reply},
    control::ControlToken,
    failure::Failure,
    phone::{AutoAnswer, Biometrics, NumberSource, Phone, PhoneParts},
    serve::Service,
    view::{AnswerView, Decided, Ending, EnrollmentState},
};
use tower::ServiceExt as _;

use crate::{server::Server, test_support::ManualClock};

const SERVER: &str = "https://auth.example.jp";
const BROKER: &str = "https://broker.example";
const RETURN: &str = "https://broker.example/return";
const NUMBER: Start = Start::Number { digits: 6 };

/// The server, and a broker whose return page says with which session it was reached.
struct Net(Arc<Server>);

#[async_trait]
impl Transport for Net {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        if request.url.starts_with(SERVER) {
            return Ok(self.0.handle(&request));
        }
        let cookie = request
            .headers
            .iter()
            .find(|(name, _)| name == "cookie")
            .map_or("no session", |(_, value)| value);
        let (headers, body) = match (request.method, request.url.strip_prefix(BROKER).unwrap()) {
            (Method::Get, "/") => {
                (vec![("set-cookie".to_owned(), "session=1; Secure".to_owned())], String::new())
            }
            (Method::Get, "/return") => {
                (vec![], "<form data-inkan-return method=post action=/return>".to_owned())
            }
            (Method::Post, "/return") => (vec![], format!("<p>{cookie}")),
            _ => return Err(TransportError::Offline),
        };
        Ok(Response { status: 200, headers, body: body.into_bytes() })
    }
}

struct World {
    server: Arc<Server>,
    clock: Arc<ManualClock>,
    phone: Arc<Phone>,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(ManualClock::at(1_800_000_000));
        let server = Arc::new(Server::new(SERVER, clock.clone(), 1));
        let phone = Phone::open(PhoneParts {
            vault: Arc::new(SoftwareVault::in_memory(Arc::new(SystemRandom))),
            transport: Arc::new(Net(server.clone())),
            clock: clock.clone(),
            random: Arc::new(SystemRandom),
            store: Arc::new(MemoryStore::new()),
            report: StoreReport::default(),
            home: None,
            name: "仮想端末1".to_owned(),
            locale: Some(Locale::En),
        });
        Self { phone: phone.await.unwrap(), server, clock }
    }

    /// With an account.
    async fn enrolled() -> Self {
        let world = Self::new().await;
        let Ok(Reply::Enrollment(view)) =
            world.phone.perform(Action::Enroll { uri: world.server.begin() }).await
        else {
            panic!("no enrollment")
        };
        assert!(world.server.confirm(&view.code.unwrap()));
        let next = Action::Enrollment { enrollment: view.enrollment, wait: 0 };
        let Ok(Reply::Enrollment(view)) = world.phone.perform(next).await else { panic!("no enrollment") };
        assert_eq!(view.state, EnrollmentState::Active);
        world
    }

    async fn inbox(&self) -> InboxView {
        match self.phone.perform(Action::Inbox { wait: 0 }).await {
            Ok(Reply::Inbox(inbox)) => inbox,
            other => panic!("{other:?}"),
        }
    }

    async fn answer(&self, action: Action) -> Result<AnswerView, Failure> {
        match self.phone.perform(action).await {
            Ok(Reply::Answer(answer)) => Ok(answer),
            Ok(other) => panic!("{other:?}"),
            Err(failure) => Err(failure),
        }
    }

    async fn approve(&self, id: ChallengeId, number: Option<&str>) -> Result<AnswerView, Failure> {
        let number = number.map(str::to_owned);
        self.answer(Action::Approve { challenge: id.to_string(), number, profile: None }).await
    }

    async fn switch(&self, network: Option<bool>, biometrics: Option<Biometrics>) {
        let action = Action::Switch { network, biometrics, locale: None, theme: None };
        self.phone.perform(action).await.unwrap();
    }

    fn ending(&self, id: ChallengeId) -> Option<Ending> {
        self.phone.ended_request(&id.to_string()).map(|ended| ended.ending)
    }

    /// A page of the phone, as a browser on this machine sees it.
    async fn page(&self, method: &str, path: &str, form: &str) -> (u16, String) {
        self.page_for("document", method, path, form).await
    }

    async fn page_for(&self, destination: &str, method: &str, path: &str, form: &str) -> (u16, String) {
        let service = Service {
            phone: self.phone.clone(),
            address: "127.0.0.1:7080".parse().unwrap(),
            token: ControlToken::make(&SystemRandom).unwrap(),
            open_control: false,
            auto: None,
        };
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("host", "127.0.0.1:7080")
            .header("origin", "http://127.0.0.1:7080")
            .header("sec-fetch-dest", destination)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .unwrap();
        let response = service.router().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }
}

#[tokio::test]
async fn a_number_is_typed_and_the_decision_stands_in_the_history() {
    let world = World::enrolled().await;
    let id = world.server.ask(NUMBER, Some("482913"), None);
    let inbox = world.inbox().await;
    assert_eq!(inbox.requests[0].challenge, id.to_string());
    assert!(inbox.requests[0].lines.iter().any(|line| line.value == "¥1,250,000"));

    let missing = world.approve(id, None).await.unwrap_err();
    assert_eq!((missing.code.as_str(), missing.exit), ("bad_number", 2));
    let answer = world.approve(id, Some(" 482913 ")).await.unwrap();
    assert_eq!((answer.outcome, answer.returned), (Decided::Approved, None));
    assert_eq!(world.ending(id), Some(Ending::Here(Decided::Approved)));
    assert!(world.inbox().await.requests.is_empty());
    let Ok(Reply::History { entries }) = world.phone.perform(Action::History {}).await else { panic!() };
    assert_eq!(entries[0].answer.receipt, answer.receipt);
}

#[tokio::test]
async fn a_wrong_number_ends_it_and_nothing_is_withdrawn() {
    let world = World::enrolled().await;
    let id = world.server.ask(NUMBER, Some("482913"), None);
    world.inbox().await;
    let wrong = world.approve(id, Some("482914")).await.unwrap_err();
    assert_eq!((wrong.code.as_str(), wrong.exit), ("number_wrong", 1));
    assert!(wrong.to_string().contains("Nothing was withdrawn."), "{wrong}");
    assert_eq!(world.ending(id), Some(Ending::NumberWrong));
    let (_, page) = world.page("GET", &format!("/requests/{id}"), "").await;
    assert!(page.contains("The number was wrong") && page.contains("Nothing was withdrawn."));
}

#[tokio::test]
async fn a_return_goes_to_the_browser_that_began_and_not_to_another() {
    let world = World::enrolled().await;
    let browse = Action::Browse {
        url: format!("{BROKER}/"),
        submit: None,
        set: std::collections::BTreeMap::new(),
        profile: None,
    };
    world.phone.perform(browse).await.unwrap();
    for (profile, text) in [(None, "session=1"), (Some("other"), "no session")] {
        let id = world.server.ask(Start::Link {}, None, Some(RETURN));
        let challenge = id.to_string();
        world.inbox().await;
        let early = world.approve(id, None).await.unwrap_err();
        assert_eq!((early.code.as_str(), early.exit), ("start_needed", 2));
        let opened = world.phone.perform(Action::Open { link: world.server.link(id, false) }).await;
        assert!(matches!(opened, Ok(Reply::Request(request)) if request.returns));
        let profile = profile.map(str::to_owned);
        let answer = world.answer(Action::Approve { challenge, number: None, profile }).await.unwrap();
        let returned = answer.returned.unwrap();
        assert_eq!((returned.status, returned.text.as_str()), (200, text));
    }
}

#[tokio::test]
async fn a_person_at_the_page_goes_back_in_their_own_browser() {
    let world = World::enrolled().await;
    let id = world.server.ask(Start::Link {}, None, Some(RETURN));
    world.inbox().await;
    let link: String =
        url::form_urlencoded::byte_serialize(world.server.link(id, false).as_bytes()).collect();
    assert_eq!(world.page("GET", &format!("/open?link={link}"), "").await.0, 303);
    let (status, page) = world.page("POST", &format!("/requests/{id}/approve"), "").await;
    assert_eq!(status, 200);
    let back = page.split("href=\"").find(|part| part.starts_with(RETURN)).unwrap();
    assert!(back.contains("#c=") && back.contains("r="), "{back}");
    assert!(page.contains("data-return"));
    // the token is shown once, to the browser that pressed the button
    let (_, later) = world.page("GET", &format!("/requests/{id}"), "").await;
    assert!(later.contains("Approved") && !later.contains(RETURN));
}

#[tokio::test]
async fn what_a_page_loads_behind_a_persons_back_opens_nothing() {
    let world = World::enrolled().await;
    let id = world.server.ask(Start::Link {}, None, None);
    world.inbox().await;
    let link: String =
        url::form_urlencoded::byte_serialize(world.server.link(id, false).as_bytes()).collect();
    let (status, page) = world.page_for("image", "GET", &format!("/open?link={link}"), "").await;
    assert_eq!(status, 200);
    assert!(page.contains("id=\"link\""));
    assert_eq!(world.approve(id, None).await.unwrap_err().code, "start_needed");
}

#[tokio::test]
async fn who_is_not_recognised_does_not_approve_and_may_try_again() {
    let world = World::enrolled().await;
    let id = world.server.ask(NUMBER, Some("482913"), None);
    world.inbox().await;
    for (biometrics, code) in
        [(Biometrics::Cancelled, "user_verification"), (Biometrics::Fails, "user_verification")]
    {
        world.switch(None, Some(biometrics)).await;
        assert_eq!(world.approve(id, Some("482913")).await.unwrap_err().code, code);
        assert_eq!((world.server.state_of(id), world.ending(id)), (ChallengeState::Pending, None));
    }
    world.switch(None, Some(Biometrics::Passcode)).await;
    assert!(world.approve(id, Some("482913")).await.is_ok());
}

#[tokio::test]
async fn a_key_that_is_gone_still_lets_the_customer_decline() {
    let world = World::enrolled().await;
    let id = world.server.ask(NUMBER, Some("482913"), None);
    world.inbox().await;
    world.switch(None, Some(Biometrics::Invalidated)).await;
    assert_eq!(world.approve(id, Some("482913")).await.unwrap_err().code, "key_invalid");
    world.inbox().await;
    let (_, page) = world.page("GET", &format!("/requests/{id}"), "").await;
    assert!(page.contains("Enroll again to approve") && !page.contains("id=\"approve\""));
    let denied = world.answer(Action::Deny { challenge: id.to_string(), reason: None }).await.unwrap();
    assert_eq!(denied.outcome, Decided::Denied);
}

#[tokio::test]
async fn what_was_decided_without_a_connection_is_kept_and_sent() {
    let world = World::enrolled().await;
    let id = world.server.ask(NUMBER, Some("482913"), None);
    world.inbox().await;
    world.switch(Some(false), None).await;
    let offline = world.approve(id, Some("482913")).await.unwrap_err();
    assert_eq!(offline.code, "offline");
    assert!(offline.to_string().contains("It is not known yet"), "{offline}");
    let inbox = world.inbox().await;
    assert_eq!(inbox.problems[0].code, "offline");
    assert_eq!(inbox.requests[0].kept, Some(Decision::Approve), "what waited still waits");
    let (_, page) = world.page("GET", &format!("/requests/{id}"), "").await;
    assert!(page.contains("Your approval is kept on the phone") && page.contains("Send again"));
    assert_eq!(world.server.state_of(id), ChallengeState::Pending);
    world.switch(Some(true), None).await;
    assert!(world.inbox().await.requests.is_empty());
    assert_eq!(world.server.state_of(id), ChallengeState::Approved);
    assert_eq!(world.ending(id), Some(Ending::Here(Decided::Approved)));
}

#[tokio::test]
async fn a_late_report_is_taken_and_the_page_offers_to_stop_the_account() {
    let world = World::enrolled().await;
    let id = world.server.ask(NUMBER, Some("482913"), None);
    world.inbox().await;
    world.approve(id, Some("482913")).await.unwrap();
    let (status, _) = world.page("POST", &format!("/requests/{id}/report"), "").await;
    assert_eq!(status, 303);
    assert_eq!(world.ending(id), Some(Ending::Here(Decided::Reported)));
    let (_, page) = world.page("GET", &format!("/requests/{id}"), "").await;
    assert!(page.contains("Your report was received") && page.contains("/freeze"));
}

#[tokio::test]
async fn what_ends_elsewhere_is_said_to_have_ended_there() {
    let world = World::enrolled().await;
    for (state, ending) in [
        (ChallengeState::Denied, Ending::Elsewhere(ChallengeState::Denied)),
        (ChallengeState::Approved, Ending::Elsewhere(ChallengeState::Approved)),
        (ChallengeState::Superseded, Ending::Superseded),
        (ChallengeState::Cancelled, Ending::Cancelled),
        (ChallengeState::Expired, Ending::Expired),
    ] {
        let id = world.server.ask(NUMBER, Some("482913"), None);
        world.inbox().await;
        world.server.state.lock().unwrap().asked.get_mut(&id).unwrap().state = state;
        world.inbox().await;
        assert_eq!(world.ending(id), Some(ending));
    }
}

#[tokio::test]
async fn the_page_walks_from_the_link_to_the_six_digits_to_the_approval() {
    let world = World::new().await;
    let link: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("uri", &world.server.begin())
        .finish();
    assert_eq!(world.page("POST", "/enroll", &link).await.0, 303);
    let id = world.phone.state().enrollments[0].enrollment.clone();
    let (_, page) = world.page("GET", &format!("/enroll/{id}"), "").await;
    assert!(page.contains("Is this your account?"));
    assert_eq!(world.page("POST", &format!("/enroll/{id}/confirm"), "").await.0, 303);
    let code = world.phone.state().enrollments[0].code.clone().unwrap();
    let (_, page) = world.page("GET", &format!("/enroll/{id}"), "").await;
    assert!(page.contains(&code[..3]) && page.contains(&code[3..]));
    assert!(world.server.confirm(&code));
    world.phone.perform(Action::Enrollment { enrollment: id.clone(), wait: 0 }).await.unwrap();
    let (_, page) = world.page("GET", &format!("/enroll/{id}"), "").await;
    assert!(page.contains("Enrolled"));

    let asked = world.server.ask(NUMBER, Some("482913"), None);
    world.inbox().await;
    let path = format!("/requests/{asked}");
    let (_, page) = world.page("GET", &path, "").await;
    assert!(page.contains("¥1,250,000") && page.contains("Type the 6 digits"));
    let (status, page) = world.page("POST", &format!("{path}/approve"), "number=").await;
    assert!(status == 422 && page.contains("then approve"));
    assert_eq!(world.server.state_of(asked), ChallengeState::Pending);
    assert_eq!(world.page("POST", &format!("{path}/approve"), "number=482913").await.0, 303);
    let (_, page) = world.page("GET", &path, "").await;
    assert!(page.contains("Approved") && page.contains("Row of the log"));
}

#[tokio::test]
async fn several_requests_are_declined_with_one_button() {
    let world = World::enrolled().await;
    let ids =
        [world.server.ask(NUMBER, Some("482913"), None), world.server.ask(NUMBER, Some("111111"), None)];
    world.inbox().await;
    let (_, page) = world.page("GET", "/requests", "").await;
    assert!(page.contains("Decline all 2"));
    assert_eq!(world.page("POST", "/requests/deny", "").await.0, 303);
    assert!(ids.iter().all(|id| world.server.state_of(*id) == ChallengeState::Denied));
    assert!(ids.iter().all(|id| world.ending(*id) == Some(Ending::Here(Decided::Denied))));
}

#[tokio::test]
async fn the_language_is_switched_without_losing_anything() {
    let world = World::enrolled().await;
    let id = world.server.ask(NUMBER, Some("482913"), None);
    assert!(world.inbox().await.requests[0].lines.iter().any(|line| line.value == "Confirm withdrawal"));
    let switch = Action::Switch { network: None, biometrics: None, locale: Some(Locale::Ja), theme: None };
    world.phone.perform(switch).await.unwrap();
    assert!(world.inbox().await.requests[0].lines.iter().any(|line| line.value == "出金の確認"));
    assert!(world.approve(id, Some("482913")).await.is_ok());
}

#[tokio::test]
async fn a_phone_that_answers_by_itself_asks_for_the_number() {
    let world = World::enrolled().await;
    let id = world.server.ask(NUMBER, Some("482913"), None);
    world.inbox().await;
    let auto =
        AutoAnswer { decision: Decision::Approve, numbers: NumberSource::Command("echo 482913".to_owned()) };
    let (told, mut said) = tokio::sync::mpsc::unbounded_channel();
    let phone = world.phone.clone();
    let answering = tokio::spawn(async move {
        phone
            .answer_by_itself(&auto, |request, result| {
                told.send((request.challenge.clone(), result.is_ok())).unwrap();
            })
            .await;
    });
    assert_eq!(said.recv().await, Some((id.to_string(), true)));
    assert_eq!(world.server.state_of(id), ChallengeState::Approved);
    answering.abort();
    world.clock.advance(Duration::from_secs(1));
}
