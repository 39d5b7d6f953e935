//! Workbooks made by hand, part by part: what no program would write, and what only one does.

use std::io::{Read, Write};

use zip::write::SimpleFileOptions;

/// The parts of a small workbook; a test replaces or adds some.
pub(crate) struct WorkbookParts(Vec<(String, Vec<u8>)>);

impl WorkbookParts {
    pub(crate) fn new(rows: &str) -> Self {
        let sheet = format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rows}</sheetData></worksheet>"
        );
        let parts = [
            ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>".to_owned()),
            ("_rels/.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>".to_owned()),
            ("xl/_rels/workbook.xml.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>".to_owned()),
            ("xl/workbook.xml", "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><workbookPr/><sheets><sheet name=\"Export\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>".to_owned()),
            ("xl/styles.xml", "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>".to_owned()),
            ("xl/worksheets/sheet1.xml", sheet),
        ];
        Self(
            parts
                .map(|(name, text)| (name.to_owned(), text.into_bytes()))
                .into(),
        )
    }

    pub(crate) fn empty() -> Self {
        Self(Vec::new())
    }

    /// The parts of a file that exists.
    pub(crate) fn van(zip: &[u8]) -> Self {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
        let names: Vec<String> = archive
            .file_names()
            .map(|n| n.unwrap().into_owned())
            .collect();
        let part = |name: String| {
            let mut content = Vec::new();
            archive
                .by_name(&name)
                .unwrap()
                .read_to_end(&mut content)
                .unwrap();
            (name, content)
        };
        Self(names.into_iter().map(part).collect())
    }

    pub(crate) fn met(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.0.retain(|(n, _)| n != name);
        self.0.push((name.to_owned(), content.into()));
        self
    }

    pub(crate) fn replace(mut self, name: &str, van: &str, door: &str) -> Self {
        let part = self.0.iter_mut().find(|(n, _)| n == name).unwrap();
        part.1 = String::from_utf8(part.1.clone())
            .unwrap()
            .replace(van, door)
            .into_bytes();
        self
    }

    /// The same part under another name.
    pub(crate) fn renamed(mut self, name: &str, to: &str) -> Self {
        let part = self.0.iter_mut().find(|(n, _)| n == name).unwrap();
        to.clone_into(&mut part.0);
        self
    }

    /// Adds so many empty parts.
    pub(crate) fn with_many(mut self, count: usize) -> Self {
        self.0
            .extend((0..count).map(|i| (format!("xl/a/{i}"), Vec::new())));
        self
    }

    /// Puts a text before all else in a part.
    pub(crate) fn before(mut self, name: &str, text: &str) -> Self {
        let part = self.0.iter_mut().find(|(n, _)| n == name).unwrap();
        part.1.splice(..0, text.bytes());
        self
    }

    pub(crate) fn zip(self) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in self.0 {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(&content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}

pub(crate) fn cell(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

/// A header and one row, with this as the date cell.
pub(crate) fn rows(date_cell: &str) -> String {
    let header: String = ["Dossiernr", "Kind", "Datum aanmelding"]
        .iter()
        .enumerate()
        .map(|(k, t)| cell(&format!("{}1", ["A", "B", "C"][k]), t))
        .collect();
    format!(
        "<row r=\"1\">{header}</row><row r=\"2\">{}{}{date_cell}</row>",
        cell("A2", "D1"),
        cell("B2", "K1")
    )
}

/// The parts of a small .ods with these tables in it.
pub(crate) fn ods(tabellen: &str) -> WorkbookParts {
    let names = [
        "office", "table", "text", "style", "meta", "calcext", "dc", "script", "xlink",
    ]
    .map(|n| format!("xmlns:{n}=\"urn:{n}\""))
    .join(" ");
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-content {names}><office:automatic-styles>\
         <style:style style:name=\"weg\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>\
         </office:automatic-styles><office:body><office:spreadsheet>{tabellen}</office:spreadsheet></office:body></office:document-content>"
    );
    WorkbookParts::empty()
        .met("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        .met(
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest=\"urn:manifest\"/>",
        )
        .met("content.xml", content)
}

/// A sheet of an .ods with these rows.
pub(crate) fn ods_sheet(rows: &str) -> String {
    format!("<table:table table:name=\"Export\">{rows}</table:table>")
}

/// A text cell of an .ods.
pub(crate) fn ods_cell(text: &str) -> String {
    format!(
        "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
    )
}

/// A header and one row, with this as the date cell.
pub(crate) fn ods_rows(date_cell: &str) -> String {
    let header: String = ["Dossiernr", "Kind", "Datum aanmelding"]
        .map(ods_cell)
        .concat();
    let row = format!("{}{}{date_cell}", ods_cell("D1"), ods_cell("K1"));
    format!("<table:table-row>{header}</table:table-row><table:table-row>{row}</table:table-row>")
}
