//! Records of the `log` crate are log lines and log records like those of `tracing`.

mod support;

use otel_kit_testing::OtlpReceiver;

use support::{Lines, PLENTY, builder};

#[test]
fn records_of_the_log_crate_have_their_own_target_and_the_ids_of_the_span() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = builder(&lines).endpoint(receiver.http_endpoint()).init().unwrap();
    tracing::info_span!("work").in_scope(|| {
        log::warn!(target: "legacy::driver", "slow answer");
        log::info!("by its module");
        log::debug!("not wanted");
    });
    assert!(telemetry.flush(PLENTY).is_complete());

    let span = receiver.spans().remove(0);
    for (message, target, level) in
        [("slow answer", "legacy::driver", "WARN"), ("by its module", "init_log_crate", "INFO")]
    {
        let line = lines.line(message);
        assert_eq!((&line["target"], &line["level"]), (&target.into(), &level.into()));
        assert_eq!(
            (line["trace_id"].as_str(), line["span_id"].as_str()),
            (Some(&*span.trace_id), Some(&*span.span_id))
        );

        let records = receiver.log_records();
        let record = records.iter().find(|record| record.body == message).unwrap();
        assert_eq!((&*record.scope.name, &*record.severity_text), (target, level));
        assert_eq!((&record.trace_id, &record.span_id), (&span.trace_id, &span.span_id));
        assert!(!record.attributes.keys().any(|key| key.starts_with("log.")), "{record:?}");
    }
    assert_eq!((lines.json().len(), receiver.log_records().len()), (3, 2));
}
