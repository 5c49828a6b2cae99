//! The one HTTP client and its one TLS stack.
//!
//! rustls on ring: aws-lc's first use costs 33 to 40 ms of CPU, which a small function pays on its first call. Mozilla's roots are
//! compiled in, because scanning the system's folder costs 2 to 7 ms of a cold start; a bundle named by `SSL_CERT_FILE` replaces them
//! (an intercepting proxy, or the local ends of a benchmark).

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

/// How long one request may take. Shorter than every function's own time limit.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Builds the client. Once per process, before the first event.
pub fn client() -> anyhow::Result<reqwest::Client> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .context("choose TLS versions")?
        .with_root_certificates(roots()?)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .timeout(REQUEST_TIMEOUT)
        .connect_timeout(Duration::from_secs(3))
        // A redirect would carry the authorization to a place nobody configured.
        .redirect(reqwest::redirect::Policy::none())
        // Lambda freezes idle processes; the far end closes such connections meanwhile.
        .pool_idle_timeout(Duration::from_secs(20))
        .build()
        .context("build the HTTP client")
}

fn roots() -> anyhow::Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let Some(path) = std::env::var_os("SSL_CERT_FILE").filter(|path| !path.is_empty()) else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(roots);
    };
    for certificate in CertificateDer::pem_file_iter(path).context("open the bundle that SSL_CERT_FILE names")? {
        roots
            .add(certificate.context("read the bundle that SSL_CERT_FILE names")?)
            .context("add a root certificate")?;
    }
    Ok(roots)
}
