//! Receiving one file in pieces: what the register says is durable, is durable.
//!
//! Owns one writer per file, fdatasync before the offset is recorded, and cutting off what a crash left behind.
//! Leaves the protocol (tus) to `ingest`.

use std::io::{self, Write};
use std::sync::PoisonError;

use bytes::Bytes;
use schema::Toestand;

use crate::fout::LakeFout;
use crate::lake::{Lake, blokkerend};
use crate::levering::{LeveringId, aantal, i64_van, toestand};
use crate::opslag::Bestand;
use crate::pad::GEHEIM;
use crate::refusal::Refusal;

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

/// One file being received. The only writer of that file for as long as it lives. Dropped without [`Upload::klaar`]
/// (a cut connection), what came is still recorded in the background.
pub struct Upload {
    /// `None` only after a write failed.
    staat: Option<Staat>,
}

/// What the one writer holds. It moves whole into whatever does the writing, so that the claim on the file is let go
/// when the writing has really ended, also when nobody waits for it any more.
struct Staat {
    claim: Claim,
    bestand: Box<dyn Bestand>,
    /// Announced length.
    bytes: u64,
    /// What the register says is durable.
    vastgelegd: u64,
    /// What has come, the buffer included.
    gekomen: u64,
    buffer: Vec<u8>,
}

/// The claim on one file; lets go when dropped.
struct Claim {
    lake: Lake,
    id: LeveringId,
    tabel: String,
}

/// Bytes collected before they are written.
const BUFFER: usize = 256 * 1024;
/// Bytes after which a checkpoint is made: what a crash in a long upload costs at most.
const TUSSENSTAND: u64 = 8 * 1024 * 1024;

impl Upload {
    /// Takes a piece, or refuses it whole when it goes beyond what was announced. Makes a durable checkpoint of its
    /// own every 8 MiB.
    pub async fn schrijf(&mut self, stuk: Bytes) -> Result<(), LakeFout> {
        let mut staat = self.staat.take().ok_or_else(afgebroken)?;
        let gekomen = staat.gekomen.saturating_add(stuk.len() as u64);
        if gekomen > staat.bytes {
            let aangekondigd = staat.bytes;
            self.staat = Some(staat);
            return Err(LakeFout::TeVeelBytes { aangekondigd });
        }
        staat.gekomen = gekomen;
        staat.buffer.extend_from_slice(&stuk);
        if staat.gekomen - staat.vastgelegd >= TUSSENSTAND {
            staat = los(staat.leg_vast()).await?.0;
        } else if staat.buffer.len() >= BUFFER {
            staat = blokkerend(move || {
                staat
                    .spoel()
                    .map_err(LakeFout::io("writing received bytes"))
            })
            .await?;
        }
        self.staat = Some(staat);
        Ok(())
    }

    /// Makes what came durable and records it.
    pub async fn klaar(mut self) -> Result<Uploadstand, LakeFout> {
        let staat = self.staat.take().ok_or_else(afgebroken)?;
        let (staat, stand) = los(staat.leg_vast()).await?;
        drop(staat);
        Ok(stand)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Some(staat) = self.staat.take()
            && staat.gekomen > staat.vastgelegd
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(staat.leg_vast());
        }
    }
}

impl Staat {
    /// Writes the buffer to the file.
    fn spoel(mut self) -> io::Result<Self> {
        self.bestand.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(self)
    }

    /// Makes durable what came, then says so in the register.
    async fn leg_vast(self) -> Result<(Self, Uploadstand), LakeFout> {
        let mut staat = blokkerend(move || {
            let eerste = self.vastgelegd == 0;
            let duurzaam = move || {
                let mut staat = self.spoel()?;
                staat.bestand.sync()?;
                if eerste {
                    let map = &staat.claim.lake.kern.map;
                    map.opslag.sync_map(&map.raw(staat.claim.id))?;
                }
                Ok(staat)
            };
            duurzaam().map_err(LakeFout::io("making received bytes durable"))
        })
        .await?;
        let Claim { lake, id, tabel } = &staat.claim;
        let mut tx = lake.transactie().await?;
        let gezet = sqlx::query(
            "UPDATE levering_bestand SET binnen = $1 WHERE levering = $2 AND tabel = $3 AND binnen = $4
             AND EXISTS (SELECT 1 FROM levering WHERE id = $2 AND toestand = 'geopend')",
        )
        .bind(i64_van(staat.gekomen)?)
        .bind(id.to_string())
        .bind(tabel)
        .bind(i64_van(staat.vastgelegd)?)
        .execute(&mut *tx)
        .await?;
        let stand = stand(&mut tx, *id, tabel).await?;
        if gezet.rows_affected() != 1 {
            // Taken back or expired in the meantime.
            return Err(takes_no_bytes(stand.toestand));
        }
        tx.commit().await?;
        staat.vastgelegd = staat.gekomen;
        Ok((staat, stand.upload))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut uploads = self
            .lake
            .kern
            .uploads
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        uploads.remove(&(self.id, std::mem::take(&mut self.tabel)));
    }
}

