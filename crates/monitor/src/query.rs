//! `omgangsmonitor query`: an analyst's SQL over the published tables.
//!
//! Owns which publication is asked. Leaves the engine and the forms of an answer to `analysis`.

use anyhow::{Context, Result};
use clap::Args;
use lake::{Access, Lake, Publicatie};
use schema::Cijfer;

use crate::config::Config;
use crate::output;
use crate::run::CIJFERS;

/// Asks the published tables: cijfers, indicatoren, gebieden.
#[derive(Debug, Args)]
pub struct Query {
    /// One SELECT
    sql: String,
    /// How the answer is written: table, csv, json or parquet
    #[arg(long, default_value = "table", value_parser = |name: &str| analysis::query::AnswerFormat::parse(name).ok_or("table, csv, json or parquet"))]
    format: analysis::query::AnswerFormat,
    /// Uitvraag
    #[arg(long, default_value = "omgang")]
    uitvraag: String,
    /// Reporting year; without it the newest that was published
    #[arg(long)]
    year: Option<i32>,
    /// Asks the unprotected figures instead; for the beheerder, never to be passed on
    #[arg(long)]
    intern: bool,
}

impl Query {
    /// Carries out the command.
    pub async fn run(&self, config: &Config) -> Result<()> {
        let lake = Lake::open(&config.data.dir, Access::Task).await?;
        let (cijfers, beside) = if self.intern {
            (self.internal(&lake).await?, Vec::new())
        } else {
            self.published(&lake).await?
        };
        lake.close().await;
        let jaar = cijfers
            .iter()
            .map(|c| c.jaar)
            .max()
            .with_context(|| format!("there are no figures of {}", self.what()))?;
        let indicators = analysis::Pipeline::load(&self.uitvraag)?.metadata();
        let mut tabellen = analysis::query::Tabellen::published(&cijfers, &indicators, jaar)?;
        for (name, parquet) in beside {
            tabellen = tabellen.with(name, parquet)?;
        }
        let answer = analysis::query::query(&self.sql, &tabellen).await?;
        output::bytes(&analysis::query::format(&answer, self.format)?)
    }

    /// What was asked for, as in `omgang/2020`.
    fn what(&self) -> String {
        self.year.map_or_else(
            || self.uitvraag.clone(),
            |jaar| format!("{}/{jaar}", self.uitvraag),
        )
    }

    /// The publication that is asked: the last version of the year, or of the newest year.
    fn newest<'a>(&self, publicaties: &'a [Publicatie]) -> Option<&'a Publicatie> {
        let fits = |p: &&Publicatie| {
            p.uitvraag == self.uitvraag && self.year.is_none_or(|jaar| jaar == p.jaar)
        };
        publicaties
            .iter()
            .filter(fits)
            .max_by_key(|p| (p.jaar, p.versie))
    }

    /// The figures of a publication, and the tables beside them by name; one of an older version may have none.
    async fn published(&self, lake: &Lake) -> Result<(Vec<Cijfer>, Vec<(&'static str, Vec<u8>)>)> {
        let publicaties = lake.publicaties().await?;
        let newest = self
            .newest(&publicaties)
            .with_context(|| format!("nothing of {} was published yet", self.what()))?;
        let read = async |file: &str| {
            let (uitvraag, jaar) = (&newest.uitvraag, newest.jaar);
            lake.lees_publicatie(uitvraag, jaar, newest.versie, file)
                .await
        };
        let bytes = read("cijfers.parquet").await?;
        let bytes = bytes.context("the publication has no cijfers.parquet")?;
        let mut beside = Vec::new();
        for name in ["curven", "trechters"] {
            if let Some(parquet) = read(&format!("{name}.parquet")).await? {
                beside.push((name, parquet));
            }
        }
        Ok((analysis::cijfers::from_parquet(bytes)?, beside))
    }

    async fn internal(&self, lake: &Lake) -> Result<Vec<Cijfer>> {
        let bytes = lake
            .lees_intern(CIJFERS)
            .await?
            .context("there are no figures: run `omgangsmonitor run` first")?;
        let mut cijfers = analysis::cijfers::from_parquet(bytes)?;
        cijfers
            .retain(|c| c.uitvraag == self.uitvraag && self.year.is_none_or(|jaar| jaar == c.jaar));
        Ok(cijfers)
    }
}
