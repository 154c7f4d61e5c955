//! Writes the page, the tables and the plots again from the stored results:
//!
//! ```console
//! $ cargo run -p benchmark-report
//! ```

use benchmark_report::Folder;
use std::io;

fn main() -> io::Result<()> {
    Folder::committed().render()
}
