//! The look: one style sheet, two open fonts with their licences. Written once per publication, linked by every page.

/// Paths and contents, in order.
pub fn bestanden() -> [(&'static str, &'static [u8]); 5] {
    [
        ("stijl.css", include_bytes!("thema.css")),
        (
            "lettertype/source-sans-3-latin-wght-normal.woff2",
            include_bytes!("../lettertype/source-sans-3-latin-wght-normal.woff2"),
        ),
        (
            "lettertype/source-serif-4-latin-wght-normal.woff2",
            include_bytes!("../lettertype/source-serif-4-latin-wght-normal.woff2"),
        ),
        (
            "lettertype/OFL-source-sans-3.txt",
            include_bytes!("../lettertype/OFL-source-sans-3.txt"),
        ),
        (
            "lettertype/OFL-source-serif-4.txt",
            include_bytes!("../lettertype/OFL-source-serif-4.txt"),
        ),
    ]
}
