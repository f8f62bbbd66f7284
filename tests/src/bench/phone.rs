//! What a request costs on the phone by itself: from a push to the lines on the screen, from the tap to the signed answer
//! on its way, and opening the store with few and many past requests.
//!
//! The real core over its real store, with syncing on, against the real server over loopback; the time inside the
//! transport is taken out. The keys are software: a phone's hardware adds its own signatures (one for a decision, one
//! for a session of ten minutes). Each opening is the first thing that a new process does.

mod cold;
mod line;
mod sender;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use inkan_core::account::AccountId;
use inkan_core::authenticator::{Authenticator, DeviceProfile, EnrollmentProgress, Parts};
use inkan_core::push::PushPayload;
use inkan_core::store::SledStore;
use inkan_core::system::{SystemClock, SystemRandom};
use inkan_core::vault::SoftwareVault;
use inkan_protocol::details::Locale;
use inkan_protocol::ids::MessageId;
use inkan_protocol::push_hint::PushHint;
use uuid::Uuid;

use self::line::Line;
use super::floor;
use crate::live::LiveServer;

/// Past requests at which the store is opened.
const OPENED_AT: [u64; 3] = [1, 100, 1_000];
const USER: &str = "bench-phone";

/// Runs the benchmark with what the command line says: `--decisions 1000`. Or, as a child of its own, opens once.
pub async fn run(arguments: &[String]) {
    if let [word, folder] = arguments
        && word == cold::WORD
    {
        return cold::open(Path::new(folder)).await;
    }
    let given = arguments.iter().position(|argument| argument == "--decisions");
    let decisions = given
        .and_then(|at| arguments.get(at + 1))
        .map_or(1_000, |text| text.parse().expect("--decisions takes a number"));
    let server = LiveServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let floor = floor::of_phone(folder.path());
    println!(
        "floor               sign and verify {}, sync of 4 KB {}",
        shown(&floor.keys),
        shown(&floor.sync)
    );
    let mut phone = Phone::start(&server, folder.path()).await;
    let account = phone.enroll(&server).await;
    let mut costs = Costs::new();
    for number in 1..=decisions {
        phone.decide(&server, account, number, &mut costs).await;
        if OPENED_AT.contains(&number) {
            phone = phone.open_again(number).await;
        }
    }
    costs.print(decisions);
}

/// A phone that is switched on.
struct Phone {
    app: Authenticator,
    store: Arc<SledStore>,
    line: Arc<Line>,
    folder: PathBuf,
}

/// All that is measured of one decision, in microseconds, and what it wrote.
struct Costs {
    read: Histogram<u64>,
    look: Histogram<u64>,
    sent: Histogram<u64>,
    whole: Histogram<u64>,
    looked: (u64, u64),
    decided: (u64, u64),
}

impl Phone {
    /// Keys and store in a folder, to which a child of this process comes for a cold opening.
    async fn start(server: &LiveServer, folder: &Path) -> Self {
        Self::open(Arc::new(Line::to(server)), folder).await.0
    }

    /// Opens keys, store and authenticator; how long the last two took.
    async fn open(line: Arc<Line>, folder: &Path) -> (Self, [Duration; 2]) {
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let vault = Arc::new(SoftwareVault::in_folder(&folder.join("keys"), random.clone()).unwrap());
        let begun = instant();
        let records = folder.join("store");
        let opened = SledStore::open(&records, vault.clone(), clock.clone(), random.clone()).await.unwrap();
        assert!(opened.report.is_sound());
        let store = Arc::new(opened.store);
        let opened_store = begun.elapsed();
        let app = Authenticator::open(Parts {
            vault,
            transport: line.clone(),
            clock,
            random,
            store: store.clone(),
            profile: DeviceProfile {
                name: "bench".into(),
                model: "bench".into(),
                os: "bench".into(),
                app_version: "0.1.0".into(),
                locale: Locale::Ja,
            },
            allowed_servers: None,
        })
        .await
        .unwrap();
        let times = [opened_store, begun.elapsed().saturating_sub(opened_store)];
        (Self { app, store, line, folder: folder.to_owned() }, times)
    }

