//! A whole country of practice figures: trajecten drawn at random from a fixed seed over the real gemeenten of 2020,
//! brought down to the figures of DOMAIN with simple intervals, then hidden below the threshold.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use report::publicatie::{Bijlage, DefinitieFeiten, Labels};
use report::{Gebied, Opzet, Publicatie};
use schema::Niveau;
use schema::cijfer::{Status, Vertrouwelijk};
use schema::indicator::{Interval, Kind, Richting};
use schema::{Cijfer, Comparison, Indicator};

/// z of the 95 % and of the 99.8 % interval.
const Z95: f64 = 1.959_964;
const Z998: f64 = 3.090_232;

/// The whole country.
pub fn publicatie() -> Publicatie {
    publicatie_over(Gebied::van_jaar(2020))
}

/// One provincie, for tests that read every page.
pub fn klein() -> Publicatie {
    static KLEIN: LazyLock<Publicatie> = LazyLock::new(utrecht);
    KLEIN.clone()
}

fn utrecht() -> Publicatie {
    let mut gebieden = Gebied::van_jaar(2020);
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

fn publicatie_over(gebieden: Vec<Gebied>) -> Publicatie {
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
    Publicatie {
        cijfers: cijfers.into_iter().map(bescherm).collect(),
        ..leeg(gebieden)
    }
}

/// A publication without a single figure.
pub fn leeg(gebieden: Vec<Gebied>) -> Publicatie {
    Publicatie {
        uitvraag: "omgang".into(),
        jaar: 2020,
        versie: "1".into(),
        datum: NaiveDate::from_ymd_opt(2021, 9, 15).unwrap(),
        titel: "Omgangsmonitor".into(),
        momentopname: "omgang-2020-0001".into(),
        definitie: DefinitieFeiten {
            versie: 1,
            hash: "a1b2c3d4e5f60718".repeat(4),
            regelhash: "0f1e2d3c4b5a6978".repeat(4),
        },
        software: "omgangsmonitor 0.1.0".into(),
        drempel: 5,
        waarschuwing: Some("Dit zijn oefengegevens. De cijfers zijn verzonnen.".into()),
        indicatoren: indicatoren(),
        cijfers: Vec::new(),
        gebieden,
        labels: labels(),
        opzet: Opzet::van("omgang").unwrap(),
        bestanden: vec![
            Bijlage {
                pad: "cijfers.csv".into(),
                omschrijving: "alle cijfers, komma-gescheiden".into(),
                bytes: Some(48_211_334),
            },
            Bijlage {
                pad: "cijfers.parquet".into(),
                omschrijving: "alle cijfers, voor Python en R".into(),
                bytes: Some(2_113_004),
            },
            Bijlage {
                pad: "herkomst.json".into(),
                omschrijving: "waaruit de cijfers zijn gemaakt".into(),
                bytes: None,
            },
        ],
    }
}

/// One indicator of the table below: id, group, title, unit, denominator, interval, decimals.
type Regel = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Interval,
    u8,
);

const REGELS: &[Regel] = &[
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
type Code = (&'static str, &'static str, u32);

const CODES: &[(&str, &[Code])] = &[
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
        labels.zet(
            veld,
            codes
                .iter()
                .map(|(code, label, _)| ((*code).to_owned(), (*label).to_owned()))
                .collect(),
        );
    }
    labels
}

fn indicatoren() -> Vec<Indicator> {
    REGELS
        .iter()
        .map(|(id, groep, titel, eenheid, noemer, interval, decimalen)| Indicator {
            id: (*id).into(),
            groep: (*groep).into(),
            titel: (*titel).into(),
            definitie: format!("{titel}: berekend over alle trajecten van het gebied die in het jaar meetellen."),
            // No page depends on it.
            kind: Kind::Count,
            eenheid: (*eenheid).into(),
            teller: "trajecten die aan de definitie voldoen".into(),
            noemer: (*noemer).into(),
            velden: vec!["traject.startdatum".into()],
            uitsplitsingen: if CODES.iter().any(|(veld, _)| id.ends_with(veld)) { vec!["code".into()] } else { Vec::new() },
            interval: *interval,
            richting: Richting::Geen,
            decimalen: *decimalen,
            kanttekening: if *groep == "gebruik" {
                "Een kind dat bij twee aanbieders hulp kreeg, telt twee keer.".into()
            } else {
                String::new()
            },
        })
        .collect()
}

/// A small generator of its own, so that the figures never change with a dependency.
struct Loting(u64);

