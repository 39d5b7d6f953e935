//! The relations: every publication as one table each, and the reference tables beside them.
//!
//! Owns their columns and which session an analyst gets: tables in memory, no files, no place to write. Publications
//! are read lazily from bytes, so that a question costs what it touches. Leaves which publications there are to
//! `monitor`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray, UInt8Array,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::ScalarValue;
use datafusion::datasource::MemTable;
use datafusion::error::{DataFusionError, Result as EngineResult};
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::GreedyMemoryPool;
use datafusion::execution::object_store::{ObjectStoreRegistry, ObjectStoreUrl};
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::logical_expr::{cast, lit};
use datafusion::object_store::memory::InMemory;
use datafusion::object_store::{ObjectStore, ObjectStoreExt, path::Path};
use datafusion::prelude::{DataFrame, ParquetReadOptions, SessionConfig, SessionContext, ident};
use schema::{Definitie, Gebieden, Indicator, Niveau};
use serde::{Deserialize, Serialize};
use url::Url;

use super::limits::QueryLimits;
use super::names::CATALOG;
use super::pg_catalog;
use crate::{AnalysisError, Pipeline, cijfers, curve_table, funnel_table};

/// One publication with its tables: the bytes of their Parquet files, or what these are to be read from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PublishedTables<T = Vec<u8>> {
    /// Name of the uitvraag.
    pub uitvraag: String,
    /// Reporting year.
    pub jaar: i32,
    /// Version, from 1; none for figures that were not published.
    pub versie: Option<i32>,
    /// Whether it is the last version of its year.
    pub nieuwste: bool,
    /// By which rule its counts were protected; none for figures that were not.
    pub regel: Option<String>,
    /// The momentopname it was made from.
    pub momentopname: String,
    /// When it was made, RFC 3339.
    pub gemaakt: String,
    /// `sha256:<hex>` over its `SHA256SUMS`.
    pub hash: String,
    /// By name: `cijfers`, and `curven` and `trechters` where it has them.
    pub tables: BTreeMap<String, T>,
}

impl<T> PublishedTables<T> {
    /// The same publication with each table read.
    ///
    /// # Errors
    /// The first that `read` gives.
    pub fn read<E>(
        self,
        mut read: impl FnMut(&str, T) -> Result<Vec<u8>, E>,
    ) -> Result<PublishedTables, E> {
        let tables = self.tables.into_iter().map(|(name, table)| {
            let bytes = read(&name, table)?;
            Ok((name, bytes))
        });
        Ok(PublishedTables {
            tables: tables.collect::<Result<_, E>>()?,
            uitvraag: self.uitvraag,
            jaar: self.jaar,
            versie: self.versie,
            nieuwste: self.nieuwste,
            regel: self.regel,
            momentopname: self.momentopname,
            gemaakt: self.gemaakt,
            hash: self.hash,
        })
    }
}

/// A session with every relation over these publications.
///
/// # Errors
/// When a publication can't be read, or its uitvraag is not known.
pub async fn session(
    published: Vec<PublishedTables>,
    limits: &QueryLimits,
) -> Result<SessionContext, AnalysisError> {
    let uitvragen: BTreeSet<String> = published.iter().map(|p| p.uitvraag.clone()).collect();
    let ctx = empty_session(limits)?;
    let described = publicaties(&published);
    // The columns of a table that nobody has published yet.
    let empty = [
        ("cijfers", cijfers::to_batch(&[]).schema()),
        ("curven", curve_table::curves(&[]).schema()),
        (
            "trechters",
            funnel_table::funnels(&[], &[], &BTreeMap::new()).schema(),
        ),
    ];
    for (name, schema) in empty {
        publication_table(&ctx, name, &schema, &published)
            .await
            .map_err(AnalysisError::engine(format!(
                "the published table `{name}` can't be read"
            )))?;
    }
    let reference = [
        ("publicaties", described),
        ("gebieden", gebieden()),
        ("indicatoren", indicators(&uitvragen)?),
        ("codes", codes(&uitvragen)?),
    ];
    for (name, batch) in reference {
        crate::run_session::register(&ctx, name, batch)?;
    }
    pg_catalog::register(&ctx).await?;
    Ok(ctx)
}

