//! Last year's koppeling as the start of this one.
//!
//! Owns which of its answers still hold: the column must be in the file, the field and the code in this year's
//! definition. A person's answer goes before a proposal. What no longer holds is said, never dropped silently.

use std::collections::BTreeMap;

use schema::{Definitie, Tabel, Veld, VeldType};

use crate::field_evidence::{Evidence, values_fit};
use crate::koppeling::{EMPTY, Koppeling, NONE_OF_THESE, SKIP, TabelKoppeling};
use crate::propose::unknown_columns::{ask_rest, is_rest_question};
use crate::propose::values::propose_values;
use crate::propose::{ColumnProposal, OpenQuestion, Proposal, ValueProposal};
use crate::wording;

impl Proposal {
    /// Lays last year's answers over the proposal; gives what was taken over and what no longer holds, in Dutch.
    pub fn carry_over(&mut self, previous: &Koppeling, definitie: &Definitie) -> Vec<String> {
        let mut sentences = Vec::new();
        if self.koppeling.aanbieder.is_none() {
            self.koppeling.aanbieder.clone_from(&previous.aanbieder);
        }
        let evidence = Evidence::new(definitie);
        let mut used = vec![false; previous.tabellen.len()];
        let mut tabellen = std::mem::take(&mut self.koppeling.tabellen);
        for (index, new) in tabellen.iter_mut().enumerate() {
            let (Some(tabel), Some(old)) = (
                definitie.tabel(&new.naam),
                counterpart(new, &previous.tabellen, &mut used),
            ) else {
                continue;
            };
            if !old.is_read() {
                new.lezen.clone_from(&old.lezen);
                continue;
            }
            if new.lezen.is_some() && is_same_place(new, old) {
                new.lezen.clone_from(&old.lezen);
                self.open
                    .append(&mut self.uitgesteld.remove(&index).unwrap_or_default());
            }
            let mut carry = CarryOver {
                tabel,
                evidence: &evidence,
                index,
                proposal: self,
                sentences: &mut sentences,
                kolommen: 0,
                waarden: 0,
            };
            carry.columns(new, old);
            carry.answers(new, old);
            let (columns, values) = (carry.kolommen, carry.waarden);
            sentences.push(wording::proposal::taken_over(
                &tabel.titel,
                &columns,
                &values,
            ));
            record(&mut self.kolommen, &mut self.waarden, new, old);
            self.ask_rest_again(index, new);
        }
        self.koppeling.tabellen = tabellen;
        self.kolommen.retain(|k| {
            self.koppeling
                .tabellen
                .iter()
                .any(|t| holds(t, &k.veld, &k.bron))
        });
        for (old, _) in previous
            .tabellen
            .iter()
            .zip(&used)
            .filter(|(_, used)| !**used)
        {
            sentences.push(wording::proposal::table_of_last_year_gone(&old.naam));
        }
        for (name, rows) in &previous.rijen {
            let elders = self.koppeling.tabellen.iter().any(|t| t.naam == *name);
            if let Some(tabel) = definitie.tabel(name).filter(|_| !elders) {
                let velden = |row: &BTreeMap<String, String>| {
                    row.clone()
                        .into_iter()
                        .filter(|(v, _)| tabel.veld(v).is_some())
                        .collect()
                };
                self.koppeling
                    .rijen
                    .insert(name.clone(), rows.iter().map(velden).collect());
                sentences.push(wording::proposal::codes_taken_over(
                    &tabel.titel,
                    &rows.len(),
                ));
                self.koppeling.notities.closing.clear();
            }
        }
        let koppeling = &self.koppeling;
        self.open.retain(|question| is_open(koppeling, question));
        sentences
    }
}

impl Proposal {
    /// The question about what was not recognised, without the columns that last year's answers tell of.
    fn ask_rest_again(&mut self, index: usize, new: &mut TabelKoppeling) {
        let columns = self.bronnen[index].kolommen.clone();
        let van = self.open.len();
        ask_rest(&columns, index, new, self);
        let van = van.min(self.open.len().saturating_sub(1));
        self.name_place(van, index, new);
    }
}

