//! The nulopgave: a signed levering without tables.
//!
//! Owns that it runs through the same states in one transaction and is replaced like any levering. Leaves when it may
//! be signed to `rules`.

use schema::Toestand;
use schema::pakket::{Antwoord, Toelichting};

use crate::aanbieder::eis_aanbieder;
use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel, ms};
use crate::levering::{Geopend, LeveringId, Nulopgave};
use crate::lezen::{eis, in_kracht};
use crate::openen::{NieuweRij, voeg_toe};
use crate::rules::{may_declare_nothing, rows_before};
use crate::stap::{onderteken, stap, zet_toelichtingen};

/// Code under which the explanation of a nulopgave is kept.
pub const NULOPGAVE: &str = "NULOPGAVE";

impl Lake {
    /// Signs a nulopgave. Where one counts already, that one is returned.
    pub async fn nulopgave(
        &self,
        nieuw: &Nulopgave<'_>,
        stempel: &Stempel,
    ) -> Result<Geopend, LakeFout> {
        let mut tx = self.transactie().await?;
        eis_aanbieder(&mut tx, nieuw.kvk).await?;
        if let Some(id) = in_kracht(&mut tx, nieuw.kvk, nieuw.uitvraag, nieuw.jaar).await? {
            let geldend = eis(&mut tx, id).await?;
            if geldend.nulopgave {
                return Ok(Geopend::Bestaand(geldend));
            }
        }
        may_declare_nothing(&mut tx, nieuw, stempel.nu).await??;
        let id = LeveringId::nieuw(stempel.nu);
        let rij = NieuweRij {
            id,
            kvk: nieuw.kvk,
            uitvraag: nieuw.uitvraag,
            jaar: nieuw.jaar,
            pakket: None,
            regelhash: "",
            pseudoniem: "",
        };
        voeg_toe(&mut tx, &rij, stempel).await?;
        for naar in [Toestand::Ontvangen, Toestand::Akkoord] {
            let levering = eis(&mut tx, id).await?;
            stap(&mut tx, &levering, naar, stempel).await?;
        }
        sqlx::query("UPDATE levering SET ontvangen = $1, beoordeeld = $1 WHERE id = $2")
            .bind(ms(stempel.nu))
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        if let Some(woorden) = nieuw.toelichting
            && rows_before(&mut tx, nieuw).await?.is_some()
        {
            let uitleg = Toelichting {
                code: NULOPGAVE.to_owned(),
                antwoord: Antwoord::Klopt,
                woorden: woorden.to_owned(),
            };
            zet_toelichtingen(&mut tx, id, &[uitleg]).await?;
        }
        let levering = eis(&mut tx, id).await?;
        let levering = onderteken(&mut tx, &levering, &nieuw.signing, stempel).await?;
        tx.commit().await?;
        Ok(Geopend::Nieuw(levering))
    }
}
