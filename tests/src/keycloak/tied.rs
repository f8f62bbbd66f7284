//! A program that ends with whoever started it, whatever ends that: Keycloak is a shell script, a JVM and, at its first
//! start, a second JVM, and none of them may be left behind.
//!
//! A shell keeps it company, in a process group of its own, and reads a pipe that only the starter holds. The pipe ends
//! with the starter, by SIGKILL too; the shell then ends the group. If the program ends first, so does the shell.

use std::ffi::OsStr;
use std::process::Stdio;

use tokio::process::{Child, Command};

/// `kill 0` is the shell's own group.
const KEEP_COMPANY: &str = r#"("$@" </dev/null; kill -KILL 0) & cat; kill -KILL 0"#;

/// A command that runs this program; further arguments are the program's. Its standard input is not to be changed.
pub(super) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", KEEP_COMPANY, "company"]).arg(program);
    command.stdin(Stdio::piped()).process_group(0);
    command
}

/// Ends it now.
pub(super) fn end(child: &mut Child) {
    drop(child.stdin.take());
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

    use super::*;

    #[tokio::test]
    async fn it_ends_with_its_starter_and_all_that_it_started() {
        // the second sleep is a process that the program has left behind
        let mut child = command("bash")
            .args(["-c", "sleep 1000 & echo started; sleep 1000"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).await.unwrap();
        assert_eq!(line, "started\n");
        assert!(child.try_wait().unwrap().is_none());
        end(&mut child);
        assert_eq!(child.wait().await.unwrap().signal(), Some(9));
        // each of them held the pipe
        assert_eq!(out.read_to_end(&mut Vec::new()).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn it_is_known_when_it_ends_by_itself() {
        let mut child = command("true").spawn().unwrap();
        let stdin = child.stdin.take();
        assert_eq!(child.wait().await.unwrap().signal(), Some(9));
        drop(stdin);
    }
}
