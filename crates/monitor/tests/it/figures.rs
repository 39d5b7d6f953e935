//! `run`, `query` and the figures that the service shows: which momentopname, which publication, which year.

use ingest::FigureSource;
use monitor::figure_source::Published;
use schema::Cijfer;

use crate::stage::{BRUG, NOORD, Stage};

impl Stage {
    /// The unprotected figures of all years.
    fn intern(&self) -> Vec<Cijfer> {
        let bytes = self.lake(async |lake| lake.lees_intern(monitor::run::CIJFERS).await.unwrap());
        bytes.map_or_else(Vec::new, |bytes| {
            analysis::cijfers::from_parquet(bytes).unwrap()
        })
    }

    /// The report of a run.
    fn report(&self, momentopname: &str) -> monitor::run::RunSummary {
        let name = format!("{momentopname}.json");
        let bytes = self.lake(async |lake| lake.lees_intern(&name).await.unwrap());
        serde_json::from_slice(&bytes.unwrap()).unwrap()
    }
}

/// Figures are made of a frozen year, and the refusal says how to freeze it.
#[test]
fn a_run_needs_a_momentopname_of_its_own_year() {
    let stage = Stage::expecting();
    let refused = stage.refuses("run omgang --year 2020");
    assert!(refused.contains("admin freeze omgang/2020"), "{refused}");
    stage.does("admin freeze omgang/2020 --early");
    let refused = stage.refuses("run omgang --year 2021 --momentopname omgang-2020-1");
    assert!(
        refused.contains("is of omgang/2020, not of omgang/2021"),
        "{refused}"
    );
    let refused = stage.refuses("run omgang --year 2020 --momentopname omgang-2020-7");
    assert!(
        refused.contains("there is no momentopname omgang-2020-7"),
        "{refused}"
    );
    assert!(stage.intern().is_empty());
}

/// A run takes the newest momentopname, unless another is named; in the table it replaces its own year and no other.
#[test]
fn a_run_replaces_the_figures_of_its_year_alone() {
    let stage = Stage::expecting();
    for command in [
        "admin freeze omgang/2020 --early",
        "admin freeze omgang/2020 --early",
        "admin freeze omgang/2021 --early",
        "run omgang --year 2021",
        "run omgang --year 2020",
    ] {
        stage.does(command);
    }
    let of = || {
        let mut of: Vec<_> = stage.intern().into_iter().map(|c| c.momentopname).collect();
        of.sort();
        of.dedup();
        of
    };
    assert_eq!(of(), ["omgang-2020-2", "omgang-2021-1"]);
    let before = stage.intern().len();
    stage.does("run omgang --year 2020 --momentopname omgang-2020-1");
    assert_eq!(of(), ["omgang-2020-1", "omgang-2021-1"]);
    assert_eq!(stage.intern().len(), before);
}

/// The settings of a run stay with it: what is published is made by them, whatever the configuration says later.
#[test]
fn the_settings_of_a_run_are_kept_with_it() {
    let stage = Stage::expecting();
    stage.configure("[figures]\nwait_norm_days = 70\nnotice = \"Oefening\"\n");
    stage.does("admin freeze omgang/2020 --early");
    stage.does("run omgang --year 2020 --final");
    stage.configure("[figures]\nwait_norm_days = 30\n");
    let kept = stage.report("omgang-2020-1");
    assert_eq!(kept.instellingen.norm_dagen, 70);
    assert_eq!(kept.instellingen.waarschuwing.as_deref(), Some("Oefening"));
    assert!(
        !kept.instellingen.voorlopig,
        "--final says that no more ends come in"
    );
    assert_eq!(kept.gepubliceerd, None);
    stage.publishes("");
    let provenance = stage.path("data/publicaties/omgang/2020/1/herkomst.json");
    let provenance: serde_json::Value =
        serde_json::from_slice(&std::fs::read(provenance).unwrap()).unwrap();
    assert_eq!(provenance["instellingen"]["norm_dagen"], 70, "{provenance}");
    assert_eq!(stage.report("omgang-2020-1").gepubliceerd, Some(1));
    // A new run of the same momentopname was not published yet.
    stage.does("run omgang --year 2020");
    assert_eq!(stage.report("omgang-2020-1").gepubliceerd, None);
}

