//! Whole publications made and read back: what a regio, a gemeente and a reader of the 0-meting get.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

mod files;
mod fixture;
mod forms;
mod html;
mod jeugdregios;
mod pages;
mod pictures;
mod reader;
mod secrecy;
mod sentences;
mod words;
