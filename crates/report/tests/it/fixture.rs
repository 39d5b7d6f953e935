//! A whole country of practice figures: trajecten drawn at random from a fixed seed over the real gemeenten of 2020,
//! brought down to the figures of DOMAIN with simple intervals, then hidden below the threshold.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use report::publicatie::{Attachment, DefinitieFacts, Labels};
use report::{PagePlan, PublishedGebied, ReportPublicatie};
use schema::Niveau;
use schema::cijfer::{Confidential, Status};
use schema::indicator::{Direction, Interval, Kind};
use schema::{Cijfer, Comparison, Indicator};

/// z of the 95 % and of the 99.8 % interval.
const Z95: f64 = 1.959_964;
const Z998: f64 = 3.090_232;

/// The whole country.
pub fn publicatie() -> ReportPublicatie {
    publicatie_over(PublishedGebied::van_jaar(2020))
}

/// One provincie, for tests that read every page.
pub fn small() -> ReportPublicatie {
    static SMALL: LazyLock<ReportPublicatie> = LazyLock::new(utrecht);
    SMALL.clone()
}

fn utrecht() -> ReportPublicatie {
    let mut gebieden = PublishedGebied::van_jaar(2020);
    gebieden.retain(|gebied| match gebied.niveau {
        Niveau::Nederland | Niveau::Grootteklasse => true,
        Niveau::Provincie => ["PV26"].contains(&gebied.code.as_str()),
        Niveau::Jeugdregio | Niveau::Gemeente => gebied
            .provincies
            .iter()
            .any(|code| ["PV26"].contains(&code.as_str())),
    });
    publicatie_over(gebieden)
}

fn publicatie_over(gebieden: Vec<PublishedGebied>) -> ReportPublicatie {
    let trajecten = trajecten(&gebieden);
    let mut cijfers = Vec::new();
    let land: BTreeMap<(String, String, String), f64> =
        cijfers_van(&gebieden[0], &trajecten, &gebieden, None)
            .iter()
            .filter_map(|c| {
                Some((
                    (
                        c.indicator.clone(),
                        c.uitsplitsing.clone(),
                        c.categorie.clone(),
                    ),
                    c.waarde?,
                ))
            })
            .collect();
    for gebied in &gebieden {
        cijfers.extend(cijfers_van(gebied, &trajecten, &gebieden, Some(&land)));
    }
    ReportPublicatie {
        cijfers: cijfers.into_iter().map(protect).collect(),
        ..empty(gebieden)
    }
}

/// A publication without a single figure.
pub fn empty(gebieden: Vec<PublishedGebied>) -> ReportPublicatie {
    ReportPublicatie {
        uitvraag: "omgang".into(),
        jaar: 2020,
        versie: "1".into(),
        datum: NaiveDate::from_ymd_opt(2021, 9, 15).unwrap(),
        titel: "Omgangsmonitor".into(),
        momentopname: "omgang-2020-0001".into(),
        definitie: DefinitieFacts {
            versie: 1,
            hash: "a1b2c3d4e5f60718".repeat(4),
            regelhash: "0f1e2d3c4b5a6978".repeat(4),
        },
        software: "omgangsmonitor 0.1.0".into(),
        drempel: 5,
        waarschuwing: Some("Dit zijn oefengegevens. De cijfers zijn verzonnen.".into()),
        indicatoren: indicators(),
        cijfers: Vec::new(),
        gebieden,
        labels: labels(),
        page_plan: PagePlan::van("omgang").unwrap(),
        bestanden: vec![
            Attachment {
                pad: "cijfers.csv".into(),
                omschrijving: "alle cijfers, komma-gescheiden".into(),
                bytes: Some(48_211_334),
            },
            Attachment {
                pad: "cijfers.parquet".into(),
                omschrijving: "alle cijfers, voor Python en R".into(),
                bytes: Some(2_113_004),
            },
            Attachment {
                pad: "herkomst.json".into(),
                omschrijving: "waaruit de cijfers zijn gemaakt".into(),
                bytes: None,
            },
        ],
    }
}

/// One indicator of the table below: id, group, title, unit, denominator, interval, decimals.
type IndicatorLine = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Interval,
    u8,
);

