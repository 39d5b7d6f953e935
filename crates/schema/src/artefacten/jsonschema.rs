//! `<tabel>.schema.json`: one row of a table as a JSON object, in JSON Schema 2020-12.
//!
//! A row has JSON types: whole and decimal numbers are numbers, everything else is the canonical text (dates ISO
//! 8601, `ja` or `nee`, codes as they travel). An empty field is `null` or absent; `""` is no value. Gemeenten are
//! those of the year. What record rules ask of a row stands in the codeboek.

use serde::Serialize;
use serde_json::Value;

use super::{Geordend, PSEUDONIEM, not_negative};
use crate::definitie::{Codelijst, Definitie, Tabel, Veld, Veldtype};
use crate::gebieden::codes_of;

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
    properties: Geordend<Property>,
    #[serde(rename = "additionalProperties")]
    additional_properties: bool,
    examples: Vec<Geordend<Value>>,
    #[serde(rename = "$defs", skip_serializing_if = "Option::is_none")]
    defs: Option<Geordend<GemeenteDef>>,
}

#[derive(Serialize)]
struct GemeenteDef {
    title: String,
    #[serde(rename = "enum")]
    codes: Vec<&'static str>,
}

#[derive(Serialize)]
struct Property {
    title: String,
    description: String,
    #[serde(flatten)]
    vorm: Vorm,
}

/// What a value may look like; with `null` beside it where the field may be empty.
#[derive(Serialize)]
#[serde(untagged)]
enum Vorm {
    Waarde(Waarde),
    Keuze {
        #[serde(rename = "oneOf")]
        keuzen: Vec<Keuze>,
    },
}

#[derive(Serialize)]
#[serde(untagged)]
enum Keuze {
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
struct Waarde {
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
        .any(|veld| veld.veldtype == Veldtype::Gemeente)
        .then(|| {
            let title = format!("CBS-code van een gemeente in {}", definitie.jaar);
            Geordend(vec![(
                "gemeente".to_owned(),
                GemeenteDef {
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
        properties: Geordend(properties),
        additional_properties: false,
        examples: vec![example(tabel)],
        defs: gemeenten,
    }
}

fn property(definitie: &Definitie, tabel: &Tabel, veld: &Veld) -> Property {
    let mut waarde = Waarde {
        soort: vec!["string"],
        ..Waarde::default()
    };
    let vorm = match &veld.veldtype {
        Veldtype::Code { lijst } => {
            return with_words(
                veld,
                keuze(veld, definitie.codelijsten.get(lijst).map(codes)),
            );
        }
        Veldtype::Gemeente => {
            return with_words(
                veld,
                keuze(
                    veld,
                    Some(vec![Keuze::Verwijzing {
                        naar: "#/$defs/gemeente",
                    }]),
                ),
            );
        }
        Veldtype::Pseudoniem => {
            waarde.pattern = Some(PSEUDONIEM);
            waarde
        }
        Veldtype::Tekst { lengte } => {
            waarde.min_length = Some(1);
            waarde.max_length = Some(*lengte);
            waarde
        }
        Veldtype::Datum => {
            waarde.format = Some("date");
            waarde.pattern = Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
            waarde
        }
        Veldtype::JaNee => {
            let mut codes = vec![Some("ja"), Some("nee")];
            codes.extend((!veld.verplicht).then_some(None));
            waarde.codes = Some(codes);
            waarde
        }
        Veldtype::Geheel => number(waarde, "integer", not_negative(definitie, tabel, veld)),
        Veldtype::Decimaal => number(waarde, "number", not_negative(definitie, tabel, veld)),
    };
    with_words(veld, Vorm::Waarde(vorm))
}

fn number(mut waarde: Waarde, soort: &'static str, niet_negatief: bool) -> Waarde {
    waarde.soort = vec![soort];
    waarde.minimum = niet_negatief.then_some(0);
    waarde
}

fn with_words(veld: &Veld, mut vorm: Vorm) -> Property {
    if let Vorm::Waarde(waarde) = &mut vorm
        && !veld.verplicht
    {
        waarde.soort.push("null");
    }
    Property {
        title: veld.label.clone(),
        description: veld.definitie.clone(),
        vorm,
    }
}

fn codes(lijst: &Codelijst) -> Vec<Keuze> {
    let keuze = |c: &crate::Code| Keuze::Code {
        code: c.code.clone(),
        title: c.label.clone(),
        description: c.definitie.clone(),
    };
    lijst.codes.iter().map(keuze).collect()
}

fn keuze(veld: &Veld, keuzen: Option<Vec<Keuze>>) -> Vorm {
    let mut keuzen = keuzen.unwrap_or_default();
    if !veld.verplicht {
        keuzen.push(Keuze::Niets { soort: "null" });
    }
    Vorm::Keuze { keuzen }
}

/// The table's example row with JSON types.
fn example(tabel: &Tabel) -> Geordend<Value> {
    let typed = |veld: &Veld| {
        let tekst = tabel.voorbeeld.get(&veld.naam).cloned().unwrap_or_default();
        let waarde = match veld.veldtype {
            Veldtype::Geheel => tekst.parse::<i64>().map_or(Value::Null, Value::from),
            Veldtype::Decimaal => tekst.parse::<f64>().map_or(Value::Null, Value::from),
            _ => Value::from(tekst),
        };
        (veld.naam.clone(), waarde)
    };
    Geordend(tabel.velden.iter().map(typed).collect())
}
