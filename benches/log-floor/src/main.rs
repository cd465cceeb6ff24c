//! What the bytes of the line cost that cannot be left out: one buffer, known names, no subscriber.

use std::{
    hint::black_box,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use measure::Loop;

fn main() -> ExitCode {
    measure::main(&[("line", line)])
}

fn line(measured: Loop) {
    let mut line = Vec::with_capacity(1024);
    let texts = ["INFO", "request done", "shop", "10.0.0.1", "GET"];
    measured.run(|| {
        line.clear();
        let [level, message, target, peer, method] = black_box(texts);
        let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        key(&mut line, "{\"timestamp\":\"", "");
        timestamp(&mut line, time.as_secs(), time.subsec_micros());
        key(&mut line, "\",\"level\":\"", level);
        key(&mut line, "\",\"message\":\"", message);
        key(&mut line, "\",\"target\":\"", target);
        key(&mut line, "\",\"trace_id\":\"", "");
        digits(&mut line, &black_box(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128).to_be_bytes());
        key(&mut line, "\",\"span_id\":\"", "");
        digits(&mut line, &black_box(0x00f0_67aa_0ba9_02b7_u64).to_be_bytes());
        key(&mut line, "\",\"trace_flags\":\"", "01");
        key(&mut line, "\",\"status\":", itoa::Buffer::new().format(black_box(200_i64)));
        key(&mut line, ",\"took_ms\":", zmij::Buffer::new().format_finite(black_box(1.5)));
        key(&mut line, ",\"peer\":\"", peer);
        key(&mut line, "\",\"method\":\"", method);
        key(&mut line, "\",\"user.id\":", itoa::Buffer::new().format(black_box(42_i64)));
        key(&mut line, ",\"cached\":", if black_box(true) { "true}\n" } else { "false}\n" });
        black_box(&line);
    });
}

fn key(line: &mut Vec<u8>, key: &str, value: &str) {
    line.extend_from_slice(key.as_bytes());
    line.extend_from_slice(value.as_bytes());
}

fn digits(line: &mut Vec<u8>, bytes: &[u8]) {
    let digit = |value: u8| value + if value > 9 { b'a' - 10 } else { b'0' };
    line.extend(bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]));
}

/// Of a day in 2026; a calendar costs a few more divisions.
fn timestamp(line: &mut Vec<u8>, seconds: u64, micros: u32) {
    line.extend_from_slice(b"2026-11-21T");
    for (part, end) in [(seconds / 3_600 % 24, b':'), (seconds / 60 % 60, b':'), (seconds % 60, b'.')] {
        let [tens, ..] = (part / 10).to_le_bytes();
        let [ones, ..] = (part % 10).to_le_bytes();
        line.extend_from_slice(&[b'0' + tens, b'0' + ones, end]);
    }
    line.extend_from_slice(itoa::Buffer::new().format(micros).as_bytes());
    line.push(b'Z');
}
