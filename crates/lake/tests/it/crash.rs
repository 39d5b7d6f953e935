//! A power cut at every moment: what was acknowledged is there, once, and whole.
//!
//! One story is told on a disk that forgets. Around every file operation an image is taken of what a power cut would
//! leave (only what was synced) and of what `kill -9` would leave (everything written). On each image the service
//! starts, and everything promised before that moment must hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use lake::{
    Filter, Grondigheid, Herstelverslag, Lake, Levering, LeveringId, NieuwePublicatie, Toegang,
};
use schema::Toestand;
use schema::bevinding::Verdict;
use sha2::{Digest, Sha256};

use crate::hulp::{
    JAAR, KVK, UITVRAAG, antwoord, beoordeel, bestanden, declare_nothing, geopend, give_uitstel,
    inhoud, op, sign, stuur, vlugge_map, zet_aanbieder,
};
use crate::vergeetachtig::{Leugen, Model, Vergeetachtig};

const ANDER: &str = "87654321";

/// Something the lake said had been done.
#[derive(Debug, Clone)]
enum Erkend {
    Binnen(LeveringId, &'static str, u64),
    Stand(LeveringId, Toestand),
    Gepubliceerd(u32),
    Intern(&'static [u8]),
}

type Erkenningen = Arc<Mutex<Vec<Erkend>>>;

/// Tells the story; every promise is written down when it has been made.
async fn verhaal(lake: &Lake, erkend: &Erkenningen) {
    let schrijf = |belofte: Erkend| erkend.lock().unwrap().push(belofte);
    let stand = |levering: &Levering| schrijf(Erkend::Stand(levering.id, levering.toestand));
    for kvk in [KVK, ANDER] {
        zet_aanbieder(lake, kvk).await;
    }
    let a = geopend(lake, KVK, "a").await;
    stand(&a);
    for (tabel, bytes) in inhoud("a") {
        for (nummer, stuk) in bytes.chunks(150).enumerate() {
            let stuk = bytes::Bytes::copy_from_slice(stuk);
            let gekomen = lake
                .append(a.id, tabel, nummer as u64 * 150, stuk)
                .await
                .unwrap();
            schrijf(Erkend::Binnen(a.id, tabel, gekomen.offset));
        }
    }
    let a = lake.ontvangen(a.id, &op(2)).await.unwrap();
    stand(&a);
    let a = beoordeel(lake, &a, Verdict::TeBevestigen).await.unwrap();
    stand(&a);
    stand(
        &lake
            .toelichten(
                a.id,
                &[antwoord("WACHT_LANG"), antwoord("DUUR_LANG")],
                &op(4),
            )
            .await
            .unwrap(),
    );
    stand(&sign(lake, a.id, "jws", &op(5)).await.unwrap());

    let c = geopend(lake, ANDER, "c").await;
    stuur(lake, c.id, "c").await;
    let c = lake.ontvangen(c.id, &op(6)).await.unwrap();
    stand(&c);
    stand(&beoordeel(lake, &c, Verdict::Afgekeurd).await.unwrap());
    stand(
        &declare_nothing(lake, ANDER, "nul", &op(7))
            .await
            .unwrap()
            .levering(),
    );

    lake.bevries(UITVRAAG, JAAR, &op(8)).await.unwrap();
    lake.schrijf_intern("omgang-2020-1/cijfers.parquet", b"een".to_vec())
        .await
        .unwrap();
    schrijf(Erkend::Intern(b"een"));
    publiceer(lake, 1).await;
    schrijf(Erkend::Gepubliceerd(1));
    stand(&lake.levering(a.id).await.unwrap().unwrap());

    give_uitstel(lake, KVK, &op(8)).await;
    let b = geopend(lake, KVK, "b").await;
    stuur(lake, b.id, "b").await;
    let b = lake.ontvangen(b.id, &op(9)).await.unwrap();
    let b = beoordeel(lake, &b, Verdict::Akkoord).await.unwrap();
    stand(&b);
    stand(&sign(lake, b.id, "jws", &op(10)).await.unwrap());
    stand(&lake.levering(a.id).await.unwrap().unwrap());
    lake.schrijf_intern("omgang-2020-1/cijfers.parquet", b"twee".to_vec())
        .await
        .unwrap();
    schrijf(Erkend::Intern(b"twee"));
    stand(&lake.wissen(a.id, &op(11)).await.unwrap());
}

fn set(versie: u32) -> Vec<(String, Vec<u8>)> {
    let bestand = |pad: &str| (pad.to_owned(), format!("{pad} {versie}").into_bytes());
    vec![
        bestand("index.html"),
        bestand("spiegel/GM0344/index.html"),
        bestand("spiegel/GM0344/cijfers.csv"),
    ]
}

async fn publiceer(lake: &Lake, versie: u32) {
    let nieuw = NieuwePublicatie {
        momentopname: "omgang-2020-1",
        versie,
        bestanden: set(versie),
    };
    lake.publiceer(nieuw, &op(8)).await.unwrap();
}

/// One image, and how many promises had been made by then.
struct Beeld {
    pad: PathBuf,
    beloftes: usize,
}

/// The different images, by their content: the latest of equal ones has most to answer for.
type Beelden = Arc<Mutex<BTreeMap<Vec<u8>, Beeld>>>;

/// Tells the story on a disk that forgets, and returns what it would leave at every moment.
async fn beelden(map: &Path, leugen: Leugen) -> (BTreeMap<Vec<u8>, Beeld>, Vec<Erkend>) {
    let wortel = map.join("data");
    fs::create_dir(&wortel).unwrap();
    let (beelden, erkend): (Beelden, Erkenningen) = Default::default();
    let (neem, tel, doel) = (beelden.clone(), erkend.clone(), map.to_owned());
    let nummers = AtomicUsize::new(0);
    let moment = move |model: &Model, wortel: &Path| {
        if !wortel.join("register.sqlite").exists() {
            return;
        }
        let beloftes = tel.lock().unwrap().len();
        let mut beelden = neem.lock().unwrap();
        for alles in [false, true] {
            let pad = doel.join(format!("beeld-{}", nummers.fetch_add(1, Ordering::Relaxed)));
            if alles {
                kopieer(wortel, &pad)
            } else {
                model.beeld(&pad)
            }
            neem_register_mee(wortel, &pad);
            let vorige = beelden.insert(afdruk(&pad), Beeld { pad, beloftes });
            if let Some(vorige) = vorige {
                // The same state: one of the two directories suffices.
                fs::remove_dir_all(vorige.pad).unwrap();
            }
        }
    };
    let opslag = Arc::new(Vergeetachtig::new(&wortel, leugen, Box::new(moment)));
    let lake = Lake::open_with(&wortel, Toegang::Dienst, opslag)
        .await
        .unwrap();
    verhaal(&lake, &erkend).await;
    lake.sluit().await;
    let beelden = std::mem::take(&mut *beelden.lock().unwrap());
    let erkend = erkend.lock().unwrap().clone();
    (beelden, erkend)
}

fn kopieer(van: &Path, naar: &Path) {
    fs::create_dir_all(naar).unwrap();
    for ding in fs::read_dir(van).unwrap() {
        let pad = ding.unwrap().path();
        let doel = naar.join(pad.file_name().unwrap());
        if pad.is_dir() {
            kopieer(&pad, &doel);
        } else if !pad.to_str().unwrap().contains("register.sqlite") {
            fs::copy(&pad, doel).unwrap();
        }
    }
}

/// SQLite answers for its own files: a commit it acknowledged is synced, one it did not is not in force.
fn neem_register_mee(van: &Path, naar: &Path) {
    for deel in ["register.sqlite", "register.sqlite-wal"] {
        fs::copy(van.join(deel), naar.join(deel)).ok();
    }
}

/// A fingerprint over names and bytes.
fn afdruk(map: &Path) -> Vec<u8> {
    let mut hasher = Sha256::new();
    let mut namen = bestanden(map);
    namen.extend([
        "register.sqlite".to_owned(),
        "register.sqlite-wal".to_owned(),
    ]);
    for naam in namen {
        hasher.update(naam.as_bytes());
        hasher.update([0]);
        hasher.update(fs::read(map.join(&naam)).unwrap_or_default());
        hasher.update([0]);
    }
    hasher.finalize().to_vec()
}

/// How far a state is in the story.
fn rang(toestand: Toestand) -> usize {
    use Toestand::*;
    let volgorde = [
        Geopend,
        Ontvangen,
        Afgekeurd,
        TeBevestigen,
        Akkoord,
        Ingediend,
        Gepubliceerd,
        Vervangen,
        Gewist,
    ];
    volgorde.iter().position(|t| *t == toestand).unwrap()
}

fn eis(goed: bool, wat: impl FnOnce() -> String) -> Result<(), String> {
    if goed { Ok(()) } else { Err(wat()) }
}

/// Starts the service on an image and asks whether every promise holds.
async fn controleer(pad: &Path, beloftes: &[Erkend]) -> Result<(), String> {
    let lake = Lake::open(pad, Toegang::Dienst)
        .await
        .map_err(|fout| format!("does not open: {fout:?}"))?;
    let verslag = lake
        .herstel(Grondigheid::Hash, &op(60))
        .await
        .map_err(|fout| format!("no reconciling: {fout:?}"))?;
    let uitkomst = beoordeel_beeld(&lake, &verslag, beloftes).await;
    lake.sluit().await;
    uitkomst
}

async fn beoordeel_beeld(
    lake: &Lake,
    verslag: &Herstelverslag,
    beloftes: &[Erkend],
) -> Result<(), String> {
    eis(verslag.in_quarantaine.is_empty(), || {
        format!("quarantine: {:?}", verslag.in_quarantaine)
    })?;
    eis(verslag.beschadigde_publicaties.is_empty(), || {
        "a damaged publication".to_owned()
    })?;
    eis(
        verslag
            .verplaatst
            .iter()
            .all(|pad| pad.starts_with("publicaties/")),
        || format!("set aside: {:?}", verslag.verplaatst),
    )?;
    for belofte in beloftes {
        houd(lake, belofte)
            .await
            .map_err(|wat| format!("{belofte:?}: {wat}"))?;
    }
    let laatste_intern = beloftes.iter().rev().find_map(|b| {
        if let Erkend::Intern(bytes) = b {
            Some(*bytes)
        } else {
            None
        }
    });
    if let Some(bytes) = laatste_intern {
        let gelezen = lake
            .lees_intern("omgang-2020-1/cijfers.parquet")
            .await
            .unwrap()
            .unwrap_or_default();
        eis(
            gelezen == bytes || (bytes == b"een" && gelezen == b"twee"),
            || "the internal file is not the last".to_owned(),
        )?;
    }
    heel(lake).await?;
    // Whatever was going on can be brought to its end.
    for levering in lake.leveringen(Filter::default()).await.unwrap() {
        if levering.toestand == Toestand::Geopend {
            let naam = lake.pakket(levering.id).await.unwrap().unwrap().name;
            stuur(
                lake,
                levering.id,
                naam.strip_prefix("omgang-2020-").unwrap(),
            )
            .await;
            lake.ontvangen(levering.id, &op(61))
                .await
                .map_err(|fout| format!("cannot go on: {fout}"))?;
        }
    }
    for id in lake.te_beoordelen().await.unwrap() {
        let levering = lake.levering(id).await.unwrap().unwrap();
        beoordeel(lake, &levering, Verdict::Akkoord)
            .await
            .map_err(|fout| format!("cannot be judged: {fout}"))?;
    }
    heel(lake).await
}

/// One promise.
async fn houd(lake: &Lake, belofte: &Erkend) -> Result<(), String> {
    match *belofte {
        Erkend::Binnen(id, tabel, offset) => {
            let stand = lake
                .uploadstand(id, tabel)
                .await
                .map_err(|fout| fout.to_string())?;
            eis(stand.offset >= offset, || {
                format!("only {} bytes", stand.offset)
            })
        }
        Erkend::Stand(id, toestand) => {
            let levering = lake.levering(id).await.unwrap().ok_or("lost")?;
            eis(rang(levering.toestand) >= rang(toestand), || {
                format!("is {:?}", levering.toestand)
            })?;
            if toestand == Toestand::Ingediend {
                let geldend = lake.in_kracht(&levering.kvk, UITVRAAG, JAAR).await.unwrap();
                eis(geldend.is_some(), || "nothing counts".to_owned())?;
                eis(lake.ontvangstbewijs(id).await.unwrap().is_some(), || {
                    "no receipt".to_owned()
                })?;
            }
            Ok(())
        }
        Erkend::Gepubliceerd(versie) => {
            for (pad, bytes) in set(versie) {
                let gelezen = lake
                    .lees_publicatie(UITVRAAG, JAAR, versie, &pad)
                    .await
                    .map_err(|fout| fout.to_string())?;
                eis(gelezen.as_ref() == Some(&bytes), || {
                    format!("{pad} is not there")
                })?;
            }
            Ok(())
        }
        Erkend::Intern(_) => Ok(()),
    }
}

/// Every levering is wholly visible or not at all, and there are no files but those that belong to something.
async fn heel(lake: &Lake) -> Result<(), String> {
    let mut mag = BTreeSet::new();
    let mut moet = BTreeSet::new();
    for levering in lake.leveringen(Filter::default()).await.unwrap() {
        use Toestand::{Akkoord, Gepubliceerd, Gewist, Ingediend, TeBevestigen, Vervangen};
        if levering.toestand == Gewist || levering.nulopgave {
            continue;
        }
        let telt = matches!(
            levering.toestand,
            TeBevestigen | Akkoord | Ingediend | Gepubliceerd | Vervangen
        );
        let tabellen = lake.tabellen(levering.id).await.unwrap();
        eis(tabellen.len() == if telt { 2 } else { 0 }, || {
            format!("{:?} names {}", levering.toestand, tabellen.len())
        })?;
        for tabel in &tabellen {
            let lezer = lake
                .lees_tabel(tabel)
                .map_err(|fout| format!("{}: {fout}", tabel.tabel))?;
            let rijen: usize = lezer.map(|batch| batch.unwrap().num_rows()).sum();
            eis(rijen == 3, || format!("{} has {rijen} rows", tabel.tabel))?;
            moet.insert(
                tabel
                    .pad
                    .strip_prefix(lake.dir())
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned(),
            );
        }
        moet.insert(format!("raw/{}/pakket.json", levering.id));
        for bestand in &levering.bestanden {
            let pad = format!("raw/{}/{}.csv.zst", levering.id, bestand.tabel);
            if bestand.offset > 0 {
                moet.insert(pad)
            } else {
                mag.insert(pad)
            };
        }
    }
    for publicatie in lake.publicaties().await.unwrap() {
        moet.extend(
            publicatie
                .paden
                .iter()
                .map(|pad| format!("publicaties/omgang/2020/{}/{pad}", publicatie.versie)),
        );
    }
    let is = bestanden(lake.dir());
    let ontbreekt: Vec<_> = moet.difference(&is).collect();
    eis(ontbreekt.is_empty(), || format!("missing {ontbreekt:?}"))?;
    let hoort = |pad: &&String| {
        !moet.contains(*pad)
            && !mag.contains(*pad)
            && !pad.starts_with("intern/")
            && !pad.starts_with("quarantaine/publicatie")
    };
    let over: Vec<_> = is.iter().filter(hoort).collect();
    eis(over.is_empty(), || format!("left over {over:?}"))
}

async fn fouten(leugen: Leugen) -> (usize, Vec<String>) {
    let map = tempfile::tempdir().unwrap();
    let (beelden, erkend) = beelden(map.path(), leugen).await;
    let mut fouten = Vec::new();
    for beeld in beelden.values() {
        let hier = vlugge_map();
        kopieer(&beeld.pad, hier.path());
        neem_register_mee(&beeld.pad, hier.path());
        if let Err(wat) = controleer(hier.path(), &erkend[..beeld.beloftes]).await {
            fouten.push(format!(
                "{} after {} promises: {wat}",
                beeld.pad.display(),
                beeld.beloftes
            ));
        }
    }
    (beelden.len(), fouten)
}

/// No acknowledged levering is ever lost, doubled or half visible, whenever the power goes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_at_any_moment_keeps_every_promise() {
    let (aantal, fouten) = fouten(Leugen::Geen).await;
    assert!(aantal > 80, "only {aantal} moments");
    assert!(
        fouten.is_empty(),
        "{} of {aantal}: {fouten:#?}",
        fouten.len()
    );
}

/// The same test on a disk whose fdatasync does nothing: it must notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_does_not_sync_bytes_is_noticed() {
    let (_, fouten) = fouten(Leugen::SyncBestand).await;
    assert!(!fouten.is_empty());
}

/// The same test on a disk that does not keep names: it must notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_does_not_sync_names_is_noticed() {
    let (_, fouten) = fouten(Leugen::SyncMap).await;
    assert!(!fouten.is_empty());
}
