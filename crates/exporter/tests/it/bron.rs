//! Sources of `uitvraag.toml`: files by a pattern and a real SQLite file; what is refused, and in which words.

use std::fs;

use insta::assert_snapshot;
use parquet::file::reader::{FileReader, SerializedFileReader};
use rusqlite::Connection;
use schema::Definitie;
use serde_json::Value;

use crate::gegevens::{csv, trajecten};
use crate::hulp::{Uitslag, Werkmap};

/// `ecd.sqlite` with a table `traject`: canonical names, rows after the definition's example.
pub fn database(werk: &Werkmap, wijzig: &[&[(&str, &str)]]) {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let velden: Vec<&str> = definitie.tabel("traject").unwrap().velden.iter().map(|v| v.naam.as_str()).collect();
    let db = Connection::open(werk.pad("ecd.sqlite")).unwrap();
    db.execute_batch(&format!("CREATE TABLE traject ({})", velden.join(", "))).unwrap();
    for rij in trajecten(wijzig) {
        let vraag = format!("INSERT INTO traject VALUES ({})", vec!["?"; velden.len()].join(", "));
        db.execute(&vraag, rusqlite::params_from_iter(velden.iter().map(|v| rij.get(*v)))).unwrap();
    }
}

/// Changes the database.
pub fn update(werk: &Werkmap, sql: &str) {
    Connection::open(werk.pad("ecd.sqlite")).unwrap().execute_batch(sql).unwrap();
}

fn instellingen(werk: &Werkmap, bron: &str) {
    werk.schrijf("uitvraag.toml", format!("uitvraag = \"omgang/2020\"\nkoppeling = \"koppeling.toml\"\n{bron}"));
}

fn sqlite(werk: &Werkmap, query: &str) {
    instellingen(
        werk,
        &format!("[bron.sqlite]\nbestand = \"ecd.sqlite\"\ntijdslimiet_s = 1\n[bron.sqlite.tabellen]\ntraject = '''{query}'''\n"),
    );
}

fn controleer(werk: &Werkmap, meer: &[&str]) -> Uitslag {
    werk.draai(&[&["controleer", "--config", "uitvraag.toml", "--leverdatum", "2021-03-01"], meer].concat())
}

fn bevindingen(uitslag: &Uitslag) -> Vec<Value> {
    let oordeel: Value = serde_json::from_str(&uitslag.stdout).unwrap_or_else(|e| panic!("{e}: {}", uitslag.alles()));
    oordeel["bevindingen"].as_array().unwrap().clone()
}

#[test]
fn a_query_is_mapped_and_checked_like_a_file() {
    let werk = Werkmap::new();
    database(&werk, &[&[], &[("startdatum", "2019-01-01")], &[]]);
    sqlite(&werk, "SELECT traject_id AS \"Trajectnr\", t.* FROM traject t ORDER BY traject_id");
    let koppel = werk.draai(&["koppel", "--config", "uitvraag.toml"]);
    assert!(koppel.code < 2 && werk.lees("koppeling.toml").contains("bestand = \"traject\""), "{}", koppel.alles());

    sqlite(&werk, "SELECT * FROM traject ORDER BY traject_id");
    assert_eq!(werk.draai(&["koppel", "--config", "uitvraag.toml"]).code, 0);
    let uitslag = controleer(&werk, &["--json"]);
    assert_eq!(uitslag.code, 1, "{}", uitslag.alles());
    let eerste = &bevindingen(&uitslag)[0];
    // The second row of the query, by its own name for the column; a query has no cells.
    assert_eq!((&eerste["bestand"], &eerste["rij"], &eerste["kolom"]), (&"traject".into(), &2.into(), &"intakedatum".into()), "{eerste}");
    assert!(eerste["cel"].is_null());
}

