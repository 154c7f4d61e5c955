//! The database: which tenant has registered which origin, and a log of what has changed.

use futures_util::TryStreamExt as _;
use sqlx::postgres::{PgListener, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions};
use std::time::Duration;

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

/// So many origins a tenant may register.
const MAX_PER_TENANT: i64 = 100;

/// So many origins an instance reads. A list that is longer is an error, so that a broken database cannot fill
/// the memory.
const MAX_ORIGINS: usize = 2_000_000;

/// So many changes stay in the log. An instance that has missed more reads the whole list.
const KEPT_CHANGES: i64 = 100_000;

#[derive(Clone, Debug)]
pub(crate) enum Store {
    Sqlite(SqlitePool),
    /// With its address, because the connection for notices is not one of the pool.
    Postgres(PgPool, String),
}

/// The same query to either database.
macro_rules! ask {
    ($store:expr, $pool:ident => $query:expr) => {
        match $store {
            Store::Sqlite($pool) => $query,
            Store::Postgres($pool, _) => $query,
        }
    };
}

/// What became of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registered {
    New,
    Already,
    TooMany,
}

/// A line of the log, and whether any tenant has the origin now.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) number: i64,
    pub(crate) origin: String,
    pub(crate) is_registered: bool,
}

impl Store {
    /// Opens `postgres://...` or `sqlite://FILE`. The database need not be there yet.
    pub(crate) fn open(url: &str) -> Result<Self, Error> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgPoolOptions::new()
                .max_connections(4) // Those that hang are found one after the other.
                .acquire_timeout(Duration::from_secs(5));
            return Ok(Self::Postgres(options.connect_lazy(url)?, url.to_owned()));
        }
        let file: SqliteConnectOptions = url.parse()?;
        let file = file
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(Duration::from_secs(5));
        let options = SqlitePoolOptions::new().acquire_timeout(Duration::from_secs(5));
        Ok(Self::Sqlite(options.connect_lazy_with(file)))
    }

    /// Creates the tables that do not exist yet.
    pub(crate) async fn create_tables(&self) -> Result<(), Error> {
        match self {
            Self::Sqlite(pool) => {
                sqlx::raw_sql(include_str!("sqlite.sql"))
                    .execute(pool)
                    .await?;
            }
            Self::Postgres(pool, _) => {
                let schema = sqlx::raw_sql(include_str!("postgres.sql"));
                schema.execute(pool).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn register(&self, tenant: &str, origin: &str) -> Result<Registered, Error> {
        const INSERT: &str = "INSERT INTO origins (tenant, origin) SELECT $1, $2 \
             WHERE (SELECT count(*) FROM origins WHERE tenant = $1) < $3 ON CONFLICT DO NOTHING";
        const FIND: &str = "SELECT count(*) FROM origins WHERE tenant = $1 AND origin = $2";
        ask!(self, pool => {
            let insert = sqlx::query(INSERT).bind(tenant).bind(origin).bind(MAX_PER_TENANT);
            if insert.execute(pool).await?.rows_affected() > 0 {
                return Ok(Registered::New);
            }
            let find = sqlx::query_scalar(FIND).bind(tenant).bind(origin);
            let found: i64 = find.fetch_one(pool).await?;
            Ok(if found > 0 { Registered::Already } else { Registered::TooMany })
        })
    }

    /// Returns `false` if the tenant does not have this origin.
    pub(crate) async fn unregister(&self, tenant: &str, origin: &str) -> Result<bool, Error> {
        const DELETE: &str = "DELETE FROM origins WHERE tenant = $1 AND origin = $2";
        ask!(self, pool => {
            let delete = sqlx::query(DELETE).bind(tenant).bind(origin);
            Ok(delete.execute(pool).await?.rows_affected() > 0)
        })
    }

    pub(crate) async fn of_tenant(&self, tenant: &str) -> Result<Vec<String>, Error> {
        const LIST: &str =
            "SELECT origin FROM origins WHERE tenant = $1 ORDER BY origin LIMIT 1000";
        ask!(self, pool => {
            Ok(sqlx::query_scalar(LIST).bind(tenant).fetch_all(pool).await?)
        })
    }

    /// Every origin that any tenant has. If the connection is lost in the middle, this is an error, and never a
    /// part of the list.
    pub(crate) async fn origins(&self) -> Result<Vec<String>, Error> {
        const ORIGINS: &str = "SELECT DISTINCT origin FROM origins";
        let mut origins = Vec::new();
        ask!(self, pool => {
            let mut rows = sqlx::query_scalar(ORIGINS).fetch(pool);
            while let Some(origin) = rows.try_next().await? {
                if origins.len() == MAX_ORIGINS {
                    return Err(format!("there are more than {MAX_ORIGINS} origins").into());
                }
                origins.push(origin);
            }
        });
        Ok(origins)
    }

    /// The lowest and the highest number in the log.
    pub(crate) async fn log_bounds(&self) -> Result<Option<(i64, i64)>, Error> {
        const BOUNDS: &str = "SELECT min(number), max(number) FROM changes";
        let (lowest, highest): (Option<i64>, Option<i64>) = ask!(self, pool => {
            sqlx::query_as(BOUNDS).fetch_one(pool).await?
        });
        Ok(lowest.zip(highest))
    }

    /// The first `limit` changes after `number`.
    pub(crate) async fn changes_after(
        &self,
        number: i64,
        limit: i64,
    ) -> Result<Vec<Change>, Error> {
        const CHANGES: &str = "SELECT number, origin, \
             EXISTS (SELECT 1 FROM origins WHERE origins.origin = changes.origin) \
             FROM changes WHERE number > $1 ORDER BY number LIMIT $2";
        let rows: Vec<(i64, String, bool)> = ask!(self, pool => {
            sqlx::query_as(CHANGES).bind(number).bind(limit).fetch_all(pool).await?
        });
        let change = |(number, origin, is_registered)| Change {
            number,
            origin,
            is_registered,
        };
        Ok(rows.into_iter().map(change).collect())
    }

    /// Removes old lines from the log, a few at a time, because other instances wait for each other here. The last
    /// one, which has the highest number, always stays.
    pub(crate) async fn shorten_log(&self) -> Result<(), Error> {
        const SHORTEN: &str = "DELETE FROM changes \
             WHERE number <= (SELECT max(number) FROM changes) - $1 \
             AND number < (SELECT min(number) FROM changes) + 10000";
        ask!(self, pool => {
            sqlx::query(SHORTEN).bind(KEPT_CHANGES).execute(pool).await?;
        });
        Ok(())
    }

    /// Calls `notice` whenever something may have changed. Returns when the connection is lost.
    pub(crate) async fn listen(&self, notice: impl Fn()) -> Result<(), Error> {
        let Self::Postgres(_, url) = self else {
            return std::future::pending().await; // SQLite has no notices.
        };
        let mut listener = PgListener::connect(url).await?;
        listener.listen("origins_changed").await?;
        notice(); // Notices before this are lost.
        while listener.try_recv().await?.is_some() {
            notice();
        }
        Err("the connection for notices was lost".into())
    }
}
