//! What a beheerder or coördinator does beside the service: aanbieders, tokens, the freeze, erasure.
//!
//! Owns these small commands; each is one step in the register. Leaves the rules of a step to `lake`, and what puts
//! right what went wrong to `rescue`.

use crate::config::Config;
use crate::output;
use crate::rescue::{Judge, Quarantine};
use crate::verwacht::Import;
use anyhow::{Context, Result, bail};
use chrono::{DateTime, Utc};
use clap::{Subcommand, ValueEnum};
use lake::{Filter, Lake, LeveringId, Rol, Stempel, Toegang};
use schema::{Definitie, Toestand};

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
    /// Takes a freeze back, while nothing was published from it: leveringen can be signed again
    Unfreeze {
        /// Id of the momentopname, as in omgang-2020-1
        id: String,
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
    Judge(Judge),
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
        role: Role,
        /// KvK number, for an aanbieder
        #[arg(long)]
        kvk: Option<String>,
        /// What it is for
        #[arg(long, default_value = "")]
        label: String,
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
pub enum Role {
    /// Delivers for one aanbieder
    Aanbieder,
    /// Runs the uitvraag
    Coordinator,
    /// Queries figures
    Analist,
}

impl Admin {
    /// Carries out the command.
    pub async fn run(self, config: &Config) -> Result<()> {
        let lake = Lake::open(&config.data.dir, Toegang::Taak).await?;
        let stempel = Stempel::new("beheerder", Utc::now());
        let klaar = self.carry_out(&lake, &stempel).await;
        lake.sluit().await;
        klaar
    }

    async fn carry_out(self, lake: &Lake, stempel: &Stempel) -> Result<()> {
        match self {
            Self::Aanbieders(Aanbieders::Import(import)) => import.run(lake, stempel).await,
            Self::Aanbieders(Aanbieders::List { uitvraag }) => {
                list_aanbieders(lake, &uitvraag).await
            }
            Self::Token(token) => token.run(lake, stempel).await,
            Self::Freeze { uitvraag, early } => {
                let definitie = known_uitvraag(&uitvraag)?;
                let (naam, jaar) = (definitie.uitvraag.as_str(), definitie.jaar);
                if !early {
                    refuse_early(lake, &definitie, stempel).await?;
                }
                let moment = lake.bevries(naam, jaar, stempel).await?;
                for levering in &moment.uitgesloten {
                    output::talk(&format!(
                        "levering {levering} is in quarantine and stays out"
                    ));
                }
                output::talk(&format!("{} leveringen are in", moment.leveringen.len()));
                output::data(&moment.id);
                Ok(())
            }
            Self::Unfreeze { id } => {
                lake.ontdooi(&id, stempel)
                    .await
                    .with_context(|| format!("could not take {id} back"))?;
                output::talk(&format!("{id} is taken back; its number is not used again"));
                Ok(())
            }
            Self::Momentopname { id } => print_momentopname(lake, &id).await,
            Self::Expire { uitvraag } => {
                let (naam, jaar) = split_uitvraag(&uitvraag)?;
                let verlopen = lake.verlopen(naam, jaar, stempel).await?;
                output::talk(&format!("{} leveringen expired", verlopen.len()));
                Ok(())
            }
            Self::Extend {
                uitvraag,
                kvk,
                until,
                reason,
            } => {
                let definitie = known_uitvraag(&uitvraag)?;
                if until <= stempel.nu {
                    bail!(
                        "{} is past: nothing could be delivered by then",
                        until.to_rfc3339()
                    );
                }
                if reason.trim().is_empty() {
                    bail!("--reason is empty: it is what the log will say of this exception");
                }
                lake.geef_uitstel(
                    &kvk,
                    &definitie.uitvraag,
                    definitie.jaar,
                    until,
                    reason.trim(),
                    stempel,
                )
                .await?;
                output::talk(&format!(
                    "{kvk} may deliver for {uitvraag} until {}",
                    until.to_rfc3339()
                ));
                Ok(())
            }
            Self::Erase { levering } => {
                let levering = lake.wissen(parse_id(&levering)?, stempel).await?;
                output::talk(&format!("levering {} is erased", levering.id));
                Ok(())
            }
            Self::Quarantine(quarantine) => quarantine.run(lake, stempel).await,
            Self::Judge(judge) => judge.run(lake, stempel).await,
            Self::Log { levering } => print_log(lake, levering.as_deref()).await,
        }
    }
}

impl Token {
    async fn run(self, lake: &Lake, stempel: &Stempel) -> Result<()> {
        match self {
            Self::New { role, kvk, label } => {
                let rol = match (role, kvk) {
                    (Role::Aanbieder, Some(kvk)) => Rol::Aanbieder(kvk),
                    (Role::Aanbieder, None) => bail!("a token for an aanbieder needs --kvk"),
                    (Role::Coordinator | Role::Analist, Some(_)) => {
                        bail!("--kvk is for an aanbieder alone: this role is of no aanbieder")
                    }
                    (Role::Coordinator, None) => Rol::Coordinator,
                    (Role::Analist, None) => Rol::Analist,
                };
                let token = lake.maak_token(&rol, &label, stempel).await?;
                output::data(token.toon());
            }
            Self::List => {
                let rijen = lake.tokens().await?.into_iter().map(|t| {
                    let kvk = if let Rol::Aanbieder(kvk) = &t.rol {
                        kvk.clone()
                    } else {
                        String::new()
                    };
                    let ingetrokken = t.ingetrokken.map(|i| i.to_rfc3339()).unwrap_or_default();
                    vec![
                        t.token.to_string(),
                        t.rol.naam().to_owned(),
                        kvk,
                        t.omschrijving,
                        t.gemaakt.to_rfc3339(),
                        ingetrokken,
                    ]
                });
                output::csv(
                    &[
                        "token",
                        "rol",
                        "kvk",
                        "omschrijving",
                        "gemaakt",
                        "ingetrokken",
                    ],
                    rijen,
                )?;
            }
            Self::Revoke { number } => {
                if !lake.trek_token_in(number, stempel).await? {
                    bail!("there is no token {number}, or it was revoked before");
                }
            }
        }
        Ok(())
    }
}

async fn list_aanbieders(lake: &Lake, uitvraag: &str) -> Result<()> {
    let (naam, jaar) = split_uitvraag(uitvraag)?;
    let respons = lake.respons(naam, jaar).await?;
    let rijen = respons.regels.into_iter().map(|r| {
        let levering = r.levering.map(|l| l.to_string()).unwrap_or_default();
        vec![
            r.kvk,
            r.naam,
            r.werkgebied.join(" "),
            r.uitkomst.naam().to_owned(),
            levering,
        ]
    });
    output::csv(
        &["kvk", "naam", "werkgebied", "uitkomst", "levering"],
        rijen,
    )
}

async fn print_log(lake: &Lake, levering: Option<&str>) -> Result<()> {
    let id = levering.map(parse_id).transpose()?;
    let rijen = lake.gebeurtenissen(id).await?.into_iter().map(|g| {
        let levering = g.levering.map(|l| l.to_string()).unwrap_or_default();
        let toestand = |t: Option<schema::Toestand>| {
            t.map(schema::Toestand::naam).unwrap_or_default().to_owned()
        };
        vec![
            g.wanneer.to_rfc3339(),
            g.wie,
            g.wat,
            toestand(g.van),
            toestand(g.naar),
            levering,
        ]
    });
    output::csv(&["wanneer", "wie", "wat", "van", "naar", "levering"], rijen)
}

async fn print_momentopname(lake: &Lake, id: &str) -> Result<()> {
    let moment = lake
        .momentopname(id)
        .await?
        .with_context(|| format!("there is no momentopname {id}"))?;
    let rijen = moment.leveringen.iter().flat_map(|levering| {
        let leeg = || {
            vec![
                levering.kvk.clone(),
                levering.id.to_string(),
                String::new(),
                "0".to_owned(),
                String::new(),
            ]
        };
        let vol = levering.bestanden.iter().map(|b| {
            vec![
                levering.kvk.clone(),
                levering.id.to_string(),
                b.tabel.clone(),
                b.rijen.to_string(),
                b.hash.clone(),
            ]
        });
        if levering.bestanden.is_empty() {
            vec![leeg()]
        } else {
            vol.collect()
        }
    });
    output::csv(&["kvk", "levering", "tabel", "rijen", "hash"], rijen)
}

/// The definition of an uitvraag and year that there is.
pub fn known_uitvraag(naam: &str) -> Result<Definitie> {
    split_uitvraag(naam)?;
    Definitie::load(naam).with_context(|| {
        format!(
            "there is no uitvraag {naam}; there are: {}",
            Definitie::names().join(", ")
        )
    })
}

/// A freeze ends delivering for everybody: what speaks against it must be waved through.
async fn refuse_early(lake: &Lake, definitie: &Definitie, stempel: &Stempel) -> Result<()> {
    let filter = Filter {
        uitvraag: Some(&definitie.uitvraag),
        jaar: Some(definitie.jaar),
        ..Filter::default()
    };
    let leveringen = lake.leveringen(filter).await?;
    let met = |test: fn(Toestand) -> bool| leveringen.iter().filter(|l| test(l.toestand)).count();
    let open = met(|t| {
        matches!(
            t,
            Toestand::Geopend | Toestand::Ontvangen | Toestand::TeBevestigen | Toestand::Akkoord
        )
    });
    let mut bezwaren = Vec::new();
    if stempel.nu.date_naive() < definitie.klok.bevriezen {
        bezwaren.push(format!("its freeze date is {}", definitie.klok.bevriezen));
    }
    if met(|t| matches!(t, Toestand::Ingediend | Toestand::Gepubliceerd)) == 0 {
        bezwaren.push("no levering is signed".to_owned());
    }
    if open > 0 {
        bezwaren.push(format!(
            "{open} leveringen are not finished (`admin expire` ends them)"
        ));
    }
    if bezwaren.is_empty() {
        return Ok(());
    }
    bail!(
        "{} was not frozen: {}. Freeze it all the same with --early",
        definitie.naam(),
        bezwaren.join("; ")
    )
}

/// Parts `omgang/2020` into name and year.
pub fn split_uitvraag(uitvraag: &str) -> Result<(&str, i32)> {
    let delen = uitvraag
        .split_once('/')
        .and_then(|(naam, jaar)| Some((naam, jaar.parse().ok()?)));
    delen.with_context(|| format!("`{uitvraag}` is not an uitvraag and a year, as in omgang/2020"))
}

pub fn parse_id(tekst: &str) -> Result<LeveringId> {
    tekst
        .parse()
        .map_err(|_| anyhow::anyhow!("`{tekst}` is no id of a levering"))
}
