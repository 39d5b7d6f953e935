//! What is proposed for a koppeling, from this file and from the one of last year.

use std::fmt::Display;

// ------------------------------------------------------------------------------------- carry over

pub(crate) fn taken_over(
    title: &impl Display,
    columns: &impl Display,
    values: &impl Display,
) -> String {
    format!("{title}: {columns} kolommen en {values} woorden zijn overgenomen van vorig jaar.")
}

pub(crate) fn table_of_last_year_gone(name: &impl Display) -> String {
    format!("De tabel {name} van vorig jaar is niet gevonden in dit bestand.")
}

pub(crate) fn codes_taken_over(title: &impl Display, rows: &impl Display) -> String {
    format!("{title}: {rows} rijen zijn overgenomen van vorig jaar. Kijk of ze nog kloppen.")
}

pub(crate) fn column_of_last_year_gone(title: &impl Display, column: &impl Display) -> String {
    format!("{title}: de kolom '{column}' van vorig jaar staat niet in dit bestand.")
}

pub(crate) fn veld_not_asked(title: &impl Display, name: &impl Display) -> String {
    format!("{title}: het veld {name} wordt dit jaar niet meer gevraagd.")
}

pub(crate) fn where_is_it_now(
    label: &impl Display,
    column: &impl Display,
    perhaps: &impl Display,
) -> String {
    format!(
        "In welke kolom staat '{label}' nu? Vorig jaar was dat '{column}'.{perhaps} Staat het er niet meer in? Haal deze regel dan weg."
    )
}

pub(crate) fn which_column(label: &impl Display) -> String {
    format!("In welke kolom staat '{label}'? Of zet een vaste waarde onder [tabel.vast].")
}

pub(crate) fn what_is_in_earlier(earlier: &impl Display, skip: &impl Display) -> String {
    format!("Wat staat er in de kolom '{earlier}'? Vul een veld in, of \"{skip}\".")
}

pub(crate) fn had_fixed_value(title: &impl Display, veld: &impl Display) -> String {
    format!("{title}: {veld} had vorig jaar een vaste waarde, en heeft nu een kolom.")
}

pub(crate) fn date_format_changed(
    title: &impl Display,
    veld: &impl Display,
    seen: &impl Display,
    format: &impl Display,
) -> String {
    format!(
        "{title}: de datums van {veld} staan nu als {seen}, vorig jaar als {format}. Dit jaar lezen we {seen}."
    )
}

pub(crate) fn code_gone(title: &impl Display, code: &impl Display, veld: &impl Display) -> String {
    format!("{title}: de code {code} van {veld} bestaat dit jaar niet meer. Kies opnieuw.")
}

// ------------------------------------------------------------------------------- propose, columns

pub(crate) const OR_FIXED_VALUE: &str = " Of zet een vaste waarde onder [tabel.vast].";
pub(crate) const OR_BELOW: &str = " Vult u het hieronder bij de kolom in? Dan is dat genoeg.";

pub(crate) fn what_is_in_column(
    name: &impl Display,
    such_as: &impl Display,
    candidates: &impl Display,
    warning: &impl Display,
) -> String {
    format!(
        "Wat staat er in de kolom '{name}'{such_as}? Misschien: {candidates}.{warning} Of vul in: overslaan."
    )
}

pub(crate) fn column_does_not_fit(
    name: &impl Display,
    label: &impl Display,
    such_as: &impl Display,
) -> String {
    format!(" Let op: wat in '{name}' staat, past niet bij {label}{such_as}.")
}

pub(crate) fn word_means_other(word: &impl Display, name: &impl Display) -> String {
    format!(" Let op: '{word}' in '{name}' kan betekenen dat het om iets anders gaat.")
}

// ---------------------------------------------------------------------------------------- propose

pub(crate) fn no_rows(location: &impl Display) -> String {
    format!("{location} heeft geen rijen. Het is niet gebruikt.")
}

pub(crate) fn resembles_nothing(location: &impl Display) -> String {
    format!("{location} lijkt op geen tabel van de uitvraag. Het is niet gebruikt.")
}

