//! The first page: find your gemeente or regio, and everything else there is to download.

use askama::Template;

use super::{Rand, Wereld, maak as pagina};
use crate::ReportFout;
use crate::nl;
use crate::publicatie::Gebied;
use schema::Niveau;

#[derive(Template)]
#[template(path = "pagina/start.html")]
struct Start<'a> {
    rand: Rand<'a>,
    inleiding: &'a str,
    provincies: Vec<Provincie<'a>>,
    regios: Vec<&'a Gebied>,
    aantal_gemeenten: usize,
    bijlagen: Vec<Bijlage<'a>>,
}

struct Provincie<'a> {
    gebied: &'a Gebied,
    regios: Vec<Regio<'a>>,
}

struct Regio<'a> {
    gebied: &'a Gebied,
    gemeenten: Vec<&'a Gebied>,
}

struct Bijlage<'a> {
    pad: &'a str,
    omschrijving: &'a str,
    omvang: String,
}

/// Makes `index.html`.
///
/// # Errors
/// When the template fails.
pub fn maak(wereld: &Wereld<'_>) -> Result<Vec<u8>, ReportFout> {
    let publicatie = wereld.publicatie;
    let provincies = wereld
        .niveau(Niveau::Provincie)
        .iter()
        .map(|gebied| provincie(wereld, gebied))
        .collect();
    pagina(
        "index.html",
        &Start {
            rand: wereld.rand(format!("{} {}", publicatie.titel, publicatie.jaar), ""),
            inleiding: &publicatie.opzet.inleiding,
            provincies,
            regios: op_naam(wereld.niveau(Niveau::Jeugdregio).to_vec()),
            aantal_gemeenten: wereld.niveau(Niveau::Gemeente).len(),
            bijlagen: publicatie
                .bestanden
                .iter()
                .map(|bestand| Bijlage {
                    pad: &bestand.pad,
                    omschrijving: &bestand.omschrijving,
                    omvang: bestand.bytes.map(nl::omvang).unwrap_or_default(),
                })
                .collect(),
        },
    )
}

fn provincie<'a>(wereld: &Wereld<'a>, gebied: &'a Gebied) -> Provincie<'a> {
    let ligt_hier = |ander: &&Gebied| ander.provincies.contains(&gebied.code);
    let regios = wereld
        .niveau(Niveau::Jeugdregio)
        .iter()
        .copied()
        .filter(ligt_hier)
        .collect();
    let regios = op_naam(regios).into_iter().map(|regio| Regio {
        gebied: regio,
        gemeenten: op_naam(
            wereld
                .niveau(Niveau::Gemeente)
                .iter()
                .copied()
                .filter(ligt_hier)
                .filter(|gemeente| gemeente.jeugdregio.as_deref() == Some(&regio.code))
                .collect(),
        ),
    });
    Provincie {
        gebied,
        regios: regios.collect(),
    }
}

/// By name, without regard for capitals and the apostrophe of 's-Gravenhage.
fn op_naam(mut gebieden: Vec<&Gebied>) -> Vec<&Gebied> {
    gebieden.sort_by_cached_key(|gebied| {
        let naam = gebied.naam.to_lowercase();
        (
            naam.trim_start_matches("'s-")
                .trim_start_matches("'t ")
                .replace('ú', "u"),
            gebied.code.clone(),
        )
    });
    gebieden
}
