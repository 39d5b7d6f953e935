//! Numbers as people write them: decimal comma, thousand points, a euro sign.
//!
//! Owns turning them into canonical text (digits, at most one dot) where that can be done in one way only. What is
//! ambiguous or no number stays as it stands, for `check` to name.

use std::borrow::Cow;

/// A number as a machine writes it, so that its dot passes for no thousand point further on: `12.345` gets a nought
/// behind it, and `.5` one in front.
pub fn machine_number(tekst: &str) -> Cow<'_, str> {
    let (teken, cijfers) = tekst.strip_prefix('-').map_or(("", tekst), |cijfers| ("-", cijfers));
    match cijfers.split_once('.') {
        Some(("", deel)) => Cow::Owned(machine_number(&format!("{teken}0.{deel}")).into_owned()),
        Some((_, deel)) if deel.len() == 3 => Cow::Owned(format!("{tekst}0")),
        _ => Cow::Borrowed(tekst),
    }
}

/// What became of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Getal {
    /// Canonical text.
    Tekst(String),
    /// The same, and decimals were rounded off.
    Afgerond(String),
    /// No number, or one that can be read in two ways.
    Onleesbaar,
}

/// Whether a cell is a canonical whole number as it stands.
#[inline]
pub(crate) fn is_whole(tekst: &str) -> bool {
    let b = tekst.as_bytes();
    !b.is_empty() && b.len() <= 9 && b.iter().all(u8::is_ascii_digit) && (b[0] != b'0' || b.len() == 1)
}

/// Whether a cell is a canonical decimal as it stands.
#[inline]
pub(crate) fn is_decimal(tekst: &str) -> bool {
    match tekst.split_once('.') {
        None => is_whole(tekst),
        Some((heel, deel)) => is_whole(heel) && matches!(deel.len(), 1 | 2) && deel.bytes().all(|b| b.is_ascii_digit()),
    }
}

/// A whole number out of a cell.
pub(crate) fn whole(tekst: &str) -> Getal {
    match split(tekst) {
        Some((teken, heel, deel)) if deel.bytes().all(|b| b == b'0') => Getal::Tekst(format!("{teken}{heel}")),
        _ => Getal::Onleesbaar,
    }
}

/// An amount with at most two decimals out of a cell.
pub(crate) fn decimal(tekst: &str) -> Getal {
    let Some((teken, heel, deel)) = split(tekst) else { return Getal::Onleesbaar };
    let deel = deel.trim_end_matches('0');
    if deel.len() <= 2 {
        let punt = if deel.is_empty() { "" } else { "." };
        return Getal::Tekst(format!("{teken}{heel}{punt}{deel}"));
    }
    let Ok(centen) = format!("{heel}{}", &deel[..2]).parse::<u64>() else { return Getal::Onleesbaar };
    let centen = centen + u64::from(deel.as_bytes()[2] >= b'5');
    Getal::Afgerond(format!("{teken}{}.{:02}", centen / 100, centen % 100))
}

/// Sign, whole part without leading zeros, and decimals.
fn split(tekst: &str) -> Option<(&'static str, String, String)> {
    let kaal: String = tekst.chars().filter(|c| !c.is_whitespace() && *c != '\u{202f}').collect();
    let kaal = kaal.strip_prefix('€').or_else(|| kaal.strip_prefix("EUR")).unwrap_or(&kaal);
    let (teken, kaal) = match kaal.strip_prefix('-') {
        Some(rest) => ("-", rest.strip_prefix('€').unwrap_or(rest)),
        None => ("", kaal.strip_prefix('+').unwrap_or(kaal)),
    };
    let kaal = kaal.strip_suffix(",-").unwrap_or(kaal).trim_end_matches('€').trim_end_matches("EUR");
    if !kaal.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',') || kaal.len() > 24 {
        return None;
    }
    let (heel, deel) = match (kaal.rfind('.'), kaal.rfind(',')) {
        (None, None) => (kaal.to_owned(), ""),
        (Some(punt), Some(komma)) => {
            let (laatste, duizend) = if punt > komma { (punt, ',') } else { (komma, '.') };
            (without_thousands(&kaal[..laatste], duizend)?, &kaal[laatste + 1..])
        }
        (Some(punt), None) => {
            let deel = &kaal[punt + 1..];
            let duizendtallen = deel.len() == 3 && !kaal.starts_with('0') && kaal[..punt].rsplit('.').next()?.len() <= 3;
            if duizendtallen { (without_thousands(kaal, '.')?, "") } else { (plain(&kaal[..punt])?, deel) }
        }
        (None, Some(komma)) => {
            let deel = &kaal[komma + 1..];
            // `1,234` is a thousand to some and a bit over one to others.
            if deel.len() == 3 && !kaal.starts_with('0') {
                return None;
            }
            (plain(&kaal[..komma])?, deel)
        }
    };
    if heel.is_empty() || !deel.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let heel = heel.trim_start_matches('0');
    Some((teken, if heel.is_empty() { "0" } else { heel }.to_owned(), deel.to_owned()))
}

fn plain(heel: &str) -> Option<String> {
    (!heel.is_empty() && heel.bytes().all(|b| b.is_ascii_digit())).then(|| heel.to_owned())
}

/// Takes thousand signs out, if they stand where they should.
fn without_thousands(heel: &str, duizend: char) -> Option<String> {
    let mut groepen = heel.split(duizend);
    let eerste = groepen.next()?;
    let goed = matches!(eerste.len(), 1..=3) && groepen.all(|g| g.len() == 3);
    let los = !heel.contains(duizend);
    let cijfers: String = heel.chars().filter(|c| *c != duizend).collect();
    ((goed || los) && cijfers.bytes().all(|b| b.is_ascii_digit())).then_some(cijfers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dot_of_a_machine_is_no_thousand_point() {
        for (tekst, getal) in
            [("12.345", "12.35"), ("-12.345", "-12.35"), ("150.000", "150"), (".125", "0.13"), ("-.5", "-0.5"), ("1234", "1234")]
        {
            let gelezen = decimal(&machine_number(tekst));
            assert!(matches!(&gelezen, Getal::Tekst(t) | Getal::Afgerond(t) if t == getal), "{tekst}: {gelezen:?}");
        }
        assert_eq!(decimal("12.345"), Getal::Tekst("12345".to_owned()), "as people write it");
    }

    #[test]
    fn whole_numbers() {
        for (tekst, verwacht) in
            [("12", "12"), ("12,0", "12"), ("12.0", "12"), ("1.234", "1234"), ("1 234", "1234"), ("007", "7"), ("-3", "-3"), ("1.0", "1")]
        {
            assert_eq!(whole(tekst), Getal::Tekst(verwacht.to_owned()), "{tekst}");
        }
        // H-28: none of these is a number here.
        for tekst in ["1e308", "NaN", "Inf", "0x10", "１２", "12,5", "1,234", "twaalf", "", "1.23.4", "--1"] {
            assert_eq!(whole(tekst), Getal::Onleesbaar, "{tekst}");
        }
    }

    #[test]
    fn amounts() {
        for (tekst, verwacht) in [
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
            assert_eq!(decimal(tekst), Getal::Tekst(verwacht.to_owned()), "{tekst}");
        }
        assert_eq!(decimal("33.3333333"), Getal::Afgerond("33.33".to_owned()));
        assert_eq!(decimal("1.2350"), Getal::Afgerond("1.24".to_owned()));
        assert_eq!(decimal("1,234"), Getal::Onleesbaar);
    }
}
