//! Works out a typed tree over the columns of one window of rows.
//!
//! Owns the loops. Every lane is read at most once per window, whatever the number of rules over it; windows keep
//! the memory of all temporaries bounded, however large a batch is.

use std::borrow::Cow;
use std::cell::OnceCell;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type, UInt8Type, UInt16Type};
use arrow_array::{Array, ArrayRef};
use arrow_buffer::{BooleanBuffer, NullBuffer};
use arrow_schema::DataType;

use super::bits::{self, Ternary};
use super::tree::{Comparator, Lane, Log};

/// Rows worked out at a time: all lanes of a table stay in cache.
pub(crate) const WINDOW: usize = 4096;

/// A run of rows of a typed batch, with what has been read of it.
pub(crate) struct Window<'a> {
    kolommen: &'a [ArrayRef],
    begin: usize,
    pub(crate) rijen: usize,
    lanes: Vec<OnceCell<Vec<i64>>>,
    filled: Vec<OnceCell<Vec<u64>>>,
}

/// Values of a lane and the rows for which they are known.
struct LaneValues<'v> {
    waarden: Constant<'v>,
    known: Cow<'v, [u64]>,
}

/// One value for all rows, or one for each.
enum Constant<'v> {
    Een(i64),
    Elk(Cow<'v, [i64]>),
}

impl Constant<'_> {
    fn at(&self, i: usize) -> i64 {
        match self {
            Self::Een(n) => *n,
            Self::Elk(values) => values[i],
        }
    }
}

impl<'a> Window<'a> {
    /// The rows `begin..begin + rijen` of typed columns.
    pub(crate) fn new(columns: &'a [ArrayRef], begin: usize, rows: usize) -> Self {
        let cells = columns.len();
        Self {
            kolommen: columns,
            begin,
            rijen: rows,
            lanes: std::iter::repeat_with(OnceCell::new).take(cells).collect(),
            filled: std::iter::repeat_with(OnceCell::new).take(cells).collect(),
        }
    }

    /// Works out a condition.
    pub(crate) fn log(&self, log: &Log) -> Ternary {
        match log {
            Log::Constant(value) => Ternary::constant(self.rijen, *value),
            Log::Veld(veld) => {
                let values = self.kolommen[*veld].as_boolean().values();
                Ternary::known(
                    window_bits(values, self.begin, self.rijen),
                    self.filled(*veld),
                )
            }
            Log::Vergelijk(operator, a, b) => self.compare(*operator, a, b),
            Log::In(lane, lane_values) => self.in_list(lane, lane_values),
            Log::TextIn(veld, texts) => {
                let column = self.kolommen[*veld].as_string::<i32>();
                let equal = bits::mask(self.rijen, |i| {
                    texts.iter().any(|t| t == column.value(self.begin + i))
                });
                Ternary::known(equal, self.filled(*veld))
            }
            Log::TextEqual(a, b) => {
                let (known_a, kb) = (
                    self.kolommen[*a].as_string::<i32>(),
                    self.kolommen[*b].as_string::<i32>(),
                );
                let equal = bits::mask(self.rijen, |i| {
                    known_a.value(self.begin + i) == kb.value(self.begin + i)
                });
                Ternary::known(equal, &bits::and(self.filled(*a).to_vec(), self.filled(*b)))
            }
            Log::Equal(a, b) => {
                let (a, b) = (self.log(a), self.log(b));
                let both = bits::and(
                    bits::or(a.is_true.clone(), &a.is_false),
                    &bits::or(b.is_true.clone(), &b.is_false),
                );
                let equal = bits::or(
                    bits::and(a.is_true, &b.is_true),
                    &bits::and(a.is_false, &b.is_false),
                );
                Ternary::known(equal, &both)
            }
            Log::VeldLeeg(veld) => {
                self.certain(bits::and_not(bits::ones(self.rijen), self.filled(*veld)))
            }
            Log::LaneEmpty(lane) => self.certain(bits::and_not(
                bits::ones(self.rijen),
                &self.lane(lane).known,
            )),
            Log::Onbekend(log) => {
                let value = self.log(log);
                self.certain(bits::and_not(
                    bits::ones(self.rijen),
                    &bits::or(value.is_true, &value.is_false),
                ))
            }
            Log::Is(log, true) => self.certain(self.log(log).is_true),
            Log::Is(log, false) => self.certain(self.log(log).is_false),
            Log::Not(log) => self.log(log).not(),
            Log::En(parts) => self.fold(parts, true),
            Log::Of(parts) => self.fold(parts, false),
            Log::Case(branches, otherwise) => self.case_log(branches, otherwise),
        }
    }

