//! A sender of Web Push, as RFC 8291 describes it.

use inkan_core::push::WebPushKeys;
use inkan_protocol::encoding::decode;
use p256::elliptic_curve::point::AffineCoordinates as _;
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{ProjectivePoint, PublicKey, SecretKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

/// The salt and the key of every message: what is measured is opening it.
const SALT: [u8; 16] = [3; 16];
const KEY: [u8; 32] = [5; 32];

/// One message with this text.
pub(super) fn encrypt(to: &WebPushKeys, text: &[u8]) -> Vec<u8> {
    let own = SecretKey::from_slice(&KEY).unwrap();
    let receiver = PublicKey::from_sec1_bytes(&decode(&to.p256dh).unwrap()).unwrap();
    let secret = (ProjectivePoint::from(receiver) * *own.to_nonzero_scalar()).to_affine().x();
    let (sender, receiver) = (own.public_key().to_sec1_point(false), receiver.to_sec1_point(false));
    let auth = decode(&to.auth).unwrap();
    let info = [b"WebPush: info\0".as_slice(), receiver.as_bytes(), sender.as_bytes()];
    let input: [u8; 32] = expand(&Salt::new(HKDF_SHA256, &auth).extract(&secret), &info);
    let input = Salt::new(HKDF_SHA256, &SALT).extract(&input);
    let nonce: [u8; NONCE_LEN] = expand(&input, &[b"Content-Encoding: nonce\0"]);
    let key: [u8; 16] = expand(&input, &[b"Content-Encoding: aes128gcm\0"]);
    let mut record = [text, &[2]].concat();
    LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap())
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)
        .unwrap();
    [SALT.as_slice(), &4096_u32.to_be_bytes(), &[65], sender.as_bytes(), &record].concat()
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(from: &Prk, info: &[&[u8]]) -> [u8; N] {
    let mut bytes = [0; N];
    from.expand(info, Length(N)).unwrap().fill(&mut bytes).unwrap();
    bytes
}
