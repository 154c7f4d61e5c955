//! The origins that browsers send, as a state machine.
//!
//! It accepts the same texts as [`Origin::parse`](crate::origin::Origin::parse), byte by byte, apart from
//! `file://`, which no pattern and no regex allows. It has few states, because a search over automata visits every combination of their states. So lengths are
//! not a part of the state: they are counted beside it, in [`Lengths`].

mod address;

use crate::origin::{MAX_SCHEME_LEN, host};
use address::{Ipv4, Ipv6};

/// Origins are searched in parts, each of which has few states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Https,
    Http,
    /// Any other scheme.
    Other,
}

impl Scheme {
    pub(crate) const ALL: [Self; 3] = [Self::Https, Self::Http, Self::Other];

    /// What an origin of this part starts with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Https => "https://",
            Self::Http => "http://",
            Self::Other => "",
        }
    }
}

/// The kinds of hosts. For the standard, an address is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostKind {
    Name,
    Ipv4,
    Ipv6,
    /// There is no host, or only a dot: `app://`, `app://.`.
    Absent,
}

impl HostKind {
    pub(crate) const ALL: [Self; 4] = [Self::Name, Self::Ipv4, Self::Ipv6, Self::Absent];
}

/// One part of the language: origins with a kind of scheme and a kind of host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) scheme: Scheme,
    pub(super) host: HostKind,
}

/// What was read so far, apart from lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Scheme(Start),
    /// After `:` or `:/`: the number of slashes.
    Slashes(u8, SchemeKind),
    Name(Label),
    Ipv4(Ipv4),
    /// Before the opening bracket.
    Open,
    Ipv6(Ipv6),
    /// After the closing bracket.
    Closed,
    /// After the slashes, without a host.
    NoHost,
    Dot,
    Port(Port),
}

/// The start of a scheme other than `http` and `https`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Start {
    /// Bit n is set if it is the start of `SPECIAL[n]`.
    special: u8,
    /// Its length, if any bit is set.
    len: u8,
}

/// Which hosts a scheme has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum SchemeKind {
    /// A host is required.
    Web,
    /// A host, none, or a dot.
    App,
}

/// The schemes for which there are special rules (URL, ["special scheme"]). The first two are parts of
/// their own.
///
/// ["special scheme"]: https://url.spec.whatwg.org/#special-scheme
const SPECIAL: [&str; 6] = ["http", "https", "ws", "wss", "ftp", "file"];

/// In a host name, at a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Label {
    /// Before the first byte. The label before it, if there is one, is a number or not.
    Start {
        after_name: bool,
    },
    /// `0`
    Zero,
    /// `0x` and hexadecimal digits.
    Hex,
    Digits,
    /// Not a number, so the host can end here.
    Name,
}

/// In the port, after its colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Port {
    digits: u8,
    /// Larger than the same number of digits of 65535.
    large: bool,
    /// Smaller than them.
    small: bool,
    /// Equal to the start of the default port.
    default: bool,
}

impl Port {
    const START: Self = Self {
        digits: 0,
        large: false,
        small: false,
        default: true,
    };
}

/// The lengths that are limited. If two texts lead to the same state, then what can follow the longer
/// one can also follow the shorter one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lengths {
    /// The scheme, then the host.
    pub(super) whole: u8,
    /// The label.
    pub(super) label: u8,
}

impl Lengths {
    pub(super) fn is_within(self, other: Self) -> bool {
        self.whole <= other.whole && self.label <= other.label
    }

    fn longer(self) -> Self {
        Self {
            whole: self.whole.saturating_add(1),
            label: self.label.saturating_add(1),
        }
    }
}

const LAST_PORT: &[u8; 5] = b"65535";

/// The longest label. `host` checks it, too.
const MAX_LABEL_LEN: u8 = 63;

impl Part {
    /// After [`Scheme::prefix`]. `None` if there are no origins of this part.
    pub(super) fn start(self) -> Option<Place> {
        match self.scheme {
            Scheme::Https | Scheme::Http => self.host_start(SchemeKind::Web),
            Scheme::Other => Some(Place::Scheme(Start::EMPTY)),
        }
    }

