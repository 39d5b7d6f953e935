//! Opening a data directory: the lock, the register and its migrations.
//!
//! Owns the connections (one writer, a few readers), that none is used again after SQLite took its transaction away,
//! and who may open what beside whom. Leaves the tables to the modules that use them.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, Sqlite, SqlitePool, Transaction};

use crate::agreement::Known;
use crate::disk::{Disk, RealDisk};
use crate::error::LakeError;
use crate::levering::LeveringId;
use crate::paths::{DataRoot, SECRET, temporary_name};

/// A moment, always UTC. The register keeps milliseconds.
pub type Time = DateTime<Utc>;

/// Who does something, and when: what the log of events keeps.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Who, as in `aanbieder 12345678`, `coordinator 3` or `omgangsmonitor`. Never a secret.
    pub wie: String,
    /// When.
    pub nu: Time,
}

impl Stamp {
    /// A stamp.
    pub fn new(who: impl Into<String>, nu: Time) -> Self {
        Self {
            wie: who.into(),
            nu,
        }
    }
}

/// In what role a process opens the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// The service: one at a time, holds the lock, takes uploads, judges and reconciles.
    Service,
    /// A job beside (or without) a running service: `run`, `publish`, `admin`. Takes no uploads.
    Task,
}

/// One open data directory. Cheap to clone.
#[derive(Clone)]
pub struct Lake {
    pub(crate) core: Arc<LakeCore>,
}

/// What all clones share.
pub(crate) struct LakeCore {
    pub(crate) access: Access,
    pub(crate) map: DataRoot,
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    /// Files that a request is writing now.
    pub(crate) uploads: Mutex<HashSet<(LeveringId, String)>>,
    /// The service's lock, held for as long as the directory is open.
    _lock: Option<File>,
}

static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!();

impl Lake {
    /// Opens (and makes, where needed) the data directory and brings the register to this version. Refuses, before
    /// anything is changed, a register that is older than the files ([`crate::Refusal`]).
    pub async fn open(dir: &Path, access: Access) -> Result<Self, LakeError> {
        Self::open_with(dir, access, Arc::new(RealDisk)).await
    }

    /// The same, on other storage; for tests that take the disk away.
    pub async fn open_with(
        dir: &Path,
        access: Access,
        storage: Arc<dyn Disk>,
    ) -> Result<Self, LakeError> {
        let dir = std::path::absolute(dir).map_err(LakeError::io("finding the data directory"))?;
        let root = DataRoot::new(dir, storage);
        let register = root.dir.join("register.sqlite");
        let (root, lock, write_lock, is_new) = blocking(move || {
            let lock = take_slot(&root, access)?;
            // Two processes that migrate an empty register at once would collide.
            let write_lock = open_slot(&root, WRITE_LOCK)?;
            write_lock
                .lock()
                .map_err(LakeError::io("waiting for the write lock"))?;
            // Of an empty file SQLite would throw away the -wal beside it, which may be all there is.
            let is_new = !register.metadata().is_ok_and(|file| file.len() > 0);
            if is_new {
                Known::default().refuse_newer_files(&root)?;
            }
            prepare(&root)?;
            Ok((root, lock, write_lock, is_new))
        })
        .await?;
        let options = SqliteConnectOptions::new()
            .filename(root.dir.join("register.sqlite"))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(WAIT);
        let writer = pool(1).connect_with(options.clone()).await?;
        if !is_new && let Err(refusal) = refuse_older(&writer, &root, access).await {
            writer.close().await;
            return Err(refusal);
        }
        MIGRATIONS.run(&writer).await?;
        let readers = pool(READERS)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        drop(write_lock);
        let core = LakeCore {
            access,
            map: root,
            writer,
            readers,
            uploads: Mutex::default(),
            _lock: lock,
        };
        Ok(Self {
            core: Arc::new(core),
        })
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.core.map.dir
    }

    /// Whether register and files can be written to now: what `/readyz` answers. Found out by writing, durably: a
    /// full disk stops nothing before.
    pub async fn ready(&self) -> Result<(), LakeError> {
        let mut tx = self.transaction().await?;
        sqlx::query("UPDATE schrijfproef SET nummer = nummer + 1")
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        let root = self.core.map.clone();
        blocking(move || {
            let path = temporary_name(&root.dir.join("intern").join("gereed"));
            let written = root.write_loose(&path, &[0; PROBE], SECRET);
            let removed = root.storage.remove(&path);
            written.and(removed).map_err(LakeError::io(
                "writing a file to see whether that can be done",
            ))
        })
        .await
    }

    /// Closes the connections in good order. Dropping does so too, in the background.
    pub async fn close(&self) {
        self.core.readers.close().await;
        self.core.writer.close().await;
    }

