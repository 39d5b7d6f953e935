//! One table under way.
//!
//! Owns the journey of a block of raw rows: sift out what is no data, convert column by column, look at the columns that
//! become nothing for BSNs, and put a batch together. Leaves one column to `column`, the order of tables to `batch_reader`.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{DataType, Field, Schema};
use rows::FileRefusal;
use rows::bsn::{ColumnTest, SplitTest};
use rows::invisible_characters::trimmed;
use schema::not_computed::{self, NOT_COMPUTED};
use schema::{Place, VeldType};
use sheets::Block;

use crate::convert::ages::ages;
use crate::convert::column::VeldColumn;
use crate::incoming_counts::swallowed_rows;
use crate::provenance::{Piece, Provenance};
use crate::read_plan::Task;
use crate::row_filter::{SkippedRows, sift};

/// A task with what was met while it was read.
pub(crate) struct RunningTable {
    pub(crate) task: Task,
    pub(crate) skipped: SkippedRows,
    keys: Vec<usize>,
    text_columns: Vec<usize>,
    /// Per unused column.
    probes: Vec<ColumnTest>,
    /// Per unused column how many rows fill it.
    pub(crate) filled: Vec<u64>,
    /// Rows that were converted.
    pub(crate) read: u64,
    /// The first row in whose cells others lie, and how many do.
    pub(crate) swallowed: (Option<u64>, u64),
    /// Numbers divided over cells, and the columns in which they may be.
    split: SplitTest,
    parts: Vec<usize>,
    schema: Arc<Schema>,
    pub(crate) blok: Block,
    /// Rows in the batch so far.
    pub(crate) rijen: usize,
    /// The reporting year.
    jaar: i32,
}

impl RunningTable {
    /// Begins on a task: its rows follow those of the table before it.
    pub(crate) fn new(task: Task, book: &mut Provenance, jaar: i32) -> Self {
        let begin = book.rows(&task.tabel.naam);
        let mut piece = Piece::new(task.bestand.clone(), task.blad.clone(), begin);
        piece.has_cells = task.has_cells;
        // Where an age may be typed as well, that is the cell of the field.
        let births = task.leeftijd_values.iter().map(|(k, _)| k);
        let columns = births.chain(&task.kolommen);
        piece.kolommen = columns
            .map(|k| {
                let place = (k.kop.clone(), task.unfold.shows_in(k.bron));
                (k.veld.clone(), place)
            })
            .collect();
        book.tabellen
            .entry(task.tabel.naam.clone())
            .or_default()
            .push(piece);
        let column_of = |veld: &String| {
            task.kolommen
                .iter()
                .find(|k| k.veld == *veld)
                .map(|k| k.bron)
        };
        let number = |veld: &str| {
            task.tabel
                .veld(veld)
                .is_some_and(|v| matches!(v.veldtype, VeldType::Whole | VeldType::Decimal))
        };
        let is_text = |veld: &str| {
            let veld = task.tabel.veld(veld);
            veld.is_some_and(|v| matches!(v.veldtype, VeldType::Tekst { .. }))
        };
        let present = |veld: &&schema::Veld| {
            let veld = &veld.naam;
            task.vast.contains_key(veld)
                || task.kolommen.iter().any(|k| k.veld == *veld)
                || task.leeftijd_values.iter().any(|(k, _)| k.veld == *veld)
        };
        let velden: Vec<Field> = task
            .tabel
            .velden
            .iter()
            .filter(present)
            .map(|v| {
                let column = task.kolommen.iter().find(|k| k.veld == v.naam);
                let data_type = column.map_or(DataType::Utf8, VeldColumn::data_type);
                Field::new(&v.naam, data_type, true)
            })
            .collect();
        Self {
            keys: task
                .tabel
                .sleutel
                .iter()
                .filter_map(column_of)
                .map(|k| task.unfold.shows_in(k))
                .collect(),
            text_columns: task
                .kolommen
                .iter()
                .filter(|k| !number(&k.veld) && k.bron < task.unfold.width)
                .map(|k| k.bron)
                .collect(),
            split: SplitTest::default(),
            parts: task
                .kolommen
                .iter()
                .filter(|k| number(&k.veld) || is_text(&k.veld))
                .map(|k| k.bron)
                .collect(),
            probes: task.unused.iter().map(|_| ColumnTest::default()).collect(),
            filled: vec![0; task.unused.len()],
            read: 0,
            swallowed: (None, 0),
            skipped: SkippedRows::default(),
            schema: Arc::new(Schema::new(velden)),
            blok: Block::default(),
            rijen: 0,
            jaar,
            task,
        }
    }

    /// Sifts out what is no data in the block that was read, and converts the rest.
    ///
    /// # Errors
    /// When another table begins among its rows.
    pub(crate) fn take_in(&mut self) -> Result<(), FileRefusal> {
        sift(
            &mut self.blok,
            &self.task.known,
            &self.keys,
            &self.text_columns,
            &mut self.skipped,
        )?;
        self.find_swallowed_rows();
        self.task.unfold.apply(&mut self.blok, self.jaar);
        self.convert();
        Ok(())
    }

