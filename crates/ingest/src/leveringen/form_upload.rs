//! A pakket that comes in by a form: its files beside each other, or one tar of them.
//!
//! Owns telling what a file is by its bytes, keeping it aside while the rest comes (in a file without a name, gone when
//! nobody holds it), and that nothing is opened unless every file is there as `pakket.json` says. What is read goes by
//! the same doors as over tus: `open` for the manifest, `upload` for the bytes, with the same limits and errors.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, SeekFrom};
use std::sync::{Mutex, PoisonError};

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use lake::Levering;
use pakket::packing::{MANIFEST, file_name};
use pakket::tar::{self, BLOCK, TarError, TarHead};
use schema::Toestand;
use sha2::{Digest, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use super::open::{MANIFEST_BYTES, OpenError, announce, read_manifest};
use super::upload::{complete, receive};
use crate::App;
use crate::auth::Caller;
use crate::form_data::{FormData, FormDataError};
use crate::problem::{Problem, ProblemKind};
use crate::request_body::BodyError;
use crate::wording;

/// Why a form holds no pakket.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ParcelError {
    /// The form is not right.
    #[error(transparent)]
    Form(#[from] FormDataError),
    /// A zip, which a workbook is too.
    #[error(
        "Dit is een zip-bestand. Een werkmap van Excel is dat ook. Die nemen wij niet aan. Maak eerst een pakket op de pagina `Bestand controleren`, en kies dat hier: het tar-bestand zelf, niet ingepakt."
    )]
    Zip,
    /// A tar that is none, or with something strange in it.
    #[error("Het tar-bestand is beschadigd of er zit iets anders in. Maak het pakket opnieuw.")]
    Tar,
    /// Something beside the files of a pakket.
    #[error(
        "Er is een bestand gekozen dat niet bij een pakket hoort. Kies het tar-bestand, of anders `pakket.json` en de bestanden die op `.csv.zst` eindigen."
    )]
    Foreign,
    /// The same file twice.
    #[error("Hetzelfde bestand is twee keer gekozen. Kies van één pakket elk bestand één keer.")]
    Twice,
    /// Nothing was chosen.
    #[error("Kies eerst het pakket.")]
    Nothing,
    /// No manifest, or a file that it names.
    #[error("Het pakket is niet compleet: {0} ontbreekt. Kies ook dat bestand.")]
    Missing(String),
    /// A file that the manifest does not name, or names otherwise.
    #[error("Het bestand {0} is anders dan `pakket.json` zegt. Maak het pakket opnieuw.")]
    Differs(String),
    /// Another form of this aanbieder is coming in.
    #[error("Er wordt al een pakket van uw organisatie verstuurd. Wacht tot dat klaar is.")]
    Busy,
    /// The disk failed.
    #[error("a file of a form could not be kept")]
    Disk(#[from] io::Error),
}

impl From<ParcelError> for Problem {
    fn from(error: ParcelError) -> Self {
        let text = error.to_string();
        match error {
            ParcelError::Form(FormDataError::Body(error)) => error.into(),
            ParcelError::Form(FormDataError::Form) | ParcelError::Zip => {
                Self::new(ProblemKind::MEDIA_TYPE, text)
            }
            ParcelError::Tar
            | ParcelError::Foreign
            | ParcelError::Twice
            | ParcelError::Nothing
            | ParcelError::Missing(_)
            | ParcelError::Differs(_) => Self::new(ProblemKind::MANIFEST, text),
            ParcelError::Busy => Self::new(ProblemKind::UPLOAD_BUSY, text),
            ParcelError::Disk(error) => {
                tracing::error!(kind = %error.kind(), "a file of a form could not be kept");
                let kind = if lake::is_full(&error) {
                    ProblemKind::STORAGE_FULL
                } else {
                    ProblemKind::INTERNAL
                };
                Self::new(kind, wording::refused::PAKKET_NOT_KEPT)
            }
        }
    }
}

/// The aanbieders of whom a form is coming in: one at a time each, so that nobody fills the disk with forms.
#[derive(Debug, Default)]
pub(crate) struct Forms(Mutex<BTreeSet<String>>);

/// The place of one form among [`Forms`]; free again when dropped.
struct FormPlace<'a> {
    forms: &'a Forms,
    kvk: String,
}

impl Forms {
    fn claim(&self, kvk: &str) -> Option<FormPlace<'_>> {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        busy.insert(kvk.to_owned()).then(|| FormPlace {
            forms: self,
            kvk: kvk.to_owned(),
        })
    }
}

impl Drop for FormPlace<'_> {
    fn drop(&mut self) {
        let mut busy = self.forms.0.lock().unwrap_or_else(PoisonError::into_inner);
        busy.remove(&self.kvk);
    }
}

