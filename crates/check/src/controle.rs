//! One judgement over one levering, batch by batch.
//!
//! Owns the order of work: type a batch, judge its cells and rows, let rules over sets look, and make the
//! [`Oordeel`] at the end.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Date32Type, Decimal128Type, Int32Type};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::DataType;
use schema::bevinding::AFGELEID;
use schema::onberekend::{self, ONBEREKEND};
use schema::{Definitie, Herkomst, Oordeel, Soort};

use crate::expr::bits;
use crate::expr::rekenen::{VENSTER, Venster, known_bits};
use crate::fout::{CheckFout, RegelFout};
use crate::klad::{Klad, Opslag};
use crate::oordeel::{self, Slotsom};
use crate::oorzaak::Grond;
use crate::opbouw::{self, Opbouw, Record, TabelStaat, VeldStaat};
use crate::options::Opties;
use crate::regels::vorig::Versleutel;
use crate::regels::{Slot, Vergelijk};
use crate::sleutel::mark;
use crate::tally::Vondsten;
use crate::tekst::shown;
use crate::text_column::TextColumn;
use crate::typering::{Getypt, datum, empty_rows};
use crate::view::{Blik, Hashes};
use crate::vondst::{Invulling, Vondst};

/// What an age is derived from, in the words of a finding.
const GEBOORTEDATUM: &str = "De geboortedatum";

/// A judgement under way.
#[derive(Debug)]
pub struct Controle {
    definitie: Arc<Definitie>,
    opties: Opties,
    opbouw: Opbouw,
    vondsten: Vondsten,
    opslag: RefCell<Opslag>,
}

impl Controle {
    /// Prepares a judgement: compiles every rule of the definition.
    ///
    /// # Errors
    /// When a rule of the definition cannot be used.
    pub fn new(definitie: &Definitie, opties: Opties) -> Result<Self, RegelFout> {
        let definitie = Arc::new(definitie.clone());
        let opbouw = opbouw::build(&definitie, &opties)?;
        let vondsten = Vondsten::new(
            definitie.regels.len(),
            definitie.tabellen.len(),
            opties.per_regel,
        );
        Ok(Self {
            definitie,
            opties,
            opbouw,
            vondsten,
            opslag: RefCell::default(),
        })
    }

    /// With a scratch file for what does not stay in memory. Before the first batch; without it all stays there.
    #[must_use]
    pub fn met_klad(self, klad: Klad) -> Self {
        Self {
            opslag: RefCell::new(Opslag::new(klad)),
            ..self
        }
    }

    /// Takes a table of the previous levering (typed by its own definition, see [`Controle::typeer`]), for rules that
    /// compare years. Give all of them before the first batch of the same table of this levering.
    ///
    /// # Errors
    /// When the batch lacks a field those rules need, or comes too late.
    pub fn vorige(&mut self, tabel: &str, batch: &RecordBatch) -> Result<(), CheckFout> {
        let t = self.table(tabel)?;
        if self.opbouw.tabellen[t].rijen.is_some() {
            return Err(CheckFout::VorigeTeLaat(tabel.to_owned()));
        }
        self.opbouw
            .setregels
            .iter_mut()
            .try_for_each(|regel| regel.previous(t, batch))
    }

    /// Compares the aanbieder's own identifiers with last year's pseudonyms, made by `maak` from a field and its
    /// identifiers. Only of use with [`Opties::ruwe_ids`].
    pub fn vergelijk_met(
        &mut self,
        maak: impl Fn(&str, &StringArray) -> StringArray + Send + Sync + 'static,
    ) {
        let vergelijk = Vergelijk::Met(Versleutel(Arc::new(maak)));
        self.opbouw
            .setregels
            .iter_mut()
            .for_each(|regel| regel.compare_by(&vergelijk));
    }

    /// Last year's pseudonyms were made with another key: identifiers can't be compared, numbers can.
    pub fn andere_sleutel(&mut self) {
        self.opbouw
            .setregels
            .iter_mut()
            .for_each(|regel| regel.compare_by(&Vergelijk::AndereSleutel));
    }

    /// A batch of canonical text, typed and not judged.
    ///
    /// # Errors
    /// When the batch is no canonical text of a table of the definition.
    pub fn typeer(&self, tabel: &str, batch: &RecordBatch) -> Result<RecordBatch, CheckFout> {
        let t = self.table(tabel)?;
        let ruw = self.text_columns(t, batch)?;
        let staat = &self.opbouw.tabellen[t];
        let kolommen = type_columns(staat, &ruw, batch.num_rows())?
            .into_iter()
            .map(|getypt| getypt.array)
            .collect();
        Ok(RecordBatch::try_new(Arc::clone(&staat.schema), kolommen)?)
    }

