//! Text of the rule language into a typed tree, checked against the fields of one table.
//!
//! Owns what is allowed: names, operators, what may be compared. Every refusal is a sentence for whoever writes definitions.
//! Leaves types and the sizes of numbers to `lanes`.

use std::collections::BTreeSet;

use schema::{Definitie, Gebieden, Tabel, VeldType};
use sqlparser::ast::{BinaryOperator, CaseWhen, DataType, Expr, Ident, UnaryOperator, Value};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use super::lanes::{LaneType, ParseResult, Size, Term, align, day, join_case, literal};
use super::tree::{Comparator, Lane, Log};

/// Longest text accepted: a bound on the depth of the tree.
const LONGEST: usize = 4000;

/// What an expression is read against.
pub(crate) struct RuleParser<'a> {
    definitie: &'a Definitie,
    tabel: &'a Tabel,
    velden: BTreeSet<usize>,
}

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
            } => Ok(Term::Log(negate(self.log(expr)?, true))),
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
            Expr::IsNotNull(inner) => Ok(Term::Log(negate(self.empty(inner)?, true))),
            Expr::IsTrue(inner) => self.is(inner, Some(true), false),
            Expr::IsNotTrue(inner) => self.is(inner, Some(true), true),
            Expr::IsFalse(inner) => self.is(inner, Some(false), false),
            Expr::IsNotFalse(inner) => self.is(inner, Some(false), true),
            Expr::IsUnknown(inner) => self.is(inner, None, false),
            Expr::IsNotUnknown(inner) => self.is(inner, None, true),
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
            VeldType::Whole => Term::Lane(lane, LaneType::Getal(Size::WHOLE)),
            VeldType::Decimal => Term::Lane(lane, LaneType::Getal(Size::DECIMAL)),
            VeldType::Datum => Term::Lane(lane, LaneType::Datum),
            VeldType::Code { list } => Term::Lane(lane, LaneType::Code(list.clone())),
            VeldType::Gemeente => Term::Lane(lane, LaneType::Gemeente),
            VeldType::YesNo => Term::Log(Log::Veld(index)),
        })
    }

    fn negative(&mut self, expr: &Expr) -> ParseResult<Term> {
        match self.term(expr)? {
            Term::Lane(Lane::Constant(n), kind @ LaneType::Getal(_)) => {
                Ok(Term::Lane(Lane::Constant(-n), kind))
            }
            Term::Lane(lane, kind @ LaneType::Getal(_)) => Ok(Term::Lane(
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
            Op::And | Op::Or => {
                let (a, b) = (self.log(left)?, self.log(right)?);
                Ok(Term::Log(chain(a, b, *operator == Op::And)))
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
                LaneType::Getal(Size::DAYS),
            )),
            (LaneType::Getal(one), LaneType::Getal(other), BinaryOperator::Multiply) => {
                let size = one.times(other).map_err(|e| error(&e))?;
                Ok(Term::Lane(
                    Lane::Times(Box::new(a), Box::new(b)),
                    LaneType::Getal(size),
                ))
            }
            (LaneType::Getal(one), LaneType::Getal(other), _) => {
                let (a, b, size) = align((a, one), (b, other)).map_err(|e| error(&e))?;
                let (a, b) = (Box::new(a), Box::new(b));
                let lane = if *operator == BinaryOperator::Plus {
                    Lane::Plus(a, b)
                } else {
                    Lane::Min(a, b)
                };
                let size = size.proven().map_err(|e| error(&e))?;
                Ok(Term::Lane(lane, LaneType::Getal(size)))
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
                return compare_lanes(operator.swapped(), lane, kind.clone(), fixed, kind);
            }
            (Term::Lane(lane, kind), Term::Letter(letter)) => {
                let fixed = self.letter(&letter, &kind)?;
                return compare_lanes(operator, lane, kind.clone(), fixed, kind);
            }
            (Term::Lane(a, kind_a), Term::Lane(b, kind_b)) => {
                return compare_lanes(operator, a, kind_a, b, kind_b);
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
            LaneType::Getal(_) | LaneType::Empty => {
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

    /// `IS TRUE`, `IS FALSE` and, without a value, `IS UNKNOWN`.
    fn is(&mut self, expr: &Expr, value: Option<bool>, negated: bool) -> ParseResult<Term> {
        let log = Box::new(self.log(expr)?);
        let is = match value {
            Some(value) => Log::Is(log, value),
            None => Log::Onbekend(log),
        };
        Ok(Term::Log(negate(is, negated)))
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

fn compare_lanes(
    operator: Comparator,
    a: Lane,
    kind_a: LaneType,
    b: Lane,
    kind_b: LaneType,
) -> ParseResult<Log> {
    let ordered = !matches!(operator, Comparator::Equal | Comparator::Unequal);
    match (kind_a, kind_b) {
        (LaneType::Getal(one), LaneType::Getal(other)) => {
            let (a, b, _) = align((a, one), (b, other))?;
            Ok(Log::Vergelijk(operator, a, b))
        }
        (LaneType::Code(_) | LaneType::Gemeente, _) if ordered => {
            Err("codes can be equal or not, there is no order".to_owned())
        }
        (kind_a, kind_b) if kind_a == kind_b => Ok(Log::Vergelijk(operator, a, b)),
        _ => Err("the two sides have different types".to_owned()),
    }
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

/// `a` and `b` as one chain of AND (`all`) or OR, where either may be such a chain itself.
fn chain(a: Log, b: Log, all: bool) -> Log {
    let mut parts = Vec::new();
    for log in [a, b] {
        match log {
            Log::En(more) if all => parts.extend(more),
            Log::Of(more) if !all => parts.extend(more),
            single => parts.push(single),
        }
    }
    if all { Log::En(parts) } else { Log::Of(parts) }
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
                values.push(*n);
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
