//! The open questions of a koppeling, asked one by one at a terminal.
//!
//! Owns the lines on the screen and what is typed: plain lines, a number for an answer, nothing that moves or colours.
//! Keeps each answer before it asks on. Leaves which question it is, its words and what an answer does to `mapping`.

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal};

use mapping::{AnswerChoice, Conversation, MappingAnswer, MappingQuestion};

use crate::error::Failure;
use crate::output::{self, safe};

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
    output::talk(
        "\nTyp het nummer van uw antwoord en druk op Enter. Weet u het niet? Druk dan alleen op Enter: de vraag blijft open voor \
         later.\nTyp t om terug te gaan naar de vorige vraag, of s om te stoppen. Elk antwoord wordt meteen bewaard.",
    );
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
                        output::talk(&format!("  Dat kan niet: {reason}. Kies opnieuw."));
                        continue;
                    }
                    save(conversation.text())?;
                }
                TypedLine::Later => conversation.later(),
                TypedLine::Back => {
                    if !conversation.back() {
                        output::talk("  Dit is de eerste vraag.");
                        continue;
                    }
                    save(conversation.text())?;
                }
                TypedLine::Stop => return Ok(ConversationEnd::Stopped),
                TypedLine::Unclear => {
                    output::talk(&format!("  Dat begrijpen we niet. {}", hint(&question)));
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
        0 => "Dit is voorlopig de laatste vraag.".to_owned(),
        1 => "Hierna is er nog 1 vraag.".to_owned(),
        n => format!("Hierna zijn er nog {n} vragen."),
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
        n => Some(format!("Typ een nummer van 1 tot en met {n}")),
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
        (n, None) => format!("Uw antwoord (1 tot en met {n}"),
        (n, Some(_)) => format!("Uw antwoord (1 tot en met {n}, of typ het"),
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
        Err(e) => return Err(Failure::new("kan uw antwoord niet lezen").cause(e)),
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
