//! Headers: which row holds them, and which field each of them stands for.
//!
//! Owns the likeness of a header to a field, with what the values beneath it say about that. Leaves choosing
//! between fields to `propose`, values to `code_words`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rows::characters::trimmed;
use schema::bevinding::column_letters;
use schema::definitie::Afleiding;
use schema::letters::plain;
use schema::{Definitie, Tabel, Veld};

use crate::normalise::{compact, likeness, normal};
use crate::qualifiers::{self, Rest};
use crate::weights::{
    COMPARABLE, CONFIRMED, CONFIRMED_FROM, CONFIRMED_PARTS, CONTRADICTED, CONTRADICTED_VAGUE,
    GELIJK, HEADER_ABBREVIATED, HEADER_COMPACT, HEADER_ONE_WORD, HEADER_OWN, HEADER_SYNONYM,
    HEADER_WITH_NEUTRAL, HEADER_WITH_NEUTRAL_ONE, HEADER_WITH_UNKNOWN, INSIDE, INSIDE_ONE,
    INSIDE_WORD, NOEMT, SHORT_SLIP, SLIP, SLIP_SCORE, TEGEN, TELLING, TELLING_MOST, TELLING_PARTS,
    TYPED_PARTS, VAGUE, VAGUE_PART,
};

/// All headers that are known, of all tables.
pub(crate) struct Kopkennis {
    /// Normal form to (table, field), by index.
    per_naam: HashMap<String, Vec<(usize, usize)>>,
}

/// Rows among which the header is sought.
pub(crate) const ZOEKRIJEN: usize = 60;

impl Kopkennis {
    pub(crate) fn new(definitie: &Definitie) -> Self {
        let mut per_naam: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (t, tabel) in definitie.tabellen.iter().enumerate() {
            for (v, veld) in tabel.velden.iter().enumerate() {
                for (naam, _) in names(veld).chain(derived_names(veld).map(|n| (n, HEADER_OWN))) {
                    per_naam.entry(normal(naam)).or_default().push((t, v));
                }
            }
        }
        Self { per_naam }
    }

    /// How many cells of a row are a known header, over distinct fields.
    fn hits(&self, rij: &[String]) -> usize {
        let mut velden = BTreeSet::new();
        rij.iter()
            .filter_map(|cel| self.per_naam.get(&normal(cel))?.first())
            .filter(|plek| velden.insert(**plek))
            .count()
    }

    /// The index of the header among the first rows of a sheet.
    pub(crate) fn vind_kop(&self, rijen: &[(u64, Vec<String>)]) -> Option<usize> {
        let treffers: Vec<usize> = rijen.iter().map(|(_, rij)| self.hits(rij)).collect();
        let meeste = treffers.iter().copied().max()?;
        if meeste >= 2 {
            return treffers.iter().position(|t| *t == meeste);
        }
        // Nothing is known: the first full row of words that stands above a row of the same width.
        let gevuld = |rij: &[String]| rij.iter().filter(|c| !trimmed(c).is_empty()).count();
        let breedst = rijen
            .iter()
            .map(|(_, rij)| gevuld(rij))
            .max()
            .filter(|b| *b >= 2)?;
        let is_kop = |rij: &[String]| {
            let woorden = rij.iter().filter(|c| !trimmed(c).is_empty()).all(|c| {
                c.chars().any(char::is_alphabetic) && !c.chars().any(|x| x.is_ascii_digit())
            });
            woorden && gevuld(rij) * 5 >= breedst * 4
        };
        rijen
            .iter()
            .position(|(_, rij)| is_kop(rij))
            .filter(|i| i + 1 < rijen.len())
    }
}

/// Headers as they are called from here on: never empty, never twice the same. Also says which were changed, and into what.
pub(crate) fn unique_names(kop: &[String]) -> (Vec<String>, Vec<(String, String)>) {
    let mut uit: Vec<String> = Vec::with_capacity(kop.len());
    let mut dubbel = Vec::new();
    for (nummer, naam) in kop.iter().enumerate() {
        let kaal: String = trimmed(naam)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let kaal = if kaal.is_empty() {
            format!("(kolom {})", column_letters(nummer))
        } else {
            kaal
        };
        let mut uniek = kaal.clone();
        let mut volgnummer = 2;
        while uit.contains(&uniek) {
            uniek = format!("{kaal} ({volgnummer})");
            volgnummer += 1;
        }
        if uniek != kaal {
            dubbel.push((kaal, uniek.clone()));
        }
        uit.push(uniek);
    }
    (uit, dubbel)
}

