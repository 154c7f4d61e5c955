//! What the commands `cors` and `playground` share.

mod exit;
mod failure;
mod framework;
pub mod policy_file;
mod print;
mod printable;
mod stop;
pub mod style;

pub use self::exit::{NO_RESULT, exit_code};
pub use self::failure::Failure;
pub use self::framework::framework;
pub use self::print::{print_error, print_line, print_result, write_result};
pub use self::printable::printable;
pub use self::stop::until_stopped;
