//! `uitvraag lever --config`: a delivery that goes by itself, from a timer.
//!
//! Owns the order: look beforehand, take up what is unfinished (ask the service, never retry and hope), read the source,
//! judge, pack, send only what changed. Every step is an event in the log. Leaves the steps to `delivery`, what is on its way
//! to `uitbak`, the source to `bron`.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use schema::{Definitie, Ernst, Oordeel, Toestand};
use serde_json::json;

use crate::args::{self, OptionalServer, SignatoryArgs};
use crate::assessment::{self, Assessment};
use crate::client::Client;
use crate::client::levering::ServiceLevering;
use crate::delivery_run::DeliveryRun;
use crate::error::{CommandResult, Failure, RunEnd};
use crate::event_log::{self, LogEvent as G, LogFormat, meld};
use crate::outbox::{Outbox, OutboxState, Post, fingerprint};
use crate::pack::{self, PackOrder};
use crate::pakket::PakketDirectory;
use crate::previous::PreviousPakket;
use crate::reading::{self, JudgeStop};
use crate::render::levering::suggest;
use crate::settings::Settings;
use crate::source;
use crate::toelichtingen::{self, Question};
use crate::{disk, key_path, output, preflight, rapport};

/// Folder in the outbox with what the last check found.
const CHECK: &str = "controle";

/// What was typed beside the settings.
pub(super) struct Unattended {
    /// Only look whether everything is ready.
    pub vooraf: bool,
    /// Form of the log.
    pub log: Option<LogFormat>,
    /// The last levering as JSON on stdout.
    pub json: bool,
    /// The day of delivery.
    pub leverdatum: Option<NaiveDate>,
}

/// Delivers; exit 1 while a person must do something about the data.
pub(super) fn run(config: &Path, what: &Unattended, server: &OptionalServer) -> CommandResult {
    let settings = Settings::read(config)?;
    start_log(&settings, what.log)?;
    let definitie = args::definitie(&settings.uitvraag)?;
    let velden = [
        ("uitvraag", json!(definitie.name())),
        ("versie", json!(env!("CARGO_PKG_VERSION"))),
    ];
    meld(
        G::Start,
        &format!(
            "Levering van {} volgens {}.",
            definitie.name(),
            config.display()
        ),
        &velden,
    );
    let address = settings.server()?;
    let client = address.client(server.patience());
    // Two runs never look and act at the same time.
    let outbox = if what.vooraf {
        None
    } else {
        Some(Outbox::open(&settings.uitbak)?)
    };
    let objection = preflight::run(&settings, &definitie, &client);
    if let Some(failure) = objection {
        return Err(failure);
    }
    let Some(outbox) = outbox else {
        meld(G::Done, "Alles staat klaar.", &[]);
        return Ok(RunEnd::Good);
    };
    let gang = Gang {
        client: client?,
        ondertekenaar: address.signatory(),
        leverdatum: what.leverdatum.unwrap_or_else(args::today),
        instellingen: settings,
        definitie,
        uitbak: outbox,
    };
    let end = gang.run()?;
    if what.json
        && let Some(levering) = gang.last()?
    {
        output::json(
            &gang
                .client
                .levering(&levering)
                .map_err(|e| e.as_failure("de server zegt niet hoe het met uw levering staat"))?,
        );
    }
    let sentence = if end == RunEnd::Good {
        "Klaar."
    } else {
        "Klaar, maar er is nog iets te doen."
    };
    meld(
        G::Done,
        sentence,
        &[("uitkomst", json!(i32::from(end != RunEnd::Good)))],
    );
    Ok(end)
}

fn start_log(settings: &Settings, asked: Option<LogFormat>) -> Result<(), Failure> {
    use std::io::IsTerminal;
    let by_itself = || {
        if std::io::stderr().is_terminal() {
            LogFormat::Tekst
        } else {
            LogFormat::Json
        }
    };
    let vorm = asked.or(settings.logboek.vorm).unwrap_or_else(by_itself);
    event_log::start(vorm, settings.logboek.bestand.as_deref())
}

/// One run.
struct Gang {
    instellingen: Settings,
    definitie: Definitie,
    client: Client,
    ondertekenaar: Option<SignatoryArgs>,
    leverdatum: NaiveDate,
    uitbak: Outbox,
}