    /// True where `is_true` is set, false elsewhere.
    fn certain(&self, is_true: Vec<u64>) -> Ternary {
        Ternary::known(is_true, &bits::ones(self.rijen))
    }

    fn fold(&self, parts: &[Log], en: bool) -> Ternary {
        let mut outcome = Ternary::constant(self.rijen, Some(en));
        for part in parts {
            let value = self.log(part);
            outcome = if en {
                outcome.and(&value)
            } else {
                outcome.or(&value)
            };
        }
        outcome
    }

    fn compare(&self, operator: Comparator, a: &Lane, b: &Lane) -> Ternary {
        if let Some(is_true) = self.compare_i32(operator, a, b) {
            return is_true;
        }
        let (a, b) = (self.lane(a), self.lane(b));
        let known = bits::and(a.known.into_owned(), &b.known);
        let is_true = match (&a.waarden, &b.waarden) {
            (Constant::Een(a), Constant::Een(b)) if operator.holds(a.cmp(b)) => {
                bits::ones(self.rijen)
            }
            (Constant::Een(_), Constant::Een(_)) => vec![0; bits::words(self.rijen)],
            (Constant::Een(a), Constant::Elk(b)) => compare_constant(operator.swapped(), b, *a),
            (Constant::Elk(a), Constant::Een(b)) => compare_constant(operator, a, *b),
            (Constant::Elk(a), Constant::Elk(b)) => compare(operator, a, b),
        };
        Ternary::known(is_true, &known)
    }

    /// Dates and whole numbers straight from their columns: the bulk of all comparisons, at half the width.
    fn compare_i32(&self, operator: Comparator, a: &Lane, b: &Lane) -> Option<Ternary> {
        let (operator, veld, other) = match (a, b) {
            (Lane::Veld(a), b) => (operator, *a, b),
            (a, Lane::Veld(b)) => (operator.swapped(), *b, a),
            _ => return None,
        };
        let links = self.narrow(veld)?;
        match other {
            Lane::Constant(n) => {
                let is_true = compare_constant(operator, links, i32::try_from(*n).ok()?);
                Some(Ternary::known(is_true, self.filled(veld)))
            }
            Lane::Veld(other) => {
                let is_true = compare(operator, links, self.narrow(*other)?);
                Some(Ternary::known(
                    is_true,
                    &bits::and(self.filled(veld).to_vec(), self.filled(*other)),
                ))
            }
            _ => None,
        }
    }

