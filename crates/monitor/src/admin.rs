//! What a beheerder or coördinator does beside the service: aanbieders, tokens, the freeze, erasure.
//!
//! Owns these small commands and their words; each is one step in the register. Leaves the rules of a step to `lake`,
//! and larger commands to a file each.

pub mod import_aanbieders;
pub mod judge_again;
pub mod lists;
pub mod quarantine;
mod which_leveringen;

use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use clap::{Subcommand, ValueEnum};
use lake::{Access, Lake, LakeError, Momentopname, Refusal, Stamp, TokenRole};
use schema::Definitie;

use self::import_aanbieders::Import;
use self::judge_again::JudgeCommand;
use self::quarantine::Quarantine;
use self::which_leveringen::parse_id;
use crate::config::Config;
use crate::{output, pg};

/// Manages aanbieders, tokens and leveringen.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Aanbieders and of whom a levering is expected
    #[command(subcommand)]
    Aanbieders(Aanbieders),
    /// Tokens
    #[command(subcommand)]
    Token(Token),
    /// Freezes what is in force into a momentopname, and prints its id
    Freeze {
        /// Uitvraag and year, as in omgang/2020
        uitvraag: String,
        /// Also before the freeze date, with unfinished leveringen, or with none at all
        #[arg(long)]
        early: bool,
    },
    /// Takes a freeze back, while nothing was published from it: leveringen can be signed again until the next freeze
    Unfreeze {
        /// Uitvraag and year, as in omgang/2020 (also when only its freeze date is past); or the id of one momentopname,
        /// as in omgang-2020-1
        what: String,
    },
    /// Prints what is in a momentopname, as CSV: one row per levering and table
    Momentopname {
        /// Its id, as in omgang-2020-1
        id: String,
    },
    /// Ends leveringen that were never signed
    Expire {
        /// Uitvraag and year, as in omgang/2020
        uitvraag: String,
    },
    /// Lets one aanbieder deliver after the freeze; logged with the reason
    Extend {
        /// Uitvraag and year, as in omgang/2020
        uitvraag: String,
        /// KvK number
        #[arg(long)]
        kvk: String,
        /// Until when, as in 2021-05-10T17:00:00Z
        #[arg(long)]
        until: DateTime<Utc>,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Erases the data of one levering, for good
    Erase {
        /// Id of the levering
        levering: String,
    },
    /// Leveringen in quarantine: list them, release what fits again
    #[command(subcommand)]
    Quarantine(Quarantine),
    /// Judgements that failed three times: list them, have them tried again
    #[command(subcommand)]
    Judge(JudgeCommand),
    /// The log of events, newest last, as CSV
    Log {
        /// Only of this levering
        levering: Option<String>,
    },
}

/// Aanbieders.
#[derive(Debug, Subcommand)]
pub enum Aanbieders {
    /// Reads a CSV with kvk, naam, werkgebied (codes, separated by spaces) and uitkomst (verwacht, gestopt, geweigerd)
    Import(Import),
    /// Prints who is expected and what became of it, as CSV
    List {
        /// Uitvraag and year, as in omgang/2020
        uitvraag: String,
    },
}

/// Tokens.
#[derive(Debug, Subcommand)]
pub enum Token {
    /// Makes a token and prints it, this once
    New {
        /// What it may do
        #[arg(long, value_enum)]
        role: AdminRole,
        /// KvK number, for an aanbieder
        #[arg(long)]
        kvk: Option<String>,
        /// What it is for
        #[arg(long, default_value = "")]
        label: String,
    },
    /// Makes a password with which an analist logs in over the PostgreSQL protocol, and prints it, this once
    SqlPassword {
        /// Number of the analist's token
        number: i64,
    },
    /// Prints all tokens (never the secrets), as CSV
    List,
    /// Revokes a token
    Revoke {
        /// Its number
        number: i64,
    },
}

/// Roles a token can have.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum AdminRole {
    /// Delivers for one aanbieder
    Aanbieder,
    /// Runs the uitvraag
    Coordinator,
    /// Queries figures
    Analist,
}

impl AdminRole {
    /// The role, of this aanbieder where it is one's.
    fn of(self, kvk: Option<String>) -> Result<TokenRole> {
        match (self, kvk) {
            (Self::Aanbieder, Some(kvk)) => Ok(TokenRole::Aanbieder(kvk)),
            (Self::Aanbieder, None) => bail!("a token for an aanbieder needs --kvk"),
            (Self::Coordinator | Self::Analist, Some(_)) => {
                bail!("--kvk is for an aanbieder alone: this role is of no aanbieder")
            }
            (Self::Coordinator, None) => Ok(TokenRole::Coordinator),
            (Self::Analist, None) => Ok(TokenRole::Analist),
        }
    }
}

impl Admin {
    /// Carries out the command.
    pub async fn run(self, config: &Config) -> Result<()> {
        let lake = Lake::open(&config.data.dir, Access::Task).await?;
        let stamp = Stamp::new("beheerder", Utc::now());
        let done = self.carry_out(&lake, &stamp).await;
        lake.close().await;
        done
    }

