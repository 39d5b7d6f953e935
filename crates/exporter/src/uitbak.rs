//! The outbox: what is on its way, in a folder that survives a crash.
//!
//! Owns one folder per pakket with `stand.json` beside it (what is in it, and what the service last said), the lock that
//! keeps two runs apart, and removing a copy once the service no longer needs us to have it. Everything is written whole,
//! synced and renamed into place; what a crash leaves half done has a name of its own and is swept. Leaves the
//! conversation with the service to `reis`.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use schema::Toestand;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::dienst::levering::Levering;
use crate::fout::Fout;
use crate::logboek;
use crate::opties::{sync_dir, write_json};
use crate::pakket::{KOPPELING, MANIFEST, Pakketmap, Schrijver};

const STAND: &str = "stand.json";
const SLOT: &str = ".slot";
/// Beginning of the name of a folder with rows of a query, which earlier versions left after a crash.
const EARLIER_ROWS: &str = ".bron-";

/// Finished folders without a receipt that are kept, so that one can look back.
const BEWAARD: usize = 30;

/// The outbox of this run.
pub struct Uitbak {
    map: PathBuf,
    _slot: File,
}

/// One pakket, on its way or done.
#[derive(Debug)]
pub struct Post {
    /// Its folder, which is a pakket.
    pub map: PathBuf,
    /// What is known of it.
    pub stand: Stand,
}

/// `stand.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stand {
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

impl Uitbak {
    /// Takes the outbox for this run, and sweeps what a crash left half done.
    pub fn open(map: &Path) -> Result<Self, Fout> {
        make_private(map).map_err(|e| Fout::bestand("kan de uitbak niet maken", map, &e))?;
        let pad = map.join(SLOT);
        let lezen = |e: &io::Error| Fout::bestand("kan de uitbak niet gebruiken", &pad, e);
        let slot = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&pad)
            .map_err(|e| lezen(&e))?;
        match slot.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Fout::new(format!(
                    "er loopt al een levering uit deze uitbak: {}",
                    map.display()
                ))
                .tip("Wacht tot die klaar is. Er is niets gedaan en er gaat niets dubbel."));
            }
            Err(TryLockError::Error(e)) => return Err(lezen(&e)),
        }
        let uitbak = Self {
            map: map.to_owned(),
            _slot: slot,
        };
        uitbak
            .sweep()
            .map_err(|e| Fout::bestand("kan de uitbak niet opruimen", map, &e))?;
        Ok(uitbak)
    }

    /// The folder itself.
    pub fn map(&self) -> &Path {
        &self.map
    }

    /// Everything in it, oldest first.
    pub fn posten(&self) -> Result<Vec<Post>, Fout> {
        posten(&self.map)
    }

    /// Where a new pakket will stand; later names sort later.
    pub fn plek(&self) -> PathBuf {
        let dag: String = logboek::nu()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let namen = (1..).map(|n| self.map.join(format!("{dag}-{n:03}")));
        namen
            .into_iter()
            .find(|p| !p.exists())
            .expect("the numbers do not end")
    }

    /// Removes what a crash left: rows of a query, a pakket under way, copies of what is done.
    fn sweep(&self) -> io::Result<()> {
        for ding in fs::read_dir(&self.map)? {
            let ding = ding?;
            let naam = ding.file_name();
            let naam = naam.to_string_lossy();
            if ding.file_type()?.is_dir()
                && (naam.starts_with(EARLIER_ROWS) || naam.starts_with(".uitvraag-"))
            {
                fs::remove_dir_all(ding.path())?;
            }
        }
        Ok(())
    }

    /// Removes the oldest of what is done and has no receipt.
    pub fn prune(&self) -> Result<usize, Fout> {
        let mut oud: Vec<Post> = self.posten()?;
        oud.retain(|p| p.stand.klaar && !p.map.join(crate::ontvangstbewijs::BEWIJS).exists());
        let weg = oud.len().saturating_sub(BEWAARD);
        for post in &oud[..weg] {
            fs::remove_dir_all(&post.map)
                .map_err(|e| Fout::bestand("kan de uitbak niet opruimen", &post.map, &e))?;
        }
        Ok(weg)
    }
}

