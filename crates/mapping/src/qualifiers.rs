//! What a header says beside the name of a field, and whether that makes it something else.
//!
//! Owns which words of everyday Dutch change whose or when a value is, and which add nothing; those of the field of work are
//! in the definition ([`MappingWords`]). Any other word is unknown: it may change the meaning, so it keeps a match from
//! being sure as well. Leaves weighing to `header_likeness`.

use std::collections::BTreeSet;

use schema::definitie::MappingWords;
use schema::{Definitie, Veld, VeldType};

use crate::normalise::likeness;
use crate::weights::SAME_WORD;

/// What is left of a header when the words of a name are taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rest {
    /// Nothing, spelling apart.
    Niets,
    /// Words that add nothing.
    Neutral,
    /// Words that may mean anything.
    Onbekend,
    /// Words that make it someone else's, or of another time.
    Anders,
}

/// Words that add nothing to the name of a field.
const NEUTRAL: [&str; 8] = [
    "totaal", "totale", "aantal", "dit", "code", "soort", "type", "jjjj",
];

/// Words that change whose it is.
const WHOSE: [&str; 25] = [
    "aanbieder",
    "locatie",
    "kantoor",
    "instelling",
    "organisatie",
    "medewerker",
    "collega",
    "manager",
    "vervanger",
    "contactpersoon",
    "contact",
    "factuur",
    "contract",
    "dossier",
    "product",
    "andere",
    "ander",
    "overige",
    "tweede",
    "2e",
    "2de",
    "derde",
    "3e",
    "laatst",
    "extra",
];

/// Words that make a number another number: over another time, one of many, or a bound.
const COUNTED_OTHERWISE: [&str; 27] = [
    "gemiddeld",
    "gemiddelde",
    "gem",
    "max",
    "maximum",
    "maximaal",
    "maximale",
    "minimaal",
    "minimum",
    "restant",
    "rest",
    "resterend",
    "resterende",
    "saldo",
    "budget",
    "tarief",
    "prijs",
    "toegekend",
    "toegekende",
    "cumulatief",
    "dagen",
    "uren",
    "uur",
    "dag",
    "percentage",
    "procent",
    "%",
];

/// Words that make a number count over more than a year, in any field of work.
const COUNTED_LONGER: [&str; 3] = ["cumulatief", "looptijd", "gehele"];

/// Words that change of when it is, or that it is so at all.
const WHEN: [&str; 61] = [
    "vorig",
    "vorige",
    "eerder",
    "eerdere",
    "vroeger",
    "vroegere",
    "voormalig",
    "voormalige",
    "oud",
    "oude",
    "laatste",
    "volgend",
    "volgende",
    "nieuw",
    "nieuwe",
    "huidig",
    "huidige",
    "nu",
    "vandaag",
    "toekomstig",
    "toekomstige",
    "kwartaal",
    "maand",
    "week",
    "per",
    "gepland",
    "geplande",
    "verwacht",
    "verwachte",
    "voorlopig",
    "voorlopige",
    "mogelijk",
    "mogelijke",
    "uiterlijk",
    "uiterlijke",
    "uiterste",
    "beoogd",
    "beoogde",
    "gewenst",
    "gewenste",
    "afgesproken",
    "aangevraagd",
    "aangevraagde",
    "streef",
    "doel",
    "begroot",
    "begrote",
    "geraamd",
    "geraamde",
    "geschat",
    "geschatte",
    "afgezegd",
    "afgezegde",
    "geannuleerd",
    "geannuleerde",
    "niet",
    "geen",
    "zonder",
    "non",
    "ex",
    "nooit",
];

/// A shorter word is found in too many others to be looked for inside them.
const INSIDE_WORD: usize = 5;

/// What words mean in the headers of an uitvraag.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Qualifiers<'d> {
    words: &'d MappingWords,
    /// The year of the uitvraag: any other year in a header is another matter.
    jaar: i32,
    /// Whether it is a number that is asked, which may be counted over another time.
    counts: bool,
}

impl<'d> Qualifiers<'d> {
    pub(crate) fn of(definitie: &'d Definitie) -> Self {
        Self {
            words: &definitie.mapping_words,
            jaar: definitie.jaar,
            counts: false,
        }
    }

    /// The same for the header of one field.
    pub(crate) fn about(self, veld: &Veld) -> Self {
        let counts = matches!(veld.veldtype, VeldType::Whole | VeldType::Decimal);
        Self { counts, ..self }
    }

    /// Whether a header only holds words of what no uitvraag asks (`Achternaam moeder`).
    pub(crate) fn never_asked(self, header: &BTreeSet<String>) -> bool {
        let never = |word: &str| {
            let written_as = word.strip_suffix("nummer").unwrap_or(word);
            let mut known = self.words.never_asked.iter();
            known.any(|w| w == word || w == written_as)
        };
        let beside = |word: &str| {
            matches!(
                self.judge(word, &BTreeSet::new()),
                Rest::Neutral | Rest::Anders
            )
        };
        header.iter().any(|word| never(word))
            && header.iter().all(|word| never(word) || beside(word))
    }

