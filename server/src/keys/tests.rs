use inkan_protocol::jws::Unverified;
use inkan_protocol::keys::{IdentityChange, LISTED_AHEAD, MAX_KEY_LIFE, verify_key_set};

use super::*;

const NOW: NumericDate = 1_800_000_000;

fn server() -> ServerName {
    "https://auth.example.jp".parse().unwrap()
}

fn message(keys: &ServerKeys) -> IdentityChange {
    IdentityChange { iss: server(), aud: server(), iat: NOW, from: keys.identity(), to: keys.identity() }
}

fn signer_of(compact: &str) -> Thumbprint {
    Unverified::<IdentityChange>::parse(compact).unwrap().kid().unwrap()
}

fn newest(keys: &ServerKeys) -> KeySet {
    verify_key_set(&keys.newest_set().1, &server(), keys.identity()).unwrap().into_payload()
}

#[test]
fn what_is_signed_verifies_under_the_set_that_the_identity_signed() {
    let keys = ServerKeys::in_memory(NOW, &server()).unwrap();
    let compact = keys.sign(NOW, &message(&keys)).unwrap();
    let kid = signer_of(&compact);
    let key = *newest(&keys).key_at(kid, NOW).unwrap();
    assert!(Unverified::<IdentityChange>::parse(&compact).unwrap().verify(&key).is_ok());
    assert_eq!(keys.signing_key_at(kid, NOW), Some(key));
    // another identity vouches for none of it
    let other = ServerKeys::in_memory(NOW, &server()).unwrap();
    assert!(verify_key_set(&keys.newest_set().1, &server(), other.identity()).is_err());
    assert_eq!(other.signing_key_at(kid, NOW), None);
}

#[test]
fn every_signature_has_a_low_s() {
    // ring gives a high S every second time: 64 signatures without one are no accident
    let keys = ServerKeys::in_memory(NOW, &server()).unwrap();
    for _ in 0..64 {
        let compact = keys.sign(NOW, &message(&keys)).unwrap();
        let key = keys.signing_key_at(signer_of(&compact), NOW).unwrap();
        assert!(Unverified::<IdentityChange>::parse(&compact).unwrap().verify(&key).is_ok());
    }
}

#[test]
fn a_rotated_key_is_listed_a_day_before_it_signs() {
    let keys = ServerKeys::in_memory(NOW, &server()).unwrap();
    let first = signer_of(&keys.sign(NOW, &message(&keys)).unwrap());
    let next = keys.rotate(NOW + 1000).unwrap();
    let takes_over = NOW + 1000 + LISTED_AHEAD;
    assert_eq!((next.not_before, next.not_after), (takes_over, takes_over + MAX_KEY_LIFE));
    let set = newest(&keys);
    assert_eq!((set.version, set.keys.len()), (2, 2));
    for (at, kid) in [(takes_over - 1, first), (takes_over, next.kid)] {
        assert_eq!(signer_of(&keys.sign(at, &message(&keys)).unwrap()), kid, "{at}");
    }
    assert!(matches!(keys.rotate(NOW + 2000), Err(KeysError::AlreadyRotated { .. })));
    assert!(keys.rotate(takes_over).is_ok());
    assert_eq!(keys.sets().len(), 3);
    assert_eq!(keys.newest_set().0, 3);
}

#[test]
fn a_late_rotation_leaves_no_gap() {
    let keys = ServerKeys::in_memory(NOW, &server()).unwrap();
    let end = NOW + MAX_KEY_LIFE;
    assert_eq!(keys.rotate(end - 3600).unwrap().not_before, end);
    let keys = ServerKeys::in_memory(NOW, &server()).unwrap();
    assert!(matches!(keys.sign(end, &message(&keys)), Err(KeysError::NoneInForce)));
    assert_eq!(keys.rotate(end + 5).unwrap().not_before, end + 5);
    assert!(keys.sign(end + 5, &message(&keys)).is_ok());
}

