//! The line to a PostgreSQL server: connecting, encryption, logging in, one message at a time.
//!
//! Owns the socket and the rule that a password never travels readable over a network. The messages themselves are those
//! of `postgres-protocol`; reading one answer needs no more of a client. Leaves queries to `postgres`.

use std::io::{self, Read, Write};
use std::net::{IpAddr, TcpStream, ToSocketAddrs};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::backend::{ErrorResponseBody, Message};
use postgres_protocol::message::frontend;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConnection, RootCertStore, StreamOwned};

use crate::error::io_nl;
use crate::settings::{PostgresSource, Tls};
use crate::tls;
use crate::wording;

/// Largest message that is taken; a row is far smaller.
const LARGEST: usize = 64 << 20;
const CONNECT: Duration = Duration::from_secs(15);

/// Why the line does not give what was asked.
#[derive(Debug)]
pub(super) enum WireError {
    /// The network, or a server that went away.
    Line(io::Error),
    /// The server says no: SQLSTATE and its own words.
    ServerSettings { code: String, bericht: String },
    /// What we do not do, in Dutch.
    Refuses(String),
}

impl From<io::Error> for WireError {
    fn from(failure: io::Error) -> Self {
        Self::Line(failure)
    }
}

type WireResult<T> = Result<T, WireError>;

enum Socket {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Read for Socket {
    fn read(&mut self, target: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(s) => s.read(target),
            #[cfg(unix)]
            Self::Unix(s) => s.read(target),
            Self::Tls(s) => s.read(target),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(s) => s.write(bytes),
            #[cfg(unix)]
            Self::Unix(s) => s.write(bytes),
            Self::Tls(s) => s.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Tcp(s) => s.flush(),
            #[cfg(unix)]
            Self::Unix(s) => s.flush(),
            Self::Tls(s) => s.flush(),
        }
    }
}

/// A line over which the server let us in.
pub(super) struct Wire {
    stream: Socket,
    input: BytesMut,
    piece: Vec<u8>,
    /// What is to be sent.
    pub uit: BytesMut,
}

impl Wire {
    /// Connects, encrypts and logs in.
    pub(super) fn open(source: &PostgresSource, password: Option<&str>) -> WireResult<Self> {
        let stream = connect(source)?;
        let secure = !matches!(stream, Socket::Tcp(_)) || is_local(&source.host);
        let mut wire = Self {
            stream,
            input: BytesMut::new(),
            piece: vec![0; 1 << 16],
            uit: BytesMut::new(),
        };
        let who = [
            ("user", source.gebruiker.as_str()),
            ("database", source.database.as_str()),
            ("application_name", "uitvraag"),
        ];
        frontend::startup_message(who, &mut wire.uit)?;
        wire.log_in(&source.gebruiker, password, secure)?;
        Ok(wire)
    }

    fn log_in(&mut self, user: &str, password: Option<&str>, secure: bool) -> WireResult<()> {
        let secret = || {
            password.ok_or_else(|| WireError::Refuses(wording::database::WANTS_PASSWORD.to_owned()))
        };
        let mut scram: Option<ScramSha256> = None;
        loop {
            self.send()?;
            match self.receive()? {
                Message::AuthenticationOk => {}
                Message::AuthenticationCleartextPassword if secure => {
                    frontend::password_message(secret()?.as_bytes(), &mut self.uit)?;
                }
                Message::AuthenticationCleartextPassword => {
                    return Err(WireError::Refuses(
                        wording::database::PASSWORD_IN_THE_OPEN.to_owned(),
                    ));
                }
                Message::AuthenticationMd5Password(body) => {
                    let hash = md5_hash(user.as_bytes(), secret()?.as_bytes(), body.salt());
                    frontend::password_message(hash.as_bytes(), &mut self.uit)?;
                }
                Message::AuthenticationSasl(body) => {
                    if !body.mechanisms().any(|m| Ok(m == SCRAM_SHA_256))? {
                        return Err(WireError::Refuses(
                            wording::database::UNKNOWN_LOGIN.to_owned(),
                        ));
                    }
                    // `unrequested` would say that we can bind to the TLS line; a server with TLS refuses that.
                    let new = scram.insert(ScramSha256::new(
                        secret()?.as_bytes(),
                        ChannelBinding::unsupported(),
                    ));
                    frontend::sasl_initial_response(SCRAM_SHA_256, new.message(), &mut self.uit)?;
                }
                Message::AuthenticationSaslContinue(body) => {
                    let busy = scram.as_mut().ok_or_else(out_of_order)?;
                    busy.update(body.data())?;
                    frontend::sasl_response(busy.message(), &mut self.uit)?;
                }
                Message::AuthenticationSaslFinal(body) => scram
                    .as_mut()
                    .ok_or_else(out_of_order)?
                    .finish(body.data())?,
                Message::ParameterStatus(_) | Message::BackendKeyData(_) => {}
                Message::ReadyForQuery(_) => return Ok(()),
                _ => {
                    return Err(WireError::Refuses(
                        wording::database::UNKNOWN_LOGIN.to_owned(),
                    ));
                }
            }
        }
    }

    /// Sends what stands ready.
    pub(super) fn send(&mut self) -> WireResult<()> {
        if !self.uit.is_empty() {
            self.stream.write_all(&self.uit)?;
            self.stream.flush()?;
            self.uit.clear();
        }
        Ok(())
    }

