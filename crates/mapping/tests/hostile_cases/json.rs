//! JSON: 50 to 56. Only an aanbieder's own file is JSON; the manifest of a pakket has its own cases in `ingest`.

use super::ExpectedAnswer::{Bevinding, FileRefusal, Good, Said};
use super::{ANYWHERE, BSN, CaseList, ExpectedAnswer, SECRET, definitie, key, row};

pub(super) fn fill(list: &mut CaseList) {
    depth(list);
    keys_twice(list);
    values(list);
    grammar(list);
    size(list);
    types(list);
}

/// A row of trajecten as an object; what is given is JSON as it stands.
fn object(number: usize, overrides: &[(&str, &str)]) -> String {
    let tabel = definitie().tabel("traject").unwrap();
    let members = tabel.velden.iter().map(|veld| {
        let text = match overrides.iter().find(|(name, _)| *name == veld.naam) {
            Some((_, json)) => (*json).to_owned(),
            None if veld.naam == "traject_id" => format!("\"{}\"", key(number)),
            None => format!("\"{}\"", tabel.voorbeeld[&veld.naam]),
        };
        format!("\"{}\": {text}", veld.naam)
    });
    format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
}

/// Two rows, of which the second has this value.
fn met(veld: &str, json: &str) -> String {
    format!("[{},\n{}]", object(0, &[]), object(1, &[(veld, json)]))
}

fn good() -> String {
    format!("[{},\n{}]", object(0, &[]), object(1, &[]))
}

fn case(
    list: &mut CaseList,
    number: u16,
    name: &str,
    text: impl Into<Vec<u8>>,
    expected: ExpectedAnswer,
) {
    list.own(
        number,
        format!("JSON: {name}"),
        "export.json",
        text.into(),
        expected,
    );
}

fn error(code: &'static str) -> ExpectedAnswer {
    FileRefusal(code, ANYWHERE)
}

fn depth(list: &mut CaseList) {
    let deep = || FileRefusal("JSON_DEPTH", ANYWHERE);
    case(list, 50, "100,000 lists", "[".repeat(100_000), deep());
    case(
        list,
        50,
        "100,000 lists, closed",
        "[".repeat(100_000) + &"]".repeat(100_000),
        deep(),
    );
    case(list, 50, "1,000,000 lists", "[".repeat(1_000_000), deep());
    case(
        list,
        50,
        "100,000 objects",
        "{\"a\":".repeat(100_000),
        error("JSON_TYPE"),
    );
    case(
        list,
        50,
        "lists in a value",
        met("kader", &("[".repeat(100_000) + &"]".repeat(100_000))),
        FileRefusal("JSON_DEPTH", row(2)),
    );
    case(
        list,
        50,
        "objects in a value",
        met("kader", &"{\"a\":".repeat(100_000)),
        FileRefusal("JSON_DEPTH", row(2)),
    );
    case(
        list,
        50,
        "lists in a fact",
        format!("{{\"a\": {}}}", "[".repeat(1000)),
        deep(),
    );
}

fn keys_twice(list: &mut CaseList) {
    let duplicate = || FileRefusal("JSON_DUPLICATE_KEY", row(2));
    let twee = |key: &str| {
        format!(
            "[{},\n{}]",
            object(0, &[]),
            object(1, &[]).replacen('{', &format!("{{{key}: \"{SECRET}\", "), 1)
        )
    };
    case(list, 51, "a key twice", twee("\"kader\""), duplicate());
    case(
        list,
        51,
        "a key twice, once escaped",
        twee("\"k\\u0061der\""),
        duplicate(),
    );
    case(
        list,
        51,
        "a list twice",
        format!("{{\"traject\": {0}, \"traject\": {0}}}", good()),
        error("JSON_DUPLICATE_KEY"),
    );
    case(
        list,
        51,
        "a fact twice",
        format!("{{\"van\": 1, \"van\": 2, \"traject\": {}}}", good()),
        error("JSON_DUPLICATE_KEY"),
    );
    case(
        list,
        51,
        "a key twice but for its case",
        twee("\"KADER\""),
        Said("KADER"),
    );
}

