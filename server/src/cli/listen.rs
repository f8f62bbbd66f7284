//! `inkan listen`.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use inkan_server::clock::{Clock, SystemClock};
use inkan_server::listen::{Forwarded, ListenError, Listener};
use inkan_server::model::webhook::is_pattern;
use inkan_server::outbound::{Outbound, SystemNames};
use inkan_server::random::{SystemRandom, make_bytes};
use inkan_server::start;
use inkan_server::webhook::signature::{Signer, public_key, read_secret, show_public_key, show_secret};
use url::Url;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Failure, runtime};

/// Between two looks.
const PAUSE: Duration = Duration::from_secs(1);

/// What `listen` is told.
#[derive(Args)]
pub(super) struct Listen {
    /// Where events are posted to, for instance http://localhost:3000/hooks
    #[arg(long, value_name = "URL", value_parser = parse_url)]
    forward_to: Url,
    /// The server
    #[arg(long, value_name = "URL", default_value = "https://localhost:8443", value_parser = parse_url)]
    server: Url,
    /// An API key with the scope `read`. Others on this machine see arguments; the variable they do not
    #[arg(long, env = "LISTEN_API_KEY", hide_env_values = true, value_name = "KEY")]
    key: String,
    /// Only these: `*`, a family such as challenge.*, or a kind such as challenge.approved
    #[arg(long, value_delimiter = ',', default_value = "*", value_parser = parse_pattern)]
    events: Vec<String>,
    /// Read on after this event, instead of from now on
    #[arg(long, value_name = "EVENT")]
    after: Option<Uuid>,
    /// Sign with this secret (whsec_…) instead of a new one
    #[arg(long, env = "LISTEN_SECRET", hide_env_values = true, value_name = "SECRET")]
    secret: Option<String>,
    /// PEM file of root certificates that are trusted beside the public ones: ca.pem of a demo
    #[arg(long, value_name = "FILE")]
    roots: Option<PathBuf>,
}

fn parse_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if ["http", "https"].contains(&url.scheme()) && url.has_host() {
        Ok(url)
    } else {
        Err("not an http or https address".to_owned())
    }
}

fn parse_pattern(text: &str) -> Result<String, String> {
    if is_pattern(text) {
        Ok(text.to_owned())
    } else {
        Err("not `*`, a family such as challenge.*, or a kind such as challenge.approved".to_owned())
    }
}

impl Listen {
    pub(super) fn run(self) -> Result<(), Failure> {
        let secret = match &self.secret {
            Some(secret) => read_secret(secret)
                .map_err(|_| Failure::input("--secret: not whsec_ and base64 of 24 to 64 bytes"))?,
            None => Zeroizing::new(make_bytes::<32>(&SystemRandom).map_err(Failure::failed)?.to_vec()),
        };
        let seed = Zeroizing::new(make_bytes::<32>(&SystemRandom).map_err(Failure::failed)?);
        let shown = show_secret(&secret);
        let public_key = show_public_key(&public_key(&seed).map_err(Failure::failed)?);
        let roots = self.roots.as_deref().map(start::read_roots).transpose()?.unwrap_or_default();
        let outbound = Outbound::new(&roots, Vec::new(), Arc::new(SystemNames)).map_err(Failure::input)?;
        let listener = Listener {
            server: self.server,
            key: Zeroizing::new(self.key),
            forward_to: self.forward_to,
            events: self.events,
            client: outbound.to_configured().map_err(Failure::failed)?,
            signer: Signer::new(&[secret], &seed).map_err(Failure::failed)?,
            clock: Arc::new(SystemClock),
        };
        runtime()?.block_on(async {
            let mut after = match self.after {
                Some(after) => after,
                None => listener.now().await.map_err(Failure::input)?,
            };
            say(&format!("secret      {}", shown.as_str()));
            say(&format!("public key  {public_key}"));
            say(&format!("events of {} are posted to {}", listener.server, listener.forward_to));
            loop {
                match listener.round(after, |one| tell(&one)).await {
                    Ok(next) => after = next,
                    Err(error @ ListenError::Key(_)) => return Err(Failure::input(error)),
                    // it is read on from the same place
                    Err(error @ ListenError::Server(_)) => eprintln!("{error}"),
                }
                SystemClock.sleep(PAUSE).await;
            }
        })
    }
}

fn tell(one: &Forwarded) {
    let ended = match &one.ended {
        Ok(status) => status.to_string(),
        Err(why) => why.clone(),
    };
    say(&format!("{}  {}  {ended}", one.id, one.kind));
}

/// Whoever reads a pipe reads each line as it comes.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // whoever started this and left has no need of the line
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
