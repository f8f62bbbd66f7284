//! The body of a Web Push message: RFC 8291 over RFC 8188, `aes128gcm`, one record.
//!
//! ```text
//! header: salt (16) | record size (u32) | key length (1) = 65 | our key of this message (65)
//! record: AES-128-GCM of: text | 0x02
//!
//! input   = HKDF(salt: auth, ECDH, "WebPush: info" 0x00 | their public key | ours, 32 bytes)
//! key     = HKDF(salt: salt, input, "Content-Encoding: aes128gcm" 0x00, 16 bytes)
//! nonce   = HKDF(salt: salt, input, "Content-Encoding: nonce" 0x00, 12 bytes)
//! ```
//!
//! Every doorbell has the same length, so none is padded: its size says nothing.

use inkan_protocol::encoding::decode;
use inkan_protocol::enrollment::Push;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use zeroize::Zeroizing;

use crate::push::signing::POINT;

/// RFC 8188 §2.1; one record holds all that a push service carries.
const RECORD_SIZE: u32 = 4096;
/// Ends the text of the last record.
const LAST: u8 = 2;

/// What a phone registered: the keys that a message is sealed to.
pub(super) struct Receiver {
    pub(super) public: [u8; POINT],
    pub(super) auth: [u8; 16],
}

impl Receiver {
    /// `None` where the registration holds no such keys. Whether the point lies on the curve, the agreement finds out.
    pub(super) fn of(registration: &Push) -> Option<Self> {
        // some libraries pad base64url
        let read = |key: &Option<String>| decode(key.as_deref()?.trim_end_matches('=')).ok();
        Some(Self {
            public: read(&registration.p256dh)?.try_into().ok()?,
            auth: read(&registration.auth)?.try_into().ok()?,
        })
    }
}

/// Seals `text`, no longer than a record. `secret` is what `sender`, our key of this message, agrees with theirs.
pub(super) fn seal(
    text: &[u8],
    receiver: &Receiver,
    sender: &[u8; POINT],
    secret: &[u8],
    salt: [u8; 16],
) -> Option<Vec<u8>> {
    let mut input = Zeroizing::new([0; 32]);
    let prk = Salt::new(HKDF_SHA256, &receiver.auth).extract(secret);
    expand(&prk, &[b"WebPush: info\0", &receiver.public, sender], input.as_mut_slice())?;
    let prk = Salt::new(HKDF_SHA256, &salt).extract(input.as_slice());
    let mut nonce = [0; NONCE_LEN];
    expand(&prk, &[b"Content-Encoding: nonce\0"], &mut nonce)?;
    let key = UnboundKey::from(prk.expand(&[b"Content-Encoding: aes128gcm\0"], &AES_128_GCM).ok()?);
    let mut record = [text, &[LAST]].concat();
    LessSafeKey::new(key)
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)
        .ok()?;
    let key_length = u8::try_from(POINT).ok()?;
    Some([salt.as_slice(), &RECORD_SIZE.to_be_bytes(), &[key_length], sender, &record].concat())
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand(prk: &Prk, info: &[&[u8]], out: &mut [u8]) -> Option<()> {
    prk.expand(info, Length(out.len())).and_then(|okm| okm.fill(out)).ok()
}

#[cfg(test)]
mod tests {
    use inkan_protocol::encoding::{decode_array, encode};
    use inkan_protocol::enrollment::PushProvider;

    use super::*;

    /// RFC 8291, Appendix A.
    #[test]
    fn the_vector_of_rfc_8291() {
        let registration = Push {
            provider: PushProvider::Webpush,
            token: "https://push.example.jp/x".into(),
            p256dh: Some(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4="
                    .into(),
            ),
            auth: Some("BTBZMqHH6r4Tts7J_aSIgg==".into()),
        };
        let receiver = Receiver::of(&registration).unwrap();
        let sender =
            decode("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8");
        let secret = decode("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs").unwrap();
        let salt = decode_array("DGv6ra1nlYgDCS1FRnbzlw").unwrap();
        let text = b"When I grow up, I want to be a watermelon";
        let sealed = seal(text, &receiver, &sender.unwrap().try_into().unwrap(), &secret, salt).unwrap();
        assert_eq!(
            encode(sealed),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        );
    }
}
