//! A phone: the real core over a vault and a store, with its own line to the net.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use inkan_core::account::AccountId;
use inkan_core::authenticator::{
    Authenticator, DeviceProfile, EnrollmentPreview, EnrollmentProgress, Outcome, Parts, Request,
};
use inkan_core::error::{Error, RefusalReason};
use inkan_core::ports::Random;
use inkan_core::store::Store;
use inkan_core::vault::SoftwareVault;
use inkan_protocol::details::Locale;

use super::{Asked, Broker, Line, Net, PhoneClock, PhoneRandom};

/// A phone that is switched on. It does all that [`Authenticator`] does.
pub(crate) struct Phone {
    pub(crate) line: Arc<Line>,
    pub(crate) clock: PhoneClock,
    pub(crate) vault: Arc<SoftwareVault>,
    store: Arc<dyn Store>,
    random: Arc<dyn Random>,
    profile: DeviceProfile,
    app: Authenticator,
}

impl Deref for Phone {
    type Target = Authenticator;

    fn deref(&self) -> &Authenticator {
        &self.app
    }
}

impl Phone {
    pub(crate) async fn switch_on(
        name: &str,
        net: &Arc<Net>,
        clock: PhoneClock,
        seed: u64,
        store: Arc<dyn Store>,
    ) -> Self {
        let random = Arc::new(PhoneRandom::new(seed));
        let vault = Arc::new(SoftwareVault::in_memory(random.clone()));
        let profile = DeviceProfile {
            name: name.into(),
            model: "Pixel 10".into(),
            os: "Android 16".into(),
            app_version: "0.1.0".into(),
            locale: Locale::Ja,
        };
        let line = Line::new(net);
        let random: Arc<dyn Random> = random;
        let app = open(&line, &clock, &vault, &store, &random, &profile).await;
        Self { line, clock, vault, store, random, profile, app }
    }

    /// The app is killed and started again. What it had in memory is gone.
    pub(crate) async fn restart(&mut self) {
        let again =
            open(&self.line, &self.clock, &self.vault, &self.store, &self.random, &self.profile).await;
        self.app = again;
    }

    /// The app is killed, updated and started again, on a newer system.
    pub(crate) async fn update(&mut self, app_version: &str, os: &str) {
        self.profile.app_version = app_version.into();
        self.profile.os = os.into();
        self.restart().await;
    }

    /// Scans the page's code and says "yes, this is my account": what is shown, and the six digits.
    pub(crate) async fn scan(&self, uri: &str) -> (EnrollmentPreview, String) {
        let preview = self.begin_enrollment(uri).await.unwrap();
        let digits = self.confirm_account(preview.id).await.unwrap();
        (preview, digits)
    }

    /// The whole of an enrollment.
    pub(crate) async fn enroll(&self, broker: &Broker, user: &str) -> AccountId {
        let begun = broker.begin(user).await;
        let (preview, digits) = self.scan(&begun.uri).await;
        broker.confirm(&begun.id, &digits).await.ok(200);
        self.becomes_active(preview.id).await
    }

    /// Step 5: the phone reads that it is active, and keeps its record.
    pub(crate) async fn becomes_active(&self, id: AccountId) -> AccountId {
        let progress = self.enrollment_status(id, Duration::ZERO).await.unwrap();
        assert_eq!(progress, EnrollmentProgress::Active(id));
        id
    }

    /// All that waits; nothing may have gone wrong while looking.
    pub(crate) async fn requests(&self) -> Vec<Request> {
        let inbox = self.inbox(Duration::ZERO).await.unwrap();
        assert!(inbox.problems.is_empty(), "{:?}", inbox.problems);
        inbox.requests
    }

    /// The only request that waits.
    pub(crate) async fn only_request(&self) -> Request {
        let mut requests = self.requests().await;
        assert_eq!(requests.len(), 1, "{requests:?}");
        requests.remove(0)
    }

    /// The request of what the broker has just asked.
    pub(crate) async fn request_of(&self, asked: &Asked) -> Request {
        let requests = self.requests().await;
        requests.into_iter().find(|request| request.challenge == asked.challenge).unwrap()
    }

    /// Looks, types the number that the page shows, approves.
    pub(crate) async fn approve_number(&self, asked: &Asked) -> Outcome {
        let request = self.request_of(asked).await;
        self.approve(request.account, request.challenge, Some(asked.number())).await.unwrap()
    }

    /// What the browser finds behind the address that the app opens: the token that lets its session redeem.
    #[track_caller]
    pub(crate) fn brings_back(outcome: &Outcome) -> String {
        let address = outcome.return_to.as_ref().expect("nothing brings the browser back").expose_url();
        address.rsplit_once("&r=").unwrap().1.to_owned()
    }

    /// Reports, denies or approves and is refused: why, and where the challenge stands.
    #[track_caller]
    pub(crate) fn refusal(result: Result<Outcome, Error>) -> (RefusalReason, Option<&'static str>) {
        let error = result.expect_err("it was taken");
        let refusal = error.refusal().unwrap_or_else(|| panic!("{error}"));
        (refusal.reason, refusal.state.map(inkan_protocol::device_api::ChallengeState::as_str))
    }
}

async fn open(
    line: &Arc<Line>,
    clock: &PhoneClock,
    vault: &Arc<SoftwareVault>,
    store: &Arc<dyn Store>,
    random: &Arc<dyn Random>,
    profile: &DeviceProfile,
) -> Authenticator {
    let parts = Parts {
        vault: vault.clone(),
        transport: line.clone(),
        clock: Arc::new(clock.clone()),
        random: Arc::clone(random),
        store: Arc::clone(store),
        profile: profile.clone(),
        allowed_servers: None,
    };
    Authenticator::open(parts).await.unwrap()
}
