//! What happens to one child, from referral to end, whatever year it is looked at; and how it stands in one year.
//!
//! Owns the dates. Who the child is, and the codes, come from [`crate::world`].

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use chrono::{Days, NaiveDate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal};
use schema::Gemeente;

use crate::places;
use crate::planted::{EARLIEST_YEAR, FIRST_YEAR, GROWTH, PlantedProfile, SECOND_YEAR};
use crate::shares;

/// The days of a traject, without an eye to the year.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PracticeDates {
    /// Day of referral.
    pub(crate) referred: NaiveDate,
    /// Days until help starts, or until it is given up.
    pub(crate) wait: u64,
    /// Days of help; none for a child that left the list unhelped.
    pub(crate) help: Option<u64>,
}

impl PracticeDates {
    /// Draws a wait and a duration after a referral. `slow` is what the aanbieder adds to every wait, as a factor.
    pub(crate) fn draw(
        rng: &mut ChaCha8Rng,
        referred: NaiveDate,
        profile: &PlantedProfile,
        slow: f64,
        clean: bool,
    ) -> Self {
        let (median, spread) = shares::WAIT;
        let waits = LogNormal::new(f64::ln(median * profile.wachten * slow), spread)
            .expect("the spread is positive");
        let (longest, longest_clean) = shares::LONGEST_WAIT;
        let wait =
            (waits.sample(rng).round() as u64).min(if clean { longest_clean } else { longest });
        let help = (!rng.random_bool(shares::WITHDRAWN))
            .then(|| (duration(rng) as f64 * profile.duur).round() as u64);
        Self {
            referred,
            wait,
            help,
        }
    }

    /// The first day of help.
    pub(crate) fn start(&self) -> Option<NaiveDate> {
        self.help.map(|_| self.referred + Days::new(self.wait))
    }

    /// The last day, helped or not.
    pub(crate) fn end(&self) -> NaiveDate {
        self.referred + Days::new(self.wait + self.help.unwrap_or(0))
    }

    /// Whether it was waiting, started, running or ended in the year: the scope of a levering.
    pub(crate) fn in_scope(&self, jaar: i32) -> bool {
        self.referred <= day(jaar, 12, 31) && self.end() >= day(jaar, 1, 1)
    }

    /// Whether help was given in the year.
    pub(crate) fn helped(&self, jaar: i32) -> bool {
        self.start().is_some_and(|start| start <= day(jaar, 12, 31))
            && self.end() >= day(jaar, 1, 1)
    }
}

/// A day of referral since 1 January of the year, the later year busier by what is planted.
pub(crate) fn referral(rng: &mut ChaCha8Rng, since: i32) -> NaiveDate {
    let first = day(since, 1, 1);
    let usual = (day(SECOND_YEAR, 1, 1) - first).num_days() as f64;
    let drawn = rng.random_range(0.0..usual + 365.0 * GROWTH);
    let days = if drawn < usual {
        drawn
    } else {
        usual + (drawn - usual) / GROWTH
    };
    first + Days::new(days as u64)
}

/// Days of help, as the report has them.
pub(crate) fn duration(rng: &mut ChaCha8Rng) -> u64 {
    let classes: Vec<((u64, u64), u32)> = shares::DURATION
        .iter()
        .map(|&(short, long, weight)| ((short, long), weight))
        .collect();
    let (short, long) = shares::pick(rng, &classes);
    rng.random_range(short..=long)
}

/// How many referrals of all years matter in the first one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Odds {
    /// Share in the scope of the first year.
    pub(crate) in_scope: f64,
    /// Share that is helped in the first year.
    pub(crate) helped: f64,
}

impl Odds {
    /// Found by drawing; the same for the same waits and durations, whatever the seed of the world.
    pub(crate) fn of(profile: &PlantedProfile, clean: bool) -> Self {
        const DRAWS: u32 = 40_000;
        static KNOWN: OnceLock<Mutex<BTreeMap<String, Odds>>> = OnceLock::new();
        let name = format!("{} {} {clean}", profile.wachten, profile.duur);
        let mut known = KNOWN
            .get_or_init(Mutex::default)
            .lock()
            .expect("no draw panics");
        let draw = || {
            let mut rng = ChaCha8Rng::seed_from_u64(0);
            let (mut in_scope, mut helped) = (0, 0);
            for _ in 0..DRAWS {
                let referred = referral(&mut rng, EARLIEST_YEAR);
                let dates = PracticeDates::draw(&mut rng, referred, profile, 1.0, clean);
                in_scope += u32::from(dates.in_scope(FIRST_YEAR));
                helped += u32::from(dates.helped(FIRST_YEAR));
            }
            let share = |count: u32| f64::from(count) / f64::from(DRAWS);
            Odds {
                in_scope: share(in_scope),
                helped: share(helped),
            }
        };
        *known.entry(name).or_insert_with(draw)
    }
}

