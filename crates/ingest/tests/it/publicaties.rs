//! Publications as written, and nothing beside them; files as HTTP gives files.

use std::io::Read;

use axum::body::Body;
use flate2::read::GzDecoder;
use lake::{NewPublicatie, Stamp};

use crate::app::{TestApp, TestResponse, request};

const BASE: &str = "/v1/publicaties/omgang/2020/1/";

/// The table behind the dot plots of a group.
const ROWS: &str = "indicator,gebied,waarde\nduur,GM0344,1\nduur_p25,GM0344,2\nduur,GM0307,3\n";

async fn published() -> TestApp {
    let app = TestApp::new().await;
    publish(&app, 1).await;
    app
}

async fn publish(app: &TestApp, version: u32) {
    let provenance = match version {
        1 => "{\"afronding\": {}}".to_owned(),
        _ => format!("{{\"afronding\": {{}}, \"reden\": \"Fout <{version}> hersteld.\"}}"),
    };
    publish_from(app, version, &provenance).await;
}

async fn publish_from(app: &TestApp, version: u32, provenance: &str) {
    let stamp = Stamp::new("test", app.nu());
    let moment = if version == 1 {
        let moment = app.lake.freeze("omgang", 2020, &stamp).await.unwrap();
        moment.id
    } else {
        "omgang-2020-1".to_owned()
    };
    let file = |path: &str, content: &str| (path.to_owned(), content.as_bytes().to_vec());
    let files = vec![
        file("index.html", "<!doctype html><title>0</title>"),
        file(
            "0-meting/index.html",
            "<!doctype html><title>0-meting</title>",
        ),
        file("spiegel/JZ13/index.html", "<!doctype html>"),
        file("spiegel/JZ13/cijfers.csv", "a,b\n"),
        file("vergelijk/JZ13/cijfers.csv", ROWS),
        file("spiegel/GM0344/index.html", "<!doctype html> g-duur"),
        file("cijfers.csv", "a,b\n"),
        file("curven.csv", &long_csv()),
        file("cijfers.parquet", &"PAR1".repeat(1000)),
        file("datapackage.json", "{}"),
        file("herkomst.json", provenance),
        file("catalogus.ttl", "<#dataset> a <urn:a> .\n"),
        file("stijl.css", "p{}"),
    ];
    app.lake
        .publish(
            NewPublicatie {
                momentopname: &moment,
                erased: &[],
                versie: version,
                bestanden: files,
            },
            &stamp,
        )
        .await
        .unwrap();
}

/// Longer than what is read at once, and worth compressing.
fn long_csv() -> String {
    let rows: Vec<String> = (0..20_000)
        .map(|row| format!("{row},{}", row * row))
        .collect();
    rows.join("\n")
}