/// The names a field goes by, with how sure an equal header makes.
fn names(veld: &Veld) -> impl Iterator<Item = (&str, f64)> {
    let eigen = [veld.naam.as_str(), veld.label.as_str()].map(|naam| (naam, HEADER_OWN));
    eigen
        .into_iter()
        .chain(veld.synoniemen.iter().map(|s| (s.as_str(), HEADER_SYNONYM)))
}

/// The names of a column from which the field can be derived.
fn derived_names(veld: &Veld) -> impl Iterator<Item = &str> {
    let namen: &[String] = match &veld.afleiding {
        Some(Afleiding::Leeftijd { synoniemen, .. }) => synoniemen,
        None => &[],
    };
    namen.iter().map(String::as_str)
}

/// A field's names in normal form, made once.
pub(crate) struct Veldnamen {
    namen: Vec<Naam>,
    afgeleid: Vec<Naam>,
    /// The year of the uitvraag: any other year in a header is another matter.
    jaar: i32,
}

struct Naam {
    woord: Kopwoord,
    gelijk: f64,
}

/// A header in the forms in which it is compared.
pub(crate) struct Kopwoord {
    normaal: String,
    compact: String,
    delen: BTreeSet<String>,
}

impl Kopwoord {
    pub(crate) fn new(kop: &str) -> Self {
        // A letter of another alphabet that looks like ours was meant to be ours.
        let normaal: String = spelled_out(&normal(without_number(kop)))
            .chars()
            .map(plain)
            .collect();
        let delen = normaal
            .split(' ')
            .filter(|w| !w.is_empty() && !VULWOORDEN.contains(w))
            .map(str::to_owned)
            .collect();
        Self {
            compact: compact(&normaal),
            normaal,
            delen,
        }
    }
}

impl Naam {
    fn new(naam: &str, gelijk: f64) -> Self {
        Self {
            woord: Kopwoord::new(naam),
            gelijk,
        }
    }
}

/// How a header fits a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Past {
    pub(crate) zekerheid: f64,
    /// The header names what the field is derived from.
    pub(crate) afgeleid: bool,
}

impl Veldnamen {
    pub(crate) fn new(veld: &Veld, jaar: i32) -> Self {
        Self {
            namen: names(veld).map(|(n, z)| Naam::new(n, z)).collect(),
            afgeleid: derived_names(veld)
                .map(|n| Naam::new(n, HEADER_SYNONYM))
                .collect(),
            jaar,
        }
    }

    /// How sure the header alone makes.
    pub(crate) fn past(&self, kop: &Kopwoord) -> Past {
        let beste = |namen: &[Naam]| {
            namen
                .iter()
                .map(|n| alike(kop, n, self.jaar))
                .fold(0.0, f64::max)
        };
        let (zelf, afgeleid) = (beste(&self.namen), beste(&self.afgeleid));
        if afgeleid > zelf {
            Past {
                zekerheid: afgeleid,
                afgeleid: true,
            }
        } else {
            Past {
                zekerheid: zelf,
                afgeleid: false,
            }
        }
    }

    /// The word in a header that holds a name of this field and makes it something else all the same.
    pub(crate) fn changing_word<'a>(&self, kop: &'a Kopwoord) -> Option<&'a str> {
        let genoemd = self
            .namen
            .iter()
            .chain(&self.afgeleid)
            .filter(|n| overlap(kop, &n.woord) >= NOEMT);
        let woorden =
            genoemd.map(|n| qualifiers::changing_word(&kop.delen, &n.woord.delen, self.jaar));
        // One name that explains every word is enough.
        woorden.reduce(|a, b| a.and(b)).flatten()
    }
}

/// Takes off the ` (2)` of a repeated header.
fn without_number(kop: &str) -> &str {
    match kop.rsplit_once(" (") {
        Some((voor, na))
            if na
                .strip_suffix(')')
                .is_some_and(|n| n.parse::<u8>().is_ok()) =>
        {
            voor
        }
        _ => kop,
    }
}

