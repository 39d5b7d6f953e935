//! The typed tree of one expression: what is left once names, types and ranges are proven.
//!
//! Owns the nodes. `ontleed` makes them, `rekenen` works them out; neither can meet a type it does not expect.

use std::cmp::Ordering;

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vergelijking {
    Gelijk,
    Ongelijk,
    Kleiner,
    HoogstensGelijk,
    Groter,
    MinstensGelijk,
}

impl Vergelijking {
    /// Whether it holds for operands in this order.
    pub(crate) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Gelijk => order.is_eq(),
            Self::Ongelijk => order.is_ne(),
            Self::Kleiner => order.is_lt(),
            Self::HoogstensGelijk => order.is_le(),
            Self::Groter => order.is_gt(),
            Self::MinstensGelijk => order.is_ge(),
        }
    }

    /// The comparison with its operands swapped.
    pub(crate) fn swapped(self) -> Self {
        match self {
            Self::Kleiner => Self::Groter,
            Self::HoogstensGelijk => Self::MinstensGelijk,
            Self::Groter => Self::Kleiner,
            Self::MinstensGelijk => Self::HoogstensGelijk,
            same => same,
        }
    }
}

/// A boolean expression.
#[derive(Debug, Clone)]
pub(crate) enum Log {
    /// TRUE, FALSE or NULL.
    Vast(Option<bool>),
    /// A ja_nee field.
    Veld(usize),
    /// Two numbers, dates or dictionary keys compared.
    Vergelijk(Vergelijking, Lane, Lane),
    /// One of these values, sorted.
    In(Lane, Vec<i64>),
    /// A text field that holds one of these.
    TekstIn(usize, Vec<String>),
    /// Two text fields that are equal.
    TekstGelijk(usize, usize),
    /// Two booleans that are equal.
    Gelijk(Box<Log>, Box<Log>),
    /// A field of any type that is empty.
    VeldLeeg(usize),
    /// A computed number or date that is unknown.
    LaneLeeg(Lane),
    /// A boolean that is unknown.
    Onbekend(Box<Log>),
    /// Known, and this value.
    Is(Box<Log>, bool),
    /// NOT.
    Niet(Box<Log>),
    /// AND.
    En(Vec<Log>),
    /// OR.
    Of(Vec<Log>),
    /// CASE with boolean results.
    Als(Vec<(Log, Log)>, Box<Log>),
}

/// An expression whose values fit 64 bits: whole numbers, hundredths, days since 1970, dictionary keys.
#[derive(Debug, Clone)]
pub(crate) enum Lane {
    /// A field.
    Veld(usize),
    /// A constant.
    Vast(i64),
    /// NULL.
    Leeg,
    /// Sum.
    Plus(Box<Lane>, Box<Lane>),
    /// Difference.
    Min(Box<Lane>, Box<Lane>),
    /// Product.
    Keer(Box<Lane>, Box<Lane>),
    /// CASE.
    Als(Vec<(Log, Lane)>, Box<Lane>),
}