#[test]
fn a_revoked_key_signs_nothing_and_a_new_one_stands_in() {
    let keys = ServerKeys::in_memory(NOW, &server()).unwrap();
    let first = signer_of(&keys.sign(NOW, &message(&keys)).unwrap());
    let new = keys.revoke(first, NOW + 10).unwrap().unwrap();
    assert_eq!(new.not_before, NOW + 10);
    assert_eq!(signer_of(&keys.sign(NOW + 10, &message(&keys)).unwrap()), new.kid);
    assert_eq!(keys.signing_key_at(first, NOW), None);
    let set = newest(&keys);
    assert_eq!(set.revoked.len(), 1);
    assert!(set.key_at(first, NOW).is_none() && set.listed_key_at(first, NOW).is_some());
    assert!(matches!(keys.revoke(first, NOW + 11), Err(KeysError::AlreadyRevoked(_))));
    assert!(matches!(keys.revoke(keys.identity(), NOW), Err(KeysError::UnknownKey(_))));
}

#[test]
fn revoking_a_key_beside_one_in_force_needs_no_other() {
    let keys = ServerKeys::in_memory(NOW, &server()).unwrap();
    let first = signer_of(&keys.sign(NOW, &message(&keys)).unwrap());
    let next = keys.rotate(NOW).unwrap();
    assert_eq!(keys.revoke(next.kid, NOW + 1).unwrap(), None);
    assert_eq!(signer_of(&keys.sign(NOW + 2 * LISTED_AHEAD, &message(&keys)).unwrap()), first);
}

#[test]
fn a_set_stays_small_however_often_keys_change() {
    let keys = ServerKeys::in_memory(NOW, &server()).unwrap();
    for day in 0..40 {
        let now = NOW + day * 80 * 24 * 3600;
        keys.rotate(now).unwrap();
        assert!(keys.sign(now, &message(&keys)).is_ok(), "{day}");
    }
    assert!(newest(&keys).keys.len() <= 16);
    // a key that the newest set no longer lists is still known from the set that did
    let first =
        verify_key_set(&keys.sets()[0], &server(), keys.identity()).unwrap().into_payload().keys[0].kid;
    assert!(newest(&keys).keys.iter().all(|key| key.kid != first));
    assert!(keys.signing_key_at(first, NOW).is_some());
}

#[test]
fn pins_are_published_with_an_end_and_outlive_a_rotation() {
    let keys = ServerKeys::in_memory(NOW, &server()).unwrap();
    keys.pin(&[Digest([1; 32]), Digest([2; 32])], NOW).unwrap();
    keys.rotate(NOW).unwrap();
    let set = newest(&keys);
    assert_eq!(set.version, 3);
    assert_eq!(set.pins.iter().map(|pin| pin.spki).collect::<Vec<_>>(), [Digest([1; 32]), Digest([2; 32])]);
    assert!(set.pins.iter().all(|pin| pin.not_after == NOW + MAX_KEY_LIFE));
    keys.pin(&[], NOW + 1).unwrap();
    assert_eq!(newest(&keys).pins, []);
}

#[test]
fn the_end_of_the_last_key_is_announced() {
    let keys = ServerKeys::in_memory(NOW, &server()).unwrap();
    let end = NOW + MAX_KEY_LIFE;
    assert_eq!(keys.warning(end - WARN_BEFORE), None);
    let warning = keys.warning(end - WARN_BEFORE + 1).unwrap();
    assert!(warning.contains("13 days") && warning.contains("inkan keys rotate"), "{warning}");
    assert!(keys.warning(end).unwrap().contains("no signing key is in force"));
    keys.rotate(end - 3600).unwrap();
    assert_eq!(keys.warning(end - 1800), None);
}

