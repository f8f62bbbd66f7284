//! A disk so small that a test fills it to the last byte: a tmpfs that one program and its children see, and that goes
//! with them.

use std::{fs, path::Path, process::Command};

use super::{HAS_ROOTS, PhoneError};
use crate::process::Workspace;

/// Mounts the disk at the first argument, and becomes the program in the others.
const SCRIPT: &str = r#"disk=$1 && shift && mount -t tmpfs -o size=16m,mode=700 tmpfs "$disk" && exec "$@""#;

/// The command, started with such a disk at `disk`. On systems other than Linux it is the command as it was: its tests
/// have no such disk, and the reason is printed.
pub(super) fn with_small_disk(
    workspace: &Workspace,
    disk: &Path,
    command: Command,
) -> Result<Command, PhoneError> {
    if !HAS_ROOTS {
        println!("without the flows over a full disk: a disk for one program alone needs Linux");
        return Ok(command);
    }
    fs::create_dir_all(disk).map_err(PhoneError::file(disk))?;
    let mut inside = workspace.program("unshare");
    // namespaces of processes would hide the parent that Maven's test runner looks for
    inside.args(["--mount", "sh", "-c", SCRIPT, "sh"]).arg(disk);
    inside.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => inside.env(name, value),
            None => inside.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        inside.current_dir(folder);
    }
    Ok(inside)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::Command;

    use super::with_small_disk;
    use crate::process::Workspace;

    #[test]
    fn the_program_stays_what_it_was() {
        let workspace = Workspace::locate().unwrap();
        let folder = std::env::temp_dir();
        let disk = workspace.target.join("xtask-small-disk");
        let mut command = Command::new("mvn");
        command.current_dir(&folder).arg("verify").env("ONE", "1").env_remove("TWO");
        let inside = with_small_disk(&workspace, &disk, command).unwrap();
        assert_eq!(inside.get_current_dir(), Some(folder.as_path()));
        let arguments: Vec<_> = inside.get_args().collect();
        assert_eq!(arguments[arguments.len() - 3..], [disk.as_os_str(), "mvn".as_ref(), "verify".as_ref()]);
        let variables: Vec<_> = inside.get_envs().collect();
        assert!(variables.contains(&("ONE".as_ref(), Some("1".as_ref()))));
        assert!(variables.contains(&("TWO".as_ref(), None)));
    }
}