/// Takes the pakket in a form: the levering, with all its files in.
///
/// # Errors
/// When it is no pakket, or one that `POST /v1/leveringen` would refuse.
pub(crate) async fn deliver(
    app: &App,
    caller: &Caller,
    form: &mut FormData,
) -> Result<Levering, Problem> {
    let kvk = caller.kvk().ok_or(OpenError::OtherAanbieder)?;
    let _place = app.forms.claim(kvk).ok_or(ParcelError::Busy)?;
    let mut parcel = Parcel {
        app,
        files: BTreeMap::new(),
    };
    while let Some(name) = form.next_file().await.map_err(ParcelError::from)? {
        parcel.take(&name, form).await?;
    }
    let Parcel { mut files, .. } = parcel;
    if files.is_empty() {
        return Err(ParcelError::Nothing.into());
    }
    let manifest = files.remove(MANIFEST);
    let mut manifest = manifest.ok_or_else(|| ParcelError::Missing(MANIFEST.to_owned()))?;
    let json = manifest.read().await.map_err(ParcelError::from)?;
    let pakket = read_manifest(&json)?;
    for named in &pakket.resources {
        let name = file_name(&named.name);
        let file = files
            .get(&name)
            .ok_or_else(|| ParcelError::Missing(name.clone()))?;
        if (file.bytes, &file.hash) != (named.bytes, &named.hash) {
            return Err(ParcelError::Differs(name).into());
        }
    }
    let is_named = |name: &&String| {
        pakket
            .resources
            .iter()
            .any(|r| file_name(&r.name) == **name)
    };
    if let Some(name) = files.keys().find(|name| !is_named(name)) {
        return Err(ParcelError::Differs(name.clone()).into());
    }
    // As the exporter names a pakket: the same one by another door is the same levering.
    let key = schema::hash::sha256(&json);
    let (_, levering) = announce(app, caller, &key, &json, &pakket).await?;
    if levering.toestand != Toestand::Geopend {
        return Ok(levering);
    }
    for file in levering
        .bestanden
        .iter()
        .filter(|file| file.offset < file.bytes)
    {
        if let Some(kept) = files.remove(&file_name(&file.tabel)) {
            let rest = file.bytes - file.offset;
            let body = kept.body(file.offset).await.map_err(ParcelError::from)?;
            let upload = app
                .lake
                .upload(levering.id, &file.tabel, file.offset)
                .await?;
            if let (_, Some(error)) = receive(upload, body, rest).await? {
                return Err(error.into());
            }
        }
    }
    complete(app, caller, &levering).await?;
    Ok(app.lake.levering(levering.id).await?.unwrap_or(levering))
}

/// The files of a form so far, by the names that a pakket has.
struct Parcel<'a> {
    app: &'a App,
    files: BTreeMap<String, KeptFile>,
}

/// A file that is kept aside.
struct KeptFile {
    file: File,
    bytes: u64,
    hash: String,
}

/// What may stand in a tar beside its files, and after its end.
const BESIDE: u64 = 64 * 1024;
/// Heads in a tar.
const HEADS: usize = 64;

