//! `sjabloon.xlsx`: the workbook that an aanbieder without an export fills in.
//!
//! Owns its layout: `Lees mij`, a sheet per table (a line of help, a grey example, the headers, room for rows) and a
//! hidden sheet with the lists behind the dropdowns. The example stands above the headers, so that it can never be
//! taken for data. Everything in it follows from the definition, byte for byte. Leaves reading it to `mapping`.

use rust_xlsxwriter::{
    Color, DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties,
    ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Note, Workbook, Worksheet,
    XlsxError,
};

use super::{
    EIGENSCHAP_UITVRAAG, EIGENSCHAP_VERSIE, KOPREGEL, LEESBLAD, LIJSTBLAD, VOORBEELD, not_negative,
};
use crate::definitie::{Afleiding, Definitie, Tabel, Veld, Veldtype};
use crate::gebieden::Gebieden;
use crate::levering::datum_nl;

/// Last row with dropdowns and checks, from 0.
const LAATSTE_RIJ: u32 = 5_002;
const BLAUW: Color = Color::RGB(0x01_54_73);
const LICHTBLAUW: Color = Color::RGB(0xD9_EB_F2);
const GRIJS: Color = Color::RGB(0x59_59_59);
const LICHTGRIJS: Color = Color::RGB(0xF0_F0_F0);

pub(super) fn workbook(definitie: &Definitie) -> Result<Vec<u8>, XlsxError> {
    let mut werkmap = Workbook::new();
    werkmap.set_properties(&properties(definitie)?);
    let lijsten = Lijsten::of(definitie);
    write_lees_mij(werkmap.add_worksheet(), definitie)?;
    for tabel in &definitie.tabellen {
        write_tabel(werkmap.add_worksheet(), definitie, tabel, &lijsten)?;
    }
    lijsten.write(werkmap.add_worksheet())?;
    werkmap.save_to_buffer()
}

fn properties(definitie: &Definitie) -> Result<DocProperties, XlsxError> {
    let jaar = u16::try_from(definitie.jaar).unwrap_or(1970);
    Ok(DocProperties::new()
        .set_title(format!("Sjabloon {}", definitie.titel))
        .set_subject(definitie.naam())
        // A moment of the clock would make every run differ.
        .set_creation_datetime(&ExcelDateTime::from_ymd(jaar, 1, 1)?)
        .set_custom_property(EIGENSCHAP_UITVRAAG, definitie.naam())
        .set_custom_property(EIGENSCHAP_VERSIE, definitie.versie.to_string())
        .set_custom_property("regels", definitie.regelhash.clone()))
}

fn write_lees_mij(blad: &mut Worksheet, definitie: &Definitie) -> Result<(), XlsxError> {
    let kop = Format::new()
        .set_bold()
        .set_font_size(16)
        .set_font_color(BLAUW)
        .set_text_wrap();
    let tussenkop = Format::new()
        .set_bold()
        .set_font_size(12)
        .set_font_color(BLAUW);
    let gewoon = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    blad.set_name(LEESBLAD)?
        .set_column_width(0, 95)?
        .set_screen_gridlines(false);
    blad.write_with_format(0, 0, &definitie.titel, &kop)?;
    let mut rij = 2;
    for (titel, alineas) in instructions(definitie) {
        blad.write_with_format(rij, 0, titel, &tussenkop)?;
        rij += 1;
        for alinea in alineas {
            blad.write_with_format(rij, 0, &alinea, &gewoon)?;
            // Excel does not fit the height of wrapped text by itself when a file is made outside it.
            let regels = u32::try_from(alinea.chars().count() / 95 + 1).unwrap_or(1);
            blad.set_row_height(rij, regels * 15)?;
            rij += 1;
        }
        rij += 1;
    }
    Ok(())
}

