//! The check in a browser: `schema`, `mapping` and `judging` as one WebAssembly module, which imports nothing and so can
//! do nothing but compute.
//!
//! Owns the questions a page may ask ([`PageRequest`]), answering them step by step ([`Job`]) so that the page can show
//! progress, and the few functions JavaScript calls (`exports`). The page itself stands in `page/`; the binary
//! `check_page` makes one file of it all. Leaves every judgement to the crates the exporter judges with: what
//! `check` answers here is byte for byte what `uitvraag controleer --json` prints.

mod conversation;
#[cfg(target_family = "wasm")]
mod exports;
mod job;
mod key;
mod pack;
mod request;
mod wording;

pub use conversation::MappingTalk;
pub use job::{Job, JudgeJob, Progress, start};
pub use pack::PackJob;
pub use request::{AskedFile, ConversationStep, PageRequest, RequestError};
