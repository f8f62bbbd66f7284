//! The server's own keys: an identity that phones pin, and the signing keys that it vouches for in sets of rising
//! version.
//!
//! ```text
//! identity.key ──signs──▶ key-set-1.jws, key-set-2.jws …     each signed once, served as stored, kept for ever
//!                              │ list
//!                              ▼
//!                    signing-1.key, signing-2.key …          enrollments, challenges, receipts, verdicts
//! ```
//!
//! Each mode, live and test, has all of this for itself. A running server needs the identity key for nothing: it is read
//! when a set is made and may otherwise be kept elsewhere. Whoever changes the folder ([`ServerKeys::rotate`],
//! [`ServerKeys::revoke`]) does it for its own process; a running server takes it over by [`ServerKeys::reload`].

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use inkan_protocol::ids::{Digest, NumericDate, ServerName, Thumbprint};
use inkan_protocol::jwk::PublicKey;
use inkan_protocol::jws::{JwsError, Message};
use inkan_protocol::keys::{KeySet, MAX_KEY_LIFE, Pin, SigningKey};

pub use self::ephemeral::EphemeralKey;
pub use self::folder::KeyFolder;
use self::signer::Signer;
use crate::private_file::FileError;

mod ephemeral;
mod folder;
mod schedule;
mod signer;

/// From when on the end of the last signing key is worth a warning: 14 days before.
const WARN_BEFORE: u64 = 14 * 24 * 3600;

/// Why a key could not be read, made or used. Each says what to do where there is something to do.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The folder holds no key set.
    #[error("there are no keys in {0}; `inkan keys make` makes them, or put back those of your backup")]
    Missing(PathBuf),
    /// A file that does not hold what its name says.
    #[error("{path} is not usable: {why}; put back the one from your backup")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A file that cannot be read or written.
    #[error(transparent)]
    Access(#[from] FileError),
    /// Not a private key on P-256.
    #[error("not a P-256 private key in PKCS#8")]
    NotAKey,
    /// The keys are those of another server.
    #[error("the keys belong to {found}, but server_name is {expected}; one of the two is wrong")]
    OtherServer {
        /// Whose they are.
        found: ServerName,
        /// Whose they should be.
        expected: ServerName,
    },
    /// The identity key is needed to sign a set and is not in its folder.
    #[error("{0} is needed to sign a key set; put it there for this command")]
    NoIdentityKey(PathBuf),
    /// No signing key is in force.
    #[error("no signing key is in force; run `inkan keys rotate`")]
    NoneInForce,
    /// The next key is already listed.
    #[error("the next signing key {kid} is already listed and takes over at {from} (seconds since 1970)")]
    AlreadyRotated {
        /// The key that waits.
        kid: Thumbprint,
        /// When it comes into force.
        from: NumericDate,
    },
    /// No set lists that key.
    #[error("no key {0} is listed; `inkan keys list` shows them")]
    UnknownKey(Thumbprint),
    /// It was revoked before.
    #[error("key {0} is already revoked")]
    AlreadyRevoked(Thumbprint),
    /// A set cannot list more keys.
    #[error("the key set cannot hold more keys or revocations")]
    TooMany,
    /// Somebody else made a set at the same moment.
    #[error("another command is changing the keys at this moment; run `inkan keys list`, then try again")]
    AtOnce,
    /// The message cannot be signed as it is.
    #[error(transparent)]
    Message(#[from] JwsError),
    /// The random source or the signature failed.
    #[error("the key could not be used: the random source or the signature failed")]
    Unavailable,
}

/// One key of the newest set, for whoever wants to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    /// The key and its times.
    pub key: SigningKey,
    /// When it was revoked, if it was.
    pub revoked_at: Option<NumericDate>,
    /// Whether its private half is here.
    pub held: bool,
}

/// The keys of one mode.
pub struct ServerKeys {
    place: Place,
    server: ServerName,
    state: RwLock<Arc<State>>,
}

enum Place {
    Folder(KeyFolder),
    Memory(Box<Signer>),
}

struct State {
    identity: Thumbprint,
    sets: Vec<StoredSet>,
    newest: StoredSet,
    signers: Vec<Arc<Signer>>,
}

/// A set as it is served, and what it says.
#[derive(Clone)]
struct StoredSet {
    signer: Thumbprint,
    compact: String,
    set: KeySet,
}

impl ServerKeys {
    /// Makes identity, first signing key and first set in a folder that has neither signing key nor set. An
    /// `identity.key` that lies there is taken: your own, or that of an attempt that was cut short.
    pub fn create(folder: KeyFolder, server: &ServerName, now: NumericDate) -> Result<Self, KeysError> {
        folder.create()?;
        folder.require_unused()?;
        let identity = if let Some(identity) = folder.read_identity()? {
            identity
        } else {
            let (identity, document) = Signer::make()?;
            folder.write_identity(&document)?;
            identity
        };
        let (signer, document) = Signer::make()?;
        folder.write_signer(&document)?;
        folder.write_set(&first_set(&identity, &signer, server, now)?)?;
        Self::open(folder, server)
    }

