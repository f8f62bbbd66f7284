//! The store's promise, put to the test: what a commit acknowledged is there after the process was killed, and after
//! the power was cut.
//!
//! A child (this program again, see [`child`]) commits and says so line by line; the parent kills it after some lines
//! and looks at what is left. For a power cut the child runs under `power_cut/shim.c`, which keeps what had been
//! synced, and the parent puts that in the place of the folder. As a control a child that trusts `sled.flush()` goes
//! through the same and does lose what it has acknowledged: the shim forgets as it should.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test program")]

#[path = "power_cut/child.rs"]
mod child;
#[path = "power_cut/disk.rs"]
mod disk;

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use self::{
    child::{Role, Workspace},
    disk::{Loss, Shim},
};

/// Starts a child in the workspace, kills it after `acknowledgements` lines, and returns the number of the last commit
/// that it acknowledged. With 0 it is killed while it opens its store, or soon after, and may have said nothing.
fn run_and_kill(
    role: Role,
    workspace: &Workspace,
    shim: Option<&Shim>,
    acknowledgements: usize,
) -> Option<u64> {
    run_prepared(role, workspace, shim, acknowledgements, |_| ()).0
}

/// The same, and whether it said that a commit had failed.
fn run_prepared(
    role: Role,
    workspace: &Workspace,
    shim: Option<&Shim>,
    acknowledgements: usize,
    prepare: impl FnOnce(&mut Command),
) -> (Option<u64>, bool) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "the_child", "--nocapture", "--test-threads=1"]);
    child::hand_over(&mut command, role, workspace);
    if let Some(shim) = shim {
        shim.preload(&mut command, &workspace.folder());
    }
    prepare(&mut command);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| child::is_opening(&line)));
    let mut failed = false;
    let mut lines = lines.inspect(|line| failed |= child::is_failure(line));
    let mut last = lines.by_ref().filter_map(|line| child::acknowledged(&line)).take(acknowledgements).last();
    child.kill().unwrap();
    // what it still said before it died was said
    for number in lines.filter_map(|line| child::acknowledged(&line)) {
        last = Some(number);
    }
    let status = child.wait().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(9), "the child ended by itself");
    (last, failed)
}

fn shim(into: &Path) -> Shim {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/power_cut/shim.c");
    Shim::compile(Path::new(source), into)
}

/// Not a test but the child of the others: without its orders in the environment it does nothing.
#[test]
fn the_child() {
    child::follow_orders();
}

#[test]
fn fifty_kills_lose_nothing() {
    let workspace = Workspace::new();
    let mut last = 0;
    for round in 0..50 {
        let acknowledgements = round * 7 % 12;
        last = run_and_kill(Role::Store, &workspace, None, acknowledgements).unwrap_or(last);
        let found = workspace.check_store();
        assert!(found >= last, "round {round}: {last} was acknowledged, {found} is there");
        last = found;
    }
    assert!(last >= 50 * 5, "{last} commits are too few to prove anything");
}

#[test]
fn power_cuts_lose_nothing() {
    let tools = Workspace::new();
    let shim = shim(tools.root());
    let mut workspace = Workspace::new();
    let (mut last, mut all) = (0, 0);
    for round in 0..24_u64 {
        if round % 6 == 0 {
            // the first commit of a new store needs more on the disk than the others
            all += last;
            (workspace, last) = (Workspace::new(), 0);
        }
        let acknowledgements = usize::try_from(round * 5 % 17).unwrap();
        last = run_and_kill(Role::Store, &workspace, Some(&shim), acknowledgements).unwrap_or(last);
        // nothing of what was not synced is on the disk, or some blocks of it are
        let loss = if round % 2 == 0 { Loss::All } else { Loss::Some { seed: round } };
        shim.cut_power(&workspace.folder(), loss);
        let found = workspace.check_store();
        assert!(found >= last, "round {round}, {loss:?}: {last} was acknowledged, {found} is there");
        last = found;
    }
    assert!(all + last >= 24 * 6, "{} commits are too few to prove anything", all + last);
}

/// The system counts as written what it could not write: another sync passes over it.
#[test]
fn a_sync_that_failed_takes_nothing_of_what_is_acknowledged_after_it() {
    let tools = Workspace::new();
    let shim = shim(tools.root());
    let mut failures = 0;
    let roles = [Role::Store, Role::StoreBegunAgain];
    for (sync, role) in (1..=24).flat_map(|sync| roles.map(|role| (sync, role))) {
        let workspace = Workspace::new();
        // the store is made first: of a sync that fails there nothing is acknowledged
        run_and_kill(Role::Store, &workspace, None, 3);
        let before = workspace.check_store();
        let (last, failed) = run_prepared(role, &workspace, Some(&shim), 30, |command| {
            command.env("SHIM_FAILS_AT", sync.to_string());
        });
        let Some(last) = last else { continue };
        failures += usize::from(failed);
        shim.cut_power(&workspace.folder(), Loss::All);
        let found = workspace.check_store();
        assert!(
            found >= last && last > before,
            "{role:?}, sync {sync}: {last} was acknowledged, {found} is there"
        );
    }
    assert!(failures > 30, "{failures} failures are too few to prove anything");
}

/// The control.
#[test]
fn a_power_cut_loses_what_was_only_flushed() {
    let tools = Workspace::new();
    let shim = shim(tools.root());
    let workspace = Workspace::new();
    let acknowledged = run_and_kill(Role::PlainFlush, &workspace, Some(&shim), 40).unwrap();
    let before = workspace.read_plain();
    assert!(before >= acknowledged, "killed, but with the power on: all {acknowledged} are there");

    let workspace = Workspace::new();
    let acknowledged = run_and_kill(Role::PlainFlush, &workspace, Some(&shim), 40).unwrap();
    shim.cut_power(&workspace.folder(), Loss::All);
    let found = workspace.read_plain();
    assert!(found < acknowledged, "{acknowledged} were acknowledged and {found} are there");
}
