//! tus: a file in pieces, whatever the client does.

use axum::body::Body;
use bytes::Bytes;

use crate::app::{TestApp, TestResponse, request};
use crate::input::{TestPakket, clean, sha256, zstd};

async fn opened(app: &TestApp, test_pakket: &TestPakket) -> String {
    app.open(&app.aanbieder, test_pakket).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn raw_patch(app: &TestApp, id: &str, headers: &[(&str, &str)], body: Body) -> TestResponse {
    let mut request = request(
        "PATCH",
        &format!("/v1/leveringen/{id}/bestanden/traject"),
        &app.aanbieder,
    );
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(body).unwrap()).await
}

const TUS: [(&str, &str); 2] = [
    ("tus-resumable", "1.0.0"),
    ("content-type", "application/offset+octet-stream"),
];

#[tokio::test]
async fn a_file_may_come_in_pieces() {
    let app = TestApp::new().await;
    let test_pakket = clean(&app.definitie);
    let id = opened(&app, &test_pakket).await;
    let token = &app.aanbieder;
    let bytes = &test_pakket.bestanden["traject"];
    let mut offset = 0;
    for chunk in bytes.chunks(17) {
        let state = app.head(token, &id, "traject").await;
        assert_eq!(
            (state.status.as_u16(), state.header("upload-offset")),
            (200, offset.to_string())
        );
        assert_eq!(state.header("upload-length"), bytes.len().to_string());
        assert_eq!(state.header("tus-resumable"), "1.0.0");
        let response = app
            .patch(token, &id, "traject", &offset.to_string(), chunk.to_vec())
            .await;
        offset += chunk.len();
        assert_eq!(
            (response.status.as_u16(), response.header("upload-offset")),
            (204, offset.to_string())
        );
    }
    assert_eq!(
        app.get(token, &format!("/v1/leveringen/{id}")).await.json()["toestand"],
        "geopend",
        "one file is missing"
    );
    app.patch(
        token,
        &id,
        "voorziening",
        "0",
        test_pakket.bestanden["voorziening"].clone(),
    )
    .await;
    assert_eq!(app.verdict(token, &id).await["toestand"], "akkoord");
    // Nothing more is taken.
    app.patch(token, &id, "traject", &offset.to_string(), "")
        .await
        .is_problem(409, "STATE");
}

