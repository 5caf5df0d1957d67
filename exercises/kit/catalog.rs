//! `exercises.toml`: which exercises there are, and what a learner is told about each. It knows names and
//! paths, and opens none of them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// All exercises, in the order of the course.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// What the exercises belong to, by number.
    #[serde(rename = "chapter")]
    pub chapters: Vec<Chapter>,
    /// Sorted by [`Exercise::id`].
    #[serde(rename = "exercise")]
    pub exercises: Vec<Exercise>,
}

/// A chapter that has exercises.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// From 1.
    pub number: u8,
    /// Its text, from the repository's root.
    pub document: String,
}

/// One exercise.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// As in `06.1`.
    pub id: Id,
    /// A few words.
    pub title: String,
    /// How hard it is.
    pub level: Level,
    /// How long a learner takes who has read the chapter.
    pub minutes: u32,
    /// The heading to read in the chapter's document, without its `##`.
    pub section: String,
    /// One sentence: what is to be done.
    pub task: String,
    /// From a nudge to nearly there; none is the answer.
    pub hints: [String; 3],
}

/// How hard an exercise is.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// One idea of the chapter, applied once.
    Easy,
    /// Two ideas that meet.
    Medium,
    /// One that has to be thought about first.
    Hard,
}

/// An exercise's number: chapter and place in it, as in `06.1`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(try_from = "String")]
pub struct Id {
    /// The chapter, from 1.
    pub chapter: u8,
    /// The exercise's place in it, from 1.
    pub number: u8,
}

impl Catalog {
    /// Reads the catalog that this crate was built with.
    ///
    /// # Errors
    /// Says where `exercises.toml` is wrong.
    pub fn load() -> Result<Catalog, String> {
        Catalog::parse(include_str!("../exercises.toml"))
    }

    /// Reads a catalog.
    ///
    /// # Errors
    /// Says where the text is wrong.
    pub fn parse(text: &str) -> Result<Catalog, String> {
        let catalog: Catalog =
            toml::from_str(text).map_err(|error| format!("exercises.toml: {error}"))?;
        let ids: Vec<Id> = catalog.exercises.iter().map(|exercise| exercise.id).collect();
        if let Some((_, late)) = ids.iter().zip(ids.iter().skip(1)).find(|(a, b)| a >= b) {
            return Err(format!("exercises.toml: {late} is out of order, or there twice"));
        }
        match ids.iter().find(|id| catalog.document(**id).is_none()) {
            Some(id) => Err(format!("exercises.toml: {id} has no [[chapter]]")),
            None => Ok(catalog),
        }
    }

    /// The exercise of that number.
    pub fn find(&self, id: Id) -> Option<&Exercise> {
        self.exercises.iter().find(|exercise| exercise.id == id)
    }

    /// The text that an exercise belongs to, from the repository's root.
    pub fn document(&self, id: Id) -> Option<&str> {
        let chapter = self.chapters.iter().find(|chapter| chapter.number == id.chapter)?;
        Some(&chapter.document)
    }

    /// The exercises by chapter.
    pub fn by_chapter(&self) -> BTreeMap<u8, Vec<&Exercise>> {
        let mut chapters: BTreeMap<u8, Vec<&Exercise>> = BTreeMap::new();
        for exercise in &self.exercises {
            chapters.entry(exercise.id.chapter).or_default().push(exercise);
        }
        chapters
    }

    /// The exercise that a learner means by `name`: `06.1`, `6.1`, `ex06_1` and the like.
    ///
    /// # Errors
    /// Says that there is none, and which comes nearest.
    pub fn named(&self, name: &str) -> Result<&Exercise, String> {
        let Ok(id) = name.parse::<Id>() else {
            return Err(self.no_such(name, None));
        };
        self.find(id).ok_or_else(|| self.no_such(name, Some(id)))
    }

