//! Databases for tests: a SQLite file in a temporary folder, or, when `TUGI_TEST_DATABASE=postgres` is set, a database of
//! its own on a private PostgreSQL server that the first test starts from the system's `initdb`.
//!
//! The server ends, and its folder goes, once the process that ran the tests (cargo or nextest) has ended.

use std::os::unix::process::parent_id;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use base::{Clock, Error, Result};

use crate::{Db, Options, migrate};

/// A fresh, migrated database that goes away with this value.
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// Its URL, to open it again.
    pub url: String,
    _folder: tempfile::TempDir,
}

/// Makes a fresh database whose transactions go by `clock`.
pub fn fresh(clock: Arc<dyn Clock>) -> Result<TestDb> {
    let folder = tempfile::tempdir().map_err(Error::internal)?;
    let url = fresh_url(folder.path())?;
    let options = Options { readers: 2, writers: 2, ..Options::new(url.clone()) };
    let db = Db::open(&options.with_clock(clock))?;
    Ok(TestDb { db, url, _folder: folder })
}

/// The URL of a database that is new: a file in `folder`, or a database on the test server.
pub fn fresh_url(folder: &Path) -> Result<String> {
    match std::env::var("TUGI_TEST_DATABASE").as_deref() {
        Ok("postgres") => crate::driver::aside(postgres_url),
        _ => folder.join("tugi.sqlite").to_str().map(str::to_owned).ok_or_else(|| Error::internal("path")),
    }
}

/// A copy of a migrated template, which costs a fraction of running the migrations.
fn postgres_url() -> Result<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let server = server()?;
    let mut client = connect(&server, "postgres")?;
    let template = format!("template_{}", migrations_mark());
    client.batch_execute("SELECT pg_advisory_lock(1)").map_err(Error::internal)?;
    let made = client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&template]);
    if made.map_err(Error::internal)?.is_none() {
        let making = format!("{template}_making");
        client.batch_execute(&format!("DROP DATABASE IF EXISTS {making}")).map_err(Error::internal)?;
        client.batch_execute(&format!("CREATE DATABASE {making}")).map_err(Error::internal)?;
        let config = format!("{server}/{making}").parse().map_err(Error::internal)?;
        migrate::postgres(crate::postgres::Client::connect(&config)?, base::Timestamp(0))?;
        client.batch_execute(&format!("ALTER DATABASE {making} RENAME TO {template}")).map_err(Error::internal)?;
    }
    let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    client.batch_execute(&format!("DROP DATABASE IF EXISTS {name}")).map_err(Error::internal)?;
    client.batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).map_err(Error::internal)?;
    Ok(format!("{server}/{name}"))
}

fn connect(server: &str, database: &str) -> Result<postgres::Client> {
    postgres::Client::connect(&format!("{server}/{database}"), postgres::NoTls).map_err(Error::internal)
}

fn migrations_mark() -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    migrate::MIGRATIONS.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The URL (without a database) of the test server, started if it isn't running.
fn server() -> Result<String> {
    let runner = parent_id();
    let folder = std::env::temp_dir().join(format!("tugi-test-postgres-{runner}"));
    let lock = std::env::temp_dir().join(format!("tugi-test-postgres-{runner}.lock"));
    let lock = std::fs::File::create(lock).map_err(Error::internal)?;
    lock.lock().map_err(Error::internal)?;
    let port_file = folder.join("port");
    if let Ok(port) = std::fs::read_to_string(&port_file) {
        return Ok(format!("postgres://postgres@127.0.0.1:{port}"));
    }
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_err(Error::internal)?.port();
    start(&folder, port, runner)?;
    std::fs::write(&port_file, port.to_string()).map_err(Error::internal)?;
    Ok(format!("postgres://postgres@127.0.0.1:{port}"))
}

/// Starts a server that forgets everything on a crash, which is what tests want, and a watcher that ends it.
fn start(folder: &Path, port: u16, runner: u32) -> Result<()> {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).map_err(Error::internal)?;
    let (bin, data) = (bin_dir()?, folder.join("data"));
    let (bin, data) = (bin.display(), data.display());
    let settings = format!(
        "-F -p {port} -k {} -c listen_addresses=127.0.0.1 -c synchronous_commit=off -c full_page_writes=off \
         -c max_connections=400 -c shared_buffers=64MB",
        folder.display()
    );
    let script = format!(
        "{bin}/initdb -D {data} -U postgres -A trust -E UTF8 --locale=C -N >/dev/null && \
         {bin}/pg_ctl -D {data} -w -l {data}/log -o '{settings}' start >/dev/null"
    );
    let watcher = format!(
        "while [ -d /proc/{runner} ]; do sleep 1; done; \
         {bin}/pg_ctl -D {data} -m immediate stop >/dev/null 2>&1; rm -rf {} {}.lock",
        folder.display(),
        folder.display()
    );
    let status = as_server_user(folder, &script)?.status().map_err(Error::internal)?;
    if !status.success() {
        return Err(Error::internal("the test PostgreSQL did not start"));
    }
    let mut watch = as_server_user(folder, &watcher)?;
    watch.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    watch.spawn().map(drop).map_err(Error::internal)
}

/// PostgreSQL refuses to run as root: there, the account that its package made is taken.
fn as_server_user(folder: &Path, script: &str) -> Result<Command> {
    let output = Command::new("id").arg("-u").output().map_err(Error::internal)?;
    if output.stdout.trim_ascii() != b"0" {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        return Ok(command);
    }
    let owned = Command::new("chown").arg("postgres").arg(folder).status().map_err(Error::internal)?;
    if !owned.success() {
        return Err(Error::internal("there is no user postgres; install the package postgresql"));
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh", "-c", script]).current_dir("/");
    Ok(command)
}

fn bin_dir() -> Result<PathBuf> {
    let newest = std::fs::read_dir("/usr/lib/postgresql").ok().and_then(|versions| {
        let dirs = versions.flatten().map(|version| version.path().join("bin"));
        dirs.filter(|dir| dir.join("initdb").exists()).max()
    });
    newest.ok_or_else(|| Error::internal("no initdb under /usr/lib/postgresql; install the package postgresql"))
}
