//! What a cell holds, as its source says it.
//!
//! Owns the kinds of value and keeping them beside the text of a block or a grid. Text alone is guessed at further on:
//! a number is one, whatever signs people would write in it. Leaves what a value means to `mapping`.

use schema::VeldType;

/// A cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text, as it stands.
    Text(&'a str),
    /// A number in its digits, with a point before its decimals.
    Number(&'a str),
    /// A day, `2020-03-02`, and the time of day where there is one.
    Date(&'a str),
    /// True or false.
    Truth(bool),
    /// An error of a formula, such as `#REF!`.
    Error(&'a str),
}

/// What kind of value a text is that is kept elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum CellKind {
    #[default]
    Text,
    Number,
    Date,
    Truth,
    Error,
}

impl<'a> Cell<'a> {
    /// The cell of this kind with this text.
    pub(crate) fn of(kind: CellKind, text: &'a str) -> Self {
        match kind {
            _ if text.is_empty() => Self::Empty,
            CellKind::Text => Self::Text(text),
            CellKind::Number => Self::Number(text),
            CellKind::Date => Self::Date(text),
            CellKind::Truth => Self::Truth(text == VeldType::YES_NO[1]),
            CellKind::Error => Self::Error(text),
        }
    }

    pub(crate) fn kind(self) -> CellKind {
        match self {
            Self::Empty | Self::Text(_) => CellKind::Text,
            Self::Number(_) => CellKind::Number,
            Self::Date(_) => CellKind::Date,
            Self::Truth(_) => CellKind::Truth,
            Self::Error(_) => CellKind::Error,
        }
    }

    /// What stands there, for a person; `ja` and `nee` for true and false.
    pub fn text(self) -> &'a str {
        match self {
            Self::Empty => "",
            Self::Text(text) | Self::Number(text) | Self::Date(text) | Self::Error(text) => text,
            Self::Truth(truth) => VeldType::YES_NO[usize::from(truth)],
        }
    }

    /// Whether nothing stands there.
    pub fn is_empty(self) -> bool {
        self.text().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_comes_back_from_its_kind_and_text() {
        for cell in [
            Cell::Empty,
            Cell::Text("1.234"),
            Cell::Number("1.234"),
            Cell::Date("2020-03-02"),
            Cell::Truth(true),
            Cell::Truth(false),
            Cell::Error("#REF!"),
        ] {
            assert_eq!(Cell::of(cell.kind(), cell.text()), cell);
        }
    }
}
