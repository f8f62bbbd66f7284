//! Which keys the next set lists, and from when: pure, given the newest set and the time.
//!
//! ```text
//! first      ├──────── 90 days ────────┤
//! rotated            ·24 h·├──────── 90 days ────────┤      the newest in force signs
//! revoked    ├───✗
//! and then        ├──────── 90 days ────────┤               at once, if no other key is in force
//! ```

use inkan_protocol::ids::{NumericDate, Thumbprint};
use inkan_protocol::jwk::PublicKey;
use inkan_protocol::keys::{KeySet, LISTED_AHEAD, MAX_KEY_LIFE, RevokedKey, SigningKey};

use super::KeysError;

/// Most keys that a set lists: those whose time has passed go first, oldest first. Sets that listed them are kept.
const MOST_LISTED: usize = 16;
/// Most revocations that a set may carry (`KeySet::check`).
const MOST_REVOKED: usize = 64;

/// A key and the 90 days from `not_before` in which it signs.
pub(super) fn entry(key: &PublicKey, not_before: NumericDate) -> SigningKey {
    SigningKey {
        kid: key.thumbprint(),
        jwk: *key,
        not_before,
        not_after: not_before.saturating_add(MAX_KEY_LIFE),
    }
}

/// The newest key that signs at `now`.
pub(super) fn in_force(set: &KeySet, now: NumericDate) -> Option<&SigningKey> {
    set.keys
        .iter()
        .filter(|key| set.key_at(key.kid, now).is_some())
        .max_by_key(|key| (key.not_before, key.kid))
}

/// The last second plus one that the keys of `set` which are not revoked reach.
pub(super) fn last_until(set: &KeySet) -> Option<NumericDate> {
    unrevoked(set).map(|key| key.not_after).max()
}

fn unrevoked(set: &KeySet) -> impl Iterator<Item = &SigningKey> {
    set.keys.iter().filter(|key| !set.revoked.iter().any(|revoked| revoked.kid == key.kid))
}

/// When a key added at `now` comes into force: listed 24 hours ahead, sooner where signing would otherwise stop.
pub(super) fn next_not_before(set: &KeySet, now: NumericDate) -> Result<NumericDate, KeysError> {
    if let Some(waiting) = unrevoked(set).find(|key| key.not_before > now) {
        return Err(KeysError::AlreadyRotated { kid: waiting.kid, from: waiting.not_before });
    }
    let ahead = now.saturating_add(LISTED_AHEAD);
    Ok(in_force(set, now).map_or(now, |key| key.not_after.min(ahead)))
}

/// The set that follows `set`, with `added` besides.
pub(super) fn following(
    set: &KeySet,
    added: Option<SigningKey>,
    now: NumericDate,
) -> Result<KeySet, KeysError> {
    let version = set.version.checked_add(1).ok_or(KeysError::Unavailable)?;
    let mut keys = set.keys.clone();
    keys.extend(added);
    while keys.len() > MOST_LISTED {
        let oldest = keys
            .iter()
            .enumerate()
            .filter(|(_, key)| key.not_after <= now || set.revoked.iter().any(|gone| gone.kid == key.kid))
            .min_by_key(|(_, key)| key.not_after)
            .map(|(place, _)| place)
            .ok_or(KeysError::TooMany)?;
        keys.remove(oldest);
    }
    Ok(KeySet { version, iat: now.max(set.iat), keys, ..set.clone() })
}

/// Marks `kid` as lost from `now` on.
pub(super) fn revoke(mut set: KeySet, kid: Thumbprint, now: NumericDate) -> Result<KeySet, KeysError> {
    if set.revoked.iter().any(|revoked| revoked.kid == kid) {
        return Err(KeysError::AlreadyRevoked(kid));
    }
    if set.revoked.len() >= MOST_REVOKED {
        return Err(KeysError::TooMany);
    }
    set.revoked.push(RevokedKey { kid, at: now });
    Ok(set)
}
