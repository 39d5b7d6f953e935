//! `datapackage.json`: the definition as a Frictionless Data Package v2 with a Table Schema per table.
//!
//! Owns which of the definition fits there: types, required, codes, lengths, keys and references. What a record
//! rule or a set rule asks does not fit and stands in the codeboek.

use serde::Serialize;

use super::{PSEUDONYM, not_negative};
use crate::definitie::{Definitie, RegelKind, Tabel, Veld, VeldType};

#[derive(Serialize)]
pub(super) struct Datapackage {
    #[serde(rename = "$schema")]
    profiel: &'static str,
    name: String,
    title: String,
    description: String,
    version: String,
    resources: Vec<Resource>,
}

#[derive(Serialize)]
struct Resource {
    #[serde(rename = "$schema")]
    profiel: &'static str,
    name: String,
    #[serde(rename = "type")]
    soort: &'static str,
    title: String,
    description: String,
    path: String,
    format: &'static str,
    mediatype: &'static str,
    encoding: &'static str,
    schema: TableSchema,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TableSchema {
    #[serde(rename = "$schema")]
    profiel: &'static str,
    fields: Vec<Field>,
    missing_values: Vec<&'static str>,
    primary_key: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    foreign_keys: Vec<ForeignKey>,
}

#[derive(Serialize)]
struct ForeignKey {
    fields: Vec<String>,
    reference: Reference,
}

#[derive(Serialize)]
struct Reference {
    resource: String,
    fields: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Field {
    name: String,
    #[serde(rename = "type")]
    soort: &'static str,
    title: String,
    description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    true_values: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    false_values: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<Category>,
    constraints: Constraints,
}

#[derive(Serialize)]
struct Category {
    value: String,
    label: String,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Constraints {
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'static str>,
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    codes: Vec<String>,
}

pub(super) fn of(definitie: &Definitie) -> Datapackage {
    Datapackage {
        profiel: "https://datapackage.org/profiles/2.0/datapackage.json",
        name: format!("{}-{}", definitie.uitvraag, definitie.jaar),
        title: definitie.titel.clone(),
        description: definitie.inleiding.trim().to_owned(),
        version: format!("{}.0.0", definitie.versie),
        resources: definitie
            .tabellen
            .iter()
            .map(|tabel| resource(definitie, tabel))
            .collect(),
    }
}

fn resource(definitie: &Definitie, tabel: &Tabel) -> Resource {
    Resource {
        profiel: "https://datapackage.org/profiles/2.0/dataresource.json",
        name: tabel.naam.clone(),
        soort: "table",
        title: tabel.titel.clone(),
        description: tabel.definitie.clone(),
        path: format!("{}.csv", tabel.naam),
        format: "csv",
        mediatype: "text/csv",
        encoding: "utf-8",
        schema: TableSchema {
            profiel: "https://datapackage.org/profiles/2.0/tableschema.json",
            fields: tabel
                .velden
                .iter()
                .map(|veld| field(definitie, tabel, veld))
                .collect(),
            missing_values: vec![""],
            primary_key: tabel.sleutel.clone(),
            foreign_keys: foreign_keys(definitie, tabel),
        },
    }
}

fn foreign_keys(definitie: &Definitie, tabel: &Tabel) -> Vec<ForeignKey> {
    let mut keys = Vec::new();
    for regel in &definitie.regels {
        let RegelKind::Verwijzing { veld, naar: to } = &regel.soort else {
            continue;
        };
        let about_it = regel.tabel.as_ref().is_none_or(|t| *t == tabel.naam);
        let Some(target) = definitie.tabel(to) else {
            continue;
        };
        if about_it && *to != tabel.naam && tabel.veld(veld).is_some() {
            let reference = Reference {
                resource: to.clone(),
                fields: target.sleutel.clone(),
            };
            keys.push(ForeignKey {
                fields: vec![veld.clone()],
                reference,
            });
        }
    }
    keys
}

fn field(definitie: &Definitie, tabel: &Tabel, veld: &Veld) -> Field {
    let mut constraints = Constraints {
        required: veld.verplicht,
        ..Constraints::default()
    };
    let (mut categories, mut true_values, mut false_values) = (Vec::new(), Vec::new(), Vec::new());
    let kind = match &veld.veldtype {
        VeldType::Pseudoniem => {
            constraints.pattern = Some(PSEUDONYM);
            "string"
        }
        VeldType::Tekst { lengte: length } => {
            constraints.max_length = Some(*length);
            "string"
        }
        VeldType::Gemeente => {
            constraints.pattern = Some("^GM[0-9]{4}$");
            "string"
        }
        VeldType::Code { list } => {
            let codes = definitie
                .codelijsten
                .get(list)
                .map(|l| l.codes.as_slice())
                .unwrap_or_default();
            constraints.codes = codes.iter().map(|c| c.code.clone()).collect();
            categories = codes
                .iter()
                .map(|c| Category {
                    value: c.code.clone(),
                    label: c.label.clone(),
                })
                .collect();
            "string"
        }
        VeldType::Whole => "integer",
        VeldType::Decimal => "number",
        VeldType::Datum => "date",
        VeldType::YesNo => {
            false_values.push(VeldType::YES_NO[0]);
            true_values.push(VeldType::YES_NO[1]);
            "boolean"
        }
    };
    constraints.minimum = not_negative(definitie, tabel, veld).then_some(0);
    Field {
        name: veld.naam.clone(),
        soort: kind,
        title: veld.label.clone(),
        description: veld.definitie.clone(),
        true_values,
        false_values,
        categories,
        constraints,
    }
}
