//! `lever`, `status` and `nulopgave` against a service that misbehaves.

use std::fs;

use insta::assert_snapshot;

use crate::hulp::{Uitslag, Werkmap, nep_pakket};
use crate::nepserver::{Nepserver, Oordeelt, SIGNAAL, Storing};

fn werkmap(server: &Nepserver) -> Werkmap {
    let werk = Werkmap::new().vervang(&server.url, "[SERVER]");
    werk.schrijf("token.txt", "geheim-token\n");
    werk
}

/// `lever` with short pauses and whatever else.
fn lever(werk: &Werkmap, server: &Nepserver, meer: &[&str]) -> Uitslag {
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
    werk.draai(&[&basis, meer].concat())
}

const TEKEN: [&str; 2] = ["--onderteken", "J. de Vries, directeur"];

#[test]
fn a_delivery_ends_with_a_receipt_that_is_proven_offline() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 1000);
    assert_snapshot!("lever_ingediend", lever(&werk, &server, &TEKEN).alles());
    assert_snapshot!("status_offline", werk.draai(&["status", "pakket"]).alles());
    assert_eq!(
        werk.bestanden(),
        [
            "pakket/levering.json",
            "pakket/ontvangstbewijs.jws",
            "pakket/pakket.json",
            "pakket/sleutels.json",
            "pakket/traject.csv.zst",
            "token.txt"
        ]
    );
}

#[test]
fn without_a_signature_it_stops_at_akkoord_and_says_how_to_go_on() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 1000);
    assert_snapshot!("lever_akkoord", lever(&werk, &server, &[]).alles());
    assert_eq!(server.indieningen(), 0);
    assert_snapshot!(
        "status_zonder_bewijs",
        werk.draai(&["status", "pakket"]).alles()
    );
    let bij_server = werk.draai(&[
        "status",
        "pakket",
        "--server",
        &server.url,
        "--token-bestand",
        "token.txt",
    ]);
    assert_snapshot!("status_server", bij_server.alles());
}

#[test]
fn a_cut_connection_resumes_where_the_service_is() {
    let server = Nepserver::start(
        Oordeelt::Akkoord,
        &[
            Storing::Knip(1_000_001),
            Storing::Knip(1),
            Storing::Conflict,
            Storing::Druk,
        ],
    );
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 9_000_000);
    let uitslag = lever(&werk, &server, &TEKEN);
    assert_eq!(
        (uitslag.code, server.storingen_over()),
        (0, 0),
        "{}",
        uitslag.alles()
    );
    assert_eq!(
        server.inhoud("traject"),
        fs::read(werk.pad("pakket/traject.csv.zst")).unwrap()
    );
    assert!(
        uitslag.stderr.contains("de verbinding werd verbroken"),
        "{}",
        uitslag.stderr
    );
}

#[test]
fn bytes_that_arrived_without_an_answer_are_not_sent_again() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[Storing::StilNaPatch]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 5000);
    assert_eq!(lever(&werk, &server, &TEKEN).code, 0);
    assert_eq!(
        server
            .logboek()
            .iter()
            .filter(|r| r.starts_with("PATCH"))
            .count(),
        1
    );
}

#[test]
fn damaged_bytes_are_sent_anew() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[Storing::Beschadigd]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 5000);
    let uitslag = lever(&werk, &server, &TEKEN);
    assert_eq!(uitslag.code, 0, "{}", uitslag.alles());
    assert_eq!(
        server.inhoud("traject"),
        fs::read(werk.pad("pakket/traject.csv.zst")).unwrap()
    );
}

/// A service that crashed between the last byte and the register never moves on by itself.
#[test]
fn a_service_that_missed_the_end_is_told() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[Storing::EindeGemist]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 5000);
    let uitslag = lever(&werk, &server, &TEKEN);
    assert_eq!(uitslag.code, 0, "{}", uitslag.alles());
}

#[test]
fn a_lost_answer_to_the_announcement_opens_no_second_levering() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[Storing::StilNaOpen]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 1000);
    assert_eq!(lever(&werk, &server, &TEKEN).code, 0);
    let sleutels = server.sleutels();
    assert_eq!(sleutels.len(), 2);
    assert_eq!(sleutels[0], sleutels[1]);
}

#[test]
fn after_a_time_out_on_signing_the_service_is_asked() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 1000);
    assert_eq!(lever(&werk, &server, &[]).code, 0);
    let traag = Nepserver::start(Oordeelt::Akkoord, &[Storing::TraagNaIndienen]);
    let uitslag = lever(&werk, &traag, &TEKEN);
    assert_eq!(
        (uitslag.code, traag.indieningen()),
        (0, 1),
        "{}",
        uitslag.alles()
    );
    let log = traag.logboek();
    let na = log.iter().position(|r| r.ends_with("/indienen")).unwrap();
    assert!(log[na + 1].starts_with("GET /v1/leveringen/"), "{log:?}");
}

#[test]
fn questions_are_written_answered_and_not_asked_again() {
    let server = Nepserver::start(Oordeelt::TeBevestigen, &[]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 1000);
    assert_snapshot!("lever_te_bevestigen", lever(&werk, &server, &TEKEN).alles());
    let vragen = werk.lees("pakket/toelichtingen.toml");
    assert_snapshot!("toelichtingen", vragen);
    let weer = lever(&werk, &server, &TEKEN);
    assert_eq!(
        (weer.code, werk.lees("pakket/toelichtingen.toml")),
        (1, vragen.clone())
    );
    werk.schrijf(
        "pakket/toelichtingen.toml",
        vragen.replacen("antwoord = \"\"", "antwoord = \"klopt\"", 1),
    );
    assert_snapshot!("lever_beantwoord", lever(&werk, &server, &TEKEN).alles());
    assert_eq!(
        server.antwoorden(),
        [serde_json::json!({"code": SIGNAAL, "antwoord": "klopt", "woorden": ""})]
    );
}

