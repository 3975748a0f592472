//! The data folder, and the lock that keeps a second program out of it.

use std::fs::{self, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// The lock; it ends with this value, also when the program is killed.
pub struct Lock {
    _file: File,
}

/// Makes the folder when it isn't there, for its owner only.
///
/// # Errors
/// A text for the person at the terminal.
pub fn make(data: &Path) -> Result<(), String> {
    let mut builder = fs::DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(data);
    made.map_err(|cause| format!("the data folder {} can't be made: {cause}", data.display()))
}

/// Makes the folder when it isn't there, and locks it.
///
/// # Errors
/// A text for the person at the terminal, when the folder can't be made or another program has it.
pub fn lock(data: &Path) -> Result<Lock, String> {
    make(data)?;
    let place = data.display();
    let file = File::create(data.join("lock")).map_err(|cause| format!("{place} can't be written to: {cause}"))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock { _file: file }),
        Err(TryLockError::WouldBlock) => {
            Err(format!("{place} is in use by another Tugi. Stop that one, or name another folder by --data"))
        }
        Err(TryLockError::Error(cause)) => Err(format!("{place} can't be locked: {cause}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_taken_by_one_program_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock(folder.path()).unwrap();
        assert!(lock(folder.path()).err().unwrap().contains("in use"));
        drop(first);
        assert!(lock(folder.path()).is_ok());
    }
}
