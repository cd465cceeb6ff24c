//! The `traceparent` header: `version-traceid-parentid-flags`.
//!
//! <https://www.w3.org/TR/trace-context-2/#traceparent-header>

use opentelemetry::{
    SpanId, TraceFlags, TraceId,
    trace::{SpanContext, TraceState},
};

use super::line::trim;

/// What a valid `traceparent` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Traceparent {
    pub(super) trace_id: TraceId,
    span_id: SpanId,
    flags: TraceFlags,
}

impl Traceparent {
    /// Reads a header value. Versions above `00` are read by position, and may go on behind the flags.
    pub(super) fn parse(value: &[u8]) -> Option<Self> {
        let (known, further) = trim(value).split_first_chunk::<LENGTH>()?;
        let [v1, v0, b'-', ids @ .., b'-', f1, f0] = known else { return None };
        let mut digits = Digits::default();
        let [.., version, flags] = digits.eight([b'0', b'0', b'0', b'0', *v1, *v0, *f1, *f0]).to_be_bytes();
        let complete = match further {
            [] => true,
            [next, ..] => version > 0 && *next == b'-',
        };
        let (high, ids) = ids.split_first_chunk::<16>()?;
        let (low, ids) = ids.split_first_chunk::<16>()?;
        let [b'-', span @ ..] = ids else { return None };
        let trace_id =
            TraceId::from(u128::from(digits.sixteen(high)) << 64 | u128::from(digits.sixteen(low)));
        let span_id = SpanId::from(digits.sixteen(span.first_chunk()?));
        let valid = digits.wrong == 0
            && version != 0xff
            && complete
            && trace_id != TraceId::INVALID
            && span_id != SpanId::INVALID;
        valid.then_some(Self { trace_id, span_id, flags: TraceFlags::new(flags) & KNOWN_FLAGS })
    }

    /// The remote parent that this header names.
    pub(super) fn span_context(self, trace_state: TraceState) -> SpanContext {
        SpanContext::new(self.trace_id, self.span_id, self.flags, true, trace_state)
    }
}

/// Writes a header value of version `00`, with the flags that this version knows.
pub(super) fn format(span: &SpanContext) -> [u8; LENGTH] {
    let mut text = *b"00-00000000000000000000000000000000-0000000000000000-00";
    write(&mut text[3..35], &span.trace_id().to_bytes());
    write(&mut text[36..52], &span.span_id().to_bytes());
    text[54] += (span.trace_flags() & KNOWN_FLAGS).to_u8();
    text
}

fn write(digits: &mut [u8], bytes: &[u8]) {
    for (digits, byte) in digits.as_chunks_mut().0.iter_mut().zip(bytes) {
        *digits = PAIRS.get(usize::from(*byte)).copied().unwrap_or_default();
    }
}

/// Reads lower-case hexadecimal digits, and looks only at the end whether all of them were digits.
#[derive(Default)]
struct Digits {
    wrong: u64,
}

impl Digits {
    #[inline]
    fn sixteen(&mut self, digits: &[u8; 16]) -> u64 {
        let ([high, low], _) = digits.as_chunks() else { return 0 };
        u64::from(self.eight(*high)) << 32 | u64::from(self.eight(*low))
    }

    /// Eight digits at once: each byte of the word is one of them.
    #[inline]
    fn eight(&mut self, digits: [u8; 8]) -> u32 {
        let word = u64::from_be_bytes(digits);
        // Letters have the bit 0x40. What is no digit becomes one, which is seen when it is written again.
        let nibbles = ((word & (ONES * 0x0f)) + (word >> 6 & ONES) * 9) & (ONES * 0x0f);
        self.wrong |= word ^ texts(nibbles);
        let pairs = (nibbles | nibbles >> 4) & 0x00ff_00ff_00ff_00ff;
        let quads = (pairs | pairs >> 8) & 0x0000_ffff_0000_ffff;
        u32::try_from((quads | quads >> 16) & 0xffff_ffff).unwrap_or_default()
    }
}

/// The digit of each byte.
#[inline]
fn texts(nibbles: u64) -> u64 {
    let letters = (nibbles + ONES * 6) >> 4 & ONES;
    nibbles + ONES * u64::from(b'0') + letters * u64::from(b'a' - b'0' - 10)
}

/// Length of a version `00` value, and of what is known of higher versions.
const LENGTH: usize = 55;
/// `sampled` and `random`; the other bits are reserved and sent as zero.
const KNOWN_FLAGS: TraceFlags = TraceFlags::new(0x03);
const ONES: u64 = 0x0101_0101_0101_0101;

/// The two digits of each byte.
#[expect(clippy::indexing_slicing, reason = "at compile time")]
static PAIRS: [[u8; 2]; 256] = {
    let digits = b"0123456789abcdef";
    let (mut pairs, mut byte) = ([[0; 2]; 256], 0);
    while byte < pairs.len() {
        pairs[byte] = [digits[byte >> 4], digits[byte & 15]];
        byte += 1;
    }
    pairs
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_digits_are_read_like_the_standard_library_reads_lower_case_ones() {
        for position in 0..16 {
            for byte in 0..=u8::MAX {
                let mut digits = *b"0a9f47be8cd1562f";
                digits[position] = byte;
                let expected = std::str::from_utf8(&digits)
                    .ok()
                    .filter(|_| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
                    .and_then(|text| u64::from_str_radix(text, 16).ok());
                let mut read = Digits::default();
                let number = read.sixteen(&digits);
                assert_eq!((read.wrong == 0).then_some(number), expected, "{digits:?}");
            }
        }
    }

    #[test]
    fn hexadecimal_digits_are_written_like_the_standard_library_writes_them() {
        for byte in 0..=u8::MAX {
            let mut digits = [0; 2];
            write(&mut digits, &[byte]);
            assert_eq!(digits, *std::format!("{byte:02x}").as_bytes());
        }
    }

    #[test]
    fn a_parsed_value_is_formatted_to_the_same_text() {
        let text = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03";
        let parsed = Traceparent::parse(text).unwrap().span_context(TraceState::NONE);
        assert_eq!(&format(&parsed), text);
        assert!(parsed.is_remote() && parsed.is_sampled());
    }
}
