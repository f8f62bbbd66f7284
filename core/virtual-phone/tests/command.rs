//! The command as a script meets it: what it prints, where, and its exit codes.

#![expect(clippy::unwrap_used, reason = "what a test sets up fails the test")]

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Output, Stdio},
};

const URI: &str = concat!(
    "https://127.0.0.1:1/e#v=1&t=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "&s=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE&k=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI&n=1"
);
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn phone(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inkan-phone"));
    command.arg("--home").arg(home).args(["--locale", "en"]);
    command
}

fn run(home: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = phone(home).args(arguments).output().unwrap();
    (status.code(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[test]
fn bad_input_is_2_with_a_sentence_that_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    for (arguments, said) in [
        (
            vec!["enroll", "https://auth.example.jp/"],
            "That is none of Inkan’s codes or links. The phone was not enrolled.",
        ),
        (vec!["enroll", "ABCD-EFGH-JKMN"], "--host"),
        (vec!["enroll", "ABCD", "--host", "auth.example.jp"], "The phone was not enrolled."),
        (vec!["scan", "https://auth.example.jp/"], "Paste exactly what the page shows."),
        (vec!["open", URI], "No answer was sent."),
        (vec!["show", "1"], "That is not the id of a request."),
        (vec!["approve", ID], "Enroll first"),
        (vec!["freeze"], "Nothing was changed. Enroll first"),
        (vec!["rename", "new", "--account", ID], "See the accounts"),
        (vec!["browse", "http://broker.example/"], "begins with https://"),
        (vec!["browse", "https://broker.example/", "--submit", "f", "--set", "a"], "name=value"),
        (vec!["browse", "https://broker.example/", "--profile", "../x"], "profile"),
        (vec!["serve", "--listen", "0.0.0.0:0"], "only loopback"),
        (vec!["--trust", "/nowhere.pem", "inbox"], "/nowhere.pem"),
        (vec!["fly"], "unrecognized subcommand"),
        (vec!["watch"], "--auto"),
    ] {
        let (code, out, err) = run(home.path(), &arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {out}{err}");
        assert!(err.contains(said), "{arguments:?}: {err}");
        assert_eq!(out, "", "{arguments:?}");
    }
}

#[test]
fn an_answer_that_is_no_is_1() {
    let home = tempfile::tempdir().unwrap();
    // nobody listens there
    let (code, out, err) = run(home.path(), &["enroll", URI, "--yes"]);
    assert_eq!(code, Some(1), "{out}{err}");
    assert!(err.contains("The server cannot be reached. The phone was not enrolled."), "{err}");
    let (code, out, _) = run(home.path(), &["--json", "browse", "https://127.0.0.1:1/"]);
    let failure: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, failure["code"].as_str()), (Some(1), Some("offline")));
}

#[test]
fn nothing_to_show_is_no_failure() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(run(home.path(), &["inbox"]), (Some(0), "No requests\n".to_owned(), String::new()));
    let (code, out, _) = run(home.path(), &["--json", "history"]);
    assert_eq!((code, out.as_str()), (Some(0), "{\"kind\":\"history\",\"entries\":[]}\n"));
}

/// A page that runs until it is dropped.
struct Serving(Child, String);

impl Serving {
    fn start(home: &Path) -> Self {
        let mut child =
            phone(home).args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self(child, line.trim().to_owned())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_command_talks_to_the_phone_that_already_runs() {
    let home = tempfile::tempdir().unwrap();
    let serving = Serving::start(home.path());
    assert!(serving.1.starts_with("ready http://127.0.0.1:"), "{}", serving.1);
    let control = home.path().join("control.json");
    assert!(fs::read_to_string(&control).unwrap().contains("token"));
    assert_eq!(run(home.path(), &["inbox"]).0, Some(0));
    assert_eq!(run(home.path(), &["freeze"]).0, Some(2));
    // a second page over the same phone is refused, with the address of the first
    let (code, _, err) = run(home.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(2));
    assert!(
        err.contains("Another process uses this phone.")
            && err.contains(serving.1.trim_start_matches("ready ")),
        "{err}"
    );

    // without the file nobody knows whom to ask: the store's lock says no
    fs::remove_file(&control).unwrap();
    let (code, _, err) = run(home.path(), &["inbox"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("Another process uses this phone."), "{err}");
    drop(serving);
    assert_eq!(run(home.path(), &["inbox"]).0, Some(0));
}

#[test]
fn a_control_file_that_was_left_behind_is_no_obstacle() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("control.json"), r#"{"address":"127.0.0.1:1","token":"x"}"#).unwrap();
    assert_eq!(run(home.path(), &["inbox"]).0, Some(0));
    fs::write(home.path().join("control.json"), r#"{"address":"192.0.2.1:80","token":"x"}"#).unwrap();
    assert_eq!(run(home.path(), &["inbox"]).0, Some(2));
}
