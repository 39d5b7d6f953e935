//! The pages as they are read, the empty ones included.

use axum::body::Body;
use axum::http::Request;
use lake::{NieuwePublicatie, Rol, Stempel};

use crate::invoer::{met_fout, met_signaal, pakket, schoon};
use crate::omgeving::{Antwoord, Omgeving};

async fn form(
    omgeving: &Omgeving,
    pad: &str,
    koek: &str,
    origin: Option<&str>,
    velden: &str,
) -> Antwoord {
    let mut request = Request::builder()
        .method("POST")
        .uri(pad)
        .header("host", "omgang.test")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", koek);
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    omgeving
        .send(request.body(Body::from(velden.to_owned())).unwrap())
        .await
}

const EIGEN: Option<&str> = Some("http://omgang.test");

pub async fn login(omgeving: &Omgeving, token: &str) -> String {
    let antwoord = form(omgeving, "/inloggen", "", EIGEN, &format!("token={token}")).await;
    assert_eq!(antwoord.status, 303, "{}", antwoord.text());
    antwoord
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

pub async fn page(omgeving: &Omgeving, koek: &str, pad: &str) -> Antwoord {
    omgeving
        .send(
            Request::builder()
                .uri(pad)
                .header("cookie", koek)
                .body(Body::empty())
                .unwrap(),
        )
        .await
}

/// Ids differ every time.
fn stable(antwoord: &Antwoord, ids: &[&str]) -> String {
    assert_eq!(
        antwoord.header("content-type"),
        "text/html; charset=utf-8",
        "{}",
        antwoord.text()
    );
    ids.iter()
        .enumerate()
        .fold(antwoord.text(), |tekst, (i, id)| {
            tekst.replace(id, &format!("<id-{}>", i + 1))
        })
}

#[tokio::test]
async fn the_front_page_before_and_after_a_publication() {
    let omgeving = Omgeving::new().await;
    insta::assert_snapshot!("welkom_leeg", omgeving.get("", "/").await.text());
    let stempel = Stempel::new("test", omgeving.nu());
    let moment = omgeving
        .lake
        .bevries("omgang", 2020, &stempel)
        .await
        .unwrap();
    let bestanden = vec![("index.html".to_owned(), b"x".to_vec())];
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
    let tekst = omgeving.get("", "/").await.text();
    assert!(
        tekst.contains("<a href=\"/v1/publicaties/omgang/2020/1/\">")
            && tekst.contains("gepubliceerd op 1 februari 2021"),
        "{tekst}"
    );
}

#[tokio::test]
async fn logging_in_and_out() {
    let omgeving = Omgeving::new().await;
    insta::assert_snapshot!("inloggen", omgeving.get("", "/inloggen").await.text());
    let mislukt = form(&omgeving, "/inloggen", "", EIGEN, "token=omg_weetikniet").await;
    assert_eq!(mislukt.status, 401);
    assert!(mislukt.text().contains("role=\"alert\"") && mislukt.header("set-cookie").is_empty());

    let gelukt = form(
        &omgeving,
        "/inloggen",
        "",
        EIGEN,
        &format!("token=+{}%0A", omgeving.aanbieder),
    )
    .await;
    assert_eq!(
        (gelukt.status.as_u16(), gelukt.header("location").as_str()),
        (303, "/mijn-leveringen")
    );
    let koek = gelukt.header("set-cookie");
    assert!(
        koek.contains("HttpOnly")
            && koek.contains("SameSite=Strict")
            && !koek.contains(&omgeving.aanbieder),
        "{koek}"
    );
    let koek = koek.split(';').next().unwrap();
    assert_eq!(page(&omgeving, koek, "/mijn-leveringen").await.status, 200);
    page(&omgeving, koek, "/coordinator")
        .await
        .is_problem(403, "FORBIDDEN_ROLE");
    // A session reads; what changes something over the API wants the token.
    assert_eq!(page(&omgeving, koek, "/v1/leveringen").await.status, 200);
    let nul = Request::builder()
        .method("POST")
        .uri("/v1/nulopgaven")
        .header("cookie", koek)
        .header("content-type", "application/json");
    omgeving
        .send(nul.body(Body::from("{}")).unwrap())
        .await
        .is_problem(401, "UNAUTHENTICATED");

    let uit = form(&omgeving, "/uitloggen", koek, EIGEN, "").await;
    assert!(uit.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(
        page(&omgeving, koek, "/mijn-leveringen").await.status,
        303,
        "the session is over, also for who kept the cookie"
    );
}

/// A session ends with its token.
#[tokio::test]
async fn a_revoked_token_ends_its_sessions() {
    let omgeving = Omgeving::new().await;
    let koek = login(&omgeving, &omgeving.aanbieder).await;
    let nummer = omgeving
        .lake
        .houder(&omgeving.aanbieder)
        .await
        .unwrap()
        .unwrap()
        .token;
    omgeving
        .lake
        .trek_token_in(nummer, &Stempel::new("test", omgeving.nu()))
        .await
        .unwrap();
    assert_eq!(page(&omgeving, &koek, "/mijn-leveringen").await.status, 303);
    assert_eq!(
        page(&omgeving, &koek, "/").await.status,
        200,
        "a stale cookie keeps nobody from a public page"
    );
}

/// Forms come from our own pages.
#[tokio::test]
async fn a_form_from_elsewhere_is_refused() {
    let omgeving = Omgeving::new().await;
    let velden = format!("token={}", omgeving.aanbieder);
    for origin in [
        None,
        Some("http://evil.test"),
        Some("null"),
        Some("http://omgang.test.evil.test"),
    ] {
        form(&omgeving, "/inloggen", "", origin, &velden)
            .await
            .is_problem(403, "FORBIDDEN_ORIGIN");
    }
    let koek = login(&omgeving, &omgeving.aanbieder).await;
    let levering = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &schoon(&omgeving.definitie))
        .await;
    let pad = format!(
        "/mijn-leveringen/{}/indienen",
        levering["id"].as_str().unwrap()
    );
    form(
        &omgeving,
        &pad,
        &koek,
        Some("http://evil.test"),
        "naam=A&functie=B",
    )
    .await
    .is_problem(403, "FORBIDDEN_ORIGIN");
}

#[tokio::test]
async fn my_leveringen_empty_and_in_every_state() {
    let omgeving = Omgeving::new().await;
    let koek = login(&omgeving, &omgeving.aanbieder).await;
    insta::assert_snapshot!(
        "mijn_leveringen_leeg",
        page(&omgeving, &koek, "/mijn-leveringen").await.text()
    );
    let token = &omgeving.aanbieder;
    let eerste = omgeving
        .lever_en_wacht(token, &schoon(&omgeving.definitie))
        .await;
    let eerste = eerste["id"].as_str().unwrap();
    omgeving.teken(token, eerste).await;
    let tweede = omgeving
        .lever_en_wacht(token, &met_fout(&omgeving.definitie))
        .await;
    let derde = omgeving
        .lever_en_wacht(token, &met_signaal(&omgeving.definitie))
        .await;
    let ids = [
        eerste,
        tweede["id"].as_str().unwrap(),
        derde["id"].as_str().unwrap(),
    ];
    insta::assert_snapshot!(
        "mijn_leveringen",
        stable(&page(&omgeving, &koek, "/mijn-leveringen").await, &ids)
    );
}

#[tokio::test]
async fn answering_and_signing_on_the_page() {
    let omgeving = Omgeving::new().await;
    let koek = login(&omgeving, &omgeving.aanbieder).await;
    let zending = pakket(
        &omgeving.definitie,
        &[&[
            ("aanmelddatum", "2019-04-14"),
            ("intakedatum", "2019-05-06"),
        ]],
    );
    let levering = omgeving.lever_en_wacht(&omgeving.aanbieder, &zending).await;
    let id = levering["id"].as_str().unwrap();
    let pad = format!("/mijn-leveringen/{id}");
    insta::assert_snapshot!(
        "levering_met_signaal",
        stable(&page(&omgeving, &koek, &pad).await, &[id])
    );

    let te_vroeg = form(
        &omgeving,
        &format!("{pad}/indienen"),
        &koek,
        EIGEN,
        "naam=Anna&functie=directeur",
    )
    .await;
    assert_eq!(te_vroeg.status, 409);
    assert!(te_vroeg.text().contains("Beantwoord eerst alle signalen"));
    let bsn = form(
        &omgeving,
        &format!("{pad}/toelichtingen"),
        &koek,
        EIGEN,
        "antwoord.WACHT_LANG=klopt&woorden.WACHT_LANG=bsn+111222333",
    )
    .await;
    assert_eq!(bsn.status, 422);
    assert!(!bsn.text().contains("111222333"));
    let velden = "antwoord.WACHT_LANG=klopt&woorden.WACHT_LANG=%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let bewaard = form(
        &omgeving,
        &format!("{pad}/toelichtingen"),
        &koek,
        EIGEN,
        velden,
    )
    .await;
    assert_eq!(
        (bewaard.status.as_u16(), bewaard.header("location")),
        (303, pad.clone())
    );
    let klaar = page(&omgeving, &koek, &pad).await.text();
    assert!(
        klaar.contains("Ondertekenen en indienen") && !klaar.contains("<script>"),
        "{klaar}"
    );

    let getekend = form(
        &omgeving,
        &format!("{pad}/indienen"),
        &koek,
        EIGEN,
        "naam=Anna+de+Vries&functie=directeur",
    )
    .await;
    assert_eq!(getekend.status, 303);
    assert!(
        page(&omgeving, &koek, &pad)
            .await
            .text()
            .contains("Download het ontvangstbewijs")
    );
    assert_eq!(
        omgeving.verdict(&omgeving.aanbieder, id).await["toestand"],
        "ingediend"
    );
}

