//! Which column of a sheet is which field.
//!
//! Owns the choice: a header that is a name of the field and values that do not contradict it, or a likeness that is
//! sure; everything else is only possible. Leaves likeness to `header_likeness`, evidence to `field_evidence`, asking to
//! `propose::columns`.

use std::collections::BTreeMap;

use schema::{Tabel, VeldType};

use crate::field_evidence::{Evidence, can_be_asked, values_tell};
use crate::header_likeness::{HeaderWord, name_fits, weigh};
use crate::qualifiers::Qualifiers;
use crate::survey::TabelSurvey;
use crate::unfold_siblings::JOINS;
use crate::weights::{
    AGAINST, ALMOST, CONCEIVABLE, EQUAL, FIELD_WEIGHT, HEADER_OWN, MENTIONS, SHEET_NAME, SURE, TIE,
    VALUES_ALONE,
};

/// How the columns of a sheet fit a table.
pub(crate) struct Placement<'a> {
    pub(crate) tabel: &'a Tabel,
    pub(crate) bestand: &'a str,
    pub(crate) bron: &'a TabelSurvey,
    /// Per field that was placed: column, certainty, derived or not.
    pub(crate) velden: BTreeMap<usize, (usize, f64, bool)>,
    /// Per column: the fields it may be, best first.
    pub(crate) possible: Vec<Vec<Possible>>,
    /// Fields for which columns tie.
    pub(crate) tie: BTreeMap<usize, Vec<usize>>,
    pub(crate) score: f64,
    /// Fields that have a column, or all but have one.
    pub(crate) recognised: usize,
    /// Required fields among those, also where columns tie for them.
    pub(crate) verplicht: usize,
    /// Whether it is this table at all is a question.
    pub(crate) doubt: bool,
}

/// The table a sheet fits best, if it looks like one at all.
pub(crate) fn best<'a>(
    evidence: &'a Evidence<'_>,
    file: &'a str,
    source: &'a TabelSurvey,
) -> Option<Placement<'a>> {
    let placements = evidence
        .definitie
        .tabellen
        .iter()
        .map(|t| fit(evidence, t, file, source));
    placements
        .filter(|p| p.recognised >= 2)
        .max_by(|a, b| a.score.total_cmp(&b.score))
}

/// A field that a column may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Possible {
    pub(crate) veld: usize,
    pub(crate) zekerheid: f64,
    /// The header is a name of the field, spelling apart.
    pub(crate) by_name: bool,
    /// It is the name that the definition gives it, and no synonym.
    pub(crate) own_name: bool,
    /// The header may be a name of the field: a rival of the column that has one.
    pub(crate) perhaps: bool,
    /// The header names the field and the values do not fit it.
    pub(crate) conflicting: bool,
    pub(crate) afgeleid: bool,
}

/// A field for a column that is sure enough to be chosen.
struct FieldColumn {
    zekerheid: f64,
    veld: usize,
    kolom: usize,
    own_name: bool,
    afgeleid: bool,
}

/// How a sheet fits one table.
pub(crate) fn fit<'a>(
    evidence: &'a Evidence<'_>,
    tabel: &'a Tabel,
    file: &'a str,
    source: &'a TabelSurvey,
) -> Placement<'a> {
    let possible: Vec<Vec<Possible>> = source
        .kolommen
        .iter()
        .enumerate()
        .map(|(k, _)| fields_for(evidence, tabel, source, k))
        .collect();
    let pairs = sure_pairs(source, &possible);
    let mut chosen = choose(&pairs, &Needs::of(tabel, &pairs, &possible));
    chosen.join_rivals(source, &possible);
    let Chosen {
        mut velden,
        mut tie,
    } = chosen;
    let joined = joined_numbers(tabel, source);
    velden.retain(|_, (column, _, _)| joined.iter().all(|(_, k)| k != column));
    for (v, k) in joined {
        velden.insert(v, (k, EQUAL, false));
        tie.remove(&v);
    }
    // What is all but sure tells the table as well: only which column it is, is asked.
    let mut almost: BTreeMap<usize, f64> = BTreeMap::new();
    for m in possible
        .iter()
        .filter_map(|m| m.first())
        .filter(|m| m.zekerheid >= ALMOST && !velden.contains_key(&m.veld))
    {
        almost.insert(m.veld, m.zekerheid);
    }
    let weight = |v: usize| {
        if tabel.velden[v].verplicht {
            FIELD_WEIGHT.0
        } else {
            FIELD_WEIGHT.1
        }
    };
    let sure = velden
        .iter()
        .map(|(v, (_, z, _))| z * weight(*v))
        .sum::<f64>();
    let nearly = almost.iter().map(|(v, z)| z * weight(*v)).sum::<f64>();
    let named = if name_fits(tabel, source.blad.as_deref().unwrap_or(file)) {
        SHEET_NAME
    } else {
        0.0
    };
    let known = |v: &usize| velden.contains_key(v) || almost.contains_key(v) || tie.contains_key(v);
    let required = (0..tabel.velden.len())
        .filter(|v| tabel.velden[*v].verplicht && known(v))
        .count();
    Placement {
        tabel,
        bestand: file,
        bron: source,
        score: sure + nearly + named,
        recognised: velden.len() + almost.len(),
        velden,
        possible,
        tie,
        verplicht: required,
        doubt: false,
    }
}