fn instructions(definitie: &Definitie) -> Vec<(&'static str, Vec<String>)> {
    let bladen: Vec<String> = definitie
        .tabellen
        .iter()
        .map(|t| format!("{}: {}", t.titel, t.definitie))
        .collect();
    let naam = definitie.naam();
    vec![
        ("Waar gaat het over?", vec![definitie.inleiding.trim().to_owned()]),
        ("De bladen", bladen),
        (
            "Zo vult u het in",
            vec![
                format!("1. Vul in vanaf rij {}. Rij 2 is een voorbeeld en telt niet mee.", KOPREGEL + 1),
                "2. Een donkere kop is verplicht. Een lichte kop mag leeg blijven.".to_owned(),
                "3. Zet de muis op een kop: dan ziet u wat er moet staan. Bij veel velden kiest u uit een lijst.".to_owned(),
                "4. Verander de koppen en de namen van de bladen niet.".to_owned(),
                "5. Vul nergens een BSN of een naam van een persoon in. Gebruik uw eigen nummers: het programma maakt er pseudoniemen van."
                    .to_owned(),
            ],
        ),
        (
            "Controleren en versturen",
            vec![
                format!("1. Controleer het bestand: uitvraag controleer sjabloon.xlsx --uitvraag {naam}"),
                format!("2. Maak een pakket: uitvraag pak sjabloon.xlsx --uitvraag {naam} --uit pakket"),
                "3. Verstuur het pakket: uitvraag lever pakket --server ADRES --token-bestand BESTAND".to_owned(),
                "Het adres en het token krijgt u van de coördinator.".to_owned(),
                format!("U kunt inleveren tot en met {}.", datum_nl(definitie.klok.inleveren)),
            ],
        ),
        ("Versie", vec![format!("Uitvraag {naam}, versie {} van de definitie.", definitie.versie)]),
    ]
}

fn write_tabel(
    blad: &mut Worksheet,
    definitie: &Definitie,
    tabel: &Tabel,
    lijsten: &Lijsten,
) -> Result<(), XlsxError> {
    blad.set_name(&tabel.titel)?.set_freeze_panes(KOPREGEL, 0)?;
    let uitleg = Format::new().set_bold().set_font_color(BLAUW);
    let hulp = format!(
        "{} Rij 2 is een voorbeeld. Vul uw eigen rijen in vanaf rij {}.",
        tabel.definitie,
        KOPREGEL + 1
    );
    blad.write_with_format(0, 0, &hulp, &uitleg)?;
    for (kolom, veld) in (0u16..).zip(&tabel.velden) {
        let breedte = veld.label.chars().count().clamp(12, 32) + 3;
        blad.set_column_width(kolom, u32::try_from(breedte).unwrap_or(15))?;
        blad.set_column_format(kolom, &cell_format(veld))?;
        write_example(blad, kolom, definitie, tabel, veld)?;
        blad.write_with_format(KOPREGEL - 1, kolom, &veld.label, &header_format(veld))?;
        blad.insert_note(KOPREGEL - 1, kolom, &note(definitie, veld))?;
        blad.add_data_validation(
            KOPREGEL,
            kolom,
            LAATSTE_RIJ,
            kolom,
            &validation(definitie, tabel, veld, lijsten)?,
        )?;
    }
    Ok(())
}

fn header_format(veld: &Veld) -> Format {
    let kop = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Top);
    if veld.verplicht {
        kop.set_background_color(BLAUW).set_font_color(Color::White)
    } else {
        kop.set_background_color(LICHTBLAUW)
            .set_font_color(Color::Black)
    }
}

/// Texts stay texts: a number with leading zeros or a long one would be changed otherwise.
fn cell_format(veld: &Veld) -> Format {
    Format::new().set_num_format(match veld.veldtype {
        Veldtype::Datum => "dd-mm-yyyy",
        Veldtype::Geheel => "0",
        Veldtype::Decimaal => "0.00",
        _ => "@",
    })
}

