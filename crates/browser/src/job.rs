//! Answers one question, a step at a time.
//!
//! Owns the steps: read a batch, judge it, say how far it is. What is judged is put together by `judging`, as in the
//! exporter; a test over the fixtures compares the answers byte for byte.

use chrono::NaiveDate;
use judging::{Judging, SourceReport, Subject};
use mapping::{BatchReader, Koppeling, tell_own_cells};
use rows::FileRefusal;
use rows::bsn::hide_in;
use schema::bevinding::OordeelOutput;
use schema::text::json_text;
use schema::{Definitie, Ernst, Oordeel};
use serde::Serialize;
use sheets::annotate::AnnotateLimits;
use sheets::{ByteSource, SourceFile, annotate};

use crate::conversation::MappingTalk;
use crate::key::{key_answer, new_key, read_key};
use crate::pack::{PackJob, PackStep, PakketOrder};
use crate::request::PageRequest;
use crate::wording;

/// A question being answered.
pub enum Job {
    /// Own files are being judged.
    Judge(Box<JudgeJob>),
    /// They were judged, and a pakket is being made of them.
    Pack(Box<PackJob>),
}

/// Own files being judged.
pub struct JudgeJob {
    reader: BatchReader,
    judging: Judging,
    rijen: u64,
    /// What is judged, to look up what stands in its cells.
    bestanden: Vec<SourceFile>,
    definitie: Definitie,
    koppeling: Option<Koppeling>,
    purpose: Purpose,
}

/// What the judgement is for.
enum Purpose {
    /// To be read.
    Oordeel,
    /// For the workbook with the findings in it.
    Rapport,
    /// For a pakket.
    Pak(Box<PakketOrder>),
}

/// How far it is.
pub enum Progress {
    /// There is more to do; rows read so far.
    Busy(u64),
    /// The answer.
    Done(Vec<u8>),
    /// Why there is none, as a Dutch sentence.
    Failed(String),
}

/// The words of one uitvraag.
#[derive(Serialize)]
struct Words {
    naam: String,
    titel: String,
    tabellen: Vec<TabelWords>,
    regels: Vec<RegelWords>,
}

#[derive(Serialize)]
struct TabelWords {
    naam: String,
    titel: String,
}

#[derive(Serialize)]
struct RegelWords {
    code: String,
    ernst: Ernst,
    titel: String,
    reden: String,
}

/// Starts on a question: small ones are answered at once. The conversation that is going on is `conversation`.
pub fn start(message: Vec<u8>, talk: &mut Option<MappingTalk>) -> (Option<Job>, Progress) {
    let done = |outcome: Result<Vec<u8>, String>| {
        (None, outcome.map_or_else(Progress::Failed, Progress::Done))
    };
    let (question, files) = match PageRequest::read(message) {
        Ok(loaded) => loaded,
        Err(error) => {
            return done(Err(wording::question_unreadable(&error)));
        }
    };
    match question {
        PageRequest::Uitvragen => done(words()),
        PageRequest::Artefact {
            uitvraag,
            naam: name,
        } => done(artefact(&uitvraag, &name)),
        PageRequest::Csv { .. } => done(csv(&files)),
        PageRequest::Koppel {
            uitvraag,
            koppeling,
            ..
        } => done(begin(&uitvraag, koppeling, &files, talk)),
        PageRequest::Antwoord { stap } => done(match talk {
            Some(talk) => talk.take(stap),
            None => Err(wording::NO_CONVERSATION.to_owned()),
        }),
        PageRequest::Controleer {
            uitvraag,
            leverdatum,
            koppeling,
            rapport,
            ..
        } => judge(&uitvraag, leverdatum, koppeling.as_deref(), files, rapport),
        PageRequest::Pak {
            uitvraag,
            leverdatum,
            koppeling,
            kvk,
            sleutel,
            ..
        } => {
            let loaded = source(&uitvraag, koppeling.as_deref());
            let order = loaded.and_then(|(definitie, koppeling)| {
                PakketOrder::new(definitie, koppeling, leverdatum, kvk, &sleutel, files)
            });
            match order {
                Ok(order) => pack(order),
                Err(sentence) => done(Err(sentence)),
            }
        }
        PageRequest::NieuweSleutel { .. } => done(new_key(&files)),
        PageRequest::Sleutel { sleutel } => done(read_key(&sleutel).map(|key| key_answer(&key))),
    }
}

fn judge(
    uitvraag: &str,
    leverdatum: NaiveDate,
    koppeling: Option<&str>,
    files: Vec<SourceFile>,
    rapport: bool,
) -> (Option<Job>, Progress) {
    let (definitie, koppeling) = match source(uitvraag, koppeling) {
        Ok(loaded) => loaded,
        Err(sentence) => return (None, Progress::Failed(sentence)),
    };
    let purpose = if rapport {
        Purpose::Rapport
    } else {
        Purpose::Oordeel
    };
    JudgeJob::start(definitie, leverdatum, koppeling, files, purpose)
}

