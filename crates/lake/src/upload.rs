//! Receiving one file in pieces: what the register says is durable, is durable.
//!
//! Owns one writer per file, which lets go for a newer one, fdatasync before the offset is recorded, and cutting off
//! what a crash left behind. Leaves the protocol (tus) to `ingest`.

use std::io::{self, Write};

use bytes::Bytes;
use schema::Toestand;

use crate::disk::DurableFile;
use crate::error::LakeError;
use crate::file_claim::FileClaim;
use crate::lake::{Lake, blocking};
use crate::levering_id::LeveringId;
use crate::paths::SECRET;
use crate::refusal::Refusal;
use crate::register_columns::{count, i64_van, toestand};

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadProgress {
    /// Durable bytes of this file.
    pub offset: u64,
    /// Announced bytes of this file.
    pub bytes: u64,
    /// Whether every file of the levering has all its bytes: time for [`Lake::received`].
    pub everything: bool,
}

/// One file being received. The only writer of that file for as long as it lives. Dropped without [`Upload::finish`]
/// (a cut connection), what came is still recorded in the background.
pub struct Upload {
    /// `None` only after a write failed.
    writer: Option<UploadWriter>,
}

/// What the one writer holds. It moves whole into whatever does the writing, so that the claim on the file is let go
/// when the writing has really ended, also when nobody waits for it any more.
struct UploadWriter {
    lake: Lake,
    claim: FileClaim,
    bestand: Box<dyn DurableFile>,
    /// Announced length.
    bytes: u64,
    /// What the register says is durable.
    recorded: u64,
    /// What has come, the buffer included.
    received: u64,
    buffer: Vec<u8>,
}

/// Bytes collected before they are written.
const BUFFER: usize = 256 * 1024;
/// Bytes after which a checkpoint is made: what a crash in a long upload costs at most.
const CHECKPOINT: u64 = 8 * 1024 * 1024;

impl Upload {
    /// Takes a piece, or refuses it whole when it goes beyond what was announced. Makes a durable checkpoint of its
    /// own every 8 MiB.
    pub async fn write(&mut self, chunk: Bytes) -> Result<(), LakeError> {
        let mut writer = self.writer.take().ok_or_else(aborted)?;
        let received = writer.received.saturating_add(chunk.len() as u64);
        if received > writer.bytes {
            let announced = writer.bytes;
            self.writer = Some(writer);
            return Err(LakeError::TooManyBytes { announced });
        }
        writer.received = received;
        writer.buffer.extend_from_slice(&chunk);
        if writer.received - writer.recorded >= CHECKPOINT {
            writer = loose(writer.record()).await?.0;
        } else if writer.buffer.len() >= BUFFER {
            writer = blocking(move || {
                writer
                    .flush()
                    .map_err(LakeError::io("writing received bytes"))
            })
            .await?;
        }
        self.writer = Some(writer);
        Ok(())
    }

    /// Done when a newer request wants this file. Who hears that, calls [`Upload::finish`]: the connection behind the newer
    /// one is alive, this one may hang for as long as a network lets it.
    pub fn wanted(&self) -> impl Future<Output = ()> + Send + use<> {
        let wanted = self.writer.as_ref().map(|writer| writer.claim.wanted());
        async move {
            match wanted {
                Some(wanted) => wanted.notified().await,
                None => std::future::pending().await,
            }
        }
    }

    /// Makes what came durable and records it.
    pub async fn finish(mut self) -> Result<UploadProgress, LakeError> {
        let writer = self.writer.take().ok_or_else(aborted)?;
        let (writer, state) = loose(writer.record()).await?;
        drop(writer);
        Ok(state)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take()
            && writer.received > writer.recorded
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(writer.record());
        }
    }
}

impl UploadWriter {
    /// Writes the buffer to the file.
    fn flush(mut self) -> io::Result<Self> {
        self.bestand.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(self)
    }

    /// Makes durable what came, then says so in the register.
    async fn record(self) -> Result<(Self, UploadProgress), LakeError> {
        let mut writer = blocking(move || {
            let first = self.recorded == 0;
            let durable = move || {
                let mut writer = self.flush()?;
                writer.bestand.sync()?;
                if first {
                    let root = &writer.lake.core.map;
                    root.storage.sync_map(&root.raw(writer.claim.id))?;
                }
                Ok(writer)
            };
            durable().map_err(LakeError::io("making received bytes durable"))
        })
        .await?;
        let (lake, FileClaim { id, tabel, .. }) = (&writer.lake, &writer.claim);
        let mut tx = lake.transaction().await?;
        let set = sqlx::query(
            "UPDATE levering_bestand SET binnen = $1 WHERE levering = $2 AND tabel = $3 AND binnen = $4
             AND EXISTS (SELECT 1 FROM levering WHERE id = $2 AND toestand = 'geopend')",
        )
        .bind(i64_van(writer.received)?)
        .bind(id.to_string())
        .bind(tabel)
        .bind(i64_van(writer.recorded)?)
        .execute(&mut *tx)
        .await?;
        let state = state(&mut tx, *id, tabel).await?;
        if set.rows_affected() != 1 {
            // Taken back or expired in the meantime.
            return Err(takes_no_bytes(state.toestand));
        }
        tx.commit().await?;
        writer.recorded = writer.received;
        Ok((writer, state.upload))
    }
}

