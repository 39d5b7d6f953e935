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

use crate::canonical::canoniek;
use crate::words;
use crate::world::{Aanbieder, Traject};

/// A shape of export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Vorm {
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
type Rij = Map<String, Value>;

impl Vorm {
    /// The shape of the aanbieder with this number: the four known exports most often.
    pub fn take_turns(nummer: usize) -> Self {
        const BEURT: [Vorm; 10] = [
            Vorm::Lijst,
            Vorm::Ecd,
            Vorm::Werkmap,
            Vorm::Canoniek,
            Vorm::Ijw,
            Vorm::Json,
            Vorm::Lijst,
            Vorm::Werkmap,
            Vorm::Tab,
            Vorm::Ecd,
        ];
        BEURT[nummer % BEURT.len()]
    }

    /// Writes the extract into `map` and gives the truth; none for a million rows, where nobody would read it.
    pub fn write(
        self,
        map: &Path,
        aanbieder: &Aanbieder,
        trajecten: &[Traject],
        jaar: i32,
    ) -> Result<Option<Vec<Rij>>> {
        match self {
            Self::Lijst => std::fs::write(
                map.join("clienten_export.csv"),
                encoding_rs::WINDOWS_1252.encode(&lijst(trajecten)).0,
            )?,
            Self::Ecd => std::fs::write(
                map.join("ecd-export.csv"),
                format!("\u{feff}{}", ecd(trajecten)),
            )?,
            Self::Ijw => std::fs::write(
                map.join("trajecten.csv"),
                format!("sep=;\r\n{}", ijw(trajecten)),
            )?,
            Self::Werkmap => werkmap(&map.join("overzicht.xlsx"), trajecten, jaar)?,
            Self::Json => std::fs::write(map.join("export.json"), json_export(trajecten)?)?,
            Self::Tab => std::fs::write(map.join("omgang.txt"), utf16(&tab(trajecten)))?,
            Self::Canoniek => canoniek(map, aanbieder, trajecten, jaar)?,
        }
        Ok((trajecten.len() <= 100_000).then(|| trajecten.iter().map(|t| self.truth(t)).collect()))
    }

    /// The canonical row, with the fields this shape carries.
    fn truth(self, t: &Traject) -> Rij {
        let mut rij = Map::new();
        let mut zet = |veld: &str, waarde: Value| rij.insert(veld.to_owned(), waarde);
        zet("traject", json!(t.traject_id));
        zet("gemeente", json!(t.gemeente));
        zet("leeftijd_bij_aanmelding", json!(t.leeftijd));
        zet("kader", json!(t.kader));
        zet("verwijzer", json!(t.verwijzer));
        zet("omgang_met", json!(t.omgang_met));
        zet("vorm", json!(t.vorm));
        zet("begeleiding", json!(t.begeleiding));
        zet("bekostiging", json!(t.bekostiging));
        zet("aanmelddatum", json!(t.aanmelddatum));
        zet("startdatum", json!(t.startdatum));
        zet("einddatum", json!(t.einddatum));
        zet("reden_einde", json!(t.reden_einde));
        zet("contacten", json!(t.contacten));
        zet("minuten", json!(t.minuten));
        if matches!(self, Self::Json | Self::Tab | Self::Canoniek) {
            zet("weekendcontacten", json!(t.weekendcontacten));
            zet("kosten", json!(words::euro(t.kosten)));
            zet("vervolg", json!(t.vervolg));
            zet("aanleiding", json!(t.aanleiding));
            zet("rapportage_aan", json!(t.rapportage_aan));
        }
        rij
    }
}

