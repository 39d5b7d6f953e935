//! One column of the source into one canonical field.
//!
//! Owns the conversion per type, with a cache per column, and what is remembered of it (what was recognised, what
//! stayed open). A cell that is canonical as it stands is copied and nothing else: that path must stay short.
//! Leaves which column becomes which field to `plan`, and telling of it to `summary`.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, StringBuilder};
use arrow_array::{ArrayRef, StringArray};
use arrow_schema::DataType;
use chrono::Datelike;
use rows::bsn::{self, Kolomproef};
use rows::characters::{is_invisible, trimmed};
use sheets::{Block, Cell, is_power};
use unicode_normalization::UnicodeNormalization;

use crate::code_words::{
    Codewoorden, Keuze, Stelsel, is_geen_nummer, is_leeg_woord, is_odd_number, ja_nee,
};
use crate::convert::keyed::{Keyed, Values};
use crate::convert::own_words::Eigen;
use crate::dates::{Datumvorm, is_canonical, moment, read_plain, stands_for_none};
use crate::gemeente::{Gemeentezoeker, Vondst};
use crate::koppeling::LEEG;
use crate::numbers::{self, Getal, Getalvorm, Punt};
use crate::weights::ZEKER;

/// Distinct values of a column that are remembered.
const CACHE: usize = 100_000;

/// How a column becomes a field.
pub(crate) enum Omzet {
    Tekst {
        vrij: bool,
    },
    Datum {
        vorm: Option<Datumvorm>,
    },
    Geheel {
        vorm: Option<Getalvorm>,
    },
    Decimaal {
        vorm: Option<Getalvorm>,
    },
    Code {
        woorden: Box<Codewoorden>,
        eigen: Eigen,
        stelsel: Option<Stelsel>,
    },
    Gemeente {
        zoeker: std::sync::Arc<Gemeentezoeker>,
        eigen: Eigen,
    },
    JaNee {
        eigen: Eigen,
    },
}

/// What is worth saying of a value afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Merk {
    Gewoon,
    /// A word for nothing.
    Leeg,
    /// Recognised though the koppeling does not list it.
    Herkend,
    /// A gemeente by its name.
    OpNaam,
    /// A code of a foreign system.
    Vreemd,
    /// More than two decimals.
    Afgerond,
    /// A moment in UTC that is another day here.
    Omgerekend,
    /// A date that stands for none: 9999, 1900-01-01.
    GeenDatum,
    /// Stands for something, but for what?
    Open,
    /// Day and month could be the other way round.
    Dubbelzinnig,
    /// Proves which is day and which is month.
    Bewijst,
}

#[derive(Debug, Clone)]
struct Uitkomst {
    /// `None` is empty.
    tekst: Option<Box<str>>,
    /// The place of a code in its list.
    key: Option<u16>,
    merk: Merk,
    aantal: u64,
}

/// A column on its way to a field.
pub(crate) struct Kolom {
    pub(crate) veld: String,
    /// Header in the source.
    pub(crate) kop: String,
    /// Position in the source.
    pub(crate) bron: usize,
    pub(crate) omzet: Omzet,
    jaar: i32,
    cache: HashMap<Box<str>, Uitkomst>,
    /// The same for what the source says is a number: the text `1.234` is another matter.
    numbers: HashMap<Box<str>, Uitkomst>,
    pub(crate) proef: Kolomproef,
    /// Row with a BSN in a free text.
    pub(crate) bsn_rij: Option<u64>,
    /// Row with a number that lost its digits: `1,23E+08`.
    pub(crate) macht_rij: Option<u64>,
    /// The first number whose point was read as a thousand sign, and the first whose point is a decimal one.
    pub(crate) punten: (Option<String>, Option<String>),
    /// The values of the batch so far; taken out while a block is converted.
    uit: Option<Uit>,
}

/// The values of a batch: codes as keys, everything else as text.
enum Uit {
    Texts(StringBuilder),
    Codes(Keyed),
}

