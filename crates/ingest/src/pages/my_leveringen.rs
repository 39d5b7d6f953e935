//! `/mijn-leveringen`: where do my leveringen stand, and what must I do now?

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use lake::{Levering, LeveringFilter};
use schema::dutch_time::datum_nl;
use schema::{Definitie, Ernst, Toestand};

use super::{Menu, counted, page, toestand_class, toestand_label};
use crate::auth::{Caller, RoleName};
use crate::leveringen::{LeveringContext, count, next_step};
use crate::problem::Problem;
use crate::wording;
use crate::{App, moment_words};

#[derive(Template)]
#[template(path = "my_leveringen.html")]
pub(super) struct MyLeveringen {
    pub(super) menu: Menu,
    pub(super) naam: String,
    pub(super) kvk: String,
    pub(super) uitvragen: Vec<UitvraagSection>,
    /// What was wrong with a form.
    pub(super) melding: Option<String>,
    /// Whether anything can be delivered now.
    pub(super) open: bool,
}

/// What a form on this page was refused for, and what was typed in it.
#[derive(Default)]
pub(super) struct RefusedForm {
    pub(super) melding: Option<String>,
    pub(super) nulopgave: Option<TypedStatement>,
}

/// What was typed in the form of a nulopgave.
#[derive(Default, Clone)]
pub(super) struct TypedStatement {
    pub(super) uitvraag: String,
    pub(super) jaar: i32,
    pub(super) naam: String,
    pub(super) functie: String,
    pub(super) toelichting: String,
}

pub(super) struct UitvraagSection {
    pub(super) uitvraag: String,
    pub(super) own_figures: bool,
    pub(super) titel: String,
    pub(super) jaar: i32,
    pub(super) nu: String,
    pub(super) open: bool,
    pub(super) leveringen: Vec<LeveringLine>,
    /// What stands in the form of a nulopgave, where one can be done.
    pub(super) nulopgave: Option<TypedStatement>,
    /// Whether that form was refused: then it stands open.
    pub(super) typed: bool,
}

pub(super) struct LeveringLine {
    id: String,
    titel: String,
    toestand: &'static str,
    klasse: &'static str,
    volgende_stap: String,
    geopend: String,
    rijen: String,
    gevonden: String,
    ondertekenaar: Option<String>,
    view: bool,
    view_text: &'static str,
    bewijs: bool,
}

