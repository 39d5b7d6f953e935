//! The service's judgement: the same as at the aanbieder, and what becomes of a weigering.

use check::{Controle, Opties, PakketHerkomst};
use pakket::strict::{self, Limieten};
use schema::{Definitie, Oordeel};

use crate::invoer::{Overlay, Zending, csv, met_fout, pakket, schoon, zstd};
use crate::omgeving::Omgeving;

/// What the exporter finds in its own pakket, masked as the service does.
fn local(definitie: &Definitie, zending: &Zending) -> Oordeel {
    let opties = Opties {
        leverdatum: zending.pakket.leverdatum,
        per_regel: check::PER_REGEL,
        ruwe_ids: false,
    };
    let mut controle = Controle::new(definitie, opties).unwrap();
    for tabel in &definitie.tabellen {
        let Some(bytes) = zending.bestanden.get(&tabel.naam) else {
            continue;
        };
        let lezer = strict::open(
            tabel,
            zstd::Decoder::new(bytes.as_slice()).unwrap(),
            Limieten::default(),
        )
        .unwrap();
        controle
            .partij(
                &tabel.naam,
                &arrow_array::RecordBatch::new_empty(lezer.schema()),
            )
            .unwrap();
        for batch in lezer {
            controle.partij(&tabel.naam, &batch.unwrap()).unwrap();
        }
    }
    controle
        .afronden(&PakketHerkomst::new(definitie))
        .unwrap()
        .masked(definitie)
}

async fn bevindingen(omgeving: &Omgeving, id: &str) -> crate::omgeving::Antwoord {
    omgeving
        .get(
            &omgeving.aanbieder,
            &format!("/v1/leveringen/{id}/bevindingen"),
        )
        .await
}

/// Every failing example of every rule about one row, through the door: equal, byte for byte.
#[tokio::test]
async fn findings_equal_those_at_the_aanbieder_byte_for_byte() {
    let omgeving = Omgeving::new().await;
    let definitie = &omgeving.definitie;
    let mut rijen: Vec<Vec<(String, String)>> = Vec::new();
    for regel in definitie
        .regels
        .iter()
        .filter(|r| r.tabel.as_deref() == Some("traject"))
    {
        for voorbeeld in &regel.fout {
            let velden = serde_json::to_value(voorbeeld)
                .ok()
                .and_then(|v| v.as_object().cloned())
                .unwrap_or_default();
            let overlay = velden
                .iter()
                .filter_map(|(n, w)| Some((n.clone(), w.as_str()?.to_owned())));
            rijen.push(
                overlay
                    .filter(|(n, _)| definitie.tabel("traject").unwrap().veld(n).is_some())
                    .collect(),
            );
        }
    }
    assert!(rijen.len() > 20, "the definition has failing examples");
    let geleend: Vec<Vec<(&str, &str)>> = rijen
        .iter()
        .map(|r| r.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect())
        .collect();
    let overlays: Vec<Overlay<'_>> = geleend.iter().map(Vec::as_slice).collect();
    let zending = pakket(definitie, &overlays);
    let levering = omgeving.lever_en_wacht(&omgeving.aanbieder, &zending).await;
    assert_eq!(levering["toestand"], "afgekeurd");
    let verwacht = local(definitie, &zending);
    assert!(
        verwacht.regels.len() > 15,
        "{} rules spoke",
        verwacht.regels.len()
    );
    let dienst = bevindingen(&omgeving, levering["id"].as_str().unwrap()).await;
    assert_eq!(dienst.text(), serde_json::to_string(&verwacht).unwrap());
    assert_eq!(
        levering["regels"],
        serde_json::to_value(&verwacht.regels).unwrap()
    );
}

/// Values of sensitive fields stay at the aanbieder: not in the answer, not in the register, not in a log.
#[tokio::test]
async fn sensitive_values_never_reach_the_register() {
    let omgeving = Omgeving::new().await;
    let geheim = "jan-jansen-van-de-dam";
    let zending = pakket(
        &omgeving.definitie,
        &[&[
            ("jeugdige_id", geheim),
            ("voorziening_id", "huis-zonder-rij"),
        ]],
    );
    let levering = omgeving.lever_en_wacht(&omgeving.aanbieder, &zending).await;
    assert_eq!(levering["toestand"], "afgekeurd");
    let antwoord = bevindingen(&omgeving, levering["id"].as_str().unwrap()).await;
    assert!(
        antwoord.text().contains("PSEUDONYM_LABEL") && !antwoord.text().contains(geheim),
        "{}",
        antwoord.text()
    );
    omgeving.lake.sluit().await;
    for ingang in std::fs::read_dir(omgeving.dir()).unwrap() {
        let pad = ingang.unwrap().path();
        if pad.is_file() {
            let bytes = std::fs::read(&pad).unwrap();
            assert!(
                !bytes.windows(geheim.len()).any(|w| w == geheim.as_bytes()),
                "{}",
                pad.display()
            );
        }
    }
}