    fn host_start(self, kind: SchemeKind) -> Option<Place> {
        match (self.host, kind) {
            (HostKind::Absent, SchemeKind::Web) => None,
            (HostKind::Absent, SchemeKind::App) => Some(Place::NoHost),
            (HostKind::Name, _) => Some(Place::Name(Label::Start { after_name: false })),
            (HostKind::Ipv4, _) => Some(Place::Ipv4(Ipv4::START)),
            (HostKind::Ipv6, _) => Some(Place::Open),
        }
    }

    /// `None` if no origin of this part continues with `byte`.
    pub(super) fn next(self, place: Place, lengths: Lengths, byte: u8) -> Option<(Place, Lengths)> {
        let (next, lengths) = match place {
            Place::Scheme(start) => start.next(lengths, byte)?,
            Place::Slashes(count, kind) => match (count, byte) {
                (0, b'/') => (Place::Slashes(1, kind), lengths),
                (_, b'/') => (self.host_start(kind)?, lengths),
                _ => return None,
            },
            Place::NoHost if byte == b'.' => (Place::Dot, lengths),
            Place::NoHost | Place::Dot => return None,
            Place::Name(label) => self.next_in_name(label, lengths, byte)?,
            Place::Ipv4(address) if byte == b':' && address.is_final() => {
                (Place::Port(Port::START), lengths)
            }
            Place::Ipv4(address) => (Place::Ipv4(address.next(byte)?), lengths),
            Place::Open if byte == b'[' => (Place::Ipv6(Ipv6::START), lengths),
            Place::Open => return None,
            Place::Ipv6(address) if byte == b']' && address.is_final() => (Place::Closed, lengths),
            Place::Ipv6(address) => (Place::Ipv6(address.next(byte)?), lengths),
            Place::Closed if byte == b':' => (Place::Port(Port::START), lengths),
            Place::Closed => return None,
            Place::Port(port) => (Place::Port(self.next_in_port(port, byte)?), lengths),
        };
        let fits = match next {
            Place::Scheme(_) => usize::from(lengths.whole) <= MAX_SCHEME_LEN,
            Place::Name(_) => {
                usize::from(lengths.whole) <= host::MAX_LEN && lengths.label <= MAX_LABEL_LEN
            }
            _ => true,
        };
        fits.then_some((next, lengths))
    }

    fn next_in_name(self, label: Label, lengths: Lengths, byte: u8) -> Option<(Place, Lengths)> {
        let next = match (label, byte) {
            (Label::Start { after_name: true } | Label::Name, b':') => {
                return Some((Place::Port(Port::START), lengths));
            }
            (Label::Start { .. }, b'.') => return None,
            (_, b'.') => {
                let after_name = label == Label::Name;
                let whole = lengths.whole.saturating_add(1);
                let next = Place::Name(Label::Start { after_name });
                return Some((next, Lengths { whole, label: 0 }));
            }
            (Label::Start { .. }, b'0') => Label::Zero,
            (Label::Start { .. } | Label::Zero | Label::Digits, b'0'..=b'9') => Label::Digits,
            (Label::Zero, b'x') | (Label::Hex, b'0'..=b'9' | b'a'..=b'f') => Label::Hex,
            (_, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_') => Label::Name,
            _ => return None,
        };
        Some((Place::Name(next), lengths.longer()))
    }

    fn next_in_port(self, port: Port, byte: u8) -> Option<Port> {
        let at = usize::from(port.digits);
        let last = *LAST_PORT.get(at)?;
        if !byte.is_ascii_digit() || (at == 0 && byte == b'0') {
            return None;
        }
        let port = Port {
            digits: port.digits + 1,
            large: port.large || (!port.small && byte > last),
            small: port.small || (!port.large && byte < last),
            default: port.default && self.default_port().get(at) == Some(&byte),
        };
        (usize::from(port.digits) < LAST_PORT.len() || !port.large).then_some(port)
    }

    fn default_port(self) -> &'static [u8] {
        match self.scheme {
            Scheme::Https => b"443",
            Scheme::Http => b"80",
            Scheme::Other => b"",
        }
    }

