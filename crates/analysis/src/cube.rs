//! From the rows of one SQL statement to sums and counts per day in every gebied and category.
//!
//! Owns adding up: a row of the base cube counts in its gemeente, jeugdregio, provincie, grootteklasse and in
//! Nederland, and there in the total and in its code of each breakdown. Leaves formulas to [`crate::results`].
//!
//! A statement says by its columns what it gives: `gemeente` (or `niveau` and `gebied`) is the place, other text is a
//! breakdown, `dagen` and `intrede` are day axes, `kind` numbers what counts once per cell, other numbers are measures.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, DictionaryArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type};

use crate::AnalysisError;
use crate::area_tree::AreaTree;
use crate::statistics::DayCount;

/// The code lists a breakdown may hold, by column name.
pub type Codelijsten = HashMap<String, Vec<String>>;

/// Sums and counts per day of one statement.
#[derive(Debug)]
pub struct Cube {
    /// The breakdowns, with their codes.
    dimensions: Vec<Dimension>,
    /// Names of the measures.
    measures: Vec<String>,
    /// Number of categories: the total and every code of every breakdown.
    categorieen: usize,
    sums: Vec<i64>,
    series: Vec<Series>,
    /// Rows whose gemeente is in no indeling of the year; they count nowhere.
    pub not_placed: i64,
}

#[derive(Debug)]
struct Dimension {
    naam: String,
    codes: Vec<String>,
    /// Category number of its first code.
    van: usize,
}

/// Counts per day of one measure in one cell.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// Over `intrede`.
    pub days: DayCount,
    /// Over `entry`.
    pub entry: DayCount,
}

/// What a column is.
enum ColumnRole {
    Gemeente,
    Niveau,
    Gebied,
    Days,
    Entry,
    Kind,
    Dimension,
    Measure,
}

fn role(name: &str, kind: &DataType) -> ColumnRole {
    match name {
        "gemeente" => ColumnRole::Gemeente,
        "niveau" => ColumnRole::Niveau,
        "gebied" => ColumnRole::Gebied,
        "dagen" => ColumnRole::Days,
        "intrede" => ColumnRole::Entry,
        "kind" => ColumnRole::Kind,
        _ if kind.is_integer() => ColumnRole::Measure,
        _ => ColumnRole::Dimension,
    }
}

impl Cube {
    /// Adds up all rows of a statement of `groep`.
    ///
    /// # Errors
    /// When a column holds a code that its list does not have.
    pub fn new(
        group: &str,
        batches: &[RecordBatch],
        codelijsten: &Codelijsten,
        areas: &AreaTree,
    ) -> Result<Self, AnalysisError> {
        let mut cube = Self::empty(group, batches, codelijsten, areas)?;
        let mut children = Vec::new();
        for batch in batches {
            cube.add_batch(group, batch, areas, &mut children)?;
        }
        cube.add_distinct(children);
        for reeks in &mut cube.series {
            reeks.days.merge();
            reeks.entry.merge();
        }
        Ok(cube)
    }

    fn empty(
        group: &str,
        batches: &[RecordBatch],
        codelijsten: &Codelijsten,
        areas: &AreaTree,
    ) -> Result<Self, AnalysisError> {
        let mut cube = Self {
            dimensions: Vec::new(),
            measures: Vec::new(),
            categorieen: 1,
            sums: Vec::new(),
            series: Vec::new(),
            not_placed: 0,
        };
        let Some(first) = batches.first() else {
            return Ok(cube);
        };
        let mut with_days = false;
        for veld in first.schema().fields() {
            match role(veld.name(), veld.data_type()) {
                ColumnRole::Measure => cube.measures.push(veld.name().clone()),
                ColumnRole::Days => with_days = true,
                ColumnRole::Dimension => {
                    let codes = codelijsten.get(veld.name()).ok_or_else(|| {
                        AnalysisError::Pipeline(
                            group.to_owned(),
                            format!("column `{}` has no list of codes", veld.name()),
                        )
                    })?;
                    cube.dimensions.push(Dimension {
                        naam: veld.name().clone(),
                        codes: codes.clone(),
                        van: cube.categorieen,
                    });
                    cube.categorieen += codes.len();
                }
                _ => {}
            }
        }
        let cells = areas.gebieden.len() * cube.categorieen * cube.measures.len();
        cube.sums = vec![0; cells];
        if with_days {
            cube.series = vec![Series::default(); cells];
        }
        Ok(cube)
    }

