//! `uitvraag status --config`: what is in the outbox.
//!
//! Owns how that looks. Asks nobody: it tells what the service last said and when, so it works while a delivery runs.

use std::fmt::Write as _;
use std::path::Path;

use schema::Toestand;
use serde::Serialize;

use crate::error::{CommandResult, RunEnd};
use crate::outbox::{self, OutboxState, Post};
use crate::settings::Settings;
use crate::wording;
use crate::{ontvangstbewijs, output};

/// One line of `--json`.
#[derive(Serialize)]
struct OutboxLine<'a> {
    post: String,
    kopie: bool,
    ontvangstbewijs: bool,
    #[serde(flatten)]
    stand: &'a OutboxState,
}

/// Tells; exit 1 while a person must do something.
pub(super) fn run(config: &Path, json: bool) -> CommandResult {
    let settings = Settings::read(config)?;
    let posts = outbox::posts(&settings.uitbak)?;
    let judge = settings.uitbak.join("controle").join("bevindingen.xlsx");
    if json {
        output::json(&posts.iter().map(line).collect::<Vec<_>>());
    } else if posts.is_empty() {
        output::talk(&wording::commands::outbox_empty(&settings.uitbak.display()));
    } else {
        output::data(&posts.iter().map(describe).collect::<Vec<_>>().join("\n"));
    }
    if judge.exists() {
        output::talk(&wording::commands::errors_last_time(&judge.display()));
    }
    let last = posts
        .iter()
        .rev()
        .find(|p| p.stand.is_alive())
        .and_then(|p| p.stand.toestand);
    let wait = matches!(last, Some(Toestand::Afgekeurd | Toestand::TeBevestigen));
    Ok(if wait || judge.exists() {
        RunEnd::Open
    } else {
        RunEnd::Good
    })
}

fn line(post: &Post) -> OutboxLine<'_> {
    OutboxLine {
        post: post.name(),
        kopie: post.has_copy(),
        ontvangstbewijs: post.map.join(ontvangstbewijs::RECEIPT).exists(),
        stand: &post.stand,
    }
}

fn describe(post: &Post) -> String {
    let state = &post.stand;
    let mut out = format!("{}\n  uitvraag      {}\n", post.name(), state.uitvraag);
    let toestand = match (state.toestand, state.klaar) {
        (Some(toestand), _) => toestand.name(),
        (None, false) => wording::commands::READY_TO_SEND,
        (None, true) => "vervallen",
    };
    let _ = writeln!(out, "  toestand      {toestand}");
    if let Some(levering) = &state.levering {
        let _ = writeln!(out, "  levering      {}", output::safe(levering));
    }
    let _ = writeln!(out, "  gemaakt       {}", state.gemaakt);
    if let Some(heard) = &state.gehoord {
        let _ = writeln!(out, "  nagevraagd    {heard}");
    }
    let _ = writeln!(
        out,
        "  kopie         {}",
        if post.has_copy() { "ja" } else { "nee" }
    );
    if post.map.join(ontvangstbewijs::RECEIPT).exists() {
        let _ = writeln!(
            out,
            "  bewijs        {}",
            post.map.join(ontvangstbewijs::RECEIPT).display()
        );
    }
    if !state.volgende_stap.is_empty() {
        let _ = writeln!(
            out,
            "  nu            {}",
            output::safe(&state.volgende_stap)
        );
    }
    out
}
