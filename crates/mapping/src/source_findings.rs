//! Findings of phase `bron`: the words of the definition, filled in.
//!
//! Owns making a finding from a rule's code. What the definition has no rule for is not found, except a BSN:
//! that is one in every uitvraag, and its finding names no file, sheet or column in whose name one stands.

use rows::bsn::hidden;
use schema::{Bevinding, Definitie, Ernst, Place};
use sheets::open_file::RowSource;

use crate::wording;

/// A finding by the rule with this code, about `(tabel, veld)`; `None` where the definition has no such rule.
pub(crate) fn finding(
    definitie: &Definitie,
    code: &str,
    place: Place,
    over: (&str, &str),
) -> Option<Bevinding> {
    let regel = definitie.regel(code)?;
    let veld = definitie.tabel(over.0).and_then(|t| t.veld(over.1));
    let location = match (veld, &place.kolom) {
        (Some(veld), _) => veld.label.clone(),
        (None, Some(column)) => format!("de kolom '{column}'"),
        (None, None) => "het bestand".to_owned(),
    };
    let fill = |text: &str| text.replace("{veld}", &location);
    Some(Bevinding {
        code: code.to_owned(),
        ernst: regel.ernst,
        tabel: over.0.to_owned(),
        veld: over.1.to_owned(),
        plaats: place,
        gevonden: None,
        bericht: fill(&regel.tekst.bericht),
        verwacht: fill(&regel.tekst.verwacht),
        herstel: fill(&regel.tekst.herstel),
    })
}

/// The code of that finding, in every uitvraag.
pub(crate) const BSN_SUSPECTED: &str = "BSN_SUSPECTED";

/// The finding that there are BSNs in `location`.
pub(crate) fn bsn_finding(
    definitie: &Definitie,
    place: Place,
    over: (&str, &str),
    location: &str,
) -> Bevinding {
    let without = |name: Option<String>| name.map(|name| hidden(&name).into_owned());
    let place = Place {
        bestand: without(place.bestand),
        blad: without(place.blad),
        kolom: without(place.kolom),
        ..place
    };
    let location = hidden(location);
    let message = format!("In {location} staan waarschijnlijk burgerservicenummers.");
    match finding(definitie, BSN_SUSPECTED, place.clone(), over) {
        Some(bevinding) => Bevinding {
            bericht: message,
            ..bevinding
        },
        None => Bevinding {
            code: BSN_SUSPECTED.to_owned(),
            ernst: Ernst::Fout,
            tabel: over.0.to_owned(),
            veld: over.1.to_owned(),
            plaats: place,
            gevonden: None,
            bericht: message,
            verwacht: wording::cells::NO_BSN.to_owned(),
            herstel: wording::cells::REMOVE_BSN.to_owned(),
        },
    }
}

/// A sheet, or a file without sheets, as it is called at the begin of a sentence.
pub(crate) fn place_name(file: &str, sheet: Option<&str>) -> String {
    sheet.map_or_else(
        || format!("Bestand '{file}'"),
        |sheet| format!("Blad '{sheet}'"),
    )
}

/// What to say of rows whose last cells are not there.
pub(crate) fn short_rows(source: &RowSource, file: &str) -> Option<String> {
    let rows = match source.short_rows() {
        0 => return None,
        1 => "is 1 rij korter".to_owned(),
        n => wording::cells::rows_shorter(&n),
    };
    Some(wording::cells::cells_missing_at_end(&file, &rows))
}
