//! The running desk.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use base::{Clock, Error, Result};
use db::{Db, Pending};

use crate::blobs::Folder;
use crate::jobs::Registry;
use crate::live::Live;
use crate::secrets::Secrets;

/// The running desk: cheap to clone, handed to every handler and job.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    db: Db,
    folder: Folder,
    secrets: Secrets,
    jobs: Registry,
    live: Live,
    parts: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    base_url: String,
}

/// What an [`App`] is put together from. Capabilities add their job kinds and parts in `server`'s wiring.
pub struct AppBuilder {
    db: Db,
    data: PathBuf,
    secrets: Secrets,
    jobs: Registry,
    parts: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
    base_url: String,
}

impl AppBuilder {
    /// An app on this database that keeps its files under `data`.
    pub fn new(db: Db, data: PathBuf, secrets: Secrets) -> Self {
        let base_url = "http://localhost".to_owned();
        Self { db, data, secrets, jobs: Registry::default(), parts: HashMap::new(), base_url }
    }

    /// Sets the address under which browsers reach the desk, without a slash at its end.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = url.into();
        self
    }

    /// Adds a kind of job.
    pub fn job<J: crate::jobs::Job>(mut self) -> Self {
        self.jobs.add::<J>();
        self
    }

    /// Adds a part that is found again by its type with [`App::part`].
    pub fn part<P: Any + Send + Sync>(mut self, part: P) -> Self {
        self.parts.insert(TypeId::of::<P>(), Box::new(part));
        self
    }

    /// The app.
    ///
    /// # Errors
    /// `Internal` when the folder for blobs can't be made.
    pub fn build(self) -> Result<App> {
        let folder = Folder::open(self.data.join("blobs"))?;
        let live = Live::new(&self.db);
        Ok(App(Arc::new(Inner {
            db: self.db,
            folder,
            secrets: self.secrets,
            jobs: self.jobs,
            live,
            parts: self.parts,
            base_url: self.base_url,
        })))
    }
}

impl App {
    /// Runs a closure in a transaction that writes. The answer comes after the commit.
    pub fn write<T, F>(&self, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let app = self.clone();
        self.0.db.write(move |db| work(&mut Tx { db, app: &app }))
    }

    /// Runs a closure on one consistent snapshot; it can't write.
    pub fn read<T, F>(&self, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T> + Send + 'static,
    {
        let app = self.clone();
        self.0.db.read(move |db| work(&mut Tx { db, app: &app }))
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.0.db
    }

    /// What tells the time.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.0.db.clock()
    }

    /// The secrets that seal and sign.
    pub fn secrets(&self) -> &Secrets {
        &self.0.secrets
    }

    /// The stream of events to the browsers.
    pub fn live(&self) -> &Live {
        &self.0.live
    }

    /// The address under which browsers reach the desk, without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// The part of this type, if wiring added one.
    pub fn part<P: Any>(&self) -> Option<&P> {
        self.0.parts.get(&TypeId::of::<P>()).and_then(|part| part.downcast_ref())
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.0.folder
    }

    pub(crate) fn job_kinds(&self) -> &Registry {
        &self.0.jobs
    }
}

/// A transaction that knows the app it belongs to. Everything that [`db::Tx`] does, it does.
pub struct Tx<'a> {
    db: &'a mut db::Tx,
    app: &'a App,
}

impl<'a> Tx<'a> {
    /// The app.
    pub fn app(&self) -> &'a App {
        self.app
    }

    /// Does something whose failure, or panic, is to undo only what it wrote itself, so that the transaction can go on.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let part = self.db.begin_part()?;
        let done = catch_unwind(AssertUnwindSafe(|| work(self)));
        match done.unwrap_or_else(|_| Err(Error::internal("a panic within a part of a transaction"))) {
            Ok(done) => self.db.keep_part(part).map(|()| done),
            Err(cause) => {
                self.db.undo_part(part)?;
                Err(cause)
            }
        }
    }
}

impl Deref for Tx<'_> {
    type Target = db::Tx;

    fn deref(&self) -> &db::Tx {
        self.db
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut db::Tx {
        self.db
    }
}
