//! Every code with which a file is refused, and what it means.
//!
//! The one list: a test proves that no refusal has another code, and that none of these is never given. Codes are
//! stable; sentences may change. What is found *in* the data has the codes of the definition instead.

/// Code and meaning, in Dutch, by code.
pub const REFUSALS: [(&str, &str); 48] = [
    (
        "ACTIVE_CONTENT",
        "Het bestand bevat macro's, ingesloten objecten of koppelingen naar andere programma's.",
    ),
    (
        "BLANK_ROWS",
        "Het bestand bevat meer dan een miljoen lege regels.",
    ),
    (
        "BSN_SUSPECTED",
        "Er staat waarschijnlijk een burgerservicenummer in: in een kolom, kop, tekst, eigenschap of opmerking.",
    ),
    (
        "CELL_DUPLICATE",
        "Een cel staat twee keer in het rekenblad.",
    ),
    (
        "COLUMN_MISSING",
        "Een kolom uit de koppeling staat niet in het bestand.",
    ),
    (
        "CONTROL_CHAR",
        "Er staat een stuurteken in, of een teken dat de leesrichting omdraait.",
    ),
    (
        "DATA_ABOVE_HEADER",
        "In een sjabloon staan gegevens boven de rij met de namen van de kolommen.",
    ),
    (
        "DELIMITER",
        "Tussen de kolommen staat geen bekend scheidingsteken; in een pakket hoort een komma.",
    ),
    (
        "EMPTY",
        "Er staat niets in. Wie niets te melden heeft, doet een nulopgave.",
    ),
    (
        "ENCODING",
        "Het bestand is UTF-16 zonder kenmerk, of geen tekst.",
    ),
    (
        "ENCODING_INVALID",
        "Er staan bytes in die niet bij de tekenset passen, of het bestand is niet compleet.",
    ),
    (
        "ENCODING_UNSUPPORTED",
        "De tekenset wordt hier niet gelezen; in een pakket hoort UTF-8.",
    ),
    (
        "EXAMPLE_CHANGED",
        "Een rij is deels het voorbeeld van het sjabloon en deels ingevuld.",
    ),
    (
        "FIELD_TOO_LONG",
        "Een cel heeft te veel tekens (in een rekenblad 32.767, anders 65.536); vaak ontbreekt een aanhalingsteken.",
    ),
    (
        "FILE_TWICE",
        "Een bestand is twee keer gegeven, of twee bestanden hebben dezelfde naam.",
    ),
    (
        "FORMAT",
        "Dit soort bestand wordt niet gelezen: oud Excel, met een wachtwoord, PDF, webpagina of ingepakt.",
    ),
    (
        "FORMULA",
        "Een cel heeft een formule waarvan de uitkomst niet is bewaard, of een foutwaarde zoals #REF!.",
    ),
    ("HEADER_DUPLICATE", "Twee kolommen hebben dezelfde naam."),
    (
        "HEADER_MISSING",
        "De rij met namen van kolommen, of een verplichte kolom daarin, is er niet.",
    ),
    (
        "HEADER_UNKNOWN",
        "De kolommen hebben namen die de uitvraag niet kent.",
    ),
    (
        "HIDDEN_DATA",
        "Een verborgen blad heeft gegevens van de uitvraag.",
    ),
    ("JSON_DEPTH", "De JSON is te diep genest."),
    (
        "JSON_DUPLICATE_KEY",
        "Een naam komt in een object twee keer voor.",
    ),
    (
        "JSON_INVALID",
        "Het bestand is geen geldige JSON, of het is niet compleet.",
    ),
    ("JSON_TRAILING", "Na het einde van de JSON staat nog iets."),
    (
        "JSON_TYPE",
        "Er staat een lijst of object waar een waarde hoort, of andersom.",
    ),
    (
        "MAPPING_FILE",
        "De koppeling noemt een bestand dat er niet bij is.",
    ),
    (
        "MAPPING_INVALID",
        "De koppeling klopt niet, of is voor een andere uitvraag.",
    ),
    (
        "MAPPING_SHEET",
        "De koppeling noemt een blad dat er niet is.",
    ),
    (
        "MERGED_CELLS",
        "Tussen de gegevens zijn cellen samengevoegd.",
    ),
    (
        "NUMBER",
        "Er staat een getal dat niet kan, of dat het rekenprogramma heeft veranderd.",
    ),
    ("ODS_INVALID", "Het .ods-bestand is niet goed te lezen."),
    (
        "PSEUDONYM_LABEL",
        "Er staat een kale hash waar een pseudoniem hoort. Die is terug te rekenen.",
    ),
    (
        "QUOTE",
        "Een aanhalingsteken klopt niet of wordt niet gesloten.",
    ),
    ("READ_ERROR", "Het bestand kon niet worden gelezen."),
    (
        "ROW_WIDTH",
        "Een rij heeft meer of minder kolommen dan de kopregel.",
    ),
    (
        "SCHEMA_VERSION",
        "Het sjabloon hoort bij een andere of een nieuwere uitvraag.",
    ),
    (
        "SHEET_DIMENSION",
        "Een werkblad is te groot of herhaalt te veel, of een cel staat erbuiten.",
    ),
    ("TOO_LARGE", "Het bestand is te groot."),
    (
        "TOO_MANY_COLUMNS",
        "Er zijn meer dan 1.024 kolommen, of een rij is te lang.",
    ),
    ("TOO_MANY_ROWS", "Er zijn meer rijen dan gelezen worden."),
    ("TOO_MANY_SHEETS", "De JSON heeft meer dan 256 lijsten."),
    ("XLSX_INVALID", "Het Excel-bestand is niet goed te lezen."),
    ("XML_DTD", "Een onderdeel van het bestand bevat een DTD."),
    (
        "XML_ENCODING",
        "Een onderdeel van het bestand heeft een ongewone tekenset.",
    ),
    (
        "XML_LIMIT",
        "Een onderdeel van het bestand is te diep genest, heeft een te lange tekst of te veel opmaak of namen.",
    ),
    (
        "ZIP_RATIO",
        "Het bestand wordt bij het uitpakken veel te groot.",
    ),
    (
        "ZIP_STRUCTURE",
        "Het bestand is beschadigd, of heeft onderdelen die er niet horen.",
    ),
];
