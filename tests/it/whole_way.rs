//! The whole way, once, in small: from practice extracts to a publication that can be made again byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;
use stage::{Stage, TestServer, run, succeed};

/// A played uitvraag that is still being served.
struct Played {
    _dir: tempfile::TempDir,
    stage: Stage,
    server: TestServer,
}

/// Twenty aanbieders, with every shape of extract at least once, a nulopgave among them and one that never answers.
fn play() -> Result<Played> {
    let dir = tempfile::tempdir()?;
    let stage = Stage::of_this_build(dir.path())?;
    // So many that most regio's have some: where hardly any count is large the proof takes twice as long.
    stage.practice(20, 6_000, 11)?;
    stage.import()?;
    let server = stage.serve(None)?;
    for aanbieder in stage.aanbieders()? {
        aanbieder
            .deliver(&stage, &server.url)
            .with_context(|| aanbieder.map.clone())?;
    }
    stage.freeze()?;
    stage.make_figures()?;
    stage.publish()?;
    Ok(Played {
        _dir: dir,
        stage,
        server,
    })
}

#[test]
fn from_extract_to_spiegelrapportage() -> Result<()> {
    let played = play()?;
    every_extract_equals_its_truth(&played.stage)?;
    everyone_counts(&played)?;
    the_stock_adds_up(&played)?;
    nothing_small_is_published(&played)?;
    every_gebied_has_its_page(&played.stage)?;
    the_publication_can_be_made_again(&played.stage)?;
    receipts_verify_without_a_server(&played.stage)?;
    played.server.stop()
}

/// A year later the same children come under the same pseudonyms, whatever their aanbieder exports.
#[test]
fn the_second_year_is_about_the_same_children() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let first = Stage::of_this_build(dir.path())?;
    let second = first.next_year();
    for stage in [&first, &second] {
        stage.practice(12, 600, 5)?;
        for aanbieder in stage.aanbieders()? {
            aanbieder
                .map_and_pack(stage)
                .with_context(|| format!("{} of {}", aanbieder.map, stage.jaar))?;
        }
        every_extract_equals_its_truth(stage)?;
    }
    let mut open = 0;
    for aanbieder in first.aanbieders()? {
        let rows = |stage| canonical_rows(&aanbieder.pakket(stage).join("traject.csv.zst"));
        let children = |row: &BTreeMap<String, String>| {
            (row["traject_id"].clone(), row["jeugdige_id"].clone())
        };
        let later: BTreeSet<_> = rows(&second)?.iter().map(children).collect();
        for row in rows(&first)? {
            let is_open = row["einddatum"].is_empty();
            open += usize::from(is_open);
            assert_eq!(
                later.contains(&children(&row)),
                is_open,
                "{}: {row:?}",
                aanbieder.map
            );
        }
    }
    assert!(open > 200, "{open}");
    Ok(())
}

/// The canonical CSV in the pakket holds what the truth file says, row by row.
fn every_extract_equals_its_truth(stage: &Stage) -> Result<()> {
    for aanbieder in stage.aanbieders()?.iter().filter(|a| a.levert == "ja") {
        let truth: Vec<BTreeMap<String, Value>> = serde_json::from_slice(&std::fs::read(
            stage
                .folder("extracten")
                .join("waarheid")
                .join(format!("{}.json", aanbieder.map)),
        )?)?;
        let rows = canonical_rows(&aanbieder.pakket(stage).join("traject.csv.zst"))?;
        assert_eq!(rows.len(), truth.len(), "{}: number of rows", aanbieder.map);
        for (number, (row, location)) in rows.iter().zip(&truth).enumerate() {
            for (veld, value) in location.iter().filter(|(veld, _)| *veld != "traject") {
                let expected = match value {
                    Value::Null => String::new(),
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                };
                let found = row.get(veld).cloned().unwrap_or_default();
                // An amount is a number: 869 and 869.00 are the same.
                let equal = found == expected
                    || veld == "kosten" && found.parse::<f64>()? == expected.parse::<f64>()?;
                assert!(
                    equal,
                    "{} row {number} field {veld}: {found} is not {expected}",
                    aanbieder.map
                );
            }
        }
    }
    Ok(())
}

fn canonical_rows(path: &Path) -> Result<Vec<BTreeMap<String, String>>> {
    let csv = zstd::decode_all(std::fs::File::open(path)?)?;
    csv::Reader::from_reader(csv.as_slice())
        .deserialize()
        .map(|row| row.context("canonical CSV"))
        .collect()
}

fn everyone_counts(played: &Played) -> Result<()> {
    let out = succeed(
        played
            .stage
            .monitor()
            .args(["admin", "aanbieders", "list", "omgang/2020"]),
    )?;
    let list: Vec<BTreeMap<String, String>> = csv::Reader::from_reader(out.stdout.as_slice())
        .deserialize()
        .collect::<Result<_, _>>()?;
    for aanbieder in played.stage.aanbieders()? {
        let row = list
            .iter()
            .find(|r| r["kvk"] == aanbieder.kvk)
            .context("every aanbieder is listed")?;
        let expected = match (aanbieder.levert.as_str(), aanbieder.uitkomst.as_str()) {
            ("ja", _) => "geleverd",
            ("nulopgave", _) => "nulopgave",
            (_, "verwacht") => "onbekend",
            (_, known) => known,
        };
        assert_eq!(row["uitkomst"], expected, "{}", aanbieder.map);
    }
    Ok(())
}