const REGELS: &[IndicatorLine] = &[
    (
        "gebruik_trajecten",
        "gebruik",
        "Trajecten",
        "trajecten",
        "",
        Interval::Poisson,
        0,
    ),
    (
        "gebruik_jeugdigen",
        "gebruik",
        "Jeugdigen",
        "jeugdigen",
        "",
        Interval::Poisson,
        0,
    ),
    (
        "gebruik_per_10000_inwoners",
        "gebruik",
        "Gebruik per 10.000 inwoners",
        "per 10.000 inwoners",
        "inwoners",
        Interval::Poisson,
        1,
    ),
    (
        "gebruik_per_1000_eenouderhuishoudens",
        "gebruik",
        "Gebruik per 1.000 eenoudergezinnen",
        "per 1.000 eenoudergezinnen",
        "eenouderhuishoudens",
        Interval::Poisson,
        1,
    ),
    (
        "stroom_begin",
        "stroom",
        "Trajecten op 31 december vorig jaar",
        "trajecten",
        "",
        Interval::Geen,
        0,
    ),
    (
        "stroom_in",
        "stroom",
        "Gestart in het jaar",
        "trajecten",
        "",
        Interval::Poisson,
        0,
    ),
    (
        "stroom_uit",
        "stroom",
        "Geëindigd in het jaar",
        "trajecten",
        "",
        Interval::Poisson,
        0,
    ),
    (
        "stroom_eind",
        "stroom",
        "Trajecten op 31 december",
        "trajecten",
        "",
        Interval::Geen,
        0,
    ),
    (
        "stroom_ratio",
        "stroom",
        "Uitstroom gedeeld door instroom",
        "",
        "gestarte trajecten",
        Interval::Poisson,
        2,
    ),
    (
        "duur_mediaan",
        "duur",
        "Duur (mediaan)",
        "dagen",
        "",
        Interval::Orde,
        0,
    ),
    (
        "duur_p25",
        "duur",
        "Duur (25% korter)",
        "dagen",
        "",
        Interval::Orde,
        0,
    ),
    (
        "duur_p75",
        "duur",
        "Duur (75% korter)",
        "dagen",
        "",
        Interval::Orde,
        0,
    ),
    (
        "duur_p90",
        "duur",
        "Duur (90% korter)",
        "dagen",
        "",
        Interval::Orde,
        0,
    ),
    (
        "duur_tot_6_maanden",
        "duur",
        "Tot en met een half jaar",
        "aandeel",
        "geëindigde trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "duur_6_tot_12_maanden",
        "duur",
        "Een half jaar tot een jaar",
        "aandeel",
        "geëindigde trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "duur_langer",
        "duur",
        "Langer dan een jaar",
        "aandeel",
        "geëindigde trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "wachten_gestart_mediaan",
        "wachten",
        "Wachttijd tot de start (mediaan)",
        "dagen",
        "",
        Interval::Orde,
        0,
    ),
    (
        "wachten_gestart_p80",
        "wachten",
        "Wachttijd tot de start (80% korter)",
        "dagen",
        "",
        Interval::Orde,
        0,
    ),
    (
        "wachten_gestart_p92",
        "wachten",
        "Wachttijd tot de start (92% korter)",
        "dagen",
        "",
        Interval::Orde,
        0,
    ),
    (
        "wachten_nu_mediaan",
        "wachten",
        "Wachttijd tot nu toe (mediaan)",
        "dagen",
        "",
        Interval::Orde,
        0,
    ),
    (
        "wachten_nu_p92",
        "wachten",
        "Wachttijd tot nu toe (92% korter)",
        "dagen",
        "",
        Interval::Orde,
        0,
    ),
    (
        "wachten_km_mediaan",
        "wachten",
        "Verwachte wachttijd (mediaan)",
        "dagen",
        "",
        Interval::KaplanMeier,
        0,
    ),
    (
        "wachten_binnen_norm",
        "wachten",
        "Gestart binnen 14 weken",
        "aandeel",
        "gestarte trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "wachten_op_31_december",
        "wachten",
        "Wachtenden op 31 december",
        "kinderen",
        "",
        Interval::Poisson,
        0,
    ),
    (
        "uitkomst_volgens_plan",
        "uitkomst",
        "Geëindigd volgens plan",
        "aandeel",
        "geëindigde trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "uitkomst_onbegeleide_omgang",
        "uitkomst",
        "Daarna omgang zonder begeleiding",
        "aandeel",
        "geëindigde trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "uitkomst_reden_einde",
        "uitkomst",
        "Reden van einde",
        "aandeel",
        "geëindigde trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "toegang_kader",
        "toegang",
        "Kader",
        "aandeel",
        "trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "toegang_verwijzer",
        "toegang",
        "Verwijzer",
        "aandeel",
        "trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "toegang_omgang_met",
        "toegang",
        "Met wie het kind omgang heeft",
        "aandeel",
        "trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "organisatie_vorm",
        "organisatie",
        "Vorm",
        "aandeel",
        "trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "organisatie_begeleiding",
        "organisatie",
        "Begeleiding",
        "aandeel",
        "trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "bekostiging_vorm",
        "bekostiging",
        "Bekostiging",
        "aandeel",
        "trajecten",
        Interval::Wilson,
        1,
    ),
    (
        "bekostiging_kosten_per_traject",
        "bekostiging",
        "Kosten per traject",
        "euro",
        "trajecten met kosten",
        Interval::Geen,
        0,
    ),
    (
        "respons_aanbieders",
        "respons",
        "Aanbieders die reageerden",
        "aandeel",
        "gevraagde aanbieders",
        Interval::Geen,
        0,
    ),
    (
        "kwaliteit_vertraging",
        "kwaliteit",
        "Dagen tussen einde van het jaar en levering",
        "dagen",
        "",
        Interval::Geen,
        0,
    ),
];

