//! Text of the rule language into a typed tree, checked against the fields of one table.
//!
//! Owns what is allowed: names, types, ranges. Every refusal is a sentence for whoever writes definitions.
//! Numbers carry their largest possible size, so that no row can overflow 64 bits once an expression is accepted.

use std::collections::BTreeSet;

use schema::{Definitie, Gebieden, Tabel, VeldType};
use sqlparser::ast::{BinaryOperator, CaseWhen, DataType, Expr, Ident, UnaryOperator, Value};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use super::tree::{Comparator, Lane, Log};
use crate::typing::date::parse_datum;

/// Longest text accepted: a bound on the depth of the tree.
const LONGEST: usize = 4000;

/// The type of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
enum LaneType {
    /// A number in units of 10^-schaal, of at most `limit` such units.
    Getal {
        exponent: u32,
        limit: i128,
    },
    Datum,
    /// A code of this list.
    Code(String),
    Gemeente,
    /// NULL: fits every type.
    Empty,
}

/// An expression of which the type is known.
enum Term {
    Log(Log),
    Lane(Lane, LaneType),
    Tekst(usize),
    Letter(String),
}

/// What an expression is read against.
pub(crate) struct RuleParser<'a> {
    definitie: &'a Definitie,
    tabel: &'a Tabel,
    velden: BTreeSet<usize>,
}

type ParseResult<T> = Result<T, String>;

/// Reads `tekst` as a boolean expression over `tabel`; also gives the fields it uses.
pub(crate) fn parse(
    definitie: &Definitie,
    tabel: &Tabel,
    text: &str,
) -> ParseResult<(Log, Vec<usize>)> {
    if text.len() > LONGEST {
        return Err(format!("longer than {LONGEST} bytes"));
    }
    let mut parser = Parser::new(&GenericDialect {})
        .try_with_sql(text)
        .map_err(|e| e.to_string())?;
    let expr = parser.parse_expr().map_err(|e| e.to_string())?;
    if parser.peek_token().token != Token::EOF {
        return Err(format!(
            "unexpected `{}` after the expression",
            parser.peek_token()
        ));
    }
    let mut rule_parser = RuleParser {
        definitie,
        tabel,
        velden: BTreeSet::new(),
    };
    let log = rule_parser.log(&expr)?;
    Ok((log, rule_parser.velden.into_iter().collect()))
}