impl Loting {
    fn volgende(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as f64) / f64::from(1u32 << 31)
    }

    fn code(&mut self, codes: &[Code]) -> &'static str {
        let mut rest =
            self.volgende() * f64::from(codes.iter().map(|(_, _, gewicht)| gewicht).sum::<u32>());
        for (code, _, gewicht) in codes {
            rest -= f64::from(*gewicht);
            if rest <= 0.0 {
                return code;
            }
        }
        codes[0].0
    }

    /// Skewed, with this median.
    fn scheef(&mut self, mediaan: f64) -> f64 {
        let normaal = (0..6).map(|_| self.volgende()).sum::<f64>() - 3.0;
        mediaan * (normaal * 0.9).exp()
    }
}

struct Traject {
    codes: BTreeMap<&'static str, &'static str>,
    aanmeld: f64,
    start: f64,
    eind: f64,
    onbegeleid: bool,
    kosten: f64,
}

type Trajecten = BTreeMap<String, Vec<Traject>>;

fn trajecten(gebieden: &[Gebied]) -> Trajecten {
    let mut loting = Loting(20_200_101);
    let mut uit = Trajecten::new();
    for gemeente in gebieden
        .iter()
        .filter(|gebied| gebied.niveau == Niveau::Gemeente)
    {
        let regio: u32 = gemeente.jeugdregio.as_deref().unwrap_or("JZ00")[2..]
            .parse()
            .unwrap();
        let drukte = 0.6 + f64::from(regio * 7 % 11) / 10.0;
        let wacht = 35.0 + f64::from(regio * 5 % 13) * 7.0;
        let duur = 190.0 + f64::from(regio * 3 % 7) * 22.0;
        let aantal = (gemeente.inwoners.unwrap() as f64
            * 0.000_7
            * drukte
            * (0.6 + 0.8 * loting.volgende()))
        .round() as usize;
        for _ in 0..aantal {
            let codes = CODES
                .iter()
                .map(|(veld, codes)| (*veld, loting.code(codes)))
                .collect();
            let aanmeld = -400.0 + 766.0 * loting.volgende();
            let start = (aanmeld + loting.scheef(wacht)).round();
            let eind = (start + loting.scheef(duur)).round();
            let traject = Traject {
                codes,
                aanmeld: aanmeld.round(),
                start,
                eind,
                onbegeleid: loting.volgende() < 0.3 + f64::from(regio % 5) * 0.06,
                kosten: loting.scheef(2_400.0),
            };
            if traject.eind >= 0.0 && traject.aanmeld < 366.0 {
                uit.entry(gemeente.code.clone()).or_default().push(traject);
            }
        }
    }
    uit
}

fn hoort_bij(gebied: &Gebied, gemeente: &Gebied) -> bool {
    match gebied.niveau {
        Niveau::Nederland => true,
        Niveau::Provincie => gemeente.provincies.contains(&gebied.code),
        Niveau::Jeugdregio => gemeente.jeugdregio.as_deref() == Some(&gebied.code),
        Niveau::Gemeente => gemeente.code == gebied.code,
        Niveau::Grootteklasse => gemeente.grootteklasse.as_deref() == Some(&gebied.code),
    }
}

type Land = BTreeMap<(String, String, String), f64>;

struct Rekenaar<'a> {
    gebied: &'a Gebied,
    land: Option<&'a Land>,
    uit: Vec<Cijfer>,
}

