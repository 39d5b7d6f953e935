//! JSON: 50 to 56. Only an aanbieder's own file is JSON; the manifest of a pakket has its own cases in `ingest`.

use super::Verwacht::{Bevinding, Gezegd, Goed, Weigering};
use super::{BSN, GEHEIM, Lijst, OVERAL, Verwacht, definitie, rij, sleutel};

pub fn vul(lijst: &mut Lijst) {
    depth(lijst);
    keys_twice(lijst);
    values(lijst);
    grammar(lijst);
    size(lijst);
    types(lijst);
}

/// A row of trajecten as an object; what is given is JSON as it stands.
fn object(nummer: usize, anders: &[(&str, &str)]) -> String {
    let tabel = definitie().tabel("traject").unwrap();
    let leden = tabel.velden.iter().map(|veld| {
        let tekst = match anders.iter().find(|(naam, _)| *naam == veld.naam) {
            Some((_, json)) => (*json).to_owned(),
            None if veld.naam == "traject_id" => format!("\"{}\"", sleutel(nummer)),
            None => format!("\"{}\"", tabel.voorbeeld[&veld.naam]),
        };
        format!("\"{}\": {tekst}", veld.naam)
    });
    format!("{{{}}}", leden.collect::<Vec<_>>().join(", "))
}

/// Two rows, of which the second has this value.
fn met(veld: &str, json: &str) -> String {
    format!("[{},\n{}]", object(0, &[]), object(1, &[(veld, json)]))
}

fn goed() -> String {
    format!("[{},\n{}]", object(0, &[]), object(1, &[]))
}

fn geval(
    lijst: &mut Lijst,
    nummer: u16,
    naam: &str,
    tekst: impl Into<Vec<u8>>,
    verwacht: Verwacht,
) {
    lijst.eigen(
        nummer,
        format!("JSON: {naam}"),
        "export.json",
        tekst.into(),
        verwacht,
    );
}

fn fout(code: &'static str) -> Verwacht {
    Weigering(code, OVERAL)
}

fn depth(lijst: &mut Lijst) {
    let diep = || Weigering("JSON_DEPTH", OVERAL);
    geval(lijst, 50, "100,000 lists", "[".repeat(100_000), diep());
    geval(
        lijst,
        50,
        "100,000 lists, closed",
        "[".repeat(100_000) + &"]".repeat(100_000),
        diep(),
    );
    geval(lijst, 50, "1,000,000 lists", "[".repeat(1_000_000), diep());
    geval(
        lijst,
        50,
        "100,000 objects",
        "{\"a\":".repeat(100_000),
        fout("JSON_TYPE"),
    );
    geval(
        lijst,
        50,
        "lists in a value",
        met("kader", &("[".repeat(100_000) + &"]".repeat(100_000))),
        Weigering("JSON_DEPTH", rij(2)),
    );
    geval(
        lijst,
        50,
        "objects in a value",
        met("kader", &"{\"a\":".repeat(100_000)),
        Weigering("JSON_DEPTH", rij(2)),
    );
    geval(
        lijst,
        50,
        "lists in a fact",
        format!("{{\"a\": {}}}", "[".repeat(1000)),
        diep(),
    );
}

fn keys_twice(lijst: &mut Lijst) {
    let dubbel = || Weigering("JSON_DUPLICATE_KEY", rij(2));
    let twee = |sleutel: &str| {
        format!(
            "[{},\n{}]",
            object(0, &[]),
            object(1, &[]).replacen('{', &format!("{{{sleutel}: \"{GEHEIM}\", "), 1)
        )
    };
    geval(lijst, 51, "a key twice", twee("\"kader\""), dubbel());
    geval(
        lijst,
        51,
        "a key twice, once escaped",
        twee("\"k\\u0061der\""),
        dubbel(),
    );
    geval(
        lijst,
        51,
        "a list twice",
        format!("{{\"traject\": {0}, \"traject\": {0}}}", goed()),
        fout("JSON_DUPLICATE_KEY"),
    );
    geval(
        lijst,
        51,
        "a fact twice",
        format!("{{\"van\": 1, \"van\": 2, \"traject\": {}}}", goed()),
        fout("JSON_DUPLICATE_KEY"),
    );
    geval(
        lijst,
        51,
        "a key twice but for its case",
        twee("\"KADER\""),
        Gezegd("KADER"),
    );
}

