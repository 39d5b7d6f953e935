//! Names are English, but for the nouns of the glossary.
//!
//! Reads every declared name of the workspace (files, modules, types, variants, fields, functions, constants, locals),
//! splits it into words, and knows each word from `GLOSSARY.md`, from the English list or from the abbreviations beside
//! it. What a contract fixes is free: fields and variants of types that are serialised, read from a row, from the
//! command line or into a template, and the file of a command. Leaves to the compiler what a name refers to.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

const ENGLISH: &str = include_str!("../names/english.txt");
const ABBREVIATIONS: &str = include_str!("../names/abbreviations.txt");
const GLOSSARY: &str = include_str!("../../GLOSSARY.md");
/// Dutch words that an English list has too, with another meaning.
const FALSE_FRIENDS: [&str; 4] = ["boom", "pad", "stand", "teller"];
/// Deriving one of these makes the names of fields and variants part of a contract.
const CONTRACT: [&str; 8] = [
    "Args",
    "Deserialize",
    "FromRow",
    "Parser",
    "Serialize",
    "Subcommand",
    "Template",
    "ValueEnum",
];

#[test]
fn every_name_is_english_or_stands_in_the_glossary() {
    let known = Known::read();
    let mut unknown: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let names = declared_names();
    let contract = contract_names(&names);
    for name in names.iter().filter(|name| !name.contract) {
        // A number, a label or a choice that goes into a contract may be called as it is there.
        if matches!(name.kind, "field" | "variant") && contract.contains(name.name.as_str()) {
            continue;
        }
        for word in words(&name.name).filter(|word| !known.has(word)) {
            let place = format!("{} {} in {}", name.kind, name.name, name.file.display());
            unknown.entry(word).or_default().insert(place);
        }
    }
    assert!(names.len() > 10_000, "only {} names were read", names.len());
    let told: Vec<String> = unknown
        .iter()
        .flat_map(|(word, places)| places.iter().map(move |place| format!("{word}: {place}")))
        .collect();
    assert!(
        told.is_empty(),
        "neither English nor in GLOSSARY.md:\n{}",
        told.join("\n")
    );
}

#[test]
fn every_word_of_the_glossary_is_used() {
    let used: HashSet<String> = declared_names()
        .iter()
        .flat_map(|name| words(&name.name).collect::<Vec<_>>())
        .collect();
    let idle: Vec<String> = glossary()
        .into_iter()
        .filter(|entry| !entry.iter().any(|word| used.contains(word)))
        .map(|entry| entry[0].clone())
        .collect();
    assert!(
        idle.is_empty(),
        "in GLOSSARY.md, but no name has it: {}",
        idle.join(", ")
    );
}

#[test]
fn one_type_name_has_one_meaning() {
    let mut types: BTreeMap<String, BTreeSet<PathBuf>> = BTreeMap::new();
    for name in declared_names()
        .into_iter()
        .filter(|name| name.kind == "type")
    {
        // A test binary and a fuzz target are worlds of their own.
        let own_world = name.file.starts_with("fuzz")
            || name.file.components().any(|part| part.as_os_str() == "it");
        if !own_world {
            types.entry(name.name).or_default().insert(name.file);
        }
    }
    let twins: Vec<String> = types
        .iter()
        .filter(|(_, files)| files.len() > 1)
        .map(|(name, files)| format!("{name}: {files:?}"))
        .collect();
    assert!(
        twins.is_empty(),
        "one name, several types:\n{}",
        twins.join("\n")
    );
}

#[test]
fn words_are_split_where_they_meet() {
    let split = |name: &str| words(name).collect::<Vec<_>>();
    assert_eq!(split("HttpServerError2"), ["http", "server", "error"]);
    assert_eq!(split("read_XLSXFile"), ["read", "xlsx", "file"]);
    assert_eq!(split("_unused"), ["unused"]);
}

