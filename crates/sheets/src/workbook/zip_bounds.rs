//! Looks through a workbook's zip before anything is parsed: is it safe to hand on, and which kind of workbook is it?
//!
//! Owns the bounds (entries, ratio, sizes as counted), names, overlaps, active content, and a scan of every XML
//! part for DTDs, depth and length. Nothing reaches the readers of workbooks unscanned.

use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};

use rows::Weigering;
use zip::ZipArchive;

use crate::file::Bestand;
use crate::held::Stream;
use crate::xml::Vorm;

const ENTRIES: u64 = 10_000;
/// Bytes of all parts together, as counted while unpacking.
const TOTAAL: u64 = 1 << 30;
/// A part that unpacks to more than this many times its size is a bomb, once it is larger than `KLEIN`.
const VERHOUDING: u64 = 100;
const KLEIN: u64 = 4 << 20;
/// Styles, relations, workbook and properties are never large.
const BIJZAAK: u64 = 32 << 20;
const DIEPTE: usize = 64;
/// Longest tag or text in an XML part.
const LANGSTE: usize = 1 << 20;

/// What was found.
pub(super) struct Scan {
    pub(super) vorm: Vorm,
    /// Texts about the file itself: properties and comments.
    pub(super) bijschriften: Vec<String>,
    /// Bytes of all parts together, unpacked.
    pub(super) uitgepakt: u64,
}

fn structure(bericht: &str) -> Weigering {
    Weigering::new("ZIP_STRUCTURE", bericht)
}

fn damaged() -> Weigering {
    structure("Het bestand is beschadigd. Open het in uw rekenprogramma en sla het opnieuw op.")
}

pub(super) fn scan(bestand: &Bestand) -> Result<Scan, Weigering> {
    let mut stroom = bestand.open()?;
    let aantal = count_entries(&mut stroom)?;
    let mut zip = ZipArchive::new(stroom).map_err(|_| damaged())?;
    // The archive keeps one of each name.
    if (zip.len() as u64) < aantal {
        return Err(structure(
            "In het bestand komt een onderdeel twee keer voor.",
        ));
    }
    if zip.has_overlapping_entries().map_err(|_| damaged())? {
        return Err(structure("In het bestand overlappen onderdelen elkaar."));
    }
    let mut namen = HashSet::new();
    let mut totaal = 0;
    let mut bijschriften = Vec::new();
    let mut soort = String::new();
    for index in 0..zip.len() {
        let mut deel = zip.by_index(index).map_err(|_| damaged())?;
        let naam = String::from_utf8(deel.name_raw().to_vec())
            .map_err(|_| structure("Een onderdeel van het bestand heeft een ongeldige naam."))?;
        judge_name(&naam)?;
        if !namen.insert(naam.to_lowercase()) {
            return Err(structure(
                "In het bestand komt een onderdeel twee keer voor.",
            ));
        }
        if deel.encrypted() {
            return Err(locked());
        }
        let ingepakt = deel.compressed_size().max(1);
        let mut xml = Xmlscan::new(&naam);
        let bytes = count_part(&mut deel, &naam, ingepakt, totaal, &mut xml)?;
        if bytes != deel.size() {
            return Err(damaged());
        }
        totaal += bytes;
        match (naam.as_str(), xml.tekst) {
            ("mimetype", Some(tekst)) => soort = tekst.trim().to_owned(),
            (_, Some(tekst)) => bijschriften.push(tekst),
            (_, None) => {}
        }
    }
    let vorm = judge_kind(&namen, &soort)?;
    Ok(Scan {
        vorm,
        bijschriften,
        uitgepakt: totaal,
    })
}

