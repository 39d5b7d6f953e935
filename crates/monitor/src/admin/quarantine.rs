//! `admin quarantine`: leveringen whose files do not fit, put right by hand.
//!
//! Leaves verifying, and what may be released, to `lake`; a running service notices by itself.

use anyhow::{Result, bail};
use clap::Subcommand;
use lake::{Lake, Stamp};

use super::which_leveringen::{DESCRIBED, Which, described};

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
