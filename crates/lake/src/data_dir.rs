//! Opening a data directory: the lock, the register and its migrations.
//!
//! Owns who may open what beside whom, and what a new directory begins with. Leaves the connections to `connections`, the
//! handle itself to `lake`.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sqlx::SqlitePool;

use crate::connections::RegisterOptions;
use crate::disk::{Disk, RealDisk};
use crate::error::LakeError;
use crate::file_claim::FileClaims;
use crate::lake::{Access, Lake, LakeCore, blocking};
use crate::lock_files::{WRITE_LOCK, open_slot};
use crate::older_register::Known;
use crate::paths::{DataRoot, SECRET};
use crate::published_cache::Shelf;

/// The register, within the data directory.
const REGISTER: &str = "register.sqlite";

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
        let register = root.dir.join(REGISTER);
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
        let register = RegisterOptions::of(&root.dir.join(REGISTER));
        let writer = register.writer().await?;
        if !is_new && let Err(refusal) = refuse_older(&writer, &root, access).await {
            writer.close().await;
            return Err(refusal);
        }
        MIGRATIONS.run(&writer).await?;
        let readers = register.readers().await?;
        drop(write_lock);
        let core = LakeCore {
            access,
            map: root,
            writer,
            readers,
            uploads: FileClaims::default(),
            shelf: Shelf::default(),
            wipe: AtomicBool::new(access == Access::Service),
            _lock: lock,
        };
        Ok(Self {
            core: Arc::new(core),
        })
    }
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
    make_register(&root.dir.join(REGISTER)).map_err(LakeError::io("making the register"))?;
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
