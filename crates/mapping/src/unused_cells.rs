//! Cells that no table uses: other sheets, titles above a header, columns beside a table.
//!
//! Owns looking for BSNs in them: what is not read as data lies in the file all the same. Leaves the columns of a
//! table to `convert` and `survey`.

use std::collections::BTreeMap;

use rows::Weigering;
use rows::bsn::{self, Kolomproef};
use sheets::grid::Raster;

/// Judges the cells (row from 1, column from 0) for which `onbenut` is true.
pub(crate) fn judge(raster: &Raster, onbenut: impl Fn(u32, u32) -> bool) -> Result<(), Weigering> {
    let mut proeven: BTreeMap<u32, Kolomproef> = BTreeMap::new();
    for (rij, kolom, tekst) in raster.teksten().filter(|(_, _, tekst)| tekst.len() >= 8) {
        if !onbenut(rij, kolom) {
            continue;
        }
        let in_woorden = tekst.bytes().any(|b| b.is_ascii_alphabetic()) && bsn::in_tekst(tekst);
        proeven.entry(kolom).or_default().zie(tekst);
        if in_woorden {
            return Err(suspect().in_cel(u64::from(rij), kolom as usize));
        }
    }
    let verdacht = proeven.iter().find(|(_, proef)| proef.verdacht());
    match verdacht {
        Some((kolom, _)) => Err(suspect().in_kolom(
            &schema::bevinding::column_letters(*kolom as usize),
            *kolom as usize,
        )),
        None => Ok(()),
    }
}

fn suspect() -> Weigering {
    Weigering::new(
        "BSN_SUSPECTED",
        "Buiten de tabel staan waarschijnlijk burgerservicenummers. Haal ze uit het bestand, ook als ze niet meetellen.",
    )
}
