//! Headers as people write them, and headers that mean something else, by the hundred.
//!
//! Owns the lists in `tests/headers`: what means a field is placed or asked, never passed over and never placed wrong;
//! what only resembles one is never taken in silence; of two columns for one field neither is chosen. Each test prints
//! its counts: `cargo test -p mapping --test it header_lists -- --nocapture`.

use mapping::{OpenQuestion, Proposal, TabelKoppeling, propose, survey};
use sheets::SourceFile;

use crate::support::{omgang, proposal};

/// Every field of a traject: a sound header, and what four rows hold.
const SOUND: [(&str, &str, &str); 29] = [
    ("traject_id", "Trajectnummer", "D1;D2;D3;D4"),
    ("jeugdige_id", "Kindnummer", "K1;K2;K3;K4"),
    ("voorziening_id", "Voorziening", "V1;V1;V2;V1"),
    ("gemeente", "Gemeente", "Utrecht;Tilburg;Utrecht;Groningen"),
    ("leeftijd_bij_aanmelding", "Leeftijd", "7;8;9;3"),
    (
        "kader",
        "Kader",
        "vrijwillig;gedwongen;vrijwillig;gedwongen",
    ),
    ("verwijzer", "Verwijzer", "Huisarts;RvdK;GI;Wijkteam"),
    ("omgang_met", "Omgang met", "Ouder;Opa/oma;Ouder;Broer/zus"),
    (
        "vorm",
        "Vorm",
        "Omgangshuis;Omgangshuis;Ambulant elders;Omgangshuis",
    ),
    ("begeleiding", "Begeleiding door", "prof;vrijw;beide;prof"),
    (
        "bekostiging",
        "Bekostiging",
        "regio;gemeente;subsidie;regio",
    ),
    (
        "aanmelddatum",
        "Datum aanmelding",
        "2020-01-05;2020-01-25;2020-02-05;2020-03-01",
    ),
    (
        "startdatum",
        "Datum start",
        "2020-02-05;2020-02-25;2020-03-05;2020-04-01",
    ),
    (
        "einddatum",
        "Datum einde",
        "2020-08-05;2020-09-25;2020-10-05;2020-11-01",
    ),
    (
        "reden_einde",
        "Reden einde",
        "volgens plan;in overleg;volgens plan;in overleg",
    ),
    ("contacten", "Aantal contacten", "8;12;11;3"),
    ("minuten", "Minuten", "600;900;660;120"),
    ("gezin_id", "Nummer van het gezin", "G1;G2;G2;G3"),
    (
        "wettelijk_kader",
        "Wettelijk kader",
        "Jeugdwet;Wmo;Jeugdwet;Jeugdwet",
    ),
    (
        "aanleiding",
        "Aanleiding",
        "ouderschapsplan;OTS;rechtbank;ouderschapsplan",
    ),
    (
        "verblijf",
        "Verblijf",
        "bij ouder;pleeggezin;bij ouder;bij ouder",
    ),
    (
        "intensiteit",
        "Intensiteit",
        "licht;midden;intensief;midden",
    ),
    (
        "rapportage_aan",
        "Rapportage aan",
        "verwijzer;verwijzer;rechter;ouders",
    ),
    (
        "financier",
        "Gemeente die betaalt",
        "Utrecht;Breda;Utrecht;Zwolle",
    ),
    ("productcode", "Productcode", "45J66;45J66;45A04;45J66"),
    (
        "intakedatum",
        "Datum intake",
        "2020-01-15;2020-02-01;2020-02-15;2020-03-11",
    ),
    (
        "vervolg",
        "Vervolg",
        "onbegeleid;afgeschaald;opgeschaald;onbegeleid",
    ),
    ("gesprekken", "Aantal gesprekken", "2;3;4;1"),
    ("kosten", "Kosten", "12,50;1000;3,75;99,10"),
];
const WEEKEND: (&str, &str, &str) = ("weekendcontacten", "Contacten in het weekend", "1;2;0;1");
/// The fields of the smaller file: those that must be filled, and the dates and counts most files have.
const FEW: usize = 17;

fn values(veld: &str) -> &'static str {
    let mut all = SOUND.iter().chain([&WEEKEND]);
    all.find(|(name, ..)| *name == veld).unwrap().2
}

