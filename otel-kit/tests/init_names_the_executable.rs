//! What a function cannot know of its caller.

mod support;

#[test]
fn init_without_a_macro_names_the_service_after_its_executable() {
    let receiver = support::receiver_in_the_usual_file("init_names_the_executable");
    let telemetry = otel_kit::init().unwrap();
    support::work();
    drop(telemetry);
    let (span, ..) = support::assert_work_arrived(&receiver);
    let executable = std::env::current_exe().unwrap();
    let executable = executable.file_name().unwrap().to_str().unwrap();
    assert_eq!(span.service(), format!("unknown_service:{executable}"));
    assert!(span.resource.attr("service.version").is_absent());
}
