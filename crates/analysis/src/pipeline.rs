//! A pipeline: the folder `pipelines/<uitvraag>/` with its SQL and `indicators.toml`.
//!
//! Owns the format: which indicators there are, which column of which SQL file each one is made of, and by which
//! formula. Leaves running the SQL to [`crate::run`] and the formulas to [`crate::formulas`].

use std::collections::{BTreeMap, BTreeSet};

use schema::indicator::{Kind, VerdictRule};
use schema::{Indicator, Niveau, Source};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::AnalysisError;

/// Everything under `pipelines/`, compiled in, and what a program adds.
pub static PIPELINES: Source = Source::new(&COMPILED);

static COMPILED: include_dir::Dir<'static> =
    include_dir::include_dir!("$CARGO_MANIFEST_DIR/../../pipelines");

/// One pipeline.
#[derive(Debug)]
pub struct Pipeline {
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// The views every group starts from: the statements of `basis.sql`.
    pub basis: Vec<String>,
    /// The statements of each `<groep>.sql`.
    pub groups: BTreeMap<String, Vec<String>>,
    /// The indicators in the order of the file.
    pub indicatoren: Vec<Computed>,
    /// Codes of columns that are no field of the definition, such as `leeftijdsklasse`.
    pub klassen: BTreeMap<String, Vec<String>>,
    /// Columns that stand for several at once, and the columns whose codes are joined in them by `:`.
    pub crossings: BTreeMap<String, Vec<String>>,
    /// Niveaus at which no figure of children is broken down.
    pub totals_only: Vec<Niveau>,
    /// Column that counts all records of the year: what a figure of another table is known of.
    pub base: String,
    /// What holds between columns.
    pub links: Vec<ColumnLink>,
    /// Of `klassen`, those of which every record has one.
    pub complete: Vec<String>,
    /// Columns that count somebody once in a cell, however many records there are of it.
    pub distinct: Vec<String>,
    /// Pseudonyms by which records hang together: those that share the first of these that is filled.
    pub cluster: Vec<String>,
    /// Codes of fields that are no answer, so that nothing is broken down by them.
    pub no_answer: Vec<String>,
    /// SHA-256 (hex) over everything in the folder that decides a figure.
    pub hash: String,
}

/// An indicator and how it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// What a reader may know of it.
    pub indicator: Indicator,
    /// The formula and the columns it takes.
    pub computation: Computation,
    /// Column that counts the records this indicator had to leave out; empty where it needs no more than is required.
    pub weggelaten: Option<String>,
}

/// A formula over columns of the group's SQL.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "soort", rename_all = "snake_case", deny_unknown_fields)]
pub enum Computation {
    /// A sum.
    Aantal {
        /// The column.
        maat: String,
        /// Column with the number of records it rests on, where that is another.
        aantal: Option<String>,
    },
    /// A sum per so many of a reference number.
    Per {
        /// The column.
        maat: String,
        /// The reference number.
        tabel: DenominatorTable,
        /// Per how many.
        per: f64,
    },
    /// One sum as a share of another.
    Aandeel {
        /// The column counted.
        teller: String,
        /// The column it is part of.
        noemer: String,
    },
    /// A count beside what it would be if each stratum of the gebied did as that stratum does in the country.
    CaseMix {
        /// The column counted.
        teller: String,
        /// The column it is part of.
        noemer: String,
        /// The strata: a crossing.
        strata: String,
    },
    /// The share of each code of a field among the records where it is filled.
    AandeelCode {
        /// The column counted.
        maat: String,
        /// The field, a column of codes.
        veld: String,
    },
    /// One sum divided by another.
    Verhouding {
        /// The column above.
        teller: String,
        /// The column below.
        noemer: String,
        /// What the column above is divided by, as in cents to euros.
        #[serde(default = "een")]
        teller_deler: f64,
        /// What the column below is divided by, as in minutes to hours.
        #[serde(default = "een")]
        noemer_deler: f64,
        /// Column with the number of records it rests on.
        aantal: Option<String>,
    },
    /// A quantile over `dagen`.
    Kwantiel {
        /// The column with counts per day.
        maat: String,
        /// Which quantile, 0 to 1.
        p: f64,
    },
    /// Read from the curve of those that went out one way, over `intrede` and `dagen`: Aalen-Johansen where there are
    /// other ways, Kaplan-Meier where there is none.
    Incidentie {
        /// The column of those that went out this way.
        uitgang: String,
        /// The columns of those that went out in other ways.
        #[serde(default)]
        andere: Vec<String>,
        /// The column of those still in when observation stopped.
        gecensureerd: String,
        /// What is read.
        lees: CurveReading,
    },
    /// The longest of `dagen` as a class.
    Klasse {
        /// The column with counts per day.
        maat: String,
        /// The classes: the longest that falls in them, and the value that stands for them.
        grenzen: Vec<ClassBound>,
    },
    /// A queue formula.
    Wachtrij {
        /// Column: new on the list in the year.
        instroom: String,
        /// Columns: left the list in the year.
        uitstroom: Vec<String>,
        /// Column: waiting at the end.
        wachtend: String,
        /// Which of the formulas.
        uitkomst: QueueResult,
    },
    /// A share, and beside it the share of each code of a field in the same whole.
    AandeelMetCodes {
        /// The column counted in the total.
        teller: String,
        /// The column it is part of; a code counts what it has of this one.
        noemer: String,
        /// The field.
        veld: String,
    },
}