/// A child's whole traject: what stays the same in every year that it is reported.
#[derive(Debug, Clone)]
pub(crate) struct Course {
    /// What is reported; the dates and amounts in it are filled in per year.
    pub(crate) traject: PracticeTraject,
    /// Its dates.
    pub(crate) dates: PracticeDates,
    /// Where the child lived in the first year.
    pub(crate) gemeente: &'static Gemeente,
    /// The gemeente that pays, where it is another.
    pub(crate) payer: Option<&'static Gemeente>,
    /// Days from referral to the first talk.
    pub(crate) intake: Option<u64>,
    /// Why it ends.
    pub(crate) end_reason: &'static str,
    /// What comes after.
    pub(crate) follow_up: Option<&'static str>,
    /// Days between two contacts.
    pub(crate) contact_every: u64,
    /// Days between two talks with the parents.
    pub(crate) talk_every: u64,
    /// Minutes of one contact.
    pub(crate) minutes_each: i32,
    /// Cents of one minute.
    pub(crate) cents_each: i64,
    /// Contacts in a weekend, of a hundred.
    pub(crate) weekend_share: i32,
}

/// One practice traject in one year: the fields of the definition's table traject, with canonical codes and the
/// aanbieder's own ids.
#[derive(Debug, Clone)]
pub(crate) struct PracticeTraject {
    /// Its number; those of an aanbieder that merged get a letter before it.
    pub(crate) number: usize,
    /// The number of the child.
    pub(crate) child: usize,
    /// The number of the gezin.
    pub(crate) gezin: usize,
    /// Whether another aanbieder had it before.
    pub(crate) taken_over: bool,
    pub(crate) voorziening: &'static str,
    pub(crate) gemeente: &'static Gemeente,
    pub(crate) payer: Option<&'static Gemeente>,
    pub(crate) birth_date: NaiveDate,
    pub(crate) leeftijd: i32,
    pub(crate) kader: &'static str,
    pub(crate) law: &'static str,
    pub(crate) verwijzer: &'static str,
    pub(crate) omgang_met: &'static str,
    pub(crate) home: &'static str,
    pub(crate) vorm: &'static str,
    pub(crate) begeleiding: &'static str,
    pub(crate) bekostiging: &'static str,
    pub(crate) aanleiding: &'static str,
    pub(crate) intensity: &'static str,
    pub(crate) report_to: &'static str,
    pub(crate) product: Option<&'static str>,
    /// Whether there was other help during the wait.
    pub(crate) bridged: bool,
    pub(crate) aanmelddatum: NaiveDate,
    pub(crate) intake: Option<NaiveDate>,
    pub(crate) startdatum: Option<NaiveDate>,
    pub(crate) einddatum: Option<NaiveDate>,
    pub(crate) end_reason: Option<&'static str>,
    pub(crate) follow_up: Option<&'static str>,
    pub(crate) contacten: i32,
    pub(crate) talks: i32,
    pub(crate) minuten: i32,
    pub(crate) weekend_contacten: i32,
    /// Euro cents.
    pub(crate) kosten: i64,
}

impl Course {
    /// How it stands at the end of the year; `None` when it is not in the scope of a levering of that year.
    pub(crate) fn in_jaar(&self, jaar: i32) -> Option<PracticeTraject> {
        if !self.dates.in_scope(jaar) {
            return None;
        }
        let (first, last) = (day(jaar, 1, 1), day(jaar, 12, 31));
        let until = |date: &NaiveDate| *date <= last;
        let start = self.dates.start().filter(until);
        let end = Some(self.dates.end()).filter(until);
        let intake = self
            .intake
            .map(|days| self.dates.referred + Days::new(days))
            .filter(until);
        let mut traject = PracticeTraject {
            gemeente: places::gemeente_in(jaar, self.gemeente, self.traject.number),
            payer: self
                .payer
                .map(|payer| places::gemeente_in(jaar, payer, self.traject.number)),
            aanmelddatum: self.dates.referred,
            intake,
            startdatum: start,
            einddatum: end,
            end_reason: end.map(|_| self.end_reason),
            follow_up: end.and(self.follow_up),
            ..self.traject.clone()
        };
        if let Some(start) = start {
            let helped = end.unwrap_or(last) - start.max(first);
            let times =
                |every: u64, most: i64| (1 + helped.num_days() / every as i64).min(most) as i32;
            traject.contacten = times(self.contact_every, 26);
            traject.talks = times(self.talk_every, 20);
            traject.minuten = traject.contacten * self.minutes_each;
            traject.weekend_contacten = traject.contacten * self.weekend_share / 100;
            traject.kosten = i64::from(traject.minuten) * self.cents_each;
        }
        Some(traject)
    }
}

impl PracticeTraject {
    /// The aanbieder's own number of the traject.
    pub(crate) fn traject_id(&self) -> String {
        format!("{}{}", self.prefix(), 107_000 + self.number)
    }

    /// The aanbieder's own number of the child.
    pub(crate) fn jeugdige_id(&self) -> String {
        format!("{}K{}", self.prefix(), self.child)
    }

    /// The aanbieder's own number of the gezin.
    pub(crate) fn gezin_id(&self) -> String {
        format!("{}G{}", self.prefix(), self.gezin)
    }

    fn prefix(&self) -> &'static str {
        if self.taken_over { "F" } else { "" }
    }
}

/// A date that certainly exists.
pub(crate) fn day(jaar: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(jaar, month, day).expect("the callers pass days that exist")
}

/// Completed years on a day.
pub(crate) fn age_on(born: NaiveDate, day: NaiveDate) -> i32 {
    i32::try_from(day.years_since(born).unwrap_or(0)).unwrap_or(0)
}
