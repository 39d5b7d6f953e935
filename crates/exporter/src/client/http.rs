//! HTTP itself: one client on a runtime of one thread.
//!
//! Owns the connection, the time limits, proxies and names, and what went wrong on the way to a whole answer. A request
//! may take as long as bytes keep moving: the limit holds for each silence, not for the whole. Leaves what an answer
//! means, and asking again, to the module above.

use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Method, NoProxy, Proxy};
use tokio::runtime::{self, Runtime};
use tokio::time::{Instant, error::Elapsed, timeout, timeout_at};

use super::ClientError;
use crate::error::{Failure, io_nl};
use crate::tls;
use crate::wording;

/// No answer is larger than this; bevindingen are cut per rule long before.
const LARGEST_ANSWER: usize = 256 << 20;
/// How long a name may be looked for.
const LOOK_UP: Duration = Duration::from_secs(10);
/// How long a connection may take, TLS and name included.
const CONNECT: Duration = Duration::from_secs(15);
/// A connection that rested longer is not used again: the other side may have left.
const REST: Duration = Duration::from_secs(15);
/// So much of a body goes out at a time; each is a sign of life.
const PIECE: usize = 64 << 10;

/// A whole answer, whatever it says.
pub(super) struct Reply {
    /// HTTP status.
    pub(super) status: u16,
    /// Its headers.
    pub(super) headers: HeaderMap,
    /// Its body.
    pub(super) body: Vec<u8>,
}

/// The client of one service.
pub(super) struct HttpClient {
    http: reqwest::Client,
    /// `None` only while it is being dropped.
    runtime: Option<Runtime>,
    /// How long a silence may last.
    silence: Duration,
}

