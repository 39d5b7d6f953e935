//! `/mijn-leveringen`: the forms to deliver a pakket, and to say that there is nothing to report.
//!
//! They do what the routes under `/v1` do, by the same functions. After a pakket the page of the levering follows, which
//! leads on to signing. Owns waiting a moment for the verdict, and that what was typed survives a refusal.

use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use lake::{Levering, LeveringId};
use schema::Toestand;

use super::back_to;
use super::my_leveringen::{RefusedForm, TypedStatement, show_with};
use super::shown_again;
use crate::App;
use crate::auth::Caller;
use crate::form_data::FormData;
use crate::leveringen::form_upload::{ParcelError, deliver};
use crate::nulopgaven::{Statement, declare};
use crate::problem::Problem;
use crate::request_body;

/// Where a pakket is sent to by a form.
pub(crate) const DELIVERY: &str = "/mijn-leveringen/pakket";

const BYTES: usize = 16 * 1024;
/// How often, and how many times, it is asked whether the verdict is there.
const PAUSE: Duration = Duration::from_millis(100);
const LOOKS: usize = 50;

/// Takes the pakket in the form.
pub(crate) async fn pakket(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let mut form = match FormData::open(&headers, body) {
        Ok(form) => form,
        Err(error) => return refused(&app, &caller, ParcelError::from(error).into(), None).await,
    };
    match deliver(&app, &caller, &mut form).await {
        Ok(levering) => {
            wait_for_verdict(&app, &levering).await?;
            Ok(back_to(&levering))
        }
        Err(problem) => {
            form.drain().await;
            refused(&app, &caller, problem, None).await
        }
    }
}

/// Signs the nulopgave in the form.
pub(crate) async fn nulopgave(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let velden = request_body::form(&headers, body, BYTES).await?;
    let veld = |name: &str| {
        let found = velden.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let statement = Statement {
        uitvraag: veld("uitvraag"),
        jaar: veld("jaar").parse().unwrap_or_default(),
        naam: veld("naam"),
        functie: veld("functie"),
        toelichting: veld("toelichting"),
    };
    let typed = TypedStatement {
        uitvraag: statement.uitvraag.clone(),
        jaar: statement.jaar,
        naam: shown_again(&statement.naam),
        functie: shown_again(&statement.functie),
        toelichting: shown_again(&statement.toelichting),
    };
    match declare(&app, &caller, statement).await {
        Ok((_, levering)) => Ok(back_to(&levering)),
        Err(problem) => refused(&app, &caller, problem, Some(typed)).await,
    }
}

/// The page once more, with what was wrong on top.
async fn refused(
    app: &App,
    caller: &Caller,
    problem: Problem,
    nulopgave: Option<TypedStatement>,
) -> Result<Response, Problem> {
    let status = problem.kind().status;
    if status.is_server_error() {
        return Err(problem);
    }
    let form = RefusedForm {
        melding: Some(problem.detail().to_owned()),
        nulopgave,
    };
    show_with(app, caller, status, form).await
}

/// Waits a moment: most pakketten are judged at once, and the page then says what was found.
async fn wait_for_verdict(app: &App, levering: &Levering) -> Result<(), Problem> {
    let id: LeveringId = levering.id;
    for _ in 0..LOOKS {
        let now = app.lake.levering(id).await?;
        let waits = now.is_some_and(|now| now.toestand == Toestand::Ontvangen);
        if !waits && !app.judge_queue.is_busy_with(id) {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}
