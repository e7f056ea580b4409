//! Values of whatever type stands there. Nothing is buffered, and only broken JSON is an error.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A text; numbers are written out, everything else is no text.
#[derive(Debug, Default, Clone)]
pub(super) struct Text(pub(super) Option<String>);

/// What has a name or an address; a bare text is its name.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) name: Text,
    pub(super) url: Text,
}

/// An object, or nothing where something else stands.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) Option<T>);

/// A list; what is no list is a list of one.
#[derive(Debug)]
pub(super) struct Many<T>(pub(super) Vec<T>);

/// Most tags, authors and attachments of one item.
const MOST_OF_A_KIND: usize = 200;

/// What can be made of a value of any type.
trait Lenient: Default {
    fn of_text(text: Text) -> Self;

    fn of_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }

    fn of_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

impl Lenient for Text {
    fn of_text(text: Text) -> Self {
        text
    }
}

impl Lenient for Named {
    fn of_text(name: Text) -> Self {
        Self { name, ..Self::default() }
    }

    fn of_object<'de, A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut named = Self::default();
        while let Some(key) = object.next_key::<String>()? {
            match key.as_str() {
                "name" => named.name = object.next_value()?,
                "url" => named.url = object.next_value()?,
                _ => drop(object.next_value::<IgnoredAny>()?),
            }
        }
        Ok(named)
    }
}

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: for<'de> Deserialize<'de>> Lenient for Object<T> {
    fn of_text(_: Text) -> Self {
        Self(None)
    }

    fn of_object<'de, A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        T::deserialize(MapAccessDeserializer::new(object)).map(|value| Self(Some(value)))
    }
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Lenient> Lenient for Many<T> {
    fn of_text(text: Text) -> Self {
        Self(text.0.is_some().then(|| T::of_text(text)).into_iter().collect())
    }

    fn of_object<'de, A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        T::of_object(object).map(|value| Self(vec![value]))
    }

    fn of_list<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Self, A::Error> {
        let mut values = Vec::new();
        while let Some(Of(value)) = list.next_element::<Of<T>>()? {
            if values.len() < MOST_OF_A_KIND {
                values.push(value);
            }
        }
        Ok(Self(values))
    }
}

/// Reads whatever stands there.
struct Of<T>(T);

impl<'de, T: Lenient> Deserialize<'de> for Of<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Anything(PhantomData)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Of::deserialize(deserializer).map(|of| of.0)
    }
}

impl<'de> Deserialize<'de> for Many<Text> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Of::deserialize(deserializer).map(|of| of.0)
    }
}

impl<'de> Deserialize<'de> for Many<Named> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Of::deserialize(deserializer).map(|of| of.0)
    }
}

impl<'de, T: for<'a> Deserialize<'a>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Of::deserialize(deserializer).map(|of| of.0)
    }
}

struct Anything<T>(PhantomData<T>);

impl<'de, T: Lenient> Visitor<'de> for Anything<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        let text = text.trim();
        Ok(T::of_text(Text((!text.is_empty()).then(|| text.to_owned()))))
    }

    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Ok(T::of_text(Text(Some(number.to_string()))))
    }

    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Ok(T::of_text(Text(Some(number.to_string()))))
    }

    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        Ok(T::of_text(Text(Some(number.to_string()))))
    }

    fn visit_bool<E>(self, _: bool) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<T, A::Error> {
        T::of_list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::of_object(object)
    }
}
