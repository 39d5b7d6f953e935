//! The attack on a publication by the old rule, of which the exact numbers are known.
//!
//! `fixtures/threshold_rule.csv.zst` is the publication of the practice data of 29 November 2026: each row with its exact
//! numbers, and the sign under which it was published (F shown, C hidden, D hidden for another's sake). No real child
//! is in it. `threshold_rule.toml` says what was counted.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use disclosure::audit::{
    Attack, AuditReport, BreakdownCodes, CellOf, CountOf, IndicatorCounts, Link, Publication,
    PublishedRow, Rule, Sign, Structure, What, areas_of,
};
use schema::definitie::VeldType;
use schema::indicator::Kind;
use schema::{Definitie, Niveau};
use serde::Deserialize;

#[derive(Deserialize)]
struct Declared {
    indicator: Vec<DeclaredIndicator>,
    verband: Vec<DeclaredLink>,
    klassen: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct DeclaredIndicator {
    id: String,
    aard: Kind,
    teller: Option<String>,
    noemer: Option<String>,
    n: Option<String>,
    aanwezig: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum DeclaredLink {
    Equal {
        som: Vec<String>,
        gelijk: Vec<String>,
    },
    Part {
        deel: String,
        geheel: String,
    },
}

/// A row as it stands in the fixture.
#[derive(Deserialize)]
struct FixtureRow {
    indicator: String,
    gebied: String,
    uitsplitsing: String,
    categorie: String,
    teller: Option<f64>,
    noemer: Option<f64>,
    n: Option<i64>,
    status: char,
    sign: char,
}

fn count(text: &str) -> CountOf {
    let bare = text.strip_suffix('*');
    CountOf {
        measures: bare
            .unwrap_or(text)
            .split(" + ")
            .map(str::to_owned)
            .collect(),
        cell: if bare.is_some() {
            CellOf::AllCodes
        } else {
            CellOf::Own
        },
    }
}

fn structure() -> Structure {
    let text = include_str!("../fixtures/threshold_rule.toml");
    let declared: Declared = toml::from_str(text).expect("the fixture is well formed");
    let definitie = Definitie::load("omgang/2020").expect("it is compiled in");
    let mut breakdowns: BTreeMap<String, BreakdownCodes> = BTreeMap::new();
    for veld in definitie.tabellen.iter().flat_map(|tabel| &tabel.velden) {
        if let VeldType::Code { list } = &veld.veldtype {
            let codes = definitie.codelijsten[list].codes.iter();
            breakdowns
                .entry(veld.naam.clone())
                .or_insert(BreakdownCodes {
                    codes: codes.map(|code| code.code.clone()).collect(),
                    complete: veld.verplicht,
                });
        }
    }
    for (name, codes) in declared.klassen {
        let complete = name == "leeftijdsklasse";
        breakdowns.insert(name, BreakdownCodes { codes, complete });
    }
    let counts = |text: Option<String>| text.as_deref().map(count);
    Structure {
        indicators: declared
            .indicator
            .into_iter()
            .map(|indicator| IndicatorCounts {
                id: indicator.id,
                kind: indicator.aard,
                numerator: counts(indicator.teller),
                denominator: counts(indicator.noemer),
                records: counts(indicator.n),
                present: counts(indicator.aanwezig),
                floor: None,
            })
            .collect(),
        breakdowns,
        areas: areas_of(2020),
        links: declared
            .verband
            .into_iter()
            .map(|link| match link {
                DeclaredLink::Equal {
                    som: sum,
                    gelijk: equal,
                } => Link::Equal { sum, equal },
                DeclaredLink::Part {
                    deel: part,
                    geheel: whole,
                } => Link::Part { part, whole },
            })
            .collect(),
        distinct: vec!["gebruik_jeugdigen".to_owned()],
    }
}

fn fixture() -> Vec<FixtureRow> {
    let packed = include_bytes!("../fixtures/threshold_rule.csv.zst");
    let text = zstd::decode_all(packed.as_slice()).expect("the fixture is whole");
    let mut reader = csv::Reader::from_reader(text.as_slice());
    reader
        .deserialize()
        .map(|row| row.expect("the fixture has these columns"))
        .collect()
}

fn exact(row: &FixtureRow) -> PublishedRow<'_> {
    PublishedRow {
        indicator: &row.indicator,
        gebied: &row.gebied,
        uitsplitsing: &row.uitsplitsing,
        categorie: &row.categorie,
        teller: row.teller,
        noemer: row.noemer,
        n: row.n,
        sign: Sign::Shown,
        computed: row.status != 'M',
    }
}

fn published(row: &FixtureRow) -> PublishedRow<'_> {
    let exact = exact(row);
    let sign = match row.sign {
        'F' => return exact,
        'C' => Sign::Hidden,
        _ => Sign::HiddenForAnother,
    };
    PublishedRow {
        teller: None,
        noemer: None,
        n: None,
        sign,
        ..exact
    }
}

/// The attack, made once for the tests of this file.
fn report() -> &'static AuditReport {
    static REPORT: OnceLock<AuditReport> = OnceLock::new();
    REPORT.get_or_init(|| {
        let rows = fixture();
        let exact: Vec<PublishedRow<'_>> = rows.iter().map(exact).collect();
        let publication = Publication {
            name: "omgang-2020-1".to_owned(),
            rule: Rule::Threshold,
            rows: rows.iter().map(published).collect(),
            leveringen: BTreeMap::new(),
            key: String::new(),
        };
        let attack = Attack {
            structure: &structure(),
            publications: &[publication],
            insider: None,
            exact: Some(&exact),
        };
        attack.run()
    })
}

#[test]
fn the_old_rule_gave_away_tens_of_thousands_of_small_counts() {
    let report = report();
    assert!(report.finished(), "{report}");
    assert!(report.unread.is_empty(), "{:?}", report.unread);
    assert!(report.exactly(What::Count) >= 31_000, "{report}");
}

/// What the attack says is so: no relation was declared that does not hold.
#[test]
fn what_the_attack_finds_is_true() {
    for followed in &report().followed {
        let exact = followed.exact.unwrap_or_else(|| panic!("{followed:?}"));
        let bounds = followed.lower..=followed.upper;
        assert!(bounds.contains(&exact), "{followed:?}");
    }
}

/// The only child of Vlieland: how it was referred, how old it was, who paid, what help it got and in which kader.
#[test]
fn the_old_rule_gave_away_the_only_child_of_a_gemeente() {
    let profiles = &report().profiles;
    let child = profiles.iter().find(|p| p.gebied == "GM0096").unwrap();
    let known = [
        "bekostiging",
        "kader",
        "leeftijdsklasse",
        "verwijzer",
        "vorm",
    ];
    for breakdown in known {
        assert!(child.attributes.contains_key(breakdown), "{child:?}");
    }
    assert_eq!(child.attributes["leeftijdsklasse"], "0-3");
}

#[test]
fn the_report_says_it_in_words_and_in_fields() {
    let report = report();
    let text = report.to_string();
    assert!(text.contains("follow exactly"), "{text}");
    assert!(text.contains("one child in GM"), "{text}");
    let json = serde_json::to_value(report).unwrap();
    let tallies = json["tallies"].as_array().unwrap();
    let gemeente = Niveau::Gemeente.name();
    assert!(
        tallies
            .iter()
            .any(|tally| tally["niveau"] == gemeente && tally["what"] == "count")
    );
}
