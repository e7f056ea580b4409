//! Which addresses may be connected to.
//!
//! A feed reader fetches what strangers tell it to: a link, a redirect or a DNS answer may point
//! into the network that the reader runs in (server-side request forgery). So only addresses
//! that are reachable from everywhere are connected to; the rest of the IANA special-purpose
//! registries (RFC 6890, IPv4 and IPv6, read in 2026) is closed but for `fetch.allow_nets`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::net::Net;

/// IPv4 networks that are not the public internet.
const CLOSED_V4: &[Net] = &[
    Net::v4(0, 0, 0, 0, 8),       // this network, RFC 791
    Net::v4(10, 0, 0, 0, 8),      // private use, RFC 1918
    Net::v4(100, 64, 0, 0, 10),   // shared address space (CGNAT), RFC 6598
    Net::v4(127, 0, 0, 0, 8),     // loopback, RFC 1122
    Net::v4(169, 254, 0, 0, 16),  // link-local, cloud metadata services, RFC 3927
    Net::v4(172, 16, 0, 0, 12),   // private use, RFC 1918
    Net::v4(192, 0, 0, 0, 24),    // IETF protocol assignments, RFC 6890
    Net::v4(192, 0, 2, 0, 24),    // documentation, RFC 5737
    Net::v4(192, 88, 99, 0, 24),  // 6to4 relay anycast, RFC 7526
    Net::v4(192, 168, 0, 0, 16),  // private use, RFC 1918
    Net::v4(198, 18, 0, 0, 15),   // benchmarking, RFC 2544
    Net::v4(198, 51, 100, 0, 24), // documentation, RFC 5737
    Net::v4(203, 0, 113, 0, 24),  // documentation, RFC 5737
    Net::v4(224, 0, 0, 0, 4),     // multicast, RFC 5771
    Net::v4(240, 0, 0, 0, 4),     // reserved and broadcast, RFC 1112
];

/// The one block that global IPv6 unicast addresses come from, RFC 4291 2.4 and IANA.
const GLOBAL_V6: Net = Net::v6(0x2000, 0, 0, 3);

/// Networks in [`GLOBAL_V6`] that are not the public internet.
const CLOSED_V6: &[Net] = &[
    Net::v6(0x2001, 0, 0, 23), // IETF protocol assignments with Teredo, RFC 2928
    Net::v6(0x2001, 0xdb8, 0, 32), // documentation, RFC 3849
    Net::v6(0x3fff, 0, 0, 20), // documentation, RFC 9637
];

/// The judge of addresses.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard {
    allow: Vec<Net>,
}

impl Guard {
    /// A guard that also lets these networks pass.
    pub(crate) fn new(allow: Vec<Net>) -> Self {
        Self { allow }
    }

    /// May this address be connected to? An IPv6 address that carries an IPv4 address is judged
    /// by that one, since that is where the packets end.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        if self.allow.iter().any(|net| net.contains(address)) {
            return true;
        }
        match address {
            IpAddr::V4(v4) => self.allows_v4(v4),
            IpAddr::V6(v6) => match carried_v4(v6) {
                Some(v4) => self.allows_v4(v4),
                None => is_public_v6(v6) && isatap_v4(v6).is_none_or(|v4| self.allows_v4(v4)),
            },
        }
    }

    fn allows_v4(&self, v4: Ipv4Addr) -> bool {
        let address = IpAddr::V4(v4);
        self.allow.iter().any(|net| net.contains(address))
            || !CLOSED_V4.iter().any(|net| net.contains(address))
    }
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let address = IpAddr::V6(v6);
    GLOBAL_V6.contains(address) && !CLOSED_V6.iter().any(|net| net.contains(address))
}

/// The IPv4 address that an IPv6 address stands for: mapped (RFC 4291 2.5.5.2), translated by
/// NAT64's well-known prefix (RFC 6052), 6to4 (RFC 3056).
fn carried_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let joined = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match v6.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(joined(high, low))
        }
        [0x2002, high, low, ..] => Some(joined(high, low)),
        _ => None,
    }
}

/// The IPv4 address in the interface identifier of ISATAP (RFC 5214 6.1).
fn isatap_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    match v6.segments() {
        [.., 0 | 0x200, 0x5efe, high, low] => {
            Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn guard(nets: &[&str]) -> Guard {
        Guard::new(nets.iter().map(|net| net.parse().unwrap()).collect())
    }

    fn allows(guard: &Guard, address: &str) -> bool {
        guard.allows(address.parse().unwrap())
    }

    #[test]
    fn the_public_internet_is_open() {
        for address in ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "2001:4860:4860::8888"] {
            assert!(allows(&guard(&[]), address), "{address}");
        }
        assert!(allows(&guard(&[]), "::ffff:93.184.216.34"));
    }

    #[test]
    fn everything_special_is_closed() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.66.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::5efe:101:101",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "100::1",
            "5f00::1",
            "2606:4700::5efe:7f00:1",
        ] {
            assert!(!allows(&guard(&[]), address), "{address}");
        }
    }

    #[test]
    fn allowed_networks_open_no_neighbours() {
        let guard = guard(&["127.0.0.0/16", "::1/128"]);
        for open in ["127.0.0.1", "127.0.200.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"] {
            assert!(allows(&guard, open), "{open}");
        }
        for closed in ["127.66.0.1", "127.1.0.1", "::ffff:127.66.0.1", "2002:7f42:1::", "::2"] {
            assert!(!allows(&guard, closed), "{closed}");
        }
    }

    proptest! {
        #[test]
        fn a_mapped_address_is_judged_like_itself(bits: u32) {
            let v4 = Ipv4Addr::from_bits(bits);
            let guard = guard(&["127.0.0.0/16"]);
            let plain = guard.allows(v4.into());
            prop_assert_eq!(guard.allows(v4.to_ipv6_mapped().into()), plain);
        }
    }
}
