//! `POST /v1/leveringen`: announce a pakket; its manifest is judged before a single file is taken.
//!
//! Owns what a manifest may say. The same content, or the same key with the same content, gives the levering that
//! was there. Leaves the files to `upload`, and whether a new one may be opened to `lake`.

use std::collections::BTreeSet;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::NaiveDate;
use lake::{LakeError, Levering, NewLevering, Opening};
use pakket::bsn::in_text;
use schema::pakket::PakketFile;
use schema::{Definitie, Pakket};

use super::upload::finish;
use super::{opened, refuse_if_erased, stamp};
use crate::auth::Caller;
use crate::problem::Problem;
use crate::request_body::{self, BodyError};
use crate::wording;
use crate::{App, IntakeLimits};

/// Why a pakket cannot be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    /// The body is not right.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// No usable key.
    #[error(
        "Stuur één header `Idempotency-Key` mee van 8 tot 128 letters, cijfers, streepjes of dubbele punten."
    )]
    Sleutel,
    /// The pakket names another aanbieder.
    #[error(
        "Het pakket noemt een andere aanbieder dan uw toegangscode. Gebruik de toegangscode van de aanbieder die levert."
    )]
    OtherAanbieder,
    /// No such uitvraag.
    #[error("Deze uitvraag kennen wij niet.")]
    Uitvraag,
    /// No such year.
    #[error("Over dit jaar loopt er geen uitvraag. Controleer het jaar van uw pakket.")]
    Jaar,
    /// Other rules than ours.
    #[error(
        "Uw pakket is gemaakt met andere regels dan die nu gelden. Haal de nieuwe versie van `uitvraag` op en maak het pakket opnieuw."
    )]
    Outdated {
        /// As in `omgang/2020`.
        definitie: String,
        /// Our rule hash.
        verwacht: String,
    },
    /// Made in the future.
    #[error("De leverdatum in het pakket ligt na vandaag ({}). Controleer de klok van uw computer en maak het pakket opnieuw.", schema::dutch_time::datum_nl(*.today))]
    Future {
        /// Today.
        today: NaiveDate,
    },
    /// No label, or of another scheme.
    #[error(
        "De pseudoniemen in het pakket hebben geen label dat wij kennen. Maak het pakket met `uitvraag pak`."
    )]
    Label,
    /// The list of files is not right.
    #[error("{0}")]
    Files(String),
    /// A BSN in the manifest.
    #[error(
        "In de omschrijving van het pakket staat iets dat op een burgerservicenummer lijkt. Haal het weg."
    )]
    Bsn,
    /// An answer to something that is no signaal.
    #[error(
        "Een van de toelichtingen hoort bij geen enkel signaal, staat er dubbel of is te lang."
    )]
    Toelichting,
    /// The register refused.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// Longest `pakket.json`.
pub(super) const MANIFEST_BYTES: usize = 1024 * 1024;

/// Opens a levering for a pakket.
#[utoipa::path(post, path = "/v1/leveringen", tag = "leveringen", security(("token" = [])),
    params(("Idempotency-Key" = String, Header, description = "Names this pakket: the exporter uses the SHA-256 of pakket.json")),
    request_body(content = Object, description = "pakket.json", content_type = "application/json"),
    responses(
        (status = 201, description = "Opened", body = super::LeveringView),
        (status = 200, description = "The same content was offered before", body = super::LeveringView),
        (status = 400, description = "IDEMPOTENCY_KEY"),
        (status = 403, description = "PROVIDER_MISMATCH"),
        (status = 409, description = "IDEMPOTENCY_CONFLICT, DEFINITION_OUTDATED or FROZEN"),
        (status = 410, description = "GONE"),
        (status = 422, description = "PERIOD, SCHEMA_VERSION, DELIVERY_DATE, KEY_LABEL, MANIFEST, BSN_SUSPECTED, TOELICHTING or JSON_INVALID"),
        (status = 429, description = "TOO_MANY_OPEN"),
    ))]
pub(crate) async fn open(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers)?;
    request_body::expect_type(&headers, "application/json").map_err(OpenError::from)?;
    request_body::refuse_encoding(&headers).map_err(OpenError::from)?;
    let json = request_body::read(body, MANIFEST_BYTES)
        .await
        .map_err(OpenError::from)?;
    let pakket = read_manifest(&json)?;
    let (status, levering) = announce(&app, &caller, &key, &json, &pakket).await?;
    opened(&app, status, &levering).await
}

/// Reads `pakket.json`.
pub(super) fn read_manifest(json: &[u8]) -> Result<Pakket, OpenError> {
    Ok(request_body::parse_json(json)?)
}

