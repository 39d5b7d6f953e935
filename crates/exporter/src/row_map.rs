//! Where every row of a pakket stands in the aanbieder's own files, and under which own number.
//!
//! Owns the file with that, `<map>.plaatsen.json` beside the folder of the pakket: it never travels, only its owner can
//! read it, and what the service found is led back by it to the own cells. Runs of rows with the same columns take one
//! entry. Leaves where rows stand to `mapping`, telling it to the commands.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use check::TextColumn;
use schema::{Bevinding, Definitie, Oordeel, Origin, Place, Tabel};
use serde::{Deserialize, Serialize};

use crate::atomic_file::{folder_of, rename};
use crate::error::Failure;
use crate::wording;

/// Rows before the first one in the CSV of a pakket: its header, and numbering from 1.
const ABOVE: u64 = 2;

/// The rows of one pakket.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RowMap {
    /// Hash of `pakket.json`: of which pakket it is.
    #[serde(rename = "pakket")]
    manifest: String,
    #[serde(rename = "tabellen")]
    tables: BTreeMap<String, MappedTabel>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MappedTabel {
    /// The own number of each row, where the table has one.
    #[serde(rename = "nummers", default, skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<String>,
    #[serde(rename = "stukken")]
    runs: Vec<RowRun>,
}

/// Rows one under another, in the same columns.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowRun {
    /// First row of the table, from 0.
    #[serde(rename = "vanaf")]
    begin: u64,
    /// How many.
    #[serde(rename = "aantal")]
    rows: u64,
    #[serde(rename = "bestand")]
    file: Option<String>,
    #[serde(rename = "blad")]
    sheet: Option<String>,
    /// The first of them in the own file.
    #[serde(rename = "rij")]
    row: Option<u64>,
    /// By field.
    #[serde(rename = "kolommen")]
    columns: BTreeMap<String, OwnColumn>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnColumn {
    /// Its header.
    #[serde(rename = "kop")]
    header: Option<String>,
    /// A cell of it without the number of its row, as in `Trajecten!F`; `None` where there are no cells.
    #[serde(rename = "letters")]
    letters: Option<String>,
}

impl RowMap {
    /// The own numbers in a batch as it was read, before pseudonyms: those in this field.
    pub(crate) fn add_numbers(&mut self, tabel: &Tabel, veld: &str, batch: &RecordBatch) {
        let column = batch.column_by_name(veld).and_then(TextColumn::of);
        if let Some(column) = column {
            let rows = (0..batch.num_rows()).map(|row| column.value(row).to_owned());
            let mapped = self.tables.entry(tabel.naam.clone()).or_default();
            mapped.numbers.extend(rows);
        }
    }

    /// The places of the rows that were read.
    pub(crate) fn add_places(
        &mut self,
        definitie: &Definitie,
        rows: &BTreeMap<String, u64>,
        origin: &dyn Origin,
    ) {
        for tabel in &definitie.tabellen {
            let count = rows.get(&tabel.naam).copied().unwrap_or(0);
            if count == 0 {
                continue;
            }
            let mapped = self.tables.entry(tabel.naam.clone()).or_default();
            for row in 0..count {
                mapped.add(row, tabel, origin);
            }
        }
    }

    /// Keeps it beside the pakket that stands at `dir`.
    pub(crate) fn keep(mut self, dir: &Path, manifest: &[u8]) -> Result<(), Failure> {
        self.manifest = schema::hash::sha256(manifest);
        let path = place(dir);
        let failure = |e: &io::Error| Failure::file(wording::files::ROW_MAP_NOT_KEPT, &path, e);
        let work = path.with_extension("json.nieuw");
        let _ = fs::remove_file(&work);
        let write = || {
            let mut file = ::pakket::private_file::create(&work)?;
            file.write_all(&serde_json::to_vec(&self)?)?;
            file.sync_all()?;
            rename(&work, &path)
        };
        write().map_err(|e| failure(&e))
    }

    /// That of the pakket at `dir`, where it is there and belongs to it.
    pub(crate) fn read(dir: &Path, manifest: &[u8]) -> Option<Self> {
        let bytes = fs::read(place(dir)).ok()?;
        let map: Self = serde_json::from_slice(&bytes).ok()?;
        (map.manifest == schema::hash::sha256(manifest)).then_some(map)
    }

    /// The own number of the row that a finding in the pakket is about.
    fn number(&self, bevinding: &Bevinding) -> Option<&str> {
        let row = bevinding.plaats.rij?.checked_sub(ABOVE)?;
        let numbers = &self.tables.get(&bevinding.tabel)?.numbers;
        numbers.get(usize::try_from(row).ok()?).map(String::as_str)
    }

    /// Leads every finding in the pakket back to its cell in the own file; what is not in the map stays as it is.
    pub(crate) fn lead_back(&self, oordeel: &mut Oordeel) {
        let causes = oordeel.oorzaken.iter_mut().map(|cause| &mut cause.eerste);
        for bevinding in oordeel.bevindingen.iter_mut().chain(causes) {
            if let Some(place) = self.own_place(bevinding) {
                bevinding.plaats = place;
            }
        }
    }

