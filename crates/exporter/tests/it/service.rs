//! The service itself, in this process: what an aanbieder's commands speak to when nothing goes wrong on the way.
//!
//! Owns its data directory, its clock, the token and a log of what was asked. What a real service cannot give (a cut
//! connection, an answer that does not come, a receipt that is forged) is asked of `fake_server`.

use std::sync::{Arc, Mutex};

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use ingest::{
    FigureAnswer, FigureError, FigureSource, FigureTable, FigureWriter, FindingsWorkbook,
    ReceiptSigner, Services,
};
use lake::{
    Aanbieder, Access, Lake, Levering, LeveringFilter, NewPublicatie, Stamp, Thoroughness,
    TokenRole,
};
use schema::indicator::Indicator;
use schema::pakket::Toelichting;
use schema::{Definitie, Oordeel, Toestand};
use tokio::runtime::Runtime;

use crate::support::{TestFolder, write_private};

pub(crate) const KVK: &str = "12345678";
pub(crate) const OTHER_KVK: &str = "87654321";
pub(crate) const SIGN: [&str; 2] = ["--onderteken", "J. de Vries, directeur"];

/// A service of its own per test.
pub(crate) struct Service {
    pub url: String,
    lake: Lake,
    requests: Arc<Mutex<Vec<String>>>,
    stamp: Stamp,
    // Ends the service, before its folder goes.
    runtime: Runtime,
    _dir: tempfile::TempDir,
}

impl Service {
    /// A service where it is 1 March 2021.
    pub(crate) fn start() -> Self {
        Self::start_with("2021-03-01T10:00:00Z", |_| {})
    }

    /// A service where it is this moment, changed a little.
    pub(crate) fn start_with(now: &str, change: impl FnOnce(&mut Services)) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let dir = tempfile::tempdir_in("/dev/shm")
            .or_else(|_| tempfile::tempdir())
            .unwrap();
        let stamp = Stamp::new("test", now.parse().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (lake, url) = runtime.block_on(async {
            let lake = Lake::open(dir.path(), Access::Service).await.unwrap();
            lake.recover(Thoroughness::Hash, &stamp).await.unwrap();
            for kvk in [KVK, OTHER_KVK] {
                let aanbieder = Aanbieder {
                    kvk: kvk.to_owned(),
                    naam: format!("Omgangshuis {kvk}"),
                };
                lake.set_aanbieder(&aanbieder, &stamp).await.unwrap();
            }
            let key = ReceiptSigner::open(&dir.path().join("ontvangstsleutel.json")).unwrap();
            let (figures, workbooks) = (Arc::new(NoFigures), Arc::new(Workbooks));
            let mut services = Services::new(lake.clone(), key, figures, workbooks).unwrap();
            let now = stamp.nu;
            services.klok = Arc::new(move || now);
            change(&mut services);
            let log = Arc::clone(&requests);
            let router =
                ingest::router(services).layer(from_fn(move |request: Request, next: Next| {
                    let line = format!("{} {}", request.method(), request.uri().path());
                    log.lock().unwrap().push(line);
                    next.run(request)
                }));
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            tokio::spawn(ingest::serve(listener, router, std::future::pending()));
            (lake, url)
        });
        Self {
            url,
            lake,
            requests,
            stamp,
            runtime,
            _dir: dir,
        }
    }

    /// A new token of an aanbieder.
    pub(crate) fn token(&self, kvk: &str) -> String {
        let role = TokenRole::Aanbieder(kvk.to_owned());
        let secret = self.lake.make_token(&role, "test", &self.stamp);
        self.runtime.block_on(secret).unwrap().reveal().to_owned()
    }

    /// What was asked so far, as `GET /v1/leveringen`.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// How often something was sent.
    pub(crate) fn sent(&self) -> usize {
        let sends = |line: &&String| line.starts_with("PATCH") || *line == "POST /v1/leveringen";
        self.requests().iter().filter(sends).count()
    }

    /// Every levering, oldest first.
    pub(crate) fn leveringen(&self) -> Vec<Levering> {
        let all = self.lake.leveringen(LeveringFilter::default());
        let mut all = self.runtime.block_on(all).unwrap();
        all.reverse();
        all
    }

    /// Their states, oldest first.
    pub(crate) fn states(&self) -> Vec<Toestand> {
        self.leveringen().iter().map(|l| l.toestand).collect()
    }

    /// How many were signed, whatever became of them.
    pub(crate) fn submissions(&self) -> usize {
        let log = self.runtime.block_on(self.lake.events(None)).unwrap();
        let signed = |line: &&lake::LogEntry| line.naar == Some(Toestand::Ingediend);
        log.iter().filter(signed).count()
    }

    /// The answers that count, of the newest levering.
    pub(crate) fn answers(&self) -> Vec<Toelichting> {
        self.leveringen().pop().unwrap().toelichtingen
    }

    /// Freezes the year and publishes it, as the centre does.
    pub(crate) fn publish(&self) {
        self.runtime.block_on(async {
            let moment = self.lake.freeze("omgang", 2020, &self.stamp).await.unwrap();
            let publicatie = NewPublicatie {
                momentopname: &moment.id,
                erased: &[],
                versie: 1,
                bestanden: vec![("index.html".to_owned(), Vec::new())],
            };
            self.lake.publish(publicatie, &self.stamp).await.unwrap();
        });
    }

    /// What a command gave, without what differs from run to run.
    pub(crate) fn steady(&self, text: &str) -> String {
        let mut text = text.replace(&self.url, "[SERVER]");
        for levering in self.leveringen() {
            text = text.replace(&levering.id.to_string(), "[LEVERING]");
        }
        text
    }
}

impl TestFolder {
    /// Puts a token of the aanbieder in `token.txt`.
    pub(crate) fn with_token(self, service: &Service) -> Self {
        write_private(&self, "token.txt", &service.token(KVK));
        self
    }
}

/// Nothing was published yet.
struct NoFigures;

impl FigureSource for NoFigures {
    fn newest(&self) -> FigureAnswer<'_, Vec<Arc<FigureTable>>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn version(&self, _: String, _: i32, _: u32) -> FigureAnswer<'_, Option<Arc<FigureTable>>> {
        Box::pin(async { Ok(None) })
    }

    fn indicators(&self, _: &str) -> Result<Vec<Indicator>, FigureError> {
        Ok(Vec::new())
    }

    fn writer(&self, _: &str) -> Result<FigureWriter, FigureError> {
        Ok(Arc::new(|_, unit, value| format!("{value} {unit}")))
    }
}

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