    async fn enroll(&self, server: &LiveServer) -> AccountId {
        let begun = server.begin(USER).await.unwrap();
        let preview = self.app.begin_enrollment(begun.text("uri")).await.unwrap();
        let digits = self.app.confirm_account(preview.id).await.unwrap();
        server.confirm(begun.text("id"), &digits).await.unwrap();
        let progress = self.app.enrollment_status(preview.id, Duration::ZERO).await.unwrap();
        assert_eq!(progress, EnrollmentProgress::Active(preview.id));
        preview.id
    }

    /// A push, a look, a tap; what of it was the phone's.
    async fn decide(&self, server: &LiveServer, account: AccountId, number: u64, costs: &mut Costs) {
        let asked = server.ask(USER).await.unwrap();
        assert_eq!(asked.status, 201, "{asked:?}");
        let id = MessageId(Uuid::from_u128(u128::from(number)));
        let text = serde_json::to_vec(&PushHint { v: 1, id, collapse: id }).unwrap();
        let payload = PushPayload::WebPush(sender::encrypt(&self.app.web_push_keys().unwrap(), &text));

        let begun = instant();
        let hint = self.app.push_received(Some(account), &payload).unwrap();
        record(&mut costs.read, begun.elapsed());
        self.app.push_arrived(hint.id).await.unwrap();

        let (begun, away, before) = (instant(), self.line.spent(), self.store.work());
        let mut inbox = self.app.inbox(Duration::ZERO).await.unwrap();
        record(&mut costs.look, begun.elapsed().saturating_sub(self.line.spent().saturating_sub(away)));
        costs.looked = add(costs.looked, before, self.store.work());
        let request = inbox.requests.pop().unwrap();
        assert!(!request.lines.is_empty() && inbox.requests.is_empty());

        let (begun, away, before) = (instant(), self.line.spent(), self.store.work());
        self.app.approve(account, request.challenge, Some(asked.text("number"))).await.unwrap();
        let whole = begun.elapsed();
        record(&mut costs.sent, self.line.answered_at().unwrap().duration_since(begun));
        record(&mut costs.whole, whole.saturating_sub(self.line.spent().saturating_sub(away)));
        costs.decided = add(costs.decided, before, self.store.work());
    }

    /// Closes it, has children of this process open it, and goes on with it.
    async fn open_again(self, past: u64) -> Self {
        let Self { app, store, line, folder } = self;
        drop((app, store));
        cold::measure(&folder, past);
        Self::open(line, &folder).await.0
    }
}

impl Costs {
    fn new() -> Self {
        let [read, look, sent, whole] = [(); 4].map(|()| micros());
        Self { read, look, sent, whole, looked: (0, 0), decided: (0, 0) }
    }

    fn print(&self, decisions: u64) {
        println!("push → hint         {}", shown(&self.read));
        println!("look → rendered     {}", shown(&self.look));
        println!("tap → answer sent   {}", shown(&self.sent));
        println!("tap → success       {}", shown(&self.whole));
        for (name, (commits, syncs)) in [("a look", self.looked), ("a decision", self.decided)] {
            let each = |count: u64| {
                f64::from(u32::try_from(count).unwrap()) / f64::from(u32::try_from(decisions).unwrap())
            };
            println!(
                "written for {name:<11} {:.2} commits, {:.2} waits for the disk",
                each(commits),
                each(syncs)
            );
        }
        println!("(p50 / p99; without the time in the transport)");
    }
}

fn add(sum: (u64, u64), before: (u64, u64), after: (u64, u64)) -> (u64, u64) {
    (sum.0 + after.0 - before.0, sum.1 + after.1 - before.1)
}

pub(super) fn micros() -> Histogram<u64> {
    Histogram::new(3).unwrap()
}

pub(super) fn record(into: &mut Histogram<u64>, time: Duration) {
    into.record(u64::try_from(time.as_micros()).unwrap()).unwrap();
}

/// p50 / p99 in milliseconds.
fn shown(times: &Histogram<u64>) -> String {
    let millis = |quantile| f64::from(u32::try_from(times.value_at_quantile(quantile)).unwrap()) / 1e3;
    format!("{:.2} / {:.2} ms", millis(0.5), millis(0.99))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub(super) fn instant() -> Instant {
    Instant::now()
}
