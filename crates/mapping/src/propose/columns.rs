//! The questions about columns: which one a field comes from, and what a column holds that was not placed.
//!
//! Owns asking each thing once, with what may be meant and what speaks against it. A column is left out only where the
//! definition says that nobody asks it. Leaves choosing to `placement`, what nothing tells of to `unknown_columns`, values to
//! `propose::values`.

use std::collections::{BTreeMap, BTreeSet};

use rows::bsn;
use schema::{Veld, VeldType};

use crate::date_evidence::DateEvidence;
use crate::everyday_words::is_empty_word;
use crate::field_evidence::{Evidence, values_fit};
use crate::header_likeness::HeaderWord;
use crate::koppeling::TabelKoppeling;
use crate::numbers::{may_be_number, may_be_whole};
use crate::placement::{Placement, Possible};
use crate::propose::unknown_columns::{SHOWN, ask_rest, samples, such_as};
use crate::propose::{OpenQuestion, Proposal};
use crate::qualifiers::Qualifiers;
use crate::survey::ColumnSurvey;
use crate::weights::{DATES_FROM, VALUES_ALONE};
use crate::wording;

/// Columns or fields that a question names.
const NAMED: usize = 4;
/// Columns that are asked one by one for their values alone; what is left of them is asked in one list.
const ONE_BY_ONE: usize = 4;

/// Asks which column a field comes from, where that is needed, and what the other columns hold.
pub(crate) fn ask_columns(
    evidence: &Evidence<'_>,
    placement: &Placement<'_>,
    index: usize,
    koppeling: &mut TabelKoppeling,
    proposal: &mut Proposal,
) {
    let mut questioner = Questioner {
        evidence,
        placement,
        index,
        koppeling,
        proposal,
    };
    let per_veld = questioner.candidates();
    let only_here: BTreeSet<usize> = per_veld
        .values()
        .filter(|k| k.own)
        .flat_map(|k| k.kolommen.iter().copied())
        .collect();
    let in_tie: BTreeSet<usize> = placement.tie.values().flatten().copied().collect();
    let used: BTreeSet<usize> = placement.velden.values().map(|(k, _, _)| *k).collect();
    for (v, candidates) in &per_veld {
        questioner.ask_field(*v, candidates);
    }
    // A name that is a part of a number is no field of its own.
    let in_number = |k: usize| {
        let name = &placement.bron.kolommen[k].naam;
        let side = placement.bron.side_by_side.as_ref();
        side.is_some_and(|side| side.is_part(name))
    };
    let named: BTreeSet<usize> = per_veld.values().flat_map(|c| c.kolommen.clone()).collect();
    let left: Vec<usize> = (0..placement.bron.kolommen.len())
        .filter(|k| !in_number(*k))
        .filter(|k| !only_here.contains(k) && !in_tie.contains(k) && !used.contains(k))
        .collect();
    let by_values = questioner.by_values(&left);
    for k in left {
        questioner.ask_column(k, by_values.get(&k).map(Vec::as_slice).unwrap_or_default());
    }
    let asked_with_field = named.into_iter().filter(|k| !used.contains(k));
    let asked_with_field = asked_with_field.map(|k| placement.bron.kolommen[k].naam.clone());
    let elsewhere = |name: &String| koppeling.te_plaatsen.contains_key(name);
    let names: Vec<String> = asked_with_field.filter(|name| !elsewhere(name)).collect();
    koppeling.te_kiezen.extend(names);
    ask_rest(&placement.bron.kolommen, index, koppeling, proposal);
}

/// The columns a field may come from.
struct ColumnCandidates {
    kolommen: Vec<usize>,
    /// None of them is a better match for another field: nothing else is asked about them.
    own: bool,
}

struct Questioner<'a, 'b> {
    evidence: &'a Evidence<'a>,
    placement: &'a Placement<'a>,
    index: usize,
    koppeling: &'b mut TabelKoppeling,
    proposal: &'b mut Proposal,
}

impl Questioner<'_, '_> {
    fn veld(&self, v: usize) -> &Veld {
        &self.placement.tabel.velden[v]
    }

    fn column(&self, k: usize) -> &ColumnSurvey {
        &self.placement.bron.kolommen[k]
    }

    fn path(&self, v: usize) -> String {
        format!("{}.{}", self.placement.tabel.naam, self.veld(v).naam)
    }

    fn is_free(&self, v: usize) -> bool {
        !self.placement.velden.contains_key(&v)
    }

    /// The free fields a column may be, best first; none where it was placed.
    fn free(&self, k: usize) -> Vec<Possible> {
        if self
            .placement
            .velden
            .values()
            .any(|(column, _, _)| *column == k)
        {
            return Vec::new();
        }
        self.placement.possible[k]
            .iter()
            .filter(|m| self.is_free(m.veld))
            .copied()
            .collect()
    }

