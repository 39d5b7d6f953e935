//! What somebody may have meant by a code or gemeente that does not exist.
//!
//! Owns the near miss ("Bedoelt u …?"): another spelling, a label or synonym, a typing error. Only ever a
//! suggestion in a finding; a value is never changed here.

use std::collections::BTreeSet;

use schema::confusables::{hidden, plain};
use schema::gebieden::{provincie_behind, spelled_gemeente_code};
use schema::likeness::{NEGATION, typing_errors};
use schema::{Codelijst, Gebieden, Gemeente};

use crate::finding_words::enumerate;
use crate::wording;

/// What a field's values are compared with, prepared once.
#[derive(Debug)]
pub(crate) struct ValueCandidates {
    list: Vec<Candidate>,
    /// Code of the CBS or of iJw, the name of that system, our code.
    foreign: Vec<(String, &'static str, String)>,
}

#[derive(Debug)]
struct Candidate {
    naam: String,
    woorden: Vec<String>,
    /// The same, word by word.
    parts: Vec<Vec<String>>,
    /// Of a gemeente, or what became of it, the provincie; of a code nothing.
    provincies: Vec<&'static str>,
}

impl Candidate {
    fn new<'a>(name: String, texts: impl Iterator<Item = &'a str> + Clone) -> Self {
        Self {
            naam: name,
            woorden: texts.clone().map(normalize).collect(),
            parts: texts.map(parts).collect(),
            provincies: Vec::new(),
        }
    }

    /// A gemeente is also known by its provincie: `Hengelo (Gld)` is not the Hengelo in Overijssel.
    fn in_provincie(self, gemeenten: &[&'static Gemeente]) -> Self {
        Self {
            provincies: gemeenten
                .iter()
                .map(|g| g.provincie_code.as_str())
                .collect(),
            ..self
        }
    }
}

impl ValueCandidates {
    /// The codes of a list, by code, label and synonym.
    pub(crate) fn codes(list: &Codelijst) -> Self {
        let candidate = |code: &schema::Code| {
            let texts = [code.code.as_str(), &code.label]
                .into_iter()
                .chain(code.synoniemen.iter().map(String::as_str));
            Candidate::new(code.code.clone(), texts)
        };
        let mut foreign = Vec::new();
        for code in &list.codes {
            foreign.extend(
                code.cbs
                    .iter()
                    .map(|c| (c.clone(), "het CBS", code.code.clone())),
            );
            foreign.extend(
                code.ijw
                    .iter()
                    .map(|c| (c.clone(), "iJw", code.code.clone())),
            );
        }
        Self {
            list: list.codes.iter().map(candidate).collect(),
            foreign,
        }
    }

    /// The gemeenten of a year, by name; and those of other years, by the name they had.
    pub(crate) fn gemeenten(jaar: i32) -> Self {
        let gebieden = Gebieden::get();
        // `Bergen (NH.)` is also looked for as Bergen.
        let names = |name: &str| {
            [
                name.to_owned(),
                name.split('(').next().unwrap_or_default().to_owned(),
            ]
        };
        let mut list = Vec::new();
        for gemeente in gebieden
            .gemeenten(jaar)
            .into_iter()
            .flat_map(|gemeenten| gemeenten.values())
        {
            let names = names(&gemeente.gemeentenaam);
            list.push(
                Candidate::new(described(gemeente), names.iter().map(String::as_str))
                    .in_provincie(&[gemeente]),
            );
        }
        let old: BTreeSet<(&str, &str)> = gebieden
            .reclassifications
            .iter()
            .map(|h| (h.oude_naam.as_str(), h.oude_code.as_str()))
            .collect();
        for (name, code) in old
            .into_iter()
            .filter(|(_, code)| gebieden.gemeente(jaar, code).is_none())
        {
            let nu = successors(jaar, code);
            if !nu.is_empty() {
                let names_now: Vec<String> = nu
                    .iter()
                    .map(|g| format!("{} {}", g.gemeentecode, g.gemeentenaam))
                    .collect();
                let candidate = format!("{name} (nu {})", enumerate(&names_now, "of"));
                list.push(
                    Candidate::new(candidate, names(name).iter().map(String::as_str))
                        .in_provincie(&nu),
                );
            }
        }
        Self {
            list,
            foreign: Vec::new(),
        }
    }

