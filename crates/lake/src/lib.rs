//! The register, the raw pakketten and the Parquet files: the only code that touches storage.
//!
//! Owns one data directory: `register.sqlite` (the truth: which leveringen count), `raw/<levering>/…` as received,
//! `lake/<uitvraag>/<tabel>/jaar=<jaar>/<levering>.parquet`, `intern/…`,
//! `publicaties/<uitvraag>/<jaar>/<versie>/…`, and `ingepakt/…`: compressed copies of what is published, that may go. A file means nothing until the register names it, so a levering's
//! tables appear together or not at all. Every step of a levering is one transaction that only takes the steps
//! [`schema::Toestand`] allows, and in which the rules about state (`rules`) are asked. Leaves HTTP to `ingest`, judging to `check` and figures to `analysis`. Has no clock:
//! who does something and when comes in as a [`Stamp`].

mod aanbieder;
mod connections;
mod damage;
mod data_dir;
pub mod disk;
mod erase;
mod error;
mod expectation;
mod expire;
mod file_claim;
mod folder;
mod freeze;
mod frozen;
mod full_disk;
mod intern;
mod judge_attempts;
mod lake;
mod levering;
mod levering_id;
mod lock_files;
mod log;
mod momentopname;
mod nulopgave;
mod older_register;
mod open_levering;
mod own_figures;
mod parquet_tabel;
mod paths;
mod protection_rule;
mod publicatie;
mod published_cache;
mod published_file;
mod quarantine;
mod quarantine_put_back;
mod read_levering;
mod record_oordeel;
mod recovery;
mod refusal;
mod register_columns;
mod register_facts;
mod replacement;
mod respons;
mod rules;
mod sign;
mod stamp;
mod start_check;
mod start_refusal;
mod sweep;
mod toelichtingen;
mod token;
mod transitions;
mod uitstel;
mod upload;
mod withdraw;
mod wording;

pub use aanbieder::Aanbieder;
pub use damage::Thoroughness;
pub use error::LakeError;
pub use expectation::{Expectancy, Expectation};
pub use full_disk::is_full;
pub use judge_attempts::ATTEMPTS;
pub use lake::{Access, Lake};
pub use levering::{
    FileState, Levering, LeveringFilter, LogEntry, NewLevering, Nulopgave, Opening, Signatory,
    Signing, open_signalen,
};
pub use levering_id::LeveringId;
pub use momentopname::{MomentLevering, Momentopname};
pub use parquet_tabel::{PROVENANCE_COLUMNS, TabelFile, TabelWriter, lake_schema};
pub use paths::write_private;
pub use protection_rule::ProtectionRule;
pub use publicatie::{NewPublicatie, Publicatie, sha256sums};
pub use published_file::{Coding, PublishedFile};
pub use record_oordeel::JudgedLevering;
pub use recovery::RecoverySummary;
pub use refusal::{Loss, Refusal, RowChange};
pub use respons::{Outcome, Respons, ResponsRegel};
pub use rules::RuleAnswer;
pub use stamp::{Stamp, Time};
pub use start_refusal::StartRefusal;
pub use token::{Holder, ReceiptKey, Secret, TokenRegel, TokenRole};
pub use upload::{Upload, UploadProgress};