/// What holds between columns, in every gebied and category. An attacker knows it too.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum ColumnLink {
    /// These columns add up to the same as those.
    Sum(SumLink),
    /// What one column counts is a part of what another counts.
    Part(PartLink),
}

/// [`ColumnLink::Sum`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SumLink {
    /// The columns on one side.
    pub som: Vec<String>,
    /// The columns on the other.
    pub gelijk: Vec<String>,
}

/// [`ColumnLink::Part`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartLink {
    /// The part.
    pub deel: String,
    /// The whole.
    pub geheel: String,
}

impl ColumnLink {
    /// The columns it is about.
    pub fn measures(&self) -> Vec<&str> {
        match self {
            Self::Sum(sum) => sum
                .som
                .iter()
                .chain(&sum.gelijk)
                .map(String::as_str)
                .collect(),
            Self::Part(part) => vec![&part.deel, &part.geheel],
        }
    }
}

fn een() -> f64 {
    1.0
}

/// A reference number per gebied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DenominatorTable {
    /// Inhabitants.
    Inwoners,
    /// Households with one parent.
    Eenouderhuishoudens,
    /// Jeugdigen 0-17.
    Jeugdigen,
}

/// One class of [`Computation::Klasse`].
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassBound {
    /// Up to and including so many days; absent = longer than all before.
    pub tot: Option<i32>,
    /// The value of the figure.
    pub waarde: f64,
}

/// What is read from the curve of those that went out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CurveReading {
    /// The first day on which at least half were out.
    Helft,
    /// The share that was out on the day of the norm.
    Norm,
    /// The share that was out on this day.
    Dag(u16),
}

/// Which queue formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueResult {
    /// Instroom / uitstroom.
    Belasting,
    /// Weeks to clear the list.
    Wegwerktijd,
    /// Length that fits the norm.
    NormWachtrij,
    /// Starts per week that bring it there in half a year.
    Inhaalcapaciteit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FormulaFile {
    #[serde(default)]
    klassen: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    kruising: BTreeMap<String, Vec<String>>,
    // What protection needs has no default: a pipeline that does not say it is refused.
    alleen_totaal: Vec<Niveau>,
    basismaat: String,
    verband: Vec<ColumnLink>,
    #[serde(default)]
    volledig: Vec<String>,
    #[serde(default)]
    per_persoon: Vec<String>,
    #[serde(default)]
    cluster: Vec<String>,
    #[serde(default)]
    geen_antwoord: Vec<String>,
    indicator: Vec<toml::Table>,
}

impl Pipeline {
    /// The pipeline of an uitvraag.
    ///
    /// # Errors
    /// When there is none, or when it breaks the format.
    pub fn load(uitvraag: &str) -> Result<Self, AnalysisError> {
        let files: BTreeMap<String, &str> = PIPELINES
            .files_in(uitvraag)
            .filter_map(|(name, bytes)| Some((name.to_owned(), std::str::from_utf8(bytes).ok()?)))
            .collect();
        if files.is_empty() {
            return Err(AnalysisError::NoPipeline(uitvraag.to_owned()));
        }
        Self::parse(uitvraag, &files)
    }

