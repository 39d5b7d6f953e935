//! A judgement as text for people.
//!
//! Owns the order: first the exact counts per rule, then the places, then what was left out. Leaves one rule with its
//! places to `places`, the sentences to the definition.

pub(crate) mod levering;
mod places;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mapping::VALUE_QUESTION;
use schema::balance::{BalanceCount, SheetBalance};
use schema::bevinding::{NotJudged, WaitingFindings};
use schema::text::grouped_thousands;
use schema::{Bevinding, Definitie, Ernst, Oordeel, RegelTelling, Verdict};

use crate::output::{safe, short};
use crate::wording;

/// The whole judgement: rows read, counts per rule, then at most `max` places per rule.
pub(crate) fn oordeel(oordeel: &Oordeel, definitie: &Definitie, max: usize) -> String {
    let mut out = String::new();
    write_rows(&mut out, oordeel, definitie);
    for ernst in [Ernst::Fout, Ernst::Signaal, Ernst::Opmerking] {
        write_counts(&mut out, oordeel, definitie, ernst);
    }
    write_not_judged(&mut out, &oordeel.niet_beoordeeld, definitie);
    write_places(&mut out, oordeel, definitie, max, Some("--max"));
    out
}

/// What came in and what became of it: a line for the rows and one for the columns of every sheet.
pub(crate) fn balance(sheets: &[SheetBalance]) -> String {
    let mut out = String::new();
    for sheet in sheets {
        let place = match &sheet.blad {
            Some(name) => format!("{}, blad {}", short(&sheet.bestand), short(name)),
            None => short(&sheet.bestand),
        };
        let _ = writeln!(out, "In {place}");
        write_count(&mut out, "rijen", &sheet.rijen);
        write_count(&mut out, "kolommen", &sheet.kolommen);
    }
    out
}

fn write_count(out: &mut String, what: &str, count: &BalanceCount) {
    let mut parts = vec![format!("gelezen {}", grouped_thousands(count.gelezen))];
    let passed: Vec<String> = count
        .overgeslagen
        .iter()
        .map(|(reason, n)| format!("{} {}", grouped_thousands(*n), reason.words()))
        .collect();
    if !passed.is_empty() {
        parts.push(format!("niet gelezen: {}", passed.join(", ")));
    }
    if count.gevraagd > 0 {
        parts.push(format!(
            "vraag aan u: {}",
            grouped_thousands(count.gevraagd)
        ));
    }
    let came = grouped_thousands(count.gekomen);
    let _ = writeln!(out, "  {came:>9}  {what}: {}", parts.join("; "));
}

/// The counts and places of one kind of finding, for the service's verdict.
pub(crate) fn kind(list: &Oordeel, definitie: &Definitie, ernst: Ernst, max: usize) -> String {
    let mut part = list.clone();
    part.regels.retain(|r| r.ernst == ernst);
    part.bevindingen.retain(|b| b.ernst == ernst);
    part.oorzaken.retain(|o| o.eerste.ernst == ernst);
    let mut out = String::new();
    write_counts(&mut out, &part, definitie, ernst);
    write_places(&mut out, &part, definitie, max, None);
    out
}

fn write_rows(out: &mut String, oordeel: &Oordeel, definitie: &Definitie) {
    let _ = writeln!(out, "Gelezen");
    for tabel in &definitie.tabellen {
        if let Some(rows) = oordeel.rijen.get(&tabel.naam) {
            let _ = writeln!(out, "  {:>9}  {}", grouped_thousands(*rows), tabel.titel);
        }
    }
}

fn write_counts(out: &mut String, oordeel: &Oordeel, definitie: &Definitie, ernst: Ernst) {
    let regels: Vec<&RegelTelling> = oordeel
        .regels
        .iter()
        .filter(|r| r.ernst == ernst && r.aantal > 0)
        .collect();
    if regels.is_empty() {
        return;
    }
    let header = match ernst {
        Ernst::Fout => wording::files::ERRORS,
        Ernst::Signaal => wording::files::SIGNALEN,
        Ernst::Opmerking => wording::files::OPMERKINGEN,
    };
    let _ = writeln!(out, "\n{header}");
    for regel in regels {
        let title = definitie
            .regel(&regel.code)
            .map_or("", |r| r.tekst.titel.as_str());
        let _ = writeln!(
            out,
            "  {:>9}  {}  {}",
            grouped_thousands(regel.aantal),
            safe(&regel.code),
            safe(title)
        );
    }
}

fn write_not_judged(out: &mut String, regels: &[NotJudged], definitie: &Definitie) {
    if regels.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nNiet beoordeeld");
    let reasons: BTreeSet<&str> = regels.iter().map(|r| r.waarom.as_str()).collect();
    for reason in reasons {
        let _ = writeln!(out, "  {}", safe(reason));
        for regel in regels.iter().filter(|r| r.waarom == reason) {
            let title = definitie
                .regel(&regel.code)
                .map_or("", |r| r.tekst.titel.as_str());
            let _ = writeln!(out, "    {}  {}", safe(&regel.code), safe(title));
        }
    }
}

/// `option` is the one by which this command shows more places, where it has one.
fn write_places(
    out: &mut String,
    oordeel: &Oordeel,
    definitie: &Definitie,
    max: usize,
    option: Option<&str>,
) {
    let mut rest = 0;
    for regel in oordeel.regels.iter().filter(|r| r.aantal > 0) {
        rest += places::write_regel(out, oordeel, regel, definitie, max);
    }
    if rest > 0 {
        let more = option.map_or_else(String::new, |option| {
            wording::files::see_more_places(&option, &(max.max(1) * 10))
        });
        let _ = writeln!(out, "{}", wording::files::not_every_place(&more));
    }
    if rest > 0 && oordeel.afgekapt {
        let _ = writeln!(
            out,
            "{}",
            wording::files::per_regel_kept(&grouped_thousands(check::PER_REGEL as u64))
        );
    }
    if oordeel.oorzaken_afgekapt {
        let _ = writeln!(out, "{}", wording::files::MANY_VALUES);
    }
}

