//! Canonical text into typed columns.
//!
//! Owns the Arrow type of every field type and the loops that fill it. A value that breaks its type becomes NULL
//! and is marked, so that a finding can say so; empty text counts as NULL.

pub(crate) mod datum;
mod getal;
mod opzoek;

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
use opzoek::Gemeenten;
use schema::{Codezoeker, Definitie, Tabel, Veldtype};

use crate::expr::bits;
use crate::expr::rekenen::known_bits;
use crate::fout::RegelFout;
use crate::oorzaak::Grond;
use crate::text_column::TextColumn;

/// Length of a pseudonym: 128 bits in base32.
const PSEUDONIEM: usize = 26;

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
pub(crate) fn data_type(veldtype: &Veldtype) -> DataType {
    match veldtype {
        Veldtype::Pseudoniem | Veldtype::Tekst { .. } => DataType::Utf8,
        Veldtype::Geheel => DataType::Int32,
        Veldtype::Decimaal => DataType::Decimal128(12, 2),
        Veldtype::Datum => DataType::Date32,
        Veldtype::Code { .. } => {
            DataType::Dictionary(Box::new(DataType::UInt8), Box::new(DataType::Utf8))
        }
        Veldtype::Gemeente => {
            DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8))
        }
        Veldtype::JaNee => DataType::Boolean,
    }
}

/// A typed column, with what the text did not say.
#[derive(Debug)]
pub(crate) struct Getypt {
    /// The values.
    pub(crate) array: ArrayRef,
    /// Rows whose text breaks the type; absent where there are none.
    pub(crate) ongeldig: Option<Vec<u64>>,
    /// Number of rows without text.
    pub(crate) leeg: usize,
}

/// How the text of one field becomes its type.
#[derive(Debug)]
pub(crate) enum Typer {
    RuwId,
    Pseudoniem,
    Tekst(usize),
    Geheel,
    Decimaal,
    Datum,
    Code(Codezoeker, ArrayRef),
    Gemeente(Arc<Gemeenten>, ArrayRef),
    JaNee,
}

impl Typer {
    /// The way of a field type. With `ruwe_ids` any text may stand for a pseudonym.
    pub(crate) fn new(
        definitie: &Definitie,
        veldtype: &Veldtype,
        ruwe_ids: bool,
    ) -> Result<Self, RegelFout> {
        Ok(match veldtype {
            Veldtype::Pseudoniem if ruwe_ids => Self::RuwId,
            Veldtype::Pseudoniem => Self::Pseudoniem,
            Veldtype::Tekst { lengte } => Self::Tekst(*lengte),
            Veldtype::Geheel => Self::Geheel,
            Veldtype::Decimaal => Self::Decimaal,
            Veldtype::Datum => Self::Datum,
            Veldtype::Code { lijst } => {
                let lijst = definitie
                    .codelijsten
                    .get(lijst)
                    .ok_or_else(|| RegelFout::Lijst(format!("there is no code list `{lijst}`")))?;
                if lijst.codes.len() > 256 {
                    return Err(RegelFout::Lijst(format!(
                        "code list `{}` has more than 256 codes",
                        lijst.naam
                    )));
                }
                let codes = Codezoeker::new(lijst);
                let teksten = Arc::new(StringArray::from_iter_values(codes.texts()));
                Self::Code(codes, teksten)
            }
            Veldtype::Gemeente => {
                let gemeenten = Arc::new(Gemeenten::new(definitie.jaar)?);
                let teksten = Arc::new(StringArray::from_iter_values(gemeenten.texts()));
                Self::Gemeente(gemeenten, teksten)
            }
            Veldtype::JaNee => Self::JaNee,
        })
    }

    /// What values that break this type have in common when they do so for one reason.
    pub(crate) fn cause(&self) -> Option<Grond> {
        match self {
            Self::RuwId | Self::Pseudoniem => None,
            Self::Geheel | Self::Decimaal | Self::Datum => Some(Grond::Vorm),
            Self::Tekst(_) | Self::Code(..) | Self::Gemeente(..) | Self::JaNee => {
                Some(Grond::Waarde)
            }
        }
    }

