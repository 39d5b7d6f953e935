//! `uitvraag`: what an aanbieder runs to map, check, pack and deliver its data.
//!
//! Owns the order of things: arguments as typed, the command, the exit code (0 no fout, 1 fouten found or questions
//! open, 2 could not do it). Each command is a file in `commands`. Leaves reading files to `extract`, judging to `check`.

mod beoordeling;
mod cli;
mod commands;
mod dienst;
mod fout;
mod ontvangstbewijs;
mod opties;
mod pakket;
mod parquet_uit;
mod rapport;
mod sleutelplek;
mod toelichtingen;
mod toon;
mod uitvoer;
mod voortgang;
mod vorig;
mod vragenlijst;

use std::process::ExitCode;

use crate::fout::Einde;

fn main() -> ExitCode {
    let cli = match cli::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match commands::run(cli.opdracht) {
        Ok(Einde::Goed) => ExitCode::SUCCESS,
        Ok(Einde::Open) => ExitCode::from(1),
        Err(fout) => {
            uitvoer::praat(&fout.to_string());
            ExitCode::from(fout.exitcode())
        }
    }
}
