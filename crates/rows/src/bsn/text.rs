//! The numbers of nine digits in a text, in every form in which people write a BSN.
//!
//! Owns those forms (in a row, `1234.56.782`, `123 456 782`, digit by digit, in words) and what has nine digits and is
//! something else: a clock, a GUID, a fraction, a telephone number, an amount, a number of year and month. Leaves the
//! elfproef and who asks to the module above.

use super::plain::plain;

/// Digits in a row, with what stands around them.
#[derive(Clone, Copy)]
struct DigitGroup {
    begin: usize,
    end: usize,
    /// Part of a word with other digits in it: a hash, a code.
    mixed: bool,
    /// What stands between this group and the next, where they may be one number.
    gap: Option<u8>,
}

impl DigitGroup {
    fn len(&self) -> usize {
        self.end - self.begin
    }
}

/// The groups in which people write nine digits.
const FORMS: [[usize; 3]; 2] = [[3, 3, 3], [4, 2, 3]];
/// Digits of a BSN.
const LENGTH: usize = 9;
/// As much of a word as is looked at on either side of its digits: a long hash.
const LONGEST_WORD: usize = 128;
/// The shortest words for a digit have three letters.
pub(super) const WORDS_LENGTH: usize = 27;

/// Calls `found` with every number of nine digits, until it says that it has seen enough; whether it did.
pub(super) fn numbers(text: &str, mut found: impl FnMut(u32) -> bool) -> bool {
    if text.len() < LENGTH {
        return false;
    }
    let text = plain(text);
    let text = &*text;
    if !may_hold(text) {
        return false;
    }
    let groups = groups(text);
    for place in 0..groups.len() {
        if let Some(number) = in_a_row(text, &groups, place)
            && found(number)
        {
            return true;
        }
        let spread = FORMS
            .iter()
            .find_map(|form| spread(text, &groups, place, form))
            .or_else(|| one_by_one(text, &groups, place));
        if let Some(number) = spread
            && found(number)
        {
            return true;
        }
    }
    text.len() >= WORDS_LENGTH && in_words(text, found)
}

/// The cheap question before all others: most texts have neither nine digits nor the length for nine words.
fn may_hold(text: &[u8]) -> bool {
    text.len() >= WORDS_LENGTH
        || text
            .iter()
            .map(|b| usize::from(b.is_ascii_digit()))
            .sum::<usize>()
            >= LENGTH
}

fn groups(text: &[u8]) -> Vec<DigitGroup> {
    let uuids = uuids(text);
    let mut out: Vec<DigitGroup> = Vec::new();
    let mut place = 0;
    while place < text.len() {
        if !text[place].is_ascii_digit() {
            place += 1;
            continue;
        }
        let begin = place;
        while text.get(place).is_some_and(u8::is_ascii_digit) {
            place += 1;
        }
        if uuids.iter().any(|(van, tot)| (*van..*tot).contains(&begin)) {
            continue;
        }
        let mixed = is_mixed(text, begin, place);
        if let Some(previous) = out.last_mut()
            && !mixed
            && !previous.mixed
        {
            previous.gap = gap(&text[previous.end..begin]);
        }
        out.push(DigitGroup {
            begin,
            end: place,
            mixed,
            gap: None,
        });
    }
    out
}

/// The sign between two groups of one number: a single one, or the same with blanks around it.
fn gap(between: &[u8]) -> Option<u8> {
    const SIGNS: &[u8] = b".-/_'\\";
    let blank = |b: &u8| matches!(b, b' ' | b'\t');
    match between {
        [sign] if SIGNS.contains(sign) => Some(*sign),
        [first, sign, last] if blank(first) && SIGNS.contains(sign) && blank(last) => {
            Some(*sign | 0x80)
        }
        blanks if (1..=3).contains(&blanks.len()) && blanks.iter().all(blank) => Some(b' '),
        _ => None,
    }
}

/// Whether the word around these digits has other digits too. A VAT number has, and is a BSN with letters around it.
fn is_mixed(text: &[u8], begin: usize, end: usize) -> bool {
    let before = text[..begin]
        .iter()
        .rev()
        .take(LONGEST_WORD)
        .take_while(|b| b.is_ascii_alphanumeric());
    let after = text[end..]
        .iter()
        .take(LONGEST_WORD)
        .take_while(|b| b.is_ascii_alphanumeric());
    let (before, after): (Vec<u8>, Vec<u8>) = (before.copied().collect(), after.copied().collect());
    let vat = before.eq_ignore_ascii_case(b"ln")
        && matches!(after[..], [b'B' | b'b', a, b] if a.is_ascii_digit() && b.is_ascii_digit());
    !vat && before.iter().chain(&after).any(u8::is_ascii_digit)
}

