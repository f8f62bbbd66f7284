//! The four ports of the demo, and whether they are free.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
};

/// Where each program listens, on 127.0.0.1.
#[derive(Clone, Copy)]
pub(super) struct Ports {
    pub(super) server: u16,
    pub(super) phone: u16,
    pub(super) broker: u16,
    pub(super) broker_tls: u16,
}

/// Why the demo cannot listen.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PortsError {
    #[error(
        "port {port} of 127.0.0.1, for the {whose}, is in use.\n\
         End the program that uses it (`lsof -nP -iTCP:{port} -sTCP:LISTEN` names it), or take other ports:\n  \
         cargo xtask demo --port-base 18000"
    )]
    InUse { port: u16, whose: &'static str },
    #[error("port {port} of 127.0.0.1, for the {whose}, cannot be used: {source}")]
    Unusable { port: u16, whose: &'static str, source: io::Error },
}

impl Ports {
    /// Four ports in a row, or the usual ones.
    pub(super) fn from(base: Option<u16>) -> Self {
        match base {
            None => Self { server: 8443, phone: 7070, broker: 9080, broker_tls: 9443 },
            Some(base) => Self {
                server: base,
                phone: base.saturating_add(1),
                broker: base.saturating_add(2),
                broker_tls: base.saturating_add(3),
            },
        }
    }

    /// Binds each port for a moment.
    pub(super) fn check(self) -> Result<(), PortsError> {
        for (port, whose) in [
            (self.server, "server"),
            (self.phone, "virtual phone"),
            (self.broker, "demo broker"),
            (self.broker_tls, "demo broker (HTTPS)"),
        ] {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|source| match source.kind() {
                io::ErrorKind::AddrInUse => PortsError::InUse { port, whose },
                _ => PortsError::Unusable { port, whose, source },
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Port 0 is always free.
    const FREE: Ports = Ports { server: 0, phone: 0, broker: 0, broker_tls: 0 };

    #[test]
    fn a_port_in_use_is_named_with_whose_it_is_and_what_to_do() {
        FREE.check().unwrap();
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = other.local_addr().unwrap().port();
        let text = Ports { phone: port, ..FREE }.check().unwrap_err().to_string();
        for part in [&format!("port {port} "), "virtual phone", "lsof", "--port-base"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn ports_from_a_base_are_four_in_a_row() {
        let Ports { server, phone, broker, broker_tls } = Ports::from(Some(18_000));
        assert_eq!([server, phone, broker, broker_tls], [18_000, 18_001, 18_002, 18_003]);
    }
}
