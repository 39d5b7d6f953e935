//! A small country with records, and its publication by random rounding to fives: the attack on it.
//!
//! The published world has breakdowns from jeugdregio up, as the real one. Worlds that publish more, or round to the
//! nearest, are there to see the attack find something.

use std::collections::BTreeMap;

use disclosure::audit::{
    Area, Attack, AuditReport, BreakdownCodes, CellCount, CountOf, IndicatorCounts, Insider, Link,
    Publication, PublishedRow, Rule, Sign, Structure, What,
};
use schema::Niveau;
use schema::indicator::Kind;

/// A traject: where, whose, and what it is.
#[derive(Clone)]
pub(crate) struct Record {
    pub(crate) key: u64,
    pub(crate) gemeente: usize,
    pub(crate) aanbieder: u64,
    pub(crate) codes: [usize; 3],
    pub(crate) began_before: bool,
    pub(crate) ended: bool,
    pub(crate) as_planned: bool,
}

/// Whether a record counts.
type Counts = fn(&Record) -> bool;

/// Which measures a record counts in.
pub(crate) const MEASURES: [(&str, Counts); 6] = [
    ("gebruik", |_| true),
    ("begin", |r| r.began_before),
    ("in", |r| !r.began_before),
    ("uit", |r| r.ended),
    ("eind", |r| !r.ended),
    ("volgens_plan", |r| r.ended && r.as_planned),
];

pub(crate) const BREAKDOWNS: [(&str, &[&str]); 3] = [
    ("kader", &["vrijwillig", "gedwongen", "onbekend"]),
    ("vorm", &["omgangshuis", "thuis", "locatie", "elders"]),
    ("leeftijd", &["0-3", "4-7", "8-11", "12-17", "18-22"]),
];

/// Gemeenten per jeugdregio; two of them have a single one.
const REGIONS: [usize; 7] = [1, 5, 8, 1, 6, 9, 4];

/// Spreads bits; also the draw of the rounding.
pub(crate) fn mix(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// A number below `limit`, by name.
fn draw(seed: u64, of: u64, limit: u64) -> u64 {
    mix(mix(seed) ^ of.wrapping_mul(0xd6e8_feb8_6659_fd93)) % limit
}

/// How numbers are published.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Protection {
    Random,
    Nearest,
}

pub(crate) struct World {
    seed: u64,
    pub(crate) records: Vec<Record>,
    pub(crate) areas: Vec<Area>,
}

/// A row with its own names.
pub(crate) struct Row {
    pub(crate) indicator: String,
    pub(crate) gebied: String,
    pub(crate) uitsplitsing: String,
    pub(crate) categorie: String,
    pub(crate) teller: Option<i64>,
    noemer: Option<i64>,
    sign: Sign,
}

