//! What the commands of `omgangsmonitor` decide, over a data directory of their own.

mod aanbieders;
mod figures;
mod freeze;
mod program;
mod publish;
mod stage;
mod tokens;
