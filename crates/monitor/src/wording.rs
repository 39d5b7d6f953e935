//! Every Dutch sentence of a publicatie, for an editor to read from top to bottom.
//!
//! Owns the words and nothing else: which sentence is said when is decided by who calls, and what is named in it comes
//! in as it is to be read.

// ---------------------------------------------------------------------------------------- publish

pub(crate) const FIGURES_CSV: &str = "Alle cijfers, voor Excel en andere programma's";
pub(crate) const FIGURES_PARQUET: &str = "Alle cijfers, voor Python, R en SQL";
pub(crate) const COURSE: &str = "Hoe het wachten en de hulp verlopen, week voor week";
pub(crate) const FUNNEL: &str = "Tussen welke grenzen gebieden door toeval verschillen";
pub(crate) const CATALOGUE: &str = "Beschrijving voor datacatalogi (DCAT-AP-NL)";
pub(crate) const DATAPACKAGE: &str = "Beschrijving van de kolommen en van elk cijfer";
pub(crate) const PROVENANCE: &str = "Waar de cijfers vandaan komen";
