//! Power cuts: the server is killed at random moments while eight aanbieders deliver.
//!
//! What was acknowledged must be there afterwards, once and whole. `kill -9` keeps the page cache, so this shows
//! nothing of fsync: `lake`'s own tests take the disk away for that.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use stage::{AanbiederRow, Stage, run, succeed};

/// Same seed, same waits; the moments themselves are the machine's.
const SEED: u64 = 20_201_231;
/// How often the server is killed.
const TIMES: usize = 200;
const AANBIEDERS: usize = 8;

/// A levering whose receipt reached the aanbieder.
#[derive(Debug, Clone)]
struct Confirmed {
    kvk: String,
    levering: String,
    rijen: u64,
}

#[test]
#[ignore = "takes minutes; part of make test-all"]
fn nothing_acknowledged_is_lost_doubled_or_half_visible() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let stage = Stage::of_this_build(dir.path())?;
    stage.practice(AANBIEDERS, 320, SEED)?;
    stage.import()?;
    let aanbieders = stage.aanbieders()?;
    let server = stage.serve(None)?;
    let url = server.url.clone();
    let confirmed = Mutex::new(Vec::new());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| -> Result<()> {
        let senders: Vec<_> = aanbieders
            .iter()
            .map(|a| scope.spawn(|| keep_delivering(&stage, a, &url, &done, &confirmed)))
            .collect();
        let killed = kill_and_restart(&stage, server);
        done.store(true, Ordering::SeqCst);
        for sender in senders {
            sender.join().expect("a deliverer returns its error")?;
        }
        killed
    })?;
    let server = stage.serve(None)?;
    let confirmed = confirmed.into_inner().expect("no deliverer panicked");
    println!("{TIMES} kills, {} leveringen acknowledged", confirmed.len());
    ensure!(
        confirmed.len() >= AANBIEDERS,
        "hardly anything was acknowledged: the test shows nothing"
    );
    let outcome = judge(&stage, &confirmed);
    server.stop()?;
    outcome
}

fn kill_and_restart(stage: &Stage, mut server: stage::TestServer) -> Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let address = server.url.trim_start_matches("http://").to_owned();
    for _ in 0..TIMES {
        std::thread::sleep(Duration::from_millis(rng.random_range(20..700)));
        server.kill()?;
        server = stage.serve(Some(&address))?;
    }
    // A last stretch without kills, so that what is under way can end.
    std::thread::sleep(Duration::from_secs(5));
    server.stop()
}

/// Delivers one pakket after another; each has another delivery date, so each is another levering.
fn keep_delivering(
    stage: &Stage,
    aanbieder: &AanbiederRow,
    url: &str,
    done: &AtomicBool,
    confirmed: &Mutex<Vec<Confirmed>>,
) -> Result<()> {
    for round in 0.. {
        if done.load(Ordering::SeqCst) {
            return Ok(());
        }
        aanbieder.map_and_pack_on(stage, Some(delivery_day(round)))?;
        // A round fails whenever the server is away too long; the next one delivers anew.
        if aanbieder.push(stage, url).is_ok() {
            let levering = receipt(stage, aanbieder).context("a signed levering has a receipt")?;
            confirmed
                .lock()
                .expect("no deliverer panics while it holds the list")
                .push(levering);
        }
    }
    Ok(())
}

fn delivery_day(round: usize) -> String {
    format!("2021-{:02}-{:02}", 2 + round / 28, 1 + round % 28)
}

fn receipt(stage: &Stage, aanbieder: &AanbiederRow) -> Result<Confirmed> {
    let out = succeed(
        stage
            .uitvraag()
            .arg("status")
            .arg(aanbieder.pakket(stage))
            .arg("--json"),
    )?;
    let json: serde_json::Value = serde_json::from_slice(&out.stdout)?;
    let claims = &json["ontvangstbewijs"];
    Ok(Confirmed {
        kvk: aanbieder.kvk.clone(),
        levering: claims["levering"].as_str().context("levering")?.to_owned(),
        rijen: claims["rijen"]["traject"].as_u64().context("rijen")?,
    })
}

fn judge(stage: &Stage, confirmed: &[Confirmed]) -> Result<()> {
    let seen_states = states(stage)?;
    let mut last: BTreeMap<&str, &Confirmed> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for levering in confirmed {
        ensure!(
            seen.insert(&levering.levering),
            "acknowledged twice: {levering:?}"
        );
        let toestand = seen_states
            .get(&levering.levering)
            .with_context(|| format!("lost: {levering:?}"))?;
        ensure!(
            matches!(toestand.as_str(), "ingediend" | "vervangen"),
            "{levering:?} is {toestand}"
        );
        last.insert(&levering.kvk, levering);
    }
    // One in force per aanbieder, and it is the last acknowledged one or a newer one whose answer got lost.
    let moment = stage.freeze()?;
    // The freeze compares every file with its hash; what is damaged would stay out.
    let out = succeed(stage.monitor().args(["admin", "momentopname", &moment]))?;
    let all: Vec<BTreeMap<String, String>> = csv::Reader::from_reader(out.stdout.as_slice())
        .deserialize()
        .collect::<Result<_, _>>()?;
    let rows: Vec<_> = all
        .into_iter()
        .filter(|r| r["tabel"] == "traject")
        .collect();
    for (kvk, levering) in last {
        let own: Vec<_> = rows.iter().filter(|r| r["kvk"] == kvk).collect();
        ensure!(own.len() == 1, "{kvk}: {} leveringen in force", own.len());
        ensure!(
            own[0]["rijen"] == levering.rijen.to_string(),
            "{kvk}: half visible, {} rows of {}",
            own[0]["rijen"],
            levering.rijen
        );
        ensure!(
            own[0]["levering"] >= levering.levering,
            "{kvk}: an older levering is in force"
        );
    }
    Ok(())
}

/// State per levering, from the log of events.
fn states(stage: &Stage) -> Result<BTreeMap<String, String>> {
    let out = run(stage.monitor().args(["admin", "log"]))?;
    let mut seen_states = BTreeMap::new();
    for row in
        csv::Reader::from_reader(out.stdout.as_slice()).deserialize::<BTreeMap<String, String>>()
    {
        let row = row?;
        if !row["naar"].is_empty() {
            seen_states.insert(row["levering"].clone(), row["naar"].clone());
        }
    }
    ensure!(
        !seen_states.is_empty(),
        "the log of {} is empty",
        stage.uitvraag_name()
    );
    Ok(seen_states)
}
