//! Faults at SQLite's own calls: a full disk, a broken one, a lock that is held, no memory. Whatever call fails, reads
//! go on, nothing acknowledged is lost, and once the fault is over every tenant can write again, without a restart.
//!
//! Seen: after one full disk every write of every tenant failed until a restart. The faults come from `faults.c`, a
//! library that the test compiles, and loads by running itself once more with `LD_PRELOAD`.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use lake::{Access, JudgedLevering, Lake, LakeError, Levering, LeveringId, Thoroughness};
use schema::Toestand;
use schema::bevinding::Verdict;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use crate::support::{
    KVK, calendar, content, fast_dir, on, oordeel, open_as, pakket, rows, set_aanbieder, sign,
    test_lake,
};

const OTHER: &str = "87654321";
const CONTROL: &str = "OMGANG_FAULTS";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    Full = 1,
    Broken = 2,
    Locked = 3,
    /// Broken for reading too.
    Unreadable = 4,
}

/// The page through which the library is steered.
struct Faults(File);

impl Faults {
    fn put(&self, place: u64, value: i32) {
        self.0
            .write_all_at(&value.to_ne_bytes(), place * 4)
            .unwrap();
    }

    /// From the call after `spared` on everything fails.
    fn arm(&self, fault: Fault, spared: i32) {
        self.put(1, spared);
        self.put(2, 0);
        self.put(0, fault as i32);
    }

    /// Ends the fault; how many calls it failed.
    fn end(&self) -> i32 {
        self.put(0, 0);
        let mut bytes = [0; 4];
        self.0.read_exact_at(&mut bytes, 8).unwrap();
        i32::from_ne_bytes(bytes)
    }
}

