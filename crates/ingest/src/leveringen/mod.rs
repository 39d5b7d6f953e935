//! Everything under `/v1/leveringen`: one file per thing one can do with a levering.
//!
//! Owns what they share: how a levering is shown, and that another aanbieder's levering does not exist for you
//! (404, not 403). Leaves the steps themselves to `lake` and the judging to `beoordelaar`.

pub mod bestanden;
pub mod bevindingen;
pub mod indienen;
pub mod intrekken;
pub mod ontvangstbewijs;
pub mod openen;
pub mod toelichtingen;
pub mod tonen;

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderValue, LOCATION};
use axum::response::{IntoResponse, Response};
use lake::{LakeFout, Levering, LeveringId, Stempel};
use schema::bevinding::{Ernst, RegelTelling};
use schema::definitie::Klok;
use schema::{Definitie, Toestand};
use serde::Serialize;

use crate::Staat;
use crate::problem::{Problem, Soort};
use crate::toegang::Wie;

/// A levering as the API shows it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Weergave {
    /// Identity.
    pub id: String,
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// KvK number.
    pub aanbieder: String,
    /// Name of the aanbieder, where one levering is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aanbieder_naam: Option<String>,
    /// Whether it says that there is nothing to report.
    pub nulopgave: bool,
    /// State.
    pub toestand: &'static str,
    /// What to do now, in Dutch.
    pub volgende_stap: String,
    /// Last day to deliver, ISO 8601.
    pub uiterlijk: Option<String>,
    /// When it was opened, RFC 3339.
    pub geopend: String,
    /// The files, how far they are.
    pub bestanden: Vec<Bestandweergave>,
    /// Rows per table, once judged.
    pub rijen: BTreeMap<String, u64>,
    /// Exact counts per rule that spoke, once judged.
    #[schema(value_type = Vec<Object>)]
    pub regels: Vec<RegelTelling>,
    /// Signalen that want an answer.
    pub open_signalen: Vec<String>,
    /// Who signed.
    pub ondertekenaar: Option<String>,
    /// Where the ontvangstbewijs is, once signed.
    pub ontvangstbewijs: Option<String>,
}

/// One file of a levering.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Bestandweergave {
    /// Table.
    pub tabel: String,
    /// Length announced.
    pub bytes: u64,
    /// Bytes that are durable.
    pub offset: u64,
    /// `sha256:<hex>` announced.
    pub hash: String,
}

impl Weergave {
    /// Shows a levering; `definitie` gives the clock and is there for every year the service knows.
    pub fn new(levering: &Levering, definitie: Option<&Definitie>, stand: Stand) -> Self {
        let id = levering.id.to_string();
        Self {
            uitvraag: levering.uitvraag.clone(),
            jaar: levering.jaar,
            aanbieder: levering.kvk.clone(),
            aanbieder_naam: None,
            nulopgave: levering.nulopgave,
            toestand: shown(levering).naam(),
            volgende_stap: volgende_stap(levering, definitie.map(|d| &d.klok), stand),
            uiterlijk: definitie.map(|d| d.klok.inleveren.to_string()),
            geopend: levering
                .geopend
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
            bestanden: levering
                .bestanden
                .iter()
                .map(|b| Bestandweergave {
                    tabel: b.tabel.clone(),
                    bytes: b.bytes,
                    offset: b.offset,
                    hash: b.hash.clone(),
                })
                .collect(),
            rijen: levering.rijen.clone(),
            regels: levering.regels.clone(),
            open_signalen: if levering.toestand == Toestand::TeBevestigen {
                levering.open_signalen()
            } else {
                Vec::new()
            },
            ondertekenaar: levering.ondertekenaar.as_ref().map(ToString::to_string),
            ontvangstbewijs: levering
                .heeft_ontvangstbewijs
                .then(|| format!("/v1/leveringen/{id}/ontvangstbewijs")),
            id,
        }
    }
}

/// What the register says, beside the state of a levering, of what an aanbieder can still do about a year.
#[derive(Debug, Clone, Copy, Default)]
pub struct Stand {
    /// The data are frozen, and this aanbieder has no uitstel.
    pub bevroren: bool,
    /// No levering of this aanbieder counts.
    pub niets_telt: bool,
}

impl Stand {
    /// How it is now; for a year without a definition there is nothing to do.
    ///
    /// # Errors
    /// When the register fails.
    pub async fn of(staat: &Staat, kvk: &str, uitvraag: &str, jaar: i32) -> Result<Self, LakeFout> {
        let Some(definitie) = staat.definitie(uitvraag, jaar) else {
            return Ok(Self::default());
        };
        let (lake, klok, nu) = (&staat.lake, &definitie.klok, staat.nu());
        Ok(Self {
            bevroren: lake.is_frozen(Some(kvk), uitvraag, jaar, klok, nu).await?,
            niets_telt: lake.in_kracht(kvk, uitvraag, jaar).await?.is_none(),
        })
    }
}

/// What to do now, in the words that exporter, API and pages share.
pub fn volgende_stap(levering: &Levering, klok: Option<&Klok>, stand: Stand) -> String {
    if levering.quarantaine.is_some() {
        return "Wij kunnen de bestanden van deze levering nu niet lezen. De beheerder kijkt ernaar; u hoort van de coördinator."
            .to_owned();
    }
    if levering.judging_is_stuck() {
        return JUDGING_STUCK.to_owned();
    }
    if let Some(code) = refusal(levering) {
        return refusal_sentence(code);
    }
    let Some(klok) = klok else {
        return "Neem contact op met de coördinator.".to_owned();
    };
    match stand {
        // Frozen without anything of theirs: then nothing that was replaced is done either.
        Stand {
            bevroren: true,
            niets_telt: true,
        } if levering.toestand == Toestand::Vervangen => {
            Toestand::Ingetrokken.volgende_stap_bevroren(klok)
        }
        Stand { bevroren: true, .. } => levering.toestand.volgende_stap_bevroren(klok),
        Stand {
            niets_telt: true, ..
        } => levering.toestand.volgende_stap_niets_telt(klok),
        Stand { .. } => levering.toestand.volgende_stap(klok),
    }
}

