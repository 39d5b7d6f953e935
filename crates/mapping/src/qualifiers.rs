//! What a header says beside the name of a field, and whether that makes it something else.
//!
//! Owns the one list of words that change whose or when a value is, and the list of words that add nothing. Any
//! other word is unknown: it may change the meaning, so it keeps a match from being sure as well. Leaves weighing to
//! `headers`.

use std::collections::BTreeSet;

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

/// Words that add nothing to the name of a field: everything in the file is about the help to the child.
const NEUTRAL: [&str; 18] = [
    "zorg",
    "hulp",
    "hulpverlening",
    "jeugdhulp",
    "traject",
    "zorgtraject",
    "omgang",
    "omgangsbegeleiding",
    "begeleiding",
    "kind",
    "client",
    "jeugdige",
    "totaal",
    "totale",
    "dit",
    "code",
    "soort",
    "type",
];

/// Words that change whose it is.
const WHOSE: [&str; 48] = [
    "ouder",
    "moeder",
    "vader",
    "ouders",
    "opvoeder",
    "verzorger",
    "verzorgende",
    "gezaghebbende",
    "partner",
    "stiefouder",
    "pleegouder",
    "pleegouders",
    "pleeggezin",
    "grootouder",
    "opa",
    "oma",
    "broer",
    "broertje",
    "zus",
    "zusje",
    "voogd",
    "gezinsvoogd",
    "uitwonende",
    "uitwonend",
    "inwonende",
    "inwonend",
    "bezoekende",
    "aanbieder",
    "zorgaanbieder",
    "hoofdaannemer",
    "onderaannemer",
    "school",
    "vestiging",
    "locatie",
    "kantoor",
    "omgangshuis",
    "instelling",
    "organisatie",
    "verwijzer",
    "medewerker",
    "behandelaar",
    "contactpersoon",
    "contact",
    "factuur",
    "andere",
    "ander",
    "tweede",
    "extra",
];

/// Words that change of when it is, or that it is so at all.
const WHEN: [&str; 44] = [
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
    "kwartaal",
    "maand",
    "week",
    "per",
    "gepland",
    "geplande",
    "verwacht",
    "verwachte",
    "beoogd",
    "beoogde",
    "gewenst",
    "gewenste",
    "streef",
    "begroot",
    "begrote",
    "geraamd",
    "geraamde",
    "indicatie",
    "beschikking",
    "toewijzing",
    "verlenging",
    "doorgezet",
    "doorverwezen",
    "niet",
    "geen",
    "zonder",
    "non",
    "ex",
    "nooit",
];

/// A shorter word is found in too many others to be looked for inside them.
const INSIDE_WORD: usize = 5;

/// What a header says beside a name; both as sets of words. `jaar` is that of the uitvraag.
pub(crate) fn rest(header: &BTreeSet<String>, name: &BTreeSet<String>, jaar: i32) -> Rest {
    header
        .difference(name)
        .map(|word| judge(word, name, jaar))
        .max()
        .unwrap_or(Rest::Niets)
}

/// The word in a header that makes it something else than a field of this name.
pub(crate) fn changing_word<'a>(
    header: &'a BTreeSet<String>,
    name: &BTreeSet<String>,
    jaar: i32,
) -> Option<&'a str> {
    header
        .iter()
        .filter(|word| !name.contains(*word))
        .find(|word| judge(word, name, jaar) == Rest::Anders)
        .map(String::as_str)
}

fn judge(word: &str, name: &BTreeSet<String>, jaar: i32) -> Rest {
    if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
        let of_this_year = word == jaar.to_string() || word == format!("{:02}", jaar % 100);
        // Any other number is another year, or the second of something.
        return if of_this_year {
            Rest::Niets
        } else {
            Rest::Anders
        };
    }
    if NEUTRAL.contains(&word) {
        return Rest::Neutral;
    }
    if changes(word) {
        return Rest::Anders;
    }
    // A slip of the pen in a word of the name, or two words written as one.
    if name
        .iter()
        .any(|n| n.len() >= INSIDE_WORD && likeness(n, word) >= SAME_WORD)
    {
        return if opposite(word, name) {
            Rest::Anders
        } else {
            Rest::Niets
        };
    }
    let loose = name
        .iter()
        .filter(|n| n.len() >= INSIDE_WORD)
        .find_map(|n| word.split_once(n.as_str()));
    if let Some((before, after)) = loose {
        return [before, after]
            .into_iter()
            .filter(|part| !part.is_empty())
            .map(|part| judge(part, name, jaar))
            .max()
            .unwrap_or(Rest::Niets);
    }
    let contained = |list: &[&str]| {
        list.iter()
            .any(|w| w.len() >= INSIDE_WORD && (word.starts_with(w) || word.ends_with(w)))
    };
    if contained(&WHOSE) || contained(&WHEN) {
        Rest::Anders
    } else {
        Rest::Onbekend
    }
}

fn changes(word: &str) -> bool {
    WHOSE.contains(&word) || WHEN.contains(&word) || word == "on"
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
                rest(&words(header), &words(name), 2020),
                expected,
                "{header} / {name}"
            );
        }
    }
}
