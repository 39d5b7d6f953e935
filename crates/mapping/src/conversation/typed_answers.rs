//! What was typed in place of a choice, as the answer it is.
//!
//! Owns reading a gemeente, a day or a number as a person types it. Leaves what may be typed to the questions.

use schema::VeldType;

use crate::conversation::causes::QuestionCause;
use crate::conversation::open_lines::OpenLine;
use crate::conversation::question::MappingAnswer;
use crate::conversation::questions::QuestionWriter;
use crate::dates::{DateForm, read_plain};
use crate::gemeente::GemeenteMatch;
use crate::numbers::{ParsedNumber, decimal, whole};
use crate::wording;

impl QuestionWriter<'_> {
    /// The answer to a question that was typed; a Dutch sentence where it is none.
    pub(super) fn understood(
        &self,
        cause: &QuestionCause,
        typed: &str,
    ) -> Result<MappingAnswer, String> {
        let line = &cause.first().line;
        let (OpenLine::Veld(name) | OpenLine::Word(name, _)) = line else {
            return Err(wording::questions::ONLY_A_NUMBER.to_owned());
        };
        let place = self.place(cause).ok_or(wording::questions::NO_QUESTION)?;
        let veld = place
            .view
            .tabel
            .veld(name)
            .ok_or(wording::questions::NO_QUESTION)?;
        let jaar = self.definitie.jaar;
        let number = |read| match read {
            ParsedNumber::Tekst(text) | ParsedNumber::Rounded(text) => Some(text),
            ParsedNumber::Ambiguous | ParsedNumber::Unreadable => None,
        };
        let canonical = match &veld.veldtype {
            VeldType::Gemeente => match self.evidence.gemeenten.find(typed) {
                GemeenteMatch::Code { code, .. } => Some(code),
                GemeenteMatch::Open(_) | GemeenteMatch::ForeignCode => None,
            },
            VeldType::Datum => DateForm::Iso
                .lees(typed, jaar)
                .or_else(|| DateForm::DayMonthYear.lees(typed, jaar))
                .or_else(|| read_plain(typed, jaar))
                .map(|day| day.to_string()),
            VeldType::Whole => number(whole(typed, None)),
            VeldType::Decimal => number(decimal(typed, None)),
            VeldType::Pseudoniem | VeldType::Tekst { .. } => Some(typed.to_owned()),
            VeldType::Code { .. } | VeldType::YesNo => None,
        };
        let canonical = canonical.ok_or_else(|| {
            let what = match &veld.veldtype {
                VeldType::Gemeente => "is geen gemeente die we kennen",
                VeldType::Datum => "is geen datum die we kunnen lezen",
                _ => "kan hier niet",
            };
            format!("'{typed}' {what}")
        })?;
        Ok(match line {
            OpenLine::Word(..) => MappingAnswer::Meaning(canonical),
            _ => MappingAnswer::FixedValue(canonical),
        })
    }
}
