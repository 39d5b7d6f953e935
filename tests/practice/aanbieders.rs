//! Who there are in the practice world: where they work, how they react in each year, what they register, how many
//! trajecten they have.
//!
//! Owns the parts that aanbieders play (missing, stopping, starting, merging). Leaves their trajecten to
//! [`crate::world`].

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, StandardNormal};

use crate::course::Odds;
use crate::places::{self, PracticePlace};
use crate::planted::{FIRST_YEAR, PlantedProfile, SECOND_YEAR, SILENT};
use crate::shares;

/// How an aanbieder reacts to the uitvraag of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PracticeOutcome {
    /// Delivers.
    Delivers,
    /// Signs a nulopgave: it helped nobody.
    Nulopgave,
    /// Has stopped.
    Gestopt,
    /// Refuses.
    Geweigerd,
    /// Never answers.
    NoAnswer,
    /// Does not exist yet, or was forgotten long ago: not in the list.
    Absent,
}

impl PracticeOutcome {
    /// What stands in `aanbieders.csv` under `uitkomst` (what the coördinator knows) and `levert` (what will happen).
    pub(crate) fn names(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Delivers => Some(("verwacht", "ja")),
            Self::Nulopgave => Some(("verwacht", "nulopgave")),
            Self::Gestopt => Some(("gestopt", "nee")),
            Self::Geweigerd => Some(("geweigerd", "nee")),
            Self::NoAnswer => Some(("verwacht", "nee")),
            Self::Absent => None,
        }
    }

    /// Whether it helps children this year, told or not.
    pub(crate) fn helps(self) -> bool {
        matches!(self, Self::Delivers | Self::Geweigerd | Self::NoAnswer)
    }
}

/// One practice aanbieder.
#[derive(Debug, Clone)]
pub(crate) struct PracticeAanbieder {
    /// Its place in the list, from 0; also its stream of draws.
    pub(crate) number: usize,
    /// How many before it ever deliver: decides the shape of its export.
    pub(crate) turn: usize,
    /// KvK number, 8 digits from a range that is not given out.
    pub(crate) kvk: String,
    /// Name.
    pub(crate) naam: String,
    /// Folder name.
    pub(crate) map: String,
    /// The jeugdregio where it stands.
    pub(crate) jeugdregio: &'static str,
    /// The jeugdregio's in which it is expected to work.
    pub(crate) werkgebied: Vec<&'static str>,
    /// How it reacts in 2020 and in 2021.
    outcomes: [PracticeOutcome; 2],
    /// The aanbieder that reports its trajecten from 2021.
    pub(crate) merges_into: Option<usize>,
    /// The optional fields it keeps.
    pub(crate) keeps: Vec<&'static str>,
    /// Trajecten in the scope of its first year.
    pub(crate) omvang: usize,
    /// Where its children live, with weights per referral.
    pub(crate) residence: Vec<(&'static str, f64)>,
}

impl PracticeAanbieder {
    /// How it reacts in this year.
    pub(crate) fn outcome(&self, jaar: i32) -> PracticeOutcome {
        self.outcomes[usize::from(jaar != FIRST_YEAR)]
    }

    /// The first year in which it helps children.
    pub(crate) fn first_year(&self) -> i32 {
        if self.outcome(FIRST_YEAR).helps() {
            FIRST_YEAR
        } else {
            SECOND_YEAR
        }
    }

    /// Whether its second voorziening takes no children of the gedwongen kader.
    pub(crate) fn second_is_voluntary(&self) -> bool {
        self.number % 3 == 2
    }

    fn helps_ever(&self) -> bool {
        self.outcomes.iter().any(|outcome| outcome.helps())
    }

