//! Other tables of counts that would have been published alike: each adds up by itself, and none denies what an attack
//! finds.

use std::collections::{BTreeMap, BTreeSet};

use disclosure::audit::{Insider, Rule, What};
use disclosure::certificate::{Proof, ProofError, ProofReport, Unproven};
use schema::Niveau;

use crate::audit_world::{BREAKDOWNS, Protection, WORLDS, World, attack, own_counts, publication};

/// Measure, gebied, breakdown and code.
type Cell = [String; 4];
/// What a table has more than the one before, and the first than the truth.
type Differences = Vec<(Cell, i64)>;

fn cell(measure: &str, gebied: &str, uitsplitsing: &str, categorie: &str) -> Cell {
    [measure, gebied, uitsplitsing, categorie].map(str::to_owned)
}

fn prove(
    world: &World,
    protection: Protection,
    everywhere: bool,
) -> (ProofReport, Vec<Differences>) {
    prove_to(world, protection, everywhere, None, None)
}

/// For an insider, or of some numbers alone.
fn prove_to(
    world: &World,
    protection: Protection,
    everywhere: bool,
    insider: Option<&Insider<'_>>,
    only: Option<&BTreeSet<Unproven>>,
) -> (ProofReport, Vec<Differences>) {
    let rows = world.rows(Some(protection), everywhere);
    let rule = match protection {
        Protection::Random => Rule::FIVES,
        Protection::Nearest => Rule::Rounded { within: 2 },
    };
    let exact = world.rows(None, true);
    let mut tables = Vec::new();
    let report = Proof {
        structure: &world.structure(),
        publications: &[publication("nu", &rows, rule)],
        counts: &own_counts(&exact),
        insider,
        only,
    }
    .run(|table| {
        let differences = table.iter().map(|one| {
            let of = cell(one.measure, one.gebied, one.uitsplitsing, one.categorie);
            (of, one.count)
        });
        tables.push(differences.collect());
    });
    (report.expect("these are its counts"), tables)
}

/// Every count of a world.
fn counts(world: &World) -> BTreeMap<Cell, i64> {
    let exact = world.rows(None, true);
    let counts = own_counts(&exact);
    let all = counts.iter().map(|one| {
        let of = cell(one.measure, one.gebied, one.uitsplitsing, one.categorie);
        (of, one.count)
    });
    all.collect()
}

/// Adds up a whole table, of nothing but what a reader of this world knows.
fn adds_up(world: &World, table: &BTreeMap<Cell, i64>, published: &BTreeMap<Cell, i64>) {
    let cells = BREAKDOWNS
        .iter()
        .flat_map(|(name, codes)| codes.iter().map(move |code| (*name, *code)));
    let cells: Vec<(&str, &str)> = [("totaal", "totaal")].into_iter().chain(cells).collect();
    let at = |measure: &str, gebied: &str, (of, code): (&str, &str)| {
        table[&cell(measure, gebied, of, code)]
    };
    let measures: BTreeSet<&String> = table.keys().map(|[measure, ..]| measure).collect();
    for area in &world.areas {
        for &place in &cells {
            let here = |measure: &str| at(measure, &area.gebied, place);
            assert_eq!(here("begin") + here("in"), here("gebruik"), "{place:?}");
            assert_eq!(here("uit") + here("eind"), here("gebruik"), "{place:?}");
            assert!(here("volgens_plan") <= here("uit"), "{place:?}");
            for measure in &measures {
                let of_gemeenten: i64 = area.gemeenten.iter().map(|g| at(measure, g, place)).sum();
                assert_eq!(of_gemeenten, here(measure), "{measure} in {}", area.gebied);
                assert!(here(measure) >= 0);
            }
        }
        for measure in &measures {
            let total = at(measure, &area.gebied, cells[0]);
            for (name, codes) in BREAKDOWNS {
                let of_codes = codes
                    .iter()
                    .map(|code| at(measure, &area.gebied, (name, code)));
                assert_eq!(of_codes.sum::<i64>(), total, "{measure} by {name}");
            }
        }
    }
    for (place, shown) in published {
        let count = table[place];
        assert!(
            (shown - count).abs() < 5,
            "{place:?}: {count}, published {shown}"
        );
        let [measure, gebied, ..] = place;
        let whole = cell(measure, gebied, "totaal", "totaal");
        if published.get(&whole).is_some_and(|whole| whole != shown) {
            assert!(
                count < table[&whole],
                "{place:?} is another set than its whole"
            );
        }
    }
}

#[test]
fn every_table_adds_up_and_would_have_been_published_alike() {
    let world = World::new(1);
    let truth = counts(&world);
    let rows = world.rows(Some(Protection::Random), false);
    let shown = rows
        .iter()
        .filter(|row| row.indicator != "aandeel_volgens_plan");
    let published: BTreeMap<Cell, i64> = shown
        .filter_map(|row| {
            let of = cell(
                &row.indicator,
                &row.gebied,
                &row.uitsplitsing,
                &row.categorie,
            );
            Some((of, row.teller?))
        })
        .collect();
    adds_up(&world, &truth, &published);
    let (_, tables) = prove(&world, Protection::Random, false);
    assert!(tables.len() > 100, "{}", tables.len());
    let mut table = truth.clone();
    for differences in &tables {
        for (of, more) in differences {
            assert_ne!(*more, 0, "{of:?}");
            *table.get_mut(of).expect("a cell of this world") += more;
        }
        adds_up(&world, &table, &published);
    }
}

