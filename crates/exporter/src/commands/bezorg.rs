//! `uitvraag lever --config`: a delivery that goes by itself, from a timer.
//!
//! Owns the order: look beforehand, take up what is unfinished (ask the service, never retry and hope), read the source,
//! judge, pack, send only what changed. Every step is an event in the log. Leaves the steps to `reis`, what is on its way
//! to `uitbak`, the source to `bron`.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use schema::{Definitie, Ernst, Oordeel, Toestand};
use serde_json::json;

use crate::beoordeling::{self, Beoordeling};
use crate::bron;
use crate::dienst::Dienst;
use crate::dienst::levering::Levering;
use crate::fout::{Einde, Fout, Uitkomst};
use crate::instellingen::Instellingen;
use crate::logboek::{self, Gebeurtenis as G, Logvorm, meld};
use crate::opties::{self, MisschienServer, Ondertekenaar};
use crate::pakken::{self, Opdracht};
use crate::pakket::Pakketmap;
use crate::reading::{self, Stop};
use crate::reis::Reis;
use crate::toelichtingen::{self, Vraag};
use crate::toon::levering::suggest;
use crate::uitbak::{Post, Stand, Uitbak, vingerafdruk};
use crate::vorig::Vorig;
use crate::{rapport, sleutelplek, uitvoer, voorcontrole};

/// Folder in the outbox with what the last check found.
const CONTROLE: &str = "controle";

/// What was typed beside the settings.
pub struct Bezorging {
    /// Only look whether everything is ready.
    pub vooraf: bool,
    /// Form of the log.
    pub log: Option<Logvorm>,
    /// The last levering as JSON on stdout.
    pub json: bool,
    /// The day of delivery.
    pub leverdatum: Option<NaiveDate>,
}

/// Delivers; exit 1 while a person must do something about the data.
pub fn run(config: &Path, wat: &Bezorging, server: &MisschienServer) -> Uitkomst {
    let instellingen = Instellingen::read(config)?;
    start_log(&instellingen, wat.log)?;
    let definitie = opties::definitie(&instellingen.uitvraag)?;
    let velden = [
        ("uitvraag", json!(definitie.naam())),
        ("versie", json!(env!("CARGO_PKG_VERSION"))),
    ];
    meld(
        G::Start,
        &format!(
            "Levering van {} volgens {}.",
            definitie.naam(),
            config.display()
        ),
        &velden,
    );
    let adres = instellingen.server()?;
    let dienst = adres.dienst(server.geduld());
    // Two runs never look and act at the same time.
    let uitbak = if wat.vooraf {
        None
    } else {
        Some(Uitbak::open(&instellingen.uitbak)?)
    };
    let bezwaar = voorcontrole::run(&instellingen, &definitie, &dienst);
    if let Some(fout) = bezwaar {
        return Err(fout);
    }
    let Some(uitbak) = uitbak else {
        meld(G::Klaar, "Alles staat klaar.", &[]);
        return Ok(Einde::Goed);
    };
    let gang = Gang {
        dienst: dienst?,
        ondertekenaar: adres.ondertekenaar(),
        leverdatum: wat.leverdatum.unwrap_or_else(opties::vandaag),
        instellingen,
        definitie,
        uitbak,
    };
    let einde = gang.run()?;
    if wat.json
        && let Some(levering) = gang.laatste()?
    {
        uitvoer::json(
            &gang
                .dienst
                .levering(&levering)
                .map_err(|e| e.als_fout("de server zegt niet hoe het met uw levering staat"))?,
        );
    }
    let zin = if einde == Einde::Goed {
        "Klaar."
    } else {
        "Klaar, maar er is nog iets te doen."
    };
    meld(
        G::Klaar,
        zin,
        &[("uitkomst", json!(if einde == Einde::Goed { 0 } else { 1 }))],
    );
    Ok(einde)
}

