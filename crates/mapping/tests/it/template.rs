//! The sjabloon, from making it to reading it back, whatever people and programs do to it in between.

use std::collections::BTreeMap;

use mapping::Bronverslag;
use rows::Weigering;
use schema::{Definitie, Veldtype};
use sheets::Bestand;

use crate::hand_made::Delen;
use crate::support::Rij;

/// The sjabloon as it is handed out, to be filled in.
struct Sjabloon {
    definitie: Definitie,
    delen: Delen,
}

impl Sjabloon {
    fn new(naam: &str) -> Self {
        let definitie = Definitie::load(naam).unwrap();
        let delen = Delen::van(
            schema::artefact(&definitie.uitvraag, definitie.jaar, "sjabloon.xlsx").unwrap(),
        );
        Self { definitie, delen }
    }

    /// The example of a table as people type it: labels, dates with dashes; some fields replaced.
    fn voorbeeld(&self, tabel: &str, anders: &[(&str, &str)]) -> Vec<String> {
        let tabel = self.definitie.tabel(tabel).unwrap();
        let waarde = |veld: &schema::Veld| {
            if let Some((_, waarde)) = anders.iter().find(|(v, _)| *v == veld.naam) {
                return (*waarde).to_owned();
            }
            let waarde = tabel.voorbeeld[&veld.naam].as_str();
            match &veld.veldtype {
                Veldtype::Code { lijst } => self.definitie.codelijsten[lijst]
                    .code(waarde)
                    .map_or("", |c| &c.label)
                    .to_owned(),
                Veldtype::Pseudoniem => format!("{}-1", veld.naam),
                Veldtype::Datum if !waarde.is_empty() => {
                    format!("{}-{}-{}", &waarde[8..], &waarde[5..7], &waarde[..4])
                }
                _ => waarde.to_owned(),
            }
        };
        tabel.velden.iter().map(waarde).collect()
    }

    /// The example of a table as it is handed out, with its marks; some fields replaced.
    fn gegeven(&self, tabel: &str, anders: &[(&str, &str)]) -> Vec<String> {
        let merken = [
            ("traject_id", "VOORBEELD-1"),
            ("jeugdige_id", "VOORBEELD-2"),
            ("gezin_id", "VOORBEELD-3"),
        ];
        let alles: Vec<(&str, &str)> = anders
            .iter()
            .copied()
            .chain(merken)
            .chain([("voorziening_id", "VOORBEELD-V1")])
            .collect();
        self.voorbeeld(tabel, &alles)
    }

    /// Puts a row of texts in a sheet (1 is `Lees mij`).
    fn rij(mut self, blad: usize, nummer: u32, waarden: &[String]) -> Self {
        let cel = |(k, waarde): (usize, &String)| {
            let letters = schema::bevinding::column_letters(k);
            format!(
                "<c r=\"{letters}{nummer}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{waarde}</t></is></c>"
            )
        };
        let cellen: String = waarden
            .iter()
            .enumerate()
            .filter(|(_, w)| !w.is_empty())
            .map(cel)
            .collect();
        let naam = format!("xl/worksheets/sheet{blad}.xml");
        self.delen = self.delen.vervang(
            &naam,
            "</sheetData>",
            &format!("<row r=\"{nummer}\">{cellen}</row></sheetData>"),
        );
        self
    }

    fn vervang(mut self, deel: &str, van: &str, door: &str) -> Self {
        self.delen = self.delen.vervang(deel, van, door);
        self
    }

    fn bestand(self) -> Bestand {
        Bestand::from_bytes("sjabloon.xlsx", self.delen.zip())
    }
}

fn lees(
    bestand: Bestand,
    voor: &str,
) -> Result<(BTreeMap<String, Vec<Rij>>, Bronverslag), Weigering> {
    crate::support::lees_voor(&[bestand], &Definitie::load(voor).unwrap(), None)
}

fn filled(naam: &str) -> Sjabloon {
    let sjabloon = Sjabloon::new(naam);
    let trajecten = sjabloon.voorbeeld("traject", &[]);
    let voorzieningen = sjabloon.voorbeeld("voorziening", &[]);
    sjabloon.rij(2, 4, &trajecten).rij(4, 4, &voorzieningen)
}

