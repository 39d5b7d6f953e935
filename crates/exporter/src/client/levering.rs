//! A levering as the service tells of it, and the questions about one.
//!
//! Owns the client's side of `/v1/leveringen`. Keys it does not know are passed by: a newer service may say more.

use std::collections::BTreeMap;
use std::time::Instant;

use reqwest::Method;
use schema::{Confirmation, Ernst, Oordeel, RegelTelling, Toestand, pakket};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Client, ClientError};
use crate::args::SignatoryArgs;
use crate::wording;

/// A levering as the service tells of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ServiceLevering {
    /// Its name at the service.
    pub id: String,
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// KvK number of the aanbieder.
    #[serde(default)]
    pub aanbieder: String,
    /// Name of the aanbieder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aanbieder_naam: Option<String>,
    /// Whether it says that there is nothing to report.
    #[serde(default)]
    pub nulopgave: bool,
    /// Where it stands.
    pub toestand: Toestand,
    /// What to do next, in the words of the service.
    #[serde(default)]
    pub volgende_stap: String,
    /// By when.
    #[serde(default)]
    pub uiterlijk: Option<String>,
    /// When it was opened.
    #[serde(default)]
    pub geopend: String,
    /// The files and how much of each is there.
    #[serde(default)]
    pub bestanden: Vec<ReceivedBytes>,
    /// Rows per table.
    #[serde(default)]
    pub rijen: BTreeMap<String, u64>,
    /// Rules that spoke.
    #[serde(default)]
    pub regels: Vec<RegelTelling>,
    /// Signalen that still want an answer.
    #[serde(default)]
    pub open_signalen: Vec<String>,
    /// Who signed.
    #[serde(default)]
    pub ondertekenaar: Option<String>,
    /// Where the receipt is.
    #[serde(default)]
    pub ontvangstbewijs: Option<String>,
}

/// What signing would change, in the words of the service.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Preview {
    /// With the levering that counts, and with last year's.
    #[serde(default)]
    pub vergelijkingen: Vec<PreviewComparison>,
}

/// A levering beside another one.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PreviewComparison {
    /// With which.
    pub kop: String,
    /// Table by table.
    #[serde(default)]
    pub tabellen: Vec<PreviewTabel>,
}

/// One table beside its counterpart.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PreviewTabel {
    /// What changed.
    pub zin: String,
}

/// How much of one file the service has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReceivedBytes {
    /// Table.
    pub tabel: String,
    /// Length announced.
    pub bytes: u64,
    /// Length received.
    pub offset: u64,
}

impl ServiceLevering {
    /// True while bytes are missing.
    pub(crate) fn incomplete(&self) -> bool {
        self.toestand == Toestand::Geopend && self.bestanden.iter().any(|b| b.offset < b.bytes)
    }

    /// The signalen that want or wanted an answer.
    pub(crate) fn signalen(&self) -> impl Iterator<Item = &RegelTelling> {
        self.regels
            .iter()
            .filter(|r| r.ernst == Ernst::Signaal && r.aantal > 0)
    }
}

fn known(levering: ServiceLevering) -> Result<ServiceLevering, ClientError> {
    plain(&levering.id)?;
    Ok(levering)
}

/// The id goes into addresses, so it must be a plain word.
fn plain(id: &str) -> Result<(), ClientError> {
    let good = !id.is_empty()
        && id.len() <= 64
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if good {
        Ok(())
    } else {
        Err(ClientError::Foreign(
            wording::server::LEVERING_NUMBER.to_owned(),
        ))
    }
}

impl Client {
    /// Announces a pakket. The key follows from the bytes, so asking twice gives the same levering.
    pub(crate) fn open_levering(
        &self,
        manifest: &[u8],
        key: &str,
    ) -> Result<ServiceLevering, ClientError> {
        let headers = [
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
            ("Idempotency-Key", key),
        ];
        known(
            self.request_calmly(&Method::POST, "/v1/leveringen", &headers, Some(manifest))?
                .json()?,
        )
    }

    /// How the levering stands.
    pub(crate) fn levering(&self, id: &str) -> Result<ServiceLevering, ClientError> {
        plain(id)?;
        known(self.json(&format!("/v1/leveringen/{id}"))?)
    }

    /// The aanbieder's leveringen, of one year or of all.
    pub(crate) fn leveringen(
        &self,
        jaar: Option<i32>,
    ) -> Result<Vec<ServiceLevering>, ClientError> {
        self.json(&jaar.map_or_else(
            || "/v1/leveringen".to_owned(),
            |jaar| format!("/v1/leveringen?jaar={jaar}"),
        ))
    }

    /// The judgement of the service.
    pub(crate) fn bevindingen(&self, id: &str) -> Result<Oordeel, ClientError> {
        self.json(&format!("/v1/leveringen/{id}/bevindingen"))
    }

