//! How many answers one client may be reading at once.
//!
//! Owns the count per address, from the first byte of an answer to its last. Leaves how many connections there may be
//! in all, and how long one may stand still, to `accept_loop`.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;

use crate::App;
use crate::problem::{Problem, ProblemKind};
use crate::wording;

/// Where a connection comes from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ClientAddress(pub(crate) IpAddr);

/// Who is reading how many answers now.
#[derive(Debug, Default)]
pub(crate) struct Downloads(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One answer that is being read.
struct Download {
    all: Arc<Mutex<HashMap<IpAddr, usize>>>,
    client: IpAddr,
}

impl Downloads {
    /// One more for this client; `None` when it has as many as it may have.
    fn begin(&self, client: IpAddr, at_most: usize) -> Option<Download> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(client).or_default();
        if *count >= at_most {
            return None;
        }
        *count += 1;
        Some(Download {
            all: Arc::clone(&self.0),
            client,
        })
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                all.remove(&self.client);
            }
        }
    }
}

/// Counts an answer for as long as it is being read. Without an address, as in a test within the program, none is.
pub(crate) async fn counted(
    State(app): State<App>,
    address: Option<Extension<ClientAddress>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(Extension(ClientAddress(peer))) = address else {
        return next.run(request).await;
    };
    let client = client(peer, request.headers());
    let Some(download) = app.downloads.begin(client, app.grenzen.downloads) else {
        return Problem::new(
            ProblemKind::TOO_MANY_DOWNLOADS,
            wording::refused::TOO_MANY_DOWNLOADS,
        )
        .into_response();
    };
    let response = next.run(request).await;
    response.map(|body| {
        let counted = body.map_frame(move |frame| {
            let _until_it_was_read = &download;
            frame
        });
        Body::new(counted)
    })
}

/// Who asks. A proxy on this machine says for whom it asks, last in its header; nobody else is believed.
fn client(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").iter().next_back();
    let last = forwarded
        .and_then(|line| line.to_str().ok())
        .and_then(|line| line.rsplit(',').next())
        .and_then(|address| address.trim().parse().ok());
    last.filter(|_| peer.is_loopback()).unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    #[test]
    fn a_client_has_as_many_as_it_may_and_gets_them_back() {
        let downloads = Downloads::default();
        let [one, other] = [1, 2].map(|n| IpAddr::from(Ipv4Addr::new(10, 0, 0, n)));
        let mut held: Vec<Download> = (0..3).filter_map(|_| downloads.begin(one, 2)).collect();
        assert_eq!(held.len(), 2);
        assert!(
            downloads.begin(other, 2).is_some(),
            "another's is another's"
        );
        held.pop();
        assert!(downloads.begin(one, 2).is_some());
        held.clear();
        assert!(downloads.0.lock().unwrap().is_empty());
    }

    /// Only a proxy on this machine is believed about who asks.
    #[test]
    fn an_address_is_told_by_a_proxy_of_our_own_only() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "9.9.9.9, 10.0.0.7".parse().unwrap());
        let here = IpAddr::from(Ipv4Addr::LOCALHOST);
        let far = IpAddr::from(Ipv4Addr::new(8, 8, 8, 8));
        assert_eq!(client(here, &headers).to_string(), "10.0.0.7");
        assert_eq!(client(far, &headers), far);
        headers.insert("x-forwarded-for", "niets".parse().unwrap());
        assert_eq!(client(here, &headers), here);
    }
}
