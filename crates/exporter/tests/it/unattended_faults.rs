//! `lever --config` to a service that misbehaves, or judges otherwise than the program did; and killed at random.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::fake_server::{FakeServer, Judges, Storing};
use crate::sources::update;
use crate::support::TestFolder;
use crate::unattended::{ARGS, copies, lever, prepare, whole};

/// A folder as a beheerder leaves it: settings, database, token and key.
fn workbook(server: &FakeServer) -> TestFolder {
    let folder = TestFolder::new().replace(&server.url, "[SERVER]");
    prepare(&folder, &server.url, "geheim-token\n");
    folder
}

fn sent(server: &FakeServer) -> usize {
    server
        .event_log()
        .iter()
        .filter(|r| r.starts_with("PATCH") || *r == "POST /v1/leveringen")
        .count()
}

#[test]
fn the_log_never_holds_values_or_the_token() {
    let server = FakeServer::start(Judges::Akkoord, &[Storing::Busy, Storing::Cut(10)]);
    let folder = workbook(&server);
    update(
        &folder,
        "UPDATE traject SET traject_id = 'ZEERGEHEIM' || traject_id",
    );
    let good = lever(&folder);
    assert_eq!(good.code, 0, "{}", good.everything());
    update(
        &folder,
        "UPDATE traject SET startdatum = 'GEHEIMEDAG' WHERE traject_id LIKE '%T1'",
    );
    let failure = lever(&folder);
    assert_eq!(failure.code, 1, "{}", failure.everything());
    for result in [good, failure] {
        let everything = result.everything();
        assert!(
            !everything.contains("ZEERGEHEIM")
                && !everything.contains("GEHEIMEDAG")
                && !everything.contains("geheim-token"),
            "{everything}"
        );
    }
    assert!(
        folder
            .lees("uitbak/controle/bevindingen.json")
            .contains("GEHEIMEDAG"),
        "a person finds them beside the log"
    );
    assert_eq!(folder.run(&["status", "--config", "uitvraag.toml"]).code, 1);
}

#[test]
fn what_the_service_rejects_is_kept_as_findings_and_not_sent_again() {
    let server = FakeServer::start(Judges::Afgekeurd, &[]);
    let folder = workbook(&server);
    let result = lever(&folder);
    assert_eq!(
        (result.code, copies(&folder)),
        (1, 0),
        "{}",
        result.everything()
    );
    let stored: BTreeSet<String> = folder
        .files()
        .into_iter()
        .filter_map(|b| b.split('/').nth(2).map(str::to_owned))
        .collect();
    assert!(
        stored.contains("bevindingen.json") && stored.contains("bevindingen.xlsx"),
        "{stored:?}"
    );
    let chunks = sent(&server);
    assert_eq!((lever(&folder).code, sent(&server)), (1, chunks));
    assert_eq!(folder.run(&["status", "--config", "uitvraag.toml"]).code, 1);
}

#[test]
fn killed_at_random_moments_it_still_delivers_once() {
    let mut app = 20_261_122_u64;
    for round in 0..4 {
        let server = FakeServer::start(
            Judges::Akkoord,
            &[Storing::SilentAfterPatch, Storing::SlowAfterSubmit],
        );
        let folder = workbook(&server);
        for _ in 0..6 {
            app = app
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let mut kind = folder.command(&ARGS).stderr(Stdio::null()).spawn().unwrap();
            thread::sleep(Duration::from_millis((app >> 33) % 400));
            kind.kill().unwrap();
            kind.wait().unwrap();
        }
        one_levering(&folder, &server, &format!("round {round}"));
    }
}

fn one_levering(folder: &TestFolder, server: &FakeServer, location: &str) {
    let result = lever(folder);
    assert_eq!(result.code, 0, "{location}: {}", result.everything());
    assert_eq!(
        (server.leveringen(), server.submissions(), server.toestand()),
        (1, 1, "ingediend"),
        "{location}"
    );
    whole(folder, location);
}
