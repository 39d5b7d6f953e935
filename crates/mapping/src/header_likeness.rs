//! How alike a header and a field are.
//!
//! Owns the likeness of a header to the names of a field, with what the values beneath it say about that. Leaves which row
//! holds the headers to `header_row`, choosing between fields to `placement`, values to `code_words`.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use schema::confusables::plain;
use schema::definitie::Derivation;
use schema::{Tabel, Veld};

use crate::normalise::{compact, likeness, normal};
use crate::qualifiers::{Qualifiers, Rest};
use crate::weights::{
    AGAINST, COMPARABLE, CONFIRMED, CONFIRMED_FROM, CONFIRMED_PARTS, CONTRADICTED,
    CONTRADICTED_VAGUE, EQUAL, HEADER_ABBREVIATED, HEADER_COMPACT, HEADER_ONE_WORD, HEADER_OWN,
    HEADER_PERHAPS, HEADER_SYNONYM, HEADER_WITH_NEUTRAL, HEADER_WITH_NEUTRAL_ONE,
    HEADER_WITH_UNKNOWN, INSIDE, INSIDE_ONE, INSIDE_WORD, MENTIONS, SHORT_SLIP, SLIP, SLIP_SCORE,
    TELLING, TELLING_MOST, TELLING_PARTS, TYPED_PARTS, VAGUE, VAGUE_PART,
};

/// The names a field goes by, with how sure an equal header makes.
pub(crate) fn names(veld: &Veld) -> impl Iterator<Item = (&str, f64)> {
    let own = [veld.naam.as_str(), veld.label.as_str()].map(|name| (name, HEADER_OWN));
    own.into_iter()
        .chain(veld.synoniemen.iter().map(|s| (s.as_str(), HEADER_SYNONYM)))
}

/// The names of a column from which the field can be derived.
pub(crate) fn derived_names(veld: &Veld) -> impl Iterator<Item = &str> {
    let names: &[String] = match &veld.afleiding {
        Some(Derivation::Leeftijd {
            synoniemen: synonyms,
            ..
        }) => synonyms,
        _ => &[],
    };
    names.iter().map(String::as_str)
}

/// A field's names in normal form, made once.
pub(crate) struct VeldNames<'d> {
    names: Vec<HeaderName>,
    afgeleid: Vec<HeaderName>,
    qualifiers: Qualifiers<'d>,
    /// Headers that were compared: sheets and files of one export have the same ones.
    compared: RefCell<HashMap<String, Past>>,
}

struct HeaderName {
    word: HeaderWord,
    equal: f64,
}

/// A header in the forms in which it is compared.
pub(crate) struct HeaderWord {
    normal_form: String,
    compact: String,
    pub(crate) parts: BTreeSet<String>,
}

impl HeaderWord {
    pub(crate) fn new(header: &str, qualifiers: Qualifiers<'_>) -> Self {
        // A letter of another alphabet that looks like ours was meant to be ours.
        let plain_form: String = normal(without_number(header)).chars().map(plain).collect();
        let normal_form = spelled_out(&apart(&plain_form), qualifiers);
        let parts = normal_form
            .split(' ')
            .filter(|w| !w.is_empty() && !FILLER_WORDS.contains(w))
            .map(str::to_owned)
            .collect();
        Self {
            compact: compact(&normal_form),
            normal_form,
            parts,
        }
    }
}