    /// Whether an origin can end here.
    pub(super) fn is_final(self, place: Place) -> bool {
        match place {
            Place::Scheme(_) | Place::Slashes(..) | Place::Open | Place::Ipv6(_) => false,
            Place::NoHost | Place::Dot => true,
            Place::Name(label) => {
                matches!(label, Label::Name | Label::Start { after_name: true })
            }
            Place::Ipv4(address) => address.is_final(),
            Place::Closed => true,
            Place::Port(port) => {
                let is_default =
                    port.default && usize::from(port.digits) == self.default_port().len();
                port.digits > 0 && !is_default
            }
        }
    }
}

impl Start {
    const EMPTY: Self = Self {
        special: (1 << SPECIAL.len()) - 1,
        len: 0,
    };

    fn next(self, lengths: Lengths, byte: u8) -> Option<(Place, Lengths)> {
        let is_valid = match byte {
            b':' => return Some((Place::Slashes(0, self.end()?), Lengths::default())),
            b'a'..=b'z' => true,
            b'0'..=b'9' | b'+' | b'-' | b'.' => lengths.whole > 0,
            _ => false,
        };
        let mut special = 0;
        for (bit, scheme) in SPECIAL.iter().enumerate() {
            if scheme.as_bytes().get(usize::from(self.len)) == Some(&byte) {
                special |= self.special & 1 << bit;
            }
        }
        let len = if special == 0 { 0 } else { self.len + 1 };
        let whole = lengths.whole + 1;
        is_valid.then_some((
            Place::Scheme(Self { special, len }),
            Lengths { whole, label: 0 },
        ))
    }

