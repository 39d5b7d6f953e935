//! JSON as sheets of cells: a list of objects, an object of such lists, or one object per line (JSON Lines).
//!
//! Owns a small reader of its own, because each refusal has its code and row: a key that occurs twice, a list in an
//! object, a number that can't be, half a character, anything after the end. A general one tells four kinds apart. An object in an object becomes columns, as `dossier.nummer`.
//! Numbers keep their digits. Rows are numbered from 1, per list.

use std::collections::{HashMap, HashSet};
use std::io::Read;

use rows::characters::control_at;
use rows::encoding::Codering;
use rows::{Weigering, bsn};

use crate::cell::{Cell, Kind};
use crate::file::Bestand;
use crate::grid::Raster;
use crate::remark::{Opmerking, remark};

const BYTES: u64 = 512 << 20;
const KOLOMMEN: usize = 1024;
/// Lists in one document.
const LIJSTEN: usize = 256;
const DIEPTE: usize = 8;
/// What to ask the supplier of a system for, where its JSON has more in a row than a table can hold.
const VRAAG_CSV: &str =
    "Vraag uw leverancier om een export als CSV of Excel, met één rij per traject";
const LANGSTE: usize = 64 * 1024;

pub(crate) fn open(bestand: &Bestand) -> Result<(Vec<Raster>, Vec<Opmerking>), Weigering> {
    let mut bytes = Vec::new();
    bestand
        .open()?
        .take(BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| Weigering::io(&e))?;
    if bytes.len() as u64 > BYTES {
        return Err(Weigering::new(
            "TOO_LARGE",
            "Het JSON-bestand is te groot. Lever het als CSV.",
        ));
    }
    let tekst = std::str::from_utf8(&bytes).map_err(|e| {
        Weigering::new(
            "ENCODING_INVALID",
            format!("Byte {} van het bestand is geen UTF-8.", e.valid_up_to()),
        )
    })?;
    let met_bom = tekst.starts_with('\u{feff}');
    let mut lezer = Lezer {
        bytes: tekst.as_bytes(),
        tekst,
        positie: if met_bom { 3 } else { 0 },
    };
    let rasters = lezer.document()?;
    lezer.blanks();
    if lezer.positie < lezer.bytes.len() {
        return Err(lezer.fout("JSON_TRAILING", "Na het einde van de JSON staat nog iets"));
    }
    let opmerkingen = remark(if met_bom {
        Codering::Utf8Bom
    } else {
        Codering::Utf8
    });
    Ok((
        rasters.into_iter().map(Raster::finish).collect(),
        opmerkingen.into_iter().collect(),
    ))
}

/// The rows of one list so far.
#[derive(Default)]
struct Tabel {
    rij: u32,
    kolommen: HashMap<String, u32>,
    koppen: Vec<String>,
    cellen: Vec<(u32, u32, Kind, String)>,
    /// The columns of this row.
    gezien: HashSet<u32>,
}

impl Tabel {
    /// The column of a name, or why there can be none in this row.
    fn column(&mut self, naam: String) -> Result<u32, (&'static str, &'static str)> {
        let kolom = match self.kolommen.get(&naam) {
            Some(kolom) => *kolom,
            None if self.koppen.len() >= KOLOMMEN => {
                return Err((
                    "TOO_MANY_COLUMNS",
                    "De objecten hebben te veel verschillende namen",
                ));
            }
            None => {
                let kolom = u32::try_from(self.koppen.len()).expect("bounded by KOLOMMEN");
                self.kolommen.insert(naam.clone(), kolom);
                self.koppen.push(naam);
                kolom
            }
        };
        // Also `{"a.b": 1, "a": {"b": 2}}`.
        if self.gezien.insert(kolom) {
            Ok(kolom)
        } else {
            Err((
                "JSON_DUPLICATE_KEY",
                "Een naam komt in een object twee keer voor",
            ))
        }
    }

