//! Files and folders, the key, the outbox, the pakket and its judgement.

use std::fmt::Display;

// -------------------------------------------------------------------------------- assessment

pub(crate) const RULES_BROKEN: &str = "de regels van deze uitvraag zijn beschadigd";
pub(crate) const JUDGE_STOPPED: &str = "de controle stopte onverwacht";
pub(crate) const WRITER_STOPPED: &str = "het schrijven stopte onverwacht";
pub(crate) const PARQUET_STOPPED: &str = "het schrijven van de Parquet stopte";
pub(crate) const SCRATCH_FAILED: &str =
    "het tijdelijke bestand van de controle is niet te schrijven of te lezen";
pub(crate) fn make_room(temp_dir: &impl Display) -> String {
    format!(
        "Maak ruimte vrij in de map {temp_dir}, of zet een andere map in TMPDIR (Windows: TMP)."
    )
}

pub(crate) const JUDGE_CANNOT_READ: &str = "de controle kan deze gegevens niet lezen";

// -------------------------------------------------------------------------------------- disk

pub(crate) const FILE_NOT_WRITTEN: &str = "kan het bestand niet schrijven";
pub(crate) const FOLDER_NOT_MADE: &str = "kan de map niet maken";
pub(crate) const OLDER_FILE_NOT_KEPT: &str = "kan het vorige bestand niet bewaren";

// ------------------------------------------------------------------------------------- error

pub(crate) const NOT_FOUND: &str = "dat bestand of die map bestaat niet";
pub(crate) const NO_RIGHTS_OR_OPEN: &str = "u hebt geen rechten op dat bestand of die map, of het is open in een ander programma (zoals Excel)";
pub(crate) const NO_RIGHTS: &str = "u hebt geen rechten op dat bestand of die map";
pub(crate) const DISK_FULL: &str = "de schijf is vol";
pub(crate) const READ_ONLY: &str = "op deze schijf kan niet worden geschreven";
pub(crate) const IS_FOLDER: &str = "dat is een map, geen bestand";
pub(crate) const NOT_A_FOLDER: &str = "een deel van het pad is geen map";
pub(crate) const NO_CONNECTION: &str = "de server neemt geen verbinding aan";
pub(crate) const BAD_NAME: &str = "zo kan een bestand niet heten";
pub(crate) const OPEN_ELSEWHERE: &str =
    "het is open in een ander programma (zoals Excel); sluit het daar";

// --------------------------------------------------------------------------------- event_log

pub(crate) const LOG_NOT_OPENED: &str = "kan het logboek niet openen";

// ---------------------------------------------------------------------------------- key_path

pub(crate) const KEY_PLACE_UNKNOWN: &str = "onbekend waar uw sleutel moet staan";
pub(crate) const GIVE_KEY_PLACE: &str =
    "Geef de plek met --sleutel BESTAND of zet die in UITVRAAG_SLEUTEL.";
pub(crate) fn new_key(path: &impl Display) -> String {
    format!(
        "Er is een nieuwe sleutel gemaakt: {path}\n\
         Met deze sleutel worden nummers van kinderen en trajecten onherkenbaar gemaakt. Zonder dezelfde sleutel lijkt volgend\n\
         jaar elk traject nieuw. Maak nu een reservekopie en bewaar die veilig:\n  uitvraag sleutel bewaar reservekopie-sleutel.txt"
    )
}

pub(crate) fn key_unusable(path: &impl Display) -> String {
    format!("kan de sleutel niet gebruiken: {path}")
}

pub(crate) const RESTORE_KEY: &str =
    "Zet een reservekopie terug met `uitvraag sleutel zet-terug BESTAND`.";

// ------------------------------------------------------------------------------------ outbox

pub(crate) const OUTBOX_NOT_MADE: &str = "kan de uitbak niet maken";
pub(crate) const OUTBOX_UNUSABLE: &str = "kan de uitbak niet gebruiken";
pub(crate) fn outbox_busy(dir: &impl Display) -> String {
    format!("er loopt al een levering uit deze uitbak: {dir}")
}

pub(crate) const WAIT_UNTIL_DONE: &str =
    "Wacht tot die klaar is. Er is niets gedaan en er gaat niets dubbel.";
