//! Canonical text into typed columns.
//!
//! Owns the Arrow type of every field type and the loops that fill it. A value that breaks its type becomes NULL
//! and is marked, so that a finding can say so; empty text counts as NULL.

pub(crate) mod date;
mod lookup;
mod number;

use std::sync::Arc;

use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Decimal128Type, Int32Type, UInt8Type, UInt16Type,
};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, PrimitiveArray, StringArray, UInt16Array,
    new_null_array,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use lookup::Gemeenten;
use schema::{CodeIndex, Definitie, Tabel, VeldType};

use crate::error::RegelError;
use crate::rule_language::bits;
use crate::rule_language::eval::known_bits;
use crate::shared_cause::Ground;
use crate::text_column::TextColumn;

/// Length of a pseudonym: 128 bits in base32.
const PSEUDONYM: usize = 26;

/// The Arrow schema of a typed table: all fields in canonical order, all nullable.
pub fn schema(_definitie: &Definitie, tabel: &Tabel) -> SchemaRef {
    let velden: Vec<Field> = tabel
        .velden
        .iter()
        .map(|veld| Field::new(&veld.naam, data_type(&veld.veldtype), true))
        .collect();
    Arc::new(Schema::new(velden))
}

/// The Arrow type of a field type.
pub(crate) fn data_type(veld_type: &VeldType) -> DataType {
    match veld_type {
        VeldType::Pseudoniem | VeldType::Tekst { .. } => DataType::Utf8,
        VeldType::Whole => DataType::Int32,
        VeldType::Decimal => DataType::Decimal128(12, 2),
        VeldType::Datum => DataType::Date32,
        VeldType::Code { .. } => {
            DataType::Dictionary(Box::new(DataType::UInt8), Box::new(DataType::Utf8))
        }
        VeldType::Gemeente => {
            DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8))
        }
        VeldType::YesNo => DataType::Boolean,
    }
}

/// A typed column, with what the text did not say.
#[derive(Debug)]
pub(crate) struct Typed {
    /// The values.
    pub(crate) array: ArrayRef,
    /// Rows whose text breaks the type; absent where there are none.
    pub(crate) invalid: Option<Vec<u64>>,
    /// Number of rows without text.
    pub(crate) empty: usize,
}

/// How the text of one field becomes its type.
#[derive(Debug)]
pub(crate) enum TypeParser {
    RawId,
    Pseudoniem,
    Tekst(usize),
    Whole,
    Decimal,
    Datum,
    Code(CodeIndex, ArrayRef),
    Gemeente(Arc<Gemeenten>, ArrayRef),
    YesNo,
}

impl TypeParser {
    /// The way of a field type. With `raw_ids` any text may stand for a pseudonym.
    pub(crate) fn new(
        definitie: &Definitie,
        veld_type: &VeldType,
        raw_ids: bool,
    ) -> Result<Self, RegelError> {
        Ok(match veld_type {
            VeldType::Pseudoniem if raw_ids => Self::RawId,
            VeldType::Pseudoniem => Self::Pseudoniem,
            VeldType::Tekst { lengte: length } => Self::Tekst(*length),
            VeldType::Whole => Self::Whole,
            VeldType::Decimal => Self::Decimal,
            VeldType::Datum => Self::Datum,
            VeldType::Code { list } => {
                let list = definitie
                    .codelijsten
                    .get(list)
                    .ok_or_else(|| RegelError::Lijst(format!("there is no code list `{list}`")))?;
                if list.codes.len() > 256 {
                    return Err(RegelError::Lijst(format!(
                        "code list `{}` has more than 256 codes",
                        list.naam
                    )));
                }
                let codes = CodeIndex::new(list);
                let labels = Arc::new(StringArray::from_iter_values(codes.texts()));
                Self::Code(codes, labels)
            }
            VeldType::Gemeente => {
                let gemeenten = Arc::new(Gemeenten::new(definitie.jaar)?);
                let labels = Arc::new(StringArray::from_iter_values(gemeenten.texts()));
                Self::Gemeente(gemeenten, labels)
            }
            VeldType::YesNo => Self::YesNo,
        })
    }

