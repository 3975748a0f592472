//! Names of webhooks and of what they were told: [ULIDs](https://github.com/ulid/spec), as in Zendesk's API. They sort by
//! the time at which they were made.

use kernel::Tx;

/// Crockford's Base32.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A new name.
pub(crate) fn new(tx: &Tx<'_>) -> String {
    let mut random = [0; 16];
    tx.app().secrets().fill(&mut random[6..]);
    let millis = tx.now().0.max(0).to_be_bytes();
    random[..6].copy_from_slice(&millis[2..]);
    write(u128::from_be_bytes(random))
}

fn write(number: u128) -> String {
    (0..26).rev().map(|place| LETTERS[((number >> (place * 5)) & 31) as usize] as char).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_by_time() {
        assert_eq!(write(0), "0".repeat(26));
        assert_eq!(write(u128::MAX), format!("7{}", "Z".repeat(25)));
        let at = |millis: u128| write(millis << 80 | 12_345);
        assert!(at(1_795_420_800_250) < at(1_795_420_800_251));
        assert!(at(1_795_420_800_250).starts_with("01M"), "{}", at(1_795_420_800_250));
    }
}
