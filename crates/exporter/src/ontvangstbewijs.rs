//! The receipt: proof that a levering was signed and what was in it, verifiable without a server.
//!
//! Owns reading the JWS (EdDSA over Ed25519, nothing else), the key set beside it, and whether it belongs to this
//! pakket. Leaves fetching both to `client`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signature, VerifyingKey};
use schema::Pakket;
use schema::pakket::Ontvangstbewijs;
use serde::Deserialize;

use crate::atomic_file::write_whole;
use crate::error::Failure;
use crate::wording;

/// File with the receipt, beside the pakket.
pub(crate) const RECEIPT: &str = "ontvangstbewijs.jws";
/// File with the public keys of the service, beside the pakket.
pub(crate) const KEYS: &str = "sleutels.json";

/// Why a receipt proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReceiptError {
    /// Not three base64url parts, or no JSON in them.
    #[error("het heeft niet de vorm van een ontvangstbewijs")]
    Vorm,
    /// Another algorithm than EdDSA.
    #[error("het is op een andere manier ondertekend dan afgesproken")]
    Algorithm,
    /// No such key in the set.
    #[error("de sleutel waarmee het ondertekend is, staat niet in de lijst van de server")]
    Sleutel,
    /// The signature is not over these bytes by this key.
    #[error("de handtekening klopt niet: de inhoud is veranderd of komt van iemand anders")]
    Signature,
}

#[derive(Deserialize)]
struct JwsHeader {
    alg: String,
    kid: Option<String>,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<PublishedKey>,
}

#[derive(Deserialize)]
struct PublishedKey {
    kty: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    x: String,
}

/// Reads a receipt after proving its signature with one of the keys in `jwks`.
pub(crate) fn verify(jws: &str, jwks: &str) -> Result<Ontvangstbewijs, ReceiptError> {
    let parts: Vec<&str> = jws.trim().split('.').collect();
    let [header64, content64, signature64] = parts.as_slice() else {
        return Err(ReceiptError::Vorm);
    };
    let header: JwsHeader =
        serde_json::from_slice(&decode(header64)?).map_err(|_| ReceiptError::Vorm)?;
    if !matches!(header.alg.as_str(), "EdDSA" | "Ed25519") {
        return Err(ReceiptError::Algorithm);
    }
    let character = Signature::from_slice(&decode(signature64)?).map_err(|_| ReceiptError::Vorm)?;
    let keys: KeySet = serde_json::from_str(jwks).map_err(|_| ReceiptError::Sleutel)?;
    let key = keys
        .keys
        .iter()
        .find(|s| s.kty == "OKP" && s.crv == "Ed25519" && s.kid.is_some() && s.kid == header.kid)
        .and_then(|s| <[u8; 32]>::try_from(decode(&s.x).ok()?).ok())
        .and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok())
        .ok_or(ReceiptError::Sleutel)?;
    key.verify_strict(format!("{header64}.{content64}").as_bytes(), &character)
        .map_err(|_| ReceiptError::Signature)?;
    serde_json::from_slice(&decode(content64)?).map_err(|_| ReceiptError::Vorm)
}

fn decode(part: &str) -> Result<Vec<u8>, ReceiptError> {
    BASE64URL_NOPAD
        .decode(part.as_bytes())
        .map_err(|_| ReceiptError::Vorm)
}

/// What in the receipt differs from the pakket; empty when it is the receipt of this pakket.
pub(crate) fn differences(receipt: &Ontvangstbewijs, pakket: &Pakket) -> Vec<&'static str> {
    let mut differences = Vec::new();
    let mut require = |is_right: bool, what: &'static str| {
        if !is_right {
            differences.push(what);
        }
    };
    require(
        receipt.uitvraag == pakket.uitvraag && receipt.jaar == pakket.jaar,
        wording::server::UITVRAAG_OR_JAAR,
    );
    require(
        pakket
            .aanbieder
            .as_ref()
            .is_none_or(|kvk| *kvk == receipt.aanbieder),
        "het KvK-nummer",
    );
    require(
        receipt.regels == pakket.regels,
        wording::server::RULES_JUDGED_BY,
    );
    require(
        receipt.bestanden
            == pakket
                .resources
                .iter()
                .map(|b| (b.name.clone(), b.hash.clone()))
                .collect(),
        "de bestanden",
    );
    // A table that is absent may be told as one without rows.
    let rows: BTreeMap<&str, u64> = pakket
        .resources
        .iter()
        .map(|b| (b.name.as_str(), b.rijen))
        .filter(|(_, n)| *n > 0)
        .collect();
    require(
        receipt
            .rijen
            .iter()
            .map(|(name, n)| (name.as_str(), *n))
            .filter(|(_, n)| *n > 0)
            .collect::<BTreeMap<_, _>>()
            == rows,
        "het aantal rijen",
    );
    differences
}

