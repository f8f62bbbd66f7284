//! The programs the demo has started. None of them outlives it: they are ended when the person asks (Ctrl-C, SIGTERM,
//! a closed terminal), when one of them dies, when a step fails, and when this program panics.
//!
//! ```text
//! start → (line "ready …" in its log) → up → end: asked to (SIGTERM) → (patience over) killed
//!   └ died, or never ready: an error with the last lines of its log; all the others are ended
//! ```

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{
    clock::{Patience, Stopwatch, in_words, pause},
    process::{ProcessError, as_typed, not_started, succeeded, works},
};

/// How many lines of a log an error shows.
const LAST_LINES: usize = 15;

/// How long one command of the walk may take.
pub(super) const WALK: Patience = Patience { attempts: 20 * 300, pause: PAUSE };

/// A build takes as long as it takes; who waits for it can press Ctrl-C.
pub(super) const BUILD: Patience = Patience { attempts: u32::MAX, pause: PAUSE };

/// How often the children are looked at.
const PAUSE: Duration = Duration::from_millis(50);

/// How long a program may take to end once it has been asked to.
const TO_END: Patience = Patience { attempts: 100, pause: PAUSE };

/// How long a program may take to be ready.
pub(super) const READY: Patience = Patience { attempts: 600, pause: PAUSE };