/// A table of jeugdigen that has nothing of the year is refused: rates would be missing without a word.
#[test]
fn a_youth_file_must_be_of_the_year() {
    let stage = Stage::expecting();
    stage.does("admin freeze omgang/2020 --early");
    for (text, why) in [
        (
            "gemeentecode,jaar,jeugdigen\nGM0344,2021,70000\n",
            "no rows for 2020",
        ),
        ("code,jaar,jeugdigen\nGM0344,2020,70000\n", "is not valid"),
    ] {
        let file = stage.write("jeugdigen.csv", text);
        stage.configure(&format!("[figures]\nyouth_file = {file:?}\n"));
        let refused = stage.refuses("run omgang --year 2020");
        assert!(
            refused.contains(why) && refused.contains("jeugdigen.csv"),
            "{refused}"
        );
    }
    stage.configure("[figures]\nyouth_file = \"/nowhere/jeugdigen.csv\"\n");
    assert!(
        stage
            .refuses("run omgang --year 2020")
            .contains("could not read /nowhere/jeugdigen.csv")
    );
    assert!(stage.intern().is_empty());
    let file = stage.write(
        "jeugdigen.csv",
        "gemeentecode,jaar,jeugdigen\nGM0344,2020,70000\n",
    );
    stage.configure(&format!("[figures]\nyouth_file = {file:?}\n"));
    stage.does("run omgang --year 2020");
    let kept = stage
        .report("omgang-2020-1")
        .instellingen
        .jeugdigen
        .unwrap();
    assert_eq!(
        kept.into_iter().collect::<Vec<_>>(),
        [("GM0344".to_owned(), 70_000)]
    );
}

/// What was erased since the freeze counts as no response, in the figures and in what the run remembers.
#[test]
fn what_was_erased_is_no_response() {
    let stage = Stage::expecting();
    let (brug, _) = (stage.nulopgave(BRUG), stage.nulopgave(NOORD));
    stage.does("admin freeze omgang/2020 --early");
    let response = || {
        stage.does("run omgang --year 2020");
        let national = |c: &Cijfer| c.gebied == "NL00" && c.uitsplitsing == "totaal";
        let intern = stage.intern();
        intern.iter().find(|c| national(c)).unwrap().respons
    };
    assert_eq!(response(), Some(1.0));
    assert!(stage.report("omgang-2020-1").gewist.is_empty());
    stage.does(&format!("admin erase {brug}"));
    assert_eq!(response(), Some(0.5));
    assert_eq!(stage.report("omgang-2020-1").gewist, [brug]);
}

/// Without a year every version of every year is asked, the newest marked; of a year its last version.
#[test]
fn a_query_asks_every_publication_or_the_newest_of_a_year() {
    let stage = Stage::expecting();
    assert!(
        stage
            .refuses("query SELECT")
            .contains("nothing of omgang was published yet")
    );
    stage.does("admin freeze omgang/2020 --early");
    stage.does("admin freeze omgang/2021 --early");
    stage.publish_table("omgang-2021-1", 1, &[("omgang-2021-1", 2021)]);
    stage.publish_table("omgang-2020-1", 1, &[("oud", 2020)]);
    stage.publish_table("omgang-2020-1", 2, &[("omgang-2020-1", 2020)]);
    // A column that is not there is refused: so the answer's value can be asked by the question itself.
    let asks = |year: &str, of: &str| {
        let sql = format!(
            "SELECT 1 / SUM(CASE WHEN momentopname = '{of}' THEN 1 ELSE 0 END) FROM cijfers"
        );
        let args = [
            &["query", &sql][..],
            &year
                .split(' ')
                .filter(|y| !y.is_empty())
                .collect::<Vec<_>>(),
        ]
        .concat();
        stage.args(&args).is_ok()
    };
    for of in ["omgang-2021-1", "omgang-2020-1", "oud"] {
        assert!(asks("", of), "{of}");
    }
    let newest = "SELECT 1 / (count(*) - 1) FROM cijfers WHERE nieuwste AND momentopname <> 'oud'";
    assert!(
        stage.args(&["query", newest]).is_ok(),
        "two are the newest of their year"
    );
    assert!(asks("--year 2020", "omgang-2020-1"), "the last version");
    assert!(!asks("--year 2020", "oud"), "no earlier version");
    assert!(
        stage
            .refuses("query SELECT --year 2019")
            .contains("nothing of omgang/2019")
    );
    assert!(
        stage
            .refuses("query SELECT --uitvraag anders")
            .contains("nothing of anders")
    );
}