impl Kolom {
    pub(crate) fn new(veld: &str, kop: &str, bron: usize, omzet: Omzet, jaar: i32) -> Self {
        let uit = match &omzet {
            Omzet::Code { woorden, .. } => {
                Uit::Codes(Keyed::new(woorden.alle_codes().iter().map(String::as_str)))
            }
            _ => Uit::Texts(StringBuilder::new()),
        };
        Self {
            veld: veld.to_owned(),
            kop: kop.to_owned(),
            bron,
            omzet,
            jaar,
            cache: HashMap::new(),
            numbers: HashMap::new(),
            proef: Kolomproef::default(),
            bsn_rij: None,
            macht_rij: None,
            punten: (None, None),
            uit: Some(uit),
        }
    }

    /// What was met: value, mark, count; in the order of the values.
    pub(crate) fn gemerkt(&self, merk: Merk) -> Vec<(&str, Option<&str>, u64)> {
        let mut lijst: Vec<_> = self
            .cache
            .iter()
            .chain(&self.numbers)
            .filter(|(_, u)| u.merk == merk)
            .map(|(w, u)| (&**w, u.tekst.as_deref(), u.aantal))
            .collect();
        lijst.sort_unstable();
        lijst
    }

    /// The type of the values.
    pub(crate) fn data_type(&self) -> DataType {
        match self.uit {
            Some(Uit::Codes(_)) => Keyed::data_type(),
            _ => DataType::Utf8,
        }
    }

    /// Adds the canonical values of this column in a block to the batch.
    pub(crate) fn convert(&mut self, blok: &Block) {
        let mut uit = self.uit.take();
        match &mut uit {
            Some(Uit::Codes(uit)) => self.codes(blok, uit),
            Some(Uit::Texts(uit)) => self.values(blok, uit),
            None => {}
        }
        self.uit = uit;
    }

    /// Codes by their keys; what is none goes through the cache. A word of the aanbieder's own goes before a code.
    fn codes(&mut self, blok: &Block, uit: &mut Keyed) {
        for cel in blok.kolom(self.bron) {
            let key = match &self.omzet {
                Omzet::Code { woorden, eigen, .. } if eigen.is_empty() => woorden.key(cel),
                _ => None,
            };
            match key {
                _ if cel.is_empty() => uit.null(),
                Some(key) => uit.key(key),
                None => self.through_cache(cel, uit),
            }
        }
    }

    fn values(&mut self, blok: &Block, uit: &mut StringBuilder) {
        let cellen = blok.kolom(self.bron);
        match &self.omzet {
            Omzet::Tekst { vrij } => {
                let vrij = *vrij;
                self.texts(blok, vrij, uit);
            }
            Omzet::Datum {
                vorm: Some(Datumvorm::Omgewisseld),
            } => self.cells(cellen, uit, |_, _| false),
            Omzet::Datum { .. } => self.cells(cellen, uit, |_, cel| {
                is_canonical(cel) && ("1901".."9999").contains(&&cel[..4])
            }),
            Omzet::Geheel { .. } | Omzet::Decimaal { .. } if !blok.is_text() => {
                self.typed_numbers(blok, uit);
            }
            Omzet::Geheel { .. } => self.cells(cellen, uit, |_, cel| numbers::is_whole(cel)),
            Omzet::Decimaal { vorm } => {
                if vorm.is_none() && self.punten.1.is_none() {
                    self.punten.1 = blok
                        .kolom(self.bron)
                        .find(|cel| cel.contains('.') && numbers::is_decimal(cel))
                        .map(str::to_owned);
                }
                self.cells(cellen, uit, |_, cel| numbers::is_decimal(cel));
            }
            Omzet::Gemeente { eigen, .. } if eigen.is_empty() => {
                self.cells(cellen, uit, |_, cel| is_gm_code(cel))
            }
            Omzet::JaNee { .. } => self.cells(cellen, uit, |_, cel| matches!(cel, "ja" | "nee")),
            Omzet::Code { .. } | Omzet::Gemeente { .. } => self.cells(cellen, uit, |_, _| false),
        }
    }

    /// The batch so far; a new one begins, with as much room.
    pub(crate) fn flush(&mut self) -> ArrayRef {
        match &mut self.uit {
            Some(Uit::Codes(uit)) => Arc::new(uit.finish()),
            _ => Arc::new(self.flush_texts()),
        }
    }

