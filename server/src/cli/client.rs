//! `inkan client`: software that asks by OpenID CIBA. Nobody registers over the network. A secret is shown once; the
//! store keeps its hash.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use inkan_protocol::challenge::is_return_url;
use inkan_protocol::encoding::encode;
use inkan_protocol::ids::Digest;
use inkan_protocol::text;
use inkan_server::clock::{Clock as _, SystemClock};
use inkan_server::jose::{self, VerifyingKey};
use inkan_server::model::openid_client::{Authentication, OpenidClient};
use inkan_server::random::{SystemRandom, make_bytes, make_uuid_v7};
use inkan_server::start;
use inkan_server::storage::{Storage, StorageError};
use zeroize::Zeroizing;

use super::{ConfigArgs, Failure, at, runtime};

#[derive(Subcommand)]
pub(super) enum Client {
    /// Registers a client and prints its client_id and, where it has one, its client_secret: the only time it is shown
    Add(Box<Add>),
    /// Lists clients, never their secrets
    List(ConfigArgs),
    /// Ends a client at once
    Revoke(Revoke),
}

/// What a new client is to be.
#[derive(Args)]
pub(super) struct Add {
    #[command(flatten)]
    config: ConfigArgs,
    /// As customers read it where a request comes from: 1 to 64 characters
    #[arg(long, value_parser = parse_name)]
    name: String,
    /// Its client_id: 1 to 64 of A-Z a-z 0-9 . _ - [default: a new UUID]
    #[arg(long, value_parser = parse_id)]
    id: Option<String>,
    /// How it shows who it is
    #[arg(long, value_enum, default_value_t = Auth::ClientSecret)]
    auth: Auth,
    /// JWK Set with its public keys (P-256, or RSA of 2048 bits or more): for private_key_jwt and signed requests
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Its notification endpoint: delivery mode ping; poll without
    #[arg(long, value_name = "URL", value_parser = parse_endpoint)]
    notify: Option<String>,
    /// For test mode
    #[arg(long)]
    test: bool,
}

/// How a client shows who it is.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Auth {
    /// By a secret, in the header or in the body
    #[value(name = "client_secret")]
    ClientSecret,
    /// By a signature of one of its keys
    #[value(name = "private_key_jwt")]
    PrivateKeyJwt,
}

/// Which client is ended.
#[derive(Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    config: ConfigArgs,
    /// Its client_id, as `inkan client list` prints it
    id: String,
}

fn parse_name(name: &str) -> Result<String, String> {
    text::check(name, 64).map(|()| name.to_owned()).map_err(|error| error.to_string())
}

fn parse_id(id: &str) -> Result<String, String> {
    if OpenidClient::is_id(id) { Ok(id.to_owned()) } else { Err("1 to 64 of A-Z a-z 0-9 . _ -".to_owned()) }
}

fn parse_endpoint(url: &str) -> Result<String, String> {
    if is_return_url(url) {
        Ok(url.to_owned())
    } else {
        Err("an https address without user, password or fragment; http to this machine alone".to_owned())
    }
}

impl Client {
    pub(super) fn run(self) -> Result<(), Failure> {
        let config = match &self {
            Self::Add(add) => add.config.load()?,
            Self::Revoke(Revoke { config, .. }) | Self::List(config) => config.load()?,
        };
        if let Self::Add(add) = &self
            && add.test
            && !config.test_mode
        {
            return Err(Failure::Input(
                "test mode is off, the client would never work; set test_mode = true, or leave --test out"
                    .to_owned(),
            ));
        }
        runtime()?.block_on(async {
            let storage = start::open_store(&config)?;
            let done = match self {
                Self::Add(add) => add.run(&storage).await,
                Self::List(_) => list(&storage).await,
                Self::Revoke(revoke) => revoke.run(&storage).await,
            };
            storage.close().await;
            done
        })
    }
}

