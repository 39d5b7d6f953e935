//! Who delivered and what is known: respons, dekking, and what the missing could have brought.
//!
//! Owns the two coverages, which are never mixed: of the expected aanbieders of a gebied the share that delivered
//! (respons), and of the records delivered there the share in which the fields of a figure are filled (dekking), with the
//! aanbieders they come from. Leaves the floors to `disclosure` and the rows to [`crate::run`].

use std::collections::{BTreeMap, BTreeSet, HashMap};

use arrow::array::{AsArray, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use datafusion::prelude::SessionContext;
use disclosure::RecordSet;
use disclosure::rules::{KNOWN_FLOOR, SHARE_FLOOR, told_aanbieders};
use schema::cijfer::SmolStr;
use schema::indicator::Kind;
use schema::{Cijfer, Definitie, Outcome};

use crate::cell_measures::{CellMeasures, View};
use crate::gebied_tree::AreaTree;
use crate::pipeline::{Computation, Computed};
use crate::{AnalysisError, Inputs};

/// Who was expected where, and who of them is missing.
pub(crate) struct ResponseFacts {
    /// Per gebied the share of its expected aanbieders that delivered or signed a nulopgave; `None` where none was
    /// expected.
    pub(crate) shares: Vec<Option<f64>>,
    missing: Vec<MissingAanbieder>,
    /// Per aanbieder that delivered the inwoners of its werkgebied, by KvK number.
    people: HashMap<String, f64>,
}

/// An expected aanbieder that did not deliver. Who stopped has no children to tell of and is none of them.
#[derive(Debug, Clone, PartialEq)]
struct MissingAanbieder {
    /// Inwoners of its werkgebied.
    people: f64,
    /// Rows of the first table a year ago, where they are known.
    last_year: Option<f64>,
    /// Per gebied the part of its werkgebied (by inwoners) that lies there.
    parts: BTreeMap<u32, f64>,
}

/// So many aanbieders that delivered are like one that did not: those whose werkgebied is nearest in inwoners.
const LIKE_ONES: usize = 15;
/// What a missing aanbieder may have brought: as much as a large one of those like it.
const LARGE: f64 = 0.9;

/// What one like aanbieder that is large brings, from `(inwoners, brought)` of all that delivered; 0 where none did.
fn large_like(people: f64, delivered: &[(f64, i64)]) -> f64 {
    let mut near: Vec<(f64, i64)> = delivered
        .iter()
        .map(|&(own, brought)| ((own.max(1.0) / people.max(1.0)).ln().abs(), brought))
        .collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    near.truncate(LIKE_ONES);
    let mut brought: Vec<i64> = near.into_iter().map(|(_, brought)| brought).collect();
    brought.sort_unstable();
    let rank = (LARGE * brought.len() as f64).ceil() as usize;
    brought
        .get(rank.saturating_sub(1))
        .map_or(0.0, |&brought| brought as f64)
}

impl ResponseFacts {
    pub(crate) fn new(inputs: &Inputs<'_>, areas: &AreaTree) -> Self {
        let mut expected = vec![0_u32; areas.gebieden.len()];
        let mut delivered = vec![0_u32; areas.gebieden.len()];
        let (mut missing, mut people) = (Vec::new(), HashMap::new());
        for aanbieder in &inputs.verwacht {
            let is_respons = aanbieder.uitkomst.is_respons();
            for gebied in areas.touching(&aanbieder.werkgebied) {
                expected[gebied as usize] += 1;
                delivered[gebied as usize] += u32::from(is_respons);
            }
            let own = areas.people_of(&aanbieder.werkgebied);
            match aanbieder.uitkomst {
                Outcome::Geleverd => {
                    people.insert(aanbieder.aanbieder.clone(), own);
                }
                Outcome::Geweigerd | Outcome::Onbekend => missing.push(MissingAanbieder {
                    people: own,
                    last_year: aanbieder.volume_last_year.map(|rows| rows as f64),
                    parts: areas.parts_of(&aanbieder.werkgebied),
                }),
                Outcome::Nulopgave | Outcome::Gestopt => {}
            }
        }
        let share = |(&v, &g): (&u32, &u32)| (v > 0).then(|| f64::from(g) / f64::from(v));
        Self {
            shares: expected.iter().zip(&delivered).map(share).collect(),
            missing,
            people,
        }
    }

    /// Per gebied what those that did not deliver could have brought to a count: as much as last year, where that is known
    /// (`rows` of this count stand beside `of_all` rows of the first table in the country), or as much as a large one of
    /// those like them. `brought` is what each that delivered did.
    pub(crate) fn could_bring(
        &self,
        gebieden: usize,
        brought: &[(&str, RecordSet)],
        of_all: i64,
    ) -> Vec<f64> {
        let delivered: Vec<(f64, i64)> = brought
            .iter()
            .filter_map(|(kvk, set)| Some((*self.people.get(*kvk)?, set.count)))
            .collect();
        let rows: i64 = brought.iter().map(|(_, set)| set.count).sum();
        let mut volumes = vec![0.0; gebieden];
        for aanbieder in &self.missing {
            let volume = match aanbieder.last_year {
                Some(rows_then) if of_all > 0 => rows_then * rows as f64 / of_all as f64,
                _ => large_like(aanbieder.people, &delivered),
            };
            for (&gebied, part) in &aanbieder.parts {
                volumes[gebied as usize] += volume * part;
            }
        }
        volumes
    }
}

/// Per gebied whether nobody spoke of it, so that nothing counted there means unknown and not none: no record lies there,
/// and no expected aanbieder delivered or none was expected. A nulopgave is response: then none is none. Of rounded counts
/// it is the published number of records that decides, or its absence would tell that there is none at all.
pub(crate) fn silent(
    groups: &[(Vec<&Computed>, CellMeasures)],
    base: &str,
    response: &ResponseFacts,
    view: View<'_>,
) -> Vec<bool> {
    let of_children = |group: &&(Vec<&Computed>, CellMeasures)| {
        let mut indicators = group.0.iter();
        !indicators.any(|computed| computed.indicator.velden.is_empty())
    };
    let records = |gebied: u32| {
        let mut all = groups
            .iter()
            .filter(of_children)
            .map(|(_, measures)| measures);
        match view {
            View::Exact => all.any(|measures| measures.counts_in(gebied)),
            View::Protected(_) => {
                all.any(|m| m.number(view, base, gebied, Cijfer::TOTAL, Cijfer::TOTAL) > 0)
            }
        }
    };
    (0..)
        .zip(&response.shares)
        .map(|(gebied, share)| share.is_none_or(|share| share <= 0.0) && !records(gebied))
        .collect()
}

/// Per table, but for the first, the aanbieders that sent rows of it.
pub(crate) async fn tables_of(
    ctx: &SessionContext,
    definitie: &Definitie,
) -> Result<HashMap<String, BTreeSet<String>>, AnalysisError> {
    let mut tables = HashMap::new();
    for tabel in definitie.tabellen.iter().skip(1) {
        let name = &tabel.naam;
        let error = || AnalysisError::engine(format!("table `{name}` cannot be read"));
        let asked = ctx
            .sql(&format!("SELECT DISTINCT aanbieder FROM \"{name}\""))
            .await;
        let batches = asked.map_err(error())?.collect().await.map_err(error())?;
        let mut senders = BTreeSet::new();
        for batch in &batches {
            let texts = cast(batch.column(0), &DataType::Utf8)?;
            let texts: &StringArray = texts.as_string();
            senders.extend(texts.iter().flatten().map(str::to_owned));
        }
        tables.insert(name.clone(), senders);
    }
    Ok(tables)
}

/// What is known of the records of a gebied, for one indicator.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct KnownRecords {
    /// Share of the records in which the fields are filled, in whole percents where it is published.
    pub(crate) share: Option<f64>,
    /// From how many aanbieders those are, in words.
    pub(crate) aanbieders: Option<SmolStr>,
    /// No aanbieder with records here sent the table.
    pub(crate) is_absent: bool,
    /// The fields are filled in too few for a figure of a gebied.
    pub(crate) is_too_little: bool,
}

