//! What is in a file: sheets, header row, columns, what their values look like, and what was assumed.
//!
//! Owns the whole first look ([`verken`]); nothing is mapped yet. Leaves proposing to `propose`.

use std::collections::HashMap;

use rows::Weigering;
use rows::bsn::{self, Kolomproef};
use rows::characters::trimmed;
use schema::{Bevinding, Definitie, Plaats};
use sheets::open_file::{self, Blad};
use sheets::{Bestand, Block, Cell, refuse_doubles};

use crate::code_words::is_leeg_woord;
use crate::date_evidence::Datumbewijs;
use crate::findings::{bsn_finding, finding};
use crate::headers::{Kopkennis, ZOEKRIJEN, unique_names};
use crate::numbers::{Getal, may_be_number, may_be_whole, whole_number};
use crate::odd_cells;
use crate::row_filter::{Overslag, sift};
use crate::unused_cells;

/// Distinct values of a column that are kept.
const WAARDEN: usize = 1000;

/// What was found in one file.
#[derive(Debug, Clone)]
pub struct Verkenning {
    /// Name of the file.
    pub bestand: String,
    /// The tables in it: one for a CSV, one per sheet with a header for a workbook, one per list for JSON.
    pub tabellen: Vec<Tabelverkenning>,
    /// What was assumed, as Dutch sentences.
    pub aannames: Vec<String>,
    /// Findings of phase `bron` that need no mapping, such as a suspected BSN.
    pub bevindingen: Vec<Bevinding>,
}

/// One table as it stands in the file.
#[derive(Debug, Clone)]
pub struct Tabelverkenning {
    /// Sheet or list; empty for a CSV.
    pub blad: Option<String>,
    /// True where the sheet is hidden.
    pub verborgen: bool,
    /// Row with the headers, from 1; 0 for JSON, which has none.
    pub kopregel: u64,
    /// Rows with data.
    pub rijen: u64,
    /// The columns, left to right.
    pub kolommen: Vec<Kolomverkenning>,
}

/// One column as it stands in the file.
#[derive(Debug, Clone)]
pub struct Kolomverkenning {
    /// Header, made unique.
    pub naam: String,
    /// Rows with a value.
    pub gevuld: u64,
    /// Distinct values with how often they occur, most frequent first; cut at a thousand.
    pub waarden: Vec<(String, u64)>,
    /// True when there are more distinct values than listed.
    pub meer_waarden: bool,
    /// Values that are whole numbers.
    pub gehele_getallen: u64,
    /// Values that are amounts or numbers.
    pub getallen: u64,
    pub(crate) datums: Datumbewijs,
}

/// Looks through a whole file.
///
/// # Errors
/// When the file can't be taken at all: container, encoding, structure.
pub fn verken(bestand: &Bestand, definitie: &Definitie) -> Result<Verkenning, Weigering> {
    let geopend = open_file::open(bestand)?;
    let kennis = Kopkennis::new(definitie);
    let mut uit = Verkenning {
        bestand: bestand.naam.clone(),
        tabellen: Vec::new(),
        aannames: Vec::new(),
        bevindingen: Vec::new(),
    };
    let plaats = Plaats {
        bestand: Some(bestand.naam.clone()),
        ..Plaats::default()
    };
    for opmerking in geopend.opmerkingen {
        uit.bevindingen
            .extend(finding(definitie, opmerking.code, plaats.clone(), ("", "")));
        uit.aannames.push(opmerking.zin);
    }
    if bsn::in_tekst(&bestand.naam) {
        uit.bevindingen.push(bsn_finding(
            definitie,
            plaats.clone(),
            ("", ""),
            "de naam van het bestand",
        ));
    }
    for blad in &geopend.bladen {
        explore_sheet(bestand, blad, &kennis, definitie, &mut uit)
            .map_err(|w| w.in_bestand(&bestand.naam).op_blad(blad.naam.as_deref()))?;
    }
    if uit.tabellen.is_empty() {
        let bericht =
            "Er is geen rij gevonden met de namen van de kolommen. Zet die boven uw gegevens.";
        return Err(Weigering::new("HEADER_MISSING", bericht).in_bestand(&bestand.naam));
    }
    if uit.tabellen.iter().all(|t| t.rijen == 0) {
        let bericht = "Onder de kolomnamen staat geen enkele rij. Heeft u niets te melden? Doe dan een nulopgave met `uitvraag nulopgave`.";
        return Err(Weigering::new("EMPTY", bericht).in_bestand(&bestand.naam));
    }
    Ok(uit)
}

