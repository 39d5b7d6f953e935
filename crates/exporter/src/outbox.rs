//! The outbox: what is on its way, in a folder that survives a crash.
//!
//! Owns one folder per pakket with `stand.json` beside it (what is in it, and what the service last said), the lock that
//! keeps two runs apart, and removing a copy once the service no longer needs us to have it. Everything is written whole,
//! synced and renamed into place; what a crash leaves half done has a name of its own and is swept. Leaves the
//! conversation with the service to `delivery_run`.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use schema::Toestand;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::atomic_file::{sync_dir, write_json};
use crate::client::levering::ServiceLevering;
use crate::error::Failure;
use crate::event_log;
use crate::pakket::{KOPPELING, MANIFEST, PakketDirectory, PakketWriter};
use crate::row_map;
use crate::wording;

const STATE: &str = "stand.json";
const LOCK: &str = ".slot";
/// Beginning of the name of a folder with rows of a query, which earlier versions left after a crash.
const EARLIER_ROWS: &str = ".bron-";

/// Finished folders without a receipt that are kept, so that one can look back.
const KEPT: usize = 30;

/// The outbox of this run.
pub(crate) struct Outbox {
    map: PathBuf,
    _lock: File,
}

/// One pakket, on its way or done.
#[derive(Debug)]
pub(crate) struct Post {
    /// Its folder, which is a pakket.
    pub map: PathBuf,
    /// What is known of it.
    pub stand: OutboxState,
}

/// `stand.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutboxState {
    /// Name and year, as in `omgang/2020`.
    pub uitvraag: String,
    /// Address of the service it is for.
    pub server: String,
    /// What the tables hold, whatever the order of their rows.
    pub inhoud: String,
    /// The rules by which it was judged.
    pub regels: String,
    /// When it was made.
    pub gemaakt: String,
    /// The levering, once announced.
    pub levering: Option<String>,
    /// What the service said last.
    pub toestand: Option<Toestand>,
    /// When it said so.
    pub gehoord: Option<String>,
    /// What to do next, in the words of the service.
    #[serde(default)]
    pub volgende_stap: String,
    /// No more to be done, and no copy kept.
    #[serde(default)]
    pub klaar: bool,
}

impl Outbox {
    /// Takes the outbox for this run, and sweeps what a crash left half done.
    pub(crate) fn open(dir: &Path) -> Result<Self, Failure> {
        make_private(dir).map_err(|e| Failure::file(wording::files::OUTBOX_NOT_MADE, dir, &e))?;
        let path = dir.join(LOCK);
        let reading = |e: &io::Error| Failure::file(wording::files::OUTBOX_UNUSABLE, &path, e);
        let closing = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| reading(&e))?;
        match closing.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new(wording::files::outbox_busy(&dir.display()))
                    .tip(wording::files::WAIT_UNTIL_DONE));
            }
            Err(TryLockError::Error(e)) => return Err(reading(&e)),
        }
        let outbox = Self {
            map: dir.to_owned(),
            _lock: closing,
        };
        outbox
            .sweep()
            .map_err(|e| Failure::file(wording::files::OUTBOX_NOT_CLEARED, dir, &e))?;
        Ok(outbox)
    }

    /// The folder itself.
    pub(crate) fn dir(&self) -> &Path {
        &self.map
    }

    /// Everything in it, oldest first.
    pub(crate) fn posts(&self) -> Result<Vec<Post>, Failure> {
        posts(&self.map)
    }

    /// Where a new pakket will stand; later names sort later.
    pub(crate) fn place(&self) -> PathBuf {
        let day: String = event_log::nu()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let names = (1..).map(|n| self.map.join(format!("{day}-{n:03}")));
        names
            .into_iter()
            .find(|p| !p.exists())
            .expect("the numbers do not end")
    }

    /// Removes what a crash left: rows of a query, a pakket under way, copies of what is done.
    fn sweep(&self) -> io::Result<()> {
        for ding in fs::read_dir(&self.map)? {
            let ding = ding?;
            let name = ding.file_name();
            let name = name.to_string_lossy();
            if ding.file_type()?.is_dir()
                && (name.starts_with(EARLIER_ROWS) || name.starts_with(".uitvraag-"))
            {
                fs::remove_dir_all(ding.path())?;
            }
        }
        Ok(())
    }

    /// Removes the oldest of what is done and has no receipt.
    pub(crate) fn prune(&self) -> Result<usize, Failure> {
        let mut old: Vec<Post> = self.posts()?;
        old.retain(|p| p.stand.klaar && !p.map.join(crate::ontvangstbewijs::RECEIPT).exists());
        let gone = old.len().saturating_sub(KEPT);
        for post in &old[..gone] {
            fs::remove_dir_all(&post.map)
                .map_err(|e| Failure::file(wording::files::OUTBOX_NOT_CLEARED, &post.map, &e))?;
        }
        Ok(gone)
    }
}