fn start_log(instellingen: &Instellingen, gevraagd: Option<Logvorm>) -> Result<(), Fout> {
    use std::io::IsTerminal;
    let vanzelf = || {
        if std::io::stderr().is_terminal() {
            Logvorm::Tekst
        } else {
            Logvorm::Json
        }
    };
    let vorm = gevraagd
        .or(instellingen.logboek.vorm)
        .unwrap_or_else(vanzelf);
    logboek::start(vorm, instellingen.logboek.bestand.as_deref())
}

/// One run.
struct Gang {
    instellingen: Instellingen,
    definitie: Definitie,
    dienst: Dienst,
    ondertekenaar: Option<Ondertekenaar>,
    leverdatum: NaiveDate,
    uitbak: Uitbak,
}

impl Gang {
    fn run(&self) -> Uitkomst {
        let mut open = self.take_up()?;
        match self.new_post()? {
            Nieuw::Post(mut post) => {
                // What is new decides; a question about what it replaces is no longer one.
                open = self.advance(&mut post)? == Einde::Open;
                if !matches!(post.stand.toestand, Some(Toestand::Afgekeurd) | None) {
                    self.withdraw_older(&post)?;
                }
            }
            Nieuw::Niets => {}
            Nieuw::Fouten => open = true,
        }
        let weg = self.uitbak.prune()?;
        if weg > 0 {
            meld(
                G::Opgeruimd,
                &format!("Oude mappen uit de uitbak verwijderd: {weg}."),
                &[("aantal", json!(weg))],
            );
        }
        Ok(if open { Einde::Open } else { Einde::Goed })
    }

    /// Goes on with whatever is unfinished, oldest first; true where a person must do something.
    fn take_up(&self) -> Result<bool, Fout> {
        let mut open = false;
        for mut post in self.uitbak.posten()? {
            if post.stand.klaar {
                post.ruim_op()?;
                continue;
            }
            if post.stand.server != self.dienst.adres() {
                return Err(Fout::new(format!(
                    "in de uitbak staat een pakket voor een andere server: {}",
                    post.stand.server
                ))
                .tip("Geef elke server een eigen uitbak, of verplaats die map."));
            }
            let velden = [
                ("post", json!(post.naam())),
                ("levering", json!(post.stand.levering)),
            ];
            meld(G::Hervat, &format!("Verder met {}.", post.naam()), &velden);
            open |= self.advance(&mut post)? == Einde::Open;
        }
        Ok(open)
    }

    /// Brings one pakket as far as it can get now.
    fn advance(&self, post: &mut Post) -> Uitkomst {
        let reis = Reis {
            dienst: &self.dienst,
            map: Pakketmap::open(&post.map)?,
        };
        let Some(mut levering) = self.find_or_open(&reis, post)? else {
            return Ok(Einde::Goed);
        };
        post.hoor(&levering)?;
        if matches!(levering.toestand, Toestand::Geopend | Toestand::Ontvangen) {
            levering = reis.bring(levering)?;
            post.hoor(&levering)?;
        }
        let velden = [
            ("levering", json!(levering.id)),
            ("toestand", json!(levering.toestand)),
            ("rijen", json!(levering.rijen)),
        ];
        meld(
            G::Oordeel,
            &format!("De levering is {}.", levering.toestand.naam()),
            &velden,
        );
        let gegeven = toelichtingen::read(&self.instellingen.toelichtingen)?;
        let (mut levering, antwoorden) = reis.answer(levering, &gegeven)?;
        if antwoorden > 0 {
            post.hoor(&levering)?;
            meld(
                G::Beantwoord,
                &format!("Antwoorden verstuurd: {antwoorden}."),
                &[("aantal", json!(antwoorden))],
            );
        }
        if let (Toestand::Akkoord, Some(wie)) = (levering.toestand, &self.ondertekenaar) {
            if let Some((was, wordt)) = self.halved(post, &reis.map)? {
                let zin = format!(
                    "De levering is niet ondertekend: zij heeft {wordt} rijen, en de levering die nu telt {was}. {}",
                    self.by_hand(post)
                );
                meld(
                    G::Ondertekenen,
                    &zin,
                    &[
                        ("levering", json!(levering.id)),
                        ("rijen", json!(wordt)),
                        ("rijen_vorige", json!(was)),
                    ],
                );
                return Ok(Einde::Open);
            }
            levering = reis.sign(&levering, wie, false)?;
            post.hoor(&levering)?;
            meld(
                G::Ondertekend,
                "De levering is ondertekend.",
                &[("levering", json!(levering.id))],
            );
        }
        self.conclude(&reis, post, &levering)
    }

