//! The two ways between SQL and metadata, and the promises of the definition document.

use analysis::Pipeline;
use datafusion::prelude::SessionContext;

use crate::support;

/// Ids that others build on; more may come, none may go.
const CONTRACT: &str = "gebruik_trajecten gebruik_jeugdigen gebruik_per_10000_inwoners gebruik_per_1000_eenouderhuishoudens \
    gebruik_per_10000_jeugdigen stroom_begin stroom_in stroom_uit stroom_eind stroom_ratio stroom_door duur_mediaan duur_gemiddelde duur_p25 \
    duur_p75 duur_p90 duur_km_mediaan duur_tot_6_maanden duur_6_tot_12_maanden duur_langer intensiteit_contacten \
    intensiteit_minuten_per_contact intensiteit_weekend wachten_op_31_maart wachten_op_30_juni wachten_op_30_september \
    wachten_op_31_december wachten_gestart_mediaan wachten_gestart_p80 wachten_gestart_p92 wachten_nu_mediaan wachten_nu_p92 \
    wachten_km_mediaan wachten_binnen_norm wachten_langste wachten_ingetrokken wachten_oorzaak uitkomst_reden_einde \
    uitkomst_volgens_plan uitkomst_onbegeleide_omgang toegang_verwijzer toegang_kader toegang_omgang_met organisatie_vorm \
    organisatie_begeleiding organisatie_rapportage_aan organisatie_initiatief organisatie_plaatsen organisatie_bezetting \
    bekostiging_vorm bekostiging_kosten_per_traject bekostiging_kosten_per_uur respons_aanbieders respons_gewogen \
    wachten_km_binnen_norm wachten_km_ingetrokken wachten_nu_binnen_norm wachten_nu_langer_dan_52_weken wachten_per_10000_inwoners";

/// Fields that feed no figure, and why they are asked.
const NO_FIGURE: [(&str, &str); 8] = [
    (
        "traject.traject_id",
        "tells one traject from another, and one year's from the next",
    ),
    (
        "traject.gemeente",
        "is the place where every figure of a traject counts",
    ),
    (
        "traject.overbrugging",
        "is asked from 2021 on, and says how a wait was bridged: its figure waits for a year to compare with",
    ),
    ("wachtlijst.voorziening_id", "a part of the key"),
    (
        "wachtlijst.gemeente",
        "is the place where its figure counts",
    ),
    (
        "wachtlijst.kader",
        "a part of the key; the list is compared with the trajecten by it, which give the figures per kader",
    ),
    (
        "wachtlijst.langste_wachttijd_dagen",
        "is one child's wait: it is compared with the trajecten and never published",
    ),
    ("voorziening.voorziening_id", "ties the trajecten to it"),
];

#[test]
fn every_contract_id_exists_once() {
    let pipeline = Pipeline::load("omgang").expect("the pipeline is compiled in");
    let ids: Vec<String> = pipeline.metadata().into_iter().map(|i| i.id).collect();
    for id in CONTRACT.split_whitespace() {
        assert_eq!(ids.iter().filter(|i| *i == id).count(), 1, "{id}");
    }
}

#[test]
fn every_group_has_indicators_and_every_indicator_names_fields_that_exist() {
    let pipeline = Pipeline::load("omgang").expect("the pipeline is compiled in");
    let definitie = schema::Definitie::load("omgang/2020").expect("the definition is compiled in");
    for group in pipeline.groups.keys() {
        assert!(
            pipeline.metadata().iter().any(|i| &i.groep == group),
            "no indicator takes anything from {group}.sql"
        );
    }
    for indicator in pipeline.metadata() {
        assert!(
            !indicator.titel.is_empty() && indicator.definitie.ends_with('.'),
            "{}",
            indicator.id
        );
        for veld in &indicator.velden {
            let (tabel, name) = veld.split_once('.').expect("tabel.veld");
            assert!(
                definitie.tabel(tabel).and_then(|t| t.veld(name)).is_some(),
                "{}: {veld}",
                indicator.id
            );
        }
    }
}

/// Nobody fills in a field for nothing: each feeds a figure or a breakdown, or stands above with its reason.
#[test]
fn every_field_is_used_or_has_its_reason() {
    let pipeline = Pipeline::load("omgang").expect("the pipeline is compiled in");
    let metadata = pipeline.metadata();
    let used = |tabel: &str, veld: &str| {
        metadata.iter().any(|indicator| {
            indicator.velden.contains(&format!("{tabel}.{veld}"))
                || (tabel == "traject" && indicator.uitsplitsingen.iter().any(|name| name == veld))
        })
    };
    for year in ["omgang/2020", "omgang/2021"] {
        let definitie = schema::Definitie::load(year).expect("the definition is compiled in");
        let idle: Vec<String> = definitie
            .tabellen
            .iter()
            .flat_map(|tabel| tabel.velden.iter().map(move |veld| (tabel, veld)))
            .filter(|(tabel, veld)| !used(&tabel.naam, &veld.naam))
            .map(|(tabel, veld)| format!("{}.{}", tabel.naam, veld.naam))
            .collect();
        let is_asked = |veld: &&str| {
            let (tabel, name) = veld.split_once('.').expect("tabel.veld");
            definitie.tabel(tabel).and_then(|t| t.veld(name)).is_some()
        };
        let said = NO_FIGURE.iter().map(|(veld, _)| *veld).filter(is_asked);
        assert_eq!(
            idle,
            said.collect::<Vec<_>>(),
            "fields of {year} that feed no figure, and those of which that is said"
        );
    }
}

/// No data at all, for everybody said that there was nothing to report: the run itself proves that every column is taken
/// and every indicator has its columns, and every count exists as a 0 in every gebied.
#[tokio::test]
async fn an_empty_country_has_a_row_with_zero_for_every_gebied() {
    let ctx = SessionContext::new();
    let zero = "CREATE TABLE verwacht_invoer AS SELECT 'a' AS aanbieder, 'NL00' AS werkgebied, 'nulopgave' AS uitkomst, NULL AS omvang_vorig_jaar";
    ctx.sql(zero).await.expect("the table can be made");
    let outcome = support::run(&ctx, "omgang/2020", None).await;
    let usage: Vec<_> = outcome
        .cijfers
        .iter()
        .filter(|c| c.indicator == "gebruik_trajecten" && c.uitsplitsing == "totaal")
        .collect();
    let count = |niveau: &str| usage.iter().filter(|c| c.niveau.name() == niveau).count();
    assert_eq!(
        [
            "nederland",
            "provincie",
            "jeugdregio",
            "gemeente",
            "grootteklasse"
        ]
        .map(count),
        [1, 12, 42, 355, 3]
    );
    assert!(
        usage
            .iter()
            .all(|c| c.waarde == Some(0.0) && c.n == Some(0))
    );
    // Had nobody said anything, nothing would be known.
    let silent = support::run(&SessionContext::new(), "omgang/2020", None).await;
    assert!(
        silent
            .cijfers
            .iter()
            .filter(|c| !c.indicator.starts_with("respons"))
            .all(|c| c.waarde.is_none())
    );
    let median = outcome
        .cijfers
        .iter()
        .find(|c| c.indicator == "duur_mediaan")
        .expect("a row for what cannot be computed");
    assert_eq!(
        (median.waarde, median.status),
        (None, schema::cijfer::Status::M)
    );
}
