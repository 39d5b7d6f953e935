//! CSV text into blocks of rows: one pass, one buffer, no allocation per cell.
//!
//! Owns quoting, line ends (LF, CRLF, CR, mixed), row numbers, and the bounds that keep memory flat: length of a
//! cell, number of columns, blank lines, rows. A row number counts records, as a spreadsheet shows them: a line
//! end inside quotes does not start a new row, blank lines and a `sep=` line count.
//! Leaves the encoding to `encoding`, and which row is the header to its callers.

mod scan64;
#[cfg(test)]
mod tests;

use std::io::Read;

use self::scan64::Zicht;
use crate::encoding::Tekststroom;
use crate::refusal::Weigering;
use crate::row_block::Blok;

/// Bounds on what is read.
#[derive(Debug, Clone, Copy)]
pub struct Limieten {
    /// Longest cell, in bytes.
    pub cel: usize,
    /// Most columns.
    pub kolommen: usize,
    /// Most rows.
    pub rijen: u64,
    /// Most blank lines.
    pub lege_regels: u64,
    /// Most bytes of text.
    pub bytes: u64,
}

impl Default for Limieten {
    fn default() -> Self {
        Self {
            cel: 64 * 1024,
            kolommen: 1024,
            rijen: 20_000_000,
            lege_regels: 1_000_000,
            bytes: 16 << 30,
        }
    }
}

/// How the text is divided into cells, and how strictly.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// The sign between two cells.
    pub scheiding: u8,
    /// Quotes in odd places and rows of another width are refused.
    pub strikt: bool,
}

/// Most rows in a block. Blocks are small, so that one stays in the processor's cache while it is worked on.
pub const BLOKRIJEN: usize = 4096;
/// The buffer begins small and doubles while there is more to read (small files stay cheap), up to `BUFFER`; only
/// for a very long record it grows on.
const EERSTE_BUFFER: usize = 32 * 1024;
const BUFFER: usize = 128 * 1024;
const GROOTSTE_BUFFER: usize = 4 << 20;

/// Why a row was passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overgeslagen {
    /// Nothing stands in it.
    Leeg,
    /// It adds up the others.
    Totaal,
    /// A remark.
    Voetnoot,
    /// The header once more.
    Kop,
}

/// Reads records out of a text stream.
pub struct Regels<R> {
    stroom: Tekststroom<R>,
    dialect: Dialect,
    limieten: Limieten,
    /// Separator, line ends and quote.
    bijzonder: [u8; 4],
    buffer: Vec<u8>,
    /// What was seen of the text in the buffer; taken out while it is looked through.
    zicht: Zicht,
    begin: usize,
    eind: usize,
    op: bool,
    /// What is wrong right after the text in the buffer.
    fout: Option<Weigering>,
    gelezen: u64,
    /// Number of the record that comes next, from 1.
    record: u64,
    lege_regels: u64,
    rijen: u64,
    /// Rows that were passed over here because of their width.
    pub overgeslagen: Vec<(u64, Overgeslagen)>,
    /// Cells that were taken out of Excel's guard, `="00207"`.
    pub uitgepakt: u64,
}

/// How one scan of a record ended.
enum Uitslag {
    /// Complete; the next record begins here.
    Heel(usize),
    /// The record goes on beyond the buffer.
    Meer,
    Fout(Celfout),
}

#[derive(Clone, Copy)]
enum Celfout {
    Aanhaling,
    TeLang,
    TeVeel,
}

impl<R: Read> Regels<R> {
    /// Reads this stream, divided so, within these bounds.
    pub fn new(stroom: Tekststroom<R>, dialect: Dialect, limieten: Limieten) -> Self {
        let bijzonder = [dialect.scheiding, b'\r', b'\n', b'"'];
        let buffer = vec![0; EERSTE_BUFFER];
        Self {
            stroom,
            dialect,
            limieten,
            bijzonder,
            buffer,
            zicht: Zicht::default(),
            begin: 0,
            eind: 0,
            op: false,
            fout: None,
            gelezen: 0,
            record: 1,
            lege_regels: 0,
            rijen: 0,
            overgeslagen: Vec::new(),
            uitgepakt: 0,
        }
    }

