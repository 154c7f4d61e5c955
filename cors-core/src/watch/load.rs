//! The text of a policy file, within limits.

use super::error::Problem;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::Read as _;
use std::path::Path;

/// Reads a file of at most `max` bytes. Never waits for a writer, and never reads an endless file.
pub(super) fn load(path: &Path, max: u64) -> Result<String, Problem> {
    // To open a device can have effects. So its type is checked before, too.
    check_type(&fs::metadata(path).map_err(Problem::Read)?)?;
    let file = open(path)?;
    check_type(&file.metadata().map_err(Problem::Read)?)?;
    let mut bytes = Vec::new();
    let mut limited = file.take(max.saturating_add(1));
    limited.read_to_end(&mut bytes).map_err(Problem::Read)?;
    if bytes.len() as u64 > max {
        return Err(Problem::TooLong(max));
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| Problem::NotUtf8(error.utf8_error().valid_up_to()))?;
    match text.trim_start_matches(BYTE_ORDER_MARK).trim() {
        "" => Err(Problem::Empty),
        _ => Ok(text),
    }
}

/// Editors of Windows write it before the text.
pub(super) const BYTE_ORDER_MARK: char = '\u{feff}';

fn check_type(metadata: &Metadata) -> Result<(), Problem> {
    match metadata.is_file() {
        true => Ok(()),
        false => Err(Problem::NotAFile),
    }
}

fn open(path: &Path) -> Result<File, Problem> {
    let mut options = OpenOptions::new();
    options.read(true);
    // A FIFO that takes the place of the file after its type was checked would wait for a writer.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK);
    options.open(path).map_err(Problem::Read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;
    use tempfile::{NamedTempFile, TempDir};

    fn text(bytes: &[u8], max: u64) -> Result<String, String> {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        load(file.path(), max).map_err(|problem| problem.to_string())
    }

    #[test]
    fn the_limit_is_exact() {
        assert_eq!(text(b"12345", 5).unwrap(), "12345");
        let error = text(b"123456", 5).unwrap_err();
        assert_eq!(
            error,
            "the file has more than 5 bytes; raise the limit with `max_bytes`"
        );
        assert_eq!(text(b"12345", u64::MAX).unwrap(), "12345");
    }

    #[test]
    fn text_that_is_no_policy_is_an_error() {
        let empty = Problem::Empty.to_string();
        for nothing in ["", " \r\n\t", "\u{feff}", "\u{feff}\n"] {
            assert_eq!(text(nothing.as_bytes(), 100).unwrap_err(), empty);
        }
        let error = text(b"max_age = \xff", 100).unwrap_err();
        assert_eq!(error, "not valid UTF-8 after 10 bytes");
    }

    #[test]
    fn what_is_no_file_is_an_error() {
        let folder = TempDir::new().unwrap();
        assert!(matches!(load(folder.path(), 9), Err(Problem::NotAFile)));
        let missing = folder.path().join("missing");
        assert!(matches!(load(&missing, 9), Err(Problem::Read(_))));
        let below_a_file = NamedTempFile::new().unwrap().path().join("x");
        assert!(matches!(load(&below_a_file, 9), Err(Problem::Read(_))));
    }

    #[cfg(unix)]
    #[test]
    fn endless_files_and_fifos_do_not_hang() {
        use std::os::unix::fs::symlink;

        let folder = TempDir::new().unwrap();
        let link = folder.path().join("link");
        symlink("/dev/zero", &link).unwrap();
        let fifo = folder.path().join("fifo");
        let status = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(status.unwrap().success());
        for path in [Path::new("/dev/zero"), &link, &fifo] {
            assert!(matches!(load(path, 9), Err(Problem::NotAFile)));
        }
        assert!(matches!(
            open(&fifo).map(|file| check_type(&file.metadata().unwrap())),
            Ok(Err(Problem::NotAFile))
        ));
        symlink("loop", folder.path().join("loop")).unwrap();
        assert!(matches!(
            load(&folder.path().join("loop"), 9),
            Err(Problem::Read(_))
        ));
    }
}
