//! Findings that follow from an open question: told in one line while it is open, and in full once it is answered.

use serde_json::Value;

use crate::data::{TextRow, check, csv, trajecten};
use crate::support::TestFolder;

/// Rows in which a day can be read in two ways, of which one starts before its aanmelding, and one is no date at all.
fn rows() -> Vec<TextRow> {
    let mut rows = trajecten(&[&[][..]; 40]);
    for row in &mut rows {
        row.insert("aanmelddatum".to_owned(), "02-01-2020".to_owned());
    }
    rows[3].insert("startdatum".to_owned(), "2020-01-01".to_owned());
    rows[3].insert("intakedatum".to_owned(), String::new());
    rows[7].insert("aanmelddatum".to_owned(), "weet ik niet".to_owned());
    rows[9].insert("vorm".to_owned(), "raket".to_owned());
    rows
}

/// A koppeling of the columns by their own names, with these lines more.
fn koppeling(rows: &[TextRow], without: &str, more: &str) -> String {
    let line = |veld: &String| {
        let column = if veld == without { "" } else { veld };
        format!("{veld} = \"{column}\"\n")
    };
    let lines: String = rows[0].keys().map(line).collect();
    format!(
        "uitvraag = \"omgang/2020\"\n[[tabel]]\nnaam = \"traject\"\n[tabel.kolommen]\n{lines}{more}"
    )
}

/// The judgement as `--json` gives it, and as a person reads it.
fn judged(without: &str, more: &str) -> (Value, String) {
    let rows = rows();
    let folder = TestFolder::new();
    folder.write("traject.csv", csv(&rows));
    folder.write("koppeling.toml", koppeling(&rows, without, more));
    let by = ["--koppeling", "koppeling.toml"];
    let json = check(&folder, &[&by[..], &["--json"]].concat());
    assert!(json.stdout.starts_with('{'), "{}", json.everything());
    let text = check(&folder, &by);
    assert_eq!(text.code, 1, "{}", text.everything());
    (
        serde_json::from_str(&json.stdout).unwrap(),
        text.everything(),
    )
}

/// How often each rule spoke.
fn counts(oordeel: &Value) -> Vec<(String, u64)> {
    let rules = oordeel["regels"].as_array().unwrap().iter();
    let faults = rules.filter(|rule| rule["ernst"] == "fout");
    faults
        .map(|rule| {
            let code = rule["code"].as_str().unwrap().to_owned();
            (code, rule["aantal"].as_u64().unwrap())
        })
        .collect()
}

#[test]
fn what_follows_from_an_open_question_waits_and_comes_after_the_answer() {
    let open = "[tabel.datumvorm]\naanmelddatum = \"\"\n";
    let (waits, text) = judged("", open);
    let [about] = &waits["wachtend"].as_array().unwrap()[..] else {
        panic!("{waits:#}")
    };
    assert_eq!(
        (&about["tabel"], &about["veld"], &about["kolom"]),
        (
            &"traject".into(),
            &"aanmelddatum".into(),
            &"aanmelddatum".into()
        )
    );
    assert_eq!(about["aantal"], 40, "{waits:#}");
    assert!(
        waits["open"]
            .as_array()
            .unwrap()
            .contains(&about["vragen"][0]),
        "{waits:#}"
    );
    let told = "40 bevindingen over 'aanmelddatum' wachten op het antwoord op deze vraag: Hoe staan de datums";
    assert!(text.contains(told), "{text}");
    // The rest is judged.
    assert_eq!(counts(&waits), [("CODE_UNKNOWN".to_owned(), 1)], "{text}");

    let answer = "[tabel.datumvorm]\naanmelddatum = \"dd-mm-jjjj\"\n";
    let (answered, text) = judged("", answer);
    assert!(answered.get("wachtend").is_none(), "{text}");
    let mut counts = counts(&answered);
    counts.sort();
    let expected = ["CODE_UNKNOWN", "DATE", "START_VOOR_AANMELDING"];
    let codes: Vec<&str> = counts.iter().map(|(code, _)| code.as_str()).collect();
    assert_eq!(codes, expected, "{text}");
    assert!(counts.iter().all(|(_, count)| *count == 1), "{counts:?}");
}

/// A required field whose column is asked is empty in every row: not a fout for each.
#[test]
fn a_field_whose_column_is_asked_waits() {
    let answer = "[tabel.datumvorm]\naanmelddatum = \"dd-mm-jjjj\"\n";
    let (waits, text) = judged("kader", answer);
    let [about] = &waits["wachtend"].as_array().unwrap()[..] else {
        panic!("{waits:#}")
    };
    assert_eq!(
        (&about["veld"], &about["kolom"]),
        (&"kader".into(), &Value::Null)
    );
    assert!(about["aantal"].as_u64().unwrap() >= 40, "{waits:#}");
    assert!(
        !counts(&waits).iter().any(|(code, _)| code == "REQUIRED"),
        "{text}"
    );
}

/// Without a koppeling nobody can answer: a value that is not known is told in its cell.
#[test]
fn without_a_koppeling_nothing_waits() {
    let folder = TestFolder::new();
    folder.write("traject.csv", csv(&rows()));
    let json = check(&folder, &["--json"]);
    let oordeel: Value = serde_json::from_str(&json.stdout).unwrap();
    assert!(oordeel.get("wachtend").is_none(), "{oordeel:#}");
    assert!(!counts(&oordeel).is_empty());
}

/// What another field has is listed, however many findings of the open one come before it.
#[test]
fn what_is_counted_beside_what_waits_has_its_place() {
    let mut rows = trajecten(&vec![&[][..]; 1_500]);
    rows[1_400].insert("aanmelddatum".to_owned(), String::new());
    let folder = TestFolder::new();
    folder.write("traject.csv", csv(&rows));
    folder.write("koppeling.toml", koppeling(&rows, "kader", ""));
    let args = ["--koppeling", "koppeling.toml", "--json"];
    let json = check(&folder, &args);
    let oordeel: Value = serde_json::from_str(&json.stdout).unwrap();
    let required = |list: &str| -> Vec<Value> {
        let all = oordeel[list].as_array().unwrap().iter();
        let all = all.filter(|one| one["code"] == "REQUIRED");
        all.cloned().collect()
    };
    assert_eq!(required("regels")[0]["aantal"], 1, "{oordeel:#}");
    let found = required("bevindingen");
    assert_eq!(found.len(), 1, "{oordeel:#}");
    assert_eq!(found[0]["veld"], "aanmelddatum", "{oordeel:#}");
}

/// A report in which nothing is marked says that something waits.
#[test]
fn a_report_says_what_waits() {
    let folder = TestFolder::new();
    let rows = rows();
    folder.write("traject.csv", csv(&rows));
    let open = "[tabel.datumvorm]\naanmelddatum = \"\"\n";
    folder.write("koppeling.toml", koppeling(&rows, "", open));
    let args = ["--koppeling", "koppeling.toml", "--rapport", "rapport.xlsx"];
    let report = check(&folder, &args);
    let file = folder.path("rapport.xlsx");
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(file).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "Controle").unwrap();
    let tells = |cell: &&calamine::Data| cell.to_string().contains("40 bevindingen over");
    let cells: Vec<_> = sheet.rows().flatten().collect();
    assert!(cells.iter().any(tells), "{}", report.everything());
}