impl RuleParser<'_> {
    fn log(&mut self, expr: &Expr) -> ParseResult<Log> {
        match self.term(expr)? {
            Term::Log(log) => Ok(log),
            Term::Lane(Lane::Empty, LaneType::Empty) => Ok(Log::Constant(None)),
            _ => Err(format!("`{expr}` is no condition")),
        }
    }

    fn term(&mut self, expr: &Expr) -> ParseResult<Term> {
        match expr {
            Expr::Nested(inner) => self.term(inner),
            Expr::Identifier(ident) => self.veld(ident),
            Expr::Value(value) => literal(&value.value),
            Expr::TypedString(typed) if typed.data_type == DataType::Date => {
                match &typed.value.value {
                    Value::SingleQuotedString(text) => {
                        Ok(Term::Lane(Lane::Constant(day(text)?), LaneType::Datum))
                    }
                    other => Err(format!("`{other}` is no date")),
                }
            }
            Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr,
            } => Ok(Term::Log(Log::Not(Box::new(self.log(expr)?)))),
            Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr,
            } => self.negative(expr),
            Expr::BinaryOp {
                left,
                op: operator,
                right,
            } => self.binary(left, operator, right),
            Expr::IsNull(inner) => Ok(Term::Log(self.empty(inner)?)),
            Expr::IsNotNull(inner) => Ok(Term::Log(Log::Not(Box::new(self.empty(inner)?)))),
            Expr::IsTrue(inner) => Ok(Term::Log(Log::Is(Box::new(self.log(inner)?), true))),
            Expr::IsFalse(inner) => Ok(Term::Log(Log::Is(Box::new(self.log(inner)?), false))),
            Expr::IsNotTrue(inner) => Ok(Term::Log(Log::Not(Box::new(Log::Is(
                Box::new(self.log(inner)?),
                true,
            ))))),
            Expr::IsNotFalse(inner) => Ok(Term::Log(Log::Not(Box::new(Log::Is(
                Box::new(self.log(inner)?),
                false,
            ))))),
            Expr::IsUnknown(inner) => Ok(Term::Log(Log::Onbekend(Box::new(self.log(inner)?)))),
            Expr::IsNotUnknown(inner) => Ok(Term::Log(Log::Not(Box::new(Log::Onbekend(
                Box::new(self.log(inner)?),
            ))))),
            Expr::InList {
                expr,
                list,
                negated,
            } => self
                .in_list(expr, list)
                .map(|log| Term::Log(negate(log, *negated))),
            Expr::Between {
                expr,
                negated,
                low,
                high,
            } => self
                .between(expr, low, high)
                .map(|log| Term::Log(negate(log, *negated))),
            Expr::Case {
                operand,
                conditions,
                else_result,
                ..
            } => self.case(operand.as_deref(), conditions, else_result.as_deref()),
            Expr::Function(function) => Err(format!(
                "function `{}` is not part of the rule language",
                function.name
            )),
            other => Err(format!("`{other}` is not part of the rule language")),
        }
    }

    fn veld(&mut self, ident: &Ident) -> ParseResult<Term> {
        let name = &ident.value;
        let index = self
            .tabel
            .velden
            .iter()
            .position(|v| v.naam == *name)
            .ok_or_else(|| format!("table `{}` has no field `{name}`", self.tabel.naam))?;
        self.velden.insert(index);
        let lane = Lane::Veld(index);
        Ok(match &self.tabel.velden[index].veldtype {
            VeldType::Pseudoniem | VeldType::Tekst { .. } => Term::Tekst(index),
            VeldType::Whole => Term::Lane(
                lane,
                LaneType::Getal {
                    exponent: 0,
                    limit: 1 << 31,
                },
            ),
            VeldType::Decimal => Term::Lane(
                lane,
                LaneType::Getal {
                    exponent: 2,
                    limit: 10_i128.pow(12),
                },
            ),
            VeldType::Datum => Term::Lane(lane, LaneType::Datum),
            VeldType::Code { list } => Term::Lane(lane, LaneType::Code(list.clone())),
            VeldType::Gemeente => Term::Lane(lane, LaneType::Gemeente),
            VeldType::YesNo => Term::Log(Log::Veld(index)),
        })
    }

    fn negative(&mut self, expr: &Expr) -> ParseResult<Term> {
        match self.term(expr)? {
            Term::Lane(Lane::Constant(n), kind @ LaneType::Getal { .. }) => {
                Ok(Term::Lane(Lane::Constant(-n), kind))
            }
            Term::Lane(lane, kind @ LaneType::Getal { .. }) => Ok(Term::Lane(
                Lane::Min(Box::new(Lane::Constant(0)), Box::new(lane)),
                kind,
            )),
            _ => Err(format!("`-{expr}` wants a number")),
        }
    }

    fn binary(
        &mut self,
        left: &Expr,
        operator: &BinaryOperator,
        right: &Expr,
    ) -> ParseResult<Term> {
        use BinaryOperator as Op;
        match operator {
            Op::And => {
                let (a, b) = (self.log(left)?, self.log(right)?);
                Ok(Term::Log(Log::En(flatten(a, b, |log| match log {
                    Log::En(parts) => Ok(parts),
                    other => Err(other),
                }))))
            }
            Op::Or => {
                let (a, b) = (self.log(left)?, self.log(right)?);
                Ok(Term::Log(Log::Of(flatten(a, b, |log| match log {
                    Log::Of(parts) => Ok(parts),
                    other => Err(other),
                }))))
            }
            Op::Plus | Op::Minus | Op::Multiply => self.calculate(left, operator, right),
            Op::Divide | Op::Modulo => Err(format!(
                "`{left} {operator} {right}`: there is no division, engines differ in it"
            )),
            _ => {
                let comparison = comparison(operator).ok_or_else(|| {
                    format!("operator `{operator}` is not part of the rule language")
                })?;
                let (a, b) = (self.term(left)?, self.term(right)?);
                self.compare(comparison, a, b)
                    .map(Term::Log)
                    .map_err(|e| format!("`{left} {operator} {right}`: {e}"))
            }
        }
    }

    fn calculate(
        &mut self,
        left: &Expr,
        operator: &BinaryOperator,
        right: &Expr,
    ) -> ParseResult<Term> {
        let error = |reason: &str| format!("`{left} {operator} {right}`: {reason}");
        let (Term::Lane(a, kind_a), Term::Lane(b, kind_b)) = (self.term(left)?, self.term(right)?)
        else {
            return Err(error("wants numbers or dates"));
        };
        match (kind_a, kind_b, operator) {
            (LaneType::Datum, LaneType::Datum, BinaryOperator::Minus) => Ok(Term::Lane(
                Lane::Min(Box::new(a), Box::new(b)),
                LaneType::Getal {
                    exponent: 0,
                    limit: 1 << 33,
                },
            )),
            (
                LaneType::Getal {
                    exponent: s1,
                    limit: g1,
                },
                LaneType::Getal {
                    exponent: s2,
                    limit: g2,
                },
                BinaryOperator::Multiply,
            ) => {
                let kind = number_kind(s1 + s2, g1.saturating_mul(g2)).map_err(|e| error(&e))?;
                Ok(Term::Lane(Lane::Times(Box::new(a), Box::new(b)), kind))
            }
            (
                LaneType::Getal {
                    exponent: s1,
                    limit: g1,
                },
                LaneType::Getal {
                    exponent: s2,
                    limit: g2,
                },
                _,
            ) => {
                let exponent = s1.max(s2);
                let (a, g1) = scale(a, g1, exponent - s1).map_err(|e| error(&e))?;
                let (b, g2) = scale(b, g2, exponent - s2).map_err(|e| error(&e))?;
                let kind = number_kind(exponent, g1 + g2).map_err(|e| error(&e))?;
                let (a, b) = (Box::new(a), Box::new(b));
                Ok(Term::Lane(
                    if *operator == BinaryOperator::Plus {
                        Lane::Plus(a, b)
                    } else {
                        Lane::Min(a, b)
                    },
                    kind,
                ))
            }
            _ => Err(error(
                "wants two numbers, or two dates with `-` between them",
            )),
        }
    }

    fn compare(&self, operator: Comparator, a: Term, b: Term) -> ParseResult<Log> {
        let equality = matches!(operator, Comparator::Equal | Comparator::Unequal);
        let log = match (a, b) {
            (Term::Lane(_, LaneType::Empty), _) | (_, Term::Lane(_, LaneType::Empty)) => {
                return Err("a comparison with NULL is never true; use IS NULL".to_owned());
            }
            (Term::Letter(letter), Term::Lane(lane, kind)) => {
                let fixed = self.letter(&letter, &kind)?;
                return self.compare_lanes(operator.swapped(), lane, kind.clone(), fixed, kind);
            }
            (Term::Lane(lane, kind), Term::Letter(letter)) => {
                let fixed = self.letter(&letter, &kind)?;
                return self.compare_lanes(operator, lane, kind.clone(), fixed, kind);
            }
            (Term::Lane(a, kind_a), Term::Lane(b, kind_b)) => {
                return self.compare_lanes(operator, a, kind_a, b, kind_b);
            }
            (Term::Tekst(_) | Term::Log(_), _) | (_, Term::Tekst(_) | Term::Log(_))
                if !equality =>
            {
                return Err("texts and ja_nee can be equal or not, there is no order".to_owned());
            }
            (Term::Tekst(veld), Term::Letter(letter))
            | (Term::Letter(letter), Term::Tekst(veld)) => Log::TextIn(veld, vec![letter]),
            (Term::Tekst(a), Term::Tekst(b)) => Log::TextEqual(a, b),
            (Term::Log(a), Term::Log(b)) => Log::Equal(Box::new(a), Box::new(b)),
            _ => return Err("the two sides have different types".to_owned()),
        };
        Ok(negate(log, operator == Comparator::Unequal))
    }

    fn compare_lanes(
        &self,
        operator: Comparator,
        a: Lane,
        kind_a: LaneType,
        b: Lane,
        kind_b: LaneType,
    ) -> ParseResult<Log> {
        let ordered = !matches!(operator, Comparator::Equal | Comparator::Unequal);
        match (kind_a, kind_b) {
            (
                LaneType::Getal {
                    exponent: s1,
                    limit: g1,
                },
                LaneType::Getal {
                    exponent: s2,
                    limit: g2,
                },
            ) => {
                let exponent = s1.max(s2);
                let (a, _) = scale(a, g1, exponent - s1)?;
                let (b, _) = scale(b, g2, exponent - s2)?;
                Ok(Log::Vergelijk(operator, a, b))
            }
            (LaneType::Code(_) | LaneType::Gemeente, _) if ordered => {
                Err("codes can be equal or not, there is no order".to_owned())
            }
            (kind_a, kind_b) if kind_a == kind_b => Ok(Log::Vergelijk(operator, a, b)),
            _ => Err("the two sides have different types".to_owned()),
        }
    }

    /// A text constant beside a lane of type `soort`: a date, a code, a gemeente.
    fn letter(&self, letter: &str, kind: &LaneType) -> ParseResult<Lane> {
        match kind {
            LaneType::Datum => day(letter).map(Lane::Constant),
            LaneType::Code(list) => self.definitie.codelijsten[list]
                .codes
                .iter()
                .position(|c| c.code == letter)
                .map(|key| Lane::Constant(key as i64))
                .ok_or_else(|| {
                    format!(
                        "code list `{list}` has no code `{letter}` in {}",
                        self.definitie.jaar
                    )
                }),
            LaneType::Gemeente => Gebieden::get()
                .gemeenten(self.definitie.jaar)
                .and_then(|gemeenten| gemeenten.keys().position(|code| code == letter))
                .map(|key| Lane::Constant(key as i64))
                .ok_or_else(|| format!("`{letter}` is no gemeente in {}", self.definitie.jaar)),
            LaneType::Getal { .. } | LaneType::Empty => {
                Err("the two sides have different types".to_owned())
            }
        }
    }

    fn in_list(&mut self, expr: &Expr, list: &[Expr]) -> ParseResult<Log> {
        let mut of = Vec::with_capacity(list.len());
        for item in list {
            let (links, right) = (self.term(expr)?, self.term(item)?);
            of.push(
                self.compare(Comparator::Equal, links, right)
                    .map_err(|e| format!("`{expr} IN ({item})`: {e}"))?,
            );
        }
        Ok(merge_in(of))
    }

    fn between(&mut self, expr: &Expr, low: &Expr, high: &Expr) -> ParseResult<Log> {
        let error = |e: String| format!("`{expr} BETWEEN {low} AND {high}`: {e}");
        let (a, b) = (self.term(expr)?, self.term(low)?);
        let below = self.compare(Comparator::AtLeast, a, b).map_err(error)?;
        let (a, b) = (self.term(expr)?, self.term(high)?);
        let above = self.compare(Comparator::AtMost, a, b).map_err(error)?;
        Ok(Log::En(vec![below, above]))
    }

    fn empty(&mut self, expr: &Expr) -> ParseResult<Log> {
        Ok(match self.term(expr)? {
            Term::Tekst(veld) | Term::Lane(Lane::Veld(veld), _) | Term::Log(Log::Veld(veld)) => {
                Log::VeldLeeg(veld)
            }
            Term::Lane(lane, _) => Log::LaneEmpty(lane),
            Term::Log(log) => Log::Onbekend(Box::new(log)),
            Term::Letter(_) => Log::Constant(Some(false)),
        })
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        else_result: Option<&Expr>,
    ) -> ParseResult<Term> {
        let mut branches = Vec::with_capacity(conditions.len());
        for branch in conditions {
            let condition = match operand {
                None => self.log(&branch.condition)?,
                Some(operand) => {
                    let (a, b) = (self.term(operand)?, self.term(&branch.condition)?);
                    self.compare(Comparator::Equal, a, b)
                        .map_err(|e| format!("`CASE {operand} WHEN {}`: {e}", branch.condition))?
                }
            };
            branches.push((condition, self.term(&branch.result)?));
        }
        let otherwise = match else_result {
            Some(expr) => self.term(expr)?,
            None => Term::Lane(Lane::Empty, LaneType::Empty),
        };
        join_case(branches, otherwise)
    }
}