    /// Whether the optional field stands in its export of this year.
    pub(crate) fn keeps(&self, veld: &str, jaar: i32) -> bool {
        let known = OPTIONAL.iter().find(|optional| optional.0 == veld);
        known.is_none_or(|&(_, _, since)| {
            since.is_some_and(|since| jaar >= since) || self.keeps.contains(&veld)
        }) && (veld != "overbrugging" || jaar >= SECOND_YEAR)
    }
}

/// Optional fields, the share of aanbieders that keeps each, and since when everybody must.
const OPTIONAL: &[(&str, f64, Option<i32>)] = &[
    ("gezin_id", 0.6, None),
    ("wettelijk_kader", 0.5, None),
    ("aanleiding", 0.55, Some(SECOND_YEAR)),
    ("verblijf", 0.45, None),
    ("intensiteit", 0.55, Some(SECOND_YEAR)),
    ("rapportage_aan", 0.5, None),
    ("financier", 0.3, None),
    ("productcode", 0.6, None),
    ("intakedatum", 0.6, None),
    ("vervolg", 0.65, None),
    ("gesprekken", 0.5, None),
    ("weekendcontacten", 0.45, None),
    ("kosten", 0.25, None),
    ("overbrugging", 0.35, None),
    ("voorziening", 0.75, None),
    ("wachtlijst", 0.75, None),
];

/// From here on the parts are played; so few aanbieders as a test of one thing needs all deliver.
const WITH_PARTS: usize = 12;
/// After every jeugdregio has one: whose regio the next ones share, by their number.
const SECOND_HOMES: [usize; 18] = [
    35, 29, 17, 19, 18, 0, 2, 1, 20, 0, 4, 2, 1, 7, 41, 23, 37, 16,
];
/// Size of an aanbieder in the year in which it starts, of what it would have otherwise.
const SMALL_START: f64 = 0.4;
/// The part that merges, and the one it becomes part of.
const MERGES: (usize, usize) = (45, 19);

/// How aanbieder `number` of `count` reacts in 2020 and in 2021.
fn outcomes(number: usize, count: usize) -> [PracticeOutcome; 2] {
    use PracticeOutcome::{Absent, Delivers, Gestopt, Geweigerd, NoAnswer, Nulopgave};
    if count < WITH_PARTS {
        return [Delivers; 2];
    }
    match number % 60 {
        17 | 41 => [Nulopgave, Nulopgave],
        29 => [Gestopt, Absent],
        35 | 48 => [Geweigerd, Geweigerd],
        30 | 52 => [NoAnswer, NoAnswer],
        18 => [NoAnswer, Delivers],
        37 => [Delivers, NoAnswer],
        23 | 45 => [Delivers, Gestopt],
        50 => [Absent, Delivers],
        _ => [Delivers; 2],
    }
}

/// Draws the aanbieders; `trajecten` is what the ones that deliver have together in the first year.
pub(crate) fn draw(
    seed: u64,
    count: usize,
    trajecten: usize,
    clean: bool,
) -> Vec<PracticeAanbieder> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut aanbieders: Vec<PracticeAanbieder> = Vec::with_capacity(count);
    for number in 0..count {
        let turn = aanbieders
            .iter()
            .filter(|a| a.outcomes.contains(&PracticeOutcome::Delivers))
            .count();
        let mut aanbieder = new_aanbieder(&mut rng, number, count, turn);
        if clean {
            aanbieder.keeps = OPTIONAL.iter().map(|(veld, ..)| *veld).collect();
        }
        aanbieders.push(aanbieder);
    }
    size(&mut rng, &mut aanbieders, trajecten, clean);
    aanbieders
}

fn new_aanbieder(
    rng: &mut ChaCha8Rng,
    number: usize,
    count: usize,
    turn: usize,
) -> PracticeAanbieder {
    let place = home(rng, number);
    let kind = [
        "Omgangshuis",
        "Jeugdhulp",
        "Stichting Omgang",
        "Zorggroep",
        "Begeleid Contact",
    ][number % 5];
    let name = format!("{kind} {}", place.name);
    let mut werkgebied = vec![place.code];
    if number % 6 == 4 {
        let all: Vec<&str> = places::jeugdregios()
            .iter()
            .map(|other| other.code)
            .collect();
        werkgebied.extend(places::helped_in(place, &all).get(1).map(|(code, _)| *code));
    }
    let tells_outcome = PlantedProfile::of(place.code).onbegeleide_omgang
        != PlantedProfile::USUAL.onbegeleide_omgang;
    let keeps = OPTIONAL
        .iter()
        .enumerate()
        .filter(|(at, (veld, share, _))| {
            // By the golden ratio, so that the share holds among any aanbieders in a row, the large ones too.
            let place = (number as f64 * 0.618_034 + *at as f64 * 0.37).fract();
            place < *share || (*veld == "vervolg" && tells_outcome)
        })
        .map(|(_, (veld, ..))| *veld)
        .collect();
    PracticeAanbieder {
        number,
        turn,
        kvk: format!("{:08}", 99_000_000 + number),
        map: format!("{:03}-{}", number + 1, slug(&name)),
        naam: name,
        jeugdregio: place.code,
        werkgebied,
        outcomes: outcomes(number, count),
        merges_into: (count >= WITH_PARTS && number % 60 == MERGES.0)
            .then(|| number - MERGES.0 + MERGES.1),
        keeps,
        omvang: 0,
        residence: Vec::new(),
    }
}

/// Every regio once first, so that each spiegelrapportage has something to show; then some a second time; then by
/// inwoners.
fn home(rng: &mut ChaCha8Rng, number: usize) -> &'static PracticePlace {
    let places = places::jeugdregios();
    let second = number
        .checked_sub(places.len())
        .and_then(|after| SECOND_HOMES.get(after));
    if let Some(place) = places.get(number).or_else(|| places.get(*second?)) {
        return place;
    }
    let weights: Vec<(&PracticePlace, u32)> = places
        .iter()
        .filter(|place| place.code != SILENT)
        .map(|place| (place, place.inwoners))
        .collect();
    shares::pick(rng, &weights)
}

