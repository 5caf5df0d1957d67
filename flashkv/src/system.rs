//! What the operating system says of the machine and of this process.
//!
//! Linux tells all of it in `/proc`. Where there is none, or it reads otherwise than expected, the answer is `None` and
//! whoever asked leaves the figure out. Knows nothing of what the figures are shown in.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

/// Where the program's memory comes from, as INFO names it: the system's allocator, unless the program says otherwise.
static ALLOCATOR: OnceLock<&str> = OnceLock::new();

/// The name of the program's allocator.
pub fn allocator() -> &'static str {
    ALLOCATOR.get().copied().unwrap_or("libc")
}

/// Says that the program brings an allocator of its own. The first name holds.
pub fn name_allocator(name: &'static str) {
    // A second name changes nothing.
    let _ = ALLOCATOR.set(name);
}

/// Processor time that this process has used, all its threads together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CpuTime {
    /// In the program.
    pub user: Duration,
    /// In the system, on behalf of the program.
    pub system: Duration,
}

/// The operating system, its release and the machine: `Linux 6.1.0 x86_64`.
pub fn name() -> String {
    let kernel = |file: &str| std::fs::read_to_string(format!("/proc/sys/kernel/{file}")).ok();
    let words = [
        Some(kernel("ostype").unwrap_or_else(|| std::env::consts::OS.into())),
        kernel("osrelease"),
        Some(std::env::consts::ARCH.into()),
    ];
    let words: Vec<String> =
        words.into_iter().flatten().map(|word| word.trim().to_string()).collect();
    words.join(" ")
}

/// The path of the running program.
pub fn executable() -> Option<PathBuf> {
    std::env::current_exe().ok()
}

/// Bytes of this process that are in memory.
pub fn resident_memory() -> Option<u64> {
    // Not `statm`: it counts in pages, and the size of a page is not told in /proc.
    kilobytes(&std::fs::read_to_string("/proc/self/status").ok()?, "VmRSS:")
}

/// Bytes of memory that the machine has.
pub fn total_memory() -> Option<u64> {
    kilobytes(&std::fs::read_to_string("/proc/meminfo").ok()?, "MemTotal:")
}

/// The processor time used so far.
pub fn cpu_time() -> Option<CpuTime> {
    cpu_time_in(&std::fs::read_to_string("/proc/self/stat").ok()?)
}

/// Raises the number of files that this process may have open to `wanted`, or as far as the system lets it. Returns what
/// may be open then, which is more if it was more before.
pub fn raise_open_files(wanted: u64) -> Option<u64> {
    rlimit::increase_nofile_limit(wanted).ok()
}

/// A line `name   123 kB`, in bytes.
fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let value = text.lines().find_map(|line| line.strip_prefix(name))?;
    let number: u64 = value.trim().strip_suffix("kB")?.trim_end().parse().ok()?;
    number.checked_mul(1024)
}

fn cpu_time_in(stat: &str) -> Option<CpuTime> {
    /// Linux counts in hundredths of a second towards programs, whatever its own clock does.
    const TICK: Duration = Duration::from_millis(10);
    // The program's name comes second, in brackets, and may itself hold spaces and brackets.
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let mut time = || TICK.checked_mul(fields.next()?.parse().ok()?);
    Some(CpuTime { user: time()?, system: time()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_found_behind_any_program_name() {
        let stat = "71 (a) S b) (c) R 1 71 71 0 -1 4194304 1 2 3 4 150 25 0 0 20 0 1 0";
        let expected =
            CpuTime { user: Duration::from_millis(1500), system: Duration::from_millis(250) };
        assert_eq!(cpu_time_in(stat), Some(expected));
        assert_eq!(cpu_time_in("71 (a) R 1"), None);
        assert_eq!(cpu_time_in(""), None);
    }

    #[test]
    fn sizes_are_read_in_kilobytes() {
        let text = "VmSize:\t  20 kB\nVmRSS:\t   12 kB\n";
        assert_eq!(kilobytes(text, "VmRSS:"), Some(12 * 1024));
        assert_eq!(kilobytes(text, "VmSwap:"), None);
        assert_eq!(kilobytes("VmRSS: 18446744073709551615 kB", "VmRSS:"), None);
        assert_eq!(kilobytes("VmRSS: a kB", "VmRSS:"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_tells_everything() {
        assert!(name().starts_with("Linux "));
        assert!(resident_memory() > Some(100_000));
        assert!(total_memory() > resident_memory());
        assert!(cpu_time().is_some());
        assert!(executable().is_some());
    }
}
