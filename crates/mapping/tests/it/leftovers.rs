//! What does not fit in the koppeling is read, asked or said: never dropped in silence.

use mapping::{Koppeling, Voorstel, stel_voor, verken_alle};
use rows::Weigering;
use rust_xlsxwriter::Workbook;
use sheets::Bestand;

use crate::support::{lees, omgang, voorstel};

const KOPPEN: [&str; 13] = [
    "Trajectnummer",
    "Kind",
    "Voorziening",
    "Gemeente",
    "Leeftijd",
    "Kader",
    "Verwijzer",
    "Omgang met",
    "Vorm",
    "Begeleiding",
    "Bekostiging",
    "Datum aanmelding",
    "Kosten",
];

/// Three rows below these headers; a column is known by its place among [`KOPPEN`].
fn rijen(koppen: &[(usize, &str)], letter: char) -> Vec<Vec<String>> {
    let mut uit = vec![
        koppen
            .iter()
            .map(|(_, kop)| (*kop).to_owned())
            .collect::<Vec<_>>(),
    ];
    for n in 1..=3 {
        let waarden = [
            "V1",
            "Utrecht",
            "7",
            "vrijwillig",
            "huisarts",
            "ouder",
            "omgangshuis",
            "professional",
            "subsidie",
            "2020-02-25",
            "12",
        ];
        let cel = |k: usize| match k {
            0 => format!("{letter}{n}"),
            1 => format!("K{letter}{n}"),
            13 => format!("G{n}"),
            14 => "Noord".to_owned(),
            k => waarden[k - 2].to_owned(),
        };
        uit.push(koppen.iter().map(|(k, _)| cel(*k)).collect());
    }
    uit
}

fn gewoon() -> Vec<(usize, &'static str)> {
    KOPPEN.into_iter().enumerate().collect()
}

fn werkmap(bladen: &[(&str, Vec<Vec<String>>)]) -> Bestand {
    let mut werkmap = Workbook::new();
    for (naam, rijen) in bladen {
        let blad = werkmap.add_worksheet().set_name(*naam).unwrap();
        for (r, rij) in rijen.iter().enumerate() {
            for (k, cel) in rij.iter().enumerate() {
                blad.write_string(u32::try_from(r).unwrap(), u16::try_from(k).unwrap(), cel)
                    .unwrap();
            }
        }
    }
    Bestand::from_bytes("w.xlsx", werkmap.save_to_buffer().unwrap())
}

fn csv(naam: &str, rijen: &[Vec<String>]) -> Bestand {
    let tekst: String = rijen.iter().map(|rij| rij.join(";") + "\n").collect();
    Bestand::from_bytes(naam, tekst.into_bytes())
}

fn samen(bestanden: &[Bestand]) -> Voorstel {
    stel_voor(&verken_alle(bestanden, &omgang()).unwrap(), &omgang())
}

fn nummers(bestanden: &[Bestand], koppeling: &Koppeling) -> Vec<String> {
    let (tabellen, _) = lees(bestanden, Some(koppeling)).unwrap();
    tabellen["traject"]
        .iter()
        .map(|r| r["traject_id"].clone().unwrap())
        .collect()
}

/// Other names for two columns, two columns changed places, one column less: all of them are the table.
#[test]
fn sheets_of_one_table_with_other_columns_are_all_read() {
    let mut anders = gewoon();
    (anders[0].1, anders[3].1) = ("Dossiernr", "Woongemeente");
    let mut gewisseld = gewoon();
    gewisseld.swap(4, 9);
    let zonder = gewoon()[..12].to_vec();
    let bladen = [
        ("Noord", rijen(&gewoon(), 'N')),
        ("Zuid", rijen(&anders, 'Z')),
        ("West", rijen(&gewisseld, 'W')),
        ("Oost", rijen(&zonder, 'O')),
    ];
    let bestand = werkmap(&bladen);
    let voorstel = voorstel(&bestand);
    assert_eq!(
        voorstel.koppeling.tabellen.len(),
        4,
        "{:?}",
        voorstel.aannames
    );
    assert!(
        voorstel
            .open
            .iter()
            .all(|o| o.plek.as_deref() == Some("Zuid") && o.vraag.starts_with("Blad 'Zuid': ")),
        "{:?}",
        voorstel.open
    );
    assert!(
        voorstel
            .aannames
            .iter()
            .any(|a| a.starts_with("Blad 'Zuid' heeft andere kolommen")),
        "{:?}",
        voorstel.aannames
    );
    assert!(
        voorstel
            .aannames
            .iter()
            .any(|a| a.starts_with("2 stuks met dezelfde kolommen")),
        "{:?}",
        voorstel.aannames
    );
    let tekst = voorstel
        .koppeling
        .to_toml()
        .replace("gemeente = \"\"", "gemeente = \"Woongemeente\"");
    let koppeling = Koppeling::parse(&tekst).unwrap();
    let bestanden = [bestand];
    let gelezen = nummers(&bestanden, &koppeling);
    assert_eq!(
        gelezen,
        [
            "N1", "N2", "N3", "Z1", "Z2", "Z3", "W1", "W2", "W3", "O1", "O2", "O3"
        ]
    );
    let (_, verslag) = lees(&bestanden, Some(&koppeling)).unwrap();
    assert_eq!(verslag.open, Vec::<String>::new());
    assert!(
        !verslag.aannames.iter().any(|a| a.contains("niet gelezen")),
        "{:?}",
        verslag.aannames
    );
}