    /// Rows of the largest table in the newest signed levering, and in this one, where this one has less than half of them.
    /// A query that lost its rows must not replace what counts while everybody sleeps.
    fn halved(&self, post: &Post, nieuw: &Pakketmap) -> Result<Option<(u64, u64)>, Fout> {
        let mut posten = self.uitbak.posten()?;
        posten.retain(|p| {
            p.map != post.map && p.stand.uitvraag == post.stand.uitvraag && p.stand.is_ondertekend()
        });
        // Of a published one the copy is gone; the service takes no other after it.
        let vorige = posten
            .iter()
            .rev()
            .find_map(|p| Pakketmap::open(&p.map).ok());
        let Some(grootste) = vorige
            .as_ref()
            .and_then(|v| v.pakket.resources.iter().max_by_key(|b| b.rijen))
        else {
            return Ok(None);
        };
        let wordt = nieuw
            .pakket
            .resources
            .iter()
            .find(|b| b.name == grootste.name)
            .map_or(0, |b| b.rijen);
        Ok((wordt * 2 < grootste.rijen).then_some((grootste.rijen, wordt)))
    }

    /// How a person signs what is in the outbox.
    fn by_hand(&self, post: &Post) -> String {
        let server = self.instellingen.server.as_ref();
        let token = server.and_then(|s| s.token_bestand.as_deref());
        let lever = suggest(
            &post.map,
            self.dienst.adres(),
            token,
            server.is_some_and(|s| s.zonder_tls),
        );
        format!("Klopt het? Onderteken dan zelf: {lever} --onderteken \"Naam, functie\"")
    }

    /// The levering of a pakket: asked for where it is known, announced where it is not. `None` where it can't go on.
    fn find_or_open(&self, reis: &Reis<'_>, post: &mut Post) -> Result<Option<Levering>, Fout> {
        let bekend = match &post.stand.levering {
            Some(id) => match self.dienst.levering(id) {
                Ok(levering) => Some(levering),
                // The service lost it: the same pakket is announced again under the same key.
                Err(fout) if fout.probleem().is_some_and(|p| p.status == 404) => None,
                Err(fout) => {
                    return Err(fout.als_fout("de server zegt niet hoe het met uw levering staat"));
                }
            },
            None => None,
        };
        let verstuurd = bekend
            .as_ref()
            .is_some_and(|l| l.toestand != Toestand::Geopend);
        if !verstuurd
            && post.stand.regels != self.definitie.regelhash
            && post.stand.uitvraag == self.definitie.naam()
        {
            // Made by an older version of this program: the source is read anew right after this.
            if let Some(levering) = &bekend {
                self.withdraw(&levering.id)?;
            }
            post.sluit()?;
            meld(
                G::Vervallen,
                &format!("{} is met oude regels gemaakt en vervalt.", post.naam()),
                &[("post", json!(post.naam()))],
            );
            return Ok(None);
        }
        match bekend {
            Some(levering) => Ok(Some(levering)),
            None => reis.open().map(Some),
        }
    }