impl Rekenaar<'_> {
    #[expect(
        clippy::too_many_arguments,
        reason = "one row of the table, in its order"
    )]
    fn rij(
        &mut self,
        id: &str,
        uitsplitsing: &str,
        categorie: &str,
        waarde: Option<f64>,
        grenzen: Option<[f64; 4]>,
        teller: Option<f64>,
        noemer: Option<f64>,
        n: usize,
    ) {
        let sleutel = (id.to_owned(), uitsplitsing.to_owned(), categorie.to_owned());
        let naast = self
            .land
            .filter(|_| self.gebied.niveau != Niveau::Nederland)
            .and_then(|land| land.get(&sleutel))
            .copied();
        let oordeel = grenzen
            .zip(naast)
            .map(|([_, _, laag, hoog], naast)| match () {
                () if laag > naast => Comparison::Higher,
                () if hoog < naast => Comparison::Lower,
                () => Comparison::NotDifferent,
            });
        let regio = self
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
            waarde,
            onder: grenzen.map(|g| g[0]),
            boven: grenzen.map(|g| g[1]),
            oordeel: oordeel.filter(|_| waarde.is_some()),
            teller,
            noemer,
            n: Some(n as i64),
            status: if waarde.is_none() {
                Status::M
            } else if id.starts_with("duur") {
                Status::P
            } else {
                Status::A
            },
            vertrouwelijk: Vertrouwelijk::F,
            respons: Some(if regio == "JZ05" { 0.6 } else { 0.9 }),
            momentopname: "omgang-2020-0001".into(),
        });
    }

    fn telling(&mut self, id: &str, x: usize) {
        self.rij(
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

    fn per(&mut self, id: &str, x: usize, noemer: Option<f64>, keer: f64) {
        let Some(noemer) = noemer.filter(|noemer| *noemer > 0.0) else {
            return;
        };
        let deel = keer / noemer;
        let grenzen = [-Z95, Z95, -Z998, Z998].map(|z| byar(x as f64, z) * deel);
        self.rij(
            id,
            "totaal",
            "totaal",
            Some(x as f64 * deel),
            Some(grenzen),
            Some(x as f64),
            Some(noemer),
            x,
        );
    }

    fn aandeel(&mut self, id: &str, uitsplitsing: &str, categorie: &str, x: usize, n: usize) {
        let (waarde, grenzen) = if n == 0 {
            (None, None)
        } else {
            (
                Some(x as f64 / n as f64),
                Some([-Z95, Z95, -Z998, Z998].map(|z| wilson(x as f64, n as f64, z))),
            )
        };
        self.rij(
            id,
            uitsplitsing,
            categorie,
            waarde,
            grenzen,
            Some(x as f64),
            Some(n as f64),
            n,
        );
    }

    fn kwantiel(&mut self, id: &str, waarden: &mut [f64], deel: f64) {
        waarden.sort_by(f64::total_cmp);
        let n = waarden.len();
        if n == 0 {
            return self.rij(id, "totaal", "totaal", None, None, None, None, 0);
        }
        let op = |plaats: f64| {
            let plaats = plaats.clamp(0.0, (n - 1) as f64);
            let (onder, rest) = (plaats.floor() as usize, plaats.fract());
            waarden[onder] + rest * (waarden[(onder + 1).min(n - 1)] - waarden[onder])
        };
        let midden = deel * (n - 1) as f64;
        let spreiding = (n as f64 * deel * (1.0 - deel)).sqrt();
        let grenzen = [-Z95, Z95, -Z998, Z998].map(|z| op((midden + z * spreiding).round()));
        self.rij(
            id,
            "totaal",
            "totaal",
            Some(op(midden)),
            Some(grenzen),
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
    gebied: &Gebied,
    alle: &Trajecten,
    gebieden: &[Gebied],
    land: Option<&Land>,
) -> Vec<Cijfer> {
    let leden: BTreeMap<&str, &Gebied> = gebieden
        .iter()
        .filter(|g| g.niveau == Niveau::Gemeente && hoort_bij(gebied, g))
        .map(|g| (g.code.as_str(), g))
        .collect();
    let hier: Vec<&Traject> = leden
        .keys()
        .filter_map(|code| alle.get(*code))
        .flatten()
        .collect();
    let geholpen: Vec<&&Traject> = hier.iter().filter(|t| t.start < 366.0).collect();
    let gestart: Vec<&&Traject> = hier
        .iter()
        .filter(|t| (0.0..366.0).contains(&t.start))
        .collect();
    let geeindigd: Vec<&&Traject> = hier
        .iter()
        .filter(|t| t.start < 366.0 && t.eind < 366.0)
        .collect();
    let wachtend: Vec<f64> = hier
        .iter()
        .filter(|t| t.start >= 366.0)
        .map(|t| 365.0 - t.aanmeld)
        .collect();
    let inwoners = gebied.inwoners.map(|n| n as f64);
    let mut reken = Rekenaar {
        gebied,
        land,
        uit: Vec::new(),
    };
    reken.telling("gebruik_trajecten", geholpen.len());
    reken.telling("gebruik_jeugdigen", geholpen.len() * 19 / 20);
    reken.per(
        "gebruik_per_10000_inwoners",
        geholpen.len() * 19 / 20,
        inwoners,
        10_000.0,
    );
    reken.per(
        "gebruik_per_1000_eenouderhuishoudens",
        geholpen.len() * 19 / 20,
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
            let x = geholpen.iter().filter(|t| t.codes[veld] == *code).count();
            reken.rij(
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
    let begin = hier.iter().filter(|t| t.start < 0.0).count();
    reken.telling("stroom_begin", begin);
    reken.telling("stroom_in", gestart.len());
    reken.telling("stroom_uit", geeindigd.len());
    reken.telling("stroom_eind", begin + gestart.len() - geeindigd.len());
    reken.per(
        "stroom_ratio",
        geeindigd.len(),
        Some(gestart.len() as f64),
        1.0,
    );
    let mut duren: Vec<f64> = geeindigd.iter().map(|t| t.eind - t.start).collect();
    for (id, deel) in [
        ("duur_mediaan", 0.5),
        ("duur_p25", 0.25),
        ("duur_p75", 0.75),
        ("duur_p90", 0.9),
    ] {
        reken.kwantiel(id, &mut duren, deel);
    }
    for (id, van, tot) in [
        ("duur_tot_6_maanden", 0.0, 183.0),
        ("duur_6_tot_12_maanden", 183.0, 366.0),
        ("duur_langer", 366.0, 1e9),
    ] {
        let x = duren
            .iter()
            .filter(|duur| (van..tot).contains(*duur))
            .count();
        reken.aandeel(id, "totaal", "totaal", x, duren.len());
    }
    let mut wacht: Vec<f64> = gestart.iter().map(|t| t.start - t.aanmeld).collect();
    for (id, deel) in [
        ("wachten_gestart_mediaan", 0.5),
        ("wachten_gestart_p80", 0.8),
        ("wachten_gestart_p92", 0.92),
    ] {
        reken.kwantiel(id, &mut wacht, deel);
    }
    reken.kwantiel(
        "wachten_km_mediaan",
        &mut wacht.iter().map(|dagen| dagen * 1.15).collect::<Vec<_>>(),
        0.5,
    );
    reken.kwantiel("wachten_nu_mediaan", &mut wachtend.clone(), 0.5);
    reken.kwantiel("wachten_nu_p92", &mut wachtend.clone(), 0.92);
    reken.aandeel(
        "wachten_binnen_norm",
        "totaal",
        "totaal",
        wacht.iter().filter(|dagen| **dagen <= 98.0).count(),
        wacht.len(),
    );
    reken.telling("wachten_op_31_december", wachtend.len());
    let volgens_plan = geeindigd
        .iter()
        .filter(|t| t.codes["reden_einde"] == "volgens_plan")
        .count();
    reken.aandeel(
        "uitkomst_volgens_plan",
        "totaal",
        "totaal",
        volgens_plan,
        geeindigd.len(),
    );
    reken.aandeel(
        "uitkomst_onbegeleide_omgang",
        "totaal",
        "totaal",
        geeindigd.iter().filter(|t| t.onbegeleid).count(),
        geeindigd.len(),
    );
    for (id, veld, groep) in [
        ("uitkomst_reden_einde", "reden_einde", &geeindigd),
        ("toegang_kader", "kader", &geholpen),
        ("toegang_verwijzer", "verwijzer", &geholpen),
        ("toegang_omgang_met", "omgang_met", &geholpen),
        ("organisatie_vorm", "vorm", &geholpen),
        ("organisatie_begeleiding", "begeleiding", &geholpen),
        ("bekostiging_vorm", "bekostiging", &geholpen),
    ] {
        let codes = CODES.iter().find(|(naam, _)| *naam == veld).unwrap().1;
        for (code, _, _) in codes {
            reken.aandeel(
                id,
                veld,
                code,
                groep.iter().filter(|t| t.codes[veld] == *code).count(),
                groep.len(),
            );
        }
    }
    let kosten: f64 = geholpen.iter().map(|t| t.kosten).sum();
    let gemiddeld = (!geholpen.is_empty()).then(|| kosten / geholpen.len() as f64);
    reken.rij(
        "bekostiging_kosten_per_traject",
        "totaal",
        "totaal",
        gemiddeld,
        None,
        Some(kosten),
        Some(geholpen.len() as f64),
        geholpen.len(),
    );
    let gevraagd = 2 + leden.len() * 2;
    let geleverd = gevraagd - gevraagd / 8;
    reken.aandeel("respons_aanbieders", "totaal", "totaal", geleverd, gevraagd);
    for (code, x) in [
        ("geleverd", geleverd - 1),
        ("nulopgave", 1),
        ("onbekend", gevraagd - geleverd),
    ] {
        reken.aandeel("respons_aanbieders", "uitkomst", code, x, gevraagd);
    }
    reken.rij(
        "kwaliteit_vertraging",
        "totaal",
        "totaal",
        Some(81.0),
        None,
        None,
        None,
        gevraagd,
    );
    reken.uit
}

/// Nothing below the threshold, and no median on fewer than ten.
fn bescherm(mut cijfer: Cijfer) -> Cijfer {
    if cijfer.indicator.starts_with("respons") || cijfer.indicator.starts_with("kwaliteit") {
        return cijfer;
    }
    let klein = |getal: Option<f64>| getal.is_some_and(|getal| (1.0..5.0).contains(&getal));
    let rest = cijfer
        .noemer
        .zip(cijfer.teller)
        .map(|(noemer, teller)| noemer - teller);
    let kwantiel = ["mediaan", "_p"]
        .iter()
        .any(|deel| cijfer.indicator.contains(deel))
        && !cijfer.indicator.contains("per_");
    let aandeel = cijfer.indicator.contains("uitkomst") || cijfer.indicator.contains("toegang");
    let te_klein = klein(cijfer.teller)
        || klein(cijfer.noemer)
        || (aandeel && klein(rest))
        || (kwantiel && cijfer.n.is_some_and(|n| n < 10) && cijfer.waarde.is_some());
    if te_klein {
        cijfer.vertrouwelijk = Vertrouwelijk::C;
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
