//! `/mijn-leveringen/{id}`: what was found in one levering; answer the signalen, sign, or take it back.
//!
//! The forms do what `PUT …/toelichtingen`, `POST …/indienen` and `POST …/intrekken` do, by the same functions.

use std::collections::BTreeMap;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use lake::{Levering, Refusal};
use schema::dutch_time::datum_nl;
use schema::pakket::{Answer, Toelichting};
use schema::{Bevinding, Confirmation, Definitie, Ernst, Oordeel, Toestand};

use schema::text::grouped_thousands;

use super::{Menu, back_to, page, shown_again, toestand_class, toestand_label};
use crate::auth::{Caller, RoleName};
use crate::leveringen::preview::{self, PreviewView};
use crate::leveringen::sign::{Signature, sign};
use crate::leveringen::toelichtingen::keep;
use crate::leveringen::withdraw::withdraw_levering;
use crate::leveringen::{LeveringContext, find, next_step, refuse_if_erased};
use crate::problem::{Problem, ProblemKind};
use crate::wording;
use crate::{App, request_body};

#[derive(Template)]
#[template(path = "levering.html")]
struct LeveringPage {
    menu: Menu,
    id: String,
    titel: String,
    toestand: &'static str,
    klasse: &'static str,
    volgende_stap: String,
    melding: Option<String>,
    regels: Vec<RegelView>,
    vragen: Vec<QuestionView>,
    answers: [(&'static str, &'static str); 4],
    sign: bool,
    proef: Option<PreviewView>,
    /// Title and rows of each table.
    content: Vec<(String, String)>,
    typed: TypedText,
    withdraw: bool,
    bewijs: bool,
    /// Whether it is being judged.
    busy: bool,
}

/// What was typed in a form that was refused: it stands there again.
#[derive(Default)]
struct TypedText {
    naam: String,
    functie: String,
    /// Answers that could not be kept.
    answers: Vec<TypedAnswer>,
}

struct TypedAnswer {
    code: String,
    antwoord: String,
    woorden: String,
}

impl TypedAnswer {
    /// Words without a choice would be lost.
    fn lacks_choice(&self) -> bool {
        self.antwoord.is_empty() && !self.woorden.trim().is_empty()
    }
}

struct RegelView {
    code: String,
    ernst: &'static str,
    klasse: &'static str,
    titel: String,
    aantal: String,
    herstel: String,
    /// What made many of them at once, as sentences.
    oorzaken: Vec<String>,
    show: String,
    bevindingen: Vec<FindingView>,
}

struct FindingView {
    location: String,
    bericht: String,
    gevonden: Option<String>,
    verwacht: String,
}

struct QuestionView {
    code: String,
    titel: String,
    antwoord: String,
    woorden: String,
}

/// Findings of one rule on the page; the downloads have them all.
const PER_REGEL: usize = 20;
/// Causes of one rule on the page.
const CAUSES: usize = 5;
const BYTES: usize = 256 * 1024;
const ANSWERS: [(Answer, &str, &str); 4] = [
    (Answer::Klopt, "klopt", wording::page::CORRECT),
    (
        Answer::RegistratieOnvolledig,
        "registratie_onvolledig",
        wording::page::INCOMPLETE_RECORDS,
    ),
    (
        Answer::WordtHersteld,
        "wordt_hersteld",
        wording::page::WILL_BE_MENDED,
    ),
    (Answer::Anders, "anders", wording::page::SOMETHING_ELSE),
];

/// The words for a coded reason.
pub(crate) fn answer_label(answer: Answer) -> &'static str {
    ANSWERS
        .into_iter()
        .find(|(a, ..)| *a == answer)
        .map_or("", |(_, _, text)| text)
}

fn answer_name(answer: Answer) -> &'static str {
    ANSWERS
        .into_iter()
        .find(|(a, ..)| *a == answer)
        .map_or("", |(_, name, _)| name)
}

/// The page.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let levering = find(&app, &caller, &id).await?;
    show_levering(&app, &caller, &levering, None, TypedText::default()).await
}

/// Keeps the answers in the form.
pub(crate) async fn explain(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let levering = find(&app, &caller, &id).await?;
    let velden = request_body::form(&headers, body, BYTES).await?;
    let typed = typed_answers(&velden);
    if typed.answers.iter().any(TypedAnswer::lacks_choice) {
        let problem = Problem::new(ProblemKind::TOELICHTING, wording::refused::NO_CHOICE);
        return again(&app, &caller, &levering, problem, typed).await;
    }
    match keep(&app, &caller, &levering, &answers(&velden)).await {
        Ok(stored) => Ok(back_to(&stored)),
        Err(problem) => again(&app, &caller, &levering, problem, typed).await,
    }
}

