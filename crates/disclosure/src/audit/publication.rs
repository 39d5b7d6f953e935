//! What the attack is told: the published rows, and what everybody may know of how they hang together.
//!
//! Owns the shape of that input; the caller fills it from `cijfers`, `indicators.toml`, the definition and the
//! indeling. Nothing here says what is safe. Leaves the numbers and sums that follow to [`super::system`].

use std::collections::BTreeMap;

use schema::gebieden::{Gebieden, Niveau};
use schema::indicator::Kind;
use serde::{Deserialize, Serialize};

/// By which rule the numbers of a publication were protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Shown numbers are exact; counts of 1 to 4 are blanked, and others to protect those.
    Threshold,
    /// Shown numbers are rounded, each at most so far from the true one; what differs is not the same set.
    Rounded {
        /// The furthest that a true number can be from the published one.
        within: i64,
    },
}

impl Rule {
    /// Rounded at random to a multiple of 5 beside it.
    pub const FIVES: Self = Self::Rounded { within: 4 };
}

/// One version of a publication.
#[derive(Debug, Clone)]
pub struct Publication<'a> {
    /// Its name in the report, such as the momentopname.
    pub name: String,
    /// How it was protected.
    pub rule: Rule,
    /// Its rows, in any order.
    pub rows: Vec<PublishedRow<'a>>,
    /// Per gebied which leveringen its numbers count, in one text: where two publications have the same text, they
    /// count the same records. A gebied without a text shares with none.
    pub leveringen: BTreeMap<String, String>,
    /// Name of the key by which its numbers were rounded: equal records have equal numbers under the same key alone.
    pub key: String,
}

/// A breakdown of an indicator at one niveau: what can be left out, for all gebieden alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Group {
    /// Indicator id.
    pub indicator: String,
    /// The niveau.
    pub niveau: Niveau,
    /// `totaal`, or the breakdown.
    pub uitsplitsing: String,
}

/// The columns of a published row that the attack reads.
#[derive(Debug, Clone, Copy)]
pub struct PublishedRow<'a> {
    /// Indicator id.
    pub indicator: &'a str,
    /// Code of the gebied.
    pub gebied: &'a str,
    /// `totaal`, or the breakdown.
    pub uitsplitsing: &'a str,
    /// `totaal`, or the code.
    pub categorie: &'a str,
    /// Numerator, where shown.
    pub teller: Option<f64>,
    /// Denominator, where shown.
    pub noemer: Option<f64>,
    /// Records, where shown.
    pub n: Option<i64>,
    /// Whether its numbers are shown.
    pub sign: Sign,
    /// Whether there was anything to compute (its status is not M).
    pub computed: bool,
}

/// What a row says of why it shows no numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Shown (F), or missing for another reason than privacy.
    Shown,
    /// Hidden (C).
    Hidden,
    /// Hidden to protect another row (D); only the old rule has this sign.
    HiddenForAnother,
}

/// What the numbers of an indicator count.
#[derive(Debug, Clone)]
pub struct IndicatorCounts {
    /// Indicator id.
    pub id: String,
    /// Its kind.
    pub kind: Kind,
    /// What `teller` counts; `None` where it counts no records (euros, inwoners, places).
    pub numerator: Option<CountOf>,
    /// What `noemer` counts; likewise.
    pub denominator: Option<CountOf>,
    /// What `n` counts; likewise.
    pub records: Option<CountOf>,
    /// The row is there, with a value or hidden, exactly when this is more than 0. `None` where rows stand there
    /// whatever was counted, or where more than this decides it.
    pub present: Option<CountOf>,
    /// Under [`Rule::Rounded`]: the row is hidden exactly when the published number of this is below that many.
    pub floor: Option<(CountOf, i64)>,
}

/// A count: the sum of measures of the pipeline, in one of the cells of the row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountOf {
    /// Names of the measures; nearly always one.
    pub measures: Vec<String>,
    /// In which cell.
    pub cell: CellOf,
}