/// Judges first: no pakket is made of what has a fout in it.
fn pack(order: PakketOrder) -> (Option<Job>, Progress) {
    let (definitie, koppeling) = (order.definitie.clone(), order.koppeling.clone());
    let (leverdatum, files) = (order.leverdatum, order.bestanden.clone());
    let purpose = Purpose::Pak(Box::new(order));
    JudgeJob::start(definitie, leverdatum, koppeling, files, purpose)
}

/// The definition, and the koppeling where there is one.
fn source(
    uitvraag: &str,
    koppeling: Option<&str>,
) -> Result<(Definitie, Option<Koppeling>), String> {
    let definitie = definitie(uitvraag)?;
    let koppeling = koppeling
        .map(|text| read_koppeling(text, &definitie))
        .transpose()?;
    Ok((definitie, koppeling))
}

impl Job {
    /// Does the next piece of work.
    pub fn step(self) -> (Option<Self>, Progress) {
        match self {
            Self::Judge(job) => job.step(),
            Self::Pack(job) => match job.step() {
                PackStep::More(job, rows) => (Some(Self::Pack(job)), Progress::Busy(rows)),
                PackStep::Done(tar) => (None, Progress::Done(tar)),
                PackStep::Failed(sentence) => (None, Progress::Failed(sentence)),
                PackStep::Refused(refusal) => (None, Progress::Failed(told(&refusal))),
            },
        }
    }
}

impl JudgeJob {
    fn start(
        definitie: Definitie,
        leverdatum: NaiveDate,
        koppeling: Option<Koppeling>,
        files: Vec<SourceFile>,
        purpose: Purpose,
    ) -> (Option<Job>, Progress) {
        let to_read = matches!(purpose, Purpose::Oordeel);
        let reader = match BatchReader::open(&files, &definitie, koppeling.as_ref()) {
            Ok(reader) => reader,
            Err(refusal) => return (None, refused(&refusal, to_read)),
        };
        let subject = Subject::OwnFiles {
            everything: matches!(purpose, Purpose::Rapport),
        };
        match Judging::new(&definitie, leverdatum, subject, None) {
            Ok(judging) => {
                let job = Self {
                    reader,
                    judging,
                    rijen: 0,
                    bestanden: files,
                    definitie,
                    koppeling,
                    purpose,
                };
                (Some(Job::Judge(Box::new(job))), Progress::Busy(0))
            }
            Err(error) => (None, broken(&error)),
        }
    }

    /// Reads and judges the next rows.
    fn step(mut self: Box<Self>) -> (Option<Job>, Progress) {
        match self.reader.next_batch() {
            Ok(Some(batch)) => {
                self.rijen += batch.batch.num_rows() as u64;
                match self.judging.batch(&batch.tabel, &batch.batch) {
                    Ok(_) => {
                        let progress = Progress::Busy(self.rijen);
                        (Some(Job::Judge(self)), progress)
                    }
                    Err(error) => (None, broken(&error)),
                }
            }
            Ok(None) => self.finish(),
            Err(refusal) => {
                let to_read = matches!(self.purpose, Purpose::Oordeel);
                (None, refused(&refusal, to_read))
            }
        }
    }

    fn finish(self) -> (Option<Job>, Progress) {
        let summary = self.reader.finish();
        let outcome = self.judging.finish(SourceReport {
            bevindingen: summary.bevindingen,
            counts: summary.counts,
            herkomst: summary.herkomst.as_ref(),
            waiting: summary.waiting,
        });
        let mut outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => return (None, broken(&error)),
        };
        let mut oordelen: Vec<&mut Oordeel> = std::iter::once(&mut outcome.oordeel)
            .chain(&mut outcome.everything)
            .collect();
        let koppeling = self.koppeling.as_ref();
        if let Err(refusal) =
            tell_own_cells(&self.bestanden, &self.definitie, koppeling, &mut oordelen)
        {
            let to_read = matches!(self.purpose, Purpose::Oordeel);
            return (None, refused(&refusal, to_read));
        }
        oordelen.into_iter().for_each(hide_in);
        let progress = match self.purpose {
            Purpose::Oordeel => Progress::Done(
                json_text(&OordeelOutput {
                    oordeel: &outcome.oordeel,
                    aannames: &summary.aannames,
                    open: &summary.open,
                    wachtend: &outcome.waiting,
                    balans: &summary.balans,
                })
                .into_bytes(),
            ),
            Purpose::Rapport => {
                let oordeel = outcome.everything.as_ref().unwrap_or(&outcome.oordeel);
                let done = annotate::make_within(
                    &self.bestanden,
                    oordeel,
                    &self.definitie,
                    &outcome.waiting,
                    AnnotateLimits::default(),
                );
                done.map_or_else(
                    |error| Progress::Failed(wording::excel_not_made(&error)),
                    Progress::Done,
                )
            }
            Purpose::Pak(order) => {
                match PackJob::start(*order, &outcome.oordeel, &summary.open, summary.balans) {
                    PackStep::More(job, rows) => {
                        return (Some(Job::Pack(job)), Progress::Busy(rows));
                    }
                    PackStep::Done(tar) => Progress::Done(tar),
                    PackStep::Failed(sentence) => Progress::Failed(sentence),
                    PackStep::Refused(refusal) => Progress::Failed(told(&refusal)),
                }
            }
        };
        (None, progress)
    }
}

