//! The words of every question about a koppeling, and its choices.
//!
//! Owns the Dutch of the conversation: what is asked, what helps, what follows from each answer. Leaves questions about
//! values to `value_questions`, what an answer does to `answers`.

use schema::{Definitie, Veld, VeldType};

use crate::conversation::causes::QuestionCause;
use crate::conversation::open_lines::OpenLine;
use crate::conversation::part_view::{SheetView, place_of};
use crate::conversation::question::{AnswerChoice, MappingAnswer, MappingQuestion, NextQuestion};
use crate::field_evidence::Evidence;
use crate::koppeling::{Koppeling, TabelKoppeling};
use crate::propose::unknown_columns::{samples, such_as};
use crate::survey::ColumnSurvey;
use crate::wording;

/// Columns or fields that are named first; the others stand in a list behind one choice.
const NAMED: usize = 5;

/// What questions are made from.
pub(super) struct QuestionWriter<'a> {
    pub(super) definitie: &'a Definitie,
    pub(super) evidence: &'a Evidence<'a>,
    pub(super) koppeling: &'a Koppeling,
    pub(super) views: &'a [Option<SheetView<'a>>],
}

/// The part of a line with its sheet.
pub(super) struct PartPlace<'a> {
    pub(super) part: &'a TabelKoppeling,
    pub(super) view: &'a SheetView<'a>,
}

pub(super) fn choice(
    label: impl Into<String>,
    consequence: impl Into<String>,
    answer: MappingAnswer,
) -> AnswerChoice {
    AnswerChoice {
        label: label.into(),
        consequence: consequence.into(),
        answer,
    }
}

