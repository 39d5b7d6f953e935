//! A service of its own per test: an empty data directory, a clock that stands where the test puts it, three tokens.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use ingest::{
    BeforeJudging, FigureAnswer, FigureError, FigureSource, FigureTable, FigureWriter,
    FindingsWorkbook, Pace, PictureMaker, PictureQuestion, ReceiptSigner, Services,
};
use lake::{Aanbieder, Access, Expectation, Lake, Stamp, TokenRole};
use schema::cijfer::{Confidential, Status};
use schema::indicator::Indicator;
use schema::{Cijfer, Definitie, Niveau, Oordeel};
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const KVK: &str = "12345678";
pub(crate) const OTHER: &str = "87654321";

/// Workbooks as the centre makes them.
struct Workbooks;

impl FindingsWorkbook for Workbooks {
    fn workbook(
        &self,
        oordeel: &Oordeel,
        definitie: &Definitie,
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(sheets::annotate::list(oordeel, definitie)?)
    }
}

pub(crate) struct TestApp {
    pub router: Router,
    pub lake: Lake,
    pub definitie: Definitie,
    pub aanbieder: String,
    pub other: String,
    pub coordinator: String,
    pub analyst: String,
    klok: Arc<AtomicI64>,
    pub map: Arc<tempfile::TempDir>,
}

/// What becomes of judgements.
#[derive(Default)]
pub(crate) struct Judging {
    /// Runs at the begin of each.
    pub before: Option<BeforeJudging>,
    /// How soon one is tried again.
    pub pace: Pace,
}

/// What came back.
pub(crate) struct TestResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl TestResponse {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn code(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        self.json()["code"].as_str().unwrap().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default()
    }

