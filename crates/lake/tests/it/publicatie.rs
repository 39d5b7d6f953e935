//! Publications: written once and whole, read back only by the paths they have.

use lake::{Lake, LakeError, NewPublicatie, Publicatie, sha256sums};
use schema::Toestand;

use crate::support::{
    JAAR, KVK, UITVRAAG, files, give_uitstel, on, set_aanbieder, sha, submitted, test_lake,
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
    let new = NewPublicatie {
        momentopname: "omgang-2020-1",
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
