//! From the rows of one SQL statement to counts, sums and counts per day in every gebied and category.
//!
//! Owns adding up: a row counts in its gemeente and in every gebied around it, and in the place of its aanbieder, and there
//! in the total and in its code of each breakdown. Beside every count it keeps which records it is made of, as the sum of their keys, and from which
//! aanbieders. Leaves formulas to [`crate::formulas`] and rounding to `disclosure`.
//!
//! A statement says by its columns what it gives: `gemeente` (or `niveau` and `gebied`) is the place, `aanbieder` whose
//! the records are, other text is a breakdown. A truth value is a measure that counts the `aantal` records of its rows,
//! whose keys add up to `sleutel`; other numbers are measures that add up. `dagen` and `intrede` are day axes, and
//! `kind` numbers what counts once per cell.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Schema};
use disclosure::RecordSet;
use disclosure::rules::Contributions;
use foldhash::fast::FixedState;

use crate::AnalysisError;
use crate::gebied_tree::AreaTree;
use crate::statistics::DayCount;
use schema::Cijfer;

/// The code lists a breakdown may hold, by column name.
pub type Codelijsten = HashMap<String, Vec<String>>;

/// Counts, sums and counts per day of one statement.
#[derive(Debug, Clone)]
pub struct Cube {
    /// The breakdowns, with their codes.
    dimensions: Vec<Dimension>,
    measures: Vec<Measure>,
    /// Number of categories: the total and every code of every breakdown.
    categorieen: usize,
    cells: Vec<RecordSet>,
    series: Vec<Series>,
    /// What each aanbieder brought to a cell, in order of both: of sums everywhere, of counts in the totals.
    parts: Vec<((usize, u32), RecordSet)>,
    /// The aanbieders by the order in which they were met.
    aanbieders: HashMap<String, u32>,
    /// Records whose gemeente is in no indeling of the year; they count nowhere.
    pub not_placed: i64,
}

#[derive(Debug, Clone)]
struct Dimension {
    naam: String,
    codes: Vec<String>,
    /// Category number of its first code.
    van: usize,
}

/// What is counted or summed.
#[derive(Debug, Clone)]
struct Measure {
    name: String,
    /// Whether it counts records; otherwise it adds up a number of theirs.
    counts: bool,
}

/// Counts per day of one measure in one cell.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// Over `dagen`.
    pub days: DayCount,
    /// Over `intrede`.
    pub entry: DayCount,
}

/// What the aanbieders brought, while it is added up: by cell and aanbieder.
type PartSums = HashMap<(usize, u32), RecordSet, FixedState>;

/// What a column is.
#[derive(PartialEq, Eq)]
enum ColumnRole {
    Gemeente,
    Niveau,
    Gebied,
    Aanbieder,
    Records,
    Keys,
    Days,
    Entry,
    Kind,
    Dimension,
    Count,
    Sum,
}

fn role(name: &str, kind: &DataType) -> ColumnRole {
    match name {
        "gemeente" => ColumnRole::Gemeente,
        "niveau" => ColumnRole::Niveau,
        "gebied" => ColumnRole::Gebied,
        "aanbieder" => ColumnRole::Aanbieder,
        "aantal" => ColumnRole::Records,
        "sleutel" => ColumnRole::Keys,
        "dagen" => ColumnRole::Days,
        "intrede" => ColumnRole::Entry,
        "kind" => ColumnRole::Kind,
        _ if *kind == DataType::Boolean => ColumnRole::Count,
        _ if kind.is_integer() => ColumnRole::Sum,
        _ => ColumnRole::Dimension,
    }
}

/// A cube while the rows of its statement come in.
#[derive(Debug, Clone)]
pub struct CubeSums {
    group: String,
    areas: Arc<AreaTree>,
    cube: Cube,
    parts: PartSums,
    children: Vec<ChildRow>,
    /// Whether rows are of a gemeente, and so count in every gebied around it; what is given per gebied counts there alone.
    by_gemeente: bool,
}

impl CubeSums {
    /// Before any row of a statement of `group` that gives these columns.
    ///
    /// # Errors
    /// When a breakdown has no list of codes, or a column that counts records lacks what it needs.
    pub fn new(
        group: &str,
        schema: &Schema,
        codelijsten: &Codelijsten,
        areas: &Arc<AreaTree>,
    ) -> Result<Self, AnalysisError> {
        Ok(Self {
            group: group.to_owned(),
            areas: Arc::clone(areas),
            cube: Cube::empty(group, schema, codelijsten, areas)?,
            parts: PartSums::default(),
            children: Vec::new(),
            by_gemeente: schema.column_with_name("gemeente").is_some(),
        })
    }