/// Asks for a file of the publication with these headers.
async fn ask(app: &TestApp, method: &str, path: &str, headers: &[(&str, &str)]) -> TestResponse {
    let mut request = request(method, &format!("{BASE}{path}"), "");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn files_come_as_they_were_written() {
    let app = published().await;
    let basis = "/v1/publicaties/omgang/2020/1/";
    let before = app.get("", basis).await;
    assert_eq!(
        (before.status.as_u16(), before.text().as_str()),
        (200, "<!doctype html><title>0</title>")
    );
    assert_eq!(before.header("content-type"), "text/html; charset=utf-8");
    assert!(
        before
            .header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    assert_eq!(
        app.get("", &format!("{basis}0-meting/")).await.text(),
        "<!doctype html><title>0-meting</title>"
    );
    let without = app.get("", &format!("{basis}0-meting")).await;
    assert_eq!(
        (without.status.as_u16(), without.header("location").as_str()),
        (308, "0-meting/"),
        "relative links need the slash"
    );
    assert_eq!(
        app.get("", &format!("{basis}spiegel/JZ13"))
            .await
            .header("location"),
        "JZ13/"
    );
    let csv = app.get("", &format!("{basis}cijfers.csv")).await;
    assert_eq!(
        (
            csv.header("content-type").as_str(),
            csv.header("content-disposition").as_str()
        ),
        (
            "text/csv; charset=utf-8",
            "attachment; filename=\"omgang-2020-v1-cijfers.csv\""
        )
    );
    let list = app.get("", "/v1/publicaties").await.json();
    assert_eq!(list[0]["adres"], basis);
}

#[tokio::test]
async fn a_known_etag_saves_the_bytes() {
    let app = published().await;
    let path = "/v1/publicaties/omgang/2020/1/index.html";
    let etag = app.get("", path).await.header("etag");
    let met = |value: String| {
        request("GET", path, "")
            .header("if-none-match", value)
            .body(Body::empty())
            .unwrap()
    };
    let same = app.send(met(etag.clone())).await;
    assert_eq!(
        (same.status.as_u16(), same.body.len(), same.header("etag")),
        (304, 0, etag)
    );
    assert_eq!(app.send(met("\"anders\"".to_owned())).await.status, 200);
}

#[tokio::test]
async fn the_artefacts_of_an_uitvraag_are_handed_out() {
    let app = TestApp::new().await;
    let list = app.get("", "/v1/uitvragen").await.json();
    assert_eq!(list[0]["titel"], app.definitie.titel.as_str());
    for (name, begin, kind) in [
        (
            "sjabloon",
            &b"PK"[..],
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        ("codeboek", b"<!doctype html>", "text/html; charset=utf-8"),
        ("datapackage", b"{", "application/json"),
    ] {
        let response = app
            .get("", &format!("/v1/uitvragen/omgang/2020/{name}"))
            .await;
        assert_eq!(
            (
                response.status.as_u16(),
                response.header("content-type").as_str()
            ),
            (200, kind),
            "{name}"
        );
        assert!(
            response
                .body
                .to_ascii_lowercase()
                .starts_with(&begin.to_ascii_lowercase()),
            "{name}"
        );
        app.get("", &format!("/v1/uitvragen/omgang/1999/{name}"))
            .await
            .is_problem(404, "NOT_FOUND");
    }
}

/// HOSTILE 84: only paths the register names.
#[tokio::test]
async fn nothing_beside_a_publication_can_be_read() {
    let app = published().await;
    for path in [
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
        app.get("", &format!("/v1/publicaties/{path}"))
            .await
            .is_problem(404, "NOT_FOUND");
    }
}

/// RFC 9110, 14: one part, with its place; what can't be is refused or passed over, never guessed at.
#[tokio::test]
async fn a_part_of_a_file_can_be_asked_for() {
    let app = published().await;
    let whole = long_csv();
    let length = whole.len();
    let head = ask(&app, "HEAD", "curven.csv", &[]).await;
    assert_eq!(head.header("accept-ranges"), "bytes");
    assert_eq!(head.header("content-length"), length.to_string());
    assert!(head.body.is_empty());
    for (range, from, to) in [
        ("bytes=0-9", 0, 10),
        ("bytes=100000-", 100_000, length),
        ("bytes=-5", length - 5, length),
        ("bytes=5-99999999999", 5, length),
    ] {
        let part = ask(&app, "GET", "curven.csv", &[("range", range)]).await;
        let place = format!("bytes {from}-{}/{length}", to - 1);
        assert_eq!(
            (part.status.as_u16(), part.header("content-range")),
            (206, place),
            "{range}"
        );
        assert_eq!(part.text(), whole[from..to], "{range}");
        assert_eq!(part.header("content-encoding"), "");
    }
    let past = ask(&app, "GET", "curven.csv", &[("range", "bytes=999999999-")]).await;
    past.is_problem(416, "RANGE");
    assert_eq!(past.header("content-range"), format!("bytes */{length}"));
    let many = format!("bytes={}", "0-0,".repeat(3000));
    for range in [
        "bytes=",
        "bytes=-0",
        "bytes=a-b",
        "bytes=9-1",
        "rows=0-1",
        "0-1",
        "bytes 0-1",
        "bytes=0-0,5-9",
        &many,
        "bytes=18446744073709551616-",
        "bytes=-18446744073709551616",
    ] {
        let passed_over = ask(&app, "GET", "curven.csv", &[("range", range)]).await;
        let status = passed_over.status.as_u16();
        assert!([200, 416].contains(&status), "{range}: {status}");
        if status == 200 {
            assert_eq!(passed_over.text(), whole, "{range}");
        }
    }
    let head = ask(&app, "HEAD", "curven.csv", &[("range", "bytes=0-9")]).await;
    assert_eq!(
        (head.status.as_u16(), head.header("content-length")),
        (200, length.to_string())
    );
}

/// Each form has a tag of its own, and a client goes on only with what it has.
#[tokio::test]
async fn a_file_is_compressed_for_who_can_read_it() {
    let app = published().await;
    let plain = ask(&app, "GET", "curven.csv", &[]).await;
    assert_eq!(plain.header("vary"), "accept-encoding");
    let mut tags = vec![plain.header("etag")];
    for coding in ["gzip", "zstd"] {
        // The second one finds the copy that the first one made.
        for _ in 0..2 {
            let packed = ask(&app, "GET", "curven.csv", &[("accept-encoding", coding)]).await;
            assert_eq!(packed.header("content-encoding"), coding);
            assert_eq!(
                packed.header("content-length"),
                packed.body.len().to_string()
            );
            let mut text = Vec::new();
            match coding {
                "gzip" => drop(
                    GzDecoder::new(&packed.body[..])
                        .read_to_end(&mut text)
                        .unwrap(),
                ),
                _ => text = zstd::decode_all(&packed.body[..]).unwrap(),
            }
            assert_eq!(text, plain.body, "{coding}");
            tags.push(packed.header("etag"));
        }
    }
    let different: std::collections::BTreeSet<&String> = tags.iter().collect();
    assert_eq!((tags.len(), different.len()), (5, 3), "{tags:?}");
    assert!(
        tags.iter().all(|tag| tag.starts_with('"')),
        "strong: {tags:?}"
    );
    let copies: Vec<String> = app.files();
    let copies = copies.iter().filter(|path| path.starts_with("ingepakt/"));
    assert_eq!(copies.count(), 2);

    let gzip = &tags[1];
    let both = [("accept-encoding", "gzip"), ("range", "bytes=0-9")];
    let part = ask(&app, "GET", "curven.csv", &both).await;
    assert_eq!(
        part.header("content-encoding"),
        "",
        "a part is of the file as it is"
    );
    assert_eq!(part.body, plain.body[..10]);
    let going_on = [both[0], both[1], ("if-range", gzip)];
    let part = ask(&app, "GET", "curven.csv", &going_on).await;
    assert_eq!(
        (
            part.status.as_u16(),
            part.header("content-encoding").as_str()
        ),
        (206, "gzip")
    );
    assert_eq!(part.header("etag"), *gzip);
    let other = [("range", "bytes=0-9"), ("if-range", "\"anders\"")];
    let whole = ask(&app, "GET", "curven.csv", &other).await;
    assert_eq!(
        (whole.status.as_u16(), whole.body.len()),
        (200, plain.body.len())
    );

    for (path, why) in [
        ("cijfers.csv", "too small"),
        ("cijfers.parquet", "packed already"),
    ] {
        let as_it_is = ask(&app, "GET", path, &[("accept-encoding", "gzip, zstd")]).await;
        assert_eq!(as_it_is.header("content-encoding"), "", "{path}: {why}");
    }
}

/// A copy of a file that was changed on disk is not made: its name would say what is not in it.
#[tokio::test]
async fn a_damaged_file_gets_no_copy() {
    let app = published().await;
    let file = app.dir().join("publicaties/omgang/2020/1/curven.csv");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[7] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let answer = ask(&app, "GET", "curven.csv", &[("accept-encoding", "gzip")]).await;
    assert_eq!(answer.header("content-encoding"), "");
    assert_eq!(answer.body, bytes);
    let files = app.files();
    assert!(
        !files.iter().any(|path| path.starts_with("ingepakt/")),
        "{files:?}"
    );
}

/// The tag is the hash that was published; nothing is hashed to answer.
#[tokio::test]
async fn the_tag_is_the_published_hash() {
    let app = published().await;
    let sums = ask(&app, "GET", "SHA256SUMS", &[]).await;
    let answer = ask(&app, "GET", "cijfers.parquet", &[]).await;
    let tag = answer.header("etag");
    let line = sums.text();
    let line = line
        .lines()
        .find(|line| line.ends_with("  cijfers.parquet"));
    assert!(line.unwrap().starts_with(tag.trim_matches('"')), "{tag}");
    assert_eq!(
        answer.header("content-type"),
        "application/vnd.apache.parquet"
    );
    assert_eq!(
        answer.header("cache-control"),
        "public, max-age=86400, immutable"
    );
}

#[tokio::test]
async fn conditions_are_kept_and_what_is_no_condition_is_passed_over() {
    let app = published().await;
    let known = ask(&app, "GET", "stijl.css", &[]).await;
    let (tag, date) = (known.header("etag"), known.header("last-modified"));
    assert_eq!(date, "Mon, 01 Feb 2021 12:00:00 GMT");
    let older = "Sun, 31 Jan 2021 12:00:00 GMT";
    let weak = format!("W/{tag}");
    let list = format!("\"a\", {tag}");
    for (name, value, status) in [
        ("if-none-match", tag.as_str(), 304),
        ("if-none-match", &weak, 304),
        ("if-none-match", &list, 304),
        ("if-none-match", "*", 304),
        ("if-none-match", "\"a\"", 200),
        ("if-none-match", "onzin", 200),
        ("if-modified-since", &date, 304),
        ("if-modified-since", older, 200),
        ("if-modified-since", "gisteren", 200),
        ("if-match", &tag, 200),
        ("if-unmodified-since", &date, 200),
    ] {
        let answer = ask(&app, "GET", "stijl.css", &[(name, value)]).await;
        assert_eq!(answer.status.as_u16(), status, "{name}: {value}");
        let policy = answer.header("content-security-policy");
        assert!(
            policy.contains("style-src 'self' 'unsafe-inline'"),
            "{policy}"
        );
    }
    for (name, value) in [("if-match", "\"a\""), ("if-unmodified-since", older)] {
        let answer = ask(&app, "GET", "stijl.css", &[(name, value)]).await;
        answer.is_problem(412, "PRECONDITION");
    }
}

/// A name says of what, of when and which version, wherever the file ends up.
#[tokio::test]
async fn downloads_have_a_name() {
    let app = published().await;
    for (path, disposition) in [
        (
            "spiegel/JZ13/cijfers.csv",
            "attachment; filename=\"omgang-2020-v1-spiegel-JZ13-cijfers.csv\"",
        ),
        (
            "cijfers.parquet",
            "attachment; filename=\"omgang-2020-v1-cijfers.parquet\"",
        ),
        (
            "datapackage.json",
            "inline; filename=\"omgang-2020-v1-datapackage.json\"",
        ),
        ("index.html", ""),
    ] {
        let answer = ask(&app, "GET", path, &[]).await;
        assert_eq!(answer.header("content-disposition"), disposition, "{path}");
    }
}

/// The newest version has an address that stays, and an older one says where it is.
#[tokio::test]
async fn the_newest_version_is_found() {
    let app = published().await;
    publish(&app, 2).await;
    for (path, place) in [
        ("", "/v1/publicaties/omgang/2020/2/"),
        (
            "spiegel/JZ13/",
            "/v1/publicaties/omgang/2020/2/spiegel/JZ13/",
        ),
        (
            "cijfers.parquet",
            "/v1/publicaties/omgang/2020/2/cijfers.parquet",
        ),
        (
            "%3Cb%3E%0d%0a",
            "/v1/publicaties/omgang/2020/2/%3Cb%3E%0D%0A",
        ),
    ] {
        let newest = app
            .get("", &format!("/v1/publicaties/omgang/2020/nieuwste/{path}"))
            .await;
        assert_eq!(
            (newest.status.as_u16(), newest.header("location").as_str()),
            (307, place)
        );
        assert_eq!(newest.header("cache-control"), "public, max-age=60");
    }
    for none in ["omgang/2019/nieuwste/", "niets/2020/nieuwste/index.html"] {
        let none = app.get("", &format!("/v1/publicaties/{none}")).await;
        none.is_problem(404, "NOT_FOUND");
    }
    let older = ask(&app, "GET", "cijfers.csv", &[]).await;
    assert_eq!(
        older.header("link"),
        "</v1/publicaties/omgang/2020/2/cijfers.csv>; rel=\"latest-version\""
    );
    let newest = app
        .get("", "/v1/publicaties/omgang/2020/2/cijfers.csv")
        .await;
    assert_eq!(newest.header("link"), "");
    let list = app.get("", "/v1/publicaties").await.json();
    assert_eq!(
        (&list[0]["versie"], &list[0]["nieuwste"]),
        (&2.into(), &true.into())
    );
    assert_eq!(
        (&list[1]["versie"], &list[1]["nieuwste"]),
        (&1.into(), &false.into())
    );
    assert_eq!(
        list[0]["wijzigingen"],
        "/v1/publicaties/omgang/2020/2/wijzigingen"
    );
    assert!(list[1]["wijzigingen"].is_null());
}

/// An address that a person can write down leads to the page of the newest version.
#[tokio::test]
async fn a_readable_address_leads_to_the_page() {
    let app = published().await;
    let place = "/v1/publicaties/omgang/2020/1/spiegel/GM0344/";
    for path in ["gemeente/utrecht", "gemeente/Utrecht", "gemeente/GM0344"] {
        let answer = app.get("", &format!("/spiegel/2020/{path}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location").as_str()),
            (307, place),
            "{path}"
        );
    }
    for path in [
        "2020/gemeente/nergens",
        "2020/provincie/utrecht",
        "1999/gemeente/utrecht",
        "2020/wijk/utrecht",
        "02020/gemeente/utrecht",
        "2020/gemeente/%2e%2e%2f",
        "2020/gemeente/%0d%0a",
    ] {
        let answer = app.get("", &format!("/spiegel/{path}")).await;
        answer.is_problem(404, "NOT_FOUND");
    }
}

/// Scripts on other sites read what is public, and nothing else.
#[tokio::test]
async fn only_what_is_public_is_open_to_other_sites() {
    let app = published().await;
    let send = async |method: &str, path: &str| {
        let request = request(method, path, "")
            .header("origin", "https://elders.example")
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "range");
        app.send(request.body(Body::empty()).unwrap()).await
    };
    let file = format!("{BASE}cijfers.parquet");
    for path in [
        file.as_str(),
        "/v1/cijfers",
        "/v1/publicaties",
        "/v1/gebieden",
    ] {
        let answer = send("GET", path).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(
            answer.header("cross-origin-resource-policy"),
            "cross-origin"
        );
        assert!(
            answer
                .header("access-control-expose-headers")
                .contains("etag")
        );
        let asked = send("OPTIONS", path).await;
        assert!(asked.status.is_success(), "{path}: {}", asked.status);
        assert_eq!(asked.header("access-control-allow-methods"), "GET,HEAD");
        assert!(
            asked
                .header("access-control-allow-headers")
                .contains("range")
        );
        assert_eq!(asked.header("access-control-allow-credentials"), "");
        let written = send("POST", path).await;
        written.is_problem(405, "METHOD_NOT_ALLOWED");
    }
    for path in [
        "/v1/leveringen",
        "/v1/respons",
        "/",
        "/mijn-leveringen",
        "/v1/uitvragen",
    ] {
        for method in ["GET", "OPTIONS"] {
            let answer = send(method, path).await;
            assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
            assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
        }
    }
}

/// A person who follows a dead link to a page reads a page; a program gets a problem.
#[tokio::test]
async fn a_wrong_address_gives_a_page_to_who_reads_pages() {
    let app = published().await;
    for path in ["spiegel/GM9999/", "nergens"] {
        let page = ask(&app, "GET", path, &[("accept", "text/html,*/*;q=0.8")]).await;
        assert_eq!(page.status, 404);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.text().contains("Naar de startpagina"));
        ask(&app, "GET", path, &[])
            .await
            .is_problem(404, "NOT_FOUND");
    }
}

