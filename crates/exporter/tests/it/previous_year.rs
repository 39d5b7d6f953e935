//! Last year beside this one: what `--vorig` compares and takes over, as a person meets it.

use schema::Definitie;

use crate::service::Service;
use crate::support::{CommandOutput, TestFolder};

/// Own headers and own words; the last column is one that no uitvraag asks.
const HEADER: &str = "traject_id;jeugdige_id;Locatie;Gemeente;Leeftijd;Kader;Verwijzer;Contact met;Vorm;begeleiding;Bekostiging;Datum aanmelding;Start zorg;Einde zorg;Reden einde;Intern";

fn row(case_number: usize, door: &str, start: &str, end: &str) -> String {
    let reason = if end.is_empty() { "" } else { "volgens_plan" };
    format!(
        "Z{case_number};K{case_number};V1;Utrecht;7;gedwongen;{door};ouder;omgangshuis;professional;inkoop_regio;2020-01-06;{start};{end};{reason};x"
    )
}

fn folder(file: &str, rows: &[String], folder: &TestFolder) {
    folder.write(file, format!("{HEADER}\n{}\n", rows.join("\n")));
}

fn propose(folder: &TestFolder, file: &str, jaar: i32, more: &[&str]) -> CommandOutput {
    folder.run(
        &[
            &["koppel", file, "--uitvraag", &format!("omgang/{jaar}")],
            more,
        ]
        .concat(),
    )
}

/// The koppeling of 2020, with a person's answer about a word that nobody knows.
fn answered(folder: &TestFolder) {
    let proposal = propose(folder, "2020.csv", 2020, &["--uit", "k2020.toml"]);
    assert_eq!(
        proposal.code,
        1,
        "the word `onze poli` is a question:\n{}",
        proposal.everything()
    );
    let text = folder.lees("k2020.toml");
    let all_answered: Vec<String> = text
        .lines()
        .map(|regel| match regel.split_once(" = \"\"") {
            Some((what, _)) if what.contains("onze poli") => {
                format!("{what} = \"medisch_specialist\"")
            }
            Some(("welke_gevraagd", _)) => "welke_gevraagd = \"geen van deze\"".to_owned(),
            Some((what, _)) if !what.starts_with('#') => panic!("an unexpected question: {what}"),
            _ => regel.to_owned(),
        })
        .collect();
    folder.write("k2020.toml", all_answered.join("\n"));
}

fn pack_2020(folder: &TestFolder) {
    let out = folder.run(&[
        "pak",
        "2020.csv",
        "--uitvraag",
        "omgang/2020",
        "--koppeling",
        "k2020.toml",
        "--uit",
        "pakket-2020",
        "--sleutel",
        "s.toml",
        "--leverdatum",
        "2021-03-01",
    ]);
    assert_eq!(out.code, 0, "{}", out.everything());
}

fn two_years() -> TestFolder {
    let dir = TestFolder::new();
    let then = [
        row(1, "onze poli", "2020-02-03", ""),
        row(2, "rechter", "2020-03-02", ""),
        row(3, "rechter", "2020-03-02", "2020-09-01"),
    ];
    folder("2020.csv", &then, &dir);
    answered(&dir);
    pack_2020(&dir);
    dir
}

#[test]
fn the_answers_of_last_year_are_the_start_of_this_one() {
    let dir = two_years();
    folder(
        "2021.csv",
        &[
            row(1, "onze poli", "2020-02-03", ""),
            row(2, "rechter", "2020-03-02", ""),
        ],
        &dir,
    );
    let without = propose(&dir, "2021.csv", 2021, &["--uit", "los.toml", "--json"]);
    assert!(without.stdout.contains("onze poli"), "{}", without.stdout);
    let met = propose(
        &dir,
        "2021.csv",
        2021,
        &["--uit", "k2021.toml", "--vorig", "pakket-2020"],
    );
    let text = dir.lees("k2021.toml");
    assert!(
        text.contains("\"onze poli\" = \"medisch_specialist\""),
        "{text}"
    );
    assert!(!text.contains("OPEN: Wat betekent 'onze poli'"), "{text}");
    assert!(
        met.stderr.contains("overgenomen van vorig jaar"),
        "{}",
        met.stderr
    );
    assert!(text.contains("uitvraag = \"omgang/2021\""));
}

