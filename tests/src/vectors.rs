//! The vectors under `docs/vectors/`: every message kind, every derived value and every line shown, as JSON that any
//! language can read. Made from fixed test keys with deterministic signatures (RFC 6979), so the same files come out of
//! every run; a test reads the committed files back without looking at what made them.

mod cast;
mod check;
mod derived;
mod evidence;
mod messages;
mod refused;
mod shown;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

pub use self::check::check_file;

/// What making or checking a vector comes to.
pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Where the vectors are committed.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/vectors")
}

/// Every file by its name, with its text.
pub fn make() -> Outcome<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut add = |name: &str, value: Value| -> Outcome<()> {
        let mut text = serde_json::to_string_pretty(&sorted(value))?;
        text.push('\n');
        files.insert(format!("{name}.json"), text);
        Ok(())
    };
    add("test-keys", cast::keys_file()?)?;
    for (name, value) in messages::files()? {
        add(&name, value)?;
    }
    add("derived", derived::file()?)?;
    add("display", shown::file()?)?;
    add("evidence", evidence::file()?)?;
    Ok(files)
}

/// Writes every file.
pub fn write(folder: &Path) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    for (name, text) in make()? {
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// Names of the files that are missing, too many, or not as they would be written.
pub fn differences(folder: &Path) -> Outcome<Vec<String>> {
    let made = make()?;
    let mut differing: Vec<String> = made
        .iter()
        .filter(|(name, text)| fs::read_to_string(folder.join(name)).ok().as_ref() != Some(*text))
        .map(|(name, _)| name.clone())
        .collect();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if Path::new(&name).extension().is_some_and(|kind| kind == "json") && !made.contains_key(&name) {
                differing.push(name);
            }
        }
    }
    differing.sort();
    Ok(differing)
}

/// Members in order of their names, however the JSON library keeps them.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members: BTreeMap<String, Value> =
                members.into_iter().map(|(name, inner)| (name, sorted(inner))).collect();
            Value::Object(members.into_iter().collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests;
