//! What the fake service says: a levering, its findings, its receipt.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer, SigningKey};
use schema::Oordeel;
use serde_json::{Value, json};

use super::{Oordeelt, Stand, id};

pub(super) fn levering(stand: &Stand) -> Value {
    let signaal = stand.oordeelt == Some(Oordeelt::TeBevestigen);
    let bestanden: Vec<Value> = stand
        .pakket
        .iter()
        .flat_map(|p| &p.resources)
        .map(|b| json!({"tabel": b.name, "bytes": b.bytes, "offset": stand.bestanden[&b.name].len(), "hash": b.hash}))
        .collect();
    let geoordeeld =
        !matches!(stand.toestand.as_str(), "geopend" | "ontvangen") && !stand.nulopgave;
    json!({
        "id": id(stand), "uitvraag": "omgang", "jaar": 2020, "aanbieder": "12345678", "nulopgave": stand.nulopgave, "toestand": stand.toestand,
        "volgende_stap": "Dit is de volgende stap.", "uiterlijk": "2021-05-01", "geopend": "2021-03-01T10:00:00Z",
        "bestanden": bestanden,
        "rijen": if geoordeeld { json!({"traject": 3}) } else { json!({}) },
        "regels": if geoordeeld { serde_json::to_value(oordeel(stand).regels).unwrap() } else { json!([]) },
        "open_signalen": if signaal && stand.toestand == "te_bevestigen" { json!([SIGNAAL]) } else { json!([]) },
        "ondertekenaar": stand.ondertekenaar, "ontvangstbewijs": null, "nieuw_veld": "mag"
    })
}

/// One of the leveringen before the current one.
pub(super) fn levering_van(stand: &Stand, nr: &str) -> Value {
    let mut uit = levering(stand);
    if let Some(toestand) = stand.oude.get(nr) {
        uit["id"] = json!(nr);
        uit["toestand"] = json!(toestand);
    }
    uit
}

/// What the service calls its findings of that rule.
pub const VINGERAFDRUK: &str = "0123456789abcdef";

/// A rule that the definition has.
pub const SIGNAAL: &str = "WACHT_LANG";

pub(super) fn oordeel(stand: &Stand) -> Oordeel {
    let (code, ernst, verdict) = match stand.oordeelt {
        Some(Oordeelt::TeBevestigen) => (SIGNAAL, "signaal", "te_bevestigen"),
        Some(Oordeelt::Afgekeurd) => ("START_VOOR_AANMELDING", "fout", "afgekeurd"),
        _ => ("X", "opmerking", "akkoord"),
    };
    let geen = stand.oordeelt == Some(Oordeelt::Akkoord);
    let regels = if geen {
        json!([])
    } else {
        json!([{"code": code, "ernst": ernst, "aantal": 2}])
    };
    let bevinding = |rij: u64| {
        json!({"code": code, "ernst": ernst, "tabel": "traject", "veld": "startdatum", "bestand": "traject.csv", "blad": null, "rij": rij,
            "kolom": "startdatum", "cel": format!("U{rij}"), "gevonden": "2020-01-01", "bericht": "Dit is gevonden.", "verwacht": "Iets anders.",
            "herstel": "Doe dit."})
    };
    let bevindingen = if geen {
        json!([])
    } else {
        json!([bevinding(2), bevinding(3)])
    };
    serde_json::from_value(json!({"verdict": verdict, "rijen": {"traject": 3}, "regels": regels, "bevindingen": bevindingen,
        "afgekapt": false, "niet_beoordeeld": [], "vingerafdrukken": {SIGNAAL: VINGERAFDRUK}}))
    .unwrap()
}

fn sleutel() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub(super) fn jwks() -> Value {
    json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "k1", "x": BASE64URL_NOPAD.encode(sleutel().verifying_key().as_bytes())}]})
}

pub(super) fn receipt(stand: &Stand) -> String {
    let bestanden: BTreeMap<String, String> = stand
        .pakket
        .iter()
        .flat_map(|p| &p.resources)
        .map(|b| (b.name.clone(), b.hash.clone()))
        .collect();
    let rijen: BTreeMap<String, u64> = stand
        .pakket
        .as_ref()
        .map(crate::hulp::rijen)
        .unwrap_or_default();
    let claims = json!({"iss": "omgangsmonitor", "iat": 1_614_600_000, "levering": id(stand), "aanbieder": "12345678", "uitvraag": "omgang", "jaar": 2020,
        "nulopgave": stand.nulopgave, "bestanden": bestanden, "rijen": rijen,
        "regels": stand.pakket.as_ref().map_or("", |p| p.regels.as_str()), "ondertekenaar": stand.ondertekenaar});
    let deel = |v: &Value| BASE64URL_NOPAD.encode(v.to_string().as_bytes());
    let boodschap = format!(
        "{}.{}",
        deel(&json!({"alg": "EdDSA", "typ": "JWT", "kid": "k1"})),
        deel(&claims)
    );
    let sleutel = if stand.vervalst {
        SigningKey::from_bytes(&[8; 32])
    } else {
        sleutel()
    };
    format!(
        "{boodschap}.{}",
        BASE64URL_NOPAD.encode(&sleutel.sign(boodschap.as_bytes()).to_bytes())
    )
}
