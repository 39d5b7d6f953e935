//! Certificates: what they prove stays open, what follows is never proven, and a table that is broken is refused.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use disclosure::audit::certificate::{Proof, UnprovenNumber, certify};
use disclosure::audit::check_certificate::{CertificateChecker, CertificateRefusal};
use disclosure::audit::records::{CountedRecord, exact_table};
use disclosure::audit::table::{
    CountedArea, CountedBreakdown, CountedCell, CountedMeasure, ExactRecord, ExactTable, NO_CODE,
    NumberAddress, OtherTable, PublishedNumber, RecordKind, write_tables,
};
use disclosure::audit::{AuditReport, Rule, What};
use proptest::prelude::*;
use schema::Niveau;

use crate::audit_national::Country;
use crate::audit_world::{BREAKDOWNS, MEASURES, Protection, World, attack, code, publication};

/// What is held against other tables in a small country.
fn table(world: &World, protection: Protection, everywhere: bool) -> ExactTable {
    let rows = world.rows(Some(protection), everywhere);
    let rule = match protection {
        Protection::Random => Rule::FIVES,
        Protection::Nearest => Rule::Rounded { within: 2 },
    };
    let names: Vec<String> = (0..100).map(|k| k.to_string()).collect();
    let gemeenten: Vec<String> = (0..100).map(code).collect();
    let records: Vec<CountedRecord<'_>> = world
        .records
        .iter()
        .map(|record| CountedRecord {
            version: 0,
            person: record.key,
            unit: 0,
            aanbieder: &names[record.aanbieder as usize],
            gemeente: &gemeenten[record.gemeente],
            codes: BREAKDOWNS
                .iter()
                .zip(record.codes)
                .map(|((name, codes), code)| (*name, codes[code]))
                .collect(),
            measures: MEASURES
                .iter()
                .filter(|(_, counts)| counts(record))
                .map(|(name, _)| *name)
                .collect(),
        })
        .collect();
    let publication = publication("nu", &rows, rule);
    exact_table(&world.structure(), &[publication], &records).expect("the world is whole")
}

fn proven(table: &ExactTable) -> Proof {
    certify(table).expect("the publication is of these records")
}

/// What the tables alone leave, by a checker that saw no search.
fn left_by(table: &ExactTable, tables: &[OtherTable]) -> usize {
    let mut checker = CertificateChecker::new(table).expect("the publication is of these records");
    for other in tables {
        assert_eq!(checker.check(other), Ok(()));
    }
    checker.open()
}

/// A small country and what was proven of it, made once for the tests of this file.
fn small_country() -> &'static (ExactTable, Proof) {
    static PROVEN: OnceLock<(ExactTable, Proof)> = OnceLock::new();
    PROVEN.get_or_init(|| {
        let table = table(&World::new(0), Protection::Random, false);
        let proof = proven(&table);
        (table, proof)
    })
}

#[test]
fn the_tables_alone_prove_what_the_search_says_and_that_is_nearly_everything() {
    let (table, proof) = small_country();
    assert_eq!(left_by(table, &proof.tables), proof.unproven.len());
    assert!(proof.sensitive > 1_000, "{}", proof.sensitive);
    let unproven = &proof.unproven;
    assert!(
        unproven.len() * 200 < proof.sensitive,
        "{} {unproven:?}",
        proof.sensitive
    );
}

#[test]
fn the_same_records_give_the_same_tables() {
    let (table, proof) = small_country();
    let mut bytes = [Vec::new(), Vec::new()];
    write_tables(&mut bytes[0], &proof.tables).expect("memory takes it");
    write_tables(&mut bytes[1], &proven(table).tables).expect("memory takes it");
    assert!(!bytes[0].is_empty());
    assert_eq!(bytes[0], bytes[1]);
}

/// What the attack finds is known to within one, so no tables leave it open.
fn nothing_found_is_proven(report: &AuditReport, proof: &Proof) -> usize {
    let place = |u: &UnprovenNumber| {
        (
            u.what,
            u.gebied.clone(),
            u.uitsplitsing.clone(),
            u.categorie.clone(),
            u.measure.clone(),
        )
    };
    let anybody = proof.unproven.iter().filter(|u| u.insider.is_none());
    let unproven: BTreeSet<_> = anybody.map(place).collect();
    let small = report
        .followed
        .iter()
        .filter(|f| f.exact.is_some_and(|n| n > 0));
    for f in small {
        let (gebied, uitsplitsing) = (f.gebied.clone(), f.uitsplitsing.clone());
        let found = (
            f.what,
            gebied,
            uitsplitsing,
            f.categorie.clone(),
            f.measure.clone(),
        );
        assert!(unproven.contains(&found), "{f:?}");
    }
    report.followed.len()
}