    /// Asserts status and code of a problem at once.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status.as_u16(), self.code().as_str()),
            (status, code),
            "{}",
            self.text()
        );
    }
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        Self::judged(Judging::default()).await
    }

    /// A service whose judgements can be made to fail.
    pub(crate) async fn judged(judging: Judging) -> Self {
        let kept = Arc::new(tempfile::tempdir().unwrap());
        let dir = kept.path().to_owned();
        Self::in_dir(&dir, kept, judging).await
    }

    /// A service in a directory; `kept` is what keeps it there.
    pub(crate) async fn in_dir(dir: &Path, kept: Arc<tempfile::TempDir>, judging: Judging) -> Self {
        let clock = Arc::new(AtomicI64::new(
            "2021-02-01T12:00:00Z"
                .parse::<DateTime<Utc>>()
                .unwrap()
                .timestamp(),
        ));
        let lake = Lake::open(dir, Access::Service).await.unwrap();
        let stamp = Stamp::new("test", at(&clock));
        lake.recover(lake::Thoroughness::Hash, &stamp)
            .await
            .unwrap();
        for (kvk, name) in [(KVK, "De Brug"), (OTHER, "Omgangshuis Noord")] {
            lake.set_aanbieder(
                &Aanbieder {
                    kvk: kvk.to_owned(),
                    naam: name.to_owned(),
                },
                &stamp,
            )
            .await
            .unwrap();
            let expectation = Expectation {
                uitvraag: "omgang".to_owned(),
                jaar: 2020,
                kvk: kvk.to_owned(),
                stand: lake::Expectancy::Verwacht,
                werkgebied: vec!["NL00".to_owned()],
            };
            lake.set_expectation(&expectation, &stamp).await.unwrap();
        }
        let mut tokens = Vec::new();
        for role in [
            TokenRole::Aanbieder(KVK.to_owned()),
            TokenRole::Aanbieder(OTHER.to_owned()),
            TokenRole::Coordinator,
            TokenRole::Analist,
        ] {
            tokens.push(
                lake.make_token(&role, "test", &stamp)
                    .await
                    .unwrap()
                    .reveal()
                    .to_owned(),
            );
        }
        let definitie = Definitie::load("omgang/2020").unwrap();
        let key = ReceiptSigner::open(&dir.join("ontvangstsleutel.json")).unwrap();
        let mut services = Services::new(
            lake.clone(),
            key,
            Arc::new(FixedFigures),
            Arc::new(Workbooks),
        )
        .unwrap();
        services.definities = vec![definitie.clone(), Definitie::load("omgang/2021").unwrap()];
        services.pictures = Some(Arc::new(FixedPictures));
        services.sql = Some(Arc::new(crate::sql::FixedSql));
        services.check_page = Some(dir.join("controleren.html"));
        let for_clock = Arc::clone(&clock);
        services.klok = Arc::new(move || at(&for_clock));
        services.grenzen.pace = judging.pace;
        let router = match judging.before {
            Some(before) => ingest::router_with(services, before),
            None => ingest::router(services),
        };
        let [aanbieder, other, coordinator, analyst] = <[String; 4]>::try_from(tokens).unwrap();
        Self {
            router,
            lake,
            definitie,
            aanbieder,
            other,
            coordinator,
            analyst,
            klok: clock,
            map: kept,
        }
    }

    /// The same data directory in a new service, as after a crash: the old one is dropped without a word.
    pub(crate) async fn restart(self) -> Self {
        self.restart_judged(Judging::default()).await
    }

    /// The same, with judgements that can be made to fail.
    pub(crate) async fn restart_judged(self, judging: Judging) -> Self {
        let Self {
            router,
            lake,
            map: kept,
            ..
        } = self;
        drop(router);
        lake.close().await;
        drop(lake);
        // The judge may still hold a clone for a moment, and with it the lock.
        for _ in 0..100 {
            match Lake::open(kept.path(), Access::Service).await {
                Ok(loose) => {
                    loose.close().await;
                    drop(loose);
                    let dir = kept.path().to_owned();
                    return Self::in_dir(&dir, kept, judging).await;
                }
                Err(lake::LakeError::AlreadyOpen) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => panic!("{error}"),
            }
        }
        panic!("the lock was never given back");
    }

    pub(crate) fn dir(&self) -> &Path {
        self.map.path()
    }

    pub(crate) fn nu(&self) -> DateTime<Utc> {
        at(&self.klok)
    }

    pub(crate) fn set_clock(&self, moment: &str) {
        self.klok.store(
            moment.parse::<DateTime<Utc>>().unwrap().timestamp(),
            Ordering::SeqCst,
        );
    }

    /// Sends a request. Whatever comes back must be described: so every test of the service is a test of its document.
    pub(crate) async fn send(&self, request: Request<Body>) -> TestResponse {
        let described = self.document().await;
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.answer(request).await;
        if let Some(operation) = operation(described, method.as_str(), &path) {
            let status = response.status.as_str();
            let answer = &operation["responses"][status];
            assert!(
                answer.is_object(),
                "{method} {path} may not answer {status}"
            );
            let kind = response.header("content-type");
            if kind == "application/problem+json" && method != "HEAD" {
                let code = response.json()["code"].as_str().unwrap().to_owned();
                let said = answer["description"].as_str().unwrap();
                assert!(
                    said.contains(&code),
                    "{method} {path}: {status} {code}, not in `{said}`"
                );
            }
        }
        response
    }

    async fn answer(&self, request: Request<Body>) -> TestResponse {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        TestResponse {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    /// The API's own description: the same for every service.
    async fn document(&self) -> &'static Value {
        static DOCUMENT: tokio::sync::OnceCell<Value> = tokio::sync::OnceCell::const_new();
        DOCUMENT
            .get_or_init(async || {
                let request = request("GET", "/v1/openapi.json", "");
                let answer = self.answer(request.body(Body::empty()).unwrap());
                answer.await.json()
            })
            .await
    }

    pub(crate) async fn get(&self, token: &str, path: &str) -> TestResponse {
        self.send(request("GET", path, token).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn json(
        &self,
        method: &str,
        token: &str,
        path: &str,
        content: &Value,
    ) -> TestResponse {
        let request = request(method, path, token).header("content-type", "application/json");
        self.send(request.body(Body::from(content.to_string())).unwrap())
            .await
    }

    /// Asks until the judge has spoken.
    pub(crate) async fn verdict(&self, token: &str, id: &str) -> Value {
        for _ in 0..500 {
            let levering = self
                .get(token, &format!("/v1/leveringen/{id}"))
                .await
                .json();
            if !["geopend", "ontvangen"].contains(&levering["toestand"].as_str().unwrap()) {
                return levering;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("never judged");
    }

    /// Every file under the data directory but the register and the keys, sorted, with ids of leveringen made short.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        walk(self.dir(), self.dir(), &mut found);
        found.retain(|p| {
            !p.starts_with("register.sqlite")
                && p != "ontvangstsleutel.json"
                && Path::new(p).extension().is_none_or(|end| end != "slot")
        });
        found.sort();
        found
    }
}

impl TestApp {
    /// Waits until no file fits: what the register no longer names is removed right after its transaction.
    pub(crate) async fn gone(&self, past: impl Fn(&str) -> bool) {
        for _ in 0..200 {
            if !self.files().iter().any(|path| past(path)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("left behind: {:?}", self.files());
    }
}

/// The operation that the document has for a path, the most literal one; `None` for what it does not describe.
fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<&'a Value> {
    let paths = document["paths"].as_object().unwrap();
    let fitting = paths.iter().filter(|(described, _)| fits(described, path));
    let (_, item) = fitting.min_by_key(|(described, _)| described.matches('{').count())?;
    let own = item.get(method.to_lowercase());
    // HEAD is answered as GET where it is not described apart.
    own.or_else(|| (method == "HEAD").then(|| item.get("get")).flatten())
}

fn fits(described: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    for pattern in described.split('/') {
        if pattern.starts_with("{*") {
            return parts.next().is_some_and(|part| !part.is_empty());
        }
        let is_variable = pattern.starts_with('{');
        let is_same = parts.next().is_some_and(|part| {
            if is_variable {
                !part.is_empty()
            } else {
                part == pattern
            }
        });
        if !is_same {
            return false;
        }
    }
    parts.next().is_none()
}

fn walk(root: &Path, dir: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(root, &path, found);
        } else {
            let parts = path
                .strip_prefix(root)
                .unwrap()
                .iter()
                .map(|d| shorten(d.to_str().unwrap()));
            found.push(parts.collect::<Vec<_>>().join("/"));
        }
    }
}

/// An id differs every time: `<id>` stands for it.
fn shorten(part: &str) -> String {
    let (name, rest) = part.split_once('.').unwrap_or((part, ""));
    let is_id = name.len() == 36 && name.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    match (is_id, rest) {
        (true, "") => "<id>".to_owned(),
        (true, rest) => format!("<id>.{rest}"),
        (false, _) => part.to_owned(),
    }
}

fn at(clock: &AtomicI64) -> DateTime<Utc> {
    DateTime::from_timestamp(clock.load(Ordering::SeqCst), 0).unwrap()
}

/// The start of a request; without a token when that is empty.
pub(crate) fn request(method: &str, path: &str, token: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path);
    if token.is_empty() {
        request
    } else {
        request.header("authorization", format!("Bearer {token}"))
    }
}

/// The version of [`FixedFigures`] that the rule of before protected.
pub(crate) const OLDER_RULE: u32 = 5;

/// Five figures, enough for filters and pages.
pub(crate) struct FixedFigures;

/// Pictures that tell what was asked, of every anchor that a page names.
struct FixedPictures;

impl PictureMaker for FixedPictures {
    fn make(&self, asked: &PictureQuestion<'_>) -> Option<Vec<u8>> {
        let PictureQuestion {
            id,
            form,
            root,
            address,
            ..
        } = asked;
        let told = format!("{id} {form:?} {root} {address}");
        asked.page.contains(id).then(|| told.into_bytes())
    }
}

impl FixedFigures {
    fn all() -> Vec<Cijfer> {
        let cijfers = ["NL00", "JZ13", "JZ14", "GM0344", "GM0321"]
            .into_iter()
            .enumerate()
            .map(|(i, gebied)| Cijfer {
                uitvraag: "omgang".into(),
                jaar: 2020,
                indicator: "gebruik_trajecten".into(),
                niveau: if i == 0 {
                    Niveau::Nederland
                } else if i < 3 {
                    Niveau::Jeugdregio
                } else {
                    Niveau::Gemeente
                },
                gebied: gebied.into(),
                uitsplitsing: "totaal".into(),
                categorie: "totaal".into(),
                waarde: (i < 4).then_some(100.0 / (i + 1) as f64),
                onder: None,
                boven: None,
                oordeel: None,
                teller: None,
                noemer: None,
                n: (i < 4).then_some(100),
                status: if i < 4 { Status::A } else { Status::L },
                onder_998: None,
                boven_998: None,
                minstens: None,
                hoogstens: None,
                reden: None,
                dekking_records: None,
                dekking_aanbieders: None,
                vertrouwelijk: if i < 4 {
                    Confidential::F
                } else {
                    Confidential::C
                },
                respons: Some(0.5),
                momentopname: "omgang-2020-1".into(),
            });
        cijfers.collect()
    }
}

impl FixedFigures {
    /// The figures as those of a version: a later one has another value for Nederland, a gebied less and one more.
    fn table(uitvraag: &str, jaar: i32, version: u32) -> Option<Arc<FigureTable>> {
        let mut cijfers = Self::all();
        match (uitvraag, jaar, version) {
            ("omgang", 2020, 1) => {
                cijfers[0].waarde = Some(99.0);
                cijfers[1].gebied = "JZ12".into();
                cijfers[2].momentopname = "omgang-2020-0".into();
            }
            ("omgang", 2020, 2 | OLDER_RULE) => {}
            _ => return None,
        }
        let publicatie = lake::Publicatie {
            uitvraag: uitvraag.to_owned(),
            jaar,
            versie: version,
            momentopname: "omgang-2020-1".to_owned(),
            gemaakt: DateTime::UNIX_EPOCH,
            hash: format!("sha256:{version}"),
            paden: Vec::new(),
        };
        let rule = match version {
            OLDER_RULE => lake::ProtectionRule::Threshold,
            _ => lake::ProtectionRule::Fives,
        };
        Some(Arc::new(FigureTable::new(&publicatie, rule, cijfers)))
    }
}

impl FigureSource for FixedFigures {
    fn newest(&self) -> FigureAnswer<'_, Vec<Arc<FigureTable>>> {
        Box::pin(async { Ok(Self::table("omgang", 2020, 2).into_iter().collect()) })
    }

    fn version(
        &self,
        uitvraag: String,
        jaar: i32,
        version: u32,
    ) -> FigureAnswer<'_, Option<Arc<FigureTable>>> {
        Box::pin(async move { Ok(Self::table(&uitvraag, jaar, version)) })
    }

    fn indicators(&self, _: &str) -> Result<Vec<Indicator>, FigureError> {
        let indicator = serde_json::json!({
            "id": "gebruik_trajecten", "groep": "gebruik", "titel": "Trajecten", "definitie": "Trajecten in het jaar.",
            "aard": "aantal", "eenheid": "trajecten", "teller": "trajecten", "velden": ["traject.start"],
            "uitsplitsingen": [], "niet_bij": ["grootteklasse"], "interval": "poisson",
        });
        serde_json::from_value(indicator)
            .map(|indicator| vec![indicator])
            .map_err(|error| FigureError::Unreadable(error.to_string()))
    }

    /// Words that no unit of the metadata has: whatever is shown comes from here.
    fn writer(&self, _: &str) -> Result<FigureWriter, FigureError> {
        Ok(Arc::new(|indicator, unit, value| {
            format!("{value:.0} {unit} van {}", indicator.id)
        }))
    }
}
