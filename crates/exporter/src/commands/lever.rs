//! `uitvraag lever`: from a pakket to an ontvangstbewijs.
//!
//! Owns what a person hears on the way, top to bottom. Leaves the steps to `reis`, the questions to `toelichtingen`, and a
//! delivery that goes by itself (`--config`) to `bezorg`.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use schema::{Definitie, Ernst, Toestand};

use super::bezorg::{self, Bezorging};
use crate::dienst::levering::Levering;
use crate::fout::{Einde, Fout, Uitkomst};
use crate::logboek::Logvorm;
use crate::opties::{self, MisschienServer, Ondertekenaar, Server};
use crate::pakket::{Pakketmap, TOELICHTINGEN};
use crate::reis::Reis;
use crate::toelichtingen::{self, Vraag};
use crate::toon::levering::{describe, for_whom, suggest};
use crate::{toon, uitvoer};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag lever MAP --server URL --token-bestand BESTAND [OPTIES]\n         uitvraag lever --config uitvraag.toml [--vooraf]",
    after_help = "Voorbeelden:\n  uitvraag lever pakket-2020 --server https://uitvraag.example.nl --token-bestand token.txt\n  \
                  uitvraag lever pakket-2020 --server https://uitvraag.example.nl --token-bestand token.txt \\\n    \
                  --onderteken \"J. de Vries, directeur\"\n  \
                  uitvraag lever --config uitvraag.toml               vanzelf, elke nacht, vanuit uw eigen systeem\n\n\
                  Is de verbinding weggevallen? Geef dezelfde opdracht nog eens: wat al verstuurd is, gaat niet dubbel.\n\
                  Zonder --onderteken stopt het na de controle. Pas met uw ondertekening telt de levering mee.\n"
)]
pub struct Args {
    /// De map van het pakket
    #[arg(value_name = "MAP", conflicts_with = "config")]
    map: Option<PathBuf>,
    #[command(flatten)]
    server: MisschienServer,
    /// Lever vanzelf, uit uw eigen systeem, volgens dit bestand (uitvraag.toml)
    #[arg(long, value_name = "BESTAND", conflicts_with_all = ["server", "toelichtingen", "onderteken"], help_heading = "Vanzelf")]
    config: Option<PathBuf>,
    /// Kijk alleen of alles klaarstaat: server, token, regels, sleutel, schijf en bron
    #[arg(long, requires = "config", help_heading = "Vanzelf")]
    vooraf: bool,
    /// Vorm van het logboek [standaard: tekst op een terminal, anders json]
    #[arg(
        long,
        requires = "config",
        value_name = "VORM",
        hide_possible_values = true,
        help_heading = "Vanzelf"
    )]
    log: Option<Logvorm>,
    /// De dag van levering; latere datums zijn fout [standaard: vandaag]
    #[arg(long, requires = "config", value_name = "DATUM", value_parser = opties::dag, help_heading = "Vanzelf")]
    leverdatum: Option<NaiveDate>,
    /// Uw antwoorden op signalen [standaard: toelichtingen.toml in de map van het pakket]
    #[arg(long, value_name = "BESTAND", help_heading = "Afronden")]
    toelichtingen: Option<PathBuf>,
    /// Onderteken met uw naam en functie
    #[arg(long, value_name = "NAAM, FUNCTIE", value_parser = opties::ondertekenaar, help_heading = "Afronden")]
    onderteken: Option<Ondertekenaar>,
    /// Onderteken ook als de levering die nu telt met een andere sleutel is gemaakt
    #[arg(long, help_heading = "Afronden")]
    andere_sleutel: bool,
    /// Geef de levering als JSON
    #[arg(long, help_heading = "Afronden")]
    json: bool,
}

/// Sends, waits, answers, signs.
pub fn run(args: &Args) -> Uitkomst {
    if let Some(config) = &args.config {
        return bezorg::run(config, &args.bezorging(), &args.server);
    }
    let (map, server) = args.place()?;
    let dienst = server.dienst()?;
    let map = Pakketmap::open(map)?;
    let definitie = map.definitie()?;
    map.verify(&definitie)?;
    let gesprek = Gesprek {
        args,
        server,
        definitie,
        reis: Reis {
            dienst: &dienst,
            map,
        },
    };
    let reis = &gesprek.reis;
    // A file with a mistake in it is better heard of before anything is sent.
    let gegeven = toelichtingen::read(&gesprek.antwoordpad())?;
    let levering = reis.open()?;
    let levering = reis.bring(levering)?;
    let (levering, antwoorden) = reis.answer(levering, &gegeven)?;
    if antwoorden > 0 {
        uitvoer::praat(&format!("Antwoorden verstuurd: {antwoorden}."));
    }
    gesprek.finish(levering)
}

