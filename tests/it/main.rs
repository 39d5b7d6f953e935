//! Whole-system tests: the real binaries, a real server, a real disk.

mod foreign;
mod hele_weg;
mod profiles;
mod restore;
mod stroomuitval;
