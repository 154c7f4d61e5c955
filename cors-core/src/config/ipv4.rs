//! IPv4 addresses as URLs may write them (URL, ["IPv4 parser"]).
//!
//! ["IPv4 parser"]: https://url.spec.whatwg.org/#concept-ipv4-parser

use std::net::Ipv4Addr;

/// One to four numbers, each decimal, octal (`0`) or hexadecimal (`0x`). The last
/// number fills the remaining bytes.
pub(super) fn parse(host: &str) -> Option<Ipv4Addr> {
    let mut parts: Vec<&str> = host.strip_suffix('.').unwrap_or(host).split('.').collect();
    let last = parse_number(parts.pop()?)?;
    let leading = u32::try_from(parts.len()).ok().filter(|&count| count < 4)?;
    let mut address = 0_u32;
    for part in parts {
        address = address * 256 + u32::from(u8::try_from(parse_number(part)?).ok()?);
    }
    let free_bits = 32 - 8 * leading;
    if u64::from(last) >= 1 << free_bits {
        return None;
    }
    let address = (u64::from(address) << free_bits) + u64::from(last);
    u32::try_from(address).ok().map(Ipv4Addr::from_bits)
}

fn parse_number(part: &str) -> Option<u32> {
    let (digits, radix) = match part.as_bytes() {
        [b'0', b'x'] => return Some(0),
        [b'0', b'x', ..] => (part.get(2..)?, 16),
        [b'0', _, ..] => (part, 8),
        _ => (part, 10),
    };
    if digits.starts_with('+') {
        return None; // `from_str_radix` accepts a sign.
    }
    u32::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn ipv4_as_urls_read_it() {
        let address = |text| parse(text).map(|address| address.to_string());
        assert_eq!(address("1.2.3.4").as_deref(), Some("1.2.3.4"));
        assert_eq!(address("1.2.772").as_deref(), Some("1.2.3.4"));
        assert_eq!(address("1.131844").as_deref(), Some("1.2.3.4"));
        assert_eq!(address("16909060").as_deref(), Some("1.2.3.4"));
        assert_eq!(address("010.0x10.0x.7").as_deref(), Some("8.16.0.7"));
        assert_eq!(address("4294967295").as_deref(), Some("255.255.255.255"));
        for text in [
            "4294967296",
            "1.2.3.256",
            "256.1",
            "1.2.3.4.5",
            "1.2.3.4.0",
            "+1",
            "0x+1",
            "08",
            "a",
            "",
            "1..2",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }
}
