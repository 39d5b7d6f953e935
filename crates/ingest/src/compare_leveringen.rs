//! Two leveringen of one aanbieder beside each other: what is new, what is gone, what changed and in which fields.
//!
//! Owns the counting, in memory that does not grow with the leveringen: large tables are compared in parts, by the hash
//! of their key, and each part reads the files once. Leaves which leveringen are compared, and the words, to
//! `leveringen::preview`.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io::Seek;

use arrow_array::cast::AsArray;
use arrow_array::{Array, RecordBatch, StringArray};
use schema::pakket::PakketFile;
use schema::{Definitie, Tabel};

use crate::stored_levering;

/// Rows that are held at once: with 30 fields some 60 MB.
const PART: u64 = 500_000;

/// A levering that was let in: its definition, and its files with what the pakket says of them.
pub(crate) struct ReadLevering {
    /// By which it was made.
    pub definitie: Definitie,
    /// Label of its pseudonyms.
    pub pseudoniem: String,
    /// Its files.
    pub bestanden: Vec<(PakketFile, std::fs::File)>,
}

/// One table in two leveringen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TabelComparison {
    /// Name of the table.
    pub tabel: String,
    /// Rows before.
    pub was: u64,
    /// Rows now.
    pub becomes: u64,
    /// The rows one by one; `None` where they can't be recognised.
    pub rows: Option<RowComparison>,
}

/// What became of the rows, recognised by their key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RowComparison {
    /// Only now.
    pub new: u64,
    /// Only before.
    pub gone: u64,
    /// In both, but with another value somewhere.
    pub changed: u64,
    /// By name of the field, in the order of the definition: in how many rows it changed. Only those that did.
    pub velden: Vec<(String, u64)>,
}

/// Compares table by table, in the order of the definition of `now`.
///
/// # Errors
/// When a file can't be read any more.
pub(crate) fn compare(
    before: &ReadLevering,
    now: &ReadLevering,
) -> Result<Vec<TabelComparison>, String> {
    let same_key = before.pseudoniem == now.pseudoniem;
    let mut found = Vec::new();
    for tabel in &now.definitie.tabellen {
        let rows = |levering: &ReadLevering| levering.file(&tabel.naam).map_or(0, |(b, _)| b.rijen);
        let (was, becomes) = (rows(before), rows(now));
        if was == 0 && becomes == 0 {
            continue;
        }
        let pseudonyms = |name: &String| {
            tabel
                .veld(name)
                .is_some_and(|v| matches!(v.veldtype, schema::VeldType::Pseudoniem))
        };
        let known = before
            .definitie
            .tabel(&tabel.naam)
            .is_some_and(|then| then.sleutel == tabel.sleutel);
        let recognised = known && (same_key || !tabel.sleutel.iter().any(pseudonyms));
        found.push(TabelComparison {
            tabel: tabel.naam.clone(),
            was,
            becomes,
            rows: if recognised {
                Some(TabelDifference::new(before, now, tabel, same_key).run()?)
            } else {
                None
            },
        });
    }
    Ok(found)
}

impl ReadLevering {
    fn file(&self, tabel: &str) -> Option<&(PakketFile, std::fs::File)> {
        self.bestanden.iter().find(|(b, _)| b.name == tabel)
    }

    /// Every row of a table, a batch at a time, from the start.
    fn read(&self, tabel: &str, mut take: impl FnMut(&RecordBatch)) -> Result<(), String> {
        let Some((pakket_file, file)) = self.file(tabel) else {
            return Ok(());
        };
        let mut file = file.try_clone().map_err(|e| e.to_string())?;
        file.rewind().map_err(|e| e.to_string())?;
        for batch in stored_levering::batches(&self.definitie, pakket_file, file)? {
            take(&batch?.1);
        }
        Ok(())
    }
}

struct TabelDifference<'a> {
    before: &'a ReadLevering,
    now: &'a ReadLevering,
    tabel: &'a Tabel,
    /// Fields that both have and that can be compared, without the key.
    velden: Vec<&'a str>,
    hasher: RandomState,
}

