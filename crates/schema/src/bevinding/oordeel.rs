//! The whole judgement over one levering: its verdict, exact counts per rule, and the findings that are listed.
//!
//! Owns what belongs together among findings ([`Cause`]) and how room is divided when not all of them are listed. Leaves one
//! finding and its place to [`super`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::waiting::WaitingFindings;
use super::{Bevinding, Ernst, Place};
use crate::balance::SheetBalance;
use crate::text::grouped_thousands;
use crate::wording;

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
pub struct NotJudged {
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
    pub niet_beoordeeld: Vec<NotJudged>,
    /// What made several findings at once, with exact counts: in the order of `regels`, then most frequent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub oorzaken: Vec<Cause>,
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
pub struct Cause {
    /// How many findings it made. Exact, also where the listing is cut.
    pub aantal: u64,
    /// The way of writing that the values share, as [`spelling`] gives it; `None` where the value is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vorm: Option<String>,
    /// The first of them.
    #[serde(flatten)]
    pub eerste: Bevinding,
}

impl Cause {
    /// Whether this finding is one of those it made.
    pub fn covers(&self, bevinding: &Bevinding) -> bool {
        let same = |b: &Bevinding| {
            (b.code == self.eerste.code)
                && (b.tabel == self.eerste.tabel)
                && (b.veld == self.eerste.veld)
        };
        same(bevinding)
            && match (&self.vorm, &bevinding.gevonden) {
                (Some(vorm), Some(found)) => spelling(found) == *vorm,
                _ => bevinding.gevonden == self.eerste.gevonden,
            }
    }

