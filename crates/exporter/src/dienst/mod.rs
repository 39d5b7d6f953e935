//! The conversation with the service.
//!
//! Owns the token, what an answer means, and when asking again is safe. After a time-out the outcome is unknown; then
//! the service is asked, never told again and hoped. Leaves HTTP itself to `client`, the order of a levering to
//! `commands::lever`, and bytes on their way to `upload`.

pub mod adres;
mod client;
pub mod levering;
pub mod token;
pub mod upload;

use std::thread;
use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::fout::Fout;
use crate::uitvoer;

pub use adres::Adres;
use client::{Client, Reply};
pub use token::Token;

/// How long to wait before asking again, and how often.
#[derive(Debug, Clone, Copy)]
pub struct Geduld {
    /// The first pause; each next one is twice as long.
    pub eerste: Duration,
    /// The longest pause.
    pub langste: Duration,
    /// Attempts without any progress before giving up.
    pub pogingen: u32,
    /// How long to wait for the verdict.
    pub oordeel: Duration,
    /// How long the service may be silent.
    pub antwoord: Duration,
}

impl Geduld {
    /// The pause after attempt `poging` (from 1).
    pub fn pauze(&self, poging: u32) -> Duration {
        self.eerste
            .saturating_mul(1 << poging.saturating_sub(1).min(16))
            .min(self.langste)
    }

    /// Says that it waits, and waits.
    pub fn wacht(&self, poging: u32, waarom: &str) {
        uitvoer::praat(&format!(
            "{waarom}. Poging {} van {} volgt vanzelf.",
            poging + 1,
            self.pogingen
        ));
        thread::sleep(self.pauze(poging));
    }
}

/// Why a request did not give what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DienstFout {
    /// No complete answer came: what the service did is unknown.
    #[error("{0}")]
    GeenAntwoord(String),
    /// The name of the server does not exist, or no connection of this kind is possible: asking again won't help.
    #[error("{0}")]
    Onbereikbaar(String),
    /// The service says no, and why.
    #[error("{0}")]
    Probleem(Probleem),
    /// An answer this version does not understand.
    #[error("het antwoord van de server is onbegrijpelijk: {0}")]
    Vreemd(String),
}

/// RFC 9457, as the service fills it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Probleem {
    /// HTTP status.
    pub status: u16,
    /// Stable code.
    pub code: String,
    /// What kind of problem.
    pub title: String,
    /// This case of it.
    pub detail: String,
}

impl std::fmt::Display for Probleem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tekst = if self.detail.is_empty() {
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
            if tekst.is_empty() {
                "de server weigert dit"
            } else {
                tekst
            },
            self.status
        )
    }
}

impl DienstFout {
    /// True where the same question may be asked again.
    pub fn tijdelijk(&self) -> bool {
        match self {
            Self::GeenAntwoord(_) => true,
            Self::Probleem(p) => {
                matches!(p.status, 408 | 429 | 500 | 502..=504) && p.code != "TOO_MANY_OPEN"
            }
            Self::Onbereikbaar(_) | Self::Vreemd(_) => false,
        }
    }

    /// What the service said, where it did.
    pub fn probleem(&self) -> Option<&Probleem> {
        match self {
            Self::Probleem(p) => Some(p),
            _ => None,
        }
    }

    /// The same as an error for the person at the terminal.
    pub fn als_fout(&self, bericht: &str) -> Fout {
        let fout = Fout::new(bericht).oorzaak(self);
        match self {
            Self::GeenAntwoord(_) => {
                fout.tip("Geef dezelfde opdracht nog eens. Wat al verstuurd is, gaat niet dubbel.")
            }
            Self::Onbereikbaar(_) => {
                fout.tip("Controleer het adres achter --server en uw internetverbinding.")
            }
            Self::Vreemd(_) => fout.tip(
                "Controleer het adres achter --server, of haal de nieuwste versie van uitvraag op.",
            ),
            Self::Probleem(p) => match tip_bij(p) {
                Some(tip) => fout.tip(tip),
                None => fout,
            },
        }
    }
}

fn tip_bij(probleem: &Probleem) -> Option<&'static str> {
    Some(match (probleem.code.as_str(), probleem.status) {
        ("DEFINITION_OUTDATED", _) => {
            "Haal de nieuwste versie van uitvraag op en maak het pakket opnieuw met `uitvraag pak`."
        }
        ("PROVIDER_MISMATCH", _) => {
            "Het KvK-nummer in het pakket hoort niet bij uw token. Maak het pakket opnieuw met het juiste --kvk."
        }
        ("IDEMPOTENCY_CONFLICT", _) => "Maak het pakket opnieuw met `uitvraag pak` en lever dat.",
        ("TOO_MANY_OPEN", _) => {
            "Maak een eerdere levering af met dezelfde opdracht, of trek er een in op de website."
        }
        ("NIL_UNEXPLAINED", _) => {
            "Geef uw uitleg met --uitleg \"…\". Alleen de coördinator leest die."
        }
        (_, 401) => "De server kent uw token niet. Vraag de coördinator om een nieuw token.",
        (_, 403) => "Met dit token mag dit niet. Vraag de coördinator om het juiste token.",
        (_, 413) => {
            "Het pakket is groter dan de server aanneemt. Neem contact op met de coördinator."
        }
        (_, 429 | 500..) => {
            "Probeer het over een paar minuten opnieuw. Wat al verstuurd is, gaat niet dubbel."
        }
        _ => return None,
    })
}

