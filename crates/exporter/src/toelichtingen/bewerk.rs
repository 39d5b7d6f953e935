//! Changing one answer in `toelichtingen.toml` and nothing else.
//!
//! Owns edits by the place of a value in the text, so that remarks, order and other answers stay as a person wrote
//! them. Leaves reading and asking to the module above.

use std::ops::Range;

use toml::Spanned;

use super::{Bestand, Ruw, is_uitleg};

/// Gives a question an answer over the data of this name; what was answered over other data, if another, stays as a
/// comment.
pub fn answer(
    tekst: &str,
    code: &str,
    nu: (&str, &str),
    sleutel: Option<&str>,
    eerder: Option<(&str, &str)>,
) -> String {
    edit(tekst, code, |ruw| {
        let waarden = [
            ("antwoord", &ruw.antwoord, Some(nu.0)),
            ("woorden", &ruw.woorden, Some(nu.1)),
            ("sleutel", &ruw.sleutel, sleutel),
        ];
        (
            eerder
                .filter(|eerder| *eerder != nu)
                .and_then(|(antwoord, woorden)| earlier(antwoord, woorden)),
            changes(ruw, waarden),
        )
    })
}

/// Opens a question again over the data of this name; its answer stays as a comment.
pub fn reopen(tekst: &str, code: &str, sleutel: Option<&str>) -> String {
    edit(tekst, code, |ruw| {
        let waarden = [
            ("antwoord", &ruw.antwoord, Some("")),
            ("woorden", &ruw.woorden, Some("")),
            ("sleutel", &ruw.sleutel, sleutel),
        ];
        (
            earlier(value(&ruw.antwoord), value(&ruw.woorden)),
            changes(ruw, waarden),
        )
    })
}

/// Gives an open question the name of the data it is asked over now.
pub fn rename(tekst: &str, code: &str, sleutel: Option<&str>) -> String {
    edit(tekst, code, |ruw| {
        (None, changes(ruw, [("sleutel", &ruw.sleutel, sleutel)]))
    })
}

/// Renews the comments above a question that an earlier run wrote; those of a person stay, and who took ours away gets
/// none back.
pub fn explain(tekst: &str, code: &str, uitleg: &str) -> String {
    let Some(kop) = heading(tekst, code) else {
        return tekst.to_owned();
    };
    let begin = tekst[..kop]
        .split_inclusive('\n')
        .rev()
        .take_while(|regel| regel.starts_with('#'))
        .map(str::len)
        .sum::<usize>();
    let (voor, opmerkingen) = tekst[..kop].split_at(kop - begin);
    if !opmerkingen.lines().any(is_uitleg) {
        return tekst.to_owned();
    }
    let mut uit = voor.to_owned();
    let mut gezegd = false;
    for regel in opmerkingen.split_inclusive('\n') {
        match (is_uitleg(regel), gezegd) {
            (false, _) => uit.push_str(regel),
            (true, true) => {}
            (true, false) => {
                uit.push_str(uitleg);
                gezegd = true;
            }
        }
    }
    uit + &tekst[kop..]
}

/// Where the line `[[toelichting]]` of a question begins.
fn heading(tekst: &str, code: &str) -> Option<usize> {
    let bestand: Bestand = toml::from_str(tekst).ok()?;
    let ruw = bestand
        .toelichting
        .iter()
        .find(|ruw| ruw.code.get_ref() == code)?;
    let kop = tekst[..ruw.code.span().start].rfind("[[")?;
    Some(tekst[..kop].rfind('\n').map_or(0, |at| at + 1))
}

/// A piece of text and what comes in its place.
type Wijziging = (Range<usize>, String);

