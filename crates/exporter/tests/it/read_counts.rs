//! How often a file of the aanbieder is read: once where it stays in memory; where it is too large for that a workbook is
//! read once as well, and once more for a report; a CSV twice.
//! Counted by the kernel, over all that the program reads; its file is by far the most of it.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use rust_xlsxwriter::Workbook;

use crate::data::{DAY, TextRow, UITVRAAG, csv, trajecten};
use crate::support::TestFolder;

/// Characters of the long text.
const CELL: usize = 4_000;
/// What is kept in memory in the runs in which the file is too large for that.
const LITTLE: &str = "1000000";

/// Rows without a mistake but for these in the last, and beside each a long text that nobody asks for and that hardly can be
/// compressed.
fn long_rows(last: &[(&str, &str)]) -> (Vec<TextRow>, Vec<String>) {
    let mut state = 1_u32;
    let mut letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let letters = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
        char::from(letters[(state >> 16) as usize % letters.len()])
    };
    let mut changes = vec![&[][..]; 1_500];
    changes[1_499] = last;
    let rows = trajecten(&changes);
    let texts = rows
        .iter()
        .map(|_| (0..CELL).map(|_| letter()).collect())
        .collect();
    (rows, texts)
}

fn table(last: &[(&str, &str)]) -> Vec<Vec<String>> {
    let (rows, texts) = long_rows(last);
    let text = csv(&rows);
    let beside = std::iter::once("opmerkingen".to_owned()).chain(texts);
    let lines = text.lines().zip(beside);
    lines
        .map(|(line, text)| {
            let cells = line.split(',').map(str::to_owned);
            cells.chain(std::iter::once(text)).collect()
        })
        .collect()
}

/// A folder with the same table as CSV and as workbook.
fn folder(last: &[(&str, &str)]) -> TestFolder {
    let folder = TestFolder::new();
    let table = table(last);
    let lines: Vec<String> = table.iter().map(|row| row.join(",") + "\n").collect();
    folder.write("traject.csv", lines.concat());
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet().set_name("traject").unwrap();
    for (at, row) in (0..).zip(&table) {
        for (column, cell) in (0..).zip(row) {
            sheet.write_string(at, column, cell).unwrap();
        }
    }
    folder.write("traject.xlsx", workbook.save_to_buffer().unwrap());
    folder
}

/// Runs it; gives how many bytes it read, in lengths of the file.
fn reads(folder: &TestFolder, file: &str, little: bool, args: &[&str], code: i32) -> f64 {
    let mut command = folder.command(args);
    if little {
        command.env("UITVRAAG_IN_GEHEUGEN", LITTLE);
    }
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // What has ended is counted until it is waited for.
    let of = |what: &str| fs::read_to_string(format!("/proc/{}/{what}", child.id())).unwrap();
    while !of("stat").contains(") Z ") {
        thread::sleep(Duration::from_millis(5));
    }
    let counts = of("io");
    assert_eq!(child.wait().unwrap().code(), Some(code), "{args:?}");
    let bytes = counts.lines().find_map(|line| line.strip_prefix("rchar: "));
    let bytes: u32 = bytes.unwrap().parse().unwrap();
    let length = u32::try_from(fs::metadata(folder.path(file)).unwrap().len()).unwrap();
    f64::from(bytes) / f64::from(length)
}

#[test]
fn a_file_is_read_once_and_twice_where_it_is_large() {
    let folder = folder(&[]);
    // A workbook is looked through while it is read, and its sheets are kept; for a report its parts are copied.
    for (file, at_most) in [("traject.csv", [1, 2, 2]), ("traject.xlsx", [1, 2, 1])] {
        for little in [false, true] {
            let out = format!("{file}-{little}");
            let commands = [
                vec!["controleer", file],
                vec!["controleer", file, "--rapport", "rapport.xlsx"],
                vec!["pak", file, "--uit", &out, "--kvk", "12345678"],
            ];
            for (times, command) in at_most.into_iter().zip(commands) {
                let at_most = if little { times } else { 1 };
                let args = [&command[..], &UITVRAAG, &DAY].concat();
                let count = reads(&folder, file, little, &args, 0);
                println!("{count:.2} times: {command:?}, {little}");
                // The beginning is looked at before, and its header: two mebibytes at most.
                assert!(
                    count < f64::from(at_most) + 0.75,
                    "{count:.2} times: {command:?}, {little}"
                );
            }
        }
    }
}

/// What was found is told as it stands in its own cell: the sheets of a large workbook are at hand for that.
#[test]
fn a_large_workbook_is_read_as_often_with_findings_in_it() {
    let folder = folder(&[("leeftijd_bij_aanmelding", "199")]);
    let file = "traject.xlsx";
    for (at_most, more) in [(1, &[][..]), (2, &["--rapport", "rapport.xlsx"])] {
        let args = [&["controleer", file], more, &UITVRAAG, &DAY].concat();
        let count = reads(&folder, file, true, &args, 1);
        println!("{count:.2} times: {args:?}");
        assert!(
            count < f64::from(at_most) + 0.75,
            "{count:.2} times: {args:?}"
        );
    }
}

/// Where the beginning says otherwise than the rest, the whole is looked through and judged anew: the same comes out.
#[test]
fn a_large_file_that_is_otherwise_further_on_is_judged_by_the_whole() {
    let folder = TestFolder::new();
    let lines: Vec<String> = table(&[]).iter().map(|row| row.join(",")).collect();
    let plain = lines.join("\n");
    let mut old = plain.clone().into_bytes();
    // é in Windows-1252, in the last text.
    old.extend([b' ', 0xe9, b'\n']);
    folder.write("traject.csv", &old);
    let args = [
        &["controleer", "traject.csv", "--json"],
        &UITVRAAG[..],
        &DAY,
    ]
    .concat();
    let whole = folder.run(&args);
    let large = folder.run_with(&[("UITVRAAG_IN_GEHEUGEN", LITTLE)], &args);
    assert!(whole.stdout.contains("Windows-1252"), "{}", whole.stdout);
    assert_eq!(whole.everything(), large.everything());
    // Both at once is refused, wherever it stands.
    folder.write(
        "traject.csv",
        [plain.as_bytes(), " \u{e9}".as_bytes(), &[0xe9, b' ', b'\n']].concat(),
    );
    let whole = folder.run(&args);
    let large = folder.run_with(&[("UITVRAAG_IN_GEHEUGEN", LITTLE)], &args);
    assert!(
        whole.stdout.contains("ENCODING_INVALID"),
        "{}",
        whole.stdout
    );
    assert_eq!(whole.everything(), large.everything());
}
