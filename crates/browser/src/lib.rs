//! The check in a browser: `schema`, `mapping` and `judging` as one WebAssembly module, which imports nothing and so can
//! do nothing but compute.
//!
//! Owns the questions a page may ask ([`Vraag`]), answering them step by step ([`Werk`]) so that the page can show
//! progress, and the few functions JavaScript calls (`abi`). The page itself stands in `pagina/`; the binary
//! `controleerpagina` makes one file of it all. Leaves every judgement to the crates the exporter judges with: what
//! `controleer` answers here is byte for byte what `uitvraag controleer --json` prints.

#[cfg(target_family = "wasm")]
mod abi;
mod vraag;
mod werk;

pub use vraag::{Deel, Vraag, VraagFout};
pub use werk::{Stand, Werk, start};