    /// The free fields that the values of a column fit, where nothing in its header tells; those that must be filled
    /// come first.
    fn fields_by_values(&self, k: usize) -> Vec<usize> {
        let used = |column: &usize| *column == k;
        let placed = self
            .placement
            .velden
            .values()
            .any(|(column, _, _)| used(column));
        let told_by_header = self.free(k).iter().any(|m| m.zekerheid > VALUES_ALONE);
        if placed || told_by_header {
            return Vec::new();
        }
        let (tabel, column) = (self.placement.tabel, self.column(k));
        let fits = |v: &usize| {
            self.is_free(*v) && values_fit(self.evidence, tabel, &tabel.velden[*v], column)
        };
        let mut out: Vec<usize> = (0..tabel.velden.len()).filter(fits).collect();
        out.sort_by_key(|v| !tabel.velden[*v].verplicht);
        out
    }

    /// Of these columns those that are asked one by one for what their values fit; the rest is one list.
    fn by_values(&self, columns: &[usize]) -> BTreeMap<usize, Vec<usize>> {
        let mut fitting: Vec<(usize, Vec<usize>)> = columns
            .iter()
            .map(|k| (*k, self.fields_by_values(*k)))
            .filter(|(_, velden)| !velden.is_empty())
            .collect();
        // Words of a list say more than days, days more than numbers.
        fitting.sort_by_key(|(_, velden)| match self.veld(velden[0]).veldtype {
            VeldType::Code { .. } | VeldType::Gemeente | VeldType::YesNo => 0,
            VeldType::Datum => 1,
            _ => 2,
        });
        fitting.truncate(ONE_BY_ONE);
        fitting.into_iter().collect()
    }

    /// Per field that is asked, the columns it may come from.
    fn candidates(&self) -> BTreeMap<usize, ColumnCandidates> {
        let mut out = BTreeMap::new();
        let all = || 0..self.placement.bron.kolommen.len();
        for v in (0..self.placement.tabel.velden.len()).filter(|v| self.is_free(*v)) {
            if let Some(equal) = self.placement.tie.get(&v) {
                out.insert(
                    v,
                    ColumnCandidates {
                        kolommen: equal.clone(),
                        own: true,
                    },
                );
                continue;
            }
            if !self.veld(v).verplicht {
                continue;
            }
            let alike = |only_best: bool| {
                let fitting = |k: usize| {
                    let free = self.free(k);
                    let place = free
                        .iter()
                        .position(|m| m.veld == v && (only_best || !m.conflicting))?;
                    let place = Some(place).filter(|place| !only_best || *place == 0)?;
                    (self.column(k).filled > 0).then(|| (free[place].zekerheid, k))
                };
                let mut list: Vec<(f64, usize)> = all().filter_map(fitting).collect();
                list.sort_by(|a, b| b.0.total_cmp(&a.0));
                list.into_iter()
                    .take(NAMED)
                    .map(|(_, k)| k)
                    .collect::<Vec<_>>()
            };
            let best = alike(true);
            let mut own = !best.is_empty();
            let mut columns = if own { best } else { alike(false) };
            if columns.is_empty() {
                let fits = |k: &usize| self.fields_by_values(*k).contains(&v);
                columns.extend(all().filter(fits).take(NAMED));
            }
            // A column that may be this field and no other is asked with the field, and not once more by itself.
            let no_other = |k: &usize| self.fields_by_values(*k) == [v] && self.free(*k).len() < 2;
            own |= !columns.is_empty() && columns.iter().all(no_other);
            out.insert(
                v,
                ColumnCandidates {
                    kolommen: columns,
                    own,
                },
            );
        }
        out
    }

