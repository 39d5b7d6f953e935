//! The country page: the 0-meting, with what people thought in 2020 beside what was counted.

use askama::Template;

use super::{Rand, Responsregel, Sectie, Wereld, maak as pagina, sjabloonfout};
use crate::ReportFout;
use crate::blok::Blik;
use crate::publicatie::Gebied;
use schema::Niveau;

use super::spiegel::{Kerncijfer, Koppen, kerncijfers, koppen};

const PAD: &str = "0-meting/index.html";

#[derive(Template)]
#[template(path = "pagina/meting.html")]
struct Meting<'a> {
    rand: Rand<'a>,
    inleiding: &'a str,
    respons: Option<Responsregel>,
    kerncijfers: Vec<Kerncijfer>,
    koppen: Koppen,
    secties: Vec<Sectie>,
}

/// Makes `0-meting/index.html`.
///
/// # Errors
/// When a template fails.
pub fn maak(wereld: &Wereld<'_>) -> Result<Vec<u8>, ReportFout> {
    let publicatie = wereld.publicatie;
    let regios: Vec<&Gebied> = wereld.niveau(Niveau::Jeugdregio).to_vec();
    let groep = format!("de {} jeugdregio’s", regios.len());
    let blik = Blik {
        wereld,
        gebied: wereld.land(),
        rijen: wereld.rijen(wereld.land()),
        kolommen: &[],
        gelijken: &regios,
        groep: &groep,
        spiegels: "../spiegel/",
    };
    let secties = wereld.secties(blik).map_err(sjabloonfout(PAD))?;
    pagina(
        PAD,
        &Meting {
            rand: wereld.rand(
                format!("{} {}", wereld.metingnaam(), publicatie.jaar),
                "../",
            ),
            inleiding: &publicatie.opzet.inleiding,
            respons: Responsregel::nieuw(blik),
            kerncijfers: kerncijfers(blik),
            koppen: koppen(blik),
            secties,
        },
    )
}