impl Row {
    fn published(&self) -> PublishedRow<'_> {
        PublishedRow {
            indicator: &self.indicator,
            gebied: &self.gebied,
            uitsplitsing: &self.uitsplitsing,
            categorie: &self.categorie,
            teller: self.teller.map(|x| x as f64),
            noemer: self.noemer.map(|x| x as f64),
            n: None,
            sign: self.sign,
            computed: true,
        }
    }
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut records = Vec::new();
        let gemeenten: usize = REGIONS.iter().sum();
        for gemeente in 0..gemeenten {
            let about = [1, 3, 6, 12, 30][draw(seed, 7 + gemeente as u64, 5) as usize];
            let size = draw(seed, 100 + gemeente as u64, 2 * about + 1);
            for k in 0..size {
                records.push(Record::new(seed, gemeente, k));
            }
        }
        Self {
            seed,
            records,
            areas: areas(gemeenten),
        }
    }

    pub(crate) fn structure(&self) -> Structure {
        let counts = MEASURES.iter().map(|(measure, _)| how_many(measure));
        let share = IndicatorCounts {
            id: "aandeel_volgens_plan".to_owned(),
            kind: Kind::Share,
            numerator: Some(CountOf::own("volgens_plan")),
            denominator: Some(CountOf::own("uit")),
            records: None,
            present: None,
            floor: Some((CountOf::own("uit"), 20)),
        };
        let equal = |sum: [&str; 2]| Link::Equal {
            sum: sum.map(str::to_owned).to_vec(),
            equal: vec!["gebruik".to_owned()],
        };
        Structure {
            indicators: counts
                .filter(|c| c.id != "volgens_plan")
                .chain([share])
                .collect(),
            breakdowns: BREAKDOWNS
                .iter()
                .map(|(name, codes)| {
                    let codes = codes.iter().map(|&code| code.to_owned()).collect();
                    let breakdown = BreakdownCodes {
                        codes,
                        complete: true,
                    };
                    ((*name).to_owned(), breakdown)
                })
                .collect(),
            areas: self.areas.clone(),
            links: vec![equal(["begin", "in"]), equal(["uit", "eind"])],
            distinct: Vec::new(),
        }
    }

    /// The records of a cell that count in a measure.
    pub(crate) fn set(
        &self,
        measure: &str,
        area: &Area,
        breakdown: Option<(usize, usize)>,
    ) -> Vec<&Record> {
        let counts = MEASURES.iter().find(|(name, _)| *name == measure);
        let counts = counts.expect("a measure of this world").1;
        let inside = area.gemeenten.iter().map(|code| 1u64 << number(code));
        let inside: u64 = inside.sum();
        let here = |r: &Record| inside & (1 << r.gemeente) != 0;
        let coded = |r: &Record| breakdown.is_none_or(|(b, c)| r.codes[b] == c);
        let records = self.records.iter();
        records
            .filter(|r| counts(r) && here(r) && coded(r))
            .collect()
    }

    /// A number as it is published: the same set, the same number.
    pub(crate) fn publish(&self, set: &[&Record], protection: Protection) -> i64 {
        let n = set.len() as i64;
        let sum = set.iter().fold(0u64, |sum, r| sum.wrapping_add(r.key));
        let up = match protection {
            Protection::Random => (mix(sum ^ self.seed) % 5) < (n % 5) as u64,
            Protection::Nearest => n % 5 >= 3,
        };
        n - n % 5 + if up { 5 } else { 0 }
    }

    /// The rows of a publication; without a protection the exact ones. `everywhere`: every breakdown and measure at
    /// gemeente level too.
    pub(crate) fn rows(&self, protection: Option<Protection>, everywhere: bool) -> Vec<Row> {
        let mut rows = Vec::new();
        let number = |set: &[&Record]| match protection {
            Some(protection) => self.publish(set, protection),
            None => set.len() as i64,
        };
        for area in &self.areas {
            let all = everywhere || area.niveau != Niveau::Gemeente;
            let cells = BREAKDOWNS.iter().enumerate().filter(|_| all);
            let cells = cells.flat_map(|(b, (_, codes))| (0..codes.len()).map(move |c| (b, c)));
            for cell in [None].into_iter().chain(cells.map(Some)) {
                let row = |indicator: &str| Row {
                    indicator: indicator.to_owned(),
                    gebied: area.gebied.clone(),
                    uitsplitsing: cell.map_or("totaal", |(b, _)| BREAKDOWNS[b].0).to_owned(),
                    categorie: cell
                        .map_or("totaal", |(b, c)| BREAKDOWNS[b].1[c])
                        .to_owned(),
                    teller: None,
                    noemer: None,
                    sign: Sign::Shown,
                };
                for (measure, _) in MEASURES.iter().filter(|m| m.0 != "volgens_plan") {
                    if all || !["begin", "eind"].contains(measure) {
                        let count = number(&self.set(measure, area, cell));
                        rows.push(Row {
                            teller: Some(count),
                            ..row(measure)
                        });
                    }
                }
                let part = number(&self.set("volgens_plan", area, cell));
                let whole = number(&self.set("uit", area, cell));
                let share = row("aandeel_volgens_plan");
                rows.push(if whole >= 20 || protection.is_none() {
                    Row {
                        teller: Some(part),
                        noemer: Some(whole),
                        ..share
                    }
                } else {
                    Row {
                        sign: Sign::Hidden,
                        ..share
                    }
                });
            }
        }
        rows
    }

    /// The same country with other records.
    pub(crate) fn with(&self, records: Vec<Record>) -> Self {
        Self {
            records,
            areas: self.areas.clone(),
            ..*self
        }
    }

    /// What one aanbieder counts itself.
    pub(crate) fn of_aanbieder(&self, aanbieder: u64) -> Self {
        let records = self.records.iter().filter(|r| r.aanbieder == aanbieder);
        self.with(records.cloned().collect())
    }
}

