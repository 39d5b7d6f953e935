//! A table of stock counted from another table, where the aanbieder has no count of its own.
//!
//! Owns the counting, by the definition's own rule of kind `stand`: which dates let a row in and out of the stock,
//! and by which fields it is grouped. Counts on the quarter ends of the reporting year. A group with a value that the
//! field does not know is left out: `check` tells of it in the table where it stands, and counts it no more than this.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use chrono::NaiveDate;
use schema::bevinding::DERIVED;
use schema::definitie::{Derivation, RegelKind, in_stock};
use schema::{Definitie, Gebieden, VeldType};

use crate::convert::code_column::Texts;
use crate::dates::is_canonical;

/// Counts the stock while its source goes by.
pub(crate) struct StockCount {
    pub(crate) tabel: String,
    /// The table that is counted.
    pub(crate) bron: String,
    aantal: String,
    peildatum: String,
    groep: Vec<String>,
    /// What may stand in each field of the group.
    allowed: Vec<Allowed>,
    in_op: String,
    uit_op: Vec<String>,
    /// Field for the longest time in stock, where the table has one.
    longest: Option<String>,
    peildata: [String; 4],
    /// Per peildatum and group: how many, and since when the one that waits longest.
    counts: [BTreeMap<String, (u64, String)>; 4],
}

/// What may stand in a field.
enum Allowed {
    Codes(Vec<String>),
    Gemeente(i32),
    Tekst(usize),
    Everything,
}

impl Allowed {
    fn new(definitie: &Definitie, veld_type: &VeldType) -> Self {
        match veld_type {
            VeldType::Code { list } => Self::Codes(
                definitie.codelijsten[list]
                    .codes
                    .iter()
                    .map(|c| c.code.clone())
                    .collect(),
            ),
            VeldType::Gemeente => Self::Gemeente(definitie.jaar),
            VeldType::Tekst { lengte: length } => Self::Tekst(*length),
            _ => Self::Everything,
        }
    }

    fn be(&self, value: &str) -> bool {
        match self {
            Self::Codes(codes) => codes.iter().any(|c| c == value),
            Self::Gemeente(jaar) => Gebieden::get().gemeente(*jaar, value).is_some(),
            Self::Tekst(length) => value.chars().count() <= *length,
            Self::Everything => true,
        }
    }
}

/// Between the values of a group, as one text: counting a row then needs no room of its own.
const SEPARATOR: char = '\u{1f}';

impl StockCount {
    /// The first stock the definition asks for, if any.
    pub(crate) fn new(definitie: &Definitie) -> Option<Self> {
        definitie.regels.iter().find_map(|regel| {
            let RegelKind::Stand {
                aantal: count,
                peildatum,
                groep: group,
                bron: source,
                in_op: entered_on,
                uit_op: left_on,
            } = &regel.soort
            else {
                return None;
            };
            let tabel = definitie.tabel(regel.tabel.as_ref()?)?;
            Some(Self {
                tabel: tabel.naam.clone(),
                bron: source.clone(),
                aantal: count.clone(),
                peildatum: peildatum.clone(),
                groep: group.clone(),
                allowed: group
                    .iter()
                    .map(|veld| {
                        tabel.veld(veld).map_or(Allowed::Everything, |v| {
                            Allowed::new(definitie, &v.veldtype)
                        })
                    })
                    .collect(),
                in_op: entered_on.clone(),
                uit_op: left_on.clone(),
                longest: tabel
                    .velden
                    .iter()
                    .find(|veld| veld.afleiding == Some(Derivation::LongestInStock {}))
                    .map(|veld| veld.naam.clone()),
                peildata: definitie.peildata().map(|day| day.to_string()),
                counts: Default::default(),
            })
        })
    }

    /// Code of the rule whose words tell that the table was counted.
    pub(crate) fn code(&self) -> String {
        format!("{}_DERIVED", self.tabel.to_uppercase())
    }

