//! The judgement as everyone reads it: counts, findings in their order and in words.
//!
//! Owns the order (rule, table, row, field; causes most frequent first) and what each placeholder of a rule's words
//! becomes.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use schema::bevinding::{NotJudged, equal_share, spelling, verdict_of};
use schema::dutch_time::datum_nl;
use schema::{
    Bevinding, Cause, Definitie, Ernst, Gebieden, Oordeel, Origin, Regel, RegelKind, RegelTelling,
    Tabel, Veld, VeldType,
};

use crate::PER_REGEL;
use crate::finding_words::fill;
use crate::rule_hit::{Filling, Hit};
use crate::shared_cause::Telling;
use crate::suggest::{self, ValueCandidates};
use crate::tally::Tally;
use crate::toelichting_key::fingerprint;
use crate::wording;

/// Causes that are told per rule.
const CAUSES: usize = 100;

/// Most findings that are put in words, of all rules together: a report takes no more.
const TOGETHER: usize = 1_000_000;

/// All that was found.
pub(crate) struct Conclusion<'a> {
    pub(crate) definitie: &'a Definitie,
    pub(crate) leverdatum: NaiveDate,
    pub(crate) per_regel: usize,
    pub(crate) rijen: &'a [Option<u64>],
    /// Per rule, per table.
    pub(crate) tallies: Vec<Vec<Tally>>,
    pub(crate) niet_beoordeeld: Vec<(usize, String)>,
    /// Per table, per field, whether its column is nowhere.
    pub(crate) missing: Vec<Vec<bool>>,
    pub(crate) herkomst: &'a dyn Origin,
    /// Per code list, and under the empty name for gemeenten, what somebody may have meant.
    pub(crate) kandidaten: RefCell<BTreeMap<String, ValueCandidates>>,
    /// The same per value that was met: one value may have a thousand findings.
    pub(crate) meant: RefCell<BTreeMap<(String, String), Option<String>>>,
}

/// Puts everything in order and in words.
pub(crate) fn make(mut conclusion: Conclusion<'_>) -> Oordeel {
    let definitie = conclusion.definitie;
    let total = |tallies: &[Tally]| tallies.iter().map(|b| b.total).sum::<u64>();
    let mut spoken: Vec<usize> = (0..conclusion.tallies.len())
        .filter(|&r| total(&conclusion.tallies[r]) > 0)
        .collect();
    spoken.sort_by_key(|&r| {
        (
            definitie.regels[r].ernst,
            Reverse(total(&conclusion.tallies[r])),
            definitie.regels[r].code.clone(),
        )
    });
    let telling = |&r: &usize| {
        let regel = &definitie.regels[r];
        RegelTelling {
            code: regel.code.clone(),
            ernst: regel.ernst,
            aantal: total(&conclusion.tallies[r]),
        }
    };
    let regels: Vec<RegelTelling> = spoken.iter().map(telling).collect();
    let (mut bevindingen, mut causes, mut causes_truncated) = (Vec::new(), Vec::new(), false);
    let found = spoken
        .iter()
        .map(|&r| conclusion.tallies[r].iter().map(|b| b.list.len()).sum());
    let per_regel = conclusion.per_regel.min(equal_share(found, TOGETHER));
    for &r in &spoken {
        causes_truncated |= conclusion.causes(r, &mut causes);
        let hits = conclusion.tallies[r]
            .iter()
            .enumerate()
            .flat_map(|(t, tally)| tally.list.iter().map(move |v| (t, v)));
        for (t, hit) in hits.take(per_regel) {
            bevindingen.push(conclusion.finding(&definitie.regels[r], t, hit));
        }
    }
    let signalen = spoken
        .iter()
        .filter(|&&r| definitie.regels[r].ernst == Ernst::Signaal);
    // The same whatever is listed: a report lists more.
    let per_regel = conclusion.per_regel.min(PER_REGEL);
    let digest = |&r: &usize| {
        let regel = &definitie.regels[r];
        (
            regel.code.clone(),
            fingerprint(
                regel,
                &definitie.tabellen,
                &conclusion.tallies[r],
                per_regel,
            ),
        )
    };
    let fingerprints = signalen.map(digest).collect();
    let counted: u64 = regels.iter().map(|r| r.aantal).sum();
    let tabellen = definitie.tabellen.iter().zip(conclusion.rijen);
    let rows: BTreeMap<String, u64> = tabellen
        .filter_map(|(t, rows)| Some((t.naam.clone(), (*rows)?)))
        .collect();
    let files: BTreeSet<String> = rows
        .keys()
        .flat_map(|tabel| conclusion.herkomst.files(tabel))
        .collect();
    conclusion.niet_beoordeeld.sort();
    conclusion.niet_beoordeeld.dedup();
    let not_judged = conclusion.niet_beoordeeld.iter();
    Oordeel {
        verdict: verdict_of(&regels),
        rijen: rows,
        afgekapt: counted > bevindingen.len() as u64,
        regels,
        bevindingen,
        oorzaken: causes,
        oorzaken_afgekapt: causes_truncated,
        meer_bestanden: files.len() > 1,
        vingerafdrukken: fingerprints,
        niet_beoordeeld: not_judged
            .map(|(r, why)| NotJudged {
                code: definitie.regels[*r].code.clone(),
                waarom: why.clone(),
            })
            .collect(),
    }
}

