//! Dates as people and programs write them.
//!
//! Owns the forms a date may have and reading one form. A form that needs no choosing (ISO, a month in letters) is read
//! anywhere; of the others a column must prove which it is: that is left to `date_evidence`.

use chrono::{Datelike, NaiveDate};
use sheets::from_serial;

/// How a date is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum DateForm {
    Iso,
    DayMonthYear,
    MonthDayYear,
    YearMonthDay8,
    DayMonthYear8,
    MonthInLetters,
    DayMonthYear2,
    MonthDayYear2,
    YearMonthDay2,
    Excel,
    /// The same in a workbook that counts its days from 1904.
    Excel1904,
    /// Seconds since 1970.
    UnixSeconds,
    /// Milliseconds since 1970.
    UnixMilliseconds,
    /// Real dates of which a program swapped day and month, beside texts that it could not read.
    Swapped,
}

use DateForm as V;

impl DateForm {
    /// The forms that values can prove.
    pub(crate) const ALL: [Self; 12] = [
        V::Iso,
        V::DayMonthYear,
        V::MonthDayYear,
        V::YearMonthDay8,
        V::DayMonthYear8,
        V::MonthInLetters,
        V::DayMonthYear2,
        V::MonthDayYear2,
        V::YearMonthDay2,
        V::Excel,
        V::UnixSeconds,
        V::UnixMilliseconds,
    ];

    /// The name in a koppeling.
    pub(crate) fn name(self) -> &'static str {
        match self {
            V::Iso => "jjjj-mm-dd",
            V::DayMonthYear => "dd-mm-jjjj",
            V::MonthDayYear => "mm-dd-jjjj",
            V::YearMonthDay8 => "jjjjmmdd",
            V::DayMonthYear8 => "ddmmjjjj",
            V::MonthInLetters => "d maand jjjj",
            V::DayMonthYear2 => "dd-mm-jj",
            V::MonthDayYear2 => "mm-dd-jj",
            V::YearMonthDay2 => "jj-mm-dd",
            V::Excel => "excelgetal",
            V::Excel1904 => "excelgetal vanaf 1904",
            V::UnixSeconds => "seconden vanaf 1970",
            V::UnixMilliseconds => "milliseconden vanaf 1970",
            V::Swapped => "omgewisseld",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::names().find(|v| v.name() == name)
    }

    /// Every form that a koppeling may name.
    pub(crate) fn names() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().chain([V::Excel1904, V::Swapped])
    }

    /// A bit of its own, for a set of forms.
    pub(crate) fn bit(self) -> u16 {
        1 << Self::ALL
            .iter()
            .position(|v| *v == self)
            .expect("ALL holds every form")
    }

    /// Reads a text in this form; `jaar` (the reporting year) settles the century of two digits.
    pub(crate) fn lees(self, text: &str, jaar: i32) -> Option<NaiveDate> {
        let text = without_time(text);
        match self {
            V::Iso => iso(text),
            V::MonthInLetters => with_month_name(text, jaar),
            V::YearMonthDay8 => {
                let d = eight_digits(text)?;
                date(d / 10_000, d / 100 % 100, d % 100).filter(|day| plausible(*day))
            }
            V::DayMonthYear8 => {
                let d = eight_digits(text)?;
                date(d % 10_000, d / 10_000 % 100, d / 1_000_000).filter(|day| plausible(*day))
            }
            V::Excel => excel_serial(text, false),
            V::Excel1904 => excel_serial(text, true),
            V::UnixSeconds => since_1970(text, 10, 1000),
            V::UnixMilliseconds => since_1970(text, 13, 1),
            V::Swapped => match iso(text) {
                Some(day) => date(u32::try_from(day.year()).ok()?, day.day(), day.month()),
                None => only_reading(text, jaar),
            },
            V::DayMonthYear | V::MonthDayYear => {
                let [(a, la), (b, len_b), (full_year, 4)] = three_parts(text)? else {
                    return None;
                };
                if la > 2 || len_b > 2 {
                    return None;
                }
                if self == V::DayMonthYear {
                    date(full_year, b, a)
                } else {
                    date(full_year, a, b)
                }
            }
            V::DayMonthYear2 | V::MonthDayYear2 | V::YearMonthDay2 => {
                let [(a, la), (b, len_b), (c, len_c)] = three_parts(text)?;
                let (short_year, year_len, mm, dd) = match self {
                    V::DayMonthYear2 => (c, len_c, b, a),
                    V::MonthDayYear2 => (c, len_c, a, b),
                    _ => (a, la, b, c),
                };
                if year_len != 2 || la > 2 || len_b > 2 || len_c > 2 {
                    return None;
                }
                date(century(short_year, jaar)?, mm, dd)
            }
        }
    }
}

