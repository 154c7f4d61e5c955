//! `Rocket.toml`: the policy is the table `cors` of a profile, and `extract_inner("cors")` reads it.
//!
//! This needs the feature `serde` of `cors-rocket`. The table of a profile is laid over that of `default`, key by key: a list
//! replaces a list, and a key that the profile does not have stays. `ROCKET_CORS` is laid over both.
//!
//! The traps: `[cors]` is not a table of every profile, but a profile called `cors`. A key that `default` has for
//! development, such as `allow_origins = ["*"]`, stays in force if `release` forgets it. A misspelt key is an error of `build`,
//! not of `extract_inner`.

use std::error::Error;

use cors_rocket::{Config, Cors};
use cors_testing::Browser;
use rocket::figment::Jail;
use rocket::local::blocking::Client;
use rocket::{Build, Rocket, put, routes};

const ROCKET_TOML: &str = r#"
[default.cors]
allow_origins = ["http://localhost:5173"]
allow_methods = ["GET", "PUT"]
max_age = 5

[release.cors]
allow_origins = ["https://app.example.com"]
allow_credentials = true
max_age = 3600
"#;

fn app() -> Result<Rocket<Build>, Box<dyn Error>> {
    let rocket = rocket::build().mount("/", routes![change]);
    let config: Config = rocket.figment().extract_inner("cors")?;
    Ok(rocket.attach(Cors::new(config.build()?)))
}

#[put("/items")]
fn change() -> &'static str {
    "changed"
}

/// Runs `test` in a folder with this `Rocket.toml`, in this profile.
fn with_file(text: &str, profile: &str, test: impl FnOnce(&mut Jail)) {
    Jail::expect_with(|jail| {
        jail.clear_env();
        jail.create_file("Rocket.toml", text)?;
        jail.set_env("ROCKET_PROFILE", profile);
        jail.set_env("ROCKET_LOG_LEVEL", "off");
        test(jail);
        Ok(())
    });
}

fn browser() -> Browser {
    Browser::rocket_blocking(Client::untracked(app().unwrap()).unwrap())
}

#[test]
fn each_profile_has_its_policy() {
    with_file(ROCKET_TOML, "debug", |_| {
        let browser = browser();
        browser
            .page("http://localhost:5173")
            .put("/items")
            .wait()
            .may_read_status(200);
        browser
            .page("https://app.example.com")
            .put("/items")
            .wait()
            .is_not_sent();
    });
    with_file(ROCKET_TOML, "release", |_| {
        let browser = browser();
        let page = browser.page("https://app.example.com");
        page.put("/items")
            .cookie("session=1")
            .wait()
            .may_read_status(200); // `PUT` is from `default`
        page.get("/none").wait().may_read_status(404);
        page.delete("/items").wait().is_not_sent();
        browser
            .page("http://localhost:5173")
            .put("/items")
            .wait()
            .is_not_sent();
    });
}

#[test]
fn a_variable_is_laid_over_the_file() {
    with_file(ROCKET_TOML, "release", |jail| {
        jail.set_env(
            "ROCKET_CORS",
            r#"{allow_origins=["https://new.example.com"]}"#,
        );
        let browser = browser();
        let page = browser.page("https://new.example.com");
        page.put("/items")
            .cookie("session=1")
            .wait()
            .may_read_status(200);
        browser
            .page("https://app.example.com")
            .put("/items")
            .wait()
            .is_not_sent();
    });
}

#[test]
fn trap_a_table_without_a_profile_is_a_profile() {
    let text = ROCKET_TOML.replace("[default.cors]", "[cors]");
    with_file(&text, "debug", |_| {
        let error = app().unwrap_err().to_string();
        assert!(error.contains("missing field `cors`"), "{error}");
    });
}

#[test]
fn trap_what_release_forgets_stays_from_default() {
    let text = "[default.cors]\nallow_origins = [\"*\"]\n[release.cors]\nmax_age = 3600";
    with_file(text, "release", |_| {
        let app = rocket::build();
        let config: Config = app.figment().extract_inner("cors").unwrap();
        let policy = config.build().unwrap();
        assert!(policy.is_origin_allowed(b"https://any.example"));
    });
}

#[test]
fn trap_a_misspelt_key_is_an_error_of_build() {
    let text = "[default.cors]\nallow_origin = [\"https://app.example.com\"]";
    with_file(text, "debug", |_| {
        let config: Config = rocket::build().figment().extract_inner("cors").unwrap();
        let error = config.build().unwrap_err().to_string();
        assert!(error.contains("did you mean `allow_origins`?"), "{error}");
    });
}
