//! The value of `--map-users` and `--map-groups`.

use std::num::NonZeroU32;

use thiserror::Error;

use super::{Extent, ExtentError, InsideId, NumberError, OutsideId, number_as, shown};

/// What one `--map-users` or `--map-groups` asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapSpec {
    /// `inner:outer:count`, or `outer,inner,count` as util-linux had it before 2.39.
    Range(Extent),
    /// The caller's block of `/etc/subuid` or `/etc/subgid`, from inner id 0 upwards.
    Auto,
    /// That block under its own numbers.
    Subids,
    /// Every id of the caller's own namespace under its own number.
    All,
}

/// A value that is none of these. The original wraps negative and oversized numbers; here they are refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SpecError {
    /// One of the three numbers is none, or cannot be an id or a count.
    #[error("could not parse ID: '{field}'{}", cause.suffix())]
    Field {
        /// The number, made printable.
        field: String,
        /// What is wrong with it.
        cause: NumberError,
    },
    /// Fewer than three numbers.
    #[error("mapping '{value}' contains only {elements} elements")]
    TooFew {
        /// The whole value, made printable.
        value: String,
        /// How many there are.
        elements: usize,
    },
    /// More than three numbers.
    #[error("too many elements for mapping '{value}'")]
    TooMany {
        /// The whole value, made printable.
        value: String,
    },
    /// The range leaves the 32 bits of an id.
    #[error("mapping '{value}' is out of range: {cause}")]
    Overflow {
        /// The whole value, made printable.
        value: String,
        /// Which side.
        cause: ExtentError,
    },
}

impl MapSpec {
    /// Reads the value; which of the two separators stands in it decides the order of the numbers.
    ///
    /// # Errors
    /// The first thing that is wrong, from left to right.
    pub fn parse(value: &[u8]) -> Result<Self, SpecError> {
        match value {
            b"auto" => Ok(Self::Auto),
            b"subids" => Ok(Self::Subids),
            b"all" => Ok(Self::All),
            _ => parse_range(value).map(Self::Range),
        }
    }
}

fn parse_range(value: &[u8]) -> Result<Extent, SpecError> {
    if value.is_empty() {
        return Err(too_few(value, 0));
    }
    let inner_first = value.contains(&b':');
    let separator = if inner_first { b':' } else { b',' };
    let mut fields = value.split(|b| *b == separator);
    let mut elements = 0;
    let mut next = || {
        let field = fields.next().ok_or_else(|| too_few(value, elements))?;
        elements += 1;
        Ok(field)
    };
    let (inside, outside);
    if inner_first {
        inside = field(next()?, InsideId::new, NumberError::Reserved)?;
        outside = field(next()?, OutsideId::new, NumberError::Reserved)?;
    } else {
        outside = field(next()?, OutsideId::new, NumberError::Reserved)?;
        inside = field(next()?, InsideId::new, NumberError::Reserved)?;
    }
    let count = field(next()?, NonZeroU32::new, NumberError::ZeroCount)?;
    if fields.next().is_some() {
        return Err(SpecError::TooMany { value: shown(value) });
    }
    Extent::new(inside, outside, count).map_err(|cause| SpecError::Overflow { value: shown(value), cause })
}

fn too_few(value: &[u8], elements: usize) -> SpecError {
    SpecError::TooFew { value: shown(value), elements }
}

