//! Files of one crate that import each other.
//!
//! Owns reading which file uses which, from the paths that begin with `crate`, `super` or `self`, followed through
//! re-exports to the file that defines the item; and finding circles among them. A file and one above it in the tree of
//! modules are one thing in two parts, and make no circle; code that is compiled for tests only does not count. Leaves
//! which crates are looked at to the callers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A module by its place in the tree; the root of the crate is empty.
type Module = Vec<String>;

/// A path in the source: where it begins, and its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PathStep {
    from: Module,
    rest: Vec<String>,
}

/// What one file says.
#[derive(Debug, Default)]
struct SourceText {
    file: PathBuf,
    paths: Vec<PathStep>,
    /// Names that a `use` brings in, with where they come from, and whether others see them there.
    names: BTreeMap<String, (PathStep, bool)>,
    /// Modules that are declared for tests only.
    test_modules: Vec<String>,
}

/// The circles in the crate whose sources are in `src`, each as its files in order.
///
/// # Errors
/// When a file can't be read.
pub fn find(src: &Path) -> Result<Vec<Vec<PathBuf>>> {
    let mut sources: BTreeMap<Module, SourceText> = BTreeMap::new();
    collect(src, &Module::new(), &mut sources)?;
    let test_only: BTreeSet<Module> = sources
        .iter()
        .flat_map(|(module, source)| {
            let below = |name: &String| [module.clone(), vec![name.clone()]].concat();
            source.test_modules.iter().map(below).collect::<Vec<_>>()
        })
        .collect();
    sources.retain(|module, _| !test_only.iter().any(|test| module.starts_with(test)));
    let edges: BTreeMap<&Module, BTreeSet<Module>> = sources
        .iter()
        .map(|(module, source)| (module, targets(module, source, &sources)))
        .collect();
    Ok(circles(&edges)
        .into_iter()
        .map(|circle| {
            circle
                .iter()
                .map(|module| sources[*module].file.clone())
                .collect()
        })
        .collect())
}

/// Reads the files of a folder, and of the folders in it, as modules below `module`.
fn collect(folder: &Path, module: &Module, out: &mut BTreeMap<Module, SourceText>) -> Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let below = |name: &str| [module.clone(), vec![name.to_owned()]].concat();
        if path.is_dir() {
            // Programs of their own, each a file.
            if !(module.is_empty() && stem == "bin") {
                collect(&path, &below(&stem), out)?;
            }
            continue;
        }
        if path.extension().is_none_or(|e| e != "rs") {
            continue;
        }
        let own = match &*stem {
            "mod" => module.clone(),
            "lib" | "main" if module.is_empty() => module.clone(),
            name => below(name),
        };
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let read = parse(&text, &own);
        let source = out.entry(own).or_default();
        source.file = path;
        source.paths.extend(read.paths);
        source.names.extend(read.names);
        source.test_modules.extend(read.test_modules);
    }
    Ok(())
}

/// The files that a file uses, itself and those above and below it left out.
fn targets(
    module: &Module,
    source: &SourceText,
    all: &BTreeMap<Module, SourceText>,
) -> BTreeSet<Module> {
    let found = source
        .paths
        .iter()
        .filter_map(|path| resolve(path, module, all, 0));
    found
        .filter(|target| !target.starts_with(module) && !module.starts_with(target))
        .collect()
}

/// The file that defines what a path in `of` leads to; none where it leads out of what is known.
fn resolve(
    path: &PathStep,
    of: &Module,
    all: &BTreeMap<Module, SourceText>,
    depth: usize,
) -> Option<Module> {
    /// A chain of re-exports longer than this goes round.
    const LONGEST: usize = 8;
    let mut module = path.from.clone();
    let mut rest = path.rest.iter();
    while let Some(step) = rest.next() {
        let below = [module.clone(), vec![step.clone()]].concat();
        if all.contains_key(&below) {
            module = below;
            continue;
        }
        let through = all.get(&module).and_then(|source| source.names.get(step));
        // What is brought in without `pub` is seen by the modules below only.
        let seen = through.filter(|(_, public)| *public || of.starts_with(&module));
        if let (Some((through, _)), true) = (seen, depth < LONGEST) {
            let mut further = through.clone();
            further.rest.extend(rest.cloned());
            return resolve(&further, of, all, depth + 1);
        }
        break;
    }
    all.contains_key(&module).then_some(module)
}

