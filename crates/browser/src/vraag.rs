//! What a page may ask, as it travels: the bytes of the files, a description in JSON, and the length of that.
//!
//! Owns the form. The files come first, so that the only file of most requests is taken over without a copy.

use chrono::NaiveDate;
use serde::Deserialize;
use sheets::Bestand;

/// A question of the page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "opdracht", rename_all = "snake_case", deny_unknown_fields)]
pub enum Vraag {
    /// Which uitvragen there are, with the words for their tables and rules.
    Uitvragen,
    /// A compiled-in artefact of an uitvraag, such as `sjabloon.xlsx`.
    Artefact {
        /// As in `omgang/2020`.
        uitvraag: String,
        /// File name.
        naam: String,
    },
    /// The judgement over the files, as `uitvraag controleer --json` prints it.
    Controleer {
        /// As in `omgang/2020`.
        uitvraag: String,
        /// The day of delivery; later dates are wrong.
        leverdatum: NaiveDate,
        /// The text of `koppeling.toml`, where there is one.
        #[serde(default)]
        koppeling: Option<String>,
        /// Instead of the judgement: the own workbook with every finding in it, as `--rapport` writes it.
        #[serde(default)]
        rapport: bool,
        /// The files, in the order of their bytes.
        bestanden: Vec<Deel>,
    },
    /// The findings of a judgement as CSV; the one file is the judgement.
    Csv {
        /// The judgement, as `Controleer` answered it.
        bestanden: Vec<Deel>,
    },
    /// A proposed koppeling for the files.
    Koppel {
        /// As in `omgang/2020`.
        uitvraag: String,
        /// The files, in the order of their bytes.
        bestanden: Vec<Deel>,
    },
}

/// One file of a question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deel {
    /// Name for people.
    pub naam: String,
    /// Bytes.
    pub lengte: usize,
}

/// Why a question is none. A mistake of the page, never of the aanbieder.
#[derive(Debug, thiserror::Error)]
pub enum VraagFout {
    /// The lengths do not add up.
    #[error("the lengths in the question do not add up")]
    Lengte,
    /// The description is not one of a question.
    #[error("the description of the question can't be read: {0}")]
    Vorm(#[from] serde_json::Error),
}

/// Bytes of the length at the end.
const STAART: usize = 4;

impl Vraag {
    /// Takes a message apart: the question and its files.
    ///
    /// # Errors
    /// When the message is not one.
    pub fn read(mut bericht: Vec<u8>) -> Result<(Self, Vec<Bestand>), VraagFout> {
        let staart = bericht
            .len()
            .checked_sub(STAART)
            .map(|begin| bericht.split_off(begin))
            .ok_or(VraagFout::Lengte)?;
        let lengte = u32::from_le_bytes(staart.try_into().map_err(|_| VraagFout::Lengte)?) as usize;
        let begin = bericht.len().checked_sub(lengte).ok_or(VraagFout::Lengte)?;
        let vraag: Self = serde_json::from_slice(&bericht.split_off(begin))?;
        let bestanden = split(bericht, vraag.bestanden())?;
        Ok((vraag, bestanden))
    }

    fn bestanden(&self) -> &[Deel] {
        match self {
            Self::Uitvragen | Self::Artefact { .. } => &[],
            Self::Controleer { bestanden, .. }
            | Self::Koppel { bestanden, .. }
            | Self::Csv { bestanden } => bestanden,
        }
    }
}

/// Cuts the bytes into files, from the last one to the first.
fn split(mut bytes: Vec<u8>, delen: &[Deel]) -> Result<Vec<Bestand>, VraagFout> {
    let mut bestanden = Vec::with_capacity(delen.len());
    for (nummer, deel) in delen.iter().enumerate().rev() {
        let begin = bytes
            .len()
            .checked_sub(deel.lengte)
            .ok_or(VraagFout::Lengte)?;
        let inhoud = if nummer == 0 && begin == 0 {
            std::mem::take(&mut bytes)
        } else {
            bytes.split_off(begin)
        };
        bestanden.push(Bestand::from_bytes(&deel.naam, inhoud));
    }
    if !bytes.is_empty() {
        return Err(VraagFout::Lengte);
    }
    bestanden.reverse();
    Ok(bestanden)
}
