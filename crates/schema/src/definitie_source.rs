//! Where definitions and pipelines come from: what is compiled in, and one folder beside it that a program names at its
//! start. That folder makes a new uitvraag without a line of Rust; what is compiled in it can't change.
//!
//! Owns reading such a folder whole, once, before anything is loaded. Leaves what the files mean to who loads them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use include_dir::Dir;

/// The files of one kind, by path: `omgang/2020.toml`.
#[derive(Debug)]
pub struct Source {
    compiled: &'static Dir<'static>,
    added: OnceLock<BTreeMap<String, Vec<u8>>>,
}

/// Why a folder could not be added.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// It could not be read.
    #[error("could not read {}", .0.display())]
    Read(PathBuf, #[source] std::io::Error),
    /// It holds an uitvraag that is compiled in.
    #[error("{} holds `{}`, which this program has of its own and takes from nowhere else", .0.display(), .1)]
    CompiledIn(PathBuf, String),
    /// There is one already.
    #[error("a folder was added before: {} comes too late", .0.display())]
    Twice(PathBuf),
}

/// Larger files are no definition.
const LARGEST: u64 = 16 << 20;

impl Source {
    /// What is compiled in.
    pub const fn new(compiled: &'static Dir<'static>) -> Self {
        Self {
            compiled,
            added: OnceLock::new(),
        }
    }

    /// Adds a folder with a folder per uitvraag. Only once, before anything is loaded.
    ///
    /// # Errors
    /// When it can't be read, or holds an uitvraag that is compiled in.
    pub fn add(&self, folder: &Path) -> Result<(), SourceError> {
        let mut files = BTreeMap::new();
        for entry in entries(folder)? {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !entry.path().is_dir() {
                continue;
            }
            if self.compiled.get_dir(&name).is_some() {
                return Err(SourceError::CompiledIn(folder.to_owned(), name));
            }
            read_folder(&entry.path(), &name, &mut files)?;
        }
        self.added
            .set(files)
            .map_err(|_| SourceError::Twice(folder.to_owned()))
    }

    /// The file at this path.
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        let compiled = self
            .compiled
            .get_file(path)
            .map(include_dir::File::contents);
        compiled.or_else(|| self.added.get()?.get(path).map(Vec::as_slice))
    }

    /// The file at this path, where it is text.
    pub fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.file(path)?).ok()
    }

    /// The files right inside a folder, by name, in no order.
    pub fn files_in<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let compiled = self
            .compiled
            .get_dir(folder)
            .into_iter()
            .flat_map(Dir::files);
        let compiled = compiled.filter_map(|file| {
            let name = file.path().file_name()?.to_str()?;
            Some((name, file.contents()))
        });
        let added = self.added.get().into_iter().flatten();
        let added = added.filter_map(move |(path, content)| {
            let name = path.strip_prefix(folder)?.strip_prefix('/')?;
            (!name.contains('/')).then_some((name, content.as_slice()))
        });
        compiled.chain(added)
    }

    /// The names of all uitvragen, in order.
    pub fn uitvragen(&self) -> Vec<&str> {
        let compiled = self.compiled.dirs().filter_map(|dir| dir.path().to_str());
        let added = self.added.get().into_iter().flatten();
        let added = added.filter_map(|(path, _)| path.split('/').next());
        let mut names: Vec<&str> = compiled.chain(added).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn entries(folder: &Path) -> Result<Vec<std::fs::DirEntry>, SourceError> {
    let error = |e| SourceError::Read(folder.to_owned(), e);
    std::fs::read_dir(folder)
        .map_err(error)?
        .collect::<Result<_, _>>()
        .map_err(error)
}

fn read_folder(
    folder: &Path,
    name: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<(), SourceError> {
    for entry in entries(folder)? {
        let (path, own) = (entry.path(), entry.file_name());
        let name = format!("{name}/{}", own.to_string_lossy());
        let error = |e| SourceError::Read(path.clone(), e);
        let kind = std::fs::metadata(&path).map_err(error)?;
        if kind.is_dir() {
            read_folder(&path, &name, files)?;
        } else if kind.len() > LARGEST {
            return Err(error(std::io::ErrorKind::FileTooLarge.into()));
        } else {
            files.insert(name, std::fs::read(&path).map_err(error)?);
        }
    }
    Ok(())
}
