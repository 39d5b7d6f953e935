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

use crate::fout::io_nl;
use crate::instellingen::{Postgresql, Tls};
use crate::tls;

/// Largest message that is taken; a row is far smaller.
const GROOTSTE: usize = 64 << 20;
const VERBINDEN: Duration = Duration::from_secs(15);

/// Why the line does not give what was asked.
#[derive(Debug)]
pub enum DraadFout {
    /// The network, or a server that went away.
    Lijn(io::Error),
    /// The server says no: SQLSTATE and its own words.
    Server { code: String, bericht: String },
    /// What we do not do, in Dutch.
    Weigert(String),
}

impl From<io::Error> for DraadFout {
    fn from(fout: io::Error) -> Self {
        Self::Lijn(fout)
    }
}

type Uitkomst<T> = Result<T, DraadFout>;

enum Stroom {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Read for Stroom {
    fn read(&mut self, doel: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(s) => s.read(doel),
            #[cfg(unix)]
            Self::Unix(s) => s.read(doel),
            Self::Tls(s) => s.read(doel),
        }
    }
}

impl Write for Stroom {
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
pub struct Draad {
    stroom: Stroom,
    invoer: BytesMut,
    stuk: Vec<u8>,
    /// What is to be sent.
    pub uit: BytesMut,
}

impl Draad {
    /// Connects, encrypts and logs in.
    pub fn open(bron: &Postgresql, wachtwoord: Option<&str>) -> Uitkomst<Self> {
        let stroom = connect(bron)?;
        let veilig = !matches!(stroom, Stroom::Tcp(_)) || is_local(&bron.host);
        let mut draad = Self {
            stroom,
            invoer: BytesMut::new(),
            stuk: vec![0; 1 << 16],
            uit: BytesMut::new(),
        };
        let wie = [
            ("user", bron.gebruiker.as_str()),
            ("database", bron.database.as_str()),
            ("application_name", "uitvraag"),
        ];
        frontend::startup_message(wie, &mut draad.uit)?;
        draad.log_in(&bron.gebruiker, wachtwoord, veilig)?;
        Ok(draad)
    }

    fn log_in(&mut self, gebruiker: &str, wachtwoord: Option<&str>, veilig: bool) -> Uitkomst<()> {
        let geheim = || {
            wachtwoord
                .ok_or_else(|| DraadFout::Weigert("de database vraagt een wachtwoord".to_owned()))
        };
        let mut scram: Option<ScramSha256> = None;
        loop {
            self.zend()?;
            match self.ontvang()? {
                Message::AuthenticationOk => {}
                Message::AuthenticationCleartextPassword if veilig => {
                    frontend::password_message(geheim()?.as_bytes(), &mut self.uit)?
                }
                Message::AuthenticationCleartextPassword => {
                    return Err(DraadFout::Weigert(
                        "de database vraagt het wachtwoord leesbaar over het netwerk".to_owned(),
                    ));
                }
                Message::AuthenticationMd5Password(body) => {
                    let hash = md5_hash(gebruiker.as_bytes(), geheim()?.as_bytes(), body.salt());
                    frontend::password_message(hash.as_bytes(), &mut self.uit)?;
                }
                Message::AuthenticationSasl(body) => {
                    if !body.mechanisms().any(|m| Ok(m == SCRAM_SHA_256))? {
                        return Err(DraadFout::Weigert(
                            "de database vraagt een manier van aanmelden die uitvraag niet kent"
                                .to_owned(),
                        ));
                    }
                    // `unrequested` would say that we can bind to the TLS line; a server with TLS refuses that.
                    let nieuw = scram.insert(ScramSha256::new(
                        geheim()?.as_bytes(),
                        ChannelBinding::unsupported(),
                    ));
                    frontend::sasl_initial_response(SCRAM_SHA_256, nieuw.message(), &mut self.uit)?;
                }
                Message::AuthenticationSaslContinue(body) => {
                    let bezig = scram.as_mut().ok_or_else(out_of_order)?;
                    bezig.update(body.data())?;
                    frontend::sasl_response(bezig.message(), &mut self.uit)?;
                }
                Message::AuthenticationSaslFinal(body) => scram
                    .as_mut()
                    .ok_or_else(out_of_order)?
                    .finish(body.data())?,
                Message::ParameterStatus(_) | Message::BackendKeyData(_) => {}
                Message::ReadyForQuery(_) => return Ok(()),
                _ => {
                    return Err(DraadFout::Weigert(
                        "de database vraagt een manier van aanmelden die uitvraag niet kent"
                            .to_owned(),
                    ));
                }
            }
        }
    }

    /// Sends what stands ready.
    pub fn zend(&mut self) -> Uitkomst<()> {
        if !self.uit.is_empty() {
            self.stroom.write_all(&self.uit)?;
            self.stroom.flush()?;
            self.uit.clear();
        }
        Ok(())
    }

    /// The next message that is not a remark. A refusal of the server is an error.
    pub fn ontvang(&mut self) -> Uitkomst<Message> {
        loop {
            if let Some(lengte) = self
                .invoer
                .get(1..5)
                .and_then(|b| <[u8; 4]>::try_from(b).ok())
                && u32::from_be_bytes(lengte) as usize > GROOTSTE
            {
                return Err(DraadFout::Weigert(
                    "de database geeft een rij van meer dan 64 MB".to_owned(),
                ));
            }
            match Message::parse(&mut self.invoer)? {
                Some(Message::NoticeResponse(_) | Message::NotificationResponse(_)) => {}
                Some(Message::ErrorResponse(body)) => return Err(refusal(&body)?),
                Some(bericht) => return Ok(bericht),
                None => {
                    let n = self.stroom.read(&mut self.stuk)?;
                    if n == 0 {
                        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
                    }
                    self.invoer.extend_from_slice(&self.stuk[..n]);
                }
            }
        }
    }

