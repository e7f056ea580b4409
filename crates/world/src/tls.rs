//! Certificates for origins that speak TLS, from a private authority that nobody else trusts.

use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The authority's certificate: whoever trusts it, trusts [`Certificate::Good`] origins.
pub const CA_PEM: &str = include_str!("../certs/ca.pem");

/// Which certificate an origin shows. All are for `localhost`, `*.test`, 127.0.0.1 and ::1,
/// but where it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certificate {
    /// A valid one.
    Good,
    /// One that ran out in 2020.
    Expired,
    /// One for another host.
    WrongHost,
    /// One that no authority signed.
    SelfSigned,
}

impl Certificate {
    /// The certificate itself: who trusts it as an authority, trusts a self-signed one.
    #[must_use]
    pub fn pem(self) -> &'static str {
        self.pems().0
    }

    fn pems(self) -> (&'static str, &'static str) {
        match self {
            Self::Good => (include_str!("../certs/good.pem"), include_str!("../certs/good.key")),
            Self::Expired => {
                (include_str!("../certs/expired.pem"), include_str!("../certs/expired.key"))
            }
            Self::WrongHost => {
                (include_str!("../certs/wrong_host.pem"), include_str!("../certs/wrong_host.key"))
            }
            Self::SelfSigned => {
                (include_str!("../certs/self_signed.pem"), include_str!("../certs/self_signed.key"))
            }
        }
    }

    pub(crate) fn config(self) -> io::Result<Arc<ServerConfig>> {
        let (certificate, key) = self.pems();
        let certificate =
            CertificateDer::from_pem_slice(certificate.as_bytes()).map_err(io::Error::other)?;
        let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(io::Error::other)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .map_err(io::Error::other)?;
        Ok(Arc::new(config))
    }
}
