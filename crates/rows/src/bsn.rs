//! Is it a BSN? The one judgement for the lenient and the strict door.
//!
//! Owns the elfproef, the test of a whole column (about 1 in 11 random numbers passes, so a column is judged by
//! its rate), the names of columns that must not be there, and 9-digit numbers inside text. Never gives back a
//! value: only that there is one.

use std::collections::HashSet;

/// Distinct numbers a column test looks at; more adds nothing to the certainty.
const MEESTE_GETALLEN: usize = 50_000;
/// Below this chance of so many passing by luck, a column counts as BSNs.
const GRENS: f64 = 1e-6;
/// The stricter bound for stopping before the end, so that looking often does not add up.
const GRENS_TUSSENTIJDS: f64 = 1e-12;

/// Whether nine digits pass the elfproef (and are not all zero).
pub fn elfproef(getal: u32) -> bool {
    if getal == 0 || getal > 999_999_999 {
        return false;
    }
    let mut rest = getal;
    let mut som: i64 = -i64::from(rest % 10);
    for gewicht in 2..=9 {
        rest /= 10;
        som += gewicht * i64::from(rest % 10);
    }
    som % 11 == 0
}

/// The number in a whole cell, where it could be a BSN: 8 digits (a leading zero was lost) or 9, with dots or
/// spaces between them and zeros before them.
pub fn kandidaat(cel: &str) -> Option<u32> {
    let bytes = cel.as_bytes();
    if bytes.len() < 8 || bytes.len() > 20 {
        return None;
    }
    let mut getal: u64 = 0;
    let mut cijfers = 0;
    for teken in cel.chars() {
        match teken {
            '0'..='9' => {
                getal = getal * 10 + u64::from(teken as u32 - u32::from(b'0'));
                cijfers += usize::from(getal > 0);
                if cijfers > 9 {
                    return None;
                }
            }
            '.' | ' ' | '\u{a0}' | '-' | '\'' => {}
            _ => return None,
        }
    }
    // A written date has eight digits too.
    let scheiding = |positie: usize| !bytes[positie].is_ascii_digit();
    let datum =
        bytes.len() == 10 && ((scheiding(2) && scheiding(5)) || (scheiding(4) && scheiding(7)));
    (matches!(cijfers, 8 | 9) && !datum)
        .then(|| u32::try_from(getal).ok())
        .flatten()
}

/// Whether a text holds a 9-digit number that passes the elfproef, written plainly or in the usual groups.
pub fn in_tekst(tekst: &str) -> bool {
    let bytes = tekst.as_bytes();
    if bytes.len() < 9 {
        return false;
    }
    let mut positie = 0;
    while positie < bytes.len() {
        if !bytes[positie].is_ascii_digit() {
            positie += 1;
            continue;
        }
        let (einde, groepen) = number_at(bytes, positie);
        if passes(&groepen) {
            return true;
        }
        positie = einde;
    }
    false
}

/// The same for a cell of a text field. In a field with an identifier (its name ends in `_id`) bare digits may be a
/// number of one's own: 1 in 11 of those passes too, so the column as a whole is judged.
pub fn in_vrije_tekst(veld: &str, cel: &str) -> bool {
    in_tekst(cel) && !(veld.ends_with("_id") && cel.trim().bytes().all(|b| b.is_ascii_digit()))
}

/// Reads digits, with single separators between groups; gives the end and, per group, its length and value.
fn number_at(bytes: &[u8], begin: usize) -> (usize, Vec<(usize, u64)>) {
    let mut groepen: Vec<(usize, u64)> = vec![(0, 0)];
    let mut positie = begin;
    while positie < bytes.len() {
        let byte = bytes[positie];
        let volgt_cijfer = bytes.get(positie + 1).is_some_and(u8::is_ascii_digit);
        if byte.is_ascii_digit() {
            let (lengte, waarde) = groepen.last_mut().expect("there is always a group");
            *lengte += 1;
            *waarde = waarde
                .saturating_mul(10)
                .saturating_add(u64::from(byte - b'0'));
        } else if matches!(byte, b'.' | b' ' | b'-') && volgt_cijfer {
            groepen.push((0, 0));
        } else {
            break;
        }
        positie += 1;
    }
    (positie, groepen)
}

fn passes(groepen: &[(usize, u64)]) -> bool {
    let geldig = |getal: u64| u32::try_from(getal).is_ok_and(elfproef);
    let los = groepen
        .iter()
        .any(|&(lengte, getal)| lengte == 9 && geldig(getal));
    let samen = match groepen {
        [(3, a), (3, b), (3, c)] => geldig(a * 1_000_000 + b * 1000 + c),
        [(4, a), (2, b), (3, c)] => geldig(a * 100_000 + b * 1000 + c),
        _ => false,
    };
    los || samen
}

/// Whether a column may not be called this.
pub fn verboden_kop(kop: &str) -> bool {
    let naam: String = kop
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    let woorden = kop
        .split(|c: char| !c.is_alphanumeric())
        .any(|w| w.eq_ignore_ascii_case("bsn"));
    woorden
        || naam.contains("burgerservicenummer")
        || naam.contains("burgerservicenr")
        || naam == "bsnnummer"
        || naam == "bsnnr"
        || naam == "sofinummer"
}

