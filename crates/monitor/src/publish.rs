//! `omgangsmonitor publish`: protects the figures of a run, writes them once, and can make them again.
//!
//! Owns what belongs to a publication and comparing two of them. Leaves hiding to `disclosure`, data files to
//! `analysis`, pages to `report` and storing to `lake`.

use std::collections::BTreeMap;

use analysis::publicatie::Standing;
use anyhow::{Context, Result, bail};
use chrono::{NaiveDate, Utc};
use clap::Args;
use disclosure::Drempel;
use lake::{Lake, Momentopname, NieuwePublicatie, Stempel, Toegang};
use report::Opzet;
use report::publicatie::{Bijlage, DefinitieFeiten, Gebied, Labels};
use schema::{Cijfer, Definitie};

use crate::config::Config;
use crate::output;
use crate::run::{
    CIJFERS, Runverslag, compute, configuratie, find_momentopname, keep_verslag,
    tell_what_is_missing, verslag_naam,
};

/// Publishes the newest run of a year, or verifies a publication.
#[derive(Debug, Args)]
pub struct Publish {
    /// The uitvraag
    uitvraag: String,
    /// Reporting year
    #[arg(long)]
    year: i32,
    /// Makes this version again from its momentopname and compares it, byte for byte
    #[arg(long, value_name = "VERSION", num_args = 0..=1, default_missing_value = "0")]
    verify: Option<u32>,
    /// Publishes a run that was published before once more
    #[arg(long)]
    again: bool,
}

/// Name and version of this software, as it stands in a publication.
const SOFTWARE: &str = concat!("omgangsmonitor ", env!("CARGO_PKG_VERSION"));

impl Publish {
    /// Carries out the command; false when a verification found a difference.
    pub async fn run(&self, config: &Config) -> Result<bool> {
        let lake = Lake::open(&config.data.dir, Toegang::Taak).await?;
        let gelukt = match self.verify {
            None => self.publish(&lake).await.map(|()| true),
            Some(versie) => self.verify(&lake, versie).await,
        };
        lake.sluit().await;
        gelukt
    }

    async fn publish(&self, lake: &Lake) -> Result<()> {
        let moment = find_momentopname(lake, &self.uitvraag, self.year, None).await?;
        let (mut verslag, cijfers) = read_run(lake, &moment).await?;
        self.refuse_stale(&moment, &verslag)?;
        tell_what_is_missing(lake, &moment).await?;
        let stempel = Stempel::new("omgangsmonitor publish", Utc::now());
        let versie = lake.volgende_versie(&self.uitvraag, self.year).await?;
        let bestanden = make(&moment, versie, stempel.nu.date_naive(), &verslag, cijfers)?;
        let publicatie = lake
            .publiceer(
                NieuwePublicatie {
                    momentopname: &moment.id,
                    versie,
                    bestanden,
                },
                &stempel,
            )
            .await?;
        verslag.gepubliceerd = Some(versie);
        keep_verslag(lake, &verslag).await?;
        output::talk(&format!(
            "{} files, version {versie}, from momentopname {}",
            publicatie.paden.len(),
            moment.id
        ));
        output::data(
            &lake
                .dir()
                .join(format!(
                    "publicaties/{}/{}/{versie}",
                    self.uitvraag, self.year
                ))
                .display()
                .to_string(),
        );
        Ok(())
    }

    /// Refuses a run that no longer is what the momentopname holds, or that was published already.
    fn refuse_stale(&self, moment: &Momentopname, verslag: &Runverslag) -> Result<()> {
        let opnieuw = format!(
            "run `omgangsmonitor run {} --year {}` again",
            self.uitvraag, self.year
        );
        if let Some(levering) = moment
            .gewist()
            .into_iter()
            .find(|id| !verslag.gewist.contains(id))
        {
            bail!(
                "levering {levering} was erased since the run, and its children are still in the figures: {opnieuw}"
            );
        }
        match verslag.gepubliceerd.filter(|_| !self.again) {
            Some(versie) => bail!(
                "this run was published as version {versie}: {opnieuw}, or publish it once more with --again"
            ),
            None => Ok(()),
        }
    }

