//! The rules about state: what may be done with a levering or a year now, and what not.
//!
//! Owns each of them, once. Whoever acts asks the rule inside the writing transaction that acts on the answer, so
//! nothing can change in between; a page asks the same rule on a reader, to show what can be done. Leaves the steps
//! between states to [`Toestand::may_become`] and carrying out an act to the module that has it. The three dates of a
//! year come in from its definition: this crate knows none.

use schema::bevinding::Ernst;
use schema::definitie::Calendar;
use schema::{Confirmation, Toestand, dutch_time};
use sqlx::SqliteConnection;

use crate::error::LakeError;
use crate::frozen::{Freeze, is_frozen};
use crate::lake::Lake;
use crate::levering::{Levering, Nulopgave};
use crate::levering_id::LeveringId;
use crate::read_levering::{in_force, require};
use crate::refusal::Refusal;
use crate::register_columns::{counts, levering_id};
use crate::stamp::Time;

/// What a rule says, when the register could be asked at all.
pub type RuleAnswer = Result<Result<(), Refusal>, LakeError>;

/// Leveringen of one aanbieder that may be open at a time: one that only opens does not fill the disk.
const OPEN_ALLOWED: usize = 20;

impl Levering {
    /// Whether it may be judged, answered or signed at all: what has damaged files takes no steps.
    fn may_go_on(&self) -> Result<(), Refusal> {
        match self.quarantaine {
            Some(_) => Err(Refusal::Quarantined(self.id)),
            None => Ok(()),
        }
    }

    /// Whether the judgement may be recorded that brings it to `to`.
    pub(crate) fn may_be_judged(&self, to: Toestand) -> Result<(), Refusal> {
        self.may_go_on()?;
        let from = self.toestand;
        if from == Toestand::Ontvangen && from.may_become(to) {
            Ok(())
        } else {
            Err(Refusal::State { from, to })
        }
    }

    /// Whether its signalen may be answered.
    pub(crate) fn may_be_answered(&self) -> Result<(), Refusal> {
        if !matches!(self.toestand, Toestand::TeBevestigen | Toestand::Akkoord) {
            return Err(Refusal::State {
                from: self.toestand,
                to: Toestand::Akkoord,
            });
        }
        self.may_go_on()
    }

    /// Whether it may be taken back: what is signed only until the freeze.
    pub fn may_be_withdrawn(&self, frozen: bool) -> Result<(), Refusal> {
        let (from, to) = (self.toestand, Toestand::Ingetrokken);
        if !from.may_become(to) {
            return Err(Refusal::State { from, to });
        }
        self.may_go_on()?;
        if from == Toestand::Ingediend && frozen {
            return Err(Refusal::Frozen);
        }
        Ok(())
    }

    /// Whether its own state lets it be signed.
    fn is_ready(&self) -> Result<(), Refusal> {
        match self.toestand {
            Toestand::Akkoord => self.may_go_on(),
            Toestand::Afgekeurd => {
                let errors = self.regels.iter().filter(|r| r.ernst == Ernst::Fout);
                let codes = errors.map(|r| r.code.clone()).collect();
                Err(Refusal::OpenErrors { codes })
            }
            Toestand::TeBevestigen => Err(Refusal::OpenSignalen {
                codes: self.open_signalen(),
            }),
            from => Err(Refusal::State {
                from,
                to: Toestand::Ingediend,
            }),
        }
    }
}

/// Whether an aanbieder may open a new levering for this year.
pub(crate) async fn may_open(
    connection: &mut SqliteConnection,
    (kvk, uitvraag, jaar): (&str, &str, i32),
    calendar: &Calendar,
    now: Time,
) -> RuleAnswer {
    let open: i64 =
        sqlx::query_scalar("SELECT count(*) FROM levering WHERE kvk = $1 AND toestand = 'geopend'")
            .bind(kvk)
            .fetch_one(&mut *connection)
            .await?;
    if usize::try_from(open).is_ok_and(|open| open >= OPEN_ALLOWED) {
        return Ok(Err(Refusal::TooManyOpen {
            allowed: OPEN_ALLOWED,
        }));
    }
    if is_frozen(connection, Some(kvk), uitvraag, jaar, calendar, now).await? {
        return Ok(Err(Refusal::Frozen));
    }
    Ok(Ok(()))
}

