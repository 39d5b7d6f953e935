//! Publications: written once and whole, read back only by the paths they have.

use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use lake::disk::{Disk, DurableFile, RealDisk};
use lake::{Access, Lake, LakeError, LeveringId, NewPublicatie, Publicatie, Refusal, sha256sums};
use schema::Toestand;

use crate::support::{
    JAAR, KVK, UITVRAAG, fast_dir, files, give_uitstel, on, set_aanbieder, sha, submitted,
    test_lake,
};

fn set() -> Vec<(String, Vec<u8>)> {
    let file = |path: &str, text: &str| (path.to_owned(), text.as_bytes().to_vec());
    vec![
        file("index.html", "<html>"),
        file("spiegel/GM0344/index.html", "Utrecht"),
        file("spiegel/GM0344/cijfers.csv", "a,b"),
        file("0-meting/index.html", "nul"),
    ]
}

async fn publish(
    lake: &Lake,
    version: u32,
    files: Vec<(String, Vec<u8>)>,
) -> Result<Publicatie, LakeError> {
    publish_without(lake, &[], version, files).await
}

async fn publish_without(
    lake: &Lake,
    erased: &[LeveringId],
    version: u32,
    files: Vec<(String, Vec<u8>)>,
) -> Result<Publicatie, LakeError> {
    let new = NewPublicatie {
        momentopname: "omgang-2020-1",
        erased,
        versie: version,
        bestanden: files,
    };
    lake.publish(new, &on(6)).await
}

/// What is published can be read, adds its own sums, and its leveringen are gepubliceerd.
#[tokio::test]
async fn a_publication_is_whole() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    set_aanbieder(lake, "10000001").await;
    let levering = submitted(lake, KVK, "a").await;
    let replaced = submitted(lake, "10000001", "b").await;
    lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    give_uitstel(lake, "10000001", &on(5)).await;
    let newer = submitted(lake, "10000001", "c").await;
    assert_eq!(lake.next_version(UITVRAAG, JAAR).await.unwrap(), 1);
    let publicatie = publish(lake, 1, set()).await.unwrap();
    for (path, bytes) in set() {
        assert_eq!(
            lake.lees_publicatie(UITVRAAG, JAAR, 1, &path)
                .await
                .unwrap()
                .unwrap(),
            bytes
        );
    }
    let checksums = lake
        .lees_publicatie(UITVRAAG, JAAR, 1, "SHA256SUMS")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(checksums, sha256sums(&set()));
    assert_eq!(publicatie.hash, sha(&checksums));
    let first_line = String::from_utf8(checksums)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        first_line,
        format!("{}  0-meting/index.html", &sha(b"nul")[7..])
    );
    let toestand = async |id| lake.levering(id).await.unwrap().unwrap().toestand;
    assert_eq!(toestand(levering.id).await, Toestand::Gepubliceerd);
    assert_eq!(toestand(replaced.id).await, Toestand::Vervangen);
    assert_eq!(toestand(newer.id).await, Toestand::Ingediend);
    assert_eq!(
        lake.last_publicatie(UITVRAAG, JAAR).await.unwrap().unwrap(),
        publicatie
    );
    assert_eq!(lake.next_version(UITVRAAG, JAAR).await.unwrap(), 2);
}

/// A version is written once; a next one stands beside it.
#[tokio::test]
async fn a_version_is_written_once() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    assert!(matches!(
        publish(lake, 1, set()).await,
        Err(LakeError::UnknownMomentopname)
    ));
    lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    publish(lake, 1, set()).await.unwrap();
    let others = vec![("index.html".to_owned(), b"anders".to_vec())];
    assert!(matches!(
        publish(lake, 1, others.clone()).await,
        Err(LakeError::PublicatieExists)
    ));
    assert_eq!(
        lake.lees_publicatie(UITVRAAG, JAAR, 1, "index.html")
            .await
            .unwrap()
            .unwrap(),
        b"<html>"
    );
    publish(lake, 2, others).await.unwrap();
    assert_eq!(
        lake.publicaties()
            .await
            .unwrap()
            .iter()
            .map(|p| p.versie)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    let names: Vec<_> = files(lake.dir())
        .into_iter()
        .filter(|b| !b.starts_with("publicaties/omgang/2020/1/"))
        .collect();
    assert_eq!(
        names,
        [
            "publicaties/omgang/2020/2/SHA256SUMS",
            "publicaties/omgang/2020/2/index.html"
        ]
    );
}

/// No path leads out of a publication, or to what it does not name.
#[tokio::test]
async fn no_path_leads_out() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    publish(lake, 1, set()).await.unwrap();
    std::fs::write(lake.dir().join("publicaties/omgang/2020/1/extra.txt"), "x").unwrap();
    for path in [
        "../../../../register.sqlite",
        "/etc/passwd",
        "spiegel/../index.html",
        "spiegel",
        "spiegel/",
        "",
        ".",
        "extra.txt",
        "index.html\0",
        "INDEX.HTML",
        "spiegel//GM0344/index.html",
        "%2e%2e/index.html",
        "spiegel\\GM0344\\index.html",
    ] {
        assert_eq!(
            lake.lees_publicatie(UITVRAAG, JAAR, 1, path).await.unwrap(),
            None,
            "{path}"
        );
    }
    for (uitvraag, jaar, version) in [
        ("../omgang", JAAR, 1),
        (UITVRAAG, 2021, 1),
        (UITVRAAG, JAAR, 2),
    ] {
        assert_eq!(
            lake.lees_publicatie(uitvraag, jaar, version, "index.html")
                .await
                .unwrap(),
            None
        );
    }
}

