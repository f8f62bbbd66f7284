//! Brings a folder to the state of another and touches only what differs: Maven and SwiftPM go by the time of a file,
//! so what is generated anew and is the same does not make them begin anew.

use std::{collections::BTreeSet, ffi::OsString, fs, io, path::Path};

/// Makes `to` what `from` is.
pub(super) fn mirror(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    let mut wanted: BTreeSet<OsString> = BTreeSet::new();
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            if target.is_file() {
                fs::remove_file(&target)?;
            }
            mirror(&entry.path(), &target)?;
        } else {
            place(&entry.path(), &target)?;
        }
        wanted.insert(entry.file_name());
    }
    for entry in fs::read_dir(to)? {
        let entry = entry?;
        if !wanted.contains(&entry.file_name()) {
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

/// Copies a file where the two differ, and says whether they did.
pub(super) fn place(from: &Path, to: &Path) -> io::Result<bool> {
    if to.is_dir() {
        fs::remove_dir_all(to)?;
    }
    let text = fs::read(from)?;
    if fs::read(to).is_ok_and(|found| found == text) {
        return Ok(false);
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(to, text)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::{fs, process};

    use super::mirror;

    #[test]
    fn a_folder_becomes_the_other_and_what_is_the_same_is_not_touched() {
        let below = std::env::temp_dir().join(format!("inkan-mirror-{}", process::id()));
        drop(fs::remove_dir_all(&below));
        let (from, to) = (below.join("from"), below.join("to"));
        for (file, text) in [("from/a/same", "1"), ("from/a/new", "2"), ("from/was-folder", "3")] {
            let file = below.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        for (file, text) in
            [("to/a/same", "1"), ("to/a/old", "2"), ("to/gone/x", "4"), ("to/was-folder/x", "5")]
        {
            let file = below.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let time = || fs::metadata(to.join("a/same")).unwrap().modified().unwrap();
        let before = time();
        mirror(&from, &to).unwrap();
        assert_eq!(time(), before);
        assert_eq!(fs::read_to_string(to.join("a/new")).unwrap(), "2");
        assert_eq!(fs::read_to_string(to.join("was-folder")).unwrap(), "3");
        assert!(!to.join("a/old").exists());
        assert!(!to.join("gone").exists());
        fs::remove_dir_all(&below).unwrap();
    }
}
