//! The shapes in which practice aanbieders export: each as a real system would, with its own headers and words.
//!
//! Owns headers, layout and encoding; the local words stand in [`words`], our own tables in [`crate::canonical`].
//! The first four are the shapes of four known exports (a Windows-1252 list, a client system with codes, a system
//! with `sep=;` and iJw codes, a workbook with title and total rows); the others are a JSON export, UTF-16 with tabs,
//! and an aanbieder that follows our own tables.

use std::path::Path;

use anyhow::Result;
use chrono::NaiveDate;
use clap::ValueEnum;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Map, Value, json};

use crate::canonical::canonical;
use crate::words;
use crate::world::{PracticeAanbieder, PracticeTraject};

/// A shape of export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportShape {
    /// Windows-1252, `;`, birth dates, dd-mm-yyyy.
    Lijst,
    /// UTF-8 with BOM, `,`, gemeentecodes, CBS codes.
    Ecd,
    /// `sep=;`, UTF-8, yyyymmdd, iJw codes.
    Ijw,
    /// XLSX with title rows, a total row and Excel dates.
    Werkmap,
    /// JSON array of objects.
    Json,
    /// UTF-16 with tabs and two-word month names.
    Tab,
    /// Our own tables, canonical headers and codes, with voorziening and wachtlijst.
    Canoniek,
}

/// One canonical row of the truth: field to value.
type TruthRow = Map<String, Value>;

impl ExportShape {
    /// The shape of the aanbieder with this number: the four known exports most often.
    pub fn take_turns(number: usize) -> Self {
        const TURN: [ExportShape; 10] = [
            ExportShape::Lijst,
            ExportShape::Ecd,
            ExportShape::Werkmap,
            ExportShape::Canoniek,
            ExportShape::Ijw,
            ExportShape::Json,
            ExportShape::Lijst,
            ExportShape::Werkmap,
            ExportShape::Tab,
            ExportShape::Ecd,
        ];
        TURN[number % TURN.len()]
    }

    /// Writes the extract into `map` and gives the truth; none for a million rows, where nobody would read it.
    pub fn write(
        self,
        dir: &Path,
        aanbieder: &PracticeAanbieder,
        trajecten: &[PracticeTraject],
        jaar: i32,
    ) -> Result<Option<Vec<TruthRow>>> {
        match self {
            Self::Lijst => std::fs::write(
                dir.join("clienten_export.csv"),
                encoding_rs::WINDOWS_1252.encode(&list(trajecten)).0,
            )?,
            Self::Ecd => std::fs::write(
                dir.join("ecd-export.csv"),
                format!("\u{feff}{}", care_file(trajecten)),
            )?,
            Self::Ijw => std::fs::write(
                dir.join("trajecten.csv"),
                format!("sep=;\r\n{}", ijw(trajecten)),
            )?,
            Self::Werkmap => workbook(&dir.join("overzicht.xlsx"), trajecten, jaar)?,
            Self::Json => std::fs::write(dir.join("export.json"), json_export(trajecten)?)?,
            Self::Tab => std::fs::write(dir.join("omgang.txt"), utf16(&tab(trajecten)))?,
            Self::Canoniek => canonical(dir, aanbieder, trajecten, jaar)?,
        }
        Ok((trajecten.len() <= 100_000).then(|| trajecten.iter().map(|t| self.truth(t)).collect()))
    }

    /// The canonical row, with the fields this shape carries.
    fn truth(self, t: &PracticeTraject) -> TruthRow {
        let mut row = Map::new();
        let mut set = |veld: &str, value: Value| row.insert(veld.to_owned(), value);
        set("traject", json!(t.traject_id));
        set("gemeente", json!(t.gemeente));
        set("leeftijd_bij_aanmelding", json!(t.leeftijd));
        set("kader", json!(t.kader));
        set("verwijzer", json!(t.verwijzer));
        set("omgang_met", json!(t.omgang_met));
        set("vorm", json!(t.vorm));
        set("begeleiding", json!(t.begeleiding));
        set("bekostiging", json!(t.bekostiging));
        set("aanmelddatum", json!(t.aanmelddatum));
        set("startdatum", json!(t.startdatum));
        set("einddatum", json!(t.einddatum));
        set("reden_einde", json!(t.end_reason));
        set("contacten", json!(t.contacten));
        set("minuten", json!(t.minuten));
        if matches!(self, Self::Json | Self::Tab | Self::Canoniek) {
            set("weekendcontacten", json!(t.weekend_contacten));
            set("kosten", json!(words::euro(t.kosten)));
            set("vervolg", json!(t.follow_up));
            set("aanleiding", json!(t.aanleiding));
            set("rapportage_aan", json!(t.report_to));
        }
        row
    }
}