    /// Adds up these rows.
    ///
    /// # Errors
    /// When a column holds a code that its list does not have.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<(), AnalysisError> {
        let Self {
            group,
            areas,
            cube,
            parts,
            children,
            ..
        } = self;
        cube.add_batch(group, batch, areas, parts, children)
    }

    /// Together with other rows of the same statement.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        let cube = &mut self.cube;
        // Each numbered the aanbieders as it met them.
        let mut numbers = vec![0; other.cube.aanbieders.len()];
        for (kvk, number) in other.cube.aanbieders {
            numbers[number as usize] = cube.number_of(&kvk);
        }
        for (own, set) in cube.cells.iter_mut().zip(other.cube.cells) {
            own.add(set);
        }
        for (own, series) in cube.series.iter_mut().zip(other.cube.series) {
            own.days.add_all(&series.days);
            own.entry.add_all(&series.entry);
        }
        for ((cell, aanbieder), set) in other.parts {
            let place = (cell, numbers[aanbieder as usize]);
            self.parts.entry(place).or_default().add(set);
        }
        self.children
            .extend(other.children.into_iter().map(|child| ChildRow {
                aanbieder: child.aanbieder.map(|number| numbers[number as usize]),
                ..child
            }));
        cube.not_placed += other.cube.not_placed;
        self
    }

    /// All rows are in: what they make of every gebied.
    pub fn finish(self) -> Cube {
        let Self {
            mut cube,
            mut parts,
            ..
        } = self;
        if self.by_gemeente {
            cube.roll_up(&self.areas, &mut parts);
        }
        cube.add_distinct(self.children, &mut parts);
        cube.parts = parts.into_iter().collect();
        cube.parts.sort_unstable_by_key(|&(place, _)| place);
        for series in &mut cube.series {
            series.days.finish();
            series.entry.finish();
        }
        cube
    }
}

impl Cube {
    fn empty(
        group: &str,
        schema: &Schema,
        codelijsten: &Codelijsten,
        areas: &AreaTree,
    ) -> Result<Self, AnalysisError> {
        let mut cube = Self {
            dimensions: Vec::new(),
            measures: Vec::new(),
            categorieen: 1,
            cells: Vec::new(),
            series: Vec::new(),
            parts: Vec::new(),
            aanbieders: HashMap::new(),
            not_placed: 0,
        };
        let invalid = |reason: String| AnalysisError::Pipeline(group.to_owned(), reason);
        let has = |wanted: ColumnRole| {
            let mut velden = schema.fields().iter();
            velden.any(|veld| role(veld.name(), veld.data_type()) == wanted)
        };
        for veld in schema.fields() {
            let name = veld.name().clone();
            match role(&name, veld.data_type()) {
                ColumnRole::Count => cube.measures.push(Measure { name, counts: true }),
                ColumnRole::Sum => cube.measures.push(Measure {
                    name,
                    counts: false,
                }),
                ColumnRole::Dimension => {
                    let codes = codelijsten
                        .get(&name)
                        .ok_or_else(|| invalid(format!("column `{name}` has no list of codes")))?;
                    cube.dimensions.push(Dimension {
                        naam: name,
                        codes: codes.clone(),
                        van: cube.categorieen,
                    });
                    cube.categorieen += codes.len();
                }
                _ => {}
            }
        }
        let complete =
            has(ColumnRole::Records) && has(ColumnRole::Keys) && has(ColumnRole::Aanbieder);
        if let Some(measure) = cube.measures.iter().find(|m| m.counts && !complete) {
            return Err(invalid(format!(
                "`{}` counts records, so its statement needs `aanbieder`, `aantal` and `sleutel`",
                measure.name
            )));
        }
        let cells = areas.places() * cube.categorieen * cube.measures.len();
        cube.cells = vec![RecordSet::default(); cells];
        if has(ColumnRole::Days) {
            cube.series = vec![Series::default(); cells];
        }
        Ok(cube)
    }

