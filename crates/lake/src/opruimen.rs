//! Files that the register does not name: leftovers are removed, what could be someone's data is set aside.
//!
//! Owns the walk over the data directory at start-up. Removes only what can be made again or was never promised;
//! everything else moves to `quarantaine/` for a beheerder to look at.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use schema::Toestand;

use crate::herstel::{Grondigheid, Herstelverslag};
use crate::lake::{SCHRIJFSLOT, open_slot};
use crate::levering::{Levering, LeveringId};
use crate::pad::{Map, is_tijdelijk};
use crate::publicatie::Publicatie;
use crate::token::sha256;

/// What the register says there should be.
#[derive(Default)]
pub(crate) struct Feiten {
    pub(crate) leveringen: HashMap<LeveringId, Levering>,
    /// The Parquet files that count.
    pub(crate) parquet: HashSet<PathBuf>,
    /// Those of leveringen that are not in quarantine.
    pub(crate) counted: Vec<PathBuf>,
    /// The publications by where they lie.
    pub(crate) publicaties: HashMap<PathBuf, Publicatie>,
}

/// One walk over the data directory.
pub(crate) struct Rondgang<'a> {
    map: &'a Map,
    feiten: &'a Feiten,
    verslag: Herstelverslag,
}

impl<'a> Rondgang<'a> {
    pub(crate) fn new(map: &'a Map, feiten: &'a Feiten) -> Self {
        Self {
            map,
            feiten,
            verslag: Herstelverslag::default(),
        }
    }

    pub(crate) fn loop_rond(mut self, grondigheid: Grondigheid) -> io::Result<Herstelverslag> {
        for ding in inhoud(&self.map.dir.join("raw"))? {
            self.raw(&ding)?;
        }
        self.lake(&self.map.dir.join("lake"))?;
        let slot = open_slot(self.map, SCHRIJFSLOT).map_err(io::Error::other)?;
        // A job that is publishing now has files nobody names yet; the next start will look again.
        if slot.try_lock().is_ok() {
            self.tijdelijke(&self.map.dir.join("intern"))?;
            self.publicaties()?;
        }
        let feiten = self.feiten;
        for (pad, publicatie) in &feiten.publicaties {
            if !is_heel(pad, publicatie, grondigheid) {
                self.verslag.beschadigde_publicaties.push(self.naam(pad));
            }
        }
        for lijst in [
            &mut self.verslag.verplaatst,
            &mut self.verslag.verwijderd,
            &mut self.verslag.beschadigde_publicaties,
        ] {
            lijst.sort();
        }
        Ok(self.verslag)
    }

    /// One entry of `raw/`.
    fn raw(&mut self, pad: &Path) -> io::Result<()> {
        let id = naam_van(pad).parse::<LeveringId>().ok();
        let Some(levering) = id.and_then(|id| self.feiten.leveringen.get(&id)) else {
            // Without uploaded bytes nothing was ever promised: opening broke off before the register knew.
            let is_begin =
                |ding: &PathBuf| naam_van(ding) == "pakket.json" || is_tijdelijk(naam_van(ding));
            let begin = id.is_some() && is_map(pad) && inhoud(pad)?.iter().all(is_begin);
            return if begin {
                self.verwijder(pad)
            } else {
                self.verplaats(pad, naam_van(pad))
            };
        };
        if levering.toestand == Toestand::Gewist {
            return self.verwijder(pad);
        }
        for ding in inhoud(pad)? {
            let naam = naam_van(&ding);
            let bekend = naam == "pakket.json"
                || levering
                    .bestanden
                    .iter()
                    .any(|b| naam.strip_suffix(".csv.zst") == Some(b.tabel.as_str()));
            if is_tijdelijk(naam) {
                self.verwijder(&ding)?;
            } else if !bekend {
                self.verplaats(&ding, &format!("{}-{naam}", levering.id))?;
            }
        }
        Ok(())
    }

    /// Everything below `lake/`.
    fn lake(&mut self, pad: &Path) -> io::Result<()> {
        for ding in inhoud(pad)? {
            if is_map(&ding) {
                self.lake(&ding)?;
            } else if !self.feiten.parquet.contains(&ding) {
                self.ongenoemde_tabel(&ding)?;
            }
        }
        Ok(())
    }

