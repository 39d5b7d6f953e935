//! Words into codes: which code of a list an aanbieder's own word stands for, and how sure that is.
//!
//! Owns likeness of words, the recognition of foreign code systems (CBS, iJw) and the words for yes, no and
//! nothing. Chooses nothing below [`ZEKER`]: then there are candidates only.

use std::collections::{BTreeSet, HashMap};

use rows::characters::trimmed;
use schema::{Codelijst, Codezoeker, Veld};

use crate::normalise::{compact, likeness, normal};
use crate::weights::{
    SYSTEM_CBS, SYSTEM_IJW, WORD_ALIKE, WORD_CODE, WORD_COMPACT, WORD_DENIED, WORD_INSIDE,
    WORD_INSIDE_OTHERS, WORD_LABEL, WORD_NAMED, WORD_OWN, WORD_OWN_OF_SEVERAL, WORD_SLIP,
    WORD_SLIP_PART, WORD_SYNONYM, ZEKER,
};

/// What a value stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Keuze {
    /// This code, this sure (at least [`ZEKER`]).
    Code(String, f64),
    /// May be one of these; empty when nothing is like it.
    Open(Vec<String>),
}

/// The words of one code list.
pub(crate) struct Codewoorden {
    codes: Vec<String>,
    zoeker: Codezoeker,
    cbs: Vec<Option<String>>,
    ijw: Vec<Option<String>>,
    /// Normal form to codes (by index) and how sure.
    woorden: HashMap<String, Vec<(usize, f64)>>,
    /// The same by the form without spaces.
    zonder_spaties: HashMap<String, Vec<(usize, f64)>>,
    /// All of them, for comparing: normal form, form without spaces, codes.
    lijst: Vec<(String, String, Vec<usize>)>,
    /// Words that add nothing: those of the field's own name, and small words.
    neutraal: BTreeSet<String>,
}

/// A code system other than the list's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stelsel {
    Cbs,
    /// CBS codes whose leading zeros are gone.
    CbsZonderNul,
    Ijw,
}

const KLEINE_WOORDEN: [&str; 26] = [
    "de", "het", "een", "van", "voor", "bij", "door", "via", "op", "in", "en", "of", "met", "aan",
    "zijn", "is", "te", "ter", "naar", "namelijk", "nl", "o", "a", "code", "type", "soort",
];
/// Words that say that it is over and not why or how: a question, whichever list they stand in.
const NIETSZEGGEND: [&str; 9] = [
    "afgesloten",
    "beeindigd",
    "gestopt",
    "gesloten",
    "afgelopen",
    "klaar",
    "gereed",
    "gestaakt",
    "stopgezet",
];
const ONTKENNING: [&str; 7] = ["niet", "geen", "zonder", "non", "not", "ex", "nooit"];

impl Codewoorden {
    pub(crate) fn new(lijst: &Codelijst, veld: &Veld) -> Self {
        let mut woorden: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
        let mut add = |woord: &str, code: usize, zekerheid: f64| {
            let bij = woorden.entry(normal(woord)).or_default();
            if !bij.iter().any(|(c, _)| *c == code) {
                bij.push((code, zekerheid));
            }
        };
        for (index, code) in lijst.codes.iter().enumerate() {
            add(&code.code, index, WORD_CODE);
            add(&code.label, index, WORD_LABEL);
            code.synoniemen
                .iter()
                .for_each(|s| add(s, index, WORD_SYNONYM));
        }
        woorden.remove("");
        let eigen_naam = [veld.naam.as_str(), &veld.label].map(normal).join(" ");
        let neutraal = eigen_naam
            .split(' ')
            .map(str::to_owned)
            .chain(KLEINE_WOORDEN.map(str::to_owned))
            .collect();
        let mut zonder_spaties: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
        let mut alle = Vec::with_capacity(woorden.len());
        for (woord, bij) in &woorden {
            let kaal = compact(woord);
            zonder_spaties
                .entry(kaal.clone())
                .or_default()
                .extend(bij.iter().map(|(i, _)| (*i, WORD_COMPACT)));
            alle.push((woord.clone(), kaal, bij.iter().map(|(i, _)| *i).collect()));
        }
        let codes = lijst.codes.iter().map(|c| c.code.clone()).collect();
        let stelsel = |kies: fn(&schema::Code) -> &Option<String>| {
            lijst.codes.iter().map(|c| kies(c).clone()).collect()
        };
        let zoeker = Codezoeker::new(lijst);
        Self {
            codes,
            zoeker,
            cbs: stelsel(|c| &c.cbs),
            ijw: stelsel(|c| &c.ijw),
            woorden,
            zonder_spaties,
            lijst: alle,
            neutraal,
        }
    }

