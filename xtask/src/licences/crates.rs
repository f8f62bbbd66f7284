//! The crates that are linked into the bindings' library for a target, with the licence files of their sources.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::{
    LicencesError, Package, Text,
    accepted::{Accepted, Choice},
    texts::{self, Read},
};
use crate::process::{Workspace, capture};

/// Folders of a crate that are not compiled into anything.
const NOT_LINKED: &[&str] = &["tests", "benches", "examples", "fuzz", "target", "ci", ".github"];

/// The project itself.
pub(super) fn inkan(workspace: &Workspace) -> Result<Package, LicencesError> {
    let path = workspace.root.join("LICENSE");
    let file = fs::read_to_string(&path).map_err(LicencesError::file(&path))?;
    let Read { holders, text, .. } = texts::read("LICENSE", &file);
    Ok(Package {
        name: "Inkan".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        licence: env!("CARGO_PKG_LICENSE").to_owned(),
        source: None,
        holders,
        texts: vec![text],
    })
}

/// The crates of a target, by name and version, and what the compiler adds.
pub(super) fn linked(workspace: &Workspace, target: &str) -> Result<Vec<Package>, LicencesError> {
    let deny = workspace.root.join("deny.toml");
    let accepted = Accepted::read(&fs::read_to_string(&deny).map_err(LicencesError::file(&deny))?)?;
    let mut packages = vec![standard_library()];
    for (name, version) in names(workspace, target)? {
        let known = workspace.metadata.packages.iter();
        let mut known =
            known.filter(|package| *package.name == name && package.version.to_string() == version);
        let package = known.next().ok_or_else(|| LicencesError::Unknown(format!("{name} {version}")))?;
        // The members are the project itself.
        if package.source.is_some() {
            packages.push(read(package, &accepted)?);
        }
    }
    packages.sort_by(|a, b| (&a.name, &a.version).cmp(&(&b.name, &b.version)));
    Ok(packages)
}

/// Name and version of all that is linked. `cargo tree` knows the features of this one library; `cargo metadata` takes
/// those of the whole workspace.
fn names(workspace: &Workspace, target: &str) -> Result<BTreeSet<(String, String)>, LicencesError> {
    let mut tree = workspace.cargo(["tree", "--locked", "--package", "inkan-bindings", "--target", target]);
    tree.args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"]);
    Ok(parse_tree(&String::from_utf8_lossy(&capture(&mut tree)?)))
}

/// Lines like `serde v1.0.229 (*)`.
fn parse_tree(said: &str) -> BTreeSet<(String, String)> {
    let words = said.lines().map(|line| line.split(' '));
    let pairs = words.filter_map(|mut words| Some((words.next()?, words.next()?.strip_prefix('v')?)));
    pairs.map(|(name, version)| (name.to_owned(), version.to_owned())).collect()
}

/// What every program of rustc contains. Its version is the compiler's, which a build may choose.
fn standard_library() -> Package {
    Package {
        name: "Rust standard library".to_owned(),
        version: String::new(),
        licence: "Apache-2.0".to_owned(),
        source: Some("https://github.com/rust-lang/rust".to_owned()),
        holders: vec![
            "Copyright (c) The Rust Project Contributors".to_owned(),
            "With addr2line, adler2, compiler_builtins, gimli, miniz_oxide, object and rustc-demangle"
                .to_owned(),
        ],
        texts: spdx::license_id("Apache-2.0").map(texts::standard).into_iter().collect(),
    }
}

fn read(package: &cargo_metadata::Package, accepted: &Accepted) -> Result<Package, LicencesError> {
    let choice = accepted.choose(&package.name, package.license.as_deref().unwrap_or_default())?;
    let folder =
        package.manifest_path.parent().map(|folder| folder.as_std_path().to_owned()).unwrap_or_default();
    let mut files = Vec::new();
    find(&folder, &mut files)?;
    files.sort();
    let mut holders = Vec::new();
    let mut found = Vec::new();
    for path in files {
        let name = path.strip_prefix(&folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let bytes = fs::read(&path).map_err(LicencesError::file(&path))?;
        let read = texts::read(&format!("{} {name}", *package.name), &String::from_utf8_lossy(&bytes));
        keep(read, &choice, &mut holders, &mut found);
    }
    for taken in &choice.taken {
        if let Some(id) = taken.license.id()
            && !found.iter().any(|text: &Text| text.title == id.full_name)
        {
            found.push(texts::standard(id));
        }
    }
    if holders.is_empty() {
        let authors: Vec<_> = package.authors.iter().map(|author| without_mail(author)).collect();
        holders.extend((!authors.is_empty()).then(|| format!("Authors: {}", authors.join(", "))));
    }
    let taken: Vec<_> = choice.taken.iter().map(ToString::to_string).collect();
    Ok(Package {
        name: package.name.to_string(),
        version: package.version.to_string(),
        licence: taken.join(" AND "),
        source: package.repository.clone(),
        holders,
        texts: found,
    })
}

/// The text of a licence that is offered and not taken is left out; whose work it is, is not.
fn keep(read: Read, choice: &Choice, holders: &mut Vec<String>, found: &mut Vec<Text>) {
    let Read { id, holders: named, text } = read;
    for line in named {
        if !holders.contains(&line) {
            holders.push(line);
        }
    }
    let is = |requirements: &[spdx::LicenseReq]| {
        requirements.iter().any(|one| one.license.id().is_some_and(|known| Some(known.name) == id))
    };
    if is(&choice.taken) || !is(&choice.offered) {
        found.push(text);
    }
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), LicencesError> {
    for entry in fs::read_dir(folder).map_err(LicencesError::file(folder))? {
        let entry = entry.map_err(LicencesError::file(folder))?;
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if path.is_dir() {
            if !NOT_LINKED.contains(&name.as_str()) {
                find(&path, files)?;
            }
        } else if is_licence_file(&name) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_licence_file(name: &str) -> bool {
    let is_named = ["license", "licence", "copying", "copyright", "notice", "unlicense"]
        .iter()
        .any(|kind| name.starts_with(kind));
    let code = [".rs", ".toml", ".json", ".c", ".h", ".py", ".sh"];
    is_named && !code.iter().any(|end| name.ends_with(end))
}

/// A person's name is asked for; the address of mail is not.
fn without_mail(author: &str) -> String {
    author.split_once('<').map_or(author, |(name, _)| name).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{is_licence_file, parse_tree, without_mail};

    #[test]
    fn the_tree_is_read_without_what_it_says_twice() {
        let said = "inkan-bindings v0.1.0 (/w/bindings)\nserde v1.0.229\nserde v1.0.229 (*)\ntoml v1.2.2+spec-1.1.0\n\n";
        let names = parse_tree(said);
        let names: Vec<_> = names.iter().map(|(name, version)| format!("{name} {version}")).collect();
        assert_eq!(names, ["inkan-bindings 0.1.0", "serde 1.0.229", "toml 1.2.2+spec-1.1.0"]);
    }

    #[test]
    fn licence_files_are_known_by_their_names() {
        for name in
            ["license", "license-mit", "licence.txt", "license-zlib.md", "copying", "unlicense", "notice"]
        {
            assert!(is_licence_file(name), "{name}");
        }
        for name in ["license.rs", "readme.md", "authors", "licence.json", "notices.c"] {
            assert!(!is_licence_file(name), "{name}");
        }
        assert_eq!(without_mail("A B <a@example.jp>"), "A B");
        assert_eq!(without_mail("the team"), "the team");
    }
}