/// Opens a levering for a pakket, or finds the one that has this content: 201 or 200.
///
/// # Errors
/// When the manifest says what it may not, the register refuses, or what was there is erased.
pub(super) async fn announce(
    app: &App,
    caller: &Caller,
    key: &str,
    json: &[u8],
    pakket: &Pakket,
) -> Result<(StatusCode, Levering), Problem> {
    let kvk = caller.kvk().ok_or(OpenError::OtherAanbieder)?;
    let definitie = judge(app, kvk, pakket)?;
    let new = NewLevering {
        kvk,
        pakket,
        pakket_json: json,
        sleutel: key,
        klok: &definitie.klok,
    };
    match app.lake.open_levering(&new, &stamp(app, caller)).await? {
        Opening::New(levering) => {
            tracing::info!(levering = %levering.id, files = levering.bestanden.len(), "levering opened");
            Ok((StatusCode::CREATED, levering))
        }
        Opening::Existing(levering) => {
            refuse_if_erased(&levering)?;
            let levering = finish(app, caller, levering).await?;
            Ok((StatusCode::OK, levering))
        }
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<String, OpenError> {
    let mut all = headers.get_all("idempotency-key").iter();
    let (Some(een), None) = (all.next(), all.next()) else {
        return Err(OpenError::Sleutel);
    };
    let key = een.to_str().map_err(|_| OpenError::Sleutel)?;
    let fit = (8..=128).contains(&key.len())
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_:.".contains(&b));
    if !fit {
        return Err(OpenError::Sleutel);
    }
    if in_text(key) {
        return Err(OpenError::Bsn);
    }
    Ok(key.to_owned())
}

/// Everything that can be said of a manifest without its files.
fn judge<'a>(app: &'a App, kvk: &str, pakket: &Pakket) -> Result<&'a Definitie, OpenError> {
    if pakket
        .aanbieder
        .as_deref()
        .is_some_and(|named| named != kvk)
    {
        return Err(OpenError::OtherAanbieder);
    }
    let definitie = match app.definitie(&pakket.uitvraag, pakket.jaar) {
        Some(definitie) => definitie,
        None if app.knows_uitvraag(&pakket.uitvraag) => return Err(OpenError::Jaar),
        None => return Err(OpenError::Uitvraag),
    };
    if pakket.regels != definitie.regelhash {
        return Err(OpenError::Outdated {
            definitie: definitie.name(),
            verwacht: definitie.regelhash.clone(),
        });
    }
    let today = app.today();
    if pakket.leverdatum > today {
        return Err(OpenError::Future { today });
    }
    if !is_label(&pakket.pseudoniem) {
        return Err(OpenError::Label);
    }
    // What else is text in it is compared with what it must be. The answers are judged with their rules.
    let kept = [
        &pakket.name,
        &pakket.exporter,
        &pakket.pseudoniem,
        &pakket.definitie,
    ];
    if kept.into_iter().any(|text| in_text(text)) {
        return Err(OpenError::Bsn);
    }
    if pakket.name.len() > 100 || pakket.exporter.len() > 100 {
        return Err(OpenError::Files(wording::refused::NAME_TOO_LONG.to_owned()));
    }
    judge_files(definitie, &pakket.resources, &app.grenzen)?;
    judge_answers(definitie, pakket)?;
    Ok(definitie)
}

/// `hmac-sha256.<version>.<keyid>`: the scheme of the exporter.
fn is_label(label: &str) -> bool {
    let parts: Vec<&str> = label.split('.').collect();
    let [schema, version, key] = parts.as_slice() else {
        return false;
    };
    *schema == "hmac-sha256"
        && *version == "1"
        && (4..=64).contains(&key.len())
        && key
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn judge_files(
    definitie: &Definitie,
    files: &[PakketFile],
    bounds: &IntakeLimits,
) -> Result<(), OpenError> {
    let error = |text: String| Err(OpenError::Files(text));
    let mut seen = BTreeSet::new();
    for file in files {
        let Some(tabel) = definitie.tabel(&file.name) else {
            return error(wording::refused::UNKNOWN_TABEL.to_owned());
        };
        let name = &tabel.naam;
        if !seen.insert(name.as_str()) {
            return error(wording::refused::tabel_twice(name));
        }
        if file.path != pakket::packing::file_name(name)
            || file.format != "csv"
            || file.compression != "zstd"
            || file.encoding != "utf-8"
        {
            return error(wording::refused::wrong_file(name));
        }
        if !is_hash(&file.hash) {
            return error(wording::refused::no_hash(name));
        }
        if file.bytes == 0 || file.bytes_uitgepakt == 0 {
            return error(wording::refused::empty_file(name));
        }
        if file.bytes > bounds.bestand || file.bytes_uitgepakt > bounds.unpacked {
            return error(wording::refused::too_large(name));
        }
    }
    match definitie
        .tabellen
        .iter()
        .find(|t| !t.mag_ontbreken && !seen.contains(t.naam.as_str()))
    {
        Some(tabel) => error(wording::refused::tabel_missing(&tabel.naam)),
        None => Ok(()),
    }
}

fn is_hash(hash: &str) -> bool {
    hash.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn judge_answers(definitie: &Definitie, pakket: &Pakket) -> Result<(), OpenError> {
    super::toelichtingen::judge(definitie, &pakket.toelichtingen).map_err(|error| match error {
        super::toelichtingen::AnswerError::Bsn => OpenError::Bsn,
        _ => OpenError::Toelichting,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_of_the_known_scheme() {
        assert!(is_label("hmac-sha256.1.ab12cd34"));
        for label in [
            "",
            "hmac-sha256.1",
            "hmac-sha256.2.ab12cd34",
            "md5.1.ab12cd34",
            "hmac-sha256.1.AB12",
            "hmac-sha256.1.ab12.cd",
            "hmac-sha256.1.../x",
        ] {
            assert!(!is_label(label), "{label}");
        }
    }

    /// HOSTILE 61 and 85: a key is a short plain word without a BSN in it, and there is one.
    #[test]
    fn idempotency_keys_are_plain() {
        let met = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append("idempotency-key", value.parse().unwrap());
            }
            idempotency_key(&headers)
        };
        assert!(met(&["sha256:0011aabb"]).is_ok());
        for error in [
            &[][..],
            &["short"],
            &["a b c d e f"],
            &["abcdefgh", "abcdefgh"],
        ] {
            assert!(matches!(met(error), Err(OpenError::Sleutel)), "{error:?}");
        }
        assert!(matches!(met(&["klant-111222333"]), Err(OpenError::Bsn)));
    }
}
