//! What must be confirmed by name before a levering replaces one with more in it.
//!
//! Owns the question at the terminal: the name is typed, a bare "ja" is not enough. Leaves what is asked, and the
//! sentences, to the service.

use std::io::{self, BufRead, IsTerminal};

use schema::Confirmation;

use crate::client::NeededConfirmation;
use crate::error::Failure;
use crate::output;
use crate::wording;

/// What came of the questions.
pub(crate) enum Confirmed {
    /// All of it is meant.
    All(Vec<Confirmation>),
    /// Not all of it, or nobody sits at the keyboard.
    Not,
}

/// Asks each by its name, where somebody sits at the keyboard.
pub(crate) fn ask(asked: &[NeededConfirmation]) -> Result<Confirmed, Failure> {
    let input = io::stdin();
    if !input.is_terminal() {
        return Ok(Confirmed::Not);
    }
    ask_on(&mut input.lock(), asked)
}

fn ask_on(input: &mut impl BufRead, asked: &[NeededConfirmation]) -> Result<Confirmed, Failure> {
    let mut confirmed = Vec::new();
    for one in asked {
        output::talk(&format!("\n{}", output::safe(&one.zin)));
        output::ask(&wording::asked::type_to_confirm(&one.naam));
        let mut line = String::new();
        input
            .read_line(&mut line)
            .map_err(|e| Failure::new(wording::asked::ANSWER_UNREADABLE).cause(e))?;
        match Confirmation::parse(line.trim()) {
            Some(what) if what.name() == one.naam => confirmed.push(what),
            _ => return Ok(Confirmed::Not),
        }
    }
    Ok(Confirmed::All(confirmed))
}

/// Reads the name behind `--bevestig`.
pub(crate) fn parse(text: &str) -> Result<Confirmation, String> {
    Confirmation::parse(text).ok_or_else(|| {
        let names = Confirmation::ALL.map(Confirmation::name);
        format!("bevestigen kan met: {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(name: &str) -> NeededConfirmation {
        NeededConfirmation {
            naam: name.to_owned(),
            zin: "Er staat minder in.".to_owned(),
        }
    }

    #[test]
    fn only_the_name_itself_confirms() {
        let both = [asked("minder_rijen"), asked("andere_sleutel")];
        let answers = |typed: &str| ask_on(&mut typed.as_bytes(), &both).unwrap();
        let Confirmed::All(confirmed) = answers(" minder_rijen \nandere_sleutel\n") else {
            panic!("both were typed")
        };
        assert_eq!(
            confirmed,
            [Confirmation::MinderRijen, Confirmation::AndereSleutel]
        );
        for typed in [
            "",
            "ja\n",
            "andere_sleutel\nminder_rijen\n",
            "minder_rijen\n\n",
        ] {
            assert!(matches!(answers(typed), Confirmed::Not), "{typed:?}");
        }
    }

    #[test]
    fn what_this_version_does_not_know_is_not_confirmed() {
        let unknown = [asked("iets_nieuws")];
        let outcome = ask_on(&mut "iets_nieuws\n".as_bytes(), &unknown).unwrap();
        assert!(matches!(outcome, Confirmed::Not));
        assert!(parse("iets_nieuws").is_err() && parse("minder_rijen").is_ok());
    }
}
