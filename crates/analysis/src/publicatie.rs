//! The data files of a publication: the figures, their description and where they came from.
//!
//! Owns `cijfers.parquet`, `cijfers.csv`, `datapackage.json` and `herkomst.json`, each the same bytes for the same
//! input. Leaves pages to `report`, hiding to `disclosure` and storing to `lake`.

use std::collections::BTreeMap;

use schema::cijfer::{Column, Kind, Role};
use schema::hash::sha256;
use schema::{Cijfer, Definitie, Indicator};
use serde::Serialize;
use serde_json::json;

use crate::ligging::Ligging;
use crate::{AnalyseFout, Configuratie, Pijplijn, cijfers};

/// What a publication is made of.
#[derive(Debug)]
pub struct Publicatie<'a> {
    /// What was asked.
    pub definitie: &'a Definitie,
    /// The protected figures.
    pub cijfers: &'a [Cijfer],
    /// Version of this publication of this year, from 1.
    pub versie: u32,
    /// The momentopname.
    pub momentopname: &'a str,
    /// Leveringen that count, in order.
    pub leveringen_in: Vec<Leveringspoor>,
    /// Leveringen of the same uitvraag and year that do not, in order.
    pub leveringen_uit: Vec<Leveringspoor>,
    /// Settings of the run.
    pub configuratie: &'a Configuratie,
    /// The threshold of protection.
    pub drempel: u32,
    /// Per indicator the records left out, as the run counted them.
    pub weggelaten: &'a BTreeMap<String, i64>,
    /// Version of the software.
    pub software: &'a str,
}

/// One levering in `herkomst.json`: never who delivered it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Leveringspoor {
    /// Its id.
    pub levering: String,
    /// `sha256:<hex>` per table.
    pub bestanden: BTreeMap<String, String>,
    /// Why it counts, or why not.
    pub toestand: Standing,
}

/// Why a levering counts in a publication, or why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Signed.
    Ingediend,
    /// A signed nulopgave.
    Nulopgave,
    /// Its files were damaged at the freeze.
    Quarantaine,
    /// Its data were erased.
    Gewist,
}

/// The data files of a publication, by path.
///
/// # Errors
/// When there is no pipeline or no reference table for it.
pub fn files(publicatie: &Publicatie<'_>) -> Result<Vec<(String, Vec<u8>)>, AnalyseFout> {
    let pijplijn = Pijplijn::load(&publicatie.definitie.uitvraag)?;
    let csv = schema::safe_csv::figures(publicatie.cijfers);
    let parquet = cijfers::to_parquet(publicatie.cijfers)?;
    let datapackage = pretty(&datapackage(
        publicatie,
        &pijplijn.metadata(),
        &csv,
        &parquet,
    ))?;
    let herkomst = pretty(&provenance(publicatie, &pijplijn)?)?;
    Ok(vec![
        ("cijfers.csv".to_owned(), csv),
        ("cijfers.parquet".to_owned(), parquet),
        ("datapackage.json".to_owned(), datapackage),
        ("herkomst.json".to_owned(), herkomst),
    ])
}

fn pretty(waarde: &serde_json::Value) -> Result<Vec<u8>, AnalyseFout> {
    let mut bytes = serde_json::to_vec_pretty(waarde)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn datapackage(
    publicatie: &Publicatie<'_>,
    indicatoren: &[Indicator],
    csv: &[u8],
    parquet: &[u8],
) -> serde_json::Value {
    let Definitie {
        uitvraag,
        jaar,
        titel,
        ..
    } = publicatie.definitie;
    let velden: Vec<serde_json::Value> = Cijfer::COLUMNS.iter().map(field).collect();
    let sleutel: Vec<&str> = Cijfer::COLUMNS
        .iter()
        .filter(|column| column.role == Role::Key)
        .map(|column| column.name)
        .collect();
    let resource = |pad: &str, soort: &str, media: &str, bytes: &[u8]| {
        json!({
            "name": format!("cijfers-{soort}"),
            "path": pad,
            "type": "table",
            "format": soort,
            "mediatype": media,
            "bytes": bytes.len(),
            "hash": sha256(bytes),
            "schema": { "fields": velden, "missingValues": [""], "primaryKey": sleutel },
        })
    };
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": format!("{uitvraag}-{jaar}-v{}", publicatie.versie),
        "title": titel,
        "version": publicatie.versie.to_string(),
        "resources": [
            resource("cijfers.csv", "csv", "text/csv", csv),
            resource("cijfers.parquet", "parquet", "application/vnd.apache.parquet", parquet),
        ],
        "indicatoren": indicatoren,
    })
}

/// One column as a Frictionless field.
fn field(column: &Column) -> serde_json::Value {
    let kind = match column.kind {
        Kind::Text => "string",
        Kind::Small | Kind::Whole => "integer",
        Kind::Decimal => "number",
    };
    json!({ "name": column.name, "type": kind, "description": column.description })
}

fn provenance(
    publicatie: &Publicatie<'_>,
    pijplijn: &Pijplijn,
) -> Result<serde_json::Value, AnalyseFout> {
    let definitie = publicatie.definitie;
    let configuratie = publicatie.configuratie;
    let ligging = Ligging::new(definitie.jaar, configuratie.jeugdigen.as_ref())?;
    let mut leveringen_in = publicatie.leveringen_in.clone();
    let mut leveringen_uit = publicatie.leveringen_uit.clone();
    leveringen_in.sort();
    leveringen_uit.sort();
    // A small number of records left out is a small number of children.
    let weggelaten: BTreeMap<&String, String> = publicatie
        .weggelaten
        .iter()
        .map(|(id, &aantal)| {
            let klein = aantal > 0 && aantal < i64::from(publicatie.drempel);
            (
                id,
                if klein {
                    format!("minder dan {}", publicatie.drempel)
                } else {
                    aantal.to_string()
                },
            )
        })
        .collect();
    Ok(json!({
        "uitvraag": definitie.uitvraag,
        "jaar": definitie.jaar,
        "versie": publicatie.versie,
        "momentopname": publicatie.momentopname,
        "leveringen_in": leveringen_in,
        "leveringen_uit": leveringen_uit,
        "weggelaten": weggelaten,
        "instellingen": {
            "drempel": publicatie.drempel,
            "norm_dagen": configuratie.norm_dagen,
            "voorlopig": configuratie.voorlopig,
            "jeugdigen_geladen": configuratie.jeugdigen.is_some(),
        },
        "hashes": {
            "definitie": definitie.hash,
            "regels": definitie.regelhash,
            "pijplijn": pijplijn.hash,
            "gebieden": ligging.hash(),
        },
        "software": publicatie.software,
    }))
}
