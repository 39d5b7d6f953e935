//! The conversation with the service.
//!
//! Owns the token, what an answer means, and when asking again is safe. After a time-out the outcome is unknown; then
//! the service is asked, never told again and hoped. Leaves HTTP itself to `client`, the order of a levering to
//! `commands::lever`, and bytes on their way to `upload`.

pub(crate) mod address;
mod http;
pub(crate) mod levering;
pub(crate) mod token;
pub(crate) mod upload;

use std::thread;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::Failure;
use crate::output;
use crate::wording;

pub(crate) use address::Address;
use http::{HttpClient, Reply};
pub(crate) use token::BearerToken;

/// How long to wait before asking again, and how often.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// The first pause; each next one is twice as long.
    pub eerste: Duration,
    /// The longest pause.
    pub longest: Duration,
    /// Attempts without any progress before giving up, at least.
    pub pogingen: u32,
    /// How long to go on without any progress, however many attempts that takes.
    pub persist: Duration,
    /// How long to wait for the verdict.
    pub oordeel: Duration,
    /// How long the service may be silent.
    pub antwoord: Duration,
}

impl Patience {
    /// The pause after attempt `attempt` (from 1).
    pub(crate) fn pause(&self, attempt: u32) -> Duration {
        self.eerste
            .saturating_mul(1 << attempt.saturating_sub(1).min(16))
            .min(self.longest)
    }

    /// Whether to try again after attempt `attempt` (from 1), where the last progress was at `since`.
    pub(crate) fn goes_on(&self, attempt: u32, since: Instant) -> bool {
        attempt < self.pogingen || since.elapsed() < self.persist
    }

    /// Says that it waits, and waits: as long as the service asks for, where it does.
    pub(crate) fn wait(&self, attempt: u32, why: &str, asked: Option<Duration>) {
        let last = self.pogingen;
        let of = if self.persist.is_zero() {
            format!(" van {last}")
        } else {
            String::new()
        };
        output::talk(&format!("{why}. Poging {}{of} volgt vanzelf.", attempt + 1));
        let asked = asked.unwrap_or_default().min(LONGEST_ASKED);
        thread::sleep(self.pause(attempt).max(asked));
    }
}

/// No service makes us wait longer than this.
const LONGEST_ASKED: Duration = Duration::from_mins(5);

/// Why a request did not give what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ClientError {
    /// No complete answer came: what the service did is unknown.
    #[error("{0}")]
    NoAnswer(String),
    /// The name of the server does not exist, or no connection of this kind is possible: asking again won't help.
    #[error("{0}")]
    Unreachable(String),
    /// The service says no, and why.
    #[error("{0}")]
    ServiceProblem(ServiceProblem),
    /// An answer this version does not understand.
    #[error("het antwoord van de server is onbegrijpelijk: {0}")]
    Foreign(String),
}

/// RFC 9457, as the service fills it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct ServiceProblem {
    /// HTTP status.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// What kind of problem.
    pub title: String,
    /// This case of it.
    pub detail: String,
    /// What must be confirmed by name before it is done after all.
    pub bevestig: Vec<NeededConfirmation>,
    /// `Retry-After`, where given.
    #[serde(skip)]
    pub retry_after: Option<Duration>,
}

/// Something that would be lost and must be meant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct NeededConfirmation {
    /// The name by which it is confirmed.
    pub naam: String,
    /// What would be lost, in the words of the service.
    pub zin: String,
}

impl std::fmt::Display for ServiceProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = if self.detail.is_empty() {
            &self.title
        } else {
            &self.detail
        };
        let code = if self.code.is_empty() {
            "geen code"
        } else {
            &self.code
        };
        write!(
            f,
            "{} ({code}, HTTP {})",
            if text.is_empty() {
                wording::server::REFUSED
            } else {
                text
            },
            self.status
        )
    }
}

impl ClientError {
    /// True where the same question may be asked again.
    pub(crate) fn temporary(&self) -> bool {
        match self {
            Self::NoAnswer(_) => true,
            Self::ServiceProblem(p) => {
                matches!(p.status, 408 | 429 | 500 | 502..=504) && p.code != "TOO_MANY_OPEN"
            }
            Self::Unreachable(_) | Self::Foreign(_) => false,
        }
    }

    /// After how long the service wants to be asked again, where it says so.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        self.problem()?.retry_after
    }

    /// What the service said, where it did.
    pub(crate) fn problem(&self) -> Option<&ServiceProblem> {
        match self {
            Self::ServiceProblem(p) => Some(p),
            _ => None,
        }
    }

    /// The same as an error for the person at the terminal.
    pub(crate) fn as_failure(&self, message: &str) -> Failure {
        let failure = Failure::new(message).cause(self);
        match self {
            Self::NoAnswer(_) => failure.tip(wording::server::REPEAT_COMMAND),
            Self::Unreachable(_) => failure.tip(wording::server::CHECK_ADDRESS),
            Self::Foreign(_) => failure.tip(wording::server::CHECK_ADDRESS_OR_UPDATE),
            Self::ServiceProblem(p) => match tip_for(p) {
                Some(tip) => failure.tip(tip),
                None => failure,
            },
        }
    }
}

