#[cfg(feature = "moved")]
const _: &str = "
    Everything
    below
    is further down now.
";

#[derive(Debug, Default)]
pub struct Pg<D> {
    pub data: D,
}

impl<D> Drop for Pg<D> {
    fn drop(&mut self) {
        if std::mem::size_of::<D>() == 3 && !std::thread::panicking() {
            panic!("three bytes are left");
        }
    }
}