/// Everything in an outbox, oldest first; for looking only.
pub(crate) fn posts(dir: &Path) -> Result<Vec<Post>, Failure> {
    let reading = |e: &io::Error| Failure::file(wording::files::OUTBOX_UNREADABLE, dir, e);
    let list = match fs::read_dir(dir) {
        Ok(list) => list,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(reading(&e)),
    };
    let mut out = Vec::new();
    for ding in list {
        let dir = ding.map_err(|e| reading(&e))?.path();
        let path = dir.join(STATE);
        // Temporary folders, and the findings of the last check, have none.
        if dir
            .file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with('.'))
            || !path.is_file()
        {
            continue;
        }
        let bytes = fs::read(&path)
            .map_err(|e| Failure::file(wording::files::OUTBOX_UNREADABLE, &path, &e))?;
        let state = serde_json::from_slice(&bytes).map_err(|e| {
            Failure::new(wording::files::outbox_broken(&path.display()))
                .cause(e)
                .tip(wording::files::MOVE_OUTBOX_FOLDER)
        })?;
        out.push(Post {
            map: dir,
            stand: state,
        });
    }
    out.sort_by(|a, b| a.map.cmp(&b.map));
    Ok(out)
}

impl OutboxState {
    /// A pakket that nobody heard of yet.
    pub(crate) fn new(uitvraag: String, server: String, content: String, regels: String) -> Self {
        let made = event_log::nu();
        Self {
            uitvraag,
            server,
            inhoud: content,
            regels,
            gemaakt: made,
            levering: None,
            toestand: None,
            gehoord: None,
            volgende_stap: String::new(),
            klaar: false,
        }
    }

    /// Writes it into a folder, whole or not at all.
    pub(crate) fn write(&self, dir: &Path) -> Result<(), Failure> {
        write_json(&dir.join(STATE), self)
    }

    /// What is delivered and not overtaken or taken back.
    pub(crate) fn is_alive(&self) -> bool {
        !matches!(
            self.toestand,
            Some(
                Toestand::Vervangen | Toestand::Ingetrokken | Toestand::Verlopen | Toestand::Gewist
            )
        ) && (self.toestand.is_some() || !self.klaar)
    }

    /// Signed, so that other rules no longer touch it.
    pub(crate) fn is_signed(&self) -> bool {
        self.toestand.is_some_and(Toestand::counts)
    }
}

