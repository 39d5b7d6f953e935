//! Reads an aanbieder's files as canonical text batches, in one pass and flat in memory for CSV of any size.
//!
//! Owns the journey of a block: read, sift out what is no data, convert column by column, remember where the rows
//! came from, count the stock. Leaves what is to be read to `opzet`, the report at the end to `verslag`.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{DataType, Field, Schema};
use schema::onberekend::{self, ONBEREKEND};
use schema::{Bevinding, Definitie, Herkomst, Plaats, RegelTelling, Veldtype};

use crate::bestand::{self, Bestand};
use crate::bevind::{bsn_finding, finding};
use crate::blok::Blok;
use crate::bsn::{self, Kolomproef};
use crate::herkomst::{Boek, Stuk};
use crate::kolom::ages;
use crate::koppeling::Koppeling;
use crate::opening::{self, Geopend};
use crate::opzet::{self, Bronnen, Taak};
use crate::rijen::{Overslag, sift};
use crate::verslag;
use crate::wachtlijst::Stand;
use crate::weigering::Weigering;
use crate::zonder_koppeling;

/// Reads files, table after table, in batches.
pub struct Lezer {
    definitie: Definitie,
    taken: VecDeque<Taak>,
    bezig: Option<Bezig>,
    pub(crate) klaar: Vec<Bezig>,
    stand: Option<Stand>,
    pub(crate) boek: Boek,
    pub(crate) bevindingen: Vec<Bevinding>,
    pub(crate) aannames: Vec<String>,
    bsn: bool,
}

/// Some rows of one table: all columns nullable text, named after canonical fields.
#[derive(Debug, Clone)]
pub struct Partij {
    /// Canonical table.
    pub tabel: String,
    /// The rows.
    pub batch: RecordBatch,
}

/// What there is to say when all has been read.
pub struct Bronverslag {
    /// Findings of phase `bron`.
    pub bevindingen: Vec<Bevinding>,
    /// Their exact counts.
    pub tellingen: Vec<RegelTelling>,
    /// What was assumed, as Dutch sentences.
    pub aannames: Vec<String>,
    /// Questions that are still open, as Dutch sentences.
    pub open: Vec<String>,
    /// Where every canonical row and field stands in the files.
    pub herkomst: Box<dyn Herkomst>,
    /// True where a sjabloon was read.
    pub sjabloon: bool,
}

/// A task with what was met while it was read.
pub(crate) struct Bezig {
    pub(crate) taak: Taak,
    pub(crate) overslag: Overslag,
    sleutels: Vec<usize>,
    tekstkolommen: Vec<usize>,
    /// Per unused column.
    proeven: Vec<Kolomproef>,
    pub(crate) schema: Arc<Schema>,
    blok: Blok,
    /// Rows in the batch so far.
    rijen: usize,
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
        bestand::refuse_doubles(bestanden)?;
        let mut geopend: Vec<Geopend> = Vec::with_capacity(bestanden.len());
        for bestand in bestanden {
            geopend.push(opening::open(bestand)?);
        }
        let bronnen = Bronnen {
            bestanden,
            geopend: &geopend,
        };
        let taken = match koppeling {
            Some(koppeling) => opzet::by_koppeling(&bronnen, definitie, koppeling)?,
            None => zonder_koppeling::by_headers(&bronnen, definitie)?,
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
                self.bezig = Some(self.begin(taak));
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

    fn begin(&mut self, taak: Taak) -> Bezig {
        let begin = self.boek.rijen(&taak.tabel.naam);
        let mut stuk = Stuk::new(taak.bestand.clone(), taak.blad.clone(), begin);
        stuk.heeft_cellen = taak.heeft_cellen;
        let kolommen = taak
            .kolommen
            .iter()
            .chain(taak.leeftijden.iter().map(|(k, _)| k));
        stuk.kolommen = kolommen
            .map(|k| (k.veld.clone(), (k.kop.clone(), k.bron)))
            .collect();
        self.boek
            .tabellen
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
            .map(|v| Field::new(&v.naam, DataType::Utf8, true))
            .collect();
        Bezig {
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
            blok: Blok::default(),
            rijen: 0,
            taak,
        }
    }

    /// Adds a block to the batch.
    fn take_in(&mut self) {
        let bezig = self.bezig.as_mut().expect("only called while reading");
        sift(
            &mut bezig.blok,
            &bezig.taak.koppen,
            &bezig.sleutels,
            &bezig.tekstkolommen,
            &mut bezig.overslag,
        );
        bezig.convert();
        let zeker = bezig
            .proeven
            .iter()
            .chain(bezig.taak.kolommen.iter().map(|k| &k.proef))
            .any(Kolomproef::zeker_verdacht);
        self.bsn |= zeker || bezig.taak.kolommen.iter().any(|k| k.bsn_rij.is_some());
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
        verslag::draw_up(&definitie, &klaar, boek, bevindingen, aannames)
    }
}

impl Bezig {
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

    fn batch(&mut self) -> RecordBatch {
        let rijen = std::mem::take(&mut self.rijen);
        let mut schema = self.schema.clone();
        let mut per_veld: HashMap<String, ArrayRef> =
            HashMap::with_capacity(self.schema.fields().len());
        for kolom in &mut self.taak.kolommen {
            per_veld.insert(kolom.veld.clone(), Arc::new(kolom.flush()));
        }
        for (kolom, op) in &mut self.taak.leeftijden {
            let dag: Option<&StringArray> = per_veld
                .get(op.as_str())
                .and_then(|k| k.as_string_opt::<i32>());
            let op_verplicht = self.taak.tabel.veld(op).is_some_and(|veld| veld.verplicht);
            let (leeftijd, zonder) = ages(&kolom.flush(), dag, op_verplicht);
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
    fn suspects(&self) -> Vec<(Plaats, String, String)> {
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
