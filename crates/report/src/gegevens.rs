//! The files beside a page: `cijfers.csv` and `cijfers.json`, every figure the page shows or could be asked for.
//!
//! Owns their form. The CSV has the columns of the table `cijfers`, comma, UTF-8, dot decimals; text that a
//! spreadsheet would run as a formula is neutralised. Hidden figures are rows without values.

use serde::Serialize;

use crate::cijferindex::Feit;
use crate::publicatie::{Gebied, Publicatie};

const KOP: &str = "niveau,gebied,indicator,uitsplitsing,categorie,waarde,onder,boven,oordeel,teller,noemer,n,status,vertrouwelijk,respons\r\n";

/// The rows as CSV.
pub fn csv(rijen: &[Feit<'_>]) -> Vec<u8> {
    let mut uit = String::with_capacity(KOP.len() + rijen.len() * 110);
    uit.push_str(KOP);
    for feit in rijen {
        for tekst in [
            feit.niveau(),
            feit.gebied(),
            feit.indicator(),
            feit.uitsplitsing(),
            feit.categorie(),
        ] {
            cel(&mut uit, tekst);
            uit.push(',');
        }
        for getal in [feit.waarde(), feit.onder(), feit.boven()] {
            getal_of_leeg(&mut uit, getal);
        }
        cel(&mut uit, feit.oordeel().unwrap_or_default());
        uit.push(',');
        for getal in [feit.teller(), feit.noemer(), feit.n().map(|n| n as f64)] {
            getal_of_leeg(&mut uit, getal);
        }
        uit.push_str(feit.status());
        uit.push(',');
        uit.push_str(feit.vertrouwelijk());
        uit.push(',');
        if let Some(respons) = feit.respons() {
            uit.push_str(&respons.to_string());
        }
        uit.push_str("\r\n");
    }
    uit.into_bytes()
}

fn getal_of_leeg(uit: &mut String, getal: Option<f64>) {
    if let Some(getal) = getal {
        uit.push_str(&getal.to_string());
    }
    uit.push(',');
}

/// One text cell: quoted where needed, and never a formula.
fn cel(uit: &mut String, tekst: &str) {
    let formule = schema::tekst::is_formule(tekst);
    let aanhalen = formule || tekst.contains([',', '"', '\n', '\r']);
    if !aanhalen {
        uit.push_str(tekst);
        return;
    }
    uit.push('"');
    if formule {
        uit.push('\'');
    }
    for teken in tekst.chars() {
        if teken == '"' {
            uit.push('"');
        }
        uit.push(teken);
    }
    uit.push('"');
}

#[derive(Serialize)]
struct Bestand<'a> {
    uitvraag: &'a str,
    jaar: i32,
    versie: &'a str,
    momentopname: &'a str,
    gebied: &'a str,
    naam: &'a str,
    niveau: &'static str,
    cijfers: Vec<Rij<'a>>,
}

/// A key without a value is left out.
#[derive(Serialize)]
struct Rij<'a> {
    niveau: &'a str,
    gebied: &'a str,
    indicator: &'a str,
    uitsplitsing: &'a str,
    categorie: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    waarde: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    onder: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    boven: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oordeel: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    teller: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    noemer: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<i64>,
    status: &'static str,
    vertrouwelijk: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    respons: Option<f64>,
}

/// The rows as JSON, with what they belong to.
pub fn json(publicatie: &Publicatie, gebied: &Gebied, rijen: &[Feit<'_>]) -> Vec<u8> {
    let cijfers = rijen.iter().map(|feit| Rij {
        niveau: feit.niveau(),
        gebied: feit.gebied(),
        indicator: feit.indicator(),
        uitsplitsing: feit.uitsplitsing(),
        categorie: feit.categorie(),
        waarde: feit.waarde(),
        onder: feit.onder(),
        boven: feit.boven(),
        oordeel: feit.oordeel(),
        teller: feit.teller(),
        noemer: feit.noemer(),
        n: feit.n(),
        status: feit.status(),
        vertrouwelijk: feit.vertrouwelijk(),
        respons: feit.respons(),
    });
    let bestand = Bestand {
        uitvraag: &publicatie.uitvraag,
        jaar: publicatie.jaar,
        versie: &publicatie.versie,
        momentopname: &publicatie.momentopname,
        gebied: &gebied.code,
        naam: &gebied.naam,
        niveau: gebied.niveau.naam(),
        cijfers: cijfers.collect(),
    };
    let mut uit = serde_json::to_vec(&bestand).expect("text and finite numbers always serialise");
    uit.push(b'\n');
    uit
}

#[cfg(test)]
mod tests {
    use super::cel;

    #[test]
    fn text_never_becomes_a_formula() {
        for (ruw, veilig) in [
            ("=SOM(A1)", "\"'=SOM(A1)\""),
            ("+31", "\"'+31\""),
            ("-x", "\"'-x\""),
            ("@x", "\"'@x\""),
            ("<50.000", "<50.000"),
            ("a,b \"c\"", "\"a,b \"\"c\"\"\""),
        ] {
            let mut uit = String::new();
            cel(&mut uit, ruw);
            assert_eq!(uit, veilig);
        }
    }
}
