//! What the koppeling leaves over: sheets and files it does not name, columns that came after it was made.
//!
//! Owns saying that these are not read, and asking where they look like something of the uitvraag, so that nothing
//! falls away in silence. What a person decided on before (`overslaan`, `lezen`) is not brought up again. Leaves
//! reading the rest to `plan`.

use rows::Weigering;
use schema::{Definitie, Tabel};
use sheets::Bestand;
use sheets::open_file::Blad;

use crate::evidence::Kennis;
use crate::headers::{Kopwoord, Veldnamen};
use crate::koppeling::{Koppeling, NEE, Tabelkoppeling};
use crate::placement::best;
use crate::plan::{Bronnen, Taak, find_column, find_file, has_columns, sheet_of};
use crate::propose::place_name;
use crate::survey::verken_blad;
use crate::unused_cells;
use crate::weights::GELIJK;

/// Names the sheets and files that no task reads, and looks for BSNs in them.
pub(crate) fn name_sources(
    bronnen: &Bronnen<'_>,
    definitie: &Definitie,
    koppeling: &Koppeling,
    taken: &mut [Taak],
) -> Result<(), Weigering> {
    let (mut ongelezen, mut open) = (Vec::new(), Vec::new());
    for (index, (bestand, geopend)) in bronnen.bestanden.iter().zip(bronnen.geopend).enumerate() {
        for blad in &geopend.bladen {
            if taken
                .iter()
                .any(|t| t.bestand == bestand.naam && t.blad == blad.naam)
            {
                continue;
            }
            if let Some(raster) = blad.raster() {
                unused_cells::judge(raster, |_, _| true)
                    .map_err(|w| w.in_bestand(&bestand.naam).op_blad(blad.naam.as_deref()))?;
            }
            // That it is hidden was said when it was opened.
            if blad.verborgen || blad.is_empty_raster() {
                continue;
            }
            let waar = place_name(&bestand.naam, blad.naam.as_deref());
            let is_deel = |deel: &&Tabelkoppeling| {
                !deel.is_read()
                    && find_file(bronnen, deel, koppeling).is_some_and(|(plek, _)| plek == index)
                    && sheet_of(geopend, deel).is_some_and(|b| b.naam == blad.naam)
            };
            match koppeling.tabellen.iter().find(is_deel) {
                Some(deel) if deel.lezen.as_deref() == Some(NEE) => {}
                Some(deel) => {
                    let titel = definitie
                        .tabel(&deel.naam)
                        .map_or(deel.naam.as_str(), |t| t.titel.as_str());
                    open.push(format!("{waar} lijkt op {titel}. Hoort het erbij? Vul in de koppeling bij lezen in: ja of nee."));
                }
                None => match table_of(bestand, blad, definitie, koppeling) {
                    Some(tabel) => open.push(ask_source(&waar, bestand, blad, tabel)),
                    None => ongelezen.push(waar),
                },
            }
        }
    }
    let Some(eerste) = taken.first_mut() else {
        return Ok(());
    };
    eerste.open.splice(..0, open);
    match &ongelezen[..] {
        [] => {}
        [waar] => eerste.aannames.push(format!(
            "{waar} staat niet in de koppeling en is niet gelezen."
        )),
        meer => eerste.aannames.push(format!(
            "Dit staat niet in de koppeling en is niet gelezen: {}.",
            meer.join(", ")
        )),
    }
    Ok(())
}

/// The table that a sheet outside the koppeling looks like: by the columns the koppeling names, or as `koppel` sees it.
fn table_of<'a>(
    bestand: &Bestand,
    blad: &Blad,
    definitie: &'a Definitie,
    koppeling: &Koppeling,
) -> Option<&'a Tabel> {
    // What can't be read as a table is none: that it is not read is said all the same.
    let verkenning = verken_blad(bestand, blad, definitie)
        .ok()
        .flatten()
        .filter(|v| v.rijen > 0)?;
    let koppen: Vec<String> = verkenning.kolommen.iter().map(|k| k.naam.clone()).collect();
    let eigen = koppeling
        .tabellen
        .iter()
        .find(|deel| !deel.kolommen.is_empty() && has_columns(deel, &koppen));
    let naam = match eigen {
        Some(deel) => deel.naam.clone(),
        None => best(&Kennis::new(definitie), &bestand.naam, &verkenning)?
            .tabel
            .naam
            .clone(),
    };
    definitie.tabel(&naam)
}

fn ask_source(waar: &str, bestand: &Bestand, blad: &Blad, tabel: &Tabel) -> String {
    let plek = blad.naam.as_ref().map_or_else(
        || format!("bestand = \"{}\"", bestand.naam),
        |blad| format!("blad = \"{blad}\""),
    );
    format!(
        "{waar} staat niet in de koppeling en is niet gelezen, maar lijkt op {}. Hoort het erbij? Maak de koppeling dan opnieuw; met \
         `uitvraag koppel --vorig` blijven uw antwoorden. Zo niet, zet dan in de koppeling een [[tabel]] met naam = \"{}\", {plek} en \
         lezen = \"{NEE}\".",
        tabel.titel, tabel.naam
    )
}

/// Names the columns of a task that the koppeling does not know; asks where a field without a column is called so.
pub(crate) fn name_columns(taak: &mut Taak, deel: &Tabelkoppeling, jaar: i32) {
    let genoemd: Vec<usize> = deel
        .overslaan
        .iter()
        .chain(deel.te_plaatsen.keys())
        .filter_map(|k| find_column(&taak.koppen, k))
        .collect();
    let waar = place_name(&taak.bestand, taak.blad.as_deref());
    let mut ongelezen = Vec::new();
    for nummer in taak.ongebruikt.iter().filter(|n| !genoemd.contains(n)) {
        let kop = &taak.koppen[*nummer];
        let woord = Kopwoord::new(kop);
        let vrij = taak.tabel.velden.iter().filter(|v| {
            deel.bron_van(&v.naam).is_none()
                && !deel.kolommen.contains_key(&v.naam)
                && !deel.vast.contains_key(&v.naam)
        });
        match vrij.into_iter().find(|veld| Veldnamen::new(veld, jaar).past(&woord).zekerheid >= GELIJK) {
            Some(veld) => taak.open.push(format!(
                "{waar}: de kolom '{kop}' staat niet in de koppeling. Is het '{}'? Zet dan onder [tabel.kolommen]: {} = \"{kop}\". Zo niet, \
                 zet de kolom bij overslaan.",
                veld.label, veld.naam
            )),
            None => ongelezen.push(format!("'{kop}'")),
        }
    }
    match &ongelezen[..] {
        [] => {}
        [kop] => taak.aannames.push(format!(
            "{waar}: de kolom {kop} staat niet in de koppeling en is niet gelezen."
        )),
        meer => {
            taak.aannames.push(format!(
                "{waar}: de kolommen {} staan niet in de koppeling en zijn niet gelezen.",
                meer.join(", ")
            ));
        }
    }
}
