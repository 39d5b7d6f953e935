//! `admin aanbieders`, `extend`, `expire`, `erase` and `log`: who is expected, and the exceptions.

use chrono::{TimeDelta, Utc};
use monitor::admin::lists;

use crate::stage::{AANBIEDERS, BRUG, NOORD, Stage, rows, utf8};

/// A list with one bad row leaves the register as it was.
#[test]
fn a_list_is_imported_whole_or_not_at_all() {
    let stage = Stage::new();
    let refused = stage
        .import("kvk,naam,werkgebied,uitkomst\n12345678,De Brug,JZ13,\n1,Kort,JZ13,\n")
        .unwrap_err();
    assert!(
        format!("{refused:#}").contains("row 3: a kvk has 8 digits"),
        "{refused:#}"
    );
    assert!(
        stage
            .lake(async |lake| lake.aanbieders().await.unwrap())
            .is_empty()
    );
    stage.import(AANBIEDERS).unwrap();
    assert_eq!(
        stage
            .lake(async |lake| lake.aanbieders().await.unwrap())
            .len(),
        2
    );
}

/// An uitvraag that nobody asks is refused with those that are, before the file is looked at.
#[test]
fn a_list_is_for_an_uitvraag_that_there_is() {
    let stage = Stage::new();
    for uitvraag in ["omgang/1999", "omgang", "omgang/x"] {
        let refused = stage.refuses(&format!(
            "admin aanbieders import nowhere.csv --uitvraag {uitvraag}"
        ));
        assert!(refused.contains("omgang/2020"), "{refused}");
    }
}

/// What is known of an aanbieder shows at once; what it delivers goes before it.
#[test]
fn the_list_says_what_became_of_each() {
    let stage = Stage::new();
    stage
        .import(
            "kvk,naam,werkgebied,uitkomst\n12345678,=De Brug,JZ13 GM0344,gestopt\n87654321,Noord,NL00,geweigerd\n11111111,Oost,JZ13,\n",
        )
        .unwrap();
    let levering = stage.nulopgave(NOORD).to_string();
    let list = stage.lake(async |lake| lists::aanbieders(lake, "omgang", 2020).await.unwrap());
    let expected = [
        ["11111111", "Oost", "JZ13", "onbekend", ""],
        // A spreadsheet that opens the list runs nothing.
        ["12345678", "'=De Brug", "GM0344 JZ13", "gestopt", ""],
        ["87654321", "Noord", "NL00", "nulopgave", &levering],
    ];
    assert_eq!(rows(&list), expected);
}

