//! One pakket on its way to the service: announce, send, wait, answer, sign, keep the receipt.
//!
//! Owns these steps, each of which may be taken again: the same pakket is the same levering, and each step first looks how
//! far it is. Leaves the order and the words to the commands, the protocol to `client`.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use schema::pakket::{Ontvangstbewijs, PakketFile, Toelichting};
use schema::{Confirmation, Oordeel, Toestand};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::args::SignatoryArgs;
use crate::atomic_file;
use crate::client::levering::{Preview, ServiceLevering};
use crate::client::upload::{FileUpload, UploadError};
use crate::client::{Client, ClientError, NeededConfirmation};
use crate::error::Failure;
use crate::event_log::{self, LogEvent};
use crate::ontvangstbewijs;
use crate::pakket::{LEVERING, PakketDirectory};
use crate::progress::ProgressDisplay;
use crate::row_map::RowMap;
use crate::toelichtingen::Toelichtingen;
use crate::wording;

/// Which levering at which service a pakket became; `levering.json` beside it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeveringLink {
    /// Address of the service.
    pub server: String,
    /// The levering.
    pub levering: String,
}

/// What came of a signature.
pub(crate) enum SignOutcome {
    /// It counts.
    Signed(Box<ServiceLevering>),
    /// It would take the place of a levering with more in it: that must be confirmed first, by name.
    Unconfirmed(Vec<NeededConfirmation>),
}

/// One pakket on its way.
pub(crate) struct DeliveryRun<'a> {
    /// The service.
    pub client: &'a Client,
    /// The pakket.
    pub map: PakketDirectory,
}

