//! Every Dutch sentence of the definitie and what is made of it, for an editor to read from top to bottom.
//!
//! Owns the words and nothing else: which sentence is said when is decided by who calls, and what is named in it comes
//! in as it is to be read.

pub(crate) mod next_step;
pub(crate) mod sjabloon;
pub(crate) mod values;
