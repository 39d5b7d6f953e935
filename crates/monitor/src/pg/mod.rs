//! The PostgreSQL protocol on a port of its own, for the tools an analyst has open already. Read only.
//!
//! Owns listening, TLS and how many may be connected. Leaves who may log in to `login`, a session to `session`, stopping one to `cancel`,
//! the bytes of messages to `message`, and answering to [`SqlService`].

mod cancel;
mod error;
pub(crate) mod login;
mod message;
mod scram;
mod send_answer;
mod session;
mod statement;
mod value;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use lake::Lake;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use self::cancel::OpenSessions;
use self::message::{Fields, Outgoing, PgStream, first, text};
use self::session::PgSession;
use crate::config::SqlConfig;
use crate::sql_service::SqlService;

/// What every connection shares.
pub(crate) struct PgServer {
    service: Arc<SqlService>,
    lake: Lake,
    tls: Option<TlsAcceptor>,
    sessions: Arc<OpenSessions>,
    /// Makes the salt of names that are not there.
    secret: [u8; 32],
}

/// Sessions at once; the next is told that there are too many.
const AT_ONCE: usize = 50;
/// Connections more, that log in or ask to cancel.
const BEGINNING: usize = 10;
/// Time to log in.
const LOGIN: Duration = Duration::from_secs(15);

/// Version 3 of the protocol, and what may come before it.
const PROTOCOL: i32 = 3;
const ASK_TLS: i32 = 80_877_103;
const ASK_GSS: i32 = 80_877_104;
/// What a connection asks that comes only to stop another.
const ASK_CANCEL: i32 = 80_877_102;

impl PgServer {
    /// With the certificate of these settings, where there is one.
    pub(crate) fn new(service: Arc<SqlService>, lake: Lake, settings: &SqlConfig) -> Result<Self> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).context("the system has no randomness")?;
        Ok(Self {
            service,
            lake,
            tls: tls_of(settings)?,
            sessions: Arc::default(),
            secret,
        })
    }

    /// Serves until it is dropped.
    pub(crate) async fn serve(self, listener: TcpListener) {
        let server = Arc::new(self);
        let (sessions, places) = (
            Arc::new(Semaphore::new(AT_ONCE)),
            Arc::new(Semaphore::new(AT_ONCE + BEGINNING)),
        );
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            };
            let (server, sessions) = (Arc::clone(&server), Arc::clone(&sessions));
            let place = Arc::clone(&places).try_acquire_owned();
            tokio::spawn(async move {
                let Ok(_place) = place else {
                    return;
                };
                if let Err(error) = server.hold(stream, &sessions).await {
                    tracing::debug!(kind = %error.kind(), "PostgreSQL session ended early");
                }
            });
        }
    }

    /// Holds one connection to its end; a session only while there is room for one.
    async fn hold(&self, stream: TcpStream, sessions: &Semaphore) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let begun = tokio::time::timeout(LOGIN, self.begin(stream)).await;
        match begun.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?? {
            Some((mut stream, token)) => {
                let Ok(_session) = sessions.try_acquire() else {
                    tracing::warn!(token, at_once = AT_ONCE, "no room for a PostgreSQL session");
                    return refuse(&mut *stream, "53300", &no_room()).await;
                };
                let service = Arc::clone(&self.service);
                let stop = self.sessions.enter()?;
                PgSession::new(stream, service, self.lake.clone(), token, stop)
                    .hold()
                    .await
            }
            None => Ok(()),
        }
    }

    /// From the first byte to someone who is logged in; none when that was refused, and told.
    async fn begin(&self, stream: TcpStream) -> io::Result<Option<(Box<dyn PgStream>, i64)>> {
        let mut stream: Box<dyn PgStream> = Box::new(stream);
        let mut is_tls = false;
        let parameters = loop {
            let message = first(&mut *stream).await?;
            let mut fields = Fields(&message);
            match (fields.i32()?, &self.tls) {
                (ASK_TLS, Some(tls)) if !is_tls => {
                    stream.write_all(b"S").await?;
                    stream = Box::new(tls.accept(stream).await?);
                    is_tls = true;
                }
                (ASK_TLS | ASK_GSS, _) => stream.write_all(b"N").await?,
                (version, _) if version >> 16 == PROTOCOL => {
                    let mut parameters = Vec::new();
                    loop {
                        let name = fields.text()?.to_owned();
                        if name.is_empty() {
                            break;
                        }
                        parameters.push((name, fields.text()?.to_owned()));
                    }
                    if version & 0xffff > 0 {
                        older_version(&mut *stream, &parameters).await?;
                    }
                    break parameters;
                }
                (ASK_CANCEL, _) => {
                    self.sessions.cancel(fields.0);
                    return Ok(None);
                }
                _ => return Ok(None),
            }
        };
        if self.tls.is_some() && !is_tls {
            let words = "this server is spoken to over TLS: connect with sslmode=require";
            refuse(&mut *stream, "28000", words).await?;
            return Ok(None);
        }
        let user = parameters.iter().find(|(name, _)| name == "user");
        let user = user.map_or("", |(_, value)| value.as_str());
        let token = login::log_in(&mut *stream, &self.lake, user, &self.secret).await?;
        Ok(token.map(|token| (stream, token)))
    }
}

