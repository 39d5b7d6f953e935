//! From judged data to a pakket: whether it may be made, making it, and proving it before it gets its name.
//!
//! Owns the order that keeps a half pakket from ever existing: write with pseudonyms in a folder of its own, read that
//! back as strictly as the service will, and leave placing it to the caller. Leaves the words to the commands.

use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread;

use arrow_array::RecordBatch;
use mapping::{Koppeling, Lezer};
use pakket::Sleutel;
use schema::pakket::Toelichting;
use schema::{Definitie, Ernst, Pakket, Tabel, Verdict};
use sheets::Bestand;

use crate::beoordeling::{self, Beoordeling, Bron};
use crate::fout::Fout;
use crate::opties;
use crate::pakket::{Pakketmap, Schrijver};
use crate::reading::Stop;
use crate::voortgang::Voortgang;
use crate::vorig::Vorig;

/// Why no pakket may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bezwaar {
    /// A fout stands.
    Fouten,
    /// The mapping has open questions.
    Vragen,
    /// There is not a single row.
    Leeg,
    /// A table is missing; its title.
    Ontbreekt(String),
}

impl Bezwaar {
    /// What it is, and what to do.
    pub fn tekst(&self) -> String {
        match self {
            Self::Fouten => "Er is geen pakket gemaakt: er staan fouten in. Verbeter ze in uw bestand en probeer het opnieuw.".to_owned(),
            Self::Vragen => {
                "Er is geen pakket gemaakt: er staan nog vragen open. Beantwoord ze in koppeling.toml en probeer het opnieuw.".to_owned()
            }
            Self::Leeg => {
                "Er is geen pakket gemaakt: er staat niets in. Hebt u niets te melden? Gebruik dan `uitvraag nulopgave`.".to_owned()
            }
            Self::Ontbreekt(titel) => {
                format!("Er is geen pakket gemaakt: de tabel {titel} ontbreekt. Geef ook het bestand met die gegevens.")
            }
        }
    }
}

/// What stands in the way of a pakket, if anything.
pub fn bezwaar(beoordeling: &Beoordeling, definitie: &Definitie) -> Option<Bezwaar> {
    let Beoordeling { oordeel, open, .. } = beoordeling;
    if oordeel.verdict == Verdict::Afgekeurd {
        return Some(Bezwaar::Fouten);
    }
    if !open.is_empty() {
        return Some(Bezwaar::Vragen);
    }
    if oordeel.rijen.values().all(|&rijen| rijen == 0) {
        return Some(Bezwaar::Leeg);
    }
    let leeg = |tabel: &&Tabel| {
        !tabel.mag_ontbreken
            && oordeel
                .rijen
                .get(&tabel.naam)
                .is_none_or(|&rijen| rijen == 0)
    };
    definitie
        .tabellen
        .iter()
        .find(leeg)
        .map(|tabel| Bezwaar::Ontbreekt(tabel.titel.clone()))
}

/// What a pakket is made of.
pub struct Opdracht<'a> {
    /// What is asked.
    pub definitie: &'a Definitie,
    /// The files and their mapping.
    pub bron: &'a Bron<'a>,
    /// KvK number; that of the koppeling where absent.
    pub kvk: Option<&'a str>,
    /// Answers that travel along.
    pub toelichtingen: Vec<Toelichting>,
    /// The pseudonym key.
    pub sleutel: &'a Sleutel,
}

/// Writes the pakket and reads it back; [`Schrijver::plaats`] gives it its name.
pub fn maak(opdracht: Opdracht<'_>, uit: &Path) -> Result<(Schrijver, Pakket), Fout> {
    let Opdracht {
        definitie,
        bron,
        sleutel,
        ..
    } = opdracht;
    let manifest = manifest(opdracht)?;
    let mut schrijver = Schrijver::new(uit)?;
    write_tables(
        &mut schrijver,
        definitie,
        bron.bestanden,
        bron.koppeling,
        sleutel,
    )?;
    let pakket = schrijver.manifest(definitie, manifest)?;
    prove(schrijver.map(), definitie, bron.vorig)?;
    Ok((schrijver, pakket))
}