    /// The same, of a column that is no code.
    pub(crate) fn flush_texts(&mut self) -> StringArray {
        let Some(Uit::Texts(uit)) = &mut self.uit else {
            return StringArray::new_null(0);
        };
        let room = StringBuilder::with_capacity(uit.len() + 64, uit.values_slice().len() + 1024);
        std::mem::replace(uit, room).finish()
    }

    /// Copies what is canonical as it stands, converts the rest through the cache.
    #[inline]
    fn cells<'a>(
        &mut self,
        cellen: impl Iterator<Item = &'a str>,
        uit: &mut StringBuilder,
        canoniek: impl Fn(&Self, &str) -> bool,
    ) {
        for cel in cellen {
            if cel.is_empty() {
                uit.append_null();
            } else if canoniek(self, cel) {
                uit.append_value(cel);
            } else {
                self.through_cache(cel, uit);
            }
        }
    }

    /// Numbers out of a source that tells numbers from text.
    fn typed_numbers(&mut self, blok: &Block, uit: &mut StringBuilder) {
        let is_decimal = matches!(self.omzet, Omzet::Decimaal { .. });
        let canonical = if is_decimal {
            numbers::is_decimal
        } else {
            numbers::is_whole
        };
        for cell in blok.column(self.bron) {
            match cell {
                Cell::Empty => uit.append_null(),
                Cell::Number(digits) if canonical(digits) => uit.append_value(digits),
                Cell::Number(digits) => self.through_numbers(digits, is_decimal, uit),
                text if canonical(text.text()) => {
                    if is_decimal && text.text().contains('.') {
                        self.punten.1.get_or_insert_with(|| text.text().to_owned());
                    }
                    uit.append_value(text.text());
                }
                text => self.through_cache(text.text(), uit),
            }
        }
    }

    fn through_numbers(&mut self, digits: &str, is_decimal: bool, uit: &mut StringBuilder) {
        if let Some(known) = self.numbers.get_mut(digits) {
            known.aantal += 1;
            uit.append_option(known.tekst.as_deref());
            return;
        }
        let read = if is_decimal {
            numbers::decimal_number(digits)
        } else {
            numbers::whole_number(digits)
        };
        let (text, merk) = number(digits, read);
        uit.append_option(text.as_deref());
        if self.numbers.len() < CACHE {
            let outcome = Uitkomst {
                tekst: text.map(String::into_boxed_str),
                key: None,
                merk,
                aantal: 1,
            };
            self.numbers.insert(digits.into(), outcome);
        }
    }

    fn through_cache(&mut self, cel: &str, uit: &mut impl Values) {
        if let Some(bekend) = self.cache.get_mut(cel) {
            bekend.aantal += 1;
            uit.outcome(bekend.tekst.as_deref(), bekend.key);
            return;
        }
        let uitkomst = self.translate(trimmed(cel));
        if matches!(
            self.omzet,
            Omzet::Geheel { vorm: None } | Omzet::Decimaal { vorm: None }
        ) {
            match numbers::punt(trimmed(cel)) {
                Some(Punt::Duizend) => drop(self.punten.0.get_or_insert_with(|| cel.to_owned())),
                Some(Punt::Decimaal) => drop(self.punten.1.get_or_insert_with(|| cel.to_owned())),
                None => {}
            }
        }
        uit.outcome(uitkomst.tekst.as_deref(), uitkomst.key);
        if self.cache.len() < CACHE {
            self.cache.insert(cel.into(), uitkomst);
        }
    }

    fn translate(&self, waarde: &str) -> Uitkomst {
        let (tekst, merk) = if waarde.is_empty() {
            (None, Merk::Gewoon)
        } else {
            match &self.omzet {
                Omzet::Tekst { .. } => (Some(waarde.to_owned()), Merk::Gewoon),
                Omzet::Datum { vorm } => date(waarde, *vorm, self.jaar),
                Omzet::Geheel { vorm } => number(waarde, numbers::whole(waarde, *vorm)),
                Omzet::Decimaal { vorm } => number(waarde, numbers::decimal(waarde, *vorm)),
                Omzet::Code {
                    woorden,
                    eigen,
                    stelsel,
                } => code(waarde, woorden, eigen, *stelsel),
                Omzet::Gemeente { zoeker, eigen } => gemeente(waarde, zoeker, eigen),
                Omzet::JaNee { eigen } => match eigen.get(waarde).or_else(|| ja_nee(waarde)) {
                    Some("") => (Some(waarde.to_owned()), Merk::Open),
                    Some(LEEG) => (None, Merk::Gewoon),
                    Some(antwoord) => (Some(antwoord.to_owned()), Merk::Gewoon),
                    None => unknown(waarde),
                },
            }
        };
        let key = match &self.omzet {
            Omzet::Code { woorden, .. } => tekst.as_deref().and_then(|code| woorden.key(code)),
            _ => None,
        };
        Uitkomst {
            tekst: tekst.map(String::into_boxed_str),
            key,
            merk,
            aantal: 1,
        }
    }

    /// Texts and numbers of one's own: trimmed, NFC, and looked at for BSNs.
    fn texts(&mut self, blok: &Block, vrij: bool, uit: &mut StringBuilder) {
        // A text that names something: of whoever is called `onbekend`, there is more than one.
        let nummer = !vrij || self.veld.ends_with("_id");
        for (rij, cel) in blok.kolom(self.bron).enumerate() {
            if cel.is_empty() {
                uit.append_null();
                continue;
            }
            // In a free text one BSN is enough to refuse; among identifiers the whole column tells, also as `K-123456782`.
            if vrij {
                self.proef.zie(cel)
            } else {
                self.proef.zie_ook_in_tekst(cel)
            }
            if vrij
                && self.bsn_rij.is_none()
                && cel.len() >= 9
                && bsn::in_vrije_tekst(&self.veld, cel)
            {
                self.bsn_rij = Some(blok.rijnummer(rij));
            }
            let randen = cel.as_bytes();
            let net = blok.is_ascii()
                && randen[0] > b'\''
                && randen[randen.len() - 1] > b' '
                && !is_leeg_woord(cel)
                && !(nummer && is_odd_number(cel));
            if net {
                uit.append_value(cel);
                continue;
            }
            let waarde = trimmed(cel);
            // Excel marks a number kept as text with an apostrophe.
            let waarde = waarde
                .strip_prefix('\'')
                .filter(|w| w.starts_with(|c: char| c.is_ascii_digit()))
                .unwrap_or(waarde);
            if nummer && self.macht_rij.is_none() && is_power(waarde) {
                self.macht_rij = Some(blok.rijnummer(rij));
            }
            if waarde.is_empty() {
                uit.append_null();
            } else if is_leeg_woord(waarde) || (nummer && is_geen_nummer(waarde)) {
                self.through_leeg(cel, uit);
            } else if waarde.is_ascii() {
                uit.append_value(waarde);
            } else {
                uit.append_value(
                    waarde
                        .nfc()
                        .filter(|c| !is_invisible(*c))
                        .collect::<String>(),
                );
            }
        }
    }

    fn through_leeg(&mut self, cel: &str, uit: &mut StringBuilder) {
        uit.append_null();
        let leeg = Uitkomst {
            tekst: None,
            key: None,
            merk: Merk::Leeg,
            aantal: 0,
        };
        self.cache.entry(cel.into()).or_insert(leeg).aantal += 1;
    }
}

