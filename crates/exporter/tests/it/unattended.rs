//! `lever --config`: a delivery that goes by itself, from a SQLite file, to the service; and stopped at any step.

use std::fs;

use insta::assert_snapshot;
use schema::Toestand;
use serde_json::Value;

use crate::service::{KVK, Service};
use crate::sources::{database, update};
use crate::support::{CommandOutput, TestFolder, write_private};

const SETTINGS: &str = r#"
uitvraag = "omgang/2020"
kvk = "12345678"
sleutel = "sleutel.toml"

[server]
adres = "SERVER"
token_bestand = "token.txt"
onderteken = "J. de Vries, directeur"

[bron.sqlite]
bestand = "ecd.sqlite"
[bron.sqlite.tabellen]
traject = "SELECT * FROM traject"
"#;

/// What a beheerder leaves in a folder: settings, database, token and key.
pub(crate) fn prepare(folder: &TestFolder, url: &str, token: &str) {
    folder.write("uitvraag.toml", SETTINGS.replace("SERVER", url));
    write_private(folder, "token.txt", token);
    database(folder, &[&[], &[], &[]]);
    assert_eq!(
        folder
            .run(&["sleutel", "maak", "--sleutel", "sleutel.toml"])
            .code,
        0
    );
}

fn workbook(service: &Service) -> TestFolder {
    let folder = TestFolder::new().replace(&service.url, "[SERVER]");
    prepare(&folder, &service.url, &service.token(KVK));
    folder
}

pub(crate) const ARGS: [&str; 8] = [
    "lever",
    "--config",
    "uitvraag.toml",
    "--leverdatum",
    "2021-03-01",
    "--geduld-ms",
    "5",
    "--antwoord-ms=1500",
];

pub(crate) fn lever(folder: &TestFolder) -> CommandOutput {
    folder.run(&ARGS)
}

/// The events of a run, each a whole JSON object.
fn events(result: &CommandOutput) -> Vec<String> {
    let regels = result
        .stderr
        .lines()
        .map(|r| serde_json::from_str::<Value>(r).unwrap_or_else(|e| panic!("{e}: {r}")));
    regels
        .map(|r| r["gebeurtenis"].as_str().unwrap().to_owned())
        .collect()
}

pub(crate) fn copies(folder: &TestFolder) -> usize {
    folder
        .files()
        .iter()
        .filter(|b| b.starts_with("uitbak/") && b.ends_with("/traject.csv.zst"))
        .count()
}

#[test]
fn it_delivers_signs_and_sends_nothing_while_the_data_are_the_same() {
    let service = Service::start();
    let folder = workbook(&service);
    let first = lever(&folder);
    assert_eq!(
        (first.code, first.stdout.as_str()),
        (0, ""),
        "{}",
        first.everything()
    );
    let names: Vec<String> = events(&first)
        .into_iter()
        .filter(|n| n != "voorcontrole")
        .collect();
    let expected = [
        "start",
        "bron_gelezen",
        "gecontroleerd",
        "verpakt",
        "klaargezet",
        "aangemeld",
        "verstuurd",
        "oordeel",
        "ondertekend",
    ];
    assert_eq!(
        names,
        [&expected[..], &["ontvangstbewijs", "klaar"]].concat()
    );
    assert_eq!(
        (service.states(), service.submissions(), copies(&folder)),
        (vec![Toestand::Ingediend], 1, 1)
    );

    let chunks = service.sent();
    let second = lever(&folder);
    assert_eq!(
        (second.code, service.sent()),
        (0, chunks),
        "{}",
        second.everything()
    );
    assert!(events(&second).contains(&"ongewijzigd".to_owned()));

    update(
        &folder,
        "UPDATE traject SET startdatum = '2020-03-13' WHERE traject_id = 'T1'",
    );
    let third = lever(&folder);
    assert_eq!(
        (third.code, service.submissions()),
        (0, 2),
        "{}",
        third.everything()
    );
    assert_eq!(
        service.states(),
        [Toestand::Vervangen, Toestand::Ingediend],
        "what was signed is replaced by the service, not taken back"
    );
}

