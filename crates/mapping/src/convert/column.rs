//! One column of the source into one canonical field.
//!
//! Owns the conversion per type, with a cache per column, and what is remembered of it (what was recognised, what
//! stayed open). A cell that is canonical as it stands is copied and nothing else: that path must stay short.
//! Leaves one value to `canonical_value`, which column becomes which field to `read_plan`, and telling of it to `reading_summary`.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, StringBuilder};
use arrow_array::{ArrayRef, StringArray};
use arrow_schema::DataType;
use rows::bsn::{self, ColumnScan, ScanKind};
use rows::invisible_characters::{is_invisible, trimmed};
use schema::VeldType;
use sheets::{Block, Cell, is_power};
use unicode_normalization::UnicodeNormalization;

use crate::code_words::{CodeSystem, CodeWords};
use crate::convert::canonical_value::{Mark, code, date, gemeente, number, said, yes_or_no};
use crate::convert::code_column::{Keyed, Values};
use crate::convert::own_words::Own;
use crate::dates::{DateForm, is_canonical};
use crate::everyday_words::{is_empty_word, is_not_a_number, is_odd_number};
use crate::gemeente::GemeenteFinder;
use crate::numbers::{self, DecimalSign, PointMeaning};
use crate::units::{UnitEvidence, hours, hours_number};

/// Distinct values of a column that are remembered.
const CACHE: usize = 100_000;

/// In which unit a column is, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UnitIn {
    /// That of the field.
    Same,
    /// Hours, and the field asks minutes.
    Hours,
    /// Nobody said, and the field asks minutes: taken for those, and every value is counted to see whether that can be.
    Unsaid,
}

/// How a column becomes a field.
pub(crate) enum Conversion {
    Tekst {
        free: bool,
    },
    Datum {
        vorm: Option<DateForm>,
        own: Own,
    },
    Whole {
        vorm: Option<DecimalSign>,
        own: Own,
        unit: UnitIn,
    },
    Decimal {
        vorm: Option<DecimalSign>,
        own: Own,
    },
    Code {
        woorden: Box<CodeWords>,
        own: Own,
        system: Option<CodeSystem>,
    },
    Gemeente {
        finder: std::sync::Arc<GemeenteFinder>,
        own: Own,
    },
    YesNo {
        own: Own,
    },
}

impl Conversion {
    /// Whether an open value is a word to be explained, and no day or number that can be read in two ways.
    pub(crate) fn asks_for_word(&self, value: &str) -> bool {
        match self {
            Self::Datum { .. } | Self::Whole { .. } | Self::Decimal { .. } => self.is_asked(value),
            Self::Code { .. } | Self::Gemeente { .. } | Self::YesNo { .. } => true,
            Self::Tekst { .. } => false,
        }
    }

    /// Whether the koppeling names a word and leaves open what it stands for.
    pub(crate) fn is_asked(&self, value: &str) -> bool {
        match self {
            Self::Datum { own, .. }
            | Self::Whole { own, .. }
            | Self::Decimal { own, .. }
            | Self::Code { own, .. }
            | Self::Gemeente { own, .. }
            | Self::YesNo { own } => own.get(trimmed(value)) == Some(""),
            Self::Tekst { .. } => false,
        }
    }
}

#[derive(Debug, Clone)]
struct CellOutcome {
    /// `None` is empty.
    tekst: Option<Box<str>>,
    /// The place of a code in its list.
    key: Option<u16>,
    mark: Mark,
    aantal: u64,
}