    /// The place of a code in its list, where the value is one as it stands.
    #[inline]
    pub(crate) fn key(&self, waarde: &str) -> Option<u16> {
        self.zoeker.key(waarde.as_bytes())
    }

    /// Whether the value is a code as it stands.
    #[inline]
    pub(crate) fn is_code(&self, waarde: &str) -> bool {
        self.zoeker.key(waarde.as_bytes()).is_some()
    }

    /// The code a word stands for.
    pub(crate) fn zoek(&self, waarde: &str) -> Keuze {
        if self.is_code(waarde) {
            return Keuze::Code(waarde.to_owned(), 1.0);
        }
        let normaal = normal(waarde);
        if let Some(bekend) = self.woorden.get(&normaal) {
            let keuze = self.choose(bekend);
            return if says_nothing(&normaal) {
                Keuze::Open(keuze.into_codes())
            } else {
                keuze
            };
        }
        if normaal.chars().filter(|c| c.is_alphabetic()).count() < 3 {
            return Keuze::Open(Vec::new());
        }
        let kaal = compact(&normaal);
        if let Some(bekend) = self.zonder_spaties.get(&kaal) {
            return self.choose(bekend);
        }
        self.resembling(&normaal, &kaal)
    }

    /// Whether a word is in the list, spelling apart: quicker than [`Self::zoek`], and enough for evidence.
    pub(crate) fn knows(&self, waarde: &str) -> bool {
        let normaal = normal(waarde);
        !is_bare_number(&normaal) && self.woorden.contains_key(&normaal)
    }

    /// Whether a word is in the list and says by itself what it is about: no letter, no `anders` or `onbekend`.
    pub(crate) fn knows_telling(&self, waarde: &str) -> bool {
        let normaal = normal(waarde);
        let algemeen = |i: &usize| matches!(self.codes[*i].as_str(), "anders" | "onbekend");
        normaal.chars().filter(|c| c.is_alphabetic()).count() >= 4
            && self
                .woorden
                .get(&normaal)
                .is_some_and(|codes| !codes.iter().any(|(i, _)| algemeen(i)))
    }

    fn choose(&self, mogelijk: &[(usize, f64)]) -> Keuze {
        let codes: BTreeSet<usize> = mogelijk.iter().map(|(i, _)| *i).collect();
        match mogelijk {
            // A list's own code or label goes before another code's synonym.
            [(index, zekerheid), ..] if codes.len() == 1 => {
                Keuze::Code(self.codes[*index].clone(), *zekerheid)
            }
            _ => {
                let eigen: Vec<usize> = mogelijk
                    .iter()
                    .filter(|(_, z)| *z > WORD_OWN)
                    .map(|(i, _)| *i)
                    .collect();
                match eigen[..] {
                    [een] => Keuze::Code(self.codes[een].clone(), WORD_OWN_OF_SEVERAL),
                    _ => Keuze::Open(codes.into_iter().map(|i| self.codes[i].clone()).collect()),
                }
            }
        }
    }

