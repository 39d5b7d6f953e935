//! `lever --config`: a delivery that goes by itself, from a SQLite file, to a service that misbehaves; and killed anywhere.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use insta::assert_snapshot;
use serde_json::Value;

use crate::bron::{database, update};
use crate::hulp::{Uitslag, Werkmap};
use crate::nepserver::{Nepserver, Oordeelt, SIGNAAL, Storing};

const INSTELLINGEN: &str = r#"
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

/// A folder as a beheerder leaves it: settings, database, token and key.
fn werkmap(server: &Nepserver) -> Werkmap {
    let werk = Werkmap::new().vervang(&server.url, "[SERVER]");
    werk.schrijf("uitvraag.toml", INSTELLINGEN.replace("SERVER", &server.url));
    private(&werk, "token.txt", "geheim-token\n");
    database(&werk, &[&[], &[], &[]]);
    assert_eq!(
        werk.draai(&["sleutel", "maak", "--sleutel", "sleutel.toml"])
            .code,
        0
    );
    werk
}

fn private(werk: &Werkmap, naam: &str, tekst: &str) {
    let pad = werk.schrijf(naam, tekst);
    #[cfg(unix)]
    fs::set_permissions(pad, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    #[cfg(not(unix))]
    drop(pad);
}

const ARGS: [&str; 8] = [
    "lever",
    "--config",
    "uitvraag.toml",
    "--leverdatum",
    "2021-03-01",
    "--geduld-ms",
    "5",
    "--antwoord-ms=1500",
];

fn lever(werk: &Werkmap) -> Uitslag {
    werk.draai(&ARGS)
}

/// The events of a run, each a whole JSON object.
fn gebeurtenissen(uitslag: &Uitslag) -> Vec<String> {
    let regels = uitslag
        .stderr
        .lines()
        .map(|r| serde_json::from_str::<Value>(r).unwrap_or_else(|e| panic!("{e}: {r}")));
    regels
        .map(|r| r["gebeurtenis"].as_str().unwrap().to_owned())
        .collect()
}

fn verstuurd(server: &Nepserver) -> usize {
    server
        .logboek()
        .iter()
        .filter(|r| r.starts_with("PATCH") || *r == "POST /v1/leveringen")
        .count()
}

fn kopieen(werk: &Werkmap) -> usize {
    werk.bestanden()
        .iter()
        .filter(|b| b.starts_with("uitbak/") && b.ends_with("/traject.csv.zst"))
        .count()
}

#[test]
fn it_delivers_signs_and_sends_nothing_while_the_data_are_the_same() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    let eerste = lever(&werk);
    assert_eq!(
        (eerste.code, eerste.stdout.as_str()),
        (0, ""),
        "{}",
        eerste.alles()
    );
    let namen: Vec<String> = gebeurtenissen(&eerste)
        .into_iter()
        .filter(|n| n != "voorcontrole")
        .collect();
    let verwacht = [
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
        namen,
        [&verwacht[..], &["ontvangstbewijs", "klaar"]].concat()
    );
    assert_eq!(
        (
            server.toestand().as_str(),
            server.indieningen(),
            kopieen(&werk)
        ),
        ("ingediend", 1, 1)
    );

    let stukken = verstuurd(&server);
    let tweede = lever(&werk);
    assert_eq!(
        (tweede.code, verstuurd(&server)),
        (0, stukken),
        "{}",
        tweede.alles()
    );
    assert!(gebeurtenissen(&tweede).contains(&"ongewijzigd".to_owned()));

    update(
        &werk,
        "UPDATE traject SET startdatum = '2020-03-13' WHERE traject_id = 'T1'",
    );
    let derde = lever(&werk);
    assert_eq!(
        (derde.code, server.leveringen(), server.indieningen()),
        (0, 2, 2),
        "{}",
        derde.alles()
    );
    assert_eq!(
        server.oude(),
        ["ingediend"],
        "what was signed is replaced by the service, not taken back"
    );
}

