//! `toelichtingen.toml`: the questions about signalen, and the aanbieder's answers.
//!
//! Owns the form of that file, which a person fills in: written with the question in comments, read with every mistake
//! named by rule code. Never loses an answer. Each answer names the data it was given over (`sleutel`), so that it
//! holds exactly as long as those are the same. Leaves asking at a terminal to `ask_signals`, what an answer does to
//! the service.

mod edit;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use pakket::toelichting::{self, AnswerObjection, objection};
use schema::pakket::{Answer, Toelichting};
use schema::text::grouped_thousands;
use schema::{Bevinding, Definitie, Ernst, Oordeel, RegelTelling};
use serde::Deserialize;

use crate::atomic_file::write_whole;
use crate::error::Failure;
use crate::output::safe;
use crate::text_input;
use crate::wording;

const HEADER: &str = wording::answers::ANSWERS_HEADER;

/// The coded reasons: the code and what it says.
pub(crate) const ANSWERS: [(Answer, &str, &str); 4] = [
    (Answer::Klopt, "klopt", wording::answers::CORRECT),
    (
        Answer::RegistratieOnvolledig,
        "registratie_onvolledig",
        wording::answers::INCOMPLETE_RECORDS,
    ),
    (
        Answer::WordtHersteld,
        "wordt_hersteld",
        wording::answers::WILL_BE_MENDED,
    ),
    (Answer::Anders, "anders", "iets anders: leg dat uit"),
];

/// The code of a reason.
pub(crate) fn name(answer: Answer) -> &'static str {
    ANSWERS
        .iter()
        .find(|(kind, ..)| *kind == answer)
        .map_or("", |(_, name, _)| name)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ToelichtingenFile {
    #[serde(default)]
    toelichting: Vec<RawAnswer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAnswer {
    code: String,
    antwoord: Option<String>,
    woorden: Option<String>,
    sleutel: Option<String>,
}

impl RawAnswer {
    /// The answer; `None` while it is empty.
    fn read(&self) -> Result<Option<GivenAnswer>, String> {
        let text = |part: &Option<String>| part.as_deref().unwrap_or_default().trim().to_owned();
        let (code, answer, words) = (self.code.clone(), text(&self.antwoord), text(&self.woorden));
        if answer.is_empty() {
            return Ok(None);
        }
        let Some((answer, ..)) = ANSWERS.iter().find(|(_, name, _)| *name == answer) else {
            return Err(wording::answers::unknown_answer(&code));
        };
        match objection(*answer, &words) {
            None => {}
            Some(AnswerObjection::NoWords) => {
                return Err(format!("bij {code} staat \"anders\" zonder woorden"));
            }
            Some(other) => {
                let reason = explain(other);
                return Err(wording::answers::words_refused(&code, &reason));
            }
        }
        let key = Some(text(&self.sleutel)).filter(|s| !s.is_empty());
        Ok(Some(GivenAnswer {
            toelichting: Toelichting {
                code,
                antwoord: *answer,
                woorden: words,
            },
            sleutel: key,
        }))
    }
}

/// Whether an answer may travel: the service judges by the same.
pub(crate) fn fit(answer: Answer, words: &str) -> Result<(), String> {
    objection(answer, words).map_or(Ok(()), |objection| Err(explain(objection)))
}

fn explain(objection: AnswerObjection) -> String {
    match objection {
        AnswerObjection::NoWords => "bij \"anders\" is uitleg nodig".to_owned(),
        AnswerObjection::TooLong => wording::answers::too_many_characters(&grouped_thousands(
            toelichting::LONGEST_WORDS as u64,
        )),
        AnswerObjection::Invisible => wording::answers::INVISIBLE_CHARACTERS.to_owned(),
        AnswerObjection::Bsn => wording::answers::LOOKS_LIKE_BSN.to_owned(),
    }
}

/// An answer, and the name of the data it was given over; without one it is taken at its word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GivenAnswer {
    /// The answer.
    pub toelichting: Toelichting,
    /// What `check` calls the findings it is about.
    pub sleutel: Option<String>,
}

