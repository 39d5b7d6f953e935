//! Bytes of text into records, and the codes of what is refused.
//!
//! Owns the encoding of a text, its dialect, dividing it into blocks of rows with their numbers, and the refusals of a
//! whole file ([`FileRefusal`], [`RefusalCode`]). Owns the judgement whether something is a BSN too ([`bsn`]): every crate
//! that looks at text needs it. Leaves workbooks and JSON to `sheets`, what travels to `pakket`.

pub mod bsn;
pub mod csv_dialect;
pub mod csv_quoted_lines;
pub mod csv_records;
pub mod encoding;
pub mod invisible_characters;
mod refusal;
mod refusal_codes;
pub mod row_block;
mod wording;

pub use refusal::FileRefusal;
pub use refusal_codes::RefusalCode;
