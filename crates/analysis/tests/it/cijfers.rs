//! The table on disk: what goes in comes out, and twice the same is byte for byte the same.

use analysis::RunOutput;
use datafusion::prelude::SessionContext;
use schema::cijfer::Confidential;

use crate::support;

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
    let mut cijfers = support::run(&ctx, "omgang/2020", Some("stroom"))
        .await
        .cijfers;
    cijfers.extend(
        support::run(&ctx, "omgang/2020", Some("duur"))
            .await
            .cijfers,
    );
    cijfers
}

#[tokio::test]
async fn parquet_gives_back_what_went_in_and_repeats_itself() {
    let cijfers = country().await;
    let bytes = analysis::cijfers::to_parquet(&cijfers).expect("plain figures");
    assert_eq!(
        analysis::cijfers::from_parquet(bytes.clone()).expect("our own file"),
        cijfers
    );
    assert_eq!(
        analysis::cijfers::to_parquet(&country().await).expect("plain figures"),
        bytes
    );
}

#[tokio::test]
async fn csv_has_the_columns_of_the_contract() {
    let cijfers = country().await;
    let csv = String::from_utf8(schema::safe_csv::figures(&cijfers)).expect("UTF-8");
    let mut regels = csv.lines();
    assert_eq!(
        regels.next(),
        Some(schema::Cijfer::COLUMN_NAMES.join(",").as_str())
    );
    assert_eq!(regels.count(), cijfers.len());
}

/// Protection, on real figures: every count that may leave is a multiple of five less than five away from the exact one,
/// the same for the same records, and a gemeente has only totals.
#[tokio::test]
async fn what_may_leave_is_rounded_and_not_broken_down_at_a_gemeente() {
    let outcome = with_response("nulopgave").await;
    let released = outcome.released.rows();
    assert!(!released.is_empty());
    let mut counts = 0;
    for row in released {
        let exact = outcome.cijfers.iter().find(|c| {
            (&c.indicator, &c.gebied, &c.uitsplitsing, &c.categorie)
                == (
                    &row.indicator,
                    &row.gebied,
                    &row.uitsplitsing,
                    &row.categorie,
                )
        });
        // Where nothing is counted there is no exact figure; what leaves has a row all the same.
        let n = exact.map_or(Some(0), |exact| exact.n);
        assert!(
            row.niveau.name() != "gemeente" || row.categorie == "totaal",
            "{row:?}"
        );
        if let (Some(published), Some(n)) = (row.n, n) {
            assert!(
                published % 5 == 0 && (published - n).abs() < 5,
                "{row:?} of {n}"
            );
            counts += 1;
        }
    }
    assert!(counts > 400, "{counts}");
    let value = |gebied: &str, indicator: &str| total(released, indicator, gebied).waarde;
    for gebied in ["PV20", "JZ01", "GM0014"] {
        assert_eq!(
            value("NL00", "gebruik_trajecten"),
            value(gebied, "gebruik_trajecten")
        );
    }
    // The same children, though counted in another indicator.
    assert_eq!(
        value("NL00", "gebruik_jeugdigen"),
        value("GM0014", "gebruik_jeugdigen")
    );
    assert!(
        released
            .iter()
            .all(|row| row.vertrouwelijk == Confidential::F || row.waarde.is_none())
    );
}

/// A run of use and duration in which `b`, who works in Groningen, did or did not deliver; Drenthe was never asked.
async fn with_response(van_b: &str) -> RunOutput {
    with_missing(van_b, 0).await
}