/// A file with answers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Toelichtingen {
    /// What was answered.
    pub given: Vec<GivenAnswer>,
    /// Every code that has a question in the file.
    pub asked: BTreeSet<String>,
}

impl Toelichtingen {
    /// The answer to this rule, and whether it is about what this judgement found. Where either side has no name for
    /// the data, it is.
    pub(crate) fn before(&self, code: &str, oordeel: &Oordeel) -> Option<(&Toelichting, bool)> {
        let given = self.given.iter().find(|g| g.toelichting.code == code)?;
        let nu = check::toelichting_key(oordeel, code);
        let same = given
            .sleutel
            .as_ref()
            .zip(nu.as_ref())
            .is_none_or(|(then, nu)| then == nu);
        Some((&given.toelichting, same))
    }

    /// The answers that are about what this judgement found.
    pub(crate) fn valid(&self, oordeel: &Oordeel) -> Vec<Toelichting> {
        let fitting = signalen(oordeel).filter_map(|regel| self.before(&regel.code, oordeel));
        fitting
            .filter(|(_, same)| *same)
            .map(|(toelichting, _)| toelichting.clone())
            .collect()
    }

    /// The codes of the answers that were given over other data.
    pub(crate) fn outdated(&self, oordeel: &Oordeel) -> Vec<String> {
        let old = |regel: &&RegelTelling| {
            self.before(&regel.code, oordeel)
                .is_some_and(|(_, same)| !same)
        };
        signalen(oordeel)
            .filter(old)
            .map(|regel| regel.code.clone())
            .collect()
    }
}

/// The signalen of a judgement.
pub(crate) fn signalen(oordeel: &Oordeel) -> impl Iterator<Item = &RegelTelling> {
    oordeel
        .regels
        .iter()
        .filter(|r| r.ernst == Ernst::Signaal && r.aantal > 0)
}

/// Reads the file; one that does not exist holds no answers.
pub(crate) fn read(path: &Path) -> Result<Toelichtingen, Failure> {
    parse(&text(path)?).map_err(|reason| {
        Failure::new(wording::answers::answers_wrong(&path.display()))
            .cause(reason)
            .tip(wording::answers::HOW_TO_FILL)
    })
}

fn text(path: &Path) -> Result<String, Failure> {
    if !path.exists() {
        return Ok(String::new());
    }
    text_input::read(path)
        .map_err(|e| Failure::file(wording::answers::ANSWERS_UNREADABLE, path, &e))
}

fn parse(text: &str) -> Result<Toelichtingen, String> {
    let file: ToelichtingenFile =
        toml::from_str(text).map_err(|e| e.to_string().trim().to_owned())?;
    let mut out = Toelichtingen::default();
    for raw in file.toelichting {
        if !out.asked.insert(raw.code.clone()) {
            return Err(wording::answers::code_twice(&raw.code));
        }
        out.given.extend(raw.read()?);
    }
    Ok(out)
}

/// A question: the rule, how often it spoke, and a few of the places.
pub(crate) struct Question<'a> {
    /// The rule and how often.
    pub regel: &'a RegelTelling,
    /// Findings to show as examples.
    pub examples: Vec<&'a Bevinding>,
    /// The name of what was found.
    pub sleutel: Option<String>,
    /// A place is shown with the name of its file.
    pub with_file: bool,
}

/// What was answered over other data, if anything: the reason and the words.
pub(crate) type Earlier<'a> = Option<(Answer, &'a str)>;

impl<'a> Question<'a> {
    /// The question about one rule of a judgement.
    pub(crate) fn new(regel: &'a RegelTelling, oordeel: &'a Oordeel) -> Self {
        let examples = oordeel
            .bevindingen
            .iter()
            .filter(|b| b.code == regel.code)
            .take(3)
            .collect();
        Self {
            regel,
            examples,
            sleutel: check::toelichting_key(oordeel, &regel.code),
            with_file: oordeel.meer_bestanden,
        }
    }
}