impl Gang {
    fn run(&self) -> CommandResult {
        let mut open = self.take_up()?;
        match self.new_post()? {
            NewData::Post(mut post) => {
                // What is new decides; a question about what it replaces is no longer one.
                open = self.advance(&mut post)? == RunEnd::Open;
                if !matches!(post.stand.toestand, Some(Toestand::Afgekeurd) | None) {
                    self.withdraw_older(&post)?;
                }
            }
            NewData::Niets => {}
            NewData::Errors => open = true,
        }
        let gone = self.uitbak.prune()?;
        if gone > 0 {
            meld(
                G::CleanedUp,
                &format!("Oude mappen uit de uitbak verwijderd: {gone}."),
                &[("aantal", json!(gone))],
            );
        }
        Ok(if open { RunEnd::Open } else { RunEnd::Good })
    }

    /// Goes on with whatever is unfinished, oldest first; true where a person must do something.
    fn take_up(&self) -> Result<bool, Failure> {
        let mut open = false;
        for mut post in self.uitbak.posts()? {
            if post.stand.klaar {
                post.clean_up()?;
                continue;
            }
            if post.stand.server != self.client.address() {
                return Err(Failure::new(format!(
                    "in de uitbak staat een pakket voor een andere server: {}",
                    post.stand.server
                ))
                .tip("Geef elke server een eigen uitbak, of verplaats die map."));
            }
            let velden = [
                ("post", json!(post.name())),
                ("levering", json!(post.stand.levering)),
            ];
            meld(G::Resumed, &format!("Verder met {}.", post.name()), &velden);
            open |= self.advance(&mut post)? == RunEnd::Open;
        }
        Ok(open)
    }

    /// Brings one pakket as far as it can get now.
    fn advance(&self, post: &mut Post) -> CommandResult {
        let delivery = DeliveryRun {
            client: &self.client,
            map: PakketDirectory::open(&post.map)?,
        };
        let Some(mut levering) = self.find_or_open(&delivery, post)? else {
            return Ok(RunEnd::Good);
        };
        post.hear(&levering)?;
        if matches!(levering.toestand, Toestand::Geopend | Toestand::Ontvangen) {
            levering = delivery.bring(levering)?;
            post.hear(&levering)?;
        }
        let velden = [
            ("levering", json!(levering.id)),
            ("toestand", json!(levering.toestand)),
            ("rijen", json!(levering.rijen)),
        ];
        meld(
            G::Oordeel,
            &format!("De levering is {}.", levering.toestand.name()),
            &velden,
        );
        let given = toelichtingen::read(&self.instellingen.toelichtingen)?;
        let (mut levering, answers) = delivery.answer(levering, &given)?;
        if answers > 0 {
            post.hear(&levering)?;
            meld(
                G::Answered,
                &format!("Antwoorden verstuurd: {answers}."),
                &[("aantal", json!(answers))],
            );
        }
        if let (Toestand::Akkoord, Some(who)) = (levering.toestand, &self.ondertekenaar) {
            if let Some((was, becomes)) = self.halved(post, &delivery.map)? {
                let sentence = format!(
                    "De levering is niet ondertekend: zij heeft {becomes} rijen, en de levering die nu telt {was}. {}",
                    self.by_hand(post)
                );
                meld(
                    G::ToSign,
                    &sentence,
                    &[
                        ("levering", json!(levering.id)),
                        ("rijen", json!(becomes)),
                        ("rijen_vorige", json!(was)),
                    ],
                );
                return Ok(RunEnd::Open);
            }
            levering = delivery.sign(&levering, who, false)?;
            post.hear(&levering)?;
            meld(
                G::Signed,
                "De levering is ondertekend.",
                &[("levering", json!(levering.id))],
            );
        }
        self.conclude(&delivery, post, &levering)
    }

    /// Rows of the largest table in the newest signed levering, and in this one, where this one has less than half of them.
    /// A query that lost its rows must not replace what counts while everybody sleeps.
    fn halved(&self, post: &Post, new: &PakketDirectory) -> Result<Option<(u64, u64)>, Failure> {
        let mut posts = self.uitbak.posts()?;
        posts.retain(|p| {
            p.map != post.map && p.stand.uitvraag == post.stand.uitvraag && p.stand.is_signed()
        });
        // Of a published one the copy is gone; the service takes no other after it.
        let previous = posts
            .iter()
            .rev()
            .find_map(|p| PakketDirectory::open(&p.map).ok());
        let Some(largest) = previous
            .as_ref()
            .and_then(|v| v.pakket.resources.iter().max_by_key(|b| b.rijen))
        else {
            return Ok(None);
        };
        let becomes = new
            .pakket
            .resources
            .iter()
            .find(|b| b.name == largest.name)
            .map_or(0, |b| b.rijen);
        Ok((becomes * 2 < largest.rijen).then_some((largest.rijen, becomes)))
    }

