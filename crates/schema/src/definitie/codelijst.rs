//! A code list, read from `codes/<lijst>.csv` for one year.
//!
//! Owns the columns of that file and the years in which a code is valid: a code that was split or ended stays in
//! the file for the years before. Leaves recognising a provider's own words to `mapping`.

use serde::{Deserialize, Serialize};

/// A list of codes.
#[derive(Debug, Clone, Serialize)]
pub struct Codelijst {
    /// Name of the list.
    pub naam: String,
    /// The codes valid in the definition's year, in the order of the file.
    pub codes: Vec<Code>,
}

impl Codelijst {
    /// The code with this exact spelling.
    pub fn code(&self, code: &str) -> Option<&Code> {
        self.codes.iter().find(|c| c.code == code)
    }
}

/// One code of a list.
#[derive(Debug, Clone, Serialize)]
pub struct Code {
    /// The code as it travels.
    pub code: String,
    /// The label for people.
    pub label: String,
    /// What it means; may be empty.
    pub definitie: String,
    /// The CBS code (Beleidsinformatie Jeugd v7) it maps to, where one exists.
    pub cbs: Option<String>,
    /// The iJw code (berichtenverkeer) for the same, where one exists. Its order differs from CBS's.
    pub ijw: Option<String>,
    /// Words under which providers write this code.
    pub synoniemen: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeRow {
    code: String,
    label: String,
    definitie: String,
    cbs: Option<String>,
    ijw: Option<String>,
    /// First year, empty = always.
    vanaf: Option<i32>,
    /// Last year, empty = still.
    tot: Option<i32>,
    /// Separated by `|`.
    synoniemen: String,
}

/// The codes of `tekst` that are valid in `jaar`.
pub(super) fn read_codelijst(name: &str, text: &str, jaar: i32) -> Result<Codelijst, String> {
    let mut codes = Vec::new();
    for row in csv::Reader::from_reader(text.as_bytes()).deserialize() {
        let row: CodeRow = row.map_err(|e| format!("code list `{name}`: {e}"))?;
        if row.vanaf.is_some_and(|from| jaar < from) || row.tot.is_some_and(|tot| jaar > tot) {
            continue;
        }
        let synonyms = row
            .synoniemen
            .split('|')
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .map(str::to_owned)
            .collect();
        codes.push(Code {
            code: row.code,
            label: row.label,
            definitie: row.definitie,
            cbs: row.cbs,
            ijw: row.ijw,
            synoniemen: synonyms,
        });
    }
    if codes.is_empty() {
        return Err(format!("code list `{name}` has no codes in {jaar}"));
    }
    Ok(Codelijst {
        naam: name.to_owned(),
        codes,
    })
}
