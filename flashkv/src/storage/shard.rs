//! One shard: the strings in one table, everything else in another, and the rule that a key is in at most one of them.
//!
//! Knows where a key is and whether its deadline has passed; not who holds the lock, nor what a command wants.

use super::hash::Hash;
use super::list::List;
use super::record::INLINE_MAX;
use super::segment::{Entry, NewValue, OpenEntry, ValueRef};
use super::table::{Spot, Table};

/// Milliseconds since 1970. A deadline has passed once the time is greater than it, as in Redis: at the deadline itself the
/// key is still there, with no time left.
pub type Millis = u64;

/// A value that is not a string. More types join as variants.
#[derive(Debug, Clone)]
pub(super) enum Collection {
    List(List),
}

/// The type of a value, as `TYPE` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A byte string.
    String,
    /// A list of byte strings.
    List,
}

/// How a string came to be, which is what `OBJECT ENCODING` shows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Set whole: an integer if it looks like one, else embedded up to 44 bytes.
    Whole,
    /// Edited in place (APPEND, SETRANGE).
    Edited,
    /// Computed as text (INCRBYFLOAT): never an integer.
    Text,
}

/// A stored string, borrowed from its shard.
#[derive(Debug, Clone, Copy)]
pub struct StringRef<'a> {
    /// The value.
    pub bytes: &'a [u8],
    /// When the key expires.
    pub deadline: Option<Millis>,
    pub(super) origin: Origin,
}

/// A live string in its place, to be written over.
#[derive(Debug)]
pub(super) struct OpenString<'a> {
    pub(super) spot: Spot,
    entry: OpenEntry<'a, Vec<u8>>,
}

impl OpenString<'_> {
    /// The string as it is.
    #[inline(always)]
    pub(super) fn read(&self) -> StringRef<'_> {
        string_of(self.entry.read())
    }

    /// Gives it another value and deadline, if both take the room of the old ones; says whether it did.
    #[inline(always)]
    pub(super) fn overwrite(self, origin: Origin, deadline: Option<Millis>, value: &[u8]) -> bool {
        self.entry.overwrite(tag(origin), deadline, value)
    }
}

/// Where a live key is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    String(Spot),
    Collection(Spot),
}

/// A shard's two stores.
///
/// **Invariant**: a key is in at most one of them; only methods of this type insert, and each makes sure of it
/// (`storage::tests::stores::a_key_is_in_one_store`).
#[derive(Debug, Default)]
pub struct Shard {
    pub(super) strings: Table<Vec<u8>>,
    pub(super) collections: Table<Collection>,
}

/// A value taken out under a lock, to be dropped after it: freeing a long one takes time.
#[derive(Debug)]
pub(super) enum Detached {
    String(Vec<u8>),
    Collection(Collection),
}

impl Kind {
    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::String => "string",
            Kind::List => "list",
        }
    }
}

impl Collection {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Collection::List(_) => Kind::List,
        }
    }
}

impl Detached {
    /// Roughly how many allocations it takes to free this.
    pub(super) fn weight(&self) -> usize {
        match self {
            Detached::String(bytes) => 1 + bytes.len() / (1 << 20),
            Detached::Collection(Collection::List(list)) => 1 + list.heap_bytes() / 4096,
        }
    }
}

/// What was taken out under locks.
pub(super) type Garbage = Vec<Detached>;

impl Shard {
    pub(super) fn len(&self) -> usize {
        self.strings.len() + self.collections.len()
    }

    pub(super) fn live_len(&self, now: Millis) -> usize {
        self.strings.live_len(now) + self.collections.live_len(now)
    }

