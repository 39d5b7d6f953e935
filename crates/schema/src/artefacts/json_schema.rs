//! `<tabel>.schema.json`: one row of a table as a JSON object, in JSON Schema 2020-12.
//!
//! A row has JSON types: whole and decimal numbers are numbers, everything else is the canonical text (dates ISO
//! 8601, `ja` or `nee`, codes as they travel). An empty field is `null` or absent; `""` is no value. Gemeenten are
//! those of the year. What record rules ask of a row stands in the codeboek.

use serde::Serialize;
use serde_json::Value;

use super::{Ordered, PSEUDONYM, not_negative};
use crate::definitie::{Codelijst, Definitie, Tabel, Veld, VeldType};
use crate::gebieden::codes_of;
use crate::wording;

#[derive(Serialize)]
pub(super) struct Schema {
    #[serde(rename = "$schema")]
    taal: &'static str,
    #[serde(rename = "$id")]
    id: String,
    title: String,
    description: String,
    #[serde(rename = "type")]
    soort: &'static str,
    required: Vec<String>,
    properties: Ordered<Property>,
    #[serde(rename = "additionalProperties")]
    additional_properties: bool,
    examples: Vec<Ordered<Value>>,
    #[serde(rename = "$defs", skip_serializing_if = "Option::is_none")]
    defs: Option<Ordered<GemeenteDefinition>>,
}

#[derive(Serialize)]
struct GemeenteDefinition {
    title: String,
    #[serde(rename = "enum")]
    codes: Vec<&'static str>,
}

#[derive(Serialize)]
struct Property {
    title: String,
    description: String,
    #[serde(flatten)]
    vorm: ValueShape,
}

/// What a value may look like; with `null` beside it where the field may be empty.
#[derive(Serialize)]
#[serde(untagged)]
enum ValueShape {
    Waarde(ValueSchema),
    Keuze {
        #[serde(rename = "oneOf")]
        keuzen: Vec<SchemaChoice>,
    },
}

#[derive(Serialize)]
#[serde(untagged)]
enum SchemaChoice {
    Code {
        #[serde(rename = "const")]
        code: String,
        title: String,
        description: String,
    },
    Verwijzing {
        #[serde(rename = "$ref")]
        naar: &'static str,
    },
    Niets {
        #[serde(rename = "type")]
        soort: &'static str,
    },
}

#[derive(Serialize, Default)]
struct ValueSchema {
    #[serde(rename = "type")]
    soort: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pattern: Option<&'static str>,
    #[serde(rename = "minLength", skip_serializing_if = "Option::is_none")]
    min_length: Option<usize>,
    #[serde(rename = "maxLength", skip_serializing_if = "Option::is_none")]
    max_length: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum: Option<u8>,
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    codes: Option<Vec<Option<&'static str>>>,
}

pub(super) fn of(definitie: &Definitie, tabel: &Tabel) -> Schema {
    let properties = tabel
        .velden
        .iter()
        .map(|veld| (veld.naam.clone(), property(definitie, tabel, veld)))
        .collect();
    let gemeenten = tabel
        .velden
        .iter()
        .any(|veld| veld.veldtype == VeldType::Gemeente)
        .then(|| {
            let title = wording::sjabloon::gemeente_code_in(&definitie.jaar);
            Ordered(vec![(
                "gemeente".to_owned(),
                GemeenteDefinition {
                    title,
                    codes: codes_of(definitie.jaar).collect(),
                },
            )])
        });
    Schema {
        taal: "https://json-schema.org/draft/2020-12/schema",
        id: format!(
            "urn:omgangsmonitor:{}:{}:{}",
            definitie.uitvraag, definitie.jaar, tabel.naam
        ),
        title: format!("{}: {}", definitie.titel, tabel.titel),
        description: tabel.definitie.clone(),
        soort: "object",
        required: tabel
            .velden
            .iter()
            .filter(|v| v.verplicht)
            .map(|v| v.naam.clone())
            .collect(),
        properties: Ordered(properties),
        additional_properties: false,
        examples: vec![example(tabel)],
        defs: gemeenten,
    }
}

fn property(definitie: &Definitie, tabel: &Tabel, veld: &Veld) -> Property {
    let mut value = ValueSchema {
        soort: vec!["string"],
        ..ValueSchema::default()
    };
    let vorm = match &veld.veldtype {
        VeldType::Code { list } => {
            return with_words(
                veld,
                choice(veld, definitie.codelijsten.get(list).map(codes)),
            );
        }
        VeldType::Gemeente => {
            return with_words(
                veld,
                choice(
                    veld,
                    Some(vec![SchemaChoice::Verwijzing {
                        naar: "#/$defs/gemeente",
                    }]),
                ),
            );
        }
        VeldType::Pseudoniem => {
            value.pattern = Some(PSEUDONYM);
            value
        }
        VeldType::Tekst { lengte: length } => {
            value.min_length = Some(1);
            value.max_length = Some(*length);
            value
        }
        VeldType::Datum => {
            value.format = Some("date");
            value.pattern = Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
            value
        }
        VeldType::YesNo => {
            let mut codes = vec![Some("ja"), Some("nee")];
            codes.extend((!veld.verplicht).then_some(None));
            value.codes = Some(codes);
            value
        }
        VeldType::Whole => number(value, "integer", not_negative(definitie, tabel, veld)),
        VeldType::Decimal => number(value, "number", not_negative(definitie, tabel, veld)),
    };
    with_words(veld, ValueShape::Waarde(vorm))
}

fn number(mut value: ValueSchema, kind: &'static str, non_negative: bool) -> ValueSchema {
    value.soort = vec![kind];
    value.minimum = non_negative.then_some(0);
    value
}

fn with_words(veld: &Veld, mut vorm: ValueShape) -> Property {
    if let ValueShape::Waarde(value) = &mut vorm
        && !veld.verplicht
    {
        value.soort.push("null");
    }
    Property {
        title: veld.label.clone(),
        description: veld.definitie.clone(),
        vorm,
    }
}

fn codes(list: &Codelijst) -> Vec<SchemaChoice> {
    let choice = |c: &crate::Code| SchemaChoice::Code {
        code: c.code.clone(),
        title: c.label.clone(),
        description: c.definitie.clone(),
    };
    list.codes.iter().map(choice).collect()
}

fn choice(veld: &Veld, choices: Option<Vec<SchemaChoice>>) -> ValueShape {
    let mut choices = choices.unwrap_or_default();
    if !veld.verplicht {
        choices.push(SchemaChoice::Niets { soort: "null" });
    }
    ValueShape::Keuze { keuzen: choices }
}

/// The table's example row with JSON types.
fn example(tabel: &Tabel) -> Ordered<Value> {
    let typed = |veld: &Veld| {
        let text = tabel.voorbeeld.get(&veld.naam).cloned().unwrap_or_default();
        let value = match veld.veldtype {
            VeldType::Whole => text.parse::<i64>().map_or(Value::Null, Value::from),
            VeldType::Decimal => text.parse::<f64>().map_or(Value::Null, Value::from),
            _ => Value::from(text),
        };
        (veld.naam.clone(), value)
    };
    Ordered(tabel.velden.iter().map(typed).collect())
}
