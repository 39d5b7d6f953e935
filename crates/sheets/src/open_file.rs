//! A file as sheets of rows, whatever it is: CSV, workbook (.xlsx, .ods) or JSON.
//!
//! Owns what a file is opened as, and reading any of them in blocks. What was assumed comes back as remarks with the
//! code of the rule that says so. Leaves how a CSV is written to `rows`, headers to `mapping`.

use std::sync::Arc;

use rows::Weigering;
use rows::dialect;
use rows::encoding::{Codering, Tekststroom, recognise};
use rows::records::{Dialect, Limieten, Overgeslagen, Regels};

use crate::block::{Block, Rijnemer};
use crate::file::{Bestand, Bestandssoort, Bron};
use crate::grid::{Raster, Rasterlezer};
use crate::held::Stream;
use crate::query::{QueryReader, QueryRows};
use crate::remark::{Opmerking, remark};
use crate::workbook::Kenmerk;

/// A file, opened.
pub struct Geopend {
    /// Its sheets, in the order of the file.
    pub bladen: Vec<Blad>,
    /// What was assumed.
    pub opmerkingen: Vec<Opmerking>,
    /// The sjabloon the file was made from, where it says so.
    pub kenmerk: Option<Kenmerk>,
}

/// A sheet of rows.
pub struct Blad {
    /// Name of the sheet or list; none for a CSV.
    pub naam: Option<String>,
    /// Whether the sheet is hidden.
    pub verborgen: bool,
    inhoud: Inhoud,
}

enum Inhoud {
    Csv {
        codering: Codering,
        scheiding: u8,
        sep_regel: bool,
    },
    /// The header is row 0, so that rows have the number the query gave them.
    Query(Arc<QueryRows>),
    Raster(Arc<Raster>),
}

/// Reads the rows below a header.
pub struct Rijbron(Rows);

enum Rows {
    /// Straight from the file.
    Csv(Box<Regels<Stream>>),
    /// Out of memory.
    Raster(Rasterlezer),
    /// The rows of a query.
    Query(Box<QueryReader>),
}

/// Opens a file.
///
/// # Errors
/// When it can't be taken: container, encoding, structure, or nothing in it.
pub fn open(bestand: &Bestand) -> Result<Geopend, Weigering> {
    let geopend = match bestand.soort()? {
        Bestandssoort::Tekst => open_csv(bestand),
        Bestandssoort::Werkmap => {
            crate::workbook::open(bestand).map(|(werkmap, opmerkingen)| Geopend {
                opmerkingen,
                kenmerk: werkmap.kenmerk,
                ..from_rasters(werkmap.rasters)
            })
        }
        Bestandssoort::Json => crate::json::open(bestand).map(|(rasters, opmerkingen)| Geopend {
            opmerkingen,
            ..from_rasters(rasters)
        }),
        Bestandssoort::Query => Ok(from_query(bestand)),
    };
    let geopend = geopend.map_err(|w| w.in_bestand(&bestand.naam))?;
    if geopend.bladen.iter().all(Blad::is_empty_raster) {
        return Err(Weigering::empty().in_bestand(&bestand.naam));
    }
    Ok(geopend)
}

