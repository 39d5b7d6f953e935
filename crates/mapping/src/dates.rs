//! Dates as people and programs write them.
//!
//! Owns the forms a date may have and reading one form. A form that needs no choosing (ISO, a month in letters) is read
//! anywhere; of the others a column must prove which it is: that is left to `date_evidence`.

use chrono::{Datelike, NaiveDate};
use sheets::from_serial;

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Datumvorm {
    Iso,
    DagMaandJaar,
    MaandDagJaar,
    JaarMaandDag8,
    DagMaandJaar8,
    MaandInLetters,
    DagMaandJaar2,
    MaandDagJaar2,
    JaarMaandDag2,
    Excel,
    /// Real dates of which a program swapped day and month, beside texts that it could not read.
    Omgewisseld,
}

use Datumvorm as V;

impl Datumvorm {
    /// The forms that values can prove.
    pub(crate) const ALLE: [Self; 10] = [
        V::Iso,
        V::DagMaandJaar,
        V::MaandDagJaar,
        V::JaarMaandDag8,
        V::DagMaandJaar8,
        V::MaandInLetters,
        V::DagMaandJaar2,
        V::MaandDagJaar2,
        V::JaarMaandDag2,
        V::Excel,
    ];

    /// The name in a koppeling.
    pub(crate) fn naam(self) -> &'static str {
        match self {
            V::Iso => "jjjj-mm-dd",
            V::DagMaandJaar => "dd-mm-jjjj",
            V::MaandDagJaar => "mm-dd-jjjj",
            V::JaarMaandDag8 => "jjjjmmdd",
            V::DagMaandJaar8 => "ddmmjjjj",
            V::MaandInLetters => "d maand jjjj",
            V::DagMaandJaar2 => "dd-mm-jj",
            V::MaandDagJaar2 => "mm-dd-jj",
            V::JaarMaandDag2 => "jj-mm-dd",
            V::Excel => "excelgetal",
            V::Omgewisseld => "omgewisseld",
        }
    }

    pub(crate) fn parse(naam: &str) -> Option<Self> {
        Self::names().find(|v| v.naam() == naam)
    }

    /// Every form that a koppeling may name.
    pub(crate) fn names() -> impl Iterator<Item = Self> {
        Self::ALLE.into_iter().chain([V::Omgewisseld])
    }

    /// A bit of its own, for a set of forms.
    pub(crate) fn bit(self) -> u16 {
        1 << Self::ALLE
            .iter()
            .position(|v| *v == self)
            .expect("ALLE holds every form")
    }

    /// Reads a text in this form; `jaar` (the reporting year) settles the century of two digits.
    pub(crate) fn lees(self, tekst: &str, jaar: i32) -> Option<NaiveDate> {
        let tekst = without_time(tekst);
        match self {
            V::Iso => iso(tekst),
            V::MaandInLetters => with_month_name(tekst, jaar),
            V::JaarMaandDag8 => {
                let d = eight_digits(tekst)?;
                date(d / 10_000, d / 100 % 100, d % 100).filter(plausible)
            }
            V::DagMaandJaar8 => {
                let d = eight_digits(tekst)?;
                date(d % 10_000, d / 10_000 % 100, d / 1_000_000).filter(plausible)
            }
            V::Excel => excel_serial(tekst),
            V::Omgewisseld => match iso(tekst) {
                Some(dag) => date(u32::try_from(dag.year()).ok()?, dag.day(), dag.month()),
                None => only_reading(tekst, jaar),
            },
            V::DagMaandJaar | V::MaandDagJaar => {
                let [(a, la), (b, lb), (jjjj, 4)] = three_parts(tekst)? else {
                    return None;
                };
                if la > 2 || lb > 2 {
                    return None;
                }
                if self == V::DagMaandJaar {
                    date(jjjj, b, a)
                } else {
                    date(jjjj, a, b)
                }
            }
            V::DagMaandJaar2 | V::MaandDagJaar2 | V::JaarMaandDag2 => {
                let [(a, la), (b, lb), (c, lc)] = three_parts(tekst)?;
                let (jj, ljj, mm, dd) = match self {
                    V::DagMaandJaar2 => (c, lc, b, a),
                    V::MaandDagJaar2 => (c, lc, a, b),
                    _ => (a, la, b, c),
                };
                if ljj != 2 || la > 2 || lb > 2 || lc > 2 {
                    return None;
                }
                date(century(jj, jaar)?, mm, dd)
            }
        }
    }
}