    /// What values that break this type have in common when they do so for one reason.
    pub(crate) fn cause(&self) -> Option<Ground> {
        match self {
            Self::RawId | Self::Pseudoniem => None,
            Self::Whole | Self::Decimal | Self::Datum => Some(Ground::Vorm),
            Self::Tekst(_) | Self::Code(..) | Self::Gemeente(..) | Self::YesNo => {
                Some(Ground::Waarde)
            }
        }
    }

    /// The typed column of a text column.
    pub(crate) fn type_column(&self, raw: TextColumn<'_>) -> Result<Typed, ArrowError> {
        match raw {
            TextColumn::Plain(raw) => self.type_texts(raw),
            TextColumn::Keyed(keys, texts) => self.type_keys(keys, texts),
        }
    }

    /// The typed column of keys into texts: each text is read once.
    fn type_keys(&self, keys: &UInt16Array, texts: &StringArray) -> Result<Typed, ArrowError> {
        match self {
            Self::Code(codes, labels) => {
                read_keys::<u8>(keys, texts, |b| codes.key(b).map(|key| key as u8))
                    .dictionary::<UInt8Type>(labels)
            }
            Self::Gemeente(gemeenten, labels) => {
                read_keys::<u16>(keys, texts, |b| gemeenten.key(b)).dictionary::<UInt16Type>(labels)
            }
            Self::YesNo => Ok(read_keys::<bool>(keys, texts, yes_no).boolean()),
            // No other field is written so; where one is, it is text all the same.
            _ => {
                let text = |key: Option<u16>| key.map(|key| texts.value(usize::from(key)));
                self.type_texts(&keys.iter().map(text).collect())
            }
        }
    }

    fn type_texts(&self, raw: &StringArray) -> Result<Typed, ArrowError> {
        if raw.null_count() == raw.len() {
            return Ok(Typed {
                array: self.empty(raw.len()),
                invalid: None,
                empty: raw.len(),
            });
        }
        match self {
            Self::RawId => text_column(raw, |_| true),
            Self::Pseudoniem => text_column(raw, is_pseudonym),
            Self::Tekst(length) => {
                text_column(raw, |b| b.len() <= *length || characters(b) <= *length)
            }
            Self::Whole => Ok(read::<i32>(raw, number::parse_whole).primitive::<Int32Type>(|a| a)),
            Self::Decimal => Ok(read::<i128>(raw, number::parse_decimal)
                .primitive::<Decimal128Type>(|a| a.with_data_type(DataType::Decimal128(12, 2)))),
            Self::Datum => Ok(read::<i32>(raw, date::parse_cell).primitive::<Date32Type>(|a| a)),
            Self::Code(codes, labels) => read::<u8>(raw, |b| codes.key(b).map(|key| key as u8))
                .dictionary::<UInt8Type>(labels),
            Self::Gemeente(gemeenten, labels) => {
                read::<u16>(raw, |b| gemeenten.key(b)).dictionary::<UInt16Type>(labels)
            }
            Self::YesNo => Ok(read::<bool>(raw, yes_no).boolean()),
        }
    }

    /// A column of `rijen` NULLs.
    pub(crate) fn empty(&self, rows: usize) -> ArrayRef {
        match self {
            Self::RawId | Self::Pseudoniem | Self::Tekst(_) => {
                new_null_array(&DataType::Utf8, rows)
            }
            Self::Whole => new_null_array(&DataType::Int32, rows),
            Self::Decimal => new_null_array(&DataType::Decimal128(12, 2), rows),
            Self::Datum => new_null_array(&DataType::Date32, rows),
            Self::Code(_, labels) => {
                let keys = PrimitiveArray::<UInt8Type>::new_null(rows);
                Arc::new(DictionaryArray::new(keys, Arc::clone(labels)))
            }
            Self::Gemeente(_, labels) => {
                let keys = PrimitiveArray::<UInt16Type>::new_null(rows);
                Arc::new(DictionaryArray::new(keys, Arc::clone(labels)))
            }
            Self::YesNo => new_null_array(&DataType::Boolean, rows),
        }
    }
}

