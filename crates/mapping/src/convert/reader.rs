//! Reads an aanbieder's files as canonical text batches, in one pass and flat in memory for CSV of any size.
//!
//! Owns the order of things: a table after the other, where the rows came from, the stock that is counted, when to stop.
//! Leaves what is to be read to `plan`, one table to `table`, the report at the end to `summary`.

use std::collections::VecDeque;

use arrow_array::RecordBatch;
use rows::Weigering;
use rows::bsn;
use schema::{Bevinding, Definitie, Plaats};
use sheets::open_file::{self, Geopend};
use sheets::{Bestand, refuse_doubles};

use crate::convert::by_headers::by_headers;
use crate::convert::by_koppeling::by_koppeling;
use crate::convert::table::Bezig;
use crate::findings::{bsn_finding, finding};
use crate::koppeling::Koppeling;
use crate::plan::{Bronnen, Taak};
use crate::provenance::{Boek, Stuk};
use crate::stock::Stand;
use crate::summary::{self, Bronverslag};

/// Reads files, table after table, in batches.
pub struct Lezer {
    definitie: Definitie,
    taken: VecDeque<Taak>,
    bezig: Option<Bezig>,
    klaar: Vec<Bezig>,
    stand: Option<Stand>,
    boek: Boek,
    bevindingen: Vec<Bevinding>,
    aannames: Vec<String>,
    bsn: bool,
}

/// Some rows of one table: all columns nullable text, named after canonical fields; codes as keys into their texts.
#[derive(Debug, Clone)]
pub struct Partij {
    /// Canonical table.
    pub tabel: String,
    /// The rows.
    pub batch: RecordBatch,
}

/// A batch is handed on from this many rows.
const PARTIJRIJEN: usize = 8192;

impl Lezer {
    /// Opens the files; without a koppeling canonical headers and labels are recognised.
    ///
    /// # Errors
    /// When a file can't be taken, a column of the koppeling is not there, or there is no table to be recognised.
    pub fn open(
        bestanden: &[Bestand],
        definitie: &Definitie,
        koppeling: Option<&Koppeling>,
    ) -> Result<Self, Weigering> {
        refuse_doubles(bestanden)?;
        let mut geopend: Vec<Geopend> = Vec::with_capacity(bestanden.len());
        for bestand in bestanden {
            geopend.push(open_file::open(bestand)?);
        }
        let bronnen = Bronnen {
            bestanden,
            geopend: &geopend,
        };
        let taken = match koppeling {
            Some(koppeling) => by_koppeling(&bronnen, definitie, koppeling)?,
            None => by_headers(&bronnen, definitie)?,
        };
        let stand =
            Stand::new(definitie).filter(|s| !taken.iter().any(|t| t.tabel.naam == s.tabel));
        let mut lezer = Self {
            definitie: definitie.clone(),
            taken: taken.into(),
            bezig: None,
            klaar: Vec::new(),
            stand,
            boek: Boek::default(),
            bevindingen: Vec::new(),
            aannames: Vec::new(),
            bsn: false,
        };
        for (bestand, geopend) in bestanden.iter().zip(geopend) {
            lezer.note_file(bestand, geopend);
        }
        for taak in lezer.taken.make_contiguous() {
            lezer.aannames.append(&mut taak.aannames);
        }
        lezer.judge_headers();
        Ok(lezer)
    }

    fn note_file(&mut self, bestand: &Bestand, geopend: Geopend) {
        let plaats = Plaats {
            bestand: Some(bestand.naam.clone()),
            ..Plaats::default()
        };
        // How a file is written matters only where it is read.
        let gelezen = self.taken.iter().any(|taak| taak.bestand == bestand.naam);
        for opmerking in geopend.opmerkingen.into_iter().filter(|_| gelezen) {
            self.bevindingen.extend(finding(
                &self.definitie,
                opmerking.code,
                plaats.clone(),
                ("", ""),
            ));
            self.aannames.push(opmerking.zin);
        }
        let bladen = geopend.bladen.iter().filter_map(|b| b.naam.as_deref());
        for (naam, waar) in std::iter::once((bestand.naam.as_str(), "de naam van het bestand"))
            .chain(bladen.map(|b| (b, "de naam van een blad")))
        {
            if bsn::in_tekst(naam) {
                self.suspect(plaats.clone(), ("", ""), waar);
            }
        }
    }