/// Groups of modules that all reach each other.
fn circles<'a>(edges: &BTreeMap<&'a Module, BTreeSet<Module>>) -> Vec<Vec<&'a Module>> {
    let reach = |from: &Module| {
        let mut seen: BTreeSet<&Module> = BTreeSet::new();
        let mut open: Vec<&Module> = edges.get(from).into_iter().flatten().collect();
        while let Some(module) = open.pop() {
            if seen.insert(module) {
                open.extend(edges.get(module).into_iter().flatten());
            }
        }
        seen
    };
    let reached: BTreeMap<&Module, BTreeSet<&Module>> = edges
        .keys()
        .map(|module| (*module, reach(module)))
        .collect();
    let mut out: Vec<Vec<&Module>> = Vec::new();
    for (module, seen) in reached
        .iter()
        .filter(|(module, seen)| seen.contains(*module))
    {
        if out.iter().any(|circle| circle.contains(module)) {
            continue;
        }
        let back = |other: &&&Module| reached[**other].contains(module);
        out.push(
            reached
                .keys()
                .filter(|m| seen.contains(**m))
                .filter(back)
                .copied()
                .collect(),
        );
    }
    out
}

/// Words and signs of a source, without comments and texts.
fn words(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    let until = |from: usize, end: &str| {
        text.get(from..)
            .and_then(|rest| rest.find(end))
            .map_or(text.len(), |n| from + n + end.len())
    };
    while at < bytes.len() {
        let rest = &bytes[at..];
        let raw =
            rest.starts_with(b"r\"") || rest.starts_with(b"r#\"") || rest.starts_with(b"r##\"");
        let next = match rest[0] {
            b'/' if rest.starts_with(b"//") => until(at, "\n"),
            b'/' if rest.starts_with(b"/*") => until(at, "*/"),
            b'r' if raw => {
                let hashes = rest[1..].iter().take_while(|b| **b == b'#').count();
                until(at + hashes + 2, &format!("\"{}", "#".repeat(hashes)))
            }
            b'"' => at + 1 + quoted(&rest[1..], b'"'),
            // A letter, not a lifetime.
            b'\'' if rest.get(1) == Some(&b'\\') => at + 1 + quoted(&rest[1..], b'\''),
            b'\'' => match text[at + 1..].chars().next() {
                Some(c) if bytes.get(at + 1 + c.len_utf8()) == Some(&b'\'') => {
                    at + 2 + c.len_utf8()
                }
                _ => at + 1,
            },
            b if b.is_ascii_alphanumeric() || b == b'_' => {
                let long = rest
                    .iter()
                    .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
                    .count();
                out.push(&text[at..at + long]);
                at + long
            }
            b':' if rest.starts_with(b"::") => {
                out.push("::");
                at + 2
            }
            b if b.is_ascii_punctuation() => {
                out.push(&text[at..=at]);
                at + 1
            }
            b if b.is_ascii() => at + 1,
            _ => at + text[at..].chars().next().map_or(1, char::len_utf8),
        };
        at = next;
    }
    out
}

/// How long a quoted text is, with its last quote.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 0;
    while at < rest.len() && rest[at] != quote {
        at += 1 + usize::from(rest[at] == b'\\');
    }
    at + 1
}

/// Reads one file.
fn parse(text: &str, own: &Module) -> SourceText {
    let words = words(text);
    let mut out = SourceText::default();
    let mut at = 0;
    // Modules that are written out in the file, with the depth of braces they began at.
    let mut inline: Vec<(usize, String)> = Vec::new();
    let mut depth = 0;
    let mut for_tests = false;
    while at < words.len() {
        let rest = &words[at..];
        match rest {
            ["#", "[", "cfg", "(", "test", ")", "]", ..] => {
                for_tests = true;
                at += 7;
                continue;
            }
            ["mod", name, ";", ..] if for_tests => {
                for_tests = false;
                out.test_modules.push((*name).to_owned());
            }
            ["mod", name, "{", ..] => {
                if std::mem::take(&mut for_tests) {
                    at += skip_block(&words[at + 2..]) + 2;
                    continue;
                }
                inline.push((depth, (*name).to_owned()));
            }
            ["{", ..] => depth += 1,
            ["}", ..] => {
                depth -= 1;
                inline.pop_if(|(began, _)| *began == depth);
            }
            ["use", next, ..] if *next != "<" => {
                let here = here(own, &inline);
                let end = rest.iter().position(|w| *w == ";").unwrap_or(rest.len());
                let names = inline.is_empty() && !for_tests;
                let public = at > 0 && (words[at - 1] == "pub" || words[at - 1] == ")");
                for (path, name) in tree(&rest[1..end], &Vec::new()) {
                    let Some(step) = begin(&path, own, &here) else {
                        continue;
                    };
                    if names {
                        out.names.insert(name, (step.clone(), public));
                    }
                    if !for_tests {
                        out.paths.push(step);
                    }
                }
                for_tests = false;
                at += end;
                continue;
            }
            ["crate" | "super" | "self", "::", ..] if at == 0 || words[at - 1] != "::" => {
                let here = here(own, &inline);
                let path: Vec<String> = rest
                    .chunks(2)
                    .scan(true, |go, pair| {
                        let word = pair[0];
                        let fits = *go && word.starts_with(|c: char| c.is_alphabetic() || c == '_');
                        *go = pair.get(1) == Some(&"::");
                        fits.then(|| word.to_owned())
                    })
                    .collect();
                out.paths.extend(begin(&path, own, &here));
                at += path.len() * 2 - 1;
                continue;
            }
            // What the attribute stood above was no module.
            [word, ..] if *word == ";" || *word == "fn" => for_tests = false,
            _ => {}
        }
        at += 1;
    }
    out
}

