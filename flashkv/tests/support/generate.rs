//! Random command sequences: proptest strategies built from one line of grammar per command, as scripts
//! that any target can run. A seed and a number always give the same sequence.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::{Union, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use transcripts::transcript::{Action, Marks, Script, Step};

mod grammar;
mod words;

use grammar::{FAMILIES, Family, Form};

/// Steps of a sequence, before what [`script`] adds.
pub const LENGTH: usize = 50;

type Words = Vec<Vec<u8>>;

/// What a step is before it is written as one.
#[derive(Clone, Debug)]
enum Op {
    Command(Words),
    Advance(u64),
}

/// The sequence that belongs to a seed, and behind it a look at everything it left.
pub fn script(seed: u64) -> Script {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    // Building the strategies costs more than drawing from them.
    thread_local!(static OPS: BoxedStrategy<Vec<Op>> = vec(op(), LENGTH).boxed());
    let ops = OPS.with(|ops| ops.new_tree(&mut runner).expect("no strategy rejects").current());

    let mut steps = Vec::new();
    for op in ops {
        match op {
            Op::Advance(ms) => steps.push(Step::advance(ms)),
            Op::Command(words) => {
                if is(&words, "dbsize") {
                    steps.extend(reap());
                }
                steps.push(command(words));
            }
        }
    }
    steps.extend(inspect());
    Script { name: format!("random/seed_{seed}"), steps }
}

fn op() -> impl Strategy<Value = Op> {
    let families = FAMILIES.iter().map(|family| (family.weight, of_family(family))).collect();
    let command = Union::new_weighted(families);
    prop_oneof![
        18 => command.prop_map(Op::Command),
        // Around the second, where TTL rounds, and around the deadlines that the grammar gives.
        1 => select(vec![1, 2, 499, 500, 999, 1000, 1001, 1500, 2000, 5000]).prop_map(Op::Advance),
    ]
}

fn of_family(family: &'static Family) -> BoxedStrategy<Words> {
    let forms = family.forms.iter().map(|form| (form.weight, of_form(form, family).boxed()));
    let form = Union::new_weighted(forms.collect());
    prop_oneof![
        9 => form.clone(),
        1 => (form, any::<u8>(), any::<prop::sample::Index>(), words::junk())
            .prop_map(|(words, how, at, junk)| spoil(words, how, at, junk)),
    ]
    .boxed()
}

/// A command by its syntax, followed by some of its options in any order: mostly one at most, as more of
/// them often exclude each other.
fn of_form(form: &'static Form, family: &'static Family) -> impl Strategy<Value = Words> {
    let required = words::phrase(form.syntax, family.keys);
    let up_to = |most: usize| subsequence(form.options, 0..=most.min(form.options.len()));
    let options = prop_oneof![2 => up_to(1), 1 => up_to(3)];
    (required, options.prop_shuffle())
        .prop_flat_map(|(words, options)| {
            let options: Vec<_> =
                options.into_iter().map(|option| words::phrase(option, &[])).collect();
            (Just(words), options)
        })
        .prop_map(|(words, options)| [words, options.concat()].concat())
}

/// A command as a careless client sends it: a word too few or too many, twice, or in the wrong place.
fn spoil(mut words: Words, how: u8, at: prop::sample::Index, junk: Vec<u8>) -> Words {
    let at = at.index(words.len());
    let last = words.len() - 1;
    match how % 6 {
        0 => words.truncate(last.max(1)),
        1 => words.push(junk),
        2 => words.insert(at + 1, junk),
        3 => words.push(words[at].clone()),
        4 => words[at] = junk,
        _ => words[1..].reverse(),
    }
    words
}

/// A command with the marks that its reply needs.
fn command(words: Words) -> Step {
    let marks = if is(&words, "randomkey") {
        Marks::random("any key will do")
    } else if is(&words, "keys") {
        Marks::unordered("the order of keys is nobody's promise")
    } else if is(&words, "scan") && !scans_everything(&words) {
        Marks::random("where a scan pauses is up to the server")
    } else if is(&words, "scan") {
        Marks::unordered("the order of keys is nobody's promise")
    } else {
        Marks::default()
    };
    Step::request(words, marks)
}

/// Whether a SCAN must see the whole of our few keys in its one reply, or fail the same way everywhere.
fn scans_everything(words: &Words) -> bool {
    // Redis takes a negative cursor for a huge one.
    let number = |word: &Vec<u8>| std::str::from_utf8(word).ok()?.parse::<i64>().ok();
    let from_the_start = words.get(1).and_then(number).is_none_or(|cursor| cursor == 0);
    let counts = words.windows(2).filter(|pair| pair[0].eq_ignore_ascii_case(b"count"));
    from_the_start && counts.filter_map(|pair| number(&pair[1])).all(|count| count >= 100)
}

/// Makes a server forget the keys that have expired, which DBSIZE may count until a command meets them.
fn reap() -> Vec<Step> {
    let exists = [&["EXISTS"], grammar::KEYS].concat();
    vec![command(to_words(&["SCAN", "0", "COUNT", "1000"])), command(to_words(&exists))]
}

/// Everything a sequence can have left behind.
fn inspect() -> Vec<Step> {
    let mut steps = Vec::new();
    for db in grammar::DATABASES {
        steps.push(command(to_words(&["SELECT", db])));
        steps.push(command(to_words(&["KEYS", "*"])));
        for key in grammar::KEYS {
            for look in [&["TYPE"][..], &["OBJECT", "ENCODING"], &["PEXPIRETIME"], &["GET"]] {
                steps.push(command(to_words(&[look, &[key]].concat())));
            }
            steps.push(command(to_words(&["LRANGE", key, "0", "-1"])));
        }
    }
    steps
}

fn is(words: &Words, name: &str) -> bool {
    words[0].eq_ignore_ascii_case(name.as_bytes())
}

fn to_words(words: &[&str]) -> Words {
    words.iter().map(|word| word.as_bytes().to_vec()).collect()
}

/// The shortest script found that still fails: without what follows the first difference, then without
/// every step that the failure does not need.
pub fn shrink(mut script: Script, first: usize, fails: &mut dyn FnMut(&Script) -> bool) -> Script {
    let whole = script.clone();
    script.steps.truncate(first + 1);
    if !fails(&script) {
        // In a batch, what goes wrong late (a panic, say) can show at its first reply.
        script = whole;
    }
    loop {
        let before = script.steps.len();
        for at in (0..before).rev() {
            let mut shorter = script.clone();
            shorter.steps.remove(at);
            if !shorter.steps.is_empty() && fails(&shorter) {
                script = shorter;
            }
        }
        if script.steps.len() == before {
            return script;
        }
    }
}

/// How many of a generated script's steps were drawn; the others look at what they left.
pub fn drawn(script: &Script) -> usize {
    script.steps.len() - inspect().len()
}

/// The commands that sequences are made of, lower case, without the nonsense among them.
pub fn commands() -> BTreeSet<String> {
    let forms = FAMILIES.iter().flat_map(|family| family.forms);
    let names = forms.filter_map(|form| form.syntax.split(' ').next());
    names.filter(|name| name.starts_with(char::is_uppercase)).map(str::to_ascii_lowercase).collect()
}

/// How many of a script's steps are requests.
pub fn requests(script: &Script) -> usize {
    script.steps.iter().filter(|step| matches!(step.action, Action::Request(_))).count()
}
