//! TLS, with certificates made for the test.

use std::sync::Arc;

use checkoutsvc_client::{Checkout, CheckoutConfirmStripe, Client, Code, ErrorKind};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

use crate::fake::{Fake, Reply};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(vec![]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for a name, and its key.
fn issue(authority: &Authority, name: &str) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_string()]).unwrap();
    (params.signed_by(&key, authority).unwrap(), key)
}

/// A service with a certificate for checkouts.internal, which lets only those in who show one of the authority.
async fn service(authority: &Authority) -> Fake {
    let (certificate, key) = issue(authority, "checkouts.internal");
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    Fake::start_tls(TlsAcceptor::from(Arc::new(config)), |_| Reply::message(Checkout::default())).await
}

#[tokio::test]
async fn both_sides_show_a_certificate() {
    let authority = authority();
    let service = service(&authority).await;
    let (certificate, key) = issue(&authority, "shop");
    let client = Client::builder(&service.address)
        .ca_certificate(authority.pem())
        .client_certificate(certificate.pem(), key.serialize_pem())
        .server_name("checkouts.internal")
        .connect()
        .unwrap();
    client.get_checkout("id").await.unwrap();
    assert_eq!(service.calls().len(), 1);
}

#[tokio::test]
async fn a_certificate_of_somebody_else_gets_nothing() {
    let service = service(&authority()).await;
    let client = Client::builder(&service.address)
        .ca_certificate(authority().pem())
        .server_name("checkouts.internal")
        .connect()
        .unwrap();
    let error = client.confirm_client_checkout("secret", CheckoutConfirmStripe::default()).await.unwrap_err();
    assert_eq!((error.code(), error.kind()), (Code::Unavailable, &ErrorKind::Other));
    assert!(error.message().contains("certificate"), "{error}");
    assert!(error.retry_safe());
}

#[tokio::test]
async fn the_name_in_the_certificate_counts() {
    let authority = authority();
    let service = service(&authority).await;
    let client = Client::builder(&service.address).ca_certificate(authority.pem()).connect().unwrap();
    let error = client.get_checkout("id").await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    assert!(error.message().contains("certificate"), "{error}");
}
