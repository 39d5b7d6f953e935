//! `toelichtingen.toml`: the questions about signalen, and the aanbieder's answers.
//!
//! Owns the form of that file, which a person fills in: written with the question in comments, read with every mistake
//! named by rule code. Never loses an answer. Each answer names the data it was given over (`sleutel`), so that it
//! holds exactly as long as those are the same. Leaves asking at a terminal to `vragenlijst`, what an answer does to
//! the service.

mod bewerk;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use schema::pakket::{Antwoord, Toelichting};
use schema::tekst::{duizendtal, onzichtbaar};
use schema::{Bevinding, Definitie, Ernst, Oordeel, RegelTelling};
use serde::Deserialize;

use crate::fout::Fout;
use crate::invoer;
use crate::opties::write_whole;
use crate::uitvoer::veilig;

const KOP: &str = "\
# Vragen over uw levering. Vul bij elke vraag een antwoord in en eventueel een toelichting.
#
#   antwoord = \"klopt\"                   de gegevens kloppen zoals ze er staan
#   antwoord = \"registratie_onvolledig\"  het is niet (goed) bijgehouden
#   antwoord = \"wordt_hersteld\"          u verbetert het in een volgende levering
#   antwoord = \"anders\"                  iets anders: leg dat uit achter woorden
#
# Alleen het antwoord kan bij de cijfers komen te staan. De woorden leest alleen de coördinator.
# Schrijf hier geen namen of andere gegevens van kinderen. Laat de regel met de sleutel staan: daaraan ziet het
# programma of uw antwoord nog bij uw gegevens hoort.
";

/// The coded reasons: the code and what it says.
pub const ANTWOORDEN: [(Antwoord, &str, &str); 4] = [
    (
        Antwoord::Klopt,
        "klopt",
        "de gegevens kloppen zoals ze er staan",
    ),
    (
        Antwoord::RegistratieOnvolledig,
        "registratie_onvolledig",
        "het is niet (goed) bijgehouden",
    ),
    (
        Antwoord::WordtHersteld,
        "wordt_hersteld",
        "u verbetert het in een volgende levering",
    ),
    (Antwoord::Anders, "anders", "iets anders: leg dat uit"),
];

/// The code of a reason.
pub fn naam(antwoord: Antwoord) -> &'static str {
    ANTWOORDEN
        .iter()
        .find(|(soort, ..)| *soort == antwoord)
        .map_or("", |(_, naam, _)| naam)
}

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
    antwoord: Option<String>,
    woorden: Option<String>,
    sleutel: Option<String>,
}

impl Ruw {
    /// The answer; `None` while it is empty.
    fn read(&self) -> Result<Option<Gegeven>, String> {
        let tekst = |deel: &Option<String>| deel.as_deref().unwrap_or_default().trim().to_owned();
        let (code, antwoord, woorden) = (
            self.code.clone(),
            tekst(&self.antwoord),
            tekst(&self.woorden),
        );
        if antwoord.is_empty() {
            return Ok(None);
        }
        let Some((antwoord, ..)) = ANTWOORDEN.iter().find(|(_, naam, _)| *naam == antwoord) else {
            return Err(format!("bij {code} staat een antwoord dat niet bestaat"));
        };
        if *antwoord == Antwoord::Anders && woorden.is_empty() {
            return Err(format!("bij {code} staat \"anders\" zonder woorden"));
        }
        fit(&woorden).map_err(|reden| format!("de woorden bij {code} kunnen niet mee: {reden}"))?;
        let sleutel = Some(tekst(&self.sleutel)).filter(|s| !s.is_empty());
        Ok(Some(Gegeven {
            toelichting: Toelichting {
                code,
                antwoord: *antwoord,
                woorden,
            },
            sleutel,
        }))
    }
}

/// Whether words may travel: the service refuses the same.
pub fn fit(woorden: &str) -> Result<(), String> {
    const LANGST: usize = 2_000;
    if woorden.chars().count() > LANGST {
        return Err(format!(
            "ze zijn langer dan {} tekens",
            duizendtal(LANGST as u64)
        ));
    }
    if woorden
        .chars()
        .any(|c| onzichtbaar(c) && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err("er staan onzichtbare tekens in; typ de tekst opnieuw".to_owned());
    }
    if pakket::bsn::in_tekst(woorden) {
        return Err(
            "er staat iets in dat op een burgerservicenummer lijkt; haal het weg".to_owned(),
        );
    }
    Ok(())
}

/// An answer, and the name of the data it was given over; without one it is taken at its word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gegeven {
    /// The answer.
    pub toelichting: Toelichting,
    /// What `check` calls the findings it is about.
    pub sleutel: Option<String>,
}