/// A source that lost its rows in the night does not replace what counts: a person signs that.
#[test]
fn half_of_the_rows_is_not_signed_by_itself() {
    let service = Service::start();
    let folder = workbook(&service);
    assert_eq!(lever(&folder).code, 0);
    update(&folder, "DELETE FROM traject WHERE traject_id <> 'T1'");
    for _ in 0..2 {
        let shrunk = lever(&folder);
        assert_eq!(
            (shrunk.code, service.submissions(), service.states()),
            (1, 1, vec![Toestand::Ingediend, Toestand::Akkoord]),
            "{}",
            shrunk.everything()
        );
        assert!(
            shrunk.stderr.contains("uitvraag lever") && shrunk.stderr.contains("--onderteken"),
            "{}",
            shrunk.stderr
        );
        assert!(
            shrunk.stderr.contains("Trajecten: 1 in plaats van 3")
                && shrunk.stderr.contains("\"bevestig\":[\"minder_rijen\"]"),
            "{}",
            shrunk.stderr
        );
    }
    let post = folder
        .files()
        .into_iter()
        .filter(|b| b.ends_with("/traject.csv.zst"))
        .max()
        .unwrap();
    let dir = post.trim_end_matches("/traject.csv.zst");
    let name = "J. de Vries, directeur";
    let advised = [
        "lever",
        dir,
        "--server",
        &service.url,
        "--token-bestand",
        "token.txt",
        "--onderteken",
        name,
    ];
    // The command that is advised shows what changes, and signs nothing by itself.
    let asked = folder.run(&advised);
    assert_eq!(
        (asked.code, service.submissions()),
        (1, 1),
        "{}",
        asked.everything()
    );
    for part in [
        "Trajecten: 1, dat waren er 3. Nieuw: 0. Verdwenen: 2.",
        "In deze levering staat minder dan de helft van wat nu telt.",
        "--onderteken \"J. de Vries, directeur\" --bevestig minder_rijen",
    ] {
        assert!(asked.stderr.contains(part), "{part} in {}", asked.stderr);
    }
    let this = folder.run(&[&advised[..], &["--bevestig", "minder_rijen"]].concat());
    assert_eq!(
        (this.code, service.submissions()),
        (0, 2),
        "{}",
        this.everything()
    );
    assert_eq!(lever(&folder).code, 0, "and the next night goes on");
}

#[test]
fn the_order_of_rows_is_no_change() {
    let service = Service::start();
    let folder = workbook(&service);
    assert_eq!(lever(&folder).code, 0);
    folder.write(
        "uitvraag.toml",
        folder
            .lees("uitvraag.toml")
            .replace("FROM traject", "FROM traject ORDER BY traject_id DESC"),
    );
    let weer = lever(&folder);
    assert!(
        events(&weer).contains(&"ongewijzigd".to_owned()),
        "{}",
        weer.everything()
    );
    assert_eq!(service.leveringen().len(), 1);
}

#[test]
fn unsigned_leveringen_that_are_overtaken_are_taken_back() {
    let service = Service::start();
    let folder = workbook(&service);
    folder.write(
        "uitvraag.toml",
        folder
            .lees("uitvraag.toml")
            .replace("onderteken =", "#onderteken ="),
    );
    for day in 1..4 {
        update(
            &folder,
            &format!("UPDATE traject SET startdatum = '2020-03-1{day}'"),
        );
        assert_eq!(lever(&folder).code, 0);
    }
    assert_eq!(
        service.states(),
        [
            Toestand::Ingetrokken,
            Toestand::Ingetrokken,
            Toestand::Akkoord
        ]
    );
    assert_eq!((service.submissions(), copies(&folder)), (0, 1));
}

#[test]
fn the_copy_goes_once_it_is_published_and_the_receipt_stays() {
    let service = Service::start();
    let folder = workbook(&service);
    assert_eq!(lever(&folder).code, 0);
    service.publish();
    let result = lever(&folder);
    assert_eq!(
        (result.code, copies(&folder)),
        (0, 0),
        "{}",
        result.everything()
    );
    assert!(events(&result).contains(&"gepubliceerd".to_owned()));
    assert!(
        folder
            .files()
            .iter()
            .any(|b| b.ends_with("ontvangstbewijs.jws"))
    );
    assert!(folder.files().iter().all(|b| !b.starts_with("pakketten/")));
    let requests = service.requests().len();
    assert_eq!(lever(&folder).code, 0);
    assert!(
        !service.requests()[requests..]
            .iter()
            .any(|r| r.contains("/leveringen/")),
        "what is done is not asked for again"
    );
}

/// Next year wants it beside its own data: the pakket as it was published, whole, and nothing half after a stop.
#[test]
fn what_was_published_is_kept_where_the_settings_say() {
    let service = Service::start();
    let folder = workbook(&service);
    folder.write(
        "uitvraag.toml",
        format!("bewaar = \"pakketten\"\n{}", folder.lees("uitvraag.toml")),
    );
    assert_eq!(lever(&folder).code, 0);
    service.publish();
    assert_eq!(
        folder
            .run_with(&[("UITVRAAG_BREUK", "gesloten_met_kopie")], &ARGS)
            .code,
        -1
    );
    let result = lever(&folder);
    assert_eq!(
        (result.code, copies(&folder)),
        (0, 0),
        "{}",
        result.everything()
    );
    let stored: Vec<String> = folder
        .files()
        .into_iter()
        .filter(|b| b.starts_with("pakketten/"))
        .collect();
    let stored: Vec<&str> = stored
        .iter()
        .filter_map(|b| b.strip_prefix("pakketten/omgang-2020/"))
        .collect();
    assert_eq!(
        stored,
        ["pakket.json", "traject.csv.zst", "wachtlijst.csv.zst"]
    );
    let whole = folder.run(&["controleer", "pakketten/omgang-2020"]);
    assert!(
        whole.code == 0 && whole.stdout.contains("3  Trajecten"),
        "{}",
        whole.everything()
    );
}

