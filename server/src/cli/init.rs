//! `inkan init`: a configuration to fill in, or a whole demo on this machine.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use inkan_server::clock::{Clock as _, SystemClock};
use inkan_server::config::{Config, Sources, template};
use inkan_server::random::SystemRandom;
use inkan_server::{private_file, start};
use toml::Value;

use super::{Failure, certificate};

/// What `init` is told.
#[derive(Args)]
pub(super) struct Init {
    /// The folder to write to; made if it is missing. Nothing that is there is written over
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Write keys and a certificate for localhost too, in profile dev
    #[arg(long)]
    demo: bool,
    /// The demo's port
    #[arg(long, default_value_t = 8443, requires = "demo", value_name = "PORT")]
    port: u16,
    /// Where the app may return to; may be repeated
    #[arg(long, requires = "demo", default_value = "https://localhost:9443/return", value_name = "URL")]
    return_url: Vec<String>,
}

impl Init {
    pub(super) fn run(&self) -> Result<(), Failure> {
        private_file::create_folder(&self.dir).map_err(Failure::input)?;
        if self.demo { self.write_demo() } else { self.write_template() }
    }

    fn config_file(&self) -> PathBuf {
        self.dir.join("inkan.toml")
    }

    fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        private_file::create(&self.dir.join(name), text.as_bytes()).map_err(Failure::input)
    }

    fn write_template(&self) -> Result<(), Failure> {
        self.write("inkan.toml", &template(&BTreeMap::new()))?;
        let file = self.config_file();
        let file = file.display();
        println!("{file} is written. Now fill in what is empty, then run:");
        println!("  inkan config check --config {file}");
        println!("  inkan keys make --config {file}");
        println!("  inkan key create --config {file} --name backend --scopes enroll,ask,read");
        println!("  inkan serve --config {file}");
        Ok(())
    }

    fn write_demo(&self) -> Result<(), Failure> {
        let file = self.config_file();
        let text = template(&self.demo_values());
        // everything is checked before anything is written
        let sources = Sources { file: Some((file.clone(), text.clone())), ..Sources::default() };
        let config = Config::from_sources(&sources)?;
        self.write("inkan.toml", &text)?;
        let demo = certificate::make(SystemClock.now())?;
        self.write("ca.pem", &demo.authority)?;
        self.write("tls.pem", &demo.certificate)?;
        self.write("tls.key", &demo.key)?;
        start::make(&config, &SystemClock, &SystemRandom)?;
        println!("{} is written, with keys and a certificate for this machine.", file.display());
        Ok(())
    }

    fn demo_values(&self) -> BTreeMap<&'static str, Value> {
        let text = |text: &str| Value::String(text.to_owned());
        BTreeMap::from([
            ("profile", text("dev")),
            ("listen", Value::String(format!("127.0.0.1:{}", self.port))),
            ("server_name", Value::String(origin(self.port))),
            ("tls.certificate", text("tls.pem")),
            ("tls.key", text("tls.key")),
            ("relying_party.id", text("mirai")),
            ("relying_party.name", text("みらい証券（デモ）")),
            ("return_urls", Value::Array(self.return_url.iter().map(|url| text(url)).collect())),
            // everything comes from one address here
            ("rate_limits.device_requests_per_minute", Value::Integer(1_000_000)),
            ("rate_limits.api_requests_per_minute", Value::Integer(100_000_000)),
            ("log.format", text("text")),
        ])
    }
}

/// The default port of https is not written.
fn origin(port: u16) -> String {
    if port == 443 { "https://localhost".to_owned() } else { format!("https://localhost:{port}") }
}
