//! The ontvangstbewijs: a compact JWS (EdDSA, Ed25519) that anyone can verify offline with `/v1/sleutels`.
//!
//! Owns the signing key (a file of mode 0600, made at first start) and the form of JWS and JWKS. A rotation is a new
//! file: the register keeps every public key that ever signed, so older receipts keep verifying by their `kid`. What
//! a receipt says is [`schema::pakket::Ontvangstbewijs`]; when it is given is up to `leveringen::indienen`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use schema::pakket::Ontvangstbewijs;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Why the signing keys could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum SleutelFout {
    /// The file system refused.
    #[error("the receipt keys in `{bestand}` could not be read or written")]
    Schijf {
        /// The file.
        bestand: String,
        /// What the system said.
        source: io::Error,
    },
    /// The file is not what it should be.
    #[error("the receipt keys in `{bestand}` are not valid: {reden}")]
    Ongeldig {
        /// The file.
        bestand: String,
        /// What is wrong; never the key.
        reden: &'static str,
    },
    /// No randomness.
    #[error("the system gave no random bytes")]
    Toeval,
}

/// The key that signs receipts. Its secret never leaves this type.
pub struct Bewijssleutel {
    kid: String,
    geheim: SigningKey,
}

impl std::fmt::Debug for Bewijssleutel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bewijssleutel")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// One public key of the set at `/v1/sleutels` (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Jwk {
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
    pub keys: Vec<Jwk>,
}

/// How the key stands in its file: the public part follows from the seed, so only that is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sleutelbestand {
    kid: String,
    d: String,
}

impl Bewijssleutel {
    /// Reads the key from `pad`, or makes one there (mode 0600).
    ///
    /// # Errors
    /// When the file cannot be read or made, is not valid, or can be read by others than its owner.
    pub fn open(pad: &Path) -> Result<Self, SleutelFout> {
        match fs::read(pad) {
            Ok(tekst) => {
                refuse_if_shared(pad)?;
                Self::parse(pad, &tekst)
            }
            Err(fout) if fout.kind() == io::ErrorKind::NotFound => {
                let sleutel = Self::generate()?;
                sleutel.write(pad)?;
                Ok(sleutel)
            }
            Err(source) => Err(SleutelFout::Schijf {
                bestand: pad.display().to_string(),
                source,
            }),
        }
    }

    /// Names the key in receipts and in the set.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key, 32 bytes.
    pub fn publiek(&self) -> [u8; 32] {
        self.geheim.verifying_key().to_bytes()
    }

    /// Signs a receipt: header, claims and signature, each base64url, parted by dots.
    pub fn sign(&self, bewijs: &Ontvangstbewijs) -> String {
        let kop = serde_json::json!({ "alg": "EdDSA", "typ": "JWT", "kid": self.kid });
        let inhoud = serde_json::to_vec(bewijs)
            .expect("strings, numbers and maps with string keys always serialise");
        let getekend = format!(
            "{}.{}",
            BASE64URL_NOPAD.encode(kop.to_string().as_bytes()),
            BASE64URL_NOPAD.encode(&inhoud)
        );
        let handtekening = self.geheim.sign(getekend.as_bytes());
        format!(
            "{getekend}.{}",
            BASE64URL_NOPAD.encode(&handtekening.to_bytes())
        )
    }

    fn generate() -> Result<Self, SleutelFout> {
        let mut zaad = [0_u8; 32];
        getrandom::fill(&mut zaad).map_err(|_| SleutelFout::Toeval)?;
        let geheim = SigningKey::from_bytes(&zaad);
        Ok(Self {
            kid: kid_of(&geheim.verifying_key()),
            geheim,
        })
    }

    fn parse(pad: &Path, tekst: &[u8]) -> Result<Self, SleutelFout> {
        let ongeldig = |reden| SleutelFout::Ongeldig {
            bestand: pad.display().to_string(),
            reden,
        };
        let bestand: Sleutelbestand =
            serde_json::from_slice(tekst).map_err(|_| ongeldig("not the expected JSON"))?;
        let zaad: [u8; 32] = BASE64URL_NOPAD
            .decode(bestand.d.as_bytes())
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or_else(|| ongeldig("the key is not 32 bytes of base64url"))?;
        let geheim = SigningKey::from_bytes(&zaad);
        if kid_of(&geheim.verifying_key()) != bestand.kid {
            return Err(ongeldig("the key does not fit its name"));
        }
        Ok(Self {
            kid: bestand.kid,
            geheim,
        })
    }

    /// Temporary file, fsync, rename, fsync of the directory: a crash leaves no half key.
    fn write(&self, pad: &Path) -> Result<(), SleutelFout> {
        let bestand = Sleutelbestand {
            kid: self.kid.clone(),
            d: BASE64URL_NOPAD.encode(&self.geheim.to_bytes()),
        };
        let tekst = serde_json::to_vec_pretty(&bestand).expect("plain strings always serialise");
        write_private(pad, &tekst).map_err(|source| SleutelFout::Schijf {
            bestand: pad.display().to_string(),
            source,
        })
    }
}

impl Jwk {
    /// The public key in the form of RFC 8037.
    pub fn new(kid: &str, publiek: &[u8]) -> Self {
        Self {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            alg: "EdDSA".to_owned(),
            gebruik: "sig".to_owned(),
            kid: kid.to_owned(),
            x: BASE64URL_NOPAD.encode(publiek),
        }
    }
}

/// The name of a key follows from the key, so that two keys never share one.
fn kid_of(publiek: &VerifyingKey) -> String {
    HEXLOWER.encode(&Sha256::digest(publiek.as_bytes())[..8])
}

fn write_private(pad: &Path, tekst: &[u8]) -> io::Result<()> {
    let map = pad.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(map)?;
    let tijdelijk = pad.with_extension("nieuw");
    let mut bestand = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&tijdelijk)?;
    bestand.write_all(tekst)?;
    bestand.sync_all()?;
    fs::rename(&tijdelijk, pad)?;
    File::open(map)?.sync_all()
}

fn refuse_if_shared(pad: &Path) -> Result<(), SleutelFout> {
    use std::os::unix::fs::PermissionsExt;
    let bestand = pad.display().to_string();
    let rechten = fs::metadata(pad)
        .map_err(|source| SleutelFout::Schijf {
            bestand: bestand.clone(),
            source,
        })?
        .permissions();
    if rechten.mode() & 0o077 != 0 {
        return Err(SleutelFout::Ongeldig {
            bestand,
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
        let map = tempfile::tempdir().unwrap();
        let pad = map.path().join("sleutels/ontvangst.json");
        let eerst = Bewijssleutel::open(&pad).unwrap();
        assert_eq!(
            fs::metadata(&pad).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(
            Bewijssleutel::open(&pad).unwrap().publiek(),
            eerst.publiek()
        );
        fs::set_permissions(&pad, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            Bewijssleutel::open(&pad),
            Err(SleutelFout::Ongeldig { .. })
        ));
    }

    #[test]
    fn debug_shows_no_secret() {
        let map = tempfile::tempdir().unwrap();
        let sleutel = Bewijssleutel::open(&map.path().join("s.json")).unwrap();
        let geheim = BASE64URL_NOPAD.encode(&sleutel.geheim.to_bytes());
        assert!(!format!("{sleutel:?}").contains(&geheim));
    }
}