/// HOSTILE 75: offsets ahead, behind, negative, beyond 64 bits, missing, twice.
#[tokio::test]
async fn only_the_right_offset_is_taken() {
    let app = TestApp::new().await;
    let test_pakket = clean(&app.definitie);
    let id = opened(&app, &test_pakket).await;
    let token = &app.aanbieder;
    let bytes = &test_pakket.bestanden["traject"];
    assert_eq!(
        app.patch(token, &id, "traject", "0", bytes[..50].to_vec())
            .await
            .status,
        204
    );
    for error in ["51", "49", "0", "18446744073709551615"] {
        let response = app
            .patch(token, &id, "traject", error, bytes[50..].to_vec())
            .await;
        response.is_problem(409, "OFFSET");
        assert_eq!(
            (
                response.header("upload-offset").as_str(),
                response.json()["offset"].as_u64()
            ),
            ("50", Some(50))
        );
    }
    for error in [
        "-1",
        "+50",
        " 50",
        "18446744073709551616",
        "5e1",
        "0x32",
        "",
        "50, 50",
    ] {
        app.patch(token, &id, "traject", error, bytes[50..].to_vec())
            .await
            .is_problem(400, "UPLOAD_HEADER");
    }
    raw_patch(&app, &id, &TUS, Body::from("x"))
        .await
        .is_problem(400, "UPLOAD_HEADER");
    let twee = [
        TUS[0],
        TUS[1],
        ("upload-offset", "50"),
        ("upload-offset", "50"),
    ];
    raw_patch(&app, &id, &twee, Body::from("x"))
        .await
        .is_problem(400, "UPLOAD_HEADER");
    let length = [
        TUS[0],
        TUS[1],
        ("upload-offset", "50"),
        ("upload-length", "7"),
    ];
    raw_patch(&app, &id, &length, Body::from("x"))
        .await
        .is_problem(400, "UPLOAD_HEADER");
    assert_eq!(
        app.head(token, &id, "traject")
            .await
            .header("upload-offset"),
        "50",
        "none of it left a byte"
    );
    assert_eq!(
        app.patch(token, &id, "traject", "50", bytes[50..].to_vec())
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn other_versions_types_and_encodings_are_refused() {
    let app = TestApp::new().await;
    let id = opened(&app, &clean(&app.definitie)).await;
    let offset = ("upload-offset", "0");
    let without = raw_patch(&app, &id, &[TUS[1], offset], Body::from("x")).await;
    without.is_problem(412, "TUS_VERSION");
    assert_eq!(without.header("tus-version"), "1.0.0");
    raw_patch(
        &app,
        &id,
        &[("tus-resumable", "0.2.2"), TUS[1], offset],
        Body::from("x"),
    )
    .await
    .is_problem(412, "TUS_VERSION");
    for kind in [
        "application/octet-stream",
        "application/json",
        "multipart/form-data; boundary=x",
    ] {
        raw_patch(
            &app,
            &id,
            &[TUS[0], ("content-type", kind), offset],
            Body::from("x"),
        )
        .await
        .is_problem(415, "MEDIA_TYPE");
    }
    raw_patch(&app, &id, &[TUS[0], offset], Body::from("x"))
        .await
        .is_problem(415, "MEDIA_TYPE");
    let gzip = [TUS[0], TUS[1], offset, ("content-encoding", "gzip")];
    raw_patch(&app, &id, &gzip, Body::from("x"))
        .await
        .is_problem(415, "CONTENT_ENCODING");
    app.head(&app.aanbieder, &id, "wachtlijst").await;
    let none = app.patch(&app.aanbieder, &id, "wachtlijst", "0", "x").await;
    none.is_problem(404, "NOT_FOUND");
    for tabel in [
        "..%2f..%2fregister.sqlite",
        "traject%00",
        "CON",
        "%E2%98%83",
    ] {
        app.patch(&app.aanbieder, &id, tabel, "0", "x")
            .await
            .is_problem(404, "NOT_FOUND");
    }
}

/// HOSTILE 78: more than announced is cut off, declared or not, and leaves the file as it was.
#[tokio::test]
async fn more_bytes_than_announced_are_refused() {
    let app = TestApp::new().await;
    let test_pakket = clean(&app.definitie);
    let id = opened(&app, &test_pakket).await;
    let bytes = test_pakket.bestanden["traject"].len();
    let too_many = vec![0_u8; bytes + 1];
    let length = too_many.len().to_string();
    let declared = [
        TUS[0],
        TUS[1],
        ("upload-offset", "0"),
        ("content-length", length.as_str()),
    ];
    raw_patch(&app, &id, &declared, Body::from(too_many))
        .await
        .is_problem(413, "BODY_TOO_LARGE");
    let chunks = (0..10_000).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[0; 1024])));
    let endless = Body::from_stream(futures::stream::iter(chunks));
    app.patch(&app.aanbieder, &id, "traject", "0", endless)
        .await
        .is_problem(413, "BODY_TOO_LARGE");
    let state: u64 = app
        .head(&app.aanbieder, &id, "traject")
        .await
        .header("upload-offset")
        .parse()
        .unwrap();
    assert!(state <= bytes as u64);
}

/// HOSTILE 74: cut anywhere, what came is kept, nothing is received, and the client goes on from there.
#[tokio::test]
async fn a_cut_upload_goes_on_where_it_was() {
    let app = TestApp::new().await;
    let test_pakket = clean(&app.definitie);
    let token = &app.aanbieder;
    let id = opened(&app, &test_pakket).await;
    let bytes = test_pakket.bestanden["traject"].clone();
    let mut offset = 0;
    for cut in [1, 7, 40, 99] {
        let end = (offset + cut).min(bytes.len());
        let parts = [
            Ok(Bytes::copy_from_slice(&bytes[offset..end])),
            Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
        ];
        let body = Body::from_stream(futures::stream::iter(parts));
        app.patch(token, &id, "traject", &offset.to_string(), body)
            .await
            .is_problem(400, "BODY_INCOMPLETE");
        let state: usize = app
            .head(token, &id, "traject")
            .await
            .header("upload-offset")
            .parse()
            .unwrap();
        assert_eq!(state, end, "every byte that came before the cut counts");
        offset = state;
    }
    assert_eq!(
        app.get(token, &format!("/v1/leveringen/{id}")).await.json()["toestand"],
        "geopend"
    );
    assert_eq!(
        app.patch(
            token,
            &id,
            "traject",
            &offset.to_string(),
            bytes[offset..].to_vec()
        )
        .await
        .status,
        204
    );
    app.patch(
        token,
        &id,
        "voorziening",
        "0",
        test_pakket.bestanden["voorziening"].clone(),
    )
    .await;
    assert_eq!(app.verdict(token, &id).await["toestand"], "akkoord");
}