#[test]
fn what_follows_from_a_hostile_publication_is_never_proven() {
    let mut found = 0;
    for protection in [Protection::Random, Protection::Nearest] {
        let world = World::new(0);
        let proof = proven(&table(&world, protection, true));
        found += nothing_found_is_proven(&attack(&world, protection, true), &proof);
    }
    assert!(found > 0);
}

/// Numbers of one measure over gemeenten and the country, published as given: gemeenten first, then Nederland.
fn gemeenten(own: &[(i64, i64)], nederland: i64, within: i64) -> ExactTable {
    let count = own.len() as u32;
    let area = |niveau, gebied: String, gemeenten| CountedArea {
        niveau,
        gebied,
        gemeenten,
    };
    let mut areas: Vec<CountedArea> = (0..count)
        .map(|g| area(Niveau::Gemeente, format!("GM{g}"), vec![g]))
        .collect();
    areas.push(area(
        Niveau::Nederland,
        "NL00".to_owned(),
        (0..count).collect(),
    ));
    let published = own
        .iter()
        .map(|(_, published)| *published)
        .chain([nederland]);
    let published = (0..)
        .zip(published)
        .map(|(area, published)| PublishedNumber {
            number: total(0, area),
            lowest: published,
            highest: published,
        });
    let mut table = ExactTable {
        within,
        areas,
        measures: vec![measure("gebruik", Vec::new())],
        profiles: vec![vec![0]],
        aanbieders: vec!["a".to_owned(), "b".to_owned()],
        published: published.collect(),
        ..ExactTable::default()
    };
    for (gemeente, (records, _)) in (0..).zip(own) {
        for _ in 0..*records {
            add(&mut table, 0, gemeente, 0, Vec::new());
        }
    }
    table
}

fn total(measure: u32, area: u32) -> NumberAddress {
    NumberAddress {
        measure,
        area,
        cell: CountedCell::Total,
    }
}

fn measure(name: &str, breakdowns: Vec<u32>) -> CountedMeasure {
    CountedMeasure {
        version: 0,
        name: name.to_owned(),
        unit: 0,
        once: false,
        breakdowns,
    }
}

fn add(table: &mut ExactTable, aanbieder: u32, gemeente: u32, profile: u32, codes: Vec<u8>) {
    table.records.push(ExactRecord {
        person: table.records.len() as u32,
        aanbieder,
        fixed: false,
        kind: RecordKind {
            gemeente,
            profile,
            codes,
        },
    });
}

/// Three parts published as 0 of a whole published as 15 are each 3 or 4: no table differs by 2.
#[test]
fn a_number_that_is_known_to_within_one_is_not_proven() {
    let anybody = |proof: &Proof| {
        proof
            .unproven
            .iter()
            .filter(|u| u.insider.is_none())
            .count()
    };
    let parts = [(4, 0), (4, 0), (4, 0)];
    assert_eq!(anybody(&proven(&gemeenten(&parts, 15, 4))), 3);
    // Published as 10 the whole leaves room.
    assert_eq!(proven(&gemeenten(&parts, 10, 4)).unproven, []);
}

/// An aanbieder with 3 of the 4 records may not learn that there is one more.
#[test]
fn an_insider_may_not_learn_what_others_count() {
    let mut table = gemeenten(&[(4, 5)], 5, 4);
    table.records[3].aanbieder = 1;
    let proof = proven(&table);
    // For everybody and for both aanbieders, in the gemeente and in the country.
    assert_eq!((proof.sensitive, proof.unproven.len()), (6, 0));
    // Published exactly everybody knows it.
    let exact = gemeenten(&[(4, 4)], 4, 0);
    let exact = ExactTable {
        records: table.records.clone(),
        ..exact
    };
    let insiders = proven(&exact)
        .unproven
        .into_iter()
        .filter(|u| u.insider.is_some());
    assert_eq!(insiders.count(), 4);
    // Of its own records alone there is nothing to learn.
    for record in &mut table.records {
        record.aanbieder = 0;
    }
    assert_eq!(proven(&table).sensitive, 2);
}

/// A table in which an insider's own records are others shows nothing against it.
#[test]
fn a_table_without_an_insiders_own_records_does_not_count_against_it() {
    let mut table = gemeenten(&[(4, 5)], 5, 4);
    table.records[3].aanbieder = 1;
    let mut checker = CertificateChecker::new(&table).expect("it is published so");
    let without = |record| OtherTable {
        changed: vec![(record, None)],
        added: Vec::new(),
    };
    assert_eq!(checker.check(&without(3)), Ok(()));
    // Against the first aanbieder, in both gebieden; the second knows that its record is there.
    assert_eq!(checker.open(), 6 - 2);
}

