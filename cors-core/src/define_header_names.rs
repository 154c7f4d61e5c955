//! Header names as a framework has them.

/// Defines `request_header_name` and `response_header_name`, which return the names of
/// [`RequestHeader`](crate::RequestHeader) and [`ResponseHeader`](crate::ResponseHeader) as a
/// `$HeaderName`.
///
/// For adapters of frameworks with the `HeaderName` of the `http` crate, in any version. The names are
/// made at compile time, so a look-up does not parse a string.
#[macro_export]
macro_rules! define_header_names {
    ($vis:vis $HeaderName:ty) => {
        /// The name of a request header. A look-up with it does not parse a string.
        #[inline]
        $vis fn request_header_name(header: $crate::RequestHeader) -> &'static $HeaderName {
            // `static`: a `const` would be built and dropped at every use.
            static NAMES: [$HeaderName; $crate::RequestHeader::NAMES.len()] =
                header_names($crate::RequestHeader::NAMES);
            #[expect(clippy::indexing_slicing, reason = "every header has a name")]
            &NAMES[header.index()]
        }

        #[expect(clippy::indexing_slicing, reason = "the compiler evaluates it")]
        const fn header_names<const N: usize>(texts: [&'static str; N]) -> [$HeaderName; N] {
            let mut names = [const { <$HeaderName>::from_static("x") }; N];
            let mut index = 0;
            while index < N {
                let name = <$HeaderName>::from_static(texts[index]);
                // The old name cannot be dropped at compile time.
                ::core::mem::forget(::core::mem::replace(&mut names[index], name));
                index += 1;
            }
            names
        }

        /// The name of a response header.
        ///
        /// The header is usually known at compile time. Then the name is a constant, which costs less
        /// to hash than a `static`.
        #[inline(always)]
        fn response_header_name(header: $crate::ResponseHeader) -> $HeaderName {
            use $crate::ResponseHeader as Header;
            const fn name(header: Header) -> $HeaderName {
                <$HeaderName>::from_static(header.name())
            }
            match header {
                Header::AllowOrigin => const { name(Header::AllowOrigin) },
                Header::AllowCredentials => const { name(Header::AllowCredentials) },
                Header::AllowMethods => const { name(Header::AllowMethods) },
                Header::AllowHeaders => const { name(Header::AllowHeaders) },
                Header::MaxAge => const { name(Header::MaxAge) },
                Header::ExposeHeaders => const { name(Header::ExposeHeaders) },
                Header::TimingAllowOrigin => const { name(Header::TimingAllowOrigin) },
                Header::Vary => const { name(Header::Vary) },
                #[allow(unreachable_patterns, reason = "headers may be added")]
                other => name(other),
            }
        }
    };
}