    fn own_place(&self, bevinding: &Bevinding) -> Option<Place> {
        let row = bevinding.plaats.rij?.checked_sub(ABOVE)?;
        let runs = &self.tables.get(&bevinding.tabel)?.runs;
        let at = runs
            .partition_point(|run| run.begin <= row)
            .checked_sub(1)?;
        let run = runs.get(at).filter(|run| row < run.begin + run.rows)?;
        let own_row = run.row.map(|first| first + (row - run.begin));
        let column = run.columns.get(&bevinding.veld);
        let letters = column.and_then(|column| column.letters.as_ref());
        Some(Place {
            bestand: run.file.clone(),
            blad: run.sheet.clone(),
            rij: own_row,
            kolom: column
                .and_then(|column| column.header.clone())
                .or_else(|| bevinding.plaats.kolom.clone()),
            cel: letters
                .zip(own_row)
                .map(|(letters, row)| format!("{letters}{row}")),
            nummer: self.number(bevinding).map(str::to_owned),
        })
    }
}

impl MappedTabel {
    fn add(&mut self, row: u64, tabel: &Tabel, origin: &dyn Origin) {
        let whole = origin.place(&tabel.naam, Some(row), None);
        let columns: BTreeMap<String, OwnColumn> = tabel
            .velden
            .iter()
            .map(|veld| {
                let place = origin.place(&tabel.naam, Some(row), Some(&veld.naam));
                let without_row = |cell: String| {
                    let letters = cell.trim_end_matches(|c: char| c.is_ascii_digit());
                    letters.to_owned()
                };
                let column = OwnColumn {
                    header: place.kolom,
                    letters: place.cel.map(without_row),
                };
                (veld.naam.clone(), column)
            })
            .collect();
        if let Some(last) = self.runs.last_mut()
            && last.row.map(|first| first + last.rows) == whole.rij
            && (&last.file, &last.sheet) == (&whole.bestand, &whole.blad)
            && last.columns == columns
        {
            last.rows += 1;
            return;
        }
        self.runs.push(RowRun {
            begin: row,
            rows: 1,
            file: whole.bestand,
            sheet: whole.blad,
            row: whole.rij,
            columns,
        });
    }
}

/// Where the map of the pakket at `dir` stands: beside it, not in it, for it never travels.
pub(crate) fn place(dir: &Path) -> PathBuf {
    let name = dir.file_name().map_or_else(
        || "pakket".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    );
    folder_of(dir).join(format!("{name}.plaatsen.json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use schema::Ernst;

    /// Two children beside each other in one row of the own file, then one in the next.
    struct Family;

    impl Origin for Family {
        fn place(&self, _: &str, row: Option<u64>, veld: Option<&str>) -> Place {
            let (own_row, column) = match row {
                Some(0) => (5, "B"),
                Some(1) => (5, "F"),
                _ => (6, "B"),
            };
            Place {
                bestand: Some("gezinnen.xlsx".to_owned()),
                blad: Some("Blad 1".to_owned()),
                rij: row.map(|_| own_row),
                kolom: veld.map(|veld| format!("Kind {veld}")),
                cel: veld.map(|_| format!("Blad 1!{column}{own_row}")),
                nummer: None,
            }
        }
    }

    fn found(row: u64) -> Bevinding {
        Bevinding {
            code: "X".to_owned(),
            ernst: Ernst::Signaal,
            tabel: "traject".to_owned(),
            veld: "kader".to_owned(),
            plaats: Place {
                bestand: Some("traject.csv".to_owned()),
                rij: Some(row),
                ..Place::default()
            },
            gevonden: None,
            bericht: String::new(),
            verwacht: String::new(),
            herstel: String::new(),
        }
    }

    #[test]
    fn a_row_of_the_pakket_leads_back_to_its_own_cell() {
        let definitie = Definitie::load("omgang/2020").unwrap();
        let mut map = RowMap::default();
        map.add_places(&definitie, &[("traject".to_owned(), 3)].into(), &Family);
        let numbers = ["K1", "K2", "K3"].map(str::to_owned).to_vec();
        map.tables.get_mut("traject").unwrap().numbers = numbers;
        let dir = tempfile::tempdir().unwrap();
        let pakket = dir.path().join("pakket");
        map.keep(&pakket, b"manifest").unwrap();
        assert!(RowMap::read(&pakket, b"another manifest").is_none());
        let map = RowMap::read(&pakket, b"manifest").unwrap();
        let cells = [2, 3, 4].map(|row| map.own_place(&found(row)).unwrap().cel.unwrap());
        assert_eq!(cells, ["Blad 1!B5", "Blad 1!F5", "Blad 1!B6"]);
        assert_eq!(map.number(&found(3)), Some("K2"));
        assert_eq!(
            (map.own_place(&found(5)), map.own_place(&found(1))),
            (None, None)
        );
        let path = place(&pakket);
        assert!(::pakket::private_file::is_private(&path).unwrap());
    }
}
