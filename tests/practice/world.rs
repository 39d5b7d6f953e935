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
pub enum Uitkomst {
    /// Delivers.
    Levert,
    /// Signs a nulopgave.
    Nulopgave,
    /// Has stopped.
    Gestopt,
    /// Refuses.
    Geweigerd,
}

impl Uitkomst {
    /// What stands in `aanbieders.csv` under `uitkomst` (what the coördinator knows) and `levert` (what will happen).
    pub fn namen(self) -> (&'static str, &'static str) {
        match self {
            Self::Levert => ("verwacht", "ja"),
            Self::Nulopgave => ("verwacht", "nulopgave"),
            Self::Gestopt => ("gestopt", "nee"),
            Self::Geweigerd => ("geweigerd", "nee"),
        }
    }
}

/// One practice aanbieder.
#[derive(Debug, Clone)]
pub struct Aanbieder {
    /// KvK number, 8 digits from a range that is not given out.
    pub kvk: String,
    /// Name.
    pub naam: String,
    /// Folder name.
    pub map: String,
    /// The jeugdregio it works in.
    pub jeugdregio: String,
    /// How it reacts.
    pub uitkomst: Uitkomst,
    /// Trajecten to draw.
    pub omvang: usize,
}

/// One practice traject: the fields of the definition's table traject, with canonical codes and the aanbieder's own ids.
#[derive(Debug, Clone)]
pub struct Traject {
    pub traject_id: String,
    pub jeugdige_id: String,
    pub gezin_id: String,
    pub voorziening_id: &'static str,
    pub gemeente: String,
    pub gemeentenaam: String,
    pub geboortedatum: NaiveDate,
    pub leeftijd: i32,
    pub kader: &'static str,
    pub verwijzer: &'static str,
    pub omgang_met: &'static str,
    pub vorm: &'static str,
    pub begeleiding: &'static str,
    pub bekostiging: &'static str,
    pub aanleiding: &'static str,
    pub intensiteit: &'static str,
    pub rapportage_aan: &'static str,
    pub aanmelddatum: NaiveDate,
    pub startdatum: Option<NaiveDate>,
    pub einddatum: Option<NaiveDate>,
    pub reden_einde: Option<&'static str>,
    pub vervolg: Option<&'static str>,
    pub contacten: i32,
    pub minuten: i32,
    pub weekendcontacten: i32,
    /// Euro cents.
    pub kosten: i64,
}

/// The source of everything drawn.
pub struct Wereld {
    rng: ChaCha8Rng,
    jaar: i32,
    schoon: bool,
}

