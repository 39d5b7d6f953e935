//! How often what happens in the practice world.
//!
//! Durations follow the report (2.3.5: up to half a year 36 %, up to a year 34 %, longer 23 %, and the remaining 7 %
//! short). The other shares are assumptions, plausible and no more: they stand here, so that nobody takes them for
//! findings.

/// Weights of each code; assumptions unless a source is named.
pub const KADER: &[(&str, u32)] = &[("vrijwillig", 55), ("gedwongen", 45)];
/// The order follows the report's 2.3.3; the shares are ours, since respondents named several at a time.
pub const VERWIJZER: &[(&str, u32)] = &[
    ("jeugdbeschermer", 30),
    ("rechter", 25),
    ("raad_voor_de_kinderbescherming", 10),
    ("cjg", 9),
    ("sociaal_wijkteam", 14),
    ("huisarts", 6),
    ("ouders", 6),
];
pub const OMGANG_MET: &[(&str, u32)] = &[("ouder", 92), ("grootouder", 5), ("broer_of_zus", 3)];
pub const VORM: &[(&str, u32)] = &[
    ("omgangshuis", 35),
    ("ambulant_locatie", 25),
    ("ambulant_thuis", 22),
    ("ambulant_elders", 18),
];
/// The report's 2.3.6: 52 % by jeugdhulpverleners.
pub const BEGELEIDING: &[(&str, u32)] = &[
    ("professional", 52),
    ("vrijwilliger", 18),
    ("professional_en_vrijwilliger", 30),
];
pub const BEKOSTIGING: &[(&str, u32)] = &[
    ("inkoop_gemeente", 25),
    ("inkoop_regio", 50),
    ("subsidie", 25),
];
pub const END_REASON: &[(&str, u32)] = &[
    ("volgens_plan", 66),
    ("voortijdig_in_overleg", 14),
    ("eenzijdig_client", 11),
    ("eenzijdig_aanbieder", 3),
    ("externe_omstandigheden", 6),
];
pub const FOLLOW_UP: &[(&str, u32)] = &[
    ("onbegeleide_omgang", 55),
    ("lichtere_hulp", 15),
    ("zwaardere_hulp", 10),
    ("geen_omgang", 15),
    ("onbekend", 5),
];
pub const AANLEIDING: &[(&str, u32)] = &[
    ("ouderschapsplan", 25),
    ("familierechter", 35),
    ("ondertoezichtstelling", 22),
    ("uithuisplaatsing_of_voogdij", 8),
    ("eigen_verzoek", 10),
];
pub const INTENSITY: &[(&str, u32)] = &[("licht", 40), ("midden", 40), ("intensief", 20)];
/// The report's 2.3.6: to the parents 29 %, to the verwijzer 20 %, to rechter, gezinsvoogd and parents 17 %.
pub const REPORT_TO: &[(&str, u32)] = &[
    ("ouders", 29),
    ("verwijzer", 20),
    ("rechter_gezinsvoogd_en_ouders", 17),
    ("geen", 12),
    ("anders", 22),
];
/// The report's 2.3.5, in days: (shortest, longest, weight).
pub const DURATION: &[(u64, u64, u32)] =
    &[(30, 100, 7), (101, 182, 36), (183, 364, 34), (365, 700, 23)];
/// Share that leaves the waiting list unhelped.
pub const WITHDRAWN: f64 = 0.06;
/// Median wait in days and the spread of its logarithm.
pub const WAIT: (f64, f64) = (48.0, 0.8);
