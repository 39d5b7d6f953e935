//! The binary `omgangsmonitor`, at the centre: serve, run, publish, query, synth, admin, config.
//!
//! Owns the command line and the configuration, and ties the crates together. Leaves the work to them.

mod admin;
mod cijferbron;
mod config;
mod output;
mod publish;
mod query;
mod run;
mod serve;
mod synth;
mod verwacht;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::config::Config;

/// Collects leveringen of an uitvraag, makes the figures and publishes them.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    /// Configuration file; without it omgangsmonitor.toml in this folder, where there is one
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    opdracht: Opdracht,
}

#[derive(Debug, Subcommand)]
enum Opdracht {
    /// Serves leveringen, pages and figures over HTTP until Ctrl-C
    Serve,
    Run(run::Run),
    Publish(publish::Publish),
    Query(query::Query),
    Synth(synth::Synth),
    #[command(subcommand)]
    Admin(Box<admin::Admin>),
    /// Prints the settings in force, as a file that can be used
    Config,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        // Colours are for eyes: in a file they are noise.
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("OMGANG_LOG")
                .unwrap_or_else(|_| "info,sqlx=warn".into()),
        )
        .init();
    match run(cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(fout) => {
            output::talk(&format!("error: {fout:#}"));
            ExitCode::from(2)
        }
    }
}

/// False when the answer is no: a verification that found a difference.
fn run(cli: Cli) -> Result<bool> {
    let config = Config::read(cli.config.as_deref())?;
    config.data.add_uitvragen()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match cli.opdracht {
            Opdracht::Serve => serve::run(&config).await?,
            Opdracht::Run(run) => run.run(&config).await?,
            Opdracht::Publish(publish) => return publish.run(&config).await,
            Opdracht::Query(query) => query.run(&config).await?,
            Opdracht::Synth(synth) => synth.run()?,
            Opdracht::Admin(admin) => admin.run(&config).await?,
            Opdracht::Config => output::bytes(config.to_toml()?.as_bytes())?,
        }
        Ok(true)
    })
}