impl<'a> TabelDifference<'a> {
    fn new(
        before: &'a ReadLevering,
        now: &'a ReadLevering,
        tabel: &'a Tabel,
        same_key: bool,
    ) -> Self {
        let then = before.definitie.tabel(&tabel.naam);
        let velden = tabel.velden.iter().filter(|veld| {
            let pseudonym = matches!(veld.veldtype, schema::VeldType::Pseudoniem);
            !tabel.sleutel.contains(&veld.naam)
                && then.is_some_and(|then| then.veld(&veld.naam).is_some())
                && (same_key || !pseudonym)
        });
        Self {
            before,
            now,
            tabel,
            velden: velden.map(|veld| veld.naam.as_str()).collect(),
            hasher: RandomState::new(),
        }
    }

    fn run(&self) -> Result<RowComparison, String> {
        let rows = self
            .before
            .file(&self.tabel.naam)
            .map_or(0, |(b, _)| b.rijen);
        let parts = rows.div_ceil(PART).max(1);
        let mut found = RowComparison::default();
        let mut changed = vec![0_u64; self.velden.len()];
        for part in 0..parts {
            self.compare_part((part, parts), &mut found, &mut changed)?;
        }
        found.velden = (self.velden.iter().zip(changed))
            .filter(|(_, n)| *n > 0)
            .map(|(veld, n)| ((*veld).to_owned(), n))
            .collect();
        Ok(found)
    }

    /// The rows whose key falls in one part.
    fn compare_part(
        &self,
        (part, parts): (u64, u64),
        found: &mut RowComparison,
        changed: &mut [u64],
    ) -> Result<(), String> {
        let mut places: HashMap<u64, usize> = HashMap::new();
        // The hashes of the fields of every row, one row after another.
        let mut values: Vec<u32> = Vec::new();
        self.before.read(&self.tabel.naam, |batch| {
            let columns = Columns::of(batch, &self.tabel.sleutel, &self.velden);
            for row in 0..batch.num_rows() {
                let key = columns.key(row, &self.hasher);
                if key % parts == part {
                    places.insert(key, values.len());
                    values.extend(columns.values(row, &self.hasher));
                }
            }
        })?;
        self.now.read(&self.tabel.naam, |batch| {
            let columns = Columns::of(batch, &self.tabel.sleutel, &self.velden);
            for row in 0..batch.num_rows() {
                let key = columns.key(row, &self.hasher);
                if key % parts != part {
                    continue;
                }
                let Some(place) = places.remove(&key) else {
                    found.new += 1;
                    continue;
                };
                let mut differs = false;
                let then = &values[place..place + self.velden.len()];
                let now = columns.values(row, &self.hasher);
                for ((then, now), count) in then.iter().zip(now).zip(&mut *changed) {
                    if *then != now {
                        differs = true;
                        *count += 1;
                    }
                }
                found.changed += u64::from(differs);
            }
        })?;
        found.gone += places.len() as u64;
        Ok(())
    }
}

/// The columns of a batch that matter, by the order of key and fields; a field that is not there is empty.
struct Columns<'a> {
    key: Vec<Option<&'a StringArray>>,
    velden: Vec<Option<&'a StringArray>>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a RecordBatch, key: &[String], velden: &[&str]) -> Self {
        let column = |name: &str| batch.column_by_name(name).and_then(|c| c.as_string_opt());
        Self {
            key: key.iter().map(|name| column(name)).collect(),
            velden: velden.iter().map(|name| column(name)).collect(),
        }
    }

    fn key(&self, row: usize, hasher: &RandomState) -> u64 {
        let parts: Vec<&str> = self.key.iter().map(|c| cell(*c, row)).collect();
        hasher.hash_one(parts)
    }

    fn values(&self, row: usize, hasher: &RandomState) -> impl Iterator<Item = u32> {
        // Half of the hash: one change in four thousand million is not seen.
        self.velden
            .iter()
            .map(move |c| hasher.hash_one(cell(*c, row)) as u32)
    }
}

fn cell(column: Option<&StringArray>, row: usize) -> &str {
    match column {
        Some(column) if column.is_valid(row) => column.value(row),
        _ => "",
    }
}