/// A part and its whole that are published as different numbers can't become the same set.
#[test]
fn sets_that_become_one_are_refused() {
    let same = OtherTable {
        changed: vec![(4, None)],
        added: Vec::new(),
    };
    let check = |nederland| {
        let table = gemeenten(&[(4, 5), (1, 0)], nederland, 4);
        CertificateChecker::new(&table)
            .expect("it is published so")
            .check(&same)
    };
    assert_eq!(check(5), Ok(()));
    let mut table = gemeenten(&[(4, 0), (1, 0)], 5, 4);
    let checked = CertificateChecker::new(&table)
        .expect("it is published so")
        .check(&same);
    assert_eq!(checked, Err(CertificateRefusal::SameSet(total(0, 2))));
    // Of two sorts of people they are two sets.
    table.measures.push(CountedMeasure {
        unit: 1,
        ..measure("kinderen", Vec::new())
    });
    table.profiles = vec![vec![0, 1]];
    table.published[2].number.measure = 1;
    let checked = CertificateChecker::new(&table)
        .expect("it is published so")
        .check(&same);
    assert_eq!(checked, Ok(()));
}

/// Records of a person that hangs together stay as they are, and a kind that nobody is does not come.
#[test]
fn records_that_can_not_be_are_refused() {
    let mut table = gemeenten(&[(4, 5)], 5, 4);
    table.records[0].fixed = true;
    table.records[2].person = table.records[1].person;
    table.breakdowns = ["kader", "vorm"]
        .map(|name| CountedBreakdown {
            name: name.to_owned(),
            codes: vec!["x".to_owned(), "y".to_owned()],
            complete: true,
        })
        .to_vec();
    for (record, codes) in table
        .records
        .iter_mut()
        .zip([[0, 0], [0, 1], [0, 1], [1, 1]])
    {
        record.kind.codes = codes.to_vec();
    }
    let mut checker = CertificateChecker::new(&table).expect("it is published so");
    let mut check = |record, codes: Option<[u8; 2]>| {
        let kind = codes.map(|codes| RecordKind {
            codes: codes.to_vec(),
            ..table.records[0].kind.clone()
        });
        checker.check(&OtherTable {
            changed: vec![(record, kind)],
            added: Vec::new(),
        })
    };
    assert_eq!(check(0, Some([0, 1])), Err(CertificateRefusal::Record(0)));
    assert_eq!(check(1, None), Err(CertificateRefusal::Record(1)));
    assert_eq!(check(1, Some([0, 0])), Ok(()));
    assert_eq!(check(3, Some([1, 0])), Err(CertificateRefusal::Unlikely(0)));
    assert_eq!(
        check(3, Some([0, NO_CODE])),
        Err(CertificateRefusal::Unlikely(0))
    );
    assert_eq!(check(3, None), Ok(()));
}

/// One record where there is a 1, in gemeente × measure by code; all two-way margins are published as they are. Found by
/// random search; bounds by HiGHS.
const CUBE: [&str; 16] = [
    "0110", "0000", "1000", "1000", "1000", "0101", "1001", "0001", "0101", "0011", "0000", "0011",
    "0000", "0010", "1001", "0101",
];
/// 1 where whole numbers leave more than one value.
const OPEN: [&str; 16] = [
    "1110", "0000", "0000", "1110", "1101", "0101", "1001", "1101", "0111", "0111", "0000", "0011",
    "0000", "0111", "1001", "1111",
];

