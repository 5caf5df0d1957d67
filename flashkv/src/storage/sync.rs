//! The lock of a shard: parking_lot's, and in the model of the locking (`engine/model.rs`) one whose every step is chosen
//! by shuttle's scheduler, so that the model runs the engine's own code.

#[cfg(not(all(test, shuttle)))]
pub(super) use parking_lot::{RwLock, RwLockReadGuard, RwLockWriteGuard};

#[cfg(all(test, shuttle))]
pub(super) use modelled::{RwLock, RwLockReadGuard, RwLockWriteGuard};

#[cfg(all(test, shuttle))]
mod modelled {
    use shuttle::sync;
    pub(in crate::storage) use sync::{RwLockReadGuard, RwLockWriteGuard};

    /// shuttle's lock with parking_lot's signatures. No lock is poisoned: a panic ends the model.
    #[derive(Debug, Default)]
    pub(in crate::storage) struct RwLock<T>(sync::RwLock<T>);

    impl<T> RwLock<T> {
        pub(in crate::storage) fn read(&self) -> RwLockReadGuard<'_, T> {
            self.0.read().expect("no thread of a model panics and goes on")
        }

        pub(in crate::storage) fn write(&self) -> RwLockWriteGuard<'_, T> {
            self.0.write().expect("no thread of a model panics and goes on")
        }

        pub(in crate::storage) fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
            self.0.try_write().ok()
        }
    }
}