    /// How a person signs what is in the outbox.
    fn by_hand(&self, post: &Post) -> String {
        let server = self.instellingen.server.as_ref();
        let token = server.and_then(|s| s.token_bestand.as_deref());
        let lever = suggest(
            &post.map,
            self.client.address(),
            token,
            server.is_some_and(|s| s.zonder_tls),
        );
        format!("Klopt het? Onderteken dan zelf: {lever} --onderteken \"Naam, functie\"")
    }

    /// The levering of a pakket: asked for where it is known, announced where it is not. `None` where it can't go on.
    fn find_or_open(
        &self,
        delivery: &DeliveryRun<'_>,
        post: &mut Post,
    ) -> Result<Option<ServiceLevering>, Failure> {
        let known = match &post.stand.levering {
            Some(id) => match self.client.levering(id) {
                Ok(levering) => Some(levering),
                // The service lost it: the same pakket is announced again under the same key.
                Err(failure) if failure.problem().is_some_and(|p| p.status == 404) => None,
                Err(failure) => {
                    return Err(
                        failure.as_failure("de server zegt niet hoe het met uw levering staat")
                    );
                }
            },
            None => None,
        };
        let sent = known
            .as_ref()
            .is_some_and(|l| l.toestand != Toestand::Geopend);
        if !sent
            && post.stand.regels != self.definitie.regelhash
            && post.stand.uitvraag == self.definitie.name()
        {
            // Made by an older version of this program: the source is read anew right after this.
            if let Some(levering) = &known {
                self.withdraw(&levering.id)?;
            }
            post.close()?;
            meld(
                G::Lapsed,
                &format!("{} is met oude regels gemaakt en vervalt.", post.name()),
                &[("post", json!(post.name()))],
            );
            return Ok(None);
        }
        match known {
            Some(levering) => Ok(Some(levering)),
            None => delivery.open().map(Some),
        }
    }

    /// Ends what has ended, and says what is left to a person.
    fn conclude(
        &self,
        delivery: &DeliveryRun<'_>,
        post: &mut Post,
        levering: &ServiceLevering,
    ) -> CommandResult {
        let velden = [
            ("levering", json!(levering.id)),
            ("volgende_stap", json!(levering.volgende_stap)),
        ];
        match levering.toestand {
            Toestand::Afgekeurd => {
                let oordeel = delivery.findings(levering)?;
                let location = self.keep_findings(&post.map, &oordeel)?;
                post.close()?;
                meld(
                    G::Afgekeurd,
                    &format!(
                        "De levering is afgekeurd. Wat er fout is, staat in {location}. {}",
                        levering.volgende_stap
                    ),
                    &velden,
                );
                Ok(RunEnd::Open)
            }
            Toestand::TeBevestigen => self.ask(delivery, levering),
            Toestand::Akkoord => {
                let sentence = format!(
                    "De levering is akkoord, maar telt pas mee na ondertekening. {}",
                    self.by_hand(post)
                );
                meld(G::ToSign, &sentence, &velden);
                Ok(RunEnd::Good)
            }
            Toestand::Ingediend | Toestand::Gepubliceerd => {
                if crate::ontvangstbewijs::read(&post.map)?.is_none() {
                    let (_, path) = delivery.keep_receipt(levering)?;
                    meld(
                        G::Ontvangstbewijs,
                        &format!("Het ontvangstbewijs staat in {}.", path.display()),
                        &velden,
                    );
                }
                if levering.toestand == Toestand::Gepubliceerd {
                    let copy = post.store(self.instellingen.bewaar.as_deref())?;
                    post.close()?;
                    meld(
                        G::Gepubliceerd,
                        &format!("De levering is gepubliceerd. {copy}"),
                        &velden,
                    );
                }
                Ok(RunEnd::Good)
            }
            Toestand::Vervangen | Toestand::Ingetrokken | Toestand::Verlopen | Toestand::Gewist => {
                post.close()?;
                meld(
                    G::Lapsed,
                    &format!(
                        "De levering is {} en telt niet meer mee.",
                        levering.toestand.name()
                    ),
                    &velden,
                );
                Ok(RunEnd::Good)
            }
            Toestand::Geopend | Toestand::Ontvangen => {
                Err(Failure::new("de server heeft nog geen oordeel"))
            }
        }
    }

