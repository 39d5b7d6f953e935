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
    EXAMPLE, HEADER_ROW, LIST_SHEET, PROPERTY_UITVRAAG, PROPERTY_VERSION, README_SHEET,
    not_negative,
};
use crate::definitie::{Definitie, Tabel, Veld, VeldType};
use crate::dutch_time::datum_nl;
use crate::gebieden::Gebieden;
use crate::wording;

/// Last row with dropdowns and checks, from 0.
const LAST_ROW: u32 = 5_002;
/// How a day is shown.
const DAYS: &str = "dd-mm-yyyy";
const BLUE: Color = Color::RGB(0x01_54_73);
const LIGHT_BLUE: Color = Color::RGB(0xD9_EB_F2);
const GREY: Color = Color::RGB(0x59_59_59);
const LIGHT_GREY: Color = Color::RGB(0xF0_F0_F0);

pub(super) fn workbook(definitie: &Definitie) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(definitie)?);
    let lists = Lists::of(definitie);
    write_read_me(workbook.add_worksheet(), definitie)?;
    for tabel in &definitie.tabellen {
        write_tabel(workbook.add_worksheet(), definitie, tabel, &lists)?;
    }
    lists.write(workbook.add_worksheet())?;
    workbook.save_to_buffer()
}

fn properties(definitie: &Definitie) -> Result<DocProperties, XlsxError> {
    let jaar = u16::try_from(definitie.jaar).unwrap_or(1970);
    Ok(DocProperties::new()
        .set_title(format!("Sjabloon {}", definitie.titel))
        .set_subject(definitie.name())
        // A moment of the clock would make every run differ.
        .set_creation_datetime(&ExcelDateTime::from_ymd(jaar, 1, 1)?)
        .set_custom_property(PROPERTY_UITVRAAG, definitie.name())
        .set_custom_property(PROPERTY_VERSION, definitie.versie.to_string())
        .set_custom_property("regels", definitie.regelhash.clone()))
}

fn write_read_me(sheet: &mut Worksheet, definitie: &Definitie) -> Result<(), XlsxError> {
    let header = Format::new()
        .set_bold()
        .set_font_size(16)
        .set_font_color(BLUE)
        .set_text_wrap();
    let subheading = Format::new()
        .set_bold()
        .set_font_size(12)
        .set_font_color(BLUE);
    let plain = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet
        .set_name(README_SHEET)?
        .set_column_width(0, 95)?
        .set_screen_gridlines(false);
    sheet.write_with_format(0, 0, &definitie.titel, &header)?;
    let mut row = 2;
    for (title, paragraphs) in instructions(definitie) {
        sheet.write_with_format(row, 0, title, &subheading)?;
        row += 1;
        for paragraph in paragraphs {
            sheet.write_with_format(row, 0, &paragraph, &plain)?;
            // Excel does not fit the height of wrapped text by itself when a file is made outside it.
            let regels = u32::try_from(paragraph.chars().count() / 95 + 1).unwrap_or(1);
            sheet.set_row_height(row, regels * 15)?;
            row += 1;
        }
        row += 1;
    }
    Ok(())
}

fn instructions(definitie: &Definitie) -> Vec<(&'static str, Vec<String>)> {
    let sheets: Vec<String> = definitie
        .tabellen
        .iter()
        .map(|t| format!("{}: {}", t.titel, t.definitie))
        .collect();
    let name = definitie.name();
    vec![
        (
            wording::sjabloon::SUBJECT,
            vec![definitie.inleiding.trim().to_owned()],
        ),
        ("De bladen", sheets),
        (
            wording::sjabloon::FILL_IN_SO,
            vec![
                wording::sjabloon::from_row(&(HEADER_ROW + 1)),
                wording::sjabloon::HEADERS.to_owned(),
                wording::sjabloon::EXPLANATIONS.to_owned(),
                wording::sjabloon::KEEP_HEADERS.to_owned(),
                wording::sjabloon::NO_BSN.to_owned(),
            ],
        ),
        (
            "Controleren en versturen",
            vec![
                wording::sjabloon::check_file(&name),
                wording::sjabloon::make_pakket(&name),
                wording::sjabloon::SEND_PAKKET.to_owned(),
                wording::sjabloon::ADDRESS_AND_TOKEN.to_owned(),
                wording::sjabloon::last_day(&datum_nl(definitie.klok.inleveren)),
            ],
        ),
        (
            "Versie",
            vec![wording::sjabloon::version_of(&name, &definitie.versie)],
        ),
    ]
}