    /// How long one answer may take.
    pub fn geduld(&self, tijd: Duration) -> io::Result<()> {
        match &self.stroom {
            Stroom::Tcp(s) => s.set_read_timeout(Some(tijd)),
            #[cfg(unix)]
            Stroom::Unix(s) => s.set_read_timeout(Some(tijd)),
            Stroom::Tls(s) => s.get_ref().set_read_timeout(Some(tijd)),
        }
    }
}

impl Drop for Draad {
    fn drop(&mut self) {
        self.uit.clear();
        frontend::terminate(&mut self.uit);
        // It ends either way.
        let _ = self.zend();
    }
}

fn out_of_order() -> DraadFout {
    DraadFout::Weigert("de database houdt zich niet aan de afspraken bij het aanmelden".to_owned())
}

fn refusal(body: &ErrorResponseBody) -> io::Result<DraadFout> {
    let (mut code, mut bericht) = (String::new(), String::new());
    let mut velden = body.fields();
    while let Some(veld) = velden.next()? {
        let tekst = || String::from_utf8_lossy(veld.value_bytes()).into_owned();
        match veld.type_() {
            b'C' => code = tekst(),
            b'M' => bericht = tekst(),
            _ => {}
        }
    }
    Ok(DraadFout::Server { code, bericht })
}

/// This machine: nobody in between.
fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn connect(bron: &Postgresql) -> Uitkomst<Stroom> {
    #[cfg(unix)]
    if bron.host.starts_with('/') {
        let pad = Path::new(&bron.host).join(format!(".s.PGSQL.{}", bron.poort));
        let unix = std::os::unix::net::UnixStream::connect(pad)?;
        unix.set_read_timeout(Some(VERBINDEN))?;
        return Ok(Stroom::Unix(unix));
    }
    let tcp = dial(&bron.host, bron.poort)?;
    tcp.set_read_timeout(Some(VERBINDEN))?;
    tcp.set_nodelay(true)?;
    match bron.tls {
        Some(Tls::Verplicht) => encrypt(tcp, bron),
        None if !is_local(&bron.host) => encrypt(tcp, bron),
        Some(Tls::Uit) | None => Ok(Stroom::Tcp(tcp)),
    }
}

fn dial(host: &str, poort: u16) -> Uitkomst<TcpStream> {
    let adressen = (host, poort)
        .to_socket_addrs()
        .map_err(|_| DraadFout::Weigert(format!("de server {host} is niet te vinden")))?;
    let mut laatste = io::Error::from(io::ErrorKind::NotFound);
    for adres in adressen {
        match TcpStream::connect_timeout(&adres, VERBINDEN) {
            Ok(tcp) => return Ok(tcp),
            Err(fout) => laatste = fout,
        }
    }
    Err(laatste.into())
}

fn encrypt(mut tcp: TcpStream, bron: &Postgresql) -> Uitkomst<Stroom> {
    let mut vraag = BytesMut::new();
    frontend::ssl_request(&mut vraag);
    tcp.write_all(&vraag)?;
    let mut antwoord = [0];
    tcp.read_exact(&mut antwoord)?;
    if antwoord != *b"S" {
        return Err(DraadFout::Weigert(
            "de databaseserver kent geen versleutelde verbinding".to_owned(),
        ));
    }
    let weigert =
        |e: rustls::Error| DraadFout::Weigert(format!("de versleutelde verbinding lukt niet: {e}"));
    let naam = ServerName::try_from(bron.host.clone())
        .map_err(|_| DraadFout::Weigert("de naam van de server klopt niet".to_owned()))?;
    let config = tls::config(roots(bron.ca_bestand.as_deref())?).map_err(weigert)?;
    let mut stream = StreamOwned::new(
        ClientConnection::new(Arc::new(config), naam).map_err(weigert)?,
        tcp,
    );
    // A certificate that does not hold shows here, before anything of ours is sent.
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock).map_err(|e| {
            if tls::is_bad_certificate(&e) {
                DraadFout::Weigert(
                    "het certificaat van de databaseserver is niet te vertrouwen".to_owned(),
                )
            } else {
                DraadFout::Lijn(e)
            }
        })?;
    }
    Ok(Stroom::Tls(Box::new(stream)))
}

fn roots(ca: Option<&Path>) -> Uitkomst<RootCertStore> {
    let Some(pad) = ca else {
        return Ok(tls::web_roots());
    };
    let mut uit = RootCertStore::empty();
    let onleesbaar = |reden: String| {
        DraadFout::Weigert(format!(
            "het certificaat in {} is niet te lezen: {reden}",
            pad.display()
        ))
    };
    let bytes = std::fs::read(pad).map_err(|e| onleesbaar(io_nl(&e)))?;
    for certificaat in CertificateDer::pem_slice_iter(&bytes) {
        let certificaat = certificaat.map_err(|_| onleesbaar("het is geen PEM".to_owned()))?;
        uit.add(certificaat)
            .map_err(|e| onleesbaar(e.to_string()))?;
    }
    if uit.is_empty() {
        Err(onleesbaar("er staat geen certificaat in".to_owned()))
    } else {
        Ok(uit)
    }
}
