//! One binary for all integration tests of `schema`.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests may stop where a test may"
)]

mod artefacts;
mod definitie;
mod gebieden;
mod refusals;
mod source;