    /// "Bedoelt u ouders?" for a value that looks like a candidate, with what makes it differ where nobody sees that.
    pub(crate) fn suggest(&self, value: &str) -> Option<String> {
        if let Some(foreign) = self.foreign(value) {
            return Some(foreign);
        }
        let words = parts(value).join(" ");
        let (bare, provincie) = provincie_behind(&words).unzip();
        let provincie = provincie.filter(|_| self.list.iter().any(|k| !k.provincies.is_empty()));
        let mut meant = self.nearest(value, provincie);
        if meant.is_empty() {
            meant = self.holding(value, provincie);
        }
        if let (true, Some(bare), Some(_)) = (meant.is_empty(), bare, provincie) {
            meant = self.nearest(bare, provincie);
        }
        let parts: Vec<String> = hidden(value).into_iter().chain(question(&meant)).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    /// The candidates that a provincie behind the name does not contradict.
    fn fitting<'a>(&'a self, provincie: Option<&'a str>) -> impl Iterator<Item = &'a Candidate> {
        self.list
            .iter()
            .filter(move |k| provincie.is_none_or(|p| k.provincies.contains(&p)))
    }

    /// What a number means as a code of another system: never a choice, since the systems number differently.
    fn foreign(&self, value: &str) -> Option<String> {
        if self.foreign.is_empty()
            || value.is_empty()
            || value.len() > 2
            || !value.bytes().all(|b| b.is_ascii_digit())
        {
            return None;
        }
        let in_full = format!("{value:0>2}");
        let mut unambiguous = true;
        let signifies = |system: &str| {
            let codes = self
                .foreign
                .iter()
                .filter(|(code, van, _)| *code == in_full && *van == system);
            let codes: Vec<String> = codes.map(|(_, _, own)| own.clone()).collect();
            unambiguous &= codes.len() < 2;
            (!codes.is_empty()).then(|| wording::code_of_system(&system, &enumerate(&codes, "of")))
        };
        let mut parts: Vec<String> = ["het CBS", "iJw"]
            .into_iter()
            .filter_map(signifies)
            .collect();
        if parts.is_empty() {
            return Some(wording::OTHER_SYSTEM.to_owned());
        }
        // Which system it is does not settle a code that means more things there.
        parts.push(if unambiguous {
            wording::SAY_SYSTEM.to_owned()
        } else {
            wording::CHOOSE_MEANING.to_owned()
        });
        Some(parts.join(" "))
    }

    /// The candidates whose words come closest to `waarde`: equal but for spelling, or a typing error away. At most
    /// three; more than that is no help.
    fn nearest(&self, value: &str, provincie: Option<&str>) -> Vec<String> {
        let wanted = normalize(value);
        let mut best = match wanted.chars().count() {
            0 => return Vec::new(),
            1..=3 => 0,
            4..=7 => 1,
            _ => 2,
        };
        let mut found: Vec<String> = Vec::new();
        for candidate in self.fitting(provincie) {
            match candidate
                .woorden
                .iter()
                .filter_map(|word| typing_errors(&wanted, word, best))
                .min()
            {
                Some(distance) if distance < best => {
                    best = distance;
                    found = vec![candidate.naam.clone()];
                }
                Some(_) => found.push(candidate.naam.clone()),
                None => {}
            }
        }
        few(found)
    }

    /// The candidates of which a whole name stands among other words, as `GI` in `GI-zuid`; of the longest such name.
    fn holding(&self, value: &str, provincie: Option<&str>) -> Vec<String> {
        let parts = parts(value);
        if parts.iter().any(|d| NEGATION.contains(&d.as_str())) {
            return Vec::new();
        }
        let (mut longest, mut found) = (2, Vec::new());
        for candidate in self.fitting(provincie) {
            let contained = candidate
                .parts
                .iter()
                .filter(|word| !word.is_empty() && word.iter().all(|d| parts.contains(d)));
            let length = contained
                .map(|word| word.iter().map(String::len).sum::<usize>())
                .max()
                .unwrap_or(0);
            if length > longest {
                found.clear();
            }
            if length >= longest {
                longest = length;
                found.push(candidate.naam.clone());
            }
        }
        few(found)
    }
}

fn few(found: Vec<String>) -> Vec<String> {
    if found.len() > 3 { Vec::new() } else { found }
}

fn described(gemeente: &Gemeente) -> String {
    format!("{} ({})", gemeente.gemeentecode, gemeente.gemeentenaam)
}

/// "Bedoelt u ja?" for another way to say so.
pub(crate) fn yes_no(value: &str) -> Option<String> {
    let wanted = normalize(value);
    let meant = match wanted.as_str() {
        "ja" | "j" | "y" | "yes" | "true" | "waar" | "1" | "x" => "ja",
        "nee" | "n" | "no" | "neen" | "false" | "onwaar" | "0" => "nee",
        _ => return hidden(value),
    };
    question(&[meant.to_owned()])
}

/// What a gemeentecode of another year is now, or the code that a number stands for but for its spelling.
pub(crate) fn gemeente_code(jaar: i32, value: &str) -> Option<String> {
    let code = spelled_gemeente_code(value)?;
    let gebieden = Gebieden::get();
    if let Some(gemeente) = gebieden.gemeente(jaar, &code).filter(|_| value != code) {
        return question(&[described(gemeente)]);
    }
    let nu: Vec<String> = successors(jaar, &code).into_iter().map(described).collect();
    let was = gebieden.last_name(&code).unwrap_or(&code);
    (!nu.is_empty()).then(|| wording::gemeente_differs(&was, &jaar, &enumerate(&nu, "of")))
}

/// The successors of a gemeentecode in a year; or what it was before it existed.
fn successors(jaar: i32, code: &str) -> Vec<&'static Gemeente> {
    let gebieden = Gebieden::get();
    let mut gemeenten = gebieden.successors(jaar, code);
    if gemeenten.is_empty() {
        let predecessors = gebieden
            .reclassifications
            .iter()
            .filter(|h| h.nieuwe_code == code);
        gemeenten = predecessors
            .filter_map(|h| gebieden.gemeente(jaar, &h.oude_code))
            .collect();
    }
    gemeenten.sort_by(|a, b| a.gemeentecode.cmp(&b.gemeentecode));
    gemeenten.dedup_by(|a, b| a.gemeentecode == b.gemeentecode);
    gemeenten
}

fn question(candidates: &[String]) -> Option<String> {
    (!candidates.is_empty()).then(|| format!("Bedoelt u {}?", enumerate(candidates, "of")))
}

/// Lower case letters and digits only, without accents.
fn normalize(text: &str) -> String {
    text.chars()
        .take(60)
        .flat_map(char::to_lowercase)
        .map(plain)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// The words of a text, each as [`normalize`] has it.
fn parts(text: &str) -> Vec<String> {
    let short: String = text.chars().take(60).collect();
    let words = short.split(|c: char| !c.is_alphanumeric()).map(normalize);
    words.filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gemeente_is_recognised_by_number_name_or_typing_error() {
        let names = ValueCandidates::gemeenten(2020);
        let gemeente =
            |jaar, value: &str| gemeente_code(jaar, value).or_else(|| names.suggest(value));
        for value in [
            "344", "0344", "gm0344", "GM344", "utrecht", "Utrecht", "Utrehct", "Utrect",
        ] {
            assert_eq!(
                gemeente(2020, value).as_deref(),
                Some("Bedoelt u GM0344 (Utrecht)?"),
                "{value}"
            );
        }
        assert_eq!(
            gemeente(2020, "s-Gravenhage").as_deref(),
            Some("Bedoelt u GM0518 ('s-Gravenhage)?")
        );
        for value in ["", "x", "Brussel", "GM9999", "-"] {
            assert_eq!(gemeente(2020, value), None, "{value}");
        }
    }

    #[test]
    fn a_gemeente_of_another_year_names_what_it_is_now() {
        let four_successors =
            "GM0757 (Boxtel), GM0824 (Oisterwijk), GM0855 (Tilburg) of GM0865 (Vught)";
        for code in ["GM0788", "gm0788", "788"] {
            let expected = format!(
                "Haaren heet in 2021 anders of hoort bij een andere gemeente: {four_successors}."
            );
            assert_eq!(gemeente_code(2021, code), Some(expected), "{code}");
        }
        assert_eq!(gemeente_code(2020, "GM9999"), None);
        let names = ValueCandidates::gemeenten(2021);
        let nu = "Haaren (nu GM0757 Boxtel, GM0824 Oisterwijk, GM0855 Tilburg of GM0865 Vught)";
        for name in ["Haaren", "haarne", "Gemeente Haaren"] {
            assert_eq!(
                names.suggest(name),
                Some(format!("Bedoelt u {nu}?")),
                "{name}"
            );
        }
        let suggested = ValueCandidates::gemeenten(2020).suggest("Bergen").unwrap();
        assert!(
            suggested.contains("GM0373") && suggested.contains("GM0893"),
            "{suggested}"
        );
    }

    /// `Hengelo (Gld)` was asked to be GM0164, which is in Overijssel.
    #[test]
    fn a_provincie_behind_the_name_is_not_contradicted() {
        let names = ValueCandidates::gemeenten(2020);
        for value in [
            "Hengelo (Gld)",
            "Hengelo Gld",
            "Laren (Gld)",
            "Rijswijk (NB)",
            "Rijswijk N.B.",
            "Utrecht Limburg",
        ] {
            assert_eq!(names.suggest(value), None, "{value}");
        }
        for (value, meant) in [
            ("Hengelo (O)", "GM0164 (Hengelo)"),
            ("Hengelo Overijsel (Ov)", "GM0164 (Hengelo)"),
            ("Barneveldt (Gld)", "GM0203 (Barneveld)"),
            ("Bergen Noord-Holland", "GM0373 (Bergen (NH.))"),
            ("Haaren (L)", ""),
            ("gemeente Utrecht", "GM0344 (Utrecht)"),
        ] {
            let expected = (!meant.is_empty()).then(|| format!("Bedoelt u {meant}?"));
            assert_eq!(names.suggest(value), expected, "{value}");
        }
    }

    /// Names from old systems had no hint at all, or that of another gemeente: Haren was asked to be Laren or Haaren,
    /// Menterwolde to be Westerwolde.
    #[test]
    fn a_gemeente_from_before_the_first_year_names_what_it_is_now() {
        let names = ValueCandidates::gemeenten(2020);
        for (name, nu) in [
            ("Haren", "Haren (nu GM0014 Groningen)"),
            ("Menterwolde", "Menterwolde (nu GM1952 Midden-Groningen)"),
            (
                "Winsum",
                "Winsum (nu GM1966 Het Hogeland of GM1969 Westerkwartier)",
            ),
            ("Noordwijkerhout", "Noordwijkerhout (nu GM0575 Noordwijk)"),
            ("Loenen", "Loenen (nu GM1904 Stichtse Vecht)"),
            ("Bussum", "Bussum (nu GM1942 Gooise Meren)"),
            ("Graafstroom", "Graafstroom (nu GM1978 Molenlanden)"),
        ] {
            assert_eq!(
                names.suggest(name),
                Some(format!("Bedoelt u {nu}?")),
                "{name}"
            );
        }
        let expected =
            "Nuth heet in 2020 anders of hoort bij een andere gemeente: GM1954 (Beekdaelen).";
        assert_eq!(gemeente_code(2020, "GM0951").as_deref(), Some(expected));
    }

    #[test]
    fn a_code_is_recognised_in_other_words_and_other_systems() {
        let definitie = schema::Definitie::load("omgang/2020").unwrap();
        let list = |name: &str| ValueCandidates::codes(&definitie.codelijsten[name]);
        let verwijzer = list("verwijzer");
        let means = |value: &str| verwijzer.suggest(value).unwrap_or_default();
        assert_eq!(means("GI-zuid"), "Bedoelt u jeugdbeschermer?");
        assert_eq!(means("huisrats"), "Bedoelt u huisarts?");
        assert_eq!(means("geen huisarts"), "");
        assert_eq!(
            means("huis\u{200b}arts"),
            "Er staat een onzichtbaar teken in (U+200B). Typ de waarde opnieuw. Bedoelt u huisarts?"
        );
        assert!(
            means("hu\u{456}sarts")
                .ends_with("(U+0456). Typ de waarde opnieuw. Bedoelt u huisarts?")
        );
        assert_eq!(
            means("02"),
            "Als code van het CBS betekent dit huisarts. Gebruikt u een koppeling? Zeg daarin welk codestelsel het is."
        );
        assert!(means("1").starts_with(
            "Als code van het CBS betekent dit rechter, raad_voor_de_kinderbescherming, cjg of "
        ));
        // In a koppeling that says which system it is, that advice was followed already.
        assert!(
            means("1").ends_with("Zet het daarin bij de waarden van deze kolom.")
                && !means("1").contains("codestelsel")
        );
        assert_eq!(
            means("08"),
            "Dit lijkt een code van een ander stelsel. Bij geen van onze codes hoort dit nummer."
        );
        assert!(
            list("reden_einde")
                .suggest("34")
                .unwrap()
                .starts_with("Als code van iJw betekent dit voortijdig_in_overleg.")
        );
        assert_eq!(list("kader").suggest("3"), None);
    }

    #[test]
    fn distances_count_single_errors() {
        let d = |a: &str, b: &str| typing_errors(&normalize(a), &normalize(b), 3);
        assert_eq!(d("ouders", "ouders"), Some(0));
        assert_eq!(d("ouders", "oudres"), Some(1));
        assert_eq!(d("ouders", "ouder"), Some(1));
        assert_eq!(d("ouders", "huisarts"), None);
        assert_eq!(d("Éénouder", "eenouder"), Some(0));
    }
}
