//! This year's levering against the previous one. Remembers a key and a date for each row of the previous one, and of
//! those that were still open what an aanbieder finds them back by.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Date32Type;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::DataType;
use schema::{Definitie, Tabel, VeldType};

use super::{BatchView, CompareBy, Ending, SetRegel, day_column};
use crate::error::CheckError;
use crate::finding_words::{number, shown};
use crate::row_key::{HashedMap, Keys};
use crate::rule_hit::{Filling, Hit};
use crate::tally::Hits;
use crate::typing::date::iso;
use crate::typing::{data_type, date};
use crate::wording;

const NO_PREVIOUS: &str = wording::NO_PREVIOUS;

/// Far more, or far fewer rows than last year.
#[derive(Debug)]
pub(crate) struct JaarFactor {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) factor: f64,
    pub(crate) vorig: Option<u64>,
}

impl SetRegel for JaarFactor {
    fn look(&mut self, _view: &BatchView<'_>, _hits: &mut Hits) {}

    fn previous(&mut self, tabel: usize, batch: &RecordBatch) -> Result<(), CheckError> {
        if tabel == self.tabel {
            *self.vorig.get_or_insert(0) += batch.num_rows() as u64;
        }
        Ok(())
    }

    fn finish(&mut self, ending: &Ending<'_>, hits: &mut Hits) -> Vec<(usize, String)> {
        let Some(last_year) = self.vorig else {
            return vec![(self.regel, NO_PREVIOUS.to_owned())];
        };
        let nu = ending.rijen[self.tabel].unwrap_or(0);
        let (fewest, most) = (last_year.min(nu) as f64, last_year.max(nu) as f64);
        if most > 0.0 && most >= self.factor * fewest {
            hits.add(self.regel, self.tabel, || Hit {
                rij: None,
                veld: None,
                gevonden: Some(nu.to_string().into()),
                names: vec![
                    ("factor", Filling::Tekst(number(self.factor))),
                    ("vorig", Filling::Tekst(last_year.to_string())),
                    ("nu", Filling::Tekst(nu.to_string())),
                ],
                ..Hit::default()
            });
        }
        Vec::new()
    }
}

/// Rows that were open and are gone (verdwenen), or had ended and are open again (heropend).
#[derive(Debug)]
pub(crate) struct Reopened {
    pub(crate) vanished: Option<usize>,
    pub(crate) reopened: Option<usize>,
    pub(crate) tabel: usize,
    pub(crate) sleutel: Vec<usize>,
    pub(crate) tot: usize,
    /// The field that names the cell.
    pub(crate) veld: usize,
    /// Last day of the year before.
    pub(crate) year_end: i32,
    /// Fields of last year's row by which an aanbieder, who does not know pseudonyms, finds it back.
    pub(crate) toon: Vec<usize>,
    /// The key fields still hold the aanbieder's own identifiers.
    pub(crate) raw: bool,
    /// Makes pseudonyms of them.
    pub(crate) pseudonym_maker: Option<PseudonymMaker>,
    /// Last year's pseudonyms were made with another key.
    pub(crate) other_key: bool,
    pub(crate) definitie: Arc<Definitie>,
    pub(crate) vorig: Option<PreviousRows>,
}

/// The rows of the previous levering.
#[derive(Debug, Default)]
pub(crate) struct PreviousRows {
    per_key: HashedMap<usize>,
    /// Last day, what is shown of it (empty where it had ended), whether it is here now.
    rijen: Vec<(Option<i32>, Box<str>, bool)>,
}

/// Makes pseudonyms of the aanbieder's own identifiers in a field.
#[derive(Clone)]
pub(crate) struct PseudonymMaker(pub(crate) Arc<MakePseudonyms>);

/// From the field and its identifiers to their pseudonyms.
pub(crate) type MakePseudonyms = dyn Fn(&str, &StringArray) -> StringArray + Send + Sync;

impl std::fmt::Debug for PseudonymMaker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Versleutel")
    }
}

impl Reopened {
    /// Whether keys of this year and last year can be compared.
    fn comparable(&self) -> bool {
        !self.other_key && (!self.raw || self.pseudonym_maker.is_some())
    }

    /// A key column, as a pseudonym where it is not one yet.
    fn key_column(&self, columns: &[ArrayRef], v: usize) -> ArrayRef {
        let veld = &self.definitie.tabellen[self.tabel].velden[v];
        match &self.pseudonym_maker {
            Some(pseudonym_maker) if self.raw && veld.veldtype == VeldType::Pseudoniem => {
                Arc::new((pseudonym_maker.0)(&veld.naam, columns[v].as_string()))
            }
            _ => Arc::clone(&columns[v]),
        }
    }
}

