//! SCRAM-SHA-256 (RFC 5802, 7677) at the side of the server.
//!
//! Owns what is kept of a password (a verifier in PostgreSQL's own spelling, from which the password can't be had back
//! nor logged in with) and the two messages that prove it is known.

use data_encoding::{BASE32_NOPAD, BASE64};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Rounds of hashing, as PostgreSQL has it.
const ROUNDS: u32 = 4096;
/// The one mechanism.
pub(super) const MECHANISM: &str = "SCRAM-SHA-256";

type Hash = [u8; 32];

/// What is kept of a password.
#[derive(Clone)]
pub(crate) struct Verifier {
    salt: Vec<u8>,
    stored: Hash,
    server: Hash,
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Hash {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}

/// PBKDF2 with one block.
fn salted(password: &str, salt: &[u8]) -> Hash {
    let mut round = hmac(password.as_bytes(), &[salt, &[0, 0, 0, 1]]);
    let mut salted = round;
    for _ in 1..ROUNDS {
        round = hmac(password.as_bytes(), &[&round]);
        salted
            .iter_mut()
            .zip(round)
            .for_each(|(sum, byte)| *sum ^= byte);
    }
    salted
}

impl Verifier {
    /// A new password and what is kept of it. 160 bits: nobody guesses it.
    pub(crate) fn generate() -> (String, Self) {
        let password = BASE32_NOPAD.encode(&random::<20>()).to_lowercase();
        let verifier = Self::of(&password, random::<16>().to_vec());
        (password, verifier)
    }

    fn of(password: &str, salt: Vec<u8>) -> Self {
        let salted = salted(password, &salt);
        Self {
            salt,
            stored: Sha256::digest(hmac(&salted, &[b"Client Key"])).into(),
            server: hmac(&salted, &[b"Server Key"]),
        }
    }

    /// One that no password fits, always the same for a name: who tries names can't tell which there are.
    pub(super) fn of_nobody(name: &str, secret: &Hash) -> Self {
        Self {
            salt: hmac(secret, &[name.as_bytes()])[..16].to_vec(),
            stored: random(),
            server: random(),
        }
    }

    /// In PostgreSQL's spelling.
    pub(crate) fn to_text(&self) -> String {
        let [salt, stored, server] =
            [&self.salt[..], &self.stored, &self.server].map(|part| BASE64.encode(part));
        format!("{MECHANISM}${ROUNDS}:{salt}${stored}:{server}")
    }

    /// From PostgreSQL's spelling, with our number of rounds.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(&format!("{MECHANISM}${ROUNDS}:"))?;
        let (salt, keys) = rest.split_once('$')?;
        let (stored, server) = keys.split_once(':')?;
        let hash =
            |text: &str| -> Option<Hash> { BASE64.decode(text.as_bytes()).ok()?.try_into().ok() };
        Some(Self {
            salt: BASE64.decode(salt.as_bytes()).ok()?,
            stored: hash(stored)?,
            server: hash(server)?,
        })
    }
}

/// An exchange after the client's first message.
pub(super) struct Exchange {
    verifier: Verifier,
    /// The header before the first message, which must come back.
    header: String,
    nonce: String,
    /// All that is signed but the last part.
    signed: String,
    /// What is answered to the first message.
    pub(super) challenge: String,
}

impl Exchange {
    /// Reads the client's first message; none when it is not one, or asks for a channel binding we don't offer.
    pub(super) fn begin(first: &str, verifier: Verifier) -> Option<Self> {
        Self::begin_with(first, verifier, &BASE64.encode(&random::<18>()))
    }

    fn begin_with(first: &str, verifier: Verifier, own_nonce: &str) -> Option<Self> {
        let mut parts = first.splitn(3, ',');
        let (binding, acting_for, bare) = (parts.next()?, parts.next()?, parts.next()?);
        if !matches!(binding, "n" | "y") || !acting_for.is_empty() {
            return None;
        }
        let theirs = bare.split(',').find_map(|part| part.strip_prefix("r="))?;
        let nonce = format!("{theirs}{own_nonce}");
        let salt = BASE64.encode(&verifier.salt);
        let challenge = format!("r={nonce},s={salt},i={ROUNDS}");
        Some(Self {
            verifier,
            header: BASE64.encode(format!("{binding},,").as_bytes()),
            nonce,
            signed: format!("{bare},{challenge}"),
            challenge,
        })
    }

