//! What each answer of a receiver does to its request.

use super::*;

#[tokio::test(start_paused = true)]
async fn what_is_accepted_is_exported() {
    let transport = Scripted::new([ACCEPT]);
    let outlet = outlet(&transport);
    assert!(outlet.submit(3) && outlet.submit(4));
    let stats = outlet.settled().await;
    assert_eq!((stats.exported, transport.asked()), (7, 2));
}

#[tokio::test(start_paused = true)]
async fn a_request_is_sent_again_with_growing_pauses_until_it_is_accepted() {
    let transport = Scripted::new([retry(None), retry(None), retry(None), retry(None), ACCEPT]);
    let outlet = outlet(&transport);
    outlet.submit(3);
    assert_eq!(outlet.settled().await.exported, 3);
    let pauses = transport.pauses();
    for (pause, middle) in pauses.iter().zip([1.0, 2.0, 4.0, 8.0]) {
        assert!((0.75 * middle..=1.26 * middle).contains(pause), "{pauses:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_receivers_time_to_wait_is_honoured_to_the_millisecond() {
    let transport = Scripted::new([retry(Some(Duration::from_millis(30_200))), ACCEPT]);
    let outlet = outlet(&transport);
    outlet.submit(1);
    outlet.settled().await;
    let pause = transport.pauses()[0];
    assert!((30.2..33.3).contains(&pause), "{pause}");
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_does_not_answer_is_asked_again_after_the_time_limit() {
    let transport = Scripted::new([Answer::Hang, ACCEPT]);
    let outlet = outlet(&transport);
    outlet.submit(1);
    assert_eq!(outlet.settled().await.exported, 1);
    assert!((10.7..11.3).contains(&transport.pauses()[0]));
}

#[tokio::test(start_paused = true)]
async fn what_is_rejected_is_lost_and_never_sent_again() {
    let rejected = Delivery::Rejected { reason: "400".to_owned() };
    let transport = Scripted::new([Answer::Say(rejected), ACCEPT]);
    let outlet = outlet(&transport);
    outlet.submit(3);
    let stats = outlet.settled().await;
    assert_eq!((stats.exported, stats.lost.get(LossReason::Rejected), transport.asked()), (0, 3, 1));
}

#[tokio::test(start_paused = true)]
async fn the_rejected_part_of_a_partial_success_is_lost_and_the_rest_exported() {
    let partial = Delivery::Accepted { rejected: 2, message: Some("too old".to_owned()) };
    let transport = Scripted::new([Answer::Say(partial)]);
    let outlet = outlet(&transport);
    outlet.submit(5);
    let stats = outlet.settled().await;
    assert_eq!((stats.exported, stats.lost.get(LossReason::Rejected), transport.asked()), (3, 2, 1));
}
