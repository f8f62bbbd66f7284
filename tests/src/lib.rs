//! inkan-tests
