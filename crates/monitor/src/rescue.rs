//! What a beheerder puts right by hand: leveringen in quarantine, and judgements that were given up.
//!
//! Owns `admin quarantine` and `admin judge`. Leaves verifying, and what may be released or retried, to `lake`; a
//! running service notices by itself.

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use lake::{Lake, Levering, LeveringId, Stamp};

use crate::output;

/// Leveringen whose files do not fit, and that therefore do not count.
#[derive(Debug, Subcommand)]
pub enum Quarantine {
    /// Prints what is in quarantine, why, and what is wrong with its files now (nothing: it can be released), as CSV
    List,
    /// Lets leveringen count again, after verifying their files; for after putting files back. What lies in quarantaine/
    /// and the register names after all goes back to its place first
    Release(Which),
    /// Puts every levering whose files are damaged or gone into quarantine; for after a loss for good
    Damaged,
}

/// Judgements that failed three times.
#[derive(Debug, Subcommand)]
pub enum JudgeCommand {
    /// Prints the leveringen whose judging was given up, as CSV
    List,
    /// Has leveringen judged again; for after mending the cause
    Retry(Which),
}

/// Which leveringen.
#[derive(Debug, Args)]
pub struct Which {
    /// Ids of leveringen
    #[arg(required_unless_present = "all")]
    leveringen: Vec<String>,
    /// All that can be
    #[arg(long, conflicts_with = "leveringen")]
    all: bool,
}

impl Which {
    /// The ids as typed, or all of `candidates`.
    fn of(&self, candidates: &[Levering]) -> Result<Vec<LeveringId>> {
        if self.all {
            return Ok(candidates.iter().map(|levering| levering.id).collect());
        }
        self.leveringen.iter().map(|id| parse_id(id)).collect()
    }
}

impl Quarantine {
    /// Carries out the command.
    pub async fn run(self, lake: &Lake, stamp: &Stamp) -> Result<()> {
        match self {
            Self::List => list_quarantine(lake).await,
            Self::Release(which) => release(lake, &which, stamp).await,
            Self::Damaged => {
                let damaged = lake.quarantine_damaged(stamp).await?;
                for id in &damaged {
                    output::data(&id.to_string());
                }
                output::talk(&format!("{} leveringen put into quarantine", damaged.len()));
                Ok(())
            }
        }
    }
}

impl JudgeCommand {
    /// Carries out the command.
    pub async fn run(self, lake: &Lake, stamp: &Stamp) -> Result<()> {
        let stuck = lake.stuck_judgements().await?;
        match self {
            Self::List => {
                let rows = stuck.into_iter().map(|levering| {
                    let received = levering.ontvangen.map(|when| when.to_rfc3339());
                    let attempts = levering.attempts.to_string();
                    [
                        described(&levering),
                        vec![attempts, received.unwrap_or_default()],
                    ]
                    .concat()
                });
                output::csv(&[&DESCRIBED[..], &["pogingen", "ontvangen"]].concat(), rows)
            }
            Self::Retry(which) => {
                let ids = which.of(&stuck)?;
                for id in &ids {
                    lake.retry_judging(*id, stamp)
                        .await
                        .with_context(|| format!("levering {id} was not let go"))?;
                }
                output::talk(&format!(
                    "{} leveringen will be judged again; a running service takes them up by itself",
                    ids.len()
                ));
                Ok(())
            }
        }
    }
}

/// The columns that say which levering it is.
const DESCRIBED: [&str; 5] = ["levering", "kvk", "uitvraag", "jaar", "toestand"];

fn described(levering: &Levering) -> Vec<String> {
    vec![
        levering.id.to_string(),
        levering.kvk.clone(),
        levering.uitvraag.clone(),
        levering.jaar.to_string(),
        levering.toestand.name().to_owned(),
    ]
}

async fn list_quarantine(lake: &Lake) -> Result<()> {
    let mut rows = Vec::new();
    for levering in lake.quarantined().await? {
        let now = lake.damage(levering.id).await?.unwrap_or_default();
        let why = levering.quarantaine.clone().unwrap_or_default();
        rows.push([described(&levering), vec![why, now]].concat());
    }
    output::csv(
        &[&DESCRIBED[..], &["reden", "nu"]].concat(),
        rows.into_iter(),
    )
}

/// Puts back what was set aside, then releases what fits again. What does not stays, is named, and makes the command fail.
async fn release(lake: &Lake, which: &Which, stamp: &Stamp) -> Result<()> {
    for path in lake.put_back(stamp).await? {
        output::talk(&format!("put back: {path}"));
    }
    let held = lake.quarantined().await?;
    let mut released = 0;
    let mut stay = 0;
    for id in which.of(&held)? {
        if !held.iter().any(|levering| levering.id == id) {
            bail!("levering {id} is not in quarantine");
        }
        if let Some(wrong) = lake.damage(id).await? {
            output::talk(&format!("levering {id} stays in quarantine: {wrong}"));
            stay += 1;
            continue;
        }
        lake.release(id, stamp).await?;
        output::data(&id.to_string());
        released += 1;
    }
    output::talk(&format!("{released} leveringen released"));
    if stay > 0 {
        bail!("{stay} leveringen stay in quarantine: put their files back first");
    }
    Ok(())
}

/// The id of a levering, as somebody typed it.
pub(crate) fn parse_id(text: &str) -> Result<LeveringId> {
    text.parse()
        .map_err(|_| anyhow::anyhow!("`{text}` is no id of a levering"))
}