fn yes_no(bytes: &[u8]) -> Option<bool> {
    match VeldType::YES_NO.map(str::as_bytes) {
        [_, yes] if bytes == yes => Some(true),
        [no, _] if bytes == no => Some(false),
        _ => None,
    }
}

/// 26 characters of lower-case base32, of which the last holds 3 bits only.
fn is_pseudonym(bytes: &[u8]) -> bool {
    let Ok(characters) = <&[u8; PSEUDONYM]>::try_from(bytes) else {
        return false;
    };
    // Without an early exit the loop becomes a few vector instructions.
    let base32 = characters.iter().fold(true, |good, b| {
        good & (b.wrapping_sub(b'a') < 26 || b.wrapping_sub(b'2') < 6)
    });
    base32
        && matches!(
            characters[PSEUDONYM - 1],
            b'a' | b'e' | b'i' | b'm' | b'q' | b'u' | b'y' | b'4'
        )
}

/// Number of characters of UTF-8 text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count()
}

/// Values read from text.
struct ParsedValues<N> {
    waarden: Vec<N>,
    known: Vec<u64>,
    invalid: Vec<u64>,
    empty: usize,
}

/// Reads every text of a column; one pass, 64 rows a word.
fn read<N: Copy + Default>(
    raw: &StringArray,
    lees: impl Fn(&[u8]) -> Option<N>,
) -> ParsedValues<N> {
    let rows = raw.len();
    let (offsets, data) = (raw.value_offsets(), raw.value_data());
    let filled = raw.nulls().map(|nulls| known_bits(nulls, 0, rows));
    let words = bits::words(rows);
    let mut out = ParsedValues {
        waarden: vec![N::default(); rows],
        known: vec![0; words],
        invalid: Vec::new(),
        empty: 0,
    };
    for (word, typed) in out.waarden.chunks_mut(64).enumerate() {
        let present = filled.as_ref().map_or(u64::MAX, |g| g[word]);
        let (mut known, mut invalid) = (0_u64, 0_u64);
        for (bit, (value, pair)) in typed
            .iter_mut()
            .zip(offsets[word * 64..].windows(2))
            .enumerate()
        {
            let text = &data[pair[0] as usize..pair[1] as usize];
            if present >> bit & 1 == 0 || text.is_empty() {
                out.empty += 1;
            } else if let Some(loaded) = lees(text) {
                *value = loaded;
                known |= 1 << bit;
            } else {
                invalid |= 1 << bit;
            }
        }
        out.known[word] = known;
        if invalid != 0 {
            out.invalid.resize(words, 0);
            out.invalid[word] = invalid;
        }
    }
    out
}

/// Reads every key of a column by its text, which is read once.
fn read_keys<N: Copy + Default>(
    keys: &UInt16Array,
    texts: &StringArray,
    lees: impl Fn(&[u8]) -> Option<N>,
) -> ParsedValues<N> {
    let values: Vec<Option<N>> = texts
        .iter()
        .map(|text| lees(text.unwrap_or_default().as_bytes()))
        .collect();
    let is_empty: Vec<bool> = texts
        .iter()
        .map(|text| text.is_none_or(str::is_empty))
        .collect();
    let rows = keys.len();
    let filled = keys.nulls().map(|nulls| known_bits(nulls, 0, rows));
    let words = bits::words(rows);
    let mut out = ParsedValues {
        waarden: vec![N::default(); rows],
        known: vec![0; words],
        invalid: Vec::new(),
        empty: 0,
    };
    let per_word = out.waarden.chunks_mut(64).zip(keys.values().chunks(64));
    for (word, (typed, keys)) in per_word.enumerate() {
        let present = filled.as_ref().map_or(u64::MAX, |g| g[word]);
        let (mut known, mut invalid) = (0_u64, 0_u64);
        for (bit, (value, key)) in typed.iter_mut().zip(keys).enumerate() {
            let key = usize::from(*key);
            if present >> bit & 1 == 0 || is_empty[key] {
                out.empty += 1;
            } else if let Some(loaded) = values[key] {
                *value = loaded;
                known |= 1 << bit;
            } else {
                invalid |= 1 << bit;
            }
        }
        out.known[word] = known;
        if invalid != 0 {
            out.invalid.resize(words, 0);
            out.invalid[word] = invalid;
        }
    }
    out
}