impl Record {
    fn new(seed: u64, gemeente: usize, number: u64) -> Self {
        let key = mix(mix(seed ^ gemeente as u64) ^ number);
        let pick = |of: u64, limit: u64| draw(key, of, limit) as usize;
        Self {
            key,
            gemeente,
            // Each jeugdregio has two aanbieders; small ones one.
            aanbieder: gemeente as u64 / 6 * 2 + draw(key, 1, 2),
            codes: [pick(2, 5).saturating_sub(2).min(2), pick(3, 4), pick(4, 5)],
            began_before: pick(5, 2) == 0,
            ended: pick(6, 3) == 0,
            as_planned: pick(7, 10) < 6,
        }
    }
}

fn code(gemeente: usize) -> String {
    format!("GM{gemeente:04}")
}

/// The gemeente with this code.
fn number(code: &str) -> usize {
    let digits = code.strip_prefix("GM").expect("a code of this world");
    digits.parse().expect("a code of this world")
}

fn areas(gemeenten: usize) -> Vec<Area> {
    let area = |niveau, gebied: String, of: Vec<usize>| Area {
        niveau,
        gebied,
        gemeenten: of.into_iter().map(code).collect(),
    };
    let mut areas = vec![area(
        Niveau::Nederland,
        "NL00".to_owned(),
        (0..gemeenten).collect(),
    )];
    let mut provincies: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut next = 0;
    for (region, size) in REGIONS.into_iter().enumerate() {
        let of: Vec<usize> = (next..next + size).collect();
        provincies.entry(region / 3).or_default().extend(&of);
        areas.push(area(Niveau::Jeugdregio, format!("JZ{region:02}"), of));
        next += size;
    }
    for (provincie, of) in provincies {
        areas.push(area(Niveau::Provincie, format!("PV{provincie:02}"), of));
    }
    for class in 0..3 {
        let of = (0..gemeenten).filter(|g| g % 3 == class).collect();
        areas.push(area(Niveau::Grootteklasse, format!("klasse {class}"), of));
    }
    areas.extend((0..gemeenten).map(|g| area(Niveau::Gemeente, code(g), vec![g])));
    areas
}

pub(crate) fn publication<'a>(name: &str, rows: &'a [Row], rule: Rule) -> Publication<'a> {
    Publication {
        name: name.to_owned(),
        rule,
        rows: rows.iter().map(Row::published).collect(),
        leveringen: BTreeMap::new(),
        key: String::new(),
    }
}

/// Attacks one publication of a world, with the exact numbers at hand to judge what it finds.
pub(crate) fn attack(world: &World, protection: Protection, everywhere: bool) -> AuditReport {
    let rows = world.rows(Some(protection), everywhere);
    let rule = match protection {
        Protection::Random => Rule::FIVES,
        Protection::Nearest => Rule::Rounded { within: 2 },
    };
    let exact = world.rows(None, true);
    let exact: Vec<PublishedRow<'_>> = exact.iter().map(Row::published).collect();
    let report = Attack {
        structure: &world.structure(),
        publications: &[publication("nu", &rows, rule)],
        insider: None,
        exact: Some(&exact),
    }
    .run();
    is_true(&report);
    report
}

/// Whatever follows is so.
fn is_true(report: &AuditReport) {
    assert!(report.finished(), "{report}");
    for followed in &report.followed {
        let exact = followed.exact.expect("everything is known of this world");
        let bounds = followed.lower..=followed.upper;
        assert!(bounds.contains(&exact), "{followed:?}");
    }
}

pub(crate) const WORLDS: std::ops::Range<u64> = 0..4;

fn found(protection: Protection, everywhere: bool) -> [usize; 4] {
    let mut found = [0; 4];
    for seed in WORLDS {
        let report = attack(&World::new(seed), protection, everywhere);
        assert!(report.small(What::Count) > 100, "{report}");
        found[0] += report.exactly(What::Count);
        found[1] += report.within_one(What::Count);
        found[2] += report.exactly(What::Rest);
        found[3] += report.within_one(What::Rest);
    }
    found
}

#[test]
fn random_rounding_with_totals_alone_at_gemeente_level_gives_nothing_away() {
    assert_eq!(found(Protection::Random, false), [0; 4]);
}

#[test]
fn every_breakdown_at_gemeente_level_gives_numbers_away() {
    assert!(found(Protection::Random, true)[1] > 0);
}

#[test]
fn rounding_to_the_nearest_gives_numbers_away() {
    assert!(found(Protection::Nearest, true)[0] > 0);
}

