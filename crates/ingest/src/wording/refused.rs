//! Why a request could not be granted: the sentence of a problem, below its title.

use schema::pakket::PakketFile;
use schema::text::grouped_thousands;

/// One address downloads too much at once.
pub(crate) const TOO_MANY_DOWNLOADS: &str =
    "Er lopen vanaf uw adres te veel downloads tegelijk. Wacht tot er een klaar is.";
/// Asked how it is, the service says so.
pub(crate) const NO_STORAGE: &str = "De dienst kan nu niets opslaan.";
/// No route has this address.
pub(crate) const NO_PAGE: &str = "Deze pagina bestaat niet.";
/// The route does not take this method.
pub(crate) const NO_METHOD: &str = "Deze methode kan hier niet.";
/// A parameter that a route cannot read.
pub(crate) const BAD_PARAMETER: &str =
    "Een parameter in het adres ontbreekt, is niet bekend of heeft een verkeerde waarde.";
/// An address that a route cannot read.
pub(crate) const NO_ADDRESS: &str = "Dit adres bestaat niet.";
/// A pakket in a form can't be kept.
pub(crate) const PAKKET_NOT_KEPT: &str =
    "Wij kunnen het pakket nu niet bewaren. Probeer het later opnieuw.";
/// Something of ours broke, as the title of the problem says.
pub(crate) fn try_later(title: &str) -> String {
    format!("{title}. Probeer het later opnieuw.")
}

/// The answer was not made in time.
pub(crate) const TOO_SLOW: &str =
    "Het antwoord liet te lang op zich wachten. Vraag eerst na of het gelukt is.";
/// No findings yet.
pub(crate) const NOT_JUDGED: &str = "Deze levering is nog niet gecontroleerd.";
/// The definition of a levering is no longer there.
pub(crate) const UITVRAAG_OVER: &str = "Deze uitvraag loopt niet meer.";
/// The findings as workbook.
pub(crate) const NO_WORKBOOK: &str = "Het Excel-bestand is niet te maken. Kies csv of json.";
/// No such levering, or of another.
pub(crate) const UNKNOWN_LEVERING: &str = "Deze levering kennen wij niet.";
/// Its data are gone.
pub(crate) const ERASED: &str = "De gegevens van deze levering zijn gewist.";
/// There is no receipt.
pub(crate) const NOT_SIGNED: &str =
    "Deze levering is niet ondertekend. Er is nog geen ontvangstbewijs.";
/// Of the pakket, or of the program that made it.
pub(crate) const NAME_TOO_LONG: &str = "De naam van het pakket of van het programma is te lang.";
/// The pakket names a table that is not asked.
pub(crate) const UNKNOWN_TABEL: &str = "Het pakket noemt een tabel die deze uitvraag niet kent.";
/// An explanation without a coded reason.
pub(crate) const NO_CHOICE: &str =
    "Bij een van uw toelichtingen is geen antwoord gekozen. Kies er een; er is nog niets bewaard.";
/// No session could be made.
pub(crate) const NO_LOGIN: &str = "Inloggen lukt nu niet. Probeer het later opnieuw.";
/// A page could not be made.
pub(crate) const PAGE_NOT_MADE: &str = "Wij konden deze pagina niet maken.";
/// No report of this gebied.
pub(crate) const NO_SPIEGEL: &str = "Over dit gebied is van dit jaar geen spiegelrapportage.";
/// The published figures cannot be read.
pub(crate) const FIGURES_UNREADABLE: &str =
    "Wij konden de cijfers nu niet lezen. Probeer het later opnieuw.";
/// Signing in another state.
pub(crate) const NOT_TO_SIGN: &str = "Deze levering kan nu niet worden ondertekend.";
/// Explaining in another state.
pub(crate) const NOT_TO_EXPLAIN: &str = "Bij deze levering kunt u nu geen toelichting geven.";
/// Files of a levering that is in already, or over.
pub(crate) const TAKES_NO_FILES: &str =
    "Bij deze levering kunnen geen bestanden meer worden verstuurd.";
/// A piece of a file that does not begin where the last one ended.
pub(crate) fn go_on_at(offset: u64) -> String {
    format!("Wij hebben al een ander deel van dit bestand. Ga verder bij byte {offset}.")
}
/// Anything else in another state.
pub(crate) const NOT_NOW: &str = "Dit kan nu niet met deze levering.";
/// Its files are damaged.
pub(crate) const QUARANTINED: &str =
    "Wij kunnen de bestanden van deze levering nu niet lezen. De beheerder kijkt ernaar.";
/// Signing while a fout stands.
pub(crate) const OPEN_ERRORS: &str =
    "Er staan nog fouten in deze levering. Verbeter uw bestand en lever opnieuw.";
/// Signing while a signaal is unanswered.
pub(crate) const OPEN_SIGNALEN: &str =
    "Beantwoord eerst alle signalen. Daarna kunt u ondertekenen.";
