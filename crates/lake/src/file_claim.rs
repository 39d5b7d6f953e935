//! Which request writes which file: one at a time, and the newest that asks.
//!
//! Owns the claims and handing them over: a connection that hangs is asked to let go as soon as another wants its file.
//! Leaves writing, and what letting go takes, to `upload`.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::{Instant, timeout, timeout_at};

use crate::error::LakeError;
use crate::levering_id::LeveringId;

/// A levering and one of its tables.
type FileName = (LeveringId, String);

/// Every claim of this process.
#[derive(Clone, Default)]
pub(crate) struct FileClaims(Arc<Mutex<HashMap<FileName, ClaimHandle>>>);

/// The claim on one file; lets go when dropped.
pub(crate) struct FileClaim {
    claims: FileClaims,
    /// The levering.
    pub(crate) id: LeveringId,
    /// The table.
    pub(crate) tabel: String,
    wanted: Arc<Notify>,
    /// Dropped with the claim, so that whoever waits for it hears of that.
    _held: watch::Sender<()>,
}

/// How others reach the one that holds a file.
struct ClaimHandle {
    wanted: Arc<Notify>,
    held: watch::Receiver<()>,
}

/// How long a writer may take to let go of its file: it makes durable what it has.
const LETTING_GO: Duration = Duration::from_secs(3);

impl FileClaims {
    /// Takes a file, from whoever has it.
    ///
    /// # Errors
    /// When that one does not let go in time.
    pub(crate) async fn claim(&self, id: LeveringId, tabel: &str) -> Result<FileClaim, LakeError> {
        let deadline = Instant::now() + LETTING_GO;
        loop {
            let held = match self.lock().entry((id, tabel.to_owned())) {
                Entry::Occupied(entry) => entry.get().ask(),
                Entry::Vacant(entry) => {
                    let (sender, receiver) = watch::channel(());
                    let wanted = Arc::new(Notify::new());
                    entry.insert(ClaimHandle {
                        wanted: Arc::clone(&wanted),
                        held: receiver,
                    });
                    return Ok(FileClaim {
                        claims: self.clone(),
                        id,
                        tabel: tabel.to_owned(),
                        wanted,
                        _held: sender,
                    });
                }
            };
            if timeout_at(deadline, until_free(held)).await.is_err() {
                return Err(LakeError::UploadBusy);
            }
        }
    }

    /// Asks whoever has a file to let go of it, and waits for that. Who does not in time keeps it.
    pub(crate) async fn settle(&self, id: LeveringId, tabel: &str) {
        let held = self
            .lock()
            .get(&(id, tabel.to_owned()))
            .map(ClaimHandle::ask);
        if let Some(held) = held {
            let _ = timeout(LETTING_GO, until_free(held)).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<FileName, ClaimHandle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FileClaim {
    /// Told when another request wants this file.
    pub(crate) fn wanted(&self) -> Arc<Notify> {
        Arc::clone(&self.wanted)
    }
}

impl Drop for FileClaim {
    fn drop(&mut self) {
        let tabel = std::mem::take(&mut self.tabel);
        self.claims.lock().remove(&(self.id, tabel));
    }
}

impl ClaimHandle {
    /// Says that the file is wanted; gives what tells when it is free.
    fn ask(&self) -> watch::Receiver<()> {
        self.wanted.notify_one();
        self.held.clone()
    }
}

/// Nothing is ever sent: that the sender is gone is the message.
async fn until_free(mut held: watch::Receiver<()>) {
    while held.changed().await.is_ok() {}
}