    /// The string at `key`, whether or not its deadline has passed.
    #[inline]
    pub(super) fn find_string(&self, hash: Hash, key: &[u8]) -> Option<StringRef<'_>> {
        self.strings.get(hash.prefix(), key).map(string_of)
    }

    /// The string at `key`, to be written over, if its deadline has not passed.
    #[inline(always)]
    pub(super) fn open_string(
        &mut self,
        hash: Hash,
        key: &[u8],
        now: Millis,
    ) -> Option<OpenString<'_>> {
        let (spot, entry) = self.strings.open(hash.prefix(), key)?;
        is_live(entry.read().deadline, now).then_some(OpenString { spot, entry })
    }

    /// The collection at `key`, to be changed, and where it is, if its deadline has not passed.
    pub(super) fn open_collection(
        &mut self,
        hash: Hash,
        key: &[u8],
        now: Millis,
    ) -> Option<(Spot, &mut Collection)> {
        let (spot, deadline, value) = self.collections.open_outside(hash.prefix(), key)?;
        is_live(deadline, now).then_some((spot, value))
    }

    /// The collection at `key`, if its deadline has not passed.
    pub(super) fn live_collection(&self, hash: Hash, key: &[u8], now: Millis) -> Option<Spot> {
        let (spot, deadline) = self.collections.find_timed(hash.prefix(), key)?;
        is_live(deadline, now).then_some(spot)
    }

    /// Where `key` is, whether or not its deadline has passed.
    pub(super) fn place(&self, hash: Hash, key: &[u8]) -> Option<Place> {
        self.timed_place(hash, key).map(|(place, _)| place)
    }

    /// Where `key` is, and its deadline.
    pub(super) fn timed_place(&self, hash: Hash, key: &[u8]) -> Option<(Place, Option<Millis>)> {
        if let Some((spot, deadline)) = self.strings.find_timed(hash.prefix(), key) {
            return Some((Place::String(spot), deadline));
        }
        if self.collections.is_empty() {
            return None;
        }
        let (spot, deadline) = self.collections.find_timed(hash.prefix(), key)?;
        Some((Place::Collection(spot), deadline))
    }

    /// Where `key` is, if its deadline has not passed.
    pub(super) fn live_place(&self, hash: Hash, key: &[u8], now: Millis) -> Option<Place> {
        let (place, deadline) = self.timed_place(hash, key)?;
        is_live(deadline, now).then_some(place)
    }

    pub(super) fn deadline(&self, place: Place) -> Option<Millis> {
        match place {
            Place::String(spot) => self.strings.deadline(spot),
            Place::Collection(spot) => self.collections.deadline(spot),
        }
    }

    pub(super) fn set_deadline(&mut self, place: Place, deadline: Option<Millis>) {
        match place {
            Place::String(spot) => self.strings.set_deadline(spot, deadline),
            Place::Collection(spot) => self.collections.set_deadline(spot, deadline),
        }
    }

    pub(super) fn kind(&self, place: Place) -> Kind {
        match place {
            Place::String(_) => Kind::String,
            Place::Collection(spot) => self.collection(spot).kind(),
        }
    }

    pub(super) fn string(&self, spot: Spot) -> StringRef<'_> {
        string_of(self.strings.entry(spot))
    }

    pub(super) fn collection(&self, spot: Spot) -> &Collection {
        collection_of(self.collections.entry(spot).value)
    }

    /// Adds or replaces a string at `place`, which is where the key is now.
    #[expect(clippy::too_many_arguments, reason = "the fields of one entry, each of another type")]
    pub(super) fn put_string(
        &mut self,
        hash: Hash,
        key: &[u8],
        place: Option<Place>,
        value: &[u8],
        origin: Origin,
        deadline: Option<Millis>,
        garbage: &mut Garbage,
    ) {
        let new = if value.len() > INLINE_MAX || key.len() > INLINE_MAX {
            NewValue::Outside(value.to_vec())
        } else {
            NewValue::Inside(value)
        };
        self.put_new_string(hash, key, place, new, origin, deadline, garbage);
    }

    /// Adds or replaces a string whose bytes are already owned.
    pub(super) fn put_owned_string(
        &mut self,
        hash: Hash,
        key: &[u8],
        value: Vec<u8>,
        origin: Origin,
        deadline: Option<Millis>,
        garbage: &mut Garbage,
    ) {
        let place = self.place(hash, key);
        if value.len() > INLINE_MAX || key.len() > INLINE_MAX {
            self.put_new_string(
                hash,
                key,
                place,
                NewValue::Outside(value),
                origin,
                deadline,
                garbage,
            );
        } else {
            self.put_string(hash, key, place, &value, origin, deadline, garbage);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of one entry, each of another type")]
    fn put_new_string(
        &mut self,
        hash: Hash,
        key: &[u8],
        place: Option<Place>,
        value: NewValue<'_, Vec<u8>>,
        origin: Origin,
        deadline: Option<Millis>,
        garbage: &mut Garbage,
    ) {
        match place {
            Some(Place::String(spot)) => {
                let old = self.strings.replace(spot, tag(origin), deadline, value);
                garbage.extend(old.map(Detached::String));
            }
            other => {
                if let Some(place) = other {
                    self.remove(place, garbage);
                }
                self.strings.insert(hash.prefix(), key, tag(origin), deadline, value);
            }
        }
    }

    /// The bytes of a string that is kept outside its segment, now marked as edited; `None` for a short one.
    pub(super) fn edit_long_string(&mut self, spot: Spot) -> Option<&mut Vec<u8>> {
        self.strings.edit_outside(spot, tag(Origin::Edited))
    }

    /// Adds or replaces a collection.
    pub(super) fn put_collection(
        &mut self,
        hash: Hash,
        key: &[u8],
        value: Collection,
        deadline: Option<Millis>,
        garbage: &mut Garbage,
    ) {
        if let Some(place) = self.place(hash, key) {
            self.remove(place, garbage);
        }
        self.collections.insert(hash.prefix(), key, 0, deadline, NewValue::Outside(value));
    }

    pub(super) fn remove(&mut self, place: Place, garbage: &mut Garbage) {
        match place {
            Place::String(spot) => garbage.extend(self.strings.remove(spot).map(Detached::String)),
            Place::Collection(spot) => {
                garbage.extend(self.collections.remove(spot).map(Detached::Collection))
            }
        }
    }

    /// Takes a string out; copies it only if it is short enough to lie in its segment.
    pub(super) fn take_string(&mut self, spot: Spot) -> (Vec<u8>, Origin) {
        let entry = self.strings.entry(spot);
        let origin = origin(entry.tag);
        let inside = match entry.value {
            ValueRef::Inside(bytes) => bytes.to_vec(),
            ValueRef::Outside(_) => Vec::new(),
        };
        (self.strings.remove(spot).unwrap_or(inside), origin)
    }

    /// Takes a collection out without dropping it.
    pub(super) fn take_collection(&mut self, spot: Spot) -> Collection {
        self.collections.remove(spot).expect("collections always lie outside their segment")
    }

    /// Bytes allocated for this shard's entries.
    pub(super) fn heap_bytes(&self) -> usize {
        let long_strings =
            self.strings.segments().iter().flat_map(|segment| segment.outside_values());
        let collections =
            self.collections.segments().iter().flat_map(|segment| segment.outside_values());
        self.strings.heap_bytes()
            + self.collections.heap_bytes()
            + long_strings.map(Vec::capacity).sum::<usize>()
            + collections.map(|Collection::List(list)| list.heap_bytes()).sum::<usize>()
    }

    /// Bytes that one entry takes, its share of the table included.
    pub(super) fn entry_bytes(&self, place: Place) -> usize {
        match place {
            Place::String(spot) => {
                let long = match self.strings.entry(spot).value {
                    ValueRef::Outside(bytes) => bytes.capacity(),
                    ValueRef::Inside(_) => 0,
                };
                self.strings.entry_bytes(spot) + long
            }
            Place::Collection(spot) => {
                let Collection::List(list) = self.collection(spot);
                self.collections.entry_bytes(spot) + list.heap_bytes()
            }
        }
    }
}

/// Whether a key with this deadline is still there.
pub(super) fn is_live(deadline: Option<Millis>, now: Millis) -> bool {
    deadline.is_none_or(|deadline| deadline >= now)
}

/// The string that an entry of the string store holds.
#[inline]
pub(super) fn string_of(entry: Entry<'_, Vec<u8>>) -> StringRef<'_> {
    let bytes = match entry.value {
        ValueRef::Inside(bytes) => bytes,
        ValueRef::Outside(bytes) => bytes,
    };
    StringRef { bytes, deadline: entry.deadline, origin: origin(entry.tag) }
}

pub(super) fn collection_of(value: ValueRef<'_, Collection>) -> &Collection {
    match value {
        ValueRef::Outside(collection) => collection,
        ValueRef::Inside(_) => unreachable!("collections always lie outside their segment"),
    }
}

fn tag(origin: Origin) -> u8 {
    match origin {
        Origin::Whole => 0,
        Origin::Edited => 1,
        Origin::Text => 2,
    }
}

fn origin(tag: u8) -> Origin {
    match tag {
        1 => Origin::Edited,
        2 => Origin::Text,
        _ => Origin::Whole,
    }
}