    /// The next record as texts, whatever its width; `None` at the end. Blank lines are empty records.
    ///
    /// # Errors
    /// When the text breaks off, is malformed or goes beyond the bounds.
    pub fn los_record(&mut self) -> Result<Option<Vec<String>>, Weigering> {
        let mut cellen = Vec::new();
        let mut met_aanhaling = Vec::new();
        let mut zicht = std::mem::take(&mut self.zicht);
        let Some(volgende) = self.one_record(&mut cellen, &mut met_aanhaling, &mut zicht)? else {
            return Ok(None);
        };
        self.zicht = zicht;
        self.unescape(&mut cellen, &met_aanhaling);
        let teksten = cellen.iter().map(|&(van, tot)| {
            String::from_utf8_lossy(&self.buffer[van as usize..tot as usize]).into_owned()
        });
        let teksten = teksten.collect();
        self.begin = volgende;
        self.record += 1;
        Ok(Some(teksten))
    }

    /// Number of the record that comes next.
    pub fn volgend_record(&self) -> u64 {
        self.record
    }

    /// Fills `uit` with the next rows, each `breedte` wide; false at the end.
    ///
    /// # Errors
    /// When the text breaks off, is malformed or goes beyond the bounds.
    pub fn blok(&mut self, breedte: usize, uit: &mut Blok) -> Result<bool, Weigering> {
        let (mut tekst, mut cellen, mut rijen) = uit.room();
        let mut met_aanhaling: Vec<usize> = Vec::new();
        let mut zicht = std::mem::take(&mut self.zicht);
        // Only the first record may move the buffer: what follows must fit in it as it lies.
        let mut einde = loop {
            let Some(volgende) = self.one_record(&mut cellen, &mut met_aanhaling, &mut zicht)?
            else {
                return Ok(false);
            };
            let neemt = self.accept(&mut cellen, 0, breedte)?;
            self.record += 1;
            if neemt {
                rijen.push(self.record - 1);
                break volgende;
            }
            met_aanhaling.clear();
            self.begin = volgende;
        };
        while rijen.len() < BLOKRIJEN {
            let vanaf = cellen.len();
            match self.scan(einde, &mut cellen, &mut met_aanhaling, &mut zicht) {
                Uitslag::Heel(volgende) => {
                    einde = volgende;
                    if self.accept(&mut cellen, vanaf, breedte)? {
                        rijen.push(self.record);
                    } else {
                        met_aanhaling.retain(|&i| i < vanaf);
                    }
                    self.record += 1;
                }
                Uitslag::Meer => {
                    cellen.truncate(vanaf);
                    met_aanhaling.retain(|&i| i < vanaf);
                    break;
                }
                Uitslag::Fout(fout) => return Err(self.refuse(fout, cellen.len() - vanaf)),
            }
        }
        self.zicht = zicht;
        self.uitgepakt += self.unescape(&mut cellen, &met_aanhaling);
        let begin = u32::try_from(self.begin).expect("the buffer is far below 4 GiB");
        if begin > 0 {
            cellen
                .iter_mut()
                .for_each(|cel| *cel = (cel.0 - begin, cel.1 - begin));
        }
        tekst.extend_from_slice(&self.buffer[self.begin..einde]);
        let tekst = String::from_utf8(tekst).expect("the stream gives whole UTF-8 characters");
        self.begin = einde;
        uit.fill(tekst, cellen, breedte, rijen);
        Ok(true)
    }

    /// Scans one record at `begin`, reading on until it is complete; gives where the next one begins.
    fn one_record(
        &mut self,
        cellen: &mut Vec<(u32, u32)>,
        met_aanhaling: &mut Vec<usize>,
        zicht: &mut Zicht,
    ) -> Result<Option<usize>, Weigering> {
        loop {
            if self.begin == self.eind && self.op {
                return Ok(None);
            }
            let vanaf = cellen.len();
            match self.scan(self.begin, cellen, met_aanhaling, zicht) {
                Uitslag::Heel(volgende) => return Ok(Some(volgende)),
                Uitslag::Fout(fout) => return Err(self.refuse(fout, cellen.len() - vanaf)),
                Uitslag::Meer => {
                    cellen.truncate(vanaf);
                    met_aanhaling.retain(|&i| i < vanaf);
                    self.vul()?;
                    *zicht = Zicht::default();
                }
            }
        }
    }

