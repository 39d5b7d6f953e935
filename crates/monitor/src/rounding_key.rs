//! The key by which counts are rounded: `sleutels/afronding.json` in the data directory.
//!
//! Owns keeping it: made once, readable by its owner alone, named in every publication by its id and never shown. Who has
//! the key can undo the rounding; who loses it gets other numbers for the same children. Leaves the draws to `disclosure`.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use data_encoding::BASE64URL_NOPAD;
use disclosure::RoundingKey;
use lake::Lake;
use serde::{Deserialize, Serialize};

/// Where it lies, within the data directory: beside the key of receipts.
pub(crate) const ROUNDING_KEY: &str = "sleutels/afronding.json";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoundingKeyFile {
    /// Its name.
    id: String,
    /// The secret, 32 bytes in base64url.
    k: String,
}

/// The key of this installation. It is made where there is none, unless a publication was rounded with one that is gone;
/// `renew` makes a new one even then.
///
/// # Errors
/// When the key is lost, can be read by others, or is not valid.
pub(crate) async fn rounding_key(lake: &Lake, renew: bool) -> Result<RoundingKey> {
    let path = lake.dir().join(ROUNDING_KEY);
    if path.exists() {
        return read(&path);
    }
    if !renew && let Some((publicatie, id)) = last_key(lake).await? {
        bail!(
            "the rounding key {} is lost: {publicatie} was rounded with key {id}\nhint: put the file back from a backup. With a new key the same children get other numbers, and who lays two publications side by side learns more than either tells. Where there is no backup, `omgangsmonitor run … --new-rounding-key` makes a new one",
            path.display()
        );
    }
    make(&path)
}

/// The publication that was rounded last, and the id of its key.
async fn last_key(lake: &Lake) -> Result<Option<(String, String)>> {
    for publicatie in lake.publicaties().await?.iter().rev() {
        let (uitvraag, jaar) = (&publicatie.uitvraag, publicatie.jaar);
        let file = lake
            .lees_publicatie(uitvraag, jaar, publicatie.versie, "herkomst.json")
            .await?;
        let provenance: Option<serde_json::Value> =
            file.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        let id = provenance.and_then(|p| Some(p["afronding"]["sleutel"].as_str()?.to_owned()));
        if let Some(id) = id {
            return Ok(Some((
                format!("{uitvraag}/{jaar} version {}", publicatie.versie),
                id,
            )));
        }
    }
    Ok(None)
}

fn read(path: &Path) -> Result<RoundingKey> {
    let name = path.display();
    let mode = std::fs::metadata(path)
        .with_context(|| format!("could not read {name}"))?
        .permissions()
        .mode();
    if mode & 0o077 != 0 {
        bail!("{name} can be read by others, who could undo the rounding: `chmod 600` it");
    }
    let text = std::fs::read(path).with_context(|| format!("could not read {name}"))?;
    let invalid = || format!("{name} is not a rounding key: put the file back from a backup");
    let file: RoundingKeyFile = serde_json::from_slice(&text).with_context(invalid)?;
    let secret = BASE64URL_NOPAD
        .decode(file.k.as_bytes())
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
        .with_context(invalid)?;
    let key = RoundingKey::new(&secret);
    if key.id() != file.id {
        bail!(invalid());
    }
    Ok(key)
}

/// A crash leaves a whole key or none: a temporary file, which its owner alone can read, and one rename.
fn make(path: &Path) -> Result<RoundingKey> {
    let mut secret = [0_u8; 32];
    getrandom::fill(&mut secret)
        .map_err(|error| anyhow::anyhow!("the system gives no random numbers: {error}"))?;
    let key = RoundingKey::new(&secret);
    let file = RoundingKeyFile {
        id: key.id().to_owned(),
        k: BASE64URL_NOPAD.encode(&secret),
    };
    let folder = path.parent().expect("the key lies in a folder");
    let keep = || -> std::io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
        temporary.write_all(&serde_json::to_vec_pretty(&file)?)?;
        temporary.as_file().sync_all()?;
        temporary.persist_noclobber(path)?;
        std::fs::File::open(folder)?.sync_all()
    };
    keep().with_context(|| format!("could not write {}", path.display()))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(ROUNDING_KEY);
        let made = make(&path).unwrap();
        assert_eq!(read(&path).unwrap().id(), made.id());
        assert!(make(&path).is_err(), "it is never written over");
        assert_eq!(read(&path).unwrap().id(), made.id());
    }

    #[test]
    fn a_key_that_others_can_read_or_that_does_not_fit_its_name_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(ROUNDING_KEY);
        make(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let mut file: RoundingKeyFile = serde_json::from_str(&text).unwrap();
        file.id = "0123456789abcdef".to_owned();
        for broken in [
            serde_json::to_string(&file).unwrap(),
            "{}".to_owned(),
            String::new(),
        ] {
            std::fs::write(&path, broken).unwrap();
            let refused = format!("{:#}", read(&path).unwrap_err());
            assert!(refused.contains("backup"), "{refused}");
        }
    }
}
