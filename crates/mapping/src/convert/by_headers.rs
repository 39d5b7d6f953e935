//! What is to be read without a koppeling: sheets whose headers are canonical names or labels, as in the sjabloon.
//!
//! Owns recognising those sheets and saying what was passed over: other sheets, other columns, the example. Leaves
//! what a sjabloon is to `template`, building a task to `plan`.

use std::collections::BTreeMap;
use std::sync::Arc;

use rows::Weigering;
use schema::artefacten::{LEESBLAD, LIJSTBLAD};
use schema::letters::hidden;
use schema::{Definitie, Tabel, Veld};
use sheets::Bestand;
use sheets::grid::Raster;
use sheets::open_file::Blad;

use crate::gemeente::Gemeentezoeker;
use crate::headers::{
    Kopkennis, Kopwoord, Veldnamen, ZOEKRIJEN, canonical_columns, name_fits, unique_names,
};
use crate::koppeling::Tabelkoppeling;
use crate::plan::{Bronnen, Plek, Taak, build};
use crate::template::Sjabloon;
use crate::template::example::Voorbeeld;
use crate::unused_cells;
use crate::weights::{GELIJK, PERHAPS_MEANT, SHEET_NAME_CANONICAL};

/// Tasks by canonical headers and labels, without a koppeling.
pub(crate) fn by_headers(
    bronnen: &Bronnen<'_>,
    definitie: &Definitie,
) -> Result<Vec<Taak>, Weigering> {
    let gemeenten = Gemeentezoeker::voor(definitie.jaar);
    let mut per_tabel: BTreeMap<usize, Vec<Taak>> = BTreeMap::new();
    let mut zinnen = Vec::new();
    for (bestand, geopend) in bronnen.bestanden.iter().zip(bronnen.geopend) {
        let noemt = |w: Weigering| w.in_bestand(&bestand.naam);
        let sjabloon = Sjabloon::of(geopend, definitie).map_err(noemt)?;
        let kennis = Kopkennis::new(sjabloon.as_ref().map_or(definitie, |s| s.opmaak(definitie)));
        zinnen.extend(sjabloon.iter().flat_map(|s| s.zinnen.iter().cloned()));
        let mut herkend = false;
        for blad in &geopend.bladen {
            let gelezen = read_sheet(
                bestand,
                blad,
                &kennis,
                definitie,
                sjabloon.as_ref(),
                &gemeenten,
            );
            match gelezen.map_err(|w| noemt(w).op_blad(blad.naam.as_deref()))? {
                Gelezen::Taak(index, taak) => {
                    herkend = true;
                    per_tabel.entry(index).or_default().push(*taak);
                }
                Gelezen::Leeg => herkend = true,
                Gelezen::Niets => zinnen.extend(unused(blad)),
            }
        }
        if !herkend {
            let zichtbaar = geopend.bladen.iter().filter(|b| !b.verborgen);
            if zichtbaar
                .map(|b| b.begin(bestand, 1))
                .all(|begin| begin.is_ok_and(|b| b.is_empty()))
            {
                return Err(noemt(Weigering::empty()));
            }
            let bericht = "De kolommen van dit bestand hebben andere namen dan de uitvraag. Maak eerst een koppeling met `uitvraag koppel`.";
            return Err(Weigering::new("HEADER_UNKNOWN", bericht).in_bestand(&bestand.naam));
        }
    }
    let mut taken: Vec<Taak> = per_tabel.into_values().flatten().collect();
    if let Some(eerste) = taken.first_mut() {
        eerste.aannames.splice(..0, zinnen);
    }
    Ok(taken)
}

/// What a sheet turned out to be.
enum Gelezen {
    /// A piece of the table with this index.
    Taak(usize, Box<Taak>),
    /// A table without rows, which may be left out.
    Leeg,
    /// No table of the uitvraag.
    Niets,
}

/// What is to be said of a sheet that is no table.
fn unused(blad: &Blad) -> Option<String> {
    let naam = blad.naam.as_deref()?;
    let eigen = naam == LEESBLAD || blad.verborgen || blad.raster().is_none_or(Raster::is_empty);
    (!eigen).then(|| {
        format!("Op blad '{naam}' staat geen tabel van de uitvraag. Het is niet gebruikt.")
    })
}

