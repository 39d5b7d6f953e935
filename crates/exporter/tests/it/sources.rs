//! Sources of `uitvraag.toml`: files by a pattern and a real SQLite file; what is refused, and in which words.

use std::fs;
use std::path::Path;

use calamine::{Reader, Xlsx};
use insta::assert_snapshot;
use parquet::file::reader::{FileReader, SerializedFileReader};
use rusqlite::Connection;
use schema::Definitie;
use serde_json::Value;

use crate::data::{csv, trajecten};
use crate::service::Service;
use crate::support::{CommandOutput, TestFolder};

/// `care_file.sqlite` with a table `traject`: canonical names, rows after the definition's example.
pub(crate) fn database(folder: &TestFolder, changes: &[&[(&str, &str)]]) {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let velden: Vec<&str> = definitie
        .tabel("traject")
        .unwrap()
        .velden
        .iter()
        .map(|v| v.naam.as_str())
        .collect();
    let db = Connection::open(folder.path("ecd.sqlite")).unwrap();
    db.execute_batch(&format!("CREATE TABLE traject ({})", velden.join(", ")))
        .unwrap();
    for row in trajecten(changes) {
        let question = format!(
            "INSERT INTO traject VALUES ({})",
            vec!["?"; velden.len()].join(", ")
        );
        db.execute(
            &question,
            rusqlite::params_from_iter(velden.iter().map(|v| row.get(*v))),
        )
        .unwrap();
    }
}

/// Changes the database.
pub(crate) fn update(folder: &TestFolder, sql: &str) {
    Connection::open(folder.path("ecd.sqlite"))
        .unwrap()
        .execute_batch(sql)
        .unwrap();
}

fn settings(folder: &TestFolder, source: &str) {
    folder.write(
        "uitvraag.toml",
        format!("uitvraag = \"omgang/2020\"\nkoppeling = \"koppeling.toml\"\n{source}"),
    );
}

fn sqlite(folder: &TestFolder, query: &str) {
    settings(
        folder,
        &format!(
            "[bron.sqlite]\nbestand = \"ecd.sqlite\"\ntijdslimiet_s = 1\n[bron.sqlite.tabellen]\ntraject = '''{query}'''\n"
        ),
    );
}

fn check(folder: &TestFolder, more: &[&str]) -> CommandOutput {
    folder.run(
        &[
            &[
                "controleer",
                "--config",
                "uitvraag.toml",
                "--leverdatum",
                "2021-03-01",
            ],
            more,
        ]
        .concat(),
    )
}

