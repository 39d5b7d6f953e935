//! The receipt: proof that a levering was signed and what was in it, verifiable without a server.
//!
//! Owns reading the JWS (EdDSA over Ed25519, nothing else), the key set beside it, and whether it belongs to this
//! pakket. Leaves fetching both to `dienst`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signature, VerifyingKey};
use schema::Pakket;
use schema::pakket::Ontvangstbewijs;
use serde::Deserialize;

use crate::fout::Fout;
use crate::opties::write_whole;

/// File with the receipt, beside the pakket.
pub const BEWIJS: &str = "ontvangstbewijs.jws";
/// File with the public keys of the service, beside the pakket.
pub const SLEUTELS: &str = "sleutels.json";

/// Why a receipt proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BewijsFout {
    /// Not three base64url parts, or no JSON in them.
    #[error("het heeft niet de vorm van een ontvangstbewijs")]
    Vorm,
    /// Another algorithm than EdDSA.
    #[error("het is op een andere manier ondertekend dan afgesproken")]
    Algoritme,
    /// No such key in the set.
    #[error("de sleutel waarmee het ondertekend is, staat niet in de lijst van de server")]
    Sleutel,
    /// The signature is not over these bytes by this key.
    #[error("de handtekening klopt niet: de inhoud is veranderd of komt van iemand anders")]
    Handtekening,
}

#[derive(Deserialize)]
struct Kop {
    alg: String,
    kid: Option<String>,
}

#[derive(Deserialize)]
struct Sleutelset {
    keys: Vec<Sleutel>,
}

#[derive(Deserialize)]
struct Sleutel {
    kty: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    x: String,
}

/// Reads a receipt after proving its signature with one of the keys in `jwks`.
pub fn verifieer(jws: &str, jwks: &str) -> Result<Ontvangstbewijs, BewijsFout> {
    let delen: Vec<&str> = jws.trim().split('.').collect();
    let [kop64, inhoud64, teken64] = delen.as_slice() else {
        return Err(BewijsFout::Vorm);
    };
    let kop: Kop = serde_json::from_slice(&decode(kop64)?).map_err(|_| BewijsFout::Vorm)?;
    if !matches!(kop.alg.as_str(), "EdDSA" | "Ed25519") {
        return Err(BewijsFout::Algoritme);
    }
    let teken = Signature::from_slice(&decode(teken64)?).map_err(|_| BewijsFout::Vorm)?;
    let sleutels: Sleutelset = serde_json::from_str(jwks).map_err(|_| BewijsFout::Sleutel)?;
    let sleutel = sleutels
        .keys
        .iter()
        .find(|s| s.kty == "OKP" && s.crv == "Ed25519" && s.kid.is_some() && s.kid == kop.kid)
        .and_then(|s| <[u8; 32]>::try_from(decode(&s.x).ok()?).ok())
        .and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok())
        .ok_or(BewijsFout::Sleutel)?;
    sleutel
        .verify_strict(format!("{kop64}.{inhoud64}").as_bytes(), &teken)
        .map_err(|_| BewijsFout::Handtekening)?;
    serde_json::from_slice(&decode(inhoud64)?).map_err(|_| BewijsFout::Vorm)
}

fn decode(deel: &str) -> Result<Vec<u8>, BewijsFout> {
    BASE64URL_NOPAD
        .decode(deel.as_bytes())
        .map_err(|_| BewijsFout::Vorm)
}

/// What in the receipt differs from the pakket; empty when it is the receipt of this pakket.
pub fn verschillen(bewijs: &Ontvangstbewijs, pakket: &Pakket) -> Vec<&'static str> {
    let mut verschillen = Vec::new();
    let mut eis = |klopt: bool, wat: &'static str| {
        if !klopt {
            verschillen.push(wat);
        }
    };
    eis(
        bewijs.uitvraag == pakket.uitvraag && bewijs.jaar == pakket.jaar,
        "de uitvraag of het jaar",
    );
    eis(
        pakket
            .aanbieder
            .as_ref()
            .is_none_or(|kvk| *kvk == bewijs.aanbieder),
        "het KvK-nummer",
    );
    eis(
        bewijs.regels == pakket.regels,
        "de regels waarmee gecontroleerd is",
    );
    eis(
        bewijs.bestanden
            == pakket
                .resources
                .iter()
                .map(|b| (b.name.clone(), b.hash.clone()))
                .collect(),
        "de bestanden",
    );
    // A table that is absent may be told as one without rows.
    let rijen: BTreeMap<&str, u64> = pakket
        .resources
        .iter()
        .map(|b| (b.name.as_str(), b.rijen))
        .filter(|(_, n)| *n > 0)
        .collect();
    eis(
        bewijs
            .rijen
            .iter()
            .map(|(naam, n)| (naam.as_str(), *n))
            .filter(|(_, n)| *n > 0)
            .collect::<BTreeMap<_, _>>()
            == rijen,
        "het aantal rijen",
    );
    verschillen
}

