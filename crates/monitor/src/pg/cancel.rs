//! Requests to cancel: they come over a connection of their own, and name a session by its key.
//!
//! Owns the keys and telling a session to stop. A key is drawn for each session and told to its client alone; a request
//! is never answered, so that nobody learns which keys there are. Leaves ending the work to who does it.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::error::PgError;

/// What names a session: the numbers that PostgreSQL calls process and secret.
pub(super) type SessionKey = [u8; 8];

/// The sessions that there are.
#[derive(Default)]
pub(super) struct OpenSessions(Mutex<HashMap<SessionKey, watch::Sender<()>>>);

impl OpenSessions {
    /// A place for one more session, until it is dropped.
    pub(super) fn enter(self: &Arc<Self>) -> io::Result<SessionStop> {
        let mut key = SessionKey::default();
        getrandom::fill(&mut key).map_err(io::Error::other)?;
        // A number of a process is above 0.
        key[0] &= 0x7f;
        let (sender, asked) = watch::channel(());
        self.all().insert(key, sender);
        Ok(SessionStop {
            key,
            asked,
            sessions: Arc::clone(self),
        })
    }

    /// Tells the session with this key to stop; a key of none is passed over.
    pub(super) fn cancel(&self, key: &[u8]) {
        if let Some(session) = self.all().get(key) {
            session.send_replace(());
        }
    }

    /// Hears when the session with this key is asked to stop.
    #[cfg(test)]
    pub(super) fn listen(&self, key: SessionKey) -> watch::Receiver<()> {
        self.all()[&key].subscribe()
    }

    fn all(&self) -> std::sync::MutexGuard<'_, HashMap<SessionKey, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether one session was asked to stop what it does.
pub(super) struct SessionStop {
    pub(super) key: SessionKey,
    asked: watch::Receiver<()>,
    sessions: Arc<OpenSessions>,
}

impl SessionStop {
    /// Something new begins: what was asked before is over.
    pub(super) fn begin(&mut self) {
        self.asked.mark_unchanged();
    }

    /// Waits until it is asked.
    pub(super) async fn wait(&mut self) -> PgError {
        if self.asked.changed().await.is_err() {
            // It can't be asked any more.
            std::future::pending::<()>().await;
        }
        cancelled()
    }

    /// An error when it was asked.
    pub(super) fn check(&self) -> Result<(), PgError> {
        match self.asked.has_changed() {
            Ok(true) => Err(cancelled()),
            _ => Ok(()),
        }
    }
}

fn cancelled() -> PgError {
    PgError::new("57014", "this statement was cancelled, as you asked")
}

impl Drop for SessionStop {
    fn drop(&mut self) {
        self.sessions.all().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_stops_by_its_own_key_and_only_what_it_does_now() {
        let sessions = Arc::new(OpenSessions::default());
        let (mut one, other) = (sessions.enter().unwrap(), sessions.enter().unwrap());
        assert!(one.key != other.key && one.key[0] < 0x80);
        sessions.cancel(&one.key);
        sessions.cancel(&[0; 8]);
        sessions.cancel(&[]);
        assert!(one.check().is_err() && other.check().is_ok());
        one.begin();
        assert!(one.check().is_ok());
        let key = one.key;
        drop(one);
        sessions.cancel(&key);
        assert_eq!(sessions.all().len(), 1);
    }
}
