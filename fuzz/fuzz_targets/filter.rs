//! The filter language: the first byte says what is in the cells, the rest is the expression.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xns_lsns::column::Column;
use xns_lsns::filter::{Filter, Value};

fuzz_target!(|bytes: &[u8]| {
    let Some((cells, expression)) = bytes.split_first() else { return };
    match Filter::<Column>::parse(expression) {
        Ok(filter) => {
            let columns = filter.columns().count();
            assert!(columns <= 256);
            let accepts = |what: u8| {
                filter.accepts(|column| match what % 5 {
                    0 => Value::Empty,
                    1 => Value::Number(u64::from(cells / 5)),
                    2 => Value::Number(u64::MAX),
                    3 => Value::text(column.name()),
                    _ => Value::text(expression),
                })
            };
            assert_eq!(accepts(*cells), accepts(*cells));
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
        }
    }
});