    /// Reads the client's last message: our proof that we know the verifier when it proves to know the password.
    pub(super) fn finish(&self, last: &str) -> Option<String> {
        let (without, proof) = last.rsplit_once(",p=")?;
        let proof: Hash = BASE64.decode(proof.as_bytes()).ok()?.try_into().ok()?;
        if without != format!("c={},r={}", self.header, self.nonce) {
            return None;
        }
        let message = format!("{},{without}", self.signed);
        let signature = hmac(&self.verifier.stored, &[message.as_bytes()]);
        let mut key = proof;
        key.iter_mut()
            .zip(signature)
            .for_each(|(byte, other)| *byte ^= other);
        let found: Hash = Sha256::digest(key).into();
        // Every byte is looked at, whichever differs first.
        let differs = found
            .iter()
            .zip(self.verifier.stored)
            .fold(0, |all, (a, b)| all | (a ^ b));
        let server = hmac(&self.verifier.server, &[message.as_bytes()]);
        (differs == 0).then(|| format!("v={}", BASE64.encode(&server)))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The last message of a client that knows the password and sent `bare` behind its header, to this challenge.
    pub(in crate::pg) fn client_last(password: &str, bare: &str, challenge: &str) -> String {
        let part = |name: &str| {
            let found = challenge
                .split(',')
                .find_map(|part| part.strip_prefix(name));
            found.unwrap().to_owned()
        };
        let salt = BASE64.decode(part("s=").as_bytes()).unwrap();
        let mut proof = hmac(&salted(password, &salt), &[b"Client Key"]);
        let stored = Sha256::digest(proof);
        let without = format!("c=biws,r={}", part("r="));
        let signed = format!("{bare},{challenge},{without}");
        let signature = hmac(&stored, &[signed.as_bytes()]);
        proof
            .iter_mut()
            .zip(signature)
            .for_each(|(byte, other)| *byte ^= other);
        format!("{without},p={}", BASE64.encode(&proof))
    }

    /// The example of RFC 7677, by which every client is made.
    #[test]
    fn the_exchange_is_that_of_the_rfc() {
        let salt = BASE64.decode(b"W22ZaJ0SNY7soEsUEjb6gQ==").unwrap();
        let verifier = Verifier::of("pencil", salt);
        let own = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
        let exchange =
            Exchange::begin_with("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", verifier, own).unwrap();
        assert_eq!(
            exchange.challenge,
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        );
        let last = |proof: &str| {
            format!("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p={proof}")
        };
        assert_eq!(
            exchange
                .finish(&last("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))
                .as_deref(),
            Some("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        );
        let wrong = "eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
        assert_eq!(exchange.finish(&last(wrong)), None);
        assert_eq!(exchange.finish("c=biws,r=x,p=AA=="), None);
    }

    #[test]
    fn a_verifier_is_kept_as_text_and_holds_no_password() {
        let (password, verifier) = Verifier::generate();
        let text = verifier.to_text();
        assert!(!text.contains(&password) && password.len() == 32);
        assert_eq!(Verifier::parse(&text).unwrap().to_text(), text);
        for nonsense in ["", "SCRAM-SHA-256$1:AA==$AA==:AA==", "md5abc", &text[..60]] {
            assert!(Verifier::parse(nonsense).is_none(), "{nonsense}");
        }
    }

    #[test]
    fn a_client_that_wants_channel_binding_is_refused() {
        let (_, verifier) = Verifier::generate();
        assert!(Exchange::begin("p=tls-unique,,n=,r=abc", verifier.clone()).is_none());
        assert!(Exchange::begin("y,,n=,r=abc", verifier.clone()).is_some());
        assert!(Exchange::begin("", verifier).is_none());
    }
}