    /// A field that needs a column and has none, or too many.
    fn ask_field(&mut self, v: usize, found: &ColumnCandidates) {
        let veld = self.veld(v);
        let name = |k: &usize| self.column(*k).naam.clone();
        let mut candidates: Vec<String> = found.kolommen.iter().map(name).collect();
        let elders = !found.own && !candidates.is_empty();
        if candidates.is_empty() && veld.veldtype == VeldType::Pseudoniem {
            let velden = &self.placement.tabel.velden;
            let others = self
                .placement
                .velden
                .iter()
                .filter(|(v, _)| velden[**v].veldtype == VeldType::Pseudoniem);
            candidates.extend(others.map(|(_, (k, _, _))| name(k)));
        }
        let choice = if candidates.is_empty() {
            String::new()
        } else {
            format!(" Misschien: {}.", candidates.join(", "))
        };
        let mut sentence = format!("In welke kolom staat '{}'?{choice}", veld.label);
        let mut misfits = Vec::new();
        for k in &found.kolommen {
            if let Some(m) = self.placement.possible[*k].iter().find(|m| m.veld == v) {
                let (warning, seen) = self.against(*k, m);
                sentence.push_str(&warning);
                misfits.extend(seen);
            }
        }
        sentence.push_str(wording::proposal::OR_FIXED_VALUE);
        if elders {
            sentence.push_str(wording::proposal::OR_BELOW);
        }
        let (name, path) = (veld.naam.clone(), self.path(v));
        self.koppeling.kolommen.insert(name.clone(), String::new());
        self.proposal.koppeling.notities.above(
            self.index,
            "kolommen",
            &name,
            "",
            format!("OPEN: {sentence}"),
        );
        self.proposal.open.push(OpenQuestion {
            bron: None,
            veld: Some(path),
            plek: None,
            kandidaten: candidates,
            past_niet: misfits,
            voorbeelden: BTreeMap::new(),
            vraag: sentence,
        });
    }

    /// A column that was not placed: a question of its own where it may be something, one with the others otherwise.
    fn ask_column(&mut self, k: usize, by_values: &[usize]) {
        let free = self.free(k);
        let column = self.column(k);
        if column.filled == 0 && column.waarden.is_empty() {
            return;
        }
        let name = column.naam.clone();
        let mut candidates: Vec<String> =
            free.iter().take(NAMED).map(|m| self.path(m.veld)).collect();
        if candidates.is_empty() {
            candidates = by_values
                .iter()
                .take(NAMED)
                .map(|v| self.path(*v))
                .collect();
        }
        if candidates.is_empty() {
            let qualifiers = Qualifiers::of(self.evidence.definitie);
            let words = HeaderWord::new(&name, qualifiers).parts;
            if qualifiers.never_asked(&words) {
                self.koppeling.overslaan.push(name);
            } else {
                self.koppeling.niet_herkend.push(name);
            }
            return;
        }
        let seen = samples(column);
        let (warning, misfits) = free.first().map(|m| self.against(k, m)).unwrap_or_default();
        let question = wording::proposal::what_is_in_column(
            &name,
            &such_as(&seen),
            &candidates.join(", "),
            &warning,
        );
        self.koppeling
            .te_plaatsen
            .insert(name.clone(), String::new());
        self.proposal.koppeling.notities.above(
            self.index,
            "te_plaatsen",
            &name,
            "",
            format!("OPEN: {question}"),
        );
        self.proposal.open.push(OpenQuestion {
            voorbeelden: BTreeMap::from([(name.clone(), seen)]),
            bron: Some(name),
            veld: None,
            plek: None,
            kandidaten: candidates,
            past_niet: misfits,
            vraag: question,
        });
    }

    /// What speaks against a column for a field, with a few of the values that do.
    fn against(&self, k: usize, m: &Possible) -> (String, Vec<String>) {
        let (column, veld) = (self.column(k), self.veld(m.veld));
        if m.conflicting {
            let seen = misfits(veld, column, m.afgeleid, self.evidence.definitie.jaar);
            let such_as = if seen.is_empty() {
                String::new()
            } else {
                format!(
                    ", zoals {}",
                    seen.iter()
                        .map(|w| format!("'{w}'"))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            };
            return (
                wording::proposal::column_does_not_fit(&column.naam, &veld.label, &such_as),
                seen,
            );
        }
        let header = HeaderWord::new(&column.naam, Qualifiers::of(self.evidence.definitie));
        let word = self
            .evidence
            .names(&self.placement.tabel.naam, &veld.naam)
            .changing_word(&header);
        let sentence = word.map(|w| wording::proposal::word_means_other(&w, &column.naam));
        (sentence.unwrap_or_default(), Vec::new())
    }
}

/// A few values that do not fit a field, to recognise the column by. Never a birth date, a number of a person or a
/// text.
fn misfits(veld: &Veld, column: &ColumnSurvey, derived: bool, jaar: i32) -> Vec<String> {
    if derived || veld.gevoelig {
        return Vec::new();
    }
    let past = |value: &str| match &veld.veldtype {
        VeldType::Datum => {
            let mut evidence = DateEvidence::default();
            evidence.look(value, 1, jaar);
            evidence.share() > DATES_FROM
        }
        VeldType::Whole => may_be_whole(value),
        VeldType::Decimal => may_be_number(value),
        _ => false,
    };
    let visible =
        |w: &&str| !is_empty_word(w) && w.chars().count() <= 24 && !bsn::in_text(w) && !past(w);
    column
        .waarden
        .iter()
        .map(|(w, _)| w.as_str())
        .filter(visible)
        .take(SHOWN)
        .map(str::to_owned)
        .collect()
}
