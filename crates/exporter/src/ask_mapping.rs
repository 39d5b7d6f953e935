//! The open questions of a koppeling, asked one by one at a terminal.
//!
//! Owns the lines on the screen and what is typed: plain lines, a number for an answer, nothing that moves or colours.
//! Keeps each answer before it asks on. Leaves which question it is, its words and what an answer does to `mapping`.

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal};

use mapping::{AnswerChoice, Conversation, MappingAnswer, MappingQuestion};

use crate::error::Failure;
use crate::output::{self, safe};
use crate::wording;

/// Whether somebody sits at the keyboard and sees what is asked.
pub(crate) fn somebody_is_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// How a conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ConversationEnd {
    /// Every question was asked.
    AllAsked,
    /// The person stopped.
    Stopped,
}

/// Asks until nothing is open but what was left for later; `save` gets the koppeling after each change.
pub(crate) fn ask(
    conversation: &mut Conversation<'_>,
    save: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<ConversationEnd, Failure> {
    output::talk(wording::asked::HOW_TO_ANSWER);
    ask_on(&mut io::stdin().lock(), conversation, save)
}

fn ask_on(
    input: &mut impl BufRead,
    conversation: &mut Conversation<'_>,
    mut save: impl FnMut(&str) -> Result<(), Failure>,
) -> Result<ConversationEnd, Failure> {
    while let Some(question) = conversation.question() {
        output::talk(&describe(&question, conversation.to_ask()));
        loop {
            match read(input, &question)? {
                TypedLine::Answer(answer) => {
                    if let Err(reason) = conversation.answer(&answer) {
                        output::talk(&wording::asked::not_possible(&reason));
                        continue;
                    }
                    save(conversation.text())?;
                }
                TypedLine::Later => conversation.later(),
                TypedLine::Back => {
                    if !conversation.back() {
                        output::talk(wording::asked::FIRST_QUESTION);
                        continue;
                    }
                    save(conversation.text())?;
                }
                TypedLine::Stop => return Ok(ConversationEnd::Stopped),
                TypedLine::Unclear => {
                    output::talk(&wording::asked::not_understood(&hint(&question)));
                    continue;
                }
            }
            break;
        }
    }
    Ok(ConversationEnd::AllAsked)
}

/// The question in lines.
fn describe(question: &MappingQuestion, to_ask: usize) -> String {
    let after = match to_ask.saturating_sub(1) {
        0 => wording::asked::LAST_QUESTION.to_owned(),
        1 => wording::asked::ONE_MORE_QUESTION.to_owned(),
        n => wording::asked::more_questions(&n),
    };
    let mut out = format!("\n{}  ({after})", safe(&question.question));
    for line in &question.help {
        let _ = write!(out, "\n  {}", safe(line));
    }
    for (number, choice) in (1..).zip(&question.choices) {
        let AnswerChoice {
            label, consequence, ..
        } = choice;
        let _ = write!(out, "\n  {number}  {}", safe(label));
        if !consequence.is_empty() {
            let _ = write!(out, ": {}", safe(consequence));
        }
    }
    if let Some(what) = &question.free_text {
        let or = if question.choices.is_empty() {
            "Typ"
        } else {
            "Of typ"
        };
        let _ = write!(out, "\n  {or} {what}.");
    }
    out
}

/// What may be typed, in words.
fn hint(question: &MappingQuestion) -> String {
    let number = match question.choices.len() {
        0 => None,
        1 => Some("Typ 1".to_owned()),
        n => Some(wording::asked::type_a_number(&n)),
    };
    let free = question.free_text.as_ref().map(|what| match number {
        Some(_) => format!("of typ {what}"),
        None => format!("Typ {what}"),
    });
    let parts: Vec<String> = number.into_iter().chain(free).collect();
    format!("{}.", parts.join(", "))
}

/// What was typed.
enum TypedLine {
    Answer(MappingAnswer),
    Later,
    Back,
    Stop,
    Unclear,
}

fn read(input: &mut impl BufRead, question: &MappingQuestion) -> Result<TypedLine, Failure> {
    let range = match (question.choices.len(), &question.free_text) {
        (0, _) => "Uw antwoord".to_owned(),
        (1, None) => "Uw antwoord (1".to_owned(),
        (n, None) => wording::asked::your_answer(&n),
        (n, Some(_)) => wording::asked::your_answer_or_text(&n),
    };
    let open = if question.choices.is_empty() {
        " ("
    } else {
        ", "
    };
    output::ask(&format!(
        "  {range}{open}Enter = later, t = terug, s = stoppen): "
    ));
    let mut line = String::new();
    match input.read_line(&mut line) {
        Ok(0) => return Ok(TypedLine::Stop),
        Ok(_) => {}
        Err(e) if e.kind() == io::ErrorKind::InvalidData => return Ok(TypedLine::Unclear),
        Err(e) => return Err(Failure::new(wording::asked::ANSWER_UNREADABLE).cause(e)),
    }
    let typed = line.trim();
    let by_number = typed
        .parse::<usize>()
        .ok()
        .and_then(|n| question.choices.get(n.checked_sub(1)?));
    Ok(match (typed, by_number) {
        (_, Some(choice)) => TypedLine::Answer(choice.answer.clone()),
        ("" | "later", None) => TypedLine::Later,
        ("t" | "terug", None) => TypedLine::Back,
        ("s" | "stop" | "stoppen", None) => TypedLine::Stop,
        (_, None) if question.free_text.is_some() => {
            TypedLine::Answer(MappingAnswer::Typed(typed.to_owned()))
        }
        _ => TypedLine::Unclear,
    })
}
