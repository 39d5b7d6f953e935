//! The balance: whatever is thrown away, moved or glued in a file, every row and column of it is read, passed over for a
//! reason, or asked.
//!
//! Owns counting by itself what stands in a file, and comparing. More cases: `PROPTEST_CASES=10000 cargo test -p mapping
//! balance`.

use mapping::koppeling::NONE_OF_THESE;
use mapping::{Koppeling, SourceSummary, TabelKoppeling};
use proptest::prelude::*;
use rust_xlsxwriter::Workbook;
use schema::balance::{Balance, PassedOver};
use sheets::SourceFile;

use crate::support::{lees, omgang};

const HEADERS: [&str; 5] = ["Nr", "Kind", "Gemeente", "Datum aanmelding", "Groep"];
type Grid = Vec<Vec<String>>;

/// A header and so many rows.
fn grid(rows: usize) -> Grid {
    let mut out: Grid = vec![HEADERS.map(str::to_owned).to_vec()];
    for n in 1..=rows {
        let cells = [
            format!("T{n}"),
            format!("K{n}"),
            "Utrecht".to_owned(),
            format!("2020-02-{:02}", n % 28 + 1),
            "A".to_owned(),
        ];
        out.push(cells.to_vec());
    }
    out
}

/// A koppeling that knows every column: one is none of what is asked.
fn koppeling(header_row: Option<u64>) -> Koppeling {
    let mut part = TabelKoppeling {
        naam: "traject".to_owned(),
        kopregel: header_row,
        niet_herkend: vec!["Groep".to_owned()],
        welke_gevraagd: Some(NONE_OF_THESE.to_owned()),
        ..TabelKoppeling::default()
    };
    let fields = ["traject_id", "jeugdige_id", "gemeente", "aanmelddatum"];
    for (veld, header) in fields.into_iter().zip(HEADERS) {
        part.kolommen.insert(veld.to_owned(), header.to_owned());
    }
    let mut koppeling = Koppeling::parse(&format!("uitvraag = \"{}\"", omgang().name())).unwrap();
    koppeling.tabellen.push(part);
    koppeling
}

fn workbook(grid: &Grid) -> SourceFile {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row, cells) in (0..).zip(grid) {
        for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    SourceFile::from_bytes("w.xlsx", workbook.save_to_buffer().unwrap())
}

fn csv(grid: &Grid) -> SourceFile {
    let lines = grid.iter().map(|cells| cells.join(";") + "\n");
    SourceFile::from_bytes("w.csv", lines.collect::<String>().into_bytes())
}

fn filled(cells: &[String]) -> bool {
    cells.iter().any(|cell| !cell.trim().is_empty())
}

fn total(summary: &SourceSummary) -> Balance {
    let all = Balance::of_all(&summary.balans);
    assert!(all.closes(), "{all:?}");
    all
}

/// What is done to a file.
#[derive(Debug, Clone)]
enum Deed {
    /// A row is thrown away.
    Drop(usize),
    /// A row is moved to another place, above the header it may be.
    Move(usize, usize),
    /// Words stand in a place, beside the table it may be.
    Write(usize, usize, &'static str),
    /// The file is glued behind itself.
    Double,
    /// A row is emptied.
    Empty(usize),
}

fn deed() -> impl Strategy<Value = Deed> {
    let words = prop::sample::select(vec!["Totaal", "x", "12", "Let op: zie bijlage", "Nr"]);
    prop_oneof![
        (1..12_usize).prop_map(Deed::Drop),
        (1..12_usize, 0..12_usize).prop_map(|(from, to)| Deed::Move(from, to)),
        (0..14_usize, 0..9_usize, words)
            .prop_map(|(row, column, text)| Deed::Write(row, column, text)),
        Just(Deed::Double),
        (1..12_usize).prop_map(Deed::Empty),
    ]
}

/// Does it; the header stays whole, for without one nothing is read at all.
fn apply(grid: &mut Grid, deed: &Deed) {
    let header = grid.iter().position(|row| row[..5] == HEADERS).unwrap();
    match deed {
        Deed::Drop(row) if *row < grid.len() && *row != header => drop(grid.remove(*row)),
        Deed::Move(from, to) if *from < grid.len() && *from != header => {
            let row = grid.remove(*from);
            grid.insert((*to).min(grid.len()), row);
        }
        Deed::Write(row, column, text) if *row != header => {
            while grid.len() <= *row {
                grid.push(vec![String::new(); 5]);
            }
            if grid[*row].len() <= *column {
                grid[*row].resize(*column + 1, String::new());
            }
            (*text).clone_into(&mut grid[*row][*column]);
        }
        Deed::Double => grid.extend(grid.clone()),
        Deed::Empty(row) if *row < grid.len() && *row != header => grid[*row].fill(String::new()),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases()) })]

    #[test]
    fn nothing_that_came_in_is_lost(deeds in prop::collection::vec(deed(), 1..6), rows in 1..10_usize) {
        let mut grid = grid(rows);
        for deed in &deeds {
            apply(&mut grid, deed);
        }
        // A file of which no row is left is refused, by its name.
        if let Ok((tables, summary)) = lees(&[workbook(&grid)], Some(&koppeling(None))) {
            let all = total(&summary);
            let count = grid.iter().filter(|cells| filled(cells)).count() as u64;
            prop_assert_eq!(all.rijen.gekomen, count, "{:?}", grid);
            prop_assert_eq!(all.rijen.gelezen, tables["traject"].len() as u64);
            prop_assert_eq!(all.kolommen.gelezen, 4);
            let asked = all.rijen.gevraagd + all.kolommen.gevraagd;
            prop_assert!(asked == 0 || !summary.open.is_empty(), "{:?}", all);
        }
        let within: Grid = grid.iter().map(|cells| cells[..5].to_vec()).collect();
        if let Ok((tables, summary)) = lees(&[csv(&within)], Some(&koppeling(None))) {
            let all = total(&summary);
            let count = within.iter().filter(|cells| filled(cells)).count() as u64;
            prop_assert_eq!(all.rijen.gekomen, count, "{:?}", within);
            prop_assert_eq!(all.rijen.gelezen, tables["traject"].len() as u64);
        }
    }
}

