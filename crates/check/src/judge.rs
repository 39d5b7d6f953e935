//! One judgement over one levering, batch by batch.
//!
//! Owns the order of work: type a batch, judge its cells and rows, let rules over sets look, and make the
//! [`Oordeel`] at the end. Leaves what is wrong in a batch to `batch`.

mod batch;

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use arrow_schema::DataType;
use schema::bevinding::{DERIVED, OpenVeld};
use schema::not_computed::{self, NOT_COMPUTED};
use schema::{Definitie, Oordeel, Origin, RegelKind};

use crate::batch_view::{BatchView, Hashes};
use crate::compile::{self, Compiled, TabelState};
use crate::error::{CheckError, RegelError};
use crate::judge_options::Options;
use crate::oordeel::{self, Conclusion};
use crate::rule_hit::Hit;
use crate::rules::previous_year::PseudonymMaker;
use crate::rules::{CompareBy, Ending};
use crate::spill::{Spill, SpillStore};
use crate::tally::Hits;
use crate::text_column::TextColumn;
use crate::typing::{Typed, date};
use crate::waiting::set_aside;
use batch::{judge_cells, judge_rows};

/// A judgement under way.
#[derive(Debug)]
pub struct Judge {
    definitie: Arc<Definitie>,
    options: Options,
    compiled: Compiled,
    hits: Hits,
    storage: RefCell<SpillStore>,
}

impl Judge {
    /// Prepares a judgement: compiles every rule of the definition.
    ///
    /// # Errors
    /// When a rule of the definition cannot be used.
    pub fn new(definitie: &Definitie, options: Options) -> Result<Self, RegelError> {
        let definitie = Arc::new(definitie.clone());
        let compiled = compile::build(&definitie, &options)?;
        let hits = Hits::new(
            definitie.regels.len(),
            definitie.tabellen.len(),
            options.per_regel,
        );
        Ok(Self {
            definitie,
            options,
            compiled,
            hits,
            storage: RefCell::default(),
        })
    }

    /// With a scratch file for what does not stay in memory. Before the first batch; without it all stays there.
    #[must_use]
    pub fn with_spill(self, spill: Spill) -> Self {
        Self {
            storage: RefCell::new(SpillStore::new(spill)),
            ..self
        }
    }

    /// Takes a table of the previous levering (typed by its own definition, see [`Judge::convert_types`]), for rules that
    /// compare years. Give all of them before the first batch of the same table of this levering.
    ///
    /// # Errors
    /// When the batch lacks a field those rules need, or comes too late.
    pub fn previous(&mut self, tabel: &str, batch: &RecordBatch) -> Result<(), CheckError> {
        let t = self.table(tabel)?;
        if self.compiled.tabellen[t].rijen.is_some() {
            return Err(CheckError::PreviousTooLate(tabel.to_owned()));
        }
        self.compiled
            .set_regels
            .iter_mut()
            .try_for_each(|regel| regel.previous(t, batch))
    }

    /// Compares the aanbieder's own identifiers with last year's pseudonyms, made by `make` from a field and its
    /// identifiers. Only of use with [`Options::raw_ids`].
    pub fn compare_with(
        &mut self,
        make: impl Fn(&str, &StringArray) -> StringArray + Send + Sync + 'static,
    ) {
        let compare = CompareBy::Met(PseudonymMaker(Arc::new(make)));
        self.compiled
            .set_regels
            .iter_mut()
            .for_each(|regel| regel.compare_by(&compare));
    }

    /// Last year's pseudonyms were made with another key: identifiers can't be compared, numbers can.
    pub fn other_key(&mut self) {
        self.compiled
            .set_regels
            .iter_mut()
            .for_each(|regel| regel.compare_by(&CompareBy::OtherKey));
    }

    /// A batch of canonical text, typed and not judged.
    ///
    /// # Errors
    /// When the batch is no canonical text of a table of the definition.
    pub fn convert_types(
        &self,
        tabel: &str,
        batch: &RecordBatch,
    ) -> Result<RecordBatch, CheckError> {
        let t = self.table(tabel)?;
        let raw = self.text_columns(t, batch)?;
        let app = &self.compiled.tabellen[t];
        let columns = type_columns(app, &raw, batch.num_rows())?
            .into_iter()
            .map(|typed| typed.array)
            .collect();
        Ok(RecordBatch::try_new(Arc::clone(&app.schema), columns)?)
    }

