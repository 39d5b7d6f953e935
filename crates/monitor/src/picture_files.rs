//! The files of published pictures that the service hands out.
//!
//! Owns tying the service to what can draw, so that nothing in the service does. Leaves what is in them to `report`.

use ingest::{PictureForm, PictureMaker, PictureQuestion};
use report::picture_file::PagePicture;

/// Pictures as the pages show them.
pub(crate) struct Pictures;

impl PictureMaker for Pictures {
    fn make(&self, question: &PictureQuestion<'_>) -> Option<Vec<u8>> {
        let picture = PagePicture::find(question.page, question.id)?;
        match question.form {
            PictureForm::Svg => Some(picture.svg().into_bytes()),
            PictureForm::Png => picture.png(),
            PictureForm::Page => Some(picture.page(question.root, question.address).into_bytes()),
        }
    }
}