/// The fields that get their number from joined columns, with the column that holds it.
fn joined_numbers(tabel: &Tabel, source: &TabelSurvey) -> Vec<(usize, usize)> {
    let numbers = source.side_by_side.iter().flat_map(|side| &side.numbers);
    let places = numbers.filter_map(|(veld, parts)| {
        let v = tabel.velden.iter().position(|f| f.naam == *veld)?;
        let name = parts.join(JOINS);
        let k = source.kolommen.iter().position(|c| c.naam == name)?;
        Some((v, k))
    });
    places.collect()
}

/// Every column with each field that it surely is, the surest first.
fn sure_pairs(source: &TabelSurvey, possible: &[Vec<Possible>]) -> Vec<FieldColumn> {
    let mut pairs: Vec<FieldColumn> = Vec::new();
    for (column, velden) in possible.iter().enumerate() {
        let empty = |k: usize| source.kolommen[k].filled == 0;
        // An empty column is no answer where a filled one may be it.
        let replaced = |m: &Possible| {
            empty(column)
                && possible
                    .iter()
                    .enumerate()
                    .any(|(k, v)| !empty(k) && v.iter().any(|a| a.veld == m.veld))
        };
        for m in velden.iter().filter(|m| is_sure(m, velden) && !replaced(m)) {
            pairs.push(FieldColumn {
                zekerheid: m.zekerheid,
                veld: m.veld,
                kolom: column,
                own_name: m.own_name,
                afgeleid: m.afgeleid,
            });
        }
    }
    pairs.sort_by(|a, b| {
        b.zekerheid
            .total_cmp(&a.zekerheid)
            .then(a.veld.cmp(&b.veld))
            .then(a.kolom.cmp(&b.kolom))
    });
    pairs
}

/// The fields that have a column, and those for which columns tie.
struct Chosen {
    velden: BTreeMap<usize, (usize, f64, bool)>,
    tie: BTreeMap<usize, Vec<usize>>,
}

impl Chosen {
    /// A column that may go by the name of a field that has another column: both are asked. Not where it may go by that
    /// of a field without a column, where it is asked.
    fn join_rivals(&mut self, source: &TabelSurvey, possible: &[Vec<Possible>]) {
        for (column, velden) in possible.iter().enumerate() {
            let used = self.velden.values().any(|(k, _, _)| *k == column)
                || self.tie.values().flatten().any(|k| *k == column);
            if used || source.kolommen[column].filled == 0 {
                continue;
            }
            let is_open = |v: usize| !self.velden.contains_key(&v) && !self.tie.contains_key(&v);
            if velden.iter().any(|m| is_open(m.veld)) {
                continue;
            }
            for m in velden.iter().filter(|m| m.perhaps && !m.conflicting) {
                if let Some((k, _, _)) = self.velden.remove(&m.veld) {
                    self.tie.insert(m.veld, vec![k, column]);
                } else if let Some(rivals) = self.tie.get_mut(&m.veld) {
                    rivals.push(column);
                }
            }
        }
    }
}

/// What columns are wanted for elsewhere: required fields that no column surely is.
struct Needs {
    /// Per column the required fields that it may be and no other surely is.
    of_column: Vec<Vec<usize>>,
}

impl Needs {
    fn of(tabel: &Tabel, pairs: &[FieldColumn], possible: &[Vec<Possible>]) -> Self {
        let needed = |column: usize, m: &&Possible| {
            let others = pairs.iter().filter(|p| p.kolom != column);
            tabel.velden[m.veld].verplicht
                && !m.conflicting
                && others.map(|p| p.veld).all(|v| v != m.veld)
        };
        let of_column = possible.iter().enumerate().map(|(column, velden)| {
            let fields = velden.iter().filter(|m| needed(column, m));
            fields.map(|m| m.veld).collect()
        });
        Self {
            of_column: of_column.collect(),
        }
    }

    /// Whether a column may be a required field, other than this one, that no other column is.
    fn elsewhere(&self, column: usize, veld: usize) -> bool {
        self.of_column[column].iter().any(|v| *v != veld)
    }
}

