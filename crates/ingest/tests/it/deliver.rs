//! Delivering by a form: the same pakket, the same doors, in a page.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use lake::LeveringFilter;
use pakket::tar;
use schema::Toestand;

use crate::app::{OTHER, TestApp, TestResponse};
use crate::input::{TestPakket, clean, met_signaal};
use crate::pages::{OWN, form, login, page};

const PATH: &str = "/mijn-leveringen/pakket";

/// Files as a person chooses them: name and content.
type ChosenFiles = Vec<(String, Vec<u8>)>;

fn chosen(pakket: &TestPakket) -> ChosenFiles {
    let tables = pakket.bestanden.iter();
    let tables = tables.map(|(tabel, bytes)| (format!("{tabel}.csv.zst"), bytes.clone()));
    // The manifest last: in which order a browser sends is its own affair.
    tables
        .chain([("pakket.json".to_owned(), pakket.json())])
        .collect()
}

fn archive(files: &ChosenFiles) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, content) in files {
        tar::add(&mut archive, name, content);
    }
    tar::finish(&mut archive);
    archive
}

fn body(files: &ChosenFiles) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in files {
        out.extend_from_slice(
            format!(
                "--grens\r\nContent-Disposition: form-data; name=\"bestanden\"; filename=\"{name}\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n"
            )
            .as_bytes(),
        );
        out.extend_from_slice(content);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"--grens--\r\n");
    out
}

async fn send(app: &TestApp, cookie: &str, origin: Option<&str>, body: Vec<u8>) -> TestResponse {
    let mut request = Request::builder()
        .method("POST")
        .uri(PATH)
        .header("host", "omgang.test")
        .header("content-type", "multipart/form-data; boundary=grens")
        .header("cookie", cookie);
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    app.send(request.body(Body::from(body)).unwrap()).await
}

async fn leveringen(app: &TestApp) -> usize {
    let all = app.lake.leveringen(LeveringFilter::default()).await;
    all.unwrap().len()
}

/// Files beside each other or one tar, over tus or by the form: it is one levering, and its page leads on to signing.
#[tokio::test]
async fn a_pakket_by_form_is_judged_and_signed() {
    let app = TestApp::new().await;
    let cookie = login(&app, &app.aanbieder).await;
    let pakket = clean(&app.definitie);
    let files = chosen(&pakket);
    let first = send(&app, &cookie, OWN, body(&files)).await;
    assert_eq!(first.status, 303, "{}", first.text());
    let location = first.header("location");
    let tar = vec![("pakket-omgang-2020.tar".to_owned(), archive(&files))];
    for _ in 0..3 {
        let again = send(&app, &cookie, OWN, body(&tar)).await;
        assert_eq!(
            (again.status.as_u16(), again.header("location")),
            (303, location.clone())
        );
    }
    let over_tus = app.open(&app.aanbieder, &pakket).await;
    assert_eq!(over_tus.status, 200, "{}", over_tus.text());
    let id = over_tus.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(location, format!("/mijn-leveringen/{id}"));
    assert_eq!(leveringen(&app).await, 1);

    let shown = page(&app, &cookie, &location).await.text();
    assert!(shown.contains("Ondertekenen en indienen"), "{shown}");
    let path = format!("{location}/indienen");
    let signed = form(&app, &path, &cookie, OWN, "naam=Anna&functie=directeur").await;
    assert_eq!(signed.status, 303);
    assert!(
        page(&app, &cookie, &location)
            .await
            .text()
            .contains("Download het ontvangstbewijs")
    );
}

/// A first tar, with what GNU tar and a Mac put beside the files.
#[tokio::test]
async fn a_tar_of_another_program_is_read() {
    let app = TestApp::new().await;
    let cookie = login(&app, &app.aanbieder).await;
    let mut files = vec![("._pakket.json".to_owned(), vec![0; 300])];
    files.extend(
        chosen(&met_signaal(&app.definitie))
            .into_iter()
            .map(|(name, content)| (format!("pakket-2020/{name}"), content)),
    );
    let mut bytes = archive(&files);
    bytes.resize(bytes.len().next_multiple_of(10_240), 0);
    let tar = vec![(String::from("pakket.tar"), bytes)];
    let answer = send(&app, &cookie, OWN, body(&tar)).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let shown = page(&app, &cookie, &answer.header("location")).await.text();
    assert!(shown.contains("Signalen beantwoorden"), "{shown}");
}

