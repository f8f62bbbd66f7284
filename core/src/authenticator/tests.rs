//! Ceremonies against a small server in this process: what a phone does when all goes well, when answers get lost, when
//! somebody stands between, and when a future is dropped at any await.

mod answer;
mod describe;
mod enroll;
mod inbox;
mod link;
mod push;
mod renew;
mod server;
mod world;

use super::Authenticator;

#[test]
fn it_can_be_shared_by_threads_and_so_can_its_futures() {
    fn shared<T: Clone + Send + Sync>() {}
    fn sent<T: Send>(_: impl Fn(&'static Authenticator) -> T) {}
    shared::<Authenticator>();
    sent(|phone| phone.begin_enrollment(""));
    sent(|phone| phone.inbox(std::time::Duration::ZERO));
    sent(Authenticator::send_kept);
    sent(|phone| phone.open_link(""));
}
