//! The files beside a page, the theme, and the snapshots of whole small pages.

use std::collections::BTreeMap;
use std::path::Path;

use report::{PublishedGebied, ReportPublicatie, pages};
use schema::Niveau;

use crate::fixture;

fn all(publicatie: &ReportPublicatie) -> BTreeMap<String, Vec<u8>> {
    pages(publicatie).unwrap().into_iter().collect()
}

fn text(files: &BTreeMap<String, Vec<u8>>, path: &str) -> String {
    String::from_utf8(files[path].clone()).unwrap()
}

#[test]
fn csv_and_json_hold_the_same_rows_as_the_table() {
    let publicatie = fixture::small();
    let files = all(&publicatie);
    let csv = text(&files, "0-meting/cijfers.csv");
    let regels: Vec<&str> = csv.lines().collect();
    assert!(
        regels.iter().all(|regel| regel.split(',').count() == 22),
        "no quoted commas in these, so 22 columns"
    );
    let own = regels
        .iter()
        .filter(|regel| regel.contains(",nederland,NL00,"))
        .count();
    assert_eq!(own, regels.len() - 1, "its own figures and no others");
    assert_eq!(
        own,
        publicatie
            .cijfers
            .iter()
            .filter(|cijfer| cijfer.gebied == "NL00")
            .count()
    );
    let json: serde_json::Value = serde_json::from_slice(&files["0-meting/cijfers.json"]).unwrap();
    let rows = json["cijfers"].as_array().unwrap();
    let without = json["zonder_waarde"].as_array().unwrap();
    assert_eq!(rows.len() + without.len(), regels.len() - 1);
    let columns = json["kolommen"].as_array().unwrap();
    assert!(
        rows.iter()
            .all(|row| row.as_array().unwrap().len() == columns.len())
    );
    // The same cells, but for the two that stand once.
    assert_eq!((&columns[0], columns.len()), (&"indicator".into(), 20));
    assert_eq!(
        regels[0]
            .split(',')
            .filter(|name| columns.iter().any(|column| column == name))
            .count(),
        20
    );
    assert_eq!(
        (&json["niveau"], &json["gebied"]),
        (&"nederland".into(), &"NL00".into())
    );
    assert_eq!(json["naam"], "Nederland");
    // That of one gebied is filtered from the table of all by the service.
    assert!(!files.contains_key("spiegel/GM0344/cijfers.csv"));
    let page = text(&files, "spiegel/GM0344/index.html");
    let filtered = "../../../../../../cijfers?uitvraag=omgang&#38;jaar=2020&#38;versie=1&#38;gebied=GM0344&#38;formaat=csv";
    assert!(page.contains(filtered));
}

/// What is hidden of a breakdown stands in the file of all figures; of the whole a row says that it is hidden.
#[test]
fn of_a_breakdown_the_files_of_a_gebied_hold_what_is_shown() {
    let mut publicatie = fixture::small();
    for cijfer in publicatie.cijfers.iter_mut().filter(|c| c.gebied == "JZ20") {
        if cijfer.categorie == "gedwongen" || cijfer.indicator == "duur_mediaan" {
            cijfer.blank();
            cijfer.vertrouwelijk = schema::cijfer::Confidential::C;
        }
    }
    let json = text(&all(&publicatie), "spiegel/JZ20/cijfers.json");
    let (shown, hidden) = ("\"kader\",\"vrijwillig\"", "\"kader\",\"gedwongen\"");
    assert!(!json.contains(hidden) && json.contains(shown));
    // Without a value a figure has no numbers either, and says why in a shorter list.
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    let columns = parsed["kolommen_zonder_waarde"].as_array().unwrap();
    let hidden = parsed["zonder_waarde"].as_array().unwrap().iter();
    let hidden: Vec<_> = hidden.filter(|row| row[0] == "duur_mediaan").collect();
    assert_eq!((hidden.len(), columns.len()), (1, 9));
    assert_eq!(hidden[0].as_array().unwrap().len(), 9);
    let place = |name: &str| columns.iter().position(|one| one == name);
    assert_eq!(hidden[0][place("vertrouwelijk").unwrap()], "C");
    assert!(place("waarde").is_none() && place("reden").is_some());
    let shown = parsed["cijfers"].as_array().unwrap();
    assert!(
        shown
            .iter()
            .all(|row| row[0] != "duur_mediaan" && row[3].is_number())
    );
}