fn write_example(
    blad: &mut Worksheet,
    kolom: u16,
    definitie: &Definitie,
    tabel: &Tabel,
    veld: &Veld,
) -> Result<(), XlsxError> {
    let stijl = cell_format(veld)
        .set_italic()
        .set_font_color(GRIJS)
        .set_background_color(LICHTGRIJS);
    let tekst = tabel
        .voorbeeld
        .get(&veld.naam)
        .map(String::as_str)
        .unwrap_or_default();
    match &veld.veldtype {
        Veldtype::Pseudoniem => {
            blad.write_with_format(1, kolom, format!("{VOORBEELD}-{}", kolom + 1), &stijl)?
        }
        Veldtype::Datum => {
            blad.write_with_format(1, kolom, &ExcelDateTime::parse_from_str(tekst)?, &stijl)?
        }
        Veldtype::Geheel | Veldtype::Decimaal => match tekst.parse::<f64>() {
            Ok(getal) => blad.write_with_format(1, kolom, getal, &stijl)?,
            Err(_) => blad.write_with_format(1, kolom, tekst, &stijl)?,
        },
        Veldtype::Code { lijst } => {
            let label = definitie
                .codelijsten
                .get(lijst)
                .and_then(|l| l.code(tekst))
                .map_or(tekst, |c| c.label.as_str());
            blad.write_with_format(1, kolom, label, &stijl)?
        }
        Veldtype::Gemeente => {
            let naam = Gebieden::get()
                .gemeente(definitie.jaar, tekst)
                .map_or(tekst, |g| g.gemeentenaam.as_str());
            blad.write_with_format(1, kolom, naam, &stijl)?
        }
        // So that it is known as the example wherever it ends up, and points to the example of another sheet.
        Veldtype::Tekst { .. }
            if definitie
                .tabellen
                .iter()
                .any(|t| t.sleutel.contains(&veld.naam)) =>
        {
            blad.write_with_format(1, kolom, format!("{VOORBEELD}-{tekst}"), &stijl)?
        }
        Veldtype::Tekst { .. } | Veldtype::JaNee => {
            blad.write_with_format(1, kolom, tekst, &stijl)?
        }
    };
    Ok(())
}

fn note(definitie: &Definitie, veld: &Veld) -> Note {
    let mut tekst = format!(
        "{}\n\n{}",
        if veld.verplicht {
            "Verplicht."
        } else {
            "Mag leeg blijven."
        },
        veld.definitie
    );
    if let Some(Afleiding::Leeftijd { .. }) = veld.afleiding {
        tekst.push_str("\n\nIn dit sjabloon vult u de leeftijd zelf in.");
    }
    if let Veldtype::Code { lijst } = &veld.veldtype {
        for code in definitie
            .codelijsten
            .get(lijst)
            .map(|l| l.codes.as_slice())
            .unwrap_or_default()
        {
            tekst.push_str(&format!("\n- {}", code.label));
        }
    }
    let regels = u32::try_from(tekst.chars().count() / 45 + tekst.lines().count()).unwrap_or(10);
    Note::new(tekst)
        .add_author_prefix(false)
        .set_width(300)
        .set_height(20 + 16 * regels)
}