#[inline]
fn is_gm_code(cel: &str) -> bool {
    let b = cel.as_bytes();
    b.len() == 6 && b[0] == b'G' && b[1] == b'M' && b[2..].iter().all(u8::is_ascii_digit)
}

/// A word for nothing, or something that stays as it stands for `check` to name.
fn rest(waarde: &str) -> (Option<String>, Merk) {
    if is_leeg_woord(waarde) {
        (None, Merk::Leeg)
    } else {
        (Some(waarde.to_owned()), Merk::Gewoon)
    }
}

/// The same, for a word that the aanbieder can explain.
fn unknown(waarde: &str) -> (Option<String>, Merk) {
    if is_leeg_woord(waarde) {
        (None, Merk::Leeg)
    } else {
        (Some(waarde.to_owned()), Merk::Open)
    }
}

fn date(waarde: &str, vorm: Option<Datumvorm>, jaar: i32) -> (Option<String>, Merk) {
    if stands_for_none(waarde) {
        return (None, Merk::GeenDatum);
    }
    if let Some((datum, verschoven)) = moment(waarde) {
        return (
            Some(datum.to_string()),
            if verschoven {
                Merk::Omgerekend
            } else {
                Merk::Gewoon
            },
        );
    }
    let gekozen = vorm.and_then(|v| v.lees(waarde, jaar));
    let Some(datum) = gekozen.or_else(|| read_plain(waarde, jaar)) else {
        // Without a form a date that needs one is a question; anything else is for `check`.
        let vraag = vorm.is_none()
            && Datumvorm::ALLE
                .iter()
                .any(|v| *v != Datumvorm::Excel && v.lees(waarde, jaar).is_some());
        return if vraag {
            (Some(waarde.to_owned()), Merk::Open)
        } else {
            rest(waarde)
        };
    };
    if datum.year() == 9999 {
        return (None, Merk::GeenDatum);
    }
    let andersom = match vorm.filter(|_| gekozen.is_some()) {
        Some(Datumvorm::DagMaandJaar) => Datumvorm::MaandDagJaar.lees(waarde, jaar),
        Some(Datumvorm::MaandDagJaar) => Datumvorm::DagMaandJaar.lees(waarde, jaar),
        _ => return (Some(datum.to_string()), Merk::Gewoon),
    };
    let merk = match andersom {
        None => Merk::Bewijst,
        Some(anders) if anders == datum => Merk::Gewoon,
        Some(_) => Merk::Dubbelzinnig,
    };
    (Some(datum.to_string()), merk)
}

