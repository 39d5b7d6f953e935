//! Receiving bytes: offsets, one writer, cut connections and differences.

use std::os::unix::fs::PermissionsExt;

use bytes::Bytes;
use lake::{Access, Lake, LakeError, Refusal};
use schema::Toestand;

use crate::support::{
    KVK, calendar, content, control, on, open_as, opened, pakket, received, set_aanbieder, sha,
    test_lake,
};

fn part(bytes: &[u8]) -> Bytes {
    Bytes::copy_from_slice(bytes)
}

/// In pieces, resumed at every place, the file is the file.
#[tokio::test]
async fn pieces_add_up() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let levering = opened(lake, KVK, "a").await;
    for (tabel, bytes) in content("a") {
        for (number, chunk) in bytes.chunks(37).enumerate() {
            let state = lake
                .append(levering.id, tabel, number as u64 * 37, part(chunk))
                .await
                .unwrap();
            assert_eq!(state.offset, number as u64 * 37 + chunk.len() as u64);
            assert_eq!(
                state,
                lake.upload_progress(levering.id, tabel).await.unwrap()
            );
            assert_eq!(
                state.everything,
                tabel == "wachtlijst" && state.offset == state.bytes
            );
        }
        let path = lake
            .dir()
            .join(format!("raw/{}/{tabel}.csv.zst", levering.id));
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(
        lake.received(levering.id, &on(2)).await.unwrap().toestand,
        Toestand::Ontvangen
    );
    // Asking again gives the same answer.
    assert_eq!(
        lake.received(levering.id, &on(3)).await.unwrap().ontvangen,
        Some(on(2).nu)
    );
}

/// An offset ahead, behind or beyond is refused with the right one; nothing is written.
#[tokio::test]
async fn a_wrong_offset_is_refused() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let levering = opened(lake, KVK, "a").await;
    lake.append(levering.id, "traject", 0, part(&content("a")[0].1[..100]))
        .await
        .unwrap();
    for offset in [0, 99, 101, u64::MAX] {
        let error = lake
            .append(levering.id, "traject", offset, part(b"x"))
            .await
            .unwrap_err();
        assert!(
            matches!(error, LakeError::WrongOffset { verwacht: 100 }),
            "{offset}"
        );
    }
    assert!(matches!(
        lake.append(levering.id, "onbekend", 0, part(b"x")).await,
        Err(LakeError::UnknownTabel(_))
    ));
    let foreign = lake::LeveringId::new(on(0).nu);
    assert!(matches!(
        lake.append(foreign, "traject", 0, part(b"x")).await,
        Err(LakeError::UnknownLevering(_))
    ));
}

/// More than was announced is refused whole; what came before stays.
#[tokio::test]
async fn more_bytes_than_announced_are_refused() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let levering = opened(lake, KVK, "a").await;
    let bytes = content("a")[0].1.clone();
    let mut upload = lake.upload(levering.id, "traject", 0).await.unwrap();
    upload.write(part(&bytes)).await.unwrap();
    assert!(matches!(
        upload.write(part(b"x")).await,
        Err(LakeError::TooManyBytes { .. })
    ));
    assert_eq!(upload.finish().await.unwrap().offset, bytes.len() as u64);
    let path = lake
        .dir()
        .join(format!("raw/{}/traject.csv.zst", levering.id));
    assert_eq!(std::fs::read(path).unwrap(), bytes);
}

