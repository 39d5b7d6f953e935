//! What the commands say.

use std::fmt::Display;

// ---------------------------------------------------------------------------------- codeboek

pub(crate) fn codeboek_stands(out: &impl Display) -> String {
    format!("Het codeboek staat in {out}.")
}

pub(crate) fn no_veld_or_gemeente(name: &impl Display) -> String {
    format!("er is geen veld of gemeente met de naam {name}")
}

// -------------------------------------------------------------------------------- controleer

pub(crate) const WHAT_YOU_SEE: &str =
    "\
Wat u ziet:
  Eerst hoe vaak elke regel iets vond, en daarna waar. Een plaats als Trajecten!F17 is blad, kolom en rij in uw eigen
  bestand. Wat in veel rijen dezelfde oorzaak heeft, staat er één keer, met het aantal.
    fout        moet u verbeteren, anders kunt u niet leveren
    signaal     lijkt vreemd; verbeter het, of leg uit waarom het klopt
    opmerking   is goed om te weten; u hoeft niets te doen

Zo gaat u verder:
  1. Verbeter de fouten in uw eigen bestand of systeem. Kent de uitvraag een woord van u niet? Zet het in de koppeling.
  2. Geef dezelfde opdracht nog eens, tot er geen fouten meer zijn.
  3. Beantwoord de signalen met --beantwoord. U kunt stoppen en later verdergaan: elk antwoord is meteen bewaard. Een
     antwoord geldt zolang de gegevens dezelfde zijn. Liever in een bestand? Gebruik --toelichtingen.
  4. Maak een pakket met `uitvraag pak`. Uw antwoorden gaan mee.

Voorbeelden:
  uitvraag controleer export.xlsx --uitvraag omgang/2020 --koppeling koppeling.toml
  uitvraag controleer export.xlsx --uitvraag omgang/2020 --koppeling koppeling.toml --beantwoord
  uitvraag controleer sjabloon.xlsx --uitvraag omgang/2020 --rapport fouten.xlsx
  uitvraag controleer pakket-2020                     een pakket, zoals de server het ziet
  uitvraag controleer --config uitvraag.toml          uw systeem, zoals de levering elke nacht het leest

De uitkomst is 0 zonder fouten, 1 met fouten of open vragen, 2 als het niet lukte.
";
pub(crate) fn rapport_stands(path: &impl Display) -> String {
    format!("Het rapport staat in {path}.")
}

pub(crate) const NO_SJABLOON_NO_KOPPELING: &str = "Dit is niet het sjabloon, en u gaf geen koppeling mee. Is het uw eigen bestand? Maak dan eerst een koppeling:";
pub(crate) const UITVRAAG_MISSING: &str = "er ontbreekt iets: --uitvraag NAAM/JAAR";
pub(crate) const FIRST_PLACES: &str = " Van elke regel staan de eerste 1.000 plaatsen erin.";
pub(crate) fn bevindingen_written(path: &impl Display, rest: &impl Display) -> String {
    format!("De bevindingen staan in {path}.{rest}")
}

pub(crate) fn answer_signalen(next_command: &impl Display) -> String {
    format!(
        "Beantwoord de signalen: geef dezelfde opdracht met --beantwoord. Daarna kunt u door met `{next_command}`."
    )
}

pub(crate) fn all_answered(path: &impl Display, next_command: &impl Display) -> String {
    format!(
        "Alle signalen zijn beantwoord, in {path}. U kunt door met `{next_command}`; de antwoorden gaan mee."
    )
}

pub(crate) fn some_answered(
    answered: &impl Display,
    questions: &impl Display,
    path: &impl Display,
    what: &impl Display,
    next_command: &impl Display,
) -> String {
    format!(
        "Beantwoorde signalen: {answered} van {questions}, in {path}. Beantwoord de rest {what}met --beantwoord. Daarna kunt u door met `{next_command}`."
    )
}

pub(crate) const ERRORS_REMAIN: &str =
    "Er staan fouten in. Verbeter ze in uw bestand en controleer opnieuw.";