/// Each is refused on the page in words, and nothing of it is kept.
#[tokio::test]
async fn what_is_no_pakket_is_refused_by_name() {
    let app = TestApp::new().await;
    let cookie = login(&app, &app.aanbieder).await;
    let pakket = clean(&app.definitie);
    let good = chosen(&pakket);
    let one = |name: &str, content: &[u8]| vec![(name.to_owned(), content.to_vec())];
    let without =
        |name: &str| -> ChosenFiles { good.iter().filter(|(n, _)| n != name).cloned().collect() };
    let with = |name: &str, content: &[u8]| {
        let mut files = good.clone();
        files.push((name.to_owned(), content.to_vec()));
        files
    };
    let changed = |change: &dyn Fn(&mut schema::Pakket)| {
        let mut other = pakket.clone();
        change(&mut other.pakket);
        chosen(&other)
    };
    let whole = archive(&good);
    let linked = {
        let mut bytes = whole.clone();
        // What the entry is, from a file to a link; the checksum follows.
        bytes[156] = b'2';
        let sum: u32 = bytes[..512].iter().map(|b| u32::from(*b)).sum();
        let own: u32 = bytes[148..156].iter().map(|b| u32::from(*b)).sum();
        bytes[148..155].copy_from_slice(format!("{:06o}\0", sum - own + 8 * 32).as_bytes());
        bytes
    };
    let cases: Vec<(&str, ChosenFiles, u16, &str)> = vec![
        ("nothing", one("", b""), 422, "Kies eerst het pakket"),
        (
            "a zip",
            one("pakket.zip", b"PK\x03\x04rest"),
            415,
            "Dit is een zip-bestand",
        ),
        (
            "a zip by another name",
            one("pakket.json", b"PK\x05\x06"),
            415,
            "Dit is een zip-bestand",
        ),
        (
            "a workbook among it",
            with("export.xlsx", b"PK\x03\x04"),
            415,
            "Dit is een zip-bestand",
        ),
        (
            "a koppeling among it",
            with("koppeling.toml", b"a = 1"),
            422,
            "niet bij een pakket hoort",
        ),
        (
            "a path as a name",
            one("../../etc/passwd", b"x"),
            422,
            "niet bij een pakket hoort",
        ),
        (
            "a file twice",
            with("traject.csv.zst", b"x"),
            422,
            "twee keer gekozen",
        ),
        (
            "no manifest",
            without("pakket.json"),
            422,
            "pakket.json ontbreekt",
        ),
        (
            "no table",
            without("traject.csv.zst"),
            422,
            "traject.csv.zst ontbreekt",
        ),
        (
            "a table too many",
            with("wachtlijst.csv.zst", b"x"),
            422,
            "wachtlijst.csv.zst",
        ),
        (
            "other bytes",
            changed(&|p| p.resources[0].hash = crate::input::sha256(b"x")),
            422,
            "anders dan `pakket.json` zegt",
        ),
        (
            "another length",
            changed(&|p| p.resources[0].bytes += 1),
            422,
            "anders dan `pakket.json` zegt",
        ),
        (
            "another aanbieder",
            changed(&|p| p.aanbieder = Some(OTHER.to_owned())),
            403,
            "andere aanbieder",
        ),
        (
            "a BSN",
            changed(&|p| p.name = "kind 111222333".to_owned()),
            422,
            "burgerservicenummer",
        ),
        (
            "another year",
            changed(&|p| p.jaar = 1999),
            422,
            "dit jaar loopt er geen uitvraag",
        ),
        (
            "no label",
            changed(&|p| p.pseudoniem = "md5.1.abcd".to_owned()),
            422,
            "geen label",
        ),
        (
            "no JSON",
            one("pakket.json", b"{"),
            422,
            "De JSON klopt niet",
        ),
        (
            "a manifest of 2 MB",
            one("pakket.json", &vec![b' '; 2 << 20]),
            413,
            "hooguit 1048576 bytes",
        ),
        (
            "a tar that was cut",
            one("p.tar", &whole[..whole.len() - 1_500]),
            422,
            "tar-bestand is beschadigd",
        ),
        (
            "a tar with a link",
            one("p.tar", &linked),
            422,
            "tar-bestand is beschadigd",
        ),
    ];
    for (what, files, status, words) in cases {
        let answer = send(&app, &cookie, OWN, body(&files)).await;
        let text = answer.text();
        assert_eq!(answer.status.as_u16(), status, "{what}: {text}");
        assert!(
            text.contains(words) && text.contains("role=\"alert\""),
            "{what}: {text}"
        );
        assert!(
            !text.contains("111222333") && !text.contains("passwd"),
            "{what}"
        );
        assert_eq!(leveringen(&app).await, 0, "{what}");
    }
    assert_eq!(send(&app, &cookie, OWN, body(&good)).await.status, 303);
}

