//! Certificates over the small country: every one holds, a broken one is refused, and what has none is told.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use disclosure::audit::certificate::{Certificates, certify};
use disclosure::audit::check_certificate::{CertificateRefusal, Checker};
use disclosure::audit::table::{
    Atom, Attacker, Certificate, ExactTable, Group, Number, SensitiveNumber,
};
use proptest::prelude::*;
use schema::Niveau;

use crate::audit_world::{BREAKDOWNS, MEASURES, Protection, Record, World};

/// The table behind a world: one atom per kind of traject and gemeente.
fn table(world: &World, protection: Protection, everywhere: bool) -> ExactTable {
    let mut table = ExactTable::default();
    let mut records: BTreeMap<Kind, (i64, Record)> = BTreeMap::new();
    for record in &world.records {
        let entry = records.entry(kind(record));
        entry.or_insert_with(|| (0, record.clone())).0 += 1;
        // Kinds of traject of which there is none, but could be: one mark or code otherwise.
        for other in neighbours(record) {
            records.entry(kind(&other)).or_insert((0, other));
        }
    }
    let kinds = world.with(records.values().map(|(_, record)| record.clone()).collect());
    let mut members: BTreeMap<Kind, Vec<(u32, i64)>> = BTreeMap::new();
    let mut groups: BTreeMap<Group, u32> = BTreeMap::new();
    for area in &world.areas {
        let all = everywhere || area.niveau != Niveau::Gemeente;
        let cells = BREAKDOWNS.iter().enumerate().filter(|_| all);
        let cells = cells.flat_map(|(b, (_, codes))| (0..codes.len()).map(move |c| (b, c)));
        let mut totals = BTreeMap::new();
        for cell in [None].into_iter().chain(cells.map(Some)) {
            let mut places = BTreeMap::new();
            for (measure, _) in MEASURES {
                if !all && ["begin", "eind", "volgens_plan"].contains(&measure) {
                    continue;
                }
                let set = world.set(measure, area, cell);
                let number = table.numbers.len() as u32;
                let group = Group {
                    indicator: measure.to_owned(),
                    niveau: area.niveau,
                    uitsplitsing: cell.map_or("totaal", |(b, _)| BREAKDOWNS[b].0).to_owned(),
                };
                let next = groups.len() as u32;
                table.numbers.push(Number {
                    published: Some(world.publish(&set, protection)),
                    unit: 0,
                    groups: vec![*groups.entry(group).or_insert(next)],
                });
                for member in kinds.set(measure, area, cell) {
                    members.entry(kind(member)).or_default().push((number, 1));
                }
                if cell.is_none() {
                    totals.insert(measure, number);
                } else {
                    table.inclusions.push((number, totals[measure]));
                }
                places.insert(measure, number);
            }
            for part in ["in", "uit", "begin", "eind"] {
                let part = places.get(part).map(|&part| (part, places["gebruik"]));
                table.inclusions.extend(part);
            }
        }
    }
    let mut of: Vec<(u32, Group)> = groups.into_iter().map(|(g, place)| (place, g)).collect();
    of.sort_unstable();
    table.groups = of.into_iter().map(|(_, group)| group).collect();
    let atoms = records.into_iter().map(|(kind, (records, _))| Atom {
        records,
        numbers: members.remove(&kind).expect("it counts somewhere"),
    });
    table.atoms = atoms.collect();
    table
}

/// Records that differ in one thing.
fn neighbours(record: &Record) -> Vec<Record> {
    let mut found = Vec::new();
    for (breakdown, (_, codes)) in BREAKDOWNS.iter().enumerate() {
        found.extend((0..codes.len()).map(|code| {
            let mut other = record.clone();
            other.codes[breakdown] = code;
            other
        }));
    }
    let (began_before, ended, as_planned) = (record.began_before, record.ended, record.as_planned);
    for (began_before, ended, as_planned) in [
        (!began_before, ended, as_planned),
        (began_before, !ended, as_planned),
        (began_before, ended, !as_planned),
    ] {
        found.push(Record {
            began_before,
            ended,
            as_planned,
            ..record.clone()
        });
    }
    found
}

/// What tells records apart in any number.
type Kind = (usize, [usize; 3], [bool; 3]);

fn kind(record: &Record) -> Kind {
    let marks = [
        record.began_before,
        record.ended,
        record.ended && record.as_planned,
    ];
    (record.gemeente, record.codes, marks)
}

fn certified(table: &ExactTable, attacker: Attacker<'_>) -> Certificates {
    let found = certify(table, attacker);
    let checker = Checker::new(table, attacker);
    for certificate in &found.certificates {
        assert_eq!(checker.check(certificate), Ok(()));
    }
    found
}

/// The table and what was found over it, made once for the tests of this file.
fn small_country() -> &'static (ExactTable, Certificates) {
    static FOUND: OnceLock<(ExactTable, Certificates)> = OnceLock::new();
    FOUND.get_or_init(|| {
        let table = table(&World::new(0), Protection::Random, false);
        let found = certify(&table, Attacker::Anybody);
        (table, found)
    })
}

fn checker() -> &'static Checker<'static> {
    static CHECKER: OnceLock<Checker<'static>> = OnceLock::new();
    CHECKER.get_or_init(|| Checker::new(&small_country().0, Attacker::Anybody))
}

