//! Where the fuzzers begin: good texts of every kind they change. Shared by the targets and by the test that writes
//! the seeds (`crates/mapping/tests/it/seeds.rs`).

/// The parts of a small workbook.
pub const PARTS: [(&str, &str); 10] = [
    (
        "xl/worksheets/sheet1.xml",
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c><c r=\"C1\" t=\"inlineStr\"><is><t>Datum aanmelding</t></is></c><c r=\"D1\" t=\"s\"><v>2</v></c></row><row r=\"2\"><c r=\"A2\"><v>107</v></c><c r=\"B2\" t=\"str\"><f>A2</f><v>K1</v></c><c r=\"C2\" s=\"1\"><v>43569</v></c><c r=\"D2\" t=\"b\"><v>1</v></c></row><row r=\"3\"><c r=\"A3\" t=\"e\"><v>#REF!</v></c></row></sheetData><mergeCells count=\"1\"><mergeCell ref=\"A4:B9\"/></mergeCells></worksheet>",
    ),
    (
        "xl/sharedStrings.xml",
        "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"3\" uniqueCount=\"3\"><si><t>Dossiernr</t></si><si><r><t>Ki</t></r><r><t xml:space=\"preserve\">nd </t></r></si><si><t>Kader</t></si></sst>",
    ),
    (
        "xl/workbook.xml",
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><workbookPr date1904=\"0\"/><sheets><sheet name=\"Export\" sheetId=\"1\" r:id=\"rId1\"/><sheet name=\"Lijst\" sheetId=\"2\" state=\"hidden\" r:id=\"rId2\"/></sheets><definedNames><definedName name=\"x\">Export!$A$1</definedName></definedNames></workbook>",
    ),
    (
        "xl/styles.xml",
        "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"dd-mm-yyyy\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"164\"/></cellXfs></styleSheet>",
    ),
    (
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/><Relationship Id=\"rId3\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings\" Target=\"sharedStrings.xml\"/><Relationship Id=\"rId4\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>",
    ),
    (
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
    ),
    (
        "[Content_Types].xml",
        "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>",
    ),
    (
        "xl/worksheets/sheet2.xml",
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><dimension ref=\"A1:B2\"/><cols><col min=\"1\" max=\"2\" hidden=\"1\"/></cols><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>vrijwillig</t></is></c></row></sheetData></worksheet>",
    ),
    (
        "docProps/core.xml",
        "<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\"><creator>Anna</creator></cp:coreProperties>",
    ),
    (
        "xl/comments1.xml",
        "<comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors><author>Anna</author></authors><commentList><comment ref=\"A1\" authorId=\"0\"><text><t>zie boven</t></text></comment></commentList></comments>",
    ),
];

/// A koppeling with every key.
pub const KOPPELING: &str = r#"uitvraag = "omgang/2020"
[aanbieder]
kvk = "12345678"
[[tabel]]
naam = "traject"
bestand = "export.csv"
kopregel = 1
overslaan = ["Dwang"]
[tabel.kolommen]
traject_id = "Dossiernr"
jeugdige_id = "Kind"
gemeente = "Gemeente"
leeftijd_bij_aanmelding = "Geboren op"
kader = "Kader"
aanmelddatum = "Datum aanmelding"
kosten = "Kosten"
[tabel.te_plaatsen]
"Dwang" = "overslaan"
[tabel.vast]
wettelijk_kader = "jeugdwet"
[tabel.datumvorm]
aanmelddatum = "dd-mm-jjjj"
leeftijd_bij_aanmelding = "dd-mm-jjjj"
[tabel.afgeleid]
leeftijd_bij_aanmelding = "geboortedatum"
[tabel.codestelsel]
verwijzer = "cbs"
[tabel.waarden.kader]
V = "vrijwillig"
G = ""
[tabel.waarden.gemeente]
Bergen = "GM0373"
[[voorziening]]
voorziening_id = "V1"
vorm = "omgangshuis"
vestiging = "Utrecht"
kader = "beide"
weekend = true
"#;

/// A manifest with every key.
pub const MANIFEST: &str = r#"{"name":"omgang-2020-12345678","aanbieder":"12345678","uitvraag":"omgang","jaar":2020,"leverdatum":"2021-03-01","definitie":"sha256:0","regels":"sha256:0","pseudoniem":"hmac-sha256.1.abcdefgh","exporter":"0.1.0","resources":[{"name":"traject","path":"traject.csv.zst","format":"csv","compression":"zstd","encoding":"utf-8","bytes":1,"bytes_uitgepakt":1,"hash":"sha256:0","rijen":3}],"toelichtingen":[{"code":"JAAR_FACTOR","antwoord":"klopt","woorden":"x"}]}"#;
