//! Numbers as people write them: decimal comma, thousand points, a euro sign.
//!
//! Owns turning them into canonical text (digits, at most one dot) where that can be done in one way only. What is
//! ambiguous or no number stays as it stands, for `check` to name.

/// Signs of the longest number that is read.
const LONGEST: usize = 24;

/// Which sign stands for decimals in a column; the other one may stand between thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecimalSign {
    Comma,
    PointMeaning,
}

impl DecimalSign {
    pub(crate) const ALL: [Self; 2] = [Self::Comma, Self::PointMeaning];

    /// The name in a koppeling.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Comma => "1.234,56",
            Self::PointMeaning => "1,234.56",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.name() == name)
    }
}

/// What the only point in a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PointMeaning {
    /// Read as a thousand sign, though it could be a decimal one: `1.234`.
    Thousand,
    /// A decimal sign for sure: `12.5`, `1023.300`.
    Decimal,
}

/// What the point in this number is; nothing where there is none, or a comma beside it.
pub(crate) fn punt(text: &str) -> Option<PointMeaning> {
    let loose: String = text
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        .collect();
    let (heel, part) = loose.rsplit_once('.').filter(|_| !loose.contains(','))?;
    let filled = heel.ends_with(|c: char| c.is_ascii_digit()) && !part.is_empty();
    filled.then_some(if is_after_thousands(heel, part) {
        PointMeaning::Thousand
    } else {
        PointMeaning::Decimal
    })
}

/// Whether a point with these digits before and behind it is taken for one between thousands, as in Dutch.
fn is_after_thousands(heel: &str, part: &str) -> bool {
    part.len() == 3
        && !heel.starts_with('0')
        && heel
            .rsplit('.')
            .next()
            .is_some_and(|group| group.len() <= 3)
}

/// Whether a cell may be a whole number, also where it can be read in two ways.
pub(crate) fn may_be_whole(text: &str) -> bool {
    matches!(
        whole(text, None),
        ParsedNumber::Tekst(_) | ParsedNumber::Ambiguous
    )
}

/// Whether a cell may be a number, also where it can be read in two ways.
pub(crate) fn may_be_number(text: &str) -> bool {
    decimal(text, None) != ParsedNumber::Unreadable
}

/// What became of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ParsedNumber {
    /// Canonical text.
    Tekst(String),
    /// The same, and decimals were rounded off.
    Rounded(String),
    /// A number that can be read in two ways, as `1,234`.
    Ambiguous,
    /// No number.
    Unreadable,
}

/// Whether a cell is a canonical whole number as it stands.
#[inline]
pub(crate) fn is_whole(text: &str) -> bool {
    let b = text.as_bytes();
    !b.is_empty()
        && b.len() <= 9
        && b.iter().all(u8::is_ascii_digit)
        && (b[0] != b'0' || b.len() == 1)
}

/// Whether a cell is a canonical decimal as it stands.
#[inline]
pub(crate) fn is_decimal(text: &str) -> bool {
    match text.split_once('.') {
        None => is_whole(text),
        Some((heel, part)) => {
            is_whole(heel)
                && matches!(part.len(), 1 | 2)
                && part.bytes().all(|b| b.is_ascii_digit())
        }
    }
}

/// A whole number out of a text.
pub(crate) fn whole(text: &str, vorm: Option<DecimalSign>) -> ParsedNumber {
    whole_of(split(text, vorm))
}

/// A whole number out of a number.
pub(crate) fn whole_number(digits: &str) -> ParsedNumber {
    whole_of(split_number(digits))
}

/// An amount with at most two decimals out of a text.
pub(crate) fn decimal(text: &str, vorm: Option<DecimalSign>) -> ParsedNumber {
    decimal_of(split(text, vorm))
}

/// An amount with at most two decimals out of a number.
pub(crate) fn decimal_number(digits: &str) -> ParsedNumber {
    decimal_of(split_number(digits))
}

