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
use crate::fout::LakeFout;
use crate::levering::LeveringId;
use crate::opslag::{Opslag, Schijf};
use crate::pad::{GEHEIM, Map, tijdelijke_naam};

/// A moment, always UTC. The register keeps milliseconds.
pub type Tijd = DateTime<Utc>;

/// Who does something, and when: what the log of events keeps.
#[derive(Debug, Clone)]
pub struct Stempel {
    /// Who, as in `aanbieder 12345678`, `coordinator 3` or `omgangsmonitor`. Never a secret.
    pub wie: String,
    /// When.
    pub nu: Tijd,
}

impl Stempel {
    /// A stamp.
    pub fn new(wie: impl Into<String>, nu: Tijd) -> Self {
        Self {
            wie: wie.into(),
            nu,
        }
    }
}

/// In what role a process opens the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toegang {
    /// The service: one at a time, holds the lock, takes uploads, judges and reconciles.
    Dienst,
    /// A job beside (or without) a running service: `run`, `publish`, `admin`. Takes no uploads.
    Taak,
}

/// One open data directory. Cheap to clone.
#[derive(Clone)]
pub struct Lake {
    pub(crate) kern: Arc<Kern>,
}

/// What all clones share.
pub(crate) struct Kern {
    pub(crate) toegang: Toegang,
    pub(crate) map: Map,
    pub(crate) schrijver: SqlitePool,
    pub(crate) lezers: SqlitePool,
    /// Files that a request is writing now.
    pub(crate) uploads: Mutex<HashSet<(LeveringId, String)>>,
    /// The service's lock, held for as long as the directory is open.
    _slot: Option<File>,
}

static MIGRATIES: sqlx::migrate::Migrator = sqlx::migrate!();

impl Lake {
    /// Opens (and makes, where needed) the data directory and brings the register to this version. Refuses, before
    /// anything is changed, a register that is older than the files ([`crate::Refusal`]).
    pub async fn open(dir: &Path, toegang: Toegang) -> Result<Self, LakeFout> {
        Self::open_with(dir, toegang, Arc::new(Schijf)).await
    }

    /// The same, on other storage; for tests that take the disk away.
    pub async fn open_with(
        dir: &Path,
        toegang: Toegang,
        opslag: Arc<dyn Opslag>,
    ) -> Result<Self, LakeFout> {
        let dir = std::path::absolute(dir).map_err(LakeFout::io("finding the data directory"))?;
        let map = Map::new(dir, opslag);
        let register = map.dir.join("register.sqlite");
        let (map, slot, schrijfslot, is_new) = blokkerend(move || {
            let slot = neem_slot(&map, toegang)?;
            // Two processes that migrate an empty register at once would collide.
            let schrijfslot = open_slot(&map, SCHRIJFSLOT)?;
            schrijfslot
                .lock()
                .map_err(LakeFout::io("waiting for the write lock"))?;
            // Of an empty file SQLite would throw away the -wal beside it, which may be all there is.
            let is_new = !register.metadata().is_ok_and(|file| file.len() > 0);
            if is_new {
                Known::default().refuse_newer_files(&map)?;
            }
            bereid_voor(&map)?;
            Ok((map, slot, schrijfslot, is_new))
        })
        .await?;
        let opties = SqliteConnectOptions::new()
            .filename(map.dir.join("register.sqlite"))
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(WACHT);
        let schrijver = poel(1).connect_with(opties.clone()).await?;
        if !is_new && let Err(refusal) = refuse_older(&schrijver, &map, toegang).await {
            schrijver.close().await;
            return Err(refusal);
        }
        MIGRATIES.run(&schrijver).await?;
        let lezers = poel(LEZERS)
            .connect_with(opties.pragma("query_only", "ON"))
            .await?;
        drop(schrijfslot);
        let kern = Kern {
            toegang,
            map,
            schrijver,
            lezers,
            uploads: Mutex::default(),
            _slot: slot,
        };
        Ok(Self {
            kern: Arc::new(kern),
        })
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.kern.map.dir
    }

    /// Whether register and files can be written to now: what `/readyz` answers. Found out by writing, durably: a
    /// full disk stops nothing before.
    pub async fn gereed(&self) -> Result<(), LakeFout> {
        let mut tx = self.transactie().await?;
        sqlx::query("UPDATE schrijfproef SET nummer = nummer + 1")
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        let map = self.kern.map.clone();
        blokkerend(move || {
            let path = tijdelijke_naam(&map.dir.join("intern").join("gereed"));
            let written = map.schrijf_los(&path, &[0; PROBE], GEHEIM);
            let removed = map.opslag.verwijder(&path);
            written.and(removed).map_err(LakeFout::io(
                "writing a file to see whether that can be done",
            ))
        })
        .await
    }

    /// Closes the connections in good order. Dropping does so too, in the background.
    pub async fn sluit(&self) {
        self.kern.lezers.close().await;
        self.kern.schrijver.close().await;
    }

