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
    Neutraal,
    /// Words that may mean anything.
    Onbekend,
    /// Words that make it someone else's, or of another time.
    Anders,
}

/// Words that add nothing to the name of a field: everything in the file is about the help to the child.
const NEUTRAAL: [&str; 18] = [
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
const VAN_WIE: [&str; 48] = [
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
const WANNEER: [&str; 44] = [
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
const BINNENIN: usize = 5;

/// What a header says beside a name; both as sets of words. `jaar` is that of the uitvraag.
pub(crate) fn rest(kop: &BTreeSet<String>, naam: &BTreeSet<String>, jaar: i32) -> Rest {
    kop.difference(naam)
        .map(|woord| judge(woord, naam, jaar))
        .max()
        .unwrap_or(Rest::Niets)
}

/// The word in a header that makes it something else than a field of this name.
pub(crate) fn changing_word<'a>(
    kop: &'a BTreeSet<String>,
    naam: &BTreeSet<String>,
    jaar: i32,
) -> Option<&'a str> {
    kop.iter()
        .filter(|woord| !naam.contains(*woord))
        .find(|woord| judge(woord, naam, jaar) == Rest::Anders)
        .map(String::as_str)
}

fn judge(woord: &str, naam: &BTreeSet<String>, jaar: i32) -> Rest {
    if !woord.is_empty() && woord.bytes().all(|b| b.is_ascii_digit()) {
        let van_dit_jaar = woord == jaar.to_string() || woord == format!("{:02}", jaar % 100);
        // Any other number is another year, or the second of something.
        return if van_dit_jaar {
            Rest::Niets
        } else {
            Rest::Anders
        };
    }
    if NEUTRAAL.contains(&woord) {
        return Rest::Neutraal;
    }
    if changes(woord) {
        return Rest::Anders;
    }
    // A slip of the pen in a word of the name, or two words written as one.
    if naam
        .iter()
        .any(|n| n.len() >= BINNENIN && likeness(n, woord) >= SAME_WORD)
    {
        return if opposite(woord, naam) {
            Rest::Anders
        } else {
            Rest::Niets
        };
    }
    let los = naam
        .iter()
        .filter(|n| n.len() >= BINNENIN)
        .find_map(|n| woord.split_once(n.as_str()));
    if let Some((voor, na)) = los {
        return [voor, na]
            .into_iter()
            .filter(|deel| !deel.is_empty())
            .map(|deel| judge(deel, naam, jaar))
            .max()
            .unwrap_or(Rest::Niets);
    }
    let erin = |lijst: &[&str]| {
        lijst
            .iter()
            .any(|w| w.len() >= BINNENIN && (woord.starts_with(w) || woord.ends_with(w)))
    };
    if erin(&VAN_WIE) || erin(&WANNEER) {
        Rest::Anders
    } else {
        Rest::Onbekend
    }
}

fn changes(woord: &str) -> bool {
    VAN_WIE.contains(&woord) || WANNEER.contains(&woord) || woord == "on"
}

/// `onbegeleid` beside `begeleid`.
fn opposite(woord: &str, naam: &BTreeSet<String>) -> bool {
    let voor = |kort: &str| {
        ["on", "niet", "non"]
            .iter()
            .any(|v| woord.strip_prefix(v) == Some(kort))
    };
    naam.iter().any(|n| voor(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn woorden(tekst: &str) -> BTreeSet<String> {
        tekst.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn what_stands_beside_a_name_is_judged() {
        for (kop, naam, verwacht) in [
            ("gemeente", "gemeente", Rest::Niets),
            ("gemeete", "gemeente", Rest::Niets),
            ("gemeente kind", "gemeente", Rest::Neutraal),
            ("kosten 2020", "kosten", Rest::Niets),
            ("kosten 20", "kosten", Rest::Niets),
            ("kosten 2021", "kosten", Rest::Anders),
            ("gemeente bron", "gemeente", Rest::Onbekend),
            ("gemeente ouder", "gemeente", Rest::Anders),
            ("moedergemeente", "gemeente", Rest::Anders),
            ("vorige verwijzer", "verwijzer", Rest::Anders),
            ("onbegeleid", "begeleid", Rest::Anders),
            ("verwijzer 2", "verwijzer", Rest::Anders),
            ("startdatumzorg", "startdatum", Rest::Neutraal),
        ] {
            assert_eq!(
                rest(&woorden(kop), &woorden(naam), 2020),
                verwacht,
                "{kop} / {naam}"
            );
        }
    }
}