/// Whether a levering may be signed. What would be lost by it is said last, when nothing else stops it.
pub(crate) async fn may_sign(
    connection: &mut SqliteConnection,
    levering: &Levering,
    calendar: &Calendar,
    confirmed: &[Confirmation],
    now: Time,
) -> RuleAnswer {
    if let Err(refusal) = levering.is_ready() {
        return Ok(Err(refusal));
    }
    let (kvk, uitvraag, jaar) = (&levering.kvk, &levering.uitvraag, levering.jaar);
    if is_frozen(&mut *connection, Some(kvk), uitvraag, jaar, calendar, now).await? {
        return Ok(Err(Refusal::Frozen));
    }
    let Some(counts) = in_force(&mut *connection, kvk, uitvraag, jaar).await? else {
        return Ok(Ok(()));
    };
    let mut losses = levering.losses_against(&require(connection, counts).await?);
    losses.retain(|loss| !confirmed.contains(&loss.what));
    Ok(if losses.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Unconfirmed(losses))
    })
}

/// Whether an aanbieder may say that it has nothing to report. Never beside a signed levering with rows: that one must
/// be taken back first, by name.
pub(crate) async fn may_declare_nothing(
    connection: &mut SqliteConnection,
    nulopgave: &Nulopgave<'_>,
    now: Time,
) -> RuleAnswer {
    let (kvk, uitvraag, jaar) = (nulopgave.kvk, nulopgave.uitvraag, nulopgave.jaar);
    if let Some(levering) = in_force(&mut *connection, kvk, uitvraag, jaar).await?
        && !require(&mut *connection, levering).await?.nulopgave
    {
        return Ok(Err(Refusal::NulopgaveBesideLevering { levering }));
    }
    let calendar = nulopgave.signing.klok;
    if is_frozen(&mut *connection, Some(kvk), uitvraag, jaar, calendar, now).await? {
        return Ok(Err(Refusal::Frozen));
    }
    if nulopgave.toelichting.is_none()
        && let Some((levering, rows)) = rows_before(connection, nulopgave).await?
    {
        return Ok(Err(Refusal::NulopgaveUnexplained { levering, rows }));
    }
    Ok(Ok(()))
}

/// The levering that counts for the year before and its rows in the main table, where it has any: then a nulopgave
/// wants an explanation, for by mistake it would erase an aanbieder from the figures unseen.
pub(crate) async fn rows_before(
    connection: &mut SqliteConnection,
    nulopgave: &Nulopgave<'_>,
) -> Result<Option<(LeveringId, u64)>, LakeError> {
    let (kvk, uitvraag, before) = (nulopgave.kvk, nulopgave.uitvraag, nulopgave.jaar - 1);
    let Some(id) = in_force(&mut *connection, kvk, uitvraag, before).await? else {
        return Ok(None);
    };
    let rows = require(connection, id).await?.rijen;
    let rows = rows.get(nulopgave.main_table).copied().unwrap_or(0);
    Ok((rows > 0).then_some((id, rows)))
}

/// Whether a levering may be taken back.
pub(crate) async fn may_withdraw(
    connection: &mut SqliteConnection,
    levering: &Levering,
    calendar: &Calendar,
    now: Time,
) -> RuleAnswer {
    let (kvk, uitvraag, jaar) = (&levering.kvk, &levering.uitvraag, levering.jaar);
    let frozen = is_frozen(connection, Some(kvk), uitvraag, jaar, calendar, now).await?;
    Ok(levering.may_be_withdrawn(frozen))
}

/// Whether an aanbieder may be given uitstel: always, but for a moment that is past or without a reason.
pub(crate) fn may_extend(until: Time, reason: &str, now: Time) -> Result<(), Refusal> {
    if until <= now {
        return Err(Refusal::ExtensionPast { until });
    }
    if reason.trim().is_empty() {
        return Err(Refusal::ExtensionWithoutReason);
    }
    Ok(())
}