fn definitie(name: &str) -> Result<Definitie, String> {
    Definitie::load(name).map_err(|_| wording::uitvraag_unknown(&name))
}

fn read_koppeling(text: &str, definitie: &Definitie) -> Result<Koppeling, String> {
    let koppeling = Koppeling::parse(text);
    let good = koppeling.and_then(|koppeling| koppeling.verify(definitie).map(|()| koppeling));
    good.map_err(|e| wording::koppeling_line_wrong(&e))
}

/// A refusal is a judgement too, for whoever reads it as JSON; there is no workbook or pakket of it.
fn refused(refusal: &FileRefusal, to_read: bool) -> Progress {
    if !to_read {
        return Progress::Failed(told(refusal));
    }
    Progress::Done(json_text(&refusal.oordeel()).into_bytes())
}

/// A refusal in one sentence, with its place.
fn told(refusal: &FileRefusal) -> String {
    let place = refusal.place();
    let row = || place.rij.map(|row| format!("rij {row}"));
    let parts = [
        place.bestand.clone(),
        place.blad.as_ref().map(|sheet| format!("blad {sheet}")),
        place.cel.clone().or_else(row),
    ];
    let location: Vec<String> = parts.into_iter().flatten().collect();
    if location.is_empty() {
        refusal.to_string()
    } else {
        format!("{}: {refusal}", location.join(", "))
    }
}

fn broken(error: &dyn std::error::Error) -> Progress {
    Progress::Failed(wording::rules_broken(&error))
}

/// Begins a conversation in the place of the one before it.
fn begin(
    uitvraag: &str,
    koppeling: Option<String>,
    files: &[SourceFile],
    talk: &mut Option<MappingTalk>,
) -> Result<Vec<u8>, String> {
    *talk = None;
    let definitie = definitie(uitvraag)?;
    if let Some(text) = &koppeling {
        read_koppeling(text, &definitie)?;
    }
    let begun = MappingTalk::new(definitie, koppeling, files).map_err(|refusal| told(&refusal))?;
    talk.insert(begun).view()
}

fn csv(files: &[SourceFile]) -> Result<Vec<u8>, String> {
    let oordeel: Option<Oordeel> = files.first().and_then(|file| match &file.bron {
        ByteSource::Bytes(bytes) => serde_json::from_slice(bytes).ok(),
        _ => None,
    });
    oordeel
        .map(|oordeel| schema::bevinding::csv(&oordeel.bevindingen))
        .ok_or_else(|| wording::JUDGEMENT_UNREADABLE.to_owned())
}

fn artefact(uitvraag: &str, name: &str) -> Result<Vec<u8>, String> {
    let found = uitvraag
        .split_once('/')
        .and_then(|(uitvraag, jaar)| schema::artefact(uitvraag, jaar.parse().ok()?, name));
    found
        .map(<[u8]>::to_vec)
        .ok_or_else(|| wording::file_missing(&name, &uitvraag))
}

fn words() -> Result<Vec<u8>, String> {
    let words: Result<Vec<Words>, String> = Definitie::names()
        .iter()
        .map(|name| definitie(name).map(|d| words_of(&d)))
        .collect();
    Ok(json_text(&words?).into_bytes())
}

fn words_of(definitie: &Definitie) -> Words {
    let tabellen = definitie.tabellen.iter().map(|t| TabelWords {
        naam: t.naam.clone(),
        titel: t.titel.clone(),
    });
    let regels = definitie.regels.iter().map(|r| RegelWords {
        code: r.code.clone(),
        ernst: r.ernst,
        titel: r.tekst.titel.clone(),
        reden: r.tekst.reden.clone(),
    });
    Words {
        naam: definitie.name(),
        titel: definitie.titel.clone(),
        tabellen: tabellen.collect(),
        regels: regels.collect(),
    }
}
