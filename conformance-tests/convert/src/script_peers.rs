//! Configurations in Python and JavaScript: named arguments and objects.

pub(crate) mod express;
pub(crate) mod starlette;
