use crate::watch::WatchNumber;

/// Packs ascending watch numbers: the differences, each in LEB128 (seven bits a byte, low first,
/// as in DWARF 5 §7.6). A thousand neighbours take about a kilobyte.
#[must_use]
pub fn pack(numbers: &[WatchNumber]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(numbers.len() * 2);
    let mut last = 0;
    for number in numbers {
        let mut step = u64::try_from(number.0 - last).unwrap_or(0);
        last = number.0;
        while step >= 0x80 {
            packed.push(low_seven(step) | 0x80);
            step >>= 7;
        }
        packed.push(low_seven(step));
    }
    packed
}

/// What [`pack`] packed.
pub fn unpack(packed: &[u8]) -> impl Iterator<Item = WatchNumber> + '_ {
    let mut bytes = packed.iter();
    let mut last = 0_i64;
    std::iter::from_fn(move || {
        let (mut step, mut shift) = (0_u64, 0);
        loop {
            let byte = *bytes.next()?;
            step |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                break;
            }
            shift += 7;
        }
        last = last.checked_add(i64::try_from(step).ok()?)?;
        Some(WatchNumber(last))
    })
}

fn low_seven(step: u64) -> u8 {
    (step & 0x7f) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back() {
        let numbers: Vec<_> =
            [1, 2, 130, 131, 1_000_000, 1_000_001, i64::MAX].map(WatchNumber).to_vec();
        let packed = pack(&numbers);
        assert_eq!(unpack(&packed).collect::<Vec<_>>(), numbers);
        assert_eq!(unpack(&[]).count(), 0);
        let thousand: Vec<_> = (1..=1_000).map(WatchNumber).collect();
        assert_eq!(pack(&thousand).len(), 1_000);
    }

    #[test]
    fn broken_bytes_end_the_list_and_harm_nobody() {
        assert_eq!(unpack(&[0xff; 40]).count(), 0);
        assert_eq!(unpack(&[1, 0x80]).count(), 1);
    }
}
