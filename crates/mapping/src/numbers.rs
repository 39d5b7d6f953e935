//! Numbers as people write them: decimal comma, thousand points, a euro sign.
//!
//! Owns turning them into canonical text (digits, at most one dot) where that can be done in one way only. What is
//! ambiguous or no number stays as it stands, for `check` to name.

/// Signs of the longest number that is read.
const LONGEST: usize = 24;

/// Which sign stands for decimals in a column; the other one may stand between thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Getalvorm {
    Komma,
    Punt,
}

impl Getalvorm {
    pub(crate) const ALLE: [Self; 2] = [Self::Komma, Self::Punt];

    /// The name in a koppeling.
    pub(crate) fn naam(self) -> &'static str {
        match self {
            Self::Komma => "1.234,56",
            Self::Punt => "1,234.56",
        }
    }

    pub(crate) fn parse(naam: &str) -> Option<Self> {
        Self::ALLE.into_iter().find(|v| v.naam() == naam)
    }
}

/// What the only point in a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Punt {
    /// Read as a thousand sign, though it could be a decimal one: `1.234`.
    Duizend,
    /// A decimal sign for sure: `12.5`, `1023.300`.
    Decimaal,
}

/// What the point in this number is; nothing where there is none, or a comma beside it.
pub(crate) fn punt(tekst: &str) -> Option<Punt> {
    let los: String = tekst
        .chars()
        .filter(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
        .collect();
    let (heel, deel) = los.rsplit_once('.').filter(|_| !los.contains(','))?;
    let gevuld = heel.ends_with(|c: char| c.is_ascii_digit()) && !deel.is_empty();
    gevuld.then_some(if is_after_thousands(heel, deel) {
        Punt::Duizend
    } else {
        Punt::Decimaal
    })
}

/// Whether a point with these digits before and behind it is taken for one between thousands, as in Dutch.
fn is_after_thousands(heel: &str, deel: &str) -> bool {
    deel.len() == 3
        && !heel.starts_with('0')
        && heel
            .rsplit('.')
            .next()
            .is_some_and(|groep| groep.len() <= 3)
}

/// Whether a cell may be a whole number, also where it can be read in two ways.
pub(crate) fn may_be_whole(tekst: &str) -> bool {
    matches!(whole(tekst, None), Getal::Tekst(_) | Getal::Dubbelzinnig)
}

/// Whether a cell may be a number, also where it can be read in two ways.
pub(crate) fn may_be_number(tekst: &str) -> bool {
    decimal(tekst, None) != Getal::Onleesbaar
}

/// What became of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Getal {
    /// Canonical text.
    Tekst(String),
    /// The same, and decimals were rounded off.
    Afgerond(String),
    /// A number that can be read in two ways, as `1,234`.
    Dubbelzinnig,
    /// No number.
    Onleesbaar,
}

/// Whether a cell is a canonical whole number as it stands.
#[inline]
pub(crate) fn is_whole(tekst: &str) -> bool {
    let b = tekst.as_bytes();
    !b.is_empty()
        && b.len() <= 9
        && b.iter().all(u8::is_ascii_digit)
        && (b[0] != b'0' || b.len() == 1)
}

/// Whether a cell is a canonical decimal as it stands.
#[inline]
pub(crate) fn is_decimal(tekst: &str) -> bool {
    match tekst.split_once('.') {
        None => is_whole(tekst),
        Some((heel, deel)) => {
            is_whole(heel)
                && matches!(deel.len(), 1 | 2)
                && deel.bytes().all(|b| b.is_ascii_digit())
        }
    }
}

/// A whole number out of a text.
pub(crate) fn whole(tekst: &str, vorm: Option<Getalvorm>) -> Getal {
    whole_of(split(tekst, vorm))
}

/// A whole number out of a number.
pub(crate) fn whole_number(digits: &str) -> Getal {
    whole_of(split_number(digits))
}

/// An amount with at most two decimals out of a text.
pub(crate) fn decimal(tekst: &str, vorm: Option<Getalvorm>) -> Getal {
    decimal_of(split(tekst, vorm))
}