fn write_tabel(
    sheet: &mut Worksheet,
    definitie: &Definitie,
    tabel: &Tabel,
    lists: &Lists,
) -> Result<(), XlsxError> {
    sheet
        .set_name(&tabel.titel)?
        .set_freeze_panes(HEADER_ROW, 0)?;
    let explanation = Format::new().set_bold().set_font_color(BLUE);
    let help = wording::sjabloon::example_row(&tabel.definitie, &(HEADER_ROW + 1));
    sheet.write_with_format(0, 0, &help, &explanation)?;
    for (column, veld) in (0u16..).zip(&tabel.velden) {
        let width = veld.label.chars().count().clamp(12, 32) + 3;
        sheet.set_column_width(column, u32::try_from(width).unwrap_or(15))?;
        sheet.set_column_format(column, &cell_format(veld))?;
        write_example(sheet, column, definitie, tabel, veld)?;
        sheet.write_with_format(
            HEADER_ROW - 1,
            column,
            &veld.label,
            &header_format(veld.verplicht),
        )?;
        sheet.insert_note(HEADER_ROW - 1, column, &note(definitie, veld))?;
        sheet.add_data_validation(
            HEADER_ROW,
            column,
            LAST_ROW,
            column,
            &validation(definitie, tabel, veld, lists)?,
        )?;
    }
    // Behind the fields, so that a row that was made by their order still fits.
    let births = tabel
        .velden
        .iter()
        .filter(|v| v.birth_date_header().is_some());
    for (column, veld) in (last_column(tabel)..).zip(births) {
        write_birth_date(sheet, column, veld)?;
    }
    Ok(())
}

/// The number of the first column behind the fields.
fn last_column(tabel: &Tabel) -> u16 {
    u16::try_from(tabel.velden.len()).unwrap_or(u16::MAX)
}

/// A column for birth dates, for who does not keep ages.
fn write_birth_date(sheet: &mut Worksheet, column: u16, veld: &Veld) -> Result<(), XlsxError> {
    let header = veld.birth_date_header().unwrap_or_default();
    sheet.set_column_width(column, 18)?;
    sheet.set_column_format(column, &Format::new().set_num_format(DAYS))?;
    sheet.write_with_format(HEADER_ROW - 1, column, header, &header_format(false))?;
    let note = Note::new(wording::sjabloon::birth_date(&veld.label));
    let note = note.add_author_prefix(false).set_width(300).set_height(150);
    sheet.insert_note(HEADER_ROW - 1, column, &note)?;
    let days = DataValidation::new()
        .allow_date(DataValidationRule::GreaterThanOrEqualTo(
            ExcelDateTime::from_ymd(1990, 1, 1)?,
        ))
        .ignore_blank(true)
        .set_error_style(DataValidationErrorStyle::Stop)
        .set_error_title(header)?
        .set_error_message(wording::sjabloon::GIVE_DATE)?;
    sheet.add_data_validation(HEADER_ROW, column, LAST_ROW, column, &days)?;
    Ok(())
}

fn header_format(is_required: bool) -> Format {
    let header = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_border(FormatBorder::Thin)
        .set_align(FormatAlign::Top);
    if is_required {
        header
            .set_background_color(BLUE)
            .set_font_color(Color::White)
    } else {
        header
            .set_background_color(LIGHT_BLUE)
            .set_font_color(Color::Black)
    }
}