/// Signs with the name in the form.
pub(crate) async fn submit(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let levering = find(&app, &caller, &id).await?;
    let velden = request_body::form(&headers, body, BYTES).await?;
    let veld = |name: &str| {
        velden
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, w)| w.clone())
            .unwrap_or_default()
    };
    let signature = Signature {
        naam: veld("naam"),
        functie: veld("functie"),
    };
    let confirmed: Vec<Confirmation> = velden
        .iter()
        .filter(|(name, _)| name == "bevestig")
        .filter_map(|(_, value)| Confirmation::parse(value))
        .collect();
    match sign(&app, &caller, &levering, &signature, &confirmed).await {
        Ok(submitted) => Ok(back_to(&submitted)),
        Err(problem) => {
            let typed = TypedText {
                naam: shown_again(&signature.naam),
                functie: shown_again(&signature.functie),
                ..TypedText::default()
            };
            again(&app, &caller, &levering, problem, typed).await
        }
    }
}

/// Takes the levering back.
pub(crate) async fn withdraw(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let levering = find(&app, &caller, &id).await?;
    match withdraw_levering(&app, &caller, levering.clone()).await {
        Ok(withdrawn) => Ok(back_to(&withdrawn)),
        Err(problem) => again(&app, &caller, &levering, problem, TypedText::default()).await,
    }
}

fn answers(velden: &[(String, String)]) -> Vec<Toelichting> {
    let mut words: BTreeMap<&str, &str> = BTreeMap::new();
    for (name, value) in velden {
        if let Some(code) = name.strip_prefix("woorden.") {
            words.insert(code, value);
        }
    }
    let given = velden.iter().filter_map(|(name, value)| {
        let code = name.strip_prefix("antwoord.")?;
        let (answer, ..) = ANSWERS.into_iter().find(|(_, name, _)| name == value)?;
        let words = words
            .get(code)
            .map(|w| w.trim().to_owned())
            .unwrap_or_default();
        Some(Toelichting {
            code: code.to_owned(),
            antwoord: answer,
            woorden: words,
        })
    });
    given.collect()
}