    /// Words that are nearly a known word, or hold one among words that add nothing.
    fn resembling(&self, normaal: &str, kaal: &str) -> Keuze {
        let delen: BTreeSet<&str> = normaal.split(' ').collect();
        let ontkend = delen.iter().any(|d| ONTKENNING.contains(d));
        let mut beste: Vec<f64> = vec![0.0; self.codes.len()];
        for (woord, woord_kaal, codes) in &self.lijst {
            let gelijkenis = likeness(kaal, woord_kaal);
            let mut zekerheid = WORD_ALIKE * gelijkenis;
            let woorddelen: Vec<&str> = woord.split(' ').collect();
            let in_waarde = woord.len() >= 3 && woorddelen.iter().all(|d| delen.contains(d));
            if in_waarde {
                let over = delen
                    .iter()
                    .filter(|d| !woorddelen.contains(d) && !self.neutraal.contains(**d))
                    .count();
                zekerheid = zekerheid.max(if over == 0 {
                    WORD_INSIDE
                } else {
                    WORD_INSIDE_OTHERS
                });
            } else if kaal.len() >= 6
                && woord_kaal.len() >= 6
                && gelijkenis >= WORD_SLIP
                && !is_opposite(kaal, woord_kaal)
            {
                zekerheid = gelijkenis * WORD_SLIP_PART;
            }
            if ontkend && !woorddelen.iter().any(|d| ONTKENNING.contains(d)) {
                zekerheid = zekerheid.min(WORD_DENIED);
            }
            for index in codes {
                beste[*index] = beste[*index].max(zekerheid);
            }
        }
        let mut volgorde: Vec<usize> = (0..beste.len())
            .filter(|i| beste[*i] >= WORD_NAMED)
            .collect();
        volgorde.sort_by(|a, b| beste[*b].total_cmp(&beste[*a]));
        let tweede = volgorde.get(1).map_or(0.0, |i| beste[*i]);
        match volgorde.first() {
            Some(eerste) if beste[*eerste] >= ZEKER && tweede < ZEKER => {
                Keuze::Code(self.codes[*eerste].clone(), beste[*eerste])
            }
            _ => Keuze::Open(
                volgorde
                    .iter()
                    .take(4)
                    .map(|i| self.codes[*i].clone())
                    .collect(),
            ),
        }
    }

    /// The code system a column is written in, if most of its values are codes of one and none a word.
    pub(crate) fn stelsel<'a>(&self, waarden: impl Iterator<Item = &'a str>) -> Option<Stelsel> {
        let waarden: Vec<&str> = waarden
            .map(trimmed)
            .filter(|w| !w.is_empty() && !self.knows(w))
            .collect();
        if waarden.is_empty()
            || !waarden
                .iter()
                .all(|w| w.len() <= 2 && w.bytes().all(|b| b.is_ascii_digit()))
        {
            return None;
        }
        let deel = |passend: usize| passend > 0 && passend * 5 >= waarden.len() * 3;
        let heeft = |lijst: &[Option<String>], w: &str| lijst.iter().flatten().any(|c| c == w);
        let ijw = waarden.iter().filter(|w| heeft(&self.ijw, w)).count();
        let cbs = waarden.iter().filter(|w| heeft(&self.cbs, w)).count();
        let zonder_nul = waarden
            .iter()
            .filter(|w| w.len() == 1 && heeft(&self.cbs, &format!("0{w}")))
            .count();
        if deel(ijw) && ijw >= cbs {
            Some(Stelsel::Ijw)
        } else if deel(cbs) {
            Some(Stelsel::Cbs)
        } else if deel(zonder_nul) {
            Some(Stelsel::CbsZonderNul)
        } else {
            None
        }
    }

    /// The code for a value of a foreign system; several or none = open.
    pub(crate) fn vertaal(&self, waarde: &str, stelsel: Stelsel) -> Keuze {
        let (lijst, zekerheid) = match stelsel {
            Stelsel::Ijw => (&self.ijw, SYSTEM_IJW),
            Stelsel::Cbs | Stelsel::CbsZonderNul => (&self.cbs, SYSTEM_CBS),
        };
        let volledig = format!("{waarde:0>2}");
        let passend: Vec<usize> = (0..self.codes.len())
            .filter(|i| lijst[*i].as_deref() == Some(volledig.as_str()))
            .collect();
        match passend[..] {
            [een] => Keuze::Code(self.codes[een].clone(), zekerheid),
            _ => Keuze::Open(passend.iter().map(|i| self.codes[*i].clone()).collect()),
        }
    }

    /// How a foreign system translates, for a question: `31 = volgens_plan, …`.
    pub(crate) fn vertaling(&self, stelsel: Stelsel) -> String {
        let lijst = if stelsel == Stelsel::Ijw {
            &self.ijw
        } else {
            &self.cbs
        };
        let mut paren: Vec<String> = lijst
            .iter()
            .zip(&self.codes)
            .filter_map(|(v, c)| v.as_ref().map(|v| format!("{v} = {c}")))
            .collect();
        paren.sort();
        paren.join(", ")
    }

    pub(crate) fn alle_codes(&self) -> &[String] {
        &self.codes
    }
}

