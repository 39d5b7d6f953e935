//! Which error goes where: every error of this crate and of `lake`, and the problem it becomes.
//!
//! Expected errors (the sender's) tell the sender what to do. Internal ones (ours) are logged with what went wrong
//! and answered without it.

use axum::http::HeaderName;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use lake::{LakeFout, Refusal};
use schema::Toestand;

use crate::cijfers::{CijferFout, FilterFout};
use crate::inhoud::InhoudFout;
use crate::leveringen::bestanden::{TUS_VERSIE, TusFout};
use crate::leveringen::indienen::TekenFout;
use crate::leveringen::openen::OpenFout;
use crate::leveringen::toelichtingen::AntwoordFout;
use crate::nulopgaven::unexplained;
use crate::problem::{Problem, Soort};
use crate::toegang::ToegangFout;

impl From<InhoudFout> for Problem {
    fn from(fout: InhoudFout) -> Self {
        let soort = match &fout {
            InhoudFout::Soort(_) => Soort::MEDIA_TYPE,
            InhoudFout::Codering => Soort::CONTENT_ENCODING,
            InhoudFout::TeGroot(_) => Soort::BODY_TOO_LARGE,
            InhoudFout::Afgebroken => Soort::BODY_INCOMPLETE,
            InhoudFout::Traag => Soort::BODY_TOO_SLOW,
            InhoudFout::Json { .. } | InhoudFout::Ontbreekt { .. } => Soort::JSON_INVALID,
            InhoudFout::Diep => Soort::JSON_DEPTH,
        };
        Self::new(soort, fout.to_string())
    }
}

impl From<ToegangFout> for Problem {
    fn from(fout: ToegangFout) -> Self {
        let soort = match fout {
            ToegangFout::Geen | ToegangFout::Onbekend => Soort::UNAUTHENTICATED,
            ToegangFout::Rol => Soort::FORBIDDEN_ROLE,
            ToegangFout::Herkomst => Soort::FORBIDDEN_ORIGIN,
            ToegangFout::Lake(fout) => return fout.into(),
        };
        Self::new(soort, fout.to_string())
    }
}

impl From<OpenFout> for Problem {
    fn from(fout: OpenFout) -> Self {
        let tekst = fout.to_string();
        match fout {
            OpenFout::Inhoud(fout) => fout.into(),
            OpenFout::Lake(fout) => fout.into(),
            OpenFout::Sleutel => Self::new(Soort::IDEMPOTENCY_KEY, tekst),
            OpenFout::AndereAanbieder => Self::new(Soort::PROVIDER_MISMATCH, tekst),
            OpenFout::Uitvraag => Self::new(Soort::SCHEMA_VERSION, tekst),
            OpenFout::Jaar => Self::new(Soort::PERIOD, tekst),
            OpenFout::Verouderd {
                definitie,
                verwacht,
            } => Self::new(Soort::DEFINITION_OUTDATED, tekst)
                .with("definitie", format!("/v1/uitvragen/{definitie}"))
                .with("regels", verwacht),
            OpenFout::Toekomst { vandaag } => {
                Self::new(Soort::DELIVERY_DATE, tekst).with("vandaag", vandaag.to_string())
            }
            OpenFout::Label => Self::new(Soort::KEY_LABEL, tekst),
            OpenFout::Bestanden(_) => Self::new(Soort::MANIFEST, tekst),
            OpenFout::Bsn => Self::new(Soort::BSN_SUSPECTED, tekst),
            OpenFout::Toelichting => Self::new(Soort::TOELICHTING, tekst),
        }
    }
}