    /// Judges a batch of canonical text (codes may come as keys into their texts) and gives it back typed. A table that is present but empty is told by a
    /// batch without rows.
    ///
    /// # Errors
    /// When the batch is no canonical text of a table of the definition, or the scratch file fails.
    pub fn partij(&mut self, tabel: &str, batch: &RecordBatch) -> Result<RecordBatch, CheckFout> {
        let t = self.table(tabel)?;
        let ruw = self.text_columns(t, batch)?;
        let rijen = batch.num_rows();
        let staat = &mut self.opbouw.tabellen[t];
        if batch.schema_ref().metadata().contains_key(AFGELEID) {
            // Its references are judged where they come from, and nobody left a field of it empty.
            staat.velden.iter_mut().for_each(|veld| veld.leeg.clear());
            self.opbouw
                .setregels
                .iter_mut()
                .for_each(|regel| regel.derived(t));
        }
        let begin = *staat.rijen.get_or_insert(0);
        let eind = begin + rijen as u64;
        if eind >= u64::from(u32::MAX) {
            return Err(CheckFout::TeVeelRijen(tabel.to_owned()));
        }
        let getypt = type_columns(staat, &ruw, rijen)?;
        let kolommen: Vec<ArrayRef> = getypt.iter().map(|g| Arc::clone(&g.array)).collect();
        let (hashes, opslag) = (Hashes::new(kolommen.len()), &self.opslag);
        let blik = Blik {
            tabel: t,
            begin,
            rijen,
            kolommen: &kolommen,
            ruw: &ruw,
            hashes,
            opslag,
        };
        let leverdag = datum::days(self.opties.leverdatum);
        for (v, (veld, getypt)) in staat.velden.iter_mut().zip(&getypt).enumerate() {
            veld.gevuld |= getypt.leeg < rijen;
            veld.aanwezig |= ruw[v].is_some();
            let notitie = batch
                .schema_ref()
                .field_with_name(&self.definitie.tabellen[t].velden[v].naam)
                .ok();
            let notitie = notitie.and_then(|veld| veld.metadata().get(ONBEREKEND));
            let onberekend = notitie
                .map(|notitie| onberekend::read(notitie))
                .unwrap_or_default();
            judge_cells(
                veld,
                v,
                getypt,
                &blik,
                leverdag,
                &onberekend,
                &mut self.vondsten,
            );
        }
        judge_rows(&staat.records, &getypt, &blik, &mut self.vondsten);
        for regel in &mut self.opbouw.setregels {
            regel.look(&blik, &mut self.vondsten);
        }
        self.opslag.get_mut().check()?;
        self.vondsten.end_batch();
        staat.rijen = Some(eind);
        Ok(RecordBatch::try_new(Arc::clone(&staat.schema), kolommen)?)
    }

    /// The judgement over all batches given.
    ///
    /// # Errors
    /// When the scratch file fails; never without one.
    pub fn afronden(mut self, herkomst: &dyn Herkomst) -> Result<Oordeel, CheckFout> {
        let rijen: Vec<Option<u64>> = self.opbouw.tabellen.iter().map(|t| t.rijen).collect();
        let slot = Slot {
            definitie: &self.definitie,
            rijen: &rijen,
            opslag: &self.opslag,
        };
        let mut niet_beoordeeld = std::mem::take(&mut self.opbouw.niet_beoordeeld);
        for regel in &mut self.opbouw.setregels {
            niet_beoordeeld.extend(regel.finish(&slot, &mut self.vondsten));
        }
        self.opslag.get_mut().check()?;
        empty_fields(&self.opbouw.tabellen, &mut self.vondsten);
        absent_tables(&self.definitie, &rijen, &mut self.vondsten);
        let ontbreekt = |t: &TabelStaat| t.velden.iter().map(|v| !v.aanwezig).collect();
        let slotsom = Slotsom {
            definitie: &self.definitie,
            ontbreekt: self.opbouw.tabellen.iter().map(ontbreekt).collect(),
            leverdatum: self.opties.leverdatum,
            per_regel: self.opties.per_regel,
            rijen: &rijen,
            bakken: self.vondsten.finish(),
            niet_beoordeeld,
            herkomst,
            kandidaten: Default::default(),
            bedoeld: Default::default(),
        };
        Ok(oordeel::make(slotsom))
    }

    fn table(&self, naam: &str) -> Result<usize, CheckFout> {
        let at = self.definitie.tabellen.iter().position(|t| t.naam == naam);
        at.ok_or_else(|| CheckFout::OnbekendeTabel(naam.to_owned()))
    }