fn tls_of(settings: &SqlConfig) -> Result<Option<TlsAcceptor>> {
    let (Some(certificate), Some(key)) = (&settings.certificate_file, &settings.key_file) else {
        return Ok(None);
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .with_context(|| format!("{} holds no certificate", certificate.display()))?;
    let private = PrivateKeyDer::from_pem_file(key)
        .with_context(|| format!("{} holds no private key", key.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .context("the certificate and its key do not belong together")?;
    Ok(Some(TlsAcceptor::from(Arc::new(config))))
}

/// What one session too many is told, behind the password: who may not ask learns nothing of who does.
fn no_room() -> String {
    format!(
        "there are {AT_ONCE} sessions, and no more are possible: close one that you do not use, or try again later"
    )
}

async fn refuse(stream: &mut dyn PgStream, code: &str, words: &str) -> io::Result<()> {
    let mut out = Outgoing::default();
    out.error("FATAL", code, words);
    out.send(stream).await
}

/// Says that version 3.0 is spoken, to who asks for a later one.
async fn older_version(
    stream: &mut dyn PgStream,
    parameters: &[(String, String)],
) -> io::Result<()> {
    let unknown: Vec<&String> = parameters
        .iter()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("_pq_."))
        .collect();
    let mut out = Outgoing::default();
    out.message(b'v', |out| {
        out.extend((PROTOCOL << 16).to_be_bytes());
        out.extend((unknown.len() as i32).to_be_bytes());
        for name in unknown {
            text(out, name);
        }
    });
    out.send(stream).await
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use chrono::Utc;
    use lake::{Access, Stamp, TokenRole};
    use tokio::io::AsyncReadExt;

    use super::cancel::SessionKey;
    use super::login::make_password;
    use super::scram::MECHANISM;
    use super::scram::tests::client_last;
    use super::*;
    use crate::config::Config;

    /// A message as a client sends it; that of the begin has no kind.
    fn message(kind: Option<u8>, body: &[u8]) -> Vec<u8> {
        let length = (body.len() as i32 + 4).to_be_bytes();
        kind.into_iter()
            .chain(length)
            .chain(body.iter().copied())
            .collect()
    }

    async fn connect(address: SocketAddr) -> Box<dyn PgStream> {
        Box::new(TcpStream::connect(address).await.unwrap())
    }

    /// The connection of a session with its key; or the error that the client is told.
    async fn log_in(
        address: SocketAddr,
        user: &str,
        password: &str,
    ) -> Result<(Box<dyn PgStream>, SessionKey), String> {
        let mut stream = connect(address).await;
        let mut begin = (PROTOCOL << 16).to_be_bytes().to_vec();
        begin.extend(format!("user\0{user}\0\0").bytes());
        stream.write_all(&message(None, &begin)).await.unwrap();
        let bare = "n=,r=abc";
        loop {
            let (kind, body) = message::next(&mut *stream, message::MESSAGE).await.unwrap();
            let answer = match (kind, body.get(..4)) {
                (b'R', Some([0, 0, 0, 10])) => {
                    let first = format!("n,,{bare}");
                    let mut answer = format!("{MECHANISM}\0").into_bytes();
                    answer.extend((first.len() as i32).to_be_bytes());
                    answer.extend(first.bytes());
                    answer
                }
                (b'R', Some([0, 0, 0, 11])) => {
                    let challenge = std::str::from_utf8(&body[4..]).unwrap();
                    client_last(password, bare, challenge).into_bytes()
                }
                (b'K', _) => return Ok((stream, body.try_into().unwrap())),
                (b'E', _) => return Err(String::from_utf8(body).unwrap()),
                _ => continue,
            };
            stream
                .write_all(&message(Some(b'p'), &answer))
                .await
                .unwrap();
        }
    }

    /// One session too many is told so by PostgreSQL's own code; and while all places are taken, what runs in one of them
    /// can still be stopped: a question that lasts is what somebody wants to end just then.
    #[tokio::test]
    async fn a_session_too_many_is_told_and_a_cancel_still_comes_through() {
        let dir = tempfile::tempdir().unwrap();
        let lake = Lake::open(dir.path(), Access::Task).await.unwrap();
        let stamp = Stamp::new("test", Utc::now());
        let made = lake.make_token(&TokenRole::Analist, "test", &stamp);
        made.await.unwrap();
        let token = lake.tokens().await.unwrap()[0].token;
        let (user, password) = make_password(&lake, token).await.unwrap();
        let config = Config::default();
        let service = Arc::new(SqlService::new(lake.clone(), &config).unwrap());
        let server = PgServer::new(service, lake.clone(), &config.sql).unwrap();
        let open = Arc::clone(&server.sessions);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = tokio::spawn(server.serve(listener));

        let mut sessions = Vec::new();
        for _ in 0..AT_ONCE {
            sessions.push(log_in(address, &user, &password).await.unwrap());
        }
        let told = log_in(address, &user, &password).await.err().unwrap();
        assert!(
            told.contains("SFATAL\0") && told.contains("C53300\0") && told.contains("50 sessions"),
            "{told}"
        );
        // Who does not know the password is told nothing of it.
        let stranger = log_in(address, &user, "guess").await.err().unwrap();
        assert!(stranger.contains("C28P01\0"), "{stranger}");

        let key = sessions[0].1;
        let mut asked = open.listen(key);
        let mut cancelling = connect(address).await;
        let request = [&ASK_CANCEL.to_be_bytes()[..], &key].concat();
        cancelling
            .write_all(&message(None, &request))
            .await
            .unwrap();
        let heard = tokio::time::timeout(LOGIN, asked.changed()).await;
        heard.expect("the session is asked to stop").unwrap();
        // It is never answered.
        assert_eq!(cancelling.read(&mut [0; 1]).await.unwrap(), 0);

        // A place that comes free is given again.
        drop(sessions.pop());
        let mut again = log_in(address, &user, &password).await;
        for _ in 0..100 {
            if again.is_ok() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            again = log_in(address, &user, &password).await;
        }
        assert!(again.is_ok());
        serving.abort();
        lake.close().await;
    }
}
