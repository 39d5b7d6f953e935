//! Whole publications made and read back: what a regio, a gemeente and a reader of the 0-meting get.

mod bestanden;
mod fixture;
mod geheim;
mod html;
mod paginas;
mod woorden;