impl HeaderName {
    fn new(name: &str, equal: f64, qualifiers: Qualifiers<'_>) -> Self {
        Self {
            word: HeaderWord::new(name, qualifiers),
            equal,
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

impl<'d> VeldNames<'d> {
    pub(crate) fn new(veld: &Veld, qualifiers: Qualifiers<'d>) -> Self {
        let qualifiers = qualifiers.about(veld);
        let perhaps = veld.misschien.iter().map(|n| (n.as_str(), HEADER_PERHAPS));
        Self {
            names: names(veld)
                .chain(perhaps)
                .map(|(n, z)| HeaderName::new(n, z, qualifiers))
                .collect(),
            afgeleid: derived_names(veld)
                .map(|n| HeaderName::new(n, HEADER_SYNONYM, qualifiers))
                .collect(),
            qualifiers,
            compared: RefCell::default(),
        }
    }

    /// Whether the header is a name that this field may go by, spelling apart.
    pub(crate) fn may_be_called(&self, header: &HeaderWord) -> bool {
        let same = |n: &HeaderName| {
            n.word.compact == header.compact
                || (!n.word.parts.is_empty() && n.word.parts == header.parts)
        };
        self.names.iter().chain(&self.afgeleid).any(same)
    }

    /// How sure the header alone makes.
    pub(crate) fn past(&self, header: &HeaderWord) -> Past {
        if let Some(known) = self.compared.borrow().get(&header.normal_form) {
            return *known;
        }
        let past = self.compare(header);
        let mut compared = self.compared.borrow_mut();
        compared.insert(header.normal_form.clone(), past);
        past
    }

    fn compare(&self, header: &HeaderWord) -> Past {
        let best = |names: &[HeaderName]| {
            names
                .iter()
                .map(|n| alike(header, n, self.qualifiers))
                .fold(0.0, f64::max)
        };
        let (this, derived) = (best(&self.names), best(&self.afgeleid));
        if derived > this {
            Past {
                zekerheid: derived,
                afgeleid: true,
            }
        } else {
            Past {
                zekerheid: this,
                afgeleid: false,
            }
        }
    }

    /// The word in a header that holds a name of this field and makes it something else all the same.
    pub(crate) fn changing_word<'a>(&self, header: &'a HeaderWord) -> Option<&'a str> {
        let named = self
            .names
            .iter()
            .chain(&self.afgeleid)
            .filter(|n| overlap(header, &n.word) >= MENTIONS);
        let words = named.map(|n| self.qualifiers.changing_word(&header.parts, &n.word.parts));
        // One name that explains every word is enough.
        words.reduce(Option::and).flatten()
    }
}

/// Takes off the ` (2)` of a repeated header.
fn without_number(header: &str) -> &str {
    match header.rsplit_once(" (") {
        Some((before, after))
            if after
                .strip_suffix(')')
                .is_some_and(|n| n.parse::<u8>().is_ok()) =>
        {
            before
        }
        _ => header,
    }
}

/// `kosten2020` is two words, as `kosten 2020`; `1e` stays one.
fn apart(normal_form: &str) -> String {
    let mut out = String::with_capacity(normal_form.len() + 2);
    for word in normal_form.split(' ') {
        let digits = word.trim_start_matches(|c: char| !c.is_ascii_digit());
        let letters = &word[..word.len() - digits.len()];
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(letters);
        if letters.len() >= 3 && !digits.is_empty() {
            out.push(' ');
        }
        out.push_str(digits);
    }
    out
}

/// Common short forms, written out; also where they end a word, as in `dossiernr`.
fn spelled_out(normal_form: &str, qualifiers: Qualifiers<'_>) -> String {
    let in_full = normal_form.split(' ').map(|word| match word {
        "nr" | "num" | "no" | "nrs" => Cow::Borrowed("nummer"),
        "dat" | "dt" | "dd" => Cow::Borrowed("datum"),
        "gem" => Cow::Borrowed("gemeente"),
        "aant" | "aantl" | "#" => Cow::Borrowed("aantal"),
        "min" | "mins" => Cow::Borrowed("minuten"),
        "1e" | "1ste" => Cow::Borrowed("eerste"),
        "za" | "zat" => Cow::Borrowed("zaterdag"),
        "zo" | "zon" => Cow::Borrowed("zondag"),
        _ => qualifiers
            .written_out(word)
            .map_or_else(|| end_written_out(word, qualifiers), Cow::Borrowed),
    });
    in_full.collect::<Vec<_>>().join(" ")
}

/// A word that ends in a short form, with its end written out.
fn end_written_out<'w>(word: &'w str, qualifiers: Qualifiers<'_>) -> Cow<'w, str> {
    let whole = |end: &str| match end {
        "nr" => Some("nummer"),
        "dat" => Some("datum"),
        // Shorter ones are the end of too many words.
        _ if end.len() >= 4 => qualifiers.written_out(end),
        _ => None,
    };
    (3..word.len())
        .filter(|at| word.is_char_boundary(*at))
        .find_map(|at| Some(format!("{}{}", &word[..at], whole(&word[at..])?)))
        .map_or(Cow::Borrowed(word), Cow::Owned)
}

const FILLER_WORDS: [&str; 15] = [
    "van", "de", "het", "een", "der", "voor", "bij", "in", "op", "en", "of", "d", "t", "wordt",
    "is",
];

/// How alike a header and a name are. What a header says beyond the name keeps it from being sure, unless it says nothing.
fn alike(header: &HeaderWord, name: &HeaderName, qualifiers: Qualifiers<'_>) -> f64 {
    let word = &name.word;
    if header.normal_form == word.normal_form {
        return name.equal;
    }
    likeness_of(header, word, qualifiers).min(name.equal)
}

/// The same where the two are not written alike.
fn likeness_of(header: &HeaderWord, word: &HeaderWord, qualifiers: Qualifiers<'_>) -> f64 {
    if header.compact == word.compact && !header.compact.is_empty() {
        return HEADER_COMPACT;
    }
    let (a, b) = (&header.parts, &word.parts);
    if !a.is_empty() && a == b {
        return if a.len() >= 2 { EQUAL } else { HEADER_ONE_WORD };
    }
    let short = if is_abbreviated(header, word) {
        HEADER_ABBREVIATED
    } else {
        0.0
    };
    let score = overlap(header, word);
    if score <= short {
        return short;
    }
    // What the header says beyond the name only matters where the name is in it.
    if score < MENTIONS {
        return score;
    }
    match qualifiers.rest(a, b) {
        // The name with the year of the uitvraag behind it.
        Rest::Niets if b.is_subset(a) => EQUAL,
        Rest::Niets => score,
        Rest::Neutral => score.max(if b.len() >= 2 && b.is_subset(a) {
            HEADER_WITH_NEUTRAL
        } else {
            HEADER_WITH_NEUTRAL_ONE
        }),
        Rest::Onbekend => score.min(HEADER_WITH_UNKNOWN),
        Rest::Anders => score.min(MENTIONS),
    }
}

/// How much of a name is in a header, whatever else the header says.
fn overlap(header: &HeaderWord, word: &HeaderWord) -> f64 {
    let (a, b) = (&header.parts, &word.parts);
    let mut score: f64 = 0.0;
    // `In zorg` is not in `Zorgproduct`, though small words don't count.
    let heel = || {
        b.len() >= 2
            || !word.normal_form.contains(' ')
            || format!(" {} ", header.normal_form).contains(&format!(" {} ", word.normal_form))
    };
    let inside = !b.is_empty() && b.is_subset(a);
    if b.len() >= 2 && inside {
        score = INSIDE.0 + INSIDE.1 * b.len() as f64 / a.len() as f64;
    } else if inside && word.compact.len() >= 4 && heel() {
        score = (INSIDE_ONE.0 + INSIDE_ONE.1 * b.len() as f64 / a.len() as f64).max(MENTIONS);
    }
    // A long word inside another: `aanmelddatumtraject`.
    if word.compact.len() >= 8 && header.compact.contains(&word.compact) {
        let part = word.compact.len() as f64 / header.compact.len() as f64;
        score = score.max(INSIDE_WORD.0 + INSIDE_WORD.1 * part);
    }
    let (short, long) = (
        header.compact.len().min(word.compact.len()) as f64,
        header.compact.len().max(word.compact.len()) as f64,
    );
    if short >= 5.0 && short / long >= COMPARABLE {
        let likeness_score = likeness(&header.compact, &word.compact);
        score = score.max(match likeness_score {
            g if g >= SLIP => SLIP_SCORE + (g - SLIP),
            g if g >= VAGUE => g * VAGUE_PART,
            _ => 0.0,
        });
    }
    // A slip of the pen in a short word is worth a question, no more.
    if short >= 4.0
        && score < SHORT_SLIP
        && strsim::damerau_levenshtein(&header.compact, &word.compact) == 1
    {
        score = SHORT_SLIP;
    }
    score
}

/// `Aantal omg.` for `Aantal omgangen`: every word is one of the name, or the begin of it.
fn is_abbreviated(header: &HeaderWord, word: &HeaderWord) -> bool {
    let begin = |part: &String| {
        word.parts
            .iter()
            .any(|w| w == part || (part.len() >= 3 && w.starts_with(part.as_str())))
    };
    header.parts.len() == word.parts.len()
        && header.compact.len() >= 3
        && header.parts.iter().all(begin)
}

/// What is sure when header and values are taken together; `bewijs` is the share of the values that fit, if they
/// can say anything. A header that holds a name stays worth a question, whatever the values say.
pub(crate) fn weigh(header: f64, evidence: Option<f64>, distinctive: bool) -> f64 {
    match evidence {
        None => header,
        Some(part) if part < AGAINST && header >= MENTIONS => {
            CONTRADICTED.0 + CONTRADICTED.1 * header
        }
        Some(part) if part < AGAINST => {
            header.min(CONTRADICTED_VAGUE.0) * (CONTRADICTED_VAGUE.1 + part)
        }
        Some(part) if header >= CONFIRMED_FROM => {
            header.max(CONFIRMED) * (CONFIRMED_PARTS.0 + CONFIRMED_PARTS.1 * part)
        }
        Some(part) if distinctive => (header + TELLING * part)
            .min(TELLING_MOST)
            .max(TELLING_PARTS.0 * header + TELLING_PARTS.1 * part),
        Some(part) => header * (TYPED_PARTS.0 + TYPED_PARTS.1 * part),
    }
}

/// The tables of a definition by how well a sheet or file name fits them.
pub(crate) fn name_fits(tabel: &Tabel, name: &str) -> bool {
    let wanted = normal(name.rsplit_once('.').map_or(name, |(stem, _)| stem));
    [&tabel.naam, &tabel.titel]
        .into_iter()
        .chain(&tabel.synoniemen)
        .any(|n| normal(n) == wanted)
}

/// For a file without koppeling: field to column for headers that are a canonical name or label.
pub(crate) fn canonical_columns(tabel: &Tabel, headers: &[String]) -> BTreeMap<String, usize> {
    let normal_form: Vec<String> = headers.iter().map(|k| normal(k)).collect();
    let find = |veld: &Veld| {
        let exact = headers.iter().position(|k| *k == veld.naam);
        exact
            .or_else(|| normal_form.iter().position(|k| *k == normal(&veld.naam)))
            .or_else(|| normal_form.iter().position(|k| *k == normal(&veld.label)))
    };
    tabel
        .velden
        .iter()
        .filter_map(|v| Some((v.naam.clone(), find(v)?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use schema::Definitie;

    use super::*;

    fn best(header: &str) -> (String, f64) {
        let definitie = Definitie::load("omgang/2020").unwrap();
        let tabel = definitie.tabel("traject").unwrap();
        let qualifiers = Qualifiers::of(&definitie);
        let scores = tabel.velden.iter().map(|v| {
            (
                v.naam.clone(),
                VeldNames::new(v, qualifiers)
                    .past(&HeaderWord::new(header, qualifiers))
                    .zekerheid,
            )
        });
        scores.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
    }

    #[test]
    fn headers_find_their_field() {
        for (header, veld) in [
            ("Cliëntnr", "traject_id"),
            ("CLIENT-NR.", "traject_id"),
            ("Datum van de aanmelding", "aanmelddatum"),
            ("Geb.datum", "leeftijd_bij_aanmelding"),
            ("Reden beeindiging", "reden_einde"),
            ("Startdatum zorg", "startdatum"),
            ("Minuten begeleiding", "minuten"),
        ] {
            let (found, certainty) = best(header);
            assert_eq!(found, veld, "{header}");
            assert!(certainty >= 0.8, "{header} {certainty}");
        }
        assert!(best("Opmerkingen").1 < 0.7);
        assert!(best("Postcode").1 < 0.7);
    }
}