#[test]
fn filled_in_by_hand_it_goes_in_without_a_word() {
    let (tabellen, verslag) = lees(filled("omgang/2021").bestand(), "omgang/2021").unwrap();
    let definitie = Definitie::load("omgang/2021").unwrap();
    for tabel in ["traject", "voorziening"] {
        for veld in &definitie.tabel(tabel).unwrap().velden {
            let verwacht = &definitie.tabel(tabel).unwrap().voorbeeld[&veld.naam];
            let gelezen = tabellen[tabel][0][&veld.naam].as_deref();
            let zelf = matches!(veld.veldtype, Veldtype::Pseudoniem | Veldtype::Decimaal);
            assert!(
                zelf || gelezen == Some(verwacht),
                "{tabel}.{}: {gelezen:?}",
                veld.naam
            );
        }
    }
    assert_eq!(tabellen["traject"].len(), 1);
    assert_eq!(verslag.open, Vec::<String>::new());
    let andere: Vec<&String> = verslag
        .aannames
        .iter()
        .filter(|a| !a.contains("Wachtlijst") && !a.contains("wat de dag is"))
        .collect();
    assert_eq!(andere, Vec::<&String>::new(), "nothing else was assumed");
    assert_eq!(
        verslag
            .herkomst
            .plaats("traject", Some(0), Some("aanmelddatum"))
            .cel
            .as_deref(),
        Some("Trajecten!T4")
    );
}

/// Saved by another program, as another kind of file, the properties still tell what it is.
#[test]
fn saved_by_libreoffice_as_ods() {
    let pad = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/werkmappen/sjabloon-2021.ods");
    let (tabellen, verslag) = lees(Bestand::from_path(&pad), "omgang/2021").unwrap();
    assert_eq!(tabellen["traject"].len(), 3);
    assert_eq!(
        (tabellen["wachtlijst"].len(), tabellen["voorziening"].len()),
        (1, 1)
    );
    assert_eq!(
        tabellen["traject"][0]["kader"].as_deref(),
        Some("vrijwillig")
    );
    assert_eq!(verslag.open, Vec::<String>::new());
    let weigering = lees(Bestand::from_path(&pad), "omgang/2020").err().unwrap();
    assert_eq!(weigering.code(), "SCHEMA_VERSION");
}

#[test]
fn codes_and_labels_and_spelling_are_all_taken() {
    let sjabloon = Sjabloon::new("omgang/2021");
    let rijen = [
        ("kader", "vrijwillig"),
        ("kader", " Vrijwillig  kader\u{a0}"),
        ("kader", "VRIJWILLIG KADER"),
    ];
    let mut gevuld = filled("omgang/2021");
    for (nummer, anders) in (5..).zip(rijen) {
        gevuld = gevuld.rij(2, nummer, &sjabloon.voorbeeld("traject", &[anders]));
    }
    let (tabellen, verslag) = lees(gevuld.bestand(), "omgang/2021").unwrap();
    let kaders: Vec<_> = tabellen["traject"]
        .iter()
        .map(|r| r["kader"].as_deref())
        .collect();
    assert_eq!(kaders, [Some("vrijwillig"); 4]);
    assert_eq!(verslag.open, Vec::<String>::new());
}

/// What no list knows is left for the check to name in its cell: who fills in a sjabloon has no koppeling to answer in.
#[test]
fn an_unknown_value_is_no_question() {
    let sjabloon = Sjabloon::new("omgang/2021");
    let gevuld = filled("omgang/2021").rij(
        2,
        5,
        &sjabloon.voorbeeld("traject", &[("kader", "weet niet zeker")]),
    );
    let (tabellen, verslag) = lees(gevuld.bestand(), "omgang/2021").unwrap();
    assert_eq!(
        tabellen["traject"][1]["kader"].as_deref(),
        Some("weet niet zeker")
    );
    assert_eq!(verslag.open, Vec::<String>::new());
}

