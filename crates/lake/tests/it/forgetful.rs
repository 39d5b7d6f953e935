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

use lake::disk::{Disk, DurableFile, RealDisk};

/// Called around each operation.
pub(crate) type Moment = Box<dyn Fn(&Model, &Path) + Send>;

/// What a power cut leaves.
#[derive(Default)]
pub(crate) struct Model {
    entries: Vec<Ding>,
}

enum Ding {
    /// Names now, and names that are durable.
    Directory {
        nu: BTreeMap<OsString, usize>,
        durable: BTreeMap<OsString, usize>,
    },
    /// Bytes that are durable.
    DurableFile(Vec<u8>),
}

/// Which promise this disk breaks, to prove that the test would notice.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Lie {
    Geen,
    SyncFile,
    SyncDirectory,
}

pub(crate) struct Forgetful {
    root: PathBuf,
    model: Arc<Mutex<Model>>,
    moment: Arc<Mutex<Moment>>,
    lie: Lie,
}

impl Forgetful {
    /// Over `root`, which exists and is durable.
    pub(crate) fn new(root: &Path, lie: Lie, moment: Moment) -> Self {
        let model = Model {
            entries: vec![empty()],
        };
        let (model, moment) = (Arc::new(Mutex::new(model)), Arc::new(Mutex::new(moment)));
        Self {
            root: root.to_owned(),
            model,
            moment,
            lie,
        }
    }

    fn om<T>(&self, doe: impl FnOnce(&mut Model) -> io::Result<T>) -> io::Result<T> {
        let mut model = self.model.lock().unwrap();
        let moment = self.moment.lock().unwrap();
        moment(&model, &self.root);
        let outcome = doe(&mut model);
        moment(&model, &self.root);
        outcome
    }

    fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap()
    }
}

fn empty() -> Ding {
    Ding::Directory {
        nu: BTreeMap::new(),
        durable: BTreeMap::new(),
    }
}

impl Model {
    fn find(&self, path: &Path) -> Option<usize> {
        path.iter()
            .try_fold(0, |dir, name| match &self.entries[dir] {
                Ding::Directory { nu, .. } => nu.get(name).copied(),
                Ding::DurableFile(_) => None,
            })
    }

    fn names(&mut self, dir: &Path) -> &mut BTreeMap<OsString, usize> {
        let number = self.find(dir).unwrap();
        match &mut self.entries[number] {
            Ding::Directory { nu, .. } => nu,
            Ding::DurableFile(_) => panic!("{} is a file", dir.display()),
        }
    }

    fn set(&mut self, path: &Path, number: usize) {
        self.names(path.parent().unwrap())
            .insert(path.file_name().unwrap().to_owned(), number);
    }

    fn take(&mut self, path: &Path) -> usize {
        self.names(path.parent().unwrap())
            .remove(path.file_name().unwrap())
            .unwrap()
    }

    fn add(&mut self, ding: Ding) -> usize {
        self.entries.push(ding);
        self.entries.len() - 1
    }

    fn sync_map(&mut self, path: &Path) {
        let number = self.find(path).unwrap();
        if let Ding::Directory { nu, durable } = &mut self.entries[number] {
            durable.clone_from(nu);
        }
    }

    /// Writes what would be left to `target`.
    pub(crate) fn image(&self, target: &Path) {
        self.write(0, target);
    }

    fn write(&self, number: usize, target: &Path) {
        match &self.entries[number] {
            Ding::DurableFile(bytes) => fs::write(target, bytes).unwrap(),
            Ding::Directory { durable, .. } => {
                fs::create_dir_all(target).unwrap();
                for (name, number) in durable {
                    self.write(*number, &target.join(name));
                }
            }
        }
    }
}

impl Disk for Forgetful {
    fn make_dir(&self, path: &Path) -> io::Result<()> {
        self.om(|model| {
            RealDisk.make_dir(path)?;
            let number = model.add(empty());
            model.set(self.relative(path), number);
            Ok(())
        })
    }

    fn write(&self, path: &Path, offset: u64, mode: u32) -> io::Result<Box<dyn DurableFile>> {
        self.om(|model| {
            let file = RealDisk.write(path, offset, mode)?;
            let relative = self.relative(path);
            let number = match model.find(relative) {
                Some(number) => number,
                None => {
                    let number = model.add(Ding::DurableFile(Vec::new()));
                    model.set(relative, number);
                    number
                }
            };
            let (model, moment) = (self.model.clone(), self.moment.clone());
            let (root, path, lie) = (self.root.clone(), path.to_owned(), self.lie);
            Ok(Box::new(ForgetfulFile {
                bestand: file,
                number,
                model,
                moment,
                root,
                pad: path,
                lie,
            }) as Box<dyn DurableFile>)
        })
    }

    fn rename(&self, van: &Path, to: &Path) -> io::Result<()> {
        self.om(|model| {
            RealDisk.rename(van, to)?;
            let number = model.take(self.relative(van));
            model.set(self.relative(to), number);
            Ok(())
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.om(|model| {
            RealDisk.remove(path)?;
            model.take(self.relative(path));
            Ok(())
        })
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.om(|model| {
            RealDisk.remove_dir(path)?;
            model.take(self.relative(path));
            Ok(())
        })
    }

    fn sync_map(&self, path: &Path) -> io::Result<()> {
        self.om(|model| {
            if self.lie != Lie::SyncDirectory {
                model.sync_map(self.relative(path));
            }
            Ok(())
        })
    }
}

struct ForgetfulFile {
    bestand: Box<dyn DurableFile>,
    number: usize,
    model: Arc<Mutex<Model>>,
    moment: Arc<Mutex<Moment>>,
    root: PathBuf,
    pad: PathBuf,
    lie: Lie,
}

impl Write for ForgetfulFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.bestand.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.bestand.flush()
    }
}

impl DurableFile for ForgetfulFile {
    fn sync(&mut self) -> io::Result<()> {
        self.bestand.flush()?;
        let mut model = self.model.lock().unwrap();
        let moment = self.moment.lock().unwrap();
        moment(&model, &self.root);
        if self.lie != Lie::SyncFile {
            model.entries[self.number] = Ding::DurableFile(fs::read(&self.pad)?);
        }
        moment(&model, &self.root);
        Ok(())
    }
}
