//! What can go wrong in judging itself, as opposed to what is found wrong in data.
//!
//! Owns both error types. Wrong data is a finding, never one of these.

/// A rule of the definition that cannot be used. Our own mistake, found when the definition is loaded.
#[derive(Debug, thiserror::Error)]
pub enum RegelError {
    /// A rule's expression is no sentence of the rule language.
    #[error("rule `{code}`: `{tekst}`: {reden}")]
    Expression {
        /// Code of the rule.
        code: String,
        /// The text of the expression.
        tekst: String,
        /// What is wrong with it.
        reden: String,
    },
    /// A rule's parameters do not fit the tables.
    #[error("rule `{code}`: {reden}")]
    Parameter {
        /// Code of the rule.
        code: String,
        /// What is wrong with it.
        reden: String,
    },
    /// A value that breaks the type of this field would go unseen.
    #[error("table `{tabel}`: no rule says so when `{veld}` breaks its type")]
    Uncovered {
        /// The table.
        tabel: String,
        /// The field.
        veld: String,
    },
    /// A code list or the gemeenten of the year cannot be used.
    #[error("{0}")]
    Lijst(String),
}

/// Why judging broke off: a batch that is no canonical text batch, or a scratch file that failed. Never the data.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The definition has no such table.
    #[error("the definition has no table `{0}`")]
    UnknownTabel(String),
    /// The table has no such field.
    #[error("table `{tabel}` has no field `{kolom}`")]
    UnknownColumn {
        /// The table.
        tabel: String,
        /// The column.
        kolom: String,
    },
    /// A column twice in one batch.
    #[error("table `{tabel}` has column `{kolom}` twice")]
    DuplicateColumn {
        /// The table.
        tabel: String,
        /// The column.
        kolom: String,
    },
    /// A column of another type than expected.
    #[error("column `{kolom}` of table `{tabel}` has type {soort}, expected {verwacht}")]
    ColumnType {
        /// The table.
        tabel: String,
        /// The column.
        kolom: String,
        /// Its Arrow type.
        soort: String,
        /// The Arrow type expected.
        verwacht: String,
    },
    /// A table of the previous levering lacks a field that rules compare.
    #[error("table `{tabel}` of the previous levering has no field `{veld}`")]
    VeldMissing {
        /// The table.
        tabel: String,
        /// The field.
        veld: String,
    },
    /// A table of the previous levering came after its table of this one.
    #[error("the previous levering's table `{0}` must be given before this levering's")]
    PreviousTooLate(String),
    /// More rows than can be numbered.
    #[error("table `{0}` has more than four billion rows")]
    TooManyRows(String),
    /// The scratch file could not be made, written or read.
    #[error("the scratch file failed")]
    Spill(#[source] std::io::Error),
    /// Arrow refused what we built.
    #[error("columns do not fit together: {0}")]
    Arrow(#[from] arrow_schema::ArrowError),
}