/// Gives all results of a CASE one type.
fn join_case(branches: Vec<(Log, Term)>, otherwise: Term) -> ParseResult<Term> {
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
        (
            LaneType::Getal {
                exponent: s1,
                limit: g1,
            },
            LaneType::Getal {
                exponent: s2,
                limit: g2,
            },
        ) => {
            let exponent = s1.max(*s2);
            number_kind(
                exponent,
                (g1 * 10_i128.pow(exponent - s1)).max(g2 * 10_i128.pow(exponent - s2)),
            )
        }
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
        (
            Term::Lane(lane, LaneType::Getal { exponent, limit }),
            LaneType::Getal { exponent: to, .. },
        ) => scale(lane, limit, to - exponent).map(|(lane, _)| lane),
        (Term::Lane(lane, _), _) => Ok(lane),
        _ => Err("the results of a CASE have different types".to_owned()),
    }
}

fn number_kind(exponent: u32, limit: i128) -> ParseResult<LaneType> {
    if limit > i128::from(i64::MAX) || exponent > 6 {
        return Err("the outcome could pass 64 bits; compare smaller products".to_owned());
    }
    Ok(LaneType::Getal { exponent, limit })
}

/// The lane in units ten to the `steps` smaller.
fn scale(lane: Lane, limit: i128, steps: u32) -> ParseResult<(Lane, i128)> {
    let factor = 10_i64.pow(steps);
    let larger = limit.saturating_mul(i128::from(factor));
    number_kind(0, larger)?;
    Ok(match lane {
        lane if factor == 1 => (lane, larger),
        Lane::Constant(n) => (Lane::Constant(n * factor), larger),
        Lane::Empty => (Lane::Empty, larger),
        lane => (
            Lane::Times(Box::new(lane), Box::new(Lane::Constant(factor))),
            larger,
        ),
    })
}