    fn vul(&mut self) -> Result<(), Weigering> {
        if let Some(fout) = self.fout.take() {
            return Err(self.place(fout));
        }
        self.buffer.copy_within(self.begin..self.eind, 0);
        self.eind -= self.begin;
        self.begin = 0;
        let vol = self.buffer.len() - self.eind < 16;
        let grootste = if vol {
            GROOTSTE_BUFFER.max(self.limieten.cel * 4)
        } else {
            BUFFER
        };
        if self.gelezen > 0 && self.buffer.len() < grootste {
            self.buffer.resize((self.buffer.len() * 2).min(grootste), 0);
        }
        if self.buffer.len() - self.eind < 16 {
            return Err(self.refuse(Celfout::TeVeel, 0));
        }
        // Fill up, so that a block does not depend on how the source cuts its bytes.
        while self.buffer.len() - self.eind >= 16 {
            let n = match self.stroom.lees(&mut self.buffer[self.eind..]) {
                Ok(n) => n,
                // First all rows before it: then the row it stands in is the one that is asked for next.
                Err(fout) => {
                    self.fout = Some(fout);
                    break;
                }
            };
            if n == 0 {
                self.op = true;
                break;
            }
            self.eind += n;
            self.gelezen += n as u64;
        }
        if self.gelezen > self.limieten.bytes {
            return Err(Weigering::new("TOO_LARGE", "Het bestand is te groot."));
        }
        Ok(())
    }

    /// Whether these few cells are a whole row with other signs between the columns, rather than a remark.
    fn in_another_dialect(&self, cellen: &[(u32, u32)], breedte: usize) -> bool {
        let bytes = || {
            cellen
                .iter()
                .flat_map(|&(van, tot)| &self.buffer[van as usize..tot as usize])
        };
        breedte > 2
            && [b';', b'\t', b'|', b',']
                .iter()
                .any(|teken| bytes().filter(|b| *b == teken).count() + 1 >= breedte)
    }

    /// Says in which cell of the record that is asked for now the text breaks off.
    fn place(&mut self, fout: Weigering) -> Weigering {
        self.op = true;
        let mut cellen = Vec::new();
        // An open quote is no cell yet.
        let nummer = match self.scan(
            self.begin,
            &mut cellen,
            &mut Vec::new(),
            &mut Zicht::default(),
        ) {
            Uitslag::Heel(_) => cellen.len().saturating_sub(1),
            Uitslag::Fout(_) | Uitslag::Meer => cellen.len(),
        };
        fout.in_cel(self.record, nummer)
    }

    #[inline]
    fn scan(
        &self,
        begin: usize,
        cellen: &mut Vec<(u32, u32)>,
        met_aanhaling: &mut Vec<usize>,
        zicht: &mut Zicht,
    ) -> Uitslag {
        let bytes = &self.buffer[..self.eind];
        let mut positie = begin;
        let eerste = cellen.len();
        if positie == bytes.len() {
            return Uitslag::Meer;
        }
        loop {
            let van = positie;
            positie = zicht.next(bytes, positie, self.bijzonder);
            let (mut cel, mut teken) = ((van, positie), bytes.get(positie));
            if teken == Some(&b'"') {
                match self.with_quotes(bytes, cel, zicht) {
                    Ok(None) => return Uitslag::Meer,
                    Ok(Some(aangehaald)) => {
                        if aangehaald.ontsnapt {
                            met_aanhaling.push(cellen.len());
                        }
                        cel = (aangehaald.van, aangehaald.tot);
                        positie = aangehaald.na;
                        teken = bytes.get(positie);
                    }
                    Err(fout) => return Uitslag::Fout(fout),
                }
            }
            if cel.1 - cel.0 > self.limieten.cel {
                return Uitslag::Fout(Celfout::TeLang);
            }
            cellen.push((cel.0 as u32, cel.1 as u32));
            if cellen.len() - eerste > self.limieten.kolommen {
                return Uitslag::Fout(Celfout::TeVeel);
            }
            match teken {
                Some(&b'\n') => return Uitslag::Heel(positie + 1),
                Some(&b'\r') => match bytes.get(positie + 1) {
                    Some(&b'\n') => return Uitslag::Heel(positie + 2),
                    Some(_) => return Uitslag::Heel(positie + 1),
                    None if self.op => return Uitslag::Heel(positie + 1),
                    None => return Uitslag::Meer,
                },
                Some(_) => positie += 1,
                None if self.op => return Uitslag::Heel(positie),
                None => return Uitslag::Meer,
            }
        }
    }

