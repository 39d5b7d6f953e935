//! The accept loop over real sockets: slow, many and broken clients.

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use ingest::{Connections, serve_with};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

struct RunningService {
    adres: std::net::SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    klaar: tokio::task::JoinHandle<()>,
}

async fn start(bounds: Connections) -> RunningService {
    let router = Router::new()
        .route("/", get(|| async { "hoi" }))
        .route(
            "/traag",
            get(|| async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                "klaar"
            }),
        )
        .route("/groot", get(|| async { vec![b'x'; 64 << 20] }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let done = tokio::spawn(serve_with(
        listener,
        router,
        async {
            let _ = stopped.await;
        },
        bounds,
    ));
    RunningService {
        adres: address,
        stop: Some(stop),
        klaar: done,
    }
}

fn short() -> Connections {
    Connections {
        kop: Duration::from_millis(200),
        unread: Duration::from_millis(300),
        finish: Duration::from_secs(2),
        at_once: 8,
    }
}

/// Sends bytes and reads until the server closes.
async fn talk(address: std::net::SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut response = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut response))
        .await
        .expect("the server closes");
    String::from_utf8_lossy(&response).into_owned()
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

/// HOSTILE 77: headers that never end, and a connection that idles, are cut.
#[tokio::test]
async fn slow_headers_and_idle_connections_are_cut() {
    let service = start(short()).await;
    let begin = Instant::now();
    talk(service.adres, b"GET / HTTP/1.1\r\nhost: x\r\nx-langzaam: ").await;
    let idle = talk(service.adres, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(idle.ends_with("hoi"), "answered before it was cut: {idle}");
    assert!(
        begin.elapsed() < Duration::from_secs(3),
        "{:?}",
        begin.elapsed()
    );
}

/// HOSTILE 77: whoever never reads the answer does not keep the connection.
#[tokio::test]
async fn an_answer_that_is_never_read_is_cut() {
    let service = start(Connections {
        at_once: 1,
        ..short()
    })
    .await;
    let mut silent = TcpStream::connect(service.adres).await.unwrap();
    silent
        .write_all(b"GET /groot HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    // There is one place; this one is served only after the silent one was cut.
    let response = tokio::time::timeout(Duration::from_secs(5), talk(service.adres, GET))
        .await
        .unwrap();
    assert!(response.ends_with("hoi"), "{response}");
}

/// HOSTILE 77: a thousand idle connections wait; they don't use anything up, and a later client is served.
#[tokio::test]
async fn connections_beyond_the_cap_wait_their_turn() {
    let service = start(short()).await;
    let mut open = Vec::new();
    for _ in 0..100 {
        open.push(TcpStream::connect(service.adres).await.unwrap());
    }
    let response = talk(service.adres, GET).await;
    assert!(response.ends_with("hoi"), "{response}");
}

/// HOSTILE 81: what two servers could read in two ways is read in none.
#[tokio::test]
async fn ambiguous_requests_are_refused() {
    let service = start(short()).await;
    let long = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx-groot: {}\r\n\r\n",
        "a".repeat(1 << 20)
    );
    let many = format!(
        "GET / HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "a: b\r\n".repeat(1000)
    );
    let cases: [&[u8]; 7] = [
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\nabc",
        b"GET / HTTP/1.1\r\nhost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nx-a: 1\r\n obs: fold\r\n\r\n",
        b"GARBAGE\r\n\r\n",
        long.as_bytes(),
        many.as_bytes(),
    ];
    for (i, case) in cases.into_iter().enumerate() {
        let response = talk(service.adres, case).await;
        let refused = response.is_empty()
            || response.starts_with("HTTP/1.1 400")
            || response.starts_with("HTTP/1.1 431");
        assert!(
            refused,
            "case {i}: {}",
            response.lines().next().unwrap_or_default()
        );
    }
    assert!(
        talk(service.adres, GET).await.ends_with("hoi"),
        "and the service goes on"
    );
}

#[tokio::test]
async fn shutdown_lets_work_in_hand_finish() {
    let mut service = start(Connections {
        kop: Duration::from_secs(30),
        ..short()
    })
    .await;
    let address = service.adres;
    let _idle = TcpStream::connect(address).await.unwrap();
    let busy =
        tokio::spawn(async move { talk(address, b"GET /traag HTTP/1.1\r\nhost: x\r\n\r\n").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    service.stop.take().unwrap().send(()).unwrap();
    assert!(busy.await.unwrap().ends_with("klaar"));
    tokio::time::timeout(Duration::from_secs(5), service.klaar)
        .await
        .expect("it stops")
        .unwrap();
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody new gets in"
    );
}
