//! The three programs of the demo: how they are built, and the command line of each call.

use std::{
    env,
    fs::File,
    io::BufReader,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use cargo_metadata::Message;

use super::{
    DemoError,
    children::{BUILD, Children},
    ports::Ports,
};
use crate::process::{Workspace, capture};

/// Where the demo keeps what it makes.
pub(super) struct State {
    pub(super) folder: PathBuf,
    pub(super) logs: PathBuf,
    pub(super) api_key: PathBuf,
    build: PathBuf,
    server: PathBuf,
    config: PathBuf,
    pub(super) trust: PathBuf,
    phone: PathBuf,
    certificate: PathBuf,
    certificate_key: PathBuf,
    evidence: PathBuf,
}

impl State {
    pub(super) fn below(folder: PathBuf) -> Self {
        let server = folder.join("server");
        Self {
            logs: folder.join("logs"),
            api_key: folder.join("api-key"),
            build: folder.join("logs").join("build.json"),
            config: server.join("inkan.toml"),
            trust: server.join("ca.pem"),
            certificate: server.join("tls.pem"),
            certificate_key: server.join("tls.key"),
            server,
            phone: folder.join("phone"),
            evidence: folder.join("evidence.json"),
            folder,
        }
    }
}

/// The programs as cargo built them.
pub(super) struct Programs {
    pub(super) inkan: PathBuf,
    pub(super) phone: PathBuf,
    pub(super) broker: PathBuf,
}

impl Programs {
    /// Builds them with cargo's own progress on the screen. Programs are named, not packages, for the reason that
    /// `generated.rs` gives. Where they are is asked of cargo, because a build for a named target puts them elsewhere.
    pub(super) fn build(
        workspace: &Workspace,
        children: &mut Children<'_>,
        state: &State,
    ) -> Result<Self, DemoError> {
        let said = File::create(&state.build).map_err(DemoError::file(&state.build))?;
        let programs = ["--bin", "inkan", "--bin", "inkan-phone", "--bin", "inkan-demo-broker"];
        children.run(
            workspace
                .cargo(["build", "--locked", "--message-format=json-render-diagnostics"])
                .args(programs)
                .stdout(said),
            BUILD,
        )?;
        let said = File::open(&state.build).map_err(DemoError::file(&state.build))?;
        let built: Vec<_> = Message::parse_stream(BufReader::new(said))
            .filter_map(|message| match message.ok()? {
                Message::CompilerArtifact(artifact) => Some((artifact.target.name, artifact.executable?)),
                _ => None,
            })
            .collect();
        let find = |name: &'static str| {
            let program = built.iter().find(|(built, _)| built == name);
            program.map(|(_, path)| path.clone().into_std_path_buf()).ok_or(DemoError::NotBuilt(name))
        };
        Ok(Self { inkan: find("inkan")?, phone: find("inkan-phone")?, broker: find("inkan-demo-broker")? })
    }

    /// Makes the server's keys, certificate and configuration.
    pub(super) fn init(&self, workspace: &Workspace, state: &State, ports: Ports) -> Command {
        let mut command = program(workspace, &self.inkan);
        command.args(["init", "--demo", "--port", &ports.server.to_string()]);
        command.args(["--return-url", &format!("https://localhost:{}/return", ports.broker_tls), "--dir"]);
        command.arg(&state.server);
        command
    }

    /// The demo broker's API key, made by the server's program.
    pub(super) fn make_key(&self, workspace: &Workspace, state: &State) -> Result<String, DemoError> {
        let mut command = program(workspace, &self.inkan);
        command.args(["key", "create", "--name", "demo", "--scopes", "enroll,ask,read,manage", "--config"]);
        one_word(&capture(command.arg(&state.config))?)
            .filter(|key| key.starts_with("ik_live_"))
            .ok_or(DemoError::NoKey)
    }

    pub(super) fn server(&self, workspace: &Workspace, state: &State) -> Command {
        let mut command = program(workspace, &self.inkan);
        command.args(["serve", "--config"]).arg(&state.config);
        command
    }

    /// The walk moves the phone through its local API, as any program of this machine may in a demo.
    pub(super) fn phone(&self, workspace: &Workspace, state: &State, ports: Ports) -> Command {
        let mut command = program(workspace, &self.phone);
        command.arg("--home").arg(&state.phone).arg("--trust").arg(&state.trust);
        command.args(["serve", "--open-control", "--listen", &loopback(ports.phone)]);
        command
    }

    /// The broker's own pages take the certificate that the server's program made: both are `localhost`.
    pub(super) fn broker(&self, workspace: &Workspace, state: &State, ports: Ports) -> Command {
        let mut command = program(workspace, &self.broker);
        command.args([
            "serve",
            "--listen",
            &loopback(ports.broker),
            "--tls-listen",
            &loopback(ports.broker_tls),
        ]);
        command.arg("--tls-certificate").arg(&state.certificate).arg("--tls-key").arg(&state.certificate_key);
        command.args(["--api", &format!("https://localhost:{}", ports.server), "--trust"]).arg(&state.trust);
        command.arg("--key-file").arg(&state.api_key);
        command.args(["--phone", &format!("http://{}", loopback(ports.phone))]);
        command
    }

    /// The walk says each step on its standard output.
    pub(super) fn walk(&self, workspace: &Workspace, state: &State, ports: Ports) -> Command {
        let mut command = program(workspace, &self.broker);
        command.args(["walk", "--broker", &format!("https://localhost:{}", ports.broker_tls)]);
        command.args(["--phone", &format!("http://{}", loopback(ports.phone)), "--trust"]).arg(&state.trust);
        command.arg("--evidence").arg(&state.evidence);
        command
    }

    /// The thumbprint of the server's identity key: what whoever checks the evidence has to be told.
    pub(super) fn identity(&self, workspace: &Workspace, state: &State) -> Result<String, DemoError> {
        let mut command = program(workspace, &self.inkan);
        let said = capture(command.args(["identity", "--config"]).arg(&state.config))?;
        one_word(&said).ok_or(DemoError::NoIdentity)
    }

    pub(super) fn verify_evidence(&self, workspace: &Workspace, state: &State, identity: &str) -> Command {
        let mut command = program(workspace, &self.inkan);
        command.args(["evidence", "verify"]).arg(&state.evidence).args(["--identity", identity]);
        command
    }
}