/// Last year's answers about the same table: of the same sheet or file where there are several.
fn counterpart<'a>(
    new: &TabelKoppeling,
    old_ones: &'a [TabelKoppeling],
    used: &mut [bool],
) -> Option<&'a TabelKoppeling> {
    let same: Vec<usize> = (0..old_ones.len())
        .filter(|&i| old_ones[i].naam == new.naam)
        .collect();
    let place = |i: &&usize| is_same_place(new, &old_ones[**i]);
    let equal = |i: &&usize| {
        placed(&old_ones[**i])
            .filter(|(veld, column)| new.kolommen.get(*veld).is_some_and(|k| k == column))
            .count()
    };
    // A sheet that is new this year is most like the one whose columns it has.
    let elders = || {
        same.iter()
            .rev()
            .filter(|i| old_ones[**i].is_read())
            .max_by_key(equal)
    };
    let chosen = *same.iter().find(place).or_else(elders)?;
    used[chosen] = true;
    Some(&old_ones[chosen])
}

/// Sheets keep their name from year to year, files do not.
fn is_same_place(new: &TabelKoppeling, old: &TabelKoppeling) -> bool {
    old.blad == new.blad && (old.bestand == new.bestand || new.blad.is_some())
}

/// The fields and their columns, whichever way round they were written down.
fn placed(old: &TabelKoppeling) -> impl Iterator<Item = (&str, &str)> {
    let direct = old
        .kolommen
        .iter()
        .filter(|(_, column)| !column.is_empty())
        .map(|(veld, column)| (veld.as_str(), column.as_str()));
    let placed_fields = old
        .te_plaatsen
        .iter()
        .filter(|(_, veld)| !veld.is_empty() && *veld != SKIP);
    direct.chain(placed_fields.map(|(column, veld)| {
        (
            veld.rsplit_once('.')
                .map_or(veld.as_str(), |(_, name)| name),
            column.as_str(),
        )
    }))
}

/// The columns that a person left out: by name, or as one of those that were none of it.
fn left_out(old: &TabelKoppeling) -> impl Iterator<Item = &str> {
    let skipped = old.te_plaatsen.iter().filter(|(_, v)| *v == SKIP);
    let answered = old.welke_gevraagd.as_deref() == Some(NONE_OF_THESE);
    let none_of_these = old.niet_herkend.iter().filter(move |_| answered);
    let chosen = |column: &&String| placed(old).any(|(_, k)| k == column.as_str());
    old.overslaan
        .iter()
        .chain(skipped.map(|(column, _)| column))
        .chain(none_of_these.filter(move |column| !chosen(column)))
        .map(String::as_str)
}

struct CarryOver<'a> {
    tabel: &'a Tabel,
    evidence: &'a Evidence<'a>,
    index: usize,
    proposal: &'a mut Proposal,
    sentences: &'a mut Vec<String>,
    kolommen: usize,
    waarden: usize,
}

