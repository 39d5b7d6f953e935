//! The look: one style sheet, two open fonts with their licences. Written once per publication, linked by every page.

/// Paths and contents, in order.
pub fn files() -> [(&'static str, &'static [u8]); 5] {
    [
        ("stijl.css", include_bytes!("theme.css")),
        (
            "lettertype/source-sans-3-latin-wght-normal.woff2",
            include_bytes!("../font/source-sans-3-latin-wght-normal.woff2"),
        ),
        (
            "lettertype/source-serif-4-latin-wght-normal.woff2",
            include_bytes!("../font/source-serif-4-latin-wght-normal.woff2"),
        ),
        (
            "lettertype/OFL-source-sans-3.txt",
            include_bytes!("../font/OFL-source-sans-3.txt"),
        ),
        (
            "lettertype/OFL-source-serif-4.txt",
            include_bytes!("../font/OFL-source-serif-4.txt"),
        ),
    ]
}