/// A column on its way to a field.
pub(crate) struct VeldColumn {
    pub(crate) veld: String,
    /// Header in the source.
    pub(crate) kop: String,
    /// Position in the source.
    pub(crate) bron: usize,
    pub(crate) conversion: Conversion,
    jaar: i32,
    cache: HashMap<Box<str>, CellOutcome>,
    /// The same for what the source says is a number: the text `1.234` is another matter.
    numbers: HashMap<Box<str>, CellOutcome>,
    /// How large the numbers are that are not remembered.
    beyond: UnitEvidence,
    pub(crate) scan: ColumnScan,
    /// First row with a BSN that is one by itself, whatever the rest of the column.
    pub(crate) bsn_row: Option<u64>,
    /// Row with a number that lost its digits: `1,23E+08`.
    pub(crate) power_row: Option<u64>,
    /// The first number whose point was read as a thousand sign, and the first whose point is a decimal one.
    pub(crate) points: (Option<String>, Option<String>),
    /// The values of the batch so far; taken out while a block is converted.
    uit: Option<OutColumn>,
}

/// The values of a batch: codes as keys, everything else as text.
enum OutColumn {
    Texts(StringBuilder),
    Codes(Keyed),
}

impl VeldColumn {
    pub(crate) fn new(
        veld: &str,
        header: &str,
        source: usize,
        conversion: Conversion,
        jaar: i32,
    ) -> Self {
        let out = match &conversion {
            Conversion::Code { woorden: words, .. } => {
                OutColumn::Codes(Keyed::new(words.all_codes().iter().map(String::as_str)))
            }
            Conversion::Gemeente { finder, .. } => OutColumn::Codes(Keyed::new(finder.codes())),
            Conversion::YesNo { .. } => {
                OutColumn::Codes(Keyed::new(VeldType::YES_NO.iter().copied()))
            }
            _ => OutColumn::Texts(StringBuilder::new()),
        };
        let kind = match &conversion {
            Conversion::Tekst { free: false } => ScanKind::Identifiers,
            Conversion::Tekst { free: true } if !bsn::is_identifier(veld) => ScanKind::Words,
            Conversion::Whole { .. } | Conversion::Decimal { .. } => ScanKind::Amounts,
            // Codes of one's own may have nine digits.
            _ => ScanKind::OwnNumbers,
        };
        Self {
            veld: veld.to_owned(),
            kop: header.to_owned(),
            bron: source,
            conversion,
            jaar,
            cache: HashMap::new(),
            numbers: HashMap::new(),
            beyond: UnitEvidence::default(),
            scan: ColumnScan::new(kind),
            bsn_row: None,
            power_row: None,
            points: (None, None),
            uit: Some(out),
        }
    }

    /// What was met: value, mark, count; in the order of the values.
    pub(crate) fn marked(&self, mark: Mark) -> Vec<(&str, Option<&str>, u64)> {
        let mut list: Vec<_> = self
            .cache
            .iter()
            .chain(&self.numbers)
            .filter(|(_, u)| u.mark == mark)
            .map(|(w, u)| (&**w, u.tekst.as_deref(), u.aantal))
            .collect();
        list.sort_unstable();
        list
    }

    /// How large its numbers are, of a column whose unit nobody said.
    pub(crate) fn unit_evidence(&self) -> UnitEvidence {
        let mut out = self.beyond;
        for (value, outcome) in &self.cache {
            look_at_text(&mut out, value, outcome.aantal);
        }
        for (digits, outcome) in &self.numbers {
            look_at_number(&mut out, digits, outcome.aantal);
        }
        out
    }

    fn is_unsaid(&self) -> bool {
        let Conversion::Whole { unit, .. } = &self.conversion else {
            return false;
        };
        *unit == UnitIn::Unsaid
    }

    /// The type of the values.
    pub(crate) fn data_type(&self) -> DataType {
        match self.uit {
            Some(OutColumn::Codes(_)) => Keyed::data_type(),
            _ => DataType::Utf8,
        }
    }

    /// Adds the canonical values of this column in a block to the batch.
    pub(crate) fn convert(&mut self, block: &Block) {
        let mut out = self.uit.take();
        match &mut out {
            Some(OutColumn::Codes(out)) if matches!(self.conversion, Conversion::YesNo { .. }) => {
                self.truths(block, out);
            }
            Some(OutColumn::Codes(out)) => self.codes(block, out),
            Some(OutColumn::Texts(out)) => self.values(block, out),
            None => {}
        }
        self.uit = out;
        if self.bsn_row.is_none() && self.scan.met() {
            let kind = self.scan.kind();
            self.bsn_row = block
                .texts(self.bron)
                .position(|cell_text| kind.refuses(cell_text))
                .map(|row| block.row_number(row));
        }
    }