/// Common short forms, written out.
fn spelled_out(normaal: &str) -> String {
    let voluit = normaal.split(' ').map(|woord| match woord {
        "nr" | "num" | "no" => "nummer",
        "dat" | "dt" | "dd" => "datum",
        "gem" => "gemeente",
        "aant" | "#" => "aantal",
        "min" => "minuten",
        "cl" => "client",
        _ => woord,
    });
    voluit.collect::<Vec<_>>().join(" ")
}

const VULWOORDEN: [&str; 15] = [
    "van", "de", "het", "een", "der", "voor", "bij", "in", "op", "en", "of", "d", "t", "wordt",
    "is",
];

/// How alike a header and a name are. What a header says beyond the name keeps it from being sure, unless it says nothing.
fn alike(kop: &Kopwoord, naam: &Naam, jaar: i32) -> f64 {
    let woord = &naam.woord;
    if kop.normaal == woord.normaal {
        return naam.gelijk;
    }
    if kop.compact == woord.compact && !kop.compact.is_empty() {
        return HEADER_COMPACT;
    }
    let (a, b) = (&kop.delen, &woord.delen);
    if !a.is_empty() && a == b {
        return if a.len() >= 2 {
            GELIJK
        } else {
            HEADER_ONE_WORD
        };
    }
    let kort = if is_abbreviated(kop, woord) {
        HEADER_ABBREVIATED
    } else {
        0.0
    };
    let score = overlap(kop, woord);
    if score <= kort {
        return kort;
    }
    match qualifiers::rest(a, b, jaar) {
        // The name with the year of the uitvraag behind it.
        Rest::Niets if score >= NOEMT && b.is_subset(a) => GELIJK,
        Rest::Niets => score,
        Rest::Neutraal if score >= NOEMT => score.max(if b.len() >= 2 && b.is_subset(a) {
            HEADER_WITH_NEUTRAL
        } else {
            HEADER_WITH_NEUTRAL_ONE
        }),
        Rest::Neutraal | Rest::Onbekend => score.min(HEADER_WITH_UNKNOWN),
        Rest::Anders => score.min(NOEMT),
    }
}

/// How much of a name is in a header, whatever else the header says.
fn overlap(kop: &Kopwoord, woord: &Kopwoord) -> f64 {
    let (a, b) = (&kop.delen, &woord.delen);
    let mut score: f64 = 0.0;
    // `In zorg` is not in `Zorgproduct`, though small words don't count.
    let heel = b.len() >= 2
        || !woord.normaal.contains(' ')
        || format!(" {} ", kop.normaal).contains(&format!(" {} ", woord.normaal));
    if b.len() >= 2 && b.is_subset(a) {
        score = INSIDE.0 + INSIDE.1 * b.len() as f64 / a.len() as f64;
    } else if !b.is_empty() && heel && b.is_subset(a) && woord.compact.len() >= 4 {
        score = (INSIDE_ONE.0 + INSIDE_ONE.1 * b.len() as f64 / a.len() as f64).max(NOEMT);
    }
    // A long word inside another: `aanmelddatumtraject`.
    if woord.compact.len() >= 8 && kop.compact.contains(&woord.compact) {
        let part = woord.compact.len() as f64 / kop.compact.len() as f64;
        score = score.max(INSIDE_WORD.0 + INSIDE_WORD.1 * part);
    }
    let (kort, lang) = (
        kop.compact.len().min(woord.compact.len()) as f64,
        kop.compact.len().max(woord.compact.len()) as f64,
    );
    if kort >= 5.0 && kort / lang >= COMPARABLE {
        let gelijkenis = likeness(&kop.compact, &woord.compact);
        score = score.max(match gelijkenis {
            g if g >= SLIP => SLIP_SCORE + (g - SLIP),
            g if g >= VAGUE => g * VAGUE_PART,
            _ => 0.0,
        });
    }
    // A slip of the pen in a short word is worth a question, no more.
    if kort >= 4.0
        && score < SHORT_SLIP
        && strsim::damerau_levenshtein(&kop.compact, &woord.compact) == 1
    {
        score = SHORT_SLIP;
    }
    score
}