/// An amount with at most two decimals out of a number.
pub(crate) fn decimal_number(digits: &str) -> Getal {
    decimal_of(split_number(digits))
}

/// Sign, whole part without leading zeros, and decimals; or why there are none.
type Parts = Result<(&'static str, String, String), Getal>;

fn whole_of(parts: Parts) -> Getal {
    match parts {
        Ok((teken, heel, deel)) if deel.bytes().all(|b| b == b'0') => {
            Getal::Tekst(format!("{teken}{heel}"))
        }
        Ok(_) => Getal::Onleesbaar,
        Err(waarom) => waarom,
    }
}

fn decimal_of(parts: Parts) -> Getal {
    let (teken, heel, deel) = match parts {
        Ok(delen) => delen,
        Err(waarom) => return waarom,
    };
    let deel = deel.trim_end_matches('0');
    if deel.len() <= 2 {
        let punt = if deel.is_empty() { "" } else { "." };
        return Getal::Tekst(format!("{teken}{heel}{punt}{deel}"));
    }
    let Ok(centen) = format!("{heel}{}", &deel[..2]).parse::<u64>() else {
        return Getal::Onleesbaar;
    };
    let centen = centen + u64::from(deel.as_bytes()[2] >= b'5');
    Getal::Afgerond(format!("{teken}{}.{:02}", centen / 100, centen % 100))
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
        return Err(Getal::Onleesbaar);
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    Ok((sign, whole.to_owned(), decimals.to_owned()))
}

fn split(tekst: &str, vorm: Option<Getalvorm>) -> Parts {
    let kaal: String = tekst
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{202f}')
        .collect();
    let kaal = kaal
        .strip_prefix('€')
        .or_else(|| kaal.strip_prefix("EUR"))
        .unwrap_or(&kaal);
    let (teken, kaal) = match kaal.strip_prefix('-') {
        Some(rest) => ("-", rest.strip_prefix('€').unwrap_or(rest)),
        None => ("", kaal.strip_prefix('+').unwrap_or(kaal)),
    };
    let kaal = kaal
        .strip_suffix(",-")
        .unwrap_or(kaal)
        .trim_end_matches('€')
        .trim_end_matches("EUR");
    if !kaal
        .bytes()
        .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
        || kaal.len() > LONGEST
    {
        return Err(Getal::Onleesbaar);
    }
    let (heel, deel) = parts(kaal, vorm)?;
    if heel.is_empty() || !deel.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Getal::Onleesbaar);
    }
    let heel = heel.trim_start_matches('0');
    Ok((
        teken,
        if heel.is_empty() { "0" } else { heel }.to_owned(),
        deel.to_owned(),
    ))
}

/// The whole part without thousand signs, and the decimals.
fn parts(kaal: &str, vorm: Option<Getalvorm>) -> Result<(String, &str), Getal> {
    let gekozen = match vorm {
        Some(Getalvorm::Komma) => Some((',', '.')),
        Some(Getalvorm::Punt) => Some(('.', ',')),
        None => None,
    };
    if let Some((decimaal, duizend)) = gekozen {
        let (heel, deel) = kaal.split_once(decimaal).unwrap_or((kaal, ""));
        return without_thousands(heel, duizend)
            .map(|heel| (heel, deel))
            .ok_or(Getal::Onleesbaar);
    }
    // `1,234` is a thousand to some and a bit over one to others.
    let driecijferig = kaal
        .rsplit_once(',')
        .is_some_and(|(_, deel)| deel.len() == 3);
    if driecijferig && !kaal.contains('.') && !kaal.starts_with('0') {
        return Err(Getal::Dubbelzinnig);
    }
    unasked(kaal).ok_or(Getal::Onleesbaar)
}