/// A signaal as it is asked: what holds for all its findings, then at most `max` of them.
pub(crate) fn question(
    regel: &RegelTelling,
    oordeel: &Oordeel,
    definitie: &Definitie,
    max: usize,
) -> String {
    let title = definitie
        .regel(&regel.code)
        .map_or(regel.code.as_str(), |r| &r.tekst.titel);
    let mut out = format!(
        "{} ({} keer)\n",
        safe(title),
        grouped_thousands(regel.aantal)
    );
    places::write_content(&mut out, oordeel, regel, definitie, max);
    out.truncate(out.trim_end().len());
    out
}

/// Where it is, in the words of the reader's own file.
pub(crate) fn place(bevinding: &Bevinding, with_file: bool) -> String {
    let p = &bevinding.plaats;
    let mut parts = Vec::new();
    if let (Some(file), true) = (
        &p.bestand,
        with_file || (p.rij.is_none() && p.kolom.is_some()),
    ) {
        parts.push(safe(file));
    }
    match (&p.cel, p.rij, &p.blad) {
        (Some(cell), _, _) => parts.push(safe(cell)),
        (None, Some(row), Some(sheet)) => parts.push(format!("{} rij {row}", safe(sheet))),
        (None, Some(row), None) => parts.push(format!("rij {row}")),
        (None, None, Some(sheet)) => parts.push(safe(sheet)),
        (None, None, None) => {}
    }
    if let Some(column) = &p.kolom {
        parts.push(format!("({})", short(column)));
    }
    if parts.is_empty() {
        parts.push(
            p.bestand
                .as_deref()
                .map_or_else(|| "hele bestand".to_owned(), safe),
        );
    }
    let place = parts.join(" ");
    match &p.nummer {
        Some(number) => format!("{place}, nummer {}", short(number)),
        None => place,
    }
}

/// The open questions to show: while fouten stand, values that are not known are told among those, with their places;
/// but not those for which the fouten wait.
pub(crate) fn open_questions(
    open: &[String],
    waiting: &[WaitingFindings],
    verdict: Verdict,
) -> Vec<String> {
    let waits = |question: &String| waiting.iter().any(|w| w.open.vragen.contains(question));
    let (values, mut questions): (Vec<&String>, Vec<&String>) = open
        .iter()
        .partition(|question| question.starts_with(VALUE_QUESTION) && !waits(question));
    if verdict != Verdict::Afgekeurd {
        questions.extend(values);
        return questions.into_iter().cloned().collect();
    }
    let short = match values.len() {
        0 => None,
        1 => Some(wording::files::ONE_UNKNOWN_VALUE.to_owned()),
        n => Some(wording::files::unknown_values(&grouped_thousands(n as u64))),
    };
    questions.into_iter().cloned().chain(short).collect()
}

/// The assumptions and open questions of reading a file, and what waits for those; empty when there are none.
pub(crate) fn assumptions(
    assumptions: &[String],
    open: &[String],
    waiting: &[WaitingFindings],
) -> String {
    let mut out = String::new();
    let waiting: Vec<String> = waiting.iter().map(|w| w.bericht.clone()).collect();
    for (header, list) in [
        (wording::files::ASSUMED, assumptions),
        ("Open vragen", open),
        (wording::files::WAITING, &waiting),
    ] {
        if list.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{header}");
        for sentence in list {
            let _ = writeln!(out, "  - {}", safe(sentence));
        }
    }
    out.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use schema::Place;

    fn bevinding(row: u64, found: &str) -> Bevinding {
        Bevinding {
            code: "X".into(),
            ernst: Ernst::Fout,
            tabel: "traject".into(),
            veld: "startdatum".into(),
            plaats: Place {
                bestand: Some("a.csv".into()),
                blad: None,
                rij: Some(row),
                kolom: Some("Start zorg".into()),
                cel: Some(format!("F{row}")),
                nummer: None,
            },
            gevonden: Some(found.into()),
            bericht: "De start ligt voor de aanmelding.".into(),
            verwacht: "een latere dag".into(),
            herstel: "Verbeter de dag.".into(),
        }
    }

    #[test]
    fn what_is_the_same_for_all_rows_is_said_once_and_the_rest_is_counted() {
        let definitie = Definitie::load("omgang/2020").unwrap();
        let list = Oordeel {
            verdict: Verdict::Afgekeurd,
            rijen: [("traject".to_owned(), 2000)].into(),
            regels: vec![RegelTelling {
                code: "X".into(),
                ernst: Ernst::Fout,
                aantal: 1500,
            }],
            bevindingen: (2..5).map(|row| bevinding(row, "a\u{1b}[2J")).collect(),
            afgekapt: true,
            niet_beoordeeld: Vec::new(),
            oorzaken: Vec::new(),
            oorzaken_afgekapt: false,
            meer_bestanden: false,
            vingerafdrukken: Default::default(),
        };
        let text = oordeel(&list, &definitie, 2);
        assert_eq!(text.matches("Verbeter de dag.").count(), 1);
        assert!(text.contains("1.500  X"), "{text}");
        assert!(
            text.contains("    F2 (Start zorg)  gevonden: a\\u{001b}[2J\n"),
            "{text}"
        );
        assert!(text.contains("… en nog 1.498"), "{text}");
        assert!(!text.contains('\u{1b}'));
    }
}
