//! The two sheets of the report itself: the summary, and every finding in a list.
//!
//! Owns what they say and in what order, and that a limit is never silent. Leaves cells to `write_xml`, and the
//! aanbieder's own sheets to `patch_sheet`.

use std::collections::HashMap;

use schema::bevinding::equal_share;
use schema::text::grouped_thousands;
use schema::{Bevinding, Definitie, Ernst, Oordeel, Place, RegelTelling};

use super::places::{CellPlace, TargetSheet, word};
use super::styles::{ReportStyle, Styles};
use super::write_sheet::{AddedTexts, SheetText};
use crate::cell_name::{ROWS, cell_name};
use crate::wording;
use crate::workbook::own_sheets::{LIST_MARKER, MARKER};

/// Findings without a cell that the summary lists; the list has all.
const LOOSE: usize = 1000;
/// Rows of the list above the findings.
const LIST_HEADER: u32 = 2;

/// All the summary tells of.
pub(super) struct SummarySheet<'a> {
    pub(super) oordeel: &'a Oordeel,
    pub(super) definitie: &'a Definitie,
    /// Per finding.
    pub(super) places: &'a [Option<CellPlace>],
    pub(super) targets: &'a [TargetSheet],
    /// Names of the summary and the list.
    pub(super) names: (&'a str, &'a str),
    /// Most links in the list.
    pub(super) koppelingen: usize,
    /// What could not be shown, as Dutch sentences.
    pub(super) sentences: Vec<String>,
}

/// The formats that are used.
struct SummaryFormats {
    titel: u32,
    kop: u32,
    tekst: u32,
    figure: u32,
    koppeling: u32,
    ernst: [u32; 3],
}

impl SummaryFormats {
    fn new(styles: &mut Styles) -> Self {
        let mut vorm = |kind| styles.own(kind);
        Self {
            titel: vorm(ReportStyle::Title),
            kop: vorm(ReportStyle::Header),
            tekst: vorm(ReportStyle::Tekst),
            figure: vorm(ReportStyle::Getal),
            koppeling: vorm(ReportStyle::Koppeling),
            ernst: ALL_ERNST.map(|ernst| vorm(ReportStyle::Ernst(ernst))),
        }
    }

    fn ernst(&self, ernst: Ernst) -> u32 {
        self.ernst[ALL_ERNST.iter().position(|e| *e == ernst).unwrap_or(0)]
    }
}

const ALL_ERNST: [Ernst; 3] = [Ernst::Fout, Ernst::Signaal, Ernst::Opmerking];