/// Everything in an outbox, oldest first; for looking only.
pub fn posten(map: &Path) -> Result<Vec<Post>, Fout> {
    let lezen = |e: &io::Error| Fout::bestand("kan de uitbak niet lezen", map, e);
    let lijst = match fs::read_dir(map) {
        Ok(lijst) => lijst,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(lezen(&e)),
    };
    let mut uit = Vec::new();
    for ding in lijst {
        let map = ding.map_err(|e| lezen(&e))?.path();
        let pad = map.join(STAND);
        // Temporary folders, and the findings of the last check, have none.
        if map
            .file_name()
            .is_some_and(|n| n.to_string_lossy().starts_with('.'))
            || !pad.is_file()
        {
            continue;
        }
        let bytes =
            fs::read(&pad).map_err(|e| Fout::bestand("kan de uitbak niet lezen", &pad, &e))?;
        let stand = serde_json::from_slice(&bytes).map_err(|e| {
            Fout::new(format!("de uitbak is beschadigd: {}", pad.display()))
                .oorzaak(e)
                .tip("Verplaats die map naar een andere plek en kijk met `uitvraag status` hoe de levering ervoor staat.")
        })?;
        uit.push(Post { map, stand });
    }
    uit.sort_by(|a, b| a.map.cmp(&b.map));
    Ok(uit)
}

impl Stand {
    /// A pakket that nobody heard of yet.
    pub fn new(uitvraag: String, server: String, inhoud: String, regels: String) -> Self {
        let gemaakt = logboek::nu();
        Self {
            uitvraag,
            server,
            inhoud,
            regels,
            gemaakt,
            levering: None,
            toestand: None,
            gehoord: None,
            volgende_stap: String::new(),
            klaar: false,
        }
    }

    /// Writes it into a folder, whole or not at all.
    pub fn write(&self, map: &Path) -> Result<(), Fout> {
        write_json(&map.join(STAND), self)
    }

    /// What is delivered and not overtaken or taken back.
    pub fn is_levend(&self) -> bool {
        !matches!(
            self.toestand,
            Some(
                Toestand::Vervangen | Toestand::Ingetrokken | Toestand::Verlopen | Toestand::Gewist
            )
        ) && (self.toestand.is_some() || !self.klaar)
    }

    /// Signed, so that other rules no longer touch it.
    pub fn is_ondertekend(&self) -> bool {
        matches!(
            self.toestand,
            Some(Toestand::Ingediend | Toestand::Gepubliceerd)
        )
    }
}

impl Post {
    /// The last part of its folder.
    pub fn naam(&self) -> String {
        self.map
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    }

    /// Keeps what the service said.
    pub fn hoor(&mut self, levering: &Levering) -> Result<(), Fout> {
        self.stand.levering = Some(levering.id.clone());
        self.stand.toestand = Some(levering.toestand);
        self.stand.volgende_stap.clone_from(&levering.volgende_stap);
        self.stand.gehoord = Some(logboek::nu());
        self.stand.write(&self.map)
    }

    /// Ends it: says so first, then removes the copy, so that a crash in between removes it later.
    pub fn sluit(&mut self) -> Result<(), Fout> {
        self.stand.klaar = true;
        self.stand.write(&self.map)?;
        logboek::breekpunt("gesloten_met_kopie");
        self.ruim_op()
    }

    /// Keeps what was published as the pakket that a next year is compared with, where that is asked; says what becomes of
    /// the copy here.
    pub fn bewaar(&self, waar: Option<&Path>) -> Result<String, Fout> {
        let Some(waar) = waar else {
            return Ok("De kopie is verwijderd, het ontvangstbewijs blijft.".to_owned());
        };
        make_private(waar).map_err(|e| Fout::bestand("kan de map niet maken", waar, &e))?;
        let doel = waar.join(self.stand.uitvraag.replace('/', "-"));
        let schrijver = Schrijver::new(&doel)?;
        for bestand in fs::read_dir(&self.map)
            .map_err(|e| Fout::bestand("kan de uitbak niet lezen", &self.map, &e))?
            .flatten()
        {
            let naam = bestand.file_name();
            let tekst = naam.to_string_lossy();
            if tekst == MANIFEST || tekst == KOPPELING || tekst.ends_with(".csv.zst") {
                fs::copy(bestand.path(), schrijver.map().join(&naam))
                    .map_err(|e| Fout::bestand("kan het pakket niet bewaren", &doel, &e))?;
            }
        }
        schrijver.plaats()?;
        Ok(format!(
            "Het pakket is bewaard in {}, voor de vergelijking van volgend jaar.",
            doel.display()
        ))
    }

