//! Writes a koppeling as a person would: in the order of the questions, with a word of explanation and the
//! doubts beside the answers.
//!
//! Owns the text of `koppeling.toml` and its comments. Leaves what stands in it to `koppeling` and `propose`.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::koppeling::{Koppeling, Tabelkoppeling};

/// Comments, by what they stand beside. Two koppelingen that differ in comments only are equal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notities {
    /// Table (by index), section, key, and for values the value.
    boven: BTreeMap<(usize, &'static str, String, String), Vec<String>>,
    achter: BTreeMap<(usize, &'static str, String, String), String>,
    /// Closing remarks, such as an example of rows one may add.
    pub(crate) slot: Vec<String>,
    /// The order in which a table's fields are written.
    pub(crate) volgorde: Vec<String>,
}

impl PartialEq for Notities {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Notities {}

impl Notities {
    pub(crate) fn above(
        &mut self,
        tabel: usize,
        deel: &'static str,
        sleutel: &str,
        waarde: &str,
        regel: impl Into<String>,
    ) {
        self.boven
            .entry((tabel, deel, sleutel.to_owned(), waarde.to_owned()))
            .or_default()
            .push(regel.into());
    }

    /// Drops what was said of a field in a table.
    pub(crate) fn forget(&mut self, tabel: usize, sleutel: &str) {
        self.boven
            .retain(|plek, _| plek.0 != tabel || plek.2 != sleutel);
        self.achter
            .retain(|plek, _| plek.0 != tabel || plek.2 != sleutel);
    }

    pub(crate) fn beside(
        &mut self,
        tabel: usize,
        deel: &'static str,
        sleutel: &str,
        waarde: &str,
        tekst: impl Into<String>,
    ) {
        self.achter.insert(
            (tabel, deel, sleutel.to_owned(), waarde.to_owned()),
            tekst.into(),
        );
    }
}

const KOP: &str = "\
# Koppeling: zo leest uitvraag uw bestand.
# U mag dit bestand aanpassen. Links staat het veld van de uitvraag, rechts staat uw kolom of uw woord.
# Een regel met `# OPEN:` is een vraag aan u. Vul het antwoord in tussen de aanhalingstekens eronder.
";

pub(crate) fn write(koppeling: &Koppeling) -> String {
    let mut uit = String::from(KOP);
    let _ = writeln!(uit, "\nuitvraag = {}", text(&koppeling.uitvraag));
    if let Some(aanbieder) = &koppeling.aanbieder {
        uit.push_str("\n[aanbieder]\n");
        if let Some(kvk) = &aanbieder.kvk {
            let _ = writeln!(uit, "kvk = {}", text(kvk));
        }
    } else {
        uit.push_str("\n# Uw KvK-nummer is niet verplicht.\n# [aanbieder]\n# kvk = \"12345678\"\n");
    }
    for (index, tabel) in koppeling.tabellen.iter().enumerate() {
        write_table(&mut uit, index, tabel, &koppeling.notities);
    }
    for (naam, rijen) in &koppeling.rijen {
        for rij in rijen {
            let _ = writeln!(uit, "\n[[{}]]", key(naam));
            for (veld, waarde) in rij {
                let _ = writeln!(uit, "{} = {}", key(veld), text(waarde));
            }
        }
    }
    if !koppeling.notities.slot.is_empty() {
        uit.push('\n');
        koppeling
            .notities
            .slot
            .iter()
            .for_each(|regel| comment(&mut uit, regel));
    }
    uit
}

fn write_table(uit: &mut String, index: usize, tabel: &Tabelkoppeling, notities: &Notities) {
    let _ = writeln!(
        uit,
        "\n\n# ---- {} ----\n[[tabel]]\nnaam = {}",
        one_line(&tabel.naam),
        text(&tabel.naam)
    );
    if let Some(bestand) = &tabel.bestand {
        let _ = writeln!(uit, "bestand = {}", text(bestand));
    }
    if let Some(blad) = &tabel.blad {
        let _ = writeln!(uit, "blad = {}", text(blad));
    }
    if let Some(kopregel) = tabel.kopregel {
        let _ = writeln!(
            uit,
            "kopregel = {kopregel}  # de rij met de namen van de kolommen"
        );
    }
    if let Some(lezen) = &tabel.lezen {
        write_line(uit, index, "lezen", ("", ""), ("lezen", lezen), notities);
    }
    if !tabel.overslaan.is_empty() {
        let lijst: Vec<String> = tabel.overslaan.iter().map(|k| text(k)).collect();
        let _ = writeln!(
            uit,
            "# Deze kolommen vraagt de uitvraag niet.\noverslaan = [{}]",
            lijst.join(", ")
        );
    }
    let delen: [(&'static str, &str, &BTreeMap<String, String>); 7] = [
        (
            "kolommen",
            "Welk veld komt uit welke kolom?",
            &tabel.kolommen,
        ),
        (
            "te_plaatsen",
            "Deze kolommen zijn niet herkend. Vul een veld in, of \"overslaan\".",
            &tabel.te_plaatsen,
        ),
        ("vast", "Dit is in elke rij hetzelfde.", &tabel.vast),
        (
            "datumvorm",
            "Zo staan de datums in uw bestand.",
            &tabel.datumvorm,
        ),
        (
            "getalvorm",
            "Zo staan de getallen in uw bestand.",
            &tabel.getalvorm,
        ),
        (
            "afgeleid",
            "Deze kolom wordt omgerekend. Een geboortedatum wordt een leeftijd en gaat nooit mee.",
            &tabel.afgeleid,
        ),
        (
            "codestelsel",
            "Uw codes horen bij dit stelsel: cbs, ijw of eigen.",
            &tabel.codestelsel,
        ),
    ];
    for (deel, uitleg, inhoud) in delen {
        if inhoud.is_empty() {
            continue;
        }
        let _ = writeln!(uit, "\n# {uitleg}\n[tabel.{deel}]");
        for (sleutel, waarde) in ordered(inhoud, notities) {
            write_line(uit, index, deel, (sleutel, ""), (sleutel, waarde), notities);
        }
    }
    for (veld, waarden) in ordered(&tabel.waarden, notities) {
        let _ = writeln!(
            uit,
            "\n# Uw woorden voor {}: links uw woord, rechts de code.\n[tabel.waarden.{}]",
            one_line(veld),
            key(veld)
        );
        for (bron, code) in waarden {
            write_line(uit, index, "waarden", (veld, bron), (bron, code), notities);
        }
    }
}

fn write_line(
    uit: &mut String,
    index: usize,
    deel: &'static str,
    plek: (&str, &str),
    regel: (&str, &str),
    notities: &Notities,
) {
    let plek = (index, deel, plek.0.to_owned(), plek.1.to_owned());
    for boven in notities.boven.get(&plek).into_iter().flatten() {
        // Last year's answer may have closed the question.
        if regel.1.is_empty() || !boven.starts_with("OPEN:") {
            comment(uit, boven);
        }
    }
    let _ = write!(uit, "{} = {}", key(regel.0), text(regel.1));
    if let Some(achter) = notities.achter.get(&plek) {
        let _ = write!(uit, "  # {}", one_line(achter));
    }
    uit.push('\n');
}

/// Fields in the order of the definition, others after them by name.
fn ordered<'a, T>(
    inhoud: &'a BTreeMap<String, T>,
    notities: &Notities,
) -> Vec<(&'a String, &'a T)> {
    let rang = |veld: &String| {
        notities
            .volgorde
            .iter()
            .position(|v| v == veld)
            .unwrap_or(usize::MAX)
    };
    let mut lijst: Vec<(&String, &T)> = inhoud.iter().collect();
    lijst.sort_by_key(|(veld, _)| rang(veld));
    lijst
}

/// A comment, over as many lines as it needs.
fn comment(uit: &mut String, regel: &str) {
    const BREEDTE: usize = 110;
    let mut kolom = 0;
    for woord in one_line(regel).split(' ') {
        if kolom == 0 || kolom + woord.chars().count() > BREEDTE {
            uit.push_str(if kolom == 0 { "#" } else { "\n#  " });
            kolom = 1;
        }
        uit.push(' ');
        uit.push_str(woord);
        kolom += 1 + woord.chars().count();
    }
    uit.push('\n');
}

/// A comment ends at the line's end, whatever stands in a value.
fn one_line(tekst: &str) -> String {
    tekst
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn text(tekst: &str) -> String {
    let mut uit = String::from("\"");
    for teken in tekst.chars() {
        match teken {
            '"' => uit.push_str("\\\""),
            '\\' => uit.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(uit, "\\u{:04X}", c as u32);
            }
            c => uit.push(c),
        }
    }
    uit.push('"');
    uit
}

fn key(sleutel: &str) -> String {
    let kaal = !sleutel.is_empty()
        && sleutel
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if kaal {
        sleutel.to_owned()
    } else {
        text(sleutel)
    }
}
