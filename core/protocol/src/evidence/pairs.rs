//! Whose phone signed: the pair of keys from the enrollment, and the pairs that renewals brought.

use super::{CLOCK_TOLERANCE, EvidenceError, Part};
use crate::answer::{Answer, Decision};
use crate::enrollment::DeviceRecord;
use crate::ids::{NumericDate, Thumbprint};
use crate::jwk::PublicKey;
use crate::jws::{Unverified, Verified};
use crate::renewal::Renew;

struct Pair {
    possession: PublicKey,
    approval: PublicKey,
    /// When the record or the renewal was issued.
    since: NumericDate,
}

/// A device's pairs, oldest first.
pub(super) struct Pairs(Vec<Pair>);

impl Pairs {
    /// Each renewal by the approval key before it, with the statements of both new keys. No key comes twice.
    pub(super) fn verify(record: &DeviceRecord, renewals: &[String]) -> Result<Self, EvidenceError> {
        let mut pairs = vec![Pair {
            possession: record.possession_key,
            approval: record.approval_key,
            since: record.iat,
        }];
        for (place, compact) in renewals.iter().enumerate() {
            let part = Part::Renewal(place);
            let wrong = |error| EvidenceError::Message { part, error };
            let unverified = Unverified::<Renew>::parse(compact).map_err(wrong)?;
            let before = pairs.last().ok_or(EvidenceError::DeviceKey { part })?;
            if unverified.kid() != Some(before.approval.thumbprint()) {
                return Err(EvidenceError::DeviceKey { part });
            }
            let renew = unverified.verify(&before.approval).map_err(wrong)?.into_payload();
            for (fits, member) in [
                (renew.aud == record.iss, "aud"),
                (renew.iss == record.device, "iss"),
                (renew.iat + CLOCK_TOLERANCE >= before.since, "iat"),
            ] {
                if !fits {
                    return Err(EvidenceError::Mismatch { part, member });
                }
            }
            renew.verify_statements().map_err(wrong)?;
            for (key, member) in
                [(renew.possession_key, "possession_key"), (renew.approval_key, "approval_key")]
            {
                if pairs.iter().any(|pair| pair.possession == key || pair.approval == key) {
                    return Err(EvidenceError::Mismatch { part, member });
                }
            }
            pairs.push(Pair {
                possession: renew.possession_key,
                approval: renew.approval_key,
                since: renew.iat,
            });
        }
        Ok(Self(pairs))
    }

    /// Verifies an answer: approve by an approval key, deny and report by a possession key. Gives the pair's place.
    pub(super) fn answer(
        &self,
        part: Part,
        compact: &str,
    ) -> Result<(Verified<Answer>, usize), EvidenceError> {
        let wrong = |error| EvidenceError::Message { part, error };
        let unverified = Unverified::<Answer>::parse(compact).map_err(wrong)?;
        let kid = unverified.kid().ok_or(EvidenceError::DeviceKey { part })?;
        let (place, key) = self.find(kid).ok_or(EvidenceError::DeviceKey { part })?;
        let answer = unverified.verify(&key).map_err(wrong)?;
        let pair = self.0.get(place).ok_or(EvidenceError::DeviceKey { part })?;
        let right = match answer.payload().decision {
            Decision::Approve => pair.approval,
            Decision::Deny | Decision::Report => pair.possession,
        };
        if key == right { Ok((answer, place)) } else { Err(EvidenceError::DeviceKey { part }) }
    }

    /// Whether a message names a key of this device.
    pub(super) fn has_signed(&self, compact: &str) -> bool {
        let kid = Unverified::<Answer>::parse(compact).ok().and_then(|answer| answer.kid());
        kid.is_some_and(|kid| self.find(kid).is_some())
    }

    /// Whether a pair was in force at a time of the server's clock. Renewals carry the phone's, so both ends have its
    /// tolerance.
    pub(super) fn was_in_force(&self, place: usize, at: NumericDate) -> bool {
        let begun = self.0.get(place).is_some_and(|pair| pair.since <= at.saturating_add(CLOCK_TOLERANCE));
        let ended = self.0.get(place + 1).is_some_and(|next| next.since.saturating_add(CLOCK_TOLERANCE) < at);
        begun && !ended
    }

    fn find(&self, kid: Thumbprint) -> Option<(usize, PublicKey)> {
        self.0.iter().enumerate().find_map(|(place, pair)| {
            let mut keys = [pair.possession, pair.approval].into_iter();
            keys.find(|key| key.thumbprint() == kid).map(|key| (place, key))
        })
    }
}
