//! A disk that remembers only what was synced.
//!
//! Every operation goes to a real directory and to a model of what is durable. Before and after each operation the
//! test can take an image of the directory as a power cut at that moment would leave it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use lake::opslag::{Bestand, Opslag, Schijf};

/// Called around each operation.
pub type Moment = Box<dyn Fn(&Model, &Path) + Send>;

/// What a power cut leaves.
#[derive(Default)]
pub struct Model {
    dingen: Vec<Ding>,
}

enum Ding {
    /// Names now, and names that are durable.
    Map {
        nu: BTreeMap<OsString, usize>,
        duurzaam: BTreeMap<OsString, usize>,
    },
    /// Bytes that are durable.
    Bestand(Vec<u8>),
}

/// Which promise this disk breaks, to prove that the test would notice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Leugen {
    Geen,
    SyncBestand,
    SyncMap,
}

pub struct Vergeetachtig {
    wortel: PathBuf,
    model: Arc<Mutex<Model>>,
    moment: Arc<Mutex<Moment>>,
    leugen: Leugen,
}

impl Vergeetachtig {
    /// Over `wortel`, which exists and is durable.
    pub fn new(wortel: &Path, leugen: Leugen, moment: Moment) -> Self {
        let model = Model {
            dingen: vec![leeg()],
        };
        let (model, moment) = (Arc::new(Mutex::new(model)), Arc::new(Mutex::new(moment)));
        Self {
            wortel: wortel.to_owned(),
            model,
            moment,
            leugen,
        }
    }

    fn om<T>(&self, doe: impl FnOnce(&mut Model) -> io::Result<T>) -> io::Result<T> {
        let mut model = self.model.lock().unwrap();
        let moment = self.moment.lock().unwrap();
        moment(&model, &self.wortel);
        let uitkomst = doe(&mut model);
        moment(&model, &self.wortel);
        uitkomst
    }

    fn relatief<'a>(&self, pad: &'a Path) -> &'a Path {
        pad.strip_prefix(&self.wortel).unwrap()
    }
}

fn leeg() -> Ding {
    Ding::Map {
        nu: BTreeMap::new(),
        duurzaam: BTreeMap::new(),
    }
}

impl Model {
    fn zoek(&self, pad: &Path) -> Option<usize> {
        pad.iter().try_fold(0, |map, naam| match &self.dingen[map] {
            Ding::Map { nu, .. } => nu.get(naam).copied(),
            Ding::Bestand(_) => None,
        })
    }

    fn namen(&mut self, map: &Path) -> &mut BTreeMap<OsString, usize> {
        let nummer = self.zoek(map).unwrap();
        match &mut self.dingen[nummer] {
            Ding::Map { nu, .. } => nu,
            Ding::Bestand(_) => panic!("{} is a file", map.display()),
        }
    }

    fn zet(&mut self, pad: &Path, nummer: usize) {
        self.namen(pad.parent().unwrap())
            .insert(pad.file_name().unwrap().to_owned(), nummer);
    }

    fn haal(&mut self, pad: &Path) -> usize {
        self.namen(pad.parent().unwrap())
            .remove(pad.file_name().unwrap())
            .unwrap()
    }

    fn nieuw(&mut self, ding: Ding) -> usize {
        self.dingen.push(ding);
        self.dingen.len() - 1
    }

    fn sync_map(&mut self, pad: &Path) {
        let nummer = self.zoek(pad).unwrap();
        if let Ding::Map { nu, duurzaam } = &mut self.dingen[nummer] {
            duurzaam.clone_from(nu);
        }
    }

    /// Writes what would be left to `doel`.
    pub fn beeld(&self, doel: &Path) {
        self.schrijf(0, doel);
    }

    fn schrijf(&self, nummer: usize, doel: &Path) {
        match &self.dingen[nummer] {
            Ding::Bestand(bytes) => fs::write(doel, bytes).unwrap(),
            Ding::Map { duurzaam, .. } => {
                fs::create_dir_all(doel).unwrap();
                for (naam, nummer) in duurzaam {
                    self.schrijf(*nummer, &doel.join(naam));
                }
            }
        }
    }
}

impl Opslag for Vergeetachtig {
    fn maak_map(&self, pad: &Path) -> io::Result<()> {
        self.om(|model| {
            Schijf.maak_map(pad)?;
            let nummer = model.nieuw(leeg());
            model.zet(self.relatief(pad), nummer);
            Ok(())
        })
    }

    fn schrijf(&self, pad: &Path, offset: u64, modus: u32) -> io::Result<Box<dyn Bestand>> {
        self.om(|model| {
            let bestand = Schijf.schrijf(pad, offset, modus)?;
            let relatief = self.relatief(pad);
            let nummer = match model.zoek(relatief) {
                Some(nummer) => nummer,
                None => {
                    let nummer = model.nieuw(Ding::Bestand(Vec::new()));
                    model.zet(relatief, nummer);
                    nummer
                }
            };
            let (model, moment) = (self.model.clone(), self.moment.clone());
            let (wortel, pad, leugen) = (self.wortel.clone(), pad.to_owned(), self.leugen);
            Ok(Box::new(Open {
                bestand,
                nummer,
                model,
                moment,
                wortel,
                pad,
                leugen,
            }) as Box<dyn Bestand>)
        })
    }

    fn hernoem(&self, van: &Path, naar: &Path) -> io::Result<()> {
        self.om(|model| {
            Schijf.hernoem(van, naar)?;
            let nummer = model.haal(self.relatief(van));
            model.zet(self.relatief(naar), nummer);
            Ok(())
        })
    }

    fn verwijder(&self, pad: &Path) -> io::Result<()> {
        self.om(|model| {
            Schijf.verwijder(pad)?;
            model.haal(self.relatief(pad));
            Ok(())
        })
    }

    fn verwijder_map(&self, pad: &Path) -> io::Result<()> {
        self.om(|model| {
            Schijf.verwijder_map(pad)?;
            model.haal(self.relatief(pad));
            Ok(())
        })
    }

    fn sync_map(&self, pad: &Path) -> io::Result<()> {
        self.om(|model| {
            if self.leugen != Leugen::SyncMap {
                model.sync_map(self.relatief(pad));
            }
            Ok(())
        })
    }
}

struct Open {
    bestand: Box<dyn Bestand>,
    nummer: usize,
    model: Arc<Mutex<Model>>,
    moment: Arc<Mutex<Moment>>,
    wortel: PathBuf,
    pad: PathBuf,
    leugen: Leugen,
}

impl Write for Open {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.bestand.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.bestand.flush()
    }
}

impl Bestand for Open {
    fn sync(&mut self) -> io::Result<()> {
        self.bestand.flush()?;
        let mut model = self.model.lock().unwrap();
        let moment = self.moment.lock().unwrap();
        moment(&model, &self.wortel);
        if self.leugen != Leugen::SyncBestand {
            model.dingen[self.nummer] = Ding::Bestand(fs::read(&self.pad)?);
        }
        moment(&model, &self.wortel);
        Ok(())
    }
}