    /// A writing transaction: it has the register to itself from its first moment.
    pub(crate) async fn transactie(&self) -> Result<Transaction<'static, Sqlite>, LakeFout> {
        Ok(self.kern.schrijver.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// A connection that cannot write.
    pub(crate) async fn lezer(&self) -> Result<PoolConnection<Sqlite>, LakeFout> {
        Ok(self.kern.lezers.acquire().await?)
    }

    /// Refuses what only the service may do.
    pub(crate) fn eis_dienst(&self) -> Result<(), LakeFout> {
        match self.kern.toegang {
            Toegang::Dienst => Ok(()),
            Toegang::Taak => Err(LakeFout::AlleenDienst),
        }
    }
}

/// Readers beside the one writer.
const LEZERS: u32 = 4;
/// How long one waits for the other, before 503.
const WACHT: Duration = Duration::from_secs(30);
/// Held shared by whoever writes files outside a levering, exclusively by who publishes, migrates or cleans up.
pub(crate) const SCHRIJFSLOT: &str = "schrijf.slot";

/// Bytes of the file that shows whether files can be written: more than the one block that a full disk may have left.
const PROBE: usize = 64 * 1024;

/// SQLite ends a transaction by itself on a full disk, an I/O error or when memory runs out; sqlx still counts it, and
/// begins no other on that connection ever again. So whatever comes back with a transaction open is closed, and the
/// next one who asks gets a new connection.
fn poel(aantal: u32) -> SqlitePoolOptions {
    let poel = SqlitePoolOptions::new()
        .max_connections(aantal)
        .acquire_timeout(WACHT);
    poel.test_before_acquire(false)
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
async fn refuse_older(schrijver: &SqlitePool, map: &Map, toegang: Toegang) -> Result<(), LakeFout> {
    let known = Known::read(&mut *schrijver.acquire().await?).await?;
    if toegang == Toegang::Taak && known.is_register {
        return Ok(());
    }
    let map = map.clone();
    blokkerend(move || known.refuse_newer_files(&map)).await
}

/// Makes the directory, and takes the service's lock.
fn neem_slot(map: &Map, toegang: Toegang) -> Result<Option<File>, LakeFout> {
    if !map.dir.is_dir() {
        let wat = "making the data directory";
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&map.dir)
            .map_err(LakeFout::io(wat))?;
    }
    if toegang == Toegang::Taak {
        return Ok(None);
    }
    let slot = open_slot(map, "dienst.slot")?;
    match slot.try_lock() {
        Ok(()) => Ok(Some(slot)),
        Err(TryLockError::WouldBlock) => Err(LakeFout::AlGeopend),
        Err(TryLockError::Error(bron)) => Err(LakeFout::io("taking the service's lock")(bron)),
    }
}

/// Makes the lasting parts of the directory.
fn bereid_voor(map: &Map) -> Result<(), LakeFout> {
    for deel in ["raw", "lake", "intern", "publicaties"] {
        map.maak(&map.dir.join(deel))
            .map_err(LakeFout::io("making the data directory"))?;
    }
    maak_register(&map.dir.join("register.sqlite")).map_err(LakeFout::io("making the register"))?;
    map.opslag
        .sync_map(&map.dir)
        .map_err(LakeFout::io("syncing the data directory"))
}

/// Makes an empty register with mode 0600: SQLite would make it readable to all. One that is there is not even
/// opened: closing it again would let go of the locks SQLite has on it in this process.
fn maak_register(pad: &Path) -> std::io::Result<()> {
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(GEHEIM)
        .open(pad)
    {
        Err(fout) if fout.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        uitkomst => uitkomst.map(|_| ()),
    }
}

/// Opens a file to lock, made with mode 0600 when it is not there.
pub(crate) fn open_slot(map: &Map, naam: &str) -> Result<File, LakeFout> {
    let mut opties = OpenOptions::new();
    opties.write(true).create(true).truncate(false).mode(GEHEIM);
    opties
        .open(map.dir.join(naam))
        .map_err(LakeFout::io("opening a lock file"))
}

/// Runs what waits for the disk where waiting is allowed.
pub(crate) async fn blokkerend<T, F>(werk: F) -> Result<T, LakeFout>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, LakeFout> + Send + 'static,
{
    match tokio::task::spawn_blocking(werk).await {
        Ok(uitkomst) => uitkomst,
        Err(fout) => match fout.try_into_panic() {
            Ok(paniek) => std::panic::resume_unwind(paniek),
            Err(_) => Err(LakeFout::Ongeldig("the program is stopping".to_owned())),
        },
    }
}

/// A moment as the register keeps it.
pub(crate) fn ms(tijd: Tijd) -> i64 {
    tijd.timestamp_millis()
}

/// A moment from the register.
pub(crate) fn tijd(ms: i64) -> Result<Tijd, LakeFout> {
    DateTime::from_timestamp_millis(ms)
        .ok_or_else(|| LakeFout::RegisterBeschadigd("a moment out of range".to_owned()))
}
