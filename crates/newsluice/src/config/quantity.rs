//! Durations and sizes as people write them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A duration: a number with `ms`, `s`, `m`, `h` or `d`; a bare number is seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Duration(pub(crate) std::time::Duration);

/// A size in bytes: a number with `KiB`, `MiB` or `GiB`; a bare number is bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Size(pub(crate) usize);

/// How long something is kept: a duration, or "forever".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Age(pub(crate) Option<std::time::Duration>);

/// The text is not a quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a {what}: write {example}")]
pub(crate) struct QuantityError {
    text: String,
    what: &'static str,
    example: &'static str,
}

/// The number before the unit, and the unit.
fn split(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    Some((number.parse().ok()?, unit.trim()))
}

impl FromStr for Duration {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let seconds = split(text).and_then(|(number, unit)| {
            let scale = match unit {
                "ms" => 0.001,
                "" | "s" => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                "d" => 86_400.0,
                _ => return None,
            };
            std::time::Duration::try_from_secs_f64(number * scale).ok()
        });
        seconds.map(Self).ok_or_else(|| QuantityError {
            text: text.to_owned(),
            what: "duration",
            example: "a number with ms, s, m, h or d, such as 90s",
        })
    }
}

impl FromStr for Size {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        let bytes = split(text).and_then(|(number, unit)| {
            let scale = match unit {
                "" | "B" => 1.0,
                "KiB" => 1024.0,
                "MiB" => 1024.0 * 1024.0,
                "GiB" => 1024.0 * 1024.0 * 1024.0,
                _ => return None,
            };
            let bytes = number * scale;
            (bytes < 1e15).then_some(bytes as usize)
        });
        bytes.map(Self).ok_or_else(|| QuantityError {
            text: text.to_owned(),
            what: "size",
            example: "a number with KiB, MiB or GiB, such as 8MiB",
        })
    }
}

impl fmt::Display for Duration {
    /// In the largest unit that shows it whole; reads back as the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millis = self.0.as_millis();
        let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
        match units.iter().find(|(scale, _)| millis > 0 && millis.is_multiple_of(*scale)) {
            Some((scale, unit)) => write!(f, "{}{unit}", millis / scale),
            None => write!(f, "{millis}ms"),
        }
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Age {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.trim() == "forever" {
            return Ok(Self(None));
        }
        text.parse::<Duration>().map(|age| Self(Some(age.0))).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_scale() {
        let seconds = |text: &str| text.parse::<Duration>().map(|d| d.0.as_secs_f64());
        assert_eq!(seconds("1.5s"), Ok(1.5));
        assert_eq!(seconds("250ms"), Ok(0.25));
        assert_eq!(seconds("2h"), Ok(7200.0));
        assert_eq!(seconds("4"), Ok(4.0));
        assert!(seconds("4 weeks").is_err());
        assert!(seconds("-4s").is_err());
        for text in ["1500ms", "90s", "30m", "2h", "1d", "0ms"] {
            assert_eq!(text.parse::<Duration>().unwrap().to_string(), text);
        }
        assert_eq!("8MiB".parse(), Ok(Size(8 << 20)));
        assert!("8MB".parse::<Size>().is_err());
    }
}
