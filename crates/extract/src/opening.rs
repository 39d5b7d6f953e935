//! A file as sheets of rows, whatever it is: CSV, workbook (.xlsx, .ods) or JSON.
//!
//! Owns finding the encoding, delimiter and `sep=` line of a CSV, and reading any of the three in blocks. What was
//! assumed comes back as remarks with the code of the rule that says so. Leaves headers to `kop`.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::sync::Arc;

use crate::bestand::{Bestand, Bestandssoort, Stroom};
use crate::blok::Blok;
use crate::raster::{Raster, Rasterlezer};
use crate::regels::{Dialect, Limieten, Overgeslagen, Regels};
use crate::tekst::{Codering, Tekststroom, recognise};
use crate::weigering::Weigering;
use crate::werkmap::Kenmerk;

/// Text looked at to find out how a CSV is written.
const PROEF: usize = 256 * 1024;

/// Something that was assumed about the file.
#[derive(Debug, Clone)]
pub(crate) struct Opmerking {
    /// Code of the rule of phase `bron`; empty where it is only said.
    pub(crate) code: &'static str,
    pub(crate) zin: String,
}

/// A file, opened.
pub(crate) struct Geopend {
    pub(crate) bladen: Vec<Blad>,
    pub(crate) opmerkingen: Vec<Opmerking>,
    /// The sjabloon the file was made from, where it says so.
    pub(crate) kenmerk: Option<Kenmerk>,
}

/// A sheet of rows.
pub(crate) struct Blad {
    pub(crate) naam: Option<String>,
    pub(crate) verborgen: bool,
    inhoud: Inhoud,
}

enum Inhoud {
    Csv {
        codering: Codering,
        scheiding: u8,
        sep_regel: bool,
    },
    /// Plain CSV; the header is row 0, so that rows have the number the query gave them.
    Query,
    Raster(Arc<Raster>),
}

/// Takes a row: its number, and its filled cells with their columns.
pub(crate) type Rijnemer<'a, E> = dyn FnMut(u64, &[(u32, &str)]) -> Result<(), E> + 'a;

/// Reads the rows below a header.
pub(crate) enum Rijbron {
    Csv(Box<Regels<Box<dyn Stroom>>>),
    Raster(Rasterlezer),
}

pub(crate) fn open(bestand: &Bestand) -> Result<Geopend, Weigering> {
    let geopend = match bestand.soort()? {
        Bestandssoort::Tekst => open_csv(bestand),
        Bestandssoort::Werkmap => {
            crate::werkmap::open(bestand).map(|(werkmap, opmerkingen)| Geopend {
                opmerkingen,
                kenmerk: werkmap.kenmerk,
                ..from_rasters(werkmap.rasters)
            })
        }
        Bestandssoort::Json => crate::json::open(bestand).map(|(rasters, opmerkingen)| Geopend {
            opmerkingen,
            ..from_rasters(rasters)
        }),
        Bestandssoort::Query => {
            let blad = Blad {
                naam: None,
                verborgen: false,
                inhoud: Inhoud::Query,
            };
            Ok(Geopend {
                bladen: vec![blad],
                ..from_rasters(Vec::new())
            })
        }
    };
    let geopend = geopend.map_err(|w| w.in_bestand(&bestand.naam))?;
    if geopend.bladen.iter().all(Blad::is_empty_raster) {
        return Err(empty().in_bestand(&bestand.naam));
    }
    Ok(geopend)
}

/// There is nothing in it.
pub(crate) fn empty() -> Weigering {
    Weigering::new(
        "EMPTY",
        "Het bestand is leeg. Heeft u niets te melden? Doe dan een nulopgave met `uitvraag nulopgave`.",
    )
}

fn from_rasters(rasters: Vec<Raster>) -> Geopend {
    Geopend {
        bladen: rasters.into_iter().map(Blad::from_raster).collect(),
        opmerkingen: Vec::new(),
        kenmerk: None,
    }
}

