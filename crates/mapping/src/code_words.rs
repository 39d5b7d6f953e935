//! Words into codes: which code of a list an aanbieder's own word stands for, and how sure that is.
//!
//! Owns likeness of words and the recognition of foreign code systems (CBS, iJw). Chooses nothing below [`SURE`]: then there
//! are candidates only.

use std::collections::{BTreeSet, HashMap};

use rows::invisible_characters::trimmed;
use schema::definitie::MappingWords;
use schema::likeness::NEGATION;
use schema::{CodeIndex, Codelijst, Veld};

use crate::normalise::{compact, likeness, normal};
use crate::weights::{
    SURE, SYSTEM_CBS, SYSTEM_IJW, WORD_ALIKE, WORD_CODE, WORD_COMPACT, WORD_DENIED, WORD_INSIDE,
    WORD_INSIDE_OTHERS, WORD_LABEL, WORD_NAMED, WORD_OWN, WORD_OWN_OF_SEVERAL, WORD_SLIP,
    WORD_SLIP_PART, WORD_SYNONYM,
};

/// What a value stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum CodeChoice {
    /// This code, this sure (at least [`SURE`]).
    Code(String, f64),
    /// May be one of these; empty when nothing is like it.
    Open(Vec<String>),
}

/// The words of one code list.
pub(crate) struct CodeWords {
    codes: Vec<String>,
    finder: CodeIndex,
    cbs: Vec<Option<String>>,
    ijw: Vec<Option<String>>,
    /// Normal form to codes (by index) and how sure.
    woorden: HashMap<String, Vec<(usize, f64)>>,
    /// The same by the form without spaces.
    without_spaces: HashMap<String, Vec<(usize, f64)>>,
    /// All of them, for comparing: normal form, form without spaces, codes.
    list: Vec<(String, String, Vec<usize>)>,
    /// Words that add nothing: those of the field's own name, and small words.
    neutral: BTreeSet<String>,
    /// Words that choose no code, and codes that stand in lists of many kinds; of the definition.
    vague: Vec<String>,
    general_codes: Vec<String>,
}

/// A code system other than the list's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeSystem {
    Cbs,
    /// CBS codes whose leading zeros are gone.
    CbsWithoutZero,
    Ijw,
}

impl CodeSystem {
    /// The system of this name in a koppeling; none for codes of one's own.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "ijw" => Some(Self::Ijw),
            "cbs" => Some(Self::Cbs),
            _ => None,
        }
    }
}

const SMALL_WORDS: [&str; 26] = [
    "de", "het", "een", "van", "voor", "bij", "door", "via", "op", "in", "en", "of", "met", "aan",
    "zijn", "is", "te", "ter", "naar", "namelijk", "nl", "o", "a", "code", "type", "soort",
];

impl CodeWords {
    pub(crate) fn new(list: &Codelijst, veld: &Veld, own: &MappingWords) -> Self {
        let mut words: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
        let mut add = |word: &str, code: usize, certainty: f64| {
            let beside = words.entry(normal(word)).or_default();
            if !beside.iter().any(|(c, _)| *c == code) {
                beside.push((code, certainty));
            }
        };
        for (index, code) in list.codes.iter().enumerate() {
            add(&code.code, index, WORD_CODE);
            add(&code.label, index, WORD_LABEL);
            code.synoniemen
                .iter()
                .for_each(|s| add(s, index, WORD_SYNONYM));
        }
        words.remove("");
        let own_name = [veld.naam.as_str(), &veld.label].map(normal).join(" ");
        let neutral = own_name
            .split(' ')
            .map(str::to_owned)
            .chain(SMALL_WORDS.map(str::to_owned))
            .collect();
        let mut without_spaces: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
        let mut all = Vec::with_capacity(words.len());
        for (word, beside) in &words {
            let bare = compact(word);
            without_spaces
                .entry(bare.clone())
                .or_default()
                .extend(beside.iter().map(|(i, _)| (*i, WORD_COMPACT)));
            all.push((word.clone(), bare, beside.iter().map(|(i, _)| *i).collect()));
        }
        let codes = list.codes.iter().map(|c| c.code.clone()).collect();
        let system = |choose: fn(&schema::Code) -> &Option<String>| {
            list.codes.iter().map(|c| choose(c).clone()).collect()
        };
        let finder = CodeIndex::new(list);
        Self {
            codes,
            finder,
            cbs: system(|c| &c.cbs),
            ijw: system(|c| &c.ijw),
            woorden: words,
            without_spaces,
            list: all,
            neutral,
            vague: own.vague.clone(),
            general_codes: own.general_codes.clone(),
        }
    }