impl HttpClient {
    /// Makes the client; nothing is sent yet.
    pub(super) fn new(silence: Duration) -> Result<Self, Failure> {
        let failed = |e: &(dyn Error + 'static)| {
            Failure::new(wording::server::NO_CONNECTION_PREPARED).cause(last(e))
        };
        let runtime = runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()
            .map_err(|e| failed(&e))?;
        let tls = tls::config(tls::web_roots()).map_err(|e| failed(&e))?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("uitvraag/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            // What is safe to ask again is decided above.
            .retry(reqwest::retry::never())
            .dns_resolver(Arc::new(Names))
            .connect_timeout(CONNECT)
            .pool_idle_timeout(REST)
            .no_proxy();
        if let Some(proxy) = proxy_of_environment() {
            builder = builder.proxy(proxy);
        }
        Ok(Self {
            http: builder.build().map_err(|e| failed(&e))?,
            runtime: Some(runtime),
            silence,
        })
    }

    /// Asks once, and reads the whole answer.
    pub(super) fn ask(
        &self,
        method: Method,
        url: &str,
        token: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Result<Reply, ClientError> {
        let mut secret =
            HeaderValue::try_from(format!("Bearer {token}")).expect("a token is printable ASCII");
        secret.set_sensitive(true);
        let mut request = self.http.request(method, url).header(AUTHORIZATION, secret);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let moved = Moved::default();
        if let Some(body) = body {
            // Said of an empty body too: some that stand in between want to know.
            request = request
                .header(CONTENT_LENGTH, body.len())
                .body(reqwest::Body::wrap(Pieces {
                    rest: Bytes::copy_from_slice(body),
                    moved: moved.clone(),
                }));
        }
        let runtime = self.runtime.as_ref().expect("it is there until the drop");
        runtime.block_on(async {
            let response = while_moving(request.send(), &moved, self.silence)
                .await
                .map_err(|Elapsed { .. }| too_late())?
                .map_err(|e| network_error(&e))?;
            self.read(response).await
        })
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<Reply, ClientError> {
        let mut body = Vec::new();
        while let Some(piece) = timeout(self.silence, response.chunk())
            .await
            .map_err(|Elapsed { .. }| too_late())?
            .map_err(|e| network_error(&e))?
        {
            if body.len() + piece.len() > LARGEST_ANSWER {
                return Err(ClientError::Foreign(wording::server::TOO_LARGE.to_owned()));
            }
            body.extend_from_slice(&piece);
        }
        Ok(Reply {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body,
        })
    }
}

impl Drop for HttpClient {
    fn drop(&mut self) {
        // A name that nobody answers for is looked up in a thread of its own: nobody waits for it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// When the last bytes went out.
#[derive(Clone)]
struct Moved(Arc<Mutex<Instant>>);

impl Default for Moved {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Instant::now())))
    }
}

impl Moved {
    fn last(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }
}

/// A body that goes out piece by piece, and says so.
struct Pieces {
    rest: Bytes,
    moved: Moved,
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.moved.now();
        let length = self.rest.len().min(PIECE);
        Poll::Ready((length > 0).then(|| Ok(Frame::data(self.rest.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64)
    }
}

/// Waits for `work` until nothing has moved for so long.
async fn while_moving<T>(
    work: impl Future<Output = T>,
    moved: &Moved,
    silence: Duration,
) -> Result<T, Elapsed> {
    let mut work = pin!(work);
    loop {
        let until = moved.last() + silence;
        match timeout_at(until, work.as_mut()).await {
            Err(_) if moved.last() + silence > until => {}
            done => return done,
        }
    }
}

/// The proxy that the environment names. The first variable that holds one counts, for http and https alike.
fn proxy_of_environment() -> Option<Proxy> {
    [
        "ALL_PROXY",
        "all_proxy",
        "HTTPS_PROXY",
        "https_proxy",
        "HTTP_PROXY",
        "http_proxy",
    ]
    .into_iter()
    .filter_map(|name| std::env::var(name).ok().filter(|url| !url.is_empty()))
    .find_map(|url| Proxy::all(url).ok())
    .map(|proxy| proxy.no_proxy(NoProxy::from_env()))
}

/// Looks names up as the system does, with a limit.
struct Names;

/// Nobody answers for the name of the server.
#[derive(Debug)]
struct UnknownName;

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(wording::server::SERVER_NOT_FOUND)
    }
}

impl Error for UnknownName {}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = timeout(LOOK_UP, tokio::net::lookup_host((name.as_str(), 0))).await;
            match found {
                Ok(Ok(addresses)) => {
                    Ok(Box::new(addresses.collect::<Vec<_>>().into_iter()) as Addrs)
                }
                Ok(Err(_)) => Err(UnknownName.into()),
                Err(Elapsed { .. }) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
            }
        })
    }
}

fn too_late() -> ClientError {
    ClientError::NoAnswer(wording::server::SERVER_SILENT.to_owned())
}

/// What went wrong, from the innermost cause that says something to a person.
fn network_error(error: &reqwest::Error) -> ClientError {
    if error.is_timeout() {
        return too_late();
    }
    if error.is_builder() {
        return ClientError::Unreachable(wording::server::wrong_request(&last(error)));
    }
    let said = causes(error).find_map(|cause| {
        if let Some(name) = cause.downcast_ref::<UnknownName>() {
            return Some(name.to_string());
        }
        let io = cause.downcast_ref::<io::Error>()?;
        Some(if tls::is_bad_certificate(io) {
            wording::server::SERVER_CERTIFICATE.to_owned()
        } else {
            io_nl(io)
        })
    });
    match said {
        Some(said) => ClientError::NoAnswer(said),
        // Nothing of the system's: a proxy in between that says no.
        None if error.is_connect() => ClientError::Unreachable(last(error)),
        None => ClientError::NoAnswer(wording::server::CONNECTION_BROKEN.to_owned()),
    }
}

/// An error and what is behind it, down to the innermost cause.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&e| e.source())
}

/// The innermost cause, in its own words.
fn last(error: &(dyn Error + 'static)) -> String {
    causes(error)
        .last()
        .map_or_else(String::new, ToString::to_string)
}

#[cfg(test)]
mod tests;
