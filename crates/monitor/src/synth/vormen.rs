//! The shapes in which practice aanbieders export: each as a real system would, with its own headers and words.
//!
//! Owns the local words. The first four are the shapes of four known exports (a Windows-1252 list, a client system
//! with codes, a system with `sep=;` and iJw codes, a workbook with title and total rows); the others are a JSON
//! export, UTF-16 with tabs, and an aanbieder that follows our own tables.

use std::path::Path;

use anyhow::Result;
use chrono::{Datelike, NaiveDate};
use clap::ValueEnum;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Map, Value, json};

use super::wereld::{Aanbieder, Traject};

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
            zet("kosten", json!(euro(t.kosten)));
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
        trajecten.iter().map(|t| lijst_rij(t, &datum, lijst_reden)),
    )
}

fn ijw(trajecten: &[Traject]) -> String {
    let datum = |d: NaiveDate| d.format("%Y%m%d").to_string();
    delimited(
        &LIJST_KOP,
        ";",
        trajecten.iter().map(|t| lijst_rij(t, &datum, ijw_reden)),
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
        format!("{} kader", capital(t.kader)),
        lijst_verwijzer(t.verwijzer).to_owned(),
        lijst_omgang(t.omgang_met).to_owned(),
        lijst_vorm(t.vorm).to_owned(),
        lijst_begeleiding(t.begeleiding).to_owned(),
        lijst_financiering(t.bekostiging).to_owned(),
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
        capital(t.kader)[..1].to_owned(),
        ecd_verwijzer(t.verwijzer).to_owned(),
        ecd_omgang(t.omgang_met).to_owned(),
        ecd_vorm(t.vorm).to_owned(),
        ecd_begeleider(t.begeleiding).to_owned(),
        ecd_bekostiging(t.bekostiging).to_owned(),
        t.aanmelddatum.to_string(),
        t.startdatum.map(|d| d.to_string()).unwrap_or_default(),
        t.einddatum.map(|d| d.to_string()).unwrap_or_default(),
        t.reden_einde.map(cbs_reden).unwrap_or_default().to_owned(),
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
                "woonplaatsgemeente": t.gemeente, "geboortedatum": t.geboortedatum, "kader": t.kader, "verwijzer": lijst_verwijzer(t.verwijzer),
                "contact_met": lijst_omgang(t.omgang_met), "vorm": lijst_vorm(t.vorm), "begeleiding": t.begeleiding,
                "financiering": lijst_financiering(t.bekostiging), "aanmelddatum": t.aanmelddatum, "startdatum": t.startdatum,
                "einddatum": t.einddatum, "reden_einde": t.reden_einde.map(lijst_reden), "vervolg": t.vervolg, "aanleiding": t.aanleiding,
                "rapportage_aan": t.rapportage_aan, "contacten": t.contacten, "minuten": t.minuten, "weekendcontacten": t.weekendcontacten,
                "kosten": euro(t.kosten),
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
        in_words(t.geboortedatum),
        t.kader.to_owned(),
        lijst_verwijzer(t.verwijzer).to_owned(),
        lijst_omgang(t.omgang_met).to_owned(),
        lijst_vorm(t.vorm).to_owned(),
        lijst_begeleiding(t.begeleiding).to_owned(),
        lijst_financiering(t.bekostiging).to_owned(),
        in_words(t.aanmelddatum),
        t.startdatum.map(in_words).unwrap_or_default(),
        t.einddatum.map(in_words).unwrap_or_default(),
        t.reden_einde
            .map(lijst_reden)
            .unwrap_or_default()
            .to_owned(),
        t.vervolg.unwrap_or_default().to_owned(),
        t.aanleiding.to_owned(),
        t.rapportage_aan.to_owned(),
        t.contacten.to_string(),
        t.minuten.to_string(),
        t.weekendcontacten.to_string(),
        euro(t.kosten).replace('.', ","),
    ]
}

/// The three canonical tables, as an aanbieder that follows the datapackage exports them.
fn canoniek(map: &Path, aanbieder: &Aanbieder, trajecten: &[Traject], jaar: i32) -> Result<()> {
    let kop = [
        "traject_id",
        "jeugdige_id",
        "gezin_id",
        "voorziening_id",
        "gemeente",
        "leeftijd_bij_aanmelding",
        "kader",
        "wettelijk_kader",
        "aanleiding",
        "verwijzer",
        "omgang_met",
        "verblijf",
        "vorm",
        "intensiteit",
        "begeleiding",
        "rapportage_aan",
        "bekostiging",
        "productcode",
        "aanmelddatum",
        "startdatum",
        "einddatum",
        "reden_einde",
        "vervolg",
        "contacten",
        "minuten",
        "weekendcontacten",
        "kosten",
    ];
    let mut csv = csv::Writer::from_path(map.join("traject.csv"))?;
    csv.write_record(kop)?;
    for t in trajecten {
        csv.write_record(canoniek_rij(t))?;
    }
    csv.flush()?;
    voorzieningen(map, aanbieder, trajecten)?;
    wachtlijst(map, trajecten, jaar)
}

