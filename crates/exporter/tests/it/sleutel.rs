//! The key: made once, shown without its secret, backed up and put back.

use insta::assert_snapshot;

use crate::hulp::Werkmap;

/// The label differs with every key.
fn zonder_kenmerk(tekst: &str) -> String {
    tekst
        .split_inclusive(char::is_whitespace)
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
    let werk = Werkmap::new();
    assert_snapshot!("sleutel_nog_niet", werk.draai(&["sleutel"]).alles());
    assert_snapshot!(
        "sleutel_maak",
        zonder_kenmerk(&werk.draai(&["sleutel", "maak"]).alles())
    );
    assert_snapshot!(
        "sleutel_maak_weer",
        werk.draai(&["sleutel", "maak"]).alles()
    );
    assert_snapshot!(
        "sleutel_bewaar",
        werk.draai(&["sleutel", "bewaar", "kopie.txt"]).alles()
    );
    assert_eq!(werk.draai(&["sleutel", "bewaar", "kopie.txt"]).code, 2);
    let hier = werk.draai(&["sleutel", "toon"]).stdout;
    let elders = werk.draai(&[
        "sleutel",
        "zet-terug",
        "kopie.txt",
        "--sleutel",
        "elders.toml",
    ]);
    assert_eq!(elders.code, 0, "{}", elders.alles());
    assert_eq!(hier.lines().nth(1), elders.stdout.lines().nth(1));
    assert_eq!(werk.draai(&["sleutel", "zet-terug", "kopie.txt"]).code, 0);
}

#[test]
fn another_key_is_never_overwritten() {
    let werk = Werkmap::new();
    assert_eq!(
        werk.draai(&["sleutel", "maak", "--sleutel", "een.toml"])
            .code,
        0
    );
    assert_eq!(
        werk.draai(&["sleutel", "maak", "--sleutel", "twee.toml"])
            .code,
        0
    );
    assert_eq!(
        werk.draai(&["sleutel", "bewaar", "een.txt", "--sleutel", "een.toml"])
            .code,
        0
    );
    let voor = werk.lees("twee.toml");
    let uitslag = werk.draai(&["sleutel", "zet-terug", "een.txt", "--sleutel", "twee.toml"]);
    assert_eq!((uitslag.code, werk.lees("twee.toml")), (2, voor));
}

#[cfg(unix)]
#[test]
fn key_and_backup_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let werk = Werkmap::new();
    assert_eq!(werk.draai(&["sleutel", "maak"]).code, 0);
    assert_eq!(werk.draai(&["sleutel", "bewaar", "kopie.txt"]).code, 0);
    for naam in ["thuis/.config/uitvraag/sleutel.toml", "kopie.txt"] {
        assert_eq!(
            std::fs::metadata(werk.pad(naam))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o600,
            "{naam}"
        );
    }
}
