//! tus: a file in pieces, whatever the client does.

use axum::body::Body;
use bytes::Bytes;

use crate::invoer::{Zending, schoon, sha256, zstd};
use crate::omgeving::{Antwoord, Omgeving, vraag};

async fn geopend(omgeving: &Omgeving, zending: &Zending) -> String {
    omgeving.open(&omgeving.aanbieder, zending).await.json()["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn raw_patch(
    omgeving: &Omgeving,
    id: &str,
    headers: &[(&str, &str)],
    body: Body,
) -> Antwoord {
    let mut request = vraag(
        "PATCH",
        &format!("/v1/leveringen/{id}/bestanden/traject"),
        &omgeving.aanbieder,
    );
    for (naam, waarde) in headers {
        request = request.header(*naam, *waarde);
    }
    omgeving.send(request.body(body).unwrap()).await
}

const TUS: [(&str, &str); 2] = [
    ("tus-resumable", "1.0.0"),
    ("content-type", "application/offset+octet-stream"),
];

#[tokio::test]
async fn a_file_may_come_in_pieces() {
    let omgeving = Omgeving::new().await;
    let zending = schoon(&omgeving.definitie);
    let id = geopend(&omgeving, &zending).await;
    let token = &omgeving.aanbieder;
    let bytes = &zending.bestanden["traject"];
    let mut offset = 0;
    for stuk in bytes.chunks(17) {
        let stand = omgeving.head(token, &id, "traject").await;
        assert_eq!(
            (stand.status.as_u16(), stand.header("upload-offset")),
            (200, offset.to_string())
        );
        assert_eq!(stand.header("upload-length"), bytes.len().to_string());
        assert_eq!(stand.header("tus-resumable"), "1.0.0");
        let antwoord = omgeving
            .patch(token, &id, "traject", &offset.to_string(), stuk.to_vec())
            .await;
        offset += stuk.len();
        assert_eq!(
            (antwoord.status.as_u16(), antwoord.header("upload-offset")),
            (204, offset.to_string())
        );
    }
    assert_eq!(
        omgeving
            .get(token, &format!("/v1/leveringen/{id}"))
            .await
            .json()["toestand"],
        "geopend",
        "one file is missing"
    );
    omgeving
        .patch(
            token,
            &id,
            "voorziening",
            "0",
            zending.bestanden["voorziening"].clone(),
        )
        .await;
    assert_eq!(omgeving.verdict(token, &id).await["toestand"], "akkoord");
    // Nothing more is taken.
    omgeving
        .patch(token, &id, "traject", &offset.to_string(), "")
        .await
        .is_problem(409, "STATE");
}

/// HOSTILE 75: offsets ahead, behind, negative, beyond 64 bits, missing, twice.
#[tokio::test]
async fn only_the_right_offset_is_taken() {
    let omgeving = Omgeving::new().await;
    let zending = schoon(&omgeving.definitie);
    let id = geopend(&omgeving, &zending).await;
    let token = &omgeving.aanbieder;
    let bytes = &zending.bestanden["traject"];
    assert_eq!(
        omgeving
            .patch(token, &id, "traject", "0", bytes[..50].to_vec())
            .await
            .status,
        204
    );
    for fout in ["51", "49", "0", "18446744073709551615"] {
        let antwoord = omgeving
            .patch(token, &id, "traject", fout, bytes[50..].to_vec())
            .await;
        antwoord.is_problem(409, "OFFSET");
        assert_eq!(
            (
                antwoord.header("upload-offset").as_str(),
                antwoord.json()["offset"].as_u64()
            ),
            ("50", Some(50))
        );
    }
    for fout in [
        "-1",
        "+50",
        " 50",
        "18446744073709551616",
        "5e1",
        "0x32",
        "",
        "50, 50",
    ] {
        omgeving
            .patch(token, &id, "traject", fout, bytes[50..].to_vec())
            .await
            .is_problem(400, "UPLOAD_HEADER");
    }
    raw_patch(&omgeving, &id, &TUS, Body::from("x"))
        .await
        .is_problem(400, "UPLOAD_HEADER");
    let twee = [
        TUS[0],
        TUS[1],
        ("upload-offset", "50"),
        ("upload-offset", "50"),
    ];
    raw_patch(&omgeving, &id, &twee, Body::from("x"))
        .await
        .is_problem(400, "UPLOAD_HEADER");
    let lengte = [
        TUS[0],
        TUS[1],
        ("upload-offset", "50"),
        ("upload-length", "7"),
    ];
    raw_patch(&omgeving, &id, &lengte, Body::from("x"))
        .await
        .is_problem(400, "UPLOAD_HEADER");
    assert_eq!(
        omgeving
            .head(token, &id, "traject")
            .await
            .header("upload-offset"),
        "50",
        "none of it left a byte"
    );
    assert_eq!(
        omgeving
            .patch(token, &id, "traject", "50", bytes[50..].to_vec())
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn other_versions_types_and_encodings_are_refused() {
    let omgeving = Omgeving::new().await;
    let id = geopend(&omgeving, &schoon(&omgeving.definitie)).await;
    let offset = ("upload-offset", "0");
    let zonder = raw_patch(&omgeving, &id, &[TUS[1], offset], Body::from("x")).await;
    zonder.is_problem(412, "TUS_VERSION");
    assert_eq!(zonder.header("tus-version"), "1.0.0");
    raw_patch(
        &omgeving,
        &id,
        &[("tus-resumable", "0.2.2"), TUS[1], offset],
        Body::from("x"),
    )
    .await
    .is_problem(412, "TUS_VERSION");
    for soort in [
        "application/octet-stream",
        "application/json",
        "multipart/form-data; boundary=x",
    ] {
        raw_patch(
            &omgeving,
            &id,
            &[TUS[0], ("content-type", soort), offset],
            Body::from("x"),
        )
        .await
        .is_problem(415, "MEDIA_TYPE");
    }
    raw_patch(&omgeving, &id, &[TUS[0], offset], Body::from("x"))
        .await
        .is_problem(415, "MEDIA_TYPE");
    let gzip = [TUS[0], TUS[1], offset, ("content-encoding", "gzip")];
    raw_patch(&omgeving, &id, &gzip, Body::from("x"))
        .await
        .is_problem(415, "CONTENT_ENCODING");
    omgeving.head(&omgeving.aanbieder, &id, "wachtlijst").await;
    let geen = omgeving
        .patch(&omgeving.aanbieder, &id, "wachtlijst", "0", "x")
        .await;
    geen.is_problem(404, "NOT_FOUND");
    for tabel in [
        "..%2f..%2fregister.sqlite",
        "traject%00",
        "CON",
        "%E2%98%83",
    ] {
        omgeving
            .patch(&omgeving.aanbieder, &id, tabel, "0", "x")
            .await
            .is_problem(404, "NOT_FOUND");
    }
}

/// HOSTILE 78: more than announced is cut off, declared or not, and leaves the file as it was.
#[tokio::test]
async fn more_bytes_than_announced_are_refused() {
    let omgeving = Omgeving::new().await;
    let zending = schoon(&omgeving.definitie);
    let id = geopend(&omgeving, &zending).await;
    let bytes = zending.bestanden["traject"].len();
    let te_veel = vec![0_u8; bytes + 1];
    let lengte = te_veel.len().to_string();
    let verklaard = [
        TUS[0],
        TUS[1],
        ("upload-offset", "0"),
        ("content-length", lengte.as_str()),
    ];
    raw_patch(&omgeving, &id, &verklaard, Body::from(te_veel))
        .await
        .is_problem(413, "BODY_TOO_LARGE");
    let stukken = (0..10_000).map(|_| Ok::<_, std::io::Error>(Bytes::from_static(&[0; 1024])));
    let eindeloos = Body::from_stream(futures::stream::iter(stukken));
    omgeving
        .patch(&omgeving.aanbieder, &id, "traject", "0", eindeloos)
        .await
        .is_problem(413, "BODY_TOO_LARGE");
    let stand: u64 = omgeving
        .head(&omgeving.aanbieder, &id, "traject")
        .await
        .header("upload-offset")
        .parse()
        .unwrap();
    assert!(stand <= bytes as u64);
}

/// HOSTILE 74: cut anywhere, what came is kept, nothing is received, and the client goes on from there.
#[tokio::test]
async fn a_cut_upload_goes_on_where_it_was() {
    let omgeving = Omgeving::new().await;
    let zending = schoon(&omgeving.definitie);
    let token = &omgeving.aanbieder;
    let id = geopend(&omgeving, &zending).await;
    let bytes = zending.bestanden["traject"].clone();
    let mut offset = 0;
    for snede in [1, 7, 40, 99] {
        let eind = (offset + snede).min(bytes.len());
        let delen = [
            Ok(Bytes::copy_from_slice(&bytes[offset..eind])),
            Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
        ];
        let body = Body::from_stream(futures::stream::iter(delen));
        omgeving
            .patch(token, &id, "traject", &offset.to_string(), body)
            .await
            .is_problem(400, "BODY_INCOMPLETE");
        let stand: usize = omgeving
            .head(token, &id, "traject")
            .await
            .header("upload-offset")
            .parse()
            .unwrap();
        assert_eq!(stand, eind, "every byte that came before the cut counts");
        offset = stand;
    }
    assert_eq!(
        omgeving
            .get(token, &format!("/v1/leveringen/{id}"))
            .await
            .json()["toestand"],
        "geopend"
    );
    assert_eq!(
        omgeving
            .patch(
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
    omgeving
        .patch(
            token,
            &id,
            "voorziening",
            "0",
            zending.bestanden["voorziening"].clone(),
        )
        .await;
    assert_eq!(omgeving.verdict(token, &id).await["toestand"], "akkoord");
}

/// HOSTILE 75: other bytes than announced never become a levering; the file starts anew.
#[tokio::test]
async fn a_wrong_hash_starts_the_file_anew() {
    let omgeving = Omgeving::new().await;
    let zending = schoon(&omgeving.definitie);
    let token = &omgeving.aanbieder;
    let id = geopend(&omgeving, &zending).await;
    omgeving
        .patch(
            token,
            &id,
            "voorziening",
            "0",
            zending.bestanden["voorziening"].clone(),
        )
        .await;
    let mut ander = zending.bestanden["traject"].clone();
    *ander.last_mut().unwrap() ^= 1;
    let antwoord = omgeving.patch(token, &id, "traject", "0", ander).await;
    antwoord.is_problem(422, "HASH_MISMATCH");
    assert_eq!(antwoord.json()["tabel"], "traject");
    assert_eq!(
        omgeving
            .get(token, &format!("/v1/leveringen/{id}"))
            .await
            .json()["toestand"],
        "geopend"
    );
    assert_eq!(
        omgeving
            .head(token, &id, "traject")
            .await
            .header("upload-offset"),
        "0"
    );
    omgeving
        .patch(
            token,
            &id,
            "traject",
            "0",
            zending.bestanden["traject"].clone(),
        )
        .await;
    assert_eq!(omgeving.verdict(token, &id).await["toestand"], "akkoord");
}

/// HOSTILE 76: of two at once one wins; bytes never interleave.
#[tokio::test]
async fn two_clients_cannot_write_one_file() {
    let omgeving = Omgeving::new().await;
    let mut zending = schoon(&omgeving.definitie);
    // Long enough to be under way when the other one comes; no matter what is in it.
    let lang = zstd(&sha256(b"x").repeat(4000).into_bytes());
    zending.zet_ingepakt("traject", lang.clone(), 1, 1);
    let id = geopend(&omgeving, &zending).await;
    let (zender, ontvanger) = futures::channel::mpsc::unbounded::<Result<Bytes, std::io::Error>>();
    let eerste = omgeving.patch(
        &omgeving.aanbieder,
        &id,
        "traject",
        "0",
        Body::from_stream(ontvanger),
    );
    let tweede = async {
        zender
            .unbounded_send(Ok(Bytes::copy_from_slice(&lang[..10])))
            .unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let bezet = omgeving
            .patch(&omgeving.aanbieder, &id, "traject", "0", lang.clone())
            .await;
        zender
            .unbounded_send(Ok(Bytes::copy_from_slice(&lang[10..])))
            .unwrap();
        drop(zender);
        bezet
    };
    let (eerste, tweede) = tokio::join!(eerste, tweede);
    assert_eq!(eerste.status, 204, "{}", eerste.text());
    tweede.is_problem(409, "UPLOAD_BUSY");
}

/// A client that sees all its bytes are there and comes back to ask is told `ontvangen` after all.
#[tokio::test]
async fn asking_completes_what_was_left_between_last_byte_and_answer() {
    let omgeving = Omgeving::new().await;
    let zending = schoon(&omgeving.definitie);
    let id = geopend(&omgeving, &zending).await;
    for (tabel, bytes) in &zending.bestanden {
        omgeving
            .lake
            .append(id.parse().unwrap(), tabel, 0, Bytes::from(bytes.clone()))
            .await
            .unwrap();
    }
    assert_eq!(
        omgeving
            .get(&omgeving.aanbieder, &format!("/v1/leveringen/{id}"))
            .await
            .json()["toestand"],
        "geopend"
    );
    omgeving.head(&omgeving.aanbieder, &id, "traject").await;
    assert_eq!(
        omgeving.verdict(&omgeving.aanbieder, &id).await["toestand"],
        "akkoord"
    );
}