#[test]
fn a_column_that_is_gone_and_a_place_that_is_none_are_said() {
    let dir = two_years();
    let others = format!(
        "{}\n{}\n",
        HEADER.replace("Contact met", "Wie ziet het kind"),
        row(1, "rechter", "2020-02-03", "")
    );
    dir.write("2021.csv", others);
    let met = propose(
        &dir,
        "2021.csv",
        2021,
        &["--uit", "k2021.toml", "--vorig", "k2020.toml"],
    );
    assert!(
        met.stderr
            .contains("de kolom 'Contact met' van vorig jaar staat niet in dit bestand"),
        "{}",
        met.stderr
    );
    let nowhere = propose(&dir, "2021.csv", 2021, &["--vorig", "nergens"]);
    assert_eq!(nowhere.code, 2);
    assert!(
        nowhere
            .stderr
            .contains("kan de koppeling van vorig jaar niet lezen"),
        "{}",
        nowhere.stderr
    );
}

/// The own numbers are compared under the own key, and what vanished is told by dates, not by a pseudonym.
#[test]
fn what_vanished_since_last_year_is_found_at_the_aanbieder() {
    let dir = two_years();
    folder(
        "2021.csv",
        &[
            row(1, "rechter", "2020-02-03", ""),
            row(3, "rechter", "2020-03-02", ""),
        ],
        &dir,
    );
    propose(
        &dir,
        "2021.csv",
        2021,
        &["--uit", "k2021.toml", "--vorig", "pakket-2020"],
    );
    let fixed = [
        "controleer",
        "2021.csv",
        "--uitvraag",
        "omgang/2021",
        "--koppeling",
        "k2021.toml",
        "--leverdatum",
        "2022-03-01",
        "--json",
    ];
    let oordeel = |more: &[&str]| -> serde_json::Value {
        let out = dir.run(&[&fixed[..], more].concat());
        serde_json::from_str(&out.stdout).unwrap_or_else(|_| panic!("{}", out.everything()))
    };
    let count = |oordeel: &serde_json::Value, code: &str| {
        oordeel["regels"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["code"] == code)
            .map_or(0, |r| r["aantal"].as_u64().unwrap())
    };
    let without = oordeel(&[]);
    assert_eq!(
        (count(&without, "VERDWENEN"), count(&without, "HEROPEND")),
        (0, 0)
    );
    let met = oordeel(&["--vorig", "pakket-2020", "--sleutel", "s.toml"]);
    assert_eq!(
        (count(&met, "VERDWENEN"), count(&met, "HEROPEND")),
        (1, 1),
        "{met:#}"
    );
    let gone = met["bevindingen"]
        .as_array()
        .unwrap()
        .iter()
        .find(|b| b["code"] == "VERDWENEN")
        .unwrap();
    assert!(
        gone["gevonden"].as_str().unwrap().contains("2020-03-02"),
        "{gone:#}"
    );
    // Not last year's pakket.
    let definitie = Definitie::load("omgang/2020").unwrap();
    let wrong = dir.run(&[&fixed[..], &["--vorig", "2020.csv"]].concat());
    assert_eq!(wrong.code, 2, "{}", wrong.everything());
    let jaar = dir.run(&[
        "controleer",
        "2020.csv",
        "--uitvraag",
        &definitie.name(),
        "--koppeling",
        "k2020.toml",
        "--vorig",
        "pakket-2020",
    ]);
    assert!(
        jaar.code == 2 && jaar.stderr.contains("niet het pakket van vorig jaar"),
        "{}",
        jaar.everything()
    );
}

