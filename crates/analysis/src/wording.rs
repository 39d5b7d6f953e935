//! Every Dutch sentence about the files of a publicatie, but for what their columns mean: that stands beside the columns.
//!
//! Owns the words and nothing else: which sentence is said when is decided by who calls, and what is named in it comes
//! in as it is to be read.

use std::fmt::Display;

pub(crate) const FILES: &str = "De bestanden van deze publicatie.";

pub(crate) fn dataset(jaar: &impl Display) -> String {
    format!(
        "Cijfers over {jaar} voor Nederland, provincies, jeugdregio’s en gemeenten, met marges en met de reden waar een cijfer ontbreekt. De aantallen zijn afgerond om personen te beschermen."
    )
}