fn values(list: &mut CaseList) {
    let number = || FileRefusal("NUMBER", row(2));
    case(
        list,
        52,
        "a number of 10,000,000 digits",
        met("minuten", &"9".repeat(10_000_000)),
        number(),
    );
    for json in [
        "1e400", "-1e400", "012", "1.", "1.e3", "1e", "--1", "1-2", "1e+", "-", "0.0.1",
    ] {
        case(
            list,
            52,
            &format!("the number {json}"),
            met("minuten", json),
            number(),
        );
    }
    for json in [
        "NaN", "Infinity", "+1", ".5", "0x10", "tru", "nul", "None", "'x'",
    ] {
        case(
            list,
            52,
            &format!("the value {json}"),
            met("minuten", json),
            FileRefusal("JSON_INVALID", row(2)),
        );
    }
    for (name, json) in [
        ("a first half", r"\ud800"),
        ("a second half", r"\udc00"),
        ("two first halves", r"\ud800\ud800"),
        ("halves turned round", r"\udc00\ud800"),
        ("half and a letter", r"\ud800x"),
    ] {
        case(
            list,
            52,
            &format!("surrogates: {name}"),
            met("productcode", &format!("\"{SECRET}{json}\"")),
            FileRefusal("ENCODING_INVALID", row(2)),
        );
    }
    for json in [
        r"\u0000",
        r"\u001b[31m",
        r"\u0085",
        r"\u202e",
        r"\u2066",
        r"\u0008",
    ] {
        let expected = FileRefusal("CONTROL_CHAR", row(2));
        case(
            list,
            52,
            &format!("the escape {json}"),
            met("productcode", &format!("\"{SECRET}{json}\"")),
            expected,
        );
    }
    for (name, character) in [
        ("NUL", "\0"),
        ("ESC", "\x1b"),
        ("a line end", "\n"),
        ("a tab", "\t"),
        ("U+202E", "\u{202e}"),
    ] {
        case(
            list,
            52,
            &format!("{name} as it is in a text"),
            met("productcode", &format!("\"{character}\"")),
            FileRefusal("CONTROL_CHAR", row(2)),
        );
    }
    for escape in [r"\x41", r"\u12", r"\u+123", r"\uzzzz", r"\", r"\'"] {
        case(
            list,
            52,
            &format!("the escape {escape}"),
            met("productcode", &format!("\"{escape}\"")),
            FileRefusal("JSON_INVALID", row(2)),
        );
    }
    let good = met("productcode", "\"caf?\"");
    for bytes in [&b"\xe9"[..], b"\xc0\x80", b"\xed\xa0\x80"] {
        let place = good.find('?').unwrap();
        let piece = [
            &good.as_bytes()[..place],
            bytes,
            &good.as_bytes()[place + 1..],
        ]
        .concat();
        case(
            list,
            52,
            &format!("the bytes {bytes:x?}"),
            piece,
            error("ENCODING_INVALID"),
        );
    }
}