/// Puts the questions in the file: new ones at its end, and those answered over other data open again, with the old
/// answer kept beside them. Gives how many of them have no answer now.
pub(crate) fn add_questions(
    path: &Path,
    definitie: &Definitie,
    questions: &[Question<'_>],
) -> Result<usize, Failure> {
    let (existing, mut text) = (read(path)?, text(path)?);
    let was = text.clone();
    let mut open = 0;
    for question in questions {
        let code = &question.regel.code;
        let given = existing.given.iter().find(|g| g.toelichting.code == *code);
        let same = |g: &GivenAnswer| {
            g.sleutel
                .as_ref()
                .zip(question.sleutel.as_ref())
                .is_none_or(|(then, nu)| then == nu)
        };
        match given {
            Some(given) if same(given) => continue,
            Some(_) => text = edit::reopen(&text, code, question.sleutel.as_deref()),
            None if existing.asked.contains(code) => {
                text = edit::rename(&text, code, question.sleutel.as_deref());
            }
            None => write_question(&mut text, definitie, question),
        }
        text = edit::explain(&text, code, &explanation(definitie, question));
        open += 1;
    }
    if text != was {
        write_whole(path, text.as_bytes())?;
    }
    Ok(open)
}

/// Writes an answer to a question, which is added where it is not there yet. What was answered over other data stays as
/// a comment.
pub(crate) fn put_answer(
    path: &Path,
    definitie: &Definitie,
    question: &Question<'_>,
    (answer, words): (Answer, &str),
    earlier: Earlier<'_>,
) -> Result<(), Failure> {
    let (existing, mut text) = (read(path)?, text(path)?);
    let code = &question.regel.code;
    if !existing.asked.contains(code) {
        write_question(&mut text, definitie, question);
    }
    let earlier = earlier.map(|(answer, words)| (name(answer), words));
    let text = edit::answer(
        &text,
        code,
        (name(answer), words),
        question.sleutel.as_deref(),
        earlier,
    );
    write_whole(
        path,
        edit::explain(&text, code, &explanation(definitie, question)).as_bytes(),
    )
}

fn write_question(text: &mut String, definitie: &Definitie, question: &Question<'_>) {
    if text.is_empty() {
        text.push_str(HEADER);
    }
    let _ = write!(text, "\n{}", explanation(definitie, question));
    let code = safe(&question.regel.code).replace('"', "");
    let _ = writeln!(
        text,
        "[[toelichting]]\ncode = \"{code}\"\nantwoord = \"\"\nwoorden = \"\""
    );
    if let Some(key) = &question.sleutel {
        let _ = writeln!(text, "sleutel = \"{}\"", safe(key).replace('"', ""));
    }
}

/// What is asked, how often, why, and where for example: the comments above a question.
fn explanation(definitie: &Definitie, question: &Question<'_>) -> String {
    let regel = definitie.regel(&question.regel.code);
    let title = regel.map_or(question.regel.code.as_str(), |r| &r.tekst.titel);
    let mut out = format!(
        "# {} ({}{TIMES}\n",
        safe(title),
        grouped_thousands(question.regel.aantal)
    );
    if let Some(regel) = regel {
        let _ = writeln!(out, "{WHY} {}", safe(&regel.tekst.reden));
    }
    for bevinding in &question.examples {
        let place = bevinding.plaats.place(question.with_file);
        // Our own words about what is not there.
        let place = if place.is_empty() {
            bevinding.gevonden.as_deref().unwrap_or("uw gegevens")
        } else {
            &place
        };
        let _ = writeln!(
            out,
            "{EXAMPLE} {}: {}",
            safe(place),
            safe(&bevinding.bericht)
        );
    }
    out
}

/// By these a later run knows which comments are its own.
const TIMES: &str = " keer)";
const WHY: &str = wording::answers::WHY_ASKED;
const EXAMPLE: &str = "# Bijvoorbeeld";

/// Whether a comment above a question was written here.
fn is_explanation(regel: &str) -> bool {
    let regel = regel.trim();
    regel.starts_with(WHY)
        || regel.starts_with(EXAMPLE)
        || (regel.starts_with("# ") && regel.ends_with(TIMES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn given(code: &str, answer: Answer, words: &str, key: Option<&str>) -> GivenAnswer {
        let toelichting = Toelichting {
            code: code.to_owned(),
            antwoord: answer,
            woorden: words.to_owned(),
        };
        GivenAnswer {
            toelichting,
            sleutel: key.map(str::to_owned),
        }
    }

    fn telling(code: &str) -> RegelTelling {
        RegelTelling {
            code: code.to_owned(),
            ernst: Ernst::Signaal,
            aantal: 1200,
        }
    }

    fn question<'a>(regel: &'a RegelTelling, key: &str) -> Question<'a> {
        Question {
            regel,
            examples: Vec::new(),
            sleutel: Some(key.to_owned()),
            with_file: false,
        }
    }

    #[test]
    fn a_filled_file_gives_the_answers_and_an_empty_answer_stays_a_question() {
        let out = parse(
            "[[toelichting]]\ncode = \"A\"\nantwoord = \"klopt\"\nwoorden = \" zo is het \"\n[[toelichting]]\ncode = \"B\"\nantwoord = \"\"\n",
        )
        .unwrap();
        assert_eq!(out.given, [given("A", Answer::Klopt, "zo is het", None)]);
        assert_eq!(out.asked.len(), 2);
    }

    #[test]
    fn mistakes_are_named_by_rule() {
        for (text, what) in [
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
            let failure = parse(text).unwrap_err();
            assert!(failure.contains(what), "{failure}");
        }
    }

    #[test]
    fn asking_again_never_touches_an_answer() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.toml");
        let definitie = Definitie::load("omgang/2020").unwrap();
        let (a, b) = (telling("EEN"), telling("TWEE"));
        assert_eq!(
            add_questions(&path, &definitie, &[question(&a, "x")]).unwrap(),
            1
        );
        let filled_in = fs::read_to_string(&path)
            .unwrap()
            .replace("antwoord = \"\"", "antwoord = \"klopt\" # zeker");
        write_whole(&path, filled_in.as_bytes()).unwrap();
        assert_eq!(
            add_questions(&path, &definitie, &[question(&a, "x"), question(&b, "y")]).unwrap(),
            1
        );
        assert!(fs::read_to_string(&path).unwrap().starts_with(&filled_in));
        let out = read(&path).unwrap();
        assert_eq!((out.given.len(), out.asked.len()), (1, 2));
    }

    #[test]
    fn other_data_open_the_question_again_and_the_old_answer_stays_readable() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("t.toml");
        let definitie = Definitie::load("omgang/2020").unwrap();
        let a = telling("EEN");
        put_answer(
            &path,
            &definitie,
            &question(&a, "x"),
            (Answer::Anders, "zei \"ja\"\nen nee"),
            None,
        )
        .unwrap();
        assert_eq!(
            read(&path).unwrap().given,
            [given(
                "EEN",
                Answer::Anders,
                "zei \"ja\"\nen nee",
                Some("x")
            )]
        );
        assert_eq!(
            add_questions(&path, &definitie, &[question(&a, "x")]).unwrap(),
            0
        );
        assert_eq!(
            add_questions(&path, &definitie, &[question(&a, "y")]).unwrap(),
            1
        );
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.contains("# Eerder, over andere gegevens: anders, zei \"ja\" en nee\n"),
            "{text}"
        );
        assert_eq!(read(&path).unwrap().given, []);
        // Filled in over what is there now, however often the data changed meanwhile.
        assert_eq!(
            add_questions(&path, &definitie, &[question(&a, "z")]).unwrap(),
            1
        );
        let filled_in = fs::read_to_string(&path)
            .unwrap()
            .replace("antwoord = \"\"", "antwoord = 'klopt'");
        write_whole(&path, filled_in.as_bytes()).unwrap();
        assert_eq!(
            read(&path).unwrap().given,
            [given("EEN", Answer::Klopt, "", Some("z"))]
        );
    }
}
