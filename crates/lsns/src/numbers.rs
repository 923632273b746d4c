//! Maps of numbers that the kernel gives (inode numbers, PIDs, uids), and sets of them. They only grow, and a list with places in it
//! takes half of what a `HashMap` takes, and fewer instructions.

/// A map from numbers, from which nothing is taken out.
#[derive(Clone, Debug, Default)]
pub struct NumberMap<V> {
    list: Vec<(u64, V)>,
    places: Places,
}

impl<V> NumberMap<V> {
    /// What belongs to the number; made now if there is nothing.
    pub fn entry(&mut self, number: impl Into<u64>, make: impl FnOnce() -> V) -> &mut V {
        let number = number.into();
        let found = self.places.find(number, |place| self.list[place as usize].0);
        let place = found.map_or(self.list.len(), |place| place as usize);
        if found.is_none() {
            self.list.push((number, make()));
            self.places.add(number, |place| self.list[place as usize].0);
        }
        &mut self.list[place].1
    }

    /// Is the number new? Then it is in the map from now on.
    pub fn insert(&mut self, number: u64, value: V) -> bool {
        let before = self.list.len();
        self.entry(number, || value);
        self.list.len() > before
    }
}

/// A place in a list.
pub(crate) type Place = u32;

/// The places of a list, whose numbers the caller has.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// Each is a place plus one, at the slot of its number or behind it; 0: free. A power of two of them, or none.
    slots: Vec<u32>,
    count: usize,
}

/// Slots at first.
const FIRST: usize = 256;

impl Places {
    /// Its place in the list, where `number` answers what stands at one.
    pub(crate) fn find(&self, wanted: u64, number: impl Fn(Place) -> u64) -> Option<Place> {
        if self.slots.is_empty() {
            return None;
        }
        let place = self.slots[self.slot(wanted, number)].checked_sub(1)?;
        Some(place)
    }

    /// This one is now the last in the list, in which it was not.
    pub(crate) fn add(&mut self, wanted: u64, number: impl Fn(Place) -> u64) {
        if self.count >= self.slots.len() / 4 * 3 {
            self.slots = vec![0; (self.slots.len() * 2).max(FIRST)];
            for place in 0..self.count {
                self.put(number(place as Place), place, &number);
            }
        }
        self.put(wanted, self.count, number);
        self.count += 1;
    }

    fn put(&mut self, wanted: u64, place: usize, number: impl Fn(Place) -> u64) {
        let slot = self.slot(wanted, number);
        self.slots[slot] = place as u32 + 1;
    }

    /// Where it is, or else where it belongs. The kernel's numbers lie close together: a multiplication spreads them well enough,
    /// and nobody outside chooses them.
    fn slot(&self, wanted: u64, number: impl Fn(Place) -> u64) -> usize {
        let last = self.slots.len() - 1;
        let mut slot = (wanted.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize & last;
        while let Some(place) = self.slots[slot].checked_sub(1)
            && number(place) != wanted
        {
            slot = (slot + 1) & last;
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn each_is_found_where_it_stands(numbers in prop::collection::vec(0..5000u64, 0..2000)) {
            let mut list: Vec<u64> = Vec::new();
            let mut places = Places::default();
            for number in &numbers {
                let at = list.iter().position(|other| other == number);
                let found = places.find(*number, |place| list[place as usize]);
                prop_assert_eq!(found.map(|place| place as usize), at);
                if at.is_none() {
                    list.push(*number);
                    places.add(*number, |place| list[place as usize]);
                }
            }
            let mut map = NumberMap::default();
            let new = numbers.iter().filter(|number| map.insert(**number, **number)).count();
            prop_assert_eq!(new, list.len());
            prop_assert!(numbers.iter().all(|number| *map.entry(*number, || 7000) == *number));
            prop_assert_eq!(*map.entry(5000u32, || 7000), 7000);
            prop_assert_eq!(places.find(5000, |place| list[place as usize]), None);
        }
    }
}