    /// The next message that is not a remark. A refusal of the server is an error.
    pub(super) fn receive(&mut self) -> WireResult<Message> {
        loop {
            if let Some(length) = self
                .input
                .get(1..5)
                .and_then(|b| <[u8; 4]>::try_from(b).ok())
                && u32::from_be_bytes(length) as usize > LARGEST
            {
                return Err(WireError::Refuses(
                    wording::database::ROW_TOO_LARGE.to_owned(),
                ));
            }
            match Message::parse(&mut self.input)? {
                Some(Message::NoticeResponse(_) | Message::NotificationResponse(_)) => {}
                Some(Message::ErrorResponse(body)) => return Err(refusal(&body)?),
                Some(message) => return Ok(message),
                None => {
                    let n = self.stream.read(&mut self.piece)?;
                    if n == 0 {
                        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
                    }
                    self.input.extend_from_slice(&self.piece[..n]);
                }
            }
        }
    }

    /// How long one answer may take.
    pub(super) fn patience(&self, time: Duration) -> io::Result<()> {
        match &self.stream {
            Socket::Tcp(s) => s.set_read_timeout(Some(time)),
            #[cfg(unix)]
            Socket::Unix(s) => s.set_read_timeout(Some(time)),
            Socket::Tls(s) => s.get_ref().set_read_timeout(Some(time)),
        }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.uit.clear();
        frontend::terminate(&mut self.uit);
        // It ends either way.
        let _ = self.send();
    }
}

fn out_of_order() -> WireError {
    WireError::Refuses(wording::database::LOGIN_BROKEN.to_owned())
}

fn refusal(body: &ErrorResponseBody) -> io::Result<WireError> {
    let (mut code, mut message) = (String::new(), String::new());
    let mut velden = body.fields();
    while let Some(veld) = velden.next()? {
        let text = || String::from_utf8_lossy(veld.value_bytes()).into_owned();
        match veld.type_() {
            b'C' => code = text(),
            b'M' => message = text(),
            _ => {}
        }
    }
    Ok(WireError::ServerSettings {
        code,
        bericht: message,
    })
}

/// This machine: nobody in between.
fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn connect(source: &PostgresSource) -> WireResult<Socket> {
    #[cfg(unix)]
    if source.host.starts_with('/') {
        let path = Path::new(&source.host).join(format!(".s.PGSQL.{}", source.poort));
        let unix = std::os::unix::net::UnixStream::connect(path)?;
        unix.set_read_timeout(Some(CONNECT))?;
        return Ok(Socket::Unix(unix));
    }
    let tcp = dial(&source.host, source.poort)?;
    tcp.set_read_timeout(Some(CONNECT))?;
    tcp.set_nodelay(true)?;
    match source.tls {
        Some(Tls::Verplicht) => encrypt(tcp, source),
        None if !is_local(&source.host) => encrypt(tcp, source),
        Some(Tls::Uit) | None => Ok(Socket::Tcp(tcp)),
    }
}

fn dial(host: &str, port: u16) -> WireResult<TcpStream> {
    let addresses = (host, port)
        .to_socket_addrs()
        .map_err(|_| WireError::Refuses(wording::database::host_not_found(&host)))?;
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses {
        match TcpStream::connect_timeout(&address, CONNECT) {
            Ok(tcp) => return Ok(tcp),
            Err(failure) => last = failure,
        }
    }
    Err(last.into())
}

fn encrypt(mut tcp: TcpStream, source: &PostgresSource) -> WireResult<Socket> {
    let mut query = BytesMut::new();
    frontend::ssl_request(&mut query);
    tcp.write_all(&query)?;
    let mut reply = [0];
    tcp.read_exact(&mut reply)?;
    if reply != *b"S" {
        return Err(WireError::Refuses(
            wording::database::NO_ENCRYPTION.to_owned(),
        ));
    }
    let refuses = |e: rustls::Error| WireError::Refuses(wording::database::encryption_failed(&e));
    let name = ServerName::try_from(source.host.clone())
        .map_err(|_| WireError::Refuses(wording::database::OTHER_HOST.to_owned()))?;
    let config = tls::config(roots(source.ca_bestand.as_deref())?).map_err(refuses)?;
    let mut stream = StreamOwned::new(
        ClientConnection::new(Arc::new(config), name).map_err(refuses)?,
        tcp,
    );
    // A certificate that does not hold shows here, before anything of ours is sent.
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock).map_err(|e| {
            if tls::is_bad_certificate(&e) {
                WireError::Refuses(wording::database::DATABASE_CERTIFICATE.to_owned())
            } else {
                WireError::Line(e)
            }
        })?;
    }
    Ok(Socket::Tls(Box::new(stream)))
}

fn roots(root_file: Option<&Path>) -> WireResult<RootCertStore> {
    let Some(path) = root_file else {
        return Ok(tls::web_roots());
    };
    let mut out = RootCertStore::empty();
    let unreadable = |reason: String| {
        WireError::Refuses(wording::database::certificate_unreadable(
            &path.display(),
            &reason,
        ))
    };
    let bytes = std::fs::read(path).map_err(|e| unreadable(io_nl(&e)))?;
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let certificate = certificate
            .map_err(|_| unreadable(wording::database::NO_CERTIFICATE_TEXT.to_owned()))?;
        out.add(certificate)
            .map_err(|e| unreadable(e.to_string()))?;
    }
    if out.is_empty() {
        Err(unreadable(wording::database::NO_CERTIFICATE.to_owned()))
    } else {
        Ok(out)
    }
}
