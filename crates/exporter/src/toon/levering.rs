//! A levering in a few lines, and the command that goes on with it.
//!
//! Owns how these are said, the same in every command. Leaves what the service answers to `dienst`.

use std::path::Path;

use schema::tekst::duizendtal;

use crate::dienst::levering::Levering;
use crate::uitvoer;

/// The command that delivers this pakket, as it can be copied.
pub fn suggest(map: &Path, server: &str, token_bestand: Option<&Path>, zonder_tls: bool) -> String {
    let token = token_bestand.map_or_else(String::new, |pad| {
        format!(" --token-bestand {}", uitvoer::woord(pad))
    });
    let zonder_tls = if zonder_tls { " --zonder-tls" } else { "" };
    format!(
        "uitvraag lever {} --server {server}{token}{zonder_tls}",
        uitvoer::woord(map)
    )
}

/// `De Brug (KvK 12345678)`, as far as the service says.
pub fn for_whom(levering: &Levering) -> Option<String> {
    let kvk = (!levering.aanbieder.is_empty())
        .then(|| format!("KvK {}", uitvoer::veilig(&levering.aanbieder)))?;
    Some(levering.aanbieder_naam.as_ref().map_or_else(
        || kvk.clone(),
        |naam| format!("{} ({kvk})", uitvoer::veilig(naam)),
    ))
}

/// A levering in a few lines.
pub fn describe(levering: &Levering) -> String {
    let mut uit = format!(
        "levering      {}\ntoestand      {}\n",
        uitvoer::veilig(&levering.id),
        levering.toestand.naam()
    );
    if let Some(aanbieder) = for_whom(levering) {
        uit += &format!("aanbieder     {aanbieder}\n");
    }
    for (tabel, rijen) in &levering.rijen {
        uit += &format!(
            "rijen         {} {}\n",
            duizendtal(*rijen),
            uitvoer::veilig(tabel)
        );
    }
    if let Some(ondertekenaar) = &levering.ondertekenaar {
        uit += &format!("ondertekend   {}\n", uitvoer::veilig(ondertekenaar));
    }
    if !levering.volgende_stap.is_empty() {
        uit += &format!(
            "nu            {}\n",
            uitvoer::veilig(&levering.volgende_stap)
        );
    }
    uit
}