/// A code, its label and how often it occurs.
type CodeCount = (&'static str, &'static str, u32);

const CODES: &[(&str, &[CodeCount])] = &[
    (
        "kader",
        &[
            ("vrijwillig", "Vrijwillig kader", 46),
            ("gedwongen", "Gedwongen kader", 50),
            ("onbekend", "Onbekend", 4),
        ],
    ),
    (
        "vorm",
        &[
            ("omgangshuis", "Omgangshuis", 38),
            ("ambulant_locatie", "Ambulant, op een locatie", 33),
            ("ambulant_thuis", "Ambulant, thuis bij de ouder", 21),
            ("ambulant_elders", "Ambulant, elders", 8),
        ],
    ),
    (
        "verwijzer",
        &[
            ("jeugdbeschermer", "Jeugdbeschermer", 39),
            ("rechter", "Rechter", 24),
            (
                "raad_voor_de_kinderbescherming",
                "Raad voor de Kinderbescherming",
                6,
            ),
            ("sociaal_wijkteam", "Sociaal wijkteam", 17),
            ("huisarts", "Huisarts", 4),
            ("ouders", "Ouders zelf", 8),
            ("onbekend", "Onbekend", 2),
        ],
    ),
    (
        "omgang_met",
        &[
            ("ouder", "Ouder", 88),
            ("grootouder", "Grootouder", 5),
            ("pleegouder", "Pleegouder", 2),
            ("broer_of_zus", "Broer of zus", 5),
        ],
    ),
    (
        "begeleiding",
        &[
            ("professional", "Professional", 58),
            ("vrijwilliger", "Vrijwilliger", 17),
            (
                "professional_en_vrijwilliger",
                "Professional en vrijwilliger",
                25,
            ),
        ],
    ),
    (
        "bekostiging",
        &[
            ("inkoop_gemeente", "Inkoop door de gemeente", 31),
            ("inkoop_regio", "Inkoop door de regio", 41),
            ("subsidie", "Subsidie", 22),
            ("ouders_zelf", "Ouders betalen zelf", 6),
        ],
    ),
    (
        "reden_einde",
        &[
            ("volgens_plan", "Volgens plan", 62),
            ("voortijdig_in_overleg", "Eerder, in overleg", 16),
            ("eenzijdig_client", "Eerder, door het gezin", 13),
            ("eenzijdig_aanbieder", "Eerder, door de aanbieder", 5),
            ("externe_omstandigheden", "Door iets van buiten", 4),
        ],
    ),
    (
        "leeftijdsklasse",
        &[
            ("0-3", "", 24),
            ("4-7", "", 34),
            ("8-11", "", 27),
            ("12-17", "", 14),
            ("18-22", "", 1),
        ],
    ),
];

fn labels() -> Labels {
    let mut labels = Labels::default();
    for (veld, codes) in CODES.iter().filter(|(_, codes)| !codes[0].1.is_empty()) {
        labels.set(
            veld,
            codes
                .iter()
                .map(|(code, label, _)| ((*code).to_owned(), (*label).to_owned()))
                .collect(),
        );
    }
    labels
}