/// The unprotected figures are asked by a word of their own, and only after a run.
#[test]
fn unprotected_figures_are_asked_by_name() {
    let stage = Stage::expecting();
    let refused = stage.refuses("query SELECT --intern");
    assert!(
        refused.contains("run `omgangsmonitor run` first"),
        "{refused}"
    );
    stage.does("admin freeze omgang/2020 --early");
    stage.does("run omgang --year 2020");
    let sql = "SELECT COUNT(*) FROM cijfers";
    assert!(
        stage
            .args(&["query", sql, "--intern", "--confirmed"])
            .unwrap()
    );
    let refused = stage.args(&["query", sql]).unwrap_err();
    assert!(
        refused.to_string().contains("published yet"),
        "a run publishes nothing: {refused}"
    );
    assert!(
        stage
            .args(&["query", sql, "--intern", "--confirmed", "--year", "2021"])
            .is_err()
    );
    for sql in [
        "DROP TABLE cijfers",
        "COPY cijfers TO '/tmp/x.csv'",
        "SET a = 1",
    ] {
        assert!(
            stage
                .args(&["query", sql, "--intern", "--confirmed"])
                .is_err(),
            "{sql}"
        );
    }
}

/// The service shows the last version of each year, and a newer one as soon as it is there.
#[test]
fn the_service_shows_the_newest_version_of_each_year() {
    let stage = Stage::expecting();
    stage.does("admin freeze omgang/2020 --early");
    stage.does("admin freeze omgang/2021 --early");
    stage.publish_table("omgang-2021-1", 1, &[("zo", 2021)]);
    stage.publish_table("omgang-2020-1", 1, &[("eerst", 2020)]);
    stage.lake(async |lake| {
        let source = Published::new(lake.clone());
        let shown = async || {
            let tables = source.newest().await.unwrap();
            let figures = tables.iter().flat_map(|table| &table.cijfers);
            figures.map(|c| c.momentopname.clone()).collect::<Vec<_>>()
        };
        assert_eq!(shown().await, ["eerst", "zo"]);
        Stage::publish_in(lake, "omgang-2020-1", 2, &[("later", 2020)]).await;
        assert_eq!(shown().await, ["later", "zo"]);
        // An older version is still there for who names it.
        for (version, momentopname) in [(1, "eerst"), (2, "later"), (1, "eerst")] {
            let table = source.version("omgang".to_owned(), 2020, version).await;
            let table = table.unwrap().unwrap();
            assert_eq!(table.versie, version);
            assert_eq!(table.cijfers[0].momentopname, momentopname);
        }
        let none = source.version("omgang".to_owned(), 2020, 3).await;
        assert!(none.unwrap().is_none());
    });
}

/// What was published and cannot be read is an error for the service to tell, never an empty table.
#[test]
fn a_publication_without_its_table_is_an_error() {
    let stage = Stage::expecting();
    stage.does("admin freeze omgang/2020 --early");
    stage.lake(async |lake| {
        let publicatie = lake::NewPublicatie {
            momentopname: "omgang-2020-1",
            erased: &[],
            versie: 1,
            bestanden: vec![("index.html".to_owned(), Vec::new())],
        };
        let stamp = lake::Stamp::new("test", chrono::Utc::now());
        lake.publish(publicatie, &stamp).await.unwrap();
        let source = Published::new(lake.clone());
        assert!(source.newest().await.is_err());
        assert!(source.version("omgang".to_owned(), 2020, 1).await.is_err());
    });
    assert!(
        stage
            .refuses("query SELECT")
            .contains("has no cijfers.parquet")
    );
}
