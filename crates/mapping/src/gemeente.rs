//! Gemeenten as people write them: by name as it was that year, by code with or without `GM` or its zeros.
//!
//! Owns spelling variants of names ('Hengelo (O.)', Den Haag, Bergen NH) and what must be asked (Bergen alone).
//! Leaves which codes are valid in a year to `check`: a name of another year becomes its own code.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use schema::gebieden::provincie_achter;
use schema::{Gebieden, Gemeente};

use crate::normalise::{compact, likeness, normal};
use crate::weights::{
    GEMEENTE_BARE_CODE, GEMEENTE_COMPACT, GEMEENTE_NAME, GEMEENTE_NAMED, GEMEENTE_OTHER_YEAR,
};

/// What a cell turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Vondst {
    /// This code, this sure; whether it was found by its name.
    Code {
        code: String,
        zekerheid: f64,
        op_naam: bool,
    },
    /// A well-formed code that no year knows: left to `check`.
    VreemdeCode,
    /// May be one of these; none when there is nothing like it.
    Open(Vec<String>),
}

/// Names that are no official name and mean one gemeente.
const BIJNAMEN: [(&str, &str); 16] = [
    ("den haag", "s gravenhage"),
    ("gravenhage", "s gravenhage"),
    ("the hague", "s gravenhage"),
    ("den bosch", "s hertogenbosch"),
    ("hertogenbosch", "s hertogenbosch"),
    ("nuenen", "nuenen gerwen en nederwetten"),
    ("nuenen ca", "nuenen gerwen en nederwetten"),
    ("nuenen c a", "nuenen gerwen en nederwetten"),
    ("sudwest friesland", "sudwest fryslan"),
    ("zuidwest friesland", "sudwest fryslan"),
    ("de friese meren", "de fryske marren"),
    ("noordoost friesland", "noardeast fryslan"),
    ("noardeast friesland", "noardeast fryslan"),
    ("tietjerksteradeel", "tytsjerksteradiel"),
    ("dantumadeel", "dantumadiel"),
    ("boz", "bergen op zoom"),
];

/// The gemeenten of one year, by every way to write them.
pub(crate) struct Gemeentezoeker {
    jaar: i32,
    /// Normal form, without the provincie behind it, to the gemeenten of this year.
    per_naam: BTreeMap<String, Vec<&'static Gemeente>>,
    /// The same for names of other years only.
    elders: BTreeMap<String, Vec<String>>,
}

impl Gemeentezoeker {
    /// Made once per year.
    pub(crate) fn voor(jaar: i32) -> Arc<Self> {
        static ZOEKERS: Mutex<BTreeMap<i32, Arc<Gemeentezoeker>>> = Mutex::new(BTreeMap::new());
        let mut zoekers = ZOEKERS
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        zoekers
            .entry(jaar)
            .or_insert_with(|| Arc::new(Self::new(jaar)))
            .clone()
    }

    fn new(jaar: i32) -> Self {
        let gebieden = Gebieden::get();
        let mut per_naam: BTreeMap<String, Vec<&'static Gemeente>> = BTreeMap::new();
        for gemeente in gebieden
            .gemeenten(jaar)
            .into_iter()
            .flat_map(BTreeMap::values)
        {
            per_naam
                .entry(base(&gemeente.gemeentenaam))
                .or_default()
                .push(gemeente);
        }
        let mut elders: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let andere_jaren = gebieden
            .jaren()
            .filter(|j| *j != jaar)
            .filter_map(|j| gebieden.gemeenten(j));
        let namen = andere_jaren
            .flat_map(BTreeMap::values)
            .map(|g| (&g.gemeentenaam, &g.gemeentecode));
        let opgeheven = gebieden
            .herindelingen
            .iter()
            .map(|h| (&h.oude_naam, &h.oude_code));
        for (naam, code) in namen.chain(opgeheven) {
            let codes = elders.entry(base(naam)).or_default();
            if !codes.contains(code) {
                codes.push(code.clone());
            }
        }
        Self {
            jaar,
            per_naam,
            elders,
        }
    }

    /// The gemeente a cell means.
    pub(crate) fn zoek(&self, cel: &str) -> Vondst {
        by_code(cel).unwrap_or_else(|| self.by_name(cel))
    }

    /// Whether a cell names a gemeente, slips of the pen apart: quicker, and enough for evidence.
    pub(crate) fn knows(&self, cel: &str) -> bool {
        match by_code(cel) {
            Some(vondst) => matches!(vondst, Vondst::Code { .. } | Vondst::VreemdeCode),
            None => self.by_known_name(&expand(&normal(cel))).is_some(),
        }
    }

    fn by_name(&self, cel: &str) -> Vondst {
        let naam = expand(&normal(cel));
        if naam.is_empty() {
            return Vondst::Open(Vec::new());
        }
        self.by_known_name(&naam)
            .unwrap_or_else(|| self.resembling(&naam))
    }

    fn by_known_name(&self, naam: &str) -> Option<Vondst> {
        // The provincie behind it, in brackets or not.
        self.known(naam, None).or_else(|| {
            let (kaal, provincie) = provincie_achter(naam)?;
            self.known(kaal, Some(provincie))
        })
    }