#[tokio::test]
async fn findings_come_as_csv_without_formulas() {
    let omgeving = Omgeving::new().await;
    let zending = pakket(&omgeving.definitie, &[&[("kader", "=HYPERLINK(1)")]]);
    let levering = omgeving.lever_en_wacht(&omgeving.aanbieder, &zending).await;
    let pad = format!(
        "/v1/leveringen/{}/bevindingen",
        levering["id"].as_str().unwrap()
    );
    let csv = omgeving
        .get(&omgeving.aanbieder, &format!("{pad}?formaat=csv"))
        .await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        csv.text()
            .starts_with("code,ernst,tabel,veld,bestand,rij,kolom,cel,gevonden,")
    );
    assert!(
        csv.text().contains(",'=HYPERLINK(1),") && !csv.text().contains(",=HYPERLINK"),
        "{}",
        csv.text()
    );
    let request =
        crate::omgeving::vraag("GET", &pad, &omgeving.aanbieder).header("accept", "text/csv");
    assert_eq!(
        omgeving
            .send(request.body(axum::body::Body::empty()).unwrap())
            .await
            .text(),
        csv.text()
    );
    omgeving
        .get(&omgeving.aanbieder, &format!("{pad}?formaat=pdf"))
        .await
        .is_problem(400, "PARAMETER");
}

/// The workbook holds the findings that JSON holds, as text, and a reader of ours knows it is no data.
#[tokio::test]
async fn findings_come_as_a_workbook() {
    let omgeving = Omgeving::new().await;
    let zending = pakket(&omgeving.definitie, &[&[("kader", "=HYPERLINK(1)")]]);
    let levering = omgeving.lever_en_wacht(&omgeving.aanbieder, &zending).await;
    let pad = format!(
        "/v1/leveringen/{}/bevindingen",
        levering["id"].as_str().unwrap()
    );
    let xlsx = omgeving
        .get(&omgeving.aanbieder, &format!("{pad}?formaat=xlsx"))
        .await;
    assert_eq!(
        xlsx.header("content-type"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    );
    assert_eq!(
        xlsx.header("content-disposition"),
        format!(
            "attachment; filename=\"bevindingen-{}.xlsx\"",
            levering["id"].as_str().unwrap()
        )
    );
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(xlsx.body.clone())).unwrap();
    let mut delen = String::new();
    for nummer in 0..zip.len() {
        let mut deel = zip.by_index(nummer).unwrap();
        if deel.name().unwrap().ends_with(".xml") {
            std::io::Read::read_to_string(&mut deel, &mut delen).unwrap();
        }
    }
    let oordeel = omgeving.get(&omgeving.aanbieder, &pad).await.json();
    for bevinding in oordeel["bevindingen"].as_array().unwrap() {
        let bericht = bevinding["bericht"]
            .as_str()
            .unwrap()
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        assert!(delen.contains(&bericht), "{bericht}");
    }
    assert!(
        delen.contains("=HYPERLINK(1)") && !delen.contains("<f>HYPERLINK(1)"),
        "a value is text"
    );
    let request = crate::omgeving::vraag("GET", &pad, &omgeving.aanbieder)
        .header("accept", xlsx.header("content-type"));
    assert_eq!(
        omgeving
            .send(request.body(axum::body::Body::empty()).unwrap())
            .await
            .body,
        xlsx.body
    );
}

/// HOSTILE: of a weigering nothing is kept but the row in the register, which names the code; API and page say in
/// Dutch what was wrong. No value is echoed.
#[tokio::test]
async fn what_is_refused_is_removed_and_said() {
    let omgeving = Omgeving::new().await;
    let definitie = &omgeving.definitie;
    let goed = csv(definitie, "traject", &[&[]]);
    let tekst = String::from_utf8(goed.clone()).unwrap();
    let kop = tekst.lines().next().unwrap();
    let rij = tekst.lines().nth(1).unwrap();
    let bom: Vec<u8> = zstd(&vec![b'x'; 10_000_000]);
    let venster = {
        let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(27).unwrap();
        encoder.long_distance_matching(true).unwrap();
        std::io::Write::write_all(&mut encoder, &goed).unwrap();
        encoder.finish().unwrap()
    };
    let n = goed.len() as u64;
    let gevallen: Vec<(&str, Vec<u8>, u64, u64)> = vec![
        (
            "ROW_WIDTH",
            zstd(format!("{kop}\n{rij}\nte,kort\n").as_bytes()),
            0,
            2,
        ),
        (
            "HEADER_UNKNOWN",
            zstd(format!("{kop},naam\n{rij},x\n").as_bytes()),
            0,
            1,
        ),
        (
            "ENCODING_INVALID",
            zstd(&[kop.as_bytes(), b"\n\xe9,\n"].concat()),
            0,
            1,
        ),
        (
            "BSN_SUSPECTED",
            zstd(&csv(
                definitie,
                "traject",
                &[&[("productcode", "kind 111222333")]],
            )),
            0,
            1,
        ),
        (
            "PSEUDONYM_LABEL",
            zstd(&csv(
                definitie,
                "traject",
                &[&[("jeugdige_id", "d41d8cd98f00b204e9800998ecf8427e")]],
            )),
            0,
            1,
        ),
        ("EMPTY", zstd(b"\n"), 0, 1),
        ("COMPRESSION", b"dit is geen zstd".to_vec(), 100, 1),
        ("COMPRESSION", venster, n, 1),
        ("SIZE_MISMATCH", bom, 1000, 1),
        ("MANIFEST", zstd(&goed), n + 1, 1),
        ("MANIFEST", zstd(&goed), n, 7),
    ];
    for (i, (code, bytes, uitgepakt, aantal)) in gevallen.into_iter().enumerate() {
        let mut zending = schoon(definitie);
        let echt = if uitgepakt == 0 {
            zstd::decode_all(bytes.as_slice()).unwrap().len() as u64
        } else {
            uitgepakt
        };
        zending.zet_ingepakt("traject", bytes, echt, aantal);
        let levering = omgeving.lever_en_wacht(&omgeving.aanbieder, &zending).await;
        assert_eq!(levering["toestand"], "gewist", "case {i}: {levering}");
        assert_eq!(
            levering["regels"],
            serde_json::json!([{ "code": code, "ernst": "fout", "aantal": 1 }]),
            "case {i}"
        );
        let stap = levering["volgende_stap"].as_str().unwrap();
        assert!(
            stap.starts_with("Wij hebben deze levering geweigerd") && stap.contains(code),
            "case {i}: {stap}"
        );
        let antwoord = bevindingen(&omgeving, levering["id"].as_str().unwrap()).await;
        antwoord.is_problem(410, "GONE");
        assert_eq!(antwoord.json()["weigering"], code);
        // The same once more is refused at the door.
        omgeving
            .open(&omgeving.aanbieder, &zending)
            .await
            .is_problem(410, "GONE");
    }
    // The row says so the moment it is judged; the files go right after.
    omgeving.gone(|_| true).await;
}

