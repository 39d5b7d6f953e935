//! Odd cells, judged once it is known where the table is and which of its columns are used.
//!
//! Owns what becomes of formulas, errors, hidden and merged cells: what can be read in one way only is said, the rest is
//! refused with its place. Leaves finding and remembering them to `sheets`.

use rows::Weigering;
use rows::characters::trimmed;
use schema::Veldtype;
use schema::bevinding::column_letters;
use sheets::grid::Raster;
use sheets::oddities::{Gebied, Teken};

use crate::row_filter::is_total;

/// A column of the table that becomes a field.
pub(crate) struct Gebruikt<'a> {
    pub(crate) nummer: usize,
    pub(crate) kop: &'a str,
    pub(crate) veldtype: &'a Veldtype,
}

/// Judges the structure of a table: merged cells among its rows, and formulas without an answer in these columns.
pub(crate) fn judge_table(
    raster: &Raster,
    kopregel: u64,
    breedte: usize,
    kolommen: impl Iterator<Item = usize>,
) -> Result<(), Weigering> {
    judge_merged(raster, kopregel, breedte)?;
    for nummer in kolommen {
        if let Some((_, rij)) = raster
            .bijzonder
            .below(kopregel, nummer, Teken::ZonderUitkomst)
        {
            let bericht = "Deze cel heeft een formule zonder uitkomst. Open het bestand in uw rekenprogramma en sla het op; dan wordt hij uitgerekend.";
            return Err(Weigering::new("FORMULA", bericht).in_cel(rij, nummer));
        }
    }
    Ok(())
}