fn number(waarde: &str, getal: Getal) -> (Option<String>, Merk) {
    match getal {
        Getal::Tekst(tekst) => (Some(tekst), Merk::Gewoon),
        Getal::Afgerond(tekst) => (Some(tekst), Merk::Afgerond),
        Getal::Dubbelzinnig => (Some(waarde.to_owned()), Merk::Open),
        Getal::Onleesbaar => rest(waarde),
    }
}

fn code(
    waarde: &str,
    woorden: &Codewoorden,
    eigen: &Eigen,
    stelsel: Option<Stelsel>,
) -> (Option<String>, Merk) {
    match eigen.get(waarde) {
        Some("") => return (Some(waarde.to_owned()), Merk::Open),
        Some(LEEG) => return (None, Merk::Gewoon),
        Some(code) => return (Some(code.to_owned()), Merk::Gewoon),
        None => {}
    }
    if woorden.is_code(waarde) {
        return (Some(waarde.to_owned()), Merk::Gewoon);
    }
    let cijfers = waarde.len() <= 2 && waarde.bytes().all(|b| b.is_ascii_digit());
    if let (Some(stelsel), true) = (stelsel, cijfers) {
        return match woorden.vertaal(waarde, stelsel) {
            Keuze::Code(code, _) => (Some(code), Merk::Vreemd),
            Keuze::Open(_) => (Some(waarde.to_owned()), Merk::Open),
        };
    }
    match woorden.zoek(waarde) {
        Keuze::Code(code, zekerheid) if zekerheid >= ZEKER => (Some(code), Merk::Herkend),
        _ => unknown(waarde),
    }
}

fn gemeente(waarde: &str, zoeker: &Gemeentezoeker, eigen: &Eigen) -> (Option<String>, Merk) {
    match eigen.get(waarde) {
        Some("") => return (Some(waarde.to_owned()), Merk::Open),
        Some(LEEG) => return (None, Merk::Gewoon),
        Some(code) => {
            // The koppeling may hold a name or a code without its zeros as well.
            let code = match zoeker.zoek(code) {
                Vondst::Code { code, .. } => code,
                _ => code.to_owned(),
            };
            let op_naam = waarde.bytes().any(|b| b.is_ascii_alphabetic())
                && !waarde.to_ascii_uppercase().starts_with("GM0");
            return (
                Some(code),
                if op_naam { Merk::OpNaam } else { Merk::Gewoon },
            );
        }
        None => {}
    }
    match zoeker.zoek(waarde) {
        Vondst::Code {
            code,
            zekerheid,
            op_naam,
        } if zekerheid >= ZEKER => (
            Some(code),
            if op_naam { Merk::OpNaam } else { Merk::Gewoon },
        ),
        Vondst::VreemdeCode => (Some(waarde.to_owned()), Merk::Gewoon),
        _ => unknown(waarde),
    }
}