impl Add {
    async fn run(self, storage: &Storage) -> Result<(), Failure> {
        let keys = self.jwks.as_deref().map_or_else(|| Ok(Vec::new()), read_keys)?;
        if self.auth == Auth::PrivateKeyJwt && keys.is_empty() {
            return Err(Failure::Input(
                "private_key_jwt needs the client's public keys: --jwks FILE".to_owned(),
            ));
        }
        let id = match self.id {
            Some(id) => id,
            None => {
                make_uuid_v7(SystemClock.now_millis(), &SystemRandom).map_err(Failure::failed)?.to_string()
            }
        };
        let secret = match self.auth {
            Auth::ClientSecret => {
                let bytes = Zeroizing::new(make_bytes::<32>(&SystemRandom).map_err(Failure::failed)?);
                Some(Zeroizing::new(encode(bytes.as_slice())))
            }
            Auth::PrivateKeyJwt => None,
        };
        let authentication = match &secret {
            Some(secret) => Authentication::Secret { digest: Digest::of(secret.as_bytes()) },
            None => Authentication::PrivateKeyJwt,
        };
        let client = OpenidClient {
            id: id.clone(),
            name: self.name,
            live: !self.test,
            authentication,
            keys,
            notification_endpoint: self.notify,
            created_at: SystemClock.now(),
            revoked_at: None,
        };
        if !write(storage, client, "openid_client.created", true).await? {
            return Err(Failure::Input(format!("there is a client {id}, or was one; give another id")));
        }
        println!("client_id={id}");
        if let Some(secret) = secret {
            println!("client_secret={}", secret.as_str());
        }
        Ok(())
    }
}

fn read_keys(file: &Path) -> Result<Vec<VerifyingKey>, Failure> {
    let document =
        std::fs::read(file).map_err(|error| Failure::Input(format!("{}: {error}", file.display())))?;
    jose::read_keys(&document).map_err(|error| Failure::Input(format!("{}: {error}", file.display())))
}

async fn list(storage: &Storage) -> Result<(), Failure> {
    let clients =
        storage.read(|tx| tx.openid_clients()).await.map_err(|error: StorageError| Failure::failed(error))?;
    for client in clients {
        let mode = if client.live { "live" } else { "test" };
        let auth = match client.authentication {
            Authentication::Secret { .. } => "client_secret",
            Authentication::PrivateKeyJwt => "private_key_jwt",
        };
        let delivery = client.delivery_mode();
        let to = client.notification_endpoint.as_deref().unwrap_or("-");
        let state =
            client.revoked_at.map_or_else(|| "valid".to_owned(), |when| format!("revoked {}", at(when)));
        let since = at(client.created_at);
        println!("{}  {mode}  {auth}  {delivery}  {to}  {since}  {state}  {}", client.id, client.name);
    }
    Ok(())
}

impl Revoke {
    async fn run(self, storage: &Storage) -> Result<(), Failure> {
        let id = self.id.clone();
        let found = storage.read(move |tx| tx.openid_client(&id)).await;
        let client = found.map_err(|error: StorageError| Failure::failed(error))?.ok_or_else(|| {
            Failure::Input(format!("there is no client {}; `inkan client list` shows them", self.id))
        })?;
        if let Some(when) = client.revoked_at {
            return Err(Failure::Input(format!("the client was revoked before, at {}", at(when))));
        }
        let client = OpenidClient { revoked_at: Some(SystemClock.now()), ..client };
        write(storage, client, "openid_client.revoked", false).await?;
        println!("{} is revoked.", self.id);
        Ok(())
    }
}

/// Saves the client and writes down that it was; `false` if it was to be new and is not.
async fn write(
    storage: &Storage,
    client: OpenidClient,
    kind: &'static str,
    new: bool,
) -> Result<bool, Failure> {
    let body = Digest::of(&serde_json::to_vec(&client).map_err(Failure::failed)?);
    let written = storage.write(move |tx| {
        if new && tx.openid_client(&client.id)?.is_some() {
            return Ok(false);
        }
        tx.put_openid_client(&client)?;
        tx.append_audit(SystemClock.now(), kind, body)?;
        Ok(true)
    });
    written.await.map_err(|error: StorageError| Failure::failed(error))
}