#[tokio::test]
async fn the_coordinators_page() {
    let omgeving = Omgeving::new().await;
    let koek = login(&omgeving, &omgeving.coordinator).await;
    insta::assert_snapshot!(
        "coordinator_begin",
        page(&omgeving, &koek, "/coordinator").await.text()
    );
    let levering = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &schoon(&omgeving.definitie))
        .await;
    omgeving
        .teken(&omgeving.aanbieder, levering["id"].as_str().unwrap())
        .await;
    let toelichting = schema::pakket::Toelichting {
        code: "WACHT_LANG".to_owned(),
        antwoord: schema::pakket::Antwoord::Anders,
        woorden: "Lang gezocht <naar> een plek.".to_owned(),
    };
    let mut zending = met_signaal(&omgeving.definitie).met_toelichting(toelichting);
    zending.pakket.aanbieder = None;
    omgeving.lever_en_wacht(&omgeving.ander, &zending).await;
    omgeving.zet_klok("2021-03-31T12:00:00Z");
    insta::assert_snapshot!(
        "coordinator",
        page(&omgeving, &koek, "/coordinator").await.text()
    );
    let respons = omgeving
        .get(
            &omgeving.coordinator,
            "/v1/respons?uitvraag=omgang&jaar=2020",
        )
        .await
        .json();
    assert_eq!(respons["regels"][0]["uitkomst"], "geleverd");
    omgeving
        .get(&omgeving.coordinator, "/v1/respons?uitvraag=omgang")
        .await
        .is_problem(400, "PARAMETER");
    omgeving
        .get(
            &omgeving.coordinator,
            "/v1/respons?uitvraag=omgang&jaar=1999",
        )
        .await
        .is_problem(422, "PERIOD");
}

