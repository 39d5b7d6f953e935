//! Tokens, hashed at rest, and the public keys receipts were signed with.
//!
//! Owns making, finding and revoking a token; the secret itself exists only in the answer to making it. Leaves
//! reading it from a request to `ingest`.

use std::fmt;

use serde::Serialize;

use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel, Tijd};

/// What a token may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "rol", content = "kvk")]
pub enum Rol {
    /// Deliver for one aanbieder, by KvK number.
    Aanbieder(String),
    /// Run the uitvraag.
    Coordinator,
    /// Query figures.
    Analist,
}

impl Rol {
    /// The name in the register.
    pub fn naam(&self) -> &'static str {
        match self {
            Self::Aanbieder(_) => "aanbieder",
            Self::Coordinator => "coordinator",
            Self::Analist => "analist",
        }
    }
}

/// A secret that does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Geheim(String);

impl Geheim {
    /// The secret; to be shown once, to its owner.
    pub fn toon(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Geheim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Geheim(…)")
    }
}

/// Who a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Houder {
    /// Number of the token, for the log.
    pub token: i64,
    /// What it may do.
    pub rol: Rol,
    /// What it is called.
    pub omschrijving: String,
}

/// A token as a beheerder sees it: never the secret.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TokenRegel {
    /// Number.
    pub token: i64,
    /// What it may do.
    #[serde(flatten)]
    pub rol: Rol,
    /// What it is called.
    pub omschrijving: String,
    /// When it was made.
    pub gemaakt: Tijd,
    /// When it was revoked.
    pub ingetrokken: Option<Tijd>,
}

/// A public key that receipts were or are signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sleutel {
    /// Key id.
    pub kid: String,
    /// The Ed25519 public key, 32 bytes.
    pub publiek: Vec<u8>,
    /// Since when.
    pub vanaf: Tijd,
}

impl Lake {
    /// Makes a token and returns its secret, this once.
    pub async fn maak_token(&self, rol: &Rol, omschrijving: &str, stempel: &Stempel) -> Result<Geheim, LakeFout> {
        unimplemented!()
    }

    /// Whose token this is; `None` for one that never existed or was revoked.
    pub async fn houder(&self, token: &str) -> Result<Option<Houder>, LakeFout> {
        unimplemented!()
    }

    /// All tokens.
    pub async fn tokens(&self) -> Result<Vec<TokenRegel>, LakeFout> {
        unimplemented!()
    }

    /// Revokes a token; false when there is none of that number.
    pub async fn trek_token_in(&self, token: i64, stempel: &Stempel) -> Result<bool, LakeFout> {
        unimplemented!()
    }

    /// Keeps a public key for `/v1/sleutels`; keeping it again changes nothing.
    pub async fn bewaar_sleutel(&self, kid: &str, publiek: &[u8], stempel: &Stempel) -> Result<(), LakeFout> {
        unimplemented!()
    }

    /// Every public key receipts were ever signed with, oldest first.
    pub async fn sleutels(&self) -> Result<Vec<Sleutel>, LakeFout> {
        unimplemented!()
    }
}
