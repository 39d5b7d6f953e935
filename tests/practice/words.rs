//! The local words of the practice aanbieders: per kind of system, what it writes for a canonical code.

use chrono::{Datelike, NaiveDate};

/// What a kind of system writes for a code of a field; the code itself where it has no word of its own.
pub(crate) type LocalWords = fn(&str, &'static str) -> &'static str;

/// An amount in euros, of cents.
pub(crate) fn euro(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// `2 mrt 2020`, as some systems write a date.
pub(crate) fn in_words(datum: NaiveDate) -> String {
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

/// The codes of the definition.
pub(crate) fn canonical(_veld: &str, code: &'static str) -> &'static str {
    code
}

/// A list that somebody keeps.
pub(crate) fn list(veld: &str, code: &'static str) -> &'static str {
    match (veld, code) {
        ("kader", "vrijwillig") => "Vrijwillig kader",
        ("kader", "gedwongen") => "Gedwongen kader",
        ("verwijzer", "jeugdbeschermer") => "GI",
        ("verwijzer", "rechter") => "Rechtbank",
        ("verwijzer", "raad_voor_de_kinderbescherming") => "RvdK",
        ("verwijzer", "cjg") => "Centrum Jeugd en Gezin",
        ("verwijzer", "sociaal_wijkteam") => "Wijkteam",
        ("verwijzer", "huisarts") => "Huisarts",
        ("verwijzer", "ouders") => "Eigen aanmelding",
        ("omgang_met", "grootouder") => "Opa/oma",
        ("omgang_met", "broer_of_zus") => "Broer/zus",
        ("omgang_met", "ouder") => "Ouder",
        ("vorm", "omgangshuis") => "Omgangshuis",
        ("vorm", "ambulant_locatie") => "Ambulant op locatie",
        ("vorm", "ambulant_thuis") => "Bij ouder thuis",
        ("vorm", "ambulant_elders") => "Ambulant elders",
        ("begeleiding", "professional") => "Jeugdhulpverlener",
        ("begeleiding", "vrijwilliger") => "Vrijwilliger",
        ("begeleiding", "professional_en_vrijwilliger") => "Beide",
        ("bekostiging", "inkoop_gemeente") => "Jeugdwet gemeente",
        ("bekostiging", "inkoop_regio") => "Jeugdwet regio",
        ("bekostiging", "subsidie") => "Subsidie",
        ("reden_einde", "volgens_plan") => "Volgens plan",
        ("reden_einde", "voortijdig_in_overleg") => "Voortijdig, in overleg",
        ("reden_einde", "eenzijdig_client") => "Cliënt gestopt",
        ("reden_einde", "eenzijdig_aanbieder") => "Eenzijdig door aanbieder",
        ("reden_einde", "externe_omstandigheden") => "Externe omstandigheden",
        ("reden_einde", "ingetrokken_voor_start") => "Ingetrokken voor start",
        ("wettelijk_kader", "jeugdwet") => "Jeugdwet",
        ("wettelijk_kader", "wmo") => "Wmo",
        ("wettelijk_kader", "wlz") => "Wlz",
        ("wettelijk_kader", "voorliggend") => "Preventie",
        ("aanleiding", "ouderschapsplan") => "Ouderschapsplan",
        ("aanleiding", "familierechter") => "Beschikking",
        ("aanleiding", "ondertoezichtstelling") => "OTS",
        ("aanleiding", "uithuisplaatsing_of_voogdij") => "Uithuisplaatsing",
        ("aanleiding", "eigen_verzoek") => "Eigen verzoek",
        ("verblijf", "bij_ouder") => "Thuis",
        ("verblijf", "pleeggezin") => "Pleeggezin",
        ("verblijf", "gezinshuis_of_woongroep") => "Woongroep",
        ("intensiteit", "licht") => "Licht",
        ("intensiteit", "midden") => "Midden",
        ("intensiteit", "intensief") => "Intensief",
        ("rapportage_aan", "rechter_gezinsvoogd_en_ouders") => "Rechter, gezinsvoogd en ouders",
        ("rapportage_aan", "geen") => "Geen rapportage",
        ("rapportage_aan", "ouders") => "Ouders",
        ("rapportage_aan", "verwijzer") => "Verwijzer",
        ("vervolg", "onbegeleide_omgang") => "Onbegeleide omgang",
        ("vervolg", "lichtere_hulp") => "Lichtere hulp",
        ("vervolg", "zwaardere_hulp") => "Zwaardere hulp",
        ("vervolg", "geen_omgang") => "Geen omgang",
        (_, "onbekend") => "Onbekend",
        (_, "anders") => "Anders",
        _ => code,
    }
}

/// The same with the codes of iJw for the end.
pub(crate) fn ijw(veld: &str, code: &'static str) -> &'static str {
    match (veld, code) {
        ("reden_einde", "volgens_plan") => "31",
        ("reden_einde", "voortijdig_in_overleg") => "34",
        ("reden_einde", "eenzijdig_client") => "32",
        ("reden_einde", "eenzijdig_aanbieder") => "33",
        ("reden_einde", "externe_omstandigheden") => "35",
        ("reden_einde", _) => "ingetrokken",
        _ => list(veld, code),
    }
}

/// A client system, with the codes of CBS for the end.
pub(crate) fn care_file(veld: &str, code: &'static str) -> &'static str {
    match (veld, code) {
        ("kader", "vrijwillig") => "V",
        ("kader", "gedwongen") => "G",
        ("verwijzer", "jeugdbeschermer") => "jeugdbescherming",
        ("verwijzer", "raad_voor_de_kinderbescherming") => "Raad voor de Kinderbescherming",
        ("verwijzer", "cjg") => "CJG",
        ("verwijzer", "sociaal_wijkteam") => "sociaal team",
        ("verwijzer", "ouders") => "geen",
        ("omgang_met", "grootouder") => "grootouders",
        ("omgang_met", "broer_of_zus") => "siblings",
        ("vorm", "omgangshuis") => "OH",
        ("vorm", "ambulant_locatie") => "AL",
        ("vorm", "ambulant_thuis") => "AT",
        ("vorm", "ambulant_elders") => "AE",
        ("begeleiding", "professional") => "prof",
        ("begeleiding", "vrijwilliger") => "vrijw",
        ("begeleiding", "professional_en_vrijwilliger") => "prof+vrijw",
        ("bekostiging", "inkoop_gemeente") => "gemeente",
        ("bekostiging", "inkoop_regio") => "regio",
        ("bekostiging", "subsidie") => "subsidie preventie",
        ("reden_einde", "volgens_plan") => "01",
        ("reden_einde", "voortijdig_in_overleg") => "02",
        ("reden_einde", "eenzijdig_client") => "03",
        ("reden_einde", "eenzijdig_aanbieder") => "04",
        ("reden_einde", "externe_omstandigheden") => "05",
        ("reden_einde", _) => "ingetrokken voor start",
        ("wettelijk_kader", "jeugdwet") => "JW",
        ("wettelijk_kader", "voorliggend") => "preventief",
        ("aanleiding", "ouderschapsplan") => "OSP",
        ("aanleiding", "familierechter") => "beschikking rechter",
        ("aanleiding", "ondertoezichtstelling") => "OTS",
        ("aanleiding", "uithuisplaatsing_of_voogdij") => "UHP",
        ("aanleiding", "eigen_verzoek") => "eigen verzoek",
        ("verblijf", "bij_ouder") => "ouder",
        ("verblijf", "pleeggezin") => "pleegzorg",
        ("verblijf", "gezinshuis_of_woongroep") => "gezinshuis",
        ("rapportage_aan", "rechter_gezinsvoogd_en_ouders") => "rechter/gezinsvoogd/ouders",
        ("rapportage_aan", "geen") => "geen verslag",
        ("vervolg", "onbegeleide_omgang") => "onbegeleid",
        ("vervolg", "lichtere_hulp") => "afschaling",
        ("vervolg", "zwaardere_hulp") => "opschaling",
        ("vervolg", "geen_omgang") => "geen contact",
        _ => code,
    }
}

/// A JSON export: its own codes for some fields, the words of a list for others.
pub(crate) fn json(veld: &str, code: &'static str) -> &'static str {
    match veld {
        "verwijzer" | "omgang_met" | "vorm" | "bekostiging" | "reden_einde" => list(veld, code),
        _ => code,
    }
}

/// A file with tabs: the words of a list, but for some.
pub(crate) fn tab(veld: &str, code: &'static str) -> &'static str {
    match veld {
        "kader" | "vervolg" | "aanleiding" | "rapportage_aan" => code,
        _ => list(veld, code),
    }
}
