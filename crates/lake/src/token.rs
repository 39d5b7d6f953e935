//! Tokens, hashed at rest, and the public keys receipts were signed with.
//!
//! Owns making, finding and revoking a token; the secret itself exists only in the answer to making it. Leaves
//! reading it from a request to `ingest`.

use std::fmt;

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use schema::hash::{hex, sha256_hex};
use serde::Serialize;

use crate::aanbieder::require_aanbieder;
use crate::error::LakeError;
use crate::lake::Lake;
use crate::log::note;
use crate::register_columns::{ms, time};
use crate::stamp::{Stamp, Time};
use crate::wording;

/// What a token may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "rol", content = "kvk")]
pub enum TokenRole {
    /// Deliver for one aanbieder, by KvK number.
    Aanbieder(String),
    /// Run the uitvraag.
    Coordinator,
    /// Query figures.
    Analist,
}

impl TokenRole {
    /// The name in the register.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Aanbieder(_) => "aanbieder",
            Self::Coordinator => "coordinator",
            Self::Analist => "analist",
        }
    }
}

/// A secret that does not print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The secret; to be shown once, to its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Geheim(…)")
    }
}

/// Who a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Number of the token, for the log.
    pub token: i64,
    /// What it may do.
    pub rol: TokenRole,
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
    pub rol: TokenRole,
    /// What it is called.
    pub omschrijving: String,
    /// When it was made.
    pub gemaakt: Time,
    /// When it was revoked.
    pub ingetrokken: Option<Time>,
}

/// A public key that receipts were or are signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptKey {
    /// Key id.
    pub kid: String,
    /// The Ed25519 public key, 32 bytes.
    pub public: Vec<u8>,
    /// Since when.
    pub vanaf: Time,
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    token: i64,
    rol: String,
    kvk: Option<String>,
    omschrijving: String,
    gemaakt: i64,
    ingetrokken: Option<i64>,
}

impl Lake {
    /// Makes a token and returns its secret, this once.
    pub async fn make_token(
        &self,
        role: &TokenRole,
        description: &str,
        stamp: &Stamp,
    ) -> Result<Secret, LakeError> {
        let mut random_bytes = [0; 32];
        getrandom::fill(&mut random_bytes).expect("the system has randomness");
        // The prefix lets secret scanners and people recognise it.
        let secret = format!("omg_{}", BASE32_NOPAD.encode(&random_bytes).to_lowercase());
        let kvk = match role {
            TokenRole::Aanbieder(kvk) => Some(kvk.as_str()),
            TokenRole::Coordinator | TokenRole::Analist => None,
        };
        let mut tx = self.transaction().await?;
        if let Some(kvk) = kvk {
            require_aanbieder(&mut tx, kvk).await?;
        }
        let number: i64 = sqlx::query_scalar(
            "INSERT INTO token (token, hash, rol, kvk, omschrijving, gemaakt)
             SELECT coalesce(max(token), 0) + 1, $1, $2, $3, $4, $5 FROM token RETURNING token",
        )
        .bind(sha256_hex(secret.as_bytes()))
        .bind(role.name())
        .bind(kvk)
        .bind(description)
        .bind(ms(stamp.nu))
        .fetch_one(&mut *tx)
        .await?;
        note(
            &mut tx,
            None,
            &wording::token_made(&number, &role.name()),
            stamp,
        )
        .await?;
        tx.commit().await?;
        Ok(Secret(secret))
    }

    /// Whose token this is; `None` for one that never existed or was revoked.
    pub async fn holder(&self, token: &str) -> Result<Option<Holder>, LakeError> {
        // Looked up by hash: how long that takes says nothing about the token.
        let row: Option<TokenRow> = sqlx::query_as(
            "SELECT token, rol, kvk, omschrijving, gemaakt, ingetrokken FROM token
             WHERE hash = $1 AND ingetrokken IS NULL",
        )
        .bind(sha256_hex(token.as_bytes()))
        .fetch_optional(&mut *self.reader().await?)
        .await?;
        row.map(|row| {
            Ok(Holder {
                token: row.token,
                rol: role_of(&row.rol, row.kvk)?,
                omschrijving: row.omschrijving,
            })
        })
        .transpose()
    }