/// A file with answers.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Toelichtingen {
    /// What was answered.
    pub gegeven: Vec<Gegeven>,
    /// Every code that has a question in the file.
    pub gevraagd: BTreeSet<String>,
}

impl Toelichtingen {
    /// The answer to this rule, and whether it is about what this judgement found. Where either side has no name for
    /// the data, it is.
    pub fn voor(&self, code: &str, oordeel: &Oordeel) -> Option<(&Toelichting, bool)> {
        let gegeven = self.gegeven.iter().find(|g| g.toelichting.code == code)?;
        let nu = check::toelichting_sleutel(oordeel, code);
        let zelfde = gegeven
            .sleutel
            .as_ref()
            .zip(nu.as_ref())
            .is_none_or(|(toen, nu)| toen == nu);
        Some((&gegeven.toelichting, zelfde))
    }

    /// The answers that are about what this judgement found.
    pub fn geldig(&self, oordeel: &Oordeel) -> Vec<Toelichting> {
        let passend = signalen(oordeel).filter_map(|regel| self.voor(&regel.code, oordeel));
        passend
            .filter(|(_, zelfde)| *zelfde)
            .map(|(toelichting, _)| toelichting.clone())
            .collect()
    }

    /// The codes of the answers that were given over other data.
    pub fn verouderd(&self, oordeel: &Oordeel) -> Vec<String> {
        let oud = |regel: &&RegelTelling| {
            self.voor(&regel.code, oordeel)
                .is_some_and(|(_, zelfde)| !zelfde)
        };
        signalen(oordeel)
            .filter(oud)
            .map(|regel| regel.code.clone())
            .collect()
    }
}

/// The signalen of a judgement.
pub fn signalen(oordeel: &Oordeel) -> impl Iterator<Item = &RegelTelling> {
    oordeel
        .regels
        .iter()
        .filter(|r| r.ernst == Ernst::Signaal && r.aantal > 0)
}

/// Reads the file; one that does not exist holds no answers.
pub fn read(pad: &Path) -> Result<Toelichtingen, Fout> {
    parse(&text(pad)?).map_err(|reden| {
        Fout::new(format!("de toelichtingen kloppen niet: {}", pad.display()))
            .oorzaak(reden)
            .tip("Vul achter antwoord in: klopt, registratie_onvolledig, wordt_hersteld of anders.")
    })
}

fn text(pad: &Path) -> Result<String, Fout> {
    if !pad.exists() {
        return Ok(String::new());
    }
    invoer::read(pad).map_err(|e| Fout::bestand("kan de toelichtingen niet lezen", pad, &e))
}

fn parse(tekst: &str) -> Result<Toelichtingen, String> {
    let bestand: Bestand = toml::from_str(tekst).map_err(|e| e.to_string().trim().to_owned())?;
    let mut uit = Toelichtingen::default();
    for ruw in bestand.toelichting {
        if !uit.gevraagd.insert(ruw.code.clone()) {
            return Err(format!("{} staat er twee keer in", ruw.code));
        }
        uit.gegeven.extend(ruw.read()?);
    }
    Ok(uit)
}

/// A question: the rule, how often it spoke, and a few of the places.
pub struct Vraag<'a> {
    /// The rule and how often.
    pub regel: &'a RegelTelling,
    /// Findings to show as examples.
    pub voorbeelden: Vec<&'a Bevinding>,
    /// The name of what was found.
    pub sleutel: Option<String>,
    /// A place is shown with the name of its file.
    pub met_bestand: bool,
}

/// What was answered over other data, if anything: the reason and the words.
pub type Eerder<'a> = Option<(Antwoord, &'a str)>;

impl<'a> Vraag<'a> {
    /// The question about one rule of a judgement.
    pub fn new(regel: &'a RegelTelling, oordeel: &'a Oordeel) -> Self {
        let voorbeelden = oordeel
            .bevindingen
            .iter()
            .filter(|b| b.code == regel.code)
            .take(3)
            .collect();
        Self {
            regel,
            voorbeelden,
            sleutel: check::toelichting_sleutel(oordeel, &regel.code),
            met_bestand: oordeel.meer_bestanden,
        }
    }
}

