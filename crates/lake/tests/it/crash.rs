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
    Access, Lake, Levering, LeveringFilter, LeveringId, NewPublicatie, RecoverySummary,
    Thoroughness,
};
use schema::Toestand;
use schema::bevinding::Verdict;
use sha2::{Digest, Sha256};

use crate::forgetful::{Forgetful, Lie, Model};
use crate::support::{
    JAAR, KVK, UITVRAAG, answer, content, control, declare_nothing, fast_dir, files, give_uitstel,
    judge, on, opened, read_tabel, set_aanbieder, sign,
};

const OTHER: &str = "87654321";

/// Something the lake said had been done.
#[derive(Debug, Clone)]
enum Acknowledged {
    Arrived(LeveringId, &'static str, u64),
    Stand(LeveringId, Toestand),
    Gepubliceerd(u32),
    Intern(&'static [u8]),
}

type Acknowledgements = Arc<Mutex<Vec<Acknowledged>>>;

/// Tells the story; every promise is written down when it has been made.
async fn story(lake: &Lake, acknowledged: &Acknowledgements) {
    let write = |promise: Acknowledged| acknowledged.lock().unwrap().push(promise);
    let state = |levering: &Levering| write(Acknowledged::Stand(levering.id, levering.toestand));
    for kvk in [KVK, OTHER] {
        set_aanbieder(lake, kvk).await;
    }
    let a = opened(lake, KVK, "a").await;
    state(&a);
    for (tabel, bytes) in content("a") {
        for (number, chunk) in bytes.chunks(150).enumerate() {
            let chunk = bytes::Bytes::copy_from_slice(chunk);
            let received = lake
                .append(a.id, tabel, number as u64 * 150, chunk)
                .await
                .unwrap();
            write(Acknowledged::Arrived(a.id, tabel, received.offset));
        }
    }
    let a = lake.received(a.id, &on(2)).await.unwrap();
    state(&a);
    let a = judge(lake, &a, Verdict::TeBevestigen).await.unwrap();
    state(&a);
    state(
        &lake
            .explain(a.id, &[answer("WACHT_LANG"), answer("DUUR_LANG")], &on(4))
            .await
            .unwrap(),
    );
    state(&sign(lake, a.id, "jws", &on(5)).await.unwrap());

    let c = opened(lake, OTHER, "c").await;
    control(lake, c.id, "c").await;
    let c = lake.received(c.id, &on(6)).await.unwrap();
    state(&c);
    state(&judge(lake, &c, Verdict::Afgekeurd).await.unwrap());
    state(
        &declare_nothing(lake, OTHER, "nul", &on(7))
            .await
            .unwrap()
            .levering(),
    );

    lake.freeze(UITVRAAG, JAAR, &on(8)).await.unwrap();
    lake.write_internal("omgang-2020-1/cijfers.parquet", b"een".to_vec())
        .await
        .unwrap();
    write(Acknowledged::Intern(b"een"));
    publish(lake, 1).await;
    write(Acknowledged::Gepubliceerd(1));
    state(&lake.levering(a.id).await.unwrap().unwrap());

    give_uitstel(lake, KVK, &on(8)).await;
    let b = opened(lake, KVK, "b").await;
    control(lake, b.id, "b").await;
    let b = lake.received(b.id, &on(9)).await.unwrap();
    let b = judge(lake, &b, Verdict::Akkoord).await.unwrap();
    state(&b);
    state(&sign(lake, b.id, "jws", &on(10)).await.unwrap());
    state(&lake.levering(a.id).await.unwrap().unwrap());
    lake.write_internal("omgang-2020-1/cijfers.parquet", b"twee".to_vec())
        .await
        .unwrap();
    write(Acknowledged::Intern(b"twee"));
    state(&lake.erase(a.id, &on(11)).await.unwrap());
}

fn set(version: u32) -> Vec<(String, Vec<u8>)> {
    let file = |path: &str| (path.to_owned(), format!("{path} {version}").into_bytes());
    vec![
        file("index.html"),
        file("spiegel/GM0344/index.html"),
        file("spiegel/GM0344/cijfers.csv"),
    ]
}

async fn publish(lake: &Lake, version: u32) {
    let new = NewPublicatie {
        momentopname: "omgang-2020-1",
        erased: &[],
        versie: version,
        bestanden: set(version),
    };
    lake.publish(new, &on(8)).await.unwrap();
}

/// One image, and how many promises had been made by then.
struct Image {
    pad: PathBuf,
    promises: usize,
}

/// The different images, by their content: the latest of equal ones has most to answer for.
type Images = Arc<Mutex<BTreeMap<Vec<u8>, Image>>>;

/// Tells the story on a disk that forgets, and returns what it would leave at every moment.
async fn images(dir: &Path, lie: Lie) -> (BTreeMap<Vec<u8>, Image>, Vec<Acknowledged>) {
    let root = dir.join("data");
    fs::create_dir(&root).unwrap();
    let (images, acknowledged): (Images, Acknowledgements) = Default::default();
    let (take, count, target) = (images.clone(), acknowledged.clone(), dir.to_owned());
    let numbers = AtomicUsize::new(0);
    let moment = move |model: &Model, root: &Path| {
        if !root.join("register.sqlite").exists() {
            return;
        }
        let promises = count.lock().unwrap().len();
        let mut images = take.lock().unwrap();
        for everything in [false, true] {
            let path = target.join(format!("beeld-{}", numbers.fetch_add(1, Ordering::Relaxed)));
            if everything {
                copy(root, &path);
            } else {
                model.image(&path);
            }
            take_register_along(root, &path);
            let previous = images.insert(
                print_of(&path),
                Image {
                    pad: path,
                    promises,
                },
            );
            if let Some(previous) = previous {
                // The same state: one of the two directories suffices.
                fs::remove_dir_all(previous.pad).unwrap();
            }
        }
    };
    let storage = Arc::new(Forgetful::new(&root, lie, Box::new(moment)));
    let lake = Lake::open_with(&root, Access::Service, storage)
        .await
        .unwrap();
    story(&lake, &acknowledged).await;
    lake.close().await;
    let images = std::mem::take(&mut *images.lock().unwrap());
    let acknowledged = acknowledged.lock().unwrap().clone();
    (images, acknowledged)
}

fn copy(van: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for ding in fs::read_dir(van).unwrap() {
        let path = ding.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else if !path.to_str().unwrap().contains("register.sqlite") {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// SQLite answers for its own files: a commit it acknowledged is synced, one it did not is not in force.
fn take_register_along(van: &Path, to: &Path) {
    for part in ["register.sqlite", "register.sqlite-wal"] {
        fs::copy(van.join(part), to.join(part)).ok();
    }
}

/// A fingerprint over names and bytes.
fn print_of(dir: &Path) -> Vec<u8> {
    let mut hasher = Sha256::new();
    let mut names = files(dir);
    names.extend([
        "register.sqlite".to_owned(),
        "register.sqlite-wal".to_owned(),
    ]);
    for name in names {
        hasher.update(name.as_bytes());
        hasher.update([0]);
        hasher.update(fs::read(dir.join(&name)).unwrap_or_default());
        hasher.update([0]);
    }
    hasher.finalize().to_vec()
}

/// How far a state is in the story.
fn rang(toestand: Toestand) -> usize {
    use Toestand::*;
    let order = [
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
    order.iter().position(|t| *t == toestand).unwrap()
}

fn require(good: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if good { Ok(()) } else { Err(what()) }
}

/// Starts the service on an image and asks whether every promise holds.
async fn check(path: &Path, promises: &[Acknowledged]) -> Result<(), String> {
    let lake = Lake::open(path, Access::Service)
        .await
        .map_err(|error| format!("does not open: {error:?}"))?;
    let report = lake
        .recover(Thoroughness::Hash, &on(60))
        .await
        .map_err(|error| format!("no reconciling: {error:?}"))?;
    let outcome = judge_image(&lake, &report, promises).await;
    lake.close().await;
    outcome
}

async fn judge_image(
    lake: &Lake,
    report: &RecoverySummary,
    promises: &[Acknowledged],
) -> Result<(), String> {
    require(report.in_quarantine.is_empty(), || {
        format!("quarantine: {:?}", report.in_quarantine)
    })?;
    require(report.damaged_publicaties.is_empty(), || {
        "a damaged publication".to_owned()
    })?;
    require(
        report
            .moved
            .iter()
            .all(|path| path.starts_with("publicaties/")),
        || format!("set aside: {:?}", report.moved),
    )?;
    for promise in promises {
        hold(lake, promise)
            .await
            .map_err(|what| format!("{promise:?}: {what}"))?;
    }
    let last_internal = promises.iter().rev().find_map(|b| {
        if let Acknowledged::Intern(bytes) = b {
            Some(*bytes)
        } else {
            None
        }
    });
    if let Some(bytes) = last_internal {
        let loaded = lake
            .lees_intern("omgang-2020-1/cijfers.parquet")
            .await
            .unwrap()
            .unwrap_or_default();
        require(
            loaded == bytes || (bytes == b"een" && loaded == b"twee"),
            || "the internal file is not the last".to_owned(),
        )?;
    }
    heel(lake).await?;
    // Whatever was going on can be brought to its end.
    for levering in lake.leveringen(LeveringFilter::default()).await.unwrap() {
        if levering.toestand == Toestand::Geopend {
            let name = lake.pakket(levering.id).await.unwrap().unwrap().name;
            control(
                lake,
                levering.id,
                name.strip_prefix("omgang-2020-").unwrap(),
            )
            .await;
            lake.received(levering.id, &on(61))
                .await
                .map_err(|error| format!("cannot go on: {error}"))?;
        }
    }
    for id in lake.to_judge().await.unwrap() {
        let levering = lake.levering(id).await.unwrap().unwrap();
        judge(lake, &levering, Verdict::Akkoord)
            .await
            .map_err(|error| format!("cannot be judged: {error}"))?;
    }
    heel(lake).await
}

/// One promise.
async fn hold(lake: &Lake, promise: &Acknowledged) -> Result<(), String> {
    match *promise {
        Acknowledged::Arrived(id, tabel, offset) => {
            let state = lake
                .upload_progress(id, tabel)
                .await
                .map_err(|error| error.to_string())?;
            require(state.offset >= offset, || {
                format!("only {} bytes", state.offset)
            })
        }
        Acknowledged::Stand(id, toestand) => {
            let levering = lake.levering(id).await.unwrap().ok_or("lost")?;
            require(rang(levering.toestand) >= rang(toestand), || {
                format!("is {:?}", levering.toestand)
            })?;
            if toestand == Toestand::Ingediend {
                let counting = lake.in_force(&levering.kvk, UITVRAAG, JAAR).await.unwrap();
                require(counting.is_some(), || "nothing counts".to_owned())?;
                require(lake.ontvangstbewijs(id).await.unwrap().is_some(), || {
                    "no receipt".to_owned()
                })?;
            }
            Ok(())
        }
        Acknowledged::Gepubliceerd(version) => {
            for (path, bytes) in set(version) {
                let loaded = lake
                    .lees_publicatie(UITVRAAG, JAAR, version, &path)
                    .await
                    .map_err(|error| error.to_string())?;
                require(loaded.as_ref() == Some(&bytes), || {
                    format!("{path} is not there")
                })?;
            }
            Ok(())
        }
        Acknowledged::Intern(_) => Ok(()),
    }
}

/// Every levering is wholly visible or not at all, and there are no files but those that belong to something.
async fn heel(lake: &Lake) -> Result<(), String> {
    let mut allowed = BTreeSet::new();
    let mut expected = BTreeSet::new();
    for levering in lake.leveringen(LeveringFilter::default()).await.unwrap() {
        use Toestand::{Akkoord, Gepubliceerd, Gewist, Ingediend, TeBevestigen, Vervangen};
        if levering.toestand == Gewist || levering.nulopgave {
            continue;
        }
        let counts = matches!(
            levering.toestand,
            TeBevestigen | Akkoord | Ingediend | Gepubliceerd | Vervangen
        );
        let tabellen = lake.tabellen(levering.id).await.unwrap();
        require(tabellen.len() == if counts { 2 } else { 0 }, || {
            format!("{:?} names {}", levering.toestand, tabellen.len())
        })?;
        for tabel in &tabellen {
            let rows: usize = read_tabel(tabel).map(|batch| batch.num_rows()).sum();
            require(rows == 3, || format!("{} has {rows} rows", tabel.tabel))?;
            expected.insert(
                tabel
                    .pad
                    .strip_prefix(lake.dir())
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned(),
            );
        }
        expected.insert(format!("raw/{}/pakket.json", levering.id));
        for file in &levering.bestanden {
            let path = format!("raw/{}/{}.csv.zst", levering.id, file.tabel);
            if file.offset > 0 {
                expected.insert(path)
            } else {
                allowed.insert(path)
            };
        }
    }
    for publicatie in lake.publicaties().await.unwrap() {
        expected.extend(
            publicatie
                .paden
                .iter()
                .map(|path| format!("publicaties/omgang/2020/{}/{path}", publicatie.versie)),
        );
    }
    let is = files(lake.dir());
    let missing: Vec<_> = expected.difference(&is).collect();
    require(missing.is_empty(), || format!("missing {missing:?}"))?;
    let belongs = |path: &&String| {
        !expected.contains(*path)
            && !allowed.contains(*path)
            && !path.starts_with("intern/")
            && !path.starts_with("quarantaine/publicatie")
    };
    let over: Vec<_> = is.iter().filter(belongs).collect();
    require(over.is_empty(), || format!("left over {over:?}"))
}

async fn errors(lie: Lie) -> (usize, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let (images, acknowledged) = images(dir.path(), lie).await;
    let mut errors = Vec::new();
    for image in images.values() {
        let here = fast_dir();
        copy(&image.pad, here.path());
        take_register_along(&image.pad, here.path());
        if let Err(what) = check(here.path(), &acknowledged[..image.promises]).await {
            errors.push(format!(
                "{} after {} promises: {what}",
                image.pad.display(),
                image.promises
            ));
        }
    }
    (images.len(), errors)
}

/// No acknowledged levering is ever lost, doubled or half visible, whenever the power goes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_at_any_moment_keeps_every_promise() {
    let (count, errors) = errors(Lie::Geen).await;
    assert!(count > 80, "only {count} moments");
    assert!(
        errors.is_empty(),
        "{} of {count}: {errors:#?}",
        errors.len()
    );
}

/// The same test on a disk whose fdatasync does nothing: it must notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_does_not_sync_bytes_is_noticed() {
    let (_, errors) = errors(Lie::SyncFile).await;
    assert!(!errors.is_empty());
}

/// The same test on a disk that does not keep names: it must notice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_does_not_sync_names_is_noticed() {
    let (_, errors) = errors(Lie::SyncDirectory).await;
    assert!(!errors.is_empty());
}