/// Collects the distinct candidate numbers of one column.
#[derive(Debug, Default)]
pub struct Kolomproef {
    gezien: HashSet<u32>,
    geslaagd: usize,
}

impl Kolomproef {
    /// Looks at one cell.
    pub fn zie(&mut self, cel: &str) {
        if cel.len() < 8 || cel.len() > 20 || self.gezien.len() >= MEESTE_GETALLEN {
            return;
        }
        if let Some(getal) = kandidaat(cel)
            && self.gezien.insert(getal)
        {
            self.geslaagd += usize::from(elfproef(getal));
        }
    }

    /// The same, and at a number of nine digits within a longer text.
    pub fn zie_ook_in_tekst(&mut self, cel: &str) {
        self.zie(cel);
        if cel.len() <= 9 || self.gezien.len() >= MEESTE_GETALLEN || kandidaat(cel).is_some() {
            return;
        }
        for reeks in cel
            .split(|c: char| !c.is_ascii_digit())
            .filter(|reeks| reeks.len() == 9)
        {
            self.zie(reeks);
        }
    }

    /// Number of distinct candidates that pass.
    pub fn geslaagd(&self) -> usize {
        self.geslaagd
    }

    /// Whether more numbers pass than chance allows.
    pub fn verdacht(&self) -> bool {
        self.tail_below(GRENS)
    }

    /// The same, sure enough to stop half-way.
    pub fn zeker_verdacht(&self) -> bool {
        self.tail_below(GRENS_TUSSENTIJDS)
    }

    fn tail_below(&self, grens: f64) -> bool {
        let verwacht = self.gezien.len() as f64 / 11.0;
        self.geslaagd as f64 > verwacht && binomial_tail(self.gezien.len(), self.geslaagd) < grens
    }
}

/// The chance of at least `minstens` successes in `n` tries at 1/11 each.
pub fn binomial_tail(n: usize, minstens: usize) -> f64 {
    let (ln_p, ln_q) = ((1.0_f64 / 11.0).ln(), (10.0_f64 / 11.0).ln());
    if minstens == 0 {
        return 1.0;
    }
    // ln of the first term; the next ones follow by their ratio.
    let ln_keuzes: f64 = (1..=minstens)
        .map(|i| ((n - minstens + i) as f64).ln() - (i as f64).ln())
        .sum();
    let mut term = (ln_keuzes + minstens as f64 * ln_p + (n - minstens) as f64 * ln_q).exp();
    let mut som = 0.0;
    for k in minstens..=n {
        som += term;
        term *= (n - k) as f64 / (k + 1) as f64 / 10.0;
        if term < som * 1e-17 {
            break;
        }
    }
    som.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elfproef_knows_good_and_bad_numbers() {
        assert!(elfproef(123_456_782));
        assert!(elfproef(111_222_333));
        assert!(elfproef(12_345_672));
        assert!(!elfproef(123_456_789));
        assert!(!elfproef(0));
    }

    /// The twenty digits were found by fuzzing: they do not fit in 64 bits.
    #[test]
    fn eight_digits_dots_and_spaces_are_candidates() {
        for tekst in [
            "123456782",
            "12345672",
            "1234.56.782",
            "123 456 782",
            "0123456782",
            "'123456782",
        ] {
            assert!(kandidaat(tekst).is_some(), "{tekst}");
        }
        for tekst in [
            "2020-03-12",
            "1234567",
            "K12345678",
            "1234567890",
            "99999999999999999999",
            "12-03-2020",
            "12.03.2020",
        ] {
            assert_eq!(kandidaat(tekst), None, "{tekst}");
        }
    }

    #[test]
    fn text_with_a_number_inside_is_seen() {
        assert!(in_tekst("bsn 123456782."));
        assert!(in_tekst("1234.56.782"));
        assert!(in_tekst("dossier 7 123456782"));
        assert!(!in_tekst("tel 0612345678"));
        assert!(!in_tekst("123456789"));
        assert!(!in_tekst("20201231143000"));
    }

    #[test]
    fn header_names() {
        for kop in ["BSN", "bsn_jeugdige", "Burgerservicenummer", "BSN-nummer"] {
            assert!(verboden_kop(kop), "{kop}");
        }
        assert!(!verboden_kop("Absnede"));
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
            let mut proef = Kolomproef::default();
            (0..500).for_each(|_| proef.zie(&random().to_string()));
            assert!(!proef.verdacht());
        }
        let mut proef = Kolomproef::default();
        let mut n = 0;
        while n < 10 {
            let getal = random();
            if elfproef(getal) {
                proef.zie(&getal.to_string());
                n += 1;
            }
        }
        assert!(proef.verdacht());
        assert!(
            !proef.zeker_verdacht(),
            "ten are suspect, not yet sure enough to stop half-way"
        );
    }

    #[test]
    fn tail_matches_a_hand_count() {
        assert!((binomial_tail(2, 1) - (1.0 - (10.0_f64 / 11.0).powi(2))).abs() < 1e-12);
        assert!((binomial_tail(3, 3) - (1.0_f64 / 11.0).powi(3)).abs() < 1e-12);
    }
}
