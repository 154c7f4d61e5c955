//! The message and the place of a panic.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static PLACE: RefCell<Option<(String, u32)>> = const { RefCell::new(None) };
}

/// What the panic of this assertion says.
#[track_caller]
pub(crate) fn of<T>(assertion: impl FnOnce() -> T) -> String {
    let (text, file, _) = with_place(assertion);
    // Every panic is at the caller, none in the crate.
    assert_eq!(file, panic::Location::caller().file());
    text
}

/// What the panic of this assertion says, with its file and line.
pub(crate) fn with_place<T>(assertion: impl FnOnce() -> T) -> (String, String, u32) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let default = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            let place = panic.location();
            PLACE.set(place.map(|place| (place.file().to_owned(), place.line())));
            default(panic);
        }));
    });
    let Err(panic) = panic::catch_unwind(AssertUnwindSafe(assertion)) else {
        panic!("the assertion holds");
    };
    let (file, line) = PLACE.take().unwrap();
    (*panic.downcast::<String>().unwrap(), file, line)
}
