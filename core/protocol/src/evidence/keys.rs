//! Whose server signed: key sets under the identity, signing keys by time, revoked keys, published heads.

use super::{EvidenceError, Part};
use crate::challenge::Challenge;
use crate::enrollment::DeviceRecord;
use crate::ids::{Digest, NumericDate, ServerName, Thumbprint};
use crate::jws::{Message, Unverified, Verified};
use crate::keys::{KeySet, verify_key_set};
use crate::log::{LogRow, PublishedHead};
use crate::receipt::{LogReference, Receipt, Verdict};

/// A message that the server signs with one of its signing keys.
pub(super) trait Issued: Message {
    fn issued(&self) -> (&ServerName, NumericDate);
}

macro_rules! issued {
    ($($message:ty),*) => {
        $(impl Issued for $message {
            fn issued(&self) -> (&ServerName, NumericDate) {
                (&self.iss, self.iat)
            }
        })*
    };
}

issued!(DeviceRecord, Challenge, Receipt, Verdict);

/// The server's keys, as the sets under one identity list them, and the heads that vouch for what revoked ones signed.
pub(super) struct ServerKeys<'a> {
    pub(super) server: ServerName,
    sets: Vec<KeySet>,
    heads: Vec<(NumericDate, Vec<(&'a LogRow, Digest)>)>,
}

/// A verified message of the server, and since when its key is revoked.
pub(super) struct Stated<M> {
    pub(super) message: Verified<M>,
    revoked_at: Option<NumericDate>,
}

impl<'a> ServerKeys<'a> {
    /// Sets in order of their versions, each by the identity trusted so far or endorsed by it.
    pub(super) fn verify(
        compacts: &[String],
        identity: Thumbprint,
        heads: &'a [PublishedHead],
    ) -> Result<Self, EvidenceError> {
        let first = compacts.first().ok_or(EvidenceError::NoKeySet)?;
        let wrong = |place: usize| move |error| EvidenceError::Message { part: Part::KeySet(place), error };
        let named =
            Unverified::<KeySet>::parse(first).and_then(Unverified::verify_introduced).map_err(wrong(0))?;
        let server = named.payload().iss.clone();
        let mut trusted = identity;
        let mut sets: Vec<KeySet> = Vec::with_capacity(compacts.len());
        for (place, compact) in compacts.iter().enumerate() {
            let set = verify_key_set(compact, &server, trusted).map_err(wrong(place))?;
            if sets.last().is_some_and(|earlier| earlier.version >= set.payload().version) {
                return Err(EvidenceError::Mismatch { part: Part::KeySet(place), member: "version" });
            }
            trusted = set.signer();
            sets.push(set.into_payload());
        }
        let heads = heads
            .iter()
            .enumerate()
            .map(|(place, head)| {
                head.chain().map(|chain| (head.published_at, chain)).ok_or(EvidenceError::Head(place))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { server, sets, heads })
    }

    /// Verifies a message of the server under a key that a set lists for the message's `iat`.
    pub(super) fn stated<M: Issued>(&self, part: Part, compact: &str) -> Result<Stated<M>, EvidenceError> {
        let unverified =
            Unverified::<M>::parse(compact).map_err(|error| EvidenceError::Message { part, error })?;
        let kid = unverified.kid().ok_or(EvidenceError::SigningKey { part })?;
        let key = self
            .sets
            .iter()
            .flat_map(|set| &set.keys)
            .find(|key| key.kid == kid)
            .ok_or(EvidenceError::SigningKey { part })?;
        let message = unverified.verify(&key.jwk).map_err(|error| EvidenceError::Message { part, error })?;
        let (server, iat) = message.payload().issued();
        if server != &self.server {
            return Err(EvidenceError::Mismatch { part, member: "iss" });
        }
        if !self.sets.iter().any(|set| set.listed_key_at(kid, iat).is_some()) {
            return Err(EvidenceError::SigningKey { part });
        }
        let revocations = self.sets.iter().flat_map(|set| &set.revoked);
        let revoked_at = revocations.filter(|revoked| revoked.kid == kid).map(|revoked| revoked.at).min();
        Ok(Stated { message, revoked_at })
    }

    /// Refuses what a revoked key signed, unless a row with this body stands under a head published before. Where the
    /// message quotes its row, it must be that row.
    pub(super) fn require_standing<M>(
        &self,
        part: Part,
        stated: &Stated<M>,
        body: Digest,
        quoted: Option<LogReference>,
    ) -> Result<(), EvidenceError> {
        let Some(revoked_at) = stated.revoked_at else { return Ok(()) };
        let stands =
            self.heads.iter().filter(|(published_at, _)| *published_at < revoked_at).any(|(_, chain)| {
                chain.iter().any(|(row, hash)| {
                    row.body == body
                        && quoted.is_none_or(|quoted| quoted.row == row.row && quoted.hash == *hash)
                })
            });
        if stands { Ok(()) } else { Err(EvidenceError::RevokedKey { part }) }
    }

    /// When the earliest head over this row, with this body, was published. A head that holds another row in its place
    /// contradicts.
    pub(super) fn published_at(
        &self,
        quoted: LogReference,
        body: Digest,
    ) -> Result<Option<NumericDate>, EvidenceError> {
        let mut earliest: Option<NumericDate> = None;
        for (published_at, chain) in &self.heads {
            let Some((row, hash)) = chain.iter().find(|(row, _)| row.row == quoted.row) else { continue };
            if *hash != quoted.hash {
                return Err(EvidenceError::LogContradicts);
            }
            if row.body == body {
                earliest = Some(earliest.map_or(*published_at, |earlier| earlier.min(*published_at)));
            }
        }
        Ok(earliest)
    }
}
