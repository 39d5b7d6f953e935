//! `uitvraag lever`: from a pakket to an ontvangstbewijs.
//!
//! Owns what a person hears on the way, top to bottom. Leaves the steps to `delivery_run`, the questions to `toelichtingen`, and a
//! delivery that goes by itself (`--config`) to `unattended`.

use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use schema::{Confirmation, Definitie, Ernst, Toestand};

use super::unattended::{self, Unattended};
use crate::args::{self, OptionalServer, ServerArgs, SignatoryArgs};
use crate::ask_confirm::{self, Confirmed};
use crate::client::NeededConfirmation;
use crate::client::levering::ServiceLevering;
use crate::delivery_run::{DeliveryRun, SignOutcome};
use crate::error::{CommandResult, Failure, RunEnd};
use crate::event_log::LogFormat;
use crate::pakket::{PakketDirectory, TOELICHTINGEN};
use crate::render::levering::{changes, describe, for_whom, suggest};
use crate::toelichtingen::{self, Question};
use crate::wording;
use crate::{output, render};

/// What may be typed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "uitvraag lever MAP --server URL --token-bestand BESTAND [OPTIES]\n         uitvraag lever --config uitvraag.toml [--vooraf]",
    after_help = "Voorbeelden:\n  uitvraag lever pakket-2020 --server https://uitvraag.example.nl --token-bestand token.txt\n  \
                  uitvraag lever pakket-2020 --server https://uitvraag.example.nl --token-bestand token.txt \\\n    \
                  --onderteken \"J. de Vries, directeur\"\n  \
                  uitvraag lever --config uitvraag.toml               vanzelf, elke nacht, vanuit uw eigen systeem\n\n\
                  Is de verbinding weggevallen? Geef dezelfde opdracht nog eens: wat al verstuurd is, gaat niet dubbel.\n\
                  Zonder --onderteken stopt het na de controle. Pas met uw ondertekening telt de levering mee.\n\
                  Voor u ondertekent ziet u wat er verandert. Vervalt er veel, dan moet u dat met naam bevestigen.\n"
)]
pub(crate) struct LeverArgs {
    /// De map van het pakket
    #[arg(value_name = "MAP", conflicts_with = "config")]
    map: Option<PathBuf>,
    #[command(flatten)]
    server: OptionalServer,
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
    log: Option<LogFormat>,
    /// De dag van levering; latere datums zijn fout [standaard: vandaag]
    #[arg(long, requires = "config", value_name = "DATUM", value_parser = args::day, help_heading = "Vanzelf")]
    leverdatum: Option<NaiveDate>,
    /// Uw antwoorden op signalen [standaard: toelichtingen.toml in de map van het pakket]
    #[arg(long, value_name = "BESTAND", help_heading = "Afronden")]
    toelichtingen: Option<PathBuf>,
    /// Onderteken met uw naam en functie
    #[arg(long, value_name = "NAAM, FUNCTIE", value_parser = args::signatory, help_heading = "Afronden")]
    onderteken: Option<SignatoryArgs>,
    /// Bevestig bij het ondertekenen wat er vervalt: andere_sleutel, minder_rijen of minder_tabellen
    #[arg(long, value_name = "NAAM", value_parser = ask_confirm::parse, value_delimiter = ',', requires = "onderteken", help_heading = "Afronden")]
    bevestig: Vec<Confirmation>,
    /// Geef de levering als JSON
    #[arg(long, help_heading = "Afronden")]
    json: bool,
}

/// Sends, waits, answers, signs.
pub(crate) fn run(args: &LeverArgs) -> CommandResult {
    if let Some(config) = &args.config {
        return unattended::run(config, &args.unattended(), &args.server);
    }
    let (dir, server) = args.place()?;
    let client = server.client()?;
    let dir = PakketDirectory::open(dir)?;
    let definitie = dir.definitie()?;
    dir.verify(&definitie)?;
    let dialogue = RunDialogue {
        args,
        server,
        definitie,
        delivery: DeliveryRun {
            client: &client,
            map: dir,
        },
    };
    let delivery = &dialogue.delivery;
    // A file with a mistake in it is better heard of before anything is sent.
    let given = toelichtingen::read(&dialogue.answers_path())?;
    let levering = delivery.open()?;
    let levering = delivery.bring(levering)?;
    let (levering, answers) = delivery.answer(levering, &given)?;
    if answers > 0 {
        output::talk(&format!("Antwoorden verstuurd: {answers}."));
    }
    dialogue.finish(&levering)
}

impl LeverArgs {
    /// Without settings there is a folder and a server.
    fn place(&self) -> Result<(&Path, ServerArgs), Failure> {
        let mist = |what: &str| {
            Failure::new(wording::commands::option_missing(&what)).tip(wording::asked::SEE_HELP)
        };
        let dir = self
            .map
            .as_deref()
            .ok_or_else(|| mist("MAP of --config BESTAND"))?;
        let server = self
            .server
            .server()
            .ok_or_else(|| mist("--server URL en --token-bestand BESTAND"))?;
        Ok((dir, server))
    }

    fn unattended(&self) -> Unattended {
        Unattended {
            vooraf: self.vooraf,
            log: self.log,
            json: self.json,
            leverdatum: self.leverdatum,
        }
    }
}

/// What is said around one journey.
struct RunDialogue<'a> {
    args: &'a LeverArgs,
    server: ServerArgs,
    definitie: Definitie,
    delivery: DeliveryRun<'a>,
}