/// Gives each field its column: the surest pair first, each column once. The field's own name wins from a column that
/// another field needs.
fn choose(pairs: &[FieldColumn], needs: &Needs) -> Chosen {
    let mut velden: BTreeMap<usize, (usize, f64, bool)> = BTreeMap::new();
    let mut tie: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut taken = vec![false; needs.of_column.len()];
    for pair in pairs {
        let (v, k) = (pair.veld, pair.kolom);
        if taken[k] || velden.contains_key(&v) || tie.contains_key(&v) {
            continue;
        }
        let gives_way = |p: &FieldColumn, to: &FieldColumn| {
            to.own_name && !p.own_name && needs.elsewhere(p.kolom, v)
        };
        // A surer name does not make the other column something else: which one it is, is a person's to say.
        let as_good = |p: &&FieldColumn| p.veld == v && p.kolom != k && !taken[p.kolom];
        if pairs.iter().filter(as_good).any(|p| gives_way(pair, p)) {
            continue;
        }
        let rivals: Vec<usize> = pairs
            .iter()
            .filter(as_good)
            .filter(|p| !fits_better(pairs, p, &velden))
            .filter(|p| !gives_way(p, pair))
            .map(|p| p.kolom)
            .collect();
        if rivals.is_empty() {
            velden.insert(v, (k, pair.zekerheid, pair.afgeleid));
            taken[k] = true;
        } else {
            tie.insert(v, std::iter::once(k).chain(rivals).collect());
        }
    }
    Chosen { velden, tie }
}

/// The fields a column may be, best first; of equals the one that is required.
fn fields_for(
    evidence: &Evidence<'_>,
    tabel: &Tabel,
    source: &TabelSurvey,
    k: usize,
) -> Vec<Possible> {
    let column = &source.kolommen[k];
    let header = HeaderWord::new(&column.naam, Qualifiers::of(evidence.definitie));
    let mut out: Vec<Possible> = Vec::new();
    for (v, veld) in tabel.velden.iter().enumerate() {
        let names = evidence.names(&tabel.naam, &veld.naam);
        let past = names.past(&header);
        let by_name = past.zekerheid >= EQUAL;
        let perhaps = by_name || names.may_be_called(&header);
        // A name is no number of one's own, whatever stands above it.
        if veld.veldtype == VeldType::Pseudoniem && column.holds_names() {
            continue;
        }
        let (support, distinctive) = evidence.evidence(tabel, veld, column, past.afgeleid);
        // Under the field's own name odd words are asked one by one; under a synonym one word must be known.
        let own_words = by_name
            && !past.afgeleid
            && can_be_asked(veld, column)
            && (past.zekerheid >= HEADER_OWN || support.is_some_and(|part| part > 0.0));
        let support = support.filter(|_| !own_words);
        let mut certainty = weigh(past.zekerheid, support, distinctive);
        if certainty < VALUES_ALONE && values_tell(evidence, tabel, veld, column) {
            certainty = VALUES_ALONE;
        }
        if certainty >= CONCEIVABLE {
            let conflicting =
                support.is_some_and(|part| part < AGAINST) && past.zekerheid >= MENTIONS;
            out.push(Possible {
                veld: v,
                zekerheid: certainty,
                by_name,
                own_name: past.zekerheid >= HEADER_OWN && !past.afgeleid,
                perhaps,
                conflicting,
                afgeleid: past.afgeleid,
            });
        }
    }
    let required = |m: &Possible| tabel.velden[m.veld].verplicht;
    out.sort_by(|a, b| {
        b.zekerheid
            .total_cmp(&a.zekerheid)
            .then(required(b).cmp(&required(a)))
    });
    out
}

/// Whether a column is this field without asking: by its name, or by a likeness that no other field has.
fn is_sure(m: &Possible, velden: &[Possible]) -> bool {
    if m.conflicting {
        return false;
    }
    let only = || {
        velden
            .iter()
            .all(|other| other.veld == m.veld || other.zekerheid < m.zekerheid - TIE)
    };
    m.zekerheid >= SURE && (m.by_name || only())
}

/// Whether the column of `pair` fits another free field better: then it is no rival here.
fn fits_better(
    pairs: &[FieldColumn],
    pair: &FieldColumn,
    velden: &BTreeMap<usize, (usize, f64, bool)>,
) -> bool {
    let better = |p: &FieldColumn| {
        p.kolom == pair.kolom && p.veld != pair.veld && p.zekerheid > pair.zekerheid
    };
    pairs
        .iter()
        .any(|p| better(p) && !velden.contains_key(&p.veld))
}