    fn raster(self, naam: Option<String>) -> Result<Raster, Weigering> {
        let mut raster = Raster::new(naam, false, false);
        // Row 0 holds the keys, so that the row of an object is its number.
        for (nummer, kop) in self.koppen.iter().enumerate() {
            let kolom = u32::try_from(nummer).expect("bounded by KOLOMMEN");
            raster.push(0, kolom, Cell::Text(kop))?;
        }
        for (rij, kolom, kind, tekst) in self.cellen {
            raster.push(rij, kolom, Cell::of(kind, &tekst))?;
        }
        Ok(raster)
    }
}

struct Lezer<'a> {
    tekst: &'a str,
    bytes: &'a [u8],
    positie: usize,
}

impl Lezer<'_> {
    fn fout(&self, code: &'static str, wat: &str) -> Weigering {
        let regel = 1 + self.bytes[..self.positie.min(self.bytes.len())]
            .iter()
            .filter(|b| **b == b'\n')
            .count();
        Weigering::new(
            code,
            format!("{wat} (regel {regel}, byte {}).", self.positie),
        )
    }

    fn blanks(&mut self) {
        while self
            .bytes
            .get(self.positie)
            .is_some_and(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
        {
            self.positie += 1;
        }
    }

    fn next(&mut self) -> Option<u8> {
        self.blanks();
        self.bytes.get(self.positie).copied()
    }

    fn expect(&mut self, teken: u8) -> Result<(), Weigering> {
        if self.next() == Some(teken) {
            self.positie += 1;
            return Ok(());
        }
        Err(self.fout(
            "JSON_INVALID",
            &format!("In de JSON ontbreekt een `{}`", char::from(teken)),
        ))
    }

    fn document(&mut self) -> Result<Vec<Raster>, Weigering> {
        if self.next() == Some(b'[') {
            return Ok(vec![self.list(None)?]);
        }
        if self.has_lines() {
            return Ok(vec![self.lines()?]);
        }
        self.expect(b'{')?;
        let mut rasters: Vec<Raster> = Vec::new();
        if self.next() == Some(b'}') {
            self.positie += 1;
            return Ok(rasters);
        }
        let mut namen: HashSet<String> = HashSet::new();
        loop {
            let naam = self.string()?;
            if !namen.insert(naam.clone()) {
                return Err(self.fout(
                    "JSON_DUPLICATE_KEY",
                    "Een naam komt in de JSON twee keer voor",
                ));
            }
            if namen.len() > LIJSTEN {
                return Err(self.fout(
                    "TOO_MANY_SHEETS",
                    &format!("Het bestand heeft meer dan {LIJSTEN} lijsten"),
                ));
            }
            self.expect(b':')?;
            match self.next() {
                Some(b'[') => rasters.push(self.list(Some(naam))?),
                Some(b'{') => {
                    return Err(self.fout("JSON_TYPE", "Hier hoort een lijst van objecten"));
                }
                // Facts about the export, such as its date.
                _ => {
                    let mut feit = String::new();
                    self.scalar(&mut feit)?;
                    if bsn::in_tekst(&naam) || bsn::in_tekst(&feit) {
                        return Err(self.fout(
                            "BSN_SUSPECTED",
                            "Hier staat een getal dat een BSN kan zijn. Haal het weg",
                        ));
                    }
                }
            }
            if !self.more(b'}')? {
                return Ok(rasters);
            }
        }
    }

    /// After an item: whether another follows.
    fn more(&mut self, sluit: u8) -> Result<bool, Weigering> {
        match self.next() {
            Some(b',') => {
                self.positie += 1;
                Ok(true)
            }
            Some(teken) if teken == sluit => {
                self.positie += 1;
                Ok(false)
            }
            _ => Err(self.fout("JSON_INVALID", "De JSON klopt hier niet")),
        }
    }

    /// Whether another object follows the first without anything between them: JSON Lines.
    fn has_lines(&self) -> bool {
        let (mut diep, mut in_tekst, mut escape) = (0_usize, false, false);
        let rest = &self.bytes[self.positie..];
        let einde = rest.iter().position(|b| {
            match b {
                _ if escape => escape = false,
                b'\\' if in_tekst => escape = true,
                b'"' => in_tekst = !in_tekst,
                b'{' | b'[' if !in_tekst => diep += 1,
                b'}' | b']' if !in_tekst => diep = diep.saturating_sub(1),
                _ => {}
            }
            diep == 0
        });
        let volgt =
            einde.and_then(|plek| rest[plek + 1..].iter().find(|b| !b.is_ascii_whitespace()));
        volgt == Some(&b'{')
    }

    fn lines(&mut self) -> Result<Raster, Weigering> {
        let mut tabel = Tabel::default();
        while self.next() == Some(b'{') {
            self.row(&mut tabel)?;
        }
        tabel.raster(None)
    }

    fn list(&mut self, naam: Option<String>) -> Result<Raster, Weigering> {
        let mut tabel = Tabel::default();
        self.expect(b'[')?;
        if self.next() == Some(b']') {
            self.positie += 1;
            return tabel.raster(naam);
        }
        loop {
            if self.next() != Some(b'{') {
                if self.next().is_none() {
                    return Err(self.fout("JSON_INVALID", "De JSON is niet compleet"));
                }
                self.judge_depth()?;
                return Err(self.fout(
                    "JSON_TYPE",
                    &format!("In de lijst hoort een object. {VRAAG_CSV}"),
                ));
            }
            self.row(&mut tabel)?;
            if !self.more(b']')? {
                return tabel.raster(naam);
            }
        }
    }

    fn row(&mut self, tabel: &mut Tabel) -> Result<(), Weigering> {
        tabel.rij += 1;
        tabel.gezien.clear();
        self.object(tabel, "", 1)
            .map_err(|w| w.op_rij(u64::from(tabel.rij)))
    }

    /// The cells of an object; `voor` is the name of the object it is in.
    fn object(&mut self, tabel: &mut Tabel, voor: &str, diepte: usize) -> Result<(), Weigering> {
        if diepte > DIEPTE {
            return Err(self.fout("JSON_DEPTH", "De JSON is te diep genest"));
        }
        self.expect(b'{')?;
        if self.next() == Some(b'}') {
            self.positie += 1;
            return Ok(());
        }
        let mut namen: HashSet<String> = HashSet::new();
        loop {
            let sleutel = format!("{voor}{}", self.string()?);
            if !namen.insert(sleutel.clone()) {
                return Err(self.fout(
                    "JSON_DUPLICATE_KEY",
                    "Een naam komt in een object twee keer voor",
                ));
            }
            self.expect(b':')?;
            if self.next() == Some(b'{') {
                self.object(tabel, &format!("{sleutel}."), diepte + 1)?;
            } else {
                let kolom = tabel
                    .column(sleutel)
                    .map_err(|(code, wat)| self.fout(code, wat))?;
                let mut tekst = String::new();
                let kind = self.scalar(&mut tekst)?;
                if !tekst.is_empty() {
                    tabel.cellen.push((tabel.rij, kolom, kind, tekst));
                }
            }
            if !self.more(b'}')? {
                return Ok(());
            }
        }
    }

    fn scalar(&mut self, uit: &mut String) -> Result<Kind, Weigering> {
        match self.next() {
            Some(b'"') => *uit = self.string()?,
            Some(b'-' | b'0'..=b'9') => {
                self.number(uit)?;
                return Ok(Kind::Number);
            }
            Some(b'[' | b'{') => {
                self.judge_depth()?;
                return Err(self.fout(
                    "JSON_TYPE",
                    &format!("Hier hoort één waarde, geen lijst of object. {VRAAG_CSV}"),
                ));
            }
            _ => {
                let rest = &self.bytes[self.positie..];
                let (woord, waarde) = match rest.first() {
                    Some(b't') => ("true", "ja"),
                    Some(b'f') => ("false", "nee"),
                    _ => ("null", ""),
                };
                if !rest.starts_with(woord.as_bytes()) {
                    return Err(self.fout("JSON_INVALID", "De JSON klopt hier niet"));
                }
                self.positie += woord.len();
                uit.push_str(waarde);
                return Ok(Kind::Truth);
            }
        }
        Ok(Kind::Text)
    }

    /// Says "too deep" where that is what is wrong, without going down.
    fn judge_depth(&self) -> Result<(), Weigering> {
        let open = self.bytes[self.positie..]
            .iter()
            .take_while(|b| matches!(b, b'[' | b'{' | b' ' | b'\n' | b'\t' | b'\r'))
            .filter(|b| matches!(b, b'[' | b'{'))
            .count();
        if open > DIEPTE {
            Err(self.fout("JSON_DEPTH", "De JSON is te diep genest"))
        } else {
            Ok(())
        }
    }

    fn number(&mut self, uit: &mut String) -> Result<(), Weigering> {
        let van = self.positie;
        while self
            .bytes
            .get(self.positie)
            .is_some_and(|b| matches!(b, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'))
        {
            self.positie += 1;
        }
        let getal = &self.tekst[van..self.positie];
        let cijfers = getal.strip_prefix('-').unwrap_or(getal).as_bytes();
        let nul_voor = cijfers.len() > 1 && cijfers[0] == b'0' && cijfers[1].is_ascii_digit();
        let punt_los = getal
            .split_once('.')
            .is_some_and(|(_, na)| !na.starts_with(|c: char| c.is_ascii_digit()));
        let geldig = getal.len() <= 40
            && cijfers.first().is_some_and(u8::is_ascii_digit)
            && getal.parse::<f64>().is_ok_and(f64::is_finite)
            && !nul_voor
            && !punt_los;
        if !geldig {
            return Err(self.fout("NUMBER", "Hier staat een getal dat niet kan"));
        }
        uit.push_str(getal.strip_suffix(".0").unwrap_or(getal));
        Ok(())
    }

    fn string(&mut self) -> Result<String, Weigering> {
        self.expect(b'"')?;
        let mut uit = String::new();
        loop {
            let van = self.positie;
            while self
                .bytes
                .get(self.positie)
                .is_some_and(|b| !matches!(b, b'"' | b'\\' | 0..=0x1f))
            {
                self.positie += 1;
            }
            uit.push_str(&self.tekst[van..self.positie]);
            if uit.len() > LANGSTE {
                return Err(self.fout("FIELD_TOO_LONG", "Hier staat een te lange tekst"));
            }
            match self.bytes.get(self.positie) {
                Some(b'"') => {
                    self.positie += 1;
                    return match control_at(uit.as_bytes()) {
                        Some((_, teken)) => Err(self.fout(
                            "CONTROL_CHAR",
                            &format!("Hier staat een stuurteken (U+{:04X})", teken as u32),
                        )),
                        None => Ok(uit),
                    };
                }
                Some(b'\\') => {
                    self.positie += 1;
                    let teken = self.escape()?;
                    uit.push(teken);
                }
                Some(_) => return Err(self.fout("CONTROL_CHAR", "Hier staat een stuurteken")),
                None => return Err(self.fout("JSON_INVALID", "De JSON is niet compleet")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Weigering> {
        let teken = self.bytes.get(self.positie).copied();
        self.positie += 1;
        Ok(match teken {
            Some(b'n') => '\n',
            Some(b't') => '\t',
            Some(b'r') => '\r',
            Some(b'b' | b'f') => ' ',
            Some(t @ (b'"' | b'\\' | b'/')) => char::from(t),
            Some(b'u') => {
                let hoog = self.four_hex()?;
                let punt = if (0xd800..0xdc00).contains(&hoog)
                    && self.bytes[self.positie..].starts_with(b"\\u")
                {
                    self.positie += 2;
                    let laag = self.four_hex()?;
                    if (0xdc00..0xe000).contains(&laag) {
                        0x10000 + ((hoog - 0xd800) << 10) + (laag - 0xdc00)
                    } else {
                        hoog
                    }
                } else {
                    hoog
                };
                char::from_u32(punt)
                    .ok_or_else(|| self.fout("ENCODING_INVALID", "Hier staat een half teken"))?
            }
            _ => return Err(self.fout("JSON_INVALID", "De JSON klopt hier niet")),
        })
    }

    fn four_hex(&mut self) -> Result<u32, Weigering> {
        let cijfers = self
            .bytes
            .get(self.positie..self.positie + 4)
            .and_then(|b| std::str::from_utf8(b).ok());
        let waarde = cijfers
            .filter(|c| !c.starts_with('+'))
            .and_then(|c| u32::from_str_radix(c, 16).ok());
        self.positie += 4;
        waarde.ok_or_else(|| self.fout("JSON_INVALID", "De JSON klopt hier niet"))
    }
}
