//! One pakket on its way to the service: announce, send, wait, answer, sign, keep the receipt.
//!
//! Owns these steps, each of which may be taken again: the same pakket is the same levering, and each step first looks how
//! far it is. Leaves the order and the words to the commands, the protocol to `dienst`.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use schema::pakket::{Bestand, Ontvangstbewijs, Toelichting};
use schema::{Oordeel, Toestand};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::dienst::levering::Levering;
use crate::dienst::upload::{UploadFout, Zending};
use crate::dienst::{Dienst, DienstFout};
use crate::fout::Fout;
use crate::logboek::{self, Gebeurtenis};
use crate::ontvangstbewijs;
use crate::opties::{self, Ondertekenaar};
use crate::pakket::{LEVERING, Pakketmap, sha256};
use crate::toelichtingen::Toelichtingen;
use crate::voortgang::Voortgang;

/// Which levering at which service a pakket became; `levering.json` beside it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verwijzing {
    /// Address of the service.
    pub server: String,
    /// The levering.
    pub levering: String,
}

/// One pakket on its way.
pub struct Reis<'a> {
    /// The service.
    pub dienst: &'a Dienst,
    /// The pakket.
    pub map: Pakketmap,
}

impl Reis<'_> {
    /// Announces the pakket. Its own hash is the key, so that the same pakket is the same levering.
    pub fn open(&self) -> Result<Levering, Fout> {
        let levering = self
            .dienst
            .open_levering(&self.map.bytes, &sha256(&self.map.bytes))
            .map_err(|e| {
                e.als_fout(&format!(
                    "de server neemt het pakket niet aan: {}",
                    self.dienst.adres()
                ))
            })?;
        logboek::breekpunt("aangemeld_niet_bewaard");
        let verwijzing = Verwijzing {
            server: self.dienst.adres().to_owned(),
            levering: levering.id.clone(),
        };
        opties::write_json(&self.map.map.join(LEVERING), &verwijzing)?;
        logboek::meld(
            Gebeurtenis::Aangemeld,
            "De levering is aangemeld.",
            &[("levering", json!(levering.id))],
        );
        Ok(levering)
    }

    /// Sends what is missing and waits for the verdict.
    pub fn bring(&self, mut levering: Levering) -> Result<Levering, Fout> {
        const RONDES: u32 = 3;
        for _ in 0..RONDES {
            if levering.toestand == Toestand::Geopend {
                self.send(&levering)?;
                logboek::meld(
                    Gebeurtenis::Verstuurd,
                    "Alles is verstuurd.",
                    &[("levering", json!(levering.id))],
                );
            }
            levering = self.wait(&levering.id)?;
            // A service that lost its tail in a crash asks for the rest again.
            if !levering.onvolledig() {
                return Ok(levering);
            }
        }
        Err(
            Fout::new("de server blijft om bestanden vragen die al verstuurd zijn")
                .tip("Probeer het over een paar minuten opnieuw."),
        )
    }

    fn send(&self, levering: &Levering) -> Result<(), Fout> {
        let totaal: u64 = self.map.pakket.resources.iter().map(|b| b.bytes).sum();
        let voortgang = Voortgang::bytes("Versturen", totaal);
        let mut verstuurd = 0;
        for bestand in &self.map.pakket.resources {
            let pad = self.map.pad(bestand);
            match self
                .dienst
                .verstuur(&zending(levering, bestand, &pad), &voortgang, verstuurd)
            {
                Ok(()) => verstuurd += bestand.bytes,
                Err(UploadFout::Schijf(fout)) => return Err(fout),
                // It did not arrive as it left; the service dropped it, and the next round sends it anew.
                Err(UploadFout::Dienst(fout))
                    if fout.probleem().is_some_and(|p| p.code == "HASH_MISMATCH") =>
                {
                    return Ok(());
                }
                Err(UploadFout::Dienst(fout)) => {
                    // All bytes may have arrived after all: then the levering has moved on and the file is closed.
                    let verder = self
                        .dienst
                        .levering(&levering.id)
                        .is_ok_and(|l| l.toestand != Toestand::Geopend);
                    return if verder {
                        Ok(())
                    } else {
                        Err(fout.als_fout("het versturen lukte niet"))
                    };
                }
            }
        }
        Ok(())
    }

    /// The service has all bytes but does not know that they are all.
    fn nudge(&self, levering: &Levering) {
        for bestand in &self.map.pakket.resources {
            self.dienst
                .nudge(&zending(levering, bestand, &self.map.pad(bestand)));
        }
    }

    fn wait(&self, id: &str) -> Result<Levering, Fout> {
        let voortgang = Voortgang::wacht("De server controleert uw levering");
        let begin = Instant::now();
        let mut pauze = Duration::from_millis(200);
        loop {
            let levering = self.ask(id)?;
            let bezig = matches!(levering.toestand, Toestand::Geopend | Toestand::Ontvangen);
            if !bezig || levering.onvolledig() {
                return Ok(levering);
            }
            if levering.toestand == Toestand::Geopend {
                self.nudge(&levering);
            }
            if begin.elapsed() > self.dienst.geduld.oordeel {
                drop(voortgang);
                return Err(
                    Fout::new(format!("de server is nog niet klaar met levering {id}"))
                        .oorzaak("alles is verstuurd, maar de controle duurt lang")
                        .tip("Geef dezelfde opdracht straks nog eens. Er gaat niets dubbel."),
                );
            }
            thread::sleep(pauze);
            pauze = (pauze * 3 / 2).min(Duration::from_secs(1));
        }
    }

    /// Sends the answers that are wanted, where there are any; gives how many.
    pub fn answer(
        &self,
        levering: Levering,
        gegeven: &Toelichtingen,
    ) -> Result<(Levering, usize), Fout> {
        if levering.toestand != Toestand::TeBevestigen || gegeven.gegeven.is_empty() {
            return Ok((levering, 0));
        }
        // An answer given over another pakket in this folder is no answer to this one.
        let oordeel = self.findings(&levering)?;
        let mut antwoorden = gegeven.geldig(&oordeel);
        if antwoorden.is_empty() {
            return Ok((levering, 0));
        }
        let al = |code: &str| antwoorden.iter().any(|a| a.code == code);
        let al_gegeven: Vec<&Toelichting> = self
            .map
            .pakket
            .toelichtingen
            .iter()
            .filter(|t| !al(&t.code))
            .collect();
        antwoorden.extend(al_gegeven.into_iter().cloned());
        self.dienst
            .toelichten(&levering.id, &antwoorden)
            .map_err(|e| e.als_fout("de server neemt uw antwoorden niet aan"))?;
        Ok((self.ask(&levering.id)?, antwoorden.len()))
    }

    /// How the levering stands.
    pub fn ask(&self, id: &str) -> Result<Levering, Fout> {
        self.dienst
            .levering(id)
            .map_err(|e| e.als_fout("de server zegt niet hoe het met uw levering staat"))
    }

    /// Signs.
    pub fn sign(
        &self,
        levering: &Levering,
        ondertekenaar: &Ondertekenaar,
        andere_sleutel: bool,
    ) -> Result<Levering, Fout> {
        self.dienst
            .indienen(
                &levering.id,
                &ondertekenaar.naam,
                &ondertekenaar.functie,
                andere_sleutel,
            )
            .map_err(|e| e.als_fout("de server neemt uw ondertekening niet aan"))
    }

    /// Fetches the receipt, proves that it is real and of this pakket, and keeps it. Gives it with its file.
    pub fn keep_receipt(&self, levering: &Levering) -> Result<(Ontvangstbewijs, PathBuf), Fout> {
        let (jws, jwks) = self
            .dienst
            .ontvangstbewijs(&levering.id)
            .map_err(|e| e.als_fout("de server geeft geen ontvangstbewijs"))?;
        let ongeldig = |reden: String| {
            Fout::new("het ontvangstbewijs van de server klopt niet en is niet bewaard")
                .oorzaak(reden)
                .tip("Neem contact op met de coördinator.")
        };
        let bewijs =
            ontvangstbewijs::verifieer(&jws, &jwks).map_err(|e| ongeldig(e.to_string()))?;
        let mut verschillen = ontvangstbewijs::verschillen(&bewijs, &self.map.pakket);
        if bewijs.levering != levering.id {
            verschillen.push("het nummer van de levering");
        }
        if !verschillen.is_empty() {
            return Err(ongeldig(format!(
                "het gaat niet over dit pakket; anders zijn: {}",
                verschillen.join(", ")
            )));
        }
        let pad = ontvangstbewijs::bewaar(&self.map.map, &jws, &jwks)?;
        Ok((bewijs, pad))
    }

    /// The judgement of the service.
    pub fn findings(&self, levering: &Levering) -> Result<Oordeel, Fout> {
        self.dienst
            .bevindingen(&levering.id)
            .map_err(|e: DienstFout| e.als_fout("de server geeft de bevindingen niet"))
    }
}

fn zending<'a>(levering: &'a Levering, bestand: &'a Bestand, pad: &'a Path) -> Zending<'a> {
    Zending {
        levering: &levering.id,
        tabel: &bestand.name,
        pad,
        bytes: bestand.bytes,
    }
}
