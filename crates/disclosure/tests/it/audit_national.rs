//! A country as large as the real one, made up: 342 gemeenten in 42 jeugdregio's and 45,000 trajecten, published as the
//! omgang pipeline does. Also made small, for what must hold of every world.

use std::collections::{BTreeMap, BTreeSet};

use disclosure::audit::records::{CountedRecord, exact_table};
use disclosure::audit::table::ExactTable;
use disclosure::audit::{
    Area, BreakdownCodes, CountOf, IndicatorCounts, Link, Publication, PublishedRow, Rule, Sign,
    Structure,
};
use schema::Niveau;
use schema::indicator::Kind;

use crate::audit_world::mix;

/// Breakdowns in which everything is told, and how many codes they have.
const EVERYWHERE: [(&str, usize); 5] = [
    ("kader", 3),
    ("vorm", 4),
    ("verwijzer", 6),
    ("bekostiging", 5),
    ("leeftijdsklasse", 5),
];
/// Breakdowns of one measure; the last code of each is that it is not known, and then there is none.
const SOMEWHERE: [(&str, &str, usize); 4] = [
    ("aanleiding", "aanleiding_bekend", 7),
    ("wettelijk_kader", "wettelijk_kader_bekend", 5),
    ("verblijf", "verblijf_bekend", 6),
    ("reden_einde", "uitkomst_beeindigd", 6),
];

/// A traject: days from 1 January, `None` where something did not happen by 31 December.
#[derive(Clone)]
struct Traject {
    key: u64,
    child: u64,
    gemeente: usize,
    aanbieder: usize,
    codes: [usize; 5],
    details: [usize; 4],
    referred: i64,
    start: Option<i64>,
    end: Option<i64>,
}

type Counts = fn(&Traject) -> bool;

fn helped(t: &Traject) -> bool {
    t.start.is_some() && t.end.is_none_or(|end| end >= 0)
}

fn waits(t: &Traject, day: i64) -> bool {
    t.referred <= day && t.start.is_none_or(|s| s > day) && t.end.is_none_or(|e| e > day)
}

fn ended(t: &Traject) -> bool {
    t.end.is_some_and(|end| end >= 0)
}

fn ended_after_help(t: &Traject) -> bool {
    ended(t) && t.start.is_some()
}

fn in_time(t: &Traject) -> bool {
    t.start
        .is_some_and(|start| start >= 0 && start - t.referred <= 98)
}

const MEASURES: [(&str, Counts); 27] = [
    ("organisatie_trajecten", |_| true),
    ("gebruik_trajecten", helped),
    ("stroom_begin", |t| helped(t) && t.start < Some(0)),
    ("stroom_in", |t| t.start >= Some(0)),
    ("stroom_uit", ended_after_help),
    ("stroom_eind", |t| t.start.is_some() && t.end.is_none()),
    ("stroom_door", |t| {
        ended_after_help(t) && mix(t.key ^ 1).is_multiple_of(9)
    }),
    ("duur_tot_6_maanden", |t| {
        ended_after_help(t) && t.end.zip(t.start).is_some_and(|(e, s)| e - s <= 182)
    }),
    ("duur_langer", |t| {
        ended_after_help(t) && t.end.zip(t.start).is_some_and(|(e, s)| e - s > 365)
    }),
    ("wachten_op_31_maart", |t| waits(t, 89)),
    ("wachten_op_30_juni", |t| waits(t, 180)),
    ("wachten_op_30_september", |t| waits(t, 272)),
    ("wachten_op_31_december", |t| waits(t, 364)),
    ("wachten_nu_binnen_norm", |t| {
        waits(t, 364) && t.referred >= 364 - 98
    }),
    ("wachten_nu_langer", |t| waits(t, 364) && t.referred < 0),
    ("wachten_binnen_norm", in_time),
    ("wachten_ingetrokken", |t| t.start.is_none() && ended(t)),
    ("wachten_verlaten", |t| {
        t.start >= Some(0) || (t.start.is_none() && ended(t))
    }),
    ("wachten_aangemeld", |t| t.referred >= 0),
    ("uitkomst_beeindigd", ended),
    ("uitkomst_na_hulp", ended_after_help),
    ("uitkomst_volgens_plan", |t| {
        ended_after_help(t) && t.details[3] < 2
    }),
    ("uitkomst_vervolg_bekend", |t| {
        ended_after_help(t) && !mix(t.key ^ 2).is_multiple_of(6)
    }),
    ("aanleiding_bekend", |t| t.details[0] < 6),
    ("wettelijk_kader_bekend", |t| t.details[1] < 4),
    ("verblijf_bekend", |t| t.details[2] < 5),
    ("contacten_trajecten", |t| {
        helped(t) && !mix(t.key ^ 3).is_multiple_of(20)
    }),
];