    /// The place of a code in its list, where the value is one as it stands.
    #[inline]
    pub(crate) fn key(&self, value: &str) -> Option<u16> {
        self.finder.key(value.as_bytes())
    }

    /// Whether the value is a code as it stands.
    #[inline]
    pub(crate) fn is_code(&self, value: &str) -> bool {
        self.finder.key(value.as_bytes()).is_some()
    }

    /// The code a word stands for.
    pub(crate) fn find(&self, value: &str) -> CodeChoice {
        if self.is_code(value) {
            return CodeChoice::Code(value.to_owned(), 1.0);
        }
        let normal_form = normal(value);
        if let Some(known) = self.woorden.get(&normal_form) {
            let choice = self.choose(known);
            return if self.says_nothing(&normal_form) {
                CodeChoice::Open(choice.into_codes())
            } else {
                choice
            };
        }
        if normal_form.chars().filter(|c| c.is_alphabetic()).count() < 3 {
            return CodeChoice::Open(Vec::new());
        }
        let bare = compact(&normal_form);
        if let Some(known) = self.without_spaces.get(&bare) {
            return self.choose(known);
        }
        self.resembling(&normal_form, &bare)
    }

    /// Whether a word is in the list, spelling apart: quicker than [`Self::find`], and enough for evidence.
    pub(crate) fn knows(&self, value: &str) -> bool {
        let normal_form = normal(value);
        !is_bare_number(&normal_form) && self.woorden.contains_key(&normal_form)
    }

    /// Whether a word is in the list and says by itself what it is about: no letter, no code of many lists.
    pub(crate) fn knows_telling(&self, value: &str) -> bool {
        let normal_form = normal(value);
        let general = |i: &usize| self.general_codes.contains(&self.codes[*i]);
        normal_form.chars().filter(|c| c.is_alphabetic()).count() >= 4
            && self
                .woorden
                .get(&normal_form)
                .is_some_and(|codes| !codes.iter().any(|(i, _)| general(i)))
    }

    /// A number is the aanbieder's own, even where the list has one like it; and some words say too little to choose by.
    fn says_nothing(&self, normal_form: &str) -> bool {
        is_bare_number(normal_form) || self.vague.iter().any(|word| word == normal_form)
    }

    fn choose(&self, possible: &[(usize, f64)]) -> CodeChoice {
        let codes: BTreeSet<usize> = possible.iter().map(|(i, _)| *i).collect();
        match possible {
            // A list's own code or label goes before another code's synonym.
            [(index, certainty), ..] if codes.len() == 1 => {
                CodeChoice::Code(self.codes[*index].clone(), *certainty)
            }
            _ => {
                let own: Vec<usize> = possible
                    .iter()
                    .filter(|(_, z)| *z > WORD_OWN)
                    .map(|(i, _)| *i)
                    .collect();
                match own[..] {
                    [een] => CodeChoice::Code(self.codes[een].clone(), WORD_OWN_OF_SEVERAL),
                    _ => {
                        CodeChoice::Open(codes.into_iter().map(|i| self.codes[i].clone()).collect())
                    }
                }
            }
        }
    }

