//! `admin token`: who may what.

use lake::TokenRole;
use monitor::admin::lists;

use crate::stage::{BRUG, Stage, rows};

/// A token of an aanbieder is of one that is known; the other roles are of no aanbieder.
#[test]
fn a_role_has_a_kvk_where_it_needs_one_and_nowhere_else() {
    let stage = Stage::expecting();
    for (command, why) in [
        ("--role aanbieder", "needs --kvk"),
        (
            "--role coordinator --kvk 12345678",
            "for an aanbieder alone",
        ),
        ("--role analist --kvk 12345678", "for an aanbieder alone"),
        ("--role aanbieder --kvk 99999999", "unknown aanbieder"),
        ("--role beheerder", "invalid value"),
    ] {
        let refused = stage.refuses(&format!("admin token new {command}"));
        assert!(refused.contains(why), "{command}: {refused}");
    }
    assert!(
        stage
            .lake(async |lake| lake.tokens().await.unwrap())
            .is_empty()
    );
    for command in [
        "--role aanbieder --kvk 12345678",
        "--role coordinator",
        "--role analist",
    ] {
        stage.does(&format!("admin token new {command}"));
    }
    let tokens = stage.lake(async |lake| lake.tokens().await.unwrap());
    let roles: Vec<TokenRole> = tokens.into_iter().map(|token| token.rol).collect();
    assert_eq!(
        roles,
        [
            TokenRole::Aanbieder(BRUG.to_owned()),
            TokenRole::Coordinator,
            TokenRole::Analist
        ]
    );
}

/// A token is shown once, when it is made; the list has its number, never the secret.
#[test]
fn the_list_shows_no_secret_and_a_revoked_token_no_longer_works() {
    let stage = Stage::expecting();
    let stamp = lake::Stamp::new("test", chrono::Utc::now());
    let secret = stage.lake(async |lake| {
        let secret = lake
            .make_token(&TokenRole::Coordinator, "=regio", &stamp)
            .await
            .unwrap();
        secret.reveal().to_owned()
    });
    let list = stage.lake(async |lake| lists::tokens(lake).await.unwrap());
    assert!(!String::from_utf8_lossy(&list).contains(&secret));
    assert_eq!(rows(&list)[0][..4], ["1", "coordinator", "", "'=regio"]);
    stage.does("admin token revoke 1");
    let holder = stage.lake(async |lake| lake.holder(&secret).await.unwrap());
    assert!(holder.is_none());
    let list = stage.lake(async |lake| lists::tokens(lake).await.unwrap());
    assert!(
        !rows(&list)[0][5].is_empty(),
        "the list says when it was revoked"
    );
    for number in [1, 2] {
        assert!(
            stage
                .refuses(&format!("admin token revoke {number}"))
                .contains("there is no token")
        );
    }
}
