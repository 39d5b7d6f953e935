//! JSON as sheets of cells: a list of objects, an object of such lists, or one object per line (JSON Lines).
//!
//! Owns a small reader of its own, because each refusal has its code and row: a key that occurs twice, a list in an
//! object, a number that can't be, half a character, anything after the end. A general one tells four kinds apart. An object in an object becomes columns, as `dossier.number`.
//! Numbers keep their digits. Rows are numbered from 1, per list.

use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::sync::Arc;

use rows::encoding::TextEncoding;
use rows::invisible_characters::control_at;
use rows::{FileRefusal, RefusalCode, bsn};

use crate::cell::{Cell, CellKind};
use crate::grid::Raster;
use crate::kept_sheets::ReadSheets;
use crate::remark::remark;
use crate::source_file::SourceFile;
use crate::wording;

const BYTES: u64 = 512 << 20;
const COLUMNS: usize = 1024;
/// Lists in one document.
const LISTS: usize = 256;
const DEPTH: usize = 8;
const LONGEST: usize = 64 * 1024;

pub(crate) fn read(file: &SourceFile) -> Result<ReadSheets, FileRefusal> {
    let mut bytes = Vec::new();
    file.open()?
        .take(BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| FileRefusal::io(&e))?;
    if bytes.len() as u64 > BYTES {
        return Err(FileRefusal::new(
            RefusalCode::TooLarge,
            wording::json::TOO_LARGE,
        ));
    }
    let text = std::str::from_utf8(&bytes).map_err(|e| {
        FileRefusal::new(
            RefusalCode::EncodingInvalid,
            wording::json::byte_not_utf8(&e.valid_up_to()),
        )
    })?;
    let met_bom = text.starts_with('\u{feff}');
    let mut reader = JsonReader {
        bytes: text.as_bytes(),
        tekst: text,
        position: if met_bom { 3 } else { 0 },
    };
    let grids = reader.document()?;
    reader.blanks();
    if reader.position < reader.bytes.len() {
        return Err(reader.error(RefusalCode::JsonTrailing, wording::json::AFTER_THE_END));
    }
    let opmerkingen = remark(if met_bom {
        TextEncoding::Utf8Bom
    } else {
        TextEncoding::Utf8
    });
    let grids = grids.into_iter().map(|raster| Arc::new(raster.finish()));
    Ok(ReadSheets {
        grids: grids.collect(),
        opmerkingen: opmerkingen.into_iter().collect(),
        ..ReadSheets::default()
    })
}

/// The rows of one list so far.
#[derive(Default)]
struct JsonTable {
    rij: u32,
    kolommen: HashMap<String, u32>,
    headers: Vec<String>,
    cells: Vec<(u32, u32, CellKind, String)>,
    /// The columns of this row.
    seen: HashSet<u32>,
}

impl JsonTable {
    /// The column of a name, or why there can be none in this row.
    fn column(&mut self, name: String) -> Result<u32, (RefusalCode, &'static str)> {
        let column = match self.kolommen.get(&name) {
            Some(column) => *column,
            None if self.headers.len() >= COLUMNS => {
                return Err((RefusalCode::TooManyColumns, wording::json::TOO_MANY_NAMES));
            }
            None => {
                let column = u32::try_from(self.headers.len()).expect("bounded by KOLOMMEN");
                self.kolommen.insert(name.clone(), column);
                self.headers.push(name);
                column
            }
        };
        // Also `{"a.b": 1, "a": {"b": 2}}`.
        if self.seen.insert(column) {
            Ok(column)
        } else {
            Err((
                RefusalCode::JsonDuplicateKey,
                wording::json::NAME_TWICE_IN_OBJECT,
            ))
        }
    }

    fn raster(self, name: Option<String>) -> Result<Raster, FileRefusal> {
        let mut raster = Raster::new(name, false, false);
        // Row 0 holds the keys, so that the row of an object is its number.
        for (number, header) in self.headers.iter().enumerate() {
            let column = u32::try_from(number).expect("bounded by KOLOMMEN");
            raster.push(0, column, Cell::Text(header))?;
        }
        for (row, column, kind, text) in self.cells {
            raster.push(row, column, Cell::of(kind, &text))?;
        }
        Ok(raster)
    }
}