fn read_sheet(
    bestand: &Bestand,
    blad: &Blad,
    kennis: &Kopkennis,
    definitie: &Definitie,
    sjabloon: Option<&Sjabloon>,
    gemeenten: &Arc<Gemeentezoeker>,
) -> Result<Gelezen, Weigering> {
    let opmaak = sjabloon.map_or(definitie, |s| s.opmaak(definitie));
    let begin = blad.begin(bestand, ZOEKRIJEN)?;
    let gevonden = kennis.vind_kop(&begin).and_then(|plek| {
        let (koppen, dubbel) = unique_names(&begin[plek].1);
        recognise(opmaak, bestand, blad, &koppen)
            .map(|(index, kolommen)| (plek, koppen, dubbel, index, kolommen))
    });
    let Some((plek, koppen, dubbel, index, kolommen)) = gevonden else {
        if let Some(raster) = blad.raster() {
            unused_cells::judge(raster, |_, _| true)?;
        }
        return Ok(Gelezen::Niets);
    };
    let kopregel = begin[plek].0;
    let is_leeg = begin.len() == plek + 1;
    if blad.verborgen {
        let bericht = "Dit blad is verborgen, maar er staan gegevens in. Maak het zichtbaar als ze meetellen; verwijder het anders.";
        let eigen = blad.naam.as_deref() == Some(LIJSTBLAD);
        return if is_leeg || eigen {
            Ok(Gelezen::Niets)
        } else {
            Err(Weigering::new("HIDDEN_DATA", bericht))
        };
    }
    if let Some((naam, _)) = dubbel.first() {
        return Err(Weigering::new(
            "HEADER_DUPLICATE",
            format!("De kolom '{naam}' staat er twee keer in."),
        )
        .op_rij(kopregel));
    }
    let vorm = &opmaak.tabellen[index];
    let Some((index, tabel)) = definitie
        .tabellen
        .iter()
        .enumerate()
        .find(|(_, t)| t.naam == vorm.naam)
    else {
        return Ok(Gelezen::Niets);
    };
    let voorbeeld = Voorbeeld::new(
        opmaak,
        vorm,
        &kolommen,
        sjabloon.is_some_and(Sjabloon::is_of_earlier_version),
    );
    let erboven = voorbeeld.judge_above(&begin[..plek], sjabloon.is_some())?;
    let voorbeelden = blad
        .raster()
        .map_or_else(|| Ok(Vec::new()), |raster| voorbeeld.rows(raster, kopregel))?;
    // A sheet of the sjabloon that was left empty is no table: its stock may be counted then.
    if tabel.mag_ontbreken && begin.len() == plek + 1 + voorbeelden.len() {
        return Ok(Gelezen::Leeg);
    }
    let kolommen = kolommen
        .into_iter()
        .map(|(veld, nummer)| (veld, koppen[nummer].clone()))
        .collect();
    let deel = match sjabloon {
        Some(sjabloon) => sjabloon.koppeling(definitie, tabel, kolommen),
        None => Tabelkoppeling {
            kolommen,
            ..Tabelkoppeling::default()
        },
    };
    let plek = Plek {
        bestand,
        blad,
        kopregel,
        koppen,
        aannames: Vec::new(),
    };
    let mut taak = build(plek, tabel, definitie, gemeenten, &deel)?;
    // Without a koppeling there are no questions: a missing column is a finding.
    taak.open.clear();
    taak.sjabloon = sjabloon.is_some();
    if sjabloon.is_none() {
        judge_own_names(&taak, definitie.jaar)?;
    }
    let waar = blad
        .naam
        .as_ref()
        .map_or_else(String::new, |b| format!("Blad '{b}': "));
    for nummer in &taak.ongebruikt {
        taak.aannames.push(unasked(
            (tabel, definitie.jaar),
            &taak.koppen[*nummer],
            &deel,
        ));
    }
    taak.aannames
        .extend(erboven.iter().map(|zin| format!("{waar}{zin}")));
    for rij in &voorbeelden {
        taak.aannames.push(format!(
            "{waar}rij {rij} is het voorbeeld van het sjabloon. Die telt niet mee."
        ));
    }
    taak.bron.without(voorbeelden);
    Ok(Gelezen::Taak(index, Box::new(taak)))
}