/// A session without tables, files, temporary files or any other place than memory.
fn empty_session(limits: &QueryLimits) -> Result<SessionContext, AnalysisError> {
    let no_files = DiskManagerBuilder::default().with_mode(DiskManagerMode::Disabled);
    let runtime = RuntimeEnvBuilder::new()
        .with_memory_pool(Arc::new(GreedyMemoryPool::new(limits.memory())))
        .with_disk_manager_builder(no_files)
        .with_object_store_registry(Arc::new(OnlyMemory::default()))
        .build_arc()
        .map_err(AnalysisError::engine("the engine does not start"))?;
    let mut config = SessionConfig::new()
        .with_information_schema(true)
        .with_default_catalog_and_schema(CATALOG, "public")
        // A question has one thread: who asks much does not take the machine from who delivers.
        .with_target_partitions(1);
    // Plain text, as every reader of Arrow and Parquet knows it.
    config
        .options_mut()
        .execution
        .parquet
        .schema_force_view_types = false;
    config.options_mut().sql_parser.map_string_types_to_utf8view = false;
    Ok(SessionContext::new_with_config_rt(config, runtime))
}

/// The one store there is: memory. An address of a file or of the network leads nowhere.
#[derive(Debug, Default)]
struct OnlyMemory(Arc<InMemory>);

/// Where the published files are in it.
const PLACE: &str = "memory:///";

impl ObjectStoreRegistry for OnlyMemory {
    fn register_store(&self, _: &Url, _: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        None
    }

    fn get_store(&self, url: &Url) -> EngineResult<Arc<dyn ObjectStore>> {
        if url.scheme() == "memory" {
            return Ok(Arc::clone(&self.0) as Arc<dyn ObjectStore>);
        }
        Err(DataFusionError::Plan("files can't be read".to_owned()))
    }
}

/// Registers one table over all publications, each with its version. What an older one does not have is empty.
async fn publication_table(
    ctx: &SessionContext,
    name: &str,
    newest: &SchemaRef,
    published: &[PublishedTables],
) -> EngineResult<()> {
    let mut whole: Option<DataFrame> = None;
    let store = ctx
        .runtime_env()
        .object_store(ObjectStoreUrl::parse(PLACE)?)?;
    for (number, publication) in published.iter().enumerate() {
        let Some(bytes) = publication.tables.get(name) else {
            continue;
        };
        let path = format!("{number}/{name}.parquet");
        store
            .put(&Path::from(path.as_str()), bytes.clone().into())
            .await?;
        let read = ctx
            .read_parquet(format!("{PLACE}{path}"), ParquetReadOptions::default())
            .await?;
        let part = with_version(read, newest, publication)?;
        whole = Some(match whole {
            Some(whole) => whole.union(part)?,
            None => part,
        });
    }
    let table = match whole {
        Some(whole) => whole.into_view(),
        None => Arc::new(MemTable::try_new(columns(newest), vec![vec![]])?),
    };
    ctx.register_table(name, table)?;
    Ok(())
}

/// What says which publication a row is of.
const OF_WHICH: [(&str, DataType); 5] = [
    ("uitvraag", DataType::Utf8),
    ("jaar", DataType::Int32),
    ("versie", DataType::Int32),
    ("nieuwste", DataType::Boolean),
    ("regel", DataType::Utf8),
];

/// The columns of a table in the newest publications, behind those that say of which it is.
fn columns(newest: &SchemaRef) -> SchemaRef {
    let leading = OF_WHICH.map(|(name, data_type)| Arc::new(Field::new(name, data_type, true)));
    let own = newest
        .fields()
        .iter()
        .filter(|field| is_own(field))
        .cloned();
    Arc::new(Schema::new(
        leading.into_iter().chain(own).collect::<Vec<_>>(),
    ))
}

fn is_own(field: &Field) -> bool {
    !OF_WHICH.iter().any(|(name, _)| name == field.name())
}

fn with_version(
    read: DataFrame,
    newest: &SchemaRef,
    publication: &PublishedTables,
) -> EngineResult<DataFrame> {
    let there: BTreeSet<String> = read
        .schema()
        .fields()
        .iter()
        .map(|field| field.name().clone())
        .collect();
    let which = [
        lit(publication.uitvraag.as_str()),
        lit(publication.jaar),
        lit(ScalarValue::Int32(publication.versie)),
        lit(publication.nieuwste),
        lit(ScalarValue::Utf8(publication.regel.clone())),
    ];
    let leading = OF_WHICH
        .iter()
        .zip(which)
        .map(|((name, _), value)| value.alias(*name));
    let own = newest.fields().iter().filter(|field| is_own(field));
    let own = own.map(|field| {
        let value = if there.contains(field.name()) {
            ident(field.name())
        } else {
            lit(ScalarValue::Null)
        };
        cast(value, field.data_type().clone()).alias(field.name())
    });
    read.select(leading.chain(own).collect::<Vec<_>>())
}

