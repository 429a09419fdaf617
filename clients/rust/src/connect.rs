//! How a client connects.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tonic::metadata::AsciiMetadataValue;
use tonic::transport::Endpoint;

use crate::perform::Budget;
use crate::target::Target;
use crate::{Client, Error};

/// What gives the token of a call.
type TokenSource = Box<dyn Fn() -> String + Send + Sync>;

/// What a client knows besides its connection.
pub(crate) struct Settings {
    pub(crate) address: String,
    pub(crate) organization: Option<AsciiMetadataValue>,
    pub(crate) timeout: Option<Duration>,
    token: Option<TokenSource>,
}

impl Settings {
    /// The token for a call; none if there is none, or an empty one.
    pub(crate) fn token(&self) -> Option<String> {
        self.token.as_ref().map(|source| source()).filter(|token| !token.is_empty())
    }
}

/// How to connect. [`Client::builder`] makes one.
///
/// To this machine, over loopback or a Unix socket, the default is plain text. To others it is TLS with the certificate
/// authorities of the operating system; plain text has to be asked for.
///
/// ```no_run
/// # fn example(ca: Vec<u8>) -> Result<(), checkoutsvc_client::Error> {
/// use checkoutsvc_client::Client;
///
/// let client = Client::builder("checkouts.internal:443")
///     .ca_certificate(ca)
///     .token("the token that the service's operator gave out")
///     .connect()?;
/// # Ok(())
/// # }
/// ```
///
/// Reads are repeated up to twice while the service is [`Unavailable`](crate::Code::Unavailable). A client has one
/// connection, kept alive by pings, to the first address of the host that accepts it.
#[must_use = "a builder does nothing until it connects"]
pub struct Builder {
    address: String,
    security: Security,
    ca_certificate: Option<Vec<u8>>,
    identity: Option<(Vec<u8>, Vec<u8>)>,
    server_name: Option<String>,
    token: Option<TokenSource>,
    organization: Option<String>,
    timeout: Option<Duration>,
}

#[derive(Clone, Copy, PartialEq)]
enum Security {
    ByAddress,
    Plaintext,
    Tls,
}

impl Builder {
    pub(crate) fn new(address: String) -> Self {
        Self {
            address,
            security: Security::ByAddress,
            ca_certificate: None,
            identity: None,
            server_name: None,
            token: None,
            organization: None,
            timeout: None,
        }
    }

    /// Uses TLS on this machine too.
    pub fn tls(mut self) -> Self {
        self.security = Security::Tls;
        self
    }

    /// Uses plain text, to other machines too: whoever is on the way can read client secrets and personal data.
    pub fn plaintext(mut self) -> Self {
        self.security = Security::Plaintext;
        self
    }