/// Which cell of a row's gebied a count is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CellOf {
    /// The row's own categorie.
    Own,
    /// All records that have one of the codes of the row's breakdown.
    AllCodes,
}

impl IndicatorCounts {
    /// Every count it tells of.
    pub(super) fn counts(&self) -> impl Iterator<Item = &CountOf> {
        let floor = self.floor.as_ref().map(|(count, _)| count);
        let all = [
            &self.numerator,
            &self.denominator,
            &self.records,
            &self.present,
        ];
        all.into_iter().flatten().chain(floor)
    }
}

/// The name of the sum of these measures; of one its own.
pub(super) fn made_up_name(measures: &[String]) -> String {
    measures.join(" + ")
}

impl Structure {
    /// What the measure of this name is the sum of: itself, where it is not made up.
    pub fn measures_of<'a>(&'a self, name: &'a str) -> Vec<&'a str> {
        let mut counts = self.indicators.iter().flat_map(IndicatorCounts::counts);
        let made_up = counts.find(|count| count.measures.len() > 1 && count.name() == name);
        made_up.map_or_else(
            || vec![name],
            |count| count.measures.iter().map(String::as_str).collect(),
        )
    }
}

impl CountOf {
    /// The name of what is counted.
    pub(super) fn name(&self) -> String {
        made_up_name(&self.measures)
    }

    /// One measure in the row's own categorie.
    pub fn own(measure: &str) -> Self {
        Self {
            measures: vec![measure.to_owned()],
            cell: CellOf::Own,
        }
    }

    /// One measure over all codes of the row's breakdown.
    pub fn all_codes(measure: &str) -> Self {
        Self {
            cell: CellOf::AllCodes,
            ..Self::own(measure)
        }
    }
}

/// What everybody may know of how the counts hang together. The same for every version of a publication.
#[derive(Debug, Clone, Default)]
pub struct Structure {
    /// What each indicator counts. Rows of indicators that are not here are not read, and the report says so;
    /// those that count no records (`openbaar`, `plaatsen`) may be left out.
    pub indicators: Vec<IndicatorCounts>,
    /// The breakdowns by name.
    pub breakdowns: BTreeMap<String, BreakdownCodes>,
    /// The gebieden, gemeenten included.
    pub areas: Vec<Area>,
    /// What measures are to each other.
    pub links: Vec<Link>,
    /// Measures of children or others that have several records: one counts once in every cell it touches, so
    /// parts add up to no less than their total, and each is no more than it.
    pub distinct: Vec<String>,
}

/// The codes of a breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakdownCodes {
    /// The codes, those for not known included.
    pub codes: Vec<String>,
    /// Whether every record has one of them; else the parts may be less than the total.
    pub complete: bool,
}

/// A gebied, and what it is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Its level.
    pub niveau: Niveau,
    /// Its code.
    pub gebied: String,
    /// The gemeenten it is made of; of a gemeente itself.
    pub gemeenten: Vec<String>,
}

/// What holds between measures, in every gebied and categorie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// These measures add up to as much as those.
    Equal {
        /// `som`.
        sum: Vec<String>,
        /// `gelijk`.
        equal: Vec<String>,
    },
    /// The records of one are among those of the other.
    Part {
        /// `deel`.
        part: String,
        /// `geheel`.
        whole: String,
    },
}

/// Every gebied of a year, with its gemeenten; empty for a year without an indeling.
pub fn areas_of(jaar: i32) -> Vec<Area> {
    let gebieden = Gebieden::get();
    let mut areas = Vec::new();
    for niveau in Niveau::ALL {
        for gebied in gebieden.list(jaar, niveau) {
            let gemeenten = gebieden.gemeenten_in(jaar, &gebied.code);
            areas.push(Area {
                niveau,
                gemeenten: gemeenten.map(|g| g.gemeentecode.clone()).collect(),
                gebied: gebied.code,
            });
        }
    }
    areas
}