/// A source that lost its rows in the night does not replace what counts: a person signs that.
#[test]
fn half_of_the_rows_is_not_signed_by_itself() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    assert_eq!(lever(&werk).code, 0);
    update(&werk, "DELETE FROM traject WHERE traject_id <> 'T1'");
    for _ in 0..2 {
        let gekrompen = lever(&werk);
        assert_eq!(
            (
                gekrompen.code,
                server.indieningen(),
                server.toestand().as_str()
            ),
            (1, 1, "akkoord"),
            "{}",
            gekrompen.alles()
        );
        assert!(
            gekrompen.stderr.contains("uitvraag lever")
                && gekrompen.stderr.contains("--onderteken"),
            "{}",
            gekrompen.stderr
        );
    }
    let post = werk
        .bestanden()
        .into_iter()
        .filter(|b| b.ends_with("/traject.csv.zst"))
        .max()
        .unwrap();
    let map = post.trim_end_matches("/traject.csv.zst");
    let naam = "J. de Vries, directeur";
    let zelf = werk.draai(&[
        "lever",
        map,
        "--server",
        &server.url,
        "--token-bestand",
        "token.txt",
        "--onderteken",
        naam,
    ]);
    assert_eq!(
        (zelf.code, server.indieningen()),
        (0, 2),
        "{}",
        zelf.alles()
    );
    assert_eq!(lever(&werk).code, 0, "and the next night goes on");
}

#[test]
fn the_order_of_rows_is_no_change() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    assert_eq!(lever(&werk).code, 0);
    werk.schrijf(
        "uitvraag.toml",
        werk.lees("uitvraag.toml")
            .replace("FROM traject", "FROM traject ORDER BY traject_id DESC"),
    );
    let weer = lever(&werk);
    assert!(
        gebeurtenissen(&weer).contains(&"ongewijzigd".to_owned()),
        "{}",
        weer.alles()
    );
    assert_eq!(server.leveringen(), 1);
}

#[test]
fn the_log_never_holds_values_or_the_token() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[Storing::Druk, Storing::Knip(10)]);
    let werk = werkmap(&server);
    update(
        &werk,
        "UPDATE traject SET traject_id = 'ZEERGEHEIM' || traject_id",
    );
    let goed = lever(&werk);
    assert_eq!(goed.code, 0, "{}", goed.alles());
    update(
        &werk,
        "UPDATE traject SET startdatum = 'GEHEIMEDAG' WHERE traject_id LIKE '%T1'",
    );
    let fout = lever(&werk);
    assert_eq!(fout.code, 1, "{}", fout.alles());
    for uitslag in [goed, fout] {
        let alles = uitslag.alles();
        assert!(
            !alles.contains("ZEERGEHEIM")
                && !alles.contains("GEHEIMEDAG")
                && !alles.contains("geheim-token"),
            "{alles}"
        );
    }
    assert!(
        werk.lees("uitbak/controle/bevindingen.json")
            .contains("GEHEIMEDAG"),
        "a person finds them beside the log"
    );
    assert_eq!(werk.draai(&["status", "--config", "uitvraag.toml"]).code, 1);
}

#[test]
fn unsigned_leveringen_that_are_overtaken_are_taken_back() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    werk.schrijf(
        "uitvraag.toml",
        werk.lees("uitvraag.toml")
            .replace("onderteken =", "#onderteken ="),
    );
    for dag in 1..4 {
        update(
            &werk,
            &format!("UPDATE traject SET startdatum = '2020-03-1{dag}'"),
        );
        assert_eq!(lever(&werk).code, 0);
    }
    assert_eq!(
        (server.oude(), server.toestand()),
        (vec!["ingetrokken".to_owned(); 2], "akkoord".to_owned())
    );
    assert_eq!((server.indieningen(), kopieen(&werk)), (0, 1));
}

#[test]
fn the_copy_goes_once_it_is_published_and_the_receipt_stays() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    assert_eq!(lever(&werk).code, 0);
    server.zet_toestand("gepubliceerd");
    let uitslag = lever(&werk);
    assert_eq!(
        (uitslag.code, kopieen(&werk)),
        (0, 0),
        "{}",
        uitslag.alles()
    );
    assert!(gebeurtenissen(&uitslag).contains(&"gepubliceerd".to_owned()));
    assert!(
        werk.bestanden()
            .iter()
            .any(|b| b.ends_with("ontvangstbewijs.jws"))
    );
    assert!(
        werk.bestanden()
            .iter()
            .all(|b| !b.starts_with("pakketten/"))
    );
    let vragen = server.logboek().len();
    assert_eq!(lever(&werk).code, 0);
    assert!(
        !server.logboek()[vragen..]
            .iter()
            .any(|r| r.contains("/leveringen/")),
        "what is done is not asked for again"
    );
}