    fn narrow(&self, veld: usize) -> Option<&'a [i32]> {
        let column: &'a ArrayRef = &self.kolommen[veld];
        let values: &'a [i32] = match column.data_type() {
            DataType::Int32 => column.as_primitive::<Int32Type>().values(),
            DataType::Date32 => column.as_primitive::<Date32Type>().values(),
            _ => return None,
        };
        Some(&values[self.begin..self.begin + self.rijen])
    }

    fn in_list(&self, lane: &Lane, lane_values: &[i64]) -> Ternary {
        let lane = self.lane(lane);
        let in_list = match lane_values {
            // Keys of a short code list: one bit each.
            [first, .., last] if *first >= 0 && *last < 64 => {
                let set = lane_values.iter().fold(0_u64, |set, w| set | (1 << w));
                bits::mask(self.rijen, |i| {
                    let w = lane.waarden.at(i);
                    (0..64).contains(&w) && (set >> w) & 1 == 1
                })
            }
            _ => bits::mask(self.rijen, |i| {
                lane_values.binary_search(&lane.waarden.at(i)).is_ok()
            }),
        };
        Ternary::known(in_list, &lane.known)
    }

    fn case_log(&self, branches: &[(Log, Log)], otherwise: &Log) -> Ternary {
        let mut open = bits::ones(self.rijen);
        let mut outcome = Ternary::constant(self.rijen, None);
        for (condition, result) in branches {
            let here = bits::and(self.log(condition).is_true, &open);
            open = bits::and_not(open, &here);
            let value = self.log(result);
            outcome.is_true = bits::or(outcome.is_true, &bits::and(value.is_true, &here));
            outcome.is_false = bits::or(outcome.is_false, &bits::and(value.is_false, &here));
        }
        let value = self.log(otherwise);
        Ternary {
            is_true: bits::or(outcome.is_true, &bits::and(value.is_true, &open)),
            is_false: bits::or(outcome.is_false, &bits::and(value.is_false, &open)),
        }
    }

    fn lane(&self, lane: &Lane) -> LaneValues<'_> {
        match lane {
            Lane::Veld(veld) => LaneValues {
                waarden: Constant::Elk(Cow::Borrowed(self.breed(*veld))),
                known: Cow::Borrowed(self.filled(*veld)),
            },
            Lane::Constant(n) => LaneValues {
                waarden: Constant::Een(*n),
                known: Cow::Owned(bits::ones(self.rijen)),
            },
            Lane::Empty => LaneValues {
                waarden: Constant::Een(0),
                known: Cow::Owned(vec![0; bits::words(self.rijen)]),
            },
            // Accepted expressions fit 64 bits for every known value; what stands under a NULL may not.
            Lane::Plus(a, b) => self.calculate(a, b, i64::wrapping_add),
            Lane::Min(a, b) => self.calculate(a, b, i64::wrapping_sub),
            Lane::Times(a, b) => self.calculate(a, b, i64::wrapping_mul),
            Lane::Case(branches, otherwise) => self.case_lane(branches, otherwise),
        }
    }

    fn calculate(&self, a: &Lane, b: &Lane, operation: impl Fn(i64, i64) -> i64) -> LaneValues<'_> {
        let (a, b) = (self.lane(a), self.lane(b));
        let known = bits::and(a.known.into_owned(), &b.known);
        let lane_values = match (&a.waarden, &b.waarden) {
            (Constant::Een(a), Constant::Een(b)) => Constant::Een(operation(*a, *b)),
            (Constant::Elk(a), Constant::Een(b)) => {
                Constant::Elk(a.iter().map(|a| operation(*a, *b)).collect())
            }
            (Constant::Een(a), Constant::Elk(b)) => {
                Constant::Elk(b.iter().map(|b| operation(*a, *b)).collect())
            }
            (Constant::Elk(a), Constant::Elk(b)) => Constant::Elk(
                a.iter()
                    .zip(b.iter())
                    .map(|(a, b)| operation(*a, *b))
                    .collect(),
            ),
        };
        LaneValues {
            waarden: lane_values,
            known: Cow::Owned(known),
        }
    }

    fn case_lane(&self, branches: &[(Log, Lane)], otherwise: &Lane) -> LaneValues<'_> {
        let mut open = bits::ones(self.rijen);
        let mut lane_values = vec![0; self.rijen];
        let mut known = vec![0; bits::words(self.rijen)];
        let mut choose = |here: &[u64], lane: &Lane| {
            let value = self.lane(lane);
            bits::positions(here).for_each(|i| lane_values[i] = value.waarden.at(i));
            known
                .iter_mut()
                .zip(here)
                .zip(value.known.iter())
                .for_each(|((b, h), v)| *b |= h & v);
        };
        for (condition, result) in branches {
            let here = bits::and(self.log(condition).is_true, &open);
            open = bits::and_not(open, &here);
            choose(&here, result);
        }
        choose(&open, otherwise);
        LaneValues {
            waarden: Constant::Elk(Cow::Owned(lane_values)),
            known: Cow::Owned(known),
        }
    }

    /// The rows for which a field has a value.
    pub(crate) fn filled(&self, veld: usize) -> &[u64] {
        self.filled[veld].get_or_init(|| match self.kolommen[veld].nulls() {
            Some(nulls) => known_bits(nulls, self.begin, self.rijen),
            None => bits::ones(self.rijen),
        })
    }

    fn breed(&self, veld: usize) -> &[i64] {
        self.lanes[veld].get_or_init(|| wide(&self.kolommen[veld], self.begin, self.rijen))
    }
}

