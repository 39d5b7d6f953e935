//! The binary `omgangsmonitor`, at the centre: serve, run, publish, query, synth, admin, config.
//!
//! Owns the command line and the configuration, and ties the crates together. Leaves the work to them.

mod synth;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Collects leveringen of an uitvraag, makes the figures and publishes them.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    opdracht: Opdracht,
}

#[derive(Debug, Subcommand)]
enum Opdracht {
    Synth(synth::Synth),
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fout) => {
            eprintln!("error: {fout:#}");
            ExitCode::from(2)
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    match cli.opdracht {
        Opdracht::Synth(synth) => synth.run(),
    }
}
