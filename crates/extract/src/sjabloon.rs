//! The sjabloon, filled in: by which definition it was made, and what that means for reading it.
//!
//! Owns recognising it, refusing one this program can't know, converting one of an earlier year with a list of what
//! changed, and telling its example from data. Leaves making it to `schema`, the columns to `opzet`.

use std::collections::BTreeMap;

use schema::artefacten::{LEESBLAD, VOORBEELD};
use schema::{Definitie, Tabel, Veld, Veldtype};

use crate::koppeling::Tabelkoppeling;
use crate::normaal::trimmed;
use crate::opening::Geopend;
use crate::raster::Raster;
use crate::veranderd::{self, renamed};
use crate::weigering::Weigering;
use crate::werkmap::Kenmerk;

/// How the sjabloon says that a date is written.
const DATUMVORM: &str = "dd-mm-jjjj";
/// Filled cells from which a row above the headers is data, as a share of the required ones.
const DEEL_VERPLICHT: f64 = 0.5;

/// A file that was made from a sjabloon.
pub(crate) struct Sjabloon {
    /// The definition it was made by, where that is one of an earlier year.
    ouder: Option<Definitie>,
    /// What is to be said of it.
    pub(crate) zinnen: Vec<String>,
}

impl Sjabloon {
    /// Recognises it by its properties, or by its first sheet where a program dropped those.
    pub(crate) fn of(geopend: &Geopend, definitie: &Definitie) -> Result<Option<Self>, Weigering> {
        let Some(kenmerk) = geopend.kenmerk.clone().or_else(|| from_first_sheet(geopend)) else { return Ok(None) };
        let ouder = judge_version(&kenmerk, definitie)?;
        let mut zinnen = Vec::new();
        if let Some(ouder) = &ouder {
            zinnen.push(format!("Dit is het sjabloon van {}. Het is gelezen voor {}.", ouder.naam(), definitie.naam()));
            zinnen.extend(veranderd::zinnen(ouder, definitie));
        } else if let Some(versie) = kenmerk.versie.filter(|v| *v < definitie.versie) {
            zinnen.push(format!(
                "Dit sjabloon is van versie {versie} van {}; nu geldt versie {}. De kolommen zijn op hun naam gelezen.",
                definitie.naam(),
                definitie.versie
            ));
        }
        Ok(Some(Self { ouder, zinnen }))
    }

    /// The definition whose headers it has.
    pub(crate) fn opmaak<'a>(&'a self, definitie: &'a Definitie) -> &'a Definitie {
        self.ouder.as_ref().unwrap_or(definitie)
    }