impl Lake {
    /// Begins (or resumes) a file at byte `offset`, which must be the durable length. Who was writing it is asked to let
    /// go first.
    pub async fn upload(
        &self,
        id: LeveringId,
        tabel: &str,
        offset: u64,
    ) -> Result<Upload, LakeError> {
        self.require_service()?;
        // Who asks for another place disturbs nobody who is writing.
        self.upload_state(id, tabel).await?.takes_bytes_at(offset)?;
        let claim = self.core.uploads.claim(id, tabel).await?;
        let found = self.upload_state(id, tabel).await?;
        found.takes_bytes_at(offset)?;
        let bytes = found.upload.bytes;
        let lake = self.clone();
        let writer = blocking(move || {
            let root = &lake.core.map;
            let path = root.raw_file(claim.id, &claim.tabel);
            let file = root
                .storage
                .write(&path, offset, SECRET)
                .map_err(LakeError::io("opening a file to receive"))?;
            Ok(UploadWriter {
                lake,
                claim,
                bestand: file,
                bytes,
                recorded: offset,
                received: offset,
                buffer: Vec::new(),
            })
        })
        .await?;
        Ok(Upload {
            writer: Some(writer),
        })
    }

    /// One piece at once: [`Lake::upload`], write, [`Upload::finish`].
    pub async fn append(
        &self,
        id: LeveringId,
        tabel: &str,
        offset: u64,
        chunk: Bytes,
    ) -> Result<UploadProgress, LakeError> {
        let mut upload = self.upload(id, tabel, offset).await?;
        upload.write(chunk).await?;
        upload.finish().await
    }

    /// Where a file stands (tus HEAD).
    pub async fn upload_progress(
        &self,
        id: LeveringId,
        tabel: &str,
    ) -> Result<UploadProgress, LakeError> {
        Ok(self.upload_state(id, tabel).await?.upload)
    }

    async fn upload_state(&self, id: LeveringId, tabel: &str) -> Result<UploadState, LakeError> {
        state(&mut *self.reader().await?, id, tabel).await
    }

    /// Asks whoever is writing a file to let go of it, and waits until what came is recorded: then
    /// [`Lake::upload_progress`] is where the next request begins.
    pub async fn settle_upload(&self, id: LeveringId, tabel: &str) {
        self.core.uploads.settle(id, tabel).await;
    }
}

struct UploadState {
    toestand: Toestand,
    upload: UploadProgress,
}

impl UploadState {
    /// Only an open levering takes bytes, and only behind those that are durable.
    fn takes_bytes_at(&self, offset: u64) -> Result<(), LakeError> {
        if self.toestand != Toestand::Geopend {
            return Err(takes_no_bytes(self.toestand));
        }
        let expected = self.upload.offset;
        if offset == expected {
            Ok(())
        } else {
            Err(LakeError::WrongOffset { verwacht: expected })
        }
    }
}

async fn state(
    connection: &mut sqlx::SqliteConnection,
    id: LeveringId,
    tabel: &str,
) -> Result<UploadState, LakeError> {
    let row: Option<(String, i64, i64, i64)> = sqlx::query_as(
        "SELECT l.toestand, b.binnen, b.bytes,
           (SELECT count(*) FROM levering_bestand a WHERE a.levering = b.levering AND a.binnen < a.bytes)
         FROM levering_bestand b JOIN levering l ON l.id = b.levering WHERE b.levering = $1 AND b.tabel = $2",
    )
    .bind(id.to_string())
    .bind(tabel)
    .fetch_optional(&mut *connection)
    .await?;
    let Some((name, arrived, bytes, incomplete)) = row else {
        let known: Option<i64> = sqlx::query_scalar("SELECT 1 FROM levering WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(connection)
            .await?;
        return Err(if known.is_some() {
            LakeError::UnknownTabel(id)
        } else {
            LakeError::UnknownLevering(id)
        });
    };
    let upload = UploadProgress {
        offset: count(arrived)?,
        bytes: count(bytes)?,
        everything: incomplete == 0,
    };
    Ok(UploadState {
        toestand: toestand(&name)?,
        upload,
    })
}

/// Only an open levering takes bytes.
fn takes_no_bytes(from: Toestand) -> LakeError {
    let to = Toestand::Ontvangen;
    Refusal::State { from, to }.into()
}

/// Runs to its end, also when nobody waits for it any more: between sync and register there is no turning back.
async fn loose<T: Send + 'static>(
    work: impl Future<Output = Result<T, LakeError>> + Send + 'static,
) -> Result<T, LakeError> {
    tokio::spawn(work).await.map_err(|_| aborted())?
}

fn aborted() -> LakeError {
    LakeError::Invalid("the upload broke off".to_owned())
}