const LIST_HEADER: [&str; 17] = [
    "Cliëntnr",
    "Kind",
    "Locatie",
    "Gemeente",
    "Geb.datum",
    "Kader",
    "Verwijzer",
    "Omgang met",
    "Vorm",
    "Begeleiding door",
    "Financiering",
    "Datum aanmelding",
    "Start zorg",
    "Einde zorg",
    "Reden einde",
    "Aantal contacten",
    "Minuten",
];

const CARE_FILE_HEADER: [&str; 17] = [
    "Dossiernummer",
    "Jeugdige",
    "Voorziening",
    "Gemeentecode",
    "Leeftijd bij aanmelding",
    "Juridisch kader",
    "Wie verwees",
    "Omgang met wie",
    "Product/vorm",
    "Begeleider",
    "Bekostiging",
    "Aangemeld op",
    "Gestart op",
    "Beëindigd op",
    "Reden beëindiging",
    "Contactmomenten",
    "Minuten begeleiding",
];

fn list(trajecten: &[PracticeTraject]) -> String {
    let datum = |d: NaiveDate| d.format("%d-%m-%Y").to_string();
    delimited(
        &LIST_HEADER,
        ";",
        trajecten
            .iter()
            .map(|t| list_row(t, &datum, words::list_reason)),
    )
}

fn ijw(trajecten: &[PracticeTraject]) -> String {
    let datum = |d: NaiveDate| d.format("%Y%m%d").to_string();
    delimited(
        &LIST_HEADER,
        ";",
        trajecten
            .iter()
            .map(|t| list_row(t, &datum, words::ijw_reason)),
    )
}

fn list_row(
    t: &PracticeTraject,
    datum: &dyn Fn(NaiveDate) -> String,
    reason: fn(&str) -> &'static str,
) -> Vec<String> {
    vec![
        t.traject_id.clone(),
        t.jeugdige_id.clone(),
        t.voorziening_id.to_owned(),
        t.gemeentenaam.clone(),
        datum(t.birth_date),
        format!("{} kader", words::capital(t.kader)),
        words::list_verwijzer(t.verwijzer).to_owned(),
        words::list_omgang(t.omgang_met).to_owned(),
        words::list_vorm(t.vorm).to_owned(),
        words::list_begeleiding(t.begeleiding).to_owned(),
        words::list_funding(t.bekostiging).to_owned(),
        datum(t.aanmelddatum),
        t.startdatum.map(datum).unwrap_or_default(),
        t.einddatum.map(datum).unwrap_or_default(),
        t.end_reason.map(reason).unwrap_or_default().to_owned(),
        t.contacten.to_string(),
        t.minuten.to_string(),
    ]
}

fn care_file(trajecten: &[PracticeTraject]) -> String {
    delimited(&CARE_FILE_HEADER, ",", trajecten.iter().map(care_file_row))
}

fn care_file_row(t: &PracticeTraject) -> Vec<String> {
    vec![
        t.traject_id.clone(),
        t.jeugdige_id.clone(),
        t.voorziening_id.to_owned(),
        t.gemeente.clone(),
        t.leeftijd.to_string(),
        words::capital(t.kader)[..1].to_owned(),
        words::care_file_verwijzer(t.verwijzer).to_owned(),
        words::care_file_omgang(t.omgang_met).to_owned(),
        words::care_file_vorm(t.vorm).to_owned(),
        words::care_file_supervisor(t.begeleiding).to_owned(),
        words::care_file_bekostiging(t.bekostiging).to_owned(),
        t.aanmelddatum.to_string(),
        t.startdatum.map(|d| d.to_string()).unwrap_or_default(),
        t.einddatum.map(|d| d.to_string()).unwrap_or_default(),
        t.end_reason
            .map(words::cbs_reason)
            .unwrap_or_default()
            .to_owned(),
        t.contacten.to_string(),
        t.minuten.to_string(),
    ]
}

