//! The key: made once, shown without its secret, backed up and put back.

use insta::assert_snapshot;

use crate::support::TestFolder;

/// The label differs with every key.
fn without_mark(text: &str) -> String {
    text.split_inclusive(char::is_whitespace)
        .map(|w| {
            if w.starts_with("hmac-sha256.1.") {
                w.replace(w.trim(), "[KENMERK]")
            } else {
                w.to_owned()
            }
        })
        .collect()
}

#[test]
fn a_key_is_made_backed_up_and_put_back_elsewhere() {
    let folder = TestFolder::new();
    assert_snapshot!("sleutel_nog_niet", folder.run(&["sleutel"]).everything());
    assert_snapshot!(
        "sleutel_maak",
        without_mark(&folder.run(&["sleutel", "maak"]).everything())
    );
    assert_snapshot!(
        "sleutel_maak_weer",
        folder.run(&["sleutel", "maak"]).everything()
    );
    assert_snapshot!(
        "sleutel_bewaar",
        folder.run(&["sleutel", "bewaar", "kopie.txt"]).everything()
    );
    assert_eq!(folder.run(&["sleutel", "bewaar", "kopie.txt"]).code, 2);
    let here = folder.run(&["sleutel", "toon"]).stdout;
    let elders = folder.run(&[
        "sleutel",
        "zet-terug",
        "kopie.txt",
        "--sleutel",
        "elders.toml",
    ]);
    assert_eq!(elders.code, 0, "{}", elders.everything());
    assert_eq!(here.lines().nth(1), elders.stdout.lines().nth(1));
    assert_eq!(folder.run(&["sleutel", "zet-terug", "kopie.txt"]).code, 0);
}

#[test]
fn another_key_is_never_overwritten() {
    let folder = TestFolder::new();
    assert_eq!(
        folder
            .run(&["sleutel", "maak", "--sleutel", "een.toml"])
            .code,
        0
    );
    assert_eq!(
        folder
            .run(&["sleutel", "maak", "--sleutel", "twee.toml"])
            .code,
        0
    );
    assert_eq!(
        folder
            .run(&["sleutel", "bewaar", "een.txt", "--sleutel", "een.toml"])
            .code,
        0
    );
    let before = folder.lees("twee.toml");
    let result = folder.run(&["sleutel", "zet-terug", "een.txt", "--sleutel", "twee.toml"]);
    assert_eq!((result.code, folder.lees("twee.toml")), (2, before));
}

#[cfg(unix)]
#[test]
fn key_and_backup_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TestFolder::new();
    assert_eq!(folder.run(&["sleutel", "maak"]).code, 0);
    assert_eq!(folder.run(&["sleutel", "bewaar", "kopie.txt"]).code, 0);
    for name in ["thuis/.config/uitvraag/sleutel.toml", "kopie.txt"] {
        assert_eq!(
            std::fs::metadata(folder.path(name))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o600,
            "{name}"
        );
    }
}
