//! A disk that is full for a moment, at each operation in turn: the call fails, nothing is left half, and asking
//! again succeeds without a restart.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use lake::disk::{Disk, DurableFile, RealDisk};
use lake::{Access, JudgedLevering, Lake, LakeError, NewPublicatie};
use schema::Toestand;
use schema::bevinding::Verdict;

use crate::support::{
    JAAR, KVK, UITVRAAG, content, fast_dir, files, on, oordeel, open_as, pakket, paths_of, rows,
    set_aanbieder, sign,
};

/// Fails the operation at which the counter reaches zero, once.
struct Faltering(Arc<AtomicI64>);

fn tick(counter: &AtomicI64) -> io::Result<()> {
    if counter.fetch_sub(1, Ordering::SeqCst) == 0 {
        Err(io::ErrorKind::StorageFull.into())
    } else {
        Ok(())
    }
}

impl Disk for Faltering {
    fn make_dir(&self, path: &Path) -> io::Result<()> {
        tick(&self.0)?;
        RealDisk.make_dir(path)
    }

    fn write(&self, path: &Path, offset: u64, mode: u32) -> io::Result<Box<dyn DurableFile>> {
        tick(&self.0)?;
        Ok(Box::new(FalteringFile(
            RealDisk.write(path, offset, mode)?,
            self.0.clone(),
        )))
    }

    fn rename(&self, van: &Path, to: &Path) -> io::Result<()> {
        tick(&self.0)?;
        RealDisk.rename(van, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        tick(&self.0)?;
        RealDisk.remove(path)
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        tick(&self.0)?;
        RealDisk.remove_dir(path)
    }

    fn sync_map(&self, path: &Path) -> io::Result<()> {
        tick(&self.0)?;
        RealDisk.sync_map(path)
    }
}

struct FalteringFile(Box<dyn DurableFile>, Arc<AtomicI64>);

impl Write for FalteringFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        tick(&self.1)?;
        self.0.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl DurableFile for FalteringFile {
    fn sync(&mut self) -> io::Result<()> {
        tick(&self.1)?;
        self.0.sync()
    }
}

/// Does something, and once more when the disk was full.
async fn twice<T>(doe: impl AsyncFn() -> Result<T, LakeError>) -> T {
    match doe().await {
        Ok(outcome) => outcome,
        Err(error) => {
            assert!(error.is_full(), "{error:?}");
            doe().await.unwrap()
        }
    }
}

/// The whole way of one levering and one publication; true when the disk failed on the way.
async fn there_and_back(fail_at: i64) -> bool {
    let dir = fast_dir();
    let path = dir.path().join("data");
    let counter = Arc::new(AtomicI64::new(i64::MAX));
    let lake = Lake::open_with(&path, Access::Service, Arc::new(Faltering(counter.clone())))
        .await
        .unwrap();
    set_aanbieder(&lake, KVK).await;
    counter.store(fail_at, Ordering::SeqCst);
    let lake = &lake;
    let levering = twice(async || open_as(lake, KVK, &pakket("a"), "a").await)
        .await
        .levering();
    for (tabel, bytes) in content("a") {
        let bytes = &bytes;
        twice(async || {
            let offset = lake.upload_progress(levering.id, tabel).await?.offset;
            let rest = bytes::Bytes::copy_from_slice(&bytes[usize::try_from(offset).unwrap()..]);
            lake.append(levering.id, tabel, offset, rest).await
        })
        .await;
    }
    let levering = lake.received(levering.id, &on(2)).await.unwrap();
    let levering = &levering;
    twice(async || {
        let mut tabellen = Vec::new();
        for file in &levering.bestanden {
            let mut writer = lake.tabel_writer(levering, &file.tabel, &rows(3).schema())?;
            writer.write(&rows(3))?;
            tabellen.push(writer.close()?);
        }
        lake.judged(
            levering.id,
            JudgedLevering::new(&oordeel(Verdict::Akkoord), tabellen, "r"),
            &on(3),
        )
        .await
    })
    .await;
    sign(lake, levering.id, "jws", &on(4)).await.unwrap();
    lake.freeze(UITVRAAG, JAAR, &on(5)).await.unwrap();
    twice(async || lake.write_internal("cijfers.parquet", b"c".to_vec()).await).await;
    twice(async || {
        let files = vec![("spiegel/x.html".to_owned(), b"x".to_vec())];
        lake.publish(
            NewPublicatie {
                momentopname: "omgang-2020-1",
                erased: &[],
                versie: 1,
                bestanden: files,
            },
            &on(6),
        )
        .await
    })
    .await;
    let outputs = [
        "intern/cijfers.parquet",
        "publicaties/omgang/2020/1/SHA256SUMS",
        "publicaties/omgang/2020/1/spiegel/x.html",
    ];
    let outputs: BTreeSet<String> = outputs.map(str::to_owned).into();
    let over = |expected: BTreeSet<String>| {
        // A set that was in its place but not yet durable is set aside for a beheerder, never mixed with the new one.
        let is = files(&path)
            .into_iter()
            .filter(|b| !b.starts_with("quarantaine/publicatie/"));
        assert_eq!(
            is.collect::<BTreeSet<_>>(),
            expected,
            "failing at {fail_at}"
        );
    };
    over(&outputs | &paths_of(levering.id, true));
    let erased = twice(async || lake.erase(levering.id, &on(7)).await).await;
    assert_eq!(erased.toestand, Toestand::Gewist);
    over(outputs);
    counter.load(Ordering::SeqCst) < 0
}

/// Wherever the disk is full, nothing is half.
#[tokio::test]
async fn a_full_disk_leaves_nothing_half() {
    let mut steps = 0;
    while there_and_back(steps).await {
        steps += 1;
    }
    assert!(steps > 60, "only {steps} operations");
}
