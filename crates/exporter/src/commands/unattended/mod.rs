//! `uitvraag lever --config`: a delivery that goes by itself, from a timer.
//!
//! Owns the order: look beforehand, take up what is unfinished, read the source, send only what changed. Every step is an
//! event in the log. Leaves sending to `send`, the source to `read_source`, what is on its way to `outbox`.

mod read_source;
mod run_context;
mod send;

use std::path::Path;

use chrono::NaiveDate;
use schema::Toestand;
use serde_json::json;

use crate::args::{self, OptionalServer};
use crate::error::{CommandResult, Failure, RunEnd};
use crate::event_log::{self, LogEvent as G, LogFormat, meld};
use crate::outbox::Outbox;
use crate::settings::Settings;
use crate::wording;
use crate::{output, preflight};
use read_source::NewData;
use run_context::RunContext;

/// What was typed beside the settings.
pub(super) struct Unattended {
    /// Only look whether everything is ready.
    pub vooraf: bool,
    /// Form of the log.
    pub log: Option<LogFormat>,
    /// The last levering as JSON on stdout.
    pub json: bool,
    /// The day of delivery.
    pub leverdatum: Option<NaiveDate>,
}

/// Delivers; exit 1 while a person must do something about the data.
pub(super) fn run(config: &Path, what: &Unattended, server: &OptionalServer) -> CommandResult {
    let settings = Settings::read(config)?;
    start_log(&settings, what.log)?;
    let definitie = args::definitie(&settings.uitvraag)?;
    let velden = [
        ("uitvraag", json!(definitie.name())),
        ("versie", json!(env!("CARGO_PKG_VERSION"))),
    ];
    meld(
        G::Start,
        &format!(
            "Levering van {} volgens {}.",
            definitie.name(),
            config.display()
        ),
        &velden,
    );
    let address = settings.server()?;
    let client = address.client(server.patience());
    // Two runs never look and act at the same time.
    let outbox = if what.vooraf {
        None
    } else {
        Some(Outbox::open(&settings.uitbak)?)
    };
    let objection = preflight::run(&settings, &definitie, &client);
    if let Some(failure) = objection {
        return Err(failure);
    }
    let Some(outbox) = outbox else {
        meld(G::Done, "Alles staat klaar.", &[]);
        return Ok(RunEnd::Good);
    };
    let context = RunContext {
        client: client?,
        ondertekenaar: address.signatory(),
        leverdatum: what.leverdatum.unwrap_or_else(args::today),
        instellingen: settings,
        definitie,
        uitbak: outbox,
    };
    let end = context.run()?;
    if what.json
        && let Some(levering) = context.last()?
    {
        output::json(
            &context
                .client
                .levering(&levering)
                .map_err(|e| e.as_failure(wording::commands::NO_STATE))?,
        );
    }
    let sentence = if end == RunEnd::Good {
        "Klaar."
    } else {
        wording::commands::DONE_BUT
    };
    meld(
        G::Done,
        sentence,
        &[("uitkomst", json!(i32::from(end != RunEnd::Good)))],
    );
    Ok(end)
}

fn start_log(settings: &Settings, asked: Option<LogFormat>) -> Result<(), Failure> {
    use std::io::IsTerminal;
    let by_itself = || {
        if std::io::stderr().is_terminal() {
            LogFormat::Tekst
        } else {
            LogFormat::Json
        }
    };
    let vorm = asked.or(settings.logboek.vorm).unwrap_or_else(by_itself);
    event_log::start(vorm, settings.logboek.bestand.as_deref())
}

impl RunContext {
    fn run(&self) -> CommandResult {
        let mut open = self.take_up()?;
        match self.new_post()? {
            NewData::Post(mut post) => {
                // What is new decides; a question about what it replaces is no longer one.
                open = self.advance(&mut post)? == RunEnd::Open;
                if !matches!(post.stand.toestand, Some(Toestand::Afgekeurd) | None) {
                    self.withdraw_older(&post)?;
                }
            }
            NewData::Niets => {}
            NewData::Errors => open = true,
        }
        let gone = self.uitbak.prune()?;
        if gone > 0 {
            meld(
                G::CleanedUp,
                &wording::commands::old_folders_removed(&gone),
                &[("aantal", json!(gone))],
            );
        }
        Ok(if open { RunEnd::Open } else { RunEnd::Good })
    }

    /// Goes on with whatever is unfinished, oldest first; true where a person must do something.
    fn take_up(&self) -> Result<bool, Failure> {
        let mut open = false;
        for mut post in self.uitbak.posts()? {
            if post.stand.klaar {
                post.clean_up()?;
                continue;
            }
            if post.stand.server != self.client.address() {
                return Err(Failure::new(wording::commands::other_server_in_outbox(
                    &post.stand.server,
                ))
                .tip(wording::commands::OUTBOX_PER_SERVER));
            }
            let velden = [
                ("post", json!(post.name())),
                ("levering", json!(post.stand.levering)),
            ];
            meld(G::Resumed, &format!("Verder met {}.", post.name()), &velden);
            open |= self.advance(&mut post)? == RunEnd::Open;
        }
        Ok(open)
    }
}