impl CarryOver<'_> {
    fn columns(&mut self, new: &mut TabelKoppeling, old: &TabelKoppeling) {
        let mut gone = Vec::new();
        for (name, column) in placed(old) {
            if let Some(veld) = self.tabel.veld(name) {
                if self.proposal.bronnen[self.index]
                    .kolommen
                    .iter()
                    .any(|k| k.naam == column)
                {
                    self.place(new, old, (veld, column));
                    self.kolommen += 1;
                } else {
                    self.sentences
                        .push(wording::proposal::column_of_last_year_gone(
                            &self.tabel.titel,
                            &column,
                        ));
                    gone.push((veld, column));
                }
            } else {
                self.sentences
                    .push(wording::proposal::veld_not_asked(&self.tabel.titel, &name));
            }
        }
        for column in left_out(old) {
            let unrecognised = new.niet_herkend.len();
            new.niet_herkend.retain(|k| k != column);
            if new.te_plaatsen.remove(column).is_some() || new.niet_herkend.len() < unrecognised {
                new.overslaan.push(column.to_owned());
            }
        }
        for (veld, column) in gone {
            self.ask_where_it_went(new, veld, column);
        }
    }

    /// Asks which column a field has now: last year's is gone, or has another name. What must be filled is asked anyhow.
    fn ask_where_it_went(&mut self, new: &mut TabelKoppeling, veld: &Veld, column: &str) {
        if new.source_of(&veld.naam).is_some() || new.kolommen.contains_key(&veld.naam) {
            return;
        }
        let left = |name: &String| {
            new.niet_herkend.contains(name)
                || new.te_plaatsen.get(name).is_some_and(String::is_empty)
        };
        let columns = self.proposal.bronnen[self.index].kolommen.iter();
        let candidates: Vec<String> = columns
            .filter(|k| left(&k.naam) && values_fit(self.evidence, self.tabel, veld, k))
            .map(|k| k.naam.clone())
            .collect();
        let perhaps = match &candidates[..] {
            [] => String::new(),
            some => format!(" Misschien: {}.", some.join(", ")),
        };
        let question = wording::proposal::where_is_it_now(&veld.label, &column, &perhaps);
        new.kolommen.insert(veld.naam.clone(), String::new());
        let name = veld.naam.as_str();
        self.ask(
            new,
            ("kolommen", name),
            (None, Some(name)),
            (candidates, question),
        );
    }

    /// Gives a column to a field, and asks about its values where the proposal did not look at it for this field.
    /// Last year may have used it for two fields; a field that had it by the proposal alone is open again.
    fn place(
        &mut self,
        new: &mut TabelKoppeling,
        old: &TabelKoppeling,
        (veld, column): (&Veld, &str),
    ) {
        new.te_plaatsen.remove(column);
        for list in [
            &mut new.overslaan,
            &mut new.te_kiezen,
            &mut new.niet_herkend,
        ] {
            list.retain(|k| k != column);
        }
        if new.kolommen.get(&veld.naam).is_some_and(|k| k == column) {
            return;
        }
        let together = |name: &str| placed(old).any(|(v, k)| v == name && k == column);
        let displaced: Vec<String> = new
            .kolommen
            .iter()
            .filter(|(name, k)| *k == column && !together(name))
            .map(|(name, _)| name.clone())
            .collect();
        for name in &displaced {
            self.forget(new, name);
            new.kolommen.remove(name);
            if let Some(other) = self.tabel.veld(name).filter(|other| other.verplicht) {
                new.kolommen.insert(name.clone(), String::new());
                let question = wording::proposal::which_column(&other.label);
                self.ask(
                    new,
                    ("kolommen", name),
                    (None, Some(name)),
                    (Vec::new(), question),
                );
            }
        }
        self.forget(new, &veld.naam);
        let earlier = new
            .kolommen
            .insert(veld.naam.clone(), column.to_owned())
            .filter(|earlier| !earlier.is_empty());
        if let Some(earlier) =
            earlier.filter(|earlier| !new.kolommen.values().any(|k| k == earlier))
        {
            let question = wording::proposal::what_is_in_earlier(&earlier, &SKIP);
            new.te_plaatsen.insert(earlier.clone(), String::new());
            self.ask(
                new,
                ("te_plaatsen", &earlier),
                (Some(&earlier), None),
                (Vec::new(), question),
            );
        }
        let derived = old
            .afgeleid
            .get(&veld.naam)
            .filter(|_| veld.afleiding.is_some());
        new.afgeleid
            .extend(derived.map(|kind| (veld.naam.clone(), kind.clone())));
        if let Some(seen) = self.proposal.bronnen[self.index]
            .kolommen
            .iter()
            .find(|k| k.naam == column)
            .cloned()
        {
            let van = self.proposal.open.len();
            propose_values(
                self.evidence,
                (self.tabel, veld, &seen, derived.is_some()),
                self.index,
                new,
                self.proposal,
            );
            self.proposal.name_place(van, self.index, new);
        }
    }

    /// What was proposed and asked about the column a field had.
    fn forget(&mut self, new: &mut TabelKoppeling, name: &str) {
        for part in [
            &mut new.datumvorm,
            &mut new.getalvorm,
            &mut new.afgeleid,
            &mut new.codestelsel,
            &mut new.eenheid,
            &mut new.periode,
        ] {
            part.remove(name);
        }
        new.waarden.remove(name);
        let path = format!("{}.{name}", new.naam);
        self.proposal.waarden.retain(|w| w.veld != path);
        self.proposal
            .open
            .retain(|question| question.veld.as_ref() != Some(&path) || !is_about(question, new));
        self.proposal.koppeling.notities.forget(self.index, name);
    }

    fn ask(
        &mut self,
        new: &TabelKoppeling,
        place: (&'static str, &str),
        (source, name): (Option<&str>, Option<&str>),
        (candidates, question): (Vec<String>, String),
    ) {
        let van = self.proposal.open.len();
        self.proposal.koppeling.notities.above(
            self.index,
            place.0,
            place.1,
            "",
            format!("OPEN: {question}"),
        );
        let veld = name.map(|name| format!("{}.{name}", new.naam));
        let source = source.map(str::to_owned);
        self.proposal.open.push(OpenQuestion {
            bron: source,
            veld,
            plek: None,
            kandidaten: candidates,
            past_niet: Vec::new(),
            voorbeelden: BTreeMap::new(),
            vraag: question,
        });
        self.proposal.name_place(van, self.index, new);
    }

    fn answers(&mut self, new: &mut TabelKoppeling, old: &TabelKoppeling) {
        let known = |veld: &String| self.tabel.veld(veld).is_some();
        for (veld, value) in old.vast.iter().filter(|(veld, _)| known(veld)) {
            if new.kolommen.get(veld).is_none_or(String::is_empty) {
                new.kolommen.remove(veld);
                new.vast.insert(veld.clone(), value.clone());
            } else {
                self.sentences
                    .push(wording::proposal::had_fixed_value(&self.tabel.titel, &veld));
            }
        }
        let mapped = |new: &TabelKoppeling, veld: &str| {
            new.kolommen.get(veld).is_some_and(|k| !k.is_empty())
        };
        for (veld, vorm) in old.datumvorm.iter().filter(|(_, vorm)| !vorm.is_empty()) {
            match new.datumvorm.get(veld) {
                Some(seen) if !seen.is_empty() && seen != vorm => self.sentences.push(
                    wording::proposal::date_format_changed(&self.tabel.titel, &veld, &seen, &vorm),
                ),
                Some(_) => drop(new.datumvorm.insert(veld.clone(), vorm.clone())),
                None => {}
            }
        }
        let kind = |veld: &str| {
            self.tabel
                .veld(veld)
                .map(|v| &v.veldtype)
                .filter(|_| mapped(new, veld))
        };
        let is_number =
            |veld: &str| matches!(kind(veld), Some(VeldType::Whole | VeldType::Decimal));
        let decimal_signs: Vec<_> = old
            .getalvorm
            .iter()
            .filter(|(veld, _)| is_number(veld))
            .collect();
        let is_code = |veld: &str| matches!(kind(veld), Some(VeldType::Code { .. }));
        let systems: Vec<_> = old
            .codestelsel
            .iter()
            .filter(|(veld, s)| !s.is_empty() && is_code(veld))
            .collect();
        let derived = |veld: &str| {
            kind(veld).is_some() && self.tabel.veld(veld).is_some_and(|v| v.afleiding.is_some())
        };
        let derived_ones: Vec<_> = old
            .afgeleid
            .iter()
            .filter(|(veld, _)| derived(veld))
            .collect();
        let with_words = |veld: &str| {
            matches!(
                kind(veld),
                Some(
                    VeldType::Code { .. }
                        | VeldType::YesNo
                        | VeldType::Gemeente
                        | VeldType::Datum
                        | VeldType::Whole
                        | VeldType::Decimal
                )
            )
        };
        let words: Vec<_> = old
            .waarden
            .iter()
            .filter(|(veld, _)| with_words(veld))
            .collect();
        new.getalvorm.extend(
            decimal_signs
                .into_iter()
                .map(|(veld, vorm)| (veld.clone(), vorm.clone())),
        );
        new.codestelsel.extend(
            systems
                .into_iter()
                .map(|(veld, system)| (veld.clone(), system.clone())),
        );
        for (said, now) in [
            (&old.eenheid, &mut new.eenheid),
            (&old.periode, &mut new.periode),
        ] {
            let said = said.iter().filter(|(veld, answer)| {
                // Another column may hold something else.
                !answer.is_empty()
                    && new.kolommen.get(*veld).map(String::as_str) == old.column_of(veld)
            });
            now.extend(said.map(|(veld, answer)| (veld.clone(), answer.clone())));
        }
        new.afgeleid.extend(
            derived_ones
                .into_iter()
                .map(|(veld, kind)| (veld.clone(), kind.clone())),
        );
        for (veld, values) in words {
            self.words(new, veld, values);
        }
    }

    /// A person's words for codes; a code that is gone leaves the question open.
    fn words(&mut self, new: &mut TabelKoppeling, veld: &str, values: &BTreeMap<String, String>) {
        let Some(veld_type) = self.tabel.veld(veld).map(|v| &v.veldtype) else {
            return;
        };
        for (word, code) in values.iter().filter(|(_, code)| !code.is_empty()) {
            let exists = match veld_type {
                VeldType::Code { list } => {
                    code == EMPTY
                        || self.evidence.definitie.codelijsten[list]
                            .code(code)
                            .is_some()
                }
                _ => true,
            };
            if exists {
                new.waarden
                    .entry(veld.to_owned())
                    .or_default()
                    .insert(word.clone(), code.clone());
                self.waarden += 1;
            } else {
                self.sentences.push(wording::proposal::code_gone(
                    &self.tabel.titel,
                    &code,
                    &veld,
                ));
            }
        }
    }
}