fn bevindingen(result: &CommandOutput) -> Vec<Value> {
    let oordeel: Value = serde_json::from_str(&result.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", result.everything()));
    oordeel["bevindingen"].as_array().unwrap().clone()
}

#[test]
fn a_query_is_mapped_and_checked_like_a_file() {
    let folder = TestFolder::new();
    database(&folder, &[&[], &[("startdatum", "2019-01-01")], &[]]);
    sqlite(
        &folder,
        "SELECT traject_id AS \"Trajectnr\", t.* FROM traject t ORDER BY traject_id",
    );
    let propose = folder.run(&["koppel", "--config", "uitvraag.toml"]);
    assert!(
        propose.code < 2
            && folder
                .lees("koppeling.toml")
                .contains("bestand = \"traject\""),
        "{}",
        propose.everything()
    );

    sqlite(&folder, "SELECT * FROM traject ORDER BY traject_id");
    assert_eq!(folder.run(&["koppel", "--config", "uitvraag.toml"]).code, 0);
    let result = check(&folder, &["--json"]);
    assert_eq!(result.code, 1, "{}", result.everything());
    let first = &bevindingen(&result)[0];
    // The second row of the query, by its own name for the column; a query has no cells.
    assert_eq!(
        (&first["bestand"], &first["rij"], &first["kolom"]),
        (&"traject".into(), &2.into(), &"intakedatum".into()),
        "{first}"
    );
    assert!(first["cel"].is_null());
}

/// Text goes in as it stands; numbers keep every digit, booleans become ja and nee, NULL is empty.
#[test]
fn values_become_text_without_loss() {
    let folder = TestFolder::new();
    database(&folder, &[&[], &[]]);
    update(
        &folder,
        "UPDATE traject SET traject_id = 9007199254740993, jeugdige_id = 'é \"x\", ; ' || char(10) || 'y' WHERE traject_id = 'T0'; \
         CREATE TABLE extra (traject_id, nee BOOLEAN, ja BOOLEAN, deel REAL, leeg TEXT); INSERT INTO extra VALUES (1, 0, 1, 0.1, NULL)",
    );
    sqlite(
        &folder,
        "SELECT t.*, nee AS eigen_nee, ja AS eigen_ja, deel, leeg AS niets FROM traject t, extra ORDER BY traject_id",
    );
    assert!(folder.run(&["koppel", "--config", "uitvraag.toml"]).code < 2);
    let koppeling = folder.lees("koppeling.toml");
    folder.write(
        "koppeling.toml",
        koppeling
            .replace(
                "welke_gevraagd = \"\"",
                "welke_gevraagd = \"geen van deze\"",
            )
            .replace(" = \"\"", " = \"overslaan\""),
    );
    let out = check(&folder, &["--parquet", "uit", "--json"]);
    assert_eq!(out.code, 0, "{}", out.everything());
    let rows =
        SerializedFileReader::new(fs::File::open(folder.path("uit/traject.parquet")).unwrap())
            .unwrap();
    let first = format!(
        "{}",
        rows.get_row_iter(None).unwrap().next().unwrap().unwrap()
    );
    assert!(
        first.contains("9007199254740993") && first.contains("é \"x\", ; \ny"),
        "{first}"
    );
    let over: Vec<String> = folder
        .files()
        .into_iter()
        .filter(|b| Path::new(b).extension().is_some_and(|end| end == "csv"))
        .collect();
    assert_eq!(over, Vec::<String>::new(), "no rows are left behind");
}

/// Each has one clear sentence, a cause and what to do, and exit 2.
#[test]
fn what_goes_wrong_with_a_query_is_told_in_dutch() {
    let folder = TestFolder::new();
    database(&folder, &[&[]]);
    update(
        &folder,
        "CREATE TABLE foto (plaat); INSERT INTO foto VALUES (x'ff00')",
    );
    let endless =
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t";
    let mut everything = String::new();
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
        endless,
    ] {
        sqlite(&folder, query);
        let result = folder.run(&["koppel", "--config", "uitvraag.toml"]);
        assert_eq!(result.code, 2, "{}", result.everything());
        everything.extend(["# ", query, "\n", &result.stderr, "\n"]);
    }
    assert!(!folder.path("ander.sqlite").exists());
    folder.write("ecd.sqlite", "dit is geen database, maar een tekst die lang genoeg is om voor een begin te worden aangezien");
    sqlite(&folder, "SELECT 1");
    let text = folder.run(&["koppel", "--config", "uitvraag.toml"]);
    everything.extend(["# a text\n", &text.stderr, "\n"]);
    assert_snapshot!("sqlite_fouten", everything);
}

#[test]
fn a_column_that_is_gone_is_named_and_nothing_goes_on() {
    let folder = TestFolder::new();
    database(&folder, &[&[]]);
    sqlite(&folder, "SELECT * FROM traject");
    assert_eq!(folder.run(&["koppel", "--config", "uitvraag.toml"]).code, 0);
    update(
        &folder,
        "ALTER TABLE traject RENAME COLUMN startdatum TO begin_op",
    );
    let result = check(&folder, &[]);
    assert!(
        result.code == 1
            && result
                .stderr
                .contains("De kolom 'startdatum' uit de koppeling staat niet in"),
        "{}",
        result.everything()
    );
}

#[test]
fn the_newest_file_is_read_with_the_mapping_of_another_day() {
    let folder = TestFolder::new();
    folder.write("export/t_1.csv", csv(&trajecten(&[&[], &[]])));
    settings(
        &folder,
        "[bron.bestanden]\npatronen = [\"export/t_*.csv\"]\n",
    );
    assert!(folder.run(&["koppel", "--config", "uitvraag.toml"]).code < 2);
    assert!(folder.lees("koppeling.toml").contains("t_1.csv"));
    folder.write("export/t_2.csv", csv(&trajecten(&[&[]])));
    fs::File::options()
        .write(true)
        .open(folder.path("export/t_1.csv"))
        .unwrap()
        .set_modified(std::time::UNIX_EPOCH)
        .unwrap();
    let oordeel: Value = serde_json::from_str(&check(&folder, &["--json"]).stdout).unwrap();
    assert_eq!(oordeel["rijen"]["traject"], 1, "{oordeel}");
    fs::remove_dir_all(folder.path("export")).unwrap();
    let empty = check(&folder, &[]);
    assert!(
        empty.code == 2 && empty.stderr.contains("geen enkel bestand past bij"),
        "{}",
        empty.everything()
    );
}

