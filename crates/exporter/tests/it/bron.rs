//! Sources of `uitvraag.toml`: files by a pattern and a real SQLite file; what is refused, and in which words.

use std::fs;

use calamine::{Reader, Xlsx};
use insta::assert_snapshot;
use parquet::file::reader::{FileReader, SerializedFileReader};
use rusqlite::Connection;
use schema::Definitie;
use serde_json::Value;

use crate::gegevens::{csv, trajecten};
use crate::hulp::{Uitslag, Werkmap};
use crate::nepserver::{Nepserver, Oordeelt};

/// `ecd.sqlite` with a table `traject`: canonical names, rows after the definition's example.
pub fn database(werk: &Werkmap, wijzig: &[&[(&str, &str)]]) {
    let definitie = Definitie::load("omgang/2020").unwrap();
    let velden: Vec<&str> = definitie
        .tabel("traject")
        .unwrap()
        .velden
        .iter()
        .map(|v| v.naam.as_str())
        .collect();
    let db = Connection::open(werk.pad("ecd.sqlite")).unwrap();
    db.execute_batch(&format!("CREATE TABLE traject ({})", velden.join(", ")))
        .unwrap();
    for rij in trajecten(wijzig) {
        let vraag = format!(
            "INSERT INTO traject VALUES ({})",
            vec!["?"; velden.len()].join(", ")
        );
        db.execute(
            &vraag,
            rusqlite::params_from_iter(velden.iter().map(|v| rij.get(*v))),
        )
        .unwrap();
    }
}

/// Changes the database.
pub fn update(werk: &Werkmap, sql: &str) {
    Connection::open(werk.pad("ecd.sqlite"))
        .unwrap()
        .execute_batch(sql)
        .unwrap();
}

fn instellingen(werk: &Werkmap, bron: &str) {
    werk.schrijf(
        "uitvraag.toml",
        format!("uitvraag = \"omgang/2020\"\nkoppeling = \"koppeling.toml\"\n{bron}"),
    );
}

fn sqlite(werk: &Werkmap, query: &str) {
    instellingen(
        werk,
        &format!(
            "[bron.sqlite]\nbestand = \"ecd.sqlite\"\ntijdslimiet_s = 1\n[bron.sqlite.tabellen]\ntraject = '''{query}'''\n"
        ),
    );
}

fn controleer(werk: &Werkmap, meer: &[&str]) -> Uitslag {
    werk.draai(
        &[
            &[
                "controleer",
                "--config",
                "uitvraag.toml",
                "--leverdatum",
                "2021-03-01",
            ],
            meer,
        ]
        .concat(),
    )
}

