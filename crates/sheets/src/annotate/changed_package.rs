//! The package of a workbook, changed.
//!
//! Owns changing and adding parts, and writing the package back: what was not changed is copied as it was packed.
//! Leaves finding parts to `package`, what is in them to the others.

use std::collections::BTreeMap;
use std::io::{Read, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::RapportFout;
use super::write_xml::{escape, voeg_toe};
use crate::package::{Package, Relatie, read_relations, relations_part};
use crate::xml::{Vorm, Xml};

/// Small parts only: a sheet is streamed.
const KLEIN: u64 = 64 << 20;

const RELATIES: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
/// What the types of relations between parts begin with.
pub(super) const SOORTEN: &str =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A package and the changes to it.
pub(super) struct Pakket<R> {
    oud: Package<R>,
    nieuw: BTreeMap<String, Vec<u8>>,
}

impl<R: Read + Seek> Pakket<R> {
    pub(super) fn open(stroom: R) -> Result<Self, RapportFout> {
        Ok(Self {
            oud: Package::open(stroom)?,
            nieuw: BTreeMap::new(),
        })
    }

    pub(super) fn has(&self, naam: &str) -> bool {
        self.nieuw.contains_key(naam) || self.oud.has(naam)
    }

    /// The part as a stream.
    pub(super) fn stroom(&mut self, naam: &str) -> Result<impl Read + '_, RapportFout> {
        self.oud.part(naam)?.ok_or(RapportFout::Opbouw)
    }

    /// A small part, as changed so far; `None` where there is none.
    pub(super) fn lees(&mut self, naam: &str) -> Result<Option<Vec<u8>>, RapportFout> {
        if let Some(inhoud) = self.nieuw.get(naam) {
            return Ok(Some(inhoud.clone()));
        }
        if !self.has(naam) {
            return Ok(None);
        }
        let mut inhoud = Vec::new();
        self.stroom(naam)?
            .take(KLEIN + 1)
            .read_to_end(&mut inhoud)?;
        if inhoud.len() as u64 > KLEIN {
            Err(RapportFout::Opbouw)
        } else {
            Ok(Some(inhoud))
        }
    }

    /// A part that may be as large as a sheet.
    pub(super) fn lees_groot(&mut self, naam: &str) -> Result<Vec<u8>, RapportFout> {
        if let Some(inhoud) = self.nieuw.get(naam) {
            return Ok(inhoud.clone());
        }
        let mut inhoud = Vec::new();
        self.stroom(naam)?.read_to_end(&mut inhoud)?;
        Ok(inhoud)
    }

    /// The part as the package spells it.
    pub(super) fn naam(&self, naam: &str) -> Result<String, RapportFout> {
        self.oud.spelled(naam).ok_or(RapportFout::Opbouw)
    }

    /// The drawings with notes, of all sheets.
    pub(super) fn tekeningen(&mut self) -> Result<Vec<String>, RapportFout> {
        let namen = self.oud.ending_in(".vml");
        let delen = namen.iter().map(|naam| {
            Ok(String::from_utf8_lossy(&self.lees(naam)?.unwrap_or_default()).into_owned())
        });
        delen.collect()
    }

    /// The part that `deel` has this relation to; made, with this root, where there is none.
    pub(super) fn deel_van(
        &mut self,
        deel: &str,
        soort: &str,
        leeg: &str,
    ) -> Result<String, RapportFout> {
        if let Some(relatie) = self
            .relaties(deel)?
            .into_iter()
            .find(|r| r.soort == soort && self.has(&r.doel))
        {
            return self.naam(&relatie.doel);
        }
        // The usual name where it is free: not every reader follows relations.
        let gewoon = format!("xl/{soort}.xml");
        let naam = if self.has(&gewoon) {
            self.vrije_naam(&format!("xl/{soort}"), ".xml")
        } else {
            gewoon
        };
        self.soort_erbij(
            &naam,
            &format!("application/vnd.openxmlformats-officedocument.spreadsheetml.{soort}+xml"),
        )?;
        self.relatie_erbij(deel, soort, &naam)?;
        self.zet(&naam, format!("{}{leeg}", super::KOP).into_bytes());
        Ok(naam)
    }

    /// Replaces or adds a part.
    pub(super) fn zet(&mut self, naam: &str, inhoud: Vec<u8>) {
        let echt = self.oud.spelled(naam).unwrap_or_else(|| naam.to_owned());
        self.nieuw.insert(echt, inhoud);
    }

    /// A name that no part has: `xl/comments3.xml`.
    pub(super) fn vrije_naam(&self, voor: &str, na: &str) -> String {
        let namen = (1_u32..).map(|n| format!("{voor}{n}{na}"));
        namen
            .into_iter()
            .find(|naam| !self.has(naam))
            .expect("the numbers do not end")
    }

    /// The relations of a part; of the package itself with an empty name.
    pub(super) fn relaties(&mut self, deel: &str) -> Result<Vec<Relatie>, RapportFout> {
        match self.lees(&relations_part(deel))? {
            Some(xml) => Ok(read_relations(
                Xml::from_buffer(xml.as_slice(), Vorm::Xlsx),
                deel,
            )?),
            None => Ok(Vec::new()),
        }
    }

    /// Adds a relation from `deel` to `doel`, and gives its id.
    pub(super) fn relatie_erbij(
        &mut self,
        deel: &str,
        soort: &str,
        doel: &str,
    ) -> Result<String, RapportFout> {
        let plek = relations_part(deel);
        let xml = self.lees(&plek)?.unwrap_or_else(|| {
            format!("{}<Relationships xmlns=\"{RELATIES}\"/>", super::KOP).into_bytes()
        });
        let tekst = String::from_utf8_lossy(&xml).into_owned();
        let id = (1_u32..)
            .map(|n| format!("rIdUitvraag{n}"))
            .find(|id| !tekst.contains(&format!("\"{id}\"")));
        let id = id.expect("the numbers do not end");
        let erbij = |p: &str| {
            format!(
                "<{p}Relationship Id=\"{id}\" Type=\"{SOORTEN}/{soort}\" Target=\"/{}\"/>",
                escape(doel)
            )
        };
        let xml = voeg_toe(&xml, "Relationships", erbij)?;
        self.zet(&plek, xml);
        Ok(id)
    }

    /// Says what kind of content a new part has.
    pub(super) fn soort_erbij(&mut self, deel: &str, soort: &str) -> Result<(), RapportFout> {
        const DEEL: &str = "[Content_Types].xml";
        let xml = self.lees(DEEL)?.ok_or(RapportFout::Opbouw)?;
        let xml = voeg_toe(&xml, "Types", |p| {
            format!(
                "<{p}Override PartName=\"/{}\" ContentType=\"{soort}\"/>",
                escape(deel)
            )
        })?;
        self.zet(DEEL, xml);
        Ok(())
    }

    /// Says what kind of content parts with this extension have, unless that was said.
    pub(super) fn extensie_erbij(
        &mut self,
        extensie: &str,
        soort: &str,
    ) -> Result<(), RapportFout> {
        const DEEL: &str = "[Content_Types].xml";
        let xml = self.lees(DEEL)?.ok_or(RapportFout::Opbouw)?;
        let bekend = format!("extension=\"{extensie}\"");
        if String::from_utf8_lossy(&xml)
            .to_lowercase()
            .replace('\'', "\"")
            .contains(&bekend)
        {
            return Ok(());
        }
        let xml = voeg_toe(&xml, "Types", |p| {
            format!("<{p}Default Extension=\"{extensie}\" ContentType=\"{soort}\"/>")
        })?;
        self.zet(DEEL, xml);
        Ok(())
    }

    /// Writes everything: changed parts as changed, those that `patch` takes through it, the others as they were packed.
    pub(super) fn schrijf<W: Write + Seek>(
        mut self,
        uit: W,
        mut patch: impl FnMut(&str, &mut dyn Read, &mut dyn Write) -> Result<(), RapportFout>,
        wil_patch: impl Fn(&str) -> bool,
    ) -> Result<W, RapportFout> {
        let mut zip = ZipWriter::new(uit);
        for index in 0..self.oud.zip.len() {
            let naam = self.oud.zip.by_index_raw(index)?.name()?.into_owned();
            if let Some(inhoud) = self.nieuw.remove(&naam) {
                zip.start_file(naam, opties())?;
                zip.write_all(&inhoud)?;
            } else if wil_patch(&naam) {
                zip.start_file(naam.as_str(), opties())?;
                let mut deel = self.oud.zip.by_index(index)?;
                patch(&naam, &mut deel, &mut zip)?;
            } else {
                zip.raw_copy_file(self.oud.zip.by_index_raw(index)?)?;
            }
        }
        for (naam, inhoud) in std::mem::take(&mut self.nieuw) {
            zip.start_file(naam, opties())?;
            zip.write_all(&inhoud)?;
        }
        Ok(zip.finish()?)
    }
}

/// How a new part is packed: the same bytes every time.
pub(super) fn opties() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(4))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
}