fn indicators() -> Vec<Indicator> {
    REGELS
        .iter()
        .map(|(id, group, title, unit, denominator, interval, decimals)| Indicator {
            id: (*id).into(),
            groep: (*group).into(),
            titel: (*title).into(),
            definitie: format!("{title}: berekend over alle trajecten van het gebied die in het jaar meetellen."),
            // No page depends on it.
            kind: Kind::Count,
            eenheid: (*unit).into(),
            teller: "trajecten die aan de definitie voldoen".into(),
            noemer: (*denominator).into(),
            velden: vec!["traject.startdatum".into()],
            absent_at: Vec::new(),
            uitsplitsingen: if CODES.iter().any(|(veld, _)| id.ends_with(veld)) { vec!["code".into()] } else { Vec::new() },
            interval: *interval,
            richting: Direction::Geen,
            decimalen: *decimals,
            kanttekening: if *group == "gebruik" {
                "Een kind dat bij twee aanbieders hulp kreeg, telt twee keer.".into()
            } else {
                String::new()
            },
        })
        .collect()
}

/// A small generator of its own, so that the figures never change with a dependency.
struct Lottery(u64);

impl Lottery {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as f64) / f64::from(1u32 << 31)
    }

    fn code(&mut self, codes: &[CodeCount]) -> &'static str {
        let mut rest =
            self.next() * f64::from(codes.iter().map(|(_, _, weight)| weight).sum::<u32>());
        for (code, _, weight) in codes {
            rest -= f64::from(*weight);
            if rest <= 0.0 {
                return code;
            }
        }
        codes[0].0
    }

    /// Skewed, with this median.
    fn skewed(&mut self, median: f64) -> f64 {
        let normal_form = (0..6).map(|_| self.next()).sum::<f64>() - 3.0;
        median * (normal_form * 0.9).exp()
    }
}

struct FixtureTraject {
    codes: BTreeMap<&'static str, &'static str>,
    registered_on: f64,
    start: f64,
    eind: f64,
    unsupervised: bool,
    kosten: f64,
}

type Trajecten = BTreeMap<String, Vec<FixtureTraject>>;

fn trajecten(gebieden: &[PublishedGebied]) -> Trajecten {
    let mut lottery = Lottery(20_200_101);
    let mut out = Trajecten::new();
    for gemeente in gebieden
        .iter()
        .filter(|gebied| gebied.niveau == Niveau::Gemeente)
    {
        let jeugdregio: u32 = gemeente.jeugdregio.as_deref().unwrap_or("JZ00")[2..]
            .parse()
            .unwrap();
        let bustle = 0.6 + f64::from(jeugdregio * 7 % 11) / 10.0;
        let wait = 35.0 + f64::from(jeugdregio * 5 % 13) * 7.0;
        let duration = 190.0 + f64::from(jeugdregio * 3 % 7) * 22.0;
        let count =
            (gemeente.inwoners.unwrap() as f64 * 0.000_7 * bustle * (0.6 + 0.8 * lottery.next()))
                .round() as usize;
        for _ in 0..count {
            let codes = CODES
                .iter()
                .map(|(veld, codes)| (*veld, lottery.code(codes)))
                .collect();
            let registered_on = -400.0 + 766.0 * lottery.next();
            let start = (registered_on + lottery.skewed(wait)).round();
            let end = (start + lottery.skewed(duration)).round();
            let traject = FixtureTraject {
                codes,
                registered_on: registered_on.round(),
                start,
                eind: end,
                unsupervised: lottery.next() < 0.3 + f64::from(jeugdregio % 5) * 0.06,
                kosten: lottery.skewed(2_400.0),
            };
            if traject.eind >= 0.0 && traject.registered_on < 366.0 {
                out.entry(gemeente.code.clone()).or_default().push(traject);
            }
        }
    }
    out
}

fn belongs_to(gebied: &PublishedGebied, gemeente: &PublishedGebied) -> bool {
    match gebied.niveau {
        Niveau::Nederland => true,
        Niveau::Provincie => gemeente.provincies.contains(&gebied.code),
        Niveau::Jeugdregio => gemeente.jeugdregio.as_deref() == Some(&gebied.code),
        Niveau::Gemeente => gemeente.code == gebied.code,
        Niveau::Grootteklasse => gemeente.grootteklasse.as_deref() == Some(&gebied.code),
    }
}

