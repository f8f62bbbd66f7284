//! inkan-bindings