    /// The text column of each field of the table, where the batch has it.
    fn text_columns<'b>(
        &self,
        t: usize,
        batch: &'b RecordBatch,
    ) -> Result<Vec<Option<TextColumn<'b>>>, CheckFout> {
        let definitie = &self.definitie.tabellen[t];
        let (tabel, mut gezien) = (definitie.naam.clone(), HashSet::new());
        for veld in batch.schema_ref().fields() {
            let kolom = veld.name().clone();
            if definitie.veld(&kolom).is_none() {
                return Err(CheckFout::OnbekendeKolom { tabel, kolom });
            }
            if !TextColumn::fits(veld.data_type()) {
                let (soort, verwacht) = (veld.data_type().to_string(), DataType::Utf8.to_string());
                return Err(CheckFout::Kolomtype {
                    tabel,
                    kolom,
                    soort,
                    verwacht,
                });
            }
            if !gezien.insert(veld.name()) {
                return Err(CheckFout::DubbeleKolom { tabel, kolom });
            }
        }
        Ok(definitie
            .velden
            .iter()
            .map(|veld| batch.column_by_name(&veld.naam).and_then(TextColumn::of))
            .collect())
    }
}

fn type_columns(
    staat: &TabelStaat,
    ruw: &[Option<TextColumn<'_>>],
    rijen: usize,
) -> Result<Vec<Getypt>, CheckFout> {
    let kolommen = staat.velden.iter().zip(ruw);
    let typed = kolommen.map(|(veld, ruw)| match ruw {
        Some(ruw) => veld.typer.type_column(*ruw),
        None => Ok(Getypt {
            array: veld.typer.empty(rijen),
            ongeldig: None,
            leeg: rijen,
        }),
    });
    Ok(typed.collect::<Result<_, _>>()?)
}

/// The rules over the cells of one field; `onberekend` are rows in which it is not empty for want of a source.
fn judge_cells(
    veld: &VeldStaat,
    v: usize,
    getypt: &Getypt,
    blik: &Blik<'_>,
    leverdag: i32,
    onberekend: &[(usize, Option<&str>)],
    vondsten: &mut Vondsten,
) {
    for &regel in &veld.bron_ongeldig {
        for (rij, tekst) in onberekend
            .iter()
            .filter_map(|(rij, tekst)| Some((*rij, (*tekst)?)))
        {
            let namen = vec![("veld", Invulling::Tekst(GEBOORTEDATUM.to_owned()))];
            vondsten.add(regel, blik.tabel, || Vondst {
                gevonden: Some(shown(tekst)),
                namen,
                ..cell(blik, v, rij)
            });
        }
    }
    let mut add = |regels: &[usize], rijen: &[u64], grond: Option<Grond>| {
        for &regel in regels {
            vondsten.add_rows(regel, blik.tabel, rijen, |i| cell(blik, v, i));
            if let Some(grond) = grond.filter(|_| rijen.iter().any(|&word| word != 0)) {
                vondsten
                    .causes(regel, blik.tabel, v)
                    .count(grond, blik, v, rijen, |i| cell(blik, v, i));
            }
        }
    };
    if let Some(ongeldig) = &getypt.ongeldig {
        add(&veld.ongeldig, ongeldig, veld.typer.cause());
    }
    if getypt.leeg > 0 && !veld.verplicht.is_empty() {
        let mut leeg = blik.ruw[v].map_or_else(|| bits::ones(blik.rijen), empty_rows);
        let gezegd = |tekst: &Option<&str>| tekst.is_none() || !veld.bron_ongeldig.is_empty();
        for (rij, _) in onberekend
            .iter()
            .filter(|(rij, tekst)| *rij < blik.rijen && gezegd(tekst))
        {
            leeg[rij / 64] &= !(1 << (rij % 64));
        }
        add(&veld.verplicht, &leeg, Some(Grond::Veld));
    }
    if !veld.negatief.is_empty() && getypt.array.null_count() < blik.rijen {
        add(
            &veld.negatief,
            &negative_rows(&getypt.array),
            Some(Grond::Waarde),
        );
    }
    if !veld.na_levering.is_empty() && getypt.array.null_count() < blik.rijen {
        let dagen = getypt.array.as_primitive::<Date32Type>().values();
        add(
            &veld.na_levering,
            &known(
                &getypt.array,
                bits::mask(dagen.len(), |i| dagen[i] > leverdag),
            ),
            Some(Grond::Waarde),
        );
    }
}

fn negative_rows(array: &ArrayRef) -> Vec<u64> {
    let negatief = match array.as_primitive_opt::<Int32Type>() {
        Some(getallen) => bits::mask(array.len(), |i| getallen.values()[i] < 0),
        None => {
            let bedragen = array.as_primitive::<Decimal128Type>().values();
            bits::mask(array.len(), |i| bedragen[i] < 0)
        }
    };
    known(array, negatief)
}

/// The rows of `rijen` for which the array has a value.
fn known(array: &ArrayRef, rijen: Vec<u64>) -> Vec<u64> {
    match array.nulls() {
        Some(nulls) => bits::and(rijen, &known_bits(nulls, 0, array.len())),
        None => rijen,
    }
}

/// The rules over one row each. A rule is silent where a value it uses breaks its type: that was said already.
fn judge_rows(records: &[Record], getypt: &[Getypt], blik: &Blik<'_>, vondsten: &mut Vondsten) {
    let mut schendingen: Vec<Vec<u64>> = vec![Vec::new(); records.len()];
    for begin in (0..blik.rijen).step_by(VENSTER) {
        let venster = Venster::new(blik.kolommen, begin, VENSTER.min(blik.rijen - begin));
        for (record, rijen) in records.iter().zip(&mut schendingen) {
            let mut fout = record.assert.over(&venster).onwaar;
            if let Some(when) = &record.when {
                fout = bits::and(fout, &when.over(&venster).waar);
            }
            rijen.extend(fout);
        }
    }
    for (record, mut rijen) in records.iter().zip(schendingen) {
        for ongeldig in record
            .velden
            .iter()
            .filter_map(|&v| getypt[v].ongeldig.as_ref())
        {
            rijen = bits::and_not(rijen, ongeldig);
        }
        if rijen.iter().all(|&word| word == 0) {
            continue;
        }
        let vondst = |i| match record.veld {
            Some(veld) => Vondst {
                merk: marked(blik, &record.merkvelden, i),
                ..cell(blik, veld, i)
            },
            None => Vondst {
                rij: Some(blik.rij(i)),
                ..Vondst::default()
            },
        };
        vondsten.add_rows(record.regel, blik.tabel, &rijen, vondst);
        if record.signaal {
            vondsten.mark(record.regel, blik.tabel, blik.begin, &rijen);
        }
        // A rule about one cell has one cause where the value is the same; of two cells either may be wrong.
        if let (Some(veld), [_]) = (record.veld, record.velden.as_slice()) {
            vondsten.causes(record.regel, blik.tabel, veld).count(
                Grond::Waarde,
                blik,
                veld,
                &rijen,
                vondst,
            );
        }
    }
}

/// A number for what stands in these fields of a row.
fn marked(blik: &Blik<'_>, velden: &[usize], rij: usize) -> u64 {
    velden.iter().fold(0, |so_far, &veld| {
        so_far.rotate_left(17) ^ mark(blik.text(veld, rij).as_bytes())
    })
}

fn cell(blik: &Blik<'_>, veld: usize, rij: usize) -> Vondst {
    Vondst {
        rij: Some(blik.rij(rij)),
        veld: Some(veld),
        gevonden: blik.gevonden(veld, rij),
        ..Vondst::default()
    }
}

/// Optional fields that are empty in every row of a table that has rows.
fn empty_fields(tabellen: &[TabelStaat], vondsten: &mut Vondsten) {
    for (t, tabel) in tabellen
        .iter()
        .enumerate()
        .filter(|(_, tabel)| tabel.rijen.is_some_and(|n| n > 0))
    {
        for (v, veld) in tabel
            .velden
            .iter()
            .enumerate()
            .filter(|(_, veld)| !veld.gevuld)
        {
            for &regel in &veld.leeg {
                vondsten.add(regel, t, || Vondst {
                    veld: Some(v),
                    ..Vondst::default()
                });
            }
        }
    }
}

/// Tables that may be absent, and are.
fn absent_tables(definitie: &Definitie, rijen: &[Option<u64>], vondsten: &mut Vondsten) {
    for (r, regel) in definitie
        .regels
        .iter()
        .enumerate()
        .filter(|(_, r)| matches!(r.soort, Soort::TabelAfwezig {}))
    {
        for (t, tabel) in definitie
            .tabellen
            .iter()
            .enumerate()
            .filter(|(t, _)| rijen[*t].is_none())
        {
            let bedoeld = regel
                .tabel
                .as_ref()
                .map_or(tabel.mag_ontbreken, |naam| *naam == tabel.naam);
            if bedoeld {
                vondsten.add(r, t, Vondst::default);
            }
        }
    }
}
