//! What the commands of `omgangsmonitor` decide, over a data directory of their own.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by panicking; helpers are no test functions"
)]

mod aanbieders;
mod audit;
mod figures;
mod freeze;
mod program;
mod publish;
mod sql;
mod stage;
mod tokens;
