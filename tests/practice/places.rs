//! Where practice aanbieders work and their children live: the jeugdregio's and gemeenten of a year, with their weights.

use schema::Gebieden;

/// Code, name and inwoners of each jeugdregio, largest first.
pub fn regios(jaar: i32) -> Vec<(String, String, u32)> {
    let mut som: std::collections::BTreeMap<String, (String, u32)> =
        std::collections::BTreeMap::new();
    for gemeente in Gebieden::get()
        .gemeenten(jaar)
        .into_iter()
        .flat_map(|g| g.values())
    {
        let regio = som
            .entry(gemeente.jeugdregio_code.clone())
            .or_insert((gemeente.jeugdregio.clone(), 0));
        regio.1 += gemeente.inwoners.unwrap_or(1);
    }
    let mut regios: Vec<(String, String, u32)> = som
        .into_iter()
        .map(|(code, (naam, inwoners))| (code, naam, inwoners))
        .collect();
    regios.sort_by_key(|r| std::cmp::Reverse(r.2));
    regios
}

/// Code, name and weight (eenouderhuishoudens, else inwoners) of each gemeente in the regio.
pub fn gemeenten(jaar: i32, regio: &str) -> Vec<(String, String, u32)> {
    let alle = Gebieden::get()
        .gemeenten(jaar)
        .into_iter()
        .flat_map(|g| g.values());
    alle.filter(|g| g.jeugdregio_code == regio)
        .map(|g| {
            (
                g.gemeentecode.clone(),
                g.gemeentenaam.clone(),
                g.eenouderhuishoudens.or(g.inwoners).unwrap_or(1),
            )
        })
        .collect()
}
