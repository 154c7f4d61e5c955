//! What the registry shows about each published package.

use readmes::root;
use toml::{Table, Value};

/// Folders and packages. The package of the core is called `cors-decision`.
const PUBLISHED: [(&str, &str); 5] = [
    ("cors-core", "cors-decision"),
    ("cors-axum", "cors-axum"),
    ("cors-actix", "cors-actix"),
    ("cors-rocket", "cors-rocket"),
    ("cors-warp", "cors-warp"),
];

/// The rules are those of the registry.
#[test]
fn every_published_package_can_be_found() {
    for (folder, name) in PUBLISHED {
        let manifest = std::fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
        let manifest: Table = manifest.parse().unwrap();
        let package = manifest["package"].as_table().unwrap();
        let text = |key: &str| package[key].as_str().unwrap();
        assert_eq!(text("name"), name);
        assert_eq!(text("documentation"), format!("https://docs.rs/{name}"));
        assert!(root().join(folder).join(text("readme")).exists());
        assert!(!text("description").is_empty());
        let list = |key: &str| -> Vec<&str> {
            let list = package[key].as_array().unwrap();
            list.iter().filter_map(Value::as_str).collect()
        };
        for (key, longest) in [("keywords", 20), ("categories", 40)] {
            let list = list(key);
            assert!((1..=5).contains(&list.len()), "{name}: {list:?}");
            for entry in list {
                let is_plain = |it: char| it.is_ascii_lowercase() || "-:".contains(it);
                assert!(
                    entry.len() <= longest && entry.chars().all(is_plain),
                    "{name}: {entry}"
                );
            }
        }
    }
}