/// The same out of `uitvraag.toml`: `koppel`, `check` and `lever` all compare with the pakket it names.
#[test]
fn the_settings_name_the_pakket_of_last_year() {
    let service = Service::start_with("2022-03-01T10:00:00Z", |_| {});
    let dir = two_years().with_token(&service);
    folder(
        "2021.csv",
        &[
            row(1, "onze poli", "2020-02-03", ""),
            row(3, "rechter", "2020-03-02", ""),
        ],
        &dir,
    );
    let settings = |previous: &str| {
        format!(
            "uitvraag = \"omgang/2021\"\nkvk = \"12345678\"\nkoppeling = \"k2021.toml\"\nsleutel = \"s.toml\"\n{previous}\n\
             [server]\nadres = \"{}\"\ntoken_bestand = \"token.txt\"\n[bron.bestanden]\npatronen = [\"2021.csv\"]\n",
            service.url
        )
    };
    dir.write("uitvraag.toml", settings("vorig = \"pakket-2020\""));
    let config = ["--config", "uitvraag.toml"];
    let day = ["--leverdatum", "2022-03-01"];
    assert!(
        dir.run(&[&["koppel"], &config[..]].concat())
            .stderr
            .contains("overgenomen van vorig jaar")
    );
    let checked = dir.run(&[&["controleer"], &config[..], &day, &["--json"]].concat());
    let oordeel: serde_json::Value = serde_json::from_str(&checked.stdout)
        .unwrap_or_else(|_| panic!("{}", checked.everything()));
    let count = |code: &str| {
        oordeel["regels"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["code"] == code)
            .map(|r| r["aantal"].clone())
    };
    assert_eq!(
        (count("VERDWENEN"), count("HEROPEND")),
        (Some(1.into()), Some(1.into())),
        "{}",
        checked.everything()
    );
    let lever = || {
        dir.run(
            &[
                &["lever"],
                &config[..],
                &day,
                &["--log", "json", "--geduld-ms", "5"],
            ]
            .concat(),
        )
    };
    let regels = |result: &CommandOutput| {
        let log = result
            .stderr
            .lines()
            .map(|r| serde_json::from_str::<serde_json::Value>(r).unwrap());
        log.into_iter()
            .find(|r| r["gebeurtenis"] == "gecontroleerd")
            .map_or_else(
                || panic!("{}", result.everything()),
                |r| r["regels"].clone(),
            )
    };
    let delivered = lever();
    assert_eq!(
        (
            &regels(&delivered)["VERDWENEN"],
            &regels(&delivered)["HEROPEND"]
        ),
        (&1.into(), &1.into()),
        "{}",
        delivered.everything()
    );
    assert!(
        delivered.stderr.contains("\"wat\":\"vorig\""),
        "{}",
        delivered.stderr
    );

    // Made from a sjabloon it has no koppeling: then there is nothing to take over.
    std::fs::remove_file(dir.path("pakket-2020/koppeling.toml")).unwrap();
    let without = dir.run(&[&["koppel"], &config[..]].concat());
    assert!(
        without.code < 2 && !without.stderr.contains("overgenomen"),
        "{}",
        without.everything()
    );

    // Made with another key, trajecten cannot be compared: that is said beforehand.
    dir.write(
        "uitvraag.toml",
        settings("vorig = \"pakket-2020\"").replace("s.toml", "ander.toml"),
    );
    assert_eq!(
        dir.run(&["sleutel", "maak", "--sleutel", "ander.toml"])
            .code,
        0
    );
    let others = dir.run(&[&["lever"], &config[..], &["--vooraf", "--log", "tekst"]].concat());
    assert!(
        others.code == 0 && others.stderr.contains("let op  vorig: het pakket in"),
        "{}",
        others.everything()
    );
    // What is not last year's pakket stops it before anything is read or sent.
    dir.write("uitvraag.toml", settings("vorig = \"nergens\""));
    let nowhere = lever();
    assert!(
        nowhere.code == 2 && !nowhere.stderr.contains("bron_gelezen"),
        "{}",
        nowhere.everything()
    );
}

/// The export itself is never moved aside for a koppeling of its name.
#[test]
fn a_koppeling_never_takes_the_place_of_what_is_read() {
    let dir = TestFolder::new();
    folder("export.csv", &[row(1, "rechter", "2020-02-03", "")], &dir);
    let first = dir.lees("export.csv");
    let refused = propose(&dir, "export.csv", 2020, &["--uit", "./export.csv"]);
    assert_eq!(refused.code, 2, "{}", refused.everything());
    assert!(
        refused
            .stderr
            .contains("dat zou uw eigen bestand overschrijven"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains("--uit koppeling.toml"),
        "{}",
        refused.stderr
    );
    assert_eq!(dir.lees("export.csv"), first);
    assert!(!dir.path("export.csv.vorige").exists());
}

/// Nothing is read of files that can't be told apart, and none is packed that the koppeling leaves out.
#[test]
fn files_outside_the_koppeling_or_of_one_name_make_no_pakket() {
    let dir = TestFolder::new();
    for name in ["a/export.csv", "b/export.csv", "b/meer.csv"] {
        dir.write(
            name,
            format!("{HEADER}\n{}\n", row(1, "rechter", "2020-02-03", "")),
        );
    }
    let duplicate = propose(
        &dir,
        "a/export.csv",
        2020,
        &["b/export.csv", "--uit", "k.toml"],
    );
    assert!(
        duplicate.code == 1
            && duplicate
                .stderr
                .contains("twee bestanden met de naam 'export.csv'"),
        "{}",
        duplicate.everything()
    );
    assert!(!dir.path("k.toml").exists());
    propose(&dir, "a/export.csv", 2020, &["--uit", "k.toml"]);
    let pack = dir.run(&[
        "pak",
        "a/export.csv",
        "b/meer.csv",
        "--uitvraag",
        "omgang/2020",
        "--koppeling",
        "k.toml",
        "--uit",
        "pakket",
    ]);
    assert!(
        pack.code == 1
            && pack
                .stderr
                .contains("Bestand 'meer.csv' staat niet in de koppeling"),
        "{}",
        pack.everything()
    );
    assert!(!dir.path("pakket").exists());
}
