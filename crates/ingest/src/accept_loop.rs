//! The accept loop: who may hold a connection, and for how long.
//!
//! Owns what `axum::serve` leaves open: a timer on request headers (which also ends idle keep-alive), a cap on
//! connections and on headers, a timer on answers that nobody reads, and a shutdown that lets work in hand finish.
//! Leaves timers on request bodies to `request_body` and the routes to `routes`.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::middleware::AddExtension;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, Sleep};
use tower::Layer;

use crate::answers_per_client::ClientAddress;

/// How long and how many.
#[derive(Debug, Clone)]
pub struct Connections {
    /// Time for the whole header of a request; a connection that idles this long is closed too.
    pub kop: Duration,
    /// Time that a client may leave an answer unread before the connection is cut.
    pub unread: Duration,
    /// Time that work in hand gets at shutdown.
    pub finish: Duration,
    /// Connections at once; the next one waits in the kernel's queue.
    pub at_once: usize,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            kop: Duration::from_secs(15),
            unread: Duration::from_secs(30),
            finish: Duration::from_secs(20),
            at_once: 1024,
        }
    }
}

/// Most header lines in one request; beyond it hyper answers 431.
const HEADERS: usize = 64;
/// Most bytes of request line and headers together.
const HEADER_BYTES: usize = 16 * 1024;

/// Serves `router` on `listener` until `shutdown` is ready, then lets work in hand finish.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>) {
    serve_with(listener, router, shutdown, Connections::default()).await;
}

/// As [`serve`], with limits of one's own.
pub async fn serve_with(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
    bounds: Connections,
) {
    let places = Arc::new(Semaphore::new(bounds.at_once));
    let graceful = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = &mut shutdown => break,
        };
        let Some((stream, client, place)) = accepted else {
            continue;
        };
        let http = connection(stream, client, router.clone(), &bounds);
        let guarded = graceful.watch(http);
        tokio::spawn(async move {
            if let Err(error) = guarded.await {
                tracing::debug!(reason = reason(&error), "connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(bounds.finish, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("connections were cut at shutdown");
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, ClientAddress, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, from)) => Some((stream, ClientAddress(from.ip()), place)),
        Err(error) => {
            // Out of file descriptors, say: waiting lets others finish; spinning would not.
            tracing::warn!(kind = %error.kind(), "accept failed");
            tokio::time::sleep(Duration::from_millis(200)).await;
            None
        }
    }
}

type Connection = http1::Connection<TokioIo<GuardedStream>, TowerToHyperService<FromClient>>;
/// The routes, told where the connection comes from.
type FromClient = AddExtension<Router, ClientAddress>;

fn connection(
    stream: TcpStream,
    client: ClientAddress,
    router: Router,
    bounds: &Connections,
) -> Connection {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(kind = %error.kind(), "no TCP_NODELAY");
    }
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.kop)
        .max_headers(HEADERS)
        .max_buf_size(HEADER_BYTES.max(64 * 1024))
        .max_header_size(HEADER_BYTES)
        .serve_connection(
            TokioIo::new(GuardedStream::new(stream, bounds.unread)),
            TowerToHyperService::new(Extension(client).layer(router)),
        )
}

/// A word for the log: hyper's own text may hold what the client sent.
fn reason(error: &hyper::Error) -> &'static str {
    if error.is_timeout() {
        "timeout"
    } else if error.is_parse() {
        "malformed request"
    } else if error.is_incomplete_message() {
        "client left"
    } else {
        "other"
    }
}

/// A socket that gives up when what is written stays unread too long.
struct GuardedStream {
    stream: TcpStream,
    patience: Duration,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl GuardedStream {
    fn new(stream: TcpStream, patience: Duration) -> Self {
        Self {
            stream,
            patience,
            alarm: None,
        }
    }

    /// Passes an answer of the socket on; a writer that waits too long gets an error instead.
    fn bounded<T>(
        &mut self,
        cx: &mut Context<'_>,
        outcome: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if outcome.is_ready() {
            self.alarm = None;
            return outcome;
        }
        let patience = self.patience;
        let alarm = self
            .alarm
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + patience)));
        match alarm.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for GuardedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for GuardedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.bounded(cx, outcome)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.bounded(cx, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
