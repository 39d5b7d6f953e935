//! What proves that a number stays open: other tables of counts that would have been published alike.
//!
//! Owns the proof. Where [`crate::audit`] proves harm, a certificate proves safety: beside the true table of counts it
//! puts others that meet all that the attack reckons with (each count less than five from the published one, parts and wholes,
//! gebieden within gebieden, which published numbers differ) and that give a small number another value. A number is
//! proven open when two of those tables, the true one among them, are at least two apart there; for an aanbieder that
//! knows its own counts besides, when they are one apart.
//!
//! ```text
//! small_numbers.rs   which numbers are small, and when one is proven open
//! proof.rs           the walks for all of them, and the report
//! search.rs          walks from the true table to others, each a few counts from the one before
//! free.rs            which counts move by themselves, and what limits them together
//! check.rs           adds up: whether a table meets everything; shares nothing with the search
//! ```
//!
//! What it does not reckon with: a table is of counts by one breakdown at a time, and need not be that of any records; a link
//! holds in the breakdowns that all its measures are counted by; that nobody is counted under a code without an answer where
//! those are left out, and that a measure is another one under one code, is not known to it. Means, quantiles, curves and money
//! have rules of their own.
//!
//! The tables are a walk: away from the true one, where no count stands at its limit any more, there is more room, and one
//! table speaks for many numbers. That none is found within the steps allowed says nothing: the number counts as unproven.
//! Steps are counted and never timed, so that the same figures give the same certificates.

mod check;
mod free;
mod proof;
mod search;
mod small_numbers;

pub use proof::{Proof, ProofError, ProofReport};
pub use small_numbers::Unproven;
