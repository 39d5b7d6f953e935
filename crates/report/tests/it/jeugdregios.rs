//! The jeugdregio's together: which stand out, how many would by chance, the table in every order and the map.

use schema::cijfer::{Reason, Status};
use schema::{Comparison, Niveau};

use crate::fixture;

fn page(publicatie: &report::ReportPublicatie, path: &str) -> String {
    let files = report::pages(publicatie).unwrap();
    let found = files.into_iter().find(|(name, _)| name == path);
    String::from_utf8(found.unwrap().1).unwrap()
}

/// Every row with a verdict is one comparison; chance makes 2 in 1,000 of them a clear difference.
#[test]
fn what_stands_out_is_counted_beside_what_chance_would_give() {
    let mut publicatie = fixture::small();
    let mut compared = 0;
    for cijfer in &mut publicatie.cijfers {
        // Of the whole figures alone, so that there are few.
        let is_jeugdregio = cijfer.niveau == Niveau::Jeugdregio && cijfer.uitsplitsing == "totaal";
        cijfer.oordeel = cijfer.oordeel.filter(|_| is_jeugdregio).map(|_| {
            compared += 1;
            if compared == 1 {
                Comparison::Higher
            } else {
                Comparison::Undecided
            }
        });
    }
    assert!(compared > 1 && compared < 250, "{compared}");
    let html = page(&publicatie, "0-meting/index.html");
    let told =
        format!("met Nederland, {compared} keer in totaal. 1 keer is het verschil duidelijk.");
    assert!(html.contains(&told), "{told}");
    assert!(html.contains("dan gebeurde dat minder dan 1 keer."));
    assert_eq!(
        html.matches("1 keer duidelijk anders dan Nederland")
            .count(),
        1
    );
}

/// The page of an order holds every jeugdregio once, the highest first and what has no value last, and says so.
#[test]
fn a_table_stands_in_the_order_of_its_column() {
    let publicatie = fixture::small();
    let id = "duur_mediaan";
    let html = page(&publicatie, &format!("0-meting/jeugdregios/{id}.html"));
    assert_eq!(html.matches("aria-sort=\"descending\"").count(), 1);
    let value = |code: &str| {
        let mut rows = publicatie.cijfers.iter();
        let own =
            rows.find(|c| c.gebied == code && c.indicator == id && c.uitsplitsing == "totaal");
        own.and_then(|cijfer| cijfer.waarde)
            .unwrap_or(f64::NEG_INFINITY)
    };
    let mut order: Vec<&str> = Vec::new();
    for part in html.split("/spiegel/").skip(1) {
        order.push(&part[..4]);
    }
    let jeugdregios = publicatie
        .gebieden
        .iter()
        .filter(|g| g.niveau == Niveau::Jeugdregio);
    assert_eq!(order.len(), jeugdregios.count());
    assert!(
        order
            .windows(2)
            .all(|pair| value(pair[0]) >= value(pair[1])),
        "{order:?}"
    );
    assert!(
        html.contains("class=\"tegelkaart\"") && html.contains("duidelijk hoger dan Nederland, ↓")
    );
}

/// A gemeente where nobody delivered is named, apart from one where no aanbieder is known.
#[test]
fn gemeenten_of_which_nothing_is_known_are_named() {
    let mut publicatie = fixture::small();
    let size = publicatie.page_plan.omvang.clone();
    assert!(!size.is_empty());
    for cijfer in publicatie
        .cijfers
        .iter_mut()
        .filter(|c| c.gebied == "GM0344" && c.indicator == size)
    {
        cijfer.waarde = None;
        cijfer.status = Status::O;
        cijfer.reden = Some(Reason::NobodyDelivered);
        cijfer.respons = None;
    }
    let html = page(&publicatie, "0-meting/index.html");
    let begin = html.find("Er werkt geen aanbieder die wij kennen").unwrap();
    assert!(html[begin..].contains("spiegel/GM0344/index.html"));
}
