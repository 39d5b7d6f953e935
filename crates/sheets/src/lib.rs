//! A file of any kind into grids of cells with their places; and back: the own workbook annotated.
//!
//! Owns opening what an aanbieder has ([`SourceFile`]: CSV, XLSX, ODS, JSON, the rows of a query) within bounds, and reading
//! it in blocks of rows ([`open_file`]). Back to the aanbieder goes [`annotate`]: the same file with every finding in its
//! place. Leaves text to `rows`, and what the cells mean to `mapping`.

pub mod annotate;
mod cell;
mod cell_block;
mod cell_name;
pub mod grid;
mod held_file;
mod json;
mod kept_sheets;
pub mod oddities;
pub mod open_file;
mod presumed_encoding;
mod program_numbers;
mod query_rows;
mod remark;
mod sjabloon_mark;
mod source_file;
mod wording;
mod workbook;
mod xml;
mod zip_package;
mod zip_scan;

pub use cell::Cell;
pub use cell_block::{Block, BlockWriter, RowTaker};
pub use program_numbers::is_power;
pub use query_rows::{QueryRows, QueryWriter};
pub use remark::Opmerking;
pub use sjabloon_mark::Marker;
pub use source_file::{ByteSource, SourceFile, refuse_doubles};
pub use workbook::from_serial;