/// Sorted into the data or copied: as it was handed out it is the example, however a program wrote it back.
#[test]
fn the_example_is_never_data() {
    let sjabloon = Sjabloon::new("omgang/2021");
    let anders = [
        ("kosten", "1512,0"),
        ("traject_id", "voorbeeld-1"),
        ("gemeente", "utrecht"),
        ("gezin_id", ""),
    ];
    let bestand = filled("omgang/2021")
        .rij(2, 5, &sjabloon.gegeven("traject", &[]))
        .rij(2, 6, &sjabloon.gegeven("traject", &anders))
        .rij(
            2,
            9,
            &sjabloon.voorbeeld("traject", &[("traject_id", "T9")]),
        )
        .rij(4, 5, &sjabloon.gegeven("voorziening", &[]))
        .bestand();
    let (tabellen, verslag) = lees(bestand, "omgang/2021").unwrap();
    let nummers: Vec<_> = tabellen["traject"]
        .iter()
        .map(|r| r["traject_id"].as_deref().unwrap())
        .collect();
    assert_eq!(nummers, ["traject_id-1", "T9"]);
    assert_eq!(tabellen["voorziening"].len(), 1);
    for rij in [5, 6] {
        assert!(verslag.aannames.contains(&format!(
            "Blad 'Trajecten': rij {rij} is het voorbeeld van het sjabloon. Die telt niet mee."
        )));
    }
    assert_eq!(
        verslag.herkomst.plaats("traject", Some(1), None).rij,
        Some(9)
    );
}

/// Typed over the example, with one cell left as it was (often the family, which may stay empty): the row was passed
/// over as the example, and a child was lost without a word.
#[test]
fn a_row_that_is_partly_the_example_is_refused() {
    let sjabloon = Sjabloon::new("omgang/2021");
    let gevallen = [
        (sjabloon.gegeven("traject", &[("traject_id", "T5")]), "B5"),
        (
            sjabloon.gegeven("traject", &[("kader", "jeugdbescherming")]),
            "A5",
        ),
        (
            sjabloon.voorbeeld("traject", &[("gezin_id", "VOORBEELD-3")]),
            "C5",
        ),
        (
            sjabloon.voorbeeld("traject", &[("voorziening_id", "VOORBEELD-V1")]),
            "D5",
        ),
    ];
    for (rij, cel) in gevallen {
        let weigering = lees(
            filled("omgang/2021").rij(2, 5, &rij).bestand(),
            "omgang/2021",
        )
        .err()
        .unwrap();
        let plaats = weigering.plaats();
        assert_eq!(
            (weigering.code(), plaats.rij),
            ("EXAMPLE_CHANGED", Some(5)),
            "{cel}"
        );
        assert_eq!(
            plaats.cel.as_deref(),
            Some(format!("Trajecten!{cel}").as_str())
        );
    }
    let boven = filled("omgang/2021")
        .vervang("xl/sharedStrings.xml", "VOORBEELD-1<", "T1<")
        .bestand();
    let weigering = lees(boven, "omgang/2021").err().unwrap();
    assert_eq!(
        (weigering.code(), weigering.plaats().rij),
        ("EXAMPLE_CHANGED", Some(2))
    );
}

/// One sheet of it, saved as CSV, still has the example above its headers; typed over, that was lost as well.
#[test]
fn saved_as_csv_the_row_above_the_headers_counts_too() {
    let sjabloon = Sjabloon::new("omgang/2021");
    let definitie = &sjabloon.definitie;
    let koppen: Vec<String> = definitie
        .tabel("traject")
        .unwrap()
        .velden
        .iter()
        .map(|v| v.label.clone())
        .collect();
    let csv = |boven: Vec<String>| {
        let rijen = [
            vec!["Uitleg".to_owned()],
            boven,
            koppen.clone(),
            sjabloon.voorbeeld("traject", &[]),
        ];
        let tekst: String = rijen
            .iter()
            .map(|rij| {
                format!(
                    "{}{}\n",
                    rij.join(";"),
                    ";".repeat(koppen.len() - rij.len())
                )
            })
            .collect();
        lees(
            Bestand::from_bytes("trajecten.csv", tekst.into_bytes()),
            "omgang/2021",
        )
    };
    assert_eq!(
        csv(sjabloon.gegeven("traject", &[])).unwrap().0["traject"].len(),
        1
    );
    for (boven, code) in [
        (
            sjabloon.gegeven("traject", &[("traject_id", "T1")]),
            "EXAMPLE_CHANGED",
        ),
        (sjabloon.voorbeeld("traject", &[]), "DATA_ABOVE_HEADER"),
    ] {
        let weigering = csv(boven).err().unwrap();
        assert_eq!((weigering.code(), weigering.plaats().rij), (code, Some(2)));
    }
}