pub(crate) const QUESTIONS_OPEN: &str =
    "Er zijn nog open vragen. Beantwoord ze in koppeling.toml en controleer opnieuw.";
pub(crate) fn no_errors(answered: &impl Display) -> String {
    format!("Er staan geen fouten in. {answered}")
}

pub(crate) fn all_in_order(next_command: &impl Display) -> String {
    format!("Alles is in orde. U kunt door met `{next_command}`.")
}

// ------------------------------------------------------------------------------------ koppel

pub(crate) const OTHER_KOPPELING_NAME: &str =
    "Geef de koppeling een andere naam, zoals --uit koppeling.toml.";
pub(crate) const KOPPELING_UNREADABLE: &str = "kan de koppeling niet lezen";
pub(crate) const MEND_LINE_OR_BEGIN_AGAIN: &str =
    "Verbeter die regel, of begin opnieuw met een andere naam bij --uit.";
pub(crate) fn going_on(out: &impl Display) -> String {
    format!("U gaat verder met {out}.")
}

pub(crate) const PREVIOUS_NOT_TAKEN: &str = "De antwoorden van --vorig zijn nu niet overgenomen. Wilt u dat wel? Kies dan een andere naam bij --uit.";
pub(crate) fn not_there_now(place: &impl Display) -> String {
    format!("De koppeling noemt {place}, maar dat is er nu niet bij.")
}

pub(crate) const STOPPED_MAPPING: &str = "\n  Gestopt. Uw antwoorden zijn bewaard.";
pub(crate) const GO_ON_LATER: &str =
    "Geef dezelfde opdracht nog eens, of vul ze in dat bestand in. Ga daarna verder met:";
pub(crate) const PREVIOUS_KOPPELING_UNREADABLE: &str = "kan de koppeling van vorig jaar niet lezen";
pub(crate) const GIVE_PREVIOUS: &str =
    "Geef de map van het pakket van vorig jaar, of de koppeling.toml die u toen maakte.";
pub(crate) fn previous_koppeling_wrong(file: &impl Display) -> String {
    format!("de koppeling van vorig jaar klopt niet: {file}")
}

pub(crate) fn previous_koppeling_kept(previous: &impl Display) -> String {
    format!("De vorige koppeling is bewaard als {previous}.")
}

pub(crate) const CHOOSE_YOURSELF: &str = "\nOpen: hier kiest u zelf\n";
pub(crate) fn not_used(columns: &impl Display) -> String {
    format!("\nNiet gebruikt: hiernaar vraagt de uitvraag niet\n  {columns}")
}

pub(crate) fn nothing_recognised(titles: &impl Display) -> String {
    format!(
        "\nIn uw bestand is geen enkele tabel van de uitvraag herkend ({titles}). Is dit het goede bestand? Staat er een rij met \
                 namen boven de kolommen?"
    )
}

pub(crate) fn koppeling_done(out: &impl Display, next_command: &impl Display) -> String {
    format!("\nDe koppeling staat in {out}. Kijk haar na en ga verder met:\n{next_command}")
}

pub(crate) fn koppeling_open(
    out: &impl Display,
    open: &impl Display,
    go_on: &impl Display,
    next_command: &impl Display,
) -> String {
    format!("\nDe koppeling staat in {out}. Open zijn nog: {open}. {go_on}\n{next_command}")
}

// ------------------------------------------------------------------------------------- lever

pub(crate) fn option_missing(what: &impl Display) -> String {
    format!("er ontbreekt iets: {what}")
}

pub(crate) const LEVERING_REFUSED: &str = "De levering is afgekeurd: er staan fouten in. Verbeter uw bestand, maak een nieuw pakket en lever dat.";
pub(crate) fn sign_to_count(again: &impl Display) -> String {
    format!(
        "Alles is in orde. De levering telt pas mee na uw ondertekening:\n  {again} --onderteken \"Naam, functie\""
    )
}

pub(crate) const SUBMITTED_BEFORE: &str = "Dit pakket was al ingediend.";
pub(crate) fn does_not_count(toestand: &impl Display) -> String {
    format!(
        "Dit pakket is eerder geleverd en telt niet mee: de levering is {toestand}. Maak een nieuw pakket met `uitvraag pak`."
    )
}

