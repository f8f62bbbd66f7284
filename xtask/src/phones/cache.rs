//! What is expensive to make and the same for every clone: the Debian roots. It lies outside the repository, so that
//! a second clone finds it, and so that nothing that walks the repository meets two foreign systems.
//!
//! A thing is made beside its place and moved there when it is finished, with its recipe in a marker: a half-made one
//! is never taken for a whole one, and one of another recipe is made anew. A lock keeps two runs from making it at once,
//! and from taking it away while somebody uses it.

use std::{
    env,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::PhoneError;
use crate::process::Workspace;

/// Where it is, if somebody chose. (Not `INKAN_…`: the server takes each variable of that kind for a field of its
/// configuration.)
const VARIABLE: &str = "XTASK_CACHE";

/// Written last, into the thing itself.
const MARKER: &str = ".inkan-recipe";

pub(crate) struct Cache {
    folder: PathBuf,
}

/// A thing of the cache, kept from being replaced for as long as this lives.
pub(crate) struct Kept {
    pub(crate) folder: PathBuf,
    _in_use: File,
}

impl Cache {
    pub(crate) fn locate(workspace: &Workspace) -> Result<Self, PhoneError> {
        let said = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let folder = choose(said(VARIABLE), said("XDG_CACHE_HOME"), said("HOME"));
        let folder = folder.ok_or(PhoneError::NoCache)?;
        if folder.starts_with(&workspace.root) {
            return Err(PhoneError::CacheInside(folder));
        }
        Ok(Self { folder })
    }

    /// Is it there, of this recipe?
    pub(crate) fn holds(&self, name: &str, recipe: &str) -> bool {
        fs::read(self.folder.join(name).join(MARKER)).is_ok_and(|found| found == recipe.as_bytes())
    }

    /// Gives the thing of this name, made by `make` in the folder it is handed if it is not there yet.
    pub(crate) fn get(
        &self,
        name: &str,
        recipe: &str,
        make: impl Fn(&Path) -> Result<(), PhoneError>,
    ) -> Result<Kept, PhoneError> {
        let folder = self.folder.join(name);
        loop {
            let lock = self.lock_file(name)?;
            wait(&lock, name, Use::Shared).map_err(PhoneError::file(&folder))?;
            if self.holds(name, recipe) {
                return Ok(Kept { folder, _in_use: lock });
            }
            // A shared lock cannot become an exclusive one without a gap, so all is asked again behind it.
            drop(lock);
            let lock = self.lock_file(name)?;
            wait(&lock, name, Use::Alone).map_err(PhoneError::file(&folder))?;
            if !self.holds(name, recipe) {
                self.make(name, recipe, &make)?;
            }
        }
    }

    fn make(
        &self,
        name: &str,
        recipe: &str,
        make: impl Fn(&Path) -> Result<(), PhoneError>,
    ) -> Result<(), PhoneError> {
        let folder = self.folder.join(name);
        let part = self.folder.join(format!("{name}.part"));
        for old in [&part, &folder] {
            remove(old).map_err(PhoneError::file(old))?;
        }
        fs::create_dir_all(&part).map_err(PhoneError::file(&part))?;
        make(&part)?;
        fs::write(part.join(MARKER), recipe).map_err(PhoneError::file(&part))?;
        fs::rename(&part, &folder).map_err(PhoneError::file(&folder))
    }

    /// One at a time on this machine, for as long as what is returned lives.
    pub(crate) fn alone(&self, name: &str) -> Result<File, PhoneError> {
        let lock = self.lock_file(name)?;
        wait(&lock, name, Use::Alone).map_err(PhoneError::file(&self.folder))?;
        Ok(lock)
    }

    fn lock_file(&self, name: &str) -> Result<File, PhoneError> {
        fs::create_dir_all(&self.folder).map_err(PhoneError::file(&self.folder))?;
        let path = self.folder.join(format!("{name}.lock"));
        File::options().create(true).truncate(false).write(true).open(&path).map_err(PhoneError::file(&path))
    }
}

#[derive(Clone, Copy)]
enum Use {
    Shared,
    Alone,
}

fn wait(lock: &File, name: &str, how: Use) -> io::Result<()> {
    let (at_once, in_time): (_, fn(&File) -> io::Result<()>) = match how {
        Use::Shared => (lock.try_lock_shared(), File::lock_shared),
        Use::Alone => (lock.try_lock(), File::lock),
    };
    if at_once.is_ok() {
        return Ok(());
    }
    println!("waiting until another run has done with {name}");
    in_time(lock)
}

fn choose(own: Option<PathBuf>, caches: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let folder = own
        .or_else(|| caches.map(|caches| caches.join("inkan")))
        .or_else(|| home.map(|home| home.join(".cache").join("inkan")))?;
    folder.is_absolute().then_some(folder)
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
