//! The secret with which an aanbieder is known.
//!
//! Owns reading it from a file and keeping it out of every text: there is no way to print a [`BearerToken`].

use std::fmt;
use std::path::Path;

use crate::error::Failure;
use crate::text_input;
use crate::wording;

/// A bearer token. It can't be printed and is not on any command line.
#[derive(Clone)]
pub(crate) struct BearerToken(String);

impl BearerToken {
    /// Reads the token from a file with nothing else in it.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        const TIP: &str = wording::server::ONLY_THE_TOKEN;
        let text = text_input::read(path)
            .map_err(|e| Failure::file(wording::server::TOKEN_UNREADABLE, path, &e).tip(TIP))?;
        Self::parse(&text)
            .ok_or_else(|| Failure::new(format!("in {} staat geen token", path.display())).tip(TIP))
    }

    /// The token in a text with nothing else in it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let token = text.trim();
        let good =
            !token.is_empty() && token.len() <= 4096 && token.bytes().all(|b| b.is_ascii_graphic());
        good.then(|| Self(token.to_owned()))
    }

    /// The secret itself, for the one header that carries it.
    pub(super) fn secret(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::atomic_file::write_whole;

    #[test]
    fn a_token_is_one_word_and_never_printed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        write_whole(&path, "\u{feff}geheim-123\r\n".as_bytes()).unwrap();
        let token = BearerToken::read(&path).unwrap();
        assert_eq!(token.secret(), "geheim-123");
        assert!(!format!("{token:?}").contains("geheim"));
        for failure in ["", " \n", "twee woorden", "regel\nregel"] {
            write_whole(&path, failure.as_bytes()).unwrap();
            let failure = BearerToken::read(&path).unwrap_err().to_string();
            assert!(!failure.contains("woorden"), "{failure}");
        }
    }
}