/// A gone column is a no to the data: the same exit code from every command, and nothing is sent.
#[test]
fn a_refused_source_is_exit_1_in_every_command() {
    let service = Service::start();
    let folder = TestFolder::new().with_token(&service);
    database(&folder, &[&[]]);
    assert_eq!(
        folder
            .run(&["sleutel", "maak", "--sleutel", "sleutel.toml"])
            .code,
        0
    );
    let source = format!(
        "sleutel = \"sleutel.toml\"\n[server]\nadres = \"{}\"\ntoken_bestand = \"token.txt\"\n\
         [bron.sqlite]\nbestand = \"ecd.sqlite\"\n[bron.sqlite.tabellen]\ntraject = \"SELECT * FROM traject\"\n",
        service.url
    );
    settings(&folder, &source);
    assert_eq!(folder.run(&["koppel", "--config", "uitvraag.toml"]).code, 0);
    update(
        &folder,
        "ALTER TABLE traject RENAME COLUMN startdatum TO begin_op",
    );
    let checked = check(&folder, &["--json"]);
    let delivered = folder.run(&[
        "lever",
        "--config",
        "uitvraag.toml",
        "--leverdatum",
        "2021-03-01",
        "--log",
        "json",
    ]);
    assert_eq!(
        (checked.code, delivered.code),
        (1, 1),
        "{}\n{}",
        checked.everything(),
        delivered.everything()
    );
    assert!(
        delivered.stderr.contains("[COLUMN_MISSING]")
            && delivered.stderr.contains("\"gebeurtenis\":\"afgekeurd\""),
        "{}",
        delivered.stderr
    );
    let stored: Value =
        serde_json::from_str(&folder.lees("uitbak/controle/bevindingen.json")).unwrap();
    assert_eq!(stored["bevindingen"][0]["code"], "COLUMN_MISSING");
    assert!(service.leveringen().is_empty());
    // What could not be read at all is not about the data.
    update(&folder, "DROP TABLE traject");
    let gone = [
        check(&folder, &[]),
        folder.run(&["lever", "--config", "uitvraag.toml"]),
    ];
    assert_eq!(gone.map(|result| result.code), [2, 2]);
}

/// The names of the sheets of the report, and the rows of one of them.
fn rapport(folder: &TestFolder, sheet: &str) -> (Vec<String>, Vec<String>) {
    let mut book: Xlsx<_> = calamine::open_workbook(folder.path("fouten.xlsx")).unwrap();
    let names = book.sheet_names();
    let own = book.worksheet_range(sheet).unwrap();
    (
        names,
        own.rows()
            .map(|row| {
                row.iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("|")
            })
            .collect(),
    )
}

/// The rows themselves come back, whether they came out of a query or out of a file that the settings found.
#[test]
fn a_report_holds_what_the_settings_read() {
    let folder = TestFolder::new();
    let failure: &[(&str, &str)] = &[("startdatum", "2019-01-01")];
    database(&folder, &[&[], failure, &[]]);
    folder.write("export/t_1.csv", csv(&trajecten(&[&[], failure, &[]])));
    for (source, sheet) in [
        (
            "[bron.sqlite]\nbestand = \"ecd.sqlite\"\n[bron.sqlite.tabellen]\ntraject = \"SELECT * FROM traject\"\n",
            "traject",
        ),
        ("[bron.bestanden]\npatronen = [\"export/t_*.csv\"]\n", "t_1"),
    ] {
        settings(&folder, source);
        assert!(folder.run(&["koppel", "--config", "uitvraag.toml"]).code < 2);
        let result = check(&folder, &["--rapport", "fouten.xlsx", "--json"]);
        assert_eq!(result.code, 1, "{}", result.everything());
        let (names, rows) = rapport(&folder, sheet);
        assert_eq!(names, ["Controle", "Bevindingen", sheet]);
        assert!(
            rows.len() == 4 && rows[2].contains("2019-01-01"),
            "{rows:?}"
        );
        let (_, list) = rapport(&folder, "Bevindingen");
        assert!(
            list.iter()
                .any(|row| row.contains(&format!("{sheet}!")) && row.contains("2019-01-01")),
            "the place is named: {list:?}"
        );
    }
}

