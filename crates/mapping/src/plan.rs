//! What is to be read: per table the sheet, its header and how each column becomes a field.
//!
//! Owns the tasks for the reader, building one from a part of a koppeling, and the refusals when they do not fit the
//! files. Leaves which sheets become tasks to `convert::by_koppeling` and `convert::by_headers`, reading to
//! `convert::reader`.

use std::collections::BTreeMap;
use std::sync::Arc;

use rows::Weigering;
use schema::definitie::Afleiding;
use schema::{Definitie, Tabel, Veld, Veldtype};
use sheets::Bestand;
use sheets::grid::Raster;
use sheets::open_file::{Blad, Geopend, Rijbron};

use crate::code_words::{Codewoorden, Stelsel};
use crate::convert::column::{Kolom, Omzet};
use crate::convert::own_words::Eigen;
use crate::dates::Datumvorm;
use crate::gemeente::Gemeentezoeker;
use crate::koppeling::{GEBOORTEDATUM, Koppeling, Tabelkoppeling};
use crate::normalise::normal;
use crate::numbers::Getalvorm;
use crate::odd_cells::{self, Gebruikt};
use crate::unused_cells;

/// One piece of a table to be read from one sheet.
pub(crate) struct Taak {
    pub(crate) tabel: Tabel,
    pub(crate) bestand: String,
    pub(crate) blad: Option<String>,
    pub(crate) kopregel: u64,
    pub(crate) koppen: Vec<String>,
    pub(crate) kolommen: Vec<Kolom>,
    /// Age columns: field, column with the birth date, and the date field on which the age is taken.
    pub(crate) leeftijden: Vec<(Kolom, String)>,
    /// Field to the value that is the same in every row.
    pub(crate) vast: BTreeMap<String, String>,
    /// Columns that become nothing: looked at for BSNs all the same.
    pub(crate) ongebruikt: Vec<usize>,
    pub(crate) bron: Rijbron,
    pub(crate) heeft_cellen: bool,
    pub(crate) aannames: Vec<String>,
    pub(crate) open: Vec<String>,
    /// Field, with the name of its foreign code system; empty while that is a question.
    pub(crate) vreemde_codes: Vec<(String, String)>,
    /// Read from a sjabloon: an unknown value is a finding then, never a question.
    pub(crate) sjabloon: bool,
}

/// The files with what was found in them.
pub(crate) struct Bronnen<'a> {
    pub(crate) bestanden: &'a [Bestand],
    pub(crate) geopend: &'a [Geopend],
}

/// The sheet a table is read from.
pub(crate) struct Plek<'a> {
    pub(crate) bestand: &'a Bestand,
    pub(crate) blad: &'a Blad,
    pub(crate) kopregel: u64,
    pub(crate) koppen: Vec<String>,
    pub(crate) aannames: Vec<String>,
}

/// The file a part of the koppeling is about, by number, and the name it has there where that is another one.
pub(crate) fn find_file<'k>(
    bronnen: &Bronnen<'_>,
    deel: &'k Tabelkoppeling,
    koppeling: &Koppeling,
) -> Option<(usize, Option<&'k str>)> {
    let namen = koppeling.tabellen.iter().map(|t| &t.bestand);
    let een_bron =
        bronnen.bestanden.len() == 1 && namen.clone().all(|n| Some(n) == namen.clone().next());
    let op_naam = deel
        .bestand
        .as_ref()
        .and_then(|naam| bronnen.bestanden.iter().position(|b| b.naam == *naam));
    match (op_naam, &deel.bestand) {
        (Some(index), _) => Some((index, None)),
        (None, Some(naam)) if een_bron => Some((0, Some(naam))),
        (None, None) if bronnen.bestanden.len() == 1 => Some((0, None)),
        _ => None,
    }
}

/// The sheet it is about; a sheet that is the only one may have another name.
pub(crate) fn sheet_of<'a>(geopend: &'a Geopend, deel: &Tabelkoppeling) -> Option<&'a Blad> {
    let Some(naam) = &deel.blad else {
        return geopend.bladen.iter().find(|b| !b.verborgen);
    };
    geopend
        .bladen
        .iter()
        .find(|b| b.naam.as_ref() == Some(naam))
        .or(match &geopend.bladen[..] {
            [enige] => Some(enige),
            _ => None,
        })
}