    /// The typed column of a text column.
    pub(crate) fn type_column(&self, ruw: TextColumn<'_>) -> Result<Getypt, ArrowError> {
        match ruw {
            TextColumn::Plain(ruw) => self.type_texts(ruw),
            TextColumn::Keyed(keys, texts) => self.type_keys(keys, texts),
        }
    }

    /// The typed column of keys into texts: each text is read once.
    fn type_keys(&self, keys: &UInt16Array, texts: &StringArray) -> Result<Getypt, ArrowError> {
        match self {
            Self::Code(codes, teksten) => {
                read_keys::<u8>(keys, texts, |b| codes.key(b).map(|key| key as u8))
                    .dictionary::<UInt8Type>(teksten)
            }
            Self::Gemeente(gemeenten, teksten) => {
                read_keys::<u16>(keys, texts, |b| gemeenten.key(b))
                    .dictionary::<UInt16Type>(teksten)
            }
            // No other field is written so; where one is, it is text all the same.
            _ => {
                let text = |key: Option<u16>| key.map(|key| texts.value(usize::from(key)));
                self.type_texts(&keys.iter().map(text).collect())
            }
        }
    }

    fn type_texts(&self, ruw: &StringArray) -> Result<Getypt, ArrowError> {
        if ruw.null_count() == ruw.len() {
            return Ok(Getypt {
                array: self.empty(ruw.len()),
                ongeldig: None,
                leeg: ruw.len(),
            });
        }
        match self {
            Self::RuwId => text_column(ruw, |_| true),
            Self::Pseudoniem => text_column(ruw, is_pseudoniem),
            Self::Tekst(lengte) => {
                text_column(ruw, |b| b.len() <= *lengte || characters(b) <= *lengte)
            }
            Self::Geheel => Ok(read::<i32>(ruw, getal::parse_geheel).primitive::<Int32Type>(|a| a)),
            Self::Decimaal => Ok(read::<i128>(ruw, getal::parse_decimaal)
                .primitive::<Decimal128Type>(|a| a.with_data_type(DataType::Decimal128(12, 2)))),
            Self::Datum => Ok(read::<i32>(ruw, datum::parse_datum).primitive::<Date32Type>(|a| a)),
            Self::Code(codes, teksten) => read::<u8>(ruw, |b| codes.key(b).map(|key| key as u8))
                .dictionary::<UInt8Type>(teksten),
            Self::Gemeente(gemeenten, teksten) => {
                read::<u16>(ruw, |b| gemeenten.key(b)).dictionary::<UInt16Type>(teksten)
            }
            Self::JaNee => Ok(read::<bool>(ruw, ja_nee).boolean()),
        }
    }

    /// A column of `rijen` NULLs.
    pub(crate) fn empty(&self, rijen: usize) -> ArrayRef {
        match self {
            Self::RuwId | Self::Pseudoniem | Self::Tekst(_) => {
                new_null_array(&DataType::Utf8, rijen)
            }
            Self::Geheel => new_null_array(&DataType::Int32, rijen),
            Self::Decimaal => new_null_array(&DataType::Decimal128(12, 2), rijen),
            Self::Datum => new_null_array(&DataType::Date32, rijen),
            Self::Code(_, teksten) => {
                let keys = PrimitiveArray::<UInt8Type>::new_null(rijen);
                Arc::new(DictionaryArray::new(keys, Arc::clone(teksten)))
            }
            Self::Gemeente(_, teksten) => {
                let keys = PrimitiveArray::<UInt16Type>::new_null(rijen);
                Arc::new(DictionaryArray::new(keys, Arc::clone(teksten)))
            }
            Self::JaNee => new_null_array(&DataType::Boolean, rijen),
        }
    }
}

fn ja_nee(bytes: &[u8]) -> Option<bool> {
    match bytes {
        b"ja" => Some(true),
        b"nee" => Some(false),
        _ => None,
    }
}

