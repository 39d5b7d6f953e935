//! Workbooks made by hand, part by part: what no program would write, and what only one does.

use std::io::{Read, Write};

use zip::write::SimpleFileOptions;

/// The parts of a small workbook; a test replaces or adds some.
pub struct Delen(Vec<(String, Vec<u8>)>);

impl Delen {
    pub fn new(rijen: &str) -> Self {
        let blad = format!(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{rijen}</sheetData></worksheet>"
        );
        let delen = [
            ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>".to_owned()),
            ("_rels/.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>".to_owned()),
            ("xl/_rels/workbook.xml.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>".to_owned()),
            ("xl/workbook.xml", "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><workbookPr/><sheets><sheet name=\"Export\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>".to_owned()),
            ("xl/styles.xml", "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>".to_owned()),
            ("xl/worksheets/sheet1.xml", blad),
        ];
        Self(
            delen
                .map(|(naam, tekst)| (naam.to_owned(), tekst.into_bytes()))
                .into(),
        )
    }

    pub fn leeg() -> Self {
        Self(Vec::new())
    }

    /// The parts of a file that exists.
    pub fn van(zip: &[u8]) -> Self {
        let mut archief = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
        let namen: Vec<String> = archief
            .file_names()
            .map(|n| n.unwrap().into_owned())
            .collect();
        let deel = |naam: String| {
            let mut inhoud = Vec::new();
            archief
                .by_name(&naam)
                .unwrap()
                .read_to_end(&mut inhoud)
                .unwrap();
            (naam, inhoud)
        };
        Self(namen.into_iter().map(deel).collect())
    }

    pub fn met(mut self, naam: &str, inhoud: impl Into<Vec<u8>>) -> Self {
        self.0.retain(|(n, _)| n != naam);
        self.0.push((naam.to_owned(), inhoud.into()));
        self
    }

    pub fn vervang(mut self, naam: &str, van: &str, door: &str) -> Self {
        let deel = self.0.iter_mut().find(|(n, _)| n == naam).unwrap();
        deel.1 = String::from_utf8(deel.1.clone())
            .unwrap()
            .replace(van, door)
            .into_bytes();
        self
    }

    /// Adds so many empty parts.
    pub fn met_veel(mut self, aantal: usize) -> Self {
        self.0
            .extend((0..aantal).map(|i| (format!("xl/a/{i}"), Vec::new())));
        self
    }

    /// Puts a text before all else in a part.
    pub fn voor(mut self, naam: &str, tekst: &str) -> Self {
        let deel = self.0.iter_mut().find(|(n, _)| n == naam).unwrap();
        deel.1.splice(..0, tekst.bytes());
        self
    }

    pub fn zip(self) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (naam, inhoud) in self.0 {
            zip.start_file(naam, SimpleFileOptions::default()).unwrap();
            zip.write_all(&inhoud).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }
}

pub fn cel(plek: &str, tekst: &str) -> String {
    format!("<c r=\"{plek}\" t=\"inlineStr\"><is><t>{tekst}</t></is></c>")
}

/// A header and one row, with this as the date cell.
pub fn rijen(datumcel: &str) -> String {
    let kop: String = ["Dossiernr", "Kind", "Datum aanmelding"]
        .iter()
        .enumerate()
        .map(|(k, t)| cel(&format!("{}1", ["A", "B", "C"][k]), t))
        .collect();
    format!(
        "<row r=\"1\">{kop}</row><row r=\"2\">{}{}{datumcel}</row>",
        cel("A2", "D1"),
        cel("B2", "K1")
    )
}

/// The parts of a small .ods with these tables in it.
pub fn ods(tabellen: &str) -> Delen {
    let namen = [
        "office", "table", "text", "style", "meta", "calcext", "dc", "script", "xlink",
    ]
    .map(|n| format!("xmlns:{n}=\"urn:{n}\""))
    .join(" ");
    let inhoud = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<office:document-content {namen}><office:automatic-styles>\
         <style:style style:name=\"weg\" style:family=\"table\"><style:table-properties table:display=\"false\"/></style:style>\
         </office:automatic-styles><office:body><office:spreadsheet>{tabellen}</office:spreadsheet></office:body></office:document-content>"
    );
    Delen::leeg()
        .met("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        .met(
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest=\"urn:manifest\"/>",
        )
        .met("content.xml", inhoud)
}

/// A sheet of an .ods with these rows.
pub fn ods_blad(rijen: &str) -> String {
    format!("<table:table table:name=\"Export\">{rijen}</table:table>")
}

/// A text cell of an .ods.
pub fn ods_cel(tekst: &str) -> String {
    format!(
        "<table:table-cell office:value-type=\"string\"><text:p>{tekst}</text:p></table:table-cell>"
    )
}

/// A header and one row, with this as the date cell.
pub fn ods_rijen(datumcel: &str) -> String {
    let kop: String = ["Dossiernr", "Kind", "Datum aanmelding"]
        .map(ods_cel)
        .concat();
    let rij = format!("{}{}{datumcel}", ods_cel("D1"), ods_cel("K1"));
    format!("<table:table-row>{kop}</table:table-row><table:table-row>{rij}</table:table-row>")
}
