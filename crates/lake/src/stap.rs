//! The steps in the life of a levering: each one transaction, compare and set, written in the log.
//!
//! Owns that only the steps of [`Toestand::may_become`] are ever taken and that signing replaces in the same breath.
//! Leaves the files to `upload`, `tabel` and `wissen`.

use schema::definitie::Klok;
use schema::pakket::Toelichting;
use schema::{Oordeel, Toestand};

use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel};
use crate::levering::{Geopend, Levering, LeveringId, NieuweLevering, Ondertekenaar};
use crate::tabel::TabelBestand;

impl Lake {
    /// Opens a levering: makes `raw/<id>/pakket.json` durable and writes the register row. The same content (or the
    /// same key with the same content) gives the levering that was there, unless that one was taken back or expired;
    /// the same key with other content is [`LakeFout::Conflict`].
    pub async fn open_levering(&self, nieuw: &NieuweLevering<'_>, stempel: &Stempel) -> Result<Geopend, LakeFout> {
        unimplemented!()
    }

    /// `geopend → ontvangen`, once all bytes are in and the hashes match. Idempotent: a levering that is further
    /// already is returned as it is.
    pub async fn ontvangen(&self, id: LeveringId, stempel: &Stempel) -> Result<Levering, LakeFout> {
        unimplemented!()
    }

    /// `ontvangen → afgekeurd | te_bevestigen | akkoord` by the judgement, naming the Parquet files in the same
    /// transaction. Answers that travelled with the pakket count: with every signaal answered it becomes akkoord.
    /// After a verdict of afgekeurd the files are removed.
    pub async fn beoordeeld(
        &self,
        id: LeveringId,
        oordeel: &Oordeel,
        tabellen: Vec<TabelBestand>,
        regelhash: &str,
        stempel: &Stempel,
    ) -> Result<Levering, LakeFout> {
        unimplemented!()
    }

    /// Adds or replaces answers, by code; `te_bevestigen → akkoord` when none is missing any more.
    pub async fn toelichten(&self, id: LeveringId, toelichtingen: &[Toelichting], stempel: &Stempel) -> Result<Levering, LakeFout> {
        unimplemented!()
    }

    /// `akkoord → ingediend`: keeps signer and receipt, and sets the levering that counted until now to vervangen.
    pub async fn indienen(
        &self,
        id: LeveringId,
        ondertekenaar: &Ondertekenaar,
        jws: &str,
        stempel: &Stempel,
    ) -> Result<Levering, LakeFout> {
        unimplemented!()
    }

    /// Takes a levering back; a signed one only before the freeze day of `klok` and while no momentopname holds it.
    pub async fn intrekken(&self, id: LeveringId, klok: &Klok, stempel: &Stempel) -> Result<Levering, LakeFout> {
        unimplemented!()
    }

    /// Sets every unfinished levering of this uitvraag and year to verlopen; returns them.
    pub async fn verlopen(&self, uitvraag: &str, jaar: i32, stempel: &Stempel) -> Result<Vec<LeveringId>, LakeFout> {
        unimplemented!()
    }
}
