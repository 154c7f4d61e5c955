//! Whether a type is a service of a type of request, as a value. So a test can say that something does not compile.

use std::marker::PhantomData;

use tower::Service;

pub(crate) struct Probe<S, R>(PhantomData<(S, R)>);

pub(crate) trait Otherwise {
    const IS_SERVICE: bool = false;
}

impl<S, R> Otherwise for Probe<S, R> {}

/// A constant of the type itself takes precedence over one of a trait.
impl<S: Service<R>, R> Probe<S, R> {
    pub(crate) const IS_SERVICE: bool = true;
}

macro_rules! takes {
    ($service:ty, $request:ty) => {{
        #[allow(unused_imports, reason = "only if the type is no such service")]
        use crate::takes::Otherwise as _;
        crate::takes::Probe::<$service, $request>::IS_SERVICE
    }};
}

pub(crate) use takes;
