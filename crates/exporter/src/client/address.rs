//! Where the service is.
//!
//! Owns the one form of the address and the rule that a token never travels unencrypted over a network.

use crate::error::Failure;
use crate::wording;

/// `https://host[:port][/path]` without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Address(String);

impl Address {
    /// Reads an address as typed. Plain http is for this machine only, unless `zonder_tls`.
    pub(crate) fn parse(text: &str, without_tls: bool) -> Result<Self, Failure> {
        let address = text.trim().trim_end_matches('/');
        let failure = |reason: &str| {
            Err(Failure::new(wording::server::wrong_address(&address)).cause(reason))
        };
        let (schema, rest) = address.split_once("://").unwrap_or_default();
        let authority = rest.split('/').next().unwrap_or_default();
        if authority.is_empty() || !matches!(schema, "http" | "https") {
            return failure(wording::server::BEGIN_ENCRYPTED)
                .map_err(|f| f.tip("Voorbeeld: --server https://uitvraag.example.nl"));
        }
        if authority.contains('@') || rest.contains(['?', '#', ' ']) {
            return failure(wording::server::MORE_THAN_ADDRESS);
        }
        if schema == "http" && !without_tls && !is_this_machine(authority) {
            return failure(wording::server::TOKEN_IN_THE_OPEN)
                .map_err(|f| f.tip(wording::server::USE_ENCRYPTION));
        }
        Ok(Self(address.to_owned()))
    }

    /// The address as text.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

fn is_this_machine(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
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
        for good in [
            "https://a.nl/",
            "http://localhost:8080",
            "http://127.0.0.1:1/x/",
            "http://[::1]:80",
        ] {
            assert!(Address::parse(good, false).is_ok(), "{good}");
        }
        for failure in [
            "http://a.nl",
            "http://localhost.a.nl",
            "http://127.0.0.1.a.nl",
            "a.nl",
            "ftp://a.nl",
            "https://",
            "https://u:p@a.nl",
            "https://a.nl?x",
        ] {
            assert!(Address::parse(failure, false).is_err(), "{failure}");
        }
        assert_eq!(
            Address::parse("http://a.nl/", true).unwrap().text(),
            "http://a.nl"
        );
    }
}