impl SetRegel for Reopened {
    fn compare_by(&mut self, key: &CompareBy) {
        match key {
            CompareBy::Met(pseudonym_maker) => self.pseudonym_maker = Some(pseudonym_maker.clone()),
            CompareBy::OtherKey => self.other_key = true,
        }
    }

    fn look(&mut self, view: &BatchView<'_>, hits: &mut Hits) {
        if view.tabel != self.tabel || self.vorig.is_none() || !self.comparable() {
            return;
        }
        let columns: Vec<ArrayRef> = self
            .sleutel
            .iter()
            .map(|&v| self.key_column(view.kolommen, v))
            .collect();
        let keys = Keys::of(&columns.iter().collect::<Vec<_>>(), view.rijen);
        let Some(last_year) = self.vorig.as_mut() else {
            return;
        };
        let tot = day_column(view.kolommen, self.tot);
        let mut reopened = Vec::new();
        for (i, hash) in keys
            .hashes
            .iter()
            .enumerate()
            .filter(|(i, _)| keys.is_known(*i))
        {
            let Some(&at) = last_year.per_key.get(hash) else {
                continue;
            };
            let row = &mut last_year.rijen[at];
            row.2 = true;
            if let Some(end) = row.0.filter(|&end| end <= self.year_end) {
                reopened.push((i, end));
            }
        }
        let Some(regel) = self.reopened else { return };
        for (i, end) in reopened
            .into_iter()
            .filter(|&(i, _)| open_at(self.year_end, tot(i)))
        {
            hits.add(regel, self.tabel, || Hit {
                rij: Some(view.row(i)),
                veld: Some(self.veld),
                gevonden: Some(format!("vorig jaar beëindigd op {}", iso(end)).into()),
                names: Vec::new(),
                ..Hit::default()
            });
        }
    }

    fn previous(&mut self, tabel: usize, batch: &RecordBatch) -> Result<(), CheckError> {
        if tabel != self.tabel {
            return Ok(());
        }
        let definitie = &self.definitie.tabellen[self.tabel];
        let key = self
            .sleutel
            .iter()
            .map(|&v| previous_column(definitie, batch, v))
            .collect::<Result<Vec<_>, _>>()?;
        let tot = previous_column(definitie, batch, self.tot)?.as_primitive::<Date32Type>();
        let velden = &definitie.velden;
        let show: Vec<(&str, &ArrayRef)> = self
            .toon
            .iter()
            .filter_map(|&v| {
                Some((
                    velden[v].label.as_str(),
                    batch.column_by_name(&velden[v].naam)?,
                ))
            })
            .collect();
        let keys = Keys::of(&key, batch.num_rows());
        let year_end = self.year_end;
        let last_year = self.vorig.get_or_insert_default();
        for (i, &hash) in keys
            .hashes
            .iter()
            .enumerate()
            .filter(|(i, _)| keys.is_known(*i))
        {
            last_year.per_key.insert(hash, last_year.rijen.len());
            let end = tot.is_valid(i).then(|| tot.value(i));
            let shown = if open_at(year_end, end) {
                recognisable(&show, i)
            } else {
                Box::default()
            };
            last_year.rijen.push((end, shown, false));
        }
        Ok(())
    }

    fn finish(&mut self, _ending: &Ending<'_>, hits: &mut Hits) -> Vec<(usize, String)> {
        let why = match &self.vorig {
            None => NO_PREVIOUS,
            Some(_) if self.other_key => wording::OTHER_KEY,
            Some(_) if !self.comparable() => wording::GIVE_KEY,
            Some(last_year) => {
                let gone = last_year
                    .rijen
                    .iter()
                    .filter(|(tot, _, nu)| !nu && open_at(self.year_end, *tot));
                for (_, text, _) in gone {
                    let Some(regel) = self.vanished else { break };
                    hits.add(regel, self.tabel, || Hit {
                        rij: None,
                        veld: Some(self.veld),
                        gevonden: Some(text.clone()),
                        names: Vec::new(),
                        ..Hit::default()
                    });
                }
                return Vec::new();
            }
        };
        [self.vanished, self.reopened]
            .into_iter()
            .flatten()
            .map(|regel| (regel, why.to_owned()))
            .collect()
    }
}

/// Open on day `day`: later days count as still empty for it.
fn open_at(day: i32, tot: Option<i32>) -> bool {
    tot.is_none_or(|tot| tot > day)
}

