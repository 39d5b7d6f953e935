//! The practice world: the children of each aanbieder and what happens to them, drawn from a seed.
//!
//! Owns that both years come from one draw: asked for 2021, the same children are there, a year on. Leaves drawing them
//! to [`crate::draw`].

use crate::aanbieders::{self, PracticeAanbieder};
use crate::course::{Course, PracticeTraject};
use crate::draw::CourseDraw;
use crate::planted::SECOND_YEAR;

/// The source of everything drawn.
pub(crate) struct World {
    seed: u64,
    clean: bool,
    /// Who there are.
    pub(crate) aanbieders: Vec<PracticeAanbieder>,
}

impl World {
    /// A world that is the same for the same arguments, with `trajecten` at those who deliver in the first year.
    pub(crate) fn new(seed: u64, aanbieders: usize, trajecten: usize, clean: bool) -> Self {
        Self {
            seed,
            clean,
            aanbieders: aanbieders::draw(seed, aanbieders, trajecten, clean),
        }
    }

    /// The trajecten that an aanbieder has itself, of both years.
    pub(crate) fn courses(&self, aanbieder: &PracticeAanbieder) -> Vec<Course> {
        let first = aanbieder.first_year();
        let mut draw = CourseDraw::new(self.seed, aanbieder, self.clean);
        let mut courses: Vec<Course> = Vec::with_capacity(aanbieder.omvang);
        let mut found = 0;
        while found < aanbieder.omvang {
            for course in draw.gezin() {
                if found < aanbieder.omvang {
                    found += usize::from(course.dates.in_scope(first));
                    courses.push(course);
                }
            }
        }
        courses
    }