/// Runs one test of this program once more, in a process of its own with the library before the disk.
fn run_with_faults(test: &str) {
    let dir = fast_dir();
    let (library, control) = (dir.path().join("faults.so"), dir.path().join("control"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/faults.c");
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o"])
        .args([&library, &source])
        .arg("-ldl")
        .status()
        .unwrap();
    assert!(compiled.success(), "a C compiler is needed");
    std::fs::write(&control, [0; 4096]).unwrap();
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("LD_PRELOAD", &library)
        .env(CONTROL, &control)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(
        run.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

/// What was acknowledged.
type Acknowledged = Vec<(LeveringId, Toestand)>;

/// The whole way of one levering, from wherever an earlier try left it.
async fn deliver(
    lake: &Lake,
    kvk: &str,
    mark: &str,
    acknowledged: &mut Acknowledged,
) -> Result<(), LakeError> {
    let mut levering = open_as(lake, kvk, &pakket(mark), mark).await?.levering();
    loop {
        acknowledged.push((levering.id, levering.toestand));
        levering = match levering.toestand {
            Toestand::Geopend => {
                for (tabel, bytes) in content(mark) {
                    let offset = lake.upload_progress(levering.id, tabel).await?.offset;
                    let rest = bytes[usize::try_from(offset).unwrap()..].to_vec();
                    lake.append(levering.id, tabel, offset, rest.into()).await?;
                }
                lake.received(levering.id, &on(2)).await?
            }
            Toestand::Ontvangen => {
                let mut tables = Vec::new();
                for file in &levering.bestanden {
                    let mut writer =
                        lake.tabel_writer(&levering, &file.tabel, &rows(3).schema())?;
                    writer.write(&rows(3))?;
                    tables.push(writer.close()?);
                }
                let judged = oordeel(Verdict::Akkoord);
                lake.judged(
                    levering.id,
                    JudgedLevering::new(&judged, tables, "r"),
                    &on(3),
                )
                .await?
            }
            Toestand::Akkoord => sign(lake, levering.id, "jws", &on(4)).await?,
            _ => return Ok(()),
        };
    }
}

/// A write of another tenant, that leaves none of the few open leveringen it may have.
async fn open_and_withdraw(lake: &Lake, mark: &str) -> Result<Levering, LakeError> {
    let opened = open_as(lake, OTHER, &pakket(mark), mark).await?;
    lake.withdraw(opened.levering().id, &calendar(), &on(2))
        .await
}

/// Asks until it succeeds; a fault that is over must be over for everybody within seconds.
async fn within_seconds<T>(what: &str, ask: impl AsyncFn() -> Result<T, LakeError>) -> T {
    let begin = Instant::now();
    loop {
        match ask().await {
            Ok(answer) => return answer,
            Err(_) if begin.elapsed() < Duration::from_secs(5) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => panic!("{what} still fails: {error:?}"),
        }
    }
}

fn rank(toestand: Toestand) -> usize {
    let order = [
        Toestand::Geopend,
        Toestand::Ontvangen,
        Toestand::Akkoord,
        Toestand::Ingediend,
        Toestand::Vervangen,
    ];
    order.iter().position(|t| *t == toestand).unwrap()
}

async fn all_is_kept(lake: &Lake, acknowledged: &Acknowledged) {
    for (id, toestand) in acknowledged {
        let levering = lake.levering(*id).await.unwrap().expect("acknowledged");
        assert!(
            rank(levering.toestand) >= rank(*toestand),
            "{id} was {toestand:?}, and is {:?}",
            levering.toestand
        );
        assert_eq!(levering.quarantaine, None);
    }
}

/// One fault, at every call in turn.
async fn every_call_in_turn(faults: &Faults, fault: Fault) {
    let test_lake = test_lake().await;
    set_aanbieder(&test_lake.lake, OTHER).await;
    let lake = &test_lake.lake;
    let mut acknowledged = Vec::new();
    let mut spared = 0;
    let mut said_full = false;
    loop {
        let mark = format!("{}{spared}", fault as i32);
        faults.arm(fault, spared);
        let outcome = deliver(lake, KVK, &mark, &mut acknowledged).await;
        let mut ready = true;
        if let Err(error) = &outcome {
            assert!(error.is_storage(), "{fault:?} {spared}: {error:?}");
            said_full |= error.is_full();
            ready = lake.ready().await.is_ok();
            if fault != Fault::Unreadable {
                all_is_kept(lake, &acknowledged).await;
            }
        }
        let failed = faults.end();
        assert!(!ready || outcome.is_ok(), "ready while writes fail");
        within_seconds("being ready", async || lake.ready().await).await;
        let other = format!("other-{mark}");
        within_seconds("another tenant's write", async || {
            open_and_withdraw(lake, &other).await
        })
        .await;
        within_seconds("the same write", async || {
            deliver(lake, KVK, &mark, &mut Vec::new()).await
        })
        .await;
        all_is_kept(lake, &acknowledged).await;
        if failed == 0 {
            break;
        }
        spared += 1;
    }
    assert_eq!(said_full, fault == Fault::Full, "{fault:?}");
    // A lock is taken once for each write; bytes are written and synced more often.
    let few = if fault == Fault::Locked { 8 } else { 30 };
    assert!(spared > few, "{fault:?}: only {spared} calls");
    let dir = lake.dir().to_owned();
    test_lake.lake.close().await;
    drop(test_lake.lake);
    let lake = Lake::open(&dir, Access::Service).await.unwrap();
    let found = lake.recover(Thoroughness::Hash, &on(50)).await.unwrap();
    assert_eq!(found.in_quarantine, []);
    all_is_kept(&lake, &acknowledged).await;
}

/// Full, broken, held: each at every call, and it is over when the fault is.
#[test]
fn the_register_recovers_from_the_disk() {
    let Ok(control) = std::env::var(CONTROL) else {
        return run_with_faults("faults::the_register_recovers_from_the_disk");
    };
    let control = OpenOptions::new().read(true).write(true).open(control);
    let faults = Faults(control.unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for fault in [Fault::Full, Fault::Broken, Fault::Locked, Fault::Unreadable] {
        runtime.block_on(every_call_in_turn(&faults, fault));
    }
}

/// No memory: another connection takes what SQLite may have, and gives it back.
#[test]
fn the_register_recovers_when_there_is_memory_again() {
    if std::env::var(CONTROL).is_err() {
        return run_with_faults("faults::the_register_recovers_when_there_is_memory_again");
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let test_lake = test_lake().await;
        let lake = &test_lake.lake;
        set_aanbieder(lake, OTHER).await;
        let mut acknowledged = Vec::new();
        let mut refused = 0;
        for round in 0..ROUNDS {
            let mark = format!("m{round}");
            // What is spared decides how far a write comes before memory runs out.
            let spare = hog(&[round * 2 * 1024 + 1], 1).await;
            let all = hog(&[1 << 20, 1 << 16, 1 << 12, 1 << 8], usize::MAX).await;
            spare.close().await.unwrap();
            if let Err(error) = deliver(lake, KVK, &mark, &mut acknowledged).await {
                assert!(error.is_storage(), "{error:?}");
                refused += 1;
            }
            all.close().await.unwrap();
            within_seconds("being ready", async || lake.ready().await).await;
            within_seconds("another tenant's write", async || {
                open_and_withdraw(lake, &mark).await
            })
            .await;
            within_seconds("the same write", async || {
                deliver(lake, KVK, &mark, &mut Vec::new()).await
            })
            .await;
            all_is_kept(lake, &acknowledged).await;
        }
        assert!(
            refused > 10,
            "memory ran out {refused} times: this shows nothing"
        );
    });
}

/// Tries with a little more memory each.
const ROUNDS: i64 = 48;

/// A connection that takes memory in pieces of these sizes, at most so many of each, until SQLite has no more to give.
async fn hog(sizes: &[i64], pieces: usize) -> SqliteConnection {
    let mut hog = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    for setup in [
        "PRAGMA hard_heap_limit = 33554432",
        "CREATE TABLE hog (bytes)",
    ] {
        sqlx::query(setup).execute(&mut hog).await.unwrap();
    }
    for size in sizes {
        let mut insert = async || {
            let insert = sqlx::query("INSERT INTO hog VALUES (zeroblob($1))");
            insert.bind(size).execute(&mut hog).await.is_ok()
        };
        let mut taken = 0;
        while taken < pieces && insert().await {
            taken += 1;
        }
    }
    hog
}