    /// Words that are nearly a known word, or hold one among words that add nothing.
    fn resembling(&self, normal_form: &str, bare: &str) -> CodeChoice {
        let parts: BTreeSet<&str> = normal_form.split(' ').collect();
        let negated = parts.iter().any(|d| NEGATION.contains(d));
        let mut best: Vec<f64> = vec![0.0; self.codes.len()];
        for (word, word_bare, codes) in &self.list {
            let likeness_score = likeness(bare, word_bare);
            let mut certainty = WORD_ALIKE * likeness_score;
            let word_parts: Vec<&str> = word.split(' ').collect();
            let in_value = word.len() >= 3 && word_parts.iter().all(|d| parts.contains(d));
            if in_value {
                let over = parts
                    .iter()
                    .filter(|d| !word_parts.contains(d) && !self.neutral.contains(**d))
                    .count();
                certainty = certainty.max(if over == 0 {
                    WORD_INSIDE
                } else {
                    WORD_INSIDE_OTHERS
                });
            } else if bare.len() >= 6
                && word_bare.len() >= 6
                && likeness_score >= WORD_SLIP
                && !is_opposite(bare, word_bare)
            {
                certainty = likeness_score * WORD_SLIP_PART;
            }
            if negated && !word_parts.iter().any(|d| NEGATION.contains(d)) {
                certainty = certainty.min(WORD_DENIED);
            }
            for index in codes {
                best[*index] = best[*index].max(certainty);
            }
        }
        let mut order: Vec<usize> = (0..best.len()).filter(|i| best[*i] >= WORD_NAMED).collect();
        order.sort_by(|a, b| best[*b].total_cmp(&best[*a]));
        let second = order.get(1).map_or(0.0, |i| best[*i]);
        match order.first() {
            Some(first) if best[*first] >= SURE && second < SURE => {
                CodeChoice::Code(self.codes[*first].clone(), best[*first])
            }
            _ => CodeChoice::Open(
                order
                    .iter()
                    .take(4)
                    .map(|i| self.codes[*i].clone())
                    .collect(),
            ),
        }
    }

    /// The code system a column is written in, if most of its values are codes of one and none a word.
    pub(crate) fn system<'a>(&self, values: impl Iterator<Item = &'a str>) -> Option<CodeSystem> {
        let values: Vec<&str> = values
            .map(trimmed)
            .filter(|w| !w.is_empty() && !self.knows(w))
            .collect();
        if values.is_empty()
            || !values
                .iter()
                .all(|w| w.len() <= 2 && w.bytes().all(|b| b.is_ascii_digit()))
        {
            return None;
        }
        let part = |fitting: usize| fitting > 0 && fitting * 5 >= values.len() * 3;
        let has = |list: &[Option<String>], w: &str| list.iter().flatten().any(|c| c == w);
        let ijw = values.iter().filter(|w| has(&self.ijw, w)).count();
        let cbs = values.iter().filter(|w| has(&self.cbs, w)).count();
        let without_zero = values
            .iter()
            .filter(|w| w.len() == 1 && has(&self.cbs, &format!("0{w}")))
            .count();
        if part(ijw) && ijw >= cbs {
            Some(CodeSystem::Ijw)
        } else if part(cbs) {
            Some(CodeSystem::Cbs)
        } else if part(without_zero) {
            Some(CodeSystem::CbsWithoutZero)
        } else {
            None
        }
    }

    /// The code for a value of a foreign system; several or none = open.
    pub(crate) fn translate(&self, value: &str, system: CodeSystem) -> CodeChoice {
        let (list, certainty) = match system {
            CodeSystem::Ijw => (&self.ijw, SYSTEM_IJW),
            CodeSystem::Cbs | CodeSystem::CbsWithoutZero => (&self.cbs, SYSTEM_CBS),
        };
        let complete = format!("{value:0>2}");
        let fitting: Vec<usize> = (0..self.codes.len())
            .filter(|i| list[*i].as_deref() == Some(complete.as_str()))
            .collect();
        match fitting[..] {
            [een] => CodeChoice::Code(self.codes[een].clone(), certainty),
            _ => CodeChoice::Open(fitting.iter().map(|i| self.codes[*i].clone()).collect()),
        }
    }

    /// How a foreign system translates, for a question: `31 = volgens_plan, …`.
    pub(crate) fn translation(&self, system: CodeSystem) -> String {
        let list = if system == CodeSystem::Ijw {
            &self.ijw
        } else {
            &self.cbs
        };
        let mut pairs: Vec<String> = list
            .iter()
            .zip(&self.codes)
            .filter_map(|(v, c)| v.as_ref().map(|v| format!("{v} = {c}")))
            .collect();
        pairs.sort();
        pairs.join(", ")
    }

    pub(crate) fn all_codes(&self) -> &[String] {
        &self.codes
    }
}

