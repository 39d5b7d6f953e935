//! Gemeenten as people write them: by name as it was that year, by code with or without `GM` or its zeros.
//!
//! Owns spelling variants of names ('Hengelo (O.)', Den Haag, Bergen NH) and what must be asked (Bergen alone).
//! Leaves which codes are valid in a year to `check`: a name of another year becomes its own code.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use schema::gebieden::{NICKNAMES, gemeente_number, provincie_behind, spelled_gemeente_code};
use schema::{Gebieden, Gemeente};

use crate::normalise::{compact, likeness, normal};
use crate::weights::{
    GEMEENTE_BARE_CODE, GEMEENTE_COMPACT, GEMEENTE_NAME, GEMEENTE_NAMED, GEMEENTE_OTHER_YEAR,
};

/// What a cell turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum GemeenteMatch {
    /// This code, this sure; whether it was found by its name.
    Code {
        code: String,
        zekerheid: f64,
        by_name: bool,
    },
    /// A well-formed code that no year knows: left to `check`.
    ForeignCode,
    /// May be one of these; none when there is nothing like it.
    Open(Vec<String>),
}

/// What stands between the names of two gemeenten.
const LISTING: [char; 7] = ['/', ',', ';', '|', '\\', '\n', '>'];

/// The gemeenten of one year, by every way to write them.
pub(crate) struct GemeenteFinder {
    jaar: i32,
    /// Normal form, without the provincie behind it, to the gemeenten of this year.
    per_name: BTreeMap<String, Vec<&'static Gemeente>>,
    /// The same for names of other years only.
    elders: BTreeMap<String, Vec<String>>,
    /// By the four digits of a code its place among those of this year.
    keys: Vec<Option<u16>>,
}

impl GemeenteFinder {
    /// Made once per year.
    pub(crate) fn before(jaar: i32) -> Arc<Self> {
        static FINDERS: Mutex<BTreeMap<i32, Arc<GemeenteFinder>>> = Mutex::new(BTreeMap::new());
        let mut finders = FINDERS
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        finders
            .entry(jaar)
            .or_insert_with(|| Arc::new(Self::new(jaar)))
            .clone()
    }

    fn new(jaar: i32) -> Self {
        let gebieden = Gebieden::get();
        let mut per_name: BTreeMap<String, Vec<&'static Gemeente>> = BTreeMap::new();
        for gemeente in gebieden
            .gemeenten(jaar)
            .into_iter()
            .flat_map(BTreeMap::values)
        {
            per_name
                .entry(base(&gemeente.gemeentenaam))
                .or_default()
                .push(gemeente);
        }
        let mut elders: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let other_years = gebieden
            .jaren()
            .filter(|j| *j != jaar)
            .filter_map(|j| gebieden.gemeenten(j));
        let names = other_years
            .flat_map(BTreeMap::values)
            .map(|g| (&g.gemeentenaam, &g.gemeentecode));
        let abolished = gebieden
            .reclassifications
            .iter()
            .map(|h| (&h.oude_naam, &h.oude_code));
        for (name, code) in names.chain(abolished) {
            let codes = elders.entry(base(name)).or_default();
            if !codes.contains(code) {
                codes.push(code.clone());
            }
        }
        Self {
            jaar,
            per_name,
            elders,
            keys: keys_of(jaar),
        }
    }

    /// The place of a code among those of this year, where the cell is one as it stands.
    #[inline]
    pub(crate) fn key(&self, cell: &str) -> Option<u16> {
        self.keys[usize::from(gemeente_number(cell.as_bytes())?)]
    }

