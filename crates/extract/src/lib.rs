//! A provider's messy file into canonical columns.
//!
//! Two doors. The lenient one ([`verken`], [`stel_voor`], [`Lezer`]) takes an aanbieder's own CSV, XLSX, ODS or JSON,
//! finds out how it is written, maps it by a [`Koppeling`] that a person can read, and says what it assumed. The
//! strict one ([`strikt`]) takes one canonical CSV of a pakket and refuses whatever is not exactly that.
//! Back to the aanbieder goes [`rapport`]: the same file with every finding in its place.
//! Also owns pseudonyms ([`Sleutel`]) and the judgement whether something is a BSN ([`bsn`]), for both doors.
//! Leaves judging the canonical values to `check`; knows nothing of any particular uitvraag but its definition.

mod bestand;
mod bevind;
mod bijzonder;
mod blok;
pub mod bsn;
mod codes;
mod datum;
pub mod geheim;
mod gemeente;
mod getal;
mod herkomst;
mod json;
mod kennis;
mod kolom;
mod kop;
pub mod koppeling;
mod koppelproef;
mod lezer;
mod normaal;
mod onbenut;
mod opening;
mod opzet;
mod overig;
mod overnemen;
mod plaatsing;
pub mod rapport;
mod raster;
mod regels;
mod rijen;
mod schrijf;
mod sjabloon;
mod sleutel;
pub mod strikt;
mod tekst;
mod veranderd;
mod verkenning;
mod verslag;
mod voorbeeld;
mod voorbehoud;
mod voorstel;
mod voorstel_kolommen;
mod voorstel_waarden;
mod waarden;
mod wachtlijst;
mod weigering;
mod werkmap;
mod zonder_koppeling;

pub use bestand::{Bestand, Bron};
pub use codes::WEIGERINGEN;
pub use getal::machine_number;
pub use koppeling::{Aanbieder, Koppeling, KoppelingFout, Tabelkoppeling};
pub use lezer::{Bronverslag, Lezer, Partij};
pub use sleutel::{Sleutel, SleutelFout};
pub use verkenning::{Kolomverkenning, Tabelverkenning, Verkenning, verken, verken_alle};
pub use verslag::WAARDEVRAAG;
pub use voorstel::{Kolomvoorstel, OpenVraag, Voorstel, Waardevoorstel, stel_voor};
pub use weigering::Weigering;
