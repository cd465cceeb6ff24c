//! Many requests: how many go at once, in which order, and that none holds up the others.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_transport_costs_its_own_request_only() {
    let transport = Scripted::new([Answer::Panic, ACCEPT]);
    let outlet = outlet(&transport);
    outlet.submit(2);
    outlet.submit(3);
    let stats = outlet.settled().await;
    assert_eq!((stats.exported, stats.lost.get(LossReason::Panic)), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn several_requests_are_in_flight_but_not_more_than_allowed() {
    let transport = Scripted::new([Answer::SayAfter(SECOND, Delivery::ACCEPTED)]);
    let outlet = outlet(&transport);
    let start = Instant::now();
    (0..8).for_each(|_| _ = outlet.submit(1));
    outlet.settled().await;
    assert_eq!(transport.most.load(Ordering::Relaxed), 4);
    assert!(start.elapsed() < 3 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn while_the_receiver_is_down_one_request_probes() {
    let busy = Delivery::Retry { after: None, reason: "busy".to_owned() };
    let transport = Scripted::new([Answer::SayAfter(Duration::from_millis(1), busy)]);
    let outlet = outlet(&transport);
    (0..8).for_each(|_| _ = outlet.submit(1));
    sleep(Duration::from_millis(10)).await;
    assert_eq!(transport.asked(), 4);
    sleep(60 * SECOND).await;
    // After 1, 3, 7, 15, 25, ... seconds, give or take the jitter.
    assert!((10..=14).contains(&transport.asked()), "{}", transport.asked());

    transport.answer_from_now_on(ACCEPT);
    assert_eq!(outlet.settled().await.exported, 8);
}

#[tokio::test(start_paused = true)]
async fn the_room_is_kept_for_what_was_there_first() {
    let transport = Scripted::new([retry(None), retry(None), ACCEPT]);
    let outlet = outlet(&transport);
    assert!(outlet.submit(60));
    assert!(!outlet.submit(60));
    assert!(outlet.submit(40));
    let stats = outlet.settled().await;
    assert_eq!((stats.exported, stats.lost.get(LossReason::QueueFull)), (100, 60));
}

#[tokio::test(start_paused = true)]
async fn requests_that_never_get_through_do_not_hold_up_the_others() {
    let transport = Scripted::new([Answer::NoSingles]);
    let outlet = outlet(&transport);
    (0..8).for_each(|_| _ = outlet.submit(1));
    (0..20).for_each(|_| _ = outlet.submit(2));
    sleep(120 * SECOND).await;
    let stats = outlet.ledger.stats();
    assert_eq!((stats.exported, stats.pending), (40, 8));
}

#[tokio::test(start_paused = true)]
async fn metrics_keep_their_order() {
    let transport = Scripted::new([retry(None), ACCEPT]);
    let outlet = outlet_of(Signal::Metrics, &transport);
    (1..=4).for_each(|items| _ = outlet.submit(items));
    outlet.settled().await;
    assert_eq!(*transport.items.lock().unwrap(), [1, 1, 2, 3, 4]);
}