    /// Ends what has ended, and says what is left to a person.
    fn conclude(&self, reis: &Reis<'_>, post: &mut Post, levering: &Levering) -> Uitkomst {
        let velden = [
            ("levering", json!(levering.id)),
            ("volgende_stap", json!(levering.volgende_stap)),
        ];
        match levering.toestand {
            Toestand::Afgekeurd => {
                let oordeel = reis.findings(levering)?;
                let waar = self.keep_findings(&post.map, &oordeel)?;
                post.sluit()?;
                meld(
                    G::Afgekeurd,
                    &format!(
                        "De levering is afgekeurd. Wat er fout is, staat in {waar}. {}",
                        levering.volgende_stap
                    ),
                    &velden,
                );
                Ok(Einde::Open)
            }
            Toestand::TeBevestigen => self.ask(reis, levering),
            Toestand::Akkoord => {
                let zin = format!(
                    "De levering is akkoord, maar telt pas mee na ondertekening. {}",
                    self.by_hand(post)
                );
                meld(G::Ondertekenen, &zin, &velden);
                Ok(Einde::Goed)
            }
            Toestand::Ingediend | Toestand::Gepubliceerd => {
                if crate::ontvangstbewijs::read(&post.map)?.is_none() {
                    let (_, pad) = reis.keep_receipt(levering)?;
                    meld(
                        G::Ontvangstbewijs,
                        &format!("Het ontvangstbewijs staat in {}.", pad.display()),
                        &velden,
                    );
                }
                if levering.toestand == Toestand::Gepubliceerd {
                    let kopie = post.bewaar(self.instellingen.bewaar.as_deref())?;
                    post.sluit()?;
                    meld(
                        G::Gepubliceerd,
                        &format!("De levering is gepubliceerd. {kopie}"),
                        &velden,
                    );
                }
                Ok(Einde::Goed)
            }
            Toestand::Vervangen | Toestand::Ingetrokken | Toestand::Verlopen | Toestand::Gewist => {
                post.sluit()?;
                meld(
                    G::Vervallen,
                    &format!(
                        "De levering is {} en telt niet meer mee.",
                        levering.toestand.naam()
                    ),
                    &velden,
                );
                Ok(Einde::Goed)
            }
            Toestand::Geopend | Toestand::Ontvangen => {
                Err(Fout::new("de server heeft nog geen oordeel"))
            }
        }
    }

    fn ask(&self, reis: &Reis<'_>, levering: &Levering) -> Uitkomst {
        let oordeel = reis.findings(levering)?;
        let mut vragen: Vec<Vraag<'_>> = Vec::new();
        for regel in levering
            .signalen()
            .filter(|r| levering.open_signalen.contains(&r.code))
        {
            vragen.push(Vraag::new(regel, &oordeel));
        }
        let pad = &self.instellingen.toelichtingen;
        toelichtingen::add_questions(pad, &self.definitie, &vragen)?;
        let zin = format!(
            "Er staan geen fouten in, maar er zijn vragen: {}. Beantwoord ze in {}.",
            vragen.len(),
            pad.display()
        );
        meld(
            G::Vragen,
            &zin,
            &[
                ("levering", json!(levering.id)),
                ("regels", json!(levering.open_signalen)),
            ],
        );
        Ok(Einde::Open)
    }