/// Where the GUIDs stand: 8-4-4-4-12 hexadecimal digits.
fn uuids(text: &[u8]) -> Vec<(usize, usize)> {
    const UUID: usize = 36;
    let is_uuid = |piece: &[u8]| {
        piece.iter().enumerate().all(|(place, b)| match place {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
    };
    text.windows(UUID)
        .enumerate()
        .filter(|(_, piece)| piece[8] == b'-' && is_uuid(piece))
        .map(|(place, _)| (place, place + UUID))
        .collect()
}

fn value(text: &[u8]) -> u32 {
    text.iter()
        .filter(|b| b.is_ascii_digit())
        .fold(0, |sum, b| sum * 10 + u32::from(b - b'0'))
}

/// Nine digits in a row.
fn in_a_row(text: &[u8], groups: &[DigitGroup], place: usize) -> Option<u32> {
    let group = &groups[place];
    let other = group.len() != LENGTH
        || group.mixed
        || is_fraction(text, groups, place)
        || is_after_date(text, groups, place)
        || is_phone(text, group.begin);
    (!other).then(|| value(&text[group.begin..group.end]))
}

/// Nine digits in groups of these lengths, that are no part of something longer.
fn spread(text: &[u8], groups: &[DigitGroup], place: usize, form: &[usize; 3]) -> Option<u32> {
    let window = groups.get(place..place + form.len())?;
    let fits = window
        .iter()
        .zip(form)
        .all(|(g, n)| g.len() == *n && !g.mixed)
        && window[..form.len() - 1].iter().all(|g| g.gap.is_some());
    let (first, last) = (window[0], window[form.len() - 1]);
    if !fits
        || !stands_alone(text, groups, place, form.len())
        || is_phone(text, first.begin)
        || has_cents(&text[last.end..])
    {
        return None;
    }
    let part = |n: usize| value(&text[window[n].begin..window[n].end]);
    // A number of one's own: the year, the month and a number within it.
    let dated = form[0] == 4
        && first.gap != Some(b'.')
        && (1900..2100).contains(&part(0))
        && (1..13).contains(&part(1));
    (!dated).then(|| value(&text[first.begin..last.end]))
}

/// Nine single digits.
fn one_by_one(text: &[u8], groups: &[DigitGroup], place: usize) -> Option<u32> {
    let window = groups.get(place..place + LENGTH)?;
    let single = |g: &DigitGroup| g.len() == 1 && !g.mixed;
    let joined = window[..LENGTH - 1].iter().all(|g| g.gap.is_some());
    let before = place > 0 && groups[place - 1].gap.is_some() && single(&groups[place - 1]);
    let after = window[LENGTH - 1].gap.is_some() && groups.get(place + LENGTH).is_some_and(single);
    (window.iter().all(single) && joined && !before && !after)
        .then(|| value(&text[window[0].begin..window[LENGTH - 1].end]))
}

/// Whether the groups around these belong to something else: `1.123.456.782` is one number, `dossier 7 123 456 782` two.
fn stands_alone(text: &[u8], groups: &[DigitGroup], place: usize, count: usize) -> bool {
    let inner = groups[place].gap;
    let apart = |gap: u8, neighbour: &DigitGroup| {
        gap == b' ' && (inner != Some(b' ') || neighbour.len() != 3)
    };
    let last = place + count - 1;
    let before = place.checked_sub(1).map(|n| &groups[n]);
    let free_before = before.is_none_or(|g| {
        g.gap
            .is_none_or(|gap| apart(gap, g) && (inner != Some(b' ') || text[g.begin] != b'0'))
    });
    let free_after = groups.get(last + 1).is_none_or(|g| {
        groups[last].gap.is_none_or(|gap| {
            apart(gap, g) && (inner != Some(b' ') || text[groups[place].begin] != b'0')
        })
    });
    free_before && free_after
}

/// `,50` and no more: what came before was an amount.
fn has_cents(after: &[u8]) -> bool {
    let cents = after.iter().skip(1).take_while(|b| b.is_ascii_digit());
    after.first() == Some(&b',') && matches!(cents.count(), 1 | 2)
}

/// What comes behind the point or comma of a number, or of the seconds of a clock.
fn is_fraction(text: &[u8], groups: &[DigitGroup], place: usize) -> bool {
    let begin = groups[place].begin;
    let Some(whole) = place.checked_sub(1).map(|n| &groups[n]) else {
        return false;
    };
    let touches = whole.end + 1 == begin && matches!(text[begin - 1], b'.' | b',');
    touches && (whole.len() <= 3 || whole.len() == 6)
}

/// A clock with milliseconds (`143512006`) behind a date, as programs put in the name of a file.
fn is_after_date(text: &[u8], groups: &[DigitGroup], place: usize) -> bool {
    let part = |n: usize, van: usize, tot: usize| {
        let begin = groups[n].begin;
        value(&text[begin + van..begin + tot])
    };
    if place == 0 || !is_clock(part(place, 0, 2), part(place, 2, 4), part(place, 4, 6)) {
        return false;
    }
    let before = place - 1;
    if groups[before].gap.is_none() {
        return false;
    }
    let lengths = |count: usize| {
        let from = (before + 1).checked_sub(count)?;
        Some(
            groups[from..=before]
                .iter()
                .map(DigitGroup::len)
                .collect::<Vec<_>>(),
        )
    };
    if groups[before].len() == 8 {
        return is_date(part(before, 0, 4), part(before, 4, 6), part(before, 6, 8))
            || is_date(part(before, 4, 8), part(before, 2, 4), part(before, 0, 2));
    }
    let all = |n: usize| part(n, 0, groups[n].len());
    match lengths(3).as_deref() {
        Some([4, 2, 2]) => is_date(all(before - 2), all(before - 1), all(before)),
        Some([2, 2, 4]) => is_date(all(before), all(before - 1), all(before - 2)),
        _ => false,
    }
}

fn is_clock(hour: u32, minute: u32, second: u32) -> bool {
    hour < 24 && minute < 60 && second < 60
}

fn is_date(year: u32, month: u32, day: u32) -> bool {
    (1900..2100).contains(&year) && (1..13).contains(&month) && (1..32).contains(&day)
}

/// Whether the code of a country stands before it: `+31 (0)`, `0032`.
fn is_phone(text: &[u8], begin: usize) -> bool {
    let trim = |mut text: &'_ [u8]| {
        while let [rest @ .., b' ' | b'-' | b'.'] = text {
            text = rest;
        }
        text.len()
    };
    let mut before = trim(&text[..begin]);
    if let Some(rest) = text[..before].strip_suffix(b"(0)") {
        before = trim(rest);
    }
    let digits = text[..before]
        .iter()
        .rev()
        .take_while(|b| b.is_ascii_digit())
        .count();
    let code = &text[before - digits..before];
    let plus = text[..before - digits].last() == Some(&b'+');
    (plus && (1..=3).contains(&digits)) || ((4..=5).contains(&digits) && code.starts_with(b"00"))
}

const WORDS: [(&[u8], u8); 20] = [
    (b"nul", 0),
    (b"een", 1),
    (b"twee", 2),
    (b"drie", 3),
    (b"vier", 4),
    (b"vijf", 5),
    (b"zes", 6),
    (b"zeven", 7),
    (b"acht", 8),
    (b"negen", 9),
    (b"zero", 0),
    (b"one", 1),
    (b"two", 2),
    (b"three", 3),
    (b"four", 4),
    (b"five", 5),
    (b"six", 6),
    (b"seven", 7),
    (b"eight", 8),
    (b"nine", 9),
];

/// Digits in words, one after the other: apart, glued together, or among digits.
fn in_words(text: &[u8], mut found: impl FnMut(u32) -> bool) -> bool {
    let mut digits: Vec<u8> = Vec::new();
    let mut has_words = false;
    let mut end = 0;
    let mut place = 0;
    while place <= text.len() {
        let begin = place;
        while text.get(place).is_some_and(u8::is_ascii_alphanumeric) {
            place += 1;
        }
        let word = &text[begin..place];
        let read = match word {
            [] => None,
            [digit @ b'0'..=b'9'] => Some(vec![digit - b'0']),
            word => digit_words(word),
        };
        // A blank between words, or `, ` or ` - `; and `en` before the last.
        let goes_on = begin - end <= 3 || digits.is_empty();
        match read {
            Some(more) if goes_on => {
                has_words |= !word[0].is_ascii_digit();
                digits.extend(more);
                end = place;
            }
            Some(more) => {
                if has_words && nine(&digits, &mut found) {
                    return true;
                }
                has_words = !word[0].is_ascii_digit();
                digits = more;
                end = place;
            }
            None if word.eq_ignore_ascii_case(b"en") && goes_on => end = place,
            None if word.is_empty() && place < text.len() => {}
            None => {
                if has_words && nine(&digits, &mut found) {
                    return true;
                }
                digits.clear();
                has_words = false;
            }
        }
        if word.is_empty() {
            place += 1;
        }
    }
    false
}

fn nine(digits: &[u8], found: &mut impl FnMut(u32) -> bool) -> bool {
    digits.windows(LENGTH).any(|window| {
        found(
            window
                .iter()
                .fold(0, |sum, digit| sum * 10 + u32::from(*digit)),
        )
    })
}

/// The digits that a word spells, where it spells nothing else.
fn digit_words(word: &[u8]) -> Option<Vec<u8>> {
    let mut rest = word;
    let mut out = Vec::new();
    while !rest.is_empty() {
        let (spelled, digit) = WORDS.iter().find(|(spelled, _)| {
            rest.get(..spelled.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(spelled))
        })?;
        out.push(*digit);
        rest = &rest[spelled.len()..];
    }
    (!out.is_empty()).then_some(out)
}