/// A table that many pages point at is written once.
#[test]
fn gebieden_are_side_by_side_on_one_page() {
    let files = all(&fixture::small());
    let jeugdregio = text(&files, "spiegel/JZ20/index.html");
    // Only those that are most alike have a table of their own.
    assert_eq!(jeugdregio.matches("class=\"gelijken\"").count(), 1);
    assert!(jeugdregio.contains("../../vergelijk/jeugdregios/index.html#duur_mediaan"));
    let tables = text(&files, "vergelijk/jeugdregios/index.html");
    assert!(tables.contains("id=\"duur_mediaan\"") && tables.contains("spiegel/JZ20/index.html"));
    let csv = text(&files, "vergelijk/jeugdregios/cijfers.csv");
    assert!(
        csv.contains("duur_mediaan,jeugdregio,JZ20,")
            && csv.contains("duur_mediaan,jeugdregio,JZ22,")
    );
    // A gemeente among those of its jeugdregio; one that is a jeugdregio of its own among those of its size.
    assert!(text(&files, "spiegel/GM0308/index.html").contains("vergelijk/JZ20/index.html#"));
    assert!(text(&files, "spiegel/GM0344/index.html").contains("vergelijk/klasse-"));
}

#[test]
fn the_fonts_are_those_of_the_checksums_and_small() {
    let files = all(&fixture::empty(fixture::small().gebieden));
    let style = text(&files, "stijl.css");
    let letters: Vec<(&String, usize)> = files
        .iter()
        .filter(|(path, _)| Path::new(path).extension().is_some_and(|e| e == "woff2"))
        .map(|(path, content)| (path, content.len()))
        .collect();
    assert_eq!(letters.len(), 2);
    assert!(letters.iter().map(|(_, bytes)| bytes).sum::<usize>() < 150_000);
    for (path, _) in letters {
        assert!(style.contains(path.as_str()), "{path} is not used");
        let checksums = include_str!("../../font/SHA256SUMS");
        assert!(
            checksums.contains(path.trim_start_matches("lettertype/")),
            "{path} has no checksum"
        );
    }
    assert!(!style.contains("http"), "nothing from outside");
}

/// Three gemeenten in two jeugdregio's, and a handful of figures: small enough to read as a whole.
fn mini() -> ReportPublicatie {
    let mut publicatie = fixture::small();
    let hold = [
        "NL00", "PV26", "JZ22", "JZ20", "GM0344", "GM0308", "GM0327", ">100.000", "<50.000",
    ];
    publicatie
        .gebieden
        .retain(|gebied| hold.contains(&gebied.code.as_str()));
    let ids = [
        "gebruik_trajecten",
        "gebruik_per_10000_inwoners",
        "stroom_begin",
        "stroom_in",
        "stroom_uit",
        "stroom_eind",
        "wachten_gestart_mediaan",
        "toegang_kader",
        "respons_aanbieders",
    ];
    publicatie
        .indicatoren
        .retain(|indicator| ids.contains(&indicator.id.as_str()));
    publicatie.cijfers.retain(|cijfer| {
        hold.contains(&cijfer.gebied.as_str())
            && ids.contains(&cijfer.indicator.as_str())
            && ["totaal", "kader"].contains(&cijfer.uitsplitsing.as_str())
    });
    publicatie
}

/// The page between `<main>` and the part that is the same everywhere.
fn midden(html: &str) -> &str {
    let begin = html.find("<main").unwrap();
    let end = html.find("<section class=\"sectie over\"").unwrap();
    &html[begin..end]
}

#[test]
fn a_jeugdregio_reads_like_this() {
    let files = all(&mini());
    insta::assert_snapshot!(
        "spiegel_jeugdregio",
        midden(&text(&files, "spiegel/JZ20/index.html"))
    );
}

#[test]
fn the_country_reads_like_this() {
    let files = all(&mini());
    insta::assert_snapshot!("meting", midden(&text(&files, "0-meting/index.html")));
    insta::assert_snapshot!("start", text(&files, "index.html"));
}