impl Keuze {
    fn into_codes(self) -> Vec<String> {
        match self {
            Self::Code(code, _) => vec![code],
            Self::Open(codes) => codes,
        }
    }
}

/// A number is the aanbieder's own, even where the list has one like it; and some words only say that it is over.
fn says_nothing(normaal: &str) -> bool {
    is_bare_number(normaal) || NIETSZEGGEND.contains(&normaal)
}

fn is_bare_number(normaal: &str) -> bool {
    !normaal.is_empty() && normaal.bytes().all(|b| b.is_ascii_digit())
}

/// `onbegeleid` is one slip away from `begeleid` and means the reverse.
fn is_opposite(a: &str, b: &str) -> bool {
    let voor = |lang: &str, kort: &str| {
        ["on", "niet", "non", "in"]
            .iter()
            .any(|v| lang.strip_prefix(v) == Some(kort))
    };
    voor(a, b) || voor(b, a)
}

/// Words that say that there is nothing.
const LEGE_WOORDEN: [&str; 19] = [
    "-",
    "--",
    "---",
    "–",
    "—",
    ".",
    "/",
    "n.v.t.",
    "nvt",
    "n.v.t",
    "nvt.",
    "n/a",
    "null",
    "(leeg)",
    "leeg",
    "#n/b",
    "#n/a",
    "none",
    "niet van toepassing",
];

/// Whether a cell says that there is nothing.
#[inline]
pub(crate) fn is_leeg_woord(waarde: &str) -> bool {
    let begin = waarde.bytes().next();
    let kan = begin.is_some_and(|b| {
        matches!(
            b,
            b'-' | b'.' | b'/' | b'(' | b'#' | b'n' | b'N' | b'l' | b'L' | 0xe2
        )
    });
    kan && waarde.len() <= 20 && LEGE_WOORDEN.iter().any(|w| w.eq_ignore_ascii_case(waarde))
}

/// Words that stand where a number of one's own should: as a number they would make one child of all who have none.
const GEEN_NUMMER: [&str; 12] = [
    "onbekend",
    "onb",
    "onb.",
    "unknown",
    "geen",
    "geen nummer",
    "niet bekend",
    "nog niet bekend",
    "nb",
    "n.b.",
    "nnb",
    "n.n.b.",
];

/// Whether what stands among numbers of one's own says that there is none.
pub(crate) fn is_geen_nummer(waarde: &str) -> bool {
    let alleen = |tekens: &[u8]| waarde.bytes().all(|b| tekens.contains(&b));
    GEEN_NUMMER.iter().any(|w| w.eq_ignore_ascii_case(waarde))
        || alleen(b"0")
        || alleen(b"?")
        || (alleen(b"xX") && waarde.len() > 1)
}

/// Whether a number of one's own may be none of the kind: quick, and no more than a first look.
#[inline]
pub(crate) fn is_odd_number(waarde: &str) -> bool {
    let begin = waarde.bytes().next();
    (waarde.len() <= 16
        && begin.is_some_and(|b| {
            matches!(
                b.to_ascii_lowercase(),
                b'0' | b'?' | b'o' | b'u' | b'g' | b'n' | b'x'
            )
        }))
        || waarde.bytes().rev().take(4).any(|b| b == b'+')
}

