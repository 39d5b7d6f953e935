//! The judgement put back into the aanbieder's own file: coloured cells with notes, a summary, a list.
//!
//! Owns which way a file goes. A workbook comes back as it was: its parts are copied as they were packed, and in the
//! sheets with findings only the found cells change. Anything else becomes a workbook of text, made from what was
//! read. The same judgement gives the same bytes; there is no clock, file system or thread here.
//! Leaves judging to `check`, and opening and writing files to the callers.

mod book;
mod changed_package;
mod notes;
mod places;
mod rebuild;
mod shared_strings;
mod sheet;
mod styles;
mod summary_sheet;
mod write_xml;

use std::collections::{BTreeMap, HashMap};
use std::io::{Cursor, Read, Seek};

use rows::Weigering;
use schema::tekst::duizendtal;
use schema::{Definitie, Oordeel};

use self::book::Werkboek;
use self::changed_package::Pakket;
use self::notes::Vormnummers;
use self::places::{Doelblad, Notitie, Notitieschrijver, Plekken, Vorm};
use self::shared_strings::Teksten;
use self::sheet::{Bladplan, Bladscan, Cellen};
use self::styles::Stijlen;
use self::summary_sheet::Overzicht;
use crate::cell_name::{Celplek, RIJEN};
use crate::file::{Bestand, Bestandssoort};
use crate::workbook;
use crate::xml::Broken;

