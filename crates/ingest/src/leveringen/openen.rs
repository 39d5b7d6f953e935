//! `POST /v1/leveringen`: announce a pakket; its manifest is judged before a single file is taken.
//!
//! Owns what a manifest may say. The same content, or the same key with the same content, gives the levering that
//! was there. Leaves the files to `bestanden`, and whether a new one may be opened to `lake`.

use std::collections::BTreeSet;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chrono::NaiveDate;
use lake::{Geopend, LakeFout, NieuweLevering};
use schema::pakket::Bestand;
use schema::{Definitie, Pakket};

use super::bestanden::finish;
use super::{opened, refuse_if_erased, stempel};
use crate::inhoud::{self, InhoudFout};
use crate::problem::Problem;
use crate::toegang::Wie;
use crate::{Grenzen, Staat};

/// Why a pakket cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenFout {
    /// The body is not right.
    #[error(transparent)]
    Inhoud(#[from] InhoudFout),
    /// No usable key.
    #[error(
        "Stuur één header `Idempotency-Key` mee van 8 tot 128 letters, cijfers, streepjes of dubbele punten."
    )]
    Sleutel,
    /// The pakket names another aanbieder.
    #[error(
        "Het pakket noemt een andere aanbieder dan uw toegangscode. Gebruik de toegangscode van de aanbieder die levert."
    )]
    AndereAanbieder,
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
    Verouderd {
        /// As in `omgang/2020`.
        definitie: String,
        /// Our rule hash.
        verwacht: String,
    },
    /// Made in the future.
    #[error("De leverdatum in het pakket ligt na vandaag ({}). Controleer de klok van uw computer en maak het pakket opnieuw.", schema::levering::datum_nl(*.vandaag))]
    Toekomst {
        /// Today.
        vandaag: NaiveDate,
    },
    /// No label, or of another scheme.
    #[error(
        "De pseudoniemen in het pakket hebben geen label dat wij kennen. Maak het pakket met `uitvraag pak`."
    )]
    Label,
    /// The list of files is not right.
    #[error("{0}")]
    Bestanden(String),
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
    Lake(#[from] LakeFout),
}

const MANIFEST_BYTES: usize = 1024 * 1024;

/// Opens a levering for a pakket.
#[utoipa::path(post, path = "/v1/leveringen", tag = "leveringen", security(("token" = [])),
    params(("Idempotency-Key" = String, Header, description = "Names this pakket: the exporter uses the SHA-256 of pakket.json")),
    request_body(content = Object, description = "pakket.json", content_type = "application/json"),
    responses(
        (status = 201, description = "Opened", body = super::Weergave),
        (status = 200, description = "The same content was offered before", body = super::Weergave),
        (status = 403, description = "PROVIDER_MISMATCH"),
        (status = 409, description = "IDEMPOTENCY_CONFLICT, DEFINITION_OUTDATED or FROZEN"),
        (status = 410, description = "GONE"),
        (status = 422, description = "PERIOD, SCHEMA_VERSION, DELIVERY_DATE, KEY_LABEL, MANIFEST, BSN_SUSPECTED, TOELICHTING or JSON_INVALID"),
        (status = 429, description = "TOO_MANY_OPEN"),
    ))]
pub async fn openen(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let sleutel = idempotency_key(&headers)?;
    inhoud::expect_type(&headers, "application/json").map_err(OpenFout::from)?;
    inhoud::refuse_encoding(&headers).map_err(OpenFout::from)?;
    let json = inhoud::read(body, MANIFEST_BYTES)
        .await
        .map_err(OpenFout::from)?;
    let pakket: Pakket = inhoud::parse_json(&json).map_err(OpenFout::from)?;
    let kvk = wie.kvk().ok_or(OpenFout::AndereAanbieder)?;
    let definitie = judge(&staat, kvk, &pakket)?;
    let nieuw = NieuweLevering {
        kvk,
        pakket: &pakket,
        pakket_json: &json,
        sleutel: &sleutel,
        klok: &definitie.klok,
    };
    match staat
        .lake
        .open_levering(&nieuw, &stempel(&staat, &wie))
        .await?
    {
        Geopend::Nieuw(levering) => {
            tracing::info!(levering = %levering.id, bestanden = levering.bestanden.len(), "levering opened");
            Ok(opened(&staat, StatusCode::CREATED, &levering))
        }
        Geopend::Bestaand(levering) => {
            refuse_if_erased(&levering)?;
            let levering = finish(&staat, &wie, levering).await?;
            Ok(opened(&staat, StatusCode::OK, &levering))
        }
    }
}

fn idempotency_key(headers: &HeaderMap) -> Result<String, OpenFout> {
    let mut alle = headers.get_all("idempotency-key").iter();
    let (Some(een), None) = (alle.next(), alle.next()) else {
        return Err(OpenFout::Sleutel);
    };
    let sleutel = een.to_str().map_err(|_| OpenFout::Sleutel)?;
    let fit = (8..=128).contains(&sleutel.len())
        && sleutel
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_:.".contains(&b));
    if !fit {
        return Err(OpenFout::Sleutel);
    }
    if holds_bsn(sleutel) {
        return Err(OpenFout::Bsn);
    }
    Ok(sleutel.to_owned())
}