    /// Reads the source, judges and packs; what is the same as the last levering goes no further.
    fn new_post(&self) -> Result<Nieuw, Fout> {
        let Self {
            instellingen,
            definitie,
            ..
        } = self;
        let gelezen = bron::lees(instellingen, definitie, Some(self.uitbak.map()))?;
        let namen: Vec<&str> = gelezen.bestanden.iter().map(|b| b.naam.as_str()).collect();
        let per_query: serde_json::Map<String, serde_json::Value> = gelezen
            .rijen
            .iter()
            .map(|(naam, n)| (naam.clone(), json!(n)))
            .collect();
        meld(
            G::BronGelezen,
            &format!("Gelezen: {}.", namen.join(", ")),
            &[("bronnen", json!(namen)), ("rijen", json!(per_query))],
        );
        let koppeling = gelezen.koppeling(instellingen, definitie)?;
        let vorig = Vorig::of_own_files(
            instellingen.vorig.as_deref(),
            definitie,
            instellingen.sleutel.as_deref(),
        )?;
        let bron = beoordeling::Bron {
            bestanden: &gelezen.bestanden,
            koppeling: koppeling.as_ref(),
            leverdatum: self.leverdatum,
            vorig: vorig.as_ref(),
            alles: false,
        };
        let beoordeling = beoordeling::of_files(definitie, &bron, None);
        let Some(beoordeling) = self.fit(beoordeling)? else {
            return Ok(Nieuw::Fouten);
        };
        let sleutel = sleutelplek::read(&sleutelplek::plek(instellingen.sleutel.as_deref())?)?;
        let toelichtingen =
            toelichtingen::read(&instellingen.toelichtingen)?.geldig(&beoordeling.oordeel);
        let opdracht = Opdracht {
            definitie,
            bron: &bron,
            kvk: instellingen.kvk.as_deref(),
            toelichtingen,
            sleutel: &sleutel,
        };
        let plek = self.uitbak.plek();
        let (schrijver, pakket) = pakken::maak(opdracht, &plek)?;
        let inhoud = vingerafdruk(&Pakketmap::open(schrijver.map())?)?;
        let bytes: u64 = pakket.resources.iter().map(|b| b.bytes).sum();
        meld(
            G::Verpakt,
            "Het pakket is gemaakt en nagelezen.",
            &[("inhoud", json!(inhoud)), ("bytes", json!(bytes))],
        );
        if let Some(eerder) = self.same_as_before(&inhoud)? {
            return Ok(eerder);
        }
        let stand = Stand::new(
            definitie.naam(),
            self.dienst.adres().to_owned(),
            inhoud,
            definitie.regelhash.clone(),
        );
        stand.write(schrijver.map())?;
        if let Some(koppeling) = &instellingen.koppeling {
            schrijver.keep_koppeling(koppeling)?;
        }
        schrijver.plaats()?;
        let post = Post { map: plek, stand };
        meld(
            G::Klaargezet,
            &format!("Het pakket staat in de uitbak: {}.", post.naam()),
            &[("post", json!(post.naam()))],
        );
        Ok(Nieuw::Post(Box::new(post)))
    }

    /// The judgement, when a pakket may be made of it; else what is wrong is kept where a person can see it.
    fn fit(&self, uitkomst: Result<Beoordeling, Stop>) -> Result<Option<Beoordeling>, Fout> {
        let map = self.uitbak.map().join(CONTROLE);
        let beoordeling = match uitkomst {
            Ok(beoordeling) => beoordeling,
            Err(Stop::Geweigerd(weigering)) => {
                let waar = self.keep_findings(&map, &weigering.oordeel())?;
                let zin = format!(
                    "{} De bevindingen staan in {waar}.",
                    reading::refusal(&weigering).bericht()
                );
                meld(
                    G::Afgekeurd,
                    &zin,
                    &[("regels", json!({weigering.code(): 1}))],
                );
                return Ok(None);
            }
            Err(stop) => return Err(stop.into()),
        };
        let oordeel = &beoordeling.oordeel;
        let per_ernst = |ernst| {
            oordeel
                .regels
                .iter()
                .filter(|r| r.ernst == ernst)
                .map(|r| r.aantal)
                .sum::<u64>()
        };
        let (fouten, signalen) = (per_ernst(Ernst::Fout), per_ernst(Ernst::Signaal));
        let regels: serde_json::Map<String, serde_json::Value> = oordeel
            .regels
            .iter()
            .map(|r| (r.code.clone(), json!(r.aantal)))
            .collect();
        let velden = [
            ("rijen", json!(oordeel.rijen)),
            ("fouten", json!(fouten)),
            ("signalen", json!(signalen)),
            ("vragen", json!(beoordeling.open.len())),
            ("regels", json!(regels)),
        ];
        meld(
            G::Gecontroleerd,
            &format!("Gecontroleerd: {fouten} fouten, {signalen} signalen."),
            &velden,
        );
        let Some(bezwaar) = pakken::bezwaar(&beoordeling, &self.definitie) else {
            let _ = fs::remove_dir_all(&map);
            return Ok(Some(beoordeling));
        };
        let waar = self.keep_findings(&map, oordeel)?;
        meld(
            G::Afgekeurd,
            &format!("{} De bevindingen staan in {waar}.", bezwaar.tekst()),
            &[],
        );
        Ok(None)
    }

