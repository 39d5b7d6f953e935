//! A levering as the service tells of it, and the questions about one.
//!
//! Owns the client's side of `/v1/leveringen`. Keys it does not know are passed by: a newer service may say more.

use std::collections::BTreeMap;

use reqwest::Method;
use schema::{Ernst, Oordeel, RegelTelling, Toestand, pakket};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Dienst, DienstFout};
use crate::opties::Ondertekenaar;

/// A levering as the service tells of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Levering {
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
    pub bestanden: Vec<Ontvangen>,
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

/// How much of one file the service has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ontvangen {
    /// Table.
    pub tabel: String,
    /// Length announced.
    pub bytes: u64,
    /// Length received.
    pub offset: u64,
}

impl Levering {
    /// True while bytes are missing.
    pub fn onvolledig(&self) -> bool {
        self.toestand == Toestand::Geopend && self.bestanden.iter().any(|b| b.offset < b.bytes)
    }

    /// The signalen that want or wanted an answer.
    pub fn signalen(&self) -> impl Iterator<Item = &RegelTelling> {
        self.regels
            .iter()
            .filter(|r| r.ernst == Ernst::Signaal && r.aantal > 0)
    }
}

fn known(levering: Levering) -> Result<Levering, DienstFout> {
    plain(&levering.id)?;
    Ok(levering)
}

/// The id goes into addresses, so it must be a plain word.
fn plain(id: &str) -> Result<(), DienstFout> {
    let goed = !id.is_empty()
        && id.len() <= 64
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if goed {
        Ok(())
    } else {
        Err(DienstFout::Vreemd(
            "het nummer van de levering is geen gewoon woord".to_owned(),
        ))
    }
}

impl Dienst {
    /// Announces a pakket. The key follows from the bytes, so asking twice gives the same levering.
    pub fn open_levering(&self, manifest: &[u8], sleutel: &str) -> Result<Levering, DienstFout> {
        let koppen = [
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
            ("Idempotency-Key", sleutel),
        ];
        known(
            self.vraag_rustig(Method::POST, "/v1/leveringen", &koppen, Some(manifest))?
                .json()?,
        )
    }

    /// How the levering stands.
    pub fn levering(&self, id: &str) -> Result<Levering, DienstFout> {
        plain(id)?;
        known(self.json(&format!("/v1/leveringen/{id}"))?)
    }

    /// The aanbieder's leveringen, of one year or of all.
    pub fn leveringen(&self, jaar: Option<i32>) -> Result<Vec<Levering>, DienstFout> {
        self.json(&jaar.map_or_else(
            || "/v1/leveringen".to_owned(),
            |jaar| format!("/v1/leveringen?jaar={jaar}"),
        ))
    }

    /// The judgement of the service.
    pub fn bevindingen(&self, id: &str) -> Result<Oordeel, DienstFout> {
        self.json(&format!("/v1/leveringen/{id}/bevindingen"))
    }

    /// Answers signalen.
    pub fn toelichten(
        &self,
        id: &str,
        toelichtingen: &[pakket::Toelichting],
    ) -> Result<(), DienstFout> {
        let body = serde_json::to_vec(toelichtingen).expect("plain records");
        self.vraag_rustig(
            Method::PUT,
            &format!("/v1/leveringen/{id}/toelichtingen"),
            &[("Content-Type", "application/json")],
            Some(&body),
        )
        .map(|_| ())
    }

    /// Signs. After a silence the service is asked whether it heard.
    pub fn indienen(
        &self,
        id: &str,
        naam: &str,
        functie: &str,
        andere_sleutel: bool,
    ) -> Result<Levering, DienstFout> {
        let mut inhoud = json!({"naam": naam, "functie": functie});
        if andere_sleutel {
            inhoud["andere_sleutel"] = true.into();
        }
        let body = serde_json::to_vec(&inhoud).expect("plain records");
        let koppen = [
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
        ];
        let mut poging = 1;
        loop {
            let fout = match self.vraag(
                Method::POST,
                &format!("/v1/leveringen/{id}/indienen"),
                &koppen,
                Some(&body),
            ) {
                Ok(antwoord) => return known(antwoord.json()?),
                Err(fout) if fout.tijdelijk() => fout,
                Err(fout) => return Err(fout),
            };
            let levering = self.levering(id)?;
            if levering.toestand == Toestand::Ingediend {
                return Ok(levering);
            }
            if poging >= self.geduld.pogingen {
                return Err(fout);
            }
            self.geduld
                .wacht(poging, "De server bevestigde de ondertekening niet");
            poging += 1;
        }
    }

    /// Signs that there is nothing to report. After a silence the service is asked whether it heard.
    pub fn nulopgave(
        &self,
        uitvraag: &str,
        jaar: i32,
        wie: &Ondertekenaar,
        uitleg: &str,
    ) -> Result<Levering, DienstFout> {
        let mut verklaring =
            json!({"uitvraag": uitvraag, "jaar": jaar, "naam": wie.naam, "functie": wie.functie});
        if !uitleg.is_empty() {
            verklaring["toelichting"] = json!(uitleg);
        }
        let body = serde_json::to_vec(&verklaring).expect("plain records");
        let sleutel = crate::pakket::sha256(&body);
        let koppen = [
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
            ("Idempotency-Key", sleutel.as_str()),
        ];
        let mut poging = 1;
        loop {
            let fout = match self.vraag(Method::POST, "/v1/nulopgaven", &koppen, Some(&body)) {
                Ok(antwoord) => return known(antwoord.json()?),
                Err(fout) if fout.tijdelijk() => fout,
                Err(fout) => return Err(fout),
            };
            let gehoord = self.leveringen(Some(jaar))?.into_iter().find(|l| {
                l.uitvraag == uitvraag && l.nulopgave && l.toestand == Toestand::Ingediend
            });
            if let Some(levering) = gehoord {
                return known(levering);
            }
            if poging >= self.geduld.pogingen {
                return Err(fout);
            }
            self.geduld
                .wacht(poging, "De server bevestigde de nulopgave niet");
            poging += 1;
        }
    }

    /// Takes a levering back; once taken back, again is the same.
    pub fn intrekken(&self, id: &str) -> Result<Levering, DienstFout> {
        plain(id)?;
        known(
            self.vraag_rustig(
                Method::POST,
                &format!("/v1/leveringen/{id}/intrekken"),
                &[("Accept", "application/json")],
                Some(b""),
            )?
            .json()?,
        )
    }

    /// The hash of the rules by which the service judges an uitvraag.
    pub fn regels(&self, uitvraag: &str, jaar: i32) -> Result<String, DienstFout> {
        #[derive(Deserialize)]
        struct Uitvraag {
            regels: String,
        }
        Ok(self
            .json::<Uitvraag>(&format!("/v1/uitvragen/{uitvraag}/{jaar}"))?
            .regels)
    }

    /// The receipt (a compact JWS) and the public keys to verify it with.
    pub fn ontvangstbewijs(&self, id: &str) -> Result<(String, String), DienstFout> {
        let pad = format!("/v1/leveringen/{id}/ontvangstbewijs");
        let bewijs = self
            .vraag_rustig(Method::GET, &pad, &[("Accept", "application/jose")], None)?
            .tekst()?;
        let sleutels = self
            .vraag_rustig(
                Method::GET,
                "/v1/sleutels",
                &[("Accept", "application/json")],
                None,
            )?
            .tekst()?;
        Ok((bewijs.trim().to_owned(), sleutels))
    }
}
