//! Header names in the type of a framework.

/// Defines `request_header_name` and `response_header_name`, which return the names of
/// [`RequestHeader`](crate::RequestHeader) and [`ResponseHeader`](crate::ResponseHeader) as a
/// `&'static $HeaderName`.
///
/// For adapters of frameworks that use the `HeaderName` of the `http` crate, in any version. The names
/// are built at compile time, so a look-up does not parse a string.
#[macro_export]
macro_rules! define_header_names {
    ($vis:vis $HeaderName:ty) => {
        /// The name of a request header. A look-up with it does not parse a string.
        #[inline]
        $vis fn request_header_name(header: $crate::RequestHeader) -> &'static $HeaderName {
            const COUNT: usize = $crate::RequestHeader::NAMES.len();
            // `static`: a `const` would be built and dropped at every use.
            static NAMES: [$HeaderName; COUNT] = header_names($crate::RequestHeader::NAMES);
            #[expect(clippy::indexing_slicing, reason = "every header has a name")]
            &NAMES[header.index()]
        }

        /// The name of a response header. A look-up with it does not parse a string.
        #[inline]
        fn response_header_name(header: $crate::ResponseHeader) -> &'static $HeaderName {
            const COUNT: usize = $crate::ResponseHeader::NAMES.len();
            static NAMES: [$HeaderName; COUNT] = header_names($crate::ResponseHeader::NAMES);
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
    };
}
