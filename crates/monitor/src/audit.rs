//! `omgangsmonitor audit`: what follows from a publication about single children, for whoever reads it.
//!
//! Owns the command: where publications are found and what is told. Leaves what an attacker has to [`crate::attack`], the
//! attack to `disclosure`, and refusing a publication to [`crate::withstand_attack`].

use std::path::PathBuf;

use analysis::{CellCounts, CertificateTables};
use anyhow::{Context, Result, bail};
use clap::Args;
use disclosure::audit::Insider;
use lake::{Access, Lake};

use crate::attack::{PublicKnowledge, PublishedFiles};
use crate::config::Config;
use crate::output;
use crate::prove::{exact_counts, prove, told};
use crate::rounding_key::rounding_key;
use crate::run::{compute, find_momentopname, read_summary};

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
    #[arg(long)]
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
        let own = match &self.insider {
            None => Vec::new(),
            Some(kvk) => own_counts(config, &all, kvk).await?,
        };
        let insider = self.insider.as_ref().map(|kvk| Insider {
            name: kvk.clone(),
            own: own.iter().map(CellCounts::rows).collect(),
        });
        let report = attacker.attack(&all, None, insider.as_ref());
        let mut proof = None;
        if self.prove {
            let lake = Lake::open(&config.data.dir, Access::Task).await?;
            let counts = exact_counts(&lake, &first.momentopname).await?;
            // The tables of a publication are those that `publish` found, and stay.
            let mut tables = CertificateTables::default();
            let insider = insider.as_ref();
            let found = prove(&attacker, &all, &counts, insider, None, &mut tables)?;
            lake.close().await;
            proof = Some(found);
        }
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
            if let Some(proof) = &proof {
                output::data(&told(proof));
            }
        }
        let proven = proof.is_none_or(|proof| proof.unproven.is_empty());
        Ok(!report.found() && report.finished() && proven)
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

/// Per publication the exact counts of the records of one aanbieder alone.
async fn own_counts(
    config: &Config,
    publications: &[PublishedFiles],
    kvk: &str,
) -> Result<Vec<CellCounts>> {
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
        own.push(compute(&lake, &moment, &settings, &key).await?.counts);
    }
    lake.close().await;
    Ok(own)
}