/// As many as run in some seconds, or as many as are asked for.
fn cases() -> u32 {
    let asked = std::env::var("PROPTEST_CASES").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(48)
}

/// What is left over is told by reason, and what is asked is a question.
#[test]
fn a_balance_names_the_reasons() {
    let mut grid = grid(3);
    grid.insert(0, vec!["Export 2020".to_owned()]);
    grid[3].push(String::new());
    grid[3].push("naast de tabel".to_owned());
    grid.push(vec![String::new(); 6]);
    grid[5].push("ver weg".to_owned());
    grid.push(vec!["Totaal".to_owned(), String::new(), "3".to_owned()]);
    let (_, summary) = lees(&[workbook(&grid)], Some(&koppeling(Some(2)))).unwrap();
    let all = total(&summary);
    assert_eq!(
        (all.rijen.gekomen, all.rijen.gelezen, all.rijen.gevraagd),
        (7, 3, 0),
        "{all:?}"
    );
    let passed = [
        PassedOver::Kopregel,
        PassedOver::BovenDeKop,
        PassedOver::Totaal,
        PassedOver::Opmerking,
    ];
    assert_eq!(
        all.rijen.overgeslagen,
        passed.map(|reason| (reason, 1)).into()
    );
    assert_eq!(
        (
            all.kolommen.gekomen,
            all.kolommen.gelezen,
            all.kolommen.gevraagd
        ),
        (6, 4, 1)
    );
    assert_eq!(
        all.kolommen.overgeslagen,
        [(PassedOver::GeenVanDeze, 1)].into()
    );
    let asked = |part: &str| summary.open.iter().any(|question| question.contains(part));
    assert!(
        asked("de kolom '(kolom G)' staat niet in de koppeling"),
        "{:?}",
        summary.open
    );
}

/// One quote swallowed four trajecten.
#[test]
fn rows_inside_a_quoted_text_are_asked() {
    let text = "Nr;Kind;Gemeente;Datum aanmelding;Groep\nT1;K1;Utrecht;2020-02-01;A\n\
        T2;K2;Utrecht;2020-02-02;\"A\nT3;K3;Utrecht;2020-02-03;A\nT4;K4;Utrecht;2020-02-04;A\nT5;K5;Utrecht;2020-02-05;A\"\n\
        T6;K6;Utrecht;2020-02-06;A\n";
    let file = SourceFile::from_bytes("w.csv", text.as_bytes().to_vec());
    let (tables, summary) = lees(&[file], Some(&koppeling(None))).unwrap();
    assert_eq!(tables["traject"].len(), 3);
    let all = total(&summary);
    assert_eq!((all.rijen.gekomen, all.rijen.gevraagd), (7, 3));
    assert!(
        summary
            .open
            .iter()
            .any(|question| question.contains("op rijen lijken: 3")),
        "{:?}",
        summary.open
    );
}
