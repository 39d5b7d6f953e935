//! A field: its type, its words and how a provider's own column may become it.
//!
//! Owns what stands in `[[tabel.veld]]` and which combinations of `type`, `lengte` and `codelijst` make sense.
//! Leaves judging values to `check` and recognising columns to `mapping`.

use serde::Deserialize;

/// One field of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, try_from = "RuwVeld")]
pub struct Veld {
    /// Name, as in `aanmelddatum`; also the canonical header.
    pub naam: String,
    /// What values may look like.
    pub veldtype: Veldtype,
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
    /// True where a value could point at a child: then the service never shows it in a finding.
    pub gevoelig: bool,
    /// How the exporter makes the value where the provider keeps something else; absent = it does not.
    pub afleiding: Option<Afleiding>,
}

/// How a value is made from another column of the provider's own file, which itself never travels.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "soort", rename_all = "snake_case", deny_unknown_fields)]
pub enum Afleiding {
    /// Whole years between a birth date and the date in another field of the row.
    Leeftijd {
        /// The date field on which the age is taken, as in `aanmelddatum`.
        op: String,
        /// Headers under which providers keep the birth date.
        synoniemen: Vec<String>,
    },
}

/// How a field appears in the file, before it is checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuwVeld {
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
    gevoelig: bool,
    afleiding: Option<Afleiding>,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Veldtype {
    /// A pseudonym made by the exporter: 26 characters base32.
    Pseudoniem,
    /// Free text of at most this many characters.
    Tekst {
        /// Longest text allowed, in characters.
        lengte: usize,
    },
    /// A whole number.
    Geheel,
    /// An amount of at most 12 digits, of which 2 decimals.
    Decimaal,
    /// A calendar date, ISO 8601.
    Datum,
    /// A code from the named list.
    Code {
        /// Name of the code list.
        lijst: String,
    },
    /// A CBS gemeentecode, as in `GM0344`, valid in the reporting year.
    Gemeente,
    /// `ja` or `nee`.
    JaNee,
}

impl TryFrom<RuwVeld> for Veld {
    type Error = String;

    fn try_from(ruw: RuwVeld) -> Result<Self, String> {
        let veldtype = match (ruw.soort.as_str(), ruw.lengte, ruw.codelijst) {
            ("pseudoniem", None, None) => Veldtype::Pseudoniem,
            ("tekst", Some(lengte), None) => Veldtype::Tekst { lengte },
            ("geheel", None, None) => Veldtype::Geheel,
            ("decimaal", None, None) => Veldtype::Decimaal,
            ("datum", None, None) => Veldtype::Datum,
            ("code", None, Some(lijst)) => Veldtype::Code { lijst },
            ("gemeente", None, None) => Veldtype::Gemeente,
            ("ja_nee", None, None) => Veldtype::JaNee,
            (soort, _, _) => {
                return Err(format!(
                    "field `{}`: type `{soort}` is unknown, or its `lengte` or `codelijst` does not fit",
                    ruw.naam
                ));
            }
        };
        Ok(Veld {
            naam: ruw.naam,
            veldtype,
            verplicht: ruw.verplicht,
            label: ruw.label,
            definitie: ruw.definitie,
            herkomst: ruw.herkomst,
            synoniemen: ruw.synoniemen,
            gevoelig: ruw.gevoelig,
            afleiding: ruw.afleiding,
        })
    }
}
