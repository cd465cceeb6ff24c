use std::any::type_name;

/// The function in which `here`, a function itself, is defined.
#[must_use]
pub fn function_of<T>(_here: &T) -> &'static str {
    without_own_parts(type_name::<T>())
}

/// Without the last part, which is ours, and closures, which async functions consist of too.
fn without_own_parts(name: &'static str) -> &'static str {
    let mut rest = name.rsplit_once("::").map_or(name, |(function, _)| function);
    while let Some(outer) = rest.strip_suffix("::{{closure}}") {
        rest = outer;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_known_from_inside_of_closures_and_async_blocks() {
        fn here() {}
        let name = concat!(module_path!(), "::a_function_is_known_from_inside_of_closures_and_async_blocks");
        assert_eq!(function_of(&here), name);
        assert_eq!(without_own_parts("shop::take::{{closure}}::{{closure}}::here"), "shop::take");
    }
}
