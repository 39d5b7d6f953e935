//! The signalen, asked one by one at a terminal.
//!
//! Owns the conversation: the question with its count and a few places, a coded reason, and words. Keeps each answer
//! before it asks on, so that whoever stops half-way has lost nothing. Leaves the file to `toelichtingen`.

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use schema::pakket::Answer;
use schema::{Definitie, Oordeel};

use crate::error::Failure;
use crate::toelichtingen::{self, ANSWERS, Earlier, Question, name, signalen};
use crate::wording;
use crate::{output, render};

/// Places shown with a question.
const EXAMPLES: usize = 3;

/// How many questions there are and how many have an answer now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AnswerCount {
    /// Signalen.
    pub vragen: usize,
    /// Of which answered, over the data as they are.
    pub beantwoord: usize,
    /// Every question stands in the file, so that the rest can be answered there.
    pub in_file: bool,
}

/// How things stand, without asking.
pub(crate) fn state(path: &Path, oordeel: &Oordeel) -> Result<AnswerCount, Failure> {
    let existing = toelichtingen::read(path)?;
    Ok(AnswerCount {
        vragen: signalen(oordeel).count(),
        beantwoord: existing.valid(oordeel).len(),
        in_file: signalen(oordeel).all(|regel| existing.asked.contains(&regel.code)),
    })
}

/// Refuses where nobody sits at the keyboard.
pub(crate) fn need_terminal() -> Result<(), Failure> {
    if io::stdin().is_terminal() {
        return Ok(());
    }
    Err(Failure::new(wording::asked::NOBODY_THERE)
        .cause(wording::asked::NO_TERMINAL)
        .tip(wording::asked::ANSWER_IN_FILE))
}

/// Asks every signaal that has no answer over these data, and keeps each answer in the file at once.
pub(crate) fn ask(
    path: &Path,
    definitie: &Definitie,
    oordeel: &Oordeel,
) -> Result<AnswerCount, Failure> {
    let existing = toelichtingen::read(path)?;
    let open: Vec<Question<'_>> = signalen(oordeel)
        .filter(|regel| {
            existing
                .before(&regel.code, oordeel)
                .is_none_or(|(_, same)| !same)
        })
        .map(|regel| Question::new(regel, oordeel))
        .collect();
    let mut dialogue = Dialogue {
        input: io::stdin().lock(),
        pad: path,
        definitie,
        oordeel,
    };
    for (number, asked) in (1..).zip(&open) {
        output::talk(&format!("\nVraag {number} van {}", open.len()));
        let previous = existing
            .before(&asked.regel.code, oordeel)
            .map(|(toelichting, _)| (toelichting.antwoord, toelichting.woorden.as_str()));
        if !dialogue.question(asked, previous)? {
            output::talk(wording::asked::STOPPED_ANSWERS_KEPT);
            break;
        }
    }
    state(path, oordeel)
}

/// What comes of one line of input.
enum LineChoice {
    Answer(Answer),
    Later,
    JudgeStop,
}

struct Dialogue<'a, R> {
    input: R,
    pad: &'a Path,
    definitie: &'a Definitie,
    oordeel: &'a Oordeel,
}

impl<R: BufRead> Dialogue<'_, R> {
    /// Asks one question; false when the person stops.
    fn question(&mut self, asked: &Question<'_>, previous: Earlier<'_>) -> Result<bool, Failure> {
        output::talk(&self.describe(asked));
        if let Some((answer, words)) = previous {
            output::talk(&wording::asked::answered_earlier(&name(answer), &words));
        }
        let answer = match self.choice(previous)? {
            LineChoice::Answer(answer) => answer,
            LineChoice::Later => return Ok(true),
            LineChoice::JudgeStop => return Ok(false),
        };
        let old_words = previous
            .filter(|(old, _)| *old == answer)
            .map_or("", |(_, words)| words);
        // Kept before the words are asked: who stops there has answered.
        if answer != Answer::Anders || !old_words.is_empty() {
            self.keep(asked, answer, old_words, previous)?;
        }
        loop {
            let question_text = match (old_words, answer) {
                ("", Answer::Anders) => wording::asked::EXPLAIN_SHORTLY,
                ("", _) => "  Toelichting, zonder namen (Enter = geen): ",
                _ => wording::asked::SAME_AS_BEFORE,
            };
            let Some(regel) = self.line(question_text)? else {
                return Ok(false);
            };
            let words = if regel.is_empty() {
                old_words
            } else {
                regel.as_str()
            };
            if let Err(reason) = toelichtingen::fit(answer, words) {
                output::talk(&wording::asked::may_not_travel(&reason));
            } else {
                self.keep(asked, answer, words, previous)?;
                output::talk("  Bewaard.");
                return Ok(true);
            }
        }
    }

    /// The question in words.
    fn describe(&self, asked: &Question<'_>) -> String {
        let mut out = render::question(asked.regel, self.oordeel, self.definitie, EXAMPLES);
        for (number, (_, name, explanation)) in (1..).zip(ANSWERS) {
            let _ = write!(out, "\n  {number}  {name:<23} {explanation}");
        }
        out
    }

    fn choice(&mut self, previous: Earlier<'_>) -> Result<LineChoice, Failure> {
        let enter = if previous.is_some() {
            "Enter = hetzelfde"
        } else {
            "Enter = later"
        };
        loop {
            let Some(regel) = self.line(&wording::asked::choose_answer(&enter))? else {
                return Ok(LineChoice::JudgeStop);
            };
            let small = regel.to_lowercase();
            let number = small
                .parse::<usize>()
                .ok()
                .and_then(|n| ANSWERS.get(n.checked_sub(1)?));
            let word = || ANSWERS.iter().find(|(_, name, _)| *name == small);
            match (small.as_str(), number.or_else(word)) {
                (_, Some((answer, ..))) => return Ok(LineChoice::Answer(*answer)),
                ("s" | "stop" | "stoppen", None) => return Ok(LineChoice::JudgeStop),
                ("", None) => {
                    return Ok(previous
                        .map_or(LineChoice::Later, |(answer, _)| LineChoice::Answer(answer)));
                }
                _ => output::talk("  Kies 1, 2, 3 of 4."),
            }
        }
    }

    fn keep(
        &self,
        asked: &Question<'_>,
        answer: Answer,
        words: &str,
        previous: Earlier<'_>,
    ) -> Result<(), Failure> {
        toelichtingen::put_answer(self.pad, self.definitie, asked, (answer, words), previous)
    }

    /// A line that was typed, without blanks around it; `None` where the input ends.
    fn line(&mut self, asked: &str) -> Result<Option<String>, Failure> {
        loop {
            output::ask(asked);
            let mut regel = String::new();
            match self.input.read_line(&mut regel) {
                Ok(0) => return Ok(None),
                Ok(_) => return Ok(Some(regel.trim().to_owned())),
                Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                    output::talk(wording::asked::TYPE_AGAIN);
                }
                Err(e) => return Err(Failure::new(wording::asked::ANSWER_UNREADABLE).cause(e)),
            }
        }
    }
}
