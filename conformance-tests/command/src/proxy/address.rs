//! Which addresses are on the public Internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is public: not of this machine, of a private or special network, of a group of
/// machines, or of the metadata service of a cloud.
///
/// An IPv6 address that stands for an IPv4 address is public if the latter is.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped().or_else(|| translated(address)) {
            Some(address) => is_public_v4(address),
            None => is_public_v6(address),
        },
    }
}

/// The special-purpose blocks of IANA's registry that are not globally reachable, multicast, the
/// deprecated 6to4 relays, and the only metadata service outside of these.
const NOT_PUBLIC_V4: [([u8; 4], u32); 17] = [
    ([0, 0, 0, 0], 8),        // this network
    ([10, 0, 0, 0], 8),       // private
    ([100, 64, 0, 0], 10),    // shared by the customers of a provider (CGNAT)
    ([127, 0, 0, 0], 8),      // loopback
    ([168, 63, 129, 16], 32), // Azure's services for its virtual machines
    ([169, 254, 0, 0], 16),   // link-local, with the metadata services of most clouds
    ([172, 16, 0, 0], 12),    // private
    ([192, 0, 0, 0], 24),     // protocol assignments
    ([192, 0, 2, 0], 24),     // documentation
    ([192, 31, 196, 0], 24),  // AS112
    ([192, 52, 193, 0], 24),  // AMT
    ([192, 88, 99, 0], 24),   // 6to4 relays
    ([192, 168, 0, 0], 16),   // private
    ([198, 18, 0, 0], 15),    // benchmarks
    ([198, 51, 100, 0], 24),  // documentation
    ([203, 0, 113, 0], 24),   // documentation
    ([224, 0, 0, 0], 3),      // multicast, reserved, broadcast
];

/// Of the global unicast block `2000::/3`, what is not public.
const NOT_PUBLIC_V6: [([u16; 3], u32); 4] = [
    ([0x2001, 0, 0], 23),     // protocol assignments, among them Teredo
    ([0x2001, 0xdb8, 0], 32), // documentation
    ([0x2002, 0, 0], 16),     // 6to4: any IPv4 address
    ([0x3fff, 0, 0], 20),     // documentation
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    let within = |(network, length): &([u8; 4], u32)| {
        let difference = address.to_bits() ^ u32::from_be_bytes(*network);
        difference.leading_zeros() >= *length
    };
    !NOT_PUBLIC_V4.iter().any(within)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let within = |first: [u16; 3], length| {
        let [a, b, c] = first;
        let network = Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0);
        (address.to_bits() ^ network.to_bits()).leading_zeros() >= length
    };
    let excluded = |(first, length): &([u16; 3], u32)| within(*first, *length);
    within([0x2000, 0, 0], 3) && !NOT_PUBLIC_V6.iter().any(excluded)
}

/// The IPv4 address that a network without IPv4 reaches at this address (RFC 6052, `64:ff9b::/96`).
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = address.segments() else {
        return None;
    };
    Some(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn addresses_of_every_kind() {
        for (address, public) in [
            ("93.184.216.34", true),
            ("1.1.1.1", true),
            ("223.255.255.255", true),
            ("0.0.0.0", false),
            ("10.1.2.3", false),
            ("100.63.255.255", true),
            ("100.64.0.0", false),
            ("100.100.100.200", false), // metadata of Alibaba Cloud
            ("100.127.255.255", false),
            ("100.128.0.0", true),
            ("127.0.0.1", false),
            ("127.255.255.254", false),
            ("168.63.129.15", true),
            ("168.63.129.16", false),
            ("169.254.169.254", false), // metadata of most clouds
            ("172.15.255.255", true),
            ("172.16.0.0", false),
            ("172.31.255.255", false),
            ("172.32.0.0", true),
            ("192.0.0.192", false), // metadata of Oracle Cloud
            ("192.0.1.0", true),
            ("192.168.0.1", false),
            ("198.17.255.255", true),
            ("198.19.255.255", false),
            ("224.0.0.1", false),
            ("240.0.0.1", false),
            ("255.255.255.255", false),
            ("2606:2800:220:1::1", true),
            ("2a00::1", true),
            ("::", false),
            ("::1", false),
            ("::127.0.0.1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:93.184.216.34", true),
            ("64:ff9b::93.184.216.34", true),
            ("64:ff9b::169.254.169.254", false),
            ("64:ff9b:1::1", false),
            ("100::1", false),
            ("2001::1", false), // Teredo
            ("2001:1ff:ffff::1", false),
            ("2001:200::1", true),
            ("2001:db8::1", false),
            ("2002:7f00:1::", false), // 6to4 of 127.0.0.1
            ("3fff:fff::1", false),
            ("3fff:1000::1", true),
            ("fc00::1", false),
            ("fd00:ec2::254", false), // metadata of AWS
            ("fe80::1", false),
            ("fec0::1", false),
            ("ff02::1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }

    /// The kinds that the standard library knows, around the borders of every block.
    #[test]
    fn no_address_that_the_standard_library_knows_is_public() {
        let known = |address: Ipv4Addr| {
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_multicast()
                || address.is_broadcast()
                || address.is_documentation()
                || address.is_unspecified()
        };
        let mut special = 0;
        for high in 0..=u16::MAX {
            for low in [0, 1, 0x00ff, 0x0100, 0x7fff, 0x8000, 0xfffe, 0xffff] {
                let address = Ipv4Addr::from_bits(u32::from(high) << 16 | low);
                if known(address) {
                    special += 1;
                    let [a, b, c, d] = address.octets().map(u16::from);
                    let (ab, cd) = (a << 8 | b, c << 8 | d);
                    let mapped = address.to_ipv6_mapped();
                    let translated = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, ab, cd);
                    assert!(!is_public(address.into()), "{address}");
                    assert!(!is_public(mapped.into()), "{mapped}");
                    assert!(!is_public(translated.into()), "{translated}");
                }
            }
        }
        assert!(special > 4096 * 8, "{special}");
    }
}