/// How every XML part begins.
const KOP: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum RapportFout {
    /// The file can no longer be read.
    #[error(transparent)]
    Weigering(#[from] Weigering),
    /// The package is not built as a workbook should be.
    #[error("het Excel-bestand is anders opgebouwd dan verwacht")]
    Opbouw,
    /// A part is no XML.
    #[error("een onderdeel van het Excel-bestand is niet te lezen")]
    Xml,
    /// The package can't be read or written.
    #[error("het Excel-bestand is niet uit of in te pakken")]
    Zip(#[from] zip::result::ZipError),
    /// Reading or writing failed.
    #[error("het lezen of schrijven van het Excel-bestand mislukte")]
    Io(#[from] std::io::Error),
}

impl From<quick_xml::Error> for RapportFout {
    fn from(_: quick_xml::Error) -> Self {
        Self::Xml
    }
}

impl From<Broken> for RapportFout {
    fn from(_: Broken) -> Self {
        Self::Xml
    }
}

/// How much a workbook takes before it is no pleasure any more, or no workbook.
#[derive(Debug, Clone, Copy)]
pub struct Grenzen {
    /// Rows of a sheet that is made here.
    pub rijen: u32,
    /// Notes: a spreadsheet with more of them hardly opens.
    pub notities: usize,
    /// Links in the list; Excel takes 65,530 a sheet.
    pub koppelingen: usize,
}

impl Default for Grenzen {
    fn default() -> Self {
        Self {
            rijen: RIJEN,
            notities: 50_000,
            koppelingen: 65_000,
        }
    }
}

/// The report on these files, as a workbook (.xlsx): one workbook comes back as it was, with the findings in it.
///
/// # Errors
/// When a file can no longer be read.
pub fn maak(
    bestanden: &[Bestand],
    oordeel: &Oordeel,
    definitie: &Definitie,
) -> Result<Vec<u8>, RapportFout> {
    maak_binnen(bestanden, oordeel, definitie, Grenzen::default())
}

/// The same, within other limits. What does not fit is counted and told on the first sheet.
///
/// # Errors
/// When a file can no longer be read.
pub fn maak_binnen(
    bestanden: &[Bestand],
    oordeel: &Oordeel,
    definitie: &Definitie,
    grenzen: Grenzen,
) -> Result<Vec<u8>, RapportFout> {
    let verslag = Verslag {
        oordeel,
        definitie,
        grenzen,
    };
    let mut zinnen = Vec::new();
    if let [bestand] = bestanden
        && bestand.soort()? == Bestandssoort::Werkmap
    {
        match verslag.own_workbook(bestand) {
            Err(RapportFout::Weigering(weigering)) => return Err(weigering.into()),
            Err(_) => zinnen
                .push("Uw bestand kon niet met uw eigen opmaak worden teruggegeven. De bladen zijn gemaakt uit wat is gelezen.".to_owned()),
            klaar => return klaar,
        }
    }
    let basis = rebuild::make(bestanden, oordeel, grenzen.rijen)?;
    zinnen.extend(basis.zinnen);
    verslag.annotate(
        Pakket::open(Cursor::new(basis.bytes))?,
        basis.doelen,
        zinnen,
    )
}

/// The judgement alone, as a workbook: the summary and the list. No value but those in the findings is in it.
///
/// # Errors
/// When it can't be put together.
pub fn lijst(oordeel: &Oordeel, definitie: &Definitie) -> Result<Vec<u8>, RapportFout> {
    maak(&[], oordeel, definitie)
}

struct Verslag<'a> {
    oordeel: &'a Oordeel,
    definitie: &'a Definitie,
    grenzen: Grenzen,
}

/// What is to happen to the sheets.
#[derive(Default)]
struct Plannen {
    /// By part.
    bladen: HashMap<String, Bladplan>,
    zonder_notitie: u64,
    zonder_kleur: u64,
    in_gesprek: usize,
}

impl Verslag<'_> {
    fn own_workbook(&self, bestand: &Bestand) -> Result<Vec<u8>, RapportFout> {
        if !workbook::is_xlsx(bestand)? {
            return Err(RapportFout::Opbouw);
        }
        let mut pakket = Pakket::open(bestand.open()?)?;
        let werkboek = Werkboek::lees(&mut pakket)?;
        let doelen = werkboek.bladen.iter().map(|blad| Doelblad {
            naam: blad.naam.clone(),
            deel: blad.deel.clone(),
            bestand: bestand.naam.clone(),
            bron: Some(blad.naam.clone()),
            vorm: Vorm::Gelijk,
        });
        let doelen = doelen.collect();
        self.annotate(pakket, doelen, Vec::new())
    }

    /// Puts the findings into a workbook whose sheets are `doelen`, in their order.
    fn annotate<R: Read + Seek>(
        &self,
        mut pakket: Pakket<R>,
        doelen: Vec<Doelblad>,
        mut zinnen: Vec<String>,
    ) -> Result<Vec<u8>, RapportFout> {
        let werkboek = Werkboek::lees(&mut pakket)?;
        let (overzicht, lijst) = (
            werkboek.vrije_naam("Controle"),
            werkboek.vrije_naam("Bevindingen"),
        );
        let stijldeel = pakket.deel_van(&werkboek.deel, "styles", styles::LEEG)?;
        let mut stijlen = Stijlen::parse(&pakket.lees(&stijldeel)?.ok_or(RapportFout::Opbouw)?)?;
        let mut plekken = Plekken::new(self.oordeel, &doelen);
        let mut plannen = self.plan(
            &mut pakket,
            &werkboek,
            &doelen,
            &mut plekken,
            &mut stijlen,
            &overzicht,
        )?;
        zinnen.extend(plannen.zinnen(&lijst));

        let tekstdeel = pakket.deel_van(&werkboek.deel, "sharedStrings", GEEN_TEKSTEN)?;
        let oude_teksten = pakket.lees_groot(&tekstdeel)?;
        let mut teksten = Teksten::after(&oude_teksten)?;
        let verslag = Overzicht {
            oordeel: self.oordeel,
            definitie: self.definitie,
            plekken: &plekken.van,
            doelen: &doelen,
            namen: (&overzicht, &lijst),
            koppelingen: self.grenzen.koppelingen,
            zinnen,
        };
        let (overzichtblad, lijstblad) = verslag.bladen(&mut stijlen, &mut teksten);
        pakket.zet(&tekstdeel, teksten.xml(&oude_teksten)?);
        drop((oude_teksten, teksten));
        pakket.zet(&stijldeel, stijlen.xml());
        let voorin = [
            (overzicht.as_str(), overzichtblad),
            (lijst.as_str(), lijstblad),
        ];
        let mut entries = Vec::new();
        for (naam, inhoud) in voorin {
            let deel = pakket.vrije_naam("xl/worksheets/uitvraag", ".xml");
            pakket.soort_erbij(
                &deel,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
            )?;
            entries.push((
                naam,
                pakket.relatie_erbij(&werkboek.deel, "worksheet", &deel)?,
            ));
            pakket.zet(&deel, inhoud);
        }
        let entries: Vec<(&str, &str)> = entries
            .iter()
            .map(|(naam, id)| (*naam, id.as_str()))
            .collect();
        pakket.zet(&werkboek.deel, werkboek.met_bladen(&entries)?);

        let delen: Vec<String> = plannen.bladen.keys().cloned().collect();
        let uit = pakket.schrijf(
            Cursor::new(Vec::new()),
            |deel, van, naar| match plannen.bladen.get_mut(deel) {
                Some(plan) => sheet::patch(van, naar, plan),
                None => Err(RapportFout::Opbouw),
            },
            |deel| delen.iter().any(|d| d == deel),
        )?;
        Ok(uit.into_inner())
    }

    /// Looks through the sheets, and decides what changes in each.
    fn plan<R: Read + Seek>(
        &self,
        pakket: &mut Pakket<R>,
        werkboek: &Werkboek,
        doelen: &[Doelblad],
        plekken: &mut Plekken,
        stijlen: &mut Stijlen,
        overzicht: &str,
    ) -> Result<Plannen, RapportFout> {
        let schrijver = Notitieschrijver::new(self.oordeel, overzicht, self.grenzen.notities);
        let mut nummers = Vormnummers::after(pakket.tekeningen()?.iter().map(String::as_str));
        let mut plannen = Plannen::default();
        for (nummer, (doel, werkblad)) in doelen.iter().zip(&werkboek.bladen).enumerate() {
            let deel = pakket.naam(&doel.deel)?;
            let cellen: Cellen = if werkblad.soort == "worksheet" {
                plekken.bladen[nummer].keys().copied().collect()
            } else {
                Cellen::new()
            };
            let mut scan = sheet::scan(pakket.stroom(&deel)?, &cellen)?;
            if cellen.is_empty() {
                if scan.geselecteerd {
                    plannen.bladen.insert(deel, Bladplan::default());
                }
                continue;
            }
            plekken.merge_areas(nummer, &scan.samengevoegd);
            let gevonden = &plekken.bladen[nummer];
            if gevonden.keys().any(|plek| !cellen.contains(plek)) {
                scan = sheet::scan(pakket.stroom(&deel)?, &gevonden.keys().copied().collect())?;
            }
            let (kleuren, notities) = plannen.mark(gevonden, &scan, &schrijver, stijlen);
            let legacy = plannen.notes(pakket, &deel, &scan, &notities, &mut nummers)?;
            plannen
                .bladen
                .insert(deel, Bladplan::new(&kleuren, &scan, legacy));
        }
        Ok(plannen)
    }
}

const GEEN_TEKSTEN: &str =
    "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"/>";

impl Plannen {
    /// A format and, where there is room, a note for every cell with findings.
    fn mark(
        &mut self,
        gevonden: &BTreeMap<Celplek, Vec<u32>>,
        scan: &Bladscan,
        schrijver: &Notitieschrijver<'_>,
        stijlen: &mut Stijlen,
    ) -> (Vec<(Celplek, u32)>, Vec<Notitie>) {
        let mut kleuren = Vec::with_capacity(gevonden.len());
        let mut notities = Vec::new();
        for (plek, nummers) in gevonden {
            match stijlen.gekleurd(scan.stijl(*plek), schrijver.ernst(nummers)) {
                Some(stijl) => kleuren.push((*plek, stijl)),
                None => self.zonder_kleur += 1,
            }
            match schrijver.note(*plek, nummers) {
                Some(notitie) => notities.push(notitie),
                None => self.zonder_notitie += 1,
            }
        }
        (kleuren, notities)
    }

    /// Writes the notes of a sheet; gives the relation the sheet needs, where it has none to a drawing yet.
    fn notes<R: Read + Seek>(
        &mut self,
        pakket: &mut Pakket<R>,
        deel: &str,
        scan: &Bladscan,
        notities: &[Notitie],
        nummers: &mut Vormnummers,
    ) -> Result<Option<String>, RapportFout> {
        if notities.is_empty() {
            return Ok(None);
        }
        let relaties = pakket.relaties(deel)?;
        let mut zonder_vorm: Vec<Celplek> = notities.iter().map(|n| n.plek).collect();
        let bestaand = relaties.iter().find(|r| r.soort == "comments");
        let mut hadden = Vec::new();
        if let Some(relatie) = bestaand {
            let samen = notes::merge_comments(
                &pakket.lees(&relatie.doel)?.ok_or(RapportFout::Opbouw)?,
                notities,
            )?;
            pakket.zet(&relatie.doel, samen.xml);
            self.in_gesprek += samen.in_gesprek;
            hadden = samen.hadden;
        } else {
            let naam = pakket.vrije_naam("xl/comments", ".xml");
            pakket.soort_erbij(
                &naam,
                "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
            )?;
            pakket.relatie_erbij(deel, "comments", &naam)?;
            pakket.zet(&naam, notes::comments(notities));
        }
        let tekening = scan
            .legacy
            .as_ref()
            .map(|id| {
                relaties
                    .iter()
                    .find(|r| r.id == *id)
                    .ok_or(RapportFout::Opbouw)
            })
            .transpose()?;
        if let Some(relatie) = tekening {
            zonder_vorm.retain(|plek| !hadden.contains(plek));
            let vml = String::from_utf8(pakket.lees(&relatie.doel)?.ok_or(RapportFout::Opbouw)?)
                .map_err(|_| RapportFout::Opbouw)?;
            pakket.zet(
                &relatie.doel,
                notes::drawing(Some(&vml), &zonder_vorm, nummers)?,
            );
            return Ok(None);
        }
        // Notes that never had a shape are not shown: they get one now.
        zonder_vorm.extend(hadden);
        zonder_vorm.sort_unstable();
        zonder_vorm.dedup();
        let naam = pakket.vrije_naam("xl/drawings/vmlDrawing", ".vml");
        pakket.extensie_erbij(
            "vml",
            "application/vnd.openxmlformats-officedocument.vmlDrawing",
        )?;
        pakket.zet(&naam, notes::drawing(None, &zonder_vorm, nummers)?);
        pakket.relatie_erbij(deel, "vmlDrawing", &naam).map(Some)
    }

    /// What could not be shown.
    fn zinnen(&self, lijst: &str) -> Vec<String> {
        let mut zinnen = Vec::new();
        if self.zonder_notitie > 0 {
            let aantal = duizendtal(self.zonder_notitie);
            zinnen.push(format!("{aantal} gekleurde cellen hebben geen notitie: meer notities kan Excel niet goed aan. Wat er is, staat op het blad {lijst}."));
        }
        if self.zonder_kleur > 0 {
            let aantal = duizendtal(self.zonder_kleur);
            zinnen.push(format!("{aantal} cellen hebben geen kleur: uw bestand heeft al zoveel opmaak dat Excel er niet meer aankan. Ze staan op het blad {lijst}."));
        }
        if self.in_gesprek > 0 {
            let aantal = duizendtal(self.in_gesprek as u64);
            zinnen.push(format!("Bij {aantal} cellen staat al een gesprek. Excel laat daar alleen het gesprek zien; wat er is gevonden, staat op het blad {lijst}."));
        }
        zinnen
    }
}