/// 26 characters of lower-case base32, of which the last holds 3 bits only.
fn is_pseudoniem(bytes: &[u8]) -> bool {
    let Ok(tekens) = <&[u8; PSEUDONIEM]>::try_from(bytes) else {
        return false;
    };
    // Without an early exit the loop becomes a few vector instructions.
    let base32 = tekens.iter().fold(true, |goed, b| {
        goed & (b.wrapping_sub(b'a') < 26 || b.wrapping_sub(b'2') < 6)
    });
    base32
        && matches!(
            tekens[PSEUDONIEM - 1],
            b'a' | b'e' | b'i' | b'm' | b'q' | b'u' | b'y' | b'4'
        )
}

/// Number of characters of UTF-8 text.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&b| b & 0xC0 != 0x80).count()
}

/// Values read from text.
struct Gelezen<N> {
    waarden: Vec<N>,
    bekend: Vec<u64>,
    ongeldig: Vec<u64>,
    leeg: usize,
}

/// Reads every text of a column; one pass, 64 rows a word.
fn read<N: Copy + Default>(ruw: &StringArray, lees: impl Fn(&[u8]) -> Option<N>) -> Gelezen<N> {
    let rijen = ruw.len();
    let (offsets, data) = (ruw.value_offsets(), ruw.value_data());
    let gevuld = ruw.nulls().map(|nulls| known_bits(nulls, 0, rijen));
    let words = bits::words(rijen);
    let mut uit = Gelezen {
        waarden: vec![N::default(); rijen],
        bekend: vec![0; words],
        ongeldig: Vec::new(),
        leeg: 0,
    };
    for (word, waarden) in uit.waarden.chunks_mut(64).enumerate() {
        let aanwezig = gevuld.as_ref().map_or(u64::MAX, |g| g[word]);
        let (mut bekend, mut ongeldig) = (0_u64, 0_u64);
        for (bit, (waarde, paar)) in waarden
            .iter_mut()
            .zip(offsets[word * 64..].windows(2))
            .enumerate()
        {
            let tekst = &data[paar[0] as usize..paar[1] as usize];
            if aanwezig >> bit & 1 == 0 || tekst.is_empty() {
                uit.leeg += 1;
            } else if let Some(gelezen) = lees(tekst) {
                *waarde = gelezen;
                bekend |= 1 << bit;
            } else {
                ongeldig |= 1 << bit;
            }
        }
        uit.bekend[word] = bekend;
        if ongeldig != 0 {
            uit.ongeldig.resize(words, 0);
            uit.ongeldig[word] = ongeldig;
        }
    }
    uit
}

/// Reads every key of a column by its text, which is read once.
fn read_keys<N: Copy + Default>(
    keys: &UInt16Array,
    texts: &StringArray,
    lees: impl Fn(&[u8]) -> Option<N>,
) -> Gelezen<N> {
    let values: Vec<Option<N>> = texts
        .iter()
        .map(|text| lees(text.unwrap_or_default().as_bytes()))
        .collect();
    let is_empty: Vec<bool> = texts
        .iter()
        .map(|text| text.is_none_or(str::is_empty))
        .collect();
    let rijen = keys.len();
    let gevuld = keys.nulls().map(|nulls| known_bits(nulls, 0, rijen));
    let words = bits::words(rijen);
    let mut uit = Gelezen {
        waarden: vec![N::default(); rijen],
        bekend: vec![0; words],
        ongeldig: Vec::new(),
        leeg: 0,
    };
    let per_word = uit.waarden.chunks_mut(64).zip(keys.values().chunks(64));
    for (word, (waarden, keys)) in per_word.enumerate() {
        let aanwezig = gevuld.as_ref().map_or(u64::MAX, |g| g[word]);
        let (mut bekend, mut ongeldig) = (0_u64, 0_u64);
        for (bit, (waarde, key)) in waarden.iter_mut().zip(keys).enumerate() {
            let key = usize::from(*key);
            if aanwezig >> bit & 1 == 0 || is_empty[key] {
                uit.leeg += 1;
            } else if let Some(gelezen) = values[key] {
                *waarde = gelezen;
                bekend |= 1 << bit;
            } else {
                ongeldig |= 1 << bit;
            }
        }
        uit.bekend[word] = bekend;
        if ongeldig != 0 {
            uit.ongeldig.resize(words, 0);
            uit.ongeldig[word] = ongeldig;
        }
    }
    uit
}