/// Whether a word of nine digits in it passes the elfproef. Digits inside a hash or a UUID are no word of their own:
/// 1 in 80 SHA-256 keys would be refused by chance.
fn holds_bsn(tekst: &str) -> bool {
    let woorden = tekst.split(|c: char| !c.is_alphanumeric());
    woorden
        .filter(|w| w.bytes().all(|b| b.is_ascii_digit()))
        .any(pakket::bsn::in_tekst)
}

/// Everything that can be said of a manifest without its files.
fn judge<'a>(staat: &'a Staat, kvk: &str, pakket: &Pakket) -> Result<&'a Definitie, OpenFout> {
    if pakket
        .aanbieder
        .as_deref()
        .is_some_and(|genoemd| genoemd != kvk)
    {
        return Err(OpenFout::AndereAanbieder);
    }
    let definitie = match staat.definitie(&pakket.uitvraag, pakket.jaar) {
        Some(definitie) => definitie,
        None if staat.kent_uitvraag(&pakket.uitvraag) => return Err(OpenFout::Jaar),
        None => return Err(OpenFout::Uitvraag),
    };
    if pakket.regels != definitie.regelhash {
        return Err(OpenFout::Verouderd {
            definitie: definitie.naam(),
            verwacht: definitie.regelhash.clone(),
        });
    }
    let vandaag = staat.vandaag();
    if pakket.leverdatum > vandaag {
        return Err(OpenFout::Toekomst { vandaag });
    }
    if !is_label(&pakket.pseudoniem) {
        return Err(OpenFout::Label);
    }
    if [&pakket.name, &pakket.exporter, &pakket.pseudoniem]
        .into_iter()
        .any(|tekst| holds_bsn(tekst))
    {
        return Err(OpenFout::Bsn);
    }
    if pakket.name.len() > 100 || pakket.exporter.len() > 100 {
        return Err(OpenFout::Bestanden(
            "De naam van het pakket of van het programma is te lang.".to_owned(),
        ));
    }
    judge_files(definitie, &pakket.resources, &staat.grenzen)?;
    judge_answers(definitie, pakket)?;
    Ok(definitie)
}

/// `hmac-sha256.<version>.<keyid>`: the scheme of the exporter.
fn is_label(label: &str) -> bool {
    let delen: Vec<&str> = label.split('.').collect();
    let [schema, versie, sleutel] = delen.as_slice() else {
        return false;
    };
    *schema == "hmac-sha256"
        && *versie == "1"
        && (4..=64).contains(&sleutel.len())
        && sleutel
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
}

fn judge_files(
    definitie: &Definitie,
    bestanden: &[Bestand],
    grenzen: &Grenzen,
) -> Result<(), OpenFout> {
    let fout = |tekst: String| Err(OpenFout::Bestanden(tekst));
    let mut gezien = BTreeSet::new();
    for bestand in bestanden {
        let Some(tabel) = definitie.tabel(&bestand.name) else {
            return fout("Het pakket noemt een tabel die deze uitvraag niet kent.".to_owned());
        };
        let naam = &tabel.naam;
        if !gezien.insert(naam.as_str()) {
            return fout(format!("De tabel {naam} staat twee keer in het pakket."));
        }
        if bestand.path != format!("{naam}.csv.zst")
            || bestand.format != "csv"
            || bestand.compression != "zstd"
            || bestand.encoding != "utf-8"
        {
            return fout(format!(
                "Het bestand van de tabel {naam} moet {naam}.csv.zst heten: csv, utf-8, ingepakt met zstd."
            ));
        }
        if !is_hash(&bestand.hash) {
            return fout(format!(
                "De controlecode (sha256) van de tabel {naam} klopt niet van vorm."
            ));
        }
        if bestand.bytes == 0 || bestand.bytes_uitgepakt == 0 {
            return fout(format!(
                "Het bestand van de tabel {naam} is leeg. Ook zonder rijen heeft een tabel een kopregel."
            ));
        }
        if bestand.bytes > grenzen.bestand || bestand.bytes_uitgepakt > grenzen.uitgepakt {
            return fout(format!(
                "Het bestand van de tabel {naam} is te groot. Neem contact op met de coördinator."
            ));
        }
    }
    match definitie
        .tabellen
        .iter()
        .find(|t| !t.mag_ontbreken && !gezien.contains(t.naam.as_str()))
    {
        Some(tabel) => fout(format!("De tabel {} ontbreekt in het pakket.", tabel.naam)),
        None => Ok(()),
    }
}

fn is_hash(hash: &str) -> bool {
    hash.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn judge_answers(definitie: &Definitie, pakket: &Pakket) -> Result<(), OpenFout> {
    super::toelichtingen::judge(definitie, &pakket.toelichtingen).map_err(|fout| match fout {
        super::toelichtingen::AntwoordFout::Bsn => OpenFout::Bsn,
        _ => OpenFout::Toelichting,
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
        let met = |waarden: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for waarde in waarden {
                headers.append("idempotency-key", waarde.parse().unwrap());
            }
            idempotency_key(&headers)
        };
        assert!(met(&["sha256:0011aabb"]).is_ok());
        for fout in [
            &[][..],
            &["short"],
            &["a b c d e f"],
            &["abcdefgh", "abcdefgh"],
        ] {
            assert!(matches!(met(fout), Err(OpenFout::Sleutel)), "{fout:?}");
        }
        assert!(matches!(met(&["klant-111222333"]), Err(OpenFout::Bsn)));
    }
}
