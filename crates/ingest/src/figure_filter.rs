//! Which figures `GET /v1/cijfers` is asked for.
//!
//! Owns the filter, its token for the next page, and telling a typing error from a question without an answer. What can
//! be filtered on are the keys of the published table ([`Cijfer::COLUMNS`]); no column is named here.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use data_encoding::BASE64URL_NOPAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use schema::Cijfer;
use schema::cijfer::{Column, ColumnKind, FigureRole, Value};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// What stands for itself nowhere in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// Most values of one column in a filter, and most bytes of each.
const VALUES: usize = 500;
const VALUE_BYTES: usize = 64;

/// The columns that say which figure a row is, in their order: those one can filter on.
fn keys() -> impl Iterator<Item = &'static Column> {
    let columns = Cijfer::COLUMNS.iter();
    columns.filter(|column| column.role == FigureRole::Key)
}

/// Their names in one sentence.
fn key_names() -> String {
    let names: Vec<&str> = keys().map(|column| column.name).collect();
    names.join(", ")
}

/// The column of this name, if one can filter on it.
pub(crate) fn key(name: &str) -> Option<&'static Column> {
    keys().find(|column| column.name == name)
}

/// The values of each column that can be filtered on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FilterValues(BTreeMap<&'static str, BTreeSet<String>>);

impl FilterValues {
    /// The values in a table.
    pub(crate) fn of(cijfers: &[Cijfer]) -> Self {
        Self(keys().map(|k| (k.name, values_of(k, cijfers))).collect())
    }

    /// Refuses a filter with a value that no figure of these tables has. Before the first publication nothing is known.
    pub(crate) fn judge<'a>(
        tables: &(impl Iterator<Item = &'a Self> + Clone),
        filter: &FigureFilter,
    ) -> Result<(), FilterError> {
        for (column, values) in filter.wanted() {
            let sets = tables.clone().filter_map(|table| table.0.get(column.name));
            let is_known = |value: &String| sets.clone().any(|known| known.contains(value));
            if sets.clone().any(|known| !known.is_empty()) && !values.iter().all(is_known) {
                let known: BTreeSet<&str> = sets.flatten().map(String::as_str).collect();
                return Err(FilterError::UnknownValue {
                    veld: column.name,
                    known: listed(&known),
                });
            }
        }
        Ok(())
    }
}

/// Every value that a column has. Only what is kept becomes a text of its own.
fn values_of(column: &Column, cijfers: &[Cijfer]) -> BTreeSet<String> {
    let (mut texts, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for cijfer in cijfers {
        match (column.get)(cijfer) {
            Value::Text(text) => drop(texts.insert(text)),
            Value::Whole(number) => drop(numbers.insert(number)),
            // No key is empty or a fraction.
            Value::Empty | Value::Decimal(_) => {}
        }
    }
    let texts = texts.into_iter().map(str::to_owned);
    texts.chain(numbers.iter().map(i64::to_string)).collect()
}

/// The values in one sentence; of very many the first ones.
fn listed(known: &BTreeSet<&str>) -> String {
    const NAMED: usize = 80;
    let names: Vec<&str> = known.iter().take(NAMED).copied().collect();
    let rest = if known.len() > NAMED {
        format!(" en nog {} andere", known.len() - NAMED)
    } else {
        String::new()
    };
    format!("{}{rest}", names.join(", "))
}

/// Which figures: nothing asked means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FigureFilter {
    /// By name of a column, the values of which a figure must have one.
    pub values: BTreeMap<&'static str, Vec<String>>,
}

impl FigureFilter {
    /// Whether a figure fits.
    pub(crate) fn fits(&self, cijfer: &Cijfer) -> bool {
        self.wanted()
            .all(|(column, values)| match (column.get)(cijfer) {
                Value::Text(text) => values.iter().any(|value| value == text),
                Value::Whole(number) => values.iter().any(|value| value.parse() == Ok(number)),
                Value::Empty | Value::Decimal(_) => false,
            })
    }

    /// Asks for these values of a column too, one or more with commas between them.
    pub(crate) fn add(&mut self, column: &'static Column, text: &str) -> Result<(), FilterError> {
        let refused = FilterError::Waarde(column.name);
        let list = self.values.entry(column.name).or_default();
        for value in text.split(',') {
            let possible = !value.is_empty()
                && value.len() <= VALUE_BYTES
                && !value.chars().any(char::is_control)
                && list.len() < VALUES;
            if !possible {
                return Err(refused);
            }
            list.push(match column.kind {
                ColumnKind::Text => value.to_owned(),
                ColumnKind::Small | ColumnKind::Whole | ColumnKind::Decimal => {
                    let number: Result<i64, _> = value.parse();
                    number.map_err(|_| refused.clone())?.to_string()
                }
            });
        }
        Ok(())
    }

    /// The columns that were asked about, in their order, each with its values.
    fn wanted(&self) -> impl Iterator<Item = (&'static Column, &Vec<String>)> {
        keys().filter_map(|column| Some((column, self.values.get(column.name)?)))
    }

    /// The one value that is asked for of a column; `None` for none and for several.
    pub(crate) fn only(&self, column: &str) -> Option<&str> {
        match self.values.get(column)?.as_slice() {
            [value] => Some(value),
            _ => None,
        }
    }

