//! The sjabloon, filled in: by which definition it was made, and what that means for reading it.
//!
//! Owns recognising it, refusing one this program can't know, converting one of an earlier year with a list of what
//! changed. Leaves making it to `schema`, its example to `example`, the columns to `read_plan`.

pub(crate) mod example;

use std::collections::BTreeMap;

use rows::{FileRefusal, RefusalCode};
use schema::artefacts::README_SHEET;
use schema::{Definitie, Tabel, VeldType};
use sheets::Marker;
use sheets::open_file::OpenedFile;

use crate::definitie_changes::{self, renamed};
use crate::koppeling::TabelKoppeling;
use crate::wording;

/// How the sjabloon says that a date is written.
pub(crate) const DATE_FORMAT: &str = "dd-mm-jjjj";

/// A file that was made from a sjabloon.
pub(crate) struct Sjabloon {
    /// The definition it was made by, where that is one of an earlier year.
    parent: Option<Definitie>,
    /// Made by an earlier version of that definition, of which nothing is known any more.
    earlier_version: bool,
    /// What is to be said of it.
    pub(crate) sentences: Vec<String>,
}

impl Sjabloon {
    /// Recognises it by its properties, or by its first sheet where a program dropped those.
    pub(crate) fn of(
        opened: &OpenedFile,
        definitie: &Definitie,
    ) -> Result<Option<Self>, FileRefusal> {
        let Some(marker) = opened.marker.clone().or_else(|| from_first_sheet(opened)) else {
            return Ok(None);
        };
        let parent = judge_version(&marker, definitie)?;
        let earlier_version = marker
            .versie
            .is_some_and(|v| v < parent.as_ref().unwrap_or(definitie).versie);
        let mut sentences = Vec::new();
        if let Some(parent) = &parent {
            sentences.push(wording::sjabloon::template_of(
                &parent.name(),
                &definitie.name(),
            ));
            sentences.extend(definitie_changes::sentences(parent, definitie));
        } else if let Some(version) = marker.versie.filter(|v| *v < definitie.versie) {
            sentences.push(wording::sjabloon::older_template(
                &version,
                &definitie.name(),
                &definitie.versie,
            ));
        }
        Ok(Some(Self {
            parent,
            earlier_version,
            sentences,
        }))
    }

    /// The definition whose headers it has.
    pub(crate) fn edition<'a>(&'a self, definitie: &'a Definitie) -> &'a Definitie {
        self.parent.as_ref().unwrap_or(definitie)
    }

    /// Whether its example may be another than that of its definition.
    pub(crate) fn is_of_earlier_version(&self) -> bool {
        self.earlier_version
    }

    /// How its columns become fields: labels of the dropdowns into codes, dates as the sjabloon asks for them.
    /// `kolommen` are fields of the definition it was made by, with their headers.
    pub(crate) fn koppeling(
        &self,
        definitie: &Definitie,
        tabel: &Tabel,
        columns: BTreeMap<String, String>,
    ) -> TabelKoppeling {
        let old_tabel = self.edition(definitie).tabel(&tabel.naam);
        let mut part = TabelKoppeling::default();
        for (name, header) in columns {
            let Some(veld) = tabel.veld(&name) else {
                continue;
            };
            match &veld.veldtype {
                VeldType::Datum => {
                    part.datumvorm.insert(name.clone(), DATE_FORMAT.to_owned());
                }
                VeldType::Code { list } => {
                    let old_list =
                        old_tabel
                            .and_then(|t| t.veld(&name))
                            .and_then(|v| match &v.veldtype {
                                VeldType::Code { list } => {
                                    self.edition(definitie).codelijsten.get(list)
                                }
                                _ => None,
                            });
                    let new = &definitie.codelijsten[list];
                    let mut values: BTreeMap<String, String> = new
                        .codes
                        .iter()
                        .map(|c| (c.label.clone(), c.code.clone()))
                        .collect();
                    for old in old_list.map(|l| l.codes.as_slice()).unwrap_or_default() {
                        let code = new.code(&old.code).or_else(|| renamed(old, old_list?, new));
                        if let Some(code) = code {
                            values.insert(old.label.clone(), code.code.clone());
                            values.insert(old.code.clone(), code.code.clone());
                        }
                    }
                    part.waarden.insert(name.clone(), values);
                }
                _ => {}
            }
            part.kolommen.insert(name, header);
        }
        part
    }
}

/// The line in `Lees mij` that names the definition.
fn from_first_sheet(opened: &OpenedFile) -> Option<Marker> {
    let sheet = opened
        .sheets
        .iter()
        .find(|b| b.naam.as_deref() == Some(README_SHEET))?;
    let lees = |(_, _, text): (u32, u32, &str)| {
        let (uitvraag, rest) = text.strip_prefix("Uitvraag ")?.split_once(", versie ")?;
        let version = rest.split(' ').next().and_then(|v| v.parse().ok());
        uitvraag.contains('/').then(|| Marker {
            uitvraag: uitvraag.to_owned(),
            versie: version,
        })
    };
    sheet.raster()?.texts().find_map(lees)
}

/// The earlier definition it was made by; `None` where it is this one.
fn judge_version(marker: &Marker, definitie: &Definitie) -> Result<Option<Definitie>, FileRefusal> {
    let name = definitie.name();
    let refuse = |message: String| Err(FileRefusal::new(RefusalCode::SchemaVersion, message));
    if marker.uitvraag == name {
        return match marker.versie {
            Some(version) if version > definitie.versie => refuse(
                wording::sjabloon::newer_template(&version, &name, &definitie.versie),
            ),
            _ => Ok(None),
        };
    }
    let known = Definitie::names();
    if !known.contains(&marker.uitvraag) {
        return refuse(wording::sjabloon::foreign_template(&known.join(" en ")));
    }
    let found = &marker.uitvraag;
    let parent = Definitie::load(found).map_err(|_| {
        FileRefusal::new(
            RefusalCode::SchemaVersion,
            wording::sjabloon::TEMPLATE_DAMAGED,
        )
    })?;
    if parent.uitvraag != definitie.uitvraag || parent.jaar > definitie.jaar {
        return refuse(wording::sjabloon::other_template(&found, &name));
    }
    Ok(Some(parent))
}
