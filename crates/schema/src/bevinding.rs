//! Findings: what was found in a file, where, what was expected and how to mend it.
//!
//! Owns the record that terminal, JSON, CSV, workbook, service and page all show. A finding is data, never an
//! error. Leaves the finding itself to `mapping` (phase `bron`) and `check` (phase `pakket`).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::safe_csv::{Cell, SafeCsv};
use crate::tekst::duizendtal;

/// How bad a finding is. The order is that of importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ernst {
    /// Blocks.
    Fout,
    /// Needs an answer before signing.
    Signaal,
    /// Only informs.
    Opmerking,
}

/// One finding, at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bevinding {
    /// Code of the rule.
    pub code: String,
    /// How bad.
    pub ernst: Ernst,
    /// Canonical table, as in `traject`; empty where the finding is about the whole file.
    pub tabel: String,
    /// Canonical field, as in `startdatum`; empty where it is about a row or a table.
    pub veld: String,
    /// Where, in the words of the file that was offered.
    #[serde(flatten)]
    pub plaats: Plaats,
    /// What stands there; `None` where it may not be shown.
    pub gevonden: Option<String>,
    /// What was found, as a sentence.
    pub bericht: String,
    /// What was expected.
    pub verwacht: String,
    /// How to mend it.
    pub herstel: String,
}

/// A place in the offered file: its own row and header, not ours.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plaats {
    /// File name.
    pub bestand: Option<String>,
    /// Sheet, for a workbook.
    pub blad: Option<String>,
    /// Row as a spreadsheet numbers it: the first line of the file is 1.
    pub rij: Option<u64>,
    /// Header of the column.
    pub kolom: Option<String>,
    /// Cell, as in `Trajecten!F17` or, in a CSV, `F17`.
    pub cel: Option<String>,
}

impl Plaats {
    /// The cell or else the row, with its sheet and, where that is asked, its file; empty where it is neither.
    pub fn plek(&self, met_bestand: bool) -> String {
        let plek = match (&self.cel, self.rij, &self.blad) {
            (Some(cel), ..) => cel.clone(),
            (None, Some(rij), Some(blad)) => format!("{blad} rij {rij}"),
            (None, Some(rij), None) => format!("rij {rij}"),
            (None, None, _) => return String::new(),
        };
        match self.bestand.as_ref().filter(|_| met_bestand) {
            Some(bestand) => format!("{bestand} {plek}"),
            None => plek,
        }
    }

    /// Where another place is, for who reads this one: `rij 8` on the same sheet, else the sheet or file too.
    pub fn verwijs(&self, naar: &Self) -> String {
        if self.bestand == naar.bestand && self.blad == naar.blad {
            return naar
                .rij
                .map_or_else(String::new, |rij| format!("rij {rij}"));
        }
        naar.plek(self.bestand != naar.bestand)
    }
}

/// Tells where a canonical row and field stand in the offered file.
pub trait Herkomst {
    /// The place of `veld` (or of the whole row, or of the whole table) in canonical row `rij` (from 0) of `tabel`.
    fn plaats(&self, tabel: &str, rij: Option<u64>, veld: Option<&str>) -> Plaats;

    /// The files that rows of `tabel` came from.
    fn bestanden(&self, tabel: &str) -> BTreeSet<String> {
        self.plaats(tabel, None, None).bestand.into_iter().collect()
    }
}

/// Name, in the metadata of a batch, of the table from which its rows were counted: what is wrong in those is told
/// there, once.
pub const AFGELEID: &str = "afgeleid";

/// What a judgement comes down to. Named after the state of the levering that follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No fout and no signaal.
    Akkoord,
    /// No fout; signalen want an answer.
    TeBevestigen,
    /// A fout stands.
    Afgekeurd,
}

/// How often one rule spoke. Exact, also where the listing is cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegelTelling {
    /// Code of the rule.
    pub code: String,
    /// How bad.
    pub ernst: Ernst,
    /// Exact number of findings.
    pub aantal: u64,
}

/// A rule that could not be judged, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NietBeoordeeld {
    /// Code of the rule.
    pub code: String,
    /// Why not, as a Dutch sentence.
    pub waarom: String,
}

