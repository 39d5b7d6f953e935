//! Every Dutch sentence about a text file and its rows, for an editor to read from top to bottom.
//!
//! Owns the words and nothing else: which sentence is said when is decided by who calls, and what is named in it comes
//! in as it is to be read.

use std::fmt::Display;

// ---------------------------------------------------------------------------------------- dialect

pub(crate) const NO_SEPARATOR: &str = "De kolommen zijn niet te herkennen: er staat geen komma, puntkomma, tab of streep tussen. Sla het bestand op als CSV of Excel.";

// --------------------------------------------------------------------------------------- encoding

pub(crate) const BOM_SKIPPED: &str =
    "Het bestand begint met een onzichtbaar teken (BOM). Dat is overgeslagen.";
pub(crate) const READ_AS_UTF_16: &str = "Het bestand is gelezen als UTF-16.";
pub(crate) const READ_AS_WINDOWS_1252: &str =
    "Het bestand is gelezen als Windows-1252 (de tekenset van oudere Windows-programma's).";

pub(crate) fn byte_not_of_encoding(position: &impl Display) -> String {
    format!(
        "Byte {position} van het bestand past niet bij de tekenset. Misschien staan er twee tekensets door elkaar, of is het bestand niet compleet. Sla het op als CSV UTF-8."
    )
}

pub(crate) const UTF_16: &str = "Het bestand is UTF-16. In een pakket hoort UTF-8.";
pub(crate) const UTF_16_WITHOUT_MARK: &str =
    "Het bestand is UTF-16 zonder kenmerk. In een pakket hoort UTF-8.";
pub(crate) const REVERSES_DIRECTION: &str = "een teken dat de leesrichting omdraait";

pub(crate) fn forbidden_character(what: &impl Display, code: u32) -> String {
    format!("Het bestand bevat {what} (U+{code:04X}). Haal het weg en lever opnieuw.")
}

// ---------------------------------------------------------------------------------------- records

pub(crate) const TOO_LARGE: &str = "Het bestand is te groot.";
pub(crate) const TOO_MANY_EMPTY_LINES: &str = "Het bestand bevat te veel lege regels.";

pub(crate) fn too_many_rows(rows: &impl Display) -> String {
    format!("Het bestand heeft meer dan {rows} rijen.")
}

pub(crate) fn quote_wrong(row: &impl Display) -> String {
    format!("In rij {row} staat een aanhalingsteken dat niet klopt of niet wordt gesloten.")
}

pub(crate) const WHOLE_ROW: &str = "staat een hele rij";

pub(crate) fn quote_closed_later(row: &impl Display, rows: &impl Display) -> String {
    format!(
        "In rij {row} begint een aanhalingsteken dat pas verderop wordt gesloten. Daartussen {rows}. Haal het aanhalingsteken weg, of zet er een aan het eind van de tekst bij."
    )
}

pub(crate) fn cell_too_long(row: &impl Display, length: &impl Display) -> String {
    format!(
        "In rij {row} staat een cel van meer dan {length} tekens. Misschien ontbreekt een aanhalingsteken."
    )
}

pub(crate) fn too_many_columns(row: &impl Display, columns: &impl Display) -> String {
    format!("Rij {row} heeft meer dan {columns} kolommen, of is te lang.")
}

pub(crate) fn columns_differ(
    row: &impl Display,
    columns: &impl Display,
    width: &impl Display,
) -> String {
    format!(
        "Rij {row} heeft {columns} kolommen, de kopregel {width}. Misschien staat in een tekst het teken dat kolommen scheidt, of ontbreekt er een. Verbeter de rij, of haal de gegevens opnieuw uit uw systeem."
    )
}

// ---------------------------------------------------------------------------------------- refusal

pub(crate) fn file_unreadable(kind: &impl Display) -> String {
    format!("Het bestand kan niet worden gelezen ({kind}).")
}

pub(crate) const EMPTY_FILE: &str =
    "Het bestand is leeg. Heeft u niets te melden? Doe dan een nulopgave met `uitvraag nulopgave`.";

// ---------------------------------------------------------------------------- encoding, recognise

pub(crate) const EMPTY_BYTES: &str = "Het bestand bevat lege bytes: het is UTF-16 zonder kenmerk, of geen tekstbestand. Sla het op als CSV UTF-8, of als Excel-bestand (.xlsx).";
