//! From the rows of one SQL statement to sums and counts per day in every gebied and category.
//!
//! Owns adding up: a row of the base cube counts in its gemeente, jeugdregio, provincie, grootteklasse and in
//! Nederland, and there in the total and in its code of each breakdown. Leaves formulas to [`crate::figuren`].
//!
//! A statement says by its columns what it gives: `gemeente` (or `niveau` and `gebied`) is the place, other text is a
//! breakdown, `dagen` and `intrede` are day axes, `kind` numbers what counts once per cell, other numbers are measures.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, DictionaryArray, Int64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type};

use crate::AnalyseFout;
use crate::ligging::Ligging;
use crate::statistiek::Dagtelling;

/// The code lists a breakdown may hold, by column name.
pub type Codelijsten = HashMap<String, Vec<String>>;

/// Sums and counts per day of one statement.
#[derive(Debug)]
pub struct Kubus {
    /// The breakdowns, with their codes.
    dimensies: Vec<Dimensie>,
    /// Names of the measures.
    maten: Vec<String>,
    /// Number of categories: the total and every code of every breakdown.
    categorieen: usize,
    sommen: Vec<i64>,
    reeksen: Vec<Reeksen>,
    /// Rows whose gemeente is in no indeling of the year; they count nowhere.
    pub onplaatsbaar: i64,
}

#[derive(Debug)]
struct Dimensie {
    naam: String,
    codes: Vec<String>,
    /// Category number of its first code.
    van: usize,
}

/// Counts per day of one measure in one cell.
#[derive(Debug, Clone, Default)]
pub struct Reeksen {
    /// Over `dagen`.
    pub dagen: Dagtelling,
    /// Over `intrede`.
    pub intrede: Dagtelling,
}

/// What a column is.
enum Rol {
    Gemeente,
    Niveau,
    Gebied,
    Dagen,
    Intrede,
    Kind,
    Dimensie,
    Maat,
}

fn role(naam: &str, soort: &DataType) -> Rol {
    match naam {
        "gemeente" => Rol::Gemeente,
        "niveau" => Rol::Niveau,
        "gebied" => Rol::Gebied,
        "dagen" => Rol::Dagen,
        "intrede" => Rol::Intrede,
        "kind" => Rol::Kind,
        _ if soort.is_integer() => Rol::Maat,
        _ => Rol::Dimensie,
    }
}

impl Kubus {
    /// Adds up all rows of a statement of `groep`.
    ///
    /// # Errors
    /// When a column holds a code that its list does not have.
    pub fn new(
        groep: &str,
        batches: &[RecordBatch],
        codelijsten: &Codelijsten,
        ligging: &Ligging,
    ) -> Result<Self, AnalyseFout> {
        let mut kubus = Self::empty(groep, batches, codelijsten, ligging)?;
        let mut kinderen = Vec::new();
        for batch in batches {
            kubus.add_batch(groep, batch, ligging, &mut kinderen)?;
        }
        kubus.add_distinct(kinderen);
        for reeks in &mut kubus.reeksen {
            reeks.dagen.merge();
            reeks.intrede.merge();
        }
        Ok(kubus)
    }

    fn empty(
        groep: &str,
        batches: &[RecordBatch],
        codelijsten: &Codelijsten,
        ligging: &Ligging,
    ) -> Result<Self, AnalyseFout> {
        let mut kubus = Self {
            dimensies: Vec::new(),
            maten: Vec::new(),
            categorieen: 1,
            sommen: Vec::new(),
            reeksen: Vec::new(),
            onplaatsbaar: 0,
        };
        let Some(eerste) = batches.first() else {
            return Ok(kubus);
        };
        let mut met_dagen = false;
        for veld in eerste.schema().fields() {
            match role(veld.name(), veld.data_type()) {
                Rol::Maat => kubus.maten.push(veld.name().clone()),
                Rol::Dagen => met_dagen = true,
                Rol::Dimensie => {
                    let codes = codelijsten.get(veld.name()).ok_or_else(|| {
                        AnalyseFout::Pijplijn(
                            groep.to_owned(),
                            format!("column `{}` has no list of codes", veld.name()),
                        )
                    })?;
                    kubus.dimensies.push(Dimensie {
                        naam: veld.name().clone(),
                        codes: codes.clone(),
                        van: kubus.categorieen,
                    });
                    kubus.categorieen += codes.len();
                }
                _ => {}
            }
        }
        let cellen = ligging.gebieden.len() * kubus.categorieen * kubus.maten.len();
        kubus.sommen = vec![0; cellen];
        if met_dagen {
            kubus.reeksen = vec![Reeksen::default(); cellen];
        }
        Ok(kubus)
    }