fn values(lijst: &mut Lijst) {
    let getal = || Weigering("NUMBER", rij(2));
    geval(
        lijst,
        52,
        "a number of 10,000,000 digits",
        met("minuten", &"9".repeat(10_000_000)),
        getal(),
    );
    for json in [
        "1e400", "-1e400", "012", "1.", "1.e3", "1e", "--1", "1-2", "1e+", "-", "0.0.1",
    ] {
        geval(
            lijst,
            52,
            &format!("the number {json}"),
            met("minuten", json),
            getal(),
        );
    }
    for json in [
        "NaN", "Infinity", "+1", ".5", "0x10", "tru", "nul", "None", "'x'",
    ] {
        geval(
            lijst,
            52,
            &format!("the value {json}"),
            met("minuten", json),
            Weigering("JSON_INVALID", rij(2)),
        );
    }
    for (naam, json) in [
        ("a first half", r"\ud800"),
        ("a second half", r"\udc00"),
        ("two first halves", r"\ud800\ud800"),
        ("halves turned round", r"\udc00\ud800"),
        ("half and a letter", r"\ud800x"),
    ] {
        geval(
            lijst,
            52,
            &format!("surrogates: {naam}"),
            met("productcode", &format!("\"{GEHEIM}{json}\"")),
            Weigering("ENCODING_INVALID", rij(2)),
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
        let verwacht = Weigering("CONTROL_CHAR", rij(2));
        geval(
            lijst,
            52,
            &format!("the escape {json}"),
            met("productcode", &format!("\"{GEHEIM}{json}\"")),
            verwacht,
        );
    }
    for (naam, teken) in [
        ("NUL", "\0"),
        ("ESC", "\x1b"),
        ("a line end", "\n"),
        ("a tab", "\t"),
        ("U+202E", "\u{202e}"),
    ] {
        geval(
            lijst,
            52,
            &format!("{naam} as it is in a text"),
            met("productcode", &format!("\"{teken}\"")),
            Weigering("CONTROL_CHAR", rij(2)),
        );
    }
    for escape in [r"\x41", r"\u12", r"\u+123", r"\uzzzz", r"\", r"\'"] {
        geval(
            lijst,
            52,
            &format!("the escape {escape}"),
            met("productcode", &format!("\"{escape}\"")),
            Weigering("JSON_INVALID", rij(2)),
        );
    }
    let goed = met("productcode", "\"caf?\"");
    for bytes in [&b"\xe9"[..], b"\xc0\x80", b"\xed\xa0\x80"] {
        let plek = goed.find('?').unwrap();
        let stuk = [
            &goed.as_bytes()[..plek],
            bytes,
            &goed.as_bytes()[plek + 1..],
        ]
        .concat();
        geval(
            lijst,
            52,
            &format!("the bytes {bytes:x?}"),
            stuk,
            fout("ENCODING_INVALID"),
        );
    }
}

fn grammar(lijst: &mut Lijst) {
    let na = || fout("JSON_TRAILING");
    let stuk = || fout("JSON_INVALID");
    geval(lijst, 53, "a word after the end", goed() + " x", na());
    geval(lijst, 53, "two documents", goed() + &goed(), na());
    geval(lijst, 53, "a comma after the end", goed() + ",", na());
    geval(lijst, 53, "NUL after the end", goed() + "\0", na());
    geval(
        lijst,
        53,
        "an object per line",
        format!("{}\n{}\n", object(0, &[]), object(1, &[])),
        Goed,
    );
    geval(
        lijst,
        53,
        "an object per line, cut off",
        format!("{}\n{{\"kader\"", object(0, &[])),
        Weigering("JSON_INVALID", rij(2)),
    );
    geval(
        lijst,
        53,
        "a word between lines",
        format!("{}\n{}\nx", object(0, &[]), object(1, &[])),
        na(),
    );
    geval(
        lijst,
        53,
        "lists per line",
        format!("{{\"traject\": {0}}}\n{{\"traject\": {0}}}", goed()),
        Weigering("JSON_TYPE", rij(1)),
    );
    geval(
        lijst,
        53,
        "a comment",
        goed().replacen('{', "{ // x\n", 1),
        stuk(),
    );
    geval(
        lijst,
        53,
        "a comment in the old way",
        goed().replacen('{', "/* x */{", 1),
        fout("JSON_TYPE"),
    );
    geval(
        lijst,
        53,
        "a comma too many in an object",
        goed().replacen('}', ",}", 1),
        stuk(),
    );
    geval(
        lijst,
        53,
        "a comma too many in the list",
        goed().replace("}]", "},]"),
        fout("JSON_TYPE"),
    );
    geval(
        lijst,
        53,
        "no comma between objects",
        goed().replace("},\n{", "} {"),
        stuk(),
    );
    geval(
        lijst,
        53,
        "keys without quotes",
        goed().replace("\"kader\"", "kader"),
        stuk(),
    );
    geval(lijst, 53, "single quotes", goed().replace('"', "'"), stuk());
    geval(
        lijst,
        53,
        "an equals sign",
        goed().replacen(':', "=", 1),
        stuk(),
    );
    geval(
        lijst,
        53,
        "a mark before it",
        format!("\u{feff}{}", goed()),
        Bevinding("BOM", OVERAL),
    );
    geval(
        lijst,
        53,
        "a mark inside",
        goed().replacen(',', ",\u{feff}", 1),
        stuk(),
    );
    for deel in [1, 2, 5, 9] {
        let mut tekst = goed();
        tekst.truncate(tekst.len() * deel / 10);
        geval(lijst, 53, &format!("cut off at {deel}0 %"), tekst, stuk());
    }
    for (naam, tekst) in [
        ("an empty list", "[]"),
        ("a list of empty objects", "[{},{}]"),
        ("an empty object", "{}"),
        ("empty lists", "{\"traject\": []}"),
    ] {
        geval(lijst, 53, naam, tekst, fout("EMPTY"));
    }
    let utf16: Vec<u8> = std::iter::once(0xfeff)
        .chain(goed().encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    geval(lijst, 53, "UTF-16", utf16, fout("ENCODING_UNSUPPORTED"));
}

fn size(lijst: &mut Lijst) {
    let lang = || Weigering("FIELD_TOO_LONG", rij(2));
    geval(
        lijst,
        54,
        "a text of 100 KB",
        met("productcode", &format!("\"{}\"", "x".repeat(100_000))),
        lang(),
    );
    geval(
        lijst,
        54,
        "a text of 16 MB",
        met("productcode", &format!("\"{}\"", "x".repeat(16_000_000))),
        lang(),
    );
    geval(
        lijst,
        54,
        "a text of escapes",
        met(
            "productcode",
            &format!("\"{}\"", "\\u0061".repeat(1_000_000)),
        ),
        lang(),
    );
    geval(
        lijst,
        54,
        "a key of 100 KB",
        format!("[{{\"{}\": 1}}]", "k".repeat(100_000)),
        fout("FIELD_TOO_LONG"),
    );
    let sleutels: Vec<String> = (0..100_000).map(|i| format!("\"k{i}\": 1")).collect();
    geval(
        lijst,
        54,
        "100,000 keys in an object",
        format!("[{{{}}}]", sleutels.join(",")),
        Weigering("TOO_MANY_COLUMNS", rij(1)),
    );
    let objecten: Vec<String> = (0..100_000).map(|i| format!("{{\"k{i}\": 1}}")).collect();
    geval(
        lijst,
        54,
        "another key in each of 100,000 objects",
        format!("[{}]", objecten.join(",")),
        Weigering("TOO_MANY_COLUMNS", rij(1025)),
    );
    let leeg = vec!["{}"; 1_000_000].join(",");
    geval(
        lijst,
        54,
        "1,000,000 empty objects",
        format!("[{leeg}]"),
        fout("EMPTY"),
    );
    let lijsten: Vec<String> = (0..20_000).map(|i| format!("\"l{i}\": []")).collect();
    geval(
        lijst,
        54,
        "20,000 lists",
        format!("{{{}}}", lijsten.join(",")),
        fout("TOO_MANY_SHEETS"),
    );
}

fn types(lijst: &mut Lijst) {
    let soort = || Weigering("JSON_TYPE", rij(2));
    geval(
        lijst,
        55,
        "an object as a value",
        met("kader", "{\"code\": \"vrijwillig\"}"),
        Gezegd("kader.code"),
    );
    geval(
        lijst,
        55,
        "a list in an object",
        met("kader", "{\"code\": [1]}"),
        soort(),
    );
    geval(
        lijst,
        51,
        "a key twice, once in an object",
        met("kader", "\"vrijwillig\", \"a.b\": 1, \"a\": {\"b\": 2}"),
        Weigering("JSON_DUPLICATE_KEY", rij(2)),
    );
    geval(
        lijst,
        55,
        "a list as a value",
        met("kader", "[\"vrijwillig\"]"),
        soort(),
    );
    geval(lijst, 55, "a list of numbers", "[1, 2]", fout("JSON_TYPE"));
    geval(
        lijst,
        55,
        "a list of lists",
        "[[\"kader\"], [\"vrijwillig\"]]",
        fout("JSON_TYPE"),
    );
    geval(
        lijst,
        55,
        "null between objects",
        goed().replacen("},", "}, null,", 1),
        fout("JSON_TYPE"),
    );
    geval(
        lijst,
        55,
        "an object instead of the list",
        format!("{{\"traject\": {}}}", object(0, &[])),
        fout("JSON_TYPE"),
    );
    geval(
        lijst,
        55,
        "a number as a number",
        met("minuten", "1260"),
        Goed,
    );
    geval(
        lijst,
        55,
        "a number with .0",
        met("minuten", "1260.0"),
        Goed,
    );
    geval(
        lijst,
        55,
        "null for nothing",
        met("intakedatum", "null"),
        Goed,
    );
    geval(
        lijst,
        55,
        "true for a number",
        met("minuten", "true"),
        Bevinding("NUMBER", rij(2)),
    );
    geval(
        lijst,
        55,
        "a number for a code",
        met("kader", "17"),
        Gezegd("17"),
    );
    geval(
        lijst,
        55,
        "null for what must be there",
        met("kader", "null"),
        Bevinding("REQUIRED", rij(2)),
    );
    let zonder = goed().replacen("\"kader\": \"vrijwillig\", ", "", 2);
    geval(
        lijst,
        55,
        "what must be there is not",
        zonder,
        Bevinding("REQUIRED", OVERAL),
    );
    geval(lijst, 55, "only a text", "\"kader\"", fout("DELIMITER"));
    geval(lijst, 55, "only null", "null", fout("DELIMITER"));
    for naam in ["__proto__", "constructor", "$ref", "$schema"] {
        let tekst = goed().replace(
            "{\"",
            &format!("{{\"{naam}\": \"http://169.254.169.254/\", \""),
        );
        geval(lijst, 56, &format!("a key {naam}"), tekst, Gezegd(naam));
    }
    let feiten = format!(
        "{{\"$schema\": \"http://169.254.169.254/x.json\", \"traject\": {}}}",
        goed()
    );
    geval(lijst, 56, "a schema to be fetched", feiten, Goed);
    let bsn = format!("{{\"kind {BSN}\": 1, \"traject\": {}}}", goed());
    geval(
        lijst,
        61,
        "a BSN in the name of a fact",
        bsn,
        fout("BSN_SUSPECTED"),
    );
    let bsn = format!("{{\"kind\": \"{BSN}\", \"traject\": {}}}", goed());
    geval(lijst, 61, "a BSN in a fact", bsn, fout("BSN_SUSPECTED"));
    let bsn = format!("{{\"kind\": {BSN}, \"traject\": {}}}", goed());
    geval(
        lijst,
        61,
        "a BSN as a number in a fact",
        bsn,
        fout("BSN_SUSPECTED"),
    );
    geval(
        lijst,
        61,
        "a BSN in the name of a list",
        format!("{{\"kind {BSN}\": {}}}", goed()),
        Bevinding("BSN_SUSPECTED", OVERAL),
    );
    geval(
        lijst,
        61,
        "a BSN in a key",
        goed().replace("{\"", &format!("{{\"kind {BSN}\": 1, \"")),
        Bevinding("BSN_SUSPECTED", OVERAL),
    );
}
