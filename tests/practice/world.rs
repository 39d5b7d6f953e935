//! The practice world: aanbieders, their children and what happens to them, drawn from a seed.
//!
//! Owns the drawing. How often what happens stands in [`shares`]; where children live follows CBS (inwoners,
//! eenouderhuishoudens).

use crate::{places, shares};
use chrono::{Days, NaiveDate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal};

/// How an aanbieder reacts to the uitvraag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PracticeOutcome {
    /// Delivers.
    Delivers,
    /// Signs a nulopgave.
    Nulopgave,
    /// Has stopped.
    Gestopt,
    /// Refuses.
    Geweigerd,
}

impl PracticeOutcome {
    /// What stands in `aanbieders.csv` under `uitkomst` (what the coördinator knows) and `levert` (what will happen).
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Delivers => ("verwacht", "ja"),
            Self::Nulopgave => ("verwacht", "nulopgave"),
            Self::Gestopt => ("gestopt", "nee"),
            Self::Geweigerd => ("geweigerd", "nee"),
        }
    }
}

/// One practice aanbieder.
#[derive(Debug, Clone)]
pub struct PracticeAanbieder {
    /// KvK number, 8 digits from a range that is not given out.
    pub kvk: String,
    /// Name.
    pub naam: String,
    /// Folder name.
    pub map: String,
    /// The jeugdregio it works in.
    pub jeugdregio: String,
    /// How it reacts.
    pub uitkomst: PracticeOutcome,
    /// Trajecten to draw.
    pub omvang: usize,
}

/// One practice traject: the fields of the definition's table traject, with canonical codes and the aanbieder's own ids.
#[derive(Debug, Clone)]
pub struct PracticeTraject {
    pub traject_id: String,
    pub jeugdige_id: String,
    pub gezin_id: String,
    pub voorziening_id: &'static str,
    pub gemeente: String,
    pub gemeentenaam: String,
    pub birth_date: NaiveDate,
    pub leeftijd: i32,
    pub kader: &'static str,
    pub verwijzer: &'static str,
    pub omgang_met: &'static str,
    pub vorm: &'static str,
    pub begeleiding: &'static str,
    pub bekostiging: &'static str,
    pub aanleiding: &'static str,
    pub intensity: &'static str,
    pub report_to: &'static str,
    pub aanmelddatum: NaiveDate,
    pub startdatum: Option<NaiveDate>,
    pub einddatum: Option<NaiveDate>,
    pub end_reason: Option<&'static str>,
    pub follow_up: Option<&'static str>,
    pub contacten: i32,
    pub minuten: i32,
    pub weekend_contacten: i32,
    /// Euro cents.
    pub kosten: i64,
}

/// The source of everything drawn.
pub struct World {
    rng: ChaCha8Rng,
    jaar: i32,
    schoon: bool,
}

