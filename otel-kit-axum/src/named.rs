use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Headers of which attributes are made: those that every request has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Named<'a> {
    pub(crate) host: Option<&'a HeaderValue>,
    pub(crate) agent: Option<&'a HeaderValue>,
}

impl<'a> Named<'a> {
    pub(crate) fn look_up(headers: &'a HeaderMap) -> Self {
        Self { host: headers.get(header::HOST), agent: headers.get(header::USER_AGENT) }
    }

    /// Keeps the header if it is one of them. Called for all headers it comes to the same as a look-up.
    pub(crate) fn see(&mut self, name: &HeaderName, value: &'a HeaderValue) {
        let place = if *name == header::HOST {
            &mut self.host
        } else if *name == header::USER_AGENT {
            &mut self.agent
        } else {
            return;
        };
        place.get_or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_is_what_is_looked_up() {
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("accept", "*/*"), ("host", "a"), ("user-agent", "b"), ("host", "c"), ("x-host", "d")]
        {
            headers.append(name, HeaderValue::from_static(value));
            let mut named = Named::default();
            headers.iter().for_each(|(name, value)| named.see(name, value));
            let known = Named::look_up(&headers);
            assert_eq!((named.host, named.agent), (known.host, known.agent));
        }
    }
}
