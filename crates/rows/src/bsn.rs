//! Is it a BSN? The one judgement for the lenient and the strict door.
//!
//! Owns the elfproef, the test of a whole column (about 1 in 11 random numbers passes, so a column is judged by
//! its rate), the names of columns that must not be there, and 9-digit numbers inside text. Never gives back a
//! value: only that there is one.

use std::collections::HashSet;

/// Distinct numbers a column test looks at; more adds nothing to the certainty.
const MOST_NUMBERS: usize = 50_000;
/// Below this chance of so many passing by luck, a column counts as BSNs.
const LIMIT: f64 = 1e-6;
/// The stricter bound for stopping before the end, so that looking often does not add up.
const INTERIM_LIMIT: f64 = 1e-12;

/// Whether nine digits pass the elfproef (and are not all zero).
pub fn eleven_test(number: u32) -> bool {
    if number == 0 || number > 999_999_999 {
        return false;
    }
    let mut rest = number;
    let mut sum: i64 = -i64::from(rest % 10);
    for weight in 2..=9 {
        rest /= 10;
        sum += weight * i64::from(rest % 10);
    }
    sum % 11 == 0
}

/// The number in a whole cell, where it could be a BSN: 8 digits (a leading zero was lost) or 9, with dots or
/// spaces between them and zeros before them.
pub fn candidate(cell: &str) -> Option<u32> {
    let bytes = cell.as_bytes();
    if bytes.len() < 8 || bytes.len() > 20 {
        return None;
    }
    let mut number: u64 = 0;
    let mut cijfers = 0;
    for character in cell.chars() {
        match character {
            '0'..='9' => {
                number = number * 10 + u64::from(character as u32 - u32::from(b'0'));
                cijfers += usize::from(number > 0);
                if cijfers > 9 {
                    return None;
                }
            }
            '.' | ' ' | '\u{a0}' | '-' | '\'' => {}
            _ => return None,
        }
    }
    // A written date has eight digits too.
    let separator = |position: usize| !bytes[position].is_ascii_digit();
    let datum =
        bytes.len() == 10 && ((separator(2) && separator(5)) || (separator(4) && separator(7)));
    (matches!(cijfers, 8 | 9) && !datum)
        .then(|| u32::try_from(number).ok())
        .flatten()
}

/// Whether a text holds a 9-digit number that passes the elfproef, written plainly or in the usual groups.
pub fn in_text(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() < 9 {
        return false;
    }
    let mut position = 0;
    while position < bytes.len() {
        if !bytes[position].is_ascii_digit() {
            position += 1;
            continue;
        }
        let (end, groups) = number_at(bytes, position);
        if passes(&groups) {
            return true;
        }
        position = end;
    }
    false
}

/// The same for a cell of a text field. In a field with an identifier bare digits may be a number of one's own: 1 in 11 of
/// those passes too, so the column as a whole is judged.
pub fn in_free_text(veld: &str, cell: &str) -> bool {
    in_text(cell) && !(is_identifier(veld) && cell.trim().bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a field names something by a number of one's own: by the format of a definition its name ends in `_id`.
pub fn is_identifier(veld: &str) -> bool {
    veld.ends_with("_id")
}

/// Reads digits, with single separators between groups; gives the end and, per group, its length and value.
fn number_at(bytes: &[u8], begin: usize) -> (usize, Vec<(usize, u64)>) {
    let mut groups: Vec<(usize, u64)> = vec![(0, 0)];
    let mut position = begin;
    while position < bytes.len() {
        let byte = bytes[position];
        let digit_follows = bytes.get(position + 1).is_some_and(u8::is_ascii_digit);
        if byte.is_ascii_digit() {
            let (length, value) = groups.last_mut().expect("there is always a group");
            *length += 1;
            *value = value
                .saturating_mul(10)
                .saturating_add(u64::from(byte - b'0'));
        } else if matches!(byte, b'.' | b' ' | b'-') && digit_follows {
            groups.push((0, 0));
        } else {
            break;
        }
        position += 1;
    }
    (position, groups)
}

fn passes(groups: &[(usize, u64)]) -> bool {
    let valid = |number: u64| u32::try_from(number).is_ok_and(eleven_test);
    let loose = groups
        .iter()
        .any(|&(length, number)| length == 9 && valid(number));
    let together = match groups {
        [(3, a), (3, b), (3, c)] => valid(a * 1_000_000 + b * 1000 + c),
        [(4, a), (2, b), (3, c)] => valid(a * 100_000 + b * 1000 + c),
        _ => false,
    };
    loose || together
}

/// Whether a column may not be called this.
pub fn forbidden_header(header: &str) -> bool {
    let name: String = header
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let words = header
        .split(|c: char| !c.is_alphanumeric())
        .any(|w| w.eq_ignore_ascii_case("bsn"));
    words
        || name.contains("burgerservicenummer")
        || name.contains("burgerservicenr")
        || name == "bsnnummer"
        || name == "bsnnr"
        || name == "sofinummer"
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
        if cell.len() < 8 || cell.len() > 20 || self.seen.len() >= MOST_NUMBERS {
            return;
        }
        if let Some(number) = candidate(cell)
            && self.seen.insert(number)
        {
            self.passed += usize::from(eleven_test(number));
        }
    }

    /// The same, and at a number of nine digits within a longer text.
    pub fn look_in_text(&mut self, cell: &str) {
        self.look(cell);
        if cell.len() <= 9 || self.seen.len() >= MOST_NUMBERS || candidate(cell).is_some() {
            return;
        }
        for reeks in cell
            .split(|c: char| !c.is_ascii_digit())
            .filter(|reeks| reeks.len() == 9)
        {
            self.look(reeks);
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

    #[test]
    fn eleven_test_knows_good_and_bad_numbers() {
        assert!(eleven_test(123_456_782));
        assert!(eleven_test(111_222_333));
        assert!(eleven_test(12_345_672));
        assert!(!eleven_test(123_456_789));
        assert!(!eleven_test(0));
    }

    /// The twenty digits were found by fuzzing: they do not fit in 64 bits.
    #[test]
    fn eight_digits_dots_and_spaces_are_candidates() {
        for text in [
            "123456782",
            "12345672",
            "1234.56.782",
            "123 456 782",
            "0123456782",
            "'123456782",
        ] {
            assert!(candidate(text).is_some(), "{text}");
        }
        for text in [
            "2020-03-12",
            "1234567",
            "K12345678",
            "1234567890",
            "99999999999999999999",
            "12-03-2020",
            "12.03.2020",
        ] {
            assert_eq!(candidate(text), None, "{text}");
        }
    }

    #[test]
    fn text_with_a_number_inside_is_seen() {
        assert!(in_text("bsn 123456782."));
        assert!(in_text("1234.56.782"));
        assert!(in_text("dossier 7 123456782"));
        assert!(!in_text("tel 0612345678"));
        assert!(!in_text("123456789"));
        assert!(!in_text("20201231143000"));
    }

    #[test]
    fn header_names() {
        for header in ["BSN", "bsn_jeugdige", "Burgerservicenummer", "BSN-nummer"] {
            assert!(forbidden_header(header), "{header}");
        }
        assert!(!forbidden_header("Absnede"));
    }

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
