//! Number formats of a workbook: whether a number is shown as a date, a percentage, with leading zeros or as it is.
//!
//! Owns the built-in formats and reading one's own. A length of time (`[h]:mm`) is no date. Leaves turning the
//! number into a date to `day_number`.

/// How a number is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Getalvorm {
    Gewoon,
    Datum,
    Procent,
    /// A length of time: `[h]:mm`.
    Duur,
    /// With leading zeros, up to so many digits: `00000`.
    Nullen(u8),
    /// Otherwise than as its digits: `"T"0000`, `00-000`.
    Eigen,
}

/// The format of a built-in number.
pub(super) fn builtin(nummer: u32) -> Getalvorm {
    match nummer {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Getalvorm::Datum,
        9 | 10 => Getalvorm::Procent,
        46 => Getalvorm::Duur,
        2..=8 | 11..=13 | 37..=44 | 48 => Getalvorm::Eigen,
        _ => Getalvorm::Gewoon,
    }
}

/// The format that is written out, as in `dd-mm-yyyy;@`.
pub(super) fn parse(opmaak: &str) -> Getalvorm {
    if opmaak.eq_ignore_ascii_case("general") || opmaak.eq_ignore_ascii_case("standaard") {
        return Getalvorm::Gewoon;
    }
    let mut eigen = false;
    let mut tekens = opmaak.chars();
    while let Some(teken) = tekens.next() {
        match teken {
            '"' => {
                eigen |= tekens.by_ref().take_while(|t| *t != '"').count() > 0;
            }
            // The next character stands for itself, or for its width.
            '\\' | '_' | '*' => {
                eigen |= teken == '\\';
                tekens.next();
            }
            '[' => {
                let binnen: String = tekens.by_ref().take_while(|t| *t != ']').collect();
                let duur = !binnen.is_empty()
                    && binnen
                        .chars()
                        .all(|t| matches!(t.to_ascii_lowercase(), 'h' | 'm' | 's' | 'u'));
                if duur {
                    return Getalvorm::Duur;
                }
            }
            '%' => return Getalvorm::Procent,
            // The first section is that of positive numbers: dates are.
            ';' => break,
            'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => return Getalvorm::Datum,
            '0' | '#' | '?' | '@' => {}
            _ => eigen = true,
        }
    }
    let eerste = opmaak.split(';').next().unwrap_or_default();
    match u8::try_from(eerste.len()) {
        _ if eigen => Getalvorm::Eigen,
        Ok(cijfers @ 2..) if eerste.bytes().all(|b| b == b'0') => Getalvorm::Nullen(cijfers),
        _ => Getalvorm::Gewoon,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_told_apart() {
        for opmaak in [
            "dd-mm-yyyy",
            "[$-413]d mmmm yyyy;@",
            "yyyy\\-mm\\-dd",
            "m/d/yy h:mm",
            "d mmm",
            "[Red]dd/mm/yy",
        ] {
            assert_eq!(parse(opmaak), Getalvorm::Datum, "{opmaak}");
        }
        for opmaak in [
            "General", "0", "@", "[Red]0", "0_d", "0;dd", "####", "[$-413]0",
        ] {
            assert_eq!(parse(opmaak), Getalvorm::Gewoon, "{opmaak}");
        }
        for opmaak in [
            "0.00",
            "#,##0",
            "\"dagen\" 0",
            "0\\d",
            "[Red]0.0",
            "€ #,##0.00",
            "\"T\"0000",
            "00\\-000",
        ] {
            assert_eq!(parse(opmaak), Getalvorm::Eigen, "{opmaak}");
        }
        assert_eq!(parse("00000"), Getalvorm::Nullen(5));
        assert_eq!(parse("0000;-0000"), Getalvorm::Nullen(4));
        assert_eq!(parse("0.0%"), Getalvorm::Procent);
        assert_eq!(parse("\"%\" 0"), Getalvorm::Eigen);
        assert_eq!(builtin(14), Getalvorm::Datum);
        assert_eq!(
            (parse("[h]:mm"), parse("[mm]:ss"), builtin(46)),
            (Getalvorm::Duur, Getalvorm::Duur, Getalvorm::Duur)
        );
    }
}
