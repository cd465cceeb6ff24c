//! Of requests to a server of its own that answers in many ways.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    thread,
    time::Duration,
};

use reqwest::{Client, Error, Url};
use tokio::runtime::Builder;

use super::{Cause, causes_of};

pub(super) fn causes() -> Vec<Cause> {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let server = serve();
    runtime.block_on(async {
        let client = Client::builder().no_proxy().timeout(Duration::from_millis(300)).build().unwrap();
        let mut causes = Vec::new();
        for name in ["404/a", "403/a", "503/a", "loop/a", "short/a", "close/a", "slow/a"] {
            let mut errors = Vec::new();
            for path in [name.to_owned(), name.replace('a', "17?b=c")] {
                errors.push(get(&client, server.join(&path).unwrap()).await);
            }
            causes.push(causes_of(name, errors));
        }
        let mut refused = Vec::new();
        for _ in 0..2 {
            refused.push(get(&client, closed()).await);
        }
        causes.push(causes_of("refused", refused));
        let mut scheme = Vec::new();
        for url in ["ftp://a.example/", "ftp://b.example/x"] {
            scheme.push(client.get(url).send().await.unwrap_err());
        }
        causes.push(causes_of("scheme", scheme));
        causes.push(causes_of("no url", ["a b", "c"].map(|url| client.get(url).build().unwrap_err())));
        causes
    })
}

async fn get(client: &Client, url: Url) -> Error {
    let answer = client.get(url).send().await.and_then(reqwest::Response::error_for_status);
    match answer {
        Ok(answer) => answer.text().await.unwrap_err(),
        Err(error) => error,
    }
}

/// Where nobody listens.
fn closed() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap()
}

fn serve() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        listener.incoming().flatten().for_each(|stream| drop(thread::spawn(|| answer(stream))));
    });
    format!("http://{address}/").parse().unwrap()
}

fn answer(mut stream: TcpStream) {
    let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let path = request.split(['/', ' ', '?']).nth(2).unwrap_or_default().to_owned();
    let text = match path.as_str() {
        "loop" => "302 Found\r\nlocation: /loop/a\r\ncontent-length: 0".to_owned(),
        "short" => "200 OK\r\ncontent-length: 100".to_owned(),
        "close" => return,
        "slow" => return thread::sleep(Duration::from_secs(2)),
        status => format!("{status} Some\r\ncontent-length: 0"),
    };
    let _ = write!(stream, "HTTP/1.1 {text}\r\nconnection: close\r\n\r\n");
}