/// Whether a header holds most of the columns a part of the koppeling names.
pub(crate) fn has_columns(deel: &Tabelkoppeling, koppen: &[String]) -> bool {
    let gevraagd = deel.kolommen.values().filter(|k| !k.is_empty());
    gevraagd
        .clone()
        .filter(|k| find_column(koppen, k).is_some())
        .count()
        * 2
        > gevraagd.count()
}

/// The column of this name; spelling of spaces and case may differ.
pub(crate) fn find_column(koppen: &[String], naam: &str) -> Option<usize> {
    koppen.iter().position(|k| k == naam).or_else(|| {
        let gezocht = normal(naam);
        let mut lijkend = koppen
            .iter()
            .enumerate()
            .filter(|(_, k)| normal(k) == gezocht);
        let eerste = lijkend.next()?;
        lijkend.next().is_none().then_some(eerste.0)
    })
}

pub(crate) fn build(
    plek: Plek<'_>,
    tabel: &Tabel,
    definitie: &Definitie,
    gemeenten: &Arc<Gemeentezoeker>,
    deel: &Tabelkoppeling,
) -> Result<Taak, Weigering> {
    let Plek {
        bestand,
        blad,
        kopregel,
        koppen,
        aannames,
    } = plek;
    let bron = blad.rijen(bestand, kopregel)?;
    let mut taak = Taak {
        tabel: tabel.clone(),
        bestand: bestand.naam.clone(),
        blad: blad.naam.clone(),
        kopregel,
        koppen,
        kolommen: Vec::new(),
        leeftijden: Vec::new(),
        vast: deel.vast.clone(),
        ongebruikt: Vec::new(),
        bron,
        heeft_cellen: blad.heeft_cellen(),
        aannames,
        open: Vec::new(),
        vreemde_codes: Vec::new(),
        sjabloon: false,
    };
    for veld in &tabel.velden {
        let Some(kop) = deel.bron_van(&veld.naam) else {
            let gevraagd = veld.verplicht || deel.kolommen.contains_key(&veld.naam);
            if gevraagd && !deel.vast.contains_key(&veld.naam) {
                taak.open.push(format!(
                    "Waar staat '{}'? Vul in de koppeling bij {} een kolom in.",
                    veld.label, veld.naam
                ));
            }
            continue;
        };
        let Some(nummer) = find_column(&taak.koppen, kop) else {
            let bericht = format!("De kolom '{kop}' uit de koppeling staat niet in het bestand.");
            return Err(Weigering::new("COLUMN_MISSING", bericht)
                .op_rij(kopregel)
                .in_bestand(&bestand.naam)
                .op_blad(blad.naam.as_deref()));
        };
        add_field(&mut taak, veld, (kop, nummer), definitie, gemeenten, deel);
    }
    for kolom in deel
        .te_plaatsen
        .iter()
        .filter(|(k, v)| v.is_empty() && !deel.knows_column(k))
        .map(|(k, _)| k)
    {
        taak.open.push(format!(
            "Wat staat er in de kolom '{kolom}'? Vul in de koppeling een veld in, of \"overslaan\"."
        ));
    }
    let gebruikt = |n: &usize| {
        taak.kolommen
            .iter()
            .map(|k| k.bron)
            .chain(taak.leeftijden.iter().map(|(k, _)| k.bron))
            .any(|b| b == *n)
    };
    taak.ongebruikt = (0..taak.koppen.len()).filter(|n| !gebruikt(n)).collect();
    if let Some(raster) = blad.raster() {
        let zinnen = judge_cells(raster, &taak)
            .map_err(|w| w.in_bestand(&bestand.naam).op_blad(blad.naam.as_deref()))?;
        taak.aannames.extend(zinnen);
    }
    Ok(taak)
}

