//! The accept loop: who may hold a connection, and for how long.
//!
//! Owns what `axum::serve` leaves open: a timer on request headers (which also ends idle keep-alive), a cap on
//! connections and on headers, a timer on answers that nobody reads, and a shutdown that lets work in hand finish.
//! Leaves timers on request bodies to `inhoud` and the routes to `routes`.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, Sleep};

/// How long and how many.
#[derive(Debug, Clone)]
pub struct Verbindingen {
    /// Time for the whole header of a request; a connection that idles this long is closed too.
    pub kop: Duration,
    /// Time that a client may leave an answer unread before the connection is cut.
    pub ongelezen: Duration,
    /// Time that work in hand gets at shutdown.
    pub afronden: Duration,
    /// Connections at once; the next one waits in the kernel's queue.
    pub tegelijk: usize,
}

impl Default for Verbindingen {
    fn default() -> Self {
        Self {
            kop: Duration::from_secs(15),
            ongelezen: Duration::from_secs(30),
            afronden: Duration::from_secs(20),
            tegelijk: 1024,
        }
    }
}

/// Most header lines in one request; beyond it hyper answers 431.
const HEADERS: usize = 64;
/// Most bytes of request line and headers together.
const HEADER_BYTES: usize = 16 * 1024;

/// Serves `router` on `listener` until `shutdown` is ready, then lets work in hand finish.
pub async fn serve(listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>) {
    serve_with(listener, router, shutdown, Verbindingen::default()).await;
}

/// As [`serve`], with limits of one's own.
pub async fn serve_with(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()>,
    grenzen: Verbindingen,
) {
    let plaatsen = Arc::new(Semaphore::new(grenzen.tegelijk));
    let graceful = GracefulShutdown::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let aangenomen = tokio::select! {
            aangenomen = accept(&listener, &plaatsen) => aangenomen,
            () = &mut shutdown => break,
        };
        let Some((stream, plaats)) = aangenomen else {
            continue;
        };
        let verbinding = connection(stream, router.clone(), &grenzen);
        let bewaakt = graceful.watch(verbinding);
        tokio::spawn(async move {
            if let Err(fout) = bewaakt.await {
                tracing::debug!(reden = reason(&fout), "connection ended early");
            }
            drop(plaats);
        });
    }
    drop(listener);
    if tokio::time::timeout(grenzen.afronden, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("connections were cut at shutdown");
    }
}

async fn accept(
    listener: &TcpListener,
    plaatsen: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let plaats = Arc::clone(plaatsen).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, plaats)),
        Err(fout) => {
            // Out of file descriptors, say: waiting lets others finish; spinning would not.
            tracing::warn!(soort = %fout.kind(), "accept failed");
            tokio::time::sleep(Duration::from_millis(200)).await;
            None
        }
    }
}

type Verbinding = http1::Connection<TokioIo<Bewaakt>, TowerToHyperService<Router>>;

fn connection(stream: TcpStream, router: Router, grenzen: &Verbindingen) -> Verbinding {
    if let Err(fout) = stream.set_nodelay(true) {
        tracing::debug!(soort = %fout.kind(), "no TCP_NODELAY");
    }
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(grenzen.kop)
        .max_headers(HEADERS)
        .max_buf_size(HEADER_BYTES.max(64 * 1024))
        .max_header_size(HEADER_BYTES)
        .serve_connection(
            TokioIo::new(Bewaakt::new(stream, grenzen.ongelezen)),
            TowerToHyperService::new(router),
        )
}

/// A word for the log: hyper's own text may hold what the client sent.
fn reason(fout: &hyper::Error) -> &'static str {
    if fout.is_timeout() {
        "timeout"
    } else if fout.is_parse() {
        "malformed request"
    } else if fout.is_incomplete_message() {
        "client left"
    } else {
        "other"
    }
}

/// A socket that gives up when what is written stays unread too long.
struct Bewaakt {
    stream: TcpStream,
    geduld: Duration,
    wekker: Option<Pin<Box<Sleep>>>,
}

impl Bewaakt {
    fn new(stream: TcpStream, geduld: Duration) -> Self {
        Self {
            stream,
            geduld,
            wekker: None,
        }
    }

    /// Passes an answer of the socket on; a writer that waits too long gets an error instead.
    fn bounded<T>(
        &mut self,
        cx: &mut Context<'_>,
        uitkomst: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if uitkomst.is_ready() {
            self.wekker = None;
            return uitkomst;
        }
        let geduld = self.geduld;
        let wekker = self
            .wekker
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + geduld)));
        match wekker.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Bewaakt {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Bewaakt {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let uitkomst = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.bounded(cx, uitkomst)
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
        let uitkomst = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.bounded(cx, uitkomst)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