/// Judges the cells of the columns that are used; gives what is to be said of them.
pub(crate) fn judge_columns(
    raster: &Raster,
    kopregel: u64,
    kolommen: &[Gebruikt<'_>],
) -> Result<Vec<String>, Weigering> {
    let waar = raster
        .naam
        .as_ref()
        .map_or_else(|| "Het bestand".to_owned(), |b| format!("Blad '{b}'"));
    let mut zinnen = Vec::new();
    for kolom in kolommen {
        judge_values(raster, kopregel, kolom)?;
        let (kop, letters) = (kolom.kop, column_letters(kolom.nummer));
        if let Some((aantal, rij)) = raster
            .bijzonder
            .below(kopregel, kolom.nummer, Teken::Formule)
        {
            let cellen = if aantal == 1 {
                format!("een formule ({letters}{rij})")
            } else {
                format!("formules in {aantal} cellen (de eerste is {letters}{rij})")
            };
            zinnen.push(format!("{waar}: de kolom '{kop}' heeft {cellen}. De uitkomst die in het bestand is opgeslagen, is gebruikt."));
        }
        let tekst = matches!(
            kolom.veldtype,
            Veldtype::Pseudoniem | Veldtype::Tekst { .. }
        );
        if let (true, Some((_, rij))) = (
            tekst,
            raster
                .bijzonder
                .below(kopregel, kolom.nummer, Teken::Opmaak),
        ) {
            zinnen.push(format!(
                "{waar}: de kolom '{kop}' toont getallen met een eigen opmaak (de eerste is {letters}{rij}). \
                 Gelezen is het getal zelf, zonder die opmaak."
            ));
        }
        if raster.bijzonder.is_hidden_column(kolom.nummer) {
            zinnen.push(format!(
                "{waar}: de kolom '{kop}' ({letters}) is verborgen. Die telt gewoon mee."
            ));
        }
    }
    zinnen.extend(hidden_rows(raster, kopregel).map(|zin| format!("{waar}: {zin}")));
    Ok(zinnen)
}

fn judge_values(raster: &Raster, kopregel: u64, kolom: &Gebruikt<'_>) -> Result<(), Weigering> {
    let nummer = matches!(kolom.veldtype, Veldtype::Pseudoniem);
    let tekst = nummer || matches!(kolom.veldtype, Veldtype::Tekst { .. });
    let getal = matches!(kolom.veldtype, Veldtype::Geheel | Veldtype::Decimaal);
    let gevallen = [
        (
            Teken::Fout,
            true,
            "FORMULA",
            "staat een foutwaarde, zoals #REF! of #N/B. Verbeter de formule of vul de waarde zelf in.",
        ),
        (
            Teken::Datum,
            nummer,
            "NUMBER",
            "heeft uw rekenprogramma van een nummer een datum gemaakt. Maak de kolom tekst en vul het nummer opnieuw in.",
        ),
        (
            Teken::TeLang,
            tekst,
            "NUMBER",
            "staat een nummer met te veel cijfers: de laatste cijfers zijn verloren. Maak de kolom tekst en vul het opnieuw in.",
        ),
        (
            Teken::Macht,
            tekst,
            "NUMBER",
            "staat een nummer als macht van tien (met E+): de cijfers zijn verloren. Maak de kolom tekst en vul het opnieuw in.",
        ),
        (
            Teken::Procent,
            getal,
            "NUMBER",
            "staat een percentage. Vul het getal zelf in en haal de opmaak procent weg.",
        ),
        (
            Teken::Duur,
            getal,
            "NUMBER",
            "staat een tijdsduur, zoals 1:30. Vul een gewoon getal in, in de eenheid die de uitvraag vraagt (90 minuten), en haal de opmaak tijd weg.",
        ),
    ];
    for (teken, geldt, code, wat) in gevallen {
        if let (true, Some((aantal, rij))) =
            (geldt, raster.bijzonder.below(kopregel, kolom.nummer, teken))
        {
            let waar = if aantal == 1 {
                "In deze cel".to_owned()
            } else {
                format!("In {aantal} cellen van deze kolom")
            };
            return Err(Weigering::new(code, format!("{waar} {wat}"))
                .op_rij(rij)
                .in_kolom(kolom.kop, kolom.nummer));
        }
    }
    Ok(())
}

/// A merged area hides which row or column its value belongs to. Titles and notes may be merged: their rows hold
/// nothing else.
fn judge_merged(raster: &Raster, kopregel: u64, breedte: usize) -> Result<(), Weigering> {
    let raakt = |g: &&Gebied| u64::from(g.tot_rij) > kopregel && (g.kolom as usize) < breedte;
    let mut gebieden = raster
        .bijzonder
        .samengevoegd
        .iter()
        .filter(raakt)
        .peekable();
    if gebieden.peek().is_none() {
        return Ok(());
    }
    let rijen = full_rows(raster, kopregel, breedte);
    for gebied in gebieden {
        let eerste = rijen.partition_point(|r| *r < gebied.rij);
        let in_gegevens = rijen.get(eerste).is_some_and(|r| *r <= gebied.tot_rij);
        if in_gegevens && raster.is_filled(gebied.rij, gebied.kolom) {
            let hoek = |kolom: u32, rij: u32| format!("{}{rij}", column_letters(kolom as usize));
            let (van, tot) = (
                hoek(gebied.kolom, gebied.rij),
                hoek(gebied.tot_kolom, gebied.tot_rij),
            );
            let bericht = format!(
                "De cellen {van} tot en met {tot} zijn samengevoegd. Splits ze en vul in elke rij de waarde in."
            );
            return Err(Weigering::new("MERGED_CELLS", bericht)
                .in_cel(u64::from(gebied.rij), gebied.kolom as usize));
        }
    }
    Ok(())
}

/// Rows below the header with more than one filled cell that are no totals, in order.
fn full_rows(raster: &Raster, kopregel: u64, breedte: usize) -> Vec<u32> {
    let mut uit: Vec<u32> = Vec::new();
    let mut rij_nu = 0;
    let (mut gevuld, mut totaal) = (0, false);
    for (rij, _, tekst) in raster.teksten().filter(|(r, k, t)| {
        u64::from(*r) > kopregel && (*k as usize) < breedte && !trimmed(t).is_empty()
    }) {
        if rij != rij_nu {
            (rij_nu, gevuld, totaal) = (rij, 0, is_total(tekst));
        }
        gevuld += 1;
        if gevuld == 2 && !totaal {
            uit.push(rij);
        }
    }
    uit
}

/// Says which hidden rows hold data.
fn hidden_rows(raster: &Raster, kopregel: u64) -> Option<String> {
    let reeksen = raster.bijzonder.hidden_rows();
    let mut rijen: Vec<u32> = Vec::new();
    let mut aantal: u64 = 0;
    let mut vorige = 0;
    for (rij, _, _) in raster
        .teksten()
        .filter(|(r, _, _)| u64::from(*r) > kopregel)
    {
        if rij == vorige {
            continue;
        }
        vorige = rij;
        let plek = reeksen.partition_point(|(van, _)| *van <= rij);
        if plek.checked_sub(1).is_some_and(|p| rij <= reeksen[p].1) {
            aantal += 1;
            if rijen.len() < 5 {
                rijen.push(rij);
            }
        }
    }
    if aantal == 0 {
        return None;
    }
    let genoemd: Vec<String> = rijen.iter().map(u32::to_string).collect();
    let meer = if aantal > rijen.len() as u64 {
        format!(" en nog {}", aantal - rijen.len() as u64)
    } else {
        String::new()
    };
    let wat = if aantal == 1 {
        "een rij met gegevens is verborgen".to_owned()
    } else {
        format!("{aantal} rijen met gegevens zijn verborgen")
    };
    let slot = if aantal == 1 {
        "Die telt gewoon mee. Hoort hij er niet bij? Verwijder hem dan."
    } else {
        "Die tellen gewoon mee. Horen ze er niet bij? Verwijder ze dan."
    };
    Some(format!(
        "{wat}, misschien door een filter (rij {}{meer}). {slot}",
        genoemd.join(", ")
    ))
}