    /// The codes of this year, in order.
    pub(crate) fn codes(&self) -> impl Iterator<Item = &'static str> {
        let gemeenten = Gebieden::get().gemeenten(self.jaar);
        gemeenten
            .into_iter()
            .flat_map(BTreeMap::keys)
            .map(String::as_str)
    }

    /// The gemeente a cell means.
    pub(crate) fn find(&self, cell: &str) -> GemeenteMatch {
        by_code(cell).unwrap_or_else(|| self.by_name(cell))
    }

    /// Whether a cell names a gemeente, slips of the pen apart: quicker, and enough for evidence.
    pub(crate) fn knows(&self, cell: &str) -> bool {
        match by_code(cell) {
            Some(hit) => matches!(hit, GemeenteMatch::Code { .. } | GemeenteMatch::ForeignCode),
            None => self.by_known_name(cell, &expand(&normal(cell))).is_some(),
        }
    }

    fn by_name(&self, cell: &str) -> GemeenteMatch {
        let name = expand(&normal(cell));
        if name.is_empty() {
            return GemeenteMatch::Open(Vec::new());
        }
        self.by_known_name(cell, &name)
            .unwrap_or_else(|| self.resembling(&name))
    }

    fn by_known_name(&self, cell: &str, name: &str) -> Option<GemeenteMatch> {
        // The provincie behind it, in brackets or not.
        self.known(name, None).or_else(|| {
            let (bare, provincie) = provincie_behind(name)?;
            let found = self.known(bare, Some(provincie))?;
            // `Nieuwegein/Utrecht` are two gemeenten: two provincies are called as a gemeente in them.
            let behind = self.known(name[bare.len()..].trim(), None);
            match (&found, behind) {
                (
                    GemeenteMatch::Code { code, .. },
                    Some(GemeenteMatch::Code { code: other, .. }),
                ) if cell.contains(LISTING) => Some(GemeenteMatch::Open(vec![code.clone(), other])),
                _ => Some(found),
            }
        })
    }

    fn known(&self, name: &str, provincie: Option<&str>) -> Option<GemeenteMatch> {
        let nickname = NICKNAMES
            .iter()
            .find(|(beside, _)| *beside == name)
            .map_or(name, |(_, actual)| *actual);
        if let Some(list) = self.per_name.get(nickname) {
            let fitting: Vec<&&Gemeente> = list
                .iter()
                .filter(|g| provincie.is_none_or(|p| p == g.provincie_code))
                .collect();
            return match fitting[..] {
                [een] => Some(GemeenteMatch::Code {
                    code: een.gemeentecode.clone(),
                    zekerheid: GEMEENTE_NAME,
                    by_name: true,
                }),
                [] => None,
                _ => Some(GemeenteMatch::Open(
                    fitting.iter().map(|g| g.gemeentecode.clone()).collect(),
                )),
            };
        }
        match (self.elders.get(nickname).map(Vec::as_slice), provincie) {
            (Some([code]), _) => Some(GemeenteMatch::Code {
                code: code.clone(),
                zekerheid: GEMEENTE_OTHER_YEAR,
                by_name: true,
            }),
            (Some(codes), None) => Some(GemeenteMatch::Open(codes.to_vec())),
            _ => None,
        }
    }

    /// A slip of the pen is a question: `Hengelo (G)` is one letter from Hengelo and is another place.
    fn resembling(&self, name: &str) -> GemeenteMatch {
        let wanted = compact(name);
        let provincie = provincie_behind(name).map(|(_, provincie)| provincie);
        let mut alike: Vec<(f64, &Gemeente)> = Vec::new();
        for (known, list) in &self.per_name {
            let likeness_score = likeness(&wanted, &compact(known));
            if likeness_score > GEMEENTE_NAMED {
                let fitting = list
                    .iter()
                    .filter(|g| provincie.is_none_or(|p| p == g.provincie_code));
                alike.extend(fitting.map(|g| (likeness_score, *g)));
            }
        }
        alike.sort_by(|a, b| b.0.total_cmp(&a.0));
        if let [(1.0, gemeente)] | [(1.0, gemeente), (..1.0, _), ..] = alike[..] {
            return GemeenteMatch::Code {
                code: gemeente.gemeentecode.clone(),
                zekerheid: GEMEENTE_COMPACT,
                by_name: true,
            };
        }
        GemeenteMatch::Open(
            alike
                .iter()
                .take(4)
                .map(|(_, g)| g.gemeentecode.clone())
                .collect(),
        )
    }

    /// Code and name, for a question.
    pub(crate) fn describe(&self, code: &str) -> String {
        match Gebieden::get().gemeente(self.jaar, code) {
            Some(gemeente) => format!("{code} ({}, {})", gemeente.gemeentenaam, gemeente.provincie),
            None => code.to_owned(),
        }
    }
}

/// By the four digits of a code its place among those of a year.
fn keys_of(jaar: i32) -> Vec<Option<u16>> {
    let mut keys = vec![None; 10_000];
    let codes = Gebieden::get().gemeenten(jaar).into_iter();
    for (key, code) in (0..).zip(codes.flat_map(BTreeMap::keys)) {
        if let Some(number) = gemeente_number(code.as_bytes()) {
            keys[usize::from(number)] = Some(key);
        }
    }
    keys
}

/// The name without the provincie in brackets.
fn base(name: &str) -> String {
    normal(name.split_once('(').map_or(name, |(before, _)| before))
}

fn expand(name: &str) -> String {
    let name = name.strip_prefix("gemeente ").unwrap_or(name);
    format!(" {name} ")
        .replace(" a d ", " aan den ")
        .replace(" ad ", " aan den ")
        .replace(" st ", " sint ")
        .trim()
        .to_owned()
}

