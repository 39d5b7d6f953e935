//! What typst sees: one template, one file of data, three fonts, and nothing else. No file system, no packages, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

/// By this name the template reads its data.
const DATA: &str = "data.json";

/// What is the same for every file.
struct PaperHouse {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
    data: FileId,
}

static HOUSE: LazyLock<PaperHouse> = LazyLock::new(|| {
    let fonts: Vec<Font> = [
        include_bytes!("../../font/paper-sans-regular.ttf").as_slice(),
        include_bytes!("../../font/paper-sans-semibold.ttf"),
        include_bytes!("../../font/paper-serif-semibold.ttf"),
    ]
    .into_iter()
    .flat_map(|font| Font::iter(Bytes::new(font)))
    .collect();
    PaperHouse {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        template: Source::new(file("page.typ"), include_str!("page.typ").to_owned()),
        data: file(DATA),
    }
});

fn file(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain name is a path");
    FileId::new(RootedPath::new(VirtualRoot::Project, path))
}

/// Whether every font has a glyph for it: PDF/UA knows no empty square for what can't be shown.
pub(super) fn can_be_shown(character: char) -> bool {
    let mut fonts = HOUSE.fonts.iter();
    fonts.all(|font| font.info().coverage.contains(u32::from(character)))
}

/// The world of one file.
pub(super) struct PaperWorld {
    data: Bytes,
}

impl PaperWorld {
    /// With this JSON.
    pub(super) fn new(data: Vec<u8>) -> Self {
        Self {
            data: Bytes::new(data),
        }
    }
}

impl World for PaperWorld {
    fn library(&self) -> &LazyHash<Library> {
        &HOUSE.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &HOUSE.book
    }

    fn main(&self) -> FileId {
        HOUSE.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main() {
            Ok(HOUSE.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == HOUSE.data {
            Ok(self.data.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn font(&self, index: usize) -> Option<Font> {
        HOUSE.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