/// After the freeze.
pub(crate) const FROZEN: &str = "De gegevens van dit jaar zijn bevroren. Neem contact op met de coördinator als er iets niet klopt.";
/// Too many leveringen begun.
pub(crate) const TOO_MANY_OPEN: &str = "U hebt te veel leveringen die niet af zijn. Maak er een af, of trek er een in op de pagina `Mijn leveringen`.";
/// Nothing to report, while a levering counts.
pub(crate) const NULOPGAVE_BESIDE_LEVERING: &str = "U hebt over dit jaar al een levering met gegevens ingediend. Hebt u echt niets te melden? Trek die levering dan eerst in.";
/// The levering has no such table.
pub(crate) const NO_FILE: &str = "Deze levering heeft geen bestand voor die tabel.";
/// No such aanbieder.
pub(crate) const UNKNOWN_AANBIEDER: &str = "Deze aanbieder kennen wij niet. Vraag de coördinator.";
/// The same Idempotency-Key with another pakket.
pub(crate) const KEY_USED: &str = "Deze Idempotency-Key is eerder gebruikt voor een ander pakket. Gebruik voor elk pakket een eigen sleutel.";
/// Two requests for one file.
pub(crate) const UPLOAD_BUSY: &str =
    "Dit bestand wordt al door een ander verzoek verstuurd. Wacht tot dat klaar is.";
/// Not all files are in.
pub(crate) const INCOMPLETE: &str = "Nog niet alle bestanden zijn binnen.";
/// The disk is full.
pub(crate) const STORAGE_FULL: &str =
    "Onze opslag is vol. Probeer het later opnieuw; wat al binnen is, blijft staan.";
/// The register is busy.
pub(crate) const BUSY: &str = "Het is nu te druk. Probeer het over een minuut opnieuw.";
/// No such publication or file of it.
pub(crate) const NO_PUBLICATIE: &str = "Deze publicatie of dit bestand bestaat niet.";
/// A condition on the version of a file fails.
pub(crate) const ANOTHER_FILE: &str = "Dit bestand is een ander dan u bedoelt.";
/// A range beyond the file.
pub(crate) const NO_PART: &str =
    "Dit stuk van het bestand bestaat niet. Content-Range zegt hoe lang het is.";
/// Asking in SQL with another parameter.
pub(crate) const ONE_PARAMETER: &str = "De enige parameter hier is `formaat`.";
/// Asking in SQL for a form that is not known.
pub(crate) const UNKNOWN_ACCEPT: &str = "Deze vorm uit `Accept` kennen wij niet.";
/// SQL is switched off.
pub(crate) const NO_SQL: &str = "Deze dienst beantwoordt geen vragen in SQL.";
/// An artefact that an uitvraag does not have.
pub(crate) const NO_FILE_OF_UITVRAAG: &str = "Dit bestand is er niet voor deze uitvraag.";
/// A table that cannot be unpacked.
pub(crate) const NO_ZSTD: &str =
    "Het bestand kan niet worden uitgepakt: het is geen goed zstd-bestand.";

/// A table with another number of rows or bytes than was announced.
pub(crate) fn other_size(file: &PakketFile, rows: u64, bytes: u64) -> String {
    format!(
        "Het pakket kondigt {} rijen en {} bytes aan, maar er staan er {rows} en {bytes}.",
        file.rijen, file.bytes_uitgepakt
    )
}

/// A table that unpacks to more than was announced.
pub(crate) fn larger_unpacked(announced: u64) -> String {
    format!("Het bestand is uitgepakt groter dan de {announced} bytes die het pakket aankondigt.")
}

/// A table stands twice in the list.
pub(crate) fn tabel_twice(name: &str) -> String {
    format!("De tabel {name} staat twee keer in het pakket.")
}

/// A file of another name or kind.
pub(crate) fn wrong_file(name: &str) -> String {
    format!(
        "Het bestand van de tabel {name} moet {name}.csv.zst heten: csv, utf-8, ingepakt met zstd."
    )
}

/// What should be a hash is none.
pub(crate) fn no_hash(name: &str) -> String {
    format!("De controlecode (sha256) van de tabel {name} klopt niet van vorm.")
}

/// A file of no bytes.
pub(crate) fn empty_file(name: &str) -> String {
    format!(
        "Het bestand van de tabel {name} is leeg. Ook zonder rijen heeft een tabel een kopregel."
    )
}

/// A file above the limit.
pub(crate) fn too_large(name: &str) -> String {
    format!("Het bestand van de tabel {name} is te groot. Neem contact op met de coördinator.")
}

/// A table that has to be there.
pub(crate) fn tabel_missing(name: &str) -> String {
    format!("De tabel {name} ontbreekt in het pakket.")
}

/// A file that arrived otherwise than announced.
pub(crate) fn other_hash(name: &str) -> String {
    format!(
        "Het bestand van de tabel {name} is anders dan het pakket aankondigt. Verstuur het opnieuw, vanaf het begin."
    )
}

/// Nothing to report, where there were rows last year.
pub(crate) fn nulopgave_unexplained(rows: u64, main_table: Option<&str>, most: usize) -> String {
    let tabel = main_table.map_or_else(String::new, |title| format!(" in de tabel {title}"));
    format!(
        "Vorig jaar leverde u {} rijen{tabel}. Klopt het dat u nu niets te melden hebt? \
         Doe de nulopgave dan opnieuw, met een korte uitleg (hoogstens {most} tekens).",
        grouped_thousands(rows)
    )
}

/// The forms of an answer to SQL, after what is wrong.
pub(crate) fn known_forms(what: &str) -> String {
    format!("{what} Bekend zijn json, csv, arrow en parquet.")
}
