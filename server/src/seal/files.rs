//! Sealing keys in the data folder: `sealing-N.key`, 32 bytes each, the highest number seals.

use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::{SealError, Sealer, SealingKey};
use crate::private_file;
use crate::random::{Random, make_bytes};

impl Sealer {
    /// Reads the sealing keys of `folder`.
    pub fn open_folder(folder: &Path, random: Arc<dyn Random>) -> Result<Self, SealError> {
        let mut keys = Vec::new();
        for number in private_file::numbers(folder, "sealing-", ".key")? {
            let id = u8::try_from(number).map_err(|_| unusable(folder, number))?;
            let bytes = private_file::read(&path(folder, number))?;
            let bytes = <[u8; 32]>::try_from(bytes.as_slice()).map_err(|_| unusable(folder, number))?;
            keys.push(SealingKey::new(id, bytes));
        }
        let newest = keys.pop().ok_or_else(|| {
            SealError::KeyFile(format!(
                "there is no sealing key in {}; `inkan keys make` makes one, or put back the one from your backup",
                folder.display()
            ))
        })?;
        Ok(keys.into_iter().fold(Self::new(newest, random), Self::with_old_key))
    }

    /// Adds a key to `folder`, which seals from the next start on; older ones still open. Answers its number.
    pub fn make_key(folder: &Path, random: &dyn Random) -> Result<u8, SealError> {
        private_file::create_folder(folder)?;
        let number = private_file::numbers(folder, "sealing-", ".key")?.last().map_or(1, |last| last + 1);
        let id = u8::try_from(number).map_err(|_| unusable(folder, number))?;
        let bytes = Zeroizing::new(make_bytes::<32>(random)?);
        private_file::create(&path(folder, number), bytes.as_slice())?;
        Ok(id)
    }
}

fn path(folder: &Path, number: u64) -> std::path::PathBuf {
    folder.join(format!("sealing-{number}.key"))
}

fn unusable(folder: &Path, number: u64) -> SealError {
    SealError::KeyFile(format!(
        "{} is not a sealing key: 32 bytes, and a number up to 255",
        path(folder, number).display()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandom;

    #[test]
    fn a_second_key_seals_and_the_first_still_opens() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Sealer::open_folder(folder.path(), Arc::new(SystemRandom));
        assert!(matches!(open(), Err(SealError::KeyFile(_))));
        assert_eq!(Sealer::make_key(folder.path(), &SystemRandom).unwrap(), 1);
        let sealed = open().unwrap().seal("c", b"plain").unwrap();
        assert_eq!(Sealer::make_key(folder.path(), &SystemRandom).unwrap(), 2);
        let both = open().unwrap();
        assert_eq!(both.open("c", &sealed).unwrap().as_slice(), b"plain");
        assert_eq!(both.seal("c", b"plain").unwrap()[1], 2);
    }

    #[test]
    fn a_file_of_another_length_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        private_file::create(&folder.path().join("sealing-1.key"), &[1; 31]).unwrap();
        assert!(matches!(
            Sealer::open_folder(folder.path(), Arc::new(SystemRandom)),
            Err(SealError::KeyFile(_))
        ));
    }
}
