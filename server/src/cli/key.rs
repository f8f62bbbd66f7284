//! `inkan key`: API keys of the relying party. A key is shown once; the store keeps its hash.

use clap::{Args, Subcommand};
use inkan_protocol::encoding::encode;
use inkan_protocol::ids::Digest;
use inkan_protocol::text;
use inkan_server::clock::{Clock as _, SystemClock};
use inkan_server::model::api_key::{ApiKey, Scope};
use inkan_server::random::{SystemRandom, make_bytes, make_uuid_v7};
use inkan_server::start;
use inkan_server::storage::{Storage, StorageError};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{ConfigArgs, Failure, at, runtime};

#[derive(Subcommand)]
pub(super) enum Key {
    /// Makes a key and prints it, alone, on standard output: the only time it is shown
    Create(Create),
    /// Lists keys, never their secrets
    List(ConfigArgs),
    /// Ends a key at once
    Revoke(Revoke),
}

/// What a new key is to be.
#[derive(Args)]
pub(super) struct Create {
    #[command(flatten)]
    config: ConfigArgs,
    /// What you call it: 1 to 64 characters
    #[arg(long, value_parser = parse_name)]
    name: String,
    /// What it may do: enroll, ask, read, manage
    #[arg(long, value_delimiter = ',', required = true, value_parser = parse_scope)]
    scopes: Vec<Scope>,
    /// For test mode
    #[arg(long)]
    test: bool,
}

/// Which key is ended.
#[derive(Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    config: ConfigArgs,
    /// Its id, as `inkan key list` prints it
    id: Uuid,
}

fn parse_name(name: &str) -> Result<String, String> {
    text::check(name, 64).map(|()| name.to_owned()).map_err(|error| error.to_string())
}

fn parse_scope(name: &str) -> Result<Scope, String> {
    Scope::ALL
        .into_iter()
        .find(|scope| scope.as_str() == name)
        .ok_or_else(|| "scopes are enroll, ask, read and manage, separated by commas".to_owned())
}

impl Key {
    pub(super) fn run(self) -> Result<(), Failure> {
        let config = match &self {
            Self::Create(Create { config, .. })
            | Self::Revoke(Revoke { config, .. })
            | Self::List(config) => config.load()?,
        };
        if let Self::Create(create) = &self
            && create.test
            && !config.test_mode
        {
            return Err(Failure::Input(
                "test mode is off, the key would never work; set test_mode = true, or leave --test out"
                    .to_owned(),
            ));
        }
        runtime()?.block_on(async {
            let storage = start::open_store(&config)?;
            let done = match self {
                Self::Create(create) => create.run(&storage).await,
                Self::List(_) => list(&storage).await,
                Self::Revoke(revoke) => revoke.run(&storage).await,
            };
            storage.close().await;
            done
        })
    }
}

impl Create {
    async fn run(self, storage: &Storage) -> Result<(), Failure> {
        let secret = Zeroizing::new(make_bytes::<32>(&SystemRandom).map_err(Failure::failed)?);
        let shown = Zeroizing::new(format!("{}{}", ApiKey::prefix(!self.test), encode(secret.as_slice())));
        let mut scopes = self.scopes;
        scopes.sort_unstable();
        scopes.dedup();
        let key = ApiKey {
            id: make_uuid_v7(SystemClock.now_millis(), &SystemRandom).map_err(Failure::failed)?,
            name: self.name,
            digest: Digest::of(shown.as_bytes()),
            live: !self.test,
            scopes,
            created_at: SystemClock.now(),
            revoked_at: None,
        };
        write(storage, key, "api_key.created").await?;
        println!("{}", shown.as_str());
        Ok(())
    }
}

async fn list(storage: &Storage) -> Result<(), Failure> {
    let keys =
        storage.read(|tx| tx.api_keys()).await.map_err(|error: StorageError| Failure::failed(error))?;
    for key in keys {
        let mode = if key.live { "live" } else { "test" };
        let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
        let state = key.revoked_at.map_or_else(|| "valid".to_owned(), |when| format!("revoked {}", at(when)));
        println!("{}  {mode}  {}  {}  {state}  {}", key.id, scopes.join(","), at(key.created_at), key.name);
    }
    Ok(())
}

impl Revoke {
    async fn run(self, storage: &Storage) -> Result<(), Failure> {
        let keys =
            storage.read(|tx| tx.api_keys()).await.map_err(|error: StorageError| Failure::failed(error))?;
        let key = keys.into_iter().find(|key| key.id == self.id).ok_or_else(|| {
            Failure::Input(format!("there is no API key {}; `inkan key list` shows them", self.id))
        })?;
        if let Some(when) = key.revoked_at {
            return Err(Failure::Input(format!("the key was revoked before, at {}", at(when))));
        }
        write(storage, ApiKey { revoked_at: Some(SystemClock.now()), ..key }, "api_key.revoked").await?;
        println!("{} is revoked.", self.id);
        Ok(())
    }
}

/// Saves the key and writes down that it was.
async fn write(storage: &Storage, key: ApiKey, kind: &'static str) -> Result<(), Failure> {
    let body = Digest::of(&serde_json::to_vec(&key).map_err(Failure::failed)?);
    let written = storage.write(move |tx| {
        tx.put_api_key(&key)?;
        tx.append_audit(SystemClock.now(), kind, body)
    });
    written.await.map(drop).map_err(|error: StorageError| Failure::failed(error))
}
