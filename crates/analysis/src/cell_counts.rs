//! Every exact count of a run, and other tables of counts that would have been published alike.
//!
//! Owns both files, which stay in `intern/`: of the counts `maat`, `gebied`, `uitsplitsing`, `categorie` and `aantal`, where that
//! is not 0; of the tables how many more a cell has than in the one before. Leaves what is proven with them to `disclosure`.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, Int64Builder, RecordBatch, StringArray, StringDictionaryBuilder,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type, Int64Type};
use disclosure::audit::CellCount;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::AnalysisError;
use crate::cell_measures::CellMeasures;
use crate::cijfers::batch_to_parquet;
use crate::gebied_tree::AreaTree;

const TEXTS: [&str; 4] = ["maat", "gebied", "uitsplitsing", "categorie"];
const COUNT: &str = "aantal";

/// The exact counts of every measure that counts records.
#[derive(Debug, Clone, PartialEq)]
pub struct CellCounts {
    batch: RecordBatch,
}

/// The columns of cells while they are gathered.
#[derive(Default)]
struct CellColumns {
    texts: [StringDictionaryBuilder<Int32Type>; 4],
    counts: Int64Builder,
}

impl CellColumns {
    fn push(&mut self, cell: &CellCount<'_>) {
        let names = [cell.measure, cell.gebied, cell.uitsplitsing, cell.categorie];
        for (builder, name) in self.texts.iter_mut().zip(names) {
            builder.append_value(name);
        }
        self.counts.append_value(cell.count);
    }

    fn finish(mut self, count: &'static str) -> Vec<(&'static str, ArrayRef)> {
        let texts = self.texts.iter_mut();
        let texts = texts.map(|text| Arc::new(text.finish()) as ArrayRef);
        let counts: ArrayRef = Arc::new(self.counts.finish());
        TEXTS
            .into_iter()
            .zip(texts)
            .chain([(count, counts)])
            .collect()
    }
}

/// Tables of counts that would have been published alike, as they are found: the counts in which each is not the one before.
#[derive(Default)]
pub struct CertificateTables {
    tables: Int64Builder,
    found: i64,
    cells: CellColumns,
}

impl CertificateTables {
    /// One more table, by its differences.
    pub fn push(&mut self, differences: &[CellCount<'_>]) {
        self.found += 1;
        for cell in differences {
            self.tables.append_value(self.found);
            self.cells.push(cell);
        }
    }

    /// As the bytes of a Parquet file: `tabel` (its number), the cell, and `meer` (how many more than in the
    /// table before, in the first than in truth).
    ///
    /// # Errors
    /// When Parquet refuses, which it has no reason to.
    pub fn to_parquet(mut self) -> Result<Vec<u8>, AnalysisError> {
        let tables: ArrayRef = Arc::new(self.tables.finish());
        let columns = [("tabel", tables)].into_iter();
        let columns = columns.chain(self.cells.finish("meer"));
        batch_to_parquet(&RecordBatch::try_from_iter(columns)?)
    }
}

impl CellCounts {
    /// What stands in these sums, in every gebied of the tree.
    pub(crate) fn of<'a>(
        groups: impl IntoIterator<Item = &'a CellMeasures>,
        areas: &AreaTree,
    ) -> Self {
        let mut cells = CellColumns::default();
        for measures in groups {
            measures.each_count(areas, |cell| cells.push(&cell));
        }
        let batch = RecordBatch::try_from_iter(cells.finish(COUNT))
            .expect("a count has a value in every column");
        Self { batch }
    }

    /// As the bytes of a Parquet file.
    ///
    /// # Errors
    /// When Parquet refuses, which it has no reason to.
    pub fn to_parquet(&self) -> Result<Vec<u8>, AnalysisError> {
        batch_to_parquet(&self.batch)
    }

    /// Reads what [`Self::to_parquet`] wrote.
    ///
    /// # Errors
    /// When it is no such file.
    pub fn from_parquet(bytes: Vec<u8>) -> Result<Self, AnalysisError> {
        let reader = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(bytes))?;
        let schema = Arc::clone(reader.schema());
        let batches = reader.build()?.collect::<Result<Vec<_>, _>>()?;
        let batch = arrow::compute::concat_batches(&schema, &batches)?;
        let missing = || AnalysisError::Columns("telling".to_owned());
        let text = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let kinds = TEXTS.map(|name| (name, &text));
        let columns = kinds.into_iter().chain([(COUNT, &DataType::Int64)]);
        let columns = columns.map(|(name, kind)| {
            let array = batch.column_by_name(name).ok_or_else(missing)?;
            Ok::<_, AnalysisError>((name, cast(array, kind)?))
        });
        Ok(Self {
            batch: RecordBatch::try_from_iter(columns.collect::<Result<Vec<_>, _>>()?)?,
        })
    }

    /// The counts, one by one.
    pub fn rows(&self) -> Vec<CellCount<'_>> {
        let text = |column: usize| {
            let dictionary = self.batch.column(column).as_dictionary::<Int32Type>();
            let words: &StringArray = dictionary.values().as_string();
            dictionary
                .keys()
                .values()
                .iter()
                .map(|&key| words.value(key as usize))
        };
        let counts = self.batch.column(4).as_primitive::<Int64Type>();
        text(0)
            .zip(text(1))
            .zip(text(2).zip(text(3)))
            .zip(counts.values())
            .map(
                |(((measure, gebied), (uitsplitsing, categorie)), &count)| CellCount {
                    measure,
                    gebied,
                    uitsplitsing,
                    categorie,
                    count,
                },
            )
            .collect()
    }
}
