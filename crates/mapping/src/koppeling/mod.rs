//! `koppeling.toml`: how an aanbieder's own columns and words become canonical ones.
//!
//! Owns the format: every key is known or refused, an empty answer (`""`) is an open question, and what is written
//! reads back the same. A person can read and change it. Leaves proposing one to `propose`, writing it with its
//! comments to `toml`, and applying it to `convert`.

pub(crate) mod edit;
pub(crate) mod toml;
mod verify;

use std::collections::BTreeMap;

use schema::{Definitie, Veld, VeldType};
use serde::{Deserialize, Serialize};

use self::toml::Notes;
use crate::units::Period;
use crate::wording;

/// Answer that means: this value stands for nothing.
pub const EMPTY: &str = "leeg";
/// Answer that means: leave this column out.
pub const SKIP: &str = "overslaan";
/// Answer that means: this sheet or file is read.
pub const YES: &str = VeldType::YES_NO[1];
/// Answer that means: this sheet or file is no part of the uitvraag.
pub const NO: &str = VeldType::YES_NO[0];
/// Answer that means: none of the columns that were not recognised is asked.
pub const NONE_OF_THESE: &str = "geen van deze";
/// Kind of derivation: the column holds a birth date, the field asks an age.
pub const BIRTH_DATE: &str = "geboortedatum";

/// A whole koppeling.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "::toml::Table", into = "::toml::Table")]
pub struct Koppeling {
    /// The uitvraag it was made for, as in `omgang/2020`.
    pub uitvraag: String,
    /// Who delivers, where that is to be said here.
    pub aanbieder: Option<KoppelingAanbieder>,
    /// Per table and source: what comes from where. A table may occur more than once (a sheet per quarter).
    pub tabellen: Vec<TabelKoppeling>,
    /// Rows written out here, per table, for an aanbieder whose export has no such table: `[[voorziening]]`.
    pub rijen: BTreeMap<String, Vec<BTreeMap<String, String>>>,
    /// Comments that are written along; not part of what it means.
    pub(crate) notities: Notes,
}

/// Who delivers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct KoppelingAanbieder {
    /// KvK number, 8 digits.
    pub kvk: Option<String>,
}

/// What comes from where, for one table out of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct TabelKoppeling {
    /// Canonical table, as in `traject`.
    pub naam: String,
    /// Name of the file. May be absent where there is one file only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bestand: Option<String>,
    /// Sheet, for a workbook; list, for JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blad: Option<String>,
    /// Row with the headers, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kopregel: Option<u64>,
    /// Whether this sheet or file belongs to the table at all: [`YES`], [`NO`], or empty (open). Absent is yes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lezen: Option<String>,
    /// Columns that stand side by side, once for each child of a family: per child the same columns in the same order.
    /// Each child becomes a row.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub naast_elkaar: Vec<Vec<String>>,
    /// Columns that are left out because a person said so, or the definition never asks them; never by a guess.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overslaan: Vec<String>,
    /// Columns that a question about a field names: what is not chosen there is not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub te_kiezen: Vec<String>,
    /// Columns that were not recognised.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub niet_herkend: Vec<String>,
    /// What the columns that were not recognised are: [`NONE_OF_THESE`], or empty (open). Those that have a field
    /// elsewhere in this part are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welke_gevraagd: Option<String>,
    /// Field to column; an empty column is an open question. `A + B` joins the columns A and B.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kolommen: BTreeMap<String, String>,
    /// Column to field, for columns that could not be placed: a field, `overslaan`, or empty (open).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub te_plaatsen: BTreeMap<String, String>,
    /// Field to fixed canonical value, the same in every row.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vast: BTreeMap<String, String>,
    /// Field to how its dates are written, as in `dd-mm-jjjj`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub datumvorm: BTreeMap<String, String>,
    /// Field to how its numbers are written: `1.234,56` or `1,234.56`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub getalvorm: BTreeMap<String, String>,
    /// Field that asks minutes to the unit of its column: `uren` or `minuten`; empty is an open question.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub eenheid: BTreeMap<String, String>,
    /// Field that counts over the year to the time its column counts over: `dit jaar`, or `langer`; then the column is
    /// not read. Empty is an open question.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub periode: BTreeMap<String, String>,
    /// Field to what its column really holds: `birth_date`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub afgeleid: BTreeMap<String, String>,
    /// Field to the code system its column is written in: `cbs`, `ijw` or `eigen`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub codestelsel: BTreeMap<String, String>,
    /// Field to own value to code (or `leeg`); an empty code is an open question.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub waarden: BTreeMap<String, BTreeMap<String, String>>,
}

