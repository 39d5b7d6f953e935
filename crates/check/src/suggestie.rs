//! What somebody may have meant by a code or gemeente that does not exist.
//!
//! Owns the near miss ("Bedoelt u …?"): another spelling, a label or synonym, a typing error. Only ever a
//! suggestion in a finding; a value is never changed here.

use std::collections::BTreeSet;

use schema::gebieden::{provincie_achter, spelled_gemeentecode};
use schema::letters::{hidden, plain};
use schema::likeness::typing_errors;
use schema::{Codelijst, Gebieden, Gemeente};

use crate::tekst::enumerate;

/// Words that turn the meaning of the others.
const ONTKENNING: [&str; 5] = ["niet", "geen", "zonder", "non", "nooit"];

/// What a field's values are compared with, prepared once.
#[derive(Debug)]
pub(crate) struct Kandidaten {
    lijst: Vec<Kandidaat>,
    /// Code of the CBS or of iJw, the name of that system, our code.
    vreemd: Vec<(String, &'static str, String)>,
}

#[derive(Debug)]
struct Kandidaat {
    naam: String,
    woorden: Vec<String>,
    /// The same, word by word.
    delen: Vec<Vec<String>>,
    /// Of a gemeente, or what became of it, the provincie; of a code nothing.
    provincies: Vec<&'static str>,
}

impl Kandidaat {
    fn new<'a>(naam: String, teksten: impl Iterator<Item = &'a str> + Clone) -> Self {
        Self {
            naam,
            woorden: teksten.clone().map(normalize).collect(),
            delen: teksten.map(parts).collect(),
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

impl Kandidaten {
    /// The codes of a list, by code, label and synonym.
    pub(crate) fn codes(lijst: &Codelijst) -> Self {
        let kandidaat = |code: &schema::Code| {
            let teksten = [code.code.as_str(), &code.label]
                .into_iter()
                .chain(code.synoniemen.iter().map(String::as_str));
            Kandidaat::new(code.code.clone(), teksten)
        };
        let mut vreemd = Vec::new();
        for code in &lijst.codes {
            vreemd.extend(
                code.cbs
                    .iter()
                    .map(|c| (c.clone(), "het CBS", code.code.clone())),
            );
            vreemd.extend(
                code.ijw
                    .iter()
                    .map(|c| (c.clone(), "iJw", code.code.clone())),
            );
        }
        Self {
            lijst: lijst.codes.iter().map(kandidaat).collect(),
            vreemd,
        }
    }

    /// The gemeenten of a year, by name; and those of other years, by the name they had.
    pub(crate) fn gemeenten(jaar: i32) -> Self {
        let gebieden = Gebieden::get();
        // `Bergen (NH.)` is also looked for as Bergen.
        let namen = |naam: &str| {
            [
                naam.to_owned(),
                naam.split('(').next().unwrap_or_default().to_owned(),
            ]
        };
        let mut lijst = Vec::new();
        for gemeente in gebieden
            .gemeenten(jaar)
            .into_iter()
            .flat_map(|gemeenten| gemeenten.values())
        {
            let namen = namen(&gemeente.gemeentenaam);
            lijst.push(
                Kandidaat::new(described(gemeente), namen.iter().map(String::as_str))
                    .in_provincie(&[gemeente]),
            );
        }
        let oud: BTreeSet<(&str, &str)> = gebieden
            .herindelingen
            .iter()
            .map(|h| (h.oude_naam.as_str(), h.oude_code.as_str()))
            .collect();
        for (naam, code) in oud
            .into_iter()
            .filter(|(_, code)| gebieden.gemeente(jaar, code).is_none())
        {
            let nu = successors(jaar, code);
            if !nu.is_empty() {
                let namen_nu: Vec<String> = nu
                    .iter()
                    .map(|g| format!("{} {}", g.gemeentecode, g.gemeentenaam))
                    .collect();
                let kandidaat = format!("{naam} (nu {})", enumerate(&namen_nu, "of"));
                lijst.push(
                    Kandidaat::new(kandidaat, namen(naam).iter().map(String::as_str))
                        .in_provincie(&nu),
                );
            }
        }
        Self {
            lijst,
            vreemd: Vec::new(),
        }
    }

    /// "Bedoelt u ouders?" for a value that looks like a candidate, with what makes it differ where nobody sees that.
    pub(crate) fn suggest(&self, waarde: &str) -> Option<String> {
        if let Some(vreemd) = self.foreign(waarde) {
            return Some(vreemd);
        }
        let woorden = parts(waarde).join(" ");
        let (kaal, provincie) = provincie_achter(&woorden).unzip();
        let provincie = provincie.filter(|_| self.lijst.iter().any(|k| !k.provincies.is_empty()));
        let mut bedoeld = self.nearest(waarde, provincie);
        if bedoeld.is_empty() {
            bedoeld = self.holding(waarde, provincie);
        }
        if let (true, Some(kaal), Some(_)) = (bedoeld.is_empty(), kaal, provincie) {
            bedoeld = self.nearest(kaal, provincie);
        }
        let delen: Vec<String> = hidden(waarde)
            .into_iter()
            .chain(question(bedoeld))
            .collect();
        (!delen.is_empty()).then(|| delen.join(" "))
    }

    /// The candidates that a provincie behind the name does not contradict.
    fn fitting<'a>(&'a self, provincie: Option<&'a str>) -> impl Iterator<Item = &'a Kandidaat> {
        self.lijst
            .iter()
            .filter(move |k| provincie.is_none_or(|p| k.provincies.contains(&p)))
    }

    /// What a number means as a code of another system: never a choice, since the systems number differently.
    fn foreign(&self, waarde: &str) -> Option<String> {
        if self.vreemd.is_empty()
            || waarde.is_empty()
            || waarde.len() > 2
            || !waarde.bytes().all(|b| b.is_ascii_digit())
        {
            return None;
        }
        let voluit = format!("{waarde:0>2}");
        let mut eenduidig = true;
        let betekent = |stelsel: &str| {
            let codes = self
                .vreemd
                .iter()
                .filter(|(code, van, _)| *code == voluit && *van == stelsel);
            let codes: Vec<String> = codes.map(|(_, _, eigen)| eigen.clone()).collect();
            eenduidig &= codes.len() < 2;
            (!codes.is_empty()).then(|| {
                format!(
                    "Als code van {stelsel} betekent dit {}.",
                    enumerate(&codes, "of")
                )
            })
        };
        let mut delen: Vec<String> = ["het CBS", "iJw"]
            .into_iter()
            .filter_map(betekent)
            .collect();
        if delen.is_empty() {
            return Some("Dit lijkt een code van een ander stelsel. Bij geen van onze codes hoort dit nummer.".to_owned());
        }
        // Which system it is does not settle a code that means more things there.
        delen.push(match eenduidig {
            true => "Gebruikt u een koppeling? Zeg daarin welk codestelsel het is.".to_owned(),
            false => "Kies wat u bedoelt. Gebruikt u een koppeling? Zet het daarin bij de waarden van deze kolom.".to_owned(),
        });
        Some(delen.join(" "))
    }

    /// The candidates whose words come closest to `waarde`: equal but for spelling, or a typing error away. At most
    /// three; more than that is no help.
    fn nearest(&self, waarde: &str, provincie: Option<&str>) -> Vec<String> {
        let gezocht = normalize(waarde);
        let mut beste = match gezocht.chars().count() {
            0 => return Vec::new(),
            1..=3 => 0,
            4..=7 => 1,
            _ => 2,
        };
        let mut gevonden: Vec<String> = Vec::new();
        for kandidaat in self.fitting(provincie) {
            match kandidaat
                .woorden
                .iter()
                .filter_map(|woord| typing_errors(&gezocht, woord, beste))
                .min()
            {
                Some(afstand) if afstand < beste => {
                    beste = afstand;
                    gevonden = vec![kandidaat.naam.clone()];
                }
                Some(_) => gevonden.push(kandidaat.naam.clone()),
                None => {}
            }
        }
        few(gevonden)
    }

    /// The candidates of which a whole name stands among other words, as `GI` in `GI-zuid`; of the longest such name.
    fn holding(&self, waarde: &str, provincie: Option<&str>) -> Vec<String> {
        let delen = parts(waarde);
        if delen.iter().any(|d| ONTKENNING.contains(&d.as_str())) {
            return Vec::new();
        }
        let (mut langst, mut gevonden) = (2, Vec::new());
        for kandidaat in self.fitting(provincie) {
            let erin = kandidaat
                .delen
                .iter()
                .filter(|woord| !woord.is_empty() && woord.iter().all(|d| delen.contains(d)));
            let lengte = erin
                .map(|woord| woord.iter().map(String::len).sum::<usize>())
                .max()
                .unwrap_or(0);
            if lengte > langst {
                gevonden.clear();
            }
            if lengte >= langst {
                langst = lengte;
                gevonden.push(kandidaat.naam.clone());
            }
        }
        few(gevonden)
    }
}

fn few(gevonden: Vec<String>) -> Vec<String> {
    if gevonden.len() > 3 {
        Vec::new()
    } else {
        gevonden
    }
}

fn described(gemeente: &Gemeente) -> String {
    format!("{} ({})", gemeente.gemeentecode, gemeente.gemeentenaam)
}

/// "Bedoelt u ja?" for another way to say so.
pub(crate) fn ja_nee(waarde: &str) -> Option<String> {
    let gezocht = normalize(waarde);
    let bedoeld = match gezocht.as_str() {
        "ja" | "j" | "y" | "yes" | "true" | "waar" | "1" | "x" => "ja",
        "nee" | "n" | "no" | "neen" | "false" | "onwaar" | "0" => "nee",
        _ => return hidden(waarde),
    };
    question(vec![bedoeld.to_owned()])
}

/// What a gemeentecode of another year is now, or the code that a number stands for but for its spelling.
pub(crate) fn gemeentecode(jaar: i32, waarde: &str) -> Option<String> {
    let code = spelled_gemeentecode(waarde)?;
    let gebieden = Gebieden::get();
    if let Some(gemeente) = gebieden.gemeente(jaar, &code).filter(|_| waarde != code) {
        return question(vec![described(gemeente)]);
    }
    let nu: Vec<String> = successors(jaar, &code).into_iter().map(described).collect();
    let was = gebieden.last_name(&code).unwrap_or(&code);
    (!nu.is_empty()).then(|| {
        format!(
            "{was} heet in {jaar} anders of hoort bij een andere gemeente: {}.",
            enumerate(&nu, "of")
        )
    })
}

/// The successors of a gemeentecode in a year; or what it was before it existed.
fn successors(jaar: i32, code: &str) -> Vec<&'static Gemeente> {
    let gebieden = Gebieden::get();
    let mut gemeenten = gebieden.opvolgers(jaar, code);
    if gemeenten.is_empty() {
        let voorgangers = gebieden
            .herindelingen
            .iter()
            .filter(|h| h.nieuwe_code == code);
        gemeenten = voorgangers
            .filter_map(|h| gebieden.gemeente(jaar, &h.oude_code))
            .collect();
    }
    gemeenten.sort_by(|a, b| a.gemeentecode.cmp(&b.gemeentecode));
    gemeenten.dedup_by(|a, b| a.gemeentecode == b.gemeentecode);
    gemeenten
}

fn question(kandidaten: Vec<String>) -> Option<String> {
    (!kandidaten.is_empty()).then(|| format!("Bedoelt u {}?", enumerate(&kandidaten, "of")))
}

/// Lower case letters and digits only, without accents.
fn normalize(tekst: &str) -> String {
    tekst
        .chars()
        .take(60)
        .flat_map(char::to_lowercase)
        .map(plain)
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// The words of a text, each as [`normalize`] has it.
fn parts(tekst: &str) -> Vec<String> {
    let kort: String = tekst.chars().take(60).collect();
    let woorden = kort.split(|c: char| !c.is_alphanumeric()).map(normalize);
    woorden.filter(|woord| !woord.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gemeente_is_recognised_by_number_name_or_typing_error() {
        let namen = Kandidaten::gemeenten(2020);
        let gemeente =
            |jaar, waarde: &str| gemeentecode(jaar, waarde).or_else(|| namen.suggest(waarde));
        for waarde in [
            "344", "0344", "gm0344", "GM344", "utrecht", "Utrecht", "Utrehct", "Utrect",
        ] {
            assert_eq!(
                gemeente(2020, waarde).as_deref(),
                Some("Bedoelt u GM0344 (Utrecht)?"),
                "{waarde}"
            );
        }
        assert_eq!(
            gemeente(2020, "s-Gravenhage").as_deref(),
            Some("Bedoelt u GM0518 ('s-Gravenhage)?")
        );
        for waarde in ["", "x", "Brussel", "GM9999", "-"] {
            assert_eq!(gemeente(2020, waarde), None, "{waarde}");
        }
    }

    #[test]
    fn a_gemeente_of_another_year_names_what_it_is_now() {
        let haaren = "GM0757 (Boxtel), GM0824 (Oisterwijk), GM0855 (Tilburg) of GM0865 (Vught)";
        for code in ["GM0788", "gm0788", "788"] {
            let verwacht =
                format!("Haaren heet in 2021 anders of hoort bij een andere gemeente: {haaren}.");
            assert_eq!(gemeentecode(2021, code), Some(verwacht), "{code}");
        }
        assert_eq!(gemeentecode(2020, "GM9999"), None);
        let namen = Kandidaten::gemeenten(2021);
        let nu = "Haaren (nu GM0757 Boxtel, GM0824 Oisterwijk, GM0855 Tilburg of GM0865 Vught)";
        for naam in ["Haaren", "haarne", "Gemeente Haaren"] {
            assert_eq!(
                namen.suggest(naam),
                Some(format!("Bedoelt u {nu}?")),
                "{naam}"
            );
        }
        let bergen = Kandidaten::gemeenten(2020).suggest("Bergen").unwrap();
        assert!(
            bergen.contains("GM0373") && bergen.contains("GM0893"),
            "{bergen}"
        );
    }

    /// `Hengelo (Gld)` was asked to be GM0164, which is in Overijssel.
    #[test]
    fn a_provincie_behind_the_name_is_not_contradicted() {
        let namen = Kandidaten::gemeenten(2020);
        for waarde in [
            "Hengelo (Gld)",
            "Hengelo Gld",
            "Laren (Gld)",
            "Rijswijk (NB)",
            "Rijswijk N.B.",
            "Utrecht Limburg",
        ] {
            assert_eq!(namen.suggest(waarde), None, "{waarde}");
        }
        for (waarde, bedoeld) in [
            ("Hengelo (O)", "GM0164 (Hengelo)"),
            ("Hengelo Overijsel (Ov)", "GM0164 (Hengelo)"),
            ("Barneveldt (Gld)", "GM0203 (Barneveld)"),
            ("Bergen Noord-Holland", "GM0373 (Bergen (NH.))"),
            ("Haaren (L)", ""),
            ("gemeente Utrecht", "GM0344 (Utrecht)"),
        ] {
            let verwacht = (!bedoeld.is_empty()).then(|| format!("Bedoelt u {bedoeld}?"));
            assert_eq!(namen.suggest(waarde), verwacht, "{waarde}");
        }
    }

    /// Names from old systems had no hint at all, or that of another gemeente: Haren was asked to be Laren or Haaren,
    /// Menterwolde to be Westerwolde.
    #[test]
    fn a_gemeente_from_before_the_first_year_names_what_it_is_now() {
        let namen = Kandidaten::gemeenten(2020);
        for (naam, nu) in [
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
                namen.suggest(naam),
                Some(format!("Bedoelt u {nu}?")),
                "{naam}"
            );
        }
        let verwacht =
            "Nuth heet in 2020 anders of hoort bij een andere gemeente: GM1954 (Beekdaelen).";
        assert_eq!(gemeentecode(2020, "GM0951").as_deref(), Some(verwacht));
    }

    #[test]
    fn a_code_is_recognised_in_other_words_and_other_systems() {
        let definitie = schema::Definitie::load("omgang/2020").unwrap();
        let lijst = |naam: &str| Kandidaten::codes(&definitie.codelijsten[naam]);
        let verwijzer = lijst("verwijzer");
        let bedoelt = |waarde: &str| verwijzer.suggest(waarde).unwrap_or_default();
        assert_eq!(bedoelt("GI-zuid"), "Bedoelt u jeugdbeschermer?");
        assert_eq!(bedoelt("huisrats"), "Bedoelt u huisarts?");
        assert_eq!(bedoelt("geen huisarts"), "");
        assert_eq!(
            bedoelt("huis\u{200b}arts"),
            "Er staat een onzichtbaar teken in (U+200B). Typ de waarde opnieuw. Bedoelt u huisarts?"
        );
        assert!(
            bedoelt("hu\u{456}sarts")
                .ends_with("(U+0456). Typ de waarde opnieuw. Bedoelt u huisarts?")
        );
        assert_eq!(
            bedoelt("02"),
            "Als code van het CBS betekent dit huisarts. Gebruikt u een koppeling? Zeg daarin welk codestelsel het is."
        );
        assert!(bedoelt("1").starts_with(
            "Als code van het CBS betekent dit rechter, raad_voor_de_kinderbescherming, cjg of "
        ));
        // In a koppeling that says which system it is, that advice was followed already.
        assert!(
            bedoelt("1").ends_with("Zet het daarin bij de waarden van deze kolom.")
                && !bedoelt("1").contains("codestelsel")
        );
        assert_eq!(
            bedoelt("08"),
            "Dit lijkt een code van een ander stelsel. Bij geen van onze codes hoort dit nummer."
        );
        assert!(
            lijst("reden_einde")
                .suggest("34")
                .unwrap()
                .starts_with("Als code van iJw betekent dit voortijdig_in_overleg.")
        );
        assert_eq!(lijst("kader").suggest("3"), None);
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
