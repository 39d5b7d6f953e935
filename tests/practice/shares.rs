//! How often what happens in the practice world.
//!
//! Durations follow the report (2.3.5: up to half a year 36 %, up to a year 34 %, longer 23 %, and the remaining 7 %
//! short). The other shares are assumptions, plausible and no more: they stand here, so that nobody takes them for
//! findings. What differs between regio's stands in [`crate::planted`].

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// Weights of each code; assumptions unless a source is named.
pub(crate) type Weights = [(&'static str, u32)];

pub(crate) const KADER: &Weights = &[("vrijwillig", 55), ("gedwongen", 44), ("onbekend", 1)];
/// Mostly follows from the form of payment; this is for help that is bought.
pub(crate) const LAW: &Weights = &[("jeugdwet", 90), ("wmo", 3), ("wlz", 1), ("onbekend", 6)];
/// And this for help that is subsidised.
pub(crate) const LAW_SUBSIDISED: &Weights = &[
    ("voorliggend", 75),
    ("jeugdwet", 12),
    ("wmo", 5),
    ("onbekend", 8),
];
/// The order follows the report's 2.3.3; the shares are ours, since respondents named several at a time.
pub(crate) const VERWIJZER: &Weights = &[
    ("jeugdbeschermer", 30),
    ("rechter", 25),
    ("raad_voor_de_kinderbescherming", 10),
    ("cjg", 9),
    ("sociaal_wijkteam", 14),
    ("huisarts", 5),
    ("ouders", 5),
    ("onbekend", 2),
];
pub(crate) const OMGANG_MET: &Weights = &[
    ("ouder", 915),
    ("grootouder", 50),
    ("broer_of_zus", 30),
    ("onbekend", 5),
];
/// Where a child lives that is with its parents, and one that a judge placed elsewhere.
pub(crate) const HOME: &Weights = &[
    ("bij_ouder", 92),
    ("pleeggezin", 2),
    ("anders", 2),
    ("onbekend", 4),
];
pub(crate) const HOME_PLACED: &Weights = &[
    ("pleeggezin", 55),
    ("gezinshuis_of_woongroep", 32),
    ("bij_ouder", 8),
    ("onbekend", 5),
];
pub(crate) const VORM: &Weights = &[
    ("omgangshuis", 35),
    ("ambulant_locatie", 25),
    ("ambulant_thuis", 22),
    ("ambulant_elders", 18),
];
/// The report's 2.3.6: 52 % by jeugdhulpverleners.
pub(crate) const BEGELEIDING: &Weights = &[
    ("professional", 52),
    ("vrijwilliger", 17),
    ("professional_en_vrijwilliger", 29),
    ("onbekend", 2),
];
pub(crate) const BEKOSTIGING: &Weights = &[
    ("inkoop_gemeente", 24),
    ("inkoop_regio", 49),
    ("subsidie", 24),
    ("onbekend", 3),
];
/// Why a traject ended that did not end volgens plan.
pub(crate) const END_REASON: &Weights = &[
    ("voortijdig_in_overleg", 14),
    ("eenzijdig_client", 11),
    ("eenzijdig_aanbieder", 3),
    ("externe_omstandigheden", 6),
];
/// What came after, where it was not unaccompanied contact.
pub(crate) const FOLLOW_UP: &Weights = &[
    ("lichtere_hulp", 15),
    ("zwaardere_hulp", 10),
    ("geen_omgang", 15),
];
/// Share of which what came after is not known.
pub(crate) const FOLLOW_UP_UNKNOWN: f64 = 0.07;
pub(crate) const AANLEIDING: &Weights = &[
    ("ouderschapsplan", 38),
    ("familierechter", 32),
    ("eigen_verzoek", 20),
    ("anders", 3),
    ("onbekend", 7),
];
/// The same where a judge ordered the help.
pub(crate) const AANLEIDING_ORDERED: &Weights = &[
    ("familierechter", 34),
    ("ondertoezichtstelling", 42),
    ("uithuisplaatsing_of_voogdij", 18),
    ("onbekend", 6),
];
pub(crate) const INTENSITY: &Weights = &[
    ("licht", 37),
    ("midden", 38),
    ("intensief", 19),
    ("onbekend", 6),
];
/// The report's 2.3.6: to the parents 29 %, to the verwijzer 20 %, to rechter, gezinsvoogd and parents 17 %.
pub(crate) const REPORT_TO: &Weights = &[
    ("ouders", 29),
    ("verwijzer", 20),
    ("rechter_gezinsvoogd_en_ouders", 17),
    ("geen", 12),
    ("anders", 14),
    ("onbekend", 8),
];
pub(crate) const PRODUCT: &Weights = &[("45J66", 55), ("45A48", 30), ("54001", 15)];
/// The same for help of more than a year, for which 45J66 is not meant.
pub(crate) const PRODUCT_LONG: &Weights = &[("45J66", 6), ("45A48", 64), ("54001", 30)];
/// Why children wait, in the words of 2020.
pub(crate) const CAUSE: &Weights = &[
    ("stijging_vraag", 22),
    ("schaarste_aanbod", 38),
    ("planning", 14),
    ("wacht_op_betrokkenen", 16),
    ("anders", 3),
    ("onbekend", 7),
];
/// And from 2021, when scarcity was split in two.
pub(crate) const CAUSE_2021: &Weights = &[
    ("stijging_vraag", 22),
    ("tekort_begeleiders", 26),
    ("tekort_ruimte", 12),
    ("planning", 14),
    ("wacht_op_betrokkenen", 16),
    ("anders", 3),
    ("onbekend", 7),
];
/// The report's 2.3.5, in days: (shortest, longest, weight).
pub(crate) const DURATION: &[(u64, u64, u32)] =
    &[(30, 100, 7), (101, 182, 36), (183, 364, 34), (365, 700, 23)];
/// Share that leaves the waiting list unhelped.
pub(crate) const WITHDRAWN: f64 = 0.06;
/// Median wait in days and the spread of its logarithm.
pub(crate) const WAIT: (f64, f64) = (48.0, 0.8);
/// The longest wait in days, and the longest that raises no signaal.
pub(crate) const LONGEST_WAIT: (u64, u64) = (900, 360);
/// Children of a gezin that are helped at the same time: of a hundred gezinnen, so many with one, two, three. A third of
/// the children has a brother or sister there.
pub(crate) const CHILDREN: &[(usize, u32)] = &[(1, 80), (2, 16), (3, 4)];
/// Share of the children that goes on in another vorm when the first help has ended.
pub(crate) const GOES_ON: f64 = 0.06;
/// Share of the bought trajecten that another gemeente pays.
pub(crate) const OTHER_PAYER: f64 = 0.2;
/// Share that gets other help while it waits.
pub(crate) const BRIDGED: f64 = 0.15;

/// Draws one of the values, by weight.
pub(crate) fn pick<T: Copy>(rng: &mut ChaCha8Rng, weights: &[(T, u32)]) -> T {
    let sum: u32 = weights.iter().map(|(_, weight)| weight).sum();
    let drawn = rng.random_range(0..sum);
    pick_at(drawn, weights)
}

/// The value at this place, of the sum of all weights.
pub(crate) fn pick_at<T: Copy>(place: u32, weights: &[(T, u32)]) -> T {
    let mut rest = place;
    for &(value, weight) in weights {
        if rest < weight {
            return value;
        }
        rest -= weight;
    }
    unreachable!("the place is below the sum of the weights")
}

/// The same for weights that are no whole numbers.
pub(crate) fn pick_share<T: Copy>(rng: &mut ChaCha8Rng, weights: &[(T, f64)]) -> T {
    let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
    let mut rest = rng.random_range(0.0..sum);
    for &(value, weight) in weights {
        if rest < weight {
            return value;
        }
        rest -= weight;
    }
    weights.last().expect("there is something to draw from").0
}
