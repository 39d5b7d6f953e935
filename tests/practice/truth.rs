//! `waarheid.json`: what is planted, who plays which part, and what really happened per jeugdregio and year, whoever
//! delivered.
//!
//! Owns the file and the totals in it. Counts follow the definitions of the figures: help in the year, starts and ends
//! in the year, waiting at its end.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::aanbieders::{PracticeAanbieder, PracticeOutcome};
use crate::course::{PracticeTraject, day};
use crate::places;
use crate::planted::{self, PlantedProfile};
use crate::shares;

/// The whole file.
#[derive(Debug, Serialize)]
pub(crate) struct PracticeTruth {
    seed: u64,
    /// Without rows that raise a signaal.
    schoon: bool,
    /// What holds besides the regio's.
    samenhang: PlantedLinks,
    /// What is planted per jeugdregio; `gewoon` where nothing is.
    geplant: Vec<PlantedArea>,
    aanbieders: Vec<AanbiederTruth>,
    jeugdregios: Vec<AreaTruth>,
}

#[derive(Debug, Serialize)]
struct PlantedLinks {
    /// Referrals per day in 2021, of those in 2020.
    groei: f64,
    /// Share of the children that is helped in another jeugdregio.
    over_de_grens: f64,
    /// Chance that a brother or sister has the dates and the outcome of the first child.
    gezin_zelfde_verloop: f64,
    /// Correlation of two children of one aanbieder, in wait and outcome.
    samenhang_binnen_aanbieder: f64,
    /// The jeugdregio where nobody delivers.
    niemand_leverde: &'static str,
    norm_dagen: u64,
    /// Median wait in days where nothing is planted.
    wachten_mediaan: f64,
}

#[derive(Debug, Serialize)]
struct PlantedArea {
    jeugdregio: &'static str,
    naam: &'static str,
    gewoon: bool,
    #[serde(flatten)]
    profiel: PlantedProfile,
}

#[derive(Debug, Serialize)]
struct AanbiederTruth {
    kvk: String,
    naam: String,
    jeugdregio: &'static str,
    werkgebied: Vec<&'static str>,
    /// Per year, what it does: `levert`, `nulopgave`, `gestopt`, `geweigerd`, `antwoordt_niet`, `bestaat_niet`.
    rol: BTreeMap<i32, &'static str>,
    /// Who reports its trajecten from 2021.
    opgegaan_in: Option<String>,
    /// Trajecten in the scope of each year, told or not.
    trajecten: BTreeMap<i32, usize>,
}

#[derive(Debug, Serialize)]
struct AreaTruth {
    jeugdregio: &'static str,
    jaar: i32,
    inwoners: u64,
    /// Children of the regio, wherever they are helped and whether or not that is told.
    alle: AreaTotals,
    /// Those of them that an aanbieder delivered.
    geleverd: AreaTotals,
}

/// What happened in a year to the children of one regio.
#[derive(Debug, Default, Serialize)]
struct AreaTotals {
    /// Trajecten with help in the year.
    trajecten: usize,
    /// Children with help in the year, per aanbieder once.
    jeugdigen: usize,
    aangemeld: usize,
    gestart: usize,
    /// Ended after help.
    geeindigd: usize,
    ingetrokken: usize,
    volgens_plan: usize,
    /// Of those that ended after help, the ones that waited no longer than the norm.
    geeindigd_binnen_norm: usize,
    volgens_plan_binnen_norm: usize,
    onbegeleide_omgang: usize,
    /// Ended after help, with what came after known.
    vervolg_bekend: usize,
    wachtend: usize,
    /// Of the starts in the year, in days.
    wacht_mediaan: Option<u32>,
    /// Of the ends in the year, in days.
    duur_mediaan: Option<u32>,
    #[serde(skip)]
    waits: Vec<u32>,
    #[serde(skip)]
    durations: Vec<u32>,
}

/// Gathers the truth, aanbieder by aanbieder.
#[derive(Debug)]
pub(crate) struct TruthTally {
    areas: BTreeMap<(&'static str, i32), [AreaTotals; 2]>,
    aanbieders: Vec<AanbiederTruth>,
}

impl TruthTally {
    /// Nothing counted yet.
    pub(crate) fn new(all: &[PracticeAanbieder]) -> Self {
        let truth = |a: &PracticeAanbieder| AanbiederTruth {
            kvk: a.kvk.clone(),
            naam: a.naam.clone(),
            jeugdregio: a.jeugdregio,
            werkgebied: a.werkgebied.clone(),
            rol: years().map(|jaar| (jaar, part(a.outcome(jaar)))).collect(),
            opgegaan_in: a.merges_into.map(|number| all[number].kvk.clone()),
            trajecten: BTreeMap::new(),
        };
        let areas = places::jeugdregios()
            .iter()
            .flat_map(|place| years().map(|jaar| ((place.code, jaar), Default::default())));
        Self {
            areas: areas.collect(),
            aanbieders: all.iter().map(truth).collect(),
        }
    }