impl CodeChoice {
    fn into_codes(self) -> Vec<String> {
        match self {
            Self::Code(code, _) => vec![code],
            Self::Open(codes) => codes,
        }
    }
}

fn is_bare_number(normal_form: &str) -> bool {
    !normal_form.is_empty() && normal_form.bytes().all(|b| b.is_ascii_digit())
}

/// `onbegeleid` is one slip away from `begeleid` and means the reverse.
fn is_opposite(a: &str, b: &str) -> bool {
    let before = |long: &str, short: &str| {
        ["on", "niet", "non", "in"]
            .iter()
            .any(|v| long.strip_prefix(v) == Some(short))
    };
    before(a, b) || before(b, a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use schema::Definitie;

    fn words(veld: &str) -> CodeWords {
        let definitie = Definitie::load("omgang/2020").unwrap();
        let veld = definitie.tabel("traject").unwrap().veld(veld).unwrap();
        let schema::VeldType::Code { list } = &veld.veldtype else {
            panic!("no code field")
        };
        CodeWords::new(&definitie.codelijsten[list], veld, &definitie.mapping_words)
    }

    fn code(veld: &str, value: &str) -> Option<String> {
        match words(veld).find(value) {
            CodeChoice::Code(code, _) => Some(code),
            CodeChoice::Open(_) => None,
        }
    }

    #[test]
    fn words_of_the_field_are_known() {
        for (veld, value, expected) in [
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
                code(veld, value).as_deref(),
                Some(expected),
                "{veld} {value}"
            );
        }
    }

    #[test]
    fn what_is_denied_or_doubtful_is_not_chosen() {
        for (veld, value) in [
            ("kader", "gedwonge kader"),
            ("reden_einde", "afgesloten"),
            ("intensiteit", "1"),
            ("reden_einde", "niet volgens plan"),
            ("vervolg", "xyz"),
            ("verwijzer", "01"),
            ("vorm", "Q"),
        ] {
            assert_eq!(code(veld, value), None, "{veld} {value}");
        }
    }

    #[test]
    fn foreign_systems_are_recognised() {
        let reason = words("reden_einde");
        assert_eq!(
            reason.system(["31", "32", "35"].into_iter()),
            Some(CodeSystem::Ijw)
        );
        assert_eq!(
            reason.system(["01", "02", "05"].into_iter()),
            Some(CodeSystem::Cbs)
        );
        assert_eq!(
            reason.system(["1", "2", "5"].into_iter()),
            Some(CodeSystem::CbsWithoutZero)
        );
        assert_eq!(reason.system(["volgens plan"].into_iter()), None);
        assert_eq!(
            reason.translate("34", CodeSystem::Ijw),
            CodeChoice::Code("voortijdig_in_overleg".to_owned(), 0.9)
        );
        let verwijzer = words("verwijzer");
        assert_eq!(
            verwijzer.system(["01", "02", "04", "08"].into_iter()),
            Some(CodeSystem::Cbs)
        );
        assert!(
            matches!(verwijzer.translate("01", CodeSystem::Cbs), CodeChoice::Open(k) if k.len() == 4)
        );
        assert!(
            matches!(verwijzer.translate("08", CodeSystem::Cbs), CodeChoice::Open(k) if k.is_empty())
        );
    }
}