    fn add_batch(
        &mut self,
        groep: &str,
        batch: &RecordBatch,
        ligging: &Ligging,
        kinderen: &mut Vec<Kindrij>,
    ) -> Result<(), AnalyseFout> {
        let rijen = Rijen::new(groep, self, batch, ligging)?;
        let mut categorieen = Vec::with_capacity(1 + self.dimensies.len());
        for rij in 0..batch.num_rows() {
            categorieen.clear();
            categorieen.push(0);
            categorieen.extend(rijen.dimensies.iter().filter_map(|codes| codes[rij]));
            let Some(plaatsen) = rijen.places(rij, ligging) else {
                self.onplaatsbaar += rijen.maten.first().map_or(0, |maat| maat.value(rij));
                continue;
            };
            let kind = rijen.kind.as_ref().map_or(0, |kind| kind.value(rij));
            for &gebied in plaatsen {
                for &categorie in &categorieen {
                    let cel = (gebied as usize * self.categorieen + categorie) * self.maten.len();
                    if kind > 0 {
                        kinderen.push(Kindrij { kind, cel });
                    } else {
                        self.add_cell(cel, rij, &rijen);
                    }
                }
            }
        }
        Ok(())
    }

    fn add_cell(&mut self, cel: usize, rij: usize, rijen: &Rijen) {
        for (nummer, maat) in rijen.maten.iter().enumerate() {
            let aantal = maat.value(rij);
            if aantal == 0 {
                continue;
            }
            self.sommen[cel + nummer] += aantal;
            if let Some(dagen) = &rijen.dagen {
                let reeks = &mut self.reeksen[cel + nummer];
                reeks.dagen.add(day(dagen.value(rij)), aantal);
                if let Some(intrede) = &rijen.intrede {
                    reeks.intrede.add(day(intrede.value(rij)), aantal);
                }
            }
        }
    }

    /// Each `kind` counts once in a cell, however many rows put it there.
    fn add_distinct(&mut self, mut kinderen: Vec<Kindrij>) {
        kinderen.sort_unstable();
        kinderen.dedup();
        for Kindrij { cel, .. } in kinderen {
            for nummer in 0..self.maten.len() {
                self.sommen[cel + nummer] += 1;
            }
        }
    }

    /// The number of a measure of this name.
    pub fn maat(&self, naam: &str) -> Option<usize> {
        self.maten.iter().position(|m| m == naam)
    }

    /// Names of the measures.
    pub fn maten(&self) -> &[String] {
        &self.maten
    }

    /// Names of the breakdowns.
    pub fn dimensies(&self) -> impl Iterator<Item = &str> {
        self.dimensies.iter().map(|d| d.naam.as_str())
    }

    /// The number of a category; `totaal` is 0.
    pub fn categorie(&self, uitsplitsing: &str, code: &str) -> Option<usize> {
        if uitsplitsing == "totaal" {
            return Some(0);
        }
        let dimensie = self.dimensies.iter().find(|d| d.naam == uitsplitsing)?;
        Some(dimensie.van + dimensie.codes.iter().position(|c| c == code)?)
    }

    /// The sum of a measure in a cell.
    pub fn som(&self, maat: usize, gebied: u32, categorie: usize) -> i64 {
        self.sommen
            .get(self.cell(maat, gebied, categorie))
            .copied()
            .unwrap_or(0)
    }

    /// The counts per day of a measure in a cell; `None` where the statement has no `dagen`.
    pub fn reeks(&self, maat: usize, gebied: u32, categorie: usize) -> Option<&Reeksen> {
        self.reeksen.get(self.cell(maat, gebied, categorie))
    }

    fn cell(&self, maat: usize, gebied: u32, categorie: usize) -> usize {
        (gebied as usize * self.categorieen + categorie) * self.maten.len() + maat
    }
}

/// One place where one child counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kindrij {
    kind: i64,
    cel: usize,
}

fn day(dagen: i64) -> i32 {
    i32::try_from(dagen).expect("dates of a levering lie within a human life of each other")
}

/// The columns of one batch, ready to be walked over.
struct Rijen {
    /// Per row the numbers of its gebieden, as an index into `Ligging`; `None` = unknown.
    plaatsen: Vec<Plaats>,
    dimensies: Vec<Vec<Option<usize>>>,
    maten: Vec<Int64Array>,
    dagen: Option<Int64Array>,
    intrede: Option<Int64Array>,
    kind: Option<Int64Array>,
}

#[derive(Clone, Copy)]
enum Plaats {
    Onbekend,
    /// Number of a gemeente: counts on every level.
    Gemeente(u32),
    /// Number of a gebied: counts there alone.
    Gebied(u32),
}