/// Reads a date that can be understood in one way only.
pub(crate) fn read_plain(tekst: &str, jaar: i32) -> Option<NaiveDate> {
    V::Iso
        .lees(tekst, jaar)
        .or_else(|| V::MaandInLetters.lees(tekst, jaar))
}

/// The day in the Netherlands of a moment that says how far it is from UTC (`2020-01-28T23:00:00.000Z`), and whether
/// that is another day than the one written.
pub(crate) fn moment(tekst: &str) -> Option<(NaiveDate, bool)> {
    if tekst.len() < 17 || tekst.len() > 40 || !tekst.contains(':') {
        return None;
    }
    let met_t = tekst.replacen(' ', "T", 1);
    let moment = chrono::DateTime::parse_from_rfc3339(&met_t).ok()?;
    let hier = schema::klok::local(moment.to_utc()).date();
    Some((hier, hier != moment.date_naive()))
}

/// Reads a date of which the numbers say which is the day.
fn only_reading(tekst: &str, jaar: i32) -> Option<NaiveDate> {
    let gelezen = [
        V::DagMaandJaar,
        V::MaandDagJaar,
        V::DagMaandJaar2,
        V::MaandDagJaar2,
    ]
    .map(|vorm| vorm.lees(tekst, jaar));
    let mut verschillend = gelezen.into_iter().flatten();
    let eerste = verschillend.next()?;
    verschillend.all(|datum| datum == eerste).then_some(eerste)
}

/// Whether a text is a canonical ISO date as it stands. Every day up to the 28th exists; the calendar is asked for
/// the others only.
#[inline]
pub(crate) fn is_canonical(tekst: &str) -> bool {
    let &[j1, j2, j3, j4, b'-', m1, m2, b'-', d1, d2] = tekst.as_bytes() else {
        return false;
    };
    if ![j1, j2, j3, j4, m1, m2, d1, d2]
        .iter()
        .all(u8::is_ascii_digit)
    {
        return false;
    }
    let (maand, dag) = (
        (m1 - b'0') * 10 + (m2 - b'0'),
        (d1 - b'0') * 10 + (d2 - b'0'),
    );
    (1..=12).contains(&maand) && dag >= 1 && (dag <= 28 || iso(tekst).is_some())
}

/// The days that systems write where there is no date, beside every day in 9999.
const GEEN_DATUM: [(u32, u32, u32); 5] = [
    (1, 1, 1),
    (1753, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
];

/// Whether this is a date by which a system means that there is none: `1900-01-01`, `01-01-0001 00:00`.
pub(crate) fn stands_for_none(waarde: &str) -> bool {
    let dag = waarde.split(['T', ' ']).next().unwrap_or_default();
    let mut delen = dag.split(['-', '/', '.']);
    let [Some(a), Some(b), Some(c), None] =
        [delen.next(), delen.next(), delen.next(), delen.next()]
    else {
        return false;
    };
    let (jaar, midden, dag) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    let getal = |deel: &str| deel.parse::<u32>().unwrap_or_default();
    let (jaar, midden, dag) = (
        if jaar.len() == 4 { getal(jaar) } else { 0 },
        getal(midden),
        getal(dag),
    );
    jaar == 9999
        || GEEN_DATUM.contains(&(jaar, midden, dag))
        || GEEN_DATUM.contains(&(jaar, dag, midden))
}

fn date(jaar: u32, maand: u32, dag: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(jaar).ok()?, maand, dag)
}

fn plausible(datum: &NaiveDate) -> bool {
    (1900..=2100).contains(&datum.year())
}

/// 20 is 2020, 98 is 1998: between 40 years before and two years after the reporting year.
fn century(jj: u32, jaar: i32) -> Option<u32> {
    let laatste = u32::try_from(jaar + 2).ok()?;
    let eeuw = laatste / 100 * 100;
    let voluit = if eeuw + jj <= laatste {
        eeuw + jj
    } else {
        (eeuw + jj).checked_sub(100)?
    };
    (laatste - voluit <= 42).then_some(voluit)
}

