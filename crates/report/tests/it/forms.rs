//! One model, every form: a number on a page stands in the JSON and the workbook too, and in the CSV of the country, and is the
//! same there.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use report::{ReportPublicatie, pages, papers, workbooks};
use schema::indicator::Kind;

use crate::fixture;

type Files = BTreeMap<String, Vec<u8>>;
/// Indicator, breakdown and category, in the words of the workbook.
type Key = (String, String, String);
/// `waarde`, `onder`, `boven`, `n`, `teller`, `noemer`, `dekking_records` and `respons`.
type Numbers = [Option<f64>; 8];

const COLUMNS: [&str; 8] = [
    "waarde",
    "onder",
    "boven",
    "n",
    "teller",
    "noemer",
    "dekking_records",
    "respons",
];
const SHEET_COLUMNS: [&str; 8] = [
    "Waarde",
    "Marge van",
    "Marge tot",
    "Aantal (n)",
    "Teller",
    "Noemer",
    "Bekend bij (dekking)",
    "Respons",
];

fn csv_rows(publicatie: &ReportPublicatie, content: &[u8]) -> BTreeMap<Key, Numbers> {
    let text = std::str::from_utf8(content).unwrap();
    let mut lines = text.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = lines.next().unwrap();
    let rows = lines.map(|cells| {
        let cell = |name: &str| cells[names.iter().position(|one| *one == name).unwrap()];
        let key = key(
            publicatie,
            cell("indicator"),
            cell("uitsplitsing"),
            cell("categorie"),
        );
        (key, COLUMNS.map(|column| cell(column).parse().ok()))
    });
    rows.collect()
}

fn json_rows(publicatie: &ReportPublicatie, content: &[u8]) -> BTreeMap<Key, Numbers> {
    let json: serde_json::Value = serde_json::from_slice(content).unwrap();
    let list = |name: &str| json[name].as_array().unwrap();
    let shown = list("cijfers").iter().map(|cells| (cells, "kolommen"));
    let without = list("zonder_waarde").iter();
    let without = without.map(|cells| (cells, "kolommen_zonder_waarde"));
    let rows = shown.chain(without).map(|(cells, columns)| {
        let place = |name: &str| list(columns).iter().position(|one| one == name);
        // What a figure without a value has no column for is empty.
        let cell = |name: &str| place(name).map_or(&serde_json::Value::Null, |place| &cells[place]);
        let word = |name: &str| cell(name).as_str().unwrap();
        let key = key(
            publicatie,
            word("indicator"),
            word("uitsplitsing"),
            word("categorie"),
        );
        (key, COLUMNS.map(|column| cell(column).as_f64()))
    });
    rows.collect()
}

/// The words of a breakdown and its code, as the definition and the page plan have them.
fn key(publicatie: &ReportPublicatie, indicator: &str, breakdown: &str, code: &str) -> Key {
    if breakdown == "totaal" {
        return (indicator.to_owned(), String::new(), String::new());
    }
    let name = publicatie.page_plan.uitsplitsing.get(breakdown);
    let label = fixture::label(publicatie, breakdown, code);
    (
        indicator.to_owned(),
        name.map_or(breakdown, String::as_str).to_owned(),
        label,
    )
}

/// The rows of the chapters of a workbook, with the words beside the value.
fn sheet_rows(content: &[u8]) -> BTreeMap<Key, (Numbers, String)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(content)).unwrap();
    let mut found = BTreeMap::new();
    for (name, range) in book.worksheets() {
        let mut rows = range.rows();
        let header: Vec<String> = rows
            .next()
            .unwrap()
            .iter()
            .map(ToString::to_string)
            .collect();
        if !header.iter().any(|one| one == "In woorden") {
            assert!(["Voorblad", "Betekenis"].contains(&name.as_str()), "{name}");
            continue;
        }
        for row in rows {
            let cell = |name: &str| &row[header.iter().position(|one| one == name).unwrap()];
            let word = |name: &str| cell(name).to_string();
            let key = (
                word("Naam in de bestanden"),
                word("Uitgesplitst naar"),
                word("Deel"),
            );
            let numbers = SHEET_COLUMNS.map(|column| match cell(column) {
                Data::Float(number) => Some(*number),
                Data::Int(number) => Some(*number as f64),
                Data::Empty => None,
                other => panic!("{name}: {column} is {other:?}"),
            });
            assert!(found.insert(key, (numbers, word("In woorden"))).is_none());
        }
    }
    found
}

