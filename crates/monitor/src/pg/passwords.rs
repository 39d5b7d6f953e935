//! Who may log in over the PostgreSQL protocol: an analist's token by its number, with a password of its own.
//!
//! Owns the file with what is kept of the passwords. A token that was revoked ends its password too: the register is
//! asked at every statement.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use lake::{Lake, TokenRole};

use super::scram::Verifier;

/// Name of the file in the data directory.
const FILE: &str = "sql-wachtwoorden.json";
/// What a name of an analist begins with; the number of the token comes behind it.
const NAME: &str = "analist";

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
pub(crate) async fn make(lake: &Lake, token: i64) -> Result<(String, String)> {
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
pub(super) async fn find(lake: &Lake, name: &str) -> Result<Option<(i64, Verifier)>> {
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