impl Parcel<'_> {
    /// Takes the content of one part.
    async fn take(&mut self, name: &str, form: &mut FormData) -> Result<(), ParcelError> {
        let mut part = PartStream {
            form,
            ahead: BytesMut::new(),
        };
        part.look(BLOCK).await?;
        if part.ahead.is_empty() && name.is_empty() {
            return Ok(());
        }
        if part.ahead.starts_with(b"PK") {
            return Err(ParcelError::Zip);
        }
        if tar::is_tar(&part.ahead) {
            return self.take_tar(&mut part).await;
        }
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        self.keep(name, &mut part, None).await
    }

    async fn take_tar(&mut self, part: &mut PartStream<'_>) -> Result<(), ParcelError> {
        for _ in 0..HEADS {
            let head: [u8; BLOCK] = part.exact().await?;
            let head = tar::read_head(&head).map_err(|_: TarError| ParcelError::Tar)?;
            let passed = match head {
                TarHead::End => return part.pass_rest(BESIDE).await,
                // What a Mac writes beside each file.
                TarHead::File { name, length } if name.starts_with("._") => length,
                TarHead::File { name, length } => {
                    self.keep(&name, part, Some(length)).await?;
                    part.pass(tar::padding(length)).await?;
                    continue;
                }
                TarHead::Beside(length) => length,
            };
            if passed > BESIDE {
                return Err(ParcelError::Tar);
            }
            part.pass(passed + tar::padding(passed)).await?;
        }
        Err(ParcelError::Tar)
    }

    /// Keeps a file aside: so many bytes of the part, or all of it.
    async fn keep(
        &mut self,
        name: &str,
        part: &mut PartStream<'_>,
        length: Option<u64>,
    ) -> Result<(), ParcelError> {
        let of_table = || {
            let mut tables = self.app.definities.iter().flat_map(|d| &d.tabellen);
            tables.any(|tabel| file_name(&tabel.naam) == name)
        };
        let at_most = match name {
            MANIFEST => MANIFEST_BYTES as u64,
            _ if of_table() => self.app.grenzen.bestand,
            _ => return Err(ParcelError::Foreign),
        };
        if self.files.contains_key(name) {
            return Err(ParcelError::Twice);
        }
        if length.is_some_and(|length| length > at_most) {
            return Err(too_big(at_most));
        }
        let temporary = tokio::task::spawn_blocking(tempfile::tempfile).await;
        let mut file = File::from_std(temporary.map_err(io::Error::other)??);
        let mut hash = Sha256::new();
        let mut bytes = 0;
        while length.is_none_or(|length| bytes < length) {
            let rest = length.map_or(u64::MAX, |length| length - bytes);
            let Some(chunk) = part.chunk(rest).await? else {
                break;
            };
            bytes += chunk.len() as u64;
            if bytes > at_most {
                return Err(too_big(at_most));
            }
            hash.update(&chunk);
            file.write_all(&chunk).await?;
        }
        if length.is_some_and(|length| bytes < length) {
            return Err(ParcelError::Tar);
        }
        file.flush().await?;
        let kept = KeptFile {
            file,
            bytes,
            hash: format!("sha256:{}", schema::hash::hex(&hash.finalize())),
        };
        self.files.insert(name.to_owned(), kept);
        Ok(())
    }
}

fn too_big(at_most: u64) -> ParcelError {
    FormDataError::from(BodyError::TooBig(at_most)).into()
}

impl KeptFile {
    async fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(0)).await?;
        self.file.read_to_end(&mut bytes).await?;
        Ok(bytes)
    }

    /// The bytes from `offset` on, as a body that comes in.
    async fn body(mut self, offset: u64) -> io::Result<Body> {
        const PIECE: usize = 64 * 1024;
        self.file.seek(SeekFrom::Start(offset)).await?;
        Ok(Body::from_stream(stream::try_unfold(
            self.file,
            |mut file| async move {
                let mut piece = BytesMut::with_capacity(PIECE);
                let read = file.read_buf(&mut piece).await?;
                Ok::<_, io::Error>((read > 0).then(|| (piece.freeze(), file)))
            },
        )))
    }
}

/// The content of a part, of which the begin may be looked at.
struct PartStream<'a> {
    form: &'a mut FormData,
    ahead: BytesMut,
}

impl PartStream<'_> {
    /// Has so many bytes ahead, or all there are.
    async fn look(&mut self, count: usize) -> Result<(), ParcelError> {
        while self.ahead.len() < count {
            match self.form.chunk().await? {
                Some(chunk) => self.ahead.extend_from_slice(&chunk),
                None => break,
            }
        }
        Ok(())
    }

    /// The next piece, of at most so many bytes.
    async fn chunk(&mut self, at_most: u64) -> Result<Option<Bytes>, ParcelError> {
        self.look(1).await?;
        let size = u64::min(self.ahead.len() as u64, at_most);
        let size = usize::try_from(size).expect("no more than is ahead");
        Ok((size > 0).then(|| self.ahead.split_to(size).freeze()))
    }

    async fn exact<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], ParcelError> {
        self.look(COUNT).await?;
        let bytes = self
            .ahead
            .get(..COUNT)
            .and_then(|bytes| bytes.try_into().ok());
        let bytes = bytes.ok_or(ParcelError::Tar)?;
        let _ = self.ahead.split_to(COUNT);
        Ok(bytes)
    }

    /// Passes over so many bytes.
    async fn pass(&mut self, mut count: u64) -> Result<(), ParcelError> {
        while count > 0 {
            let chunk = self.chunk(count).await?.ok_or(ParcelError::Tar)?;
            count -= chunk.len() as u64;
        }
        Ok(())
    }

    /// Passes over what is left, if it is no more than that.
    async fn pass_rest(&mut self, mut at_most: u64) -> Result<(), ParcelError> {
        while let Some(chunk) = self.chunk(u64::MAX).await? {
            at_most = at_most
                .checked_sub(chunk.len() as u64)
                .ok_or(ParcelError::Tar)?;
        }
        Ok(())
    }
}
