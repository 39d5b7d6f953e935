//! One table under way.
//!
//! Owns the journey of a block of raw rows: sift out what is no data, convert column by column, look at the columns that
//! become nothing for BSNs, and put a batch together. Leaves one column to `column`, the order of tables to `reader`.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{DataType, Field, Schema};
use rows::bsn::Kolomproef;
use schema::onberekend::{self, ONBEREKEND};
use schema::{Plaats, Veldtype};
use sheets::Block;

use crate::convert::ages::ages;
use crate::plan::Taak;
use crate::provenance::{Boek, Stuk};
use crate::row_filter::{Overslag, sift};

/// A task with what was met while it was read.
pub(crate) struct Bezig {
    pub(crate) taak: Taak,
    pub(crate) overslag: Overslag,
    sleutels: Vec<usize>,
    tekstkolommen: Vec<usize>,
    /// Per unused column.
    proeven: Vec<Kolomproef>,
    schema: Arc<Schema>,
    pub(crate) blok: Block,
    /// Rows in the batch so far.
    pub(crate) rijen: usize,
}

impl Bezig {
    /// Begins on a task: its rows follow those of the table before it.
    pub(crate) fn new(taak: Taak, boek: &mut Boek) -> Self {
        let begin = boek.rijen(&taak.tabel.naam);
        let mut stuk = Stuk::new(taak.bestand.clone(), taak.blad.clone(), begin);
        stuk.heeft_cellen = taak.heeft_cellen;
        let kolommen = taak
            .kolommen
            .iter()
            .chain(taak.leeftijden.iter().map(|(k, _)| k));
        stuk.kolommen = kolommen
            .map(|k| (k.veld.clone(), (k.kop.clone(), k.bron)))
            .collect();
        boek.tabellen
            .entry(taak.tabel.naam.clone())
            .or_default()
            .push(stuk);
        let kolom_van = |veld: &String| {
            taak.kolommen
                .iter()
                .find(|k| k.veld == *veld)
                .map(|k| k.bron)
        };
        let getal = |veld: &str| {
            taak.tabel
                .veld(veld)
                .is_some_and(|v| matches!(v.veldtype, Veldtype::Geheel | Veldtype::Decimaal))
        };
        let aanwezig = |veld: &&schema::Veld| {
            let veld = &veld.naam;
            taak.vast.contains_key(veld)
                || taak.kolommen.iter().any(|k| k.veld == *veld)
                || taak.leeftijden.iter().any(|(k, _)| k.veld == *veld)
        };
        let velden: Vec<Field> = taak
            .tabel
            .velden
            .iter()
            .filter(aanwezig)
            .map(|v| {
                let column = taak.kolommen.iter().find(|k| k.veld == v.naam);
                let data_type = column.map_or(DataType::Utf8, |k| k.data_type());
                Field::new(&v.naam, data_type, true)
            })
            .collect();
        Self {
            sleutels: taak.tabel.sleutel.iter().filter_map(kolom_van).collect(),
            tekstkolommen: taak
                .kolommen
                .iter()
                .filter(|k| !getal(&k.veld))
                .map(|k| k.bron)
                .collect(),
            proeven: taak
                .ongebruikt
                .iter()
                .map(|_| Kolomproef::default())
                .collect(),
            overslag: Overslag::default(),
            schema: Arc::new(Schema::new(velden)),
            blok: Block::default(),
            rijen: 0,
            taak,
        }
    }

    /// Sifts out what is no data in the block that was read, and converts the rest.
    pub(crate) fn take_in(&mut self) {
        sift(
            &mut self.blok,
            &self.taak.koppen,
            &self.sleutels,
            &self.tekstkolommen,
            &mut self.overslag,
        );
        self.convert();
    }

    /// Whether a BSN was seen, surely enough to stop.
    pub(crate) fn is_surely_suspect(&self) -> bool {
        let columns = &self.taak.kolommen;
        self.proeven
            .iter()
            .chain(columns.iter().map(|k| &k.proef))
            .any(Kolomproef::zeker_verdacht)
            || columns.iter().any(|k| k.bsn_rij.is_some())
    }