impl Args {
    /// Without settings there is a folder and a server.
    fn place(&self) -> Result<(&Path, Server), Fout> {
        let mist = |wat: &str| {
            Fout::new(format!("er ontbreekt iets: {wat}"))
                .tip("Alle opdrachten en opties ziet u met: uitvraag --help")
        };
        let map = self
            .map
            .as_deref()
            .ok_or_else(|| mist("MAP of --config BESTAND"))?;
        let server = self
            .server
            .server()
            .ok_or_else(|| mist("--server URL en --token-bestand BESTAND"))?;
        Ok((map, server))
    }

    fn bezorging(&self) -> Bezorging {
        Bezorging {
            vooraf: self.vooraf,
            log: self.log,
            json: self.json,
            leverdatum: self.leverdatum,
        }
    }
}

/// What is said around one journey.
struct Gesprek<'a> {
    args: &'a Args,
    server: Server,
    definitie: Definitie,
    reis: Reis<'a>,
}

impl Gesprek<'_> {
    fn antwoordpad(&self) -> PathBuf {
        self.args
            .toelichtingen
            .clone()
            .unwrap_or_else(|| self.reis.map.map.join(TOELICHTINGEN))
    }

    /// Tells where it stands, signs when asked, and says what now.
    fn finish(&self, levering: Levering) -> Uitkomst {
        match levering.toestand {
            Toestand::Afgekeurd => {
                let oordeel = self.reis.findings(&levering)?;
                self.show(
                    &levering,
                    &toon::soort(&oordeel, &self.definitie, Ernst::Fout, 10),
                );
                uitvoer::praat(
                    "De levering is afgekeurd: er staan fouten in. Verbeter uw bestand, maak een nieuw pakket en lever dat.",
                );
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
                self.receipt(&levering)
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
                Err(Fout::new("de server heeft nog geen oordeel")
                    .tip("Geef dezelfde opdracht straks nog eens."))
            }
        }
    }

    /// Puts every open question in the file and says how to go on.
    fn ask(&self, levering: &Levering) -> Uitkomst {
        let oordeel = self.reis.findings(levering)?;
        let mut vragen: Vec<Vraag<'_>> = Vec::new();
        for regel in levering
            .signalen()
            .filter(|r| levering.open_signalen.contains(&r.code))
        {
            vragen.push(Vraag::new(regel, &oordeel));
        }
        let pad = self.antwoordpad();
        toelichtingen::add_questions(&pad, &self.definitie, &vragen)?;
        self.show(
            levering,
            &toon::soort(&oordeel, &self.definitie, Ernst::Signaal, 3),
        );
        uitvoer::praat(&format!(
            "Er staan geen fouten in. Wel zijn er nog vragen: {}. Beantwoord ze in {} en geef dan:\n  {} --onderteken \"Naam, functie\"",
            vragen.len(),
            pad.display(),
            self.again()
        ));
        Ok(Einde::Open)
    }

    fn sign(&self, levering: &Levering, ondertekenaar: &Ondertekenaar) -> Uitkomst {
        // Whose token it is decides for whom is signed: that must be seen before it is done.
        if let Some(aanbieder) = for_whom(levering) {
            uitvoer::praat(&format!("U ondertekent voor {aanbieder}."));
        }
        self.receipt(
            &self
                .reis
                .sign(levering, ondertekenaar, self.args.andere_sleutel)?,
        )
    }

    fn receipt(&self, levering: &Levering) -> Uitkomst {
        let (bewijs, pad) = self.reis.keep_receipt(levering)?;
        self.show(levering, "");
        uitvoer::praat(&format!(
            "U bent klaar. De levering is ingediend door {}.\nUw ontvangstbewijs is gecontroleerd en staat in {}. Bewaar deze map.",
            bewijs.ondertekenaar,
            pad.display()
        ));
        Ok(Einde::Goed)
    }

    fn show(&self, levering: &Levering, bevindingen: &str) {
        if self.args.json {
            uitvoer::json(levering);
        } else {
            uitvoer::data(&format!("{}{bevindingen}", describe(levering)));
        }
    }

    /// The same command, to go on with.
    fn again(&self) -> String {
        let Server {
            server,
            token_bestand,
            zonder_tls,
            ..
        } = &self.server;
        let antwoorden = self
            .args
            .toelichtingen
            .as_ref()
            .map(|pad| format!(" --toelichtingen {}", uitvoer::woord(pad)));
        suggest(&self.reis.map.map, server, Some(token_bestand), *zonder_tls)
            + &antwoorden.unwrap_or_default()
    }
}