    /// Judges a batch of canonical text (codes may come as keys into their texts) and gives it back typed. A table that is present but empty is told by a
    /// batch without rows.
    ///
    /// # Errors
    /// When the batch is no canonical text of a table of the definition, or the scratch file fails.
    pub fn batch(&mut self, tabel: &str, batch: &RecordBatch) -> Result<RecordBatch, CheckError> {
        let t = self.table(tabel)?;
        let raw = self.text_columns(t, batch)?;
        let rows = batch.num_rows();
        let app = &mut self.compiled.tabellen[t];
        if batch.schema_ref().metadata().contains_key(DERIVED) {
            // Its references are judged where they come from, and nobody left a field of it empty.
            app.velden.iter_mut().for_each(|veld| veld.empty.clear());
            self.compiled
                .set_regels
                .iter_mut()
                .for_each(|regel| regel.derived(t));
        }
        let begin = *app.rijen.get_or_insert(0);
        let end = begin + rows as u64;
        if end >= u64::from(u32::MAX) {
            return Err(CheckError::TooManyRows(tabel.to_owned()));
        }
        let typed = type_columns(app, &raw, rows)?;
        let columns: Vec<ArrayRef> = typed.iter().map(|g| Arc::clone(&g.array)).collect();
        let (hashes, storage) = (Hashes::new(columns.len()), &self.storage);
        let view = BatchView {
            tabel: t,
            begin,
            rijen: rows,
            kolommen: &columns,
            raw: &raw,
            hashes,
            storage,
        };
        let delivery_day = date::days(self.options.leverdatum);
        for (v, (veld, typed)) in app.velden.iter_mut().zip(&typed).enumerate() {
            veld.filled |= typed.empty < rows;
            veld.present |= raw[v].is_some();
            let note = batch
                .schema_ref()
                .field_with_name(&self.definitie.tabellen[t].velden[v].naam)
                .ok();
            let note = note.and_then(|veld| veld.metadata().get(NOT_COMPUTED));
            let not_computed = note
                .map(|note| not_computed::read(note))
                .unwrap_or_default();
            judge_cells(
                veld,
                v,
                typed,
                &view,
                delivery_day,
                &not_computed,
                &mut self.hits,
            );
        }
        judge_rows(&app.records, &typed, &view, &mut self.hits);
        for regel in &mut self.compiled.set_regels {
            regel.look(&view, &mut self.hits);
        }
        self.storage.get_mut().check()?;
        self.hits.end_batch();
        app.rijen = Some(end);
        Ok(RecordBatch::try_new(Arc::clone(&app.schema), columns)?)
    }

    /// The judgement over all batches given.
    ///
    /// # Errors
    /// When the scratch file fails; never without one.
    pub fn finish(self, origin: &dyn Origin) -> Result<Oordeel, CheckError> {
        let whole = self.finish_without(origin, &[]);
        whole.map(|(oordeel, _)| oordeel)
    }

    /// The same without the findings that wait for an answer about these fields; how many wait for each.
    ///
    /// # Errors
    /// As [`Judge::finish`].
    pub fn finish_without(
        mut self,
        origin: &dyn Origin,
        open: &[OpenVeld],
    ) -> Result<(Oordeel, Vec<u64>), CheckError> {
        let rows: Vec<Option<u64>> = self.compiled.tabellen.iter().map(|t| t.rijen).collect();
        let ending = Ending {
            definitie: &self.definitie,
            rijen: &rows,
            storage: &self.storage,
        };
        let mut not_judged = std::mem::take(&mut self.compiled.niet_beoordeeld);
        for regel in &mut self.compiled.set_regels {
            not_judged.extend(regel.finish(&ending, &mut self.hits));
        }
        self.storage.get_mut().check()?;
        empty_fields(&self.compiled.tabellen, &mut self.hits);
        absent_tables(&self.definitie, &rows, &mut self.hits);
        let missing = |t: &TabelState| t.velden.iter().map(|v| !v.present).collect();
        let place = |open: &OpenVeld| {
            let t = self.table(&open.tabel)?;
            let mut velden = self.definitie.tabellen[t].velden.iter();
            let v = velden.position(|veld| veld.naam == open.veld);
            let v = v.ok_or_else(|| CheckError::UnknownColumn {
                tabel: open.tabel.clone(),
                kolom: open.veld.clone(),
            })?;
            Ok((t, v))
        };
        let waiting: Vec<(usize, usize)> =
            open.iter().map(place).collect::<Result<_, CheckError>>()?;
        let mut tallies = self.hits.finish();
        let counts = set_aside(&self.definitie, &mut tallies, &waiting);
        let conclusion = Conclusion {
            definitie: &self.definitie,
            missing: self.compiled.tabellen.iter().map(missing).collect(),
            leverdatum: self.options.leverdatum,
            per_regel: self.options.per_regel,
            rijen: &rows,
            tallies,
            niet_beoordeeld: not_judged,
            herkomst: origin,
            kandidaten: Default::default(),
            meant: Default::default(),
        };
        Ok((oordeel::make(conclusion), counts))
    }

