//! `omgangsmonitor audit`: what follows from a publication about single children, for whoever reads it.
//!
//! Owns the command: where publications are found and what is told. Leaves what an attacker has to [`crate::attack`], the
//! attack to `disclosure`, and refusing a publication to [`crate::withstand_attack`].

use std::path::PathBuf;

use analysis::audit_input::own_counts;
use analysis::{CellCounts, CertificateTables};
use anyhow::{Context, Result, bail};
use clap::Args;
use disclosure::audit::Insider;
use disclosure::certificate::{Proof, ProofReport};
use lake::{Access, Lake};
use schema::Cijfer;

use crate::attack::{PublicKnowledge, PublishedFiles};
use crate::config::Config;
use crate::output;
use crate::rounding_key::rounding_key;
use crate::run::{compute, counts_name, find_momentopname, read_summary};

/// Attacks a publication with what is published: which small counts follow from it
#[derive(Debug, Args)]
pub struct Audit {
    /// The publication: its folder, or `<uitvraag>/<year>` or `<uitvraag>/<year>/<version>`
    publicatie: String,
    /// Earlier publications that the attacker has too
    #[arg(long, value_name = "EARLIER", num_args = 1..)]
    with: Vec<String>,
    /// KvK number of an aanbieder that attacks with its own levering beside the publication
    #[arg(long, value_name = "AANBIEDER")]
    insider: Option<String>,
    /// Looks besides for a proof that every small count stays open, with the exact counts of this installation
    #[arg(long, conflicts_with = "insider")]
    prove: bool,
    /// The whole report as JSON
    #[arg(long)]
    json: bool,
}

impl Audit {
    /// Carries out the command; false when a number follows, when the attack could not finish, or when a proof was asked and a
    /// small number has none.
    pub async fn run(&self, config: &Config) -> Result<bool> {
        let names = std::iter::once(&self.publicatie).chain(&self.with);
        let all = names
            .map(|name| PublishedFiles::read(&folder(config, name)?))
            .collect::<Result<Vec<_>>>()?;
        let first = all.first().context("there is no publication")?;
        let attacker = PublicKnowledge::of(&first.uitvraag, first.jaar)?;
        let report = match &self.insider {
            None => attacker.attack(&all, None, None),
            Some(kvk) => {
                let own = own_figures(config, &all, kvk).await?;
                let own = own
                    .iter()
                    .map(|rows| own_counts(&attacker.pipeline, &attacker.structure, rows));
                let insider = Insider {
                    name: kvk.clone(),
                    own: own.collect(),
                };
                attacker.attack(&all, None, Some(&insider))
            }
        };
        let proof = if self.prove {
            Some(prove(config, &attacker, &all).await?)
        } else {
            None
        };
        if self.json {
            let mut whole = serde_json::to_value(&report)?;
            let rules = all.iter().map(|one| one.rule.name());
            whole["rules"] = rules.collect();
            if let Some(proof) = &proof {
                whole["proof"] = serde_json::to_value(proof)?;
            }
            output::data(&serde_json::to_string_pretty(&whole)?);
        } else {
            for one in &all {
                output::data(&format!("{}: rule {}", one.name, one.rule.name()));
            }
            output::data(report.to_string().trim_end());
            proof.iter().for_each(tell_proof);
        }
        let proven = proof.is_none_or(|proof| proof.unproven.is_empty());
        Ok(!report.found() && report.finished() && proven)
    }
}

/// Proves what can be proven of the first of these publications, and keeps the tables that prove it beside the exact figures.
async fn prove(
    config: &Config,
    attacker: &PublicKnowledge,
    publications: &[PublishedFiles],
) -> Result<ProofReport> {
    let momentopname = &publications[0].momentopname;
    let lake = Lake::open(&config.data.dir, Access::Task).await?;
    let counts = lake.lees_intern(&counts_name(momentopname)).await?;
    let counts = CellCounts::from_parquet(counts.with_context(|| {
        format!("the exact counts of {momentopname} are not here: run `omgangsmonitor run` again")
    })?)?;
    let mut tables = CertificateTables::default();
    let report = Proof {
        structure: &attacker.structure,
        publications: &attacker.read(publications),
        counts: &counts.rows(),
    }
    .run(|table| tables.push(table))?;
    lake.write_internal(&certificates_name(momentopname), tables.to_parquet()?)
        .await?;
    lake.close().await;
    Ok(report)
}

/// Where the tables that prove a publication stand, within `intern/`.
fn certificates_name(momentopname: &str) -> String {
    format!("{momentopname}.certificaten.parquet")
}

/// Says what was proven, per level, and what was not.
fn tell_proof(proof: &ProofReport) {
    output::data(&format!(
        "{} other tables of counts would have been published alike",
        proof.tables
    ));
    for (niveau, small) in &proof.small {
        let unproven = proof.unproven.iter();
        let unproven = unproven.filter(|one| one.niveau == *niveau).count();
        output::data(&format!(
            "{}: of {small} small numbers {} proven open, {unproven} not",
            niveau.name(),
            small - unproven
        ));
    }
    if !proof.unproven.is_empty() {
        output::data(
            "of what is not proven no two tables were found in the steps allowed; that says nothing of its safety",
        );
    }
}

/// The folder of a publication that was named.
fn folder(config: &Config, name: &str) -> Result<PathBuf> {
    let named = PathBuf::from(name);
    if named.join("cijfers.parquet").is_file() {
        return Ok(named);
    }
    let folder = config.data.dir.join("publicaties").join(name);
    if folder.join("cijfers.parquet").is_file() {
        return Ok(folder);
    }
    let versions =
        std::fs::read_dir(&folder).with_context(|| format!("there is no publication `{name}`"))?;
    let versions = versions.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let last: u32 = versions
        .max()
        .with_context(|| format!("`{name}` was not published yet"))?;
    Ok(folder.join(last.to_string()))
}

/// Per publication the exact figures over the records of one aanbieder alone.
async fn own_figures(
    config: &Config,
    publications: &[PublishedFiles],
    kvk: &str,
) -> Result<Vec<Vec<Cijfer>>> {
    let lake = Lake::open(&config.data.dir, Access::Task).await?;
    let key = rounding_key(&lake, false).await?;
    let mut own = Vec::new();
    for one in publications {
        let id = Some(one.momentopname.as_str());
        let mut moment = find_momentopname(&lake, &one.uitvraag, one.jaar, id).await?;
        moment.leveringen.retain(|levering| levering.kvk == kvk);
        if moment.leveringen.is_empty() {
            bail!("aanbieder {kvk} has no levering in {}", one.name);
        }
        let settings = read_summary(&lake, &moment).await?.instellingen;
        own.push(compute(&lake, &moment, &settings, &key).await?.cijfers);
    }
    lake.close().await;
    Ok(own)
}
