//! Requests over HTTP, as fast as a service answers them or at a rate of their own.

use std::{
    fmt,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

/// What became of the requests.
#[derive(Default)]
pub(crate) struct Answers {
    /// How long those took that were answered with 200.
    pub(crate) times: Vec<Duration>,
    pub(crate) failed: u64,
}

impl Answers {
    /// How long the given share of requests took at most.
    pub(crate) fn quantile(&self, share: f64) -> Duration {
        let mut times = self.times.clone();
        times.sort_unstable();
        let below = times.iter().zip(1_u32..).take_while(|(_, rank)| f64::from(*rank) < share * self.count());
        times.get(below.count()).or(times.last()).copied().unwrap_or_default()
    }

    pub(crate) fn answered(&self) -> u64 {
        self.times.iter().map(|_| 1).sum()
    }

    pub(crate) fn count(&self) -> f64 {
        self.times.iter().map(|_| 1.0).sum()
    }

    fn and(mut self, other: Self) -> Self {
        self.times.extend(other.times);
        self.failed += other.failed;
        self
    }
}

/// Asks for some paths in turn.
pub(crate) struct Client<'a> {
    address: &'a str,
    connections: u32,
    requests: Vec<Vec<u8>>,
}

impl<'a> Client<'a> {
    pub(crate) fn new(
        address: &'a str,
        connections: u32,
        paths: impl IntoIterator<Item: fmt::Display>,
    ) -> Self {
        let request = |path| format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nuser-agent: benches\r\n\r\n");
        let requests = paths.into_iter().map(|path| request(path).into_bytes()).collect();
        Self { address, connections, requests }
    }

    /// A request every so often, whatever became of the ones before: its time begins when it was due.
    pub(crate) fn at_intervals(&self, interval: Duration, time: Duration) -> Answers {
        let begin = Instant::now();
        self.on_connections(|lane, mut connection, answers| {
            let due = self.turns(lane).map(|(number, request)| (begin + interval * number, request));
            for (due, request) in due.take_while(|(due, _)| *due < begin + time) {
                thread::sleep(due.saturating_duration_since(Instant::now()));
                connection.request(request, due, answers);
            }
        })
    }

    /// On each connection the next request when the one before is answered.
    pub(crate) fn without_pause(&self, time: Duration) -> Answers {
        let end = Instant::now() + time;
        self.on_connections(|lane, mut connection, answers| {
            for (_, request) in self.turns(lane).take_while(|_| Instant::now() < end) {
                connection.request(request, Instant::now(), answers);
            }
        })
    }

    /// The requests that are one connection's, without an end.
    fn turns(&self, lane: u32) -> impl Iterator<Item = (u32, &[u8])> {
        let requests = self.requests.iter().map(Vec::as_slice).cycle();
        let connections = self.connections.max(1) as usize;
        (0..).zip(requests).skip(lane as usize).step_by(connections)
    }

    fn on_connections(&self, work: impl Fn(u32, Connection<'a>, &mut Answers) + Sync) -> Answers {
        let run = |lane| {
            let mut answers = Answers::default();
            work(lane, Connection::to(self.address), &mut answers);
            answers
        };
        thread::scope(|scope| {
            let run = &run;
            let threads: Vec<_> = (0..self.connections).map(|lane| scope.spawn(move || run(lane))).collect();
            let answers = threads.into_iter().filter_map(|thread| thread.join().ok());
            answers.fold(Answers::default(), Answers::and)
        })
    }
}

struct Connection<'a> {
    address: &'a str,
    stream: Option<BufReader<TcpStream>>,
}

impl<'a> Connection<'a> {
    fn to(address: &'a str) -> Self {
        Self { address, stream: None }
    }

    fn request(&mut self, request: &[u8], due: Instant, answers: &mut Answers) {
        match self.exchange(request) {
            Ok(true) => answers.times.push(due.elapsed()),
            Ok(false) => answers.failed += 1,
            Err(_) => {
                answers.failed += 1;
                self.stream = None;
            }
        }
    }

    /// Whether the answer was 200.
    fn exchange(&mut self, request: &[u8]) -> io::Result<bool> {
        let stream = match self.stream.take() {
            Some(stream) => stream,
            None => open(self.address)?,
        };
        let stream = self.stream.insert(stream);
        stream.get_mut().write_all(request)?;
        read_answer(stream)
    }
}

fn open(address: &str) -> io::Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(BufReader::new(stream))
}

/// Reads an answer to its end, and says whether it is a 200.
fn read_answer(stream: &mut impl BufRead) -> io::Result<bool> {
    let (mut line, mut length, mut status) = (String::new(), 0, None);
    loop {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let header = line.trim_end();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length: ") {
            length = value.parse().map_err(io::Error::other)?;
        }
        status.get_or_insert_with(|| header.starts_with("HTTP/1.1 200"));
    }
    io::copy(&mut stream.take(length), &mut io::sink())?;
    Ok(status == Some(true))
}

const PATIENCE: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_what_that_share_took_at_most() {
        let answers = Answers { times: (1..=100).rev().map(Duration::from_millis).collect(), failed: 0 };
        assert_eq!(answers.quantile(0.5), Duration::from_millis(50));
        assert_eq!(answers.quantile(0.99), Duration::from_millis(99));
        assert_eq!(answers.quantile(1.0), Duration::from_millis(100));
        assert_eq!(Answers::default().quantile(0.5), Duration::ZERO);
    }

    #[test]
    fn the_connections_take_turns_with_the_paths() {
        let client = Client::new("", 2, ["/a", "/b", "/c"]);
        let turns = |lane| client.turns(lane).map(|(number, request)| (number, char::from(request[5])));
        assert_eq!(turns(0).take(3).collect::<Vec<_>>(), [(0, 'a'), (2, 'c'), (4, 'b')]);
        assert_eq!(turns(1).take(3).collect::<Vec<_>>(), [(1, 'b'), (3, 'a'), (5, 'c')]);
    }

    #[test]
    fn an_answer_is_read_to_its_end() {
        let mut two = &b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 500 No\r\n\r\n"[..];
        assert!(read_answer(&mut two).unwrap());
        assert!(!read_answer(&mut two).unwrap());
        assert!(read_answer(&mut two).is_err());
    }
}