    async fn carry_out(self, lake: &Lake, stamp: &Stamp) -> Result<()> {
        match self {
            Self::Aanbieders(Aanbieders::Import(import)) => {
                let definitie = known_uitvraag(&import.uitvraag)?;
                import.run(lake, &definitie, stamp).await
            }
            Self::Aanbieders(Aanbieders::List { uitvraag }) => {
                let (name, jaar) = split_uitvraag(&uitvraag)?;
                output::bytes(&lists::aanbieders(lake, name, jaar).await?)
            }
            Self::Token(token) => token.run(lake, stamp).await,
            Self::Freeze { uitvraag, early } => {
                let definitie = known_uitvraag(&uitvraag)?;
                let moment = freeze(lake, &definitie, early, stamp).await?;
                for levering in &moment.uitgesloten {
                    output::talk(&format!(
                        "levering {levering} is in quarantine and stays out"
                    ));
                }
                output::talk(&format!("{} leveringen are in", moment.leveringen.len()));
                output::data(&moment.id);
                Ok(())
            }
            Self::Unfreeze { what } => unfreeze(lake, &what, stamp).await,
            Self::Momentopname { id } => output::bytes(&lists::momentopname(lake, &id).await?),
            Self::Expire { uitvraag } => {
                let (name, jaar) = split_uitvraag(&uitvraag)?;
                let expire = lake.expire(name, jaar, stamp).await?;
                output::talk(&format!("{} leveringen expired", expire.len()));
                Ok(())
            }
            Self::Extend {
                uitvraag,
                kvk,
                until,
                reason,
            } => {
                let definitie = known_uitvraag(&uitvraag)?;
                lake.grant_uitstel(
                    &kvk,
                    &definitie.uitvraag,
                    definitie.jaar,
                    until,
                    reason.trim(),
                    stamp,
                )
                .await?;
                output::talk(&format!(
                    "{kvk} may deliver for {uitvraag} until {}",
                    until.to_rfc3339()
                ));
                Ok(())
            }
            Self::Erase { levering } => {
                let levering = lake.erase(parse_id(&levering)?, stamp).await?;
                output::talk(&format!("levering {} is erased", levering.id));
                Ok(())
            }
            Self::Quarantine(quarantine) => quarantine.run(lake, stamp).await,
            Self::Judge(judge) => judge.run(lake, stamp).await,
            Self::Log { levering } => {
                let levering = levering.as_deref().map(parse_id).transpose()?;
                output::bytes(&lists::log(lake, levering).await?)
            }
        }
    }
}

impl Token {
    async fn run(self, lake: &Lake, stamp: &Stamp) -> Result<()> {
        match self {
            Self::New { role, kvk, label } => {
                let role = role.of(kvk)?;
                let token = lake.make_token(&role, &label, stamp).await?;
                output::data(token.reveal());
            }
            Self::SqlPassword { number } => {
                let (name, password) = pg::login::make_password(lake, number).await?;
                output::talk("name and password, shown this once:");
                output::data(&format!("{name} {password}"));
            }
            Self::List => {
                output::bytes(&lists::tokens(lake).await?)?;
            }
            Self::Revoke { number } => {
                if !lake.trek_token_in(number, stamp).await? {
                    bail!("there is no token {number}, or it was revoked before");
                }
            }
        }
        Ok(())
    }
}

/// The definition of an uitvraag and year that there is.
fn known_uitvraag(name: &str) -> Result<Definitie> {
    split_uitvraag(name)?;
    Definitie::load(name).with_context(|| {
        format!(
            "there is no uitvraag {name}; there are: {}",
            Definitie::names().join(", ")
        )
    })
}

/// Freezes a year; what speaks against it must be waved through.
async fn freeze(
    lake: &Lake,
    definitie: &Definitie,
    early: bool,
    stamp: &Stamp,
) -> Result<Momentopname> {
    let (name, jaar) = (definitie.uitvraag.as_str(), definitie.jaar);
    if early {
        return Ok(lake.freeze(name, jaar, stamp).await?);
    }
    match lake
        .freeze_in_time(name, jaar, &definitie.klok, stamp)
        .await
    {
        Err(LakeError::Refused(Refusal::TooSoonToFreeze {
            day,
            none_signed,
            unfinished,
        })) => {
            let mut objections = Vec::new();
            if let Some(day) = day {
                objections.push(format!("its freeze date is {day}"));
            }
            if none_signed {
                objections.push("no levering is signed".to_owned());
            }
            if unfinished > 0 {
                objections.push(format!(
                    "{unfinished} leveringen are not finished (`admin expire` ends them)"
                ));
            }
            bail!(
                "{} was not frozen: {}. Freeze it all the same with --early",
                definitie.name(),
                objections.join("; ")
            )
        }
        frozen => Ok(frozen?),
    }
}

/// Takes back one momentopname, or everything that freezes a year.
async fn unfreeze(lake: &Lake, what: &str, stamp: &Stamp) -> Result<()> {
    let failed = || format!("could not take {what} back");
    if !what.contains('/') {
        lake.unfreeze(what, stamp).await.with_context(failed)?;
        output::talk(&format!(
            "{what} is taken back; its number is not used again"
        ));
        return Ok(());
    }
    let definitie = known_uitvraag(what)?;
    let ids = lake
        .unfreeze_year(&definitie.uitvraag, definitie.jaar, &definitie.klok, stamp)
        .await
        .with_context(failed)?;
    for id in ids {
        output::talk(&format!("{id} is taken back; its number is not used again"));
    }
    output::talk(&format!(
        "{what} is open until the next `admin freeze`, or until its freeze date if that is still to come"
    ));
    Ok(())
}

/// Parts `omgang/2020` into name and year.
fn split_uitvraag(uitvraag: &str) -> Result<(&str, i32)> {
    let parts = uitvraag
        .split_once('/')
        .and_then(|(name, jaar)| Some((name, jaar.parse().ok()?)));
    parts.with_context(|| format!("`{uitvraag}` is not an uitvraag and a year, as in omgang/2020"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uitvraag_is_a_name_and_a_year() {
        assert_eq!(split_uitvraag("omgang/2020").unwrap(), ("omgang", 2020));
        for wrong in ["omgang", "omgang/", "omgang/x", "2020", ""] {
            assert!(split_uitvraag(wrong).is_err(), "{wrong}");
        }
    }
}
