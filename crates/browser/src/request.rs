//! What a page may ask, as it travels: the bytes of the files, a description in JSON, and the length of that.
//!
//! Owns the form. The files come first, so that the only file of most requests is taken over without a copy.

use chrono::NaiveDate;
use serde::Deserialize;
use sheets::SourceFile;

/// A question of the page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "opdracht", rename_all = "snake_case", deny_unknown_fields)]
pub enum PageRequest {
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
        bestanden: Vec<AskedFile>,
    },
    /// A pakket of the files, as one tar: what `uitvraag pak` makes of them.
    Pak {
        /// As in `omgang/2020`.
        uitvraag: String,
        /// The day of delivery; later dates are wrong.
        leverdatum: NaiveDate,
        /// The text of `koppeling.toml`, where there is one.
        #[serde(default)]
        koppeling: Option<String>,
        /// KvK number; that of the koppeling where absent.
        #[serde(default)]
        kvk: Option<String>,
        /// The text of the key file.
        sleutel: String,
        /// The files, in the order of their bytes.
        bestanden: Vec<AskedFile>,
    },
    /// A new key; the one file holds the random bytes it is made of.
    NieuweSleutel {
        /// The random bytes.
        bestanden: Vec<AskedFile>,
    },
    /// Which key a key file holds.
    Sleutel {
        /// The text of the key file.
        sleutel: String,
    },
    /// The findings of a judgement as CSV; the one file is the judgement.
    Csv {
        /// The judgement, as `Controleer` answered it.
        bestanden: Vec<AskedFile>,
    },
    /// Begins a conversation about the koppeling of the files.
    Koppel {
        /// As in `omgang/2020`.
        uitvraag: String,
        /// The text of `koppeling.toml` to go on with; one is proposed where there is none.
        #[serde(default)]
        koppeling: Option<String>,
        /// The files, in the order of their bytes.
        bestanden: Vec<AskedFile>,
    },
    /// What a person clicked or typed at the question that the conversation asks now.
    Antwoord {
        /// What it was.
        stap: ConversationStep,
    },
}

/// What a person does with a question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationStep {
    /// Takes this choice, from 0.
    Keuze(usize),
    /// Types something in place of a choice.
    Getypt(String),
    /// Leaves it for later.
    Later,
    /// Goes back to the question before it.
    Terug,
}

/// One file of a question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedFile {
    /// Name for people.
    pub naam: String,
    /// Bytes.
    pub lengte: usize,
}

/// Why a question is none. A mistake of the page, never of the aanbieder.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The lengths do not add up.
    #[error("the lengths in the question do not add up")]
    Lengte,
    /// The description is not one of a question.
    #[error("the description of the question can't be read: {0}")]
    Vorm(#[from] serde_json::Error),
}

/// Bytes of the length at the end.
const TAIL: usize = 4;

impl PageRequest {
    /// Takes a message apart: the question and its files.
    ///
    /// # Errors
    /// When the message is not one.
    pub fn read(mut message: Vec<u8>) -> Result<(Self, Vec<SourceFile>), RequestError> {
        let tail = message
            .len()
            .checked_sub(TAIL)
            .map(|begin| message.split_off(begin))
            .ok_or(RequestError::Lengte)?;
        let length =
            u32::from_le_bytes(tail.try_into().map_err(|_| RequestError::Lengte)?) as usize;
        let begin = message
            .len()
            .checked_sub(length)
            .ok_or(RequestError::Lengte)?;
        let question: Self = serde_json::from_slice(&message.split_off(begin))?;
        let files = split(message, question.files())?;
        Ok((question, files))
    }

    fn files(&self) -> &[AskedFile] {
        match self {
            Self::Uitvragen
            | Self::Artefact { .. }
            | Self::Antwoord { .. }
            | Self::Sleutel { .. } => &[],
            Self::Controleer {
                bestanden: files, ..
            }
            | Self::Koppel {
                bestanden: files, ..
            }
            | Self::Pak {
                bestanden: files, ..
            }
            | Self::NieuweSleutel { bestanden: files }
            | Self::Csv { bestanden: files } => files,
        }
    }
}

/// Cuts the bytes into files, from the last one to the first.
fn split(mut bytes: Vec<u8>, parts: &[AskedFile]) -> Result<Vec<SourceFile>, RequestError> {
    let mut files = Vec::with_capacity(parts.len());
    for (number, part) in parts.iter().enumerate().rev() {
        let begin = bytes
            .len()
            .checked_sub(part.lengte)
            .ok_or(RequestError::Lengte)?;
        let content = if number == 0 && begin == 0 {
            std::mem::take(&mut bytes)
        } else {
            bytes.split_off(begin)
        };
        files.push(SourceFile::from_bytes(&part.naam, content));
    }
    if !bytes.is_empty() {
        return Err(RequestError::Lengte);
    }
    files.reverse();
    Ok(files)
}
