//! `lever`, `status` and `nulopgave` against the service itself.

use std::fs;
use std::io::Read;

use insta::assert_snapshot;
use schema::Toestand;
use schema::pakket::Answer;

use crate::data::{csv, pack, trajecten};
use crate::service::{KVK, OTHER_KVK, SIGN, Service};
use crate::support::{CommandOutput, TestFolder};

/// A child that waited long: a question.
const LONG: &[(&str, &str)] = &[("aanmelddatum", "2018-12-03"), ("intakedatum", "")];
const GOOD: &[&[(&str, &str)]] = &[&[], &[], &[]];

/// A folder with a token and a pakket.
fn packed(service: &Service, changes: &[&[(&str, &str)]]) -> TestFolder {
    let folder = TestFolder::new().with_token(service);
    folder.write("traject.csv", csv(&trajecten(changes)));
    let result = pack(&folder, "pakket", &["--kvk", KVK]);
    assert_eq!(result.code, 0, "{}", result.everything());
    folder
}

fn server(service: &Service) -> [&str; 4] {
    ["--server", &service.url, "--token-bestand", "token.txt"]
}

/// `lever` with short pauses and whatever else.
fn lever(folder: &TestFolder, service: &Service, more: &[&str]) -> CommandOutput {
    let basis = ["lever", "pakket", "--geduld-ms", "5"];
    folder.run(&[&basis, &server(service)[..], more].concat())
}

fn told(service: &Service, result: &CommandOutput) -> String {
    service.steady(&result.everything())
}

#[test]
fn a_delivery_ends_with_a_receipt_that_is_proven_offline() {
    let service = Service::start();
    let folder = packed(&service, GOOD);
    let result = lever(&folder, &service, &SIGN);
    assert_snapshot!("lever_ingediend", told(&service, &result));
    let offline = folder.run(&["status", "pakket"]);
    assert_snapshot!("status_offline", told(&service, &offline));
    assert_eq!(service.states(), [Toestand::Ingediend]);
    let files = folder.files();
    let files: Vec<&String> = files.iter().filter(|f| f.starts_with("pakket/")).collect();
    assert_eq!(
        files,
        [
            "pakket/levering.json",
            "pakket/ontvangstbewijs.jws",
            "pakket/pakket.json",
            "pakket/sleutels.json",
            "pakket/traject.csv.zst",
            "pakket/wachtlijst.csv.zst",
        ]
    );
}

#[test]
fn without_a_signature_it_stops_at_approved_and_says_how_to_go_on() {
    let service = Service::start();
    let folder = packed(&service, GOOD);
    let result = lever(&folder, &service, &[]);
    assert_snapshot!("lever_akkoord", told(&service, &result));
    assert_eq!(service.states(), [Toestand::Akkoord]);
    let offline = folder.run(&["status", "pakket"]);
    assert_snapshot!("status_zonder_bewijs", told(&service, &offline));
    let at_server = folder.run(&[&["status", "pakket"], &server(&service)[..]].concat());
    assert_snapshot!("status_server", told(&service, &at_server));
}

#[test]
fn questions_are_written_answered_and_not_asked_again() {
    let service = Service::start();
    let folder = packed(&service, &[LONG, &[], LONG]);
    let result = lever(&folder, &service, &SIGN);
    assert_snapshot!("lever_te_bevestigen", told(&service, &result));
    let questions = folder.lees("pakket/toelichtingen.toml");
    assert_snapshot!("toelichtingen", questions);
    let again = lever(&folder, &service, &SIGN);
    assert_eq!(
        (again.code, folder.lees("pakket/toelichtingen.toml")),
        (1, questions.clone())
    );
    folder.write(
        "pakket/toelichtingen.toml",
        questions.replacen("antwoord = \"\"", "antwoord = \"klopt\"", 1),
    );
    let answered = lever(&folder, &service, &SIGN);
    assert_snapshot!("lever_beantwoord", told(&service, &answered));
    let answers = service.answers();
    let answers: Vec<_> = answers
        .iter()
        .map(|a| (a.code.as_str(), a.antwoord, a.woorden.as_str()))
        .collect();
    assert_eq!(answers, [("WACHT_LANG", Answer::Klopt, "")]);
    assert_eq!(service.states(), [Toestand::Ingediend]);
}

#[test]
fn a_mistake_in_the_answers_is_told_before_anything_is_sent() {
    let service = Service::start();
    let folder = packed(&service, &[LONG]);
    folder.write(
        "a.toml",
        "[[toelichting]]\ncode = \"WACHT_LANG\"\nantwoord = \"jawel\"\n",
    );
    let result = lever(&folder, &service, &["--toelichtingen", "a.toml"]);
    assert_snapshot!("lever_fout_antwoord", told(&service, &result));
    assert_eq!(service.requests(), Vec::<String>::new());
}

