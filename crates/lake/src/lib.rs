//! The register, the raw pakketten and the Parquet files: the only code that touches storage.
//!
//! Owns one data directory: `register.sqlite` (the truth: which leveringen count), `raw/<levering>/…` as received,
//! `lake/<uitvraag>/<tabel>/jaar=<jaar>/<levering>.parquet`, `intern/…` and
//! `publicaties/<uitvraag>/<jaar>/<versie>/…`. A file means nothing until the register names it, so a levering's
//! tables appear together or not at all. Every step of a levering is one transaction that only takes the steps
//! [`schema::Toestand`] allows, and in which the rules about state (`rules`) are asked. Leaves HTTP to `ingest`, judging to `check` and figures to `analysis`. Has no clock:
//! who does something and when comes in as a [`Stempel`].

mod aanbieder;
mod agreement;
mod attempts;
mod fout;
mod herstel;
mod intern;
mod lake;
mod levering;
mod lezen;
mod momentopname;
mod nulopgave;
mod openen;
mod opruimen;
pub mod opslag;
mod pad;
mod publicatie;
mod put_back;
mod refusal;
mod respons;
mod rules;
mod stap;
mod tabel;
mod token;
mod upload;
mod wissen;

pub use aanbieder::{Aanbieder, Stand, Verwachting};
pub use agreement::StartRefusal;
pub use attempts::ATTEMPTS;
pub use fout::LakeFout;
pub use herstel::{Grondigheid, Herstelverslag};
pub use lake::{Lake, Stempel, Tijd, Toegang};
pub use levering::{
    Bestandstand, Filter, Gebeurtenis, Geopend, Levering, LeveringId, NieuweLevering, Nulopgave,
    Ondertekenaar, Signing,
};
pub use momentopname::{MomentLevering, Momentopname};
pub use publicatie::{NieuwePublicatie, Publicatie, sha256sums};
pub use refusal::Refusal;
pub use respons::{Respons, ResponsRegel, Uitkomst};
pub use rules::Answer;
pub use tabel::{HERKOMST_KOLOMMEN, TabelBestand, TabelLezer, TabelSchrijver, lake_schema};
pub use token::{Geheim, Houder, Rol, Sleutel, TokenRegel};
pub use upload::{Upload, Uploadstand};
