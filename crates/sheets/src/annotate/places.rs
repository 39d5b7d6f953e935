//! Where findings stand in the workbook that is made, and what their notes say.
//!
//! Owns the way from a place in the offered file to a cell of a sheet, one note per cell however many findings it has,
//! and how many notes there may be. Leaves writing them to `notes` and `sheet`.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use rows::bsn;
use schema::bevinding::gelijk_deel;
use schema::{Bevinding, Ernst, Oordeel, Plaats};

use crate::cell_name::{self, Celplek, KOLOMMEN, RIJEN};

/// A rule that spoke more often than this gets short notes.
const KORT_VANAF: u64 = 1000;
/// Findings a note tells; the rest is counted.
const PER_NOTITIE: usize = 4;
/// Longest piece of text in a note.
const LANGST: usize = 300;

/// How the rows of a source stand in its sheet.
#[derive(Debug)]
pub(super) enum Vorm {
    /// As in the file: cell `F17` is cell `F17`.
    Gelijk,
    /// Objects below a row with their names.
    Objecten(Vec<String>),
    /// Only these rows, with their own numbers in the first column; the names where the rows are objects.
    Uittreksel {
        rijen: Vec<u64>,
        koppen: Vec<String>,
    },
}

/// A sheet of the workbook that findings may stand on.
#[derive(Debug)]
pub(super) struct Doelblad {
    pub(super) naam: String,
    /// Part of the package.
    pub(super) deel: String,
    /// The file it shows.
    pub(super) bestand: String,
    /// The sheet of that file.
    pub(super) bron: Option<String>,
    pub(super) vorm: Vorm,
}

/// A place in the workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Plek {
    pub(super) blad: usize,
    /// From 1.
    pub(super) rij: u32,
    /// From 0; absent where the whole row is meant.
    pub(super) kolom: Option<u32>,
}

/// The findings by their place in the workbook.
pub(super) struct Plekken {
    /// Per finding.
    pub(super) van: Vec<Option<Plek>>,
    /// Per sheet and cell the findings, worst first.
    pub(super) bladen: Vec<BTreeMap<Celplek, Vec<u32>>>,
}

impl Plekken {
    pub(super) fn new(oordeel: &Oordeel, doelen: &[Doelblad]) -> Self {
        let wijzer: HashMap<(&str, Option<&str>), usize> = doelen
            .iter()
            .enumerate()
            .rev()
            .map(|(i, d)| ((d.bestand.as_str(), d.bron.as_deref()), i))
            .collect();
        let mut bladen = vec![BTreeMap::new(); doelen.len()];
        let mut van = Vec::with_capacity(oordeel.bevindingen.len());
        for (nummer, bevinding) in oordeel.bevindingen.iter().enumerate() {
            let plek = find(&wijzer, doelen, &bevinding.plaats);
            if let Some(Plek {
                blad,
                rij,
                kolom: Some(kolom),
            }) = plek
            {
                let nummer = u32::try_from(nummer).unwrap_or(u32::MAX);
                let cel: &mut Vec<u32> = bladen[blad].entry((rij, kolom)).or_default();
                cel.push(nummer);
            }
            van.push(plek);
        }
        Self { van, bladen }
    }

    /// Moves findings on cells that are covered by a merged area to the cell that shows it.
    pub(super) fn merge_areas(&mut self, blad: usize, gebieden: &[(Celplek, Celplek)]) {
        let cellen = &mut self.bladen[blad];
        for (van, tot) in gebieden.iter().filter(|(van, tot)| van != tot) {
            let bedekt = cellen
                .range((van.0, 0)..=(tot.0, tot.1))
                .map(|(plek, _)| *plek);
            let bedekt: Vec<(u32, u32)> = bedekt
                .filter(|plek| plek != van && (van.1..=tot.1).contains(&plek.1))
                .collect();
            for plek in bedekt {
                let meer = cellen.remove(&plek).unwrap_or_default();
                let cel: &mut Vec<u32> = cellen.entry(*van).or_default();
                cel.extend(meer);
                cel.sort_unstable();
            }
        }
    }
}

/// A cell by its name; its row may lie beyond those of a sheet.
fn column_on_sheet(naam: &str) -> Option<(u64, u32)> {
    cell_name::parse(naam).filter(|(_, kolom)| *kolom < KOLOMMEN)
}

fn find(
    wijzer: &HashMap<(&str, Option<&str>), usize>,
    doelen: &[Doelblad],
    plaats: &Plaats,
) -> Option<Plek> {
    let blad = *wijzer.get(&(plaats.bestand.as_deref()?, plaats.blad.as_deref()))?;
    let cel = plaats
        .cel
        .as_deref()
        .and_then(|cel| column_on_sheet(cel.rsplit('!').next().unwrap_or(cel)));
    let rij = plaats.rij.or(cel.map(|(rij, _)| rij))?;
    let op_naam = |koppen: &[String]| {
        let kolom = plaats
            .kolom
            .as_ref()
            .and_then(|kop| koppen.iter().position(|k| k == kop));
        cel.map(|(_, kolom)| kolom)
            .or_else(|| u32::try_from(kolom?).ok())
    };
    let (rij, kolom) = match &doelen[blad].vorm {
        Vorm::Gelijk => (u32::try_from(rij).ok()?, op_naam(&[])),
        Vorm::Objecten(koppen) => (u32::try_from(rij + 1).ok()?, op_naam(koppen)),
        Vorm::Uittreksel { rijen, koppen } => (
            u32::try_from(rijen.binary_search(&rij).ok()? + 2).ok()?,
            op_naam(koppen).map(|k| k + 1),
        ),
    };
    ((1..=RIJEN).contains(&rij)).then_some(Plek {
        blad,
        rij,
        kolom: kolom.filter(|k| *k < KOLOMMEN),
    })
}

