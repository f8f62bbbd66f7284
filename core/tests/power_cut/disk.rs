//! The other half of `shim.c`: builds the folder as it is after a power cut.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::UNIX_EPOCH,
};

/// How much of what was not synced the power cut takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Loss {
    /// All of it.
    All,
    /// Some blocks of 4 KiB, as the seed has it: a disk writes in any order what it was not told to sync.
    Some { seed: u64 },
}

/// The compiled shim and the place of its shadow.
pub(crate) struct Shim {
    library: PathBuf,
    shadow: PathBuf,
}

impl Shim {
    /// Compiles the shim with `cc`.
    pub(crate) fn compile(source: &Path, into: &Path) -> Self {
        let (library, shadow) = (into.join("shim.so"), into.join("shadow"));
        let compiled = Command::new("cc")
            .args(["-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-O1", "-o"])
            .args([&library, source])
            .status()
            .unwrap_or_else(|error| panic!("this test needs a C compiler as `cc`: {error}"));
        assert!(compiled.success());
        Self { library, shadow }
    }

    /// Puts a program's folder on the disk that forgets.
    pub(crate) fn preload(&self, command: &mut Command, folder: &Path) {
        let _ = fs::remove_dir_all(&self.shadow);
        fs::create_dir(&self.shadow).unwrap();
        command
            .env("LD_PRELOAD", &self.library)
            .env("SHIM_FOLDER", folder.canonicalize().unwrap())
            .env("SHIM_SHADOW", &self.shadow);
    }

    /// Turns the folder into what the disk has of it after the power was cut.
    pub(crate) fn cut_power(&self, folder: &Path, loss: Loss) {
        let after = folder.with_extension("after");
        let root = fs::read_to_string(self.shadow.join("root")).unwrap();
        self.restore(&root, folder, &after, loss);
        fs::remove_dir_all(folder).unwrap();
        fs::rename(&after, folder).unwrap();
    }

    /// The synced names in a folder, with their keys; none for a folder that was never synced.
    fn names(&self, key: &str) -> Vec<(String, String)> {
        let list = fs::read_to_string(self.shadow.join(key)).unwrap_or_default();
        list.lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(k, n)| (k.to_owned(), n.to_owned()))
            .collect()
    }

    fn restore(&self, key: &str, now: &Path, after: &Path, loss: Loss) {
        fs::create_dir(after).unwrap();
        for (key, name) in self.names(key) {
            let (now, after) = (now.join(&name), after.join(&name));
            if key.starts_with("d-") {
                self.restore(&key, &now, &after, loss);
                continue;
            }
            // a file whose name was synced and whose content was not is empty
            let synced = fs::read(self.shadow.join(&key)).unwrap_or_default();
            let content = match loss {
                // of a file that was removed, or replaced, the disk has what was synced and no more
                Loss::Some { seed } if key_of(&now).as_ref() == Some(&key) => {
                    mix(&synced, &fs::read(&now).unwrap(), seed)
                }
                Loss::All | Loss::Some { .. } => synced,
            };
            fs::write(&after, content).unwrap();
        }
    }
}

/// A file's key, as the shim makes it.
fn key_of(file: &Path) -> Option<String> {
    let facts = fs::metadata(file).ok()?;
    let born = facts.created().unwrap().duration_since(UNIX_EPOCH).unwrap();
    Some(format!("f-{}-{}.{:09}", facts.ino(), born.as_secs(), born.subsec_nanos()))
}

/// Some blocks as they were synced, the others as they are now.
fn mix(synced: &[u8], now: &[u8], mut seed: u64) -> Vec<u8> {
    const BLOCK: usize = 4096;
    let block = |content: &[u8], start: usize| -> Vec<u8> {
        let end = content.len().min(start + BLOCK);
        content.get(start..end).unwrap_or_default().to_vec()
    };
    let mut mixed = Vec::new();
    for start in (0..synced.len().max(now.len())).step_by(BLOCK) {
        // Knuth's MMIX generator; its high bits are good enough for a coin
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let chosen = block(if seed >> 63 == 0 { synced } else { now }, start);
        // a block that one of them does not have is a hole if something follows it
        if !chosen.is_empty() {
            mixed.resize(start, 0);
            mixed.extend(chosen);
        }
    }
    mixed
}