/// Judges what is odd about the cells that the task uses, and looks for BSNs in those it does not.
fn judge_cells(raster: &Raster, taak: &Taak) -> Result<Vec<String>, Weigering> {
    let kolommen = || {
        taak.kolommen
            .iter()
            .chain(taak.leeftijden.iter().map(|(k, _)| k))
    };
    let breedte = taak.koppen.len();
    odd_cells::judge_table(raster, taak.kopregel, breedte, kolommen().map(|k| k.bron))?;
    let gebruikt: Vec<Gebruikt<'_>> = kolommen()
        .filter_map(|k| {
            Some(Gebruikt {
                nummer: k.bron,
                kop: &k.kop,
                veldtype: &taak.tabel.veld(&k.veld)?.veldtype,
            })
        })
        .collect();
    let zinnen = odd_cells::judge_columns(raster, taak.kopregel, &gebruikt)?;
    unused_cells::judge(raster, |rij, kolom| {
        u64::from(rij) < taak.kopregel || kolom as usize >= breedte
    })?;
    Ok(zinnen)
}

fn add_field(
    taak: &mut Taak,
    veld: &Veld,
    (kop, nummer): (&str, usize),
    definitie: &Definitie,
    gemeenten: &Arc<Gemeentezoeker>,
    deel: &Tabelkoppeling,
) {
    let jaar = definitie.jaar;
    let vorm = || {
        deel.datumvorm
            .get(&veld.naam)
            .and_then(|v| Datumvorm::parse(v))
    };
    if deel.datumvorm.get(&veld.naam).is_some_and(String::is_empty) {
        taak.open.push(format!(
            "Hoe staan de datums in de kolom '{kop}'? Vul in de koppeling de datumvorm in."
        ));
    }
    if deel
        .afgeleid
        .get(&veld.naam)
        .is_some_and(|soort| soort == GEBOORTEDATUM)
        && let Some(Afleiding::Leeftijd { op, .. }) = &veld.afleiding
    {
        taak.aannames.push(format!(
            "'{}' is uitgerekend uit de kolom '{kop}'. De geboortedatum gaat niet mee.",
            veld.label
        ));
        taak.leeftijden.push((
            Kolom::new(&veld.naam, kop, nummer, Omzet::Datum { vorm: vorm() }, jaar),
            op.clone(),
        ));
        return;
    }
    let getalvorm = deel
        .getalvorm
        .get(&veld.naam)
        .and_then(|v| Getalvorm::parse(v));
    let eigen = || Eigen::new(deel.waarden.get(&veld.naam));
    let omzet = match &veld.veldtype {
        Veldtype::Pseudoniem => Omzet::Tekst { vrij: false },
        Veldtype::Tekst { .. } => Omzet::Tekst { vrij: true },
        Veldtype::Geheel => Omzet::Geheel { vorm: getalvorm },
        Veldtype::Decimaal => Omzet::Decimaal { vorm: getalvorm },
        Veldtype::Datum => Omzet::Datum { vorm: vorm() },
        Veldtype::JaNee => Omzet::JaNee { eigen: eigen() },
        Veldtype::Gemeente => Omzet::Gemeente {
            zoeker: gemeenten.clone(),
            eigen: eigen(),
        },
        Veldtype::Code { lijst } => {
            let stelsel = deel.codestelsel.get(&veld.naam).map(String::as_str);
            match stelsel {
                Some("") => {
                    taak.open.push(format!("Welke codes staan er in de kolom '{kop}'? Vul in de koppeling het codestelsel in."));
                    taak.vreemde_codes.push((veld.naam.clone(), String::new()));
                }
                Some(naam @ ("ijw" | "cbs")) => taak
                    .vreemde_codes
                    .push((veld.naam.clone(), naam.to_owned())),
                _ => {}
            }
            let stelsel = match stelsel {
                Some("ijw") => Some(Stelsel::Ijw),
                Some("cbs") => Some(Stelsel::Cbs),
                _ => None,
            };
            Omzet::Code {
                woorden: Box::new(Codewoorden::new(&definitie.codelijsten[lijst], veld)),
                eigen: eigen(),
                stelsel,
            }
        }
    };
    taak.kolommen
        .push(Kolom::new(&veld.naam, kop, nummer, omzet, jaar));
}