/// A sound file without a field, or with it, and these columns more.
fn file(name: &str, few: bool, without: Option<&str>, more: &[(&str, &str)]) -> SourceFile {
    let sound = SOUND
        .iter()
        .chain([&WEEKEND])
        .take(if few { FEW } else { 30 });
    let mut columns: Vec<(&str, Vec<&str>)> = sound
        .filter(|(veld, ..)| Some(*veld) != without)
        .map(|(_, header, cells)| (*header, cells.split(';').collect()))
        .collect();
    columns.extend(
        more.iter()
            .map(|(header, cells)| (*header, cells.split(';').collect())),
    );
    let mut text = String::new();
    for row in 0..5 {
        let cell = |(header, cells): &(&str, Vec<&str>)| {
            let cell = if row == 0 { *header } else { cells[row - 1] };
            format!("\"{cell}\"")
        };
        text += &(columns.iter().map(cell).collect::<Vec<_>>().join("|") + "\n");
    }
    SourceFile::from_bytes(name, text.into_bytes())
}

/// What is proposed for each of many files: looked at together, for the definition is prepared once.
fn proposals(files: &[SourceFile]) -> Proposal {
    let definitie = omgang();
    let surveys: Vec<_> = files
        .iter()
        .map(|file| survey(file, &definitie).unwrap())
        .collect();
    let proposal = propose(&surveys, &definitie);
    assert_eq!(proposal.koppeling.tabellen.len(), files.len());
    proposal
}

/// The lines of a list: three cells each.
fn list(text: &'static str) -> Vec<(&'static str, &'static str, &'static str)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let cells = lines.map(|line| {
        let mut cells = line.split('\t');
        let mut next = || cells.next().unwrap_or_default();
        (next(), next(), next())
    });
    cells.collect()
}

/// The field that a column was placed at.
fn field_of<'a>(part: &'a TabelKoppeling, header: &str) -> Option<&'a str> {
    let mut fields = part.kolommen.iter().filter(|(_, column)| *column == header);
    fields.next().map(|(veld, _)| veld.as_str())
}

/// The questions about one file that name a column.
fn questions<'a>(proposal: &'a Proposal, place: &str, header: &str) -> Vec<&'a OpenQuestion> {
    let names = |o: &&OpenQuestion| {
        o.plek.as_deref() == Some(place)
            && (o.bron.as_deref() == Some(header) || o.kandidaten.iter().any(|k| k == header))
    };
    proposal.open.iter().filter(names).collect()
}

/// Seventeen in a hundred were put aside as "deze kolommen vraagt de uitvraag niet".
#[test]
fn headers_of_fields_that_are_asked_are_placed_or_asked() {
    let headers = list(include_str!("../headers/asked.tsv"));
    assert!(headers.len() >= 115, "{}", headers.len());
    for few in [false, true] {
        let of_line = |(n, (veld, header, own)): (usize, &(&str, &str, &str))| {
            let cells = if own.is_empty() { values(veld) } else { own };
            file(&n.to_string(), few, Some(veld), &[(header, cells)])
        };
        let files: Vec<SourceFile> = headers.iter().enumerate().map(of_line).collect();
        let proposal = proposals(&files);
        let (mut placed, mut one_by_one, mut in_list, mut faults) =
            (0, Vec::new(), Vec::new(), Vec::new());
        for (part, (veld, header, _)) in proposal.koppeling.tabellen.iter().zip(&headers) {
            let asked = questions(&proposal, part.bestand.as_deref().unwrap(), header);
            match (field_of(part, header), &asked[..]) {
                (Some(found), []) if found == *veld => placed += 1,
                (None, [question]) if question.bron.is_some() || question.veld.is_some() => {
                    one_by_one.push(*header);
                }
                (None, [_]) => in_list.push(*header),
                (found, asked) => faults.push(format!("{veld} {header}: {found:?} {asked:?}")),
            }
        }
        let width = if few { FEW } else { SOUND.len() + 1 };
        println!(
            "headers of fields, beside {width}: {} of which {placed} placed, {} asked, {} asked in one list, {} wrong or skipped",
            headers.len(),
            one_by_one.len(),
            in_list.len(),
            faults.len()
        );
        println!("asked {one_by_one:?}, in the list {in_list:?}");
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert!(placed * 10 >= headers.len() * 7, "only {placed} are placed");
        assert!(in_list.len() * 20 <= headers.len(), "{in_list:?}");
    }
}

