//! An uitvraag of which no Rust knows, the whole way: sjabloon, koppeling, pakket, levering, freeze, run, publication.
//! Its definition and pipeline stand in `tests/foreign` and are named to the two binaries.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use stage::{Stage, succeed};

const UITVRAAG: &str = "muziek/2020";
const KVK: &str = "12345678";

fn foreign(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("foreign")
        .join(part)
}

fn uitvraag(stage: &Stage, command: &str) -> Command {
    let mut call = stage.uitvraag();
    call.arg(command).arg("--schemas").arg(foreign("schemas"));
    call
}

/// What the lender keeps, under its own headers and words: 42 loans, 30 in Utrecht and 12 in Rotterdam, each of them a
/// day longer than the one before; the last is not back yet.
fn write_extract(folder: &Path) -> Result<[PathBuf; 2]> {
    let mut loans =
        "Uitleennr;Lenernummer;Instrumentcode;Woongemeente;Soort les;Van;Tot\n".to_owned();
    for loan in 0..42 {
        let gemeente = if loan < 30 { "Utrecht" } else { "Rotterdam" };
        let lesson = if loan % 3 == 0 {
            "aan huis"
        } else {
            "op school"
        };
        let back = match 2 + loan {
            _ if loan == 41 => String::new(),
            day @ ..=31 => format!("{day:02}-03-2020"),
            day => format!("{:02}-04-2020", day - 31),
        };
        writeln!(
            loans,
            "L{loan:03};K{:03};I{};{gemeente};{lesson};29-02-2020;{back}",
            loan / 2,
            1 + loan % 3
        )?;
    }
    let stock = "Instrumentcode;Type instrument;Dagwaarde\nI1;strijk;250,00\nI2;blazer;1.300,50\nI3;slagwerk;\n";
    let paths = ["uitleen.csv", "instrumenten.csv"].map(|name| folder.join(name));
    std::fs::write(&paths[0], loans)?;
    std::fs::write(&paths[1], stock)?;
    Ok(paths)
}

fn make_pakket(stage: &Stage) -> Result<PathBuf> {
    succeed(uitvraag(stage, "sjabloon").args(["--uitvraag", UITVRAAG, "--uit", "leeg.xlsx"]))?;
    let sjabloon = std::fs::read(stage.dir.join("leeg.xlsx"))?;
    assert!(sjabloon.starts_with(b"PK"), "a workbook");
    let extract = write_extract(&stage.dir)?;
    succeed(uitvraag(stage, "koppel").args(&extract).args([
        "--uitvraag",
        UITVRAAG,
        "--uit",
        "koppeling.toml",
    ]))?;
    let pakket = stage.dir.join("pakket");
    succeed(
        uitvraag(stage, "pak")
            .args(&extract)
            .args([
                "--uitvraag",
                UITVRAAG,
                "--kvk",
                KVK,
                "--koppeling",
                "koppeling.toml",
            ])
            .args(["--sleutel", "sleutel.toml", "--uit"])
            .arg(&pakket),
    )?;
    Ok(pakket)
}

/// The figures of the whole country that an analyst sees, by indicator and category.
fn national(stage: &Stage, which: &[&str]) -> Result<BTreeMap<(String, String), String>> {
    let sql = "SELECT indicator, categorie, waarde FROM cijfers WHERE gebied = 'NL00'";
    let mut query = stage.monitor();
    query.args(["query", "--uitvraag", "muziek", "--format", "csv"]);
    let answer = succeed(query.args(which).arg(sql))?;
    csv::Reader::from_reader(answer.stdout.as_slice())
        .deserialize()
        .map(|row| {
            // Unprotected rows have a mark in front.
            let row: BTreeMap<String, String> = row?;
            let cell = |name: &str| row.get(name).cloned().context(format!("no {name}"));
            Ok(((cell("indicator")?, cell("categorie")?), cell("waarde")?))
        })
        .collect()
}

#[test]
fn a_foreign_uitvraag_goes_from_sjabloon_to_cijfers() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let stage = Stage::of_this_build(folder.path())?;
    let config = format!(
        "[data]\nschemas = {:?}\npipelines = {:?}\n",
        foreign("schemas"),
        foreign("pipelines")
    );
    std::fs::write(stage.dir.join("omgangsmonitor.toml"), config)?;
    let pakket = make_pakket(&stage)?;

    let expected = format!("kvk,naam,werkgebied,uitkomst\n{KVK},Muziekhuis,NL00,\n");
    std::fs::write(stage.dir.join("lijst.csv"), expected)?;
    succeed(stage.monitor().args([
        "admin",
        "aanbieders",
        "import",
        "lijst.csv",
        "--uitvraag",
        UITVRAAG,
        "--tokens",
        "tokens",
    ]))?;
    let server = stage.serve(None)?;
    succeed(
        uitvraag(&stage, "lever")
            .arg(&pakket)
            .args(["--server", &server.url, "--token-bestand"])
            .arg(stage.dir.join(format!("tokens/{KVK}.token")))
            .args(["--onderteken", "A. Bach, directeur"]),
    )?;
    succeed(
        stage
            .monitor()
            .args(["admin", "freeze", UITVRAAG, "--early"]),
    )?;
    succeed(stage.monitor().args(["run", "muziek", "--year", "2020"]))?;
    let exact = national(&stage, &["--intern", "--confirmed"])?;
    let figure =
        |figures: &BTreeMap<(String, String), String>, indicator: &str, categorie: &str| {
            let key = (indicator.to_owned(), categorie.to_owned());
            figures.get(&key).cloned().context(format!("{key:?}"))
        };
    assert_eq!(figure(&exact, "uitleen_lopend", "totaal")?, "42.0");
    assert_eq!(figure(&exact, "uitleen_lopend", "thuis")?, "14.0");
    assert_eq!(figure(&exact, "uitleen_duur_mediaan", "totaal")?, "22.0");
    let third: f64 = figure(&exact, "uitleen_soort", "blaas")?.parse()?;
    assert_eq!(third, 1.0 / 3.0);

    succeed(
        stage
            .monitor()
            .args(["publish", "muziek", "--year", "2020", "--pdf", "JZ13"]),
    )?;
    let published = national(&stage, &[])?;
    let rounded = figure(&published, "uitleen_lopend", "totaal")?;
    assert!(["40.0", "45.0"].contains(&rounded.as_str()), "{rounded}");
    assert!(
        stage
            .dir
            .join("publicaties/muziek/2020/1/cijfers.csv")
            .is_file(),
        "the data files are there"
    );
    let page = std::fs::read_to_string(
        stage
            .dir
            .join("publicaties/muziek/2020/1/spiegel/GM0344/index.html"),
    )?;
    for word in ["omgangsvoorziening", "traject", "woonplaatsbeginsel"] {
        assert!(!page.contains(word), "the page speaks of {word}");
    }
    server.stop()
}

/// Without the folder nobody knows of it: nothing of it is compiled in.
#[test]
fn a_foreign_uitvraag_is_not_compiled_in() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let stage = Stage::of_this_build(folder.path())?;
    let answer = stage::run(stage.uitvraag().args(["sjabloon", "--uitvraag", UITVRAAG]))?;
    assert_eq!(answer.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&answer.stderr).into_owned();
    assert!(stderr.contains("muziek/2020 is niet bekend"), "{stderr}");
    Ok(())
}