/// Texts stay texts: a number with leading zeros or a long one would be changed otherwise.
fn cell_format(veld: &Veld) -> Format {
    Format::new().set_num_format(match veld.veldtype {
        VeldType::Datum => DAYS,
        VeldType::Whole => "0",
        VeldType::Decimal => "0.00",
        _ => "@",
    })
}

fn write_example(
    sheet: &mut Worksheet,
    column: u16,
    definitie: &Definitie,
    tabel: &Tabel,
    veld: &Veld,
) -> Result<(), XlsxError> {
    let style = cell_format(veld)
        .set_italic()
        .set_font_color(GREY)
        .set_background_color(LIGHT_GREY);
    let text = tabel
        .voorbeeld
        .get(&veld.naam)
        .map(String::as_str)
        .unwrap_or_default();
    match &veld.veldtype {
        VeldType::Pseudoniem => {
            sheet.write_with_format(1, column, format!("{EXAMPLE}-{}", column + 1), &style)?
        }
        VeldType::Datum => {
            sheet.write_with_format(1, column, &ExcelDateTime::parse_from_str(text)?, &style)?
        }
        VeldType::Whole | VeldType::Decimal => match text.parse::<f64>() {
            Ok(number) => sheet.write_with_format(1, column, number, &style)?,
            Err(_) => sheet.write_with_format(1, column, text, &style)?,
        },
        VeldType::Code { list } => {
            let label = definitie
                .codelijsten
                .get(list)
                .and_then(|l| l.code(text))
                .map_or(text, |c| c.label.as_str());
            sheet.write_with_format(1, column, label, &style)?
        }
        VeldType::Gemeente => {
            let name = Gebieden::get()
                .gemeente(definitie.jaar, text)
                .map_or(text, |g| g.gemeentenaam.as_str());
            sheet.write_with_format(1, column, name, &style)?
        }
        // So that it is known as the example wherever it ends up, and points to the example of another sheet.
        VeldType::Tekst { .. }
            if definitie
                .tabellen
                .iter()
                .any(|t| t.sleutel.contains(&veld.naam)) =>
        {
            sheet.write_with_format(1, column, format!("{EXAMPLE}-{text}"), &style)?
        }
        VeldType::Tekst { .. } | VeldType::YesNo => {
            sheet.write_with_format(1, column, text, &style)?
        }
    };
    Ok(())
}

fn note(definitie: &Definitie, veld: &Veld) -> Note {
    let mut text = format!(
        "{}\n\n{}",
        if veld.verplicht {
            "Verplicht."
        } else {
            "Mag leeg blijven."
        },
        veld.definitie
    );
    if let Some(header) = veld.birth_date_header() {
        text.push_str(&wording::sjabloon::or_birth_date(&header));
    }
    if let VeldType::Code { list } = &veld.veldtype {
        for code in definitie
            .codelijsten
            .get(list)
            .map(|l| l.codes.as_slice())
            .unwrap_or_default()
        {
            text.extend(["\n- ", &code.label]);
        }
    }
    let regels = u32::try_from(text.chars().count() / 45 + text.lines().count()).unwrap_or(10);
    Note::new(text)
        .add_author_prefix(false)
        .set_width(300)
        .set_height(20 + 16 * regels)
}