#[test]
fn headers_that_mean_something_else_are_never_taken() {
    let headers = list(include_str!("../headers/look_alikes.tsv"));
    assert!(headers.len() >= 200, "{}", headers.len());
    let (mut asked, mut other_field, mut never_asked, mut faults) = (0, 0, 0, Vec::new());
    for (few, beside) in [(true, false), (false, true)] {
        let of_line = |(n, (veld, header, _)): (usize, &(&str, &str, &str))| {
            let without = Some(*veld).filter(|_| !beside);
            file(&n.to_string(), few, without, &[(header, values(veld))])
        };
        let files: Vec<SourceFile> = headers.iter().enumerate().map(of_line).collect();
        let proposal = proposals(&files);
        for (part, (veld, header, other)) in proposal.koppeling.tabellen.iter().zip(&headers) {
            let questions = questions(&proposal, part.bestand.as_deref().unwrap(), header);
            match field_of(part, header) {
                Some(found) if found != *other => {
                    faults.push(format!("{veld}: {header} is {found}"));
                }
                Some(_) => other_field += 1,
                None if questions.is_empty() && !part.overslaan.contains(&(*header).to_owned()) => {
                    faults.push(format!("{veld}: {header} fell away"));
                }
                None if questions.is_empty() => never_asked += 1,
                None => asked += 1,
            }
        }
    }
    println!(
        "like others, twice {}: {asked} asked, {other_field} placed at the field they do mean, {never_asked} skipped for a \
         reason of the definition, {} taken or fallen away",
        headers.len(),
        faults.len()
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn two_columns_for_one_field_are_asked_with_both() {
    let pairs = list(include_str!("../headers/pairs.tsv"));
    assert!(pairs.len() >= 50, "{}", pairs.len());
    let mut faults = Vec::new();
    for (few, turned) in [(false, false), (true, true)] {
        let of_line = |(n, (veld, first, second)): (usize, &(&str, &str, &str))| {
            let cells = |header: &str| match header {
                "Geboortedatum" => "2012-08-05;2011-09-25;2010-10-05;2016-11-01",
                _ => values(veld),
            };
            let mut more = [(*first, cells(first)), (*second, cells(second))];
            if turned {
                more.reverse();
            }
            file(&n.to_string(), few, Some(veld), &more)
        };
        let files: Vec<SourceFile> = pairs.iter().enumerate().map(of_line).collect();
        let proposal = proposals(&files);
        for (part, (veld, first, second)) in proposal.koppeling.tabellen.iter().zip(&pairs) {
            let place = part.bestand.as_deref().unwrap();
            let of_both = |o: &&OpenQuestion| {
                let path = format!("traject.{veld}");
                o.veld == Some(path) && o.kandidaten.iter().any(|k| k == second)
            };
            let asked = questions(&proposal, place, first).into_iter().find(of_both);
            if asked.is_none() || part.kolommen.get(*veld).is_some_and(|k| !k.is_empty()) {
                faults.push(format!("{veld}: {first} and {second}"));
            }
        }
    }
    println!(
        "pairs, twice {}: {} asked with both, {} not",
        pairs.len(),
        pairs.len() * 2 - faults.len(),
        faults.len()
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A whole export of a system, of which the uitvraag asks a part.
#[test]
fn an_export_of_48_columns_takes_at_most_12_questions() {
    let text = include_str!("../headers/export_48.csv");
    let proposal = proposal(&SourceFile::from_bytes(
        "export.csv",
        text.as_bytes().to_vec(),
    ));
    let columns = text.lines().next().unwrap().split(';').count();
    let told: Vec<&str> = proposal.open.iter().map(|o| o.vraag.as_str()).collect();
    println!(
        "{} questions of {columns} columns:\n{}",
        told.len(),
        told.join("\n")
    );
    assert_eq!(columns, 48);
    assert!(told.len() <= 12, "{}", told.join("\n"));
    assert_eq!(proposal.koppeling.open(), told.len());
}

#[test]
fn a_list_of_seven_rows_takes_at_most_8_questions() {
    let text = include_str!("../headers/list_of_seven.csv");
    let proposal = proposal(&SourceFile::from_bytes(
        "lijst.csv",
        text.as_bytes().to_vec(),
    ));
    let told: Vec<&str> = proposal.open.iter().map(|o| o.vraag.as_str()).collect();
    println!("{} questions:\n{}", told.len(), told.join("\n"));
    assert!(told.len() <= 8, "{}", told.join("\n"));
    assert_eq!(proposal.koppeling.open(), told.len());
}