/// What a contract calls its fields and choices, the columns of the published table among them.
fn contract_names(names: &[Name]) -> HashSet<&str> {
    names
        .iter()
        .filter(|name| name.contract)
        .map(|name| name.name.as_str())
        .chain(schema::Cijfer::COLUMN_NAMES)
        .collect()
}

/// The words that may stand in a name.
struct Known(HashSet<String>);

impl Known {
    fn read() -> Self {
        let mut words: HashSet<String> = ENGLISH.lines().map(str::to_owned).collect();
        for word in FALSE_FRIENDS {
            assert!(
                words.remove(word),
                "{word} is no English word: it need not be named"
            );
        }
        words.extend(
            ABBREVIATIONS
                .lines()
                .filter(|line| !line.starts_with('#'))
                .flat_map(str::split_whitespace)
                .map(str::to_owned),
        );
        words.extend(glossary().into_iter().flatten());
        Self(words)
    }

    /// A single letter says nothing, in any language.
    fn has(&self, word: &str) -> bool {
        word.len() == 1 || self.0.contains(word)
    }
}

/// The rows of the glossary: a word and its other forms.
fn glossary() -> Vec<Vec<String>> {
    let rows: Vec<Vec<String>> = GLOSSARY
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| word "))
        .map(|line| {
            let mut cells = line.split('|').skip(1).map(str::trim);
            let word = cells.next().unwrap_or_default().to_owned();
            let forms = cells.next().unwrap_or_default();
            std::iter::once(word)
                .chain(
                    forms
                        .split(", ")
                        .filter(|form| !form.is_empty())
                        .map(str::to_owned),
                )
                .collect()
        })
        .collect();
    assert!(
        (50..=80).contains(&rows.len()),
        "a glossary of {} words",
        rows.len()
    );
    rows
}

/// `HttpServer2` is http and server; digits are no words.
fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    let letters: Vec<char> = name.chars().collect();
    let mut found = vec![String::new()];
    for (at, &letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let lower_after = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| !before.is_uppercase() || lower_after);
        if starts || !letter.is_alphabetic() {
            found.push(String::new());
        }
        if letter.is_alphabetic() {
            found
                .last_mut()
                .expect("it begins with one")
                .extend(letter.to_lowercase());
        }
    }
    found.into_iter().filter(|word| !word.is_empty())
}

struct Name {
    kind: &'static str,
    name: String,
    file: PathBuf,
    /// Fixed by what is serialised, read from a row, typed on the command line or shown in a template.
    contract: bool,
}

fn declared_names() -> Vec<Name> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace is around it");
    let mut names = Vec::new();
    let mut folders = vec![root.join("crates"), root.join("fuzz"), root.join("tests")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the workspace") {
            let path = entry.expect("an entry of the workspace").path();
            let file = path
                .strip_prefix(root)
                .expect("it is below the root")
                .to_owned();
            if path.is_dir() {
                if !path.ends_with("target") {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                read_file(&path, &file, &mut names);
            }
        }
    }
    names
}

fn read_file(path: &Path, file: &Path, names: &mut Vec<Name>) {
    let text = std::fs::read_to_string(path).expect("a source file is UTF-8");
    let syntax = syn::parse_file(&text).expect("a source file is Rust");
    let is_command = file
        .parent()
        .is_some_and(|folder| folder.ends_with("commands"));
    let stem = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .expect("a file has a name");
    let mut reader = Reader {
        names,
        file: file.to_path_buf(),
        contract: false,
        commands: commands(file),
    };
    if !is_command {
        reader.add("file", stem);
    }
    reader.visit_file(&syntax);
}

/// In `commands/mod.rs` the modules are the commands.
fn commands(file: &Path) -> bool {
    file.ends_with("commands/mod.rs")
}

struct Reader<'a> {
    names: &'a mut Vec<Name>,
    file: PathBuf,
    /// Inside a type whose names are a contract.
    contract: bool,
    commands: bool,
}

