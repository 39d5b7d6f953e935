//! Where a gemeente lies: from a code to every gebied it is part of, in one year.
//!
//! Owns the list of all gebieden of a run with their number, and their denominators; behind them, as places of their own,
//! the aanbieders, each of which counts its own records. Leaves validity and mergers to
//! `schema::Gebieden`.

use std::collections::{BTreeMap, HashMap};

use schema::gebieden::GROOTTEKLASSEN;
use schema::{Gebieden, Niveau};
use sha2::{Digest, Sha256};

use crate::AnalysisError;

/// One gebied at one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GebiedNode {
    /// The level.
    pub niveau: Niveau,
    /// `NL00`, `PVxx`, `JZxx`, `GMxxxx` or the class.
    pub code: String,
    /// Name for people.
    pub naam: String,
    /// Its denominators; `None` where one of its gemeenten has none.
    pub denominators: Denominators,
}

/// Reference numbers of a gebied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Denominators {
    /// Inhabitants.
    pub inwoners: Option<u64>,
    /// Households with one parent.
    pub eenouderhuishoudens: Option<u64>,
    /// Jeugdigen 0-17.
    pub jeugdigen: Option<u64>,
}

/// All gebieden of one year.
#[derive(Debug)]
pub struct AreaTree {
    /// The gebieden; number 0 is Nederland.
    pub gebieden: Vec<GebiedNode>,
    /// By number of a gemeente: all gebieden it is part of, itself included.
    per_gemeente: HashMap<u32, Vec<u32>>,
    numbers: HashMap<(Niveau, String), u32>,
    ordered: Vec<u32>,
    /// By KvK number, behind the gebieden.
    aanbieders: BTreeMap<String, u32>,
}

/// The country.
pub const NEDERLAND: u32 = 0;

impl AreaTree {
    /// The gebieden of `jaar`, with `jeugdigen` per gemeente where that table is loaded.
    ///
    /// # Errors
    /// When there is no indeling for that year.
    pub fn new(
        jaar: i32,
        jeugdigen: Option<&BTreeMap<String, u64>>,
    ) -> Result<Self, AnalysisError> {
        let gemeenten = Gebieden::get()
            .gemeenten(jaar)
            .ok_or(AnalysisError::NoGebieden(jaar))?;
        let mut areas = Self {
            gebieden: Vec::new(),
            per_gemeente: HashMap::new(),
            numbers: HashMap::new(),
            ordered: Vec::new(),
            aanbieders: BTreeMap::new(),
        };
        // The country is number 0, and every class is there, also where no gemeente is in it.
        areas.number(Niveau::Nederland, schema::gebieden::NEDERLAND, jaar);
        for class in GROOTTEKLASSEN {
            areas.number(Niveau::Grootteklasse, class, jaar);
        }
        for gemeente in gemeenten.values() {
            let parts: Vec<u32> = gemeente
                .gebieden()
                .map(|(niveau, code)| areas.number(niveau, code, jaar))
                .collect();
            let own_number = areas.number(Niveau::Gemeente, &gemeente.gemeentecode, jaar);
            let own = Denominators {
                inwoners: gemeente.inwoners.map(u64::from),
                eenouderhuishoudens: gemeente.eenouderhuishoudens.map(u64::from),
                jeugdigen: jeugdigen.and_then(|tabel| tabel.get(&gemeente.gemeentecode).copied()),
            };
            for &part in &parts {
                areas.gebieden[part as usize].denominators.add(own);
            }
            areas.per_gemeente.insert(own_number, parts);
        }
        areas.ordered = (0..).take(areas.gebieden.len()).collect();
        areas.ordered.sort_by_key(|&index| {
            let gebied = &areas.gebieden[index as usize];
            (gebied.niveau.name(), gebied.code.clone())
        });
        Ok(areas)
    }

    /// Gives each of these aanbieders (KvK numbers) a place of its own.
    pub fn add_aanbieders(&mut self, numbers: impl IntoIterator<Item = String>) {
        for kvk in numbers {
            let next = u32::try_from(self.places()).expect("there are fewer than 4 billion places");
            self.aanbieders.entry(kvk).or_insert(next);
        }
    }

    /// The aanbieders with their place, by KvK number.
    pub fn aanbieders(&self) -> &BTreeMap<String, u32> {
        &self.aanbieders
    }