/// How many words a block in braces has, which the first word begins.
fn skip_block(words: &[&str]) -> usize {
    let mut depth = 0;
    for (at, word) in words.iter().enumerate() {
        match *word {
            "{" => depth += 1,
            "}" if depth == 1 => return at + 1,
            "}" => depth -= 1,
            _ => {}
        }
    }
    words.len()
}

/// The module of a line, those that are written out in the file included.
fn here(own: &Module, inline: &[(usize, String)]) -> Module {
    let inner = inline.iter().map(|(_, name)| name.clone());
    own.iter().cloned().chain(inner).collect()
}

/// The paths of a `use`, each with the name it brings in.
fn tree(words: &[&str], before: &[String]) -> Vec<(Vec<String>, String)> {
    let mut path = before.to_vec();
    let mut at = 0;
    while at < words.len() {
        match words[at] {
            "::" => {}
            "{" => {
                let end = at + skip_block(&words[at..]);
                let inside = &words[at + 1..end.saturating_sub(1).max(at + 1)];
                return split(inside)
                    .into_iter()
                    .flat_map(|part| tree(part, &path))
                    .collect();
            }
            "as" => {
                let name = words.get(at + 1).copied().unwrap_or_default();
                return vec![(path, name.to_owned())];
            }
            "self" if at == 0 && !before.is_empty() => {}
            word => path.push(word.to_owned()),
        }
        at += 1;
    }
    let name = path.last().cloned().unwrap_or_default();
    vec![(path, name)]
}

/// The parts between commas, outside inner braces.
fn split<'a, 'w>(words: &'a [&'w str]) -> Vec<&'a [&'w str]> {
    let mut depth = 0;
    let comma = |word: &&str| {
        match *word {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        depth == 0 && *word == ","
    };
    words.split(comma).filter(|part| !part.is_empty()).collect()
}

/// Where a path begins; `here` counts modules inside the file `own`.
fn begin(path: &[String], own: &Module, here: &Module) -> Option<PathStep> {
    let mut from = here.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            from.clear();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        // A module above or below this one, or another crate: that leads nowhere from here.
        _ => {}
    }
    while rest.first().is_some_and(|step| step == "super") {
        from.pop();
        rest = &rest[1..];
    }
    // What is written out in a file is the file.
    from.truncate(own.len());
    Some(PathStep {
        from,
        rest: rest.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crate_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("below the folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        let name = |path: &PathBuf| {
            let below = path.strip_prefix(folder.path()).expect("below the folder");
            below.display().to_string()
        };
        let found = find(folder.path()).expect("readable");
        found
            .iter()
            .map(|circle| circle.iter().map(name).collect())
            .collect()
    }

    #[test]
    fn two_files_that_import_each_other_are_found_however_they_say_it() {
        for (a, b) in [
            ("use crate::b::B;", "use crate::a::A;"),
            ("use crate::b::{self, B};", "fn f() { crate::a::f(); }"),
            ("use super::b;", "use crate::{a::{A as X, C}, c};"),
            ("fn f() -> super::b::B {}", "use self::super::a::A;"),
            ("mod inside { use super::super::b::B; }", "use crate::A;"),
        ] {
            let root = "mod a; mod b; mod c; pub use a::A; pub use crate::a::A;";
            let found = crate_of(&[("lib.rs", root), ("a.rs", a), ("b.rs", b), ("c.rs", "")]);
            assert_eq!(found, [["a.rs", "b.rs"]], "{a} / {b}");
        }
    }

    #[test]
    fn a_long_circle_is_one() {
        let found = crate_of(&[
            ("lib.rs", ""),
            ("a.rs", "use crate::b::x;"),
            ("b.rs", "use crate::c::d::x;"),
            ("c/mod.rs", "mod d;"),
            ("c/d.rs", "use crate::a::x;"),
            ("e.rs", "use crate::a::x;"),
        ]);
        assert_eq!(found, [["a.rs", "b.rs", "c/d.rs"]]);
    }

    #[test]
    fn what_is_no_circle_is_left_alone() {
        let found = crate_of(&[
            ("lib.rs", "mod a; pub use crate::a::A; pub use crate::b::B;"),
            (
                "a.rs",
                "use crate::b::B; // use crate::c::C;\nconst T: &str = \"crate::c::C\";",
            ),
            (
                "b.rs",
                "#[cfg(test)]\nmod tests { use crate::a::A; }\nfn f() { let _ = 'a'; }",
            ),
            ("c.rs", "use crate::a::A; #[cfg(test)] mod tests;"),
            ("c/tests.rs", "use crate::d::D;"),
            ("d/mod.rs", "mod e; use self::e::E; use crate::c::C;"),
            ("d/e.rs", "use super::D; use crate::d::D;"),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }
}
