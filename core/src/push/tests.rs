//! The vector of RFC 8291, a sender of our own for what it does not cover, and every kind of damage.

use inkan_protocol::{encoding::decode, ids::MessageId};
use proptest::prelude::*;

use super::*;
use crate::test_support::{BrokenRandom, SeededRandom};

/// RFC 8291, Appendix A.
const VECTOR_TEXT: &[u8] = b"When I grow up, I want to be a watermelon";
const VECTOR_KEY: &str = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94";
const VECTOR_PUBLIC: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const VECTOR_AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";
const VECTOR_SENDER: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";
const VECTOR_SALT: &str = "DGv6ra1nlYgDCS1FRnbzlw";
const VECTOR_MESSAGE: &str = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";

fn array<const N: usize>(text: &str) -> [u8; N] {
    decode(text).unwrap().try_into().unwrap()
}

fn vector() -> WebPushSecrets {
    WebPushSecrets { key: array(VECTOR_KEY), auth: array(VECTOR_AUTH) }
}

fn keys() -> WebPushKeys {
    vector().public().unwrap()
}

/// A sender: what RFC 8291 says for the other side, with a record of the test's choice.
pub(crate) struct Sender {
    salt: [u8; 16],
    key: [u8; 32],
    record_size: u32,
}

impl Sender {
    pub(crate) fn new() -> Self {
        Self { salt: array(VECTOR_SALT), key: array(VECTOR_SENDER), record_size: 4096 }
    }

    pub(crate) fn send(&self, to: &WebPushKeys, record: &[u8]) -> Vec<u8> {
        let own = SecretKey::from_slice(&self.key).unwrap();
        let receiver = PublicKey::from_sec1_bytes(&decode(&to.p256dh).unwrap()).unwrap();
        let auth = decode(&to.auth).unwrap();
        let secret = (ProjectivePoint::from(receiver) * *own.to_nonzero_scalar()).to_affine().x();
        let sender = point_of(&own.public_key());
        let mut input = [0; 32];
        let prk = Salt::new(HKDF_SHA256, &auth).extract(&secret);
        expand(&prk, &[b"WebPush: info\0", &point_of(&receiver), &sender], &mut input).unwrap();
        let prk = Salt::new(HKDF_SHA256, &self.salt).extract(&input);
        let (mut nonce, mut key) = ([0; 12], [0; 16]);
        expand(&prk, &[b"Content-Encoding: nonce\0"], &mut nonce).unwrap();
        expand(&prk, &[b"Content-Encoding: aes128gcm\0"], &mut key).unwrap();
        let mut sealed = record.to_vec();
        LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap())
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
            .unwrap();
        let header = [self.salt.as_slice(), &self.record_size.to_be_bytes(), &[65], &sender].concat();
        [header, sealed].concat()
    }
}

fn hint() -> PushHint {
    let id = |text: &str| text.parse::<MessageId>().unwrap();
    PushHint {
        v: 1,
        id: id("01890a5d-ac96-774b-bcce-b302099a8057"),
        collapse: id("01890a5d-ac96-774b-bcce-b302099a8058"),
    }
}

fn hint_record() -> Vec<u8> {
    [serde_json::to_vec(&hint()).unwrap(), vec![LAST, 0, 0, 0]].concat()
}

#[test]
fn the_vector_of_rfc_8291_opens_and_is_what_our_sender_makes() {
    let message = decode(VECTOR_MESSAGE).unwrap();
    assert_eq!(vector().open(&message).unwrap().as_slice(), VECTOR_TEXT);
    assert_eq!(vector().public().unwrap().p256dh, VECTOR_PUBLIC);
    assert_eq!(vector().public().unwrap().auth, VECTOR_AUTH);
    assert_eq!(Sender::new().send(&keys(), &[VECTOR_TEXT, &[LAST]].concat()), message);
}

#[test]
fn a_hint_is_read_from_web_push_and_in_clear() {
    let secrets = WebPushSecrets::make(&SeededRandom::new(3)).unwrap();
    let web = PushPayload::WebPush(Sender::new().send(&secrets.public().unwrap(), &hint_record()));
    assert_eq!(read(&web, Some(&secrets)), Ok(hint()));
    assert_eq!(read(&web, None), Err(PushError::DoesNotOpen));
    let clear = serde_json::to_vec(&hint()).unwrap();
    assert_eq!(read(&PushPayload::Plain(clear.clone()), None), Ok(hint()));
    // what is not encrypted is not taken for Web Push
    assert_eq!(read(&PushPayload::WebPush(clear), Some(&secrets)), Err(PushError::SenderKey));
}

#[test]
fn every_changed_byte_and_every_cut_is_refused() {
    let message = Sender::new().send(&keys(), &hint_record());
    assert!(vector().open(&message).is_ok(), "the control");
    for place in 0..message.len() {
        let mut changed = message.clone();
        changed[place] ^= 0x80;
        // another record size alone changes nothing that was encrypted
        let harmless = (16..20).contains(&place);
        assert_eq!(vector().open(&changed).is_ok(), harmless, "byte {place}");
        assert!(vector().open(&message[..place]).is_err(), "length {place}");
    }
    for length in [0, 15, 19, 20, 85, 86, 102] {
        assert_eq!(vector().open(&message[..length]), Err(PushError::Truncated), "length {length}");
    }
    assert_eq!(vector().open(&message[..103]), Err(PushError::DoesNotOpen));
}

