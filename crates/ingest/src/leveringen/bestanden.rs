//! `HEAD` and `PATCH /v1/leveringen/{id}/bestanden/{tabel}`: a file in pieces, by the tus 1.0 core protocol.
//!
//! Owns the protocol's headers, counting bytes while they come, and giving up on a client that is too slow. What
//! came before a connection broke is kept, so the client goes on from there. When the last byte of the last file is
//! durable and every hash fits, the levering is `ontvangen` before the answer leaves. Leaves the disk to `lake`.

use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use lake::{LakeFout, Levering, Upload, Uploadstand};
use schema::Toestand;
use tokio::time::Instant;

use super::{find, refuse_if_erased, stempel};
use crate::Staat;
use crate::inhoud::{self, InhoudFout};
use crate::problem::Problem;
use crate::toegang::Wie;

/// Why a piece of a file was refused.
#[derive(Debug, thiserror::Error)]
pub enum TusFout {
    /// Another protocol.
    #[error("Stuur `Tus-Resumable: 1.0.0` mee.")]
    Versie,
    /// A header that is no number.
    #[error("De header `{0}` ontbreekt of is geen geheel getal van 0 of meer.")]
    Header(&'static str),
    /// Another length than announced.
    #[error("Het bestand zou {aangekondigd} bytes lang zijn. Dat kan niet meer veranderen.")]
    Lengte {
        /// What `pakket.json` says.
        aangekondigd: u64,
    },
    /// Not where the service is.
    #[error("Wij hebben al een ander deel van dit bestand. Ga verder bij byte {verwacht}.")]
    Offset {
        /// Where to go on.
        verwacht: u64,
    },
    /// More than announced.
    #[error("Er komen meer bytes dan het pakket aankondigde ({aangekondigd}).")]
    TeVeel {
        /// What `pakket.json` says.
        aangekondigd: u64,
    },
    /// The body is not right.
    #[error(transparent)]
    Inhoud(#[from] InhoudFout),
    /// The files are in already, or the levering is over.
    #[error("Bij deze levering kunnen geen bestanden meer worden verstuurd.")]
    Toestand(Toestand),
    /// The register refused.
    #[error(transparent)]
    Lake(#[from] LakeFout),
}

/// The version of tus that is spoken.
pub const TUS_VERSIE: &str = "1.0.0";
const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// Longest silence within a body.
const STILTE: Duration = Duration::from_secs(30);
/// After this long, a body must have come at [`TEMPO`] bytes a second on average.
const AANLOOP: Duration = Duration::from_secs(60);
const TEMPO: u64 = 1024;

/// How far a file is.
#[utoipa::path(head, path = "/v1/leveringen/{id}/bestanden/{tabel}", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering"), ("tabel" = String, Path, description = "Table"), ("Tus-Resumable" = String, Header, description = "1.0.0")),
    responses((status = 200, description = "Upload-Offset and Upload-Length"), (status = 404, description = "NOT_FOUND"), (status = 412, description = "TUS_VERSION")))]
pub async fn stand(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path((id, tabel)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    speaks_tus(&headers)?;
    let levering = find(&staat, &wie, &id).await?;
    refuse_if_erased(&levering)?;
    let levering = finish(&staat, &wie, levering).await?;
    let bestand = levering
        .bestanden
        .iter()
        .find(|b| b.tabel == tabel)
        .ok_or(LakeFout::OnbekendeTabel(levering.id))?;
    Ok(offset_answer(
        StatusCode::OK,
        bestand.offset,
        Some(bestand.bytes),
    ))
}

/// A levering whose bytes are all in, but that was never said to be `ontvangen` (the answer to the last byte failed):
/// the client that comes back to ask is told so after all.
///
/// # Errors
/// When the register fails.
pub async fn finish(staat: &Staat, wie: &Wie, levering: Levering) -> Result<Levering, Problem> {
    let alles = levering.toestand == Toestand::Geopend
        && levering.bestanden.iter().all(|b| b.offset == b.bytes);
    if !alles {
        return Ok(levering);
    }
    match complete(staat, wie, &levering).await {
        Ok(()) => {}
        // The file starts anew: the client sees that in the offset.
        Err(LakeFout::HashVerschilt { .. } | LakeFout::UploadBezet) => {}
        Err(fout) => return Err(fout.into()),
    }
    Ok(staat.lake.levering(levering.id).await?.unwrap_or(levering))
}

/// Takes a piece of a file.
#[utoipa::path(patch, path = "/v1/leveringen/{id}/bestanden/{tabel}", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering"), ("tabel" = String, Path, description = "Table"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"), ("Upload-Offset" = u64, Header, description = "Where this piece starts"), ("Upload-Length" = Option<u64>, Header, description = "Must be what the pakket says")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "Durable; Upload-Offset says how far"), (status = 409, description = "OFFSET, UPLOAD_BUSY or STATE"), (status = 412, description = "TUS_VERSION"), (status = 413, description = "BODY_TOO_LARGE"), (status = 415, description = "MEDIA_TYPE or CONTENT_ENCODING"), (status = 422, description = "HASH_MISMATCH: starts anew at byte 0")))]
pub async fn ontvangen(
    State(staat): State<Staat>,
    Extension(wie): Extension<Wie>,
    Path((id, tabel)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    speaks_tus(&headers)?;
    let levering = find(&staat, &wie, &id).await?;
    refuse_if_erased(&levering)?;
    let stuk = Stuk::read(&headers, &levering, &tabel)?;
    let upload = staat.lake.upload(levering.id, &tabel, stuk.offset).await?;
    let (uploadstand, fout) = receive(upload, body, stuk.rest).await?;
    if let Some(fout) = fout {
        tracing::info!(levering = %levering.id, tabel = %tabel, offset = uploadstand.offset, "upload broke off");
        return Err(fout.into());
    }
    if uploadstand.alles {
        complete(&staat, &wie, &levering).await?;
    }
    Ok(offset_answer(
        StatusCode::NO_CONTENT,
        uploadstand.offset,
        None,
    ))
}

/// All bytes are in: the levering is `ontvangen`, and the judge gets it.
async fn complete(staat: &Staat, wie: &Wie, levering: &Levering) -> Result<(), LakeFout> {
    let ontvangen = staat
        .lake
        .ontvangen(levering.id, &stempel(staat, wie))
        .await?;
    tracing::info!(levering = %levering.id, "levering received");
    if ontvangen.toestand == Toestand::Ontvangen {
        staat.beoordelaar.submit(levering.id);
    }
    Ok(())
}

/// What the headers of a PATCH say, found to fit the levering.
struct Stuk {
    offset: u64,
    /// Bytes that may still come.
    rest: u64,
}

impl Stuk {
    fn read(headers: &HeaderMap, levering: &Levering, tabel: &str) -> Result<Self, TusFout> {
        inhoud::expect_type(headers, "application/offset+octet-stream")?;
        inhoud::refuse_encoding(headers)?;
        let bestand = levering
            .bestanden
            .iter()
            .find(|b| b.tabel == tabel)
            .ok_or(LakeFout::OnbekendeTabel(levering.id))?;
        let offset = number(headers, &UPLOAD_OFFSET)?.ok_or(TusFout::Header("Upload-Offset"))?;
        let aangekondigd = bestand.bytes;
        if number(headers, &UPLOAD_LENGTH)?.is_some_and(|lengte| lengte != aangekondigd) {
            return Err(TusFout::Lengte { aangekondigd });
        }
        if levering.toestand != Toestand::Geopend {
            return Err(TusFout::Toestand(levering.toestand));
        }
        if offset != bestand.offset {
            return Err(TusFout::Offset {
                verwacht: bestand.offset,
            });
        }
        let rest = aangekondigd - offset;
        if number(headers, &CONTENT_LENGTH)?.is_some_and(|lengte| lengte > rest) {
            return Err(TusFout::TeVeel { aangekondigd });
        }
        Ok(Self { offset, rest })
    }
}

/// Writes the body piece by piece. The error, if any, is that of the connection: what came before it is durable.
async fn receive(
    mut upload: Upload,
    mut body: Body,
    rest: u64,
) -> Result<(Uploadstand, Option<TusFout>), TusFout> {
    let begin = Instant::now();
    let mut gekomen: u64 = 0;
    let fout = loop {
        let frame = match tokio::time::timeout(STILTE, body.frame()).await {
            Err(_) => break Some(InhoudFout::Traag.into()),
            Ok(None) => break None,
            Ok(Some(Err(_))) => break Some(InhoudFout::Afgebroken.into()),
            Ok(Some(Ok(frame))) => frame,
        };
        let Ok(stuk) = frame.into_data() else {
            continue;
        };
        gekomen += stuk.len() as u64;
        if gekomen > rest {
            break Some(InhoudFout::TeGroot(rest).into());
        }
        upload.schrijf(stuk).await?;
        let duur = begin.elapsed();
        if duur > AANLOOP && gekomen < TEMPO * duur.as_secs() {
            break Some(InhoudFout::Traag.into());
        }
    };
    Ok((upload.klaar().await?, fout))
}

fn speaks_tus(headers: &HeaderMap) -> Result<(), TusFout> {
    let mut alle = headers.get_all(&TUS_RESUMABLE).iter();
    match (alle.next(), alle.next()) {
        (Some(versie), None) if versie.as_bytes() == TUS_VERSIE.as_bytes() => Ok(()),
        _ => Err(TusFout::Versie),
    }
}

/// A header that is a plain number: digits only, once, and small enough for 64 bits.
fn number(headers: &HeaderMap, naam: &HeaderName) -> Result<Option<u64>, TusFout> {
    let bekend = if naam == UPLOAD_OFFSET {
        "Upload-Offset"
    } else if naam == UPLOAD_LENGTH {
        "Upload-Length"
    } else {
        "Content-Length"
    };
    let mut alle = headers.get_all(naam).iter();
    let Some(waarde) = alle.next() else {
        return Ok(None);
    };
    let bytes = waarde.as_bytes();
    if alle.next().is_some() || bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return Err(TusFout::Header(bekend));
    }
    waarde
        .to_str()
        .ok()
        .and_then(|t| t.parse().ok())
        .map(Some)
        .ok_or(TusFout::Header(bekend))
}

fn offset_answer(status: StatusCode, offset: u64, lengte: Option<u64>) -> Response {
    let mut antwoord = (status, [(CACHE_CONTROL, "no-store")]).into_response();
    let headers = antwoord.headers_mut();
    headers.insert(TUS_RESUMABLE, HeaderValue::from_static(TUS_VERSIE));
    headers.insert(UPLOAD_OFFSET, offset.into());
    if let Some(lengte) = lengte {
        headers.insert(UPLOAD_LENGTH, lengte.into());
    }
    antwoord
}
