//! `omgangsmonitor serve`: the service, from start-up check to a clean stop.
//!
//! Owns the order of starting (lock, reconcile, key, listen) and of stopping. Leaves the routes to `ingest`.

use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::Utc;
use ingest::{ReceiptSigner, Services};
use lake::{Access, Lake, Stamp, Thoroughness};
use tokio::net::TcpListener;

use crate::config::Config;
use crate::figure_source::Published;
use crate::findings_workbook::Workbooks;

/// Serves until Ctrl-C or SIGTERM.
pub(crate) async fn run(config: &Config) -> Result<()> {
    let dir = &config.data.dir;
    std::fs::create_dir_all(dir).with_context(|| format!("could not make {}", dir.display()))?;
    let lake = Lake::open(dir, Access::Service).await?;
    // What it found and did it logs itself.
    lake.recover(
        Thoroughness::Lengte,
        &Stamp::new("omgangsmonitor", Utc::now()),
    )
    .await?;
    let key = ReceiptSigner::open(&dir.join("ontvangstsleutel.json"))?;
    let mut services = Services::new(
        lake.clone(),
        key,
        Arc::new(Published::new(lake.clone())),
        Arc::new(Workbooks),
    )?;
    services.grenzen.downloads = config.server.downloads_per_client;
    services.adres = config.server.public_url.clone();
    if let Some(page) = &config.server.check_page {
        services.check_page = Some(page.clone());
    }
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("could not listen on {}", config.server.listen))?;
    let address = listener.local_addr()?;
    let router = ingest::router(services);
    if let Some(file) = &config.server.address_file {
        std::fs::write(file, format!("{address}\n"))
            .with_context(|| format!("could not write {}", file.display()))?;
    }
    if cfg!(panic = "abort") {
        tracing::warn!(
            "built to end at a panic: one pakket can stop the service; build with --profile server"
        );
    }
    tracing::info!(%address, data = %dir.display(), "listening");
    ingest::serve(listener, router, stop_signal()).await;
    lake.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Ready on Ctrl-C, and where there is such a thing on SIGTERM.
async fn stop_signal() {
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}
