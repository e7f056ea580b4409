//! Which certificate authorities are trusted, as one rustls configuration.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::Error;

/// The TLS configuration, and whether it trusts anyone at all.
pub(crate) struct Roots {
    pub(crate) config: ClientConfig,
    pub(crate) empty: bool,
}

/// The system's authorities and those of `ca_file`; under `ca_only` the file's alone.
pub(crate) fn load(ca_file: Option<&Path>, ca_only: bool) -> Result<Roots, Error> {
    let mut store = RootCertStore::empty();
    if !ca_only {
        // A host with a damaged or no bundle still reads plain HTTP; https says what is wrong.
        store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    if let Some(path) = ca_file {
        let error = |problem| Error::CaFile { path: path.to_owned(), problem };
        let certificates = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|e| error(e.to_string()))?;
        if certificates.is_empty() {
            return Err(error("it holds no certificate".to_owned()));
        }
        for certificate in certificates {
            store.add(certificate).map_err(|e| error(e.to_string()))?;
        }
    }
    let empty = store.is_empty();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| Error::Tls(e.to_string()))?
        .with_root_certificates(store)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Roots { config, empty })
}