pub(crate) const NO_VERDICT_YET: &str = "de server heeft nog geen oordeel";
pub(crate) const REPEAT_LATER: &str = "Geef dezelfde opdracht straks nog eens.";
pub(crate) fn questions_left(
    questions: &impl Display,
    path: &impl Display,
    again: &impl Display,
) -> String {
    format!(
        "Er staan geen fouten in. Wel zijn er nog vragen: {questions}. Beantwoord ze in {path} en geef dan:\n  {again} --onderteken \"Naam, functie\""
    )
}

pub(crate) fn signing_for(aanbieder: &impl Display) -> String {
    format!("U ondertekent voor {aanbieder}.")
}

pub(crate) fn unsigned_confirm(
    reasons: &impl Display,
    again: &impl Display,
    name: &impl Display,
    function: &impl Display,
    names: &impl Display,
) -> String {
    format!(
        "De levering is niet ondertekend.\n{reasons}\nKlopt dit niet? Verbeter dan uw bestand en maak een nieuw pakket. Klopt het wel? Bevestig het met:\n  {again} --onderteken \"{name}, {function}\" --bevestig {names}"
    )
}

pub(crate) fn levering_done(signer: &impl Display, path: &impl Display) -> String {
    format!(
        "U bent klaar. De levering is ingediend door {signer}.\nUw ontvangstbewijs is gecontroleerd en staat in {path}. Bewaar deze map."
    )
}

// ---------------------------------------------------------------------------------- commands

pub(crate) fn no_such_artefact(definitie: &impl Display, name: &impl Display) -> String {
    format!("voor {definitie} is er geen {name}")
}

pub(crate) fn previous_file_kept(previous: &impl Display) -> String {
    format!("Het vorige bestand is bewaard als {previous}.")
}

// --------------------------------------------------------------------------------- nulopgave

pub(crate) fn receipt_exists(out: &impl Display) -> String {
    format!("in {out} staat al een ontvangstbewijs")
}

pub(crate) const KEEP_FOLDER: &str = "Bewaar die map. Kies een andere map met --uit.";
pub(crate) fn nulopgave_refused(address: &impl Display) -> String {
    format!("de server neemt de nulopgave niet aan: {address}")
}

pub(crate) const NO_RECEIPT_GIVEN: &str = "de server geeft geen ontvangstbewijs";
pub(crate) const RECEIPT_WRONG: &str = "het ontvangstbewijs van de server klopt niet";
pub(crate) const RECEIPT_OF_ANOTHER: &str =
    "het ontvangstbewijs van de server gaat niet over deze nulopgave";
pub(crate) const ASK_COORDINATOR: &str = "Neem contact op met de coördinator.";
pub(crate) fn nulopgave_done(
    jaar: &impl Display,
    signer: &impl Display,
    path: &impl Display,
) -> String {
    format!(
        "U bent klaar. De nulopgave over {jaar} is ondertekend door {signer}.\nUw ontvangstbewijs is gecontroleerd en staat in {path}. Bewaar deze map."
    )
}

// ------------------------------------------------------------------------------ outbox_state

pub(crate) fn outbox_empty(outbox: &impl Display) -> String {
    format!("De uitbak is leeg: {outbox}")
}

pub(crate) fn errors_last_time(place: &impl Display) -> String {
    format!("\nBij de laatste controle stonden er fouten in uw systeem. U vindt ze in {place}.")
}

pub(crate) const READY_TO_SEND: &str = "klaar om te versturen";

// --------------------------------------------------------------------------------------- pak

pub(crate) fn toelichtingen_unreadable_at(path: &impl Display) -> String {
    format!("kan de toelichtingen niet lezen: {path}")
}

pub(crate) fn answer_outdated(code: &impl Display) -> String {
    format!(
        "Uw antwoord op {code} gaat niet mee: het is gegeven over andere gegevens. Beantwoord het signaal opnieuw."
    )
}

