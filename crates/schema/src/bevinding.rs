//! Findings: what was found in a file, where, what was expected and how to mend it.
//!
//! Owns the record that terminal, JSON, CSV, workbook, service and page all show. A finding is data, never an
//! error. Leaves the finding itself to `extract` (phase `bron`) and `check` (phase `pakket`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

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

/// Tells where a canonical row and field stand in the offered file.
pub trait Herkomst {
    /// The place of `veld` (or of the whole row, or of the whole table) in canonical row `rij` (from 0) of `tabel`.
    fn plaats(&self, tabel: &str, rij: Option<u64>, veld: Option<&str>) -> Plaats;
}

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
}

impl Oordeel {
    /// Adds findings of phase `bron` (with their exact counts per rule, which may exceed the list) and sorts anew.
    pub fn merge(mut self, bevindingen: Vec<Bevinding>, tellingen: Vec<RegelTelling>) -> Self {
        self.regels.extend(tellingen);
        self.bevindingen.extend(bevindingen);
        self.regels.sort_by(|a, b| a.ernst.cmp(&b.ernst).then(b.aantal.cmp(&a.aantal)).then(a.code.cmp(&b.code)));
        let rang: BTreeMap<String, usize> = self.regels.iter().enumerate().map(|(i, r)| (r.code.clone(), i)).collect();
        // Stable: within a rule the order in which the judge gave them (table, row, field) stays.
        self.bevindingen.sort_by_key(|b| rang.get(&b.code).copied().unwrap_or(usize::MAX));
        let geteld: u64 = self.regels.iter().map(|r| r.aantal).sum();
        self.afgekapt = geteld > self.bevindingen.len() as u64;
        self.verdict = verdict_of(&self.regels);
        self
    }

    /// The same judgement with the values of sensitive fields left out, as the service shows it.
    pub fn masked(mut self, definitie: &crate::Definitie) -> Self {
        for bevinding in &mut self.bevindingen {
            let veld = definitie.tabel(&bevinding.tabel).and_then(|t| t.veld(&bevinding.veld));
            if veld.is_none_or(|v| v.gevoelig) {
                bevinding.gevonden = None;
            }
        }
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

/// What a list of counts comes down to.
pub fn verdict_of(regels: &[RegelTelling]) -> Verdict {
    if regels.iter().any(|r| r.ernst == Ernst::Fout && r.aantal > 0) {
        Verdict::Afgekeurd
    } else if regels.iter().any(|r| r.ernst == Ernst::Signaal && r.aantal > 0) {
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