fn canoniek_rij(t: &Traject) -> [String; 27] {
    [
        t.traject_id.clone(),
        t.jeugdige_id.clone(),
        t.gezin_id.clone(),
        t.voorziening_id.to_owned(),
        t.gemeente.clone(),
        t.leeftijd.to_string(),
        t.kader.to_owned(),
        "jeugdwet".to_owned(),
        t.aanleiding.to_owned(),
        t.verwijzer.to_owned(),
        t.omgang_met.to_owned(),
        "bij_ouder".to_owned(),
        t.vorm.to_owned(),
        t.intensiteit.to_owned(),
        t.begeleiding.to_owned(),
        t.rapportage_aan.to_owned(),
        t.bekostiging.to_owned(),
        "45A01".to_owned(),
        t.aanmelddatum.to_string(),
        t.startdatum.map(|d| d.to_string()).unwrap_or_default(),
        t.einddatum.map(|d| d.to_string()).unwrap_or_default(),
        t.reden_einde.unwrap_or_default().to_owned(),
        t.vervolg.unwrap_or_default().to_owned(),
        t.contacten.to_string(),
        t.minuten.to_string(),
        t.weekendcontacten.to_string(),
        euro(t.kosten),
    ]
}

fn voorzieningen(map: &Path, aanbieder: &Aanbieder, trajecten: &[Traject]) -> Result<()> {
    let mut csv = csv::Writer::from_path(map.join("voorziening.csv"))?;
    csv.write_record([
        "voorziening_id",
        "vorm",
        "vestiging",
        "kader",
        "initiatief",
        "plaatsen",
        "weekend",
    ])?;
    let vestiging = trajecten
        .first()
        .map(|t| t.gemeente.clone())
        .unwrap_or_default();
    for (nummer, id) in ["V1", "V2"].into_iter().enumerate() {
        let lopend = trajecten
            .iter()
            .filter(|t| t.voorziening_id == id && t.startdatum.is_some() && t.einddatum.is_none())
            .count();
        let plaatsen = (lopend + lopend / 4).max(4).to_string();
        let vorm = ["omgangshuis", "ambulant_locatie"][nummer];
        let initiatief = ["gemeente", "regio", "particulier"]
            [(aanbieder.kvk.len() + aanbieder.map.len() + nummer) % 3];
        csv.write_record([
            id,
            vorm,
            &vestiging,
            "beide",
            initiatief,
            &plaatsen,
            ["ja", "nee"][nummer],
        ])?;
    }
    csv.flush()?;
    Ok(())
}

fn wachtlijst(map: &Path, trajecten: &[Traject], jaar: i32) -> Result<()> {
    const OORZAKEN: [&str; 4] = [
        "stijging_vraag",
        "schaarste_aanbod",
        "planning",
        "wacht_op_betrokkenen",
    ];
    let mut csv = csv::Writer::from_path(map.join("wachtlijst.csv"))?;
    csv.write_record([
        "peildatum",
        "voorziening_id",
        "gemeente",
        "kader",
        "wachtenden",
        "langste_wachttijd_dagen",
        "oorzaak",
    ])?;
    for peildatum in schema::definitie::quarter_ends(jaar) {
        let mut groepen: std::collections::BTreeMap<(&str, &str, &str), (u32, i64)> =
            std::collections::BTreeMap::new();
        let wacht = |t: &&Traject| {
            let left = [t.startdatum, t.einddatum].into_iter().flatten().min();
            schema::definitie::in_stock(&peildatum, Some(&t.aanmelddatum), left.as_ref())
        };
        for t in trajecten.iter().filter(wacht) {
            let groep = groepen
                .entry((t.voorziening_id, &t.gemeente, t.kader))
                .or_default();
            groep.0 += 1;
            groep.1 = groep.1.max((peildatum - t.aanmelddatum).num_days());
        }
        for (nummer, ((voorziening, gemeente, kader), (aantal, langste))) in
            groepen.into_iter().enumerate()
        {
            let oorzaak = OORZAKEN[nummer % OORZAKEN.len()];
            csv.write_record([
                &peildatum.to_string(),
                voorziening,
                gemeente,
                kader,
                &aantal.to_string(),
                &langste.to_string(),
                oorzaak,
            ])?;
        }
    }
    csv.flush()?;
    Ok(())
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

fn euro(centen: i64) -> String {
    format!("{}.{:02}", centen / 100, centen % 100)
}

fn capital(woord: &str) -> String {
    let mut tekens = woord.chars();
    tekens
        .next()
        .map(|eerste| eerste.to_uppercase().collect::<String>() + tekens.as_str())
        .unwrap_or_default()
}

/// `2 mrt 2020`, as some systems write a date.
fn in_words(datum: NaiveDate) -> String {
    const MAANDEN: [&str; 12] = [
        "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
    ];
    format!(
        "{} {} {}",
        datum.day(),
        MAANDEN[datum.month0() as usize],
        datum.year()
    )
}

fn lijst_verwijzer(code: &str) -> &'static str {
    match code {
        "jeugdbeschermer" => "GI",
        "rechter" => "Rechtbank",
        "raad_voor_de_kinderbescherming" => "RvdK",
        "cjg" => "Centrum Jeugd en Gezin",
        "sociaal_wijkteam" => "Wijkteam",
        "huisarts" => "Huisarts",
        _ => "Eigen aanmelding",
    }
}

