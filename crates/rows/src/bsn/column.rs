//! A column of numbers: BSNs, or numbers of one's own of which 1 in 11 passes by chance?
//!
//! Owns the number that a whole cell may be, the exact test of a column by its rate, and what one cell is enough for,
//! per kind of column. Leaves the forms within a text to `text`.

use std::collections::HashSet;

use super::plain::plain;
use super::{eleven_test, in_text, text};

/// Distinct numbers a column test looks at; more adds nothing to the certainty.
const MOST_NUMBERS: usize = 50_000;
/// Below this chance of so many passing by luck, a column counts as BSNs.
const LIMIT: f64 = 1e-6;
/// The stricter bound for stopping before the end, so that looking often does not add up.
const INTERIM_LIMIT: f64 = 1e-12;
/// The longest cell that is one number.
const LONGEST: usize = 24;

/// The number in a whole cell, where it could be a BSN: 8 digits (a leading zero was lost) or 9, with signs between
/// them and zeros before them, or as a program writes a number (`123456782.0`, `1.23456782E8`).
pub fn candidate(cell: &str) -> Option<u32> {
    if cell.len() < 8 || cell.len() > 3 * LONGEST {
        return None;
    }
    let plain = plain(cell);
    if plain.len() > LONGEST || is_written_date(&plain) {
        return None;
    }
    let cell = written_out(&plain);
    let cell = cell.as_deref().unwrap_or_else(|| without_zeros(&plain));
    let mut number: u64 = 0;
    let mut digits = 0;
    for byte in cell {
        match byte {
            b'0'..=b'9' => {
                number = number * 10 + u64::from(byte - b'0');
                digits += usize::from(number > 0);
                if digits > 9 {
                    return None;
                }
            }
            b'.' | b' ' | b'-' | b'\'' | b'/' | b'_' | b',' | b'\\' => {}
            _ => return None,
        }
    }
    matches!(digits, 8 | 9)
        .then(|| u32::try_from(number).ok())
        .flatten()
}

/// A written date has eight digits too.
fn is_written_date(cell: &[u8]) -> bool {
    let sign = |place: usize| !cell[place].is_ascii_digit();
    cell.len() == 10 && ((sign(2) && sign(5)) || (sign(4) && sign(7)))
}

/// Without the `.0` or `,00` that makes a whole number a decimal one.
fn without_zeros(cell: &[u8]) -> &[u8] {
    for zeros in [1, 2] {
        if let Some((whole, end)) = cell.split_at_checked(cell.len() - zeros - 1)
            && matches!(end[0], b'.' | b',')
            && end[1..].iter().all(|b| *b == b'0')
            && whole.iter().filter(|b| b.is_ascii_digit()).count() >= 8
        {
            return whole;
        }
    }
    cell
}

/// A power of ten that lost no digit: `1.23456782E8`.
fn written_out(cell: &[u8]) -> Option<Vec<u8>> {
    let place = cell.iter().position(|b| matches!(b, b'e' | b'E'))?;
    let power = std::str::from_utf8(&cell[place + 1..]).ok()?;
    let power: usize = power.trim_start_matches('+').parse().ok()?;
    let [whole, b'.' | b',', decimals @ ..] = &cell[..place] else {
        return None;
    };
    (decimals.len() == power).then(|| [&[*whole][..], decimals].concat())
}

/// What a column holds, and so what is enough to refuse it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanKind {
    /// Words, codes and dates: one BSN in any form.
    Words,
    /// Words, among which numbers of one's own, with a letter or two before them: those are judged by their rate, every
    /// other form by itself.
    OwnNumbers,
    /// Identifiers, in whatever form: judged by their rate.
    Identifiers,
    /// Counts and amounts: judged by their rate, but in a form that no amount has by itself.
    Amounts,
}

impl ScanKind {
    /// Whether one cell by itself is enough to refuse a column of this kind.
    pub fn refuses(self, cell: &str) -> bool {
        let own = |cell: &str| match self {
            Self::Words => false,
            Self::OwnNumbers => is_own_number(cell.trim()),
            Self::Amounts => is_amount(cell.trim().as_bytes()),
            Self::Identifiers => true,
        };
        in_text(cell) && !own(cell)
    }
}

