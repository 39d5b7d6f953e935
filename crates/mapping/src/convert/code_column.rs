//! A column of codes, or of true and false, as keys: each distinct text once, a number per row.
//!
//! Owns the dictionary of a batch: the codes that are known beforehand, and behind them whatever else stands there, for
//! `check` to name. A code that is known costs two bytes a row and no copy. Leaves which texts are codes to its caller.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, StringBuilder, UInt16Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::UInt16Type;
use arrow_array::{Array, ArrayRef, DictionaryArray, StringArray};
use arrow_schema::DataType;

/// The values of a column in the making.
pub(crate) trait Values {
    /// Nothing stands there.
    fn null(&mut self);
    /// This text stands there.
    fn text(&mut self, text: &str);

    /// This text, which is the known code with this key where there is one; or nothing.
    fn outcome(&mut self, text: Option<&str>, _key: Option<u16>) {
        match text {
            Some(text) => self.text(text),
            None => self.null(),
        }
    }
}

impl Values for StringBuilder {
    #[inline]
    fn null(&mut self) {
        self.append_null();
    }

    #[inline]
    fn text(&mut self, text: &str) {
        self.append_value(text);
    }
}

/// A coded column in the making.
pub(crate) struct Keyed {
    keys: UInt16Builder,
    known: Arc<StringArray>,
    /// Other texts of this batch, with their keys: after those of the known ones.
    others: Vec<Box<str>>,
    per_text: HashMap<Box<str>, u16>,
}

impl Keyed {
    /// A column of these codes; their keys are their places among them.
    pub(crate) fn new<'a>(known: impl Iterator<Item = &'a str>) -> Self {
        Self {
            keys: UInt16Builder::new(),
            known: Arc::new(StringArray::from_iter_values(known.collect::<Vec<_>>())),
            others: Vec::new(),
            per_text: HashMap::new(),
        }
    }

    /// The type of the column.
    pub(crate) fn data_type() -> DataType {
        DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8))
    }

    /// A code by its place among the known ones.
    #[inline]
    pub(crate) fn key(&mut self, key: u16) {
        self.keys.append_value(key);
    }

    /// The batch so far; a new one begins, with as much room.
    pub(crate) fn finish(&mut self) -> DictionaryArray<UInt16Type> {
        let room = UInt16Builder::with_capacity(self.keys.len() + 64);
        let keys = std::mem::replace(&mut self.keys, room).finish();
        let values: ArrayRef = if self.others.is_empty() {
            self.known.clone()
        } else {
            let known = self.known.iter().flatten();
            let others = self.others.iter().map(AsRef::as_ref);
            Arc::new(StringArray::from_iter_values(
                known.chain(others).collect::<Vec<_>>(),
            ))
        };
        self.others.clear();
        self.per_text.clear();
        DictionaryArray::new(keys, values)
    }
}

impl Values for Keyed {
    #[inline]
    fn null(&mut self) {
        self.keys.append_null();
    }

    fn outcome(&mut self, text: Option<&str>, key: Option<u16>) {
        match (text, key) {
            (_, Some(key)) => self.key(key),
            (Some(text), None) => self.text(text),
            (None, None) => self.null(),
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(key) = self.per_text.get(text) {
            self.keys.append_value(*key);
            return;
        }
        let key = u16::try_from(self.known.len() + self.others.len())
            .expect("a batch has fewer rows than keys, and code lists are short");
        self.others.push(text.into());
        self.per_text.insert(text.into(), key);
        self.keys.append_value(key);
    }
}

/// The texts of a column, whichever way they are kept.
pub(crate) enum Texts<'a> {
    Plain(&'a StringArray),
    Keyed(&'a DictionaryArray<UInt16Type>, &'a StringArray),
}

impl<'a> Texts<'a> {
    /// The texts of a column that was made here.
    pub(crate) fn of(column: &'a ArrayRef) -> Option<Self> {
        if let Some(plain) = column.as_string_opt::<i32>() {
            return Some(Self::Plain(plain));
        }
        let keyed = column.as_dictionary_opt::<UInt16Type>()?;
        Some(Self::Keyed(keyed, keyed.values().as_string_opt::<i32>()?))
    }

    /// What stands in a row.
    pub(crate) fn get(&self, row: usize) -> Option<&'a str> {
        match self {
            Self::Plain(texts) => texts.is_valid(row).then(|| texts.value(row)),
            Self::Keyed(keyed, texts) => keyed.key(row).map(|key| texts.value(key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_its_text_back() {
        let mut keyed = Keyed::new(["a", "b"].into_iter());
        for _ in 0..2 {
            keyed.key(1);
            keyed.null();
            keyed.text("other");
            keyed.outcome(Some("second"), None);
            keyed.text("other");
            keyed.outcome(Some("a"), Some(0));
            let column: ArrayRef = Arc::new(keyed.finish());
            let texts = Texts::of(&column).unwrap();
            let rows: Vec<_> = (0..column.len()).map(|row| texts.get(row)).collect();
            assert_eq!(
                rows,
                [
                    Some("b"),
                    None,
                    Some("other"),
                    Some("second"),
                    Some("other"),
                    Some("a")
                ]
            );
        }
        assert_eq!(keyed.finish().len(), 0);
    }
}
