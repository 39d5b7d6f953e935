//! `toelichtingen.toml`: the questions about signalen, and the aanbieder's answers.
//!
//! Owns the form of that file, which a person fills in: written with the question in comments, read with every mistake
//! named by rule code. Never writes over an answer. Leaves what an answer does to the service.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use schema::pakket::{Antwoord, Toelichting};
use schema::tekst::duizendtal;
use schema::{Bevinding, Definitie, RegelTelling};
use serde::Deserialize;

use crate::fout::Fout;
use crate::opties::write_whole;
use crate::uitvoer::{kort, veilig};

const KOP: &str = "\
# Vragen over uw levering. Vul bij elke vraag een antwoord in en eventueel een toelichting.
#
#   antwoord = \"klopt\"                   de gegevens kloppen zoals ze er staan
#   antwoord = \"registratie_onvolledig\"  het is niet (goed) bijgehouden
#   antwoord = \"wordt_hersteld\"          u verbetert het in een volgende levering
#   antwoord = \"anders\"                  iets anders: leg dat uit achter woorden
#
# Alleen het antwoord kan bij de cijfers komen te staan. De woorden leest alleen de coördinator.
# Schrijf hier geen namen of andere gegevens van kinderen.
";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bestand {
    #[serde(default)]
    toelichting: Vec<Ruw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ruw {
    code: String,
    #[serde(default)]
    antwoord: String,
    #[serde(default)]
    woorden: String,
}

/// A file with answers.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Toelichtingen {
    /// What was answered.
    pub gegeven: Vec<Toelichting>,
    /// Every code that has a question in the file.
    pub gevraagd: BTreeSet<String>,
}

/// Reads the file; one that does not exist holds no answers.
pub fn read(pad: &Path) -> Result<Toelichtingen, Fout> {
    if !pad.exists() {
        return Ok(Toelichtingen::default());
    }
    let tekst = fs::read_to_string(pad).map_err(|e| Fout::bestand("kan de toelichtingen niet lezen", pad, &e))?;
    parse(&tekst).map_err(|reden| {
        Fout::new(format!("de toelichtingen kloppen niet: {}", pad.display()))
            .oorzaak(reden)
            .tip("Vul achter antwoord in: klopt, registratie_onvolledig, wordt_hersteld of anders.")
    })
}

fn parse(tekst: &str) -> Result<Toelichtingen, String> {
    let bestand: Bestand = toml::from_str(tekst.trim_start_matches('\u{feff}')).map_err(|e| e.to_string().trim().to_owned())?;
    let mut uit = Toelichtingen::default();
    for ruw in bestand.toelichting {
        if !uit.gevraagd.insert(ruw.code.clone()) {
            return Err(format!("{} staat er twee keer in", ruw.code));
        }
        let antwoord = match ruw.antwoord.trim() {
            "" => continue,
            "klopt" => Antwoord::Klopt,
            "registratie_onvolledig" => Antwoord::RegistratieOnvolledig,
            "wordt_hersteld" => Antwoord::WordtHersteld,
            "anders" => Antwoord::Anders,
            _ => return Err(format!("bij {} staat een antwoord dat niet bestaat", ruw.code)),
        };
        let woorden = ruw.woorden.trim().to_owned();
        if antwoord == Antwoord::Anders && woorden.is_empty() {
            return Err(format!("bij {} staat \"anders\" zonder woorden", ruw.code));
        }
        uit.gegeven.push(Toelichting { code: ruw.code, antwoord, woorden });
    }
    Ok(uit)
}

/// A question: the rule, how often it spoke, and a few of the places.
pub struct Vraag<'a> {
    /// The rule and how often.
    pub regel: &'a RegelTelling,
    /// Findings to show as examples.
    pub voorbeelden: Vec<&'a Bevinding>,
}