/// What was taken over is certain; the lists say so.
fn record(
    columns: &mut Vec<ColumnProposal>,
    values: &mut Vec<ValueProposal>,
    new: &TabelKoppeling,
    old: &TabelKoppeling,
) {
    for (veld, column) in
        placed(old).filter(|(veld, column)| new.kolommen.get(*veld).is_some_and(|k| k == column))
    {
        let path = format!("{}.{veld}", new.naam);
        columns.retain(|k| k.veld != path || k.bron != column);
        columns.push(ColumnProposal {
            bron: column.to_owned(),
            veld: path,
            zekerheid: 1.0,
        });
    }
    for (veld, words) in &old.waarden {
        let path = format!("{}.{veld}", new.naam);
        let chosen = new.waarden.get(veld);
        for (word, code) in words
            .iter()
            .filter(|(word, code)| chosen.and_then(|g| g.get(*word)) == Some(code))
        {
            values.retain(|w| !(w.veld == path && w.bron == *word));
            values.push(ValueProposal {
                veld: path.clone(),
                bron: word.clone(),
                code: code.clone(),
                zekerheid: 1.0,
            });
        }
    }
}

/// Whether a field (`tabel.veld`) has this column there.
fn holds(tabel: &TabelKoppeling, path: &str, column: &str) -> bool {
    path.split_once('.').is_some_and(|(name, veld)| {
        name == tabel.naam && tabel.kolommen.get(veld).is_some_and(|k| k == column)
    })
}