impl DeliveryRun<'_> {
    /// Announces the pakket. Its own hash is the key, so that the same pakket is the same levering.
    pub(crate) fn open(&self) -> Result<ServiceLevering, Failure> {
        let levering = self
            .client
            .open_levering(&self.map.bytes, &schema::hash::sha256(&self.map.bytes))
            .map_err(|e| e.as_failure(&wording::server::pakket_refused(&self.client.address())))?;
        event_log::break_point("aangemeld_niet_bewaard");
        let reference = LeveringLink {
            server: self.client.address().to_owned(),
            levering: levering.id.clone(),
        };
        atomic_file::write_json(&self.map.map.join(LEVERING), &reference)?;
        event_log::meld(
            LogEvent::Announced,
            wording::server::ANNOUNCED,
            &[("levering", json!(levering.id))],
        );
        Ok(levering)
    }

    /// Sends what is missing and waits for the verdict.
    pub(crate) fn bring(&self, mut levering: ServiceLevering) -> Result<ServiceLevering, Failure> {
        const ROUNDS: u32 = 3;
        for _ in 0..ROUNDS {
            if levering.toestand == Toestand::Geopend {
                self.send(&levering)?;
                event_log::meld(
                    LogEvent::Sent,
                    "Alles is verstuurd.",
                    &[("levering", json!(levering.id))],
                );
            }
            levering = self.wait(&levering.id)?;
            // A service that lost its tail in a crash asks for the rest again.
            if !levering.incomplete() {
                return Ok(levering);
            }
        }
        Err(Failure::new(wording::server::ASKS_AGAIN).tip(wording::server::TRY_LATER_MINUTES))
    }

    fn send(&self, levering: &ServiceLevering) -> Result<(), Failure> {
        let total: u64 = self.map.pakket.resources.iter().map(|b| b.bytes).sum();
        let progress = ProgressDisplay::bytes("Versturen", total);
        let mut sent = 0;
        for file in &self.map.pakket.resources {
            let path = self.map.path(file);
            match self
                .client
                .send(&upload(levering, file, &path), &progress, sent)
            {
                Ok(()) => sent += file.bytes,
                Err(UploadError::Disk(failure)) => return Err(failure),
                // It did not arrive as it left; the service dropped it, and the next round sends it anew.
                Err(UploadError::Client(failure))
                    if failure.problem().is_some_and(|p| p.code == "HASH_MISMATCH") =>
                {
                    return Ok(());
                }
                Err(UploadError::Client(failure)) => {
                    // All bytes may have arrived after all: then the levering has moved on and the file is closed.
                    let goes_on = self
                        .client
                        .levering(&levering.id)
                        .is_ok_and(|l| l.toestand != Toestand::Geopend);
                    return if goes_on {
                        Ok(())
                    } else {
                        Err(failure.as_failure(wording::server::SENDING_FAILED))
                    };
                }
            }
        }
        Ok(())
    }

    /// The service has all bytes but does not know that they are all.
    fn nudge(&self, levering: &ServiceLevering) {
        for file in &self.map.pakket.resources {
            self.client
                .nudge(&upload(levering, file, &self.map.path(file)));
        }
    }

    fn wait(&self, id: &str) -> Result<ServiceLevering, Failure> {
        let progress = ProgressDisplay::wait(wording::server::JUDGING);
        let begin = Instant::now();
        let mut pause = Duration::from_millis(200);
        loop {
            let levering = match self.client.levering(id) {
                // A service that is away: each question has its own patience, and it is asked for as long as was told.
                Err(failure)
                    if failure.temporary() && begin.elapsed() < self.client.patience.persist =>
                {
                    continue;
                }
                answered => answered.map_err(no_state)?,
            };
            let running = matches!(levering.toestand, Toestand::Geopend | Toestand::Ontvangen);
            if !running || levering.incomplete() {
                return Ok(levering);
            }
            if levering.toestand == Toestand::Geopend {
                self.nudge(&levering);
            }
            if begin.elapsed() > self.client.patience.oordeel {
                drop(progress);
                return Err(Failure::new(wording::server::not_ready_yet(&id))
                    .cause(wording::server::JUDGING_LONG)
                    .tip(wording::server::REPEAT_SOON));
            }
            thread::sleep(pause);
            pause = (pause * 3 / 2).min(Duration::from_secs(1));
        }
    }

    /// Sends the answers that are wanted, where there are any; gives how many.
    pub(crate) fn answer(
        &self,
        levering: ServiceLevering,
        given: &Toelichtingen,
    ) -> Result<(ServiceLevering, usize), Failure> {
        if levering.toestand != Toestand::TeBevestigen || given.given.is_empty() {
            return Ok((levering, 0));
        }
        // An answer given over another pakket in this folder is no answer to this one.
        let oordeel = self.findings(&levering)?;
        let mut answers = given.valid(&oordeel);
        if answers.is_empty() {
            return Ok((levering, 0));
        }
        let is_known = |code: &str| answers.iter().any(|a| a.code == code);
        let already_given: Vec<&Toelichting> = self
            .map
            .pakket
            .toelichtingen
            .iter()
            .filter(|t| !is_known(&t.code))
            .collect();
        answers.extend(already_given.into_iter().cloned());
        self.client
            .explain(&levering.id, &answers)
            .map_err(|e| e.as_failure(wording::server::ANSWERS_REFUSED))?;
        Ok((self.ask(&levering.id)?, answers.len()))
    }

    /// How the levering stands.
    pub(crate) fn ask(&self, id: &str) -> Result<ServiceLevering, Failure> {
        self.client.levering(id).map_err(no_state)
    }

    /// Signs; `confirmed` says what of the levering that counts may be lost by it.
    pub(crate) fn sign(
        &self,
        levering: &ServiceLevering,
        signatory: &SignatoryArgs,
        confirmed: &[Confirmation],
    ) -> Result<SignOutcome, Failure> {
        match self.client.submit(&levering.id, signatory, confirmed) {
            Ok(signed) => Ok(SignOutcome::Signed(Box::new(signed))),
            Err(ClientError::ServiceProblem(problem)) if !problem.bevestig.is_empty() => {
                Ok(SignOutcome::Unconfirmed(problem.bevestig))
            }
            Err(e) => Err(e.as_failure(wording::server::SIGNATURE_REFUSED)),
        }
    }

    /// What signing would change; `None` from a service that does not tell.
    pub(crate) fn preview(&self, levering: &ServiceLevering) -> Result<Option<Preview>, Failure> {
        match self.client.preview(&levering.id) {
            Ok(preview) => Ok(Some(preview)),
            Err(e) if e.problem().is_some_and(|p| p.status == 404) => Ok(None),
            Err(e) => Err(e.as_failure(wording::server::NO_PREVIEW)),
        }
    }

    /// Fetches the receipt, proves that it is real and of this pakket, and keeps it. Gives it with its file.
    pub(crate) fn keep_receipt(
        &self,
        levering: &ServiceLevering,
    ) -> Result<(Ontvangstbewijs, PathBuf), Failure> {
        let (jws, jwks) = self
            .client
            .ontvangstbewijs(&levering.id)
            .map_err(|e| e.as_failure(wording::commands::NO_RECEIPT_GIVEN))?;
        let invalid = |reason: String| {
            Failure::new(wording::server::RECEIPT_NOT_KEPT)
                .cause(reason)
                .tip(wording::commands::ASK_COORDINATOR)
        };
        let receipt = ontvangstbewijs::verify(&jws, &jwks).map_err(|e| invalid(e.to_string()))?;
        let mut differences = ontvangstbewijs::differences(&receipt, &self.map.pakket);
        if receipt.levering != levering.id {
            differences.push(wording::server::NUMBER_OF_LEVERING);
        }
        if !differences.is_empty() {
            return Err(invalid(wording::server::not_of_this_pakket(
                &differences.join(", "),
            )));
        }
        let path = ontvangstbewijs::store(&self.map.map, &jws, &jwks)?;
        Ok((receipt, path))
    }

    /// The judgement of the service, with its places in the own files where those are known.
    pub(crate) fn findings(&self, levering: &ServiceLevering) -> Result<Oordeel, Failure> {
        let mut oordeel = self
            .client
            .bevindingen(&levering.id)
            .map_err(|e: ClientError| e.as_failure(wording::commands::NO_FINDINGS))?;
        if let Some(rows) = RowMap::read(&self.map.map, &self.map.bytes) {
            rows.lead_back(&mut oordeel);
        }
        Ok(oordeel)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives what failed")]
fn no_state(failure: ClientError) -> Failure {
    failure.as_failure(wording::commands::NO_STATE)
}

fn upload<'a>(
    levering: &'a ServiceLevering,
    file: &'a PakketFile,
    path: &'a Path,
) -> FileUpload<'a> {
    FileUpload {
        levering: &levering.id,
        tabel: &file.name,
        pad: path,
        bytes: file.bytes,
    }
}