/// The whole judgement over one levering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oordeel {
    /// What it comes down to.
    pub verdict: Verdict,
    /// Rows per table.
    pub rijen: BTreeMap<String, u64>,
    /// Per rule that spoke: exact counts, most serious first, then most frequent, then by code.
    pub regels: Vec<RegelTelling>,
    /// The findings: in the order of `regels`, then table, row, field. At most the limit per rule.
    pub bevindingen: Vec<Bevinding>,
    /// True when the listing was cut; the counts never are.
    pub afgekapt: bool,
    /// Rules that could not be judged.
    pub niet_beoordeeld: Vec<NietBeoordeeld>,
    /// What made several findings at once, with exact counts: in the order of `regels`, then most frequent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub oorzaken: Vec<Oorzaak>,
    /// True when there were more different values than are counted apart; the counts per rule never are cut.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub oorzaken_afgekapt: bool,
    /// True when more than one file was read: whoever shows a place then names its file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub meer_bestanden: bool,
    /// Per signaal a name for what it found: equal while the data are, at the aanbieder and in the service alike.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vingerafdrukken: BTreeMap<String, String>,
}

/// One cause of several findings: the same value, the same way of writing, or nothing at all, in one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Oorzaak {
    /// How many findings it made. Exact, also where the listing is cut.
    pub aantal: u64,
    /// The way of writing that the values share, as [`schrijfwijze`] gives it; `None` where the value is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vorm: Option<String>,
    /// The first of them.
    #[serde(flatten)]
    pub eerste: Bevinding,
}

impl Oorzaak {
    /// Whether this finding is one of those it made.
    pub fn omvat(&self, bevinding: &Bevinding) -> bool {
        let zelfde = |b: &Bevinding| {
            (b.code == self.eerste.code)
                && (b.tabel == self.eerste.tabel)
                && (b.veld == self.eerste.veld)
        };
        zelfde(bevinding)
            && match (&self.vorm, &bevinding.gevonden) {
                (Some(vorm), Some(gevonden)) => schrijfwijze(gevonden) == *vorm,
                _ => bevinding.gevonden == self.eerste.gevonden,
            }
    }

    /// What there is and how often, as a Dutch sentence that names the reader's own column and cell, and file where
    /// that is asked.
    pub fn zin(&self, met_bestand: bool) -> String {
        let Plaats { kolom, .. } = &self.eerste.plaats;
        let aantal = duizendtal(self.aantal);
        let kolom = kolom
            .as_deref()
            .map_or_else(String::new, |k| format!(" in de kolom {k}"));
        let waar = self.eerste.plaats.plek(met_bestand);
        let eerste = if waar.is_empty() {
            waar
        } else {
            format!(", de eerste keer in {waar}")
        };
        match (&self.eerste.gevonden, &self.vorm) {
            (Some(waarde), None) => format!("`{waarde}` staat {aantal} keer{kolom}{eerste}."),
            (Some(waarde), Some(_)) => {
                format!("{aantal} keer{kolom} staat er iets zoals `{waarde}`{eerste}.")
            }
            (None, _) => format!("{aantal} keer{kolom}{eerste}."),
        }
    }
}

/// How a value is written, whatever the digits: `31-12-2020` and `5-1-2021` give `9-9-9999`, `14 min` gives `9 min`.
/// Looks at the first hundred characters only, so that a value that was cut is written like a whole one.
pub fn schrijfwijze(waarde: &str) -> String {
    let mut uit = String::with_capacity(16);
    let mut cijfers = 0;
    for teken in waarde.chars().take(100) {
        cijfers = if teken.is_ascii_digit() {
            cijfers + 1
        } else {
            0
        };
        match cijfers {
            0 => uit.push(teken),
            1 => uit.push('9'),
            3 => uit.push_str("999"),
            _ => {}
        }
    }
    uit
}

impl Oordeel {
    /// The judgement over what was refused: one fout under the code of the refusal, and no rows. `tabel` is empty where it
    /// is about the whole file.
    pub fn geweigerd(code: &str, tabel: &str, plaats: Plaats, bericht: String) -> Self {
        let bevinding = Bevinding {
            code: code.to_owned(),
            ernst: Ernst::Fout,
            tabel: tabel.to_owned(),
            veld: String::new(),
            plaats,
            gevonden: None,
            bericht,
            verwacht: String::new(),
            herstel: String::new(),
        };
        Self {
            verdict: Verdict::Afgekeurd,
            rijen: BTreeMap::new(),
            regels: vec![RegelTelling {
                code: bevinding.code.clone(),
                ernst: Ernst::Fout,
                aantal: 1,
            }],
            bevindingen: vec![bevinding],
            afgekapt: false,
            niet_beoordeeld: Vec::new(),
            oorzaken: Vec::new(),
            oorzaken_afgekapt: false,
            meer_bestanden: false,
            vingerafdrukken: BTreeMap::new(),
        }
    }

