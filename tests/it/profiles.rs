//! What is built for whom: a panic may end the exporter, which runs once, but never the service.

use std::fs;

use anyhow::{Context, Result};
use toml::Table;

/// With `panic = "abort"`, as the exporter has it, one pakket took the service down, and again at every start.
#[test]
fn the_server_survives_a_panic_and_the_exporter_need_not() -> Result<()> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let cargo: Table = fs::read_to_string(format!("{root}/Cargo.toml"))?.parse()?;
    let profile = |name: &str, key: &str| -> Result<String> {
        let value = cargo["profile"].get(name).and_then(|p| p.get(key));
        let text = value.and_then(toml::Value::as_str);
        Ok(text.with_context(|| format!("{name}.{key}"))?.to_owned())
    };
    assert_eq!(profile("release", "panic")?, "abort");
    assert_eq!(profile("server", "inherits")?, "release");
    assert_eq!(profile("server", "panic")?, "unwind");
    let makefile = fs::read_to_string(format!("{root}/Makefile"))?;
    assert!(
        makefile.contains("--profile server"),
        "make server builds it"
    );
    Ok(())
}