#[test]
fn a_mistake_in_the_answers_is_told_before_anything_is_sent() {
    let server = Nepserver::start(Oordeelt::TeBevestigen, &[]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 1000);
    werk.schrijf(
        "a.toml",
        format!("[[toelichting]]\ncode = \"{SIGNAAL}\"\nantwoord = \"jawel\"\n"),
    );
    assert_snapshot!(
        "lever_fout_antwoord",
        lever(&werk, &server, &["--toelichtingen", "a.toml"]).alles()
    );
    assert_eq!(server.logboek(), Vec::<String>::new());
}

#[test]
fn a_rejected_levering_shows_its_fouten() {
    let server = Nepserver::start(Oordeelt::Afgekeurd, &[]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 1000);
    assert_snapshot!("lever_afgekeurd", lever(&werk, &server, &TEKEN).alles());
}

#[test]
fn delivering_twice_gives_the_same_receipt() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 1000);
    assert_eq!(lever(&werk, &server, &TEKEN).code, 0);
    let bewijs = werk.lees("pakket/ontvangstbewijs.jws");
    assert_eq!(lever(&werk, &server, &TEKEN).code, 0);
    assert_eq!(
        (
            werk.lees("pakket/ontvangstbewijs.jws"),
            server.indieningen()
        ),
        (bewijs, 1)
    );
}

#[test]
fn a_forged_receipt_is_not_kept() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]).vervalst();
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 1000);
    assert_snapshot!("lever_vals_bewijs", lever(&werk, &server, &TEKEN).alles());
    assert!(!werk.pad("pakket/ontvangstbewijs.jws").exists());
}

#[test]
fn a_changed_pakket_or_receipt_is_noticed_offline() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 1000);
    assert_eq!(lever(&werk, &server, &TEKEN).code, 0);
    let bewijs = werk.lees("pakket/ontvangstbewijs.jws");
    werk.schrijf("pakket/ontvangstbewijs.jws", bewijs.replacen('.', ".A", 1));
    assert_snapshot!(
        "status_vals_bewijs",
        werk.draai(&["status", "pakket"]).alles()
    );
    werk.schrijf("pakket/ontvangstbewijs.jws", bewijs);
    let mut bytes = fs::read(werk.pad("pakket/traject.csv.zst")).unwrap();
    bytes[500] ^= 1;
    werk.schrijf("pakket/traject.csv.zst", bytes);
    assert_snapshot!(
        "status_veranderd_pakket",
        werk.draai(&["status", "pakket"]).alles()
    );
}

#[test]
fn refusals_of_the_service_come_with_a_way_out() {
    for (naam, status, code, detail) in [
        (
            "lever_definitie_oud",
            409,
            "DEFINITION_OUTDATED",
            "De regels zijn vernieuwd.",
        ),
        (
            "lever_andere_aanbieder",
            403,
            "PROVIDER_MISMATCH",
            "Dit token is van een andere aanbieder.",
        ),
    ] {
        let server = Nepserver::start(Oordeelt::Akkoord, &[]).weiger(status, code, detail);
        let werk = werkmap(&server);
        nep_pakket(&werk, "pakket", 1000);
        assert_snapshot!(naam, lever(&werk, &server, &TEKEN).alles());
    }
}

#[test]
fn a_wrong_token_is_refused_and_never_printed() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 1000);
    werk.schrijf("token.txt", "ander-token");
    let uitslag = lever(&werk, &server, &TEKEN);
    assert_snapshot!("lever_verkeerd_token", uitslag.alles());
    assert!(!uitslag.alles().contains("ander-token"));
}

#[test]
fn a_server_that_is_not_there_is_said_after_some_attempts() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    nep_pakket(&werk, "pakket", 1000);
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
    assert_snapshot!("lever_geen_server", werk.draai(&basis).alles());
    let zonder_tls = [
        "lever",
        "pakket",
        "--server",
        "http://uitvraag.example.nl",
        "--token-bestand",
        "token.txt",
    ];
    assert_snapshot!("lever_zonder_tls", werk.draai(&zonder_tls).alles());
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
    let werk = Werkmap::new();
    werk.schrijf("token.txt", "geheim-token\n");
    nep_pakket(&werk, "pakket", 1000);
    let server = [
        "--server",
        "https://uitvraag.example.nl",
        "--token-bestand",
        "token.txt",
    ];
    let args = [&["lever", "pakket", "--geduld-ms", "1"], &server[..]].concat();
    assert_eq!(werk.draai_met(&[("HTTP_PROXY", &proxy)], &args).code, 2);
    assert_eq!(
        asked.join().unwrap(),
        "CONNECT uitvraag.example.nl:443 HTTP/1.1\r\n"
    );
}

#[test]
fn nothing_to_report_is_signed_once_and_its_receipt_kept() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[Storing::StilNaNulopgave]);
    let werk = werkmap(&server);
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
    assert_snapshot!(
        "nulopgave",
        werk.draai(&[&basis[..], &TEKEN].concat()).alles()
    );
    assert_eq!(server.indieningen(), 1);
    assert_snapshot!(
        "nulopgave_status",
        werk.draai(&["status", "nulopgave-omgang-2020"]).alles()
    );
    assert_eq!(werk.draai(&[&basis[..], &TEKEN].concat()).code, 2);
}