fn lijst_omgang(code: &str) -> &'static str {
    match code {
        "grootouder" => "Opa/oma",
        "broer_of_zus" => "Broer/zus",
        _ => "Ouder",
    }
}

fn lijst_vorm(code: &str) -> &'static str {
    match code {
        "omgangshuis" => "Omgangshuis",
        "ambulant_locatie" => "Ambulant op locatie",
        "ambulant_thuis" => "Bij ouder thuis",
        _ => "Ambulant elders",
    }
}

fn lijst_begeleiding(code: &str) -> &'static str {
    match code {
        "professional" => "Jeugdhulpverlener",
        "vrijwilliger" => "Vrijwilliger",
        _ => "Beide",
    }
}

fn lijst_financiering(code: &str) -> &'static str {
    match code {
        "inkoop_gemeente" => "Jeugdwet gemeente",
        "inkoop_regio" => "Jeugdwet regio",
        _ => "Subsidie",
    }
}

fn lijst_reden(code: &str) -> &'static str {
    match code {
        "volgens_plan" => "Volgens plan",
        "voortijdig_in_overleg" => "Voortijdig, in overleg",
        "eenzijdig_client" => "Cliënt gestopt",
        "eenzijdig_aanbieder" => "Eenzijdig door aanbieder",
        "externe_omstandigheden" => "Externe omstandigheden",
        _ => "Ingetrokken voor start",
    }
}

fn ijw_reden(code: &str) -> &'static str {
    match code {
        "volgens_plan" => "31",
        "voortijdig_in_overleg" => "34",
        "eenzijdig_client" => "32",
        "eenzijdig_aanbieder" => "33",
        "externe_omstandigheden" => "35",
        _ => "ingetrokken",
    }
}

fn cbs_reden(code: &str) -> &'static str {
    match code {
        "volgens_plan" => "01",
        "voortijdig_in_overleg" => "02",
        "eenzijdig_client" => "03",
        "eenzijdig_aanbieder" => "04",
        "externe_omstandigheden" => "05",
        _ => "ingetrokken voor start",
    }
}

fn ecd_verwijzer(code: &str) -> &'static str {
    match code {
        "jeugdbeschermer" => "jeugdbescherming",
        "rechter" => "rechter",
        "raad_voor_de_kinderbescherming" => "Raad voor de Kinderbescherming",
        "cjg" => "CJG",
        "sociaal_wijkteam" => "sociaal team",
        "huisarts" => "huisarts",
        _ => "geen",
    }
}

fn ecd_omgang(code: &str) -> &'static str {
    match code {
        "grootouder" => "grootouders",
        "broer_of_zus" => "siblings",
        _ => "ouder",
    }
}

fn ecd_vorm(code: &str) -> &'static str {
    match code {
        "omgangshuis" => "OH",
        "ambulant_locatie" => "AL",
        "ambulant_thuis" => "AT",
        _ => "AE",
    }
}

fn ecd_begeleider(code: &str) -> &'static str {
    match code {
        "professional" => "prof",
        "vrijwilliger" => "vrijw",
        _ => "prof+vrijw",
    }
}

fn ecd_bekostiging(code: &str) -> &'static str {
    match code {
        "inkoop_gemeente" => "gemeente",
        "inkoop_regio" => "regio",
        _ => "subsidie preventie",
    }
}