fn field<T>(
    text: &[u8],
    new: impl FnOnce(u32) -> Option<T>,
    else_cause: NumberError,
) -> Result<T, SpecError> {
    number_as(text, new, else_cause).map_err(|cause| SpecError::Field { field: shown(text), cause })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::idmap::tests::extent;
    use proptest::prelude::*;

    #[test]
    fn values() {
        for (value, want) in [
            ("auto", MapSpec::Auto),
            ("subids", MapSpec::Subids),
            ("all", MapSpec::All),
            ("0:100000:1000", MapSpec::Range(extent(0, 100_000, 1000))),
            ("100000,0,1000", MapSpec::Range(extent(0, 100_000, 1000))),
            (" 1:+2: +3", MapSpec::Range(extent(1, 2, 3))),
            ("0:0:4294967295", MapSpec::Range(extent(0, 0, u32::MAX))),
        ] {
            assert_eq!(MapSpec::parse(value.as_bytes()), Ok(want), "{value}");
        }
    }

    #[test]
    fn refusals() {
        for (value, want) in [
            // As util-linux 2.38.
            ("1", "mapping '1' contains only 1 elements"),
            ("1,2", "mapping '1,2' contains only 2 elements"),
            ("1,2,3,4", "too many elements for mapping '1,2,3,4'"),
            ("a,b,c", "could not parse ID: 'a'"),
            ("1 ,2,3", "could not parse ID: '1 '"),
            ("0x1,2,3", "could not parse ID: '0x1'"),
            ("1,2,3x", "could not parse ID: '3x'"),
            ("auto,1,2", "could not parse ID: 'auto'"),
            (
                "18446744073709551616,0,1",
                "could not parse ID: '18446744073709551616': Numerical result out of range",
            ),
            // The same for the colons.
            ("1:2", "mapping '1:2' contains only 2 elements"),
            ("1:2:3:4", "too many elements for mapping '1:2:3:4'"),
            ("1:2,3:4", "could not parse ID: '2,3'"),
            // Wrapped by the original, or answered with nonsense.
            ("", "mapping '' contains only 0 elements"),
            (",,", "could not parse ID: ''"),
            ("1:2:", "could not parse ID: ''"),
            ("Auto", "could not parse ID: 'Auto'"),
            ("-1:0:1", "could not parse ID: '-1': Numerical result out of range"),
            ("0:0:-1", "could not parse ID: '-1': Numerical result out of range"),
            ("4294967296:0:1", "could not parse ID: '4294967296': Numerical result out of range"),
            ("4294967295:0:1", "could not parse ID: '4294967295': 4294967295 stands for \"no id\""),
            ("0:4294967295:1", "could not parse ID: '4294967295': 4294967295 stands for \"no id\""),
            ("0:0:0", "could not parse ID: '0': a range needs at least one id"),
            (
                "4294967290:0:10",
                "mapping '4294967290:0:10' is out of range: 10 ids from inner id 4294967290 go beyond 4294967294, \
                 the last id",
            ),
            (
                "4294967290,0,6",
                "mapping '4294967290,0,6' is out of range: 6 ids from outer id 4294967290 go beyond 4294967294, \
                 the last id",
            ),
        ] {
            let got = MapSpec::parse(value.as_bytes()).map_err(|e| e.to_string());
            assert_eq!(got, Err(want.to_owned()), "{value:?}");
        }
    }

    /// Around the edges of 32 and 64 bits, and below 0.
    fn wide() -> impl Strategy<Value = i128> {
        let around = |edge: i128| edge - 3..edge + 3;
        let inside = || 0..i128::from(u32::MAX);
        prop_oneof![
            4 => inside().prop_map(|n| n / 3),
            1 => around(0),
            1 => around(1 << 32),
            1 => (inside(), 1_i128..1 << 40).prop_map(|(n, times)| n + (times << 32)),
            1 => around(1 << 64),
            1 => -(1_i128 << 64)..0,
        ]
    }

    proptest! {
        #[test]
        fn any_numbers(inner: u32, outer: u32, count: u32) {
            let colons = MapSpec::parse(format!("{inner}:{outer}:{count}").as_bytes());
            let commas = MapSpec::parse(format!("{outer},{inner},{count}").as_bytes());
            prop_assert_eq!(colons.clone().ok(), commas.ok());
            let end = |first: u32| u64::from(first) + u64::from(count);
            let fits = count > 0 && end(inner) < 1 << 32 && end(outer) < 1 << 32;
            prop_assert_eq!(colons.is_ok(), fits);
        }

        /// What does not fit is refused and never another id; the rest is read back as it was.
        #[test]
        fn wide_numbers_stay_what_they_are(inner in wide(), outer in wide(), count in wide(), commas: bool) {
            let text = if commas { format!("{outer},{inner},{count}") } else { format!("{inner}:{outer}:{count}") };
            let beyond = i128::from(u32::MAX);
            let fits = inner >= 0 && outer >= 0 && count > 0 && inner + count <= beyond && outer + count <= beyond;
            let read = MapSpec::parse(text.as_bytes());
            prop_assert_eq!(read.is_ok(), fits, "{:?}", &read);
            if let Ok(MapSpec::Range(extent)) = read {
                let numbers = [extent.inside().get(), extent.outside().get(), extent.count().get()];
                prop_assert_eq!(numbers.map(i128::from), [inner, outer, count]);
            }
        }

        #[test]
        fn any_text(value in "[-+ 0-9a:,]{0,20}") {
            let _ = MapSpec::parse(value.as_bytes());
        }

        #[test]
        fn any_bytes(value: Vec<u8>) {
            let said = MapSpec::parse(&value).map_err(|error| error.to_string());
            prop_assert!(!said.is_err_and(|text| text.chars().any(char::is_control)));
        }
    }
}