#[test]
fn every_certificate_holds_and_nearly_every_small_number_has_one() {
    let (_, found) = small_country();
    for certificate in &found.certificates {
        assert_eq!(checker().check(certificate), Ok(()));
    }
    let covers = found.certificates.iter().map(|c| c.covers.len());
    assert_eq!(covers.sum::<usize>(), found.covered);
    assert!(
        found.covered > 250,
        "{} of {}",
        found.covered,
        found.unproven.len()
    );
    assert!(
        found.unproven.len() < found.covered / 10,
        "{:?}",
        found.unproven
    );
}

/// What is not shown to be safe is told by indicator, breakdown and level.
#[test]
fn what_has_no_certificate_is_to_be_left_out() {
    let (_, found) = small_country();
    assert_eq!(found.unproven.is_empty(), found.leave_out.is_empty());
    let told: usize = found.leave_out.iter().map(|(_, count)| count).sum();
    assert_eq!(told, found.unproven.len());
}

fn number(published: i64) -> Number {
    Number {
        published: Some(published),
        unit: 0,
        groups: vec![0],
    }
}

fn atom(records: i64, numbers: &[u32]) -> Atom {
    Atom {
        records,
        numbers: numbers.iter().map(|&number| (number, 1)).collect(),
    }
}

fn by_hand(atoms: Vec<Atom>, published: &[i64]) -> ExactTable {
    ExactTable {
        atoms,
        numbers: published
            .iter()
            .map(|&published| number(published))
            .collect(),
        inclusions: Vec::new(),
        groups: vec![Group {
            indicator: "gebruik".to_owned(),
            niveau: Niveau::Jeugdregio,
            uitsplitsing: "kader".to_owned(),
        }],
    }
}

/// Three parts published as 0 of a whole published as 15 are each 3 or 4: no table differs by 2.
#[test]
fn a_number_that_is_known_to_within_one_gets_no_certificate() {
    let atoms = vec![atom(4, &[0, 3]), atom(4, &[1, 3]), atom(4, &[2, 3])];
    let table = by_hand(atoms.clone(), &[0, 0, 0, 15]);
    let found = certify(&table, Attacker::Anybody);
    assert_eq!(found.unproven.len(), 3);
    assert_eq!(found.leave_out, [(table.groups[0].clone(), 3)]);
    // Published as 10 the whole leaves room.
    let found = certify(&by_hand(atoms, &[0, 0, 0, 10]), Attacker::Anybody);
    assert!(found.unproven.is_empty(), "{found:?}");
}

/// An aanbieder with 3 of the 4 records may not learn that there is one more: there may be none, or two.
#[test]
fn an_insider_may_not_learn_what_others_count() {
    let table = by_hand(vec![atom(4, &[0])], &[5]);
    let own = [3];
    let found = certified(&table, Attacker::Insider(&own));
    assert_eq!((found.covered, found.unproven.len()), (1, 0));
    // Of its own records alone there is nothing to learn.
    let own = [4];
    let found = certified(&table, Attacker::Insider(&own));
    assert_eq!((found.covered, found.unproven.len()), (0, 0));
    // It knows that none of its own can be missing.
    let own = [3];
    let less = Certificate {
        tables: vec![vec![(0, -2)]],
        covers: Vec::new(),
    };
    let checker = Checker::new(&table, Attacker::Insider(&own));
    assert_eq!(checker.check(&less), Err(CertificateRefusal::Records(0, 2)));
}

/// A part and its whole that are published as different numbers can't become the same set.
#[test]
fn sets_that_become_one_are_refused() {
    let table = by_hand(vec![atom(4, &[0, 1]), atom(1, &[1])], &[0, 5]);
    let same = Certificate {
        tables: vec![vec![(1, -1)]],
        covers: Vec::new(),
    };
    let refused = Checker::new(&table, Attacker::Anybody).check(&same);
    assert!(
        matches!(refused, Err(CertificateRefusal::SameSet(..))),
        "{refused:?}"
    );
    // As one published number they may be.
    let table = by_hand(table.atoms.clone(), &[5, 5]);
    assert_eq!(Checker::new(&table, Attacker::Anybody).check(&same), Ok(()));
}

proptest! {
    /// A certificate that is broken anywhere is refused.
    #[test]
    fn a_broken_certificate_is_refused(which in 0..10_000usize, place in 0..10_000usize, way in 0..6) {
        let (ExactTable { atoms, .. }, found) = small_country();
        let mut certificate = found.certificates[which % found.certificates.len()].clone();
        let table = which % certificate.tables.len();
        let changes = &mut certificate.tables[table];
        let place = place % changes.len();
        let (atom, change) = changes[place];
        match way {
            0 => changes[place].1 = -atoms[atom as usize].records - 1,
            1 => changes[place].1 = change + 10,
            2 => changes.push((atom, change)),
            3 => changes.push((atoms.len() as u32, 1)),
            4 => certificate.tables.clear(),
            _ => certificate.covers.push(SensitiveNumber::Rest { part: 0, whole: 0 }),
        }
        prop_assert!(checker().check(&certificate).is_err());
    }
}
