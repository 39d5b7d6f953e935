//! Types of the rule language: what kind of value an expression gives, and how large a number in it can be.
//!
//! Owns literals, and giving two numbers the same units. Every size is proven here, so that no row can overflow 64 bits.

use sqlparser::ast::Value;

use super::tree::{Lane, Log};
use crate::typing::date::parse_datum;

pub(super) type ParseResult<T> = Result<T, String>;

/// The type of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LaneType {
    Getal(Size),
    Datum,
    /// A code of this list.
    Code(String),
    Gemeente,
    /// NULL: fits every type.
    Empty,
}

/// An expression of which the type is known.
pub(super) enum Term {
    Log(Log),
    Lane(Lane, LaneType),
    Tekst(usize),
    Letter(String),
}

/// How large a number can be: at most `limit` units of 10^-`exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    exponent: u32,
    limit: i128,
}

impl Size {
    /// A whole number.
    pub(super) const WHOLE: Self = Self {
        exponent: 0,
        limit: 1 << 31,
    };
    /// An amount.
    pub(super) const DECIMAL: Self = Self {
        exponent: 2,
        limit: 10_i128.pow(12),
    };
    /// Days between two dates.
    pub(super) const DAYS: Self = Self {
        exponent: 0,
        limit: 1 << 33,
    };

    /// A size that fits in 64 bits, whatever is in the row.
    fn new(exponent: u32, limit: i128) -> ParseResult<Self> {
        if limit > i128::from(i64::MAX) || exponent > 6 {
            return Err("the outcome could pass 64 bits; compare smaller products".to_owned());
        }
        Ok(Self { exponent, limit })
    }

    /// The same, where it is proven to fit.
    pub(super) fn proven(self) -> ParseResult<Self> {
        Self::new(self.exponent, self.limit)
    }

    /// The size of a product.
    pub(super) fn times(self, other: Self) -> ParseResult<Self> {
        Self::new(
            self.exponent + other.exponent,
            self.limit.saturating_mul(other.limit),
        )
    }

    /// The same in smaller units.
    fn in_units(self, exponent: u32) -> ParseResult<Self> {
        let factor = 10_i128.pow(exponent - self.exponent);
        let limit = self.limit.saturating_mul(factor);
        Self::new(0, limit)?;
        Ok(Self { exponent, limit })
    }

    /// The size that holds both.
    fn join(self, other: Self) -> ParseResult<Self> {
        let exponent = self.exponent.max(other.exponent);
        let (a, b) = (self.in_units(exponent)?, other.in_units(exponent)?);
        Self::new(exponent, a.limit.max(b.limit))
    }
}

/// Two numbers in the units of the smaller, with the size of their sum or difference.
pub(super) fn align(a: (Lane, Size), b: (Lane, Size)) -> ParseResult<(Lane, Lane, Size)> {
    let exponent = a.1.exponent.max(b.1.exponent);
    let limit = a.1.in_units(exponent)?.limit + b.1.in_units(exponent)?.limit;
    Ok((
        scale(a.0, a.1, exponent)?,
        scale(b.0, b.1, exponent)?,
        Size { exponent, limit },
    ))
}

/// The lane in units of 10^-`exponent`, which are no larger than its own.
fn scale(lane: Lane, size: Size, exponent: u32) -> ParseResult<Lane> {
    size.in_units(exponent)?;
    let factor = 10_i64.pow(exponent - size.exponent);
    Ok(match lane {
        lane if factor == 1 => lane,
        Lane::Constant(n) => Lane::Constant(n * factor),
        Lane::Empty => Lane::Empty,
        lane => Lane::Times(Box::new(lane), Box::new(Lane::Constant(factor))),
    })
}

/// Gives all results of a CASE one type.
pub(super) fn join_case(branches: Vec<(Log, Term)>, otherwise: Term) -> ParseResult<Term> {
    let logical = branches
        .iter()
        .map(|(_, t)| t)
        .chain([&otherwise])
        .any(|t| matches!(t, Term::Log(_)));
    if logical {
        let branches = branches
            .into_iter()
            .map(|(c, t)| Ok((c, as_log(t)?)))
            .collect::<ParseResult<Vec<_>>>()?;
        return Ok(Term::Log(Log::Case(branches, Box::new(as_log(otherwise)?))));
    }
    let mut kind = LaneType::Empty;
    for term in branches.iter().map(|(_, t)| t).chain([&otherwise]) {
        let Term::Lane(_, s) = term else {
            return Err("CASE gives conditions, numbers or dates; no texts".to_owned());
        };
        kind = join_kind(kind, s)?;
    }
    let branches = branches
        .into_iter()
        .map(|(c, t)| Ok((c, as_lane(t, &kind)?)))
        .collect::<ParseResult<Vec<_>>>()?;
    let otherwise = as_lane(otherwise, &kind)?;
    Ok(Term::Lane(Lane::Case(branches, Box::new(otherwise)), kind))
}

fn join_kind(a: LaneType, b: &LaneType) -> ParseResult<LaneType> {
    match (a, b) {
        (LaneType::Empty, b) => Ok(b.clone()),
        (a, LaneType::Empty) => Ok(a),
        (LaneType::Getal(a), LaneType::Getal(b)) => a.join(*b).map(LaneType::Getal),
        (a, b) if a == *b => Ok(a),
        _ => Err("the results of a CASE have different types".to_owned()),
    }
}

fn as_log(term: Term) -> ParseResult<Log> {
    match term {
        Term::Log(log) => Ok(log),
        Term::Lane(Lane::Empty, _) => Ok(Log::Constant(None)),
        _ => Err("the results of a CASE have different types".to_owned()),
    }
}

fn as_lane(term: Term, kind: &LaneType) -> ParseResult<Lane> {
    match (term, kind) {
        (Term::Lane(lane, LaneType::Getal(size)), LaneType::Getal(to)) => {
            scale(lane, size, to.exponent)
        }
        (Term::Lane(lane, _), _) => Ok(lane),
        _ => Err("the results of a CASE have different types".to_owned()),
    }
}

pub(super) fn literal(value: &Value) -> ParseResult<Term> {
    match value {
        Value::Number(text, false) => number(text),
        Value::SingleQuotedString(text) => Ok(Term::Letter(text.clone())),
        Value::Boolean(b) => Ok(Term::Log(Log::Constant(Some(*b)))),
        Value::Null => Ok(Term::Lane(Lane::Empty, LaneType::Empty)),
        other => Err(format!("`{other}` is not part of the rule language")),
    }
}

/// A whole number or a decimal fraction, exactly.
fn number(text: &str) -> ParseResult<Term> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let error = || format!("`{text}` is no plain number of at most 15 digits, 4 of them decimals");
    if fraction.len() > 4 || whole.len() + fraction.len() > 15 {
        return Err(error());
    }
    let value: i64 = format!("{whole}{fraction}").parse().map_err(|_| error())?;
    let kind = LaneType::Getal(Size {
        exponent: fraction.len() as u32,
        limit: i128::from(value),
    });
    Ok(Term::Lane(Lane::Constant(value), kind))
}

/// The number of a day.
pub(super) fn day(text: &str) -> ParseResult<i64> {
    parse_datum(text.as_bytes())
        .map(i64::from)
        .ok_or_else(|| format!("`{text}` is no date"))
}
