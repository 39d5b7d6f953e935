//! Text of the rule language into a typed tree, checked against the fields of one table.
//!
//! Owns what is allowed: names, types, ranges. Every refusal is a sentence for whoever writes definitions.
//! Numbers carry their largest possible size, so that no row can overflow 64 bits once an expression is accepted.

use std::collections::BTreeSet;

use schema::{Definitie, Gebieden, Tabel, Veldtype};
use sqlparser::ast::{BinaryOperator, CaseWhen, DataType, Expr, Ident, UnaryOperator, Value};
use sqlparser::dialect::GenericDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::Token;

use super::boom::{Lane, Log, Vergelijking};
use crate::typering::datum::parse_datum;

/// Longest text accepted: a bound on the depth of the tree.
const LANGSTE: usize = 4000;

/// The type of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Soort {
    /// A number in units of 10^-schaal, of at most `grens` such units.
    Getal {
        schaal: u32,
        grens: i128,
    },
    Datum,
    /// A code of this list.
    Code(String),
    Gemeente,
    /// NULL: fits every type.
    Leeg,
}

/// An expression of which the type is known.
enum Term {
    Log(Log),
    Lane(Lane, Soort),
    Tekst(usize),
    Letter(String),
}

/// What an expression is read against.
pub(crate) struct Ontleder<'a> {
    definitie: &'a Definitie,
    tabel: &'a Tabel,
    velden: BTreeSet<usize>,
}

type Uitkomst<T> = Result<T, String>;

/// Reads `tekst` as a boolean expression over `tabel`; also gives the fields it uses.
pub(crate) fn ontleed(
    definitie: &Definitie,
    tabel: &Tabel,
    tekst: &str,
) -> Uitkomst<(Log, Vec<usize>)> {
    if tekst.len() > LANGSTE {
        return Err(format!("longer than {LANGSTE} bytes"));
    }
    let mut parser = Parser::new(&GenericDialect {})
        .try_with_sql(tekst)
        .map_err(|e| e.to_string())?;
    let expr = parser.parse_expr().map_err(|e| e.to_string())?;
    if parser.peek_token().token != Token::EOF {
        return Err(format!(
            "unexpected `{}` after the expression",
            parser.peek_token()
        ));
    }
    let mut ontleder = Ontleder {
        definitie,
        tabel,
        velden: BTreeSet::new(),
    };
    let log = ontleder.log(&expr)?;
    Ok((log, ontleder.velden.into_iter().collect()))
}

