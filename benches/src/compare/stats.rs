//! Medians and percentiles.

/// The middle of these numbers; of an even count, the upper of the two. `None` if there are none.
pub fn median(numbers: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = numbers.into_iter().collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

/// The value that `share` of `total` do not exceed. `sorted` holds those that came; the rest counts as later than all, so
/// that what was never answered cannot make the answer look better.
pub fn percentile(sorted: &[u32], total: usize, share: f64) -> Option<u32> {
    let rank = (share * total as f64).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median([]), None);
    }

    #[test]
    fn what_never_came_is_later_than_all() {
        let came: Vec<u32> = (1..=99).collect();
        assert_eq!(percentile(&came, 100, 0.5), Some(50));
        assert_eq!(percentile(&came, 100, 0.99), Some(99));
        assert_eq!(percentile(&came, 100, 0.999), None);
    }
}