/// Looks at one column, cell by cell.
#[derive(Debug)]
pub struct ColumnScan {
    kind: ScanKind,
    test: ColumnTest,
    met: bool,
}

impl ColumnScan {
    /// Begins on a column.
    pub fn new(kind: ScanKind) -> Self {
        Self {
            kind,
            test: ColumnTest::default(),
            met: false,
        }
    }

    /// Looks at one cell; true where that cell by itself is enough to refuse.
    #[inline]
    pub fn look(&mut self, cell: &str) -> bool {
        may_hold(cell.as_bytes()) && self.look_closer(cell)
    }

    fn look_closer(&mut self, cell: &str) -> bool {
        if self.kind == ScanKind::Identifiers {
            self.test.look_in_text(cell);
            return false;
        }
        match self.kind {
            ScanKind::OwnNumbers => self.test.look_in_text(cell),
            _ => self.test.look(cell),
        }
        let met = self.kind.refuses(cell);
        self.met |= met;
        met
    }

    /// Whether there was a cell that is enough by itself.
    pub fn met(&self) -> bool {
        self.met
    }

    /// What the column holds.
    pub fn kind(&self) -> ScanKind {
        self.kind
    }

    /// The test of the column as a whole.
    pub fn test(&self) -> &ColumnTest {
        &self.test
    }
}

/// Digits and nothing else, or a few letters before them: `K-100000009`.
fn is_own_number(cell: &str) -> bool {
    const LETTERS: usize = 4;
    let digits = cell.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let letters = &cell[..cell.len() - digits.len()];
    let digits = match letters {
        "" => digits,
        _ => digits.strip_prefix(['-', '_']).unwrap_or(digits),
    };
    letters.len() <= LETTERS
        && !letters.eq_ignore_ascii_case("bsn")
        && digits.bytes().all(|b| b.is_ascii_digit())
}

/// The cheap question before all others, of a few nanoseconds: is the cell long enough, and has it eight digits, or signs
/// beyond ASCII, or the length of nine words? What it lets through need not have eight digits.
#[inline]
fn may_hold(cell: &[u8]) -> bool {
    const EIGHT: usize = 8;
    let Some((first, rest)) = cell.split_first_chunk::<EIGHT>() else {
        return false;
    };
    if cell.len() == 10 && is_written_date(cell) {
        return false;
    }
    if cell.len() >= text::WORDS_LENGTH {
        return true;
    }
    let mut count = digits(*first);
    let mut pieces = rest.chunks_exact(EIGHT);
    for piece in &mut pieces {
        count += digits(piece.try_into().expect("a piece has eight bytes"));
    }
    if !pieces.remainder().is_empty() {
        // Overlaps what was counted: a few digits count twice.
        let last = cell.last_chunk::<EIGHT>();
        count += last.map_or(0, |last| digits(*last));
    }
    count >= 8
}

/// How many of eight bytes are digits; one that is no ASCII counts as eight. All at once: bytes below ten after taking
/// away `0` keep their highest bit clear when 118 is added.
#[inline]
fn digits(bytes: [u8; 8]) -> u32 {
    const HIGHEST: u64 = 0x8080_8080_8080_8080;
    let word = u64::from_ne_bytes(bytes);
    if word & HIGHEST != 0 {
        return 8;
    }
    let others = ((word ^ 0x3030_3030_3030_3030) + 0x7676_7676_7676_7676) & HIGHEST;
    8 - others.count_ones()
}

/// Digits, in groups of three or in none, with or without decimals.
fn is_amount(cell: &[u8]) -> bool {
    let mut parts = cell.split(|b| matches!(b, b'.' | b',' | b' ' | b'\''));
    let all_digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&[u8]> = parts.collect();
    let thousands = |parts: &[&[u8]]| parts.iter().all(|p| p.len() == 3 && all_digits(p));
    let first = first.strip_prefix(b"-").unwrap_or(first);
    all_digits(first)
        && match &rest[..] {
            [] => true,
            [groups @ .., last] => {
                all_digits(last) && thousands(groups) && (groups.is_empty() || first.len() <= 3)
            }
        }
}