/// Why the children are not all up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChildrenError {
    #[error("{name} has ended ({status}). The last lines of {}:\n{last}", log.display())]
    Died { name: &'static str, status: ExitStatus, log: PathBuf, last: String },
    #[error("{name} was not ready after {}. The last lines of {}:\n{last}", in_words(*waited), log.display())]
    NotReady { name: &'static str, waited: Duration, log: PathBuf, last: String },
    #[error("`{command}` was ended: it had not come to an end after {}", in_words(*waited))]
    TooLong { command: String, waited: Duration },
    #[error("stopped before the walk was over; nothing of the demo is left running")]
    Stopped,
    #[error("{}: {source}", log.display())]
    Log { log: PathBuf, source: io::Error },
    #[error(transparent)]
    Process(#[from] ProcessError),
}

/// Has the person asked to stop?
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// From now on Ctrl-C, SIGTERM and a closed terminal end nothing by themselves; they are noted here.
    pub(super) fn on_signals() -> io::Result<Self> {
        let stop = Self(Arc::default());
        for signal in SIGNALS {
            signal_hook::flag::register(*signal, Arc::clone(&stop.0))?;
        }
        Ok(stop)
    }

    #[cfg(test)]
    pub(super) fn not_asked() -> Self {
        Self(Arc::default())
    }

    fn is_asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(unix)]
const SIGNALS: &[i32] =
    &[signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: &[i32] = &[signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM];

/// All that is running, in the order of starting.
pub(super) struct Children<'a> {
    stop: &'a Stop,
    ready: Patience,
    up: Vec<Up>,
}

struct Up {
    name: &'static str,
    log: PathBuf,
    process: Process,
}

impl<'a> Children<'a> {
    /// `ready` is how long each may take to say that it is ready.
    pub(super) fn new(stop: &'a Stop, ready: Patience) -> Self {
        Self { stop, ready, up: Vec::new() }
    }

    /// Starts a program that stays, with its output in a file of `logs`, and waits for its line `ready …`.
    pub(super) fn start(
        &mut self,
        name: &'static str,
        mut command: Command,
        logs: &Path,
    ) -> Result<(), ChildrenError> {
        let log = logs.join(format!("{name}.log"));
        let (output, errors) =
            open_twice(&log).map_err(|source| ChildrenError::Log { log: log.clone(), source })?;
        println!("{name}: {}", as_typed(&command));
        let time = Stopwatch::start();
        let process = Process::start(command.stdin(Stdio::null()).stdout(output).stderr(errors))?;
        self.up.push(Up { name, log: log.clone(), process });
        let ready = self.ready.wait_for(|| match self.look() {
            Err(error) => Some(Err(error)),
            Ok(()) => ready_line(&log).map(Ok),
        });
        let line = ready.unwrap_or_else(|| {
            let last = last_lines(&log);
            Err(ChildrenError::NotReady { name, waited: time.elapsed(), log, last })
        })?;
        println!("{name}: {line} (after {})", in_words(time.elapsed()));
        Ok(())
    }

    /// Runs a program to its end with its output on the screen, while those that are up are looked after.
    pub(super) fn run(&mut self, command: &mut Command, limit: Patience) -> Result<(), ChildrenError> {
        let time = Stopwatch::start();
        let mut process = Process::start(command)?;
        let ended = limit.wait_for(|| match process.ended() {
            // a program that died is the better reason than the failure that came of it
            Some(status) if !status.success() => Some(self.look().map(|()| status)),
            Some(status) => Some(Ok(status)),
            None => self.look().err().map(Err),
        });
        let status = ended.unwrap_or_else(|| {
            Err(ChildrenError::TooLong { command: as_typed(command), waited: time.elapsed() })
        })?;
        Ok(succeeded(command, status)?)
    }

    /// Waits until the person asks to stop. A program that dies before is an error.
    pub(super) fn stay_up(&mut self) -> Result<(), ChildrenError> {
        loop {
            match self.look() {
                Ok(()) => pause(PAUSE),
                Err(ChildrenError::Stopped) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Ends all of them, the last one first, so that none complains about another.
    pub(super) fn end(&mut self) {
        while let Some(last) = self.up.pop() {
            drop(last);
        }
    }

    /// An error when the person has asked to stop or when one of them has ended.
    fn look(&mut self) -> Result<(), ChildrenError> {
        if self.stop.is_asked() {
            return Err(ChildrenError::Stopped);
        }
        for up in &mut self.up {
            if let Some(status) = up.process.ended() {
                let (name, log) = (up.name, up.log.clone());
                let last = last_lines(&log);
                return Err(ChildrenError::Died { name, status, log, last });
            }
        }
        Ok(())
    }
}

impl Drop for Children<'_> {
    fn drop(&mut self) {
        self.end();
    }
}

/// A started program with those it starts itself. It ends when this is dropped.
struct Process(Child);

impl Process {
    /// A group of its own, so that a Ctrl-C reaches this program alone, which then ends the others in their order.
    fn start(command: &mut Command) -> Result<Self, ProcessError> {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        command.spawn().map(Self).map_err(|source| not_started(command, source))
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }

    /// Sends a signal to the whole group. The program has not been waited for, so its number is still its own.
    /// There is no safe call for this; every system that has signals has a shell that sends them.
    fn signal(&self, signal: &str) -> bool {
        cfg!(unix) && works(Command::new("sh").args(["-c", &format!("kill -{signal} -{}", self.0.id())]))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended().is_some() {
            return;
        }
        if self.signal("TERM") && TO_END.wait_for(|| self.ended()).is_some() {
            return;
        }
        self.signal("KILL");
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// One file for both outputs, so that the lines stand in the order in which they were written.
fn open_twice(log: &Path) -> io::Result<(File, File)> {
    let file = File::options().create(true).append(true).open(log)?;
    Ok((file.try_clone()?, file))
}

/// The line by which a program says that it is ready, once it is whole.
fn ready_line(log: &Path) -> Option<String> {
    let text = String::from_utf8_lossy(&fs::read(log).ok()?).into_owned();
    let whole = text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).map(str::trim_end);
    whole.filter(|line| line.split(' ').next() == Some("ready")).map(str::to_owned).next()
}

fn last_lines(log: &Path) -> String {
    let text = String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned();
    let lines: Vec<_> = text.lines().collect();
    let last = lines.get(lines.len().saturating_sub(LAST_LINES)..).unwrap_or_default();
    if last.is_empty() { "  (it has written nothing)".to_owned() } else { format!("  {}", last.join("\n  ")) }
}

#[cfg(test)]
mod tests;
