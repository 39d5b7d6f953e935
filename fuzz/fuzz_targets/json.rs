//! JSON through the lenient door. Whatever it takes is JSON to others too.
#![no_main]

use fuzz::{check, explore};
use libfuzzer_sys::fuzz_target;
use sheets::SourceFile;

fuzz_target!(|data: &[u8]| {
    let begin = data
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(data)
        .trim_ascii_start();
    if !begin.starts_with(b"[") && !begin.starts_with(b"{") {
        return;
    }
    let file = SourceFile::from_bytes("export.json", data.to_vec());
    check(&file, None);
    if explore(&file) {
        let others: Result<serde_json::Value, _> = serde_json::from_slice(begin);
        assert!(
            others.is_ok(),
            "taken here, refused by serde_json: {others:?}"
        );
    }
});
