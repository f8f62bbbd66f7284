//! Walls over Rust text: which file names what, and how long it is.

use super::{
    Breach,
    rust::{paths, tokens},
};
use crate::tree::{TextFile, Tree};

/// The files that may call the system's clock or random source, and why each does.
const WRAPPING: &[(&str, &str)] = &[
    ("core/src/system.rs", "the phone's clock and random source"),
    ("server/src/clock.rs", "the server's clock"),
    ("server/src/random.rs", "the server's random source"),
    ("server/src/keys/signer.rs", "ring's signatures take no other random source than ring's own"),
    (
        "server/src/push/signing.rs",
        "ring's signatures and agreements take no other random source than ring's own",
    ),
    ("server/src/testing.rs", "keys of tests are made by ring, which takes no other source than its own"),
    ("docs/demo-broker/src/clock.rs", "the demo broker's clock"),
    ("docs/demo-broker/src/session.rs", "the demo broker's session ids"),
    ("tests/src/bench/cycle.rs", "a benchmark measures time"),
    ("tests/src/bench/phone.rs", "a benchmark measures time"),
    ("tests/src/live.rs", "a server in a process of its own runs in real time"),
    ("tests/src/signer.rs", "keys of load tests are made by ring, which takes no other source than its own"),
    ("xtask/src/clock.rs", "waiting for programs that were started"),
];

/// What a pure file of the server does not name.
const IMPURE: &[&str] = &["axum", "rusqlite", "sqlx", "tokio"];

/// Parts of the standard library that reach the world.
const WORLD: &[&[&str]] = &[
    &["std", "fs"],
    &["net", "TcpStream"],
    &["net", "TcpListener"],
    &["net", "UdpSocket"],
    &["net", "ToSocketAddrs"],
    &["std", "net", "*"],
    &["std", "process"],
    &["std", "env"],
    &["std", "thread"],
    &["time", "SystemTime"],
    &["time", "Instant"],
];

/// Longest Rust file, tests aside, and the longest all of bindings may be.
const LONGEST_FILE: usize = 500;
const LONGEST_BINDINGS: usize = 1_000;

/// Rust files that may be longer, each with its reason. Empty is how it should be.
const MAY_BE_LONGER: &[(&str, &str)] = &[];

pub(crate) fn pure_protocol(tree: &Tree) -> Vec<Breach> {
    let files = tree.rust_below("core/protocol/src/").filter(|file| !is_test(&file.path));
    files
        .flat_map(|file| world(file, "protocol is words: what it needs to know comes in as an argument"))
        .collect()
}

pub(crate) fn pure_server(tree: &Tree) -> Vec<Breach> {
    let below = |path: &str, name: &str| {
        path.strip_prefix("server/src/")
            .and_then(|path| path.strip_prefix(name))
            .is_some_and(|path| path == ".rs" || path.starts_with('/'))
    };
    let pure = |file: &&TextFile| below(&file.path, "model") || below(&file.path, "policy");
    tree.rust_below("server/src/").filter(pure).flat_map(impurities).collect()
}

fn impurities(file: &TextFile) -> Vec<Breach> {
    let tokens = tokens(&file.text);
    let mut breaches = world(file, "states and rules are pure");
    for path in paths(&tokens) {
        if let Some(name) = IMPURE.iter().find(|name| path.starts_in(name)) {
            breaches
                .push(Breach::at(at(file, path.line), format!("names {name}; states and rules are pure")));
        }
    }
    for pair in tokens.windows(2) {
        if let [first, second] = pair {
            if first.is(".") && second.is("await") {
                breaches.push(Breach::at(at(file, first.line), "waits; states and rules are pure"));
            } else if first.is("now") && second.is("(") {
                breaches.push(Breach::at(at(file, first.line), "asks a clock; the time is an argument"));
            }
        }
    }
    breaches
}

fn world(file: &TextFile, why: &str) -> Vec<Breach> {
    let reaches = |segments: &&&[&str], path: &super::rust::Path| path.goes_through(segments);
    let mut breaches = Vec::new();
    for path in paths(&tokens(&file.text)) {
        if WORLD.iter().any(|segments| reaches(&segments, &path)) {
            breaches
                .push(Breach::at(at(file, path.line), format!("names {}; {why}", path.segments.join("::"))));
        }
    }
    breaches
}