/// The same where nobody said what the signs are: the last of two is for decimals, and one point before three digits
/// stands between thousands, as in Dutch.
fn unasked(kaal: &str) -> Option<(String, &str)> {
    Some(match (kaal.rfind('.'), kaal.rfind(',')) {
        (None, None) => (kaal.to_owned(), ""),
        (Some(punt), Some(komma)) => {
            let (laatste, duizend) = if punt > komma {
                (punt, ',')
            } else {
                (komma, '.')
            };
            (
                without_thousands(&kaal[..laatste], duizend)?,
                &kaal[laatste + 1..],
            )
        }
        (Some(punt), None) => {
            let (heel, deel) = (&kaal[..punt], &kaal[punt + 1..]);
            if is_after_thousands(heel, deel) {
                (without_thousands(kaal, '.')?, "")
            } else {
                (plain(heel)?, deel)
            }
        }
        (None, Some(komma)) => (plain(&kaal[..komma])?, &kaal[komma + 1..]),
    })
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
        for (tekst, getal) in [
            ("12.345", "12.35"),
            ("-12.345", "-12.35"),
            ("150.000", "150"),
            (".125", "0.13"),
            ("-.5", "-0.5"),
            ("1234", "1234"),
        ] {
            let gelezen = decimal_number(tekst);
            assert!(
                matches!(&gelezen, Getal::Tekst(t) | Getal::Afgerond(t) if t == getal),
                "{tekst}: {gelezen:?}"
            );
        }
        assert_eq!(whole_number("12.345"), Getal::Onleesbaar);
        assert_eq!(whole_number("12.000"), Getal::Tekst("12".to_owned()));
        for none in ["", "-", "1e5", "1,5", "1.2.3", "NaN"] {
            assert_eq!(decimal_number(none), Getal::Onleesbaar, "{none}");
        }
        assert_eq!(
            decimal("12.345", None),
            Getal::Tekst("12345".to_owned()),
            "as people write it"
        );
    }

    #[test]
    fn whole_numbers() {
        for (tekst, verwacht) in [
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
                whole(tekst, None),
                Getal::Tekst(verwacht.to_owned()),
                "{tekst}"
            );
        }
        // H-28: none of these is a number here.
        for tekst in [
            "1e308", "NaN", "Inf", "0x10", "１２", "12,5", "twaalf", "", "1.23.4", "--1",
        ] {
            assert_eq!(whole(tekst, None), Getal::Onleesbaar, "{tekst}");
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
            assert_eq!(
                decimal(tekst, None),
                Getal::Tekst(verwacht.to_owned()),
                "{tekst}"
            );
        }
        assert_eq!(
            decimal("33.3333333", None),
            Getal::Afgerond("33.33".to_owned())
        );
        assert_eq!(decimal("1.2350", None), Getal::Afgerond("1.24".to_owned()));
        assert_eq!(decimal("1,234", None), Getal::Dubbelzinnig);
        assert_eq!(whole("1,600", None), Getal::Dubbelzinnig);
    }

    #[test]
    fn amounts_in_a_column_whose_signs_are_known() {
        use Getalvorm::{Komma, Punt};
        for (vorm, tekst, verwacht) in [
            (Punt, "113.025", Getal::Afgerond("113.03".to_owned())),
            (Punt, "1,234", Getal::Tekst("1234".to_owned())),
            (Punt, "1,234.5", Getal::Tekst("1234.5".to_owned())),
            (Komma, "113.025", Getal::Tekst("113025".to_owned())),
            (Komma, "1,234", Getal::Afgerond("1.23".to_owned())),
            (Komma, "1.234,5", Getal::Tekst("1234.5".to_owned())),
            (Komma, "12.5", Getal::Onleesbaar),
            (Punt, "12,5", Getal::Onleesbaar),
            (Punt, "1.2.3", Getal::Onleesbaar),
        ] {
            assert_eq!(decimal(tekst, Some(vorm)), verwacht, "{vorm:?} {tekst}");
        }
    }

    #[test]
    fn what_a_point_is() {
        for (tekst, verwacht) in [
            ("113.025", Some(Punt::Duizend)),
            ("€ 1.250", Some(Punt::Duizend)),
            ("1.234.567", Some(Punt::Duizend)),
            ("12.5", Some(Punt::Decimaal)),
            ("1023.300", Some(Punt::Decimaal)),
            ("0.125", Some(Punt::Decimaal)),
            ("1.234,50", None),
            ("1234", None),
            ("1 234", None),
            ("1 234.567", Some(Punt::Decimaal)),
        ] {
            assert_eq!(punt(tekst), verwacht, "{tekst}");
        }
    }
}