/// Collects the distinct candidate numbers of one column.
#[derive(Debug, Default)]
pub struct ColumnTest {
    seen: HashSet<u32>,
    passed: usize,
}

impl ColumnTest {
    /// Looks at one cell.
    pub fn look(&mut self, cell: &str) {
        if self.seen.len() < MOST_NUMBERS
            && may_hold(cell.as_bytes())
            && let Some(number) = candidate(cell)
        {
            self.add(number);
        }
    }

    /// The same, and at the numbers of nine digits within a longer text.
    pub fn look_in_text(&mut self, cell: &str) {
        if self.seen.len() >= MOST_NUMBERS || !may_hold(cell.as_bytes()) {
            return;
        }
        if let Some(number) = candidate(cell) {
            self.add(number);
        } else if cell.len() > 9 {
            text::numbers(cell, |number| {
                self.add(number);
                false
            });
        }
    }

    fn add(&mut self, number: u32) {
        if self.seen.insert(number) {
            self.passed += usize::from(eleven_test(number));
        }
    }

    /// Number of distinct candidates that pass.
    pub fn passed(&self) -> usize {
        self.passed
    }

    /// Whether more numbers pass than chance allows.
    pub fn suspicious(&self) -> bool {
        self.tail_below(LIMIT)
    }

    /// The same, sure enough to stop half-way.
    pub fn surely_suspect(&self) -> bool {
        self.tail_below(INTERIM_LIMIT)
    }

    fn tail_below(&self, limit: f64) -> bool {
        let expected = self.seen.len() as f64 / 11.0;
        self.passed as f64 > expected && binomial_tail(self.seen.len(), self.passed) < limit
    }
}

/// The chance of at least `at_least` successes in `n` tries at 1/11 each.
pub fn binomial_tail(n: usize, at_least: usize) -> f64 {
    let (ln_p, ln_q) = ((1.0_f64 / 11.0).ln(), (10.0_f64 / 11.0).ln());
    if at_least == 0 {
        return 1.0;
    }
    // ln of the first term; the next ones follow by their ratio.
    let ln_choices: f64 = (1..=at_least)
        .map(|i| ((n - at_least + i) as f64).ln() - (i as f64).ln())
        .sum();
    let mut term = (ln_choices + at_least as f64 * ln_p + (n - at_least) as f64 * ln_q).exp();
    let mut sum = 0.0;
    for k in at_least..=n {
        sum += term;
        term *= (n - k) as f64 / (k + 1) as f64 / 10.0;
        if term < sum * 1e-17 {
            break;
        }
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// H-63: about 1 in 11 random client numbers passes; that is no reason to refuse.
    #[test]
    fn random_numbers_are_not_refused_and_bsns_are() {
        let mut toestand: u64 = 88_172_645_463_325_252;
        let mut random = || {
            toestand ^= toestand << 13;
            toestand ^= toestand >> 7;
            toestand ^= toestand << 17;
            100_000_000 + u32::try_from(toestand % 900_000_000).expect("fits")
        };
        for _ in 0..200 {
            let mut probe = ColumnTest::default();
            (0..500).for_each(|_| probe.look(&random().to_string()));
            assert!(!probe.suspicious());
        }
        let mut probe = ColumnTest::default();
        let mut n = 0;
        while n < 10 {
            let number = random();
            if eleven_test(number) {
                probe.look(&number.to_string());
                n += 1;
            }
        }
        assert!(probe.suspicious());
        assert!(
            !probe.surely_suspect(),
            "ten are suspect, not yet sure enough to stop half-way"
        );
    }

    #[test]
    fn tail_matches_a_hand_count() {
        assert!((binomial_tail(2, 1) - (1.0 - (10.0_f64 / 11.0).powi(2))).abs() < 1e-12);
        assert!((binomial_tail(3, 3) - (1.0_f64 / 11.0).powi(3)).abs() < 1e-12);
    }
}