    /// Reads the keys of a folder.
    pub fn open(folder: KeyFolder, server: &ServerName) -> Result<Self, KeysError> {
        let state = read(&folder, server)?;
        Ok(Self { place: Place::Folder(folder), server: server.clone(), state: RwLock::new(Arc::new(state)) })
    }

    /// New keys that live as long as this value: for tests.
    pub fn in_memory(now: NumericDate, server: &ServerName) -> Result<Self, KeysError> {
        let ((identity, _), (signer, _)) = (Signer::make()?, Signer::make()?);
        let newest = first_set(&identity, &signer, server, now)?;
        let state = State {
            identity: newest.signer,
            sets: vec![newest.clone()],
            newest,
            signers: vec![Arc::new(signer)],
        };
        Ok(Self {
            place: Place::Memory(Box::new(identity)),
            server: server.clone(),
            state: RwLock::new(Arc::new(state)),
        })
    }

    /// Reads the folder again, so that what another process rotated or revoked counts here. On an error all stays.
    pub fn reload(&self) -> Result<(), KeysError> {
        if let Place::Folder(folder) = &self.place {
            self.replace(read(folder, &self.server)?);
        }
        Ok(())
    }

    /// Whose keys these are.
    pub fn server(&self) -> &ServerName {
        &self.server
    }

    /// The thumbprint that phones pin and that evidence is checked against.
    pub fn identity(&self) -> Thumbprint {
        self.state().identity
    }

    /// Whether a signing key is in force and here.
    pub fn can_sign(&self, now: NumericDate) -> bool {
        self.state().signer_at(now).is_ok()
    }

    /// Signs `message` with the newest signing key in force at `now`, named by `kid`. The message's own `iat` must be
    /// `now`: by it the key's times are judged for ever.
    pub fn sign<M: Message>(&self, now: NumericDate, message: &M) -> Result<String, KeysError> {
        self.state().signer_at(now)?.sign(message)
    }

    /// Version and text of the newest set.
    pub fn newest_set(&self) -> (u64, String) {
        let state = self.state();
        (state.newest.set.version, state.newest.compact.clone())
    }

    /// Every set there ever was, oldest first: evidence may need any of them.
    pub fn sets(&self) -> Vec<String> {
        self.state().sets.iter().map(|stored| stored.compact.clone()).collect()
    }

    /// The key `kid`, if it may have signed a message issued at `iat` and is not revoked now.
    pub fn signing_key_at(&self, kid: Thumbprint, iat: NumericDate) -> Option<PublicKey> {
        let state = self.state();
        if state.newest.set.revoked.iter().any(|revoked| revoked.kid == kid) {
            return None;
        }
        state.sets.iter().rev().find_map(|stored| stored.set.listed_key_at(kid, iat)).copied()
    }

    /// The keys of the newest set, in the order of their listing.
    pub fn listed(&self) -> Vec<ListedKey> {
        let state = self.state();
        let set = &state.newest.set;
        set.keys
            .iter()
            .map(|key| ListedKey {
                key: key.clone(),
                revoked_at: set.revoked.iter().find(|revoked| revoked.kid == key.kid).map(|gone| gone.at),
                held: state.signer(key.kid).is_some(),
            })
            .collect()
    }

    /// When the last key that is not revoked ends.
    pub fn signs_until(&self) -> Option<NumericDate> {
        schedule::last_until(&self.state().newest.set)
    }

    /// What an operator should do about the signing keys, if anything: none is in force, or the last one ends within
    /// 14 days.
    pub fn warning(&self, now: NumericDate) -> Option<String> {
        let state = self.state();
        if let Err(error) = state.signer_at(now) {
            return Some(error.to_string());
        }
        let left = schedule::last_until(&state.newest.set)?.saturating_sub(now);
        (left < WARN_BEFORE).then(|| {
            format!("the last signing key ends in {} days; run `inkan keys rotate`", left / (24 * 3600))
        })
    }

    /// Adds the next signing key, listed 24 hours ahead, in a new set.
    pub fn rotate(&self, now: NumericDate) -> Result<SigningKey, KeysError> {
        self.change(now, |set| Ok((set.clone(), Some(schedule::next_not_before(set, now)?))))?
            .ok_or(KeysError::Unavailable)
    }