    /// Whether a word in the header of a number says that it may count over more than the year.
    pub(crate) fn counts_longer(self, word: &str) -> bool {
        let mut own = self.words.counting_otherwise.iter();
        COUNTED_LONGER.contains(&word) || own.any(|w| w == word)
    }

    /// What a short form stands for.
    pub(crate) fn written_out(self, word: &str) -> Option<&'d str> {
        self.words.abbreviations.get(word).map(String::as_str)
    }

    /// What a header says beside a name; both as sets of words.
    pub(crate) fn rest(self, header: &BTreeSet<String>, name: &BTreeSet<String>) -> Rest {
        header
            .difference(name)
            .map(|word| self.judge(word, name))
            .max()
            .unwrap_or(Rest::Niets)
    }

    /// The word in a header that makes it something else than a field of this name.
    pub(crate) fn changing_word<'a>(
        self,
        header: &'a BTreeSet<String>,
        name: &BTreeSet<String>,
    ) -> Option<&'a str> {
        header
            .iter()
            .filter(|word| !name.contains(*word))
            .find(|word| self.judge(word, name) == Rest::Anders)
            .map(String::as_str)
    }

    fn judge(self, word: &str, name: &BTreeSet<String>) -> Rest {
        if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
            // Any other number is another year, or the second of something.
            return if self.is_this_year(word) {
                Rest::Niets
            } else {
                Rest::Anders
            };
        }
        let otherwise = self.counts && self.words.counting_otherwise.iter().any(|w| w == word);
        if otherwise || (self.counts && COUNTED_OTHERWISE.contains(&word)) {
            return Rest::Anders;
        }
        if NEUTRAL.contains(&word) || self.words.neutral.iter().any(|w| w == word) {
            return Rest::Neutral;
        }
        if word == "on" || self.changing().any(|w| w == word) {
            return Rest::Anders;
        }
        // A slip of the pen in a word of the name, or two words written as one.
        let long = || name.iter().filter(|n| n.len() >= INSIDE_WORD);
        if long().any(|n| likeness(n, word) >= SAME_WORD) {
            return if opposite(word, name) {
                Rest::Anders
            } else {
                Rest::Niets
            };
        }
        if let Some((before, after)) = long().find_map(|n| word.split_once(n.as_str())) {
            return [before, after]
                .into_iter()
                .filter(|part| !part.is_empty())
                .map(|part| self.judge(part, name))
                .max()
                .unwrap_or(Rest::Niets);
        }
        let inside = |w: &str| w.len() >= INSIDE_WORD && (word.starts_with(w) || word.ends_with(w));
        if self.changing().any(inside) {
            Rest::Anders
        } else {
            Rest::Onbekend
        }
    }

    /// Words that change whose it is, or of when.
    fn changing(self) -> impl Iterator<Item = &'d str> {
        let own = self.words.changing.iter().map(String::as_str);
        WHOSE.into_iter().chain(WHEN).chain(own)
    }

    fn is_this_year(self, digits: &str) -> bool {
        digits == self.jaar.to_string() || digits == format!("{:02}", self.jaar % 100)
    }
}

/// `onbegeleid` beside `begeleid`.
fn opposite(word: &str, name: &BTreeSet<String>) -> bool {
    let before = |short: &str| {
        ["on", "niet", "non"]
            .iter()
            .any(|v| word.strip_prefix(v) == Some(short))
    };
    name.iter().any(|n| before(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> BTreeSet<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn what_stands_beside_a_name_is_judged() {
        let definitie = Definitie::load("omgang/2020").unwrap();
        let qualifiers = Qualifiers::of(&definitie);
        for (header, name, expected) in [
            ("gemeente", "gemeente", Rest::Niets),
            ("gemeete", "gemeente", Rest::Niets),
            ("gemeente kind", "gemeente", Rest::Neutral),
            ("kosten 2020", "kosten", Rest::Niets),
            ("kosten 20", "kosten", Rest::Niets),
            ("kosten 2021", "kosten", Rest::Anders),
            ("gemeente bron", "gemeente", Rest::Onbekend),
            ("gemeente ouder", "gemeente", Rest::Anders),
            ("moedergemeente", "gemeente", Rest::Anders),
            ("vorige verwijzer", "verwijzer", Rest::Anders),
            ("onbegeleid", "begeleid", Rest::Anders),
            ("verwijzer 2", "verwijzer", Rest::Anders),
            ("startdatumzorg", "startdatum", Rest::Neutral),
        ] {
            assert_eq!(
                qualifiers.rest(&words(header), &words(name)),
                expected,
                "{header} / {name}"
            );
        }
    }

    /// An uitvraag about something else has other words.
    #[test]
    fn words_of_a_field_of_work_come_from_the_definition() {
        let own = MappingWords::default();
        let qualifiers = Qualifiers {
            words: &own,
            jaar: 2020,
            counts: false,
        };
        let rest = |header| qualifiers.rest(&words(header), &words("gemeente"));
        assert_eq!(rest("gemeente kind"), Rest::Onbekend);
        assert_eq!(rest("gemeente ouder"), Rest::Onbekend);
        assert_eq!(rest("vorige gemeente"), Rest::Anders);
        assert_eq!(qualifiers.written_out("cl"), None);
    }
}