/// The proof counts only what two tables say: with them at hand a reader counts the same.
#[test]
fn what_is_proven_is_what_the_tables_say() {
    let world = World::new(2);
    let truth = counts(&world);
    let (report, tables) = prove(&world, Protection::Random, false);
    let mut ends: BTreeMap<&Cell, (i64, i64)> = BTreeMap::new();
    let mut beside: BTreeMap<&Cell, i64> = BTreeMap::new();
    for (of, more) in tables.iter().flatten() {
        let now = beside.entry(of).or_default();
        *now += more;
        let (least, most) = ends.entry(of).or_default();
        (*least, *most) = ((*least).min(*now), (*most).max(*now));
    }
    let apart = |of: &Cell| ends.get(of).is_some_and(|(least, most)| most - least >= 2);
    let small = truth.iter().filter(|(_, count)| (1..=4).contains(*count));
    let open: BTreeSet<&Cell> = small.map(|(of, _)| of).filter(|of| apart(of)).collect();
    let unproven = report.unproven.iter().filter(|one| one.what == What::Count);
    let unproven: BTreeSet<Cell> = unproven
        .map(|one| cell(&one.measure, &one.gebied, &one.uitsplitsing, &one.categorie))
        .collect();
    assert!(open.iter().all(|of| !unproven.contains(*of)));
    let small = truth
        .values()
        .filter(|count| (1..=4).contains(*count))
        .count();
    assert_eq!(open.len() + unproven.len(), small);
}

#[test]
fn of_the_published_world_nearly_all_is_proven() {
    for seed in WORLDS.take(2) {
        let (report, _) = prove(&World::new(seed), Protection::Random, false);
        let small: usize = report.small.values().sum();
        assert!(report.small[&Niveau::Gemeente] > 100);
        assert!(
            report.unproven.len() * 10 < small,
            "{} of {small}",
            report.unproven.len()
        );
    }
}

/// What follows has no other table: every number that the attack finds is unproven.
#[test]
fn nothing_that_an_attack_finds_is_proven() {
    let mut followed = 0;
    for seed in WORLDS.take(1) {
        for protection in [Protection::Nearest, Protection::Random] {
            let world = World::new(seed);
            let found = attack(&world, protection, true);
            let (report, _) = prove(&world, protection, true);
            for one in &found.followed {
                followed += 1;
                let same = |other: &&Unproven| {
                    (other.what, &other.measure, &other.gebied)
                        == (one.what, &one.measure, &one.gebied)
                        && (&other.uitsplitsing, &other.categorie)
                            == (&one.uitsplitsing, &one.categorie)
                };
                assert!(report.unproven.iter().any(|other| same(&other)), "{one:?}");
            }
        }
    }
    assert!(followed > 10, "{followed}");
}

#[test]
fn counts_of_another_publication_are_refused() {
    let rows = World::new(1).rows(Some(Protection::Random), false);
    let other = World::new(2).rows(None, true);
    let refused = Proof {
        structure: &World::new(1).structure(),
        publications: &[publication("nu", &rows, Rule::FIVES)],
        counts: &own_counts(&other),
        insider: None,
        only: None,
    }
    .run(|_| {});
    assert!(
        matches!(refused, Err(ProofError::NotPublished { .. })),
        "{refused:?}"
    );
    let mut counts = own_counts(&other);
    let begin = counts
        .iter_mut()
        .find(|c| c.measure == "begin" && c.count > 0);
    begin.expect("somebody began").count += 1;
    let own = World::new(2).rows(Some(Protection::Random), false);
    let refused = Proof {
        structure: &World::new(2).structure(),
        publications: &[publication("nu", &own, Rule::FIVES)],
        counts: &counts,
        insider: None,
        only: None,
    }
    .run(|_| {});
    assert!(refused.is_err());
}

/// An aanbieder knows its own: what the others count stays open where it counts itself.
#[test]
fn what_others_count_is_proven_open_to_an_aanbieder() {
    let world = World::new(5);
    for aanbieder in 0..4 {
        let own = world.of_aanbieder(aanbieder).rows(None, true);
        let insider = Insider {
            name: format!("aanbieder {aanbieder}"),
            own: vec![own_counts(&own)],
        };
        let insider = Some(&insider);
        let (report, _) = prove_to(&world, Protection::Random, false, insider, None);
        let small: usize = report.small.values().sum();
        assert!(small > 100, "{small}");
        assert!(report.unproven.len() * 20 < small, "{:?}", report.unproven);
    }
}

#[test]
fn of_some_numbers_alone_no_others_are_looked_at() {
    let world = World::new(1);
    let (all, _) = prove(&world, Protection::Nearest, true);
    let some: BTreeSet<Unproven> = all.unproven.iter().take(20).cloned().collect();
    assert_eq!(some.len(), 20);
    let (report, _) = prove_to(&world, Protection::Nearest, true, None, Some(&some));
    assert_eq!(report.small.values().sum::<usize>(), 20);
    assert!(report.unproven.iter().all(|one| some.contains(one)));
    // With less published the same numbers are open.
    let (report, _) = prove_to(&world, Protection::Random, false, None, Some(&some));
    assert!(report.unproven.len() < 20, "{:?}", report.unproven);
}
