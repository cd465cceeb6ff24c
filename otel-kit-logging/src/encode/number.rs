//! Numbers and hexadecimal ids as text.

/// Writes an integer.
pub(super) fn push_integer(line: &mut Vec<u8>, value: impl itoa::Integer) {
    line.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Writes a finite number so that it reads back as the same one; what is not finite gets its name.
pub(super) fn push_float(line: &mut Vec<u8>, value: f64) {
    match name_of(value) {
        Some(name) => line.extend_from_slice(name.as_bytes()),
        None => line.extend_from_slice(zmij::Buffer::new().format_finite(value).as_bytes()),
    }
}

/// The names that OTLP's JSON has for what is no number in JSON.
pub(super) const fn name_of(value: f64) -> Option<&'static str> {
    if value.is_finite() {
        None
    } else if value.is_nan() {
        Some("NaN")
    } else if value > 0.0 {
        Some("Infinity")
    } else {
        Some("-Infinity")
    }
}

/// Writes bytes as lower-case hexadecimal digits.
#[inline]
pub(super) fn push_hex<const N: usize>(line: &mut Vec<u8>, bytes: [u8; N]) {
    let pairs = bytes.map(|byte| [digit(byte >> 4), digit(byte & 15)]);
    line.extend_from_slice(pairs.as_flattened());
}

/// Without a branch, so that many are made at once.
const fn digit(nibble: u8) -> u8 {
    b'0' + nibble + (nibble / 10) * (b'a' - b'0' - 10)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_finite_number_reads_back_as_the_same_one(value in prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL) {
            let mut line = Vec::new();
            push_float(&mut line, value);
            let text = String::from_utf8(line).unwrap();
            prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
            prop_assert!(text.contains(['.', 'e']), "{} is an integer", text);
        }
    }

    #[test]
    fn ids_are_lower_case_hexadecimal() {
        let mut line = Vec::new();
        push_hex(&mut line, [0x00, 0x9f, 0xab]);
        assert_eq!(line, b"009fab");
    }
}