    /// Whether the column holds BSNs, as far as it was read.
    pub(crate) fn is_suspect(&self) -> bool {
        self.scan.met() || self.scan.test().suspicious()
    }

    /// True and false by their keys, straight from a source that knows them; words through the cache.
    fn truths(&mut self, block: &Block, out: &mut Keyed) {
        for cell in block.column(self.bron) {
            match cell {
                Cell::Empty => out.null(),
                Cell::Truth(truth) => out.key(u16::from(truth)),
                cell => match truth_key(cell.text()) {
                    Some(key) => out.key(key),
                    None => self.through_cache(cell.text(), out),
                },
            }
        }
    }

    /// Codes by their keys; what is none goes through the cache. A word of the aanbieder's own goes before a code.
    fn codes(&mut self, block: &Block, out: &mut Keyed) {
        for cell_text in block.texts(self.bron) {
            let key = match &self.conversion {
                Conversion::Code {
                    woorden: words,
                    own,
                    ..
                } if own.is_empty() => words.key(cell_text),
                Conversion::Gemeente { finder, own } if own.is_empty() => finder.key(cell_text),
                _ => None,
            };
            match key {
                _ if cell_text.is_empty() => out.null(),
                Some(key) => out.key(key),
                None => self.through_cache(cell_text, out),
            }
        }
    }

    fn values(&mut self, block: &Block, out: &mut StringBuilder) {
        let cells = block.texts(self.bron);
        match &self.conversion {
            Conversion::Tekst { free } => {
                let free = *free;
                self.texts(block, free, out);
            }
            Conversion::Datum {
                vorm: Some(DateForm::Swapped),
                ..
            } => self.cells(cells, out, |_, _| false),
            Conversion::Datum { .. } => self.cells(cells, out, |_, cell_text| {
                is_canonical(cell_text) && ("1901".."9999").contains(&&cell_text[..4])
            }),
            Conversion::Whole { .. } | Conversion::Decimal { .. } if !block.is_text() => {
                self.scan_long(cells);
                self.typed_numbers(block, out);
            }
            Conversion::Whole { unit, .. } => {
                let same = *unit == UnitIn::Same;
                self.scan_long(cells.clone());
                self.cells(cells, out, |_, cell_text| {
                    same && numbers::is_whole(cell_text)
                });
            }
            Conversion::Decimal { vorm, .. } => {
                if vorm.is_none() && self.points.1.is_none() {
                    self.points.1 = block
                        .texts(self.bron)
                        .find(|cell_text| cell_text.contains('.') && numbers::is_decimal(cell_text))
                        .map(str::to_owned);
                }
                self.scan_long(cells.clone());
                self.cells(cells, out, |_, cell_text| numbers::is_decimal(cell_text));
            }
            Conversion::Code { .. } | Conversion::Gemeente { .. } | Conversion::YesNo { .. } => {
                self.cells(cells, out, |_, _| false);
            }
        }
    }

    /// The batch so far; a new one begins, with as much room.
    pub(crate) fn flush(&mut self) -> ArrayRef {
        match &mut self.uit {
            Some(OutColumn::Codes(out)) => Arc::new(out.finish()),
            _ => Arc::new(self.flush_texts()),
        }
    }

    /// The same, of a column that is no code.
    pub(crate) fn flush_texts(&mut self) -> StringArray {
        let Some(OutColumn::Texts(out)) = &mut self.uit else {
            return StringArray::new_null(0);
        };
        let room = StringBuilder::with_capacity(out.len() + 64, out.values_slice().len() + 1024);
        std::mem::replace(out, room).finish()
    }