/// Two requests for one file: one writes, the other is told so; the bytes never mix.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_writer_per_file() {
    let test_lake = test_lake().await;
    let levering = opened(&test_lake.lake, KVK, "a").await;
    let bytes = content("a")[0].1.clone();
    let first = test_lake
        .lake
        .upload(levering.id, "traject", 0)
        .await
        .unwrap();
    assert!(matches!(
        test_lake.lake.upload(levering.id, "traject", 0).await,
        Err(LakeError::UploadBusy)
    ));
    // Another file of the same levering is free.
    drop(
        test_lake
            .lake
            .upload(levering.id, "wachtlijst", 0)
            .await
            .unwrap(),
    );
    drop(first);
    let mut taken = tokio::task::JoinSet::new();
    for number in 0..16_usize {
        let (lake, bytes, id) = (test_lake.lake.clone(), bytes.clone(), levering.id);
        taken.spawn(async move {
            let size = 1 + number * 3;
            loop {
                let offset = lake.upload_progress(id, "traject").await.unwrap().offset;
                let begin = usize::try_from(offset).unwrap();
                if begin == bytes.len() {
                    return;
                }
                let chunk = part(&bytes[begin..(begin + size).min(bytes.len())]);
                match lake.append(id, "traject", offset, chunk).await {
                    Ok(_) | Err(LakeError::UploadBusy | LakeError::WrongOffset { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        });
    }
    taken.join_all().await;
    let path = test_lake
        .lake
        .dir()
        .join(format!("raw/{}/traject.csv.zst", levering.id));
    assert_eq!(std::fs::read(path).unwrap(), bytes);
}

/// A connection that is cut leaves what came, recorded; the file is free again soon.
#[tokio::test]
async fn a_cut_connection_keeps_what_came() {
    let test_lake = test_lake().await;
    let levering = opened(&test_lake.lake, KVK, "a").await;
    let bytes = content("a")[0].1.clone();
    let mut upload = test_lake
        .lake
        .upload(levering.id, "traject", 0)
        .await
        .unwrap();
    upload.write(part(&bytes[..70])).await.unwrap();
    drop(upload);
    let rest = part(&bytes[70..]);
    for attempt in 0.. {
        match test_lake
            .lake
            .append(levering.id, "traject", 70, rest.clone())
            .await
        {
            Ok(state) => {
                assert_eq!(state.offset, state.bytes);
                return;
            }
            Err(_) if attempt < 500 => {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

/// Bytes that are not the announced ones are never received: the file starts again.
#[tokio::test]
async fn a_different_hash_starts_the_file_again() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let levering = opened(lake, KVK, "a").await;
    let mut spoiled = content("a")[0].1.clone();
    spoiled[5] ^= 1;
    lake.append(levering.id, "traject", 0, part(&spoiled))
        .await
        .unwrap();
    let error = lake.received(levering.id, &on(2)).await.unwrap_err();
    assert!(matches!(error, LakeError::Incomplete { tabellen } if tabellen == ["wachtlijst"]));
    lake.append(levering.id, "wachtlijst", 0, part(&content("a")[1].1))
        .await
        .unwrap();
    let error = lake.received(levering.id, &on(2)).await.unwrap_err();
    assert!(matches!(error, LakeError::HashDiffers { tabel } if tabel == "traject"));
    assert_eq!(
        lake.upload_progress(levering.id, "traject")
            .await
            .unwrap()
            .offset,
        0
    );
    assert_eq!(
        lake.levering(levering.id).await.unwrap().unwrap().toestand,
        Toestand::Geopend
    );
    control(lake, levering.id, "a").await;
    lake.received(levering.id, &on(3)).await.unwrap();
}

/// What was received, taken back or expired takes no more bytes; also not from a request that was under way.
#[tokio::test]
async fn only_an_open_levering_takes_bytes() {
    let test_lake = test_lake().await;
    let lake = &test_lake.lake;
    let arrived = received(lake, KVK, "a").await;
    let end = content("a")[0].1.len() as u64;
    assert!(matches!(
        lake.append(arrived.id, "traject", end, part(b"")).await,
        Err(LakeError::Refused(Refusal::State { .. }))
    ));
    let levering = opened(lake, KVK, "b").await;
    let mut under_way = lake.upload(levering.id, "traject", 0).await.unwrap();
    under_way.write(part(b"traject")).await.unwrap();
    lake.withdraw(levering.id, &calendar(), &on(3))
        .await
        .unwrap();
    assert!(matches!(
        under_way.finish().await,
        Err(LakeError::Refused(Refusal::State {
            from: Toestand::Ingetrokken,
            ..
        }))
    ));
    assert_eq!(
        lake.upload_progress(levering.id, "traject")
            .await
            .unwrap()
            .offset,
        0
    );
}

/// A long upload makes checkpoints of its own: a crash costs at most 8 MiB.
#[tokio::test]
async fn a_long_upload_makes_checkpoints() {
    let test_lake = test_lake().await;
    let large = vec![7_u8; 20 * 1024 * 1024];
    let mut pakket = pakket("groot");
    pakket.resources.truncate(1);
    pakket.resources[0].bytes = large.len() as u64;
    pakket.resources[0].hash = sha(&large);
    let levering = open_as(&test_lake.lake, KVK, &pakket, "groot")
        .await
        .unwrap()
        .levering();
    let mut upload = test_lake
        .lake
        .upload(levering.id, "traject", 0)
        .await
        .unwrap();
    for chunk in large.chunks(100_000) {
        upload.write(part(chunk)).await.unwrap();
    }
    let under_way = test_lake
        .lake
        .upload_progress(levering.id, "traject")
        .await
        .unwrap();
    assert!(
        under_way.offset >= 12 * 1024 * 1024 && !under_way.everything,
        "{under_way:?}"
    );
    assert!(upload.finish().await.unwrap().everything);
    test_lake.lake.received(levering.id, &on(2)).await.unwrap();
}

/// A job beside the service takes no uploads.
#[tokio::test]
async fn a_job_takes_no_uploads() {
    let test_lake = test_lake().await;
    let levering = opened(&test_lake.lake, KVK, "a").await;
    let task = Lake::open(test_lake.lake.dir(), Access::Task)
        .await
        .unwrap();
    assert!(matches!(
        task.append(levering.id, "traject", 0, part(b"x")).await,
        Err(LakeError::ServiceOnly)
    ));
    assert!(matches!(
        task.received(levering.id, &on(2)).await,
        Err(LakeError::ServiceOnly)
    ));
}

/// Many aanbieders at once: every one gets through to its signature.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_aanbieders_at_once() {
    let test_lake = test_lake().await;
    let mut taken = tokio::task::JoinSet::new();
    for number in 0..60 {
        let lake = test_lake.lake.clone();
        taken.spawn(async move {
            let kvk = format!("{:08}", 20_000_000 + number);
            set_aanbieder(&lake, &kvk).await;
            crate::support::submitted(&lake, &kvk, &kvk).await.id
        });
    }
    let ids: std::collections::BTreeSet<_> = taken.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 60);
    let moment = test_lake.lake.freeze("omgang", 2020, &on(9)).await.unwrap();
    assert_eq!(
        moment
            .leveringen
            .iter()
            .map(|l| l.id)
            .collect::<std::collections::BTreeSet<_>>(),
        ids
    );
}
