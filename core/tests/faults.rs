//! A process that dies, and a disk that is full, at each step that the phone's store takes on the disk.
//!
//! A child (this program again) is started with `faults/fault.c`, which counts the steps and strikes at a chosen one; the
//! parent goes through all of them and looks at what is left.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test program")]

#[path = "power_cut/disk.rs"]
mod disk;
#[path = "faults/fault.rs"]
mod fault;
#[path = "faults/full_disk.rs"]
mod full_disk;
#[path = "faults/told.rs"]
mod told;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};

use inkan_core::{
    store::{OpenedStore, SledStore, StoreError},
    system::{SystemClock, SystemRandom},
    vault::SoftwareVault,
};

const ROOT: &str = "INKAN_FAULTS_ROOT";

/// The folder in which faults are.
fn disk(root: &Path) -> PathBuf {
    root.join("disk")
}

fn store(root: &Path) -> PathBuf {
    disk(root).join("store")
}

/// There when the disk has room again.
fn freed(root: &Path) -> PathBuf {
    root.join("freed")
}

fn open(root: &Path) -> Result<OpenedStore, StoreError> {
    let vault = SoftwareVault::in_folder(&root.join("vault"), Arc::new(SystemRandom)).unwrap();
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(SledStore::open(&store(root), Arc::new(vault), clock, random))
}

/// The place of the child that this process is, if it is one.
fn orders() -> Option<PathBuf> {
    std::env::var_os(ROOT).map(PathBuf::from)
}

fn run_child(name: &str, root: &Path, prepare: impl FnOnce(&mut Command)) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture", "--test-threads=1"]).env(ROOT, root);
    prepare(&mut command);
    command.output().unwrap()
}

/// Whether it said a line.
fn said(child: &Output, line: &str) -> bool {
    String::from_utf8_lossy(&child.stdout).lines().any(|said| said == line)
}
