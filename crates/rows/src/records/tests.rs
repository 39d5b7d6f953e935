use proptest::prelude::*;

use super::*;
use crate::encoding::Codering;
use crate::encoding::tests::Hapjes;

fn read(bytes: &[u8], stap: usize, dialect: Dialect, breedte: usize) -> Vec<Vec<String>> {
    let stroom = Tekststroom::new(Hapjes { bytes, stap }, Codering::Utf8).unwrap();
    let mut regels = Regels::new(stroom, dialect, Limieten::default());
    let mut blok = Blok::default();
    let mut rijen = Vec::new();
    while regels.blok(breedte, &mut blok).unwrap() {
        rijen.extend(
            (0..blok.len()).map(|rij| blok.rij(rij).map(str::to_owned).collect::<Vec<_>>()),
        );
    }
    rijen
}

/// Short and long, and full of what means something in a CSV.
fn cel() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-z0-9,;\"\r\n=é -]{0,12}", 1 => "[a-z,\"\n]{50,200}", 1 => Just(String::new())]
}

proptest! {
    /// What another program wrote comes back as it was, however it is cut, quoted and ended.
    #[test]
    fn what_the_csv_crate_writes_is_read(
        rijen in prop::collection::vec(prop::collection::vec(cel(), 3), 1..40),
        stap in 1_usize..300,
        scheiding in prop_oneof![Just(b','), Just(b';'), Just(b'\t')],
        crlf: bool,
        alles: bool,
        strikt: bool,
    ) {
        let stijl = if alles { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        let einde = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut schrijver = csv::WriterBuilder::new().delimiter(scheiding).quote_style(stijl).terminator(einde).from_writer(Vec::new());
        // A row of nothing is passed over, and a cell like `="7"` is taken out of Excel's guard: each has tests of its own.
        let rijen: Vec<Vec<String>> =
            rijen.into_iter().filter(|rij| rij.iter().all(|cel| !cel.contains('=')) && rij.iter().any(|cel| !cel.is_empty())).collect();
        rijen.iter().for_each(|rij| schrijver.write_record(rij).unwrap());
        let bytes = schrijver.into_inner().unwrap();
        prop_assert_eq!(read(&bytes, stap, Dialect { scheiding, strikt }, 3), rijen);
    }

    #[test]
    fn ends_of_cells_are_found_wherever_they_are(bytes in prop::collection::vec(prop_oneof![6 => any::<u8>(), 1 => Just(b'\n'), 1 => Just(b',')], 0..300)) {
        let bijzonder = [b',', b'\r', b'\n', b'"'];
        let verwacht: Vec<usize> = (0..bytes.len()).filter(|&i| bijzonder.contains(&bytes[i])).collect();
        let (mut zicht, mut vanaf, mut gevonden) = (Zicht::default(), 0, Vec::new());
        loop {
            let plek = zicht.next(&bytes, vanaf, bijzonder);
            if plek == bytes.len() {
                break;
            }
            gevonden.push(plek);
            vanaf = plek + 1;
        }
        prop_assert_eq!(gevonden, verwacht);
    }
}
