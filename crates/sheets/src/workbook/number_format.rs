//! Number formats of a workbook: whether a number is shown as a date, a percentage, with leading zeros or as it is.
//!
//! Owns the built-in formats and reading one's own. A length of time (`[h]:mm`) is no date. Leaves turning the
//! number into a date to `day_number`.

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFormat {
    Plain,
    Datum,
    Percent,
    /// A length of time: `[h]:mm`.
    Duration,
    /// With leading zeros, up to so many digits: `00000`.
    Zeros(u8),
    /// Otherwise than as its digits: `"T"0000`, `00-000`.
    Own,
}

/// The format of a built-in number.
pub(super) fn builtin(number: u32) -> NumberFormat {
    match number {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => NumberFormat::Datum,
        9 | 10 => NumberFormat::Percent,
        46 => NumberFormat::Duration,
        2..=8 | 11..=13 | 37..=44 | 48 => NumberFormat::Own,
        _ => NumberFormat::Plain,
    }
}

/// The format that is written out, as in `dd-mm-yyyy;@`.
pub(super) fn parse(format: &str) -> NumberFormat {
    if format.eq_ignore_ascii_case("general") || format.eq_ignore_ascii_case("standaard") {
        return NumberFormat::Plain;
    }
    let mut own = false;
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                own |= characters.by_ref().take_while(|t| *t != '"').count() > 0;
            }
            // The next character stands for itself, or for its width.
            '\\' | '_' | '*' => {
                own |= character == '\\';
                characters.next();
            }
            '[' => {
                let inner: String = characters.by_ref().take_while(|t| *t != ']').collect();
                let duration = !inner.is_empty()
                    && inner
                        .chars()
                        .all(|t| matches!(t.to_ascii_lowercase(), 'h' | 'm' | 's' | 'u'));
                if duration {
                    return NumberFormat::Duration;
                }
            }
            '%' => return NumberFormat::Percent,
            // The first section is that of positive numbers: dates are.
            ';' => break,
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => {
                return NumberFormat::Datum;
            }
            '0' | '#' | '?' | '@' => {}
            _ => own = true,
        }
    }
    let first = format.split(';').next().unwrap_or_default();
    match u8::try_from(first.len()) {
        _ if own => NumberFormat::Own,
        Ok(cijfers @ 2..) if first.bytes().all(|b| b == b'0') => NumberFormat::Zeros(cijfers),
        _ => NumberFormat::Plain,
    }
}

/// How a cell is shown, as far as it tells what the cell means.
#[derive(Debug, Clone, Copy)]
pub(super) struct CellStyle {
    pub(super) format: NumberFormat,
    /// A line goes through its text.
    pub(super) struck: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart() {
        for format in [
            "dd-mm-yyyy",
            "[$-413]d mmmm yyyy;@",
            "yyyy\\-mm\\-dd",
            "m/d/yy h:mm",
            "d mmm",
            "[Red]dd/mm/yy",
        ] {
            assert_eq!(parse(format), NumberFormat::Datum, "{format}");
        }
        for format in [
            "General", "0", "@", "[Red]0", "0_d", "0;dd", "####", "[$-413]0",
        ] {
            assert_eq!(parse(format), NumberFormat::Plain, "{format}");
        }
        for format in [
            "0.00",
            "#,##0",
            "\"dagen\" 0",
            "0\\d",
            "[Red]0.0",
            "€ #,##0.00",
            "\"T\"0000",
            "00\\-000",
        ] {
            assert_eq!(parse(format), NumberFormat::Own, "{format}");
        }
        assert_eq!(parse("00000"), NumberFormat::Zeros(5));
        assert_eq!(parse("0000;-0000"), NumberFormat::Zeros(4));
        assert_eq!(parse("0.0%"), NumberFormat::Percent);
        assert_eq!(parse("\"%\" 0"), NumberFormat::Own);
        assert_eq!(builtin(14), NumberFormat::Datum);
        assert_eq!(
            (parse("[h]:mm"), parse("[mm]:ss"), builtin(46)),
            (
                NumberFormat::Duration,
                NumberFormat::Duration,
                NumberFormat::Duration
            )
        );
    }
}