fn open_csv(bestand: &Bestand) -> Result<Geopend, Weigering> {
    let codering = recognise(bestand.open()?)?;
    let (proef, breuk) = sample(bestand, codering)?;
    let mut opmerkingen = Vec::new();
    opmerkingen.extend(remark(codering));
    let eerste = proef.lines().next().unwrap_or_default();
    let verklaard = declared(eerste);
    let scheiding = match verklaard {
        Some(teken) => {
            opmerkingen.push(Opmerking {
                code: "SEP_LINE",
                zin: "De eerste regel (sep=) zegt hoe de kolommen zijn gescheiden. Die regel is overgeslagen.".to_owned(),
            });
            teken
        }
        None => delimiter(&proef).map_err(|w| breuk.unwrap_or(w))?,
    };
    if scheiding != b',' && verklaard.is_none() {
        let naam = match scheiding {
            b';' => "een puntkomma",
            b'\t' => "een tab",
            _ => "een rechte streep (|)",
        };
        opmerkingen.push(Opmerking {
            code: "DELIMITER_ASSUMED",
            zin: format!("De kolommen zijn gescheiden met {naam}."),
        });
    }
    let inhoud = Inhoud::Csv {
        codering,
        scheiding,
        sep_regel: verklaard.is_some(),
    };
    Ok(Geopend {
        bladen: vec![Blad {
            naam: None,
            verborgen: false,
            inhoud,
        }],
        opmerkingen,
        kenmerk: None,
    })
}

/// What to say of an encoding that is not plain UTF-8.
pub(crate) fn remark(codering: Codering) -> Option<Opmerking> {
    let code = if codering == Codering::Utf8Bom {
        "BOM"
    } else {
        "ENCODING_ASSUMED"
    };
    codering.aanname().map(|zin| Opmerking {
        code,
        zin: zin.to_owned(),
    })
}

/// The first piece of text, cut at a line end unless it is all there is, and what broke it off.
fn sample(bestand: &Bestand, codering: Codering) -> Result<(String, Option<Weigering>), Weigering> {
    let mut stroom = Tekststroom::new(bestand.open()?, codering)?;
    let mut bytes = vec![0; PROEF];
    let mut gevuld = 0;
    let mut op = false;
    let mut breuk = None;
    while gevuld + 16 < bytes.len() && !op {
        match stroom.lees(&mut bytes[gevuld..]) {
            Ok(n) => {
                op = n == 0;
                gevuld += n;
            }
            Err(fout) if gevuld == 0 => return Err(fout.op_rij(1)),
            // Reading comes across it again, and then knows the row.
            Err(fout) => {
                breuk = Some(fout);
                break;
            }
        }
    }
    bytes.truncate(gevuld);
    let mut tekst = String::from_utf8(bytes).expect("the stream gives whole UTF-8 characters");
    if !op && let Some(einde) = tekst.rfind(['\n', '\r']) {
        tekst.truncate(einde + 1);
    }
    if tekst.trim().is_empty() {
        return Err(empty());
    }
    let breuk = breuk.map(|fout| fout.op_rij(1 + tekst.matches('\n').count() as u64));
    Ok((tekst, breuk))
}

/// The delimiter a `sep=` line declares.
fn declared(regel: &str) -> Option<u8> {
    let kaal = regel.trim_matches(|c| c == '"' || c == '\u{feff}' || c == '\r');
    let teken = kaal
        .get(..4)
        .filter(|k| k.eq_ignore_ascii_case("sep="))
        .map(|_| &kaal[4..])?;
    match teken.as_bytes() {
        [teken] if matches!(teken, b',' | b';' | b'\t' | b'|') => Some(*teken),
        [] if regel.contains('\t') => Some(b'\t'),
        _ => None,
    }
}

fn delimiter(proef: &str) -> Result<u8, Weigering> {
    let mut beste = (0.0, b',');
    let mut stuk = None;
    for scheiding in [b';', b',', b'\t', b'|'] {
        let maat = steadiness(proef, scheiding);
        if maat.score > beste.0 + 1e-9 {
            beste = (maat.score, scheiding);
        }
        if scheiding == b',' && maat.rijen == 0 {
            stuk = Some(maat.fout.unwrap_or_else(empty));
        }
    }
    if beste.0 < 0.5 {
        let bericht = "De kolommen zijn niet te herkennen: er staat geen komma, puntkomma, tab of streep tussen. Sla het bestand op als CSV of Excel.";
        return Err(stuk.unwrap_or_else(|| Weigering::new("DELIMITER", bericht)));
    }
    Ok(beste.1)
}