/// Asserts that two forms hold the same rows with the same numbers, but for what a reader of JSON or a spreadsheet makes of
/// the sixteenth digit. Beside a table that did not come the response would be read as how much is known: the workbook
/// leaves it out.
fn assert_same(one: &BTreeMap<Key, Numbers>, other: &BTreeMap<Key, Numbers>, folder: &str) {
    assert!(one.keys().eq(other.keys()), "{folder}: other rows");
    for (key, numbers) in one {
        let last = if numbers[0].is_some() { 8 } else { 7 };
        for (place, (number, twin)) in numbers.iter().zip(&other[key]).take(last).enumerate() {
            let alike = match (number, twin) {
                (Some(number), Some(twin)) => (number - twin).abs() <= 1e-14 * number.abs(),
                (None, None) => true,
                _ => false,
            };
            let column = COLUMNS[place];
            assert!(
                alike,
                "{folder}: {key:?} {column} is {number:?} and {twin:?}"
            );
        }
    }
}

/// The values of whole figures in the tables of a page, as they are written there.
fn page_values(html: &str) -> Vec<(&str, String)> {
    let rows = html.split("<tr>").filter_map(|row| {
        let row = &row[..row.find("</tr>")?];
        let id = row.split("uitleg/index.html#").nth(1)?.split('"').next()?;
        let cell = row.split("<td>").nth(1)?;
        // Words for why there is none stand in an element of their own.
        let value = cell.split('<').next()?.trim_end_matches('*');
        (!value.is_empty()).then(|| (id, value.replace('\u{a0}', " ")))
    });
    rows.collect()
}

/// A number as a Dutch reader writes it; nothing for words.
fn dutch(text: &str) -> Option<f64> {
    let bare = text.trim_start_matches("€ ").trim_end_matches('%');
    bare.replace('.', "")
        .replace(',', ".")
        .replace('\u{2212}', "-")
        .parse()
        .ok()
}

#[test]
fn a_number_is_the_same_in_every_form_for_every_gebied() {
    let publicatie = fixture::small();
    let mut files: Files = pages(&publicatie).unwrap().into_iter().collect();
    files.extend(workbooks(&publicatie).unwrap());
    let folders: Vec<&str> = files
        .keys()
        .filter_map(|path| path.strip_suffix("/cijfers.json"))
        .collect();
    // Nederland, and every gebied with a page.
    assert_eq!(
        folders.len(),
        1 + publicatie
            .gebieden
            .iter()
            .filter(|g| has_page(g.niveau))
            .count()
    );
    let (mut compared, mut on_pages) = (0, 0);
    for folder in folders {
        let content = |name: &str| files[&format!("{folder}/{name}")].as_slice();
        let rows = json_rows(&publicatie, content("cijfers.json"));
        if let Some(csv) = files.get(&format!("{folder}/cijfers.csv")) {
            assert_same(&rows, &csv_rows(&publicatie, csv), folder);
        }
        let sheets = sheet_rows(content("cijfers.xlsx"));
        let numbers: BTreeMap<Key, Numbers> = sheets
            .iter()
            .map(|(key, (numbers, _))| (key.clone(), *numbers))
            .collect();
        assert_same(&rows, &numbers, folder);
        compared += rows.len();
        let html = std::str::from_utf8(content("index.html")).unwrap();
        for (id, shown) in page_values(html) {
            on_pages += 1;
            let whole = (id.to_owned(), String::new(), String::new());
            let value = rows[&whole][0].unwrap_or_else(|| panic!("{folder}: {id} shows {shown}"));
            let indicator = publicatie
                .indicatoren
                .iter()
                .find(|one| one.id == id)
                .unwrap();
            let share = indicator.eenheid == "aandeel";
            let (scale, decimals) = if share {
                (100.0, 0)
            } else {
                (1.0, i32::from(indicator.decimalen))
            };
            match dutch(&shown) {
                Some(read) => {
                    let off = (read - value * scale).abs();
                    assert!(
                        off <= 0.5 * 10f64.powi(-decimals) + 1e-9,
                        "{folder}: {id} is {value}, shown {shown}"
                    );
                }
                // A published 0 is 0 to 4, and of a few aanbieders the counts are told.
                None => assert!(
                    shown.starts_with("minder dan ") && value.abs() < 0.01
                        || rows[&whole][4] == Some(0.0)
                        || indicator.kind == Kind::Public,
                    "{folder}: {id} is {value}, shown {shown}"
                ),
            }
            let words = sheets[&whole].1.replace('\u{a0}', " ");
            assert!(
                words.starts_with(&shown),
                "{folder}: {id} shows {shown}, the workbook {words}"
            );
        }
    }
    assert!(
        compared > 1_000 && on_pages > 100,
        "{compared} rows, {on_pages} on pages"
    );
}

fn has_page(niveau: schema::Niveau) -> bool {
    use schema::Niveau::{Gemeente, Jeugdregio, Provincie};
    matches!(niveau, Provincie | Jeugdregio | Gemeente)
}

