//! `uitvraag pak`: from the aanbieder's own files to a pakket.
//!
//! Owns the order that keeps things safe: judge everything first, refuse while a fout stands or a question is open, then
//! write with pseudonyms in a folder of its own, read that back as strictly as the service will, and only then give it
//! its name. So a half pakket never exists. Leaves each step to its own module.

use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::thread;

use arrow_array::RecordBatch;
use chrono::NaiveDate;
use extract::{Bestand, Koppeling, Lezer, Sleutel};
use schema::pakket::Toelichting;
use schema::tekst::duizendtal;
use schema::{Definitie, Ernst, Oordeel, Pakket, Tabel, Verdict};

use crate::beoordeling::{self, Beoordeling, Bron, Stop, open_files, read_koppeling};
use crate::fout::{Einde, Fout, Uitkomst};
use crate::pakket::{Pakketmap, Schrijver, TOELICHTINGEN, free_place};
use crate::uitvoer::omvang;
use crate::voortgang::Voortgang;
use crate::vorig::Vorig;
use crate::{opties, sleutelplek, toelichtingen, toon, uitvoer};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag pak BESTAND… --uitvraag omgang/2020 [--koppeling koppeling.toml] --uit MAP [OPTIES]",
    after_help = "Voorbeeld:\n  uitvraag pak export.xlsx --uitvraag omgang/2020 --koppeling koppeling.toml --uit pakket-2020\n\n\
                  Een pakket wordt alleen gemaakt als er geen fouten zijn en geen vragen openstaan. Signalen mogen.\n\
                  De sleutel voor het onherkenbaar maken staat in --sleutel, anders in UITVRAAG_SLEUTEL, anders in uw eigen map\n\
                  (.config/uitvraag/sleutel.toml). Bij het eerste pakket wordt die gemaakt.\n"
)]
pub struct Args {
    /// Uw eigen bestanden: CSV, Excel (.xlsx), .ods of JSON
    #[arg(required = true, value_name = "BESTAND")]
    bestanden: Vec<PathBuf>,
    /// Naam en jaar van de uitvraag, zoals omgang/2020
    #[arg(long, value_name = "NAAM/JAAR")]
    uitvraag: String,
    /// De koppeling van `uitvraag koppel`; niet nodig bij het sjabloon
    #[arg(long, value_name = "BESTAND")]
    koppeling: Option<PathBuf>,
    /// Map voor het pakket
    #[arg(long, value_name = "MAP")]
    uit: PathBuf,
    /// KvK-nummer van uw organisatie [standaard: dat uit de koppeling]
    #[arg(long, value_name = "NUMMER", value_parser = opties::kvk)]
    kvk: Option<String>,
    /// De dag van levering; latere datums zijn fout [standaard: vandaag]
    #[arg(long, value_name = "DATUM", value_parser = opties::dag)]
    leverdatum: Option<NaiveDate>,
    /// Bestand met uw sleutel
    #[arg(long, value_name = "BESTAND")]
    sleutel: Option<PathBuf>,
    /// Vergelijk met vorig jaar: de map van dat pakket
    #[arg(long, value_name = "MAP")]
    vorig: Option<PathBuf>,
    /// Antwoorden op signalen die meegaan in het pakket [standaard: toelichtingen.toml, als dat er is]
    #[arg(long, value_name = "BESTAND")]
    toelichtingen: Option<PathBuf>,
}

/// Judges, writes, proves, places.
pub fn run(args: &Args) -> Uitkomst {
    let definitie = opties::definitie(&args.uitvraag)?;
    let bestanden = open_files(&args.bestanden)?;
    let koppeling = args.koppeling.as_deref().map(|pad| read_koppeling(pad, &definitie)).transpose()?;
    free_place(&args.uit)?;
    let vorig = match &args.vorig {
        Some(map) => Some(Vorig::open(map, &definitie, sleutelplek::existing(args.sleutel.as_deref())?)?),
        None => None,
    };
    let bron = Bron {
        bestanden: &bestanden,
        koppeling: koppeling.as_ref(),
        leverdatum: args.leverdatum.unwrap_or_else(opties::vandaag),
        vorig: vorig.as_ref(),
        alles: false,
    };
    let beoordeling = beoordeling::of_files(&definitie, &bron, None)?;
    if !fit(&beoordeling, &definitie) {
        return Ok(Einde::Open);
    }
    let pad = sleutelplek::plek(args.sleutel.as_deref())?;
    let sleutel = sleutelplek::read_or_create(&pad)?;
    let manifest = manifest(args, &definitie, &bron, &beoordeling.oordeel, &sleutel)?;
    let mut schrijver = Schrijver::new(&args.uit)?;
    write_tables(&mut schrijver, &definitie, &bestanden, koppeling.as_ref(), &sleutel)?;
    let pakket = schrijver.manifest(&definitie, manifest)?;
    if let Some(koppeling) = &args.koppeling {
        schrijver.keep_koppeling(koppeling)?;
    }
    prove(schrijver.map(), &definitie, vorig.as_ref())?;
    schrijver.plaats()?;
    report(args, &definitie, &pakket, &beoordeling.oordeel);
    Ok(Einde::Goed)
}