/// The table that a Dutch spreadsheet opens is made on the way out; it is no file of the publication.
#[tokio::test]
async fn a_dutch_spreadsheet_gets_a_table_of_its_own() {
    let app = published().await;
    let answer = ask(&app, "GET", "cijfers-excel.csv", &[]).await;
    assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        answer.header("content-disposition"),
        "attachment; filename=\"omgang-2020-v1-cijfers-excel.csv\""
    );
    let text = answer.text();
    assert!(text.starts_with("\u{feff}uitvraag;jaar;"), "{text}");
    assert!(
        text.contains(";99;") && text.contains(";33,333333333333336;"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 6);
    let tag = answer.header("etag");
    let again = ask(&app, "GET", "cijfers-excel.csv", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
    let none = app
        .get("", "/v1/publicaties/omgang/2020/7/cijfers-excel.csv")
        .await;
    none.is_problem(404, "NOT_FOUND");
}

/// A page of an older version says where the newest is and why it is there; its file stays what was signed for.
#[tokio::test]
async fn a_page_of_an_older_version_is_marked() {
    let app = published().await;
    let fresh = ask(&app, "GET", "spiegel/JZ13/", &[]).await;
    assert_eq!(fresh.header("cache-control"), "public, max-age=60");
    assert!(!fresh.text().contains("nieuwere versie"));
    publish(&app, 2).await;
    for (path, newest) in [
        (
            "spiegel/JZ13/",
            "/v1/publicaties/omgang/2020/2/spiegel/JZ13/",
        ),
        ("index.html", "/v1/publicaties/omgang/2020/2/index.html"),
    ] {
        let older = ask(&app, "GET", path, &[]).await;
        let text = older.text();
        assert!(
            text.starts_with("<!doctype html>")
                && text.contains("Er is een nieuwere versie.")
                && text.contains(&format!("<a href=\"{newest}\">Naar versie 2</a>"))
                && text.contains("Waarom: Fout &#60;2&#62; hersteld."),
            "{text}"
        );
        assert_eq!(older.header("content-type"), "text/html; charset=utf-8");
        assert!(
            older
                .header("content-security-policy")
                .contains("form-action 'none'")
        );
        let tag = older.header("etag");
        assert_ne!(tag, fresh.header("etag"));
        let known = ask(&app, "GET", path, &[("if-none-match", &tag)]).await;
        assert_eq!(known.status, 304);
        let kept = ask(
            &app,
            "GET",
            path,
            &[("if-none-match", &fresh.header("etag"))],
        )
        .await;
        assert_eq!(
            kept.status, 200,
            "who has the page without the mark gets it"
        );
    }
    let newest = app.get("", "/v1/publicaties/omgang/2020/2/").await;
    assert!(!newest.text().contains("nieuwere versie"));
    let on_disk = std::fs::read(app.dir().join("publicaties/omgang/2020/1/index.html")).unwrap();
    assert_eq!(on_disk, b"<!doctype html><title>0</title>");
}

/// Whoever reads the list knows which version corrects another, and why.
#[tokio::test]
async fn the_list_says_why_there_is_another_version() {
    let app = published().await;
    publish(&app, 2).await;
    let list = app.get("", "/v1/publicaties").await.json();
    assert_eq!(list[0]["reden"], "Fout <2> hersteld.");
    assert!(list[1]["reden"].is_null());
}

/// One gebied that is meant leads to its page; more are a list, and none gives what comes nearest.
#[tokio::test]
async fn a_gebied_is_found_by_its_name() {
    let app = TestApp::new().await;
    let before = app.get("", "/zoek?q=Zwolle").await;
    assert!(
        before
            .text()
            .contains("Er zijn nog geen cijfers gepubliceerd.")
    );
    publish(&app, 1).await;
    let one = app.get("", "/zoek?q=%20ZWOLLE").await;
    assert_eq!(
        (one.status.as_u16(), one.header("location").as_str()),
        (307, "/spiegel/2020/gemeente/zwolle")
    );
    let several = app.get("", "/zoek?q=utrecht").await.text();
    let first = several.find("/spiegel/2020/gemeente/utrecht\"");
    let second = several.find("/spiegel/2020/provincie/utrecht\"");
    assert!(first.is_some() && first < second, "{several}");
    let slip = app.get("", "/zoek?q=utrehct").await.text();
    assert!(
        slip.contains("Bedoelt u een van deze?")
            && slip.contains("/spiegel/2020/gemeente/utrecht\""),
        "{slip}"
    );
    let later = app.get("", "/zoek?q=Eemsdelta").await.text();
    assert!(
        later.contains("Appingedam</a>") && later.contains("Hoort nu bij Eemsdelta."),
        "{later}"
    );
    for nothing in ["/zoek", "/zoek?q=", "/zoek?q=%3Cb%3E%22"] {
        let text = app.get("", nothing).await.text();
        assert!(
            text.contains("/spiegel/2020/") && !text.contains("<b>"),
            "{text}"
        );
    }
    assert!(app.get("", "/").await.text().contains("action=\"/zoek\""));
}

/// The catalogue holds that of each newest publication, with its own place as the base of its addresses.
#[tokio::test]
async fn the_catalogue_names_the_newest_publications() {
    let app = published().await;
    publish(&app, 2).await;
    let answer = app.get("", "/v1/catalogus").await;
    assert_eq!(answer.header("content-type"), "text/turtle; charset=utf-8");
    let text = answer.text();
    let place = "/v1/publicaties/omgang/2020/2/catalogus.ttl";
    let base = format!("@base <{place}> .\n<#dataset> a <urn:a> .");
    assert!(
        text.contains(&base) && text.contains(&format!("dcat:dataset <{place}#dataset>")),
        "{text}"
    );
    assert!(!text.contains("/2020/1/"), "{text}");
}

/// A picture of a page is a file beside it, and a page that alone may stand in a frame.
#[tokio::test]
async fn a_picture_has_an_address_and_its_page_may_be_framed() {
    let app = published().await;
    let path = "spiegel/GM0344/beelden/g-duur";
    for (ending, form, kind, framed) in [
        ("svg", "Svg", "image/svg+xml", false),
        ("png", "Png", "image/png", false),
        ("html", "Page", "text/html; charset=utf-8", true),
    ] {
        for time in ["first", "kept"] {
            let answer = app.get("", &format!("{BASE}{path}.{ending}")).await;
            assert_eq!(answer.status, 200, "{time}");
            assert_eq!(
                answer.text(),
                format!("g-duur {form} ../../../ {BASE}{path}.{ending}")
            );
            assert_eq!(answer.header("content-type"), kind);
            let policy = answer.header("content-security-policy");
            assert_eq!(policy.ends_with("frame-ancestors *"), framed, "{policy}");
            assert!(
                framed || policy.ends_with("frame-ancestors 'none'"),
                "{policy}"
            );
            assert_eq!(answer.header("access-control-allow-origin"), "*");
        }
    }
    let page = app.get("", &format!("{BASE}spiegel/GM0344/")).await;
    let policy = page.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
    for none in [
        "spiegel/GM0344/beelden/g-wachten.svg",
        "spiegel/GM0344/beelden/g-duur.gif",
        "spiegel/GM9999/beelden/g-duur.svg",
        "beelden/g-duur.svg",
    ] {
        let answer = app.get("", &format!("{BASE}{none}")).await;
        answer.is_problem(404, "NOT_FOUND");
    }
}

/// A reader of an old page finds what is different now, and why.
#[tokio::test]
async fn what_changed_is_a_page() {
    let app = published().await;
    publish(&app, 2).await;
    let old = app.get("", BASE).await.text();
    assert!(old.contains("/wijzigingen/omgang/2020/2?sinds=1"), "{old}");
    let page = app.get("", "/wijzigingen/omgang/2020/2?sinds=1").await;
    assert_eq!(page.status, 200);
    let html = page.text();
    for words in [
        "Fout &#60;2&#62; hersteld.",
        "1 cijfer anders, 1 cijfer nieuw, 1 cijfer weg.",
        "99 ",
        "100 ",
        "stond er niet",
        "staat er niet meer",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let of_gemeenten = "/wijzigingen/omgang/2020/2?sinds=1&niveau=gemeente";
    let html = app.get("", of_gemeenten).await.text();
    assert!(html.contains("Er is geen verschil."), "{html}");
    for none in [
        "omgang/2020/1",
        "omgang/2020/9",
        "niets/2020/2",
        "omgang/2020/2?sinds=7",
        "omgang/2020/2?bladzijde=2",
        "omgang/2020/2?niveau=wijk",
    ] {
        let answer = app.get("", &format!("/wijzigingen/{none}")).await;
        answer.is_problem(404, "NOT_FOUND");
    }
}

/// What gebieden have together is the sum of what was published, and one that is hidden hides it.
#[tokio::test]
async fn a_group_of_ones_own_adds_up_what_was_published() {
    let app = published().await;
    let together = async |query: &str| {
        let page = app.get("", &format!("/groep?jaar=2020&{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        let html = page.text();
        let row = html.split_once("data-kop=\"Samen\" class=\"getal\">");
        let sum = row.map(|(_, rest)| rest.split('<').next().unwrap().to_owned());
        (sum, html)
    };
    let (sum, html) = together("niveau=jeugdregio&gebied=JZ13&gebied=JZ14").await;
    assert_eq!(sum.as_deref(), Some("83 trajecten van gebruik_trajecten"));
    assert!(html.contains("minder dan 10 van de som"), "{html}");
    let (sum, _) = together("gebied=GM0344&gebied=GM0321").await;
    assert_eq!(
        sum.as_deref(),
        Some(". niet getoond bij een van deze gebieden")
    );
    for (query, words) in [
        ("gebied=GM0344", "Kies twee of meer gebieden."),
        (
            "gebied=GM0344&gebied=JZ13",
            "Deze gebieden kunnen niet samen.",
        ),
        (
            "gebied=GM0344&gebied=%3Cb%3E",
            "Deze gebieden kunnen niet samen.",
        ),
    ] {
        let (sum, html) = together(query).await;
        assert!(sum.is_none() && html.contains(words), "{query}: {html}");
    }
    let (sum, html) = together("").await;
    assert!(sum.is_none() && html.contains("value=\"GM0344\""));
    for none in ["jaar=1999", "niveau=provincie", "wat=1"] {
        let answer = app.get("", &format!("/groep?{none}")).await;
        answer.is_problem(404, "NOT_FOUND");
    }
}

/// Numbers that another rule protected are never shown as if it was today's.
#[tokio::test]
async fn a_publication_by_an_older_rule_says_so() {
    let app = TestApp::new().await;
    publish_from(&app, 1, "{}").await;
    let words = "Deze cijfers volgen een oudere regel.";
    let page = app.get("", BASE).await;
    assert!(page.text().contains(words) && !page.text().contains("nieuwere versie"));
    let other = app.get("", &format!("{BASE}stijl.css")).await;
    assert_eq!(other.text(), "p{}");
    let listed = app.get("", "/v1/publicaties").await;
    assert!(
        listed.text().contains(r#""regel":"drempel""#),
        "{}",
        listed.text()
    );
    publish(&app, 2).await;
    let old = app.get("", BASE).await.text();
    assert!(old.contains(words) && old.contains("Er is een nieuwere versie."));
    let new = app.get("", "/v1/publicaties/omgang/2020/2/").await;
    assert!(!new.text().contains(words), "{}", new.text());
    let listed = app.get("", "/v1/publicaties").await.text();
    let places = ["vijftallen", "drempel"].map(|rule| listed.find(rule).unwrap());
    assert!(places.is_sorted(), "{listed}");
}

/// The columns of a table are a contract, so a CSV says in its name and in a header by which rule it was protected.
#[tokio::test]
async fn a_table_by_an_older_rule_says_so_in_its_name_and_a_header() {
    let app = TestApp::new().await;
    publish_from(&app, 1, "{}").await;
    publish(&app, 2).await;
    for (path, kind) in [
        ("cijfers.csv", "attachment"),
        ("cijfers-excel.csv", "attachment"),
        ("vergelijk/JZ13/duur.csv", "attachment"),
        ("cijfers.parquet", "attachment"),
        ("datapackage.json", "inline"),
    ] {
        let flat = path.replace('/', "-");
        for (version, mark, rule) in [(1, "oudere-regel-", "drempel"), (2, "", "vijftallen")] {
            let place = format!("/v1/publicaties/omgang/2020/{version}/{path}");
            let answer = app.get("", &place).await;
            assert_eq!(answer.status, 200, "{place}");
            let name = format!("{kind}; filename=\"omgang-2020-v{version}-{mark}{flat}\"");
            assert_eq!(answer.header("content-disposition"), name);
            let origin = format!("omgang/2020/{version};regel={rule}");
            assert_eq!(answer.header("publicaties"), origin, "{place}");
            let exposed = answer.header("access-control-expose-headers");
            assert!(exposed.contains("publicaties"), "{exposed}");
        }
    }
}

/// Every dot plot has the rows that it shows, and no others, as a file.
#[tokio::test]
async fn a_dot_plot_has_a_file_of_its_own() {
    let app = published().await;
    let rows = app.get("", &format!("{BASE}vergelijk/JZ13/duur.csv")).await;
    assert_eq!(
        rows.text(),
        "indicator,gebied,waarde\nduur,GM0344,1\nduur,GM0307,3\n"
    );
    assert_eq!(rows.header("content-type"), "text/csv; charset=utf-8");
    let name = "attachment; filename=\"omgang-2020-v1-vergelijk-JZ13-duur.csv\"";
    assert_eq!(rows.header("content-disposition"), name);
    for nothing in [
        "vergelijk/JZ13/du.csv",
        "vergelijk/JZ14/duur.csv",
        "spiegel/JZ13/duur.csv",
    ] {
        let answer = app.get("", &format!("{BASE}{nothing}")).await;
        assert_eq!(answer.status, 404, "{nothing}");
    }
}
