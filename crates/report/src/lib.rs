//! Figures into pages: plain structs in, `(path, bytes)` out.
//!
//! Owns what a regio, gemeente or reader of the 0-meting sees: sentences, tables, drawings, theme and fonts. The same
//! [`ReportPublicatie`] gives the same bytes: there is no clock, file system or randomness here. Takes figures that were
//! protected before (`disclosure`) and still shows nothing of a hidden one; leaves computing to `analysis`, storing
//! to `lake` and serving to `ingest`. What is said of one uitvraag is data: the page plan in [`page_plan`].

pub mod beside_nederland;
pub mod block;
pub mod block_plan;
pub mod chart;
mod citation;
pub mod dutch_format;
pub mod figure_format;
pub mod figure_index;
pub mod figure_scope;
pub mod files_beside_page;
pub mod page;
pub mod page_plan;
pub mod pdf;
pub mod peer_group;
pub mod picture_file;
pub mod publicatie;
pub mod published_tables;
pub mod report_index;
pub mod shown_figure;
pub mod theme;
pub mod wording;
pub mod workbook;
pub mod workbook_chapter;

use rayon::prelude::*;

pub use page_plan::PagePlan;
pub use publicatie::{PublishedGebied, ReportPublicatie};

/// What keeps pages from being made.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The page plan breaks its format.
    #[error("the page plan is not valid: {0}")]
    PagePlan(#[from] toml::de::Error),
    /// A table of the publication can't be read.
    #[error("a table of the publication can't be read: {0}")]
    Table(#[from] csv::Error),
    /// A template failed.
    #[error("page {pad} could not be made")]
    Sjabloon {
        /// The page.
        pad: String,
        /// Why.
        #[source]
        bron: askama::Error,
    },
    /// A workbook can't be written.
    #[error("workbook {pad} could not be made")]
    Workbook {
        /// The file.
        pad: String,
        /// Why.
        #[source]
        bron: rust_xlsxwriter::XlsxError,
    },
    /// A PDF can't be made.
    #[error("{pad} could not be made: {reason}")]
    Pdf {
        /// The file.
        pad: String,
        /// What typst said.
        reason: String,
    },
    /// There is nothing to compare with.
    #[error("the gebieden hold no country")]
    NoCountry,
    /// A gebied code that cannot be a folder name.
    #[error("gebied code {0:?} cannot be part of a path")]
    Code(String),
    /// The receiver of the files failed.
    #[error("file {pad} could not be handed over")]
    Emitter {
        /// The file.
        pad: String,
        /// Why.
        #[source]
        bron: std::io::Error,
    },
}

/// All files of the human side of a publication but its [`workbooks`], in a fixed order, held in memory. For a whole country rather
/// use [`write()`], which holds one file at a time.
///
/// # Errors
/// When a page cannot be made; see [`ReportError`].
pub fn pages(publicatie: &ReportPublicatie) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    let mut files = Vec::new();
    write(publicatie, &mut |path, content| {
        files.push((path.to_owned(), content));
        Ok(())
    })?;
    Ok(files)
}

/// Gives the files one by one: theme and fonts, `index.html`, `0-meting/` (with the jeugdregio's in every order), `uitleg/`, `vergelijk/<group>/` with the tables
/// that several pages point at, and `spiegel/<gebied>/` with `index.html` and `cijfers.json`.
///
/// # Errors
/// When a page cannot be made or `emit` refuses it.
pub fn write(publicatie: &ReportPublicatie, emit: &mut Emitter<'_>) -> Result<(), ReportError> {
    let mut door = |path: &str, content: Vec<u8>| {
        emit(path, content).map_err(|source| ReportError::Emitter {
            pad: path.to_owned(),
            bron: source,
        })
    };
    for (path, content) in theme::files() {
        door(path, content.to_vec())?;
    }
    let index = report_index::ReportIndex::new(publicatie)?;
    door("index.html", page::start::make(&index)?)?;
    door("0-meting/index.html", page::country::make(&index)?)?;
    door(
        "0-meting/cijfers.csv",
        files_beside_page::csv(&index.country_rows()),
    )?;
    door(
        "0-meting/cijfers.json",
        files_beside_page::json(publicatie, index.land(), &index.country_rows()),
    )?;
    for (path, html) in page::jeugdregios::make(&index)? {
        door(&path, html)?;
    }
    door("uitleg/index.html", page::explanation::make(&index)?)?;
    for group in peer_group::PeerGroup::all(&index) {
        let dir = group.folder();
        let rows = page::side_by_side::cijfers(&index, &group);
        door(
            &format!("{dir}/index.html"),
            page::side_by_side::make(&index, &group)?,
        )?;
        door(&format!("{dir}/cijfers.csv"), files_beside_page::csv(&rows))?;
    }
    for gebied in index.met_spiegel() {
        let dir = format!("spiegel/{}", gebied.code);
        let rows = page::spiegel::cijfers(&index, gebied);
        door(
            &format!("{dir}/index.html"),
            page::spiegel::make(&index, gebied)?,
        )?;
        door(
            &format!("{dir}/cijfers.json"),
            files_beside_page::json(publicatie, gebied, &rows),
        )?;
    }
    Ok(())
}

/// The PDF of the country and of every gebied with a page, as far as its path (`spiegel/<gebied>/cijfers.pdf`) is `wanted`;
/// `made` is told of each. What it gives goes into [`ReportPublicatie::papers`], so that the pages link to it.
///
/// # Errors
/// When one can't be made; see [`ReportError`].
pub fn papers(
    publicatie: &ReportPublicatie,
    wanted: &dyn Fn(&str) -> bool,
    made: &(dyn Fn() + Sync),
) -> Result<Vec<pdf::PaperFile>, ReportError> {
    pdf::files(&report_index::ReportIndex::new(publicatie)?, wanted, made)
}

/// The workbook of every gebied with a page, and of the country: `cijfers.xlsx` beside the other files.
///
/// # Errors
/// When one can't be made; see [`ReportError`].
pub fn workbooks(publicatie: &ReportPublicatie) -> Result<Vec<(String, Vec<u8>)>, ReportError> {
    let index = report_index::ReportIndex::new(publicatie)?;
    let make = |gebied: &&PublishedGebied| {
        let (dir, rows) = if gebied.code == index.land().code {
            ("0-meting".to_owned(), index.country_rows())
        } else {
            let rows = page::spiegel::cijfers(&index, gebied);
            (format!("spiegel/{}", gebied.code), rows)
        };
        let path = format!("{dir}/cijfers.xlsx");
        let chapters = workbook_chapter::chapters(&index, gebied, &rows);
        match workbook::xlsx(publicatie, gebied, &chapters) {
            Ok(bytes) => Ok((path, bytes)),
            Err(source) => Err(ReportError::Workbook {
                pad: path,
                bron: source,
            }),
        }
    };
    let all: Vec<&PublishedGebied> = [index.land()]
        .into_iter()
        .chain(index.met_spiegel())
        .collect();
    all.par_iter().map(make).collect()
}

/// Takes a path (relative, `/` between parts) and the bytes.
pub type Emitter<'a> = dyn FnMut(&str, Vec<u8>) -> std::io::Result<()> + 'a;
