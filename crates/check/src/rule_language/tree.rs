//! The typed tree of one expression: what is left once names, types and ranges are proven.
//!
//! Owns the nodes. `parse` makes them, `eval` works them out; neither can meet a type it does not expect.

use std::cmp::Ordering;

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Comparator {
    /// Whether it holds for operands in this order.
    pub(crate) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }

    /// The comparison with its operands swapped.
    pub(crate) fn swapped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}

/// A boolean expression.
#[derive(Debug, Clone)]
pub(crate) enum Log {
    /// TRUE, FALSE or NULL.
    Constant(Option<bool>),
    /// A ja_nee field.
    Veld(usize),
    /// Two numbers, dates or dictionary keys compared.
    Vergelijk(Comparator, Lane, Lane),
    /// One of these values, sorted.
    In(Lane, Vec<i64>),
    /// A text field that holds one of these.
    TextIn(usize, Vec<String>),
    /// Two text fields that are equal.
    TextEqual(usize, usize),
    /// Two booleans that are equal.
    Equal(Box<Log>, Box<Log>),
    /// A field of any type that is empty.
    VeldLeeg(usize),
    /// A computed number or date that is unknown.
    LaneEmpty(Lane),
    /// A boolean that is unknown.
    Onbekend(Box<Log>),
    /// Known, and this value.
    Is(Box<Log>, bool),
    /// NOT.
    Not(Box<Log>),
    /// AND.
    En(Vec<Log>),
    /// OR.
    Of(Vec<Log>),
    /// CASE with boolean results.
    Case(Vec<(Log, Log)>, Box<Log>),
}

/// An expression whose values fit 64 bits: whole numbers, hundredths, days since 1970, dictionary keys.
#[derive(Debug, Clone)]
pub(crate) enum Lane {
    /// A field.
    Veld(usize),
    /// A constant.
    Constant(i64),
    /// NULL.
    Empty,
    /// Sum.
    Plus(Box<Lane>, Box<Lane>),
    /// Difference.
    Min(Box<Lane>, Box<Lane>),
    /// Product.
    Times(Box<Lane>, Box<Lane>),
    /// CASE.
    Case(Vec<(Log, Lane)>, Box<Lane>),
}
