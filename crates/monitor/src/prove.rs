//! Whether every small number behind a publication is proven open, and the tables that prove it.
//!
//! Owns reading the exact counts of this installation for it, keeping the tables in `intern/`, and what is told of both.
//! Leaves the proof to `disclosure`, and what becomes of a number without one to [`crate::withstand_attack`].

use std::collections::BTreeSet;

use analysis::{CellCounts, CertificateTables};
use anyhow::{Context, Result};
use disclosure::audit::Insider;
use disclosure::certificate::{Proof, ProofReport, Unproven};
use lake::Lake;

use crate::attack::{PublicKnowledge, PublishedFiles};
use crate::run::counts_name;

/// The exact counts behind the figures of a momentopname.
pub(crate) async fn exact_counts(lake: &Lake, momentopname: &str) -> Result<CellCounts> {
    let counts = lake.lees_intern(&counts_name(momentopname)).await?;
    let counts = counts.with_context(|| {
        format!("the exact counts of {momentopname} are not here: run `omgangsmonitor run` again")
    })?;
    Ok(CellCounts::from_parquet(counts)?)
}

/// Proves what can be proven of the first of these publications: all small numbers behind it or `only` these, for every reader
/// or for an `insider`. The tables that prove it come behind `tables`.
///
/// # Errors
/// When `counts` are not those of the publication.
pub(crate) fn prove(
    attacker: &PublicKnowledge,
    publications: &[PublishedFiles],
    counts: &CellCounts,
    insider: Option<&Insider<'_>>,
    only: Option<&BTreeSet<Unproven>>,
    tables: &mut CertificateTables,
) -> Result<ProofReport> {
    let proof = Proof {
        structure: &attacker.structure,
        publications: &attacker.read(publications),
        counts: &counts.rows(),
        insider,
        only,
    };
    Ok(proof.run(|table| tables.push(table))?)
}

/// Keeps the tables that prove a publication beside the exact figures.
pub(crate) async fn keep_tables(
    lake: &Lake,
    momentopname: &str,
    tables: CertificateTables,
) -> Result<()> {
    let name = format!("{momentopname}.certificaten.parquet");
    lake.write_internal(&name, tables.to_parquet()?).await?;
    Ok(())
}

/// Says what was proven, per level, and what was not.
pub(crate) fn told(proof: &ProofReport) -> String {
    let mut told = vec![format!(
        "{} other tables of counts would have been published alike",
        proof.tables
    )];
    for (niveau, small) in &proof.small {
        let unproven = proof.unproven.iter();
        let unproven = unproven.filter(|one| one.niveau == *niveau).count();
        told.push(format!(
            "{}: of {small} small numbers {} proven open, {unproven} not",
            niveau.name(),
            small - unproven
        ));
    }
    if !proof.unproven.is_empty() {
        let none = "of what is not proven no two tables were found in the steps allowed; that says nothing of its safety";
        told.push(none.to_owned());
    }
    told.join("\n")
}