pub(crate) const OUTBOX_NOT_CLEARED: &str = "kan de uitbak niet opruimen";
pub(crate) const OUTBOX_UNREADABLE: &str = "kan de uitbak niet lezen";
pub(crate) fn outbox_broken(path: &impl Display) -> String {
    format!("de uitbak is beschadigd: {path}")
}

pub(crate) const MOVE_OUTBOX_FOLDER: &str = "Verplaats die map naar een andere plek en kijk met `uitvraag status` hoe de levering ervoor staat.";
pub(crate) const COPY_REMOVED: &str = "De kopie is verwijderd, het ontvangstbewijs blijft.";
pub(crate) const PAKKET_NOT_KEPT: &str = "kan het pakket niet bewaren";
pub(crate) fn pakket_kept(target: &impl Display) -> String {
    format!("Het pakket is bewaard in {target}, voor de vergelijking van volgend jaar.")
}

pub(crate) const COPY_NOT_REMOVED: &str = "kan de kopie niet opruimen";

// -------------------------------------------------------------------------------------- pack

pub(crate) const NO_PAKKET_ERRORS: &str = "Er is geen pakket gemaakt: er staan fouten in. Verbeter ze in uw bestand en probeer het opnieuw.";
pub(crate) const NO_PAKKET_QUESTIONS: &str = "Er is geen pakket gemaakt: er staan nog vragen open. Beantwoord ze in koppeling.toml en probeer het opnieuw.";
pub(crate) const NO_PAKKET_EMPTY: &str = "Er is geen pakket gemaakt: er staat niets in. Hebt u niets te melden? Gebruik dan `uitvraag nulopgave`.";
pub(crate) fn no_pakket_table_missing(title: &impl Display) -> String {
    format!(
        "Er is geen pakket gemaakt: de tabel {title} ontbreekt. Geef ook het bestand met die gegevens."
    )
}

pub(crate) const KVK_IN_KOPPELING: &str = "het KvK-nummer in de koppeling klopt niet";
pub(crate) fn foreign_table(tabel: &impl Display) -> String {
    format!("de tabel {tabel} hoort niet bij deze uitvraag")
}

pub(crate) const WOULD_BE_REFUSED: &str = "het pakket zou worden afgekeurd en is niet bewaard";
pub(crate) fn rules_that_refuse(regels: &impl Display) -> String {
    format!("deze regels vinden een fout: {regels}")
}

pub(crate) const FILE_CHANGED: &str =
    "uw bestand is tijdens het maken veranderd, of er zit een fout in dit programma";
pub(crate) const CLOSE_AND_TRY: &str = "Sluit het bestand in andere programma's en probeer het opnieuw. Blijft het zo, meld het dan aan de coördinator.";

// ------------------------------------------------------------------------------ pakket, lees

pub(crate) const PACK_AGAIN: &str = "Maak het pakket opnieuw met `uitvraag pak`.";
pub(crate) fn pakket_broken(path: &impl Display) -> String {
    format!("het pakket is beschadigd: {path}")
}

pub(crate) const OTHER_RULES: &str =
    "dit pakket is gemaakt met andere regels dan deze versie van uitvraag kent";
pub(crate) fn other_version(exporter: &impl Display, value: &impl Display) -> String {
    format!("het pakket komt van uitvraag {exporter}, dit is {value}")
}

pub(crate) const FOREIGN_FILE: &str = "pakket.json noemt een bestand dat er niet bij hoort";
pub(crate) fn changed_after(path: &impl Display) -> String {
    format!("{path} is veranderd nadat het pakket is gemaakt")
}

// ----------------------------------------------------------------------------- pakket, write

pub(crate) const FOLDER_NOT_WRITABLE: &str = "kan in deze map niet schrijven";
pub(crate) const PAKKET_NOT_WRITTEN: &str = "kan het pakket niet schrijven";
pub(crate) const KOPPELING_NOT_KEPT: &str = "kan de koppeling niet bij het pakket bewaren";
pub(crate) const PAKKET_NOT_PLACED: &str = "kan het pakket niet op zijn plaats zetten";
pub(crate) const FOLDER_UNREADABLE: &str = "kan de map niet lezen";
pub(crate) fn signed_pakket_there(out: &impl Display) -> String {
    format!("in {out} staat een pakket dat al is ingediend")
}

