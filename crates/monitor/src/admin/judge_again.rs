//! `admin judge`: judgements that were given up, taken up again.
//!
//! Leaves what may be retried to `lake`; a running service notices by itself.

use anyhow::{Context, Result};
use clap::Subcommand;
use lake::{Lake, Stamp};

use super::which_leveringen::{DESCRIBED, Which, described};
use crate::output;

/// Judgements that failed three times.
#[derive(Debug, Subcommand)]
pub enum JudgeCommand {
    /// Prints the leveringen whose judging was given up, as CSV
    List,
    /// Has leveringen judged again; for after mending the cause
    Retry(Which),
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
