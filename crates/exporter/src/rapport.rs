//! `--rapport`: the aanbieder's own file back, with the findings in it.
//!
//! Owns where it is written, and that it never takes the place of a file that is read. Leaves what is in it to
//! `sheets::annotate`.

use std::path::{Path, PathBuf};

use schema::{Definitie, Oordeel};
use sheets::{Bestand, annotate};

use crate::fout::Fout;
use crate::opties::write_whole;

/// Writes the report on these files; without files only the judgement. The same judgement gives the same bytes.
pub fn write(
    pad: &Path,
    bestanden: &[Bestand],
    oordeel: &Oordeel,
    definitie: &Definitie,
) -> Result<(), Fout> {
    let inhoud = annotate::maak(bestanden, oordeel, definitie).map_err(|e| {
        Fout::new(format!("kan het rapport niet maken: {}", pad.display())).oorzaak(e)
    })?;
    write_whole(pad, &inhoud)
}

/// Refuses a report that is no workbook, or that takes the place of a file that is read.
pub fn check_path(pad: &Path, gelezen: &[&Path]) -> Result<(), Fout> {
    const TIP: &str = "Geef het rapport een andere naam, zoals --rapport fouten.xlsx.";
    if !pad
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("xlsx"))
    {
        return Err(Fout::new(format!(
            "het rapport is een Excel-bestand, dus de naam eindigt op .xlsx: {}",
            pad.display()
        ))
        .tip(TIP));
    }
    spare(pad, gelezen)
}

/// Refuses to write in the place of a file that is read, also by another way to it.
pub fn spare(pad: &Path, gelezen: &[&Path]) -> Result<(), Fout> {
    let doel = real_path(pad);
    if gelezen.iter().any(|bestand| real_path(bestand) == doel) {
        return Err(Fout::new(format!(
            "dat zou uw eigen bestand overschrijven: {}",
            pad.display()
        ))
        .tip("Geef het een andere naam, zoals --rapport fouten.xlsx of --csv fouten.csv."));
    }
    Ok(())
}

/// The file a path leads to, whether it is there or not.
fn real_path(pad: &Path) -> PathBuf {
    if let Ok(echt) = pad.canonicalize() {
        return echt;
    }
    let map = match pad.parent() {
        Some(map) if !map.as_os_str().is_empty() => map,
        _ => Path::new("."),
    };
    let map = map.canonicalize().unwrap_or_else(|_| map.to_owned());
    pad.file_name()
        .map_or_else(|| map.clone(), |naam| map.join(naam))
}