    /// Adds findings of phase `bron` (with their exact counts per rule, which may exceed the list) and sorts anew.
    pub fn merge(mut self, bevindingen: Vec<Bevinding>, tellingen: Vec<RegelTelling>) -> Self {
        self.regels.extend(tellingen);
        self.bevindingen.extend(bevindingen);
        self.regels.sort_by(|a, b| {
            a.ernst
                .cmp(&b.ernst)
                .then(b.aantal.cmp(&a.aantal))
                .then(a.code.cmp(&b.code))
        });
        let rang: BTreeMap<String, usize> = self
            .regels
            .iter()
            .enumerate()
            .map(|(i, r)| (r.code.clone(), i))
            .collect();
        // Stable: within a rule the order in which the judge gave them (table, row, field) stays.
        self.bevindingen
            .sort_by_key(|b| rang.get(&b.code).copied().unwrap_or(usize::MAX));
        let geteld: u64 = self.regels.iter().map(|r| r.aantal).sum();
        self.afgekapt = geteld > self.bevindingen.len() as u64;
        self.oorzaken
            .sort_by_key(|o| rang.get(&o.eerste.code).copied().unwrap_or(usize::MAX));
        self.verdict = verdict_of(&self.regels);
        self
    }

    /// The same judgement with at most so many findings listed per rule.
    pub fn shortened(&self, per_regel: usize) -> Self {
        let mut gezien: BTreeMap<&str, usize> = BTreeMap::new();
        let mut bevindingen = Vec::new();
        for bevinding in &self.bevindingen {
            let gezien = gezien.entry(&bevinding.code).or_default();
            *gezien += 1;
            if *gezien <= per_regel {
                bevindingen.push(bevinding.clone());
            }
        }
        let geteld: u64 = self.regels.iter().map(|r| r.aantal).sum();
        Self {
            verdict: self.verdict,
            rijen: self.rijen.clone(),
            regels: self.regels.clone(),
            afgekapt: geteld > bevindingen.len() as u64,
            bevindingen,
            niet_beoordeeld: self.niet_beoordeeld.clone(),
            oorzaken: self.oorzaken.clone(),
            oorzaken_afgekapt: self.oorzaken_afgekapt,
            meer_bestanden: self.meer_bestanden,
            vingerafdrukken: self.vingerafdrukken.clone(),
        }
    }

    /// The same judgement with the values of sensitive fields left out, as the service shows it.
    pub fn masked(mut self, definitie: &crate::Definitie) -> Self {
        let gevoelig = |b: &Bevinding| {
            definitie
                .tabel(&b.tabel)
                .and_then(|t| t.veld(&b.veld))
                .is_none_or(|v| v.gevoelig)
        };
        for bevinding in self.bevindingen.iter_mut().filter(|b| gevoelig(b)) {
            bevinding.gevonden = None;
        }
        // A cause is its value: without it nothing is left to tell.
        self.oorzaken
            .retain(|o| o.eerste.gevonden.is_none() || !gevoelig(&o.eerste));
        self
    }
}

/// A judgement with what was assumed and what is open: what `uitvraag controleer --json` and the page in the browser
/// give, byte for byte alike.
#[derive(Debug, Serialize)]
pub struct Uitslag<'a> {
    /// The judgement.
    #[serde(flatten)]
    pub oordeel: &'a Oordeel,
    /// What was assumed in reading, as Dutch sentences.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub aannames: &'a [String],
    /// What still wants an answer in the mapping, as Dutch sentences.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub open: &'a [String],
}

/// The findings as CSV, one a line: RFC 4180, and no cell that a spreadsheet runs.
pub fn csv(bevindingen: &[Bevinding]) -> Vec<u8> {
    const KOP: [&str; 13] = [
        "code", "ernst", "tabel", "veld", "bestand", "rij", "kolom", "cel", "gevonden", "bericht",
        "verwacht", "herstel", "blad",
    ];
    let mut csv = SafeCsv::new(KOP);
    for b in bevindingen {
        let plaats = &b.plaats;
        let ernst = match b.ernst {
            Ernst::Fout => "fout",
            Ernst::Signaal => "signaal",
            Ernst::Opmerking => "opmerking",
        };
        csv.row([
            Cell::text(&b.code),
            Cell::text(ernst),
            Cell::text(&b.tabel),
            Cell::text(&b.veld),
            Cell::from(plaats.bestand.as_deref()),
            plaats.rij.map_or(Cell::Empty, Cell::number),
            Cell::from(plaats.kolom.as_deref()),
            Cell::from(plaats.cel.as_deref()),
            Cell::from(b.gevonden.as_deref()),
            Cell::text(&b.bericht),
            Cell::text(&b.verwacht),
            Cell::text(&b.herstel),
            Cell::from(plaats.blad.as_deref()),
        ]);
    }
    csv.finish()
}

