//! What a workbook says of the sjabloon that it was made from.
//!
//! Owns the properties of the file in which that stands. Leaves finding them to `workbook`, and what follows to `mapping`.

use schema::artefacts::{PROPERTY_UITVRAAG, PROPERTY_VERSION};

/// What a sjabloon says of itself in the properties of the file.
#[derive(Debug, Default, Clone)]
pub struct Marker {
    /// Name of the definition, as in `omgang/2020`.
    pub uitvraag: String,
    /// Version of the definition.
    pub versie: Option<u32>,
}

impl Marker {
    pub(crate) fn look(&mut self, name: &str, value: &str) {
        match name {
            PROPERTY_UITVRAAG => value.clone_into(&mut self.uitvraag),
            PROPERTY_VERSION => self.versie = value.parse().ok(),
            _ => {}
        }
    }

    pub(crate) fn known(self) -> Option<Self> {
        (!self.uitvraag.is_empty()).then_some(self)
    }
}