fn validation(
    definitie: &Definitie,
    tabel: &Tabel,
    veld: &Veld,
    lijsten: &Lijsten,
) -> Result<DataValidation, XlsxError> {
    let niet_negatief = not_negative(definitie, tabel, veld);
    let (regel, bericht) = match &veld.veldtype {
        Veldtype::Code { lijst } => (
            lijsten.dropdown(lijst),
            "Kies een waarde uit de lijst.".to_owned(),
        ),
        Veldtype::JaNee => (lijsten.dropdown(JA_NEE), "Kies ja of nee.".to_owned()),
        Veldtype::Gemeente => (
            lijsten.dropdown(GEMEENTEN),
            format!(
                "Kies een gemeente uit de lijst van {}, of vul de CBS-code in, zoals GM0344.",
                definitie.jaar
            ),
        ),
        Veldtype::Datum => (
            DataValidation::new().allow_date(DataValidationRule::GreaterThanOrEqualTo(
                ExcelDateTime::from_ymd(1990, 1, 1)?,
            )),
            "Vul een datum in met dag, maand en jaar, zoals 14-04-2020.".to_owned(),
        ),
        Veldtype::Geheel => (
            DataValidation::new().allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(
                if niet_negatief { 0 } else { -1_000_000 },
            )),
            "Vul een heel getal in, alleen cijfers.".to_owned(),
        ),
        Veldtype::Decimaal => (
            DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(
                if niet_negatief { 0.0 } else { -1e9 },
            )),
            "Vul een bedrag in, alleen cijfers en een komma.".to_owned(),
        ),
        Veldtype::Tekst { lengte } => {
            let hoogstens = u32::try_from(*lengte).unwrap_or(u32::MAX);
            let regel = DataValidation::new()
                .allow_text_length(DataValidationRule::LessThanOrEqualTo(hoogstens));
            (regel, format!("Hoogstens {lengte} tekens."))
        }
        Veldtype::Pseudoniem => {
            let regel =
                DataValidation::new().allow_text_length(DataValidationRule::LessThanOrEqualTo(64));
            (regel, "Vul uw eigen nummer in. Nooit een BSN.".to_owned())
        }
    };
    // A code may be typed instead of chosen: what is not in the list is asked about, not refused.
    let stijl = match veld.veldtype {
        Veldtype::Gemeente | Veldtype::Code { .. } => DataValidationErrorStyle::Warning,
        _ => DataValidationErrorStyle::Stop,
    };
    let titel: String = veld.label.chars().take(32).collect();
    regel
        .ignore_blank(true)
        .set_error_style(stijl)
        .set_error_title(titel)?
        .set_error_message(bericht)
}

const JA_NEE: &str = "ja_nee";
const GEMEENTEN: &str = "gemeenten";

/// The lists behind the dropdowns, each a column of the hidden sheet: strings in the rule itself stop at 255
/// characters.
struct Lijsten(Vec<(String, Vec<String>)>);

impl Lijsten {
    fn of(definitie: &Definitie) -> Self {
        let labels = |l: &crate::Codelijst| l.codes.iter().map(|c| c.label.clone()).collect();
        let mut lijsten: Vec<(String, Vec<String>)> = definitie
            .codelijsten
            .iter()
            .map(|(naam, l)| (naam.clone(), labels(l)))
            .collect();
        lijsten.push((JA_NEE.to_owned(), vec!["ja".to_owned(), "nee".to_owned()]));
        let gemeenten = Gebieden::get()
            .gemeenten(definitie.jaar)
            .into_iter()
            .flatten();
        let mut namen: Vec<String> = gemeenten.map(|(_, g)| g.gemeentenaam.clone()).collect();
        namen.sort_by_key(|naam| naam.trim_start_matches("'s-").to_lowercase());
        lijsten.push((GEMEENTEN.to_owned(), namen));
        Self(lijsten)
    }

    fn write(&self, blad: &mut Worksheet) -> Result<(), XlsxError> {
        blad.set_name(LIJSTBLAD)?.set_hidden(true);
        for (kolom, (naam, waarden)) in (0u16..).zip(&self.0) {
            blad.write(0, kolom, naam)?;
            for (rij, waarde) in (1u32..).zip(waarden) {
                blad.write(rij, kolom, waarde)?;
            }
        }
        Ok(())
    }

    fn dropdown(&self, naam: &str) -> DataValidation {
        let bereik = self.0.iter().position(|(n, _)| n == naam).map(|index| {
            let kolom = crate::bevinding::column_letters(index);
            format!(
                "={LIJSTBLAD}!${kolom}$2:${kolom}${}",
                self.0[index].1.len() + 1
            )
        });
        match bereik {
            Some(bereik) => DataValidation::new().allow_list_formula(Formula::new(bereik)),
            None => DataValidation::new().allow_any_value(),
        }
    }
}