/// A number out of a text times a factor, as a whole number.
pub(crate) fn whole_times(text: &str, vorm: Option<DecimalSign>, factor: u64) -> ParsedNumber {
    times(split(text, vorm), factor)
}

/// The same, out of a number.
pub(crate) fn whole_number_times(digits: &str, factor: u64) -> ParsedNumber {
    times(split_number(digits), factor)
}

/// Sign, whole part without leading zeros, and decimals; or why there are none.
type Parts = Result<(&'static str, String, String), ParsedNumber>;

fn whole_of(parts: Parts) -> ParsedNumber {
    match parts {
        Ok((character, heel, part)) if part.bytes().all(|b| b == b'0') => {
            ParsedNumber::Tekst(format!("{character}{heel}"))
        }
        Ok(_) => ParsedNumber::Unreadable,
        Err(why) => why,
    }
}

fn decimal_of(parts: Parts) -> ParsedNumber {
    let (character, heel, part) = match parts {
        Ok(parts) => parts,
        Err(why) => return why,
    };
    let part = part.trim_end_matches('0');
    if part.len() <= 2 {
        let punt = if part.is_empty() { "" } else { "." };
        return ParsedNumber::Tekst(format!("{character}{heel}{punt}{part}"));
    }
    let Ok(cents) = format!("{heel}{}", &part[..2]).parse::<u64>() else {
        return ParsedNumber::Unreadable;
    };
    let cents = cents + u64::from(part.as_bytes()[2] >= b'5');
    ParsedNumber::Rounded(format!("{character}{}.{:02}", cents / 100, cents % 100))
}

/// Of all decimals, and rounded once: a half goes up.
fn times(parts: Parts, factor: u64) -> ParsedNumber {
    let (sign, whole, part) = match parts {
        Ok(parts) => parts,
        Err(why) => return why,
    };
    let part = part.trim_end_matches('0');
    let places = u32::try_from(part.len()).unwrap_or(u32::MAX);
    let unit = 10_u128.checked_pow(places);
    let digits = format!("{whole}{part}").parse::<u128>().ok();
    let product = digits.and_then(|digits| digits.checked_mul(u128::from(factor)));
    let (Some(unit), Some(product)) = (unit, product) else {
        return ParsedNumber::Unreadable;
    };
    let (below, left) = (product / unit, product % unit);
    let nearest = below + u128::from(left >= unit - left);
    let sign = if nearest == 0 { "" } else { sign };
    let text = format!("{sign}{nearest}");
    if left == 0 {
        ParsedNumber::Tekst(text)
    } else {
        ParsedNumber::Rounded(text)
    }
}

/// What a program wrote: a point stands before the decimals, and there are no other signs.
fn split_number(digits: &str) -> Parts {
    let (sign, bare) = match digits.strip_prefix('-') {
        Some(bare) => ("-", bare),
        None => ("", digits),
    };
    let (whole, decimals) = bare.split_once('.').unwrap_or((bare, ""));
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if bare.len() > LONGEST || bare.is_empty() || !is_number(whole) || !is_number(decimals) {
        return Err(ParsedNumber::Unreadable);
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Ok((sign, whole.to_owned(), decimals.to_owned()))
}

fn split(text: &str, vorm: Option<DecimalSign>) -> Parts {
    let bare: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{202f}')
        .collect();
    let bare = bare
        .strip_prefix('€')
        .or_else(|| bare.strip_prefix("EUR"))
        .unwrap_or(&bare);
    let (character, bare) = match bare.strip_prefix('-') {
        Some(rest) => ("-", rest.strip_prefix('€').unwrap_or(rest)),
        None => ("", bare.strip_prefix('+').unwrap_or(bare)),
    };
    let bare = bare
        .strip_suffix(",-")
        .unwrap_or(bare)
        .trim_end_matches('€')
        .trim_end_matches("EUR");
    if !bare
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
        || bare.len() > LONGEST
    {
        return Err(ParsedNumber::Unreadable);
    }
    let (heel, part) = parts(bare, vorm)?;
    if heel.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
        return Err(ParsedNumber::Unreadable);
    }
    let heel = heel.trim_start_matches('0');
    Ok((
        character,
        if heel.is_empty() { "0" } else { heel }.to_owned(),
        part.to_owned(),
    ))
}

/// The whole part without thousand signs, and the decimals.
fn parts(bare: &str, vorm: Option<DecimalSign>) -> Result<(String, &str), ParsedNumber> {
    let chosen = match vorm {
        Some(DecimalSign::Comma) => Some((',', '.')),
        Some(DecimalSign::PointMeaning) => Some(('.', ',')),
        None => None,
    };
    if let Some((decimal, thousand)) = chosen {
        let (heel, part) = bare.split_once(decimal).unwrap_or((bare, ""));
        return without_thousands(heel, thousand)
            .map(|heel| (heel, part))
            .ok_or(ParsedNumber::Unreadable);
    }
    // `1,234` is a thousand to some and a bit over one to others.
    let three_digits = bare
        .rsplit_once(',')
        .is_some_and(|(_, part)| part.len() == 3);
    if three_digits && !bare.contains('.') && !bare.starts_with('0') {
        return Err(ParsedNumber::Ambiguous);
    }
    unasked(bare).ok_or(ParsedNumber::Unreadable)
}

/// The same where nobody said what the signs are: the last of two is for decimals, and one point before three digits
/// stands between thousands, as in Dutch.
fn unasked(bare: &str) -> Option<(String, &str)> {
    Some(match (bare.rfind('.'), bare.rfind(',')) {
        (None, None) => (bare.to_owned(), ""),
        (Some(punt), Some(comma)) => {
            let (last, thousand) = if punt > comma {
                (punt, ',')
            } else {
                (comma, '.')
            };
            (
                without_thousands(&bare[..last], thousand)?,
                &bare[last + 1..],
            )
        }
        (Some(punt), None) => {
            let (heel, part) = (&bare[..punt], &bare[punt + 1..]);
            if is_after_thousands(heel, part) {
                (without_thousands(bare, '.')?, "")
            } else {
                (plain(heel)?, part)
            }
        }
        (None, Some(comma)) => (plain(&bare[..comma])?, &bare[comma + 1..]),
    })
}

fn plain(heel: &str) -> Option<String> {
    (!heel.is_empty() && heel.bytes().all(|b| b.is_ascii_digit())).then(|| heel.to_owned())
}

/// Takes thousand signs out, if they stand where they should.
fn without_thousands(heel: &str, thousand: char) -> Option<String> {
    let mut groups = heel.split(thousand);
    let first = groups.next()?;
    let good = matches!(first.len(), 1..=3) && groups.all(|g| g.len() == 3);
    let loose = !heel.contains(thousand);
    let cijfers: String = heel.chars().filter(|c| *c != thousand).collect();
    ((good || loose) && cijfers.bytes().all(|b| b.is_ascii_digit())).then_some(cijfers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dot_of_a_machine_is_no_thousand_point() {
        for (text, number) in [
            ("12.345", "12.35"),
            ("-12.345", "-12.35"),
            ("150.000", "150"),
            (".125", "0.13"),
            ("-.5", "-0.5"),
            ("1234", "1234"),
        ] {
            let loaded = decimal_number(text);
            assert!(
                matches!(&loaded, ParsedNumber::Tekst(t) | ParsedNumber::Rounded(t) if t == number),
                "{text}: {loaded:?}"
            );
        }
        assert_eq!(whole_number("12.345"), ParsedNumber::Unreadable);
        assert_eq!(whole_number("12.000"), ParsedNumber::Tekst("12".to_owned()));
        for none in ["", "-", "1e5", "1,5", "1.2.3", "NaN"] {
            assert_eq!(decimal_number(none), ParsedNumber::Unreadable, "{none}");
        }
        assert_eq!(
            decimal("12.345", None),
            ParsedNumber::Tekst("12345".to_owned()),
            "as people write it"
        );
    }

    #[test]
    fn whole_numbers() {
        for (text, expected) in [
            ("12", "12"),
            ("12,0", "12"),
            ("12.0", "12"),
            ("1.234", "1234"),
            ("1 234", "1234"),
            ("007", "7"),
            ("-3", "-3"),
            ("1.0", "1"),
        ] {
            assert_eq!(
                whole(text, None),
                ParsedNumber::Tekst(expected.to_owned()),
                "{text}"
            );
        }
        // H-28: none of these is a number here.
        for text in [
            "1e308", "NaN", "Inf", "0x10", "１２", "12,5", "twaalf", "", "1.23.4", "--1",
        ] {
            assert_eq!(whole(text, None), ParsedNumber::Unreadable, "{text}");
        }
    }

    #[test]
    fn amounts() {
        for (text, expected) in [
            ("1.234,56", "1234.56"),
            ("1,234.56", "1234.56"),
            ("1234,5", "1234.5"),
            ("€ 25,-", "25"),
            ("€ 1.250,00", "1250"),
            ("12.5", "12.5"),
            ("1234.56", "1234.56"),
            ("1.234", "1234"),
            ("0,75", "0.75"),
            ("-2,50", "-2.5"),
        ] {
            assert_eq!(
                decimal(text, None),
                ParsedNumber::Tekst(expected.to_owned()),
                "{text}"
            );
        }
        assert_eq!(
            decimal("33.3333333", None),
            ParsedNumber::Rounded("33.33".to_owned())
        );
        assert_eq!(
            decimal("1.2350", None),
            ParsedNumber::Rounded("1.24".to_owned())
        );
        assert_eq!(decimal("1,234", None), ParsedNumber::Ambiguous);
        assert_eq!(whole("1,600", None), ParsedNumber::Ambiguous);
    }

    #[test]
    fn amounts_in_a_column_whose_signs_are_known() {
        use DecimalSign::{Comma, PointMeaning};
        for (vorm, text, expected) in [
            (
                PointMeaning,
                "113.025",
                ParsedNumber::Rounded("113.03".to_owned()),
            ),
            (
                PointMeaning,
                "1,234",
                ParsedNumber::Tekst("1234".to_owned()),
            ),
            (
                PointMeaning,
                "1,234.5",
                ParsedNumber::Tekst("1234.5".to_owned()),
            ),
            (Comma, "113.025", ParsedNumber::Tekst("113025".to_owned())),
            (Comma, "1,234", ParsedNumber::Rounded("1.23".to_owned())),
            (Comma, "1.234,5", ParsedNumber::Tekst("1234.5".to_owned())),
            (Comma, "12.5", ParsedNumber::Unreadable),
            (PointMeaning, "12,5", ParsedNumber::Unreadable),
            (PointMeaning, "1.2.3", ParsedNumber::Unreadable),
        ] {
            assert_eq!(decimal(text, Some(vorm)), expected, "{vorm:?} {text}");
        }
    }

    #[test]
    fn what_a_point_is() {
        for (text, expected) in [
            ("113.025", Some(PointMeaning::Thousand)),
            ("€ 1.250", Some(PointMeaning::Thousand)),
            ("1.234.567", Some(PointMeaning::Thousand)),
            ("12.5", Some(PointMeaning::Decimal)),
            ("1023.300", Some(PointMeaning::Decimal)),
            ("0.125", Some(PointMeaning::Decimal)),
            ("1.234,50", None),
            ("1234", None),
            ("1 234", None),
            ("1 234.567", Some(PointMeaning::Decimal)),
        ] {
            assert_eq!(punt(text), expected, "{text}");
        }
    }
}