/// Shares, of what in what.
const SHARES: [(&str, &str, &str); 5] = [
    ("aandeel_binnen_norm", "wachten_binnen_norm", "stroom_in"),
    (
        "aandeel_nu_binnen_norm",
        "wachten_nu_binnen_norm",
        "wachten_op_31_december",
    ),
    (
        "aandeel_volgens_plan",
        "uitkomst_volgens_plan",
        "uitkomst_na_hulp",
    ),
    ("aandeel_doorstroom", "stroom_door", "stroom_uit"),
    ("aandeel_kort", "duur_tot_6_maanden", "stroom_uit"),
];

/// Measures that have no row of their own, and those that gemeenten have no row of.
const ONLY_IN_SHARES: [&str; 5] = [
    "wachten_binnen_norm",
    "wachten_nu_binnen_norm",
    "uitkomst_volgens_plan",
    "duur_tot_6_maanden",
    "stroom_door",
];
const NOT_AT_GEMEENTE: [&str; 2] = ["stroom_begin", "stroom_eind"];
const CHILDREN: &str = "gebruik_jeugdigen";

/// A country and its publication.
pub(crate) struct Country {
    pub(crate) structure: Structure,
    trajecten: Vec<Traject>,
    gemeenten: Vec<String>,
    rows: Vec<OwnRow>,
}

struct OwnRow {
    indicator: String,
    gebied: String,
    uitsplitsing: String,
    categorie: String,
    teller: Option<i64>,
    noemer: Option<i64>,
    hidden: bool,
}

impl Country {
    /// With so many trajecten, gemeenten, jeugdregio's and aanbieders.
    pub(crate) fn new(seed: u64, size: usize, gemeenten: usize, regions: usize, by: usize) -> Self {
        let names: Vec<String> = (0..gemeenten).map(|g| format!("GM{g:04}")).collect();
        let areas = areas(seed, &names, regions);
        let trajecten = trajecten(seed, size, gemeenten, regions, by);
        let mut country = Self {
            structure: structure(areas),
            trajecten,
            gemeenten: names,
            rows: Vec::new(),
        };
        country.publish(seed);
        country
    }

    /// What is held against other tables.
    pub(crate) fn table(&self) -> ExactTable {
        let names: Vec<String> = (0..1_000).map(|k| format!("{k}")).collect();
        let mut records = Vec::new();
        for traject in &self.trajecten {
            let mut codes: Vec<(&str, &str)> = Vec::new();
            for ((name, _), code) in EVERYWHERE.iter().zip(traject.codes) {
                codes.push((name, &names[code]));
            }
            for ((name, _, count), code) in SOMEWHERE.iter().zip(traject.details) {
                let known = match *name {
                    "reden_einde" => ended(traject),
                    _ => code + 1 < *count,
                };
                codes.extend(known.then(|| (*name, names[code].as_str())));
            }
            let record = |unit, measures| CountedRecord {
                version: 0,
                person: traject.child,
                unit,
                aanbieder: &names[traject.aanbieder],
                gemeente: &self.gemeenten[traject.gemeente],
                codes: codes.clone(),
                measures,
            };
            let counts = MEASURES.iter().filter(|(_, counts)| counts(traject));
            records.push(record(0, counts.map(|(name, _)| *name).collect()));
            if helped(traject) {
                records.push(record(1, vec![CHILDREN]));
            }
        }
        let rows = self.rows.iter().map(|row| PublishedRow {
            indicator: &row.indicator,
            gebied: &row.gebied,
            uitsplitsing: &row.uitsplitsing,
            categorie: &row.categorie,
            teller: row.teller.map(|x| x as f64),
            noemer: row.noemer.map(|x| x as f64),
            n: None,
            sign: if row.hidden {
                Sign::Hidden
            } else {
                Sign::Shown
            },
            computed: true,
        });
        let publication = Publication {
            key: String::new(),
            name: "nu".to_owned(),
            rule: Rule::FIVES,
            rows: rows.collect(),
            leveringen: BTreeMap::new(),
        };
        exact_table(&self.structure, &[publication], &records).expect("the country is whole")
    }

