//! `uitvraag lever`: from a pakket to an ontvangstbewijs.
//!
//! Owns the journey, top to bottom: announce, send, wait, hear the verdict, answer, sign, keep the receipt. Every step may
//! be taken again: the same pakket is the same levering, and each step first looks how far it is. Leaves the protocol to
//! `dienst` and the questions to `toelichtingen`.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use schema::pakket::{Bestand, Toelichting};
use schema::tekst::duizendtal;
use schema::{Definitie, Ernst, Oordeel, Toestand};
use serde::{Deserialize, Serialize};

use crate::dienst::levering::Levering;
use crate::dienst::upload::{UploadFout, Zending};
use crate::dienst::{Dienst, DienstFout};
use crate::fout::{Einde, Fout, Uitkomst};
use crate::ontvangstbewijs;
use crate::opties::{self, Ondertekenaar, Server};
use crate::pakket::{LEVERING, Pakketmap, TOELICHTINGEN, sha256};
use crate::toelichtingen::{self, Toelichtingen, Vraag};
use crate::voortgang::Voortgang;
use crate::{toon, uitvoer};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag lever MAP --server URL --token-bestand BESTAND [OPTIES]",
    after_help = "Voorbeelden:\n  uitvraag lever pakket-2020 --server https://uitvraag.example.nl --token-bestand token.txt\n  \
                  uitvraag lever pakket-2020 --server https://uitvraag.example.nl --token-bestand token.txt \\\n    \
                  --onderteken \"J. de Vries, directeur\"\n\n\
                  Is de verbinding weggevallen? Geef dezelfde opdracht nog eens: wat al verstuurd is, gaat niet dubbel.\n\
                  Zonder --onderteken stopt het na de controle. Pas met uw ondertekening telt de levering mee.\n"
)]
pub struct Args {
    /// De map van het pakket
    #[arg(value_name = "MAP")]
    map: PathBuf,
    #[command(flatten)]
    server: Server,
    /// Uw antwoorden op signalen [standaard: toelichtingen.toml in de map van het pakket]
    #[arg(long, value_name = "BESTAND", help_heading = "Afronden")]
    toelichtingen: Option<PathBuf>,
    /// Onderteken met uw naam en functie
    #[arg(long, value_name = "NAAM, FUNCTIE", value_parser = opties::ondertekenaar, help_heading = "Afronden")]
    onderteken: Option<Ondertekenaar>,
    /// Geef de levering als JSON
    #[arg(long, help_heading = "Afronden")]
    json: bool,
}

/// Which levering at which service a pakket became; `levering.json` beside it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verwijzing {
    /// Address of the service.
    pub server: String,
    /// The levering.
    pub levering: String,
}

/// Sends, waits, answers, signs.
pub fn run(args: &Args) -> Uitkomst {
    let map = Pakketmap::open(&args.map)?;
    let definitie = map.definitie()?;
    map.verify(&definitie)?;
    let reis = Reis { args, dienst: args.server.dienst()?, map, definitie };
    // A file with a mistake in it is better heard of before anything is sent.
    let gegeven = toelichtingen::read(&reis.antwoordpad())?;
    let levering = reis.open()?;
    let levering = reis.bring(levering)?;
    let levering = reis.answer(levering, &gegeven)?;
    reis.finish(levering)
}

/// One pakket on its way.
struct Reis<'a> {
    args: &'a Args,
    dienst: Dienst,
    map: Pakketmap,
    definitie: Definitie,
}

