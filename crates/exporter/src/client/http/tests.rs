//! Servers that stall, leave or do not exist: what the client makes of each.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use tokio::time::sleep;

use super::*;

const SHORT: Duration = Duration::from_millis(100);

/// A server that answers each connection with `play`, one after the other; gives its address.
fn server(mut play: impl FnMut(usize, TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            play(number, stream.unwrap());
        }
    });
    url
}

/// Reads up to the end of the headers.
fn read_head(stream: &TcpStream) -> Vec<String> {
    BufReader::new(stream)
        .lines()
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect()
}

fn ask(silence: Duration, url: &str, body: Option<&[u8]>) -> Result<Reply, ClientError> {
    let client = HttpClient::new(silence).unwrap();
    client.ask(Method::PATCH, url, "token", &[], body)
}

fn failure(answer: Result<Reply, ClientError>) -> ClientError {
    match answer {
        Ok(reply) => panic!("it answered {}", reply.status),
        Err(failure) => failure,
    }
}

/// One limit over the whole would end every large file on a slow line.
#[test]
fn what_keeps_moving_may_take_longer_than_a_silence() {
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let (silence, moved) = (Duration::from_secs(1), Moved::default());
        let upload = async {
            for _ in 0..50 {
                sleep(silence.checked_sub(Duration::from_millis(1)).unwrap()).await;
                moved.now();
            }
        };
        assert!(while_moving(upload, &moved, silence).await.is_ok());
        let begin = moved.last();
        let stalled = while_moving(std::future::pending::<()>(), &moved, silence).await;
        assert!(stalled.is_err() && begin.elapsed() < 2 * silence);
    });
}

#[test]
fn an_upload_that_nobody_reads_is_given_up() {
    let (hold, held) = mpsc::channel();
    let url = server(move |_, stream| hold.send(stream).unwrap());
    // More than two machines keep for each other underway.
    let body = vec![0; 64 << 20];
    assert_eq!(failure(ask(SHORT, &url, Some(&body))), too_late());
    drop(held);
}

#[test]
fn an_answer_that_stops_halfway_is_given_up() {
    let (hold, held) = mpsc::channel();
    let url = server(move |_, mut stream| {
        read_head(&stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")
            .unwrap();
        hold.send(stream).unwrap();
    });
    assert_eq!(failure(ask(SHORT, &url, None)), too_late());
    drop(held);
}

#[test]
fn an_answer_that_is_cut_off_is_no_answer() {
    let url = server(|_, mut stream| {
        read_head(&stream);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf")
            .unwrap();
    });
    let cut = ClientError::NoAnswer("de verbinding werd verbroken".to_owned());
    assert_eq!(failure(ask(CONNECT, &url, None)), cut);
}

/// Between two questions lies the work of a person: the service has closed the connection by then.
#[test]
fn a_connection_that_the_server_left_is_not_used_again() {
    let (left, gone) = mpsc::channel();
    let url = server(move |number, mut stream| {
        read_head(&stream);
        write!(
            stream,
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{number}"
        )
        .unwrap();
        drop(stream);
        left.send(()).unwrap();
    });
    let client = HttpClient::new(CONNECT).unwrap();
    for number in [b"0", b"1", b"2"] {
        let reply = client.ask(Method::POST, &url, "token", &[], Some(b""));
        assert_eq!(reply.map(|r| r.body).ok().as_deref(), Some(&number[..]));
        gone.recv().unwrap();
    }
}

#[test]
fn an_empty_body_says_its_length_and_a_redirect_is_not_followed() {
    let (tell, told) = mpsc::channel();
    let url = server(move |_, mut stream| {
        tell.send(read_head(&stream)).unwrap();
        stream
            .write_all(b"HTTP/1.1 307 Away\r\nlocation: /b\r\ncontent-length: 0\r\n\r\n")
            .unwrap();
    });
    let reply = ask(CONNECT, &url, Some(b""));
    assert_eq!(reply.map(|r| r.status).ok(), Some(307));
    let head = told.recv().unwrap();
    assert!(head.contains(&"content-length: 0".to_owned()), "{head:?}");
    assert!(head.contains(&"authorization: Bearer token".to_owned()));
    assert!(told.try_recv().is_err(), "it came back");
}

#[test]
fn a_name_that_does_not_exist_is_said_in_plain_words() {
    let failure = failure(ask(CONNECT, "http://nergens.invalid/", None));
    assert_eq!(failure, ClientError::NoAnswer(UnknownName.to_string()));
}

/// Who answers in plain text where TLS is asked is not the service.
#[test]
fn a_server_without_tls_gets_no_token() {
    let (tell, told) = mpsc::channel();
    let url = server(move |_, mut stream| {
        let mut first = [0; 5];
        io::Read::read_exact(&mut stream, &mut first).unwrap();
        tell.send(first).unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    });
    let answer = ask(CONNECT, &url.replace("http:", "https:"), None);
    assert!(matches!(failure(answer), ClientError::NoAnswer(_)));
    assert_eq!(told.recv().unwrap()[0], 0x16, "a TLS handshake");
}