/// Puts the questions that are not in the file yet at its end. Gives how many were added.
pub fn add_questions(pad: &Path, definitie: &Definitie, vragen: &[Vraag<'_>]) -> Result<usize, Fout> {
    let al = read(pad)?.gevraagd;
    let mut tekst = if pad.exists() {
        fs::read_to_string(pad).map_err(|e| Fout::bestand("kan de toelichtingen niet lezen", pad, &e))?
    } else {
        KOP.to_owned()
    };
    let nieuw: Vec<&Vraag<'_>> = vragen.iter().filter(|v| !al.contains(&v.regel.code)).collect();
    for vraag in &nieuw {
        write_question(&mut tekst, definitie, vraag);
    }
    if !nieuw.is_empty() {
        write_whole(pad, tekst.as_bytes())?;
    }
    Ok(nieuw.len())
}

fn write_question(tekst: &mut String, definitie: &Definitie, vraag: &Vraag<'_>) {
    let regel = definitie.regel(&vraag.regel.code);
    let titel = regel.map_or_else(|| vraag.regel.code.clone(), |r| r.tekst.titel.clone());
    let _ = writeln!(tekst, "\n# {} ({} keer)", veilig(&titel), duizendtal(vraag.regel.aantal));
    if let Some(regel) = regel {
        let _ = writeln!(tekst, "# Waarom dit gevraagd wordt: {}", veilig(&regel.tekst.reden));
    }
    for bevinding in &vraag.voorbeelden {
        let plaats = bevinding.plaats.cel.clone().or_else(|| bevinding.plaats.rij.map(|r| format!("rij {r}"))).unwrap_or_default();
        let _ = writeln!(tekst, "# Bijvoorbeeld {}: {}", kort(&plaats), veilig(&bevinding.bericht));
    }
    let _ = writeln!(tekst, "[[toelichting]]\ncode = \"{}\"\nantwoord = \"\"\nwoorden = \"\"", veilig(&vraag.regel.code).replace('"', ""));
}

#[cfg(test)]
mod tests {
    use super::*;
    use schema::Ernst;

    #[test]
    fn a_filled_file_gives_the_answers_and_an_empty_answer_stays_a_question() {
        let uit = parse(
            "[[toelichting]]\ncode = \"A\"\nantwoord = \"klopt\"\nwoorden = \" zo is het \"\n[[toelichting]]\ncode = \"B\"\nantwoord = \"\"\n",
        )
        .unwrap();
        assert_eq!(uit.gegeven, [Toelichting { code: "A".into(), antwoord: Antwoord::Klopt, woorden: "zo is het".into() }]);
        assert_eq!(uit.gevraagd.len(), 2);
    }

    #[test]
    fn mistakes_are_named_by_rule() {
        for (tekst, wat) in [
            ("[[toelichting]]\ncode = \"A\"\nantwoord = \"ja\"", "A staat een antwoord"),
            ("[[toelichting]]\ncode = \"A\"\nantwoord = \"anders\"", "zonder woorden"),
            ("[[toelichting]]\ncode = \"A\"\n[[toelichting]]\ncode = \"A\"", "twee keer"),
            ("[[toelichting]]\ncode = \"A\"\nantwoordt = \"\"", "antwoordt"),
        ] {
            let fout = parse(tekst).unwrap_err();
            assert!(fout.contains(wat), "{fout}");
        }
    }

    #[test]
    fn asking_again_never_touches_an_answer() {
        let map = tempfile::tempdir().unwrap();
        let pad = map.path().join("t.toml");
        let definitie = Definitie::load("omgang/2020").unwrap();
        let telling = |code: &str| RegelTelling { code: code.to_owned(), ernst: Ernst::Signaal, aantal: 1200 };
        let (a, b) = (telling("EEN"), telling("TWEE"));
        let vraag = |regel| Vraag { regel, voorbeelden: Vec::new() };
        assert_eq!(add_questions(&pad, &definitie, &[vraag(&a)]).unwrap(), 1);
        let ingevuld = fs::read_to_string(&pad).unwrap().replace("antwoord = \"\"", "antwoord = \"klopt\" # zeker");
        fs::write(&pad, &ingevuld).unwrap();
        assert_eq!(add_questions(&pad, &definitie, &[vraag(&a), vraag(&b)]).unwrap(), 1);
        assert!(fs::read_to_string(&pad).unwrap().starts_with(&ingevuld));
        let uit = read(&pad).unwrap();
        assert_eq!((uit.gegeven.len(), uit.gevraagd.len()), (1, 2));
    }
}
