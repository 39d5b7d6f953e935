//! A table of stock counted from another table, where the aanbieder has no count of its own.
//!
//! Owns the counting, by the definition's own rule of kind `stand`: which dates let a row in and out of the stock,
//! and by which fields it is grouped. Counts on the quarter ends of the reporting year. A group with a value that the
//! field does not know is left out: `check` tells of it in the table where it stands, and counts it no more than this.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use chrono::NaiveDate;
use schema::bevinding::AFGELEID;
use schema::definitie::Soort;
use schema::{Definitie, Gebieden, Veldtype};

use crate::convert::keyed::Texts;
use crate::dates::is_canonical;

/// Field for the longest time in stock, where the table has it.
const LANGSTE: &str = "langste_wachttijd_dagen";

/// Counts the stock while its source goes by.
pub(crate) struct Stand {
    pub(crate) tabel: String,
    /// The table that is counted.
    pub(crate) bron: String,
    aantal: String,
    peildatum: String,
    groep: Vec<String>,
    /// What may stand in each field of the group.
    mag: Vec<Mag>,
    in_op: String,
    uit_op: Vec<String>,
    heeft_langste: bool,
    peildata: [String; 4],
    /// Per peildatum and group: how many, and since when the one that waits longest.
    tellingen: [BTreeMap<String, (u64, String)>; 4],
}

/// What may stand in a field.
enum Mag {
    Codes(Vec<String>),
    Gemeente(i32),
    Tekst(usize),
    Alles,
}

impl Mag {
    fn new(definitie: &Definitie, veldtype: &Veldtype) -> Self {
        match veldtype {
            Veldtype::Code { lijst } => Self::Codes(
                definitie.codelijsten[lijst]
                    .codes
                    .iter()
                    .map(|c| c.code.clone())
                    .collect(),
            ),
            Veldtype::Gemeente => Self::Gemeente(definitie.jaar),
            Veldtype::Tekst { lengte } => Self::Tekst(*lengte),
            _ => Self::Alles,
        }
    }

    fn be(&self, waarde: &str) -> bool {
        match self {
            Self::Codes(codes) => codes.iter().any(|c| c == waarde),
            Self::Gemeente(jaar) => Gebieden::get().gemeente(*jaar, waarde).is_some(),
            Self::Tekst(lengte) => waarde.chars().count() <= *lengte,
            Self::Alles => true,
        }
    }
}

/// Between the values of a group, as one text: counting a row then needs no room of its own.
const TUSSEN: char = '\u{1f}';

impl Stand {
    /// The first stock the definition asks for, if any.
    pub(crate) fn new(definitie: &Definitie) -> Option<Self> {
        definitie.regels.iter().find_map(|regel| {
            let Soort::Stand {
                aantal,
                peildatum,
                groep,
                bron,
                in_op,
                uit_op,
            } = &regel.soort
            else {
                return None;
            };
            let tabel = definitie.tabel(regel.tabel.as_ref()?)?;
            Some(Self {
                tabel: tabel.naam.clone(),
                bron: bron.clone(),
                aantal: aantal.clone(),
                peildatum: peildatum.clone(),
                groep: groep.clone(),
                mag: groep
                    .iter()
                    .map(|veld| {
                        tabel
                            .veld(veld)
                            .map_or(Mag::Alles, |v| Mag::new(definitie, &v.veldtype))
                    })
                    .collect(),
                in_op: in_op.clone(),
                uit_op: uit_op.clone(),
                heeft_langste: tabel.veld(LANGSTE).is_some(),
                peildata: ["03-31", "06-30", "09-30", "12-31"]
                    .map(|dag| format!("{}-{dag}", definitie.jaar)),
                tellingen: Default::default(),
            })
        })
    }