/// `GM0344`, `gm344`, `0344`, `344`: the code with its zeros.
fn by_code(cell: &str) -> Option<GemeenteMatch> {
    let code = spelled_gemeente_code(cell)?;
    let gebieden = Gebieden::get();
    let known = gebieden
        .jaren()
        .any(|jaar| gebieden.gemeente(jaar, &code).is_some())
        || gebieden
            .reclassifications
            .iter()
            .any(|h| h.oude_code == code);
    let heel = cell.trim() == code;
    Some(match (known, heel) {
        (true, _) => GemeenteMatch::Code {
            code,
            zekerheid: if heel { 1.0 } else { GEMEENTE_BARE_CODE },
            by_name: false,
        },
        (false, true) => GemeenteMatch::ForeignCode,
        (false, false) => GemeenteMatch::Open(Vec::new()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(jaar: i32, cell: &str) -> Option<String> {
        match GemeenteFinder::new(jaar).find(cell) {
            GemeenteMatch::Code { code, .. } => Some(code),
            _ => None,
        }
    }

    #[test]
    fn names_and_codes_of_the_year() {
        for (cell, expected) in [
            ("Utrecht", "GM0344"),
            ("gemeente Utrecht", "GM0344"),
            ("GM0344", "GM0344"),
            ("344", "GM0344"),
            ("0344", "GM0344"),
            ("gm344", "GM0344"),
            ("Den Haag", "GM0518"),
            ("'s-Gravenhage", "GM0518"),
            ("s Gravenhage", "GM0518"),
            ("Den Bosch", "GM0796"),
            ("Hengelo (O.)", "GM0164"),
            ("Hengelo", "GM0164"),
            ("Hengelo OV", "GM0164"),
            ("Bergen (NH.)", "GM0373"),
            ("Bergen NH", "GM0373"),
            ("Bergen (L)", "GM0893"),
            ("Bergen Limburg", "GM0893"),
            ("Súdwest-Fryslân", "GM1900"),
            ("Sudwest Fryslan", "GM1900"),
            ("Alphen a/d Rijn", "GM0484"),
            ("Midden Groningen", "GM1952"),
            ("MIDDENGRONINGEN", "GM1952"),
        ] {
            assert_eq!(code(2020, cell).as_deref(), Some(expected), "{cell}");
        }
    }

    #[test]
    fn what_is_not_sure_is_asked() {
        assert_eq!(
            GemeenteFinder::new(2020).find("Bergen"),
            GemeenteMatch::Open(vec!["GM0373".to_owned(), "GM0893".to_owned()])
        );
        assert_eq!(
            GemeenteFinder::new(2020).find("Atlantis"),
            GemeenteMatch::Open(vec![])
        );
        assert_eq!(
            GemeenteFinder::new(2020).find("9999"),
            GemeenteMatch::Open(vec![])
        );
        assert_eq!(
            GemeenteFinder::new(2020).find("GM9999"),
            GemeenteMatch::ForeignCode
        );
        assert_eq!(
            GemeenteFinder::new(2020).find("Wagenigen"),
            GemeenteMatch::Open(vec!["GM0289".to_owned()])
        );
        for elders in [
            "Hengelo (Gld)",
            "Hengelo (G)",
            "Rijswijk (G)",
            "Rijswijk (Z)",
            "Utrecht (L)",
        ] {
            assert_eq!(code(2020, elders), None, "{elders}");
        }
        // The provincie behind it contradicts what it looks like.
        for elders in ["Rijswijk (NB)", "Hengelo (Gld)", "Laren Gld"] {
            assert_eq!(
                GemeenteFinder::new(2020).find(elders),
                GemeenteMatch::Open(vec![]),
                "{elders}"
            );
        }
    }

    #[test]
    fn a_code_of_the_year_has_its_place() {
        let gemeenten = GemeenteFinder::new(2020);
        let codes: Vec<&str> = gemeenten.codes().collect();
        let utrecht = gemeenten.key("GM0344").map(usize::from);
        assert_eq!(utrecht.map(|key| codes[key]), Some("GM0344"));
        assert!(codes.len() > 300 && codes.iter().all(|code| gemeenten.key(code).is_some()));
        for other in ["GM9999", "GM344", "gm0344", "0344", "GM03440", ""] {
            assert_eq!(gemeenten.key(other), None, "{other}");
        }
    }

    /// A name of another year becomes its own code, so that `check` can name the successor.
    #[test]
    fn a_gemeente_that_is_no_more_keeps_its_code() {
        assert_eq!(code(2021, "Haaren").as_deref(), Some("GM0788"));
        assert_eq!(code(2020, "Eemsdelta").as_deref(), Some("GM1979"));
    }
}