impl RunDialogue<'_> {
    fn answers_path(&self) -> PathBuf {
        self.args
            .toelichtingen
            .clone()
            .unwrap_or_else(|| self.delivery.map.map.join(TOELICHTINGEN))
    }

    /// Tells where it stands, signs when asked, and says what now.
    fn finish(&self, levering: &ServiceLevering) -> CommandResult {
        match levering.toestand {
            Toestand::Afgekeurd => {
                let oordeel = self.delivery.findings(levering)?;
                self.show(
                    levering,
                    &render::kind(&oordeel, &self.definitie, Ernst::Fout, 10),
                );
                output::talk(wording::commands::LEVERING_REFUSED);
                Ok(RunEnd::Open)
            }
            Toestand::TeBevestigen => self.ask(levering),
            Toestand::Akkoord => match &self.args.onderteken {
                Some(signatory) => self.sign(levering, signatory),
                None => {
                    self.show(levering, "");
                    self.show_changes(levering)?;
                    output::talk(&wording::commands::sign_to_count(&self.again()));
                    Ok(RunEnd::Good)
                }
            },
            Toestand::Ingediend | Toestand::Gepubliceerd => {
                output::talk(wording::commands::SUBMITTED_BEFORE);
                self.receipt(levering)
            }
            Toestand::Vervangen | Toestand::Ingetrokken | Toestand::Verlopen | Toestand::Gewist => {
                self.show(levering, "");
                output::talk(&wording::commands::does_not_count(
                    &levering.toestand.name(),
                ));
                Ok(RunEnd::Open)
            }
            Toestand::Geopend | Toestand::Ontvangen => {
                Err(Failure::new(wording::commands::NO_VERDICT_YET)
                    .tip(wording::commands::REPEAT_LATER))
            }
        }
    }

    /// Puts every open question in the file and says how to go on.
    fn ask(&self, levering: &ServiceLevering) -> CommandResult {
        let oordeel = self.delivery.findings(levering)?;
        let mut questions: Vec<Question<'_>> = Vec::new();
        for regel in levering
            .signalen()
            .filter(|r| levering.open_signalen.contains(&r.code))
        {
            questions.push(Question::new(regel, &oordeel));
        }
        let path = self.answers_path();
        toelichtingen::add_questions(&path, &self.definitie, &questions)?;
        self.show(
            levering,
            &render::kind(&oordeel, &self.definitie, Ernst::Signaal, 3),
        );
        output::talk(&wording::commands::questions_left(
            &questions.len(),
            &path.display(),
            &self.again(),
        ));
        Ok(RunEnd::Open)
    }

    fn sign(&self, levering: &ServiceLevering, signatory: &SignatoryArgs) -> CommandResult {
        // Whose token it is decides for whom is signed: that must be seen before it is done.
        if let Some(aanbieder) = for_whom(levering) {
            output::talk(&wording::commands::signing_for(&aanbieder));
        }
        self.show_changes(levering)?;
        let mut confirmed = self.args.bevestig.clone();
        loop {
            let asked = match self.delivery.sign(levering, signatory, &confirmed)? {
                SignOutcome::Signed(signed) => return self.receipt(&signed),
                SignOutcome::Unconfirmed(asked) => asked,
            };
            match ask_confirm::ask(&asked)? {
                Confirmed::All(more) => confirmed.extend(more),
                Confirmed::Not => return Ok(self.unconfirmed(levering, signatory, &asked)),
            }
        }
    }

    /// What would be lost, and how it is confirmed.
    fn unconfirmed(
        &self,
        levering: &ServiceLevering,
        signatory: &SignatoryArgs,
        asked: &[NeededConfirmation],
    ) -> RunEnd {
        self.show(levering, "");
        let reasons: Vec<String> = asked.iter().map(|a| output::safe(&a.zin)).collect();
        let given = self.args.bevestig.iter().map(|c| c.name().to_owned());
        let names: Vec<String> = given
            .chain(asked.iter().map(|a| output::safe(&a.naam)))
            .collect();
        output::talk(&wording::commands::unsigned_confirm(
            &reasons.join("\n"),
            &self.again(),
            &signatory.naam,
            &signatory.functie,
            &names.join(","),
        ));
        RunEnd::Open
    }

    /// What signing would change.
    fn show_changes(&self, levering: &ServiceLevering) -> Result<(), Failure> {
        if let Some(preview) = self.delivery.preview(levering)?
            && !preview.vergelijkingen.is_empty()
        {
            output::talk(changes(&preview).trim_end());
        }
        Ok(())
    }

    fn receipt(&self, levering: &ServiceLevering) -> CommandResult {
        let (proof, path) = self.delivery.keep_receipt(levering)?;
        self.show(levering, "");
        output::talk(&wording::commands::levering_done(
            &proof.ondertekenaar,
            &path.display(),
        ));
        Ok(RunEnd::Good)
    }

    fn show(&self, levering: &ServiceLevering, bevindingen: &str) {
        if self.args.json {
            output::json(levering);
        } else {
            output::data(&format!("{}{bevindingen}", describe(levering)));
        }
    }

    /// The same command, to go on with.
    fn again(&self) -> String {
        let ServerArgs {
            server,
            token_bestand: token_file,
            zonder_tls: without_tls,
            ..
        } = &self.server;
        let answers = self
            .args
            .toelichtingen
            .as_ref()
            .map(|path| format!(" --toelichtingen {}", output::word(path)));
        suggest(
            &self.delivery.map.map,
            server,
            Some(token_file),
            *without_tls,
        ) + &answers.unwrap_or_default()
    }
}
