//! One run of a delivery that goes by itself: what it works with.
//!
//! Owns what its steps share: the newest in the outbox, taking a levering back, keeping findings beside the log, and the
//! command by which a person goes on. Leaves the steps to `send` and `read_source`.

use std::path::Path;

use chrono::NaiveDate;
use schema::{Definitie, Oordeel};

use crate::args::SignatoryArgs;
use crate::client::Client;
use crate::client::levering::ServiceLevering;
use crate::error::Failure;
use crate::outbox::{Outbox, Post};
use crate::render::levering::suggest;
use crate::settings::Settings;
use crate::wording;
use crate::{annotated_file, atomic_file};

/// One run.
pub(super) struct RunContext {
    pub(super) instellingen: Settings,
    pub(super) definitie: Definitie,
    pub(super) client: Client,
    pub(super) ondertekenaar: Option<SignatoryArgs>,
    pub(super) leverdatum: NaiveDate,
    pub(super) uitbak: Outbox,
}

impl RunContext {
    /// The newest that is not overtaken or taken back.
    pub(super) fn newest(&self) -> Result<Option<Post>, Failure> {
        let mut posts = self.uitbak.posts()?;
        posts.retain(|p| p.stand.uitvraag == self.definitie.name() && p.stand.is_alive());
        Ok(posts.pop())
    }

    pub(super) fn last(&self) -> Result<Option<String>, Failure> {
        Ok(self.newest()?.and_then(|post| post.stand.levering))
    }

    /// How a person signs what is in the outbox.
    pub(super) fn by_hand(&self, post: &Post) -> String {
        let server = self.instellingen.server.as_ref();
        let token = server.and_then(|s| s.token_bestand.as_deref());
        let lever = suggest(
            &post.map,
            self.client.address(),
            token,
            server.is_some_and(|s| s.zonder_tls),
        );
        wording::commands::sign_yourself(&lever)
    }

    /// Keeps a judgement beside the log: the log itself holds no values.
    pub(super) fn keep_findings(&self, dir: &Path, oordeel: &Oordeel) -> Result<String, Failure> {
        atomic_file::make_dir(dir)?;
        atomic_file::write_json(&dir.join("bevindingen.json"), oordeel)?;
        let path = dir.join("bevindingen.xlsx");
        annotated_file::write(&path, &[], oordeel, &self.definitie, &[])?;
        Ok(path.display().to_string())
    }

    pub(super) fn withdraw(&self, id: &str) -> Result<Option<ServiceLevering>, Failure> {
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
            Err(failure) => Err(failure.as_failure(wording::commands::WITHDRAWAL_REFUSED)),
        }
    }
}