fn bevindingen(uitslag: &Uitslag) -> Vec<Value> {
    let oordeel: Value = serde_json::from_str(&uitslag.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", uitslag.alles()));
    oordeel["bevindingen"].as_array().unwrap().clone()
}

#[test]
fn a_query_is_mapped_and_checked_like_a_file() {
    let werk = Werkmap::new();
    database(&werk, &[&[], &[("startdatum", "2019-01-01")], &[]]);
    sqlite(
        &werk,
        "SELECT traject_id AS \"Trajectnr\", t.* FROM traject t ORDER BY traject_id",
    );
    let koppel = werk.draai(&["koppel", "--config", "uitvraag.toml"]);
    assert!(
        koppel.code < 2
            && werk
                .lees("koppeling.toml")
                .contains("bestand = \"traject\""),
        "{}",
        koppel.alles()
    );

    sqlite(&werk, "SELECT * FROM traject ORDER BY traject_id");
    assert_eq!(werk.draai(&["koppel", "--config", "uitvraag.toml"]).code, 0);
    let uitslag = controleer(&werk, &["--json"]);
    assert_eq!(uitslag.code, 1, "{}", uitslag.alles());
    let eerste = &bevindingen(&uitslag)[0];
    // The second row of the query, by its own name for the column; a query has no cells.
    assert_eq!(
        (&eerste["bestand"], &eerste["rij"], &eerste["kolom"]),
        (&"traject".into(), &2.into(), &"intakedatum".into()),
        "{eerste}"
    );
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
    sqlite(
        &werk,
        "SELECT t.*, nee AS eigen_nee, ja AS eigen_ja, deel, leeg AS niets FROM traject t, extra ORDER BY traject_id",
    );
    assert!(werk.draai(&["koppel", "--config", "uitvraag.toml"]).code < 2);
    let koppeling = werk.lees("koppeling.toml");
    werk.schrijf(
        "koppeling.toml",
        koppeling.replace(" = \"\"", " = \"overslaan\""),
    );
    let uit = controleer(&werk, &["--parquet", "uit", "--json"]);
    assert_eq!(uit.code, 0, "{}", uit.alles());
    let rijen = SerializedFileReader::new(fs::File::open(werk.pad("uit/traject.parquet")).unwrap())
        .unwrap();
    let eerste = format!(
        "{}",
        rijen.get_row_iter(None).unwrap().next().unwrap().unwrap()
    );
    assert!(
        eerste.contains("9007199254740993") && eerste.contains("é \"x\", ; \ny"),
        "{eerste}"
    );
    let over: Vec<String> = werk
        .bestanden()
        .into_iter()
        .filter(|b| b.ends_with(".csv"))
        .collect();
    assert_eq!(over, Vec::<String>::new(), "no rows are left behind");
}

/// Each has one clear sentence, a cause and what to do, and exit 2.
#[test]
fn what_goes_wrong_with_a_query_is_told_in_dutch() {
    let werk = Werkmap::new();
    database(&werk, &[&[]]);
    update(
        &werk,
        "CREATE TABLE foto (plaat); INSERT INTO foto VALUES (x'ff00')",
    );
    let eindeloos =
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t";
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
    alles += &format!(
        "# a text\n{}\n",
        werk.draai(&["koppel", "--config", "uitvraag.toml"]).stderr
    );
    assert_snapshot!("sqlite_fouten", alles);
}

#[test]
fn a_column_that_is_gone_is_named_and_nothing_goes_on() {
    let werk = Werkmap::new();
    database(&werk, &[&[]]);
    sqlite(&werk, "SELECT * FROM traject");
    assert_eq!(werk.draai(&["koppel", "--config", "uitvraag.toml"]).code, 0);
    update(
        &werk,
        "ALTER TABLE traject RENAME COLUMN startdatum TO begin_op",
    );
    let uitslag = controleer(&werk, &[]);
    assert!(
        uitslag.code == 1
            && uitslag
                .stderr
                .contains("De kolom 'startdatum' uit de koppeling staat niet in"),
        "{}",
        uitslag.alles()
    );
}

#[test]
fn the_newest_file_is_read_with_the_mapping_of_another_day() {
    let werk = Werkmap::new();
    werk.schrijf("export/t_1.csv", csv(&trajecten(&[&[], &[]])));
    instellingen(&werk, "[bron.bestanden]\npatronen = [\"export/t_*.csv\"]\n");
    assert!(werk.draai(&["koppel", "--config", "uitvraag.toml"]).code < 2);
    assert!(werk.lees("koppeling.toml").contains("t_1.csv"));
    werk.schrijf("export/t_2.csv", csv(&trajecten(&[&[]])));
    fs::File::options()
        .write(true)
        .open(werk.pad("export/t_1.csv"))
        .unwrap()
        .set_modified(std::time::UNIX_EPOCH)
        .unwrap();
    let oordeel: Value = serde_json::from_str(&controleer(&werk, &["--json"]).stdout).unwrap();
    assert_eq!(oordeel["rijen"]["traject"], 1, "{oordeel}");
    fs::remove_dir_all(werk.pad("export")).unwrap();
    let leeg = controleer(&werk, &[]);
    assert!(
        leeg.code == 2 && leeg.stderr.contains("geen enkel bestand past bij"),
        "{}",
        leeg.alles()
    );
}

/// A gone column is a no to the data: the same exit code from every command, and nothing is sent.
#[test]
fn a_refused_source_is_exit_1_in_every_command() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = Werkmap::new();
    database(&werk, &[&[]]);
    werk.schrijf("token.txt", "geheim-token\n");
    assert_eq!(
        werk.draai(&["sleutel", "maak", "--sleutel", "sleutel.toml"])
            .code,
        0
    );
    let bron = format!(
        "sleutel = \"sleutel.toml\"\n[server]\nadres = \"{}\"\ntoken_bestand = \"token.txt\"\n\
         [bron.sqlite]\nbestand = \"ecd.sqlite\"\n[bron.sqlite.tabellen]\ntraject = \"SELECT * FROM traject\"\n",
        server.url
    );
    instellingen(&werk, &bron);
    assert_eq!(werk.draai(&["koppel", "--config", "uitvraag.toml"]).code, 0);
    update(
        &werk,
        "ALTER TABLE traject RENAME COLUMN startdatum TO begin_op",
    );
    let gecontroleerd = controleer(&werk, &["--json"]);
    let geleverd = werk.draai(&[
        "lever",
        "--config",
        "uitvraag.toml",
        "--leverdatum",
        "2021-03-01",
        "--log",
        "json",
    ]);
    assert_eq!(
        (gecontroleerd.code, geleverd.code),
        (1, 1),
        "{}\n{}",
        gecontroleerd.alles(),
        geleverd.alles()
    );
    assert!(
        geleverd.stderr.contains("[COLUMN_MISSING]")
            && geleverd.stderr.contains("\"gebeurtenis\":\"afgekeurd\""),
        "{}",
        geleverd.stderr
    );
    let bewaard: Value =
        serde_json::from_str(&werk.lees("uitbak/controle/bevindingen.json")).unwrap();
    assert_eq!(bewaard["bevindingen"][0]["code"], "COLUMN_MISSING");
    assert_eq!(server.leveringen(), 0);
    // What could not be read at all is not about the data.
    update(&werk, "DROP TABLE traject");
    let weg = [
        controleer(&werk, &[]),
        werk.draai(&["lever", "--config", "uitvraag.toml"]),
    ];
    assert_eq!(weg.map(|uitslag| uitslag.code), [2, 2]);
}

