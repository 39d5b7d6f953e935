//! `omgangsmonitor serve`: the service, from start-up check to a clean stop.
//!
//! Owns the order of starting (lock, reconcile, key, listen) and of stopping. Leaves the routes to `ingest`.

use std::sync::Arc;

use anyhow::{Context, Result};
use chrono::Utc;
use ingest::{ReceiptSigner, Services};
use lake::{Access, Lake, Stamp, Thoroughness};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::figure_source::Published;
use crate::findings_workbook::Workbooks;
use crate::pg::PgServer;
use crate::picture_files::Pictures;
use crate::sql_service::SqlService;

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
    let sql = Arc::new(SqlService::new(lake.clone(), config)?);
    services.sql = Some(sql.clone());
    services.adres = config.server.public_url.clone();
    services.publisher = config.publisher();
    services.pictures = Some(Arc::new(Pictures));
    if let Some(page) = &config.server.check_page {
        services.check_page = Some(page.clone());
    }
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("could not listen on {}", config.server.listen))?;
    let address = listener.local_addr()?;
    let postgres = listen_postgres(config, sql, &lake).await?;
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
    if let Some(postgres) = postgres {
        postgres.abort();
    }
    lake.close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Serves the PostgreSQL protocol beside, where that is set up.
async fn listen_postgres(
    config: &Config,
    sql: Arc<SqlService>,
    lake: &Lake,
) -> Result<Option<JoinHandle<()>>> {
    let Some(listen) = config.sql.listen else {
        return Ok(None);
    };
    let server = PgServer::new(sql, lake.clone(), &config.sql)?;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("could not listen on {listen}"))?;
    let address = listener.local_addr()?;
    if let Some(file) = &config.sql.address_file {
        std::fs::write(file, format!("{address}\n"))
            .with_context(|| format!("could not write {}", file.display()))?;
    }
    tracing::info!(%address, "listening for the PostgreSQL protocol");
    Ok(Some(tokio::spawn(server.serve(listener))))
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