/// How well a delimiter fits.
struct Maat {
    /// Delimiters per row, counted over the rows of the most common width.
    score: f64,
    rijen: usize,
    /// Why not all of it could be read.
    fout: Option<Weigering>,
}

fn steadiness(proef: &str, scheiding: u8) -> Maat {
    let mut maat = Maat {
        score: 0.0,
        rijen: 0,
        fout: None,
    };
    let Ok(stroom) = Tekststroom::new(Cursor::new(proef.as_bytes()), Codering::Utf8) else {
        return maat;
    };
    let mut regels = Regels::new(
        stroom,
        Dialect {
            scheiding,
            strikt: false,
        },
        Limieten::default(),
    );
    let mut breedtes: BTreeMap<usize, usize> = BTreeMap::new();
    while maat.rijen < 200 {
        match regels.los_record() {
            Ok(Some(record)) if record.iter().all(String::is_empty) => {}
            Ok(Some(record)) => {
                *breedtes.entry(record.len()).or_default() += 1;
                maat.rijen += 1;
            }
            Ok(None) => break,
            // What came before it tells enough; the reader will say where this is.
            Err(fout) => {
                maat.fout = Some(fout);
                break;
            }
        }
    }
    let meest = breedtes
        .iter()
        .map(|(breedte, n)| (breedte - 1) * n)
        .max()
        .unwrap_or(0);
    maat.score = meest as f64 / maat.rijen.max(1) as f64;
    maat
}

impl Blad {
    pub(crate) fn from_raster(raster: Raster) -> Self {
        Self {
            naam: raster.naam.clone(),
            verborgen: raster.verborgen,
            inhoud: Inhoud::Raster(Arc::new(raster)),
        }
    }

    fn csv(&self, bestand: &Bestand) -> Result<Option<Regels<Box<dyn Stroom>>>, Weigering> {
        let lees = |codering, scheiding| -> Result<_, Weigering> {
            let stroom = Tekststroom::new(bestand.open()?, codering)?;
            Ok(Regels::new(
                stroom,
                Dialect {
                    scheiding,
                    strikt: false,
                },
                Limieten::default(),
            ))
        };
        match &self.inhoud {
            Inhoud::Raster(_) => Ok(None),
            Inhoud::Query => Ok(Some(lees(Codering::Utf8, b',')?.numbered_from(0))),
            Inhoud::Csv {
                codering,
                scheiding,
                sep_regel,
            } => {
                let mut regels = lees(*codering, *scheiding)?;
                if *sep_regel {
                    regels.los_record()?;
                }
                Ok(Some(regels))
            }
        }
    }

    /// The first rows with anything in them, with their numbers.
    pub(crate) fn begin(
        &self,
        bestand: &Bestand,
        hoeveel: usize,
    ) -> Result<Vec<(u64, Vec<String>)>, Weigering> {
        let noemt = |w: Weigering| w.in_bestand(&bestand.naam);
        let Some(mut regels) = self.csv(bestand).map_err(noemt)? else {
            let Inhoud::Raster(raster) = &self.inhoud else {
                return Ok(Vec::new());
            };
            return Ok(raster.begin(hoeveel));
        };
        let mut uit = Vec::new();
        while uit.len() < hoeveel {
            let nummer = regels.volgend_record();
            let record = match regels.los_record() {
                Ok(Some(record)) => record,
                Ok(None) => break,
                Err(fout) if uit.is_empty() => return Err(noemt(fout)),
                // Reading comes across it again, and then knows the header above it.
                Err(_) => break,
            };
            if record.iter().any(|c| !c.trim().is_empty()) {
                uit.push((nummer, record));
            }
        }
        Ok(uit)
    }