    /// A file below `lake/` that does not count.
    fn ongenoemde_tabel(&mut self, pad: &Path) -> io::Result<()> {
        let naam = naam_van(pad);
        let id = naam
            .strip_suffix(".parquet")
            .and_then(|stam| stam.parse::<LeveringId>().ok());
        // Of a levering we know it can be made again from what was received, and will be if it still matters.
        let afgeleid = id.is_some_and(|id| self.feiten.leveringen.contains_key(&id));
        if afgeleid || is_tijdelijk(naam) {
            self.verwijder(pad)
        } else {
            self.verplaats(pad, naam)
        }
    }

    /// Temporary files at any depth.
    fn tijdelijke(&mut self, pad: &Path) -> io::Result<()> {
        for ding in inhoud(pad)? {
            if is_tijdelijk(naam_van(&ding)) {
                self.verwijder(&ding)?;
            } else if is_map(&ding) {
                self.tijdelijke(&ding)?;
            }
        }
        Ok(())
    }

    /// `publicaties/<uitvraag>/<jaar>/<versie>`.
    fn publicaties(&mut self) -> io::Result<()> {
        for uitvraag in inhoud(&self.map.dir.join("publicaties"))? {
            for jaar in inhoud(&uitvraag)? {
                for versie in inhoud(&jaar)? {
                    if is_tijdelijk(naam_van(&versie)) {
                        self.verwijder(&versie)?;
                    } else if !self.feiten.publicaties.contains_key(&versie) {
                        self.verplaats(&versie, "publicatie")?;
                    }
                }
            }
        }
        Ok(())
    }

    fn verwijder(&mut self, pad: &Path) -> io::Result<()> {
        if is_map(pad) {
            self.map.verwijder_boom(pad)?;
        } else {
            self.map.opslag.verwijder(pad)?;
        }
        pad.parent()
            .map_or(Ok(()), |ouder| self.map.opslag.sync_map(ouder))?;
        self.verslag.verwijderd.push(self.naam(pad));
        Ok(())
    }

    fn verplaats(&mut self, pad: &Path, naam: &str) -> io::Result<()> {
        self.map.naar_quarantaine(pad, naam)?;
        self.verslag.verplaatst.push(self.naam(pad));
        Ok(())
    }

    /// Relative path, for the report.
    fn naam(&self, pad: &Path) -> String {
        self.map.relative(pad)
    }
}

/// What is in a directory, sorted; nothing when it is not there or no directory.
pub(crate) fn inhoud(pad: &Path) -> io::Result<Vec<PathBuf>> {
    let dingen = match fs::read_dir(pad) {
        Ok(dingen) => dingen,
        Err(fout)
            if matches!(
                fout.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(Vec::new());
        }
        Err(fout) => return Err(fout),
    };
    let mut paden: Vec<PathBuf> = dingen
        .map(|ding| Ok(ding?.path()))
        .collect::<io::Result<_>>()?;
    paden.sort();
    Ok(paden)
}

/// Whether it is a directory itself, not a link to one.
pub(crate) fn is_map(pad: &Path) -> bool {
    pad.symlink_metadata()
        .is_ok_and(|gegevens| gegevens.is_dir())
}

/// The last name; empty for one that is not text, which then fits nothing we know.
pub(crate) fn naam_van(pad: &Path) -> &str {
    pad.file_name()
        .and_then(|naam| naam.to_str())
        .unwrap_or_default()
}

/// Whether a publication still has all its files, and (looked at closely) with the bytes of its `SHA256SUMS`.
fn is_heel(pad: &Path, publicatie: &Publicatie, grondigheid: Grondigheid) -> bool {
    if grondigheid == Grondigheid::Lengte {
        return publicatie.paden.iter().all(|deel| pad.join(deel).is_file());
    }
    let Ok(sommen) = fs::read_to_string(pad.join("SHA256SUMS")) else {
        return false;
    };
    if format!("sha256:{}", sha256(sommen.as_bytes())) != publicatie.hash {
        return false;
    }
    let som_van: HashMap<&str, &str> = sommen
        .lines()
        .filter_map(|regel| regel.split_once("  "))
        .map(|(som, deel)| (deel, som))
        .collect();
    publicatie
        .paden
        .iter()
        .filter(|deel| *deel != "SHA256SUMS")
        .all(|deel| {
            let som = fs::read(pad.join(deel)).map(|bytes| sha256(&bytes)).ok();
            som.as_deref() == som_van.get(deel.as_str()).copied()
        })
}
