//! What the columns of `curven` and `trechters` mean.
//!
//! Owns the words, which stand beside the names as in a table. Leaves the columns of `cijfers` to `schema::Cijfer`.

/// What a column of the tables beside `cijfers` means, by name, for a Dutch reader.
pub(crate) const COLUMN_MEANINGS: [(&str, &str); 15] = [
    ("indicator", "Naam van het cijfer; zie `indicatoren`"),
    (
        "niveau",
        "nederland, provincie, jeugdregio, gemeente of grootteklasse",
    ),
    ("gebied", "CBS-code van het gebied, of de klasse"),
    ("dag", "Aantal dagen vanaf het begin"),
    (
        "aandeel",
        "Deel dat die dag was begonnen, ingetrokken of afgelopen, van 0 tot 1",
    ),
    ("onder", "Ondergrens van het 95%-interval"),
    ("boven", "Bovengrens van het 95%-interval"),
    (
        "at_risk",
        "Hoeveel trajecten die dag nog meetellen, afgerond op een vijftal",
    ),
    (
        "omvang",
        "De noemer van een gebied: hoe groter, hoe smaller de trechter",
    ),
    (
        "midden",
        "Het cijfer van Nederland, waar de trechter om ligt",
    ),
    ("onder_998", "Ondergrens van het 99,8%-interval"),
    ("boven_998", "Bovengrens van het 99,8%-interval"),
    (
        "onder_998_tussen",
        "Ondergrens van 99,8%, met wat gewoon is aan verschil tussen gebieden",
    ),
    (
        "boven_998_tussen",
        "Bovengrens van 99,8%, met wat gewoon is aan verschil tussen gebieden",
    ),
    (
        "gebieden",
        "Aantal gebieden met een cijfer waaruit dat verschil is berekend",
    ),
];
