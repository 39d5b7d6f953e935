//! The accept loop over real sockets: slow, many and broken clients.

use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use ingest::{Verbindingen, serve_with};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

struct Dienst {
    adres: std::net::SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    klaar: tokio::task::JoinHandle<()>,
}

async fn start(grenzen: Verbindingen) -> Dienst {
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
    let adres = listener.local_addr().unwrap();
    let (stop, gestopt) = oneshot::channel();
    let klaar = tokio::spawn(serve_with(
        listener,
        router,
        async {
            let _ = gestopt.await;
        },
        grenzen,
    ));
    Dienst {
        adres,
        stop: Some(stop),
        klaar,
    }
}

fn kort() -> Verbindingen {
    Verbindingen {
        kop: Duration::from_millis(200),
        ongelezen: Duration::from_millis(300),
        afronden: Duration::from_secs(2),
        tegelijk: 8,
    }
}

/// Sends bytes and reads until the server closes.
async fn talk(adres: std::net::SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(adres).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut antwoord = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut antwoord))
        .await
        .expect("the server closes");
    String::from_utf8_lossy(&antwoord).into_owned()
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

/// HOSTILE 77: headers that never end, and a connection that idles, are cut.
#[tokio::test]
async fn slow_headers_and_idle_connections_are_cut() {
    let dienst = start(kort()).await;
    let begin = Instant::now();
    talk(dienst.adres, b"GET / HTTP/1.1\r\nhost: x\r\nx-langzaam: ").await;
    let idle = talk(dienst.adres, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
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
    let dienst = start(Verbindingen {
        tegelijk: 1,
        ..kort()
    })
    .await;
    let mut stil = TcpStream::connect(dienst.adres).await.unwrap();
    stil.write_all(b"GET /groot HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    // There is one place; this one is served only after the silent one was cut.
    let antwoord = tokio::time::timeout(Duration::from_secs(5), talk(dienst.adres, GET))
        .await
        .unwrap();
    assert!(antwoord.ends_with("hoi"), "{antwoord}");
}

/// HOSTILE 77: a thousand idle connections wait; they don't use anything up, and a later client is served.
#[tokio::test]
async fn connections_beyond_the_cap_wait_their_turn() {
    let dienst = start(kort()).await;
    let mut open = Vec::new();
    for _ in 0..100 {
        open.push(TcpStream::connect(dienst.adres).await.unwrap());
    }
    let antwoord = talk(dienst.adres, GET).await;
    assert!(antwoord.ends_with("hoi"), "{antwoord}");
}

/// HOSTILE 81: what two servers could read in two ways is read in none.
#[tokio::test]
async fn ambiguous_requests_are_refused() {
    let dienst = start(kort()).await;
    let lang = format!(
        "GET / HTTP/1.1\r\nhost: x\r\nx-groot: {}\r\n\r\n",
        "a".repeat(1 << 20)
    );
    let veel = format!(
        "GET / HTTP/1.1\r\nhost: x\r\n{}\r\n",
        "a: b\r\n".repeat(1000)
    );
    let gevallen: [&[u8]; 7] = [
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
        b"POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\nabc",
        b"GET / HTTP/1.1\r\nhost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\nx-a: 1\r\n obs: fold\r\n\r\n",
        b"GARBAGE\r\n\r\n",
        lang.as_bytes(),
        veel.as_bytes(),
    ];
    for (i, geval) in gevallen.into_iter().enumerate() {
        let antwoord = talk(dienst.adres, geval).await;
        let geweigerd = antwoord.is_empty()
            || antwoord.starts_with("HTTP/1.1 400")
            || antwoord.starts_with("HTTP/1.1 431");
        assert!(
            geweigerd,
            "case {i}: {}",
            antwoord.lines().next().unwrap_or_default()
        );
    }
    assert!(
        talk(dienst.adres, GET).await.ends_with("hoi"),
        "and the service goes on"
    );
}

#[tokio::test]
async fn shutdown_lets_work_in_hand_finish() {
    let mut dienst = start(Verbindingen {
        kop: Duration::from_secs(30),
        ..kort()
    })
    .await;
    let adres = dienst.adres;
    let _idle = TcpStream::connect(adres).await.unwrap();
    let bezig =
        tokio::spawn(async move { talk(adres, b"GET /traag HTTP/1.1\r\nhost: x\r\n\r\n").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    dienst.stop.take().unwrap().send(()).unwrap();
    assert!(bezig.await.unwrap().ends_with("klaar"));
    tokio::time::timeout(Duration::from_secs(5), dienst.klaar)
        .await
        .expect("it stops")
        .unwrap();
    assert!(
        TcpStream::connect(adres).await.is_err(),
        "nobody new gets in"
    );
}