pub(crate) fn signalen_unanswered(count: &impl Display) -> String {
    format!(" Signalen zonder antwoord: {count}. Daar vraagt de server straks naar.")
}

pub(crate) fn pakket_ready(open: &impl Display, out: &impl Display) -> String {
    format!(
        "\nHet pakket is klaar.{open} Ga verder met:\n  uitvraag lever {out} --server URL --token-bestand token.txt"
    )
}

// ---------------------------------------------------------------------------------- sjabloon

pub(crate) fn sjabloon_stands(
    out: &impl Display,
    out_other: &impl Display,
    definitie: &impl Display,
) -> String {
    format!(
        "Het sjabloon staat in {out}. Vul het in en controleer het met:\n  uitvraag controleer {out_other} --uitvraag {definitie}"
    )
}

// ----------------------------------------------------------------------------------- sleutel

pub(crate) fn key_exists(path: &impl Display) -> String {
    format!("er is al een sleutel: {path}")
}

pub(crate) const NEW_KEY_NEW_TRAJECTEN: &str = "met een nieuwe sleutel lijkt elk traject nieuw";
pub(crate) const USE_YOUR_KEY: &str =
    "Gebruik de sleutel die u hebt. U ziet hem met `uitvraag sleutel toon`.";
pub(crate) fn no_key_yet(path: &impl Display) -> String {
    format!("er is nog geen sleutel: {path}")
}

pub(crate) const KEY_COMES_WITH_FIRST: &str = "Bij het eerste `uitvraag pak` wordt die gemaakt. Hebt u een reservekopie? Gebruik `uitvraag sleutel zet-terug`.";
pub(crate) const CHOOSE_ANOTHER_NAME: &str = "Kies een andere naam, zodat er niets verloren gaat.";
pub(crate) const BACKUP_NOT_WRITTEN: &str = "kan de reservekopie niet schrijven";
pub(crate) fn backup_stands(to: &impl Display) -> String {
    format!(
        "De reservekopie staat in {to}. Bewaar haar op een veilige plek, niet bij de leveringen: wie dit bestand heeft, kan nummers terugvinden."
    )
}

pub(crate) const BACKUP_UNREADABLE: &str = "kan de reservekopie niet lezen";
pub(crate) fn not_a_backup(from: &impl Display) -> String {
    format!("dit is geen reservekopie van een sleutel: {from}")
}

pub(crate) const SAME_KEY: &str = "Deze sleutel stond er al. Er is niets veranderd.";
pub(crate) fn other_key_there(path: &impl Display) -> String {
    format!("er staat al een andere sleutel: {path}")
}

pub(crate) fn other_key_labels(old: &impl Display, new: &impl Display) -> String {
    format!("die heeft kenmerk {old}, de reservekopie heeft {new}")
}

pub(crate) const KEEP_OTHER_KEY: &str = "Hebt u de andere nog nodig? Bewaar hem met `uitvraag sleutel bewaar`. Verplaats het bestand daarna zelf.";
pub(crate) fn key_not_written(path: &impl Display) -> String {
    format!("kan de sleutel niet schrijven: {path}")
}

pub(crate) const KEY_RESTORED: &str = "De sleutel is teruggezet.";

// ------------------------------------------------------------------------------------ status

pub(crate) const FOLDER_OR_SERVER: &str = "er ontbreekt iets: MAP of --server";
pub(crate) const NO_LEVERINGEN: &str = "de server geeft uw leveringen niet";
pub(crate) const NOTHING_DELIVERED: &str = "U hebt nog niets geleverd.";
pub(crate) const GIVE_PAKKET_FOLDER: &str = "Geef de map die `uitvraag pak` heeft gemaakt.";
pub(crate) const RECEIPT_OF_OTHER_PAKKET: &str = "het ontvangstbewijs hoort niet bij dit pakket";
pub(crate) const NO_RECEIPT_YET: &str = "Er is nog geen ontvangstbewijs. Lever het pakket met `uitvraag lever`, of vraag de server hoe het staat met --server.";
pub(crate) const NOT_DELIVERED: &str = "dit pakket is nog niet geleverd";
pub(crate) fn broken_file(path: &impl Display) -> String {
    format!("dit bestand is beschadigd: {path}")
}