/// What [`KnownRecords`] is made of.
pub(crate) struct KnownRecordsOf<'a> {
    pub(crate) computed: &'a Computed,
    pub(crate) measures: &'a CellMeasures,
    /// Where the count of all records stands, and its column.
    pub(crate) base: Option<&'a CellMeasures>,
    pub(crate) base_measure: &'a str,
    pub(crate) tables: &'a HashMap<String, BTreeSet<String>>,
    pub(crate) view: View<'a>,
}

impl KnownRecordsOf<'_> {
    /// Per gebied, by number.
    pub(crate) fn in_every_gebied(&self, areas: &AreaTree) -> Vec<KnownRecords> {
        let gebieden = 0..u32::try_from(areas.gebieden.len()).expect("there are some hundreds");
        if self.computed.indicator.velden.is_empty() {
            return gebieden.map(|gebied| self.of_response(gebied)).collect();
        }
        let tabel = self.other_table();
        gebieden
            .map(|gebied| match tabel {
                Some(senders) => self.of_table(gebied, senders),
                None => self.of_fields(gebied),
            })
            .collect()
    }

    /// Of the response by weight nothing is known where there is nothing to weigh by.
    fn of_response(&self, gebied: u32) -> KnownRecords {
        let rests_on = self.computed.computation.rests_on();
        let weight: i64 = rests_on
            .iter()
            .map(|measure| {
                let exact = View::Exact;
                self.measures
                    .number(exact, measure, gebied, Cijfer::TOTAL, Cijfer::TOTAL)
            })
            .sum();
        KnownRecords {
            is_too_little: self.computed.indicator.kind == Kind::Share && weight == 0,
            ..KnownRecords::default()
        }
    }

    /// The senders of the table that the indicator needs besides the first, where it needs one.
    fn other_table(&self) -> Option<&BTreeSet<String>> {
        let mut velden = self.computed.indicator.velden.iter();
        velden.find_map(|veld| self.tables.get(veld.split('.').next()?))
    }

    fn of_table(&self, gebied: u32, senders: &BTreeSet<String>) -> KnownRecords {
        let Some(base) = self.base else {
            return KnownRecords::default();
        };
        let parts = base.parts(self.base_measure, gebied);
        let sent: Vec<_> = parts
            .iter()
            .filter(|(kvk, _)| senders.contains(*kvk))
            .collect();
        let all = RecordSet::together(parts.iter().map(|(_, set)| *set));
        let known = RecordSet::together(sent.iter().map(|(_, set)| *set));
        KnownRecords {
            is_absent: sent.is_empty(),
            ..self.known(known, all, sent.len())
        }
    }

    fn of_fields(&self, gebied: u32) -> KnownRecords {
        let mut known = RecordSet::default();
        let mut aanbieders = BTreeSet::new();
        for measure in self.computed.computation.rests_on() {
            for (kvk, set) in self.measures.parts(measure, gebied) {
                known.add(set);
                aanbieders.insert(kvk);
            }
        }
        let mut all = known;
        if let Some(omitted) = &self.computed.weggelaten {
            let parts = self.measures.parts(omitted, gebied);
            all.add(RecordSet::together(parts.into_iter().map(|(_, set)| set)));
        }
        self.known(known, all, aanbieders.len())
    }

    fn known(&self, known: RecordSet, all: RecordSet, aanbieders: usize) -> KnownRecords {
        let (known, all) = (self.view.count(known), self.view.count(all));
        let share = (all > 0).then(|| (known as f64 / all as f64).min(1.0));
        // What is shown decides, so that nobody reads 50 % beside "too little".
        let percents = share.map(|share| (share * 100.0).round() / 100.0);
        match self.view {
            View::Exact => KnownRecords {
                share,
                aanbieders: (aanbieders > 0).then(|| aanbieders.to_string().into()),
                is_absent: false,
                is_too_little: share.is_some_and(|share| share < KNOWN_FLOOR),
            },
            View::Protected(_) => KnownRecords {
                share: percents.filter(|_| all >= SHARE_FLOOR),
                aanbieders: told_aanbieders(aanbieders, known)
                    .map(|told| SmolStr::from(told.to_string())),
                is_absent: false,
                is_too_little: percents.is_some_and(|share| share < KNOWN_FLOOR),
            },
        }
    }
}