fn manifest(opdracht: Opdracht<'_>) -> Result<Pakket, Fout> {
    let Opdracht {
        definitie,
        bron,
        kvk,
        toelichtingen,
        sleutel,
    } = opdracht;
    let uit_koppeling = bron
        .koppeling
        .and_then(|k| k.aanbieder.as_ref())
        .and_then(|a| a.kvk.clone());
    let kvk = match (kvk, uit_koppeling) {
        (Some(kvk), _) => Some(kvk.to_owned()),
        (None, Some(kvk)) => Some(
            opties::kvk(&kvk)
                .map_err(|e| Fout::new("het KvK-nummer in de koppeling klopt niet").oorzaak(e))?,
        ),
        (None, None) => None,
    };
    let naam = format!("{}-{}", definitie.uitvraag, definitie.jaar);
    Ok(Pakket {
        name: kvk
            .as_ref()
            .map_or_else(|| naam.clone(), |kvk| format!("{naam}-{kvk}")),
        aanbieder: kvk,
        uitvraag: definitie.uitvraag.clone(),
        jaar: definitie.jaar,
        leverdatum: bron.leverdatum,
        definitie: definitie.hash.clone(),
        regels: definitie.regelhash.clone(),
        pseudoniem: sleutel.label(),
        exporter: env!("CARGO_PKG_VERSION").to_owned(),
        resources: Vec::new(),
        toelichtingen,
    })
}

/// Reads on this thread, makes pseudonyms on the next, writes on the last: each costs about as much as the others.
fn write_tables(
    schrijver: &mut Schrijver,
    definitie: &Definitie,
    bestanden: &[Bestand],
    koppeling: Option<&Koppeling>,
    sleutel: &Sleutel,
) -> Result<(), Fout> {
    const WACHTRIJ: usize = 4;
    let voortgang = Voortgang::rijen("Pakket maken");
    let mut lezer = Lezer::open(bestanden, definitie, koppeling).map_err(Stop::from)?;
    thread::scope(|scope| {
        let (naar_sleutel, uit_lezer) = sync_channel::<(&Tabel, RecordBatch)>(WACHTRIJ);
        let (naar_schijf, uit_sleutel) = sync_channel::<(&Tabel, RecordBatch)>(WACHTRIJ);
        scope.spawn(move || {
            // Where the disk failed, its own error says why.
            uit_lezer.into_iter().all(|(tabel, batch)| {
                naar_schijf
                    .send((tabel, sleutel.pseudonimiseer(tabel, &batch)))
                    .is_ok()
            })
        });
        let schijf = scope.spawn(move || {
            uit_sleutel
                .into_iter()
                .try_for_each(|(tabel, batch)| schrijver.partij(tabel, &batch))
        });
        let gelezen = read_tables(&mut lezer, definitie, |tabel, batch| {
            voortgang.verder(batch.num_rows() as u64);
            naar_sleutel.send((tabel, batch)).is_ok()
        });
        drop(naar_sleutel);
        let geschreven = schijf
            .join()
            .unwrap_or_else(|_| Err(Fout::new("het schrijven stopte onverwacht")));
        gelezen.and(geschreven)
    })
}

/// Gives every batch with rows to `verder`, until that says stop.
fn read_tables<'a>(
    lezer: &mut Lezer,
    definitie: &'a Definitie,
    mut verder: impl FnMut(&'a Tabel, RecordBatch) -> bool,
) -> Result<(), Fout> {
    while let Some(partij) = lezer.volgende().map_err(Stop::from)? {
        let onbekend = || {
            Fout::new(format!(
                "de tabel {} hoort niet bij deze uitvraag",
                partij.tabel
            ))
        };
        let tabel = definitie.tabel(&partij.tabel).ok_or_else(onbekend)?;
        if partij.batch.num_rows() > 0 && !verder(tabel, partij.batch) {
            break;
        }
    }
    Ok(())
}

/// Reads the pakket back as strictly as the service does.
fn prove(map: &Path, definitie: &Definitie, vorig: Option<&Vorig>) -> Result<(), Fout> {
    let pakket = Pakketmap::open(map)?;
    pakket.verify(definitie)?;
    let oordeel = beoordeling::of_pakket(definitie, &pakket, vorig, None)?;
    if oordeel.verdict == Verdict::Afgekeurd {
        let regels: Vec<&str> = oordeel
            .regels
            .iter()
            .filter(|r| r.ernst == Ernst::Fout)
            .map(|r| r.code.as_str())
            .collect();
        return Err(Fout::new("het pakket zou worden afgekeurd en is niet bewaard")
            .oorzaak(format!("deze regels vinden een fout: {}", regels.join(", ")))
            .oorzaak("uw bestand is tijdens het maken veranderd, of er zit een fout in dit programma")
            .tip("Sluit het bestand in andere programma's en probeer het opnieuw. Blijft het zo, meld het dan aan de coördinator."));
    }
    Ok(())
}