/// Reads the number of entries from the end record, before a reader makes room for them.
fn count_entries(stroom: &mut Stream) -> Result<u64, Weigering> {
    let io = |e: std::io::Error| Weigering::io(&e);
    let lengte = stroom.seek(SeekFrom::End(0)).map_err(io)?;
    stroom
        .seek(SeekFrom::Start(lengte.saturating_sub(66_000)))
        .map_err(io)?;
    let mut staart = Vec::new();
    stroom.take(66_000).read_to_end(&mut staart).map_err(io)?;
    stroom.seek(SeekFrom::Start(0)).map_err(io)?;
    let einde = staart
        .windows(4)
        .rposition(|w| w == b"PK\x05\x06")
        .ok_or_else(damaged)?;
    let aantal = staart.get(einde + 10..einde + 12).ok_or_else(damaged)?;
    // 0xffff means that the real number stands elsewhere: far more than any workbook has.
    let aantal = u64::from(u16::from_le_bytes([aantal[0], aantal[1]]));
    if aantal > ENTRIES {
        return Err(structure("Het bestand heeft te veel onderdelen."));
    }
    Ok(aantal)
}

fn judge_name(naam: &str) -> Result<(), Weigering> {
    let stuk = naam.contains(['\0', '\\'])
        || naam.starts_with('/')
        || naam.contains(':')
        || naam.split('/').any(|d| d == "..");
    if stuk {
        return Err(structure(
            "Een onderdeel van het bestand heeft een ongeldige naam.",
        ));
    }
    let klein = naam.to_lowercase();
    if klein.ends_with(".zip") || klein.ends_with(".7z") || klein.ends_with(".gz") {
        return Err(structure("In het bestand zit een ander ingepakt bestand."));
    }
    let actief = klein.ends_with("vbaproject.bin")
        || klein.contains("/embeddings/")
        || klein.contains("/activex/")
        || klein.ends_with(".exe")
        || klein.contains("/macrosheets/")
        // LibreOffice: Basic and other scripts.
        || klein.starts_with("basic/")
        || klein.starts_with("scripts/");
    if actief {
        return Err(active());
    }
    Ok(())
}

fn active() -> Weigering {
    let bericht = "Het bestand bevat macro's of ingesloten objecten. Sla het op als gewone .xlsx of .ods, zonder macro's.";
    Weigering::new("ACTIVE_CONTENT", bericht)
}

fn locked() -> Weigering {
    Weigering::new(
        "FORMAT",
        "Het bestand is met een wachtwoord beveiligd. Haal het wachtwoord weg en sla het opnieuw op.",
    )
}

fn count_part(
    deel: &mut impl Read,
    naam: &str,
    ingepakt: u64,
    totaal: u64,
    xml: &mut Xmlscan,
) -> Result<u64, Weigering> {
    let klein = naam.to_lowercase();
    let hoofdzaak = klein.contains("worksheets/")
        || klein.ends_with("sharedstrings.xml")
        || klein == "content.xml";
    let bijzaak = !hoofdzaak && !klein.contains("media/") && !klein.starts_with("pictures/");
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes: u64 = 0;
    loop {
        let n = deel.read(&mut buffer).map_err(|_| damaged())?;
        if n == 0 {
            break;
        }
        bytes += n as u64;
        if bytes > KLEIN && bytes / ingepakt > VERHOUDING {
            return Err(Weigering::new(
                "ZIP_RATIO",
                "Het bestand wordt bij het uitpakken veel te groot.",
            ));
        }
        if totaal + bytes > TOTAAL || (bijzaak && bytes > BIJZAAK) {
            return Err(Weigering::new(
                "ZIP_RATIO",
                "Het bestand is te groot. Lever het als CSV.",
            ));
        }
        xml.zie(&buffer[..n])?;
    }
    xml.einde(bytes)?;
    Ok(bytes)
}

/// `soort` is what an OpenDocument file says it is.
fn judge_kind(namen: &HashSet<String>, soort: &str) -> Result<Vorm, Weigering> {
    let anders = |bericht: &str| Err(Weigering::new("FORMAT", bericht));
    if namen.contains("xl/workbook.bin") {
        return anders("Dit is een binair Excel-bestand (.xlsb). Sla het op als .xlsx.");
    }
    if namen.contains("encrypted-package") {
        return Err(locked());
    }
    if namen.contains("content.xml")
        && (soort.starts_with(ODF) || namen.contains("meta-inf/manifest.xml"))
    {
        let rekenblad = soort.is_empty()
            || soort
                .strip_prefix(ODF)
                .is_some_and(|s| s.starts_with("spreadsheet"));
        return if rekenblad {
            Ok(Vorm::Ods)
        } else {
            anders(
                "Dit is een document van LibreOffice, maar geen rekenblad. Lever een .ods, .xlsx of CSV.",
            )
        };
    }
    if !namen.iter().any(|n| n.ends_with("workbook.xml")) {
        return anders(
            "Dit is een ingepakt bestand, maar geen Excel-bestand. Lever een .xlsx, .ods of CSV.",
        );
    }
    Ok(Vorm::Xlsx)
}

