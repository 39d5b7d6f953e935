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
use toneel::{Aanbieder, Toneel, UITVRAAG, run, succeed};

/// Same seed, same waits; the moments themselves are the machine's.
const SEED: u64 = 20_201_231;
/// How often the server is killed.
const KEREN: usize = 200;
const AANBIEDERS: usize = 8;

/// A levering whose receipt reached the aanbieder.
#[derive(Debug, Clone)]
struct Bevestigd {
    kvk: String,
    levering: String,
    rijen: u64,
}

#[test]
#[ignore = "takes minutes; part of make test-all"]
fn nothing_acknowledged_is_lost_doubled_or_half_visible() -> Result<()> {
    let map = tempfile::tempdir()?;
    let toneel = Toneel::of_this_build(map.path())?;
    toneel.practice(AANBIEDERS, 320, SEED)?;
    toneel.import()?;
    let aanbieders = toneel.aanbieders()?;
    let server = toneel.serve(None)?;
    let url = server.url.clone();
    let bevestigd = Mutex::new(Vec::new());
    let klaar = AtomicBool::new(false);
    std::thread::scope(|scope| -> Result<()> {
        let leveraars: Vec<_> = aanbieders
            .iter()
            .map(|a| scope.spawn(|| keep_delivering(&toneel, a, &url, &klaar, &bevestigd)))
            .collect();
        let gedood = kill_and_restart(&toneel, server);
        klaar.store(true, Ordering::SeqCst);
        for leveraar in leveraars {
            leveraar.join().expect("a deliverer returns its error")?;
        }
        gedood
    })?;
    let server = toneel.serve(None)?;
    let bevestigd = bevestigd.into_inner().expect("no deliverer panicked");
    println!("{KEREN} kills, {} leveringen acknowledged", bevestigd.len());
    ensure!(
        bevestigd.len() >= AANBIEDERS,
        "hardly anything was acknowledged: the test shows nothing"
    );
    let uitkomst = judge(&toneel, &bevestigd);
    server.stop()?;
    uitkomst
}

fn kill_and_restart(toneel: &Toneel, mut server: toneel::Server) -> Result<()> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let adres = server.url.trim_start_matches("http://").to_owned();
    for _ in 0..KEREN {
        std::thread::sleep(Duration::from_millis(rng.random_range(20..700)));
        server.kill()?;
        server = toneel.serve(Some(&adres))?;
    }
    // A last stretch without kills, so that what is under way can end.
    std::thread::sleep(Duration::from_secs(5));
    server.stop()
}

/// Delivers one pakket after another; each has another delivery date, so each is another levering.
fn keep_delivering(
    toneel: &Toneel,
    aanbieder: &Aanbieder,
    url: &str,
    klaar: &AtomicBool,
    bevestigd: &Mutex<Vec<Bevestigd>>,
) -> Result<()> {
    for ronde in 0.. {
        if klaar.load(Ordering::SeqCst) {
            return Ok(());
        }
        aanbieder.map_and_pack_on(toneel, Some(delivery_day(ronde)))?;
        // A round fails whenever the server is away too long; the next one delivers anew.
        if aanbieder.push(toneel, url).is_ok() {
            let levering = receipt(toneel, aanbieder).context("a signed levering has a receipt")?;
            bevestigd
                .lock()
                .expect("no deliverer panics while it holds the list")
                .push(levering);
        }
    }
    Ok(())
}

fn delivery_day(ronde: usize) -> String {
    format!("2021-{:02}-{:02}", 2 + ronde / 28, 1 + ronde % 28)
}

fn receipt(toneel: &Toneel, aanbieder: &Aanbieder) -> Result<Bevestigd> {
    let uit = succeed(
        toneel
            .uitvraag()
            .arg("status")
            .arg(aanbieder.pakket(toneel))
            .arg("--json"),
    )?;
    let json: serde_json::Value = serde_json::from_slice(&uit.stdout)?;
    let claims = &json["ontvangstbewijs"];
    Ok(Bevestigd {
        kvk: aanbieder.kvk.clone(),
        levering: claims["levering"].as_str().context("levering")?.to_owned(),
        rijen: claims["rijen"]["traject"].as_u64().context("rijen")?,
    })
}

fn judge(toneel: &Toneel, bevestigd: &[Bevestigd]) -> Result<()> {
    let toestanden = states(toneel)?;
    let mut laatste: BTreeMap<&str, &Bevestigd> = BTreeMap::new();
    let mut gezien = BTreeSet::new();
    for levering in bevestigd {
        ensure!(
            gezien.insert(&levering.levering),
            "acknowledged twice: {levering:?}"
        );
        let toestand = toestanden
            .get(&levering.levering)
            .with_context(|| format!("lost: {levering:?}"))?;
        ensure!(
            matches!(toestand.as_str(), "ingediend" | "vervangen"),
            "{levering:?} is {toestand}"
        );
        laatste.insert(&levering.kvk, levering);
    }
    // One in force per aanbieder, and it is the last acknowledged one or a newer one whose answer got lost.
    let moment = toneel.freeze()?;
    // The freeze compares every file with its hash; what is damaged would stay out.
    let uit = succeed(toneel.monitor().args(["admin", "momentopname", &moment]))?;
    let alle: Vec<BTreeMap<String, String>> = csv::Reader::from_reader(uit.stdout.as_slice())
        .deserialize()
        .collect::<Result<_, _>>()?;
    let rijen: Vec<_> = alle
        .into_iter()
        .filter(|r| r["tabel"] == "traject")
        .collect();
    for (kvk, levering) in laatste {
        let eigen: Vec<_> = rijen.iter().filter(|r| r["kvk"] == kvk).collect();
        ensure!(
            eigen.len() == 1,
            "{kvk}: {} leveringen in force",
            eigen.len()
        );
        ensure!(
            eigen[0]["rijen"] == levering.rijen.to_string(),
            "{kvk}: half visible, {} rows of {}",
            eigen[0]["rijen"],
            levering.rijen
        );
        ensure!(
            eigen[0]["levering"] >= levering.levering,
            "{kvk}: an older levering is in force"
        );
    }
    Ok(())
}

/// State per levering, from the log of events.
fn states(toneel: &Toneel) -> Result<BTreeMap<String, String>> {
    let uit = run(toneel.monitor().args(["admin", "log"]))?;
    let mut toestanden = BTreeMap::new();
    for rij in
        csv::Reader::from_reader(uit.stdout.as_slice()).deserialize::<BTreeMap<String, String>>()
    {
        let rij = rij?;
        if !rij["naar"].is_empty() {
            toestanden.insert(rij["levering"].clone(), rij["naar"].clone());
        }
    }
    ensure!(!toestanden.is_empty(), "the log of {UITVRAAG} is empty");
    Ok(toestanden)
}