fn literal(value: &Value) -> ParseResult<Term> {
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
    let kind = LaneType::Getal {
        exponent: fraction.len() as u32,
        limit: i128::from(value),
    };
    Ok(Term::Lane(Lane::Constant(value), kind))
}

fn day(text: &str) -> ParseResult<i64> {
    parse_datum(text.as_bytes())
        .map(i64::from)
        .ok_or_else(|| format!("`{text}` is no date"))
}

fn comparison(operator: &BinaryOperator) -> Option<Comparator> {
    Some(match operator {
        BinaryOperator::Eq => Comparator::Equal,
        BinaryOperator::NotEq => Comparator::Unequal,
        BinaryOperator::Lt => Comparator::Less,
        BinaryOperator::LtEq => Comparator::AtMost,
        BinaryOperator::Gt => Comparator::Greater,
        BinaryOperator::GtEq => Comparator::AtLeast,
        _ => return None,
    })
}

fn negate(log: Log, negated: bool) -> Log {
    if negated {
        Log::Not(Box::new(log))
    } else {
        log
    }
}

/// `a` and `b` as one chain, where either may be a chain itself.
fn flatten(a: Log, b: Log, open: impl Fn(Log) -> Result<Vec<Log>, Log>) -> Vec<Log> {
    let mut parts = open(a).unwrap_or_else(|single| vec![single]);
    match open(b) {
        Ok(more) => parts.extend(more),
        Err(single) => parts.push(single),
    }
    parts
}

/// Equalities of one field with constants become one look-up.
fn merge_in(of: Vec<Log>) -> Log {
    let veld = match of.first() {
        Some(Log::Vergelijk(_, Lane::Veld(veld), _) | Log::TextIn(veld, _)) => *veld,
        _ => return Log::Of(of),
    };
    let (mut values, mut texts) = (Vec::new(), Vec::new());
    for log in &of {
        match log {
            Log::Vergelijk(Comparator::Equal, Lane::Veld(v), Lane::Constant(n)) if *v == veld => {
                values.push(*n)
            }
            Log::TextIn(v, part) if *v == veld => texts.extend(part.iter().cloned()),
            // Also `'x' IN (a, b)`, which is about two fields.
            _ => return Log::Of(of),
        }
    }
    if values.is_empty() {
        return Log::TextIn(veld, texts);
    }
    values.sort_unstable();
    values.dedup();
    Log::In(Lane::Veld(veld), values)
}