struct JsonReader<'a> {
    tekst: &'a str,
    bytes: &'a [u8],
    position: usize,
}

impl JsonReader<'_> {
    fn error(&self, code: RefusalCode, what: &str) -> FileRefusal {
        let regel = 1 + self.bytes[..self.position.min(self.bytes.len())]
            .iter()
            .map(|b| usize::from(*b == b'\n'))
            .sum::<usize>();
        FileRefusal::new(
            code,
            format!("{what} (regel {regel}, byte {}).", self.position),
        )
    }

    fn blanks(&mut self) {
        while self
            .bytes
            .get(self.position)
            .is_some_and(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
        {
            self.position += 1;
        }
    }

    fn next(&mut self) -> Option<u8> {
        self.blanks();
        self.bytes.get(self.position).copied()
    }

    fn expect(&mut self, character: u8) -> Result<(), FileRefusal> {
        if self.next() == Some(character) {
            self.position += 1;
            return Ok(());
        }
        Err(self.error(
            RefusalCode::JsonInvalid,
            &wording::json::missing_sign(&char::from(character)),
        ))
    }

    fn document(&mut self) -> Result<Vec<Raster>, FileRefusal> {
        if self.next() == Some(b'[') {
            return Ok(vec![self.list(None)?]);
        }
        if self.has_lines() {
            return Ok(vec![self.lines()?]);
        }
        self.expect(b'{')?;
        let mut grids: Vec<Raster> = Vec::new();
        if self.next() == Some(b'}') {
            self.position += 1;
            return Ok(grids);
        }
        let mut names: HashSet<String> = HashSet::new();
        loop {
            let name = self.string()?;
            if !names.insert(name.clone()) {
                return Err(self.error(RefusalCode::JsonDuplicateKey, wording::json::NAME_TWICE));
            }
            if names.len() > LISTS {
                return Err(self.error(
                    RefusalCode::TooManySheets,
                    &wording::json::too_many_lists(&LISTS),
                ));
            }
            self.expect(b':')?;
            match self.next() {
                Some(b'[') => grids.push(self.list(Some(name))?),
                Some(b'{') => {
                    return Err(self.error(RefusalCode::JsonType, wording::json::LIST_EXPECTED));
                }
                // Facts about the export, such as its date.
                _ => {
                    let mut fact = String::new();
                    self.scalar(&mut fact)?;
                    if bsn::in_text(&name) || bsn::in_text(&fact) {
                        return Err(
                            self.error(RefusalCode::BsnSuspected, wording::json::NUMBER_MAY_BE_BSN)
                        );
                    }
                }
            }
            if !self.more(b'}')? {
                return Ok(grids);
            }
        }
    }

    /// After an item: whether another follows.
    fn more(&mut self, close: u8) -> Result<bool, FileRefusal> {
        match self.next() {
            Some(b',') => {
                self.position += 1;
                Ok(true)
            }
            Some(character) if character == close => {
                self.position += 1;
                Ok(false)
            }
            _ => Err(self.error(RefusalCode::JsonInvalid, wording::json::WRONG_HERE)),
        }
    }

    /// Whether another object follows the first without anything between them: JSON Lines.
    fn has_lines(&self) -> bool {
        let (mut deep, mut in_text, mut escape) = (0_usize, false, false);
        let rest = &self.bytes[self.position..];
        let end = rest.iter().position(|b| {
            match b {
                _ if escape => escape = false,
                b'\\' if in_text => escape = true,
                b'"' => in_text = !in_text,
                b'{' | b'[' if !in_text => deep += 1,
                b'}' | b']' if !in_text => deep = deep.saturating_sub(1),
                _ => {}
            }
            deep == 0
        });
        let follows =
            end.and_then(|place| rest[place + 1..].iter().find(|b| !b.is_ascii_whitespace()));
        follows == Some(&b'{')
    }

    fn lines(&mut self) -> Result<Raster, FileRefusal> {
        let mut tabel = JsonTable::default();
        while self.next() == Some(b'{') {
            self.row(&mut tabel)?;
        }
        tabel.raster(None)
    }

    fn list(&mut self, name: Option<String>) -> Result<Raster, FileRefusal> {
        let mut tabel = JsonTable::default();
        self.expect(b'[')?;
        if self.next() == Some(b']') {
            self.position += 1;
            return tabel.raster(name);
        }
        loop {
            if self.next() != Some(b'{') {
                if self.next().is_none() {
                    return Err(self.error(RefusalCode::JsonInvalid, wording::json::INCOMPLETE));
                }
                self.judge_depth()?;
                return Err(self.error(
                    RefusalCode::JsonType,
                    &wording::json::object_expected(&wording::json::ASK_FOR_CSV),
                ));
            }
            self.row(&mut tabel)?;
            if !self.more(b']')? {
                return tabel.raster(name);
            }
        }
    }

    fn row(&mut self, tabel: &mut JsonTable) -> Result<(), FileRefusal> {
        tabel.rij += 1;
        tabel.seen.clear();
        self.object(tabel, "", 1)
            .map_err(|w| w.at_row(u64::from(tabel.rij)))
    }

    /// The cells of an object; `before` is the name of the object it is in.
    fn object(
        &mut self,
        tabel: &mut JsonTable,
        before: &str,
        depth: usize,
    ) -> Result<(), FileRefusal> {
        if depth > DEPTH {
            return Err(self.error(RefusalCode::JsonDepth, wording::json::TOO_DEEP));
        }
        self.expect(b'{')?;
        if self.next() == Some(b'}') {
            self.position += 1;
            return Ok(());
        }
        let mut names: HashSet<String> = HashSet::new();
        loop {
            let key = format!("{before}{}", self.string()?);
            if !names.insert(key.clone()) {
                return Err(self.error(
                    RefusalCode::JsonDuplicateKey,
                    wording::json::NAME_TWICE_IN_OBJECT,
                ));
            }
            self.expect(b':')?;
            if self.next() == Some(b'{') {
                self.object(tabel, &format!("{key}."), depth + 1)?;
            } else {
                let column = tabel
                    .column(key)
                    .map_err(|(code, what)| self.error(code, what))?;
                let mut text = String::new();
                let kind = self.scalar(&mut text)?;
                if !text.is_empty() {
                    tabel.cells.push((tabel.rij, column, kind, text));
                }
            }
            if !self.more(b'}')? {
                return Ok(());
            }
        }
    }

    fn scalar(&mut self, out: &mut String) -> Result<CellKind, FileRefusal> {
        match self.next() {
            Some(b'"') => *out = self.string()?,
            Some(b'-' | b'0'..=b'9') => {
                self.number(out)?;
                return Ok(CellKind::Number);
            }
            Some(b'[' | b'{') => {
                self.judge_depth()?;
                return Err(self.error(
                    RefusalCode::JsonType,
                    &wording::json::value_expected(&wording::json::ASK_FOR_CSV),
                ));
            }
            _ => {
                let rest = &self.bytes[self.position..];
                let (word, value) = match rest.first() {
                    Some(b't') => ("true", Cell::Truth(true)),
                    Some(b'f') => ("false", Cell::Truth(false)),
                    _ => ("null", Cell::Empty),
                };
                if !rest.starts_with(word.as_bytes()) {
                    return Err(self.error(RefusalCode::JsonInvalid, wording::json::WRONG_HERE));
                }
                self.position += word.len();
                out.push_str(value.text());
                return Ok(value.kind());
            }
        }
        Ok(CellKind::Text)
    }

    /// Says "too deep" where that is what is wrong, without going down.
    fn judge_depth(&self) -> Result<(), FileRefusal> {
        let open = self.bytes[self.position..]
            .iter()
            .take_while(|b| matches!(b, b'[' | b'{' | b' ' | b'\n' | b'\t' | b'\r'))
            .filter(|b| matches!(b, b'[' | b'{'))
            .count();
        if open > DEPTH {
            Err(self.error(RefusalCode::JsonDepth, wording::json::TOO_DEEP))
        } else {
            Ok(())
        }
    }

    fn number(&mut self, out: &mut String) -> Result<(), FileRefusal> {
        let van = self.position;
        while self
            .bytes
            .get(self.position)
            .is_some_and(|b| matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'))
        {
            self.position += 1;
        }
        let number = &self.tekst[van..self.position];
        let cijfers = number.strip_prefix('-').unwrap_or(number).as_bytes();
        let leading_zero = cijfers.len() > 1 && cijfers[0] == b'0' && cijfers[1].is_ascii_digit();
        let loose_point = number
            .split_once('.')
            .is_some_and(|(_, after)| !after.starts_with(|c: char| c.is_ascii_digit()));
        let valid = number.len() <= 40
            && cijfers.first().is_some_and(u8::is_ascii_digit)
            && number.parse::<f64>().is_ok_and(f64::is_finite)
            && !leading_zero
            && !loose_point;
        if !valid {
            return Err(self.error(RefusalCode::Number, wording::json::IMPOSSIBLE_NUMBER));
        }
        out.push_str(number.strip_suffix(".0").unwrap_or(number));
        Ok(())
    }

    fn string(&mut self) -> Result<String, FileRefusal> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let van = self.position;
            while self
                .bytes
                .get(self.position)
                .is_some_and(|b| !matches!(b, b'"' | b'\\' | 0..=0x1f))
            {
                self.position += 1;
            }
            out.push_str(&self.tekst[van..self.position]);
            if out.len() > LONGEST {
                return Err(self.error(RefusalCode::FieldTooLong, wording::json::TEXT_TOO_LONG));
            }
            match self.bytes.get(self.position) {
                Some(b'"') => {
                    self.position += 1;
                    return match control_at(out.as_bytes()) {
                        Some((_, character)) => Err(self.error(
                            RefusalCode::ControlChar,
                            &wording::json::control_character(character.into()),
                        )),
                        None => Ok(out),
                    };
                }
                Some(b'\\') => {
                    self.position += 1;
                    let character = self.escape()?;
                    out.push(character);
                }
                Some(_) => {
                    return Err(self.error(
                        RefusalCode::ControlChar,
                        wording::json::CONTROL_CHARACTER_HERE,
                    ));
                }
                None => {
                    return Err(self.error(RefusalCode::JsonInvalid, wording::json::INCOMPLETE));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, FileRefusal> {
        let character = self.bytes.get(self.position).copied();
        self.position += 1;
        Ok(match character {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b' | b'f') => ' ',
            Some(t @ (b'"' | b'\\' | b'/')) => char::from(t),
            Some(b'u') => {
                let high = self.four_hex()?;
                let punt = if (0xd800..0xdc00).contains(&high)
                    && self.bytes[self.position..].starts_with(b"\\u")
                {
                    self.position += 2;
                    let low = self.four_hex()?;
                    if (0xdc00..0xe000).contains(&low) {
                        0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                    } else {
                        high
                    }
                } else {
                    high
                };
                char::from_u32(punt).ok_or_else(|| {
                    self.error(RefusalCode::EncodingInvalid, wording::json::HALF_CHARACTER)
                })?
            }
            _ => return Err(self.error(RefusalCode::JsonInvalid, wording::json::WRONG_HERE)),
        })
    }

    fn four_hex(&mut self) -> Result<u32, FileRefusal> {
        let cijfers = self
            .bytes
            .get(self.position..self.position + 4)
            .and_then(|b| std::str::from_utf8(b).ok());
        let value = cijfers
            .filter(|c| !c.starts_with('+'))
            .and_then(|c| u32::from_str_radix(c, 16).ok());
        self.position += 4;
        value.ok_or_else(|| self.error(RefusalCode::JsonInvalid, wording::json::WRONG_HERE))
    }
}