    /// Copies what is canonical as it stands, converts the rest through the cache.
    #[inline]
    fn cells<'a>(
        &mut self,
        cells: impl Iterator<Item = &'a str>,
        out: &mut StringBuilder,
        canonical: impl Fn(&Self, &str) -> bool,
    ) {
        for cell_text in cells {
            if cell_text.is_empty() {
                out.append_null();
            } else if canonical(self, cell_text) {
                out.append_value(cell_text);
            } else {
                self.through_cache(cell_text, out);
            }
        }
    }

    /// Looks at the numbers that are long enough to be a BSN; a count hardly ever is.
    fn scan_long<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        for cell_text in cells {
            self.scan.look(cell_text);
        }
    }

    /// Numbers out of a source that tells numbers from text.
    fn typed_numbers(&mut self, block: &Block, out: &mut StringBuilder) {
        let (is_decimal, canonical): (bool, fn(&str) -> bool) = match &self.conversion {
            Conversion::Decimal { .. } => (true, numbers::is_decimal),
            Conversion::Whole { unit, .. } if *unit != UnitIn::Same => (false, |_| false),
            _ => (false, numbers::is_whole),
        };
        for cell in block.column(self.bron) {
            match cell {
                Cell::Empty => out.append_null(),
                Cell::Number(digits) if canonical(digits) => out.append_value(digits),
                Cell::Number(digits) => self.through_numbers(digits, is_decimal, out),
                text if canonical(text.text()) => {
                    if is_decimal && text.text().contains('.') {
                        self.points.1.get_or_insert_with(|| text.text().to_owned());
                    }
                    out.append_value(text.text());
                }
                text => self.through_cache(text.text(), out),
            }
        }
    }

    fn through_numbers(&mut self, digits: &str, is_decimal: bool, out: &mut StringBuilder) {
        if let Some(known) = self.numbers.get_mut(digits) {
            known.aantal += 1;
            out.append_option(known.tekst.as_deref());
            return;
        }
        let read = match &self.conversion {
            _ if is_decimal => numbers::decimal_number(digits),
            Conversion::Whole { unit, .. } if *unit == UnitIn::Hours => hours_number(digits),
            _ => numbers::whole_number(digits),
        };
        let (text, mark) = number(digits, read);
        out.append_option(text.as_deref());
        if self.numbers.len() < CACHE {
            let outcome = CellOutcome {
                tekst: text.map(String::into_boxed_str),
                key: None,
                mark,
                aantal: 1,
            };
            self.numbers.insert(digits.into(), outcome);
        } else if self.is_unsaid() {
            look_at_number(&mut self.beyond, digits, 1);
        }
    }

    fn through_cache(&mut self, cell_text: &str, out: &mut impl Values) {
        if let Some(known) = self.cache.get_mut(cell_text) {
            known.aantal += 1;
            out.outcome(known.tekst.as_deref(), known.key);
            return;
        }
        if self.scan.kind() != ScanKind::Amounts {
            self.scan.look(cell_text);
        }
        let outcome = self.translate(trimmed(cell_text));
        if matches!(
            self.conversion,
            Conversion::Whole { vorm: None, .. } | Conversion::Decimal { vorm: None, .. }
        ) {
            match numbers::punt(trimmed(cell_text)) {
                Some(PointMeaning::Thousand) => {
                    self.points.0.get_or_insert_with(|| cell_text.to_owned());
                }
                Some(PointMeaning::Decimal) => {
                    self.points.1.get_or_insert_with(|| cell_text.to_owned());
                }
                None => {}
            }
        }
        out.outcome(outcome.tekst.as_deref(), outcome.key);
        if self.cache.len() < CACHE {
            self.cache.insert(cell_text.into(), outcome);
        } else if self.is_unsaid() {
            look_at_text(&mut self.beyond, cell_text, 1);
        }
    }

    fn translate(&self, value: &str) -> CellOutcome {
        let (text, mark) = if value.is_empty() {
            (None, Mark::Plain)
        } else {
            match &self.conversion {
                Conversion::Tekst { .. } => (Some(value.to_owned()), Mark::Plain),
                Conversion::Datum { vorm, own } => {
                    said(value, own).unwrap_or_else(|| date(value, *vorm, self.jaar))
                }
                Conversion::Whole { vorm, own, unit } => said(value, own).unwrap_or_else(|| {
                    let read = match unit {
                        UnitIn::Hours => hours(value, *vorm),
                        UnitIn::Same | UnitIn::Unsaid => numbers::whole(value, *vorm),
                    };
                    number(value, read)
                }),
                Conversion::Decimal { vorm, own } => said(value, own)
                    .unwrap_or_else(|| number(value, numbers::decimal(value, *vorm))),
                Conversion::Code {
                    woorden: words,
                    own,
                    system,
                } => code(value, words, own, *system),
                Conversion::Gemeente { finder, own } => gemeente(value, finder, own),
                Conversion::YesNo { own } => yes_or_no(value, own),
            }
        };
        let key = match &self.conversion {
            Conversion::Code { woorden: words, .. } => {
                text.as_deref().and_then(|code| words.key(code))
            }
            Conversion::Gemeente { finder, .. } => {
                text.as_deref().and_then(|code| finder.key(code))
            }
            Conversion::YesNo { .. } => text.as_deref().and_then(truth_key),
            _ => None,
        };
        CellOutcome {
            tekst: text.map(String::into_boxed_str),
            key,
            mark,
            aantal: 1,
        }
    }

    /// Texts and numbers of one's own: trimmed, NFC, and looked at for BSNs.
    fn texts(&mut self, block: &Block, free: bool, out: &mut StringBuilder) {
        // A text that names something: of whoever is called `onbekend`, there is more than one.
        let number = !free || bsn::is_identifier(&self.veld);
        for (row, cell_text) in block.texts(self.bron).enumerate() {
            if cell_text.is_empty() {
                out.append_null();
                continue;
            }
            self.scan.look(cell_text);
            let edges = cell_text.as_bytes();
            let net = block.is_ascii()
                && edges[0] > b'\''
                && edges[edges.len() - 1] > b' '
                && !is_empty_word(cell_text)
                && !(number && is_odd_number(cell_text));
            if net {
                out.append_value(cell_text);
                continue;
            }
            let value = trimmed(cell_text);
            // Excel marks a number kept as text with an apostrophe.
            let value = value
                .strip_prefix('\'')
                .filter(|w| w.starts_with(|c: char| c.is_ascii_digit()))
                .unwrap_or(value);
            if number && self.power_row.is_none() && is_power(value) {
                self.power_row = Some(block.row_number(row));
            }
            if value.is_empty() {
                out.append_null();
            } else if is_empty_word(value) || (number && is_not_a_number(value)) {
                self.through_empty(cell_text, out);
            } else if value.is_ascii() {
                out.append_value(value);
            } else {
                out.append_value(
                    value
                        .nfc()
                        .filter(|c| !is_invisible(*c))
                        .collect::<String>(),
                );
            }
        }
    }

    fn through_empty(&mut self, cell_text: &str, out: &mut StringBuilder) {
        out.append_null();
        let empty = CellOutcome {
            tekst: None,
            key: None,
            mark: Mark::Empty,
            aantal: 0,
        };
        self.cache.entry(cell_text.into()).or_insert(empty).aantal += 1;
    }
}

fn look_at_text(evidence: &mut UnitEvidence, cell_text: &str, count: u64) {
    let value = trimmed(cell_text);
    let (whole, any) = (numbers::whole(value, None), numbers::decimal(value, None));
    evidence.look(&whole, &any, count);
}

fn look_at_number(evidence: &mut UnitEvidence, digits: &str, count: u64) {
    let (whole, any) = (
        numbers::whole_number(digits),
        numbers::decimal_number(digits),
    );
    evidence.look(&whole, &any, count);
}

/// The key of false or true, where a text is the word for it.
fn truth_key(text: &str) -> Option<u16> {
    match VeldType::YES_NO {
        [no, _] if text == no => Some(0),
        [_, yes] if text == yes => Some(1),
        _ => None,
    }
}
