//! The practice world: the children of each aanbieder and what happens to them, drawn from a seed.
//!
//! Owns the drawing. Both years come from one draw: asked for 2021, the same children are there, a year on. How often
//! what happens stands in [`shares`], what differs in [`planted`]; where children live follows CBS.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schema::Gemeente;

use crate::aanbieders::{self, PracticeAanbieder};
use crate::course::{Course, PracticeDates, PracticeTraject, age_on, day, referral};
use crate::planted::{self, EARLIEST_YEAR, FIRST_YEAR, PlantedProfile, SECOND_YEAR};
use crate::{places, shares};

/// The source of everything drawn.
pub struct World {
    seed: u64,
    clean: bool,
    /// Who there are.
    pub aanbieders: Vec<PracticeAanbieder>,
}

impl World {
    /// A world that is the same for the same arguments, with `trajecten` at those who deliver in the first year.
    pub fn new(seed: u64, aanbieders: usize, trajecten: usize, clean: bool) -> Self {
        Self {
            seed,
            clean,
            aanbieders: aanbieders::draw(seed, aanbieders, trajecten, clean),
        }
    }

    /// The trajecten that an aanbieder has itself, of both years.
    pub fn courses(&self, aanbieder: &PracticeAanbieder) -> Vec<Course> {
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
    pub fn in_jaar(
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

/// Draws the children of one aanbieder, gezin by gezin.
struct CourseDraw<'a> {
    rng: ChaCha8Rng,
    aanbieder: &'a PracticeAanbieder,
    clean: bool,
    /// What this aanbieder adds to every wait, as a factor.
    slow: f64,
    /// What it adds to the share volgens plan.
    better: f64,
    gemeenten: BTreeMap<&'static str, Vec<(&'static Gemeente, u32)>>,
    next: usize,
}

impl<'a> CourseDraw<'a> {
    fn new(seed: u64, aanbieder: &'a PracticeAanbieder, clean: bool) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(1 + aanbieder.number as u64);
        let usual = PlantedProfile::USUAL.volgens_plan_binnen_norm;
        let (slow, better): (f64, f64) = (
            StandardNormal.sample(&mut rng),
            StandardNormal.sample(&mut rng),
        );
        let within = planted::WITHIN_AANBIEDER.sqrt();
        let gemeenten = aanbieder.residence.iter().map(|(code, _)| {
            let all = places::jeugdregio(code).gemeenten.iter();
            (
                *code,
                all.map(|gemeente| (*gemeente, places::inwoners(gemeente)))
                    .collect(),
            )
        });
        Self {
            slow: (slow * within * shares::WAIT.1).exp(),
            better: better * within * (usual * (1.0 - usual)).sqrt(),
            gemeenten: gemeenten.collect(),
            rng,
            aanbieder,
            clean,
            next: 0,
        }
    }

    /// The children of one gezin that were in help or waiting in one of the two years.
    fn gezin(&mut self) -> Vec<Course> {
        let since = if self.aanbieder.first_year() == FIRST_YEAR {
            EARLIEST_YEAR
        } else {
            SECOND_YEAR
        };
        let jeugdregio = shares::pick_share(&mut self.rng, &self.aanbieder.residence);
        let profile = PlantedProfile::of(jeugdregio);
        let referred = referral(&mut self.rng, since);
        let dates = self.dates(referred, &profile);
        if !reported(&dates) {
            return Vec::new();
        }
        let first = self.first_child(jeugdregio, dates, &profile);
        let children = shares::pick(&mut self.rng, shares::CHILDREN);
        let mut courses = vec![first];
        for _ in 1..children {
            let sibling = self.sibling(&courses[0], &profile);
            courses.extend(sibling);
        }
        for at in 0..courses.len() {
            let next = self.next_step(&courses[at], &profile);
            courses.extend(next);
        }
        courses
    }

    fn dates(&mut self, referred: NaiveDate, profile: &PlantedProfile) -> PracticeDates {
        PracticeDates::draw(&mut self.rng, referred, profile, self.slow, self.clean)
    }

    fn number(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    /// A code by its weight; `onbekend` only where signalen may be raised.
    fn pick(&mut self, weights: &shares::Weights) -> &'static str {
        loop {
            let code = shares::pick(&mut self.rng, weights);
            if !(self.clean && code == "onbekend") {
                return code;
            }
        }
    }