pub(crate) const KEEP_THAT_FOLDER: &str =
    "Bewaar die map: daarin staat uw ontvangstbewijs. Kies een andere map met --uit.";
pub(crate) const CHOOSE_EMPTY_FOLDER: &str = "Kies met --uit een nieuwe of lege map.";

// ------------------------------------------------------------------------------- parquet_out

pub(crate) const PARQUET_NOT_WRITTEN: &str = "kan de Parquet niet schrijven";
pub(crate) fn parquet_not_written_in(folder: &impl Display) -> String {
    format!("kan de Parquet niet schrijven in {folder}")
}

// --------------------------------------------------------------------------------- preflight

pub(crate) const COLUMNS_OF_SJABLOON: &str = "geen; de kolommen heten zoals in het sjabloon";
pub(crate) fn open_questions(path: &impl Display, open: &impl Display) -> String {
    format!("in {path} staan nog open vragen: {open}. Zo gaat er niets de deur uit")
}

pub(crate) fn no_key(path: &impl Display) -> String {
    format!("er is geen sleutel: {path}")
}

pub(crate) const RESTORE_OR_MAKE_KEY: &str = "Zet een reservekopie terug met `uitvraag sleutel zet-terug`. Hebt u nog nooit geleverd? Maak er een met `uitvraag sleutel maak`.";
pub(crate) fn previous_other_key(dir: &impl Display) -> String {
    format!(
        "het pakket in {dir} is met een andere sleutel gemaakt; trajecten worden niet vergeleken"
    )
}

pub(crate) fn previous_pakket(jaar: &impl Display, dir: &impl Display) -> String {
    format!("het pakket van {jaar} in {dir}")
}

pub(crate) const SPACE_UNKNOWN: &str = "kan niet zien of er ruimte is op de schijf";
pub(crate) fn too_little_space(outbox: &impl Display, free: &impl Display) -> String {
    format!("er is te weinig ruimte op de schijf van {outbox}: nog {free}")
}

pub(crate) fn make_space(value: &impl Display) -> String {
    format!("Maak minstens {value} vrij, of kies met uitbak een andere schijf.")
}

pub(crate) fn not_encrypted(seen: &impl Display, host: &impl Display) -> String {
    format!("{seen}; de verbinding met {host} is niet versleuteld")
}

pub(crate) fn uitvraag_not_asked(definitie: &impl Display, address: &impl Display) -> String {
    format!("de server vraagt {definitie} niet: {address}")
}

pub(crate) fn server_unreachable(address: &impl Display) -> String {
    format!("de server is niet te bereiken: {address}")
}

pub(crate) fn same_rules(definitie: &impl Display) -> String {
    format!("de regels van {definitie} zijn die van de server")
}

pub(crate) fn different_rules(definitie: &impl Display) -> String {
    format!("de server controleert {definitie} met andere regels dan deze versie van uitvraag")
}

pub(crate) const UPDATE: &str = "Haal de nieuwste versie van uitvraag op.";
pub(crate) fn server_knows_us(jaar: &impl Display, count: &impl Display) -> String {
    format!("de server kent ons; leveringen over {jaar}: {count}")
}

pub(crate) const TOKEN_REFUSED: &str = "de server neemt het token niet aan";
pub(crate) const OWNER_ONLY: &str = "alleen voor de eigenaar";

// ---------------------------------------------------------------------------------- previous

pub(crate) fn not_last_year(folder: &impl Display) -> String {
    format!("dit is niet het pakket van vorig jaar: {folder}")
}

pub(crate) fn other_uitvraag(
    uitvraag: &impl Display,
    jaar: &impl Display,
    uitvraag_other: &impl Display,
    jaar_other: &impl Display,
) -> String {
    format!("het pakket is van {uitvraag}/{jaar}, gevraagd is {uitvraag_other}/{jaar_other}")
}

pub(crate) const PREVIOUS_UNUSABLE: &str = "het pakket van vorig jaar is niet te gebruiken";

// ---------------------------------------------------------------------------------- progress

