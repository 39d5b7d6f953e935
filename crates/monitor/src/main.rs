//! The binary `omgangsmonitor`.
//!
//! Owns where the log goes and the exit code. Leaves the rest to the library beside it.

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use monitor::{MonitorCli, config, output};

fn main() -> ExitCode {
    let cli = MonitorCli::parse();
    let (variable, default) = config::LOG;
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        // Colours are for eyes: in a file they are noise.
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env(variable)
                .unwrap_or_else(|_| default.into()),
        )
        .init();
    match cli.run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            output::talk(&format!("error: {error:#}"));
            ExitCode::from(2)
        }
    }
}