impl Post {
    /// The last part of its folder.
    pub(crate) fn name(&self) -> String {
        self.map
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// Keeps what the service said.
    pub(crate) fn hear(&mut self, levering: &ServiceLevering) -> Result<(), Failure> {
        self.stand.levering = Some(levering.id.clone());
        self.stand.toestand = Some(levering.toestand);
        self.stand.volgende_stap.clone_from(&levering.volgende_stap);
        self.stand.gehoord = Some(event_log::nu());
        self.stand.write(&self.map)
    }

    /// Ends it: says so first, then removes the copy, so that a crash in between removes it later.
    pub(crate) fn close(&mut self) -> Result<(), Failure> {
        self.stand.klaar = true;
        self.stand.write(&self.map)?;
        event_log::break_point("gesloten_met_kopie");
        self.clean_up()
    }

    /// Keeps what was published as the pakket that a next year is compared with, where that is asked; says what becomes of
    /// the copy here.
    pub(crate) fn store(&self, location: Option<&Path>) -> Result<String, Failure> {
        let Some(location) = location else {
            return Ok(wording::files::COPY_REMOVED.to_owned());
        };
        make_private(location)
            .map_err(|e| Failure::file(wording::files::FOLDER_NOT_MADE, location, &e))?;
        let target = location.join(self.stand.uitvraag.replace('/', "-"));
        let writer = PakketWriter::new(&target)?;
        for file in fs::read_dir(&self.map)
            .map_err(|e| Failure::file(wording::files::OUTBOX_UNREADABLE, &self.map, &e))?
            .flatten()
        {
            let name = file.file_name();
            let text = name.to_string_lossy();
            if text == MANIFEST || text == KOPPELING || text.ends_with(".csv.zst") {
                fs::copy(file.path(), writer.dir().join(&name))
                    .map_err(|e| Failure::file(wording::files::PAKKET_NOT_KEPT, &target, &e))?;
            }
        }
        writer.place()?;
        Ok(wording::files::pakket_kept(&target.display()))
    }

    /// Removes the copy of the tables; manifest, receipt and findings stay.
    pub(crate) fn clean_up(&self) -> Result<(), Failure> {
        let failure = |e: &io::Error| Failure::file(wording::files::COPY_NOT_REMOVED, &self.map, e);
        for ding in fs::read_dir(&self.map).map_err(|e| failure(&e))? {
            let path = ding.map_err(|e| failure(&e))?.path();
            if path.to_string_lossy().ends_with(".csv.zst") {
                fs::remove_file(&path).map_err(|e| failure(&e))?;
            }
        }
        remove_row_map(&self.map).map_err(|e| failure(&e))?;
        sync_dir(&self.map).map_err(|e| failure(&e))
    }

    /// Whether the copy is still there.
    pub(crate) fn has_copy(&self) -> bool {
        let files = fs::read_dir(&self.map).into_iter().flatten().flatten();
        files
            .into_iter()
            .any(|b| b.file_name().to_string_lossy().ends_with(".csv.zst"))
    }
}

/// Where the rows stood in the source is of no use without the copy.
fn remove_row_map(post: &Path) -> io::Result<()> {
    match fs::remove_file(row_map::place(post)) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn make_private(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
}

#[cfg(not(unix))]
fn make_private(dir: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).create(dir)
}

/// A fingerprint of what the tables hold. The order of rows makes no difference: a query without ORDER BY may give them
/// otherwise every night.
pub(crate) fn fingerprint(dir: &PakketDirectory) -> Result<String, Failure> {
    let pakket = &dir.pakket;
    let mut lines = format!(
        "{:?} {} {} {}\n",
        pakket.aanbieder, pakket.uitvraag, pakket.jaar, pakket.pseudoniem
    );
    for file in &pakket.resources {
        let path = dir.path(file);
        let failure = |e: io::Error| Failure::file(wording::server::PAKKET_UNREADABLE, &path, &e);
        let zstd = zstd::Decoder::new(File::open(&path).map_err(failure)?).map_err(failure)?;
        let mut csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(zstd);
        let mut sum = [0_u64; 4];
        let mut row = csv::ByteRecord::new();
        while csv
            .read_byte_record(&mut row)
            .map_err(|e| failure(e.into()))?
        {
            let mut from_row = Sha256::new();
            for cell in &row {
                from_row.update((cell.len() as u64).to_le_bytes());
                from_row.update(cell);
            }
            let digest = from_row.finalize();
            for (part, bytes) in sum.iter_mut().zip(digest.chunks_exact(8)) {
                *part =
                    part.wrapping_add(u64::from_le_bytes(bytes.try_into().expect("eight bytes")));
            }
        }
        let line = format!("{} {} {sum:x?}\n", file.name, file.rijen);
        lines.push_str(&line);
    }
    Ok(schema::hash::sha256(lines.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atomic_file::{folder_of, make_dir, write_whole};

    #[test]
    fn a_second_run_is_told_that_the_first_is_still_going() {
        let dir = tempfile::tempdir().unwrap();
        let outbox = dir.path().join("uitbak");
        let first = Outbox::open(&outbox).unwrap();
        let failure = Outbox::open(&outbox).map(|_| ()).unwrap_err();
        assert!(failure.to_string().contains("loopt al") && failure.exit_code() == 2);
        drop(first);
        assert!(Outbox::open(&outbox).is_ok());
    }

    #[test]
    fn what_a_crash_left_half_done_is_swept_and_the_rest_stays() {
        let dir = tempfile::tempdir().unwrap();
        for name in [
            ".bron-a1/0.csv",
            ".uitvraag-b2/traject.csv.zst",
            "controle/bevindingen.json",
            "20260101T000000Z-001/pakket.json",
        ] {
            let path = dir.path().join(name);
            make_dir(folder_of(&path)).unwrap();
            write_whole(&path, b"x").unwrap();
        }
        Outbox::open(dir.path()).unwrap();
        let mut over: Vec<String> = fs::read_dir(dir.path())
            .unwrap()
            .map(|d| d.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        over.sort();
        assert_eq!(over, [".slot", "20260101T000000Z-001", "controle"]);
    }
}
