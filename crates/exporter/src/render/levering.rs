//! A levering in a few lines, and the command that goes on with it.
//!
//! Owns how these are said, the same in every command. Leaves what the service answers to `client`.

use std::fmt::Write as _;
use std::path::Path;

use schema::text::grouped_thousands;

use crate::client::levering::{Preview, ServiceLevering};
use crate::output;

/// The command that delivers this pakket, as it can be copied.
pub(crate) fn suggest(
    dir: &Path,
    server: &str,
    token_file: Option<&Path>,
    without_tls: bool,
) -> String {
    let token = token_file.map_or_else(String::new, |path| {
        format!(" --token-bestand {}", output::word(path))
    });
    let without_tls = if without_tls { " --zonder-tls" } else { "" };
    format!(
        "uitvraag lever {} --server {server}{token}{without_tls}",
        output::word(dir)
    )
}

/// `De Brug (KvK 12345678)`, as far as the service says.
pub(crate) fn for_whom(levering: &ServiceLevering) -> Option<String> {
    let kvk = (!levering.aanbieder.is_empty())
        .then(|| format!("KvK {}", output::safe(&levering.aanbieder)))?;
    Some(levering.aanbieder_naam.as_ref().map_or_else(
        || kvk.clone(),
        |name| format!("{} ({kvk})", output::safe(name)),
    ))
}

/// What signing would change, in the words of the service.
pub(crate) fn changes(preview: &Preview) -> String {
    let mut out = String::new();
    for comparison in &preview.vergelijkingen {
        let _ = writeln!(out, "{}:", output::safe(&comparison.kop));
        for tabel in &comparison.tabellen {
            let _ = writeln!(out, "  {}", output::safe(&tabel.zin));
        }
    }
    out
}

/// A levering in a few lines.
pub(crate) fn describe(levering: &ServiceLevering) -> String {
    let mut out = format!(
        "levering      {}\ntoestand      {}\n",
        output::safe(&levering.id),
        levering.toestand.name()
    );
    if let Some(aanbieder) = for_whom(levering) {
        let _ = writeln!(out, "aanbieder     {aanbieder}");
    }
    for (tabel, rows) in &levering.rijen {
        let _ = writeln!(
            out,
            "rijen         {} {}",
            grouped_thousands(*rows),
            output::safe(tabel)
        );
    }
    if let Some(signatory) = &levering.ondertekenaar {
        let _ = writeln!(out, "ondertekend   {}", output::safe(signatory));
    }
    if !levering.volgende_stap.is_empty() {
        let _ = writeln!(
            out,
            "nu            {}",
            output::safe(&levering.volgende_stap)
        );
    }
    out
}
