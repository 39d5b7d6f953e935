//! The lake as its callers see it, on a real disk and on one that forgets.

mod aanbieders;
mod crash;
mod haperend;
mod herstel;
mod hulp;
mod levensloop;
mod momentopname;
mod openen;
mod publicatie;
mod register;
mod tabel;
mod upload;
mod vergeetachtig;