    /// How many places there are: gebieden and aanbieders.
    pub fn places(&self) -> usize {
        self.gebieden.len() + self.aanbieders.len()
    }

    /// The numbers of all gebieden, by niveau and code.
    pub fn ordered(&self) -> &[u32] {
        &self.ordered
    }

    /// The numbers of all gebieden that the gemeente with this number is part of, itself included.
    pub fn of_number(&self, gemeente: u32) -> Option<&[u32]> {
        self.per_gemeente.get(&gemeente).map(Vec::as_slice)
    }

    /// Every gemeente with all gebieden that it is part of, itself included, by number.
    pub fn around_gemeenten(&self) -> impl Iterator<Item = (u32, &[u32])> {
        let numbers = self.ordered.iter();
        numbers.filter_map(|&gemeente| Some((gemeente, self.of_number(gemeente)?)))
    }

    /// The number of a gebied.
    pub fn index(&self, niveau: Niveau, code: &str) -> Option<u32> {
        self.numbers.get(&(niveau, code.to_owned())).copied()
    }

    /// All gebieden that share a gemeente with the given ones (`NL00`, `PVxx`, `JZxx`, `GMxxxx`), sorted.
    pub fn touching(&self, codes: &[String]) -> Vec<u32> {
        let asked: Vec<u32> = codes
            .iter()
            .filter_map(|code| self.index(Niveau::of(code)?, code))
            .collect();
        let mut touched: Vec<u32> = self
            .per_gemeente
            .values()
            .filter(|parts| parts.iter().any(|part| asked.contains(part)))
            .flatten()
            .copied()
            .collect();
        touched.sort_unstable();
        touched.dedup();
        touched
    }

    /// Inwoners of the gemeenten in the given gebieden, each once; those without a number count as one.
    pub fn people_of(&self, codes: &[String]) -> f64 {
        let within = self.gemeenten_in(codes);
        let people = within.iter().map(|&(gemeente, _)| {
            let inwoners = self.gebieden[gemeente as usize].denominators.inwoners;
            inwoners.map_or(1.0, |people| people as f64)
        });
        people.sum()
    }

    /// The gemeenten in the given gebieden, each once, with all gebieden that it is part of.
    fn gemeenten_in(&self, codes: &[String]) -> Vec<(u32, &[u32])> {
        let asked: Vec<u32> = codes
            .iter()
            .filter_map(|code| self.index(Niveau::of(code)?, code))
            .collect();
        self.around_gemeenten()
            .filter(|(_, around)| around.iter().any(|part| asked.contains(part)))
            .collect()
    }

    /// Every gebied that the given ones share a gemeente with, and the part of their inwoners that lives there. Where a
    /// gemeente has no number of inwoners all weigh alike.
    pub fn parts_of(&self, codes: &[String]) -> BTreeMap<u32, f64> {
        let within = self.gemeenten_in(codes);
        let inwoners = |gemeente: u32| self.gebieden[gemeente as usize].denominators.inwoners;
        let known = within
            .iter()
            .all(|&(gemeente, _)| inwoners(gemeente).is_some());
        let weight = |gemeente| match inwoners(gemeente) {
            Some(people) if known => people as f64,
            _ => 1.0,
        };
        let whole: f64 = within.iter().map(|&(gemeente, _)| weight(gemeente)).sum();
        let mut parts = BTreeMap::new();
        for &(gemeente, around) in &within {
            for &gebied in around {
                *parts.entry(gebied).or_default() += weight(gemeente) / whole;
            }
        }
        parts
    }

    /// SHA-256 (hex) over every gebied, what lies in it and its denominators.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for gebied in &self.gebieden {
            hash.update(format!(
                "{} {} {} {:?}\n",
                gebied.niveau.name(),
                gebied.code,
                gebied.naam,
                gebied.denominators
            ));
        }
        let ordered: BTreeMap<&u32, &Vec<u32>> = self.per_gemeente.iter().collect();
        hash.update(format!("{ordered:?}"));
        schema::hash::hex(&hash.finalize())
    }

    fn number(&mut self, niveau: Niveau, code: &str, jaar: i32) -> u32 {
        let next =
            u32::try_from(self.gebieden.len()).expect("there are fewer than 4 billion gebieden");
        let index = *self
            .numbers
            .entry((niveau, code.to_owned()))
            .or_insert(next);
        if index == next {
            // Starts at zero and becomes `None` with the first gemeente that lacks one.
            let denominators = Denominators {
                inwoners: Some(0),
                eenouderhuishoudens: Some(0),
                jeugdigen: Some(0),
            };
            self.gebieden.push(GebiedNode {
                niveau,
                code: code.to_owned(),
                naam: Gebieden::get()
                    .name(jaar, code)
                    .unwrap_or_else(|| code.to_owned()),
                denominators,
            });
        }
        index
    }
}

