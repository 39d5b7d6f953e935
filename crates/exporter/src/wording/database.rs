//! What a database says, and what to do.

use std::fmt::Display;

// --------------------------------------------------------------------------- source, pg_wire

pub(crate) const WANTS_PASSWORD: &str = "de database vraagt een wachtwoord";
pub(crate) const PASSWORD_IN_THE_OPEN: &str =
    "de database vraagt het wachtwoord leesbaar over het netwerk";
pub(crate) const UNKNOWN_LOGIN: &str =
    "de database vraagt een manier van aanmelden die uitvraag niet kent";
pub(crate) const ROW_TOO_LARGE: &str = "de database geeft een rij van meer dan 64 MB";
pub(crate) const LOGIN_BROKEN: &str =
    "de database houdt zich niet aan de afspraken bij het aanmelden";
pub(crate) fn host_not_found(host: &impl Display) -> String {
    format!("de server {host} is niet te vinden")
}

pub(crate) const NO_ENCRYPTION: &str = "de databaseserver kent geen versleutelde verbinding";
pub(crate) fn encryption_failed(error: &impl Display) -> String {
    format!("de versleutelde verbinding lukt niet: {error}")
}

pub(crate) const OTHER_HOST: &str = "de naam van de server klopt niet";
pub(crate) const DATABASE_CERTIFICATE: &str =
    "het certificaat van de databaseserver is niet te vertrouwen";
pub(crate) fn certificate_unreadable(path: &impl Display, reason: &impl Display) -> String {
    format!("het certificaat in {path} is niet te lezen: {reason}")
}

pub(crate) const NO_CERTIFICATE_TEXT: &str = "het is geen PEM";
pub(crate) const NO_CERTIFICATE: &str = "er staat geen certificaat in";

// -------------------------------------------------------------------------- source, postgres

pub(crate) fn postgres_shut(database: &impl Display, host: &impl Display) -> String {
    format!("de database {database} op {host} laat ons niet binnen")
}

pub(crate) const CHECK_SETTINGS: &str = "Controleer [bron.postgresql] in de instellingen.";
pub(crate) const CONNECTION_CUT: &str = "de database brak de verbinding af";
pub(crate) const DATABASE_SILENT: &str = "de database antwoordde niet op tijd";
pub(crate) const CHECK_HOST: &str = "Controleer host en poort, en of de database draait. Er is niets verstuurd; probeer het daarna opnieuw.";
pub(crate) const CHECK_USER: &str =
    "Controleer gebruiker en wachtwoord, en of de databasebeheerder deze gebruiker toelaat.";
pub(crate) const CHECK_DATABASE: &str = "Controleer achter database de naam.";
pub(crate) const CHECK_TABLE: &str =
    "Controleer de naam van de tabel, met het schema ervoor als dat nodig is.";
pub(crate) const CHECK_COLUMN: &str = "Controleer de naam van de kolom in de query. Is het systeem bijgewerkt? Dan heet de kolom misschien anders.";
pub(crate) const ASK_RIGHTS: &str =
    "Vraag de databasebeheerder om leesrechten (GRANT SELECT) op die tabel.";
pub(crate) const ONE_SELECT: &str =
    "Schrijf één SELECT per tabel. Probeer de query eerst in uw eigen databaseprogramma.";
pub(crate) const QUERY_WRITES: &str = "de query wil iets veranderen";
pub(crate) const ONLY_SELECT: &str = "Schrijf een SELECT die alleen leest.";
pub(crate) const QUERY_LONG: &str = "de query duurt te lang";
pub(crate) const LIGHTEN_QUERY: &str =
    "Maak de query lichter, of verhoog tijdslimiet_s in de instellingen.";
pub(crate) const DATABASE_STOPPED: &str = "de database stopte of start nog";
pub(crate) const NOTHING_SENT: &str =
    "Er is niets verstuurd. Probeer het opnieuw als de database weer draait.";
pub(crate) const TOO_MANY_CONNECTIONS: &str = "de database heeft te veel verbindingen";
pub(crate) const TRY_LATER: &str = "Probeer het later opnieuw.";
pub(crate) const TRY_QUERY: &str = "Probeer de query eerst in uw eigen databaseprogramma.";
pub(crate) fn database_refuses(code: &impl Display) -> String {
    format!("de database weigert (SQLSTATE {code})")
}

// ------------------------------------------------------------------------------ source, rows

pub(crate) const ONLY_NEEDED_COLUMNS: &str = "Vraag alleen de kolommen die nodig zijn.";
pub(crate) const ROWS_NOT_KEPT: &str = "kan de rijen niet bewaren";
pub(crate) fn bytes_for_text(location: &impl Display, column: &impl Display) -> String {
    format!("{location} geeft in de kolom {column} bytes in plaats van tekst")
}

pub(crate) const LEAVE_OUT_OR_TEXT: &str = "Laat die kolom weg uit de query, of maak er tekst van.";

// ---------------------------------------------------------------------------- source, sqlite

pub(crate) const DATABASE_NOT_OPENED: &str = "kan de database niet openen";
pub(crate) fn database_not_opened_at(path: &impl Display) -> String {
    format!("kan de database niet openen: {path}")
}

pub(crate) fn not_utf8(location: &impl Display, row: &impl Display, name: &impl Display) -> String {
    format!("{location} geeft in rij {row} in de kolom {name} tekst die geen UTF-8 is")
}

pub(crate) const MEND_ROW: &str =
    "Herstel die rij in het systeem, of maak in de query leesbare tekst van de kolom.";
pub(crate) const CHECK_NAMES: &str = "Controleer de namen van tabellen en kolommen in de query.";
pub(crate) const MORE_STATEMENTS: &str = "er staan meer opdrachten in";
pub(crate) const NO_SQLITE: &str = "dit is geen SQLite-database";
pub(crate) const CHECK_FILE: &str = "Controleer achter bestand de naam.";
pub(crate) const FILE_SHUT: &str = "het bestand is niet te openen";
pub(crate) const CHECK_RIGHTS: &str = "Controleer de rechten op het bestand en zijn map.";
pub(crate) const DATABASE_HELD: &str = "een ander programma houdt de database bezet";
pub(crate) const TRY_COPY: &str = "Probeer het later opnieuw, of lees een kopie van het bestand.";
pub(crate) const DATABASE_BROKEN: &str = "de database is beschadigd";
pub(crate) const RESTORE_DATABASE: &str = "Zet een reservekopie van de database terug.";
pub(crate) const QUERY_FAILED: &str = "de query is niet uit te voeren";
