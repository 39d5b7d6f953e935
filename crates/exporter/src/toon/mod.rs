//! A judgement as text for people.
//!
//! Owns the order: first the exact counts per rule, then the places, then what was left out. Leaves one rule with its
//! places to `plaatsen`, the sentences to the definition.

pub mod levering;
mod plaatsen;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mapping::WAARDEVRAAG;
use schema::bevinding::NietBeoordeeld;
use schema::tekst::duizendtal;
use schema::{Bevinding, Definitie, Ernst, Oordeel, RegelTelling, Verdict};

use crate::uitvoer::{kort, veilig};

/// The whole judgement: rows read, counts per rule, then at most `max` places per rule.
pub fn oordeel(oordeel: &Oordeel, definitie: &Definitie, max: usize) -> String {
    let mut uit = String::new();
    write_rijen(&mut uit, oordeel, definitie);
    for ernst in [Ernst::Fout, Ernst::Signaal, Ernst::Opmerking] {
        write_tellingen(&mut uit, oordeel, definitie, ernst);
    }
    write_niet_beoordeeld(&mut uit, &oordeel.niet_beoordeeld, definitie);
    write_plaatsen(&mut uit, oordeel, definitie, max);
    uit
}

/// The counts and places of one kind of finding, for the service's verdict.
pub fn soort(lijst: &Oordeel, definitie: &Definitie, ernst: Ernst, max: usize) -> String {
    let mut deel = lijst.clone();
    deel.regels.retain(|r| r.ernst == ernst);
    deel.bevindingen.retain(|b| b.ernst == ernst);
    deel.oorzaken.retain(|o| o.eerste.ernst == ernst);
    let mut uit = String::new();
    write_tellingen(&mut uit, &deel, definitie, ernst);
    write_plaatsen(&mut uit, &deel, definitie, max);
    uit
}

fn write_rijen(uit: &mut String, oordeel: &Oordeel, definitie: &Definitie) {
    let _ = writeln!(uit, "Gelezen");
    for tabel in &definitie.tabellen {
        if let Some(rijen) = oordeel.rijen.get(&tabel.naam) {
            let _ = writeln!(uit, "  {:>9}  {}", duizendtal(*rijen), tabel.titel);
        }
    }
}

fn write_tellingen(uit: &mut String, oordeel: &Oordeel, definitie: &Definitie, ernst: Ernst) {
    let regels: Vec<&RegelTelling> = oordeel
        .regels
        .iter()
        .filter(|r| r.ernst == ernst && r.aantal > 0)
        .collect();
    if regels.is_empty() {
        return;
    }
    let kop = match ernst {
        Ernst::Fout => "Fouten: deze moeten eerst worden verbeterd",
        Ernst::Signaal => "Signalen: klopt dit? Hierop wordt een antwoord gevraagd",
        Ernst::Opmerking => "Opmerkingen: hier hoeft u niets mee te doen",
    };
    let _ = writeln!(uit, "\n{kop}");
    for regel in regels {
        let titel = definitie
            .regel(&regel.code)
            .map_or("", |r| r.tekst.titel.as_str());
        let _ = writeln!(
            uit,
            "  {:>9}  {}  {}",
            duizendtal(regel.aantal),
            veilig(&regel.code),
            veilig(titel)
        );
    }
}

fn write_niet_beoordeeld(uit: &mut String, regels: &[NietBeoordeeld], definitie: &Definitie) {
    if regels.is_empty() {
        return;
    }
    let _ = writeln!(uit, "\nNiet beoordeeld");
    let redenen: BTreeSet<&str> = regels.iter().map(|r| r.waarom.as_str()).collect();
    for reden in redenen {
        let _ = writeln!(uit, "  {}", veilig(reden));
        for regel in regels.iter().filter(|r| r.waarom == reden) {
            let titel = definitie
                .regel(&regel.code)
                .map_or("", |r| r.tekst.titel.as_str());
            let _ = writeln!(uit, "    {}  {}", veilig(&regel.code), veilig(titel));
        }
    }
}

fn write_plaatsen(uit: &mut String, oordeel: &Oordeel, definitie: &Definitie, max: usize) {
    let mut rest = 0;
    for regel in oordeel.regels.iter().filter(|r| r.aantal > 0) {
        rest += plaatsen::write_regel(uit, oordeel, regel, definitie, max);
    }
    if rest > 0 {
        let _ = writeln!(
            uit,
            "\nNiet elke plaats staat hier, maar de aantallen zijn volledig. Meer plaatsen ziet u met --max {}.",
            max.max(1) * 10
        );
    }
    if rest > 0 && oordeel.afgekapt {
        let _ = writeln!(
            uit,
            "Per regel onthoudt het programma de eerste {} plaatsen.",
            duizendtal(check::PER_REGEL as u64)
        );
    }
    if oordeel.oorzaken_afgekapt {
        let _ = writeln!(
            uit,
            "Er zijn heel veel verschillende foute waarden. Die zijn niet allemaal apart geteld."
        );
    }
}

