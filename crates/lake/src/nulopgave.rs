//! The nulopgave: a signed levering without tables.
//!
//! Owns that it runs through the same states in one transaction and is replaced like any levering. Leaves when it may
//! be signed to `rules`.

use schema::Toestand;
use schema::pakket::{Answer, Toelichting};

use crate::aanbieder::require_aanbieder;
use crate::error::LakeError;
use crate::lake::Lake;
use crate::levering::{Nulopgave, Opening};
use crate::levering_id::LeveringId;
use crate::open_levering::{NewRow, append};
use crate::read_levering::{in_force, require};
use crate::register_columns::ms;
use crate::rules::{may_declare_nothing, rows_before};
use crate::sign::sign;
use crate::stamp::Stamp;
use crate::toelichtingen::set_toelichtingen;
use crate::transitions::step;

/// Code under which the explanation of a nulopgave is kept.
const NULOPGAVE: &str = "NULOPGAVE";

impl Lake {
    /// Signs a nulopgave. Where one counts already, that one is returned.
    pub async fn nulopgave(
        &self,
        new: &Nulopgave<'_>,
        stamp: &Stamp,
    ) -> Result<Opening, LakeError> {
        let mut tx = self.transaction().await?;
        require_aanbieder(&mut tx, new.kvk).await?;
        if let Some(id) = in_force(&mut tx, new.kvk, new.uitvraag, new.jaar).await? {
            let counting = require(&mut tx, id).await?;
            if counting.nulopgave {
                return Ok(Opening::Existing(counting));
            }
        }
        may_declare_nothing(&mut tx, new, stamp.nu).await??;
        let id = LeveringId::new(stamp.nu);
        let row = NewRow {
            id,
            kvk: new.kvk,
            uitvraag: new.uitvraag,
            jaar: new.jaar,
            pakket: None,
            regelhash: "",
            pseudoniem: "",
        };
        append(&mut tx, &row, stamp).await?;
        for to in [Toestand::Ontvangen, Toestand::Akkoord] {
            let levering = require(&mut tx, id).await?;
            step(&mut tx, &levering, to, stamp).await?;
        }
        sqlx::query("UPDATE levering SET ontvangen = $1, beoordeeld = $1 WHERE id = $2")
            .bind(ms(stamp.nu))
            .bind(id.to_string())
            .execute(&mut *tx)
            .await?;
        if let Some(words) = new.toelichting
            && rows_before(&mut tx, new).await?.is_some()
        {
            let explanation = Toelichting {
                code: NULOPGAVE.to_owned(),
                antwoord: Answer::Klopt,
                woorden: words.to_owned(),
            };
            set_toelichtingen(&mut tx, id, &[explanation]).await?;
        }
        let levering = require(&mut tx, id).await?;
        let levering = sign(&mut tx, &levering, &new.signing, stamp).await?;
        tx.commit().await?;
        Ok(Opening::New(levering))
    }
}