/// HOSTILE 60 and 79: what is wrong inside a file is told on its own page, as over tus.
#[tokio::test]
async fn what_is_hidden_in_a_file_is_refused_by_the_judge() {
    let app = TestApp::new().await;
    let cookie = login(&app, &app.aanbieder).await;
    let mut pakket = clean(&app.definitie);
    let csv = crate::input::csv(&app.definitie, "traject", &[&[("traject_id", "111222333")]]);
    pakket.set("traject", &csv, 1);
    let answer = send(&app, &cookie, OWN, body(&chosen(&pakket))).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let location = answer.header("location");
    let id = location.rsplit('/').next().unwrap();
    let levering = app.verdict(&app.aanbieder, id).await;
    assert_ne!(levering["toestand"], Toestand::Akkoord.name());
    let shown = page(&app, &cookie, &location).await.text();
    assert!(
        !shown.contains("111222333") && !shown.contains("Ondertekenen en indienen"),
        "{shown}"
    );
}

/// Only who delivers, from the own page, and one form at a time.
#[tokio::test]
async fn a_form_is_for_who_delivers() {
    let app = TestApp::new().await;
    let cookie = login(&app, &app.aanbieder).await;
    let files = body(&chosen(&clean(&app.definitie)));
    for origin in [None, Some("http://evil.test"), Some("null")] {
        let answer = send(&app, &cookie, origin, files.clone()).await;
        answer.is_problem(403, "FORBIDDEN_ORIGIN");
    }
    let coordinator = login(&app, &app.coordinator).await;
    let answer = send(&app, &coordinator, OWN, files.clone()).await;
    answer.is_problem(403, "FORBIDDEN_ROLE");
    assert_eq!(
        send(&app, "", OWN, files.clone()).await.header("location"),
        "/inloggen"
    );
    assert_eq!(leveringen(&app).await, 0);

    // One whose body never ends holds the place; another aanbieder has its own.
    let hanging = Body::from_stream(futures::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let request = Request::builder()
        .method("POST")
        .uri(PATH)
        .header("host", "omgang.test")
        .header("origin", "http://omgang.test")
        .header("content-type", "multipart/form-data; boundary=grens")
        .header("cookie", &cookie);
    let hangs = app.send(request.body(hanging).unwrap());
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let busy = send(&app, &cookie, OWN, files.clone()).await;
        assert_eq!(busy.status, 409, "{}", busy.text());
        assert!(
            busy.text().contains("Er wordt al een pakket"),
            "{}",
            busy.text()
        );
        let other = login(&app, &app.other).await;
        let answer = send(&app, &other, OWN, files.clone()).await;
        assert_eq!(answer.status, 403, "{}", answer.text());
    };
    tokio::select! {
        _ = hangs => panic!("it ended"),
        () = meanwhile => {}
    }
    // Who hung up gave the place back.
    assert_eq!(send(&app, &cookie, OWN, files).await.status, 303);
}

/// A nulopgave by form counts; what was typed survives a refusal, but for what may stand on no page.
#[tokio::test]
async fn a_nulopgave_by_form() {
    let app = TestApp::new().await;
    let cookie = login(&app, &app.aanbieder).await;
    let path = "/mijn-leveringen/nulopgave";
    let refused = form(
        &app,
        path,
        &cookie,
        OWN,
        "uitvraag=omgang&jaar=2020&naam=&functie=directeur&toelichting=%3Cb%3Egeen",
    )
    .await;
    let text = refused.text();
    assert_eq!(refused.status, 422, "{text}");
    assert!(
        text.contains("value=\"directeur\"") && text.contains("<details open>"),
        "{text}"
    );
    assert!(
        text.contains("geen</textarea>") && !text.contains("<b>"),
        "{text}"
    );
    let bsn = "uitvraag=omgang&jaar=2020&naam=111222333&functie=x&toelichting=";
    let refused = form(&app, path, &cookie, OWN, bsn).await;
    assert_eq!(refused.status, 422);
    assert!(!refused.text().contains("111222333"));
    let unknown = "uitvraag=omgang&jaar=x&naam=Anna&functie=directeur";
    assert_eq!(form(&app, path, &cookie, OWN, unknown).await.status, 422);
    let fields = "uitvraag=omgang&jaar=2020&naam=Anna&functie=directeur&toelichting=";
    form(&app, path, &cookie, None, fields)
        .await
        .is_problem(403, "FORBIDDEN_ORIGIN");
    assert_eq!(leveringen(&app).await, 0);

    let signed = form(&app, path, &cookie, OWN, fields).await;
    assert_eq!(signed.status, 303, "{}", signed.text());
    let shown = page(&app, &cookie, &signed.header("location")).await.text();
    assert!(shown.contains("Download het ontvangstbewijs"), "{shown}");
    let mine = page(&app, &cookie, "/mijn-leveringen").await.text();
    assert!(
        mine.contains("Nulopgave van") && !mine.contains("over 2020?"),
        "{mine}"
    );
}
