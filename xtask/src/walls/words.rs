//! Walls over all text: what the top level holds, and words that do not belong in this repository.
//!
//! The words are put together from halves, so that this file does not breach its own wall.

use std::collections::BTreeSet;

use super::Breach;
use crate::tree::Tree;

/// What the owner chose to see first.
const CHOSEN: &[&str] = &[
    "Cargo.toml",
    "core",
    "bindings",
    "android",
    "ios",
    "server",
    "tests",
    "README.md",
    "docs",
    "xtask",
    ".ci",
];

/// Files that a tool or a custom looks for at the root.
const QUIET: &[&str] = &[
    "Cargo.lock",
    "LICENSE",
    "CHANGELOG.md",
    "clippy.toml",
    "deny.toml",
    "rustfmt.toml",
    ".cargo",
    ".gitattributes",
    ".gitignore",
];

/// Absolute paths of somebody's machine.
const MACHINE: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// Where packages come from is a matter of deny.toml and the lock file. (Every pom.xml names `maven.apache.org`: that is
/// its XML namespace, and not where Maven's packages are.)
const REGISTRIES: &[&str] = &[
    concat!("crates", ".io"),
    concat!("npmjs", ".org"),
    concat!("pypi", ".org"),
    concat!("repo.maven", ".apache.org"),
    concat!("repo1.maven", ".org"),
    concat!("proxy", ".golang.org"),
];

/// Words of the places where the plans were made.
const ELSEWHERE: &[&str] = &[
    concat!("farm", "-studio"),
    concat!("farm", "-bench"),
    concat!("issues", " said"),
    concat!("issues", " show"),
    concat!("shared", "/design"),
    concat!("shared", "/seed"),
    concat!("BRIEF", ".md"),
    concat!("clau", "de"),
    concat!("anthro", "pic"),
];

pub(crate) fn top_level(tree: &Tree) -> Vec<Breach> {
    let names: BTreeSet<&str> = tree.files.iter().filter_map(|file| file.path.split('/').next()).collect();
    names
        .into_iter()
        .filter(|name| !CHOSEN.contains(name) && !QUIET.contains(name))
        .map(|name| Breach::at(name, "does not belong at the top; it has a place further down"))
        .collect()
}

pub(crate) fn foreign(tree: &Tree) -> Vec<Breach> {
    let mut breaches = Vec::new();
    for file in &tree.files {
        let may_name_registries = ["deny.toml", "Cargo.lock"].contains(&file.path.as_str());
        for (line, text) in (1..).zip(file.text.lines()) {
            let mut say = |what: String| breaches.push(Breach::at(format!("{}:{line}", file.path), what));
            for path in MACHINE.iter().filter(|path| names_absolute(text, path)) {
                say(format!("`{path}…` is a path of one machine"));
            }
            for host in REGISTRIES.iter().filter(|host| !may_name_registries && text.contains(*host)) {
                say(format!("`{host}`: where packages come from stands in deny.toml alone"));
            }
            for word in ELSEWHERE.iter().filter(|word| text.to_lowercase().contains(&word.to_lowercase())) {
                say(format!("`{word}` is a word of another house"));
            }
        }
    }
    breaches
}

/// Does the text name a path that starts so, and not one that goes through a folder of this name?
fn names_absolute(text: &str, start: &str) -> bool {
    text.match_indices(start).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        !before.is_some_and(|character| character.is_alphanumeric() || "_-.~}>*".contains(character))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_level_holds_the_chosen_names() {
        let clean = [("Cargo.toml", ""), ("core/src/lib.rs", ""), (".ci/run", ""), ("LICENSE", "")];
        assert_eq!(top_level(&Tree::of(&clean)), []);
        let breached =
            Tree::of(&[("Cargo.toml", ""), ("scripts/a.sh", ""), ("scripts/b.sh", ""), ("NOTES.md", "")]);
        let places: Vec<_> = top_level(&breached).into_iter().map(|breach| breach.place).collect();
        assert_eq!(places, ["NOTES.md", "scripts"]);
    }

    #[test]
    fn paths_of_a_machine_are_found_and_folders_of_that_name_are_not() {
        for path in MACHINE {
            for text in [format!("cd {path}main"), format!("\"{path}x\""), format!("file://{path}x")] {
                assert_eq!(foreign(&Tree::of(&[("docs/a.md", &text)])).len(), 1, "{text}");
            }
            for text in [format!("android{path}mod"), format!("https://a.example{path}"), format!("*{path}")]
            {
                assert_eq!(foreign(&Tree::of(&[("docs/a.md", &text)])), [], "{text}");
            }
        }
    }

    #[test]
    fn registries_stand_in_deny_toml_alone() {
        for host in REGISTRIES {
            let text = format!("source = \"https://{host}/index\"");
            assert_eq!(foreign(&Tree::of(&[("deny.toml", &text), ("Cargo.lock", &text)])), []);
            assert_eq!(foreign(&Tree::of(&[("docs/a.md", &text)])).len(), 1, "{host}");
        }
        let namespace = "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">";
        assert_eq!(foreign(&Tree::of(&[("bindings/kotlin/pom.xml", namespace)])), []);
    }

    #[test]
    fn words_of_another_house_are_found() {
        for word in ELSEWHERE {
            let breaches =
                foreign(&Tree::of(&[("core/src/a.rs", &format!("//\n// {}", word.to_uppercase()))]));
            assert_eq!(breaches.len(), 1, "{word}");
            assert_eq!(breaches[0].place, "core/src/a.rs:2");
        }
        assert_eq!(foreign(&Tree::of(&[("core/src/a.rs", "// issues a session to the user agent")])), []);
    }
}