    /// All tokens.
    pub async fn tokens(&self) -> Result<Vec<TokenRegel>, LakeError> {
        let rows: Vec<TokenRow> = sqlx::query_as(
            "SELECT token, rol, kvk, omschrijving, gemaakt, ingetrokken FROM token ORDER BY token",
        )
        .fetch_all(&mut *self.reader().await?)
        .await?;
        let regel = |row: TokenRow| {
            Ok(TokenRegel {
                token: row.token,
                rol: role_of(&row.rol, row.kvk)?,
                omschrijving: row.omschrijving,
                gemaakt: time(row.gemaakt)?,
                ingetrokken: row.ingetrokken.map(time).transpose()?,
            })
        };
        rows.into_iter().map(regel).collect()
    }

    /// Revokes a token; false when there is none of that number that still works.
    pub async fn trek_token_in(&self, token: i64, stamp: &Stamp) -> Result<bool, LakeError> {
        let mut tx = self.transaction().await?;
        let done = sqlx::query(
            "UPDATE token SET ingetrokken = $1 WHERE token = $2 AND ingetrokken IS NULL",
        )
        .bind(ms(stamp.nu))
        .bind(token)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        note(&mut tx, None, &format!("token {token} ingetrokken"), stamp).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Keeps a public key for `/v1/sleutels`; keeping it again changes nothing.
    pub async fn store_key(
        &self,
        kid: &str,
        public: &[u8],
        stamp: &Stamp,
    ) -> Result<(), LakeError> {
        let public = hex(public);
        let mut tx = self.transaction().await?;
        let known: Option<String> =
            sqlx::query_scalar("SELECT publiek FROM sleutel WHERE kid = $1")
                .bind(kid)
                .fetch_optional(&mut *tx)
                .await?;
        match known {
            Some(known) if known == public => return Ok(()),
            Some(_) => return Err(LakeError::Invalid("another key has this key id".to_owned())),
            None => {}
        }
        sqlx::query("INSERT INTO sleutel (kid, publiek, vanaf) VALUES ($1, $2, $3)")
            .bind(kid)
            .bind(public)
            .bind(ms(stamp.nu))
            .execute(&mut *tx)
            .await?;
        note(&mut tx, None, &format!("sleutel {kid} vastgelegd"), stamp).await?;
        Ok(tx.commit().await?)
    }

    /// Every public key receipts were ever signed with, oldest first.
    pub async fn keys(&self) -> Result<Vec<ReceiptKey>, LakeError> {
        let rows: Vec<(String, String, i64)> =
            sqlx::query_as("SELECT kid, publiek, vanaf FROM sleutel ORDER BY vanaf, kid")
                .fetch_all(&mut *self.reader().await?)
                .await?;
        let make = |(kid, hex, from): (String, String, i64)| {
            let public = HEXLOWER
                .decode(hex.as_bytes())
                .map_err(|_| LakeError::RegisterDamaged(format!("key {kid} is not hexadecimal")))?;
            Ok(ReceiptKey {
                kid,
                public,
                vanaf: time(from)?,
            })
        };
        rows.into_iter().map(make).collect()
    }
}

fn role_of(name: &str, kvk: Option<String>) -> Result<TokenRole, LakeError> {
    match (name, kvk) {
        ("aanbieder", Some(kvk)) => Ok(TokenRole::Aanbieder(kvk)),
        ("coordinator", None) => Ok(TokenRole::Coordinator),
        ("analist", None) => Ok(TokenRole::Analist),
        _ => Err(LakeError::RegisterDamaged(format!("rol {name}"))),
    }
}
