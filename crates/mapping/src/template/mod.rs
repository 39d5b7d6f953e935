//! The sjabloon, filled in: by which definition it was made, and what that means for reading it.
//!
//! Owns recognising it, refusing one this program can't know, converting one of an earlier year with a list of what
//! changed. Leaves making it to `schema`, its example to `example`, the columns to `plan`.

pub(crate) mod example;

use std::collections::BTreeMap;

use rows::Weigering;
use schema::artefacten::LEESBLAD;
use schema::{Definitie, Tabel, Veldtype};
use sheets::Kenmerk;
use sheets::open_file::Geopend;

use crate::changes::{self, renamed};
use crate::koppeling::Tabelkoppeling;

/// How the sjabloon says that a date is written.
const DATUMVORM: &str = "dd-mm-jjjj";

/// A file that was made from a sjabloon.
pub(crate) struct Sjabloon {
    /// The definition it was made by, where that is one of an earlier year.
    ouder: Option<Definitie>,
    /// Made by an earlier version of that definition, of which nothing is known any more.
    eerdere_versie: bool,
    /// What is to be said of it.
    pub(crate) zinnen: Vec<String>,
}

impl Sjabloon {
    /// Recognises it by its properties, or by its first sheet where a program dropped those.
    pub(crate) fn of(geopend: &Geopend, definitie: &Definitie) -> Result<Option<Self>, Weigering> {
        let Some(kenmerk) = geopend
            .kenmerk
            .clone()
            .or_else(|| from_first_sheet(geopend))
        else {
            return Ok(None);
        };
        let ouder = judge_version(&kenmerk, definitie)?;
        let eerdere_versie = kenmerk
            .versie
            .is_some_and(|v| v < ouder.as_ref().unwrap_or(definitie).versie);
        let mut zinnen = Vec::new();
        if let Some(ouder) = &ouder {
            zinnen.push(format!(
                "Dit is het sjabloon van {}. Het is gelezen voor {}.",
                ouder.naam(),
                definitie.naam()
            ));
            zinnen.extend(changes::zinnen(ouder, definitie));
        } else if let Some(versie) = kenmerk.versie.filter(|v| *v < definitie.versie) {
            zinnen.push(format!(
                "Dit sjabloon is van versie {versie} van {}; nu geldt versie {}. De kolommen zijn op hun naam gelezen.",
                definitie.naam(),
                definitie.versie
            ));
        }
        Ok(Some(Self {
            ouder,
            eerdere_versie,
            zinnen,
        }))
    }

    /// The definition whose headers it has.
    pub(crate) fn opmaak<'a>(&'a self, definitie: &'a Definitie) -> &'a Definitie {
        self.ouder.as_ref().unwrap_or(definitie)
    }

    /// Whether its example may be another than that of its definition.
    pub(crate) fn is_of_earlier_version(&self) -> bool {
        self.eerdere_versie
    }

    /// How its columns become fields: labels of the dropdowns into codes, dates as the sjabloon asks for them.
    /// `kolommen` are fields of the definition it was made by, with their headers.
    pub(crate) fn koppeling(
        &self,
        definitie: &Definitie,
        tabel: &Tabel,
        kolommen: BTreeMap<String, String>,
    ) -> Tabelkoppeling {
        let oude_tabel = self.opmaak(definitie).tabel(&tabel.naam);
        let mut deel = Tabelkoppeling::default();
        for (naam, kop) in kolommen {
            let Some(veld) = tabel.veld(&naam) else {
                continue;
            };
            match &veld.veldtype {
                Veldtype::Datum => {
                    deel.datumvorm.insert(naam.clone(), DATUMVORM.to_owned());
                }
                Veldtype::Code { lijst } => {
                    let oude_lijst = oude_tabel.and_then(|t| t.veld(&naam)).and_then(|v| match &v
                        .veldtype
                    {
                        Veldtype::Code { lijst } => self.opmaak(definitie).codelijsten.get(lijst),
                        _ => None,
                    });
                    let nieuw = &definitie.codelijsten[lijst];
                    let mut waarden: BTreeMap<String, String> = nieuw
                        .codes
                        .iter()
                        .map(|c| (c.label.clone(), c.code.clone()))
                        .collect();
                    for oud in oude_lijst.map(|l| l.codes.as_slice()).unwrap_or_default() {
                        let code = nieuw
                            .code(&oud.code)
                            .or_else(|| renamed(oud, oude_lijst?, nieuw));
                        if let Some(code) = code {
                            waarden.insert(oud.label.clone(), code.code.clone());
                            waarden.insert(oud.code.clone(), code.code.clone());
                        }
                    }
                    deel.waarden.insert(naam.clone(), waarden);
                }
                _ => {}
            }
            deel.kolommen.insert(naam, kop);
        }
        deel
    }
}

/// The line in `Lees mij` that names the definition.
fn from_first_sheet(geopend: &Geopend) -> Option<Kenmerk> {
    let blad = geopend
        .bladen
        .iter()
        .find(|b| b.naam.as_deref() == Some(LEESBLAD))?;
    let lees = |(_, _, tekst): (u32, u32, &str)| {
        let (uitvraag, rest) = tekst.strip_prefix("Uitvraag ")?.split_once(", versie ")?;
        let versie = rest.split(' ').next().and_then(|v| v.parse().ok());
        uitvraag.contains('/').then(|| Kenmerk {
            uitvraag: uitvraag.to_owned(),
            versie,
        })
    };
    blad.raster()?.teksten().find_map(lees)
}

/// The earlier definition it was made by; `None` where it is this one.
fn judge_version(kenmerk: &Kenmerk, definitie: &Definitie) -> Result<Option<Definitie>, Weigering> {
    let naam = definitie.naam();
    let weiger = |bericht: String| Err(Weigering::new("SCHEMA_VERSION", bericht));
    if kenmerk.uitvraag == naam {
        return match kenmerk.versie {
            Some(versie) if versie > definitie.versie => weiger(format!(
                "Dit sjabloon is van versie {versie} van {naam}; dit programma kent tot en met versie {}. Haal de nieuwste versie van het programma op.",
                definitie.versie
            )),
            _ => Ok(None),
        };
    }
    let bekend = Definitie::names();
    if !bekend.contains(&kenmerk.uitvraag) {
        return weiger(format!(
            "Dit sjabloon hoort bij een uitvraag die dit programma niet kent; wel kent het {}. Haal de nieuwste versie van het programma op.",
            bekend.join(" en ")
        ));
    }
    let gevonden = &kenmerk.uitvraag;
    let ouder = Definitie::load(gevonden).map_err(|_| {
        Weigering::new(
            "SCHEMA_VERSION",
            "De uitvraag van dit sjabloon is beschadigd.",
        )
    })?;
    if ouder.uitvraag != definitie.uitvraag || ouder.jaar > definitie.jaar {
        return weiger(format!(
            "Dit is het sjabloon van {gevonden}, en u vraagt om {naam}. Gebruik `--uitvraag {gevonden}`, of vul het sjabloon van {naam} in."
        ));
    }
    Ok(Some(ouder))
}
