//! Figures into pages: plain structs in, `(path, bytes)` out.
//!
//! Owns what a regio, gemeente or reader of the 0-meting sees: sentences, tables, drawings, theme and fonts. The same
//! [`Publicatie`] gives the same bytes: there is no clock, file system or randomness here. Takes figures that were
//! protected before (`disclosure`) and still shows nothing of a hidden one; leaves computing to `analysis`, storing
//! to `lake` and serving to `ingest`. What is said of one uitvraag is data: the page plan in [`opzet`].

pub mod blok;
pub mod cijferindex;
pub mod duiding;
pub mod gegevens;
pub mod nl;
pub mod opzet;
pub mod pagina;
pub mod publicatie;
pub mod tekening;
pub mod thema;

pub use opzet::Opzet;
pub use publicatie::{Gebied, Publicatie};

/// What keeps pages from being made.
#[derive(Debug, thiserror::Error)]
pub enum ReportFout {
    /// The page plan breaks its format.
    #[error("the page plan is not valid: {0}")]
    Opzet(#[from] toml::de::Error),
    /// A template failed.
    #[error("page {pad} could not be made")]
    Sjabloon {
        /// The page.
        pad: String,
        /// Why.
        #[source]
        bron: askama::Error,
    },
    /// There is nothing to compare with.
    #[error("the gebieden hold no country")]
    GeenLand,
    /// A gebied code that cannot be a folder name.
    #[error("gebied code {0:?} cannot be part of a path")]
    Code(String),
    /// The receiver of the files failed.
    #[error("file {pad} could not be handed over")]
    Afgifte {
        /// The file.
        pad: String,
        /// Why.
        #[source]
        bron: std::io::Error,
    },
}

/// All files of the human side of a publication, in a fixed order, held in memory. For a whole country rather
/// use [`schrijf`], which holds one file at a time.
///
/// # Errors
/// When a page cannot be made; see [`ReportFout`].
pub fn pages(publicatie: &Publicatie) -> Result<Vec<(String, Vec<u8>)>, ReportFout> {
    let mut bestanden = Vec::new();
    schrijf(publicatie, &mut |pad, inhoud| {
        bestanden.push((pad.to_owned(), inhoud));
        Ok(())
    })?;
    Ok(bestanden)
}

/// Gives the files one by one: theme and fonts, `index.html`, `0-meting/`, and `spiegel/<gebied>/` with
/// `index.html`, `cijfers.csv` and `cijfers.json`.
///
/// # Errors
/// When a page cannot be made or `afgeven` refuses it.
pub fn schrijf(publicatie: &Publicatie, afgeven: &mut Afgifte<'_>) -> Result<(), ReportFout> {
    let mut door = |pad: &str, inhoud: Vec<u8>| {
        afgeven(pad, inhoud).map_err(|bron| ReportFout::Afgifte {
            pad: pad.to_owned(),
            bron,
        })
    };
    for (pad, inhoud) in thema::bestanden() {
        door(pad, inhoud.to_vec())?;
    }
    let wereld = pagina::Wereld::nieuw(publicatie)?;
    door("index.html", pagina::start::maak(&wereld)?)?;
    door("0-meting/index.html", pagina::meting::maak(&wereld)?)?;
    door("0-meting/cijfers.csv", gegevens::csv(&wereld.land_rijen()))?;
    door(
        "0-meting/cijfers.json",
        gegevens::json(publicatie, wereld.land(), &wereld.land_rijen()),
    )?;
    for gebied in wereld.met_spiegel() {
        let map = format!("spiegel/{}", gebied.code);
        let rijen = pagina::spiegel::cijfers(&wereld, gebied);
        door(
            &format!("{map}/index.html"),
            pagina::spiegel::maak(&wereld, gebied)?,
        )?;
        door(&format!("{map}/cijfers.csv"), gegevens::csv(&rijen))?;
        door(
            &format!("{map}/cijfers.json"),
            gegevens::json(publicatie, gebied, &rijen),
        )?;
    }
    Ok(())
}

/// Takes a path (relative, `/` between parts) and the bytes.
pub type Afgifte<'a> = dyn FnMut(&str, Vec<u8>) -> std::io::Result<()> + 'a;
