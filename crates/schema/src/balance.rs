//! What came in and what became of it: the balance of a file.
//!
//! Owns the counts and the closed set of reasons for which a row or column is passed over. Rows and filled columns that
//! came in are read, passed over for one of these reasons, or asked; nothing else exists. Leaves counting to `mapping`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::wording;

/// Why a row or column was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PassedOver {
    /// The row with the names of the columns.
    Kopregel,
    /// That row once more.
    KopHerhaald,
    /// A title or remark above that row.
    BovenDeKop,
    /// It adds up other rows.
    Totaal,
    /// A loose remark.
    Opmerking,
    /// The example of the sjabloon.
    Voorbeeld,
    /// It stands on a sheet or in a file that is no part of it.
    AnderBlad,
    /// A column with a name and nothing in it.
    Leeg,
    /// A person or the definition left the column out.
    Overslaan,
    /// A person chose another column for the field.
    NietGekozen,
    /// A person said that it is none of what is asked.
    GeenVanDeze,
    /// No field has this name, in a file that is read by its names.
    GeenVeld,
}

impl PassedOver {
    /// The reason in words, after a count.
    pub fn words(self) -> &'static str {
        match self {
            Self::Kopregel => wording::values::HEADERS,
            Self::KopHerhaald => "kopregel die terugkomt",
            Self::BovenDeKop => "boven de kopregel",
            Self::Totaal => "totaal",
            Self::Opmerking => "losse opmerking",
            Self::Voorbeeld => wording::values::EXAMPLE_OF_SJABLOON,
            Self::AnderBlad => wording::values::FOREIGN_SHEET,
            Self::Leeg => "leeg",
            Self::Overslaan => wording::values::SKIPPED_IN_KOPPELING,
            Self::NietGekozen => "niet gekozen",
            Self::GeenVanDeze => wording::values::NO_VELD_OF_THESE,
            Self::GeenVeld => wording::values::NO_VELD_OF_UITVRAAG,
        }
    }
}

/// Rows, or columns, with what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BalanceCount {
    /// How many came in.
    pub gekomen: u64,
    /// How many were read.
    pub gelezen: u64,
    /// How many were passed over, and why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub overgeslagen: BTreeMap<PassedOver, u64>,
    /// About how many something is asked.
    #[serde(default)]
    pub gevraagd: u64,
}

impl BalanceCount {
    /// Counts some that were passed over.
    pub fn pass_over(&mut self, reason: PassedOver, count: u64) {
        if count > 0 {
            *self.overgeslagen.entry(reason).or_default() += count;
        }
    }

    /// How many something became of.
    pub fn accounted(&self) -> u64 {
        self.gelezen + self.gevraagd + self.overgeslagen.values().sum::<u64>()
    }

    fn add(&mut self, other: &Self) {
        self.gekomen += other.gekomen;
        self.gelezen += other.gelezen;
        self.gevraagd += other.gevraagd;
        for (reason, count) in &other.overgeslagen {
            self.pass_over(*reason, *count);
        }
    }
}

/// The balance of one or more sheets: counts and reasons, never a header or a value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Balance {
    /// Rows with anything in them.
    pub rijen: BalanceCount,
    /// Columns with a name, or with anything in them.
    pub kolommen: BalanceCount,
}

impl Balance {
    /// The balance of all sheets together.
    pub fn of_all(sheets: &[SheetBalance]) -> Self {
        let mut all = Self::default();
        for sheet in sheets {
            all.rijen.add(&sheet.rijen);
            all.kolommen.add(&sheet.kolommen);
        }
        all
    }

    /// Whether all that came in is read, passed over or asked.
    pub fn closes(&self) -> bool {
        [&self.rijen, &self.kolommen]
            .iter()
            .all(|tally| tally.accounted() == tally.gekomen)
    }
}

/// The balance of one sheet, or of a file without sheets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetBalance {
    /// Name of the file.
    pub bestand: String,
    /// Name of the sheet or list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blad: Option<String>,
    /// Rows with anything in them.
    pub rijen: BalanceCount,
    /// Columns with a name, or with anything in them.
    pub kolommen: BalanceCount,
}