impl Reis<'_> {
    fn antwoordpad(&self) -> PathBuf {
        self.args.toelichtingen.clone().unwrap_or_else(|| self.map.map.join(TOELICHTINGEN))
    }

    /// Announces the pakket. Its own hash is the key, so that the same pakket is the same levering.
    fn open(&self) -> Result<Levering, Fout> {
        let levering = self
            .dienst
            .open_levering(&self.map.bytes, &sha256(&self.map.bytes))
            .map_err(|e| e.als_fout(&format!("de server neemt het pakket niet aan: {}", self.dienst.adres())))?;
        let verwijzing = Verwijzing { server: self.dienst.adres().to_owned(), levering: levering.id.clone() };
        let mut tekst = serde_json::to_vec_pretty(&verwijzing).expect("plain records");
        tekst.push(b'\n');
        opties::write_whole(&self.map.map.join(LEVERING), &tekst)?;
        Ok(levering)
    }

    /// Sends what is missing and waits for the verdict.
    fn bring(&self, mut levering: Levering) -> Result<Levering, Fout> {
        const RONDES: u32 = 3;
        for _ in 0..RONDES {
            if levering.toestand == Toestand::Geopend {
                self.send(&levering)?;
            }
            levering = self.wait(&levering.id)?;
            // A service that lost its tail in a crash asks for the rest again.
            if !levering.onvolledig() {
                return Ok(levering);
            }
        }
        Err(Fout::new("de server blijft om bestanden vragen die al verstuurd zijn").tip("Probeer het over een paar minuten opnieuw."))
    }

    fn send(&self, levering: &Levering) -> Result<(), Fout> {
        let totaal: u64 = self.map.pakket.resources.iter().map(|b| b.bytes).sum();
        let voortgang = Voortgang::bytes("Versturen", totaal);
        let mut verstuurd = 0;
        for bestand in &self.map.pakket.resources {
            let pad = self.map.pad(bestand);
            match self.dienst.verstuur(&zending(levering, bestand, &pad), &voortgang, verstuurd) {
                Ok(()) => verstuurd += bestand.bytes,
                Err(UploadFout::Schijf(fout)) => return Err(fout),
                // It did not arrive as it left; the service dropped it, and the next round sends it anew.
                Err(UploadFout::Dienst(fout)) if fout.probleem().is_some_and(|p| p.code == "HASH_MISMATCH") => return Ok(()),
                Err(UploadFout::Dienst(fout)) => {
                    // All bytes may have arrived after all: then the levering has moved on and the file is closed.
                    let verder = self.dienst.levering(&levering.id).is_ok_and(|l| l.toestand != Toestand::Geopend);
                    return if verder { Ok(()) } else { Err(fout.als_fout("het versturen lukte niet")) };
                }
            }
        }
        Ok(())
    }

    /// The service has all bytes but does not know that they are all.
    fn nudge(&self, levering: &Levering) {
        for bestand in &self.map.pakket.resources {
            self.dienst.nudge(&zending(levering, bestand, &self.map.pad(bestand)));
        }
    }

    fn wait(&self, id: &str) -> Result<Levering, Fout> {
        let voortgang = Voortgang::wacht("De server controleert uw levering");
        let begin = Instant::now();
        let mut pauze = Duration::from_millis(200);
        loop {
            let levering = self.dienst.levering(id).map_err(|e| e.als_fout("de server zegt niet hoe het met uw levering staat"))?;
            let bezig = matches!(levering.toestand, Toestand::Geopend | Toestand::Ontvangen);
            if !bezig || levering.onvolledig() {
                return Ok(levering);
            }
            if levering.toestand == Toestand::Geopend {
                self.nudge(&levering);
            }
            if begin.elapsed() > self.dienst.geduld.oordeel {
                drop(voortgang);
                return Err(Fout::new(format!("de server is nog niet klaar met levering {id}"))
                    .oorzaak("alles is verstuurd, maar de controle duurt lang")
                    .tip("Geef dezelfde opdracht straks nog eens. Er gaat niets dubbel."));
            }
            thread::sleep(pauze);
            pauze = (pauze * 3 / 2).min(Duration::from_secs(1));
        }
    }

    /// Sends the answers that are wanted, where there are any.
    fn answer(&self, levering: Levering, gegeven: &Toelichtingen) -> Result<Levering, Fout> {
        if levering.toestand != Toestand::TeBevestigen || gegeven.gegeven.is_empty() {
            return Ok(levering);
        }
        // An answer given over another pakket in this folder is no answer to this one.
        let oordeel = self.findings(&levering)?;
        let mut antwoorden = gegeven.geldig(&oordeel);
        if antwoorden.is_empty() {
            return Ok(levering);
        }
        let al = |code: &str| antwoorden.iter().any(|a| a.code == code);
        let al_gegeven: Vec<&Toelichting> = self.map.pakket.toelichtingen.iter().filter(|t| !al(&t.code)).collect();
        antwoorden.extend(al_gegeven.into_iter().cloned());
        self.dienst.toelichten(&levering.id, &antwoorden).map_err(|e| e.als_fout("de server neemt uw antwoorden niet aan"))?;
        uitvoer::praat(&format!("Antwoorden verstuurd: {}.", antwoorden.len()));
        self.dienst.levering(&levering.id).map_err(|e| e.als_fout("de server zegt niet hoe het met uw levering staat"))
    }

    /// Tells where it stands, signs when asked, and says what now.
    fn finish(&self, levering: Levering) -> Uitkomst {
        match levering.toestand {
            Toestand::Afgekeurd => {
                let oordeel = self.findings(&levering)?;
                self.show(&levering, &toon::soort(&oordeel, &self.definitie, Ernst::Fout, 10));
                uitvoer::praat("De levering is afgekeurd: er staan fouten in. Verbeter uw bestand, maak een nieuw pakket en lever dat.");
                Ok(Einde::Open)
            }
            Toestand::TeBevestigen => self.ask(&levering),
            Toestand::Akkoord => match &self.args.onderteken {
                Some(ondertekenaar) => self.sign(&levering, ondertekenaar),
                None => {
                    self.show(&levering, "");
                    uitvoer::praat(&format!(
                        "Alles is in orde. De levering telt pas mee na uw ondertekening:\n  {} --onderteken \"Naam, functie\"",
                        self.again()
                    ));
                    Ok(Einde::Goed)
                }
            },
            Toestand::Ingediend | Toestand::Gepubliceerd => {
                uitvoer::praat("Dit pakket was al ingediend.");
                self.keep_receipt(levering)
            }
            Toestand::Vervangen | Toestand::Ingetrokken | Toestand::Verlopen | Toestand::Gewist => {
                self.show(&levering, "");
                uitvoer::praat(&format!(
                    "Dit pakket is eerder geleverd en telt niet mee: de levering is {}. Maak een nieuw pakket met `uitvraag pak`.",
                    levering.toestand.naam()
                ));
                Ok(Einde::Open)
            }
            Toestand::Geopend | Toestand::Ontvangen => {
                Err(Fout::new("de server heeft nog geen oordeel").tip("Geef dezelfde opdracht straks nog eens."))
            }
        }
    }

    /// Puts every open question in the file and says how to go on.
    fn ask(&self, levering: &Levering) -> Uitkomst {
        let oordeel = self.findings(levering)?;
        let mut vragen: Vec<Vraag<'_>> = Vec::new();
        for regel in levering.signalen().filter(|r| levering.open_signalen.contains(&r.code)) {
            vragen.push(Vraag::new(regel, &oordeel));
        }
        let pad = self.antwoordpad();
        toelichtingen::add_questions(&pad, &self.definitie, &vragen)?;
        self.show(levering, &toon::soort(&oordeel, &self.definitie, Ernst::Signaal, 3));
        uitvoer::praat(&format!(
            "Er staan geen fouten in. Wel zijn er nog vragen: {}. Beantwoord ze in {} en geef dan:\n  {} --onderteken \"Naam, functie\"",
            vragen.len(),
            pad.display(),
            self.again()
        ));
        Ok(Einde::Open)
    }

    fn sign(&self, levering: &Levering, ondertekenaar: &Ondertekenaar) -> Uitkomst {
        let ingediend = self
            .dienst
            .indienen(&levering.id, &ondertekenaar.naam, &ondertekenaar.functie)
            .map_err(|e| e.als_fout("de server neemt uw ondertekening niet aan"))?;
        self.keep_receipt(ingediend)
    }

    fn keep_receipt(&self, levering: Levering) -> Uitkomst {
        let (jws, jwks) = self.dienst.ontvangstbewijs(&levering.id).map_err(|e| e.als_fout("de server geeft geen ontvangstbewijs"))?;
        let ongeldig = |reden: String| {
            Fout::new("het ontvangstbewijs van de server klopt niet en is niet bewaard")
                .oorzaak(reden)
                .tip("Neem contact op met de coördinator.")
        };
        let bewijs = ontvangstbewijs::verifieer(&jws, &jwks).map_err(|e| ongeldig(e.to_string()))?;
        let mut verschillen = ontvangstbewijs::verschillen(&bewijs, &self.map.pakket);
        if bewijs.levering != levering.id {
            verschillen.push("het nummer van de levering");
        }
        if !verschillen.is_empty() {
            return Err(ongeldig(format!("het gaat niet over dit pakket; anders zijn: {}", verschillen.join(", "))));
        }
        let pad = ontvangstbewijs::bewaar(&self.map.map, &jws, &jwks)?;
        self.show(&levering, "");
        uitvoer::praat(&format!(
            "U bent klaar. De levering is ingediend door {}.\nUw ontvangstbewijs is gecontroleerd en staat in {}. Bewaar deze map.",
            bewijs.ondertekenaar,
            pad.display()
        ));
        Ok(Einde::Goed)
    }

    fn findings(&self, levering: &Levering) -> Result<Oordeel, Fout> {
        self.dienst.bevindingen(&levering.id).map_err(|e: DienstFout| e.als_fout("de server geeft de bevindingen niet"))
    }

    fn show(&self, levering: &Levering, bevindingen: &str) {
        if self.args.json {
            uitvoer::json(levering);
        } else {
            uitvoer::data(&format!("{}{bevindingen}", describe(levering)));
        }
    }

    fn again(&self) -> String {
        again(&self.args.map, &self.args.server)
    }
}

fn zending<'a>(levering: &'a Levering, bestand: &'a Bestand, pad: &'a Path) -> Zending<'a> {
    Zending { levering: &levering.id, tabel: &bestand.name, pad, bytes: bestand.bytes }
}

/// The same command, to go on with.
fn again(map: &Path, server: &Server) -> String {
    format!("uitvraag lever {} --server {} --token-bestand {}", map.display(), server.server, server.token_bestand.display())
}

/// A levering in a few lines.
pub fn describe(levering: &Levering) -> String {
    let mut uit = format!("levering      {}\ntoestand      {}\n", uitvoer::veilig(&levering.id), levering.toestand.naam());
    for (tabel, rijen) in &levering.rijen {
        uit += &format!("rijen         {} {}\n", duizendtal(*rijen), uitvoer::veilig(tabel));
    }
    if let Some(ondertekenaar) = &levering.ondertekenaar {
        uit += &format!("ondertekend   {}\n", uitvoer::veilig(ondertekenaar));
    }
    if !levering.volgende_stap.is_empty() {
        uit += &format!("nu            {}\n", uitvoer::veilig(&levering.volgende_stap));
    }
    uit
}