    /// Counts what an aanbieder has in a year.
    pub(crate) fn add(
        &mut self,
        aanbieder: &PracticeAanbieder,
        trajecten: &[PracticeTraject],
        jaar: i32,
    ) {
        self.aanbieders[aanbieder.number]
            .trajecten
            .insert(jaar, trajecten.len());
        let delivered = aanbieder.outcome(jaar) == PracticeOutcome::Delivers;
        let mut seen = HashSet::new();
        for traject in trajecten {
            let helped = traject.startdatum.is_some();
            let new = helped && seen.insert((traject.taken_over, traject.child));
            let totals = self
                .areas
                .get_mut(&(traject.gemeente.jeugdregio_code.as_str(), jaar))
                .expect("every regio of both years is there");
            let [all, told] = totals;
            all.add(traject, jaar, new);
            if delivered {
                told.add(traject, jaar, new);
            }
        }
    }

    /// The file.
    pub(crate) fn finish(self, seed: u64, clean: bool) -> PracticeTruth {
        let area = |place: &places::PracticePlace| {
            let profile = PlantedProfile::of(place.code);
            PlantedArea {
                jeugdregio: place.code,
                naam: place.name,
                gewoon: profile == PlantedProfile::USUAL,
                profiel: profile,
            }
        };
        let totals = self
            .areas
            .into_iter()
            .map(|((jeugdregio, jaar), [all, told])| AreaTruth {
                jeugdregio,
                jaar,
                inwoners: schema::Gebieden::get()
                    .inwoners(jaar, jeugdregio)
                    .expect("CBS gives the inwoners of both years"),
                alle: all.finish(),
                geleverd: told.finish(),
            });
        PracticeTruth {
            seed,
            schoon: clean,
            samenhang: PlantedLinks {
                groei: planted::GROWTH,
                over_de_grens: planted::CROSSING,
                gezin_zelfde_verloop: planted::SAME_AS_FIRST,
                samenhang_binnen_aanbieder: planted::WITHIN_AANBIEDER,
                niemand_leverde: planted::SILENT,
                norm_dagen: planted::NORM_DAYS,
                wachten_mediaan: shares::WAIT.0,
            },
            geplant: places::jeugdregios().iter().map(area).collect(),
            aanbieders: self.aanbieders,
            jeugdregios: totals.collect(),
        }
    }
}

impl AreaTotals {
    fn add(&mut self, t: &PracticeTraject, jaar: i32, new_child: bool) {
        let first = day(jaar, 1, 1);
        let this_year = |date: Option<chrono::NaiveDate>| date.is_some_and(|date| date >= first);
        self.aangemeld += usize::from(t.aanmelddatum >= first);
        self.jeugdigen += usize::from(new_child);
        let Some(start) = t.startdatum else {
            self.wachtend += usize::from(t.einddatum.is_none());
            self.ingetrokken += usize::from(this_year(t.einddatum));
            return;
        };
        let wait = days(t.aanmelddatum, start);
        self.trajecten += 1;
        if this_year(t.startdatum) {
            self.gestart += 1;
            self.waits.push(wait);
        }
        let Some(end) = t.einddatum else { return };
        let within = u64::from(wait) <= planted::NORM_DAYS;
        let on_plan = t.end_reason == Some("volgens_plan");
        self.geeindigd += 1;
        self.durations.push(days(start, end));
        self.volgens_plan += usize::from(on_plan);
        self.geeindigd_binnen_norm += usize::from(within);
        self.volgens_plan_binnen_norm += usize::from(within && on_plan);
        self.onbegeleide_omgang += usize::from(t.follow_up == Some("onbegeleide_omgang"));
        self.vervolg_bekend += usize::from(t.follow_up != Some("onbekend"));
    }

