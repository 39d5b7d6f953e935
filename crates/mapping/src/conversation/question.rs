//! A question about a koppeling, and everything it can be answered by.
//!
//! Owns what a terminal or a page needs to ask it: the words, the choices in order, what follows from each. Leaves the
//! words themselves to `questions`, what an answer does to `answers`.

/// A question with its choices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingQuestion {
    /// The question, as a Dutch sentence.
    pub question: String,
    /// What helps to answer it, as Dutch sentences: values, warnings, which sheets it is about.
    pub help: Vec<String>,
    /// The choices, the likeliest first.
    pub choices: Vec<AnswerChoice>,
    /// What may be typed in place of a choice, where something may.
    pub free_text: Option<String>,
}

/// A choice, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerChoice {
    /// The choice, in a few Dutch words.
    pub label: String,
    /// What follows from it, in a clause; may be empty.
    pub consequence: String,
    /// What it answers.
    pub answer: MappingAnswer,
}

/// An answer to a question about a koppeling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MappingAnswer {
    /// Whether a sheet or file belongs.
    Belongs(bool),
    /// The column of a field.
    Column(String),
    /// The field is the same in every row: a canonical value.
    FixedValue(String),
    /// The file has no column for the field.
    NotThere,
    /// The field of a column.
    Field {
        /// The column.
        column: String,
        /// The field.
        veld: String,
    },
    /// The column is not asked.
    Skip,
    /// None of the columns that were not recognised is asked.
    NoneOfThese,
    /// How dates are written.
    DateForm(String),
    /// How numbers are written.
    NumberForm(String),
    /// The unit of numbers.
    Unit(String),
    /// The time over which numbers count.
    Period(String),
    /// The system of codes.
    CodeSystem(String),
    /// What a word stands for: a code, a gemeente, `ja` or `nee`.
    Meaning(String),
    /// The word stands for nothing.
    MeansNothing,
    /// The word is a mistake in the file.
    Mistake,
    /// What a person typed, where something may be typed.
    Typed(String),
    /// Another question first.
    Ask(NextQuestion),
}

/// A question in answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextQuestion {
    /// Which of all columns a field is.
    AnyColumn,
    /// Which value a field has in every row.
    FixedValue,
    /// Which of all fields a column is.
    AnyField(String),
    /// The same for each column by itself.
    PerColumn,
    /// The same for each sheet by itself.
    PerSheet,
}