/// A program of the demo. What the person's own environment says about proxies or another server is kept from it:
/// everything here stays on this machine.
fn program(workspace: &Workspace, path: &Path) -> Command {
    let mut command = workspace.program(path);
    command.stdin(Stdio::null());
    for (name, _) in env::vars_os() {
        if name.to_str().is_some_and(is_about_elsewhere) {
            command.env_remove(name);
        }
    }
    command
}

fn is_about_elsewhere(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    name.starts_with("INKAN_") || name.ends_with("_PROXY")
}

fn loopback(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// What a program printed, if it is one word on a line of its own.
fn one_word(said: &[u8]) -> Option<String> {
    let mut words = str::from_utf8(said).ok()?.split_whitespace();
    let word = words.next()?;
    words.next().is_none().then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{is_about_elsewhere, one_word};

    #[test]
    fn a_key_is_one_word() {
        assert_eq!(one_word(b"ik_live_abc\n"), Some("ik_live_abc".to_owned()));
        for said in [&b""[..], b"\n", b"key: ik_live_abc\n", b"ik_live_abc\nkeep it\n", b"\xff"] {
            assert_eq!(one_word(said), None);
        }
    }

    #[test]
    fn proxies_and_settings_of_another_server_stay_out() {
        for name in ["http_proxy", "HTTPS_PROXY", "ALL_PROXY", "no_proxy", "INKAN_LISTEN"] {
            assert!(is_about_elsewhere(name), "{name}");
        }
        assert!(!is_about_elsewhere("PATH"));
        assert!(!is_about_elsewhere("RUST_LOG"));
    }
}
