//! Running other programs: cargo above all, with its output streamed as it comes.

use std::{
    env,
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::{Command, ExitStatus, Stdio},
};

/// Why a program did not do what it was started for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProcessError {
    #[error("`{command}` could not be started: {source}")]
    NotStarted { command: String, source: io::Error },
    #[error("`{command}` failed ({status})")]
    Failed { command: String, status: ExitStatus },
    #[error("`cargo metadata` failed: {0}")]
    Metadata(#[from] cargo_metadata::Error),
    #[error("the workspace was not found above {}", .0.display())]
    NoWorkspace(PathBuf),
}

/// Where the workspace is, where cargo builds, and which cargo it is.
pub(crate) struct Workspace {
    /// The folder of the workspace's Cargo.toml.
    pub(crate) root: PathBuf,
    /// The folder cargo builds into.
    pub(crate) target: PathBuf,
    /// Every package of the dependency graph, for all platforms.
    pub(crate) metadata: cargo_metadata::Metadata,
    cargo: PathBuf,
}

impl Workspace {
    /// Finds the workspace this program was started from. Reads `cargo metadata --locked`, so a lock file that is out
    /// of date ends every command here.
    pub(crate) fn locate() -> Result<Self, ProcessError> {
        let package = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.parent().ok_or_else(|| ProcessError::NoWorkspace(package.clone()))?.to_path_buf();
        let cargo = env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
        let metadata = cargo_metadata::MetadataCommand::new()
            .cargo_path(&cargo)
            .manifest_path(root.join("Cargo.toml"))
            .other_options(vec!["--locked".to_owned()])
            .exec()?;
        Ok(Self { target: metadata.target_directory.clone().into_std_path_buf(), root, metadata, cargo })
    }

    /// A cargo command in the workspace's folder.
    pub(crate) fn cargo<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.program(&self.cargo);
        command.args(arguments);
        command
    }

    /// Any other program, started in the workspace's folder.
    ///
    /// What cargo told this program about its own package is taken out of the environment: build scripts that look at
    /// these variables would run again, and with them half of the build.
    pub(crate) fn program(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        for (name, _) in env::vars_os() {
            if name.to_str().is_some_and(is_about_this_package) {
                command.env_remove(name);
            }
        }
        command
    }
}

/// Runs a command with its output streamed; an exit status other than 0 is an error.
pub(crate) fn stream(command: &mut Command) -> Result<(), ProcessError> {
    let status = command.status().map_err(|source| not_started(command, source))?;
    succeeded(command, status)
}

/// The same, and its standard input is a pipe that ends with this program, whatever ends it: who reads it need not go on
/// alone.
pub(crate) fn stream_tied(command: &mut Command) -> Result<(), ProcessError> {
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(|source| not_started(command, source))?;
    // waiting would close it
    let tie = child.stdin.take();
    let status = child.wait().map_err(|source| not_started(command, source))?;
    drop(tie);
    succeeded(command, status)
}

/// Runs a command and gives its standard output; what it says on standard error is streamed.
pub(crate) fn capture(command: &mut Command) -> Result<Vec<u8>, ProcessError> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|source| not_started(command, source))?;
    succeeded(command, output.status)?;
    Ok(output.stdout)
}

/// Runs a command silently: does it end with exit status 0?
pub(crate) fn works(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The command as one would type it.
pub(crate) fn as_typed(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut line = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        line.push_str(&argument.to_string_lossy());
    }
    line
}

pub(crate) fn not_started(command: &Command, source: io::Error) -> ProcessError {
    ProcessError::NotStarted { command: as_typed(command), source }
}

pub(crate) fn succeeded(command: &Command, status: ExitStatus) -> Result<(), ProcessError> {
    if status.success() { Ok(()) } else { Err(ProcessError::Failed { command: as_typed(command), status }) }
}

fn is_about_this_package(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || ["CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE", "OUT_DIR"].contains(&name)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{ProcessError, as_typed, is_about_this_package, stream, stream_tied, works};

    #[test]
    fn a_failing_program_is_an_error_that_names_it() {
        let error = stream(&mut Command::new("false")).unwrap_err();
        assert!(matches!(&error, ProcessError::Failed { command, .. } if command == "false"), "{error}");
        assert!(works(&mut Command::new("true")));
        assert!(!works(&mut Command::new("false")));
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error_that_names_it() {
        let error = stream(Command::new("/nowhere/inkan-none").arg("--x")).unwrap_err();
        assert!(error.to_string().starts_with("`inkan-none --x` could not be started"), "{error}");
    }

    #[test]
    fn a_tied_program_reads_nothing_and_meets_no_end_of_it_before_this_ends() {
        // `read -t 0` succeeds where something can be read, and at the end
        stream_tied(Command::new("bash").args(["-c", "! read -t 0"])).unwrap();
        assert!(matches!(stream_tied(&mut Command::new("false")), Err(ProcessError::Failed { .. })));
    }

    #[test]
    fn commands_are_shown_as_typed() {
        assert_eq!(as_typed(Command::new("/usr/bin/cargo").args(["fmt", "--all"])), "cargo fmt --all");
    }

    #[test]
    fn the_target_folder_and_the_toolchain_stay_in_the_environment() {
        assert!(is_about_this_package("CARGO_PKG_VERSION"));
        assert!(is_about_this_package("CARGO_MANIFEST_DIR"));
        assert!(!is_about_this_package("CARGO_TARGET_DIR"));
        assert!(!is_about_this_package("CARGO_HOME"));
        assert!(!is_about_this_package("RUSTFLAGS"));
    }
}