/// Looks through files that are read together.
///
/// # Errors
/// When one of them can't be taken, or two have the same name.
pub fn verken_alle(
    bestanden: &[Bestand],
    definitie: &Definitie,
) -> Result<Vec<Verkenning>, Weigering> {
    refuse_doubles(bestanden)?;
    bestanden
        .iter()
        .map(|bestand| verken(bestand, definitie))
        .collect()
}

/// Looks through one sheet; none where no table stands on it.
pub(crate) fn verken_blad(
    bestand: &Bestand,
    blad: &Blad,
    definitie: &Definitie,
) -> Result<Option<Tabelverkenning>, Weigering> {
    let mut uit = Verkenning {
        bestand: bestand.naam.clone(),
        tabellen: Vec::new(),
        aannames: Vec::new(),
        bevindingen: Vec::new(),
    };
    explore_sheet(
        bestand,
        blad,
        &Kopkennis::new(definitie),
        definitie,
        &mut uit,
    )?;
    Ok(uit.tabellen.pop())
}

fn explore_sheet(
    bestand: &Bestand,
    blad: &Blad,
    kennis: &Kopkennis,
    definitie: &Definitie,
    uit: &mut Verkenning,
) -> Result<(), Weigering> {
    let begin = blad.begin(bestand, ZOEKRIJEN)?;
    let Some(plek) = kennis.vind_kop(&begin) else {
        if let Some(raster) = blad.raster() {
            unused_cells::judge(raster, |_, _| true)?;
        }
        if let (Some(naam), false) = (&blad.naam, begin.is_empty()) {
            uit.aannames.push(format!(
                "Op blad '{naam}' staat geen tabel. Het is niet gebruikt."
            ));
        }
        return Ok(());
    };
    let (kopregel, kop) = &begin[plek];
    let (koppen, dubbel) = unique_names(kop);
    if let Some(raster) = blad.raster() {
        odd_cells::judge_table(raster, *kopregel, koppen.len(), 0..koppen.len())?;
        unused_cells::judge(raster, |rij, kolom| {
            u64::from(rij) < *kopregel || kolom as usize >= koppen.len()
        })?;
    }
    let waar = blad.naam.as_ref().map_or_else(
        || format!("Bestand '{}'", bestand.naam),
        |b| format!("Blad '{b}'"),
    );
    if plek > 0 {
        uit.aannames.push(format!(
            "{waar}: de kolomnamen staan in rij {kopregel}. Wat erboven staat is overgeslagen."
        ));
    }
    uit.aannames.extend(dubbel.iter().map(|(naam, nu)| {
        format!("{waar}: de kolom '{naam}' staat er vaker. Deze heet nu '{nu}'.")
    }));
    let plaats = Plaats {
        bestand: Some(bestand.naam.clone()),
        blad: blad.naam.clone(),
        ..Plaats::default()
    };
    if blad.naam.as_deref().is_some_and(bsn::in_tekst) {
        uit.bevindingen.push(bsn_finding(
            definitie,
            plaats.clone(),
            ("", ""),
            "de naam van een blad",
        ));
    }
    let mut tellers: Vec<Teller> = koppen.iter().map(|_| Teller::default()).collect();
    let mut overslag = Overslag::default();
    let mut rijen = 0;
    let mut bron = blad.rijen(bestand, *kopregel)?;
    let mut blok = Block::default();
    while bron.blok(koppen.len(), &mut blok)? {
        sift(&mut blok, &koppen, &[], &[], &mut overslag);
        rijen += blok.len() as u64;
        for (nummer, teller) in tellers.iter_mut().enumerate() {
            blok.column(nummer)
                .for_each(|cell| teller.zie(cell, definitie.jaar));
        }
    }
    bron.overgeslagen()
        .into_iter()
        .for_each(|(rij, reden)| overslag.add(rij, reden));
    uit.aannames.extend(overslag.zinnen(&waar));
    for (kop, teller) in koppen.iter().zip(&tellers) {
        if bsn::verboden_kop(kop) || bsn::in_tekst(kop) || teller.proef.verdacht() {
            let plaats = Plaats {
                kolom: Some(kop.clone()),
                rij: Some(*kopregel).filter(|rij| *rij > 0),
                ..plaats.clone()
            };
            uit.bevindingen.push(bsn_finding(
                definitie,
                plaats,
                ("", ""),
                &format!("de kolom '{kop}'"),
            ));
        }
    }
    let kolommen = koppen
        .into_iter()
        .zip(tellers)
        .map(|(naam, teller)| teller.finish(naam, definitie.jaar))
        .collect();
    uit.tabellen.push(Tabelverkenning {
        blad: blad.naam.clone(),
        verborgen: blad.verborgen,
        kopregel: *kopregel,
        rijen,
        kolommen,
    });
    Ok(())
}