/// A summary shares a few headers: whether it belongs is one question, and both answers are kept.
#[test]
fn a_sheet_that_hardly_looks_like_the_table_is_one_question() {
    let overzicht = rijen(&[(3, "Gemeente"), (5, "Kader"), (12, "Kosten")], 'X');
    let bestand = werkmap(&[
        ("Trajecten", rijen(&gewoon(), 'N')),
        ("Overzicht", overzicht),
    ]);
    let voorstel = voorstel(&bestand);
    let [vraag] = &voorstel.open[..] else {
        panic!("{:?}", voorstel.open)
    };
    assert_eq!(
        (vraag.bron.as_deref(), &vraag.kandidaten[..]),
        (Some("Overzicht"), &["ja".to_owned(), "nee".to_owned()][..])
    );
    let tekst = voorstel.koppeling.to_toml();
    assert!(
        tekst.contains("# OPEN: Hoort blad 'Overzicht' bij Trajecten?")
            && tekst.contains("\nlezen = \"\"\n"),
        "{tekst}"
    );
    assert_eq!(voorstel.koppeling.open(), 1);
    let bestanden = [bestand];
    let (_, open) = lees(&bestanden, Some(&Koppeling::parse(&tekst).unwrap())).unwrap();
    assert!(
        matches!(&open.open[..], [een] if een.starts_with("Blad 'Overzicht' lijkt op Trajecten.")),
        "{:?}",
        open.open
    );
    let nee = Koppeling::parse(&tekst.replace("lezen = \"\"", "lezen = \"nee\"")).unwrap();
    nee.verify(&omgang()).unwrap();
    let (tabellen, verslag) = lees(&bestanden, Some(&nee)).unwrap();
    assert_eq!((tabellen["traject"].len(), verslag.open.len()), (3, 0));
    assert!(
        !verslag.aannames.iter().any(|a| a.contains("Overzicht")),
        "{:?}",
        verslag.aannames
    );
    let ja = Koppeling::parse(&tekst.replace("lezen = \"\"", "lezen = \"ja\"")).unwrap();
    assert_eq!(nummers(&bestanden, &nee).len(), 3);
    assert!(
        lees(&bestanden, Some(&ja))
            .unwrap()
            .1
            .open
            .iter()
            .any(|o| o.contains("Waar staat"))
    );
    // Next year the answer is not asked again.
    let mut weer = self::voorstel(&bestanden[0]);
    weer.neem_over(&nee, &omgang());
    assert_eq!(
        (weer.open.len(), weer.koppeling.tabellen[1].lezen.as_deref()),
        (0, Some("nee"))
    );
}

/// A sheet, a column and a file that came after the koppeling was made.
#[test]
fn what_came_after_the_koppeling_is_asked_or_said() {
    let koppeling = voorstel(&werkmap(&[("Noord", rijen(&gewoon(), 'N'))])).koppeling;
    let mut meer = gewoon();
    meer.extend([(13, "Gezinsnummer"), (14, "Team")]);
    let notities = vec![
        vec!["Van Jan".to_owned()],
        vec!["Graag nakijken".to_owned()],
    ];
    let bestand = werkmap(&[
        ("Noord", rijen(&meer, 'N')),
        ("Zuid", rijen(&gewoon(), 'Z')),
        ("Notities", notities),
    ]);
    let (tabellen, verslag) = lees(&[bestand], Some(&koppeling)).unwrap();
    assert_eq!(tabellen["traject"].len(), 3);
    let [zuid, gezin] = &verslag.open[..] else {
        panic!("{:?}", verslag.open)
    };
    assert!(
        zuid.starts_with(
            "Blad 'Zuid' staat niet in de koppeling en is niet gelezen, maar lijkt op Trajecten."
        ),
        "{zuid}"
    );
    assert!(
        zuid.contains("blad = \"Zuid\" en lezen = \"nee\""),
        "{zuid}"
    );
    assert!(
        gezin.contains("'Gezinsnummer'") && gezin.contains("gezin_id = \"Gezinsnummer\""),
        "{gezin}"
    );
    let gezegd = |zin: &str| verslag.aannames.iter().any(|a| a == zin);
    assert!(
        gezegd("Blad 'Notities' staat niet in de koppeling en is niet gelezen."),
        "{:?}",
        verslag.aannames
    );
    assert!(
        gezegd("Blad 'Noord': de kolom 'Team' staat niet in de koppeling en is niet gelezen."),
        "{:?}",
        verslag.aannames
    );
}

