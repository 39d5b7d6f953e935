//! A grid of cells into canonical columns, by a koppeling that a person can read.
//!
//! Owns the first look at a file ([`survey`]), proposing a [`Koppeling`] ([`propose`]), and reading by it or by the
//! headers of the sjabloon ([`BatchReader`]): every column becomes a field, and what was assumed is said. Leaves opening files to
//! `sheets`, judging the canonical values to `check`. Knows nothing of any particular uitvraag but its definition.

mod balance;
mod carry_over;
mod cell_watch;
mod changes;
mod code_words;
mod conversation;
mod convert;
mod date_evidence;
mod dates;
mod everyday_words;
mod evidence;
mod findings;
mod gemeente;
mod headers;
mod incoming;
pub mod koppeling;
mod layout;
mod leftovers;
mod normalise;
mod numbers;
mod odd_cells;
mod own_cells;
mod placement;
mod plan;
mod propose;
mod provenance;
mod qualifiers;
mod row_filter;
mod stock;
mod summary;
mod survey;
mod template;
mod unfold;
mod units;
mod unused_cells;
mod weights;
mod wording;

pub use conversation::{AnswerChoice, Conversation, MappingAnswer, MappingQuestion, NextQuestion};
pub use convert::reader::{Batch, BatchReader};
pub use koppeling::{Koppeling, KoppelingAanbieder, KoppelingError, TabelKoppeling};
pub use own_cells::tell_own_cells;
pub use propose::{ColumnProposal, OpenQuestion, Proposal, ValueProposal, propose};
pub use summary::{SourceSummary, VALUE_QUESTION};
pub use survey::{ColumnSurvey, Survey, TabelSurvey, survey, survey_all};
