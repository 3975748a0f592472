//! Contents of messages and attachments. Small ones lie in the database, so that one commit makes them durable with
//! everything else; large ones are files that are synced before the transaction that names them commits.

use std::fs::{self, File};
use std::io::{self, Cursor, Read, Write};
use std::path::PathBuf;

use base::{Error, Result};

use crate::secrets::Secrets;
use crate::{App, Tx, store};

/// Contents up to this size, in bytes, lie in the database.
pub const SMALL: usize = 64 * 1024;

/// The folder of large contents.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub fn open(path: PathBuf) -> Result<Self> {
        fs::create_dir_all(&path).map_err(|cause| Error::internal(format!("{}: {cause}", path.display())))?;
        Ok(Self(path))
    }

    /// Keys are random and hexadecimal; their beginning spreads the files over folders.
    fn path(&self, key: &str) -> PathBuf {
        self.0.join(&key[..2.min(key.len())]).join(key)
    }
}

/// A content that is being received, in constant memory.
pub struct Writer {
    key: String,
    path: PathBuf,
    small: Vec<u8>,
    file: Option<File>,
    size: u64,
}

/// A content that is durable or small, and not yet named by any row. Dropped, it leaves nothing.
pub struct Staged {
    key: String,
    path: PathBuf,
    content: Option<Vec<u8>>,
    size: u64,
    kept: bool,
}

impl Writer {
    /// Starts to receive a content.
    pub fn new(app: &App) -> Self {
        Self::with(app.secrets(), app.folder())
    }

    fn with(secrets: &Secrets, folder: &Folder) -> Self {
        let key = secrets.hex_id();
        Self { path: folder.path(&key), key, small: Vec::new(), file: None, size: 0 }
    }

    /// Bytes received so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Makes what was received durable: a large content is synced to its file here.
    pub fn finish(mut self) -> io::Result<Staged> {
        let content = match self.file.take() {
            Some(file) => {
                file.sync_all()?;
                if let Some(folder) = self.path.parent() {
                    File::open(folder)?.sync_all()?;
                }
                None
            }
            None => Some(std::mem::take(&mut self.small)),
        };
        let (key, path) = (std::mem::take(&mut self.key), std::mem::take(&mut self.path));
        Ok(Staged { key, path, content, size: self.size, kept: false })
    }
}

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.file.is_none() && self.small.len() + bytes.len() > SMALL {
            if let Some(folder) = self.path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut file = File::create_new(&self.path)?;
            file.write_all(&self.small)?;
            self.small = Vec::new();
            self.file = Some(file);
        }
        match &mut self.file {
            Some(file) => file.write_all(bytes)?,
            None => self.small.extend_from_slice(bytes),
        }
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if self.file.is_some() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Staged {
    /// A content that is at hand.
    pub fn of(app: &App, bytes: &[u8]) -> Result<Self> {
        let mut writer = Writer::new(app);
        writer.write_all(bytes).map_err(Error::internal)?;
        writer.finish().map_err(Error::internal)
    }

    /// Its size in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The content itself while it is small.
    pub fn small(&self) -> Option<&[u8]> {
        self.content.as_deref()
    }

    /// Records the content in the transaction; gives the key under which it is read again.
    pub fn keep(mut self, tx: &mut Tx<'_>) -> Result<String> {
        store::put_blob(tx, &self.key, self.size as i64, self.content.as_deref())?;
        self.kept = true;
        Ok(std::mem::take(&mut self.key))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if !self.kept && self.content.is_none() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Opens a content for reading.
///
/// # Errors
/// `NotFound` when there is no such content.
pub fn open(tx: &mut Tx<'_>, key: &str) -> Result<Box<dyn Read + Send>> {
    let row = store::blob(tx, key)?;
    match row.get::<Option<Vec<u8>>>("content")? {
        Some(bytes) => Ok(Box::new(Cursor::new(bytes))),
        None => match File::open(tx.app().folder().path(key)) {
            Ok(file) => Ok(Box::new(file)),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Err(Error::NotFound),
            Err(cause) => Err(Error::internal(cause)),
        },
    }
}

/// The whole content in memory; for contents known to be bounded.
pub fn read(tx: &mut Tx<'_>, key: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(tx, key)?.read_to_end(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// The content's size in bytes.
pub fn size(tx: &mut Tx<'_>, key: &str) -> Result<u64> {
    Ok(store::blob(tx, key)?.get::<i64>("size")?.unsigned_abs())
}

/// Deletes a content. The file of a large one goes when nothing names it any more, by [`sweep`].
pub fn delete(tx: &mut Tx<'_>, key: &str) -> Result<()> {
    store::delete_blob(tx, key)
}

/// Removes files that no row names: left behind by a crash between file and commit, or by [`delete`].
/// Files younger than a day stay, since their transaction may be under way. Gives the number removed.
pub fn sweep(app: &App) -> Result<usize> {
    let mut removed = 0;
    let day = std::time::Duration::from_secs(86_400);
    for folder in fs::read_dir(&app.folder().0).map_err(Error::internal)?.flatten() {
        for file in fs::read_dir(folder.path()).map_err(Error::internal)?.flatten() {
            let age = file.metadata().and_then(|meta| meta.modified()).ok().and_then(|at| at.elapsed().ok());
            let key = file.file_name().to_string_lossy().into_owned();
            let named = app.read(move |tx| Ok(store::blob(tx, &key).is_ok())).wait()?;
            if !named && age.is_some_and(|age| age > day) && fs::remove_file(file.path()).is_ok() {
                removed += 1;
            }
        }
    }
    Ok(removed)
}