#[test]
fn a_file_outside_the_koppeling_is_a_question_and_says_nothing_else() {
    let een = csv("een.csv", &rijen(&gewoon(), 'N'));
    let koppeling = voorstel(&een).koppeling;
    let komma = Bestand::from_bytes(
        "twee.csv",
        rijen(&gewoon(), 'Z')
            .iter()
            .map(|r| r.join("\t") + "\n")
            .collect::<String>()
            .into_bytes(),
    );
    let (tabellen, verslag) = lees(&[een, komma], Some(&koppeling)).unwrap();
    assert_eq!(tabellen["traject"].len(), 3);
    assert!(
        matches!(&verslag.open[..], [vraag] if vraag.contains("bestand = \"twee.csv\"")),
        "{:?}",
        verslag.open
    );
    assert!(
        !verslag.aannames.iter().any(|a| a.contains("een tab")),
        "how it is written is of no matter: {:?}",
        verslag.aannames
    );
}

/// What `koppel` listed as not used is not brought up again, whatever the sheet.
#[test]
fn what_koppel_left_out_is_not_said_again() {
    let mut meer = gewoon();
    meer.push((14, "Team"));
    let bestand = csv("een.csv", &rijen(&meer, 'N'));
    let koppeling = voorstel(&bestand).koppeling;
    assert_eq!(koppeling.tabellen[0].overslaan, ["Team"]);
    let (_, verslag) = lees(&[bestand], Some(&koppeling)).unwrap();
    assert!(
        !verslag.aannames.iter().any(|a| a.contains("Team")),
        "{:?}",
        verslag.aannames
    );
}

/// Two branches, each with a list of its own.
#[test]
fn files_of_one_table_with_other_columns_are_all_read() {
    let mut anders = gewoon();
    (anders[0].1, anders[1].1, anders[3].1) = ("Dossier", "Jeugdige", "Gem.");
    let bestanden = [
        csv("l1.csv", &rijen(&gewoon(), 'N')),
        csv("l2.csv", &rijen(&anders, 'Z')),
    ];
    let voorstel = samen(&bestanden);
    assert_eq!(voorstel.open, [], "{}", voorstel.koppeling.to_toml());
    assert_eq!(
        nummers(&bestanden, &voorstel.koppeling),
        ["N1", "N2", "N3", "Z1", "Z2", "Z3"]
    );
}

/// By its name alone a file is known in the koppeling: the first of two was once read twice.
#[test]
fn two_files_of_one_name_are_refused() {
    let bestanden = [
        csv("export.csv", &rijen(&gewoon(), 'N')),
        csv("export.csv", &rijen(&gewoon(), 'Z')),
    ];
    let geweigerd = |w: Weigering| {
        assert_eq!(w.code(), "FILE_TWICE");
        w.to_string()
    };
    let zin = geweigerd(verken_alle(&bestanden, &omgang()).unwrap_err());
    assert_eq!(
        zin,
        "U geeft twee bestanden met de naam 'export.csv'. Geef ze elk een eigen naam."
    );
    assert_eq!(
        geweigerd(lees(&bestanden, None).map(|_| ()).unwrap_err()),
        zin
    );
    let map = std::env::temp_dir();
    let pad = map.join(format!("twee_keer_{}.csv", std::process::id()));
    std::fs::write(&pad, "a,b\n").unwrap();
    let zelfde = [
        Bestand::from_path(&pad),
        Bestand::from_path(&map.join(".").join(pad.file_name().unwrap())),
    ];
    let zin = geweigerd(lees(&zelfde, None).map(|_| ()).unwrap_err());
    std::fs::remove_file(&pad).unwrap();
    assert!(zin.contains("twee keer. Geef het één keer."), "{zin}");
}

/// The third of a name was once not mentioned, and the second twice.
#[test]
fn each_repeated_header_is_named() {
    let mut koppen = gewoon();
    koppen.extend([(14, "Datum"), (14, "Datum"), (14, "Datum")]);
    let gezegd: Vec<String> = voorstel(&csv("a.csv", &rijen(&koppen, 'N'))).aannames;
    let over: Vec<&String> = gezegd
        .iter()
        .filter(|a| a.contains("staat er vaker"))
        .collect();
    assert_eq!(over.len(), 2, "{gezegd:?}");
    assert!(
        over[0].ends_with("heet nu 'Datum (2)'.") && over[1].ends_with("heet nu 'Datum (3)'."),
        "{over:?}"
    );
}