/// Three versions: a traject comes in one gemeente, then one goes in another. Only there are the numbers of other sets.
#[test]
fn earlier_publications_give_nothing_away() {
    for seed in WORLDS {
        let first = World::new(seed);
        let mut second = World::new(seed);
        let came = Record::new(seed, 3, 1_000);
        second.records.push(came);
        let mut third = World::new(seed);
        third.records = second.records.clone();
        let gone = third.records.swap_remove(0).gemeente;
        let rows = [&third, &second, &first].map(|w| w.rows(Some(Protection::Random), false));
        // Which leveringen: the first everywhere, but where something changed since.
        let leveringen = |came_by: u64, gone_by: u64| {
            let areas = first.areas.iter();
            let named = areas.map(|area| {
                let has = |gemeente: usize| area.gemeenten.contains(&code(gemeente));
                let text = format!(
                    "{} {}",
                    u64::from(has(3)) * came_by,
                    u64::from(has(gone)) * gone_by
                );
                (area.gebied.clone(), text)
            });
            named.collect::<BTreeMap<String, String>>()
        };
        let named = [("3", [1, 1]), ("2", [1, 0]), ("1", [0, 0])];
        let versions = named.iter().zip(&rows);
        let publications = versions.map(|((name, [came_by, gone_by]), rows)| Publication {
            leveringen: leveringen(*came_by, *gone_by),
            key: String::new(),
            ..publication(name, rows, Rule::FIVES)
        });
        let publications: Vec<Publication<'_>> = publications.collect();
        let exact = third.rows(None, true);
        let exact: Vec<PublishedRow<'_>> = exact.iter().map(Row::published).collect();
        let report = Attack {
            structure: &first.structure(),
            publications: &publications,
            insider: None,
            exact: Some(&exact),
        }
        .run();
        assert!(report.finished() && !report.found(), "{report}");
    }
}

/// The same leveringen have other numbers under another key: that narrows, and is no contradiction.
#[test]
fn another_key_gives_other_numbers_for_the_same_children() {
    for seed in WORLDS {
        let world = World::new(seed);
        let mut again = World::new(seed);
        again.seed = seed + 1_000;
        let rows = [&again, &world].map(|w| w.rows(Some(Protection::Random), false));
        let areas = world.areas.iter();
        let same: BTreeMap<String, String> =
            areas.map(|a| (a.gebied.clone(), "1".to_owned())).collect();
        let versions = ["nu", "eerder"].into_iter().zip(&rows);
        let publications = versions.map(|(name, rows)| Publication {
            leveringen: same.clone(),
            key: name.to_owned(),
            ..publication(name, rows, Rule::FIVES)
        });
        let publications: Vec<Publication<'_>> = publications.collect();
        let exact = world.rows(None, true);
        let exact: Vec<PublishedRow<'_>> = exact.iter().map(Row::published).collect();
        let report = Attack {
            structure: &world.structure(),
            publications: &publications,
            insider: None,
            exact: Some(&exact),
        }
        .run();
        is_true(&report);
    }
}

/// A publication that says it is unchanged, and is not, contradicts the other: that is told, by name.
#[test]
fn a_gebied_that_did_change_is_found_out() {
    let world = World::new(1);
    let other = World::new(2);
    let rows = [&world, &other].map(|w| w.rows(Some(Protection::Random), false));
    let areas = world.areas.iter();
    let same: BTreeMap<String, String> =
        areas.map(|a| (a.gebied.clone(), "1".to_owned())).collect();
    let publications = ["nu", "eerder"].into_iter().zip(&rows);
    let publications = publications.map(|(name, rows)| Publication {
        leveringen: same.clone(),
        key: String::new(),
        ..publication(name, rows, Rule::FIVES)
    });
    let publications: Vec<Publication<'_>> = publications.collect();
    let report = Attack {
        structure: &world.structure(),
        publications: &publications,
        insider: None,
        exact: None,
    }
    .run();
    assert!(!report.finished() && !report.found(), "{report}");
    assert!(
        report.to_string().contains("no number fits for"),
        "{report}"
    );
}

pub(crate) fn own_counts(rows: &[Row]) -> Vec<CellCount<'_>> {
    let mut own = Vec::new();
    for row in rows {
        let count = |measure, count: Option<i64>| CellCount {
            measure,
            gebied: &row.gebied,
            uitsplitsing: &row.uitsplitsing,
            categorie: &row.categorie,
            count: count.expect("an exact row shows everything"),
        };
        own.push(match row.indicator.as_str() {
            "aandeel_volgens_plan" => count("volgens_plan", row.teller),
            measure => count(measure, row.teller),
        });
    }
    own
}

