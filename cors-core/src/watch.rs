//! Follows a policy file, and replaces the policies of a middleware when the file changes (feature `watch`).
//!
//! ```no_run
//! # #[cfg(feature = "serde")] {
//! # use cors_core::{InForce, Policies};
//! # struct Cors;
//! # impl Cors { fn new(_: Policies) -> Self { Cors } fn clone(&self) -> Self { Cors } }
//! # impl cors_core::watch::Replace for Cors {
//! #     fn in_force(&self) -> InForce { unimplemented!() }
//! #     fn replace(&self, _: Policies) -> Result<(), Box<dyn std::error::Error + Send + Sync>> { Ok(()) }
//! # }
//! use cors_core::Config;
//! use cors_core::watch::PolicyFile; // adapters re-export the module
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut file = PolicyFile::new("cors.toml", |text| Ok(toml::from_str::<Config>(text)?.build()?));
//! let cors = Cors::new(file.read()?); // the middleware of the adapter
//! let _watcher = file.watch(cors.clone(), |result| match result {
//!     Ok(now) => println!("CORS policies: revision {}", now.revision()),
//!     Err(error) => eprintln!("the old CORS policies stay in force: {error}"),
//! })?;
//! // Run the server here, while `_watcher` is alive.
//! # Ok(())
//! # }
//! # }
//! ```
//!
//! The function turns the text into policies: a [`Config`](crate::Config) in any format of serde (feature `serde`), a
//! table in a larger file, or several policies by path. With a struct of your own, the table `[server.cors]` of a
//! file is `toml::from_str::<File>(text)?.server.cors.build()?`.
//!
//! # What happens when the file changes
//!
//! | the file | what happens |
//! |---|---|
//! | has new text | its policies replace those in force, without a lock for the requests; the callback gets them as `Ok` |
//! | has new text, but the same policies | nothing is replaced; the callback gets those in force as `Ok` |
//! | has errors, or is empty | the old policies stay in force; the callback gets the error, once |
//! | would widen access, with [`refuse_widening`](PolicyFile::refuse_widening) | as with errors; the error has an example of what is widened |
//! | is missing, a directory, a FIFO, a device, not UTF-8, or too long | as with errors |
//! | keeps changing | as with errors, after 20 readings; then it is read again |
//!
//! At start-up, each of these errors is returned instead: a server does not start with a bad file.
//!
//! A change counts when the file was the same in two readings, [`debounce`](PolicyFile::debounce) apart (200 ms).
//! So a file that is being written is not read halfway, and many changes at once cost one replacement. A program
//! that pauses for longer in the middle of a file can still be read halfway. It should write a new file and
//! rename it over the old one, as most editors do.
//!
//! The file may be a symbolic link, or lie behind links to directories that are swapped, such as a mounted
//! ConfigMap of Kubernetes (without `subPath`, which Kubernetes never updates).
//!
//! # How a change is noticed
//!
//! The file system reports changes of the directories on the way to the file, links included. The report only
//! wakes the thread, which compares the text. The thread also reads the file every 5 seconds
//! ([`poll_interval`](PolicyFile::poll_interval)), because there are changes that nothing reports: on network
//! file systems, in directories that containers mount from some hosts, after a directory was deleted and made
//! again, and where the system has no more resources for reports (`fs.inotify.max_user_instances` on Linux).
//! Such changes are rare and a policy is small, so 5 seconds are soon enough and cost nothing that matters.
//!
//! The watch needs no async runtime. It uses one thread of its own, and one of the crate `notify` for the
//! reports. It keeps at most three copies of the text, which may have 16 MiB
//! ([`max_bytes`](PolicyFile::max_bytes)). There is no queue: a report sets a flag.
//!
//! # Wrong
//!
//! **To drop the [`Watcher`] at once.** `let _ =` drops it in the same line, so the file is not followed. Nothing
//! reports it:
//!
//! ```no_run
//! # use cors_core::watch::{PolicyFile, Replace};
//! # fn f(file: PolicyFile, cors: impl Replace) -> Result<(), cors_core::watch::WatchError> {
//! let _ = file.watch(cors, |_| {})?; // write `let _watcher =`
//! # Ok(())
//! # }
//! ```
//!
//! **To watch a file that the application can write**, such as one in a directory for uploads. An attacker
//! who can write files can then let any website read responses. The file and all directories on the way to
//! it should belong to another user. [`refuse_widening`](PolicyFile::refuse_widening) limits the damage.
//!
//! **To expect an old policy back with `refuse_widening`.** After a narrower policy, the old one is wider, so it is
//! refused. Restart the server, or call `replace` of the middleware.

mod error;
mod follower;
mod load;
mod policy_file;
mod replace;
mod reports;
mod settle;
mod signal;
mod watcher;

pub use error::{Problem, WatchError};
pub use policy_file::PolicyFile;
pub use replace::Replace;
pub use watcher::Watcher;
