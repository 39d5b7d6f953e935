//! Reading by a koppeling, or by the headers of the sjabloon.
//!
//! Owns the journey of a cell from a block of raw rows to a canonical batch, a table at a time. Leaves what is to be read to
//! `read_plan`, what there is to say of it to `reading_summary`.

pub(crate) mod ages;
pub(crate) mod batch_reader;
pub(crate) mod by_headers;
pub(crate) mod by_koppeling;
pub(crate) mod canonical_value;
pub(crate) mod code_column;
pub(crate) mod column;
pub(crate) mod own_words;
pub(crate) mod table;