/// Whether a pakket may be made; says why not.
fn fit(beoordeling: &Beoordeling, definitie: &Definitie) -> bool {
    let Beoordeling { oordeel, aannames, open, .. } = beoordeling;
    let gelezen = toon::aannames(aannames, &toon::open_vragen(open, oordeel.verdict));
    if !gelezen.is_empty() {
        uitvoer::praat(&gelezen);
    }
    if oordeel.verdict == Verdict::Afgekeurd {
        uitvoer::data(toon::soort(oordeel, definitie, Ernst::Fout, 10).trim_start());
        uitvoer::praat("\nEr is geen pakket gemaakt: er staan fouten in. Verbeter ze in uw bestand en probeer het opnieuw.");
        return false;
    }
    if !open.is_empty() {
        uitvoer::praat("\nEr is geen pakket gemaakt: er staan nog vragen open. Beantwoord ze in koppeling.toml en probeer het opnieuw.");
        return false;
    }
    if oordeel.rijen.values().all(|&rijen| rijen == 0) {
        uitvoer::praat("\nEr is geen pakket gemaakt: er staat niets in. Hebt u niets te melden? Gebruik dan `uitvraag nulopgave`.");
        return false;
    }
    let leeg = |tabel: &&Tabel| !tabel.mag_ontbreken && oordeel.rijen.get(&tabel.naam).is_none_or(|&rijen| rijen == 0);
    if let Some(tabel) = definitie.tabellen.iter().find(leeg) {
        uitvoer::praat(&format!("\nEr is geen pakket gemaakt: de tabel {} ontbreekt. Geef ook het bestand met die gegevens.", tabel.titel));
        return false;
    }
    true
}

fn manifest(args: &Args, definitie: &Definitie, bron: &Bron<'_>, oordeel: &Oordeel, sleutel: &Sleutel) -> Result<Pakket, Fout> {
    let uit_koppeling = bron.koppeling.and_then(|k| k.aanbieder.as_ref()).and_then(|a| a.kvk.clone());
    let kvk = match (&args.kvk, uit_koppeling) {
        (Some(kvk), _) => Some(kvk.clone()),
        (None, Some(kvk)) => Some(opties::kvk(&kvk).map_err(|e| Fout::new("het KvK-nummer in de koppeling klopt niet").oorzaak(e))?),
        (None, None) => None,
    };
    let naam = format!("{}-{}", definitie.uitvraag, definitie.jaar);
    Ok(Pakket {
        name: kvk.as_ref().map_or_else(|| naam.clone(), |kvk| format!("{naam}-{kvk}")),
        aanbieder: kvk,
        uitvraag: definitie.uitvraag.clone(),
        jaar: definitie.jaar,
        leverdatum: bron.leverdatum,
        definitie: definitie.hash.clone(),
        regels: definitie.regelhash.clone(),
        pseudoniem: sleutel.label(),
        exporter: env!("CARGO_PKG_VERSION").to_owned(),
        resources: Vec::new(),
        toelichtingen: answers(args.toelichtingen.as_deref(), oordeel)?,
    })
}

/// The answers that go along: those about what is found now.
fn answers(pad: Option<&Path>, oordeel: &Oordeel) -> Result<Vec<Toelichting>, Fout> {
    let pad = match pad {
        Some(pad) if !pad.exists() => return Err(Fout::new(format!("kan de toelichtingen niet lezen: {}", pad.display()))),
        Some(pad) => pad,
        None => Path::new(TOELICHTINGEN),
    };
    let al = toelichtingen::read(pad)?;
    for code in al.verouderd(oordeel) {
        uitvoer::praat(&format!(
            "Uw antwoord op {code} gaat niet mee: het is gegeven over andere gegevens. Beantwoord het signaal opnieuw."
        ));
    }
    let geldig = al.geldig(oordeel);
    if !geldig.is_empty() {
        uitvoer::praat(&format!("Antwoorden uit {} die meegaan: {}.", pad.display(), geldig.len()));
    }
    Ok(geldig)
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
            uit_lezer.into_iter().all(|(tabel, batch)| naar_schijf.send((tabel, sleutel.pseudonimiseer(tabel, &batch))).is_ok())
        });
        let schijf = scope.spawn(move || uit_sleutel.into_iter().try_for_each(|(tabel, batch)| schrijver.partij(tabel, &batch)));
        let gelezen = read_tables(&mut lezer, definitie, |tabel, batch| {
            voortgang.verder(batch.num_rows() as u64);
            naar_sleutel.send((tabel, batch)).is_ok()
        });
        drop(naar_sleutel);
        let geschreven = schijf.join().unwrap_or_else(|_| Err(Fout::new("het schrijven stopte onverwacht")));
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
        let onbekend = || Fout::new(format!("de tabel {} hoort niet bij deze uitvraag", partij.tabel));
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
        uitvoer::data(toon::soort(&oordeel, definitie, Ernst::Fout, 10).trim_start());
        return Err(Fout::new("het pakket zou worden afgekeurd en is niet bewaard")
            .oorzaak("uw bestand is tijdens het maken veranderd, of er zit een fout in dit programma")
            .tip("Sluit het bestand in andere programma's en probeer het opnieuw. Blijft het zo, meld het dan aan de coördinator."));
    }
    Ok(())
}

fn report(args: &Args, definitie: &Definitie, pakket: &Pakket, oordeel: &Oordeel) {
    let mut tekst = String::new();
    for bestand in &pakket.resources {
        let titel = definitie.tabel(&bestand.name).map_or(bestand.name.as_str(), |t| t.titel.as_str());
        tekst += &format!("  {:>9}  {titel} ({}, {})\n", duizendtal(bestand.rijen), bestand.path, omvang(bestand.bytes));
    }
    uitvoer::data(&format!("{}\n{tekst}", args.uit.display()));
    let open = toelichtingen::signalen(oordeel).filter(|r| !pakket.toelichtingen.iter().any(|t| t.code == r.code)).count();
    let open = match open {
        0 => String::new(),
        n => format!(" Signalen zonder antwoord: {n}. Daar vraagt de server straks naar."),
    };
    uitvoer::praat(&format!(
        "\nHet pakket is klaar.{open} Ga verder met:\n  uitvraag lever {} --server URL --token-bestand token.txt",
        args.uit.display()
    ));
}