/// The values of a column as 64-bit numbers; what stands under a NULL is arbitrary.
pub(crate) fn wide(column: &ArrayRef, begin: usize, rows: usize) -> Vec<i64> {
    let window = begin..begin + rows;
    match column.data_type() {
        DataType::Int32 => column.as_primitive::<Int32Type>().values()[window]
            .iter()
            .map(|&v| v.into())
            .collect(),
        DataType::Date32 => column.as_primitive::<Date32Type>().values()[window]
            .iter()
            .map(|&v| v.into())
            .collect(),
        // 12 digits: every known value fits.
        DataType::Decimal128(..) => column.as_primitive::<Decimal128Type>().values()[window]
            .iter()
            .map(|&v| v as i64)
            .collect(),
        DataType::Dictionary(key, _) if **key == DataType::UInt8 => {
            column.as_dictionary::<UInt8Type>().keys().values()[window]
                .iter()
                .map(|&v| v.into())
                .collect()
        }
        DataType::Dictionary(..) => column.as_dictionary::<UInt16Type>().keys().values()[window]
            .iter()
            .map(|&v| v.into())
            .collect(),
        DataType::Boolean => window
            .map(|i| i64::from(column.as_boolean().value(i)))
            .collect(),
        other => unreachable!("no lane is made of a column of type {other}"),
    }
}

pub(crate) fn known_bits(nulls: &NullBuffer, begin: usize, rows: usize) -> Vec<u64> {
    window_bits(nulls.inner(), begin, rows)
}

/// Bits `begin..begin + rijen` of a buffer, with zeros past the end.
fn window_bits(buffer: &BooleanBuffer, begin: usize, rows: usize) -> Vec<u64> {
    let window = buffer.slice(begin, rows);
    let mut words: Vec<u64> = window.bit_chunks().iter_padded().collect();
    words.truncate(bits::words(rows));
    words
}

fn compare_constant<T: Ord + Copy>(operator: Comparator, a: &[T], b: T) -> Vec<u64> {
    // One loop per operator: the choice stays out of the loop, and the loop vectorises.
    match operator {
        Comparator::Equal => bits::mask(a.len(), |i| a[i] == b),
        Comparator::Unequal => bits::mask(a.len(), |i| a[i] != b),
        Comparator::Less => bits::mask(a.len(), |i| a[i] < b),
        Comparator::AtMost => bits::mask(a.len(), |i| a[i] <= b),
        Comparator::Greater => bits::mask(a.len(), |i| a[i] > b),
        Comparator::AtLeast => bits::mask(a.len(), |i| a[i] >= b),
    }
}

fn compare<T: Ord + Copy>(operator: Comparator, a: &[T], b: &[T]) -> Vec<u64> {
    let b = &b[..a.len()];
    match operator {
        Comparator::Equal => bits::mask(a.len(), |i| a[i] == b[i]),
        Comparator::Unequal => bits::mask(a.len(), |i| a[i] != b[i]),
        Comparator::Less => bits::mask(a.len(), |i| a[i] < b[i]),
        Comparator::AtMost => bits::mask(a.len(), |i| a[i] <= b[i]),
        Comparator::Greater => bits::mask(a.len(), |i| a[i] > b[i]),
        Comparator::AtLeast => bits::mask(a.len(), |i| a[i] >= b[i]),
    }
}