    /// How its columns become fields: labels of the dropdowns into codes, dates as the sjabloon asks for them.
    /// `kolommen` are fields of the definition it was made by, with their headers.
    pub(crate) fn koppeling(&self, definitie: &Definitie, tabel: &Tabel, kolommen: BTreeMap<String, String>) -> Tabelkoppeling {
        let oude_tabel = self.opmaak(definitie).tabel(&tabel.naam);
        let mut deel = Tabelkoppeling::default();
        for (naam, kop) in kolommen {
            let Some(veld) = tabel.veld(&naam) else { continue };
            match &veld.veldtype {
                Veldtype::Datum => {
                    deel.datumvorm.insert(naam.clone(), DATUMVORM.to_owned());
                }
                Veldtype::Code { lijst } => {
                    let oude_lijst = oude_tabel.and_then(|t| t.veld(&naam)).and_then(|v| match &v.veldtype {
                        Veldtype::Code { lijst } => self.opmaak(definitie).codelijsten.get(lijst),
                        _ => None,
                    });
                    let nieuw = &definitie.codelijsten[lijst];
                    let mut waarden: BTreeMap<String, String> = nieuw.codes.iter().map(|c| (c.label.clone(), c.code.clone())).collect();
                    for oud in oude_lijst.map(|l| l.codes.as_slice()).unwrap_or_default() {
                        let code = nieuw.code(&oud.code).or_else(|| renamed(oud, oude_lijst?, nieuw));
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
    let blad = geopend.bladen.iter().find(|b| b.naam.as_deref() == Some(LEESBLAD))?;
    let lees = |(_, _, tekst): (u32, u32, &str)| {
        let (uitvraag, rest) = tekst.strip_prefix("Uitvraag ")?.split_once(", versie ")?;
        let versie = rest.split(' ').next().and_then(|v| v.parse().ok());
        uitvraag.contains('/').then(|| Kenmerk { uitvraag: uitvraag.to_owned(), versie })
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
    let ouder = Definitie::load(gevonden).map_err(|_| Weigering::new("SCHEMA_VERSION", "De uitvraag van dit sjabloon is beschadigd."))?;
    if ouder.uitvraag != definitie.uitvraag || ouder.jaar > definitie.jaar {
        return weiger(format!(
            "Dit is het sjabloon van {gevonden}, en u vraagt om {naam}. Gebruik `--uitvraag {gevonden}`, of vul het sjabloon van {naam} in."
        ));
    }
    Ok(Some(ouder))
}

/// Tells the example of a sheet from data.
pub(crate) struct Voorbeeld {
    /// Columns in which the example calls itself one.
    sleutels: Vec<u32>,
    verplicht: Vec<u32>,
}

impl Voorbeeld {
    /// `kolommen` are fields of `tabel` with their columns.
    pub(crate) fn new(tabel: &Tabel, kolommen: &BTreeMap<String, usize>) -> Self {
        let velden = || tabel.velden.iter().filter_map(|v| Some((v, u32::try_from(*kolommen.get(&v.naam)?).ok()?)));
        let is_sleutel = |v: &Veld| matches!(v.veldtype, Veldtype::Pseudoniem) || tabel.sleutel.contains(&v.naam);
        Self {
            sleutels: velden().filter(|(v, _)| is_sleutel(v)).map(|(_, k)| k).collect(),
            verplicht: velden().filter(|(v, _)| v.verplicht).map(|(_, k)| k).collect(),
        }
    }

    fn is(&self, rij: &[(u32, &str)]) -> bool {
        let begin = |tekst: &str| trimmed(tekst).get(..VOORBEELD.len()).is_some_and(|t| t.eq_ignore_ascii_case(VOORBEELD));
        rij.iter().any(|(kolom, tekst)| self.sleutels.contains(kolom) && begin(tekst))
    }

    fn is_data(&self, rij: &[(u32, &str)]) -> bool {
        let gevuld = rij.iter().filter(|(kolom, tekst)| self.verplicht.contains(kolom) && !trimmed(tekst).is_empty()).count();
        gevuld as f64 >= DEEL_VERPLICHT * self.verplicht.len().max(2) as f64
    }

    /// The rows below the headers that are the example.
    pub(crate) fn rows(&self, raster: &Raster, kopregel: u64) -> Vec<u32> {
        let eronder = raster.rijen().filter(|(nummer, _)| u64::from(*nummer) > kopregel);
        eronder.filter(|(_, rij)| self.is(rij)).map(|(nummer, _)| nummer).collect()
    }

    /// Data above the headers is refused: it would be lost.
    pub(crate) fn judge_above(&self, raster: &Raster, kopregel: u64) -> Result<(), Weigering> {
        let mut erboven = raster.rijen().take_while(|(nummer, _)| u64::from(*nummer) < kopregel);
        let Some((nummer, _)) = erboven.find(|(_, rij)| self.is_data(rij) && !self.is(rij)) else { return Ok(()) };
        let bericht = "Deze rij staat boven de kolomnamen en is niet het voorbeeld. Zet hem onder de kolomnamen, of maak hem leeg.";
        Err(Weigering::new("DATA_ABOVE_HEADER", bericht).op_rij(u64::from(nummer)))
    }
}