    /// Says in a new set that `kid` was lost at `now`. Where no other key is in force, a new one is from `now` on, and
    /// is answered: waiting 24 hours would mean standing still.
    pub fn revoke(&self, kid: Thumbprint, now: NumericDate) -> Result<Option<SigningKey>, KeysError> {
        if !self.state().sets.iter().any(|stored| stored.set.keys.iter().any(|key| key.kid == kid)) {
            return Err(KeysError::UnknownKey(kid));
        }
        self.change(now, |set| {
            let set = schedule::revoke(set.clone(), kid, now)?;
            let not_before = schedule::in_force(&set, now).is_none().then_some(now);
            Ok((set, not_before))
        })
    }

    /// Publishes TLS pins in a new set, in force for 90 days from `now`: phones meet them on top of their own check, and
    /// no longer when they end. None takes away those that were published.
    pub fn pin(&self, pins: &[Digest], now: NumericDate) -> Result<(), KeysError> {
        let not_after = now.saturating_add(MAX_KEY_LIFE);
        let pins: Vec<Pin> = pins.iter().map(|spki| Pin { spki: *spki, not_after }).collect();
        self.change(now, |set| Ok((KeySet { pins, ..set.clone() }, None))).map(drop)
    }

    /// Makes the next set from what `plan` says: the newest set, changed, and when a new key begins, if one is to be.
    fn change(
        &self,
        now: NumericDate,
        plan: impl FnOnce(&KeySet) -> Result<(KeySet, Option<NumericDate>), KeysError>,
    ) -> Result<Option<SigningKey>, KeysError> {
        // what was changed by another process since is not written over
        self.reload()?;
        let state = self.state();
        let (set, not_before) = plan(&state.newest.set)?;
        let added = not_before.map(|from| Signer::make().map(|(key, document)| (key, document, from)));
        let added = added.transpose()?;
        let entry = added.as_ref().map(|(key, _, from)| schedule::entry(key.public(), *from));
        let set = schedule::following(&set, entry.clone(), now)?;
        match &self.place {
            Place::Folder(folder) => {
                let identity = folder
                    .read_identity()?
                    .ok_or_else(|| KeysError::NoIdentityKey(folder.identity_path()))?;
                let stored = sign_set(&identity, set)?;
                // the key first: a set never lists what is not on disk
                if let Some((_, document, _)) = &added {
                    folder.write_signer(document)?;
                }
                folder.write_set(&stored)?;
                self.reload()?;
            }
            Place::Memory(identity) => {
                let newest = sign_set(identity, set)?;
                let mut signers = state.signers.clone();
                signers.extend(added.map(|(key, ..)| Arc::new(key)));
                let mut sets = state.sets.clone();
                sets.push(newest.clone());
                self.replace(State { identity: state.identity, sets, newest, signers });
            }
        }
        Ok(entry)
    }

    fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, state: State) {
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
    }
}

impl State {
    fn signer(&self, kid: Thumbprint) -> Option<&Arc<Signer>> {
        self.signers.iter().find(|signer| signer.public().thumbprint() == kid)
    }

    fn signer_at(&self, now: NumericDate) -> Result<&Arc<Signer>, KeysError> {
        let key = schedule::in_force(&self.newest.set, now).ok_or(KeysError::NoneInForce)?;
        self.signer(key.kid).ok_or(KeysError::NoneInForce)
    }
}

fn first_set(
    identity: &Signer,
    signer: &Signer,
    server: &ServerName,
    now: NumericDate,
) -> Result<StoredSet, KeysError> {
    let set = KeySet {
        iss: server.clone(),
        aud: server.clone(),
        iat: now,
        version: 1,
        keys: vec![schedule::entry(signer.public(), now)],
        pins: Vec::new(),
        revoked: Vec::new(),
        endorsement: None,
    };
    sign_set(identity, set)
}

fn sign_set(identity: &Signer, set: KeySet) -> Result<StoredSet, KeysError> {
    Ok(StoredSet { signer: identity.public().thumbprint(), compact: identity.introduce(&set)?, set })
}

fn read(folder: &KeyFolder, server: &ServerName) -> Result<State, KeysError> {
    let sets = folder.read_sets()?;
    let newest = sets.last().cloned().ok_or_else(|| KeysError::Missing(folder.path().to_owned()))?;
    if &newest.set.iss != server {
        return Err(KeysError::OtherServer { found: newest.set.iss, expected: server.clone() });
    }
    if let Some(identity) = folder.read_identity()?
        && identity.public().thumbprint() != newest.signer
    {
        let why = "the newest key set was signed by another identity".to_owned();
        return Err(KeysError::File { path: folder.identity_path(), why });
    }
    let signers = folder.read_signers()?.into_iter().map(Arc::new).collect();
    Ok(State { identity: newest.signer, sets, newest, signers })
}

#[cfg(test)]
mod tests;