/// begin + in - uit = eind, in every cell of the unprotected figures.
fn the_stock_adds_up(played: &Played) -> Result<()> {
    let sql = "SELECT niveau, gebied, uitsplitsing, categorie,
                      SUM(CASE WHEN indicator IN ('stroom_begin', 'stroom_in') THEN waarde
                               WHEN indicator IN ('stroom_uit', 'stroom_eind') THEN -waarde ELSE 0 END) AS rest,
                      COUNT(*) AS aantal
               FROM cijfers WHERE indicator IN ('stroom_begin', 'stroom_in', 'stroom_uit', 'stroom_eind') AND waarde IS NOT NULL
               GROUP BY niveau, gebied, uitsplitsing, categorie";
    let out = succeed(played.stage.monitor().args([
        "query",
        "--intern",
        "--confirmed",
        "--format",
        "csv",
        sql,
    ]))?;
    let cells: Vec<BTreeMap<String, String>> = csv::Reader::from_reader(out.stdout.as_slice())
        .deserialize()
        .collect::<Result<_, _>>()?;
    assert!(
        cells.len() > 400,
        "every breakdown of every gebied with response has a cell: {}",
        cells.len()
    );
    for cell in &cells {
        assert_eq!(cell["aantal"], "4", "{cell:?}");
        assert_eq!(cell["rest"].parse::<f64>()?, 0.0, "{cell:?}");
    }
    Ok(())
}

/// Counts of people are multiples of five, a gemeente has totals only, and the attack finds nothing in what was published.
fn nothing_small_is_published(played: &Played) -> Result<()> {
    // Aanbieders, voorzieningen and places are no children.
    let sql = "SELECT COUNT(*) AS klein FROM cijfers
               WHERE (indicator NOT LIKE 'respons%'
                      AND indicator NOT IN ('organisatie_initiatief', 'organisatie_kader', 'organisatie_weekend')
                      AND ((indicator LIKE 'gebruik%' AND teller % 5 <> 0) OR n % 5 <> 0
                           OR (niveau = 'gemeente' AND uitsplitsing <> 'totaal')))
                  OR (waarde IS NOT NULL AND (vertrouwelijk <> 'F' OR reden IS NOT NULL))
                  OR (waarde IS NULL AND reden IS NULL)";
    let out = succeed(
        played
            .stage
            .monitor()
            .args(["query", "--format", "csv", sql]),
    )?;
    assert_eq!(String::from_utf8(out.stdout)?.lines().nth(1), Some("0"));
    succeed(played.stage.monitor().args(["audit", "omgang/2020"])).map(drop)
}

fn every_gebied_has_its_page(stage: &Stage) -> Result<()> {
    let dir = stage.dir.join("publicaties/omgang/2020/1");
    let spiegels: Vec<String> = std::fs::read_dir(dir.join("spiegel"))?
        .map(|m| Ok(m?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    assert_eq!(spiegels.iter().filter(|s| s.starts_with("JZ")).count(), 42);
    assert_eq!(spiegels.iter().filter(|s| s.starts_with("GM")).count(), 355);
    for file in [
        "index.html",
        "0-meting/index.html",
        "cijfers.parquet",
        "cijfers.csv",
        "datapackage.json",
        "herkomst.json",
        "SHA256SUMS",
    ] {
        assert!(dir.join(file).is_file(), "{file}");
    }
    Ok(())
}

fn the_publication_can_be_made_again(stage: &Stage) -> Result<()> {
    succeed(
        stage
            .monitor()
            .args(["publish", "omgang", "--year", "2020", "--verify", "1"]),
    )?;
    // A test that can't fail proves nothing: with one byte changed it must.
    let path = stage.dir.join("publicaties/omgang/2020/1/cijfers.csv");
    let mut content = std::fs::read(&path)?;
    let last = content.len() - 2;
    content[last] ^= 1;
    make_writable(&path)?;
    std::fs::write(&path, content)?;
    let out = run(stage
        .monitor()
        .args(["publish", "omgang", "--year", "2020", "--verify", "1"]))?;
    assert_eq!(
        out.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    assert!(String::from_utf8_lossy(&out.stderr).contains("cijfers.csv"));
    Ok(())
}

fn make_writable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(())
}

fn receipts_verify_without_a_server(stage: &Stage) -> Result<()> {
    for aanbieder in stage.aanbieders()?.iter().filter(|a| a.levert == "ja") {
        succeed(stage.uitvraag().arg("status").arg(aanbieder.pakket(stage)))?;
    }
    Ok(())
}
