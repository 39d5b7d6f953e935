//! Where practice aanbieders work and their children live: the jeugdregio's and gemeenten of a year, with their weights.

use schema::Gebieden;

/// Code, name and inwoners of each jeugdregio, largest first.
pub fn jeugdregios(jaar: i32) -> Vec<(String, String, u32)> {
    let mut sum: std::collections::BTreeMap<String, (String, u32)> =
        std::collections::BTreeMap::new();
    for gemeente in Gebieden::get()
        .gemeenten(jaar)
        .into_iter()
        .flat_map(|g| g.values())
    {
        let jeugdregio = sum
            .entry(gemeente.jeugdregio_code.clone())
            .or_insert((gemeente.jeugdregio.clone(), 0));
        jeugdregio.1 += gemeente.inwoners.unwrap_or(1);
    }
    let mut jeugdregios: Vec<(String, String, u32)> = sum
        .into_iter()
        .map(|(code, (name, inwoners))| (code, name, inwoners))
        .collect();
    jeugdregios.sort_by_key(|r| std::cmp::Reverse(r.2));
    jeugdregios
}

/// Code, name and weight (eenouderhuishoudens, else inwoners) of each gemeente in the regio.
pub fn gemeenten(jaar: i32, jeugdregio: &str) -> Vec<(String, String, u32)> {
    let all = Gebieden::get()
        .gemeenten(jaar)
        .into_iter()
        .flat_map(|g| g.values());
    all.filter(|g| g.jeugdregio_code == jeugdregio)
        .map(|g| {
            (
                g.gemeentecode.clone(),
                g.gemeentenaam.clone(),
                g.eenouderhuishoudens.or(g.inwoners).unwrap_or(1),
            )
        })
        .collect()
}