/// How the type of every OpenDocument file begins.
const ODF: &str = "application/vnd.oasis.opendocument.";

/// Follows the bytes of one XML part: just enough of the grammar to bound it.
struct Xmlscan {
    actief: bool,
    is_strings: bool,
    tekst: Option<String>,
    diepte: usize,
    toestand: Toestand,
    /// Bytes of the tag or text so far.
    lengte: usize,
    begin: Vec<u8>,
    vorige: u8,
    eerste: bool,
    uniek: u64,
}

fn too_long() -> Weigering {
    Weigering::new(
        "XML_LIMIT",
        "Een onderdeel van het bestand heeft een te lange tekst.",
    )
}

/// Elements that start something: links to other programs, objects, macros.
const ACTIEF: [&[u8]; 6] = [
    b"ddeLink",
    b"oleLink",
    b"oleObject",
    b"dde-link",
    b"dde-source",
    b"event-listener ",
];

/// Bytes of a tag that are kept: its name with its prefix.
const BEGIN: usize = 32;

#[derive(Clone, Copy, PartialEq)]
enum Toestand {
    Tekst,
    Tag,
    Aanhaling(u8),
    /// `<?…?>` and `<!…>` other than a DTD.
    Overig,
}

impl Xmlscan {
    fn new(naam: &str) -> Self {
        let klein = naam.to_lowercase();
        let verzamel = klein.starts_with("docprops/")
            || klein.contains("comments")
            || klein == "meta.xml"
            || klein == "mimetype";
        Self {
            actief: [".xml", ".rels", ".vml"].iter().any(|e| klein.ends_with(e)),
            is_strings: klein.ends_with("sharedstrings.xml"),
            tekst: verzamel.then(String::new),
            diepte: 0,
            toestand: Toestand::Tekst,
            lengte: 0,
            begin: Vec::with_capacity(BEGIN),
            vorige: 0,
            eerste: true,
            uniek: 0,
        }
    }