/// A crash between refusing and erasing: the next start finishes it.
#[tokio::test]
async fn a_refusal_cut_short_is_finished_at_start() {
    let omgeving = Omgeving::new().await;
    let mut zending = schoon(&omgeving.definitie);
    zending.zet(
        "traject",
        &csv(
            &omgeving.definitie,
            "traject",
            &[&[("productcode", "kind 111222333")]],
        ),
        1,
    );
    let id = omgeving.open(&omgeving.aanbieder, &zending).await.json()["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let stempel = lake::Stempel::new("test", omgeving.nu());
    for (tabel, bytes) in &zending.bestanden {
        omgeving
            .lake
            .append(id, tabel, 0, bytes.clone().into())
            .await
            .unwrap();
    }
    omgeving.lake.ontvangen(id, &stempel).await.unwrap();
    let oordeel = Oordeel {
        verdict: schema::Verdict::Afgekeurd,
        rijen: std::collections::BTreeMap::new(),
        regels: vec![schema::RegelTelling {
            code: "BSN_SUSPECTED".to_owned(),
            ernst: schema::Ernst::Fout,
            aantal: 1,
        }],
        bevindingen: Vec::new(),
        afgekapt: false,
        niet_beoordeeld: Vec::new(),
        oorzaken: Vec::new(),
        oorzaken_afgekapt: false,
        meer_bestanden: false,
        vingerafdrukken: Default::default(),
    };
    omgeving
        .lake
        .beoordeeld(
            id,
            &oordeel,
            Vec::new(),
            &omgeving.definitie.regelhash,
            &stempel,
        )
        .await
        .unwrap();
    assert!(!omgeving.files().is_empty());
    let omgeving = omgeving.restart().await;
    omgeving.gone(|_| true).await;
}

/// Which objects were stored, and nothing else.
#[tokio::test]
async fn what_is_stored_afterwards() {
    let omgeving = Omgeving::new().await;
    assert_eq!(omgeving.files(), Vec::<String>::new());
    let levering = omgeving
        .lever_en_wacht(&omgeving.aanbieder, &schoon(&omgeving.definitie))
        .await;
    let goed = [
        "lake/omgang/traject/jaar=2020/<id>.parquet",
        "lake/omgang/voorziening/jaar=2020/<id>.parquet",
        "raw/<id>/pakket.json",
        "raw/<id>/traject.csv.zst",
        "raw/<id>/voorziening.csv.zst",
    ];
    assert_eq!(omgeving.files(), goed);
    omgeving
        .teken(&omgeving.aanbieder, levering["id"].as_str().unwrap())
        .await;
    assert_eq!(omgeving.files(), goed);

    // Rejected: its tables never become visible.
    let afgekeurd = Omgeving::new().await;
    afgekeurd
        .lever_en_wacht(&afgekeurd.aanbieder, &met_fout(&afgekeurd.definitie))
        .await;
    afgekeurd.gone(|pad| pad.contains("lake/")).await;
}

#[tokio::test]
async fn findings_are_there_only_after_judging() {
    let omgeving = Omgeving::new().await;
    let geopend = omgeving
        .open(&omgeving.aanbieder, &schoon(&omgeving.definitie))
        .await
        .json();
    bevindingen(&omgeving, geopend["id"].as_str().unwrap())
        .await
        .is_problem(404, "NOT_FOUND");
}