/// Puts the questions in the file: new ones at its end, and those answered over other data open again, with the old
/// answer kept beside them. Gives how many of them have no answer now.
pub fn add_questions(
    pad: &Path,
    definitie: &Definitie,
    vragen: &[Vraag<'_>],
) -> Result<usize, Fout> {
    let (al, mut tekst) = (read(pad)?, text(pad)?);
    let was = tekst.clone();
    let mut open = 0;
    for vraag in vragen {
        let code = &vraag.regel.code;
        let gegeven = al.gegeven.iter().find(|g| g.toelichting.code == *code);
        let zelfde = |g: &Gegeven| {
            g.sleutel
                .as_ref()
                .zip(vraag.sleutel.as_ref())
                .is_none_or(|(toen, nu)| toen == nu)
        };
        match gegeven {
            Some(gegeven) if zelfde(gegeven) => continue,
            Some(_) => tekst = bewerk::reopen(&tekst, code, vraag.sleutel.as_deref()),
            None if al.gevraagd.contains(code) => {
                tekst = bewerk::rename(&tekst, code, vraag.sleutel.as_deref())
            }
            None => write_question(&mut tekst, definitie, vraag),
        }
        tekst = bewerk::explain(&tekst, code, &uitleg(definitie, vraag));
        open += 1;
    }
    if tekst != was {
        write_whole(pad, tekst.as_bytes())?;
    }
    Ok(open)
}

/// Writes an answer to a question, which is added where it is not there yet. What was answered over other data stays as
/// a comment.
pub fn put_answer(
    pad: &Path,
    definitie: &Definitie,
    vraag: &Vraag<'_>,
    (antwoord, woorden): (Antwoord, &str),
    eerder: Eerder<'_>,
) -> Result<(), Fout> {
    let (al, mut tekst) = (read(pad)?, text(pad)?);
    let code = &vraag.regel.code;
    if !al.gevraagd.contains(code) {
        write_question(&mut tekst, definitie, vraag);
    }
    let eerder = eerder.map(|(antwoord, woorden)| (naam(antwoord), woorden));
    let tekst = bewerk::answer(
        &tekst,
        code,
        (naam(antwoord), woorden),
        vraag.sleutel.as_deref(),
        eerder,
    );
    write_whole(
        pad,
        bewerk::explain(&tekst, code, &uitleg(definitie, vraag)).as_bytes(),
    )
}

fn write_question(tekst: &mut String, definitie: &Definitie, vraag: &Vraag<'_>) {
    if tekst.is_empty() {
        tekst.push_str(KOP);
    }
    let _ = write!(tekst, "\n{}", uitleg(definitie, vraag));
    let code = veilig(&vraag.regel.code).replace('"', "");
    let _ = writeln!(
        tekst,
        "[[toelichting]]\ncode = \"{code}\"\nantwoord = \"\"\nwoorden = \"\""
    );
    if let Some(sleutel) = &vraag.sleutel {
        let _ = writeln!(tekst, "sleutel = \"{}\"", veilig(sleutel).replace('"', ""));
    }
}

/// What is asked, how often, why, and where for example: the comments above a question.
fn uitleg(definitie: &Definitie, vraag: &Vraag<'_>) -> String {
    let regel = definitie.regel(&vraag.regel.code);
    let titel = regel.map_or(vraag.regel.code.as_str(), |r| &r.tekst.titel);
    let mut uit = format!(
        "# {} ({}{KEER}\n",
        veilig(titel),
        duizendtal(vraag.regel.aantal)
    );
    if let Some(regel) = regel {
        let _ = writeln!(uit, "{WAAROM} {}", veilig(&regel.tekst.reden));
    }
    for bevinding in &vraag.voorbeelden {
        let plek = bevinding.plaats.plek(vraag.met_bestand);
        // Our own words about what is not there.
        let plek = if plek.is_empty() {
            bevinding.gevonden.as_deref().unwrap_or("uw gegevens")
        } else {
            &plek
        };
        let _ = writeln!(
            uit,
            "{VOORBEELD} {}: {}",
            veilig(plek),
            veilig(&bevinding.bericht)
        );
    }
    uit
}

/// By these a later run knows which comments are its own.
const KEER: &str = " keer)";
const WAAROM: &str = "# Waarom dit gevraagd wordt:";
const VOORBEELD: &str = "# Bijvoorbeeld";

/// Whether a comment above a question was written here.
fn is_uitleg(regel: &str) -> bool {
    let regel = regel.trim();
    regel.starts_with(WAAROM)
        || regel.starts_with(VOORBEELD)
        || (regel.starts_with("# ") && regel.ends_with(KEER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn gegeven(code: &str, antwoord: Antwoord, woorden: &str, sleutel: Option<&str>) -> Gegeven {
        let toelichting = Toelichting {
            code: code.to_owned(),
            antwoord,
            woorden: woorden.to_owned(),
        };
        Gegeven {
            toelichting,
            sleutel: sleutel.map(str::to_owned),
        }
    }

    fn telling(code: &str) -> RegelTelling {
        RegelTelling {
            code: code.to_owned(),
            ernst: Ernst::Signaal,
            aantal: 1200,
        }
    }

    fn vraag<'a>(regel: &'a RegelTelling, sleutel: &str) -> Vraag<'a> {
        Vraag {
            regel,
            voorbeelden: Vec::new(),
            sleutel: Some(sleutel.to_owned()),
            met_bestand: false,
        }
    }

    #[test]
    fn a_filled_file_gives_the_answers_and_an_empty_answer_stays_a_question() {
        let uit = parse(
            "[[toelichting]]\ncode = \"A\"\nantwoord = \"klopt\"\nwoorden = \" zo is het \"\n[[toelichting]]\ncode = \"B\"\nantwoord = \"\"\n",
        )
        .unwrap();
        assert_eq!(
            uit.gegeven,
            [gegeven("A", Antwoord::Klopt, "zo is het", None)]
        );
        assert_eq!(uit.gevraagd.len(), 2);
    }

    #[test]
    fn mistakes_are_named_by_rule() {
        for (tekst, wat) in [
            (
                "[[toelichting]]\ncode = \"A\"\nantwoord = \"ja\"",
                "A staat een antwoord",
            ),
            (
                "[[toelichting]]\ncode = \"A\"\nantwoord = \"anders\"",
                "zonder woorden",
            ),
            (
                "[[toelichting]]\ncode = \"A\"\n[[toelichting]]\ncode = \"A\"",
                "twee keer",
            ),
            (
                "[[toelichting]]\ncode = \"A\"\nantwoordt = \"\"",
                "antwoordt",
            ),
            (
                "[[toelichting]]\ncode = \"A\"\nantwoord = \"klopt\"\nwoorden = \"kind 111222333\"",
                "burgerservicenummer",
            ),
            (
                "[[toelichting]]\ncode = \"A\"\nantwoord = \"klopt\"\nwoorden = \"a\\u001b[2J\"",
                "onzichtbare tekens",
            ),
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
        let (a, b) = (telling("EEN"), telling("TWEE"));
        assert_eq!(
            add_questions(&pad, &definitie, &[vraag(&a, "x")]).unwrap(),
            1
        );
        let ingevuld = fs::read_to_string(&pad)
            .unwrap()
            .replace("antwoord = \"\"", "antwoord = \"klopt\" # zeker");
        fs::write(&pad, &ingevuld).unwrap();
        assert_eq!(
            add_questions(&pad, &definitie, &[vraag(&a, "x"), vraag(&b, "y")]).unwrap(),
            1
        );
        assert!(fs::read_to_string(&pad).unwrap().starts_with(&ingevuld));
        let uit = read(&pad).unwrap();
        assert_eq!((uit.gegeven.len(), uit.gevraagd.len()), (1, 2));
    }

    #[test]
    fn other_data_open_the_question_again_and_the_old_answer_stays_readable() {
        let map = tempfile::tempdir().unwrap();
        let pad = map.path().join("t.toml");
        let definitie = Definitie::load("omgang/2020").unwrap();
        let a = telling("EEN");
        put_answer(
            &pad,
            &definitie,
            &vraag(&a, "x"),
            (Antwoord::Anders, "zei \"ja\"\nen nee"),
            None,
        )
        .unwrap();
        assert_eq!(
            read(&pad).unwrap().gegeven,
            [gegeven(
                "EEN",
                Antwoord::Anders,
                "zei \"ja\"\nen nee",
                Some("x")
            )]
        );
        assert_eq!(
            add_questions(&pad, &definitie, &[vraag(&a, "x")]).unwrap(),
            0
        );
        assert_eq!(
            add_questions(&pad, &definitie, &[vraag(&a, "y")]).unwrap(),
            1
        );
        let tekst = fs::read_to_string(&pad).unwrap();
        assert!(
            tekst.contains("# Eerder, over andere gegevens: anders, zei \"ja\" en nee\n"),
            "{tekst}"
        );
        assert_eq!(read(&pad).unwrap().gegeven, []);
        // Filled in over what is there now, however often the data changed meanwhile.
        assert_eq!(
            add_questions(&pad, &definitie, &[vraag(&a, "z")]).unwrap(),
            1
        );
        fs::write(
            &pad,
            fs::read_to_string(&pad)
                .unwrap()
                .replace("antwoord = \"\"", "antwoord = 'klopt'"),
        )
        .unwrap();
        assert_eq!(
            read(&pad).unwrap().gegeven,
            [gegeven("EEN", Antwoord::Klopt, "", Some("z"))]
        );
    }
}
