//! A levering in a few lines, and the command that goes on with it.
//!
//! Owns how these are said, the same in every command. Leaves what the service answers to `client`.

use std::path::Path;

use schema::text::grouped_thousands;

use crate::client::levering::ServiceLevering;
use crate::output;

/// The command that delivers this pakket, as it can be copied.
pub fn suggest(dir: &Path, server: &str, token_file: Option<&Path>, without_tls: bool) -> String {
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
pub fn for_whom(levering: &ServiceLevering) -> Option<String> {
    let kvk = (!levering.aanbieder.is_empty())
        .then(|| format!("KvK {}", output::safe(&levering.aanbieder)))?;
    Some(levering.aanbieder_naam.as_ref().map_or_else(
        || kvk.clone(),
        |name| format!("{} ({kvk})", output::safe(name)),
    ))
}

/// A levering in a few lines.
pub fn describe(levering: &ServiceLevering) -> String {
    let mut out = format!(
        "levering      {}\ntoestand      {}\n",
        output::safe(&levering.id),
        levering.toestand.name()
    );
    if let Some(aanbieder) = for_whom(levering) {
        out += &format!("aanbieder     {aanbieder}\n");
    }
    for (tabel, rows) in &levering.rijen {
        out += &format!(
            "rijen         {} {}\n",
            grouped_thousands(*rows),
            output::safe(tabel)
        );
    }
    if let Some(signatory) = &levering.ondertekenaar {
        out += &format!("ondertekend   {}\n", output::safe(signatory));
    }
    if !levering.volgende_stap.is_empty() {
        out += &format!("nu            {}\n", output::safe(&levering.volgende_stap));
    }
    out
}