/// Everything that stood in the form of answers, also what is no answer.
fn typed_answers(velden: &[(String, String)]) -> TypedText {
    let value = |name: String| {
        let found = velden.iter().find(|(n, _)| *n == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let codes = velden
        .iter()
        .filter_map(|(n, _)| n.strip_prefix("antwoord."));
    TypedText {
        answers: codes
            .map(|code| TypedAnswer {
                code: code.to_owned(),
                antwoord: value(format!("antwoord.{code}")),
                woorden: shown_again(&value(format!("woorden.{code}"))),
            })
            .collect(),
        ..TypedText::default()
    }
}

/// The page once more, with what was wrong on top.
async fn again(
    app: &App,
    caller: &Caller,
    levering: &Levering,
    problem: Problem,
    typed: TypedText,
) -> Result<Response, Problem> {
    if problem.kind().status.is_server_error() {
        return Err(problem);
    }
    let notice = Some(problem.detail().to_owned());
    let mut answer = show_levering(app, caller, levering, notice, typed).await?;
    *answer.status_mut() = problem.kind().status;
    Ok(answer)
}

async fn show_levering(
    app: &App,
    caller: &Caller,
    levering: &Levering,
    melding: Option<String>,
    typed: TypedText,
) -> Result<Response, Problem> {
    refuse_if_erased(levering)?;
    let definitie = app
        .definitie(&levering.uitvraag, levering.jaar)
        .ok_or_else(|| Problem::new(ProblemKind::PERIOD, wording::refused::UITVRAAG_OVER))?;
    let oordeel = app.lake.oordeel(levering.id).await?;
    let context =
        LeveringContext::of(app, &levering.kvk, &levering.uitvraag, levering.jaar).await?;
    let calendar = &definitie.klok;
    let may_sign = app.lake.may_sign(levering, calendar, app.nu()).await?;
    let sign = matches!(may_sign, Ok(()) | Err(Refusal::Unconfirmed(_)));
    let preview = if sign {
        Some(preview::of(app, levering).await?)
    } else {
        None
    };
    let page_data = LeveringPage {
        menu: Menu::of(caller),
        id: levering.id.to_string(),
        titel: format!(
            "Levering van {}",
            datum_nl(schema::dutch_time::local(levering.geopend).date())
        ),
        toestand: toestand_label(levering.toestand),
        klasse: toestand_class(levering.toestand),
        volgende_stap: next_step(levering, context),
        melding,
        regels: oordeel
            .as_ref()
            .map(|o| rules(o, definitie))
            .unwrap_or_default(),
        vragen: questions(levering, definitie, &typed),
        answers: ANSWERS.map(|(_, name, text)| (name, text)),
        sign,
        proef: preview,
        content: content(levering, definitie),
        typed,
        busy: matches!(levering.toestand, Toestand::Geopend | Toestand::Ontvangen),
        withdraw: levering.may_be_withdrawn(context.is_frozen()).is_ok(),
        bewijs: levering.has_ontvangstbewijs,
    };
    Ok(page(StatusCode::OK, &page_data))
}

fn content(levering: &Levering, definitie: &Definitie) -> Vec<(String, String)> {
    let rows = |name: &str| levering.rijen.get(name).copied();
    let tables = definitie.tabellen.iter();
    tables
        .filter_map(|t| Some((t.titel.clone(), grouped_thousands(rows(&t.naam)?))))
        .collect()
}

fn rules(oordeel: &Oordeel, definitie: &Definitie) -> Vec<RegelView> {
    let regels = oordeel.regels.iter().map(|telling| {
        let van: Vec<&Bevinding> = oordeel
            .bevindingen
            .iter()
            .filter(|b| b.code == telling.code)
            .collect();
        let title = definitie
            .regel(&telling.code)
            .map_or_else(|| telling.code.clone(), |r| r.tekst.titel.clone());
        let shown = van.len().min(PER_REGEL);
        let (ernst, class) = match telling.ernst {
            Ernst::Fout => ("Fout", "fout"),
            Ernst::Signaal => ("Signaal", "let-op"),
            Ernst::Opmerking => ("Opmerking", "rust"),
        };
        RegelView {
            code: telling.code.clone(),
            ernst,
            klasse: class,
            titel: title,
            aantal: grouped_thousands(telling.aantal),
            herstel: van.first().map(|b| b.herstel.clone()).unwrap_or_default(),
            oorzaken: oordeel
                .oorzaken
                .iter()
                .filter(|o| o.eerste.code == telling.code)
                .take(CAUSES)
                .map(|o| o.sentence(oordeel.meer_bestanden))
                .collect(),
            show: if telling.aantal > shown as u64 {
                wording::page::show_first(shown)
            } else {
                wording::page::SHOW_ALL.to_owned()
            },
            bevindingen: van
                .into_iter()
                .take(PER_REGEL)
                .map(|b| FindingView {
                    location: place(b),
                    bericht: b.bericht.clone(),
                    gevonden: b.gevonden.clone(),
                    verwacht: b.verwacht.clone(),
                })
                .collect(),
        }
    });
    regels.collect()
}

fn place(bevinding: &Bevinding) -> String {
    let place = &bevinding.plaats;
    let file = place
        .bestand
        .clone()
        .unwrap_or_else(|| bevinding.tabel.clone());
    match (place.rij, &place.kolom) {
        (Some(row), Some(column)) => format!("{file}, rij {row}, kolom {column}"),
        (Some(row), None) => format!("{file}, rij {row}"),
        (None, Some(column)) => format!("{file}, kolom {column}"),
        (None, None) => file,
    }
}

fn questions(levering: &Levering, definitie: &Definitie, typed: &TypedText) -> Vec<QuestionView> {
    if !matches!(
        levering.toestand,
        Toestand::TeBevestigen | Toestand::Akkoord
    ) {
        return Vec::new();
    }
    let signalen = levering
        .regels
        .iter()
        .filter(|r| r.ernst == Ernst::Signaal && r.aantal > 0)
        .map(|telling| {
            let given = levering
                .toelichtingen
                .iter()
                .find(|t| t.code == telling.code);
            let refused = typed.answers.iter().find(|t| t.code == telling.code);
            let kept = given.map(|g| (answer_name(g.antwoord).to_owned(), g.woorden.clone()));
            let (answer, words) = refused
                .map(|t| (t.antwoord.clone(), t.woorden.clone()))
                .or(kept)
                .unwrap_or_default();
            QuestionView {
                code: telling.code.clone(),
                titel: definitie
                    .regel(&telling.code)
                    .map_or_else(|| telling.code.clone(), |r| r.tekst.titel.clone()),
                antwoord: answer,
                woorden: words,
            }
        });
    signalen.collect()
}
