//! A service of its own per test: an empty data directory, a clock that stands where the test puts it, three tokens.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use chrono::{DateTime, Utc};
use http_body_util::BodyExt;
use ingest::{
    BeforeJudging, Bewijssleutel, CijferFout, Cijferbron, Diensten, Filter, FindingsWorkbook, Pace,
    Waarden,
};
use lake::{Aanbieder, Lake, Rol, Stempel, Toegang, Verwachting};
use schema::cijfer::{Status, Vertrouwelijk};
use schema::{Cijfer, Definitie, Niveau, Oordeel};
use serde_json::Value;
use tower::ServiceExt;

pub const KVK: &str = "12345678";
pub const ANDER: &str = "87654321";

/// Workbooks as the centre makes them.
struct Workbooks;

impl FindingsWorkbook for Workbooks {
    fn workbook(
        &self,
        oordeel: &Oordeel,
        definitie: &Definitie,
    ) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(sheets::annotate::lijst(oordeel, definitie)?)
    }
}

pub struct Omgeving {
    pub router: Router,
    pub lake: Lake,
    pub definitie: Definitie,
    pub aanbieder: String,
    pub ander: String,
    pub coordinator: String,
    pub analist: String,
    klok: Arc<AtomicI64>,
    pub map: Arc<tempfile::TempDir>,
}

/// What becomes of judgements.
#[derive(Default)]
pub struct Judging {
    /// Runs at the begin of each.
    pub before: Option<BeforeJudging>,
    /// How soon one is tried again.
    pub pace: Pace,
}

/// What came back.
pub struct Antwoord {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Antwoord {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn code(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text()
        );
        self.json()["code"].as_str().unwrap().to_owned()
    }

    pub fn header(&self, naam: &str) -> String {
        self.headers
            .get(naam)
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default()
    }

    /// Asserts status and code of a problem at once.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status.as_u16(), self.code().as_str()),
            (status, code),
            "{}",
            self.text()
        );
    }
}

impl Omgeving {
    pub async fn new() -> Self {
        Self::judged(Judging::default()).await
    }

    /// A service whose judgements can be made to fail.
    pub async fn judged(judging: Judging) -> Self {
        let map = Arc::new(tempfile::tempdir().unwrap());
        let dir = map.path().to_owned();
        Self::in_dir(&dir, map, judging).await
    }

    /// A service in a directory; `map` is what keeps it there.
    pub async fn in_dir(dir: &Path, map: Arc<tempfile::TempDir>, judging: Judging) -> Self {
        let klok = Arc::new(AtomicI64::new(
            "2021-02-01T12:00:00Z"
                .parse::<DateTime<Utc>>()
                .unwrap()
                .timestamp(),
        ));
        let lake = Lake::open(dir, Toegang::Dienst).await.unwrap();
        let stempel = Stempel::new("test", at(&klok));
        lake.herstel(lake::Grondigheid::Hash, &stempel)
            .await
            .unwrap();
        for (kvk, naam) in [(KVK, "De Brug"), (ANDER, "Omgangshuis Noord")] {
            lake.zet_aanbieder(
                &Aanbieder {
                    kvk: kvk.to_owned(),
                    naam: naam.to_owned(),
                },
                &stempel,
            )
            .await
            .unwrap();
            let verwachting = Verwachting {
                uitvraag: "omgang".to_owned(),
                jaar: 2020,
                kvk: kvk.to_owned(),
                stand: lake::Stand::Verwacht,
                werkgebied: vec!["NL00".to_owned()],
            };
            lake.zet_verwachting(&verwachting, &stempel).await.unwrap();
        }
        let mut tokens = Vec::new();
        for rol in [
            Rol::Aanbieder(KVK.to_owned()),
            Rol::Aanbieder(ANDER.to_owned()),
            Rol::Coordinator,
            Rol::Analist,
        ] {
            tokens.push(
                lake.maak_token(&rol, "test", &stempel)
                    .await
                    .unwrap()
                    .toon()
                    .to_owned(),
            );
        }
        let definitie = Definitie::load("omgang/2020").unwrap();
        let sleutel = Bewijssleutel::open(&dir.join("ontvangstsleutel.json")).unwrap();
        let mut diensten =
            Diensten::new(lake.clone(), sleutel, Arc::new(Vast), Arc::new(Workbooks)).unwrap();
        diensten.definities = vec![definitie.clone(), Definitie::load("omgang/2021").unwrap()];
        diensten.controleerpagina = Some(dir.join("controleren.html"));
        let voor_klok = Arc::clone(&klok);
        diensten.klok = Arc::new(move || at(&voor_klok));
        diensten.grenzen.pace = judging.pace;
        let router = match judging.before {
            Some(before) => ingest::router_with(diensten, before),
            None => ingest::router(diensten),
        };
        let [aanbieder, ander, coordinator, analist] = <[String; 4]>::try_from(tokens).unwrap();
        Self {
            router,
            lake,
            definitie,
            aanbieder,
            ander,
            coordinator,
            analist,
            klok,
            map,
        }
    }

    /// The same data directory in a new service, as after a crash: the old one is dropped without a word.
    pub async fn restart(self) -> Self {
        self.restart_judged(Judging::default()).await
    }

    /// The same, with judgements that can be made to fail.
    pub async fn restart_judged(self, judging: Judging) -> Self {
        let Self {
            router, lake, map, ..
        } = self;
        drop(router);
        lake.sluit().await;
        drop(lake);
        // The judge may still hold a clone for a moment, and with it the lock.
        for _ in 0..100 {
            match Lake::open(map.path(), Toegang::Dienst).await {
                Ok(los) => {
                    los.sluit().await;
                    drop(los);
                    let dir = map.path().to_owned();
                    return Self::in_dir(&dir, map, judging).await;
                }
                Err(lake::LakeFout::AlGeopend) => {
                    tokio::time::sleep(Duration::from_millis(20)).await
                }
                Err(fout) => panic!("{fout}"),
            }
        }
        panic!("the lock was never given back");
    }

