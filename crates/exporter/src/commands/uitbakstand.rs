//! `uitvraag status --config`: what is in the outbox.
//!
//! Owns how that looks. Asks nobody: it tells what the service last said and when, so it works while a delivery runs.

use std::fmt::Write as _;
use std::path::Path;

use schema::Toestand;
use serde::Serialize;

use crate::fout::{Einde, Uitkomst};
use crate::instellingen::Instellingen;
use crate::uitbak::{self, Post, Stand};
use crate::{ontvangstbewijs, uitvoer};

/// One line of `--json`.
#[derive(Serialize)]
struct Regel<'a> {
    post: String,
    kopie: bool,
    ontvangstbewijs: bool,
    #[serde(flatten)]
    stand: &'a Stand,
}

/// Tells; exit 1 while a person must do something.
pub fn run(config: &Path, json: bool) -> Uitkomst {
    let instellingen = Instellingen::read(config)?;
    let posten = uitbak::posten(&instellingen.uitbak)?;
    let controle = instellingen
        .uitbak
        .join("controle")
        .join("bevindingen.xlsx");
    if json {
        uitvoer::json(&posten.iter().map(line).collect::<Vec<_>>());
    } else if posten.is_empty() {
        uitvoer::praat(&format!(
            "De uitbak is leeg: {}",
            instellingen.uitbak.display()
        ));
    } else {
        uitvoer::data(&posten.iter().map(describe).collect::<Vec<_>>().join("\n"));
    }
    if controle.exists() {
        uitvoer::praat(&format!(
            "\nBij de laatste controle stonden er fouten in uw systeem. U vindt ze in {}.",
            controle.display()
        ));
    }
    let laatste = posten
        .iter()
        .rev()
        .find(|p| p.stand.is_levend())
        .and_then(|p| p.stand.toestand);
    let wacht = matches!(laatste, Some(Toestand::Afgekeurd | Toestand::TeBevestigen));
    Ok(if wacht || controle.exists() {
        Einde::Open
    } else {
        Einde::Goed
    })
}

fn line(post: &Post) -> Regel<'_> {
    Regel {
        post: post.naam(),
        kopie: post.heeft_kopie(),
        ontvangstbewijs: post.map.join(ontvangstbewijs::BEWIJS).exists(),
        stand: &post.stand,
    }
}

fn describe(post: &Post) -> String {
    let stand = &post.stand;
    let mut uit = format!("{}\n  uitvraag      {}\n", post.naam(), stand.uitvraag);
    let toestand = match (stand.toestand, stand.klaar) {
        (Some(toestand), _) => toestand.naam(),
        (None, false) => "klaar om te versturen",
        (None, true) => "vervallen",
    };
    let _ = writeln!(uit, "  toestand      {toestand}");
    if let Some(levering) = &stand.levering {
        let _ = writeln!(uit, "  levering      {}", uitvoer::veilig(levering));
    }
    let _ = writeln!(uit, "  gemaakt       {}", stand.gemaakt);
    if let Some(gehoord) = &stand.gehoord {
        let _ = writeln!(uit, "  nagevraagd    {gehoord}");
    }
    let _ = writeln!(
        uit,
        "  kopie         {}",
        if post.heeft_kopie() { "ja" } else { "nee" }
    );
    if post.map.join(ontvangstbewijs::BEWIJS).exists() {
        let _ = writeln!(
            uit,
            "  bewijs        {}",
            post.map.join(ontvangstbewijs::BEWIJS).display()
        );
    }
    if !stand.volgende_stap.is_empty() {
        let _ = writeln!(
            uit,
            "  nu            {}",
            uitvoer::veilig(&stand.volgende_stap)
        );
    }
    uit
}