/// Whether nothing speaks against freezing now: it ends delivering for everybody.
pub(crate) async fn may_freeze(
    connection: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
    calendar: &Calendar,
    now: Time,
) -> RuleAnswer {
    let (signed, unfinished): (i64, i64) = sqlx::query_as(
        concat!("SELECT coalesce(sum(CASE WHEN ", counts!(), " THEN 1 ELSE 0 END), 0),
           coalesce(sum(CASE WHEN toestand IN ('geopend', 'ontvangen', 'te_bevestigen', 'akkoord') THEN 1 ELSE 0 END), 0)
         FROM levering WHERE uitvraag = $1 AND jaar = $2"),
    )
    .bind(uitvraag)
    .bind(jaar)
    .fetch_one(connection)
    .await?;
    let day = (dutch_time::local(now).date() < calendar.bevriezen).then_some(calendar.bevriezen);
    if day.is_none() && signed > 0 && unfinished == 0 {
        return Ok(Ok(()));
    }
    Ok(Err(Refusal::TooSoonToFreeze {
        day,
        none_signed: signed == 0,
        unfinished,
    }))
}

/// Whether a momentopname may be taken back: while nothing was published from it.
pub(crate) async fn may_unfreeze(connection: &mut SqliteConnection, id: &str) -> RuleAnswer {
    let published: i64 =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM publicatie WHERE momentopname = $1)")
            .bind(id)
            .fetch_one(&mut *connection)
            .await?;
    if published != 0 {
        return Ok(Err(Refusal::Published));
    }
    if !stands(connection, id).await? {
        return Err(LakeError::UnknownMomentopname);
    }
    Ok(Ok(()))
}

/// Whether a whole year may be unfrozen: while it is frozen and nothing of it was published.
pub(crate) async fn may_unfreeze_year(
    connection: &mut SqliteConnection,
    uitvraag: &str,
    jaar: i32,
    calendar: &Calendar,
    now: Time,
) -> RuleAnswer {
    let freeze = Freeze::of(connection, None, uitvraag, jaar, calendar).await?;
    Ok(if freeze.published {
        Err(Refusal::Published)
    } else if freeze.holds(now) {
        Ok(())
    } else {
        Err(Refusal::NotFrozen)
    })
}

/// Whether figures may be published from a momentopname: while it was not taken back, and nothing of it was erased
/// since they were made, without `erased`.
pub(crate) async fn may_publish(
    connection: &mut SqliteConnection,
    id: &str,
    erased: &[LeveringId],
) -> RuleAnswer {
    if !stands(&mut *connection, id).await? {
        return Ok(Err(Refusal::TakenBack(id.to_owned())));
    }
    let erased_now: Vec<String> = sqlx::query_scalar(
        "SELECT l.id FROM momentopname_levering m JOIN levering l ON l.id = m.levering
         WHERE m.momentopname = $1 AND m.uitgesloten = 0 AND l.toestand = 'gewist' ORDER BY l.id",
    )
    .bind(id)
    .fetch_all(connection)
    .await?;
    for levering in &erased_now {
        let levering = levering_id(levering)?;
        if !erased.contains(&levering) {
            return Ok(Err(Refusal::ErasedSince(levering)));
        }
    }
    Ok(Ok(()))
}

/// Whether there is a momentopname of this id that was not taken back.
async fn stands(connection: &mut SqliteConnection, id: &str) -> Result<bool, LakeError> {
    let found: i64 = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM momentopname WHERE id = $1 AND ontdooid IS NULL)",
    )
    .bind(id)
    .fetch_one(connection)
    .await?;
    Ok(found != 0)
}

/// What a page shows: the same rules, asked on a reader.
impl Lake {
    /// Whether this levering may be signed now, with nothing confirmed yet.
    pub async fn may_sign(
        &self,
        levering: &Levering,
        calendar: &Calendar,
        now: Time,
    ) -> RuleAnswer {
        may_sign(&mut *self.reader().await?, levering, calendar, &[], now).await
    }

    /// Whether figures may be published that were made from this momentopname, without the leveringen `erased`.
    pub async fn may_publish(&self, momentopname: &str, erased: &[LeveringId]) -> RuleAnswer {
        may_publish(&mut *self.reader().await?, momentopname, erased).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(moment: &str) -> Time {
        moment.parse().unwrap()
    }

    const BEFORE: &str = "2021-04-30T21:59:59Z";
    const FROM: &str = "2021-04-30T22:00:00Z";

    #[test]
    fn an_uitstel_has_a_reason_and_a_moment_to_come() {
        let now = at(BEFORE);
        assert_eq!(may_extend(at(FROM), "ziekte", now), Ok(()));
        assert_eq!(
            may_extend(now, "ziekte", now),
            Err(Refusal::ExtensionPast { until: now })
        );
        assert_eq!(
            may_extend(at(FROM), " ", now),
            Err(Refusal::ExtensionWithoutReason)
        );
    }
}