/// A signaal as it is asked: what holds for all its findings, then at most `max` of them.
pub fn vraag(regel: &RegelTelling, oordeel: &Oordeel, definitie: &Definitie, max: usize) -> String {
    let titel = definitie
        .regel(&regel.code)
        .map_or(regel.code.as_str(), |r| &r.tekst.titel);
    let mut uit = format!("{} ({} keer)\n", veilig(titel), duizendtal(regel.aantal));
    plaatsen::write_inhoud(&mut uit, oordeel, regel, definitie, max);
    uit.truncate(uit.trim_end().len());
    uit
}

/// Where it is, in the words of the reader's own file.
pub fn plaats(bevinding: &Bevinding, met_bestand: bool) -> String {
    let p = &bevinding.plaats;
    let mut delen = Vec::new();
    if let (Some(bestand), true) = (
        &p.bestand,
        met_bestand || (p.rij.is_none() && p.kolom.is_some()),
    ) {
        delen.push(veilig(bestand));
    }
    match (&p.cel, p.rij, &p.blad) {
        (Some(cel), _, _) => delen.push(veilig(cel)),
        (None, Some(rij), Some(blad)) => delen.push(format!("{} rij {rij}", veilig(blad))),
        (None, Some(rij), None) => delen.push(format!("rij {rij}")),
        (None, None, Some(blad)) => delen.push(veilig(blad)),
        (None, None, None) => {}
    }
    if let Some(kolom) = &p.kolom {
        delen.push(format!("({})", kort(kolom)));
    }
    if delen.is_empty() {
        delen.push(
            p.bestand
                .as_deref()
                .map_or_else(|| "hele bestand".to_owned(), veilig),
        );
    }
    delen.join(" ")
}

/// The open questions to show: while fouten stand, values that are not known are told among those, with their places.
pub fn open_vragen(open: &[String], verdict: Verdict) -> Vec<String> {
    let (waarden, mut vragen): (Vec<&String>, Vec<&String>) = open
        .iter()
        .partition(|vraag| vraag.starts_with(WAARDEVRAAG));
    if verdict != Verdict::Afgekeurd {
        vragen.extend(waarden);
        return vragen.into_iter().cloned().collect();
    }
    let kort = match waarden.len() {
        0 => None,
        1 => Some("Wat betekent de waarde die we niet kennen? Ze staat bij de fouten.".to_owned()),
        n => Some(format!(
            "Wat betekenen de {} waarden die we niet kennen? Ze staan bij de fouten.",
            duizendtal(n as u64)
        )),
    };
    vragen.into_iter().cloned().chain(kort).collect()
}

/// The assumptions and open questions of reading a file; empty when there are none.
pub fn aannames(aannames: &[String], open: &[String]) -> String {
    let mut uit = String::new();
    for (kop, lijst) in [
        ("Aangenomen bij het lezen", aannames),
        ("Open vragen", open),
    ] {
        if lijst.is_empty() {
            continue;
        }
        let _ = writeln!(uit, "{kop}");
        for zin in lijst {
            let _ = writeln!(uit, "  - {}", veilig(zin));
        }
    }
    uit.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use schema::Plaats;

    fn bevinding(rij: u64, gevonden: &str) -> Bevinding {
        Bevinding {
            code: "X".into(),
            ernst: Ernst::Fout,
            tabel: "traject".into(),
            veld: "startdatum".into(),
            plaats: Plaats {
                bestand: Some("a.csv".into()),
                blad: None,
                rij: Some(rij),
                kolom: Some("Start zorg".into()),
                cel: Some(format!("F{rij}")),
            },
            gevonden: Some(gevonden.into()),
            bericht: "De start ligt voor de aanmelding.".into(),
            verwacht: "een latere dag".into(),
            herstel: "Verbeter de dag.".into(),
        }
    }

    #[test]
    fn what_is_the_same_for_all_rows_is_said_once_and_the_rest_is_counted() {
        let definitie = Definitie::load("omgang/2020").unwrap();
        let lijst = Oordeel {
            verdict: Verdict::Afgekeurd,
            rijen: [("traject".to_owned(), 2000)].into(),
            regels: vec![RegelTelling {
                code: "X".into(),
                ernst: Ernst::Fout,
                aantal: 1500,
            }],
            bevindingen: (2..5).map(|rij| bevinding(rij, "a\u{1b}[2J")).collect(),
            afgekapt: true,
            niet_beoordeeld: Vec::new(),
            oorzaken: Vec::new(),
            oorzaken_afgekapt: false,
            meer_bestanden: false,
            vingerafdrukken: Default::default(),
        };
        let tekst = oordeel(&lijst, &definitie, 2);
        assert_eq!(tekst.matches("Verbeter de dag.").count(), 1);
        assert!(tekst.contains("1.500  X"), "{tekst}");
        assert!(
            tekst.contains("    F2 (Start zorg)  gevonden: a\\u{001b}[2J\n"),
            "{tekst}"
        );
        assert!(tekst.contains("… en nog 1.498"), "{tekst}");
        assert!(!tekst.contains('\u{1b}'));
    }
}