/// Text goes in as it stands; numbers keep every digit, booleans become ja and nee, NULL is empty.
#[test]
fn values_become_text_without_loss() {
    let werk = Werkmap::new();
    database(&werk, &[&[], &[]]);
    update(
        &werk,
        "UPDATE traject SET traject_id = 9007199254740993, jeugdige_id = 'é \"x\", ; ' || char(10) || 'y' WHERE traject_id = 'T0'; \
         CREATE TABLE extra (traject_id, nee BOOLEAN, ja BOOLEAN, deel REAL, leeg TEXT); INSERT INTO extra VALUES (1, 0, 1, 0.1, NULL)",
    );
    sqlite(&werk, "SELECT t.*, nee AS eigen_nee, ja AS eigen_ja, deel, leeg AS niets FROM traject t, extra ORDER BY traject_id");
    assert!(werk.draai(&["koppel", "--config", "uitvraag.toml"]).code < 2);
    let koppeling = werk.lees("koppeling.toml");
    werk.schrijf("koppeling.toml", koppeling.replace(" = \"\"", " = \"overslaan\""));
    let uit = controleer(&werk, &["--parquet", "uit", "--json"]);
    assert_eq!(uit.code, 0, "{}", uit.alles());
    let rijen = SerializedFileReader::new(fs::File::open(werk.pad("uit/traject.parquet")).unwrap()).unwrap();
    let eerste = format!("{}", rijen.get_row_iter(None).unwrap().next().unwrap().unwrap());
    assert!(eerste.contains("9007199254740993") && eerste.contains("é \"x\", ; \ny"), "{eerste}");
    let over: Vec<String> = werk.bestanden().into_iter().filter(|b| b.ends_with(".csv")).collect();
    assert_eq!(over, Vec::<String>::new(), "no rows are left behind");
}

/// Each has one clear sentence, a cause and what to do, and exit 2.
#[test]
fn what_goes_wrong_with_a_query_is_told_in_dutch() {
    let werk = Werkmap::new();
    database(&werk, &[&[]]);
    update(&werk, "CREATE TABLE foto (plaat); INSERT INTO foto VALUES (x'ff00')");
    let eindeloos = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t";
    let mut alles = String::new();
    for query in [
        "SELECT * FROM trajecten",
        "SELECT startdag FROM traject",
        "SELEC * FROM traject",
        "SELECT 1; DROP TABLE traject",
        "UPDATE traject SET startdatum = ''",
        "DELETE FROM traject RETURNING traject_id",
        "ATTACH 'ander.sqlite' AS ander",
        "SELECT * FROM foto",
        "SELECT * FROM traject WHERE 0",
        eindeloos,
    ] {
        sqlite(&werk, query);
        let uitslag = werk.draai(&["koppel", "--config", "uitvraag.toml"]);
        assert_eq!(uitslag.code, 2, "{}", uitslag.alles());
        alles += &format!("# {query}\n{}\n", uitslag.stderr);
    }
    assert!(!werk.pad("ander.sqlite").exists());
    werk.schrijf("ecd.sqlite", "dit is geen database, maar een tekst die lang genoeg is om voor een begin te worden aangezien");
    sqlite(&werk, "SELECT 1");
    alles += &format!("# a text\n{}\n", werk.draai(&["koppel", "--config", "uitvraag.toml"]).stderr);
    assert_snapshot!("sqlite_fouten", alles);
}

#[test]
fn a_column_that_is_gone_is_named_and_nothing_goes_on() {
    let werk = Werkmap::new();
    database(&werk, &[&[]]);
    sqlite(&werk, "SELECT * FROM traject");
    assert_eq!(werk.draai(&["koppel", "--config", "uitvraag.toml"]).code, 0);
    update(&werk, "ALTER TABLE traject RENAME COLUMN startdatum TO begin_op");
    let uitslag = controleer(&werk, &[]);
    assert!(uitslag.code != 0 && uitslag.stderr.contains("De kolom 'startdatum' uit de koppeling staat niet in"), "{}", uitslag.alles());
}

#[test]
fn the_newest_file_is_read_with_the_mapping_of_another_day() {
    let werk = Werkmap::new();
    werk.schrijf("export/t_1.csv", csv(&trajecten(&[&[], &[]])));
    instellingen(&werk, "[bron.bestanden]\npatronen = [\"export/t_*.csv\"]\n");
    assert!(werk.draai(&["koppel", "--config", "uitvraag.toml"]).code < 2);
    assert!(werk.lees("koppeling.toml").contains("t_1.csv"));
    werk.schrijf("export/t_2.csv", csv(&trajecten(&[&[]])));
    fs::File::options().write(true).open(werk.pad("export/t_1.csv")).unwrap().set_modified(std::time::UNIX_EPOCH).unwrap();
    let oordeel: Value = serde_json::from_str(&controleer(&werk, &["--json"]).stdout).unwrap();
    assert_eq!(oordeel["rijen"]["traject"], 1, "{oordeel}");
    fs::remove_dir_all(werk.pad("export")).unwrap();
    let leeg = controleer(&werk, &[]);
    assert!(leeg.code == 2 && leeg.stderr.contains("geen enkel bestand past bij"), "{}", leeg.alles());
}