    /// Trusts these certificate authorities, in PEM, and no others.
    pub fn ca_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.ca_certificate = Some(pem.into());
        self.tls()
    }

    /// Shows this certificate with its private key, both in PEM, to the service.
    pub fn client_certificate(mut self, certificate: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        self.identity = Some((certificate.into(), key.into()));
        self.tls()
    }

    /// Expects this name in the service's certificate instead of the host of the address.
    pub fn server_name(mut self, name: impl Into<String>) -> Self {
        self.server_name = Some(name.into());
        self.tls()
    }

    /// Sends this token with every call, to other machines over TLS only. An empty one is none.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        let token = token.into();
        self.token = None;
        if token.is_empty() { self } else { self.token_source(move || token.clone()) }
    }

    /// Asks for the token before every call, so that it can change. The source should answer at once, so it remembers
    /// the token; an empty one is none.
    pub fn token_source(mut self, source: impl Fn() -> String + Send + Sync + 'static) -> Self {
        self.token = Some(Box::new(source));
        self
    }

    /// Names the organization that calls are for, where the service sells for several.
    pub fn organization(mut self, organization: impl Into<String>) -> Self {
        self.organization = Some(organization.into());
        self
    }

    /// How long each call may take altogether, unless [`Call::timeout`](crate::Call::timeout) says otherwise. Without
    /// it, 30 seconds for a read or update and 65 for a create or confirm.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Makes the client, inside of a Tokio runtime. It does not connect yet: the first call does.
    ///
    /// # Errors
    /// [`InvalidArgument`](crate::Code::InvalidArgument) if the address is none, if a certificate cannot be read, or if
    /// options exclude each other; [`FailedPrecondition`](crate::Code::FailedPrecondition) without a runtime.
    pub fn connect(self) -> Result<Client, Error> {
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::of_connect("call it inside of a Tokio runtime, such as #[tokio::main]", true));
        }
        let refused = |why: String| Error::of_connect(&format!("{}: {why}", self.address), false);
        let endpoint = self.endpoint().map_err(refused)?;
        let organization = self.organization.as_deref().map(str::parse).transpose();
        let organization = organization.map_err(|_| refused("the organization is no text for a header".into()))?;
        Ok(Client {
            channel: endpoint.connect_lazy(),
            settings: Arc::new(Settings {
                address: self.address,
                organization,
                timeout: self.timeout,
                token: self.token,
            }),
            budget: Arc::new(Budget::new()),
        })
    }

    fn endpoint(&self) -> Result<Endpoint, String> {
        let target = Target::parse(&self.address)?;
        let tls = self.uses_tls(&target)?;
        let endpoint = Endpoint::from_shared(target.uri(tls))
            .and_then(|endpoint| endpoint.user_agent(concat!("checkoutsvc-rust/", env!("CARGO_PKG_VERSION"))))
            .map_err(|e| innermost(&e))?
            .connect_timeout(Duration::from_secs(20))
            // Keeps idle connections open through firewalls and notices a dead peer within 40 seconds. The service
            // permits a ping every 10 seconds.
            .http2_keep_alive_interval(Duration::from_secs(30))
            .keep_alive_timeout(Duration::from_secs(10))
            .keep_alive_while_idle(true);
        if tls {
            return self.secured(endpoint);
        }
        if self.token.is_some() && !target.is_local() {
            return Err("a token goes to another machine over TLS only".into());
        }
        Ok(endpoint)
    }

    fn uses_tls(&self, target: &Target) -> Result<bool, String> {
        let asked = matches!(target, Target::Tcp { tls: true, .. });
        let material = self.ca_certificate.is_some() || self.identity.is_some() || self.server_name.is_some();
        match self.security {
            Security::Plaintext if asked || material => Err("plaintext excludes all that concerns TLS".into()),
            Security::Plaintext => Ok(false),
            Security::Tls if matches!(target, Target::Unix(_)) => Err("a Unix socket has no TLS".into()),
            Security::Tls => Ok(true),
            Security::ByAddress => Ok(asked || !target.is_local()),
        }
    }

    #[cfg(feature = "tls")]
    fn secured(&self, endpoint: Endpoint) -> Result<Endpoint, String> {
        use tonic::transport::{Certificate, ClientTlsConfig, Identity};

        let certificates = [self.ca_certificate.as_ref(), self.identity.as_ref().map(|(certificate, _)| certificate)];
        if certificates.into_iter().flatten().any(|pem| !holds_certificate(pem)) {
            return Err("TLS: a certificate is not in PEM".into());
        }
        let mut config = ClientTlsConfig::new();
        config = match &self.ca_certificate {
            Some(pem) => config.ca_certificate(Certificate::from_pem(pem)),
            None => config.with_native_roots(),
        };
        if let Some((certificate, key)) = &self.identity {
            config = config.identity(Identity::from_pem(certificate, key));
        }
        if let Some(name) = &self.server_name {
            config = config.domain_name(name);
        }
        endpoint.tls_config(config).map_err(|e| format!("TLS: {}", innermost(&e)))
    }

    #[cfg(not(feature = "tls"))]
    #[allow(clippy::unused_self)]
    fn secured(&self, _: Endpoint) -> Result<Endpoint, String> {
        Err("is not on this machine, so it needs TLS: enable the crate's feature \"tls\", or ask for plaintext() if \
             the network is trusted"
            .into())
    }
}

/// Rustls takes a text without any certificate for no certificate at all.
#[cfg(feature = "tls")]
fn holds_certificate(pem: &[u8]) -> bool {
    let marker = b"-----BEGIN CERTIFICATE-----";
    pem.windows(marker.len()).any(|window| window == marker)
}

/// What an error's chain of causes ends with, which says most.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("address", &self.address).finish_non_exhaustive()
    }
}
