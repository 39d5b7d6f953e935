//! The workbook of one gebied: a cover, a sheet per chapter, and what the signs and the figures mean.
//!
//! Owns its layout. Numbers stand in it as numbers, all else as text and never as a formula, and nothing in it knows the
//! time: the same figures give the same bytes. Leaves which figures and which words to [`crate::workbook_chapter`].

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};
use schema::dutch_time::datum_nl;
use schema::publisher::LICENCE_NAME;

use crate::block::cell::known_aanbieders;
use crate::citation::{citation, kind_and_name};
use crate::dutch_format;
use crate::publicatie::{PublishedGebied, ReportPublicatie};
use crate::wording;
use crate::wording::workbook as words;
use crate::workbook_chapter::{Chapter, FigureLine};

const BLUE: Color = Color::RGB(0x0A_4F_7D);
const LIGHT_BLUE: Color = Color::RGB(0xDF_EA_F2);
/// Excel takes no longer name of a sheet.
const LONGEST_NAME: usize = 31;

/// One cell of a chapter.
enum FigureEntry {
    Nothing,
    Words(String),
    Number(f64),
    /// A number that is written in the unit of its figure.
    Value(f64),
    Share(f64),
}

/// A column of a chapter: its name, its width, and its cell.
type FigureColumn = (&'static str, f64, fn(&FigureLine<'_>) -> FigureEntry);

const COLUMNS: [FigureColumn; 18] = [
    (words::FIGURE, 44.0, |line| text(&line.indicator.titel)),
    (words::BREAKDOWN, 20.0, |line| text(line.breakdown)),
    (words::CATEGORY, 28.0, |line| text(line.category)),
    (words::VALUE, 11.0, |line| value(line.fact.value())),
    (words::UNIT, 22.0, |line| text(unit(line))),
    (words::IN_WORDS, 30.0, |line| text(&line.words)),
    (words::LOWER, 11.0, |line| value(line.fact.lower())),
    (words::ABOVE, 11.0, |line| value(line.fact.above())),
    (words::N, 10.0, |line| {
        number(line.fact.n().map(|n| n as f64))
    }),
    (words::NUMERATOR, 10.0, |line| number(line.fact.numerator())),
    (words::DENOMINATOR, 12.0, |line| {
        number(line.fact.denominator())
    }),
    (words::COUNTRY, 12.0, |line| value(line.national)),
    (words::BESIDE_COUNTRY, 24.0, |line| text(line.standing)),
    (words::KNOWN, 12.0, |line| share(line.fact.known_records())),
    (words::KNOWN_FROM, 14.0, |line| {
        text(&known_aanbieders(line.fact))
    }),
    (words::RESPONSE, 10.0, |line| share(line.fact.respons())),
    (words::SIGN, 8.0, |line| {
        text(if line.fact.provisional() {
            words::PROVISIONAL
        } else {
            ""
        })
    }),
    (words::ID, 34.0, |line| text(&line.indicator.id)),
];

fn text(words: &str) -> FigureEntry {
    match words {
        "" => FigureEntry::Nothing,
        _ => FigureEntry::Words(words.to_owned()),
    }
}

fn value(value: Option<f64>) -> FigureEntry {
    value.map_or(FigureEntry::Nothing, FigureEntry::Value)
}

fn number(number: Option<f64>) -> FigureEntry {
    number.map_or(FigureEntry::Nothing, FigureEntry::Number)
}

fn share(share: Option<f64>) -> FigureEntry {
    share.map_or(FigureEntry::Nothing, FigureEntry::Share)
}

/// The unit of a figure, also where the page needs no word for it.
fn unit<'l>(line: &'l FigureLine<'_>) -> &'l str {
    match line.format.unit() {
        "" => &line.indicator.eenheid,
        unit => unit,
    }
}

/// The workbook of a gebied, from its chapters.
///
/// # Errors
/// When a sheet can't be written, as with two chapters of one name.
pub fn xlsx(
    publicatie: &ReportPublicatie,
    gebied: &PublishedGebied,
    chapters: &[Chapter<'_>],
) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let title = cover_title(publicatie, gebied);
    let day = publicatie.datum.format("%Y-%m-%d").to_string();
    workbook.set_properties(
        &DocProperties::new()
            .set_title(&title)
            .set_author(&publicatie.titel)
            // A moment of the clock would make every file differ.
            .set_creation_datetime(&ExcelDateTime::parse_from_str(&day)?),
    );
    cover(workbook.add_worksheet(), publicatie, gebied, chapters)?;
    for chapter in chapters {
        write_chapter(workbook.add_worksheet(), chapter)?;
    }
    meanings(workbook.add_worksheet(), chapters)?;
    workbook.save_to_buffer()
}

fn cover_title(publicatie: &ReportPublicatie, gebied: &PublishedGebied) -> String {
    words::title(&publicatie.titel, publicatie.jaar, &kind_and_name(gebied))
}

fn header() -> Format {
    Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Top)
        .set_background_color(LIGHT_BLUE)
        .set_border_bottom(FormatBorder::Thin)
}

fn wrapped() -> Format {
    Format::new().set_text_wrap().set_align(FormatAlign::Top)
}