impl From<TusFout> for Problem {
    fn from(fout: TusFout) -> Self {
        let tekst = fout.to_string();
        match fout {
            TusFout::Versie => Self::new(Soort::TUS_VERSION, tekst).header(
                HeaderName::from_static("tus-version"),
                HeaderValue::from_static(TUS_VERSIE),
            ),
            TusFout::Header(_) | TusFout::Lengte { .. } => Self::new(Soort::UPLOAD_HEADER, tekst),
            TusFout::Offset { verwacht } => at_offset(tekst, verwacht),
            TusFout::TeVeel { .. } => Self::new(Soort::BODY_TOO_LARGE, tekst),
            TusFout::Inhoud(fout) => fout.into(),
            TusFout::Toestand(toestand) => {
                Self::new(Soort::STATE, tekst).with("toestand", toestand.naam())
            }
            TusFout::Lake(fout) => fout.into(),
        }
    }
}

/// Says where to go on, in the body and in the header that tus clients read.
fn at_offset(tekst: String, verwacht: u64) -> Problem {
    Problem::new(Soort::OFFSET, tekst)
        .with("offset", verwacht)
        .header(HeaderName::from_static("upload-offset"), verwacht.into())
}

impl From<AntwoordFout> for Problem {
    fn from(fout: AntwoordFout) -> Self {
        let tekst = fout.to_string();
        match fout {
            AntwoordFout::Inhoud(fout) => fout.into(),
            AntwoordFout::GeenSignaal
            | AntwoordFout::Dubbel
            | AntwoordFout::TeLang
            | AntwoordFout::Tekens => Self::new(Soort::TOELICHTING, tekst),
            AntwoordFout::Bsn => Self::new(Soort::BSN_SUSPECTED, tekst),
            AntwoordFout::Lake(fout) => fout.into(),
        }
    }
}

impl From<TekenFout> for Problem {
    fn from(fout: TekenFout) -> Self {
        let tekst = fout.to_string();
        match fout {
            TekenFout::Inhoud(fout) => fout.into(),
            TekenFout::Ondertekenaar => Self::new(Soort::SIGNER, tekst),
        }
    }
}

impl From<FilterFout> for Problem {
    fn from(fout: FilterFout) -> Self {
        let soort = if fout == FilterFout::Token {
            Soort::PAGE_TOKEN
        } else {
            Soort::PARAMETER
        };
        Self::new(soort, fout.to_string())
    }
}

impl From<CijferFout> for Problem {
    fn from(fout: CijferFout) -> Self {
        tracing::error!(%fout, "figures could not be given");
        Self::new(
            Soort::INTERNAL,
            "Wij konden de cijfers nu niet lezen. Probeer het later opnieuw.",
        )
    }
}

/// What the register does not let happen, in words for the aanbieder: one sentence for each refusal.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::State { from, to } => {
                let sentence = match to {
                    Toestand::Ingediend => "Deze levering kan nu niet worden ondertekend.",
                    Toestand::Akkoord => "Bij deze levering kunt u nu geen toelichting geven.",
                    _ => "Dit kan nu niet met deze levering.",
                };
                Self::new(Soort::STATE, sentence).with("toestand", from.naam())
            }
            Refusal::Quarantined(_) => Self::new(
                Soort::QUARANTINE,
                "Wij kunnen de bestanden van deze levering nu niet lezen. De beheerder kijkt ernaar.",
            ),
            Refusal::OpenFouten { codes } => Self::new(
                Soort::NOT_READY,
                "Er staan nog fouten in deze levering. Verbeter uw bestand en lever opnieuw.",
            )
            .with("fouten", codes),
            Refusal::OpenSignalen { codes } => Self::new(
                Soort::NOT_READY,
                "Beantwoord eerst alle signalen. Daarna kunt u ondertekenen.",
            )
            .with("open_signalen", codes),
            Refusal::Frozen => Self::new(
                Soort::FROZEN,
                "De gegevens van dit jaar zijn bevroren. Neem contact op met de coördinator als er iets niet klopt.",
            ),
            Refusal::OtherKey => Self::new(
                Soort::KEY_CHANGED,
                "De levering die nu telt, is met een andere sleutel gemaakt. Controleer of dit pakket van uw organisatie is: dan lijkt straks elk traject nieuw. Klopt het toch? Bevestig dat met `uitvraag lever … --andere-sleutel`, of met het vinkje op de pagina van de levering.",
            ),
            Refusal::TooManyOpen { .. } => Self::new(
                Soort::TOO_MANY_OPEN,
                "U hebt te veel leveringen die niet af zijn. Maak er een af, of trek er een in op de pagina `Mijn leveringen`.",
            ),
            Refusal::NulopgaveBesideLevering { levering } => Self::new(
                Soort::NIL_CONFLICT,
                "U hebt over dit jaar al een levering met gegevens ingediend. Hebt u echt niets te melden? Trek die levering dan eerst in.",
            )
            .with("levering", format!("/v1/leveringen/{levering}")),
            Refusal::NulopgaveUnexplained { levering, rows } => unexplained(levering, rows, None),
            // What only a beheerder asks, and never over HTTP.
            Refusal::ExtensionPast { .. }
            | Refusal::ExtensionWithoutReason
            | Refusal::TooSoonToFreeze { .. }
            | Refusal::NotFrozen
            | Refusal::Published
            | Refusal::TakenBack(_) => internal(&refusal.into()),
        }
    }
}