    /// Counts the rows of a batch of the source. ISO dates compare as text.
    pub(crate) fn count(&mut self, batch: &RecordBatch) {
        let column = |name: &String| {
            batch
                .column_by_name(name)
                .and_then(|k| k.as_string_opt::<i32>())
        };
        let texts = |name: &String| batch.column_by_name(name).and_then(Texts::of);
        let Some(entered_on) = column(&self.in_op) else {
            return;
        };
        let left_on: Vec<&StringArray> = self.uit_op.iter().filter_map(column).collect();
        let group: Vec<Option<Texts<'_>>> = self.groep.iter().map(texts).collect();
        let mut key = String::new();
        for row in 0..batch.num_rows() {
            if entered_on.is_null(row) || !is_canonical(entered_on.value(row)) {
                continue;
            }
            let since = entered_on.value(row);
            // A date that can't be read says nothing about that day: such a row is not counted.
            let out = left_on
                .iter()
                .filter(|k| !k.is_null(row))
                .map(|k| k.value(row));
            let Some(tot) = out
                .map(|d| is_canonical(d).then_some(d))
                .try_fold("9999", |first, d| d.map(|d| first.min(d)))
            else {
                continue;
            };
            key.clear();
            let mut whole = true;
            for column in &group {
                let value = column.as_ref().and_then(|k| k.get(row));
                whole &= value.is_some();
                key.push_str(value.unwrap_or_default());
                key.push(SEPARATOR);
            }
            if !whole {
                continue;
            }
            for (peildatum, telling) in self.peildata.iter().zip(&mut self.counts) {
                if !in_stock(&peildatum.as_str(), Some(&since), Some(&tot)) {
                    continue;
                }
                match telling.get_mut(key.as_str()) {
                    None => {
                        telling.insert(key.clone(), (1, since.to_owned()));
                    }
                    Some((count, longest)) => {
                        *count += 1;
                        if since < longest.as_str() {
                            since.clone_into(longest);
                        }
                    }
                }
            }
        }
    }

    /// The table that was counted; it may have no rows.
    pub(crate) fn batch(&self) -> RecordBatch {
        let per_day = self.peildata.iter().zip(&self.counts);
        let all = per_day.flat_map(|(day, telling)| {
            telling
                .iter()
                .map(move |(group, stock)| (day.as_str(), group.as_str(), stock))
        });
        let known = |group: &str| {
            group
                .split(SEPARATOR)
                .zip(&self.allowed)
                .all(|(value, allowed)| allowed.be(value))
        };
        let counted: Vec<_> = all.filter(|(_, group, _)| known(group)).collect();
        let rows = || counted.iter().copied();
        let mut columns: Vec<(&str, StringArray)> = vec![(
            &self.peildatum,
            rows().map(|(day, _, _)| Some(day)).collect(),
        )];
        for (number, veld) in self.groep.iter().enumerate() {
            columns.push((
                veld,
                rows()
                    .map(|(_, group, _)| group.split(SEPARATOR).nth(number))
                    .collect(),
            ));
        }
        columns.push((
            &self.aantal,
            rows()
                .map(|(_, _, (count, _))| Some(count.to_string()))
                .collect(),
        ));
        if let Some(longest) = &self.longest {
            columns.push((
                longest,
                rows()
                    .map(|(day, _, (_, since))| days_between(since, day))
                    .collect(),
            ));
        }
        let velden: Vec<Field> = columns
            .iter()
            .map(|(name, _)| Field::new(*name, DataType::Utf8, true))
            .collect();
        let content: Vec<ArrayRef> = columns
            .into_iter()
            .map(|(_, k)| Arc::new(k) as ArrayRef)
            .collect();
        let counted = [(DERIVED.to_owned(), self.bron.clone())].into();
        RecordBatch::try_new(
            Arc::new(Schema::new_with_metadata(velden, counted)),
            content,
        )
        .expect("every column has one value per count")
    }
}

fn days_between(van: &str, tot: &str) -> Option<String> {
    let day = |text: &str| text.parse::<NaiveDate>().ok();
    Some((day(tot)? - day(van)?).num_days().to_string())
}
