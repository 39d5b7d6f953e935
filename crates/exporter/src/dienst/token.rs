//! The secret with which an aanbieder is known.
//!
//! Owns reading it from a file and keeping it out of every text: there is no way to print a [`Token`].

use std::fmt;
use std::path::Path;

use crate::fout::Fout;
use crate::invoer;

/// A bearer token. It can't be printed and is not on any command line.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// Reads the token from a file with nothing else in it.
    pub fn read(pad: &Path) -> Result<Self, Fout> {
        const TIP: &str = "Zet in dit bestand alleen het token dat u van de coördinator kreeg.";
        let tekst = invoer::read(pad)
            .map_err(|e| Fout::bestand("kan het token niet lezen", pad, &e).tip(TIP))?;
        Self::parse(&tekst)
            .ok_or_else(|| Fout::new(format!("in {} staat geen token", pad.display())).tip(TIP))
    }

    /// The token in a text with nothing else in it.
    pub fn parse(tekst: &str) -> Option<Self> {
        let token = tekst.trim();
        let goed =
            !token.is_empty() && token.len() <= 4096 && token.bytes().all(|b| b.is_ascii_graphic());
        goed.then(|| Self(token.to_owned()))
    }

    /// The secret itself, for the one header that carries it.
    pub(super) fn geheim(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_token_is_one_word_and_never_printed() {
        let map = tempfile::tempdir().unwrap();
        let pad = map.path().join("token");
        fs::write(&pad, "\u{feff}geheim-123\r\n").unwrap();
        let token = Token::read(&pad).unwrap();
        assert_eq!(token.geheim(), "geheim-123");
        assert!(!format!("{token:?}").contains("geheim"));
        for fout in ["", " \n", "twee woorden", "regel\nregel"] {
            fs::write(&pad, fout).unwrap();
            let fout = Token::read(&pad).unwrap_err().to_string();
            assert!(!fout.contains("woorden"), "{fout}");
        }
    }
}
