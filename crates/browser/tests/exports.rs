//! The worker and the module know each other by names alone: no compiler sees both. This test does, without a browser.

use std::collections::BTreeMap;

const WORKER: &str = include_str!("../page/worker.js");
const EXPORTS: &str = include_str!("../src/exports.rs");

/// A function's name, with its number of arguments.
type Signatures = BTreeMap<String, usize>;

/// The name and the arguments of a call or a declaration that begins here.
fn signature(text: &str) -> Option<(String, usize)> {
    let (name, rest) = text.split_once('(')?;
    let (arguments, _) = rest.split_once(')')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    let given = arguments.split(',').filter(|a| !a.trim().is_empty());
    is_name.then(|| (name.to_owned(), given.count()))
}

/// What the worker calls of the module.
fn called(worker: &str) -> Signatures {
    worker
        .split("module.")
        .skip(1)
        .filter_map(signature)
        .collect()
}

/// What the module gives by name.
fn exported(source: &str) -> Signatures {
    source
        .split("#[unsafe(no_mangle)]\nextern \"C\" fn ")
        .skip(1)
        .filter_map(signature)
        .collect()
}

/// The number behind `const NAME`, in either language.
fn constant(source: &str, name: &str) -> Option<u32> {
    let declaration = format!("const {name}");
    let line = source.lines().find(|line| {
        let rest = line.strip_prefix(&declaration);
        rest.is_some_and(|rest| rest.starts_with([' ', ':']))
    })?;
    let (_, value) = line.split_once("= ")?;
    value.trim_end_matches(';').parse().ok()
}

#[test]
fn the_worker_calls_what_the_module_exports() {
    let exported = exported(EXPORTS);
    assert_eq!(called(WORKER), exported);
    let every = EXPORTS.matches("#[unsafe(no_mangle)]").count();
    assert_eq!(exported.len(), every, "every export was read");
    for name in ["room", "begin", "step", "rows", "answer", "answer_length"] {
        assert!(exported.contains_key(name), "{name}");
    }
}

#[test]
fn the_worker_reads_an_answer_as_the_module_means_it() {
    for (ours, theirs) in [("BUSY", "BEZIG"), ("DONE", "KLAAR")] {
        assert!(constant(EXPORTS, ours).is_some(), "{ours}");
        assert_eq!(constant(EXPORTS, ours), constant(WORKER, theirs), "{ours}");
    }
}

/// Renaming any function on either side, or giving it another argument, is seen.
#[test]
fn a_change_on_one_side_is_seen() {
    let exported = exported(EXPORTS);
    for name in exported.keys() {
        let renamed = WORKER.replace(&format!("module.{name}("), "module.another(");
        assert_ne!(called(&renamed), exported, "{name}");
        let longer = WORKER.replace(&format!("module.{name}("), &format!("module.{name}(0, "));
        assert_ne!(called(&longer), exported, "{name}");
    }
}
