//! The workbook of findings that the service hands out.
//!
//! Owns tying the service to what can write a workbook, so that nothing in the service reads or writes a zip. Leaves what
//! is in it to `sheets`.

use std::error::Error;

use ingest::FindingsWorkbook;
use schema::{Definitie, Oordeel};

/// Workbooks as `uitvraag --rapport` makes them, of the judgement alone.
pub(crate) struct Workbooks;

impl FindingsWorkbook for Workbooks {
    fn workbook(
        &self,
        oordeel: &Oordeel,
        definitie: &Definitie,
    ) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        Ok(sheets::annotate::list(oordeel, definitie)?)
    }
}