/// Referrals, and which of them are in scope, as far as a jeugdregio decides them.
struct PracticeDemand {
    /// Referrals, in any unit.
    referrals: f64,
    /// Share of them in the scope of the first year.
    in_scope: f64,
}

/// How many trajecten each has: what the children of the regio's need, shared by those who work there.
fn size(rng: &mut ChaCha8Rng, aanbieders: &mut [PracticeAanbieder], trajecten: usize, clean: bool) {
    let mut served: Vec<&'static str> = aanbieders
        .iter()
        .filter(|a| a.helps_ever())
        .map(|a| a.jeugdregio)
        .collect();
    served.sort_unstable();
    served.dedup();
    let demand = demand(rng, &served, trajecten, clean);
    let spread = LogNormal::new(0.0, 0.4).expect("the spread is positive");
    let own: Vec<f64> = aanbieders
        .iter()
        .map(|a| {
            if a.helps_ever() {
                spread.sample(rng)
            } else {
                0.0
            }
        })
        .collect();
    let mut together: BTreeMap<&str, f64> = BTreeMap::new();
    for (aanbieder, own) in aanbieders
        .iter()
        .zip(&own)
        .filter(|(a, _)| a.first_year() == FIRST_YEAR)
    {
        *together.entry(aanbieder.jeugdregio).or_default() += own;
    }
    let mut weights = Vec::with_capacity(aanbieders.len());
    for (aanbieder, own) in aanbieders.iter_mut().zip(own) {
        aanbieder.residence = residence(aanbieder.jeugdregio, &served, &demand);
        let rows: f64 = aanbieder
            .residence
            .iter()
            .map(|(code, referrals)| referrals * demand[code].in_scope)
            .sum();
        let shared = together.get(aanbieder.jeugdregio).copied().unwrap_or(own);
        let begins = aanbieder.first_year() == SECOND_YEAR;
        let own = if begins { own * SMALL_START } else { own };
        weights.push(if own > 0.0 { rows * own / shared } else { 0.0 });
    }
    share_out(aanbieders, &weights, trajecten);
}

fn share_out(aanbieders: &mut [PracticeAanbieder], weights: &[f64], trajecten: usize) {
    let delivers = |a: &PracticeAanbieder| a.outcome(FIRST_YEAR) == PracticeOutcome::Delivers;
    let sum: f64 = aanbieders
        .iter()
        .zip(weights)
        .filter(|(a, _)| delivers(a))
        .map(|(_, w)| w)
        .sum();
    for (aanbieder, weight) in aanbieders
        .iter_mut()
        .zip(weights)
        .filter(|(a, _)| a.helps_ever())
    {
        aanbieder.omvang = (trajecten as f64 * weight / sum).floor() as usize;
    }
    // What rounding down left, one each.
    let left = trajecten
        - aanbieders
            .iter()
            .filter(|a| delivers(a))
            .map(|a| a.omvang)
            .sum::<usize>();
    for aanbieder in aanbieders.iter_mut().filter(|a| delivers(a)).take(left) {
        aanbieder.omvang += 1;
    }
}

/// Where the children of an aanbieder that stands in this regio live.
fn residence(
    jeugdregio: &str,
    served: &[&'static str],
    demand: &BTreeMap<&'static str, PracticeDemand>,
) -> Vec<(&'static str, f64)> {
    let from = |code: &&'static str| {
        let (_, share) = places::helped_in(places::jeugdregio(code), served)
            .into_iter()
            .find(|(helped_in, _)| *helped_in == jeugdregio)?;
        Some((*code, share * demand.get(code)?.referrals))
    };
    served.iter().filter_map(from).collect()
}

/// What the children of each regio need: use per inwoner as planted, give or take what chance gives when children come
/// in gezinnen.
fn demand(
    rng: &mut ChaCha8Rng,
    served: &[&'static str],
    trajecten: usize,
    clean: bool,
) -> BTreeMap<&'static str, PracticeDemand> {
    let needs = |code: &str| {
        f64::from(places::jeugdregio(code).inwoners) * PlantedProfile::of(code).gebruik
    };
    let all: f64 = served.iter().map(|code| needs(code)).sum();
    let total = |power: i32| -> f64 {
        let of = |&(size, weight): &(usize, u32)| (size as f64).powi(power) * f64::from(weight);
        shares::CHILDREN.iter().map(of).sum()
    };
    let design_effect = total(2) / total(1);
    let mut demand = BTreeMap::new();
    for code in served {
        let odds = Odds::of(&PlantedProfile::of(code), clean);
        let expected = (trajecten as f64 * needs(code) / all).max(1.0);
        let drawn: f64 = StandardNormal.sample(rng);
        let by_chance = (1.0 + drawn * (design_effect / expected).sqrt()).max(0.1);
        let referrals = needs(code) * by_chance / odds.helped;
        demand.insert(
            *code,
            PracticeDemand {
                referrals,
                in_scope: odds.in_scope,
            },
        );
    }
    demand
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