    fn add_batch(
        &mut self,
        group: &str,
        batch: &RecordBatch,
        areas: &AreaTree,
        children: &mut Vec<ChildRow>,
    ) -> Result<(), AnalysisError> {
        let rows = BatchRows::new(group, self, batch, areas)?;
        let mut categorieen = Vec::with_capacity(1 + self.dimensions.len());
        for row in 0..batch.num_rows() {
            categorieen.clear();
            categorieen.push(0);
            categorieen.extend(rows.dimensions.iter().filter_map(|codes| codes[row]));
            let Some(places) = rows.places(row, areas) else {
                self.not_placed += rows
                    .measures
                    .first()
                    .map_or(0, |measure| measure.value(row));
                continue;
            };
            let kind = rows.kind.as_ref().map_or(0, |kind| kind.value(row));
            for &gebied in places {
                for &categorie in &categorieen {
                    let cell =
                        (gebied as usize * self.categorieen + categorie) * self.measures.len();
                    if kind > 0 {
                        children.push(ChildRow { kind, cel: cell });
                    } else {
                        self.add_cell(cell, row, &rows);
                    }
                }
            }
        }
        Ok(())
    }

    fn add_cell(&mut self, cell: usize, row: usize, rows: &BatchRows) {
        for (index, measure) in rows.measures.iter().enumerate() {
            let count = measure.value(row);
            if count == 0 {
                continue;
            }
            self.sums[cell + index] += count;
            if let Some(days) = &rows.days {
                let reeks = &mut self.series[cell + index];
                reeks.days.add(day(days.value(row)), count);
                if let Some(entry) = &rows.entry {
                    reeks.entry.add(day(entry.value(row)), count);
                }
            }
        }
    }

    /// Each `kind` counts once in a cell, however many rows put it there.
    fn add_distinct(&mut self, mut children: Vec<ChildRow>) {
        children.sort_unstable();
        children.dedup();
        for ChildRow { cel: cell, .. } in children {
            for index in 0..self.measures.len() {
                self.sums[cell + index] += 1;
            }
        }
    }

    /// The number of a measure of this name.
    pub fn measure(&self, name: &str) -> Option<usize> {
        self.measures.iter().position(|m| m == name)
    }

    /// Names of the measures.
    pub fn measures(&self) -> &[String] {
        &self.measures
    }

    /// Names of the breakdowns.
    pub fn dimensions(&self) -> impl Iterator<Item = &str> {
        self.dimensions.iter().map(|d| d.naam.as_str())
    }

    /// The number of a category; `totaal` is 0.
    pub fn categorie(&self, uitsplitsing: &str, code: &str) -> Option<usize> {
        if uitsplitsing == "totaal" {
            return Some(0);
        }
        let dimension = self.dimensions.iter().find(|d| d.naam == uitsplitsing)?;
        Some(dimension.van + dimension.codes.iter().position(|c| c == code)?)
    }

    /// The sum of a measure in a cell.
    pub fn sum(&self, measure: usize, gebied: u32, categorie: usize) -> i64 {
        self.sums
            .get(self.cell(measure, gebied, categorie))
            .copied()
            .unwrap_or(0)
    }

    /// The counts per day of a measure in a cell; `None` where the statement has no `dagen`.
    pub fn reeks(&self, measure: usize, gebied: u32, categorie: usize) -> Option<&Series> {
        self.series.get(self.cell(measure, gebied, categorie))
    }

    fn cell(&self, measure: usize, gebied: u32, categorie: usize) -> usize {
        (gebied as usize * self.categorieen + categorie) * self.measures.len() + measure
    }
}

/// One place where one child counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ChildRow {
    kind: i64,
    cel: usize,
}

fn day(days: i64) -> i32 {
    i32::try_from(days).expect("dates of a levering lie within a human life of each other")
}

/// The columns of one batch, ready to be walked over.
struct BatchRows {
    /// Per row the numbers of its gebieden, as an index into `AreaTree`; `None` = unknown.
    places: Vec<CubePlace>,
    dimensions: Vec<Vec<Option<usize>>>,
    measures: Vec<Int64Array>,
    days: Option<Int64Array>,
    entry: Option<Int64Array>,
    kind: Option<Int64Array>,
}

#[derive(Clone, Copy)]
enum CubePlace {
    Onbekend,
    /// Number of a gemeente: counts on every level.
    Gemeente(u32),
    /// Number of a gebied: counts there alone.
    Gebied(u32),
}

