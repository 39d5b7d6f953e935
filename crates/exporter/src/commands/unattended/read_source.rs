//! The source of a delivery that goes by itself: read, judged and packed.
//!
//! Owns that only what changed goes on, and that what is wrong is kept where a person can see it. Leaves reading to
//! `source`, judging to `judge_files` and packing to `pack`.

use std::fs;

use schema::{Ernst, Toestand};
use serde_json::json;

use super::run_context::RunContext;
use crate::error::Failure;
use crate::event_log::{LogEvent as G, meld};
use crate::judge_files::{self, Assessment};
use crate::open_input::{self, JudgeStop};
use crate::outbox::{OutboxState, Post, fingerprint};
use crate::pack::{self, PackOrder};
use crate::pakket::PakketDirectory;
use crate::previous_year::PreviousPakket;
use crate::wording;
use crate::{key_path, source, toelichtingen};

/// Folder in the outbox with what the last check found.
const CHECK: &str = "controle";

/// What reading the source came to.
pub(super) enum NewData {
    /// Something to send.
    Post(Box<Post>),
    /// The same as before.
    Niets,
    /// The data do not fit.
    Errors,
}

impl RunContext {
    /// Reads the source, judges and packs; what is the same as the last levering goes no further.
    pub(super) fn new_post(&self) -> Result<NewData, Failure> {
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
        let source = judge_files::OwnFiles {
            bestanden: &loaded.bestanden,
            koppeling: koppeling.as_ref(),
            leverdatum: self.leverdatum,
            vorig: previous.as_ref(),
            everything: false,
        };
        let assessment = judge_files::of_files(definitie, &source, None);
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
        let packed = pack::make(command, &place)?;
        let writer = &packed.writer;
        let content = fingerprint(&PakketDirectory::open(writer.dir())?)?;
        let bytes: u64 = packed.pakket.resources.iter().map(|b| b.bytes).sum();
        meld(
            G::Packed,
            wording::commands::PACKED_AND_PROVEN,
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
        packed.place(&place)?;
        let post = Post {
            map: place,
            stand: state,
        };
        meld(
            G::Staged,
            &wording::commands::staged(&post.name()),
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
                let sentence = wording::commands::findings_kept(
                    &open_input::refused(&refusal).message(),
                    &location,
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
            &wording::commands::findings_kept(&pack::objection_text(&objection), &location),
            &[],
        );
        Ok(None)
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
                &wording::commands::refused_before(&previous.map.display()),
                &velden,
            );
            return Ok(Some(NewData::Errors));
        }
        meld(G::Unchanged, wording::commands::SAME_DATA, &velden);
        Ok(Some(NewData::Niets))
    }
}
