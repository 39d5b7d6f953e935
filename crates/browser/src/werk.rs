//! Answers one question, a step at a time.
//!
//! Owns the steps: read a batch, judge it, say how far it is. What is judged is put together by `judging`, as in the
//! exporter; a test over the fixtures compares the answers byte for byte.

use chrono::NaiveDate;
use judging::{Judging, SourceReport, Subject};
use mapping::{Koppeling, Lezer, stel_voor, verken_alle};
use rows::Weigering;
use schema::bevinding::Uitslag;
use schema::tekst::json_tekst;
use schema::{Definitie, Ernst, Oordeel};
use serde::Serialize;
use sheets::{Bestand, Bron, annotate};

use crate::vraag::Vraag;

/// A question being answered.
pub struct Werk {
    lezer: Lezer,
    judging: Judging,
    rijen: u64,
    rapport: Option<Rapport>,
}

/// What a workbook is made from, beside the judgement.
struct Rapport {
    bestanden: Vec<Bestand>,
    definitie: Definitie,
}

/// How far it is.
pub enum Stand {
    /// There is more to do; rows read so far.
    Bezig(u64),
    /// The answer.
    Klaar(Vec<u8>),
    /// Why there is none, as a Dutch sentence.
    Mislukt(String),
}

/// What `koppel` answers.
#[derive(Serialize)]
struct Koppelantwoord<'a> {
    /// The text of `koppeling.toml`.
    koppeling: String,
    /// What is open, as Dutch sentences.
    vragen: Vec<&'a str>,
    /// What was assumed in reading, as Dutch sentences.
    aannames: &'a [String],
}

/// The words of one uitvraag.
#[derive(Serialize)]
struct Woorden {
    naam: String,
    titel: String,
    tabellen: Vec<Tabelwoorden>,
    regels: Vec<Regelwoorden>,
}

#[derive(Serialize)]
struct Tabelwoorden {
    naam: String,
    titel: String,
}

#[derive(Serialize)]
struct Regelwoorden {
    code: String,
    ernst: Ernst,
    titel: String,
    reden: String,
}

/// Starts on a question: small ones are answered at once.
pub fn start(bericht: Vec<u8>) -> (Option<Werk>, Stand) {
    let klaar = |uitkomst: Result<Vec<u8>, String>| {
        (None, uitkomst.map_or_else(Stand::Mislukt, Stand::Klaar))
    };
    let (vraag, bestanden) = match Vraag::read(bericht) {
        Ok(gelezen) => gelezen,
        Err(fout) => {
            return klaar(Err(format!(
                "De pagina stelde een vraag die niet te lezen is ({fout})."
            )));
        }
    };
    match vraag {
        Vraag::Uitvragen => klaar(words()),
        Vraag::Artefact { uitvraag, naam } => klaar(artefact(&uitvraag, &naam)),
        Vraag::Csv { .. } => klaar(csv(&bestanden)),
        Vraag::Koppel { uitvraag, .. } => klaar(propose(&uitvraag, &bestanden)),
        Vraag::Controleer {
            uitvraag,
            leverdatum,
            koppeling,
            rapport,
            ..
        } => {
            match Werk::new(
                &uitvraag,
                leverdatum,
                koppeling.as_deref(),
                rapport,
                bestanden,
            ) {
                Ok(werk) => (Some(werk), Stand::Bezig(0)),
                Err(stand) => (None, stand),
            }
        }
    }
}

impl Werk {
    fn new(
        uitvraag: &str,
        leverdatum: NaiveDate,
        koppeling: Option<&str>,
        rapport: bool,
        bestanden: Vec<Bestand>,
    ) -> Result<Self, Stand> {
        let definitie = definitie(uitvraag).map_err(Stand::Mislukt)?;
        let koppeling = koppeling
            .map(|tekst| read_koppeling(tekst, &definitie))
            .transpose()
            .map_err(Stand::Mislukt)?;
        let lezer = Lezer::open(&bestanden, &definitie, koppeling.as_ref())
            .map_err(|w| refused(&w, rapport))?;
        let subject = Subject::OwnFiles {
            everything: rapport,
        };
        let judging =
            Judging::new(&definitie, leverdatum, subject, None).map_err(|e| broken(&e))?;
        Ok(Self {
            lezer,
            judging,
            rijen: 0,
            rapport: rapport.then_some(Rapport {
                bestanden,
                definitie,
            }),
        })
    }

    /// Reads and judges the next rows.
    pub fn step(mut self) -> (Option<Self>, Stand) {
        match self.lezer.volgende() {
            Ok(Some(partij)) => {
                self.rijen += partij.batch.num_rows() as u64;
                match self.judging.batch(&partij.tabel, &partij.batch) {
                    Ok(_) => {
                        let stand = Stand::Bezig(self.rijen);
                        (Some(self), stand)
                    }
                    Err(fout) => (None, broken(&fout)),
                }
            }
            Ok(None) => (None, self.finish()),
            Err(weigering) => (None, refused(&weigering, self.rapport.is_some())),
        }
    }