fn text<S: Into<String>>(values: impl Iterator<Item = Option<S>>) -> ArrayRef {
    Arc::new(
        values
            .map(|value| value.map(Into::into))
            .collect::<StringArray>(),
    )
}

/// A table of which any cell may be empty.
fn table<const N: usize>(columns: [(&str, ArrayRef); N]) -> RecordBatch {
    let columns = columns.into_iter().map(|(name, array)| (name, array, true));
    RecordBatch::try_from_iter_with_nullable(columns).expect("the columns are equally long")
}

fn publicaties(published: &[PublishedTables]) -> RecordBatch {
    let all = || published.iter();
    let jaren: Int32Array = all().map(|p| Some(p.jaar)).collect();
    let versions: Int32Array = all().map(|p| p.versie).collect();
    let newest: BooleanArray = all().map(|p| Some(p.nieuwste)).collect();
    table([
        ("uitvraag", text(all().map(|p| Some(&p.uitvraag)))),
        ("jaar", Arc::new(jaren)),
        ("versie", Arc::new(versions)),
        ("nieuwste", Arc::new(newest)),
        ("regel", text(all().map(|p| p.regel.as_ref()))),
        ("momentopname", text(all().map(|p| Some(&p.momentopname)))),
        ("gemaakt", text(all().map(|p| Some(&p.gemaakt)))),
        ("hash", text(all().map(|p| Some(&p.hash)))),
    ])
}

/// One gebied in one year.
struct GebiedRow<'a> {
    jaar: i32,
    niveau: Niveau,
    code: &'a str,
    inwoners: Option<i64>,
    eenouderhuishoudens: Option<i64>,
    provincie: Option<&'a str>,
    jeugdregio: Option<&'a str>,
    grootteklasse: Option<&'a str>,
}

/// Every gebied of every year, in the order of the published table. A parent is what all of its gemeenten lie in.
fn gebieden() -> RecordBatch {
    let reference = Gebieden::get();
    let mut rows = Vec::new();
    for jaar in reference.jaren() {
        let mut of_year: BTreeMap<(&str, &str), GebiedRow<'_>> = BTreeMap::new();
        for gemeente in reference
            .gemeenten(jaar)
            .into_iter()
            .flat_map(BTreeMap::values)
        {
            let inwoners = gemeente.inwoners.map(i64::from);
            let single_parents = gemeente.eenouderhuishoudens.map(i64::from);
            let parent = |niveau| gemeente.gebied(niveau);
            for (niveau, code) in gemeente.gebieden() {
                let row = of_year.entry((niveau.name(), code));
                let row = row.and_modify(|row| {
                    row.inwoners = row.inwoners.zip(inwoners).map(|(a, b)| a + b);
                    row.eenouderhuishoudens = row
                        .eenouderhuishoudens
                        .zip(single_parents)
                        .map(|(a, b)| a + b);
                    row.provincie = row
                        .provincie
                        .filter(|p| Some(*p) == parent(Niveau::Provincie));
                });
                let is_gemeente = niveau == Niveau::Gemeente;
                let lies_in = is_gemeente || niveau == Niveau::Jeugdregio;
                row.or_insert_with(|| GebiedRow {
                    jaar,
                    niveau,
                    code,
                    inwoners,
                    eenouderhuishoudens: single_parents,
                    provincie: parent(Niveau::Provincie).filter(|_| lies_in),
                    jeugdregio: parent(Niveau::Jeugdregio).filter(|_| is_gemeente),
                    grootteklasse: parent(Niveau::Grootteklasse).filter(|_| is_gemeente),
                });
            }
        }
        rows.extend(of_year.into_values());
    }
    let names: StringArray = rows
        .iter()
        .map(|row| match row.niveau {
            Niveau::Gemeente => reference
                .gemeente(row.jaar, row.code)
                .map(|gemeente| gemeente.gemeentenaam.clone()),
            _ => reference.name(row.jaar, row.code),
        })
        .collect();
    let all = || rows.iter();
    let jaren: Int32Array = all().map(|row| Some(row.jaar)).collect();
    let inwoners: Int64Array = all().map(|row| row.inwoners).collect();
    let single_parents: Int64Array = all().map(|row| row.eenouderhuishoudens).collect();
    table([
        ("jaar", Arc::new(jaren)),
        ("niveau", text(all().map(|row| Some(row.niveau.name())))),
        ("gebied", text(all().map(|row| Some(row.code)))),
        ("naam", Arc::new(names)),
        ("provincie", text(all().map(|row| row.provincie))),
        ("jeugdregio", text(all().map(|row| row.jeugdregio))),
        ("grootteklasse", text(all().map(|row| row.grootteklasse))),
        ("inwoners", Arc::new(inwoners)),
        ("eenouderhuishoudens", Arc::new(single_parents)),
    ])
}