pub(crate) fn other_server(server: &impl Display) -> String {
    format!("dit pakket is geleverd bij een andere server: {server}")
}

pub(crate) const NO_STATE: &str = "de server zegt niet hoe het met uw levering staat";
pub(crate) const NO_FINDINGS: &str = "de server geeft de bevindingen niet";
pub(crate) const FOUND_BY_SERVER: &str = "\nDit vond de server in uw gegevens\n";
pub(crate) fn more_places(rest: &impl Display) -> String {
    format!("  … en nog {rest}; alle plaatsen ziet u met --json")
}

// -------------------------------------------------------------------------- unattended, context

pub(crate) fn sign_yourself(command: &impl Display) -> String {
    format!("Klopt het? Onderteken dan zelf: {command} --onderteken \"Naam, functie\"")
}

pub(crate) const WITHDRAWAL_REFUSED: &str = "de server neemt het intrekken niet aan";

// -------------------------------------------------------------------------------- unattended

pub(crate) const DONE_BUT: &str = "Klaar, maar er is nog iets te doen.";
pub(crate) fn old_folders_removed(gone: &impl Display) -> String {
    format!("Oude mappen uit de uitbak verwijderd: {gone}.")
}

pub(crate) fn other_server_in_outbox(server: &impl Display) -> String {
    format!("in de uitbak staat een pakket voor een andere server: {server}")
}

pub(crate) const OUTBOX_PER_SERVER: &str =
    "Geef elke server een eigen uitbak, of verplaats die map.";

// ------------------------------------------------------------------- unattended, read_source

pub(crate) const PACKED_AND_PROVEN: &str = "Het pakket is gemaakt en nagelezen.";
pub(crate) fn staged(post: &impl Display) -> String {
    format!("Het pakket staat in de uitbak: {post}.")
}

pub(crate) fn findings_kept(message: &impl Display, location: &impl Display) -> String {
    format!("{message} De bevindingen staan in {location}.")
}

pub(crate) fn refused_before(folder: &impl Display) -> String {
    format!("Dezelfde gegevens zijn al afgekeurd; zie {folder}. Er is niets verstuurd.")
}

pub(crate) const SAME_DATA: &str =
    "De gegevens zijn dezelfde als in de vorige levering. Er is niets verstuurd.";

// -------------------------------------------------------------------------- unattended, send

pub(crate) const SIGNED: &str = "De levering is ondertekend.";
pub(crate) fn not_signed_replaces(
    reasons: &impl Display,
    post: &impl Display,
    names: &impl Display,
) -> String {
    format!(
        "De levering is niet ondertekend, want zij zou een levering vervangen waarin meer staat. {reasons} Klopt dat niet? Verbeter dan de gegevens in uw systeem. {post} De opdracht laat zien wat er verandert en vraagt u dit te bevestigen ({names})."
    )
}

pub(crate) const WITHDRAWN_UNSIGNED: &str =
    "De vorige levering was niet ondertekend en is ingetrokken.";
pub(crate) fn refused_see(location: &impl Display, next_step: &impl Display) -> String {
    format!("De levering is afgekeurd. Wat er fout is, staat in {location}. {next_step}")
}

pub(crate) fn ready_to_sign(post: &impl Display) -> String {
    format!("De levering is akkoord, maar telt pas mee na ondertekening. {post}")
}

pub(crate) fn receipt_stands(path: &impl Display) -> String {
    format!("Het ontvangstbewijs staat in {path}.")
}

pub(crate) fn published(copy: &impl Display) -> String {
    format!("De levering is gepubliceerd. {copy}")
}

pub(crate) fn counts_no_more(toestand: &impl Display) -> String {
    format!("De levering is {toestand} en telt niet meer mee.")
}

pub(crate) fn questions_in_file(questions: &impl Display, path: &impl Display) -> String {
    format!("Er staan geen fouten in, maar er zijn vragen: {questions}. Beantwoord ze in {path}.")
}