    fn finish(self) -> Stand {
        let verslag = self.lezer.afronden();
        let outcome = self.judging.finish(SourceReport {
            bevindingen: verslag.bevindingen,
            tellingen: verslag.tellingen,
            herkomst: verslag.herkomst.as_ref(),
        });
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(fout) => return broken(&fout),
        };
        if let Some(Rapport {
            bestanden,
            definitie,
        }) = self.rapport
        {
            let oordeel = outcome.everything.as_ref().unwrap_or(&outcome.oordeel);
            let klaar = annotate::maak(&bestanden, oordeel, &definitie);
            return klaar.map_or_else(
                |fout| Stand::Mislukt(format!("Het Excel-bestand is niet te maken: {fout}.")),
                Stand::Klaar,
            );
        }
        Stand::Klaar(
            json_tekst(&Uitslag {
                oordeel: &outcome.oordeel,
                aannames: &verslag.aannames,
                open: &verslag.open,
            })
            .into_bytes(),
        )
    }
}

fn definitie(naam: &str) -> Result<Definitie, String> {
    Definitie::load(naam).map_err(|_| format!("De uitvraag {naam} is niet bekend."))
}

fn read_koppeling(tekst: &str, definitie: &Definitie) -> Result<Koppeling, String> {
    let koppeling = Koppeling::parse(tekst);
    let goed = koppeling.and_then(|koppeling| koppeling.verify(definitie).map(|()| koppeling));
    goed.map_err(|e| {
        format!("De koppeling klopt niet: {e}. Verbeter die regel, of maak een nieuwe koppeling.")
    })
}

/// A refusal is a judgement too, for whoever reads it as JSON; there is no workbook of it.
fn refused(weigering: &Weigering, rapport: bool) -> Stand {
    if rapport {
        return Stand::Mislukt(told(weigering));
    }
    Stand::Klaar(json_tekst(&weigering.oordeel()).into_bytes())
}

/// A refusal in one sentence, with its place.
fn told(weigering: &Weigering) -> String {
    let plaats = weigering.plaats();
    let rij = || plaats.rij.map(|rij| format!("rij {rij}"));
    let delen = [
        plaats.bestand.clone(),
        plaats.blad.as_ref().map(|blad| format!("blad {blad}")),
        plaats.cel.clone().or_else(rij),
    ];
    let waar: Vec<String> = delen.into_iter().flatten().collect();
    if waar.is_empty() {
        weigering.to_string()
    } else {
        format!("{}: {weigering}", waar.join(", "))
    }
}

fn broken(fout: &dyn std::error::Error) -> Stand {
    Stand::Mislukt(format!(
        "De regels van deze uitvraag zijn beschadigd ({fout})."
    ))
}

fn propose(uitvraag: &str, bestanden: &[Bestand]) -> Result<Vec<u8>, String> {
    let definitie = definitie(uitvraag)?;
    let verkenningen = verken_alle(bestanden, &definitie).map_err(|weigering| told(&weigering))?;
    let voorstel = stel_voor(&verkenningen, &definitie);
    let antwoord = Koppelantwoord {
        koppeling: voorstel.koppeling.to_toml(),
        vragen: voorstel
            .open
            .iter()
            .map(|open| open.vraag.as_str())
            .collect(),
        aannames: &voorstel.aannames,
    };
    Ok(json_tekst(&antwoord).into_bytes())
}

fn csv(bestanden: &[Bestand]) -> Result<Vec<u8>, String> {
    let oordeel: Option<Oordeel> = bestanden.first().and_then(|bestand| match &bestand.bron {
        Bron::Bytes(bytes) => serde_json::from_slice(bytes).ok(),
        _ => None,
    });
    oordeel
        .map(|oordeel| schema::bevinding::csv(&oordeel.bevindingen))
        .ok_or_else(|| "Het oordeel is niet te lezen.".to_owned())
}

fn artefact(uitvraag: &str, naam: &str) -> Result<Vec<u8>, String> {
    let gevonden = uitvraag
        .split_once('/')
        .and_then(|(uitvraag, jaar)| schema::artefact(uitvraag, jaar.parse().ok()?, naam));
    gevonden
        .map(<[u8]>::to_vec)
        .ok_or_else(|| format!("Het bestand {naam} is er niet bij de uitvraag {uitvraag}."))
}

fn words() -> Result<Vec<u8>, String> {
    let woorden: Result<Vec<Woorden>, String> = Definitie::names()
        .iter()
        .map(|naam| definitie(naam).map(|d| words_of(&d)))
        .collect();
    Ok(json_tekst(&woorden?).into_bytes())
}

fn words_of(definitie: &Definitie) -> Woorden {
    let tabellen = definitie.tabellen.iter().map(|t| Tabelwoorden {
        naam: t.naam.clone(),
        titel: t.titel.clone(),
    });
    let regels = definitie.regels.iter().map(|r| Regelwoorden {
        code: r.code.clone(),
        ernst: r.ernst,
        titel: r.tekst.titel.clone(),
        reden: r.tekst.reden.clone(),
    });
    Woorden {
        naam: definitie.naam(),
        titel: definitie.titel.clone(),
        tabellen: tabellen.collect(),
        regels: regels.collect(),
    }
}
