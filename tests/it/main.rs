//! Whole-system tests: the real binaries, a real server, a real disk.

mod hele_weg;
mod profiles;
mod restore;
mod stroomuitval;
