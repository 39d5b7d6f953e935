//! Tokens, hashed at rest, and the public keys receipts were signed with.
//!
//! Owns making, finding and revoking a token; the secret itself exists only in the answer to making it. Leaves
//! reading it from a request to `ingest`.

use std::fmt;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::aanbieder::eis_aanbieder;
use crate::fout::LakeFout;
use crate::lake::{Lake, Stempel, Tijd, ms, tijd};
use crate::stap::noteer;

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

#[derive(sqlx::FromRow)]
struct Rij {
    token: i64,
    rol: String,
    kvk: Option<String>,
    omschrijving: String,
    gemaakt: i64,
    ingetrokken: Option<i64>,
}

impl Lake {
    /// Makes a token and returns its secret, this once.
    pub async fn maak_token(
        &self,
        rol: &Rol,
        omschrijving: &str,
        stempel: &Stempel,
    ) -> Result<Geheim, LakeFout> {
        let mut toeval = [0; 32];
        getrandom::fill(&mut toeval).expect("the system has randomness");
        // The prefix lets secret scanners and people recognise it.
        let geheim = format!("omg_{}", BASE32_NOPAD.encode(&toeval).to_lowercase());
        let kvk = match rol {
            Rol::Aanbieder(kvk) => Some(kvk.as_str()),
            Rol::Coordinator | Rol::Analist => None,
        };
        let mut tx = self.transactie().await?;
        if let Some(kvk) = kvk {
            eis_aanbieder(&mut tx, kvk).await?;
        }
        let nummer: i64 = sqlx::query_scalar(
            "INSERT INTO token (token, hash, rol, kvk, omschrijving, gemaakt)
             SELECT coalesce(max(token), 0) + 1, $1, $2, $3, $4, $5 FROM token RETURNING token",
        )
        .bind(sha256(geheim.as_bytes()))
        .bind(rol.naam())
        .bind(kvk)
        .bind(omschrijving)
        .bind(ms(stempel.nu))
        .fetch_one(&mut *tx)
        .await?;
        noteer(
            &mut tx,
            None,
            &format!("token {nummer} gemaakt voor {}", rol.naam()),
            stempel,
        )
        .await?;
        tx.commit().await?;
        Ok(Geheim(geheim))
    }

    /// Whose token this is; `None` for one that never existed or was revoked.
    pub async fn houder(&self, token: &str) -> Result<Option<Houder>, LakeFout> {
        // Looked up by hash: how long that takes says nothing about the token.
        let rij: Option<Rij> = sqlx::query_as(
            "SELECT token, rol, kvk, omschrijving, gemaakt, ingetrokken FROM token
             WHERE hash = $1 AND ingetrokken IS NULL",
        )
        .bind(sha256(token.as_bytes()))
        .fetch_optional(&mut *self.lezer().await?)
        .await?;
        rij.map(|rij| {
            Ok(Houder {
                token: rij.token,
                rol: rol_van(&rij.rol, rij.kvk)?,
                omschrijving: rij.omschrijving,
            })
        })
        .transpose()
    }

    /// All tokens.
    pub async fn tokens(&self) -> Result<Vec<TokenRegel>, LakeFout> {
        let rijen: Vec<Rij> = sqlx::query_as(
            "SELECT token, rol, kvk, omschrijving, gemaakt, ingetrokken FROM token ORDER BY token",
        )
        .fetch_all(&mut *self.lezer().await?)
        .await?;
        let regel = |rij: Rij| {
            Ok(TokenRegel {
                token: rij.token,
                rol: rol_van(&rij.rol, rij.kvk)?,
                omschrijving: rij.omschrijving,
                gemaakt: tijd(rij.gemaakt)?,
                ingetrokken: rij.ingetrokken.map(tijd).transpose()?,
            })
        };
        rijen.into_iter().map(regel).collect()
    }

    /// Revokes a token; false when there is none of that number that still works.
    pub async fn trek_token_in(&self, token: i64, stempel: &Stempel) -> Result<bool, LakeFout> {
        let mut tx = self.transactie().await?;
        let gedaan = sqlx::query(
            "UPDATE token SET ingetrokken = $1 WHERE token = $2 AND ingetrokken IS NULL",
        )
        .bind(ms(stempel.nu))
        .bind(token)
        .execute(&mut *tx)
        .await?;
        if gedaan.rows_affected() == 0 {
            return Ok(false);
        }
        noteer(
            &mut tx,
            None,
            &format!("token {token} ingetrokken"),
            stempel,
        )
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Keeps a public key for `/v1/sleutels`; keeping it again changes nothing.
    pub async fn bewaar_sleutel(
        &self,
        kid: &str,
        publiek: &[u8],
        stempel: &Stempel,
    ) -> Result<(), LakeFout> {
        let hex = HEXLOWER.encode(publiek);
        let mut tx = self.transactie().await?;
        let bekend: Option<String> =
            sqlx::query_scalar("SELECT publiek FROM sleutel WHERE kid = $1")
                .bind(kid)
                .fetch_optional(&mut *tx)
                .await?;
        match bekend {
            Some(bekend) if bekend == hex => return Ok(()),
            Some(_) => return Err(LakeFout::Ongeldig("another key has this key id".to_owned())),
            None => {}
        }
        sqlx::query("INSERT INTO sleutel (kid, publiek, vanaf) VALUES ($1, $2, $3)")
            .bind(kid)
            .bind(hex)
            .bind(ms(stempel.nu))
            .execute(&mut *tx)
            .await?;
        noteer(&mut tx, None, &format!("sleutel {kid} vastgelegd"), stempel).await?;
        Ok(tx.commit().await?)
    }

    /// Every public key receipts were ever signed with, oldest first.
    pub async fn sleutels(&self) -> Result<Vec<Sleutel>, LakeFout> {
        let rijen: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT kid, publiek, vanaf FROM sleutel ORDER BY vanaf, kid")
                .fetch_all(&mut *self.lezer().await?)
                .await?;
        let maak = |(kid, hex, vanaf): (String, String, i64)| {
            let publiek = HEXLOWER.decode(hex.as_bytes()).map_err(|_| {
                LakeFout::RegisterBeschadigd(format!("key {kid} is not hexadecimal"))
            })?;
            Ok(Sleutel {
                kid,
                publiek,
                vanaf: tijd(vanaf)?,
            })
        };
        rijen.into_iter().map(maak).collect()
    }
}

fn rol_van(naam: &str, kvk: Option<String>) -> Result<Rol, LakeFout> {
    match (naam, kvk) {
        ("aanbieder", Some(kvk)) => Ok(Rol::Aanbieder(kvk)),
        ("coordinator", None) => Ok(Rol::Coordinator),
        ("analist", None) => Ok(Rol::Analist),
        _ => Err(LakeFout::RegisterBeschadigd(format!("rol {naam}"))),
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
