//! An uitvraag of which no Rust knows, the whole way: sjabloon, koppeling, pakket, levering, freeze, run, publication.
//! Its definition and pipeline stand in `tests/foreign` and are named to the two binaries.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use toneel::{Toneel, succeed};

const UITVRAAG: &str = "muziek/2020";
const KVK: &str = "12345678";

fn foreign(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("foreign")
        .join(part)
}

fn uitvraag(toneel: &Toneel, command: &str) -> Command {
    let mut call = toneel.uitvraag();
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
        let les = if loan % 3 == 0 {
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
            "L{loan:03};K{:03};I{};{gemeente};{les};29-02-2020;{back}",
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

fn make_pakket(toneel: &Toneel) -> Result<PathBuf> {
    succeed(uitvraag(toneel, "sjabloon").args(["--uitvraag", UITVRAAG, "--uit", "leeg.xlsx"]))?;
    let sjabloon = std::fs::read(toneel.dir.join("leeg.xlsx"))?;
    assert!(sjabloon.starts_with(b"PK"), "a workbook");
    let extract = write_extract(&toneel.dir)?;
    succeed(uitvraag(toneel, "koppel").args(&extract).args([
        "--uitvraag",
        UITVRAAG,
        "--uit",
        "koppeling.toml",
    ]))?;
    let pakket = toneel.dir.join("pakket");
    succeed(
        uitvraag(toneel, "pak")
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
fn national(toneel: &Toneel, which: &[&str]) -> Result<BTreeMap<(String, String), String>> {
    let sql = "SELECT indicator, categorie, waarde FROM cijfers WHERE gebied = 'NL00'";
    let mut query = toneel.monitor();
    query.args(["query", "--uitvraag", "muziek", "--format", "csv"]);
    let answer = succeed(query.args(which).arg(sql))?;
    csv::Reader::from_reader(answer.stdout.as_slice())
        .deserialize()
        .map(|row| {
            let (indicator, categorie, waarde): (String, String, String) = row?;
            Ok(((indicator, categorie), waarde))
        })
        .collect()
}

#[test]
fn a_foreign_uitvraag_goes_from_sjabloon_to_cijfers() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let toneel = Toneel::of_this_build(folder.path())?;
    let config = format!(
        "[data]\nschemas = {:?}\npipelines = {:?}\n",
        foreign("schemas"),
        foreign("pipelines")
    );
    std::fs::write(toneel.dir.join("omgangsmonitor.toml"), config)?;
    let pakket = make_pakket(&toneel)?;

    let expected = format!("kvk,naam,werkgebied,uitkomst\n{KVK},Muziekhuis,NL00,\n");
    std::fs::write(toneel.dir.join("lijst.csv"), expected)?;
    succeed(toneel.monitor().args([
        "admin",
        "aanbieders",
        "import",
        "lijst.csv",
        "--uitvraag",
        UITVRAAG,
        "--tokens",
        "tokens",
    ]))?;
    let server = toneel.serve(None)?;
    succeed(
        uitvraag(&toneel, "lever")
            .arg(&pakket)
            .args(["--server", &server.url, "--token-bestand"])
            .arg(toneel.dir.join(format!("tokens/{KVK}.token")))
            .args(["--onderteken", "A. Bach, directeur"]),
    )?;
    succeed(
        toneel
            .monitor()
            .args(["admin", "freeze", UITVRAAG, "--early"]),
    )?;
    succeed(toneel.monitor().args(["run", "muziek", "--year", "2020"]))?;
    let exact = national(&toneel, &["--intern"])?;
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
        toneel
            .monitor()
            .args(["publish", "muziek", "--year", "2020"]),
    )?;
    let published = national(&toneel, &[])?;
    assert_eq!(figure(&published, "uitleen_lopend", "totaal")?, "42.0");
    assert!(
        toneel
            .dir
            .join("publicaties/muziek/2020/1/cijfers.csv")
            .is_file(),
        "the data files are there"
    );
    let page = std::fs::read_to_string(
        toneel
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
    let toneel = Toneel::of_this_build(folder.path())?;
    let answer = toneel::run(toneel.uitvraag().args(["sjabloon", "--uitvraag", UITVRAAG]))?;
    assert_eq!(answer.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&answer.stderr).into_owned();
    assert!(stderr.contains("muziek/2020 is niet bekend"), "{stderr}");
    Ok(())
}
