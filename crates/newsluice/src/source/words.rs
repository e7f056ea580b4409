//! Times and amounts as people say them.

use std::time::Duration;

use jiff::Timestamp;

/// `3 d`, `5 h`, `12 m` or `40 s`.
pub(crate) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        172_800.. => format!("{} d", seconds / 86_400),
        7_200.. => format!("{} h", seconds / 3600),
        120.. => format!("{} m", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

/// `5 m ago`, `in 2 h` or `now`.
pub(crate) fn when(at: Timestamp, now: Timestamp) -> String {
    let distance = at.duration_since(now);
    let away = span(distance.unsigned_abs());
    if distance.unsigned_abs() < Duration::from_secs(1) {
        "now".to_owned()
    } else if distance.is_negative() {
        format!("{away} ago")
    } else {
        format!("in {away}")
    }
}

/// A day and time for people who keep a list of them: `2026-11-25 17:02 UTC`.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// `1 article`, `2 articles`.
pub(crate) fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// `12 B`, `3.4 KiB`, `5.6 MiB` or `7.8 GiB`.
pub(crate) fn bytes(number: f64) -> String {
    match number {
        1_073_741_824.0.. => format!("{:.1} GiB", number / 1_073_741_824.0),
        1_048_576.0.. => format!("{:.1} MiB", number / 1_048_576.0),
        1_024.0.. => format!("{:.1} KiB", number / 1_024.0),
        _ => format!("{number:.0} B"),
    }
}

/// `62 %`.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_fits_the_size() {
        let at = |seconds: i64| Timestamp::from_second(1_700_000_000 + seconds).unwrap();
        let said: Vec<_> =
            [-300_000, -8_000, -130, 0, 30, 3_600].map(|seconds| when(at(seconds), at(0))).into();
        assert_eq!(said, ["3 d ago", "2 h ago", "2 m ago", "now", "in 30 s", "in 60 m"]);
        assert_eq!((count(1, "article"), count(0, "poll")), ("1 article".into(), "0 polls".into()));
        assert_eq!(moment(at(0)), "2023-11-14 22:13 UTC");
        let sizes = [12.0, 1_024.0, 5_872_026.0, 64_424_509_440.0].map(bytes);
        assert_eq!(sizes, ["12 B", "1.0 KiB", "5.6 MiB", "60.0 GiB"]);
        assert_eq!(percent(0.625), "62 %");
    }
}
