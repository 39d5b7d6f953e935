//! A refusal: the file (or this part of it) is not taken at all, and why.
//!
//! Owns the refusals about container and structure, and their Dutch sentences (codes: see [`crate::WEIGERINGEN`]). A
//! sentence never holds a value from a cell: it names places and counts. What is wrong *in* the data is no
//! refusal but a finding, and belongs to `check`.

use schema::{Oordeel, Plaats};

/// Why a file is refused.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.bericht)]
pub struct Weigering(Box<Inhoud>);

#[derive(Debug)]
struct Inhoud {
    code: &'static str,
    bericht: String,
    plaats: Plaats,
    /// Number of the column (from 0), where its header is not known yet.
    nummer: Option<usize>,
}

impl Weigering {
    /// A refusal with this code and Dutch sentence.
    pub fn new(code: &'static str, bericht: impl Into<String>) -> Self {
        Self(Box::new(Inhoud {
            code,
            bericht: bericht.into(),
            plaats: Plaats::default(),
            nummer: None,
        }))
    }

    /// A refusal because a file could not be read at all.
    pub fn io(fout: &std::io::Error) -> Self {
        Self::new(
            "READ_ERROR",
            format!("Het bestand kan niet worden gelezen ({}).", fout.kind()),
        )
    }

    /// There is nothing in it.
    pub fn empty() -> Self {
        Self::new(
            "EMPTY",
            "Het bestand is leeg. Heeft u niets te melden? Doe dan een nulopgave met `uitvraag nulopgave`.",
        )
    }

    /// Stable code, as in `ROW_WIDTH`; one of [`crate::WEIGERINGEN`].
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// Where in the offered file.
    pub fn plaats(&self) -> &Plaats {
        &self.0.plaats
    }

    /// The refusal in the form of a judgement, for those who read JSON.
    pub fn oordeel(&self) -> Oordeel {
        Oordeel::geweigerd(self.code(), "", self.plaats().clone(), self.to_string())
    }

    /// Names the file, unless it was named already.
    pub fn in_bestand(mut self, naam: &str) -> Self {
        self.0.plaats.bestand.get_or_insert_with(|| naam.to_owned());
        self
    }

    /// Names the sheet, also in the cell (`Trajecten!F17`), unless it was named already.
    pub fn op_blad(mut self, naam: Option<&str>) -> Self {
        if self.0.plaats.blad.is_none() {
            self.0.plaats.blad = naam.map(str::to_owned);
            if let (Some(blad), Some(cel)) = (naam, &mut self.0.plaats.cel) {
                *cel = format!("{blad}!{cel}");
            }
        }
        self
    }

    /// Names the row, from 1; the header of JSON and of a query is in none.
    pub fn op_rij(mut self, rij: u64) -> Self {
        self.0.plaats.rij = Some(rij).filter(|rij| *rij > 0);
        self
    }

    /// Names the column by its header and its number (from 0).
    pub fn in_kolom(mut self, kop: &str, nummer: usize) -> Self {
        self.0.plaats.kolom = Some(kop.to_owned());
        if let Some(rij) = self.0.plaats.rij {
            self.0.plaats.cel = Some(format!(
                "{}{rij}",
                schema::bevinding::column_letters(nummer)
            ));
        }
        self
    }

    /// Names the column by the header above the cell, where that is known.
    pub fn onder_kop<'a>(mut self, mut koppen: impl Iterator<Item = &'a str>) -> Self {
        if let (None, Some(nummer)) = (&self.0.plaats.kolom, self.0.nummer) {
            self.0.plaats.kolom = koppen.nth(nummer).map(str::to_owned);
        }
        self
    }

    /// Names the cell by its row (from 1) and column (from 0).
    pub fn in_cel(mut self, rij: u64, nummer: usize) -> Self {
        self.0.plaats.rij = Some(rij);
        self.0.nummer = Some(nummer);
        self.0.plaats.cel = Some(format!(
            "{}{rij}",
            schema::bevinding::column_letters(nummer)
        ));
        self
    }
}
