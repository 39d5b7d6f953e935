//! `HEAD` and `PATCH /v1/leveringen/{id}/bestanden/{tabel}`: a file in pieces, by the tus 1.0 core protocol.
//!
//! Owns the protocol's headers, counting bytes while they come, and giving up on a client that has come back by another
//! connection. `OPTIONS` tells what of tus is spoken. What
//! came before a connection broke is kept, so the client goes on from there. When the last byte of the last file is
//! durable and every hash fits, the levering is `ontvangen` before the answer leaves. Leaves the disk to `lake`.

use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_LENGTH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use lake::{LakeError, Levering, Upload, UploadProgress};
use schema::Toestand;

use super::{find, refuse_if_erased, stamp};
use crate::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::request_body::{self, BodyError, PacedBody};

/// Why a piece of a file was refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TusError {
    /// Another protocol.
    #[error("Stuur `Tus-Resumable: 1.0.0` mee.")]
    Version,
    /// A header that is no number.
    #[error("De header `{0}` ontbreekt of is geen geheel getal van 0 of meer.")]
    Header(&'static str),
    /// Another length than announced.
    #[error("Het bestand zou {announced} bytes lang zijn. Dat kan niet meer veranderen.")]
    Lengte {
        /// What `pakket.json` says.
        announced: u64,
    },
    /// More than announced.
    #[error("Er komen meer bytes dan het pakket aankondigde ({announced}).")]
    TooMany {
        /// What `pakket.json` says.
        announced: u64,
    },
    /// The body is not right.
    #[error(transparent)]
    Body(#[from] BodyError),
    /// A newer request has taken the file over.
    #[error("Een nieuwer verzoek verstuurt dit bestand nu. Wat u stuurde, is bewaard.")]
    TakenOver,
    /// The register refused.
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// The version of tus that is spoken.
pub(crate) const TUS_VERSION: &str = "1.0.0";
const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSIONS: HeaderName = HeaderName::from_static("tus-version");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");

/// What of tus is spoken: the core protocol, and no extension (a levering is opened by its pakket).
#[utoipa::path(options, path = "/v1/leveringen", tag = "leveringen",
    responses((status = 204, description = "Tus-Resumable, Tus-Version and Tus-Max-Size; no Tus-Extension, for there is none")))]
pub(crate) async fn capabilities(State(app): State<App>) -> Response {
    tus_capabilities(&app)
}

/// The same, asked of a file.
#[utoipa::path(options, path = "/v1/leveringen/{id}/bestanden/{tabel}", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering"), ("tabel" = String, Path, description = "Table")),
    responses((status = 204, description = "Tus-Resumable, Tus-Version and Tus-Max-Size"), (status = 404, description = "NOT_FOUND")))]
pub(crate) async fn file_capabilities(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path((id, _)): Path<(String, String)>,
) -> Result<Response, Problem> {
    find(&app, &caller, &id).await?;
    Ok(tus_capabilities(&app))
}

fn tus_capabilities(app: &App) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(TUS_RESUMABLE, HeaderValue::from_static(TUS_VERSION));
    headers.insert(TUS_VERSIONS, HeaderValue::from_static(TUS_VERSION));
    headers.insert(TUS_MAX_SIZE, app.grenzen.bestand.into());
    response
}

/// How far a file is.
#[utoipa::path(head, path = "/v1/leveringen/{id}/bestanden/{tabel}", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering"), ("tabel" = String, Path, description = "Table"), ("Tus-Resumable" = String, Header, description = "1.0.0")),
    responses((status = 200, description = "Upload-Offset and Upload-Length"), (status = 404, description = "NOT_FOUND"), (status = 412, description = "TUS_VERSION")))]