#[test]
fn a_gemeente_where_all_is_hidden_is_told_why_and_where_to_look() {
    let mut publicatie = mini();
    for cijfer in publicatie
        .cijfers
        .iter_mut()
        .filter(|cijfer| cijfer.gebied == "GM0308" && !cijfer.indicator.starts_with("respons"))
    {
        cijfer.blank();
        cijfer.vertrouwelijk = schema::cijfer::Confidential::C;
    }
    let files = all(&publicatie);
    let html = text(&files, "spiegel/GM0308/index.html");
    assert!(html.contains("Geen eigen cijfers") && html.contains("om kinderen te beschermen"));
    assert!(
        html.contains("href=\"../JZ20/index.html\""),
        "points to its jeugdregio"
    );
    assert!(!html.contains("<svg"), "nothing to draw");
    insta::assert_snapshot!("spiegel_alles_verborgen", midden(&html));
}

/// A published 0 is 0 to 4: no page says that there was nobody.
#[test]
fn a_gemeente_with_a_published_0_had_fewer_than_5() {
    let mut publicatie = mini();
    for cijfer in publicatie
        .cijfers
        .iter_mut()
        .filter(|cijfer| cijfer.gebied == "GM0308" && !cijfer.indicator.starts_with("respons"))
    {
        let zero = ["gebruik_trajecten", "stroom_in"].contains(&cijfer.indicator.as_str());
        cijfer.blank();
        if zero {
            (cijfer.waarde, cijfer.teller, cijfer.n) = (Some(0.0), Some(0.0), Some(0));
        } else {
            cijfer.vertrouwelijk = schema::cijfer::Confidential::C;
        }
    }
    let html = text(&all(&publicatie), "spiegel/GM0308/index.html");
    let page = midden(&html);
    assert!(
        page.contains("hielpen in 2020 minder dan 5 kinderen uit Baarn"),
        "{page}"
    );
    for none in ["geen kinderen", "niemand"] {
        assert!(!page.contains(none), "{page}");
    }
    // Beside others in their tables and drawings too.
    let peer = text(&all(&publicatie), "spiegel/GM0327/index.html");
    assert!(!midden(&peer).contains("geen kinderen"));
}

#[test]
fn a_publication_without_figures_is_still_a_publication() {
    let files = all(&fixture::empty(mini().gebieden));
    insta::assert_snapshot!(
        "spiegel_zonder_cijfers",
        midden(&text(&files, "spiegel/JZ20/index.html"))
    );
    insta::assert_snapshot!(
        "meting_zonder_cijfers",
        midden(&text(&files, "0-meting/index.html"))
    );
}

#[test]
fn the_gebieden_of_a_year_come_from_the_reference_tables() {
    let gebieden = PublishedGebied::van_jaar(2020);
    let telling = |niveau: Niveau| {
        gebieden
            .iter()
            .filter(|gebied| gebied.niveau == niveau)
            .count()
    };
    assert_eq!(
        (
            telling(Niveau::Gemeente),
            telling(Niveau::Jeugdregio),
            telling(Niveau::Provincie)
        ),
        (355, 42, 12)
    );
    assert_eq!(gebieden[0].inwoners, Some(17_407_585));
    assert!(PublishedGebied::van_jaar(1999).is_empty());
}

/// The plan and the pipelines are written apart: a renamed indicator would silently lose its place.
#[test]
fn every_figure_the_plan_names_is_computed_and_every_breakdown_has_a_name() {
    let pipeline: toml::Table = include_str!("../../../../pipelines/omgang/indicators.toml")
        .parse()
        .unwrap();
    let indicators = pipeline["indicator"].as_array().unwrap();
    let ids: Vec<&str> = indicators
        .iter()
        .map(|een| een["id"].as_str().unwrap())
        .collect();
    let page_plan = fixture::page_plan();
    let unknown: Vec<&str> = page_plan
        .named()
        .into_iter()
        .filter(|id| !ids.contains(id))
        .collect();
    assert_eq!(
        unknown,
        Vec::<&str>::new(),
        "named by the page plan, computed by no pipeline"
    );
    let velden = indicators
        .iter()
        .flat_map(|een| een["uitsplitsingen"].as_array().unwrap())
        .map(|veld| veld.as_str().unwrap());
    let nameless: Vec<&str> = velden
        .filter(|veld| !page_plan.uitsplitsing.contains_key(*veld))
        .collect();
    assert_eq!(
        nameless,
        Vec::<&str>::new(),
        "breakdowns without a name for readers"
    );
}
