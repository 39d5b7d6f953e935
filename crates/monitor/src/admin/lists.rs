//! The lists a beheerder asks for, as CSV: aanbieders, tokens, the log, a momentopname.
//!
//! Owns their columns. Leaves what stands in them to `lake`, and printing to `output`.

use anyhow::{Context, Result};
use lake::{Lake, LeveringId, TokenRole};

use crate::output::csv_text as csv;

/// Who is expected and what became of it.
pub async fn aanbieders(lake: &Lake, uitvraag: &str, jaar: i32) -> Result<Vec<u8>> {
    let respons = lake.respons(uitvraag, jaar).await?;
    let rows = respons.regels.into_iter().map(|r| {
        let levering = r.levering.map(|l| l.to_string()).unwrap_or_default();
        vec![
            r.kvk,
            r.naam,
            r.werkgebied.join(" "),
            r.uitkomst.name().to_owned(),
            levering,
        ]
    });
    csv(&["kvk", "naam", "werkgebied", "uitkomst", "levering"], rows)
}

/// All tokens, never the secrets.
pub async fn tokens(lake: &Lake) -> Result<Vec<u8>> {
    let rows = lake.tokens().await?.into_iter().map(|t| {
        let kvk = match &t.rol {
            TokenRole::Aanbieder(kvk) => kvk.clone(),
            TokenRole::Coordinator | TokenRole::Analist => String::new(),
        };
        let withdrawn = t.ingetrokken.map(|i| i.to_rfc3339()).unwrap_or_default();
        vec![
            t.token.to_string(),
            t.rol.name().to_owned(),
            kvk,
            t.omschrijving,
            t.gemaakt.to_rfc3339(),
            withdrawn,
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
        rows,
    )
}

/// The log of events, newest last; of one levering where it is named.
pub async fn log(lake: &Lake, levering: Option<LeveringId>) -> Result<Vec<u8>> {
    let rows = lake.events(levering).await?.into_iter().map(|g| {
        let levering = g.levering.map(|l| l.to_string()).unwrap_or_default();
        let toestand = |t: Option<schema::Toestand>| {
            t.map(schema::Toestand::name).unwrap_or_default().to_owned()
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
    csv(&["wanneer", "wie", "wat", "van", "naar", "levering"], rows)
}

/// What is in a momentopname: one row per levering and table.
pub async fn momentopname(lake: &Lake, id: &str) -> Result<Vec<u8>> {
    let moment = lake
        .momentopname(id)
        .await?
        .with_context(|| format!("there is no momentopname {id}"))?;
    let rows = moment.leveringen.iter().flat_map(|levering| {
        let empty = || {
            vec![
                levering.kvk.clone(),
                levering.id.to_string(),
                String::new(),
                "0".to_owned(),
                String::new(),
            ]
        };
        let full = levering.bestanden.iter().map(|b| {
            vec![
                levering.kvk.clone(),
                levering.id.to_string(),
                b.tabel.clone(),
                b.rijen.to_string(),
                b.hash.clone(),
            ]
        });
        if levering.bestanden.is_empty() {
            vec![empty()]
        } else {
            full.collect()
        }
    });
    csv(&["kvk", "levering", "tabel", "rijen", "hash"], rows)
}