    fn add_batch(
        &mut self,
        group: &str,
        batch: &RecordBatch,
        areas: &AreaTree,
        parts: &mut PartSums,
        children: &mut Vec<ChildRow>,
    ) -> Result<(), AnalysisError> {
        let rows = BatchRows::new(group, self, batch, areas)?;
        let mut categorieen = Vec::with_capacity(1 + self.dimensions.len());
        let mut sets = Vec::with_capacity(self.measures.len());
        for row in 0..batch.num_rows() {
            categorieen.clear();
            categorieen.push(0);
            categorieen.extend(rows.dimensions.iter().filter_map(|codes| codes[row]));
            let kind = rows.kind.as_ref().map_or(0, |kind| kind.value(row));
            // What counts once per cell can't be added up from gemeenten; the rest waits for `roll_up`.
            let places = match rows.places[row] {
                CubePlace::Onbekend => {
                    self.not_placed += rows.records.as_ref().map_or(1, |r| r.value(row));
                    continue;
                }
                CubePlace::Gemeente(ref index) if kind > 0 => {
                    areas.of_number(*index).unwrap_or_default()
                }
                CubePlace::Gemeente(ref index) | CubePlace::Gebied(ref index) => {
                    std::slice::from_ref(index)
                }
            };
            let own = rows.own_place(row);
            sets.clear();
            sets.extend(rows.sets(row));
            for &gebied in places.iter().chain(&own) {
                for &categorie in &categorieen {
                    let cell = self.cell(0, gebied, categorie);
                    if kind > 0 {
                        children.push(ChildRow {
                            kind,
                            cell,
                            keys: rows.keys(row),
                            aanbieder: rows.aanbieder(row).filter(|_| categorie == 0),
                        });
                    } else {
                        let in_total = categorie == 0;
                        let parts = (own != Some(gebied)).then_some(&mut *parts);
                        self.add_cell(cell, in_total, parts, row, &rows, &sets);
                    }
                }
            }
        }
        Ok(())
    }

    /// `parts`: where others may count in the cell too.
    fn add_cell(
        &mut self,
        cell: usize,
        in_total: bool,
        mut parts: Option<&mut PartSums>,
        row: usize,
        rows: &BatchRows,
        sets: &[(usize, RecordSet)],
    ) {
        for &(index, set) in sets {
            let cell = cell + index;
            self.cells[cell].add(set);
            if (in_total || !self.measures[index].counts)
                && let Some(parts) = &mut parts
                && let Some(aanbieder) = rows.aanbieder(row)
            {
                parts.entry((cell, aanbieder)).or_default().add(set);
            }
            if let Some(days) = &rows.days {
                let reeks = &mut self.series[cell];
                reeks.days.add(day(days.value(row)), set.count);
                if let Some(entry) = &rows.entry {
                    reeks.entry.add(day(entry.value(row)), set.count);
                }
            }
        }
    }

    /// What stands in the gemeenten, in every gebied around them.
    fn roll_up(&mut self, areas: &AreaTree, parts: &mut PartSums) {
        let width = self.categorieen * self.measures.len();
        for (gemeente, around) in areas.around_gemeenten() {
            let from = gemeente as usize * width;
            for cell in from..from + width {
                let set = self.cells[cell];
                let mut series = self.series.get_mut(cell).map(std::mem::take);
                if let Some(own) = &mut series {
                    own.days.finish();
                    own.entry.finish();
                }
                for gebied in around.iter().copied().filter(|&gebied| gebied != gemeente) {
                    let target = gebied as usize * width + cell - from;
                    self.cells[target].add(set);
                    if let Some(own) = &series {
                        self.series[target].days.add_all(&own.days);
                        self.series[target].entry.add_all(&own.entry);
                    }
                }
                if let Some(own) = series {
                    self.series[cell] = own;
                }
            }
        }
        let of_gemeenten: Vec<_> = parts.iter().map(|(&place, &set)| (place, set)).collect();
        for ((cell, aanbieder), set) in of_gemeenten {
            let gemeente = u32::try_from(cell / width).expect("gebieden are numbered in 32 bits");
            let around = areas.of_number(gemeente).unwrap_or_default();
            for gebied in around.iter().copied().filter(|&gebied| gebied != gemeente) {
                let target = gebied as usize * width + cell % width;
                parts.entry((target, aanbieder)).or_default().add(set);
            }
        }
    }

    /// Each `kind` counts once in a cell, however many rows put it there.
    fn add_distinct(&mut self, mut children: Vec<ChildRow>, parts: &mut PartSums) {
        children.sort_unstable();
        children.dedup_by_key(|child| (child.kind, child.cell));
        for child in children {
            let set = RecordSet {
                count: 1,
                keys: child.keys,
            };
            for cell in child.cell..child.cell + self.measures.len() {
                self.cells[cell].add(set);
                if let Some(aanbieder) = child.aanbieder {
                    parts.entry((cell, aanbieder)).or_default().add(set);
                }
            }
        }
    }

