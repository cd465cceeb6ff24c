/// A header by which a server tells its trace to whoever asked, such as a browser.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ResponseHeader {
    /// `traceparent`, as requests have it.
    Traceparent,
    /// `server-timing: trace;desc="<traceparent>"`
    /// ([Server Timing](https://www.w3.org/TR/server-timing/)), which scripts of a page can read.
    ServerTiming,
}
