//! The data files of a publication: the figures, their description and where they came from.
//!
//! Owns `cijfers`, `curven` and `trechters` as Parquet and CSV, `datapackage.json` and `herkomst.json`, each the same
//! bytes for the same input. Leaves pages to `report`, hiding to `disclosure` and storing to `lake`.

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::{DataType, Field, Fields};
use disclosure::Released;
use disclosure::audit::Group;
use schema::cijfer::FigureRole;
use schema::hash::sha256;
use schema::{Cijfer, Definitie, Indicator, Publisher};
use serde::Serialize;
use serde_json::json;

use crate::catalogue::{self, CatalogueInput};
use crate::column_meanings::COLUMN_MEANINGS;
use crate::gebied_tree::AreaTree;
use crate::query::AnswerFormat;
use crate::{AnalysisError, Configuration, Pipeline, cijfers, curve_table, funnel_table, query};

/// What a publication is made of.
#[derive(Debug)]
pub struct PublicatieInput<'a> {
    /// What was asked.
    pub definitie: &'a Definitie,
    /// What was computed.
    pub pipeline: &'a Pipeline,
    /// What may leave.
    pub cijfers: &'a Released,
    /// Version of this publication of this year, from 1.
    pub versie: u32,
    /// Who publishes it.
    pub publisher: &'a Publisher,
    /// Why it was made after an earlier version; `None` for the first.
    pub reason: Option<&'a str>,
    /// The momentopname.
    pub momentopname: &'a str,
    /// Leveringen that count, in order.
    pub leveringen_in: Vec<LeveringTrace>,
    /// Leveringen of the same uitvraag and year that do not, in order.
    pub leveringen_out: Vec<LeveringTrace>,
    /// Settings of the run.
    pub configuration: &'a Configuration,
    /// The breakdowns that an attack would have used, left out for all gebieden.
    pub left_out: &'a BTreeSet<Group>,
    /// Name of the rule by which counts were protected.
    pub rule: &'a str,
    /// Id of the key that counts were rounded with.
    pub rounding_key: &'a str,
    /// Per indicator the records left out, rounded.
    pub weggelaten: &'a BTreeMap<String, i64>,
    /// Per indicator of which the records hang together its design effect, above 1.
    pub design_effects: &'a BTreeMap<String, f64>,
    /// Version of the software.
    pub software: &'a str,
}

/// One levering in `herkomst.json`: never who delivered it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LeveringTrace {
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
/// When there is no reference table for it.
pub fn files(publicatie: &PublicatieInput<'_>) -> Result<Vec<(String, Vec<u8>)>, AnalysisError> {
    let pipeline = publicatie.pipeline;
    let csv = schema::safe_csv::figures(publicatie.cijfers.rows());
    let parquet = cijfers::to_parquet(publicatie.cijfers.rows())?;
    let indicators = pipeline.metadata();
    let figures = cijfers::to_batch(&[]).schema();
    let mut tables = vec![DataTable::new("cijfers", figures.fields(), csv, parquet)];
    let curves = curve_table::curves(publicatie.cijfers.curves());
    let funnels = funnel_table::funnels(
        publicatie.cijfers.rows(),
        &indicators,
        publicatie.design_effects,
    );
    for (name, batch) in [("curven", curves), ("trechters", funnels)] {
        let csv = query::format(std::slice::from_ref(&batch), AnswerFormat::Csv)?;
        let parquet = cijfers::batch_to_parquet(&batch)?;
        tables.push(DataTable::new(name, batch.schema().fields(), csv, parquet));
    }
    let datapackage = pretty(&datapackage(publicatie, &indicators, &tables))?;
    let provenance = pretty(&provenance(publicatie)?)?;
    let mut files: Vec<(String, Vec<u8>)> = tables
        .into_iter()
        .flat_map(|table| {
            [
                (format!("{}.csv", table.name), table.csv),
                (format!("{}.parquet", table.name), table.parquet),
            ]
        })
        .collect();
    let definitie = publicatie.definitie;
    let catalogue = catalogue::turtle(&CatalogueInput {
        name: &name_of(publicatie),
        title: &definitie.titel,
        jaar: definitie.jaar,
        version: publicatie.versie,
        publisher: publicatie.publisher,
        files: &files,
    });
    files.push(("catalogus.ttl".to_owned(), catalogue.into_bytes()));
    files.push(("datapackage.json".to_owned(), datapackage));
    files.push(("herkomst.json".to_owned(), provenance));
    Ok(files)
}

/// A name that no other publication has.
fn name_of(publicatie: &PublicatieInput<'_>) -> String {
    let Definitie { uitvraag, jaar, .. } = publicatie.definitie;
    format!("{uitvraag}-{jaar}-v{}", publicatie.versie)
}