/// A whole answer.
pub struct Antwoord {
    /// `Upload-Offset`, where given.
    pub offset: Option<u64>,
    /// `Upload-Length`, where given.
    pub lengte: Option<u64>,
    /// The body.
    pub body: Vec<u8>,
}

impl Antwoord {
    /// The body as JSON.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, DienstFout> {
        serde_json::from_slice(&self.body).map_err(|e| DienstFout::Vreemd(e.to_string()))
    }

    /// The body as text.
    pub fn tekst(&self) -> Result<String, DienstFout> {
        String::from_utf8(self.body.clone()).map_err(|e| DienstFout::Vreemd(e.to_string()))
    }
}

/// One service and the token with which it is spoken to.
pub struct Dienst {
    client: Client,
    adres: Adres,
    token: Token,
    /// How patient to be.
    pub geduld: Geduld,
}

impl Dienst {
    /// Makes the client; nothing is sent yet.
    pub fn new(adres: Adres, token: Token, geduld: Geduld) -> Result<Self, Fout> {
        Ok(Self {
            client: Client::new(geduld.antwoord)?,
            adres,
            token,
            geduld,
        })
    }

    /// The address of the service, for messages and `levering.json`.
    pub fn adres(&self) -> &str {
        self.adres.tekst()
    }

    /// Asks once.
    pub fn vraag(
        &self,
        methode: Method,
        pad: &str,
        koppen: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Antwoord, DienstFout> {
        let url = format!("{}{pad}", self.adres.tekst());
        understand(
            self.client
                .ask(methode, &url, self.token.geheim(), koppen, body)?,
        )
    }

    /// Asks, and asks again while that is safe and may help. Only for requests that are the same when done twice.
    pub fn vraag_rustig(
        &self,
        methode: Method,
        pad: &str,
        koppen: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Antwoord, DienstFout> {
        let mut poging = 1;
        loop {
            match self.vraag(methode.clone(), pad, koppen, body) {
                Err(fout) if fout.tijdelijk() && poging < self.geduld.pogingen => {
                    self.geduld.wacht(poging, &hoofdletter(&fout.to_string()))
                }
                uitslag => return uitslag,
            }
            poging += 1;
        }
    }

    /// Asks for JSON.
    pub fn json<T: DeserializeOwned>(&self, pad: &str) -> Result<T, DienstFout> {
        self.vraag_rustig(Method::GET, pad, &[("Accept", "application/json")], None)?
            .json()
    }
}

fn understand(reply: Reply) -> Result<Antwoord, DienstFout> {
    let number = |name: &str| reply.headers.get(name)?.to_str().ok()?.parse::<u64>().ok();
    let (offset, lengte) = (number("upload-offset"), number("upload-length"));
    let (status, body) = (reply.status, reply.body);
    match status {
        200..=299 => Ok(Antwoord {
            offset,
            lengte,
            body,
        }),
        300..=399 => Err(DienstFout::Vreemd(
            "de server verwijst naar een ander adres".to_owned(),
        )),
        _ => {
            let mut probleem: Probleem = serde_json::from_slice(&body).unwrap_or_default();
            probleem.status = status;
            Err(DienstFout::Probleem(probleem))
        }
    }
}

fn hoofdletter(tekst: &str) -> String {
    let mut tekens = tekst.chars();
    tekens.next().map_or_else(String::new, |eerste| {
        eerste.to_uppercase().chain(tekens).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let seconde = Duration::from_secs(1);
        let geduld = Geduld {
            eerste: seconde,
            langste: 10 * seconde,
            pogingen: 6,
            oordeel: seconde,
            antwoord: seconde,
        };
        let pauzes: Vec<u64> = (1..=6).map(|n| geduld.pauze(n).as_secs()).collect();
        assert_eq!(pauzes, [1, 2, 4, 8, 10, 10]);
    }

    #[test]
    fn a_refusal_is_final_and_a_silence_is_not() {
        let weigering = |status| {
            DienstFout::Probleem(Probleem {
                status,
                ..Probleem::default()
            })
        };
        assert!(!weigering(422).tijdelijk() && !weigering(409).tijdelijk());
        assert!(weigering(503).tijdelijk() && DienstFout::GeenAntwoord(String::new()).tijdelijk());
    }
}
