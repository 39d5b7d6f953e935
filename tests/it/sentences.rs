//! Sentences for people stand in a catalogue, where an editor reads them from top to bottom.
//!
//! Reads every string of every crate, and finds Dutch sentences anywhere else than in a catalogue. That is: the modules
//! `wording`, templates, a table of codes or columns with what each means, and the sentence of an error beside its variant.
//! Leaves to the editor whether a sentence is a good one.

use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// A table of codes or of columns, each with what it means, is one by itself.
const TABLES: [&str; 4] = [
    "crates/analysis/src/column_meanings.rs",
    "crates/ingest/src/problem.rs",
    "crates/rows/src/refusal_codes.rs",
    "crates/schema/src/cijfer.rs",
];
/// So many words make a sentence, when one of them is a Dutch one that is in most.
const WORDS: usize = 4;
const DUTCH: [&str; 19] = [
    "als", "de", "deze", "dit", "een", "er", "het", "mag", "niet", "nog", "om", "te", "u", "uw",
    "van", "voor", "wij", "wordt", "zijn",
];

#[test]
fn dutch_sentences_are_in_a_catalogue() {
    let mut elsewhere = Vec::new();
    let mut read = 0;
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        for file in files(&entry.unwrap().path().join("src")) {
            let path = file.strip_prefix(root()).unwrap().to_owned();
            let is_catalogue = path
                .with_extension("")
                .components()
                .any(|part| part.as_os_str() == "wording")
                || TABLES.iter().any(|table| Path::new(table) == path);
            let text = std::fs::read_to_string(&file).unwrap();
            let found = sentences(&text);
            read += found.len();
            if !is_catalogue {
                let told = found
                    .iter()
                    .map(|text| format!("{}: {text}", path.display()));
                elsewhere.extend(told);
            }
        }
    }
    assert!(read > 800, "only {read} sentences were seen at all");
    assert!(
        elsewhere.is_empty(),
        "sentences in no catalogue:\n{}",
        elsewhere.join("\n")
    );
}

#[test]
fn a_sentence_is_found_wherever_it_stands() {
    let found = sentences(
        r##"
        //! Het gaat hier niet om een zin.
        /// Dit is er ook geen van.
        #[error("Dit is een zin van een fout.")]
        const A: &str = "Er is geen bestand.";
        fn f() -> String { format!(r#"De tabel {} is leeg."#, g("te kort")) }
        fn g() { h("no Dutch word in here"); let b = b"de het een er"; }
        #[cfg(test)]
        mod tests { const B: &str = "Er is geen bestand."; }
        "##,
    );
    assert_eq!(found, ["Er is geen bestand.", "De tabel {} is leeg."]);
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the workspace") {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            out.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            out.push(path);
        }
    }
    out.sort();
    out
}

/// The Dutch sentences in strings of this source; attributes and tests are passed over.
fn sentences(source: &str) -> Vec<String> {
    let mut strings = Strings::default();
    let file = syn::parse_file(source).expect("the compiler takes it");
    strings.visit_file(&file);
    strings.found.retain(|text| is_sentence(text));
    strings.found
}

fn is_sentence(text: &str) -> bool {
    let words: Vec<String> = text
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphabetic()))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let is_sql = text.contains(" FROM ");
    !is_sql && words.len() >= WORDS && words.iter().any(|word| DUTCH.contains(&word.as_str()))
}

#[derive(Default)]
struct Strings {
    found: Vec<String>,
}

impl Visit<'_> for Strings {
    fn visit_attribute(&mut self, _: &syn::Attribute) {}

    fn visit_item_mod(&mut self, module: &syn::ItemMod) {
        let is_test = module.attrs.iter().any(|attribute| {
            matches!(&attribute.meta, syn::Meta::List(list) if list.path.is_ident("cfg")
                && list.tokens.to_string() == "test")
        });
        if !is_test {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_lit_str(&mut self, text: &syn::LitStr) {
        self.found.push(text.value());
    }

    /// What stands in a call of a macro is no syntax yet.
    fn visit_macro(&mut self, call: &syn::Macro) {
        self.tokens(call.tokens.clone());
    }
}

impl Strings {
    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Group(group) => self.tokens(group.stream()),
                proc_macro2::TokenTree::Literal(literal) => {
                    if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                        self.found.push(text.value());
                    }
                }
                _ => {}
            }
        }
    }
}
