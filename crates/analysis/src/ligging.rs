//! Where a gemeente lies: from a code to every gebied it is part of, in one year.
//!
//! Owns the list of all gebieden of a run with their number, and their denominators. Leaves validity and mergers to
//! `schema::Gebieden`.

use std::collections::{BTreeMap, HashMap};

use schema::gebieden::GROOTTEKLASSEN;
use schema::{Gebieden, Niveau};
use sha2::{Digest, Sha256};

use crate::AnalyseFout;

/// One gebied at one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gebied {
    /// The level.
    pub niveau: Niveau,
    /// `NL00`, `PVxx`, `JZxx`, `GMxxxx` or the class.
    pub code: String,
    /// Name for people.
    pub naam: String,
    /// Its denominators; `None` where one of its gemeenten has none.
    pub noemers: Noemers,
}

/// Reference numbers of a gebied.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Noemers {
    /// Inhabitants.
    pub inwoners: Option<u64>,
    /// Households with one parent.
    pub eenouderhuishoudens: Option<u64>,
    /// Jeugdigen 0-17.
    pub jeugdigen: Option<u64>,
}

/// All gebieden of one year.
#[derive(Debug)]
pub struct Ligging {
    /// The gebieden; number 0 is Nederland.
    pub gebieden: Vec<Gebied>,
    /// By number of a gemeente: all gebieden it is part of, itself included.
    per_gemeente: HashMap<u32, Vec<u32>>,
    nummers: HashMap<(Niveau, String), u32>,
    geordend: Vec<u32>,
}

/// The country.
pub const NEDERLAND: u32 = 0;

impl Ligging {
    /// The gebieden of `jaar`, with `jeugdigen` per gemeente where that table is loaded.
    ///
    /// # Errors
    /// When there is no indeling for that year.
    pub fn new(jaar: i32, jeugdigen: Option<&BTreeMap<String, u64>>) -> Result<Self, AnalyseFout> {
        let gemeenten = Gebieden::get()
            .gemeenten(jaar)
            .ok_or(AnalyseFout::GeenGebieden(jaar))?;
        let mut ligging = Self {
            gebieden: Vec::new(),
            per_gemeente: HashMap::new(),
            nummers: HashMap::new(),
            geordend: Vec::new(),
        };
        // The country is number 0, and every class is there, also where no gemeente is in it.
        ligging.number(Niveau::Nederland, schema::gebieden::NEDERLAND, jaar);
        for klasse in GROOTTEKLASSEN {
            ligging.number(Niveau::Grootteklasse, klasse, jaar);
        }
        for gemeente in gemeenten.values() {
            let delen: Vec<u32> = gemeente
                .gebieden()
                .map(|(niveau, code)| ligging.number(niveau, code, jaar))
                .collect();
            let eigen_nummer = ligging.number(Niveau::Gemeente, &gemeente.gemeentecode, jaar);
            let eigen = Noemers {
                inwoners: gemeente.inwoners.map(u64::from),
                eenouderhuishoudens: gemeente.eenouderhuishoudens.map(u64::from),
                jeugdigen: jeugdigen.and_then(|tabel| tabel.get(&gemeente.gemeentecode).copied()),
            };
            for &deel in &delen {
                ligging.gebieden[deel as usize].noemers.add(eigen);
            }
            ligging.per_gemeente.insert(eigen_nummer, delen);
        }
        ligging.geordend = (0..).take(ligging.gebieden.len()).collect();
        ligging.geordend.sort_by_key(|&nummer| {
            let gebied = &ligging.gebieden[nummer as usize];
            (gebied.niveau.naam(), gebied.code.clone())
        });
        Ok(ligging)
    }

    /// The numbers of all gebieden, by niveau and code.
    pub fn ordered(&self) -> &[u32] {
        &self.geordend
    }

    /// The numbers of all gebieden that the gemeente with this number is part of, itself included.
    pub fn of_nummer(&self, gemeente: u32) -> Option<&[u32]> {
        self.per_gemeente.get(&gemeente).map(Vec::as_slice)
    }

    /// The number of a gebied.
    pub fn nummer(&self, niveau: Niveau, code: &str) -> Option<u32> {
        self.nummers.get(&(niveau, code.to_owned())).copied()
    }

    /// All gebieden that share a gemeente with the given ones (`NL00`, `PVxx`, `JZxx`, `GMxxxx`), sorted.
    pub fn touching(&self, codes: &[String]) -> Vec<u32> {
        let gevraagd: Vec<u32> = codes
            .iter()
            .filter_map(|code| self.nummer(Niveau::of(code)?, code))
            .collect();
        let mut geraakt: Vec<u32> = self
            .per_gemeente
            .values()
            .filter(|delen| delen.iter().any(|deel| gevraagd.contains(deel)))
            .flatten()
            .copied()
            .collect();
        geraakt.sort_unstable();
        geraakt.dedup();
        geraakt
    }