type Land = BTreeMap<(String, String, String), f64>;

struct Calculator<'a> {
    gebied: &'a PublishedGebied,
    land: Option<&'a Land>,
    uit: Vec<Cijfer>,
}

impl Calculator<'_> {
    #[expect(
        clippy::too_many_arguments,
        reason = "one row of the table, in its order"
    )]
    fn row(
        &mut self,
        id: &str,
        uitsplitsing: &str,
        categorie: &str,
        value: Option<f64>,
        bounds: Option<[f64; 4]>,
        numerator: Option<f64>,
        denominator: Option<f64>,
        n: usize,
    ) {
        let key = (id.to_owned(), uitsplitsing.to_owned(), categorie.to_owned());
        let beside = self
            .land
            .filter(|_| self.gebied.niveau != Niveau::Nederland)
            .and_then(|land| land.get(&key))
            .copied();
        let oordeel = bounds
            .zip(beside)
            .map(|([_, _, low, high], beside)| match () {
                () if low > beside => Comparison::Higher,
                () if high < beside => Comparison::Lower,
                () => Comparison::Undecided,
            });
        let jeugdregio = self
            .gebied
            .jeugdregio
            .as_deref()
            .unwrap_or(&self.gebied.code);
        self.uit.push(Cijfer {
            uitvraag: "omgang".into(),
            jaar: 2020,
            indicator: id.into(),
            niveau: self.gebied.niveau,
            gebied: self.gebied.code.clone(),
            uitsplitsing: uitsplitsing.into(),
            categorie: categorie.into(),
            waarde: value,
            onder: bounds.map(|g| g[0]),
            boven: bounds.map(|g| g[1]),
            oordeel: oordeel.filter(|_| value.is_some()),
            teller: numerator,
            noemer: denominator,
            n: Some(n as i64),
            status: if value.is_none() {
                Status::M
            } else if id.starts_with("duur") {
                Status::P
            } else {
                Status::A
            },
            onder_998: None,
            boven_998: None,
            minstens: None,
            hoogstens: None,
            reden: None,
            dekking_records: None,
            dekking_aanbieders: None,
            vertrouwelijk: Confidential::F,
            respons: Some(if jeugdregio == "JZ05" { 0.6 } else { 0.9 }),
            momentopname: "omgang-2020-0001".into(),
        });
    }

    fn telling(&mut self, id: &str, x: usize) {
        self.row(
            id,
            "totaal",
            "totaal",
            Some(x as f64),
            None,
            Some(x as f64),
            None,
            x,
        );
    }

    fn per(&mut self, id: &str, x: usize, denominator: Option<f64>, times: f64) {
        let Some(denominator) = denominator.filter(|denominator| *denominator > 0.0) else {
            return;
        };
        let part = times / denominator;
        let bounds = [-Z95, Z95, -Z998, Z998].map(|z| byar(x as f64, z) * part);
        self.row(
            id,
            "totaal",
            "totaal",
            Some(x as f64 * part),
            Some(bounds),
            Some(x as f64),
            Some(denominator),
            x,
        );
    }

    fn share(&mut self, id: &str, uitsplitsing: &str, categorie: &str, x: usize, n: usize) {
        let (value, bounds) = if n == 0 {
            (None, None)
        } else {
            (
                Some(x as f64 / n as f64),
                Some([-Z95, Z95, -Z998, Z998].map(|z| wilson(x as f64, n as f64, z))),
            )
        };
        self.row(
            id,
            uitsplitsing,
            categorie,
            value,
            bounds,
            Some(x as f64),
            Some(n as f64),
            n,
        );
    }

    fn quantile_of(&mut self, id: &str, values: &mut [f64], part: f64) {
        values.sort_by(f64::total_cmp);
        let n = values.len();
        if n == 0 {
            return self.row(id, "totaal", "totaal", None, None, None, None, 0);
        }
        let on = |place: f64| {
            let place = place.clamp(0.0, (n - 1) as f64);
            let (lower, rest) = (place.floor() as usize, place.fract());
            values[lower] + rest * (values[(lower + 1).min(n - 1)] - values[lower])
        };
        let midden = part * (n - 1) as f64;
        let spread = (n as f64 * part * (1.0 - part)).sqrt();
        let bounds = [-Z95, Z95, -Z998, Z998].map(|z| on((midden + z * spread).round()));
        self.row(
            id,
            "totaal",
            "totaal",
            Some(on(midden)),
            Some(bounds),
            None,
            None,
            n,
        );
    }
}