#[test]
fn keys_outlive_the_process_and_another_takes_over_what_was_rotated() {
    let data = tempfile::tempdir().unwrap();
    let made = ServerKeys::create(KeyFolder::live(data.path()), &server(), NOW).unwrap();
    let open = || ServerKeys::open(KeyFolder::live(data.path()), &server()).unwrap();
    let running = open();
    assert_eq!(running.identity(), made.identity());
    assert_eq!(running.newest_set(), made.newest_set());
    let next = made.rotate(NOW).unwrap();
    assert_eq!(running.newest_set().0, 1);
    running.reload().unwrap();
    assert_eq!(running.newest_set(), made.newest_set());
    assert_eq!(signer_of(&running.sign(next.not_before, &message(&running)).unwrap()), next.kid);
    assert!(running.listed().iter().all(|listed| listed.held && listed.revoked_at.is_none()));
    // the second `init` harms nothing
    assert!(matches!(
        ServerKeys::create(KeyFolder::live(data.path()), &server(), NOW),
        Err(KeysError::Access(FileError::Exists(_)))
    ));
    assert_eq!(open().newest_set(), made.newest_set());
}

#[test]
fn an_identity_key_that_lies_there_is_taken_but_a_used_folder_is_not() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (own, folder) = (KeyFolder::live(from.path()), KeyFolder::live(to.path()));
    let identity = ServerKeys::create(own.clone(), &server(), NOW).unwrap().identity();
    folder.create().unwrap();
    std::fs::copy(own.identity_path(), folder.identity_path()).unwrap();
    assert_eq!(ServerKeys::create(folder.clone(), &server(), NOW).unwrap().identity(), identity);
    for file in ["key-set-1.jws", "signing-1.key"] {
        let again = ServerKeys::create(folder.clone(), &server(), NOW);
        assert!(matches!(again, Err(KeysError::Access(FileError::Exists(_)))), "{file}");
        std::fs::remove_file(folder.path().join(file)).unwrap();
    }
}

#[test]
fn live_and_test_share_nothing() {
    let data = tempfile::tempdir().unwrap();
    let live = ServerKeys::create(KeyFolder::live(data.path()), &server(), NOW).unwrap();
    let test = ServerKeys::create(KeyFolder::test(data.path()), &server(), NOW).unwrap();
    assert_ne!(live.identity(), test.identity());
    let kid = signer_of(&test.sign(NOW, &message(&test)).unwrap());
    assert_eq!(live.signing_key_at(kid, NOW), None);
}

#[test]
fn without_its_identity_key_a_server_signs_but_cannot_rotate() {
    let data = tempfile::tempdir().unwrap();
    let folder = KeyFolder::live(data.path());
    let identity = ServerKeys::create(folder.clone(), &server(), NOW).unwrap().identity();
    std::fs::remove_file(folder.identity_path()).unwrap();
    let keys = ServerKeys::open(folder, &server()).unwrap();
    assert_eq!(keys.identity(), identity);
    assert!(keys.sign(NOW, &message(&keys)).is_ok());
    let before = keys.newest_set();
    assert!(matches!(keys.rotate(NOW), Err(KeysError::NoIdentityKey(_))));
    assert_eq!(keys.newest_set(), before);
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let folder = KeyFolder::live(one.path());
    assert!(matches!(ServerKeys::open(folder.clone(), &server()), Err(KeysError::Missing(_))));
    ServerKeys::create(folder.clone(), &server(), NOW).unwrap();
    let other: ServerName = "https://other.example.jp".parse().unwrap();
    assert!(matches!(ServerKeys::open(folder.clone(), &other), Err(KeysError::OtherServer { .. })));
    // the identity key of another folder
    let foreign = KeyFolder::live(two.path());
    ServerKeys::create(foreign.clone(), &server(), NOW).unwrap();
    std::fs::copy(foreign.identity_path(), folder.identity_path()).unwrap();
    assert!(matches!(ServerKeys::open(folder.clone(), &server()), Err(KeysError::File { .. })));
    // a changed set
    let set = foreign.path().join("key-set-1.jws");
    let mut text = std::fs::read(&set).unwrap();
    let last = text.len() - 20;
    text[last] = if text[last] == b'A' { b'B' } else { b'A' };
    std::fs::write(&set, text).unwrap();
    assert!(matches!(ServerKeys::open(foreign, &server()), Err(KeysError::File { .. })));
}