    async fn verify(&self, lake: &Lake, versie: u32) -> Result<bool> {
        let publicatie = match versie {
            0 => lake.laatste_publicatie(&self.uitvraag, self.year).await?,
            _ => lake.publicatie(&self.uitvraag, self.year, versie).await?,
        };
        let publicatie = publicatie.with_context(|| {
            format!(
                "there is no such publication of {}/{}",
                self.uitvraag, self.year
            )
        })?;
        let moment = find_momentopname(
            lake,
            &self.uitvraag,
            self.year,
            Some(&publicatie.momentopname),
        )
        .await?;
        for levering in moment.gewist() {
            output::talk(&format!(
                "levering {levering} was erased since: its rows are missing now"
            ));
        }
        let mut verslag = read_verslag(lake, &moment).await?;
        let uitkomst = compute(lake, &moment, &verslag.instellingen).await?;
        verslag.weggelaten = uitkomst.weggelaten;
        let opnieuw = make(
            &moment,
            publicatie.versie,
            publicatie.gemaakt.date_naive(),
            &verslag,
            uitkomst.cijfers,
        )?;
        let mut verschillen = Vec::new();
        let mut bekend: Vec<&String> = publicatie
            .paden
            .iter()
            .filter(|p| *p != "SHA256SUMS")
            .collect();
        for (pad, bytes) in &opnieuw {
            bekend.retain(|p| *p != pad);
            let stored = lake
                .lees_publicatie(&self.uitvraag, self.year, publicatie.versie, pad)
                .await?;
            if stored.as_deref() != Some(bytes) {
                verschillen.push(pad.clone());
            }
        }
        verschillen.extend(bekend.into_iter().cloned());
        self.tell(lake, publicatie.versie, &opnieuw, &verschillen)
            .await
    }

    /// With the same software the bytes decide; with newer software the figures do.
    async fn tell(
        &self,
        lake: &Lake,
        versie: u32,
        opnieuw: &[(String, Vec<u8>)],
        verschillen: &[String],
    ) -> Result<bool> {
        let herkomst = lake
            .lees_publicatie(&self.uitvraag, self.year, versie, "herkomst.json")
            .await?
            .unwrap_or_default();
        let likeness = Likeness::of(made_by(&herkomst).as_deref(), verschillen);
        match likeness {
            Likeness::Same => output::talk(&format!(
                "version {versie} was made again: {} files, byte for byte the same",
                opnieuw.len()
            )),
            Likeness::SameFigures => output::talk(&format!(
                "version {versie} was made by other software; every figure is the same, {} files look different",
                verschillen.len()
            )),
            Likeness::Other => {
                output::talk(&format!(
                    "version {versie} is not what is made now; {} files differ:",
                    verschillen.len()
                ));
                verschillen
                    .iter()
                    .take(20)
                    .for_each(|pad| output::talk(&format!("  {pad}")));
            }
        }
        Ok(likeness != Likeness::Other)
    }
}

/// How a publication that was made again is like the one that stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// Byte for byte.
    Same,
    /// Other software made it: files look different, no figure does.
    SameFigures,
    /// What stands is not what is made.
    Other,
}

impl Likeness {
    /// Of a publication by this software, of which these files differ.
    fn of(software: Option<&str>, differing: &[String]) -> Self {
        if differing.is_empty() {
            return Self::Same;
        }
        let other_software = software.is_some_and(|software| software != SOFTWARE);
        if other_software && !differing.iter().any(|path| path == "cijfers.csv") {
            Self::SameFigures
        } else {
            Self::Other
        }
    }
}

/// The software that made a publication, by its `herkomst.json`.
fn made_by(herkomst: &[u8]) -> Option<String> {
    let herkomst: serde_json::Value = serde_json::from_slice(herkomst).ok()?;
    Some(herkomst["software"].as_str()?.to_owned())
}

async fn read_verslag(lake: &Lake, moment: &Momentopname) -> Result<Runverslag> {
    let bytes = lake.lees_intern(&verslag_naam(&moment.id)).await?;
    let bytes = bytes.with_context(|| {
        format!(
            "there is no run of momentopname {}: run `omgangsmonitor run {} --year {}`",
            moment.id, moment.uitvraag, moment.jaar
        )
    })?;
    serde_json::from_slice(&bytes)
        .with_context(|| format!("the report of the run of {} is not valid", moment.id))
}

/// The figures of the run of this momentopname.
async fn read_run(lake: &Lake, moment: &Momentopname) -> Result<(Runverslag, Vec<Cijfer>)> {
    let verslag = read_verslag(lake, moment).await?;
    let bytes = lake
        .lees_intern(CIJFERS)
        .await?
        .context("there are no figures: run `omgangsmonitor run` first")?;
    let mut cijfers = analysis::cijfers::from_parquet(bytes)?;
    cijfers.retain(|c| c.uitvraag == moment.uitvraag && c.jaar == moment.jaar);
    if cijfers.iter().any(|c| c.momentopname != moment.id) {
        bail!(
            "the figures are of another momentopname than {}: run `omgangsmonitor run` again",
            moment.id
        );
    }
    Ok((verslag, cijfers))
}