    fn no_such(&self, name: &str, id: Option<Id>) -> String {
        let chapter = id.map(|id| id.chapter).or_else(|| chapter_in(name));
        let siblings: Vec<String> = self
            .exercises
            .iter()
            .filter(|exercise| Some(exercise.id.chapter) == chapter)
            .map(|exercise| exercise.id.to_string())
            .collect();
        let advice = match (chapter, siblings.as_slice()) {
            (Some(chapter), [_, ..]) => {
                format!("Chapter {chapter:02} has {}.", siblings.join(", "))
            }
            _ => match self.nearest(name) {
                Some(exercise) => format!("Did you mean {} ({})?", exercise.id, exercise.title),
                None => "An exercise is named by chapter and number, as in 06.1.".to_owned(),
            },
        };
        format!("there is no exercise `{name}`. {advice} `cargo ex list` shows them all.")
    }

    /// The exercise whose title has most of the name's words, or whose number is written most alike.
    fn nearest(&self, name: &str) -> Option<&Exercise> {
        let lower = name.to_lowercase();
        let words: Vec<&str> = lower.split_whitespace().filter(|word| word.len() > 3).collect();
        let in_title = |exercise: &Exercise| {
            let title = exercise.title.to_lowercase();
            words.iter().filter(|word| title.contains(**word)).count()
        };
        let by_title = self.exercises.iter().rev().max_by_key(|exercise| in_title(exercise))?;
        if in_title(by_title) > 0 {
            return Some(by_title);
        }
        let digits: String = name.chars().filter(char::is_ascii_digit).collect();
        if digits.is_empty() {
            return None;
        }
        self.exercises.iter().min_by_key(|exercise| {
            let id = exercise.id.to_string().replace('.', "");
            distance(id.trim_start_matches('0'), digits.trim_start_matches('0'))
        })
    }
}

impl Exercise {
    /// The file that the learner edits, from the repository's root.
    pub fn file(&self) -> String {
        format!("exercises/src/{}.rs", self.id.target())
    }

    /// The file of its check, from the repository's root.
    pub fn check_file(&self) -> String {
        format!("exercises/tests/{}.rs", self.id.target())
    }

    /// The file of its solution, from the repository's root.
    pub fn solution_file(&self) -> String {
        format!("exercises/solutions/{}.rs", self.id.target())
    }

    /// The command that checks it.
    pub fn command(&self) -> String {
        format!("cargo test -p exercises --test {}", self.id.target())
    }
}

impl Id {
    /// The name of its test target and files: `ex06_1`.
    pub fn target(self) -> String {
        format!("ex{:02}_{}", self.chapter, self.number)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}.{}", self.chapter, self.number)
    }
}

impl FromStr for Id {
    type Err = String;

    fn from_str(text: &str) -> Result<Id, String> {
        let malformed = || format!("`{text}` is not the number of an exercise, such as 06.1");
        let name = text.trim().trim_end_matches(".rs");
        let name = name.rsplit('/').next().unwrap_or(name);
        let digits = name.strip_prefix("ex").unwrap_or(name);
        let (chapter, number) = digits.split_once(['.', '_', '-']).ok_or_else(malformed)?;
        let parse = |part: &str| part.parse().ok().filter(|number| *number > 0);
        match (parse(chapter), parse(number)) {
            (Some(chapter), Some(number)) => Ok(Id { chapter, number }),
            _ => Err(malformed()),
        }
    }
}

impl TryFrom<String> for Id {
    type Error = String;

    fn try_from(text: String) -> Result<Id, String> {
        text.parse()
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Easy => "easy",
            Level::Medium => "medium",
            Level::Hard => "hard",
        })
    }
}

/// The chapter that a name such as `6` or `ex06` speaks of.
fn chapter_in(name: &str) -> Option<u8> {
    let name = name.trim();
    name.strip_prefix("ex").unwrap_or(name).parse().ok()
}

/// Levenshtein's: how many characters must be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut above_left = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (to, above) in b.iter().zip(row.iter().skip(1)) {
            let changed = above_left + usize::from(from != *to);
            left = changed.min(left + 1).min(above + 1);
            above_left = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
