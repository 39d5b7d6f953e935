//! Draws the children of one aanbieder and what happens to them, gezin by gezin.
//!
//! Owns how one thing follows from another. How often what happens stands in [`shares`], what differs in [`planted`];
//! where children live follows CBS.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use schema::Gemeente;

use crate::aanbieders::PracticeAanbieder;
use crate::course::{Course, PracticeDates, PracticeTraject, age_on, day, referral};
use crate::planted::{self, EARLIEST_YEAR, FIRST_YEAR, PlantedProfile, SECOND_YEAR};
use crate::{places, shares};

/// Draws the children of one aanbieder, gezin by gezin.
pub(crate) struct CourseDraw<'a> {
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
    /// The draws of this aanbieder, the same for the same seed whoever else there is.
    pub(crate) fn new(seed: u64, aanbieder: &'a PracticeAanbieder, clean: bool) -> Self {
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
    pub(crate) fn gezin(&mut self) -> Vec<Course> {
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