#[test]
fn questions_wait_for_a_person_and_the_next_run_goes_on() {
    let service = Service::start();
    let folder = workbook(&service);
    update(
        &folder,
        "UPDATE traject SET aanmelddatum = '2018-12-03', intakedatum = '' WHERE traject_id = 'T1'",
    );
    assert_eq!(lever(&folder).code, 1);
    let requests = folder.lees("toelichtingen.toml");
    assert!(requests.contains("WACHT_LANG"));
    assert_eq!(lever(&folder).code, 1);
    folder.write(
        "toelichtingen.toml",
        requests.replacen("antwoord = \"\"", "antwoord = \"klopt\"", 1),
    );
    let result = lever(&folder);
    assert_eq!(
        (result.code, service.states()),
        (0, vec![Toestand::Ingediend]),
        "{}",
        result.everything()
    );
}

#[test]
fn looking_beforehand_tells_everything_and_sends_nothing() {
    let service = Service::start();
    let folder = workbook(&service);
    let beforehand =
        |folder: &TestFolder| folder.run(&[&ARGS[..], &["--vooraf", "--log", "tekst"]].concat());
    let without_sizes = |text: String| {
        let regels = text.lines().map(|r| match r {
            r if r.contains("schijf:") => "goed    schijf: [N] vrij".to_owned(),
            r if r.contains("sleutel:") => "goed    sleutel: [LABEL]".to_owned(),
            r => r.to_owned(),
        });
        regels.collect::<Vec<_>>().join("\n")
    };
    let good = beforehand(&folder);
    assert_snapshot!("vooraf_goed", without_sizes(good.everything()));
    assert_eq!(
        (good.code, service.sent(), folder.path("uitbak").exists()),
        (0, 0, false)
    );

    write_private(&folder, "token.txt", "ander-token\n");
    fs::remove_file(folder.path("sleutel.toml")).unwrap();
    update(&folder, "DROP TABLE traject");
    let failure = beforehand(&folder);
    assert_eq!(failure.code, 2);
    assert!(
        failure
            .stderr
            .contains("fout    sleutel: er is geen sleutel")
            && failure.stderr.contains("fout    token:"),
        "{}",
        failure.stderr
    );
    assert!(!failure.stderr.contains("ander-token") && !folder.path("sleutel.toml").exists());
}

#[test]
fn a_second_run_at_the_same_time_does_nothing() {
    let service = Service::start();
    let folder = workbook(&service);
    assert_eq!(lever(&folder).code, 0);
    let closing = fs::File::options()
        .write(true)
        .open(folder.path("uitbak/.slot"))
        .unwrap();
    closing.lock().unwrap();
    let result = lever(&folder);
    assert!(
        result.code == 2 && result.stderr.contains("er loopt al een levering"),
        "{}",
        result.everything()
    );
    // Looking is allowed.
    assert_eq!(folder.run(&["status", "--config", "uitvraag.toml"]).code, 0);
}

/// The outbox survives a crash: after a stop at any step the next run finishes, and there is exactly one levering.
#[test]
fn after_a_stop_at_any_step_the_next_run_finishes_one_levering() {
    let steps = [
        "start",
        "voorcontrole",
        "bron_gelezen",
        "gecontroleerd",
        "verpakt",
        "klaargezet",
        "aangemeld_niet_bewaard",
        "aangemeld",
        "verstuurd",
        "oordeel",
        "ondertekend",
        "ontvangstbewijs",
        "klaar",
    ];
    for step in steps {
        let service = Service::start();
        let folder = workbook(&service);
        let dead = folder.run_with(&[("UITVRAAG_BREUK", step)], &ARGS);
        assert_eq!(dead.code, -1, "{step}: {}", dead.everything());
        one_levering(&folder, &service, step);
    }
}

#[test]
fn a_stop_between_closing_and_removing_the_copy_removes_it_later() {
    let service = Service::start();
    let folder = workbook(&service);
    assert_eq!(lever(&folder).code, 0);
    service.publish();
    assert_eq!(
        folder
            .run_with(&[("UITVRAAG_BREUK", "gesloten_met_kopie")], &ARGS)
            .code,
        -1
    );
    assert_eq!(copies(&folder), 1);
    assert_eq!((lever(&folder).code, copies(&folder)), (0, 0));
}

fn one_levering(folder: &TestFolder, service: &Service, location: &str) {
    let result = lever(folder);
    assert_eq!(result.code, 0, "{location}: {}", result.everything());
    assert_eq!(
        (service.states(), service.submissions()),
        (vec![Toestand::Ingediend], 1),
        "{location}"
    );
    whole(folder, location);
}

/// Nothing half is left, and there is one receipt.
pub(crate) fn whole(folder: &TestFolder, location: &str) {
    let over: Vec<String> = folder
        .files()
        .into_iter()
        .filter(|b| b.starts_with("uitbak/.") && b != "uitbak/.slot")
        .collect();
    assert_eq!(over, Vec::<String>::new(), "{location}");
    assert_eq!(
        folder
            .files()
            .iter()
            .filter(|b| b.ends_with("ontvangstbewijs.jws"))
            .count(),
        1,
        "{location}"
    );
}