impl Computation {
    /// The columns that count the records a figure rests on.
    fn rests_on(&self) -> Vec<&str> {
        match self {
            Self::Aantal { maat, aantal } => vec![aantal.as_ref().unwrap_or(maat)],
            Self::Per { maat, .. }
            | Self::AandeelCode { maat, .. }
            | Self::Kwantiel { maat, .. }
            | Self::Klasse { maat, .. } => vec![maat],
            Self::Aandeel { noemer, .. }
            | Self::AandeelMetCodes { noemer, .. }
            | Self::CaseMix { noemer, .. } => vec![noemer],
            Self::Verhouding { noemer, aantal, .. } => vec![aantal.as_ref().unwrap_or(noemer)],
            Self::Incidentie { .. } => self.measures(),
            Self::Wachtrij { instroom, .. } => vec![instroom],
        }
    }
}

#[cfg(test)]
mod tests {
    use disclosure::RoundingKey;
    use schema::Niveau::{Gemeente, Jeugdregio, Nederland};

    use super::*;
    use crate::{Configuration, ExpectedAanbieder, MomentopnameInput};

    /// In Utrecht one of two delivered, in Rotterdam one had nothing to tell, in Groningen nobody was expected.
    #[test]
    fn response_is_counted_where_an_aanbieder_works() {
        let definitie = Definitie::load("omgang/2020").expect("it is compiled in");
        let areas = AreaTree::new(2020, None).expect("2020 has an indeling");
        let expected = |code: &str, outcome| ExpectedAanbieder {
            aanbieder: String::new(),
            werkgebied: vec![code.to_owned()],
            uitkomst: outcome,
            volume_last_year: None,
        };
        let inputs = Inputs {
            definitie: &definitie,
            momentopname: MomentopnameInput::default(),
            verwacht: vec![
                expected("GM0344", Outcome::Geleverd),
                expected("JZ22", Outcome::Geweigerd),
                expected("GM0599", Outcome::Nulopgave),
            ],
            configuration: Configuration::default(),
            key: &RoundingKey::new(&[1; 32]),
        };
        let response = ResponseFacts::new(&inputs, &areas);
        let share = |niveau, code| {
            let number = areas.index(niveau, code).expect("a gebied");
            response.shares[number as usize]
        };
        assert_eq!(share(Gemeente, "GM0344"), Some(0.5));
        assert_eq!(share(Jeugdregio, "JZ22"), Some(0.5));
        assert_eq!(share(Gemeente, "GM0599"), Some(1.0));
        assert_eq!(share(Nederland, "NL00"), Some(2.0 / 3.0));
        assert_eq!(share(Gemeente, "GM0014"), None);
        // Nobody spoke of Groningen; of Utrecht somebody did, and of Rotterdam a nulopgave.
        let silent = silent(&[], "", &response, View::Exact);
        let is_silent = |code| silent[areas.index(Gemeente, code).expect("one") as usize];
        assert_eq!(
            ["GM0014", "GM0344", "GM0599"].map(is_silent),
            [true, false, false]
        );
        // Who refused works in the whole jeugdregio; who did nothing wrong is not missing.
        let one = [("", RecordSet { count: 1, keys: 0 })];
        let volumes = ResponseFacts {
            people: HashMap::from([(String::new(), 1.0)]),
            ..response
        }
        .could_bring(areas.gebieden.len(), &one, 1);
        let missing = |niveau, code| {
            let number = areas.index(niveau, code).expect("a gebied");
            volumes[number as usize]
        };
        // Utrecht is a part of its provincie, and the jeugdregio of Utrecht Stad is that gemeente.
        assert!((missing(Gemeente, "GM0344") - missing(Jeugdregio, "JZ22")).abs() < 1e-9);
        assert!((missing(Jeugdregio, "JZ22") - 1.0).abs() < 1e-9);
        assert!((missing(Nederland, "NL00") - 1.0).abs() < 1e-9);
        assert!(missing(Gemeente, "GM0599") <= 0.0);
    }

    /// Like ones are those of a like werkgebied, and the nine largest tenths of them bring at most so much.
    #[test]
    fn a_missing_aanbieder_may_be_as_large_as_a_large_one_like_it() {
        let small = (1..=20).map(|k| (10_000.0, k));
        let large = (1..=20).map(|k| (1_000_000.0, 100 * k));
        let delivered: Vec<(f64, i64)> = small.chain(large).collect();
        assert!((large_like(12_000.0, &delivered) - 14.0).abs() < 1e-9);
        assert!((large_like(900_000.0, &delivered) - 1_400.0).abs() < 1e-9);
        assert!(large_like(900_000.0, &[]) <= 0.0);
    }
}
