//! The ontvangstbewijs: a compact JWS (EdDSA, Ed25519) that anyone can verify offline with `/v1/sleutels`.
//!
//! Owns the signing key (a file of mode 0600, made at first start) and the form of JWS and JWKS. A rotation is a new
//! file: the register keeps every public key that ever signed, so older receipts keep verifying by their `kid`. What
//! a receipt says is [`schema::pakket::Ontvangstbewijs`]; when it is given is up to `leveringen::sign`.

use std::fs;
use std::io;
use std::path::Path;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use schema::hash::sha256_hex;
use schema::pakket::Ontvangstbewijs;
use serde::{Deserialize, Serialize};

/// Why the signing keys could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptKeyError {
    /// The file system refused.
    #[error("the receipt keys in `{bestand}` could not be read or written")]
    Disk {
        /// The file.
        bestand: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not what it should be.
    #[error("the receipt keys in `{bestand}` are not valid: {reden}")]
    Invalid {
        /// The file.
        bestand: String,
        /// What is wrong; never the key.
        reden: &'static str,
    },
    /// No randomness.
    #[error("the system gave no random bytes")]
    Randomness,
}

/// The key that signs receipts. Its secret never leaves this type.
pub struct ReceiptSigner {
    kid: String,
    secret: SigningKey,
}

impl std::fmt::Debug for ReceiptSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bewijssleutel")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// One public key of the set at `/v1/sleutels` (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PublishedJwk {
    /// Always `OKP`.
    pub kty: String,
    /// Always `Ed25519`.
    pub crv: String,
    /// Always `EdDSA`.
    pub alg: String,
    /// Always `sig`.
    #[serde(rename = "use")]
    pub gebruik: String,
    /// Names the key in the header of a receipt.
    pub kid: String,
    /// The public key, base64url.
    pub x: String,
}

/// The set of public keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Jwks {
    /// The key that signs now, then the older ones.
    pub keys: Vec<PublishedJwk>,
}

/// How the key stands in its file: the public part follows from the seed, so only that is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    kid: String,
    d: String,
}

impl ReceiptSigner {
    /// Reads the key from `pad`, or makes one there (mode 0600).
    ///
    /// # Errors
    /// When the file cannot be read or made, is not valid, or can be read by others than its owner.
    pub fn open(path: &Path) -> Result<Self, ReceiptKeyError> {
        match fs::read(path) {
            Ok(text) => {
                refuse_if_shared(path)?;
                Self::parse(path, &text)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = Self::generate()?;
                key.write(path)?;
                Ok(key)
            }
            Err(source) => Err(ReceiptKeyError::Disk {
                bestand: path.display().to_string(),
                source,
            }),
        }
    }

    /// Names the key in receipts and in the set.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key, 32 bytes.
    pub fn public(&self) -> [u8; 32] {
        self.secret.verifying_key().to_bytes()
    }

    /// Signs a receipt: header, claims and signature, each base64url, parted by dots.
    pub fn sign(&self, receipt: &Ontvangstbewijs) -> String {
        let header = serde_json::json!({ "alg": "EdDSA", "typ": "JWT", "kid": self.kid });
        let content = serde_json::to_vec(receipt)
            .expect("strings, numbers and maps with string keys always serialise");
        let signed = format!(
            "{}.{}",
            BASE64URL_NOPAD.encode(header.to_string().as_bytes()),
            BASE64URL_NOPAD.encode(&content)
        );
        let signature = self.secret.sign(signed.as_bytes());
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature.to_bytes()))
    }

    fn generate() -> Result<Self, ReceiptKeyError> {
        let mut seed = [0_u8; 32];
        getrandom::fill(&mut seed).map_err(|_| ReceiptKeyError::Randomness)?;
        let secret = SigningKey::from_bytes(&seed);
        Ok(Self {
            kid: kid_of(&secret.verifying_key()),
            secret,
        })
    }

    fn parse(path: &Path, text: &[u8]) -> Result<Self, ReceiptKeyError> {
        let invalid = |reason| ReceiptKeyError::Invalid {
            bestand: path.display().to_string(),
            reden: reason,
        };
        let file: KeyFile =
            serde_json::from_slice(text).map_err(|_| invalid("not the expected JSON"))?;
        let seed: [u8; 32] = BASE64URL_NOPAD
            .decode(file.d.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| invalid("the key is not 32 bytes of base64url"))?;
        let secret = SigningKey::from_bytes(&seed);
        if kid_of(&secret.verifying_key()) != file.kid {
            return Err(invalid("the key does not fit its name"));
        }
        Ok(Self {
            kid: file.kid,
            secret,
        })
    }

    /// Written whole: a crash leaves no half key.
    fn write(&self, path: &Path) -> Result<(), ReceiptKeyError> {
        let file = KeyFile {
            kid: self.kid.clone(),
            d: BASE64URL_NOPAD.encode(&self.secret.to_bytes()),
        };
        let text = serde_json::to_vec_pretty(&file).expect("plain strings always serialise");
        lake::write_private(path, &text).map_err(|source| ReceiptKeyError::Disk {
            bestand: path.display().to_string(),
            source,
        })
    }
}

impl PublishedJwk {
    /// The public key in the form of RFC 8037.
    pub fn new(kid: &str, public: &[u8]) -> Self {
        Self {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            alg: "EdDSA".to_owned(),
            gebruik: "sig".to_owned(),
            kid: kid.to_owned(),
            x: BASE64URL_NOPAD.encode(public),
        }
    }
}

/// The name of a key follows from the key, so that two keys never share one.
fn kid_of(public: &VerifyingKey) -> String {
    sha256_hex(public.as_bytes())[..16].to_owned()
}

fn refuse_if_shared(path: &Path) -> Result<(), ReceiptKeyError> {
    use std::os::unix::fs::PermissionsExt;
    let file = path.display().to_string();
    let permissions = fs::metadata(path)
        .map_err(|source| ReceiptKeyError::Disk {
            bestand: file.clone(),
            source,
        })?
        .permissions();
    if permissions.mode() & 0o077 != 0 {
        return Err(ReceiptKeyError::Invalid {
            bestand: file,
            reden: "others can read it; `chmod 600` it, or remove it if it may have leaked",
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// The key must survive a restart, or receipts stop verifying; and nobody else may read it.
    #[test]
    fn a_key_file_is_made_once_private_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sleutels/ontvangst.json");
        let first = ReceiptSigner::open(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(ReceiptSigner::open(&path).unwrap().public(), first.public());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            ReceiptSigner::open(&path),
            Err(ReceiptKeyError::Invalid { .. })
        ));
    }

    #[test]
    fn debug_shows_no_secret() {
        let dir = tempfile::tempdir().unwrap();
        let key = ReceiptSigner::open(&dir.path().join("s.json")).unwrap();
        let secret = BASE64URL_NOPAD.encode(&key.secret.to_bytes());
        assert!(!format!("{key:?}").contains(&secret));
    }
}
