//! `Publicaties`: out of which publications an answer is, and by which rule each was protected.
//!
//! Owns what an answer says of that beside its columns, which are a contract: a header, and the name that a table is saved
//! by. A CSV has no other place for it; JSON says it in a field.

use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use lake::ProtectionRule;

/// The header: a list of `uitvraag/jaar/versie;regel=…`, as RFC 9651 writes one.
pub(crate) const PUBLICATIES: HeaderName = HeaderName::from_static("publicaties");

/// One publication that an answer is out of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AnswerOrigin<'a> {
    /// Name of the uitvraag.
    pub(crate) uitvraag: &'a str,
    /// Reporting year.
    pub(crate) jaar: i32,
    /// Version.
    pub(crate) versie: u32,
    /// By which rule its counts were protected.
    pub(crate) rule: ProtectionRule,
}

/// Says in the answer what it is out of.
pub(crate) fn tell(response: &mut Response, origins: &[AnswerOrigin<'_>]) {
    let all: Vec<String> = origins
        .iter()
        .map(|origin| {
            let AnswerOrigin {
                uitvraag,
                jaar,
                versie,
                rule,
            } = origin;
            format!("{uitvraag}/{jaar}/{versie};regel={}", rule.name())
        })
        .collect();
    let value = HeaderValue::from_str(&all.join(", ")).ok();
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        response.headers_mut().insert(PUBLICATIES, value);
    }
}

/// What the name of a table has before it where an older rule protected what is in it, or some of it.
pub(crate) fn name_mark(rules: impl Iterator<Item = ProtectionRule>) -> &'static str {
    let older: Vec<bool> = rules.map(ProtectionRule::is_older).collect();
    match (older.contains(&true), older.contains(&false)) {
        (false, _) => "",
        (true, false) => "oudere-regel-",
        (true, true) => "deels-oudere-regel-",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_a_mark_where_any_of_it_is_of_the_rule_of_before() {
        use ProtectionRule::{Fives, Threshold};
        for (rules, mark) in [
            (&[][..], ""),
            (&[Fives], ""),
            (&[Threshold, Threshold], "oudere-regel-"),
            (&[Fives, Threshold], "deels-oudere-regel-"),
        ] {
            assert_eq!(name_mark(rules.iter().copied()), mark, "{rules:?}");
        }
    }

    #[test]
    fn the_header_names_every_publication_with_its_rule() {
        let origin = |jaar, rule| AnswerOrigin {
            uitvraag: "omgang",
            jaar,
            versie: 2,
            rule,
        };
        let mut response = Response::default();
        tell(&mut response, &[]);
        assert!(!response.headers().contains_key(PUBLICATIES));
        let both = [
            origin(2019, ProtectionRule::Threshold),
            origin(2020, ProtectionRule::Fives),
        ];
        tell(&mut response, &both);
        assert_eq!(
            response.headers()[PUBLICATIES],
            "omgang/2019/2;regel=drempel, omgang/2020/2;regel=vijftallen"
        );
    }
}