    pub fn dir(&self) -> &Path {
        self.map.path()
    }

    pub fn nu(&self) -> DateTime<Utc> {
        at(&self.klok)
    }

    pub fn zet_klok(&self, moment: &str) {
        self.klok.store(
            moment.parse::<DateTime<Utc>>().unwrap().timestamp(),
            Ordering::SeqCst,
        );
    }

    pub async fn send(&self, request: Request<Body>) -> Antwoord {
        let antwoord = self.router.clone().oneshot(request).await.unwrap();
        let (delen, body) = antwoord.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Antwoord {
            status: delen.status,
            headers: delen.headers,
            body,
        }
    }

    pub async fn get(&self, token: &str, pad: &str) -> Antwoord {
        self.send(vraag("GET", pad, token).body(Body::empty()).unwrap())
            .await
    }

    pub async fn json(&self, methode: &str, token: &str, pad: &str, inhoud: &Value) -> Antwoord {
        let request = vraag(methode, pad, token).header("content-type", "application/json");
        self.send(request.body(Body::from(inhoud.to_string())).unwrap())
            .await
    }

    /// Asks until the judge has spoken.
    pub async fn verdict(&self, token: &str, id: &str) -> Value {
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
    pub fn files(&self) -> Vec<String> {
        let mut gevonden = Vec::new();
        walk(self.dir(), self.dir(), &mut gevonden);
        gevonden.retain(|p| {
            !p.starts_with("register.sqlite")
                && p != "ontvangstsleutel.json"
                && !p.ends_with(".slot")
        });
        gevonden.sort();
        gevonden
    }
}

impl Omgeving {
    /// Waits until no file fits: what the register no longer names is removed right after its transaction.
    pub async fn gone(&self, past: impl Fn(&str) -> bool) {
        for _ in 0..200 {
            if !self.files().iter().any(|pad| past(pad)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("left behind: {:?}", self.files());
    }
}

fn walk(wortel: &Path, map: &Path, gevonden: &mut Vec<String>) {
    for ingang in std::fs::read_dir(map).unwrap() {
        let pad = ingang.unwrap().path();
        if pad.is_dir() {
            walk(wortel, &pad, gevonden);
        } else {
            let delen = pad
                .strip_prefix(wortel)
                .unwrap()
                .iter()
                .map(|d| shorten(d.to_str().unwrap()));
            gevonden.push(delen.collect::<Vec<_>>().join("/"));
        }
    }
}

/// An id differs every time: `<id>` stands for it.
fn shorten(deel: &str) -> String {
    let (naam, rest) = deel.split_once('.').unwrap_or((deel, ""));
    let is_id = naam.len() == 36 && naam.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    match (is_id, rest) {
        (true, "") => "<id>".to_owned(),
        (true, rest) => format!("<id>.{rest}"),
        (false, _) => deel.to_owned(),
    }
}

fn at(klok: &AtomicI64) -> DateTime<Utc> {
    DateTime::from_timestamp(klok.load(Ordering::SeqCst), 0).unwrap()
}

/// The start of a request; without a token when that is empty.
pub fn vraag(methode: &str, pad: &str, token: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(methode).uri(pad);
    if token.is_empty() {
        request
    } else {
        request.header("authorization", format!("Bearer {token}"))
    }
}

/// Five figures, enough for filters and pages.
pub struct Vast;

impl Vast {
    fn alle() -> Vec<Cijfer> {
        let cijfers = ["NL00", "JZ13", "JZ14", "GM0344", "GM0321"]
            .into_iter()
            .enumerate()
            .map(|(i, gebied)| Cijfer {
                uitvraag: "omgang".to_owned(),
                jaar: 2020,
                indicator: "gebruik_trajecten".to_owned(),
                niveau: if i == 0 {
                    Niveau::Nederland
                } else if i < 3 {
                    Niveau::Jeugdregio
                } else {
                    Niveau::Gemeente
                },
                gebied: gebied.to_owned(),
                uitsplitsing: "totaal".to_owned(),
                categorie: "totaal".to_owned(),
                waarde: (i < 4).then_some(100.0 / (i + 1) as f64),
                onder: None,
                boven: None,
                oordeel: None,
                teller: None,
                noemer: None,
                n: (i < 4).then_some(100),
                status: if i < 4 { Status::A } else { Status::L },
                vertrouwelijk: if i < 4 {
                    Vertrouwelijk::F
                } else {
                    Vertrouwelijk::C
                },
                respons: Some(0.5),
                momentopname: "omgang-2020-1".to_owned(),
            });
        cijfers.collect()
    }
}

impl Cijferbron for Vast {
    fn cijfers(
        &self,
        filter: Filter,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<Cijfer>, CijferFout>> + Send + '_>> {
        let alle = Self::alle().into_iter();
        let gevonden: Vec<Cijfer> = alle
            .filter(|c| filter.fits(c))
            .skip(filter.vanaf)
            .take(filter.hoogstens)
            .collect();
        Box::pin(async move { Ok(gevonden) })
    }

    fn waarden(
        &self,
    ) -> Pin<Box<dyn Future<Output = Result<Arc<Waarden>, CijferFout>> + Send + '_>> {
        Box::pin(async { Ok(Arc::new(Waarden::of(&Self::alle()))) })
    }
}