/// Keeps a receipt that was proven, with the keys that prove it. Gives the file's name.
pub(crate) fn store(dir: &Path, jws: &str, jwks: &str) -> Result<PathBuf, Failure> {
    write_whole(&dir.join(KEYS), jwks.as_bytes())?;
    let path = dir.join(RECEIPT);
    write_whole(&path, format!("{jws}\n").as_bytes())?;
    Ok(path)
}

/// Reads and proves the receipt that lies beside a pakket; `None` where there is none.
pub(crate) fn read(dir: &Path) -> Result<Option<Ontvangstbewijs>, Failure> {
    let path = dir.join(RECEIPT);
    if !path.exists() {
        return Ok(None);
    }
    let jws = fs::read_to_string(&path)
        .map_err(|e| Failure::file(wording::server::RECEIPT_UNREADABLE, &path, &e))?;
    let key_path = dir.join(KEYS);
    let jwks = fs::read_to_string(&key_path).map_err(|e| {
        Failure::file(wording::server::SERVER_KEYS_UNREADABLE, &key_path, &e)
            .tip(wording::server::FETCH_SERVER_KEYS)
    })?;
    verify(&jws, &jwks)
        .map(Some)
        .map_err(|e| Failure::new(wording::server::receipt_invalid(&path.display())).cause(e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use serde_json::json;

    fn make(header: &serde_json::Value) -> (String, String) {
        let key = SigningKey::from_bytes(&[7; 32]);
        let claims = json!({"iss": "omgangsmonitor", "iat": 1, "levering": "l1", "aanbieder": "12345678", "uitvraag": "omgang", "jaar": 2020,
            "nulopgave": false, "bestanden": {"traject": "sha256:aa"}, "rijen": {"traject": 3}, "regels": "r", "ondertekenaar": "A, b"});
        let part = |v: &serde_json::Value| BASE64URL_NOPAD.encode(v.to_string().as_bytes());
        let message = format!("{}.{}", part(header), part(&claims));
        let character = BASE64URL_NOPAD.encode(&key.sign(message.as_bytes()).to_bytes());
        let x = BASE64URL_NOPAD.encode(key.verifying_key().as_bytes());
        let jwks =
            json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": x, "use": "sig"}]});
        (format!("{message}.{character}"), jwks.to_string())
    }

    #[test]
    fn a_receipt_is_proven_by_its_signature() {
        let (jws, jwks) = make(&json!({"alg": "EdDSA", "kid": "k1", "typ": "JOSE"}));
        assert_eq!(verify(&jws, &jwks).unwrap().levering, "l1");
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let (jws, jwks) = make(&json!({"alg": "EdDSA", "kid": "k1"}));
        for (i, old) in jws.char_indices() {
            let new = if old == 'A' { 'B' } else { 'A' };
            let others = format!("{}{new}{}", &jws[..i], &jws[i + 1..]);
            assert!(verify(&others, &jwks).is_err(), "character {i}");
        }
    }

    #[test]
    fn other_algorithms_and_keys_prove_nothing() {
        for alg in ["none", "HS256", "ES256"] {
            let (jws, jwks) = make(&json!({"alg": alg, "kid": "k1"}));
            assert_eq!(verify(&jws, &jwks), Err(ReceiptError::Algorithm));
        }
        let (jws, jwks) = make(&json!({"alg": "EdDSA", "kid": "k2"}));
        assert_eq!(verify(&jws, &jwks), Err(ReceiptError::Sleutel));
        let (without, keys_without) = make(&json!({"alg": "EdDSA"}));
        assert_eq!(
            verify(&without, &keys_without.replace("\"kid\":\"k1\",", "")),
            Err(ReceiptError::Sleutel)
        );
        assert_eq!(verify("a.b", &jwks), Err(ReceiptError::Vorm));
    }
}
