//! From how many aanbieders the records of a figure come, as far as that is told.
//!
//! Owns its two forms and how they are written in `dekking_aanbieders`. Leaves how much of it may be told to `disclosure`.

use std::fmt;

/// From how many aanbieders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownAanbieders {
    /// Their number.
    Number(u32),
    /// More than one; how many is not told.
    TwoOrMore,
}

/// How [`KnownAanbieders::TwoOrMore`] is written.
const TWO_OR_MORE: &str = "2 of meer";

impl KnownAanbieders {
    /// As it is written in a table; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if text == TWO_OR_MORE {
            return Some(Self::TwoOrMore);
        }
        text.parse().ok().map(Self::Number)
    }

    /// At least so many.
    pub fn at_least(self) -> u32 {
        match self {
            Self::Number(number) => number,
            Self::TwoOrMore => 2,
        }
    }

    /// How many, where that is told.
    pub fn number(self) -> Option<u32> {
        match self {
            Self::Number(number) => Some(number),
            Self::TwoOrMore => None,
        }
    }
}

impl fmt::Display for KnownAanbieders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::TwoOrMore => f.write_str(TWO_OR_MORE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for (known, least) in [
            (KnownAanbieders::Number(1), 1),
            (KnownAanbieders::Number(53), 53),
            (KnownAanbieders::TwoOrMore, 2),
        ] {
            assert_eq!(KnownAanbieders::parse(&known.to_string()), Some(known));
            assert_eq!(known.at_least(), least);
        }
        assert_eq!(KnownAanbieders::parse("veel"), None);
    }
}