fn grammar(list: &mut CaseList) {
    let after = || error("JSON_TRAILING");
    let piece = || error("JSON_INVALID");
    case(list, 53, "a word after the end", good() + " x", after());
    case(list, 53, "two documents", good() + &good(), after());
    case(list, 53, "a comma after the end", good() + ",", after());
    case(list, 53, "NUL after the end", good() + "\0", after());
    case(
        list,
        53,
        "an object per line",
        format!("{}\n{}\n", object(0, &[]), object(1, &[])),
        Good,
    );
    case(
        list,
        53,
        "an object per line, cut off",
        format!("{}\n{{\"kader\"", object(0, &[])),
        FileRefusal("JSON_INVALID", row(2)),
    );
    case(
        list,
        53,
        "a word between lines",
        format!("{}\n{}\nx", object(0, &[]), object(1, &[])),
        after(),
    );
    case(
        list,
        53,
        "lists per line",
        format!("{{\"traject\": {0}}}\n{{\"traject\": {0}}}", good()),
        FileRefusal("JSON_TYPE", row(1)),
    );
    case(
        list,
        53,
        "a comment",
        good().replacen('{', "{ // x\n", 1),
        piece(),
    );
    case(
        list,
        53,
        "a comment in the old way",
        good().replacen('{', "/* x */{", 1),
        error("JSON_TYPE"),
    );
    case(
        list,
        53,
        "a comma too many in an object",
        good().replacen('}', ",}", 1),
        piece(),
    );
    case(
        list,
        53,
        "a comma too many in the list",
        good().replace("}]", "},]"),
        error("JSON_TYPE"),
    );
    case(
        list,
        53,
        "no comma between objects",
        good().replace("},\n{", "} {"),
        piece(),
    );
    case(
        list,
        53,
        "keys without quotes",
        good().replace("\"kader\"", "kader"),
        piece(),
    );
    case(list, 53, "single quotes", good().replace('"', "'"), piece());
    case(
        list,
        53,
        "an equals sign",
        good().replacen(':', "=", 1),
        piece(),
    );
    case(
        list,
        53,
        "a mark before it",
        format!("\u{feff}{}", good()),
        Bevinding("BOM", ANYWHERE),
    );
    case(
        list,
        53,
        "a mark inside",
        good().replacen(',', ",\u{feff}", 1),
        piece(),
    );
    for part in [1, 2, 5, 9] {
        let mut text = good();
        text.truncate(text.len() * part / 10);
        case(list, 53, &format!("cut off at {part}0 %"), text, piece());
    }
    for (name, text) in [
        ("an empty list", "[]"),
        ("a list of empty objects", "[{},{}]"),
        ("an empty object", "{}"),
        ("empty lists", "{\"traject\": []}"),
    ] {
        case(list, 53, name, text, error("EMPTY"));
    }
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(good().encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    case(list, 53, "UTF-16", utf16, error("ENCODING_UNSUPPORTED"));
}

fn size(list: &mut CaseList) {
    let long = || FileRefusal("FIELD_TOO_LONG", row(2));
    case(
        list,
        54,
        "a text of 100 KB",
        met("productcode", &format!("\"{}\"", "x".repeat(100_000))),
        long(),
    );
    case(
        list,
        54,
        "a text of 16 MB",
        met("productcode", &format!("\"{}\"", "x".repeat(16_000_000))),
        long(),
    );
    case(
        list,
        54,
        "a text of escapes",
        met(
            "productcode",
            &format!("\"{}\"", "\\u0061".repeat(1_000_000)),
        ),
        long(),
    );
    case(
        list,
        54,
        "a key of 100 KB",
        format!("[{{\"{}\": 1}}]", "k".repeat(100_000)),
        error("FIELD_TOO_LONG"),
    );
    let keys: Vec<String> = (0..100_000).map(|i| format!("\"k{i}\": 1")).collect();
    case(
        list,
        54,
        "100,000 keys in an object",
        format!("[{{{}}}]", keys.join(",")),
        FileRefusal("TOO_MANY_COLUMNS", row(1)),
    );
    let objects: Vec<String> = (0..100_000).map(|i| format!("{{\"k{i}\": 1}}")).collect();
    case(
        list,
        54,
        "another key in each of 100,000 objects",
        format!("[{}]", objects.join(",")),
        FileRefusal("TOO_MANY_COLUMNS", row(1025)),
    );
    let empty = vec!["{}"; 1_000_000].join(",");
    case(
        list,
        54,
        "1,000,000 empty objects",
        format!("[{empty}]"),
        error("EMPTY"),
    );
    let lists: Vec<String> = (0..20_000).map(|i| format!("\"l{i}\": []")).collect();
    case(
        list,
        54,
        "20,000 lists",
        format!("{{{}}}", lists.join(",")),
        error("TOO_MANY_SHEETS"),
    );
}

fn types(list: &mut CaseList) {
    let kind = || FileRefusal("JSON_TYPE", row(2));
    case(
        list,
        55,
        "an object as a value",
        met("kader", "{\"code\": \"vrijwillig\"}"),
        Said("kader.code"),
    );
    case(
        list,
        55,
        "a list in an object",
        met("kader", "{\"code\": [1]}"),
        kind(),
    );
    case(
        list,
        51,
        "a key twice, once in an object",
        met("kader", "\"vrijwillig\", \"a.b\": 1, \"a\": {\"b\": 2}"),
        FileRefusal("JSON_DUPLICATE_KEY", row(2)),
    );
    case(
        list,
        55,
        "a list as a value",
        met("kader", "[\"vrijwillig\"]"),
        kind(),
    );
    case(list, 55, "a list of numbers", "[1, 2]", error("JSON_TYPE"));
    case(
        list,
        55,
        "a list of lists",
        "[[\"kader\"], [\"vrijwillig\"]]",
        error("JSON_TYPE"),
    );
    case(
        list,
        55,
        "null between objects",
        good().replacen("},", "}, null,", 1),
        error("JSON_TYPE"),
    );
    case(
        list,
        55,
        "an object instead of the list",
        format!("{{\"traject\": {}}}", object(0, &[])),
        error("JSON_TYPE"),
    );
    case(
        list,
        55,
        "a number as a number",
        met("minuten", "1260"),
        Good,
    );
    case(list, 55, "a number with .0", met("minuten", "1260.0"), Good);
    case(
        list,
        55,
        "null for nothing",
        met("intakedatum", "null"),
        Good,
    );
    case(
        list,
        55,
        "true for a number",
        met("minuten", "true"),
        Bevinding("NUMBER", row(2)),
    );
    case(
        list,
        55,
        "a number for a code",
        met("kader", "17"),
        Said("17"),
    );
    case(
        list,
        55,
        "null for what must be there",
        met("kader", "null"),
        Bevinding("REQUIRED", row(2)),
    );
    let without = good().replacen("\"kader\": \"vrijwillig\", ", "", 2);
    case(
        list,
        55,
        "what must be there is not",
        without,
        Bevinding("REQUIRED", ANYWHERE),
    );
    case(list, 55, "only a text", "\"kader\"", error("DELIMITER"));
    case(list, 55, "only null", "null", error("DELIMITER"));
    for name in ["__proto__", "constructor", "$ref", "$schema"] {
        let text = good().replace(
            "{\"",
            &format!("{{\"{name}\": \"http://169.254.169.254/\", \""),
        );
        case(list, 56, &format!("a key {name}"), text, Said(name));
    }
    let facts = format!(
        "{{\"$schema\": \"http://169.254.169.254/x.json\", \"traject\": {}}}",
        good()
    );
    case(list, 56, "a schema to be fetched", facts, Good);
    let bsn = format!("{{\"kind {BSN}\": 1, \"traject\": {}}}", good());
    case(
        list,
        61,
        "a BSN in the name of a fact",
        bsn,
        error("BSN_SUSPECTED"),
    );
    let bsn = format!("{{\"kind\": \"{BSN}\", \"traject\": {}}}", good());
    case(list, 61, "a BSN in a fact", bsn, error("BSN_SUSPECTED"));
    let bsn = format!("{{\"kind\": {BSN}, \"traject\": {}}}", good());
    case(
        list,
        61,
        "a BSN as a number in a fact",
        bsn,
        error("BSN_SUSPECTED"),
    );
    case(
        list,
        61,
        "a BSN in the name of a list",
        format!("{{\"kind {BSN}\": {}}}", good()),
        Bevinding("BSN_SUSPECTED", ANYWHERE),
    );
    case(
        list,
        61,
        "a BSN in a key",
        good().replace("{\"", &format!("{{\"kind {BSN}\": 1, \"")),
        Bevinding("BSN_SUSPECTED", ANYWHERE),
    );
}
