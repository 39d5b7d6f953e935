//! Questions about the values of a column: how dates and numbers are written, what codes and words stand for.
//!
//! Owns their Dutch, with a value of the file in each to see what follows. Leaves which column it is to `questions`.

use schema::dutch_time::datum_nl;
use schema::{Veld, VeldType};

use crate::code_words::{CodeChoice, CodeSystem};
use crate::conversation::causes::QuestionCause;
use crate::conversation::open_lines::OpenLine;
use crate::conversation::question::{AnswerChoice, MappingAnswer, MappingQuestion, NextQuestion};
use crate::conversation::questions::{PartPlace, QuestionWriter, and, choice};
use crate::date_evidence::FormJudgement;
use crate::dates::DateForm;
use crate::gemeente::GemeenteMatch;
use crate::numbers::{DecimalSign, ParsedNumber, decimal, whole};
use crate::survey::ColumnSurvey;
use crate::units::{Period, TimeUnit, hours};
use crate::wording;

impl QuestionWriter<'_> {
    /// The columns that a question is about, each once.
    fn columns(&self, cause: &QuestionCause) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for line in &cause.lines {
            let place = self.at(line.part);
            let column = line
                .line
                .about_values_of()
                .and_then(|veld| place.as_ref()?.view.source(place.as_ref()?.part, veld));
            if let Some(name) = column.map(|column| format!("'{}'", column.naam))
                && !out.contains(&name)
            {
                out.push(name);
            }
        }
        out
    }

    fn column_of(&self, cause: &QuestionCause, veld: &str) -> Option<&ColumnSurvey> {
        let PartPlace { part, view } = self.place(cause)?;
        view.source(part, veld)
    }

    /// How dates are written.
    pub(super) fn date_form(&self, cause: &QuestionCause, veld: &str) -> Option<MappingQuestion> {
        let column = self.column_of(cause, veld)?;
        let columns = self.columns(cause);
        let mut help = Vec::new();
        let forms = match column.datums.oordeel() {
            FormJudgement::Question(forms) => forms,
            FormJudgement::Mixed(forms) => {
                help.push(wording::questions::DATES_DIFFER.to_owned());
                forms
            }
            FormJudgement::Reversed(form) => {
                help.push(wording::questions::DATES_SWAPPED.to_owned());
                vec![form, DateForm::Swapped]
            }
            FormJudgement::Vorm(form, _) => vec![form],
            FormJudgement::Geen => DateForm::names().collect(),
        };
        help.extend(self.where_it_is(cause));
        let jaar = self.definitie.jaar;
        // One value that shows the difference.
        let tells = |value: &&str| {
            let days = forms.iter().map(|form| form.lees(value, jaar));
            let days: std::collections::BTreeSet<_> = days.collect();
            days.len() == forms.len() && !days.contains(&None)
        };
        let values = || column.waarden.iter().map(|(value, _)| value.as_str());
        let telling = values().find(tells);
        let mut choices: Vec<AnswerChoice> = forms
            .iter()
            .map(|form| {
                let shown = telling.or_else(|| values().find(|v| form.lees(v, jaar).is_some()));
                let read = shown.and_then(|value| Some((value, form.lees(value, jaar)?)));
                let consequence =
                    read.map(|(value, day)| format!("'{value}' is dan {}", datum_nl(day)));
                choice(
                    form.name(),
                    consequence.unwrap_or_default(),
                    MappingAnswer::DateForm(form.name().to_owned()),
                )
            })
            .collect();
        choices.extend(per_column(&columns));
        Some(MappingQuestion {
            question: wording::questions::how_are_dates(&in_columns(&columns)),
            help,
            choices,
            free_text: None,
        })
    }

    /// How numbers are written.
    pub(super) fn number_form(&self, cause: &QuestionCause, veld: &str) -> Option<MappingQuestion> {
        let column = self.column_of(cause, veld)?;
        let columns = self.columns(cause);
        let signs = &column.signs;
        let seen = [&signs.thousand, &signs.decimal, &signs.doubtful];
        let seen: Vec<&String> = seen.into_iter().flatten().collect();
        let shown = |sign: DecimalSign| {
            let mut read = seen
                .iter()
                .filter_map(|value| match decimal(value, Some(sign)) {
                    ParsedNumber::Tekst(number) | ParsedNumber::Rounded(number) => {
                        Some(format!("'{value}' is dan {}", number.replace('.', ",")))
                    }
                    ParsedNumber::Ambiguous | ParsedNumber::Unreadable => None,
                });
            read.next().unwrap_or_default()
        };
        let forms = DecimalSign::ALL.into_iter();
        let mut choices: Vec<AnswerChoice> = forms
            .map(|sign| {
                let label = match sign {
                    DecimalSign::Comma => wording::questions::COMMA_FOR_DECIMALS,
                    DecimalSign::PointMeaning => wording::questions::DOT_FOR_DECIMALS,
                };
                choice(
                    label,
                    shown(sign),
                    MappingAnswer::NumberForm(sign.name().to_owned()),
                )
            })
            .collect();
        choices.extend(per_column(&columns));
        let quoted: Vec<String> = seen.iter().map(|value| format!("'{value}'")).collect();
        let mut help = vec![format!("Er staat bijvoorbeeld {}.", and(&quoted))];
        help.extend(self.where_it_is(cause));
        Some(MappingQuestion {
            question: wording::questions::how_are_numbers(&in_columns(&columns)),
            help,
            choices,
            free_text: None,
        })
    }

    /// In which unit numbers are.
    pub(super) fn unit(&self, cause: &QuestionCause, veld: &str) -> Option<MappingQuestion> {
        let column = self.column_of(cause, veld)?;
        let mut values = column.counted().map(|(value, _)| value);
        let shown = values.find_map(|value| {
            let sign = self.sign(cause, veld);
            let minutes = |read| match read {
                ParsedNumber::Tekst(text) | ParsedNumber::Rounded(text) => Some(text),
                ParsedNumber::Ambiguous | ParsedNumber::Unreadable => None,
            };
            let as_hours = minutes(hours(value, sign)).filter(|minutes| minutes != "0")?;
            Some((value, as_hours, minutes(whole(value, sign))))
        });
        let choices = TimeUnit::ALL.into_iter().map(|unit| {
            let consequence = shown.as_ref().map(|(value, as_hours, as_minutes)| {
                let minutes = match unit {
                    TimeUnit::Hours => Some(as_hours),
                    TimeUnit::Minutes => as_minutes.as_ref(),
                };
                wording::questions::in_minutes(value, minutes)
            });
            choice(
                unit.name(),
                consequence.unwrap_or_default(),
                MappingAnswer::Unit(unit.name().to_owned()),
            )
        });
        Some(MappingQuestion {
            question: wording::questions::hours_or_minutes(&in_columns(&self.columns(cause))),
            help: self.seen(cause, column),
            choices: choices.collect(),
            free_text: None,
        })
    }

    /// Over which time numbers count.
    pub(super) fn period(&self, cause: &QuestionCause, name: &str) -> Option<MappingQuestion> {
        let column = self.column_of(cause, name)?;
        let veld = self.place(cause)?.view.tabel.veld(name)?;
        let jaar = self.definitie.jaar;
        let mut help = vec![format!("{}: {}", veld.label, veld.definitie)];
        help.extend(self.seen(cause, column));
        let mut choices = vec![choice(
            wording::questions::only_year(&jaar),
            wording::questions::read_as(&veld.label),
            MappingAnswer::Period(Period::Year.name().to_owned()),
        )];
        if veld.verplicht {
            help.push(wording::questions::REQUIRED.to_owned());
        } else {
            choices.push(choice(
                wording::questions::LONGER_TIME,
                wording::questions::counts_longer(&veld.label, &jaar),
                MappingAnswer::Period(Period::Longer.name().to_owned()),
            ));
        }
        Some(MappingQuestion {
            question: wording::questions::over_which_time(&in_columns(&self.columns(cause)), &jaar),
            help,
            choices,
            free_text: None,
        })
    }

    /// A few values of a column, and which sheets it is about.
    fn seen(&self, cause: &QuestionCause, column: &ColumnSurvey) -> Vec<String> {
        let values = column.waarden.iter().take(6);
        let values: Vec<String> = values.map(|(value, _)| format!("'{value}'")).collect();
        let mut help = vec![format!("Er staat bijvoorbeeld {}.", and(&values))];
        help.extend(self.where_it_is(cause));
        help
    }

    /// The sign before decimals, where the koppeling says which it is.
    fn sign(&self, cause: &QuestionCause, veld: &str) -> Option<DecimalSign> {
        let form = self.place(cause)?.part.getalvorm.get(veld)?;
        DecimalSign::parse(form)
    }

    /// Which system codes are of.
    pub(super) fn code_system(&self, cause: &QuestionCause, veld: &str) -> Option<MappingQuestion> {
        let PartPlace { part, view } = self.place(cause)?;
        let column = view.source(part, veld)?;
        let words = self.evidence.words(&part.naam, veld)?;
        let system = words.system(column.waarden.iter().map(|(w, _)| w.as_str()));
        let system_choice = |name: &str, label: &str, system| {
            choice(
                label,
                words.translation(system),
                MappingAnswer::CodeSystem(name.to_owned()),
            )
        };
        let ijw = || system_choice("ijw", wording::questions::CODES_OF_IJW, CodeSystem::Ijw);
        let cbs = || system_choice("cbs", wording::questions::CODES_OF_CBS, CodeSystem::Cbs);
        let mut choices = match system {
            Some(CodeSystem::Ijw) | None => vec![ijw(), cbs()],
            Some(CodeSystem::Cbs | CodeSystem::CbsWithoutZero) => vec![cbs(), ijw()],
        };
        choices.push(choice(
            "eigen codes",
            wording::questions::OWN_CODES,
            MappingAnswer::CodeSystem("eigen".to_owned()),
        ));
        Some(MappingQuestion {
            question: wording::questions::which_codes(&in_columns(&self.columns(cause))),
            help: self.seen(cause, column),
            choices,
            free_text: None,
        })
    }

    /// What a word stands for.
    pub(super) fn word(
        &self,
        cause: &QuestionCause,
        veld: &str,
        word: &str,
    ) -> Option<MappingQuestion> {
        let PartPlace { part, view } = self.place(cause)?;
        let veld = view.tabel.veld(veld)?;
        let columns = in_columns(&self.columns(cause));
        let mut help = Vec::from_iter(self.times(cause, word));
        help.extend(veld.foreign_codes.get(word).cloned());
        help.extend(self.where_it_is(cause));
        let nothing = choice(
            "niets",
            wording::questions::counts_as_empty(&word),
            MappingAnswer::MeansNothing,
        );
        let (choices, free_text) = match &veld.veldtype {
            VeldType::Code { .. } => (self.codes(part.naam.as_str(), veld, word), None),
            VeldType::YesNo => (["ja", "nee"].map(|w| meaning(w, "", w)).to_vec(), None),
            VeldType::Gemeente => (
                self.gemeenten(word),
                Some(wording::questions::NAME_OR_CODE_OF_GEMEENTE.to_owned()),
            ),
            VeldType::Datum
            | VeldType::Whole
            | VeldType::Decimal
            | VeldType::Pseudoniem
            | VeldType::Tekst { .. } => {
                let what = if veld.veldtype == VeldType::Datum {
                    "datum"
                } else {
                    "getal"
                };
                return Some(MappingQuestion {
                    question: wording::questions::means_empty(&word, &columns, &what),
                    help,
                    choices: vec![
                        choice("ja", nothing.consequence, MappingAnswer::MeansNothing),
                        choice(
                            wording::questions::ERROR_IN_FILE,
                            "controleer wijst die cellen aan",
                            MappingAnswer::Mistake,
                        ),
                    ],
                    free_text: None,
                });
            }
        };
        Some(MappingQuestion {
            question: format!("Wat betekent '{word}' in {columns}?"),
            help,
            choices: choices.into_iter().chain([nothing]).collect(),
            free_text,
        })
    }

    /// How often a word is there.
    fn times(&self, cause: &QuestionCause, word: &str) -> Option<String> {
        let mut times = 0;
        for line in &cause.lines {
            let OpenLine::Word(veld, own) = &line.line else {
                continue;
            };
            let PartPlace { part, view } = self.at(line.part)?;
            let column = view.source(part, veld);
            let values = column.map(|column| column.waarden.iter());
            times += values
                .into_iter()
                .flatten()
                .filter(|(value, _)| value == own)
                .map(|(_, n)| n)
                .sum::<u64>();
        }
        match times {
            0 => None,
            1 => Some(wording::questions::word_once(&word)),
            n => Some(wording::questions::word_times(&word, &n)),
        }
    }

    /// Every code of a list, those that are like the word first.
    fn codes(&self, tabel: &str, veld: &Veld, word: &str) -> Vec<AnswerChoice> {
        let VeldType::Code { list } = &veld.veldtype else {
            return Vec::new();
        };
        let alike = match self
            .evidence
            .words(tabel, &veld.naam)
            .map(|words| words.find(word))
        {
            Some(CodeChoice::Open(codes)) => codes,
            Some(CodeChoice::Code(code, _)) => vec![code],
            None => Vec::new(),
        };
        let mut codes: Vec<_> = self.definitie.codelijsten[list].codes.iter().collect();
        codes.sort_by_key(|c| {
            alike
                .iter()
                .position(|a| *a == c.code)
                .unwrap_or(usize::MAX)
        });
        codes
            .into_iter()
            .map(|c| meaning(&c.label, &c.definitie, &c.code))
            .collect()
    }

    fn gemeenten(&self, word: &str) -> Vec<AnswerChoice> {
        let finder = &self.evidence.gemeenten;
        let codes = match finder.find(word) {
            GemeenteMatch::Open(codes) => codes,
            GemeenteMatch::Code { code, .. } => vec![code],
            GemeenteMatch::ForeignCode => Vec::new(),
        };
        codes
            .iter()
            .map(|code| meaning(&finder.describe(code), "", code))
            .collect()
    }
}

fn meaning(label: &str, consequence: &str, code: &str) -> AnswerChoice {
    choice(label, consequence, MappingAnswer::Meaning(code.to_owned()))
}

fn per_column(columns: &[String]) -> Option<AnswerChoice> {
    (columns.len() > 1).then(|| {
        choice(
            "dat verschilt per kolom",
            wording::questions::QUESTION_PER_COLUMN,
            MappingAnswer::Ask(NextQuestion::PerColumn),
        )
    })
}

/// `de kolom 'A'`, `de kolommen 'A' en 'B'`.
fn in_columns(columns: &[String]) -> String {
    let name = if columns.len() == 1 {
        "de kolom"
    } else {
        "de kolommen"
    };
    format!("{name} {}", and(columns))
}