/// Applies a comment above the question's code and changes to its values; text without that question stays as it is.
fn edit(
    tekst: &str,
    code: &str,
    wijzig: impl Fn(&Ruw) -> (Option<String>, Vec<Wijziging>),
) -> String {
    let bestand: Option<Bestand> = toml::from_str(tekst).ok();
    let Some(ruw) = bestand
        .iter()
        .flat_map(|b| &b.toelichting)
        .find(|ruw| ruw.code.get_ref() == code)
    else {
        return tekst.to_owned();
    };
    let (opmerking, mut wijzigingen) = wijzig(ruw);
    if let Some(opmerking) = opmerking {
        let regel = tekst[..ruw.code.span().start]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let opmerking = format!("# Eerder, over andere gegevens: {opmerking}\n");
        if !tekst[..regel].ends_with(&opmerking) {
            wijzigingen.push((regel..regel, opmerking));
        }
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

/// An answer on one line, if there is one.
fn earlier(antwoord: &str, woorden: &str) -> Option<String> {
    let delen =
        [antwoord, woorden].map(|deel| deel.split_whitespace().collect::<Vec<_>>().join(" "));
    let gevuld: Vec<String> = delen.into_iter().filter(|deel| !deel.is_empty()).collect();
    (!gevuld.is_empty()).then(|| gevuld.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEKST: &str = "# van mij\n[[toelichting]]\ncode = 'A' # eerste\nwoorden = \"\"\"\nveel\nregels\"\"\"\nantwoord = 'klopt'\n\n[[toelichting]]\ncode = \"B\"\n# slot\n";

    #[test]
    fn only_the_values_change() {
        let uit = answer(
            TEKST,
            "A",
            ("wordt_hersteld", "ooit"),
            Some("s1"),
            Some(("klopt", "veel\nregels")),
        );
        assert_eq!(
            uit,
            "# van mij\n[[toelichting]]\n# Eerder, over andere gegevens: klopt, veel regels\ncode = 'A'\nsleutel = \"s1\" # eerste\n\
             woorden = \"ooit\"\nantwoord = \"wordt_hersteld\"\n\n[[toelichting]]\ncode = \"B\"\n# slot\n"
        );
        let uit = answer(TEKST, "B", ("klopt", ""), None, None);
        assert!(
            uit.ends_with("code = \"B\"\nantwoord = \"klopt\"\nwoorden = \"\"\n# slot\n"),
            "{uit}"
        );
        assert_eq!(answer(TEKST, "C", ("klopt", ""), None, None), TEKST);
    }

    #[test]
    fn the_same_answer_again_only_gets_the_new_name() {
        let een = answer(
            "[[toelichting]]\ncode = \"A\"\nantwoord = \"klopt\"\nwoorden = \"\"\nsleutel = \"oud\"\n",
            "A",
            ("klopt", ""),
            Some("nieuw"),
            Some(("klopt", "")),
        );
        assert_eq!(
            een,
            "[[toelichting]]\ncode = \"A\"\nantwoord = \"klopt\"\nwoorden = \"\"\nsleutel = \"nieuw\"\n"
        );
        assert_eq!(
            rename(&een, "A", Some("later")),
            een.replace("nieuw", "later")
        );
    }

    /// An answer is kept before its words are asked: those two are one answer, over the same data.
    #[test]
    fn an_answer_in_two_steps_is_not_its_own_predecessor() {
        let vers = answer(TEKST, "B", ("klopt", ""), Some("s"), None);
        let vers = answer(&vers, "B", ("klopt", "zo is het"), Some("s"), None);
        assert!(!vers.contains("# Eerder"), "{vers}");
        let oud = Some(("klopt", "veel regels"));
        let nieuw = answer(TEKST, "A", ("anders", ""), Some("s"), oud);
        let nieuw = answer(&nieuw, "A", ("anders", "iets"), Some("s"), oud);
        assert_eq!(
            nieuw
                .matches("# Eerder, over andere gegevens: klopt, veel regels\n")
                .count(),
            1,
            "{nieuw}"
        );
    }

    /// Counts and places of a question stayed those of the data it was first asked over.
    #[test]
    fn comments_are_renewed_and_those_of_a_person_stay() {
        let oud = "[[toelichting]]\ncode = \"A\"\n\n# Lang gewacht (10 keer)\n# Waarom dit gevraagd wordt: zo.\n# nog nakijken\n\
                   # Bijvoorbeeld G6: lang.\n[[toelichting]]\ncode = \"B\"\n";
        let nieuw = explain(
            oud,
            "B",
            "# Lang gewacht (9 keer)\n# Bijvoorbeeld G5: lang.\n",
        );
        let verwacht = "[[toelichting]]\ncode = \"A\"\n\n# Lang gewacht (9 keer)\n# Bijvoorbeeld G5: lang.\n# nog nakijken\n\
                        [[toelichting]]\ncode = \"B\"\n";
        assert_eq!(nieuw, verwacht);
        assert_eq!(explain(oud, "A", "# x\n"), oud, "there was none of ours");
        assert_eq!(explain(oud, "C", "# x\n"), oud);
    }
}