    fn convert(&mut self) {
        let Self {
            taak,
            blok,
            proeven,
            ..
        } = self;
        taak.kolommen
            .iter_mut()
            .for_each(|kolom| kolom.convert(blok));
        taak.leeftijden
            .iter_mut()
            .for_each(|(kolom, _)| kolom.convert(blok));
        for (nummer, proef) in taak.ongebruikt.iter().zip(proeven) {
            blok.kolom(*nummer)
                .for_each(|cel| proef.zie_ook_in_tekst(cel));
        }
        self.rijen += blok.len();
    }

    /// The batch as it is now; a new one begins.
    pub(crate) fn batch(&mut self) -> RecordBatch {
        let rijen = std::mem::take(&mut self.rijen);
        let mut schema = self.schema.clone();
        let mut per_veld: HashMap<String, ArrayRef> =
            HashMap::with_capacity(self.schema.fields().len());
        for kolom in &mut self.taak.kolommen {
            per_veld.insert(kolom.veld.clone(), kolom.flush());
        }
        for (kolom, op) in &mut self.taak.leeftijden {
            let dag: Option<&StringArray> = per_veld
                .get(op.as_str())
                .and_then(|k| k.as_string_opt::<i32>());
            let op_verplicht = self.taak.tabel.veld(op).is_some_and(|veld| veld.verplicht);
            let (leeftijd, zonder) = ages(&kolom.flush_texts(), dag, op_verplicht);
            per_veld.insert(kolom.veld.clone(), Arc::new(leeftijd));
            if !zonder.is_empty() {
                schema = with_note(&schema, &kolom.veld, onberekend::write(&zonder));
            }
        }
        for (veld, waarde) in &self.taak.vast {
            let gelijk: StringArray = std::iter::repeat_n(Some(waarde.as_str()), rijen).collect();
            per_veld
                .entry(veld.clone())
                .or_insert_with(|| Arc::new(gelijk));
        }
        let kolommen = schema
            .fields()
            .iter()
            .map(|f| per_veld[f.name()].clone())
            .collect();
        // A koppeling may place no column at all: its rows are rows nevertheless.
        let opties = RecordBatchOptions::new().with_row_count(Some(rijen));
        RecordBatch::try_new_with_options(schema, kolommen, &opties)
            .expect("every field has one value per row of the batch")
    }

    /// Columns that are BSNs by now: where, which field, in words.
    pub(crate) fn suspects(&self) -> Vec<(Plaats, String, String)> {
        let plaats = |kop: &str, rij: Option<u64>| Plaats {
            bestand: Some(self.taak.bestand.clone()),
            blad: self.taak.blad.clone(),
            rij,
            kolom: Some(kop.to_owned()),
            cel: None,
        };
        let mut uit = Vec::new();
        for kolom in &self.taak.kolommen {
            if kolom.proef.verdacht() || kolom.bsn_rij.is_some() {
                uit.push((
                    plaats(&kolom.kop, kolom.bsn_rij),
                    kolom.veld.clone(),
                    format!("de kolom '{}'", kolom.kop),
                ));
            }
        }
        for (nummer, proef) in self.taak.ongebruikt.iter().zip(&self.proeven) {
            if proef.verdacht() {
                let kop = &self.taak.koppen[*nummer];
                uit.push((
                    plaats(kop, None),
                    String::new(),
                    format!("de kolom '{kop}'"),
                ));
            }
        }
        uit
    }
}

/// The schema with a note at one field about the rows that were not derived.
fn with_note(schema: &Schema, naam: &str, notitie: String) -> Arc<Schema> {
    let met = |veld: &Arc<Field>| match veld.name() == naam {
        true => Arc::new(
            veld.as_ref()
                .clone()
                .with_metadata([(ONBEREKEND.to_owned(), notitie.clone())].into()),
        ),
        false => veld.clone(),
    };
    Arc::new(Schema::new(
        schema.fields().iter().map(met).collect::<Vec<_>>(),
    ))
}