    fn first_child(
        &mut self,
        jeugdregio: &'static str,
        dates: PracticeDates,
        profile: &PlantedProfile,
    ) -> Course {
        let number = self.number();
        let gemeente = shares::pick(&mut self.rng, &self.gemeenten[jeugdregio]);
        let kader = self.pick(shares::KADER);
        let ordered = kader == "gedwongen";
        let bekostiging = self.pick(shares::BEKOSTIGING);
        let subsidised = bekostiging == "subsidie";
        let aanleiding = self.pick(if ordered {
            shares::AANLEIDING_ORDERED
        } else {
            shares::AANLEIDING
        });
        let placed = aanleiding == "uithuisplaatsing_of_voogdij";
        let birth_date = self.birth_date(dates.referred);
        let traject = PracticeTraject {
            number,
            child: number,
            gezin: number,
            taken_over: false,
            voorziening: self.voorziening(ordered),
            gemeente,
            payer: None,
            birth_date,
            leeftijd: age_on(birth_date, dates.referred),
            kader,
            law: self.pick(if subsidised {
                shares::LAW_SUBSIDISED
            } else {
                shares::LAW
            }),
            verwijzer: self.verwijzer(ordered),
            omgang_met: self.pick(shares::OMGANG_MET),
            home: self.pick(if placed {
                shares::HOME_PLACED
            } else {
                shares::HOME
            }),
            vorm: self.pick(shares::VORM),
            begeleiding: self.pick(shares::BEGELEIDING),
            bekostiging,
            aanleiding,
            intensity: self.pick(shares::INTENSITY),
            report_to: self.pick(shares::REPORT_TO),
            product: None,
            bridged: self.rng.random_bool(shares::BRIDGED),
            aanmelddatum: dates.referred,
            intake: None,
            startdatum: None,
            einddatum: None,
            end_reason: None,
            follow_up: None,
            contacten: 0,
            talks: 0,
            minuten: 0,
            weekend_contacten: 0,
            kosten: 0,
        };
        let payer = (bekostiging == "inkoop_regio" && self.rng.random_bool(shares::OTHER_PAYER))
            .then(|| largest(jeugdregio))
            .filter(|payer| payer.gemeentecode != gemeente.gemeentecode);
        let mut course = Course {
            traject,
            dates,
            gemeente,
            payer,
            intake: None,
            end_reason: "",
            follow_up: None,
            contact_every: 0,
            talk_every: 0,
            minutes_each: 0,
            cents_each: 0,
            weekend_share: 0,
        };
        self.fill_in(&mut course, profile);
        course
    }

    /// What follows from the dates: the intake, how it ends, how much help there is.
    fn fill_in(&mut self, course: &mut Course, profile: &PlantedProfile) {
        let rng = &mut self.rng;
        let PracticeDates { wait, help, .. } = course.dates;
        course.intake = rng
            .random_bool(if help.is_some() { 0.94 } else { 0.5 })
            .then(|| (wait as f64 * rng.random_range(0.1..0.7)).round() as u64);
        let on_plan = (profile.on_plan(wait) + self.better).clamp(0.0, 1.0);
        course.end_reason = match help {
            None => "ingetrokken_voor_start",
            Some(_) if rng.random_bool(on_plan) => "volgens_plan",
            Some(_) => shares::pick(rng, shares::END_REASON),
        };
        course.follow_up = help.map(|_| {
            if !self.clean && rng.random_bool(shares::FOLLOW_UP_UNKNOWN) {
                "onbekend"
            } else if rng.random_bool(profile.onbegeleide_omgang) {
                "onbegeleide_omgang"
            } else {
                shares::pick(rng, shares::FOLLOW_UP)
            }
        });
        let (least, most) = match course.traject.intensity {
            "licht" => (45, 80),
            "intensief" => (80, 120),
            _ => (60, 105),
        };
        course.minutes_each = rng.random_range(least..=most);
        course.cents_each = rng.random_range(85..=145);
        course.contact_every = rng.random_range(14..=45);
        course.talk_every = rng.random_range(20..=70);
        // At most one in two: 26 contacts in a year are at most 12 in a weekend then, but for one too many.
        course.weekend_share = rng.random_range(0..=if self.clean { 46 } else { 50 });
        let bought = course.traject.bekostiging.starts_with("inkoop");
        let long = help.is_some_and(|days| days > 365);
        let products = match long {
            true if self.clean => &shares::PRODUCT_LONG[1..],
            true => shares::PRODUCT_LONG,
            false => shares::PRODUCT,
        };
        course.traject.product = bought.then(|| shares::pick(rng, products));
    }