fn wilson(x: f64, n: f64, z: f64) -> f64 {
    let midden = 2.0 * x + z * z;
    ((midden + z * (z * z + 4.0 * x * (1.0 - x / n)).sqrt()) / (2.0 * (n + z * z))).clamp(0.0, 1.0)
}

fn byar(x: f64, z: f64) -> f64 {
    let x = if z > 0.0 { x + 1.0 } else { x };
    if x < 0.5 {
        0.0
    } else {
        (x * (1.0 - 1.0 / (9.0 * x) + z / (3.0 * x.sqrt())).powi(3)).max(0.0)
    }
}

fn cijfers_van(
    gebied: &PublishedGebied,
    all: &Trajecten,
    gebieden: &[PublishedGebied],
    land: Option<&Land>,
) -> Vec<Cijfer> {
    let members: BTreeMap<&str, &PublishedGebied> = gebieden
        .iter()
        .filter(|g| g.niveau == Niveau::Gemeente && belongs_to(gebied, g))
        .map(|g| (g.code.as_str(), g))
        .collect();
    let here: Vec<&FixtureTraject> = members
        .keys()
        .filter_map(|code| all.get(*code))
        .flatten()
        .collect();
    let helped: Vec<&&FixtureTraject> = here.iter().filter(|t| t.start < 366.0).collect();
    let started: Vec<&&FixtureTraject> = here
        .iter()
        .filter(|t| (0.0..366.0).contains(&t.start))
        .collect();
    let ended: Vec<&&FixtureTraject> = here
        .iter()
        .filter(|t| t.start < 366.0 && t.eind < 366.0)
        .collect();
    let waiting: Vec<f64> = here
        .iter()
        .filter(|t| t.start >= 366.0)
        .map(|t| 365.0 - t.registered_on)
        .collect();
    let inwoners = gebied.inwoners.map(|n| n as f64);
    let mut calculate = Calculator {
        gebied,
        land,
        uit: Vec::new(),
    };
    calculate.telling("gebruik_trajecten", helped.len());
    calculate.telling("gebruik_jeugdigen", helped.len() * 19 / 20);
    calculate.per(
        "gebruik_per_10000_inwoners",
        helped.len() * 19 / 20,
        inwoners,
        10_000.0,
    );
    calculate.per(
        "gebruik_per_1000_eenouderhuishoudens",
        helped.len() * 19 / 20,
        inwoners.map(|n| n * 0.034),
        1_000.0,
    );
    for (veld, codes) in CODES.iter().filter(|(veld, _)| {
        [
            "kader",
            "vorm",
            "verwijzer",
            "bekostiging",
            "leeftijdsklasse",
        ]
        .contains(veld)
    }) {
        for (code, _, _) in *codes {
            let x = helped.iter().filter(|t| t.codes[veld] == *code).count();
            calculate.row(
                "gebruik_trajecten",
                veld,
                code,
                Some(x as f64),
                None,
                Some(x as f64),
                None,
                x,
            );
        }
    }
    let begin = here.iter().filter(|t| t.start < 0.0).count();
    calculate.telling("stroom_begin", begin);
    calculate.telling("stroom_in", started.len());
    calculate.telling("stroom_uit", ended.len());
    calculate.telling("stroom_eind", begin + started.len() - ended.len());
    calculate.per("stroom_ratio", ended.len(), Some(started.len() as f64), 1.0);
    let mut durations: Vec<f64> = ended.iter().map(|t| t.eind - t.start).collect();
    for (id, part) in [
        ("duur_mediaan", 0.5),
        ("duur_p25", 0.25),
        ("duur_p75", 0.75),
        ("duur_p90", 0.9),
    ] {
        calculate.quantile_of(id, &mut durations, part);
    }
    for (id, van, tot) in [
        ("duur_tot_6_maanden", 0.0, 183.0),
        ("duur_6_tot_12_maanden", 183.0, 366.0),
        ("duur_langer", 366.0, 1e9),
    ] {
        let x = durations
            .iter()
            .filter(|duration| (van..tot).contains(*duration))
            .count();
        calculate.share(id, "totaal", "totaal", x, durations.len());
    }
    let mut wait: Vec<f64> = started.iter().map(|t| t.start - t.registered_on).collect();
    for (id, part) in [
        ("wachten_gestart_mediaan", 0.5),
        ("wachten_gestart_p80", 0.8),
        ("wachten_gestart_p92", 0.92),
    ] {
        calculate.quantile_of(id, &mut wait, part);
    }
    calculate.quantile_of(
        "wachten_km_mediaan",
        &mut wait.iter().map(|days| days * 1.15).collect::<Vec<_>>(),
        0.5,
    );
    calculate.quantile_of("wachten_nu_mediaan", &mut waiting.clone(), 0.5);
    calculate.quantile_of("wachten_nu_p92", &mut waiting.clone(), 0.92);
    calculate.share(
        "wachten_binnen_norm",
        "totaal",
        "totaal",
        wait.iter().filter(|days| **days <= 98.0).count(),
        wait.len(),
    );
    calculate.telling("wachten_op_31_december", waiting.len());
    let as_planned = ended
        .iter()
        .filter(|t| t.codes["reden_einde"] == "volgens_plan")
        .count();
    calculate.share(
        "uitkomst_volgens_plan",
        "totaal",
        "totaal",
        as_planned,
        ended.len(),
    );
    calculate.share(
        "uitkomst_onbegeleide_omgang",
        "totaal",
        "totaal",
        ended.iter().filter(|t| t.unsupervised).count(),
        ended.len(),
    );
    for (id, veld, group) in [
        ("uitkomst_reden_einde", "reden_einde", &ended),
        ("toegang_kader", "kader", &helped),
        ("toegang_verwijzer", "verwijzer", &helped),
        ("toegang_omgang_met", "omgang_met", &helped),
        ("organisatie_vorm", "vorm", &helped),
        ("organisatie_begeleiding", "begeleiding", &helped),
        ("bekostiging_vorm", "bekostiging", &helped),
    ] {
        let codes = CODES.iter().find(|(name, _)| *name == veld).unwrap().1;
        for (code, _, _) in codes {
            calculate.share(
                id,
                veld,
                code,
                group.iter().filter(|t| t.codes[veld] == *code).count(),
                group.len(),
            );
        }
    }
    let kosten: f64 = helped.iter().map(|t| t.kosten).sum();
    let mean = (!helped.is_empty()).then(|| kosten / helped.len() as f64);
    calculate.row(
        "bekostiging_kosten_per_traject",
        "totaal",
        "totaal",
        mean,
        None,
        Some(kosten),
        Some(helped.len() as f64),
        helped.len(),
    );
    let asked = 2 + members.len() * 2;
    let delivered = asked - asked / 8;
    calculate.share("respons_aanbieders", "totaal", "totaal", delivered, asked);
    for (code, x) in [
        ("geleverd", delivered - 1),
        ("nulopgave", 1),
        ("onbekend", asked - delivered),
    ] {
        calculate.share("respons_aanbieders", "uitkomst", code, x, asked);
    }
    calculate.row(
        "kwaliteit_vertraging",
        "totaal",
        "totaal",
        Some(81.0),
        None,
        None,
        None,
        asked,
    );
    calculate.uit
}