    fn zie(&mut self, bytes: &[u8]) -> Result<(), Weigering> {
        if let Some(tekst) = &mut self.tekst
            && tekst.len() < 4 << 20
        {
            tekst.push_str(&String::from_utf8_lossy(bytes));
        }
        if !self.actief {
            return Ok(());
        }
        if self.eerste && (bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]))
            || bytes.contains(&0)
        {
            return Err(Weigering::new(
                "XML_ENCODING",
                "Een onderdeel van het bestand heeft een ongewone tekenset. Sla het opnieuw op.",
            ));
        }
        if self.eerste && self.is_strings {
            self.uniek = unique_count(&bytes[..bytes.len().min(2048)]);
        }
        self.eerste = false;
        let mut rest = bytes;
        while let Some((&byte, verder)) = rest.split_first() {
            let over = self.dull(rest);
            if over == 0 {
                self.step(byte)?;
                rest = verder;
                continue;
            }
            self.lengte += over;
            if self.lengte > LANGSTE {
                return Err(too_long());
            }
            self.vorige = rest[over - 1];
            rest = &rest[over..];
        }
        Ok(())
    }

    /// How many of the next bytes change nothing: text, a quoted value, or a tag whose name has been read.
    fn dull(&self, bytes: &[u8]) -> usize {
        let tot = |stop: fn(u8) -> bool| bytes.iter().position(|b| stop(*b)).unwrap_or(bytes.len());
        match self.toestand {
            Toestand::Tekst => tot(|b| b == b'<'),
            Toestand::Aanhaling(b'"') => tot(|b| b == b'"'),
            Toestand::Aanhaling(_) => tot(|b| b == b'\''),
            Toestand::Tag if self.begin.last() == Some(&b' ') => {
                tot(|b| matches!(b, b'>' | b'"' | b'\''))
            }
            Toestand::Tag | Toestand::Overig => 0,
        }
    }

    fn step(&mut self, byte: u8) -> Result<(), Weigering> {
        self.lengte += 1;
        if self.lengte > LANGSTE {
            return Err(too_long());
        }
        match (self.toestand, byte) {
            (Toestand::Tekst, b'<') => {
                self.toestand = Toestand::Tag;
                self.begin.clear();
                self.lengte = 0;
            }
            (Toestand::Tekst, _) => {}
            (Toestand::Tag | Toestand::Overig, b'>') => {
                self.close_tag()?;
                self.toestand = Toestand::Tekst;
                self.lengte = 0;
            }
            (Toestand::Tag, b'"' | b'\'') => self.toestand = Toestand::Aanhaling(byte),
            (Toestand::Aanhaling(teken), _) if byte == teken => self.toestand = Toestand::Tag,
            (Toestand::Tag, _) if self.begin.len() < BEGIN && self.begin.last() != Some(&b' ') => {
                self.begin.push(if byte.is_ascii_whitespace() {
                    b' '
                } else {
                    byte
                });
                if self.begin == b"!DOCTYPE" || self.begin == b"!ENTITY" {
                    return Err(Weigering::new(
                        "XML_DTD",
                        "Het bestand bevat een verboden onderdeel (DTD).",
                    ));
                }
                if matches!(self.begin[..], [b'!' | b'?']) {
                    self.toestand = Toestand::Overig;
                }
            }
            (Toestand::Overig, _) if self.begin.len() < BEGIN => {
                self.begin.push(byte.to_ascii_uppercase());
                if self.begin.starts_with(b"!DOCTYPE") || self.begin.starts_with(b"!ENTITY") {
                    return Err(Weigering::new(
                        "XML_DTD",
                        "Het bestand bevat een verboden onderdeel (DTD).",
                    ));
                }
            }
            _ => {}
        }
        self.vorige = byte;
        Ok(())
    }

    fn close_tag(&mut self) -> Result<(), Weigering> {
        match self.begin.first() {
            Some(b'/') => self.diepte = self.diepte.saturating_sub(1),
            Some(b'!' | b'?') | None => {}
            Some(_) if self.vorige == b'/' => {}
            Some(_) => self.diepte += 1,
        }
        let plek = self
            .begin
            .iter()
            .position(|b| *b == b':')
            .map_or(0, |p| p + 1);
        let naam = &self.begin[plek..];
        if ACTIEF.iter().any(|actief| naam.starts_with(actief)) {
            return Err(active());
        }
        // The manifest of an OpenDocument file with a password.
        if naam.starts_with(b"encryption-data") {
            return Err(locked());
        }
        if self.diepte > DIEPTE {
            return Err(Weigering::new(
                "XML_LIMIT",
                "Een onderdeel van het bestand is te diep genest.",
            ));
        }
        Ok(())
    }

    fn einde(&self, bytes: u64) -> Result<(), Weigering> {
        // The reader makes room for this many strings before it has seen one; each takes five bytes at least.
        if self.uniek > bytes / 5 {
            return Err(structure(
                "Het bestand zegt meer teksten te hebben dan erin staan.",
            ));
        }
        if self.actief && (self.diepte != 0 || self.toestand != Toestand::Tekst) {
            return Err(damaged());
        }
        Ok(())
    }
}

fn unique_count(begin: &[u8]) -> u64 {
    let tekst = String::from_utf8_lossy(begin);
    let waarde = tekst
        .split_once("uniqueCount=")
        .map(|(_, na)| na.trim_start_matches(['"', '\'']));
    waarde
        .map(|w| {
            w.chars()
                .take_while(char::is_ascii_digit)
                .collect::<String>()
        })
        .and_then(|d| {
            if d.is_empty() {
                None
            } else {
                Some(d.parse().unwrap_or(u64::MAX))
            }
        })
        .unwrap_or(0)
}
