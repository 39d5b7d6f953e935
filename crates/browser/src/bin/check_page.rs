//! `check_page MODULE OUT`: the WebAssembly module and everything around it as one HTML file.
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

const PAGE: &str = include_str!("../../page/page.html");
const STYLE: &str = include_str!("../../page/style.css");
const SCRIPT: &str = include_str!("../../page/page.js");
const WORKER: &str = include_str!("../../page/worker.js");

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, out] = arguments.as_slice() else {
        bail!("usage: check_page MODULE.wasm OUT.html")
    };
    let wasm = std::fs::read(module).with_context(|| format!("could not read {module}"))?;
    let imported = imports(&wasm).with_context(|| format!("{module} is no WebAssembly module"))?;
    if imported > 0 {
        bail!(
            "{module} imports {imported} functions: the page promises that the module can only compute"
        );
    }
    let (page, packed) = assemble(&wasm)?;
    write_whole(Path::new(out), page.as_bytes())
        .with_context(|| format!("could not write {out}"))?;
    writeln!(
        std::io::stdout(),
        "{out}: {} bytes (module {} bytes, {packed} gzipped)",
        page.len(),
        wasm.len()
    )?;
    Ok(())
}

/// The page, and the size of the module in it.
fn assemble(wasm: &[u8]) -> Result<(String, usize)> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(wasm)?;
    let packed = gzip.finish()?;
    let worker = serde_json::to_string(WORKER)?.replace("</", "<\\/");
    let script = SCRIPT.replace("\"{{werker}}\"", &worker);
    let parts = [
        ("csp", policy(&script, STYLE)),
        ("stijl", STYLE.to_owned()),
        ("script", script),
        ("module", BASE64.encode(&packed)),
    ];
    let mut page = PAGE.to_owned();
    for (name, part) in parts {
        let place = format!("{{{{{name}}}}}");
        if page.matches(&place).count() != 1 {
            bail!("the page has not exactly one place for {place}");
        }
        page = page.replace(&place, &part);
    }
    Ok((page, packed.len()))
}

/// Nothing but our own script and style, a worker made by that script, and no connection at all.
fn policy(script: &str, style: &str) -> String {
    let hash = |text: &str| BASE64.encode(&Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; connect-src 'none'; script-src 'sha256-{}' 'wasm-unsafe-eval'; style-src 'sha256-{}'; \
         worker-src blob:; base-uri 'none'; form-action 'none'",
        hash(script),
        hash(style)
    )
}

/// Under another name first, so that a page being served is never half a page.
fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let mut name = path
        .file_name()
        .context("no file name")?
        .to_string_lossy()
        .into_owned();
    write!(name, ".{}", std::process::id())?;
    let temporary = path.with_file_name(name);
    std::fs::write(&temporary, content)?;
    Ok(std::fs::rename(&temporary, path)?)
}

/// How many things a module imports: the count that opens section 2.
fn imports(wasm: &[u8]) -> Result<u64> {
    const HEADER: &[u8] = b"\0asm\x01\0\0\0";
    const IMPORT: u8 = 2;
    let mut rest = wasm.strip_prefix(HEADER).context("wrong header")?;
    while let Some((&kind, content)) = rest.split_first() {
        let (length, content) = variable_length_number(content)?;
        if kind == IMPORT {
            return Ok(variable_length_number(content)?.0);
        }
        rest = content
            .get(usize::try_from(length)?..)
            .context("a section is cut short")?;
    }
    Ok(0)
}

fn variable_length_number(bytes: &[u8]) -> Result<(u64, &[u8])> {
    let mut number = 0;
    for (i, &byte) in bytes.iter().enumerate().take(9) {
        number |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Ok((number, &bytes[i + 1..]));
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
        let (page, _) = assemble(&module(&[])).unwrap();
        let between = |begin: &str, end: &str| {
            page.split_once(begin)
                .unwrap()
                .1
                .split_once(end)
                .unwrap()
                .0
                .to_owned()
        };
        let content_policy = between("http-equiv=\"Content-Security-Policy\" content=\"", "\"");
        for (begin, end) in [("<script>", "</script>"), ("<style>", "</style>")] {
            let hash = BASE64.encode(&Sha256::digest(between(begin, end).as_bytes()));
            assert!(
                content_policy.contains(&format!("'sha256-{hash}'")),
                "{begin}"
            );
        }
        assert!(
            content_policy.contains("connect-src 'none'")
                && !content_policy.contains("unsafe-inline")
        );
        assert!(!page.contains("{{"));
    }
}
