//! The one TLS of this binary, for the service and for databases alike.
//!
//! Owns the provider (ring), the versions that count as safe, and the roots of the web as they were at the build. Leaves
//! whom to connect to, and what a certificate that does not hold means, to the callers.

use std::io;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

/// A client that trusts these roots and shows no certificate of its own.
pub(crate) fn config(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    Ok(
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth(),
    )
}

/// The roots that browsers trust.
pub(crate) fn web_roots() -> RootCertStore {
    webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()
}

/// Whether a connection ended because the certificate of the other side cannot be trusted.
pub(crate) fn is_bad_certificate(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|e| e.downcast_ref());
    matches!(inner, Some(rustls::Error::InvalidCertificate(_)))
}