    /// Rounds every set of records to fives, the same set to the same number.
    fn publish(&mut self, seed: u64) {
        let mut sets: BTreeMap<(&str, &str, usize, usize), BTreeSet<u64>> = BTreeMap::new();
        let mut around = vec![Vec::new(); self.gemeenten.len()];
        for area in &self.structure.areas {
            for gemeente in &area.gemeenten {
                let place: usize = gemeente[2..].parse().expect("a code of this country");
                around[place].push(area.gebied.as_str());
            }
        }
        for traject in &self.trajecten {
            let counts = MEASURES.iter().filter(|(_, counts)| counts(traject));
            let counts = counts.map(|(name, _)| (*name, traject.key));
            let child = helped(traject).then_some((CHILDREN, traject.child ^ 1 << 60));
            for (measure, key) in counts.chain(child) {
                for &area in &around[traject.gemeente] {
                    let mut add = |of: usize, code| {
                        sets.entry((measure, area, of, code))
                            .or_default()
                            .insert(key);
                    };
                    add(0, 0);
                    for (of, &code) in traject.codes.iter().enumerate() {
                        add(of + 1, code);
                    }
                    for (of, (_, told, _)) in SOMEWHERE.iter().enumerate() {
                        if *told == measure {
                            add(of + 6, traject.details[of]);
                        }
                    }
                }
            }
        }
        let number = |measure: &str, area: &str, of: usize, code: usize| {
            let set = sets.get(&(measure, area, of, code));
            let n = set.map_or(0, BTreeSet::len) as i64;
            let keys = set
                .into_iter()
                .flatten()
                .fold(0u64, |all, key| all.wrapping_add(*key));
            let up = mix(keys ^ seed) % 5 < (n % 5) as u64;
            n - n % 5 + if up { 5 } else { 0 }
        };
        let mut rows = Vec::new();
        for area in &self.structure.areas {
            let gemeente = area.niveau == Niveau::Gemeente;
            let measures = MEASURES.iter().map(|(name, _)| *name).chain([CHILDREN]);
            for measure in measures.filter(|name| !ONLY_IN_SHARES.contains(name)) {
                if gemeente && NOT_AT_GEMEENTE.contains(&measure) {
                    continue;
                }
                for (of, code, names) in cells(gemeente, measure) {
                    rows.push(OwnRow::new(measure, area, names, {
                        (Some(number(measure, &area.gebied, of, code)), None)
                    }));
                }
            }
            for (share, part, whole) in SHARES {
                for (of, code, names) in cells(gemeente, "") {
                    let of_whole = number(whole, &area.gebied, of, code);
                    let shown = of_whole >= 20;
                    let numbers = (
                        shown.then(|| number(part, &area.gebied, of, code)),
                        shown.then_some(of_whole),
                    );
                    rows.push(OwnRow::new(share, area, names, numbers));
                }
            }
        }
        self.rows = rows;
    }
}

impl OwnRow {
    fn new(
        indicator: &str,
        area: &Area,
        (uitsplitsing, categorie): (String, String),
        (teller, noemer): (Option<i64>, Option<i64>),
    ) -> Self {
        Self {
            indicator: indicator.to_owned(),
            gebied: area.gebied.clone(),
            uitsplitsing,
            categorie,
            teller,
            noemer,
            hidden: teller.is_none(),
        }
    }
}

