//! What becomes of the requests that wait when the pipeline ends.

use super::*;

#[tokio::test(start_paused = true)]
async fn cancelling_ends_requests_and_pauses_and_counts_what_was_there() {
    for answer in [Answer::Hang, retry(Some(3_000 * SECOND))] {
        let transport = Scripted::new([answer]);
        let outlet = outlet(&transport);
        (0..8).for_each(|_| _ = outlet.submit(2));
        sleep(Duration::from_millis(100)).await;
        let start = Instant::now();
        outlet.phase.send_replace(Phase::Cancelled);
        let stats = outlet.settled().await;
        assert_eq!((stats.exported, stats.lost.get(LossReason::Shutdown)), (0, 16));
        assert!(start.elapsed() < Duration::from_millis(100));
    }
}

#[tokio::test(start_paused = true)]
async fn draining_gives_a_dead_receiver_one_chance_and_then_gives_up_early() {
    let transport = Scripted::new([retry(None)]);
    let outlet = outlet(&transport);
    (0..8).for_each(|_| _ = outlet.submit(1));
    sleep(30 * SECOND).await;
    let (start, asked) = (Instant::now(), transport.asked());
    outlet.drain(5);
    let stats = outlet.settled().await;
    assert_eq!(stats.lost.get(LossReason::Shutdown), 8);
    assert_eq!(transport.asked(), asked + 1);
    assert!(start.elapsed() < SECOND);
}

#[tokio::test(start_paused = true)]
async fn draining_brings_everything_out_when_the_receiver_is_back() {
    let transport = Scripted::new([retry(None)]);
    let outlet = outlet(&transport);
    (0..8).for_each(|_| _ = outlet.submit(1));
    sleep(30 * SECOND).await;
    transport.answer_from_now_on(ACCEPT);
    let start = Instant::now();
    outlet.drain(5);
    assert_eq!(outlet.settled().await.exported, 8);
    assert!(start.elapsed() < SECOND);
}

#[tokio::test(start_paused = true)]
async fn draining_waits_for_a_receiver_that_asks_for_a_second() {
    let transport = Scripted::new([retry(Some(SECOND)), ACCEPT]);
    let outlet = outlet(&transport);
    outlet.drain(5);
    outlet.submit(1);
    assert_eq!(outlet.settled().await.exported, 1);
}

fn refused() -> Answer {
    Answer::Say(Delivery::Unanswered { reason: "connection refused".to_owned() })
}

#[tokio::test(start_paused = true)]
async fn draining_gives_up_at_once_where_nobody_ever_answered() {
    let transport = Scripted::new([refused()]);
    let outlet = outlet(&transport);
    let start = Instant::now();
    outlet.drain(5);
    (0..8).for_each(|_| _ = outlet.submit(1));
    let stats = outlet.settled().await;
    assert_eq!(stats.lost.get(LossReason::Shutdown), 8);
    assert!(transport.asked() <= 4, "{}", transport.asked()); // those that were in flight together
    assert!(start.elapsed() < SECOND / 4, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn draining_waits_for_a_receiver_that_answered_and_is_gone_for_a_moment() {
    let transport = Scripted::new([ACCEPT, refused(), refused(), ACCEPT]);
    let outlet = outlet(&transport);
    outlet.submit(1);
    sleep(SECOND / 10).await;
    outlet.drain(10);
    outlet.submit(2);
    assert_eq!(outlet.settled().await.exported, 3);
}

#[tokio::test(start_paused = true)]
async fn draining_takes_a_receiver_that_has_no_time_for_one_that_is_there() {
    let transport = Scripted::new([retry(Some(SECOND)), refused(), ACCEPT]);
    let outlet = outlet(&transport);
    outlet.drain(10);
    outlet.submit(2);
    assert_eq!(outlet.settled().await.exported, 2);
}

#[tokio::test(start_paused = true)]
async fn draining_leaves_a_receiver_that_was_silent_all_the_time_a_fifth_of_it() {
    let transport = Scripted::new([Answer::Hang]);
    let outlet = outlet(&transport);
    outlet.submit(1);
    sleep(15 * SECOND).await; // one try is over, and one is under way
    assert_eq!(transport.asked(), 2);
    let start = Instant::now();
    outlet.drain(5);
    outlet.submit(1);
    let stats = outlet.settled().await;
    assert_eq!((stats.exported, stats.lost.get(LossReason::Shutdown)), (0, 2));
    assert!((SECOND..SECOND * 11 / 10).contains(&start.elapsed()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn draining_leaves_the_first_try_of_all_the_time_there_is() {
    let transport = Scripted::new([Answer::SayAfter(4 * SECOND, Delivery::ACCEPTED)]);
    let outlet = outlet(&transport);
    outlet.drain(5);
    outlet.submit(1);
    assert_eq!(outlet.settled().await.exported, 1);
}