    /// A writing transaction: it has the register to itself from its first moment.
    pub(crate) async fn transaction(&self) -> Result<Transaction<'static, Sqlite>, LakeError> {
        Ok(self.core.writer.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A connection that cannot write.
    pub(crate) async fn reader(&self) -> Result<PoolConnection<Sqlite>, LakeError> {
        Ok(self.core.readers.acquire().await?)
    }

    /// Refuses what only the service may do.
    pub(crate) fn require_service(&self) -> Result<(), LakeError> {
        match self.core.access {
            Access::Service => Ok(()),
            Access::Task => Err(LakeError::ServiceOnly),
        }
    }
}

/// Readers beside the one writer.
const READERS: u32 = 4;
/// How long one waits for the other, before 503.
const WAIT: Duration = Duration::from_secs(30);
/// Held shared by whoever writes files outside a levering, exclusively by who publishes, migrates or cleans up.
pub(crate) const WRITE_LOCK: &str = "schrijf.slot";

/// Bytes of the file that shows whether files can be written: more than the one block that a full disk may have left.
const PROBE: usize = 64 * 1024;

/// SQLite ends a transaction by itself on a full disk, an I/O error or when memory runs out; sqlx still counts it, and
/// begins no other on that connection ever again. So whatever comes back with a transaction open is closed, and the
/// next one who asks gets a new connection.
fn pool(count: u32) -> SqlitePoolOptions {
    let pool = SqlitePoolOptions::new()
        .max_connections(count)
        .acquire_timeout(WAIT);
    pool.test_before_acquire(false)
        .after_release(|connection, _| {
            Box::pin(async move {
                // A rollback that was asked for by dropping runs before the answer.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Refuses a register that the files are ahead of. Beside a running service they may be, for a moment; so a job only
/// refuses one that is no register at all.
async fn refuse_older(
    writer: &SqlitePool,
    root: &DataRoot,
    access: Access,
) -> Result<(), LakeError> {
    let known = Known::read(&mut *writer.acquire().await?).await?;
    if access == Access::Task && known.is_register {
        return Ok(());
    }
    let root = root.clone();
    blocking(move || known.refuse_newer_files(&root)).await
}

/// Makes the directory, and takes the service's lock.
fn take_slot(root: &DataRoot, access: Access) -> Result<Option<File>, LakeError> {
    if !root.dir.is_dir() {
        let what = "making the data directory";
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&root.dir)
            .map_err(LakeError::io(what))?;
    }
    if access == Access::Task {
        return Ok(None);
    }
    let lock = open_slot(root, "dienst.slot")?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Err(LakeError::AlreadyOpen),
        Err(TryLockError::Error(source)) => Err(LakeError::io("taking the service's lock")(source)),
    }
}

/// Makes the lasting parts of the directory.
fn prepare(root: &DataRoot) -> Result<(), LakeError> {
    for part in ["raw", "lake", "intern", "publicaties"] {
        root.make(&root.dir.join(part))
            .map_err(LakeError::io("making the data directory"))?;
    }
    make_register(&root.dir.join("register.sqlite"))
        .map_err(LakeError::io("making the register"))?;
    root.storage
        .sync_map(&root.dir)
        .map_err(LakeError::io("syncing the data directory"))
}

/// Makes an empty register with mode 0600: SQLite would make it readable to all. One that is there is not even
/// opened: closing it again would let go of the locks SQLite has on it in this process.
fn make_register(path: &Path) -> std::io::Result<()> {
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(SECRET)
        .open(path)
    {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        outcome => outcome.map(|_| ()),
    }
}

/// Opens a file to lock, made with mode 0600 when it is not there.
pub(crate) fn open_slot(root: &DataRoot, name: &str) -> Result<File, LakeError> {
    let mut options = OpenOptions::new();
    options
        .write(true)
        .create(true)
        .truncate(false)
        .mode(SECRET);
    options
        .open(root.dir.join(name))
        .map_err(LakeError::io("opening a lock file"))
}

/// Runs what waits for the disk where waiting is allowed.
pub(crate) async fn blocking<T, F>(work: F) -> Result<T, LakeError>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, LakeError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(LakeError::Invalid("the program is stopping".to_owned())),
        },
    }
}

/// A moment as the register keeps it.
pub(crate) fn ms(time: Time) -> i64 {
    time.timestamp_millis()
}

/// A moment from the register.
pub(crate) fn time(ms: i64) -> Result<Time, LakeError> {
    DateTime::from_timestamp_millis(ms)
        .ok_or_else(|| LakeError::RegisterDamaged("a moment out of range".to_owned()))
}
