//! A file of any kind into grids of cells with their places; and back: the own workbook annotated.
//!
//! Owns opening what an aanbieder has ([`SourceFile`]: CSV, XLSX, ODS, JSON, the rows of a query) within bounds, and reading
//! it in blocks of rows ([`open_file`]). Back to the aanbieder goes [`annotate`]: the same file with every finding in its
//! place. Leaves text to `rows`, and what the cells mean to `mapping`.

pub mod annotate;
mod block;
mod cell;
mod cell_name;
mod file;
pub mod grid;
mod held;
mod json;
mod marker;
pub mod oddities;
pub mod open_file;
mod package;
mod presumed;
mod program_numbers;
mod query;
mod read_sheets;
mod remark;
mod wording;
mod workbook;
mod xml;
mod zip_scan;

pub use block::{Block, BlockWriter, RowTaker};
pub use cell::Cell;
pub use file::{ByteSource, SourceFile, refuse_doubles};
pub use marker::Marker;
pub use program_numbers::is_power;
pub use query::{QueryRows, QueryWriter};
pub use remark::Opmerking;
pub use workbook::from_serial;
