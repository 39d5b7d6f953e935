//! Who may log in over the PostgreSQL protocol: an analist's token by its number, with a password of its own.
//!
//! Owns asking for it, and the file with what is kept of the passwords. A token that was revoked ends its password too: the register is
//! asked at every statement.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use lake::{Lake, TokenRole};

use super::message::{self, Fields, Outgoing, PgStream, next};
use super::refuse;
use super::scram::{Exchange, MECHANISM, Verifier};

/// Name of the file in the data directory.
const FILE: &str = "sql-wachtwoorden.json";
/// What a name of an analist begins with; the number of the token comes behind it.
const NAME: &str = "analist";

/// Time before a wrong password is told.
const WRONG: Duration = Duration::from_secs(1);

fn path(lake: &Lake) -> PathBuf {
    lake.dir().join(FILE)
}

fn read(path: &Path) -> Result<BTreeMap<i64, String>> {
    match std::fs::read(path) {
        Ok(bytes) => {
            serde_json::from_slice(&bytes).with_context(|| format!("{FILE} can't be read"))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error).with_context(|| format!("{FILE} can't be read")),
    }
}

/// Makes a password for the analist with this token, in place of an earlier one: the name and the password, this once.
pub(crate) async fn make_password(lake: &Lake, token: i64) -> Result<(String, String)> {
    if !is_analyst(lake, token).await? {
        bail!("token {token} is no token of an analist that still works");
    }
    let path = path(lake);
    let mut all = read(&path)?;
    let (password, verifier) = Verifier::generate();
    all.insert(token, verifier.to_text());
    // Beside it and in its place: whoever logs in meanwhile reads a whole file.
    let mut file = tempfile::NamedTempFile::new_in(lake.dir())?;
    serde_json::to_writer_pretty(&mut file, &all)?;
    file.as_file().sync_all()?;
    file.persist(&path)
        .with_context(|| format!("{FILE} can't be written"))?;
    Ok((format!("{NAME}{token}"), password))
}

/// Whether this is the number of an analist's token that works.
pub(super) async fn is_analyst(lake: &Lake, token: i64) -> Result<bool> {
    let tokens = lake.tokens().await?;
    let works = |t: &lake::TokenRegel| {
        t.token == token && t.rol == TokenRole::Analist && t.ingetrokken.is_none()
    };
    Ok(tokens.iter().any(works))
}

/// The token behind a name, and what is kept of its password; none for a name that may not log in.
async fn find(lake: &Lake, name: &str) -> Result<Option<(i64, Verifier)>> {
    let Some(token) = name
        .strip_prefix(NAME)
        .and_then(|digits| digits.parse().ok())
    else {
        return Ok(None);
    };
    let kept = read(&path(lake))?;
    let verifier = kept.get(&token).and_then(|text| Verifier::parse(text));
    match verifier {
        Some(verifier) if is_analyst(lake, token).await? => Ok(Some((token, verifier))),
        _ => Ok(None),
    }
}

/// Asks for the password by SCRAM: the token of who proves to know it. `secret` makes the salt of names that are not there.
pub(super) async fn log_in(
    stream: &mut dyn PgStream,
    lake: &Lake,
    user: &str,
    secret: &[u8; 32],
) -> io::Result<Option<i64>> {
    let found = find(lake, user).await.map_err(|error| {
        tracing::error!(error = format!("{error:#}"), "passwords could not be read");
        io::Error::other("passwords could not be read")
    })?;
    let (token, verifier) = match found {
        Some((token, verifier)) => (Some(token), verifier),
        None => (None, Verifier::of_nobody(user, secret)),
    };
    authentication(stream, 10, format!("{MECHANISM}\0\0").as_bytes()).await?;
    let message = password(stream).await?;
    let mut fields = Fields(&message);
    let mechanism = fields.text()?;
    let length = fields.i32()?;
    let length = usize::try_from(length).map_err(io::Error::other)?;
    let opening = std::str::from_utf8(fields.take(length)?).map_err(io::Error::other)?;
    let exchange = Exchange::begin(opening, verifier).filter(|_| mechanism == MECHANISM);
    let Some(exchange) = exchange else {
        refuse(
            stream,
            "28000",
            "log in with SCRAM-SHA-256, without channel binding",
        )
        .await?;
        return Ok(None);
    };
    authentication(stream, 11, exchange.challenge.as_bytes()).await?;
    let message = password(stream).await?;
    let last = std::str::from_utf8(&message).map_err(io::Error::other)?;
    match (token, exchange.finish(last)) {
        (Some(token), Some(proof)) => {
            authentication(stream, 12, proof.as_bytes()).await?;
            authentication(stream, 0, b"").await?;
            tracing::info!(token, "analist logged in over the PostgreSQL protocol");
            Ok(Some(token))
        }
        _ => {
            tracing::warn!("a wrong name or password over the PostgreSQL protocol");
            tokio::time::sleep(WRONG).await;
            refuse(
                stream,
                "28P01",
                "this name and password do not belong together",
            )
            .await?;
            Ok(None)
        }
    }
}

async fn authentication(stream: &mut dyn PgStream, kind: i32, data: &[u8]) -> io::Result<()> {
    let mut out = Outgoing::default();
    out.message(b'R', |out| {
        out.extend(kind.to_be_bytes());
        out.extend(data);
    });
    out.send(stream).await
}

async fn password(stream: &mut dyn PgStream) -> io::Result<Vec<u8>> {
    match next(stream, message::FIRST).await? {
        (b'p', message) => Ok(message),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}
