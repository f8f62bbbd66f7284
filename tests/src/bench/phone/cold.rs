//! A cold opening: in a process that has done nothing before. The benchmark starts itself anew for each, and the child
//! prints its times. What the system keeps of the files in memory stays warm.

use std::env;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use super::line::Line;
use super::{Phone, instant, micros, record, shown};

/// The first argument of a child; the second is the folder with keys and store.
pub(super) const WORD: &str = "--open";
/// How often each opening is measured, each time in a new process.
const OPENINGS: usize = 20;
/// What a child prints, in this order: microseconds, and how many past requests it has read.
const PARTS: [&str; 5] = ["store", "authenticator", "accounts", "history", "all"];

/// Opens what lies in the folder as a child does, and prints.
pub(super) async fn open(folder: &Path) {
    let begun = instant();
    let (phone, [store, authenticator]) = Phone::open(Arc::new(Line::to_nowhere()), folder).await;
    let before = instant();
    let account = phone.app.accounts().unwrap().pop().unwrap();
    let accounts = before.elapsed();
    let before = instant();
    let past = phone.app.history(account.id).unwrap().len();
    let history = before.elapsed();
    for time in [store, authenticator, accounts, history, begun.elapsed()] {
        print!("{} ", time.as_micros());
    }
    println!("{past}");
}

/// Has children open it, and prints what opening and reading cost with so much behind.
pub(super) fn measure(folder: &Path, past: u64) {
    let mut times = PARTS.map(|_| micros());
    for _ in 0..OPENINGS {
        let output = Command::new(env::current_exe().unwrap()).arg(WORD).arg(folder).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        let numbers: Vec<u64> = said.split_whitespace().map(|number| number.parse().unwrap()).collect();
        assert_eq!(numbers.len(), PARTS.len() + 1, "{said}");
        assert_eq!(numbers.last(), Some(&past));
        for (times, micros) in times.iter_mut().zip(numbers) {
            record(times, std::time::Duration::from_micros(micros));
        }
    }
    let text: Vec<_> =
        PARTS.iter().zip(&times).map(|(name, times)| format!("{name} {}", shown(times))).collect();
    println!("cold, {past:>4} past     {}", text.join(", "));
}