/// A table of the publication in its two forms.
struct DataTable {
    name: &'static str,
    /// Its columns as Frictionless fields.
    fields: Vec<serde_json::Value>,
    csv: Vec<u8>,
    parquet: Vec<u8>,
}

impl DataTable {
    fn new(name: &'static str, fields: &Fields, csv: Vec<u8>, parquet: Vec<u8>) -> Self {
        Self {
            name,
            fields: fields.iter().map(|field| self::field(field)).collect(),
            csv,
            parquet,
        }
    }
}

fn pretty(value: &serde_json::Value) -> Result<Vec<u8>, AnalysisError> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn datapackage(
    publicatie: &PublicatieInput<'_>,
    indicators: &[Indicator],
    tables: &[DataTable],
) -> serde_json::Value {
    let of_figures: Vec<&str> = Cijfer::COLUMNS
        .iter()
        .filter(|column| column.role == FigureRole::Key)
        .map(|column| column.name)
        .collect();
    let key = |table: &str| match table {
        "curven" => vec!["indicator", "niveau", "gebied", "dag"],
        "trechters" => vec!["indicator", "niveau", "omvang"],
        _ => of_figures.clone(),
    };
    let resource = |table: &DataTable, kind: &str, media: &str, bytes: &[u8]| {
        json!({
            "name": format!("{}-{kind}", table.name),
            "path": format!("{}.{kind}", table.name),
            "type": "table",
            "format": kind,
            "mediatype": media,
            "bytes": bytes.len(),
            "hash": sha256(bytes),
            "schema": { "fields": table.fields, "missingValues": [""], "primaryKey": key(table.name) },
        })
    };
    let resources: Vec<serde_json::Value> = tables
        .iter()
        .flat_map(|table| {
            [
                resource(table, "csv", "text/csv", &table.csv),
                resource(
                    table,
                    "parquet",
                    "application/vnd.apache.parquet",
                    &table.parquet,
                ),
            ]
        })
        .collect();
    json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": name_of(publicatie),
        "title": publicatie.definitie.titel,
        "version": publicatie.versie.to_string(),
        // One without it is of before: its small counts are left out, and the others are exact.
        "regel": publicatie.rule,
        "licenses": [{ "name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/", "title": "Creative Commons Naamsvermelding 4.0" }],
        "resources": resources,
        "indicatoren": indicators,
    })
}

/// One column as a Frictionless field.
fn field(field: &Field) -> serde_json::Value {
    let kind = match field.data_type() {
        DataType::Int32 | DataType::Int64 => "integer",
        DataType::Float64 => "number",
        _ => "string",
    };
    let of_figures = Cijfer::COLUMNS
        .iter()
        .map(|column| (column.name, column.description));
    let description = of_figures
        .chain(COLUMN_MEANINGS)
        .find(|(name, _)| name == field.name())
        .map(|(_, description)| description);
    json!({ "name": field.name(), "type": kind, "description": description })
}

fn provenance(publicatie: &PublicatieInput<'_>) -> Result<serde_json::Value, AnalysisError> {
    let (definitie, pipeline) = (publicatie.definitie, publicatie.pipeline);
    let configuration = publicatie.configuration;
    let areas = AreaTree::new(definitie.jaar, configuration.jeugdigen.as_ref())?;
    let mut leveringen_in = publicatie.leveringen_in.clone();
    let mut leveringen_out = publicatie.leveringen_out.clone();
    leveringen_in.sort();
    leveringen_out.sort();
    let mut provenance = json!({
        "uitvraag": definitie.uitvraag,
        "jaar": definitie.jaar,
        "versie": publicatie.versie,
        "momentopname": publicatie.momentopname,
        "leveringen_in": leveringen_in,
        "leveringen_uit": leveringen_out,
        "weggelaten": publicatie.weggelaten,
        "ontwerpeffecten": publicatie.design_effects,
        "instellingen": {
            "norm_dagen": configuration.norm_dagen,
            "voorlopig": configuration.voorlopig,
            "jeugdigen_geladen": configuration.jeugdigen.is_some(),
        },
        "afronding": {
            "regel": "aselect op vijftallen",
            "sleutel": publicatie.rounding_key,
            "uitsplitsingen_weggelaten": publicatie.left_out,
        },
        "hashes": {
            "definitie": definitie.hash,
            "regels": definitie.regelhash,
            "pijplijn": pipeline.hash,
            "gebieden": areas.hash(),
        },
        "software": publicatie.software,
        "uitgever": publicatie.publisher,
    });
    if let Some(reason) = publicatie.reason {
        provenance["reden"] = reason.into();
    }
    Ok(provenance)
}