/// Reads a date that can be understood in one way only.
pub(crate) fn read_plain(text: &str, jaar: i32) -> Option<NaiveDate> {
    V::Iso
        .lees(text, jaar)
        .or_else(|| V::MonthInLetters.lees(text, jaar))
}

/// The day in the Netherlands of a moment that says how far it is from UTC (`2020-01-28T23:00:00.000Z`), and whether
/// that is another day than the one written. So does the moment that .NET writes in JSON: `/Date(1580252400000)/`, in
/// milliseconds since 1970.
pub(crate) fn moment(text: &str) -> Option<(NaiveDate, bool)> {
    if let Some(inner) = text
        .strip_prefix("/Date(")
        .and_then(|rest| rest.strip_suffix(")/"))
    {
        // What stands behind it (`+0100`) is only where it was written.
        let end = inner[1.min(inner.len())..].find(['+', '-']);
        let milliseconds = end.map_or(inner, |end| &inner[..=end]);
        return day_here(milliseconds.parse().ok()?).map(|day| (day, false));
    }
    if text.len() < 17 || text.len() > 40 || !text.contains(':') {
        return None;
    }
    let met_t = text.replacen(' ', "T", 1);
    let moment = chrono::DateTime::parse_from_rfc3339(&met_t).ok()?;
    let here = schema::dutch_time::local(moment.to_utc()).date();
    Some((here, here != moment.date_naive()))
}

/// The day in the Netherlands of this moment, in milliseconds since 1970.
fn day_here(milliseconds: i64) -> Option<NaiveDate> {
    let moment = chrono::DateTime::from_timestamp_millis(milliseconds)?;
    Some(schema::dutch_time::local(moment).date()).filter(|day| plausible(*day))
}

/// A whole number of `digits` digits as a moment since 1970, in units of so many milliseconds: from September 2001 on
/// seconds have ten digits and milliseconds thirteen.
fn since_1970(text: &str, digits: usize, milliseconds: i64) -> Option<NaiveDate> {
    let counts = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    let number: i64 = counts.then(|| text.parse().ok()).flatten()?;
    if text.starts_with('0') {
        return None;
    }
    day_here(number.checked_mul(milliseconds)?)
}

/// Reads a date of which the numbers say which is the day.
fn only_reading(text: &str, jaar: i32) -> Option<NaiveDate> {
    let loaded = [
        V::DayMonthYear,
        V::MonthDayYear,
        V::DayMonthYear2,
        V::MonthDayYear2,
    ]
    .map(|vorm| vorm.lees(text, jaar));
    let mut distinct = loaded.into_iter().flatten();
    let first = distinct.next()?;
    distinct.all(|datum| datum == first).then_some(first)
}

/// Whether a text is a canonical ISO date as it stands. Every day up to the 28th exists; the calendar is asked for
/// the others only.
#[inline]
pub(crate) fn is_canonical(text: &str) -> bool {
    let &[j1, j2, j3, j4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
        return false;
    };
    if ![j1, j2, j3, j4, m1, m2, d1, d2]
        .iter()
        .all(u8::is_ascii_digit)
    {
        return false;
    }
    let (month, day) = (
        (m1 - b'0') * 10 + (m2 - b'0'),
        (d1 - b'0') * 10 + (d2 - b'0'),
    );
    (1..=12).contains(&month) && day >= 1 && (day <= 28 || iso(text).is_some())
}