impl Ontleder<'_> {
    fn log(&mut self, expr: &Expr) -> Uitkomst<Log> {
        match self.term(expr)? {
            Term::Log(log) => Ok(log),
            Term::Lane(Lane::Leeg, Soort::Leeg) => Ok(Log::Vast(None)),
            _ => Err(format!("`{expr}` is no condition")),
        }
    }

    fn term(&mut self, expr: &Expr) -> Uitkomst<Term> {
        match expr {
            Expr::Nested(inner) => self.term(inner),
            Expr::Identifier(ident) => self.veld(ident),
            Expr::Value(value) => literal(&value.value),
            Expr::TypedString(typed) if typed.data_type == DataType::Date => {
                match &typed.value.value {
                    Value::SingleQuotedString(text) => {
                        Ok(Term::Lane(Lane::Vast(dag(text)?), Soort::Datum))
                    }
                    other => Err(format!("`{other}` is no date")),
                }
            }
            Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr,
            } => Ok(Term::Log(Log::Niet(Box::new(self.log(expr)?)))),
            Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr,
            } => self.negatief(expr),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right),
            Expr::IsNull(inner) => Ok(Term::Log(self.leeg(inner)?)),
            Expr::IsNotNull(inner) => Ok(Term::Log(Log::Niet(Box::new(self.leeg(inner)?)))),
            Expr::IsTrue(inner) => Ok(Term::Log(Log::Is(Box::new(self.log(inner)?), true))),
            Expr::IsFalse(inner) => Ok(Term::Log(Log::Is(Box::new(self.log(inner)?), false))),
            Expr::IsNotTrue(inner) => Ok(Term::Log(Log::Niet(Box::new(Log::Is(
                Box::new(self.log(inner)?),
                true,
            ))))),
            Expr::IsNotFalse(inner) => Ok(Term::Log(Log::Niet(Box::new(Log::Is(
                Box::new(self.log(inner)?),
                false,
            ))))),
            Expr::IsUnknown(inner) => Ok(Term::Log(Log::Onbekend(Box::new(self.log(inner)?)))),
            Expr::IsNotUnknown(inner) => Ok(Term::Log(Log::Niet(Box::new(Log::Onbekend(
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

    fn veld(&mut self, ident: &Ident) -> Uitkomst<Term> {
        let naam = &ident.value;
        let index = self
            .tabel
            .velden
            .iter()
            .position(|v| v.naam == *naam)
            .ok_or_else(|| format!("table `{}` has no field `{naam}`", self.tabel.naam))?;
        self.velden.insert(index);
        let lane = Lane::Veld(index);
        Ok(match &self.tabel.velden[index].veldtype {
            Veldtype::Pseudoniem | Veldtype::Tekst { .. } => Term::Tekst(index),
            Veldtype::Geheel => Term::Lane(
                lane,
                Soort::Getal {
                    schaal: 0,
                    grens: 1 << 31,
                },
            ),
            Veldtype::Decimaal => Term::Lane(
                lane,
                Soort::Getal {
                    schaal: 2,
                    grens: 10_i128.pow(12),
                },
            ),
            Veldtype::Datum => Term::Lane(lane, Soort::Datum),
            Veldtype::Code { lijst } => Term::Lane(lane, Soort::Code(lijst.clone())),
            Veldtype::Gemeente => Term::Lane(lane, Soort::Gemeente),
            Veldtype::JaNee => Term::Log(Log::Veld(index)),
        })
    }

    fn negatief(&mut self, expr: &Expr) -> Uitkomst<Term> {
        match self.term(expr)? {
            Term::Lane(Lane::Vast(n), soort @ Soort::Getal { .. }) => {
                Ok(Term::Lane(Lane::Vast(-n), soort))
            }
            Term::Lane(lane, soort @ Soort::Getal { .. }) => Ok(Term::Lane(
                Lane::Min(Box::new(Lane::Vast(0)), Box::new(lane)),
                soort,
            )),
            _ => Err(format!("`-{expr}` wants a number")),
        }
    }

    fn binary(&mut self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Uitkomst<Term> {
        use BinaryOperator as Op;
        match op {
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
            Op::Plus | Op::Minus | Op::Multiply => self.reken(left, op, right),
            Op::Divide | Op::Modulo => Err(format!(
                "`{left} {op} {right}`: there is no division, engines differ in it"
            )),
            _ => {
                let vergelijking = vergelijking(op)
                    .ok_or_else(|| format!("operator `{op}` is not part of the rule language"))?;
                let (a, b) = (self.term(left)?, self.term(right)?);
                self.vergelijk(vergelijking, a, b)
                    .map(Term::Log)
                    .map_err(|e| format!("`{left} {op} {right}`: {e}"))
            }
        }
    }

    fn reken(&mut self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Uitkomst<Term> {
        let fout = |reden: &str| format!("`{left} {op} {right}`: {reden}");
        let (Term::Lane(a, sa), Term::Lane(b, sb)) = (self.term(left)?, self.term(right)?) else {
            return Err(fout("wants numbers or dates"));
        };
        match (sa, sb, op) {
            (Soort::Datum, Soort::Datum, BinaryOperator::Minus) => Ok(Term::Lane(
                Lane::Min(Box::new(a), Box::new(b)),
                Soort::Getal {
                    schaal: 0,
                    grens: 1 << 33,
                },
            )),
            (
                Soort::Getal {
                    schaal: s1,
                    grens: g1,
                },
                Soort::Getal {
                    schaal: s2,
                    grens: g2,
                },
                BinaryOperator::Multiply,
            ) => {
                let soort = getal(s1 + s2, g1.saturating_mul(g2)).map_err(|e| fout(&e))?;
                Ok(Term::Lane(Lane::Keer(Box::new(a), Box::new(b)), soort))
            }
            (
                Soort::Getal {
                    schaal: s1,
                    grens: g1,
                },
                Soort::Getal {
                    schaal: s2,
                    grens: g2,
                },
                _,
            ) => {
                let schaal = s1.max(s2);
                let (a, g1) = scale(a, g1, schaal - s1).map_err(|e| fout(&e))?;
                let (b, g2) = scale(b, g2, schaal - s2).map_err(|e| fout(&e))?;
                let soort = getal(schaal, g1 + g2).map_err(|e| fout(&e))?;
                let (a, b) = (Box::new(a), Box::new(b));
                Ok(Term::Lane(
                    if *op == BinaryOperator::Plus {
                        Lane::Plus(a, b)
                    } else {
                        Lane::Min(a, b)
                    },
                    soort,
                ))
            }
            _ => Err(fout(
                "wants two numbers, or two dates with `-` between them",
            )),
        }
    }

    fn vergelijk(&self, op: Vergelijking, a: Term, b: Term) -> Uitkomst<Log> {
        let gelijkheid = matches!(op, Vergelijking::Gelijk | Vergelijking::Ongelijk);
        let log = match (a, b) {
            (Term::Lane(_, Soort::Leeg), _) | (_, Term::Lane(_, Soort::Leeg)) => {
                return Err("a comparison with NULL is never true; use IS NULL".to_owned());
            }
            (Term::Letter(letter), Term::Lane(lane, soort)) => {
                let vast = self.letter(&letter, &soort)?;
                return self.vergelijk_lanes(op.swapped(), lane, soort.clone(), vast, soort);
            }
            (Term::Lane(lane, soort), Term::Letter(letter)) => {
                let vast = self.letter(&letter, &soort)?;
                return self.vergelijk_lanes(op, lane, soort.clone(), vast, soort);
            }
            (Term::Lane(a, sa), Term::Lane(b, sb)) => {
                return self.vergelijk_lanes(op, a, sa, b, sb);
            }
            (Term::Tekst(_) | Term::Log(_), _) | (_, Term::Tekst(_) | Term::Log(_))
                if !gelijkheid =>
            {
                return Err("texts and ja_nee can be equal or not, there is no order".to_owned());
            }
            (Term::Tekst(veld), Term::Letter(letter))
            | (Term::Letter(letter), Term::Tekst(veld)) => Log::TekstIn(veld, vec![letter]),
            (Term::Tekst(a), Term::Tekst(b)) => Log::TekstGelijk(a, b),
            (Term::Log(a), Term::Log(b)) => Log::Gelijk(Box::new(a), Box::new(b)),
            _ => return Err("the two sides have different types".to_owned()),
        };
        Ok(negate(log, op == Vergelijking::Ongelijk))
    }

    fn vergelijk_lanes(
        &self,
        op: Vergelijking,
        a: Lane,
        sa: Soort,
        b: Lane,
        sb: Soort,
    ) -> Uitkomst<Log> {
        let geordend = !matches!(op, Vergelijking::Gelijk | Vergelijking::Ongelijk);
        match (sa, sb) {
            (
                Soort::Getal {
                    schaal: s1,
                    grens: g1,
                },
                Soort::Getal {
                    schaal: s2,
                    grens: g2,
                },
            ) => {
                let schaal = s1.max(s2);
                let (a, _) = scale(a, g1, schaal - s1)?;
                let (b, _) = scale(b, g2, schaal - s2)?;
                Ok(Log::Vergelijk(op, a, b))
            }
            (Soort::Code(_) | Soort::Gemeente, _) if geordend => {
                Err("codes can be equal or not, there is no order".to_owned())
            }
            (sa, sb) if sa == sb => Ok(Log::Vergelijk(op, a, b)),
            _ => Err("the two sides have different types".to_owned()),
        }
    }

    /// A text constant beside a lane of type `soort`: a date, a code, a gemeente.
    fn letter(&self, letter: &str, soort: &Soort) -> Uitkomst<Lane> {
        match soort {
            Soort::Datum => dag(letter).map(Lane::Vast),
            Soort::Code(lijst) => self.definitie.codelijsten[lijst]
                .codes
                .iter()
                .position(|c| c.code == letter)
                .map(|key| Lane::Vast(key as i64))
                .ok_or_else(|| {
                    format!(
                        "code list `{lijst}` has no code `{letter}` in {}",
                        self.definitie.jaar
                    )
                }),
            Soort::Gemeente => Gebieden::get()
                .gemeenten(self.definitie.jaar)
                .and_then(|gemeenten| gemeenten.keys().position(|code| code == letter))
                .map(|key| Lane::Vast(key as i64))
                .ok_or_else(|| format!("`{letter}` is no gemeente in {}", self.definitie.jaar)),
            Soort::Getal { .. } | Soort::Leeg => {
                Err("the two sides have different types".to_owned())
            }
        }
    }

    fn in_list(&mut self, expr: &Expr, list: &[Expr]) -> Uitkomst<Log> {
        let mut of = Vec::with_capacity(list.len());
        for item in list {
            let (links, rechts) = (self.term(expr)?, self.term(item)?);
            of.push(
                self.vergelijk(Vergelijking::Gelijk, links, rechts)
                    .map_err(|e| format!("`{expr} IN ({item})`: {e}"))?,
            );
        }
        Ok(merge_in(of))
    }

    fn between(&mut self, expr: &Expr, low: &Expr, high: &Expr) -> Uitkomst<Log> {
        let fout = |e: String| format!("`{expr} BETWEEN {low} AND {high}`: {e}");
        let (a, b) = (self.term(expr)?, self.term(low)?);
        let onder = self
            .vergelijk(Vergelijking::MinstensGelijk, a, b)
            .map_err(fout)?;
        let (a, b) = (self.term(expr)?, self.term(high)?);
        let boven = self
            .vergelijk(Vergelijking::HoogstensGelijk, a, b)
            .map_err(fout)?;
        Ok(Log::En(vec![onder, boven]))
    }

    fn leeg(&mut self, expr: &Expr) -> Uitkomst<Log> {
        Ok(match self.term(expr)? {
            Term::Tekst(veld) | Term::Lane(Lane::Veld(veld), _) | Term::Log(Log::Veld(veld)) => {
                Log::VeldLeeg(veld)
            }
            Term::Lane(lane, _) => Log::LaneLeeg(lane),
            Term::Log(log) => Log::Onbekend(Box::new(log)),
            Term::Letter(_) => Log::Vast(Some(false)),
        })
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        else_result: Option<&Expr>,
    ) -> Uitkomst<Term> {
        let mut takken = Vec::with_capacity(conditions.len());
        for tak in conditions {
            let conditie = match operand {
                None => self.log(&tak.condition)?,
                Some(operand) => {
                    let (a, b) = (self.term(operand)?, self.term(&tak.condition)?);
                    self.vergelijk(Vergelijking::Gelijk, a, b)
                        .map_err(|e| format!("`CASE {operand} WHEN {}`: {e}", tak.condition))?
                }
            };
            takken.push((conditie, self.term(&tak.result)?));
        }
        let anders = match else_result {
            Some(expr) => self.term(expr)?,
            None => Term::Lane(Lane::Leeg, Soort::Leeg),
        };
        join_case(takken, anders)
    }
}

/// Gives all results of a CASE one type.
fn join_case(takken: Vec<(Log, Term)>, anders: Term) -> Uitkomst<Term> {
    let logisch = takken
        .iter()
        .map(|(_, t)| t)
        .chain([&anders])
        .any(|t| matches!(t, Term::Log(_)));
    if logisch {
        let takken = takken
            .into_iter()
            .map(|(c, t)| Ok((c, as_log(t)?)))
            .collect::<Uitkomst<Vec<_>>>()?;
        return Ok(Term::Log(Log::Als(takken, Box::new(as_log(anders)?))));
    }
    let mut soort = Soort::Leeg;
    for term in takken.iter().map(|(_, t)| t).chain([&anders]) {
        let Term::Lane(_, s) = term else {
            return Err("CASE gives conditions, numbers or dates; no texts".to_owned());
        };
        soort = join_soort(soort, s)?;
    }
    let takken = takken
        .into_iter()
        .map(|(c, t)| Ok((c, as_lane(t, &soort)?)))
        .collect::<Uitkomst<Vec<_>>>()?;
    let anders = as_lane(anders, &soort)?;
    Ok(Term::Lane(Lane::Als(takken, Box::new(anders)), soort))
}

fn join_soort(a: Soort, b: &Soort) -> Uitkomst<Soort> {
    match (a, b) {
        (Soort::Leeg, b) => Ok(b.clone()),
        (a, Soort::Leeg) => Ok(a),
        (
            Soort::Getal {
                schaal: s1,
                grens: g1,
            },
            Soort::Getal {
                schaal: s2,
                grens: g2,
            },
        ) => {
            let schaal = s1.max(*s2);
            getal(
                schaal,
                (g1 * 10_i128.pow(schaal - s1)).max(g2 * 10_i128.pow(schaal - s2)),
            )
        }
        (a, b) if a == *b => Ok(a),
        _ => Err("the results of a CASE have different types".to_owned()),
    }
}

fn as_log(term: Term) -> Uitkomst<Log> {
    match term {
        Term::Log(log) => Ok(log),
        Term::Lane(Lane::Leeg, _) => Ok(Log::Vast(None)),
        _ => Err("the results of a CASE have different types".to_owned()),
    }
}

fn as_lane(term: Term, soort: &Soort) -> Uitkomst<Lane> {
    match (term, soort) {
        (Term::Lane(lane, Soort::Getal { schaal, grens }), Soort::Getal { schaal: naar, .. }) => {
            scale(lane, grens, naar - schaal).map(|(lane, _)| lane)
        }
        (Term::Lane(lane, _), _) => Ok(lane),
        _ => Err("the results of a CASE have different types".to_owned()),
    }
}

fn getal(schaal: u32, grens: i128) -> Uitkomst<Soort> {
    if grens > i128::from(i64::MAX) || schaal > 6 {
        return Err("the outcome could pass 64 bits; compare smaller products".to_owned());
    }
    Ok(Soort::Getal { schaal, grens })
}

/// The lane in units ten to the `stappen` smaller.
fn scale(lane: Lane, grens: i128, stappen: u32) -> Uitkomst<(Lane, i128)> {
    let factor = 10_i64.pow(stappen);
    let groter = grens.saturating_mul(i128::from(factor));
    getal(0, groter)?;
    Ok(match lane {
        lane if factor == 1 => (lane, groter),
        Lane::Vast(n) => (Lane::Vast(n * factor), groter),
        Lane::Leeg => (Lane::Leeg, groter),
        lane => (
            Lane::Keer(Box::new(lane), Box::new(Lane::Vast(factor))),
            groter,
        ),
    })
}

fn literal(value: &Value) -> Uitkomst<Term> {
    match value {
        Value::Number(text, false) => number(text),
        Value::SingleQuotedString(text) => Ok(Term::Letter(text.clone())),
        Value::Boolean(b) => Ok(Term::Log(Log::Vast(Some(*b)))),
        Value::Null => Ok(Term::Lane(Lane::Leeg, Soort::Leeg)),
        other => Err(format!("`{other}` is not part of the rule language")),
    }
}

/// A whole number or a decimal fraction, exactly.
fn number(text: &str) -> Uitkomst<Term> {
    let (geheel, fractie) = text.split_once('.').unwrap_or((text, ""));
    let fout = || format!("`{text}` is no plain number of at most 15 digits, 4 of them decimals");
    if fractie.len() > 4 || geheel.len() + fractie.len() > 15 {
        return Err(fout());
    }
    let waarde: i64 = format!("{geheel}{fractie}").parse().map_err(|_| fout())?;
    let soort = Soort::Getal {
        schaal: fractie.len() as u32,
        grens: i128::from(waarde),
    };
    Ok(Term::Lane(Lane::Vast(waarde), soort))
}

fn dag(text: &str) -> Uitkomst<i64> {
    parse_datum(text.as_bytes())
        .map(i64::from)
        .ok_or_else(|| format!("`{text}` is no date"))
}

fn vergelijking(op: &BinaryOperator) -> Option<Vergelijking> {
    Some(match op {
        BinaryOperator::Eq => Vergelijking::Gelijk,
        BinaryOperator::NotEq => Vergelijking::Ongelijk,
        BinaryOperator::Lt => Vergelijking::Kleiner,
        BinaryOperator::LtEq => Vergelijking::HoogstensGelijk,
        BinaryOperator::Gt => Vergelijking::Groter,
        BinaryOperator::GtEq => Vergelijking::MinstensGelijk,
        _ => return None,
    })
}

fn negate(log: Log, negated: bool) -> Log {
    if negated {
        Log::Niet(Box::new(log))
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
        Some(Log::Vergelijk(_, Lane::Veld(veld), _) | Log::TekstIn(veld, _)) => *veld,
        _ => return Log::Of(of),
    };
    let (mut waarden, mut teksten) = (Vec::new(), Vec::new());
    for log in &of {
        match log {
            Log::Vergelijk(Vergelijking::Gelijk, Lane::Veld(v), Lane::Vast(n)) if *v == veld => {
                waarden.push(*n)
            }
            Log::TekstIn(v, deel) if *v == veld => teksten.extend(deel.iter().cloned()),
            // Also `'x' IN (a, b)`, which is about two fields.
            _ => return Log::Of(of),
        }
    }
    if waarden.is_empty() {
        return Log::TekstIn(veld, teksten);
    }
    waarden.sort_unstable();
    waarden.dedup();
    Log::In(Lane::Veld(veld), waarden)
}