    /// Keeps a judgement beside the log: the log itself holds no values.
    fn keep_findings(&self, map: &Path, oordeel: &Oordeel) -> Result<String, Fout> {
        fs::create_dir_all(map).map_err(|e| Fout::bestand("kan de map niet maken", map, &e))?;
        opties::write_json(&map.join("bevindingen.json"), oordeel)?;
        let pad = map.join("bevindingen.xlsx");
        rapport::write(&pad, &[], oordeel, &self.definitie)?;
        Ok(pad.display().to_string())
    }

    /// What becomes of data that the newest levering holds already.
    fn same_as_before(&self, inhoud: &str) -> Result<Option<Nieuw>, Fout> {
        let Some(vorige) = self.newest()? else {
            return Ok(None);
        };
        let zelfde_regels =
            vorige.stand.is_ondertekend() || vorige.stand.regels == self.definitie.regelhash;
        if vorige.stand.inhoud != inhoud || !zelfde_regels {
            return Ok(None);
        }
        let velden = [
            ("levering", json!(vorige.stand.levering)),
            ("toestand", json!(vorige.stand.toestand)),
        ];
        if vorige.stand.toestand == Some(Toestand::Afgekeurd) {
            meld(
                G::Ongewijzigd,
                &format!(
                    "Dezelfde gegevens zijn al afgekeurd; zie {}. Er is niets verstuurd.",
                    vorige.map.display()
                ),
                &velden,
            );
            return Ok(Some(Nieuw::Fouten));
        }
        meld(
            G::Ongewijzigd,
            "De gegevens zijn dezelfde als in de vorige levering. Er is niets verstuurd.",
            &velden,
        );
        Ok(Some(Nieuw::Niets))
    }

    /// The newest that is not overtaken or taken back.
    fn newest(&self) -> Result<Option<Post>, Fout> {
        let mut posten = self.uitbak.posten()?;
        posten.retain(|p| p.stand.uitvraag == self.definitie.naam() && p.stand.is_levend());
        Ok(posten.pop())
    }

    fn laatste(&self) -> Result<Option<String>, Fout> {
        Ok(self.newest()?.and_then(|post| post.stand.levering))
    }

    /// Takes back what the new levering overtakes and nobody signed: a service allows few that are unfinished.
    fn withdraw_older(&self, nieuw: &Post) -> Result<(), Fout> {
        for mut post in self.uitbak.posten()? {
            let ouder = post.map != nieuw.map
                && post.stand.uitvraag == nieuw.stand.uitvraag
                && !post.stand.klaar;
            if let (true, false, Some(id)) = (
                ouder,
                post.stand.is_ondertekend(),
                post.stand.levering.clone(),
            ) {
                if let Some(levering) = self.withdraw(&id)? {
                    post.hoor(&levering)?;
                    post.sluit()?;
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

    fn withdraw(&self, id: &str) -> Result<Option<Levering>, Fout> {
        match self.dienst.intrekken(id) {
            Ok(levering) => Ok(Some(levering)),
            // It is already gone, or in a state that cannot be left: nothing is in the way then.
            Err(fout)
                if fout
                    .probleem()
                    .is_some_and(|p| matches!(p.status, 404 | 409)) =>
            {
                Ok(None)
            }
            Err(fout) => Err(fout.als_fout("de server neemt het intrekken niet aan")),
        }
    }
}

/// What reading the source came to.
enum Nieuw {
    /// Something to send.
    Post(Box<Post>),
    /// The same as before.
    Niets,
    /// The data do not fit.
    Fouten,
}
