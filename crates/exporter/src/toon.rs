//! A judgement as text for people.
//!
//! Owns the order (first the exact counts per rule, then the places), and that a sentence with one meaning for a thousand
//! rows is said once. Leaves the sentences to the definition.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use schema::bevinding::NietBeoordeeld;
use schema::tekst::duizendtal;
use schema::{Bevinding, Definitie, Ernst, Oordeel, RegelTelling};

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
    let regels: Vec<&RegelTelling> = oordeel.regels.iter().filter(|r| r.ernst == ernst && r.aantal > 0).collect();
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
        let titel = definitie.regel(&regel.code).map_or("", |r| r.tekst.titel.as_str());
        let _ = writeln!(uit, "  {:>9}  {}  {}", duizendtal(regel.aantal), veilig(&regel.code), veilig(titel));
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
            let titel = definitie.regel(&regel.code).map_or("", |r| r.tekst.titel.as_str());
            let _ = writeln!(uit, "    {}  {}", veilig(&regel.code), veilig(titel));
        }
    }
}

fn write_plaatsen(uit: &mut String, oordeel: &Oordeel, definitie: &Definitie, max: usize) {
    let bestanden: BTreeSet<&Option<String>> = oordeel.bevindingen.iter().map(|b| &b.plaats.bestand).collect();
    for regel in oordeel.regels.iter().filter(|r| r.aantal > 0) {
        let lijst: Vec<&Bevinding> = oordeel.bevindingen.iter().filter(|b| b.code == regel.code).collect();
        let getoond = &lijst[..lijst.len().min(max)];
        if getoond.is_empty() {
            continue;
        }
        write_groep(uit, regel, getoond, definitie, bestanden.len() > 1);
        let rest = regel.aantal - getoond.len() as u64;
        if rest > 0 {
            let _ = writeln!(uit, "  … en nog {}", duizendtal(rest));
        }
    }
}

/// One rule: what all its findings share first, then a line per place.
fn write_groep(uit: &mut String, regel: &RegelTelling, lijst: &[&Bevinding], definitie: &Definitie, met_bestand: bool) {
    let naam = match regel.ernst {
        Ernst::Fout => "fout",
        Ernst::Signaal => "signaal",
        Ernst::Opmerking => "opmerking",
    };
    let eerste = lijst[0];
    let gelijk = |deel: fn(&Bevinding) -> &str| lijst.iter().all(|b| deel(b) == deel(eerste));
    let (bericht, verwacht, herstel) = (gelijk(|b| &b.bericht), gelijk(|b| &b.verwacht), gelijk(|b| &b.herstel));
    let _ = writeln!(uit, "\n{naam} {}", veilig(&regel.code));
    let mut gezegd = |kop: &str, tekst: &str| {
        if !tekst.is_empty() {
            let _ = writeln!(uit, "  {kop}{}", veilig(tekst));
        }
    };
    if bericht {
        gezegd("", &eerste.bericht);
    }
    if verwacht {
        gezegd("verwacht: ", &eerste.verwacht);
    }
    if herstel {
        gezegd("herstel:  ", &eerste.herstel);
    }
    if let Some(regel) = definitie.regel(&regel.code) {
        gezegd("waarom:   ", &regel.tekst.reden);
    }
    for bevinding in lijst {
        let plaats = plaats(bevinding, met_bestand);
        let mut delen: Vec<String> = Vec::new();
        if let (Some(gevonden), true) = (&bevinding.gevonden, bericht) {
            delen.push(format!("gevonden: {}", kort(gevonden)));
        }
        if !bericht {
            delen.push(veilig(&bevinding.bericht));
        }
        if !verwacht {
            delen.push(format!("verwacht: {}", veilig(&bevinding.verwacht)));
        }
        if !herstel {
            delen.push(format!("herstel: {}", veilig(&bevinding.herstel)));
        }
        let regel = format!("    {plaats}  {}", delen.join("  "));
        let _ = writeln!(uit, "{}", regel.trim_end());
    }
}

/// Where it is, in the words of the reader's own file.
pub fn plaats(bevinding: &Bevinding, met_bestand: bool) -> String {
    let p = &bevinding.plaats;
    let mut delen = Vec::new();
    if let (Some(bestand), true) = (&p.bestand, met_bestand) {
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
        delen.push(p.bestand.as_deref().map_or_else(|| "hele bestand".to_owned(), veilig));
    }
    delen.join(" ")
}

/// The assumptions and open questions of reading a file; empty when there are none.
pub fn aannames(aannames: &[String], open: &[String]) -> String {
    let mut uit = String::new();
    for (kop, lijst) in [("Aangenomen bij het lezen", aannames), ("Open vragen", open)] {
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
    use schema::{Plaats, Verdict};

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
            regels: vec![RegelTelling { code: "X".into(), ernst: Ernst::Fout, aantal: 1500 }],
            bevindingen: (2..5).map(|rij| bevinding(rij, "a\u{1b}[2J")).collect(),
            afgekapt: true,
            niet_beoordeeld: Vec::new(),
        };
        let tekst = oordeel(&lijst, &definitie, 2);
        assert_eq!(tekst.matches("Verbeter de dag.").count(), 1);
        assert!(tekst.contains("1.500  X"), "{tekst}");
        assert!(tekst.contains("    F2 (Start zorg)  gevonden: a\\u{001b}[2J\n"), "{tekst}");
        assert!(tekst.contains("… en nog 1.498"), "{tekst}");
        assert!(!tekst.contains('\u{1b}'));
    }
}