fn tip_for(problem: &ServiceProblem) -> Option<&'static str> {
    Some(match (problem.code.as_str(), problem.status) {
        ("DEFINITION_OUTDATED", _) => wording::server::UPDATE_AND_PACK,
        ("PROVIDER_MISMATCH", _) => wording::server::OTHER_KVK,
        ("IDEMPOTENCY_CONFLICT", _) => wording::server::PACK_AND_SEND,
        ("TOO_MANY_OPEN", _) => wording::server::FINISH_EARLIER,
        ("NIL_UNEXPLAINED", _) => wording::server::GIVE_EXPLANATION,
        (_, 401) => wording::server::UNKNOWN_TOKEN,
        (_, 403) => wording::server::WRONG_TOKEN,
        (_, 413) => wording::server::PAKKET_TOO_LARGE,
        (_, 429 | 500..) => wording::server::TRY_IN_MINUTES,
        _ => return None,
    })
}

/// A whole answer.
pub(crate) struct ServiceResponse {
    /// `Upload-Offset`, where given.
    pub offset: Option<u64>,
    /// `Upload-Length`, where given.
    pub lengte: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

impl ServiceResponse {
    /// The body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        serde_json::from_slice(&self.body).map_err(|e| ClientError::Foreign(e.to_string()))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> Result<String, ClientError> {
        String::from_utf8(self.body.clone()).map_err(|e| ClientError::Foreign(e.to_string()))
    }
}

/// One service and the token with which it is spoken to.
pub(crate) struct Client {
    http: HttpClient,
    adres: Address,
    token: BearerToken,
    /// How patient to be.
    pub patience: Patience,
}

impl Client {
    /// Makes the client; nothing is sent yet.
    pub(crate) fn new(
        address: Address,
        token: BearerToken,
        patience: Patience,
    ) -> Result<Self, Failure> {
        Ok(Self {
            http: HttpClient::new(patience.antwoord)?,
            adres: address,
            token,
            patience,
        })
    }

    /// The address of the service, for messages and `levering.json`.
    pub(crate) fn address(&self) -> &str {
        self.adres.text()
    }

    /// Asks once.
    pub(crate) fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<ServiceResponse, ClientError> {
        let url = format!("{}{path}", self.adres.text());
        understand(
            self.http
                .ask(method, &url, self.token.secret(), headers, body)?,
        )
    }

    /// Asks, and asks again while that is safe and may help. Only for requests that are the same when done twice.
    pub(crate) fn request_calmly(
        &self,
        method: &Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<ServiceResponse, ClientError> {
        let (mut attempt, begin) = (1, Instant::now());
        loop {
            match self.request(method.clone(), path, headers, body) {
                Err(failure) if failure.temporary() && self.patience.goes_on(attempt, begin) => {
                    let why = capitalise(&failure.to_string());
                    self.patience.wait(attempt, &why, failure.retry_after());
                }
                result => return result,
            }
            attempt += 1;
        }
    }

    /// Asks for JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.request_calmly(&Method::GET, path, &[("Accept", "application/json")], None)?
            .json()
    }
}

fn understand(reply: Reply) -> Result<ServiceResponse, ClientError> {
    let number = |name: &str| reply.headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
    let (offset, length) = (number("upload-offset"), number("upload-length"));
    let retry_after = number("retry-after").map(Duration::from_secs);
    let (status, body) = (reply.status, reply.body);
    match status {
        200..=299 => Ok(ServiceResponse {
            offset,
            lengte: length,
            body,
        }),
        300..=399 => Err(ClientError::Foreign(
            wording::server::POINTS_ELSEWHERE.to_owned(),
        )),
        _ => {
            let mut problem: ServiceProblem = serde_json::from_slice(&body).unwrap_or_default();
            problem.status = status;
            problem.retry_after = retry_after;
            Err(ClientError::ServiceProblem(problem))
        }
    }
}

fn capitalise(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let second = Duration::from_secs(1);
        let patience = Patience {
            eerste: second,
            longest: 10 * second,
            pogingen: 6,
            persist: Duration::ZERO,
            oordeel: second,
            antwoord: second,
        };
        let pauses: Vec<u64> = (1..=6).map(|n| patience.pause(n).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 10, 10]);
    }

    #[test]
    fn it_goes_on_for_as_long_as_it_was_told() {
        let second = Duration::from_secs(1);
        let mut patience = Patience {
            eerste: second,
            longest: second,
            pogingen: 3,
            persist: Duration::ZERO,
            oordeel: second,
            antwoord: second,
        };
        let begin = Instant::now();
        assert!(patience.goes_on(2, begin) && !patience.goes_on(3, begin));
        patience.persist = Duration::from_mins(10);
        assert!(patience.goes_on(500, begin));
        if let Some(long_ago) = begin.checked_sub(Duration::from_mins(11)) {
            assert!(!patience.goes_on(500, long_ago));
        }
    }

    #[test]
    fn a_refusal_is_final_and_a_silence_is_not() {
        let refusal = |status| {
            ClientError::ServiceProblem(ServiceProblem {
                status,
                ..ServiceProblem::default()
            })
        };
        assert!(!refusal(422).temporary() && !refusal(409).temporary());
        assert!(refusal(503).temporary() && ClientError::NoAnswer(String::new()).temporary());
    }
}
