//! Changing one answer in `toelichtingen.toml` and nothing else.
//!
//! Owns edits by the place of a value in the text, so that remarks, order and other answers stay as a person wrote
//! them. Leaves reading and asking to the module above.

use std::ops::Range;

use toml::Spanned;

use super::{Bestand, Ruw};

/// Gives a question an answer over the data of this name; an earlier answer, if another, stays as a comment.
pub fn answer(tekst: &str, code: &str, (antwoord, woorden): (&str, &str), sleutel: Option<&str>) -> String {
    edit(tekst, code, |ruw| {
        let zelfde = value(&ruw.antwoord) == antwoord && value(&ruw.woorden) == woorden;
        let waarden =
            [("antwoord", &ruw.antwoord, Some(antwoord)), ("woorden", &ruw.woorden, Some(woorden)), ("sleutel", &ruw.sleutel, sleutel)];
        (earlier(ruw).filter(|_| !zelfde), changes(ruw, waarden))
    })
}

/// Opens a question again over the data of this name; its answer stays as a comment.
pub fn reopen(tekst: &str, code: &str, sleutel: Option<&str>) -> String {
    edit(tekst, code, |ruw| {
        let waarden = [("antwoord", &ruw.antwoord, Some("")), ("woorden", &ruw.woorden, Some("")), ("sleutel", &ruw.sleutel, sleutel)];
        (earlier(ruw), changes(ruw, waarden))
    })
}

/// Gives an open question the name of the data it is asked over now.
pub fn rename(tekst: &str, code: &str, sleutel: Option<&str>) -> String {
    edit(tekst, code, |ruw| (None, changes(ruw, [("sleutel", &ruw.sleutel, sleutel)])))
}

/// A piece of text and what comes in its place.
type Wijziging = (Range<usize>, String);

/// Applies a comment above the question's code and changes to its values; text without that question stays as it is.
fn edit(tekst: &str, code: &str, wijzig: impl Fn(&Ruw) -> (Option<String>, Vec<Wijziging>)) -> String {
    let bestand: Option<Bestand> = toml::from_str(tekst).ok();
    let Some(ruw) = bestand.iter().flat_map(|b| &b.toelichting).find(|ruw| ruw.code.get_ref() == code) else { return tekst.to_owned() };
    let (opmerking, mut wijzigingen) = wijzig(ruw);
    if let Some(opmerking) = opmerking {
        let regel = tekst[..ruw.code.span().start].rfind('\n').map_or(0, |at| at + 1);
        wijzigingen.push((regel..regel, format!("# Eerder, over andere gegevens: {opmerking}\n")));
    }
    // From the end, so that the places before stay right.
    wijzigingen.sort_by_key(|(plek, _)| std::cmp::Reverse(plek.start));
    let mut uit = tekst.to_owned();
    for (plek, nieuw) in wijzigingen {
        uit.replace_range(plek, &nieuw);
    }
    uit
}

/// A key, its value as it stands, and what it becomes; `None` leaves it.
type Waarde<'a> = (&'static str, &'a Option<Spanned<String>>, Option<&'a str>);

/// Each value in its place, or right behind the code where the key is not there.
fn changes<const N: usize>(ruw: &Ruw, waarden: [Waarde<'_>; N]) -> Vec<Wijziging> {
    let mut uit = Vec::new();
    let mut nieuw = String::new();
    for (sleutel, oud, waarde) in waarden {
        let Some(waarde) = waarde else { continue };
        let letterlijk = toml::Value::String(waarde.to_owned()).to_string();
        match oud {
            Some(oud) => uit.push((oud.span(), letterlijk)),
            None => nieuw += &format!("\n{sleutel} = {letterlijk}"),
        }
    }
    if !nieuw.is_empty() {
        let eind = ruw.code.span().end;
        uit.push((eind..eind, nieuw));
    }
    uit
}

fn value(deel: &Option<Spanned<String>>) -> &str {
    deel.as_ref().map_or("", |tekst| tekst.get_ref())
}

/// The answer so far on one line, if there is one.
fn earlier(ruw: &Ruw) -> Option<String> {
    let delen = [value(&ruw.antwoord), value(&ruw.woorden)].map(|deel| deel.split_whitespace().collect::<Vec<_>>().join(" "));
    let gevuld: Vec<String> = delen.into_iter().filter(|deel| !deel.is_empty()).collect();
    (!gevuld.is_empty()).then(|| gevuld.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEKST: &str = "# van mij\n[[toelichting]]\ncode = 'A' # eerste\nwoorden = \"\"\"\nveel\nregels\"\"\"\nantwoord = 'klopt'\n\n[[toelichting]]\ncode = \"B\"\n# slot\n";

    #[test]
    fn only_the_values_change() {
        let uit = answer(TEKST, "A", ("wordt_hersteld", "ooit"), Some("s1"));
        assert_eq!(
            uit,
            "# van mij\n[[toelichting]]\n# Eerder, over andere gegevens: klopt, veel regels\ncode = 'A'\nsleutel = \"s1\" # eerste\n\
             woorden = \"ooit\"\nantwoord = \"wordt_hersteld\"\n\n[[toelichting]]\ncode = \"B\"\n# slot\n"
        );
        let uit = answer(TEKST, "B", ("klopt", ""), None);
        assert!(uit.ends_with("code = \"B\"\nantwoord = \"klopt\"\nwoorden = \"\"\n# slot\n"), "{uit}");
        assert_eq!(answer(TEKST, "C", ("klopt", ""), None), TEKST);
    }

    #[test]
    fn the_same_answer_again_only_gets_the_new_name() {
        let een = answer(
            "[[toelichting]]\ncode = \"A\"\nantwoord = \"klopt\"\nwoorden = \"\"\nsleutel = \"oud\"\n",
            "A",
            ("klopt", ""),
            Some("nieuw"),
        );
        assert_eq!(een, "[[toelichting]]\ncode = \"A\"\nantwoord = \"klopt\"\nwoorden = \"\"\nsleutel = \"nieuw\"\n");
        assert_eq!(rename(&een, "A", Some("later")), een.replace("nieuw", "later"));
    }
}
