//! What is recognised as a link is what the ceremonies take, and nothing else is.

use inkan_protocol::{challenge::Start, enrollment::UriError};
use proptest::{
    strategy::{Just, Strategy as _},
    test_runner::{Config, TestRunner},
};
use tokio::runtime::Runtime;

use super::world::World;
use crate::{
    error::Error,
    link::{ChallengeLinkKind, Link, recognise, tests::texts},
};

/// Why a ceremony says that a text is no link for it; `None`: it took it for one.
fn refused<T>(result: &Result<T, Error>) -> Option<UriError> {
    match result {
        Err(Error::Link(error)) => Some(*error),
        _ => None,
    }
}

#[tokio::test]
async fn white_space_around_a_link_stops_nothing() {
    let world = World::new().await;
    let link = format!(" \n{}\u{3000}\n", world.server.begin());
    assert_eq!(recognise(&link), Link::Enrollment { server: world.server.name.clone() });
    world.phone.begin_enrollment(&link).await.unwrap();

    let (world, id) = World::enrolled().await;
    for (start, scan, kind) in
        [(Start::Scan {}, true, ChallengeLinkKind::Scan), (Start::Link {}, false, ChallengeLinkKind::Open)]
    {
        let challenge = world.server.ask(start, None, None);
        let link = format!("\t{}\r\n", world.server.link(challenge, scan));
        let server = world.server.name.clone();
        assert_eq!(recognise(&link), Link::Challenge { server, challenge, kind });
        assert_eq!(world.phone.open_link(&link).await.unwrap().account, id);
    }
}

#[test]
fn what_is_recognised_is_what_the_ceremonies_take() {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::new());
    let texts = proptest::prop_oneof![3 => texts(), 1 => Just(world.server.begin())];
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let agrees = |text: String| {
        let enrollment = refused(&runtime.block_on(world.phone.begin_enrollment(&text)));
        let challenge = refused(&runtime.block_on(world.phone.open_link(&text)));
        let (other, not_ours) = (Some(UriError::OtherVersion), Some(UriError::NotOurs));
        match recognise(&text) {
            Link::Enrollment { .. } => assert_eq!((enrollment, challenge), (None, not_ours), "{text}"),
            Link::Challenge { .. } => assert_eq!((enrollment, challenge), (not_ours, None), "{text}"),
            Link::OtherVersion => assert!(enrollment == other || challenge == other, "{text}"),
            Link::NotOurs => assert_eq!((enrollment, challenge), (not_ours, not_ours), "{text}"),
        }
        Ok(())
    };
    runner.run(&texts.prop_map(|text| format!(" {text}")), agrees).unwrap();
}
