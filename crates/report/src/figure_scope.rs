//! Which records of its gebied a figure is about: all of them, or those of one category.

/// How the table says that a figure is about all records.
const WHOLE: &str = "totaal";

/// Which records of its gebied a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FigureScope<'a> {
    /// All of them.
    Whole,
    /// Those of one code of a breakdown.
    Category {
        /// The breakdown: a field.
        uitsplitsing: &'a str,
        /// The code.
        categorie: &'a str,
    },
}

impl<'a> FigureScope<'a> {
    /// From the two columns of the table.
    pub fn of(uitsplitsing: &'a str, categorie: &'a str) -> Self {
        match uitsplitsing {
            WHOLE => Self::Whole,
            _ => Self::Category {
                uitsplitsing,
                categorie,
            },
        }
    }
}