/// What is said while judging does not succeed and a beheerder has to look.
const JUDGING_STUCK: &str = "De controle is nog niet klaar: dit lukt ons nog niet, wij kijken ernaar. U hoeft nu niets te doen.";

/// The code of the weigering, for a levering that was refused whole (a pakket of another structure, something that
/// looks like a BSN): it was judged, none of it could be counted, and its data are erased.
pub fn refusal(levering: &Levering) -> Option<&str> {
    let [een] = levering.regels.as_slice() else {
        return None;
    };
    let geen_rijen = levering.rijen.is_empty() && !levering.nulopgave;
    let over = matches!(levering.toestand, Toestand::Afgekeurd | Toestand::Gewist);
    (over && geen_rijen && een.ernst == Ernst::Fout).then_some(een.code.as_str())
}

/// What the aanbieder reads of a weigering: the code, what it means, that nothing was kept, and what to do.
pub fn refusal_sentence(code: &str) -> String {
    let uitleg = match code {
        "BSN_SUSPECTED" => "Er staat iets in dat op burgerservicenummers lijkt.",
        "PSEUDONYM_LABEL" => "Er staan kale hashes in waar pseudoniemen horen.",
        _ => "Het pakket is niet zoals `uitvraag pak` het maakt.",
    };
    format!(
        "Wij hebben deze levering geweigerd en de bestanden verwijderd ({code}). {uitleg} Maak het pakket opnieuw met `uitvraag pak` en lever het opnieuw."
    )
}

/// The state as it is shown: a refused levering is on its way to gewist the moment it is judged.
fn shown(levering: &Levering) -> Toestand {
    if refusal(levering).is_some() {
        Toestand::Gewist
    } else {
        levering.toestand
    }
}

/// How many findings of this weight stand in the counts.
pub fn aantal(levering: &Levering, ernst: Ernst) -> u64 {
    levering
        .regels
        .iter()
        .filter(|r| r.ernst == ernst)
        .map(|r| r.aantal)
        .sum()
}

/// Answers with a levering, with all there is to say of it now.
///
/// # Errors
/// When the register fails.
pub async fn answer(
    staat: &Staat,
    status: StatusCode,
    levering: &Levering,
) -> Result<Response, Problem> {
    let stand = Stand::of(staat, &levering.kvk, &levering.uitvraag, levering.jaar).await?;
    let naam = staat.lake.aanbieder(&levering.kvk).await?.map(|a| a.naam);
    let weergave = Weergave::new(
        levering,
        staat.definitie(&levering.uitvraag, levering.jaar),
        stand,
    );
    Ok(json_answer(
        status,
        Weergave {
            aanbieder_naam: naam,
            ..weergave
        },
    ))
}

fn json_answer(status: StatusCode, weergave: Weergave) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(weergave)).into_response()
}

/// Answers with a levering that was opened now or before, and says where it is.
pub fn opened(staat: &Staat, status: StatusCode, levering: &Levering) -> Response {
    let weergave = Weergave::new(
        levering,
        staat.definitie(&levering.uitvraag, levering.jaar),
        Stand::default(),
    );
    let mut antwoord = json_answer(status, weergave);
    let adres = HeaderValue::from_str(&format!("/v1/leveringen/{}", levering.id))
        .expect("an id is hexadecimal and dashes");
    antwoord.headers_mut().insert(LOCATION, adres);
    antwoord
}

/// The levering with this id, if the one who asks may know of it: an aanbieder only its own, a coördinator each one.
///
/// # Errors
/// 404 when there is none, when it is another's, or when the id is no id.
pub async fn find(staat: &Staat, wie: &Wie, id: &str) -> Result<Levering, Problem> {
    let id: LeveringId = id.parse().map_err(|_| unknown())?;
    let bezig = staat.beoordelaar.is_busy_with(id);
    let mut levering = staat.lake.levering(id).await?.ok_or_else(unknown)?;
    // Answers of an earlier levering are carried over right after the verdict: until then nobody is asked anything.
    if bezig && levering.toestand == Toestand::TeBevestigen {
        levering.toestand = Toestand::Ontvangen;
    }
    // The last attempt is counted when it begins, and given up only when it has failed.
    if bezig {
        levering.attempts = levering.attempts.min(lake::ATTEMPTS - 1);
    }
    match wie.kvk() {
        Some(kvk) if levering.kvk != kvk => Err(unknown()),
        _ => Ok(levering),
    }
}

fn unknown() -> Problem {
    Problem::new(Soort::NOT_FOUND, "Deze levering kennen wij niet.")
}

/// Refuses what needs data when those were erased.
///
/// # Errors
/// 410 when they were.
pub fn refuse_if_erased(levering: &Levering) -> Result<(), Problem> {
    if let Some(code) = refusal(levering) {
        return Err(Problem::new(Soort::GONE, refusal_sentence(code)).with("weigering", code));
    }
    if levering.toestand == Toestand::Gewist {
        return Err(Problem::new(
            Soort::GONE,
            "De gegevens van deze levering zijn gewist.",
        ));
    }
    Ok(())
}

/// The stamp under a change.
pub fn stempel(staat: &Staat, wie: &Wie) -> Stempel {
    Stempel::new(wie.naam(), staat.nu())
}