/// Next year wants it beside its own data: the pakket as it was published, whole, and nothing half after a stop.
#[test]
fn what_was_published_is_kept_where_the_settings_say() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    werk.schrijf(
        "uitvraag.toml",
        format!("bewaar = \"pakketten\"\n{}", werk.lees("uitvraag.toml")),
    );
    assert_eq!(lever(&werk).code, 0);
    server.zet_toestand("gepubliceerd");
    assert_eq!(
        werk.draai_met(&[("UITVRAAG_BREUK", "gesloten_met_kopie")], &ARGS)
            .code,
        -1
    );
    let uitslag = lever(&werk);
    assert_eq!(
        (uitslag.code, kopieen(&werk)),
        (0, 0),
        "{}",
        uitslag.alles()
    );
    let bewaard: Vec<String> = werk
        .bestanden()
        .into_iter()
        .filter(|b| b.starts_with("pakketten/"))
        .collect();
    let bewaard: Vec<&str> = bewaard
        .iter()
        .filter_map(|b| b.strip_prefix("pakketten/omgang-2020/"))
        .collect();
    assert_eq!(
        bewaard,
        ["pakket.json", "traject.csv.zst", "wachtlijst.csv.zst"]
    );
    let whole = werk.draai(&["controleer", "pakketten/omgang-2020"]);
    assert!(
        whole.code == 0 && whole.stdout.contains("3  Trajecten"),
        "{}",
        whole.alles()
    );
}

#[test]
fn what_the_service_rejects_is_kept_as_findings_and_not_sent_again() {
    let server = Nepserver::start(Oordeelt::Afgekeurd, &[]);
    let werk = werkmap(&server);
    let uitslag = lever(&werk);
    assert_eq!(
        (uitslag.code, kopieen(&werk)),
        (1, 0),
        "{}",
        uitslag.alles()
    );
    let bewaard: BTreeSet<String> = werk
        .bestanden()
        .into_iter()
        .filter_map(|b| b.split('/').nth(2).map(str::to_owned))
        .collect();
    assert!(
        bewaard.contains("bevindingen.json") && bewaard.contains("bevindingen.xlsx"),
        "{bewaard:?}"
    );
    let stukken = verstuurd(&server);
    assert_eq!((lever(&werk).code, verstuurd(&server)), (1, stukken));
    assert_eq!(werk.draai(&["status", "--config", "uitvraag.toml"]).code, 1);
}

#[test]
fn questions_wait_for_a_person_and_the_next_run_goes_on() {
    let server = Nepserver::start(Oordeelt::TeBevestigen, &[]);
    let werk = werkmap(&server);
    assert_eq!(lever(&werk).code, 1);
    let vragen = werk.lees("toelichtingen.toml");
    assert!(vragen.contains(SIGNAAL));
    assert_eq!(lever(&werk).code, 1);
    werk.schrijf(
        "toelichtingen.toml",
        vragen.replacen("antwoord = \"\"", "antwoord = \"klopt\"", 1),
    );
    let uitslag = lever(&werk);
    assert_eq!(
        (
            uitslag.code,
            server.toestand().as_str(),
            server.leveringen()
        ),
        (0, "ingediend", 1),
        "{}",
        uitslag.alles()
    );
}

