//! `uitvraag codeboek`: what is asked, and why.
//!
//! Owns the short form at the terminal. Leaves the whole codeboek in HTML to `schema`.

use std::fmt::Write as _;
use std::path::PathBuf;

use schema::{Definitie, Gebieden, Tabel, Veld, Veldtype};

use crate::fout::{Einde, Fout, Uitkomst};
use crate::{opties, uitvoer};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag codeboek [VELD] --uitvraag omgang/2020 [--uit codeboek.html]",
    after_help = "Voorbeelden:\n  uitvraag codeboek --uitvraag omgang/2020                      alle velden in het kort\n  \
                  uitvraag codeboek verwijzer --uitvraag omgang/2020            één veld met al zijn codes\n  \
                  uitvraag codeboek Haarlemmermeer --uitvraag omgang/2020       de code van een gemeente\n  \
                  uitvraag codeboek --uitvraag omgang/2020 --uit codeboek.html  alles, om te lezen of te printen\n"
)]
pub struct Args {
    /// Eén veld, zoals verwijzer of voorziening.vorm; of een gemeente, met haar naam of code
    #[arg(value_name = "VELD")]
    veld: Option<String>,
    /// Naam en jaar van de uitvraag, zoals omgang/2020
    #[arg(long, value_name = "NAAM/JAAR")]
    uitvraag: String,
    /// Schrijf het hele codeboek als webpagina; - schrijft naar de uitvoer
    #[arg(long, value_name = "BESTAND", conflicts_with = "veld")]
    uit: Option<PathBuf>,
}

/// Shows or writes the codeboek.
pub fn run(args: &Args) -> Uitkomst {
    let definitie = opties::definitie(&args.uitvraag)?;
    if let Some(uit) = &args.uit {
        super::write_artefact(uit, super::artefact(&definitie, "codeboek.html")?)?;
        if uit.as_os_str() != "-" {
            uitvoer::praat(&format!("Het codeboek staat in {}.", uit.display()));
        }
        return Ok(Einde::Goed);
    }
    match &args.veld {
        Some(veld) => uitvoer::data(&one_field(&definitie, veld)?),
        None => uitvoer::data(&all_fields(&definitie)),
    }
    Ok(Einde::Goed)
}

fn all_fields(definitie: &Definitie) -> String {
    let mut uit = format!("{}\n{}\n", definitie.titel, definitie.inleiding.trim());
    for tabel in &definitie.tabellen {
        let _ = writeln!(uit, "\n{} ({})", tabel.titel, tabel.naam);
        for veld in &tabel.velden {
            let verplicht = if veld.verplicht { "verplicht" } else { "" };
            let _ = writeln!(
                uit,
                "  {:<24} {:<24} {:<9}  {}",
                veld.naam,
                kind(veld),
                verplicht,
                veld.label
            );
        }
    }
    uit
}

fn one_field(definitie: &Definitie, naam: &str) -> Result<String, Fout> {
    let in_tabel = |tabel: &Tabel, veld: &Veld| {
        naam == veld.naam || naam == format!("{}.{}", tabel.naam, veld.naam)
    };
    let gevonden: Vec<(&Tabel, &Veld)> = definitie
        .tabellen
        .iter()
        .flat_map(|t| t.velden.iter().map(move |v| (t, v)))
        .filter(|(t, v)| in_tabel(t, v))
        .collect();
    if gevonden.is_empty() {
        let gemeenten = gemeenten(definitie.jaar, naam);
        if !gemeenten.is_empty() {
            return Ok(gemeenten);
        }
        return Err(Fout::new(format!("er is geen veld of gemeente met de naam {naam}")).tip(format!(
            "Alle velden: uitvraag codeboek --uitvraag {0}. Alle gemeenten: uitvraag codeboek gemeente --uitvraag {0}",
            definitie.naam()
        )));
    }
    let mut uit = String::new();
    let met_gemeenten = gevonden
        .iter()
        .any(|(_, veld)| veld.veldtype == Veldtype::Gemeente);
    for (tabel, veld) in gevonden {
        write_field(&mut uit, definitie, tabel, veld);
    }
    if met_gemeenten {
        let _ = write!(
            uit,
            "\nDe gemeenten in {}\n{}",
            definitie.jaar,
            gemeenten(definitie.jaar, "")
        );
    }
    Ok(uit)
}

/// The gemeenten of the year whose code is this or whose name holds it, and those that one of that name or code became.
fn gemeenten(jaar: i32, gezocht: &str) -> String {
    let gezocht = gezocht.to_lowercase();
    let gebieden = Gebieden::get();
    let mut uit = String::new();
    for gemeente in gebieden
        .gemeenten(jaar)
        .into_iter()
        .flat_map(|g| g.values())
    {
        if gemeente.gemeentecode.to_lowercase() == gezocht
            || gemeente.gemeentenaam.to_lowercase().contains(&gezocht)
        {
            let _ = writeln!(
                uit,
                "  {}  {} ({})",
                gemeente.gemeentecode, gemeente.gemeentenaam, gemeente.provincie
            );
        }
    }
    let mut oud: Vec<(&str, &str)> = gebieden
        .herindelingen
        .iter()
        .map(|h| (h.oude_naam.as_str(), h.oude_code.as_str()))
        .collect();
    oud.sort_unstable();
    oud.dedup();
    let bedoeld = |(naam, code): &(&str, &str)| {
        naam.to_lowercase() == gezocht || code.to_lowercase() == gezocht
    };
    for (naam, code) in oud
        .into_iter()
        .filter(bedoeld)
        .filter(|(_, code)| gebieden.gemeente(jaar, code).is_none())
    {
        for gemeente in gebieden.opvolgers(jaar, code) {
            let _ = writeln!(
                uit,
                "  {}  {} (was {code} {naam})",
                gemeente.gemeentecode, gemeente.gemeentenaam
            );
        }
    }
    uit
}

fn write_field(uit: &mut String, definitie: &Definitie, tabel: &Tabel, veld: &Veld) {
    let _ = writeln!(uit, "{}.{}  {}", tabel.naam, veld.naam, veld.label);
    let _ = writeln!(
        uit,
        "  {}{}",
        kind(veld),
        if veld.verplicht { ", verplicht" } else { "" }
    );
    for zin in [&veld.definitie, &veld.herkomst]
        .into_iter()
        .filter(|z| !z.is_empty())
    {
        let _ = writeln!(uit, "  {zin}");
    }
    if !veld.synoniemen.is_empty() {
        let _ = writeln!(uit, "  Heet ook wel: {}", veld.synoniemen.join(", "));
    }
    if let Veldtype::Code { lijst } = &veld.veldtype {
        for code in definitie
            .codelijsten
            .get(lijst)
            .iter()
            .flat_map(|l| &l.codes)
        {
            let uitleg = if code.definitie.is_empty() {
                String::new()
            } else {
                format!(". {}", code.definitie)
            };
            let _ = writeln!(uit, "    {:<32} {}{uitleg}", code.code, code.label);
        }
    }
}

fn kind(veld: &Veld) -> String {
    match &veld.veldtype {
        Veldtype::Pseudoniem => "nummer van uzelf".to_owned(),
        Veldtype::Tekst { lengte } => format!("tekst tot {lengte} tekens"),
        Veldtype::Geheel => "geheel getal".to_owned(),
        Veldtype::Decimaal => "bedrag".to_owned(),
        Veldtype::Datum => "datum".to_owned(),
        Veldtype::Code { lijst } => format!("keuze uit {lijst}"),
        Veldtype::Gemeente => "gemeentecode".to_owned(),
        Veldtype::JaNee => "ja of nee".to_owned(),
    }
}
