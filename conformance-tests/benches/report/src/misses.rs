//! The goals for people: one row and one sentence for each topic.

use crate::comparison::Comparison;
use crate::goals::Goal;
use crate::markdown::{item, text_table};
use crate::topic::{self, Topic};

/// A table with one row for each topic.
pub(crate) fn goals(goals: &[Goal]) -> String {
    let rows = topics(goals).map(|(topic, goals)| {
        let missed = missed_by(&goals);
        let holds = if missed.is_empty() { "yes" } else { "no" };
        vec![topic.words().to_owned(), holds.to_owned(), missed]
    });
    text_table(&["goal", "holds", "missed by"], rows)
}

/// A list with one item for each topic that is missed.
pub(crate) fn sentences(goals: &[Goal]) -> String {
    topics(goals)
        .filter_map(|(topic, goals)| sentence(topic, &goals))
        .map(|text| item(&text))
        .collect()
}

fn topics(goals: &[Goal]) -> impl Iterator<Item = (Topic, Vec<&Goal>)> {
    let topics = topic::ALL.into_iter().map(|topic| {
        let goals = goals.iter().filter(|goal| goal.topic == topic);
        (topic, goals.collect::<Vec<_>>())
    });
    topics.filter(|(_, goals)| !goals.is_empty())
}

/// `tower 2 of 95, actix 9 of 97`
fn missed_by(goals: &[&Goal]) -> String {
    let mut subjects: Vec<(Option<&str>, usize, usize)> = Vec::new();
    for goal in goals {
        let subject = goal.subject.as_deref();
        let (misses, all) = (goal.misses().count(), goal.comparisons.len());
        match subjects.iter_mut().find(|(other, ..)| *other == subject) {
            Some(known) => *known = (subject, known.1 + misses, known.2 + all),
            None => subjects.push((subject, misses, all)),
        }
    }
    if subjects.len() > 2 && subjects.iter().all(|(_, misses, _)| *misses > 0) {
        let (misses, all) = subjects
            .iter()
            .fold((0, 0), |sum, it| (sum.0 + it.1, sum.1 + it.2));
        return format!("all: {misses} of {all}");
    }
    let missed = subjects.iter().filter(|(_, misses, _)| *misses > 0);
    let missed = missed.map(|(subject, misses, all)| match subject {
        Some(subject) => format!("{subject}: {misses} of {all}"),
        None => format!("{misses} of {all}"),
    });
    missed.collect::<Vec<_>>().join("; ")
}

fn sentence(topic: Topic, goals: &[&Goal]) -> Option<String> {
    let worst = goals
        .iter()
        .filter_map(|goal| Some((goal, goal.worst()?)))
        .filter(|(_, worst)| !worst.holds());
    let (goal, worst) =
        worst.max_by(|(_, one), (_, other)| one.excess().total_cmp(&other.excess()))?;
    let place = match &goal.subject {
        Some(subject) => format!("“{}” on {subject}", worst.place),
        None => worst.place.clone(),
    };
    let mut text = format!("**{}**: {place} {}.", topic.title(), worst.sentence);
    let others = goals.iter().flat_map(|goal| goal.misses()).count() - 1;
    if others > 0 {
        text = format!(
            "{} Of {} misses, this one exceeds its limit most.",
            text,
            others + 1
        );
    }
    text += &elsewhere(goals, goal);
    if let Some(why) = topic.why(&worst.place) {
        text = format!("{text} {why}");
    }
    Some(text)
}

/// The worst ratios of the other frameworks.
fn elsewhere(goals: &[&Goal], worst: &Goal) -> String {
    let mut ratios: Vec<(&str, &Comparison)> = Vec::new();
    for goal in goals {
        let (Some(subject), Some(miss)) = (&goal.subject, goal.worst()) else {
            continue;
        };
        if miss.holds() || !miss.shown.contains(" x") || goal.subject == worst.subject {
            continue;
        }
        match ratios.iter_mut().find(|(other, _)| other == subject) {
            Some((_, other)) if other.excess() < miss.excess() => *other = miss,
            Some(_) => {}
            None => ratios.push((subject, miss)),
        }
    }
    let ratios = ratios.into_iter().filter_map(|(subject, miss)| {
        let (ratio, _) = miss.shown.split_once(" x")?;
        Some(format!("{subject} {ratio} times"))
    });
    let ratios: Vec<_> = ratios.collect();
    if ratios.is_empty() {
        return String::new();
    }
    format!("  The worst of the others: {}.", ratios.join("; "))
}