#[test]
fn only_the_example_is_nothing() {
    let sjabloon = Sjabloon::new("omgang/2021");
    let rij = sjabloon.gegeven("traject", &[]);
    let weigering = lees(sjabloon.rij(2, 4, &rij).bestand(), "omgang/2021")
        .err()
        .unwrap();
    assert_eq!(weigering.code(), "EMPTY");
}

/// Filled in over the example, above the headers: it would be lost without a word.
#[test]
fn data_above_the_headers_is_refused() {
    let rijen = Sjabloon::new("omgang/2021").voorbeeld("traject", &[]);
    let over = |sjabloon: Sjabloon, tekst: &str| {
        sjabloon.vervang("xl/worksheets/sheet2.xml", "<row r=\"2\"", tekst)
    };
    let sjabloon = over(
        filled("omgang/2021"),
        "<row r=\"99\" hidden=\"1\"/><row r=\"2\"",
    )
    .vervang("xl/sharedStrings.xml", "VOORBEELD-1<", "T1<");
    let sjabloon = sjabloon
        .vervang("xl/sharedStrings.xml", "VOORBEELD-2<", "K1<")
        .vervang("xl/sharedStrings.xml", "VOORBEELD-3<", "G1<");
    let sjabloon = sjabloon.vervang("xl/sharedStrings.xml", "VOORBEELD-V1<", "V1<");
    let weigering = lees(sjabloon.rij(2, 5, &rijen).bestand(), "omgang/2021")
        .err()
        .unwrap();
    assert_eq!(
        (
            weigering.code(),
            weigering.plaats().rij,
            weigering.plaats().blad.as_deref()
        ),
        ("DATA_ABOVE_HEADER", Some(2), Some("Trajecten"))
    );
}

/// Help rows taken out, rows put in above, the sheet renamed: the headers tell.
#[test]
fn headers_are_found_where_they_are() {
    let definitie = Definitie::load("omgang/2021").unwrap();
    let koppen: Vec<String> = definitie
        .tabel("traject")
        .unwrap()
        .velden
        .iter()
        .map(|v| v.label.clone())
        .collect();
    let sjabloon = Sjabloon::new("omgang/2021");
    let rij = sjabloon.voorbeeld("traject", &[]);
    for (kopregel, naam) in [(1, "Blad1"), (7, "Trajecten (2)"), (3, "Feuille 1")] {
        let blad = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData></sheetData></worksheet>";
        let mut kaal = Sjabloon::new("omgang/2021").vervang(
            "xl/workbook.xml",
            "name=\"Trajecten\"",
            &format!("name=\"{naam}\""),
        );
        kaal.delen = kaal.delen.met("xl/worksheets/sheet2.xml", blad);
        let titel = if kopregel > 1 {
            kaal.rij(2, 1, &["Onze lijst".to_owned()])
        } else {
            kaal
        };
        let bestand = titel
            .rij(2, kopregel, &koppen)
            .rij(2, kopregel + 2, &rij)
            .bestand();
        let (tabellen, verslag) = lees(bestand, "omgang/2021").unwrap();
        assert_eq!(tabellen["traject"].len(), 1, "{naam}");
        let cel = verslag
            .herkomst
            .plaats("traject", Some(0), Some("kader"))
            .cel
            .unwrap();
        assert_eq!(cel, format!("{naam}!G{}", kopregel + 2));
    }
}