const LIJST_KOP: [&str; 17] = [
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

const ECD_KOP: [&str; 17] = [
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

fn lijst(trajecten: &[Traject]) -> String {
    let datum = |d: NaiveDate| d.format("%d-%m-%Y").to_string();
    delimited(
        &LIJST_KOP,
        ";",
        trajecten
            .iter()
            .map(|t| lijst_rij(t, &datum, words::lijst_reden)),
    )
}

fn ijw(trajecten: &[Traject]) -> String {
    let datum = |d: NaiveDate| d.format("%Y%m%d").to_string();
    delimited(
        &LIJST_KOP,
        ";",
        trajecten
            .iter()
            .map(|t| lijst_rij(t, &datum, words::ijw_reden)),
    )
}

fn lijst_rij(
    t: &Traject,
    datum: &dyn Fn(NaiveDate) -> String,
    reden: fn(&str) -> &'static str,
) -> Vec<String> {
    vec![
        t.traject_id.clone(),
        t.jeugdige_id.clone(),
        t.voorziening_id.to_owned(),
        t.gemeentenaam.clone(),
        datum(t.geboortedatum),
        format!("{} kader", words::capital(t.kader)),
        words::lijst_verwijzer(t.verwijzer).to_owned(),
        words::lijst_omgang(t.omgang_met).to_owned(),
        words::lijst_vorm(t.vorm).to_owned(),
        words::lijst_begeleiding(t.begeleiding).to_owned(),
        words::lijst_financiering(t.bekostiging).to_owned(),
        datum(t.aanmelddatum),
        t.startdatum.map(datum).unwrap_or_default(),
        t.einddatum.map(datum).unwrap_or_default(),
        t.reden_einde.map(reden).unwrap_or_default().to_owned(),
        t.contacten.to_string(),
        t.minuten.to_string(),
    ]
}

fn ecd(trajecten: &[Traject]) -> String {
    delimited(&ECD_KOP, ",", trajecten.iter().map(ecd_rij))
}

fn ecd_rij(t: &Traject) -> Vec<String> {
    vec![
        t.traject_id.clone(),
        t.jeugdige_id.clone(),
        t.voorziening_id.to_owned(),
        t.gemeente.clone(),
        t.leeftijd.to_string(),
        words::capital(t.kader)[..1].to_owned(),
        words::ecd_verwijzer(t.verwijzer).to_owned(),
        words::ecd_omgang(t.omgang_met).to_owned(),
        words::ecd_vorm(t.vorm).to_owned(),
        words::ecd_begeleider(t.begeleiding).to_owned(),
        words::ecd_bekostiging(t.bekostiging).to_owned(),
        t.aanmelddatum.to_string(),
        t.startdatum.map(|d| d.to_string()).unwrap_or_default(),
        t.einddatum.map(|d| d.to_string()).unwrap_or_default(),
        t.reden_einde
            .map(words::cbs_reden)
            .unwrap_or_default()
            .to_owned(),
        t.contacten.to_string(),
        t.minuten.to_string(),
    ]
}

/// A workbook as made by hand: a sheet with a remark, two title rows, a total row, dates as Excel dates.
fn werkmap(pad: &Path, trajecten: &[Traject], jaar: i32) -> Result<()> {
    let mut boek = Workbook::new();
    boek.set_properties(
        &rust_xlsxwriter::DocProperties::new()
            .set_creation_datetime(&ExcelDateTime::from_ymd(2021, 3, 12)?),
    );
    boek.add_worksheet().set_name("Toelichting")?.write(
        0,
        0,
        "Dit bestand komt uit ons clientsysteem",
    )?;
    let blad = boek.add_worksheet().set_name("Export")?;
    blad.write(0, 0, format!("Overzicht begeleide omgang {jaar}"))?;
    blad.write(1, 0, format!("Gemaakt op 12-03-{}", jaar + 1))?;
    for (kolom, kop) in (0u16..).zip(ECD_KOP) {
        blad.write(3, kolom, kop)?;
    }
    let datum = Format::new().set_num_format("dd-mm-yyyy");
    let mut rij = 4;
    for traject in trajecten {
        for (kolom, waarde) in (0u16..).zip(ecd_rij(traject)) {
            match kolom {
                4 | 15 | 16 => blad.write(rij, kolom, waarde.parse::<f64>()?)?,
                11..=13 if !waarde.is_empty() => blad.write_with_format(
                    rij,
                    kolom,
                    &ExcelDateTime::parse_from_str(&waarde)?,
                    &datum,
                )?,
                _ if waarde.is_empty() => blad,
                _ => blad.write(rij, kolom, waarde)?,
            };
        }
        rij += 1;
    }
    blad.write(rij, 0, "Totaal")?;
    blad.write(rij, 15, trajecten.iter().map(|t| t.contacten).sum::<i32>())?;
    blad.write(rij, 16, trajecten.iter().map(|t| t.minuten).sum::<i32>())?;
    boek.save(pad)?;
    Ok(())
}

fn json_export(trajecten: &[Traject]) -> Result<Vec<u8>> {
    let rijen: Vec<Value> = trajecten
        .iter()
        .map(|t| {
            json!({
                "trajectnummer": t.traject_id, "clientnummer": t.jeugdige_id, "gezinsnummer": t.gezin_id, "locatie": t.voorziening_id,
                "woonplaatsgemeente": t.gemeente, "geboortedatum": t.geboortedatum, "kader": t.kader, "verwijzer": words::lijst_verwijzer(t.verwijzer),
                "contact_met": words::lijst_omgang(t.omgang_met), "vorm": words::lijst_vorm(t.vorm), "begeleiding": t.begeleiding,
                "financiering": words::lijst_financiering(t.bekostiging), "aanmelddatum": t.aanmelddatum, "startdatum": t.startdatum,
                "einddatum": t.einddatum, "reden_einde": t.reden_einde.map(words::lijst_reden), "vervolg": t.vervolg, "aanleiding": t.aanleiding,
                "rapportage_aan": t.rapportage_aan, "contacten": t.contacten, "minuten": t.minuten, "weekendcontacten": t.weekendcontacten,
                "kosten": words::euro(t.kosten),
            })
        })
        .collect();
    Ok(serde_json::to_vec_pretty(&rijen)?)
}

fn tab(trajecten: &[Traject]) -> String {
    let kop = [
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
    delimited(&kop, "\t", trajecten.iter().map(tab_rij))
}

fn tab_rij(t: &Traject) -> Vec<String> {
    vec![
        t.traject_id.clone(),
        t.jeugdige_id.clone(),
        t.gezin_id.clone(),
        t.voorziening_id.to_owned(),
        t.gemeentenaam.clone(),
        words::in_words(t.geboortedatum),
        t.kader.to_owned(),
        words::lijst_verwijzer(t.verwijzer).to_owned(),
        words::lijst_omgang(t.omgang_met).to_owned(),
        words::lijst_vorm(t.vorm).to_owned(),
        words::lijst_begeleiding(t.begeleiding).to_owned(),
        words::lijst_financiering(t.bekostiging).to_owned(),
        words::in_words(t.aanmelddatum),
        t.startdatum.map(words::in_words).unwrap_or_default(),
        t.einddatum.map(words::in_words).unwrap_or_default(),
        t.reden_einde
            .map(words::lijst_reden)
            .unwrap_or_default()
            .to_owned(),
        t.vervolg.unwrap_or_default().to_owned(),
        t.aanleiding.to_owned(),
        t.rapportage_aan.to_owned(),
        t.contacten.to_string(),
        t.minuten.to_string(),
        t.weekendcontacten.to_string(),
        words::euro(t.kosten).replace('.', ","),
    ]
}

fn delimited(kop: &[&str], teken: &str, rijen: impl Iterator<Item = Vec<String>>) -> String {
    let mut tekst = kop.join(teken);
    tekst.push_str("\r\n");
    for rij in rijen {
        tekst.push_str(&rij.join(teken));
        tekst.push_str("\r\n");
    }
    tekst
}

fn utf16(tekst: &str) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xFE];
    bytes.extend(tekst.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}