    /// The number of an aanbieder, a new one where it was not met before.
    fn number_of(&mut self, kvk: &str) -> u32 {
        if let Some(&known) = self.aanbieders.get(kvk) {
            return known;
        }
        let next = u32::try_from(self.aanbieders.len()).expect("there are fewer than 4 billion");
        self.aanbieders.insert(kvk.to_owned(), next);
        next
    }

    /// Names of the measures.
    pub fn measures(&self) -> impl ExactSizeIterator<Item = &str> {
        self.measures.iter().map(|measure| measure.name.as_str())
    }

    /// Whether a measure counts records, so that it is rounded before it leaves.
    pub fn counts_records(&self, measure: usize) -> bool {
        self.measures[measure].counts
    }

    /// Names of the breakdowns.
    pub fn dimensions(&self) -> impl Iterator<Item = &str> {
        self.dimensions.iter().map(|d| d.naam.as_str())
    }

    /// The number of a category; `totaal` is 0.
    pub fn categorie(&self, uitsplitsing: &str, code: &str) -> Option<usize> {
        if uitsplitsing == Cijfer::TOTAL {
            return Some(0);
        }
        let dimension = self.dimensions.iter().find(|d| d.naam == uitsplitsing)?;
        Some(dimension.van + dimension.codes.iter().position(|c| c == code)?)
    }

    /// The numbers of the categories of a breakdown, in the order of its codes.
    pub fn categorieen(&self, uitsplitsing: &str) -> Option<std::ops::Range<usize>> {
        let dimension = self.dimensions.iter().find(|d| d.naam == uitsplitsing)?;
        Some(dimension.van..dimension.van + dimension.codes.len())
    }

    /// Breakdown and code of every category, in order of their numbers.
    pub fn category_names(&self) -> impl Iterator<Item = (&str, &str)> {
        let codes = self.dimensions.iter().flat_map(|dimension| {
            let codes = dimension.codes.iter();
            codes.map(|code| (dimension.naam.as_str(), code.as_str()))
        });
        [(Cijfer::TOTAL, Cijfer::TOTAL)].into_iter().chain(codes)
    }

    /// The records that a measure counts in a cell; of a sum, the sum as their count.
    pub fn records(&self, measure: usize, gebied: u32, categorie: usize) -> RecordSet {
        let cell = self.cell(measure, gebied, categorie);
        self.cells.get(cell).copied().unwrap_or_default()
    }

    /// The counts per day of a measure in a cell; `None` where the statement has no `dagen`.
    pub fn reeks(&self, measure: usize, gebied: u32, categorie: usize) -> Option<&Series> {
        self.series.get(self.cell(measure, gebied, categorie))
    }

    /// What the aanbieders brought to a sum, or to the count of a whole gebied.
    pub fn contributions(&self, measure: usize, gebied: u32, categorie: usize) -> Contributions {
        let parts = self.parts_of(self.cell(measure, gebied, categorie)).iter();
        Contributions::of(parts.map(|(_, part)| part.count as f64))
    }

    /// The records of a measure in a whole gebied, per aanbieder, by KvK number.
    pub fn parts(&self, measure: usize, gebied: u32) -> Vec<(&str, RecordSet)> {
        let parts = self.parts_of(self.cell(measure, gebied, 0));
        if parts.is_empty() {
            return Vec::new();
        }
        let of = |number: u32| parts.iter().find(|((_, other), _)| *other == number);
        let mut found: Vec<(&str, RecordSet)> = self
            .aanbieders
            .iter()
            .filter_map(|(kvk, &number)| Some((kvk.as_str(), of(number)?.1)))
            .collect();
        found.sort_unstable_by_key(|(kvk, _)| *kvk);
        found
    }

    fn parts_of(&self, cell: usize) -> &[((usize, u32), RecordSet)] {
        let from = self.parts.partition_point(|((other, _), _)| *other < cell);
        let rest = &self.parts[from..];
        &rest[..rest.partition_point(|((other, _), _)| *other == cell)]
    }

    fn cell(&self, measure: usize, gebied: u32, categorie: usize) -> usize {
        (gebied as usize * self.categorieen + categorie) * self.measures.len() + measure
    }
}

/// One place where one child counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct ChildRow {
    kind: i64,
    cell: usize,
    keys: u64,
    /// Whose child it is, in the total.
    aanbieder: Option<u32>,
}

fn day(days: i64) -> i32 {
    i32::try_from(days).expect("dates of a levering lie within a human life of each other")
}