    /// Hands on every row that holds anything, as it stands: its number, and its filled cells with their columns.
    pub(crate) fn elke_rij<E: From<Weigering>>(
        &self,
        bestand: &Bestand,
        neem: &mut Rijnemer<'_, E>,
    ) -> Result<(), E> {
        let noemt = |w: Weigering| w.in_bestand(&bestand.naam);
        if let Inhoud::Raster(raster) = &self.inhoud {
            return raster
                .rijen()
                .try_for_each(|(rij, cellen)| neem(u64::from(rij), &cellen));
        }
        let mut regels = self
            .csv(bestand)
            .map_err(noemt)?
            .expect("what is no raster is CSV");
        loop {
            let nummer = regels.volgend_record();
            let Some(record) = regels.los_record().map_err(noemt)? else {
                return Ok(());
            };
            let cellen: Vec<(u32, &str)> = (0..)
                .zip(record.iter().map(String::as_str))
                .filter(|(_, cel)| !cel.is_empty())
                .collect();
            if !cellen.is_empty() {
                neem(nummer, &cellen)?;
            }
        }
    }

    /// Number of the last row.
    pub(crate) fn laatste_rij(&self, bestand: &Bestand) -> Result<u64, Weigering> {
        let mut laatste = 0;
        self.elke_rij(bestand, &mut |rij, _| {
            laatste = rij;
            Ok::<(), Weigering>(())
        })?;
        Ok(laatste)
    }

    /// The rows below row `kopregel`.
    pub(crate) fn rijen(&self, bestand: &Bestand, kopregel: u64) -> Result<Rijbron, Weigering> {
        if let Inhoud::Raster(raster) = &self.inhoud {
            return Ok(Rijbron::Raster(Rasterlezer::new(raster.clone(), kopregel)));
        }
        let noemt = |w: Weigering| w.in_bestand(&bestand.naam);
        let mut regels = self
            .csv(bestand)
            .map_err(noemt)?
            .expect("what is no raster is CSV");
        while regels.volgend_record() <= kopregel && regels.los_record().map_err(noemt)?.is_some() {
        }
        Ok(Rijbron::Csv(Box::new(regels)))
    }

    pub(crate) fn is_empty_raster(&self) -> bool {
        matches!(&self.inhoud, Inhoud::Raster(raster) if raster.is_empty())
    }

    /// The cells, unless it is a CSV.
    pub(crate) fn raster(&self) -> Option<&Raster> {
        match &self.inhoud {
            Inhoud::Csv { .. } | Inhoud::Query => None,
            Inhoud::Raster(raster) => Some(raster),
        }
    }

    /// Whether rows and columns have cell names as in a spreadsheet.
    pub(crate) fn heeft_cellen(&self) -> bool {
        match &self.inhoud {
            Inhoud::Csv { .. } => true,
            Inhoud::Query => false,
            Inhoud::Raster(raster) => raster.heeft_cellen,
        }
    }
}

impl Rijbron {
    /// Fills `uit` with the next rows, each `breedte` wide; false at the end.
    pub(crate) fn blok(&mut self, breedte: usize, uit: &mut Blok) -> Result<bool, Weigering> {
        match self {
            Self::Csv(regels) => regels.blok(breedte, uit),
            Self::Raster(raster) => Ok(raster.blok(breedte, uit)),
        }
    }

    /// Passes over these rows of a workbook, which are given in order.
    pub(crate) fn without(&mut self, rijen: Vec<u32>) {
        if let Self::Raster(raster) = self {
            raster.without(rijen);
        }
    }

    /// How many cells were taken out of Excel's guard, `="00207"`.
    pub(crate) fn uitgepakt(&self) -> u64 {
        match self {
            Self::Csv(regels) => regels.uitgepakt,
            Self::Raster(_) => 0,
        }
    }

    /// Rows that the reader itself passed over.
    pub(crate) fn overgeslagen(&mut self) -> Vec<(u64, Overgeslagen)> {
        match self {
            Self::Csv(regels) => std::mem::take(&mut regels.overgeslagen),
            Self::Raster(_) => Vec::new(),
        }
    }
}
