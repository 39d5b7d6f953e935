//! The table on disk: what goes in comes out, and twice the same is byte for byte the same.

use datafusion::prelude::SessionContext;

use crate::hulp;

/// Two children, and the two groups that say most of them.
async fn country() -> Vec<schema::Cijfer> {
    let ctx = SessionContext::new();
    ctx.sql(
        "CREATE TABLE traject AS SELECT * FROM (VALUES
           ('a', 'k1', 'GM0014', 'vrijwillig', 'omgangshuis', 'rechter', 'subsidie', 5, '2020-01-10', '2020-02-01', '2020-05-01'),
           ('a', 'k2', 'GM0014', 'gedwongen', 'omgangshuis', 'huisarts', 'subsidie', 9, '2020-02-10', '2020-03-01', NULL))
         AS t (aanbieder, jeugdige_id, gemeente, kader, vorm, verwijzer, bekostiging, leeftijd_bij_aanmelding, aanmelddatum,
               startdatum, einddatum)",
    )
    .await
    .expect("the table can be made");
    let mut cijfers = hulp::run(&ctx, "omgang/2020", Some("stroom")).await.cijfers;
    cijfers.extend(hulp::run(&ctx, "omgang/2020", Some("duur")).await.cijfers);
    cijfers
}

#[tokio::test]
async fn parquet_gives_back_what_went_in_and_repeats_itself() {
    let cijfers = country().await;
    let bytes = analysis::cijfers::to_parquet(&cijfers).expect("plain figures");
    assert_eq!(analysis::cijfers::from_parquet(bytes.clone()).expect("our own file"), cijfers);
    assert_eq!(analysis::cijfers::to_parquet(&country().await).expect("plain figures"), bytes);
}

#[tokio::test]
async fn csv_has_the_columns_of_the_contract() {
    let cijfers = country().await;
    let csv = String::from_utf8(analysis::cijfers::to_csv(&cijfers).expect("plain figures")).expect("UTF-8");
    let mut regels = csv.lines();
    assert_eq!(regels.next(), Some(schema::Cijfer::KOLOMMEN.join(",").as_str()));
    assert_eq!(regels.count(), cijfers.len());
}

/// Protection, on real figures: nothing that is published counts between one and four children.
#[tokio::test]
async fn a_protected_table_shows_no_small_count() {
    let indicatoren = analysis::Pijplijn::load("omgang").expect("the pipeline is compiled in").metadata();
    let drempel = disclosure::Drempel::new(disclosure::Drempel::STANDAARD, &indicatoren);
    let open: Vec<_> = disclosure::protect(country().await, &drempel)
        .into_iter()
        .filter(|c| c.waarde.is_some_and(|w| w != 0.0) && !c.indicator.starts_with("respons"))
        .collect();
    assert_eq!(open, [], "two children in the whole country");
}