impl Wereld {
    /// A world that is the same for the same seed and year.
    pub fn new(seed: u64, jaar: i32, schoon: bool) -> Self {
        Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            jaar,
            schoon,
        }
    }

    /// Draws the aanbieders; about one in twelve signs a nulopgave, has stopped or refuses.
    pub fn aanbieders(&mut self, aantal: usize, trajecten: usize) -> Vec<Aanbieder> {
        let regios = places::regios(self.jaar);
        let spreiding = LogNormal::new(0.0, 0.4).expect("the spread is positive");
        let gewichten: Vec<f64> = (0..aantal)
            .map(|_| spreiding.sample(&mut self.rng))
            .collect();
        let mut aanbieders: Vec<Aanbieder> = (0..aantal)
            .map(|i| {
                // Every regio once first, so that each spiegelrapportage has something to show; then by inwoners.
                let (code, naam) = if i < regios.len() {
                    (regios[i].0.clone(), regios[i].1.clone())
                } else {
                    self.pick_regio(&regios)
                };
                let uitkomst = if aantal < 12 {
                    Uitkomst::Levert
                } else {
                    uitkomst_of(i)
                };
                let soort = [
                    "Omgangshuis",
                    "Jeugdhulp",
                    "Stichting Omgang",
                    "Zorggroep",
                    "Begeleid Contact",
                ][i % 5];
                Aanbieder {
                    kvk: format!("{:08}", 99_000_000 + i),
                    naam: format!("{soort} {naam}"),
                    map: format!("{:03}-{}", i + 1, slug(&format!("{soort} {naam}"))),
                    jeugdregio: code,
                    uitkomst,
                    omvang: 0,
                }
            })
            .collect();
        let gewichten = self.weigh(&aanbieders, &gewichten, &regios);
        let som: f64 = aanbieders
            .iter()
            .zip(&gewichten)
            .filter(|(a, _)| a.uitkomst == Uitkomst::Levert)
            .map(|(_, g)| g)
            .sum();
        let mut rest = trajecten;
        let leveraars = aanbieders
            .iter()
            .filter(|a| a.uitkomst == Uitkomst::Levert)
            .count();
        let levering = aanbieders
            .iter_mut()
            .zip(&gewichten)
            .filter(|(a, _)| a.uitkomst == Uitkomst::Levert);
        for (nummer, (aanbieder, gewicht)) in levering.enumerate() {
            let deel = if nummer + 1 == leveraars {
                rest
            } else {
                ((trajecten as f64 * gewicht / som).round() as usize).min(rest)
            };
            aanbieder.omvang = deel;
            rest -= deel;
        }
        aanbieders
    }

    /// The size of an aanbieder follows the inwoners of its regio, shared with the others there, and its own draw.
    fn weigh(
        &self,
        aanbieders: &[Aanbieder],
        gewichten: &[f64],
        regios: &[(String, String, u32)],
    ) -> Vec<f64> {
        let in_regio = |code: &str| {
            aanbieders
                .iter()
                .filter(|a| a.jeugdregio == code)
                .count()
                .max(1) as f64
        };
        let inwoners = |code: &str| {
            regios
                .iter()
                .find(|r| r.0 == code)
                .map_or(1.0, |r| f64::from(r.2))
        };
        let samen =
            |(a, g): (&Aanbieder, &f64)| g * inwoners(&a.jeugdregio) / in_regio(&a.jeugdregio);
        aanbieders.iter().zip(gewichten).map(samen).collect()
    }

    /// Draws the trajecten of one aanbieder, all within the reporting year.
    pub fn trajecten(&mut self, aanbieder: &Aanbieder) -> Vec<Traject> {
        let gemeenten = places::gemeenten(self.jaar, &aanbieder.jeugdregio);
        let mut trajecten: Vec<Traject> = Vec::with_capacity(aanbieder.omvang);
        while trajecten.len() < aanbieder.omvang {
            let nummer = trajecten.len();
            // One in sixteen is a brother or sister of the one before, on the same days; another goes on in another vorm.
            let vorige = trajecten
                .last()
                .cloned()
                .filter(|_| self.rng.random_bool(1.0 / 8.0));
            let traject = match vorige {
                Some(ander) if ander.can_go_on(self.jaar) => self.next_step(nummer, ander),
                Some(ander) => self.sibling(nummer, ander),
                None => self.traject(nummer, &gemeenten),
            };
            if traject.in_jaar(self.jaar) {
                trajecten.push(traject);
            }
        }
        trajecten
    }

    fn traject(&mut self, nummer: usize, gemeenten: &[(String, String, u32)]) -> Traject {
        let (gemeente, gemeentenaam) = self.pick_gemeente(gemeenten);
        let eerste = day(self.jaar - 1, 1, 1);
        let aanmelddatum = eerste + Days::new(self.rng.random_range(0..730));
        let oudste: u64 = if self.rng.random_bool(0.85) { 12 } else { 18 };
        let leeftijd = self.rng.random_range(0..oudste);
        let jongste = aanmelddatum - Days::new(365 * leeftijd + 30 + leeftijd / 4);
        let geboortedatum = jongste - Days::new(self.rng.random_range(0..300));
        let leeftijd = age_on(geboortedatum, aanmelddatum);
        let kader = self.pick(shares::KADER);
        let verwijzer = self.verwijzer(kader);
        let wacht = self.wachtdagen();
        let ingetrokken = self.rng.random_bool(shares::INGETROKKEN);
        let laatste = day(self.jaar, 12, 31);
        let start = aanmelddatum + Days::new(wacht);
        let eind = if ingetrokken {
            start
        } else {
            start + Days::new(self.duur())
        };
        let startdatum = (!ingetrokken && start <= laatste).then_some(start);
        let einddatum = (eind <= laatste).then_some(eind);
        let reden_einde = einddatum.map(|_| {
            if ingetrokken {
                "ingetrokken_voor_start"
            } else {
                self.pick(shares::REDEN_EINDE)
            }
        });
        let vervolg = (einddatum.is_some() && !ingetrokken).then(|| self.pick(shares::VERVOLG));
        let mut traject = Traject {
            traject_id: format!("{}", 107_000 + nummer),
            jeugdige_id: format!("K{nummer}"),
            gezin_id: format!("G{nummer}"),
            voorziening_id: if self.rng.random_bool(0.5) {
                "V1"
            } else {
                "V2"
            },
            gemeente,
            gemeentenaam,
            geboortedatum,
            leeftijd,
            kader,
            verwijzer,
            omgang_met: self.pick(shares::OMGANG_MET),
            vorm: self.pick(shares::VORM),
            begeleiding: self.pick(shares::BEGELEIDING),
            bekostiging: self.pick(shares::BEKOSTIGING),
            aanleiding: self.pick(shares::AANLEIDING),
            intensiteit: self.pick(shares::INTENSITEIT),
            rapportage_aan: self.pick(shares::RAPPORTAGE_AAN),
            aanmelddatum,
            startdatum,
            einddatum,
            reden_einde,
            vervolg,
            contacten: 0,
            minuten: 0,
            weekendcontacten: 0,
            kosten: 0,
        };
        self.draw_effort(&mut traject);
        traject
    }

    /// Contacts and money, only where help was given in the year.
    fn draw_effort(&mut self, traject: &mut Traject) {
        let geholpen = traject.startdatum.is_some()
            && traject
                .einddatum
                .is_none_or(|eind| eind >= day(self.jaar, 1, 1));
        if geholpen {
            traject.contacten = self.rng.random_range(2..=15);
            traject.minuten = traject.contacten * self.rng.random_range(50..=110);
            traject.weekendcontacten = self.rng.random_range(0..=traject.contacten.min(6));
            traject.kosten = i64::from(traject.minuten) * self.rng.random_range(85..=145);
        }
    }

    /// The same child, a few days after the end, in another vorm.
    fn next_step(&mut self, nummer: usize, eerder: Traject) -> Traject {
        let eind = eerder.einddatum.expect("only what ended goes on");
        let vorm = shares::VORM
            .iter()
            .map(|v| v.0)
            .find(|v| *v != eerder.vorm)
            .expect("there are several vormen");
        let mut traject = Traject {
            traject_id: format!("{}", 107_000 + nummer),
            vorm,
            aanmelddatum: eind,
            leeftijd: age_on(eerder.geboortedatum, eind),
            startdatum: Some(eind + Days::new(self.rng.random_range(1..25))),
            einddatum: None,
            reden_einde: None,
            vervolg: None,
            ..eerder
        };
        self.draw_effort(&mut traject);
        traject
    }

    fn sibling(&mut self, nummer: usize, ander: Traject) -> Traject {
        let geboortedatum = ander.geboortedatum - Days::new(self.rng.random_range(400..1200));
        let leeftijd = age_on(geboortedatum, ander.aanmelddatum).min(17);
        let geboortedatum = if leeftijd == 17 {
            ander.aanmelddatum - Days::new(17 * 365 + 40)
        } else {
            geboortedatum
        };
        Traject {
            traject_id: format!("{}", 107_000 + nummer),
            jeugdige_id: format!("K{nummer}"),
            leeftijd: age_on(geboortedatum, ander.aanmelddatum),
            geboortedatum,
            ..ander
        }
    }

    fn verwijzer(&mut self, kader: &str) -> &'static str {
        let verwijzer = self.pick(shares::VERWIJZER);
        // Parents can't refer into the gedwongen kader; a few registrations say so all the same.
        let vreemd = kader == "gedwongen" && verwijzer == "ouders";
        if vreemd && (self.schoon || self.rng.random_bool(0.8)) {
            "rechter"
        } else {
            verwijzer
        }
    }

    fn wachtdagen(&mut self) -> u64 {
        let (mediaan, spreiding) = shares::WACHT;
        let verdeling =
            LogNormal::new(f64::ln(mediaan), spreiding).expect("the spread is positive");
        let dagen = verdeling.sample(&mut self.rng).round() as u64;
        if self.schoon {
            dagen.min(360)
        } else {
            dagen.min(500)
        }
    }

    fn duur(&mut self) -> u64 {
        let som: u32 = shares::DUUR.iter().map(|d| d.2).sum();
        let mut trekking = self.rng.random_range(0..som);
        for &(kort, lang, gewicht) in shares::DUUR {
            if trekking < gewicht {
                return self.rng.random_range(kort..=lang);
            }
            trekking -= gewicht;
        }
        unreachable!("the draw is below the sum of the weights")
    }

    fn pick(&mut self, gewichten: &[(&'static str, u32)]) -> &'static str {
        let som: u32 = gewichten.iter().map(|g| g.1).sum();
        let mut trekking = self.rng.random_range(0..som);
        for &(code, gewicht) in gewichten {
            if trekking < gewicht {
                return code;
            }
            trekking -= gewicht;
        }
        unreachable!("the draw is below the sum of the weights")
    }

    fn pick_regio(&mut self, regios: &[(String, String, u32)]) -> (String, String) {
        let (code, naam) = self.pick_gemeente(regios);
        (code, naam)
    }

    fn pick_gemeente(&mut self, gewichten: &[(String, String, u32)]) -> (String, String) {
        let som: u32 = gewichten.iter().map(|g| g.2).sum();
        let mut trekking = self.rng.random_range(0..som);
        for (code, naam, gewicht) in gewichten {
            if trekking < *gewicht {
                return (code.clone(), naam.clone());
            }
            trekking -= gewicht;
        }
        unreachable!("the draw is below the sum of the weights")
    }
}

impl Traject {
    /// Whether it was helped and ended early enough in the year to go on in another vorm.
    fn can_go_on(&self, jaar: i32) -> bool {
        self.startdatum.is_some()
            && self
                .einddatum
                .is_some_and(|eind| eind >= day(jaar, 1, 1) && eind <= day(jaar, 12, 1))
            && self.leeftijd < 17
    }

    /// Whether it was waiting, started, running or ended in the year: the scope of a levering.
    fn in_jaar(&self, jaar: i32) -> bool {
        self.aanmelddatum <= day(jaar, 12, 31)
            && self.einddatum.is_none_or(|eind| eind >= day(jaar, 1, 1))
    }
}

fn uitkomst_of(nummer: usize) -> Uitkomst {
    match nummer % 48 {
        17 | 41 => Uitkomst::Nulopgave,
        29 => Uitkomst::Gestopt,
        35 => Uitkomst::Geweigerd,
        _ => Uitkomst::Levert,
    }
}

/// A date that certainly exists.
pub fn day(jaar: i32, maand: u32, dag: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(jaar, maand, dag).expect("the callers pass days that exist")
}

/// Completed years on a day.
fn age_on(geboren: NaiveDate, dag: NaiveDate) -> i32 {
    i32::try_from(dag.years_since(geboren).unwrap_or(0)).unwrap_or(0)
}

/// A folder name: lower case letters, digits and hyphens.
fn slug(naam: &str) -> String {
    let teken = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let ruw: String = naam.chars().map(teken).collect();
    ruw.split('-')
        .filter(|deel| !deel.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_seed_gives_the_same_world() {
        let draw = || {
            let mut wereld = Wereld::new(7, 2020, false);
            let aanbieders = wereld.aanbieders(20, 500);
            aanbieders
                .iter()
                .flat_map(|a| wereld.trajecten(a))
                .map(|t| format!("{t:?}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
    }

    #[test]
    fn all_trajecten_are_drawn_and_in_the_year() {
        let mut wereld = Wereld::new(3, 2020, false);
        let aanbieders = wereld.aanbieders(60, 6_000);
        let trajecten: Vec<Traject> = aanbieders
            .iter()
            .flat_map(|a| wereld.trajecten(a))
            .collect();
        assert_eq!(trajecten.len(), 6_000);
        assert!(
            trajecten
                .iter()
                .all(|t| t.in_jaar(2020) && (0..=22).contains(&t.leeftijd))
        );
    }

    #[test]
    fn durations_follow_the_report() {
        let mut wereld = Wereld::new(5, 2020, false);
        let dagen: Vec<u64> = (0..20_000).map(|_| wereld.duur()).collect();
        let share =
            |van, tot| dagen.iter().filter(|d| (van..=tot).contains(*d)).count() as f64 / 20_000.0;
        assert!((share(101, 182) - 0.36).abs() < 0.02);
        assert!((share(183, 364) - 0.34).abs() < 0.02);
        assert!((share(365, 700) - 0.23).abs() < 0.02);
    }
}