/// A person with a browser reads a page, a program reads JSON.
#[tokio::test]
async fn problems_are_pages_for_people() {
    let omgeving = Omgeving::new().await;
    let vraag = |pad: &str| {
        Request::builder()
            .uri(pad)
            .header("accept", "text/html,*/*")
            .body(Body::empty())
            .unwrap()
    };
    let weg = omgeving.send(vraag("/bestaat-niet")).await;
    assert_eq!(weg.status, 404);
    insta::assert_snapshot!("probleem", stable(&weg, &[]));
    omgeving
        .send(vraag("/v1/bestaat-niet"))
        .await
        .is_problem(404, "NOT_FOUND");
    omgeving
        .get("", "/bestaat-niet")
        .await
        .is_problem(404, "NOT_FOUND");
}

/// A name may hold anything; a page shows it as text.
#[tokio::test]
async fn names_are_shown_as_text() {
    let omgeving = Omgeving::new().await;
    let stempel = Stempel::new("test", omgeving.nu());
    let kvk = "11112222".to_owned();
    let naam = "<img src=x onerror=alert(1)>".to_owned();
    omgeving
        .lake
        .zet_aanbieder(
            &lake::Aanbieder {
                kvk: kvk.clone(),
                naam,
            },
            &stempel,
        )
        .await
        .unwrap();
    let token = omgeving
        .lake
        .maak_token(&Rol::Aanbieder(kvk), "test", &stempel)
        .await
        .unwrap();
    let koek = login(&omgeving, token.toon()).await;
    let tekst = page(&omgeving, &koek, "/mijn-leveringen").await.text();
    assert!(
        !tekst.contains("<img") && tekst.contains("&#60;img"),
        "{tekst}"
    );
}