    /// Looks for rows that lie inside the cells of others.
    fn find_swallowed_rows(&mut self) {
        let width = self.task.headers.len();
        for row in 0..self.blok.len() {
            let cells = self.blok.row(row);
            let count: u64 = cells.map(|cell| swallowed_rows(cell, width)).sum();
            if count > 0 {
                let first = self.blok.row_number(row);
                self.swallowed.0.get_or_insert(first);
                self.swallowed.1 += count;
            }
        }
    }

    /// Whether a BSN was seen, surely enough to stop.
    pub(crate) fn is_surely_suspect(&self) -> bool {
        self.probes
            .iter()
            .chain(self.columns().map(|k| k.scan.test()))
            .any(ColumnTest::surely_suspect)
            || self.columns().any(|k| k.scan.met())
    }

    fn columns(&self) -> impl Iterator<Item = &VeldColumn> {
        let ages = self.task.leeftijd_values.iter().map(|(k, _)| k);
        self.task.kolommen.iter().chain(ages)
    }

    fn convert(&mut self) {
        let Self {
            task,
            blok: block,
            probes,
            filled,
            split,
            parts,
            ..
        } = self;
        for row in 0..block.len() {
            split.look(parts.iter().map(|column| block.text(row, *column)));
        }
        task.kolommen
            .iter_mut()
            .for_each(|column| column.convert(block));
        task.leeftijd_values
            .iter_mut()
            .for_each(|(column, _)| column.convert(block));
        for ((number, probe), filled) in task.unused.iter().zip(probes).zip(filled) {
            for cell_text in block.texts(*number) {
                probe.look_in_text(cell_text);
                *filled += u64::from(!trimmed(cell_text).is_empty());
            }
        }
        self.rijen += block.len();
        self.read += block.len() as u64;
    }

    /// The batch as it is now; a new one begins.
    pub(crate) fn batch(&mut self) -> RecordBatch {
        let rows = std::mem::take(&mut self.rijen);
        let mut schema = self.schema.clone();
        let mut per_veld: HashMap<String, ArrayRef> =
            HashMap::with_capacity(self.schema.fields().len());
        for column in &mut self.task.kolommen {
            per_veld.insert(column.veld.clone(), column.flush());
        }
        for (column, on) in &mut self.task.leeftijd_values {
            let day: Option<&StringArray> = per_veld
                .get(on.as_str())
                .and_then(|k| k.as_string_opt::<i32>());
            let on_required = self.task.tabel.veld(on).is_some_and(|veld| veld.verplicht);
            let (leeftijd, without) = ages(&column.flush_texts(), day, on_required);
            let typed = per_veld.get(&column.veld);
            let typed = typed.and_then(|typed| typed.as_string_opt::<i32>());
            let leeftijd = typed.map_or_else(
                || leeftijd.clone(),
                |typed| {
                    leeftijd
                        .iter()
                        .zip(typed)
                        .map(|(made, typed)| made.or(typed))
                        .collect()
                },
            );
            per_veld.insert(column.veld.clone(), Arc::new(leeftijd));
            if !without.is_empty() {
                schema = with_note(&schema, &column.veld, &not_computed::write(&without));
            }
        }
        for (veld, value) in &self.task.vast {
            let equal: StringArray = std::iter::repeat_n(Some(value.as_str()), rows).collect();
            per_veld
                .entry(veld.clone())
                .or_insert_with(|| Arc::new(equal));
        }
        let columns = schema
            .fields()
            .iter()
            .map(|f| per_veld[f.name()].clone())
            .collect();
        // A koppeling may place no column at all: its rows are rows nevertheless.
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(schema, columns, &options)
            .expect("every field has one value per row of the batch")
    }

    /// Columns that are BSNs by now: where, which field, in words.
    pub(crate) fn suspects(&self) -> Vec<(Place, String, String)> {
        let place = |header: &str, row: Option<u64>| Place {
            bestand: Some(self.task.bestand.clone()),
            blad: self.task.blad.clone(),
            rij: row,
            kolom: Some(header.to_owned()),
            ..Place::default()
        };
        let mut out = Vec::new();
        for column in self.columns().filter(|k| k.is_suspect()) {
            out.push((
                place(&column.kop, column.bsn_row),
                column.veld.clone(),
                format!("de kolom '{}'", column.kop),
            ));
        }
        if self.split.suspicious() {
            let place = Place {
                kolom: None,
                ..place("", None)
            };
            out.push((
                place,
                String::new(),
                "cellen die bij elkaar horen".to_owned(),
            ));
        }
        for (number, probe) in self.task.unused.iter().zip(&self.probes) {
            if probe.suspicious() {
                let header = &self.task.headers[*number];
                out.push((
                    place(header, None),
                    String::new(),
                    format!("de kolom '{header}'"),
                ));
            }
        }
        out
    }
}

/// The schema with a note at one field about the rows that were not derived.
fn with_note(schema: &Schema, name: &str, note: &str) -> Arc<Schema> {
    let met = |veld: &Arc<Field>| {
        if veld.name() != name {
            return veld.clone();
        }
        let metadata = [(NOT_COMPUTED.to_owned(), note.to_owned())].into();
        Arc::new(veld.as_ref().clone().with_metadata(metadata))
    };
    Arc::new(Schema::new(
        schema.fields().iter().map(met).collect::<Vec<_>>(),
    ))
}
