//! The queue before the judge: which levering is judged when, and what becomes of a judgement that fails.
//!
//! Owns how many are judged at once, that one pakket never stops the others (a panic is caught, and whatever failed
//! before is judged with nothing beside it), the back-off, and the look for work that another process left. An attempt
//! is counted in the register before it begins, so one that takes the service down counts too; an error of storage is
//! no attempt, and is tried again for as long as it lasts. Leaves judging to [`crate::judge`], the count to `lake`.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use lake::{Lake, LakeError, LeveringId, Stamp};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::judge::{BeforeJudging, LeveringJudge};
use crate::{Clock, Pace, Services};

/// Judges leveringen in the background. Cheap to clone.
#[derive(Clone)]
pub(crate) struct JudgeQueue {
    inner: Arc<Inner>,
}

struct Inner {
    judge: LeveringJudge,
    lake: Lake,
    klok: Clock,
    pace: Pace,
    /// One for each levering that may be judged at once.
    places: Semaphore,
    all_places: u32,
    /// Taken up and not done: a levering is judged once at a time.
    busy: Mutex<HashSet<LeveringId>>,
}

/// How one try ended.
enum Try {
    /// There is a verdict, or nothing to be judged any more.
    Done,
    /// To be tried again, after a wait.
    Again,
}

impl JudgeQueue {
    /// A queue over these services; `before` runs at the begin of every judgement.
    pub(crate) fn new(services: &Services, before: Option<BeforeJudging>) -> Self {
        let all_places = u32::try_from(services.grenzen.at_once.max(1)).unwrap_or(u32::MAX);
        Self {
            inner: Arc::new(Inner {
                judge: LeveringJudge::new(services, before),
                lake: services.lake.clone(),
                klok: Arc::clone(&services.klok),
                pace: services.grenzen.pace.clone(),
                places: Semaphore::new(services.grenzen.at_once.max(1)),
                all_places,
                busy: Mutex::default(),
            }),
        }
    }

    /// Whether this levering was taken up and is not done.
    pub(crate) fn is_busy_with(&self, id: LeveringId) -> bool {
        self.inner.busy().contains(&id)
    }

    /// Takes a levering up, now or when there is room.
    pub(crate) fn submit(&self, id: LeveringId) {
        let inner = Arc::clone(&self.inner);
        if !inner.busy().insert(id) {
            return;
        }
        tokio::spawn(async move {
            let busy = Busy { inner, id };
            busy.inner.take_up(id).await;
        });
    }

    /// Takes up what waits in the register and is not taken up yet: left by a crash, released or retried by an
    /// `admin` beside the service.
    pub(crate) async fn take_up_waiting(&self) -> Result<(), LakeError> {
        for id in self.inner.lake.to_judge().await? {
            self.submit(id);
        }
        Ok(())
    }
}

/// That a levering was taken up; dropped when it is done, however it ended.
struct Busy {
    inner: Arc<Inner>,
    id: LeveringId,
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.inner.busy().remove(&self.id);
    }
}

impl Inner {
    fn busy(&self) -> std::sync::MutexGuard<'_, HashSet<LeveringId>> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tries until there is a verdict, or until the register says that it had its attempts.
    async fn take_up(&self, id: LeveringId) {
        let mut wait = self.pace.first_wait;
        // Whether an attempt stands in the register that a failing disk could not take back: it counts for the next.
        let mut counted = false;
        loop {
            match self.attempt(id, &mut counted).await {
                Ok(Try::Done) => return,
                Ok(Try::Again) => {}
                Err(error) if error.is_storage() => {
                    tracing::warn!(levering = %id, %error, "the register failed; judging waits");
                }
                Err(error) => {
                    tracing::error!(levering = %id, %error, "levering could not be taken up");
                    return;
                }
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(self.pace.longest_wait);
        }
    }

    /// One attempt, counted before it begins. An error is the register's, before or after judging.
    async fn attempt(&self, id: LeveringId, counted: &mut bool) -> Result<Try, LakeError> {
        let Some(_place) = self.place(id).await? else {
            return Ok(Try::Done);
        };
        if !*counted {
            let stamp = Stamp::new("omgangsmonitor", (self.klok)());
            if self.lake.begin_judging(id, &stamp).await?.is_none() {
                self.say_if_stuck(id).await?;
                return Ok(Try::Done);
            }
            *counted = true;
        }
        let judge = self.judge.clone();
        // A task of its own: a panic ends there.
        match tokio::spawn(async move { judge.judge(id).await }).await {
            Ok(Ok(levering)) => {
                tracing::info!(levering = %id, toestand = levering.toestand.name(), "levering judged");
                return Ok(Try::Done);
            }
            Ok(Err(error)) if error.is_storage() => {
                tracing::warn!(levering = %id, %error, "judging waits for storage");
                *counted = self.lake.undo_attempt(id).await.is_err();
            }
            Ok(Err(error)) => {
                tracing::error!(levering = %id, %error, "an attempt to judge failed");
                *counted = false;
            }
            Err(_) => {
                tracing::error!(levering = %id, "an attempt to judge panicked");
                *counted = false;
            }
        }
        Ok(Try::Again)
    }

    /// A place to judge in. What failed before gets all of them: should it take the service down, it takes no other
    /// levering's attempt with it. `None` when there is no such levering.
    async fn place(&self, id: LeveringId) -> Result<Option<SemaphorePermit<'_>>, LakeError> {
        let Some(levering) = self.lake.levering(id).await? else {
            return Ok(None);
        };
        let places = if levering.attempts > 0 {
            self.all_places
        } else {
            1
        };
        Ok(self.places.acquire_many(places).await.ok())
    }

    async fn say_if_stuck(&self, id: LeveringId) -> Result<(), LakeError> {
        let levering = self.lake.levering(id).await?;
        if levering.is_some_and(|levering| levering.judging_is_stuck()) {
            tracing::error!(
                levering = %id,
                attempts = lake::ATTEMPTS,
                "judging is given up; after mending the cause: omgangsmonitor admin judge retry"
            );
        }
        Ok(())
    }
}
