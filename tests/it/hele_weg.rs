//! The whole way, once, in small: from practice extracts to a publication that can be made again byte for byte.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use toneel::{Server, Toneel, run, succeed};

/// A played uitvraag that is still being served.
struct Gespeeld {
    _map: tempfile::TempDir,
    toneel: Toneel,
    server: Server,
}

/// Twenty aanbieders, with every shape of extract at least once and a nulopgave among them.
fn play() -> Result<Gespeeld> {
    let map = tempfile::tempdir()?;
    let toneel = Toneel::of_this_build(map.path())?;
    toneel.practice(20, 1_500, 11)?;
    toneel.import()?;
    let server = toneel.serve(None)?;
    for aanbieder in toneel.aanbieders()? {
        aanbieder
            .deliver(&toneel, &server.url)
            .with_context(|| aanbieder.map.clone())?;
    }
    toneel.freeze()?;
    toneel.publish()?;
    Ok(Gespeeld {
        _map: map,
        toneel,
        server,
    })
}

#[test]
fn from_extract_to_spiegelrapportage() -> Result<()> {
    let spel = play()?;
    every_extract_equals_its_truth(&spel.toneel)?;
    everyone_counts(&spel)?;
    the_stock_adds_up(&spel)?;
    nothing_small_is_published(&spel)?;
    every_gebied_has_its_page(&spel.toneel)?;
    the_publication_can_be_made_again(&spel.toneel)?;
    receipts_verify_without_a_server(&spel.toneel)?;
    spel.server.stop()
}

/// The canonical CSV in the pakket holds what the truth file says, row by row.
fn every_extract_equals_its_truth(toneel: &Toneel) -> Result<()> {
    for aanbieder in toneel.aanbieders()?.iter().filter(|a| a.levert == "ja") {
        let waarheid: Vec<BTreeMap<String, Value>> = serde_json::from_slice(&std::fs::read(
            toneel
                .dir
                .join("extracten/waarheid")
                .join(format!("{}.json", aanbieder.map)),
        )?)?;
        let rijen = canonical_rows(&aanbieder.pakket(toneel).join("traject.csv.zst"))?;
        assert_eq!(
            rijen.len(),
            waarheid.len(),
            "{}: number of rows",
            aanbieder.map
        );
        for (nummer, (rij, waar)) in rijen.iter().zip(&waarheid).enumerate() {
            for (veld, waarde) in waar.iter().filter(|(veld, _)| *veld != "traject") {
                let verwacht = match waarde {
                    Value::Null => String::new(),
                    Value::String(tekst) => tekst.clone(),
                    ander => ander.to_string(),
                };
                let gevonden = rij.get(veld).cloned().unwrap_or_default();
                // An amount is a number: 869 and 869.00 are the same.
                let gelijk = gevonden == verwacht
                    || veld == "kosten" && gevonden.parse::<f64>()? == verwacht.parse::<f64>()?;
                assert!(
                    gelijk,
                    "{} row {nummer} field {veld}: {gevonden} is not {verwacht}",
                    aanbieder.map
                );
            }
        }
    }
    Ok(())
}

fn canonical_rows(pad: &Path) -> Result<Vec<BTreeMap<String, String>>> {
    let csv = zstd::decode_all(std::fs::File::open(pad)?)?;
    csv::Reader::from_reader(csv.as_slice())
        .deserialize()
        .map(|rij| rij.context("canonical CSV"))
        .collect()
}

fn everyone_counts(spel: &Gespeeld) -> Result<()> {
    let uit = succeed(
        spel.toneel
            .monitor()
            .args(["admin", "aanbieders", "list", "omgang/2020"]),
    )?;
    let lijst: Vec<BTreeMap<String, String>> = csv::Reader::from_reader(uit.stdout.as_slice())
        .deserialize()
        .collect::<Result<_, _>>()?;
    for aanbieder in spel.toneel.aanbieders()? {
        let rij = lijst
            .iter()
            .find(|r| r["kvk"] == aanbieder.kvk)
            .context("every aanbieder is listed")?;
        let verwacht = match aanbieder.levert.as_str() {
            "ja" => ["geleverd"].as_slice(),
            "nulopgave" => &["nulopgave"],
            _ => &["gestopt", "geweigerd"],
        };
        assert!(
            verwacht.contains(&rij["uitkomst"].as_str()),
            "{}: {}",
            aanbieder.map,
            rij["uitkomst"]
        );
    }
    Ok(())
}