/// HOSTILE 75: other bytes than announced never become a levering; the file starts anew.
#[tokio::test]
async fn a_wrong_hash_starts_the_file_anew() {
    let app = TestApp::new().await;
    let test_pakket = clean(&app.definitie);
    let token = &app.aanbieder;
    let id = opened(&app, &test_pakket).await;
    app.patch(
        token,
        &id,
        "voorziening",
        "0",
        test_pakket.bestanden["voorziening"].clone(),
    )
    .await;
    let mut other = test_pakket.bestanden["traject"].clone();
    *other.last_mut().unwrap() ^= 1;
    let response = app.patch(token, &id, "traject", "0", other).await;
    response.is_problem(422, "HASH_MISMATCH");
    assert_eq!(response.json()["tabel"], "traject");
    assert_eq!(
        app.get(token, &format!("/v1/leveringen/{id}")).await.json()["toestand"],
        "geopend"
    );
    assert_eq!(
        app.head(token, &id, "traject")
            .await
            .header("upload-offset"),
        "0"
    );
    app.patch(
        token,
        &id,
        "traject",
        "0",
        test_pakket.bestanden["traject"].clone(),
    )
    .await;
    assert_eq!(app.verdict(token, &id).await["toestand"], "akkoord");
}

/// HOSTILE 76: of two at once one writes: the newest, for the older connection may hang. Bytes never interleave.
#[tokio::test]
async fn a_newer_client_takes_a_file_over() {
    let app = TestApp::new().await;
    let mut test_pakket = clean(&app.definitie);
    // Long enough to be under way when the other one comes; no matter what is in it.
    let long = zstd(&sha256(b"x").repeat(4000).into_bytes());
    test_pakket.set_packed("traject", long.clone(), 1, 1);
    let id = opened(&app, &test_pakket).await;
    let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<Bytes, std::io::Error>>();
    let hanging = app.patch(
        &app.aanbieder,
        &id,
        "traject",
        "0",
        Body::from_stream(receiver),
    );
    let begin = std::time::Instant::now();
    let newer = async {
        sender
            .unbounded_send(Ok(Bytes::copy_from_slice(&long[..10])))
            .unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let head = app.head(&app.aanbieder, &id, "traject").await;
        assert_eq!(head.header("upload-offset"), "10", "what came is kept");
        let rest = long[10..].to_vec();
        let taken = app.patch(&app.aanbieder, &id, "traject", "10", rest).await;
        // The old connection is still there, and says something after all.
        let _ = sender.unbounded_send(Ok(Bytes::copy_from_slice(&long[10..])));
        taken
    };
    let (hanging, newer) = tokio::join!(hanging, newer);
    assert_eq!(newer.status, 204, "{}", newer.text());
    assert_eq!(newer.header("upload-offset"), long.len().to_string());
    hanging.is_problem(409, "UPLOAD_BUSY");
    assert_eq!(hanging.header("retry-after"), "1");
    let waited = begin.elapsed();
    assert!(waited < std::time::Duration::from_secs(2), "{waited:?}");
}

