//! `catalogus.ttl`: a publication as a data catalogue knows it, by DCAT-AP-NL 3.0.
//!
//! Owns the description in Turtle. Its addresses are relative: it means the same wherever the publication stands, and the
//! service can put several together. Leaves columns, units and keys to `datapackage.json`, to which it points.

use std::fmt::Write;

use schema::Publisher;
use schema::hash::sha256_hex;
use schema::publisher::{LANGUAGE, LICENCE, turtle_text};

use crate::wording;

/// What is described.
#[derive(Debug)]
pub(crate) struct CatalogueInput<'a> {
    /// Name that no other publication has, as in `omgang-2020-v1`.
    pub(crate) name: &'a str,
    /// Title of the uitvraag and year.
    pub(crate) title: &'a str,
    /// Reporting year.
    pub(crate) jaar: i32,
    /// Version of the publication of this year.
    pub(crate) version: u32,
    /// Who publishes it.
    pub(crate) publisher: &'a Publisher,
    /// The tables, by path.
    pub(crate) files: &'a [(String, Vec<u8>)],
}

/// The prefixes, and what DCAT-AP-NL names by address: access and theme.
const BEGINNING: &str = r#"@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix spdx: <http://spdx.org/rdf/terms#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .

<http://publications.europa.eu/resource/authority/access-right/PUBLIC> a dct:RightsStatement .
<http://publications.europa.eu/resource/authority/data-theme/SOCI> a skos:Concept ; skos:prefLabel "Bevolking en samenleving"@nl .
"#;

/// The catalogue of one publication.
pub(crate) fn turtle(publicatie: &CatalogueInput<'_>) -> String {
    let CatalogueInput {
        name,
        title,
        jaar,
        version,
        publisher,
        files,
    } = publicatie;
    let title = turtle_text(title);
    let described = wording::dataset(jaar);
    let files_described = wording::FILES;
    let parts: Vec<String> = files.iter().map(|(path, _)| format!("<#{path}>")).collect();
    let mut out = BEGINNING.to_owned();
    let (language, licence) = (LANGUAGE, LICENCE);
    write!(
        out,
        r#"{language} a dct:LinguisticSystem .
{licence} a dct:LicenseDocument .
{}
<#catalogus> a dcat:Catalog ;
    dct:title {title}@nl ;
    dct:description "{files_described}"@nl ;
    dct:publisher <#uitgever> ;
    dct:creator <#uitgever> ;
    dcat:contactPoint <#contact> ;
    dct:language {language} ;
    dct:license {licence} ;
    dcat:dataset <#dataset> .

<#dataset> a dcat:Dataset ;
    dct:identifier "{name}" ;
    dct:title {title}@nl ;
    dct:description "{described}"@nl ;
    dct:publisher <#uitgever> ;
    dct:creator <#uitgever> ;
    dcat:contactPoint <#contact> ;
    dct:language {language} ;
    dct:accessRights <http://publications.europa.eu/resource/authority/access-right/PUBLIC> ;
    dcat:theme <http://publications.europa.eu/resource/authority/data-theme/SOCI> ;
    dct:temporal [ a dct:PeriodOfTime ; dcat:startDate "{jaar}-01-01"^^xsd:date ; dcat:endDate "{jaar}-12-31"^^xsd:date ] ;
    dcat:version "{version}" ;
    dcat:landingPage <index.html> ;
    foaf:page <datapackage.json> ;
    dct:conformsTo <https://datapackage.org/standard/> ;
    dcat:distribution {} .

<index.html> a foaf:Document .
<datapackage.json> a foaf:Document .
<https://datapackage.org/standard/> a dct:Standard .
"#,
        publisher.turtle(),
        parts.join(", ")
    )
    .expect("writing to a String cannot fail");
    for (path, bytes) in *files {
        distribution(&mut out, path, bytes);
    }
    out
}

/// One file: where it is, what it is, and how it can be checked.
fn distribution(out: &mut String, path: &str, bytes: &[u8]) {
    let (kind, media) = match path.rsplit('.').next() {
        Some("csv") => ("CSV", "text/csv"),
        _ => ("PARQUET", "application/vnd.apache.parquet"),
    };
    let (size, sum) = (bytes.len(), sha256_hex(bytes));
    write!(
        out,
        r#"
<#{path}> a dcat:Distribution ;
    dct:title "{path}"@nl ;
    dcat:accessURL <{path}> ;
    dcat:downloadURL <{path}> ;
    dct:license {LICENCE} ;
    dct:language {LANGUAGE} ;
    dct:format <http://publications.europa.eu/resource/authority/file-type/{kind}> ;
    dcat:mediaType <https://www.iana.org/assignments/media-types/{media}> ;
    dcat:byteSize "{size}"^^xsd:nonNegativeInteger ;
    spdx:checksum [ a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha256 ; spdx:checksumValue "{sum}"^^xsd:hexBinary ] .

<{path}> a rdfs:Resource .
<http://publications.europa.eu/resource/authority/file-type/{kind}> a dct:MediaTypeOrExtent .
<https://www.iana.org/assignments/media-types/{media}> a dct:MediaType .
spdx:checksumAlgorithm_sha256 a spdx:ChecksumAlgorithm .
"#
    )
    .expect("writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every table is a distribution with its size and its hash.
    #[test]
    fn every_file_is_described() {
        let files = [
            ("cijfers.csv".to_owned(), b"a".to_vec()),
            ("cijfers.parquet".to_owned(), b"bc".to_vec()),
        ];
        let text = turtle(&CatalogueInput {
            name: "omgang-2020-v1",
            title: "Omgang",
            jaar: 2020,
            version: 1,
            publisher: &Publisher::default(),
            files: &files,
        });
        assert!(text.contains("dcat:distribution <#cijfers.csv>, <#cijfers.parquet> ."));
        for (path, bytes) in &files {
            assert!(text.contains(&format!("dcat:downloadURL <{path}>")));
            assert!(text.contains(&sha256_hex(bytes)));
        }
    }
}
