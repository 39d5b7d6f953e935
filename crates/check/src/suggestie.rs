//! What somebody may have meant by a code or gemeente that does not exist.
//!
//! Owns the near miss ("Bedoelt u …?"): another spelling, a label or synonym, a typing error. Only ever a
//! suggestion in a finding; a value is never changed here.

use schema::{Codelijst, Gebieden};

use crate::tekst::enumerate;

/// What a field's values are compared with, prepared once.
#[derive(Debug)]
pub(crate) struct Kandidaten(Vec<Kandidaat>);

#[derive(Debug)]
struct Kandidaat {
    naam: String,
    woorden: Vec<Vec<char>>,
}

impl Kandidaten {
    /// The codes of a list, by code, label and synonym.
    pub(crate) fn codes(lijst: &Codelijst) -> Self {
        let kandidaat = |code: &schema::Code| {
            let woorden = [&code.code, &code.label].into_iter().chain(&code.synoniemen);
            Kandidaat { naam: code.code.clone(), woorden: woorden.map(|w| normalize(w)).collect() }
        };
        Self(lijst.codes.iter().map(kandidaat).collect())
    }

    /// The gemeenten of a year, by name.
    pub(crate) fn gemeenten(jaar: i32) -> Self {
        let gemeenten = Gebieden::get().gemeenten(jaar).into_iter().flat_map(|gemeenten| gemeenten.values());
        let kandidaat = |g: &schema::Gemeente| Kandidaat {
            naam: format!("{} ({})", g.gemeentecode, g.gemeentenaam),
            woorden: vec![normalize(&g.gemeentenaam)],
        };
        Self(gemeenten.map(kandidaat).collect())
    }

    /// "Bedoelt u ouders?" for a value that looks like a candidate.
    pub(crate) fn suggest(&self, waarde: &str) -> Option<String> {
        question(self.nearest(waarde))
    }

    /// The candidates whose words come closest to `waarde`: equal but for spelling, or a typing error away. At most
    /// three; more than that is no help.
    fn nearest(&self, waarde: &str) -> Vec<String> {
        let gezocht = normalize(waarde);
        let mut beste = match gezocht.len() {
            0 => return Vec::new(),
            1..=3 => 0,
            4..=7 => 1,
            _ => 2,
        };
        let mut gevonden: Vec<String> = Vec::new();
        for kandidaat in &self.0 {
            match kandidaat.woorden.iter().filter_map(|woord| distance(&gezocht, woord, beste)).min() {
                Some(afstand) if afstand < beste => {
                    beste = afstand;
                    gevonden = vec![kandidaat.naam.clone()];
                }
                Some(_) => gevonden.push(kandidaat.naam.clone()),
                None => {}
            }
        }
        if gevonden.len() > 3 { Vec::new() } else { gevonden }
    }
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

/// "Bedoelt u GM0344 (Utrecht)?" for a number that is a gemeentecode but for its spelling.
pub(crate) fn gemeentecode(jaar: i32, waarde: &str) -> Option<String> {
    let cijfers: String = waarde.chars().filter(char::is_ascii_digit).collect();
    let code = format!("GM{cijfers:0>4}");
    let gemeente = Gebieden::get().gemeente(jaar, &code).filter(|_| !cijfers.is_empty() && waarde != code)?;
    question(vec![format!("{code} ({})", gemeente.gemeentenaam)])
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
        let namen = Kandidaten::gemeenten(2020);
        let gemeente = |jaar, waarde: &str| gemeentecode(jaar, waarde).or_else(|| namen.suggest(waarde));
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