impl<N> ParsedValues<N> {
    fn nulls(known: Vec<u64>, rows: usize) -> Option<NullBuffer> {
        let nulls = NullBuffer::new(BooleanBuffer::new(Buffer::from_vec(known), 0, rows));
        (nulls.null_count() > 0).then_some(nulls)
    }

    fn finish(array: ArrayRef, invalid: Vec<u64>, empty: usize) -> Typed {
        Typed {
            array,
            invalid: (!invalid.is_empty()).then_some(invalid),
            empty,
        }
    }
}

impl<N: arrow_buffer::ArrowNativeType> ParsedValues<N> {
    fn primitive<T: ArrowPrimitiveType<Native = N>>(
        self,
        to: impl Fn(PrimitiveArray<T>) -> PrimitiveArray<T>,
    ) -> Typed {
        let nulls = Self::nulls(self.known, self.waarden.len());
        let array = to(PrimitiveArray::new(ScalarBuffer::from(self.waarden), nulls));
        Self::finish(Arc::new(array), self.invalid, self.empty)
    }

    fn dictionary<T: arrow_array::types::ArrowDictionaryKeyType<Native = N>>(
        self,
        labels: &ArrayRef,
    ) -> Result<Typed, ArrowError> {
        let nulls = Self::nulls(self.known, self.waarden.len());
        let keys = PrimitiveArray::<T>::new(ScalarBuffer::from(self.waarden), nulls);
        let array = DictionaryArray::try_new(keys, Arc::clone(labels))?;
        Ok(Self::finish(Arc::new(array), self.invalid, self.empty))
    }
}

impl ParsedValues<bool> {
    fn boolean(self) -> Typed {
        let rows = self.waarden.len();
        let nulls = Self::nulls(self.known, rows);
        Self::finish(
            Arc::new(BooleanArray::new(BooleanBuffer::from(self.waarden), nulls)),
            self.invalid,
            self.empty,
        )
    }
}

/// A text column keeps its bytes; only the NULLs may grow.
fn text_column(raw: &StringArray, past: impl Fn(&[u8]) -> bool) -> Result<Typed, ArrowError> {
    let loaded = read::<()>(raw, |bytes| past(bytes).then_some(()));
    let array: ArrayRef = if loaded.invalid.is_empty() && loaded.empty == raw.null_count() {
        Arc::new(raw.clone())
    } else {
        let nulls = ParsedValues::<()>::nulls(loaded.known, raw.len());
        Arc::new(StringArray::try_new(
            raw.offsets().clone(),
            raw.values().clone(),
            nulls,
        )?)
    };
    Ok(ParsedValues::<()>::finish(
        array,
        loaded.invalid,
        loaded.empty,
    ))
}

/// The rows of a column without text.
pub(crate) fn empty_rows(raw: TextColumn<'_>) -> Vec<u64> {
    let raw = match raw {
        TextColumn::Plain(raw) => raw,
        TextColumn::Keyed(keys, _) => {
            return bits::mask(keys.len(), |row| raw.value(row).is_empty());
        }
    };
    let filled = raw.nulls().map_or_else(
        || bits::ones(raw.len()),
        |nulls| known_bits(nulls, 0, raw.len()),
    );
    let offsets = raw.value_offsets();
    let empty = bits::mask(raw.len(), |i| offsets[i] == offsets[i + 1]);
    bits::or(empty, &bits::and_not(bits::ones(raw.len()), &filled))
}
