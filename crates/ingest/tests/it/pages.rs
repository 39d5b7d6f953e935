//! The pages as they are read, the empty ones included.

use axum::body::Body;
use axum::http::Request;
use lake::{NewPublicatie, Stamp, TokenRole};

use crate::app::{TestApp, TestResponse};
use crate::input::{clean, met_signaal, pakket, with_error};

pub(crate) async fn form(
    app: &TestApp,
    path: &str,
    cookie: &str,
    origin: Option<&str>,
    velden: &str,
) -> TestResponse {
    let mut request = Request::builder()
        .method("POST")
        .uri(path)
        .header("host", "omgang.test")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookie);
    if let Some(origin) = origin {
        request = request.header("origin", origin);
    }
    app.send(request.body(Body::from(velden.to_owned())).unwrap())
        .await
}

pub(crate) const OWN: Option<&str> = Some("http://omgang.test");

pub(crate) async fn login(app: &TestApp, token: &str) -> String {
    let response = form(app, "/inloggen", "", OWN, &format!("token={token}")).await;
    assert_eq!(response.status, 303, "{}", response.text());
    response
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

pub(crate) async fn page(app: &TestApp, cookie: &str, path: &str) -> TestResponse {
    app.send(
        Request::builder()
            .uri(path)
            .header("cookie", cookie)
            .body(Body::empty())
            .unwrap(),
    )
    .await
}

/// Ids differ every time.
fn stable(response: &TestResponse, ids: &[&str]) -> String {
    assert_eq!(
        response.header("content-type"),
        "text/html; charset=utf-8",
        "{}",
        response.text()
    );
    ids.iter()
        .enumerate()
        .fold(response.text(), |text, (i, id)| {
            text.replace(id, &format!("<id-{}>", i + 1))
        })
}

#[tokio::test]
async fn the_front_page_before_and_after_a_publication() {
    let app = TestApp::new().await;
    insta::assert_snapshot!("welkom_leeg", app.get("", "/").await.text());
    let stamp = Stamp::new("test", app.nu());
    let moment = app.lake.freeze("omgang", 2020, &stamp).await.unwrap();
    let files = vec![("index.html".to_owned(), b"x".to_vec())];
    app.lake
        .publish(
            NewPublicatie {
                momentopname: &moment.id,
                erased: &[],
                versie: 1,
                bestanden: files,
            },
            &stamp,
        )
        .await
        .unwrap();
    let text = app.get("", "/").await.text();
    assert!(
        text.contains("<a href=\"/v1/publicaties/omgang/2020/1/\">")
            && text.contains("gepubliceerd op 1 februari 2021"),
        "{text}"
    );
}

#[tokio::test]
async fn logging_in_and_out() {
    let app = TestApp::new().await;
    insta::assert_snapshot!("inloggen", app.get("", "/inloggen").await.text());
    let failed = form(&app, "/inloggen", "", OWN, "token=omg_weetikniet").await;
    assert_eq!(failed.status, 401);
    assert!(failed.text().contains("role=\"alert\"") && failed.header("set-cookie").is_empty());

    let succeeded = form(
        &app,
        "/inloggen",
        "",
        OWN,
        &format!("token=+{}%0A", app.aanbieder),
    )
    .await;
    assert_eq!(
        (
            succeeded.status.as_u16(),
            succeeded.header("location").as_str()
        ),
        (303, "/mijn-leveringen")
    );
    let cookie = succeeded.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Strict")
            && !cookie.contains(&app.aanbieder),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();
    assert_eq!(page(&app, cookie, "/mijn-leveringen").await.status, 200);
    page(&app, cookie, "/coordinator")
        .await
        .is_problem(403, "FORBIDDEN_ROLE");
    // A session reads; what changes something over the API wants the token.
    assert_eq!(page(&app, cookie, "/v1/leveringen").await.status, 200);
    let nulopgave = Request::builder()
        .method("POST")
        .uri("/v1/nulopgaven")
        .header("cookie", cookie)
        .header("content-type", "application/json");
    app.send(nulopgave.body(Body::from("{}")).unwrap())
        .await
        .is_problem(401, "UNAUTHENTICATED");

    let out = form(&app, "/uitloggen", cookie, OWN, "").await;
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(
        page(&app, cookie, "/mijn-leveringen").await.status,
        303,
        "the session is over, also for who kept the cookie"
    );
}

/// A session ends with its token.
#[tokio::test]
async fn a_revoked_token_ends_its_sessions() {
    let app = TestApp::new().await;
    let cookie = login(&app, &app.aanbieder).await;
    let number = app
        .lake
        .holder(&app.aanbieder)
        .await
        .unwrap()
        .unwrap()
        .token;
    app.lake
        .trek_token_in(number, &Stamp::new("test", app.nu()))
        .await
        .unwrap();
    assert_eq!(page(&app, &cookie, "/mijn-leveringen").await.status, 303);
    assert_eq!(
        page(&app, &cookie, "/").await.status,
        200,
        "a stale cookie keeps nobody from a public page"
    );
}

/// Forms come from our own pages.
#[tokio::test]
async fn a_form_from_elsewhere_is_refused() {
    let app = TestApp::new().await;
    let velden = format!("token={}", app.aanbieder);
    for origin in [
        None,
        Some("http://evil.test"),
        Some("null"),
        Some("http://omgang.test.evil.test"),
    ] {
        form(&app, "/inloggen", "", origin, &velden)
            .await
            .is_problem(403, "FORBIDDEN_ORIGIN");
    }
    let cookie = login(&app, &app.aanbieder).await;
    let levering = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    let path = format!(
        "/mijn-leveringen/{}/indienen",
        levering["id"].as_str().unwrap()
    );
    form(
        &app,
        &path,
        &cookie,
        Some("http://evil.test"),
        "naam=A&functie=B",
    )
    .await
    .is_problem(403, "FORBIDDEN_ORIGIN");
}

#[tokio::test]
async fn my_leveringen_empty_and_in_every_state() {
    let app = TestApp::new().await;
    let cookie = login(&app, &app.aanbieder).await;
    insta::assert_snapshot!(
        "mijn_leveringen_leeg",
        page(&app, &cookie, "/mijn-leveringen").await.text()
    );
    let token = &app.aanbieder;
    let first = app.deliver_and_wait(token, &clean(&app.definitie)).await;
    let first = first["id"].as_str().unwrap();
    app.character(token, first).await;
    let second = app
        .deliver_and_wait(token, &with_error(&app.definitie))
        .await;
    let third = app
        .deliver_and_wait(token, &met_signaal(&app.definitie))
        .await;
    let ids = [
        first,
        second["id"].as_str().unwrap(),
        third["id"].as_str().unwrap(),
    ];
    insta::assert_snapshot!(
        "mijn_leveringen",
        stable(&page(&app, &cookie, "/mijn-leveringen").await, &ids)
    );
}

#[tokio::test]
async fn answering_and_signing_on_the_page() {
    let app = TestApp::new().await;
    let cookie = login(&app, &app.aanbieder).await;
    let test_pakket = pakket(
        &app.definitie,
        &[&[
            ("aanmelddatum", "2019-04-14"),
            ("intakedatum", "2019-05-06"),
        ]],
    );
    let levering = app.deliver_and_wait(&app.aanbieder, &test_pakket).await;
    let id = levering["id"].as_str().unwrap();
    let path = format!("/mijn-leveringen/{id}");
    insta::assert_snapshot!(
        "levering_met_signaal",
        stable(&page(&app, &cookie, &path).await, &[id])
    );

    let too_early = form(
        &app,
        &format!("{path}/indienen"),
        &cookie,
        OWN,
        "naam=Anna&functie=directeur",
    )
    .await;
    assert_eq!(too_early.status, 409);
    assert!(too_early.text().contains("Beantwoord eerst alle signalen"));
    let bsn = form(
        &app,
        &format!("{path}/toelichtingen"),
        &cookie,
        OWN,
        "antwoord.WACHT_LANG=klopt&woorden.WACHT_LANG=bsn+111222333",
    )
    .await;
    assert_eq!(bsn.status, 422);
    assert!(!bsn.text().contains("111222333"));
    let velden = "antwoord.WACHT_LANG=klopt&woorden.WACHT_LANG=%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let stored = form(&app, &format!("{path}/toelichtingen"), &cookie, OWN, velden).await;
    assert_eq!(
        (stored.status.as_u16(), stored.header("location")),
        (303, path.clone())
    );
    let done = page(&app, &cookie, &path).await.text();
    assert!(
        done.contains("Ondertekenen en indienen") && !done.contains("<script>"),
        "{done}"
    );

    let signed = form(
        &app,
        &format!("{path}/indienen"),
        &cookie,
        OWN,
        "naam=Anna+de+Vries&functie=directeur",
    )
    .await;
    assert_eq!(signed.status, 303);
    assert!(
        page(&app, &cookie, &path)
            .await
            .text()
            .contains("Download het ontvangstbewijs")
    );
    assert_eq!(
        app.verdict(&app.aanbieder, id).await["toestand"],
        "ingediend"
    );
}

#[tokio::test]
async fn the_coordinators_page() {
    let app = TestApp::new().await;
    let cookie = login(&app, &app.coordinator).await;
    insta::assert_snapshot!(
        "coordinator_begin",
        page(&app, &cookie, "/coordinator").await.text()
    );
    let levering = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    app.character(&app.aanbieder, levering["id"].as_str().unwrap())
        .await;
    let toelichting = schema::pakket::Toelichting {
        code: "WACHT_LANG".to_owned(),
        antwoord: schema::pakket::Answer::Anders,
        woorden: "Lang gezocht <naar> een plek.".to_owned(),
    };
    let mut test_pakket = met_signaal(&app.definitie).met_toelichting(toelichting);
    test_pakket.pakket.aanbieder = None;
    app.deliver_and_wait(&app.other, &test_pakket).await;
    app.set_clock("2021-03-31T12:00:00Z");
    insta::assert_snapshot!(
        "coordinator",
        page(&app, &cookie, "/coordinator").await.text()
    );
    let respons = app
        .get(&app.coordinator, "/v1/respons?uitvraag=omgang&jaar=2020")
        .await
        .json();
    assert_eq!(respons["regels"][0]["uitkomst"], "geleverd");
    app.get(&app.coordinator, "/v1/respons?uitvraag=omgang")
        .await
        .is_problem(400, "PARAMETER");
    app.get(&app.coordinator, "/v1/respons?uitvraag=omgang&jaar=1999")
        .await
        .is_problem(422, "PERIOD");
}

/// A person with a browser reads a page, a program reads JSON.
#[tokio::test]
async fn problems_are_pages_for_people() {
    let app = TestApp::new().await;
    let request = |path: &str| {
        Request::builder()
            .uri(path)
            .header("accept", "text/html,*/*")
            .body(Body::empty())
            .unwrap()
    };
    let gone = app.send(request("/bestaat-niet")).await;
    assert_eq!(gone.status, 404);
    insta::assert_snapshot!("probleem", stable(&gone, &[]));
    app.send(request("/v1/bestaat-niet"))
        .await
        .is_problem(404, "NOT_FOUND");
    app.get("", "/bestaat-niet")
        .await
        .is_problem(404, "NOT_FOUND");
}

/// A name may hold anything; a page shows it as text.
#[tokio::test]
async fn names_are_shown_as_text() {
    let app = TestApp::new().await;
    let stamp = Stamp::new("test", app.nu());
    let kvk = "11112222".to_owned();
    let name = "<img src=x onerror=alert(1)>".to_owned();
    app.lake
        .set_aanbieder(
            &lake::Aanbieder {
                kvk: kvk.clone(),
                naam: name,
            },
            &stamp,
        )
        .await
        .unwrap();
    let token = app
        .lake
        .make_token(&TokenRole::Aanbieder(kvk), "test", &stamp)
        .await
        .unwrap();
    let cookie = login(&app, token.reveal()).await;
    let text = page(&app, &cookie, "/mijn-leveringen").await.text();
    assert!(
        !text.contains("<img") && text.contains("&#60;img"),
        "{text}"
    );
}

/// The page that checks in the browser is handed out as it was built, and held to its promise by the header too.
#[tokio::test]
async fn the_page_that_checks_carries_its_policy() {
    let app = TestApp::new().await;
    let without = app.get("", "/controleren").await;
    assert_eq!(without.status, 200);
    insta::assert_snapshot!("controleren_zonder_pagina", without.text());
    let page = |connect: &str| {
        format!(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; connect-src {connect}; form-action 'none'\">"
        )
    };
    let file = app.map.path().join("controleren.html");
    std::fs::write(&file, page("'none'")).unwrap();
    let met = app.get("", "/controleren").await;
    assert_eq!(met.text(), page("'none'"));
    assert_eq!(
        met.header("content-security-policy"),
        "default-src 'none'; connect-src 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    std::fs::write(&file, page("'self'")).unwrap();
    assert_eq!(app.get("", "/controleren").await.text(), without.text());
}

/// Who is told to take a levering back can do so on its page, until the freeze.
#[tokio::test]
async fn taking_back_on_the_page() {
    let app = TestApp::new().await;
    let cookie = login(&app, &app.aanbieder).await;
    let levering = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    let id = levering["id"].as_str().unwrap();
    app.character(&app.aanbieder, id).await;
    let path = format!("/mijn-leveringen/{id}");
    assert!(
        page(&app, &cookie, "/mijn-leveringen")
            .await
            .text()
            .contains("trek de levering in")
    );
    assert!(
        page(&app, &cookie, &path)
            .await
            .text()
            .contains("Levering intrekken")
    );
    form(
        &app,
        &format!("{path}/intrekken"),
        &cookie,
        Some("http://evil.test"),
        "",
    )
    .await
    .is_problem(403, "FORBIDDEN_ORIGIN");
    assert_eq!(
        form(&app, &format!("{path}/intrekken"), &cookie, OWN, "")
            .await
            .status,
        303
    );
    assert_eq!(
        app.verdict(&app.aanbieder, id).await["toestand"],
        "ingetrokken"
    );
    assert!(
        !page(&app, &cookie, &path)
            .await
            .text()
            .contains("Levering intrekken")
    );

    let second = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    let second = second["id"].as_str().unwrap();
    app.character(&app.aanbieder, second).await;
    app.lake
        .freeze("omgang", 2020, &Stamp::new("test", app.nu()))
        .await
        .unwrap();
    assert!(
        !page(&app, &cookie, &format!("/mijn-leveringen/{second}"))
            .await
            .text()
            .contains("Levering intrekken")
    );
    let too_late = form(
        &app,
        &format!("/mijn-leveringen/{second}/intrekken"),
        &cookie,
        OWN,
        "",
    )
    .await;
    assert_eq!(too_late.status, 409);
}

/// The coördinator sees what is damaged, what came unexpected, and that the year is frozen.
#[tokio::test]
async fn the_coordinator_sees_quarantine_and_the_freeze() {
    let app = TestApp::new().await;
    let cookie = login(&app, &app.coordinator).await;
    let stamp = Stamp::new("test", app.nu());
    let levering = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    let id = levering["id"].as_str().unwrap();
    app.character(&app.aanbieder, id).await;
    let kvk = "11112222".to_owned();
    app.lake
        .set_aanbieder(
            &lake::Aanbieder {
                kvk: kvk.clone(),
                naam: "Onverwacht".to_owned(),
            },
            &stamp,
        )
        .await
        .unwrap();
    let unexpected = app
        .lake
        .make_token(&TokenRole::Aanbieder(kvk), "test", &stamp)
        .await
        .unwrap();
    let nulopgave = serde_json::json!({ "uitvraag": "omgang", "jaar": 2020, "naam": "Bob", "functie": "hoofd" });
    assert_eq!(
        app.json("POST", unexpected.reveal(), "/v1/nulopgaven", &nulopgave)
            .await
            .status,
        201
    );
    std::fs::write(
        &app.lake.tabellen(id.parse().unwrap()).await.unwrap()[0].pad,
        b"kapot",
    )
    .unwrap();
    let moment = app.lake.freeze("omgang", 2020, &stamp).await.unwrap();
    let text = page(&app, &cookie, "/coordinator").await.text();
    for part in [
        "In quarantaine",
        "<strong>1</strong> in quarantaine",
        "<strong>1</strong> geleverd zonder verwacht te zijn",
        &moment.id,
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(!text.contains("dagen om te leveren"), "{text}");
    let respons = app
        .get(&app.coordinator, "/v1/respons?uitvraag=omgang&jaar=2020")
        .await
        .json();
    let regel = respons["regels"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["kvk"] == crate::app::KVK)
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
    let app = TestApp::new().await;
    let levering = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    let id = levering["id"].as_str().unwrap();
    let path = format!("/mijn-leveringen/{id}");
    let can_sign = async |moment: &str| {
        app.set_clock(moment);
        let cookie = login(&app, &app.aanbieder).await;
        let page = page(&app, &cookie, &path).await.text();
        page.contains("Ondertekenen en indienen")
    };
    assert!(can_sign("2027-04-30T21:59:59Z").await);
    assert!(!can_sign("2027-04-30T22:00:00Z").await, "1 May has begun");
    app.character(&app.aanbieder, id)
        .await
        .is_problem(409, "FROZEN");
    let welcome = app.get("", "/").await.text();
    assert!(welcome.contains("Leveren kan niet meer"), "{welcome}");
    let cookie = login(&app, &app.coordinator).await;
    let text = page(&app, &cookie, "/coordinator").await.text();
    assert!(
        text.contains("Bevroren sinds 1 mei 2027, nog zonder momentopname."),
        "{text}"
    );
}

/// "Wat nu?" on the day before the year is over, while one can deliver, after the due day, after the freeze, and after
/// the publication: what stands there is true that day.
#[tokio::test]
async fn what_now_follows_the_calendar() {
    let app = TestApp::new().await;
    let levering = app
        .deliver_and_wait(&app.aanbieder, &clean(&app.definitie))
        .await;
    let id = levering["id"].as_str().unwrap().to_owned();
    let said = async |moment: &str, token: &str| {
        app.set_clock(moment);
        let cookie = login(&app, token).await;
        page(&app, &cookie, "/mijn-leveringen").await.text()
    };
    let step = async || {
        let levering = app
            .get(&app.aanbieder, &format!("/v1/leveringen/{id}"))
            .await;
        levering.json()["volgende_stap"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let (mine, other) = (app.aanbieder.clone(), app.other.clone());
    let before = said("2020-12-31T12:00:00Z", &other).await;
    assert!(
        before.contains("Het jaar 2020 is nog niet voorbij."),
        "{before}"
    );
    let open = "Lever uw gegevens over 2020, uiterlijk 1 april 2027.";
    assert!(said("2027-04-01T21:59:59Z", &other).await.contains(open));
    // In the Netherlands it is 2 April by then.
    let late = said("2027-04-01T22:00:00Z", &other).await;
    assert!(!late.contains(open), "{late}");
    assert!(
        late.contains(
            "De laatste dag om te leveren was 1 april 2027. Vanaf 1 mei 2027 kan het niet meer."
        ),
        "{late}"
    );
    assert!(step().await.contains("zo snel mogelijk"));
    let frozen = said("2027-05-01T12:00:00Z", &mine).await;
    assert!(
        frozen.contains("De gegevens van dit jaar zijn bevroren. Deze levering telt niet mee."),
        "{frozen}"
    );
    assert!(step().await.contains("bevroren"));
    let stamp = Stamp::new("test", app.nu());
    let moment = app.lake.freeze("omgang", 2020, &stamp).await.unwrap();
    let new = NewPublicatie {
        momentopname: &moment.id,
        erased: &[],
        versie: 1,
        bestanden: vec![("index.html".to_owned(), b"x".to_vec())],
    };
    app.lake.publish(new, &stamp).await.unwrap();
    let published = said("2027-07-01T12:00:00Z", &other).await;
    assert!(
        published.contains("Leveren over 2020 kan niet meer: de cijfers zijn gepubliceerd."),
        "{published}"
    );
    assert!(
        step()
            .await
            .contains("De cijfers van dit jaar zijn gepubliceerd.")
    );
}

/// Who has uitstel reads until when, and that it is by exception.
#[tokio::test]
async fn uitstel_is_said_on_the_page() {
    let app = TestApp::new().await;
    let stamp = Stamp::new("test", app.nu());
    let until = "2027-05-20T21:59:59Z".parse().unwrap();
    app.lake
        .grant_uitstel(crate::app::KVK, "omgang", 2020, until, "ziekte", &stamp)
        .await
        .unwrap();
    app.set_clock("2027-05-10T12:00:00Z");
    let cookie = login(&app, &app.aanbieder).await;
    let text = page(&app, &cookie, "/mijn-leveringen").await.text();
    let said = "Lever uw gegevens over 2020. U hebt uitstel: het kan nog tot en met 20 mei 2027.";
    assert!(text.contains(said), "{text}");
}

/// An answer is judged as at the command, and what was typed is never lost.
#[tokio::test]
async fn answers_that_are_refused_are_in_the_form_again() {
    let app = TestApp::new().await;
    let levering = app
        .deliver_and_wait(&app.aanbieder, &met_signaal(&app.definitie))
        .await;
    let path = format!("/mijn-leveringen/{}", levering["id"].as_str().unwrap());
    let cookie = login(&app, &app.aanbieder).await;
    let answer = async |velden: &str| {
        form(&app, &format!("{path}/toelichtingen"), &cookie, OWN, velden).await
    };
    let chosen = "<option value=\"anders\" selected>";
    let without_words = answer("antwoord.WACHT_LANG=anders&woorden.WACHT_LANG=").await;
    assert_eq!(without_words.status, 422);
    let text = without_words.text();
    assert!(
        text.contains("hoort uitleg") && text.contains(chosen),
        "{text}"
    );
    let bsn = answer("antwoord.WACHT_LANG=anders&woorden.WACHT_LANG=kind+111222333+wachtte").await;
    assert_eq!(bsn.status, 422);
    assert!(bsn.text().contains("burgerservicenummer") && bsn.text().contains(chosen));
    assert!(!bsn.text().contains("111222333"), "that stands on no page");
    let without_choice = answer("antwoord.WACHT_LANG=&woorden.WACHT_LANG=wij+verhuisden").await;
    assert_eq!(without_choice.status, 422);
    assert!(without_choice.text().contains(">wij verhuisden</textarea>"));
    let api = serde_json::json!([{ "code": "WACHT_LANG", "antwoord": "anders", "woorden": " " }]);
    let id = levering["id"].as_str().unwrap();
    app.json(
        "PUT",
        &app.aanbieder,
        &format!("/v1/leveringen/{id}/toelichtingen"),
        &api,
    )
    .await
    .is_problem(422, "TOELICHTING");
    let good = answer("antwoord.WACHT_LANG=anders&woorden.WACHT_LANG=wij+verhuisden").await;
    assert_eq!(good.status, 303);
}
