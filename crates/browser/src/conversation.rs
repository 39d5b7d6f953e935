//! The conversation about a koppeling, for a page that shows one question at a time.
//!
//! Owns keeping it between two messages: the files as they were looked through, and every step so far, which are played
//! again for each view. So the module holds no half-done question, and a page that was edited by hand begins anew from
//! its text. Leaves which question it is, its words and what an answer does to `mapping`, as the terminal does.

use mapping::{Conversation, MappingAnswer, MappingQuestion, Survey, propose, survey_all};
use rows::FileRefusal;
use schema::Definitie;
use schema::text::json_text;
use serde::Serialize;
use sheets::SourceFile;

use crate::request::ConversationStep;
use crate::wording;

/// A conversation that is going on.
pub struct MappingTalk {
    definitie: Definitie,
    surveys: Vec<Survey>,
    /// The koppeling it began with.
    text: String,
    /// What was assumed in reading, as Dutch sentences.
    assumptions: Vec<String>,
    steps: Vec<ConversationStep>,
}

/// Where a conversation is.
#[derive(Serialize)]
struct TalkView<'a> {
    /// The text of `koppeling.toml` as it is now.
    koppeling: &'a str,
    /// What was assumed in reading, as Dutch sentences.
    aannames: &'a [String],
    /// Places that the koppeling names and the files do not have.
    ontbreekt: Vec<String>,
    /// The question, where one is to be asked.
    vraag: Option<QuestionCard>,
    /// Questions still to be asked, this one among them.
    te_vragen: usize,
    /// Questions without an answer, those for later among them.
    open: usize,
    /// Why the last step changed nothing, as a clause.
    bezwaar: Option<String>,
}

/// A question as the page shows it.
#[derive(Serialize)]
struct QuestionCard {
    vraag: String,
    hulp: Vec<String>,
    keuzes: Vec<ChoiceCard>,
    /// What may be typed in place of a choice.
    vrij: Option<String>,
}

/// A choice, and what follows from it.
#[derive(Serialize)]
struct ChoiceCard {
    keuze: String,
    gevolg: String,
}

impl MappingTalk {
    /// Looks the files through, and begins with this koppeling or a proposed one.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn new(
        definitie: Definitie,
        koppeling: Option<String>,
        files: &[SourceFile],
    ) -> Result<Self, FileRefusal> {
        let surveys = survey_all(files, &definitie)?;
        let (text, assumptions) = match koppeling {
            Some(text) => (text, Vec::new()),
            None => {
                let proposal = propose(&surveys, &definitie);
                (proposal.koppeling.to_toml(), proposal.aannames)
            }
        };
        Ok(Self {
            definitie,
            surveys,
            text,
            assumptions,
            steps: Vec::new(),
        })
    }

    /// Takes a step; one that changes nothing is not kept.
    ///
    /// # Errors
    /// As [`MappingTalk::view`].
    pub fn take(&mut self, step: ConversationStep) -> Result<Vec<u8>, String> {
        let mut conversation = self.conversation()?;
        let objection = advance(&mut conversation, &step).err();
        let view = self.view_of(&conversation, objection.clone());
        drop(conversation);
        if objection.is_none() {
            self.steps.push(step);
        }
        Ok(view)
    }

    /// Where it is, as JSON.
    ///
    /// # Errors
    /// When the koppeling it began with is none, as a Dutch sentence.
    pub fn view(&self) -> Result<Vec<u8>, String> {
        Ok(self.view_of(&self.conversation()?, None))
    }

    fn conversation(&self) -> Result<Conversation<'_>, String> {
        let mut conversation = Conversation::new(&self.surveys, &self.definitie, &self.text)
            .map_err(|error| wording::koppeling_wrong(&error))?;
        for step in &self.steps {
            advance(&mut conversation, step)?;
        }
        Ok(conversation)
    }

    fn view_of(&self, conversation: &Conversation<'_>, objection: Option<String>) -> Vec<u8> {
        let view = TalkView {
            koppeling: conversation.text(),
            aannames: &self.assumptions,
            ontbreekt: conversation.missing(),
            vraag: conversation.question().map(QuestionCard::from),
            te_vragen: conversation.to_ask(),
            open: conversation.open(),
            bezwaar: objection,
        };
        json_text(&view).into_bytes()
    }
}

/// Does a step; why it changes nothing where it does not fit.
fn advance(conversation: &mut Conversation<'_>, step: &ConversationStep) -> Result<(), String> {
    match step {
        ConversationStep::Keuze(number) => {
            let question = conversation.question().ok_or(wording::NO_QUESTION)?;
            let choice = question.choices.get(*number);
            let answer = &choice.ok_or(wording::NO_CHOICE)?.answer;
            conversation.answer(answer)
        }
        ConversationStep::Getypt(text) => {
            conversation.answer(&MappingAnswer::Typed(text.trim().to_owned()))
        }
        ConversationStep::Later => {
            conversation.later();
            Ok(())
        }
        ConversationStep::Terug if conversation.back() => Ok(()),
        ConversationStep::Terug => Err(wording::FIRST_QUESTION.to_owned()),
    }
}

impl From<MappingQuestion> for QuestionCard {
    fn from(question: MappingQuestion) -> Self {
        let choices = question.choices.into_iter();
        Self {
            vraag: question.question,
            hulp: question.help,
            keuzes: choices
                .map(|choice| ChoiceCard {
                    keuze: choice.label,
                    gevolg: choice.consequence,
                })
                .collect(),
            vrij: question.free_text,
        }
    }
}