/// `ja` or `nee` out of the words for it.
pub(crate) fn ja_nee(waarde: &str) -> Option<&'static str> {
    match normal(waarde).as_str() {
        "ja" | "j" | "yes" | "y" | "true" | "waar" | "1" | "x" => Some("ja"),
        "nee" | "n" | "no" | "false" | "onwaar" | "0" | "neen" => Some("nee"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schema::Definitie;

    fn woorden(veld: &str) -> Codewoorden {
        let definitie = Definitie::load("omgang/2020").unwrap();
        let veld = definitie.tabel("traject").unwrap().veld(veld).unwrap();
        let schema::Veldtype::Code { lijst } = &veld.veldtype else {
            panic!("no code field")
        };
        Codewoorden::new(&definitie.codelijsten[lijst], veld)
    }

    fn code(veld: &str, waarde: &str) -> Option<String> {
        match woorden(veld).zoek(waarde) {
            Keuze::Code(code, _) => Some(code),
            Keuze::Open(_) => None,
        }
    }

    #[test]
    fn words_for_no_number_are_known() {
        for tekst in ["onbekend", "Geen", "0", "000", "?", "??", "xxx", "N.B."] {
            assert!(is_geen_nummer(tekst) && is_odd_number(tekst), "{tekst}");
        }
        for tekst in ["1", "00207", "K0", "onbekend1", "geen12", "x1", "1e5"] {
            assert!(!is_geen_nummer(tekst), "{tekst}");
        }
    }

    #[test]
    fn words_of_the_field_are_known() {
        for (veld, waarde, verwacht) in [
            ("kader", "Gedwongen kader", "gedwongen"),
            ("kader", "GEDWONGEN", "gedwongen"),
            ("verwijzer", "RvdK", "raad_voor_de_kinderbescherming"),
            (
                "verwijzer",
                "raad voor de kinder-bescherming",
                "raad_voor_de_kinderbescherming",
            ),
            ("begeleiding", "prof+vrijw", "professional_en_vrijwilliger"),
            ("bekostiging", "subsidie preventie", "subsidie"),
            (
                "reden_einde",
                "Voortijdig, in overleg",
                "voortijdig_in_overleg",
            ),
        ] {
            assert_eq!(
                code(veld, waarde).as_deref(),
                Some(verwacht),
                "{veld} {waarde}"
            );
        }
    }

    #[test]
    fn what_is_denied_or_doubtful_is_not_chosen() {
        for (veld, waarde) in [
            ("kader", "gedwonge kader"),
            ("reden_einde", "afgesloten"),
            ("intensiteit", "1"),
            ("reden_einde", "niet volgens plan"),
            ("vervolg", "xyz"),
            ("verwijzer", "01"),
            ("vorm", "Q"),
        ] {
            assert_eq!(code(veld, waarde), None, "{veld} {waarde}");
        }
    }

    #[test]
    fn foreign_systems_are_recognised() {
        let reden = woorden("reden_einde");
        assert_eq!(
            reden.stelsel(["31", "32", "35"].into_iter()),
            Some(Stelsel::Ijw)
        );
        assert_eq!(
            reden.stelsel(["01", "02", "05"].into_iter()),
            Some(Stelsel::Cbs)
        );
        assert_eq!(
            reden.stelsel(["1", "2", "5"].into_iter()),
            Some(Stelsel::CbsZonderNul)
        );
        assert_eq!(reden.stelsel(["volgens plan"].into_iter()), None);
        assert_eq!(
            reden.vertaal("34", Stelsel::Ijw),
            Keuze::Code("voortijdig_in_overleg".to_owned(), 0.9)
        );
        let verwijzer = woorden("verwijzer");
        assert_eq!(
            verwijzer.stelsel(["01", "02", "04", "08"].into_iter()),
            Some(Stelsel::Cbs)
        );
        assert!(matches!(verwijzer.vertaal("01", Stelsel::Cbs), Keuze::Open(k) if k.len() == 4));
        assert!(matches!(verwijzer.vertaal("08", Stelsel::Cbs), Keuze::Open(k) if k.is_empty()));
    }
}