/// A verification compares bytes, and a spreadsheet carries out what begins with `=`.
#[test]
fn a_workbook_knows_no_time_and_holds_no_formula() {
    let mut publicatie = fixture::small();
    for indicator in &mut publicatie.indicatoren {
        indicator.titel = format!("=1+1 {}", indicator.titel);
    }
    let one = |publicatie: &ReportPublicatie| -> Vec<u8> {
        let files: Files = workbooks(publicatie).unwrap().into_iter().collect();
        files["spiegel/JZ20/cijfers.xlsx"].clone()
    };
    let book = one(&publicatie);
    assert!(
        book == one(&publicatie),
        "the same figures give the same bytes"
    );
    let mut read: Xlsx<_> = Xlsx::new(Cursor::new(book)).unwrap();
    assert!(read.sheet_names().len() > 5);
    for name in read.sheet_names() {
        assert!(read.worksheet_formula(&name).unwrap().is_empty(), "{name}");
    }
    let cover = read.worksheet_range("Voorblad").unwrap();
    let words: Vec<String> = cover.rows().flatten().map(ToString::to_string).collect();
    let cite = "Omgangsmonitor 2020, versie 1 (15 september 2021), cijfers over Jeugdregio Eemland. Uitgever: Omgangsmonitor.";
    assert!(words.iter().any(|word| word == cite), "{words:?}");
    assert!(words.iter().any(|word| word == "minder dan 5"));
}

/// A verification compares bytes; a page points at its PDF where there is one, and nowhere else.
#[test]
fn a_pdf_knows_no_time_and_its_page_says_how_long_it_is() {
    let mut publicatie = fixture::small();
    let wanted = ["0-meting/cijfers.pdf", "spiegel/JZ20/cijfers.pdf"];
    let made = || papers(&publicatie, &|path| wanted.contains(&path), &|| {}).unwrap();
    let (one, other) = (made(), made());
    let paths: Vec<&str> = one.iter().map(|paper| paper.path.as_str()).collect();
    assert_eq!(paths, wanted);
    for (paper, twin) in one.iter().zip(&other) {
        assert!(paper.content == twin.content, "{}", paper.path);
        assert!(paper.content.starts_with(b"%PDF-1.7"), "{}", paper.path);
        assert!(paper.size.pages > 1, "{}", paper.path);
        assert_eq!(paper.size.bytes, paper.content.len() as u64);
    }
    let sizes = one.into_iter().map(|paper| (paper.path, paper.size));
    publicatie.papers = sizes.collect();
    for (path, content) in pages(&publicatie).unwrap() {
        let html = String::from_utf8_lossy(&content);
        let Some(folder) = path.strip_suffix("/index.html") else {
            continue;
        };
        let size = publicatie.papers.get(&format!("{folder}/cijfers.pdf"));
        let told = size.map(|size| format!("(PDF, {} pagina’s, ", size.pages));
        assert_eq!(html.contains("cijfers.pdf"), told.is_some(), "{path}");
        assert!(told.is_none_or(|told| html.contains(&told)), "{path}");
    }
}

/// Who cites a version finds it again: of whom, which year and version, by whom, where; and why there is a new one.
#[test]
fn every_form_says_how_to_cite_and_why_there_is_a_new_version() {
    let mut publicatie = fixture::small();
    publicatie.versie = "2".to_owned();
    publicatie.reason = Some("Een aanbieder telde dubbel.".to_owned());
    publicatie.publisher.name = "Bureau Voorbeeld".to_owned();
    publicatie.publisher.contact = Some("vraag@omgang.example".to_owned());
    let cited = "Omgangsmonitor 2020, versie 2 (15 september 2021), cijfers over Jeugdregio Eemland. Uitgever: Bureau Voorbeeld.";
    let address = "https://omgang.example/v1/publicaties/omgang/2020/2/spiegel/JZ20/";
    for with_address in [false, true] {
        publicatie.publisher.address = with_address.then(|| "https://omgang.example/".to_owned());
        let html: Files = pages(&publicatie).unwrap().into_iter().collect();
        let html = String::from_utf8_lossy(&html["spiegel/JZ20/index.html"]).into_owned();
        let books: Files = workbooks(&publicatie).unwrap().into_iter().collect();
        let mut book: Xlsx<_> =
            Xlsx::new(Cursor::new(&books["spiegel/JZ20/cijfers.xlsx"])).unwrap();
        let cover = book.worksheet_range("Voorblad").unwrap();
        let cover: Vec<String> = cover.cells().map(|(_, _, cell)| cell.to_string()).collect();
        let cover = cover.join("\n");
        for words in [
            cited,
            "Een aanbieder telde dubbel.",
            "vraag@omgang.example",
            "CC BY 4.0",
        ] {
            assert!(html.contains(words) && cover.contains(words), "{words}");
        }
        assert!(html.contains("href=\"mailto:vraag@omgang.example\""));
        assert_eq!(html.contains(address), with_address);
        assert_eq!(cover.contains(address), with_address);
    }
}