pub(crate) fn resembles_somewhat(location: &impl Display, title: &impl Display) -> String {
    format!("{location} lijkt een beetje op {title}. Of het erbij hoort, is een vraag aan u.")
}

pub(crate) fn other_columns(
    location: &impl Display,
    example_place: &impl Display,
    title: &impl Display,
) -> String {
    format!(
        "{location} heeft andere kolommen dan '{example_place}', en is ook {title}. Het heeft een eigen deel in de koppeling."
    )
}

pub(crate) fn same_columns(same: &impl Display, title: &impl Display) -> String {
    format!("{same} stuks met dezelfde kolommen zijn samen de tabel {title}.")
}

pub(crate) fn belongs_to(sheet: &impl Display, title: &impl Display) -> String {
    format!(
        "Hoort {sheet} bij {title}? Vul bij lezen in: ja of nee. Bij ja beantwoordt u ook de vragen over de kolommen daar."
    )
}

pub(crate) fn certain(certainty: &impl Display) -> String {
    format!("{certainty:.0} % zeker: kijk dit na")
}

pub(crate) fn table_absent(title: &impl Display) -> String {
    format!(
        "Uw bestand heeft geen tabel {title}. U mag die hier opschrijven: een blok per regel, zonder hekjes."
    )
}

// ---------------------------------------------------------------------------------- propose, rest

pub(crate) fn asked_of_these(told: &impl Display, none_of_these: &impl Display) -> String {
    format!(
        "Vraagt de uitvraag een van deze kolommen? {told}. Zet wat gevraagd wordt onder [tabel.kolommen] bij het veld. Vul daarna bij welke_gevraagd in: \"{none_of_these}\". De andere worden dan niet gelezen."
    )
}

// -------------------------------------------------------------------------------- propose, values

pub(crate) fn dates_written_with(characters: &impl Display, names: &impl Display) -> String {
    format!(
        "Ze zijn geschreven met {characters}, en niet bij elk daarvan blijkt wat de dag is. Kies {names}. Verschilt het per rij? Maak dan eerst uw bestand gelijk."
    )
}

pub(crate) fn dates_swapped(names: &impl Display, names_other: &impl Display) -> String {
    format!(
        "Na de 12e van de maand zijn het teksten, tot en met de 12e echte datums. Vaak heeft een rekenprogramma daarin dag en maand verwisseld: vergelijk er een met uw systeem. Kies {names} als de echte datums kloppen, anders {names_other}."
    )
}

pub(crate) fn no_date(word: &impl Display, name: &impl Display, empty: &impl Display) -> String {
    format!(
        "Betekent '{word}' in de kolom '{name}' dat er geen datum is? Vul dan in: {empty}. Is het een fout? Haal deze regel dan weg."
    )
}

pub(crate) fn how_are_dates(name: &impl Display, explanation: &impl Display) -> String {
    format!("Hoe staan de datums in de kolom '{name}'? {explanation}")
}

pub(crate) fn what_means(
    source: &impl Display,
    name: &impl Display,
    opmerking: &impl Display,
    choice: &impl Display,
) -> String {
    format!("Wat betekent '{source}' in de kolom '{name}'?{opmerking} {choice}")
}

pub(crate) const CODES_OF_IJW: &str = "codes van iJw (berichtenverkeer)";
pub(crate) const CODES_WITHOUT_ZERO: &str = "codes van het CBS zonder de nul ervoor";

pub(crate) fn column_holds(
    column: &impl Display,
    what: &impl Display,
    name: &impl Display,
    words: &impl Display,
    veld: &impl Display,
) -> String {
    format!(
        "De kolom '{column}' lijkt {what} te bevatten. Klopt dat, vul dan \"{name}\" in: {words}. Zijn het eigen codes, vul dan \"eigen\" in en schrijf onder [tabel.waarden.{veld}] wat ze betekenen."
    )
}

pub(crate) const GEMEENTE_CODE: &str = "Vul de CBS-code van de gemeente in, zoals GM0344.";