#[test]
fn nothing_is_written_over_what_the_settings_read() {
    let folder = TestFolder::new();
    database(&folder, &[&[]]);
    fs::rename(folder.path("ecd.sqlite"), folder.path("ecd.xlsx")).unwrap();
    folder.write("export/t_1.xlsx", csv(&trajecten(&[&[]])));
    for (source, path) in [
        (
            "[bron.sqlite]\nbestand = \"ecd.xlsx\"\n[bron.sqlite.tabellen]\ntraject = \"SELECT * FROM traject\"\n",
            "ecd.xlsx",
        ),
        (
            "[bron.bestanden]\npatronen = [\"export/t_*.xlsx\"]\n",
            "export/t_1.xlsx",
        ),
    ] {
        settings(&folder, source);
        let before = fs::read(folder.path(path)).unwrap();
        for option in ["--rapport", "--csv"] {
            let result = check(&folder, &[option, path]);
            assert!(
                result.code == 2 && result.stderr.contains("overschrijven"),
                "{}",
                result.everything()
            );
        }
        assert!(before == fs::read(folder.path(path)).unwrap(), "{path}");
    }
}

/// The answers are asked where a delivery reads them.
#[test]
fn answers_are_where_the_settings_say() {
    let folder = TestFolder::new();
    database(&folder, &[&[("leeftijd_bij_aanmelding", "19")]]);
    settings(
        &folder,
        "toelichtingen = \"antwoorden.toml\"\n[bron.sqlite]\nbestand = \"ecd.sqlite\"\n[bron.sqlite.tabellen]\ntraject = \"SELECT * FROM traject\"\n",
    );
    assert_eq!(folder.run(&["koppel", "--config", "uitvraag.toml"]).code, 0);
    folder.write("antwoorden.toml", "");
    let result = check(&folder, &[]);
    assert_eq!(result.code, 0, "{}", result.everything());
    assert!(
        result.stderr.contains("antwoorden.toml")
            && result
                .stderr
                .contains("`uitvraag lever --config uitvraag.toml`"),
        "{}",
        result.stderr
    );
}

/// `1.512` out of a database or a JSON number is one and a half, which is too little; only in people's own text may the dot mean thousands.
#[test]
fn a_number_with_three_decimals_stays_small() {
    let folder = TestFolder::new();
    database(&folder, &[&[], &[]]);
    update(
        &folder,
        "UPDATE traject SET kosten = 1.512 WHERE traject_id = 'T0'; UPDATE traject SET kosten = '1.512' WHERE traject_id = 'T1'",
    );
    sqlite(&folder, "SELECT * FROM traject ORDER BY traject_id");
    assert_eq!(folder.run(&["koppel", "--config", "uitvraag.toml"]).code, 0);
    let too_small = |result: &CommandOutput| {
        let found = bevindingen(result)
            .into_iter()
            .filter(|b| b["code"] == "KOSTEN_PER_MINUUT")
            .map(|b| b["nummer"].clone());
        found.collect::<Vec<_>>()
    };
    let out = check(&folder, &["--json"]);
    assert_eq!(too_small(&out), ["T0"], "{}", out.everything());
    let mut rows: Vec<Value> = trajecten(&[&[], &[]])
        .iter()
        .map(|row| serde_json::to_value(row).unwrap())
        .collect();
    rows[0]["kosten"] = serde_json::json!(1.512);
    rows[1]["kosten"] = "1.512".into();
    folder.write("export.json", serde_json::to_vec(&rows).unwrap());
    let out = folder.run(&[
        "controleer",
        "export.json",
        "--uitvraag",
        "omgang/2020",
        "--leverdatum",
        "2021-03-01",
        "--json",
    ]);
    assert_eq!(too_small(&out), ["T0"], "{}", out.everything());
}
