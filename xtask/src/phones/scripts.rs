//! The step `scripts`: every shell script of the repository is read by bash and by shellcheck. Those of
//! `bindings/release` need an NDK or a Mac, so reading them is all that can be done here.

use std::path::Path;

use super::PhoneError;
use crate::{
    process::{Workspace, stream},
    tree::Tree,
};

pub(super) fn check(workspace: &Workspace) -> Result<(), PhoneError> {
    let tree = Tree::read(&workspace.root).map_err(PhoneError::file(&workspace.root))?;
    let scripts: Vec<&str> = tree
        .files
        .iter()
        .filter(|file| is_script(&file.path, &file.text))
        .map(|file| file.path.as_str())
        .collect();
    for script in &scripts {
        stream(workspace.program("bash").args(["-n", script]))?;
    }
    stream(workspace.program("shellcheck").arg("--severity=warning").args(&scripts))?;
    println!("{} scripts were read, none was run: {}", scripts.len(), scripts.join(" "));
    Ok(())
}

fn is_script(path: &str, text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let named = Path::new(path).extension().is_some_and(|extension| extension == "sh");
    named || first.starts_with("#!") && (first.ends_with("sh") || first.ends_with("bash"))
}
