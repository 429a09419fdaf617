//! What an address says: where the service is, and whether that is this machine.

use std::net::IpAddr;

use tonic::codegen::http::uri::Authority;

/// Where the service is.
#[derive(Debug, PartialEq)]
pub(crate) enum Target {
    /// A Unix socket, as `unix:` and its path.
    Unix(String),
    /// A host and its port.
    Tcp {
        authority: Authority,
        /// Whether the address itself asked for TLS, as `https://` does.
        tls: bool,
    },
}

impl Target {
    /// Reads `host:port`, a target in gRPC's syntax, or a URL without a path. The error says what is wrong.
    pub(crate) fn parse(address: &str) -> Result<Self, String> {
        if let Some(path) = address.strip_prefix("unix:") {
            return match path {
                "" | "//" => Err("names no socket".into()),
                _ => Ok(Self::Unix(address.into())),
            };
        }
        let (rest, tls) = match address.strip_prefix("https://") {
            Some(rest) => (rest, true),
            None => (without_scheme(address), false),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let authority = with_host_and_port(rest).parse::<Authority>().map_err(|_| "is no host:port".to_string())?;
        if authority.as_str().contains('@') || authority.host().is_empty() || authority.port_u16().is_none() {
            return Err("is no host:port".into());
        }
        Ok(Self::Tcp { authority, tls })
    }

    /// Whether what is sent there stays on this machine.
    pub(crate) fn is_local(&self) -> bool {
        match self {
            Self::Unix(_) => true,
            Self::Tcp { authority, .. } => {
                let host = authority.host().trim_matches(['[', ']']);
                host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
            }
        }
    }

    /// The address as tonic takes it.
    pub(crate) fn uri(&self, tls: bool) -> String {
        match self {
            Self::Unix(address) => address.clone(),
            Self::Tcp { authority, .. } => {
                format!("{}://{authority}", if tls { "https" } else { "http" })
            }
        }
    }
}

fn without_scheme(address: &str) -> &str {
    ["dns:///", "dns:", "passthrough:///", "http://"]
        .iter()
        .find_map(|scheme| address.strip_prefix(scheme))
        .unwrap_or(address)
}

/// As in gRPC, no host is this machine, and no port is 443.
fn with_host_and_port(rest: &str) -> String {
    let has_port = rest.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
    match (rest.starts_with(':'), has_port) {
        (true, _) => format!("localhost{rest}"),
        (_, false) if !rest.is_empty() => format!("{rest}:443"),
        _ => rest.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn addresses_in_all_their_forms_lead_to_the_service() {
        for (address, uri, local) in [
            ("127.0.0.1:9090", "http://127.0.0.1:9090", true),
            ("localhost:9090", "http://localhost:9090", true),
            ("[::1]:9090", "http://[::1]:9090", true),
            (":9090", "http://localhost:9090", true),
            ("http://127.0.0.1:9090/", "http://127.0.0.1:9090", true),
            ("unix:/run/checkoutsvc.sock", "unix:/run/checkoutsvc.sock", true),
            ("dns:///checkouts.internal:443", "http://checkouts.internal:443", false),
            ("checkouts.internal", "http://checkouts.internal:443", false),
            ("10.0.0.7:9090", "http://10.0.0.7:9090", false),
            ("localhost.example.com:1", "http://localhost.example.com:1", false),
        ] {
            let target = Target::parse(address).unwrap();
            assert_eq!(target.uri(false), uri, "{address}");
            assert_eq!(target.is_local(), local, "{address}");
        }
        let target = Target::parse("https://checkouts.internal").unwrap();
        assert!(matches!(target, Target::Tcp { tls: true, .. }));
        assert_eq!(target.uri(true), "https://checkouts.internal:443");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for address in ["", "a b:1", "host:port", "host:99999", "me@host:1", "host:1/path", "unix:"] {
            assert!(Target::parse(address).is_err(), "{address}");
        }
    }
}