    fn judge_headers(&mut self) {
        let mut verdacht = Vec::new();
        for taak in &self.taken {
            for kop in taak
                .koppen
                .iter()
                .filter(|k| bsn::verboden_kop(k) || bsn::in_tekst(k))
            {
                let plaats = Plaats {
                    bestand: Some(taak.bestand.clone()),
                    blad: taak.blad.clone(),
                    rij: Some(taak.kopregel).filter(|rij| *rij > 0),
                    kolom: Some(kop.clone()),
                    cel: None,
                };
                verdacht.push((plaats, format!("de kolom '{kop}'")));
            }
        }
        for (plaats, waar) in verdacht {
            self.suspect(plaats, ("", ""), &waar);
        }
    }

    fn suspect(&mut self, plaats: Plaats, over: (&str, &str), waar: &str) {
        self.bsn = true;
        self.bevindingen
            .push(bsn_finding(&self.definitie, plaats, over, waar));
    }

    /// The next rows; `None` when every table has been read.
    ///
    /// # Errors
    /// When a file breaks off or is malformed further on.
    pub fn volgende(&mut self) -> Result<Option<Partij>, Weigering> {
        loop {
            if self.bezig.is_none() {
                let Some(taak) = self.taken.pop_front() else {
                    return self.last_part();
                };
                self.bezig = Some(Bezig::new(taak, &mut self.boek));
            }
            let bezig = self.bezig.as_mut().expect("set just above");
            let meer = bezig
                .taak
                .bron
                .blok(bezig.taak.koppen.len(), &mut bezig.blok);
            let meer = meer.map_err(|w| {
                let koppen = bezig.taak.koppen.iter().map(String::as_str);
                w.onder_kop(koppen)
                    .in_bestand(&bezig.taak.bestand)
                    .op_blad(bezig.taak.blad.as_deref())
            })?;
            if meer {
                self.take_in();
                self.refuse_lost_digits()?;
            }
            let rijen = self.bezig.as_ref().map_or(0, |b| b.rijen);
            if rijen >= PARTIJRIJEN || (!meer && rijen > 0) {
                return Ok(Some(self.hand_on()));
            }
            if !meer {
                self.finish_task()?;
            }
        }
    }

    /// Adds a block to the batch.
    fn take_in(&mut self) {
        let bezig = self.bezig.as_mut().expect("only called while reading");
        bezig.take_in();
        self.bsn |= bezig.is_surely_suspect();
        if let Some(stuk) = self.boek.laatste(&bezig.taak.tabel.naam) {
            stuk.extend(bezig.blok.rijnummers());
        }
    }

    /// Refuses numbers that a spreadsheet cut down before it saved the file: several of them have become one.
    fn refuse_lost_digits(&self) -> Result<(), Weigering> {
        let Some(taak) = self.bezig.as_ref().map(|bezig| &bezig.taak) else {
            return Ok(());
        };
        let Some((kolom, rij)) = taak
            .kolommen
            .iter()
            .find_map(|kolom| Some((kolom, kolom.macht_rij?)))
        else {
            return Ok(());
        };
        let bericht = "Hier staat een nummer als macht van tien (met E+): de cijfers zijn verloren. \
                       Haal de gegevens opnieuw uit uw systeem, en open ze niet eerst in uw rekenprogramma.";
        let weigering = Weigering::new("NUMBER", bericht)
            .op_rij(rij)
            .in_kolom(&kolom.kop, kolom.bron);
        Err(weigering
            .in_bestand(&taak.bestand)
            .op_blad(taak.blad.as_deref()))
    }