#[test]
fn last_years_sjabloon_is_converted_and_what_changed_is_said() {
    let ouder = Sjabloon::new("omgang/2020");
    let wachtlijst = ouder.voorbeeld("wachtlijst", &[("oorzaak", "Te weinig aanbod")]);
    let bestand = filled("omgang/2020").rij(3, 4, &wachtlijst).bestand();
    let (tabellen, verslag) = lees(bestand, "omgang/2021").unwrap();
    assert_eq!(
        tabellen["traject"][0]["kader"].as_deref(),
        Some("vrijwillig")
    );
    assert_eq!(
        tabellen["wachtlijst"][0]["oorzaak"].as_deref(),
        Some("Te weinig aanbod"),
        "split: left for the check to name"
    );
    insta::assert_snapshot!(verslag.aannames[..5].join("\n"));
}

#[test]
fn another_version_is_refused_with_a_way_out() {
    let eigenschap = |van: &'static str, door: &'static str| {
        let sjabloon = filled("omgang/2021").vervang("docProps/custom.xml", van, door);
        sjabloon.vervang("docProps/core.xml", "omgang/2021", "x")
    };
    let gevallen = [
        (
            "a later year",
            filled("omgang/2021"),
            "omgang/2020",
            "Gebruik `--uitvraag omgang/2021`",
        ),
        (
            "an unknown year",
            eigenschap("omgang/2021", "omgang/2035"),
            "omgang/2021",
            "Haal de nieuwste versie van het programma op",
        ),
        (
            "another uitvraag",
            eigenschap("omgang/2021", "wonen/2021"),
            "omgang/2021",
            "niet kent; wel kent het omgang/2020 en omgang/2021",
        ),
        (
            "a later version",
            eigenschap("<vt:lpwstr>2<", "<vt:lpwstr>9<"),
            "omgang/2021",
            "versie 9 van omgang/2021; dit programma kent tot en met versie 2",
        ),
    ];
    for (naam, sjabloon, voor, zin) in gevallen {
        let weigering = lees(sjabloon.bestand(), voor)
            .err()
            .unwrap_or_else(|| panic!("{naam} is taken"));
        assert_eq!(weigering.code(), "SCHEMA_VERSION", "{naam}");
        assert!(weigering.to_string().contains(zin), "{naam}: {weigering}");
    }
    let (_, verslag) = lees(
        eigenschap("<vt:lpwstr>2<", "<vt:lpwstr>1<").bestand(),
        "omgang/2021",
    )
    .unwrap();
    assert!(
        verslag.aannames[0].contains("van versie 1 van omgang/2021; nu geldt versie 2"),
        "{:?}",
        verslag.aannames
    );
}

/// Some programs drop the properties of a file: the first sheet says the same.
#[test]
fn without_properties_the_first_sheet_tells() {
    let mut sjabloon = filled("omgang/2020");
    sjabloon.delen = sjabloon.delen.met("docProps/custom.xml", "<Properties/>");
    let (_, verslag) = lees(sjabloon.bestand(), "omgang/2021").unwrap();
    assert_eq!(
        verslag.aannames[0],
        "Dit is het sjabloon van omgang/2020. Het is gelezen voor omgang/2021."
    );
}

#[test]
fn extra_sheets_are_said_and_not_read() {
    let eigen = "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row></sheetData></worksheet>";
    let mut sjabloon = filled("omgang/2021")
        .vervang("xl/workbook.xml", "</sheets>", "<sheet name=\"Kladblok\" sheetId=\"99\" r:id=\"rId99\"/></sheets>")
        .vervang("xl/_rels/workbook.xml.rels", "</Relationships>", "<Relationship Id=\"rId99\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet99.xml\"/></Relationships>");
    sjabloon.delen = sjabloon.delen.met("xl/worksheets/sheet99.xml", eigen);
    let (_, verslag) = lees(sjabloon.bestand(), "omgang/2021").unwrap();
    assert!(verslag.aannames.contains(
        &"Op blad 'Kladblok' staat geen tabel van de uitvraag. Het is niet gebruikt.".to_owned()
    ));
}