impl Rijen {
    fn new(
        groep: &str,
        kubus: &Kubus,
        batch: &RecordBatch,
        ligging: &Ligging,
    ) -> Result<Self, AnalyseFout> {
        let kolom = |naam: &str| batch.column_by_name(naam);
        let getal = |naam: &str| kolom(naam).map(|k| integers(k)).transpose();
        let mut dimensies = Vec::new();
        for dimensie in &kubus.dimensies {
            let array =
                kolom(&dimensie.naam).ok_or_else(|| AnalyseFout::Kolommen(groep.to_owned()))?;
            let categorieen = lookup(array, |code| {
                Some(dimensie.van + dimensie.codes.iter().position(|c| c == code)?)
            })?;
            if (0..array.len()).any(|rij| array.is_valid(rij) && categorieen[rij].is_none()) {
                return Err(AnalyseFout::OnbekendeCode {
                    groep: groep.to_owned(),
                    kolom: dimensie.naam.clone(),
                });
            }
            dimensies.push(categorieen);
        }
        let mut maten = Vec::new();
        for maat in &kubus.maten {
            let array = getal(maat)?.ok_or_else(|| AnalyseFout::Kolommen(groep.to_owned()))?;
            maten.push(array);
        }
        let plaatsen = places(groep, batch, ligging)?;
        Ok(Self {
            plaatsen,
            dimensies,
            maten,
            dagen: getal("dagen")?,
            intrede: getal("intrede")?,
            kind: getal("kind")?,
        })
    }

    fn places<'a>(&'a self, rij: usize, ligging: &'a Ligging) -> Option<&'a [u32]> {
        match &self.plaatsen[rij] {
            Plaats::Onbekend => None,
            Plaats::Gemeente(nummer) => ligging.of_nummer(*nummer),
            Plaats::Gebied(nummer) => Some(std::slice::from_ref(nummer)),
        }
    }
}

fn places(groep: &str, batch: &RecordBatch, ligging: &Ligging) -> Result<Vec<Plaats>, AnalyseFout> {
    if let Some(gemeenten) = batch.column_by_name("gemeente") {
        let nummers = lookup(gemeenten, |code| {
            ligging.nummer(schema::Niveau::Gemeente, code)
        })?;
        return Ok(nummers
            .into_iter()
            .map(|n| n.map_or(Plaats::Onbekend, Plaats::Gemeente))
            .collect());
    }
    let kolom = |naam: &str| {
        batch
            .column_by_name(naam)
            .ok_or_else(|| AnalyseFout::Kolommen(groep.to_owned()))
    };
    let niveaus = cast(kolom("niveau")?, &DataType::Utf8)?;
    let gebieden = cast(kolom("gebied")?, &DataType::Utf8)?;
    let (niveaus, gebieden): (&StringArray, &StringArray) =
        (niveaus.as_string(), gebieden.as_string());
    let plaats = |(niveau, gebied): (Option<&str>, Option<&str>)| {
        niveau
            .and_then(schema::Niveau::parse)
            .zip(gebied)
            .and_then(|(niveau, gebied)| ligging.nummer(niveau, gebied))
            .map_or(Plaats::Onbekend, Plaats::Gebied)
    };
    Ok(niveaus.iter().zip(gebieden.iter()).map(plaats).collect())
}

/// Looks each distinct text up once.
fn lookup<T: Copy>(
    array: &dyn Array,
    vind: impl Fn(&str) -> Option<T>,
) -> Result<Vec<Option<T>>, AnalyseFout> {
    let plat = if matches!(array.data_type(), DataType::Dictionary(_, _)) {
        array.slice(0, array.len())
    } else {
        cast(array, &DataType::Utf8)?
    };
    let woordenboek = cast(
        &plat,
        &DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
    )?;
    let woordenboek: &DictionaryArray<Int32Type> = woordenboek.as_dictionary();
    let woorden: &StringArray = woordenboek.values().as_string();
    let gevonden: Vec<Option<T>> = woorden.iter().map(|woord| woord.and_then(&vind)).collect();
    Ok(woordenboek
        .keys()
        .iter()
        .map(|sleutel| sleutel.and_then(|s| gevonden[s as usize]))
        .collect())
}

fn integers(array: &dyn Array) -> Result<Int64Array, AnalyseFout> {
    let getallen = cast(array, &DataType::Int64)?;
    // A sum over nothing is NULL, and nothing counts as 0.
    let getallen: &Int64Array = getallen.as_primitive();
    Ok(getallen.iter().map(|g| Some(g.unwrap_or(0))).collect())
}