    /// What an aanbieder would report of a year: its own, and from 2021 what it took over.
    pub(crate) fn in_jaar(
        &self,
        aanbieder: &PracticeAanbieder,
        courses: &[Course],
        jaar: i32,
    ) -> Vec<PracticeTraject> {
        if !aanbieder.outcome(jaar).helps() {
            return Vec::new();
        }
        let mut trajecten: Vec<PracticeTraject> = courses
            .iter()
            .filter_map(|course| course.in_jaar(jaar))
            .collect();
        let merged = |other: &&PracticeAanbieder| {
            jaar >= SECOND_YEAR && other.merges_into == Some(aanbieder.number)
        };
        for other in self.aanbieders.iter().filter(merged) {
            let taken_over = self
                .courses(other)
                .into_iter()
                .filter_map(|course| course.in_jaar(jaar));
            trajecten.extend(taken_over.map(|traject| PracticeTraject {
                taken_over: true,
                ..traject
            }));
        }
        trajecten
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::aanbieders::PracticeOutcome;
    use crate::course::{day, duration};
    use crate::planted;

    /// Every aanbieder of the year with what it has, told or not.
    fn of_year(world: &World, jaar: i32) -> Vec<(&PracticeAanbieder, Vec<PracticeTraject>)> {
        let all = |a| (a, world.in_jaar(a, &world.courses(a), jaar));
        world.aanbieders.iter().map(all).collect()
    }

    #[test]
    fn same_seed_gives_the_same_world() {
        let draw = || {
            let world = World::new(7, 20, 500, false);
            format!("{:?}", of_year(&world, 2020))
        };
        assert_eq!(draw(), draw());
    }

    #[test]
    fn all_trajecten_are_drawn_and_in_the_year() {
        let world = World::new(3, 60, 6_000, false);
        let delivered: Vec<PracticeTraject> = of_year(&world, 2020)
            .into_iter()
            .filter(|(a, _)| a.outcome(2020) == PracticeOutcome::Delivers)
            .flat_map(|(_, trajecten)| trajecten)
            .collect();
        assert_eq!(delivered.len(), 6_000);
        for t in &delivered {
            assert!(t.aanmelddatum <= day(2020, 12, 31), "{t:?}");
            assert!(
                t.einddatum.is_none_or(|end| end >= day(2020, 1, 1)),
                "{t:?}"
            );
            assert!((0..=22).contains(&t.leeftijd), "{t:?}");
        }
    }

    #[test]
    fn durations_follow_the_report() {
        let mut rng = ChaCha8Rng::seed_from_u64(5);
        let days: Vec<u64> = (0..20_000).map(|_| duration(&mut rng)).collect();
        let share =
            |from, to| days.iter().filter(|d| (from..=to).contains(*d)).count() as f64 / 20_000.0;
        assert!((share(101, 182) - 0.36).abs() < 0.02);
        assert!((share(183, 364) - 0.34).abs() < 0.02);
        assert!((share(365, 700) - 0.23).abs() < 0.02);
    }

    /// What waited or ran on 31 December 2020 is there in 2021, the same child with the same number; what ended is not.
    #[test]
    fn the_second_year_goes_on_where_the_first_stopped() {
        let world = World::new(3, 60, 6_000, false);
        let mut went_on = 0;
        for (aanbieder, first) in of_year(&world, 2020) {
            if !aanbieder.outcome(2021).helps() {
                continue;
            }
            let later: BTreeMap<usize, PracticeTraject> = world
                .in_jaar(aanbieder, &world.courses(aanbieder), 2021)
                .into_iter()
                .filter(|t| !t.taken_over)
                .map(|t| (t.number, t))
                .collect();
            for t in first {
                let found = later.get(&t.number);
                assert_eq!(found.is_some(), t.einddatum.is_none(), "{t:?}");
                let Some(found) = found else { continue };
                went_on += 1;
                assert_eq!(
                    (found.jeugdige_id(), found.birth_date),
                    (t.jeugdige_id(), t.birth_date)
                );
                assert!(
                    t.startdatum
                        .is_none_or(|start| found.startdatum == Some(start)),
                    "{t:?}"
                );
            }
        }
        assert!(went_on > 2_000, "{went_on}");
    }

    /// In 2021 the one that stopped reports nothing, and what was its own is reported by the one it became part of.
    #[test]
    fn who_merges_is_reported_by_the_other() {
        let world = World::new(3, 60, 6_000, false);
        let merged = world
            .aanbieders
            .iter()
            .find(|a| a.merges_into.is_some())
            .unwrap();
        let into = &world.aanbieders[merged.merges_into.unwrap()];
        let reported = |a: &PracticeAanbieder, jaar| world.in_jaar(a, &world.courses(a), jaar);
        assert!(!reported(merged, 2020).is_empty() && reported(merged, 2021).is_empty());
        let taken_over = reported(into, 2021).iter().filter(|t| t.taken_over).count();
        let running = reported(merged, 2020)
            .iter()
            .filter(|t| t.einddatum.is_none())
            .count();
        assert!(taken_over >= running && running > 0);
        assert!(reported(into, 2020).iter().all(|t| !t.taken_over));
    }

    /// A third of the children has a brother or sister in help; some are helped across a border; the silent regio keeps
    /// its children.
    #[test]
    fn siblings_and_borders_are_as_planted() {
        let world = World::new(5, 60, 15_000, false);
        let (mut children, mut with_sibling, mut away) = (0.0, 0.0, 0.0);
        for (aanbieder, trajecten) in of_year(&world, 2020) {
            let mut families: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
            for t in &trajecten {
                families.entry(t.gezin).or_default().insert(t.child);
                let lives = t.gemeente.jeugdregio_code.as_str();
                away += f64::from(u8::from(lives != aanbieder.jeugdregio));
                assert!(lives == aanbieder.jeugdregio || lives != planted::SILENT);
            }
            for gezin in families.values() {
                children += gezin.len() as f64;
                with_sibling += if gezin.len() > 1 {
                    gezin.len() as f64
                } else {
                    0.0
                };
            }
        }
        assert!(
            (with_sibling / children - 0.33).abs() < 0.05,
            "{}",
            with_sibling / children
        );
        assert!(
            (away / children - planted::CROSSING).abs() < 0.025,
            "{}",
            away / children
        );
    }
}
