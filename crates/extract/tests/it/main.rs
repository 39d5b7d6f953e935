//! The crate from outside: real exports through both doors.

mod extracten;
mod hulp;