    fn ask(&self, delivery: &DeliveryRun<'_>, levering: &ServiceLevering) -> CommandResult {
        let oordeel = delivery.findings(levering)?;
        let mut questions: Vec<Question<'_>> = Vec::new();
        for regel in levering
            .signalen()
            .filter(|r| levering.open_signalen.contains(&r.code))
        {
            questions.push(Question::new(regel, &oordeel));
        }
        let path = &self.instellingen.toelichtingen;
        toelichtingen::add_questions(path, &self.definitie, &questions)?;
        let sentence = format!(
            "Er staan geen fouten in, maar er zijn vragen: {}. Beantwoord ze in {}.",
            questions.len(),
            path.display()
        );
        meld(
            G::Vragen,
            &sentence,
            &[
                ("levering", json!(levering.id)),
                ("regels", json!(levering.open_signalen)),
            ],
        );
        Ok(RunEnd::Open)
    }

    /// Reads the source, judges and packs; what is the same as the last levering goes no further.
    fn new_post(&self) -> Result<NewData, Failure> {
        let Self {
            instellingen: settings,
            definitie,
            ..
        } = self;
        let loaded = source::lees(settings, definitie, Some(self.uitbak.dir()))?;
        let names: Vec<&str> = loaded.bestanden.iter().map(|b| b.naam.as_str()).collect();
        let per_query: serde_json::Map<String, serde_json::Value> = loaded
            .rijen
            .iter()
            .map(|(name, n)| (name.clone(), json!(n)))
            .collect();
        meld(
            G::SourceRead,
            &format!("Gelezen: {}.", names.join(", ")),
            &[("bronnen", json!(names)), ("rijen", json!(per_query))],
        );
        let koppeling = loaded.koppeling(settings, definitie)?;
        let previous = PreviousPakket::of_own_files(
            settings.vorig.as_deref(),
            definitie,
            settings.sleutel.as_deref(),
        )?;
        let source = assessment::OwnFiles {
            bestanden: &loaded.bestanden,
            koppeling: koppeling.as_ref(),
            leverdatum: self.leverdatum,
            vorig: previous.as_ref(),
            everything: false,
        };
        let assessment = assessment::of_files(definitie, &source, None);
        let Some(assessment) = self.fit(assessment)? else {
            return Ok(NewData::Errors);
        };
        let key = key_path::read(&key_path::place(settings.sleutel.as_deref())?)?;
        let toelichtingen =
            toelichtingen::read(&settings.toelichtingen)?.valid(&assessment.oordeel);
        let command = PackOrder {
            definitie,
            bron: &source,
            kvk: settings.kvk.as_deref(),
            balans: &assessment.balans,
            toelichtingen,
            sleutel: &key,
        };
        let place = self.uitbak.place();
        let (writer, pakket) = pack::make(command, &place)?;
        let content = fingerprint(&PakketDirectory::open(writer.dir())?)?;
        let bytes: u64 = pakket.resources.iter().map(|b| b.bytes).sum();
        meld(
            G::Packed,
            "Het pakket is gemaakt en nagelezen.",
            &[("inhoud", json!(content)), ("bytes", json!(bytes))],
        );
        if let Some(earlier) = self.same_as_before(&content)? {
            return Ok(earlier);
        }
        let state = OutboxState::new(
            definitie.name(),
            self.client.address().to_owned(),
            content,
            definitie.regelhash.clone(),
        );
        state.write(writer.dir())?;
        if let Some(koppeling) = &settings.koppeling {
            writer.keep_koppeling(koppeling)?;
        }
        writer.place()?;
        let post = Post {
            map: place,
            stand: state,
        };
        meld(
            G::Staged,
            &format!("Het pakket staat in de uitbak: {}.", post.name()),
            &[("post", json!(post.name()))],
        );
        Ok(NewData::Post(Box::new(post)))
    }

