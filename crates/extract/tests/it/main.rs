//! The crate from outside: real exports through both doors.

mod bron;
mod extracten;
mod hulp;
mod koppeltekst;
mod sleutel;
mod strikte_deur;
mod werkmap;