    /// A cell with a quote in it: up to its first quote, it is `cel`.
    fn with_quotes(
        &self,
        bytes: &[u8],
        cel: (usize, usize),
        zicht: &mut Zicht,
    ) -> Result<Option<Aangehaald>, Celfout> {
        let (van, mut tot) = cel;
        if van == tot {
            return self.quoted(bytes, van, zicht);
        }
        if self.dialect.strikt {
            return Err(Celfout::Aanhaling);
        }
        let wacht = bytes[van..tot] == *b"=";
        while bytes.get(tot) == Some(&b'"') {
            tot = zicht.next(bytes, tot + 1, self.bijzonder);
        }
        Ok(Some(Aangehaald {
            van,
            tot,
            na: tot,
            ontsnapt: wacht,
        }))
    }

    /// A cell that begins with a quote at `begin`.
    fn quoted(
        &self,
        bytes: &[u8],
        begin: usize,
        zicht: &mut Zicht,
    ) -> Result<Option<Aangehaald>, Celfout> {
        let mut positie = begin + 1;
        let mut ontsnapt = false;
        loop {
            positie = zicht.next(bytes, positie, self.bijzonder);
            while positie < bytes.len() && bytes[positie] != b'"' {
                positie = zicht.next(bytes, positie + 1, self.bijzonder);
            }
            if positie - begin > self.limieten.cel {
                return Err(Celfout::TeLang);
            }
            if positie == bytes.len() {
                return if self.op {
                    Err(Celfout::Aanhaling)
                } else {
                    Ok(None)
                };
            }
            match bytes.get(positie + 1) {
                Some(b'"') => {
                    ontsnapt = true;
                    positie += 2;
                }
                Some(&b) if b == self.dialect.scheiding || b == b'\n' || b == b'\r' => break,
                None if self.op => break,
                None => return Ok(None),
                Some(_) if self.dialect.strikt => return Err(Celfout::Aanhaling),
                // A lone quote inside quotes: taken as it stands.
                Some(_) => positie += 1,
            }
        }
        Ok(Some(Aangehaald {
            van: begin + 1,
            tot: positie,
            na: positie + 1,
            ontsnapt,
        }))
    }

    /// Whether the record just scanned is a row; pads or cuts it where that loses nothing.
    fn accept(
        &mut self,
        cellen: &mut Vec<(u32, u32)>,
        vanaf: usize,
        breedte: usize,
    ) -> Result<bool, Weigering> {
        let aantal = cellen.len() - vanaf;
        if aantal == 1 && cellen[vanaf].0 == cellen[vanaf].1 {
            cellen.truncate(vanaf);
            self.lege_regels += 1;
            if self.lege_regels > self.limieten.lege_regels {
                return Err(Weigering::new(
                    "BLANK_ROWS",
                    "Het bestand bevat te veel lege regels.",
                ));
            }
            return Ok(false);
        }
        if self.rijen >= self.limieten.rijen {
            return Err(Weigering::new(
                "TOO_MANY_ROWS",
                format!("Het bestand heeft meer dan {} rijen.", self.limieten.rijen),
            ));
        }
        if aantal == breedte {
            self.rijen += 1;
            return Ok(true);
        }
        let gevuld = cellen[vanaf..]
            .iter()
            .filter(|&&(van, tot)| {
                !self.buffer[van as usize..tot as usize]
                    .trim_ascii()
                    .is_empty()
            })
            .count();
        let extra_leeg = aantal > breedte
            && cellen[vanaf + breedte..]
                .iter()
                .all(|&(van, tot)| van == tot);
        if !self.dialect.strikt && extra_leeg {
            cellen.truncate(vanaf + breedte);
            self.rijen += 1;
            return Ok(true);
        }
        if !self.dialect.strikt
            && aantal < breedte
            && gevuld <= 2
            && !self.in_another_dialect(&cellen[vanaf..], breedte)
        {
            let reden = if gevuld == 0 {
                Overgeslagen::Leeg
            } else {
                Overgeslagen::Voetnoot
            };
            self.overgeslagen.push((self.record, reden));
            cellen.truncate(vanaf);
            return Ok(false);
        }
        let bericht = format!(
            "Rij {} heeft {aantal} kolommen, de kopregel {breedte}.",
            self.record
        );
        Err(Weigering::new("ROW_WIDTH", bericht).op_rij(self.record))
    }