/// Counts what stands in a column.
#[derive(Default)]
struct Teller {
    gevuld: u64,
    /// Distinct values, with how often they are there, and how often as a number.
    waarden: HashMap<String, (u64, u64)>,
    meer: bool,
    gehele_getallen: u64,
    getallen: u64,
    datums: Datumbewijs,
    proef: Kolomproef,
}

impl Teller {
    /// Counts a cell. A value that was met before is judged once, at the end.
    fn zie(&mut self, cell: Cell<'_>, jaar: i32) {
        let waarde = trimmed(cell.text());
        if waarde.is_empty() {
            return;
        }
        let as_number = u64::from(matches!(cell, Cell::Number(_)));
        if let Some((times, numbers)) = self.waarden.get_mut(waarde) {
            *times += 1;
            *numbers += as_number;
            return;
        }
        self.proef.zie_ook_in_tekst(waarde);
        if self.waarden.len() < WAARDEN {
            self.waarden.insert(waarde.to_owned(), (1, as_number));
        } else {
            self.meer = true;
            self.judge(waarde, (1, as_number), jaar);
        }
    }

    fn judge(&mut self, waarde: &str, (aantal, numbers): (u64, u64), jaar: i32) {
        if is_leeg_woord(waarde) {
            return;
        }
        self.gevuld += aantal;
        let texts = aantal - numbers;
        let whole = matches!(whole_number(waarde), Getal::Tekst(_));
        self.gehele_getallen += if whole { numbers } else { 0 };
        self.gehele_getallen += if may_be_whole(waarde) { texts } else { 0 };
        self.getallen += numbers;
        self.getallen += if may_be_number(waarde) { texts } else { 0 };
        self.datums.zie(waarde, aantal, jaar);
    }

    fn finish(mut self, naam: String, jaar: i32) -> Kolomverkenning {
        let mut waarden: Vec<(String, u64)> = Vec::with_capacity(self.waarden.len());
        for (waarde, times) in std::mem::take(&mut self.waarden) {
            self.judge(&waarde, times, jaar);
            waarden.push((waarde, times.0));
        }
        waarden.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Kolomverkenning {
            naam,
            gevuld: self.gevuld,
            waarden,
            meer_waarden: self.meer,
            gehele_getallen: self.gehele_getallen,
            getallen: self.getallen,
            datums: self.datums,
        }
    }
}
