//! What the relations are called, and where they stand.

/// The relations that can be asked, beside `information_schema` and `pg_catalog`, which describe them.
pub const RELATIONS: [&str; 7] = [
    "cijfers",
    "curven",
    "trechters",
    "gebieden",
    "indicatoren",
    "codes",
    "publicaties",
];

/// How the one catalogue is called: the database, for who comes by the PostgreSQL protocol.
pub(super) const CATALOG: &str = "omgangsmonitor";

/// The tables of `pg_catalog`, which have these names without their schema too.
pub(super) const PG_TABLES: [&str; 7] = [
    "pg_type",
    "pg_namespace",
    "pg_class",
    "pg_attribute",
    "pg_database",
    "pg_description",
    "pg_am",
];
