//! The conversation with the service: what it said, and what to do.

use std::fmt::Display;

// --------------------------------------------------------------------------- client, address

pub(crate) fn wrong_address(address: &impl Display) -> String {
    format!("het adres van de server klopt niet: {address}")
}

pub(crate) const BEGIN_ENCRYPTED: &str = "een adres begint met https://";
pub(crate) const MORE_THAN_ADDRESS: &str = "er staat meer in dan een server en een pad";
pub(crate) const TOKEN_IN_THE_OPEN: &str = "zonder https kan iedereen onderweg uw token lezen";
pub(crate) const USE_ENCRYPTION: &str =
    "Gebruik https://. Alleen binnen een eigen netwerk kan het met --zonder-tls.";

// ------------------------------------------------------------------------------ client, http

pub(crate) const NO_CONNECTION_PREPARED: &str = "kan geen verbinding met een server voorbereiden";
pub(crate) const TOO_LARGE: &str = "het is te groot";
pub(crate) const SERVER_NOT_FOUND: &str = "de naam van de server is niet te vinden";
pub(crate) const SERVER_SILENT: &str = "de server antwoordde niet op tijd";
pub(crate) fn wrong_request(error: &impl Display) -> String {
    format!("de aanvraag klopt niet: {error}")
}

pub(crate) const SERVER_CERTIFICATE: &str = "het certificaat van de server is niet te vertrouwen";
pub(crate) const CONNECTION_BROKEN: &str = "de verbinding werd verbroken";

// -------------------------------------------------------------------------- client, levering

pub(crate) const LEVERING_NUMBER: &str = "het nummer van de levering is geen gewoon woord";
pub(crate) const SIGNATURE_UNCONFIRMED: &str = "De server bevestigde de ondertekening niet";
pub(crate) const NULOPGAVE_UNCONFIRMED: &str = "De server bevestigde de nulopgave niet";

// ------------------------------------------------------------------------------------ client

pub(crate) const REFUSED: &str = "de server weigert dit";
pub(crate) const REPEAT_COMMAND: &str = "Geef dezelfde opdracht nog eens; wat al verstuurd is, gaat niet dubbel. Blijft het zo? Controleer dan het adres achter --server en uw internetverbinding.";
pub(crate) const CHECK_ADDRESS: &str =
    "Controleer het adres achter --server en uw internetverbinding.";
pub(crate) const CHECK_ADDRESS_OR_UPDATE: &str =
    "Controleer het adres achter --server, of haal de nieuwste versie van uitvraag op.";
pub(crate) const UPDATE_AND_PACK: &str =
    "Haal de nieuwste versie van uitvraag op en maak het pakket opnieuw met `uitvraag pak`.";
pub(crate) const OTHER_KVK: &str = "Het KvK-nummer in het pakket hoort niet bij uw token. Maak het pakket opnieuw met het juiste --kvk.";
pub(crate) const PACK_AND_SEND: &str = "Maak het pakket opnieuw met `uitvraag pak` en lever dat.";
pub(crate) const FINISH_EARLIER: &str =
    "Maak een eerdere levering af met dezelfde opdracht, of trek er een in op de website.";
pub(crate) const GIVE_EXPLANATION: &str =
    "Geef uw uitleg met --uitleg \"…\". Alleen de coördinator leest die.";
pub(crate) const UNKNOWN_TOKEN: &str =
    "De server kent uw token niet. Vraag de coördinator om een nieuw token.";
pub(crate) const WRONG_TOKEN: &str =
    "Met dit token mag dit niet. Vraag de coördinator om het juiste token.";
pub(crate) const PAKKET_TOO_LARGE: &str =
    "Het pakket is groter dan de server aanneemt. Neem contact op met de coördinator.";
pub(crate) const TRY_IN_MINUTES: &str =
    "Probeer het over een paar minuten opnieuw. Wat al verstuurd is, gaat niet dubbel.";
pub(crate) const POINTS_ELSEWHERE: &str = "de server verwijst naar een ander adres";

// ----------------------------------------------------------------------------- client, token

pub(crate) const ONLY_THE_TOKEN: &str =
    "Zet in dit bestand alleen het token dat u van de coördinator kreeg.";
pub(crate) const TOKEN_UNREADABLE: &str = "kan het token niet lezen";

// ---------------------------------------------------------------------------- client, upload

pub(crate) const PAKKET_UNREADABLE: &str = "kan het pakket niet lezen";
pub(crate) fn sending_stopped(tabel: &impl Display, failure: &impl Display) -> String {
    format!("Het versturen van {tabel} stokte ({failure})")
}

pub(crate) const SERVER_TAKES_NO_MORE: &str = "de server neemt geen bytes meer aan";
pub(crate) const OFFSET_MISSING: &str = "er staat niet in hoeveel er al is";
pub(crate) const OTHER_LENGTH: &str = "de server verwacht een bestand van een andere lengte";

// ------------------------------------------------------------------------------ delivery_run

pub(crate) fn pakket_refused(address: &impl Display) -> String {
    format!("de server neemt het pakket niet aan: {address}")
}

pub(crate) const ANNOUNCED: &str = "De levering is aangemeld.";
pub(crate) const ASKS_AGAIN: &str = "de server blijft om bestanden vragen die al verstuurd zijn";
pub(crate) const TRY_LATER_MINUTES: &str = "Probeer het over een paar minuten opnieuw.";
pub(crate) const SENDING_FAILED: &str = "het versturen lukte niet";
pub(crate) const JUDGING: &str = "De server controleert uw levering";
pub(crate) fn not_ready_yet(id: &impl Display) -> String {
    format!("de server is nog niet klaar met levering {id}")
}

pub(crate) const JUDGING_LONG: &str = "alles is verstuurd, maar de controle duurt lang";
pub(crate) const REPEAT_SOON: &str =
    "Geef dezelfde opdracht straks nog eens. Er gaat niets dubbel.";
pub(crate) const ANSWERS_REFUSED: &str = "de server neemt uw antwoorden niet aan";
pub(crate) const SIGNATURE_REFUSED: &str = "de server neemt uw ondertekening niet aan";
pub(crate) const NO_PREVIEW: &str = "de server zegt niet wat er verandert";
pub(crate) const RECEIPT_NOT_KEPT: &str =
    "het ontvangstbewijs van de server klopt niet en is niet bewaard";
pub(crate) const NUMBER_OF_LEVERING: &str = "het nummer van de levering";
pub(crate) fn not_of_this_pakket(differences: &impl Display) -> String {
    format!("het gaat niet over dit pakket; anders zijn: {differences}")
}

// --------------------------------------------------------------------------- ontvangstbewijs

pub(crate) const UITVRAAG_OR_JAAR: &str = "de uitvraag of het jaar";
pub(crate) const RULES_JUDGED_BY: &str = "de regels waarmee gecontroleerd is";
pub(crate) const RECEIPT_UNREADABLE: &str = "kan het ontvangstbewijs niet lezen";
pub(crate) const SERVER_KEYS_UNREADABLE: &str = "kan de sleutels van de server niet lezen";
pub(crate) const FETCH_SERVER_KEYS: &str = "Haal ze op van de server: /v1/sleutels.";
pub(crate) fn receipt_invalid(path: &impl Display) -> String {
    format!("het ontvangstbewijs is niet geldig: {path}")
}
