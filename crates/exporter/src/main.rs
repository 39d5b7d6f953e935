//! `uitvraag`: what an aanbieder runs to map, check, pack and deliver its data.
//!
//! Owns the order of things: arguments as typed, the command, the exit code (0 no fout, 1 fouten found or questions
//! open, 2 could not do it). Each command is a file in `commands`. Leaves reading files to `mapping`, judging to `judging`.

mod beoordeling;
mod bron;
mod cli;
mod commands;
mod dienst;
mod fout;
mod instellingen;
mod invoer;
mod logboek;
mod ontvangstbewijs;
mod opties;
mod pakken;
mod pakket;
mod parquet_uit;
mod rapport;
mod reading;
mod reis;
mod sleutelplek;
mod terminal;
mod tls;
mod toelichtingen;
mod toon;
mod uitbak;
mod uitvoer;
mod voorcontrole;
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
    match opties::add_schemas(cli.schemas.as_deref()).and_then(|()| commands::run(cli.opdracht)) {
        Ok(Einde::Goed) => ExitCode::SUCCESS,
        Ok(Einde::Open) => ExitCode::from(1),
        Err(fout) => {
            if !logboek::fout(&fout) {
                uitvoer::stderr(&fout.to_string());
            }
            ExitCode::from(fout.exitcode())
        }
    }
}