/// What a row of last year is found back by, as in `Startdatum 2019-04-15, Gemeente GM0344`.
fn recognisable(show: &[(&str, &ArrayRef)], row: usize) -> Box<str> {
    let parts = show
        .iter()
        .filter_map(|(label, column)| Some(format!("{label} {}", cell_text(column, row)?)));
    parts.collect::<Vec<_>>().join(", ").into()
}

fn cell_text(column: &ArrayRef, row: usize) -> Option<Box<str>> {
    if column.is_null(row) {
        return None;
    }
    match column.data_type() {
        DataType::Utf8 => Some(shown(column.as_string::<i32>().value(row))),
        DataType::Date32 => Some(iso(column.as_primitive::<Date32Type>().value(row)).into()),
        DataType::Dictionary(..) => {
            let codes = column.as_any_dictionary();
            let texts = codes.values().as_string_opt::<i32>()?;
            Some(texts.value(*codes.normalized_keys().get(row)?).into())
        }
        _ => None,
    }
}

/// The stock at the turn of the year, by last year's levering and by this one.
#[derive(Debug)]
pub(crate) struct StockContinues {
    pub(crate) regel: usize,
    pub(crate) tabel: usize,
    pub(crate) van: usize,
    pub(crate) tot: usize,
    /// The field that names the cell.
    pub(crate) veld: usize,
    /// Last day of the year before.
    pub(crate) year_end: i32,
    pub(crate) definitie: Arc<Definitie>,
    pub(crate) vorig: Option<u64>,
    pub(crate) nu: u64,
}

impl StockContinues {
    /// The rows that had begun and not ended on the last day of the year before.
    fn count(&self, van: &ArrayRef, tot: &ArrayRef) -> u64 {
        let (van, tot) = (
            van.as_primitive::<Date32Type>(),
            tot.as_primitive::<Date32Type>(),
        );
        let in_stock = |i: &usize| {
            let begun = van.is_valid(*i) && van.value(*i) <= self.year_end;
            begun && open_at(self.year_end, tot.is_valid(*i).then(|| tot.value(*i)))
        };
        (0..van.len()).filter(in_stock).count() as u64
    }
}

impl SetRegel for StockContinues {
    fn look(&mut self, view: &BatchView<'_>, _hits: &mut Hits) {
        if view.tabel == self.tabel && self.vorig.is_some() {
            self.nu += self.count(&view.kolommen[self.van], &view.kolommen[self.tot]);
        }
    }

    fn previous(&mut self, tabel: usize, batch: &RecordBatch) -> Result<(), CheckError> {
        if tabel == self.tabel {
            let definitie = &self.definitie.tabellen[tabel];
            let (van, tot) = (
                previous_column(definitie, batch, self.van)?,
                previous_column(definitie, batch, self.tot)?,
            );
            let stock = self.count(van, tot);
            *self.vorig.get_or_insert(0) += stock;
        }
        Ok(())
    }

    fn finish(&mut self, _ending: &Ending<'_>, hits: &mut Hits) -> Vec<(usize, String)> {
        let Some(last_year) = self.vorig else {
            return vec![(self.regel, NO_PREVIOUS.to_owned())];
        };
        if last_year != self.nu {
            hits.add(self.regel, self.tabel, || Hit {
                rij: None,
                veld: Some(self.veld),
                gevonden: Some(self.nu.to_string().into()),
                names: vec![
                    ("vorig", Filling::Tekst(last_year.to_string())),
                    ("nu", Filling::Tekst(self.nu.to_string())),
                ],
                ..Hit::default()
            });
        }
        Vec::new()
    }
}

/// A column of last year's batch, of the type it has this year.
fn previous_column<'b>(
    tabel: &Tabel,
    batch: &'b RecordBatch,
    v: usize,
) -> Result<&'b ArrayRef, CheckError> {
    let (veld, name) = (&tabel.velden[v], tabel.naam.clone());
    let column = batch.column_by_name(&veld.naam);
    let column = column.ok_or_else(|| CheckError::VeldMissing {
        tabel: name.clone(),
        veld: veld.naam.clone(),
    })?;
    let expected = data_type(&veld.veldtype);
    if *column.data_type() == expected {
        return Ok(column);
    }
    let kind = column.data_type().to_string();
    Err(CheckError::ColumnType {
        tabel: name,
        kolom: veld.naam.clone(),
        soort: kind,
        verwacht: expected.to_string(),
    })
}

/// The last day of the year before `jaar`.
pub(crate) fn year_end_before(jaar: i32) -> i32 {
    chrono::NaiveDate::from_ymd_opt(jaar - 1, 12, 31).map_or(i32::MIN, date::days)
}