/// Keeps a receipt that was proven, with the keys that prove it. Gives the file's name.
pub fn bewaar(map: &Path, jws: &str, jwks: &str) -> Result<PathBuf, Fout> {
    write_whole(&map.join(SLEUTELS), jwks.as_bytes())?;
    let pad = map.join(BEWIJS);
    write_whole(&pad, format!("{jws}\n").as_bytes())?;
    Ok(pad)
}

/// Reads and proves the receipt that lies beside a pakket; `None` where there is none.
pub fn read(map: &Path) -> Result<Option<Ontvangstbewijs>, Fout> {
    let pad = map.join(BEWIJS);
    if !pad.exists() {
        return Ok(None);
    }
    let jws = fs::read_to_string(&pad)
        .map_err(|e| Fout::bestand("kan het ontvangstbewijs niet lezen", &pad, &e))?;
    let sleutelpad = map.join(SLEUTELS);
    let jwks = fs::read_to_string(&sleutelpad).map_err(|e| {
        Fout::bestand("kan de sleutels van de server niet lezen", &sleutelpad, &e)
            .tip("Haal ze op van de server: /v1/sleutels.")
    })?;
    verifieer(&jws, &jwks).map(Some).map_err(|e| {
        Fout::new(format!(
            "het ontvangstbewijs is niet geldig: {}",
            pad.display()
        ))
        .oorzaak(e)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use serde_json::json;

    fn maak(kop: &serde_json::Value) -> (String, String) {
        let sleutel = SigningKey::from_bytes(&[7; 32]);
        let claims = json!({"iss": "omgangsmonitor", "iat": 1, "levering": "l1", "aanbieder": "12345678", "uitvraag": "omgang", "jaar": 2020,
            "nulopgave": false, "bestanden": {"traject": "sha256:aa"}, "rijen": {"traject": 3}, "regels": "r", "ondertekenaar": "A, b"});
        let deel = |v: &serde_json::Value| BASE64URL_NOPAD.encode(v.to_string().as_bytes());
        let boodschap = format!("{}.{}", deel(kop), deel(&claims));
        let teken = BASE64URL_NOPAD.encode(&sleutel.sign(boodschap.as_bytes()).to_bytes());
        let x = BASE64URL_NOPAD.encode(sleutel.verifying_key().as_bytes());
        let jwks =
            json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": x, "use": "sig"}]});
        (format!("{boodschap}.{teken}"), jwks.to_string())
    }

    #[test]
    fn a_receipt_is_proven_by_its_signature() {
        let (jws, jwks) = maak(&json!({"alg": "EdDSA", "kid": "k1", "typ": "JOSE"}));
        assert_eq!(verifieer(&jws, &jwks).unwrap().levering, "l1");
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let (jws, jwks) = maak(&json!({"alg": "EdDSA", "kid": "k1"}));
        for (i, oud) in jws.char_indices() {
            let nieuw = if oud == 'A' { 'B' } else { 'A' };
            let anders = format!("{}{nieuw}{}", &jws[..i], &jws[i + 1..]);
            assert!(verifieer(&anders, &jwks).is_err(), "character {i}");
        }
    }

    #[test]
    fn other_algorithms_and_keys_prove_nothing() {
        for alg in ["none", "HS256", "ES256"] {
            let (jws, jwks) = maak(&json!({"alg": alg, "kid": "k1"}));
            assert_eq!(verifieer(&jws, &jwks), Err(BewijsFout::Algoritme));
        }
        let (jws, jwks) = maak(&json!({"alg": "EdDSA", "kid": "k2"}));
        assert_eq!(verifieer(&jws, &jwks), Err(BewijsFout::Sleutel));
        let (zonder, jwks_zonder) = maak(&json!({"alg": "EdDSA"}));
        assert_eq!(
            verifieer(&zonder, &jwks_zonder.replace("\"kid\":\"k1\",", "")),
            Err(BewijsFout::Sleutel)
        );
        assert_eq!(verifieer("a.b", &jwks), Err(BewijsFout::Vorm));
    }
}