impl BatchRows {
    fn new(
        group: &str,
        cube: &Cube,
        batch: &RecordBatch,
        areas: &AreaTree,
    ) -> Result<Self, AnalysisError> {
        let column = |name: &str| batch.column_by_name(name);
        let number = |name: &str| column(name).map(|k| integers(k)).transpose();
        let mut dimensions = Vec::new();
        for dimension in &cube.dimensions {
            let array =
                column(&dimension.naam).ok_or_else(|| AnalysisError::Columns(group.to_owned()))?;
            let categorieen = lookup(array, |code| {
                Some(dimension.van + dimension.codes.iter().position(|c| c == code)?)
            })?;
            if (0..array.len()).any(|row| array.is_valid(row) && categorieen[row].is_none()) {
                return Err(AnalysisError::UnknownCode {
                    groep: group.to_owned(),
                    kolom: dimension.naam.clone(),
                });
            }
            dimensions.push(categorieen);
        }
        let mut measures = Vec::new();
        for measure in &cube.measures {
            let array = number(measure)?.ok_or_else(|| AnalysisError::Columns(group.to_owned()))?;
            measures.push(array);
        }
        let places = places(group, batch, areas)?;
        Ok(Self {
            places,
            dimensions,
            measures,
            days: number("dagen")?,
            entry: number("intrede")?,
            kind: number("kind")?,
        })
    }

    fn places<'a>(&'a self, row: usize, areas: &'a AreaTree) -> Option<&'a [u32]> {
        match &self.places[row] {
            CubePlace::Onbekend => None,
            CubePlace::Gemeente(index) => areas.of_number(*index),
            CubePlace::Gebied(index) => Some(std::slice::from_ref(index)),
        }
    }
}

fn places(
    group: &str,
    batch: &RecordBatch,
    areas: &AreaTree,
) -> Result<Vec<CubePlace>, AnalysisError> {
    if let Some(gemeenten) = batch.column_by_name("gemeente") {
        let numbers = lookup(gemeenten, |code| {
            areas.index(schema::Niveau::Gemeente, code)
        })?;
        return Ok(numbers
            .into_iter()
            .map(|n| n.map_or(CubePlace::Onbekend, CubePlace::Gemeente))
            .collect());
    }
    let column = |name: &str| {
        batch
            .column_by_name(name)
            .ok_or_else(|| AnalysisError::Columns(group.to_owned()))
    };
    let niveaus = cast(column("niveau")?, &DataType::Utf8)?;
    let gebieden = cast(column("gebied")?, &DataType::Utf8)?;
    let (niveaus, gebieden): (&StringArray, &StringArray) =
        (niveaus.as_string(), gebieden.as_string());
    let place = |(niveau, gebied): (Option<&str>, Option<&str>)| {
        niveau
            .and_then(schema::Niveau::parse)
            .zip(gebied)
            .and_then(|(niveau, gebied)| areas.index(niveau, gebied))
            .map_or(CubePlace::Onbekend, CubePlace::Gebied)
    };
    Ok(niveaus.iter().zip(gebieden.iter()).map(place).collect())
}

/// Looks each distinct text up once.
fn lookup<T: Copy>(
    array: &dyn Array,
    find: impl Fn(&str) -> Option<T>,
) -> Result<Vec<Option<T>>, AnalysisError> {
    let flat = if matches!(array.data_type(), DataType::Dictionary(_, _)) {
        array.slice(0, array.len())
    } else {
        cast(array, &DataType::Utf8)?
    };
    let dictionary = cast(
        &flat,
        &DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
    )?;
    let dictionary: &DictionaryArray<Int32Type> = dictionary.as_dictionary();
    let words: &StringArray = dictionary.values().as_string();
    let found: Vec<Option<T>> = words.iter().map(|word| word.and_then(&find)).collect();
    Ok(dictionary
        .keys()
        .iter()
        .map(|key| key.and_then(|s| found[s as usize]))
        .collect())
}

fn integers(array: &dyn Array) -> Result<Int64Array, AnalysisError> {
    let numbers = cast(array, &DataType::Int64)?;
    // A sum over nothing is NULL, and nothing counts as 0.
    let numbers: &Int64Array = numbers.as_primitive();
    Ok(numbers.iter().map(|g| Some(g.unwrap_or(0))).collect())
}