/// The days that systems write where there is no date, beside every day in 9999.
const NOT_A_DATE: [(u32, u32, u32); 7] = [
    // How Excel shows a zero that is a date: what a formula makes of an empty cell.
    (1900, 1, 0),
    (1, 1, 1),
    (1753, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
    (1904, 1, 1),
];

/// Whether this is a date by which a system means that there is none: `1900-01-01`, `01-01-0001 00:00`, `0`.
pub(crate) fn stands_for_none(value: &str) -> bool {
    if value == "0" {
        return true;
    }
    let day = value.split(['T', ' ']).next().unwrap_or_default();
    let mut parts = day.split(['-', '/', '.']);
    let [Some(a), Some(b), Some(c), None] =
        [parts.next(), parts.next(), parts.next(), parts.next()]
    else {
        return false;
    };
    let (jaar, midden, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    let number = |part: &str| part.parse::<u32>().ok();
    let (4, Some(jaar), Some(midden), Some(day)) =
        (jaar.len(), number(jaar), number(midden), number(day))
    else {
        return false;
    };
    jaar == 9999
        || NOT_A_DATE.contains(&(jaar, midden, day))
        || NOT_A_DATE.contains(&(jaar, day, midden))
}

fn date(jaar: u32, month: u32, day: u32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(jaar).ok()?, month, day)
}

fn plausible(datum: NaiveDate) -> bool {
    (1900..=2100).contains(&datum.year())
}

/// 20 is 2020, 98 is 1998: between 40 years before and two years after the reporting year.
fn century(short_year: u32, jaar: i32) -> Option<u32> {
    let last = u32::try_from(jaar + 2).ok()?;
    let century = last / 100 * 100;
    let in_full = if century + short_year <= last {
        century + short_year
    } else {
        (century + short_year).checked_sub(100)?
    };
    (last - in_full <= 42).then_some(in_full)
}

#[inline]
fn iso(text: &str) -> Option<NaiveDate> {
    let b = text.as_bytes();
    if b.len() < 8 || b.len() > 10 || !matches!(b[4], b'-' | b'/' | b'.') {
        return None;
    }
    if b.len() == 10 && b[7] == b[4] {
        return date(number(&b[..4])?, number(&b[5..7])?, number(&b[8..])?);
    }
    let [(full_year, 4), (mm, 1..=2), (dd, 1..=2)] = three_parts(text)? else {
        return None;
    };
    date(full_year, mm, dd)
}

#[inline]
fn number(cijfers: &[u8]) -> Option<u32> {
    // Longer than any part of a date: it would not fit.
    if cijfers.len() > 9 {
        return None;
    }
    cijfers.iter().try_fold(0u32, |sum, b| {
        b.is_ascii_digit().then(|| sum * 10 + u32::from(b - b'0'))
    })
}

fn eight_digits(text: &str) -> Option<u32> {
    (text.len() == 8).then(|| number(text.as_bytes())).flatten()
}

/// Three numbers with the same sign between them, with their lengths.
fn three_parts(text: &str) -> Option<[(u32, usize); 3]> {
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(separator, '-' | '/' | '.' | ' ' | '\\') {
        return None;
    }
    let mut parts = text.split(separator).map(str::trim);
    let mut part = || {
        let d = parts.next()?;
        (!d.is_empty() && d.len() <= 4)
            .then(|| number(d.as_bytes()).map(|n| (n, d.len())))
            .flatten()
    };
    let out = [part()?, part()?, part()?];
    parts.next().is_none().then_some(out)
}

/// Cuts off a time of day.
pub(crate) fn without_time(text: &str) -> &str {
    let Some(place) = text.find(['T', ' ']).filter(|_| text.contains(':')) else {
        return text;
    };
    // `2 mrt 2020 10:00` has blanks before the one that counts.
    let place = if text.as_bytes()[place] == b' ' {
        text.find(':')
            .and_then(|d| text[..d].rfind(' '))
            .unwrap_or(place)
    } else {
        place
    };
    if is_time(&text[place + 1..]) {
        text[..place].trim_end()
    } else {
        text
    }
}

/// Whether this is a moment of a day, also with AM or PM behind it. 24:00 and a leap second are not: whose day they
/// belong to is not said.
fn is_time(text: &str) -> bool {
    if let Some(time) = without_half(text) {
        let hour = time.split(':').next().unwrap_or_default().parse::<u32>();
        return hour.is_ok_and(|hour| (1..=12).contains(&hour)) && is_time(time);
    }
    let text = text
        .trim_end_matches('Z')
        .split('+')
        .next()
        .unwrap_or_default();
    let bounds = [24, 60, 60];
    let parts: Vec<&str> = text
        .split('.')
        .next()
        .unwrap_or_default()
        .split(':')
        .collect();
    let heel = text
        .bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'));
    let past = |(part, limit): (&&str, &u32)| part.parse::<u32>().is_ok_and(|n| n < *limit);
    heel && (2..=3).contains(&parts.len()) && parts.iter().zip(&bounds).all(past)
}

/// A time without the AM or PM behind it; `None` where there is neither.
fn without_half(text: &str) -> Option<&str> {
    const HALVES: [&str; 4] = ["am", "pm", "a.m.", "p.m."];
    HALVES.iter().find_map(|half| {
        let place = text.len().checked_sub(half.len())?;
        let is_half = text.get(place..)?.eq_ignore_ascii_case(half);
        is_half.then(|| text[..place].trim_end())
    })
}

const MONTHS: [&[&str]; 12] = [
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
fn with_month_name(text: &str, jaar: i32) -> Option<NaiveDate> {
    let mut day = None;
    let mut month = None;
    let mut year_number = None;
    for word in text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        if word.bytes().all(|b| b.is_ascii_digit()) {
            let number = number(word.as_bytes())?;
            match (day, month, word.len()) {
                (None, _, 1..=2) => day = Some(number),
                (Some(_), Some(_), 2) if year_number.is_none() => {
                    year_number = Some(century(number, jaar)?);
                }
                (Some(_), Some(_), 4) if year_number.is_none() => year_number = Some(number),
                _ => return None,
            }
        } else {
            let small = word.to_lowercase();
            let found = MONTHS
                .iter()
                .position(|names| names.contains(&small.as_str()));
            match (found, day) {
                (Some(m), Some(_)) if month.is_none() => month = Some(u32::try_from(m).ok()? + 1),
                // A day of the week before it.
                (None, None) if small.len() == 2 || small.ends_with("dag") => {}
                _ => return None,
            }
        }
    }
    date(year_number?, month?, day?)
}

/// A day number of Excel: for a date cell that was shown as a number. A part of a day behind it may make it the next.
fn excel_serial(text: &str, from_1904: bool) -> Option<NaiveDate> {
    let (heel, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let days = (heel.len() == 5)
        .then(|| number(heel.as_bytes()))
        .flatten()?;
    let part_counts = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let days: f64 = ((15_000..80_000).contains(&days) && part_counts)
        .then(|| format!("{heel}.{part}").parse().ok())
        .flatten()?;
    from_serial(days, from_1904)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datum(text: &str) -> Option<NaiveDate> {
        text.parse().ok()
    }

    #[test]
    fn each_form_reads_its_own() {
        for (vorm, text) in [
            (V::Iso, "2020-03-02"),
            (V::Iso, "2020-03-02T00:00:00"),
            (V::Iso, "2020-3-2"),
            (V::DayMonthYear, "02-03-2020"),
            (V::DayMonthYear, "2/3/2020"),
            (V::DayMonthYear, "2.3.2020 0:00:00"),
            (V::MonthDayYear, "03/02/2020"),
            (V::YearMonthDay8, "20200302"),
            (V::DayMonthYear8, "02032020"),
            (V::MonthInLetters, "2 mrt 2020"),
            (V::MonthInLetters, "2-mrt-20"),
            (V::MonthInLetters, "ma 2 maart 2020"),
            (V::MonthInLetters, "2 mrt. 2020 10:15"),
            (V::DayMonthYear2, "02-03-20"),
            (V::MonthDayYear2, "3/2/20"),
            (V::YearMonthDay2, "20-03-02"),
            (V::Excel, "43892"),
        ] {
            assert_eq!(
                vorm.lees(text, 2020),
                datum("2020-03-02"),
                "{vorm:?} {text}"
            );
        }
    }

    /// JavaScript writes midnight here as an hour before midnight in UTC: the day before.
    #[test]
    fn a_moment_is_a_day_in_nederland() {
        for (text, expected, shifted) in [
            ("2020-01-28T23:00:00.000Z", "2020-01-29", true),
            ("2020-07-28T22:00:00Z", "2020-07-29", true),
            ("2020-01-28T22:00:00Z", "2020-01-28", false),
            ("2020-01-28T00:00:00Z", "2020-01-28", false),
            ("2020-01-29T00:00:00+01:00", "2020-01-29", false),
            ("2020-01-28 23:00:00+00:00", "2020-01-29", true),
        ] {
            assert_eq!(
                moment(text),
                Some((expected.parse().unwrap(), shifted)),
                "{text}"
            );
        }
        for text in [
            "2020-01-28T23:00:00",
            "2020-01-28",
            "28-01-2020 23:00",
            "2020-01-28T24:00:00Z",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    /// H-57: what is no day in any calendar is no date.
    #[test]
    fn impossible_days_are_no_dates() {
        for text in [
            "30-02-2025",
            "31-04-2020",
            "29-02-2023",
            "00-00-0000",
            "2025-13-01",
            "32-01-20",
            "20201301",
        ] {
            for vorm in V::ALL {
                let loaded = vorm.lees(text, 2020);
                assert!(
                    loaded.is_none() || vorm == V::DayMonthYear8,
                    "{vorm:?} {text} {loaded:?}"
                );
            }
        }
    }
}