    fn finish(mut self) -> Self {
        self.wacht_mediaan = middle(&mut self.waits);
        self.duur_mediaan = middle(&mut self.durations);
        self
    }
}

fn years() -> impl Iterator<Item = i32> {
    planted::FIRST_YEAR..=planted::SECOND_YEAR
}

fn days(from: chrono::NaiveDate, to: chrono::NaiveDate) -> u32 {
    u32::try_from((to - from).num_days()).expect("a course goes forward")
}

/// The middle one; of an even number the first of the two.
fn middle(days: &mut [u32]) -> Option<u32> {
    days.sort_unstable();
    days.get(days.len().saturating_sub(1) / 2).copied()
}

fn part(outcome: PracticeOutcome) -> &'static str {
    match outcome {
        PracticeOutcome::Delivers => "levert",
        PracticeOutcome::Nulopgave => "nulopgave",
        PracticeOutcome::Gestopt => "gestopt",
        PracticeOutcome::Geweigerd => "geweigerd",
        PracticeOutcome::NoAnswer => "antwoordt_niet",
        PracticeOutcome::Absent => "bestaat_niet",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::World;

    fn truth(trajecten: usize) -> PracticeTruth {
        let world = World::new(2, 60, trajecten, false);
        let mut tally = TruthTally::new(&world.aanbieders);
        for aanbieder in &world.aanbieders {
            let courses = world.courses(aanbieder);
            for jaar in years() {
                tally.add(aanbieder, &world.in_jaar(aanbieder, &courses, jaar), jaar);
            }
        }
        tally.finish(2, false)
    }

    /// Where nothing is planted use differs by chance alone; where it is, by what is planted.
    #[test]
    fn use_per_inhabitant_is_as_planted() {
        let truth = truth(12_000);
        let first: Vec<&AreaTruth> = truth
            .jeugdregios
            .iter()
            .filter(|a| a.jaar == 2020)
            .collect();
        let usual = |a: &&&AreaTruth| PlantedProfile::of(a.jeugdregio).gebruik == 1.0;
        let (children, inwoners) = first.iter().filter(usual).fold((0.0, 0.0), |(c, i), a| {
            (c + a.alle.jeugdigen as f64, i + a.inwoners as f64)
        });
        let mut squares = 0.0;
        for area in &first {
            let planted = PlantedProfile::of(area.jeugdregio).gebruik;
            let expected = planted * area.inwoners as f64 * children / inwoners;
            // Children come in gezinnen, of 1.45 on average as seen from a child.
            let z = (area.alle.jeugdigen as f64 - expected) / (1.45 * expected).sqrt();
            assert!(z.abs() < 3.9, "{}: {z}", area.jeugdregio);
            squares += z * z;
        }
        let spread = (squares / first.len() as f64).sqrt();
        assert!((0.7..1.4).contains(&spread), "{spread}");
    }

    #[test]
    fn waits_durations_and_outcomes_are_as_planted() {
        let truth = truth(12_000);
        let of = |code: &str| {
            let found = truth
                .jeugdregios
                .iter()
                .find(|a| a.jaar == 2020 && a.jeugdregio == code);
            &found.unwrap().alle
        };
        let share = |part: usize, whole: usize| part as f64 / whole as f64;
        assert!((85..=150).contains(&of("JZ39").wacht_mediaan.unwrap()));
        assert!((14..=26).contains(&of("JZ07").wacht_mediaan.unwrap()));
        assert!((36..=60).contains(&of("JZ29").wacht_mediaan.unwrap()));
        assert!(of("JZ33").duur_mediaan > Some(300) && of("JZ04").duur_mediaan < Some(160));
        assert!(share(of("JZ28").volgens_plan, of("JZ28").geeindigd) > 0.78);
        assert!(share(of("JZ41").volgens_plan, of("JZ41").geeindigd) < 0.54);
        assert!(share(of("JZ01").onbegeleide_omgang, of("JZ01").vervolg_bekend) > 0.70);
        assert!(share(of("JZ31").onbegeleide_omgang, of("JZ31").vervolg_bekend) < 0.46);
        let hurt = of("JZ24");
        let beyond = share(
            hurt.volgens_plan - hurt.volgens_plan_binnen_norm,
            hurt.geeindigd - hurt.geeindigd_binnen_norm,
        );
        assert!(share(hurt.volgens_plan_binnen_norm, hurt.geeindigd_binnen_norm) - beyond > 0.2);
    }

    #[test]
    fn where_nobody_delivers_there_are_children() {
        let truth = truth(6_000);
        for area in truth
            .jeugdregios
            .iter()
            .filter(|a| a.jeugdregio == planted::SILENT)
        {
            assert!(
                area.alle.jeugdigen > 20 && area.geleverd.jeugdigen == 0,
                "{area:?}"
            );
        }
    }
}
