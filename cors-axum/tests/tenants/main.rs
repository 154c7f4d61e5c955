//! The example `axum-tenants`: several instances, one database.
//!
//! PostgreSQL is started by the tests. Without it they are skipped, or fail if `CI=true`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

#[path = "../../examples/tenants/app.rs"]
mod app;
#[path = "../../examples/tenants/follow.rs"]
mod follow;
#[path = "../../examples/tenants/store.rs"]
mod store;

mod instance;
mod postgres;
mod proxy;

use axum::http::StatusCode;
use instance::{Instance, eventually};
use postgres::Postgres;
use proxy::{Mode, Proxy};
use sqlx::PgPool;
use tempfile::TempDir;

const A: &str = "https://a.example";
const B: &str = "https://b.example";

async fn execute(pool: &PgPool, sql: &str) {
    sqlx::raw_sql(sql).execute(pool).await.unwrap();
}

fn sqlite_in(folder: &TempDir) -> String {
    let file = folder.path().join("tenants.sqlite");
    format!("sqlite://{}", file.display())
}

/// Both tenants' origins are allowed, and none that was deleted.
#[tokio::test(flavor = "multi_thread")]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_in(&folder);
    let (one, other) = (Instance::start(&url), Instance::start(&url));
    one.is_in_step().await;
    other.is_in_step().await;
    assert!(!one.allows(A).await);

    assert_eq!(one.register("red", A).await, StatusCode::CREATED);
    assert_eq!(one.register("red", A).await, StatusCode::OK);
    assert_eq!(one.register("blue", A).await, StatusCode::CREATED);
    assert_eq!(one.register("blue", B).await, StatusCode::CREATED);
    for instance in [&one, &other] {
        eventually("it is allowed", async || instance.allows(B).await).await;
        assert!(instance.allows(A).await);
    }
    assert_eq!(other.list("blue").await, format!("{A}\n{B}\n"));

    assert_eq!(other.unregister("blue", B).await, StatusCode::NO_CONTENT);
    assert_eq!(other.unregister("blue", B).await, StatusCode::NOT_FOUND);
    assert_eq!(other.unregister("blue", A).await, StatusCode::NO_CONTENT);
    for instance in [&one, &other] {
        eventually("it is not allowed", async || !instance.allows(B).await).await;
    }
    // The other tenant still has it.
    one.is_in_step().await;
    assert!(one.allows(A).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_exact_origins_are_registered() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_in(&folder);
    let instance = Instance::start(&url);
    instance.is_in_step().await;
    for wrong in [
        "*",
        "null",
        "",
        "https://*.a.example",
        "https://a.example/",
        "a.example",
        "htps://a.example",
    ] {
        let status = instance.register("red", wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    assert_eq!(instance.list("red").await, "");
    for n in 0..100 {
        let status = instance
            .register("red", &format!("https://{n}.example"))
            .await;
        assert_eq!(status, StatusCode::CREATED);
    }
    assert_eq!(instance.register("red", A).await, StatusCode::CONFLICT);
    assert_eq!(instance.register("blue", A).await, StatusCode::CREATED);
}

/// The pages of tenants get no CORS headers from the routes for the tenants themselves.
#[tokio::test(flavor = "multi_thread")]
async fn pages_of_tenants_may_not_register_origins() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite_in(&folder);
    let instance = Instance::start(&url);
    instance.is_in_step().await;
    instance.register("red", A).await;
    eventually("it is allowed", async || instance.allows(A).await).await;
    for path in ["/tenants/red/origins", "/health"] {
        assert_eq!(instance.allow_origin(path, A).await, None, "{path}");
    }
    let status = instance
        .send("POST", "/tenants/red/origins", B)
        .await
        .status();
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn three_instances_stay_in_step() {
    let Some(mut database) = Postgres::start().await else {
        return;
    };
    let url = database.url();
    let instances = [
        Instance::start(&url),
        Instance::start(&url),
        Instance::start(&url),
    ];
    for instance in &instances {
        instance.is_in_step().await;
    }
    assert_eq!(instances[0].register("red", A).await, StatusCode::CREATED);
    assert_eq!(instances[1].register("blue", B).await, StatusCode::CREATED);
    for instance in &instances {
        eventually("both are allowed", async || {
            instance.allows(A).await && instance.allows(B).await
        })
        .await;
    }

    // Gone: the last policy stays in force.
    database.stop();
    for instance in &instances {
        eventually("it says so", async || {
            instance.health().await["in_step"] == false
        })
        .await;
        let health = instance.health().await;
        assert!(health["problem"].is_string(), "{health}");
        assert_eq!(
            instance.send("GET", "/health", "").await.status(),
            StatusCode::OK
        );
        assert!(instance.allows(A).await && instance.allows(B).await);
        assert_eq!(
            instance.register("red", "https://c.example").await,
            StatusCode::SERVICE_UNAVAILABLE
        );
    }
    let late = Instance::start(&url);
    eventually("it says so", async || {
        late.health().await["problem"].is_string()
    })
    .await;
    assert_eq!(
        late.send("GET", "/health", "").await.status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert!(!late.allows(A).await);

    // Back again: they catch up.
    database.restart().await;
    let pool = database.pool().await;
    execute(
        &pool,
        "DELETE FROM origins WHERE origin = 'https://a.example'",
    )
    .await;
    execute(
        &pool,
        "INSERT INTO origins VALUES ('red', 'https://c.example')",
    )
    .await;
    for instance in instances.iter().chain([&late]) {
        eventually("they catch up", async || {
            !instance.allows(A).await && instance.allows("https://c.example").await
        })
        .await;
        assert!(instance.allows(B).await);
        instance.is_in_step().await;
    }

    // A notice that no instance received.
    execute(
        &pool,
        "BEGIN; ALTER TABLE origins DISABLE TRIGGER inserted;
         INSERT INTO origins VALUES ('red', 'https://d.example');
         INSERT INTO changes (origin) VALUES ('https://d.example');
         ALTER TABLE origins ENABLE TRIGGER inserted; COMMIT",
    )
    .await;
    for instance in &instances {
        eventually("the log is read", async || {
            instance.allows("https://d.example").await
        })
        .await;
    }
}

/// Rows that were written without the service.
#[tokio::test(flavor = "multi_thread")]
async fn wrong_rows_allow_nothing() {
    let Some(database) = Postgres::start().await else {
        return;
    };
    let early = Instance::start(&database.url());
    early.is_in_step().await;
    let pool = database.pool().await;
    execute(
        &pool,
        "INSERT INTO origins VALUES ('x', '*'), ('x', 'null'), ('x', 'https://*.a.example'), ('x', ''),
             ('x', 'https://a.example/'), ('x', 'https://A.example'), ('x', 'https://b.example')",
    )
    .await;
    let late = Instance::start(&database.url());
    for instance in [&early, &late] {
        eventually("the right row is allowed", async || {
            instance.allows(B).await
        })
        .await;
        for origin in [
            A,
            "null",
            "https://x.a.example",
            "https://A.example",
            "https://evil.example",
        ] {
            assert!(!instance.allows(origin).await, "{origin}");
        }
        let health = instance.health().await;
        let rows = health["rows_that_allow_nothing"].as_object().unwrap();
        assert_eq!(rows.len(), 6, "{health}");
        assert!(
            rows["https://a.example/"]
                .as_str()
                .unwrap()
                .contains("slash"),
            "{health}"
        );
    }
    // More than the errors that are kept.
    execute(&pool, "INSERT INTO origins SELECT 'x', 'https://' || n || '.example/' FROM generate_series(1, 3000) n").await;
    execute(
        &pool,
        "DELETE FROM origins WHERE origin IN ('*', 'https://b.example')",
    )
    .await;
    execute(
        &pool,
        "UPDATE origins SET origin = 'https://c.example' WHERE origin = 'null'",
    )
    .await;
    for instance in [&early, &late] {
        eventually("the changes are seen", async || {
            instance.allows("https://c.example").await && !instance.allows(B).await
        })
        .await;
        let health = instance.health().await;
        assert!(health["rows_that_allow_nothing"].get("*").is_none());
        assert_eq!(health["in_step"], true);
    }
    let truncated = sqlx::raw_sql("TRUNCATE origins").execute(&pool).await;
    assert!(truncated.unwrap_err().to_string().contains("use DELETE"));
}

/// A database that accepts connections and then says nothing, or ends them in the middle of the list.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_hangs_or_hangs_up() {
    let Some(database) = Postgres::start().await else {
        return;
    };
    let proxy = Proxy::start(database.port()).await;
    let url = database.url_at(proxy.port());
    let first = Instance::start(&url);
    first.is_in_step().await;
    let pool = database.pool().await;
    execute(&pool, "INSERT INTO origins SELECT 'x', 'https://' || n || '.example' FROM generate_series(1, 20000) n").await;
    eventually("all are allowed", async || {
        first.allows("https://20000.example").await
    })
    .await;

    // In the middle of the list: nothing of it is in force.
    proxy.set(Mode::CutAfter(100_000));
    let second = Instance::start(&url);
    eventually("it says so", async || {
        second.health().await["problem"].is_string()
    })
    .await;
    for n in [1, 10, 10_000, 20_000] {
        assert!(!second.allows(&format!("https://{n}.example")).await, "{n}");
    }
    proxy.set(Mode::Forward);
    eventually("it reads the list", async || {
        second.allows("https://20000.example").await
    })
    .await;

    // Without a word: the last policy stays in force.
    proxy.set(Mode::Hang);
    execute(
        &pool,
        "INSERT INTO origins VALUES ('x', 'https://a.example')",
    )
    .await;
    execute(
        &pool,
        "DELETE FROM origins WHERE origin = 'https://1.example'",
    )
    .await;
    for instance in [&first, &second] {
        eventually("it says so", async || {
            let health = instance.health().await;
            health["problem"]
                .as_str()
                .is_some_and(|problem| problem.contains("did not respond"))
        })
        .await;
        assert!(instance.allows("https://1.example").await);
        assert!(!instance.allows(A).await);
    }
    // The log no longer has all that they have missed, so they read the list.
    execute(
        &pool,
        "DELETE FROM changes WHERE number < (SELECT max(number) FROM changes)",
    )
    .await;
    proxy.set(Mode::Forward);
    for instance in [&first, &second] {
        eventually("they catch up", async || {
            instance.allows(A).await && !instance.allows("https://1.example").await
        })
        .await;
        assert!(instance.allows("https://2.example").await);
    }
    // An older copy of the database, whose log ends earlier.
    execute(
        &pool,
        "DELETE FROM changes; ALTER TABLE changes ALTER COLUMN number RESTART; DELETE FROM origins WHERE origin = 'https://2.example'",
    )
    .await;
    for instance in [&first, &second] {
        eventually("they catch up", async || {
            !instance.allows("https://2.example").await
        })
        .await;
        assert!(instance.allows("https://3.example").await);
    }
}

/// Many changes are put in force together.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_changes_at_once() {
    const STATEMENTS: u64 = 10;
    let Some(database) = Postgres::start().await else {
        return;
    };
    let instance = Instance::start(&database.url());
    instance.is_in_step().await;
    let pool = database.pool().await;
    let before = instance.health().await["policy_revision"].as_u64().unwrap();
    for n in 0..STATEMENTS {
        execute(&pool, &format!(
            "INSERT INTO origins SELECT 'x', 'https://' || n || '.example' FROM generate_series({n} * 1000, {n} * 1000 + 999) n;
             DELETE FROM origins WHERE origin LIKE 'https://%{n}.example'",
        ))
        .await;
    }
    eventually("the last is allowed", async || {
        instance.allows("https://9998.example").await
    })
    .await;
    for n in (0..10_000).step_by(37) {
        let origin = format!("https://{n}.example");
        let find = sqlx::query_scalar("SELECT count(*) FROM origins WHERE origin = $1");
        let found: i64 = find.bind(&origin).fetch_one(&pool).await.unwrap();
        assert_eq!(instance.allows(&origin).await, found > 0, "{origin}");
    }
    let after = instance.health().await["policy_revision"].as_u64().unwrap();
    println!(
        "{} policies for 10,000 changes in {STATEMENTS} transactions",
        after - before
    );
    assert!(after - before <= STATEMENTS + 1, "{before}, {after}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes"]
async fn a_million_origins() {
    let Some(database) = Postgres::start().await else {
        return;
    };
    let first = Instance::start(&database.url());
    first.is_in_step().await;
    let pool = database.pool().await;
    execute(&pool, "INSERT INTO origins SELECT 't' || n / 100, 'https://' || n || '.example' FROM generate_series(1, 1000000) n").await;
    let second = Instance::start(&database.url());
    let third = Instance::start(&database.url());
    let all = [&first, &second, &third];
    let highest = sqlx::query_scalar("SELECT max(number) FROM changes");
    let highest: i64 = highest.fetch_one(&pool).await.unwrap();
    for instance in all {
        eventually("all changes are in force", async || {
            instance.health().await["change"] == highest
        })
        .await;
        assert!(instance.allows("https://1000000.example").await);
    }
    for round in 0..5 {
        let origin = format!("https://new-{round}.example");
        let start = std::time::Instant::now();
        execute(
            &pool,
            &format!("INSERT INTO origins VALUES ('x', '{origin}')"),
        )
        .await;
        for instance in all {
            eventually("it is allowed", async || instance.allows(&origin).await).await;
        }
        println!(
            "one more among 1,000,000 is allowed by three instances after {:?}",
            start.elapsed()
        );
    }
}
