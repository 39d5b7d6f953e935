//! A grid of cells into canonical columns, by a koppeling that a person can read.
//!
//! Owns the first look at a file ([`survey`]), proposing a [`Koppeling`] ([`propose`]), and reading by it or by the
//! headers of the sjabloon ([`BatchReader`]): every column becomes a field, and what was assumed is said. Leaves opening files to
//! `sheets`, judging the canonical values to `check`. Knows nothing of any particular uitvraag but its definition.

mod balance;
mod cell_watch;
mod code_words;
mod conversation;
mod convert;
mod count_stock;
mod date_evidence;
mod dates;
mod definitie_changes;
mod everyday_words;
mod field_evidence;
mod gemeente;
mod header_likeness;
mod header_row;
mod incoming_counts;
pub mod koppeling;
mod last_years_koppeling;
mod leftovers;
mod normalise;
mod numbers;
mod odd_cells;
mod own_cells;
mod placement;
mod propose;
mod provenance;
mod qualifiers;
mod read_plan;
mod reading_summary;
mod row_filter;
mod sjabloon;
mod source_findings;
mod survey;
mod table_layout;
mod unfold_siblings;
mod units;
mod unused_cells;
mod weights;
mod wording;

pub use conversation::{AnswerChoice, Conversation, MappingAnswer, MappingQuestion, NextQuestion};
pub use convert::batch_reader::{Batch, BatchReader};
pub use koppeling::{Koppeling, KoppelingAanbieder, KoppelingError, TabelKoppeling};
pub use own_cells::tell_own_cells;
pub use propose::{ColumnProposal, OpenQuestion, Proposal, ValueProposal, propose};
pub use reading_summary::{SourceSummary, VALUE_QUESTION};
pub use survey::{ColumnSurvey, Survey, TabelSurvey, survey, survey_all};