impl Reader<'_> {
    fn add(&mut self, kind: &'static str, name: &str) {
        let name = name.trim_start_matches("r#").to_owned();
        self.names.push(Name {
            kind,
            name,
            file: self.file.clone(),
            contract: false,
        });
    }

    fn member(&mut self, kind: &'static str, ident: &syn::Ident) {
        self.ident(kind, ident);
        if let Some(name) = self.names.last_mut() {
            name.contract = self.contract;
        }
    }

    fn ident(&mut self, kind: &'static str, ident: &syn::Ident) {
        self.add(kind, &ident.to_string());
    }

    fn within(&mut self, attributes: &[syn::Attribute], visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.contract, derives_a_contract(attributes));
        visit(self);
        self.contract = outer;
    }
}

fn derives_a_contract(attributes: &[syn::Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .any(|attribute| {
            let mut found = false;
            let looked = attribute.parse_nested_meta(|derived| {
                found |= derived
                    .path
                    .segments
                    .last()
                    .is_some_and(|last| CONTRACT.iter().any(|name| last.ident == name));
                Ok(())
            });
            looked.is_ok() && found
        })
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_signature(&mut self, it: &'ast syn::Signature) {
        self.ident("fn", &it.ident);
        visit::visit_signature(self, it);
    }

    fn visit_item_struct(&mut self, it: &'ast syn::ItemStruct) {
        self.ident("type", &it.ident);
        self.within(&it.attrs, |reader| visit::visit_item_struct(reader, it));
    }

    fn visit_item_enum(&mut self, it: &'ast syn::ItemEnum) {
        self.ident("type", &it.ident);
        self.within(&it.attrs, |reader| visit::visit_item_enum(reader, it));
    }

    fn visit_item_trait(&mut self, it: &'ast syn::ItemTrait) {
        self.ident("type", &it.ident);
        visit::visit_item_trait(self, it);
    }

    fn visit_item_type(&mut self, it: &'ast syn::ItemType) {
        self.ident("type", &it.ident);
        visit::visit_item_type(self, it);
    }

    fn visit_item_mod(&mut self, it: &'ast syn::ItemMod) {
        if !self.commands {
            self.ident("module", &it.ident);
        }
        visit::visit_item_mod(self, it);
    }

    fn visit_item_const(&mut self, it: &'ast syn::ItemConst) {
        self.ident("const", &it.ident);
        visit::visit_item_const(self, it);
    }

    fn visit_impl_item_const(&mut self, it: &'ast syn::ImplItemConst) {
        self.ident("const", &it.ident);
        visit::visit_impl_item_const(self, it);
    }

    fn visit_item_static(&mut self, it: &'ast syn::ItemStatic) {
        self.ident("static", &it.ident);
        visit::visit_item_static(self, it);
    }

    fn visit_variant(&mut self, it: &'ast syn::Variant) {
        self.member("variant", &it.ident);
        visit::visit_variant(self, it);
    }

    fn visit_field(&mut self, it: &'ast syn::Field) {
        if let Some(ident) = &it.ident {
            self.member("field", ident);
        }
        visit::visit_field(self, it);
    }

    fn visit_field_pat(&mut self, it: &'ast syn::FieldPat) {
        // `Levering { toestand, .. }` takes over the name of the field.
        if it.colon_token.is_some() {
            visit::visit_field_pat(self, it);
        }
    }

    fn visit_pat_ident(&mut self, it: &'ast syn::PatIdent) {
        // In a pattern a bare variant or constant looks like a new local.
        if !it.ident.to_string().starts_with(char::is_uppercase) {
            self.ident("local", &it.ident);
        }
        visit::visit_pat_ident(self, it);
    }

    fn visit_type_param(&mut self, it: &'ast syn::TypeParam) {
        self.ident("type parameter", &it.ident);
        visit::visit_type_param(self, it);
    }
}