/// The cells in which a measure is told: place of the breakdown and of the code, and their names.
fn cells(gemeente: bool, measure: &str) -> Vec<(usize, usize, (String, String))> {
    let total = "totaal".to_owned();
    let mut all = vec![(0, 0, (total.clone(), total))];
    if gemeente {
        return all;
    }
    let somewhere = SOMEWHERE.iter().filter(|(_, told, _)| *told == measure);
    let only = somewhere.clone().count() > 0 && measure != "uitkomst_beeindigd";
    for (of, (name, codes)) in EVERYWHERE.iter().enumerate().filter(|_| !only) {
        for code in 0..*codes {
            all.push((of + 1, code, ((*name).to_owned(), code.to_string())));
        }
    }
    for (of, (name, told, codes)) in SOMEWHERE.iter().enumerate() {
        let known = codes - usize::from(*name != "reden_einde");
        for code in (0..known).filter(|_| *told == measure) {
            all.push((of + 6, code, ((*name).to_owned(), code.to_string())));
        }
    }
    all
}

fn areas(seed: u64, gemeenten: &[String], regions: usize) -> Vec<Area> {
    let mut of: BTreeMap<(Niveau, String), Vec<String>> = BTreeMap::new();
    for (place, gemeente) in gemeenten.iter().enumerate() {
        let region = place * regions / gemeenten.len();
        let class = mix(seed ^ place as u64) % 6;
        for (niveau, code) in [
            (Niveau::Nederland, "NL00".to_owned()),
            (
                Niveau::Provincie,
                format!("PV{:02}", region * 12 / regions.max(12)),
            ),
            (Niveau::Jeugdregio, format!("JZ{region:02}")),
            (Niveau::Grootteklasse, format!("klasse {class}")),
            (Niveau::Gemeente, gemeente.clone()),
        ] {
            of.entry((niveau, code)).or_default().push(gemeente.clone());
        }
    }
    let of = of.into_iter();
    of.map(|((niveau, gebied), gemeenten)| Area {
        niveau,
        gebied,
        gemeenten,
    })
    .collect()
}

fn trajecten(seed: u64, size: usize, gemeenten: usize, regions: usize, by: usize) -> Vec<Traject> {
    // Most gemeenten are small, a few are large.
    let weights: Vec<u64> = (0..gemeenten)
        .map(|g| {
            let drawn = mix(mix(seed) ^ g as u64) % 1_000;
            6 + drawn * drawn * drawn / 2_500_000
        })
        .collect();
    let all: u64 = weights.iter().sum();
    let mut made: Vec<Traject> = Vec::new();
    for k in 0..size as u64 {
        let key = mix(mix(seed ^ 0x4d) ^ k);
        let draw = |of: u64, limit: u64| mix(key ^ (of << 32)) % limit;
        // The first codes are the commonest.
        let skewed = |of: u64, codes: usize| {
            let drawn = draw(of, 1_000) * draw(of + 50, 1_000);
            (drawn * codes as u64 / 1_000_000) as usize
        };
        let mut place = draw(1, all);
        let of = |weight: &&u64| {
            let here = place < **weight;
            place = place.saturating_sub(if here { 0 } else { **weight });
            !here
        };
        let gemeente = weights.iter().take_while(of).count();
        let region = gemeente * regions / gemeenten;
        let referred = draw(2, 500) as i64 - 140;
        let wait = (draw(3, 200) * draw(4, 200) / 150) as i64;
        let lasts = (draw(5, 700) * draw(6, 700) / 700) as i64;
        let starts = draw(7, 10) > 0;
        let start = referred + wait;
        let end = start + lasts;
        let mut traject = Traject {
            key,
            child: k,
            gemeente,
            // One or two aanbieders in most regions.
            aanbieder: (region * 2 + draw(8, 5) as usize / 3) % by,
            codes: [
                skewed(10, 3),
                skewed(11, 4),
                skewed(12, 6),
                skewed(13, 5),
                draw(14, 5) as usize,
            ],
            details: [skewed(15, 7), skewed(16, 5), skewed(17, 6), skewed(18, 6)],
            referred,
            start: Some(start).filter(|start| starts && *start <= 364),
            end: Some(if starts { end } else { start }).filter(|end| *end <= 364),
        };
        if traject.end.is_some_and(|end| end < 0) {
            traject.end = Some(draw(9, 365) as i64);
        }
        // Some children have two.
        if draw(19, 12) == 0
            && let Some(before) = made.last()
        {
            traject.child = before.child;
            traject.aanbieder = before.aanbieder;
            traject.gemeente = before.gemeente;
        }
        made.push(traject);
    }
    made
}