    /// A brother or sister: referred on the same day, mostly helped on the same days with the same outcome.
    fn sibling(&mut self, first: &Course, profile: &PlantedProfile) -> Option<Course> {
        let mut course = first.clone();
        if !self.rng.random_bool(planted::SAME_AS_FIRST) {
            course.dates = self.dates(first.dates.referred, profile);
            self.fill_in(&mut course, profile);
        }
        let apart = Days::new(self.rng.random_range(400..1200));
        let older = first.traject.birth_date - apart;
        let too_old = age_on(older, first.dates.referred) > 17;
        course.traject.birth_date = if too_old {
            first.traject.birth_date + apart
        } else {
            older
        };
        course.traject.leeftijd = age_on(course.traject.birth_date, course.dates.referred);
        course.traject.omgang_met = self.pick(shares::OMGANG_MET);
        if !reported(&course.dates) {
            return None;
        }
        course.traject.number = self.number();
        course.traject.child = course.traject.number;
        Some(course)
    }

    /// The same child goes on in another vorm, a few days after the end.
    fn next_step(&mut self, earlier: &Course, profile: &PlantedProfile) -> Option<Course> {
        let end = earlier.dates.end();
        let helped = earlier.dates.help.is_some()
            && earlier.traject.leeftijd < 15
            && end <= day(SECOND_YEAR, 12, 1);
        if !(helped && self.rng.random_bool(shares::GOES_ON)) {
            return None;
        }
        let mut course = earlier.clone();
        course.dates = self.dates(end, profile);
        course.dates.wait = self.rng.random_range(1..25);
        course.traject.vorm = shares::VORM
            .iter()
            .map(|(vorm, _)| *vorm)
            .find(|vorm| *vorm != earlier.traject.vorm)
            .expect("there are several vormen");
        course.traject.leeftijd = age_on(course.traject.birth_date, end);
        self.fill_in(&mut course, profile);
        if !reported(&course.dates) {
            return None;
        }
        course.traject.number = self.number();
        Some(course)
    }

    fn birth_date(&mut self, referred: NaiveDate) -> NaiveDate {
        let oldest: u64 = if self.rng.random_bool(0.85) { 12 } else { 18 };
        let leeftijd = self.rng.random_range(0..oldest);
        let youngest = referred - Days::new(365 * leeftijd + 30 + leeftijd / 4);
        youngest - Days::new(self.rng.random_range(0..300))
    }

    fn voorziening(&mut self, ordered: bool) -> &'static str {
        if (ordered && self.aanbieder.second_is_voluntary()) || self.rng.random_bool(0.5) {
            "V1"
        } else {
            "V2"
        }
    }

    fn verwijzer(&mut self, ordered: bool) -> &'static str {
        let verwijzer = self.pick(shares::VERWIJZER);
        // Parents can't refer into the gedwongen kader; a few registrations say so all the same.
        if ordered && verwijzer == "ouders" && (self.clean || self.rng.random_bool(0.8)) {
            "rechter"
        } else {
            verwijzer
        }
    }
}

/// Whether a traject is in the scope of one of the two years.
fn reported(dates: &PracticeDates) -> bool {
    dates.in_scope(FIRST_YEAR) || dates.in_scope(SECOND_YEAR)
}

/// The gemeente that pays for its neighbours: the largest of the regio.
fn largest(jeugdregio: &str) -> &'static Gemeente {
    places::jeugdregio(jeugdregio)
        .gemeenten
        .iter()
        .max_by_key(|gemeente| places::inwoners(gemeente))
        .expect("a jeugdregio has gemeenten")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aanbieders::PracticeOutcome;
    use crate::course::duration;

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
            let mut families: BTreeMap<usize, std::collections::BTreeSet<usize>> = BTreeMap::new();
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