impl<'a> QuestionWriter<'a> {
    /// The part and sheet that the first line of a cause is about.
    pub(super) fn place(&self, cause: &QuestionCause) -> Option<PartPlace<'a>> {
        self.at(cause.first().part)
    }

    pub(super) fn at(&self, index: usize) -> Option<PartPlace<'a>> {
        let part = self.koppeling.tabellen.get(index)?;
        let view = self.views.get(index)?.as_ref()?;
        Some(PartPlace { part, view })
    }

    /// Which sheets a question is about, where the table stands in more than one.
    pub(super) fn where_it_is(&self, cause: &QuestionCause) -> Option<String> {
        let own = &self.koppeling.tabellen[cause.first().part].naam;
        let read = self.koppeling.tabellen.iter().filter(|t| t.is_read());
        if read.filter(|t| t.naam == *own).count() < 2 {
            return None;
        }
        let mut places: Vec<String> = Vec::new();
        for line in &cause.lines {
            let place = place_of(&self.koppeling.tabellen[line.part]);
            if !places.contains(&place) {
                places.push(place);
            }
        }
        Some(format!("Dit gaat over {}.", and(&places)))
    }

    /// Whether a sheet belongs.
    pub(super) fn belongs(&self, place: &str, tabel: &str, is_new: bool) -> MappingQuestion {
        let title = self.definitie.tabel(tabel).map_or(tabel, |t| &t.titel);
        let help = is_new.then(|| wording::questions::resembles_table(&title));
        MappingQuestion {
            question: format!("Hoort {place} bij {title}?"),
            help: help.into_iter().collect(),
            choices: vec![
                choice(
                    "ja",
                    wording::questions::TABLE_READ,
                    MappingAnswer::Belongs(true),
                ),
                choice(
                    "nee",
                    wording::questions::NOT_READ,
                    MappingAnswer::Belongs(false),
                ),
            ],
            free_text: None,
        }
    }

    /// Which column a field is.
    pub(super) fn field(&self, cause: &QuestionCause, name: &str) -> Option<MappingQuestion> {
        let PartPlace { part, view } = self.place(cause)?;
        let veld = view.tabel.veld(name)?;
        let likely = view.columns_for(self.evidence, part, veld);
        let mut help = vec![format!("{}: {}", veld.label, veld.definitie)];
        if let Some(gone) = part.source_of(name) {
            help.push(wording::questions::column_gone(&gone));
        }
        help.extend(self.where_it_is(cause));
        let shown = &likely[..likely.len().min(NAMED)];
        help.extend(
            shown
                .iter()
                .filter_map(|column| against(view, column, veld)),
        );
        let mut choices: Vec<AnswerChoice> = shown
            .iter()
            .map(|column| column_choice(column, &veld.label))
            .collect();
        if choices.len() > 1 {
            help.push(wording::questions::NOT_CHOSEN_NOT_READ.to_owned());
        }
        let is_shown = |column: &ColumnSurvey| shown.iter().any(|k| k.naam == column.naam);
        if view.free_columns(part).into_iter().any(|k| !is_shown(k)) {
            choices.push(choice(
                "een andere kolom",
                wording::questions::ALL_COLUMNS_LEFT,
                MappingAnswer::Ask(NextQuestion::AnyColumn),
            ));
        }
        // One number for every child is no number.
        if veld.veldtype != VeldType::Pseudoniem || choices.is_empty() {
            choices.push(choice(
                "in elke rij hetzelfde",
                wording::questions::SAME_EVERYWHERE,
                MappingAnswer::Ask(NextQuestion::FixedValue),
            ));
        }
        // Of houses that have a sheet each no two are the same.
        if cause.lines.len() > 1 {
            let label = match part.blad {
                Some(_) => "dat verschilt per blad",
                None => "dat verschilt per bestand",
            };
            choices.push(choice(
                label,
                wording::questions::QUESTION_APART,
                MappingAnswer::Ask(NextQuestion::PerSheet),
            ));
        }
        if veld.verplicht {
            help.push(wording::questions::REQUIRED.to_owned());
        } else {
            choices.push(choice(
                "geen van deze",
                format!("{} blijft leeg", veld.label),
                MappingAnswer::NotThere,
            ));
        }
        Some(MappingQuestion {
            question: format!("In welke kolom staat '{}'?", veld.label),
            help,
            choices,
            free_text: None,
        })
    }

    /// Which of all columns a field is.
    pub(super) fn any_column(&self, cause: &QuestionCause, name: &str) -> Option<MappingQuestion> {
        let PartPlace { part, view } = self.place(cause)?;
        let veld = view.tabel.veld(name)?;
        let in_all = |column: &&ColumnSurvey| {
            let mut places = cause.lines.iter().filter_map(|line| self.at(line.part));
            places.all(|place| place.view.column(&column.naam).is_some())
        };
        let columns = view.free_columns(part).into_iter().filter(in_all);
        Some(MappingQuestion {
            question: format!("Welke kolom is '{}'?", veld.label),
            help: vec![wording::questions::column_read_as(&veld.label)],
            choices: columns
                .map(|column| AnswerChoice {
                    consequence: String::new(),
                    ..column_choice(column, &veld.label)
                })
                .collect(),
            free_text: None,
        })
    }

    /// What a field holds in every row.
    pub(super) fn fixed_value(&self, cause: &QuestionCause, name: &str) -> Option<MappingQuestion> {
        let veld = self.place(cause)?.view.tabel.veld(name)?;
        let fixed = |label: &str, value: &str| {
            choice(label, "", MappingAnswer::FixedValue(value.to_owned()))
        };
        let (choices, free_text) = match &veld.veldtype {
            VeldType::Code { list } => {
                let codes = self.definitie.codelijsten[list].codes.iter();
                (codes.map(|c| fixed(&c.label, &c.code)).collect(), None)
            }
            VeldType::YesNo => (vec![fixed("ja", "ja"), fixed("nee", "nee")], None),
            VeldType::Gemeente => (
                Vec::new(),
                Some(wording::questions::NAME_OR_CODE_OF_GEMEENTE),
            ),
            VeldType::Datum => (Vec::new(), Some("de datum, zoals 2020-12-31")),
            VeldType::Whole => (Vec::new(), Some(wording::questions::WHOLE_NUMBER)),
            VeldType::Decimal => (Vec::new(), Some("een getal, zoals 12.50")),
            VeldType::Pseudoniem | VeldType::Tekst { .. } => {
                (Vec::new(), Some(wording::questions::IN_EVERY_ROW))
            }
        };
        let mut help = vec![format!("{}: {}", veld.label, veld.definitie)];
        help.extend(self.where_it_is(cause));
        Some(MappingQuestion {
            question: format!("Wat is '{}' in elke rij?", veld.label),
            help,
            choices,
            free_text: free_text.map(str::to_owned),
        })
    }

    /// What stands in a column.
    pub(super) fn column(&self, cause: &QuestionCause, name: &str) -> Option<MappingQuestion> {
        let PartPlace { part, view } = self.place(cause)?;
        let column = view.column(name)?;
        let likely = view.fields_for(self.evidence, part, column);
        let shown = &likely[..likely.len().min(NAMED)];
        let mut help = Vec::from_iter(values_of(column));
        if matches!(cause.first().line, OpenLine::NewColumn(_)) {
            help.push(wording::questions::COLUMN_NOT_NAMED.to_owned());
        }
        help.extend(self.where_it_is(cause));
        help.extend(shown.iter().filter_map(|veld| against(view, column, veld)));
        let mut choices: Vec<AnswerChoice> = shown
            .iter()
            .map(|veld| field_choice(name, veld, first_sentence(&veld.definitie)))
            .collect();
        if view.free_fields(part).len() > shown.len() {
            choices.push(choice(
                wording::questions::SOMETHING_ELSE,
                wording::questions::ALL_WITHOUT_COLUMN,
                MappingAnswer::Ask(NextQuestion::AnyField(name.to_owned())),
            ));
        }
        choices.push(choice(
            "geen van deze",
            wording::questions::COLUMN_NOT_READ,
            MappingAnswer::Skip,
        ));
        Some(MappingQuestion {
            question: wording::questions::what_is_in_column(&name),
            help,
            choices,
            free_text: None,
        })
    }

    /// Which of all fields a column is.
    pub(super) fn any_field(&self, cause: &QuestionCause, name: &str) -> Option<MappingQuestion> {
        let PartPlace { part, view } = self.place(cause)?;
        let mut help = Vec::from_iter(view.column(name).and_then(values_of));
        help.push(wording::questions::CHOSEN_IS_READ.to_owned());
        let fields = view.free_fields(part).into_iter();
        Some(MappingQuestion {
            question: wording::questions::which_data(&name),
            help,
            choices: fields.map(|veld| field_choice(name, veld, "")).collect(),
            free_text: None,
        })
    }

    /// Whether any of the columns is asked that were not recognised.
    pub(super) fn rest(&self, cause: &QuestionCause) -> Option<MappingQuestion> {
        let PartPlace { part, view } = self.place(cause)?;
        let left: Vec<&String> = part
            .niet_herkend
            .iter()
            .filter(|name| !part.knows_column(name))
            .collect();
        let (are, these) = match left.len() {
            1 => ("deze kolom wordt", "deze kolom"),
            _ => ("deze kolommen worden", wording::questions::ONE_OF_THESE),
        };
        let mut choices = vec![choice(
            "geen van deze",
            format!("{are} niet gelezen"),
            MappingAnswer::NoneOfThese,
        )];
        choices.extend(left.iter().map(|name| {
            let seen = view.column(name).map(samples).unwrap_or_default();
            choice(
                format!("'{name}'{}", such_as(&seen)),
                "",
                MappingAnswer::Ask(NextQuestion::AnyField((*name).clone())),
            )
        }));
        let mut help = vec![wording::questions::NOT_RECOGNISED.to_owned()];
        help.extend(self.where_it_is(cause));
        Some(MappingQuestion {
            question: wording::questions::asked_for_these(&these),
            help,
            choices,
            free_text: None,
        })
    }
}