pub(crate) async fn upload_progress(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path((id, tabel)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    speaks_tus(&headers)?;
    let levering = find(&app, &caller, &id).await?;
    refuse_if_erased(&levering)?;
    // Who asks where to go on has lost its connection, also when the service has not seen that yet.
    app.lake.settle_upload(levering.id, &tabel).await;
    let levering = find(&app, &caller, &id).await?;
    let levering = finish(&app, &caller, levering).await?;
    let file = levering
        .bestanden
        .iter()
        .find(|b| b.tabel == tabel)
        .ok_or(LakeError::UnknownTabel(levering.id))?;
    Ok(offset_answer(StatusCode::OK, file.offset, Some(file.bytes)))
}

/// A levering whose bytes are all in, but that was never said to be `ontvangen` (the answer to the last byte failed):
/// the client that comes back to ask is told so after all.
///
/// # Errors
/// When the register fails.
pub(crate) async fn finish(
    app: &App,
    caller: &Caller,
    levering: Levering,
) -> Result<Levering, Problem> {
    let everything = levering.toestand == Toestand::Geopend
        && levering.bestanden.iter().all(|b| b.offset == b.bytes);
    if !everything {
        return Ok(levering);
    }
    match complete(app, caller, &levering).await {
        Ok(()) => {}
        // The file starts anew: the client sees that in the offset.
        Err(LakeError::HashDiffers { .. } | LakeError::UploadBusy) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(app.lake.levering(levering.id).await?.unwrap_or(levering))
}

/// Takes a piece of a file.
#[utoipa::path(patch, path = "/v1/leveringen/{id}/bestanden/{tabel}", tag = "leveringen", security(("token" = [])),
    params(("id" = String, Path, description = "Identity of the levering"), ("tabel" = String, Path, description = "Table"),
        ("Tus-Resumable" = String, Header, description = "1.0.0"), ("Upload-Offset" = u64, Header, description = "Where this piece starts"), ("Upload-Length" = Option<u64>, Header, description = "Must be what the pakket says")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses((status = 204, description = "Durable; Upload-Offset says how far"), (status = 400, description = "UPLOAD_HEADER"), (status = 409, description = "OFFSET, UPLOAD_BUSY or STATE"), (status = 412, description = "TUS_VERSION"), (status = 413, description = "BODY_TOO_LARGE"), (status = 415, description = "MEDIA_TYPE or CONTENT_ENCODING"), (status = 422, description = "HASH_MISMATCH: starts anew at byte 0")))]
pub(crate) async fn received(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path((id, tabel)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    speaks_tus(&headers)?;
    let levering = find(&app, &caller, &id).await?;
    refuse_if_erased(&levering)?;
    let chunk = PatchPiece::read(&headers, &levering, &tabel)?;
    // A piece that can't fit takes the file from nobody; of one that starts beyond it the register says where to go on.
    if chunk.offset <= chunk.announced {
        chunk.rest()?;
    }
    let upload = app.lake.upload(levering.id, &tabel, chunk.offset).await?;
    let (upload_progress, error) = receive(upload, body, chunk.rest()?).await?;
    if let Some(error) = error {
        tracing::info!(levering = %levering.id, tabel = %tabel, offset = upload_progress.offset, "upload broke off");
        return Err(error.into());
    }
    if upload_progress.everything {
        complete(&app, &caller, &levering).await?;
    }
    Ok(offset_answer(
        StatusCode::NO_CONTENT,
        upload_progress.offset,
        None,
    ))
}

/// All bytes are in: the levering is `ontvangen`, and the judge gets it.
pub(super) async fn complete(
    app: &App,
    caller: &Caller,
    levering: &Levering,
) -> Result<(), LakeError> {
    let received = app.lake.received(levering.id, &stamp(app, caller)).await?;
    tracing::info!(levering = %levering.id, "levering received");
    if received.toestand == Toestand::Ontvangen {
        app.judge_queue.submit(levering.id);
    }
    Ok(())
}

/// What the headers of a PATCH say, found to fit the file that was announced. Whether bytes may come there now is the
/// register's to say.
struct PatchPiece {
    offset: u64,
    /// Length of the whole file.
    announced: u64,
    /// Length of the piece, where that is told.
    length: Option<u64>,
}

impl PatchPiece {
    fn read(headers: &HeaderMap, levering: &Levering, tabel: &str) -> Result<Self, TusError> {
        request_body::expect_type(headers, "application/offset+octet-stream")?;
        request_body::refuse_encoding(headers)?;
        let file = levering
            .bestanden
            .iter()
            .find(|b| b.tabel == tabel)
            .ok_or(LakeError::UnknownTabel(levering.id))?;
        let offset = number(headers, &UPLOAD_OFFSET)?.ok_or(TusError::Header("Upload-Offset"))?;
        let announced = file.bytes;
        if number(headers, &UPLOAD_LENGTH)?.is_some_and(|length| length != announced) {
            return Err(TusError::Lengte { announced });
        }
        Ok(Self {
            offset,
            announced,
            length: number(headers, &CONTENT_LENGTH)?,
        })
    }

    /// Bytes that may still come.
    fn rest(&self) -> Result<u64, TusError> {
        let rest = self.announced.saturating_sub(self.offset);
        if self.length.is_some_and(|length| length > rest) {
            return Err(TusError::TooMany {
                announced: self.announced,
            });
        }
        Ok(rest)
    }
}

/// Writes the body piece by piece. The error, if any, is that of the connection: what came before it is durable.
pub(super) async fn receive(
    mut upload: Upload,
    body: Body,
    rest: u64,
) -> Result<(UploadProgress, Option<TusError>), TusError> {
    let mut body = PacedBody::new(body);
    let mut received: u64 = 0;
    let error = loop {
        let next = tokio::select! {
            // This connection may hang; the newer one is alive.
            () = upload.wanted() => break Some(TusError::TakenOver),
            next = body.next() => next,
        };
        let chunk = match next {
            Err(error) => break Some(error.into()),
            Ok(None) => break None,
            Ok(Some(chunk)) => chunk,
        };
        received += chunk.len() as u64;
        if received > rest {
            break Some(BodyError::TooBig(rest).into());
        }
        upload.write(chunk).await?;
    };
    Ok((upload.finish().await?, error))
}

fn speaks_tus(headers: &HeaderMap) -> Result<(), TusError> {
    let mut all = headers.get_all(&TUS_RESUMABLE).iter();
    match (all.next(), all.next()) {
        (Some(version), None) if version.as_bytes() == TUS_VERSION.as_bytes() => Ok(()),
        _ => Err(TusError::Version),
    }
}

/// A header that is a plain number: digits only, once, and small enough for 64 bits.
fn number(headers: &HeaderMap, name: &HeaderName) -> Result<Option<u64>, TusError> {
    let known = if name == UPLOAD_OFFSET {
        "Upload-Offset"
    } else if name == UPLOAD_LENGTH {
        "Upload-Length"
    } else {
        "Content-Length"
    };
    let mut all = headers.get_all(name).iter();
    let Some(value) = all.next() else {
        return Ok(None);
    };
    let bytes = value.as_bytes();
    if all.next().is_some() || bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return Err(TusError::Header(known));
    }
    value
        .to_str()
        .ok()
        .and_then(|t| t.parse().ok())
        .map(Some)
        .ok_or(TusError::Header(known))
}

fn offset_answer(status: StatusCode, offset: u64, length: Option<u64>) -> Response {
    let mut response = (status, [(CACHE_CONTROL, "no-store")]).into_response();
    let headers = response.headers_mut();
    headers.insert(TUS_RESUMABLE, HeaderValue::from_static(TUS_VERSION));
    headers.insert(UPLOAD_OFFSET, offset.into());
    if let Some(length) = length {
        headers.insert(UPLOAD_LENGTH, length.into());
    }
    response
}
