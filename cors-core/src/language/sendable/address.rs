//! IP addresses in the form in which browsers send them, as state machines.

/// In an IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::language) struct Ipv4 {
    dots: u8,
    number: Octet,
}

/// How a number from 0 to 255 can continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Octet {
    Empty,
    /// After `1`: two more digits.
    TwoDigits,
    /// After `2`.
    Two,
    /// After `25`: one more digit, at most 5.
    UpToFive,
    OneDigit,
    Full,
}

impl Ipv4 {
    /// Before the first byte.
    pub(super) const START: Self = Self {
        dots: 0,
        number: Octet::Empty,
    };

    /// `None` if no address continues with `byte`.
    pub(super) fn next(self, byte: u8) -> Option<Self> {
        let number = match (self.number, byte) {
            (Octet::Empty, b'0') => Octet::Full,
            (Octet::Empty, b'1') => Octet::TwoDigits,
            (Octet::Empty, b'2') => Octet::Two,
            (Octet::Empty | Octet::TwoDigits, b'0'..=b'9') | (Octet::Two, b'0'..=b'4') => {
                Octet::OneDigit
            }
            (Octet::Two, b'5') => Octet::UpToFive,
            (Octet::Two, b'6'..=b'9')
            | (Octet::UpToFive, b'0'..=b'5')
            | (Octet::OneDigit, b'0'..=b'9') => Octet::Full,
            (Octet::Empty, _) => return None,
            (_, b'.') if self.dots < 3 => {
                let dots = self.dots + 1;
                return Some(Self {
                    dots,
                    ..Self::START
                });
            }
            _ => return None,
        };
        Some(Self { number, ..self })
    }

    pub(super) fn is_final(self) -> bool {
        self.dots == 3 && self.number != Octet::Empty
    }
}

/// In an IPv6 address, without its brackets. `::` replaces the first of the longest runs of two or more
/// zeros (URL, ["IPv6 serializer"]).
///
/// ["IPv6 serializer"]: https://url.spec.whatwg.org/#concept-ipv6-serializer
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::language) struct Ipv6 {
    /// Complete groups.
    groups: u8,
    /// How many of the last groups are zero.
    zeros: u8,
    /// `::` must replace at least as many groups.
    replaces: u8,
    /// After `::`.
    compressed: bool,
    group: Group,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Group {
    Start,
    /// After the first `:` of an address that starts with `::`.
    FirstColon,
    /// After `:`.
    Colon,
    /// After `::`.
    Compressed,
    /// `0`
    Zero,
    /// One to four digits.
    Digits(u8),
}

impl Ipv6 {
    /// Before the first byte.
    pub(super) const START: Self = Self {
        groups: 0,
        zeros: 0,
        replaces: 2,
        compressed: false,
        group: Group::Start,
    };

    /// `None` if no address continues with `byte`.
    pub(super) fn next(self, byte: u8) -> Option<Self> {
        let group = match (self.group, byte) {
            (Group::Start, b':') => Group::FirstColon,
            (Group::FirstColon, b':') => return self.compress(),
            (Group::Colon, b':') if self.zeros == 0 => return self.compress(),
            (Group::Start | Group::Colon, b'0') => Group::Zero,
            (Group::Start | Group::Colon | Group::Compressed, b'1'..=b'9' | b'a'..=b'f') => {
                Group::Digits(1)
            }
            (Group::Digits(count @ 1..=3), b'0'..=b'9' | b'a'..=b'f') => Group::Digits(count + 1),
            (Group::Zero | Group::Digits(_), b':') => {
                let next = self.end_group().filter(|next| next.groups < 8)?;
                let group = Group::Colon;
                return Some(Self { group, ..next });
            }
            _ => return None,
        };
        Some(Self { group, ..self })
    }

    pub(super) fn is_final(self) -> bool {
        match self.group {
            Group::Start | Group::FirstColon | Group::Colon => false,
            Group::Compressed => true,
            Group::Zero | Group::Digits(_) => self
                .end_group()
                .is_some_and(|all| all.compressed || (all.groups == 8 && all.replaces == 2)),
        }
    }

    /// Counts the current group. `None` if the address cannot become canonical any more.
    fn end_group(self) -> Option<Self> {
        let zeros = if self.group == Group::Zero {
            self.zeros + 1
        } else {
            0
        };
        // A run before `::` is shorter than what it replaces. A run after it is not longer.
        let replaces = match (self.compressed, zeros) {
            (_, 0) | (false, 1) => 0, // `::` does not replace a single zero.
            (false, zeros) => zeros + 1,
            (true, zeros) => zeros,
        };
        let next = Self {
            groups: self.groups + 1,
            zeros,
            replaces: self.replaces.max(replaces),
            ..self
        };
        let must_compress = next.compressed || next.replaces > 2;
        (!must_compress || next.groups + next.replaces <= 8).then_some(next)
    }

    /// At the start, or after a group that is not zero.
    fn compress(self) -> Option<Self> {
        let fits = !self.compressed && self.groups + self.replaces <= 8;
        fits.then_some(Self {
            compressed: true,
            group: Group::Compressed,
            ..self
        })
    }
}
