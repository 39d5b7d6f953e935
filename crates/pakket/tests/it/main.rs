//! The crate from outside: the strict door, and keys with their pseudonyms.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod pseudonym_key;
mod strict_door;
mod support;
