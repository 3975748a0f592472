//! `tugi serve`: the desk itself.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::ServiceExt;
use axum::extract::Request;
use base::SystemClock;
use channels::email::imap::run_mailboxes;
use channels::email::smtp::{SmtpOptions, serve_smtp, tls_acceptor};
use clap::Args;
use kernel::App;
use kernel::jobs::Runner;
use kernel::live::Live;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::{Addresses, Outcome, Place, spoken};
use crate::config::Config;
use crate::http::Stopping;
use crate::{demo, folder, http, log, wiring};

/// How long what is in hand may take once the program is told to stop.
const GRACE: Duration = Duration::from_secs(10);

#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    addresses: Addresses,
    /// Fill an empty desk with a demo, and keep outgoing mail in the outbox unless --relay is given.
    #[arg(long)]
    demo: bool,
}

pub(super) fn run(arguments: Arguments) -> Outcome {
    let config = arguments.place.config_with(arguments.addresses)?;
    log::start(&config);
    // Held until the end: two servers on one SQLite would each think that they alone write.
    let _lock = folder::lock(&config.data)?;
    let (stop, stopping) = watch::channel(false);
    let part = Stopping(stopping.clone());
    if arguments.demo {
        demo::prepare(&config)?;
    }
    let app = wiring::open(&config, Arc::new(SystemClock), |app| app.part(part)).map_err(spoken)?;
    app.write(wiring::furnish).wait().map_err(spoken)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|cause| format!("the runtime can't start: {cause}"))?;
    runtime.block_on(serve(app, config, stop, stopping))?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(ExitCode::SUCCESS)
}

async fn serve(
    app: App,
    config: Config,
    stop: watch::Sender<bool>,
    stopping: watch::Receiver<bool>,
) -> Result<(), String> {
    let listener = listen(config.http, "http").await?;
    let mail = receive_mail(&app, &config, &stopping).await?;
    let mailboxes = tokio::spawn(run_mailboxes(app.clone(), wait_for(stopping.clone())));
    let runner = {
        let (app, workers) = (app.clone(), config.workers);
        tokio::task::spawn_blocking(move || Runner::start(&app, workers)).await
    };
    let runner = runner.map_err(|cause| cause.to_string())?.map_err(spoken)?;
    tokio::spawn(Live::run(app.clone()));
    tokio::spawn(stop_on_signal(stop));
    let service = ServiceExt::<Request>::into_make_service_with_connect_info::<SocketAddr>(http::router(&app));
    let stopped = wait_for(stopping.clone());
    let server = tokio::spawn(axum::serve(listener, service).with_graceful_shutdown(stopped).into_future());
    tracing::info!(address = %config.http, url = config.base_url, "serving");
    wait_for(stopping).await;
    tracing::info!("stopping");
    let in_hand = async {
        let _ = tokio::join!(server, mailboxes);
        if let Some(mail) = mail {
            let _ = mail.await;
        }
        let _ = tokio::task::spawn_blocking(move || runner.stop()).await;
    };
    if tokio::time::timeout(GRACE, in_hand).await.is_err() {
        tracing::warn!("something was still in hand after ten seconds and goes on at the next start");
    }
    Ok(())
}

/// Starts to receive mail by SMTP, where that is asked for.
async fn receive_mail(
    app: &App,
    config: &Config,
    stopping: &watch::Receiver<bool>,
) -> Result<Option<tokio::task::JoinHandle<base::Result<()>>>, String> {
    let Some(address) = config.smtp else { return Ok(None) };
    let host = config.base_url.split("://").nth(1).and_then(|rest| rest.split(':').next()).unwrap_or("localhost");
    let mut options = SmtpOptions::new(host);
    options.max_size = config.max_message_size;
    if let Some((certificate, key)) = &config.smtp_tls {
        let read = |path: &Path| std::fs::read(path).map_err(|cause| format!("{}: {cause}", path.display()));
        options.tls = Some(tls_acceptor(&read(certificate)?, &read(key)?).map_err(spoken)?);
    }
    let listener = listen(address, "smtp").await?;
    tracing::info!(%address, tls = options.tls.is_some(), "receiving mail");
    Ok(Some(tokio::spawn(serve_smtp(app.clone(), listener, options, wait_for(stopping.clone())))))
}

async fn listen(address: SocketAddr, key: &str) -> Result<TcpListener, String> {
    let bound = TcpListener::bind(address).await;
    bound.map_err(|cause| format!("{key}: {address} can't be listened on: {cause}. Another address: --{key} IP:PORT"))
}

async fn wait_for(mut stopping: watch::Receiver<bool>) {
    // The sender lives until it has sent.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// Stops on SIGINT (Ctrl+C) and SIGTERM.
async fn stop_on_signal(stop: watch::Sender<bool>) {
    match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        }
        _ => tracing::error!("signals can't be received"),
    }
    let _ = stop.send(true);
}
