//! What is asked at the terminal, and said of what was typed.

use std::fmt::Display;

// -------------------------------------------------------------------------------------- args

pub(crate) const SIGNER_FORM: &str =
    "schrijf naam en functie met een komma ertussen, zoals \"J. de Vries, directeur\"";
pub(crate) const KVK_FORM: &str = "een KvK-nummer heeft 8 cijfers";
pub(crate) const DATE_FORM: &str = "schrijf een datum als jaar-maand-dag, zoals 2021-03-01";
pub(crate) const NO_DEFINITIONS: &str = "kan de map met uitvragen niet gebruiken";
pub(crate) fn unknown_uitvraag(name: &impl Display) -> String {
    format!("de uitvraag {name} is niet bekend")
}

pub(crate) fn known_uitvragen(known: &impl Display) -> String {
    format!("Bekend zijn: {known}. Voorbeeld: --uitvraag omgang/2020")
}

pub(crate) fn broken_uitvraag(name: &impl Display) -> String {
    format!("de uitvraag {name} is beschadigd")
}

// ------------------------------------------------------------------------------- ask_confirm

pub(crate) fn type_to_confirm(name: &impl Display) -> String {
    format!("  Klopt dit? Typ dan {name} (Enter = niet ondertekenen): ")
}

pub(crate) const ANSWER_UNREADABLE: &str = "kan uw antwoord niet lezen";

// ------------------------------------------------------------------------------- ask_mapping

pub(crate) const HOW_TO_ANSWER: &str = "\nTyp het nummer van uw antwoord en druk op Enter. Weet u het niet? Druk dan alleen op Enter: de vraag blijft open voor \
         later.\nTyp t om terug te gaan naar de vorige vraag, of s om te stoppen. Elk antwoord wordt meteen bewaard.";
pub(crate) fn not_possible(reason: &impl Display) -> String {
    format!("  Dat kan niet: {reason}. Kies opnieuw.")
}

pub(crate) const FIRST_QUESTION: &str = "  Dit is de eerste vraag.";
pub(crate) fn not_understood(question: &impl Display) -> String {
    format!("  Dat begrijpen we niet. {question}")
}

pub(crate) const LAST_QUESTION: &str = "Dit is voorlopig de laatste vraag.";
pub(crate) const ONE_MORE_QUESTION: &str = "Hierna is er nog 1 vraag.";
pub(crate) fn more_questions(count: &impl Display) -> String {
    format!("Hierna zijn er nog {count} vragen.")
}

pub(crate) fn type_a_number(count: &impl Display) -> String {
    format!("Typ een nummer van 1 tot en met {count}")
}

pub(crate) fn your_answer(count: &impl Display) -> String {
    format!("Uw antwoord (1 tot en met {count}")
}

pub(crate) fn your_answer_or_text(count: &impl Display) -> String {
    format!("Uw antwoord (1 tot en met {count}, of typ het")
}

// ------------------------------------------------------------------------------- ask_signals

pub(crate) const NOBODY_THERE: &str =
    "--beantwoord stelt vragen, maar er zit niemand aan het toetsenbord";
pub(crate) const NO_TERMINAL: &str = "de invoer van deze opdracht is geen terminal";
pub(crate) const ANSWER_IN_FILE: &str = "Laat de vragen in een bestand zetten met --toelichtingen toelichtingen.toml en vul ze daar in.";
pub(crate) const STOPPED_ANSWERS_KEPT: &str = "\nGestopt. Wat u al beantwoordde is bewaard.";
pub(crate) fn answered_earlier(answer: &impl Display, words: &impl Display) -> String {
    format!("  Eerder, over andere gegevens, antwoordde u: {answer} {words}")
}

pub(crate) const EXPLAIN_SHORTLY: &str = "  Leg het kort uit, zonder namen: ";
pub(crate) const SAME_AS_BEFORE: &str = "  Toelichting (Enter = dezelfde als eerder): ";
pub(crate) fn may_not_travel(reason: &impl Display) -> String {
    format!("  Dat kan niet mee: {reason}.")
}

pub(crate) fn choose_answer(enter: &impl Display) -> String {
    format!("  Uw antwoord (1 tot 4, {enter}, s = stoppen): ")
}

pub(crate) const TYPE_AGAIN: &str = "  Dat was niet te lezen. Typ het opnieuw.";

// --------------------------------------------------------------------------------------- cli

pub(crate) const HELP: &str =
    "\
uitvraag: uw cijfers aanleveren, van uw eigen bestand tot het ontvangstbewijs

Gebruik: uitvraag OPDRACHT [OPTIES]

Zo levert u aan:
  1. Koppel uw bestand aan de vragen. U controleert het voorstel in koppeling.toml.
       uitvraag koppel export.xlsx --uitvraag omgang/2020 --uit koppeling.toml
  2. Controleer uw gegevens. Er gaat niets naar buiten. Met --beantwoord erbij beantwoordt u ook de signalen.
       uitvraag controleer export.xlsx --uitvraag omgang/2020 --koppeling koppeling.toml
  3. Maak een pakket. Nummers van kinderen worden onherkenbaar gemaakt.
       uitvraag pak export.xlsx --uitvraag omgang/2020 --koppeling koppeling.toml --uit pakket-2020
  4. Lever het pakket, beantwoord de vragen en onderteken.
       uitvraag lever pakket-2020 --server https://uitvraag.example.nl --token-bestand token.txt \\
         --onderteken \"J. de Vries, directeur\"

Hebt u geen export? Vul dan het sjabloon in en sla stap 1 over:
       uitvraag sjabloon --uitvraag omgang/2020

Opdrachten:
  sjabloon    Geeft een Excel-bestand om in te vullen                  [template]
  codeboek    Legt uit wat er gevraagd wordt                           [codebook]
  koppel      Stelt voor welke kolom van u bij welke vraag hoort       [map]
  controleer  Zoekt fouten in uw bestand of pakket                     [check]
  pak         Maakt een pakket dat u kunt versturen                    [pack]
  lever       Verstuurt een pakket en wacht op het oordeel             [push]
  nulopgave   Meldt dat u over dit jaar niets te melden hebt           [nil]
  status      Laat zien hoe het met een pakket of levering staat
  sleutel     Beheert de sleutel waarmee nummers onherkenbaar worden   [key]

Meer over een opdracht: uitvraag OPDRACHT --help
Alleen lever, nulopgave en status --server maken verbinding met een server.

De uitkomst is 0 als alles in orde is, 1 als er fouten zijn of vragen openstaan, 2 als het niet lukte.
";
pub(crate) fn argument_missing(arg: &impl Display) -> String {
    format!("er ontbreekt iets: {arg}")
}

pub(crate) const COMMAND_MISSING: &str = "er ontbreekt een opdracht";
pub(crate) fn value_missing(arg: &impl Display) -> String {
    format!("achter {arg} hoort nog iets te staan")
}

pub(crate) fn not_together(arg: &impl Display, other: &impl Display) -> String {
    format!("{arg} gaat niet samen met {other}")
}

pub(crate) fn not_a_value(value: &impl Display, arg: &impl Display) -> String {
    format!("{value} kan niet achter {arg}")
}

pub(crate) const SEE_HELP: &str = "Alle opdrachten en opties ziet u met: uitvraag --help";