/// A workbook as made by hand: a sheet with a remark, two title rows, a total row, dates as Excel dates.
fn workbook(path: &Path, trajecten: &[PracticeTraject], jaar: i32) -> Result<()> {
    let mut book = Workbook::new();
    book.set_properties(
        &rust_xlsxwriter::DocProperties::new()
            .set_creation_datetime(&ExcelDateTime::from_ymd(2021, 3, 12)?),
    );
    book.add_worksheet().set_name("Toelichting")?.write(
        0,
        0,
        "Dit bestand komt uit ons clientsysteem",
    )?;
    let sheet = book.add_worksheet().set_name("Export")?;
    sheet.write(0, 0, format!("Overzicht begeleide omgang {jaar}"))?;
    sheet.write(1, 0, format!("Gemaakt op 12-03-{}", jaar + 1))?;
    for (column, header) in (0u16..).zip(CARE_FILE_HEADER) {
        sheet.write(3, column, header)?;
    }
    let datum = Format::new().set_num_format("dd-mm-yyyy");
    let mut row = 4;
    for traject in trajecten {
        for (column, value) in (0u16..).zip(care_file_row(traject)) {
            match column {
                4 | 15 | 16 => sheet.write(row, column, value.parse::<f64>()?)?,
                11..=13 if !value.is_empty() => sheet.write_with_format(
                    row,
                    column,
                    &ExcelDateTime::parse_from_str(&value)?,
                    &datum,
                )?,
                _ if value.is_empty() => sheet,
                _ => sheet.write(row, column, value)?,
            };
        }
        row += 1;
    }
    sheet.write(row, 0, "Totaal")?;
    sheet.write(row, 15, trajecten.iter().map(|t| t.contacten).sum::<i32>())?;
    sheet.write(row, 16, trajecten.iter().map(|t| t.minuten).sum::<i32>())?;
    book.save(path)?;
    Ok(())
}

fn json_export(trajecten: &[PracticeTraject]) -> Result<Vec<u8>> {
    let rows: Vec<Value> = trajecten
        .iter()
        .map(|t| {
            json!({
                "trajectnummer": t.traject_id, "clientnummer": t.jeugdige_id, "gezinsnummer": t.gezin_id, "locatie": t.voorziening_id,
                "woonplaatsgemeente": t.gemeente, "geboortedatum": t.birth_date, "kader": t.kader, "verwijzer": words::list_verwijzer(t.verwijzer),
                "contact_met": words::list_omgang(t.omgang_met), "vorm": words::list_vorm(t.vorm), "begeleiding": t.begeleiding,
                "financiering": words::list_funding(t.bekostiging), "aanmelddatum": t.aanmelddatum, "startdatum": t.startdatum,
                "einddatum": t.einddatum, "reden_einde": t.end_reason.map(words::list_reason), "vervolg": t.follow_up, "aanleiding": t.aanleiding,
                "rapportage_aan": t.report_to, "contacten": t.contacten, "minuten": t.minuten, "weekendcontacten": t.weekend_contacten,
                "kosten": words::euro(t.kosten),
            })
        })
        .collect();
    Ok(serde_json::to_vec_pretty(&rows)?)
}

fn tab(trajecten: &[PracticeTraject]) -> String {
    let header = [
        "Trajectnummer",
        "Cliëntnummer",
        "Gezinsnummer",
        "Locatie",
        "Gemeente",
        "Geboortedatum",
        "Kader",
        "Verwijzer",
        "Contact met",
        "Vorm",
        "Begeleiding",
        "Financiering",
        "Aanmelddatum",
        "Startdatum",
        "Einddatum",
        "Reden einde",
        "Vervolg",
        "Aanleiding",
        "Rapportage aan",
        "Contacten",
        "Minuten",
        "Weekendcontacten",
        "Kosten",
    ];
    delimited(&header, "\t", trajecten.iter().map(tab_row))
}

fn tab_row(t: &PracticeTraject) -> Vec<String> {
    vec![
        t.traject_id.clone(),
        t.jeugdige_id.clone(),
        t.gezin_id.clone(),
        t.voorziening_id.to_owned(),
        t.gemeentenaam.clone(),
        words::in_words(t.birth_date),
        t.kader.to_owned(),
        words::list_verwijzer(t.verwijzer).to_owned(),
        words::list_omgang(t.omgang_met).to_owned(),
        words::list_vorm(t.vorm).to_owned(),
        words::list_begeleiding(t.begeleiding).to_owned(),
        words::list_funding(t.bekostiging).to_owned(),
        words::in_words(t.aanmelddatum),
        t.startdatum.map(words::in_words).unwrap_or_default(),
        t.einddatum.map(words::in_words).unwrap_or_default(),
        t.end_reason
            .map(words::list_reason)
            .unwrap_or_default()
            .to_owned(),
        t.follow_up.unwrap_or_default().to_owned(),
        t.aanleiding.to_owned(),
        t.report_to.to_owned(),
        t.contacten.to_string(),
        t.minuten.to_string(),
        t.weekend_contacten.to_string(),
        words::euro(t.kosten).replace('.', ","),
    ]
}

fn delimited(header: &[&str], character: &str, rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = header.join(character);
    text.push_str("\r\n");
    for row in rows {
        text.push_str(&row.join(character));
        text.push_str("\r\n");
    }
    text
}

fn utf16(text: &str) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}
