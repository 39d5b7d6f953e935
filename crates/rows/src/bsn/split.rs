//! BSNs divided over the cells of a row: `12345` and `6782`, or `123`, `456` and `782`.
//!
//! Owns putting cells together in every order, and the test of each order by its rate. Two columns of counts make nine
//! digits by chance too: only pairs of which both parts are new count, and the limit is far stricter than that of a
//! column. Leaves the cells themselves to `column`.

use std::collections::{HashMap, HashSet};

use super::{binomial_tail, eleven_test};

/// Below this chance of so many passing by luck, the columns together are BSNs. Hundreds of orders are tried per table.
const LIMIT: f64 = 1e-10;
/// Rows whose cells could make nine digits; more add nothing to the certainty.
const MOST_ROWS: usize = 5_000;
/// Numbers that are tried per order.
const MOST_NUMBERS: usize = 400;
/// The most digits of one part.
const LONGEST: usize = 7;

/// Looks at the rows of a table, a few columns wide.
#[derive(Debug, Default)]
pub struct SplitTest {
    rows: usize,
    /// Per order of columns (from 0; the last is `u8::MAX` where there are two) and digits of the last part.
    orders: HashMap<(u8, u8, u8, u8), Order>,
    parts: Vec<(u8, u8, u32)>,
}

#[derive(Debug, Default)]
struct Order {
    first: HashSet<u32>,
    last: HashSet<u32>,
    tried: usize,
    passed: usize,
}

impl Order {
    fn look(&mut self, first: u32, last: u32, number: u32) {
        if self.tried >= MOST_NUMBERS || !self.first.insert(first) || !self.last.insert(last) {
            return;
        }
        self.tried += 1;
        self.passed += usize::from(eleven_test(number));
    }
}

impl SplitTest {
    /// Looks at the cells of one row: those that may be counts, always in the same order.
    #[inline]
    pub fn look<'a>(&mut self, cells: impl Iterator<Item = &'a str> + Clone) {
        if self.rows >= MOST_ROWS {
            return;
        }
        // Most rows end here: no two or three of their cells have nine digits together.
        let long = cells
            .clone()
            .filter(|c| (2..=LONGEST).contains(&c.len()))
            .map(str::len);
        let (count, total, longest) = long.fold((0, 0, 0), |(count, total, longest), length| {
            (count + 1, total + length, length.max(longest))
        });
        if count < 2 || total < 8 || longest < 3 {
            return;
        }
        let mut parts = std::mem::take(&mut self.parts);
        parts.clear();
        for (column, cell) in (0_u8..).zip(cells) {
            let length = cell.len();
            if (2..=LONGEST).contains(&length)
                && cell.bytes().all(|b| b.is_ascii_digit())
                && let (Ok(value), Ok(length)) = (cell.parse(), u8::try_from(length))
            {
                parts.push((column, length, value));
            }
        }
        let tried = self.pairs(&parts) | self.triples(&parts);
        self.rows += usize::from(tried);
        self.parts = parts;
    }

    /// Two parts of nine digits together, or eight where one began with a zero; whether there were any.
    fn pairs(&mut self, parts: &[(u8, u8, u32)]) -> bool {
        let mut tried = false;
        for &(a, a_length, first) in parts {
            for &(b, b_length, last) in parts {
                if a == b || !matches!(a_length + b_length, 8 | 9) {
                    continue;
                }
                for digits in b_length..=9 - a_length {
                    let number = first * 10_u32.pow(u32::from(digits)) + last;
                    let order = self.orders.entry((a, b, u8::MAX, digits)).or_default();
                    order.look(first, last, number);
                    tried = true;
                }
            }
        }
        tried
    }

    /// Three parts of three digits each; one of them may have begun with a zero.
    fn triples(&mut self, parts: &[(u8, u8, u32)]) -> bool {
        let mut tried = false;
        let short = parts
            .iter()
            .filter(|(_, length, _)| (2..=3).contains(length));
        let short: Vec<(u8, u8, u32)> = short.copied().collect();
        if short.iter().filter(|(_, length, _)| *length == 3).count() < 2 {
            return false;
        }
        for &(a, a_length, first) in &short {
            for &(b, b_length, middle) in &short {
                for &(c, c_length, last) in &short {
                    if a == b || b == c || a == c || a_length + b_length + c_length < 8 {
                        continue;
                    }
                    let number = (first * 1000 + middle) * 1000 + last;
                    let order = self.orders.entry((a, b, c, 3)).or_default();
                    order.look(first, middle * 1000 + last, number);
                    tried = true;
                }
            }
        }
        tried
    }

    /// Whether some columns together are BSNs more often than chance allows.
    pub fn suspicious(&self) -> bool {
        self.orders.values().any(|order| {
            order.passed * 11 > order.tried && binomial_tail(order.tried, order.passed) < LIMIT
        })
    }
}
