//! `uitvraag codeboek`: what is asked, and why.
//!
//! Owns the short form at the terminal. Leaves the whole codeboek in HTML to `schema`.

use std::fmt::Write as _;
use std::path::PathBuf;

use schema::{Definitie, Gebieden, Tabel, Veld, VeldType};

use crate::error::{CommandResult, Failure, RunEnd};
use crate::wording;
use crate::{args, output};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag codeboek [VELD] --uitvraag omgang/2020 [--uit codeboek.html]",
    after_help = "Voorbeelden:\n  uitvraag codeboek --uitvraag omgang/2020                      alle velden in het kort\n  \
                  uitvraag codeboek verwijzer --uitvraag omgang/2020            één veld met al zijn codes\n  \
                  uitvraag codeboek Haarlemmermeer --uitvraag omgang/2020       de code van een gemeente\n  \
                  uitvraag codeboek --uitvraag omgang/2020 --uit codeboek.html  alles, om te lezen of te printen\n"
)]
pub(crate) struct CodeboekArgs {
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
pub(crate) fn run(args: &CodeboekArgs) -> CommandResult {
    let definitie = args::definitie(&args.uitvraag)?;
    if let Some(out) = &args.uit {
        super::write_artefact(out, super::artefact(&definitie, "codeboek.html")?)?;
        if out.as_os_str() != "-" {
            output::talk(&wording::commands::codeboek_stands(&out.display()));
        }
        return Ok(RunEnd::Good);
    }
    match &args.veld {
        Some(veld) => output::data(&one_field(&definitie, veld)?),
        None => output::data(&all_fields(&definitie)),
    }
    Ok(RunEnd::Good)
}

fn all_fields(definitie: &Definitie) -> String {
    let mut out = format!("{}\n{}\n", definitie.titel, definitie.inleiding.trim());
    for tabel in &definitie.tabellen {
        let _ = writeln!(out, "\n{} ({})", tabel.titel, tabel.naam);
        for veld in &tabel.velden {
            let required = if veld.verplicht { "verplicht" } else { "" };
            let _ = writeln!(
                out,
                "  {:<24} {:<24} {:<9}  {}",
                veld.naam,
                kind(veld),
                required,
                veld.label
            );
        }
    }
    out
}

fn one_field(definitie: &Definitie, name: &str) -> Result<String, Failure> {
    let in_tabel = |tabel: &Tabel, veld: &Veld| {
        name == veld.naam || name == format!("{}.{}", tabel.naam, veld.naam)
    };
    let found: Vec<(&Tabel, &Veld)> = definitie
        .tabellen
        .iter()
        .flat_map(|t| t.velden.iter().map(move |v| (t, v)))
        .filter(|(t, v)| in_tabel(t, v))
        .collect();
    if found.is_empty() {
        let gemeenten = gemeenten(definitie.jaar, name);
        if !gemeenten.is_empty() {
            return Ok(gemeenten);
        }
        return Err(Failure::new(wording::commands::no_veld_or_gemeente(&name)).tip(format!(
            "Alle velden: uitvraag codeboek --uitvraag {0}. Alle gemeenten: uitvraag codeboek gemeente --uitvraag {0}",
            definitie.name()
        )));
    }
    let mut out = String::new();
    let met_gemeenten = found
        .iter()
        .any(|(_, veld)| veld.veldtype == VeldType::Gemeente);
    for (tabel, veld) in found {
        write_field(&mut out, definitie, tabel, veld);
    }
    if met_gemeenten {
        let _ = write!(
            out,
            "\nDe gemeenten in {}\n{}",
            definitie.jaar,
            gemeenten(definitie.jaar, "")
        );
    }
    Ok(out)
}

/// The gemeenten of the year whose code is this or whose name holds it, and those that one of that name or code became.
fn gemeenten(jaar: i32, wanted: &str) -> String {
    let wanted = wanted.to_lowercase();
    let gebieden = Gebieden::get();
    let mut out = String::new();
    for gemeente in gebieden
        .gemeenten(jaar)
        .into_iter()
        .flat_map(|g| g.values())
    {
        if gemeente.gemeentecode.to_lowercase() == wanted
            || gemeente.gemeentenaam.to_lowercase().contains(&wanted)
        {
            let _ = writeln!(
                out,
                "  {}  {} ({})",
                gemeente.gemeentecode, gemeente.gemeentenaam, gemeente.provincie
            );
        }
    }
    let mut old: Vec<(&str, &str)> = gebieden
        .reclassifications
        .iter()
        .map(|h| (h.oude_naam.as_str(), h.oude_code.as_str()))
        .collect();
    old.sort_unstable();
    old.dedup();
    let meant = |(name, code): &(&str, &str)| {
        name.to_lowercase() == wanted || code.to_lowercase() == wanted
    };
    for (name, code) in old
        .into_iter()
        .filter(meant)
        .filter(|(_, code)| gebieden.gemeente(jaar, code).is_none())
    {
        for gemeente in gebieden.successors(jaar, code) {
            let _ = writeln!(
                out,
                "  {}  {} (was {code} {name})",
                gemeente.gemeentecode, gemeente.gemeentenaam
            );
        }
    }
    out
}

fn write_field(out: &mut String, definitie: &Definitie, tabel: &Tabel, veld: &Veld) {
    let _ = writeln!(out, "{}.{}  {}", tabel.naam, veld.naam, veld.label);
    let _ = writeln!(
        out,
        "  {}{}",
        kind(veld),
        if veld.verplicht { ", verplicht" } else { "" }
    );
    for sentence in [&veld.definitie, &veld.herkomst]
        .into_iter()
        .filter(|z| !z.is_empty())
    {
        let _ = writeln!(out, "  {sentence}");
    }
    if !veld.synoniemen.is_empty() {
        let _ = writeln!(out, "  Heet ook wel: {}", veld.synoniemen.join(", "));
    }
    if let VeldType::Code { list } = &veld.veldtype {
        for code in definitie
            .codelijsten
            .get(list)
            .iter()
            .flat_map(|l| &l.codes)
        {
            let explanation = if code.definitie.is_empty() {
                String::new()
            } else {
                format!(". {}", code.definitie)
            };
            let _ = writeln!(out, "    {:<32} {}{explanation}", code.code, code.label);
        }
    }
}

fn kind(veld: &Veld) -> String {
    match &veld.veldtype {
        VeldType::Pseudoniem => "nummer van uzelf".to_owned(),
        VeldType::Tekst { lengte: length } => format!("tekst tot {length} tekens"),
        VeldType::Whole => "geheel getal".to_owned(),
        VeldType::Decimal => "bedrag".to_owned(),
        VeldType::Datum => "datum".to_owned(),
        VeldType::Code { list } => format!("keuze uit {list}"),
        VeldType::Gemeente => "gemeentecode".to_owned(),
        VeldType::YesNo => "ja of nee".to_owned(),
    }
}