    /// The kind of the scheme that ends here. `None` if it is empty, or is `http`, `https` or `file`.
    fn end(self) -> Option<SchemeKind> {
        let is_this = |(bit, scheme): &(usize, &&str)| {
            self.special >> bit & 1 == 1 && scheme.len() == usize::from(self.len)
        };
        match SPECIAL.iter().enumerate().find(is_this) {
            Some((_, &"http" | &"https" | &"file")) => None,
            Some(_) => Some(SchemeKind::Web),
            None => (self != Self::EMPTY).then_some(SchemeKind::App),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HostKind, Lengths, Part, Scheme};
    use crate::origin::{MAX_LEN, Origin, default_port};
    use proptest::prelude::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    /// Whether exactly one part accepts the text, or none.
    fn is_sendable(text: &str) -> bool {
        let parts = Scheme::ALL
            .into_iter()
            .flat_map(|scheme| HostKind::ALL.map(|host| Part { scheme, host }));
        let accepting: Vec<Part> = parts.filter(|part| accepts(*part, text)).collect();
        assert!(accepting.len() < 2, "{text}: {accepting:?}");
        !accepting.is_empty()
    }

    fn accepts(part: Part, text: &str) -> bool {
        let Some(rest) = text.strip_prefix(part.scheme.prefix()) else {
            return false;
        };
        let start = part.start().map(|place| (place, Lengths::default()));
        let end = rest.bytes().fold(start, |state, byte| {
            let (place, lengths) = state?;
            part.next(place, lengths, byte)
        });
        end.is_some_and(|(place, _)| part.is_final(place))
    }

    fn check(text: &str) {
        let is_origin = text.len() <= MAX_LEN && Origin::parse(text.as_bytes()).is_some();
        let expected = is_origin && text != "file://";
        assert_eq!(is_sendable(text), expected, "{text}");
    }

    #[test]
    fn limits() {
        for part in Scheme::ALL.map(|scheme| Part {
            scheme,
            host: HostKind::Name,
        }) {
            let scheme = part.scheme.prefix().trim_end_matches("://");
            let port = default_port(scheme.as_bytes()).map(|port| port.to_string());
            assert_eq!(part.default_port(), port.unwrap_or_default().as_bytes());
        }
        let label = "a".repeat(63);
        for last in [60, 61, 62] {
            for end in ["", ".", ":1", ".:65535"] {
                let host = format!("{label}.{label}.{label}.{}{end}", "a".repeat(last));
                check(&format!("https://{host}"));
                check(&format!("{}://{host}", "s".repeat(64)));
            }
        }
        for end in ["", ".com", "b", "b.com"] {
            check(&format!("http://{label}{end}"));
        }
        for len in [63, 64, 65] {
            check(&format!("{}://a", "s".repeat(len)));
        }
        for group in ["1", "1234", "12345", "abcd", "abcde", "0", "01", "00"] {
            for (before, after) in [
                ("", "::"),
                ("::", ""),
                ("1::", ":1"),
                ("1:1:1:1:1:1:1:", ""),
            ] {
                check(&format!("http://[{before}{group}{after}]"));
            }
        }
    }

    #[test]
    fn ports() {
        for scheme in ["http", "https", "app"] {
            for port in (0..1000)
                .chain(6_550..6_560)
                .chain(65_000..66_000)
                .chain([99_999, 100_000])
            {
                check(&format!("{scheme}://a:{port}"));
                check(&format!("{scheme}://1.2.3.4:0{port}"));
            }
        }
    }

    #[test]
    fn every_byte_of_an_address() {
        for number in 0..=300 {
            for place in 0..4 {
                let mut numbers = ["1", "22", "133", "0"].map(str::to_owned);
                numbers[place] = number.to_string();
                check(&format!("http://{}", numbers.join(".")));
                numbers[place] = format!("0{number}");
                check(&format!("http://{}", numbers.join(".")));
            }
        }
    }

    /// Every text of a few bytes, after texts that lead to every kind of place.
    #[test]
    fn every_short_text() {
        for (prefix, bytes, longest) in [
            ("", "htps:/", 6),
            ("w", "ws:/a", 6),
            ("f", "tpile:/", 6),
            ("https://", "a0x9.:-", 5),
            ("http://1.1.", "0259.:", 5),
            ("http://", "[]:1a", 6),
            ("app://[", "01a:]", 6),
            ("http://[1:1:1:1:1:", "0:a]", 6),
        ] {
            for_each_text(bytes.as_bytes(), longest, &mut prefix.to_owned(), &check);
        }
    }

    fn for_each_text(bytes: &[u8], longest: usize, text: &mut String, f: &impl Fn(&str)) {
        f(text);
        if longest > 0 {
            for byte in bytes {
                text.push(char::from(*byte));
                for_each_text(bytes, longest - 1, text, f);
                text.pop();
            }
        }
    }

    /// Every choice of zero groups, compressed at every place.
    #[test]
    fn every_run_of_zeros() {
        for zeros in 0_u32..256 {
            let groups: Vec<&str> = (0..8)
                .map(|group| if zeros >> group & 1 == 1 { "0" } else { "a1" })
                .collect();
            check(&format!("http://[{}]", groups.join(":")));
            for start in 0..=8 {
                for end in start..=8 {
                    let (before, after) = (&groups[..start], &groups[end..]);
                    check(&format!(
                        "http://[{}::{}]",
                        before.join(":"),
                        after.join(":")
                    ));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn same_as_the_parser(
            text in prop_oneof![
                "(https|http|httpss|app|a+b)(://|:/)[ax0.:1_-]{0,8}",
                "(https?|httpss|wss?|wsss|ftp|ft|file|files|fil|app|a)://(|a|\\.|\\.\\.|a\\.|1\\.1\\.1\\.1|\\[::1\\])(|:|:1)",
                r"https?://[ax012\.:]{0,12}(:[0-9]{1,6})?",
                r"https?://([0-9]{1,3}\.){2,4}[0-9]{0,3}",
                r"https?://\[[0-9a-f:]{0,16}\]?(:[0-9]{1,6})?",
                r"[htpsz+:/]{0,9}a",
            ],
        ) {
            check(&text);
        }

        #[test]
        fn addresses(four: u32, six in prop::array::uniform8(prop_oneof![Just(0_u16), any::<u16>()])) {
            check(&format!("app://{}", Ipv4Addr::from_bits(four)));
            let address = Ipv6Addr::from(six);
            check(&format!("http://[{address}]"));
            let mut text = String::new();
            crate::origin::host::write_ipv6(address, &mut text).unwrap();
            assert!(is_sendable(&format!("http://[{text}]")), "{text}");
        }
    }
}
