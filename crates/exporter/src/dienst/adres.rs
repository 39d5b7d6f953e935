//! Where the service is.
//!
//! Owns the one form of the address and the rule that a token never travels unencrypted over a network.

use crate::fout::Fout;

/// `https://host[:port][/path]` without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adres(String);

impl Adres {
    /// Reads an address as typed. Plain http is for this machine only, unless `zonder_tls`.
    pub fn parse(tekst: &str, zonder_tls: bool) -> Result<Self, Fout> {
        let adres = tekst.trim().trim_end_matches('/');
        let fout = |reden: &str| {
            Err(Fout::new(format!("het adres van de server klopt niet: {adres}")).oorzaak(reden))
        };
        let (schema, rest) = adres.split_once("://").unwrap_or_default();
        let gezag = rest.split('/').next().unwrap_or_default();
        if gezag.is_empty() || !matches!(schema, "http" | "https") {
            return fout("een adres begint met https://")
                .map_err(|f| f.tip("Voorbeeld: --server https://uitvraag.example.nl"));
        }
        if gezag.contains('@') || rest.contains(['?', '#', ' ']) {
            return fout("er staat meer in dan een server en een pad");
        }
        if schema == "http" && !zonder_tls && !is_this_machine(gezag) {
            return fout("zonder https kan iedereen onderweg uw token lezen").map_err(|f| {
                f.tip("Gebruik https://. Alleen binnen een eigen netwerk kan het met --zonder-tls.")
            });
        }
        Ok(Self(adres.to_owned()))
    }

    /// The address as text.
    pub fn tekst(&self) -> &str {
        &self.0
    }
}

fn is_this_machine(gezag: &str) -> bool {
    let host = match gezag.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => gezag.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_goes_unencrypted_over_a_network() {
        for goed in [
            "https://a.nl/",
            "http://localhost:8080",
            "http://127.0.0.1:1/x/",
            "http://[::1]:80",
        ] {
            assert!(Adres::parse(goed, false).is_ok(), "{goed}");
        }
        for fout in [
            "http://a.nl",
            "http://localhost.a.nl",
            "http://127.0.0.1.a.nl",
            "a.nl",
            "ftp://a.nl",
            "https://",
            "https://u:p@a.nl",
            "https://a.nl?x",
        ] {
            assert!(Adres::parse(fout, false).is_err(), "{fout}");
        }
        assert_eq!(
            Adres::parse("http://a.nl/", true).unwrap().tekst(),
            "http://a.nl"
        );
    }
}
