//! Receiving bytes: offsets, one writer, cut connections and differences.

use std::os::unix::fs::PermissionsExt;

use bytes::Bytes;
use lake::{Lake, LakeFout, Refusal, Toegang};
use schema::Toestand;

use crate::hulp::{
    KVK, geopend, inhoud, klok, ontvangen, op, open_als, pakket, proef, sha, stuur, zet_aanbieder,
};

fn deel(bytes: &[u8]) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

/// In pieces, resumed at every place, the file is the file.
#[tokio::test]
async fn pieces_add_up() {
    let proef = proef().await;
    let lake = &proef.lake;
    let levering = geopend(lake, KVK, "a").await;
    for (tabel, bytes) in inhoud("a") {
        for (nummer, stuk) in bytes.chunks(37).enumerate() {
            let stand = lake
                .append(levering.id, tabel, nummer as u64 * 37, deel(stuk))
                .await
                .unwrap();
            assert_eq!(stand.offset, nummer as u64 * 37 + stuk.len() as u64);
            assert_eq!(stand, lake.uploadstand(levering.id, tabel).await.unwrap());
            assert_eq!(
                stand.alles,
                tabel == "wachtlijst" && stand.offset == stand.bytes
            );
        }
        let pad = lake
            .dir()
            .join(format!("raw/{}/{tabel}.csv.zst", levering.id));
        assert_eq!(std::fs::read(&pad).unwrap(), bytes);
        assert_eq!(pad.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(
        lake.ontvangen(levering.id, &op(2)).await.unwrap().toestand,
        Toestand::Ontvangen
    );
    // Asking again gives the same answer.
    assert_eq!(
        lake.ontvangen(levering.id, &op(3)).await.unwrap().ontvangen,
        Some(op(2).nu)
    );
}

/// An offset ahead, behind or beyond is refused with the right one; nothing is written.
#[tokio::test]
async fn a_wrong_offset_is_refused() {
    let proef = proef().await;
    let lake = &proef.lake;
    let levering = geopend(lake, KVK, "a").await;
    lake.append(levering.id, "traject", 0, deel(&inhoud("a")[0].1[..100]))
        .await
        .unwrap();
    for offset in [0, 99, 101, u64::MAX] {
        let fout = lake
            .append(levering.id, "traject", offset, deel(b"x"))
            .await
            .unwrap_err();
        assert!(
            matches!(fout, LakeFout::VerkeerdeOffset { verwacht: 100 }),
            "{offset}"
        );
    }
    assert!(matches!(
        lake.append(levering.id, "onbekend", 0, deel(b"x")).await,
        Err(LakeFout::OnbekendeTabel(_))
    ));
    let vreemd = lake::LeveringId::nieuw(op(0).nu);
    assert!(matches!(
        lake.append(vreemd, "traject", 0, deel(b"x")).await,
        Err(LakeFout::OnbekendeLevering(_))
    ));
}

/// More than was announced is refused whole; what came before stays.
#[tokio::test]
async fn more_bytes_than_announced_are_refused() {
    let proef = proef().await;
    let lake = &proef.lake;
    let levering = geopend(lake, KVK, "a").await;
    let bytes = inhoud("a")[0].1.clone();
    let mut upload = lake.upload(levering.id, "traject", 0).await.unwrap();
    upload.schrijf(deel(&bytes)).await.unwrap();
    assert!(matches!(
        upload.schrijf(deel(b"x")).await,
        Err(LakeFout::TeVeelBytes { .. })
    ));
    assert_eq!(upload.klaar().await.unwrap().offset, bytes.len() as u64);
    let pad = lake
        .dir()
        .join(format!("raw/{}/traject.csv.zst", levering.id));
    assert_eq!(std::fs::read(pad).unwrap(), bytes);
}

/// Two requests for one file: one writes, the other is told so; the bytes never mix.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_writer_per_file() {
    let proef = proef().await;
    let levering = geopend(&proef.lake, KVK, "a").await;
    let bytes = inhoud("a")[0].1.clone();
    let eerste = proef.lake.upload(levering.id, "traject", 0).await.unwrap();
    assert!(matches!(
        proef.lake.upload(levering.id, "traject", 0).await,
        Err(LakeFout::UploadBezet)
    ));
    // Another file of the same levering is free.
    drop(
        proef
            .lake
            .upload(levering.id, "wachtlijst", 0)
            .await
            .unwrap(),
    );
    drop(eerste);
    let mut taken = tokio::task::JoinSet::new();
    for nummer in 0..16_usize {
        let (lake, bytes, id) = (proef.lake.clone(), bytes.clone(), levering.id);
        taken.spawn(async move {
            let grootte = 1 + nummer * 3;
            loop {
                let offset = lake.uploadstand(id, "traject").await.unwrap().offset;
                let begin = usize::try_from(offset).unwrap();
                if begin == bytes.len() {
                    return;
                }
                let stuk = deel(&bytes[begin..(begin + grootte).min(bytes.len())]);
                match lake.append(id, "traject", offset, stuk).await {
                    Ok(_) | Err(LakeFout::UploadBezet | LakeFout::VerkeerdeOffset { .. }) => {}
                    Err(fout) => panic!("{fout}"),
                }
            }
        });
    }
    taken.join_all().await;
    let pad = proef
        .lake
        .dir()
        .join(format!("raw/{}/traject.csv.zst", levering.id));
    assert_eq!(std::fs::read(pad).unwrap(), bytes);
}

/// A connection that is cut leaves what came, recorded; the file is free again soon.
#[tokio::test]
async fn a_cut_connection_keeps_what_came() {
    let proef = proef().await;
    let levering = geopend(&proef.lake, KVK, "a").await;
    let bytes = inhoud("a")[0].1.clone();
    let mut upload = proef.lake.upload(levering.id, "traject", 0).await.unwrap();
    upload.schrijf(deel(&bytes[..70])).await.unwrap();
    drop(upload);
    let rest = deel(&bytes[70..]);
    for poging in 0.. {
        match proef
            .lake
            .append(levering.id, "traject", 70, rest.clone())
            .await
        {
            Ok(stand) => {
                assert_eq!(stand.offset, stand.bytes);
                return;
            }
            Err(_) if poging < 500 => tokio::time::sleep(std::time::Duration::from_millis(2)).await,
            Err(fout) => panic!("{fout}"),
        }
    }
}

/// Bytes that are not the announced ones are never received: the file starts again.
#[tokio::test]
async fn a_different_hash_starts_the_file_again() {
    let proef = proef().await;
    let lake = &proef.lake;
    let levering = geopend(lake, KVK, "a").await;
    let mut bedorven = inhoud("a")[0].1.clone();
    bedorven[5] ^= 1;
    lake.append(levering.id, "traject", 0, deel(&bedorven))
        .await
        .unwrap();
    let fout = lake.ontvangen(levering.id, &op(2)).await.unwrap_err();
    assert!(matches!(fout, LakeFout::Onvolledig { tabellen } if tabellen == ["wachtlijst"]));
    lake.append(levering.id, "wachtlijst", 0, deel(&inhoud("a")[1].1))
        .await
        .unwrap();
    let fout = lake.ontvangen(levering.id, &op(2)).await.unwrap_err();
    assert!(matches!(fout, LakeFout::HashVerschilt { tabel } if tabel == "traject"));
    assert_eq!(
        lake.uploadstand(levering.id, "traject")
            .await
            .unwrap()
            .offset,
        0
    );
    assert_eq!(
        lake.levering(levering.id).await.unwrap().unwrap().toestand,
        Toestand::Geopend
    );
    stuur(lake, levering.id, "a").await;
    lake.ontvangen(levering.id, &op(3)).await.unwrap();
}

/// What was received, taken back or expired takes no more bytes; also not from a request that was under way.
#[tokio::test]
async fn only_an_open_levering_takes_bytes() {
    let proef = proef().await;
    let lake = &proef.lake;
    let binnen = ontvangen(lake, KVK, "a").await;
    let eind = inhoud("a")[0].1.len() as u64;
    assert!(matches!(
        lake.append(binnen.id, "traject", eind, deel(b"")).await,
        Err(LakeFout::Refused(Refusal::State { .. }))
    ));
    let levering = geopend(lake, KVK, "b").await;
    let mut onderweg = lake.upload(levering.id, "traject", 0).await.unwrap();
    onderweg.schrijf(deel(b"traject")).await.unwrap();
    lake.intrekken(levering.id, &klok(), &op(3)).await.unwrap();
    assert!(matches!(
        onderweg.klaar().await,
        Err(LakeFout::Refused(Refusal::State {
            from: Toestand::Ingetrokken,
            ..
        }))
    ));
    assert_eq!(
        lake.uploadstand(levering.id, "traject")
            .await
            .unwrap()
            .offset,
        0
    );
}

/// A long upload makes checkpoints of its own: a crash costs at most 8 MiB.
#[tokio::test]
async fn a_long_upload_makes_checkpoints() {
    let proef = proef().await;
    let groot = vec![7_u8; 20 * 1024 * 1024];
    let mut pakket = pakket("groot");
    pakket.resources.truncate(1);
    pakket.resources[0].bytes = groot.len() as u64;
    pakket.resources[0].hash = sha(&groot);
    let levering = open_als(&proef.lake, KVK, &pakket, "groot")
        .await
        .unwrap()
        .levering();
    let mut upload = proef.lake.upload(levering.id, "traject", 0).await.unwrap();
    for stuk in groot.chunks(100_000) {
        upload.schrijf(deel(stuk)).await.unwrap();
    }
    let onderweg = proef
        .lake
        .uploadstand(levering.id, "traject")
        .await
        .unwrap();
    assert!(
        onderweg.offset >= 12 * 1024 * 1024 && !onderweg.alles,
        "{onderweg:?}"
    );
    assert!(upload.klaar().await.unwrap().alles);
    proef.lake.ontvangen(levering.id, &op(2)).await.unwrap();
}

/// A job beside the service takes no uploads.
#[tokio::test]
async fn a_job_takes_no_uploads() {
    let proef = proef().await;
    let levering = geopend(&proef.lake, KVK, "a").await;
    let taak = Lake::open(proef.lake.dir(), Toegang::Taak).await.unwrap();
    assert!(matches!(
        taak.append(levering.id, "traject", 0, deel(b"x")).await,
        Err(LakeFout::AlleenDienst)
    ));
    assert!(matches!(
        taak.ontvangen(levering.id, &op(2)).await,
        Err(LakeFout::AlleenDienst)
    ));
}

/// Many aanbieders at once: every one gets through to its signature.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_aanbieders_at_once() {
    let proef = proef().await;
    let mut taken = tokio::task::JoinSet::new();
    for nummer in 0..60 {
        let lake = proef.lake.clone();
        taken.spawn(async move {
            let kvk = format!("{:08}", 20_000_000 + nummer);
            zet_aanbieder(&lake, &kvk).await;
            crate::hulp::ingediend(&lake, &kvk, &kvk).await.id
        });
    }
    let ids: std::collections::BTreeSet<_> = taken.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 60);
    let moment = proef.lake.bevries("omgang", 2020, &op(9)).await.unwrap();
    assert_eq!(
        moment
            .leveringen
            .iter()
            .map(|l| l.id)
            .collect::<std::collections::BTreeSet<_>>(),
        ids
    );
}
