//! A field: its type, its words and how a provider's own column may become it.
//!
//! Owns what stands in `[[tabel.veld]]` and which combinations of `type`, `lengte` and `codelijst` make sense.
//! Leaves judging values to `check` and recognising columns to `mapping`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One field of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, try_from = "RawVeld")]
pub struct Veld {
    /// Name, as in `aanmelddatum`; also the canonical header.
    pub naam: String,
    /// What values may look like.
    pub veldtype: VeldType,
    /// Whether every row needs a value.
    pub verplicht: bool,
    /// Header for people, as in `Datum aanmelding`.
    pub label: String,
    /// What the value means, in words.
    pub definitie: String,
    /// Why it is asked or where it comes from.
    pub herkomst: String,
    /// Headers under which providers keep this field.
    pub synoniemen: Vec<String>,
    /// Headers that may be this field and may be something else: asked, never chosen.
    pub misschien: Vec<String>,
    /// True where a value could point at a child: then the service never shows it in a finding.
    pub gevoelig: bool,
    /// How the exporter makes the value where the provider keeps something else; absent = it does not.
    pub afleiding: Option<Derivation>,
    /// Codes of a foreign system that stand for nothing in the code list, with what to say where one is met.
    pub foreign_codes: BTreeMap<String, String>,
}

/// How a value is made from another column of the provider's own file, which itself never travels.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "soort", rename_all = "snake_case", deny_unknown_fields)]
pub enum Derivation {
    /// Whole years between a birth date and the date in another field of the row.
    Leeftijd {
        /// The date field on which the age is taken, as in `aanmelddatum`.
        op: String,
        /// Headers under which providers keep the birth date.
        synoniemen: Vec<String>,
    },
    /// Days between the first day of what has been in stock longest and the day of the count; only where the table is
    /// counted for the aanbieder, by its rule of kind `stand`.
    #[serde(rename = "langste_in_stand")]
    LongestInStock {},
}

/// How a field appears in the file, before it is checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVeld {
    naam: String,
    #[serde(rename = "type")]
    soort: String,
    lengte: Option<usize>,
    codelijst: Option<String>,
    #[serde(default)]
    verplicht: bool,
    label: String,
    definitie: String,
    herkomst: String,
    #[serde(default)]
    synoniemen: Vec<String>,
    #[serde(default)]
    misschien: Vec<String>,
    #[serde(default)]
    gevoelig: bool,
    afleiding: Option<Derivation>,
    #[serde(default, rename = "vreemde_codes")]
    foreign_codes: BTreeMap<String, String>,
}

/// The type of a field; written as the definition has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum VeldType {
    /// A pseudonym made by the exporter: 26 characters base32.
    Pseudoniem,
    /// Free text of at most this many characters.
    Tekst {
        /// Longest text allowed, in characters.
        lengte: usize,
    },
    /// A whole number.
    #[serde(rename = "geheel")]
    Whole,
    /// An amount of at most 12 digits, of which 2 decimals.
    #[serde(rename = "decimaal")]
    Decimal,
    /// A calendar date, ISO 8601.
    Datum,
    /// A code from the named list.
    Code {
        /// Name of the code list.
        #[serde(rename = "codelijst")]
        list: String,
    },
    /// A CBS gemeentecode, as in `GM0344`, valid in the reporting year.
    Gemeente,
    /// `ja` or `nee`.
    #[serde(rename = "ja_nee")]
    YesNo,
}

impl Veld {
    /// The header of the column in which the sjabloon takes a birth date, of which the program makes this age.
    pub fn birth_date_header(&self) -> Option<&str> {
        match &self.afleiding {
            Some(Derivation::Leeftijd {
                synoniemen: synonyms,
                ..
            }) => synonyms.first().map(String::as_str),
            _ => None,
        }
    }
}

impl VeldType {
    /// How false and true are written where they are text: in a pakket, a koppeling and on a page.
    pub const YES_NO: [&str; 2] = ["nee", "ja"];
}

impl TryFrom<RawVeld> for Veld {
    type Error = String;

    fn try_from(raw: RawVeld) -> Result<Self, String> {
        let veld_type = match (raw.soort.as_str(), raw.lengte, raw.codelijst) {
            ("pseudoniem", None, None) => VeldType::Pseudoniem,
            ("tekst", Some(length), None) => VeldType::Tekst { lengte: length },
            ("geheel", None, None) => VeldType::Whole,
            ("decimaal", None, None) => VeldType::Decimal,
            ("datum", None, None) => VeldType::Datum,
            ("code", None, Some(list)) => VeldType::Code { list },
            ("gemeente", None, None) => VeldType::Gemeente,
            ("ja_nee", None, None) => VeldType::YesNo,
            (kind, _, _) => {
                return Err(format!(
                    "field `{}`: type `{kind}` is unknown, or its `lengte` or `codelijst` does not fit",
                    raw.naam
                ));
            }
        };
        Ok(Veld {
            naam: raw.naam,
            veldtype: veld_type,
            verplicht: raw.verplicht,
            label: raw.label,
            definitie: raw.definitie,
            herkomst: raw.herkomst,
            synoniemen: raw.synoniemen,
            misschien: raw.misschien,
            gevoelig: raw.gevoelig,
            afleiding: raw.afleiding,
            foreign_codes: raw.foreign_codes,
        })
    }
}