/// What is wrong with a koppeling.
#[derive(Debug, thiserror::Error)]
pub enum KoppelingError {
    /// It is no TOML, or a key or value in it is unknown.
    #[error("de koppeling is niet te lezen: {0}")]
    Vorm(String),
    /// It was made for another uitvraag.
    #[error("de koppeling is voor {0}, niet voor {1}")]
    OtherUitvraag(String, String),
    /// A name or value in it is not in the definition, or a line does nothing.
    #[error("{0}")]
    Onbekend(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FixedPart {
    uitvraag: String,
    aanbieder: Option<KoppelingAanbieder>,
    #[serde(default)]
    tabel: Vec<TabelKoppeling>,
}

impl TryFrom<::toml::Table> for Koppeling {
    type Error = String;

    /// The arrays of rows are named after tables, so their keys are parted from the known ones here.
    fn try_from(everything: ::toml::Table) -> Result<Self, String> {
        let (known, own): (::toml::Table, ::toml::Table) = everything
            .into_iter()
            .partition(|(k, _)| matches!(k.as_str(), "uitvraag" | "aanbieder" | "tabel"));
        let FixedPart {
            uitvraag,
            aanbieder,
            tabel,
        } = known
            .try_into()
            .map_err(|e: ::toml::de::Error| e.message().to_owned())?;
        let mut rows = BTreeMap::new();
        for (name, value) in own {
            let list = value
                .as_array()
                .filter(|list| list.iter().all(::toml::Value::is_table));
            let list = list.ok_or_else(|| format!("`{name}` is onbekend"))?;
            rows.insert(
                name,
                list.iter()
                    .filter_map(::toml::Value::as_table)
                    .map(row)
                    .collect::<Result<_, _>>()?,
            );
        }
        Ok(Self {
            uitvraag,
            aanbieder,
            tabellen: tabel,
            rijen: rows,
            notities: Notes::default(),
        })
    }
}

/// One written-out row: text as it stands, numbers and booleans as they travel.
fn row(row: &::toml::Table) -> Result<BTreeMap<String, String>, String> {
    let value = |veld: &String, value: &::toml::Value| match value {
        ::toml::Value::String(text) => Ok(text.clone()),
        ::toml::Value::Integer(number) => Ok(number.to_string()),
        ::toml::Value::Float(number) => Ok(number.to_string()),
        ::toml::Value::Boolean(yes) => Ok(VeldType::YES_NO[usize::from(*yes)].to_owned()),
        ::toml::Value::Datetime(datum) => Ok(datum.to_string()),
        _ => Err(wording::koppeling::text_or_number(&veld)),
    };
    row.iter()
        .map(|(veld, w)| Ok((veld.clone(), value(veld, w)?)))
        .collect()
}

impl From<Koppeling> for ::toml::Table {
    fn from(koppeling: Koppeling) -> Self {
        koppeling
            .to_toml()
            .parse()
            .expect("what is written reads back: proven by the crate's tests")
    }
}

impl Koppeling {
    /// Questions that still have no answer; an empty string stands for each.
    pub fn open(&self) -> usize {
        self.tabellen.iter().map(TabelKoppeling::open).sum()
    }

    /// Reads `koppeling.toml`.
    ///
    /// # Errors
    /// When it is no TOML or a key is unknown.
    pub fn parse(text: &str) -> Result<Self, KoppelingError> {
        // Windows' own editor puts a byte order mark in front.
        let text = text.trim_start_matches('\u{feff}');
        ::toml::from_str(text).map_err(|e| {
            let regel = e
                .span()
                .map(|s| text[..s.start.min(text.len())].matches('\n').count() + 1);
            let place = regel.map_or_else(String::new, |r| format!("regel {r}: "));
            KoppelingError::Vorm(format!("{place}{}", e.message()))
        })
    }

    /// The text of `koppeling.toml`, with Dutch comments; open questions are marked `# OPEN:`.
    pub fn to_toml(&self) -> String {
        toml::write(self)
    }

    /// Proves that every table, field, code, date form and code system in it exists, and that every line does something.
    ///
    /// # Errors
    /// When it was made for another uitvraag, or a line is wrong or does nothing; names the first one.
    pub fn verify(&self, definitie: &Definitie) -> Result<(), KoppelingError> {
        if self.uitvraag != definitie.name() {
            return Err(KoppelingError::OtherUitvraag(
                self.uitvraag.clone(),
                definitie.name(),
            ));
        }
        for koppeling in &self.tabellen {
            let tabel = definitie
                .tabel(&koppeling.naam)
                .ok_or_else(|| unknown(format!("tabel `{}` bestaat niet", koppeling.naam)))?;
            verify::verify(koppeling, tabel, definitie).map_err(unknown)?;
        }
        for (name, rows) in &self.rijen {
            let tabel = definitie
                .tabel(name)
                .ok_or_else(|| unknown(format!("`{name}` is onbekend")))?;
            for veld in rows.iter().flat_map(BTreeMap::keys) {
                tabel
                    .veld(veld)
                    .ok_or_else(|| unknown(format!("`{name}` heeft geen veld `{veld}`")))?;
            }
        }
        Ok(())
    }
}

fn unknown(message: String) -> KoppelingError {
    KoppelingError::Onbekend(message)
}

impl TabelKoppeling {
    /// The sheet, or the file where there are none.
    pub(crate) fn place(&self) -> Option<&str> {
        self.blad.as_deref().or(self.bestand.as_deref())
    }

    /// Whether it is read: not while that is a question, nor when the answer is no.
    pub(crate) fn is_read(&self) -> bool {
        self.lezen.as_deref().is_none_or(|reading| reading == YES)
    }

    /// Questions that still have no answer. Of what is not read nothing else is asked.
    fn open(&self) -> usize {
        if !self.is_read() {
            return usize::from(self.lezen.as_deref() == Some(""));
        }
        let empty =
            |part: &BTreeMap<String, String>| part.values().filter(|v| v.is_empty()).count();
        let velden = self
            .kolommen
            .keys()
            .filter(|v| {
                let has = self.source_of(v).is_some() || self.vast.contains_key(*v);
                !has && !self.counts_longer(v)
            })
            .count();
        let columns = self
            .te_plaatsen
            .iter()
            .filter(|(column, veld)| veld.is_empty() && !self.knows_column(column))
            .count();
        let rest = usize::from(self.rest_is_open());
        velden
            + columns
            + rest
            + empty(&self.datumvorm)
            + empty(&self.codestelsel)
            + empty(&self.eenheid)
            + empty(&self.periode)
            + self.waarden.values().map(empty).sum::<usize>()
    }

    /// Whether it is still a question what the columns that were not recognised are.
    pub(crate) fn rest_is_open(&self) -> bool {
        let answered = self.welke_gevraagd.as_deref() == Some(NONE_OF_THESE);
        !answered && self.niet_herkend.iter().any(|k| !self.knows_column(k))
    }

    /// The column a field is read from; none where that column counts over another time than is asked.
    pub(crate) fn source_of(&self, veld: &str) -> Option<&str> {
        self.column_of(veld).filter(|_| !self.counts_longer(veld))
    }

    /// Whether a person said that the column of a field counts over more than the year: nothing is read from it then.
    pub(crate) fn counts_longer(&self, veld: &str) -> bool {
        self.periode.get(veld).map(String::as_str) == Some(Period::Longer.name())
    }

    /// Whether the column of a field is asked: the uitvraag can't do without, or the koppeling names it.
    pub(crate) fn asks_column_of(&self, veld: &Veld) -> bool {
        let named = self.kolommen.contains_key(&veld.naam);
        (veld.verplicht || named) && !self.counts_longer(&veld.naam)
    }

    /// The columns that are not read because they count over more than the year.
    pub(crate) fn longer_columns(&self) -> impl Iterator<Item = &str> {
        let velden = self.periode.keys().filter(|veld| self.counts_longer(veld));
        velden.filter_map(|veld| self.column_of(veld))
    }

    /// The column of a field, whichever way round it was written down.
    pub(crate) fn column_of(&self, veld: &str) -> Option<&str> {
        let direct = self
            .kolommen
            .get(veld)
            .map(String::as_str)
            .filter(|k| !k.is_empty());
        direct.or_else(|| {
            let placed_fields = |v: &str| {
                v == veld
                    || v.rsplit_once('.')
                        .is_some_and(|(t, n)| t == self.naam && n == veld)
            };
            self.te_plaatsen
                .iter()
                .find(|(_, v)| placed_fields(v))
                .map(|(column, _)| column.as_str())
        })
    }

    /// Whether a column is used for, or kept out of, any field.
    pub(crate) fn knows_column(&self, column: &str) -> bool {
        self.kolommen.values().any(|k| k == column)
            || self.naast_elkaar.iter().flatten().any(|k| k == column)
            || self.overslaan.iter().any(|k| k == column)
            || self.te_plaatsen.get(column).is_some_and(|v| !v.is_empty())
    }
}
