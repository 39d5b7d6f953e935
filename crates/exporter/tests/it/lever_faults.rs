//! `lever` and `nulopgave` against a service that misbehaves, or is not there.

use std::fs;

use insta::assert_snapshot;

use crate::fake_server::{FakeServer, Judges, Storing};
use crate::service::SIGN;
use crate::support::{CommandOutput, TestFolder, fake_pakket};

fn workbook(server: &FakeServer) -> TestFolder {
    let folder = TestFolder::new().replace(&server.url, "[SERVER]");
    folder.write("token.txt", "geheim-token\n");
    folder
}

/// `lever` with short pauses and whatever else.
fn lever(folder: &TestFolder, server: &FakeServer, more: &[&str]) -> CommandOutput {
    let basis = [
        "lever",
        "pakket",
        "--server",
        &server.url,
        "--token-bestand",
        "token.txt",
        "--geduld-ms",
        "5",
        "--antwoord-ms",
        "1500",
    ];
    folder.run(&[&basis, more].concat())
}

#[test]
fn a_cut_connection_resumes_where_the_service_is() {
    let server = FakeServer::start(
        Judges::Akkoord,
        &[
            Storing::Cut(1_000_001),
            Storing::Cut(1),
            Storing::Conflict,
            Storing::Busy,
        ],
    );
    let folder = workbook(&server);
    fake_pakket(&folder, "pakket", 9_000_000);
    let result = lever(&folder, &server, &SIGN);
    assert_eq!(
        (result.code, server.faults_left()),
        (0, 0),
        "{}",
        result.everything()
    );
    assert_eq!(
        server.content("traject"),
        fs::read(folder.path("pakket/traject.csv.zst")).unwrap()
    );
    assert!(
        result.stderr.contains("de verbinding werd verbroken"),
        "{}",
        result.stderr
    );
}

#[test]
fn bytes_that_arrived_without_an_answer_are_not_sent_again() {
    let server = FakeServer::start(Judges::Akkoord, &[Storing::SilentAfterPatch]);
    let folder = workbook(&server);
    fake_pakket(&folder, "pakket", 5000);
    assert_eq!(lever(&folder, &server, &SIGN).code, 0);
    assert_eq!(
        server
            .event_log()
            .iter()
            .filter(|r| r.starts_with("PATCH"))
            .count(),
        1
    );
}

#[test]
fn damaged_bytes_are_sent_anew() {
    let server = FakeServer::start(Judges::Akkoord, &[Storing::Damaged]);
    let folder = workbook(&server);
    fake_pakket(&folder, "pakket", 5000);
    let result = lever(&folder, &server, &SIGN);
    assert_eq!(result.code, 0, "{}", result.everything());
    assert_eq!(
        server.content("traject"),
        fs::read(folder.path("pakket/traject.csv.zst")).unwrap()
    );
}

/// A service that crashed between the last byte and the register never moves on by itself.
#[test]
fn a_service_that_missed_the_end_is_told() {
    let server = FakeServer::start(Judges::Akkoord, &[Storing::EndMissed]);
    let folder = workbook(&server);
    fake_pakket(&folder, "pakket", 5000);
    let result = lever(&folder, &server, &SIGN);
    assert_eq!(result.code, 0, "{}", result.everything());
}

#[test]
fn a_lost_answer_to_the_announcement_opens_no_second_levering() {
    let server = FakeServer::start(Judges::Akkoord, &[Storing::SilentAfterOpen]);
    let folder = workbook(&server);
    fake_pakket(&folder, "pakket", 1000);
    assert_eq!(lever(&folder, &server, &SIGN).code, 0);
    let keys = server.keys();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);
}

#[test]
fn after_a_time_out_on_signing_the_service_is_asked() {
    let server = FakeServer::start(Judges::Akkoord, &[]);
    let folder = workbook(&server);
    fake_pakket(&folder, "pakket", 1000);
    assert_eq!(lever(&folder, &server, &[]).code, 0);
    let slow = FakeServer::start(Judges::Akkoord, &[Storing::SlowAfterSubmit]);
    let result = lever(&folder, &slow, &SIGN);
    assert_eq!(
        (result.code, slow.submissions()),
        (0, 1),
        "{}",
        result.everything()
    );
    let log = slow.event_log();
    let after = log.iter().position(|r| r.ends_with("/indienen")).unwrap();
    assert!(log[after + 1].starts_with("GET /v1/leveringen/"), "{log:?}");
}

#[test]
fn a_forged_receipt_is_not_kept() {
    let server = FakeServer::start(Judges::Akkoord, &[]).forged();
    let folder = workbook(&server);
    fake_pakket(&folder, "pakket", 1000);
    assert_snapshot!(
        "lever_vals_bewijs",
        lever(&folder, &server, &SIGN).everything()
    );
    assert!(!folder.path("pakket/ontvangstbewijs.jws").exists());
}

#[test]
fn a_server_that_is_not_there_is_said_after_some_attempts() {
    let server = FakeServer::start(Judges::Akkoord, &[]);
    let folder = workbook(&server);
    fake_pakket(&folder, "pakket", 1000);
    let basis = [
        "lever",
        "pakket",
        "--server",
        "http://127.0.0.1:9",
        "--token-bestand",
        "token.txt",
        "--geduld-ms",
        "1",
    ];
    assert_snapshot!("lever_geen_server", folder.run(&basis).everything());
    let without_tls = [
        "lever",
        "pakket",
        "--server",
        "http://uitvraag.example.nl",
        "--token-bestand",
        "token.txt",
    ];
    assert_snapshot!("lever_zonder_tls", folder.run(&without_tls).everything());
}

/// An organisation that lets nothing out but through its proxy often sets one variable only.
#[test]
fn the_proxy_that_the_environment_names_is_used() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let asked = std::thread::spawn(move || {
        let mut line = String::new();
        let (stream, _) = listener.accept().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stream), &mut line).unwrap();
        line
    });
    let folder = TestFolder::new();
    folder.write("token.txt", "geheim-token\n");
    fake_pakket(&folder, "pakket", 1000);
    let server = [
        "--server",
        "https://uitvraag.example.nl",
        "--token-bestand",
        "token.txt",
    ];
    let args = [&["lever", "pakket", "--geduld-ms", "1"], &server[..]].concat();
    assert_eq!(folder.run_with(&[("HTTP_PROXY", &proxy)], &args).code, 2);
    assert_eq!(
        asked.join().unwrap(),
        "CONNECT uitvraag.example.nl:443 HTTP/1.1\r\n"
    );
}

/// Signed once and not answered, it is found again: never signed twice.
#[test]
fn a_lost_answer_to_a_nulopgave_signs_no_second_one() {
    let server = FakeServer::start(Judges::Akkoord, &[Storing::SilentAfterNulopgave]);
    let folder = workbook(&server);
    let basis = [
        "nulopgave",
        "--uitvraag",
        "omgang/2020",
        "--server",
        &server.url,
        "--token-bestand",
        "token.txt",
        "--geduld-ms",
        "5",
    ];
    let result = folder.run(&[&basis[..], &SIGN].concat());
    assert_eq!(
        (result.code, server.submissions(), server.faults_left()),
        (0, 1, 0),
        "{}",
        result.everything()
    );
}