#[inline]
fn iso(tekst: &str) -> Option<NaiveDate> {
    let b = tekst.as_bytes();
    if b.len() < 8 || b.len() > 10 || !matches!(b[4], b'-' | b'/' | b'.') {
        return None;
    }
    if b.len() == 10 && b[7] == b[4] {
        return date(number(&b[..4])?, number(&b[5..7])?, number(&b[8..])?);
    }
    let [(jjjj, 4), (mm, 1..=2), (dd, 1..=2)] = three_parts(tekst)? else {
        return None;
    };
    date(jjjj, mm, dd)
}

#[inline]
fn number(cijfers: &[u8]) -> Option<u32> {
    // Longer than any part of a date: it would not fit.
    if cijfers.len() > 9 {
        return None;
    }
    cijfers.iter().try_fold(0u32, |som, b| {
        b.is_ascii_digit().then(|| som * 10 + u32::from(b - b'0'))
    })
}

fn eight_digits(tekst: &str) -> Option<u32> {
    (tekst.len() == 8)
        .then(|| number(tekst.as_bytes()))
        .flatten()
}

/// Three numbers with the same sign between them, with their lengths.
fn three_parts(tekst: &str) -> Option<[(u32, usize); 3]> {
    let scheiding = tekst.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(scheiding, '-' | '/' | '.' | ' ' | '\\') {
        return None;
    }
    let mut delen = tekst.split(scheiding).map(str::trim);
    let mut deel = || {
        let d = delen.next()?;
        (!d.is_empty() && d.len() <= 4)
            .then(|| number(d.as_bytes()).map(|n| (n, d.len())))
            .flatten()
    };
    let uit = [deel()?, deel()?, deel()?];
    delen.next().is_none().then_some(uit)
}

/// Cuts off a time of day.
pub(crate) fn without_time(tekst: &str) -> &str {
    let Some(plek) = tekst.find(['T', ' ']).filter(|_| tekst.contains(':')) else {
        return tekst;
    };
    // `2 mrt 2020 10:00` has blanks before the one that counts.
    let plek = if tekst.as_bytes()[plek] == b' ' {
        tekst
            .find(':')
            .and_then(|d| tekst[..d].rfind(' '))
            .unwrap_or(plek)
    } else {
        plek
    };
    if is_time(&tekst[plek + 1..]) {
        tekst[..plek].trim_end()
    } else {
        tekst
    }
}

/// Whether this is a moment of a day. 24:00 and a leap second are not: whose day they belong to is not said.
fn is_time(tekst: &str) -> bool {
    let tekst = tekst
        .trim_end_matches('Z')
        .split('+')
        .next()
        .unwrap_or_default();
    let grenzen = [24, 60, 60];
    let delen: Vec<&str> = tekst
        .split('.')
        .next()
        .unwrap_or_default()
        .split(':')
        .collect();
    let heel = tekst
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'));
    let past = |(deel, grens): (&&str, &u32)| deel.parse::<u32>().is_ok_and(|n| n < *grens);
    heel && (2..=3).contains(&delen.len()) && delen.iter().zip(&grenzen).all(past)
}

const MAANDEN: [&[&str]; 12] = [
    &["januari", "jan", "january"],
    &["februari", "feb", "febr", "february"],
    &["maart", "mrt", "mar", "march", "mrz"],
    &["april", "apr"],
    &["mei", "may"],
    &["juni", "jun", "june"],
    &["juli", "jul", "july"],
    &["augustus", "aug", "august"],
    &["september", "sep", "sept"],
    &["oktober", "okt", "oct", "october"],
    &["november", "nov"],
    &["december", "dec"],
];