/// Importing the same list again changes nobody's token, and gives one to who is new.
#[test]
fn a_token_in_use_stays_when_the_list_comes_again() {
    let stage = Stage::new();
    let import = |list: &str| {
        let list = stage.write("aanbieders.csv", list);
        let tokens = stage.path("tokens");
        let before = [
            "admin",
            "aanbieders",
            "import",
            utf8(&list),
            "--uitvraag",
            "omgang/2020",
        ];
        stage.args(&[&before[..], &["--tokens", utf8(&tokens)]].concat())
    };
    import("kvk,naam,werkgebied,uitkomst\n12345678,De Brug,JZ13,\n").unwrap();
    let brug = stage.path("tokens/12345678.token");
    let first = std::fs::read_to_string(&brug).unwrap();
    import(AANBIEDERS).unwrap();
    assert_eq!(std::fs::read_to_string(&brug).unwrap(), first);
    assert!(stage.path("tokens/87654321.token").is_file());
    assert_eq!(
        stage.lake(async |lake| lake.tokens().await.unwrap()).len(),
        2
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(brug.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

/// A file that may hold another token is never written over, and no token is made that nobody can read.
#[test]
fn an_older_token_file_stops_the_making() {
    let stage = Stage::new();
    std::fs::create_dir(stage.path("tokens")).unwrap();
    stage.write("tokens/12345678.token", "ander\n");
    let list = stage.write("aanbieders.csv", AANBIEDERS);
    let tokens = stage.path("tokens");
    let args = [
        "admin",
        "aanbieders",
        "import",
        utf8(&list),
        "--uitvraag",
        "omgang/2020",
        "--tokens",
    ];
    let refused = stage
        .args(&[&args[..], &[utf8(&tokens)]].concat())
        .unwrap_err();
    assert!(
        format!("{refused:#}").contains("older token"),
        "{refused:#}"
    );
    assert_eq!(
        std::fs::read_to_string(stage.path("tokens/12345678.token")).unwrap(),
        "ander\n"
    );
    assert!(
        stage
            .lake(async |lake| lake.tokens().await.unwrap())
            .is_empty()
    );
}

/// An exception to the clock lies ahead, is of somebody who is known, and says why in the log.
#[test]
fn an_extension_has_a_future_an_aanbieder_and_a_reason() {
    let stage = Stage::expecting();
    let extend = |kvk: &str, days: i64, reason: &str| {
        let until = (Utc::now() + TimeDelta::days(days)).to_rfc3339();
        let args = [
            "admin",
            "extend",
            "omgang/2020",
            "--kvk",
            kvk,
            "--until",
            &until,
            "--reason",
            reason,
        ];
        stage.args(&args).map_err(|e| format!("{e:#}"))
    };
    assert!(extend(BRUG, -1, "ziek").unwrap_err().contains("is past"));
    assert!(
        extend(BRUG, 1, " ")
            .unwrap_err()
            .contains("reason is empty")
    );
    assert!(
        extend("99999999", 1, "ziek")
            .unwrap_err()
            .contains("unknown aanbieder")
    );
    let log = || stage.lake(async |lake| lists::log(lake, None).await.unwrap());
    assert!(!String::from_utf8(log()).unwrap().contains("uitstel"));
    extend(BRUG, 1, "nieuw systeem").unwrap();
    assert!(String::from_utf8(log()).unwrap().contains("nieuw systeem"));
    let until = stage.lake(async |lake| lake.uitstel(BRUG, "omgang", 2020).await.unwrap());
    assert!(until.is_some_and(|until| until > Utc::now()));
}

/// The log of one levering is of that one alone; what is no id is said to be none.
#[test]
fn the_log_can_be_asked_of_one_levering() {
    let stage = Stage::expecting();
    let (brug, noord) = (stage.nulopgave(BRUG), stage.nulopgave(NOORD));
    let all = stage.lake(async |lake| lists::log(lake, None).await.unwrap());
    let one = stage.lake(async |lake| lists::log(lake, Some(brug)).await.unwrap());
    let of = |log: &[u8]| {
        rows(log)
            .into_iter()
            .map(|row| row[5].clone())
            .collect::<Vec<_>>()
    };
    assert!(of(&all).contains(&brug.to_string()) && of(&all).contains(&noord.to_string()));
    assert!(
        of(&one)
            .iter()
            .all(|levering| *levering == brug.to_string())
    );
    assert_eq!(rows(&one).last().unwrap()[4], "ingediend");
    assert!(stage.refuses("admin log vijf").contains("`vijf` is no id"));
}

/// Erasing is of one levering that there is, and for good.
#[test]
fn only_what_is_there_is_erased() {
    let stage = Stage::expecting();
    let levering = stage.nulopgave(BRUG);
    assert!(stage.refuses("admin erase vijf").contains("no id"));
    let unknown = "01234567-89ab-7def-8123-456789abcdef";
    assert!(
        stage
            .refuses(&format!("admin erase {unknown}"))
            .contains("unknown levering")
    );
    stage.does(&format!("admin erase {levering}"));
    let kept = stage.lake(async |lake| lake.levering(levering).await.unwrap().unwrap());
    assert_eq!(kept.toestand, schema::Toestand::Gewist);
}

/// What was signed never expires.
#[test]
fn expire_leaves_what_is_signed() {
    let stage = Stage::expecting();
    let levering = stage.nulopgave(BRUG);
    stage.does("admin expire omgang/2020");
    let kept = stage.lake(async |lake| lake.levering(levering).await.unwrap().unwrap());
    assert_eq!(kept.toestand, schema::Toestand::Ingediend);
}
