//! Receiving one file in pieces: what the register says is durable, is durable.
//!
//! Owns one writer per file, fdatasync before the offset is recorded, and cutting off what a crash left behind.
//! Leaves the protocol (tus) to `ingest`.

use bytes::Bytes;

use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel};
use crate::levering::LeveringId;

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Uploadstand {
    /// Durable bytes of this file.
    pub offset: u64,
    /// Announced bytes of this file.
    pub bytes: u64,
    /// Whether every file of the levering has all its bytes: time for [`Lake::ontvangen`].
    pub alles: bool,
}

/// One file being received. The only writer of that file for as long as it lives; dropped without
/// [`Upload::klaar`], what came since the last checkpoint is forgotten.
pub struct Upload {
    lake: Lake,
}

impl Upload {
    /// Takes a piece. Makes a durable checkpoint of its own every 8 MiB.
    pub async fn schrijf(&mut self, stuk: Bytes) -> Result<(), LakeFout> {
        unimplemented!()
    }

    /// Makes what came durable and records it. Also to be called when the connection broke: what came counts.
    pub async fn klaar(self) -> Result<Uploadstand, LakeFout> {
        unimplemented!()
    }
}

impl Lake {
    /// Begins (or resumes) a file at byte `offset`, which must be the durable length.
    pub async fn upload(&self, id: LeveringId, tabel: &str, offset: u64) -> Result<Upload, LakeFout> {
        unimplemented!()
    }

    /// One piece at once: [`Lake::upload`], write, [`Upload::klaar`].
    pub async fn append(&self, id: LeveringId, tabel: &str, offset: u64, stuk: Bytes) -> Result<Uploadstand, LakeFout> {
        let mut upload = self.upload(id, tabel, offset).await?;
        upload.schrijf(stuk).await?;
        upload.klaar().await
    }

    /// Where a file stands (tus HEAD).
    pub async fn uploadstand(&self, id: LeveringId, tabel: &str) -> Result<Uploadstand, LakeFout> {
        unimplemented!()
    }
}