impl SummarySheet<'_> {
    /// Both sheets: the summary and the list.
    pub(super) fn sheets(
        mut self,
        styles: &mut Styles,
        texts: &mut AddedTexts,
    ) -> (Vec<u8>, Vec<u8>) {
        let forms = SummaryFormats::new(styles);
        let (list, more) = self.list(&forms, texts);
        self.sentences.extend(more);
        let first = self.first_findings();
        (self.summary(&forms, texts, &first), list)
    }

    /// Per rule the number of its first finding.
    fn first_findings(&self) -> HashMap<&str, usize> {
        let mut out = HashMap::new();
        for (number, bevinding) in self.oordeel.bevindingen.iter().enumerate() {
            out.entry(bevinding.code.as_str()).or_insert(number);
        }
        out
    }

    fn summary(
        &self,
        v: &SummaryFormats,
        t: &mut AddedTexts,
        first: &HashMap<&str, usize>,
    ) -> Vec<u8> {
        let mut sheet = SheetText::default();
        sheet.row().text(t, v.titel, MARKER);
        sheet.row().text(
            t,
            v.titel,
            &format!("{}. {}", self.definitie.titel, self.conclusion()),
        );
        sheet
            .row()
            .text(t, v.titel, wording::annotate::MEND_OWN_FILE);
        for sentence in &self.sentences {
            sheet.row().text(t, v.titel, sentence);
        }
        sheet.row();
        for (ernst, explanation) in ALL_ERNST.iter().zip([
            "Verbeter dit eerst.",
            wording::annotate::IS_IT_RIGHT,
            wording::annotate::NOTHING_TO_DO,
        ]) {
            sheet
                .row()
                .text(t, v.ernst(*ernst), word(*ernst))
                .text(t, v.titel, explanation);
        }
        sheet.row();
        sheet.row();
        for header in [
            "Ernst",
            "Aantal",
            "Wat",
            "Waarom gevraagd",
            "Verwacht",
            wording::annotate::REPAIR_SO,
            "Eerste cel",
            "In de lijst",
            "Regel",
        ] {
            sheet.text(t, v.kop, header);
        }
        for regel in self.oordeel.regels.iter().filter(|r| r.aantal > 0) {
            self.rule(
                &mut sheet,
                v,
                t,
                regel,
                first.get(regel.code.as_str()).copied(),
            );
        }
        self.loose(&mut sheet, v, t);
        self.not_judged(&mut sheet, v, t);
        sheet.xml(&[12, 11, 50, 50, 40, 50, 20, 14, 30], None, true)
    }

    fn conclusion(&self) -> String {
        let parts: Vec<String> = ALL_ERNST
            .iter()
            .filter_map(|ernst| {
                let count: u64 = self
                    .oordeel
                    .regels
                    .iter()
                    .filter(|r| r.ernst == *ernst)
                    .map(|r| r.aantal)
                    .sum();
                let (een, more) = match ernst {
                    Ernst::Fout => ("fout", "fouten"),
                    Ernst::Signaal => ("signaal", "signalen"),
                    Ernst::Opmerking => ("opmerking", "opmerkingen"),
                };
                (count > 0).then(|| {
                    format!(
                        "{} {}",
                        grouped_thousands(count),
                        if count == 1 { een } else { more }
                    )
                })
            })
            .collect();
        match parts.as_slice() {
            [] => wording::annotate::NOTHING_FOUND.to_owned(),
            [een] => format!("Gevonden: {een}."),
            [begin @ .., last] => format!("Gevonden: {} en {last}.", begin.join(", ")),
        }
    }

    fn rule(
        &self,
        sheet: &mut SheetText,
        v: &SummaryFormats,
        t: &mut AddedTexts,
        regel: &RegelTelling,
        first: Option<usize>,
    ) {
        let text = self.definitie.regel(&regel.code).map(|r| &r.tekst);
        let bevinding = first.map(|number| &self.oordeel.bevindingen[number]);
        let what = text
            .map(|t| t.titel.as_str())
            .or(bevinding.map(|b| b.bericht.as_str()))
            .unwrap_or_default();
        sheet
            .row()
            .text(t, v.ernst(regel.ernst), word(regel.ernst))
            .figure(v.figure, Some(regel.aantal));
        sheet
            .text(t, v.tekst, what)
            .text(t, v.tekst, text.map_or("", |t| &t.reden));
        sheet
            .text(t, v.tekst, bevinding.map_or("", |b| &b.verwacht))
            .text(t, v.tekst, bevinding.map_or("", |b| &b.herstel));
        let with_cell = || {
            let list = self.oordeel.bevindingen.iter().zip(self.places);
            list.skip(first.unwrap_or(0))
                .take_while(|(b, _)| b.code == regel.code)
                .find_map(|(_, cell_place)| *cell_place)
        };
        match first.and_then(|_| with_cell()) {
            Some(cell_place) => self.link(sheet, v, t, cell_place),
            None => sheet.text(t, v.tekst, ""),
        };
        let row = first
            .and_then(|n| u32::try_from(n).ok())
            .map(|n| n + LIST_HEADER + 1)
            .filter(|row| *row <= ROWS);
        match row {
            Some(row) => sheet.koppeling(
                t,
                v.koppeling,
                &format!("vanaf rij {row}"),
                self.names.1,
                &cell_name(row, 0),
            ),
            None => sheet.text(t, v.tekst, ""),
        };
        sheet.text(t, v.tekst, &regel.code);
    }

    fn link<'b>(
        &self,
        sheet: &'b mut SheetText,
        v: &SummaryFormats,
        t: &mut AddedTexts,
        cell_place: CellPlace,
    ) -> &'b mut SheetText {
        let name = &self.targets[cell_place.blad].naam;
        let cell = cell_name(cell_place.rij, cell_place.kolom.unwrap_or(0));
        let text = cell_place.kolom.map_or_else(
            || format!("{name} rij {}", cell_place.rij),
            |_| format!("{name}!{cell}"),
        );
        sheet.koppeling(t, v.koppeling, &text, name, &cell)
    }

    /// Findings that no cell shows.
    fn loose(&self, sheet: &mut SheetText, v: &SummaryFormats, t: &mut AddedTexts) {
        let without_cell = |cell_place: &Option<CellPlace>| {
            cell_place.is_none_or(|cell_place| cell_place.kolom.is_none())
        };
        let count = self
            .places
            .iter()
            .filter(|cell_place| without_cell(cell_place))
            .count();
        if count == 0 || self.targets.is_empty() {
            return;
        }
        sheet.row();
        sheet
            .row()
            .text(t, v.titel, wording::annotate::WITHOUT_CELL);
        if count > LOOSE {
            let sentence = wording::annotate::first_here(
                &grouped_thousands(LOOSE as u64),
                &grouped_thousands(count as u64),
                &self.names.1,
            );
            sheet.row().text(t, v.titel, &sentence);
        }
        sheet.row();
        for header in [
            "Ernst",
            "",
            "Wat",
            "Waar",
            "Verwacht",
            wording::annotate::REPAIR_SO,
            "Naar de rij",
        ] {
            sheet.text(t, v.kop, header);
        }
        let loose = self
            .oordeel
            .bevindingen
            .iter()
            .zip(self.places)
            .filter(|(_, cell_place)| without_cell(cell_place));
        for (bevinding, cell_place) in loose.take(LOOSE) {
            let Bevinding {
                ernst,
                bericht: message,
                verwacht: expected,
                herstel: recover,
                plaats: place,
                ..
            } = bevinding;
            sheet
                .row()
                .text(t, v.ernst(*ernst), word(*ernst))
                .text(t, v.tekst, "");
            sheet
                .text(t, v.tekst, message)
                .text(t, v.tekst, &in_words(place))
                .text(t, v.tekst, expected)
                .text(t, v.tekst, recover);
            if let Some(cell_place) = cell_place {
                self.link(sheet, v, t, *cell_place);
            }
        }
    }

    fn not_judged(&self, sheet: &mut SheetText, v: &SummaryFormats, t: &mut AddedTexts) {
        if self.oordeel.niet_beoordeeld.is_empty() {
            return;
        }
        sheet.row();
        sheet.row().text(t, v.titel, "Niet beoordeeld");
        for regel in &self.oordeel.niet_beoordeeld {
            let title = self
                .definitie
                .regel(&regel.code)
                .map_or("", |r| &r.tekst.titel);
            sheet
                .row()
                .text(t, v.tekst, "")
                .text(t, v.tekst, "")
                .text(t, v.tekst, title)
                .text(t, v.tekst, &regel.waarom);
        }
    }

    /// Every finding, one a row; with what had to be left out.
    fn list(&self, v: &SummaryFormats, t: &mut AddedTexts) -> (Vec<u8>, Vec<String>) {
        let mut sheet = SheetText::default();
        let mut sentences = Vec::new();
        sheet.row().text(t, v.titel, LIST_MARKER);
        sheet.row();
        let headers = [
            "Ernst",
            "Cel",
            "Bestand",
            "Rij",
            "Kolom",
            "Nummer",
            "Gevonden",
            "Wat",
            "Verwacht",
            wording::annotate::REPAIR_SO,
            "Regel",
        ];
        for header in headers {
            sheet.text(t, v.kop, header);
        }
        let mut per_regel: HashMap<&str, usize> = HashMap::new();
        for (bevinding, _) in self
            .oordeel
            .bevindingen
            .iter()
            .zip(self.places)
            .filter(|(_, cell_place)| cell_place.is_some())
        {
            *per_regel.entry(&bevinding.code).or_default() += 1;
        }
        let limit = equal_share(per_regel.values().copied(), self.koppelingen);
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let (mut without_koppeling, mut written) = (0_u64, 0_u64);
        for (bevinding, cell_place) in self.oordeel.bevindingen.iter().zip(self.places) {
            if sheet.number() >= ROWS {
                break;
            }
            written += 1;
            sheet
                .row()
                .text(t, v.ernst(bevinding.ernst), word(bevinding.ernst));
            let seen = seen.entry(&bevinding.code).or_default();
            *seen += usize::from(cell_place.is_some());
            match cell_place {
                Some(cell_place) if *seen <= limit => {
                    self.link(&mut sheet, v, t, *cell_place);
                }
                _ => {
                    without_koppeling += u64::from(cell_place.is_some());
                    sheet.text(t, 0, bevinding.plaats.cel.as_deref().unwrap_or_default());
                }
            }
            item(&mut sheet, t, bevinding);
        }
        let counted: u64 = self.oordeel.regels.iter().map(|r| r.aantal).sum();
        if counted > written {
            let (list, gone) = (self.names.1, grouped_thousands(counted - written));
            sentences.push(wording::annotate::findings_left_out(&list, &gone));
        }
        if without_koppeling > 0 {
            let count = grouped_thousands(without_koppeling);
            sentences.push(wording::annotate::cells_without_link(&count, &self.names.1));
        }
        (
            sheet.xml(
                &[12, 22, 24, 9, 24, 16, 26, 50, 40, 50, 30],
                Some(LIST_HEADER),
                false,
            ),
            sentences,
        )
    }
}

/// The cells of a finding from its file on.
fn item(sheet: &mut SheetText, t: &mut AddedTexts, bevinding: &Bevinding) {
    let Bevinding {
        code,
        plaats: place,
        gevonden: found,
        bericht: message,
        verwacht: expected,
        herstel: recover,
        ..
    } = bevinding;
    let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
    sheet
        .text(t, 0, &or_empty(&place.bestand))
        .figure(0, place.rij)
        .text(t, 0, &or_empty(&place.kolom))
        .text(t, 0, &or_empty(&place.nummer));
    sheet
        .text(t, 0, &or_empty(found))
        .text(t, 0, message)
        .text(t, 0, expected)
        .text(t, 0, recover)
        .text(t, 0, code);
}

/// A place that is no cell.
fn in_words(place: &Place) -> String {
    let parts = [
        place.bestand.clone(),
        place.blad.as_ref().map(|b| format!("blad {b}")),
        place.rij.map(|r| format!("rij {r}")),
        place.kolom.as_ref().map(|k| format!("kolom {k}")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "het hele bestand".to_owned()
    } else {
        parts.join(", ")
    }
}
