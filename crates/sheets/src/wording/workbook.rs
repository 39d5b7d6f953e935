//! Workbooks: what is refused in them and what is passed over.

use std::fmt::Display;

// ------------------------------------------------------------------------------------------- grid

pub(crate) const SHEET_TOO_LARGE: &str = "Het werkblad is te groot. Lever het als CSV.";

// -------------------------------------------------------------------------------------------- xml

pub(crate) const XLSX_UNREADABLE: &str =
    "Het Excel-bestand is niet goed te lezen. Open het in Excel en sla het opnieuw op als .xlsx.";
pub(crate) const ODS_UNREADABLE: &str =
    "Het .ods-bestand is niet goed te lezen. Open het in LibreOffice en sla het opnieuw op.";

// ------------------------------------------------------------------------------- workbook, bounds

pub(crate) const REPEATS_TOO_MUCH: &str =
    "Het bestand herhaalt te veel cellen of teksten. Lever het als CSV.";
pub(crate) const CELL_TOO_LONG: &str = "In deze cel staat een te lange tekst.";
pub(crate) const REVERSES_DIRECTION: &str = "een teken dat de leesrichting omdraait";

pub(crate) fn forbidden_character(what: &impl Display, code: u32) -> String {
    format!("In deze cel staat {what} (U+{code:04X}). Haal het weg.")
}

pub(crate) const TOO_MANY_MERGED: &str = "Op dit blad zijn te veel cellen samengevoegd. Splits ze.";
pub(crate) const CELL_TWICE: &str = "Deze cel staat twee keer in het bestand. Sla het opnieuw op.";
pub(crate) const CELL_OUTSIDE: &str = "Er staat een cel buiten het werkblad.";

// --------------------------------------------------------------------------------------- workbook

pub(crate) const BSN_IN_PROPERTIES: &str = "In de eigenschappen of de opmerkingen van het bestand staat een getal dat een BSN kan zijn. Haal het weg.";

pub(crate) fn sheet_of_earlier_check(name: &impl Display) -> String {
    format!("Het blad '{name}' is van een eerdere controle. Het is niet gebruikt.")
}

pub(crate) const DATES_FROM_1904: &str =
    "Het Excel-bestand telt datums vanaf 1904. Dat is omgerekend.";

pub(crate) fn sheet_without_cells(name: &impl Display) -> String {
    format!("Het blad '{name}' is een grafiek. Het is niet gebruikt.")
}

pub(crate) fn sheet_hidden(name: &impl Display) -> String {
    format!("Het blad '{name}' is verborgen. Het is niet gebruikt.")
}

// ---------------------------------------------------------------------------------- workbook, ods

pub(crate) const BSN_IN_REMARK: &str =
    "In een opmerking of een verwijderde cel staat een getal dat een BSN kan zijn. Haal het weg.";
pub(crate) const ROW_OUTSIDE: &str = "Er staat een rij buiten het werkblad.";

// --------------------------------------------------------------------------------- workbook, xlsx

pub(crate) const TOO_MANY_NAMES: &str = "Het Excel-bestand heeft te veel namen. Lever het als CSV.";
pub(crate) const TOO_MUCH_FORMATTING: &str =
    "Het Excel-bestand heeft te veel celopmaak. Lever het als CSV.";

// --------------------------------------------------------------------------- workbook, zip bounds

pub(crate) const DAMAGED: &str =
    "Het bestand is beschadigd. Open het in uw rekenprogramma en sla het opnieuw op.";
pub(crate) const PARTS_OVERLAP: &str = "In het bestand overlappen onderdelen elkaar.";
pub(crate) const PART_TWICE: &str = "In het bestand komt een onderdeel twee keer voor.";
pub(crate) const TOO_MANY_PARTS: &str = "Het bestand heeft te veel onderdelen.";
pub(crate) const BAD_PART_NAME: &str = "Een onderdeel van het bestand heeft een ongeldige naam. Open het in uw rekenprogramma en sla het opnieuw op.";
pub(crate) const FILE_IN_FILE: &str = "In het bestand zit een ander ingepakt bestand.";
pub(crate) const MACROS: &str = "Het bestand bevat macro's of ingesloten objecten. Sla het op als gewone .xlsx of .ods, zonder macro's.";
pub(crate) const PASSWORD: &str =
    "Het bestand is met een wachtwoord beveiligd. Haal het wachtwoord weg en sla het opnieuw op.";
pub(crate) const UNPACKED_TOO_LARGE: &str = "Het bestand wordt bij het uitpakken veel te groot.";
pub(crate) const TOO_LARGE: &str = "Het bestand is te groot. Lever het als CSV.";
pub(crate) const BINARY_EXCEL: &str =
    "Dit is een binair Excel-bestand (.xlsb). Sla het op als .xlsx.";
pub(crate) const NO_SPREADSHEET: &str =
    "Dit is een document van LibreOffice, maar geen rekenblad. Lever een .ods, .xlsx of CSV.";
pub(crate) const NUMBERS: &str = "Dit is een bestand van Numbers. Kies in Numbers: Archief, Exporteer naar, Excel. Lever dat bestand.";
pub(crate) const NO_WORKBOOK: &str =
    "Dit is een ingepakt bestand, maar geen Excel-bestand. Lever een .xlsx, .ods of CSV.";
pub(crate) const PART_TOO_LONG: &str = "Een onderdeel van het bestand heeft een te lange tekst.";
pub(crate) const UNUSUAL_ENCODING: &str =
    "Een onderdeel van het bestand heeft een ongewone tekenset. Sla het opnieuw op.";
pub(crate) const FORBIDDEN_PART: &str = "Het bestand bevat een verboden onderdeel (DTD).";
pub(crate) const PART_TOO_DEEP: &str = "Een onderdeel van het bestand is te diep genest.";
pub(crate) const TEXTS_MISCOUNTED: &str = "Het bestand zegt meer teksten te hebben dan erin staan.";
