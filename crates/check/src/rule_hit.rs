//! What a rule found, before it is put into words.
//!
//! Owns one finding. Leaves counting and listing them to `tally`.

/// What a placeholder of a rule's words becomes.
#[derive(Debug, Clone)]
pub(crate) enum Filling {
    /// This text.
    Tekst(String),
    /// The number of this row in the offered file.
    Row(u64),
}

/// One finding.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hit {
    /// Canonical row, from 0; absent where it is about the table.
    pub(crate) rij: Option<u64>,
    /// Position of the field in its table; absent where it is about the row or the table.
    pub(crate) veld: Option<usize>,
    /// What stands there.
    pub(crate) gevonden: Option<Box<str>>,
    /// What is known of it besides.
    pub(crate) names: Vec<(&'static str, Filling)>,
    /// The values the rule looked at, as a number; 0 where the cell says it all.
    pub(crate) mark: u64,
}