pub(crate) const BYTES_BAR: &str =
    "{msg} [{bar:30}] {decimal_bytes} van {decimal_total_bytes}, nog {eta}";

// ----------------------------------------------------------------------------------- rapport

pub(crate) fn rapport_not_made(path: &impl Display) -> String {
    format!("kan het rapport niet maken: {path}")
}

pub(crate) const OTHER_RAPPORT_NAME: &str =
    "Geef het rapport een andere naam, zoals --rapport fouten.xlsx.";
pub(crate) fn rapport_is_workbook(path: &impl Display) -> String {
    format!("het rapport is een Excel-bestand, dus de naam eindigt op .xlsx: {path}")
}

pub(crate) fn would_overwrite(path: &impl Display) -> String {
    format!("dat zou uw eigen bestand overschrijven: {path}")
}

pub(crate) const OTHER_NAME: &str =
    "Geef het een andere naam, zoals --rapport fouten.xlsx of --csv fouten.csv.";

// ----------------------------------------------------------------------------------- reading

pub(crate) fn folder_no_file(path: &impl Display) -> String {
    format!("dat is een map, geen bestand: {path}")
}

pub(crate) const GIVE_FILE_NAME: &str = "Geef de naam van uw bestand.";
pub(crate) const FILE_NOT_OPENED: &str = "kan het bestand niet openen";
pub(crate) const MEND_LINE: &str =
    "Verbeter die regel, of maak een nieuwe koppeling met `uitvraag koppel`.";
pub(crate) const MAKE_KOPPELING: &str = "Maak een koppeling met `uitvraag koppel`.";
pub(crate) fn koppeling_wrong(path: &impl Display) -> String {
    format!("de koppeling klopt niet: {path}")
}

// ------------------------------------------------------------------------------------ render

pub(crate) const ERRORS: &str = "Fouten: deze moeten eerst worden verbeterd";
pub(crate) const SIGNALEN: &str = "Signalen: klopt dit? Hierop wordt een antwoord gevraagd";
pub(crate) const OPMERKINGEN: &str = "Opmerkingen: hier hoeft u niets mee te doen";
pub(crate) fn see_more_places(option: &impl Display, max: &impl Display) -> String {
    format!(" Meer plaatsen ziet u met {option} {max}.")
}

pub(crate) fn not_every_place(more: &impl Display) -> String {
    format!("\nNiet elke plaats staat hier, maar de aantallen zijn volledig.{more}")
}

pub(crate) fn per_regel_kept(count: &impl Display) -> String {
    format!("Per regel onthoudt het programma de eerste {count} plaatsen.")
}

pub(crate) const MANY_VALUES: &str =
    "Er zijn heel veel verschillende foute waarden. Die zijn niet allemaal apart geteld.";
pub(crate) const ONE_UNKNOWN_VALUE: &str =
    "Wat betekent de waarde die we niet kennen? Ze staat bij de fouten.";
pub(crate) fn unknown_values(count: &impl Display) -> String {
    format!("Wat betekenen de {count} waarden die we niet kennen? Ze staan bij de fouten.")
}

pub(crate) const WAITING: &str = "Wacht op een antwoord";
pub(crate) const ASSUMED: &str = "Aangenomen bij het lezen";

// ----------------------------------------------------------------------------------- row_map

pub(crate) const ROW_MAP_NOT_KEPT: &str = "kan niet bewaren waar de rijen in uw bestand staan";

// -------------------------------------------------------------------------------- text_input

pub(crate) const BACKSLASH: &str = "een \\ heeft hier een andere betekenis; zet een pad van Windows tussen enkele aanhalingstekens, zoals 'C:\\export\\cijfers.csv'";
pub(crate) const NOT_UTF8_TEXT: &str =
    "het is geen tekst in UTF-8; sla het bestand opnieuw op als UTF-8";
pub(crate) fn unknown_key(name: &impl Display, known: &impl Display) -> String {
    format!("`{name}` is hier onbekend; bekend zijn: {known}")
}

pub(crate) fn unknown_choice(name: &impl Display, known: &impl Display) -> String {
    format!("`{name}` kan hier niet; kies uit {known}")
}

pub(crate) const TWICE: &str = "dezelfde naam staat er twee keer";
