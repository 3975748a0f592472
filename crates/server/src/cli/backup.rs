//! `tugi backup` and `tugi restore`: the whole desk in one file, a gzipped tar of database, contents, key and
//! configuration. A backup is consistent while the desk runs: the database is copied first, and contents that it names
//! are files that never change.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use base::SystemClock;
use clap::Args;
use db::{Db, Options};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use super::{Outcome, Place, spoken};
use crate::config::Config;
use crate::folder;

/// Names inside the file, and in the data folder.
const DATABASE: &str = "tugi.sqlite";
const KEY: &str = "secret.key";
const BLOBS: &str = "blobs";
const SETTINGS: &str = "tugi.toml";

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// The file of the backup.
    file: PathBuf,
}

pub(super) fn back_up(arguments: Arguments) -> Outcome {
    let config = arguments.place.config()?;
    if !config.data.join(KEY).exists() {
        return Err(format!("{} holds no desk: there is no {KEY} in it", config.data.display()));
    }
    if arguments.file.exists() {
        return Err(format!("{} exists already; a backup overwrites nothing", arguments.file.display()));
    }
    let part = with_suffix(&arguments.file, ".part");
    let copy = with_suffix(&arguments.file, ".database");
    let written = write_backup(&config, &part, &copy);
    let _ = fs::remove_file(&copy);
    if let Err(problem) = written {
        let _ = fs::remove_file(&part);
        return Err(problem);
    }
    fs::rename(&part, &arguments.file).map_err(|cause| at(&arguments.file, &cause))?;
    let size = fs::metadata(&arguments.file).map(|meta| meta.len()).unwrap_or(0);
    eprintln!("{}: {}", arguments.file.display(), in_words(size));
    Ok(ExitCode::SUCCESS)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn at(path: &Path, cause: &io::Error) -> String {
    format!("{}: {cause}", path.display())
}

fn write_backup(config: &Config, part: &Path, copy: &Path) -> Result<(), String> {
    eprintln!("copying the database ...");
    let _ = fs::remove_file(copy);
    let db = Db::open(&Options::new(&config.database).with_clock(Arc::new(SystemClock))).map_err(spoken)?;
    db.backup(copy.to_owned()).map_err(spoken)?;
    let blobs = files(&config.data.join(BLOBS)).map_err(|cause| at(&config.data.join(BLOBS), &cause))?;
    let broken = |cause: io::Error| at(part, &cause);
    // It holds the key, so it is nobody else's to read.
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(part).map_err(broken)?;
    let mut tar = tar::Builder::new(GzEncoder::new(BufWriter::new(file), Compression::fast()));
    let mut add = |path: &Path, name: &Path| tar.append_path_with_name(path, name).map_err(|cause| at(path, &cause));
    add(&config.data.join(KEY), Path::new(KEY))?;
    if config.data.join(SETTINGS).exists() {
        add(&config.data.join(SETTINGS), Path::new(SETTINGS))?;
    }
    eprintln!("packing the database ({}) ...", in_words(fs::metadata(copy).map(|meta| meta.len()).unwrap_or(0)));
    add(copy, Path::new(DATABASE))?;
    for (index, path) in blobs.iter().enumerate() {
        if index % 1_000 == 0 {
            eprintln!("packing contents: {index} of {} ...", blobs.len());
        }
        let name = path.strip_prefix(&config.data).unwrap_or(path);
        // What was deleted meanwhile is named by no row of the copy that matters any more.
        if path.exists() {
            add(path, name)?;
        }
    }
    let packed = tar.into_inner().and_then(GzEncoder::finish).map_err(broken)?;
    packed.into_inner().map_err(|cause| broken(cause.into_error()))?.sync_all().map_err(broken)
}

/// All files below a folder.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(found) };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.extend(files(&entry.path())?);
        } else {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// A number of bytes as people say it.
pub(super) fn in_words(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} bytes"),
        1_024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1_024.0),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", bytes as f64 / 1_073_741_824.0),
    }
}

pub(super) fn restore(arguments: Arguments) -> Outcome {
    let config = arguments.place.config()?;
    let used = |name: &str| config.data.join(name).exists();
    if used(DATABASE) || used(KEY) || used(BLOBS) {
        return Err(format!("{} holds a desk already; restore into an empty folder", config.data.display()));
    }
    let file = File::open(&arguments.file).map_err(|cause| at(&arguments.file, &cause))?;
    let _lock = folder::lock(&config.data)?;
    let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
    let broken = |cause: io::Error| format!("{} is not a whole backup: {cause}", arguments.file.display());
    let mut count = 0;
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        // Paths that lead out of the folder are refused by this, and links are of no use in a backup.
        if !entry.header().entry_type().is_file() || !entry.unpack_in(&config.data).map_err(broken)? {
            return Err(format!("{} holds what no backup does", arguments.file.display()));
        }
        count += 1;
        if count % 1_000 == 0 {
            eprintln!("{count} files ...");
        }
    }
    let _ = io::stderr().flush();
    if !used(DATABASE) || !used(KEY) {
        return Err(format!("{} holds no desk: database or key is missing", arguments.file.display()));
    }
    Db::open(&Options::new(config.data.join(DATABASE).to_string_lossy())).map_err(spoken)?;
    eprintln!("{count} files restored to {}", config.data.display());
    Ok(ExitCode::SUCCESS)
}
