//! Publications: written once and whole, read back only by the paths they have.

use lake::{Lake, LakeFout, NieuwePublicatie, Publicatie, sha256sums};
use schema::Toestand;

use crate::hulp::{
    JAAR, KVK, UITVRAAG, bestanden, give_uitstel, ingediend, op, proef, sha, zet_aanbieder,
};

fn set() -> Vec<(String, Vec<u8>)> {
    let bestand = |pad: &str, tekst: &str| (pad.to_owned(), tekst.as_bytes().to_vec());
    vec![
        bestand("index.html", "<html>"),
        bestand("spiegel/GM0344/index.html", "Utrecht"),
        bestand("spiegel/GM0344/cijfers.csv", "a,b"),
        bestand("0-meting/index.html", "nul"),
    ]
}

async fn publiceer(
    lake: &Lake,
    versie: u32,
    bestanden: Vec<(String, Vec<u8>)>,
) -> Result<Publicatie, LakeFout> {
    let nieuw = NieuwePublicatie {
        momentopname: "omgang-2020-1",
        versie,
        bestanden,
    };
    lake.publiceer(nieuw, &op(6)).await
}

/// What is published can be read, adds its own sums, and its leveringen are gepubliceerd.
#[tokio::test]
async fn a_publication_is_whole() {
    let proef = proef().await;
    let lake = &proef.lake;
    zet_aanbieder(lake, "10000001").await;
    let levering = ingediend(lake, KVK, "a").await;
    let vervangen = ingediend(lake, "10000001", "b").await;
    lake.bevries(UITVRAAG, JAAR, &op(5)).await.unwrap();
    give_uitstel(lake, "10000001", &op(5)).await;
    let nieuwer = ingediend(lake, "10000001", "c").await;
    assert_eq!(lake.volgende_versie(UITVRAAG, JAAR).await.unwrap(), 1);
    let publicatie = publiceer(lake, 1, set()).await.unwrap();
    for (pad, bytes) in set() {
        assert_eq!(
            lake.lees_publicatie(UITVRAAG, JAAR, 1, &pad)
                .await
                .unwrap()
                .unwrap(),
            bytes
        );
    }
    let sommen = lake
        .lees_publicatie(UITVRAAG, JAAR, 1, "SHA256SUMS")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(sommen, sha256sums(&set()));
    assert_eq!(publicatie.hash, sha(&sommen));
    let eerste_regel = String::from_utf8(sommen)
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_owned();
    assert_eq!(
        eerste_regel,
        format!("{}  0-meting/index.html", &sha(b"nul")[7..])
    );
    let toestand = async |id| lake.levering(id).await.unwrap().unwrap().toestand;
    assert_eq!(toestand(levering.id).await, Toestand::Gepubliceerd);
    assert_eq!(toestand(vervangen.id).await, Toestand::Vervangen);
    assert_eq!(toestand(nieuwer.id).await, Toestand::Ingediend);
    assert_eq!(
        lake.laatste_publicatie(UITVRAAG, JAAR)
            .await
            .unwrap()
            .unwrap(),
        publicatie
    );
    assert_eq!(lake.volgende_versie(UITVRAAG, JAAR).await.unwrap(), 2);
}

/// A version is written once; a next one stands beside it.
#[tokio::test]
async fn a_version_is_written_once() {
    let proef = proef().await;
    let lake = &proef.lake;
    assert!(matches!(
        publiceer(lake, 1, set()).await,
        Err(LakeFout::OnbekendeMomentopname)
    ));
    lake.bevries(UITVRAAG, JAAR, &op(5)).await.unwrap();
    publiceer(lake, 1, set()).await.unwrap();
    let anders = vec![("index.html".to_owned(), b"anders".to_vec())];
    assert!(matches!(
        publiceer(lake, 1, anders.clone()).await,
        Err(LakeFout::PublicatieBestaat)
    ));
    assert_eq!(
        lake.lees_publicatie(UITVRAAG, JAAR, 1, "index.html")
            .await
            .unwrap()
            .unwrap(),
        b"<html>"
    );
    publiceer(lake, 2, anders).await.unwrap();
    assert_eq!(
        lake.publicaties()
            .await
            .unwrap()
            .iter()
            .map(|p| p.versie)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    let namen: Vec<_> = bestanden(lake.dir())
        .into_iter()
        .filter(|b| !b.starts_with("publicaties/omgang/2020/1/"))
        .collect();
    assert_eq!(
        namen,
        [
            "publicaties/omgang/2020/2/SHA256SUMS",
            "publicaties/omgang/2020/2/index.html"
        ]
    );
}

/// No path leads out of a publication, or to what it does not name.
#[tokio::test]
async fn no_path_leads_out() {
    let proef = proef().await;
    let lake = &proef.lake;
    lake.bevries(UITVRAAG, JAAR, &op(5)).await.unwrap();
    publiceer(lake, 1, set()).await.unwrap();
    std::fs::write(lake.dir().join("publicaties/omgang/2020/1/extra.txt"), "x").unwrap();
    for pad in [
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
            lake.lees_publicatie(UITVRAAG, JAAR, 1, pad).await.unwrap(),
            None,
            "{pad}"
        );
    }
    for (uitvraag, jaar, versie) in [
        ("../omgang", JAAR, 1),
        (UITVRAAG, 2021, 1),
        (UITVRAAG, JAAR, 2),
    ] {
        assert_eq!(
            lake.lees_publicatie(uitvraag, jaar, versie, "index.html")
                .await
                .unwrap(),
            None
        );
    }
}

/// A set with a strange or double name is refused and leaves nothing.
#[tokio::test]
async fn a_strange_set_is_refused() {
    let proef = proef().await;
    let lake = &proef.lake;
    lake.bevries(UITVRAAG, JAAR, &op(5)).await.unwrap();
    for pad in ["../x", "/x", "a\\b", "index.html"] {
        let mut fout = set();
        fout.push((pad.to_owned(), Vec::new()));
        assert!(publiceer(lake, 1, fout).await.is_err(), "{pad}");
    }
    // A name that is both file and directory fails halfway: nothing stays.
    let mut botsing = set();
    botsing.push(("index.html/x".to_owned(), Vec::new()));
    assert!(publiceer(lake, 1, botsing).await.is_err());
    assert!(bestanden(lake.dir()).is_empty());
    publiceer(lake, 1, set()).await.unwrap();
}