    /// Counts the rows of a batch of the source. ISO dates compare as text.
    pub(crate) fn tel(&mut self, batch: &RecordBatch) {
        let kolom = |naam: &String| {
            batch
                .column_by_name(naam)
                .and_then(|k| k.as_string_opt::<i32>())
        };
        let texts = |naam: &String| batch.column_by_name(naam).and_then(Texts::of);
        let Some(in_op) = kolom(&self.in_op) else {
            return;
        };
        let uit_op: Vec<&StringArray> = self.uit_op.iter().filter_map(kolom).collect();
        let groep: Vec<Option<Texts<'_>>> = self.groep.iter().map(texts).collect();
        let mut sleutel = String::new();
        for rij in 0..batch.num_rows() {
            if in_op.is_null(rij) || !is_canonical(in_op.value(rij)) {
                continue;
            }
            let sinds = in_op.value(rij);
            // A date that can't be read says nothing about that day: such a row is not counted.
            let uit = uit_op
                .iter()
                .filter(|k| !k.is_null(rij))
                .map(|k| k.value(rij));
            let Some(tot) = uit
                .map(|d| is_canonical(d).then_some(d))
                .try_fold("9999", |eerste, d| d.map(|d| eerste.min(d)))
            else {
                continue;
            };
            sleutel.clear();
            let mut whole = true;
            for kolom in &groep {
                let value = kolom.as_ref().and_then(|k| k.get(rij));
                whole &= value.is_some();
                sleutel.push_str(value.unwrap_or_default());
                sleutel.push(TUSSEN);
            }
            if !whole {
                continue;
            }
            for (peildatum, telling) in self.peildata.iter().zip(&mut self.tellingen) {
                if sinds > peildatum.as_str() || tot <= peildatum.as_str() {
                    continue;
                }
                match telling.get_mut(sleutel.as_str()) {
                    None => {
                        telling.insert(sleutel.clone(), (1, sinds.to_owned()));
                    }
                    Some((aantal, langst)) => {
                        *aantal += 1;
                        if sinds < langst.as_str() {
                            sinds.clone_into(langst);
                        }
                    }
                }
            }
        }
    }

    /// The table that was counted; it may have no rows.
    pub(crate) fn batch(&self) -> RecordBatch {
        let per_dag = self.peildata.iter().zip(&self.tellingen);
        let alle = per_dag.flat_map(|(dag, telling)| {
            telling
                .iter()
                .map(move |(groep, stand)| (dag.as_str(), groep.as_str(), stand))
        });
        let bekend = |groep: &str| {
            groep
                .split(TUSSEN)
                .zip(&self.mag)
                .all(|(waarde, mag)| mag.be(waarde))
        };
        let geteld: Vec<_> = alle.filter(|(_, groep, _)| bekend(groep)).collect();
        let rijen = || geteld.iter().copied();
        let mut kolommen: Vec<(&str, StringArray)> = vec![(
            &self.peildatum,
            rijen().map(|(dag, _, _)| Some(dag)).collect(),
        )];
        for (nummer, veld) in self.groep.iter().enumerate() {
            kolommen.push((
                veld,
                rijen()
                    .map(|(_, groep, _)| groep.split(TUSSEN).nth(nummer))
                    .collect(),
            ));
        }
        kolommen.push((
            &self.aantal,
            rijen()
                .map(|(_, _, (aantal, _))| Some(aantal.to_string()))
                .collect(),
        ));
        if self.heeft_langste {
            kolommen.push((
                LANGSTE,
                rijen()
                    .map(|(dag, _, (_, sinds))| days_between(sinds, dag))
                    .collect(),
            ));
        }
        let velden: Vec<Field> = kolommen
            .iter()
            .map(|(naam, _)| Field::new(*naam, DataType::Utf8, true))
            .collect();
        let inhoud: Vec<ArrayRef> = kolommen
            .into_iter()
            .map(|(_, k)| Arc::new(k) as ArrayRef)
            .collect();
        let geteld = [(AFGELEID.to_owned(), self.bron.clone())].into();
        RecordBatch::try_new(Arc::new(Schema::new_with_metadata(velden, geteld)), inhoud)
            .expect("every column has one value per count")
    }
}

fn days_between(van: &str, tot: &str) -> Option<String> {
    let dag = |tekst: &str| tekst.parse::<NaiveDate>().ok();
    Some((dag(tot)? - dag(van)?).num_days().to_string())
}
