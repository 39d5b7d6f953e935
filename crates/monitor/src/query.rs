//! `omgangsmonitor query`: an analyst's SQL over the published tables.
//!
//! Owns which publications are asked, and asking before unprotected figures are shown. Leaves the engine and the forms
//! of an answer to `analysis`, and where it runs to [`crate::sql_process`].

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};
use std::sync::atomic::AtomicBool;

use analysis::query::{AnswerFormat, SqlAsked};
use anyhow::{Context, Result, bail};
use chrono::Utc;
use clap::Args;
use lake::{Access, Lake};

use crate::config::Config;
use crate::output;
use crate::run::CIJFERS;
use crate::sql_process::{SqlPublication, SqlQuestioner, SqlTask, answer, fingerprint, published};

/// Asks the published tables: cijfers, curven, trechters, gebieden, indicatoren, codes, publicaties.
#[derive(Debug, Args)]
pub struct Query {
    /// One SELECT, WITH, EXPLAIN, SHOW or DESCRIBE
    sql: String,
    /// How the answer is written: table, csv, json, arrow or parquet
    #[arg(long, default_value = "table", value_parser = |name: &str| AnswerFormat::parse(name).ok_or("table, csv, json, arrow or parquet"))]
    format: AnswerFormat,
    /// Uitvraag
    #[arg(long, default_value = "omgang")]
    uitvraag: String,
    /// Asks the newest publication of this reporting year alone; without it every version of every year
    #[arg(long)]
    year: Option<i32>,
    /// Asks the unprotected figures instead; for the beheerder, never to be passed on
    #[arg(long)]
    intern: bool,
    /// Answers the question that --intern asks, for a script
    #[arg(long, requires = "intern")]
    confirmed: bool,
}

impl Query {
    /// Carries out the command.
    pub async fn run(&self, config: &Config) -> Result<()> {
        let lake = Lake::open(&config.data.dir, Access::Task).await?;
        let published = self.published(&lake).await;
        lake.close().await;
        let task = SqlTask {
            asked: SqlAsked::of(self.sql.as_str()),
            format: self.format,
            limits: config.sql.limits(),
            data: config.data.absolute()?,
            published: published?,
            unprotected: self.intern,
        };
        let questioner = SqlQuestioner {
            who: "beheerder".to_owned(),
            way: "query",
        };
        let answered = tokio::task::spawn_blocking(move || {
            answer(&task, &questioner, &AtomicBool::new(false))
        });
        let mut file = answered.await??;
        output::copy(&mut file)
    }

    /// What was asked for, as in `omgang/2020`.
    fn what(&self) -> String {
        self.year.map_or_else(
            || self.uitvraag.clone(),
            |jaar| format!("{}/{jaar}", self.uitvraag),
        )
    }

    async fn published(&self, lake: &Lake) -> Result<Vec<SqlPublication>> {
        if self.intern {
            return self.internal(lake).await;
        }
        let mut found = published(lake, |p| p.uitvraag == self.uitvraag).await?;
        if let Some(jaar) = self.year {
            found.retain(|p| p.jaar == jaar && p.nieuwste);
        }
        if found.is_empty() {
            bail!("nothing of {} was published yet", self.what());
        }
        Ok(found)
    }

    /// The unprotected figures as a publication without a version for each year, once it was said that they are to be seen.
    async fn internal(&self, lake: &Lake) -> Result<Vec<SqlPublication>> {
        let bytes = lake
            .lees_intern(CIJFERS)
            .await?
            .context("there are no figures: run `omgangsmonitor run` first")?;
        let figures = analysis::cijfers::from_parquet(bytes)?;
        let of = figures.iter().filter(|c| c.uitvraag == self.uitvraag);
        let of = of.filter(|c| self.year.is_none_or(|jaar| jaar == c.jaar));
        let jaren: BTreeSet<i32> = of.map(|c| c.jaar).collect();
        if jaren.is_empty() {
            bail!("there are no figures of {}", self.what());
        }
        self.confirm()?;
        self.note(lake)?;
        let path = std::path::absolute(lake.internal_path(CIJFERS)?)?;
        let of_year = |jaar| SqlPublication {
            uitvraag: self.uitvraag.clone(),
            jaar,
            versie: None,
            nieuwste: true,
            regel: None,
            momentopname: String::new(),
            gemaakt: String::new(),
            hash: String::new(),
            tables: BTreeMap::from([("cijfers".to_owned(), path.clone())]),
        };
        Ok(jaren.into_iter().map(of_year).collect())
    }

    /// Asks whether unprotected figures are to be shown.
    fn confirm(&self) -> Result<()> {
        if self.confirmed {
            return Ok(());
        }
        output::talk(
            "These figures are NOT protected: a number of one child can stand in them. They may not leave this server.\n\
             Type `intern` to see them:",
        );
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        if line.trim() != "intern" {
            bail!("not confirmed: nothing was shown");
        }
        Ok(())
    }

    /// Writes in `intern/vragen.log` who looked, when, and at what: never the statement itself.
    fn note(&self, lake: &Lake) -> Result<()> {
        let path = lake.internal_path("vragen.log")?;
        let mut log = std::fs::OpenOptions::new();
        log.create(true).append(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut log, 0o600);
        let who = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER"));
        let who: String = who.unwrap_or_default().escape_default().collect();
        let when = Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let line = format!("{when} {who} {}\n", fingerprint(&self.sql));
        log.open(path)
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .context("intern/vragen.log can't be written: unprotected figures are shown only when that is noted")
    }
}