impl Denominators {
    fn add(&mut self, part: Self) {
        let plus = |sum: Option<u64>, part: Option<u64>| sum.zip(part).map(|(a, b)| a + b);
        self.inwoners = plus(self.inwoners, part.inwoners);
        self.eenouderhuishoudens = plus(self.eenouderhuishoudens, part.eenouderhuishoudens);
        self.jeugdigen = plus(self.jeugdigen, part.jeugdigen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_2020() -> AreaTree {
        AreaTree::new(2020, None).expect("2020 has an indeling")
    }

    #[test]
    fn a_gemeente_counts_in_itself_and_in_every_gebied_around_it() {
        let areas = in_2020();
        let utrecht = areas.index(Niveau::Gemeente, "GM0344").expect("a gemeente");
        let codes: Vec<&str> = areas
            .of_number(utrecht)
            .expect("a gemeente")
            .iter()
            .map(|&number| areas.gebieden[number as usize].code.as_str())
            .collect();
        assert_eq!(codes, ["NL00", "PV26", "JZ22", "GM0344", ">100.000"]);
        assert_eq!(
            areas.of_number(NEDERLAND),
            None,
            "only a gemeente lies in others"
        );
        assert_eq!(areas.index(Niveau::Provincie, "GM0344"), None);
        assert!(AreaTree::new(1900, None).is_err());
    }

    /// The order of the published table: by the name of the level, then by code.
    #[test]
    fn gebieden_are_ordered_by_the_name_of_their_level() {
        let areas = in_2020();
        let names: Vec<&str> = areas
            .ordered()
            .iter()
            .map(|&number| areas.gebieden[number as usize].niveau.name())
            .collect();
        assert!(names.is_sorted());
        assert_eq!(names.len(), 1 + 12 + 42 + 355 + 3);
        assert_eq!(areas.gebieden[NEDERLAND as usize].naam, "Nederland");
    }

    #[test]
    fn who_works_somewhere_touches_all_that_shares_a_gemeente_with_it() {
        let areas = in_2020();
        let touched = |codes: &[&str]| {
            let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            let numbers = areas.touching(&codes).into_iter();
            numbers
                .map(|number| areas.gebieden[number as usize].code.clone())
                .collect::<Vec<_>>()
        };
        let one = touched(&["GM0344"]);
        assert_eq!(one.len(), 5);
        let region = touched(&["JZ22"]);
        assert!(one.iter().all(|code| region.contains(code)));
        assert_eq!(touched(&["NL00"]).len(), areas.gebieden.len());
        assert!(touched(&["GM9999", "onzin"]).is_empty() && touched(&[]).is_empty());
        assert_eq!(touched(&["GM0344", "GM0344"]), one);
    }

    /// A sum of which a part is not known is not known.
    #[test]
    fn a_gebied_has_a_denominator_only_where_all_its_gemeenten_have_one() {
        let loaded = BTreeMap::from([("GM0344".to_owned(), 70_000)]);
        let areas = AreaTree::new(2020, Some(&loaded)).expect("2020 has an indeling");
        let jeugdigen = |niveau, code| {
            let number = areas.index(niveau, code).expect("a gebied");
            areas.gebieden[number as usize].denominators.jeugdigen
        };
        assert_eq!(jeugdigen(Niveau::Gemeente, "GM0344"), Some(70_000));
        assert_eq!(jeugdigen(Niveau::Jeugdregio, "JZ22"), Some(70_000));
        assert_eq!(jeugdigen(Niveau::Provincie, "PV26"), None);
        assert_eq!(jeugdigen(Niveau::Nederland, "NL00"), None);
        let inhabitants = areas.gebieden[NEDERLAND as usize].denominators.inwoners;
        assert_eq!(inhabitants, Gebieden::get().inwoners(2020, "NL00"));
        assert_ne!(
            areas.hash(),
            in_2020().hash(),
            "the hash covers what was loaded"
        );
    }
}
