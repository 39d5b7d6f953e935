//! Whole-system tests: the real binaries, a real server, a real disk.

mod foreign;
mod names;
mod power_cut;
mod profiles;
mod restore;
mod sentences;
mod whole_way;