impl Lake {
    /// Begins (or resumes) a file at byte `offset`, which must be the durable length.
    pub async fn upload(
        &self,
        id: LeveringId,
        tabel: &str,
        offset: u64,
    ) -> Result<Upload, LakeFout> {
        self.eis_dienst()?;
        let claim = self.claim(id, tabel)?;
        let gevonden = stand(&mut *self.lezer().await?, id, tabel).await?;
        if gevonden.toestand != Toestand::Geopend {
            return Err(takes_no_bytes(gevonden.toestand));
        }
        let Uploadstand {
            offset: verwacht,
            bytes,
            ..
        } = gevonden.upload;
        if offset != verwacht {
            return Err(LakeFout::VerkeerdeOffset { verwacht });
        }
        let staat = blokkerend(move || {
            let map = &claim.lake.kern.map;
            let pad = map.raw_bestand(claim.id, &claim.tabel);
            let bestand = map
                .opslag
                .schrijf(&pad, offset, GEHEIM)
                .map_err(LakeFout::io("opening a file to receive"))?;
            Ok(Staat {
                claim,
                bestand,
                bytes,
                vastgelegd: offset,
                gekomen: offset,
                buffer: Vec::new(),
            })
        })
        .await?;
        Ok(Upload { staat: Some(staat) })
    }

    /// One piece at once: [`Lake::upload`], write, [`Upload::klaar`].
    pub async fn append(
        &self,
        id: LeveringId,
        tabel: &str,
        offset: u64,
        stuk: Bytes,
    ) -> Result<Uploadstand, LakeFout> {
        let mut upload = self.upload(id, tabel, offset).await?;
        upload.schrijf(stuk).await?;
        upload.klaar().await
    }

    /// Where a file stands (tus HEAD).
    pub async fn uploadstand(&self, id: LeveringId, tabel: &str) -> Result<Uploadstand, LakeFout> {
        Ok(stand(&mut *self.lezer().await?, id, tabel).await?.upload)
    }

    fn claim(&self, id: LeveringId, tabel: &str) -> Result<Claim, LakeFout> {
        let mut uploads = self
            .kern
            .uploads
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if !uploads.insert((id, tabel.to_owned())) {
            return Err(LakeFout::UploadBezet);
        }
        Ok(Claim {
            lake: self.clone(),
            id,
            tabel: tabel.to_owned(),
        })
    }
}

struct Stand {
    toestand: Toestand,
    upload: Uploadstand,
}

async fn stand(
    verbinding: &mut sqlx::SqliteConnection,
    id: LeveringId,
    tabel: &str,
) -> Result<Stand, LakeFout> {
    let rij: Option<(String, i64, i64, i64)> = sqlx::query_as(
        "SELECT l.toestand, b.binnen, b.bytes,
           (SELECT count(*) FROM levering_bestand a WHERE a.levering = b.levering AND a.binnen < a.bytes)
         FROM levering_bestand b JOIN levering l ON l.id = b.levering WHERE b.levering = $1 AND b.tabel = $2",
    )
    .bind(id.to_string())
    .bind(tabel)
    .fetch_optional(&mut *verbinding)
    .await?;
    let Some((naam, binnen, bytes, onvolledig)) = rij else {
        let bekend: Option<i64> = sqlx::query_scalar("SELECT 1 FROM levering WHERE id = $1")
            .bind(id.to_string())
            .fetch_optional(verbinding)
            .await?;
        return Err(if bekend.is_some() {
            LakeFout::OnbekendeTabel(id)
        } else {
            LakeFout::OnbekendeLevering(id)
        });
    };
    let upload = Uploadstand {
        offset: aantal(binnen)?,
        bytes: aantal(bytes)?,
        alles: onvolledig == 0,
    };
    Ok(Stand {
        toestand: toestand(&naam)?,
        upload,
    })
}

/// Only an open levering takes bytes.
fn takes_no_bytes(from: Toestand) -> LakeFout {
    let to = Toestand::Ontvangen;
    Refusal::State { from, to }.into()
}

/// Runs to its end, also when nobody waits for it any more: between sync and register there is no turning back.
async fn los<T: Send + 'static>(
    werk: impl Future<Output = Result<T, LakeFout>> + Send + 'static,
) -> Result<T, LakeFout> {
    tokio::spawn(werk).await.map_err(|_| afgebroken())?
}

fn afgebroken() -> LakeFout {
    LakeFout::Ongeldig("the upload broke off".to_owned())
}