    /// The filter as a query string: the basis of the token and of the next link.
    pub(crate) fn query(&self) -> String {
        let mut query = String::new();
        for (column, values) in self.wanted() {
            for value in values {
                let value = utf8_percent_encode(value, QUERY);
                let _ = write!(query, "{}={value}&", column.name);
            }
        }
        query
    }

    /// The token for the page that starts at `from`: bound to the filter and to what it is used on (`tables`), so that it
    /// can't be used with another, nor after a newer publication.
    pub(crate) fn token(&self, tables: &str, from: usize) -> String {
        let basis = format!("{tables} {}", self.query());
        let mut bytes = Sha256::digest(basis.as_bytes())[..8].to_vec();
        bytes.extend_from_slice(&(from as u64).to_be_bytes());
        BASE64URL_NOPAD.encode(&bytes)
    }

    /// Where the page of a token starts; `None` for a token of another filter.
    pub(crate) fn read_token(&self, tables: &str, token: &str) -> Option<usize> {
        let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        let from = u64::from_be_bytes(bytes.get(8..)?.try_into().ok()?);
        let from = usize::try_from(from).ok()?;
        (self.token(tables, from) == token).then_some(from)
    }
}

/// The parameters of the filter, for the description of the API.
impl IntoParams for FigureFilter {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = |column: &Column| {
            let kind = match column.kind {
                ColumnKind::Text => Type::String,
                ColumnKind::Small | ColumnKind::Whole => Type::Integer,
                ColumnKind::Decimal => Type::Number,
            };
            let what = format!(
                "Only figures with this value, or one of these, comma separated or repeated: {}",
                column.description
            );
            ParameterBuilder::new()
                .name(column.name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(what))
                .schema(Some(ObjectBuilder::new().schema_type(kind)))
                .build()
        };
        keys().map(parameter).collect()
    }
}

/// Why a filter was refused.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub(crate) enum FilterError {
    /// Not a parameter of this route.
    #[error(
        "Een van de parameters is hier niet bekend. Bekend zijn: {}, limit, na, formaat, versie en sinds.",
        key_names()
    )]
    Onbekend,
    /// A value that cannot be.
    #[error("De waarde van `{0}` kan niet.")]
    Waarde(&'static str),
    /// A value that no published figure has.
    #[error(
        "De waarde van `{veld}` komt in de gepubliceerde cijfers niet voor. Bekend zijn: {known}."
    )]
    UnknownValue {
        /// The parameter.
        veld: &'static str,
        /// What there is.
        known: String,
    },
    /// A version of no one publication.
    #[error("Zeg bij `versie` ook van welke uitvraag en van welk jaar, van elk één.")]
    VersionOfWhat,
    /// A token that was not given for this filter.
    #[error(
        "De waarde van `na` hoort niet bij dit filter, of er zijn nieuwere cijfers. Begin weer bij de eerste pagina."
    )]
    Token,
}

#[cfg(test)]
mod tests {
    use schema::Niveau;

    use super::*;

    /// A new key of the table is a new filter: none is named by hand.
    #[test]
    fn every_key_of_the_table_can_be_filtered_on_and_nothing_else() {
        let parameters = FigureFilter::into_params(|| None);
        let names: Vec<&str> = parameters.iter().map(|p| p.name.as_str()).collect();
        for column in Cijfer::COLUMNS {
            let is_key = column.role == FigureRole::Key;
            assert_eq!(key(column.name).is_some(), is_key, "{}", column.name);
            assert_eq!(names.contains(&column.name), is_key, "{}", column.name);
        }
        let refusal = FilterError::Onbekend.to_string();
        assert!(
            refusal.contains("uitvraag, jaar, indicator") && refusal.contains("categorie, limit"),
            "{refusal}"
        );
    }

    #[test]
    fn texts_and_numbers_both_fit_or_not() {
        let cijfer = Cijfer {
            uitvraag: "omgang".into(),
            jaar: 2020,
            indicator: "duur_mediaan".into(),
            niveau: Niveau::Jeugdregio,
            gebied: "JZ13".into(),
            uitsplitsing: "totaal".into(),
            categorie: "totaal".into(),
            waarde: None,
            onder: None,
            boven: None,
            oordeel: None,
            teller: None,
            noemer: None,
            n: None,
            status: schema::cijfer::Status::A,
            onder_998: None,
            boven_998: None,
            minstens: None,
            hoogstens: None,
            reden: None,
            dekking_records: None,
            dekking_aanbieders: None,
            vertrouwelijk: schema::cijfer::Confidential::F,
            respons: None,
            momentopname: "omgang-2020-1".into(),
        };
        let values = FilterValues::of(std::slice::from_ref(&cijfer));
        for (name, value, fits) in [
            ("jaar", "2020", true),
            ("jaar", "2019,2020", true),
            ("jaar", "2019", false),
            ("niveau", "jeugdregio", true),
            ("niveau", "gemeente", false),
            ("gebied", "JZ13", true),
            ("gebied", "JZ1", false),
        ] {
            let mut filter = FigureFilter::default();
            filter.add(key(name).unwrap(), value).unwrap();
            assert_eq!(filter.fits(&cijfer), fits, "{name}={value}");
            let known = FilterValues::judge(&[&values].into_iter(), &filter).is_ok();
            assert_eq!(known, fits && !value.contains(','), "{name}={value}");
        }
        assert!(FigureFilter::default().fits(&cijfer));
    }
}