    /// Answers signalen.
    pub(crate) fn explain(
        &self,
        id: &str,
        toelichtingen: &[pakket::Toelichting],
    ) -> Result<(), ClientError> {
        let body = serde_json::to_vec(toelichtingen).expect("plain records");
        self.request_calmly(
            &Method::PUT,
            &format!("/v1/leveringen/{id}/toelichtingen"),
            &[("Content-Type", "application/json")],
            Some(&body),
        )
        .map(|_| ())
    }

    /// What signing would change.
    pub(crate) fn preview(&self, id: &str) -> Result<Preview, ClientError> {
        self.json(&format!("/v1/leveringen/{id}/proef"))
    }

    /// Signs. After a silence the service is asked whether it heard.
    pub(crate) fn submit(
        &self,
        id: &str,
        who: &SignatoryArgs,
        confirmed: &[Confirmation],
    ) -> Result<ServiceLevering, ClientError> {
        let mut content = json!({"naam": who.naam, "functie": who.functie});
        if !confirmed.is_empty() {
            content["bevestig"] = json!(confirmed);
        }
        let body = serde_json::to_vec(&content).expect("plain records");
        let headers = [
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
        ];
        let (mut attempt, begin) = (1, Instant::now());
        loop {
            let failure = match self.request(
                Method::POST,
                &format!("/v1/leveringen/{id}/indienen"),
                &headers,
                Some(&body),
            ) {
                Ok(response) => return known(response.json()?),
                Err(failure) if failure.temporary() => failure,
                Err(failure) => return Err(failure),
            };
            let levering = self.levering(id)?;
            if levering.toestand == Toestand::Ingediend {
                return Ok(levering);
            }
            if !self.patience.goes_on(attempt, begin) {
                return Err(failure);
            }
            let why = wording::server::SIGNATURE_UNCONFIRMED;
            self.patience.wait(attempt, why, failure.retry_after());
            attempt += 1;
        }
    }

    /// Signs that there is nothing to report. After a silence the service is asked whether it heard.
    pub(crate) fn nulopgave(
        &self,
        uitvraag: &str,
        jaar: i32,
        who: &SignatoryArgs,
        explanation: &str,
    ) -> Result<ServiceLevering, ClientError> {
        let mut statement =
            json!({"uitvraag": uitvraag, "jaar": jaar, "naam": who.naam, "functie": who.functie});
        if !explanation.is_empty() {
            statement["toelichting"] = json!(explanation);
        }
        let body = serde_json::to_vec(&statement).expect("plain records");
        let key = schema::hash::sha256(&body);
        let headers = [
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
            ("Idempotency-Key", key.as_str()),
        ];
        let (mut attempt, begin) = (1, Instant::now());
        loop {
            let failure = match self.request(Method::POST, "/v1/nulopgaven", &headers, Some(&body))
            {
                Ok(response) => return known(response.json()?),
                Err(failure) if failure.temporary() => failure,
                Err(failure) => return Err(failure),
            };
            let heard = self.leveringen(Some(jaar))?.into_iter().find(|l| {
                l.uitvraag == uitvraag && l.nulopgave && l.toestand == Toestand::Ingediend
            });
            if let Some(levering) = heard {
                return known(levering);
            }
            if !self.patience.goes_on(attempt, begin) {
                return Err(failure);
            }
            let why = wording::server::NULOPGAVE_UNCONFIRMED;
            self.patience.wait(attempt, why, failure.retry_after());
            attempt += 1;
        }
    }

    /// Takes a levering back; once taken back, again is the same.
    pub(crate) fn withdraw(&self, id: &str) -> Result<ServiceLevering, ClientError> {
        plain(id)?;
        known(
            self.request_calmly(
                &Method::POST,
                &format!("/v1/leveringen/{id}/intrekken"),
                &[("Accept", "application/json")],
                Some(b""),
            )?
            .json()?,
        )
    }

    /// The hash of the rules by which the service judges an uitvraag.
    pub(crate) fn regels(&self, uitvraag: &str, jaar: i32) -> Result<String, ClientError> {
        #[derive(Deserialize)]
        struct UitvraagRegels {
            regels: String,
        }
        Ok(self
            .json::<UitvraagRegels>(&format!("/v1/uitvragen/{uitvraag}/{jaar}"))?
            .regels)
    }

    /// The receipt (a compact JWS) and the public keys to verify it with.
    pub(crate) fn ontvangstbewijs(&self, id: &str) -> Result<(String, String), ClientError> {
        let path = format!("/v1/leveringen/{id}/ontvangstbewijs");
        let receipt = self
            .request_calmly(&Method::GET, &path, &[("Accept", "application/jose")], None)?
            .text()?;
        let keys = self
            .request_calmly(
                &Method::GET,
                "/v1/sleutels",
                &[("Accept", "application/json")],
                None,
            )?
            .text()?;
        Ok((receipt.trim().to_owned(), keys))
    }
}
