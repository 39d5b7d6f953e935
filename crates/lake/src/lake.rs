//! Opening a data directory: the lock, the register and its migrations.
//!
//! Owns the connections (one writer, a few readers) and who may open what beside whom. Leaves the tables to the
//! modules that use them.

use std::collections::HashSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use sqlx::SqlitePool;

use crate::fout::LakeFout;
use crate::levering::LeveringId;
use crate::opslag::{Opslag, Schijf};

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
        Self { wie: wie.into(), nu }
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
    pub(crate) dir: PathBuf,
    pub(crate) toegang: Toegang,
    pub(crate) opslag: Arc<dyn Opslag>,
    pub(crate) schrijver: SqlitePool,
    pub(crate) lezers: SqlitePool,
    /// Files that a request is writing now.
    pub(crate) uploads: Mutex<HashSet<(LeveringId, String)>>,
    /// Held for as long as the directory is open.
    pub(crate) _slot: File,
}

impl Lake {
    /// Opens (and makes, where needed) the data directory and brings the register to this version.
    pub async fn open(dir: &Path, toegang: Toegang) -> Result<Self, LakeFout> {
        Self::open_with(dir, toegang, Arc::new(Schijf)).await
    }

    /// The same, on other storage; for tests that take the disk away.
    pub async fn open_with(dir: &Path, toegang: Toegang, opslag: Arc<dyn Opslag>) -> Result<Self, LakeFout> {
        unimplemented!()
    }

    /// The data directory.
    pub fn dir(&self) -> &Path {
        &self.kern.dir
    }

    /// Whether the register can be written to now: what `/readyz` answers.
    pub async fn gereed(&self) -> Result<(), LakeFout> {
        unimplemented!()
    }

    /// Closes the connections in good order. Dropping does so too, in the background.
    pub async fn sluit(&self) {
        self.kern.lezers.close().await;
        self.kern.schrijver.close().await;
    }
}
