//! Bytes of text into records, and the codes of what is refused.
//!
//! Owns the encoding of a text, its dialect, dividing it into blocks of rows with their numbers, and the refusals of a
//! whole file ([`FileRefusal`], [`RefusalCode`]). Owns the judgement whether something is a BSN too ([`bsn`]): every crate
//! that looks at text needs it. Leaves workbooks and JSON to `sheets`, what travels to `pakket`.

pub mod bsn;
pub mod characters;
mod codes;
pub mod dialect;
pub mod encoding;
pub mod records;
mod refusal;
pub mod row_block;
pub mod unwrap;
mod wording;

pub use codes::RefusalCode;
pub use refusal::FileRefusal;