fn structure(areas: Vec<Area>) -> Structure {
    let count = |id: &str| IndicatorCounts {
        id: id.to_owned(),
        kind: Kind::Count,
        numerator: Some(CountOf::own(id)),
        denominator: None,
        records: None,
        present: None,
        floor: None,
    };
    let measures = MEASURES.iter().map(|(name, _)| *name).chain([CHILDREN]);
    let counts = measures
        .filter(|name| !ONLY_IN_SHARES.contains(name))
        .map(count);
    let shares = SHARES.iter().map(|(share, part, whole)| IndicatorCounts {
        kind: Kind::Share,
        numerator: Some(CountOf::own(part)),
        denominator: Some(CountOf::own(whole)),
        floor: Some((CountOf::own(whole), 20)),
        ..count(share)
    });
    let codes = |count: usize, complete| BreakdownCodes {
        codes: (0..count).map(|code| code.to_string()).collect(),
        complete,
    };
    let everywhere = EVERYWHERE
        .iter()
        .map(|(name, count)| (*name, codes(*count, true)));
    let somewhere = SOMEWHERE
        .iter()
        .map(|(name, _, count)| (*name, codes(*count, false)));
    let part = |(part, whole): (&str, &str)| Link::Part {
        part: part.to_owned(),
        whole: whole.to_owned(),
    };
    let parts = [
        (CHILDREN, "gebruik_trajecten"),
        ("gebruik_trajecten", "organisatie_trajecten"),
        ("uitkomst_na_hulp", "uitkomst_beeindigd"),
        ("uitkomst_vervolg_bekend", "uitkomst_na_hulp"),
        ("wachten_nu_langer", "wachten_op_31_december"),
        ("contacten_trajecten", "gebruik_trajecten"),
    ];
    let equal = |sum: [&str; 2], to: &[&str]| Link::Equal {
        sum: sum.map(str::to_owned).to_vec(),
        equal: to.iter().map(|name| (*name).to_owned()).collect(),
    };
    Structure {
        indicators: counts.chain(shares).collect(),
        breakdowns: everywhere
            .chain(somewhere)
            .map(|(name, codes)| (name.to_owned(), codes))
            .collect(),
        areas,
        links: parts
            .into_iter()
            .map(part)
            .chain([
                equal(["stroom_begin", "stroom_in"], &["gebruik_trajecten"]),
                equal(["stroom_uit", "stroom_eind"], &["gebruik_trajecten"]),
            ])
            .collect(),
        distinct: vec![CHILDREN.to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use disclosure::audit::certificate::certify;

    use super::*;

    /// `cargo test --release -p disclosure --test it -- --ignored national_publication --nocapture`
    #[test]
    #[ignore = "measures: a country of 45,000 trajecten, in a release build"]
    fn a_national_publication_is_proven_within_ten_minutes() {
        measure(&Country::new(1, 45_000, 342, 42, 70));
    }

    #[test]
    #[ignore = "measures: a ninth of the country, in a release build"]
    fn a_smaller_publication_is_proven() {
        measure(&Country::new(1, 5_000, 40, 6, 10));
    }

    fn measure(country: &Country) {
        let table = country.table();
        let began = Instant::now();
        let proof = certify(&table).expect("the publication is of these records");
        let seconds = began.elapsed().as_secs();
        let changed: usize = proof
            .tables
            .iter()
            .map(|t| t.changed.len() + t.added.len())
            .sum();
        println!(
            "{} records, {} published, {} sensitive, {} unproven, {} tables, {changed} changes, {seconds} s",
            table.records.len(),
            table.published.len(),
            proof.sensitive,
            proof.unproven.len(),
            proof.tables.len()
        );
        for number in proof.unproven.iter().take(40) {
            println!("{number:?}");
        }
        assert!(seconds < 600, "{seconds} s");
    }
}