/// Whether a question is about this part of the koppeling, where it says which.
fn is_about(question: &OpenQuestion, tabel: &TabelKoppeling) -> bool {
    question.plek.is_none() || question.plek.as_deref() == tabel.place()
}

/// Whether a question still has no answer in the koppeling.
fn is_open(koppeling: &Koppeling, question: &OpenQuestion) -> bool {
    let (tabel, veld) = question
        .veld
        .as_deref()
        .and_then(|path| path.split_once('.'))
        .unwrap_or_default();
    koppeling
        .tabellen
        .iter()
        .filter(|t| tabel.is_empty() || t.naam == tabel)
        .any(|t| {
            let empty = |part: &BTreeMap<String, String>, key: &str| {
                part.get(key).is_some_and(String::is_empty)
            };
            let source = question.bron.as_deref();
            if !is_about(question, t) {
                return false;
            }
            if !t.is_read() {
                return t.lezen.as_deref() == Some("") && source == t.place();
            }
            if is_rest_question(question) {
                return t.rest_is_open();
            }
            empty(&t.kolommen, veld)
                || empty(&t.datumvorm, veld)
                || empty(&t.codestelsel, veld)
                || empty(&t.eenheid, veld)
                || empty(&t.periode, veld)
                || source.is_some_and(|source| {
                    empty(&t.te_plaatsen, source)
                        || t.waarden.get(veld).is_some_and(|w| empty(w, source))
                })
        })
}
