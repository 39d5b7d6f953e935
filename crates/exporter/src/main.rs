//! `uitvraag`: what an aanbieder runs to map, check, pack and deliver its data.
//!
//! Owns the order of things: arguments as typed, the command, the exit code (0 no fout, 1 fouten found or questions
//! open, 2 could not do it). Each command is a file in `commands`. Leaves reading files to `mapping`, judging to `judging`.

mod annotated_file;
mod args;
mod ask_confirm;
mod ask_mapping;
mod ask_signals;
mod atomic_file;
mod cli;
mod client;
mod commands;
mod delivery_run;
mod error;
mod event_log;
mod judge_files;
mod key_path;
mod ontvangstbewijs;
mod open_input;
mod outbox;
mod output;
mod pack;
mod pakket;
mod parquet_out;
mod preflight;
mod previous_year;
mod progress;
mod render;
mod row_map;
mod settings;
mod source;
mod terminal;
mod text_input;
mod tls;
mod toelichtingen;
mod wording;

use std::process::ExitCode;

use crate::error::RunEnd;

fn main() -> ExitCode {
    let cli = match cli::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
    match args::add_schemas(cli.schemas.as_deref()).and_then(|()| commands::run(cli.opdracht)) {
        Ok(RunEnd::Good) => ExitCode::SUCCESS,
        Ok(RunEnd::Open) => ExitCode::from(1),
        Err(failure) => {
            if !event_log::failure(&failure) {
                output::stderr(&failure.to_string());
            }
            ExitCode::from(failure.exit_code())
        }
    }
}
