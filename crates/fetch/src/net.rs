//! Networks in CIDR notation, for `fetch.allow_nets`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A network such as `127.0.0.0/16` or `fd00::/8` (RFC 4632 3.1, RFC 4291 2.3).
///
/// ```
/// use fetch::Net;
///
/// let net: Net = "127.0.0.0/16".parse().unwrap();
/// assert!(net.contains("127.0.9.1".parse().unwrap()));
/// assert!(!net.contains("127.66.0.1".parse().unwrap()));
/// assert!("127.0.0.0/33".parse::<Net>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Net {
    address: IpAddr,
    prefix: u8,
}

/// Why a text is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a network: '{0}'; write an address with a prefix length, such as 10.0.0.0/8")]
pub struct NetError(String);

impl Net {
    /// The network of the first `prefix` bits of an IPv4 address.
    pub(crate) const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), prefix }
    }

    /// The network of the first `prefix` bits of an IPv6 address that starts with three groups.
    pub(crate) const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> Self {
        Self { address: IpAddr::V6(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)), prefix }
    }

    /// Is the address in it? Addresses of the other family never are.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let prefix = u32::from(self.prefix);
        match (self.address, address) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                (net.to_bits() ^ ip.to_bits()).checked_shr(32 - prefix).unwrap_or(0) == 0
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => {
                (net.to_bits() ^ ip.to_bits()).checked_shr(128 - prefix).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Net {
    type Err = NetError;

    /// Reads a network; an address alone is a network of one.
    fn from_str(text: &str) -> Result<Self, NetError> {
        let error = || NetError(text.to_owned());
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().map_err(|_| error())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = match prefix {
            Some(prefix) => prefix.parse().map_err(|_| error())?,
            None => longest,
        };
        if prefix > longest {
            return Err(error());
        }
        Ok(Self { address, prefix })
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_edges_of_a_prefix() {
        let all: Net = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("255.1.2.3".parse().unwrap()));
        assert!(!all.contains("::1".parse().unwrap()));
        let one: Net = "::1".parse().unwrap();
        assert!(one.contains("::1".parse().unwrap()));
        assert!(!one.contains("::2".parse().unwrap()));
        assert_eq!(one.to_string(), "::1/128");
        let v6: Net = "::/0".parse().unwrap();
        assert!(v6.contains("ffff::".parse().unwrap()));
        for bad in ["", "10/8", "10.0.0.0/", "10.0.0.0/-1", "::/129", "example.org/8"] {
            assert!(bad.parse::<Net>().is_err(), "{bad}");
        }
    }
}