/// begin + in - uit = eind, in every cell of the unprotected figures.
fn the_stock_adds_up(spel: &Gespeeld) -> Result<()> {
    let sql = "SELECT niveau, gebied, uitsplitsing, categorie,
                      SUM(CASE WHEN indicator IN ('stroom_begin', 'stroom_in') THEN waarde
                               WHEN indicator IN ('stroom_uit', 'stroom_eind') THEN -waarde ELSE 0 END) AS rest,
                      COUNT(*) AS aantal
               FROM cijfers WHERE indicator IN ('stroom_begin', 'stroom_in', 'stroom_uit', 'stroom_eind') AND status <> 'M'
               GROUP BY niveau, gebied, uitsplitsing, categorie";
    let uit = succeed(
        spel.toneel
            .monitor()
            .args(["query", "--intern", "--format", "csv", sql]),
    )?;
    let cellen: Vec<BTreeMap<String, String>> = csv::Reader::from_reader(uit.stdout.as_slice())
        .deserialize()
        .collect::<Result<_, _>>()?;
    assert!(
        cellen.len() > 400,
        "every breakdown of every gebied with response has a cell: {}",
        cellen.len()
    );
    for cel in &cellen {
        assert_eq!(cel["aantal"], "4", "{cel:?}");
        assert_eq!(cel["rest"].parse::<f64>()?, 0.0, "{cel:?}");
    }
    Ok(())
}

fn nothing_small_is_published(spel: &Gespeeld) -> Result<()> {
    // Aanbieders, voorzieningen and places are no children.
    let sql = "SELECT COUNT(*) AS klein FROM cijfers
               WHERE (indicator NOT LIKE 'respons%' AND indicator NOT IN ('organisatie_initiatief', 'organisatie_plaatsen')
                      AND ((teller > 0 AND teller < 5 AND indicator LIKE 'gebruik%') OR (n > 0 AND n < 5)))
                  OR (waarde IS NOT NULL AND vertrouwelijk <> 'F')";
    let uit = succeed(
        spel.toneel
            .monitor()
            .args(["query", "--format", "csv", sql]),
    )?;
    assert_eq!(String::from_utf8(uit.stdout)?.lines().nth(1), Some("0"));
    Ok(())
}

fn every_gebied_has_its_page(toneel: &Toneel) -> Result<()> {
    let map = toneel.dir.join("publicaties/omgang/2020/1");
    let spiegels: Vec<String> = std::fs::read_dir(map.join("spiegel"))?
        .map(|m| Ok(m?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    assert_eq!(spiegels.iter().filter(|s| s.starts_with("JZ")).count(), 42);
    assert_eq!(spiegels.iter().filter(|s| s.starts_with("GM")).count(), 355);
    for bestand in [
        "index.html",
        "0-meting/index.html",
        "cijfers.parquet",
        "cijfers.csv",
        "datapackage.json",
        "herkomst.json",
        "SHA256SUMS",
    ] {
        assert!(map.join(bestand).is_file(), "{bestand}");
    }
    Ok(())
}

fn the_publication_can_be_made_again(toneel: &Toneel) -> Result<()> {
    succeed(
        toneel
            .monitor()
            .args(["publish", "omgang", "--year", "2020", "--verify", "1"]),
    )?;
    // A test that can't fail proves nothing: with one byte changed it must.
    let pad = toneel.dir.join("publicaties/omgang/2020/1/cijfers.csv");
    let mut inhoud = std::fs::read(&pad)?;
    let laatste = inhoud.len() - 2;
    inhoud[laatste] ^= 1;
    make_writable(&pad)?;
    std::fs::write(&pad, inhoud)?;
    let uit = run(toneel
        .monitor()
        .args(["publish", "omgang", "--year", "2020", "--verify", "1"]))?;
    assert_eq!(
        uit.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&uit.stderr)
    );
    assert!(String::from_utf8_lossy(&uit.stderr).contains("cijfers.csv"));
    Ok(())
}

fn make_writable(pad: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(pad, std::fs::Permissions::from_mode(0o600))?;
    Ok(())
}

fn receipts_verify_without_a_server(toneel: &Toneel) -> Result<()> {
    for aanbieder in toneel.aanbieders()?.iter().filter(|a| a.levert == "ja") {
        succeed(
            toneel
                .uitvraag()
                .arg("status")
                .arg(aanbieder.pakket(toneel)),
        )?;
    }
    Ok(())
}