/// A set with a strange or double name is refused and leaves nothing.
#[tokio::test]
async fn a_strange_set_is_refused() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    for path in ["../x", "/x", "a\\b", "index.html"] {
        let mut error = set();
        error.push((path.to_owned(), Vec::new()));
        assert!(publish(lake, 1, error).await.is_err(), "{path}");
    }
    // A name that is both file and directory fails halfway: nothing stays.
    let mut clash = set();
    clash.push(("index.html/x".to_owned(), Vec::new()));
    assert!(publish(lake, 1, clash).await.is_err());
    assert!(files(lake.dir()).is_empty());
    publish(lake, 1, set()).await.unwrap();
}

/// What was erased after the figures were made is still in them: they are not published, and nothing is written.
/// Figures that were made without it are.
#[tokio::test]
async fn figures_of_before_an_erasure_are_refused() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    set_aanbieder(lake, "10000001").await;
    let before = submitted(lake, KVK, "a").await.id;
    let since = submitted(lake, "10000001", "b").await.id;
    let moment = lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    lake.erase(before, &on(5)).await.unwrap();
    assert_eq!(
        lake.may_publish(&moment.id, &[before]).await.unwrap(),
        Ok(())
    );
    publish_without(lake, &[before], 1, set()).await.unwrap();
    lake.erase(since, &on(5)).await.unwrap();
    let refusal = Refusal::ErasedSince(since);
    assert_eq!(
        lake.may_publish(&moment.id, &[before]).await.unwrap(),
        Err(refusal.clone())
    );
    let refused = publish_without(lake, &[before], 2, set()).await;
    assert!(matches!(refused, Err(LakeError::Refused(no)) if no == refusal));
    assert!(!files(lake.dir()).iter().any(|f| f.contains("2020/2/")));
    publish_without(lake, &[since, before], 2, set())
        .await
        .unwrap();
}

/// A disk that stops where a publication gets its name, until it is told to go on.
struct Halting {
    reached: Mutex<Sender<()>>,
    go_on: Mutex<Receiver<()>>,
}

impl Disk for Halting {
    fn make_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.make_dir(path)
    }

    fn write(&self, path: &Path, offset: u64, mode: u32) -> io::Result<Box<dyn DurableFile>> {
        RealDisk.write(path, offset, mode)
    }

    fn rename(&self, van: &Path, to: &Path) -> io::Result<()> {
        if to.ends_with("publicaties/omgang/2020/1") {
            self.reached.lock().unwrap().send(()).ok();
            self.go_on.lock().unwrap().recv().unwrap();
        }
        RealDisk.rename(van, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_dir(path)
    }

    fn sync_map(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync_map(path)
    }
}

/// Erased while the pages were being written, a levering was still published: it was looked for once, before. Now
/// the transaction that names the publication looks too, and what it refuses does not stay.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_erased_while_a_publication_is_written_is_not_published() {
    let dir = fast_dir();
    let (reached, is_reached) = channel();
    let (go, go_on) = channel();
    let disk = Halting {
        reached: Mutex::new(reached),
        go_on: Mutex::new(go_on),
    };
    let lake = Lake::open_with(dir.path(), Access::Service, Arc::new(disk))
        .await
        .unwrap();
    set_aanbieder(&lake, KVK).await;
    let levering = submitted(&lake, KVK, "a").await.id;
    lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    let publisher = lake.clone();
    let publishing = tokio::spawn(async move { publish(&publisher, 1, set()).await });
    tokio::task::spawn_blocking(move || is_reached.recv())
        .await
        .unwrap()
        .unwrap();
    lake.erase(levering, &on(6)).await.unwrap();
    go.send(()).unwrap();
    let refused = publishing.await.unwrap();
    assert!(
        matches!(refused, Err(LakeError::Refused(Refusal::ErasedSince(id))) if id == levering),
        "{refused:?}"
    );
    assert!(lake.publicaties().await.unwrap().is_empty());
    assert!(files(dir.path()).is_empty(), "its pages do not stay");
    go.send(()).unwrap();
    publish_without(&lake, &[levering], 1, set()).await.unwrap();
}

/// HOSTILE 91: the hash a file goes out with is the one that was published, or none goes out.
#[tokio::test]
async fn a_file_goes_out_with_the_hash_that_was_published() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    submitted(lake, KVK, "a").await;
    lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    let publicatie = publish(lake, 1, set()).await.unwrap();
    for (path, bytes) in set() {
        let opened = lake.open_published(UITVRAAG, JAAR, 1, &path).await;
        let opened = opened.unwrap().unwrap();
        assert_eq!(format!("sha256:{}", opened.sha256), sha(&bytes));
        assert_eq!(
            (opened.length, opened.made),
            (bytes.len() as u64, publicatie.gemaakt)
        );
    }
    for path in [
        "../1/index.html",
        "spiegel",
        "niets.html",
        "",
        "/index.html",
    ] {
        let opened = lake.open_published(UITVRAAG, JAAR, 1, path).await;
        assert!(opened.unwrap().is_none(), "{path}");
    }
    publish(lake, 2, set()).await.unwrap();
    let sums = lake.dir().join("publicaties/omgang/2020/2/SHA256SUMS");
    let changed = std::fs::read_to_string(&sums).unwrap().replace('a', "b");
    std::fs::write(&sums, changed).unwrap();
    let opened = lake.open_published(UITVRAAG, JAAR, 2, "index.html").await;
    assert!(matches!(opened, Err(LakeError::PublicatieDamaged)));
}