    fn known(&self, naam: &str, provincie: Option<&str>) -> Option<Vondst> {
        let bijnaam = BIJNAMEN
            .iter()
            .find(|(bij, _)| *bij == naam)
            .map_or(naam, |(_, echt)| *echt);
        if let Some(lijst) = self.per_naam.get(bijnaam) {
            let passend: Vec<&&Gemeente> = lijst
                .iter()
                .filter(|g| provincie.is_none_or(|p| p == g.provincie_code))
                .collect();
            return match passend[..] {
                [een] => Some(Vondst::Code {
                    code: een.gemeentecode.clone(),
                    zekerheid: GEMEENTE_NAME,
                    op_naam: true,
                }),
                [] => None,
                _ => Some(Vondst::Open(
                    passend.iter().map(|g| g.gemeentecode.clone()).collect(),
                )),
            };
        }
        match (self.elders.get(bijnaam).map(Vec::as_slice), provincie) {
            (Some([code]), _) => Some(Vondst::Code {
                code: code.clone(),
                zekerheid: GEMEENTE_OTHER_YEAR,
                op_naam: true,
            }),
            (Some(codes), None) => Some(Vondst::Open(codes.to_vec())),
            _ => None,
        }
    }

    /// A slip of the pen is a question: `Hengelo (G)` is one letter from Hengelo and is another place.
    fn resembling(&self, naam: &str) -> Vondst {
        let gezocht = compact(naam);
        let provincie = provincie_achter(naam).map(|(_, provincie)| provincie);
        let mut lijkend: Vec<(f64, &Gemeente)> = Vec::new();
        for (bekend, lijst) in &self.per_naam {
            let gelijkenis = likeness(&gezocht, &compact(bekend));
            if gelijkenis > GEMEENTE_NAMED {
                let passend = lijst
                    .iter()
                    .filter(|g| provincie.is_none_or(|p| p == g.provincie_code));
                lijkend.extend(passend.map(|g| (gelijkenis, *g)));
            }
        }
        lijkend.sort_by(|a, b| b.0.total_cmp(&a.0));
        if let [(1.0, gemeente)] | [(1.0, gemeente), (..1.0, _), ..] = lijkend[..] {
            return Vondst::Code {
                code: gemeente.gemeentecode.clone(),
                zekerheid: GEMEENTE_COMPACT,
                op_naam: true,
            };
        }
        Vondst::Open(
            lijkend
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

/// The name without the provincie in brackets.
fn base(naam: &str) -> String {
    normal(naam.split_once('(').map_or(naam, |(voor, _)| voor))
}

fn expand(naam: &str) -> String {
    let naam = naam.strip_prefix("gemeente ").unwrap_or(naam);
    format!(" {naam} ")
        .replace(" a d ", " aan den ")
        .replace(" ad ", " aan den ")
        .replace(" st ", " sint ")
        .trim()
        .to_owned()
}

/// `GM0344`, `gm344`, `0344`, `344`: the code with its zeros.
fn by_code(cel: &str) -> Option<Vondst> {
    let kaal = cel.trim();
    let cijfers = kaal
        .strip_prefix("GM")
        .or_else(|| kaal.strip_prefix("gm"))
        .or_else(|| kaal.strip_prefix("Gm"))
        .unwrap_or(kaal)
        .trim();
    let cijfers = cijfers.strip_suffix(".0").unwrap_or(cijfers);
    if cijfers.is_empty() || cijfers.len() > 4 || !cijfers.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let code = format!("GM{cijfers:0>4}");
    let gebieden = Gebieden::get();
    let bekend = gebieden
        .jaren()
        .any(|jaar| gebieden.gemeente(jaar, &code).is_some())
        || gebieden.herindelingen.iter().any(|h| h.oude_code == code);
    let heel = kaal == code;
    Some(match (bekend, heel) {
        (true, _) => Vondst::Code {
            code,
            zekerheid: if heel { 1.0 } else { GEMEENTE_BARE_CODE },
            op_naam: false,
        },
        (false, true) => Vondst::VreemdeCode,
        (false, false) => Vondst::Open(Vec::new()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(jaar: i32, cel: &str) -> Option<String> {
        match Gemeentezoeker::new(jaar).zoek(cel) {
            Vondst::Code { code, .. } => Some(code),
            _ => None,
        }
    }

    #[test]
    fn names_and_codes_of_the_year() {
        for (cel, verwacht) in [
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
            assert_eq!(code(2020, cel).as_deref(), Some(verwacht), "{cel}");
        }
    }

    #[test]
    fn what_is_not_sure_is_asked() {
        assert_eq!(
            Gemeentezoeker::new(2020).zoek("Bergen"),
            Vondst::Open(vec!["GM0373".to_owned(), "GM0893".to_owned()])
        );
        assert_eq!(
            Gemeentezoeker::new(2020).zoek("Atlantis"),
            Vondst::Open(vec![])
        );
        assert_eq!(Gemeentezoeker::new(2020).zoek("9999"), Vondst::Open(vec![]));
        assert_eq!(
            Gemeentezoeker::new(2020).zoek("GM9999"),
            Vondst::VreemdeCode
        );
        assert_eq!(
            Gemeentezoeker::new(2020).zoek("Wagenigen"),
            Vondst::Open(vec!["GM0289".to_owned()])
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
                Gemeentezoeker::new(2020).zoek(elders),
                Vondst::Open(vec![]),
                "{elders}"
            );
        }
    }

    /// A name of another year becomes its own code, so that `check` can name the successor.
    #[test]
    fn a_gemeente_that_is_no_more_keeps_its_code() {
        assert_eq!(code(2021, "Haaren").as_deref(), Some("GM0788"));
        assert_eq!(code(2020, "Eemsdelta").as_deref(), Some("GM1979"));
    }
}
