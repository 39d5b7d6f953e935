//! Files on their way: the tus 1.0 core protocol.
//!
//! Owns sending a file in pieces and going on where the service says it is (HEAD, then PATCH from there) after a cut
//! connection. Leaves the judgement over the bytes to the service.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Instant;

use reqwest::Method;

use super::{Client, ClientError, ServiceResponse};
use crate::error::Failure;
use crate::progress::ProgressDisplay;
use crate::wording;

/// One PATCH; small enough for a proxy in between, large enough to be quick.
const PIECE: u64 = 4 << 20;

/// A file that travels.
pub(crate) struct FileUpload<'a> {
    /// Levering it belongs to.
    pub levering: &'a str,
    /// Table it holds.
    pub tabel: &'a str,
    /// Where it is.
    pub pad: &'a Path,
    /// Its length.
    pub bytes: u64,
}

/// Why a file did not arrive.
pub(crate) enum UploadError {
    /// The service or the line.
    Client(ClientError),
    /// Our own disk.
    Disk(Failure),
}

impl Client {
    /// Sends a file, from where the service is to the end.
    pub(crate) fn send(
        &self,
        upload: &FileUpload<'_>,
        progress: &ProgressDisplay,
        already_sent: u64,
    ) -> Result<(), UploadError> {
        let disk = |e: &std::io::Error| {
            UploadError::Disk(Failure::file(
                wording::server::PAKKET_UNREADABLE,
                upload.pad,
                e,
            ))
        };
        let mut file = File::open(upload.pad).map_err(|e| disk(&e))?;
        let mut piece = Vec::new();
        let mut offset = self.offset(upload)?;
        let (mut attempt, mut progressed) = (1, Instant::now());
        while offset < upload.bytes {
            progress.progress(already_sent + offset);
            piece.clear();
            file.seek(SeekFrom::Start(offset)).map_err(|e| disk(&e))?;
            (&mut file)
                .take(PIECE.min(upload.bytes - offset))
                .read_to_end(&mut piece)
                .map_err(|e| disk(&e))?;
            let new = match self.patch(upload, offset, &piece) {
                Ok(response) => response.offset.unwrap_or(offset + piece.len() as u64),
                Err(failure) => {
                    // A 409 says that the service is elsewhere: it knows, we ask.
                    let weer =
                        failure.temporary() || failure.problem().is_some_and(|p| p.status == 409);
                    if !weer || !self.patience.goes_on(attempt, progressed) {
                        return Err(UploadError::Client(failure));
                    }
                    self.patience.wait(
                        attempt,
                        &wording::server::sending_stopped(&upload.tabel, &failure),
                        failure.retry_after(),
                    );
                    self.offset(upload)?
                }
            };
            if new > offset {
                (attempt, progressed) = (1, Instant::now());
            } else {
                attempt += 1;
            }
            if attempt > self.patience.pogingen && !self.patience.goes_on(attempt, progressed) {
                return Err(UploadError::Client(ClientError::NoAnswer(
                    wording::server::SERVER_TAKES_NO_MORE.to_owned(),
                )));
            }
            offset = new;
        }
        progress.progress(already_sent + offset);
        Ok(())
    }

    /// Says that a file is there to the last byte: a service that missed the end, in a crash, looks again.
    pub(crate) fn nudge(&self, upload: &FileUpload<'_>) {
        // Whatever it answers, the levering tells how it stands.
        let _ = self.patch(upload, upload.bytes, &[]);
    }

    fn offset(&self, upload: &FileUpload<'_>) -> Result<u64, UploadError> {
        let response = self
            .request_calmly(
                &Method::HEAD,
                &path_of(upload),
                &[("Tus-Resumable", "1.0.0")],
                None,
            )
            .map_err(UploadError::Client)?;
        let foreign = |reason: &str| UploadError::Client(ClientError::Foreign(reason.to_owned()));
        let offset = response
            .offset
            .ok_or_else(|| foreign(wording::server::OFFSET_MISSING))?;
        if offset > upload.bytes || response.lengte.is_some_and(|length| length != upload.bytes) {
            return Err(foreign(wording::server::OTHER_LENGTH));
        }
        Ok(offset)
    }

    fn patch(
        &self,
        upload: &FileUpload<'_>,
        offset: u64,
        piece: &[u8],
    ) -> Result<ServiceResponse, ClientError> {
        let offset = offset.to_string();
        let headers = [
            ("Tus-Resumable", "1.0.0"),
            ("Upload-Offset", offset.as_str()),
            ("Content-Type", "application/offset+octet-stream"),
        ];
        self.request(Method::PATCH, &path_of(upload), &headers, Some(piece))
    }
}

fn path_of(upload: &FileUpload<'_>) -> String {
    format!(
        "/v1/leveringen/{}/bestanden/{}",
        upload.levering, upload.tabel
    )
}