/// The page that checks in the browser is handed out as it was built, and held to its promise by the header too.
#[tokio::test]
async fn the_page_that_checks_carries_its_policy() {
    let omgeving = Omgeving::new().await;
    let zonder = omgeving.get("", "/controleren").await;
    assert_eq!(zonder.status, 200);
    insta::assert_snapshot!("controleren_zonder_pagina", zonder.text());
    let pagina = |connect: &str| {
        format!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; connect-src {connect}; form-action 'none'\">"
        )
    };
    let bestand = omgeving.map.path().join("controleren.html");
    std::fs::write(&bestand, pagina("'none'")).unwrap();
    let met = omgeving.get("", "/controleren").await;
    assert_eq!(met.text(), pagina("'none'"));
    assert_eq!(
        met.header("content-security-policy"),
        "default-src 'none'; connect-src 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    std::fs::write(&bestand, pagina("'self'")).unwrap();
    assert_eq!(omgeving.get("", "/controleren").await.text(), zonder.text());
}

/// Who is told to take a levering back can do so on its page, until the freeze.
#[tokio::test]
async fn taking_back_on_the_page() {
    let omgeving = Omgeving::new().await;
    let koek = login(&omgeving, &omgeving.aanbieder).await;
    let levering = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &schoon(&omgeving.definitie))
        .await;
    let id = levering["id"].as_str().unwrap();
    omgeving.teken(&omgeving.aanbieder, id).await;
    let pad = format!("/mijn-leveringen/{id}");
    assert!(
        page(&omgeving, &koek, "/mijn-leveringen")
            .await
            .text()
            .contains("trek de levering in")
    );
    assert!(
        page(&omgeving, &koek, &pad)
            .await
            .text()
            .contains("Levering intrekken")
    );
    form(
        &omgeving,
        &format!("{pad}/intrekken"),
        &koek,
        Some("http://evil.test"),
        "",
    )
    .await
    .is_problem(403, "FORBIDDEN_ORIGIN");
    assert_eq!(
        form(&omgeving, &format!("{pad}/intrekken"), &koek, EIGEN, "")
            .await
            .status,
        303
    );
    assert_eq!(
        omgeving.verdict(&omgeving.aanbieder, id).await["toestand"],
        "ingetrokken"
    );
    assert!(
        !page(&omgeving, &koek, &pad)
            .await
            .text()
            .contains("Levering intrekken")
    );

    let tweede = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &schoon(&omgeving.definitie))
        .await;
    let tweede = tweede["id"].as_str().unwrap();
    omgeving.teken(&omgeving.aanbieder, tweede).await;
    omgeving
        .lake
        .bevries("omgang", 2020, &Stempel::new("test", omgeving.nu()))
        .await
        .unwrap();
    assert!(
        !page(&omgeving, &koek, &format!("/mijn-leveringen/{tweede}"))
            .await
            .text()
            .contains("Levering intrekken")
    );
    let te_laat = form(
        &omgeving,
        &format!("/mijn-leveringen/{tweede}/intrekken"),
        &koek,
        EIGEN,
        "",
    )
    .await;
    assert_eq!(te_laat.status, 409);
}

