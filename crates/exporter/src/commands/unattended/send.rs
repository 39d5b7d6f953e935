//! One pakket of the outbox on its way, as far as it can get now.
//!
//! Owns asking the service before acting (never retry and hope), and what a person hears when a step is left to them:
//! questions, a signature, a replacement that must be confirmed by name. Leaves the steps themselves to `delivery_run`.

use schema::Toestand;
use serde_json::json;

use super::run_context::RunContext;
use crate::client::NeededConfirmation;
use crate::client::levering::ServiceLevering;
use crate::delivery_run::{DeliveryRun, SignOutcome};
use crate::error::{CommandResult, Failure, RunEnd};
use crate::event_log::{LogEvent as G, meld};
use crate::outbox::Post;
use crate::pakket::PakketDirectory;
use crate::toelichtingen::{self, Question};
use crate::wording;

impl RunContext {
    /// Brings one pakket as far as it can get now.
    pub(super) fn advance(&self, post: &mut Post) -> CommandResult {
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
            levering = match delivery.sign(&levering, who, &[])? {
                SignOutcome::Signed(signed) => *signed,
                SignOutcome::Unconfirmed(asked) => {
                    return Ok(self.leave_to_a_person(post, &levering, &asked));
                }
            };
            post.hear(&levering)?;
            meld(
                G::Signed,
                wording::commands::SIGNED,
                &[("levering", json!(levering.id))],
            );
        }
        self.conclude(&delivery, post, &levering)
    }

    /// A source that lost its rows must not replace what counts while everybody sleeps: the service wants it confirmed by
    /// name, and only a person can do that.
    fn leave_to_a_person(
        &self,
        post: &Post,
        levering: &ServiceLevering,
        asked: &[NeededConfirmation],
    ) -> RunEnd {
        let reasons: Vec<&str> = asked.iter().map(|a| a.zin.as_str()).collect();
        let names: Vec<&str> = asked.iter().map(|a| a.naam.as_str()).collect();
        let sentence = wording::commands::not_signed_replaces(
            &reasons.join(" "),
            &self.by_hand(post),
            &names.join(", "),
        );
        let velden = [
            ("levering", json!(levering.id)),
            ("rijen", json!(levering.rijen)),
            ("bevestig", json!(names)),
        ];
        meld(G::ToSign, &sentence, &velden);
        RunEnd::Open
    }

    /// Takes back what the new levering overtakes and nobody signed: a service allows few that are unfinished.
    pub(super) fn withdraw_older(&self, new: &Post) -> Result<(), Failure> {
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
                    wording::commands::WITHDRAWN_UNSIGNED,
                    &[("levering", json!(id))],
                );
            }
        }
        Ok(())
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
                    return Err(failure.as_failure(wording::commands::NO_STATE));
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
                    &wording::commands::refused_see(&location, &levering.volgende_stap),
                    &velden,
                );
                Ok(RunEnd::Open)
            }
            Toestand::TeBevestigen => self.ask(delivery, levering),
            Toestand::Akkoord => {
                let sentence = wording::commands::ready_to_sign(&self.by_hand(post));
                meld(G::ToSign, &sentence, &velden);
                Ok(RunEnd::Good)
            }
            Toestand::Ingediend | Toestand::Gepubliceerd => {
                if crate::ontvangstbewijs::read(&post.map)?.is_none() {
                    let (_, path) = delivery.keep_receipt(levering)?;
                    meld(
                        G::Ontvangstbewijs,
                        &wording::commands::receipt_stands(&path.display()),
                        &velden,
                    );
                }
                if levering.toestand == Toestand::Gepubliceerd {
                    let copy = post.store(self.instellingen.bewaar.as_deref())?;
                    post.close()?;
                    meld(
                        G::Gepubliceerd,
                        &wording::commands::published(&copy),
                        &velden,
                    );
                }
                Ok(RunEnd::Good)
            }
            Toestand::Vervangen | Toestand::Ingetrokken | Toestand::Verlopen | Toestand::Gewist => {
                post.close()?;
                meld(
                    G::Lapsed,
                    &wording::commands::counts_no_more(&levering.toestand.name()),
                    &velden,
                );
                Ok(RunEnd::Good)
            }
            Toestand::Geopend | Toestand::Ontvangen => {
                Err(Failure::new(wording::commands::NO_VERDICT_YET))
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
        let sentence = wording::commands::questions_in_file(&questions.len(), &path.display());
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
}