/// Every indicator of these uitvragen.
fn indicators(uitvragen: &BTreeSet<String>) -> Result<RecordBatch, AnalysisError> {
    let mut rows: Vec<(&str, Indicator)> = Vec::new();
    for uitvraag in uitvragen {
        let known = Pipeline::load(uitvraag)?.metadata();
        rows.extend(
            known
                .into_iter()
                .map(|indicator| (uitvraag.as_str(), indicator)),
        );
    }
    let column = |of: fn(&Indicator) -> String| text(rows.iter().map(|(_, i)| Some(of(i))));
    let decimals: UInt8Array = rows.iter().map(|(_, i)| Some(i.decimalen)).collect();
    Ok(table([
        (
            "uitvraag",
            text(rows.iter().map(|(uitvraag, _)| Some(*uitvraag))),
        ),
        ("id", column(|i| i.id.clone())),
        ("groep", column(|i| i.groep.clone())),
        ("titel", column(|i| i.titel.clone())),
        ("definitie", column(|i| i.definitie.clone())),
        ("aard", column(|i| word(&i.kind))),
        ("eenheid", column(|i| i.eenheid.clone())),
        (
            "decimalen",
            arrow::compute::cast(&decimals, &DataType::Int32)?,
        ),
        ("methode", column(|i| word(&i.interval))),
        ("richting", column(|i| word(&i.richting))),
        ("niveaus", column(niveaus)),
        ("uitsplitsingen", column(|i| i.uitsplitsingen.join(", "))),
        ("teller", column(|i| i.teller.clone())),
        ("noemer", column(|i| i.noemer.clone())),
        ("kanttekening", column(|i| i.kanttekening.clone())),
    ]))
}

/// The word that a choice is written with in `indicators.toml`.
fn word(choice: &impl serde::Serialize) -> String {
    match serde_json::to_value(choice) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The levels at which an indicator is published.
fn niveaus(indicator: &Indicator) -> String {
    let there = Niveau::ALL.into_iter();
    let there = there.filter(|niveau| !indicator.absent_at.contains(niveau));
    there.map(Niveau::name).collect::<Vec<_>>().join(", ")
}

/// Every code of every year of these uitvragen.
fn codes(uitvragen: &BTreeSet<String>) -> Result<RecordBatch, AnalysisError> {
    let definities: Vec<Definitie> = Definitie::names()
        .iter()
        .filter(|name| {
            name.split_once('/')
                .is_some_and(|(u, _)| uitvragen.contains(u))
        })
        .map(|name| Definitie::load(name))
        .collect::<Result<_, _>>()
        .map_err(|error| AnalysisError::Pipeline("codes".to_owned(), error.to_string()))?;
    let rows: Vec<_> = definities
        .iter()
        .flat_map(|d| d.codelijsten.values().map(move |list| (d, list)))
        .flat_map(|(d, list)| list.codes.iter().map(move |code| (d, list, code)))
        .collect();
    let all = || rows.iter();
    let jaren: Int32Array = all().map(|(d, _, _)| Some(d.jaar)).collect();
    Ok(table([
        ("uitvraag", text(all().map(|(d, _, _)| Some(&d.uitvraag)))),
        ("jaar", Arc::new(jaren)),
        (
            "codelijst",
            text(all().map(|(_, list, _)| Some(&list.naam))),
        ),
        ("code", text(all().map(|(_, _, code)| Some(&code.code)))),
        ("label", text(all().map(|(_, _, code)| Some(&code.label)))),
        (
            "definitie",
            text(all().map(|(_, _, code)| Some(&code.definitie))),
        ),
        ("cbs", text(all().map(|(_, _, code)| code.cbs.as_ref()))),
        ("ijw", text(all().map(|(_, _, code)| code.ijw.as_ref()))),
    ]))
}