/// The same, with so many more that work in the whole country and did not answer.
async fn with_missing(van_b: &str, more: u32) -> RunOutput {
    let ctx = SessionContext::new();
    for sql in [
        // One of 402 in a gemeente of 232,874, with the rest of the country next to empty: clearly higher.
        "CREATE TABLE traject AS SELECT 'a' AS aanbieder, 'k' || value AS jeugdige_id, 'GM0014' AS gemeente, 'gedwongen' AS kader,
           'omgangshuis' AS vorm, 'rechter' AS verwijzer, 'subsidie' AS bekostiging, 5 AS leeftijd_bij_aanmelding,
           '2020-01-10' AS aanmelddatum, '2020-02-01' AS startdatum, '2020-05-01' AS einddatum FROM generate_series(1, 402)",
        &format!(
            "CREATE TABLE verwacht_invoer AS SELECT * FROM (VALUES ('a', 'GM0014', 'geleverd', NULL), ('b', 'GM0014', '{van_b}', NULL),
               ('c', 'PV27', '{van_b}', NULL)) AS t (aanbieder, werkgebied, uitkomst, omvang_vorig_jaar)
             UNION ALL SELECT 'm' || value, 'NL00', 'onbekend', NULL FROM generate_series(1, {more})"
        ),
    ] {
        ctx.sql(sql).await.expect("the table can be made");
    }
    let mut outcome = support::run(&ctx, "omgang/2020", Some("gebruik")).await;
    let duration = support::run(&ctx, "omgang/2020", Some("duur")).await;
    outcome.cijfers.extend(duration.cijfers);
    outcome
}

fn total<'a>(cijfers: &'a [schema::Cijfer], indicator: &str, gebied: &str) -> &'a schema::Cijfer {
    cijfers
        .iter()
        .find(|c| c.indicator == indicator && c.gebied == gebied && c.categorie == "totaal")
        .expect("a row in the totals")
}

/// Who did not deliver makes a rate too low, here or in the country: it is higher only where that holds whatever they had
/// brought. A duration they hardly move.
#[tokio::test]
async fn a_rate_is_higher_only_when_that_holds_for_whoever_is_missing() {
    let oordeel = |cijfers: &[schema::Cijfer], id| {
        let cijfer = total(cijfers, id, "GM0014");
        cijfer.oordeel.map(schema::Comparison::name)
    };
    let everybody = with_response("nulopgave").await.cijfers;
    assert_eq!(
        oordeel(&everybody, "gebruik_per_10000_inwoners"),
        Some("hoger")
    );
    // Two more like the one that delivered leave Groningen far above the country; a hundred could be anywhere.
    for (more, expected) in [(0, "hoger"), (100, "hangt_af_van_respons")] {
        let some = with_missing("onbekend", more).await.cijfers;
        let rate = total(&some, "gebruik_per_10000_inwoners", "GM0014");
        assert_eq!(rate.oordeel.map(schema::Comparison::name), Some(expected));
        assert_eq!(rate.minstens, rate.waarde, "the missing can only add");
        assert!(rate.hoogstens > rate.waarde, "{rate:?}");
        assert_eq!(oordeel(&some, "duur_mediaan"), Some("niet_te_zeggen"));
    }
    let whole = total(&everybody, "gebruik_per_10000_inwoners", "GM0014");
    assert_eq!((whole.minstens, whole.hoogstens), (None, None));
}

/// Nobody delivered, or nobody was asked: that is not known. A nulopgave says that there was nobody.
#[tokio::test]
async fn silence_is_missing_and_a_nulopgave_is_zero() {
    let value = |cijfers: &[schema::Cijfer], gebied| {
        let cijfer = total(cijfers, "gebruik_trajecten", gebied);
        (cijfer.waarde, cijfer.teller, cijfer.status.letter())
    };
    let everybody = with_response("nulopgave").await.cijfers;
    let not_everybody = with_response("geweigerd").await.cijfers;
    assert_eq!(value(&everybody, "PV27"), (Some(0.0), Some(0.0), "P"));
    assert_eq!(value(&not_everybody, "PV27"), (None, None, "O"));
    for cijfers in [&everybody, &not_everybody] {
        assert_eq!(
            value(cijfers, "PV22"),
            (None, None, "O"),
            "Drenthe was not asked"
        );
        assert_eq!(value(cijfers, "GM0014"), (Some(402.0), Some(402.0), "P"));
        assert_eq!(value(cijfers, "NL00"), (Some(402.0), Some(402.0), "P"));
    }
}
