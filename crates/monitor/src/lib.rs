//! What the binary `omgangsmonitor` does, at the centre: serve, run, publish, audit, query, admin, config.
//!
//! Owns the command line and the configuration, and ties the crates together. Leaves the work to them. A library, so
//! that its decisions can be tested without starting a program.

pub mod admin;
pub mod attack;
pub mod audit;
pub mod config;
pub mod figure_source;
mod findings_workbook;
pub mod output;
mod page_plan;
mod pg;
mod picture_files;
mod prove;
pub mod publish;
pub mod query;
mod rounding_key;
pub mod run;
mod serve;
pub mod sql_process;
mod sql_service;
mod withstand_attack;
mod wording;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::config::Config;

/// Collects leveringen of an uitvraag, makes the figures and publishes them.
#[derive(Debug, Parser)]
#[command(name = "omgangsmonitor", version, max_term_width = 100)]
pub struct MonitorCli {
    /// Configuration file; without it omgangsmonitor.toml in this folder, where there is one
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    opdracht: MonitorCommand,
}

#[derive(Debug, Subcommand)]
enum MonitorCommand {
    /// Serves leveringen, pages and figures over HTTP until Ctrl-C
    Serve,
    Run(run::Run),
    Publish(publish::Publish),
    Audit(audit::Audit),
    Query(query::Query),
    #[command(subcommand)]
    Admin(Box<admin::Admin>),
    /// Answers one question in SQL; started by `query` and `serve`, never by hand
    #[command(name = sql_process::COMMAND, hide = true)]
    SqlWorker,
    /// Prints every setting with its meaning, its default and what is in force, as a file that can be used
    Config,
}

impl MonitorCli {
    /// Carries out the command. False when the answer is no: a verification that found a difference, an attack that found a number.
    pub fn run(self) -> Result<bool> {
        if matches!(self.opdracht, MonitorCommand::SqlWorker) {
            return sql_process::work();
        }
        let config = Config::read(self.config.as_deref())?;
        config.data.add_uitvragen()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            match self.opdracht {
                MonitorCommand::Serve => serve::run(&config).await?,
                MonitorCommand::Run(run) => run.run(&config).await?,
                MonitorCommand::Publish(publish) => return publish.run(&config).await,
                MonitorCommand::Audit(audit) => return audit.run(&config).await,
                MonitorCommand::Query(query) => query.run(&config).await?,
                MonitorCommand::Admin(admin) => admin.run(&config).await?,
                MonitorCommand::SqlWorker => unreachable!("it reads no configuration"),
                MonitorCommand::Config => output::bytes(config.to_toml()?.as_bytes())?,
            }
            Ok(true)
        })
    }
}
