//! Every code with which a file is refused, and what it means.
//!
//! The one list: a refusal can have no other code, and a test proves that none of these is never given. Codes are stable;
//! sentences may change. What is found *in* the data has the codes of the definition instead.

/// Declares the codes: the name in this program, the code that users see, and its meaning in Dutch.
macro_rules! refusals {
    ($($variant:ident $code:literal $meaning:literal)*) => {
        /// Why a file is refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RefusalCode {
            $(#[doc = $meaning] $variant,)*
        }

        impl RefusalCode {
            /// Every code, in the order of their names.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code as users see it, as in `ROW_WIDTH`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            /// What it means, in Dutch.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => $meaning,)*
                }
            }
        }
    };
}

refusals! {
    ActiveContent "ACTIVE_CONTENT"
        "Het bestand bevat macro's, ingesloten objecten of koppelingen naar andere programma's."
    BlankRows "BLANK_ROWS"
        "Het bestand bevat meer dan een miljoen lege regels."
    BsnSuspected "BSN_SUSPECTED"
        "Er staat waarschijnlijk een burgerservicenummer in: in een kolom, kop, tekst, eigenschap of opmerking."
    CellDuplicate "CELL_DUPLICATE"
        "Een cel staat twee keer in het rekenblad."
    ColumnMissing "COLUMN_MISSING"
        "Een kolom uit de koppeling staat niet in het bestand."
    ControlChar "CONTROL_CHAR"
        "Er staat een stuurteken in, of een teken dat de leesrichting omdraait."
    DataAboveHeader "DATA_ABOVE_HEADER"
        "Er staan gegevens boven de rij met de namen van de kolommen."
    Delimiter "DELIMITER"
        "Tussen de kolommen staat geen bekend scheidingsteken; in een pakket hoort een komma."
    Empty "EMPTY"
        "Er staat niets in. Wie niets te melden heeft, doet een nulopgave."
    Encoding "ENCODING"
        "Het bestand is UTF-16 zonder kenmerk, of geen tekst."
    EncodingInvalid "ENCODING_INVALID"
        "Er staan bytes in die niet bij de tekenset passen, of het bestand is niet compleet."
    EncodingUnsupported "ENCODING_UNSUPPORTED"
        "De tekenset wordt hier niet gelezen; in een pakket hoort UTF-8."
    ExampleChanged "EXAMPLE_CHANGED"
        "Een rij is deels het voorbeeld van het sjabloon en deels ingevuld."
    FieldTooLong "FIELD_TOO_LONG"
        "Een cel heeft te veel tekens (in een rekenblad 32.767, anders 65.536); vaak ontbreekt een aanhalingsteken."
    FileTwice "FILE_TWICE"
        "Een bestand is twee keer gegeven, of twee bestanden hebben dezelfde naam."
    Format "FORMAT"
        "Dit soort bestand wordt niet gelezen: oud Excel, met een wachtwoord, PDF, webpagina of ingepakt."
    Formula "FORMULA"
        "Een cel heeft een formule waarvan de uitkomst niet is bewaard, of een foutwaarde zoals #REF!."
    HeaderDuplicate "HEADER_DUPLICATE"
        "Twee kolommen hebben dezelfde naam."
    HeaderMissing "HEADER_MISSING"
        "De rij met namen van kolommen, of een verplichte kolom daarin, is er niet."
    HeaderUnknown "HEADER_UNKNOWN"
        "De kolommen hebben namen die de uitvraag niet kent."
    HiddenData "HIDDEN_DATA"
        "Een verborgen blad heeft gegevens van de uitvraag."
    JsonDepth "JSON_DEPTH"
        "De JSON is te diep genest."
    JsonDuplicateKey "JSON_DUPLICATE_KEY"
        "Een naam komt in een object twee keer voor."
    JsonInvalid "JSON_INVALID"
        "Het bestand is geen geldige JSON, of het is niet compleet."
    JsonTrailing "JSON_TRAILING"
        "Na het einde van de JSON staat nog iets."
    JsonType "JSON_TYPE"
        "Er staat een lijst of object waar een waarde hoort, of andersom."
    MappingFile "MAPPING_FILE"
        "De koppeling noemt een bestand dat er niet bij is."
    MappingInvalid "MAPPING_INVALID"
        "De koppeling klopt niet, of is voor een andere uitvraag."
    MappingSheet "MAPPING_SHEET"
        "De koppeling noemt een blad dat er niet is."
    MergedCells "MERGED_CELLS"
        "Tussen de gegevens zijn cellen samengevoegd."
    Number "NUMBER"
        "Er staat een getal dat niet kan, of dat het rekenprogramma heeft veranderd."
    OdsInvalid "ODS_INVALID"
        "Het .ods-bestand is niet goed te lezen."
    PseudonymLabel "PSEUDONYM_LABEL"
        "Er staat een kale hash waar een pseudoniem hoort. Die is terug te rekenen."
    Quote "QUOTE"
        "Een aanhalingsteken klopt niet of wordt niet gesloten."
    ReadError "READ_ERROR"
        "Het bestand kon niet worden gelezen."
    RowWidth "ROW_WIDTH"
        "Een rij heeft meer of minder kolommen dan de kopregel."
    SchemaVersion "SCHEMA_VERSION"
        "Het sjabloon hoort bij een andere of een nieuwere uitvraag."
    SecondTable "SECOND_TABLE"
        "Onder de gegevens begint een tweede tabel, met andere kolommen of in een andere volgorde."
    SheetDimension "SHEET_DIMENSION"
        "Een werkblad is te groot of herhaalt te veel, of een cel staat erbuiten."
    StruckOut "STRUCK_OUT"
        "Een rij met gegevens is doorgestreept."
    TooLarge "TOO_LARGE"
        "Het bestand is te groot."
    TooManyColumns "TOO_MANY_COLUMNS"
        "Er zijn meer dan 1.024 kolommen, of een rij is te lang."
    TooManyRows "TOO_MANY_ROWS"
        "Er zijn meer rijen dan gelezen worden."
    TooManySheets "TOO_MANY_SHEETS"
        "De JSON heeft meer dan 256 lijsten."
    XlsxInvalid "XLSX_INVALID"
        "Het Excel-bestand is niet goed te lezen."
    XmlDtd "XML_DTD"
        "Een onderdeel van het bestand bevat een DTD."
    XmlEncoding "XML_ENCODING"
        "Een onderdeel van het bestand heeft een ongewone tekenset."
    XmlLimit "XML_LIMIT"
        "Een onderdeel van het bestand is te diep genest, heeft een te lange tekst of te veel opmaak of namen."
    ZipRatio "ZIP_RATIO"
        "Het bestand wordt bij het uitpakken veel te groot."
    ZipStructure "ZIP_STRUCTURE"
        "Het bestand is beschadigd, of heeft onderdelen die er niet horen."
}

impl RefusalCode {
    /// The code of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.name() == name)
    }
}