/// The names of the sheets of the report, and the rows of one of them.
fn rapport(werk: &Werkmap, blad: &str) -> (Vec<String>, Vec<String>) {
    let mut boek: Xlsx<_> = calamine::open_workbook(werk.pad("fouten.xlsx")).unwrap();
    let namen = boek.sheet_names();
    let eigen = boek.worksheet_range(blad).unwrap();
    (
        namen,
        eigen
            .rows()
            .map(|rij| {
                rij.iter()
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
    let werk = Werkmap::new();
    let fout: &[(&str, &str)] = &[("startdatum", "2019-01-01")];
    database(&werk, &[&[], fout, &[]]);
    werk.schrijf("export/t_1.csv", csv(&trajecten(&[&[], fout, &[]])));
    for (bron, blad) in [
        (
            "[bron.sqlite]\nbestand = \"ecd.sqlite\"\n[bron.sqlite.tabellen]\ntraject = \"SELECT * FROM traject\"\n",
            "traject",
        ),
        ("[bron.bestanden]\npatronen = [\"export/t_*.csv\"]\n", "t_1"),
    ] {
        instellingen(&werk, bron);
        assert!(werk.draai(&["koppel", "--config", "uitvraag.toml"]).code < 2);
        let uitslag = controleer(&werk, &["--rapport", "fouten.xlsx", "--json"]);
        assert_eq!(uitslag.code, 1, "{}", uitslag.alles());
        let (namen, rijen) = rapport(&werk, blad);
        assert_eq!(namen, ["Controle", "Bevindingen", blad]);
        assert!(
            rijen.len() == 4 && rijen[2].contains("2019-01-01"),
            "{rijen:?}"
        );
        let (_, lijst) = rapport(&werk, "Bevindingen");
        assert!(
            lijst
                .iter()
                .any(|rij| rij.contains(&format!("{blad}!")) && rij.contains("2019-01-01")),
            "the place is named: {lijst:?}"
        );
    }
}

#[test]
fn nothing_is_written_over_what_the_settings_read() {
    let werk = Werkmap::new();
    database(&werk, &[&[]]);
    fs::rename(werk.pad("ecd.sqlite"), werk.pad("ecd.xlsx")).unwrap();
    werk.schrijf("export/t_1.xlsx", csv(&trajecten(&[&[]])));
    for (bron, pad) in [
        (
            "[bron.sqlite]\nbestand = \"ecd.xlsx\"\n[bron.sqlite.tabellen]\ntraject = \"SELECT * FROM traject\"\n",
            "ecd.xlsx",
        ),
        (
            "[bron.bestanden]\npatronen = [\"export/t_*.xlsx\"]\n",
            "export/t_1.xlsx",
        ),
    ] {
        instellingen(&werk, bron);
        let voor = fs::read(werk.pad(pad)).unwrap();
        for optie in ["--rapport", "--csv"] {
            let uitslag = controleer(&werk, &[optie, pad]);
            assert!(
                uitslag.code == 2 && uitslag.stderr.contains("overschrijven"),
                "{}",
                uitslag.alles()
            );
        }
        assert!(voor == fs::read(werk.pad(pad)).unwrap(), "{pad}");
    }
}

/// The answers are asked where a delivery reads them.
#[test]
fn answers_stand_where_the_settings_say() {
    let werk = Werkmap::new();
    database(&werk, &[&[("leeftijd_bij_aanmelding", "19")]]);
    instellingen(
        &werk,
        "toelichtingen = \"antwoorden.toml\"\n[bron.sqlite]\nbestand = \"ecd.sqlite\"\n[bron.sqlite.tabellen]\ntraject = \"SELECT * FROM traject\"\n",
    );
    assert_eq!(werk.draai(&["koppel", "--config", "uitvraag.toml"]).code, 0);
    werk.schrijf("antwoorden.toml", "");
    let uitslag = controleer(&werk, &[]);
    assert_eq!(uitslag.code, 0, "{}", uitslag.alles());
    assert!(
        uitslag.stderr.contains("antwoorden.toml")
            && uitslag
                .stderr
                .contains("`uitvraag lever --config uitvraag.toml`"),
        "{}",
        uitslag.stderr
    );
}

/// `12.345` out of a database or a JSON number is twelve and a bit; only in people's own text may the dot mean thousands.
#[test]
fn a_number_with_three_decimals_stays_small() {
    let werk = Werkmap::new();
    database(&werk, &[&[], &[]]);
    update(
        &werk,
        "UPDATE traject SET kosten = 12.345 WHERE traject_id = 'T0'; UPDATE traject SET kosten = '12.345' WHERE traject_id = 'T1'",
    );
    sqlite(&werk, "SELECT * FROM traject ORDER BY traject_id");
    assert_eq!(werk.draai(&["koppel", "--config", "uitvraag.toml"]).code, 0);
    let kosten = |uitslag: &Uitslag| {
        let hoog = bevindingen(uitslag)
            .into_iter()
            .filter(|b| b["code"] == "KOSTEN_PER_MINUUT")
            .map(|b| b["gevonden"].clone());
        hoog.collect::<Vec<_>>()
    };
    let uit = controleer(&werk, &["--json"]);
    assert_eq!(kosten(&uit), ["12.35", "12345"], "{}", uit.alles());
    let mut rijen: Vec<Value> = trajecten(&[&[], &[]])
        .iter()
        .map(|rij| serde_json::to_value(rij).unwrap())
        .collect();
    rijen[0]["kosten"] = serde_json::json!(12.345);
    rijen[1]["kosten"] = "12.345".into();
    werk.schrijf("export.json", serde_json::to_vec(&rijen).unwrap());
    let uit = werk.draai(&[
        "controleer",
        "export.json",
        "--uitvraag",
        "omgang/2020",
        "--leverdatum",
        "2021-03-01",
        "--json",
    ]);
    assert_eq!(kosten(&uit), ["12.35", "12345"], "{}", uit.alles());
}