    /// What there is and how often, as a Dutch sentence that names the reader's own column and cell, and file where
    /// that is asked.
    pub fn sentence(&self, with_file: bool) -> String {
        let Place { kolom: column, .. } = &self.eerste.plaats;
        let count = grouped_thousands(self.aantal);
        let column = column
            .as_deref()
            .map_or_else(String::new, |k| wording::values::in_column(&k));
        let location = self.eerste.plaats.place(with_file);
        let first = if location.is_empty() {
            location
        } else {
            wording::values::first_time(&location)
        };
        match (&self.eerste.gevonden, &self.vorm) {
            (Some(value), None) => format!("`{value}` staat {count} keer{column}{first}."),
            (Some(value), Some(_)) => {
                wording::values::times_such_value(&count, &column, &value, &first)
            }
            (None, _) => format!("{count} keer{column}{first}."),
        }
    }
}

/// How a value is written, whatever the digits: `31-12-2020` and `5-1-2021` give `9-9-9999`, `14 min` gives `9 min`.
/// Looks at the first hundred characters only, so that a value that was cut is written like a whole one.
pub fn spelling(value: &str) -> String {
    let mut out = String::with_capacity(16);
    let mut cijfers = 0;
    for character in value.chars().take(100) {
        cijfers = if character.is_ascii_digit() {
            cijfers + 1
        } else {
            0
        };
        match cijfers {
            0 => out.push(character),
            1 => out.push('9'),
            3 => out.push_str("999"),
            _ => {}
        }
    }
    out
}

impl Oordeel {
    /// The judgement over what was refused: one fout under the code of the refusal, and no rows. `tabel` is empty where it
    /// is about the whole file.
    pub fn refused(code: &str, tabel: &str, place: Place, message: String) -> Self {
        let bevinding = Bevinding {
            code: code.to_owned(),
            ernst: Ernst::Fout,
            tabel: tabel.to_owned(),
            veld: String::new(),
            plaats: place,
            gevonden: None,
            bericht: message,
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
    pub fn merge(mut self, bevindingen: Vec<Bevinding>, counts: Vec<RegelTelling>) -> Self {
        self.regels.extend(counts);
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
        let counted: u64 = self.regels.iter().map(|r| r.aantal).sum();
        self.afgekapt = counted > self.bevindingen.len() as u64;
        self.oorzaken
            .sort_by_key(|o| rang.get(&o.eerste.code).copied().unwrap_or(usize::MAX));
        self.verdict = verdict_of(&self.regels);
        self
    }

    /// The same judgement with at most so many findings listed per rule.
    pub fn shortened(&self, per_regel: usize) -> Self {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let mut bevindingen = Vec::new();
        for bevinding in &self.bevindingen {
            let seen = seen.entry(&bevinding.code).or_default();
            *seen += 1;
            if *seen <= per_regel {
                bevindingen.push(bevinding.clone());
            }
        }
        let counted: u64 = self.regels.iter().map(|r| r.aantal).sum();
        Self {
            verdict: self.verdict,
            rijen: self.rijen.clone(),
            regels: self.regels.clone(),
            afgekapt: counted > bevindingen.len() as u64,
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
        let sensitive = |b: &Bevinding| {
            definitie
                .tabel(&b.tabel)
                .and_then(|t| t.veld(&b.veld))
                .is_none_or(|v| v.gevoelig)
        };
        for bevinding in self.bevindingen.iter_mut().filter(|b| sensitive(b)) {
            bevinding.gevonden = None;
        }
        // A cause is its value: without it nothing is left to tell.
        self.oorzaken
            .retain(|o| o.eerste.gevonden.is_none() || !sensitive(&o.eerste));
        self
    }
}

/// A judgement with what was assumed and what is open: what `uitvraag controleer --json` and the page in the browser
/// give, byte for byte alike.
#[derive(Debug, Serialize)]
pub struct OordeelOutput<'a> {
    /// The judgement.
    #[serde(flatten)]
    pub oordeel: &'a Oordeel,
    /// What was assumed in reading, as Dutch sentences.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub aannames: &'a [String],
    /// What still wants an answer in the mapping, as Dutch sentences.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub open: &'a [String],
    /// Findings that follow from an open question: they are not in the judgement.
    #[serde(skip_serializing_if = "<[WaitingFindings]>::is_empty")]
    pub wachtend: &'a [WaitingFindings],
    /// What came in and what became of it, per sheet.
    #[serde(skip_serializing_if = "<[SheetBalance]>::is_empty")]
    pub balans: &'a [SheetBalance],
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

/// How many each of these may have when together they may have `together`: who has less leaves room for the others.
pub fn equal_share(counts: impl IntoIterator<Item = usize>, together: usize) -> usize {
    let mut counts: Vec<usize> = counts.into_iter().collect();
    counts.sort_unstable();
    let mut room = together;
    for (place, count) in counts.iter().enumerate() {
        let part = room / (counts.len() - place);
        if *count > part {
            return part;
        }
        room -= count;
    }
    usize::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_divided_equally_and_what_is_left_goes_round() {
        assert_eq!(equal_share([10, 2, 3], 15), usize::MAX);
        assert_eq!(equal_share([10, 2, 3], 12), 7);
        assert_eq!(equal_share([10, 10, 2], 12), 5);
        assert_eq!(equal_share([], 0), usize::MAX);
        for together in 0..40 {
            let limit = equal_share([3, 9, 1, 14, 9], together);
            assert!(
                [3_usize, 9, 1, 14, 9]
                    .iter()
                    .map(|n| n.min(&limit))
                    .sum::<usize>()
                    <= together
                    || together >= 36
            );
        }
    }

    #[test]
    fn digits_do_not_make_another_way_of_writing() {
        let pairs = [
            ("31-12-2020", "9-9-9999"),
            ("5-1-2021", "9-9-9999"),
            ("5-1-21", "9-9-9"),
            ("14 min", "9 min"),
            ("n.v.t.", "n.v.t."),
        ];
        for (value, vorm) in pairs {
            assert_eq!(spelling(value), vorm);
        }
        let long = "9-".repeat(200);
        let shortened: String = long.chars().take(100).chain(['…']).collect();
        assert_eq!(spelling(&long), spelling(&shortened));
    }

    #[test]
    fn a_cause_is_said_in_one_sentence() {
        let place = Place {
            rij: Some(17),
            kolom: Some("Verwijzer".to_owned()),
            cel: Some("Blad1!F17".to_owned()),
            ..Place::default()
        };
        let first = Bevinding {
            code: "CODE_UNKNOWN".to_owned(),
            ernst: Ernst::Fout,
            tabel: "traject".to_owned(),
            veld: "verwijzer".to_owned(),
            plaats: place,
            gevonden: Some("GI-zuid".to_owned()),
            bericht: String::new(),
            verwacht: String::new(),
            herstel: String::new(),
        };
        let mut cause = Cause {
            aantal: 1900,
            vorm: None,
            eerste: first,
        };
        assert_eq!(
            cause.sentence(false),
            "`GI-zuid` staat 1.900 keer in de kolom Verwijzer, de eerste keer in Blad1!F17."
        );
        cause.vorm = Some(String::new());
        assert_eq!(
            cause.sentence(false),
            "1.900 keer in de kolom Verwijzer staat er iets zoals `GI-zuid`, de eerste keer in Blad1!F17."
        );
        cause.eerste.gevonden = None;
        assert_eq!(
            cause.sentence(false),
            "1.900 keer in de kolom Verwijzer, de eerste keer in Blad1!F17."
        );
    }
}