/// Changes a pakket as somebody who does not want to pass by `pak` would: the manifest fits.
fn tamper(folder: &TestFolder, what: &str, with: &str) {
    let path = folder.path("pakket/traject.csv.zst");
    let mut text = String::new();
    let packed = fs::read(&path).unwrap();
    zstd::Decoder::new(packed.as_slice())
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    assert!(text.contains(what), "{text}");
    let text = text.replace(what, with);
    let bytes = zstd::encode_all(text.as_bytes(), 3).unwrap();
    let mut pakket: schema::Pakket =
        serde_json::from_str(&folder.lees("pakket/pakket.json")).unwrap();
    let file = pakket.resources.iter_mut().find(|f| f.name == "traject");
    let file = file.unwrap();
    file.bytes = bytes.len() as u64;
    file.bytes_uitgepakt = text.len() as u64;
    file.hash = schema::hash::sha256(&bytes);
    fs::write(path, bytes).unwrap();
    folder.write("pakket/pakket.json", serde_json::to_vec(&pakket).unwrap());
}

#[test]
fn a_rejected_levering_shows_its_errors() {
    let service = Service::start();
    let folder = packed(&service, &[&[("startdatum", "2020-03-12")], &[]]);
    tamper(&folder, "2020-03-12", "2019-03-12");
    let result = lever(&folder, &service, &SIGN);
    assert_snapshot!("lever_afgekeurd", told(&service, &result));
    assert_eq!(service.states(), [Toestand::Afgekeurd]);
}

#[test]
fn delivering_twice_gives_the_same_receipt() {
    let service = Service::start();
    let folder = packed(&service, GOOD);
    assert_eq!(lever(&folder, &service, &SIGN).code, 0);
    let receipt = folder.lees("pakket/ontvangstbewijs.jws");
    assert_eq!(lever(&folder, &service, &SIGN).code, 0);
    assert_eq!(
        (
            folder.lees("pakket/ontvangstbewijs.jws"),
            service.submissions()
        ),
        (receipt, 1)
    );
}

#[test]
fn a_changed_pakket_or_receipt_is_noticed_offline() {
    let service = Service::start();
    let folder = packed(&service, GOOD);
    assert_eq!(lever(&folder, &service, &SIGN).code, 0);
    let receipt = folder.lees("pakket/ontvangstbewijs.jws");
    folder.write("pakket/ontvangstbewijs.jws", receipt.replacen('.', ".A", 1));
    let forged = folder.run(&["status", "pakket"]);
    assert_snapshot!("status_vals_bewijs", told(&service, &forged));
    folder.write("pakket/ontvangstbewijs.jws", receipt);
    let mut bytes = fs::read(folder.path("pakket/traject.csv.zst")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    folder.write("pakket/traject.csv.zst", bytes);
    let changed = folder.run(&["status", "pakket"]);
    assert_snapshot!("status_veranderd_pakket", told(&service, &changed));
}

#[test]
fn a_service_with_newer_rules_comes_with_a_way_out() {
    let service = Service::start_with("2021-03-01T10:00:00Z", |services| {
        for definitie in &mut services.definities {
            definitie.regelhash = "0".repeat(64);
        }
    });
    let folder = packed(&service, GOOD);
    let result = lever(&folder, &service, &SIGN);
    assert_snapshot!("lever_definitie_oud", told(&service, &result));
    assert!(service.leveringen().is_empty());
}

#[test]
fn a_pakket_of_another_aanbieder_comes_with_a_way_out() {
    let service = Service::start();
    let folder = packed(&service, GOOD);
    folder.write("token.txt", service.token(OTHER_KVK));
    let result = lever(&folder, &service, &SIGN);
    assert_snapshot!("lever_andere_aanbieder", told(&service, &result));
    assert!(service.leveringen().is_empty());
}

#[test]
fn a_wrong_token_is_refused_and_never_printed() {
    let service = Service::start();
    let folder = packed(&service, GOOD);
    folder.write("token.txt", "ander-token");
    let result = lever(&folder, &service, &SIGN);
    assert_snapshot!("lever_verkeerd_token", told(&service, &result));
    assert!(!result.everything().contains("ander-token"));
}

#[test]
fn nothing_to_report_is_signed_once_and_its_receipt_kept() {
    let service = Service::start();
    let folder = TestFolder::new().with_token(&service);
    let basis = ["nulopgave", "--uitvraag", "omgang/2020"];
    let args = [&basis[..], &server(&service), &SIGN].concat();
    let result = folder.run(&args);
    assert_snapshot!("nulopgave", told(&service, &result));
    assert_eq!(service.states(), [Toestand::Ingediend]);
    let offline = folder.run(&["status", "nulopgave-omgang-2020"]);
    assert_snapshot!("nulopgave_status", told(&service, &offline));
    assert_eq!(folder.run(&args).code, 2);
    assert_eq!(service.submissions(), 1);
}

/// Who signed rows cannot wipe them out with a nulopgave; the register says so, and the aanbieder hears how to go on.
#[test]
fn nothing_to_report_beside_a_signed_levering_is_refused() {
    let service = Service::start();
    let folder = packed(&service, GOOD);
    assert_eq!(lever(&folder, &service, &SIGN).code, 0);
    let basis = ["nulopgave", "--uitvraag", "omgang/2020"];
    let refused = folder.run(&[&basis[..], &server(&service), &SIGN].concat());
    assert!(
        refused.code == 2 && refused.stderr.contains("NIL_CONFLICT"),
        "{}",
        refused.everything()
    );
    assert_eq!(service.states(), [Toestand::Ingediend]);
}