/// core's tests folder may hold the control that loses data with plain sled.
pub(crate) fn sled(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree.rust_below("core/").filter(|file| {
        !["core/src/store/sled.rs", "core/src/store/sled/tests.rs"].contains(&file.path.as_str())
            && !file.path.starts_with("core/tests/")
    }) {
        for path in paths(&tokens(&file.text)).iter().filter(|path| path.starts_in("sled")) {
            breaches.push(Breach::at(at(file, path.line), "names sled; core/src/store/sled.rs alone does"));
        }
    }
    breaches
}

pub(crate) fn wrapping(tree: &Tree) -> Vec<Breach> {
    let allowed = |file: &&TextFile| WRAPPING.iter().any(|(path, _)| *path == file.path);
    word_in(
        tree.rust_below("").filter(|file| !allowed(file)),
        "disallowed_methods",
        "relaxes the ban on clock and random source; only the files in WRAPPING (xtask/src/walls/source.rs) do",
    )
}

pub(crate) fn no_unsafe(tree: &Tree) -> Vec<Breach> {
    word_in(tree.rust_below(""), "unsafe", "unsafe code")
}

pub(crate) fn size(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in tree.rust_below("").filter(|file| !is_test(&file.path)) {
        let lines = lines_without_tests(&file.text);
        if lines > LONGEST_FILE && !MAY_BE_LONGER.iter().any(|(path, _)| *path == file.path) {
            let what = format!("{lines} lines, tests aside; past {LONGEST_FILE} it is two files");
            breaches.push(Breach::at(&file.path, what));
        }
    }
    let skin = tree.rust_below("bindings/src/").filter(|file| !is_test(&file.path));
    let bindings: usize = skin.map(|file| lines_of_code(&file.text)).sum();
    if bindings > LONGEST_BINDINGS {
        let what = format!("{bindings} lines of code; past {LONGEST_BINDINGS} a rule has leaked out of core");
        breaches.push(Breach::at("bindings", what));
    }
    breaches
}

fn word_in<'a>(files: impl Iterator<Item = &'a TextFile>, word: &str, what: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in files {
        for token in tokens(&file.text).iter().filter(|token| token.is(word)) {
            breaches.push(Breach::at(at(file, token.line), what));
        }
    }
    breaches
}

fn at(file: &TextFile, line: usize) -> String {
    format!("{}:{line}", file.path)
}

/// A file that holds nothing but tests.
fn is_test(path: &str) -> bool {
    path.starts_with("tests/") || path.contains("/tests/") || path.ends_with("/tests.rs")
}

/// How long a file is up to its `mod tests`, which stands at the end.
/// Lines that could hold a rule: neither comments nor the declarations that repeat a type of core for the generator.
fn lines_of_code(text: &str) -> usize {
    let mut repeats = false;
    let holds_code = |line: &&str| {
        repeats |= line.starts_with("#[uniffi::remote(");
        let counts = !repeats && !line.trim().is_empty() && !line.trim_start().starts_with("//");
        repeats &= *line != "}";
        counts
    };
    text.lines().filter(holds_code).count()
}

