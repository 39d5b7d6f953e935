//! The strict door: one canonical CSV of a pakket, and nothing else.
//!
//! Owns every refusal about its structure (UTF-8, comma, a known header without repeats, rows of one width) and
//! the BSN and bare-hash refusals, for the exporter on its own pakket and the service on what comes in.
//! What is wrong in a value is a finding and belongs to `check`.

use std::io::Read;
use std::sync::Arc;

use arrow_array::builder::{ArrayBuilder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use rows::Weigering;
use rows::bsn::{self, Kolomproef};
use rows::characters::has_invisible;
use rows::encoding::Tekststroom;
pub use rows::records::Limieten;
use rows::records::{Dialect, Regels};
use rows::row_block::Blok;
use schema::{Tabel, Veldtype};

/// Reads one canonical CSV as canonical text batches.
pub struct StriktLezer<R> {
    regels: Regels<R>,
    bestand: String,
    schema: SchemaRef,
    proeven: Vec<Proef>,
    blok: Blok,
    /// The batch so far, per column.
    uit: Vec<StringBuilder>,
    af: bool,
}

/// A batch is handed on from this many rows.
const PARTIJRIJEN: usize = 8192;

/// What is judged per column besides its shape.
enum Proef {
    Niets,
    Pseudoniem(Kolomproef),
    Tekst(Kolomproef),
}

/// Opens the CSV of `tabel`: reads and judges the header.
///
/// # Errors
/// When encoding, delimiter or header are not canonical, or there is nothing in it.
pub fn open<R: Read>(tabel: &Tabel, r: R, limieten: Limieten) -> Result<StriktLezer<R>, Weigering> {
    let bestand = format!("{}.csv", tabel.naam);
    open_named(tabel, r, limieten, bestand.clone()).map_err(|w| w.in_bestand(&bestand))
}

fn open_named<R: Read>(
    tabel: &Tabel,
    r: R,
    limieten: Limieten,
    bestand: String,
) -> Result<StriktLezer<R>, Weigering> {
    let stroom = Tekststroom::strikt(r)?;
    let mut regels = Regels::new(
        stroom,
        Dialect {
            scheiding: b',',
            strikt: true,
        },
        limieten,
    );
    let kop = regels.los_record()?.unwrap_or_default();
    if kop.iter().all(|k| k.trim().is_empty()) {
        return Err(Weigering::new(
            "EMPTY",
            "Het bestand is leeg. Is er niets te melden, doe dan een nulopgave.",
        ));
    }
    judge_header(tabel, &kop)?;
    let velden: Vec<Field> = kop
        .iter()
        .map(|naam| Field::new(naam, DataType::Utf8, true))
        .collect();
    let proeven = kop
        .iter()
        .map(|naam| match tabel.veld(naam).map(|v| &v.veldtype) {
            Some(Veldtype::Pseudoniem) => Proef::Pseudoniem(Kolomproef::default()),
            Some(Veldtype::Tekst { .. }) => Proef::Tekst(Kolomproef::default()),
            _ => Proef::Niets,
        });
    let proeven = proeven.collect();
    let uit = kop.iter().map(|_| StringBuilder::new()).collect();
    Ok(StriktLezer {
        regels,
        bestand,
        schema: Arc::new(Schema::new(velden)),
        proeven,
        blok: Blok::default(),
        uit,
        af: false,
    })
}

fn judge_header(tabel: &Tabel, kop: &[String]) -> Result<(), Weigering> {
    for (nummer, naam) in kop.iter().enumerate() {
        if bsn::verboden_kop(naam) || bsn::in_tekst(naam) {
            return Err(Weigering::new(
                "BSN_SUSPECTED",
                format!("Kolom {} lijkt over BSN's te gaan.", nummer + 1),
            )
            .op_rij(1));
        }
        if kop[..nummer].contains(naam) {
            return Err(Weigering::new(
                "HEADER_DUPLICATE",
                format!("Kolom {} heeft dezelfde naam als een eerdere.", nummer + 1),
            )
            .op_rij(1));
        }
        if tabel.veld(naam).is_some() {
            continue;
        }
        if kop.len() == 1 && (naam.starts_with("sep=") || naam.contains([';', '\t', '|'])) {
            return Err(
                Weigering::new("DELIMITER", "Tussen de kolommen hoort een komma.").op_rij(1),
            );
        }
        let hint = if has_invisible(naam) {
            " Er staat een onzichtbaar teken in."
        } else {
            ""
        };
        let bericht = format!(
            "Kolom {} is geen veld van {}.{hint}",
            nummer + 1,
            tabel.naam
        );
        return Err(Weigering::new("HEADER_UNKNOWN", bericht).in_cel(1, nummer));
    }
    let mist = tabel
        .velden
        .iter()
        .find(|v| v.verplicht && !kop.contains(&v.naam));
    match mist {
        Some(veld) => Err(Weigering::new(
            "HEADER_MISSING",
            format!("De verplichte kolom `{}` ontbreekt.", veld.naam),
        )
        .op_rij(1)),
        None => Ok(()),
    }
}

impl<R: Read> StriktLezer<R> {
    /// All columns of the header, as nullable text.
    pub fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn step(&mut self) -> Result<Option<RecordBatch>, Weigering> {
        let mut rijen = 0;
        let mut blok = std::mem::take(&mut self.blok);
        while rijen < PARTIJRIJEN && self.regels.blok(self.proeven.len(), &mut blok)? {
            rijen += blok.len();
            for nummer in 0..self.proeven.len() {
                self.judge(&blok, nummer)?;
                let uit = &mut self.uit[nummer];
                for cel in blok.kolom(nummer) {
                    if cel.is_empty() {
                        uit.append_null();
                    } else {
                        uit.append_value(cel);
                    }
                }
            }
        }
        self.blok = blok;
        if rijen == 0 {
            let verdacht = self
                .proeven
                .iter()
                .position(|p| p.kolom().is_some_and(Kolomproef::verdacht));
            return verdacht.map_or(Ok(None), |kolom| Err(self.suspect_column(kolom)));
        }
        let kolommen = self.uit.iter_mut().map(|kolom| {
            let room =
                StringBuilder::with_capacity(kolom.len() + 64, kolom.values_slice().len() + 1024);
            Arc::new(std::mem::replace(kolom, room).finish()) as ArrayRef
        });
        let kolommen = kolommen.collect();
        Ok(Some(
            RecordBatch::try_new(self.schema.clone(), kolommen)
                .expect("every column has the rows of the blocks"),
        ))
    }

    fn judge(&mut self, blok: &Blok, nummer: usize) -> Result<(), Weigering> {
        let zeker = match &mut self.proeven[nummer] {
            Proef::Niets => return Ok(()),
            Proef::Pseudoniem(proef) => {
                for (rij, cel) in blok.kolom(nummer).enumerate() {
                    if is_bare_hash(cel) {
                        let kop = self.schema.field(nummer).name();
                        let bericht = "Hier staat een kale hash. Die is terug te rekenen tot een BSN. Maak het pakket met uitvraag.";
                        return Err(Weigering::new("PSEUDONYM_LABEL", bericht)
                            .op_rij(blok.rijnummer(rij))
                            .in_kolom(kop, nummer));
                    }
                    proef.zie(cel);
                }
                proef.zeker_verdacht()
            }
            Proef::Tekst(proef) => {
                for (rij, cel) in blok.kolom(nummer).enumerate() {
                    if bsn::in_vrije_tekst(self.schema.field(nummer).name(), cel) {
                        let kop = self.schema.field(nummer).name();
                        let bericht =
                            "In deze tekst staat een getal dat een BSN kan zijn. Haal het weg.";
                        return Err(Weigering::new("BSN_SUSPECTED", bericht)
                            .op_rij(blok.rijnummer(rij))
                            .in_kolom(kop, nummer));
                    }
                    proef.zie(cel);
                }
                proef.zeker_verdacht()
            }
        };
        if zeker {
            Err(self.suspect_column(nummer))
        } else {
            Ok(())
        }
    }

    fn suspect_column(&self, nummer: usize) -> Weigering {
        let aantal = self.proeven[nummer].kolom().map_or(0, Kolomproef::geslaagd);
        let bericht = format!(
            "In deze kolom zijn {aantal} verschillende waarden geldige BSN's; dat is geen toeval. Vervang ze door eigen nummers."
        );
        Weigering::new("BSN_SUSPECTED", bericht).in_kolom(self.schema.field(nummer).name(), nummer)
    }
}

impl Proef {
    fn kolom(&self) -> Option<&Kolomproef> {
        match self {
            Self::Niets => None,
            Self::Pseudoniem(proef) | Self::Tekst(proef) => Some(proef),
        }
    }
}

/// MD5, SHA-1, SHA-256 or SHA-512 in hexadecimal.
fn is_bare_hash(cel: &str) -> bool {
    matches!(cel.len(), 32 | 40 | 64 | 128) && cel.bytes().all(|b| b.is_ascii_hexdigit())
}

impl<R: Read> Iterator for StriktLezer<R> {
    type Item = Result<RecordBatch, Weigering>;

    /// The next rows, or the refusal that ends it all.
    fn next(&mut self) -> Option<Self::Item> {
        if self.af {
            return None;
        }
        match self.step() {
            Ok(Some(batch)) => Some(Ok(batch)),
            Ok(None) => {
                self.af = true;
                None
            }
            Err(weigering) => {
                self.af = true;
                let koppen = self.schema.fields().iter().map(|f| f.name().as_str());
                Some(Err(weigering.onder_kop(koppen).in_bestand(&self.bestand)))
            }
        }
    }
}