/// A column to choose, with a few of its values.
fn column_choice(column: &ColumnSurvey, label: &str) -> AnswerChoice {
    choice(
        format!("de kolom '{}'{}", column.naam, such_as(&samples(column))),
        wording::questions::read_as(&label),
        MappingAnswer::Column(column.naam.clone()),
    )
}

fn field_choice(column: &str, veld: &Veld, consequence: &str) -> AnswerChoice {
    choice(
        veld.label.clone(),
        consequence,
        MappingAnswer::Field {
            column: column.to_owned(),
            veld: veld.naam.clone(),
        },
    )
}

/// What a definition begins with: what the field is.
fn first_sentence(text: &str) -> &str {
    let end = text.find(". ").map_or(text.len(), |dot| dot + 1);
    &text[..end]
}

/// A few values of a column, in a sentence.
fn values_of(column: &ColumnSurvey) -> Option<String> {
    let seen: Vec<String> = samples(column).iter().map(|w| format!("'{w}'")).collect();
    (!seen.is_empty()).then(|| format!("Er staat bijvoorbeeld {}.", seen.join(", ")))
}

/// What speaks against a column for a field.
fn against(view: &SheetView<'_>, column: &ColumnSurvey, veld: &Veld) -> Option<String> {
    view.likeness(column, veld)
        .filter(|likeness| likeness.conflicting)
        .map(|_| wording::questions::does_not_fit(&column.naam, &veld.label))
}

/// `a`, `a en b`, `a, b en c`.
pub(super) fn and(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} en {last}", before.join(", ")),
    }
}
