//! Messages of the PostgreSQL protocol, version 3: reading what a client sends, writing what it gets.
//!
//! Owns the bytes and their bounds. A message that is too long, or does not hold what it says, ends the connection.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// What a session is held over: a socket, or TLS on one.
pub(super) trait PgStream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> PgStream for T {}

/// Longest message before someone is logged in, and after.
pub(super) const FIRST: usize = 8 * 1024;
pub(super) const MESSAGE: usize = 256 * 1024;
/// Bytes of answer that are kept before they are sent.
const BUFFER: usize = 64 * 1024;
/// Time that a client may leave an answer unread.
const UNREAD: Duration = Duration::from_secs(30);

fn malformed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "malformed message")
}

/// Reads a message of the begin: its length, then its body.
pub(super) async fn first(stream: &mut dyn PgStream) -> io::Result<Vec<u8>> {
    let length = stream.read_i32().await?;
    body(stream, length, FIRST).await
}

/// Reads a message: its kind and its body.
pub(super) async fn next(stream: &mut dyn PgStream, most: usize) -> io::Result<(u8, Vec<u8>)> {
    let kind = stream.read_u8().await?;
    let length = stream.read_i32().await?;
    Ok((kind, body(stream, length, most).await?))
}

async fn body(stream: &mut dyn PgStream, length: i32, most: usize) -> io::Result<Vec<u8>> {
    let length = usize::try_from(length).ok().and_then(|n| n.checked_sub(4));
    let length = length.filter(|n| *n <= most).ok_or_else(malformed)?;
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

/// The fields of a message, from the front.
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn take(&mut self, bytes: usize) -> io::Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes).ok_or_else(malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    pub(super) fn i16(&mut self) -> io::Result<i16> {
        let bytes = self.take(2)?.try_into().map_err(|_| malformed())?;
        Ok(i16::from_be_bytes(bytes))
    }

    pub(super) fn i32(&mut self) -> io::Result<i32> {
        let bytes = self.take(4)?.try_into().map_err(|_| malformed())?;
        Ok(i32::from_be_bytes(bytes))
    }

    /// Text up to a zero.
    pub(super) fn text(&mut self) -> io::Result<&'a str> {
        let end = self
            .0
            .iter()
            .position(|byte| *byte == 0)
            .ok_or_else(malformed)?;
        let text = self.take(end + 1)?;
        std::str::from_utf8(&text[..end]).map_err(|_| malformed())
    }

    /// A list with its length before it.
    pub(super) fn list<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> io::Result<T>,
    ) -> io::Result<Vec<T>> {
        let length = self.i16()?;
        (0..length).map(|_| one(self)).collect()
    }
}

/// What goes to a client: kept until it is enough, or asked for.
#[derive(Default)]
pub(super) struct Outgoing(Vec<u8>);

impl Outgoing {
    /// Adds a message of this kind.
    pub(super) fn message(&mut self, kind: u8, write: impl FnOnce(&mut Vec<u8>)) {
        self.0.push(kind);
        let begin = self.0.len();
        self.0.extend([0; 4]);
        write(&mut self.0);
        let length = (self.0.len() - begin) as i32;
        self.0[begin..begin + 4].copy_from_slice(&length.to_be_bytes());
    }

    /// Adds an error with its SQLSTATE.
    pub(super) fn error(&mut self, severity: &str, code: &str, message: &str) {
        self.message(b'E', |out| {
            for (field, value) in [
                (b'S', severity),
                (b'V', severity),
                (b'C', code),
                (b'M', message),
            ] {
                out.push(field);
                text(out, value);
            }
            out.push(0);
        });
    }

    /// Says that a statement was carried out.
    pub(super) fn complete(&mut self, tag: &str) {
        self.message(b'C', |out| text(out, tag));
    }

    /// Sends what is kept when that is much.
    pub(super) async fn send_if_much(&mut self, stream: &mut dyn PgStream) -> io::Result<()> {
        if self.0.len() < BUFFER {
            return Ok(());
        }
        self.send(stream).await
    }

    /// Sends what is kept.
    pub(super) async fn send(&mut self, stream: &mut dyn PgStream) -> io::Result<()> {
        let sending = async {
            stream.write_all(&self.0).await?;
            stream.flush().await
        };
        let sent = tokio::time::timeout(UNREAD, sending).await;
        self.0.clear();
        sent.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
    }
}

/// Text with its zero.
pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    out.extend(text.bytes().filter(|byte| *byte != 0));
    out.push(0);
}