/// Every file of a publication, from unprotected figures.
fn make(
    moment: &Momentopname,
    versie: u32,
    datum: NaiveDate,
    verslag: &Runverslag,
    cijfers: Vec<Cijfer>,
) -> Result<Vec<(String, Vec<u8>)>> {
    let definitie = Definitie::load(&format!("{}/{}", moment.uitvraag, moment.jaar))?;
    let drempel = verslag.instellingen.drempel;
    let indicatoren = analysis::Pijplijn::load(&definitie.uitvraag)?.metadata();
    let cijfers = disclosure::protect(cijfers, &Drempel::new(drempel, &indicatoren));
    let mut bestanden = analysis::publicatie::files(&analysis::publicatie::Publicatie {
        definitie: &definitie,
        cijfers: &cijfers,
        versie,
        momentopname: &moment.id,
        leveringen_in: moment
            .leveringen
            .iter()
            .filter(|l| !l.gewist)
            .map(spoor)
            .collect(),
        leveringen_uit: excluded(moment),
        configuratie: &configuratie(&verslag.instellingen),
        drempel,
        weggelaten: &verslag.weggelaten,
        software: SOFTWARE,
    })?;
    let bijlagen = bestanden.iter().map(|(pad, bytes)| Bijlage {
        pad: pad.clone(),
        omschrijving: describe(pad).to_owned(),
        bytes: Some(bytes.len() as u64),
    });
    let publicatie = report::Publicatie {
        uitvraag: definitie.uitvraag.clone(),
        jaar: definitie.jaar,
        versie: versie.to_string(),
        datum,
        titel: "Omgangsmonitor".to_owned(),
        momentopname: moment.id.clone(),
        definitie: DefinitieFeiten::from(&definitie),
        software: SOFTWARE.to_owned(),
        drempel,
        waarschuwing: verslag.instellingen.waarschuwing.clone(),
        indicatoren,
        cijfers,
        gebieden: Gebied::van_jaar(definitie.jaar),
        labels: Labels::van(&definitie),
        opzet: Opzet::van(&definitie.uitvraag)?,
        bestanden: bijlagen.collect(),
    };
    bestanden.extend(report::pages(&publicatie)?);
    Ok(bestanden)
}

fn spoor(levering: &lake::MomentLevering) -> analysis::publicatie::Leveringspoor {
    let standing = if levering.nulopgave {
        Standing::Nulopgave
    } else {
        Standing::Ingediend
    };
    analysis::publicatie::Leveringspoor {
        levering: levering.id.to_string(),
        bestanden: levering
            .bestanden
            .iter()
            .map(|b| (b.tabel.clone(), b.hash.clone()))
            .collect(),
        toestand: standing,
    }
}

/// What was frozen and is not in the figures.
fn excluded(moment: &Momentopname) -> Vec<analysis::publicatie::Leveringspoor> {
    let quarantaine = moment
        .uitgesloten
        .iter()
        .map(|id| (*id, Standing::Quarantaine));
    let gewist = moment.gewist().into_iter().map(|id| (id, Standing::Gewist));
    let spoor =
        |(id, toestand): (lake::LeveringId, Standing)| analysis::publicatie::Leveringspoor {
            levering: id.to_string(),
            bestanden: BTreeMap::new(),
            toestand,
        };
    quarantaine.chain(gewist).map(spoor).collect()
}

/// What a data file is, for the list of files.
fn describe(pad: &str) -> &'static str {
    match pad {
        "cijfers.csv" => "Alle cijfers, voor Excel en andere programma's",
        "cijfers.parquet" => "Alle cijfers, voor Python, R en SQL",
        "datapackage.json" => "Beschrijving van de kolommen en van elk cijfer",
        "herkomst.json" => "Waar de cijfers vandaan komen",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same software must give the same bytes; with other software the figures decide, and who does not say what
    /// made it gets no benefit of the doubt.
    #[test]
    fn bytes_decide_with_the_same_software_and_figures_with_another() {
        let page = ["index.html".to_owned()];
        let both = ["cijfers.csv".to_owned(), "index.html".to_owned()];
        for (software, differing, likeness) in [
            (Some(SOFTWARE), &[][..], Likeness::Same),
            (None, &[], Likeness::Same),
            (Some(SOFTWARE), &page, Likeness::Other),
            (None, &page, Likeness::Other),
            (Some("omgangsmonitor 0.0.9"), &page, Likeness::SameFigures),
            (Some("omgangsmonitor 0.0.9"), &both, Likeness::Other),
        ] {
            assert_eq!(
                Likeness::of(software, differing),
                likeness,
                "{software:?} {differing:?}"
            );
        }
    }

    #[test]
    fn who_made_it_is_what_herkomst_says() {
        assert_eq!(
            made_by(br#"{"software": "omgangsmonitor 1"}"#).unwrap(),
            "omgangsmonitor 1"
        );
        for nothing in [&b""[..], b"{}", b"[1]", b"{\"software\": 1}"] {
            assert_eq!(made_by(nothing), None);
        }
    }
}