#[test]
fn other_keys_do_not_open_it() {
    let message = Sender::new().send(&keys(), &hint_record());
    let other = WebPushSecrets { key: [9; 32], auth: vector().auth };
    assert_eq!(other.open(&message), Err(PushError::DoesNotOpen));
    let other = WebPushSecrets { key: vector().key, auth: [9; 16] };
    assert_eq!(other.open(&message), Err(PushError::DoesNotOpen));
    // kept, and no key any more
    let none = WebPushSecrets { key: [0; 32], auth: vector().auth };
    assert_eq!(none.open(&message), Err(PushError::DoesNotOpen));
    assert_eq!(none.public(), None);
}

#[test]
fn a_senders_key_is_a_point_of_the_curve() {
    let message = Sender::new().send(&keys(), &hint_record());
    let mut other = message.clone();
    // x = y = 1 is on no curve of ours
    other[22..86].fill(1);
    assert_eq!(vector().open(&other), Err(PushError::SenderKey));
    for (place, byte) in [(20, 0), (20, 33), (20, 64), (20, 255), (21, 0), (21, 2), (21, 6)] {
        let mut other = message.clone();
        other[place] = byte;
        assert_eq!(vector().open(&other), Err(PushError::SenderKey), "{place}: {byte}");
    }
}

#[test]
fn one_record_of_an_allowed_size_and_no_other() {
    let sent = |record_size, record: &[u8]| {
        vector().open(&Sender { record_size, ..Sender::new() }.send(&keys(), record))
    };
    let exact = u32::try_from(hint_record().len() + TAG_LEN).unwrap();
    assert!(sent(exact, &hint_record()).is_ok());
    assert!(sent(u32::MAX, &hint_record()).is_ok());
    assert_eq!(sent(exact - 1, &hint_record()), Err(PushError::SeveralRecords));
    for size in [0, 1, 17] {
        assert_eq!(sent(size, &[LAST]), Err(PushError::RecordSize), "{size}");
    }
    assert!(sent(18, &[LAST]).is_ok());
    // two records, each well made: the second begins where the first ends
    let two =
        [Sender { record_size: 20, ..Sender::new() }.send(&keys(), &[b'a', b'b', b'c', 1]), vec![0; 20]];
    assert_eq!(vector().open(&two.concat()), Err(PushError::SeveralRecords));
}

#[test]
fn the_text_has_an_end() {
    let sent = |record: &[u8]| vector().open(&Sender::new().send(&keys(), record));
    assert_eq!(sent(&[LAST]).unwrap().as_slice(), b"");
    assert_eq!(sent(&[LAST, LAST, 0]).unwrap().as_slice(), [LAST]);
    // none at all, padding alone, a record that says that more follows, another byte behind the end
    for wrong in [
        b"text".as_slice(),
        &[0],
        &[0; 40],
        b"text\x01",
        b"text\x01\0\0",
        b"text\x02\x03",
        b"text\x02\0\x01\0",
    ] {
        assert_eq!(sent(wrong), Err(PushError::Padding), "{wrong:?}");
    }
}

#[test]
fn too_large_is_too_large() {
    let sender = Sender { record_size: 8192, ..Sender::new() };
    let record = |text: usize| [vec![b' '; text], vec![LAST]].concat();
    assert_eq!(vector().open(&sender.send(&keys(), &record(4096))).unwrap().len(), 4096);
    assert_eq!(vector().open(&sender.send(&keys(), &record(4097))), Err(PushError::TooLarge));
    assert_eq!(vector().open(&vec![0; 1 << 20]), Err(PushError::TooLarge));
    assert_eq!(read(&PushPayload::Plain(vec![b' '; 4097]), None), Err(PushError::TooLarge));
}

#[test]
fn what_is_inside_must_be_a_hint() {
    let inside = |text: &[u8]| {
        let message = Sender::new().send(&keys(), &[text, &[LAST]].concat());
        read(&PushPayload::WebPush(message), Some(&vector()))
    };
    assert_eq!(inside(b""), Err(PushError::NotAHint));
    assert_eq!(inside(VECTOR_TEXT), Err(PushError::NotAHint));
    assert_eq!(inside(b"{\"v\":2}"), Err(PushError::OtherVersion));
}

#[test]
fn keys_are_made_from_randomness_and_are_the_vectors_only_for_the_vector() {
    let made = |seed| WebPushSecrets::make(&SeededRandom::new(seed)).unwrap().public().unwrap();
    assert_eq!(made(1), made(1));
    assert_ne!(made(1), made(2));
    assert_eq!(decode(&made(1).p256dh).unwrap().len(), 65);
    assert_eq!(decode(&made(1).auth).unwrap().len(), 16);
    assert!(WebPushSecrets::make(&BrokenRandom).is_err());
}

#[test]
fn codes_are_stable_and_differ() {
    let mut codes: Vec<_> = PushError::ALL.into_iter().map(PushError::code).collect();
    assert!(codes.iter().all(|code| code.starts_with("push_")));
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), PushError::ALL.len());
}

proptest! {
    #[test]
    fn any_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(vector().open(&bytes).is_err());
        drop(read(&PushPayload::Plain(bytes), None));
    }

    #[test]
    fn what_a_sender_makes_is_what_arrives(text in prop::collection::vec(any::<u8>(), 0..600), padding in 0_usize..64, salt in any::<[u8; 16]>(), seed in any::<u64>()) {
        let secrets = WebPushSecrets::make(&SeededRandom::new(seed)).unwrap();
        let record = [text.clone(), vec![LAST], vec![0; padding]].concat();
        let message = Sender { salt, ..Sender::new() }.send(&secrets.public().unwrap(), &record);
        prop_assert_eq!(secrets.open(&message).unwrap().to_vec(), text);
    }
}
