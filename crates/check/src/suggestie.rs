//! What somebody may have meant by a code or gemeente that does not exist.
//!
//! Owns the near miss ("Bedoelt u …?"): another spelling, a label or synonym, a typing error. Only ever a
//! suggestion in a finding; a value is never changed here.

use schema::{Codelijst, Gebieden};

use crate::tekst::enumerate;

/// "Bedoelt u ouders?" for a value that looks like a code of the list.
pub(crate) fn code(lijst: &Codelijst, waarde: &str) -> Option<String> {
    let namen = lijst.codes.iter().map(|code| {
        let woorden = [code.code.as_str(), code.label.as_str()].into_iter().chain(code.synoniemen.iter().map(String::as_str));
        (code.code.clone(), woorden.collect())
    });
    question(nearest(waarde, namen))
}

/// "Bedoelt u ja?" for another way to say so.
pub(crate) fn ja_nee(waarde: &str) -> Option<String> {
    let gezocht: String = normalize(waarde).into_iter().collect();
    let bedoeld = match gezocht.as_str() {
        "ja" | "j" | "y" | "yes" | "true" | "waar" | "1" | "x" => "ja",
        "nee" | "n" | "no" | "neen" | "false" | "onwaar" | "0" => "nee",
        _ => return None,
    };
    question(vec![bedoeld.to_owned()])
}

/// "Bedoelt u GM0344 (Utrecht)?" for a value that looks like a gemeente of the year.
pub(crate) fn gemeente(jaar: i32, waarde: &str) -> Option<String> {
    let gemeenten = Gebieden::get().gemeenten(jaar)?;
    let cijfers: String = waarde.chars().filter(char::is_ascii_digit).collect();
    let code = format!("GM{cijfers:0>4}");
    if let Some(gemeente) = gemeenten.get(&code).filter(|_| !cijfers.is_empty() && waarde != code) {
        return question(vec![format!("{code} ({})", gemeente.gemeentenaam)]);
    }
    let namen = gemeenten.values().map(|g| (format!("{} ({})", g.gemeentecode, g.gemeentenaam), vec![g.gemeentenaam.as_str()]));
    question(nearest(waarde, namen))
}

/// The successors of a gemeentecode as `GM0757 Boxtel, GM0824 Oisterwijk`; or what it was before it existed.
pub(crate) fn successors(jaar: i32, code: &str) -> Option<String> {
    let gebieden = Gebieden::get();
    let mut gemeenten = gebieden.opvolgers(jaar, code);
    if gemeenten.is_empty() {
        let voorgangers = gebieden.herindelingen.iter().filter(|h| h.nieuwe_code == code);
        gemeenten = voorgangers.filter_map(|h| gebieden.gemeente(jaar, &h.oude_code)).collect();
    }
    gemeenten.sort_by(|a, b| a.gemeentecode.cmp(&b.gemeentecode));
    gemeenten.dedup_by(|a, b| a.gemeentecode == b.gemeentecode);
    let namen: Vec<String> = gemeenten.iter().map(|g| format!("{} {}", g.gemeentecode, g.gemeentenaam)).collect();
    (!namen.is_empty()).then(|| namen.join(", "))
}

fn question(kandidaten: Vec<String>) -> Option<String> {
    (!kandidaten.is_empty()).then(|| format!("Bedoelt u {}?", enumerate(&kandidaten, "of")))
}

/// The candidates whose words come closest to `waarde`: equal but for spelling, or a typing error away. At most
/// three; more than that is no help.
fn nearest<'a>(waarde: &str, kandidaten: impl Iterator<Item = (String, Vec<&'a str>)>) -> Vec<String> {
    let gezocht = normalize(waarde);
    let ruimte = match gezocht.len() {
        0 => return Vec::new(),
        1..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    let mut beste = ruimte;
    let mut gevonden: Vec<String> = Vec::new();
    for (naam, woorden) in kandidaten {
        let afstand = woorden.iter().filter_map(|woord| distance(&gezocht, &normalize(woord), beste)).min();
        match afstand {
            Some(afstand) if afstand < beste => {
                beste = afstand;
                gevonden = vec![naam];
            }
            Some(_) => gevonden.push(naam),
            None => {}
        }
    }
    if gevonden.len() > 3 { Vec::new() } else { gevonden }
}

/// Lower case letters and digits only, without accents.
fn normalize(tekst: &str) -> Vec<char> {
    let kaal = |c: char| match c {
        'à' | 'á' | 'â' | 'ä' => 'a',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        c => c,
    };
    tekst.chars().take(60).flat_map(char::to_lowercase).map(kaal).filter(|c| c.is_alphanumeric()).collect()
}

/// Number of inserted, deleted, replaced or swapped characters between two words, if at most `hoogstens`.
fn distance(a: &[char], b: &[char], hoogstens: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > hoogstens {
        return None;
    }
    let mut vorige2 = vec![0; b.len() + 1];
    let mut vorige: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut rij = vec![i + 1; b.len() + 1];
        for (j, cb) in b.iter().enumerate() {
            let vervangen = vorige[j] + usize::from(ca != cb);
            rij[j + 1] = vervangen.min(vorige[j + 1] + 1).min(rij[j] + 1);
            if i > 0 && j > 0 && *ca == b[j - 1] && a[i - 1] == *cb {
                rij[j + 1] = rij[j + 1].min(vorige2[j - 1] + 1);
            }
        }
        vorige2 = std::mem::replace(&mut vorige, rij);
    }
    Some(vorige[b.len()]).filter(|&afstand| afstand <= hoogstens)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gemeente_is_recognised_by_number_name_or_typing_error() {
        for waarde in ["344", "0344", "gm0344", "GM344", "utrecht", "Utrecht", "Utrehct", "Utrect"] {
            assert_eq!(gemeente(2020, waarde).as_deref(), Some("Bedoelt u GM0344 (Utrecht)?"), "{waarde}");
        }
        assert_eq!(gemeente(2020, "s-Gravenhage").as_deref(), Some("Bedoelt u GM0518 ('s-Gravenhage)?"));
        for waarde in ["", "x", "Brussel", "GM9999", "-"] {
            assert_eq!(gemeente(2020, waarde), None, "{waarde}");
        }
    }

    #[test]
    fn successors_name_all_parts_of_a_split() {
        let haaren = successors(2021, "GM0788").unwrap();
        assert_eq!(haaren, "GM0757 Boxtel, GM0824 Oisterwijk, GM0855 Tilburg, GM0865 Vught");
        assert_eq!(successors(2020, "GM9999"), None);
    }

    #[test]
    fn distances_count_single_errors() {
        let d = |a: &str, b: &str| distance(&normalize(a), &normalize(b), 3);
        assert_eq!(d("ouders", "ouders"), Some(0));
        assert_eq!(d("ouders", "oudres"), Some(1));
        assert_eq!(d("ouders", "ouder"), Some(1));
        assert_eq!(d("ouders", "huisarts"), None);
        assert_eq!(d("Éénouder", "eenouder"), Some(0));
    }
}
