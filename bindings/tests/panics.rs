//! A panic is reported to the log's listener: where, and none of its words. In a process of its own, because a process has
//! one listener and one hook.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test program")]

use std::panic;
use std::sync::{Arc, Mutex};

use inkan::call::run;
use inkan::error::{CallError, InkanError};
use inkan::log::{LogEntry, LogError, LogLevel, LogListener, install_log};

#[derive(Default)]
struct Heard(Mutex<Vec<LogEntry>>);

impl LogListener for Heard {
    fn log(&self, entry: LogEntry) -> Result<(), LogError> {
        self.0.lock().unwrap().push(entry);
        Ok(())
    }
}

impl Heard {
    fn take(&self) -> Vec<LogEntry> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A call as every call of the surface is, which panics over what it works on; and the line in which it does.
async fn panicking(secret: &str) -> u32 {
    let secret = secret.to_owned();
    let line = line!() + 1;
    let call = run::<(), InkanError>("panicking", None, async move { panic!("over {secret}") });
    let Err(CallError::Failed { error }) = call.await else { panic!("no error") };
    assert_eq!(error.key(), "internal.panic");
    line
}

#[tokio::test]
async fn a_panic_is_reported_by_its_place_and_not_by_its_words() {
    let heard = Arc::new(Heard::default());
    install_log(heard.clone(), LogLevel::Debug).unwrap();

    // nothing in it that the redaction would take out: it is left out for what it is
    let line = panicking("the account of Hanako").await;
    let entries = heard.take();
    let reports: Vec<_> = entries.iter().filter(|entry| entry.message.starts_with("panic ")).collect();
    let [report] = reports.as_slice() else { panic!("not one report: {entries:?}") };
    assert_eq!((report.level, report.target.as_str()), (LogLevel::Error, "inkan"));
    assert_eq!(report.message, format!("panic place=\"{}:{line}\"", file!()));
    for entry in &entries {
        assert!(!entry.message.contains("Hanako") && !entry.message.contains("over"), "{entry:?}");
    }

    // The control: it is the hook that reports. Without it the same panic is an error still, and no word of it is heard.
    drop(panic::take_hook());
    panicking("the account of Hanako").await;
    let entries = heard.take();
    assert!(entries.iter().any(|entry| entry.message.contains("internal.panic")), "{entries:?}");
    assert!(!entries.iter().any(|entry| entry.message.contains("place=")), "{entries:?}");
}