/// A note on a cell.
#[derive(Debug)]
pub(super) struct Notitie {
    pub(super) plek: Celplek,
    pub(super) tekst: String,
}

/// Decides which cells get a note, and what it says.
pub(super) struct Notitieschrijver<'a> {
    oordeel: &'a Oordeel,
    /// Per finding: its rule spoke so often that it is told short.
    kort: Vec<bool>,
    /// Per finding: there is room for a note.
    ruimte: Vec<bool>,
    overzicht: &'a str,
}

impl<'a> Notitieschrijver<'a> {
    /// `overzicht` is the name of the sheet with the summary; about so many notes are made.
    pub(super) fn new(oordeel: &'a Oordeel, overzicht: &'a str, notities: usize) -> Self {
        let aantallen: HashMap<&str, u64> = oordeel
            .regels
            .iter()
            .map(|r| (r.code.as_str(), r.aantal))
            .collect();
        let mut gezien: HashMap<&str, usize> = HashMap::new();
        let mut per_regel: HashMap<&str, usize> = HashMap::new();
        for bevinding in &oordeel.bevindingen {
            *per_regel.entry(&bevinding.code).or_default() += 1;
        }
        let grens = gelijk_deel(per_regel.values().copied(), notities);
        let mut kort = Vec::with_capacity(oordeel.bevindingen.len());
        let mut ruimte = Vec::with_capacity(oordeel.bevindingen.len());
        for bevinding in &oordeel.bevindingen {
            let gezien = gezien.entry(&bevinding.code).or_default();
            *gezien += 1;
            ruimte.push(*gezien <= grens);
            kort.push(
                aantallen
                    .get(bevinding.code.as_str())
                    .is_some_and(|aantal| *aantal > KORT_VANAF),
            );
        }
        Self {
            oordeel,
            kort,
            ruimte,
            overzicht,
        }
    }

    /// The worst of the findings on a cell.
    pub(super) fn ernst(&self, nummers: &[u32]) -> Ernst {
        nummers
            .iter()
            .map(|n| self.oordeel.bevindingen[*n as usize].ernst)
            .min()
            .unwrap_or(Ernst::Opmerking)
    }

    /// The note on a cell with these findings; `None` when there are too many notes.
    pub(super) fn note(&self, plek: Celplek, nummers: &[u32]) -> Option<Notitie> {
        if !nummers.iter().any(|n| self.ruimte[*n as usize]) {
            return None;
        }
        let mut tekst = String::new();
        for nummer in nummers.iter().take(PER_NOTITIE) {
            if !tekst.is_empty() {
                tekst.push_str("\n\n");
            }
            self.tell(&mut tekst, *nummer as usize);
        }
        if nummers.len() > PER_NOTITIE {
            let _ = write!(
                tekst,
                "\n\nEn nog {}: zie het blad {}.",
                nummers.len() - PER_NOTITIE,
                self.overzicht
            );
        }
        Some(Notitie { plek, tekst })
    }

    fn tell(&self, uit: &mut String, nummer: usize) {
        let Bevinding {
            code,
            ernst,
            gevonden,
            bericht,
            verwacht,
            herstel,
            ..
        } = &self.oordeel.bevindingen[nummer];
        let _ = write!(uit, "{}: {}", woord(*ernst), kort(bericht));
        if self.kort[nummer] {
            let _ = write!(
                uit,
                "\nDit komt vaker voor. Zie het blad {}, regel {code}.",
                self.overzicht
            );
            return;
        }
        // A number that may be a BSN is not written down once more.
        if let Some(gevonden) = gevonden
            .as_deref()
            .filter(|g| !g.is_empty() && !bsn::in_tekst(g))
        {
            let _ = write!(uit, "\nGevonden: {}", kort(gevonden));
        }
        for (kop, tekst) in [("Verwacht", verwacht), ("Zo herstelt u het", herstel)] {
            if !tekst.is_empty() {
                let _ = write!(uit, "\n{kop}: {}", kort(tekst));
            }
        }
    }
}

fn kort(tekst: &str) -> String {
    let mut uit: String = tekst.chars().take(LANGST).collect();
    if uit.len() < tekst.len() {
        uit.push('…');
    }
    uit
}

/// How bad it is, in a word to begin with.
pub(super) fn woord(ernst: Ernst) -> &'static str {
    match ernst {
        Ernst::Fout => "Fout",
        Ernst::Signaal => "Signaal",
        Ernst::Opmerking => "Opmerking",
    }
}
