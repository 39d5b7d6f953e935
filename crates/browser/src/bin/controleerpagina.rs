//! `controleerpagina MODULE UIT`: the WebAssembly module and everything around it as one HTML file.
//!
//! Owns how the page is put together and its Content-Security-Policy: scripts and styles by their hash, no connection to
//! anywhere. Refuses a module that imports anything: what can only compute cannot send.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use data_encoding::BASE64;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

const PAGINA: &str = include_str!("../../pagina/pagina.html");
const STIJL: &str = include_str!("../../pagina/stijl.css");
const SCRIPT: &str = include_str!("../../pagina/pagina.js");
const WERKER: &str = include_str!("../../pagina/werker.js");

fn main() -> Result<()> {
    let argumenten: Vec<String> = std::env::args().skip(1).collect();
    let [module, uit] = argumenten.as_slice() else {
        bail!("usage: controleerpagina MODULE.wasm UIT.html")
    };
    let wasm = std::fs::read(module).with_context(|| format!("could not read {module}"))?;
    let ingevoerd = imports(&wasm).with_context(|| format!("{module} is no WebAssembly module"))?;
    if ingevoerd > 0 {
        bail!(
            "{module} imports {ingevoerd} functions: the page promises that the module can only compute"
        );
    }
    let (pagina, ingepakt) = assemble(&wasm)?;
    write_whole(Path::new(uit), pagina.as_bytes())
        .with_context(|| format!("could not write {uit}"))?;
    writeln!(
        std::io::stdout(),
        "{uit}: {} bytes (module {} bytes, {ingepakt} gzipped)",
        pagina.len(),
        wasm.len()
    )?;
    Ok(())
}

/// The page, and the size of the module in it.
fn assemble(wasm: &[u8]) -> Result<(String, usize)> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(wasm)?;
    let ingepakt = gzip.finish()?;
    let werker = serde_json::to_string(WERKER)?.replace("</", "<\\/");
    let script = SCRIPT.replace("\"{{werker}}\"", &werker);
    let delen = [
        ("csp", policy(&script, STIJL)),
        ("stijl", STIJL.to_owned()),
        ("script", script),
        ("module", BASE64.encode(&ingepakt)),
    ];
    let mut pagina = PAGINA.to_owned();
    for (naam, deel) in delen {
        let plek = format!("{{{{{naam}}}}}");
        if pagina.matches(&plek).count() != 1 {
            bail!("the page has not exactly one place for {plek}");
        }
        pagina = pagina.replace(&plek, &deel);
    }
    Ok((pagina, ingepakt.len()))
}

/// Nothing but our own script and style, a worker made by that script, and no connection at all.
fn policy(script: &str, stijl: &str) -> String {
    let hash = |tekst: &str| BASE64.encode(&Sha256::digest(tekst.as_bytes()));
    format!(
        "default-src 'none'; connect-src 'none'; script-src 'sha256-{}' 'wasm-unsafe-eval'; style-src 'sha256-{}'; \
         worker-src blob:; base-uri 'none'; form-action 'none'",
        hash(script),
        hash(stijl)
    )
}

/// Under another name first, so that a page being served is never half a page.
fn write_whole(pad: &Path, inhoud: &[u8]) -> Result<()> {
    let mut naam = pad
        .file_name()
        .context("no file name")?
        .to_string_lossy()
        .into_owned();
    write!(naam, ".{}", std::process::id())?;
    let tijdelijk = pad.with_file_name(naam);
    std::fs::write(&tijdelijk, inhoud)?;
    Ok(std::fs::rename(&tijdelijk, pad)?)
}

/// How many things a module imports: the count that opens section 2.
fn imports(wasm: &[u8]) -> Result<u64> {
    const KOP: &[u8] = b"\0asm\x01\0\0\0";
    const IMPORT: u8 = 2;
    let mut rest = wasm.strip_prefix(KOP).context("wrong header")?;
    while let Some((&soort, inhoud)) = rest.split_first() {
        let (lengte, inhoud) = leb128(inhoud)?;
        if soort == IMPORT {
            return Ok(leb128(inhoud)?.0);
        }
        rest = inhoud
            .get(usize::try_from(lengte)?..)
            .context("a section is cut short")?;
    }
    Ok(0)
}

fn leb128(bytes: &[u8]) -> Result<(u64, &[u8])> {
    let mut getal = 0;
    for (i, &byte) in bytes.iter().enumerate().take(9) {
        getal |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Ok((getal, &bytes[i + 1..]));
        }
    }
    bail!("a number does not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module with one type and the given import section.
    fn module(import: &[u8]) -> Vec<u8> {
        [
            b"\0asm\x01\0\0\0".as_slice(),
            &[1, 4, 1, 0x60, 0, 0],
            import,
        ]
        .concat()
    }

    #[test]
    fn what_a_module_imports_is_counted() {
        assert_eq!(imports(&module(&[])).unwrap(), 0);
        assert_eq!(
            imports(&module(&[2, 7, 1, 1, b'm', 1, b'f', 0, 0])).unwrap(),
            1
        );
        assert!(imports(b"<html>").is_err());
    }

    #[test]
    fn the_policy_names_the_script_and_style_that_are_in_the_page() {
        let (pagina, _) = assemble(&module(&[])).unwrap();
        let tussen = |begin: &str, eind: &str| {
            pagina
                .split_once(begin)
                .unwrap()
                .1
                .split_once(eind)
                .unwrap()
                .0
                .to_owned()
        };
        let csp = tussen("http-equiv=\"Content-Security-Policy\" content=\"", "\"");
        for (begin, eind) in [("<script>", "</script>"), ("<style>", "</style>")] {
            let hash = BASE64.encode(&Sha256::digest(tussen(begin, eind).as_bytes()));
            assert!(csp.contains(&format!("'sha256-{hash}'")), "{begin}");
        }
        assert!(csp.contains("connect-src 'none'") && !csp.contains("unsafe-inline"));
        assert!(!pagina.contains("{{"));
    }
}
