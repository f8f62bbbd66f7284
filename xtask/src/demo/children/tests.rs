//! Small stand-ins for the programs: what each says is all that matters here.
#![cfg(unix)]

use std::{
    env,
    ops::Deref,
    process::{self, Command},
    sync::atomic::AtomicU32,
};

use super::*;

/// Enough for a shell to start on a busy machine; a test that passes does not wait for it.
const LONG: Patience = Patience { attempts: 1_000, pause: Duration::from_millis(10) };
const SHORT: Patience = Patience { attempts: 3, pause: Duration::from_millis(10) };

/// A folder for logs that goes away with the test.
struct Logs(PathBuf);

impl Logs {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("inkan-xtask-{}-{number}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }
}

impl Deref for Logs {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn sh(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

fn is_running(id: u32) -> bool {
    works(&mut sh(&format!("kill -0 {id}")))
}

fn id_of_last(children: &Children<'_>) -> u32 {
    children.up.last().unwrap().process.0.id()
}

#[test]
fn a_program_is_up_when_it_says_so_and_ends_with_the_demo() {
    let (stop, logs) = (Stop::not_asked(), Logs::new());
    let mut children = Children::new(&stop, LONG);
    children.start("one", sh("echo starting; echo ready http://127.0.0.1:1/; exec sleep 60"), &logs).unwrap();
    children.start("two", sh("echo ready >&2; exec sleep 60"), &logs).unwrap();
    let id = id_of_last(&children);
    assert!(is_running(id));
    drop(children);
    assert!(!is_running(id));
}

#[test]
fn a_program_that_does_not_listen_is_killed() {
    let (stop, logs) = (Stop::not_asked(), Logs::new());
    let mut children = Children::new(&stop, LONG);
    children.start("deaf", sh("trap '' TERM; echo ready; while :; do sleep 60; done"), &logs).unwrap();
    let id = id_of_last(&children);
    // without the patience of the real end, which a test has not
    children.up.last().unwrap().process.signal("TERM");
    assert!(is_running(id));
    children.up.last().unwrap().process.signal("KILL");
    children.end();
    assert!(!is_running(id));
}

#[test]
fn a_program_that_dies_before_it_is_ready_is_shown_with_its_last_lines() {
    let (stop, logs) = (Stop::not_asked(), Logs::new());
    let mut children = Children::new(&stop, LONG);
    children.start("one", sh("echo ready; exec sleep 60"), &logs).unwrap();
    let id = id_of_last(&children);
    let error =
        children.start("two", sh("echo it is not ready; echo 'no space' >&2; exit 3"), &logs).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, ChildrenError::Died { name: "two", .. }), "{text}");
    for part in ["two has ended", "exit status: 3", "two.log", "\n  no space"] {
        assert!(text.contains(part), "{text}");
    }
    drop(children);
    assert!(!is_running(id));
}

#[test]
fn a_program_that_is_never_ready_is_given_up_and_ended() {
    let (stop, logs) = (Stop::not_asked(), Logs::new());
    let mut children = Children::new(&stop, SHORT);
    let error = children.start("slow", sh("echo readyish; exec sleep 60"), &logs).unwrap_err();
    assert!(matches!(error, ChildrenError::NotReady { name: "slow", .. }), "{error}");
    let id = id_of_last(&children);
    drop(children);
    assert!(!is_running(id));
}

#[test]
fn a_program_that_dies_during_the_walk_is_the_reason_and_the_walk_is_ended() {
    let (stop, logs) = (Stop::not_asked(), Logs::new());
    let mut children = Children::new(&stop, LONG);
    let pipe = logs.join("pipe").display().to_string();
    assert!(works(&mut sh(&format!("mkfifo '{pipe}'"))));
    let dies = sh(&format!("echo ready; read line <'{pipe}'; echo bye; exit 4"));
    children.start("one", dies, &logs).unwrap();
    let error = children.run(&mut sh(&format!("echo die >'{pipe}'; exec sleep 60")), LONG).unwrap_err();
    assert!(matches!(error, ChildrenError::Died { name: "one", .. }), "{error}");
    assert!(error.to_string().contains("bye"), "{error}");
}

#[test]
fn a_walk_that_fails_is_an_error_and_leaves_nothing_running() {
    let (stop, logs) = (Stop::not_asked(), Logs::new());
    let mut children = Children::new(&stop, LONG);
    children.start("one", sh("echo ready; exec sleep 60"), &logs).unwrap();
    let id = id_of_last(&children);
    children.run(&mut sh("exit 0"), LONG).unwrap();
    let error = children.run(&mut sh("exit 5"), LONG).unwrap_err();
    assert!(matches!(error, ChildrenError::Process(ProcessError::Failed { .. })), "{error}");
    drop(children);
    assert!(!is_running(id));
}

#[test]
fn a_walk_without_end_is_ended() {
    let stop = Stop::not_asked();
    let error = Children::new(&stop, LONG).run(&mut sh("exec sleep 60"), SHORT).unwrap_err();
    assert!(matches!(error, ChildrenError::TooLong { .. }), "{error}");
}

#[test]
fn asking_to_stop_ends_the_staying_and_any_waiting() {
    let (stop, logs) = (Stop::not_asked(), Logs::new());
    let mut children = Children::new(&stop, LONG);
    children.start("one", sh("echo ready; exec sleep 60"), &logs).unwrap();
    stop.0.store(true, Ordering::Relaxed);
    children.stay_up().unwrap();
    assert!(matches!(children.run(&mut sh("exec sleep 60"), LONG), Err(ChildrenError::Stopped)));
    assert!(matches!(children.start("two", sh("exec sleep 60"), &logs), Err(ChildrenError::Stopped)));
}

#[test]
fn a_line_is_ready_when_it_is_whole_and_starts_with_the_word() {
    let logs = Logs::new();
    let log = logs.join("x.log");
    for (text, expected) in [
        ("", None),
        ("ready", None),
        ("not ready\nreadyish\n", None),
        ("a\nready\n", Some("ready")),
        ("a\r\nready http://x/\r\nb", Some("ready http://x/")),
    ] {
        fs::write(&log, text).unwrap();
        assert_eq!(ready_line(&log).as_deref(), expected, "{text}");
    }
    assert_eq!(ready_line(&logs.join("none.log")), None);
}

#[test]
fn the_last_lines_are_few() {
    let logs = Logs::new();
    let log = logs.join("x.log");
    fs::write(&log, "first\n".to_owned() + &"line\n".repeat(100) + "last\n").unwrap();
    assert_eq!(last_lines(&log).lines().count(), LAST_LINES);
    assert!(last_lines(&log).ends_with("\n  last"));
    assert!(!last_lines(&log).contains("first"));
    assert!(last_lines(&logs.join("none.log")).contains("nothing"));
}