    /// The batch as it is now.
    fn hand_on(&mut self) -> Partij {
        let bezig = self.bezig.as_mut().expect("only called while reading");
        let batch = bezig.batch();
        let tabel = bezig.taak.tabel.naam.clone();
        if let Some(stand) = self.stand.as_mut().filter(|s| s.bron == tabel) {
            stand.tel(&batch);
        }
        Partij { tabel, batch }
    }

    /// Rounds off a table: what was passed over, and whether its columns are BSNs.
    fn finish_task(&mut self) -> Result<(), Weigering> {
        let Some(mut bezig) = self.bezig.take() else {
            return Ok(());
        };
        if let n @ 1.. = bezig.taak.bron.uitgepakt() {
            let cellen = if n == 1 {
                "1 cel".to_owned()
            } else {
                format!("{n} cellen")
            };
            let zin = format!(
                "Bestand '{}': in {cellen} staat een waarde als =\"…\". Alleen de tekst ertussen is gelezen.",
                bezig.taak.bestand
            );
            self.aannames.push(zin);
        }
        for (rij, reden) in bezig.taak.bron.overgeslagen() {
            bezig.overslag.add(rij, reden);
        }
        let eerste_tabel = self
            .definitie
            .tabellen
            .first()
            .is_some_and(|t| t.naam == bezig.taak.tabel.naam);
        let nog_een = self
            .taken
            .iter()
            .any(|t| t.tabel.naam == bezig.taak.tabel.naam);
        if eerste_tabel && !nog_een && self.boek.rijen(&bezig.taak.tabel.naam) == 0 {
            let bericht = "Het bestand heeft geen enkele rij. Heeft u niets te melden? Doe dan een nulopgave met `uitvraag nulopgave`.";
            return Err(Weigering::new("EMPTY", bericht)
                .in_bestand(&bezig.taak.bestand)
                .op_blad(bezig.taak.blad.as_deref()));
        }
        for (plaats, veld, waar) in bezig.suspects() {
            let tabel = if veld.is_empty() {
                ""
            } else {
                bezig.taak.tabel.naam.as_str()
            };
            self.suspect(plaats, (tabel, &veld), &waar);
        }
        self.klaar.push(bezig);
        Ok(())
    }

    /// The stock that was counted, after all else.
    fn last_part(&mut self) -> Result<Option<Partij>, Weigering> {
        let Some(stand) = self.stand.take() else {
            return Ok(None);
        };
        if !self.boek.tabellen.contains_key(&stand.bron) {
            return Ok(None);
        }
        let batch = stand.batch();
        let bron = self
            .definitie
            .tabel(&stand.bron)
            .map_or(stand.bron.as_str(), |t| t.titel.as_str())
            .to_lowercase();
        let stuk = Stuk::new(format!("(afgeleid uit de {bron})"), None, 0);
        self.boek.tabellen.insert(stand.tabel.clone(), vec![stuk]);
        let titel = self
            .definitie
            .tabel(&stand.tabel)
            .map_or(stand.tabel.as_str(), |t| t.titel.as_str())
            .to_owned();
        self.aannames.push(format!(
            "De tabel {titel} is geteld uit de {bron}, op de laatste dag van elk kwartaal."
        ));
        self.bevindingen.extend(finding(
            &self.definitie,
            "WACHTLIJST_DERIVED",
            Plaats::default(),
            (&stand.tabel, ""),
        ));
        Ok(Some(Partij {
            tabel: stand.tabel,
            batch,
        }))
    }

    /// A BSN was seen in what has been read so far: stop, nothing may be written.
    pub fn bsn_vermoed(&self) -> bool {
        self.bsn
    }

    /// What there is to say; call it when `volgende` has given `None`.
    pub fn afronden(self) -> Bronverslag {
        let Self {
            definitie,
            klaar,
            boek,
            bevindingen,
            aannames,
            ..
        } = self;
        summary::draw_up(&definitie, &klaar, boek, bevindingen, aannames)
    }
}