impl From<LakeFout> for Problem {
    fn from(fout: LakeFout) -> Self {
        match fout {
            LakeFout::OnbekendeLevering(_) => Self::new(Soort::NOT_FOUND, "Deze levering kennen wij niet."),
            LakeFout::OnbekendeTabel(_) => Self::new(Soort::NOT_FOUND, "Deze levering heeft geen bestand voor die tabel."),
            LakeFout::OnbekendeAanbieder => Self::new(Soort::NOT_FOUND, "Deze aanbieder kennen wij niet. Vraag de coördinator."),
            LakeFout::Refused(refusal) => refusal.into(),
            LakeFout::Conflict => Self::new(
                Soort::IDEMPOTENCY_CONFLICT,
                "Deze Idempotency-Key is eerder gebruikt voor een ander pakket. Gebruik voor elk pakket een eigen sleutel.",
            ),
            LakeFout::VerkeerdeOffset { verwacht } => at_offset(TusFout::Offset { verwacht }.to_string(), verwacht),
            LakeFout::UploadBezet => {
                Self::new(Soort::UPLOAD_BUSY, "Dit bestand wordt al door een ander verzoek verstuurd. Wacht tot dat klaar is.")
            }
            LakeFout::TeVeelBytes { aangekondigd } => Self::new(Soort::BODY_TOO_LARGE, TusFout::TeVeel { aangekondigd }.to_string()),
            LakeFout::Onvolledig { tabellen } => Self::new(Soort::STATE, "Nog niet alle bestanden zijn binnen.").with("tabellen", tabellen),
            LakeFout::HashVerschilt { tabel } => Self::new(
                Soort::HASH_MISMATCH,
                format!("Het bestand van de tabel {tabel} is anders dan het pakket aankondigt. Verstuur het opnieuw, vanaf het begin."),
            )
            .with("tabel", tabel),
            fout => internal(&fout),
        }
    }
}

fn internal(fout: &LakeFout) -> Problem {
    let bron = std::error::Error::source(fout).map(ToString::to_string);
    tracing::error!(%fout, bron, "storage failed");
    if fout.is_vol() {
        return Problem::new(
            Soort::STORAGE_FULL,
            "Onze opslag is vol. Probeer het later opnieuw; wat al binnen is, blijft staan.",
        );
    }
    if fout.is_druk() {
        return Problem::new(
            Soort::UNAVAILABLE,
            "Het is nu te druk. Probeer het over een minuut opnieuw.",
        )
        .header(RETRY_AFTER, HeaderValue::from_static("60"));
    }
    Problem::new(
        Soort::INTERNAL,
        "Er ging bij ons iets mis. Probeer het later opnieuw.",
    )
}