/// The coördinator sees what is damaged, what came unexpected, and that the year is frozen.
#[tokio::test]
async fn the_coordinator_sees_quarantine_and_the_freeze() {
    let omgeving = Omgeving::new().await;
    let koek = login(&omgeving, &omgeving.coordinator).await;
    let stempel = Stempel::new("test", omgeving.nu());
    let levering = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &schoon(&omgeving.definitie))
        .await;
    let id = levering["id"].as_str().unwrap();
    omgeving.teken(&omgeving.aanbieder, id).await;
    let kvk = "11112222".to_owned();
    omgeving
        .lake
        .zet_aanbieder(
            &lake::Aanbieder {
                kvk: kvk.clone(),
                naam: "Onverwacht".to_owned(),
            },
            &stempel,
        )
        .await
        .unwrap();
    let onverwacht = omgeving
        .lake
        .maak_token(&Rol::Aanbieder(kvk), "test", &stempel)
        .await
        .unwrap();
    let nul = serde_json::json!({ "uitvraag": "omgang", "jaar": 2020, "naam": "Bob", "functie": "hoofd" });
    assert_eq!(
        omgeving
            .json("POST", onverwacht.toon(), "/v1/nulopgaven", &nul)
            .await
            .status,
        201
    );
    std::fs::write(
        &omgeving.lake.tabellen(id.parse().unwrap()).await.unwrap()[0].pad,
        b"kapot",
    )
    .unwrap();
    let moment = omgeving
        .lake
        .bevries("omgang", 2020, &stempel)
        .await
        .unwrap();
    let tekst = page(&omgeving, &koek, "/coordinator").await.text();
    for deel in [
        "In quarantaine",
        "<strong>1</strong> in quarantaine",
        "<strong>1</strong> geleverd zonder verwacht te zijn",
        &moment.id,
    ] {
        assert!(tekst.contains(deel), "{deel} in {tekst}");
    }
    assert!(!tekst.contains("dagen om te leveren"), "{tekst}");
    let respons = omgeving
        .get(
            &omgeving.coordinator,
            "/v1/respons?uitvraag=omgang&jaar=2020",
        )
        .await
        .json();
    let regel = respons["regels"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["kvk"] == crate::omgeving::KVK)
        .unwrap()
        .clone();
    assert_eq!(
        (regel["uitkomst"].as_str(), regel["onbruikbaar"].as_str()),
        (Some("onbekend"), Some(id))
    );
}

/// From the freeze day, also before there is a momentopname, every page shows what the register says of it.
#[tokio::test]
async fn from_the_freeze_day_every_page_says_so() {
    let omgeving = Omgeving::new().await;
    let levering = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &schoon(&omgeving.definitie))
        .await;
    let id = levering["id"].as_str().unwrap();
    let pad = format!("/mijn-leveringen/{id}");
    let can_sign = async |moment: &str| {
        omgeving.zet_klok(moment);
        let koek = login(&omgeving, &omgeving.aanbieder).await;
        let pagina = page(&omgeving, &koek, &pad).await.text();
        pagina.contains("Ondertekenen en indienen")
    };
    assert!(can_sign("2027-04-30T21:59:59Z").await);
    assert!(!can_sign("2027-04-30T22:00:00Z").await, "1 May has begun");
    omgeving
        .teken(&omgeving.aanbieder, id)
        .await
        .is_problem(409, "FROZEN");
    let welkom = omgeving.get("", "/").await.text();
    assert!(welkom.contains("Leveren kan niet meer"), "{welkom}");
    let koek = login(&omgeving, &omgeving.coordinator).await;
    let tekst = page(&omgeving, &koek, "/coordinator").await.text();
    assert!(
        tekst.contains("Bevroren sinds 1 mei 2027, nog zonder momentopname."),
        "{tekst}"
    );
}
