//! The local words of the practice aanbieders: one table per kind of system, from canonical code to what it writes.

use chrono::{Datelike, NaiveDate};

/// An amount in euros, of cents.
pub fn euro(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The word with a capital.
pub fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + characters.as_str())
        .unwrap_or_default()
}

/// `2 mrt 2020`, as some systems write a date.
pub fn in_words(datum: NaiveDate) -> String {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
    ];
    format!(
        "{} {} {}",
        datum.day(),
        MONTHS[datum.month0() as usize],
        datum.year()
    )
}

pub fn list_verwijzer(code: &str) -> &'static str {
    match code {
        "jeugdbeschermer" => "GI",
        "rechter" => "Rechtbank",
        "raad_voor_de_kinderbescherming" => "RvdK",
        "cjg" => "Centrum Jeugd en Gezin",
        "sociaal_wijkteam" => "Wijkteam",
        "huisarts" => "Huisarts",
        _ => "Eigen aanmelding",
    }
}

pub fn list_omgang(code: &str) -> &'static str {
    match code {
        "grootouder" => "Opa/oma",
        "broer_of_zus" => "Broer/zus",
        _ => "Ouder",
    }
}

pub fn list_vorm(code: &str) -> &'static str {
    match code {
        "omgangshuis" => "Omgangshuis",
        "ambulant_locatie" => "Ambulant op locatie",
        "ambulant_thuis" => "Bij ouder thuis",
        _ => "Ambulant elders",
    }
}

pub fn list_begeleiding(code: &str) -> &'static str {
    match code {
        "professional" => "Jeugdhulpverlener",
        "vrijwilliger" => "Vrijwilliger",
        _ => "Beide",
    }
}

pub fn list_funding(code: &str) -> &'static str {
    match code {
        "inkoop_gemeente" => "Jeugdwet gemeente",
        "inkoop_regio" => "Jeugdwet regio",
        _ => "Subsidie",
    }
}

pub fn list_reason(code: &str) -> &'static str {
    match code {
        "volgens_plan" => "Volgens plan",
        "voortijdig_in_overleg" => "Voortijdig, in overleg",
        "eenzijdig_client" => "Cliënt gestopt",
        "eenzijdig_aanbieder" => "Eenzijdig door aanbieder",
        "externe_omstandigheden" => "Externe omstandigheden",
        _ => "Ingetrokken voor start",
    }
}

pub fn ijw_reason(code: &str) -> &'static str {
    match code {
        "volgens_plan" => "31",
        "voortijdig_in_overleg" => "34",
        "eenzijdig_client" => "32",
        "eenzijdig_aanbieder" => "33",
        "externe_omstandigheden" => "35",
        _ => "ingetrokken",
    }
}

pub fn cbs_reason(code: &str) -> &'static str {
    match code {
        "volgens_plan" => "01",
        "voortijdig_in_overleg" => "02",
        "eenzijdig_client" => "03",
        "eenzijdig_aanbieder" => "04",
        "externe_omstandigheden" => "05",
        _ => "ingetrokken voor start",
    }
}

pub fn care_file_verwijzer(code: &str) -> &'static str {
    match code {
        "jeugdbeschermer" => "jeugdbescherming",
        "rechter" => "rechter",
        "raad_voor_de_kinderbescherming" => "Raad voor de Kinderbescherming",
        "cjg" => "CJG",
        "sociaal_wijkteam" => "sociaal team",
        "huisarts" => "huisarts",
        _ => "geen",
    }
}

pub fn care_file_omgang(code: &str) -> &'static str {
    match code {
        "grootouder" => "grootouders",
        "broer_of_zus" => "siblings",
        _ => "ouder",
    }
}

pub fn care_file_vorm(code: &str) -> &'static str {
    match code {
        "omgangshuis" => "OH",
        "ambulant_locatie" => "AL",
        "ambulant_thuis" => "AT",
        _ => "AE",
    }
}

pub fn care_file_supervisor(code: &str) -> &'static str {
    match code {
        "professional" => "prof",
        "vrijwilliger" => "vrijw",
        _ => "prof+vrijw",
    }
}

pub fn care_file_bekostiging(code: &str) -> &'static str {
    match code {
        "inkoop_gemeente" => "gemeente",
        "inkoop_regio" => "regio",
        _ => "subsidie preventie",
    }
}
