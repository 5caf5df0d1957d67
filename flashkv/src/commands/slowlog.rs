//! The slow log: the last commands that took longer than a threshold.

use std::collections::VecDeque;

use parking_lot::Mutex;

/// One slow command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowCommand {
    /// Unique, ascending.
    pub id: u64,
    /// When it was run, in seconds since 1970.
    pub at: u64,
    /// Microseconds it took.
    pub us: u64,
    /// The arguments, the name first, cut as Redis cuts them.
    pub args: Vec<Vec<u8>>,
    /// The client's address.
    pub address: String,
    /// The client's name.
    pub name: Vec<u8>,
}

/// The last slow commands, newest first.
#[derive(Debug, Default)]
pub struct Slowlog {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    next_id: u64,
    commands: VecDeque<SlowCommand>,
}

/// Arguments that are kept of one command, and bytes of each.
const ARGUMENTS: usize = 32;
const ARGUMENT_BYTES: usize = 128;

/// Which arguments of a command are passwords and the like: a bit for each that may be kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Secrets(u32);

const _: () = assert!(ARGUMENTS <= u32::BITS as usize);

impl Secrets {
    /// Adds the argument at `index`.
    pub fn add(&mut self, index: usize) {
        if index < ARGUMENTS {
            self.0 |= 1 << index;
        }
    }

    /// Adds the argument at `first` and all after it.
    pub fn add_from(&mut self, first: usize) {
        (first..ARGUMENTS).for_each(|index| self.add(index));
    }

    fn has(self, index: usize) -> bool {
        index < ARGUMENTS && self.0 & 1 << index != 0
    }
}

impl Slowlog {
    /// Keeps a command, and at most `max_len` in all.
    pub fn push(&self, mut command: SlowCommand, max_len: usize) {
        let mut kept = self.kept.lock();
        command.id = kept.next_id;
        kept.next_id += 1;
        kept.commands.push_front(command);
        kept.commands.truncate(max_len);
    }

    /// The newest `count` commands.
    pub fn newest(&self, count: usize) -> Vec<SlowCommand> {
        self.kept.lock().commands.iter().take(count).cloned().collect()
    }

    /// Number of commands kept.
    pub fn len(&self) -> usize {
        self.kept.lock().commands.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets them all.
    pub fn reset(&self) {
        self.kept.lock().commands.clear();
    }
}

/// The arguments as the slow log keeps them: long ones, and those past the 31st, are cut; secrets are blotted out.
pub fn cut_arguments<'a>(
    args: impl ExactSizeIterator<Item = &'a [u8]>,
    secrets: Secrets,
) -> Vec<Vec<u8>> {
    let count = args.len();
    let shown = if count > ARGUMENTS { ARGUMENTS - 1 } else { count };
    let mut kept: Vec<Vec<u8>> = args
        .take(shown)
        .enumerate()
        .map(|(index, argument)| match argument.get(..ARGUMENT_BYTES) {
            _ if secrets.has(index) => b"(redacted)".to_vec(),
            Some(head) if argument.len() > ARGUMENT_BYTES => {
                let more = argument.len() - ARGUMENT_BYTES;
                [head, format!("... ({more} more bytes)").as_bytes()].concat()
            }
            _ => argument.to_vec(),
        })
        .collect();
    if shown < count {
        kept.push(format!("... ({} more arguments)", count - shown).into_bytes());
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_arguments_and_long_lists_are_cut() {
        let long = [b'x'; 130];
        let args: Vec<&[u8]> = std::iter::repeat_n(&long[..], 33).collect();
        let kept = cut_arguments(args.into_iter(), Secrets::default());
        assert_eq!(kept.len(), 32);
        assert_eq!(kept[0], [&long[..128], b"... (2 more bytes)"].concat());
        assert_eq!(kept[31], b"... (2 more arguments)");
    }

    #[test]
    fn secrets_are_blotted_out() {
        let args: [&[u8]; 3] = [b"AUTH", b"user", b"password"];
        let mut secrets = Secrets::default();
        secrets.add_from(1);
        secrets.add(usize::MAX);
        let kept = cut_arguments(args.into_iter(), secrets);
        assert_eq!(kept, [&b"AUTH"[..], b"(redacted)", b"(redacted)"]);
    }
}