fn cover(
    sheet: &mut Worksheet,
    publicatie: &ReportPublicatie,
    gebied: &PublishedGebied,
    chapters: &[Chapter<'_>],
) -> Result<(), XlsxError> {
    let large = Format::new()
        .set_bold()
        .set_font_size(16)
        .set_font_color(BLUE);
    let bold = Format::new().set_bold().set_align(FormatAlign::Top);
    let plain = wrapped();
    sheet.set_name(words::COVER)?.set_screen_gridlines(false);
    sheet.set_column_width(0, 26)?.set_column_width(1, 90)?;
    sheet.write_string_with_format(0, 0, cover_title(publicatie, gebied), &large)?;
    let day = datum_nl(publicatie.datum);
    let source = match publicatie.page_plan.bron.as_str() {
        "" => wording::page::SOURCE,
        own => own,
    };
    let mut lines: Vec<(&str, String)> = vec![
        (words::AREA, kind_and_name(gebied)),
        (words::CODE, gebied.code.clone()),
        (words::YEAR, publicatie.jaar.to_string()),
        (words::VERSION, words::version(&publicatie.versie, &day)),
        (words::SNAPSHOT, publicatie.momentopname.clone()),
        (
            words::SOURCE,
            source.replace("{jaar}", &publicatie.jaar.to_string()),
        ),
        (words::CITE, citation(publicatie, Some(gebied))),
        (words::PUBLISHER, publicatie.publisher.name.clone()),
        (words::LICENCE, LICENCE_NAME.to_owned()),
    ];
    if let Some(contact) = &publicatie.publisher.contact {
        lines.push((words::QUESTIONS, contact.clone()));
    }
    if let Some(reason) = &publicatie.reason {
        lines.insert(4, (words::REASON, reason.clone()));
    }
    if let Some(warning) = &publicatie.waarschuwing {
        lines.insert(0, (words::WARNING, warning.clone()));
    }
    lines.extend(words::SIGNS.map(|(sign, meaning)| (sign, meaning.to_owned())));
    lines.push((words::SHEETS, String::new()));
    lines.extend(
        chapters
            .iter()
            .map(|chapter| ("", words::sheet(&sheet_name(chapter), chapter.titel))),
    );
    for ((name, value), row) in lines.iter().zip(2..) {
        sheet.write_string_with_format(row, 0, *name, &bold)?;
        sheet.write_string_with_format(row, 1, value, &plain)?;
        fit(sheet, row, value, 95)?;
    }
    Ok(())
}

/// Makes a row high enough: Excel does not fit wrapped text by itself when a file is made outside it.
fn fit(sheet: &mut Worksheet, row: u32, words: &str, width: usize) -> Result<(), XlsxError> {
    let lines = u32::try_from(words.chars().count() / width + 1).unwrap_or(1);
    if lines > 1 {
        sheet.set_row_height(row, lines * 15)?;
    }
    Ok(())
}

/// The name of a chapter's sheet: what Excel does not take is left out.
fn sheet_name(chapter: &Chapter<'_>) -> String {
    let name = dutch_format::capitalise(chapter.groep)
        .replace(['[', ']', ':', '*', '?', '/', '\\', '\''], " ");
    name.chars().take(LONGEST_NAME).collect()
}

fn write_chapter(sheet: &mut Worksheet, chapter: &Chapter<'_>) -> Result<(), XlsxError> {
    sheet
        .set_name(sheet_name(chapter))?
        .set_freeze_panes(1, 1)?;
    sheet
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_repeat_rows(0, 0)?;
    let (header, plain) = (header(), Format::new());
    let whole = Format::new().set_num_format("#,##0");
    let percent = Format::new().set_num_format("0%");
    for ((name, width, _), column) in COLUMNS.iter().zip(0..) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, *name, &header)?;
    }
    for (line, row) in chapter.lines.iter().zip(1..) {
        let own = Format::new().set_num_format(line.format.spreadsheet_format());
        for ((_, _, cell), column) in COLUMNS.iter().zip(0..) {
            match cell(line) {
                FigureEntry::Nothing => {}
                FigureEntry::Words(words) => {
                    sheet.write_string_with_format(row, column, words, &plain)?;
                }
                FigureEntry::Number(number) => {
                    sheet.write_number_with_format(row, column, number, &whole)?;
                }
                FigureEntry::Value(value) => {
                    sheet.write_number_with_format(row, column, value, &own)?;
                }
                FigureEntry::Share(share) => {
                    sheet.write_number_with_format(row, column, share, &percent)?;
                }
            }
        }
    }
    let last = u32::try_from(chapter.lines.len()).unwrap_or(u32::MAX);
    sheet.autofilter(0, 0, last, COLUMNS.len() as u16 - 1)?;
    Ok(())
}

/// What each figure means.
fn meanings(sheet: &mut Worksheet, chapters: &[Chapter<'_>]) -> Result<(), XlsxError> {
    sheet.set_name(words::MEANINGS)?.set_freeze_panes(1, 1)?;
    let (header, plain) = (header(), wrapped());
    let columns = [
        (words::FIGURE, 40.0),
        (words::DEFINITION, 60.0),
        (words::NUMERATOR, 40.0),
        (words::DENOMINATOR, 40.0),
        (words::METHOD, 30.0),
        (words::CAVEAT, 60.0),
        (words::ID, 34.0),
    ];
    for ((name, width), column) in columns.into_iter().zip(0..) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, name, &header)?;
    }
    let lines = chapters.iter().flat_map(|chapter| &chapter.lines);
    let mut indicators: Vec<_> = lines.map(|line| line.indicator).collect();
    indicators.dedup_by_key(|indicator| &indicator.id);
    for (indicator, row) in indicators.into_iter().zip(1..) {
        let cells = [
            indicator.titel.as_str(),
            &indicator.definitie,
            &indicator.teller,
            &indicator.noemer,
            wording::method::margin(indicator.interval),
            &indicator.kanttekening,
            &indicator.id,
        ];
        for (words, column) in cells.into_iter().zip(0..) {
            sheet.write_string_with_format(row, column, words, &plain)?;
        }
        let longest = indicator.definitie.len().max(indicator.kanttekening.len());
        sheet.set_row_height(row, 15 * u32::try_from(longest / 58 + 1).unwrap_or(1))?;
    }
    Ok(())
}