fn lines_without_tests(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines
        .windows(2)
        .position(|pair| matches!(pair, ["#[cfg(test)]", module] if module.starts_with("mod tests {")));
    tests.unwrap_or(lines.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(breaches: &[Breach]) -> Vec<&str> {
        breaches.iter().map(|breach| breach.place.as_str()).collect()
    }

    #[test]
    fn protocol_may_not_name_the_world() {
        let tree = Tree::of(&[
            ("core/protocol/src/jws.rs", "//! std::fs\nuse std::{fmt, net::IpAddr, time::Duration};"),
            ("core/protocol/src/ids.rs", "use std::{\n    fmt,\n    fs,\n};"),
            ("core/protocol/src/x.rs", "fn f() { std::time::SystemTime::now(); }"),
            ("core/protocol/src/y.rs", "use std::net;\nfn f() { net::TcpStream::connect(a); }"),
            ("core/protocol/src/x/tests.rs", "use std::fs;"),
            ("core/src/y.rs", "use std::fs;"),
        ]);
        assert_eq!(
            places(&pure_protocol(&tree)),
            ["core/protocol/src/ids.rs:3", "core/protocol/src/x.rs:1", "core/protocol/src/y.rs:2"]
        );
    }

    #[test]
    fn model_and_policy_are_pure() {
        let pure =
            "//! Without axum, tokio.\nfn f(now: Timestamp) -> bool { self.now < now && \"now()\" == tokio }";
        let impure = [
            "use axum::Json;",
            "use tokio;",
            "fn f() { x().await }",
            "let t = clock.now();",
            "use rusqlite as r;",
        ];
        assert_eq!(
            pure_server(&Tree::of(&[("server/src/model/a.rs", pure), ("server/src/policy.rs", pure)])),
            []
        );
        for text in impure {
            for path in ["server/src/model.rs", "server/src/model/challenge/b.rs", "server/src/policy/c.rs"] {
                assert_eq!(pure_server(&Tree::of(&[(path, text)])).len(), 1, "{path}: {text}");
            }
            assert_eq!(pure_server(&Tree::of(&[("server/src/routes/model.rs", text)])), [], "{text}");
        }
    }

    #[test]
    fn one_file_of_core_knows_sled() {
        let clean = Tree::of(&[
            ("core/src/store/sled.rs", "use sled::Db;"),
            ("core/src/store.rs", "mod sled;\npub use self::{memory::M, sled::S};"),
            ("core/tests/power.rs", "let db = sled::open(path);"),
        ]);
        assert_eq!(sled(&clean), []);
        let breached = Tree::of(&[
            ("core/src/store/folder.rs", "\nfn f(db: &sled::Db) {}"),
            ("core/src/x.rs", "use sled;"),
        ]);
        assert_eq!(places(&sled(&breached)), ["core/src/store/folder.rs:2", "core/src/x.rs:1"]);
    }

    #[test]
    fn only_wrapping_files_relax_the_ban_on_the_clock() {
        for level in ["expect", "allow"] {
            let text = format!("#[{level}(clippy::disallowed_methods, reason = \"…\")]\nfn f() {{}}");
            assert_eq!(wrapping(&Tree::of(&[("core/src/system.rs", &text)])), []);
            assert_eq!(
                places(&wrapping(&Tree::of(&[("core/src/answer.rs", &text)]))),
                ["core/src/answer.rs:1"]
            );
        }
    }

    #[test]
    fn unsafe_code_is_found_and_the_word_is_not() {
        assert_eq!(
            no_unsafe(&Tree::of(&[("core/src/a.rs", "// unsafe\nlet a = \"unsafe\"; // unsafe_code")])),
            []
        );
        assert_eq!(
            places(&no_unsafe(&Tree::of(&[("tests/src/a.rs", "\nunsafe { f() }")]))),
            ["tests/src/a.rs:2"]
        );
    }

    #[test]
    fn long_files_are_found_and_tests_are_not_counted() {
        let lines = |count: usize| "fn f() {}\n".repeat(count);
        let tested = format!("{}#[cfg(test)]\nmod tests {{\n{}}}\n", lines(500), lines(900));
        assert_eq!(size(&Tree::of(&[("core/src/a.rs", &lines(500)), ("core/src/b.rs", &tested)])), []);
        assert_eq!(
            size(&Tree::of(&[("core/src/a/tests.rs", &lines(501)), ("tests/src/a.rs", &lines(501))])),
            []
        );
        assert_eq!(places(&size(&Tree::of(&[("core/src/a.rs", &lines(501))]))), ["core/src/a.rs"]);
    }

    #[test]
    fn bindings_are_measured_as_a_whole() {
        let lines = |count: usize| "fn f() {}\n".repeat(count);
        let halves = |count| {
            size(&Tree::of(&[("bindings/src/a.rs", &lines(500)), ("bindings/src/b.rs", &lines(count))]))
        };
        assert_eq!(halves(500), []);
        assert_eq!(places(&halves(501)).last(), Some(&"bindings"));
        let repeated = "/// A doc.\n\n#[uniffi::remote(Enum)]\npub enum A {\n    B,\n}\n";
        assert_eq!(size(&Tree::of(&[("bindings/src/a.rs", &(lines(999) + repeated + &lines(1)))])).len(), 1);
        assert_eq!(
            places(&size(&Tree::of(&[("bindings/src/a.rs", &(lines(1000) + repeated + &lines(1)))]))).len(),
            2
        );
    }
}