fn validation(
    definitie: &Definitie,
    tabel: &Tabel,
    veld: &Veld,
    lists: &Lists,
) -> Result<DataValidation, XlsxError> {
    let non_negative = not_negative(definitie, tabel, veld);
    let (regel, message) = match &veld.veldtype {
        VeldType::Code { list } => (
            lists.drop_down(list),
            wording::sjabloon::CHOOSE_VALUE.to_owned(),
        ),
        VeldType::YesNo => (lists.drop_down(YES_NO), "Kies ja of nee.".to_owned()),
        VeldType::Gemeente => (
            lists.drop_down(GEMEENTEN),
            wording::sjabloon::choose_gemeente(&definitie.jaar),
        ),
        VeldType::Datum => (
            DataValidation::new().allow_date(DataValidationRule::GreaterThanOrEqualTo(
                ExcelDateTime::from_ymd(1990, 1, 1)?,
            )),
            wording::sjabloon::GIVE_DATE.to_owned(),
        ),
        VeldType::Whole => (
            DataValidation::new().allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(
                if non_negative { 0 } else { -1_000_000 },
            )),
            wording::sjabloon::GIVE_WHOLE_NUMBER.to_owned(),
        ),
        VeldType::Decimal => (
            DataValidation::new().allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(
                if non_negative { 0.0 } else { -1e9 },
            )),
            wording::sjabloon::GIVE_AMOUNT.to_owned(),
        ),
        VeldType::Tekst { lengte: length } => {
            let at_most = u32::try_from(*length).unwrap_or(u32::MAX);
            let regel = DataValidation::new()
                .allow_text_length(DataValidationRule::LessThanOrEqualTo(at_most));
            (regel, format!("Hoogstens {length} tekens."))
        }
        VeldType::Pseudoniem => {
            let regel =
                DataValidation::new().allow_text_length(DataValidationRule::LessThanOrEqualTo(64));
            (regel, wording::sjabloon::GIVE_OWN_NUMBER.to_owned())
        }
    };
    // A code may be typed instead of chosen: what is not in the list is asked about, not refused.
    let style = match veld.veldtype {
        VeldType::Gemeente | VeldType::Code { .. } => DataValidationErrorStyle::Warning,
        _ => DataValidationErrorStyle::Stop,
    };
    let title: String = veld.label.chars().take(32).collect();
    regel
        .ignore_blank(true)
        .set_error_style(style)
        .set_error_title(title)?
        .set_error_message(message)
}

const YES_NO: &str = "ja_nee";
const GEMEENTEN: &str = "gemeenten";

/// The lists behind the dropdowns, each a column of the hidden sheet: strings in the rule itself stop at 255
/// characters.
struct Lists(Vec<(String, Vec<String>)>);

impl Lists {
    fn of(definitie: &Definitie) -> Self {
        let labels = |l: &crate::Codelijst| l.codes.iter().map(|c| c.label.clone()).collect();
        let mut lists: Vec<(String, Vec<String>)> = definitie
            .codelijsten
            .iter()
            .map(|(name, l)| (name.clone(), labels(l)))
            .collect();
        lists.push((YES_NO.to_owned(), vec!["ja".to_owned(), "nee".to_owned()]));
        let gemeenten = Gebieden::get()
            .gemeenten(definitie.jaar)
            .into_iter()
            .flatten();
        let mut names: Vec<String> = gemeenten.map(|(_, g)| g.gemeentenaam.clone()).collect();
        names.sort_by_key(|name| name.trim_start_matches("'s-").to_lowercase());
        lists.push((GEMEENTEN.to_owned(), names));
        Self(lists)
    }

    fn write(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(LIST_SHEET)?.set_hidden(true);
        for (column, (name, values)) in (0u16..).zip(&self.0) {
            sheet.write(0, column, name)?;
            for (row, value) in (1u32..).zip(values) {
                sheet.write(row, column, value)?;
            }
        }
        Ok(())
    }

    fn drop_down(&self, name: &str) -> DataValidation {
        let range = self.0.iter().position(|(n, _)| n == name).map(|index| {
            let column = crate::bevinding::column_letters(index);
            format!(
                "={LIST_SHEET}!${column}$2:${column}${}",
                self.0[index].1.len() + 1
            )
        });
        match range {
            Some(range) => DataValidation::new().allow_list_formula(Formula::new(range)),
            None => DataValidation::new().allow_any_value(),
        }
    }
}
