//! Publications as written, and nothing beside them.

use lake::{NieuwePublicatie, Stempel};

use crate::omgeving::{Omgeving, vraag};

async fn gepubliceerd() -> Omgeving {
    let omgeving = Omgeving::new().await;
    let stempel = Stempel::new("test", omgeving.nu());
    let moment = omgeving
        .lake
        .bevries("omgang", 2020, &stempel)
        .await
        .unwrap();
    let bestand = |pad: &str, inhoud: &str| (pad.to_owned(), inhoud.as_bytes().to_vec());
    let bestanden = vec![
        bestand("index.html", "<!doctype html><title>0</title>"),
        bestand(
            "0-meting/index.html",
            "<!doctype html><title>0-meting</title>",
        ),
        bestand("spiegel/JZ13/index.html", "<!doctype html>"),
        bestand("cijfers.csv", "a,b\n"),
        bestand("stijl.css", "p{}"),
    ];
    omgeving
        .lake
        .publiceer(
            NieuwePublicatie {
                momentopname: &moment.id,
                versie: 1,
                bestanden,
            },
            &stempel,
        )
        .await
        .unwrap();
    omgeving
}

#[tokio::test]
async fn files_come_as_they_were_written() {
    let omgeving = gepubliceerd().await;
    let basis = "/v1/publicaties/omgang/2020/1/";
    let voor = omgeving.get("", basis).await;
    assert_eq!(
        (voor.status.as_u16(), voor.text().as_str()),
        (200, "<!doctype html><title>0</title>")
    );
    assert_eq!(voor.header("content-type"), "text/html; charset=utf-8");
    assert!(
        voor.header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    assert_eq!(
        omgeving.get("", &format!("{basis}0-meting/")).await.text(),
        "<!doctype html><title>0-meting</title>"
    );
    let zonder = omgeving.get("", &format!("{basis}0-meting")).await;
    assert_eq!(
        (zonder.status.as_u16(), zonder.header("location").as_str()),
        (308, "0-meting/"),
        "relative links need the slash"
    );
    assert_eq!(
        omgeving
            .get("", &format!("{basis}spiegel/JZ13"))
            .await
            .header("location"),
        "JZ13/"
    );
    let csv = omgeving.get("", &format!("{basis}cijfers.csv")).await;
    assert_eq!(
        (
            csv.header("content-type").as_str(),
            csv.header("content-disposition").as_str()
        ),
        ("text/csv; charset=utf-8", "attachment")
    );
    let lijst = omgeving.get("", "/v1/publicaties").await.json();
    assert_eq!(lijst[0]["adres"], basis);
}

#[tokio::test]
async fn a_known_etag_saves_the_bytes() {
    let omgeving = gepubliceerd().await;
    let pad = "/v1/publicaties/omgang/2020/1/index.html";
    let etag = omgeving.get("", pad).await.header("etag");
    let met = |waarde: String| {
        vraag("GET", pad, "")
            .header("if-none-match", waarde)
            .body(axum::body::Body::empty())
            .unwrap()
    };
    let zelfde = omgeving.send(met(etag.clone())).await;
    assert_eq!(
        (
            zelfde.status.as_u16(),
            zelfde.body.len(),
            zelfde.header("etag")
        ),
        (304, 0, etag)
    );
    assert_eq!(
        omgeving.send(met("\"anders\"".to_owned())).await.status,
        200
    );
}

#[tokio::test]
async fn the_artefacts_of_an_uitvraag_are_handed_out() {
    let omgeving = Omgeving::new().await;
    let lijst = omgeving.get("", "/v1/uitvragen").await.json();
    assert_eq!(lijst[0]["titel"], omgeving.definitie.titel.as_str());
    for (naam, begin, soort) in [
        (
            "sjabloon",
            &b"PK"[..],
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("codeboek", b"<!doctype html>", "text/html; charset=utf-8"),
        ("datapackage", b"{", "application/json"),
    ] {
        let antwoord = omgeving
            .get("", &format!("/v1/uitvragen/omgang/2020/{naam}"))
            .await;
        assert_eq!(
            (
                antwoord.status.as_u16(),
                antwoord.header("content-type").as_str()
            ),
            (200, soort),
            "{naam}"
        );
        assert!(
            antwoord
                .body
                .to_ascii_lowercase()
                .starts_with(&begin.to_ascii_lowercase()),
            "{naam}"
        );
        omgeving
            .get("", &format!("/v1/uitvragen/omgang/1999/{naam}"))
            .await
            .is_problem(404, "NOT_FOUND");
    }
}

/// HOSTILE 84: only paths the register names.
#[tokio::test]
async fn nothing_beside_a_publication_can_be_read() {
    let omgeving = gepubliceerd().await;
    for pad in [
        "omgang/2020/1/bestaat-niet.html",
        "omgang/2020/1/..%2f..%2f..%2f..%2fregister.sqlite",
        "omgang/2020/1/%2e%2e/%2e%2e/register.sqlite",
        "omgang/2020/1//etc/passwd",
        "omgang/2020/1/index.html%00",
        "omgang/2020/2/index.html",
        "omgang/2020/01/index.html",
        "omgang/2020/+1/index.html",
        "omgang/2019/1/index.html",
        "..%2fomgang/2020/1/index.html",
    ] {
        omgeving
            .get("", &format!("/v1/publicaties/{pad}"))
            .await
            .is_problem(404, "NOT_FOUND");
    }
}