    fn table(&self, name: &str) -> Result<usize, CheckError> {
        let at = self.definitie.tabellen.iter().position(|t| t.naam == name);
        at.ok_or_else(|| CheckError::UnknownTabel(name.to_owned()))
    }

    /// The text column of each field of the table, where the batch has it.
    fn text_columns<'b>(
        &self,
        t: usize,
        batch: &'b RecordBatch,
    ) -> Result<Vec<Option<TextColumn<'b>>>, CheckError> {
        let definitie = &self.definitie.tabellen[t];
        let (tabel, mut seen) = (definitie.naam.clone(), HashSet::new());
        for veld in batch.schema_ref().fields() {
            let column = veld.name().clone();
            if definitie.veld(&column).is_none() {
                return Err(CheckError::UnknownColumn {
                    tabel,
                    kolom: column,
                });
            }
            if !TextColumn::fits(veld.data_type()) {
                let (kind, expected) = (veld.data_type().to_string(), DataType::Utf8.to_string());
                return Err(CheckError::ColumnType {
                    tabel,
                    kolom: column,
                    soort: kind,
                    verwacht: expected,
                });
            }
            if !seen.insert(veld.name()) {
                return Err(CheckError::DuplicateColumn {
                    tabel,
                    kolom: column,
                });
            }
        }
        Ok(definitie
            .velden
            .iter()
            .map(|veld| batch.column_by_name(&veld.naam).and_then(TextColumn::of))
            .collect())
    }
}

fn type_columns(
    app: &TabelState,
    raw: &[Option<TextColumn<'_>>],
    rows: usize,
) -> Result<Vec<Typed>, CheckError> {
    let columns = app.velden.iter().zip(raw);
    let typed = columns.map(|(veld, raw)| match raw {
        Some(raw) => veld.type_parser.type_column(*raw),
        None => Ok(Typed {
            array: veld.type_parser.empty(rows),
            invalid: None,
            empty: rows,
        }),
    });
    Ok(typed.collect::<Result<_, _>>()?)
}

/// Optional fields that are empty in every row of a table that has rows.
fn empty_fields(tabellen: &[TabelState], hits: &mut Hits) {
    for (t, tabel) in tabellen
        .iter()
        .enumerate()
        .filter(|(_, tabel)| tabel.rijen.is_some_and(|n| n > 0))
    {
        for (v, veld) in tabel
            .velden
            .iter()
            .enumerate()
            .filter(|(_, veld)| !veld.filled)
        {
            for &regel in &veld.empty {
                hits.in_cells(regel, t, v, 1);
                hits.add(regel, t, || Hit {
                    veld: Some(v),
                    ..Hit::default()
                });
            }
        }
    }
}

/// Tables that may be absent, and are.
fn absent_tables(definitie: &Definitie, rows: &[Option<u64>], hits: &mut Hits) {
    for (r, regel) in definitie
        .regels
        .iter()
        .enumerate()
        .filter(|(_, r)| matches!(r.soort, RegelKind::TabelAfwezig {}))
    {
        for (t, tabel) in definitie
            .tabellen
            .iter()
            .enumerate()
            .filter(|(t, _)| rows[*t].is_none())
        {
            let meant = regel
                .tabel
                .as_ref()
                .map_or(tabel.mag_ontbreken, |name| *name == tabel.naam);
            if meant {
                hits.add(r, t, Hit::default);
            }
        }
    }
}