    /// Reads a pipeline from its files by name.
    ///
    /// # Errors
    /// When it breaks the format.
    pub fn parse(uitvraag: &str, files: &BTreeMap<String, &str>) -> Result<Self, AnalysisError> {
        let invalid = |reason: String| AnalysisError::Pipeline(uitvraag.to_owned(), reason);
        let text = files
            .get("indicators.toml")
            .ok_or_else(|| invalid("indicators.toml is missing".to_owned()))?;
        let file: FormulaFile = toml::from_str(text).map_err(|e| invalid(e.to_string()))?;
        let indicators = file
            .indicator
            .into_iter()
            .map(read_indicator)
            .collect::<Result<Vec<_>, String>>()
            .map_err(invalid)?;
        let mut hash = Sha256::new();
        let mut basis = Vec::new();
        let mut groups = BTreeMap::new();
        for (name, content) in files {
            let group = name.strip_suffix(".sql");
            if group.is_some() || name == "indicators.toml" {
                hash.update(format!("{name} {}\n{content}", content.len()));
            }
            match group {
                Some("basis") => basis = statements(content),
                Some(group) => {
                    groups.insert(group.to_owned(), statements(content));
                }
                None => {}
            }
        }
        for computed in &indicators {
            let Indicator {
                id, groep: group, ..
            } = &computed.indicator;
            if !groups.contains_key(group) {
                return Err(invalid(format!(
                    "indicator `{id}` belongs to group `{group}`, which has no SQL"
                )));
            }
        }
        one_verdict_each(&indicators).map_err(invalid)?;
        let given = |measure: &str| {
            let mut words = groups.values().flatten().flat_map(|statement| {
                statement.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            });
            words.any(|word| word == measure)
        };
        let named = file.verband.iter().flat_map(ColumnLink::measures);
        let missing = named
            .chain([file.basismaat.as_str()])
            .chain(file.per_persoon.iter().map(String::as_str))
            .find(|measure| !given(measure));
        if let Some(measure) = missing {
            return Err(invalid(format!(
                "a `verband`, `basismaat` or `per_persoon` names column `{measure}`, which no SQL gives"
            )));
        }
        let hash = schema::hash::hex(&hash.finalize());
        Ok(Self {
            uitvraag: uitvraag.to_owned(),
            basis,
            groups,
            indicatoren: indicators,
            klassen: file.klassen,
            crossings: file.kruising,
            totals_only: file.alleen_totaal,
            base: file.basismaat,
            links: file.verband,
            complete: file.volledig,
            distinct: file.per_persoon,
            cluster: file.cluster,
            no_answer: file.geen_antwoord,
            hash,
        })
    }

    /// The columns that count the very records this one does, itself among them, by what is declared.
    pub fn same_as<'a>(&'a self, measure: &'a str) -> BTreeSet<&'a str> {
        let mut same = BTreeSet::from([measure]);
        loop {
            let before = same.len();
            for link in &self.links {
                if let ColumnLink::Sum(sum) = link
                    && let ([one], [other]) = (sum.som.as_slice(), sum.gelijk.as_slice())
                    && (same.contains(one.as_str()) || same.contains(other.as_str()))
                {
                    same.extend([one.as_str(), other.as_str()]);
                }
            }
            if same.len() == before {
                return same;
            }
        }
    }

    /// The columns that stand in a sum with this one or with one that counts the same records, those among them.
    pub fn linked_to<'a>(&'a self, measure: &'a str) -> BTreeSet<&'a str> {
        let same = self.same_as(measure);
        let sums = self.links.iter().filter(|link| {
            matches!(link, ColumnLink::Sum(_)) && link.measures().iter().any(|m| same.contains(m))
        });
        let linked = sums.flat_map(ColumnLink::measures);
        linked
            .flat_map(|m| self.same_as(m))
            .chain(same.clone())
            .collect()
    }

    /// The metadata alone, in the order of the file.
    pub fn metadata(&self) -> Vec<Indicator> {
        self.indicatoren
            .iter()
            .map(|b| b.indicator.clone())
            .collect()
    }
}

impl Computation {
    /// Whether the curve it reads is published under its name: one is enough of those that are read from the same curve.
    pub(crate) fn draws_a_curve(&self) -> bool {
        matches!(
            self,
            Self::Incidentie {
                lees: CurveReading::Helft | CurveReading::Dag(_),
                ..
            }
        )
    }