impl<N> Gelezen<N> {
    fn nulls(bekend: Vec<u64>, rijen: usize) -> Option<NullBuffer> {
        let nulls = NullBuffer::new(BooleanBuffer::new(Buffer::from_vec(bekend), 0, rijen));
        (nulls.null_count() > 0).then_some(nulls)
    }

    fn finish(array: ArrayRef, ongeldig: Vec<u64>, leeg: usize) -> Getypt {
        Getypt {
            array,
            ongeldig: (!ongeldig.is_empty()).then_some(ongeldig),
            leeg,
        }
    }
}

impl<N: arrow_buffer::ArrowNativeType> Gelezen<N> {
    fn primitive<T: ArrowPrimitiveType<Native = N>>(
        self,
        naar: impl Fn(PrimitiveArray<T>) -> PrimitiveArray<T>,
    ) -> Getypt {
        let nulls = Self::nulls(self.bekend, self.waarden.len());
        let array = naar(PrimitiveArray::new(ScalarBuffer::from(self.waarden), nulls));
        Self::finish(Arc::new(array), self.ongeldig, self.leeg)
    }

    fn dictionary<T: arrow_array::types::ArrowDictionaryKeyType<Native = N>>(
        self,
        teksten: &ArrayRef,
    ) -> Result<Getypt, ArrowError> {
        let nulls = Self::nulls(self.bekend, self.waarden.len());
        let keys = PrimitiveArray::<T>::new(ScalarBuffer::from(self.waarden), nulls);
        let array = DictionaryArray::try_new(keys, Arc::clone(teksten))?;
        Ok(Self::finish(Arc::new(array), self.ongeldig, self.leeg))
    }
}

impl Gelezen<bool> {
    fn boolean(self) -> Getypt {
        let rijen = self.waarden.len();
        let nulls = Self::nulls(self.bekend, rijen);
        Self::finish(
            Arc::new(BooleanArray::new(BooleanBuffer::from(self.waarden), nulls)),
            self.ongeldig,
            self.leeg,
        )
    }
}

/// A text column keeps its bytes; only the NULLs may grow.
fn text_column(ruw: &StringArray, past: impl Fn(&[u8]) -> bool) -> Result<Getypt, ArrowError> {
    let gelezen = read::<()>(ruw, |bytes| past(bytes).then_some(()));
    let array: ArrayRef = if gelezen.ongeldig.is_empty() && gelezen.leeg == ruw.null_count() {
        Arc::new(ruw.clone())
    } else {
        let nulls = Gelezen::<()>::nulls(gelezen.bekend, ruw.len());
        Arc::new(StringArray::try_new(
            ruw.offsets().clone(),
            ruw.values().clone(),
            nulls,
        )?)
    };
    Ok(Gelezen::<()>::finish(array, gelezen.ongeldig, gelezen.leeg))
}

/// The rows of a column without text.
pub(crate) fn empty_rows(ruw: TextColumn<'_>) -> Vec<u64> {
    let ruw = match ruw {
        TextColumn::Plain(ruw) => ruw,
        TextColumn::Keyed(keys, _) => {
            return bits::mask(keys.len(), |row| ruw.value(row).is_empty());
        }
    };
    let gevuld = ruw.nulls().map_or_else(
        || bits::ones(ruw.len()),
        |nulls| known_bits(nulls, 0, ruw.len()),
    );
    let offsets = ruw.value_offsets();
    let leeg = bits::mask(ruw.len(), |i| offsets[i] == offsets[i + 1]);
    bits::or(leeg, &bits::and_not(bits::ones(ruw.len()), &gevuld))
}