impl World {
    /// A world that is the same for the same seed and year.
    pub fn new(seed: u64, jaar: i32, clean: bool) -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            jaar,
            schoon: clean,
        }
    }

    /// Draws the aanbieders; about one in twelve signs a nulopgave, has stopped or refuses.
    pub fn aanbieders(&mut self, count: usize, trajecten: usize) -> Vec<PracticeAanbieder> {
        let jeugdregios = places::jeugdregios(self.jaar);
        let spread = LogNormal::new(0.0, 0.4).expect("the spread is positive");
        let weights: Vec<f64> = (0..count).map(|_| spread.sample(&mut self.rng)).collect();
        let mut aanbieders: Vec<PracticeAanbieder> = (0..count)
            .map(|i| {
                // Every regio once first, so that each spiegelrapportage has something to show; then by inwoners.
                let (code, name) = if i < jeugdregios.len() {
                    (jeugdregios[i].0.clone(), jeugdregios[i].1.clone())
                } else {
                    self.pick_jeugdregio(&jeugdregios)
                };
                let outcome = if count < 12 {
                    PracticeOutcome::Delivers
                } else {
                    outcome_of(i)
                };
                let kind = [
                    "Omgangshuis",
                    "Jeugdhulp",
                    "Stichting Omgang",
                    "Zorggroep",
                    "Begeleid Contact",
                ][i % 5];
                PracticeAanbieder {
                    kvk: format!("{:08}", 99_000_000 + i),
                    naam: format!("{kind} {name}"),
                    map: format!("{:03}-{}", i + 1, slug(&format!("{kind} {name}"))),
                    jeugdregio: code,
                    uitkomst: outcome,
                    omvang: 0,
                }
            })
            .collect();
        let weights = self.weigh(&aanbieders, &weights, &jeugdregios);
        let sum: f64 = aanbieders
            .iter()
            .zip(&weights)
            .filter(|(a, _)| a.uitkomst == PracticeOutcome::Delivers)
            .map(|(_, g)| g)
            .sum();
        let mut rest = trajecten;
        let senders = aanbieders
            .iter()
            .filter(|a| a.uitkomst == PracticeOutcome::Delivers)
            .count();
        let levering = aanbieders
            .iter_mut()
            .zip(&weights)
            .filter(|(a, _)| a.uitkomst == PracticeOutcome::Delivers);
        for (number, (aanbieder, weight)) in levering.enumerate() {
            let part = if number + 1 == senders {
                rest
            } else {
                ((trajecten as f64 * weight / sum).round() as usize).min(rest)
            };
            aanbieder.omvang = part;
            rest -= part;
        }
        aanbieders
    }

    /// The size of an aanbieder follows the inwoners of its regio, shared with the others there, and its own draw.
    fn weigh(
        &self,
        aanbieders: &[PracticeAanbieder],
        weights: &[f64],
        jeugdregios: &[(String, String, u32)],
    ) -> Vec<f64> {
        let in_jeugdregio = |code: &str| {
            aanbieders
                .iter()
                .filter(|a| a.jeugdregio == code)
                .count()
                .max(1) as f64
        };
        let inwoners = |code: &str| {
            jeugdregios
                .iter()
                .find(|r| r.0 == code)
                .map_or(1.0, |r| f64::from(r.2))
        };
        let together = |(a, g): (&PracticeAanbieder, &f64)| {
            g * inwoners(&a.jeugdregio) / in_jeugdregio(&a.jeugdregio)
        };
        aanbieders.iter().zip(weights).map(together).collect()
    }

    /// Draws the trajecten of one aanbieder, all within the reporting year.
    pub fn trajecten(&mut self, aanbieder: &PracticeAanbieder) -> Vec<PracticeTraject> {
        let gemeenten = places::gemeenten(self.jaar, &aanbieder.jeugdregio);
        let mut trajecten: Vec<PracticeTraject> = Vec::with_capacity(aanbieder.omvang);
        while trajecten.len() < aanbieder.omvang {
            let number = trajecten.len();
            // One in sixteen is a brother or sister of the one before, on the same days; another goes on in another vorm.
            let previous = trajecten
                .last()
                .cloned()
                .filter(|_| self.rng.random_bool(1.0 / 8.0));
            let traject = match previous {
                Some(other) if other.can_go_on(self.jaar) => self.next_step(number, other),
                Some(other) => self.sibling(number, other),
                None => self.traject(number, &gemeenten),
            };
            if traject.in_jaar(self.jaar) {
                trajecten.push(traject);
            }
        }
        trajecten
    }

    fn traject(&mut self, number: usize, gemeenten: &[(String, String, u32)]) -> PracticeTraject {
        let (gemeente, gemeente_name) = self.pick_gemeente(gemeenten);
        let first = day(self.jaar - 1, 1, 1);
        let aanmelddatum = first + Days::new(self.rng.random_range(0..730));
        let oldest: u64 = if self.rng.random_bool(0.85) { 12 } else { 18 };
        let leeftijd = self.rng.random_range(0..oldest);
        let youngest = aanmelddatum - Days::new(365 * leeftijd + 30 + leeftijd / 4);
        let birth_date = youngest - Days::new(self.rng.random_range(0..300));
        let leeftijd = age_on(birth_date, aanmelddatum);
        let kader = self.pick(shares::KADER);
        let verwijzer = self.verwijzer(kader);
        let wait = self.wait_days();
        let withdrawn = self.rng.random_bool(shares::WITHDRAWN);
        let last = day(self.jaar, 12, 31);
        let start = aanmelddatum + Days::new(wait);
        let end = if withdrawn {
            start
        } else {
            start + Days::new(self.duration())
        };
        let startdatum = (!withdrawn && start <= last).then_some(start);
        let einddatum = (end <= last).then_some(end);
        let end_reason = einddatum.map(|_| {
            if withdrawn {
                "ingetrokken_voor_start"
            } else {
                self.pick(shares::END_REASON)
            }
        });
        let follow_up = (einddatum.is_some() && !withdrawn).then(|| self.pick(shares::FOLLOW_UP));
        let mut traject = PracticeTraject {
            traject_id: format!("{}", 107_000 + number),
            jeugdige_id: format!("K{number}"),
            gezin_id: format!("G{number}"),
            voorziening_id: if self.rng.random_bool(0.5) {
                "V1"
            } else {
                "V2"
            },
            gemeente,
            gemeentenaam: gemeente_name,
            birth_date,
            leeftijd,
            kader,
            verwijzer,
            omgang_met: self.pick(shares::OMGANG_MET),
            vorm: self.pick(shares::VORM),
            begeleiding: self.pick(shares::BEGELEIDING),
            bekostiging: self.pick(shares::BEKOSTIGING),
            aanleiding: self.pick(shares::AANLEIDING),
            intensity: self.pick(shares::INTENSITY),
            report_to: self.pick(shares::REPORT_TO),
            aanmelddatum,
            startdatum,
            einddatum,
            end_reason,
            follow_up,
            contacten: 0,
            minuten: 0,
            weekend_contacten: 0,
            kosten: 0,
        };
        self.draw_effort(&mut traject);
        traject
    }

    /// Contacts and money, only where help was given in the year.
    fn draw_effort(&mut self, traject: &mut PracticeTraject) {
        let helped = traject.startdatum.is_some()
            && traject
                .einddatum
                .is_none_or(|end| end >= day(self.jaar, 1, 1));
        if helped {
            traject.contacten = self.rng.random_range(2..=15);
            traject.minuten = traject.contacten * self.rng.random_range(50..=110);
            traject.weekend_contacten = self.rng.random_range(0..=traject.contacten.min(6));
            traject.kosten = i64::from(traject.minuten) * self.rng.random_range(85..=145);
        }
    }

    /// The same child, a few days after the end, in another vorm.
    fn next_step(&mut self, number: usize, earlier: PracticeTraject) -> PracticeTraject {
        let end = earlier.einddatum.expect("only what ended goes on");
        let vorm = shares::VORM
            .iter()
            .map(|v| v.0)
            .find(|v| *v != earlier.vorm)
            .expect("there are several vormen");
        let mut traject = PracticeTraject {
            traject_id: format!("{}", 107_000 + number),
            vorm,
            aanmelddatum: end,
            leeftijd: age_on(earlier.birth_date, end),
            startdatum: Some(end + Days::new(self.rng.random_range(1..25))),
            einddatum: None,
            end_reason: None,
            follow_up: None,
            ..earlier
        };
        self.draw_effort(&mut traject);
        traject
    }

    fn sibling(&mut self, number: usize, other: PracticeTraject) -> PracticeTraject {
        let birth_date = other.birth_date - Days::new(self.rng.random_range(400..1200));
        let leeftijd = age_on(birth_date, other.aanmelddatum).min(17);
        let birth_date = if leeftijd == 17 {
            other.aanmelddatum - Days::new(17 * 365 + 40)
        } else {
            birth_date
        };
        PracticeTraject {
            traject_id: format!("{}", 107_000 + number),
            jeugdige_id: format!("K{number}"),
            leeftijd: age_on(birth_date, other.aanmelddatum),
            birth_date,
            ..other
        }
    }

    fn verwijzer(&mut self, kader: &str) -> &'static str {
        let verwijzer = self.pick(shares::VERWIJZER);
        // Parents can't refer into the gedwongen kader; a few registrations say so all the same.
        let foreign = kader == "gedwongen" && verwijzer == "ouders";
        if foreign && (self.schoon || self.rng.random_bool(0.8)) {
            "rechter"
        } else {
            verwijzer
        }
    }

    fn wait_days(&mut self) -> u64 {
        let (median, spread) = shares::WAIT;
        let distribution = LogNormal::new(f64::ln(median), spread).expect("the spread is positive");
        let days = distribution.sample(&mut self.rng).round() as u64;
        if self.schoon {
            days.min(360)
        } else {
            days.min(500)
        }
    }

    fn duration(&mut self) -> u64 {
        let sum: u32 = shares::DURATION.iter().map(|d| d.2).sum();
        let mut trekking = self.rng.random_range(0..sum);
        for &(short, long, weight) in shares::DURATION {
            if trekking < weight {
                return self.rng.random_range(short..=long);
            }
            trekking -= weight;
        }
        unreachable!("the draw is below the sum of the weights")
    }

    fn pick(&mut self, weights: &[(&'static str, u32)]) -> &'static str {
        let sum: u32 = weights.iter().map(|g| g.1).sum();
        let mut trekking = self.rng.random_range(0..sum);
        for &(code, weight) in weights {
            if trekking < weight {
                return code;
            }
            trekking -= weight;
        }
        unreachable!("the draw is below the sum of the weights")
    }

    fn pick_jeugdregio(&mut self, jeugdregios: &[(String, String, u32)]) -> (String, String) {
        let (code, name) = self.pick_gemeente(jeugdregios);
        (code, name)
    }

    fn pick_gemeente(&mut self, weights: &[(String, String, u32)]) -> (String, String) {
        let sum: u32 = weights.iter().map(|g| g.2).sum();
        let mut trekking = self.rng.random_range(0..sum);
        for (code, name, weight) in weights {
            if trekking < *weight {
                return (code.clone(), name.clone());
            }
            trekking -= weight;
        }
        unreachable!("the draw is below the sum of the weights")
    }
}

impl PracticeTraject {
    /// Whether it was helped and ended early enough in the year to go on in another vorm.
    fn can_go_on(&self, jaar: i32) -> bool {
        self.startdatum.is_some()
            && self
                .einddatum
                .is_some_and(|end| end >= day(jaar, 1, 1) && end <= day(jaar, 12, 1))
            && self.leeftijd < 17
    }

    /// Whether it was waiting, started, running or ended in the year: the scope of a levering.
    fn in_jaar(&self, jaar: i32) -> bool {
        self.aanmelddatum <= day(jaar, 12, 31)
            && self.einddatum.is_none_or(|end| end >= day(jaar, 1, 1))
    }
}

fn outcome_of(number: usize) -> PracticeOutcome {
    match number % 48 {
        17 | 41 => PracticeOutcome::Nulopgave,
        29 => PracticeOutcome::Gestopt,
        35 => PracticeOutcome::Geweigerd,
        _ => PracticeOutcome::Delivers,
    }
}

/// A date that certainly exists.
pub fn day(jaar: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(jaar, month, day).expect("the callers pass days that exist")
}

/// Completed years on a day.
fn age_on(born: NaiveDate, day: NaiveDate) -> i32 {
    i32::try_from(day.years_since(born).unwrap_or(0)).unwrap_or(0)
}

/// A folder name: lower case letters, digits and hyphens.
fn slug(name: &str) -> String {
    let character = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let raw: String = name.chars().map(character).collect();
    raw.split('-')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_gives_the_same_world() {
        let draw = || {
            let mut world = World::new(7, 2020, false);
            let aanbieders = world.aanbieders(20, 500);
            aanbieders
                .iter()
                .flat_map(|a| world.trajecten(a))
                .map(|t| format!("{t:?}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
    }

    #[test]
    fn all_trajecten_are_drawn_and_in_the_year() {
        let mut world = World::new(3, 2020, false);
        let aanbieders = world.aanbieders(60, 6_000);
        let trajecten: Vec<PracticeTraject> =
            aanbieders.iter().flat_map(|a| world.trajecten(a)).collect();
        assert_eq!(trajecten.len(), 6_000);
        assert!(
            trajecten
                .iter()
                .all(|t| t.in_jaar(2020) && (0..=22).contains(&t.leeftijd))
        );
    }

    #[test]
    fn durations_follow_the_report() {
        let mut world = World::new(5, 2020, false);
        let days: Vec<u64> = (0..20_000).map(|_| world.duration()).collect();
        let share =
            |van, tot| days.iter().filter(|d| (van..=tot).contains(*d)).count() as f64 / 20_000.0;
        assert!((share(101, 182) - 0.36).abs() < 0.02);
        assert!((share(183, 364) - 0.34).abs() < 0.02);
        assert!((share(365, 700) - 0.23).abs() < 0.02);
    }
}
