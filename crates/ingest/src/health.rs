//! `GET /healthz` and `GET /readyz`: is the process there, and can it take work?

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use tokio::sync::Mutex;

use crate::App;
use crate::problem::{Problem, ProblemKind};
use crate::wording;

/// What was found last, and when: anyone may ask, and every finding out is a write.
#[derive(Default)]
pub(crate) struct Readiness(Mutex<Option<(Instant, bool)>>);

/// How long an answer holds.
const HOLDS: Duration = Duration::from_secs(1);

impl Readiness {
    async fn of(&self, lake: &lake::Lake) -> bool {
        // Whoever asks meanwhile waits for the same answer.
        let mut last = self.0.lock().await;
        if let Some((when, ready)) = *last
            && when.elapsed() < HOLDS
        {
            return ready;
        }
        let found = lake.ready().await;
        if let Err(error) = &found {
            let source = std::error::Error::source(error).map(ToString::to_string);
            tracing::warn!(%error, source, "not ready");
        }
        *last = Some((Instant::now(), found.is_ok()));
        found.is_ok()
    }
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "beheer", responses((status = 200, description = "Alive", body = String)))]
pub(crate) async fn healthz() -> Response {
    ([(CACHE_CONTROL, "no-store")], "ok\n").into_response()
}

/// Register and files take writes.
#[utoipa::path(get, path = "/readyz", tag = "beheer", responses((status = 200, description = "Ready", body = String), (status = 503, description = "UNAVAILABLE")))]
pub(crate) async fn readyz(State(app): State<App>) -> Result<Response, Problem> {
    if app.readiness.of(&app.lake).await {
        return Ok(([(CACHE_CONTROL, "no-store")], "ok\n").into_response());
    }
    Err(Problem::new(
        ProblemKind::UNAVAILABLE,
        wording::refused::NO_STORAGE,
    ))
}