    /// Removes the copy of the tables; manifest, receipt and findings stay.
    pub fn ruim_op(&self) -> Result<(), Fout> {
        let fout = |e: &io::Error| Fout::bestand("kan de kopie niet opruimen", &self.map, e);
        for ding in fs::read_dir(&self.map).map_err(|e| fout(&e))? {
            let pad = ding.map_err(|e| fout(&e))?.path();
            if pad.to_string_lossy().ends_with(".csv.zst") {
                fs::remove_file(&pad).map_err(|e| fout(&e))?;
            }
        }
        sync_dir(&self.map).map_err(|e| fout(&e))
    }

    /// Whether the copy is still there.
    pub fn heeft_kopie(&self) -> bool {
        let bestanden = fs::read_dir(&self.map).into_iter().flatten().flatten();
        bestanden
            .into_iter()
            .any(|b| b.file_name().to_string_lossy().ends_with(".csv.zst"))
    }
}

#[cfg(unix)]
fn make_private(map: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(map)
}

#[cfg(not(unix))]
fn make_private(map: &Path) -> io::Result<()> {
    fs::create_dir_all(map)
}

/// A fingerprint of what the tables hold. The order of rows makes no difference: a query without ORDER BY may give them
/// otherwise every night.
pub fn vingerafdruk(map: &Pakketmap) -> Result<String, Fout> {
    let mut hash = Sha256::new();
    let pakket = &map.pakket;
    hash.update(format!(
        "{:?} {} {} {}\n",
        pakket.aanbieder, pakket.uitvraag, pakket.jaar, pakket.pseudoniem
    ));
    for bestand in &pakket.resources {
        let pad = map.pad(bestand);
        let fout = |e: io::Error| Fout::bestand("kan het pakket niet lezen", &pad, &e);
        let zstd = zstd::Decoder::new(File::open(&pad).map_err(fout)?).map_err(fout)?;
        let mut csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .from_reader(zstd);
        let mut som = [0_u64; 4];
        let mut rij = csv::ByteRecord::new();
        while csv.read_byte_record(&mut rij).map_err(|e| fout(e.into()))? {
            let mut van_rij = Sha256::new();
            for cel in &rij {
                van_rij.update((cel.len() as u64).to_le_bytes());
                van_rij.update(cel);
            }
            let digest = van_rij.finalize();
            for (deel, bytes) in som.iter_mut().zip(digest.chunks_exact(8)) {
                *deel =
                    deel.wrapping_add(u64::from_le_bytes(bytes.try_into().expect("eight bytes")));
            }
        }
        hash.update(format!("{} {} {som:x?}\n", bestand.name, bestand.rijen));
    }
    Ok(format!(
        "sha256:{}",
        schema::definitie::hex(&hash.finalize())
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_run_is_told_that_the_first_is_still_going() {
        let map = tempfile::tempdir().unwrap();
        let uitbak = map.path().join("uitbak");
        let eerste = Uitbak::open(&uitbak).unwrap();
        let fout = Uitbak::open(&uitbak).map(|_| ()).unwrap_err();
        assert!(fout.to_string().contains("loopt al") && fout.exitcode() == 2);
        drop(eerste);
        assert!(Uitbak::open(&uitbak).is_ok());
    }

    #[test]
    fn what_a_crash_left_half_done_is_swept_and_the_rest_stays() {
        let map = tempfile::tempdir().unwrap();
        for naam in [
            ".bron-a1/0.csv",
            ".uitvraag-b2/traject.csv.zst",
            "controle/bevindingen.json",
            "20260101T000000Z-001/pakket.json",
        ] {
            let pad = map.path().join(naam);
            fs::create_dir_all(pad.parent().unwrap()).unwrap();
            fs::write(pad, "x").unwrap();
        }
        Uitbak::open(map.path()).unwrap();
        let mut over: Vec<String> = fs::read_dir(map.path())
            .unwrap()
            .map(|d| d.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        over.sort();
        assert_eq!(over, [".slot", "20260101T000000Z-001", "controle"]);
    }
}