impl Conclusion<'_> {
    /// Adds what made several findings of a rule at once, most frequent first; true where that is not all.
    fn causes(&self, r: usize, out: &mut Vec<Cause>) -> bool {
        let mut full = false;
        let mut counts: Vec<(usize, &Telling)> = Vec::new();
        for (t, tally) in self.tallies[r].iter().enumerate() {
            for (_, causes) in &tally.oorzaken {
                full |= causes.full;
                counts.extend(
                    causes
                        .list
                        .iter()
                        .filter(|telling| telling.aantal > 1)
                        .map(|telling| (t, telling)),
                );
            }
        }
        counts.sort_by_key(|(t, telling)| {
            (
                Reverse(telling.aantal),
                *t,
                telling.eerste.veld,
                telling.eerste.rij,
            )
        });
        full |= counts.len() > CAUSES;
        for (t, telling) in counts.into_iter().take(CAUSES) {
            let first = self.finding(&self.definitie.regels[r], t, &telling.eerste);
            let vorm = first
                .gevonden
                .as_deref()
                .filter(|_| telling.varying)
                .map(spelling);
            out.push(Cause {
                aantal: telling.aantal,
                vorm,
                eerste: first,
            });
        }
        full
    }

    fn finding(&self, regel: &Regel, t: usize, hit: &Hit) -> Bevinding {
        let tabel = &self.definitie.tabellen[t];
        let veld = hit.veld.map(|v| &tabel.velden[v]);
        let words = |text: &str| fill(text, |name| self.placeholder(name, tabel, veld, hit));
        let mut repair = words(&regel.tekst.herstel);
        if matches!(regel.soort, RegelKind::Verplicht {})
            && hit.veld.is_some_and(|v| self.missing[t][v])
        {
            repair.insert_str(0, wording::ADD_COLUMN);
        }
        if let Some(suggestion) = self.suggestion(regel, veld, hit) {
            repair.push(' ');
            repair.push_str(&suggestion);
        }
        Bevinding {
            code: regel.code.clone(),
            ernst: regel.ernst,
            tabel: tabel.naam.clone(),
            veld: veld.map(|v| v.naam.clone()).unwrap_or_default(),
            plaats: self
                .herkomst
                .place(&tabel.naam, hit.rij, veld.map(|v| v.naam.as_str())),
            gevonden: hit
                .gevonden
                .as_deref()
                .map(|found| self.shown(regel, hit, found)),
            bericht: words(&regel.tekst.bericht),
            verwacht: words(&regel.tekst.verwacht),
            herstel: repair,
        }
    }

    /// What was found, as it is shown: our own words about a row that is not there say which gemeente a code is.
    fn shown(&self, regel: &Regel, hit: &Hit, found: &str) -> String {
        if hit.rij.is_some() || !matches!(regel.soort, RegelKind::Stand { .. }) {
            return found.to_owned();
        }
        let gebieden = Gebieden::get();
        let part = |part: &str| match gebieden.gemeente(self.definitie.jaar, part) {
            Some(gemeente) => format!("{part} ({})", gemeente.gemeentenaam),
            None => part.to_owned(),
        };
        found.split(", ").map(part).collect::<Vec<_>>().join(", ")
    }

    fn placeholder(
        &self,
        name: &str,
        tabel: &Tabel,
        veld: Option<&Veld>,
        hit: &Hit,
    ) -> Option<String> {
        if let Some((_, filling)) = hit.names.iter().find(|(n, _)| *n == name) {
            return Some(match filling {
                Filling::Tekst(text) => text.clone(),
                Filling::Row(row) => {
                    let place = |row| {
                        self.herkomst
                            .place(&tabel.naam, row, veld.map(|v| v.naam.as_str()))
                    };
                    Some(place(hit.rij).refer(&place(Some(*row))))
                        .filter(|location| !location.is_empty())
                        .unwrap_or("onbekend".to_owned())
                }
            });
        }
        let veld_type = veld.map(|v| &v.veldtype);
        match name {
            "veld" => Some(veld.map_or(&tabel.titel, |v| &v.label).clone()),
            "tabel" => Some(tabel.titel.clone()),
            "jaar" => Some(self.definitie.jaar.to_string()),
            "leverdatum" => Some(datum_nl(self.leverdatum)),
            "lengte" => match veld_type? {
                VeldType::Tekst { lengte: length } => Some(length.to_string()),
                _ => None,
            },
            "vorm" => Some(match veld_type? {
                VeldType::Whole => wording::WHOLE_NUMBER.to_owned(),
                _ => wording::AMOUNT.to_owned(),
            }),
            "codes" => match veld_type? {
                VeldType::Code { list } => {
                    let codes = &self.definitie.codelijsten.get(list)?.codes;
                    Some(
                        codes
                            .iter()
                            .map(|c| c.code.as_str())
                            .collect::<Vec<_>>()
                            .join(", "),
                    )
                }
                _ => Some("ja, nee".to_owned()),
            },
            _ => None,
        }
    }

    /// A near miss, for a value that is in no list.
    fn suggestion(&self, regel: &Regel, veld: Option<&Veld>, hit: &Hit) -> Option<String> {
        let veld = veld.filter(|v| {
            !v.gevoelig && matches!(regel.soort, RegelKind::Code {} | RegelKind::Gemeente {})
        })?;
        let value = hit.gevonden.as_deref()?;
        let list = match &veld.veldtype {
            VeldType::Code { list } => list.as_str(),
            VeldType::Gemeente => "",
            _ => return suggest::yes_no(value),
        };
        let mut meant = self.meant.borrow_mut();
        meant
            .entry((list.to_owned(), value.to_owned()))
            .or_insert_with(|| self.meant(list, value))
            .clone()
    }

    fn meant(&self, list: &str, value: &str) -> Option<String> {
        let mut candidates = self.kandidaten.borrow_mut();
        if let Some(codes) = self.definitie.codelijsten.get(list) {
            return candidates
                .entry(list.to_owned())
                .or_insert_with(|| ValueCandidates::codes(codes))
                .suggest(value);
        }
        let jaar = self.definitie.jaar;
        suggest::gemeente_code(jaar, value).or_else(|| {
            candidates
                .entry(list.to_owned())
                .or_insert_with(|| ValueCandidates::gemeenten(jaar))
                .suggest(value)
        })
    }
}