#[test]
fn looking_beforehand_tells_everything_and_sends_nothing() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    let vooraf =
        |werk: &Werkmap| werk.draai(&[&ARGS[..], &["--vooraf", "--log", "tekst"]].concat());
    let zonder_maten = |tekst: String| {
        let regels = tekst.lines().map(|r| match r {
            r if r.contains("schijf:") => "goed    schijf: [N] vrij".to_owned(),
            r if r.contains("sleutel:") => "goed    sleutel: [LABEL]".to_owned(),
            r => r.to_owned(),
        });
        regels.collect::<Vec<_>>().join("\n")
    };
    let goed = vooraf(&werk);
    assert_snapshot!("vooraf_goed", zonder_maten(goed.alles()));
    assert_eq!(
        (goed.code, verstuurd(&server), werk.pad("uitbak").exists()),
        (0, 0, false)
    );

    private(&werk, "token.txt", "ander-token\n");
    fs::remove_file(werk.pad("sleutel.toml")).unwrap();
    update(&werk, "DROP TABLE traject");
    let fout = vooraf(&werk);
    assert_eq!(fout.code, 2);
    assert!(
        fout.stderr.contains("fout    sleutel: er is geen sleutel")
            && fout.stderr.contains("fout    token:"),
        "{}",
        fout.stderr
    );
    assert!(!fout.stderr.contains("ander-token") && !werk.pad("sleutel.toml").exists());
}

#[test]
fn a_second_run_at_the_same_time_does_nothing() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    assert_eq!(lever(&werk).code, 0);
    let slot = fs::File::options()
        .write(true)
        .open(werk.pad("uitbak/.slot"))
        .unwrap();
    slot.lock().unwrap();
    let uitslag = lever(&werk);
    assert!(
        uitslag.code == 2 && uitslag.stderr.contains("er loopt al een levering"),
        "{}",
        uitslag.alles()
    );
    // Looking is allowed.
    assert_eq!(werk.draai(&["status", "--config", "uitvraag.toml"]).code, 0);
}

/// The outbox survives a crash: after a stop at any step the next run finishes, and there is exactly one levering.
#[test]
fn after_a_stop_at_any_step_the_next_run_finishes_one_levering() {
    let stappen = [
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
    for stap in stappen {
        let server = Nepserver::start(Oordeelt::Akkoord, &[Storing::Knip(20)]);
        let werk = werkmap(&server);
        let dood = werk.draai_met(&[("UITVRAAG_BREUK", stap)], &ARGS);
        assert_eq!(dood.code, -1, "{stap}: {}", dood.alles());
        one_levering(&werk, &server, stap);
    }
}

#[test]
fn a_stop_between_closing_and_removing_the_copy_removes_it_later() {
    let server = Nepserver::start(Oordeelt::Akkoord, &[]);
    let werk = werkmap(&server);
    assert_eq!(lever(&werk).code, 0);
    server.zet_toestand("gepubliceerd");
    assert_eq!(
        werk.draai_met(&[("UITVRAAG_BREUK", "gesloten_met_kopie")], &ARGS)
            .code,
        -1
    );
    assert_eq!(kopieen(&werk), 1);
    assert_eq!((lever(&werk).code, kopieen(&werk)), (0, 0));
}

#[test]
fn killed_at_random_moments_it_still_delivers_once() {
    let mut staat = 20_261_122_u64;
    for ronde in 0..4 {
        let server = Nepserver::start(
            Oordeelt::Akkoord,
            &[Storing::StilNaPatch, Storing::TraagNaIndienen],
        );
        let werk = werkmap(&server);
        for _ in 0..6 {
            staat = staat
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let mut kind = werk.opdracht(&ARGS).stderr(Stdio::null()).spawn().unwrap();
            thread::sleep(Duration::from_millis((staat >> 33) % 400));
            kind.kill().unwrap();
            kind.wait().unwrap();
        }
        one_levering(&werk, &server, &format!("round {ronde}"));
    }
}

fn one_levering(werk: &Werkmap, server: &Nepserver, waar: &str) {
    let uitslag = lever(werk);
    assert_eq!(uitslag.code, 0, "{waar}: {}", uitslag.alles());
    assert_eq!(
        (
            server.leveringen(),
            server.indieningen(),
            server.toestand().as_str()
        ),
        (1, 1, "ingediend"),
        "{waar}"
    );
    let over: Vec<String> = werk
        .bestanden()
        .into_iter()
        .filter(|b| b.starts_with("uitbak/.") && b != "uitbak/.slot")
        .collect();
    assert_eq!(over, Vec::<String>::new(), "{waar}");
    assert_eq!(
        werk.bestanden()
            .iter()
            .filter(|b| b.ends_with("ontvangstbewijs.jws"))
            .count(),
        1,
        "{waar}"
    );
}
