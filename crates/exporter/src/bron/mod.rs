//! The source of a delivery that goes by itself: files by a pattern, or the rows of queries.
//!
//! Owns choosing the files, and turning query results into files that `sheets` reads like any other: every query in one
//! snapshot, kept in memory and then in a file without a name, gone when [`Gelezen`] is dropped. So a server that stops
//! half-way leaves nothing half read, and judging and packing see the same rows. Leaves the mapping to `koppeling.toml`.

mod bestanden;
#[cfg(feature = "odbc")]
mod odbc;
mod pgdraad;
mod postgres;
mod rijen;
mod sqlite;

use std::path::{Path, PathBuf};

use mapping::Koppeling;
use rijen::Rijen;
use schema::Definitie;
use sheets::Bestand;

use crate::fout::Fout;
use crate::instellingen::{Bron, Instellingen, Odbc};
use crate::reading::read_koppeling;

/// A source that was read.
pub struct Gelezen {
    /// The files, in a fixed order.
    pub bestanden: Vec<Bestand>,
    /// Rows per query; empty for files.
    pub rijen: Vec<(String, u64)>,
    patronen: Vec<String>,
}

/// A database from which queries are read, all in one snapshot.
trait Databank {
    /// Streams the rows of a single SELECT.
    fn lees(&mut self, query: &str, uit: &mut Rijen) -> Result<(), Fout>;
}

/// Reads the source; many rows of a query go to a file in `werkmap`, or in the system's place for such.
pub fn lees(
    instellingen: &Instellingen,
    definitie: &Definitie,
    werkmap: Option<&Path>,
) -> Result<Gelezen, Fout> {
    let bron = &instellingen.bron;
    if let Some(bestanden) = &bron.bestanden {
        let paden = bestanden::kies(bestanden)?;
        let gelezen = Gelezen::of_files(paden.iter().map(|pad| Bestand::from_path(pad)).collect());
        return Ok(Gelezen {
            patronen: bestanden.patronen.clone(),
            ..gelezen
        });
    }
    let mut databank = open(bron)?;
    let mut uit = Gelezen::of_files(Vec::new());
    for (naam, query) in bron.tabellen().into_iter().flatten() {
        let mut rijen = Rijen::new(naam, werkmap.map(Path::to_owned));
        databank.lees(query, &mut rijen)?;
        let (rows, aantal) = rijen.sluit()?;
        refuse_empty(naam, aantal, definitie)?;
        uit.bestanden.push(Bestand::from_query(naam, rows));
        uit.rijen.push((naam.clone(), aantal));
    }
    Ok(uit)
}

/// The files with data that the settings lead to.
pub fn bestanden(instellingen: &Instellingen) -> Result<Vec<PathBuf>, Fout> {
    let bron = &instellingen.bron;
    let mut uit = bron
        .bestanden
        .as_ref()
        .map(bestanden::kies)
        .transpose()?
        .unwrap_or_default();
    uit.extend(bron.sqlite.as_ref().map(|b| b.bestand.clone()));
    Ok(uit)
}

/// The same with the koppeling and the key: what nothing may be written over.
pub fn paden(instellingen: &Instellingen) -> Result<Vec<PathBuf>, Fout> {
    let mut uit = bestanden(instellingen)?;
    uit.extend(
        instellingen
            .koppeling
            .iter()
            .chain(&instellingen.sleutel)
            .cloned(),
    );
    Ok(uit)
}

/// Whether the source answers: the newest file is there, the database lets us in. Reads no data.
pub fn bereikbaar(bron: &Bron) -> Result<String, Fout> {
    if let Some(bestanden) = &bron.bestanden {
        let paden = bestanden::kies(bestanden)?;
        let namen: Vec<String> = paden.iter().map(|p| p.display().to_string()).collect();
        return Ok(format!("gevonden: {}", namen.join(", ")));
    }
    open(bron).map(|_| "de database laat ons binnen".to_owned())
}

fn open(bron: &Bron) -> Result<Box<dyn Databank + '_>, Fout> {
    if let Some(sqlite) = &bron.sqlite {
        return Ok(Box::new(sqlite::Lezer::open(sqlite)?));
    }
    if let Some(odbc) = &bron.odbc {
        return open_odbc(odbc);
    }
    let postgresql = bron
        .postgresql
        .as_ref()
        .expect("the settings hold exactly one source");
    Ok(Box::new(postgres::Lezer::open(postgresql)?))
}

#[cfg(feature = "odbc")]
fn open_odbc(bron: &Odbc) -> Result<Box<dyn Databank + '_>, Fout> {
    Ok(Box::new(odbc::Lezer::open(bron)?))
}

#[cfg(not(feature = "odbc"))]
fn open_odbc(_: &Odbc) -> Result<Box<dyn Databank>, Fout> {
    const TIP: &str = "Laat uw systeem een bestand klaarzetten en gebruik [bron.bestanden]. Of vraag een uitvraag met ODBC; die maakt men \
                       met: cargo build --release -p exporter --features odbc";
    Err(Fout::new("deze uitvraag is zonder ODBC gebouwd, dus [bron.odbc] werkt niet").tip(TIP))
}

/// No rows at all is more often a mistake in the query than a quiet year.
fn refuse_empty(naam: &str, aantal: u64, definitie: &Definitie) -> Result<(), Fout> {
    let mag_leeg = definitie
        .tabel(naam)
        .is_some_and(|tabel| tabel.mag_ontbreken);
    if aantal > 0 || mag_leeg {
        return Ok(());
    }
    Err(Fout::new(format!("de query voor {naam} geeft geen enkele rij"))
        .tip("Controleer het jaar en de filters in de query. Hebt u echt niets te melden? Doe dan een nulopgave met `uitvraag nulopgave`."))
}

impl Gelezen {
    /// Files that are read as they stand.
    pub fn of_files(bestanden: Vec<Bestand>) -> Self {
        Self {
            bestanden,
            rijen: Vec::new(),
            patronen: Vec::new(),
        }
    }

    /// The mapping of the settings, with the file names of today where it was made with those of another day.
    pub fn koppeling(
        &self,
        instellingen: &Instellingen,
        definitie: &Definitie,
    ) -> Result<Option<Koppeling>, Fout> {
        let Some(pad) = &instellingen.koppeling else {
            return Ok(None);
        };
        let mut koppeling = read_koppeling(pad, definitie)?;
        let namen: Vec<&str> = self.bestanden.iter().map(|b| b.naam.as_str()).collect();
        bestanden::rebind(&mut koppeling, &self.patronen, &namen);
        Ok(Some(koppeling))
    }
}

/// A query as a file in a message: its name in the settings.
fn in_query(naam: &str) -> String {
    format!("de query voor {naam}")
}
