//! The register, the raw pakketten and the Parquet files: the only code that touches storage.
//!
//! Owns one data directory: `register.sqlite` (the truth: which leveringen count), `raw/<levering>/…` as received,
//! `lake/<uitvraag>/<tabel>/jaar=<jaar>/<levering>.parquet`, `intern/…`,
//! `publicaties/<uitvraag>/<jaar>/<versie>/…`, and `ingepakt/…`: compressed copies of what is published, that may go. A file means nothing until the register names it, so a levering's
//! tables appear together or not at all. Every step of a levering is one transaction that only takes the steps
//! [`schema::Toestand`] allows, and in which the rules about state (`rules`) are asked. Leaves HTTP to `ingest`, judging to `check` and figures to `analysis`. Has no clock:
//! who does something and when comes in as a [`Stamp`].

mod aanbieder;
mod agreement;
mod attempts;
mod columns;
mod connections;
mod damage;
mod data_dir;
pub mod disk;
mod erase;
mod error;
mod facts;
mod file_claim;
mod fingerprint;
mod folder;
mod freeze;
mod frozen;
mod intern;
mod lake;
mod levering;
mod levering_id;
mod locks;
mod log;
mod momentopname;
mod nulopgave;
mod older_register;
mod open;
mod own_figures;
mod paths;
mod protection_rule;
mod publicatie;
mod published;
mod put_back;
mod queries;
mod recovery;
mod refusal;
mod replacement;
mod respons;
mod rules;
mod shelf;
mod stamp;
mod start_refusal;
mod sweep;
mod tabel;
mod token;
mod transitions;
mod upload;
mod wording;

pub use aanbieder::{Aanbieder, Expectancy, Expectation};
pub use attempts::ATTEMPTS;
pub use damage::Thoroughness;
pub use error::LakeError;
pub use lake::{Access, Lake};
pub use levering::{
    FileState, Levering, LeveringFilter, LogEntry, NewLevering, Nulopgave, Opening, Signatory,
    Signing,
};
pub use levering_id::LeveringId;
pub use momentopname::{MomentLevering, Momentopname};
pub use paths::write_private;
pub use protection_rule::ProtectionRule;
pub use publicatie::{NewPublicatie, Publicatie, sha256sums};
pub use published::{Coding, PublishedFile};
pub use recovery::RecoverySummary;
pub use refusal::{Loss, Refusal, RowChange};
pub use respons::{Outcome, Respons, ResponsRegel};
pub use rules::RuleAnswer;
pub use stamp::{Stamp, Time};
pub use start_refusal::StartRefusal;
pub use tabel::{PROVENANCE_COLUMNS, TabelFile, TabelReader, TabelWriter, lake_schema};
pub use token::{Holder, ReceiptKey, Secret, TokenRegel, TokenRole};
pub use upload::{Upload, UploadProgress};