/// `2 mrt 2020`, `2-mrt-2020`, `ma 2 maart 2020`, `2-mrt-20`.
fn with_month_name(tekst: &str, jaar: i32) -> Option<NaiveDate> {
    let mut dag = None;
    let mut maand = None;
    let mut jaartal = None;
    for woord in tekst
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        if woord.bytes().all(|b| b.is_ascii_digit()) {
            let getal = number(woord.as_bytes())?;
            match (dag, maand, woord.len()) {
                (None, _, 1..=2) => dag = Some(getal),
                (Some(_), Some(_), 2) if jaartal.is_none() => jaartal = Some(century(getal, jaar)?),
                (Some(_), Some(_), 4) if jaartal.is_none() => jaartal = Some(getal),
                _ => return None,
            }
        } else {
            let klein = woord.to_lowercase();
            let gevonden = MAANDEN
                .iter()
                .position(|namen| namen.contains(&klein.as_str()));
            match (gevonden, dag) {
                (Some(m), Some(_)) if maand.is_none() => maand = Some(u32::try_from(m).ok()? + 1),
                // A day of the week before it.
                (None, None) if klein.len() == 2 || klein.ends_with("dag") => {}
                _ => return None,
            }
        }
    }
    date(jaartal?, maand?, dag?)
}

/// Day number of Excel's 1900 system: for a date cell that was shown as a number.
fn excel_serial(tekst: &str) -> Option<NaiveDate> {
    let heel = tekst.split_once(['.', ',']).map_or(tekst, |(heel, deel)| {
        if number(deel.as_bytes()).is_some() {
            heel
        } else {
            tekst
        }
    });
    let dagen = (heel.len() == 5)
        .then(|| number(heel.as_bytes()))
        .flatten()?;
    (15_000..80_000)
        .contains(&dagen)
        .then(|| from_serial(f64::from(dagen), false))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datum(tekst: &str) -> Option<NaiveDate> {
        tekst.parse().ok()
    }

    #[test]
    fn each_form_reads_its_own() {
        for (vorm, tekst) in [
            (V::Iso, "2020-03-02"),
            (V::Iso, "2020-03-02T00:00:00"),
            (V::Iso, "2020-3-2"),
            (V::DagMaandJaar, "02-03-2020"),
            (V::DagMaandJaar, "2/3/2020"),
            (V::DagMaandJaar, "2.3.2020 0:00:00"),
            (V::MaandDagJaar, "03/02/2020"),
            (V::JaarMaandDag8, "20200302"),
            (V::DagMaandJaar8, "02032020"),
            (V::MaandInLetters, "2 mrt 2020"),
            (V::MaandInLetters, "2-mrt-20"),
            (V::MaandInLetters, "ma 2 maart 2020"),
            (V::MaandInLetters, "2 mrt. 2020 10:15"),
            (V::DagMaandJaar2, "02-03-20"),
            (V::MaandDagJaar2, "3/2/20"),
            (V::JaarMaandDag2, "20-03-02"),
            (V::Excel, "43892"),
        ] {
            assert_eq!(
                vorm.lees(tekst, 2020),
                datum("2020-03-02"),
                "{vorm:?} {tekst}"
            );
        }
    }

    /// JavaScript writes midnight here as an hour before midnight in UTC: the day before.
    #[test]
    fn a_moment_is_a_day_in_the_netherlands() {
        for (tekst, verwacht, verschoven) in [
            ("2020-01-28T23:00:00.000Z", "2020-01-29", true),
            ("2020-07-28T22:00:00Z", "2020-07-29", true),
            ("2020-01-28T22:00:00Z", "2020-01-28", false),
            ("2020-01-28T00:00:00Z", "2020-01-28", false),
            ("2020-01-29T00:00:00+01:00", "2020-01-29", false),
            ("2020-01-28 23:00:00+00:00", "2020-01-29", true),
        ] {
            assert_eq!(
                moment(tekst),
                Some((verwacht.parse().unwrap(), verschoven)),
                "{tekst}"
            );
        }
        for tekst in [
            "2020-01-28T23:00:00",
            "2020-01-28",
            "28-01-2020 23:00",
            "2020-01-28T24:00:00Z",
        ] {
            assert_eq!(moment(tekst), None, "{tekst}");
        }
    }

    /// H-57: what is no day in any calendar is no date.
    #[test]
    fn impossible_days_are_no_dates() {
        for tekst in [
            "30-02-2025",
            "31-04-2020",
            "29-02-2023",
            "00-00-0000",
            "2025-13-01",
            "32-01-20",
            "20201301",
        ] {
            for vorm in V::ALLE {
                let gelezen = vorm.lees(tekst, 2020);
                assert!(
                    gelezen.is_none() || vorm == V::DagMaandJaar8,
                    "{vorm:?} {tekst} {gelezen:?}"
                );
            }
        }
    }
}
