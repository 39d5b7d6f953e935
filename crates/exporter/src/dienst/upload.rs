//! Files on their way: the tus 1.0 core protocol.
//!
//! Owns sending a file in pieces and going on where the service says it is (HEAD, then PATCH from there) after a cut
//! connection. Leaves the judgement over the bytes to the service.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use reqwest::Method;

use super::{Antwoord, Dienst, DienstFout};
use crate::fout::Fout;
use crate::voortgang::Voortgang;

/// One PATCH; small enough for a proxy in between, large enough to be quick.
const STUK: u64 = 4 << 20;

/// A file that travels.
pub struct Zending<'a> {
    /// Levering it belongs to.
    pub levering: &'a str,
    /// Table it holds.
    pub tabel: &'a str,
    /// Where it is.
    pub pad: &'a Path,
    /// Its length.
    pub bytes: u64,
}

/// Why a file did not arrive.
pub enum UploadFout {
    /// The service or the line.
    Dienst(DienstFout),
    /// Our own disk.
    Schijf(Fout),
}

impl Dienst {
    /// Sends a file, from where the service is to the end.
    pub fn verstuur(
        &self,
        zending: &Zending<'_>,
        voortgang: &Voortgang,
        al_verstuurd: u64,
    ) -> Result<(), UploadFout> {
        let schijf = |e: &std::io::Error| {
            UploadFout::Schijf(Fout::bestand("kan het pakket niet lezen", zending.pad, e))
        };
        let mut bestand = File::open(zending.pad).map_err(|e| schijf(&e))?;
        let mut stuk = Vec::new();
        let mut offset = self.offset(zending)?;
        let mut poging = 1;
        while offset < zending.bytes {
            voortgang.stand(al_verstuurd + offset);
            stuk.clear();
            bestand
                .seek(SeekFrom::Start(offset))
                .map_err(|e| schijf(&e))?;
            (&mut bestand)
                .take(STUK.min(zending.bytes - offset))
                .read_to_end(&mut stuk)
                .map_err(|e| schijf(&e))?;
            let nieuw = match self.patch(zending, offset, &stuk) {
                Ok(antwoord) => antwoord.offset.unwrap_or(offset + stuk.len() as u64),
                Err(fout) => {
                    // A 409 says that the service is elsewhere: it knows, we ask.
                    let weer = fout.tijdelijk() || fout.probleem().is_some_and(|p| p.status == 409);
                    if !weer || poging >= self.geduld.pogingen {
                        return Err(UploadFout::Dienst(fout));
                    }
                    self.geduld.wacht(
                        poging,
                        &format!("Het versturen van {} stokte ({fout})", zending.tabel),
                    );
                    self.offset(zending)?
                }
            };
            poging = if nieuw > offset { 1 } else { poging + 1 };
            if poging > self.geduld.pogingen {
                return Err(UploadFout::Dienst(DienstFout::GeenAntwoord(
                    "de server neemt geen bytes meer aan".to_owned(),
                )));
            }
            offset = nieuw;
        }
        voortgang.stand(al_verstuurd + offset);
        Ok(())
    }

    /// Says that a file is there to the last byte: a service that missed the end, in a crash, looks again.
    pub fn nudge(&self, zending: &Zending<'_>) {
        // Whatever it answers, the levering tells how it stands.
        let _ = self.patch(zending, zending.bytes, &[]);
    }

    fn offset(&self, zending: &Zending<'_>) -> Result<u64, UploadFout> {
        let antwoord = self
            .vraag_rustig(
                Method::HEAD,
                &pad_van(zending),
                &[("Tus-Resumable", "1.0.0")],
                None,
            )
            .map_err(UploadFout::Dienst)?;
        let vreemd = |reden: &str| UploadFout::Dienst(DienstFout::Vreemd(reden.to_owned()));
        let offset = antwoord
            .offset
            .ok_or_else(|| vreemd("er staat niet in hoeveel er al is"))?;
        if offset > zending.bytes
            || antwoord
                .lengte
                .is_some_and(|lengte| lengte != zending.bytes)
        {
            return Err(vreemd(
                "de server verwacht een bestand van een andere lengte",
            ));
        }
        Ok(offset)
    }

    fn patch(
        &self,
        zending: &Zending<'_>,
        offset: u64,
        stuk: &[u8],
    ) -> Result<Antwoord, DienstFout> {
        let offset = offset.to_string();
        let koppen = [
            ("Tus-Resumable", "1.0.0"),
            ("Upload-Offset", offset.as_str()),
            ("Content-Type", "application/offset+octet-stream"),
        ];
        self.vraag(Method::PATCH, &pad_van(zending), &koppen, Some(stuk))
    }
}

fn pad_van(zending: &Zending<'_>) -> String {
    format!(
        "/v1/leveringen/{}/bestanden/{}",
        zending.levering, zending.tabel
    )
}