    /// The kinds of numbers it can give.
    fn kinds(&self) -> &'static [Kind] {
        match self {
            Self::Aantal { .. } => &[Kind::Count, Kind::Places, Kind::Public],
            Self::Per { .. } => &[Kind::Rate],
            Self::Aandeel { .. } | Self::AandeelMetCodes { .. } => &[Kind::Share, Kind::Public],
            Self::AandeelCode { .. } => &[Kind::Distribution, Kind::Public],
            Self::Verhouding { .. } => &[
                Kind::Ratio,
                Kind::Mean,
                Kind::Minutes,
                Kind::Money,
                Kind::Places,
                Kind::Public,
            ],
            Self::Kwantiel { .. } => &[Kind::Quantile],
            Self::Incidentie { .. } => &[Kind::Curve],
            Self::Klasse { .. } => &[Kind::Extreme],
            Self::Wachtrij { .. } | Self::CaseMix { .. } => &[Kind::Ratio],
        }
    }

    /// The columns it takes.
    pub fn measures(&self) -> Vec<&str> {
        match self {
            Self::Aantal {
                maat: measure,
                aantal: count,
            } => [measure]
                .into_iter()
                .chain(count)
                .map(String::as_str)
                .collect(),
            Self::Per { maat: measure, .. } | Self::AandeelCode { maat: measure, .. } => {
                vec![measure]
            }
            Self::Kwantiel { maat: measure, .. } | Self::Klasse { maat: measure, .. } => {
                vec![measure]
            }
            Self::Aandeel {
                teller: numerator,
                noemer: denominator,
            }
            | Self::AandeelMetCodes {
                teller: numerator,
                noemer: denominator,
                ..
            }
            | Self::CaseMix {
                teller: numerator,
                noemer: denominator,
                ..
            } => {
                vec![numerator, denominator]
            }
            Self::Verhouding {
                teller: numerator,
                noemer: denominator,
                aantal: count,
                ..
            } => [numerator, denominator]
                .into_iter()
                .chain(count)
                .map(String::as_str)
                .collect(),
            Self::Incidentie {
                uitgang: exit,
                andere: others,
                gecensureerd: censored,
                ..
            } => [exit]
                .into_iter()
                .chain(others)
                .chain([censored])
                .map(String::as_str)
                .collect(),
            Self::Wachtrij {
                instroom: inflow,
                uitstroom: outflow,
                wachtend: waiting,
                ..
            } => outflow
                .iter()
                .chain([inflow, waiting])
                .map(String::as_str)
                .collect(),
        }
    }
}

fn read_indicator(mut tabel: toml::Table) -> Result<Computed, String> {
    let id = tabel
        .get("id")
        .map_or_else(|| "without an id".to_owned(), ToString::to_string);
    let error = |e: toml::de::Error| format!("indicator {id}: {e}");
    if !tabel.contains_key("aard") {
        return Err(format!(
            "indicator {id} does not say what its numbers are: give it an `aard`, by which it is protected"
        ));
    }
    let computation = tabel
        .remove("berekening")
        .ok_or_else(|| format!("indicator {id} has no `berekening`"))?;
    let omitted = tabel
        .remove("weggelaten")
        .map(|w| w.try_into().map_err(error))
        .transpose()?;
    let computed = Computed {
        indicator: tabel.try_into().map_err(error)?,
        computation: computation.try_into().map_err(error)?,
        weggelaten: omitted,
    };
    if computed
        .computation
        .kinds()
        .contains(&computed.indicator.kind)
    {
        Ok(computed)
    } else {
        Err(format!(
            "indicator {id}: its formula gives no numbers of the `aard` that it declares"
        ))
    }
}

/// Every figure that is compared says how its verdict is told, and what speaks for another speaks for itself.
fn one_verdict_each(indicators: &[Computed]) -> Result<(), String> {
    for indicator in indicators.iter().map(|computed| &computed.indicator) {
        let id = &indicator.id;
        let is_compared = indicator.is_compared();
        match &indicator.judged {
            _ if is_compared && indicator.absent_at.contains(&Niveau::Nederland) => {
                return Err(format!(
                    "indicator `{id}` is compared with nederland, and absent there by its `niet_bij`: no gebied would get a verdict"
                ));
            }
            Some(_) if !is_compared => {
                return Err(format!(
                    "indicator `{id}` has an `oordeel`, but is never compared"
                ));
            }
            None if is_compared => {
                return Err(format!(
                    "indicator `{id}` does not say by what it is judged: give it an `oordeel`"
                ));
            }
            Some(VerdictRule::With(other)) => {
                let speaks = indicators.iter().any(|computed| {
                    computed.indicator.id == *other
                        && computed.indicator.smallest_difference().is_some()
                });
                if !speaks {
                    return Err(format!(
                        "indicator `{id}` leaves its verdict to `{other}`, which has none"
                    ));
                }
            }
            Some(VerdictRule::From(smallest)) if !(*smallest > 0.0 && smallest.is_finite()) => {
                return Err(format!(
                    "indicator `{id}` is judged from a difference of {smallest}: it must be above 0"
                ));
            }
            Some(VerdictRule::From(_)) | None => {}
        }
    }
    Ok(())
}

/// Splits a file into statements. A `;` ends one; comments start with `--` and hold none.
fn statements(text: &str) -> Vec<String> {
    let without_comments: Vec<&str> = text
        .lines()
        .map(|regel| regel.split("--").next().unwrap_or_default())
        .collect();
    without_comments
        .join("\n")
        .split(';')
        .map(str::trim)
        .filter(|s| !s.is_empty())
        .map(str::to_owned)
        .collect()
}