/// A piece that can't fit is refused before it takes the file from who writes.
#[tokio::test]
async fn a_piece_that_is_too_long_leaves_the_writer_alone() {
    let app = TestApp::new().await;
    let test_pakket = clean(&app.definitie);
    let bytes = test_pakket.bestanden["traject"].clone();
    let id = opened(&app, &test_pakket).await;
    let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<Bytes, std::io::Error>>();
    let body = Body::from_stream(receiver);
    let writing = app.patch(&app.aanbieder, &id, "traject", "0", body);
    let other = async {
        sender
            .unbounded_send(Ok(Bytes::copy_from_slice(&bytes[..10])))
            .unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let too_many = vec![0_u8; bytes.len() + 1];
        let length = too_many.len().to_string();
        let headers = [
            TUS[0],
            TUS[1],
            ("upload-offset", "0"),
            ("content-length", length.as_str()),
        ];
        let refused = raw_patch(&app, &id, &headers, Body::from(too_many)).await;
        sender
            .unbounded_send(Ok(Bytes::copy_from_slice(&bytes[10..])))
            .unwrap();
        drop(sender);
        refused
    };
    let (writing, refused) = tokio::join!(writing, other);
    refused.is_problem(413, "BODY_TOO_LARGE");
    assert_eq!(writing.status, 204, "{}", writing.text());
}

/// Without asking first, the newer client is told where to go on, at once.
#[tokio::test]
async fn a_newer_client_hears_where_the_older_one_was() {
    let app = TestApp::new().await;
    let test_pakket = clean(&app.definitie);
    let bytes = test_pakket.bestanden["traject"].clone();
    let id = opened(&app, &test_pakket).await;
    let (sender, receiver) = futures::channel::mpsc::unbounded::<Result<Bytes, std::io::Error>>();
    let hanging = app.patch(
        &app.aanbieder,
        &id,
        "traject",
        "0",
        Body::from_stream(receiver),
    );
    let newer = async {
        sender
            .unbounded_send(Ok(Bytes::copy_from_slice(&bytes[..10])))
            .unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        app.patch(&app.aanbieder, &id, "traject", "0", bytes.clone())
            .await
    };
    let (hanging, newer) = tokio::join!(hanging, newer);
    drop(sender);
    newer.is_problem(409, "OFFSET");
    assert_eq!(
        (newer.header("upload-offset"), newer.header("retry-after")),
        ("10".to_owned(), "0".to_owned())
    );
    hanging.is_problem(409, "UPLOAD_BUSY");
}

/// tus 1.0: what is spoken can be asked, and an extension that is not there is not named.
#[tokio::test]
async fn options_tell_what_of_tus_is_spoken() {
    let app = TestApp::new().await;
    let id = opened(&app, &clean(&app.definitie)).await;
    let file = format!("/v1/leveringen/{id}/bestanden/traject");
    for (path, token) in [("/v1/leveringen", ""), (&file, app.aanbieder.as_str())] {
        let asked = request("OPTIONS", path, token).body(Body::empty()).unwrap();
        let said = app.send(asked).await;
        assert_eq!(said.status, 204, "{path}");
        assert_eq!(
            ["tus-resumable", "tus-version", "tus-max-size"].map(|name| said.header(name)),
            ["1.0.0", "1.0.0", "1073741824"]
        );
        assert!(!said.headers.contains_key("tus-extension"));
    }
}

/// Who is told to wait is told how long.
#[tokio::test]
async fn too_many_open_names_a_time() {
    let app = TestApp::new().await;
    let mut last = None;
    for number in 0..21 {
        let mut one = clean(&app.definitie);
        one.pakket.exporter = format!("uitvraag {number}");
        last = Some(app.open(&app.aanbieder, &one).await);
    }
    let refused = last.unwrap();
    refused.is_problem(429, "TOO_MANY_OPEN");
    assert_eq!(refused.header("retry-after"), "60");
}

/// A client that sees all its bytes are there and comes back to ask is told `ontvangen` after all.
#[tokio::test]
async fn asking_completes_what_was_left_between_last_byte_and_answer() {
    let app = TestApp::new().await;
    let test_pakket = clean(&app.definitie);
    let id = opened(&app, &test_pakket).await;
    for (tabel, bytes) in &test_pakket.bestanden {
        app.lake
            .append(id.parse().unwrap(), tabel, 0, Bytes::from(bytes.clone()))
            .await
            .unwrap();
    }
    assert_eq!(
        app.get(&app.aanbieder, &format!("/v1/leveringen/{id}"))
            .await
            .json()["toestand"],
        "geopend"
    );
    app.head(&app.aanbieder, &id, "traject").await;
    assert_eq!(
        app.verdict(&app.aanbieder, &id).await["toestand"],
        "akkoord"
    );
}
