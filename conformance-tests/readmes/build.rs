//! Copies the programs of the READMEs without the documentation of their crate, which `include!` does not allow.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    let out = env::var("OUT_DIR")?;
    for framework in ["axum", "actix", "rocket", "warp"] {
        let example = format!("../../cors-{framework}/examples/quickstart.rs");
        println!("cargo::rerun-if-changed={example}");
        let text = fs::read_to_string(example)?;
        let lines = text.lines().filter(|line| !line.starts_with("//!"));
        let program: Vec<_> = lines.collect();
        fs::write(
            Path::new(&out).join(format!("{framework}.rs")),
            program.join("\n"),
        )?;
    }
    Ok(())
}
