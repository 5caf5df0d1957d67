//! What must hold for every row, of whatever command.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::commands::spec::{Arg, Kind, Run};

/// Rows whose syntax tree says less than their arity demands, with the reason.
const UNDESCRIBED: &[(&str, &str)] = &[
    ("command|getkeys", "the arguments are a whole command; Redis 7.0 describes none of them"),
    (
        "command|getkeysandflags",
        "the arguments are a whole command; Redis 7.0 describes none of them",
    ),
    ("debug", "Redis describes none of its subcommands"),
];

/// How many words a piece of syntax takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Words {
    least: usize,
    /// `None`: any number.
    most: Option<usize>,
}

impl Words {
    const NONE: Words = Words { least: 0, most: Some(0) };

    fn and(self, other: Words) -> Words {
        let most = self.most.zip(other.most).map(|(a, b)| a + b);
        Words { least: self.least + other.least, most }
    }

    fn or(self, other: Words) -> Words {
        let most = self.most.zip(other.most).map(|(a, b)| a.max(b));
        Words { least: self.least.min(other.least), most }
    }

    fn of_all(args: &[Arg]) -> Words {
        args.iter().map(Words::of).fold(Words::NONE, Words::and)
    }

    fn of(arg: &Arg) -> Words {
        let given = Words::of_given(arg);
        if arg.optional { given.or(Words::NONE) } else { given }
    }

    /// An argument that is not left out, though it may be optional.
    fn of_given(arg: &Arg) -> Words {
        let one = Words { least: 1, most: Some(1) };
        let value = match arg.kind {
            Kind::PureToken => Words::NONE,
            Kind::Block => Words::of_all(arg.parts),
            // To choose a part is to give it.
            Kind::OneOf => arg.parts.iter().map(Words::of_given).reduce(Words::or).unwrap(),
            _ => one,
        };
        let once = if arg.token.is_empty() { value } else { value.and(one) };
        Words { most: once.most.filter(|_| !arg.multiple), ..once }
    }
}

fn name_words(entry: &Entry) -> usize {
    entry.full_name.split('|').count()
}

/// Each argument of a tree, inner ones included.
fn every_arg<'a>(args: &'a [Arg], visit: &mut impl FnMut(&'a Arg)) {
    for arg in args {
        visit(arg);
        every_arg(arg.parts, visit);
    }
}

#[test]
fn names_are_unique_and_lower_case() {
    let mut seen = BTreeSet::new();
    for name in names() {
        assert!(seen.insert(name.clone()), "{name} is there twice");
        let plain = |word: &str| {
            word.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
                && !word.is_empty()
        };
        assert!(name.split('|').all(plain), "{name}");
    }
}

#[test]
fn ids_count_all_entries_from_zero() {
    let ids: Vec<usize> = table().all().map(|entry| entry.id).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), table().count());
    assert_eq!(ids.iter().max().map(|last| last + 1), Some(table().count()));
}

#[test]
fn every_row_is_documented() {
    for entry in table().all() {
        let Entry { command, full_name, .. } = entry;
        assert!(!command.summary.trim().is_empty(), "{full_name}: no summary");
        // LOLWUT is art.
        assert!(
            !command.complexity.is_empty() || full_name == "lolwut",
            "{full_name}: no complexity"
        );
        let texts = [command.summary, command.complexity];
        assert!(texts.iter().all(|text| !text.contains('\n')), "{full_name}: more than one line");
        let versions = command.history.iter().map(|(version, _)| *version).chain([command.since]);
        for version in versions.chain(command.deprecated.map(|(since, _)| since)) {
            let numbers = version.split('.').filter(|number| number.parse::<u8>().is_ok()).count();
            assert_eq!(numbers, 3, "{full_name}: {version:?} is no version");
        }
    }
}

#[test]
fn arity_agrees_with_the_syntax() {
    let mut excused: BTreeMap<_, _> = UNDESCRIBED.iter().copied().collect();
    for entry in table().all() {
        let Entry { command, full_name, .. } = entry;
        let name = Words { least: name_words(entry), most: Some(name_words(entry)) };
        let mut words = name.and(Words::of_all(command.args));
        if !command.subcommands.is_empty() && matches!(command.run, Run::Container) {
            words.least += 1;
            words.most = None;
        }
        let demanded = usize::from(command.arity.unsigned_abs());
        if excused.remove(full_name.as_str()).is_some() {
            assert_ne!(words.least, demanded, "{full_name} needs no excuse");
            continue;
        }
        assert_eq!(words.least, demanded, "{full_name}: least number of words");
        if command.arity > 0 {
            assert_eq!(words.most, Some(demanded), "{full_name}: its arity is fixed");
        }
    }
    assert!(excused.is_empty(), "excuses for what is not there: {excused:?}");
}