/// The aanbieder's own page.
pub(crate) async fn show(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, Problem> {
    show_with(&app, &caller, StatusCode::OK, RefusedForm::default()).await
}

/// The page, with what was wrong with a form.
pub(super) async fn show_with(
    app: &App,
    caller: &Caller,
    status: StatusCode,
    refused: RefusedForm,
) -> Result<Response, Problem> {
    let kvk = caller.kvk().unwrap_or_default();
    let name = app
        .lake
        .aanbieder(kvk)
        .await?
        .map_or_else(|| "Uw organisatie".to_owned(), |a| a.naam);
    let leveringen = app
        .lake
        .leveringen(LeveringFilter {
            kvk: Some(kvk),
            ..LeveringFilter::default()
        })
        .await?;
    let mut uitvragen = Vec::new();
    for definitie in app.definities.iter().rev() {
        let van: Vec<&Levering> = leveringen
            .iter()
            .filter(|l| l.uitvraag == definitie.uitvraag && l.jaar == definitie.jaar)
            .collect();
        let own_figures = app
            .lake
            .has_own_figures(&definitie.uitvraag, definitie.jaar, kvk)
            .await?;
        uitvragen.push(section(
            definitie,
            own_figures,
            &van,
            LeveringContext::of(app, kvk, &definitie.uitvraag, definitie.jaar).await?,
            refused.nulopgave.as_ref(),
        ));
    }
    let page_data = MyLeveringen {
        menu: Menu::of(caller),
        naam: name,
        kvk: kvk.to_owned(),
        open: uitvragen.iter().any(|uitvraag| uitvraag.open),
        uitvragen,
        melding: refused.melding,
    };
    Ok(page(status, &page_data))
}

/// One uitvraag with the leveringen of it, newest first.
pub(super) fn section(
    definitie: &Definitie,
    own_figures: bool,
    leveringen: &[&Levering],
    context: LeveringContext<'_>,
    typed: Option<&TypedStatement>,
) -> UitvraagSection {
    let is_this =
        |t: &&TypedStatement| t.uitvraag == definitie.uitvraag && t.jaar == definitie.jaar;
    let typed = typed.filter(is_this);
    let nothing_counts = context.situation.is_some_and(|s| s.nothing_counts);
    let may_declare = !context.is_frozen() && nothing_counts;
    UitvraagSection {
        nulopgave: may_declare.then(|| typed.cloned().unwrap_or_default()),
        typed: typed.is_some(),
        uitvraag: definitie.uitvraag.clone(),
        own_figures,
        titel: definitie.titel.clone(),
        jaar: definitie.jaar,
        nu: now(leveringen, context),
        open: !context.is_frozen(),
        leveringen: leveringen
            .iter()
            .map(|l| row(l, definitie, context))
            .collect(),
    }
}

/// The one sentence that counts: what is signed decides, unless something newer wants attention.
fn now(leveringen: &[&Levering], context: LeveringContext<'_>) -> String {
    let counts = leveringen.iter().find(|l| l.toestand.counts());
    let busy = leveringen.iter().find(|l| {
        matches!(
            l.toestand,
            Toestand::Geopend
                | Toestand::Ontvangen
                | Toestand::Afgekeurd
                | Toestand::TeBevestigen
                | Toestand::Akkoord
        )
    });
    match (counts, busy) {
        (None, None) => match context.situation {
            Some(situation) => situation.without_levering(!leveringen.is_empty()),
            None => String::new(),
        },
        (None, Some(levering)) => next_step(levering, context),
        (Some(levering), None) => next_step(levering, context),
        (Some(counted), Some(newer)) if newer.volgnummer > counted.volgnummer => {
            wording::page::one_counts_one_begun(&next_step(newer, context))
        }
        (Some(levering), Some(_)) => next_step(levering, context),
    }
}

fn row(levering: &Levering, definitie: &Definitie, context: LeveringContext<'_>) -> LeveringLine {
    let datum = datum_nl(schema::dutch_time::local(levering.geopend).date());
    let refused = levering.refused().is_some();
    let judged = !refused
        && levering.beoordeeld.is_some()
        && !levering.nulopgave
        && levering.toestand != Toestand::Gewist;
    let can_withdraw = levering.may_be_withdrawn(context.is_frozen()).is_ok();
    let wants_something = matches!(
        levering.toestand,
        Toestand::TeBevestigen | Toestand::Akkoord
    );
    LeveringLine {
        id: levering.id.to_string(),
        titel: if levering.nulopgave {
            format!("Nulopgave van {datum}")
        } else {
            format!("Levering van {datum}")
        },
        toestand: if refused {
            "Geweigerd"
        } else {
            toestand_label(levering.toestand)
        },
        klasse: if refused {
            "fout"
        } else {
            toestand_class(levering.toestand)
        },
        volgende_stap: next_step(levering, context),
        geopend: moment_words::moment_nl(levering.geopend),
        rijen: content(levering, definitie),
        gevonden: if judged {
            found(levering)
        } else {
            String::new()
        },
        ondertekenaar: levering.ondertekenaar.as_ref().map(ToString::to_string),
        view: (judged && (wants_something || !levering.regels.is_empty())) || can_withdraw,
        view_text: match (wants_something, judged, can_withdraw) {
            (true, ..) => wording::page::VIEW_AND_GO_ON,
            (false, true, false) => "Bekijk de bevindingen",
            (false, true, true) => wording::page::VIEW_OR_WITHDRAW,
            (false, false, _) => wording::page::WITHDRAW,
        },
        bewijs: levering.has_ontvangstbewijs,
    }
}

/// `72 trajecten, 3 voorzieningen`, in the order of the definition.
pub(super) fn content(levering: &Levering, definitie: &Definitie) -> String {
    if levering.nulopgave {
        return "Niets te melden".to_owned();
    }
    let parts = definitie.tabellen.iter().filter_map(|t| {
        levering.rijen.get(&t.naam).map(|n| {
            format!(
                "{}: {}",
                t.titel.to_lowercase(),
                schema::text::grouped_thousands(*n)
            )
        })
    });
    parts.collect::<Vec<_>>().join(", ")
}

fn found(levering: &Levering) -> String {
    let parts = [
        (Ernst::Fout, "fout", "fouten"),
        (Ernst::Signaal, "signaal", "signalen"),
        (Ernst::Opmerking, "opmerking", "opmerkingen"),
    ];
    let found: Vec<String> = parts
        .into_iter()
        .map(|(e, een, more)| (count(levering, e), een, more))
        .filter(|(n, ..)| *n > 0)
        .map(|(n, een, more)| counted(n, een, more))
        .collect();
    if found.is_empty() {
        "Niets gevonden".to_owned()
    } else {
        found.join(", ")
    }
}
