//! Records events and metrics.

#![allow(dead_code, reason = "not every test needs all of it")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Subscriber};
use tracing_subscriber::Registry;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// An event of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) level: Level,
    pub(crate) fields: BTreeMap<&'static str, String>,
}

impl Event {
    /// A field, or nothing if the event does not have it.
    pub(crate) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// A layer that keeps the events of the library, and what it records on spans.
#[derive(Clone, Debug, Default)]
pub(crate) struct Events {
    events: Arc<Mutex<Vec<Event>>>,
    /// The values of the field `cors` of all spans.
    on_spans: Arc<Mutex<Vec<String>>>,
}

impl Events {
    /// The events since the last call.
    pub(crate) fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.events.lock().unwrap())
    }

    /// What was recorded on spans since the last call.
    pub(crate) fn take_from_spans(&self) -> Vec<String> {
        std::mem::take(&mut self.on_spans.lock().unwrap())
    }

    pub(crate) fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        Registry::default().with(self.clone())
    }
}

impl<S: Subscriber> Layer<S> for Events {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "cors" {
            let mut fields = Fields::default();
            event.record(&mut fields);
            self.events.lock().unwrap().push(Event {
                level: *event.metadata().level(),
                fields: fields.0,
            });
        }
    }

    fn on_new_span(&self, _: &Attributes<'_>, _: &Id, _: Context<'_, S>) {}

    fn on_record(&self, _: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        values.record(&mut fields);
        let value = fields.0.remove("cors");
        self.on_spans.lock().unwrap().extend(value);
    }
}

#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

/// The events during a call on this thread.
pub(crate) fn events(call: impl FnOnce()) -> Vec<Event> {
    let events = Events::default();
    tracing::subscriber::with_default(events.subscriber(), call);
    events.take()
}

/// A recorder of counters and gauges. The keys are written as Prometheus writes them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Metrics {
    counters: Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>,
    gauges: Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>,
}

impl Metrics {
    /// The counters that are not 0.
    pub(crate) fn counters(&self) -> BTreeMap<String, u64> {
        let counters = self.counters.lock().unwrap();
        let values = counters
            .iter()
            .map(|(key, value)| (key.clone(), value.load(Ordering::Relaxed)));
        values.filter(|(_, value)| *value != 0).collect()
    }

    /// Sets all counters to 0, and returns what they were.
    pub(crate) fn take(&self) -> BTreeMap<String, u64> {
        let before = self.counters();
        for value in self.counters.lock().unwrap().values() {
            value.store(0, Ordering::Relaxed);
        }
        before
    }

    pub(crate) fn gauge(&self, key: &str) -> Option<f64> {
        let gauges = self.gauges.lock().unwrap();
        let bits = gauges.get(key)?.load(Ordering::Relaxed);
        Some(f64::from_bits(bits))
    }
}

fn text(key: &Key) -> String {
    let labels: Vec<String> = key
        .labels()
        .map(|label| format!("{}=\"{}\"", label.key(), label.value()))
        .collect();
    match &labels[..] {
        [] => key.name().to_owned(),
        _ => format!("{}{{{}}}", key.name(), labels.join(",")),
    }
}

impl metrics::Recorder for Metrics {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let mut counters = self.counters.lock().unwrap();
        Counter::from_arc(Arc::clone(counters.entry(text(key)).or_default()))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let mut gauges = self.gauges.lock().unwrap();
        Gauge::from_arc(Arc::clone(gauges.entry(text(key)).or_default()))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}