#[test]
fn a_syntax_is_either_a_leaf_or_has_parts() {
    for entry in table().all() {
        every_arg(entry.command.args, &mut |arg| {
            let name = &entry.full_name;
            let parts = matches!(arg.kind, Kind::OneOf | Kind::Block);
            assert_eq!(parts, !arg.parts.is_empty(), "{name}: {}", arg.name);
            assert!(arg.kind != Kind::PureToken || !arg.token.is_empty(), "{name}: {}", arg.name);
            assert!(!arg.name.is_empty(), "{name}: an argument without a name");
            assert!(arg.multiple || !arg.multiple_token, "{name}: {}", arg.name);
        });
    }
}

#[test]
fn arity_demands_the_first_key_of_each_specification() {
    for entry in table().all() {
        let Entry { command, full_name, .. } = entry;
        let demanded = i64::from(command.arity.unsigned_abs());
        for spec in command.keys {
            let begin = i64::from(spec.begin);
            assert!(begin >= name_words(entry) as i64, "{full_name}: a key in its name");
            match spec.find {
                Find::Range { last, step } => {
                    assert!(step > 0, "{full_name}");
                    if last < 0 {
                        assert!(begin < demanded && command.arity < 0, "{full_name}");
                    } else {
                        assert!(begin + i64::from(last) < demanded, "{full_name}");
                    }
                }
                Find::Count => assert!(begin + 1 < demanded, "{full_name}"),
            }
        }
        let counted = command.keys.iter().any(|spec| matches!(spec.find, Find::Count));
        assert_eq!(counted, command.flags.has(Flags::MOVABLE_KEYS), "{full_name}: movablekeys");
    }
}

#[test]
fn every_key_of_the_syntax_has_its_specification() {
    for entry in table().all() {
        let mut described = BTreeSet::new();
        every_arg(entry.command.args, &mut |arg| {
            if let Kind::Key(spec) = arg.kind {
                described.insert(usize::from(spec));
            }
        });
        let specified: BTreeSet<usize> = (0..entry.command.keys.len()).collect();
        assert_eq!(described, specified, "{}", entry.full_name);
    }
}

#[test]
fn keys_and_flags_agree_with_what_is_locked() {
    for entry in table().all() {
        let Entry { command, full_name, .. } = entry;
        let (keys, flag) = match command.run {
            Run::Read(_) => (true, Some(Flags::READONLY)),
            Run::Write(_) => (true, Some(Flags::WRITE)),
            Run::Server(_) | Run::Container => (false, None),
        };
        assert_eq!(keys, !command.keys.is_empty(), "{full_name}");
        assert!(flag.is_none_or(|flag| command.flags.has(flag)), "{full_name}");
        assert!(!command.flags.has(Flags::READONLY.with(Flags::WRITE)), "{full_name}");
        assert!(command.locate.is_none() || keys, "{full_name}");
        let variable = command.keys.iter().any(|spec| spec.flags.contains(&"variable_flags"));
        assert_eq!(variable, command.key_flags.is_some(), "{full_name}");
        let holds = !command.subcommands.is_empty();
        assert!(holds || !matches!(command.run, Run::Container), "{full_name} holds nothing");
    }
}

#[test]
fn every_name_is_found_in_any_case() {
    for entry in table().all() {
        let name = &entry.full_name;
        let alternating: String = name
            .char_indices()
            .map(|(index, c)| if index % 2 == 0 { c.to_ascii_uppercase() } else { c })
            .collect();
        for spelling in [name.clone(), name.to_uppercase(), alternating] {
            let found = table().by_full_name(spelling.as_bytes()).map(|found| found.id);
            assert_eq!(found, Some(entry.id), "{spelling}");
        }
    }
}

#[test]
fn what_only_resembles_a_name_is_not_found() {
    let names: BTreeSet<String> = names().into_iter().collect();
    for name in &names {
        let alike = [
            format!("{name}\0"),
            format!("{name} "),
            format!(" {name}"),
            format!("{name}|"),
            format!("|{name}"),
            format!("{name}x"),
            name[1..].to_string(),
            name[..name.len() - 1].to_string(),
            name.replace(|c: char| c.is_ascii_lowercase(), "\u{e9}"),
        ];
        for text in alike.iter().filter(|text| !names.contains(*text)) {
            assert!(table().by_full_name(text.as_bytes()).is_none(), "{text:?}");
        }
    }
}

proptest! {
    #[test]
    fn nothing_else_is_found(name in prop_oneof![any::<Vec<u8>>(), "[a-zA-Z|-]{0,8}".prop_map(String::into_bytes)]) {
        let known = names().into_iter().any(|known| known.as_bytes().eq_ignore_ascii_case(&name));
        prop_assert_eq!(table().by_full_name(&name).is_some(), known);
    }
}