/// Refuses an aanbieder's own export that happens to share some names with the uitvraag: what is required stands in
/// it by another name, so that a koppeling is what it needs, not a finding per row.
fn judge_own_names(taak: &Taak, jaar: i32) -> Result<(), Weigering> {
    let gevuld = |veld: &Veld| {
        taak.kolommen
            .iter()
            .chain(taak.leeftijden.iter().map(|(k, _)| k))
            .any(|k| k.veld == veld.naam)
    };
    let koppen: Vec<Kopwoord> = taak
        .ongebruikt
        .iter()
        .map(|n| Kopwoord::new(&taak.koppen[*n]))
        .collect();
    let elders = |veld: &&Veld| {
        koppen
            .iter()
            .any(|kop| Veldnamen::new(veld, jaar).past(kop).zekerheid >= GELIJK)
    };
    let anders: Vec<&Veld> = taak
        .tabel
        .velden
        .iter()
        .filter(|v| v.verplicht && !gevuld(v))
        .filter(elders)
        .collect();
    // One column may have been renamed by mistake: that is said with the column.
    let [eerste, tweede, ..] = anders[..] else {
        return Ok(());
    };
    let bericht = format!(
        "Dit is niet het sjabloon: kolommen zoals '{}' en '{}' hebben een andere naam. Maak eerst een koppeling met `uitvraag koppel` \
         en geef die mee met --koppeling.",
        eerste.label, tweede.label
    );
    Err(Weigering::new("HEADER_UNKNOWN", bericht).op_rij(taak.kopregel))
}

/// What to say of a column that became nothing: it may be a field that has no column yet, by another name.
fn unasked((tabel, jaar): (&Tabel, i32), kop: &str, deel: &Tabelkoppeling) -> String {
    let woord = Kopwoord::new(kop);
    let vrij = tabel
        .velden
        .iter()
        .filter(|v| !deel.kolommen.contains_key(&v.naam));
    let passend = vrij
        .map(|veld| (Veldnamen::new(veld, jaar).past(&woord), veld))
        .filter(|(past, _)| !past.afgeleid && past.zekerheid >= PERHAPS_MEANT);
    let Some((_, veld)) = passend.max_by(|a, b| a.0.zekerheid.total_cmp(&b.0.zekerheid)) else {
        return format!("De kolom '{kop}' vraagt de uitvraag niet. Die is overgeslagen.");
    };
    let verborgen = hidden(kop).map(|zin| format!(" {zin}")).unwrap_or_default();
    format!(
        "De kolom '{kop}' is overgeslagen. Bedoelt u {} ({})? Noem de kolom dan zo.{verborgen}",
        veld.naam, veld.label
    )
}

/// The table whose canonical names or labels a header holds.
fn recognise(
    definitie: &Definitie,
    bestand: &Bestand,
    blad: &Blad,
    koppen: &[String],
) -> Option<(usize, BTreeMap<String, usize>)> {
    let naam = blad.naam.as_deref().unwrap_or(&bestand.naam);
    let mut beste: Option<(f64, usize, BTreeMap<String, usize>)> = None;
    for (index, tabel) in definitie.tabellen.iter().enumerate() {
        let kolommen = canonical_columns(tabel, koppen);
        let verplicht: Vec<&Veld> = tabel.velden.iter().filter(|v| v.verplicht).collect();
        let heeft = verplicht
            .iter()
            .filter(|v| kolommen.contains_key(&v.naam))
            .count();
        if kolommen.len() < 2 || (kolommen.len() * 10 < koppen.len() * 6 && heeft < verplicht.len())
        {
            continue;
        }
        let score = kolommen.len() as f64
            + heeft as f64 / verplicht.len().max(1) as f64
            + if name_fits(tabel, naam) {
                SHEET_NAME_CANONICAL
            } else {
                0.0
            };
        if beste.as_ref().is_none_or(|(b, _, _)| score > *b) {
            beste = Some((score, index, kolommen));
        }
    }
    beste.map(|(_, index, kolommen)| (index, kolommen))
}