/// The columns of one batch, ready to be walked over.
struct BatchRows {
    /// Per row the numbers of its gebieden, as an index into `AreaTree`; `None` = unknown.
    places: Vec<CubePlace>,
    dimensions: Vec<Vec<Option<usize>>>,
    measures: Vec<MeasureColumn>,
    records: Option<Int64Array>,
    keys: Option<Int64Array>,
    aanbieders: Option<Vec<Option<RowAanbieder>>>,
    days: Option<Int64Array>,
    entry: Option<Int64Array>,
    kind: Option<Int64Array>,
}

/// Whose a row is.
#[derive(Clone, Copy)]
struct RowAanbieder {
    /// Its number in the cube.
    number: u32,
    /// The place where only its rows count.
    place: Option<u32>,
}

/// The cells of a measure in one batch.
enum MeasureColumn {
    Count(BooleanArray),
    Sum(Int64Array),
}

#[derive(Clone, Copy)]
enum CubePlace {
    Onbekend,
    /// Number of a gemeente: counts in every gebied around it.
    Gemeente(u32),
    /// Number of a gebied: counts there alone.
    Gebied(u32),
}

impl BatchRows {
    fn new(
        group: &str,
        cube: &mut Cube,
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
            let missing = || AnalysisError::Columns(group.to_owned());
            measures.push(if measure.counts {
                let array = column(&measure.name).ok_or_else(missing)?;
                MeasureColumn::Count(array.as_boolean().clone())
            } else {
                MeasureColumn::Sum(number(&measure.name)?.ok_or_else(missing)?)
            });
        }
        let by_gemeente = column("gemeente").is_some();
        let mut aanbieder_of = |kvk: &str| {
            let place = areas.aanbieders().get(kvk).copied();
            Some(RowAanbieder {
                number: cube.number_of(kvk),
                // What is given per gebied is about all who work there.
                place: place.filter(|_| by_gemeente),
            })
        };
        let aanbieders = column("aanbieder")
            .map(|array| lookup(array, &mut aanbieder_of))
            .transpose()?;
        Ok(Self {
            places: places(group, batch, areas)?,
            dimensions,
            measures,
            records: number("aantal")?,
            keys: number("sleutel")?,
            aanbieders,
            days: number("dagen")?,
            entry: number("intrede")?,
            kind: number("kind")?,
        })
    }

    /// The measures in which a row counts, with what it brings to them.
    fn sets(&self, row: usize) -> impl Iterator<Item = (usize, RecordSet)> {
        let records = self.records.as_ref().map_or(0, |r| r.value(row));
        let keys = self.keys(row);
        let sets = self.measures.iter().map(move |column| match column {
            MeasureColumn::Count(holds) if holds.is_valid(row) && holds.value(row) => RecordSet {
                count: records,
                keys,
            },
            MeasureColumn::Count(_) => RecordSet::default(),
            MeasureColumn::Sum(numbers) => RecordSet {
                count: numbers.value(row),
                keys: 0,
            },
        });
        sets.enumerate().filter(|(_, set)| set.count != 0)
    }

    /// The number of the aanbieder of a row.
    fn aanbieder(&self, row: usize) -> Option<u32> {
        Some(self.aanbieders.as_ref()?[row]?.number)
    }

    /// The place where only the rows of its aanbieder count.
    fn own_place(&self, row: usize) -> Option<u32> {
        self.aanbieders.as_ref()?[row]?.place
    }

    /// The sum of the keys of a row's records.
    fn keys(&self, row: usize) -> u64 {
        self.keys
            .as_ref()
            .map_or(0, |keys| keys.value(row).cast_unsigned())
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
    mut find: impl FnMut(&str) -> Option<T>,
) -> Result<Vec<Option<T>>, AnalysisError> {
    let texts = cast(array, &DataType::Utf8View)?;
    let mut found: HashMap<&str, Option<T>, FixedState> = HashMap::default();
    let texts = texts.as_string_view().iter();
    let found = texts.map(|text| {
        let text = text?;
        *found.entry(text).or_insert_with(|| find(text))
    });
    Ok(found.collect())
}

fn integers(array: &dyn Array) -> Result<Int64Array, AnalysisError> {
    let numbers = cast(array, &DataType::Int64)?;
    // A sum over nothing is NULL, and nothing counts as 0.
    let numbers: &Int64Array = numbers.as_primitive();
    Ok(numbers.iter().map(|g| Some(g.unwrap_or(0))).collect())
}
