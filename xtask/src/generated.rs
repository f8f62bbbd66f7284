//! Files in the repository that a program writes: the JSON vectors and docs/openapi.json. `cargo xtask test` checks
//! that each is what the program would write today.
//!
//! The programs are named without their packages: cargo then takes the features of the whole workspace, as the tests
//! do, and what the tests have compiled is not compiled again.

use std::{fs, io, path::PathBuf};

use crate::process::{ProcessError, Workspace, capture, stream};

const OPENAPI: &str = "docs/openapi.json";

/// Why a generated file could not be written or is not up to date.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GeneratedError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error(
        "{OPENAPI} is not what `inkan openapi` says (first difference in line {line}); `cargo xtask openapi` writes it again"
    )]
    OutOfDate { line: usize },
}

pub(crate) fn write_vectors(workspace: &Workspace) -> Result<(), ProcessError> {
    vectors(workspace, "--write")
}

pub(crate) fn check_vectors(workspace: &Workspace) -> Result<(), ProcessError> {
    vectors(workspace, "--check")
}

pub(crate) fn write_openapi(workspace: &Workspace) -> Result<(), GeneratedError> {
    let path = workspace.root.join(OPENAPI);
    let document = openapi(workspace)?;
    fs::write(&path, document).map_err(|source| GeneratedError::File { path, source })?;
    println!("{OPENAPI} written");
    Ok(())
}

pub(crate) fn check_openapi(workspace: &Workspace) -> Result<(), GeneratedError> {
    let path = workspace.root.join(OPENAPI);
    let committed = fs::read(&path).map_err(|source| GeneratedError::File { path, source })?;
    match first_difference(&committed, &openapi(workspace)?) {
        None => Ok(()),
        Some(line) => Err(GeneratedError::OutOfDate { line }),
    }
}

fn vectors(workspace: &Workspace, how: &str) -> Result<(), ProcessError> {
    stream(&mut workspace.cargo([
        "run",
        "--locked",
        "--package",
        "inkan-tests",
        "--bin",
        "vectors",
        "--",
        how,
    ]))
}

fn openapi(workspace: &Workspace) -> Result<Vec<u8>, ProcessError> {
    capture(&mut workspace.cargo([
        "run",
        "--locked",
        "--package",
        "inkan-server",
        "--bin",
        "inkan",
        "--",
        "openapi",
    ]))
}

/// The first line, counted from 1, in which the two differ.
pub(crate) fn first_difference(left: &[u8], right: &[u8]) -> Option<usize> {
    if left == right {
        return None;
    }
    let same = left.iter().zip(right).take_while(|(l, r)| l == r);
    Some(1 + same.filter(|(byte, _)| **byte == b'\n').count())
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn a_difference_is_found_in_its_line() {
        assert_eq!(first_difference(b"{\n}\n", b"{\n}\n"), None);
        assert_eq!(first_difference(b"{\n}\n", b"{\n]\n"), Some(2));
        assert_eq!(first_difference(b"", b"{\n"), Some(1));
        assert_eq!(first_difference(b"{\n}\n", b"{\n}\n\n"), Some(3));
    }
}