fn from_query(bestand: &Bestand) -> Geopend {
    let bladen = match &bestand.bron {
        Bron::Query(rows) => vec![Blad {
            naam: None,
            verborgen: false,
            inhoud: Inhoud::Query(Arc::clone(rows)),
        }],
        _ => Vec::new(),
    };
    Geopend {
        bladen,
        ..from_rasters(Vec::new())
    }
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
    let found = dialect::find(bestand.open()?, codering)?;
    let mut opmerkingen = Vec::new();
    opmerkingen.extend(remark(codering));
    if found.declared {
        opmerkingen.push(Opmerking {
            code: "SEP_LINE",
            zin: "De eerste regel (sep=) zegt hoe de kolommen zijn gescheiden. Die regel is overgeslagen.".to_owned(),
        });
    } else if found.delimiter != b',' {
        let naam = match found.delimiter {
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
        scheiding: found.delimiter,
        sep_regel: found.declared,
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

impl Blad {
    /// A sheet out of memory.
    pub fn from_raster(raster: Raster) -> Self {
        Self {
            naam: raster.naam.clone(),
            verborgen: raster.verborgen,
            inhoud: Inhoud::Raster(Arc::new(raster)),
        }
    }

    /// The records of a CSV, after its `sep=` line.
    fn csv(&self, bestand: &Bestand) -> Result<Regels<Stream>, Weigering> {
        let (codering, scheiding, sep_regel) = match &self.inhoud {
            Inhoud::Csv {
                codering,
                scheiding,
                sep_regel,
            } => (*codering, *scheiding, *sep_regel),
            Inhoud::Raster(_) | Inhoud::Query(_) => (Codering::Utf8, b',', false),
        };
        let dialect = Dialect {
            scheiding,
            strikt: false,
        };
        let stroom = Tekststroom::new(bestand.open()?, codering)?;
        let mut regels = Regels::new(stroom, dialect, Limieten::default());
        if sep_regel {
            regels.los_record()?;
        }
        Ok(regels)
    }

    /// The first rows with anything in them, with their numbers.
    ///
    /// # Errors
    /// When the file breaks off, or is malformed.
    pub fn begin(
        &self,
        bestand: &Bestand,
        hoeveel: usize,
    ) -> Result<Vec<(u64, Vec<String>)>, Weigering> {
        let noemt = |w: Weigering| w.in_bestand(&bestand.naam);
        let mut regels = match &self.inhoud {
            Inhoud::Raster(raster) => return Ok(raster.begin(hoeveel)),
            Inhoud::Query(rows) => return query_begin(rows, hoeveel).map_err(noemt),
            Inhoud::Csv { .. } => self.csv(bestand).map_err(noemt)?,
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
    ///
    /// # Errors
    /// When the file breaks off, or is malformed.
    pub fn elke_rij<E: From<Weigering>>(
        &self,
        bestand: &Bestand,
        neem: &mut Rijnemer<'_, E>,
    ) -> Result<(), E> {
        let noemt = |w: Weigering| w.in_bestand(&bestand.naam);
        let mut regels = match &self.inhoud {
            Inhoud::Raster(raster) => {
                return raster
                    .rijen()
                    .try_for_each(|(rij, cellen)| neem(u64::from(rij), &cellen));
            }
            Inhoud::Query(rows) => {
                let header: Vec<(u32, &str)> = (0..)
                    .zip(rows.columns().iter().map(String::as_str))
                    .collect();
                neem(0, &header)?;
                return rows.reader(0).map_err(noemt)?.each(neem);
            }
            Inhoud::Csv { .. } => self.csv(bestand).map_err(noemt)?,
        };
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
    ///
    /// # Errors
    /// When the file breaks off, or is malformed.
    pub fn laatste_rij(&self, bestand: &Bestand) -> Result<u64, Weigering> {
        if let Inhoud::Query(rows) = &self.inhoud {
            return Ok(rows.rows());
        }
        let mut laatste = 0;
        self.elke_rij(bestand, &mut |rij, _| {
            laatste = rij;
            Ok::<(), Weigering>(())
        })?;
        Ok(laatste)
    }

    /// The rows below row `kopregel`.
    ///
    /// # Errors
    /// When the file breaks off, or is malformed.
    pub fn rijen(&self, bestand: &Bestand, kopregel: u64) -> Result<Rijbron, Weigering> {
        let noemt = |w: Weigering| w.in_bestand(&bestand.naam);
        let mut regels = match &self.inhoud {
            Inhoud::Raster(raster) => {
                let reader = Rasterlezer::new(Arc::clone(raster), kopregel);
                return Ok(Rijbron(Rows::Raster(reader)));
            }
            Inhoud::Query(rows) => {
                let reader = rows.reader(kopregel).map_err(noemt)?;
                return Ok(Rijbron(Rows::Query(Box::new(reader))));
            }
            Inhoud::Csv { .. } => self.csv(bestand).map_err(noemt)?,
        };
        while regels.volgend_record() <= kopregel && regels.los_record().map_err(noemt)?.is_some() {
        }
        Ok(Rijbron(Rows::Csv(Box::new(regels))))
    }

    /// Whether no cell of it is filled, where it is held in memory.
    pub fn is_empty_raster(&self) -> bool {
        matches!(&self.inhoud, Inhoud::Raster(raster) if raster.is_empty())
    }

    /// The cells, unless it is a CSV.
    pub fn raster(&self) -> Option<&Raster> {
        match &self.inhoud {
            Inhoud::Csv { .. } | Inhoud::Query(_) => None,
            Inhoud::Raster(raster) => Some(raster),
        }
    }

    /// Whether rows and columns have cell names as in a spreadsheet.
    pub fn heeft_cellen(&self) -> bool {
        match &self.inhoud {
            Inhoud::Csv { .. } => true,
            Inhoud::Query(_) => false,
            Inhoud::Raster(raster) => raster.heeft_cellen,
        }
    }
}

/// The header of a query, as row 0, and its first rows.
fn query_begin(
    rows: &Arc<QueryRows>,
    how_many: usize,
) -> Result<Vec<(u64, Vec<String>)>, Weigering> {
    let mut uit = vec![(0, rows.columns().to_vec())];
    let mut block = Block::default();
    // What is wrong further on is met again by reading it.
    if rows
        .reader(0)?
        .block(rows.columns().len(), &mut block)
        .is_ok()
    {
        let filled = (0..block.len()).filter(|row| block.rij(*row).any(|c| !c.trim().is_empty()));
        uit.extend(filled.map(|row| {
            let cells = block.rij(row).map(str::to_owned).collect();
            (block.rijnummer(row), cells)
        }));
    }
    uit.truncate(how_many);
    Ok(uit)
}

impl Rijbron {
    /// Fills `uit` with the next rows, each `breedte` wide; false at the end.
    ///
    /// # Errors
    /// When the file breaks off, or is malformed.
    pub fn blok(&mut self, breedte: usize, uit: &mut Block) -> Result<bool, Weigering> {
        match &mut self.0 {
            Rows::Csv(regels) => {
                uit.kinds.clear();
                regels.blok(breedte, &mut uit.rows)
            }
            Rows::Raster(raster) => Ok(raster.blok(breedte, uit)),
            Rows::Query(rows) => rows.block(breedte, uit),
        }
    }

    /// Passes over these rows of a workbook, which are given in order.
    pub fn without(&mut self, rijen: Vec<u32>) {
        if let Rows::Raster(raster) = &mut self.0 {
            raster.without(rijen);
        }
    }

    /// How many cells were taken out of Excel's guard, `="00207"`.
    pub fn uitgepakt(&self) -> u64 {
        match &self.0 {
            Rows::Csv(regels) => regels.uitgepakt,
            Rows::Raster(_) | Rows::Query(_) => 0,
        }
    }

    /// Rows that the reader itself passed over.
    pub fn overgeslagen(&mut self) -> Vec<(u64, Overgeslagen)> {
        match &mut self.0 {
            Rows::Csv(regels) => std::mem::take(&mut regels.overgeslagen),
            Rows::Raster(_) | Rows::Query(_) => Vec::new(),
        }
    }
}