    /// SHA-256 (hex) over every gebied, what lies in it and its denominators.
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for gebied in &self.gebieden {
            hash.update(format!(
                "{} {} {} {:?}\n",
                gebied.niveau.naam(),
                gebied.code,
                gebied.naam,
                gebied.noemers
            ));
        }
        let geordend: BTreeMap<&u32, &Vec<u32>> = self.per_gemeente.iter().collect();
        hash.update(format!("{geordend:?}"));
        schema::hash::hex(&hash.finalize())
    }

    fn number(&mut self, niveau: Niveau, code: &str, jaar: i32) -> u32 {
        let volgende =
            u32::try_from(self.gebieden.len()).expect("there are fewer than 4 billion gebieden");
        let nummer = *self
            .nummers
            .entry((niveau, code.to_owned()))
            .or_insert(volgende);
        if nummer == volgende {
            // Starts at zero and becomes `None` with the first gemeente that lacks one.
            let noemers = Noemers {
                inwoners: Some(0),
                eenouderhuishoudens: Some(0),
                jeugdigen: Some(0),
            };
            self.gebieden.push(Gebied {
                niveau,
                code: code.to_owned(),
                naam: Gebieden::get()
                    .naam(jaar, code)
                    .unwrap_or_else(|| code.to_owned()),
                noemers,
            });
        }
        nummer
    }
}

impl Noemers {
    fn add(&mut self, deel: Self) {
        let plus = |som: Option<u64>, deel: Option<u64>| som.zip(deel).map(|(a, b)| a + b);
        self.inwoners = plus(self.inwoners, deel.inwoners);
        self.eenouderhuishoudens = plus(self.eenouderhuishoudens, deel.eenouderhuishoudens);
        self.jeugdigen = plus(self.jeugdigen, deel.jeugdigen);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_2020() -> Ligging {
        Ligging::new(2020, None).expect("2020 has an indeling")
    }

    #[test]
    fn a_gemeente_counts_in_itself_and_in_every_gebied_around_it() {
        let ligging = in_2020();
        let utrecht = ligging
            .nummer(Niveau::Gemeente, "GM0344")
            .expect("a gemeente");
        let codes: Vec<&str> = ligging
            .of_nummer(utrecht)
            .expect("a gemeente")
            .iter()
            .map(|&number| ligging.gebieden[number as usize].code.as_str())
            .collect();
        assert_eq!(codes, ["NL00", "PV26", "JZ22", "GM0344", ">100.000"]);
        assert_eq!(
            ligging.of_nummer(NEDERLAND),
            None,
            "only a gemeente lies in others"
        );
        assert_eq!(ligging.nummer(Niveau::Provincie, "GM0344"), None);
        assert!(Ligging::new(1900, None).is_err());
    }

    /// The order of the published table: by the name of the level, then by code.
    #[test]
    fn gebieden_are_ordered_by_the_name_of_their_level() {
        let ligging = in_2020();
        let names: Vec<&str> = ligging
            .ordered()
            .iter()
            .map(|&number| ligging.gebieden[number as usize].niveau.naam())
            .collect();
        assert!(names.is_sorted());
        assert_eq!(names.len(), 1 + 12 + 42 + 355 + 3);
        assert_eq!(ligging.gebieden[NEDERLAND as usize].naam, "Nederland");
    }

    #[test]
    fn who_works_somewhere_touches_all_that_shares_a_gemeente_with_it() {
        let ligging = in_2020();
        let touched = |codes: &[&str]| {
            let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            let numbers = ligging.touching(&codes).into_iter();
            numbers
                .map(|number| ligging.gebieden[number as usize].code.clone())
                .collect::<Vec<_>>()
        };
        let one = touched(&["GM0344"]);
        assert_eq!(one.len(), 5);
        let region = touched(&["JZ22"]);
        assert!(one.iter().all(|code| region.contains(code)));
        assert_eq!(touched(&["NL00"]).len(), ligging.gebieden.len());
        assert!(touched(&["GM9999", "onzin"]).is_empty() && touched(&[]).is_empty());
        assert_eq!(touched(&["GM0344", "GM0344"]), one);
    }

    /// A sum of which a part is not known is not known.
    #[test]
    fn a_gebied_has_a_denominator_only_where_all_its_gemeenten_have_one() {
        let loaded = BTreeMap::from([("GM0344".to_owned(), 70_000)]);
        let ligging = Ligging::new(2020, Some(&loaded)).expect("2020 has an indeling");
        let jeugdigen = |niveau, code| {
            let number = ligging.nummer(niveau, code).expect("a gebied");
            ligging.gebieden[number as usize].noemers.jeugdigen
        };
        assert_eq!(jeugdigen(Niveau::Gemeente, "GM0344"), Some(70_000));
        assert_eq!(jeugdigen(Niveau::Jeugdregio, "JZ22"), Some(70_000));
        assert_eq!(jeugdigen(Niveau::Provincie, "PV26"), None);
        assert_eq!(jeugdigen(Niveau::Nederland, "NL00"), None);
        let inhabitants = ligging.gebieden[NEDERLAND as usize].noemers.inwoners;
        assert_eq!(inhabitants, Gebieden::get().inwoners(2020, "NL00"));
        assert_ne!(
            ligging.hash(),
            in_2020().hash(),
            "the hash covers what was loaded"
        );
    }
}
