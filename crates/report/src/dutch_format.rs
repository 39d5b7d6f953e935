//! Numbers and dates as a Dutch reader writes them.
//!
//! Owns separators, percentages, sizes and capitals. Leaves how the figures of one indicator are written to
//! `figure_format`.

use crate::wording;

/// Hard space: keeps number and unit together.
pub(crate) const NON_BREAKING: char = '\u{a0}';

/// `1234.56` → `1.234,6`.
pub fn number(value: f64, decimals: usize) -> String {
    // A half goes up, as people round; `format!` alone would take it to the even side.
    let factor = 10f64.powi(i32::try_from(decimals).unwrap_or(0));
    let bare = format!("{:.decimals$}", (value.abs() * factor).round() / factor);
    let (heel, rest) = bare.split_once('.').unwrap_or((&bare, ""));
    let is_zero = bare
        .bytes()
        .all(|character| matches!(character, b'0' | b'.'));
    let mut out = String::with_capacity(bare.len() + 4);
    if value < 0.0 && !is_zero {
        out.push('\u{2212}');
    }
    for (place, character) in heel.chars().enumerate() {
        if place > 0 && (heel.len() - place) % 3 == 0 {
            out.push('.');
        }
        out.push(character);
    }
    if !rest.is_empty() {
        out.push(',');
        out.push_str(rest);
    }
    out
}

/// A whole number.
pub fn count(n: i64) -> String {
    let text = number(n.unsigned_abs() as f64, 0);
    if n < 0 {
        format!("\u{2212}{text}")
    } else {
        text
    }
}

/// A share in whole percents, in which what is there is not told as nothing.
pub fn percent(share: f64) -> String {
    match whole_percent(share) {
        text if share > 0.0 && text == whole_percent(0.0) => {
            wording::figure::less_than(&whole_percent(0.01))
        }
        text => text,
    }
}

/// A share in whole percents: no count that was rounded allows more.
pub(crate) fn whole_percent(share: f64) -> String {
    format!("{}%", number(share * 100.0, 0))
}

/// `48 kB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes}{NON_BREAKING}bytes"),
        1_000..1_000_000 => format!("{}{NON_BREAKING}kB", bytes.div_ceil(1_000)),
        _ => format!("{}{NON_BREAKING}MB", number(bytes as f64 / 1e6, 1)),
    }
}

/// First letter as a capital.
pub fn capitalise(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_dutch_separators() {
        assert_eq!(number(1234.56, 1), "1.234,6");
        assert_eq!(number(1_234_567.0, 0), "1.234.567");
        assert_eq!(number(-12.0, 0), "\u{2212}12");
        assert_eq!(number(-0.04, 1), "0,0");
        assert_eq!(count(-1200), "\u{2212}1.200");
        // Every half the same way, also on the pages where 180,5 stood as 180 beside 252 for 251,5.
        assert_eq!(
            [180.5, 251.5, -0.5].map(|halve| number(halve, 0)),
            ["181", "252", "\u{2212}1"]
        );
        assert_eq!(
            [0.25, 0.35, 2.45].map(|halve| number(halve, 1)),
            ["0,3", "0,4", "2,5"]
        );
    }

    #[test]
    fn a_percentage_is_whole() {
        assert_eq!(percent(3.0 / 7.0), "43%");
        assert_eq!(percent(0.0), "0%");
        assert_eq!(percent(0.004), "minder dan 1%");
    }

    #[test]
    fn dates_and_sizes_read_as_dutch() {
        assert_eq!(
            schema::dutch_time::datum_nl(chrono::NaiveDate::from_ymd_opt(2021, 5, 1).unwrap()),
            "1 mei 2021"
        );
        assert_eq!(size(47_210), "48\u{a0}kB");
        assert_eq!(capitalise("jeugdregio"), "Jeugdregio");
    }
}
