//! Children (0 to 17 years) per gemeente: a table that a beheerder may have and the project does not ship.
//!
//! Owns the CSV it is read from: `gemeentecode,jaar,jeugdigen`, made from CBS table 03759ned (ages 0 to 17 added
//! up, 1 January). Leaves saying what is missing without it to `analysis`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::gebieden::{Gebieden, sum};

/// Children per gemeente and year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Jeugdigen {
    per_gemeente: BTreeMap<(i32, String), u32>,
}

/// Why a table of jeugdigen could not be read.
#[derive(Debug, thiserror::Error)]
pub enum JeugdigenError {
    /// The CSV breaks the format.
    #[error("the table of jeugdigen is not valid: {0}")]
    Csv(#[from] csv::Error),
    /// A gemeente that is not known in that year.
    #[error("line {regel} of the table of jeugdigen: there is no gemeente `{code}` in {jaar}")]
    Gemeente {
        /// Line in the file, the header is 1.
        regel: usize,
        /// The code.
        code: String,
        /// The year.
        jaar: i32,
    },
    /// The same gemeente and year twice.
    #[error("line {regel} of the table of jeugdigen: this gemeente and year occur twice")]
    Duplicate {
        /// Line in the file, the header is 1.
        regel: usize,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    gemeentecode: String,
    jaar: i32,
    jeugdigen: u32,
}

impl Jeugdigen {
    /// Reads the table.
    ///
    /// # Errors
    /// When a column is missing or unknown, a number is none, or a gemeente is unknown in its year or there twice.
    pub fn parse(csv: impl std::io::Read) -> Result<Self, JeugdigenError> {
        let mut per_gemeente = BTreeMap::new();
        for (index, row) in csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(csv)
            .deserialize()
            .enumerate()
        {
            let Row {
                gemeentecode: code,
                jaar,
                jeugdigen,
            } = row?;
            let regel = index + 2;
            if Gebieden::get().gemeente(jaar, &code).is_none() {
                return Err(JeugdigenError::Gemeente { regel, code, jaar });
            }
            if per_gemeente.insert((jaar, code), jeugdigen).is_some() {
                return Err(JeugdigenError::Duplicate { regel });
            }
        }
        Ok(Self { per_gemeente })
    }

    /// Children in a gebied (at any level) on 1 January; `None` when one of its gemeenten has no figure.
    pub fn count(&self, jaar: i32, gebied: &str) -> Option<u64> {
        let gemeenten = Gebieden::get().gemeenten_in(jaar, gebied);
        sum(gemeenten.map(|g| {
            self.per_gemeente
                .get(&(jaar, g.gemeentecode.clone()))
                .copied()
        }))
    }
}