fn attack_from_within(world: &World, aanbieder: u64, everywhere: bool) -> AuditReport {
    let rows = world.rows(Some(Protection::Random), everywhere);
    let own = world.of_aanbieder(aanbieder).rows(None, true);
    let insider = Insider {
        name: format!("aanbieder {aanbieder}"),
        own: vec![own_counts(&own)],
    };
    let exact = world.rows(None, true);
    let exact: Vec<PublishedRow<'_>> = exact.iter().map(Row::published).collect();
    let report = Attack {
        structure: &world.structure(),
        publications: &[publication("nu", &rows, Rule::FIVES)],
        insider: Some(&insider),
        exact: Some(&exact),
    }
    .run();
    is_true(&report);
    report
}

#[test]
fn no_aanbieder_learns_what_another_counts() {
    for aanbieder in 0..12 {
        let report = attack_from_within(&World::new(5), aanbieder, false);
        assert!(!report.found(), "{report}");
    }
}

/// The attack from within can find something, and what it finds is what the others count.
#[test]
fn an_aanbieder_learns_from_breakdowns_at_gemeente_level() {
    let found: usize = (0..12)
        .map(|aanbieder| attack_from_within(&World::new(5), aanbieder, true))
        .map(|report| report.followed.len())
        .sum();
    assert!(found > 0);
}

/// How many a measure counts.
fn how_many(measure: &str) -> IndicatorCounts {
    IndicatorCounts {
        id: measure.to_owned(),
        kind: Kind::Count,
        numerator: Some(CountOf::own(measure)),
        denominator: None,
        records: None,
        present: None,
        floor: None,
    }
}

/// What is published of the whole country.
fn of_the_country(indicator: &str, count: i64) -> Row {
    Row {
        indicator: indicator.to_owned(),
        gebied: "NL00".to_owned(),
        uitsplitsing: "totaal".to_owned(),
        categorie: "totaal".to_owned(),
        teller: Some(count),
        noemer: None,
        sign: Sign::Shown,
    }
}

/// Children have keys of their own: that their number differs from that of their trajecten as published says nothing,
/// where that of a part and its whole says that the whole is more.
#[test]
fn only_sets_of_the_same_are_told_apart() {
    let mut structure = Structure {
        indicators: vec![how_many("kinderen"), how_many("trajecten")],
        areas: areas(1),
        links: vec![Link::Part {
            part: "kinderen".to_owned(),
            whole: "trajecten".to_owned(),
        }],
        distinct: vec!["kinderen".to_owned()],
        ..Structure::default()
    };
    let rows = [("kinderen", 5), ("trajecten", 3)]
        .map(|(indicator, count)| of_the_country(indicator, count));
    let publications = [publication("nu", &rows, Rule::Rounded { within: 1 })];
    let attack = |structure: &Structure| {
        Attack {
            structure,
            publications: &publications,
            insider: None,
            exact: None,
        }
        .run()
    };
    // 4 to 6 children have 2 to 4 trajecten: both are 4.
    let report = attack(&structure);
    assert!(
        report.finished() && report.exactly(What::Count) >= 2,
        "{report}"
    );
    structure.distinct.clear();
    assert!(!attack(&structure).finished());
}

/// What is added up is a part of its sum: where the two are published as different numbers, the rest is somebody.
#[test]
fn an_addend_that_is_another_number_is_less_than_the_sum() {
    let structure = Structure {
        indicators: ["begin", "in", "gebruik"].map(how_many).into(),
        areas: areas(1),
        links: vec![Link::Equal {
            sum: ["begin", "in"].map(str::to_owned).into(),
            equal: vec!["gebruik".to_owned()],
        }],
        ..Structure::default()
    };
    let rows =
        [("in", 10), ("gebruik", 9)].map(|(indicator, count)| of_the_country(indicator, count));
    let report = Attack {
        structure: &structure,
        publications: &[publication("nu", &rows, Rule::Rounded { within: 1 })],
        insider: None,
        exact: None,
    }
    .run();
    // 9 to 11 came in, 8 to 10 used help, and the two are not the same: 9 and 10, so one began before.
    let begin = report
        .followed
        .iter()
        .find(|found| found.measure == "begin");
    let begin = begin.map(|found| (found.what, found.lower, found.upper));
    assert_eq!(begin, Some((What::Count, 1, 1)), "{report}");
}