    /// Makes what stands between quotes into the text it is; gives how many cells were in Excel's guard.
    fn unescape(&mut self, cellen: &mut [(u32, u32)], met_aanhaling: &[usize]) -> u64 {
        unescape(&mut self.buffer, cellen, met_aanhaling);
        let wacht = met_aanhaling.iter().filter(|_| !self.dialect.strikt);
        wacht
            .filter(|&&index| take_out_of_guard(&self.buffer, &mut cellen[index]))
            .count() as u64
    }

    fn refuse(&self, fout: Celfout, kolom: usize) -> Weigering {
        let rij = self.record;
        match fout {
            Celfout::Aanhaling => {
                let bericht = format!(
                    "In rij {rij} staat een aanhalingsteken dat niet klopt of niet wordt gesloten."
                );
                Weigering::new("QUOTE", bericht).in_cel(rij, kolom)
            }
            Celfout::TeLang => {
                let bericht = format!(
                    "In rij {rij} staat een cel van meer dan {} tekens. Misschien ontbreekt een aanhalingsteken.",
                    self.limieten.cel
                );
                Weigering::new("FIELD_TOO_LONG", bericht).in_cel(rij, kolom)
            }
            Celfout::TeVeel => {
                let bericht = format!(
                    "Rij {rij} heeft meer dan {} kolommen, of is te lang.",
                    self.limieten.kolommen
                );
                Weigering::new("TOO_MANY_COLUMNS", bericht).op_rij(rij)
            }
        }
    }
}

struct Aangehaald {
    van: usize,
    tot: usize,
    na: usize,
    ontsnapt: bool,
}

/// Makes `""` into `"` in place, and fills what is left over with a plain letter so that all of it stays UTF-8.
fn unescape(buffer: &mut [u8], cellen: &mut [(u32, u32)], met_aanhaling: &[usize]) {
    for &index in met_aanhaling {
        let (van, tot) = (cellen[index].0 as usize, cellen[index].1 as usize);
        // Quotes inside a cell that has none around it stand for themselves.
        if van == 0 || buffer[van - 1] != b'"' {
            continue;
        }
        let (mut lees, mut schrijf) = (van, van);
        while lees < tot {
            buffer[schrijf] = buffer[lees];
            lees += if buffer[lees] == b'"' && lees + 1 < tot && buffer[lees + 1] == b'"' {
                2
            } else {
                1
            };
            schrijf += 1;
        }
        buffer[schrijf..tot].fill(b'x');
        cellen[index].1 = schrijf as u32;
    }
}

/// Takes a text out of the guard that keeps Excel from changing it: `="00207"` is 00207.
fn take_out_of_guard(buffer: &[u8], cel: &mut (u32, u32)) -> bool {
    let inhoud = buffer[cel.0 as usize..cel.1 as usize]
        .strip_prefix(b"=\"")
        .and_then(|rest| rest.strip_suffix(b"\""));
    let in_wacht = inhoud.is_some_and(|tekst| !tekst.contains(&b'"'));
    if in_wacht {
        *cel = (cel.0 + 2, cel.1 - 1);
    }
    in_wacht
}
