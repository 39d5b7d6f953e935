//! The lists a beheerder asks for, as CSV: aanbieders, tokens, the log, a momentopname.
//!
//! Owns their columns. Leaves what stands in them to `lake`, and printing to `output`.

use anyhow::{Context, Result};
use lake::{Lake, LeveringId, Rol};

use crate::output::csv_text as csv;

/// Who is expected and what became of it.
pub async fn aanbieders(lake: &Lake, uitvraag: &str, jaar: i32) -> Result<Vec<u8>> {
    let respons = lake.respons(uitvraag, jaar).await?;
    let rijen = respons.regels.into_iter().map(|r| {
        let levering = r.levering.map(|l| l.to_string()).unwrap_or_default();
        vec![
            r.kvk,
            r.naam,
            r.werkgebied.join(" "),
            r.uitkomst.naam().to_owned(),
            levering,
        ]
    });
    csv(
        &["kvk", "naam", "werkgebied", "uitkomst", "levering"],
        rijen,
    )
}

/// All tokens, never the secrets.
pub async fn tokens(lake: &Lake) -> Result<Vec<u8>> {
    let rijen = lake.tokens().await?.into_iter().map(|t| {
        let kvk = match &t.rol {
            Rol::Aanbieder(kvk) => kvk.clone(),
            Rol::Coordinator | Rol::Analist => String::new(),
        };
        let ingetrokken = t.ingetrokken.map(|i| i.to_rfc3339()).unwrap_or_default();
        vec![
            t.token.to_string(),
            t.rol.naam().to_owned(),
            kvk,
            t.omschrijving,
            t.gemaakt.to_rfc3339(),
            ingetrokken,
        ]
    });
    csv(
        &[
            "token",
            "rol",
            "kvk",
            "omschrijving",
            "gemaakt",
            "ingetrokken",
        ],
        rijen,
    )
}

/// The log of events, newest last; of one levering where it is named.
pub async fn log(lake: &Lake, levering: Option<LeveringId>) -> Result<Vec<u8>> {
    let rijen = lake.gebeurtenissen(levering).await?.into_iter().map(|g| {
        let levering = g.levering.map(|l| l.to_string()).unwrap_or_default();
        let toestand = |t: Option<schema::Toestand>| {
            t.map(schema::Toestand::naam).unwrap_or_default().to_owned()
        };
        vec![
            g.wanneer.to_rfc3339(),
            g.wie,
            g.wat,
            toestand(g.van),
            toestand(g.naar),
            levering,
        ]
    });
    csv(&["wanneer", "wie", "wat", "van", "naar", "levering"], rijen)
}

/// What is in a momentopname: one row per levering and table.
pub async fn momentopname(lake: &Lake, id: &str) -> Result<Vec<u8>> {
    let moment = lake
        .momentopname(id)
        .await?
        .with_context(|| format!("there is no momentopname {id}"))?;
    let rijen = moment.leveringen.iter().flat_map(|levering| {
        let leeg = || {
            vec![
                levering.kvk.clone(),
                levering.id.to_string(),
                String::new(),
                "0".to_owned(),
                String::new(),
            ]
        };
        let vol = levering.bestanden.iter().map(|b| {
            vec![
                levering.kvk.clone(),
                levering.id.to_string(),
                b.tabel.clone(),
                b.rijen.to_string(),
                b.hash.clone(),
            ]
        });
        if levering.bestanden.is_empty() {
            vec![leeg()]
        } else {
            vol.collect()
        }
    });
    csv(&["kvk", "levering", "tabel", "rijen", "hash"], rijen)
}