/// Nothing below the threshold, and no median on fewer than ten.
fn protect(mut cijfer: Cijfer) -> Cijfer {
    if cijfer.indicator.starts_with("respons") || cijfer.indicator.starts_with("kwaliteit") {
        return cijfer;
    }
    let small = |number: Option<f64>| number.is_some_and(|number| (1.0..5.0).contains(&number));
    let rest = cijfer
        .noemer
        .zip(cijfer.teller)
        .map(|(denominator, numerator)| denominator - numerator);
    let quantile_of = ["mediaan", "_p"]
        .iter()
        .any(|part| cijfer.indicator.contains(part))
        && !cijfer.indicator.contains("per_");
    let share = cijfer.indicator.contains("uitkomst") || cijfer.indicator.contains("toegang");
    let too_small = small(cijfer.teller)
        || small(cijfer.noemer)
        || (share && small(rest))
        || (quantile_of && cijfer.n.is_some_and(|n| n < 10) && cijfer.waarde.is_some());
    if too_small {
        cijfer.vertrouwelijk = Confidential::C;
        (
            cijfer.waarde,
            cijfer.onder,
            cijfer.boven,
            cijfer.teller,
            cijfer.noemer,
            cijfer.n,
            cijfer.oordeel,
        ) = (None, None, None, None, None, None, None);
    }
    cijfer
}