/// What a list of counts comes down to.
pub fn verdict_of(regels: &[RegelTelling]) -> Verdict {
    if regels
        .iter()
        .any(|r| r.ernst == Ernst::Fout && r.aantal > 0)
    {
        Verdict::Afgekeurd
    } else if regels
        .iter()
        .any(|r| r.ernst == Ernst::Signaal && r.aantal > 0)
    {
        Verdict::TeBevestigen
    } else {
        Verdict::Akkoord
    }
}

/// Name of column `index` (from 0) in a spreadsheet: 0 is `A`, 26 is `AA`.
pub fn column_letters(index: usize) -> String {
    let mut letters = Vec::new();
    let mut rest = index + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.push(b'A' + digit);
        rest = (rest - 1) / 26;
    }
    letters.iter().rev().map(|&b| char::from(b)).collect()
}

/// How many each of these may have when together they may have `samen`: who has less leaves room for the others.
pub fn gelijk_deel(aantallen: impl IntoIterator<Item = usize>, samen: usize) -> usize {
    let mut aantallen: Vec<usize> = aantallen.into_iter().collect();
    aantallen.sort_unstable();
    let mut ruimte = samen;
    for (plek, aantal) in aantallen.iter().enumerate() {
        let deel = ruimte / (aantallen.len() - plek);
        if *aantal > deel {
            return deel;
        }
        ruimte -= aantal;
    }
    usize::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_divided_equally_and_what_is_left_goes_round() {
        assert_eq!(gelijk_deel([10, 2, 3], 15), usize::MAX);
        assert_eq!(gelijk_deel([10, 2, 3], 12), 7);
        assert_eq!(gelijk_deel([10, 10, 2], 12), 5);
        assert_eq!(gelijk_deel([], 0), usize::MAX);
        for samen in 0..40 {
            let grens = gelijk_deel([3, 9, 1, 14, 9], samen);
            assert!(
                [3_usize, 9, 1, 14, 9]
                    .iter()
                    .map(|n| n.min(&grens))
                    .sum::<usize>()
                    <= samen
                    || samen >= 36
            );
        }
    }

    #[test]
    fn digits_do_not_make_another_way_of_writing() {
        let paren = [
            ("31-12-2020", "9-9-9999"),
            ("5-1-2021", "9-9-9999"),
            ("5-1-21", "9-9-9"),
            ("14 min", "9 min"),
            ("n.v.t.", "n.v.t."),
        ];
        for (waarde, vorm) in paren {
            assert_eq!(schrijfwijze(waarde), vorm);
        }
        let lang = "9-".repeat(200);
        let gekort: String = lang.chars().take(100).chain(['…']).collect();
        assert_eq!(schrijfwijze(&lang), schrijfwijze(&gekort));
    }

    #[test]
    fn a_cause_is_said_in_one_sentence() {
        let plaats = Plaats {
            rij: Some(17),
            kolom: Some("Verwijzer".to_owned()),
            cel: Some("Blad1!F17".to_owned()),
            ..Plaats::default()
        };
        let eerste = Bevinding {
            code: "CODE_UNKNOWN".to_owned(),
            ernst: Ernst::Fout,
            tabel: "traject".to_owned(),
            veld: "verwijzer".to_owned(),
            plaats,
            gevonden: Some("GI-zuid".to_owned()),
            bericht: String::new(),
            verwacht: String::new(),
            herstel: String::new(),
        };
        let mut oorzaak = Oorzaak {
            aantal: 1900,
            vorm: None,
            eerste,
        };
        assert_eq!(
            oorzaak.zin(false),
            "`GI-zuid` staat 1.900 keer in de kolom Verwijzer, de eerste keer in Blad1!F17."
        );
        oorzaak.vorm = Some(String::new());
        assert_eq!(
            oorzaak.zin(false),
            "1.900 keer in de kolom Verwijzer staat er iets zoals `GI-zuid`, de eerste keer in Blad1!F17."
        );
        oorzaak.eerste.gevonden = None;
        assert_eq!(
            oorzaak.zin(false),
            "1.900 keer in de kolom Verwijzer, de eerste keer in Blad1!F17."
        );
    }
}