/// Linear bounds say that the cell in gemeente 2, measure 3 and code 1 is 0 to 0.5; in whole numbers it is exactly 0, and
/// what it leaves of its whole exactly 2. Nothing that whole numbers fix is proven. The cube is what others count beside
/// an aanbieder with one record everywhere.
#[test]
fn whole_numbers_decide_where_fractions_leave_room() {
    let mut table = gemeenten(&[(0, 0); 4], 0, 0);
    table.breakdowns = vec![CountedBreakdown {
        name: "kader".to_owned(),
        codes: ["0", "1", "2", "3"].map(str::to_owned).to_vec(),
        complete: true,
    }];
    table.measures = ["0", "1", "2", "3", "all"]
        .map(|name| measure(name, vec![0]))
        .to_vec();
    table.profiles = (0..4).map(|m| vec![m, 4]).collect();
    let mut counts = [[[0; 4]; 4]; 4];
    for (g, m, c) in cells() {
        let here = CUBE[g * 4 + m].as_bytes()[c] == b'1';
        for aanbieder in 0..=u32::from(here) {
            add(&mut table, aanbieder, g as u32, m as u32, vec![c as u8]);
            counts[g][m][c] += 1;
        }
    }
    let mut published = std::collections::BTreeMap::new();
    for (g, m, c) in cells() {
        let code = |measure: usize, area: usize| NumberAddress {
            cell: CountedCell::Code(0, c as u8),
            ..total(measure as u32, area as u32)
        };
        for number in [total(m as u32, g as u32), code(m, 4), code(4, g)] {
            *published.entry(number).or_insert(0) += counts[g][m][c];
        }
    }
    let published = published.into_iter();
    table.published = published
        .map(|(number, n)| PublishedNumber {
            number,
            lowest: n,
            highest: n,
        })
        .collect();
    let proof = proven(&table);
    assert_eq!(left_by(&table, &proof.tables), proof.unproven.len());
    let is_unproven = |what, (g, m, c): (usize, usize, usize)| {
        let names = (format!("GM{g}"), m.to_string(), c.to_string());
        proof.unproven.iter().any(|u| {
            let place = (u.gebied.clone(), u.measure.clone(), u.categorie.clone());
            u.what == what && u.insider.as_deref() == Some("a") && place == names
        })
    };
    assert!(is_unproven(What::Rest, (2, 3, 1)));
    for (g, m, c) in cells().filter(|(g, m, c)| CUBE[g * 4 + m].as_bytes()[*c] == b'1') {
        let open = OPEN[g * 4 + m].as_bytes()[c] == b'1';
        assert!(open || is_unproven(What::Count, (g, m, c)), "{g} {m} {c}");
    }
}

fn cells() -> impl Iterator<Item = (usize, usize, usize)> {
    (0..64).map(|cell| (cell / 16, cell / 4 % 4, cell % 4))
}

/// A publication that is not of these records is no ground for a proof.
#[test]
fn a_publication_of_other_records_is_refused() {
    let refused = certify(&gemeenten(&[(4, 10)], 5, 4));
    assert!(
        matches!(refused, Err(CertificateRefusal::Published { made: 4, .. })),
        "{refused:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// A table that is broken anywhere is refused, and shows nothing.
    #[test]
    fn a_broken_table_is_refused(which in 0..10_000usize, place in 0..10_000usize, way in 0..6) {
        let (table, proof) = small_country();
        let mut other = proof.tables[which % proof.tables.len()].clone();
        let place = place % other.changed.len();
        let (record, kind) = other.changed[place].clone();
        let kind = kind.unwrap_or_else(|| table.records[record as usize].kind.clone());
        match way {
            0 => other.added.extend(vec![kind; 9]),
            1 => other.changed.push((record, Some(kind))),
            2 => other.changed.push((table.records.len() as u32, None)),
            3 => other.changed[place].1 = Some(RecordKind { profile: table.profiles.len() as u32, ..kind }),
            4 => other.changed[place].1 = Some(RecordKind { gemeente: table.areas.len() as u32, ..kind }),
            _ => other.changed[place].1 = Some(RecordKind { codes: vec![9; kind.codes.len()], ..kind }),
        }
        let mut checker = CertificateChecker::new(table).expect("it is published so");
        let before = checker.open();
        prop_assert!(checker.check(&other).is_err());
        prop_assert_eq!(checker.open(), before);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3, ..ProptestConfig::default() })]

    /// In any country every table that the search makes is accepted, and proves what it says.
    #[test]
    fn every_table_holds_in_any_country(seed in 0..1_000u64, size in 1..60usize) {
        let table = Country::new(seed, size, 6, 3, 4).table();
        let proof = proven(&table);
        prop_assert_eq!(left_by(&table, &proof.tables), proof.unproven.len());
    }
}

/// Another program, in another language, comes to the same from the files alone.
#[test]
fn the_files_can_be_added_up_by_another_program() {
    let table = Country::new(3, 40, 5, 2, 3).table();
    let proof = proven(&table);
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let paths = ["exact.jsonl", "others.jsonl"].map(|name| folder.join(name));
    let mut files = [Vec::new(), Vec::new()];
    table.write(&mut files[0]).expect("memory takes it");
    write_tables(&mut files[1], &proof.tables).expect("memory takes it");
    for (path, file) in paths.iter().zip(&files) {
        std::fs::write(path, file).expect("the folder of the tests takes it");
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/add_up.py");
    let ran = std::process::Command::new("python3")
        .arg(script)
        .args(&paths)
        .output();
    let ran = ran.expect("python3 is there, as for the other checks");
    let told = format!(
        "{} sensitive, {} unproven\n",
        proof.sensitive,
        proof.unproven.len()
    );
    assert_eq!(String::from_utf8_lossy(&ran.stdout), told, "{ran:?}");
}