/// `Aantal omg.` for `Aantal omgangen`: every word is one of the name, or the begin of it.
fn is_abbreviated(kop: &Kopwoord, woord: &Kopwoord) -> bool {
    let begin = |deel: &String| {
        woord
            .delen
            .iter()
            .any(|w| w == deel || (deel.len() >= 3 && w.starts_with(deel.as_str())))
    };
    kop.delen.len() == woord.delen.len() && kop.compact.len() >= 3 && kop.delen.iter().all(begin)
}

/// What is sure when header and values are taken together; `bewijs` is the share of the values that fit, if they
/// can say anything. A header that holds a name stays worth a question, whatever the values say.
pub(crate) fn weigh(kop: f64, bewijs: Option<f64>, onderscheidend: bool) -> f64 {
    match bewijs {
        None => kop,
        Some(deel) if deel < TEGEN && kop >= NOEMT => CONTRADICTED.0 + CONTRADICTED.1 * kop,
        Some(deel) if deel < TEGEN => kop.min(CONTRADICTED_VAGUE.0) * (CONTRADICTED_VAGUE.1 + deel),
        Some(deel) if kop >= CONFIRMED_FROM => {
            kop.max(CONFIRMED) * (CONFIRMED_PARTS.0 + CONFIRMED_PARTS.1 * deel)
        }
        Some(deel) if onderscheidend => (kop + TELLING * deel)
            .min(TELLING_MOST)
            .max(TELLING_PARTS.0 * kop + TELLING_PARTS.1 * deel),
        Some(deel) => kop * (TYPED_PARTS.0 + TYPED_PARTS.1 * deel),
    }
}

/// The tables of a definition by how well a sheet or file name fits them.
pub(crate) fn name_fits(tabel: &Tabel, naam: &str) -> bool {
    let gezocht = normal(naam.rsplit_once('.').map_or(naam, |(stam, _)| stam));
    [&tabel.naam, &tabel.titel]
        .into_iter()
        .chain(&tabel.synoniemen)
        .any(|n| normal(n) == gezocht)
}

/// For a file without koppeling: field to column for headers that are a canonical name or label.
pub(crate) fn canonical_columns(tabel: &Tabel, koppen: &[String]) -> BTreeMap<String, usize> {
    let normaal: Vec<String> = koppen.iter().map(|k| normal(k)).collect();
    let vind = |veld: &Veld| {
        let exact = koppen.iter().position(|k| *k == veld.naam);
        exact
            .or_else(|| normaal.iter().position(|k| *k == normal(&veld.naam)))
            .or_else(|| normaal.iter().position(|k| *k == normal(&veld.label)))
    };
    tabel
        .velden
        .iter()
        .filter_map(|v| Some((v.naam.clone(), vind(v)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beste(kop: &str) -> (String, f64) {
        let definitie = Definitie::load("omgang/2020").unwrap();
        let tabel = definitie.tabel("traject").unwrap();
        let scores = tabel.velden.iter().map(|v| {
            (
                v.naam.clone(),
                Veldnamen::new(v, 2020).past(&Kopwoord::new(kop)).zekerheid,
            )
        });
        scores.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
    }

    #[test]
    fn headers_find_their_field() {
        for (kop, veld) in [
            ("Cliëntnr", "traject_id"),
            ("CLIENT-NR.", "traject_id"),
            ("Datum van de aanmelding", "aanmelddatum"),
            ("Geb.datum", "leeftijd_bij_aanmelding"),
            ("Reden beeindiging", "reden_einde"),
            ("Startdatum zorg", "startdatum"),
            ("Minuten begeleiding", "minuten"),
        ] {
            let (gevonden, zekerheid) = beste(kop);
            assert_eq!(gevonden, veld, "{kop}");
            assert!(zekerheid >= 0.8, "{kop} {zekerheid}");
        }
        assert!(beste("Opmerkingen").1 < 0.7);
        assert!(beste("Postcode").1 < 0.7);
    }

    #[test]
    fn names_become_unique_and_never_empty() {
        let kop = ["Datum", "", "Datum"].map(str::to_owned);
        assert_eq!(unique_names(&kop).0, ["Datum", "(kolom B)", "Datum (2)"]);
    }
}
