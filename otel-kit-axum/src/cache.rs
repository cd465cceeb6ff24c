use std::{cell::RefCell, net::IpAddr, sync::Arc, thread::LocalKey};

use crate::{authority::Authority, hash::QuickHash};

/// The text as a value to share: the same clients come again and again. `None` if it is no text.
pub(crate) fn shared_text(text: &[u8]) -> Option<Arc<str>> {
    cached(&TEXTS, text, || str::from_utf8(text).ok().map(Arc::from))
}

/// The address as text, without the IPv6 form of IPv4 addresses.
pub(crate) fn shared_address(address: IpAddr) -> Arc<str> {
    let text = |address: &dyn ToString| Arc::from(address.to_string());
    match address.to_canonical() {
        IpAddr::V4(address) => cached(&ADDRESSES, &address.octets(), || text(&address)),
        IpAddr::V6(address) => cached(&ADDRESSES, &address.octets(), || text(&address)),
    }
}

/// The parts of a `Host` header or `:authority`; `None` if it is malformed.
pub(crate) fn shared_authority(text: &[u8]) -> Option<Authority> {
    cached(&AUTHORITIES, text, || Authority::parse(text))
}

/// What was made of a key is kept in the one slot that the key has, until another key needs the slot.
struct Cache<V> {
    slots: Vec<Option<(Box<[u8]>, V)>>,
}

impl<V: Clone> Cache<V> {
    fn get_or(&mut self, key: &[u8], make: impl FnOnce() -> V) -> V {
        if self.slots.is_empty() {
            self.slots.resize(1 << SLOT_BITS, None);
        }
        match self.slots.get_mut(QuickHash::new().add(key).place(SLOT_BITS)) {
            Some(Some((known, value))) if **known == *key => value.clone(),
            Some(slot) => slot.insert((key.into(), make())).1.clone(),
            None => make(),
        }
    }
}

fn cached<V: Clone>(cache: &'static LocalKey<RefCell<Cache<V>>>, key: &[u8], make: impl Fn() -> V) -> V {
    if key.len() > LONGEST {
        return make();
    }
    let found = cache.try_with(|cache| Some(cache.try_borrow_mut().ok()?.get_or(key, &make)));
    found.ok().flatten().unwrap_or_else(make)
}

thread_local! {
    static TEXTS: RefCell<Cache<Option<Arc<str>>>> = const { RefCell::new(Cache { slots: Vec::new() }) };
    static ADDRESSES: RefCell<Cache<Arc<str>>> = const { RefCell::new(Cache { slots: Vec::new() }) };
    static AUTHORITIES: RefCell<Cache<Option<Authority>>> = const { RefCell::new(Cache { slots: Vec::new() }) };
}

const SLOT_BITS: u32 = 6;

/// Longer keys are not kept, so that nobody can fill the memory of a thread.
const LONGEST: usize = 256;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_comes_again_is_shared_and_a_long_one_is_not_kept() {
        let long = "x".repeat(LONGEST + 1);
        for (text, shared) in [("curl/8.5.0", true), (long.as_str(), false)] {
            let [first, second] = [(); 2].map(|()| shared_text(text.as_bytes()).unwrap());
            assert_eq!((&*first, &*second), (text, text));
            assert_eq!(Arc::ptr_eq(&first, &second), shared);
        }
    }

    #[test]
    fn keys_in_one_slot_do_not_get_each_others_values() {
        for number in 0..1000 {
            let text = format!("agent {number}");
            assert_eq!(shared_text(text.as_bytes()).as_deref(), Some(&*text));
        }
    }

    #[test]
    fn an_ipv4_peer_of_an_ipv6_socket_has_its_ipv4_address() {
        let cases =
            [("::ffff:127.0.0.1", "127.0.0.1"), ("2001:db8::1", "2001:db8::1"), ("10.0.0.1", "10.0.0.1")];
        for (address, text) in cases {
            assert_eq!(&*shared_address(address.parse().unwrap()), text);
        }
    }
}
