//! Where the page plan of an uitvraag is: in the folder of its pipeline.

use anyhow::{Context, Result};
use report::PagePlan;

/// What the pages of an uitvraag say, from the folder of its pipeline; where it says nothing, plain tables of every figure.
pub(crate) fn page_plan(uitvraag: &str) -> Result<PagePlan> {
    let mut files = analysis::pipeline::PIPELINES.files_in(uitvraag);
    let Some((_, text)) = files.find(|(name, _)| *name == "opzet.toml") else {
        return Ok(PagePlan::default());
    };
    let text = std::str::from_utf8(text).context("opzet.toml is not UTF-8")?;
    Ok(PagePlan::parse(text)?)
}
