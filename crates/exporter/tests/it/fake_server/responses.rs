//! What the fake service says: a levering, its findings, its receipt.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer, SigningKey};
use schema::Oordeel;
use serde_json::{Value, json};

use super::{FakeState, Judges, id};

pub(super) fn levering(state: &FakeState) -> Value {
    let files: Vec<Value> = state
        .pakket
        .iter()
        .flat_map(|p| &p.resources)
        .map(|b| json!({"tabel": b.name, "bytes": b.bytes, "offset": state.bestanden[&b.name].len(), "hash": b.hash}))
        .collect();
    let judged = !matches!(state.toestand, "geopend" | "ontvangen") && !state.nulopgave;
    json!({
        "id": id(state), "uitvraag": "omgang", "jaar": 2020, "aanbieder": "12345678", "nulopgave": state.nulopgave, "toestand": state.toestand,
        "volgende_stap": "Dit is de volgende stap.", "uiterlijk": "2021-05-01", "geopend": "2021-03-01T10:00:00Z",
        "bestanden": files,
        "rijen": if judged { json!({"traject": 3}) } else { json!({}) },
        "regels": if judged { serde_json::to_value(oordeel(state).regels).unwrap() } else { json!([]) },
        "open_signalen": [],
        "ondertekenaar": state.ondertekenaar, "ontvangstbewijs": null, "nieuw_veld": "mag"
    })
}

/// One of the leveringen before the current one.
pub(super) fn levering_van(state: &FakeState, number: &str) -> Value {
    let mut out = levering(state);
    if let Some(toestand) = state.old_ones.get(number) {
        out["id"] = json!(number);
        out["toestand"] = json!(toestand);
    }
    out
}

pub(super) fn oordeel(state: &FakeState) -> Oordeel {
    let (code, ernst, verdict) = match state.judges {
        Some(Judges::Afgekeurd) => ("START_VOOR_AANMELDING", "fout", "afgekeurd"),
        _ => ("X", "opmerking", "akkoord"),
    };
    let none = state.judges == Some(Judges::Akkoord);
    let regels = if none {
        json!([])
    } else {
        json!([{"code": code, "ernst": ernst, "aantal": 2}])
    };
    let bevinding = |row: u64| {
        json!({"code": code, "ernst": ernst, "tabel": "traject", "veld": "startdatum", "bestand": "traject.csv", "blad": null, "rij": row,
            "kolom": "startdatum", "cel": format!("U{row}"), "gevonden": "2020-01-01", "bericht": "Dit is gevonden.", "verwacht": "Iets anders.",
            "herstel": "Doe dit."})
    };
    let bevindingen = if none {
        json!([])
    } else {
        json!([bevinding(2), bevinding(3)])
    };
    serde_json::from_value(json!({"verdict": verdict, "rijen": {"traject": 3}, "regels": regels, "bevindingen": bevindingen,
        "afgekapt": false, "niet_beoordeeld": [], "vingerafdrukken": {}}))
    .unwrap()
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub(super) fn jwks() -> Value {
    json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "k1", "x": BASE64URL_NOPAD.encode(key().verifying_key().as_bytes())}]})
}

pub(super) fn receipt(state: &FakeState) -> String {
    let files: BTreeMap<String, String> = state
        .pakket
        .iter()
        .flat_map(|p| &p.resources)
        .map(|b| (b.name.clone(), b.hash.clone()))
        .collect();
    let rows: BTreeMap<String, u64> = state
        .pakket
        .as_ref()
        .map(crate::support::rows)
        .unwrap_or_default();
    let claims = json!({"iss": "omgangsmonitor", "iat": 1_614_600_000, "levering": id(state), "aanbieder": "12345678", "uitvraag": "omgang", "jaar": 2020,
        "nulopgave": state.nulopgave, "bestanden": files, "rijen": rows,
        "regels": state.pakket.as_ref().map_or("", |p| p.regels.as_str()), "ondertekenaar": state.ondertekenaar});
    let part = |v: &Value| BASE64URL_NOPAD.encode(v.to_string().as_bytes());
    let message = format!(
        "{}.{}",
        part(&json!({"alg": "EdDSA", "typ": "JWT", "kid": "k1"})),
        part(&claims)
    );
    let key = if state.forged {
        SigningKey::from_bytes(&[8; 32])
    } else {
        key()
    };
    format!(
        "{message}.{}",
        BASE64URL_NOPAD.encode(&key.sign(message.as_bytes()).to_bytes())
    )
}