    /// The judgement, when a pakket may be made of it; else what is wrong is kept where a person can see it.
    fn fit(&self, outcome: Result<Assessment, JudgeStop>) -> Result<Option<Assessment>, Failure> {
        let dir = self.uitbak.dir().join(CHECK);
        let assessment = match outcome {
            Ok(assessment) => assessment,
            Err(JudgeStop::Geweigerd(refusal)) => {
                let location = self.keep_findings(&dir, &refusal.oordeel())?;
                let sentence = format!(
                    "{} De bevindingen staan in {location}.",
                    reading::refused(&refusal).message()
                );
                meld(
                    G::Afgekeurd,
                    &sentence,
                    &[("regels", json!({refusal.code(): 1}))],
                );
                return Ok(None);
            }
            Err(stop) => return Err(stop.into()),
        };
        let oordeel = &assessment.oordeel;
        let per_ernst = |ernst| {
            oordeel
                .regels
                .iter()
                .filter(|r| r.ernst == ernst)
                .map(|r| r.aantal)
                .sum::<u64>()
        };
        let (errors, signalen) = (per_ernst(Ernst::Fout), per_ernst(Ernst::Signaal));
        let regels: serde_json::Map<String, serde_json::Value> = oordeel
            .regels
            .iter()
            .map(|r| (r.code.clone(), json!(r.aantal)))
            .collect();
        let velden = [
            ("rijen", json!(oordeel.rijen)),
            ("fouten", json!(errors)),
            ("signalen", json!(signalen)),
            ("vragen", json!(assessment.open.len())),
            ("regels", json!(regels)),
        ];
        meld(
            G::Checked,
            &format!("Gecontroleerd: {errors} fouten, {signalen} signalen."),
            &velden,
        );
        let Some(objection) = pack::objection(&assessment, &self.definitie) else {
            let _ = fs::remove_dir_all(&dir);
            return Ok(Some(assessment));
        };
        let location = self.keep_findings(&dir, oordeel)?;
        meld(
            G::Afgekeurd,
            &format!("{} De bevindingen staan in {location}.", objection.text()),
            &[],
        );
        Ok(None)
    }

    /// Keeps a judgement beside the log: the log itself holds no values.
    fn keep_findings(&self, dir: &Path, oordeel: &Oordeel) -> Result<String, Failure> {
        disk::make_dir(dir)?;
        disk::write_json(&dir.join("bevindingen.json"), oordeel)?;
        let path = dir.join("bevindingen.xlsx");
        rapport::write(&path, &[], oordeel, &self.definitie)?;
        Ok(path.display().to_string())
    }

    /// What becomes of data that the newest levering holds already.
    fn same_as_before(&self, content: &str) -> Result<Option<NewData>, Failure> {
        let Some(previous) = self.newest()? else {
            return Ok(None);
        };
        let same_regels =
            previous.stand.is_signed() || previous.stand.regels == self.definitie.regelhash;
        if previous.stand.inhoud != content || !same_regels {
            return Ok(None);
        }
        let velden = [
            ("levering", json!(previous.stand.levering)),
            ("toestand", json!(previous.stand.toestand)),
        ];
        if previous.stand.toestand == Some(Toestand::Afgekeurd) {
            meld(
                G::Unchanged,
                &format!(
                    "Dezelfde gegevens zijn al afgekeurd; zie {}. Er is niets verstuurd.",
                    previous.map.display()
                ),
                &velden,
            );
            return Ok(Some(NewData::Errors));
        }
        meld(
            G::Unchanged,
            "De gegevens zijn dezelfde als in de vorige levering. Er is niets verstuurd.",
            &velden,
        );
        Ok(Some(NewData::Niets))
    }

    /// The newest that is not overtaken or taken back.
    fn newest(&self) -> Result<Option<Post>, Failure> {
        let mut posts = self.uitbak.posts()?;
        posts.retain(|p| p.stand.uitvraag == self.definitie.name() && p.stand.is_alive());
        Ok(posts.pop())
    }

    fn last(&self) -> Result<Option<String>, Failure> {
        Ok(self.newest()?.and_then(|post| post.stand.levering))
    }

    /// Takes back what the new levering overtakes and nobody signed: a service allows few that are unfinished.
    fn withdraw_older(&self, new: &Post) -> Result<(), Failure> {
        for mut post in self.uitbak.posts()? {
            let parent = post.map != new.map
                && post.stand.uitvraag == new.stand.uitvraag
                && !post.stand.klaar;
            if let (true, false, Some(id)) =
                (parent, post.stand.is_signed(), post.stand.levering.clone())
            {
                if let Some(levering) = self.withdraw(&id)? {
                    post.hear(&levering)?;
                    post.close()?;
                }
                meld(
                    G::Ingetrokken,
                    "De vorige levering was niet ondertekend en is ingetrokken.",
                    &[("levering", json!(id))],
                );
            }
        }
        Ok(())
    }

    fn withdraw(&self, id: &str) -> Result<Option<ServiceLevering>, Failure> {
        match self.client.withdraw(id) {
            Ok(levering) => Ok(Some(levering)),
            // It is already gone, or in a state that cannot be left: nothing is in the way then.
            Err(failure)
                if failure
                    .problem()
                    .is_some_and(|p| matches!(p.status, 404 | 409)) =>
            {
                Ok(None)
            }
            Err(failure) => Err(failure.as_failure("de server neemt het intrekken niet aan")),
        }
    }
}

/// What reading the source came to.
enum NewData {
    /// Something to send.
    Post(Box<Post>),
    /// The same as before.
    Niets,
    /// The data do not fit.
    Errors,
}
